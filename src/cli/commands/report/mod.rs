//! `inc report`
//!
//! The file is long because the help of every report stands in it.

mod day;
mod glance;
mod levels;
mod period;

use clap::{Args, Subcommand};

use crate::cli::Ctx;
use crate::cli::args::Which;
use crate::cli::error::Result;
use crate::cli::pages::{PageFormat, Written, WrittenTable};
use crate::diag::Diagnostic;
use crate::render;
use crate::render::pages::Page;
use crate::reports::overview::Scope;
use period::{Days, beyond, last_month, last_quarter, last_week, this_month, this_quarter};

/// Reports over a period
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// What happened in a week: incidents, customer minutes, money, targets, what is due
    ///
    /// Begins with a paragraph for somebody who was not there. Figures stand beside the week before
    /// and the band of the twelve before; what to watch is of the two weeks after. The last whole
    /// week by default.
    ///
    ///   inc report weekly
    ///   inc report weekly --period 2026-W47 --locale en --format html
    #[command(verbatim_doc_comment)]
    Weekly {
        #[command(flatten)]
        period: Days,
        #[command(flatten)]
        written: Written,
    },
    /// How things stand now: open, restored and not reconciled, promises, checklists
    ///
    /// For the meeting in the morning. It is of now; what stood yesterday is in yesterday's report.
    ///
    ///   inc report daily --locale es-MX
    #[command(verbatim_doc_comment)]
    Daily {
        #[command(flatten)]
        written: Written,
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
    /// What customers are given: approved, posted, rejected, owed, and what is undecided
    ///
    /// From the ledger and the runs of the records, over whole months: the figures are those of
    /// `inc ledger balance`. Where the ledger's entries are not on this machine, what follows from
    /// them is shown as not known. The running month by default.
    ///
    ///   inc report compensation --period 2026-11
    ///   inc report compensation --period 2026-Q4 --format csv
    #[command(verbatim_doc_comment)]
    Compensation {
        #[command(flatten)]
        period: Days,
        #[command(flatten)]
        written: Written,
    },
    /// One incident, told to somebody who was not there
    ///
    /// What happened, whom it hit, how it was noticed, what was said and done, and what nobody knows
    /// yet; every figure with its definition.
    ///
    ///   inc report incident 7QKM --locale es-MX --format html
    #[command(verbatim_doc_comment)]
    Incident {
        #[command(flatten)]
        which: Which,
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
    /// known, and those that a rule does not concern. The last whole week by default.
    Conformance {
        #[command(flatten)]
        period: Days,
        #[command(flatten)]
        written: Written,
    },
    /// Availability against objectives and contracts: minutes, error budget, burn rate, credits due
    ///
    /// A minute weighs as much as the share that failed in it; overlapping incidents count once, with
    /// the heaviest. Maintenance that was announced in time (48 hours before, or `notice`) is in
    /// neither sum, and a client's contract is of the days of its own zone. A breach is split into
    /// ours and the vendors'; what burns its budget now is said. Every mean has its median and its
    /// worst beside it. The running month by default.
    Sla {
        #[command(flatten)]
        period: Days,
        /// Only this client's contract, and the services that it is about
        #[arg(long, value_name = "CLIENT")]
        client: Option<String>,
        #[command(flatten)]
        written: WrittenTable,
    },
}

pub(crate) fn run(ctx: &Ctx, args: &ReportArgs) -> Result {
    deliver(Desk { ctx, context: false }, &args.kind)
}

/// Prints what a report's template is given.
pub(crate) fn context(ctx: &Ctx, args: &ReportArgs) -> Result {
    deliver(Desk { ctx, context: true }, &args.kind)
}

/// Where a report goes: to who asked for it, or to who writes a template for it.
#[derive(Debug, Clone, Copy)]
struct Desk<'a> {
    ctx: &'a Ctx,
    context: bool,
}

impl Desk<'_> {
    fn page(self, page: &Page<'_>, format: PageFormat) -> Result<()> {
        if !self.context {
            return self.ctx.print_page(page, format);
        }
        let text = serde_json::to_string_pretty(&page.data())
            .map_err(|e| Diagnostic::error("bad-json", e.to_string()))?;
        self.ctx.say(&text)
    }
}

fn deliver(desk: Desk<'_>, kind: &Kind) -> Result {
    let ctx = desk.ctx;
    match kind {
        Kind::Weekly { period, written } => {
            glance::week(desk, period.read(ctx, last_week)?, written)
        }
        Kind::Monthly { period, written } => {
            glance::glance(desk, "monthly", Scope::All, period.read(ctx, last_month)?, written)
        }
        Kind::Quarterly { period, written } => {
            glance::glance(desk, "quarterly", Scope::All, period.read(ctx, last_quarter)?, written)
        }
        Kind::Executive { period, written } => {
            glance::glance(desk, "executive", Scope::All, period.read(ctx, last_week)?, written)
        }
        Kind::Service { service, period, written } => {
            let standard = ctx.standard()?;
            known("no-such-service", service, standard.services.ids())?;
            let scope = Scope::Service(service.clone());
            glance::glance(desk, "service", scope, period.read(ctx, last_month)?, written)
        }
        Kind::Vertical { vertical, period, written } => {
            let standard = ctx.standard()?;
            known("no-such-vertical", vertical, standard.verticals.ids())?;
            let scope = Scope::Vertical(vertical.clone());
            glance::glance(desk, "vertical", scope, period.read(ctx, last_month)?, written)
        }
        Kind::Client { client, period, written } => {
            let standard = ctx.standard()?;
            known("no-such-client", client, standard.clients.ids())?;
            let scope = Scope::Client(client.clone());
            glance::glance(desk, "client", scope, period.read(ctx, last_month)?, written)
        }
        Kind::Daily { written } => day::today(desk, written),
        Kind::Incident { which, written } => day::one(desk, which.id.as_deref(), written),
        Kind::Compensation { period, written } => {
            day::given(desk, period.read(ctx, this_month)?, written)
        }
        Kind::Trends { period, written } => {
            glance::trend(desk, period.read(ctx, this_quarter)?, written)
        }
        Kind::Conformance { period, written } => {
            levels::kept(desk, period.read(ctx, last_week)?, written)
        }
        Kind::Sla { period, client, written } => {
            let written = Written::from(written.clone());
            levels::levels(desk, period.read(ctx, this_month)?, client.as_deref(), &written)
        }
    }
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
