//! Follow-ups and compensation over all incidents.

use std::fmt::Write as _;

use super::chart::{Bar, Columns, Series, columns};
use super::home::money;
use super::html::{E, table};
use super::{Look, Page, Part};
use crate::incident::{CompensationRun, Record};
use crate::ledger;
use crate::render::pages::Figure;
use crate::render::words::Group;
use crate::reports::actions::{ActionState, Followup};
use crate::reports::board::Board;
use crate::units::{Decimal, Money};

/// Rows of a page.
const ROWS: usize = 250;

/// The name of a part of a long list.
fn part_name(part: usize) -> String {
    if part == 0 { "index.html".to_owned() } else { format!("{}.html", part + 1) }
}

/// The links between the parts of a long list.
fn parts(look: &Look<'_>, count: usize, shown: usize) -> String {
    if count < 2 {
        return String::new();
    }
    let mut out =
        format!("<nav class=\"pages\" aria-label=\"{}\"><ul>", look.t("Páginas", "Pages"));
    for part in 0..count {
        let current = if part == shown { " aria-current=\"page\"" } else { "" };
        let _ = write!(out, "<li><a href=\"{}\"{current}>{}</a></li>", part_name(part), part + 1);
    }
    out.push_str("</ul></nav>\n");
    out
}

/// What is to be done, overdue first, and how it goes.
pub(super) fn actions(look: &Look<'_>, board: &Board<'_>) -> Vec<Page> {
    let name = look.t("Acciones", "Actions");
    let open: Vec<&Followup<'_>> = board.actions.iter().filter(|a| a.state.is_open()).collect();
    let overdue = open.iter().filter(|a| a.state == ActionState::Overdue).count();
    let count = open.len().div_ceil(ROWS).max(1);
    let mut pages = Vec::new();
    for part in 0..count {
        let mut out = format!("<h1>{name}</h1>\n");
        if part == 0 {
            head(look, board, open.len(), overdue, &mut out);
        }
        let shown: Vec<&&Followup<'_>> = open.iter().skip(part * ROWS).take(ROWS).collect();
        if shown.is_empty() {
            let words = look.t("No hay acciones abiertas.", "No action is open.");
            let _ = write!(out, "<p>{words}</p>\n");
        } else {
            let _ = write!(out, "<h2 id=\"list\">{}</h2>\n", look.t("Abiertas", "Open"));
            out.push_str(&parts(look, count, part));
            out.push_str(&follow(look, open.len(), &shown));
        }
        let path = format!("actions/{}", part_name(part));
        pages.push(look.page(&path, name, Part::Actions, &out));
    }
    pages
}

fn head(look: &Look<'_>, board: &Board<'_>, open: usize, overdue: usize, out: &mut String) {
    let progress = &board.progress;
    let total = progress.on_time.first();
    let share = total.and_then(|total| total.share());
    let tiles = [
        (look.t("Abiertas", "Open"), look.count(open)),
        (look.t("Vencidas", "Overdue"), look.count(overdue)),
        (look.t("Sin fecha", "Without a date"), look.count(progress.without_due)),
        (look.t("Sin responsable", "Without an owner"), look.count(progress.without_owner)),
        (
            look.t("Hechas a tiempo", "Done in time"),
            Figure::known(share, Figure::Share).words(look.locale),
        ),
    ];
    out.push_str("<dl class=\"tiles\">\n");
    for (name, value) in tiles {
        let _ = write!(out, "<div><dt>{name}</dt><dd><strong>{}</strong></dd></div>\n", E(&value));
    }
    out.push_str("</dl>\n");
    let bars = progress.months.iter().map(|month| {
        let figures = [month.open(), month.done, month.dropped];
        Bar {
            label: month.first.format("%m").to_string(),
            long: look.locale.month(month.first),
            parts: vec![Some(Decimal::from(month.open())), Some(Decimal::from(month.done))],
            figures: figures.map(|n| look.count(n)).to_vec(),
        }
    });
    let bars: Vec<Bar> = bars.collect();
    if bars.is_empty() {
        return;
    }
    let series = [(look.t("abiertas", "open"), "s2"), (look.t("hechas", "done"), "plain")];
    let heads = [
        look.t("Fin de", "End of"),
        look.t("Abiertas", "Open"),
        look.t("Hechas", "Done"),
        look.t("Descartadas", "Dropped"),
    ];
    out.push_str(&columns(
        look,
        "a",
        &Columns {
            title: look.t("Acciones acordadas y hechas", "Actions agreed and done").to_owned(),
            about: look
                .t(
                    "Acciones abiertas y hechas al fin de cada mes, acumuladas.",
                    "Actions open and done at each month's end, added up.",
                )
                .to_owned(),
            series: series
                .map(|(name, class)| Series { name: name.to_owned(), class })
                .into_iter()
                .collect(),
            heads: heads.map(str::to_owned).to_vec(),
            bars,
            definition: look
                .t(
                    "Acumulado desde el principio hasta el fin de cada mes. A tiempo: hechas en la fecha vigente o antes, entre las hechas y las vencidas.",
                    "Added up from the beginning to each month's end. In time: done by the date that stands, among those done and those overdue.",
                )
                .to_owned(),
        },
    ));
}

fn follow(look: &Look<'_>, all: usize, shown: &[&&Followup<'_>]) -> String {
    let rows = shown.iter().map(|one| {
        let action = one.action;
        let kind = action.kind.map(|kind| look.word(Group::Action, kind.as_str()));
        let due = match (one.due, one.days_late) {
            (Some(due), Some(late)) => {
                let words = look.t("d de retraso", "d late");
                format!("{due} <span class=\"bad late\">{late} {words}</span>")
            }
            (Some(due), None) => due.to_string(),
            (None, _) => look.none(),
        };
        vec![
            E(&action.title).to_string(),
            due,
            action.owner.as_deref().map_or_else(|| look.none(), |o| E(o).to_string()),
            E(kind.as_deref().unwrap_or("—")).to_string(),
            look.entry("../", one.record),
        ]
    });
    let heads = [
        (look.t("Acción", "Action"), ""),
        (look.t("Fecha", "Due"), ""),
        (look.t("Responsable", "Owner"), ""),
        (look.t("Tipo", "Kind"), "opt"),
        (look.t("Incidente", "Incident"), "opt"),
    ];
    let caption = format!("{} {}", look.count(all), look.t("acciones abiertas", "open actions"));
    table(&caption, &heads, rows, true)
}

/// Compensation runs as a table.
pub(super) fn runs(look: &Look<'_>, up: &str, runs: &[(&Record, &CompensationRun)]) -> String {
    let amount = |m: Option<Money>| match m {
        Some(m) => E(&look.locale.money_named(m)).to_string(),
        None => look.none(),
    };
    let rows = runs.iter().map(|(record, run)| {
        let approved = ledger::is_approved(run);
        let id = run.id.as_ref().map(ToString::to_string).unwrap_or_else(|| "—".into());
        let state = match (&run.state, approved) {
            (Some(state), _) => E(state).to_string(),
            (None, true) => look.t("aprobada", "approved").to_owned(),
            (None, false) => look.t("sin aprobar", "not approved").to_owned(),
        };
        let paid = |m: Option<Money>| if approved { amount(m) } else { "—".to_owned() };
        vec![
            format!("<span class=\"id\">{}</span>", E(&id)),
            look.link(up, &record.id),
            E(&run.policy).to_string(),
            state,
            run.customers.or(run.count).map_or_else(
                || look.none(),
                |n| look.count(usize::try_from(n).unwrap_or(usize::MAX)),
            ),
            amount(run.total),
            paid(ledger::credited(run)),
            paid(ledger::owed(run)),
        ]
    });
    let heads = [
        (look.t("Corrida", "Run"), ""),
        (look.t("Incidente", "Incident"), ""),
        (look.t("Política", "Policy"), "opt"),
        (look.t("Estado", "State"), ""),
        (look.t("Clientes", "Customers"), "n opt"),
        (look.t("Total", "Total"), "n"),
        (look.t("Aplicado", "Posted"), "n opt"),
        (look.t("Por aplicar", "Owed"), "n opt"),
    ];
    table(look.t("Corridas de compensación", "Compensation runs"), &heads, rows, true)
}

/// What customers were given, and what they are owed.
pub(super) fn compensation(look: &Look<'_>, board: &Board<'_>) -> Vec<Page> {
    let name = look.t("Compensación", "Compensation");
    let payouts = &board.payouts;
    let count = payouts.runs.len().div_ceil(ROWS).max(1);
    let mut pages = Vec::new();
    for part in 0..count {
        let mut out = format!("<h1>{name}</h1>\n");
        if part == 0 {
            out.push_str("<dl class=\"tiles\">\n");
            for (name, value) in [
                (look.t("Aprobado", "Approved"), money(look, &payouts.approved)),
                (look.t("Aplicado", "Posted"), money(look, &payouts.credited)),
                (look.t("Por aplicar", "Owed"), money(look, &payouts.owed)),
                (
                    look.t("Corridas sin aprobar", "Runs not approved"),
                    look.count(payouts.undecided),
                ),
            ] {
                let _ =
                    write!(out, "<div><dt>{name}</dt><dd><strong>{value}</strong></dd></div>\n");
            }
            let _ = write!(
                out,
                "</dl>\n<p class=\"def\">{}</p>\n",
                look.t(
                    "De todos los incidentes. Aprobado: lo asentado menos lo cancelado; por aplicar: lo aprobado que no se ha abonado. Lo que el libro no dice no se suma.",
                    "Of all incidents. Approved: what was entered less what was cancelled; owed: what is approved and not credited. What the ledger does not say is in no sum."
                )
            );
        }
        let shown = payouts.runs.iter().skip(part * ROWS).take(ROWS);
        let shown: Vec<(&Record, &CompensationRun)> = shown.map(|p| (p.record, p.run)).collect();
        if shown.is_empty() {
            let words = look.t("No hay corridas.", "There are no runs.");
            let _ = write!(out, "<p>{words}</p>\n");
        } else {
            out.push_str(&parts(look, count, part));
            out.push_str(&runs(look, "../", &shown));
        }
        let path = format!("compensation/{}", part_name(part));
        pages.push(look.page(&path, name, Part::Compensation, &out));
    }
    pages
}
