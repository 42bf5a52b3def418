//! Questions over records, answered as plain data; a renderer adds no figure.

pub mod assessment;
pub mod context;
mod period;
mod weekly;

pub use assessment::{Assessment, ClockState, TargetClock};
pub use period::{NoPeriod, Period};
pub use weekly::weekly;
