//! `inc comms coverage`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Answer;
use crate::cli::error::{Exit, Result};
use crate::communication::Stage;
use crate::render::Templates;
use crate::render::comms::{self as render, Covered};
use crate::standard::{Duty, Standard};

/// Show which messages there are texts for, in each language
///
/// A row for each channel and stage that standards/owed.toml can come to ask for, or that there is
/// a template of. Exits 1 when a text that can be owed is missing.
#[derive(Debug, Args)]
pub(crate) struct CoverageArgs {
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Answer,
}

pub(crate) fn run(ctx: &mut Ctx, args: &CoverageArgs) -> Result {
    let templates = ctx.templates()?;
    let locales = ctx.config.locales.clone();
    let covered = covered(ctx.standard()?, &templates, &locales);
    let missing: usize = covered
        .iter()
        .filter(|c| c.duty == Duty::Owed)
        .map(|c| c.templates.iter().filter(|t| t.is_none()).count())
        .sum();
    if args.format == Answer::Json {
        ctx.say(&render::coverage_json(&covered, &locales).to_string())?;
    } else {
        ctx.print(&render::coverage(&covered, &locales, ctx.out.surface()))?;
        let said = match missing {
            0 => "every text that can be owed is there".to_owned(),
            n => format!("{n} texts that can be owed are missing"),
        };
        ctx.talk(&said);
    }
    Ok(if missing == 0 { Exit::Done } else { Exit::No })
}

/// What there is, channel by channel in the order of the standard.
fn covered(standard: &Standard, templates: &Templates, locales: &[String]) -> Vec<Covered> {
    let Some(policies) = standard.newest_policies() else { return Vec::new() };
    let said = &standard.communication;
    let mut all = Vec::new();
    for channel in &said.channels {
        let owed = policies.can_be_owed(&channel.id, &channel.audiences);
        for stage in Stage::ALL {
            let named = stage.as_str();
            if said.stages.get(named).is_some_and(|s| !s.is_for(&channel.id)) {
                continue;
            }
            let found = |locale: &String| {
                let names = said.templates(&channel.id, named, locale);
                names.into_iter().find(|name| templates.contains(name))
            };
            let one = Covered {
                channel: channel.id.clone(),
                stage: named.to_owned(),
                duty: if owed.contains(&stage) { Duty::Owed } else { Duty::Allowed },
                templates: locales.iter().map(found).collect(),
            };
            if one.duty == Duty::Owed || one.templates.iter().any(Option::is_some) {
                all.push(one);
            }
        }
    }
    all
}
