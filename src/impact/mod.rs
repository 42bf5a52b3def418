//! Impact in time: its windows, how heavy they were, how long a failure was sustained.
//!
//! Each window of impact is a period of the record; where none is recorded, the clocks make one.
//! Overlapping windows count once. All functions are pure in (record, now).
//!
//! Impact in numbers: [`series`] reads counts by time, [`estimate`] says what they would have been,
//! [`customers`] counts who was affected.

pub mod customers;
pub mod estimate;
pub mod series;

mod assumed;
mod burn;
mod failing;
mod grids;
mod level;
mod measure;
mod parameters;
mod periods;
mod propose;
mod window;

pub use burn::{BurnRule, alerts_a_day, burn_rules, detected_after, exhausted_after};
pub use failing::{Sustained, degraded_minutes, shares, sustained, weighed_minutes};
pub use grids::{Grids, HISTORY_SECONDS};
pub use level::{
    Step, allowed, allowed_failures, available, budget_used, burn_rate, burn_rate_for, credit,
    in_parallel, in_series, mean_time, time_between, within, without,
};
pub use measure::{
    Figures, Guess, Line, Measurement, Moment, Question, Share, Unmeasurable, measure,
};
pub use parameters::{METHOD, Parameters, differences, money, note, note_periods, transactions};
pub use periods::{ImpactWindow, first_start, last_restore, windows};
pub use propose::{Proposal, Stretch};
pub use window::{Window, longest, total, union};
