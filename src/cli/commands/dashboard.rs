//! `inc dashboard`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use rayon::prelude::*;

use crate::cli::Ctx;
use crate::cli::ctx::from_store;
use crate::cli::error::Result;
use crate::cli::site::{LOCALES, LONGEST, everybody, reports, tags, texts, whole};
use crate::diag::Diagnostic;
use crate::render::Locale;
use crate::render::dashboard::{self, Facts, Look, Months, Page};
use crate::reports::assessment::assess;
use crate::reports::board::{Standing, board};
use crate::reports::company::Company;
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
