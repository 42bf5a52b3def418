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
pub mod communication;
pub mod decision;
pub mod history;
pub mod impact;
pub mod incident;
pub mod review;
pub mod timing;
pub mod yaml;

// Layer 2: what the standard makes of records, and all records side by side.
pub mod facts;
pub mod register;
pub mod sample;
pub mod standard;

// Layer 3: questions over the register.
pub mod check;
pub mod reports;

// Layer 4: text to text, data to bytes.
pub mod edit;
pub mod import;
pub mod render;

// Layer 5: the only files and the only git.
pub mod store;

// Layer 6: the command line.
pub mod cli;
