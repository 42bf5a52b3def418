//! `[limits]`: what all awards of a run together may not go beyond.

use toml::de::DeTable;

use super::award::written;
use super::form::Written;
use super::reading::{Reading, range};
use crate::compensation::amount::{Kind, Scope};
use crate::diag::TextRange;
use crate::units::{Currency, Span};

/// What a limit is about, in the order in which limits are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitKind {
    /// One customer, of one incident.
    Customer,
    /// One customer over a rolling period, across incidents.
    CustomerPeriod,
    /// The incident.
    Incident,
    /// What the company has set aside.
    Budget,
    /// The smallest amount worth paying.
    Smallest,
}

impl LimitKind {
    /// The names as policies write them, in order.
    pub const NAMES: [(&'static str, LimitKind); 5] = [
        ("customer", LimitKind::Customer),
        ("customer-period", LimitKind::CustomerPeriod),
        ("incident", LimitKind::Incident),
        ("budget", LimitKind::Budget),
        ("smallest", LimitKind::Smallest),
    ];

    /// The name as policies write it.
    pub fn name(self) -> &'static str {
        LimitKind::NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// What may happen at it.
    fn may(self) -> &'static [AtLimit] {
        match self {
            LimitKind::Customer | LimitKind::CustomerPeriod => &[AtLimit::Cut, AtLimit::Stop],
            LimitKind::Incident | LimitKind::Budget => &[AtLimit::Spread, AtLimit::Stop],
            LimitKind::Smallest => &[AtLimit::Drop],
        }
    }
}

/// What happens where a limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AtLimit {
    /// The award is cut to it.
    Cut,
    /// All awards are cut alike, pro rata to the cent.
    Spread,
    /// The run stops and asks for an approval.
    Stop,
    /// The award is left out.
    Drop,
}

impl AtLimit {
    /// The names as policies write them.
    pub const NAMES: [(&'static str, AtLimit); 4] = [
        ("cut", AtLimit::Cut),
        ("spread", AtLimit::Spread),
        ("stop", AtLimit::Stop),
        ("drop", AtLimit::Drop),
    ];

    /// The name as policies write it.
    pub fn name(self) -> &'static str {
        AtLimit::NAMES.iter().find(|(_, at)| *at == self).map_or("", |(name, _)| name)
    }
}

/// What one rule of the table says.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitRule {
    /// What it is about.
    pub kind: LimitKind,
    /// How much.
    pub amount: Written,
    /// What happens there.
    pub at: AtLimit,
    /// The rolling period of [`LimitKind::CustomerPeriod`].
    pub period: Option<Span>,
}

const THEN_KEYS: [&str; 4] = ["limit", "amount", "at", "period"];

/// The limits of each rule, in the order of the table's rules; none where one is wrong.
pub(super) fn limits(
    section: &DeTable<'_>,
    currency: Currency,
    scope: &Scope<'_>,
    reading: &mut Reading<'_>,
) -> Option<Vec<LimitRule>> {
    let mut all = Vec::new();
    let mut whole = true;
    let rules = section.get("rule").and_then(|rules| rules.get_ref().as_array());
    for rule in rules.into_iter().flat_map(|rules| rules.iter()) {
        let then = rule.get_ref().as_table().and_then(|rule| rule.get("then"));
        let Some(then) = then.and_then(|then| then.get_ref().as_table()) else { continue };
        reading.only(then, &THEN_KEYS, "a limit");
        match limit(then, range(rule), currency, scope, reading) {
            Some(limit) => all.push(limit),
            None => whole = false,
        }
    }
    whole.then_some(all)
}

fn limit(
    then: &DeTable<'_>,
    at_rule: TextRange,
    currency: Currency,
    scope: &Scope<'_>,
    reading: &mut Reading<'_>,
) -> Option<LimitRule> {
    let missing = |key: &str, help: &str, reading: &mut Reading<'_>| {
        if !then.contains_key(key) {
            reading.error("missing-key", format!("a limit has no `{key}`"), at_rule, help);
        }
    };
    missing("limit", "write what it is about: limit = \"customer\"", reading);
    missing("amount", &format!("write how much: amount = \"500 {currency}\""), reading);
    let kind = reading.choice(then, "limit", &LimitKind::NAMES)?;
    let text = then.get("amount").and_then(|value| reading.words("amount", value))?;
    let amount = written("amount", text, Kind::Money(currency), scope, reading)?;
    let at = match then.get("at") {
        None => kind.may().first().copied()?,
        Some(value) => {
            let at = reading.choice(then, "at", &AtLimit::NAMES)?;
            if !kind.may().contains(&at) {
                let may: Vec<&str> = kind.may().iter().map(|at| at.name()).collect();
                let what = format!("a limit of {} cannot {}", kind.name(), at.name());
                let help =
                    format!("write {}; whose row comes first is no reason", may.join(" or "));
                reading.error("wrong-value", what, range(value), help);
                return None;
            }
            at
        }
    };
    let period = match (kind, reading.text(then, "period")) {
        (LimitKind::CustomerPeriod, None) => {
            let what = "a limit of customer-period has no `period`";
            reading.error("missing-key", what, at_rule, "write how long it is: period = \"365d\"");
            return None;
        }
        (LimitKind::CustomerPeriod, Some(text)) => match text.text.parse::<Span>() {
            Ok(span) if span.seconds() >= 86_400 => Some(span),
            _ => {
                let what = format!("`{}` is no period of days", text.text);
                reading.error("wrong-value", what, text.range, "write days, such as 365d");
                return None;
            }
        },
        (_, Some(text)) => {
            let what = format!("a limit of {} has no period", kind.name());
            reading.error("wrong-value", what, text.range, "write limit = \"customer-period\"");
            return None;
        }
        (_, None) => None,
    };
    Some(LimitRule { kind, amount, at, period })
}
