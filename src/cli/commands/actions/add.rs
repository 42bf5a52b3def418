//! `inc actions add`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::incident::{Action, ActionKind, ItemId, fitting_title};
use crate::render::terminal_safe;
use crate::reports::actions::due_by_standard;

/// Agree on something to do
///
/// `inc actions add 7QKM Alert on the share of declined payments --kind detect --owner ana`
///
/// Without --due the standard's target for the kind gives the day. Recover actions are part of the
/// repair: `inc resolve` waits for them. Prints the action's id.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The incident, left out when exactly one is open, and what is to be done
    #[arg(value_name = "[ID] WORDS", required = true)]
    words: Vec<String>,
    /// recover (service or money back), correct (this cause), prevent (its kind), detect, mitigate,
    /// communicate, process
    #[arg(long, value_parser = crate::cli::word::<ActionKind>)]
    kind: Option<ActionKind>,
    /// Who does it: an id of standards/people.toml
    #[arg(long, value_name = "PERSON",
        add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::people))]
    owner: Option<String>,
    /// By when: 2026-11-30, or 10d and 2w from today
    #[arg(long, value_name = "DAY")]
    due: Option<String>,
    /// How urgent it is
    #[arg(long, value_parser = ["P1", "P2", "P3", "P4"], ignore_case = true)]
    priority: Option<String>,
    /// The ticket that it is worked on in: a number or a link
    #[arg(long, value_name = "REF")]
    ticket: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &AddArgs) -> Result {
    let (asked, title) = ctx.split_words(&args.words)?;
    let typed = args.words.join(" ");
    let id = ctx.which_keeping(asked.as_deref(), &typed)?;
    let at = args.writing.at(ctx)?;
    let Some(title) = title else {
        return Err(Diagnostic::error("no-words", "say what is to be done")
            .help(format!("inc actions add {} WORDS --kind KIND --owner PERSON", id.suffix()))
            .into());
    };
    fitting_title(&title)?;
    if let Some(owner) = &args.owner {
        ctx.warn_unknown("person", owner);
    }
    let record = ctx.load(&id)?.record;
    let mut told = None;
    let due = match (&args.due, args.kind) {
        (Some(typed), _) => {
            let day = super::due(ctx, typed)?;
            super::future(ctx, day, at)?;
            Some(day)
        }
        (None, None) => {
            told = Some("no day: --kind lets the standard give one, --due says it".to_owned());
            None
        }
        (None, Some(kind)) => match due_by_standard(&record, kind, &ctx.company()?, at) {
            None => {
                told = Some(format!("no day: the standard has none for {}", kind.as_str()));
                None
            }
            Some(found) => {
                let target = &found.target;
                told = Some(match found.passed {
                    None => format!("due {}: {target} for {}", found.day, kind.as_str()),
                    Some(passed) => format!(
                        "due {}: {target} from today; from detection it would have been {passed}",
                        found.day
                    ),
                });
                Some(found.day)
            }
        },
    };
    let mut item = None;
    let done =
        ctx.change_keeping(&id, "actions add", args.writing.dry_run, at, &typed, |record, act| {
            let taken = |id: &ItemId| record.actions.iter().any(|a| a.id.as_ref() == Some(id));
            let mut drawn = ItemId::new('A', &mut act.random);
            while taken(&drawn) {
                drawn = ItemId::new('A', &mut act.random);
            }
            item = Some(drawn.clone());
            record.actions.push(Action {
                id: Some(drawn),
                title: title.clone(),
                kind: args.kind,
                priority: args.priority.as_ref().map(|p| p.to_ascii_uppercase()),
                owner: args.owner.clone(),
                due: due.map(|day| day.to_string()),
                ticket: args.ticket.clone(),
                at: Some(act.at),
                ..Action::default()
            });
            Ok(())
        })?;
    let name = item.map_or_else(String::new, |item| item.to_string());
    let owner = args.owner.as_deref().map_or("no owner", |o| o);
    let due = due.map_or_else(|| "no day".to_owned(), |day| day.to_string());
    ctx.say(&format!("{} · action {name} · {} · {due}", done.id, terminal_safe(owner)))?;
    if let Some(told) = told {
        ctx.talk(&told);
    }
    if args.owner.is_none() {
        ctx.talk(&format!("who does it: inc actions assign {name} --to PERSON"));
    }
    Ok(Exit::Done)
}
