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
pub mod yaml;

pub mod communication;
pub mod history;
pub mod incident;
pub mod review;

// Layer 2: the standard's and the workspace's view of records.
pub mod register;

// Layer 4: data to bytes.
pub mod render;
