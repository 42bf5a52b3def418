//! `inc pir publish`

use std::path::Path;

use clap::{Args, ValueEnum};

use super::FILE;
use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::error::{Exit, Failure, Result};
use crate::cli::files;
use crate::communication::MessageFile;
use crate::communication::proof::Spoken;
use crate::diag::{Diagnostic, Diagnostics, Source, TextRange};
use crate::incident::Record;
use crate::render::review_summary::page;
use crate::review::Audience;

/// Print a review as others read it: the company, its leadership, or customers
///
/// One source, pir.md. Customers read what people wrote in the sections that
/// standards/sections.toml gives them, never a computed block, and nothing is printed while it names
/// people, vendors or internals, or blames: what is found is said with its line. HTML is one file that
/// needs no other and prints well.
///
/// `inc pir publish 7QKM --audience customers --format html --out review.html`
#[derive(Debug, Args)]
pub(super) struct PublishArgs {
    #[command(flatten)]
    which: Which,
    /// Who reads it
    #[arg(long, value_enum)]
    audience: AudienceArg,
    /// Markdown, or a page to read and print
    #[arg(long, value_parser = ["md", "html"], default_value = "md")]
    format: String,
    /// Write it to this file instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AudienceArg {
    /// Everybody of the company: the whole review
    Internal,
    /// Customers, and with them everybody
    Customers,
    /// Those who answer for the company
    Leadership,
}

pub(super) fn run(ctx: &mut Ctx, args: &PublishArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let record = ctx.load(&id)?.record;
    let path = format!("{}/{FILE}", id.folder());
    if record.restricted.is_some() {
        let message = format!("{id} is a stub; its details are in another workspace");
        return Err(Diagnostic::error("restricted", message)
            .help("publish its review there")
            .into());
    }
    if record.review.is_none() {
        return Err(Diagnostic::error("no-review", format!("{id} has no review yet"))
            .help(format!("inc pir draft {}", id.suffix()))
            .into());
    }
    let text = ctx.text(&path)?;
    let audience = match args.audience {
        AudienceArg::Internal => Audience::Internal,
        AudienceArg::Customers => Audience::Customers,
        AudienceArg::Leadership => Audience::Leadership,
    };
    let locale = super::written_in(&text)
        .or_else(|| ctx.config.locales.first().cloned())
        .unwrap_or_else(|| "en".to_owned());
    let rules = ctx.standard()?.review_rules();
    let mut body = rules.published(&text, audience);
    if body.trim().is_empty() {
        return Err(Diagnostic::error(
            "nothing-to-publish",
            format!("{path} has nothing for them yet"),
        )
        .help("standards/sections.toml says which sections an audience reads")
        .into());
    }
    if audience != Audience::Internal {
        body = format!("# {}\n\n{body}", record.title.replace(['\n', '\r'], " "));
    }
    if record.exercise {
        let words = if locale.starts_with("es") { "SIMULACRO" } else { "DRILL" };
        body = format!("**{words}**\n\n{body}");
    }
    if audience == Audience::Customers {
        unfit(ctx, &record, &body, &locale)?;
    }
    if record.review.as_ref().is_none_or(|r| r.frozen_at.is_none()) {
        ctx.talk("the review is not approved yet: what is printed may still change");
    }
    let body = ctx.masked("the review", &body);
    let out = match args.format.as_str() {
        "html" => page(&record.title, &body, &locale),
        _ => body,
    };
    match &args.out {
        Some(file) => {
            files::write(Path::new(file), &out).map_err(|e| {
                let message = format!("{file}: {}", e.to_string().to_lowercase());
                Failure::outside(Diagnostic::error("cannot-write", message))
            })?;
            ctx.talk(&format!("written to {file}"));
        }
        None => ctx.print(&out)?,
    }
    Ok(Exit::Done)
}

/// Refuses what customers must not read: people, vendors, internals, blame.
fn unfit(ctx: &Ctx, record: &Record, body: &str, locale: &str) -> Result<()> {
    let standard = ctx.standard()?;
    let source = Source::new("for customers", body);
    let page = MessageFile {
        source,
        stage: String::new(),
        channel: String::new(),
        audience: None,
        locale: locale.to_owned(),
        fields: vec![crate::communication::FieldText {
            name: "body".to_owned(),
            text: body.to_owned(),
            range: TextRange::new(0, body.len()),
        }],
    };
    let house = standard.house();
    let mut found = Diagnostics::default();
    for finding in house.proofread_page(&page, Spoken::Nobody) {
        let mut d = Diagnostic::error(finding.fault.code(), finding.message)
            .at(source.place(finding.range));
        d.help = finding.help;
        found.push(d);
    }
    let mut people: Vec<String> =
        standard.people.iter().flat_map(|p| [p.name.clone(), p.id.clone()]).collect();
    people.extend(record.roles.iter().map(|r| r.person.clone()));
    people.extend(record.timeline.iter().filter_map(|e| e.by.clone()));
    people.extend(record.actions.iter().filter_map(|a| a.owner.clone()));
    let vendors = record.vendors.iter().map(|v| (v.vendor.clone(), "names a supplier"));
    let clients = standard
        .clients
        .iter()
        .flat_map(|c| [c.name.clone(), c.id.clone()])
        .map(|c| (c, "names a business client"));
    let names = people.into_iter().map(|p| (p, "names a person"));
    for (name, what) in names.chain(vendors).chain(clients) {
        for range in crate::communication::proof::whole_words(body, &name) {
            // An id such as `ana` is a name only where it is written as one.
            let written = body.get(range.clone()).unwrap_or_default();
            if name.contains(' ')
                || name.contains('-')
                || written.chars().next().is_some_and(char::is_uppercase)
            {
                let place = source.place(TextRange::new(range.start, range.end));
                found.push(
                    Diagnostic::error("not-for-customers", format!("`{written}` {what}"))
                        .at(place)
                        .help(
                            "say what happened, not who; the sentence can go or change in pir.md",
                        ),
                );
            }
        }
    }
    for said in
        standard.review_rules().read_text(&crate::review::Document::read(source), Some(record))
    {
        let mut d = Diagnostic::error(said.flaw.code(), said.message).at(source.place(said.range));
        d.help = said.help;
        found.push(d);
    }
    if found.is_empty() {
        return Ok(());
    }
    found.sort();
    found.0.dedup_by(|a, b| a.place == b.place && a.message == b.message);
    Err(Failure::no(found))
}
