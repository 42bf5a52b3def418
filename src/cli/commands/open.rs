//! `inc open`

use clap::Args;

use crate::cli::args::{Format, Writing};
use crate::cli::error::{Exit, Result};
use crate::cli::{Ctx, overview, restricted};
use crate::diag::Diagnostic;
use crate::incident::{
    Alert, Detection, DetectionSource, EntryKind, IncidentId, Kind, Planned, Record, Severity,
    SeverityNote, fitting_title,
};

/// Open an incident; the words of its title are enough
///
/// Prints its id, how severe it is as far as anything is known, who must be told by when, and what
/// to type next. Nothing unknown refuses it: services that the catalogue does not know are kept.
#[derive(Debug, Args)]
pub(crate) struct OpenArgs {
    /// What is wrong, in words that customers would understand
    #[arg(value_name = "TITLE")]
    title: Vec<String>,
    /// Service that is affected; may be given several times
    #[arg(short, long = "service", value_name = "SERVICE", value_delimiter = ',',
        add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::services))]
    services: Vec<String>,
    /// What kind of incident it is
    #[arg(short, long, value_parser = crate::cli::word::<Kind>)]
    kind: Option<Kind>,
    /// Declare a severity instead of the derived one (with --reason)
    #[arg(long, value_name = "LEVEL", value_parser = crate::cli::word::<Severity>, requires = "reason")]
    severity: Option<Severity>,
    /// Why that severity
    #[arg(long, value_name = "WORDS")]
    reason: Option<String>,
    /// When customers first felt it
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Who or what noticed
    #[arg(long, value_name = "SOURCE", value_parser = crate::cli::word::<DetectionSource>)]
    detected_by: Option<DetectionSource>,
    /// Link of the alert
    #[arg(long, value_name = "URL")]
    alert: Option<String>,
    /// Region that is affected
    #[arg(long = "region", value_delimiter = ',')]
    regions: Vec<String>,
    /// Tag
    #[arg(long = "tag", value_delimiter = ',')]
    tags: Vec<String>,
    /// An earlier incident that belongs to it
    #[arg(long, value_name = "ID")]
    related: Option<String>,
    /// A drill: out of every figure, nothing is sent
    #[arg(long)]
    exercise: bool,
    /// Keep the details in the workspace of this group; here stays a stub
    #[arg(long, value_name = "GROUP")]
    restricted: Option<String>,
    /// Print the bare id
    #[arg(short, long)]
    quiet: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &OpenArgs) -> Result {
    let title = title(ctx, args)?;
    if let Err(wrong) = fitting_title(&title) {
        return Err(ctx.kept_words(wrong.into(), None, &title));
    }
    let at = args.writing.at(ctx)?;
    let related = args.related.as_deref().map(|r| ctx.which(Some(r))).transpose()?;
    let mut record = Record::new(ctx.new_id(), ctx.new_uid(), title);
    fill(ctx, &mut record, args, at, related)?;
    let written = match &args.restricted {
        Some(group) => restricted::open(ctx, &mut record, group, args.writing.dry_run),
        None => ctx.create(&mut record, "open", args.writing.dry_run),
    };
    match written {
        // What is restricted is kept nowhere but in its own workspace.
        Err(failure) if !failure.written && args.restricted.is_none() => {
            return Err(ctx.kept_words(failure, None, &record.title));
        }
        written => written?,
    }
    if args.quiet || args.format == Format::Ids {
        ctx.say(record.id.as_str())?;
    } else if args.format == Format::Json {
        ctx.say(&overview::opened_json(ctx, &record)?)?;
    } else {
        ctx.say(&overview::opened(ctx, &record)?)?;
    }
    Ok(Exit::Done)
}

fn title(ctx: &Ctx, args: &OpenArgs) -> Result<String> {
    let typed = args.title.join(" ");
    if !typed.trim().is_empty() {
        return Ok(typed.trim().to_owned());
    }
    if ctx.can_ask() {
        let title = ctx.asked("What is wrong? ").filter(|title| !title.is_empty());
        if let Some(title) = title {
            return Ok(title);
        }
    }
    Err(Diagnostic::error("no-title", "an incident needs a title")
        .help("inc open \"Card payments declined\"")
        .into())
}

fn fill(
    ctx: &mut Ctx,
    record: &mut Record,
    args: &OpenArgs,
    at: crate::units::Instant,
    related: Option<IncidentId>,
) -> Result<()> {
    record.kind = args.kind;
    record.exercise = args.exercise;
    record.related = related.into_iter().collect();
    record.regions = args.regions.clone();
    record.tags = args.tags.clone();
    for service in &args.services {
        ctx.add_service(record, service);
    }
    if args.kind == Some(Kind::Maintenance) {
        record.planned = Some(Planned {
            from: Some(at),
            announced_at: Some(ctx.clock.now),
            ..Planned::default()
        });
    } else {
        record.times_mut().detected = Some(at);
        record.times_mut().impact_started =
            args.since.as_deref().map(|t| ctx.clock.read_past(t)).transpose()?;
    }
    if args.detected_by.is_some() || args.alert.is_some() {
        let alert = args.alert.clone().map(|url| Alert {
            url: Some(url),
            at: Some(at),
            ..Alert::default()
        });
        record.detection = Some(Detection {
            source: args.detected_by.or(Some(DetectionSource::Alert)),
            alerts: alert.into_iter().collect(),
            ..Detection::default()
        });
    }
    let by = ctx.author_id();
    if let Some(level) = args.severity {
        record.severity = Some(SeverityNote {
            declared: Some(level),
            derived: ctx.assess(record)?.derived,
            by: Some(by.clone()),
            at: Some(at),
            reason: args.reason.clone(),
            ..SeverityNote::default()
        });
    }
    let title = record.title.clone();
    ctx.with_act(at, |act| record.add_entry(act, EntryKind::Detected, title, false));
    Ok(())
}
