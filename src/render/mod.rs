//! Data to bytes: templates, tables, CSV, JSON.
//!
//! A renderer adds no figure: what it prints was computed before. Typed contexts of the domain
//! ([`crate::communication`], [`crate::review`]) become words and figures of one language here
//! (`message`, `review`, `weekly` through [`locale`]), and a template puts them in order.

pub mod actions;
pub mod audit;
pub mod conflict;
pub mod chart;
pub mod comms;
pub mod conformance;
pub mod csv;
pub mod dashboard;
pub mod escape;
pub mod export;
pub mod felt;
pub mod findings;
pub mod history;
mod holding;
pub mod impact;
pub mod import;
pub mod incident;
pub mod json;
pub mod ledger;
pub mod locale;
pub mod mail;
pub mod markdown;
pub mod message;
pub mod outlook;
pub mod parcel;
#[cfg(feature = "parquet")]
mod parquet;
pub mod pages;
pub mod paid;
pub mod payrun;
pub mod preview;
pub mod problems;
pub mod regulatory;
pub mod replay;
pub mod client_rca;
pub mod review;
pub mod review_summary;
pub mod rows;
pub mod sheets;
pub mod sla;
pub mod standard;
pub mod table;
pub mod templates;
pub mod weekly;
pub mod weekly_json;
pub mod what_if;
pub mod words;

pub use escape::{Escape, terminal_safe};
pub use holding::holding_fact;
pub use locale::{Language, Locale};
pub use message::message;
#[cfg(feature = "parquet")]
pub use parquet::as_parquet;
pub use review::review;
pub use table::{Align, Cell, Surface, Table};
pub use templates::Templates;
pub use weekly::weekly;
