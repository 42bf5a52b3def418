//! Exact fractions in checked 128-bit arithmetic.

use std::cmp::Ordering;
use std::fmt;

use crate::units::Decimal;

/// An exact fraction. Every operation is checked: what does not fit gives `None`, never a wrapped
/// number.
///
/// Fractions are shortened only when they grow, so two equal ones may be held differently; compare
/// them with `==`, which knows.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    num: i128,
    /// Always above zero.
    den: i128,
}

/// How an amount becomes a whole number of its rounding unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// To the nearest; a tie goes to the even neighbour.
    HalfEven,
    /// To the nearest; a tie goes away from zero.
    HalfUp,
    /// To the nearest; a tie goes towards zero.
    HalfDown,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
}

impl Mode {
    /// The modes as policies write them.
    pub const NAMES: [(&'static str, Mode); 5] = [
        ("half-even", Mode::HalfEven),
        ("half-up", Mode::HalfUp),
        ("half-down", Mode::HalfDown),
        ("up", Mode::Up),
        ("down", Mode::Down),
    ];

    /// The name as policies write it.
    pub fn name(self) -> &'static str {
        Mode::NAMES.iter().find(|(_, mode)| *mode == self).map_or("", |(name, _)| name)
    }
}

/// Beyond this a fraction is shortened, so that the next operation has room.
const WIDE: i128 = 1 << 62;

#[allow(
    clippy::should_implement_trait,
    reason = "an operator cannot say that a number does not fit"
)]
impl Ratio {
    /// Nothing.
    pub const ZERO: Ratio = Ratio { num: 0, den: 1 };
    /// One.
    pub const ONE: Ratio = Ratio { num: 1, den: 1 };

    /// A whole number.
    pub const fn whole(number: i128) -> Ratio {
        Ratio { num: number, den: 1 }
    }

    /// `num / den`; `None` when `den` is zero or the sign does not fit.
    pub fn new(num: i128, den: i128) -> Option<Ratio> {
        match den {
            0 => None,
            den if den > 0 => Some(Ratio { num, den }.tidy()),
            den => Some(Ratio { num: num.checked_neg()?, den: den.checked_neg()? }.tidy()),
        }
    }

    /// A decimal, exactly.
    pub fn of(decimal: Decimal) -> Ratio {
        let den = 10_i128.pow(decimal.scale());
        Ratio { num: decimal.mantissa(), den }.shortened()
    }

    /// Yes is one, no is zero.
    pub fn flag(yes: bool) -> Ratio {
        Ratio::whole(i128::from(yes))
    }

    /// The numerator of the shortened fraction.
    pub fn numerator(self) -> i128 {
        self.shortened().num
    }

    /// The denominator of the shortened fraction, above zero.
    pub fn denominator(self) -> i128 {
        self.shortened().den
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.num == 0
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.num < 0
    }

    fn tidy(self) -> Ratio {
        if self.den > WIDE || self.num > WIDE || self.num < -WIDE { self.shortened() } else { self }
    }

    fn shortened(self) -> Ratio {
        let divisor = gcd(self.num.unsigned_abs(), self.den.unsigned_abs());
        match i128::try_from(divisor) {
            Ok(divisor) if divisor > 1 => {
                Ratio { num: self.num / divisor, den: self.den / divisor }
            }
            _ => self,
        }
    }

    /// The sum.
    pub fn add(self, other: Ratio) -> Option<Ratio> {
        if self.den == other.den {
            return Some(Ratio { num: self.num.checked_add(other.num)?, den: self.den }.tidy());
        }
        cross_sum(self, other).or_else(|| {
            let (a, b) = (self.shortened(), other.shortened());
            let shared = i128::try_from(gcd(a.den.unsigned_abs(), b.den.unsigned_abs())).ok()?;
            let left = a.num.checked_mul(b.den / shared)?;
            let right = b.num.checked_mul(a.den / shared)?;
            let den = a.den.checked_mul(b.den / shared)?;
            Some(Ratio { num: left.checked_add(right)?, den }.tidy())
        })
    }

    /// The difference.
    pub fn sub(self, other: Ratio) -> Option<Ratio> {
        self.add(other.neg()?)
    }

    /// The opposite.
    pub fn neg(self) -> Option<Ratio> {
        Some(Ratio { num: self.num.checked_neg()?, den: self.den })
    }

    /// The product.
    pub fn mul(self, other: Ratio) -> Option<Ratio> {
        let straight = |a: Ratio, b: Ratio| {
            Some(Ratio { num: a.num.checked_mul(b.num)?, den: a.den.checked_mul(b.den)? }.tidy())
        };
        straight(self, other).or_else(|| {
            // Shortened across: what one multiplies by the other may divide by.
            let left = Ratio { num: self.num, den: other.den }.shortened();
            let right = Ratio { num: other.num, den: self.den }.shortened();
            straight(left, right)
        })
    }

    /// The quotient; `None` by zero.
    pub fn div(self, other: Ratio) -> Option<Ratio> {
        self.mul(Ratio::new(other.den, other.num)?)
    }

    /// The largest whole number that is not above it.
    pub fn floor(self) -> i128 {
        self.num.div_euclid(self.den)
    }

    /// The smallest whole number that is not below it.
    pub fn ceil(self) -> i128 {
        let floor = self.floor();
        if self.num.rem_euclid(self.den) == 0 { floor } else { floor + 1 }
    }

    /// The whole number that a rounding mode makes of it.
    pub fn round(self, mode: Mode) -> i128 {
        let (floor, rest) = (self.num.div_euclid(self.den), self.num.rem_euclid(self.den));
        if rest == 0 {
            return floor;
        }
        // `rest` against what is missing to the next whole number.
        let half = rest.cmp(&(self.den - rest));
        let away = match mode {
            Mode::Up => true,
            Mode::Down => false,
            Mode::HalfUp => half != Ordering::Less && (self.num > 0 || half == Ordering::Greater),
            Mode::HalfDown => {
                half == Ordering::Greater || (half == Ordering::Equal && self.num < 0)
            }
            Mode::HalfEven => {
                half == Ordering::Greater || (half == Ordering::Equal && floor % 2 != 0)
            }
        };
        let upwards = match mode {
            // Away from zero and towards it are the floor's neighbours by sign.
            Mode::Up => self.num > 0,
            Mode::Down => self.num < 0,
            _ => away,
        };
        if upwards { floor + 1 } else { floor }
    }

    /// The exact decimal text, or twelve digits and `…` where it does not end.
    pub fn decimal(self) -> String {
        const MOST: u32 = 12;
        let short = self.shortened();
        let negative = short.num < 0;
        let whole = short.num.unsigned_abs() / short.den.unsigned_abs();
        let mut rest = short.num.unsigned_abs() % short.den.unsigned_abs();
        let mut text = format!("{}{whole}", if negative { "-" } else { "" });
        if rest == 0 {
            return text;
        }
        text.push('.');
        let mut digits = 0;
        while rest != 0 && digits < MOST {
            let Some(next) = rest.checked_mul(10) else { break };
            text.push_str(&(next / short.den.unsigned_abs()).to_string());
            rest = next % short.den.unsigned_abs();
            digits += 1;
        }
        if rest != 0 {
            text.push('…');
        }
        text
    }
}

fn cross_sum(a: Ratio, b: Ratio) -> Option<Ratio> {
    let left = a.num.checked_mul(b.den)?;
    let right = b.num.checked_mul(a.den)?;
    Some(Ratio { num: left.checked_add(right)?, den: a.den.checked_mul(b.den)? }.tidy())
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        if let (Ok(small), Ok(other)) = (u64::try_from(a), u64::try_from(b)) {
            return u128::from(gcd_short(small, other));
        }
        (a, b) = (b, a % b);
    }
    a
}

fn gcd_short(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Ratio) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ratio {}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Ratio) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Ratio) -> Ordering {
        if self.den == other.den {
            return self.num.cmp(&other.num);
        }
        if let (Some(left), Some(right)) =
            (self.num.checked_mul(other.den), other.num.checked_mul(self.den))
        {
            return left.cmp(&right);
        }
        // Whole parts first, then what is left, turned over: ends as Euclid's algorithm does.
        let (mut a, mut b, mut turned) = (*self, *other, false);
        loop {
            let order = a.floor().cmp(&b.floor());
            let (left, right) = (a.num.rem_euclid(a.den), b.num.rem_euclid(b.den));
            let order = match (order, left, right) {
                (Ordering::Equal, 0, 0) => Ordering::Equal,
                (Ordering::Equal, 0, _) => Ordering::Less,
                (Ordering::Equal, _, 0) => Ordering::Greater,
                (Ordering::Equal, _, _) => {
                    (a, b) = (Ratio { num: a.den, den: left }, Ratio { num: b.den, den: right });
                    turned = !turned;
                    continue;
                }
                (order, _, _) => order,
            };
            return if turned { order.reverse() } else { order };
        }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.decimal())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ratio(num: i128, den: i128) -> Ratio {
        Ratio::new(num, den).unwrap()
    }

    #[test]
    fn rounds_every_way() {
        let rounded = |num, mode| ratio(num, 2).round(mode);
        for (num, even, up, half_down, away, towards) in [
            (1, 0, 1, 0, 1, 0),
            (3, 2, 2, 1, 2, 1),
            (5, 2, 3, 2, 3, 2),
            (-1, 0, -1, 0, -1, 0),
            (-3, -2, -2, -1, -2, -1),
            (4, 2, 2, 2, 2, 2),
        ] {
            assert_eq!(rounded(num, Mode::HalfEven), even, "{num}/2 half-even");
            assert_eq!(rounded(num, Mode::HalfUp), up, "{num}/2 half-up");
            assert_eq!(rounded(num, Mode::HalfDown), half_down, "{num}/2 half-down");
            assert_eq!(rounded(num, Mode::Up), away, "{num}/2 up");
            assert_eq!(rounded(num, Mode::Down), towards, "{num}/2 down");
        }
        assert_eq!(ratio(34_721, 100_000).round(Mode::HalfEven), 0);
        assert_eq!(ratio(2_110_056, 100).round(Mode::HalfEven), 21_101);
    }

    #[test]
    fn what_does_not_fit_is_no_number() {
        let huge = Ratio::whole(i128::MAX);
        assert!(huge.add(Ratio::ONE).is_none());
        assert!(huge.mul(Ratio::whole(2)).is_none());
        assert_eq!(huge.div(Ratio::whole(i128::MAX)), Some(Ratio::ONE));
        assert!(Ratio::ONE.div(Ratio::ZERO).is_none());
        assert!(ratio(i128::MAX, 3) > ratio(i128::MAX - 1, 3));
        assert!(ratio(i128::MAX - 4, i128::MAX - 2) < ratio(i128::MAX - 1, i128::MAX));
    }

    #[test]
    fn prints_decimals() {
        assert_eq!(ratio(1, 8).to_string(), "0.125");
        assert_eq!(ratio(-10, 4).to_string(), "-2.5");
        assert_eq!(ratio(1, 3).to_string(), "0.333333333333…");
        assert_eq!(Ratio::of("12.50".parse().unwrap()).to_string(), "12.5");
    }

    proptest! {
        #[test]
        fn comparing_is_subtracting(a in -1_000_000_i128..1_000_000, b in 1_i128..10_000,
                                    c in -1_000_000_i128..1_000_000, d in 1_i128..10_000) {
            let (x, y) = (ratio(a, b), ratio(c, d));
            prop_assert_eq!(x.cmp(&y), (a * d).cmp(&(c * b)));
            let big = (1_i128 << 100) + 7;
            let (wide, same) = (x.mul(Ratio::whole(big)), y.mul(Ratio::whole(big)));
            if let (Some(wide), Some(same)) = (wide, same) {
                prop_assert_eq!(wide.cmp(&same), x.cmp(&y));
            }
            prop_assert_eq!(x.sub(y).unwrap().is_negative(), x < y);
            prop_assert_eq!(x.add(y).unwrap().sub(y).unwrap(), x);
            if c != 0 {
                prop_assert_eq!(x.mul(y).unwrap().div(y).unwrap(), x);
            }
        }

        #[test]
        fn rounding_is_within_one(a in -1_000_000_i128..1_000_000, b in 1_i128..10_000) {
            for (_, mode) in Mode::NAMES {
                let rounded = Ratio::whole(ratio(a, b).round(mode));
                let off = rounded.sub(ratio(a, b)).unwrap();
                prop_assert!(off < Ratio::ONE && off > Ratio::whole(-1));
            }
        }
    }
}
