//! Impact in time: its windows, how heavy they were, how long a failure was sustained.
//!
//! Each window of impact is a period of the record; where none is recorded, the clocks make one.
//! Overlapping windows count once. All functions are pure in (record, now).

mod failing;
mod periods;
mod window;

pub use failing::{Sustained, degraded_minutes, shares, sustained, weighed_minutes};
pub use periods::{ImpactWindow, first_start, last_restore, windows};
pub use window::{Window, longest, total, union};
