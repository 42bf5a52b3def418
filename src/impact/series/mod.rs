//! Metric series: counts by time and dimension, read as a stream.
//!
//! A file is long: one row for each time and each combination of dimensions. Which column is what
//! says a [`Mapping`]; columns are found by name. Counts are added up in bins of time, in all and
//! by each value of each dimension, so that memory follows the dimensions and never the file.

mod cells;
pub(super) mod count;
pub(super) mod lines;
mod mapping;
mod read;
pub(super) mod time;

pub(crate) use cells::PARTS;
pub use cells::{Cell, Measure, Slice};
pub use mapping::{Mapping, Reason, ValueOf};
pub use read::{Ask, SeriesError, read};

/// What was read.
#[derive(Debug)]
pub struct Series {
    /// Length of a bin in seconds.
    pub width: i64,
    /// How far apart rows are, in seconds: nine in ten times are no farther.
    pub spacing: Option<i64>,
    /// The measures that the file has.
    pub measures: Vec<Measure>,
    /// Every row of the file, counted by time alone: where it says nothing at all.
    pub presence: Slice,
    /// What is asked for, in all.
    pub total: Slice,
    /// By dimension and value, in order.
    pub parts: Vec<Part>,
    /// What was met on the way.
    pub notes: Notes,
    /// The zone of times without an offset.
    pub zone: chrono_tz::Tz,
}

/// One value of one dimension.
#[derive(Debug)]
pub struct Part {
    /// The dimension: `region`.
    pub dimension: String,
    /// Its value: `MX-CMX`.
    pub value: String,
    /// Its counts.
    pub slice: Slice,
}

/// What was met on the way through a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notes {
    /// Rows below the header.
    pub rows: u64,
    /// Rows that were added up.
    pub counted: u64,
    /// Rows about something else than what was asked for.
    pub others: u64,
    /// Rows before the history that is looked at, and after the time that is.
    pub before: u64,
    /// Rows after it.
    pub after: u64,
    /// Rows that could not be read.
    pub bad: u64,
    /// The first of them: the line and why.
    pub first_bad: Vec<(u64, String)>,
    /// Rows whose time had no offset: the mapping's zone was taken.
    pub without_offset: u64,
    /// Rows in an hour that the clocks had twice: the first was taken.
    pub twice: u64,
    /// Rows with more successes than attempts: as many attempts were taken.
    pub above: u64,
    /// Rows that repeat the row before them.
    pub repeated: u64,
    /// Reasons that are in no table, with how often: counted as technical.
    pub unknown_reasons: Vec<(String, u64)>,
    /// First and last second of the rows.
    pub span: Option<(i64, i64)>,
}
