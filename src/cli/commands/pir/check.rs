//! `inc pir check`

use std::collections::{BTreeSet, HashMap};

use clap::Args;

use crate::check::{self, Finding, Findings, OF_REVIEW, Options, Tier};
use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::commands::check::{FormatArg, print, surroundings};
use crate::cli::error::{Exit, Result};
use crate::cli::files;
use crate::diag::{Diagnostic, Level, Source};
use crate::incident::{IncidentId, Record};
use crate::review::{Document, Flaw, Rules};

/// Check a review before people read it: what is owed and missing, what blames, what contradicts
///
/// Sections that the standard asks for (missing, empty, still the prompt), figures that the record
/// contradicts, silences in the timeline, words that blame or judge by what was known later, each
/// with a better question, personal data, follow-ups without owner, day or kind. Exits 1 when there is
/// something to mend. An approved review is frozen and is not judged again.
///
/// `inc pir check 7QKM` · `inc pir check --file old/postmortem.md`
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    which: Which,
    /// Check the words of these files instead: reviews of elsewhere, which no record belongs to
    #[arg(long = "file", value_name = "PATH", num_args = 1.., conflicts_with = "id")]
    files: Vec<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: FormatArg,
}

pub(super) fn run(ctx: &mut Ctx, args: &CheckArgs) -> Result {
    let found = if args.files.is_empty() {
        let id = ctx.which(args.which.id.as_deref())?;
        of_record(ctx, &id)?
    } else {
        of_files(ctx, &args.files)?
    };
    print(ctx, &found, None, args.format)?;
    let graver = found.findings.iter().any(|f| f.diagnostic.level > Level::Note);
    Ok(if graver { Exit::No } else { Exit::Done })
}

/// What there is to say of one incident's review, and of its follow-ups.
pub(super) fn of_record(ctx: &Ctx, id: &IncidentId) -> Result<Findings> {
    let record = ctx.load(id)?.record;
    let Some(review) = &record.review else {
        return Err(Diagnostic::error("no-review", format!("{id} has no review yet"))
            .help(format!("inc pir draft {}", id.suffix()))
            .into());
    };
    if review.frozen_at.is_some() {
        ctx.talk("the review is approved and frozen; only its follow-ups are judged");
    }
    let options = Options {
        tier: Tier::Basic,
        only: OF_REVIEW.iter().map(|code| (*code).to_owned()).collect(),
        incidents: Some(BTreeSet::from([id.clone()])),
        levels: ctx.config.check.levels()?,
        ..Options::default()
    };
    let register = ctx.register_quietly()?;
    let mut around = surroundings(ctx)?;
    around.texts.clear();
    let company = ctx.company()?;
    let of: [&Record; 1] = [&record];
    around.reviews_owed = crate::reports::reviews::owed(of, &company, around.now);
    Ok(check::run(&register, &around, &options, |path| ctx.text(path).ok()))
}

fn of_files(ctx: &Ctx, paths: &[String]) -> Result<Findings> {
    let rules = ctx.standard()?.review_rules();
    let mut all = Findings { checked: paths.len(), ..Findings::default() };
    let levels: HashMap<&str, Level> =
        check::CATALOGUE.iter().map(|check| (check.code, check.level)).collect();
    for path in paths {
        let text = files::read_named(path)?;
        all.findings.extend(of_text(&rules, path, &text, &levels));
    }
    Ok(all)
}

fn of_text(rules: &Rules, path: &str, text: &str, levels: &HashMap<&str, Level>) -> Vec<Finding> {
    let source = Source::new(path, text);
    let document = Document::read(source);
    let mut found = rules.read_text(&document, None);
    if !rules.speaks_of_customers(&document) {
        found.push(rules.without_customers());
    }
    found
        .into_iter()
        .map(|finding| {
            let code = finding.flaw.code();
            let level = levels.get(code).copied().unwrap_or(Level::Warning);
            let mut place = source.place(finding.range);
            // What must not be in git must not be in a log either.
            place.text = place.text.take().filter(|_| finding.flaw != Flaw::PersonalData);
            let mut diagnostic = Diagnostic::new(level, code, finding.message).at(place);
            diagnostic.help = finding.help;
            let check = check::find(code).map_or("blameful", |check| check.code);
            let (incident, path) = (None, path.to_owned());
            Finding { check, incident, path, diagnostic, clause: finding.clause, waived: None }
        })
        .collect()
}
