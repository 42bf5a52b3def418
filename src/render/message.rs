//! The data of a message template: facts as words and figures of one language.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::Locale;
use super::paid::{PayoutWords, payout};
use super::templates::lower;
use crate::communication::{Credited, MessageContext, is_money};
use crate::incident::{HarmKind, JourneyState};
use crate::units::Instant;

/// What a template under `communication/` is given.
///
/// Unknown is null: a template guards it, or printing it is an error.
#[derive(Debug, Serialize)]
pub struct MessageData {
    /// `initial`, `update` …
    pub stage: String,
    /// `push`, `status_page` …
    pub channel: String,
    /// `affected_known` …
    pub audience: String,
    /// `es-MX`, `en` …
    pub locale: String,
    /// A drill; every text says so.
    pub exercise: bool,
    /// Names of the services in customers' words.
    pub services: Vec<String>,
    /// What nobody can do.
    pub down: Vec<Deed>,
    /// What some cannot do, as it follows "cannot": `pagar con tarjeta en tiendas`.
    pub some: Vec<String>,
    /// What takes longer, in the same form.
    pub slow: Vec<String>,
    /// What is recorded to work, in the same form.
    pub working: Vec<String>,
    /// What works again when the service is restored, in the same form.
    pub back: Vec<String>,
    /// The one thing in trouble, when it is only one.
    pub single: Option<Single>,
    /// When customers first felt it.
    pub started: Option<Moment>,
    /// When customers could work again.
    pub restored: Option<Moment>,
    /// When customers could work again, said after the start: without the day where it is the same.
    pub until: Option<String>,
    /// When it was resolved.
    pub resolved: Option<Moment>,
    /// When the next message is due.
    pub next_update: Option<Moment>,
    /// From start to restore: `2 horas y 49 minutos`.
    pub lasted: Option<String>,
    /// Another way to do it, verified by support.
    pub workaround: Option<String>,
    /// Repeating the operation could make it happen twice.
    pub no_repeat: bool,
    /// What was done to customers: every kind of harm, true or false.
    pub harm: BTreeMap<&'static str, bool>,
    /// Customers' operations are still being checked.
    pub reconciling: bool,
    /// It works again and is being watched.
    pub watching: bool,
    /// Something is paid out, and every entry of it is credited. Never said of less.
    pub credited: bool,
    /// Else the last day by which it will be, a day to come: `1 de diciembre de 2026`.
    pub credited_by: Option<String>,
    /// What was said, and what is right.
    pub correction: Option<Corrected>,
    /// What the reader has to do.
    pub action: Option<String>,
    /// What was done to customers, counted: one entry a harm.
    pub harmed: Vec<HarmCount>,
    /// Which of them are about the customer's own money, by kind.
    pub money_harms: Vec<&'static str>,
    /// The books agree again.
    pub reconciled: bool,
    /// Which version of a support script this is, counted by those that went out.
    pub version: String,
    /// What is paid out, by policy and form: the customer's own money first, gestures last.
    pub payouts: Vec<PayoutWords>,
    /// Whether some of it is the customer's own money.
    pub restitution: bool,
    /// How many customers could not: `12,840`.
    pub affected: Option<String>,
    /// How many tried.
    pub tried: Option<String>,
    /// Payment volume that was lost.
    pub lost_value: Option<String>,
    /// The window of planned work.
    pub planned: Option<Window>,
    /// Kinds of personal data that got out.
    pub data_categories: Vec<String>,
    /// What colleagues, executives and vendors read besides.
    pub inside: InsideWords,
    /// The company as customers know it.
    pub company: String,
    /// What agents are told besides.
    pub support: SupportData,
}

/// What was done to some customers, as far as it is counted.
#[derive(Debug, Serialize)]
pub struct HarmCount {
    /// `duplicate_charge` …
    pub kind: &'static str,
    /// `397`
    pub customers: Option<String>,
    /// `$1,038,240.00`
    pub money: Option<String>,
}

/// The window of planned work.
#[derive(Debug, Serialize)]
pub struct Window {
    /// When it begins.
    pub from: Moment,
    /// When it ends.
    pub to: Moment,
    /// When it ends, said after the beginning: without the day where it is the same.
    pub until: String,
    /// How long it takes: `2 horas`.
    pub lasts: String,
}

/// What colleagues, executives and vendors read besides.
#[derive(Debug, Serialize)]
pub struct InsideWords {
    /// The incident's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where it is in its life.
    pub status: String,
    /// The level in force.
    pub level: Option<String>,
    /// Who leads it.
    pub commander: Option<String>,
    /// The state of play.
    pub situation: Option<String>,
    /// What is being done.
    pub doing: Option<String>,
    /// What is needed.
    pub need: Option<String>,
    /// Where the responders talk.
    pub room: Option<String>,
    /// Why it happened, once known.
    pub causes: Vec<String>,
    /// The vendor's ticket.
    pub vendor_ticket: Option<String>,
}

/// What agents are told besides; null where the standard says nothing.
#[derive(Debug, Serialize)]
pub struct SupportData {
    /// When somebody can be reached.
    pub hours: Option<String>,
    /// When to open a dispute.
    pub dispute: Option<String>,
    /// How to give its number.
    pub reference: Option<String>,
    /// Whom to hand over to, and when.
    pub escalation: Option<String>,
    /// What the company never asks for.
    pub security: Option<String>,
}

/// Something that nobody can do.
#[derive(Debug, Serialize)]
pub struct Deed {
    /// `pagar con tarjeta en tiendas`
    pub doing: String,
    /// A sentence: `No es posible pagar con la tarjeta en tiendas.`
    pub cannot: String,
}

/// The one thing in trouble.
#[derive(Debug, Serialize)]
pub struct Single {
    /// `pagar con tarjeta en tiendas`
    pub doing: String,
    /// Nobody can do it.
    pub down: bool,
    /// It takes longer.
    pub slow: bool,
}

/// A time, ready to follow `desde` or `a`, `since` or `at`.
#[derive(Debug, Serialize)]
pub struct Moment {
    /// With its zone: `las 10:05 a. m., hora del centro`.
    pub at: String,
    /// Without it, where the message has named the zone: `las 10:05 a. m.`.
    pub again: String,
}

/// What was said, and what is right.
#[derive(Debug, Serialize)]
pub struct Corrected {
    /// Was wrong.
    pub said: String,
    /// Is right.
    pub right: String,
}

/// The data of a message's template.
pub fn message(context: &MessageContext, locale: &Locale) -> Value {
    serde_json::to_value(data(context, locale)).unwrap_or_default()
}

fn data(context: &MessageContext, locale: &Locale) -> MessageData {
    let now = context.request.now;
    let moment =
        |at: Instant| Moment { at: locale.when(at, now), again: locale.when_again(at, now) };
    let of = |state: JourneyState| -> Vec<String> {
        let these = context.journeys.iter().filter(|t| t.state == state);
        these.map(|t| lower(&t.words.name)).collect()
    };
    let (down, some, slow) =
        (of(JourneyState::Down), of(JourneyState::Some), of(JourneyState::Slow));
    let working = of(JourneyState::Ok);
    let troubled: Vec<String> = [down, some.clone(), slow.clone()].concat();
    let mut trouble = context.journeys.iter().filter(|t| t.state != JourneyState::Ok);
    let single = match (trouble.next(), trouble.next()) {
        (Some(one), None) => Some(Single {
            doing: lower(&one.words.name),
            down: one.state == JourneyState::Down,
            slow: one.state == JourneyState::Slow,
        }),
        _ => None,
    };
    let sentences = context.journeys.iter().filter(|t| t.state == JourneyState::Down);
    let down = sentences
        .map(|t| Deed { doing: lower(&t.words.name), cannot: t.words.cannot.clone() })
        .collect();
    let count = |n: u64| locale.integer(i64::try_from(n).unwrap_or(i64::MAX));
    let harm = HARM.into_iter().map(|kind| (kind.as_str(), context.harm.contains(&kind)));
    MessageData {
        stage: context.request.stage.to_string(),
        channel: context.request.channel.clone(),
        audience: context.request.audience.clone(),
        locale: context.request.locale.clone(),
        exercise: context.exercise,
        services: context.services.clone(),
        down,
        some,
        slow,
        back: if troubled.is_empty() { working.clone() } else { troubled },
        working,
        single,
        started: context.started_at.map(moment),
        restored: context.restored_at.map(moment),
        until: context.restored_at.zip(context.started_at).map(|(end, start)| {
            // The day of the start stands before it already.
            locale.when_again(end, if locale.day(end) == locale.day(start) { end } else { now })
        }),
        resolved: context.resolved_at.map(moment),
        next_update: context.next_update_at.map(moment),
        lasted: context.lasted.map(|span| locale.span_words(span)),
        workaround: context.workaround.clone(),
        no_repeat: context.no_repeat,
        harm: harm.collect(),
        reconciling: context.reconciling,
        watching: context.watching,
        credited: !context.payouts.is_empty()
            && context.payouts.iter().all(|p| p.credited == Credited::All),
        credited_by: context.payouts.iter().filter_map(|p| p.due).max().map(|d| locale.date(d)),
        correction: context
            .request
            .correction
            .as_ref()
            .map(|c| Corrected { said: c.said.clone(), right: c.right.clone() }),
        action: context.request.action.clone(),
        harmed: context
            .harmed
            .iter()
            .map(|h| HarmCount {
                kind: h.kind.as_str(),
                customers: h.customers.map(count),
                money: h.money.map(|m| locale.money(m)),
            })
            .collect(),
        money_harms: context
            .harm
            .iter()
            .filter(|kind| is_money(**kind))
            .map(|kind| kind.as_str())
            .collect(),
        reconciled: context.reconciled,
        version: count(context.version),
        payouts: context.payouts.iter().map(|p| payout(p, locale)).collect(),
        restitution: context.payouts.iter().any(|p| p.basis == "restitution"),
        affected: context.affected.map(count),
        tried: context.tried.map(count),
        lost_value: context.lost_value.map(|m| locale.money(m)),
        planned: context.planned.map(|(from, to)| Window {
            from: moment(from),
            to: moment(to),
            until: locale.when_again(to, if locale.day(to) == locale.day(from) { to } else { now }),
            lasts: locale.span_words(to.since(from)),
        }),
        data_categories: context.data_categories.clone(),
        inside: inside(context),
        company: context.company.clone(),
        support: SupportData {
            hours: said(&context.support.hours),
            dispute: said(&context.support.dispute),
            reference: said(&context.support.reference),
            escalation: said(&context.support.escalation),
            security: said(&context.support.security),
        },
    }
}

fn said(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn inside(context: &MessageContext) -> InsideWords {
    let of = context.inside.clone();
    InsideWords {
        id: of.id,
        title: of.title,
        status: of.status,
        level: context.request.level.clone(),
        commander: of.commander,
        situation: of.situation,
        doing: of.doing,
        need: of.need,
        room: of.room,
        causes: of.causes,
        vendor_ticket: of.vendor_ticket,
    }
}

const HARM: [HarmKind; 10] = [
    HarmKind::Declined,
    HarmKind::Delayed,
    HarmKind::DuplicateCharge,
    HarmKind::CashNotDispensed,
    HarmKind::WrongBalance,
    HarmKind::FundsUnavailable,
    HarmKind::MissingCredit,
    HarmKind::LatePayment,
    HarmKind::NoAccess,
    HarmKind::Data,
];
