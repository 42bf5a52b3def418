//! The data of a message template: facts as words and figures of one language.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::Locale;
use super::templates::lower;
use crate::communication::MessageContext;
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
    /// Compensation was approved, and every amount of it is credited. Never said of less.
    pub credited: bool,
    /// Else the day by which it will be: `1 de diciembre de 2026`.
    pub credited_by: Option<String>,
    /// What was said, and what is right.
    pub correction: Option<Corrected>,
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
        resolved: context.resolved_at.map(moment),
        next_update: context.next_update_at.map(moment),
        lasted: context.lasted.map(|span| locale.span_words(span)),
        workaround: context.workaround.clone(),
        no_repeat: context.no_repeat,
        harm: harm.collect(),
        reconciling: context.reconciling,
        watching: context.watching,
        credited: context.credited,
        credited_by: context.credited_by.map(|day| locale.date(day)),
        correction: context
            .request
            .correction
            .as_ref()
            .map(|c| Corrected { said: c.said.clone(), right: c.right.clone() }),
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
