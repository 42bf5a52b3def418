//! What `inc dashboard` reads besides the records, and what of it everybody may read.

use super::Ctx;
use super::ctx::from_store;
use super::error::{self, Result};
use crate::approval::digest;
use crate::diag::Diagnostic;
use crate::incident::Record;
use crate::register::{Held, Register};
use crate::render::dashboard::{Archived, Texts};
use crate::render::terminal_safe;
use crate::reports::company::Company;
use crate::reports::public::public;

/// The languages that the site can be in, which are its folders.
pub(crate) const LOCALES: [&str; 2] = ["es-MX", "en"];

/// The most bytes of a text beside a record.
pub(crate) const LONGEST: u64 = 1_000_000;

/// The languages of the site, the workspace's first one first.
pub(crate) fn tags(ctx: &Ctx, asked: &[String]) -> Result<Vec<String>> {
    let mut tags: Vec<String> = Vec::new();
    for typed in asked {
        let Some(tag) = LOCALES.iter().find(|tag| tag.eq_ignore_ascii_case(typed)) else {
            let what = format!("no site in `{}`", terminal_safe(typed));
            return Err(Diagnostic::error("unknown-locale", what)
                .help("es-MX and en are there")
                .into());
        };
        if !tags.iter().any(|known| known == tag) {
            tags.push((*tag).to_owned());
        }
    }
    if tags.is_empty() {
        tags = LOCALES.map(str::to_owned).to_vec();
        let first = ctx.config.locales.first().map(String::as_str).unwrap_or_default();
        tags.sort_by_key(|tag| tag.get(..2) != first.get(..2));
    }
    Ok(tags)
}

/// The records that everybody may read, each with what they may read of it.
pub(crate) fn everybody(all: &Register, company: &Company<'_>) -> Register {
    let records = all.records.iter().filter_map(|held| {
        let record = public(&held.record, company.standard)?;
        Some(Held { path: held.path.clone(), record })
    });
    Register { records: records.collect(), bad: Vec::new() }
}

/// The same records as they are, from which figures are counted.
pub(crate) fn whole(all: &Register, shown: &Register) -> Register {
    let records = shown.records.iter().filter_map(|held| all.get(&held.record.id).cloned());
    Register { records: records.collect(), bad: Vec::new() }
}

/// The texts beside a record. In public those alone that went out just as they lie there.
pub(crate) fn texts(ctx: &Ctx, record: &Record, is_public: bool) -> Texts {
    if record.restricted.is_some() {
        return Texts::default();
    }
    let read = |file: &str| {
        let bytes = ctx.store.read_up_to(format!("{}/{file}", record.id.folder()), LONGEST);
        String::from_utf8(bytes.ok()??).ok()
    };
    let messages = record.communications.iter().map(|message| {
        let text = read(message.file.as_deref()?)?;
        let hash = digest(text.as_bytes());
        let went = message.sent.iter().any(|sent| sent.sha256.as_deref() == Some(&hash));
        (went || !is_public).then_some(text)
    });
    let review = record.review.as_ref().and_then(|review| review.file.as_deref());
    Texts { messages: messages.collect(), review: review.and_then(read) }
}

/// The reports that the workspace keeps below `reports/`.
pub(crate) fn reports(ctx: &Ctx) -> Result<Vec<Archived>> {
    let listing = ctx.store.list("reports", None).map_err(from_store)?;
    let mut found = Vec::new();
    for file in listing.files {
        let path = file.path.to_string_lossy().replace('\\', "/");
        let ending = path.rsplit('.').next().unwrap_or_default();
        if !matches!(ending, "md" | "csv" | "json" | "txt") {
            continue;
        }
        // One that is too large or no text is left out, and said.
        match ctx.text(&path) {
            Ok(text) => {
                let path = path.trim_start_matches("reports/").to_owned();
                found.push(Archived { path, text });
            }
            Err(failure) => error::print(ctx.out, &failure.found, false),
        }
    }
    Ok(found)
}
