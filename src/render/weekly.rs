//! A period in words: for a heading, and inside a sentence.

use chrono::Datelike;
use serde::Serialize;

use super::{Language, Locale};
use crate::reports::Period;

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

/// A period in words of a language.
pub fn period(period: &Period, locale: &Locale) -> PeriodWords {
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
