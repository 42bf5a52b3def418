//! What the dashboard's overview states: what is open, twelve weeks, what customers got, what it cost.
//!
//! Every figure is another report's, asked for here: the weeks are the weekly report's, the
//! availability that of `report sla`, the follow-ups those of `actions report`.

use std::collections::HashSet;

use chrono::{Datelike, Days, NaiveDate};
use chrono_tz::Tz;
use rayon::prelude::*;

use super::actions::{Asked, Followup, Progress, followups, progress};
use super::assessment::Assessment;
use super::company::Company;
use super::context::{LeftOut, MoneySum, Weekly};
use super::period::Period;
use super::sla::{Sla, Times, sla, sla_takes};
use super::trends::{Breakdown, By, breakdown_of};
use super::weekly::{customer_minutes, reason_left_out, weekly};
use crate::impact::{self, Window};
use crate::incident::{CompensationRun, Kind, Record, Severity, Status};
use crate::ledger;
use crate::register::{Card, Register};
use crate::standard::day_of;
use crate::timing;
use crate::units::{Instant, Span};

/// How many weeks are shown, the running one included.
pub const WEEKS: u64 = 12;

/// How many months of availability are shown, the running one included.
const MONTHS: usize = 4;

/// How many months of follow-ups are shown.
const MONTHS_OF_ACTIONS: u32 = 12;

/// Up to how many minutes each class of the times to restore goes; above the last one is a class
/// of its own.
pub const RESTORED_WITHIN: [i64; 7] = [15, 30, 60, 120, 240, 480, 1440];

/// The level that stands for a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// The level; none where it is not known.
    pub level: Option<Severity>,
    /// Whether nobody has confirmed it from numbers.
    pub provisional: bool,
}

impl Standing {
    /// What an assessment says of it.
    pub fn of(assessment: &Assessment) -> Standing {
        Standing { level: assessment.level, provisional: assessment.provisional }
    }
}

/// How long it took until customers could work again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restored {
    /// Incidents by class: up to so many minutes of [`RESTORED_WITHIN`], then all above.
    pub classes: Vec<usize>,
    /// Mean, middle and longest; none of none.
    pub times: Option<Times>,
    /// Incidents that are not restored yet.
    pub running: usize,
    /// Incidents of which a time is missing.
    pub unknown: usize,
}

/// A compensation run with its incident.
#[derive(Debug, Clone, Copy)]
pub struct Payout<'r> {
    /// Its incident.
    pub record: &'r Record,
    /// The run.
    pub run: &'r CompensationRun,
}

/// What customers were given.
#[derive(Debug, Clone, Default)]
pub struct Payouts<'r> {
    /// All runs, the newest incident first.
    pub runs: Vec<Payout<'r>>,
    /// Approved.
    pub approved: MoneySum,
    /// What of it is credited.
    pub credited: MoneySum,
    /// What of it is owed.
    pub owed: MoneySum,
    /// Runs that nobody has approved.
    pub undecided: usize,
}

/// What the overview states.
#[derive(Debug, Clone)]
pub struct Board<'r> {
    /// The moment of it all.
    pub as_of: Instant,
    /// Open incidents, worst first, by their places in the register.
    pub open: Vec<usize>,
    /// Planned work that is going on or to come.
    pub planned: Vec<usize>,
    /// The weeks, oldest first; the last one is running.
    pub weeks: Vec<Weekly>,
    /// All of them together.
    pub recent: Weekly,
    /// Times to restore of the incidents that began in them.
    pub restored: Restored,
    /// Availability by month, oldest first; the last one is running.
    pub months: Vec<Sla>,
    /// By service, over the weeks.
    pub services: Breakdown,
    /// By vertical, over the weeks.
    pub verticals: Breakdown,
    /// All follow-ups.
    pub actions: Vec<Followup<'r>>,
    /// How they go.
    pub progress: Progress<'r>,
    /// Compensation.
    pub payouts: Payouts<'r>,
    /// What no figure counts.
    pub left_out: LeftOut,
}

/// Computes the board; none where the weeks lie beyond the calendar.
///
/// `shown` are the records that are counted, `all` those of the workspace, from which alone
/// availability follows. `levels` stand beside `shown`.
pub fn board<'r>(
    shown: &'r Register,
    all: &Register,
    levels: &[Standing],
    company: &Company<'_>,
    now: Instant,
) -> Option<Board<'r>> {
    let zone = company.zone;
    let today = day_of(now, zone);
    let weeks = last_weeks(today)?;
    let recent = Period::of_days(weeks.first()?.first, weeks.last()?.last)?;
    let (start, end) = (recent.start(zone)?, recent.end(zone)?);
    let level = |record: &Record, _: Instant| {
        let place = shown.records.binary_search_by(|held| held.record.id.cmp(&record.id));
        let standing = place.ok().and_then(|at| levels.get(at)).copied().unwrap_or_default();
        Assessment {
            level: standing.level,
            provisional: standing.provisional,
            ..Assessment::default()
        }
    };
    // Each period is asked of the records alone that touch it: its report gets no other from all.
    let touching = |from: Instant, to: Instant| {
        let touches = |record: &Record| {
            let began = record.began().is_some_and(|at| at >= from && at < to);
            let planned = record.kind == Some(Kind::Maintenance);
            began
                || planned
                || record.status.is_burning()
                || impact::windows(record, now).is_some_and(|windows| {
                    windows.iter().any(|w| w.window.from < to && w.window.to > from)
                })
        };
        let records = shown.records.iter().filter(|held| touches(&held.record)).cloned();
        Register { records: records.collect(), bad: Vec::new() }
    };
    let near = touching(start, end);
    let report = |period: &Period| weekly(&near, [], period.clone(), zone, now, level);
    let mut left_out = LeftOut::default();
    left_out.unreadable = all.bad.iter().map(|bad| bad.path.clone()).collect();
    let mut of_recent: Vec<(Instant, &Record)> = Vec::new();
    for record in shown.records.iter().map(|held| &held.record) {
        if record.kind == Some(Kind::Maintenance) {
            continue;
        }
        if let Some(count) = reason_left_out(record, &mut left_out) {
            *count += 1;
            continue;
        }
        match record.began() {
            Some(began) if began >= start && began < end => of_recent.push((began, record)),
            Some(_) => {}
            None => left_out.without_time.push(record.id.clone()),
        }
    }
    let window = Window::new(start, now.max(start));
    let felt = |record: &Record| customer_minutes(record, window, now);
    let records = || shown.records.iter().map(|held| &held.record);
    let every = Asked { all: true, ..Asked::default() };
    let actions = followups(records(), company, &every, now);
    let mut periods = Vec::new();
    let mut month = format!("{:04}-{:02}", today.year(), today.month()).parse::<Period>().ok();
    while let Some(one) = month.filter(|_| periods.len() < MONTHS) {
        month = one.before();
        periods.push(one);
    }
    let cards: Vec<Vec<u8>> =
        all.records.par_iter().map(|held| Card::write(&held.record, None)).collect();
    let level_of = |period: &Period| {
        sla(&part_of(all, &cards, period, zone)?, period.clone(), None, company, now)
    };
    let months = periods.par_iter().rev().map(level_of).collect::<Option<Vec<Sla>>>()?;
    let (open, planned) = open(shown, levels);
    Some(Board {
        as_of: now,
        open,
        planned,
        recent: report(&recent)?,
        weeks: weeks.iter().map(report).collect::<Option<_>>()?,
        restored: restored(&of_recent, now),
        services: breakdown_of(By::Service, &of_recent, company, felt),
        verticals: breakdown_of(By::Vertical, &of_recent, company, felt),
        progress: progress(&actions, today, MONTHS_OF_ACTIONS),
        actions,
        payouts: payouts(shown),
        months,
        left_out,
    })
}

/// The records that the report on a period takes, and their families: what `report sla` reads.
fn part_of(all: &Register, cards: &[Vec<u8>], period: &Period, zone: Tz) -> Option<Register> {
    let takes = sla_takes(period, zone)?;
    let taken = |card: &Vec<u8>| Card::read(card).is_none_or(|card| takes(&card));
    let chosen: HashSet<&str> = all
        .records
        .iter()
        .zip(cards)
        .filter(|(_, card)| taken(card))
        .map(|(held, _)| held.record.id.as_str())
        .collect();
    let belongs = |record: &Record| {
        let mut kin = record.merged_into.iter().chain(&record.parent);
        chosen.contains(record.id.as_str()) || kin.any(|id| chosen.contains(id.as_str()))
    };
    let records = all.records.iter().filter(|held| belongs(&held.record)).cloned();
    Some(Register { records: records.collect(), bad: Vec::new() })
}

/// The weeks that are shown, oldest first.
fn last_weeks(today: NaiveDate) -> Option<Vec<Period>> {
    let back = (0..WEEKS).rev();
    back.map(|n| Period::week_of(today.checked_sub_days(Days::new(n * 7))?)).collect()
}

/// Open incidents, worst first, and planned work that is not over.
fn open(shown: &Register, levels: &[Standing]) -> (Vec<usize>, Vec<usize>) {
    let all = shown.records.iter().enumerate();
    let all = all.filter(|(_, held)| held.record.status.is_open() && !held.record.exercise);
    let (planned, mut open): (Vec<_>, Vec<_>) =
        all.partition(|(_, held)| held.record.kind == Some(Kind::Maintenance));
    open.sort_by_key(|(at, held)| {
        let level = levels.get(*at).and_then(|standing| standing.level);
        (!held.record.status.is_burning(), level.is_none(), level.map(|l| l as u8), *at)
    });
    let places = |held: Vec<(usize, _)>| held.into_iter().map(|(at, _)| at).collect();
    (places(open), places(planned))
}

fn restored(began: &[(Instant, &Record)], now: Instant) -> Restored {
    let mut found = Restored { classes: vec![0; RESTORED_WITHIN.len() + 1], ..Restored::default() };
    let mut took: Vec<Span> = Vec::new();
    for (_, record) in began {
        match timing::to_restore(record, now) {
            timing::Lapse::Took(span) => took.push(span),
            timing::Lapse::Running(_) => found.running += 1,
            timing::Lapse::Before | timing::Lapse::Unknown => found.unknown += 1,
        }
    }
    for span in &took {
        let class = RESTORED_WITHIN.iter().take_while(|minutes| span.seconds() > **minutes * 60);
        if let Some(count) = found.classes.get_mut(class.count()) {
            *count += 1;
        }
    }
    found.times = Times::of(took);
    found
}

fn payouts(shown: &Register) -> Payouts<'_> {
    let mut found = Payouts::default();
    for record in shown.records.iter().rev().map(|held| &held.record) {
        if record.exercise || record.status == Status::Cancelled || record.restricted.is_some() {
            continue;
        }
        for run in &record.compensation {
            found.runs.push(Payout { record, run });
            // What nobody approved has paid nobody yet.
            if ledger::is_approved(run) {
                found.approved.add(ledger::given(run));
                found.credited.add(ledger::credited(run));
                found.owed.add(ledger::owed(run));
            } else {
                found.undecided += 1;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;
    use crate::register::Held;
    use crate::standard::Standard;
    use crate::units::Currency;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn register(records: &[&str]) -> Register {
        let held = records.iter().enumerate().map(|(i, rest)| {
            let text = format!(
                "schema: 1\nid: INC-20261101-000{i}\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5{i}\ntitle: number {i}\n{rest}"
            );
            let record = crate::incident::parse(Source::new("i", &text)).unwrap().record;
            Held { path: format!("{i}"), record }
        });
        Register { records: held.collect(), bad: Vec::new() }
    }

    fn with<T>(records: &[&str], look: impl FnOnce(&Board<'_>) -> T) -> T {
        let (register, standard) = (register(records), Standard::default());
        let company = Company {
            standard: &standard,
            zone: chrono_tz::America::Mexico_City,
            currency: Currency::MXN,
            register: Some(&register),
            documents: None,
        };
        let levels: Vec<Standing> = register
            .records
            .iter()
            .map(|h| {
                Standing::of(&Assessment {
                    level: h.record.severity.as_ref().and_then(|s| s.declared),
                    ..Assessment::default()
                })
            })
            .collect();
        let now = at("2026-11-22T12:00:00-06:00");
        look(&board(&register, &register, &levels, &company, now).unwrap())
    }

    #[test]
    fn weeks_are_counted_as_the_weekly_report_counts_them() {
        let records = [
            "status: closed\nseverity: { declared: SEV1 }\ntimes: { impact_started: 2026-11-16T00:00:00-06:00, restored: 2026-11-16T00:15:00-06:00, closed: 2026-11-17T00:00:00-06:00 }\nimpact: { customers: { affected: 10 } }\n",
            "status: closed\ntimes: { impact_started: 2026-11-15T23:59:00-06:00, restored: 2026-11-16T00:15:01-06:00, closed: 2026-11-17T00:00:00-06:00 }\n",
            "status: closed\nexercise: true\ntimes: { impact_started: 2026-11-18T10:00:00-06:00 }\n",
            "status: responding\nseverity: { declared: SEV3 }\ntimes: { impact_started: 2026-11-20T10:00:00-06:00 }\n",
            "status: closed\ntimes: { impact_started: 2025-01-01T10:00:00-06:00, restored: 2025-01-01T11:00:00-06:00 }\n",
            "status: remediating\nseverity: { declared: SEV1 }\ntimes: { impact_started: 2026-11-19T10:00:00-06:00, restored: 2026-11-22T11:00:00-06:00 }\n",
        ];
        with(&records, |board| {
            assert_eq!(board.weeks.len(), 12);
            let counts: Vec<usize> = board.weeks.iter().map(|w| w.incidents.len()).collect();
            assert_eq!(counts[10..], [1, 3]);
            assert_eq!(board.recent.incidents.len(), 4);
            assert_eq!(
                board.weeks[11].totals.by_severity,
                [(Severity::Sev1, 2), (Severity::Sev3, 1)]
            );
            assert_eq!(board.left_out.exercises, 1);
            // Fifteen minutes are within fifteen, a second more is not; three days are beyond a day.
            assert_eq!(board.restored.classes, [1, 1, 0, 0, 0, 0, 0, 1]);
            assert_eq!((board.restored.running, board.restored.unknown), (1, 0));
            // Who is still hit comes before who is not, however bad.
            assert_eq!(board.open, [3, 5]);
            // Minutes of the second incident fall into both weeks; it does not say of how many.
            let minutes = &board.weeks[11].totals.customer_minutes;
            assert_eq!((minutes.known, minutes.counted, minutes.unknown), (150.into(), 1, 3));
        });
    }

    #[test]
    fn nothing_is_no_error() {
        with(&[], |board| {
            assert!(board.open.is_empty() && board.restored.times.is_none());
            assert_eq!(board.months.len(), 4);
        });
    }
}
