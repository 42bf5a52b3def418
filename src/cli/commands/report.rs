//! `inc report`

use std::collections::HashSet;
use std::sync::OnceLock;

use chrono::{Datelike as _, NaiveDate};
use clap::{Args, Subcommand};

use crate::cli::Ctx;
use crate::cli::cards::Ask;
use crate::cli::error::{Exit, Result};
use crate::cli::pages::Written;
use crate::diag::Diagnostic;
use crate::incident::Record;
use crate::register::Card;
use crate::render;
use crate::reports::assessment::assess;
use crate::reports::company::Company;
use crate::reports::conformance::{conformance, conformance_takes};
use crate::reports::overview::{Scope, overview};
use crate::reports::sla::{sla, sla_takes};
use crate::reports::trends::trends;
use crate::reports::{Period, Takes, weekly, weekly_takes};

/// Reports over a period
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// What happened in a week: incidents, customer minutes, money, targets, what is due
    Weekly {
        /// 2026-W47, 2026-11, 2026-Q4; the last whole week by default
        #[arg(long)]
        period: Option<String>,
        /// Language; the workspace's first by default
        #[arg(long)]
        locale: Option<String>,
        /// Markdown from the workspace's template, or a documented JSON object
        #[arg(long, value_parser = ["md", "json"], default_value = "md")]
        format: String,
    },
    /// A month at a glance: the weekly report's figures beside the months before
    ///
    /// The last whole month by default. Every figure has its definition; what is not known is shown so.
    Monthly {
        #[command(flatten)]
        period: Days,
        #[command(flatten)]
        written: Written,
    },
    /// A quarter at a glance, beside the quarters before; the last whole one by default
    Quarterly {
        #[command(flatten)]
        period: Days,
        #[command(flatten)]
        written: Written,
    },
    /// One page for those who lead: good or bad and why, minutes, money, complaints, peaks to come
    ///
    /// The last whole week by default.
    Executive {
        #[command(flatten)]
        period: Days,
        #[command(flatten)]
        written: Written,
    },
    /// The incidents of one service over a period; the last whole month by default
    Service {
        /// Id in standards/services.toml
        #[arg(value_name = "SERVICE",
            add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::services))]
        service: String,
        #[command(flatten)]
        period: Days,
        #[command(flatten)]
        written: Written,
    },
    /// The incidents of one vertical over a period; the last whole month by default
    Vertical {
        /// Id in standards/services.toml
        #[arg(value_name = "VERTICAL")]
        vertical: String,
        #[command(flatten)]
        period: Days,
        #[command(flatten)]
        written: Written,
    },
    /// The incidents that a business client felt over a period; the last whole month by default
    Client {
        /// Id in standards/clients.toml
        #[arg(value_name = "CLIENT")]
        client: String,
        #[command(flatten)]
        period: Days,
        #[command(flatten)]
        written: Written,
    },
    /// What comes back, where it hurts, and what is a signal and what is noise
    ///
    /// By cause, service line, vertical, vendor and type of change, with Pareto; repeats within ninety
    /// days; who noticed first; whether actions worked; control charts in words; defects per million
    /// and sigma level. Each figure has its formula beside it.
    Trends {
        #[command(flatten)]
        period: Days,
        #[command(flatten)]
        written: Written,
    },
    /// How many incidents met each rule of the standard, by vertical, and which did not
    ///
    /// Targets, roles, the checklist and the standard's own checks: met, not met, still running, not
    /// known, and those that a rule does not concern.
    Conformance {
        /// 2026-11, 2026-W47, 2026-Q4; the last whole week by default
        #[arg(long)]
        period: Option<String>,
        /// Markdown, a table, CSV, or a documented JSON object
        #[arg(long, value_parser = ["md", "table", "csv", "json"], default_value = "md")]
        format: String,
    },
    /// Availability against objectives and contracts: minutes, error budget, burn rate, credits due
    ///
    /// A minute weighs as much as the share that failed in it; overlapping incidents count once, with
    /// the heaviest. Maintenance that was announced in time (48 hours before, or `notice`) is in
    /// neither sum, and a client's contract is of the days of its own zone. A breach is split into
    /// ours and the vendors'; what burns its budget now is said. Every mean has its median and its
    /// worst beside it.
    Sla {
        /// 2026-11, 2026-W47, 2026-Q4; the running month by default
        #[arg(long)]
        period: Option<String>,
        /// Only this client's contract, and the services that it is about
        #[arg(long, value_name = "CLIENT")]
        client: Option<String>,
        /// A table, CSV, or a documented JSON object
        #[arg(long, value_parser = ["table", "csv", "json"], default_value = "table")]
        format: String,
    },
}

/// The days that a report is about.
#[derive(Debug, Clone, Args)]
struct Days {
    /// 2026-W47, 2026-11, 2026-Q4
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["from", "to"])]
    period: Option<String>,
    /// First day, such as 2026-11-16, instead of --period
    #[arg(long, value_name = "DATE", requires = "to")]
    from: Option<NaiveDate>,
    /// Last day
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<NaiveDate>,
}

impl Days {
    /// The period that was asked for; without one, what `else_what` says.
    fn read(&self, ctx: &Ctx, else_what: fn(&Ctx) -> Result<Period>) -> Result<Period> {
        match (&self.period, self.from, self.to) {
            (None, Some(from), Some(to)) => Ok(Period::of_days(from, to).ok_or_else(|| {
                Diagnostic::error("bad-period", format!("{to} is before {from}"))
                    .help("--from is the first day, --to the last")
            })?),
            (None, ..) => else_what(ctx),
            (period, ..) => asked(ctx, period.as_deref()),
        }
    }
}

pub(crate) fn run(ctx: &mut Ctx, args: &ReportArgs) -> Result {
    match &args.kind {
        Kind::Monthly { period, written } => {
            glance(ctx, "monthly", Scope::All, period.read(ctx, last_month)?, written)
        }
        Kind::Quarterly { period, written } => {
            glance(ctx, "quarterly", Scope::All, period.read(ctx, last_quarter)?, written)
        }
        Kind::Executive { period, written } => {
            glance(ctx, "executive", Scope::All, period.read(ctx, last_week)?, written)
        }
        Kind::Service { service, period, written } => {
            let standard = ctx.standard()?;
            known("no-such-service", service, standard.services.ids())?;
            let scope = Scope::Service(service.clone());
            glance(ctx, "service", scope, period.read(ctx, last_month)?, written)
        }
        Kind::Vertical { vertical, period, written } => {
            let standard = ctx.standard()?;
            known("no-such-vertical", vertical, standard.verticals.ids())?;
            let scope = Scope::Vertical(vertical.clone());
            glance(ctx, "vertical", scope, period.read(ctx, last_month)?, written)
        }
        Kind::Client { client, period, written } => {
            let standard = ctx.standard()?;
            known("no-such-client", client, standard.clients.ids())?;
            let scope = Scope::Client(client.clone());
            glance(ctx, "client", scope, period.read(ctx, last_month)?, written)
        }
        Kind::Trends { period, written } => trend(ctx, period.read(ctx, this_quarter)?, written),
        Kind::Weekly { period, locale, format } => {
            week(ctx, asked(ctx, period.as_deref())?, locale.as_deref(), format == "json")
        }
        Kind::Conformance { period, format } => kept(ctx, asked(ctx, period.as_deref())?, format),
        Kind::Sla { period, client, format } => {
            let period = match period {
                Some(_) => asked(ctx, period.as_deref())?,
                None => this_month(ctx)?,
            };
            levels(ctx, period, client.as_deref(), format)
        }
    }
}

fn levels(ctx: &Ctx, period: Period, client: Option<&str>, format: &str) -> Result {
    let takes = sla_takes(&period, ctx.clock.zone);
    let wants = |card: &Card<'_>| takes.as_ref().is_some_and(|takes| takes(card));
    let beside = || drop(ctx.standard_quietly());
    let ask = Ask { wants: &wants, levels: false, records: true, beside: Some(&beside) };
    let mut cards = ctx.cards(ask)?;
    let places: Vec<usize> =
        cards.iter().filter(|(_, card)| wants(card)).map(|(place, _)| place).collect();
    let register = ctx.part_of_register(&mut cards, &places);
    let company = Company { register: Some(&register), ..ctx.company()? };
    let clients = &company.standard.clients;
    if let Some(id) = client.filter(|id| !clients.contains(id)) {
        let what = format!("no client is called `{}`", render::terminal_safe(id));
        return Err(Diagnostic::error("no-such-client", what)
            .did_you_mean(id, clients.ids())
            .into());
    }
    let Some(report) = sla(&register, period, client, &company, ctx.clock.now) else {
        return Err(beyond().into());
    };
    match format {
        "json" => ctx.say(&render::sla::json(&report).to_string())?,
        "csv" => ctx.print(&render::sla::as_csv(&report))?,
        _ => ctx.print_paged(&render::sla::table(&report, client.is_some(), ctx.out.surface()))?,
    }
    Ok(ctx.left_out(&register.bad))
}

fn trend(ctx: &Ctx, period: Period, written: &Written) -> Result {
    let locale = ctx.report_locale(written.locale.as_deref())?;
    let register = ctx.register()?;
    let company = Company { register: Some(&register), ..ctx.company()? };
    let problems = ctx.problems()?;
    let joined = problems.joined();
    let Some(mut found) = trends(&register, &joined, period, &company, ctx.clock.now) else {
        return Err(beyond().into());
    };
    found.left_out.unreadable.extend(problems.unread.iter().cloned());
    let names = ctx.service_names(&locale)?;
    ctx.print_page(&render::pages::trends::page(&found, &locale, &names), written.format)?;
    let read = ctx.left_out(&register.bad);
    Ok(if problems.unread.is_empty() { read } else { Exit::Wrong })
}

/// Refuses a name that the standard does not know, with the nearest one.
fn known<'s>(code: &str, typed: &str, ids: impl Iterator<Item = &'s str>) -> Result<()> {
    let ids: Vec<&str> = ids.collect();
    if ids.contains(&typed) {
        return Ok(());
    }
    let shown = render::terminal_safe(typed);
    let what = code.trim_start_matches("no-such-");
    let d = Diagnostic::error(code, format!("no {what} is called `{shown}`"));
    Err(d.did_you_mean(typed, ids).into())
}

/// A period at a glance.
fn glance(
    ctx: &Ctx,
    report: &'static str,
    scope: Scope,
    period: Period,
    written: &Written,
) -> Result {
    let locale = ctx.report_locale(written.locale.as_deref())?;
    let register = ctx.register()?;
    let company = Company { register: Some(&register), ..ctx.company()? };
    let Some(found) = overview(&register, scope, period, &company, ctx.clock.now) else {
        return Err(beyond().into());
    };
    let names = ctx.service_names(&locale)?;
    ctx.print_page(
        &render::pages::overview::page(report, &found, &locale, &names),
        written.format,
    )?;
    Ok(ctx.left_out(&register.bad))
}

fn last_month(ctx: &Ctx) -> Result<Period> {
    this_month(ctx)?.before().ok_or_else(|| beyond().into())
}

fn last_quarter(ctx: &Ctx) -> Result<Period> {
    this_quarter(ctx)?.before().ok_or_else(|| beyond().into())
}

fn this_quarter(ctx: &Ctx) -> Result<Period> {
    let today = ctx.clock.now.in_zone(&ctx.clock.zone).get().date_naive();
    let label = format!("{}-Q{}", today.year(), today.month0() / 3 + 1);
    Ok(label.parse::<Period>().map_err(|e| Diagnostic::error("bad-period", e.to_string()))?)
}

fn this_month(ctx: &Ctx) -> Result<Period> {
    let today = ctx.clock.now.in_zone(&ctx.clock.zone).get().date_naive();
    let month = today.format("%Y-%m").to_string();
    Ok(month.parse::<Period>().map_err(|e| Diagnostic::error("bad-period", e.to_string()))?)
}

fn asked(ctx: &Ctx, period: Option<&str>) -> Result<Period> {
    let Some(typed) = period else { return last_week(ctx) };
    Ok(typed.parse::<Period>().map_err(|e| {
        Diagnostic::error("bad-period", e.to_string())
            .help("write 2026-W47 for a week, 2026-11 for a month, 2026-Q4 for a quarter")
    })?)
}

fn kept(ctx: &Ctx, period: Period, format: &str) -> Result {
    let takes = conformance_takes(&period, ctx.clock.zone);
    let wants = |card: &Card<'_>| takes.as_ref().is_some_and(|takes| takes(card));
    let beside = || drop(ctx.standard_quietly());
    let ask = Ask { wants: &wants, levels: false, records: true, beside: Some(&beside) };
    let mut cards = ctx.cards(ask)?;
    let places: Vec<usize> =
        cards.iter().filter(|(_, card)| wants(card)).map(|(place, _)| place).collect();
    let register = ctx.part_of_register(&mut cards, &places);
    let company = Company { register: Some(&register), ..ctx.company()? };
    let Some(report) = conformance(&register, period, &company, ctx.clock.now) else {
        return Err(beyond().into());
    };
    match format {
        "json" => ctx.say(&render::conformance::json(&report).to_string())?,
        "csv" => ctx.print(&render::conformance::as_csv(&report))?,
        "table" => ctx.print_paged(&render::conformance::table(&report, ctx.out.surface()))?,
        _ => ctx.print_paged(&render::conformance::text(&report))?,
    }
    Ok(ctx.left_out(&register.bad))
}

fn beyond() -> Diagnostic {
    Diagnostic::error("bad-period", "the period lies beyond the calendar")
}

fn week(ctx: &Ctx, period: Period, locale: Option<&str>, json: bool) -> Result {
    let zone = ctx.clock.zone;
    let takes = weekly_takes(&period, zone, ctx.clock.now);
    let takes = |card: &Card<'_>| takes.as_ref().map_or(Takes::Nothing, |takes| takes(card));
    let wants = |card: &Card<'_>| takes(card) == Takes::Record;
    let default = || ctx.config.locales.first().cloned().unwrap_or_else(|| "en".into());
    let tag = locale.map_or_else(default, str::to_owned);
    let name = format!("report/weekly.{tag}.md");
    let read = OnceLock::new();
    let beside = || {
        rayon::join(
            || drop(ctx.standard_quietly()),
            || (!json).then(|| read.set(ctx.template_quietly(&name)).is_ok()),
        );
    };
    let ask = Ask { wants: &wants, levels: false, records: true, beside: Some(&beside) };
    let mut cards = ctx.cards(ask)?;
    let places: Vec<usize> =
        cards.iter().filter(|(_, card)| wants(card)).map(|(place, _)| place).collect();
    let register = ctx.part_of_register(&mut cards, &places);
    let company = Company { register: Some(&register), ..ctx.company()? };
    let whole: HashSet<&str> = register.records.iter().map(|h| h.record.id.as_str()).collect();
    let others = cards.iter().map(|(_, card)| card);
    let others = others.filter(|card| takes(card) == Takes::Card && !whole.contains(card.id));
    let judge = |record: &Record, at| assess(record, &company, at);
    let report = weekly(&register, others, period, zone, ctx.clock.now, judge);
    let Some(report) = report else {
        return Err(beyond().into());
    };
    if json {
        ctx.say(&render::weekly_json::weekly_json(&report).to_string())?;
        return Ok(ctx.left_out(&register.bad));
    }
    let language = ctx.locale(&tag)?;
    let read = read.into_inner().unwrap_or_else(|| ctx.template_quietly(&name));
    let templates = ctx.loaded(read?)?;
    if !templates.contains(&name) {
        return Err(Diagnostic::error("no-template", format!("there is no template {name}"))
            .help(format!("write templates/{name}.hbs, or choose another --locale"))
            .into());
    }
    let services = company.standard.services.iter();
    let names = services.map(|s| (s.id.clone(), s.name.get(&tag).to_owned())).collect();
    let data = render::weekly::weekly(&report, &language, &names);
    ctx.print_paged(&templates.render_owned(&name, data)?)?;
    Ok(ctx.left_out(&register.bad))
}

/// The week before the one that is running.
fn last_week(ctx: &Ctx) -> Result<Period> {
    let today = ctx.clock.now.in_zone(&ctx.clock.zone).get().date_naive();
    let day = today.checked_sub_days(chrono::Days::new(7));
    day.and_then(Period::week_of)
        .ok_or_else(|| Diagnostic::error("bad-period", "there is no week before this one").into())
}
