//! `inc comms check`

use clap::Args;

use super::draft;
use crate::check::{find as find_check, proofread};
use crate::cli::Ctx;
use crate::cli::args::{Answer, Which};
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Result};
use crate::communication::{MessageFile, read_message};
use crate::diag::{Diagnostic, Diagnostics, Level, Source};
use crate::sensitive;

/// Proofread the messages of an incident before anybody else does
///
/// Terms of ours, names of suppliers and hosts, traces, blame, office language, promises without a
/// time, abbreviations, personal data, gaps, links, requests for secrets, tú and usted, text over a
/// limit, two languages that state different figures, reading ease. Part of inc check, too, as long
/// as a message has not gone out. Exits 1 when one of the findings is an error.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    which: Which,
    /// Channel; all by default
    #[arg(long = "channel", value_delimiter = ',')]
    channels: Vec<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
}

pub(crate) fn run(ctx: &mut Ctx, args: &CheckArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    let mut channels = Vec::new();
    for typed in &args.channels {
        channels.push(draft::channel(ctx, typed)?.id.clone());
    }
    let mut texts: Vec<(String, String)> = Vec::new();
    for message in &record.communications {
        let asked = channels.is_empty() || channels.contains(&message.channel);
        let Some(file) = message.file.as_deref().filter(|_| asked) else { continue };
        let path = format!("{}/{file}", id.folder());
        if let Some(bytes) = ctx.store.read(&path).map_err(from_store)? {
            texts.push((path, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    let mut found = Diagnostics::default();
    let mut files: Vec<MessageFile<'_>> = Vec::new();
    for (path, text) in &texts {
        let source = Source::new(path, text);
        match read_message(source) {
            Ok(file) => files.push(file),
            Err(wrong) => found.push(wrong),
        }
        for hit in sensitive::find(text) {
            let message = format!("{} in a message", hit.kind);
            let mut place = source.place(hit.range);
            place.text = None;
            found.push(
                Diagnostic::error("sensitive-text", message)
                    .at(place)
                    .help("write the line again without it"),
            );
        }
    }
    let house = ctx.standard()?.house();
    for (file, finding) in proofread(&house, &files) {
        let code = finding.fault.code();
        let level = find_check(code).map_or(Level::Warning, |check| check.level);
        let mut d =
            Diagnostic::new(level, code, &finding.message).at(file.source.place(finding.range));
        d.help = finding.help;
        found.push(d);
    }
    let counted = texts.len();
    if args.format == Answer::Json {
        let mut json = crate::render::json::diagnostics(&found);
        let findings = json["errors"].take();
        let json = serde_json::json!({
            "schema": 1, "id": id.as_str(), "messages": counted, "findings": findings
        });
        ctx.say(&json.to_string())?;
        return Ok(if found.has_errors() { Exit::No } else { Exit::Done });
    }
    if found.is_empty() {
        ctx.talk(&format!("{id}: {counted} messages read, nothing found"));
        return Ok(Exit::Done);
    }
    for d in &found.0 {
        ctx.say(&format!("{d}\n"))?;
    }
    ctx.talk(&format!("{id}: {counted} messages read, {} findings", found.0.len()));
    Ok(if found.has_errors() { Exit::No } else { Exit::Done })
}
