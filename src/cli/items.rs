//! Items of the checklist as `inc done` and `inc skip` name them.

use super::Ctx;
use super::error::Result;
use crate::diag::Diagnostic;
use crate::incident::{IncidentId, Record};
use crate::render::terminal_safe;

/// What has to show that an item was done, where the standard asks for something.
///
/// # Errors
///
/// When the standard has a checklist that asks this incident for no such item.
pub(crate) fn evidence(ctx: &Ctx, id: &IncidentId, item: &str) -> Result<Option<String>> {
    let record = ctx.load(id)?.record;
    let company = ctx.company()?;
    let Some(policies) = company.policies(&record, ctx.clock.now) else { return Ok(None) };
    if policies.table("checklist").is_none() {
        return Ok(None);
    }
    let decided = policies.decide(company.facts(&record, ctx.clock.now));
    let asked = policies.checklist(&decided.facts);
    if let Some(found) = asked.iter().find(|a| a.item == item) {
        return Ok(found.evidence.clone());
    }
    let names = asked.iter().map(|a| a.item.as_str());
    let all: Vec<&str> = names.clone().collect();
    let message = format!("the checklist asks {id} for no `{}`", terminal_safe(item));
    let d = Diagnostic::error("no-such-item", message);
    let d = match all.as_slice() {
        [] => d.help("it asks this incident for nothing"),
        some => d.help(format!("it asks for: {}", some.join(", "))),
    };
    Err(d.did_you_mean(item, names).into())
}

/// Refuses an item that somebody noted already.
///
/// # Errors
///
/// Who did, and when.
pub(crate) fn not_noted(record: &Record, item: &str) -> Result<()> {
    let Some(noted) = record.checklist.iter().find(|c| c.item == item) else { return Ok(()) };
    let what = if noted.reason.is_some() { "skipped" } else { "done" };
    let by = terminal_safe(noted.by.as_deref().unwrap_or("somebody"));
    let at = noted.at.map_or(String::new(), |at| format!(" at {at}"));
    let d = Diagnostic::error("noted-already", format!("{by} noted {item} as {what}{at}"));
    Err(d.help(format!("inc edit {} changes it by hand", record.id.suffix())).into())
}
