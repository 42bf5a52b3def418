//! The post-incident review: what its document states, how it is brought up to date, and what is
//! wrong with it.
//!
//! `pir.md` is written once from a template and then belongs to people. Only what stands between
//! `<!-- inc:impact -->` and `<!-- /inc:impact -->` (and other names) is computed; [`refresh`]
//! replaces that and keeps every other byte. [`Rules::judge`] says what the text lacks.

mod blocks;
mod context;
mod document;
mod figures;
mod judge;
mod language;
mod sections;

pub use blocks::{Refreshed, refresh};
pub use context::{ReviewContext, TargetLine, TargetState};
pub use document::{Document, Section};
pub use figures::{Contradiction, contradictions};
pub use judge::{Finding, Flaw, Owed, Rules, SectionName, SectionOwed, timeline_gap};
pub use language::{Blames, Pattern, Said, Saying, Tone};
pub use sections::Audience;
