//! Evidence: who was harmed, and how much, a row a customer, as somebody else's system wrote it.
//!
//! The file is hostile until read otherwise. Nothing is guessed and nothing altered: a cell is a
//! value of its column in the plain notation, or its row is a bad row with its line, its column and
//! what would be right.

mod blocks;
mod cells;
mod fields;
mod identity;
mod opened;
mod problem;
mod sheet;

pub use blocks::{BLOCK, Block, Blocks, Ending, LONGEST_RECORD};
pub use identity::{BadId, LONGEST_ID};
pub use opened::{Digested, unpacked};
pub use problem::{Problem, ProblemKind, shown};
pub use sheet::{Customer, EMPLOYEE, Record, SEGMENT, Scratch, Sheet};
