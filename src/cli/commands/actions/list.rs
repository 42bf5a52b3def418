//! `inc actions list`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Format;
use crate::cli::error::Result;
use crate::diag::Diagnostic;
use crate::incident::{ActionKind, Record};
use crate::render::{actions as render, terminal_safe};
use crate::reports::actions::{Asked, followups};

/// List what is to be done, the longest overdue first
///
/// `inc actions list --overdue --owner ana` · `inc actions list --due 2d --format csv`
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Incident; all by default
    #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
    id: Option<String>,
    /// Only those whose day has passed
    #[arg(long)]
    overdue: bool,
    /// Only this person's; "" asks for those that nobody has
    #[arg(long, value_name = "PERSON",
        add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::people))]
    owner: Option<String>,
    /// Only those due by then, overdue ones with them: 2d, 1w, 2026-11-30
    #[arg(long, value_name = "DAY")]
    due: Option<String>,
    /// Only of these kinds
    #[arg(long, value_delimiter = ',', value_parser = crate::cli::word::<ActionKind>)]
    kind: Vec<ActionKind>,
    /// Only of these verticals of the standard
    #[arg(long = "vertical", value_name = "VERTICAL", value_delimiter = ',')]
    verticals: Vec<String>,
    /// Those that are done or dropped, too
    #[arg(long)]
    all: bool,
    /// How the answer is written; ids are `7QKM A3F0`
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ListArgs) -> Result {
    known_verticals(ctx, &args.verticals)?;
    let asked = Asked {
        all: args.all,
        overdue: args.overdue,
        owner: args.owner.as_ref().map(|o| o.trim().to_owned()),
        by: args.due.as_deref().map(|typed| super::due(ctx, typed)).transpose()?,
        kinds: args.kind.clone(),
        verticals: args.verticals.clone(),
        incident: args.id.as_deref().map(|id| ctx.which(Some(id))).transpose()?,
    };
    let register = ctx.register()?;
    let records: Vec<&Record> = register.records.iter().map(|held| &held.record).collect();
    let now = ctx.clock.now;
    let found = followups(records, &ctx.company()?, &asked, now);
    match args.format {
        Format::Json => ctx.say(&render::json(&found).to_string())?,
        Format::Csv => ctx.print(&render::csv(&found))?,
        Format::Ids => ctx.print(&render::ids(&found))?,
        Format::Table if found.is_empty() => ctx.talk("no action matches"),
        Format::Table => ctx.print(&render::table(&found, ctx.out.surface()))?,
    }
    Ok(ctx.left_out(&register.bad))
}

/// Refuses a vertical that the standard does not know: the answer would be empty for a typo.
pub(super) fn known_verticals(ctx: &Ctx, asked: &[String]) -> Result<()> {
    let standard = ctx.standard()?;
    for vertical in asked {
        if !standard.verticals.is_empty() && !standard.verticals.contains(vertical) {
            let message = format!("no vertical is called `{}`", terminal_safe(vertical));
            return Err(Diagnostic::error("unknown-vertical", message)
                .did_you_mean(vertical, standard.verticals.ids())
                .into());
        }
    }
    Ok(())
}
