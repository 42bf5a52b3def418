//! Control charts: individuals with moving ranges, counts, EWMA and CUSUM.

use super::{mean, normal::root};
use crate::units::Decimal;

/// A chart of single values and of the ranges between neighbours (XmR).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Individuals {
    /// Mean of the values.
    pub centre: Decimal,
    /// Mean of the moving ranges.
    pub mean_range: Decimal,
    /// Mean range over d2.
    pub sigma: Decimal,
    /// Centre and three sigma.
    pub upper: Decimal,
    /// Centre less three sigma.
    pub lower: Decimal,
    /// Differences of neighbours, without sign: one less than there are values.
    pub ranges: Vec<Decimal>,
    /// Upper limit of the ranges: D4 = 3.267 times their mean.
    pub range_upper: Decimal,
}

/// d2 of pairs: the mean range of two draws, in sigmas.
const D2: Decimal = Decimal::from_parts(1_128, 0, 0, false, 3);
/// D4 of pairs.
const D4: Decimal = Decimal::from_parts(3_267, 0, 0, false, 3);
const THREE: Decimal = Decimal::from_parts(3, 0, 0, false, 0);

/// The individuals chart; none of fewer than two values.
pub fn individuals(values: &[Decimal]) -> Option<Individuals> {
    let pairs = values.iter().zip(values.iter().skip(1));
    let ranges: Option<Vec<Decimal>> = pairs.map(|(a, b)| Some(b.checked_sub(*a)?.abs())).collect();
    let ranges = ranges?;
    let (centre, mean_range) = (mean(values)?, mean(&ranges)?);
    let sigma = mean_range.checked_div(D2)?;
    let width = sigma.checked_mul(THREE)?;
    Some(Individuals {
        centre,
        mean_range,
        sigma,
        upper: centre.checked_add(width)?,
        lower: centre.checked_sub(width)?,
        ranges,
        range_upper: mean_range.checked_mul(D4)?,
    })
}

impl Individuals {
    /// Places of the values beyond the limits; one on a limit is within.
    pub fn beyond(&self, values: &[Decimal]) -> Vec<usize> {
        let outside = |(_, value): &(usize, &Decimal)| **value > self.upper || **value < self.lower;
        values.iter().enumerate().filter(outside).map(|(place, _)| place).collect()
    }
}

/// A chart of counts of rare events (c chart).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// Mean of the counts.
    pub centre: Decimal,
    /// Centre and three times its root.
    pub upper: Decimal,
    /// Centre less three times its root, zero at least.
    pub lower: Decimal,
}

/// The chart of counts; none of nothing.
pub fn counts(values: &[Decimal]) -> Option<Counts> {
    let centre = mean(values)?;
    let width = root(centre)?.checked_mul(THREE)?;
    Some(Counts {
        centre,
        upper: centre.checked_add(width)?,
        lower: centre.checked_sub(width)?.max(Decimal::ZERO),
    })
}

/// An exponentially weighted moving average: slow drifts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ewma {
    /// The average after each value.
    pub series: Vec<Decimal>,
    /// Half the distance of the limits at each value: they widen towards the asymptote.
    pub half_widths: Vec<Decimal>,
    /// Half the distance of the limits in the long run.
    pub asymptote: Decimal,
    /// The centre.
    pub centre: Decimal,
}

/// The EWMA chart with weight `lambda` (0 < λ ≤ 1) and limits `l` sigmas wide.
pub fn ewma(
    values: &[Decimal],
    centre: Decimal,
    sigma: Decimal,
    lambda: Decimal,
    l: Decimal,
) -> Option<Ewma> {
    if lambda <= Decimal::ZERO || lambda > Decimal::ONE {
        return None;
    }
    let keep = Decimal::ONE.checked_sub(lambda)?;
    let in_the_long_run = lambda.checked_div(Decimal::TWO.checked_sub(lambda)?)?;
    let width = |share: Decimal| {
        root(share.checked_mul(in_the_long_run)?)?.checked_mul(sigma)?.checked_mul(l)
    };
    let (mut average, mut kept) = (centre, Decimal::ONE);
    let (mut series, mut half_widths) = (Vec::new(), Vec::new());
    for value in values {
        // Digits beyond the twentieth are nothing, and would fill the decimal in a few steps.
        let step = lambda.checked_mul(*value)?.checked_add(keep.checked_mul(average)?)?;
        average = step.round_dp(20);
        kept = kept.checked_mul(keep)?.checked_mul(keep)?.round_dp(24);
        series.push(average);
        half_widths.push(width(Decimal::ONE.checked_sub(kept)?)?);
    }
    Some(Ewma { series, half_widths, asymptote: width(Decimal::ONE)?, centre })
}

impl Ewma {
    /// Places of the averages beyond their own limits.
    pub fn beyond(&self) -> Vec<usize> {
        let pairs = self.series.iter().zip(&self.half_widths).enumerate();
        let outside = pairs.filter(|(_, (average, half))| (**average - self.centre).abs() > **half);
        outside.map(|(place, _)| place).collect()
    }
}

/// Cumulative sums: small lasting shifts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cusum {
    /// Sum of what lay above the target and the slack.
    pub high: Vec<Decimal>,
    /// Sum of what lay below the target and the slack.
    pub low: Vec<Decimal>,
    /// Sum of all distances from the target.
    pub sum: Vec<Decimal>,
    /// Places where one of the first two passes the decision limit; it is not reset.
    pub signals: Vec<usize>,
}

/// The tabular CUSUM with slack `k` and decision limit `h`, in the values' unit.
pub fn cusum(values: &[Decimal], target: Decimal, k: Decimal, h: Decimal) -> Option<Cusum> {
    let mut chart =
        Cusum { high: Vec::new(), low: Vec::new(), sum: Vec::new(), signals: Vec::new() };
    let (mut high, mut low, mut sum) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for (place, value) in values.iter().enumerate() {
        let off = value.checked_sub(target)?;
        high = high.checked_add(off)?.checked_sub(k)?.max(Decimal::ZERO);
        low = low.checked_sub(off)?.checked_sub(k)?.max(Decimal::ZERO);
        sum = sum.checked_add(off)?;
        chart.high.push(high);
        chart.low.push(low);
        chart.sum.push(sum);
        if high > h || low > h {
            chart.signals.push(place);
        }
    }
    Some(chart)
}
