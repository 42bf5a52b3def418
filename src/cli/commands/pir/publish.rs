//! `inc pir publish`

use std::path::Path;

use clap::{Args, ValueEnum};

use super::{FILE, rca};
use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Failure, Result};
use crate::cli::files;
use crate::communication::MessageFile;
use crate::communication::proof::Spoken;
use crate::diag::{Diagnostic, Diagnostics, Source, TextRange};
use crate::incident::Record;
use crate::render::review_summary::page;
use crate::render::terminal_safe;
use crate::review::Audience;

/// Print a review as others read it: the company, its leadership, or customers
///
/// One source, pir.md. Customers read what people wrote in the sections that
/// standards/sections.toml gives them, never a computed block, and nothing is printed while it names
/// people, vendors or internals, or blames: what is found is said with its line. HTML is one file that
/// needs no other and prints well.
///
/// A business client's own analysis is judged in the same way, and its prompts have to be answered;
/// its own name is the only one that may stand in it.
///
/// `inc pir publish 7QKM --audience customers --format html --out review.html`
/// `inc pir publish 7QKM --for tienda-ejemplo --final`
#[derive(Debug, Args)]
pub(super) struct PublishArgs {
    #[command(flatten)]
    which: Which,
    /// Who reads it
    #[arg(long, value_enum, required_unless_present = "client")]
    audience: Option<AudienceArg>,
    /// A business client's own analysis instead, as `inc pir draft --for` made it
    #[arg(long = "for", value_name = "CLIENT", conflicts_with = "audience")]
    client: Option<String>,
    /// With --for: the final analysis; the preliminary one by default
    #[arg(long = "final", requires = "client")]
    last: bool,
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
    if let Some(client) = &args.client {
        return for_client(ctx, &record, client, args);
    }
    if record.review.is_none() {
        return Err(Diagnostic::error("no-review", format!("{id} has no review yet"))
            .help(format!("inc pir draft {}", id.suffix()))
            .into());
    }
    let text = ctx.text(&path)?;
    let audience = match args.audience {
        Some(AudienceArg::Customers) => Audience::Customers,
        Some(AudienceArg::Leadership) => Audience::Leadership,
        Some(AudienceArg::Internal) | None => Audience::Internal,
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
        unfit(ctx, &record, &body, &locale, None)?;
    }
    if record.review.as_ref().is_none_or(|r| r.frozen_at.is_none()) {
        ctx.talk("the review is not approved yet: what is printed may still change");
    }
    let body = ctx.masked("the review", &body);
    give(ctx, &record.title, &body, &locale, args)
}

/// Prints it, or writes it where it was asked for.
fn give(ctx: &Ctx, title: &str, body: &str, locale: &str, args: &PublishArgs) -> Result {
    let out = match args.format.as_str() {
        "html" => page(title, body, locale),
        _ => body.to_owned(),
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

/// A client's own analysis, once it is fit to leave the house.
fn for_client(ctx: &Ctx, record: &Record, client: &str, args: &PublishArgs) -> Result {
    let path = format!("{}/{}", record.id.folder(), rca::file_name(client, args.last));
    if ctx.store.read(&path).map_err(from_store)?.is_none() {
        let last = if args.last { " --final" } else { "" };
        let suffix = record.id.suffix();
        let shown = terminal_safe(client);
        return Err(Diagnostic::error("no-review", format!("{path} does not exist"))
            .help(format!("inc pir draft {suffix} --for {shown}{last}"))
            .into());
    }
    let text = ctx.text(&path)?;
    let locale = super::written_in(&text).unwrap_or_else(|| "en".to_owned());
    let body = crate::communication::front_matter(&text).map_or(text.as_str(), |(_, body)| body);
    let body = body.trim_start();
    let source = Source::new(&path, body);
    let prompts: Vec<Diagnostic> = body
        .match_indices("<!--")
        .map(|(at, mark)| {
            Diagnostic::error("not-for-customers", "a prompt of the template is still there")
                .at(source.place(TextRange::new(at, at + mark.len())))
                .help("answer it below its heading, and take it away")
        })
        .collect();
    if !prompts.is_empty() {
        return Err(Failure::no(Diagnostics(prompts)));
    }
    unfit(ctx, record, body, &locale, Some(client))?;
    let body = ctx.masked("the analysis", body);
    give(ctx, &record.title, &body, &locale, args)
}

/// Refuses what customers must not read: people, vendors, internals, blame; `client` is whom a client's
/// own analysis is for, and may be named in it.
fn unfit(ctx: &Ctx, record: &Record, body: &str, locale: &str, client: Option<&str>) -> Result<()> {
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
    // Numbers by which the reader knows the incident and the contract are no jargon.
    let contract = client
        .and_then(|id| standard.clients.get(id)?.contract.clone())
        .filter(|contract| !contract.is_empty());
    let numbers: Vec<std::ops::Range<usize>> = [Some(record.id.to_string()), contract]
        .into_iter()
        .flatten()
        .flat_map(|name| {
            let starts: Vec<usize> = body.match_indices(&name).map(|(at, _)| at).collect();
            starts.into_iter().map(move |at| at..at + name.len())
        })
        .collect();
    let is_number =
        |range: TextRange| numbers.iter().any(|n| n.start <= range.start && range.end <= n.end);
    let said = house.proofread_page(&page, Spoken::Nobody).into_iter();
    for finding in said.filter(|finding| !is_number(finding.range)) {
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
        .filter(|c| Some(c.id.as_str()) != client)
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
    // Figures of one client are no figures of the whole incident.
    let whole = client.is_none().then_some(record);
    for said in standard.review_rules().read_text(&crate::review::Document::read(source), whole) {
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
