//! `inc actions`

mod add;
mod change;
mod history;
mod list;
mod remind;
mod report;

use clap::{Args, Subcommand};

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::error::Result;
use crate::diag::Diagnostic;
use crate::incident::{Action, DUE_FORMS, IncidentId, ItemId, Record, day};
use crate::render::terminal_safe;
use crate::units::{Instant, Span};

/// Follow-ups: what was agreed, who does it by when, and what shows that it is done
#[derive(Debug, Args)]
pub(crate) struct ActionsArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Add(add::AddArgs),
    /// Note that an action is done, and where one can see it
    ///
    /// A prevent action then owes an effect check: `inc actions effect` answers it.
    Done {
        #[command(flatten)]
        action: WhichAction,
        /// Link or commit that shows it: https://code.example/pull/7, 1a2b3c4, repository@1a2b3c4
        #[arg(long, value_name = "LINK|COMMIT")]
        evidence: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Give an action up, for a reason that stays on record
    Drop {
        #[command(flatten)]
        action: WhichAction,
        /// Why it is not worth doing any more
        #[arg(long, value_name = "WORDS")]
        reason: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Give an action to somebody
    Assign {
        #[command(flatten)]
        action: WhichAction,
        /// Who does it: an id of standards/people.toml
        #[arg(long = "to", value_name = "PERSON",
            add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::people))]
        owner: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Promise another day, for a reason that stays on record
    Reschedule {
        #[command(flatten)]
        action: WhichAction,
        /// The new day: 2026-11-30, or 10d and 2w from today
        #[arg(long = "to", value_name = "DAY")]
        due: String,
        /// Why the day is moved
        #[arg(long, value_name = "WORDS")]
        reason: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Note whether a prevent action did what it was for
    Effect {
        #[command(flatten)]
        action: WhichAction,
        /// What one sees: "no timeout in 90 days, at twice the volume"
        #[arg(long, value_name = "WORDS")]
        result: String,
        #[command(flatten)]
        writing: Writing,
    },
    List(list::ListArgs),
    History(history::HistoryArgs),
    Report(report::ReportArgs),
    Remind(remind::RemindArgs),
}

/// Which action, of all incidents.
#[derive(Debug, Args)]
struct WhichAction {
    /// The action's id (A3F0) or an unambiguous beginning of it or of its title; an incident before it
    /// says whose
    #[arg(value_name = "[ID] ACTION", num_args = 1..=2, required = true)]
    words: Vec<String>,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ActionsArgs) -> Result {
    match &args.verb {
        Verb::Add(args) => add::run(ctx, args),
        Verb::Done { action, evidence, writing } => change::done(ctx, action, evidence, writing),
        Verb::Drop { action, reason, writing } => change::drop(ctx, action, reason, writing),
        Verb::Assign { action, owner, writing } => change::assign(ctx, action, owner, writing),
        Verb::Reschedule { action, due, reason, writing } => {
            change::reschedule(ctx, action, due, reason, writing)
        }
        Verb::Effect { action, result, writing } => change::effect(ctx, action, result, writing),
        Verb::List(args) => list::run(ctx, args),
        Verb::History(args) => history::run(ctx, args),
        Verb::Report(args) => report::run(ctx, args),
        Verb::Remind(args) => remind::run(ctx, args),
    }
}

/// An action by its incident and its place there.
#[derive(Debug, Clone)]
struct Found {
    incident: IncidentId,
    place: usize,
    /// As it was when it was found: another hand may have moved it since.
    id: Option<ItemId>,
    title: String,
}

impl Found {
    /// The action in a record that may have changed since.
    fn of<'r>(&self, record: &'r mut Record) -> Result<&'r mut Action> {
        let is_it = |a: &Action| match &self.id {
            Some(id) => a.id.as_ref() == Some(id),
            None => a.title == self.title,
        };
        let there = record.actions.get(self.place).is_some_and(is_it);
        let place = if there { Some(self.place) } else { record.actions.iter().position(is_it) };
        place.and_then(|place| record.actions.get_mut(place)).ok_or_else(|| {
            let message = format!("`{}` is no longer there", terminal_safe(&self.title));
            Diagnostic::error("no-such-action", message)
                .help("inc actions list --all shows them")
                .into()
        })
    }

    /// What to call it: its id, else its title.
    fn name(&self) -> String {
        match &self.id {
            Some(id) => format!("{id} ({})", terminal_safe(&self.title)),
            None => format!("`{}`", terminal_safe(&self.title)),
        }
    }
}

/// Finds the action that is meant, in one incident or in all.
fn find(ctx: &Ctx, which: &WhichAction) -> Result<Found> {
    let (incident, typed) = match which.words.as_slice() {
        [id, action] => (Some(ctx.which(Some(id))?), action.trim()),
        [action] => (None, action.trim()),
        _ => (None, ""),
    };
    let mut found: Vec<(bool, Found)> = Vec::new();
    let mut look = |record: &Record| {
        for (place, action) in record.actions.iter().enumerate() {
            let id = action.id.as_ref().map(ItemId::as_str).unwrap_or_default();
            let by_id = !typed.is_empty() && id.starts_with(&typed.to_ascii_uppercase());
            let by_title = typed.chars().count() >= 3
                && action.title.to_lowercase().starts_with(&typed.to_lowercase());
            if by_id || by_title {
                let (incident, id) = (record.id.clone(), action.id.clone());
                let title = action.title.clone();
                found.push((action.is_open(), Found { incident, place, id, title }));
            }
        }
    };
    match &incident {
        Some(id) => look(&ctx.load(id)?.record),
        None => ctx.register()?.records.iter().for_each(|held| look(&held.record)),
    }
    if found.len() > 1 && found.iter().filter(|(open, _)| *open).count() == 1 {
        found.retain(|(open, _)| *open);
    }
    let shown = terminal_safe(typed);
    match found.as_slice() {
        [(_, one)] => Ok(one.clone()),
        [] => Err(Diagnostic::error("no-such-action", format!("no action begins with `{shown}`"))
            .help("inc actions list --all shows them with their ids")
            .into()),
        many => {
            let names: Vec<String> = many
                .iter()
                .take(10)
                .map(|(_, one)| format!("{} {}", one.incident.suffix(), one.name()))
                .collect();
            let message = format!("`{shown}` names {} actions", many.len());
            Err(Diagnostic::error("ambiguous-action", message)
                .help(format!(
                    "one of: {}; say the incident first, then the action",
                    names.join(", ")
                ))
                .into())
        }
    }
}

/// A due date as typed: a day, or a span from today.
fn due(ctx: &Ctx, typed: &str) -> Result<chrono::NaiveDate> {
    let text = typed.trim();
    let today = ctx.clock.now.get().date_naive();
    let weeks = text.strip_suffix('w').and_then(|n| n.parse::<i64>().ok());
    let span: Option<Span> = match weeks {
        Some(weeks) => format!("{}d", weeks.saturating_mul(7)).parse().ok(),
        None => text.parse().ok(),
    };
    let moment = |span: Span| ctx.clock.now.plus(span).get().date_naive();
    let far = today.checked_add_days(chrono::Days::new(3_660));
    day(text)
        .or_else(|| span.map(moment))
        .filter(|day| far.is_none_or(|far| *day <= far))
        .ok_or_else(|| {
            let message = format!("`{}` is no day", terminal_safe(text));
            Diagnostic::error("bad-day", message)
                .help(format!("{DUE_FORMS}, within ten years"))
                .into()
        })
}

/// Refuses a day that has passed.
fn future(ctx: &Ctx, day: chrono::NaiveDate, at: Instant) -> Result<()> {
    // What is written down later may be of a day that has passed since.
    if day >= at.in_zone(&ctx.clock.zone).get().date_naive() {
        return Ok(());
    }
    let message = format!("{day} has passed");
    Err(Diagnostic::error("past-day", message).help("promise a day from today on").into())
}

/// Refuses empty words.
fn words<'w>(flag: &str, typed: &'w str) -> Result<&'w str> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Diagnostic::error("no-reason", format!("{flag} needs words")).into());
    }
    Ok(typed)
}
