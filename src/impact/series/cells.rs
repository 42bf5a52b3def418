/// What a file counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Transactions attempted.
    Attempted,
    /// Transactions that succeeded.
    Succeeded,
    /// Declined for business reasons.
    DeclinedBusiness,
    /// Failed for technical ones.
    DeclinedTechnical,
    /// Their value, in ten-thousandths of the currency's unit.
    Value,
}

impl Measure {
    /// All of them.
    pub const ALL: [Measure; 5] = [
        Measure::Attempted,
        Measure::Succeeded,
        Measure::DeclinedBusiness,
        Measure::DeclinedTechnical,
        Measure::Value,
    ];
}

/// How many parts of one unit of money a value counts.
pub(crate) const PARTS: i64 = 10_000;

/// The sums of one bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// Rows that were added up.
    pub rows: u32,
    counts: [i64; 5],
}

impl Cell {
    /// One of its sums.
    pub fn get(&self, measure: Measure) -> i64 {
        self.counts[measure as usize]
    }

    pub(super) fn add(&mut self, counts: &[i64; 5]) {
        self.rows = self.rows.saturating_add(1);
        for (sum, count) in self.counts.iter_mut().zip(counts) {
            *sum = sum.saturating_add(*count);
        }
    }

    fn join(&mut self, other: &Cell) {
        self.rows = self.rows.saturating_add(other.rows);
        for (sum, count) in self.counts.iter_mut().zip(&other.counts) {
            *sum = sum.saturating_add(*count);
        }
    }
}

/// Sums by bins of time, held by days: days without rows take no room.
#[derive(Debug, Clone, Default)]
pub struct Slice {
    days: Vec<(i64, Box<[Cell]>)>,
    /// The day of the last row, which is mostly that of the next.
    last: usize,
}

impl Slice {
    /// The bin of a moment, made where it is not there yet; also whether a day was made.
    pub(super) fn cell(&mut self, second: i64, width: i64) -> (Option<&mut Cell>, bool) {
        let day = second.div_euclid(86_400);
        let mut made = false;
        if self.days.get(self.last).is_none_or(|(d, _)| *d != day) {
            self.last = match self.days.binary_search_by_key(&day, |(d, _)| *d) {
                Ok(place) => place,
                Err(place) => {
                    let bins = usize::try_from(86_400 / width.max(1)).unwrap_or(1).max(1);
                    self.days.insert(place, (day, vec![Cell::default(); bins].into()));
                    made = true;
                    place
                }
            };
        }
        let bin = usize::try_from(second.rem_euclid(86_400) / width.max(1)).unwrap_or(0);
        (self.days.get_mut(self.last).and_then(|(_, cells)| cells.get_mut(bin)), made)
    }

    /// Every bin that holds rows, with the second at which it begins, in order of time.
    pub fn cells(&self, width: i64) -> impl Iterator<Item = (i64, &Cell)> {
        self.days.iter().flat_map(move |(day, cells)| {
            let begins = (0_i64..).map(move |bin| day * 86_400 + bin * width);
            begins.zip(cells.iter()).filter(|(_, cell)| cell.rows > 0)
        })
    }

    /// Whether no row was added.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// Adds another's sums.
    pub(super) fn join(&mut self, other: &Slice) {
        for (day, cells) in &other.days {
            match self.days.binary_search_by_key(day, |(d, _)| *d) {
                Ok(place) => {
                    let own = self.days.get_mut(place).into_iter().flat_map(|(_, c)| c.iter_mut());
                    own.zip(cells).for_each(|(own, other)| own.join(other));
                }
                Err(place) => self.days.insert(place, (*day, cells.clone())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_a_file_add_up_in_any_order() {
        let fill = |rows: &[(i64, i64)]| {
            let mut slice = Slice::default();
            for (second, count) in rows {
                slice.cell(*second, 300).0.unwrap().add(&[*count, 0, 0, 0, 0]);
            }
            slice
        };
        let all = |slice: &Slice| -> Vec<(i64, u32, i64)> {
            let cells = slice.cells(300);
            cells.map(|(at, c)| (at, c.rows, c.get(Measure::Attempted))).collect()
        };
        let (a, b) = ([(90_000, 1), (10, 2)], [(310, 3), (20, 4)]);
        let mut left = fill(&a);
        left.join(&fill(&b));
        let mut right = fill(&b);
        right.join(&fill(&a));
        assert_eq!(all(&left), [(0, 2, 6), (300, 1, 3), (90_000, 1, 1)]);
        assert_eq!(all(&left), all(&right));
    }
}
