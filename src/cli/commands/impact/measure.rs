//! `inc impact measure`

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;

use crate::cli::args::{Which, Writing};
use crate::cli::error::{Exit, Result};
use crate::cli::series::{self, Columns, Mapped};
use crate::cli::{Ctx, files};
use crate::diag::Diagnostic;
use crate::impact::estimate::DayKind;
use crate::impact::series::{Ask, Mapping};
use crate::impact::{self, METHOD, Measurement, Parameters, Question};
use crate::incident::{EntryKind, Evidence, Measured, Record};
use crate::render;
use crate::reports::company::Company;
use crate::units::{Instant, Span};

/// Measure from a metric series what was lost, with its uncertainty
///
/// The series is a CSV file with a row for each time and combination of dimensions (`-` reads
/// standard input; gzip and zstd are unpacked). What would have come is taken from the same time
/// of week in the weeks before, paydays compared with paydays and campaign days with campaign
/// days; windows of other incidents are left out. Every figure has a 90 % interval, and below the
/// table stands everything that was taken for granted.
#[derive(Debug, Args)]
pub(crate) struct MeasureArgs {
    #[command(flatten)]
    which: Which,
    /// The series
    #[arg(long, value_name = "FILE")]
    series: String,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    columns: Columns,
    /// How the answer is written
    #[arg(long, value_parser = ["table", "json", "csv"], default_value = "table")]
    format: String,
    /// Also draw expected against counted into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<String>,
    /// Put the figures into the record, with method, parameters and the file's hash
    #[arg(long)]
    write: bool,
    /// Put the proposed periods into the record as well
    #[arg(long, requires = "write")]
    periods: bool,
    #[command(flatten)]
    writing: Writing,
}

/// Which rows of a file are meant.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// Start of the window; the record's impact start by default
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Its end; the record's restore by default, else now
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Hold rows to a value of a dimension; the record's services by default
    #[arg(long = "where", value_name = "DIMENSION=VALUE")]
    only: Vec<String>,
    /// Count every row, whatever service it is about
    #[arg(long)]
    all_rows: bool,
    /// Show the parts of this dimension; of all by default
    #[arg(long, value_name = "DIMENSION")]
    by: Vec<String>,
}

impl Asked {
    /// Everything that a figure depends on besides its file.
    pub(super) fn parameters(
        &self,
        ctx: &Ctx,
        record: &Record,
        mapped: &Mapped,
    ) -> Result<Parameters> {
        let (from, to) = self.window(ctx, record)?;
        let mut only = series::only(&self.only)?;
        let held = self.all_rows || only.iter().any(|(dimension, _)| dimension == "service");
        if !held && !record.services.is_empty() {
            only.push(("service".to_owned(), record.services.clone()));
        }
        let company = ctx.company()?;
        Ok(Parameters {
            from,
            to,
            bin: 0,
            zone: ctx.clock.zone.name().to_owned(),
            map: mapped.map.clone(),
            file_zone: Some(mapped.mapping.zone)
                .filter(|zone| *zone != ctx.clock.zone)
                .map(|zone| zone.name().to_owned()),
            value_of_attempts: mapped.mapping.value_of == impact::series::ValueOf::Attempted,
            only: only.into_iter().collect(),
            by: (!self.by.is_empty()).then(|| self.by.clone()),
            others: others(ctx, record, from, to)?,
            days: days(&company, from, to),
            reasons: mapped.reasons.clone(),
        })
    }

    fn window(&self, ctx: &Ctx, record: &Record) -> Result<(Instant, Instant)> {
        let typed = |t: &Option<String>| t.as_deref().map(|t| ctx.clock.read_past(t)).transpose();
        let from = match typed(&self.from)?.or_else(|| impact::first_start(record)) {
            Some(from) => from,
            None => {
                let what = format!("nobody wrote down when the impact of {} began", record.id);
                return Err(Diagnostic::error("no-window", what)
                    .help("--from TIME, or inc update --impact-started TIME")
                    .into());
            }
        };
        let restored = impact::last_restore(record);
        let to = typed(&self.to)?.or(restored).unwrap_or(ctx.clock.now);
        if to <= from {
            let what = format!("the window ends at {to}, before it begins at {from}");
            return Err(Diagnostic::error("no-window", what).help("--from TIME --to TIME").into());
        }
        Ok((from, to))
    }
}

pub(crate) fn run(ctx: &mut Ctx, args: &MeasureArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let record = ctx.load(&id)?.record;
    let mapped = args.columns.read(ctx)?;
    let parameters = args.asked.parameters(ctx, &record, &mapped)?;
    let (measured, parameters, evidence) = reckon(&args.series, &mapped, parameters)?;
    let currency = ctx.currency();
    match args.format.as_str() {
        "json" => {
            let answer = render::impact::json(&record, &measured, &parameters, &evidence, currency);
            ctx.say(&answer.to_string())?;
        }
        "csv" => ctx.print(&render::impact::as_csv(&measured, currency))?,
        _ => {
            let text = render::impact::table(&record, &measured, currency, ctx.out.surface());
            ctx.print_paged(&text)?;
        }
    }
    if let Some(path) = &args.svg {
        let svg = render::chart::svg(&measured, &record.title);
        files::write(Path::new(path), &svg).map_err(|e| {
            let what = format!("{}: {}", render::terminal_safe(path), e.to_string().to_lowercase());
            Diagnostic::error("cannot-write", what)
        })?;
        ctx.talk(&format!("drawn: {}", render::terminal_safe(path)));
    }
    if args.write {
        write(ctx, &record, args, at, &measured, &parameters, evidence)?;
    }
    Ok(Exit::Done)
}

fn write(
    ctx: &mut Ctx,
    record: &Record,
    args: &MeasureArgs,
    at: Instant,
    measured: &Measurement,
    parameters: &Parameters,
    evidence: Evidence,
) -> Result<()> {
    let currency = ctx.currency();
    let stamp = Measured {
        at: Some(at),
        method: Some(METHOD.to_owned()),
        parameters: Some(parameters.to_text()),
        evidence: vec![evidence],
        ..Measured::default()
    };
    let said = render::impact::sentence(measured, currency);
    let written = ctx.change(&record.id, "impact", args.writing.dry_run, at, |record, act| {
        impact::note(record, measured, stamp.clone(), currency);
        if args.periods {
            impact::note_periods(record, measured);
        }
        record.add_entry(act, EntryKind::Note, said.clone(), false);
        Ok(())
    })?;
    if !args.writing.dry_run {
        ctx.talk(&crate::cli::status_line(&written, "impact measured", at));
    }
    Ok(())
}

/// Windows of other incidents of the same services within the history.
fn others(ctx: &Ctx, own: &Record, from: Instant, to: Instant) -> Result<Vec<(Instant, Instant)>> {
    let begin = from.plus(Span::from_seconds(-impact::HISTORY_SECONDS));
    let end = to.plus(Span::from_minutes(6 * 60));
    let register = ctx.register()?;
    let mut found = Vec::new();
    for held in &register.records {
        let record = &held.record;
        let shares = own.services.is_empty()
            || record.services.is_empty()
            || record.services.iter().any(|s| own.services.contains(s));
        if record.id == own.id || record.exercise || !shares {
            continue;
        }
        let windows = impact::windows(record, ctx.clock.now).unwrap_or_default();
        for window in windows.into_iter().map(|w| w.window) {
            if window.to > begin && window.from < end {
                found.push(window);
            }
        }
    }
    Ok(impact::union(found).into_iter().map(|w| (w.from, w.to)).collect())
}

/// Days of the history that are not ordinary.
fn days(company: &Company<'_>, from: Instant, to: Instant) -> BTreeMap<chrono::NaiveDate, String> {
    let day = |at: Instant| at.in_zone(&company.zone).get().date_naive();
    let first = day(from.plus(Span::from_seconds(-impact::HISTORY_SECONDS)));
    let last = day(to.plus(Span::from_minutes(6 * 60)));
    let days = first.iter_days().take_while(|day| *day <= last);
    let kinds = days.map(|day| (day, series::kind_of(company, day)));
    kinds
        .filter(|(_, kind)| *kind != DayKind::Ordinary)
        .map(|(day, kind)| (day, kind.word().to_owned()))
        .collect()
}

/// Reads the file and measures; the parameters come back with the bin that was used.
pub(super) fn reckon(
    path: &str,
    mapped: &Mapped,
    mut parameters: Parameters,
) -> Result<(Measurement, Parameters, Evidence)> {
    let second = |at: Instant| at.get().timestamp();
    let ask = Ask {
        from: Some(second(parameters.from) - impact::HISTORY_SECONDS),
        to: Some(second(parameters.to) + 6 * 3600),
        width: Some(parameters.bin).filter(|bin| *bin > 0).or(mapped.bin),
        only: parameters.only.clone().into_iter().collect(),
        by: parameters.by.clone(),
    };
    let (read, seen) = series::load(path, &mapped.mapping, &ask)?;
    parameters.bin = read.width;
    let zone = zone(&parameters.zone)?;
    let kind = |day: chrono::NaiveDate| {
        let word = parameters.days.get(&day);
        word.and_then(|word| DayKind::parse(word)).unwrap_or_default()
    };
    let others: Vec<(i64, i64)> =
        parameters.others.iter().map(|(from, to)| (second(*from), second(*to))).collect();
    let asked = Question {
        from: second(parameters.from),
        to: second(parameters.to),
        zone,
        kind: &kind,
        others: &others,
        value_of: parameters.value_of(),
    };
    let measured = impact::measure(&read, &asked).map_err(|e| {
        Diagnostic::error("unmeasurable", format!("{}: {e}", render::terminal_safe(path)))
            .help("--from TIME --to TIME say which window is meant")
    })?;
    let evidence = seen.evidence(path, read.notes.rows);
    Ok((measured, parameters, evidence))
}

pub(super) fn zone(name: &str) -> Result<chrono_tz::Tz> {
    name.parse().map_err(|_| {
        Diagnostic::error("bad-parameters", format!("`{}` is no zone", render::terminal_safe(name)))
            .help("measure again: inc impact measure --write")
            .into()
    })
}

/// The mapping that a record's parameters stand for.
pub(super) fn mapped(parameters: &Parameters) -> Result<Mapped> {
    let file_zone = parameters.file_zone.as_deref().unwrap_or(&parameters.zone);
    let mut mapping = Mapping::new(zone(file_zone)?);
    mapping.value_of = parameters.value_of();
    series::apply(&mut mapping, &parameters.map)?;
    series::reasons(&mut mapping, &parameters.reasons)?;
    let (map, reasons) = (parameters.map.clone(), parameters.reasons.clone());
    Ok(Mapped { mapping, map, reasons, bin: None })
}
