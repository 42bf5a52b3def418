//! What the standard asks for before an incident may be resolved or closed.

use clap::Args;

use super::args::{Which, Writing};
use super::error::{Exit, Failure, Result};
use super::{Ctx, status_line};
use crate::diag::{Diagnostic, Diagnostics};
use crate::incident::lifecycle::{Act, Refused};
use crate::incident::{Approval, EntryKind, IncidentId, Record};
use crate::reports::gates;
use crate::units::Instant;

/// What a step past a gate takes.
#[derive(Debug, Args)]
pub(crate) struct GateArgs {
    #[command(flatten)]
    which: Which,
    /// What there is to say about it
    #[arg(long, short = 'm', value_name = "WORDS")]
    message: Option<String>,
    /// Pass although something is missing, for this reason
    #[arg(long, value_name = "REASON")]
    anyway: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

/// A step past a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// `inc resolve`.
    Resolve,
    /// `inc close`.
    Close,
}

impl Step {
    fn command(self) -> &'static str {
        match self {
            Step::Resolve => "resolve",
            Step::Close => "close",
        }
    }

    fn take(
        self,
        record: &mut Record,
        act: &mut Act<'_>,
        words: Option<&str>,
    ) -> std::result::Result<(), Refused> {
        match self {
            Step::Resolve => record.resolve(act, words),
            Step::Close => record.close(act, words),
        }
    }
}

/// Takes a step, if the standard lets it.
///
/// # Errors
///
/// What is missing, or why the record cannot be written.
pub(crate) fn take(ctx: &mut Ctx, step: Step, args: &GateArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let (words, dry_run) = (args.message.as_deref(), args.writing.dry_run);
    let passed = pass(ctx, &id, step, args.anyway.as_deref(), at, dry_run)?;
    let record = ctx.change(&id, step.command(), dry_run, at, |record, act| {
        step.take(record, act, words)?;
        passed.record(record, act);
        Ok(())
    })?;
    ctx.say(&status_line(&record, &format!("{}d", step.command()), at))?;
    Ok(Exit::Done)
}

/// A gate that was passed: as it should be, or anyway.
#[derive(Debug)]
struct Passed {
    step: Step,
    anyway: Option<(Approval, String)>,
    missing: Vec<String>,
}

/// Asks the standard's lifecycle; `anyway` passes with a reason.
///
/// # Errors
///
/// What is missing, each with the command that supplies it.
fn pass(
    ctx: &Ctx,
    id: &IncidentId,
    step: Step,
    anyway: Option<&str>,
    at: Instant,
    dry_run: bool,
) -> Result<Passed> {
    let record = ctx.load(id)?.record;
    // A step that the state does not allow is refused before anything is asked for it.
    let mut tried = record.clone();
    let mut none = || 0;
    let mut act = Act { by: "", at, random: &mut none };
    step.take(&mut tried, &mut act, None)?;
    let command = step.command();
    let missing = gates::missing(&record, &ctx.company()?, command, at);
    if let Some(reason) = anyway {
        if reason.trim().is_empty() {
            return Err(Diagnostic::error("no-reason", "--anyway needs a reason").into());
        }
        // Refused also where nothing is missing: whether it is depends on a time set by hand.
        ctx.in_earnest("--anyway", dry_run)?;
        let missing: Vec<String> = missing.into_iter().map(|m| m.message).collect();
        let anyway = match missing.is_empty() {
            true => None,
            false => Some((ctx.overriding(&record, command, reason, dry_run)?, reason.to_owned())),
        };
        return Ok(Passed { step, anyway, missing });
    }
    if missing.is_empty() {
        return Ok(Passed { step, anyway: None, missing: Vec::new() });
    }
    let mut found = Diagnostics::default();
    for one in &missing {
        let help = one.supply.replace("ID", id.suffix());
        found.push(Diagnostic::error(one.rule.clone(), one.message.clone()).help(help));
    }
    found.push(
        Diagnostic::warning("gate", format!("{id} was not {command}d: {} missing", missing.len()))
            .help(format!("supply it, or: inc {command} {} --anyway \"why\"", id.suffix())),
    );
    Err(Failure::no(found))
}

impl Passed {
    /// Records an override: who passed what, and why.
    fn record(&self, record: &mut Record, act: &mut Act<'_>) {
        let Some((approval, reason)) = &self.anyway else { return };
        record.approvals.push(approval.clone());
        let text =
            format!("{} anyway, though {}: {reason}", self.step.command(), self.missing.join("; "));
        record.add_entry(act, EntryKind::Decision, text, true);
    }
}
