//! What the days after a period hold: peaks, promises, problems that nobody has solved.

use chrono::{Days, NaiveDate};

use super::Scope;
use crate::incident::{IncidentId, Problem, ProblemState, Record};
use crate::reports::company::Company;
use crate::standard::Words;
use crate::units::Instant;

/// How many days ahead are looked at.
pub const AHEAD_DAYS: u64 = 14;

/// Days on which the same minutes reach several times the customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Peak {
    /// What it is called; none where it is the eve of a holiday.
    pub name: Option<Words>,
    /// First day.
    pub first: NaiveDate,
    /// Last day.
    pub last: NaiveDate,
}

/// An update that customers were promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Its incident.
    pub incident: IncidentId,
    /// By when.
    pub at: Instant,
    /// Whether that has passed.
    pub overdue: bool,
}

/// A problem that is not solved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenProblem {
    /// Its id.
    pub id: String,
    /// What keeps going wrong.
    pub title: String,
    /// Where it stands.
    pub state: ProblemState,
    /// Who has it.
    pub owner: Option<String>,
    /// How many incidents it joins.
    pub incidents: usize,
}

/// The peaks after a day, and how many of the days no calendar reaches.
pub(in crate::reports) fn peaks(last: NaiveDate, company: &Company<'_>) -> (Vec<Peak>, usize) {
    let standard = company.standard;
    let mut found: Vec<(String, Peak)> = Vec::new();
    let mut unknown = 0;
    for day in (1..=AHEAD_DAYS).filter_map(|n| last.checked_add_days(Days::new(n))) {
        unknown += usize::from(standard.is_peak(day).is_none());
        let events = standard.events_on(day).map(|e| (e.id.clone(), Some(e.name.clone())));
        let eve = (standard.is_holiday_eve(day) == Some(true)).then(|| (String::new(), None));
        for (id, name) in events.chain(eve) {
            let runs_on = found
                .iter_mut()
                .find(|(known, peak)| *known == id && peak.last.succ_opt() == Some(day));
            match runs_on {
                Some((_, peak)) => peak.last = day,
                None => found.push((id, Peak { name, first: day, last: day })),
            }
        }
    }
    (found.into_iter().map(|(_, peak)| peak).collect(), unknown)
}

/// The update that customers of an incident wait for.
pub(super) fn promised(record: &Record, as_of: Instant) -> Option<Promise> {
    let at = record.now.as_ref()?.next_update_at?;
    let waits = record.status.is_burning() && record.began().is_none_or(|began| began < as_of);
    waits.then(|| Promise { incident: record.id.clone(), at, overdue: at < as_of })
}

/// The problems that are not solved and concern a scope, those of most incidents first.
pub(super) fn open<'p>(
    problems: &'p [Problem],
    scope: &Scope,
    until: Option<NaiveDate>,
    belongs: impl Fn(&IncidentId) -> bool,
) -> Vec<OpenProblem> {
    let stands = |problem: &&'p Problem| match problem.state {
        ProblemState::Fixed => false,
        // Somebody lives with it, until the day on which it is looked at again.
        ProblemState::Accepted => {
            let day = problem.review_on.as_deref().and_then(|day| day.parse().ok());
            day.zip(until).is_some_and(|(day, until): (NaiveDate, _)| day <= until)
        }
        _ => true,
    };
    let concerns =
        |problem: &&'p Problem| *scope == Scope::All || problem.incidents.iter().any(&belongs);
    let mut found: Vec<OpenProblem> = problems
        .iter()
        .filter(stands)
        .filter(concerns)
        .map(|problem| OpenProblem {
            id: problem.id.clone(),
            title: problem.title.clone(),
            state: problem.state,
            owner: problem.owner.clone(),
            incidents: problem.incidents.len(),
        })
        .collect();
    found.sort_by(|a, b| (b.incidents, &a.id).cmp(&(a.incidents, &b.id)));
    found
}
