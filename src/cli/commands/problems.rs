//! `inc problems`
//!
//! The file is long because the six verbs of one small file stand together.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::incident::{
    Action, ActionKind, IncidentId, ItemId, Problem, ProblemState, Record, problem_id,
};
use crate::render::problems as shown;
use crate::reports::likeness::suggest;

/// Problems: recurring causes, the incidents that they made, and what is done about them
///
///   inc problems suggest
///   inc problems open "Wallet tokens expire unnoticed" --incident 7QKM,V2JA --owner ana
///   inc problems update 3PXN --state known_error --cause "nobody renews them"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ProblemsArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Begin a problem; its id is printed
    Open {
        /// What keeps going wrong
        title: String,
        /// Incidents that it made
        #[arg(short, long = "incident", value_name = "ID", value_delimiter = ',',
            add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
        incidents: Vec<String>,
        #[command(flatten)]
        about: About,
        #[command(flatten)]
        writing: Writing,
    },
    /// List problems: open ones, or those of a state
    List {
        /// open, known_error, fixed or accepted
        #[arg(long, value_name = "STATE", value_parser = crate::cli::word::<ProblemState>)]
        state: Option<ProblemState>,
        /// Fixed ones too
        #[arg(long)]
        all: bool,
        /// For people, or a documented JSON object
        #[arg(long, value_parser = ["table", "json"], default_value = "table")]
        format: String,
    },
    /// Show a problem with its incidents and actions
    Show {
        /// Its id or an ending of it; left out when exactly one is open
        problem: Option<String>,
        /// For people, or a documented JSON object
        #[arg(long, value_parser = ["table", "json"], default_value = "table")]
        format: String,
    },
    /// Join incidents to a problem, or part them from it
    Link {
        /// Incidents
        #[arg(value_name = "INCIDENT", required = true,
            add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
        incidents: Vec<String>,
        /// The problem; left out when exactly one is open
        #[arg(long, value_name = "PROBLEM")]
        to: Option<String>,
        /// Part them from it instead
        #[arg(long)]
        remove: bool,
        #[command(flatten)]
        writing: Writing,
    },
    /// Say what is known of a problem, and where it stands
    Update {
        /// Its id or an ending of it; left out when exactly one is open
        problem: Option<String>,
        /// open, known_error (needs a cause), fixed, accepted (needs --review-on)
        #[arg(long, value_name = "STATE", value_parser = crate::cli::word::<ProblemState>)]
        state: Option<ProblemState>,
        /// What keeps going wrong
        #[arg(long, value_name = "WORDS")]
        title: Option<String>,
        /// When an accepted problem is looked at again
        #[arg(long, value_name = "DATE")]
        review_on: Option<NaiveDate>,
        /// Add an action that prevents it; the owner has it
        #[arg(long, value_name = "WORDS")]
        action: Option<String>,
        /// When that action is due
        #[arg(long, value_name = "DATE", requires = "action")]
        due: Option<NaiveDate>,
        /// Tick off an action, by its id
        #[arg(long, value_name = "ACTION")]
        done: Option<String>,
        #[command(flatten)]
        about: About,
        #[command(flatten)]
        writing: Writing,
    },
    /// Propose groups of incidents that could be one problem, with the reasons
    ///
    /// Compared are services, category of the cause, change, vendor, and the words of titles, causes
    /// and notes, weighed by how rare they are. What a problem joins already is left out.
    Suggest {
        /// Only incidents that began at or after: a date, or a span before now (180d)
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// At most so many groups
        #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 10)]
        limit: usize,
        /// For people, or a documented JSON object
        #[arg(long, value_parser = ["table", "json"], default_value = "table")]
        format: String,
    },
}

/// What may be known of a problem.
#[derive(Debug, Clone, Args)]
struct About {
    /// Who has it
    #[arg(long, value_name = "PERSON")]
    owner: Option<String>,
    /// The cause, once it is known
    #[arg(long, value_name = "WORDS")]
    cause: Option<String>,
    /// How to get by until it is fixed
    #[arg(long, value_name = "WORDS")]
    workaround: Option<String>,
}

impl About {
    fn apply(&self, ctx: &Ctx, problem: &mut Problem) {
        if let Some(owner) = &self.owner {
            ctx.warn_unknown("person", owner);
            problem.owner = Some(owner.clone());
        }
        for (said, field) in
            [(&self.cause, &mut problem.cause), (&self.workaround, &mut problem.workaround)]
        {
            if said.is_some() {
                field.clone_from(said);
            }
        }
    }
}

pub(crate) fn run(ctx: &mut Ctx, args: &ProblemsArgs) -> Result {
    match &args.verb {
        Verb::Open { title, incidents, about, writing } => {
            open(ctx, title, incidents, about, writing)
        }
        Verb::List { state, all, format } => list(ctx, *state, *all, format == "json"),
        Verb::Show { problem, format } => show(ctx, problem.as_deref(), format == "json"),
        Verb::Link { incidents, to, remove, writing } => {
            link(ctx, incidents, to.as_deref(), *remove, writing)
        }
        Verb::Update { .. } => update(ctx, &args.verb),
        Verb::Suggest { since, limit, format } => {
            proposed(ctx, since.as_deref(), *limit, format == "json")
        }
    }
}

fn words(what: &str, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Diagnostic::error("no-words", format!("{what} needs words")).into());
    }
    Ok(())
}

fn meant(ctx: &Ctx, typed: &[String]) -> Result<Vec<IncidentId>> {
    let mut seen = BTreeSet::new();
    let ids = typed.iter().map(|id| ctx.which(Some(id))).collect::<Result<Vec<_>>>()?;
    Ok(ids.into_iter().filter(|id| seen.insert(id.clone())).collect())
}

fn open(
    ctx: &mut Ctx,
    title: &str,
    incidents: &[String],
    about: &About,
    writing: &Writing,
) -> Result {
    let at = writing.at(ctx)?;
    words("a title", title)?;
    let incidents = meant(ctx, incidents)?;
    let id = problem_id(&ctx.new_id());
    let mut problem = Problem::new(id, title.trim().to_owned());
    problem.opened_at = Some(at);
    problem.opened_by = Some(ctx.author_id());
    problem.incidents = incidents;
    about.apply(ctx, &mut problem);
    ctx.write_problem(None, &problem, ("opened", "problems open"), writing.dry_run)?;
    if !writing.dry_run {
        ctx.say(&format!("{} ({})", problem.id, problem.title))?;
    }
    Ok(Exit::Done)
}

fn list(ctx: &Ctx, state: Option<ProblemState>, all: bool, json: bool) -> Result {
    let problems = ctx.problems()?;
    let wanted = |problem: &&Problem| match state {
        Some(state) => problem.state == state,
        None => all || problem.is_open(),
    };
    let found: Vec<&Problem> = problems.all.iter().filter(wanted).collect();
    if json {
        ctx.say(&shown::list_json(&found).to_string())?;
    } else if found.is_empty() {
        ctx.talk("no problem matches");
    } else {
        ctx.print(&shown::list(&found, ctx.out.surface()))?;
    }
    Ok(if problems.bad.is_empty() { Exit::Done } else { Exit::Wrong })
}

fn show(ctx: &Ctx, asked: Option<&str>, json: bool) -> Result {
    let problems = ctx.problems()?;
    let problem = ctx.which_problem(&problems, asked)?;
    let register = ctx.register()?;
    let incidents: Vec<(&IncidentId, Option<&Record>)> = problem
        .incidents
        .iter()
        .map(|id| (id, register.get(id).map(|held| &held.record)))
        .collect();
    if json {
        ctx.say(&shown::one_json(problem).to_string())?;
    } else {
        ctx.print_paged(&shown::one(problem, &incidents, ctx.clock.now, ctx.out.surface()))?;
    }
    Ok(ctx.left_out(&register.bad))
}

fn link(
    ctx: &mut Ctx,
    incidents: &[String],
    to: Option<&str>,
    remove: bool,
    writing: &Writing,
) -> Result {
    writing.at(ctx)?;
    let problems = ctx.problems()?;
    let before = ctx.which_problem(&problems, to)?.clone();
    let ids = meant(ctx, incidents)?;
    let mut after = before.clone();
    let has = |id: &&IncidentId| before.incidents.contains(id);
    if remove {
        if let Some(not) = ids.iter().find(|id| !has(id)) {
            let what = format!("{not} is not joined to {}", before.id);
            return Err(Diagnostic::error("not-joined", what)
                .help(format!("inc problems show {}", before.suffix()))
                .into());
        }
        after.incidents.retain(|id| !ids.contains(id));
    } else {
        after.incidents.extend(ids.iter().filter(|id| !has(id)).cloned());
    }
    let n = before.incidents.len().abs_diff(after.incidents.len());
    if n == 0 {
        ctx.talk(&format!("{} joins them already", before.id));
        return Ok(Exit::Done);
    }
    let what = format!(
        "{n} {} {}",
        if n == 1 { "incident" } else { "incidents" },
        if remove { "parted" } else { "joined" }
    );
    ctx.write_problem(Some(&before), &after, (&what, "problems link"), writing.dry_run)?;
    if !writing.dry_run {
        ctx.say(&format!("{} · {what}", after.id))?;
    }
    Ok(Exit::Done)
}

fn update(ctx: &mut Ctx, verb: &Verb) -> Result {
    let Verb::Update { problem, state, title, review_on, action, due, done, about, writing } = verb
    else {
        return Ok(Exit::Done);
    };
    let at = writing.at(ctx)?;
    let problems = ctx.problems()?;
    // Which one is left out where one is open; a fixed one is named.
    let before = ctx.which_problem(&problems, problem.as_deref())?.clone();
    let mut after = before.clone();
    about.apply(ctx, &mut after);
    if let Some(title) = title {
        words("a title", title)?;
        after.title = title.trim().to_owned();
    }
    if let Some(day) = review_on {
        after.review_on = Some(day.to_string());
    }
    if let Some(state) = state {
        after.state = *state;
        after.fixed_at = (*state == ProblemState::Fixed).then_some(before.fixed_at.unwrap_or(at));
    }
    if let Some(action) = action {
        words("an action", action)?;
        let rng = &mut ctx.random;
        after.actions.push(Action {
            id: Some(ItemId::new('A', || rng.u8(..))),
            title: action.trim().to_owned(),
            kind: Some(ActionKind::Prevent),
            owner: after.owner.clone(),
            due: due.map(|day| day.to_string()),
            ..Action::default()
        });
    }
    if let Some(asked) = done {
        let wanted = asked.to_ascii_uppercase();
        let of = |action: &&mut Action| {
            action.id.as_ref().is_some_and(|id| id.as_str().starts_with(&wanted))
        };
        let mut found: Vec<&mut Action> = after.actions.iter_mut().filter(of).collect();
        let by = ctx.author_id();
        match found.as_mut_slice() {
            [one] => {
                one.done = Some(crate::incident::Done {
                    at: Some(at),
                    by: Some(by),
                    ..Default::default()
                });
            }
            _ => {
                let shown = crate::render::terminal_safe(asked);
                let what = format!("`{shown}` names no one action of {}", before.id);
                return Err(Diagnostic::error("no-such-action", what)
                    .help(format!("inc problems show {} lists them", before.suffix()))
                    .into());
            }
        }
    }
    settle(&mut after, verb);
    if after == before {
        let d = Diagnostic::error("no-change", "nothing was said that is not there already");
        return Err(d.help("inc problems update --help").into());
    }
    let what = if after.state == before.state { "updated" } else { after.state.as_str() };
    ctx.write_problem(Some(&before), &after, (what, "problems update"), writing.dry_run)?;
    if !writing.dry_run {
        ctx.say(&format!("{} · {what}", after.id))?;
    }
    Ok(Exit::Done)
}

/// Ends the conflicts of fields that are said now, also where the value that stands is said again.
fn settle(problem: &mut Problem, said: &Verb) {
    let Verb::Update { state, title, review_on, about, .. } = said else { return };
    let fields = [
        ("state", state.is_some()),
        ("title", title.is_some()),
        ("review_on", review_on.is_some()),
        ("owner", about.owner.is_some()),
        ("cause", about.cause.is_some()),
        ("workaround", about.workaround.is_some()),
    ];
    let now = |field: &str| fields.iter().any(|(name, said)| *said && *name == field);
    problem.conflicts.retain(|conflict| !now(&conflict.field));
}

fn proposed(ctx: &Ctx, since: Option<&str>, limit: usize, json: bool) -> Result {
    let since = since.map(|text| ctx.clock.read_since(text)).transpose()?;
    let problems = ctx.problems()?;
    let register = ctx.register()?;
    let recent = |record: &&Record| {
        since.is_none_or(|since| record.began().is_some_and(|began| began >= since))
    };
    let records: Vec<&Record> = register
        .records
        .iter()
        .map(|held| &held.record)
        .filter(|record| record.counts() && record.parent.is_none())
        .filter(recent)
        .collect();
    let mut found = suggest(&records, &problems.joined());
    found.truncate(limit);
    if json {
        ctx.say(&shown::suggestions_json(&found).to_string())?;
    } else if found.is_empty() {
        ctx.talk("no two incidents are alike enough to be one problem");
    } else {
        ctx.print_paged(&shown::suggestions(&found))?;
    }
    let read = ctx.left_out(&register.bad);
    Ok(if problems.unread.is_empty() { read } else { Exit::Wrong })
}
