//! What the standard asks for before an incident may be resolved or closed.

use super::Ctx;
use super::error::{Failure, Result};
use crate::diag::{Diagnostic, Diagnostics};
use crate::incident::lifecycle::Act;
use crate::incident::{Approval, EntryKind, IncidentId, Record};
use crate::reports::gates;
use crate::units::Instant;

/// A gate that was passed: as it should be, or anyway.
#[derive(Debug)]
pub(crate) struct Passed {
    step: String,
    anyway: Option<(Approval, String)>,
    missing: Vec<String>,
}

/// Asks the standard's lifecycle; `anyway` passes with a reason.
///
/// # Errors
///
/// What is missing, each with the command that supplies it.
pub(crate) fn pass(
    ctx: &Ctx,
    id: &IncidentId,
    step: &str,
    anyway: Option<&str>,
    at: Instant,
    dry_run: bool,
) -> Result<Passed> {
    let record = ctx.load(id)?.record;
    // A step that the state does not allow is refused before anything is asked for it.
    let mut tried = record.clone();
    let mut none = || 0;
    let mut act = Act { by: "", at, random: &mut none };
    match step {
        "resolve" => tried.resolve(&mut act, None)?,
        _ => tried.close(&mut act, None)?,
    }
    let missing = gates::missing(&record, &ctx.company()?, step, at);
    if let Some(reason) = anyway {
        if reason.trim().is_empty() {
            return Err(Diagnostic::error("no-reason", "--anyway needs a reason").into());
        }
        // Refused also where nothing is missing: whether it is depends on a time set by hand.
        ctx.in_earnest("--anyway", dry_run)?;
        let missing: Vec<String> = missing.into_iter().map(|m| m.message).collect();
        let anyway = match missing.is_empty() {
            true => None,
            false => Some((ctx.overriding(&record, step, reason, dry_run)?, reason.to_owned())),
        };
        return Ok(Passed { step: step.to_owned(), anyway, missing });
    }
    if missing.is_empty() {
        return Ok(Passed { step: step.to_owned(), anyway: None, missing: Vec::new() });
    }
    let mut found = Diagnostics::default();
    for one in &missing {
        let help = one.supply.replace("ID", id.suffix());
        found.push(Diagnostic::error(one.rule.clone(), one.message.clone()).help(help));
    }
    found.push(
        Diagnostic::warning("gate", format!("{id} was not {step}d: {} missing", missing.len()))
            .help(format!("supply it, or: inc {step} {} --anyway \"why\"", id.suffix())),
    );
    Err(Failure::no(found))
}

impl Passed {
    /// Records an override: who passed what, and why.
    pub(crate) fn record(&self, record: &mut Record, act: &mut Act<'_>) {
        let Some((approval, reason)) = &self.anyway else { return };
        record.approvals.push(approval.clone());
        let text = format!("{} anyway, though {}: {reason}", self.step, self.missing.join("; "));
        record.add_entry(act, EntryKind::Decision, text, true);
    }
}
