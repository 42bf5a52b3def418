//! The overview: open now, twelve weeks, what customers got, how long it took, what it cost.

use std::fmt::Write as _;

use super::chart::{Bar, Columns, Series, columns, gauge};
use super::html::{E, table};
use super::list::{incidents, lapse, service_page};
use super::{Look, Page, Part, class_of};
use crate::incident::Severity;
use crate::render::pages::Figure;
use crate::render::words::Group;
use crate::reports::board::{Board, RESTORED_WITHIN};
use crate::reports::context::{MoneySum, Sum, Weekly};
use crate::reports::sla::Level;
use crate::timing;
use crate::units::{Decimal, Percent, Span};

pub(super) fn home(look: &Look<'_>, board: &Board<'_>) -> Page {
    let mut out = format!("<h1>{}</h1>\n<dl class=\"tiles\">\n", look.t("Resumen", "Overview"));
    tiles(look, board, &mut out);
    out.push_str("</dl>\n");
    open(look, board, &mut out);
    let _ = write!(
        out,
        "<h2 id=\"weeks\">{}</h2>\n<div class=\"charts\">\n",
        look.t("Últimas 12 semanas", "Last 12 weeks")
    );
    out.push_str(&columns(look, "w", &weeks(look, board)));
    if !look.public {
        out.push_str(&columns(look, "m", &minutes(look, board)));
    }
    out.push_str(&columns(look, "r", &restored(look, board)));
    out.push_str("</div>\n");
    out.push_str(&availability(look, board));
    if !look.public {
        out.push_str(&cost(look, board));
    }
    left_out(look, board, &mut out);
    look.page("index.html", look.t("Resumen", "Overview"), Part::Overview, &out)
}

fn tiles(look: &Look<'_>, board: &Board<'_>, out: &mut String) {
    let burning = board.open.iter().filter_map(|place| look.register.records.get(*place));
    let burning = burning.filter(|held| held.record.status.is_burning()).count();
    let mut tile = |name: &str, value: &str, note: &str, class: &str| {
        let _ = write!(
            out,
            "<div class=\"{class}\"><dt>{}</dt><dd><strong>{}</strong> <span>{}</span></dd></div>\n",
            E(name),
            E(value),
            E(note)
        );
    };
    let open = look.count(board.open.len());
    let felt = match burning {
        0 => look.t("los clientes ya pueden operar", "customers can work again").to_owned(),
        n => format!(
            "{} {}",
            look.count(n),
            look.t("con clientes afectados", "customers still feel")
        ),
    };
    let felt = if board.open.is_empty() { "—".to_owned() } else { felt };
    let class = if burning > 0 { "hot" } else { "" };
    tile(look.t("Abiertos ahora", "Open now"), &open, &felt, class);
    let week = board.weeks.last();
    let before = board.weeks.iter().rev().nth(1);
    let count = |week: Option<&Weekly>| week.map_or(0, |w| w.incidents.len());
    tile(
        look.t("Esta semana", "This week"),
        &look.count(count(week)),
        &format!("{} {}", look.count(count(before)), look.t("la semana pasada", "last week")),
        "",
    );
    if !look.public {
        let sum = |week: Option<&Weekly>| {
            week.map_or(Figure::Unknown, |w| Figure::sum(&w.totals.customer_minutes))
                .words(look.locale)
        };
        tile(
            look.t("Minutos-cliente, esta semana", "Customer minutes, this week"),
            &sum(week),
            &format!("{} {}", sum(before), look.t("la semana pasada", "last week")),
            "",
        );
    }
    let median = board.restored.times.map(|times| times.median);
    let worst = board.restored.times.map(|times| times.worst);
    let span = |span: Option<Span>| Figure::known(span, Figure::Span).words(look.locale);
    tile(
        look.t("Restablecer, mediana", "To restore, median"),
        &span(median),
        &format!("{}: {}", look.t("12 semanas; el peor", "12 weeks; worst"), span(worst)),
        "",
    );
}

fn open(look: &Look<'_>, board: &Board<'_>, out: &mut String) {
    let _ = write!(out, "<h2 id=\"open\">{}</h2>\n", look.t("Abiertos ahora", "Open now"));
    if board.open.is_empty() {
        let words = look.t("No hay incidentes abiertos.", "No incident is open.");
        let _ = write!(out, "<p>{words}</p>\n");
    } else {
        let shown = board.open.iter().take(100);
        let rows = shown.filter_map(|place| {
            let record = &look.register.records.get(*place)?.record;
            let standing = look.levels.get(*place).copied().unwrap_or_default();
            let next = record.now.as_ref().and_then(|now| now.next_update_at);
            let mut row = vec![
                look.entry("", record),
                look.level(standing),
                E(&look.word(Group::Status, record.status.as_str())).to_string(),
                look.time_or(record.began()),
                lapse(look, timing::to_restore(record, look.now)),
            ];
            if !look.public {
                let holder = record.holder("incident_commander").map(|role| role.person.as_str());
                let nobody = look.t("nadie", "nobody");
                row.push(E(holder.unwrap_or(nobody)).to_string());
                row.push(next.map_or_else(|| "—".to_owned(), |at| look.time(at)));
            }
            Some(row)
        });
        let mut heads = vec![
            (look.t("Incidente", "Incident"), "what"),
            (look.t("Severidad", "Severity"), ""),
            (look.t("Estado", "Status"), "opt"),
            (look.t("Inicio", "Began"), "opt"),
            (look.t("Duración", "Duration"), "n"),
        ];
        if !look.public {
            heads.push((look.t("Responsable", "Incident manager"), "opt"));
            heads.push((look.t("Próximo aviso", "Next update"), "opt"));
        }
        let caption = incidents(look, board.open.len());
        out.push_str(&table(&caption, &heads, rows, false));
        if board.open.len() > 100 {
            let words = look.t("más en la lista de incidentes", "more in the list of incidents");
            let _ = write!(
                out,
                "<p class=\"def\">+ {} {words}</p>\n",
                look.count(board.open.len() - 100)
            );
        }
    }
    if !board.planned.is_empty() {
        let _ = write!(out, "<h3>{}</h3>\n<ul>\n", look.t("Trabajo programado", "Planned work"));
        for place in board.planned.iter().take(50) {
            let Some(held) = look.register.records.get(*place) else { continue };
            let record = &held.record;
            let from = record.planned.as_ref().and_then(|p| p.from);
            let _ = write!(
                out,
                "<li>{} <span class=\"note\">{}</span></li>\n",
                look.entry("", record),
                look.time_or(from)
            );
        }
        out.push_str("</ul>\n");
    }
}

/// `W47` as the language has it.
fn week_label(look: &Look<'_>, week: &Weekly) -> String {
    let number = week.period.label.split_once('W').map_or("", |(_, n)| n);
    format!("{}{number}", look.t("S", "W"))
}

fn week_long(look: &Look<'_>, week: &Weekly) -> String {
    let running = if week.running { look.t(" (en curso)", " (so far)") } else { "" };
    format!("{} · {}{running}", week_label(look, week), look.locale.date_short(week.period.first))
}

fn weeks(look: &Look<'_>, board: &Board<'_>) -> Columns {
    let none = look.t("sin nivel", "no level");
    let mut series: Vec<Series> = Severity::ALL
        .iter()
        .map(|level| Series { name: level.as_str().to_owned(), class: class_of(*level) })
        .collect();
    series.push(Series { name: none.to_owned(), class: "s0" });
    let bars = board.weeks.iter().map(|week| {
        let totals = &week.totals;
        let of = |level: &Severity| {
            totals.by_severity.iter().find(|(l, _)| l == level).map_or(0, |(_, count)| *count)
        };
        let counts: Vec<usize> =
            Severity::ALL.iter().map(of).chain([totals.without_severity]).collect();
        let mut figures: Vec<String> = counts.iter().map(|n| look.count(*n)).collect();
        figures.push(look.count(counts.iter().sum()));
        Bar {
            label: week_label(look, week),
            long: week_long(look, week),
            parts: counts.iter().map(|n| Some(Decimal::from(*n))).collect(),
            figures,
        }
    });
    let bars: Vec<Bar> = bars.collect();
    let total: usize = board.weeks.iter().map(|week| week.incidents.len()).sum();
    let mut heads = vec![look.t("Semana", "Week").to_owned()];
    heads.extend(series.iter().map(|s| s.name.clone()));
    heads.push(look.t("Total", "Total").to_owned());
    Columns {
        title: look.t("Incidentes por semana", "Incidents a week").to_owned(),
        about: format!(
            "{} {}",
            incidents(look, total),
            look.t("en 12 semanas, por severidad.", "in 12 weeks, by severity.")
        ),
        series,
        heads,
        bars,
        definition: look
            .t(
                "Incidentes que empezaron en la semana; sin ejercicios, cancelados, unidos a otro ni trabajo programado. La severidad es la de este momento.",
                "Incidents that began in the week; no exercises, nothing cancelled or merged, no planned work. The level is the one that stands now.",
            )
            .to_owned(),
    }
}

fn known(sum: &Sum) -> Option<Decimal> {
    (sum.counted > 0 || sum.unknown == 0).then_some(sum.known)
}

fn minutes(look: &Look<'_>, board: &Board<'_>) -> Columns {
    let bars = board.weeks.iter().map(|week| {
        let sum = &week.totals.customer_minutes;
        Bar {
            label: week_label(look, week),
            long: week_long(look, week),
            parts: vec![known(sum)],
            figures: vec![Figure::sum(sum).words(look.locale), look.count(sum.unknown)],
        }
    });
    Columns {
        title: look.t("Minutos-cliente por semana", "Customer minutes a week").to_owned(),
        about: look
            .t(
                "Clientes que no pudieron operar, por los minutos de afectación de cada semana.",
                "Customers who could not, times the minutes of impact of each week.",
            )
            .to_owned(),
        series: vec![Series { name: String::new(), class: "plain" }],
        heads: vec![
            look.t("Semana", "Week").to_owned(),
            look.t("Minutos-cliente", "Customer minutes").to_owned(),
            look.t("Incidentes sin dato", "Incidents without it").to_owned(),
        ],
        bars: bars.collect(),
        definition: look
            .t(
                "Clientes que no pudieron × minutos de afectación dentro de la semana; de incidentes sin dato no se suma nada.",
                "Customers who could not × minutes of impact within the week; incidents without the figure add nothing.",
            )
            .to_owned(),
    }
}

fn restored(look: &Look<'_>, board: &Board<'_>) -> Columns {
    let span = |minutes: i64| look.locale.span(Span::from_minutes(minutes));
    let last = RESTORED_WITHIN.last().copied().unwrap_or(0);
    let labels = RESTORED_WITHIN.iter().map(|minutes| format!("≤ {}", span(*minutes)));
    let labels = labels.chain([format!("> {}", span(last))]);
    let bars = labels.zip(&board.restored.classes).map(|(label, count)| Bar {
        long: label.clone(),
        label: label.replace(" min", "m").replace(" h", "h").replace(" d", "d").replace(' ', ""),
        parts: vec![Some(Decimal::from(*count))],
        figures: vec![look.count(*count)],
    });
    let found = &board.restored;
    let times = found.times.map(|times| {
        let span = |span: Span| look.locale.span(span);
        format!(
            " {}: {}; {}: {}; {}: {}.",
            look.t("Media", "Mean"),
            span(times.mean),
            look.t("mediana", "median"),
            span(times.median),
            look.t("el peor", "worst"),
            span(times.worst)
        )
    });
    let mut beside = String::new();
    if found.running > 0 {
        let words = look.t("no restablecidos todavía", "not restored yet");
        let _ = write!(beside, " {} {words}.", look.count(found.running));
    }
    if found.unknown > 0 {
        let words = look.t("sin dato", "not known");
        let _ = write!(beside, " {} {words}.", look.count(found.unknown));
    }
    Columns {
        title: look.t("Tiempo hasta restablecer", "Time to restore").to_owned(),
        about: format!(
            "{}{}",
            look.t("Incidentes por lo que tardaron en restablecerse.", "Incidents by how long they took to restore."),
            times.clone().unwrap_or_default()
        ),
        series: vec![Series { name: String::new(), class: "plain" }],
        heads: vec![
            look.t("Hasta", "Within").to_owned(),
            look.t("Incidentes", "Incidents").to_owned(),
        ],
        bars: bars.collect(),
        definition: format!(
            "{}{}{beside}",
            look.t(
                "Del primer inicio de la afectación al último restablecimiento, con recaídas; incidentes que empezaron en las 12 semanas.",
                "From the first start of impact to the last restore, relapses included; incidents that began in the 12 weeks.",
            ),
            times.unwrap_or_default()
        ),
    }
}

/// A share with three digits, never rounded up: 99.9996 is no hundred.
pub(super) fn floored(look: &Look<'_>, share: Option<Percent>) -> String {
    match share {
        Some(share) => {
            let floor = share.0.round_dp_with_strategy(3, rust_decimal::RoundingStrategy::ToZero);
            let sign = look.t(" %", "%");
            format!("{}{sign}", look.locale.decimal(floor.normalize()))
        }
        None => look.unknown().to_owned(),
    }
}

fn availability(look: &Look<'_>, board: &Board<'_>) -> String {
    let Some(now) = board.months.last().filter(|sla| !sla.services.is_empty()) else {
        return String::new();
    };
    let mut out = format!(
        "<h2 id=\"availability\">{}</h2>\n",
        look.t("Disponibilidad por servicio", "Availability by service line")
    );
    let month = |first: chrono::NaiveDate| look.locale.month(first);
    let names: Vec<String> = board.months.iter().map(|sla| month(sla.period.first)).collect();
    let mut heads =
        vec![(look.t("Servicio", "Service"), ""), (look.t("Objetivo", "Objective"), "n opt")];
    let last = names.len().saturating_sub(1);
    heads.extend(
        names
            .iter()
            .enumerate()
            .map(|(at, name)| (name.as_str(), if at == last { "n" } else { "n opt" })),
    );
    heads.push((look.t("Margen usado", "Budget used"), "n"));
    let rows = now.services.iter().map(|level| {
        let mut row = vec![
            match look.standard.service(&level.id) {
                Some(_) => format!(
                    "<a href=\"services/{}\">{}</a>",
                    E(&service_page(&level.id)),
                    E(named(look, &level.id))
                ),
                None => E(&level.id).to_string(),
            },
            E(&floored(look, Some(level.target))).to_string(),
        ];
        for sla in &board.months {
            let of = sla.services.iter().find(|l| l.id == level.id);
            row.push(cell(look, of));
        }
        row.push(used(look, level));
        row
    });
    let caption =
        look.t("Parte de los minutos que fue buena", "Share of the minutes that was good");
    out.push_str(&table(caption, &heads, rows, true));
    let _ = write!(
        out,
        "<p class=\"def\">{}</p>\n",
        look.t(
            "Un minuto pesa lo que la proporción que falló en él; el mantenimiento avisado a tiempo no cuenta. El margen es el de todo el mes en curso.",
            "A minute weighs as much as the share that failed in it; maintenance announced in time does not count. The budget is that of the whole running month."
        )
    );
    out
}

fn named<'a>(look: &Look<'a>, id: &'a str) -> &'a str {
    look.service(id)
}

/// A month of a service, with what is missing in it.
pub(super) fn cell(look: &Look<'_>, level: Option<&Level>) -> String {
    let Some(level) = level else { return "—".to_owned() };
    let class = if level.breached { "bad" } else { "" };
    let mut cell = format!("<span class=\"{class}\">{}</span>", E(&floored(look, level.available)));
    if !level.unknown.is_empty() {
        let words = look.t("sin dato", "not known");
        let _ = write!(cell, " <span class=\"note\">+{} {words}</span>", level.unknown.len());
    }
    cell
}

/// How much of its allowance a service used.
pub(super) fn used(look: &Look<'_>, level: &Level) -> String {
    match level.used {
        Some(used) => {
            let class = if level.breached { "over" } else { "hit" };
            let figure = look.locale.percent(Percent(used.0.round_dp(0)));
            format!("{} {}", E(&figure), gauge(used.0, class))
        }
        None => look.none(),
    }
}

pub(super) fn money(look: &Look<'_>, sum: &MoneySum) -> String {
    let figure = Figure::money(sum);
    let words = match &figure {
        Figure::Number(_) => "—".to_owned(),
        figure => figure.words(look.locale),
    };
    match figure {
        Figure::Unknown => look.none(),
        _ => E(&words).to_string(),
    }
}

fn cost(look: &Look<'_>, board: &Board<'_>) -> String {
    let totals = &board.recent.totals;
    let mut out = format!("<h2 id=\"cost\">{}</h2>\n", look.t("Costo", "Cost"));
    let rows = [
        (look.t("Volumen de pagos perdido", "Payment volume lost"), &totals.volume_lost),
        (look.t("Ingreso perdido", "Revenue lost"), &totals.revenue_lost),
        (look.t("Pérdida directa", "Direct loss"), &totals.direct_loss),
        (look.t("Compensación aprobada", "Compensation approved"), &totals.compensation),
        (look.t("Compensación aplicada", "Compensation posted"), &totals.compensation_posted),
        (look.t("Compensación por aplicar", "Compensation owed"), &totals.compensation_owed),
    ];
    let rows = rows.into_iter().map(|(name, sum)| {
        vec![name.to_owned(), money(look, sum), look.count(sum.counted), look.count(sum.unknown)]
    });
    let heads = [
        (look.t("Medida", "Measure"), ""),
        (look.t("Suma de lo conocido", "Sum of what is known"), "n"),
        (look.t("Con dato", "With the figure"), "n opt"),
        (look.t("Sin dato", "Without it"), "n"),
    ];
    let caption = look.t(
        "Incidentes que empezaron en las últimas 12 semanas",
        "Incidents that began in the last 12 weeks",
    );
    out.push_str(&table(caption, &heads, rows, false));
    out
}

fn left_out(look: &Look<'_>, board: &Board<'_>, out: &mut String) {
    let left = &board.left_out;
    let mut said: Vec<String> = Vec::new();
    let mut say = |count: usize, es: &str, en: &str| {
        if count > 0 {
            said.push(format!("{}: {}", look.t(es, en), look.count(count)));
        }
    };
    say(left.exercises, "ejercicios", "exercises");
    say(left.cancelled, "cancelados", "cancelled");
    say(left.merged, "unidos a otro", "merged into another");
    say(left.parts, "partes de otro", "parts of another");
    say(left.without_time.len(), "sin hora de inicio", "without a time");
    say(left.unreadable.len(), "expedientes ilegibles", "records that cannot be read");
    if said.is_empty() {
        return;
    }
    let _ = write!(
        out,
        "<h2 id=\"left-out\">{}</h2>\n<p>{}.</p>\n",
        look.t("Fuera de las cifras", "Left out of the figures"),
        E(&said.join(", "))
    );
    if !left.unreadable.is_empty() && !look.public {
        out.push_str("<ul>\n");
        for path in left.unreadable.iter().take(200) {
            let _ = write!(out, "<li><code>{}</code></li>\n", E(path));
        }
        out.push_str("</ul>\n");
    }
}
