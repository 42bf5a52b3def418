/// Half-open ranges of segments, ascending, not touching.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(in crate::decision) struct Segments(pub(in crate::decision) Vec<(u32, u32)>);

impl Segments {
    pub(in crate::decision) fn new(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.retain(|(a, b)| a < b);
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (a, b) in ranges {
            match merged.last_mut() {
                Some((_, end)) if *end >= a => *end = (*end).max(b),
                _ => merged.push((a, b)),
            }
        }
        Segments(merged)
    }

    pub(in crate::decision) fn has(&self, segment: u32) -> bool {
        let after = self.0.partition_point(|(a, _)| *a <= segment);
        after > 0 && segment < self.0[after - 1].1
    }

    /// How many of `low..high` belong to it.
    pub(in crate::decision) fn count(&self, low: u32, high: u32) -> u32 {
        let from = self.0.partition_point(|(_, b)| *b <= low);
        let inside = self.0[from..].iter().take_while(|(a, _)| *a < high);
        inside.map(|(a, b)| (*b).min(high) - (*a).max(low)).sum()
    }

    pub(in crate::decision) fn minus(&self, high: u32) -> Segments {
        // The complement within `0..high`.
        let mut rest = Vec::with_capacity(self.0.len() + 1);
        let mut at = 0;
        for (a, b) in &self.0 {
            rest.push((at, (*a).min(high)));
            at = (*b).min(high);
        }
        rest.push((at, high));
        Segments::new(rest)
    }

    pub(in crate::decision) fn and(&self, other: &Segments) -> Segments {
        let (mut i, mut j, mut both) = (0, 0, Vec::new());
        while i < self.0.len() && j < other.0.len() {
            let ((a, b), (c, d)) = (self.0[i], other.0[j]);
            both.push((a.max(c), b.min(d)));
            if b < d {
                i += 1;
            } else {
                j += 1;
            }
        }
        Segments::new(both)
    }
}
