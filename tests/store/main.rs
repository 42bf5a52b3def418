//! The store on real disks and real repositories.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;
mod crowd;
mod live;
mod reading;
mod refusals;
mod sharing;
mod speed;
mod undo;
mod writing;
