//! A period at a glance, and the trends of one.

use std::collections::HashSet;

use super::{Desk, beyond};
use crate::cli::cards::Ask;
use crate::cli::error::{Exit, Result};
use crate::cli::pages::Written;
use crate::register::Card;
use crate::render::pages;
use crate::reports::company::Company;
use crate::reports::overview::{Scope, Sources, overview};
use crate::reports::trends::trends;
use crate::reports::{Period, Takes, weekly_takes};
use crate::units::Instant;

/// A week, from the cards where they are enough.
pub(super) fn week(desk: Desk<'_>, period: Period, written: &Written) -> Result {
    let ctx = desk.ctx;
    let locale = ctx.report_locale(written.locale.as_deref())?;
    let takes = weekly_takes(&period, ctx.clock.zone, ctx.clock.now);
    let takes = |card: &Card<'_>| takes.as_ref().map_or(Takes::Nothing, |takes| takes(card));
    let wants = |card: &Card<'_>| takes(card) == Takes::Record;
    let beside = || drop(ctx.standard_quietly());
    let ask = Ask { wants: &wants, levels: false, records: true, beside: Some(&beside) };
    let mut cards = ctx.cards(ask)?;
    let (mut places, mut others, mut oldest) = (Vec::new(), Vec::new(), None);
    for (place, card) in cards.iter() {
        match takes(&card) {
            Takes::Record => places.push(place),
            Takes::Card => others.push(place),
            Takes::Nothing => {}
        }
        if let Some(began) = card.began.filter(|_| card.counts() && card.parent.is_none()) {
            oldest = Some(oldest.map_or(began, |oldest: Instant| oldest.min(began)));
        }
    }
    let register = ctx.part_of_register(&mut cards, &places);
    let company = Company { register: Some(&register), ..ctx.company()? };
    let problems = ctx.problems()?;
    let joined = problems.joined();
    let sources = Sources {
        register: &register,
        whole: false,
        problems: &problems.all,
        joined: &joined,
        oldest,
    };
    let whole: HashSet<&str> = register.records.iter().map(|h| h.record.id.as_str()).collect();
    let others = others.iter().filter_map(|place| cards.get(*place));
    let others = others.filter(|card| !whole.contains(card.id));
    let found = overview(sources, others, Scope::All, period, &company, ctx.clock.now);
    let Some(found) = found else {
        return Err(beyond().into());
    };
    let names = ctx.service_names(&locale)?;
    desk.page(&pages::overview::page("weekly", &found, &locale, &names), written.format)?;
    Ok(ctx.left_out(&register.bad))
}

/// Any period, from the records.
pub(super) fn glance(
    desk: Desk<'_>,
    report: &'static str,
    scope: Scope,
    period: Period,
    written: &Written,
) -> Result {
    let ctx = desk.ctx;
    let locale = ctx.report_locale(written.locale.as_deref())?;
    let register = ctx.register()?;
    let company = Company { register: Some(&register), ..ctx.company()? };
    let problems = ctx.problems()?;
    let joined = problems.joined();
    let sources = Sources {
        register: &register,
        whole: true,
        problems: &problems.all,
        joined: &joined,
        oldest: None,
    };
    let none = std::iter::empty::<Card<'_>>();
    let Some(found) = overview(sources, none, scope, period, &company, ctx.clock.now) else {
        return Err(beyond().into());
    };
    let names = ctx.service_names(&locale)?;
    desk.page(&pages::overview::page(report, &found, &locale, &names), written.format)?;
    Ok(ctx.left_out(&register.bad))
}

/// What comes back.
pub(super) fn trend(desk: Desk<'_>, period: Period, written: &Written) -> Result {
    let ctx = desk.ctx;
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
    desk.page(&pages::trends::page(&found, &locale, &names), written.format)?;
    let read = ctx.left_out(&register.bad);
    Ok(if problems.unread.is_empty() { read } else { Exit::Wrong })
}
