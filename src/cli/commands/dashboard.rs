//! `inc dashboard`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use rayon::prelude::*;

use crate::approval::digest;
use crate::cli::Ctx;
use crate::cli::ctx::from_store;
use crate::cli::error::Result;
use crate::diag::Diagnostic;
use crate::incident::Record;
use crate::register::{Held, Register};
use crate::render::Locale;
use crate::render::dashboard::{self, Archived, Facts, Look, Months, Page, Texts};
use crate::reports::assessment::assess;
use crate::reports::board::{Standing, board};
use crate::reports::company::Company;
use crate::reports::public::public;
use crate::store::Site;

/// A static site for leadership, support and engineers
#[derive(Debug, Args)]
pub(crate) struct DashboardArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write the site: overview, incidents, services, verticals, actions, compensation, reports
    ///
    /// It works from the file system and from any web server, and loads nothing from outside. Files
    /// that are the same stay as they are; those of incidents that are gone go. The same records and
    /// the same --now give the same bytes.
    ///
    ///   inc dashboard build public
    ///   inc dashboard build /srv/www/status --redact public --locale en
    #[command(verbatim_doc_comment)]
    Build {
        /// A folder that is not there, is empty, or holds a dashboard that inc made
        dir: PathBuf,
        /// Languages: es-MX, en; both by default, the workspace's first one first
        #[arg(long = "locale", value_name = "LOCALE", value_delimiter = ',')]
        locales: Vec<String>,
        /// Leave out people, vendors and internals: for everybody outside the company
        #[arg(long, value_enum, value_name = "READERS")]
        redact: Option<Readers>,
    },
}

/// Who may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Readers {
    /// Everybody: title, services, times and share of what customers felt, what was said in public
    Public,
}

/// The file that says whose the folder is.
const MARK: &str = ".inc-dashboard";
const SAYS: &str = "made by inc dashboard build\n\n\
    What lies in assets, es-MX and en is made anew each time; other files here stay.\n";
/// The languages that the site can be in, which are its folders.
const LOCALES: [&str; 2] = ["es-MX", "en"];
/// The most bytes of a text beside a record.
const LONGEST: u64 = 1_000_000;

pub(crate) fn run(ctx: &mut Ctx, args: &DashboardArgs) -> Result {
    let Verb::Build { dir, locales, redact } = &args.verb;
    let tags = tags(ctx, locales)?;
    let all = ctx.register()?;
    let company = Company { register: Some(&all), ..ctx.company()? };
    let Some(site) = Site::open(dir, MARK, SAYS).map_err(from_store)? else {
        let what = format!("{} holds other files than a dashboard", dir.display());
        let d = Diagnostic::error("not-a-dashboard", what);
        return Err(d.help("name a folder that is empty, or not there yet").into());
    };
    let is_public = redact.is_some();
    let put = |page: &Page| site.put(&page.path, page.text.as_bytes()).map_err(from_store);
    let redacted = is_public.then(|| everybody(&all, &company));
    let shown = redacted.as_ref().unwrap_or(&all);
    let months = Months::of(shown, ctx.clock.zone);
    // Severity follows from the whole record, whatever of it is shown.
    let judged: Vec<(Standing, Facts)> = shown
        .records
        .par_iter()
        .map(|held| {
            let whole = all.get(&held.record.id).unwrap_or(held);
            let found = assess(&whole.record, &company, ctx.clock.now);
            let standing = Standing::of(&found);
            let facts = Facts { clocks: found.clocks, why: found.why };
            (standing, if is_public { Facts::default() } else { facts })
        })
        .collect();
    let levels: Vec<Standing> = judged.iter().map(|(standing, _)| *standing).collect();
    let counted = is_public.then(|| whole(&all, shown));
    let counted = counted.as_ref().unwrap_or(&all);
    let Some(board) = board(counted, &all, &levels, &company, ctx.clock.now) else {
        return Err(Diagnostic::error("bad-period", "now lies beyond the calendar").into());
    };
    let reports = if is_public { Vec::new() } else { reports(ctx)? };
    let style = ctx.store.read_up_to("templates/dashboard/style.css", LONGEST);
    let style = style.map_err(from_store)?;
    let style = style.as_deref().unwrap_or(dashboard::STYLE.as_bytes());
    site.put("assets/style.css", style).map_err(from_store)?;
    site.put("assets/board.js", dashboard::SCRIPT.as_bytes()).map_err(from_store)?;
    put(&dashboard::entrance(&ctx.config.company, &tags))?;
    let languages: Vec<Locale> = tags.iter().map(|tag| ctx.locale(tag)).collect::<Result<_>>()?;
    let looks: Vec<Look<'_>> = languages
        .iter()
        .map(|locale| Look {
            locale,
            locales: &tags,
            company: &ctx.config.company,
            standard: company.standard,
            register: shown,
            levels: &levels,
            months: &months,
            public: is_public,
            has_reports: !reports.is_empty(),
            now: ctx.clock.now,
        })
        .collect();
    for look in &looks {
        dashboard::boards(look, &board).iter().try_for_each(put)?;
        dashboard::lists(look).try_for_each(|page| put(&page))?;
        dashboard::lookup(look).try_for_each(|page| put(&page))?;
        if !reports.is_empty() {
            dashboard::archive(look, &reports).iter().try_for_each(put)?;
        }
    }
    shown.records.par_iter().zip(&judged).enumerate().try_for_each(|(place, (held, judged))| {
        let texts = texts(ctx, &held.record, is_public);
        let pages = looks.iter().filter_map(|l| dashboard::incident(l, place, &judged.1, &texts));
        pages.into_iter().try_for_each(|page| put(&page))
    })?;
    let made = site.finish(&["assets", LOCALES[0], LOCALES[1]]).map_err(from_store)?;
    ctx.talk(&format!(
        "{} incidents, {} files, {} kB: {} written, {} gone",
        shown.records.len(),
        made.files,
        made.bytes / 1000,
        made.written,
        made.removed
    ));
    ctx.say(&dir.join("index.html").display().to_string())?;
    Ok(ctx.left_out(&all.bad))
}

/// The languages of the site, the workspace's first one first.
fn tags(ctx: &Ctx, asked: &[String]) -> Result<Vec<String>> {
    let mut tags: Vec<String> = Vec::new();
    for typed in asked {
        let Some(tag) = LOCALES.iter().find(|tag| tag.eq_ignore_ascii_case(typed)) else {
            let what = format!("no site in `{}`", crate::render::terminal_safe(typed));
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
fn everybody(all: &Register, company: &Company<'_>) -> Register {
    let records = all.records.iter().filter_map(|held| {
        let record = public(&held.record, company.standard)?;
        Some(Held { path: held.path.clone(), record })
    });
    Register { records: records.collect(), bad: Vec::new() }
}

/// The same records as they are, from which figures are counted.
fn whole(all: &Register, shown: &Register) -> Register {
    let records = shown.records.iter().filter_map(|held| all.get(&held.record.id).cloned());
    Register { records: records.collect(), bad: Vec::new() }
}

/// The texts beside a record. In public those alone that went out just as they lie there.
fn texts(ctx: &Ctx, record: &Record, is_public: bool) -> Texts {
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
fn reports(ctx: &Ctx) -> Result<Vec<Archived>> {
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
            Err(failure) => crate::cli::error::print(ctx.out, &failure.found, false),
        }
    }
    Ok(found)
}
