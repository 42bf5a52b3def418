//! What customers are given: approved, credited, refused, owed, and what nobody has decided yet.
//!
//! Amounts of an accounting period are the ledger's; runs and what is not decided are the records'.

use super::company::Company;
use super::context::MoneySum;
use super::payout::none_owed;
use super::period::Period;
use crate::decision::Value;
use crate::incident::{CompensationRun, IncidentId, Record};
use crate::ledger::{self, Month, Row, Sums};
use crate::register::Register;
use crate::units::{Decimal, Instant, Money};

/// What the ledger says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Books {
    /// The balance of the period; none where its files are not on this machine.
    pub rows: Option<Vec<Row>>,
    /// Entries that the core refused and nobody has sent again, as they stand now.
    pub refused: Option<(u64, Sums)>,
    /// Why the files cannot be read.
    pub why: Option<String>,
    /// What is owed now by the head that git holds.
    pub open: Sums,
    /// Whether anything was ever entered.
    pub used: bool,
}

/// One run of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct RunLine {
    /// The incident.
    pub incident: IncidentId,
    /// The run.
    pub run: String,
    /// The policy.
    pub policy: String,
    /// restitution, regulatory, contractual, goodwill.
    pub basis: Option<String>,
    /// computed, approved, exported, posted, reversed.
    pub state: Option<String>,
    /// When it was made or approved.
    pub at: Option<Instant>,
    /// Customers who get something.
    pub customers: Option<u64>,
    /// What it comes to.
    pub total: Option<Money>,
    /// What of it is credited.
    pub posted: Option<Money>,
    /// What of it is owed.
    pub owed: Option<Money>,
    /// Rows of the evidence that were put aside.
    pub rejected: Option<u64>,
}

/// The report.
#[derive(Debug, Clone)]
pub struct Compensated {
    /// Whole months.
    pub period: Period,
    /// Up to where it is counted.
    pub as_of: Instant,
    /// Whether the period is not over.
    pub running: bool,
    /// The ledger.
    pub books: Books,
    /// Runs of the period, and earlier ones that are not settled.
    pub runs: Vec<RunLine>,
    /// By records: runs approved in the period, what of them is credited, what is owed.
    pub by_records: [MoneySum; 3],
    /// What computed runs would give that nobody has approved.
    pub accrual: MoneySum,
    /// Incidents in which customers' money was wrong, and nobody has computed or decided anything.
    pub undecided: Vec<IncidentId>,
    /// Incidents in which somebody decided that nothing is owed, in the period.
    pub none_owed: usize,
    /// Runs of drills, which nobody is paid.
    pub exercises: usize,
    /// Files that could not be read.
    pub unreadable: Vec<String>,
}

/// The months of a period; `None` where it is not made of whole ones.
pub fn months(period: &Period) -> Option<(Month, Month)> {
    let (first, last) = (Month::of(period.first), Month::of(period.last));
    let whole = chrono::Datelike::day(&period.first) == 1 && last.last_day() == Some(period.last);
    whole.then_some((first, last))
}

/// Computes the report; `None` when the period lies beyond the calendar.
pub fn compensated(
    register: &Register,
    books: Books,
    period: Period,
    company: &Company<'_>,
    now: Instant,
) -> Option<Compensated> {
    let (start, end) = (period.start(company.zone)?, period.end(company.zone)?);
    let within = |at: Instant| at >= start && at < end;
    let mut report = Compensated {
        as_of: end.min(now),
        running: now < end,
        books,
        runs: Vec::new(),
        by_records: Default::default(),
        accrual: MoneySum::default(),
        undecided: Vec::new(),
        none_owed: 0,
        exercises: 0,
        unreadable: register.bad.iter().map(|bad| bad.path.clone()).collect(),
        period,
    };
    report.unreadable.sort();
    for record in register.records.iter().map(|held| &held.record) {
        if record.exercise {
            report.exercises += record.compensation.len();
            continue;
        }
        let shown = |run: &&CompensationRun| {
            let later = run.at.is_some_and(|at| at >= end);
            let open = ledger::owed(run).is_none_or(|owed| !owed.amount.is_zero())
                && run.state.as_deref() != Some("posted");
            !later && (run.at.is_none_or(within) || open)
        };
        report.runs.extend(record.compensation.iter().filter(shown).map(|run| line(record, run)));
        let approved = record.compensation.iter().filter(|run| ledger::is_approved(run));
        for run in approved.filter(|run| run.at.is_none_or(within)) {
            let [approved, posted, owed] = &mut report.by_records;
            approved.add(ledger::given(run));
            posted.add(ledger::credited(run));
            owed.add(ledger::owed(run));
        }
        for amount in waiting(record, end) {
            report.accrual.add(amount);
        }
        match none_owed(record) {
            Some((_, at, _)) => report.none_owed += usize::from(within(at)),
            None if is_undecided(record, company, report.as_of) => {
                report.undecided.push(record.id.clone());
                report.accrual.add(None);
            }
            None => {}
        }
    }
    report.runs.sort_by(|a, b| (a.at, &a.incident, &a.run).cmp(&(b.at, &b.incident, &b.run)));
    Some(report)
}

fn line(record: &Record, run: &CompensationRun) -> RunLine {
    let approved = ledger::is_approved(run);
    RunLine {
        incident: record.id.clone(),
        run: run.id.as_ref().map(ToString::to_string).unwrap_or_default(),
        policy: run.policy.clone(),
        basis: run.basis.clone(),
        state: run.state.clone(),
        at: run.at,
        customers: run.customers.or(run.count),
        total: run.total,
        posted: approved.then(|| ledger::credited(run)).flatten(),
        owed: approved.then(|| ledger::owed(run)).flatten(),
        rejected: run.rejected,
    }
}

/// What the last computed run of each policy would give beyond what was approved of it.
fn waiting(record: &Record, end: Instant) -> Vec<Option<Money>> {
    let before = |run: &&CompensationRun| run.at.is_none_or(|at| at < end) && !run.claws_back;
    let mut last: Vec<&CompensationRun> = Vec::new();
    for run in record.compensation.iter().filter(before) {
        match last.iter_mut().find(|known| known.policy == run.policy) {
            Some(known) if known.at <= run.at => *known = run,
            Some(_) => {}
            None => last.push(run),
        }
    }
    let computed = last.into_iter().filter(|run| run.state.as_deref() == Some("computed"));
    computed
        .map(|run| {
            let total = run.total?;
            let given = record
                .compensation
                .iter()
                .filter(|other| other.policy == run.policy && ledger::is_approved(other))
                .filter_map(ledger::given)
                .filter(|given| given.currency == total.currency)
                .map(|given| given.amount)
                .sum::<Decimal>();
            Some(Money::new((total.amount - given).max(Decimal::ZERO), total.currency))
        })
        .collect()
}

/// Whether customers' money was wrong, and nobody has computed or decided anything.
fn is_undecided(record: &Record, company: &Company<'_>, as_of: Instant) -> bool {
    let began = record.began().is_some_and(|began| began < as_of);
    if !began || !record.counts() || record.parent.is_some() || !record.compensation.is_empty() {
        return false;
    }
    let facts = company.facts(record, as_of);
    let flag = |name: &str| facts.value(name) == Some(&Value::Boolean(true));
    flag("money_wrong") && !flag("compensation_decided")
}
