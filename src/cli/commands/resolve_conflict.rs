//! `inc resolve-conflict`

use clap::Args;

use crate::cli::args::{Which, Writing};
use crate::cli::error::{self, Exit, Failure, Result};
use crate::cli::{Ctx, editor, sides};
use crate::diag::{Diagnostic, Diagnostics};
use crate::incident::{EntryKind, IncidentId, Record};
use crate::merge::{Choice, both, decision, read_choice, settle};
use crate::render::conflict::choices;
use crate::render::terminal_safe;

/// Say which value is right where two people changed a field differently
///
/// Asks field by field on a terminal: the number of a value, another value, `both`, `edit` to write
/// it in the editor, `base` for what stands now. Without one, --field and --take say it. A record that git
/// merged by lines is merged by meaning first. Two incidents that were given one id by chance are
/// told apart: the younger gets a new id. What was decided, and by whom, is in the timeline.
#[derive(Debug, Args)]
pub(crate) struct ResolveConflictArgs {
    #[command(flatten)]
    which: Which,
    /// Field in conflict; may be left out when only one is
    #[arg(long = "field", value_name = "FIELD")]
    fields: Vec<String>,
    /// What is right: a value, its number, `both`, or `base` for what stands now; for each --field
    #[arg(long = "take", value_name = "VALUE")]
    takes: Vec<String>,
    #[command(flatten)]
    writing: Writing,
}

/// A field, and what was typed for it.
type Answer = (String, String);

pub(crate) fn run(ctx: &mut Ctx, args: &ResolveConflictArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let mut mended = sides::mend(ctx, &id, args.writing.dry_run, at)?;
    if !(mended && args.writing.dry_run) {
        mended |= sides::part_messages(ctx, &id, args.writing.dry_run)?;
    }
    if mended && args.writing.dry_run {
        return Ok(Exit::Done);
    }
    let record = ctx.load(&id)?.record;
    if record.conflicts.is_empty() {
        if !mended {
            sides::stage_settled(ctx, &id)?;
            ctx.talk(&format!("nothing is in conflict in {id}"));
        }
        return Ok(Exit::Done);
    }
    let answers = match (args.takes.is_empty(), ctx.can_ask()) {
        (true, true) if args.fields.is_empty() => ask(ctx, &record)?,
        _ => named(&record, args)?,
    };
    if answers.is_empty() {
        ctx.talk("nothing was decided");
        return Ok(Exit::Done);
    }
    let changed = ctx.change(&id, "resolve-conflict", args.writing.dry_run, at, |record, act| {
        for (field, typed) in &answers {
            let conflict = record.conflicts.iter().find(|c| c.field == *field).cloned();
            let conflict = conflict.unwrap_or_default();
            let choice = read_choice(&conflict, typed)?;
            let (settled, standing) = settle(record, field, &choice)?;
            *record = settled;
            record.add_entry(act, EntryKind::Decision, decision(&conflict, &standing), false);
        }
        Ok(())
    });
    if args.writing.dry_run {
        return changed.map(|_| Exit::Done);
    }
    sides::finish(ctx, &[id.path()], changed.map(drop))?;
    for (field, _) in &answers {
        ctx.say(&format!("{id} · settled {field}"))?;
    }
    left(ctx, &id)
}

/// Asks on the terminal; an empty answer leaves a field in conflict.
fn ask(ctx: &Ctx, record: &Record) -> Result<Vec<Answer>> {
    let mut answers = Vec::new();
    for conflict in &record.conflicts {
        ctx.talk(choices(record, conflict).trim_end());
        loop {
            let question = "Which is right? number, value, both, edit, base; Enter leaves it: ";
            let Some(typed) = ctx.asked(question) else { return Ok(answers) };
            let typed = match typed.as_str() {
                "" => break,
                "edit" => format!("={}", editor::write(ctx, "value.txt", &both(conflict))?.trim()),
                _ => typed,
            };
            let choice = read_choice(conflict, &typed).map_err(Diagnostics::from);
            match choice.and_then(|choice| settle(record, &conflict.field, &choice)) {
                Ok(_) => {
                    answers.push((conflict.field.clone(), typed));
                    break;
                }
                Err(wrong) => error::print(ctx.out, &wrong, false),
            }
        }
    }
    Ok(answers)
}

/// What the flags say; what they leave open is an error that lists the choices.
fn named(record: &Record, args: &ResolveConflictArgs) -> Result<Vec<Answer>> {
    let fields: Vec<String> = match (args.fields.as_slice(), record.conflicts.as_slice()) {
        ([], [only]) if args.takes.len() == 1 => vec![only.field.clone()],
        (fields, _) => fields.to_vec(),
    };
    if args.takes.is_empty() || fields.len() != args.takes.len() {
        let listed: String = record.conflicts.iter().map(|c| choices(record, c)).collect();
        let missing = match (fields.len(), args.takes.len()) {
            (0, 0) => "which field, and which value is right".to_owned(),
            (f, t) => format!("{f} fields and {t} values: one --take for each --field"),
        };
        return Err(Failure::wrong(
            Diagnostic::error("undecided", format!("not said: {missing}\n{}", listed.trim_end()))
                .help(format!(
                    "inc resolve-conflict {} --field FIELD --take NUMBER, VALUE, both or base",
                    record.id.suffix()
                )),
        ));
    }
    let mut found = Diagnostics::default();
    for field in &fields {
        if let Err(wrong) = settle(record, field, &Choice::Base) {
            wrong.into_iter().for_each(|d| found.push(d));
        }
    }
    if found.has_errors() {
        return Err(found.into());
    }
    Ok(fields.into_iter().zip(args.takes.iter().cloned()).collect())
}

/// Says what is still to be decided.
fn left(ctx: &Ctx, id: &IncidentId) -> Result {
    let record = ctx.load(id)?.record;
    if !record.conflicts.is_empty() {
        let fields: Vec<&str> = record.conflicts.iter().map(|c| c.field.as_str()).collect();
        ctx.talk(&format!("still in conflict: {}", terminal_safe(&fields.join(", "))));
    }
    Ok(Exit::Done)
}
