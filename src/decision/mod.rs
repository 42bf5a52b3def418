//! Decision tables: the one notation in which every policy is written (OMG DMN 1.5, S-FEEL).
//!
//! [`load`] reads tables from TOML and checks them, [`decide`] answers from a [`FactSet`],
//! [`Graph`] decides tables that take each other's outputs. A [`Decision`] explains itself: rule
//! by rule, cell by cell.
//!
//! Unknown facts are never zero. A decision is *decided* when every completion of the unknown
//! facts gives the same output, and *open* otherwise; one definition for every hit policy.

mod answer;
mod axis;
mod boxes;
mod chain;
mod decide;
mod explain;
mod facts;
mod load;
mod outlook;
mod plan;
mod prove;
mod shortlist;
mod space;
mod table;
mod types;
mod unary;
mod value;

pub use chain::{Cycle, Decisions, Graph};
pub use decide::{Answer, Decision, Entry, MAX_BOXES, Status, decide, decide_asked, decide_each};
pub use explain::{TraceCell, TraceRule};
pub use facts::{
    Fact, FactSet, Known, ListItems, MAX_FACTS_BYTES, Names, Origin, facts_from_json,
    misspelt_facts,
};
pub use load::{
    Catalogue, InputSpec, Loaded, MAX_TABLE_BYTES, NoFacts, PartTable, TableFile, Tightening, load,
    load_all, load_parts, load_tightening,
};
pub use outlook::{MAX_OUTCOMES, Outlook, Possible};
pub use prove::{BoxSide, Finding, IsStricter, MAX_REPORTED, Proof, looser, prove};
pub use table::{Condition, Hit, Impossible, Input, Output, Rule, Stricter, Table};
pub use types::{Enumeration, Type};
pub use unary::{Item, Op, Test, TestError};
pub use value::Value;

#[cfg(test)]
mod tests;
