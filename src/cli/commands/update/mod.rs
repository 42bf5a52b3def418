//! `inc update`

mod figures;

use clap::Args;

use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, overview};
use crate::diag::Diagnostic;
use crate::incident::lifecycle::Act;
use crate::incident::{EntryKind, Kind, Record, Status, fitting_title};
use crate::units::{Instant, Span};

/// Say what changed: the state of play, the numbers, when the next update is due
///
/// Words become the situation and a timeline entry. Everything else is a flag; nothing is asked.
#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// Incident (left out when exactly one is open), and what the situation is now
    #[arg(value_name = "[ID] WORDS")]
    words: Vec<String>,
    /// When the next update is due: a promise (30m, or a time)
    #[arg(long, value_name = "SPAN")]
    next: Option<String>,
    /// responding or remediating; the other steps have commands of their own
    #[arg(long, value_parser = crate::cli::word::<Status>)]
    status: Option<Status>,
    /// A better title
    #[arg(long)]
    title: Option<String>,
    /// What kind of incident it is
    #[arg(short, long, value_parser = crate::cli::word::<Kind>)]
    kind: Option<Kind>,
    /// Service that is affected too
    #[arg(short, long = "service", value_name = "SERVICE", value_delimiter = ',',
        add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::services))]
    services: Vec<String>,
    /// Service that is not affected after all
    #[arg(long = "remove-service", value_name = "SERVICE", value_delimiter = ',')]
    removed: Vec<String>,
    /// Who takes a role, such as incident_commander=ana; may be given several times
    #[arg(long = "role", value_name = "ROLE=PERSON", value_parser = role)]
    roles: Vec<(String, String)>,
    /// What we think it is
    #[arg(long, value_name = "WORDS")]
    hypothesis: Option<String>,
    /// What we are doing
    #[arg(long, value_name = "WORDS")]
    doing: Option<String>,
    /// What we need
    #[arg(long, value_name = "WORDS")]
    need: Option<String>,
    /// What customers can do instead
    #[arg(long, value_name = "WORDS")]
    workaround: Option<String>,
    /// What set it off
    #[arg(long, value_name = "WORDS")]
    trigger: Option<String>,
    /// Why it happened; may be given several times
    #[arg(long = "root-cause", value_name = "WORDS")]
    root_causes: Vec<String>,
    /// Category of the cause, such as change, capacity, vendor
    #[arg(long, value_name = "WORD")]
    cause: Option<String>,
    /// Tag
    #[arg(long = "tag", value_delimiter = ',')]
    tags: Vec<String>,
    /// Keep the entry for the review
    #[arg(long)]
    star: bool,
    #[command(flatten)]
    figures: figures::Figures,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &UpdateArgs) -> Result {
    let at = args.writing.at(ctx)?;
    let (asked, words) = ctx.split_words(&args.words)?;
    let id = ctx.which_keeping(asked.as_deref(), words.as_deref().unwrap_or_default())?;
    let next = args.next.as_deref().map(|next| promise(ctx, next, at)).transpose()?;
    let figures = args.figures.read(ctx)?;
    let kept = words.clone().unwrap_or_default();
    let services: Vec<_> = args.services.iter().map(|s| ctx.known_service(s)).collect();
    for (role, person) in &args.roles {
        ctx.warn_unknown("role", role);
        ctx.warn_unknown("person", person);
    }
    let record =
        ctx.change_keeping(&id, "update", args.writing.dry_run, at, &kept, |record, act| {
            let before = record.to_tree();
            state(record, act, args)?;
            for (service, known) in &services {
                crate::cli::add_service(record, service, *known);
            }
            for (role, person) in &args.roles {
                record.hand_over(act, role, person, None);
            }
            record.services.retain(|s| !args.removed.contains(s));
            record.services_unmapped.retain(|s| !args.removed.contains(s));
            play(record, args, words.as_deref(), next);
            causes(record, args);
            figures.apply(record, act);
            if let Some(words) = &words {
                record.add_entry(act, EntryKind::Note, words.clone(), args.star);
            }
            if record.to_tree() == before {
                return Err(Diagnostic::error("nothing-new", "nothing changes")
                    .help("give words or a flag: inc update --help")
                    .into());
            }
            Ok(())
        })?;
    ctx.say(&overview::updated(ctx, &record)?)?;
    Ok(Exit::Done)
}

/// Reads `ROLE=PERSON`.
fn role(typed: &str) -> std::result::Result<(String, String), String> {
    match typed.split_once('=').map(|(role, person)| (role.trim(), person.trim())) {
        Some((role, person)) if !role.is_empty() && !person.is_empty() => {
            Ok((role.to_owned(), person.to_owned()))
        }
        _ => Err("write ROLE=PERSON, such as incident_commander=ana".to_owned()),
    }
}

fn promise(ctx: &Ctx, typed: &str, at: Instant) -> Result<Instant> {
    let due = match typed.parse::<Span>() {
        Ok(span) if span.seconds() > 0 => at.plus(span),
        _ => ctx.clock.read(typed)?,
    };
    if due <= ctx.clock.now {
        return Err(Diagnostic::error(
            "past-promise",
            format!("the next update would be due at {due}, which is over"),
        )
        .help("--next takes a span from now such as 30m, or a time to come")
        .into());
    }
    Ok(due)
}

fn state(record: &mut Record, act: &mut Act<'_>, args: &UpdateArgs) -> Result<()> {
    match args.status {
        None => {}
        Some(Status::Responding) if record.status == Status::Detected => record.acknowledge(act)?,
        Some(Status::Remediating) => record.remediate(act)?,
        Some(status) if status == record.status => {}
        Some(status) => {
            let command = match status {
                Status::Restored => "restore",
                Status::Resolved => "resolve",
                Status::Closed => "close",
                Status::Cancelled => "cancel",
                Status::Merged => "merge",
                Status::Detected | Status::Responding | Status::Remediating => "relapse",
            };
            return Err(Diagnostic::error(
                "wrong-step",
                format!("{} cannot become {status} by an update", record.id),
            )
            .help(format!("inc {command} {}", record.id.suffix()))
            .into());
        }
    }
    if let Some(title) = &args.title {
        record.title = fitting_title(title)?.to_owned();
    }
    if args.kind.is_some() {
        record.kind = args.kind;
    }
    Ok(())
}

fn play(record: &mut Record, args: &UpdateArgs, words: Option<&str>, next: Option<Instant>) {
    let set = |field: &mut Option<String>, value: Option<&str>| {
        if let Some(value) = value {
            *field = Some(value.to_owned());
        }
    };
    if words.is_some()
        || args.hypothesis.is_some()
        || args.doing.is_some()
        || args.need.is_some()
        || next.is_some()
    {
        let now = record.now_mut();
        set(&mut now.situation, words);
        set(&mut now.hypothesis, args.hypothesis.as_deref());
        set(&mut now.doing, args.doing.as_deref());
        set(&mut now.need, args.need.as_deref());
        now.next_update_at = next.or(now.next_update_at);
    }
    if let Some(text) = &args.workaround {
        record.workaround.get_or_insert_default().text = text.clone();
    }
    for tag in &args.tags {
        if !record.tags.contains(tag) {
            record.tags.push(tag.clone());
        }
    }
}

fn causes(record: &mut Record, args: &UpdateArgs) {
    if args.trigger.is_none() && args.root_causes.is_empty() && args.cause.is_none() {
        return;
    }
    let causes = record.causes.get_or_insert_default();
    causes.trigger = args.trigger.clone().or(causes.trigger.take());
    causes.category = args.cause.clone().or(causes.category.take());
    for cause in &args.root_causes {
        if !causes.root_causes.contains(cause) {
            causes.root_causes.push(cause.clone());
        }
    }
}
