//! What happened in a week, a month or a quarter: a pure function of records and their standard.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use super::assessment::Assessment;
use super::clocks::ClockState;
use super::context::{
    Due, IncidentLine, LeftOut, MoneySum, PlannedLine, Response, Sum, TargetTotal, Totals, Urgent,
    Weekly,
};
use super::overview::BAND;
use super::period::Period;
use crate::impact::Window;
use crate::incident::{IncidentId, Kind, Record, Severity, Status};
use crate::register::{Card, Register, Tally, card};
use crate::timing;
use crate::units::{Decimal, Instant, Money};

/// Days after the period within which something counts as due.
const AHEAD: Days = Days::new(7);

/// How approvals begin that broke the glass for a message.
const BROKEN: &str = "break_glass:";

/// What a report over a period takes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Nothing: the report is the same without it.
    Nothing,
    /// What stands on its card.
    Card,
    /// The whole record.
    Record,
}

/// What the weekly report takes of a record; `None` when the period lies beyond the calendar.
///
/// Where a card cannot tell it is the whole record: too much is read rather than too little.
pub fn weekly_takes(
    period: &Period,
    zone: Tz,
    now: Instant,
) -> Option<impl Fn(&Card<'_>) -> Takes + Sync + use<>> {
    let (start, end) = (period.start(zone)?, period.end(zone)?);
    let as_of = end.min(now);
    let mut since = start;
    let mut earlier = period.before();
    for _ in 0..BAND {
        let Some(one) = earlier else { break };
        since = one.start(zone)?;
        earlier = one.before();
    }
    Some(move |card: &Card<'_>| {
        if card.kind == Some(Kind::Maintenance) {
            let touches = card.span.is_none_or(|(from, to)| from < end && to >= start);
            return if touches { Takes::Record } else { Takes::Nothing };
        }
        let may_owe_review = card.status.is_open() || card.status == Status::Resolved;
        let touches = card.span.is_some_and(|(from, to)| from < end && to > start);
        let within = card.began.is_none_or(|at| at >= start && at < end);
        if may_owe_review || touches || within || card.last_done.is_some_and(|at| at > as_of) {
            return Takes::Record;
        }
        // What came before is what the period is compared with.
        let compared =
            card.began.is_some_and(|at| at >= since) || card.span.is_some_and(|(_, to)| to > since);
        let counts = card.counts() && card.parent.is_none();
        let takes = counts && (compared || card.owed().next().is_some());
        if takes { Takes::Card } else { Takes::Nothing }
    })
}

/// Builds the report; `assess` says what the standard makes of a record at a moment.
///
/// `cards` are of records that are not in the register and of which [`weekly_takes`] takes the card
/// alone; those of which it takes nothing are in neither.
///
/// An incident counts in the period in which it began. One that began earlier adds only the
/// customer minutes that fall into this period. What was done after the period's end does not
/// change what was due at its end.
pub fn weekly<'c>(
    register: &Register,
    cards: impl IntoIterator<Item = Card<'c>>,
    period: Period,
    zone: Tz,
    now: Instant,
    assess: impl Fn(&Record, Instant) -> Assessment,
) -> Option<Weekly> {
    let (start, end) = (period.start(zone)?, period.end(zone)?);
    let as_of = end.min(now);
    let horizon = period.last.checked_add_days(AHEAD)?;
    let within = |at: Instant| at >= start && at < end;
    let mut report = Weekly {
        running: now < end,
        as_of,
        incidents: Vec::new(),
        carried: Vec::new(),
        totals: Totals::default(),
        urgent: Urgent::default(),
        targets: Vec::new(),
        reviews: Vec::new(),
        actions: Vec::new(),
        maintenance: Vec::new(),
        left_out: LeftOut::default(),
        period,
    };
    report.left_out.unreadable = register.bad.iter().map(|bad| bad.path.clone()).collect();
    report.left_out.unreadable.sort();
    let today = as_of.in_zone(&zone).get().date_naive();
    for held in &register.records {
        let record = &held.record;
        if record.kind == Some(Kind::Maintenance) {
            report.maintenance.extend(planned(record, start, end));
            continue;
        }
        let Some(began) = record.began() else {
            if record.counts() {
                report.left_out.without_time.push(record.id.clone());
            }
            continue;
        };
        if let Some(count) = reason_left_out(record, &mut report.left_out) {
            *count += usize::from(within(began));
            continue;
        }
        report.actions.extend(actions_due(record, as_of, today, horizon));
        let broken = record.approvals.iter().filter(|a| a.of.starts_with(BROKEN));
        report.totals.broken_glass += broken.filter(|a| a.at.is_some_and(within)).count();
        let in_period = within(began);
        let tally = Tally::of(record, as_of);
        let minutes = tally.customer_minutes(Window::new(start, as_of.max(start)));
        let is_carried = began < start && tally.felt_within(Window::new(start, end));
        let may_owe_review =
            matches!(record.status, Status::Restored | Status::Remediating | Status::Resolved);
        if !(in_period || is_carried || may_owe_review) || began >= end {
            continue;
        }
        let assessment = assess(record, as_of);
        report.reviews.extend(reviews_due(record, &assessment, zone, today, horizon));
        let line = line(record, &assessment, began, minutes, as_of);
        if in_period {
            count(record, &line, &mut report.totals);
            report.totals.add(&tally, minutes);
            add_targets(&assessment, &mut report.targets);
            if matches!(line.severity, Some(Severity::Sev1 | Severity::Sev2)) {
                report.urgent.add(record, &assessment, as_of);
            }
            report.incidents.push(line);
        } else if is_carried {
            report.totals.customer_minutes.add(minutes);
            report.carried.push(line);
        }
    }
    for card in cards {
        report.actions.extend(owed(&card, today, horizon));
    }
    for lines in [&mut report.incidents, &mut report.carried] {
        lines.sort_by_key(|l| (l.severity.is_none(), l.severity.map(|s| s as u8), l.began));
    }
    report.maintenance.sort_by(|a, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
    for due in [&mut report.reviews, &mut report.actions] {
        due.sort_by(|a, b| (a.due, &a.incident, &a.what).cmp(&(b.due, &b.incident, &b.what)));
    }
    Some(report)
}

/// The counter that a record falls under when no figure counts it.
pub(super) fn reason_left_out<'a>(
    record: &Record,
    left_out: &'a mut LeftOut,
) -> Option<&'a mut usize> {
    if record.exercise {
        Some(&mut left_out.exercises)
    } else if record.status == Status::Cancelled {
        Some(&mut left_out.cancelled)
    } else if record.status == Status::Merged {
        Some(&mut left_out.merged)
    } else if record.parent.is_some() {
        Some(&mut left_out.parts)
    } else {
        None
    }
}

/// An incident with its figures.
pub(super) fn line(
    record: &Record,
    assessment: &Assessment,
    began: Instant,
    customer_minutes: Option<Decimal>,
    as_of: Instant,
) -> IncidentLine {
    let affected = record.impact.as_ref().and_then(|i| i.customers.as_ref()?.affected);
    IncidentLine {
        id: record.id.clone(),
        title: record.restricted.is_none().then(|| record.title.clone()),
        status: record.status,
        severity: assessment.level,
        derived: assessment.derived,
        provisional: assessment.provisional,
        services: record.services.iter().chain(&record.services_unmapped).cloned().collect(),
        began,
        duration: timing::clocks(record, as_of).duration,
        customers: affected,
        customer_minutes,
    }
}

/// Customers who could not, times the minutes of impact within a window.
pub(super) fn customer_minutes(record: &Record, within: Window, as_of: Instant) -> Option<Decimal> {
    Tally::of(record, as_of).customer_minutes(within)
}

fn count(record: &Record, line: &IncidentLine, totals: &mut Totals) {
    match line.severity {
        Some(level) => match totals.by_severity.iter_mut().find(|(l, _)| *l == level) {
            Some((_, count)) => *count += 1,
            None => totals.by_severity.push((level, 1)),
        },
        None => totals.without_severity += 1,
    }
    totals.by_severity.sort_by_key(|(level, _)| *level as u8);
    totals.burning += usize::from(record.status.is_burning());
    totals.restored_open +=
        usize::from(matches!(record.status, Status::Restored | Status::Remediating));
}

impl Totals {
    /// Adds an incident that began in the period, with its minutes within it.
    pub(super) fn add(&mut self, tally: &Tally, minutes: Option<Decimal>) {
        self.customers.add(tally.affected.map(Decimal::from));
        self.customer_minutes.add(minutes);
        self.volume_lost.add(tally.volume_lost);
        self.revenue_lost.add(tally.revenue_lost);
        self.direct_loss.add(tally.direct_loss);
        self.recovered.add(tally.recovered);
        // A run that is not approved has paid nobody yet; no run at all is none, not unknown.
        for run in &tally.runs {
            self.compensation.add(run.approved);
            self.compensation_posted.add(run.posted);
            self.compensation_owed.add(run.owed);
        }
    }
}

impl Urgent {
    fn add(&mut self, record: &Record, assessment: &Assessment, as_of: Instant) {
        self.incidents += 1;
        let clock = |name: &str| assessment.clocks.iter().find(|clock| clock.name == name);
        let first = clock("first-customer-update");
        let told = first.and_then(|clock| clock.done).zip(record.clocks().detected);
        let told = told.filter(|(told, noticed)| told >= noticed);
        self.first_update.add(first.map(|c| c.state), told.map(|(told, at)| told.since(at)));
        let restored = timing::to_restore(record, as_of).took();
        self.restore.add(clock("restore").map(|clock| clock.state), restored);
    }
}

impl Response {
    fn add(&mut self, state: Option<ClockState>, took: Option<crate::units::Span>) {
        match state {
            Some(ClockState::Met) => self.met += 1,
            Some(ClockState::Missed) => self.missed += 1,
            Some(ClockState::Running) => self.running += 1,
            Some(ClockState::Unknown) | None => self.unknown += 1,
        }
        self.took.extend(took);
    }
}

fn add_targets(assessment: &Assessment, totals: &mut Vec<TargetTotal>) {
    for clock in &assessment.clocks {
        let at = totals.iter().position(|t| t.name == clock.name).unwrap_or_else(|| {
            totals.push(TargetTotal { name: clock.name.clone(), ..TargetTotal::default() });
            totals.len() - 1
        });
        let total = &mut totals[at];
        match clock.state {
            ClockState::Met => total.met += 1,
            ClockState::Missed => total.missed += 1,
            ClockState::Running => total.running += 1,
            ClockState::Unknown => total.unknown += 1,
        }
    }
}

fn reviews_due(
    record: &Record,
    assessment: &Assessment,
    zone: Tz,
    today: NaiveDate,
    horizon: NaiveDate,
) -> Vec<Due> {
    let owner = record.review.as_ref().and_then(|r| r.facilitator.clone());
    let due = |clock: &super::clocks::TargetClock| {
        let due = clock.due?.in_zone(&zone).get().date_naive();
        (clock.name.starts_with("review-") && clock.done.is_none() && due <= horizon).then(|| Due {
            incident: record.id.clone(),
            what: clock.name.clone(),
            owner: owner.clone(),
            due,
            overdue: due < today,
            kind: None,
            services: record.services.clone(),
        })
    };
    assessment.clocks.iter().filter_map(due).collect()
}

fn actions_due(record: &Record, as_of: Instant, today: NaiveDate, horizon: NaiveDate) -> Vec<Due> {
    let due = |action: &crate::incident::Action| {
        let open = match (&action.done, &action.dropped) {
            (Some(done), _) => done.at.is_some_and(|at| at > as_of),
            (None, Some(dropped)) => dropped.at.is_some_and(|at| at > as_of),
            (None, None) => true,
        };
        let due = card::due(action)?;
        (open && due <= horizon).then(|| Due {
            incident: record.id.clone(),
            what: action.title.clone(),
            owner: action.owner.clone(),
            due,
            overdue: due < today,
            kind: action.kind,
            services: record.services.clone(),
        })
    };
    record.actions.iter().filter_map(due).collect()
}

fn owed(card: &Card<'_>, today: NaiveDate, horizon: NaiveDate) -> Vec<Due> {
    if card.owed().next().is_none() || !card.counts() || card.parent.is_some() {
        return Vec::new();
    }
    let Ok(id) = card.id.parse::<IncidentId>() else { return Vec::new() };
    let owed = card.owed().filter(|owed| owed.due <= horizon);
    let due = owed.map(|owed| Due {
        incident: id.clone(),
        what: owed.title.to_owned(),
        owner: owed.owner.map(str::to_owned),
        due: owed.due,
        overdue: owed.due < today,
        kind: owed.kind,
        services: card.known_services().map(str::to_owned).collect(),
    });
    due.collect()
}

/// Planned work that touches a stretch of time.
pub(super) fn planned(record: &Record, start: Instant, end: Instant) -> Option<PlannedLine> {
    let planned = record.planned.clone().unwrap_or_default();
    let from = planned.from.or_else(|| record.began())?;
    let to = planned.to.unwrap_or(from);
    (from < end && to >= start && !record.exercise).then(|| PlannedLine {
        id: record.id.clone(),
        title: record.title.clone(),
        from: Some(from),
        to: planned.to,
        status: record.status,
    })
}

impl Sum {
    /// Adds a figure, or counts that it is not known.
    pub(super) fn add(&mut self, figure: Option<Decimal>) {
        match figure.and_then(|f| self.known.checked_add(f)) {
            Some(sum) => {
                self.known = sum;
                self.counted += 1;
            }
            None => self.unknown += 1,
        }
    }
}

impl MoneySum {
    /// Adds an amount, or counts that it is not known.
    pub(super) fn add(&mut self, amount: Option<Money>) {
        let Some(amount) = amount else {
            self.unknown += 1;
            return;
        };
        let same = self.known.iter_mut().find(|m| m.currency == amount.currency);
        match same.map(|m| (m.checked_add(amount), m)) {
            Some((Some(sum), known)) => *known = sum,
            Some((None, _)) => {
                self.unknown += 1;
                return;
            }
            None => self.known.push(amount),
        }
        self.counted += 1;
        self.known.sort_by(|a, b| a.currency.as_str().cmp(b.currency.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;
    use crate::incident::Severity;
    use crate::register::{Held, Register};
    use crate::reports::TargetClock;
    use crate::units::Span;

    fn register(records: &[&str]) -> Register {
        let held = records.iter().enumerate().map(|(i, rest)| {
            let text = format!(
                "schema: 1\nid: INC-20261121-000{i}\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5{i}\ntitle: number {i}\n{rest}"
            );
            let record = crate::incident::parse(Source::new("i", &text)).unwrap().record;
            Held { path: format!("{i}"), record }
        });
        Register { records: held.collect(), bad: Vec::new() }
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn run(records: &[&str], now: &str) -> Weekly {
        let assess = |record: &Record, as_of: Instant| Assessment {
            level: record.severity.as_ref().and_then(|s| s.declared),
            clocks: vec![
                TargetClock {
                    name: "acknowledge".into(),
                    target: "5m".into(),
                    due: record.clocks().detected.map(|d| d.plus(Span::from_minutes(5))),
                    done: record.clocks().acknowledged,
                    state: ClockState::of(
                        record.clocks().detected.map(|d| d.plus(Span::from_minutes(5))),
                        record.clocks().acknowledged,
                        as_of,
                    ),
                    vertical: None,
                },
                TargetClock {
                    name: "review-draft".into(),
                    target: "3d".into(),
                    due: record.clocks().restored.map(|r| r.plus(Span::from_minutes(3 * 24 * 60))),
                    done: None,
                    state: ClockState::Running,
                    vertical: None,
                },
            ],
            ..Assessment::default()
        };
        let period = "2026-W47".parse().unwrap();
        weekly(&register(records), [], period, Tz::America__Mexico_City, at(now), assess).unwrap()
    }

    const MONDAY: &str = "2026-11-23T09:00:00-06:00";

    #[test]
    fn an_incident_over_two_weeks_counts_once_and_its_minutes_are_split() {
        let over = "status: restored\nimpact: { customers: { affected: 10 } }\ntimes: { impact_started: 2026-11-15T23:00:00-06:00, restored: 2026-11-16T02:00:00-06:00 }\n";
        let report = run(&[over], MONDAY);
        assert!(report.incidents.is_empty());
        assert_eq!(report.carried.len(), 1);
        assert_eq!(report.totals.customer_minutes.known, Decimal::from(10 * 120));
        assert_eq!(report.totals.customers.counted, 0);
    }

    #[test]
    fn drills_false_alarms_merged_parts_and_maintenance_stay_out() {
        let when = "times: { impact_started: 2026-11-17T10:00:00-06:00 }\n";
        let report = run(
            &[
                &format!("status: detected\nexercise: true\n{when}"),
                &format!("status: cancelled\n{when}"),
                &format!("status: merged\nmerged_into: INC-20261121-0001\n{when}"),
                &format!("status: detected\nparent: INC-20261121-0001\n{when}"),
                "status: closed\nkind: maintenance\nplanned: { from: 2026-11-18T01:00:00-06:00, to: 2026-11-18T03:00:00-06:00 }\n",
                "status: detected\n",
                "status: cancelled\ntimes: { impact_started: 2026-11-01T10:00:00-06:00 }\n",
            ],
            MONDAY,
        );
        assert!(report.incidents.is_empty());
        let out = &report.left_out;
        assert_eq!((out.exercises, out.cancelled, out.merged, out.parts), (1, 1, 1, 1));
        assert_eq!(out.without_time.len(), 1);
        assert_eq!(report.maintenance.len(), 1);
    }

    #[test]
    fn what_is_not_known_is_counted_and_never_zero() {
        let known = "status: restored\nseverity: { declared: SEV2, reason: x, by: a, at: 2026-11-17T11:00:00-06:00 }\nimpact: { customers: { affected: 6 }, direct_loss: 5.00 MXN, transactions: { lost_value: 9.50 USD } }\ntimes: { impact_started: 2026-11-17T10:00:00-06:00, restored: 2026-11-17T10:10:00-06:00 }\n";
        let bare = "status: detected\ntimes: { detected: 2026-11-18T10:00:00-06:00 }\n";
        let report = run(&[bare, known], MONDAY);
        let totals = &report.totals;
        assert_eq!(totals.by_severity, [(Severity::Sev2, 1)]);
        assert_eq!((totals.without_severity, totals.burning, totals.restored_open), (1, 1, 1));
        assert_eq!(totals.customer_minutes, Sum { known: 60.into(), counted: 1, unknown: 1 });
        assert_eq!(totals.direct_loss.known[0].to_string(), "5.00 MXN");
        assert_eq!(totals.volume_lost.known[0].to_string(), "9.50 USD");
        assert_eq!((totals.volume_lost.counted, totals.volume_lost.unknown), (1, 1));
        assert_eq!(totals.compensation, MoneySum::default());
        assert_eq!(report.incidents[0].severity, Some(Severity::Sev2));
        assert_eq!(
            report.targets[0],
            TargetTotal {
                name: "acknowledge".into(),
                missed: 1,
                unknown: 1,
                ..TargetTotal::default()
            }
        );
    }

    #[test]
    fn due_things_are_judged_at_the_end_of_the_period() {
        let record = "status: resolved\ntimes: { impact_started: 2026-11-17T10:00:00-06:00, restored: 2026-11-17T10:10:00-06:00 }\nactions:\n  - { title: late, kind: prevent, owner: ana, due: 2026-11-20 }\n  - { title: done since, due: 2026-11-21, done: { at: 2026-11-30T10:00:00-06:00 } }\n  - { title: done, due: 2026-11-21, done: { at: 2026-11-19T10:00:00-06:00 } }\n  - { title: next week, due: 2026-11-29 }\n  - { title: later, due: 2026-11-30 }\n";
        let report = run(&[record], "2026-12-15T09:00:00-06:00");
        let due: Vec<_> = report.actions.iter().map(|d| (d.what.as_str(), d.overdue)).collect();
        assert_eq!(due, [("late", true), ("done since", true), ("next week", false)]);
        assert_eq!(report.reviews.len(), 1);
        assert!(!report.running);
        assert!(run(&[record], "2026-11-18T09:00:00-06:00").running);
    }
}
