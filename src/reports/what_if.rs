//! What the standard would ask of an incident at another level: its tables decided again with the
//! severity replaced.

use super::checklist::{ItemState, checklist};
use super::clocks::{ClockState, applies, clock, role_clock, speaks};
use super::company::Company;
use crate::decision::{FactSet, Value};
use crate::incident::{Kind, Record, Severity, Status};
use crate::standard::Policies;
use crate::units::Instant;

/// What a duty is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A verdict on the incident: major incident, priority, review owed.
    Verdict,
    /// An authority that may have to be told.
    Authority,
    /// Something that has to be done within a time.
    Target,
    /// Something that has to be said within a time.
    Communication,
    /// A role that somebody has to hold.
    Role,
    /// An item of the checklist.
    Item,
}

/// Something that the standard asks for at one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// How: the time of a target as the standard writes it, `yes`, `P1`.
    pub asks: String,
    /// When it is due.
    pub due: Option<Instant>,
    /// Where its clock would stand; none where no clock runs.
    pub state: Option<ClockState>,
    /// Whether it is done already.
    pub done: bool,
}

/// What the standard asks for at one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The level.
    pub level: Severity,
    /// Each duty with its name.
    pub duties: Vec<(About, String, Duty)>,
}

/// Duties side by side, those alone that differ between some of the levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The levels; the first is the one that stands.
    pub levels: Vec<Severity>,
    /// One row a duty, by what it is about, then in the order of the standard.
    pub rows: Vec<Row>,
}

/// One duty at each level; `None` where it is not asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub about: About,
    /// Its name, such as `restore` or `technical_lead`.
    pub name: String,
    /// As many as there are levels.
    pub at: Vec<Option<Duty>>,
}

/// The level that stands beside the next one up and the next one down, where there are any.
///
/// Planned work, stubs, and what was cancelled or merged have no level to change; neither has
/// anything without a standard.
pub fn neighbours(record: &Record, company: &Company<'_>, now: Instant) -> Option<Comparison> {
    let stands = standing(record, company, now, None)?;
    let place = Severity::ALL.iter().position(|level| *level == stands.level)?;
    let next = [place.checked_sub(1), place.checked_add(1)];
    let next = next.into_iter().flatten().filter_map(|place| Severity::ALL.get(place).copied());
    let next: Vec<Standing> =
        next.filter_map(|level| standing(record, company, now, Some(level))).collect();
    Some(Comparison::of(std::iter::once(stands).chain(next).collect()))
}

/// What a change of the record lowers: the level before and after it, where it is lower after.
pub fn lowering(
    before: &Record,
    after: &Record,
    company: &Company<'_>,
    now: Instant,
) -> Option<Comparison> {
    let (stood, stands) =
        (standing(before, company, now, None)?, standing(after, company, now, None)?);
    (stands.level > stood.level).then(|| Comparison::of(vec![stood, stands]))
}

/// What the standard asks for: as the record stands, or as if its level were another.
fn standing(
    record: &Record,
    company: &Company<'_>,
    now: Instant,
    level: Option<Severity>,
) -> Option<Standing> {
    let beside = record.kind == Some(Kind::Maintenance)
        || record.restricted.is_some()
        || matches!(record.status, Status::Cancelled | Status::Merged);
    if beside {
        return None;
    }
    let policies = company.policies(record, now)?;
    let mut facts = company.facts(record, now);
    if let Some(level) = level {
        facts.set("severity_declared", Value::text(level.as_str()));
    }
    let decided = policies.decide(facts);
    let facts = &decided.facts;
    let level = Severity::from_word(facts.value("severity")?.as_text()?)?;
    let mut duties = verdicts(facts);
    duties.extend(authorities(policies, facts));
    for target in policies.targets(facts).iter().filter(|t| applies(record, &t.name)) {
        let clock = clock(record, company, target, now);
        let about = if speaks(&clock.name) { About::Communication } else { About::Target };
        let (due, done) = (clock.due, clock.done.is_some());
        let duty = Duty { asks: clock.target, due, state: Some(clock.state), done };
        duties.push((about, clock.name, duty));
    }
    duties.extend(policies.roles_owed(facts).into_iter().map(|owed| {
        let (due, state) = role_clock(record, company, &owed, now);
        let done = record.roles.iter().any(|r| r.role == owed.role);
        (About::Role, owed.role, Duty { asks: owed.by.to_string(), due, state, done })
    }));
    duties.extend(checklist(record, company, policies, facts).into_iter().map(|item| {
        let done = item.state != ItemState::ToDo;
        let state = item.due.filter(|_| !done).map(|due| ClockState::of(Some(due), None, now));
        let duty = Duty { asks: "yes".into(), due: item.due, state, done };
        (About::Item, item.item, duty)
    }));
    Some(Standing { level, duties })
}

fn plain(asks: impl Into<String>) -> Duty {
    Duty { asks: asks.into(), due: None, state: None, done: false }
}

fn verdicts(facts: &FactSet) -> Vec<(About, String, Duty)> {
    let verdict = |name: &str| {
        let duty = match facts.value(name)? {
            Value::Boolean(true) => plain("yes"),
            Value::Boolean(false) => return None,
            other => plain(other.to_string()),
        };
        Some((About::Verdict, name.to_owned(), duty))
    };
    ["major_incident", "priority", "review_owed"].into_iter().filter_map(verdict).collect()
}

/// The authorities that the standard's list names.
fn authorities(policies: &Policies, facts: &FactSet) -> Vec<(About, String, Duty)> {
    let Some(decision) = policies.ask("regimes", facts, &[]) else { return Vec::new() };
    let named = decision.values("regime").into_iter().filter_map(Value::as_text);
    named.map(|regime| (About::Authority, regime.to_owned(), plain("yes"))).collect()
}

impl Comparison {
    /// Puts duties side by side; the first standing is the one that is.
    pub fn of(standings: Vec<Standing>) -> Comparison {
        let mut rows: Vec<Row> = Vec::new();
        for (place, standing) in standings.iter().enumerate() {
            for (about, name, duty) in &standing.duties {
                let found = rows.iter().position(|r| r.about == *about && r.name == *name);
                let row = found.unwrap_or_else(|| {
                    let at = vec![None; standings.len()];
                    rows.push(Row { about: *about, name: name.clone(), at });
                    rows.len() - 1
                });
                if let Some(cell) = rows.get_mut(row).and_then(|row| row.at.get_mut(place)) {
                    *cell = Some(duty.clone());
                }
            }
        }
        rows.retain(|row| row.at.windows(2).any(|pair| pair[0] != pair[1]));
        rows.sort_by_key(|row| row.about);
        Comparison { levels: standings.iter().map(|s| s.level).collect(), rows }
    }

    /// The place of the next level up, if there is one.
    pub fn up(&self) -> Option<usize> {
        let stands = *self.levels.first()?;
        self.levels.iter().position(|level| *level < stands)
    }

    /// The place of the next level down, if there is one.
    pub fn down(&self) -> Option<usize> {
        let stands = *self.levels.first()?;
        self.levels.iter().position(|level| *level > stands)
    }

    /// The duties of the first level that the last one no longer asks for, those done left out.
    pub fn skipped(&self, about: About) -> impl Iterator<Item = &Row> {
        let gone = |row: &&Row| row.stood().is_some_and(|d| !d.done) && row.last().is_none();
        self.rows.iter().filter(move |row| row.about == about).filter(gone)
    }

    /// The duties that the last level gives more time for, and that nobody has done yet.
    pub fn postponed(&self) -> impl Iterator<Item = (&Row, &Duty, &Duty)> {
        self.rows.iter().filter_map(|row| {
            let (stood, last) = (row.stood()?, row.last()?);
            let later = match (stood.due, last.due) {
                (Some(due), Some(then)) => then > due,
                (Some(_), None) => true,
                (None, _) => false,
            };
            (later && !stood.done).then_some((row, stood, last))
        })
    }
}

impl Row {
    fn stood(&self) -> Option<&Duty> {
        self.at.first()?.as_ref()
    }

    fn last(&self) -> Option<&Duty> {
        self.at.last()?.as_ref()
    }

    /// Whether the difference changes nothing any more: done at every level, as well or as badly.
    pub fn is_moot(&self) -> bool {
        let mut cells = self.at.iter();
        let first = cells.next().and_then(Option::as_ref);
        let same =
            |duty: &Duty| first.is_some_and(|f| f.done && duty.done && f.state == duty.state);
        first.is_some_and(same) && cells.all(|c| c.as_ref().is_none_or(same))
    }
}
