use super::window::Window;
use crate::incident::{Kind, Record};
use crate::units::{Instant, Percent};

/// A window of impact with what it hit.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpactWindow<'r> {
    /// When.
    pub window: Window,
    /// Which service; none stands for every service of the record.
    pub service: Option<&'r str>,
    /// Share of attempts that failed; none where nobody knows.
    pub degradation: Option<Percent>,
    /// Place in `impact.periods`; none where the clocks made the window.
    pub index: Option<usize>,
}

/// When impact began: as recorded, else with the first period.
pub fn first_start(record: &Record) -> Option<Instant> {
    let recorded = record.times.as_ref().and_then(|t| t.impact_started);
    recorded.or_else(|| periods(record).iter().map(|p| p.from).min())
}

/// When impact ended for good; none while it lasts, or where nobody wrote it down.
pub fn last_restore(record: &Record) -> Option<Instant> {
    let recorded = record.times.as_ref().and_then(|t| t.restored);
    recorded.or_else(|| {
        let periods = periods(record);
        if record.status.is_burning() || periods.iter().any(|p| p.to.is_none()) {
            return None;
        }
        periods.iter().filter_map(|p| p.to).max()
    })
}

/// The windows of impact: the periods, else from the first start to the last restore.
///
/// What is still open runs to the restore, or to `now` while it lasts. `None` where no start is
/// known, or where impact is over and nobody wrote down when it ended.
pub fn windows(record: &Record, now: Instant) -> Option<Vec<ImpactWindow<'_>>> {
    let end = last_restore(record).or_else(|| record.status.is_burning().then_some(now));
    let periods = periods(record);
    if periods.is_empty() {
        let window = Window::new(first_start(record)?, end?);
        // An outage is the kind in which nothing works; every other kind is silent on its weight.
        let down = matches!(record.kind, Some(Kind::Outage | Kind::Interruption));
        let degradation = down.then_some(ALL);
        return Some(vec![ImpactWindow { window, service: None, degradation, index: None }]);
    }
    let windows = periods.iter().enumerate().map(|(i, p)| {
        let window = Window::new(p.from, p.to.or(end)?);
        let service = p.service.as_deref();
        Some(ImpactWindow { window, service, degradation: p.degradation, index: Some(i) })
    });
    windows.collect()
}

/// Nothing works.
pub(super) const ALL: Percent = Percent(rust_decimal::Decimal::ONE_HUNDRED);

fn periods(record: &Record) -> &[crate::incident::Period] {
    record.impact.as_ref().map_or(&[], |i| &i.periods)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::window::tests::at;
    use super::*;
    use crate::incident::{Period, Status};

    pub(in crate::impact) fn record() -> Record {
        let id = "INC-20261121-7QKM".parse().unwrap();
        Record::new(id, "01JD7Z3Q6W3F0K2V9C1T4M8B5N".into(), "cards failing".into())
    }

    pub(in crate::impact) fn period(
        from: &str,
        to: Option<&str>,
        service: Option<&str>,
        degradation: Option<&str>,
    ) -> Period {
        Period {
            from: at(from),
            to: to.map(at),
            service: service.map(str::to_owned),
            region: None,
            degradation: degradation.map(|d| d.parse().unwrap()),
            x: Default::default(),
        }
    }

    #[test]
    fn without_periods_the_clocks_make_the_window() {
        let mut r = record();
        assert_eq!(windows(&r, at("05:00")), None);
        r.times_mut().impact_started = Some(at("03:00"));
        assert_eq!(windows(&r, at("05:00")).unwrap()[0].window.to, at("05:00"));
        r.times_mut().restored = Some(at("03:40"));
        r.status = Status::Restored;
        assert_eq!(
            windows(&r, at("05:00")).unwrap()[0].window,
            Window::new(at("03:00"), at("03:40"))
        );
        assert_eq!(windows(&r, at("05:00")).unwrap()[0].degradation, None);
    }

    #[test]
    fn an_open_period_runs_to_the_restore_or_to_now() {
        let mut r = record();
        r.impact_mut().periods = vec![period("03:00", None, None, None)];
        assert_eq!(windows(&r, at("05:00")).unwrap()[0].window.to, at("05:00"));
        r.times_mut().restored = Some(at("03:40"));
        assert_eq!(windows(&r, at("05:00")).unwrap()[0].window.to, at("03:40"));
    }

    #[test]
    fn an_end_that_nobody_wrote_down_is_not_now() {
        let mut r = record();
        r.times_mut().impact_started = Some(at("03:00"));
        r.status = Status::Cancelled;
        assert_eq!(windows(&r, at("05:00")), None);
    }

    #[test]
    fn closed_periods_tell_the_restore_only_when_it_is_over() {
        let mut r = record();
        r.impact_mut().periods = vec![
            period("03:00", Some("03:40"), None, None),
            period("04:00", Some("04:20"), None, None),
        ];
        assert_eq!(last_restore(&r), None);
        r.status = Status::Restored;
        assert_eq!(last_restore(&r), Some(at("04:20")));
        assert_eq!(first_start(&r), Some(at("03:00")));
    }
}
