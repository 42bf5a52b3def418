//! How things stand now, one incident, and what customers are given.

use super::{Desk, beyond};
use crate::cli::Ctx;
use crate::cli::cards::Ask;
use crate::cli::error::{Exit, Result};
use crate::cli::ledger::from_ledger;
use crate::cli::pages::Written;
use crate::diag::Diagnostic;
use crate::ledger::{Pick, State, Sums, balance_between, standing};
use crate::render::pages;
use crate::reports::Period;
use crate::reports::account::account;
use crate::reports::company::Company;
use crate::reports::compensated::{Books, compensated, months};
use crate::reports::daily::{daily, daily_takes};

/// How things stand this morning.
pub(super) fn today(desk: Desk<'_>, written: &Written) -> Result {
    let ctx = desk.ctx;
    let locale = ctx.report_locale(written.locale.as_deref())?;
    let beside = || drop(ctx.standard_quietly());
    let ask = Ask { wants: &daily_takes, levels: false, records: true, beside: Some(&beside) };
    let mut cards = ctx.cards(ask)?;
    let places: Vec<usize> =
        cards.iter().filter(|(_, card)| daily_takes(card)).map(|(place, _)| place).collect();
    let register = ctx.part_of_register(&mut cards, &places);
    let company = Company { register: Some(&register), ..ctx.company()? };
    let found = daily(&register, &company, ctx.clock.now);
    let names = ctx.service_names(&locale)?;
    desk.page(&pages::daily::page(&found, &locale, &names), written.format)?;
    Ok(ctx.left_out(&register.bad))
}

/// One incident for somebody who was not there.
pub(super) fn one(desk: Desk<'_>, id: Option<&str>, written: &Written) -> Result {
    let ctx = desk.ctx;
    let locale = ctx.report_locale(written.locale.as_deref())?;
    let record = ctx.load(&ctx.which(id)?)?.record;
    let company = ctx.company()?;
    let found = account(&record, &company, ctx.clock.now);
    let names = ctx.service_names(&locale)?;
    desk.page(&pages::account::page(&found, &locale, &names), written.format)?;
    Ok(Exit::Done)
}

/// What customers are given, over whole months.
pub(super) fn given(desk: Desk<'_>, period: Period, written: &Written) -> Result {
    let ctx = desk.ctx;
    let locale = ctx.report_locale(written.locale.as_deref())?;
    let register = ctx.register()?;
    let company = Company { register: Some(&register), ..ctx.company()? };
    let books = books(ctx, &period)?;
    let Some(found) = compensated(&register, books, period, &company, ctx.clock.now) else {
        return Err(beyond().into());
    };
    desk.page(&pages::compensated::page(&found, &locale), written.format)?;
    Ok(ctx.left_out(&register.bad))
}

/// What the ledger says of the months; where its files are not here, what git says.
fn books(ctx: &Ctx, period: &Period) -> Result<Books> {
    let Some((first, last)) = months(period) else {
        let what = format!("the ledger counts whole months, and {period} is not made of them");
        return Err(Diagnostic::error("bad-period", what)
            .help("write 2026-11 for a month, 2026-Q4 for a quarter, or --from 2026-10-01 --to 2026-11-30")
            .into());
    };
    let (.., book) = ctx.book()?;
    let mut books = Books {
        open: book.moved.open(),
        used: book.log.iter().any(|append| append.lines > 0),
        ..Books::default()
    };
    if !books.used {
        return Ok(books);
    }
    let till = match ctx.till() {
        Ok(till) => till,
        // The machine that writes reports need not hold customers' data.
        Err(failure) => {
            books.why = failure.found.0.first().map(|d| d.message.clone());
            return Ok(books);
        }
    };
    let ledger = till.ledger();
    if let Err(lacking) = ledger.must_be_whole() {
        books.why = Some(lacking.message);
        return Ok(books);
    }
    books.rows = Some(balance_between(&ledger, first, last).map_err(from_ledger)?);
    let stands = standing(&ledger, &Pick::default()).map_err(from_ledger)?;
    let mut refused = (0, Sums::default());
    for tally in stands.iter().filter(|((_, state, _), _)| *state == State::Rejected) {
        refused.0 += tally.1.count;
        refused.1.merge(&tally.1.sums);
    }
    books.refused = Some(refused);
    Ok(books)
}
