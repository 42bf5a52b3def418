use chrono::NaiveDate;

use super::reader::{Item, Log, Section};
use crate::diag::{Diagnostic, TextRange};

/// A finding that the company accepts for a while, in whichever record (`waivers.toml`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingWaiver {
    /// Code of the finding.
    pub code: String,
    /// Only in incidents of this service.
    pub service: Option<String>,
    /// Only in incidents of this vertical.
    pub vertical: Option<String>,
    /// Only in this incident: its id, or the ending that people call it by.
    pub incident: Option<String>,
    /// Who accepts it.
    pub by: String,
    /// Since when.
    pub at: Option<NaiveDate>,
    /// The last day.
    pub until: NaiveDate,
    /// Why.
    pub reason: String,
    /// Where its code is written.
    pub range: TextRange,
    /// Where its last day is written.
    pub until_range: TextRange,
    pub(super) service_range: Option<TextRange>,
    pub(super) vertical_range: Option<TextRange>,
}

/// Reads every `[[waiver]]`. One that says not who accepts what until when, and why, is an error: it
/// would accept nothing while somebody believes that it does.
pub(super) fn read(mut file: Section<'_, '_>, log: &mut Log<'_>) -> Vec<StandingWaiver> {
    let mut waivers = Vec::new();
    for mut section in file.array(log, "waiver") {
        let range = section.range;
        let code = section.item(log, "code");
        let service = section.item(log, "service");
        let vertical = section.item(log, "vertical");
        let incident = section.text(log, "incident");
        let by = section.need_text(log, "by");
        let at = section.date(log, "at");
        let until = section.date(log, "until");
        let until_range = section.place_of("until").unwrap_or(range);
        let reason = section.need_text(log, "reason");
        for (key, missing, example) in [
            ("code", code.is_none(), "code = \"no-review\""),
            ("until", !section.has("until"), "until = 2027-01-31"),
        ] {
            if missing && !section.has(key) {
                log.add(
                    Diagnostic::error("missing-key", format!("a waiver has no `{key}`"))
                        .help(format!("add it, such as {example}")),
                    range,
                );
            }
        }
        section.finish(log);
        let (Some(code), Some(until)) = (code, until) else { continue };
        if by.trim().is_empty() || reason.trim().is_empty() {
            continue;
        }
        let (service, service_range) = apart(service);
        let (vertical, vertical_range) = apart(vertical);
        waivers.push(StandingWaiver {
            code: code.text,
            service,
            vertical,
            incident,
            by,
            at,
            until,
            reason,
            range: code.range,
            until_range,
            service_range,
            vertical_range,
        });
    }
    file.finish(log);
    waivers
}

fn apart(item: Option<Item>) -> (Option<String>, Option<TextRange>) {
    item.map_or((None, None), |item| (Some(item.text), Some(item.range)))
}
