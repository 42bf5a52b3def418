use super::level::{allowed, burn_rate, burn_rate_for};
use crate::units::{Decimal, Percent, Span};

/// How much quicker than sustainable a budget may be used over a long window before somebody is
/// told; the short window says that it still goes on.
///
/// The three rules are those of the Site Reliability Workbook, chapter 5, as parts of the budget
/// of the objective's own window, so that they fit windows of other lengths than 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BurnRule {
    /// The part of the budget that the long window may use.
    pub budget: Percent,
    /// The long window.
    pub long: Span,
    /// Whether somebody is woken; else it is a ticket for working hours.
    pub page: bool,
}

/// The usual rules, the most urgent first.
pub fn burn_rules() -> [BurnRule; 3] {
    let hours = |n: i64| Span::from_minutes(n * 60);
    let rule = |budget: i64, long, page| BurnRule { budget: Percent(budget.into()), long, page };
    [rule(2, hours(1), true), rule(5, hours(6), true), rule(10, hours(72), false)]
}

impl BurnRule {
    /// The short window: a twelfth of the long one.
    pub fn short(&self) -> Span {
        Span::from_seconds(self.long.seconds() / 12)
    }

    /// The burn rate above which the rule holds, for an objective over `window`.
    pub fn rate(&self, window: Span) -> Option<Decimal> {
        burn_rate_for(self.budget, self.long, window)
    }

    /// Whether it holds: the burn rate of both windows is above the rule's.
    ///
    /// A spike of minutes alone does not wake anybody, and a window that is over does not either.
    pub fn holds(&self, long: Decimal, short: Decimal, window: Span) -> bool {
        self.rate(window).is_some_and(|rate| long > rate && short > rate)
    }

    /// Whether it can ever hold: everything failing burns 1 ÷ (1 − objective) times, no faster.
    pub fn can_hold(&self, target: Percent, window: Span) -> bool {
        let most = burn_rate(Decimal::ONE, Decimal::ONE, target);
        most.zip(self.rate(window)).is_none_or(|(most, rate)| most > rate)
    }
}

/// How many seconds of failing at a share (a fraction) bring a window's mean to a burn rate.
pub fn detected_after(
    window: Span,
    rate: Decimal,
    target: Percent,
    share: Decimal,
) -> Option<Decimal> {
    allowed(target, window)?.checked_mul(rate)?.checked_div(share)
}

/// How many seconds a budget lasts when a share (a fraction) of everything fails.
pub fn exhausted_after(target: Percent, window: Span, share: Decimal) -> Option<Decimal> {
    allowed(target, window)?.checked_div(share)
}

/// How often at most a day can raise an alert that looks at a window: once in each.
pub fn alerts_a_day(window: Span) -> Option<i64> {
    86_400_i64.checked_div(window.seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> Decimal {
        crate::units::parse_decimal(text).unwrap()
    }

    #[test]
    fn both_windows_must_burn_and_a_low_objective_never_pages() {
        let month = Span::from_minutes(30 * 24 * 60);
        let [page, _, ticket] = burn_rules();
        assert_eq!(page.rate(month), Some(n("14.4")));
        assert_eq!(
            (page.short().to_string(), ticket.short().to_string()),
            ("5m".into(), "6h".into())
        );
        assert!(page.holds(n("20"), n("50"), month));
        assert!(!page.holds(n("1"), n("150"), month) && !page.holds(n("20"), n("0"), month));
        assert!(page.can_hold("99.9%".parse().unwrap(), month));
        assert!(!page.can_hold("90%".parse().unwrap(), month));
        assert_eq!(detected_after(month, Decimal::ONE, "99%".parse().unwrap(), n("0")), None);
        assert_eq!(alerts_a_day(Span::from_seconds(0)), None);
    }
}
