//! What a record needs of the standard and the standard does not hold: verified deadlines of
//! authorities, rates of currencies.

use super::Own;
use super::remark::Remark;
use crate::decision::{FactSet, Value};
use crate::diag::Level;
use crate::facts::{Surroundings, without_rate};
use crate::incident::{Kind, Record, ReportDecision, Status};
use crate::standard::Policies;

/// Authorities that must be told, or may have to be, and for which nobody has verified a deadline.
///
/// `facts` are those of [`Policies::decide`]. Once the answer was no, no deadline is missed; one that
/// the record itself holds is somebody's word.
pub fn unverified_deadlines(policies: &Policies, facts: &FactSet, record: &Record) -> Vec<Own> {
    let beside = record.restricted.is_some()
        || record.exercise
        || record.kind == Some(Kind::Maintenance)
        || record.x.get("x-import").is_some()
        || matches!(record.status, Status::Merged | Status::Cancelled);
    if beside {
        return Vec::new();
    }
    let known = policies.all_regimes();
    let unverified = |regime: &str| {
        known.iter().find(|k| k.regime == regime).is_none_or(|k| k.deadline.is_none())
    };
    let mut regimes: Vec<&str> = record
        .regulatory
        .iter()
        .filter(|r| r.decision != Some(ReportDecision::NotReportable) && r.due.is_none())
        .map(|r| r.regime.as_str())
        .collect();
    let major = facts.value("major_incident") == Some(&Value::Boolean(true));
    if let (true, Some(Value::List(unasked))) = (major, facts.value("regimes_unasked")) {
        regimes.extend(unasked.iter().filter_map(Value::as_text));
    }
    regimes.retain(|regime| unverified(regime));
    if regimes.is_empty() {
        return Vec::new();
    }
    let message = format!("no verified deadline for this regime: {}", regimes.join(", "));
    let remark = Remark::at(["regulatory", "status"], message).help(
        "read the text, then write deadline, source, verified_by and verified_on in standards/regulatory.toml",
    );
    vec![Own { code: "unverified-deadline".into(), level: Level::Note, remark }]
}

/// Amounts in other currencies for which the standard has no rate: the facts read from them are
/// not known.
pub fn missing_rates(record: &Record, surroundings: &dyn Surroundings) -> Vec<Own> {
    let one = |(field, money): (String, crate::units::Money)| {
        let into = surroundings.currency();
        let message = format!(
            "{money} counts as not known: there is no rate of {} in {into}",
            money.currency
        );
        let remark = Remark::at([field.as_str()], message).help(
            "add the day's rate to standards/rates.toml, or write the amount in the other currency",
        );
        Own { code: "no-rate".into(), level: Level::Note, remark }
    };
    without_rate(record, surroundings).into_iter().map(one).collect()
}
