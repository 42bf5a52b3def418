//! Compensation: who is owed what after an incident, to the cent, and why.
//!
//! A [`Policy`] is data: columns, amounts in a typed language, three decision tables. Compiled
//! for one incident ([`Policy::compile`]) it says what each row of the evidence is awarded.

mod amount;
mod columns;
mod plan;
mod policy;

pub use amount::{
    Amount, AmountError, Compare, DayCount, Fault, Kind, Mode, Parameter, Ratio, WorkDays,
};
pub use columns::{CUSTOMER, Cell, CellError, Column, ColumnType, Columns, Row};
pub use plan::{
    Asked, Award, Batch, Compiled, Limit, NotYet, Outcome, Part, ROWS, RowFault, RuleSet,
    RuleWorking, Setting, Step, Working, award_text,
};
pub use policy::{
    AtLimit, Basis, Booking, Combine, Eligibility, FORMS, FUNDING, Form, FormUnit, LimitKind,
    LimitRule, Policy, Rounding, RuleAward, Tax, Written, load,
};
