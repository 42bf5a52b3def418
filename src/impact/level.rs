use super::window::{Window, total, union};
use crate::units::{Decimal, Percent, Span};

/// Seconds that an objective leaves for failures in a span of time.
pub fn allowed(target: Percent, within: Span) -> Option<Decimal> {
    bad_share(target)?.checked_mul(within.seconds().into())
}

/// How many of so many requests an objective lets fail: floored, for half a failure is none.
pub fn allowed_failures(target: Percent, requests: u64) -> Option<Decimal> {
    Some(bad_share(target)?.checked_mul(requests.into())?.floor())
}

/// The share that may be bad.
fn bad_share(target: Percent) -> Option<Decimal> {
    let bad = Decimal::ONE_HUNDRED.checked_sub(target.0)?;
    (bad >= Decimal::ZERO).then(|| bad / Decimal::ONE_HUNDRED)
}

/// The good share of a whole, exact to 28 digits: round it for display only. None of nothing.
pub fn available(bad: Decimal, whole: Decimal) -> Option<Percent> {
    let good = whole.checked_sub(bad)?.max(Decimal::ZERO);
    good.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole).map(Percent)
}

/// The availability of what needs all of its parts: their product.
pub fn in_series(parts: &[Percent]) -> Option<Percent> {
    let all = parts.iter().try_fold(Decimal::ONE, |all, part| all.checked_mul(part.fraction()))?;
    all.checked_mul(Decimal::ONE_HUNDRED).map(Percent)
}

/// The availability of what needs one of its parts, which fail independently.
pub fn in_parallel(parts: &[Percent]) -> Option<Percent> {
    let bad = parts.iter().try_fold(Decimal::ONE, |bad, part| {
        bad.checked_mul(Decimal::ONE.checked_sub(part.fraction())?)
    })?;
    Decimal::ONE.checked_sub(bad)?.checked_mul(Decimal::ONE_HUNDRED).map(Percent)
}

/// The mean of some times, floored to the second; none of none.
///
/// What the times are of must stand beside it: to acknowledge, to repair, to restore or to resolve
/// are four figures that are all called MTTR.
pub fn mean_time(sum: Span, number: usize) -> Option<Span> {
    sum.seconds().checked_div(i64::try_from(number).ok()?).map(Span::from_seconds)
}

/// The mean time without a failure between failures: what is not down of a span, over failures.
pub fn time_between(whole: Span, down: Span, failures: usize) -> Option<Span> {
    mean_time(Span::from_seconds((whole.seconds() - down.seconds()).max(0)), failures)
}

/// The part of an error budget that so much bad time, or so many failures, used up.
pub fn budget_used(bad: Decimal, allowed: Decimal) -> Option<Percent> {
    bad.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(allowed).map(Percent)
}

/// How many times faster than sustainable a budget was used: the bad share of a window over the
/// share that may be bad.
pub fn burn_rate(bad: Decimal, within: Decimal, target: Percent) -> Option<Decimal> {
    bad.checked_div(within)?.checked_div(bad_share(target)?)
}

/// The burn rate at which a part of the budget of a period is gone after a window.
pub fn burn_rate_for(budget: Percent, window: Span, period: Span) -> Option<Decimal> {
    let times = Decimal::from(period.seconds()).checked_div(window.seconds().into())?;
    budget.fraction().checked_mul(times)
}

/// What is left of windows outside of others.
pub fn without(
    windows: impl IntoIterator<Item = (Window, Decimal)>,
    excluded: &[Window],
) -> Vec<(Window, Decimal)> {
    let excluded = union(excluded.iter().copied());
    let mut left = Vec::new();
    for (window, weight) in windows {
        let mut from = window.from;
        for out in &excluded {
            if out.to <= from || out.from >= window.to {
                continue;
            }
            if out.from > from {
                left.push((Window::new(from, out.from), weight));
            }
            from = from.max(out.to);
        }
        if from < window.to {
            left.push((Window::new(from, window.to), weight));
        }
    }
    left
}

/// How long windows are together within another one.
pub fn within(windows: &[Window], outer: Window) -> Span {
    total(windows.iter().filter_map(|w| {
        let (from, to) = (w.from.max(outer.from), w.to.min(outer.to));
        (from < to).then(|| Window::new(from, to))
    }))
}

/// One step of a ladder of credits: below so much, so much of the fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Availability below which it holds.
    pub below: Percent,
    /// Share of the period's fee.
    pub credit: Percent,
}

/// The credit of a ladder: that of the lowest step that the availability lies below.
///
/// The availability is compared exactly; 99.895 % is below 99.9 %, however it is shown.
pub fn credit(ladder: &[Step], available: Percent) -> Percent {
    let below = ladder.iter().filter(|step| available < step.below);
    below.min_by_key(|step| step.below).map_or(Percent(Decimal::ZERO), |step| step.credit)
}

#[cfg(test)]
mod tests {
    use super::super::window::tests::at;
    use super::*;

    fn p(text: &str) -> Percent {
        text.parse().unwrap()
    }

    fn w(from: &str, to: &str) -> Window {
        Window::new(at(from), at(to))
    }

    #[test]
    fn a_ladder_is_half_open() {
        let ladder = [
            Step { below: p("99.9%"), credit: p("10%") },
            Step { below: p("99%"), credit: p("25%") },
        ];
        for (available, due) in
            [("99.9%", "0%"), ("99.89999%", "10%"), ("99%", "10%"), ("98%", "25%")]
        {
            assert_eq!(credit(&ladder, p(available)), p(due), "{available}");
        }
        assert_eq!(credit(&[], p("0%")), p("0%"));
    }

    #[test]
    fn maintenance_is_cut_out_of_what_was_bad() {
        let one = Decimal::ONE;
        let bad = [(w("03:00", "04:00"), one), (w("05:00", "05:10"), one)];
        let out =
            [w("02:00", "03:10"), w("03:20", "03:30"), w("03:25", "03:40"), w("04:50", "06:00")];
        let left: Vec<Window> = without(bad, &out).into_iter().map(|(w, _)| w).collect();
        assert_eq!(left, [w("03:10", "03:20"), w("03:40", "04:00")]);
        assert_eq!(within(&out, w("03:00", "05:00")), Span::from_minutes(40));
    }

    #[test]
    fn nothing_left_to_allow_and_nothing_to_divide_by() {
        assert_eq!(budget_used(Decimal::ONE, Decimal::ZERO), None);
        assert_eq!(available(Decimal::ZERO, Decimal::ZERO), None);
        assert_eq!(available(Decimal::from(9), Decimal::from(3)), Some(p("0%")));
        assert_eq!(allowed(p("101%"), Span::from_minutes(1)), None);
    }
}
