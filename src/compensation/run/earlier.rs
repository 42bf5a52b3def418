//! What customers were given before, for limits over a rolling period.

use std::collections::HashMap;
use std::io;

use crate::units::Span;

/// Knows what each customer was given before, part by part of all customers.
pub trait Earlier {
    /// In how many parts it is asked; what is known of one part fits into the memory.
    fn parts(&self) -> usize;

    /// Which part a customer belongs to.
    fn part_of(&self, customer: &str) -> usize;

    /// What the customers of a part were given within the period, in minor units.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    fn given(&self, part: usize, period: Span) -> io::Result<HashMap<String, i64>>;
}

/// Nobody was given anything, as far as is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoEarlier;

impl Earlier for NoEarlier {
    fn parts(&self) -> usize {
        1
    }

    fn part_of(&self, _customer: &str) -> usize {
        0
    }

    fn given(&self, _part: usize, _period: Span) -> io::Result<HashMap<String, i64>> {
        Ok(HashMap::new())
    }
}
