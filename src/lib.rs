//! Incident management as code.
//!
//! `inc` reads and writes YAML incident records in a git repository, measures them against a
//! company's standard (TOML decision tables) and renders what people need. The modules below
//! stand in reading order: each uses only those above it (`docs/architecture.md` has the table,
//! `tests/architecture.rs` keeps it true).
//!
//! Data goes one way: bytes → raw → valid record + standard → facts → decisions and reports →
//! renderer → bytes. A write goes record → edit → checked text → store.

// Layer 0: no module of ours.
pub mod diag;
pub mod units;

// Layer 1: the domain, pure.
pub mod decision;
pub mod yaml;

pub mod incident;

pub mod impact;
pub mod timing;

// Layer 2: what records and the standard mean.
pub mod facts;
pub mod standard;
