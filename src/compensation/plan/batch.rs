//! Many rows at once.

use super::Compiled;
use super::award::{Outcome, RowFault};
use crate::compensation::columns::Row;

/// How many rows are evaluated together.
pub const ROWS: usize = 1_024;

/// Rows on their way through a compiled policy: push them, [`Batch::run`], read the outcomes.
#[derive(Debug)]
pub struct Batch<'c> {
    compiled: &'c Compiled,
    outcomes: Vec<Outcome>,
    faults: Vec<Option<RowFault>>,
    filled: usize,
}

impl Compiled {
    /// Room for rows of this policy, to be used again and again.
    pub fn batch(&self) -> Batch<'_> {
        Batch {
            compiled: self,
            outcomes: vec![Outcome::default(); ROWS],
            faults: vec![None; ROWS],
            filled: 0,
        }
    }
}

impl Batch<'_> {
    /// Adds a row; `false` says that the batch is full and the row was not taken.
    pub fn push(&mut self, row: Row<'_>) -> bool {
        let at = self.filled;
        let (Some(outcome), Some(fault)) = (self.outcomes.get_mut(at), self.faults.get_mut(at))
        else {
            return false;
        };
        *fault = self.compiled.award_into(row, outcome).err();
        self.filled += 1;
        true
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.filled
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Evaluates the rows.
    pub fn run(&mut self) {}

    /// What became of a row.
    ///
    /// # Errors
    /// Why the row has no award.
    pub fn outcome(&self, row: usize) -> Result<&Outcome, RowFault> {
        static NOTHING: Outcome = Outcome::NOTHING;
        match self.faults.get(row) {
            Some(Some(fault)) => Err(*fault),
            _ => Ok(self.outcomes.get(row).unwrap_or(&NOTHING)),
        }
    }

    /// Takes the rows out.
    pub fn clear(&mut self) {
        self.filled = 0;
    }
}
