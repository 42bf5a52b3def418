//! `inc severity`

use clap::{Args, Subcommand};

use crate::cli::args::{Format, Which, Writing};
use crate::cli::as_of::{AsOf, Then};
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, status_line};
use crate::diag::Diagnostic;
use crate::incident::{EntryKind, Severity, Stamp};
use crate::render;

/// How severe an incident is, and why
#[derive(Debug, Args)]
pub(crate) struct SeverityArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show the level, the rule that decided, and what could still change it
    Show {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        as_of: AsOf,
        /// How the answer is written
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Confirm the level from numbers; ends the provisional one
    Confirm {
        #[command(flatten)]
        which: Which,
        /// What the numbers are from
        #[arg(long, short = 'm', value_name = "WORDS")]
        message: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Declare another level than the derived one
    Override {
        /// Level
        #[arg(value_parser = crate::cli::word::<Severity>)]
        level: Severity,
        #[command(flatten)]
        which: Which,
        /// Why
        #[arg(long, value_name = "WORDS")]
        reason: String,
        #[command(flatten)]
        writing: Writing,
    },
}

pub(crate) fn run(ctx: &mut Ctx, args: &SeverityArgs) -> Result {
    match &args.verb {
        Verb::Show { which, as_of, format } => show(ctx, which, as_of, *format),
        Verb::Confirm { which, message, writing } => {
            confirm(ctx, which, message.as_deref(), writing)
        }
        Verb::Override { level, which, reason, writing } => {
            declare(ctx, *level, which, reason, writing)
        }
    }
}

fn show(ctx: &mut Ctx, which: &Which, as_of: &AsOf, format: Format) -> Result {
    let id = ctx.which(which.id.as_deref())?;
    let (loaded, then) = ctx.load_as_of(&id, as_of)?;
    let record = loaded.record;
    let assessment = ctx.assess(&record)?;
    if format == Format::Json {
        let severity = render::json::severity(&record, &assessment);
        let answer =
            serde_json::json!({ "schema": 1, "id": record.id.as_str(), "severity": severity });
        ctx.say(&Then::mark(then.as_ref(), answer).to_string())?;
    } else {
        if let Some(then) = then {
            ctx.say(&then.heading())?;
        }
        ctx.print(&render::incident::severity(&record, &assessment))?;
    }
    Ok(Exit::Done)
}

fn confirm(ctx: &mut Ctx, which: &Which, message: Option<&str>, writing: &Writing) -> Result {
    let id = ctx.which(which.id.as_deref())?;
    let at = writing.at(ctx)?;
    let record = ctx.change(&id, "severity", writing.dry_run, at, |record, act| {
        let note = record.severity.get_or_insert_default();
        if let Some(stamp) = &note.confirmed {
            let by = stamp.by.clone().unwrap_or_default();
            return Err(Diagnostic::error(
                "confirmed-already",
                format!("{by} confirmed the severity already"),
            )
            .help("the level follows the numbers by itself: inc update ID --affected COUNT …")
            .into());
        }
        note.confirmed =
            Some(Stamp { by: Some(act.by.to_owned()), at: Some(act.at), ..Stamp::default() });
        let words = message.map_or(String::new(), |m| format!(": {m}"));
        record.add_entry(
            act,
            EntryKind::Severity,
            format!("severity confirmed from numbers{words}"),
            false,
        );
        Ok(())
    })?;
    let assessment = ctx.assess(&record)?;
    ctx.say(&status_line(&record, &format!("{} confirmed", assessment.level_text()), at))?;
    Ok(Exit::Done)
}

fn declare(
    ctx: &mut Ctx,
    level: Severity,
    which: &Which,
    reason: &str,
    writing: &Writing,
) -> Result {
    let id = ctx.which(which.id.as_deref())?;
    let at = writing.at(ctx)?;
    if reason.trim().is_empty() {
        return Err(Diagnostic::error("no-reason", "--reason needs words").into());
    }
    let mut declared = ctx.load(&id)?.record;
    let note = declared.severity.get_or_insert_default();
    note.declared = Some(level);
    note.reason = Some(reason.to_owned());
    let approval = ctx.overriding(&declared, "severity", reason, writing.dry_run)?;
    let record = ctx.change(&id, "severity", writing.dry_run, at, |record, act| {
        record.approvals.push(approval.clone());
        let note = record.severity.get_or_insert_default();
        note.declared = Some(level);
        note.by = Some(act.by.to_owned());
        note.at = Some(act.at);
        note.reason = Some(reason.to_owned());
        record.add_entry(
            act,
            EntryKind::Severity,
            format!("severity declared {level}: {reason}"),
            true,
        );
        Ok(())
    })?;
    let assessment = ctx.assess(&record)?;
    ctx.say(&status_line(&record, &assessment.level_text(), at))?;
    Ok(Exit::Done)
}
