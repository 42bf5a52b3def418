//! What the standard, objectives and contracts promised, and what was kept.

use super::{Desk, beyond};
use crate::cli::Ctx;
use crate::cli::cards::Ask;
use crate::cli::error::Result;
use crate::cli::pages::{PageFormat, Written};
use crate::diag::Diagnostic;
use crate::register::{Card, Register};
use crate::render;
use crate::reports::Period;
use crate::reports::company::Company;
use crate::reports::conformance::{conformance, conformance_takes};
use crate::reports::sla::{sla, sla_takes};

/// The records whose cards are wanted.
fn wanted(ctx: &Ctx, takes: Option<impl Fn(&Card<'_>) -> bool + Sync>) -> Result<Register> {
    let wants = |card: &Card<'_>| takes.as_ref().is_some_and(|takes| takes(card));
    let beside = || drop(ctx.standard_quietly());
    let ask = Ask { wants: &wants, levels: false, records: true, beside: Some(&beside) };
    let mut cards = ctx.cards(ask)?;
    let places: Vec<usize> =
        cards.iter().filter(|(_, card)| wants(card)).map(|(place, _)| place).collect();
    Ok(ctx.part_of_register(&mut cards, &places))
}

/// How well the standard was kept.
pub(super) fn kept(desk: Desk<'_>, period: Period, written: &Written) -> Result {
    let ctx = desk.ctx;
    let locale = ctx.report_locale(written.locale.as_deref())?;
    let register = wanted(ctx, conformance_takes(&period, ctx.clock.zone))?;
    let company = Company { register: Some(&register), ..ctx.company()? };
    let Some(report) = conformance(&register, period, &company, ctx.clock.now) else {
        return Err(beyond().into());
    };
    match written.format {
        PageFormat::Json if !desk.context => {
            ctx.say(&render::conformance::json(&report).to_string())?;
        }
        PageFormat::Csv if !desk.context => ctx.print(&render::conformance::as_csv(&report))?,
        format => desk.page(&render::pages::conformance::page(&report, &locale), format)?,
    }
    Ok(ctx.left_out(&register.bad))
}

/// Objectives and contracts.
pub(super) fn levels(
    desk: Desk<'_>,
    period: Period,
    client: Option<&str>,
    written: &Written,
) -> Result {
    let ctx = desk.ctx;
    let locale = ctx.report_locale(written.locale.as_deref())?;
    let register = wanted(ctx, sla_takes(&period, ctx.clock.zone))?;
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
    match written.format {
        PageFormat::Json if !desk.context => ctx.say(&render::sla::json(&report).to_string())?,
        PageFormat::Csv if !desk.context => ctx.print(&render::sla::as_csv(&report))?,
        PageFormat::Table if !desk.context => {
            let surface = ctx.out.surface();
            ctx.print_paged(&render::sla::table(&report, client.is_some(), surface))?;
        }
        format => {
            let names = ctx.service_names(&locale)?;
            desk.page(&render::pages::sla::page(&report, client, &locale, &names), format)?;
        }
    }
    Ok(ctx.left_out(&register.bad))
}
