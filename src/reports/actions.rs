//! Follow-ups over all incidents: what is open and how old, how many were agreed and done month by
//! month, and which share was done in time.
//!
//! The file is long because one account of an action, its days and who moved them serves all of them.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::company::Company;
use crate::history::audit::Edit;
use crate::incident::{Action, ActionKind, IncidentId, Record, Status, day};
use crate::standard::day_of;
use crate::units::{Decimal, Instant, Percent, Span};

/// Where an action stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionState {
    /// To be done.
    Open,
    /// To be done, and its day has passed.
    Overdue,
    /// Done.
    Done,
    /// Not to be done.
    Dropped,
}

impl ActionState {
    /// The word for people and data.
    pub fn as_str(self) -> &'static str {
        match self {
            ActionState::Open => "open",
            ActionState::Overdue => "overdue",
            ActionState::Done => "done",
            ActionState::Dropped => "dropped",
        }
    }

    /// Whether somebody still has to do it.
    pub fn is_open(self) -> bool {
        matches!(self, ActionState::Open | ActionState::Overdue)
    }
}

/// One action with its incident.
#[derive(Debug, Clone)]
pub struct Followup<'a> {
    /// Its incident.
    pub record: &'a Record,
    /// The action.
    pub action: &'a Action,
    /// Verticals of the incident's services, each once.
    pub verticals: Vec<String>,
    /// When it was agreed; where the record does not say, when its incident began.
    pub agreed: Option<NaiveDate>,
    /// The day on which it is due now.
    pub due: Option<NaiveDate>,
    /// The day that was promised first.
    pub first_due: Option<NaiveDate>,
    /// When it was done or dropped.
    pub ended: Option<NaiveDate>,
    /// Where it stands.
    pub state: ActionState,
    /// Days since its day passed, of one that is overdue.
    pub days_late: Option<i64>,
}

/// Which actions are asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Those that are done or dropped, too.
    pub all: bool,
    /// Only those whose day has passed.
    pub overdue: bool,
    /// Only this person's; the empty text asks for those of nobody.
    pub owner: Option<String>,
    /// Only those due by this day.
    pub by: Option<NaiveDate>,
    /// Only of these kinds.
    pub kinds: Vec<ActionKind>,
    /// Only of these verticals.
    pub verticals: Vec<String>,
    /// Only of this incident.
    pub incident: Option<IncidentId>,
}

impl Asked {
    fn admits(&self, one: &Followup<'_>, company: &Company<'_>) -> bool {
        let same = |owner: &str, asked: &str| {
            owner.eq_ignore_ascii_case(asked)
                || company.standard.person_called(owner).is_some_and(|person| {
                    company.standard.person_called(asked).is_some_and(|p| p.id == person.id)
                })
        };
        let owned = |asked: &String| match one.action.owner.as_deref().map(str::trim) {
            None | Some("") => asked.is_empty(),
            Some(owner) => !asked.is_empty() && same(owner, asked),
        };
        (self.all || one.state.is_open())
            && (!self.overdue || one.state == ActionState::Overdue)
            && self.owner.as_ref().is_none_or(owned)
            && self.by.is_none_or(|by| one.due.is_some_and(|due| due <= by))
            && (self.kinds.is_empty() || one.action.kind.is_some_and(|k| self.kinds.contains(&k)))
            && (self.verticals.is_empty()
                || one.verticals.iter().any(|v| self.verticals.contains(v)))
            && self.incident.as_ref().is_none_or(|id| *id == one.record.id)
    }
}

/// The actions that are asked for: overdue first, then by day, those without a day last.
///
/// What was merged into another incident goes on there and is left out.
pub fn followups<'a>(
    records: impl IntoIterator<Item = &'a Record>,
    company: &Company<'_>,
    asked: &Asked,
    now: Instant,
) -> Vec<Followup<'a>> {
    let today = day_of(now, company.zone);
    let mut all: Vec<Followup<'a>> = records
        .into_iter()
        .filter(|record| record.status != Status::Merged && record.restricted.is_none())
        .flat_map(|record| {
            record.actions.iter().map(move |action| followup(record, action, company, today))
        })
        .filter(|one| asked.admits(one, company))
        .collect();
    all.sort_by(|a, b| {
        let key = |one: &Followup<'_>| (!one.state.is_open(), one.due.is_none(), one.due);
        key(a).cmp(&key(b)).then_with(|| a.record.id.cmp(&b.record.id))
    });
    all
}

fn followup<'a>(
    record: &'a Record,
    action: &'a Action,
    company: &Company<'_>,
    today: NaiveDate,
) -> Followup<'a> {
    let on = |at: Instant| day_of(at, company.zone);
    let mut verticals: Vec<String> = record
        .services
        .iter()
        .filter_map(|service| Some(company.standard.service(service)?.vertical.clone()))
        .collect();
    verticals.sort();
    verticals.dedup();
    let due = action.due_day();
    let first = action.rescheduled.iter().find_map(|r| day(r.from.as_deref()?));
    let late = due.filter(|due| *due < today && action.is_open());
    let state = match (&action.done, &action.dropped) {
        (Some(_), _) => ActionState::Done,
        (None, Some(_)) => ActionState::Dropped,
        (None, None) if late.is_some() => ActionState::Overdue,
        (None, None) => ActionState::Open,
    };
    let ended = match (&action.done, &action.dropped) {
        (Some(done), _) => done.at,
        (None, Some(dropped)) => dropped.at,
        (None, None) => None,
    };
    Followup {
        record,
        action,
        verticals,
        agreed: action.at.or_else(|| record.began()).map(on),
        due,
        first_due: first.or(due),
        ended: ended.map(on),
        state,
        days_late: late.map(|due| (today - due).num_days()),
    }
}

/// The day by which the standard wants an action of a kind, and how it came to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueByStandard {
    /// The day.
    pub day: NaiveDate,
    /// As the standard writes it: `14d`.
    pub target: String,
    /// The day that counting from detection gave, where that had passed already: the span is then
    /// counted from today.
    pub passed: Option<NaiveDate>,
}

/// When an action of a kind is due by the standard; none where it wants none, or does not know.
///
/// The spans run from detection. A review that comes late would promise days that are over: such a
/// span is counted from today.
pub fn due_by_standard(
    record: &Record,
    kind: ActionKind,
    company: &Company<'_>,
    now: Instant,
) -> Option<DueByStandard> {
    let from = record.clocks().detected.or_else(|| record.began())?;
    let (first, target) = target_day(record, kind.target(), company, from, now)?;
    let today = day_of(now, company.zone);
    if first >= today {
        return Some(DueByStandard { day: first, target, passed: None });
    }
    let (day, target) = target_day(record, kind.target(), company, now, now)?;
    Some(DueByStandard { day, target, passed: Some(first) })
}

/// When it is to be seen whether an action that is done at a moment helped.
pub fn effect_due(
    record: &Record,
    company: &Company<'_>,
    done: Instant,
    now: Instant,
) -> Option<NaiveDate> {
    target_day(record, "effect-check", company, done, now).map(|(day, _)| day)
}

fn target_day(
    record: &Record,
    target: &str,
    company: &Company<'_>,
    from: Instant,
    now: Instant,
) -> Option<(NaiveDate, String)> {
    let policies = company.policies(record, now)?;
    let decided = policies.decide(company.facts(record, now));
    let set = policies.targets(&decided.facts).into_iter().find(|t| t.name == target)?;
    // Beyond a calendar's years nobody knows the day.
    let at = company.standard.due(&set.target, &set.clock, from, company.zone).ok()??;
    // A working day ends at midnight, which is the next day's first moment.
    let last = at.plus(Span::from_seconds(-1));
    Some((day_of(last, company.zone), set.target.to_string()))
}

/// What one person is reminded of.
#[derive(Debug, Clone)]
pub struct Reminder<'f, 'a> {
    /// Who, as records call them; none for what nobody has.
    pub owner: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// Where it can be sent.
    pub email: Option<String>,
    /// Their name in the chat.
    pub chat: Option<String>,
    /// Their actions, overdue ones first.
    pub actions: Vec<&'f Followup<'a>>,
}

/// One reminder for each owner, in the order of their names; what nobody has comes last.
pub fn reminders<'f, 'a>(all: &'f [Followup<'a>], company: &Company<'_>) -> Vec<Reminder<'f, 'a>> {
    let mut found: Vec<Reminder<'f, 'a>> = Vec::new();
    for one in all.iter().filter(|one| one.state.is_open()) {
        let written = one.action.owner.as_deref().map(str::trim).filter(|o| !o.is_empty());
        let person = written.and_then(|owner| company.standard.person_called(owner));
        let owner = person.map(|p| p.id.as_str()).or(written);
        match found.iter_mut().find(|r| r.owner.as_deref() == owner) {
            Some(reminder) => reminder.actions.push(one),
            None => found.push(Reminder {
                owner: owner.map(str::to_owned),
                name: person.map(|p| p.name.clone()).or_else(|| owner.map(str::to_owned)),
                email: person.and_then(|p| p.email.clone()),
                chat: person.and_then(|p| p.chat.clone()),
                actions: vec![one],
            }),
        }
    }
    found.sort_by(|a, b| (a.owner.is_none(), &a.name).cmp(&(b.owner.is_none(), &b.name)));
    found
}

/// A day of an action that was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The day before.
    pub from: Option<String>,
    /// The day since.
    pub to: Option<String>,
    /// Who moved it: as recorded, else who wrote the commit.
    pub by: Option<String>,
    /// When.
    pub at: Option<Instant>,
    /// Why, as recorded.
    pub reason: Option<String>,
    /// The commit in which git saw it; none where history does not show it.
    pub commit: Option<String>,
    /// Whether the record names it.
    pub recorded: bool,
}

/// How an action's day was moved, oldest first: what the record says, confirmed by history, and
/// what history alone knows.
pub fn moves(action: &Action, edits: &[Edit]) -> Vec<Move> {
    let field = action.id.as_ref().map(|id| format!("actions[{id}].due"));
    let mut seen: Vec<Move> = edits
        .iter()
        .flat_map(|edit| edit.fields.iter().map(move |change| (edit, change)))
        .filter(|(_, change)| Some(&change.field) == field.as_ref() && change.from.is_some())
        .map(|(edit, change)| Move {
            from: change.from.clone(),
            to: change.to.clone(),
            by: edit.commit.person.clone().or_else(|| Some(edit.commit.author.clone())),
            at: edit.commit.at,
            reason: None,
            commit: Some(edit.commit.id.clone()),
            recorded: false,
        })
        .collect();
    // History comes newest first.
    seen.reverse();
    let mut all = Vec::new();
    for moved in &action.rescheduled {
        let place = seen.iter().position(|s| s.from == moved.from && s.to == moved.to);
        let commit = place.and_then(|place| seen.remove(place).commit);
        all.push(Move {
            from: moved.from.clone(),
            to: moved.to.clone(),
            by: moved.by.clone(),
            at: moved.at,
            reason: moved.reason.clone(),
            commit,
            recorded: true,
        });
    }
    all.extend(seen);
    all.sort_by_key(|one| one.at);
    all
}

/// Open actions of one age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// From so many days.
    pub from: i64,
    /// To so many, both included; none for all above.
    pub to: Option<i64>,
    /// Open actions that were agreed so long ago.
    pub open: usize,
    /// Those of them whose day has passed.
    pub overdue: usize,
}

/// A month of the burn-up: sums from the beginning to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: NaiveDate,
    /// Agreed until its end.
    pub agreed: usize,
    /// Done until its end.
    pub done: usize,
    /// Dropped until its end.
    pub dropped: usize,
}

impl Month {
    /// Agreed, and neither done nor dropped, at its end.
    pub fn open(&self) -> usize {
        self.agreed.saturating_sub(self.done + self.dropped)
    }
}

/// How many actions were done in time.
///
/// Counted are those that are done and those whose day has passed; dropped ones and those without a
/// day are not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OnTime {
    /// The vertical; none for all together, where an action of two verticals counts once.
    pub vertical: Option<String>,
    /// Actions that are done, or whose day has passed.
    pub judged: usize,
    /// Done by the day that stands now.
    pub in_time: usize,
    /// Done by the day that was promised first.
    pub as_promised: usize,
    /// Actions without a day, or done nobody knows when.
    pub unknown: usize,
}

impl OnTime {
    /// In time of those judged; none where there are none.
    pub fn share(&self) -> Option<Percent> {
        Percent::of(Decimal::from(self.in_time), Decimal::from(self.judged))
    }

    /// By the first promise of those judged.
    pub fn promised_share(&self) -> Option<Percent> {
        Percent::of(Decimal::from(self.as_promised), Decimal::from(self.judged))
    }

    fn add(&mut self, one: &Followup<'_>, today: NaiveDate) {
        let judged = match (one.state, one.due) {
            (ActionState::Dropped, _) => return,
            (ActionState::Done, Some(_)) if one.ended.is_some() => true,
            (_, None) | (ActionState::Done, _) => {
                self.unknown += 1;
                return;
            }
            (_, Some(due)) => due < today,
        };
        let by =
            |day: Option<NaiveDate>| one.ended.zip(day).is_some_and(|(ended, day)| ended <= day);
        let done = one.state == ActionState::Done;
        self.judged += usize::from(judged);
        self.in_time += usize::from(done && by(one.due));
        self.as_promised += usize::from(done && by(one.first_due));
    }
}

/// How follow-ups go.
#[derive(Debug, Clone)]
pub struct Progress<'a> {
    /// The day.
    pub today: NaiveDate,
    /// Open actions by age.
    pub ages: Vec<Age>,
    /// Open actions of which nobody knows the age.
    pub without_age: usize,
    /// Open actions without a day.
    pub without_due: usize,
    /// Open actions without an owner.
    pub without_owner: usize,
    /// The longest overdue ones, at most ten.
    pub latest: Vec<Followup<'a>>,
    /// Month by month, the last ones.
    pub months: Vec<Month>,
    /// All together, then by vertical.
    pub on_time: Vec<OnTime>,
}

/// Most months that are shown.
pub const MOST_MONTHS: u32 = 60;

/// How all these actions go; `months` back from this one.
pub fn progress<'a>(all: &[Followup<'a>], today: NaiveDate, months: u32) -> Progress<'a> {
    let mut ages: Vec<Age> = [(0, Some(7)), (8, Some(30)), (31, Some(90)), (91, None)]
        .map(|(from, to)| Age { from, to, open: 0, overdue: 0 })
        .to_vec();
    let (mut without_age, mut without_due, mut without_owner) = (0, 0, 0);
    for one in all.iter().filter(|one| one.state.is_open()) {
        without_due += usize::from(one.due.is_none());
        let owner = one.action.owner.as_deref().unwrap_or_default();
        without_owner += usize::from(owner.trim().is_empty());
        let Some(agreed) = one.agreed else {
            without_age += 1;
            continue;
        };
        let days = (today - agreed).num_days().max(0);
        if let Some(age) = ages.iter_mut().find(|a| a.to.is_none_or(|to| days <= to)) {
            age.open += 1;
            age.overdue += usize::from(one.state == ActionState::Overdue);
        }
    }
    let mut latest: Vec<Followup<'a>> =
        all.iter().filter(|one| one.state == ActionState::Overdue).cloned().collect();
    latest.sort_by_key(|one| std::cmp::Reverse(one.days_late));
    latest.truncate(10);
    let mut total = OnTime::default();
    let mut by_vertical: Vec<OnTime> = Vec::new();
    for one in all {
        total.add(one, today);
        for vertical in &one.verticals {
            let known = by_vertical.iter().position(|v| v.vertical.as_ref() == Some(vertical));
            let place = known.unwrap_or_else(|| {
                by_vertical.push(OnTime { vertical: Some(vertical.clone()), ..OnTime::default() });
                by_vertical.len() - 1
            });
            if let Some(sum) = by_vertical.get_mut(place) {
                sum.add(one, today);
            }
        }
    }
    by_vertical.sort_by(|a, b| a.vertical.cmp(&b.vertical));
    let on_time = std::iter::once(total).chain(by_vertical).collect();
    let months = burn_up(all, today, months.clamp(1, MOST_MONTHS));
    Progress { today, ages, without_age, without_due, without_owner, latest, months, on_time }
}

fn burn_up(all: &[Followup<'_>], today: NaiveDate, months: u32) -> Vec<Month> {
    let Some(this) = today.with_day(1) else { return Vec::new() };
    let count = |end: NaiveDate| {
        let by = |day: Option<NaiveDate>| day.is_some_and(|day| day <= end);
        let ended = |state: ActionState| {
            all.iter().filter(|one| one.state == state && by(one.ended)).count()
        };
        // What ended was agreed before, whatever the record says of when.
        let agreed = all.iter().filter(|one| by(one.agreed) || by(one.ended)).count();
        (agreed, ended(ActionState::Done), ended(ActionState::Dropped))
    };
    let firsts = (0..months).rev().filter_map(|back| this.checked_sub_months(Months::new(back)));
    firsts
        .filter_map(|first| {
            let end = first.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))?;
            let (agreed, done, dropped) = count(end.min(today));
            Some(Month { first, agreed, done, dropped })
        })
        .skip_while(|month| month.agreed == 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;
    use crate::standard::Standard;
    use crate::units::Currency;

    fn record(actions: &str) -> Record {
        let text = format!(
            "schema: 1\nid: INC-20261101-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: Cards\n\
             status: closed\ntimes: {{ detected: 2026-11-01T10:00:00-06:00 }}\nactions:\n{actions}"
        );
        crate::incident::parse(Source::new("incident.yaml", &text)).unwrap().record
    }

    fn with<T>(
        actions: &str,
        asked: &Asked,
        look: impl FnOnce(&[Followup<'_>], NaiveDate) -> T,
    ) -> T {
        let record = record(actions);
        let standard = Standard::default();
        let zone = chrono_tz::America::Mexico_City;
        let company = Company {
            standard: &standard,
            zone,
            currency: Currency::MXN,
            register: None,
            documents: None,
        };
        let now: Instant = "2026-11-22T09:00:00-06:00".parse().unwrap();
        let all = followups([&record], &company, asked, now);
        look(&all, day_of(now, zone))
    }

    const ALL: &str = "  - { id: A111, title: late, owner: ana, due: 2026-11-20 }\n\
        \x20 - { id: A222, title: today, owner: bo, due: 2026-11-22 }\n\
        \x20 - { id: A333, title: undated }\n\
        \x20 - { id: A444, title: in time, due: 2026-11-10, at: 2026-10-20T10:00:00-06:00, \
        done: { at: 2026-11-10T23:30:00-06:00 } }\n\
        \x20 - { id: A555, title: moved, due: 2026-11-15, rescheduled: [{ from: 2026-11-05, to: 2026-11-15 }], \
        done: { at: 2026-11-12T10:00:00-06:00 } }\n\
        \x20 - { id: A666, title: given up, due: 2026-11-02, dropped: { at: 2026-11-03T10:00:00-06:00, reason: no } }\n";

    fn ids(all: &[Followup<'_>]) -> Vec<String> {
        all.iter().filter_map(|one| Some(one.action.id.as_ref()?.to_string())).collect()
    }

    #[test]
    fn lists_say_what_is_open_overdue_and_due() {
        with(ALL, &Asked::default(), |all, _| {
            assert_eq!(ids(all), ["A111", "A222", "A333"]);
            assert_eq!(all[0].days_late, Some(2));
            assert_eq!(all[1].state, ActionState::Open);
        });
        let overdue = Asked { overdue: true, ..Asked::default() };
        with(ALL, &overdue, |all, _| assert_eq!(ids(all), ["A111"]));
        let nobody = Asked { owner: Some(String::new()), ..Asked::default() };
        with(ALL, &nobody, |all, _| assert_eq!(ids(all), ["A333"]));
        let bo = Asked { owner: Some("BO".into()), all: true, ..Asked::default() };
        with(ALL, &bo, |all, _| assert_eq!(ids(all), ["A222"]));
        let by = Asked { by: NaiveDate::from_ymd_opt(2026, 11, 24), ..Asked::default() };
        with(ALL, &by, |all, _| assert_eq!(ids(all), ["A111", "A222"]));
    }

    #[test]
    fn shares_tell_the_day_that_stands_from_the_first_promise() {
        with(ALL, &Asked { all: true, ..Asked::default() }, |all, today| {
            let progress = progress(all, today, 12);
            let total = &progress.on_time[0];
            assert_eq!((total.judged, total.in_time, total.as_promised), (3, 2, 1));
            assert_eq!(total.unknown, 1);
            let months: Vec<_> = progress
                .months
                .iter()
                .map(|m| (m.first.month(), m.agreed, m.done, m.dropped, m.open()))
                .collect();
            assert_eq!(months, [(10, 1, 0, 0, 1), (11, 6, 2, 1, 3)]);
            assert_eq!(
                progress.ages.iter().map(|a| (a.open, a.overdue)).collect::<Vec<_>>(),
                [(0, 0), (3, 1), (0, 0), (0, 0)]
            );
            assert_eq!((progress.without_due, progress.without_owner), (1, 1));
        });
    }

    #[test]
    fn nothing_is_no_share() {
        assert_eq!(OnTime::default().share(), None);
        let progress = progress(&[], NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(), 12);
        assert!(progress.months.is_empty());
    }
}
