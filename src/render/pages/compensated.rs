//! What customers are given, as a page.
//!
//! The file is long because every figure has its words in two languages beside it.

use super::{Figure, Mark, Page, Section, left_out, say};
use crate::ledger::{Movement, Row, Sums, Unit, as_money, show_minor};
use crate::render::Locale;
use crate::reports::compensated::Compensated;
use crate::reports::context::LeftOut;
use crate::units::Money;

/// The page of some months.
pub fn page<'a>(found: &'a Compensated, locale: &'a Locale) -> Page<'a> {
    let period = crate::render::weekly::period(&found.period, locale);
    let mut sections = vec![figures(found, locale)];
    sections.extend(balance(found, locale));
    sections.push(runs(found, locale));
    sections.push(undecided(found, locale));
    sections.push(left_out(
        locale,
        &LeftOut { unreadable: found.unreadable.clone(), ..LeftOut::default() },
    ));
    if let (Some(last), true) = (sections.last_mut(), found.exercises > 0) {
        let n = found.exercises;
        last.words = vec![say(
            locale,
            format!("Corridas de simulacros, que no pagan a nadie: {n}."),
            format!("Runs of drills, which pay nobody: {n}."),
        )];
    }
    Page {
        report: "compensation",
        of: None,
        locale,
        title: say(
            locale,
            format!("Compensación: {}", period.name),
            format!("Compensation: {}", period.name),
        ),
        period: Some(&found.period),
        as_of: found.as_of,
        running: found.running,
        head: vec![summary(found, locale, &period.phrase)],
        sections,
        more: serde_json::Value::Null,
    }
    .stamp()
}

/// Sums as a figure: money as money, days and points as words.
fn amount(sums: &Sums) -> Figure {
    let kept = || sums.0.iter().filter(|(_, minor)| **minor != 0);
    let money: Option<Vec<Money>> = kept()
        .map(|(unit, minor)| match unit {
            Unit::Money(currency) => as_money(*minor, *currency),
            Unit::Form(_) => None,
        })
        .collect();
    match money {
        Some(money) if money.is_empty() => Figure::Number(crate::units::Decimal::ZERO),
        Some(money) => Figure::Money(money),
        None => {
            let parts =
                kept().map(|(unit, minor)| format!("{} {unit}", show_minor(*minor, unit.digits())));
            Figure::Text(parts.collect::<Vec<_>>().join(" + "))
        }
    }
}

fn over(rows: &[Row], read: impl Fn(&Row) -> i128) -> Sums {
    let mut sums = Sums::default();
    rows.iter().for_each(|row| sums.add(&row.unit, read(row)));
    sums
}

fn liability(found: &Compensated) -> Sums {
    match &found.books.rows {
        Some(rows) => over(rows, Row::closing),
        None => found.books.open.clone(),
    }
}

fn summary(found: &Compensated, locale: &Locale, phrase: &str) -> String {
    let mut text = match &found.books.rows {
        Some(rows) => {
            let of = |read: fn(&Movement) -> i128| {
                amount(&over(rows, |row| read(&row.month))).words(locale)
            };
            let (approved, posted) = (of(|m| m.approved), of(|m| m.posted));
            say(
                locale,
                format!("En {phrase} se aprobaron {approved} y se abonaron {posted} a clientes."),
                format!("In {phrase}, {approved} was approved and {posted} credited to customers."),
            )
        }
        None if !found.books.used => say(
            locale,
            "El libro de compensaciones no tiene ningún asiento.",
            "The ledger of compensation has no entry.",
        ),
        None => say(
            locale,
            "Los asientos del libro no están en esta máquina: de lo aprobado y abonado en el periodo no se sabe.",
            "The entries of the ledger are not on this machine: what was approved and credited in the period is not known.",
        ),
    };
    let by_records = &found.by_records[0];
    if !found.books.used && by_records.counted > 0 {
        let all = Figure::money(by_records).words(locale);
        text.push_str(&say(
            locale,
            format!(" Los registros tienen corridas aprobadas en el periodo por {all}."),
            format!(" Records have runs approved in the period for {all}."),
        ));
    }
    let owed = amount(&liability(found)).words(locale);
    if found.books.used {
        text.push_str(&say(
            locale,
            format!(" Se les deben {owed}."),
            format!(" {owed} is owed to them."),
        ));
    }
    match found.undecided.len() {
        0 => {}
        1 => text.push_str(&say(
            locale,
            " En un incidente el dinero de los clientes estuvo mal y nadie ha decidido si se compensa.",
            " In one incident customers' money was wrong, and nobody has decided on compensation.",
        )),
        n => text.push_str(&say(
            locale,
            format!(" En {n} incidentes el dinero de los clientes estuvo mal y nadie ha decidido si se compensa."),
            format!(" In {n} incidents customers' money was wrong, and nobody has decided on compensation."),
        )),
    }
    text
}

fn figures(found: &Compensated, locale: &Locale) -> Section {
    let mut section = Section::new("figures", say(locale, "Cifras", "Figures")).columns(&[
        ("figure", say(locale, "Cifra", "Figure")),
        ("value", say(locale, "#Valor", "#Value")),
        ("unknown", say(locale, "#De cuántos no se sabe", "#Not known of")),
        ("definition", say(locale, "Cómo se define", "Definition")),
    ]);
    let mut row = |key: &str, name: [&str; 2], value: Figure, unknown: usize, what: [&str; 2]| {
        let cells = vec![
            Figure::Text(say(locale, name[0], name[1])),
            value,
            Figure::Count(unknown),
            Figure::Text(say(locale, what[0], what[1])),
        ];
        section.row(key, cells, Mark::None);
    };
    let rows = found.books.rows.as_deref();
    let nothing = || if found.books.used { Figure::Unknown } else { Figure::None };
    let of = |read: fn(&Row) -> i128| rows.map_or_else(nothing, |rows| amount(&over(rows, read)));
    row(
        "opening",
        ["Se debía al empezar", "Owed at the start"],
        of(|row| row.opening),
        0,
        ["saldo del libro antes del periodo", "the ledger's balance before the period"],
    );
    row(
        "approved",
        ["Aprobada", "Approved"],
        of(|row| row.month.approved),
        0,
        ["asientos aprobados en el periodo contable", "entries approved in the accounting period"],
    );
    row(
        "reversed",
        ["Cancelada", "Reversed"],
        of(|row| row.month.reversed),
        0,
        ["asientos cancelados antes de abonarse", "entries cancelled before they were credited"],
    );
    row(
        "posted",
        ["Aplicada", "Posted"],
        of(|row| row.month.posted),
        0,
        [
            "abonada a los clientes, según el sistema central",
            "credited to customers, as the core says",
        ],
    );
    row(
        "written_off",
        ["Dada por perdida", "Written off"],
        of(|row| row.month.written_off),
        0,
        ["lo que se dejó de intentar pagar", "what nobody tries to pay any more"],
    );
    row(
        "liability",
        ["Por pagar (pasivo)", "Liability"],
        if found.books.used { amount(&liability(found)) } else { Figure::None },
        0,
        if rows.is_some() {
            [
                "al final del periodo: al empezar + aprobada − cancelada − aplicada − dada por perdida",
                "at the end of the period: at the start + approved − reversed − posted − written off",
            ]
        } else {
            [
                "hoy, según el encabezado del libro que está en git",
                "today, by the ledger's head that git holds",
            ]
        },
    );
    for (key, name, sum, what) in [
        (
            "runs_approved",
            ["Aprobada, según los registros", "Approved, by the records"],
            &found.by_records[0],
            [
                "corridas aprobadas en el periodo, sin lo cancelado después",
                "runs approved in the period, less what was cancelled since",
            ],
        ),
        (
            "runs_posted",
            ["De ella, aplicada", "Of it, posted"],
            &found.by_records[1],
            [
                "ya abonada a los clientes, como está hoy",
                "credited to customers, as it stands today",
            ],
        ),
        (
            "runs_owed",
            ["De ella, por pagar", "Of it, owed"],
            &found.by_records[2],
            ["todavía no abonada, como está hoy", "not credited yet, as it stands today"],
        ),
    ] {
        row(key, name, Figure::money(sum), sum.unknown, what);
    }
    let refused = found.books.refused.as_ref();
    let entries = refused.map_or(0, |(entries, _)| *entries);
    let es = format!(
        "{entries} asientos que el sistema central rechazó y que nadie ha vuelto a enviar, hoy"
    );
    let en = format!("{entries} entries that the core refused and nobody has sent again, today");
    row(
        "rejected",
        ["Rechazada", "Rejected"],
        refused.map_or_else(nothing, |(_, sums)| amount(sums)),
        0,
        [&es, &en],
    );
    row(
        "accrual",
        ["Sin decidir (provisión)", "Accrual for what is undecided"],
        Figure::money(&found.accrual),
        found.accrual.unknown,
        [
            "última corrida calculada de cada política que nadie ha aprobado, menos lo ya aprobado de ella; de los incidentes sin corrida no se sabe cuánto sería",
            "last computed run of each policy that nobody has approved, less what was approved of it; of incidents without a run nobody knows how much it would be",
        ],
    );
    row(
        "none_owed",
        ["Se decidió no compensar", "Decided that nothing is owed"],
        Figure::Count(found.none_owed),
        0,
        [
            "incidentes en los que se decidió en el periodo",
            "incidents in which that was decided in the period",
        ],
    );
    if let Some(why) = &found.books.why {
        section = section.says(say(
            locale,
            format!("Los asientos del libro no se pudieron leer en esta máquina ({why}); lo que depende de ellos no se sabe."),
            format!("The entries of the ledger could not be read on this machine ({why}); what follows from them is not known."),
        ));
    }
    section
}

fn balance(found: &Compensated, locale: &Locale) -> Option<Section> {
    let rows = found.books.rows.as_ref().filter(|rows| !rows.is_empty())?;
    let title = say(locale, "Saldo por base y vertical", "Balance by basis and vertical");
    let mut section = Section::new("balance", title).columns(&[
        ("basis", say(locale, "Base", "Basis")),
        ("vertical", say(locale, "Vertical", "Vertical")),
        ("opening", say(locale, "#Al empezar", "#Opening")),
        ("approved", say(locale, "#Aprobada", "#Approved")),
        ("reversed", say(locale, "#Cancelada", "#Reversed")),
        ("posted", say(locale, "#Aplicada", "#Posted")),
        ("written_off", say(locale, "#Dada por perdida", "#Written off")),
        ("closing", say(locale, "#Por pagar", "#Closing")),
    ]);
    for row in rows {
        let of = |minor: i128| match &row.unit {
            Unit::Money(currency) => {
                Figure::known(as_money(minor, *currency), |m| Figure::Money(vec![m]))
            }
            unit @ Unit::Form(_) => {
                Figure::Text(format!("{} {unit}", show_minor(minor, unit.digits())))
            }
        };
        section.rows.push(vec![
            Figure::Text(row.basis.clone()),
            Figure::Text(row.vertical.clone()),
            of(row.opening),
            of(row.month.approved),
            of(row.month.reversed),
            of(row.month.posted),
            of(row.month.written_off),
            of(row.closing()),
        ]);
    }
    Some(section.defines(say(
        locale,
        "Lo mismo que dice inc ledger balance: todas las líneas del libro, comparadas con los totales que están en git.",
        "The same as inc ledger balance says: all lines of the ledger, compared with the totals that git holds.",
    )))
}

/// Where a run stands, in words.
pub(super) fn state(state: Option<&str>, locale: &Locale) -> Figure {
    let words = match state {
        None => return Figure::Unknown,
        Some("computed") => say(locale, "calculada", "computed"),
        Some("approved") => say(locale, "aprobada", "approved"),
        Some("exported") => say(locale, "enviada", "exported"),
        Some("posted") => say(locale, "aplicada", "posted"),
        Some("reversed") => say(locale, "cancelada", "reversed"),
        Some(other) => other.to_owned(),
    };
    Figure::Text(words)
}

fn runs(found: &Compensated, locale: &Locale) -> Section {
    let title = say(locale, "Corridas", "Runs");
    let mut section = Section::new("runs", title).columns(&[
        ("incident", say(locale, "Incidente", "Incident")),
        ("run", say(locale, "Corrida", "Run")),
        ("policy", say(locale, "Política", "Policy")),
        ("basis", say(locale, "Base", "Basis")),
        ("state", say(locale, "Estado", "State")),
        ("at", say(locale, "Cuándo", "When")),
        ("customers", say(locale, "#Clientes", "#Customers")),
        ("total", say(locale, "#Total", "#Total")),
        ("posted", say(locale, "#Aplicada", "#Posted")),
        ("owed", say(locale, "#Por pagar", "#Owed")),
        ("rejected", say(locale, "#Filas apartadas", "#Rows put aside")),
    ]);
    let count =
        |n: Option<u64>| Figure::known(n.and_then(|n| usize::try_from(n).ok()), Figure::Count);
    for run in &found.runs {
        let approved = !matches!(run.state.as_deref(), None | Some("computed"));
        let money = |money: Option<Money>| match (money, approved) {
            (Some(money), _) => Figure::Money(vec![money]),
            (None, true) => Figure::Unknown,
            (None, false) => Figure::None,
        };
        let cells = vec![
            Figure::Text(run.incident.to_string()),
            Figure::Text(run.run.clone()),
            Figure::Text(run.policy.clone()),
            run.basis.clone().map_or(Figure::None, Figure::Text),
            state(run.state.as_deref(), locale),
            Figure::known(run.at, Figure::Moment),
            count(run.customers),
            Figure::known(run.total, |money| Figure::Money(vec![money])),
            money(run.posted),
            money(run.owed),
            count(run.rejected),
        ];
        section.row(format!("{}/{}", run.incident, run.run), cells, Mark::None);
    }
    if section.rows.is_empty() {
        return section.says(say(
            locale,
            "Ninguna en el periodo, ni pendiente de antes.",
            "None in the period, and none of before that is not settled.",
        ));
    }
    section.defines(say(
        locale,
        "Las del periodo y las de antes que aún no terminan, como están hoy en los registros. Una segunda corrida asienta solo la diferencia con la primera.",
        "Those of the period, and those of before that are not settled, as records have them today. A second run enters only the difference to the first.",
    ))
}

fn undecided(found: &Compensated, locale: &Locale) -> Section {
    let title = say(locale, "Sin decidir", "Undecided");
    let mut section = Section::new("undecided", title)
        .columns(&[("incident", say(locale, "Incidente", "Incident"))]);
    section.rows = found.undecided.iter().map(|id| vec![Figure::Text(id.to_string())]).collect();
    if section.rows.is_empty() {
        return section.says(say(locale, "Ninguno.", "None."));
    }
    section.defines(say(
        locale,
        "Incidentes en los que el dinero de los clientes estuvo mal, sin corrida y sin una decisión escrita.",
        "Incidents in which customers' money was wrong, without a run and without a decision that is written down.",
    ))
}
