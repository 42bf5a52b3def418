//! How things stand this morning: what is open, restored and not reconciled, promised, to be done.
//!
//! Of now alone: what stood yesterday is in git, and in yesterday's report.

use super::assessment::{Assessment, assess};
use super::checklist::ItemState;
use super::company::Company;
use super::context::{IncidentLine, LeftOut, PlannedLine};
use super::overview::{Peak, peaks_after};
use super::owed::{DueItem, MessageState, due};
use super::weekly::{line, planned, reason_left_out};
use crate::impact::Window;
use crate::incident::{IncidentId, Kind, Record, Status};
use crate::register::{Card, Register, Tally};
use crate::standard::Words;
use crate::units::{Instant, Span};

/// How far back "since yesterday" looks, and how far ahead what is due is shown.
pub const DAY: Span = Span::from_minutes(24 * 60);

/// How things stand.
#[derive(Debug, Clone)]
pub struct Daily {
    /// The moment.
    pub as_of: Instant,
    /// Incidents that customers still feel, worst first.
    pub burning: Vec<OpenIncident>,
    /// Incidents restored and not closed, worst first.
    pub restored: Vec<OpenIncident>,
    /// How many of the open ones began within the last day.
    pub began: usize,
    /// How many were restored within the last day.
    pub came_back: usize,
    /// Restored, and the books are not brought together yet.
    pub unreconciled: Vec<Unreconciled>,
    /// Messages of open incidents that are overdue or due within a day, and promises, soonest first.
    pub due: Vec<(IncidentId, DueItem)>,
    /// Items of checklists that nobody has done.
    pub checklist: Vec<ToDo>,
    /// Planned work of the day.
    pub maintenance: Vec<PlannedLine>,
    /// Peaks of the two weeks ahead.
    pub peaks: Vec<Peak>,
    /// What is not listed.
    pub left_out: LeftOut,
}

/// An incident that is not over.
#[derive(Debug, Clone)]
pub struct OpenIncident {
    /// Its figures, customer minutes up to now.
    pub line: IncidentLine,
    /// Who has it.
    pub commander: Option<String>,
    /// What is being done about it.
    pub doing: Option<String>,
}

/// Books that are to be brought together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreconciled {
    /// The incident.
    pub incident: IncidentId,
    /// Who does it.
    pub owner: Option<String>,
    /// Transactions whose fate is not known.
    pub in_doubt: Option<u64>,
    /// Differences found.
    pub differences: Option<u64>,
    /// By when.
    pub due: Option<Instant>,
    /// Whether that has passed.
    pub overdue: bool,
}

/// An item of a checklist.
#[derive(Debug, Clone, PartialEq)]
pub struct ToDo {
    /// The incident.
    pub incident: IncidentId,
    /// Its id.
    pub item: String,
    /// What to do.
    pub words: Words,
    /// Who does it.
    pub role: String,
    /// By when.
    pub due: Option<Instant>,
    /// Whether that has passed.
    pub overdue: bool,
}

/// Whether a record is asked for, by its card: what is not over, and planned work.
pub fn daily_takes(card: &Card<'_>) -> bool {
    card.status.is_open() || card.status == Status::Resolved || card.kind == Some(Kind::Maintenance)
}

/// Says how things stand.
pub fn daily(register: &Register, company: &Company<'_>, now: Instant) -> Daily {
    let mut report = Daily {
        as_of: now,
        burning: Vec::new(),
        restored: Vec::new(),
        began: 0,
        came_back: 0,
        unreconciled: Vec::new(),
        due: Vec::new(),
        checklist: Vec::new(),
        maintenance: Vec::new(),
        peaks: peaks_after(now.in_zone(&company.zone).get().date_naive(), company).0,
        left_out: LeftOut::default(),
    };
    report.left_out.unreadable = register.bad.iter().map(|bad| bad.path.clone()).collect();
    report.left_out.unreadable.sort();
    let yesterday = now.plus(Span::from_seconds(-DAY.seconds()));
    for record in register.records.iter().map(|held| &held.record) {
        if record.kind == Some(Kind::Maintenance) {
            report.maintenance.extend(planned(record, now, now.plus(DAY)));
            continue;
        }
        if let Some(count) = reason_left_out(record, &mut report.left_out) {
            *count += usize::from(record.status.is_open());
            continue;
        }
        if record.status == Status::Closed {
            continue;
        }
        add(record, company, now, yesterday, &mut report);
    }
    for lines in [&mut report.burning, &mut report.restored] {
        lines.sort_by_key(|open| {
            let line = &open.line;
            (line.severity.is_none(), line.severity.map(|s| s as u8), line.began, line.id.clone())
        });
    }
    report.due.sort_by(|a, b| (a.1.at, &a.0).cmp(&(b.1.at, &b.0)));
    report.unreconciled.sort_by(|a, b| (a.due, &a.incident).cmp(&(b.due, &b.incident)));
    report.checklist.sort_by(|a, b| {
        (a.due.is_none(), a.due, &a.incident, &a.item).cmp(&(
            b.due.is_none(),
            b.due,
            &b.incident,
            &b.item,
        ))
    });
    report.maintenance.sort_by(|a, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
    report
}

fn add(
    record: &Record,
    company: &Company<'_>,
    now: Instant,
    yesterday: Instant,
    report: &mut Daily,
) {
    let assessment = assess(record, company, now);
    let soon = |item: &DueItem| item.at <= now.plus(DAY) || item.state == MessageState::Overdue;
    report.unreconciled.extend(unreconciled(record, &assessment, now));
    if !record.status.is_open() {
        return;
    }
    let items = due(record, company, now).into_iter().filter(soon);
    report.due.extend(items.map(|item| (record.id.clone(), item)));
    let to_do = assessment.checklist.iter().filter(|item| item.state == ItemState::ToDo);
    report.checklist.extend(to_do.map(|item| ToDo {
        incident: record.id.clone(),
        item: item.item.clone(),
        words: item.words.clone(),
        role: item.role.clone(),
        due: item.due,
        overdue: item.due.is_some_and(|due| due < now),
    }));
    let Some(began) = record.began() else {
        report.left_out.without_time.push(record.id.clone());
        return;
    };
    let whole = Window::new(began, now.max(began));
    let minutes = Tally::of(record, now).customer_minutes(whole);
    let open = OpenIncident {
        line: line(record, &assessment, began, minutes, now),
        commander: record.holder("incident_commander").map(|role| role.person.clone()),
        doing: record.now.as_ref().and_then(|n| n.doing.clone().or_else(|| n.situation.clone())),
    };
    report.began += usize::from(began > yesterday);
    if record.status.is_burning() {
        report.burning.push(open);
    } else {
        let restored = crate::impact::last_restore(record);
        report.came_back += usize::from(restored.is_some_and(|at| at > yesterday));
        report.restored.push(open);
    }
}

/// The books of an incident that is restored, where somebody has to bring them together.
fn unreconciled(record: &Record, assessment: &Assessment, now: Instant) -> Option<Unreconciled> {
    if record.status.is_burning() {
        return None;
    }
    let noted = record.reconciliation.as_ref();
    let clock = assessment.clocks.iter().find(|clock| clock.name == "reconciliation-done");
    let asked = clock.is_some_and(|clock| clock.due.is_some());
    let owed = noted.map_or(asked, |noted| noted.required || asked);
    if !owed || noted.is_some_and(|noted| noted.done_at.is_some()) {
        return None;
    }
    let due = clock.and_then(|clock| clock.due);
    Some(Unreconciled {
        incident: record.id.clone(),
        owner: noted.and_then(|noted| noted.owner.clone()),
        in_doubt: noted.and_then(|noted| noted.in_doubt_left),
        differences: noted.and_then(|noted| noted.differences),
        due,
        overdue: due.is_some_and(|due| due < now),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;
    use crate::register::Held;

    #[test]
    fn what_is_open_is_listed_and_drills_are_counted_apart() {
        let records = [
            "status: responding\ntimes: { impact_started: 2026-11-20T08:00:00-06:00, detected: 2026-11-20T08:05:00-06:00 }\nimpact: { customers: { affected: 10 } }\nnow: { next_update_at: 2026-11-20T09:30:00-06:00 }\n",
            "status: restored\nreconciliation: { required: true, owner: hana, in_doubt_left: 3 }\ntimes: { impact_started: 2026-11-18T08:00:00-06:00, restored: 2026-11-19T20:00:00-06:00 }\n",
            "status: responding\nexercise: true\n",
            "status: closed\n",
            "status: detected\n",
        ];
        let held = records.iter().enumerate().map(|(i, rest)| {
            let text = format!(
                "schema: 1\nid: INC-20261120-000{i}\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5{i}\ntitle: number {i}\n{rest}"
            );
            let record = crate::incident::parse(Source::new("i", &text)).unwrap().record;
            Held { path: format!("{i}"), record }
        });
        let register = Register { records: held.collect(), bad: Vec::new() };
        let standard = crate::standard::Standard::default();
        let company = Company {
            standard: &standard,
            zone: chrono_tz::America::Mexico_City,
            currency: crate::units::Currency::MXN,
            register: None,
            documents: None,
        };
        let now = "2026-11-20T10:00:00-06:00".parse().unwrap();
        let report = daily(&register, &company, now);
        assert_eq!((report.burning.len(), report.restored.len()), (1, 1));
        assert_eq!((report.began, report.came_back), (1, 1));
        assert_eq!(report.burning[0].line.customer_minutes, Some(1200.into()));
        assert_eq!(report.unreconciled[0].in_doubt, Some(3));
        assert_eq!(report.due.len(), 1, "the promise");
        assert_eq!(report.due[0].1.state, MessageState::Overdue);
        assert_eq!(report.left_out.exercises, 1);
        assert_eq!(report.left_out.without_time.len(), 1);
    }
}
