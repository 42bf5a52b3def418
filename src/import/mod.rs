//! Other tools' histories → drafts of records.
//!
//! A reader takes the bytes of one file and gives a [`Draft`] for each incident in it, or says
//! with its place what is wrong; a bad file or incident never stops the others. Names follow from
//! the source, so that two people who import the same history make one.
//! [`merge`] brings what is new in a draft into a record that exists, and [`Summary`] counts what
//! a run found.

pub mod cstate;
mod draft;
mod merge;
pub mod statuspage;
mod summary;
mod text;
mod when;

pub use draft::{Draft, Imported, Options, source_of};
pub use merge::{combine, merge};
pub use summary::{Counts, Summary};
