//! Tables that stand inside a larger file, which another room reads: `[award]` of a policy.

use toml::de::DeTable;

use super::outline::{self, Gives};
use super::toml_text::{Reading, range};
use super::{Catalogue, Offers, rules};
use crate::decision::table::Table;
use crate::diag::{Diagnostics, Source};

/// A table inside a larger file.
#[derive(Debug, Clone, Copy)]
pub struct PartTable<'a> {
    /// Its key at the top of the file.
    pub key: &'a str,
    /// Its name in traces and findings: `goodwill.award`.
    pub name: &'a str,
    /// Keys of the table and of its rules that belong to the other room.
    pub also: &'a [&'a str],
    /// Whether the rules give texts that the other room reads, so that any hit policy fits.
    pub texts: bool,
}

/// Reads one table inside a file that is TOML already; none where it is not there or wrong.
///
/// The rules stand in the order of the file, all of them.
pub fn load_parts(
    source: Source<'_>,
    document: &DeTable<'_>,
    part: PartTable<'_>,
    catalogue: &dyn Catalogue,
) -> (Option<Table>, Diagnostics) {
    let mut reading = Reading::new(source);
    let Some((key, value)) = document.get_key_value(part.key) else {
        return (None, Diagnostics::default());
    };
    let gives = if part.texts { Gives::Texts } else { Gives::Values };
    let table = reading.table(part.key, value).and_then(|inner| {
        let at = range(key);
        let outline = outline::table(inner, part.name, at, part.also, &[], gives, &mut reading);
        rules::read(outline, &Offers::default(), catalogue, part.also, None, &mut reading)
    });
    let wrong = reading.has_errors();
    (table.filter(|_| !wrong), reading.into_diagnostics())
}
