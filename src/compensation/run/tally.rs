//! What a run adds up to, block by block, in numbers that do not wrap.

use std::collections::{BTreeMap, HashMap};

use crate::compensation::evidence::ProblemKind;

/// Segments that are told apart; customers of further ones are counted together.
const MOST_SEGMENTS: usize = 200;

/// Segments that are looked for one by one before a map is faster.
const FEW: usize = 24;

/// The name under which further segments are counted.
pub const OTHER_SEGMENTS: &str = "(others)";

/// How many, and how much in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// How many awards.
    pub awards: u64,
    /// Their sum in minor units; of days and points in those.
    pub total: i128,
}

impl Count {
    #[inline]
    fn add(&mut self, minor: i64) {
        self.awards += 1;
        self.total += i128::from(minor);
    }

    fn join(&mut self, other: Count) {
        self.awards += other.awards;
        self.total += other.total;
    }
}

/// The awards of one form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FormTally {
    /// All of them.
    pub all: Count,
    /// The sum of tax.
    pub tax: i128,
    /// The largest.
    pub largest: i64,
    /// By rule, in the policy's order: the part that each gives.
    pub rules: Vec<Count>,
    /// By segment, as [`Tally::segments`] lists them.
    pub segments: Vec<Count>,
    /// By size: award `n` of [`bands`] counts what is at most that, and the last what is more.
    pub bands: Vec<Count>,
}

/// Counts of some rows.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Rows that could be read.
    pub customers: u64,
    /// Customers who get something.
    pub awarded: u64,
    /// Customers who get nothing, by the place of the rule that says why.
    pub excluded: BTreeMap<usize, u64>,
    /// Customers about whom no rule says anything, or for whom it comes to nothing.
    pub nothing: u64,
    /// Rows put aside, by kind.
    pub rejected: BTreeMap<ProblemKind, u64>,
    /// By form, in the policy's order.
    pub forms: Vec<FormTally>,
    /// The segments, in the order in which the evidence names them.
    pub segments: Vec<String>,
    by_segment: HashMap<String, usize>,
    last_segment: usize,
}

/// Upper ends of bands in minor units: 1, 2, 5, 10, 20, 50 …
pub fn bands() -> impl Iterator<Item = i64> {
    let powers = (0..18).map(|n| 10_i64.pow(n));
    powers.flat_map(|power| [power, power * 2, power * 5])
}

/// The band of an amount.
#[inline]
fn band(minor: i64) -> usize {
    let Ok(amount) = u64::try_from(minor) else { return 0 };
    let Some(power) = amount.saturating_sub(1).checked_ilog10() else { return 0 };
    let unit = 10_u64.pow(power);
    let within = match () {
        () if amount <= 2 * unit => 1,
        () if amount <= 5 * unit => 2,
        () => 3,
    };
    (3 * power as usize + within).min(54)
}

/// One award as it is counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'c> {
    /// The place of its form.
    pub form: usize,
    /// The amount in minor units.
    pub minor: i64,
    /// The tax in it, or on top of it.
    pub tax: i64,
    /// The part of each rule, by its place.
    pub parts: &'c [(u16, i64)],
}

impl Tally {
    /// Nothing yet, of so many forms and rules.
    pub fn new(forms: usize, rules: usize) -> Tally {
        let form = || FormTally {
            rules: vec![Count::default(); rules],
            bands: vec![Count::default(); 55],
            ..FormTally::default()
        };
        Tally { forms: std::iter::repeat_with(form).take(forms).collect(), ..Tally::default() }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        let (forms, rules) = (self.forms.len(), self.forms.first().map_or(0, |f| f.rules.len()));
        *self = Tally::new(forms, rules);
    }

    /// The place of a segment.
    pub fn segment(&mut self, name: &str) -> usize {
        if self.segments.get(self.last_segment).is_some_and(|last| last == name) {
            return self.last_segment;
        }
        let known = if self.segments.len() <= FEW {
            self.segments.iter().position(|segment| segment == name)
        } else {
            self.by_segment.get(name).copied()
        };
        let place = known.unwrap_or_else(|| self.new_segment(name));
        self.last_segment = place;
        place
    }

    #[cold]
    fn new_segment(&mut self, name: &str) -> usize {
        let others = self.segments.len() >= MOST_SEGMENTS;
        if others && let Some(place) = self.by_segment.get(OTHER_SEGMENTS) {
            return *place;
        }
        let name = if others { OTHER_SEGMENTS } else { name };
        let place = self.segments.len();
        self.segments.push(name.to_owned());
        self.by_segment.insert(name.to_owned(), place);
        place
    }

    /// Counts an award; `segment` where the evidence has segments.
    #[inline]
    pub fn add(&mut self, award: Counted<'_>, segment: Option<usize>) {
        let Some(form) = self.forms.get_mut(award.form) else { return };
        form.all.add(award.minor);
        form.tax += i128::from(award.tax);
        form.largest = form.largest.max(award.minor);
        for (rule, part) in award.parts {
            if let Some(count) = form.rules.get_mut(usize::from(*rule)) {
                count.add(*part);
            }
        }
        if let Some(count) = form.bands.get_mut(band(award.minor)) {
            count.add(award.minor);
        }
        if let Some(place) = segment {
            if form.segments.len() <= place {
                form.segments.resize(place + 1, Count::default());
            }
            if let Some(count) = form.segments.get_mut(place) {
                count.add(award.minor);
            }
        }
    }

    /// Adds what another one counted, whose rows come later.
    pub fn join(&mut self, other: &Tally) {
        self.customers += other.customers;
        self.awarded += other.awarded;
        self.nothing += other.nothing;
        for (rule, count) in &other.excluded {
            *self.excluded.entry(*rule).or_default() += count;
        }
        for (kind, count) in &other.rejected {
            *self.rejected.entry(*kind).or_default() += count;
        }
        let places: Vec<usize> = other.segments.iter().map(|name| self.segment(name)).collect();
        for (own, theirs) in self.forms.iter_mut().zip(&other.forms) {
            own.all.join(theirs.all);
            own.tax += theirs.tax;
            own.largest = own.largest.max(theirs.largest);
            for (own, theirs) in own.rules.iter_mut().zip(&theirs.rules) {
                own.join(*theirs);
            }
            for (own, theirs) in own.bands.iter_mut().zip(&theirs.bands) {
                own.join(*theirs);
            }
            for (count, place) in theirs.segments.iter().zip(&places) {
                if own.segments.len() <= *place {
                    own.segments.resize(place + 1, Count::default());
                }
                if let Some(own) = own.segments.get_mut(*place) {
                    own.join(*count);
                }
            }
        }
    }

    /// All awards.
    pub fn awards(&self) -> u64 {
        self.forms.iter().map(|form| form.all.awards).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bands_go_up_in_ones_twos_and_fives() {
        let ends: Vec<i64> = bands().collect();
        assert_eq!(ends[..6], [1, 2, 5, 10, 20, 50]);
        for (minor, end) in
            [(1, 1), (2, 2), (3, 5), (5, 5), (6, 10), (10, 10), (11, 20), (101, 200)]
        {
            assert_eq!(ends[band(minor)], end, "{minor}");
        }
        assert_eq!((band(0), band(i64::MAX), ends.len()), (0, 54, 54));
    }

    #[test]
    fn segments_keep_their_places_and_are_bounded() {
        let mut tally = Tally::new(1, 0);
        for n in 0..MOST_SEGMENTS + 50 {
            assert_eq!(tally.segment(&format!("s{n}")), n.min(MOST_SEGMENTS));
        }
        assert_eq!(tally.segment("s7"), 7);
        assert_eq!(tally.segments.len(), MOST_SEGMENTS + 1);
        assert_eq!(tally.segments.last().unwrap(), OTHER_SEGMENTS);
    }

    proptest! {
        #[test]
        fn parts_counted_apart_are_the_whole(
            rows in proptest::collection::vec((0_i64..100_000, 0_usize..3, 0_u16..2), 0..60),
            cut in 0_usize..60,
        ) {
            let count = |rows: &[(i64, usize, u16)]| {
                let mut tally = Tally::new(1, 2);
                for (minor, segment, rule) in rows {
                    let place = tally.segment(["a", "b", "c"][*segment]);
                    let parts = [(*rule, *minor)];
                    tally.add(Counted { form: 0, minor: *minor, tax: 0, parts: &parts }, Some(place));
                }
                tally
            };
            let (first, second) = rows.split_at(cut.min(rows.len()));
            let mut joined = count(first);
            joined.join(&count(second));
            let whole = count(&rows);
            prop_assert_eq!(&joined.segments, &whole.segments);
            prop_assert_eq!(joined.forms, whole.forms);
        }
    }
}
