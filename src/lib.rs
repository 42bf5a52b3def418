//! Incident management as code.
//!
//! `inc` reads and writes YAML incident records in a git repository, measures them against a
//! company's standard (TOML decision tables) and renders what people need. The modules below
//! stand in reading order: each uses only those above it (`docs/architecture.md` has the table,
//! `tests/architecture.rs` keeps it true).
//!
//! Data goes one way: bytes → raw → valid record + standard → facts → decisions and reports →
//! renderer → bytes. A write goes record → edit → checked text → store.

#![cfg_attr(
    not(test),
    warn(
        clippy::disallowed_methods,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

// Layer 0: no module of ours.
pub mod units;
pub mod diag;

// Layer 1: the domain, pure.
pub mod yaml;
pub mod sensitive;
pub mod decision;
pub mod incident;
pub mod history;
pub mod approval;
pub mod impact;
pub mod timing;
pub mod communication;
pub mod review;
pub mod compensation;
pub mod ledger;
pub mod spc;
pub mod alike;

// Layer 2: what the standard makes of records, and all records side by side.
pub mod facts;
pub mod standard;
pub mod register;
pub mod sample;

// Layer 3: questions over the register.
pub mod reports;
pub mod check;

// Layer 4: text to text, data to bytes.
pub mod import;
pub mod edit;
pub mod merge;
pub mod sql;
pub mod render;

// Layer 5: the only files and the only git; the only network.
pub mod store;
pub mod send;

// Layer 6: the command line.
pub mod cli;
