use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::measure::{Figures, Guess, Measurement};
use super::series::{PARTS, ValueOf};
use crate::incident::{Footprint, Measured, Period, Record, Transactions};
use crate::units::{Currency, Decimal, Instant, Money};

/// The name of the method, with its version: another way of reckoning gets another one.
pub const METHOD: &str = "baseline-2";

/// Everything that a measurement depends on besides the file: enough to make it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Start of the window, as asked for.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
    /// Length of a bin, in seconds.
    pub bin: i64,
    /// The zone of people's clocks.
    pub zone: String,
    /// Roles with the columns that have them, where they are not of the same name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub map: BTreeMap<String, String>,
    /// The zone of times without an offset, where it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_zone: Option<String>,
    /// Whether values are those of attempts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub value_of_attempts: bool,
    /// What rows were held to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub only: BTreeMap<String, Vec<String>>,
    /// Dimensions whose parts were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Vec<String>>,
    /// Windows of other incidents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<(Instant, Instant)>,
    /// Days that are not ordinary, by date.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub days: BTreeMap<chrono::NaiveDate, String>,
    /// Meanings of reasons that are not those of the built-in table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<String, String>,
}

impl Parameters {
    /// What values add up.
    pub fn value_of(&self) -> ValueOf {
        if self.value_of_attempts { ValueOf::Attempted } else { ValueOf::Succeeded }
    }

    /// The text that a record keeps.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads it back.
    ///
    /// # Errors
    ///
    /// In the reader's words.
    pub fn parse(text: &str) -> Result<Parameters, String> {
        serde_json::from_str(text).map_err(|e| e.to_string())
    }
}

/// An amount in ten-thousandths as money, in whole minor units.
pub fn money(parts: i64, currency: Currency) -> Money {
    let exact = Decimal::from(parts) / Decimal::from(PARTS);
    Money::new(exact.round_dp(currency.minor_digits()), currency)
}

fn told(guess: Option<Guess>) -> Option<i64> {
    guess.filter(Guess::is_told).map(|g| g.count.max(0))
}

fn count(n: i64) -> Option<u64> {
    u64::try_from(n).ok()
}

/// The counts that a measurement gives a record; what cannot be told from normal is not among them.
pub fn transactions(figures: &Figures, currency: Currency) -> Transactions {
    let value = |parts: Option<i64>| parts.map(|parts| money(parts, currency));
    Transactions {
        attempted: figures.attempted.and_then(|l| count(l.actual)),
        attempted_value: value(figures.attempted_value),
        declined_business: figures.declined_business.and_then(count),
        failed: figures.failed.and_then(count),
        lost: told(figures.lost).and_then(count),
        lost_value: value(told(figures.lost).and(told(figures.lost_value))),
        deferred: told(figures.lost).and(told(figures.deferred)).and_then(count),
        ..Transactions::default()
    }
}

/// The footprint of one part that lost something.
fn footprint(
    dimension: &str,
    value: &str,
    figures: &Figures,
    currency: Currency,
) -> Option<Footprint> {
    let lost = told(figures.lost).and_then(count)?;
    let mut part = Footprint {
        transactions: Some(lost),
        value: told(figures.lost_value).map(|parts| money(parts, currency)),
        ..Footprint::default()
    };
    *place(&mut part, dimension)? = Some(value.to_owned());
    Some(part)
}

pub(super) fn place<'f>(
    part: &'f mut Footprint,
    dimension: &str,
) -> Option<&'f mut Option<String>> {
    match dimension {
        "service" => Some(&mut part.service),
        "rail" => Some(&mut part.rail),
        "channel" => Some(&mut part.channel),
        "region" => Some(&mut part.region),
        "segment" => Some(&mut part.segment),
        "product" => Some(&mut part.product),
        "client" => Some(&mut part.client),
        _ => None,
    }
}

pub(super) fn same_part(a: &Footprint, b: &Footprint) -> bool {
    (&a.service, &a.rail, &a.channel, &a.region, &a.segment, &a.product, &a.client)
        == (&b.service, &b.rail, &b.channel, &b.region, &b.segment, &b.product, &b.client)
}

/// What a record would hold of a measurement: its footprint, part by part.
fn footprints(measured: &Measurement, currency: Currency) -> Vec<Footprint> {
    let parts = measured.parts.iter();
    parts.filter_map(|(d, v, figures)| footprint(d, v, figures, currency)).collect()
}

/// Puts a measurement into a record: what it gives replaces what was there, what it does not give
/// stays.
pub fn note(record: &mut Record, measured: &Measurement, stamp: Measured, currency: Currency) {
    let new = transactions(&measured.total, currency);
    let parts = footprints(measured, currency);
    let impact = record.impact_mut();
    let known = impact.transactions.get_or_insert_default();
    macro_rules! put {
        ($($field:ident)*) => { $( if new.$field.is_some() { known.$field = new.$field; } )* };
    }
    put!(attempted attempted_value declined_business failed);
    // These three are guesses: one that no longer stands must not outlive its measurement.
    (known.lost, known.lost_value, known.deferred) = (new.lost, new.lost_value, new.deferred);
    for part in parts {
        match impact.footprint.iter_mut().find(|known| same_part(known, &part)) {
            Some(known) => (known.transactions, known.value) = (part.transactions, part.value),
            None => impact.footprint.push(part),
        }
    }
    impact.measured = Some(stamp);
}

/// Puts the proposed times into a record: periods, and the start and restore where none is written.
pub fn note_periods(record: &mut Record, measured: &Measurement) {
    let Some(proposal) = &measured.proposal else { return };
    record.impact_mut().periods = proposal
        .periods
        .iter()
        .map(|p| Period {
            from: p.from,
            to: Some(p.to),
            service: None,
            region: None,
            degradation: Some(p.degradation),
            x: Default::default(),
        })
        .collect();
    let times = record.times_mut();
    times.impact_started = times.impact_started.or(Some(proposal.started));
    times.restored = times.restored.or(proposal.restored.filter(|_| times.resolved.is_some()));
}

/// What a record keeps that a new measurement does not give, as `field: kept, now`.
pub fn differences(record: &Record, measured: &Measurement, currency: Currency) -> Vec<String> {
    let impact = record.impact.as_ref();
    let kept = impact.and_then(|i| i.transactions.clone()).unwrap_or_default();
    let new = transactions(&measured.total, currency);
    let mut found = Vec::new();
    let mut compare = |field: &str, kept: Option<String>, new: Option<String>| {
        if kept != new {
            let word = |t: Option<String>| t.unwrap_or_else(|| "nothing".into());
            found.push(format!(
                "{field}: the record has {}, the file gives {}",
                word(kept),
                word(new)
            ));
        }
    };
    macro_rules! each {
        ($($field:ident)*) => { $(
            compare(
                concat!("impact.transactions.", stringify!($field)),
                kept.$field.map(|v| v.to_string()),
                new.$field.map(|v| v.to_string()),
            );
        )* };
    }
    each!(attempted attempted_value declined_business failed lost lost_value deferred);
    for part in footprints(measured, currency) {
        let known = impact.and_then(|i| i.footprint.iter().find(|known| same_part(known, &part)));
        let text = |part: &Footprint| {
            let value = part.value.map_or(String::new(), |v| format!(" ({v})"));
            part.transactions.map(|n| format!("{n}{value}"))
        };
        let names = [
            &part.service,
            &part.rail,
            &part.channel,
            &part.region,
            &part.segment,
            &part.product,
            &part.client,
        ];
        let name = names.into_iter().flatten().next().cloned().unwrap_or_default();
        compare(&format!("impact.footprint {name}"), known.and_then(text), text(&part));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::measure::Line;
    use super::*;

    fn measured(lost: Guess) -> Measurement {
        let at: Instant = "2026-11-21T03:10:00-06:00".parse().unwrap();
        let line = |actual| Some(Line { actual, expected: None, interval: None });
        let total = Figures {
            attempted: line(900),
            succeeded: line(300),
            failed: Some(600),
            lost: Some(lost),
            lost_value: Some(Guess { count: 7_000_049, interval: Some((1, 2)) }),
            ..Figures::default()
        };
        Measurement {
            from: at,
            to: at,
            bin: crate::units::Span::from_minutes(5),
            parts: vec![("region".into(), "MX-CMX".into(), total.clone())],
            total,
            course: Vec::new(),
            proposal: None,
            assumed: Vec::new(),
        }
    }

    fn record() -> Record {
        let id = "INC-20261121-7QKM".parse().unwrap();
        Record::new(id, "01JD7Z3Q6W3F0K2V9C1T4M8B5N".into(), "cards failing".into())
    }

    #[test]
    fn what_is_told_is_written_and_found_again() {
        let told = measured(Guess { count: 650, interval: Some((500, 800)) });
        let mut r = record();
        note(&mut r, &told, Measured::default(), Currency::MXN);
        let kept = r.impact.clone().unwrap();
        let t = kept.transactions.unwrap();
        assert_eq!((t.lost, t.failed), (Some(650), Some(600)));
        assert_eq!(t.lost_value.unwrap().to_string(), "700.00 MXN");
        assert_eq!(kept.footprint[0].region.as_deref(), Some("MX-CMX"));
        assert!(differences(&r, &told, Currency::MXN).is_empty());
        // Measured again, it cannot be told from normal: the old guess goes.
        let lost = measured(Guess { count: 650, interval: Some((-10, 800)) });
        let found = differences(&r, &lost, Currency::MXN);
        assert_eq!(
            found.first().unwrap(),
            "impact.transactions.lost: the record has 650, the file gives nothing"
        );
        note(&mut r, &lost, Measured::default(), Currency::MXN);
        assert_eq!(r.impact.unwrap().transactions.unwrap().lost, None);
    }

    #[test]
    fn parameters_come_back_as_they_were_written() {
        let at: Instant = "2026-11-21T03:10:00-06:00".parse().unwrap();
        let parameters = Parameters {
            from: at,
            to: at,
            bin: 300,
            zone: "America/Mexico_City".into(),
            map: [("attempted".to_owned(), "n".to_owned())].into(),
            file_zone: None,
            value_of_attempts: true,
            only: BTreeMap::new(),
            by: Some(vec![]),
            others: vec![(at, at)],
            days: [("2026-11-16".parse().unwrap(), "holiday".to_owned())].into(),
            reasons: BTreeMap::new(),
        };
        let text = parameters.to_text();
        assert_eq!(Parameters::parse(&text), Ok(parameters));
        assert!(Parameters::parse("{}").is_err());
    }
}
