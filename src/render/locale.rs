//! Figures and times in the reader's language, so that templates hold words only.
//!
//! A small table for each language; nothing depends on the machine's locale. Times are given
//! once, on the wall clock of one zone, and the zone is named (`10:05 a. m., hora del centro`).
//!
//! The file is long because two languages' tables and their tests stand side by side.

use chrono::{Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;

use super::templates::join;
use crate::units::{Currency, Decimal, Instant, Money, Percent, Span};

/// A language that texts are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Spanish, as written in Mexico.
    Es,
    /// English.
    En,
}

/// How one reader's figures and times are written.
#[derive(Debug, Clone)]
pub struct Locale {
    tag: String,
    language: Language,
    zone: Tz,
    zone_name: String,
    currency: Currency,
}

/// What the words of a language are, index 0 for January and for Monday.
struct Words {
    months: [&'static str; 12],
    months_short: [&'static str; 12],
    days: [&'static str; 7],
    morning: &'static str,
    afternoon: &'static str,
}

const ES: Words = Words {
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    months_short: [
        "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic",
    ],
    days: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    morning: "a. m.",
    afternoon: "p. m.",
};

const EN: Words = Words {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    months_short: [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    days: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    morning: "a.m.",
    afternoon: "p.m.",
};

/// Zones that people name otherwise than by a city: id, Spanish, English.
const ZONES: [(&str, &str, &str); 12] = [
    ("America/Mexico_City", "hora del centro", "Central Mexico time"),
    ("America/Monterrey", "hora del centro", "Central Mexico time"),
    ("America/Merida", "hora del centro", "Central Mexico time"),
    ("America/Bahia_Banderas", "hora del centro", "Central Mexico time"),
    ("America/Chihuahua", "hora del centro", "Central Mexico time"),
    ("America/Cancun", "hora del sureste", "Southeast Mexico time"),
    ("America/Mazatlan", "hora del Pacífico", "Pacific Mexico time"),
    ("America/Hermosillo", "hora de Sonora", "Sonora time"),
    ("America/Tijuana", "hora del noroeste", "Northwest Mexico time"),
    ("UTC", "UTC", "UTC"),
    ("Etc/UTC", "UTC", "UTC"),
    ("GMT", "GMT", "GMT"),
];

impl Locale {
    /// A locale by its tag (`es-MX`, `es-MX.usted`, `en`); `None` for another language.
    pub fn new(tag: &str, zone: Tz) -> Option<Locale> {
        let language = match tag.split(['-', '_', '.']).next() {
            Some("es") => Language::Es,
            Some("en") => Language::En,
            _ => return None,
        };
        let known = ZONES.iter().find(|(id, _, _)| *id == zone.name());
        let city = zone.name().rsplit('/').next().unwrap_or("UTC").replace('_', " ");
        let zone_name = match (known, language) {
            (Some((_, es, _)), Language::Es) => (*es).to_owned(),
            (Some((_, _, en)), Language::En) => (*en).to_owned(),
            (None, Language::Es) => format!("hora de {city}"),
            (None, Language::En) => format!("{city} time"),
        };
        Some(Locale { tag: tag.to_owned(), language, zone, zone_name, currency: Currency::MXN })
    }

    /// Names the zone as the workspace does, such as "hora de la Ciudad de México".
    #[must_use]
    pub fn with_zone_name(mut self, name: impl Into<String>) -> Self {
        self.zone_name = name.into();
        self
    }

    /// Sets the currency that `$` stands for; pesos by default.
    #[must_use]
    pub fn with_currency(mut self, currency: Currency) -> Self {
        self.currency = currency;
        self
    }

    /// The tag that it was made from.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Its language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The zone that times are shown in.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The zone as people say it: `hora del centro`.
    pub fn zone_name(&self) -> &str {
        &self.zone_name
    }

    fn words(&self) -> &'static Words {
        match self.language {
            Language::Es => &ES,
            Language::En => &EN,
        }
    }

    fn local(&self, at: Instant) -> chrono::DateTime<chrono::FixedOffset> {
        at.in_zone(&self.zone).get()
    }

    /// The day of an instant in this zone.
    pub fn day(&self, at: Instant) -> NaiveDate {
        self.local(at).date_naive()
    }

    /// The clock alone: `10:05 a. m.`.
    pub fn clock(&self, at: Instant) -> String {
        let (afternoon, hour) = self.local(at).hour12();
        let words = self.words();
        let half = if afternoon { words.afternoon } else { words.morning };
        format!("{hour}:{:02} {half}", self.local(at).minute())
    }

    /// A time and its zone: `10:05 a. m., hora del centro`.
    pub fn time(&self, at: Instant) -> String {
        match self.language {
            Language::Es => format!("{}, {}", self.clock(at), self.zone_name),
            Language::En => format!("{} {}", self.clock(at), self.zone_name),
        }
    }

    /// A time as it follows `desde` or `a`, `since` or `at`; with its day when not today's.
    ///
    /// `las 10:05 a. m., hora del centro`; `la 1:05 p. m. del viernes 20 de noviembre, hora del
    /// centro`; `10:05 a.m. on Friday, November 20, Central Mexico time`. The year is added when
    /// it is not that of `now`.
    pub fn when(&self, at: Instant, now: Instant) -> String {
        let zone = &self.zone_name;
        match self.language {
            Language::En if self.day(at) == self.day(now) => format!("{} {zone}", self.clock(at)),
            _ => format!("{}, {zone}", self.when_again(at, now)),
        }
    }

    /// As [`Locale::when`] without the zone, for a text that has named it already.
    pub fn when_again(&self, at: Instant, now: Instant) -> String {
        let (day, today) = (self.day(at), self.day(now));
        let clock = self.clock(at);
        let date = if day == today { None } else { Some(self.day_named(day, today)) };
        match (self.language, date) {
            (Language::En, None) => clock,
            (Language::En, Some(date)) => format!("{clock} on {date}"),
            (Language::Es, date) => {
                let article = if self.local(at).hour12().1 == 1 { "la" } else { "las" };
                let date = date.map(|d| format!(" del {d}")).unwrap_or_default();
                format!("{article} {clock}{date}")
            }
        }
    }

    /// `viernes 20 de noviembre`, `Friday, November 20`; with the year when not this one.
    fn day_named(&self, day: NaiveDate, today: NaiveDate) -> String {
        let name = self.words().days[day.weekday().num_days_from_monday() as usize];
        let same_year = day.year() == today.year();
        let date = if same_year { self.month_and_day(day) } else { self.date(day) };
        match self.language {
            Language::Es => format!("{name} {date}"),
            Language::En => format!("{name}, {date}"),
        }
    }

    /// `21 de noviembre`, `November 21`.
    fn month_and_day(&self, day: NaiveDate) -> String {
        let month = self.words().months[day.month0() as usize];
        match self.language {
            Language::Es if day.day() == 1 => format!("1.º de {month}"),
            Language::Es => format!("{} de {month}", day.day()),
            Language::En => format!("{month} {}", day.day()),
        }
    }

    /// A day: `21 de noviembre de 2026`, `November 21, 2026`.
    pub fn date(&self, day: NaiveDate) -> String {
        let comma = if self.language == Language::Es { " de" } else { "," };
        format!("{}{comma} {}", self.month_and_day(day), day.year())
    }

    /// A day in a table: `21 nov 2026`, `Nov 21, 2026`.
    pub fn date_short(&self, day: NaiveDate) -> String {
        let month = self.words().months_short[day.month0() as usize];
        match self.language {
            Language::Es => format!("{} {month} {}", day.day(), day.year()),
            Language::En => format!("{month} {}, {}", day.day(), day.year()),
        }
    }

    /// A moment in a table: `2026-11-21 10:05`, in the zone that the table names.
    pub fn moment(&self, at: Instant) -> String {
        self.local(at).format("%Y-%m-%d %H:%M").to_string()
    }

    /// Days from first to last: `del 16 al 22 de noviembre de 2026`.
    pub fn date_range(&self, first: NaiveDate, last: NaiveDate) -> String {
        let same_year = first.year() == last.year();
        let same_month = same_year && first.month() == last.month();
        let start = if same_year { self.month_and_day(first) } else { self.date(first) };
        match self.language {
            Language::Es if same_month => format!("del {} al {}", first.day(), self.date(last)),
            Language::Es => format!("del {start} al {}", self.date(last)),
            Language::En if same_month => format!("{start} to {}, {}", last.day(), last.year()),
            Language::En => format!("{start} to {}", self.date(last)),
        }
    }

    /// A month: `noviembre de 2026`, `November 2026`.
    pub fn month(&self, day: NaiveDate) -> String {
        let month = self.words().months[day.month0() as usize];
        match self.language {
            Language::Es => format!("{month} de {}", day.year()),
            Language::En => format!("{month} {}", day.year()),
        }
    }

    /// A span in figures: `1 h 20 min`, `2 d 3 h`, `45 s`; at most two units.
    pub fn span(&self, span: Span) -> String {
        let parts = two_units(span);
        let sign = if span.seconds() < 0 { "-" } else { "" };
        let shown = parts.iter().map(|(n, unit)| format!("{} {}", self.integer(*n), SHORT[*unit]));
        let shown: Vec<String> = shown.collect();
        if shown.is_empty() { "0 min".to_owned() } else { format!("{sign}{}", shown.join(" ")) }
    }

    /// A span as it is said: `1 hora y 20 minutos`, `1 hour and 20 minutes`.
    pub fn span_words(&self, span: Span) -> String {
        let names = match self.language {
            Language::Es => {
                [("día", "días"), ("hora", "horas"), ("minuto", "minutos"), ("segundo", "segundos")]
            }
            Language::En => {
                [("day", "days"), ("hour", "hours"), ("minute", "minutes"), ("second", "seconds")]
            }
        };
        let said: Vec<String> = two_units(span)
            .iter()
            .map(|(n, unit)| {
                let (one, many) = names[*unit];
                format!("{} {}", self.integer(*n), if *n == 1 { one } else { many })
            })
            .collect();
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        match said.is_empty() {
            true => format!("0 {}", names[2].1),
            false => join(&said, if self.language == Language::Es { "y" } else { "and" }),
        }
    }

    /// A whole number with its thousands: `12,840`.
    pub fn integer(&self, number: i64) -> String {
        let sign = if number < 0 { "-" } else { "" };
        format!("{sign}{}", grouped(&number.unsigned_abs().to_string()))
    }

    /// A decimal number with its thousands, digits as they are: `1,234.5`.
    pub fn decimal(&self, number: Decimal) -> String {
        let text = number.abs().to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let point = if fraction.is_empty() { "" } else { "." };
        let sign = if number.is_sign_negative() && !number.is_zero() { "-" } else { "" };
        format!("{sign}{}{point}{fraction}", grouped(whole))
    }

    /// A share, at most two digits: `12.5 %` in Spanish, `12.5%` in English.
    pub fn percent(&self, percent: Percent) -> String {
        let figure = self.decimal(percent.0.round_dp(2).normalize());
        match self.language {
            Language::Es => format!("{figure} %"),
            Language::En => format!("{figure}%"),
        }
    }

    /// An amount: `$1,234.50`; another currency than the workspace's is named, `1,234.50 USD`.
    pub fn money(&self, money: Money) -> String {
        let amount = self.amount(money);
        match (money.currency == self.currency, amount.strip_prefix('-')) {
            (true, Some(positive)) => format!("-${positive}"),
            (true, None) => format!("${amount}"),
            (false, _) => format!("{amount} {}", money.currency),
        }
    }

    /// An amount with its currency in any case: `$1,234.50 MXN`, for where dollars are possible.
    pub fn money_named(&self, money: Money) -> String {
        match money.currency == self.currency {
            true => format!("{} {}", self.money(money), money.currency),
            false => self.money(money),
        }
    }

    fn amount(&self, money: Money) -> String {
        let mut amount = money.amount;
        let digits = money.currency.minor_digits();
        if amount.scale() < digits {
            amount.rescale(digits);
        }
        self.decimal(amount)
    }
}

const SHORT: [&str; 4] = ["d", "h", "min", "s"];

/// The two largest units of a span, smaller ones dropped; seconds only below a minute.
fn two_units(span: Span) -> Vec<(i64, usize)> {
    let mut rest = span.seconds().checked_abs().unwrap_or(i64::MAX);
    let mut parts = Vec::new();
    for (unit, size) in [86_400, 3_600, 60, 1].into_iter().enumerate() {
        let count = rest / size;
        rest %= size;
        let counts = unit < 3 || parts.is_empty();
        if count > 0 && counts && parts.len() < 2 {
            parts.push((count, unit));
        }
    }
    // "2 d 5 min" reads as a slip: after the largest unit comes the next one or none.
    if matches!(parts[..], [(_, first), (_, second)] if second != first + 1) {
        parts.pop();
    }
    parts
}

fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn es() -> Locale {
        Locale::new("es-MX", Tz::America__Mexico_City).unwrap()
    }

    fn en() -> Locale {
        Locale::new("en", Tz::America__Mexico_City).unwrap()
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_named_once() {
        let now = at("2026-11-21T18:00:00Z");
        for (moment, spanish, english) in [
            (
                "2026-11-21T16:05:00Z",
                "las 10:05 a. m., hora del centro",
                "10:05 a.m. Central Mexico time",
            ),
            (
                "2026-11-21T13:05:00-06:00",
                "la 1:05 p. m., hora del centro",
                "1:05 p.m. Central Mexico time",
            ),
            (
                "2026-11-20T23:40:00-06:00",
                "las 11:40 p. m. del viernes 20 de noviembre, hora del centro",
                "11:40 p.m. on Friday, November 20, Central Mexico time",
            ),
            (
                "2025-12-31T00:00:00-06:00",
                "las 12:00 a. m. del miércoles 31 de diciembre de 2025, hora del centro",
                "12:00 a.m. on Wednesday, December 31, 2025, Central Mexico time",
            ),
        ] {
            assert_eq!(es().when(at(moment), now), spanish);
            assert_eq!(en().when(at(moment), now), english);
        }
        assert_eq!(es().time(now), "12:00 p. m., hora del centro");
        assert_eq!(es().moment(now), "2026-11-21 12:00");
    }

    #[test]
    fn the_zone_keeps_its_history() {
        // Mexico City left daylight saving time in October 2022.
        assert_eq!(es().clock(at("2022-07-01T12:00:00Z")), "7:00 a. m.");
        assert_eq!(es().clock(at("2023-07-01T12:00:00Z")), "6:00 a. m.");
    }

    #[test]
    fn any_zone_has_a_name() {
        let name = |tag, zone| Locale::new(tag, zone).unwrap().zone_name().to_owned();
        assert_eq!(name("es-MX", Tz::America__Bogota), "hora de Bogota");
        assert_eq!(name("en", Tz::America__New_York), "New York time");
        assert_eq!(name("es-MX.usted", Tz::America__Tijuana), "hora del noroeste");
        assert!(Locale::new("fr", Tz::UTC).is_none());
    }

    #[test]
    fn days_and_ranges() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        assert_eq!(es().date(day(2026, 11, 1)), "1.º de noviembre de 2026");
        assert_eq!(en().date(day(2026, 11, 21)), "November 21, 2026");
        assert_eq!(es().date_short(day(2026, 11, 21)), "21 nov 2026");
        let (a, b) = (day(2026, 11, 16), day(2026, 11, 22));
        assert_eq!(es().date_range(a, b), "del 16 al 22 de noviembre de 2026");
        assert_eq!(en().date_range(a, b), "November 16 to 22, 2026");
        let (a, b) = (day(2026, 12, 28), day(2027, 1, 3));
        assert_eq!(es().date_range(a, b), "del 28 de diciembre de 2026 al 3 de enero de 2027");
    }

    #[test]
    fn figures_have_their_thousands() {
        let money = |text: &str| text.parse::<Money>().unwrap();
        assert_eq!(es().money(money("1234.5 MXN")), "$1,234.50");
        assert_eq!(es().money(money("-1000000 MXN")), "-$1,000,000.00");
        assert_eq!(es().money(money("99.90 USD")), "99.90 USD");
        assert_eq!(es().money_named(money("0.01 MXN")), "$0.01 MXN");
        assert_eq!(es().integer(-1_234_567), "-1,234,567");
        assert_eq!(es().integer(i64::MIN), "-9,223,372,036,854,775,808");
        assert_eq!(es().percent("12.50%".parse().unwrap()), "12.5 %");
        assert_eq!(en().percent("0.128%".parse().unwrap()), "0.13%");
    }

    #[test]
    fn spans_have_at_most_two_units() {
        for (seconds, figures, words) in [
            (0, "0 min", "0 minutos"),
            (45, "45 s", "45 segundos"),
            (4_830, "1 h 20 min", "1 hora y 20 minutos"),
            (60, "1 min", "1 minuto"),
            (86_400 + 3_600, "1 d 1 h", "1 día y 1 hora"),
            (2 * 86_400 + 300, "2 d", "2 días"),
            (-300, "-5 min", "5 minutos"),
        ] {
            assert_eq!(es().span(Span::from_seconds(seconds)), figures);
            assert_eq!(es().span_words(Span::from_seconds(seconds)), words);
        }
        assert_eq!(en().span_words(Span::from_seconds(4_830)), "1 hour and 20 minutes");
        assert!(es().span(Span::from_seconds(i64::MIN)).starts_with('-'));
    }
}
