//! `inc comms approve`

use clap::Args;

use crate::approval::Of;
use crate::cli::Ctx;
use crate::cli::approve::{Approving, approve, break_glass};
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::incident::{Communication, Record};
use crate::reports::owed::readers;

/// Approve the exact words of a message
///
/// Records who, in which role, when, and the SHA-256 of the file; one changed character makes the
/// approval stale. standards/approvals.toml says who may: whoever wrote the message may not. With
/// --break-glass it may go out before, for a reason; somebody else reads it afterwards. With the
/// words goes how many readers there were: inc comms send goes to no more.
#[derive(Debug, Args)]
pub(crate) struct ApproveArgs {
    /// Incident and message: `7QKM C7QK`; the incident may be left out when exactly one is open
    #[arg(value_name = "[ID] MESSAGE", required = true, num_args = 1..=2)]
    what: Vec<String>,
    /// Let it go out without the approval that it needs, for this reason
    #[arg(long, value_name = "REASON")]
    break_glass: Option<String>,
    /// For how many readers at most; what the record says of the audience by default
    #[arg(long, value_name = "COUNT")]
    size: Option<u64>,
    #[command(flatten)]
    approving: Approving,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ApproveArgs) -> Result {
    let (id, typed) = match args.what.as_slice() {
        [message] => (None, message),
        [id, message, ..] => (Some(id.as_str()), message),
        [] => return Err(Diagnostic::error("usage", "name a message").into()),
    };
    let id = ctx.which(id)?;
    let record = ctx.load(&id)?.record;
    let message = message(&record, typed)?;
    let named = |m: &&Communication| m.id.as_ref().is_some_and(|i| i.as_str() == message);
    let audience = record.communications.iter().find(named).and_then(|m| m.audience.as_deref());
    let size = args.size.or_else(|| readers(&record, audience.unwrap_or_default()));
    let mut approving = args.approving.clone();
    approving.size = size;
    let given = match &args.break_glass {
        Some(reason) => break_glass(ctx, &id, &message, reason, &approving)?,
        None => approve(ctx, &id, &Of::Message(message), "comms", &approving)?,
    };
    ctx.say(&given.line())?;
    Ok(Exit::Done)
}

/// The message whose id begins so.
pub(super) fn message(record: &Record, typed: &str) -> Result<String> {
    let upper = typed.to_ascii_uppercase();
    let all = record.communications.iter().filter_map(|m| m.id.as_ref());
    let all: Vec<&str> = all.map(|id| id.as_str()).collect();
    let fits: Vec<&&str> = all.iter().filter(|id| id.starts_with(&upper)).collect();
    match fits.as_slice() {
        [one] => Ok((**one).to_owned()),
        [] => {
            let shown = crate::render::terminal_safe(typed);
            let message = format!("{} has no message `{shown}`", record.id);
            let d = Diagnostic::error("no-such-message", message)
                .help(format!("inc comms draft {} --stage initial", record.id.suffix()));
            Err(d.did_you_mean(&upper, all).into())
        }
        several => {
            let names: Vec<&str> = several.iter().map(|id| **id).collect();
            let message = format!("`{upper}` begins {} messages", names.len());
            Err(Diagnostic::error("ambiguous-id", message)
                .help(format!("one of: {}", names.join(", ")))
                .into())
        }
    }
}
