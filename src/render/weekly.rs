//! The data of the weekly report's template: figures as words of one language.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::Serialize;
use serde_json::Value;

use super::words::{Group, word};
use super::{Language, Locale};
use crate::reports::Period;
use crate::reports::context::{Due, IncidentLine, MoneySum, Sum, Weekly};
use crate::timing::{Lapse, Metric};
use crate::units::{Decimal, Instant};

/// What `report/weekly.<locale>.md` is given. Unknown is null; counts are numbers, the rest text.
#[derive(Debug, Serialize)]
pub struct WeeklyData {
    /// `es-MX`, `en` …
    pub locale: String,
    /// The days.
    pub period: PeriodWords,
    /// Whether the period is not over yet.
    pub running: bool,
    /// The moment at which open things are judged.
    pub as_of: String,
    /// The zone of all times.
    pub zone: String,
    /// How many.
    pub counts: Counts,
    /// `1 SEV1`, `3 SEV2`.
    pub severities: Vec<String>,
    /// The first of `incidents`, when its level is known.
    pub worst: Option<IncidentRow>,
    /// Incidents that began in the period, worst first.
    pub incidents: Vec<IncidentRow>,
    /// Incidents from before that customers still felt.
    pub carried: Vec<IncidentRow>,
    /// The figures.
    pub figures: Figures,
    /// Targets kept and not kept.
    pub targets: Vec<TargetRow>,
    /// Reviews due.
    pub reviews: Vec<DueRow>,
    /// Actions due.
    pub actions: Vec<DueRow>,
    /// Planned work.
    pub maintenance: Vec<PlannedRow>,
    /// What no figure counts.
    pub left_out: LeftOutData,
}

/// The period in words.
#[derive(Debug, Serialize)]
pub struct PeriodWords {
    /// `2026-W47`
    pub label: String,
    /// For a heading: `semana 47 de 2026`, `noviembre de 2026`.
    pub name: String,
    /// As it follows `en`, `in`: `la semana 47 (del 16 al 22 de noviembre de 2026)`.
    pub phrase: String,
}

/// Counts, as numbers.
#[derive(Debug, Serialize)]
pub struct Counts {
    /// Began in the period.
    pub incidents: usize,
    /// From before.
    pub carried: usize,
    /// Of no known level.
    pub without_severity: usize,
    /// Still felt by customers.
    pub burning: usize,
    /// Restored and not resolved yet.
    pub restored_open: usize,
    /// Targets done in time.
    pub targets_met: usize,
    /// Targets met or missed.
    pub targets_decided: usize,
    /// Reviews whose day has passed.
    pub reviews_overdue: usize,
    /// Actions whose day has passed.
    pub actions_overdue: usize,
}

/// The figures of the period.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// Customers who could not.
    pub customers: Figure,
    /// Customers × minutes.
    pub customer_minutes: Figure,
    /// Payment volume lost.
    pub volume_lost: Figure,
    /// That times the take rate.
    pub revenue_lost: Figure,
    /// Money that is gone.
    pub direct_loss: Figure,
    /// Compensation approved or paid.
    pub compensation: Figure,
    /// What of it is credited.
    pub compensation_posted: Figure,
    /// What of it is owed.
    pub compensation_owed: Figure,
    /// How customer minutes are defined.
    pub customer_minutes_definition: &'static str,
}

/// A figure, and of how many incidents it is not known.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// Null when it is known of none.
    pub value: Option<String>,
    /// Incidents without the figure.
    pub unknown: usize,
    /// Incidents with it.
    pub counted: usize,
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? })*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize)]
        #[expect(missing_docs, reason = "a row: the fields are those of the report, as text")]
        pub struct $name { $(pub $field: $type,)* }
    )* };
}

rows! {
    /// An incident; `title` is null when its details live elsewhere. `began_at` and `lasted` are
    /// for prose, `began` and `duration` for tables. `derived` is null where no person declared another
    /// level.
    IncidentRow { id: String, title: Option<String>, severity: Option<String>, derived: Option<String>, provisional: bool, services: Vec<String>, began: String, began_at: String, duration: Option<String>, lasted: Option<String>, running: bool, customers: Option<String>, customer_minutes: Option<String>, status: String }
    /// A target's results, as numbers.
    TargetRow { name: String, met: usize, missed: usize, running: usize, unknown: usize }
    /// Something due.
    DueRow { incident: String, what: String, owner: Option<String>, due: String, overdue: bool }
    /// Planned work.
    PlannedRow { id: String, title: String, from: Option<String>, to: Option<String>, status: String }
    /// What no figure counts.
    LeftOutData { any: bool, exercises: usize, cancelled: usize, merged: usize, parts: usize, without_time: Vec<String>, unreadable: Vec<String> }
}

/// The data of the weekly report's template; services are named by `service_names`, else by id.
pub fn weekly(report: &Weekly, locale: &Locale, service_names: &BTreeMap<String, String>) -> Value {
    serde_json::to_value(data(report, locale, service_names)).unwrap_or_default()
}

/// A sum of money, where there is one.
fn known(figure: Figure, sum: &MoneySum) -> Figure {
    let value = figure.value.filter(|_| sum.counted > 0);
    Figure { value, counted: figure.counted, unknown: figure.unknown }
}

fn data(report: &Weekly, locale: &Locale, names: &BTreeMap<String, String>) -> WeeklyData {
    let rows = |lines: &[IncidentLine]| -> Vec<IncidentRow> {
        lines.iter().map(|line| incident(line, report.as_of, locale, names)).collect()
    };
    let incidents = rows(&report.incidents);
    let totals = &report.totals;
    let met = report.targets.iter().map(|t| t.met).sum();
    let missed: usize = report.targets.iter().map(|t| t.missed).sum();
    let overdue = |due: &[Due]| due.iter().filter(|d| d.overdue).count();
    let left_out = &report.left_out;
    let mut compensation = money(&totals.compensation, locale);
    // No run at all is "nothing approved", which the template says; it is no sum of zero.
    let paid = compensation.value.take().filter(|_| compensation.counted > 0);
    WeeklyData {
        locale: locale.tag().to_owned(),
        period: period(&report.period, locale),
        running: report.running,
        as_of: locale.moment(report.as_of),
        zone: locale.zone_name().to_owned(),
        counts: Counts {
            incidents: report.incidents.len(),
            carried: report.carried.len(),
            without_severity: totals.without_severity,
            burning: totals.burning,
            restored_open: totals.restored_open,
            targets_met: met,
            targets_decided: met + missed,
            reviews_overdue: overdue(&report.reviews),
            actions_overdue: overdue(&report.actions),
        },
        severities: totals.by_severity.iter().map(|(l, n)| format!("{n} {l}")).collect(),
        worst: incidents.first().filter(|row| row.severity.is_some()).cloned(),
        incidents,
        carried: rows(&report.carried),
        figures: Figures {
            customers: figure(&totals.customers, locale),
            customer_minutes: figure(&totals.customer_minutes, locale),
            volume_lost: money(&totals.volume_lost, locale),
            revenue_lost: money(&totals.revenue_lost, locale),
            direct_loss: money(&totals.direct_loss, locale),
            compensation: Figure { value: paid, ..compensation },
            compensation_posted: known(
                money(&totals.compensation_posted, locale),
                &totals.compensation_posted,
            ),
            compensation_owed: known(
                money(&totals.compensation_owed, locale),
                &totals.compensation_owed,
            ),
            customer_minutes_definition: Metric::CustomerMinutes.definition(locale.tag()),
        },
        targets: report
            .targets
            .iter()
            .map(|t| TargetRow {
                name: word(locale.language(), Group::TargetName, &t.name),
                met: t.met,
                missed: t.missed,
                running: t.running,
                unknown: t.unknown,
            })
            .collect(),
        reviews: report
            .reviews
            .iter()
            .map(|d| DueRow {
                what: word(locale.language(), Group::TargetName, &d.what),
                ..due(d, locale)
            })
            .collect(),
        actions: report.actions.iter().map(|d| due(d, locale)).collect(),
        maintenance: report
            .maintenance
            .iter()
            .map(|m| PlannedRow {
                id: m.id.to_string(),
                title: m.title.clone(),
                from: m.from.map(|at: Instant| locale.moment(at)),
                to: m.to.map(|at| locale.moment(at)),
                status: word(locale.language(), Group::Status, m.status.as_str()),
            })
            .collect(),
        left_out: LeftOutData {
            any: left_out.exercises + left_out.cancelled + left_out.merged + left_out.parts > 0
                || !left_out.without_time.is_empty()
                || !left_out.unreadable.is_empty(),
            exercises: left_out.exercises,
            cancelled: left_out.cancelled,
            merged: left_out.merged,
            parts: left_out.parts,
            without_time: left_out.without_time.iter().map(ToString::to_string).collect(),
            unreadable: left_out.unreadable.clone(),
        },
    }
}

/// A period in words of a language.
pub(super) fn period(period: &Period, locale: &Locale) -> PeriodWords {
    let days = locale.date_range(period.first, period.last);
    let week = period.first.iso_week();
    let quarter = period.first.month0() as usize / 3;
    let is_quarter = period.label.contains('Q');
    let (name, phrase) = match locale.language() {
        Language::Es if period.is_week() => (
            format!("semana {} de {}", week.week(), week.year()),
            format!("la semana {} ({days})", week.week()),
        ),
        Language::En if period.is_week() => (
            format!("week {} of {}", week.week(), week.year()),
            format!("week {} ({days})", week.week()),
        ),
        Language::Es if period.label.contains("..") => (days.clone(), format!("los días {days}")),
        Language::En if period.label.contains("..") => {
            (days.clone(), format!("the days from {days}"))
        }
        Language::Es if is_quarter => {
            let ordinal = ["primer", "segundo", "tercer", "cuarto"][quarter];
            let name = format!("{ordinal} trimestre de {}", period.first.year());
            (name.clone(), format!("el {name}"))
        }
        Language::En if is_quarter => {
            let ordinal = ["first", "second", "third", "fourth"][quarter];
            let name = format!("{ordinal} quarter of {}", period.first.year());
            (name.clone(), format!("the {name}"))
        }
        _ => (locale.month(period.first), locale.month(period.first)),
    };
    PeriodWords { label: period.label.clone(), name, phrase }
}

fn incident(
    line: &IncidentLine,
    as_of: Instant,
    locale: &Locale,
    names: &BTreeMap<String, String>,
) -> IncidentRow {
    let integer = |n: u64| locale.decimal(Decimal::from(n));
    IncidentRow {
        id: line.id.to_string(),
        title: line.title.clone(),
        severity: line.severity.map(|level| level.to_string()),
        derived: line.derived.filter(|d| line.severity != Some(*d)).map(|d| d.to_string()),
        provisional: line.provisional,
        services: line.services.iter().map(|id| names.get(id).unwrap_or(id).clone()).collect(),
        began: locale.moment(line.began),
        began_at: locale.when_again(line.began, as_of),
        duration: line.duration.shown().map(|span| locale.span(span)),
        lasted: line.duration.shown().map(|span| locale.span_words(span)),
        running: matches!(line.duration, Lapse::Running(_)),
        customers: line.customers.map(integer),
        customer_minutes: line.customer_minutes.map(|m| locale.decimal(m.round_dp(0))),
        status: word(locale.language(), Group::Status, line.status.as_str()),
    }
}

fn figure(sum: &Sum, locale: &Locale) -> Figure {
    Figure {
        value: (sum.counted > 0 || sum.unknown == 0).then(|| locale.decimal(sum.known.round_dp(0))),
        unknown: sum.unknown,
        counted: sum.counted,
    }
}

fn money(sum: &MoneySum, locale: &Locale) -> Figure {
    let mut amounts: Vec<String> = sum.known.iter().map(|m| locale.money_named(*m)).collect();
    if amounts.is_empty() {
        amounts.push("0".to_owned());
    }
    Figure {
        value: (sum.counted > 0 || sum.unknown == 0).then(|| amounts.join(" + ")),
        unknown: sum.unknown,
        counted: sum.counted,
    }
}

fn due(due: &Due, locale: &Locale) -> DueRow {
    DueRow {
        incident: due.incident.to_string(),
        what: due.what.clone(),
        owner: due.owner.clone(),
        due: locale.date_short(due.due),
        overdue: due.overdue,
    }
}
