//! The post-incident review: what its document states, and how it is brought up to date.
//!
//! `pir.md` is written once from a template and then belongs to people. Only what stands between
//! `<!-- inc:impact -->` and `<!-- /inc:impact -->` (and other names) is computed; [`refresh`]
//! replaces that and keeps every other byte.

mod blocks;
mod context;

pub use blocks::{Refreshed, refresh};
pub use context::{ReviewContext, TargetLine, TargetState};
