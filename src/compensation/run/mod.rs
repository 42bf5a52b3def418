//! A policy over the evidence.

mod doubles;
mod lanes;
mod spill;
mod spread;

pub use doubles::*;
pub use lanes::*;
pub use spread::*;
pub use spill::{Memory, Spill, Spilled};
