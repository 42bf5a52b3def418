//! The clocks of an incident: how long until it was detected, acknowledged, restored, resolved.
//!
//! Three kinds of figures, each with its definition, which every report prints beside it: what
//! happened in a given time, what is still running, and what cannot be said. Nothing here is
//! called MTTR. The definitions stand in docs/manual/lifecycle.md.

use crate::impact;
use crate::incident::Record;
use crate::units::{Decimal, Instant, Span};

/// How long something took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lapse {
    /// It happened after so long.
    Took(Span),
    /// It has not happened; the clock shows so much.
    Running(Span),
    /// It happened before the clock's start: no time, and never a negative one.
    Before,
    /// The record does not say.
    Unknown,
}

impl Lapse {
    /// The time that it took; none while it runs, before its start, or where nobody knows.
    pub fn took(self) -> Option<Span> {
        match self {
            Lapse::Took(span) => Some(span),
            _ => None,
        }
    }

    /// The time on the clock, stopped or running.
    pub fn shown(self) -> Option<Span> {
        match self {
            Lapse::Took(span) | Lapse::Running(span) => Some(span),
            _ => None,
        }
    }

    /// The figure in words: `39m`, `39m so far`, `before impact`, `not known`; in Spanish for
    /// locales that begin with `es`.
    pub fn words(self, locale: &str) -> String {
        let es = locale.starts_with("es");
        match self {
            Lapse::Took(span) => span.to_string(),
            Lapse::Running(span) if es => format!("{span} hasta ahora"),
            Lapse::Running(span) => format!("{span} so far"),
            Lapse::Before if es => "antes de la afectación".to_owned(),
            Lapse::Before => "before impact".to_owned(),
            Lapse::Unknown if es => "sin dato".to_owned(),
            Lapse::Unknown => "not known".to_owned(),
        }
    }

    fn between(start: Option<Instant>, end: Option<Instant>, running_to: Option<Instant>) -> Lapse {
        match (start, end.or(running_to)) {
            (Some(start), Some(end)) if end < start => Lapse::Before,
            (Some(start), Some(at)) if end.is_some() => Lapse::Took(at.since(start)),
            (Some(start), Some(at)) => Lapse::Running(at.since(start)),
            _ => Lapse::Unknown,
        }
    }
}

/// A figure of [`Timings`], with its name and its definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Detected − impact started.
    ToDetect,
    /// Acknowledged − detected.
    ToAcknowledge,
    /// Last restore − impact started.
    ToRestore,
    /// Resolved − detected.
    ToResolve,
    /// Impact from its first start to its last restore.
    Duration,
    /// Impact windows together.
    ImpactTime,
    /// Impact windows, weighed.
    DegradedMinutes,
    /// Customers × impact windows.
    CustomerMinutes,
}

impl Metric {
    /// All of them, in the order of an incident's life.
    pub const ALL: [Metric; 8] = [
        Metric::ToDetect,
        Metric::ToAcknowledge,
        Metric::ToRestore,
        Metric::ToResolve,
        Metric::Duration,
        Metric::ImpactTime,
        Metric::DegradedMinutes,
        Metric::CustomerMinutes,
    ];

    /// Its name in JSON and in facts.
    pub fn id(self) -> &'static str {
        match self {
            Metric::ToDetect => "time_to_detect",
            Metric::ToAcknowledge => "time_to_acknowledge",
            Metric::ToRestore => "time_to_restore",
            Metric::ToResolve => "time_to_resolve",
            Metric::Duration => "duration",
            Metric::ImpactTime => "impact_time",
            Metric::DegradedMinutes => "degraded_minutes",
            Metric::CustomerMinutes => "customer_minutes",
        }
    }

    /// Its name for people, in Spanish for locales that begin with `es`, else in English.
    pub fn name(self, locale: &str) -> &'static str {
        let (en, es) = match self {
            Metric::ToDetect => ("time to detect", "tiempo hasta la detección"),
            Metric::ToAcknowledge => ("time to acknowledge", "tiempo hasta la atención"),
            Metric::ToRestore => ("time to restore", "tiempo hasta el restablecimiento"),
            Metric::ToResolve => ("time to resolve", "tiempo hasta la solución"),
            Metric::Duration => ("duration", "duración"),
            Metric::ImpactTime => ("time with impact", "tiempo con afectación"),
            Metric::DegradedMinutes => ("degraded minutes", "minutos degradados"),
            Metric::CustomerMinutes => ("customer minutes", "minutos-cliente"),
        };
        if locale.starts_with("es") { es } else { en }
    }

    /// Its definition, which stands beside the figure, in the language of [`Metric::name`].
    pub fn definition(self, locale: &str) -> &'static str {
        let (en, es) = match self {
            Metric::ToDetect => (
                "from the start of impact to detection; “before impact” where it was detected earlier",
                "del inicio de la afectación a la detección; «antes de la afectación» si se detectó primero",
            ),
            Metric::ToAcknowledge => (
                "from detection until somebody took charge",
                "de la detección a que alguien lo tomó a su cargo",
            ),
            Metric::ToRestore => (
                "from the first start of impact to the last restore, relapses included",
                "del primer inicio de la afectación al último restablecimiento, con recaídas",
            ),
            Metric::ToResolve => (
                "from detection until it could not come back by itself and the money was reconciled",
                "de la detección a que ya no podía repetirse por sí solo y el dinero quedó conciliado",
            ),
            Metric::Duration => (
                "from the first start of impact to the last restore, or to now while it lasts",
                "del primer inicio de la afectación al último restablecimiento, o a este momento si continúa",
            ),
            Metric::ImpactTime => (
                "the windows of impact added up, overlaps once, time between relapses not counted",
                "suma de las ventanas de afectación, sin repetir traslapes ni contar el tiempo entre recaídas",
            ),
            Metric::DegradedMinutes => (
                "minutes of the windows of impact, each weighed by the share of attempts that failed; overlaps take the worst share",
                "minutos de las ventanas de afectación, cada uno ponderado por la proporción de intentos fallidos; en los traslapes cuenta la mayor",
            ),
            Metric::CustomerMinutes => (
                "customers who tried and could not, times the minutes of the windows of impact",
                "clientes que lo intentaron y no pudieron, por los minutos de las ventanas de afectación",
            ),
        };
        if locale.starts_with("es") { es } else { en }
    }
}

/// The clocks of one incident at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timings {
    /// Detected − impact started.
    pub to_detect: Lapse,
    /// Acknowledged − detected.
    pub to_acknowledge: Lapse,
    /// Last restore − impact started.
    pub to_restore: Lapse,
    /// Resolved − detected.
    pub to_resolve: Lapse,
    /// Impact from its first start to its last restore, or to now.
    pub duration: Lapse,
    /// Impact windows together, overlaps once.
    pub impact_time: Option<Span>,
    /// Minutes of impact weighed by the share that failed.
    pub degraded_minutes: Option<Decimal>,
    /// Customers affected × minutes of the impact windows.
    pub customer_minutes: Option<Decimal>,
}

// A start in the future (planned, mistyped) has no running clock.
fn running(start: Option<Instant>, to: Option<Instant>) -> Option<Instant> {
    to.filter(|to| start <= Some(*to))
}

/// From the first start of impact to the last restore, or to `now` while it lasts.
pub fn to_restore(record: &Record, now: Instant) -> Lapse {
    let start = impact::first_start(record);
    let burning = record.status.is_burning().then_some(now);
    Lapse::between(start, impact::last_restore(record), running(start, burning))
}

/// Reads an incident's clocks as they stand at `now`.
pub fn clocks(record: &Record, now: Instant) -> Timings {
    let t = record.clocks();
    let start = impact::first_start(record);
    let burning = record.status.is_burning().then_some(now);
    let open = record.status.is_open().then_some(now);
    let untaken = if t.acknowledged.is_some() { None } else { burning };
    let to_restore = to_restore(record, now);
    let FamilyTime { impact_time, customer_minutes, .. } = family(&[record], now);
    Timings {
        to_detect: Lapse::between(start, t.detected, None),
        to_acknowledge: Lapse::between(t.detected, t.acknowledged, running(t.detected, untaken)),
        to_restore,
        to_resolve: Lapse::between(t.detected, t.resolved, running(t.detected, open)),
        duration: to_restore,
        impact_time,
        degraded_minutes: impact::degraded_minutes(record, now),
        customer_minutes,
    }
}

/// How long and how heavily a family of records (merged ones, children) hit customers: once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FamilyTime {
    /// Windows of impact together, overlaps once.
    pub impact_time: Option<Span>,
    /// Minutes weighed by the share that failed; where records overlap, the worst share.
    pub degraded_minutes: Option<Decimal>,
    /// Customers × minutes; where records overlap, the one with most customers.
    pub customer_minutes: Option<Decimal>,
}

/// Reads what a family of records comes to; a record that does not say adds nothing.
pub fn family(records: &[&Record], now: Instant) -> FamilyTime {
    let (mut windows, mut shares, mut customers) = (Vec::new(), Vec::new(), Vec::new());
    for record in records {
        let own = impact::windows(record, now).unwrap_or_default();
        let own = own.into_iter().map(|w| w.window);
        let affected = record.impact.as_ref().and_then(|i| i.customers.as_ref()?.affected);
        if let Some(affected) = affected {
            customers.extend(own.clone().map(|window| (window, Decimal::from(affected))));
        }
        windows.extend(own);
        shares.extend(impact::shares(record, now).unwrap_or_default());
    }
    let weighed = |windows: Vec<(impact::Window, Decimal)>, digits| {
        let known = !windows.is_empty();
        impact::weighed_minutes(windows)
            .filter(|_| known)
            .map(|minutes| minutes.round_dp(digits).normalize())
    };
    FamilyTime {
        impact_time: (!windows.is_empty()).then(|| impact::total(windows)),
        degraded_minutes: weighed(shares, 6),
        customer_minutes: weighed(customers, 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{Customers, Period, Status};

    fn at(clock: &str) -> Instant {
        format!("2026-11-21T{clock}:00-06:00").parse().unwrap()
    }

    fn record() -> Record {
        let id = "INC-20261121-7QKM".parse().unwrap();
        Record::new(id, "01JD7Z3Q6W3F0K2V9C1T4M8B5N".into(), "cards failing".into())
    }

    fn took(minutes: i64) -> Lapse {
        Lapse::Took(Span::from_minutes(minutes))
    }

    #[test]
    fn four_clocks_from_their_own_starts() {
        let mut r = record();
        r.status = Status::Resolved;
        let t = r.times_mut();
        t.impact_started = Some(at("03:00"));
        t.detected = Some(at("03:10"));
        t.acknowledged = Some(at("03:12"));
        t.restored = Some(at("03:49"));
        t.resolved = Some(at("06:10"));
        let c = clocks(&r, at("09:00"));
        assert_eq!(
            [c.to_detect, c.to_acknowledge, c.to_restore, c.to_resolve],
            [took(10), took(2), took(49), took(180)]
        );
        assert_eq!((c.duration, c.impact_time), (took(49), Some(Span::from_minutes(49))));
    }

    #[test]
    fn detection_before_impact_is_no_negative_time() {
        let mut r = record();
        r.times_mut().impact_started = Some(at("03:00"));
        r.times_mut().detected = Some(at("02:50"));
        let to_detect = clocks(&r, at("03:30")).to_detect;
        assert_eq!((to_detect, to_detect.took()), (Lapse::Before, None));
        assert_eq!(to_detect.words("en"), "before impact");
        assert_eq!(to_detect.words("es-MX"), "antes de la afectación");
    }

    #[test]
    fn clocks_run_while_it_burns() {
        let mut r = record();
        r.times_mut().impact_started = Some(at("03:00"));
        r.times_mut().detected = Some(at("03:10"));
        let c = clocks(&r, at("03:30"));
        assert_eq!(c.to_acknowledge, Lapse::Running(Span::from_minutes(20)));
        assert_eq!(c.to_restore, Lapse::Running(Span::from_minutes(30)));
        assert_eq!(c.to_restore.took(), None);
        assert_eq!(c.to_restore.words("en"), "30m so far");
        assert_eq!(c.to_resolve.shown(), Some(Span::from_minutes(20)));
    }

    #[test]
    fn a_relapse_counts_in_the_restore_and_not_in_the_impact_time() {
        let mut r = record();
        r.status = Status::Restored;
        let window = |from, to| Period {
            from: at(from),
            to: Some(at(to)),
            service: None,
            region: None,
            degradation: Some("50%".parse().unwrap()),
            x: Default::default(),
        };
        r.impact_mut().periods = vec![window("03:00", "03:40"), window("04:00", "04:20")];
        r.impact_mut().customers = Some(Customers { affected: Some(100), ..Customers::default() });
        let c = clocks(&r, at("09:00"));
        assert_eq!((c.to_restore, c.impact_time), (took(80), Some(Span::from_minutes(60))));
        assert_eq!(c.degraded_minutes, Some(Decimal::from(30)));
        assert_eq!(c.customer_minutes, Some(Decimal::from(6_000)));
    }

    #[test]
    fn a_family_counts_once() {
        let restored = |from: &str, to: &str, affected: u64| {
            let mut r = record();
            r.status = Status::Restored;
            r.kind = Some(crate::incident::Kind::Outage);
            r.times_mut().impact_started = Some(at(from));
            r.times_mut().restored = Some(at(to));
            r.impact_mut().customers =
                Some(Customers { affected: Some(affected), ..Customers::default() });
            r
        };
        let (parent, child) = (restored("03:00", "03:40", 100), restored("03:30", "04:00", 40));
        let time = family(&[&parent, &child], at("09:00"));
        assert_eq!(time.impact_time, Some(Span::from_minutes(60)));
        assert_eq!(time.degraded_minutes, Some(Decimal::from(60)));
        // 40 min × 100 customers, then 20 min × 40
        assert_eq!(time.customer_minutes, Some(Decimal::from(4_800)));
        assert_eq!(family(&[&record()], at("09:00")), FamilyTime::default());
    }

    #[test]
    fn an_empty_record_says_nothing() {
        let c = clocks(&record(), at("09:00"));
        assert_eq!([c.to_detect, c.to_acknowledge, c.to_restore], [Lapse::Unknown; 3]);
        assert_eq!((c.impact_time, c.degraded_minutes, c.customer_minutes), (None, None, None));
    }

    #[test]
    fn every_figure_has_its_definition_in_both_languages() {
        for metric in Metric::ALL {
            assert_ne!(metric.definition("es-MX"), metric.definition("en"));
            assert_ne!(metric.name("es-MX"), metric.name("en"));
        }
    }
}
