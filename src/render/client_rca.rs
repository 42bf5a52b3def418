//! The data of a business client's own analysis: its impact and nobody else's, times in its zone, no
//! people, no suppliers.

use serde_json::{Value as Json, json};

use super::Locale;
use super::words::{Group, word};
use crate::incident::{Capa, ClientImpact, Record};
use crate::reports::sla::ClientLevel;
use crate::units::Instant;

/// What the analysis is made of.
#[derive(Debug, Clone, Copy)]
pub struct ClientRca<'a> {
    /// The record.
    pub record: &'a Record,
    /// The client's part of it.
    pub impact: &'a ClientImpact,
    /// The client's name.
    pub name: &'a str,
    /// Its id.
    pub id: &'a str,
    /// Its contract.
    pub contract: Option<&'a str>,
    /// Names of the services, in its language.
    pub services: &'a [String],
    /// What its contract got in the month of the incident; none where it promises nothing.
    pub level: Option<&'a ClientLevel>,
    /// The month, such as `2026-11`.
    pub month: &'a str,
    /// With cause and actions, or what is known so far.
    pub last: bool,
    /// The time of writing.
    pub now: Instant,
}

/// The data of `client_rca.<locale>.md`; unknown is null.
pub fn client_rca(rca: &ClientRca<'_>, locale: &Locale) -> Json {
    let record = rca.record;
    let times = record.clocks();
    let moment = |at: Option<Instant>| at.map(|at| locale.moment(at));
    let actions = record.actions.iter().filter(|a| a.dropped.is_none()).map(|a| {
        let state = if a.done.is_some() { "done" } else { "open" };
        json!({
            "title": a.title,
            "preventive": a.kind.is_some_and(|k| k.capa() == Capa::Preventive),
            "due": a.due_day().map(|day| locale.date(day)),
            "done": state == "done",
        })
    });
    let (preventive, corrective): (Vec<Json>, Vec<Json>) =
        actions.partition(|a| a.get("preventive").and_then(Json::as_bool) == Some(true));
    let (from, to) = (rca.impact.from.or(times.impact_started), rca.impact.to.or(times.restored));
    json!({
        "locale": locale.tag(),
        "id": record.id.as_str(),
        "exercise": record.exercise,
        "client": rca.name,
        "client_id": rca.id,
        "contract": rca.contract,
        "final": rca.last,
        "written": moment(Some(rca.now)),
        "zone": locale.zone_name(),
        "services": rca.services,
        "kind": record.kind.map(|k| word(locale.language(), Group::Kind, k.as_str())),
        "from": moment(from),
        "to": moment(to),
        "lasted": from.zip(to).map(|(from, to)| locale.span(to.since(from))),
        "degradation": rca.impact.degradation.map(|d| locale.percent(d)),
        "failed": rca.impact.transactions_failed.map(|n| locale.integer(i64::try_from(n).unwrap_or(i64::MAX))),
        "ticket": rca.impact.ticket,
        "notified_at": moment(rca.impact.notified_at),
        "detected": moment(times.detected),
        "restored": moment(times.restored),
        "resolved": moment(times.resolved),
        "by_change": record.causes.as_ref().is_some_and(|c| c.change.is_some()),
        "corrective": corrective,
        "preventive": preventive,
        "sla": rca.level.map(|l| json!({
            "month": rca.month,
            "promised": locale.percent(l.level.target),
            "available": l.level.available.map(|p| locale.percent(p)),
            "breached": l.level.breached,
            "credit": locale.percent(l.credit),
            "amount": l.amount.map(|m| locale.money_named(m)),
        })),
    })
}
