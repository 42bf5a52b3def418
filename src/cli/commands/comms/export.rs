//! `inc comms export`

use std::path::PathBuf;

use clap::Args;

use super::draft;
use crate::cli::args::Which;
use crate::cli::error::{Exit, Failure, Result};
use crate::cli::{Ctx, files};
use crate::communication::{MessageFile, read_message};
use crate::diag::{Diagnostic, Source};
use crate::incident::Communication;
use crate::render::export::{self as render, Exported, Form};
use crate::reports::owed::went_out;
use crate::reports::sending::{Asked, newest};

/// Write messages as files for tools that pull: JSON, text, Markdown, .eml, a support desk's macro
///
/// Of each channel, audience and locale the newest of a stage, into a folder; files of the same name
/// are written anew. Words that nobody approved are left out, and named, unless --drafts asks for
/// them. Exits 1 when something was left out.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  inc comms export 7QKM --to /srv/status\n  \
    inc comms export 7QKM --stage restored --as macro,eml --to macros")]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    which: Which,
    /// The folder; it is made where it is not there
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// Only this stage; all by default
    #[arg(long)]
    stage: Option<String>,
    /// Only this channel
    #[arg(long = "channel", value_delimiter = ',')]
    channels: Vec<String>,
    /// Forms; all by default
    #[arg(long = "as", value_delimiter = ',', value_enum)]
    forms: Vec<As>,
    /// Also words that nobody approved
    #[arg(long)]
    drafts: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum As {
    Json,
    Text,
    Markdown,
    Eml,
    Macro,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ExportArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    let stages: Vec<String> = match &args.stage {
        Some(typed) => vec![draft::stage(typed)?.as_str().to_owned()],
        None => {
            let mut all: Vec<String> =
                record.communications.iter().map(|m| m.stage.clone()).collect();
            all.sort_unstable();
            all.dedup();
            all
        }
    };
    let mut channels = Vec::new();
    for typed in &args.channels {
        channels.push(draft::channel(ctx, typed)?.id.clone());
    }
    let mut messages: Vec<&Communication> =
        stages.iter().flat_map(|stage| newest(&record, stage)).collect();
    messages
        .retain(|m| m.skipped.is_none() && (channels.is_empty() || channels.contains(&m.channel)));
    let post = ctx.post(&record, &messages, &Asked::default())?;
    let read = post.texts.iter().map(|t| read_message(Source::new(&t.path, &t.text)));
    let read: Vec<MessageFile<'_>> = read.collect::<std::result::Result<_, _>>()?;
    let mut exported = Vec::new();
    let (mut left, mut secret) = (Vec::new(), false);
    for ((message, file), standing) in messages.iter().zip(&read).zip(&post.approved) {
        let item = message.id.as_ref().map_or_else(String::new, |id| id.as_str().to_owned());
        if let Some(name) = &standing.secret {
            ctx.talk(&format!("{item} holds the value of {name}, and is left out"));
            secret = true;
            continue;
        }
        if !standing.approved && !args.drafts {
            left.push(item);
            continue;
        }
        exported.push(Exported {
            id: item,
            file,
            sha256: standing.sha256.clone(),
            approved: standing.approved,
            sent_at: went_out(message).max(),
        });
    }
    let forms: Vec<Form> = match args.forms.is_empty() {
        true => vec![Form::Json, Form::Text, Form::Markdown, Form::Eml, Form::Macro],
        false => args.forms.iter().map(|form| form.form()).collect(),
    };
    let said = &ctx.standard()?.communication;
    let written = render::files(id.as_str(), &exported, &forms, said, ctx.clock.now);
    let cannot = |path: &std::path::Path, e: std::io::Error| {
        let message = format!("cannot write {}: {e}", path.display());
        Failure::outside(Diagnostic::error("cannot-write", message).help("name another folder"))
    };
    if !exported.is_empty() {
        files::make_folder(&args.to).map_err(|e| cannot(&args.to, e))?;
        for (name, text) in &written {
            let path = args.to.join(name);
            files::write(&path, text).map_err(|e| cannot(&path, e))?;
            ctx.say(&path.display().to_string())?;
        }
    }
    let n = exported.len();
    ctx.talk(&format!("{id}: {n} messages in {} files", if n == 0 { 0 } else { written.len() }));
    if left.is_empty() {
        return Ok(if secret { Exit::No } else { Exit::Done });
    }
    ctx.talk(&format!("left out, as nobody approved their words: {}", left.join(", ")));
    Ok(Exit::No)
}

impl As {
    fn form(self) -> Form {
        match self {
            As::Json => Form::Json,
            As::Text => Form::Text,
            As::Markdown => Form::Markdown,
            As::Eml => Form::Eml,
            As::Macro => Form::Macro,
        }
    }
}
