//! Compensation: who is owed how much, under which clause, to the last minor unit.

pub mod evidence;
pub mod run;
