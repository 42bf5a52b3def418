//! Which identifiers a person may write unmasked (`standards/sensitive.toml`).

use super::reader::{Log, Section};
use crate::diag::Diagnostic;
use crate::sensitive::Kind;

/// Reads the kinds that `inc` may leave as typed when somebody says why.
pub(super) fn read(mut file: Section<'_, '_>, log: &mut Log<'_>) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for item in file.list(log, "unmasked") {
        match Kind::UNMASKABLE.iter().find(|(name, _)| *name == item.text) {
            Some((_, kind)) => kinds.push(*kind),
            None => {
                let names = Kind::UNMASKABLE.map(|(name, _)| name);
                let what = format!("`{}` is nothing that may stand unmasked", item.text);
                let finding = Diagnostic::error("wrong-value", what).help(format!(
                    "one of {}; card numbers and secrets are always masked",
                    names.join(", ")
                ));
                log.add(finding, item.range);
            }
        }
    }
    file.finish(log);
    kinds
}
