//! Figures in prose that contradict the record.
//!
//! Said only where a sentence is about what the record knows too: how many customers were hit, what
//! share of them, how long it lasted, when it began, was noticed and was over, what was lost, and how
//! severe it was.
//! A rounded figure does not contradict: `12,800` and "about 13,000" both say 12,840.

use chrono::Timelike as _;
use chrono_tz::Tz;

use super::document::{Document, Word};
use crate::diag::TextRange;
use crate::incident::{Record, Severity};
use crate::timing::{self, Lapse};
use crate::units::{Decimal, Instant, Money};

/// A figure that says something else than the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Where it stands.
    pub range: TextRange,
    /// What it says.
    pub said: String,
    /// What the record says.
    pub known: String,
    /// The field that says so.
    pub field: &'static str,
}

const CUSTOMERS: &[&str] = &["customers", "users", "people", "clientes", "usuarios", "personas"];
const HIT: &[&str] = &[
    "affected",
    "impacted",
    "hit",
    "couldn't",
    "unable",
    "afectados",
    "afectadas",
    "afecto",
    "perjudicados",
    "perjudicadas",
];
const ABOUT: &[&str] = &[
    "about",
    "around",
    "approximately",
    "roughly",
    "nearly",
    "almost",
    "some",
    "over",
    "than",
    "unos",
    "unas",
    "cerca",
    "alrededor",
    "aproximadamente",
    "casi",
    "mas",
    "~",
];
const LASTED: &[&str] = &["lasted", "lasting", "duration", "duro", "duracion", "duraron"];
const WHOLE: &[&str] = &[
    "incident",
    "outage",
    "impact",
    "disruption",
    "degradation",
    "it",
    "incidente",
    "caida",
    "impacto",
    "afectacion",
    "interrupcion",
    "falla",
];
/// What has a severity.
const RATED: &[&str] =
    &["incident", "outage", "severity", "incidente", "caida", "severidad", "afectacion"];
/// Words before a level that say it is the incident's.
const IS: &[&str] = &[
    "was",
    "is",
    "a",
    "an",
    "as",
    "severity",
    "rated",
    "declared",
    "fue",
    "es",
    "un",
    "una",
    "como",
    "severidad",
    "nivel",
];
/// Words of what might have been, of other incidents, and of a level that changed.
const NOT_THEN: &[&str] = &[
    "would",
    "could",
    "should",
    "might",
    "if",
    "not",
    "than",
    "first",
    "initially",
    "until",
    "from",
    "raised",
    "lowered",
    "provisional",
    "every",
    "any",
    "all",
    "other",
    "another",
    "earlier",
    "previous",
    "similar",
    "next",
    "last",
    "when",
    "si",
    "no",
    "seria",
    "habria",
    "hubiera",
    "podria",
    "primero",
    "inicialmente",
    "hasta",
    "desde",
    "subio",
    "bajo",
    "elevo",
    "cada",
    "todo",
    "todos",
    "otro",
    "otra",
    "anterior",
    "anteriores",
    "parecido",
    "proximo",
    "cuando",
    "que",
];
const LOST: &[&str] =
    &["lost", "loss", "losses", "perdida", "perdidas", "perdio", "perdieron", "perdidos"];

/// What a document states against its record; times of day are in the company's zone.
pub fn contradictions(
    document: &Document<'_>,
    record: &Record,
    zone: Tz,
    now: Instant,
) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let words = &document.words;
    let mut start = 0;
    while let Some(first) = words.get(start) {
        let end =
            start + words.iter().skip(start).take_while(|w| w.sentence == first.sentence).count();
        let sentence = words.get(start..end).unwrap_or_default();
        let figures =
            || sentence.iter().any(|w| w.folded.starts_with(|c: char| c.is_ascii_digit()));
        let sentence_of = || Sentence { text: document.source.text, words: sentence };
        if !first.heading {
            sentence_of().severity(record, &mut found);
        }
        if !first.heading && figures() {
            let sentence = sentence_of();
            sentence.customers(record, &mut found);
            sentence.share(record, &mut found);
            sentence.duration(record, now, &mut found);
            sentence.clock(record, zone, &mut found);
            sentence.money(record, &mut found);
        }
        start = end.max(start + 1);
    }
    found
}

/// `12,840`.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

struct Sentence<'s> {
    text: &'s str,
    words: &'s [Word],
}

/// A number as written, and how exactly.
#[derive(Debug, Clone, Copy)]
struct Number {
    value: Decimal,
    /// How far from it something may be and still be called that.
    slack: Decimal,
}

impl Number {
    fn says(self, known: Decimal) -> bool {
        (self.value - known).abs() <= self.slack
    }
}

impl Sentence<'_> {
    fn has(&self, any: &[&str]) -> bool {
        self.words.iter().any(|w| any.contains(&w.folded.as_str()))
    }

    fn near(&self, place: usize, any: &[&str], reach: usize) -> bool {
        let next = self.words.iter().skip(place + 1).take(reach);
        next.into_iter().any(|w| any.contains(&w.folded.as_str()))
    }

    fn range(&self, place: usize) -> TextRange {
        self.words
            .get(place)
            .map_or(TextRange::new(0, 0), |w| TextRange::new(w.range.start, w.range.end))
    }

    /// What stands right after a word: `%` belongs to its figure.
    fn after(&self, place: usize) -> &str {
        let end = self.words.get(place).map_or(0, |w| w.range.end);
        self.text.get(end..).unwrap_or_default()
    }

    fn before(&self, place: usize) -> &str {
        let start = self.words.get(place).map_or(0, |w| w.range.start);
        self.text.get(..start).unwrap_or_default()
    }

    fn is_percent(&self, place: usize) -> bool {
        self.after(place).trim_start_matches([' ', '\u{a0}', '\u{202f}']).starts_with('%')
    }

    /// The number that a word is; `12,840`, `12.5`, `13 mil`, `2.1 million`.
    fn number(&self, place: usize) -> Option<Number> {
        let written = self.words.get(place)?.folded.as_str();
        if !written.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let thousands = written.contains(',');
        if thousands
            && !written
                .split(',')
                .skip(1)
                .all(|part| part.split('.').next().is_some_and(|p| p.len() == 3))
        {
            return None;
        }
        let plain = written.replace(',', "");
        let (plain, factor) = match plain.strip_suffix('k') {
            Some(plain) => (plain.to_owned(), 1_000_i64),
            None => match self.words.get(place + 1).map(|w| w.folded.as_str()) {
                Some("mil" | "thousand") => (plain, 1_000),
                Some("million" | "millions" | "millon" | "millones") => (plain, 1_000_000),
                _ => (plain, 1),
            },
        };
        let value: Decimal = plain.parse().ok()?;
        let value = value.checked_mul(Decimal::from(factor))?;
        let places = plain.split_once('.').map_or(0, |(_, f)| f.len().min(9));
        let zeros = plain.bytes().rev().take_while(|b| *b == b'0').count();
        let mut unit = Decimal::from(factor);
        for _ in 0..places {
            unit /= Decimal::TEN;
        }
        if places == 0 && zeros >= 2 {
            for _ in 0..zeros.min(9) {
                unit = unit.checked_mul(Decimal::TEN)?;
            }
        }
        let exact = factor == 1 && places == 0 && zeros < 2;
        let mut slack = if exact { Decimal::ZERO } else { unit / Decimal::TWO };
        let from = place.saturating_sub(3);
        let about = self
            .words
            .get(from..place)
            .unwrap_or_default()
            .iter()
            .any(|w| ABOUT.contains(&w.folded.as_str()))
            || self.before(place).ends_with('~');
        if about {
            slack = slack.max(value / Decimal::TEN);
        }
        Some(Number { value, slack })
    }

    fn customers(&self, record: &Record, found: &mut Vec<Contradiction>) {
        let Some(impact) = &record.impact else { return };
        let Some(affected) = impact.customers.as_ref().and_then(|c| c.affected) else { return };
        if !self.has(HIT) {
            return;
        }
        let mut known: Vec<u64> = vec![affected];
        if let Some(customers) = &impact.customers {
            known.extend([customers.tried, customers.active_base].into_iter().flatten());
        }
        known.extend(impact.harm.iter().filter_map(|h| h.customers));
        known.extend(impact.footprint.iter().filter_map(|f| f.customers));
        known.extend(record.compensation.iter().flat_map(|c| [c.customers, c.count]).flatten());
        known.extend(impact.merchants.as_ref().and_then(|m| m.affected));
        for place in 0..self.words.len() {
            let next = self.words.get(place + 1).map(|w| w.folded.as_str());
            let follows = next.is_some_and(|n| CUSTOMERS.contains(&n))
                || (next.is_some_and(|n| {
                    matches!(
                        n,
                        "mil" | "thousand" | "million" | "millones" | "millon" | "of" | "de"
                    )
                }) && self.near(place, CUSTOMERS, 3));
            let Some(number) = self.number(place).filter(|_| follows && !self.is_percent(place))
            else {
                continue;
            };
            if known.iter().any(|k| number.says(Decimal::from(*k))) {
                continue;
            }
            found.push(Contradiction {
                range: self.range(place),
                said: format!("{} customers", self.shown(place)),
                known: format!("{} affected", grouped(affected)),
                field: "impact.customers.affected",
            });
        }
    }

    /// A level that the incident never had. What it might have been, was before or became is no
    /// contradiction, and a sentence with two levels tells of a change.
    fn severity(&self, record: &Record, found: &mut Vec<Contradiction>) {
        let Some(note) = &record.severity else { return };
        let Some(peak) = note.peak.as_ref().map(|p| p.level) else { return };
        let levels: Vec<(usize, Severity)> = (0..self.words.len())
            .filter_map(|place| Some((place, self.level_at(place)?)))
            .collect();
        let [(place, level)] = levels.as_slice() else { return };
        let known = [Some(peak), note.declared, note.derived];
        if known.contains(&Some(*level)) || !self.has(RATED) || self.has(NOT_THEN) {
            return;
        }
        let from = place.saturating_sub(3);
        let is = self.words.get(from..*place).unwrap_or_default();
        if !is.iter().any(|w| IS.contains(&w.folded.as_str())) {
            return;
        }
        found.push(Contradiction {
            range: self.range(*place),
            said: level.to_string(),
            known: format!("{peak} at its worst"),
            field: "severity.peak",
        });
    }

    /// `SEV2`, `sev-2`, `Sev 2`.
    fn level_at(&self, place: usize) -> Option<Severity> {
        let word = self.words.get(place)?.folded.as_str();
        let digit = match word.strip_prefix("sev")?.trim_start_matches('-') {
            "" => self.words.get(place + 1)?.folded.as_str(),
            joined => joined,
        };
        Severity::from_word(&format!("SEV{digit}"))
    }

    fn shown(&self, place: usize) -> String {
        self.words
            .get(place)
            .and_then(|w| self.text.get(w.range.clone()))
            .unwrap_or_default()
            .to_owned()
    }

    fn share(&self, record: &Record, found: &mut Vec<Contradiction>) {
        let Some(customers) = record.impact.as_ref().and_then(|i| i.customers.as_ref()) else {
            return;
        };
        let Some(affected) = customers.affected.map(Decimal::from) else { return };
        let of = |whole: Option<u64>| {
            let whole = whole.filter(|w| *w > 0).map(Decimal::from)?;
            affected.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)
        };
        let known: Vec<Decimal> =
            [of(customers.tried), of(customers.active_base)].into_iter().flatten().collect();
        let Some(first) = known.first() else { return };
        for place in 0..self.words.len() {
            if !self.is_percent(place) || !self.near(place, CUSTOMERS, 4) || !self.has(HIT) {
                continue;
            }
            let Some(mut number) = self.number(place) else { continue };
            number.slack = number.slack.max(Decimal::new(5, 1));
            if known.iter().any(|k| number.says(*k)) {
                continue;
            }
            found.push(Contradiction {
                range: self.range(place),
                said: format!("{}% of customers", self.shown(place)),
                known: format!("{}%", first.round_dp(1).normalize()),
                field: "impact.customers.affected",
            });
        }
    }

    fn duration(&self, record: &Record, now: Instant, found: &mut Vec<Contradiction>) {
        if !self.has(LASTED) || !self.has(WHOLE) {
            return;
        }
        let Lapse::Took(span) = timing::to_restore(record, now) else { return };
        let (mut seconds, mut unit, mut place_of) = (0_i64, 0_i64, None);
        for place in 0..self.words.len() {
            let word = self.words.get(place).map(|w| w.folded.as_str()).unwrap_or_default();
            let digits = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
            let (number, joined) = word.split_at_checked(digits).unwrap_or_default();
            let Ok(count) = number.parse::<i64>() else { continue };
            let unit_word = match joined {
                "" => self.words.get(place + 1).map(|w| w.folded.as_str()).unwrap_or_default(),
                joined => joined,
            };
            let size = match unit_word {
                "min" | "mins" | "minute" | "minutes" | "minuto" | "minutos" | "m" => 60,
                "h" | "hour" | "hours" | "hora" | "horas" | "hrs" => 3_600,
                "day" | "days" | "dia" | "dias" | "d" => 86_400,
                _ => continue,
            };
            if unit != 0 && size >= unit {
                break;
            }
            seconds = seconds.saturating_add(count.saturating_mul(size));
            unit = size;
            place_of.get_or_insert(place);
        }
        let Some(place) = place_of else { return };
        let slack = unit.max(span.seconds() / 20);
        if (seconds - span.seconds()).abs() > slack {
            found.push(Contradiction {
                range: self.range(place),
                said: format!("{} min", seconds / 60),
                known: format!("{} min from first impact to last restore", span.seconds() / 60),
                field: "times.restored",
            });
        }
    }

    fn clock(&self, record: &Record, zone: Tz, found: &mut Vec<Contradiction>) {
        let times = record.clocks();
        let rows: [(&[&str], Option<Instant>, &str, &str); 3] = [
            (
                &["began", "started", "empezo", "comenzo", "inicio"],
                times.impact_started,
                "impact started",
                "times.impact_started",
            ),
            (&["detected", "detecto", "noticed"], times.detected, "detected", "times.detected"),
            (
                &["restored", "restablecio", "recovered", "restablecido"],
                times.restored,
                "restored",
                "times.restored",
            ),
        ];
        let clocks: Vec<usize> =
            (0..self.words.len()).filter(|place| self.clock_at(*place).is_some()).collect();
        // With two times in one sentence nobody can say which is of what.
        let [place] = clocks.as_slice() else { return };
        let about: Vec<_> = rows.into_iter().filter(|(words, ..)| self.has(words)).collect();
        let [(words, Some(known), name, field)] = about.as_slice() else { return };
        let subject = self.words.iter().take_while(|w| !words.contains(&w.folded.as_str()));
        if !subject.into_iter().any(|w| WHOLE.contains(&w.folded.as_str()))
            && *field == "times.impact_started"
        {
            return;
        }
        if *field != "times.impact_started"
            && !self.has(WHOLE)
            && !self.has(&["service", "servicio"])
        {
            return;
        }
        let Some((hour, minute, exact)) = self.clock_at(*place) else { return };
        let local = known.in_zone(&zone).get();
        let utc = known.get().to_utc();
        let as_typed = known.get();
        let same = |h: u32, m: u32| m == minute && (h == hour || (!exact && h % 12 == hour % 12));
        let all = [
            (local.hour(), local.minute()),
            (utc.hour(), utc.minute()),
            (as_typed.hour(), as_typed.minute()),
        ];
        if all.iter().any(|(h, m)| same(*h, *m)) {
            return;
        }
        found.push(Contradiction {
            range: self.range(*place),
            said: self.shown(*place),
            known: format!("{name} at {}", local.format("%H:%M")),
            field,
        });
    }

    /// Hour and minute of `10:05`; exact where it cannot be of the afternoon.
    fn clock_at(&self, place: usize) -> Option<(u32, u32, bool)> {
        let word = self.words.get(place)?.folded.as_str();
        let (hour, minute) = word.split_once(':')?;
        let minute = minute.get(..2).filter(|_| minute.len() <= 4)?;
        let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60).then_some((hour, minute, hour > 12))
    }

    fn money(&self, record: &Record, found: &mut Vec<Contradiction>) {
        if !self.has(LOST) {
            return;
        }
        let Some(impact) = &record.impact else { return };
        let t = impact.transactions.clone().unwrap_or_default();
        let lost = [impact.revenue_lost, impact.direct_loss, t.lost_value];
        let Some(first) = lost.into_iter().flatten().next() else { return };
        let mut known: Vec<Money> = lost.into_iter().flatten().collect();
        known.extend(
            [
                t.failed_value,
                t.attempted_value,
                t.in_doubt_value,
                t.duplicated_value,
                t.deferred_value,
                t.settled_late_value,
                t.reversed_value,
            ]
            .into_iter()
            .flatten(),
        );
        known.extend([impact.vendor_recovery].into_iter().flatten());
        known.extend(impact.harm.iter().filter_map(|h| h.money));
        known.extend(record.compensation.iter().filter_map(|c| c.total));
        for place in 0..self.words.len() {
            if !self.before(place).ends_with('$')
                && !self.after(place).trim_start().starts_with(first.currency.as_str())
            {
                continue;
            }
            let Some(number) = self.number(place) else { continue };
            // Cents are left out by everybody.
            let number = Number { slack: number.slack.max(Decimal::ONE), ..number };
            if known.iter().any(|k| number.says(k.amount)) {
                continue;
            }
            found.push(Contradiction {
                range: self.range(place),
                said: self.shown(place),
                known: format!("{first}"),
                field: "impact",
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;

    fn said(text: &str) -> Vec<(String, &'static str)> {
        let record = "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: Cards\nstatus: closed\ntimes:\n  impact_started: 2026-11-21T10:00:00-06:00\n  detected: 2026-11-21T10:05:00-06:00\n  restored: 2026-11-21T10:39:00-06:00\n  resolved: 2026-11-21T12:00:00-06:00\n  closed: 2026-11-21T13:00:00-06:00\nseverity:\n  peak: { level: SEV1, at: 2026-11-21T10:10:00-06:00, rule: a }\nimpact:\n  customers: { tried: 51360, affected: 12840, active_base: 2100000 }\n  direct_loss: 1234.50 MXN\n  harm: [ { kind: duplicate_charge, customers: 312, money: 9876.00 MXN } ]\n";
        let record = crate::incident::parse(Source::new("incident.yaml", record)).unwrap().record;
        let document = Document::read(Source::new("pir.md", text));
        let zone = chrono_tz::America::Mexico_City;
        let now = "2026-11-22T10:00:00-06:00".parse().unwrap();
        contradictions(&document, &record, zone, now)
            .into_iter()
            .map(|c| (c.said, c.field))
            .collect()
    }

    #[test]
    fn what_the_record_says_is_no_contradiction() {
        for text in [
            "12,840 customers were affected.",
            "About 13,000 customers were affected; 12.8k users too.",
            "Unos 13 mil clientes resultaron afectados.",
            "312 customers were affected by double charges.",
            "25% of the customers who tried were affected.",
            "We called 3 customers.",
            "The incident lasted 39 minutes.",
            "El incidente duró 40 minutos.",
            "The impact started at 10:00 a. m. and nobody knew.",
            "El impacto empezó a las 16:00 UTC.",
            "The deployment started at 09:41.",
            "We lost $1,234.50.",
            "The incident lasted from 10:00 to 10:39.",
            "The upgrade lasted 3 hours before.",
            "This incident was a SEV1.",
            "The incident was opened as a SEV3 and raised to SEV1.",
            "With a fallback the incident would have been a SEV3.",
            "Every SEV2 incident owes a review.",
            "The earlier incident was a SEV 3.",
            "Fue un incidente de severidad SEV1.",
            "Con otra ruta habría sido un incidente SEV3.",
        ] {
            assert_eq!(said(text), [], "{text}");
        }
    }

    #[test]
    fn what_it_does_not_say_is_one() {
        for (text, field) in [
            ("12,480 customers were affected.", "impact.customers.affected"),
            ("Resultaron afectados 1,284 clientes.", "impact.customers.affected"),
            ("About 20,000 customers were affected.", "impact.customers.affected"),
            ("40% of customers were affected.", "impact.customers.affected"),
            ("The incident lasted 90 minutes.", "times.restored"),
            ("El incidente duró 1 hora 39 minutos.", "times.restored"),
            ("The impact started at 09:41.", "times.impact_started"),
            ("The incident was detected at 10:15.", "times.detected"),
            ("El servicio se restableció a las 11:39.", "times.restored"),
            ("We lost $2,234.50.", "impact"),
            ("The incident was a SEV2.", "severity.peak"),
            ("We declared the outage a Sev 3.", "severity.peak"),
            ("Fue un incidente de severidad sev-2.", "severity.peak"),
        ] {
            let found = said(text);
            assert_eq!(found.iter().map(|(_, f)| *f).collect::<Vec<_>>(), [field], "{text}");
        }
    }
}
