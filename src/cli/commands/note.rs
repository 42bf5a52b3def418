//! `inc note`

use std::io::Read as _;

use clap::Args;

use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, editor};
use crate::diag::Diagnostic;
use crate::incident::EntryKind;

/// Write something down in the timeline
///
/// `inc note "the switch answers again"` when one incident is open, else
/// `inc note 7QKM "…"`. `-` reads standard input; no words open the editor.
#[derive(Debug, Args)]
pub(crate) struct NoteArgs {
    /// Incident (left out when exactly one is open), and the words
    #[arg(value_name = "[ID] WORDS", num_args = 0..)]
    words: Vec<String>,
    /// Keep it for the review
    #[arg(long)]
    star: bool,
    /// What the entry is
    #[arg(long, value_name = "KIND", default_value = "note", value_parser = crate::cli::word::<EntryKind>)]
    kind: EntryKind,
    #[command(flatten)]
    writing: Writing,
}

/// More than this is a document, not a note.
const LONGEST: u64 = 64 * 1024;

pub(crate) fn run(ctx: &mut Ctx, args: &NoteArgs) -> Result {
    let at = args.writing.at(ctx)?;
    // The standard is read while the ids are: the level may have risen, and its peak is kept.
    let split = || ctx.split_words(&args.words);
    let (split, ()) = rayon::join(split, || drop(ctx.standard_quietly()));
    let (asked, words) = split?;
    let words = match words {
        Some(words) if words == "-" => read_stdin()?,
        Some(words) => words,
        None if ctx.can_ask() => editor::write(ctx, "note", "")?,
        None => {
            return Err(Diagnostic::error("no-words", "a note needs words")
                .help("inc note \"…\", or inc note - to read standard input")
                .into());
        }
    };
    let words = words.trim_end().to_owned();
    if words.trim().is_empty() {
        return Err(Diagnostic::error("no-words", "the note is empty; nothing was written").into());
    }
    let id = ctx.which_keeping(asked.as_deref(), &words)?;
    let (kind, star) = (args.kind, args.star);
    let mut name = None;
    let kept = words.clone();
    let record =
        ctx.change_keeping(&id, "note", args.writing.dry_run, at, &kept, |record, act| {
            name = Some(record.add_entry(act, kind, words.clone(), star));
            Ok(())
        })?;
    let name = name.map_or_else(String::new, |n| n.to_string());
    ctx.say(&format!("{} · noted as {name}", record.id))?;
    Ok(Exit::Done)
}

fn read_stdin() -> Result<String> {
    let mut text = String::new();
    let read = std::io::stdin().take(LONGEST + 1).read_to_string(&mut text);
    match read {
        Ok(n) if n as u64 > LONGEST => Err(Diagnostic::error(
            "too-long",
            format!("a note has at most {LONGEST} bytes; link a document instead"),
        )
        .into()),
        Ok(_) => Ok(text),
        Err(error) => {
            Err(Diagnostic::error("bad-input", format!("standard input: {error}")).into())
        }
    }
}
