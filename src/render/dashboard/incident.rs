//! One incident's page: its clocks, impact, timeline, messages, review.
//!
//! A section that has nothing to say is left out; a figure that nobody knows is said to be unknown.
//! The file is long because the page's sections follow one another as the reader meets them.

use std::fmt::Write as _;

use super::chart::numbers;
use super::html::{E, lines, link, scroll, table, web};
use super::list::{lapse, opened, title};
use super::{Look, Page, Part};
use crate::communication::{Fate, front_matter, read_message};
use crate::diag::Source;
use crate::impact;
use crate::incident::{Communication, Record, Transactions};
use crate::render::pages::Figure;
use crate::render::review_summary;
use crate::render::words::Group;
use crate::reports::clocks::{ClockState, TargetClock};
use crate::timing::{self, Metric};
use crate::units::{Decimal, Instant, Money, Span};

/// What the standard says of an incident.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Its targets' clocks.
    pub clocks: Vec<TargetClock>,
    /// Why it has its level.
    pub why: Option<String>,
}

/// The texts beside a record; none where a file is not there.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    /// Of each message, in the record's order.
    pub messages: Vec<Option<String>>,
    /// Of the review.
    pub review: Option<String>,
}

/// Bytes after which a page begins to leave things to the record: opening one loads little.
const FULL: usize = 150_000;

/// The most bytes of a text that a page takes in.
const LONGEST: usize = 60_000;

/// The page of the record at a place.
pub fn incident<'a>(look: &Look<'a>, place: usize, facts: &Facts, texts: &Texts) -> Option<Page> {
    let record: &'a Record = &look.register.records.get(place)?.record;
    let mut out = String::with_capacity(16_000);
    head(look, place, record, &mut out);
    if let Some(restricted) = &record.restricted {
        let words = look.t(
            "Los detalles están en otro espacio de trabajo, con acceso restringido.",
            "The details are in another workspace, which is restricted.",
        );
        let _ =
            write!(out, "<p>{words} <span class=\"note\">{}</span></p>\n", E(&restricted.group));
    } else {
        now(look, record, &mut out);
        clocks(look, record, facts, &mut out);
        felt(look, record, &mut out);
        causes(look, record, &mut out);
        timeline(look, record, &mut out);
        messages(look, record, texts, &mut out);
        aftermath(look, record, &mut out);
        review(look, record, texts, &mut out);
        elsewhere(look, record, &mut out);
    }
    let words = title(look, record);
    let name = format!("{} {words}", record.id);
    Some(look.page(&format!("incident/{}.html", record.id), &name, Part::Incidents, &out))
}

fn head<'a>(look: &Look<'a>, place: usize, record: &'a Record, out: &mut String) {
    let day = record.began().map(|at| look.locale.day(at)).or_else(|| opened(record));
    let list = look.months.page_of(place, day);
    let month = day.map(|day| look.locale.month(day)).unwrap_or_default();
    let _ = write!(
        out,
        "<nav class=\"crumbs\" aria-label=\"{}\"><a href=\"../incidents/{list}\">{}</a></nav>\n",
        look.t("Ruta", "Breadcrumb"),
        E(&month)
    );
    if record.exercise {
        let words = look.t("EJERCICIO: nada de esto ocurrió", "EXERCISE: none of this happened");
        let _ = write!(out, "<p class=\"banner\">{words}</p>\n");
    }
    let _ = write!(out, "<h1>{}</h1>\n<p class=\"meta\">", E(&title(look, record)));
    let standing = look.levels.get(place).copied().unwrap_or_default();
    let planned = record.kind == Some(crate::incident::Kind::Maintenance);
    if !planned {
        let _ = write!(out, "{} ", look.level(standing));
    }
    let _ = write!(
        out,
        "<span class=\"state\">{}</span> <span class=\"id\">{}</span>",
        E(&look.word(Group::Status, record.status.as_str())),
        E(record.id.as_str())
    );
    if let Some(kind) = record.kind {
        let _ = write!(out, " <span>{}</span>", E(&look.word(Group::Kind, kind.as_str())));
    }
    out.push_str("</p>\n");
    let ids = record.services.iter().chain(&record.services_unmapped).map(String::as_str);
    let services = look.services("../", ids);
    let mut rows: Vec<(&str, String)> = Vec::new();
    if !services.is_empty() {
        rows.push((look.t("Servicios", "Services"), services));
    }
    if let Some(into) = &record.merged_into {
        rows.push((look.t("Unido a", "Merged into"), look.link("../", into)));
    }
    if let Some(parent) = &record.parent {
        rows.push((look.t("Parte de", "Part of"), look.link("../", parent)));
    }
    if let Some(planned) = &record.planned {
        let from = look.time_or(planned.from);
        rows.push((
            look.t("Programado", "Planned"),
            format!("{from} – {}", look.time_or(planned.to)),
        ));
    }
    definitions(&rows, "facts", out);
}

/// Names with their values, which are HTML already.
fn definitions(rows: &[(&str, String)], class: &str, out: &mut String) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(out, "<dl class=\"{class}\">\n");
    for (name, value) in rows {
        let _ = write!(out, "<div><dt>{}</dt><dd>{value}</dd></div>\n", E(name));
    }
    out.push_str("</dl>\n");
}

fn section(out: &mut String, id: &str, heading: &str) {
    let _ = write!(out, "<h2 id=\"{id}\">{}</h2>\n", E(heading));
}

fn now(look: &Look<'_>, record: &Record, out: &mut String) {
    let Some(now) = record.now.as_ref().filter(|_| record.status.is_open()) else { return };
    let mut rows: Vec<(&str, String)> = Vec::new();
    for (name, words) in [
        (look.t("Situación", "Situation"), &now.situation),
        (look.t("Hipótesis", "Hypothesis"), &now.hypothesis),
        (look.t("En curso", "Doing"), &now.doing),
        (look.t("Hace falta", "Needed"), &now.need),
    ] {
        if let Some(words) = words {
            rows.push((name, lines(words)));
        }
    }
    if let Some(at) = now.next_update_at {
        rows.push((look.t("Próximo aviso", "Next update"), look.time(at)));
    }
    if let Some(workaround) = &record.workaround {
        rows.push((look.t("Alternativa", "Workaround"), lines(&workaround.text)));
    }
    if !rows.is_empty() {
        section(out, "now", look.t("Ahora", "Now"));
        definitions(&rows, "words", out);
    }
}

fn clocks(look: &Look<'_>, record: &Record, facts: &Facts, out: &mut String) {
    let times = record.clocks();
    section(out, "clocks", look.t("Relojes", "Clocks"));
    let mut moments = vec![
        (look.t("Inicio de la afectación", "Impact began"), times.impact_started),
        (look.t("Detección", "Detected"), times.detected),
        (look.t("Atención", "Acknowledged"), times.acknowledged),
        (look.t("Restablecimiento", "Restored"), times.restored),
        (look.t("Solución", "Resolved"), times.resolved),
        (look.t("Cierre", "Closed"), times.closed),
    ];
    if look.public {
        moments.retain(|(name, _)| {
            *name == look.t("Inicio de la afectación", "Impact began")
                || *name == look.t("Restablecimiento", "Restored")
        });
    }
    let closes = record.status == crate::incident::Status::Resolved;
    let waits = |name: &str, at: Option<Instant>| match at {
        None if record.status.is_open() || (closes && name == look.t("Cierre", "Closed")) => {
            format!("<span class=\"none\">{}</span>", look.t("todavía no", "not yet"))
        }
        at => look.time_or(at),
    };
    let rows: Vec<(&str, String)> =
        moments.into_iter().map(|(name, at)| (name, waits(name, at))).collect();
    definitions(&rows, "facts", out);
    if let Some(why) = &facts.why {
        let _ =
            write!(out, "<p class=\"def\">{}: {}</p>\n", look.t("Severidad", "Severity"), E(why));
    }
    let read = timing::clocks(record, look.now);
    let tag = look.locale.tag();
    let mut rows = Vec::new();
    for metric in Metric::ALL {
        let value = match metric {
            Metric::ToDetect => lapse(look, read.to_detect),
            Metric::ToAcknowledge => lapse(look, read.to_acknowledge),
            Metric::ToRestore => lapse(look, read.to_restore),
            Metric::ToResolve => lapse(look, read.to_resolve),
            Metric::ImpactTime => {
                E(&Figure::known(read.impact_time, Figure::Span).words(look.locale)).to_string()
            }
            Metric::DegradedMinutes => number(look, read.degraded_minutes),
            Metric::CustomerMinutes => number(look, read.customer_minutes),
            // The same span as the time to restore, which stands above.
            Metric::Duration => continue,
        };
        let own = matches!(metric, Metric::ToDetect | Metric::ToAcknowledge | Metric::ToResolve);
        if look.public && (own || metric == Metric::CustomerMinutes) {
            continue;
        }
        let mut name = metric.name(tag).to_owned();
        if let Some(first) = name.get(..1) {
            name = format!("{}{}", first.to_uppercase(), name.get(1..).unwrap_or_default());
        }
        rows.push(vec![E(&name).to_string(), value, E(metric.definition(tag)).to_string()]);
    }
    let heads = [
        (look.t("Medida", "Measure"), ""),
        (look.t("Valor", "Value"), "n"),
        (look.t("Definición", "Definition"), "def opt"),
    ];
    out.push_str(&table(look.t("Duraciones", "Durations"), &heads, rows, false));
    if !facts.clocks.is_empty() {
        let rows = facts.clocks.iter().map(|clock| target(look, clock));
        let heads = [
            (look.t("Objetivo", "Target"), ""),
            (look.t("Plazo", "Within"), "opt"),
            (look.t("Límite", "Due"), ""),
            (look.t("Hecho", "Done"), "opt"),
            (look.t("Estado", "State"), ""),
        ];
        let caption = look.t("Objetivos del estándar", "Targets of the standard");
        out.push_str(&table(caption, &heads, rows, false));
    }
}

fn target(look: &Look<'_>, clock: &TargetClock) -> Vec<String> {
    let (class, word) = match clock.state {
        ClockState::Met => ("ok", "met"),
        ClockState::Missed => ("bad", "missed"),
        ClockState::Running => ("run", "running"),
        ClockState::Unknown => ("none", "unknown"),
    };
    let at = |at: Option<Instant>| at.map_or_else(|| "—".to_owned(), |at| look.time(at));
    vec![
        E(&look.word(Group::TargetName, &clock.name)).to_string(),
        E(&clock.target).to_string(),
        at(clock.due),
        at(clock.done),
        format!("<span class=\"{class}\">{}</span>", E(&look.word(Group::Target, word))),
    ]
}

fn number(look: &Look<'_>, n: Option<Decimal>) -> String {
    match n {
        Some(n) => E(&Figure::Number(n).words(look.locale)).to_string(),
        None => look.none(),
    }
}

fn felt(look: &Look<'_>, record: &Record, out: &mut String) {
    let windows = impact::windows(record, look.now);
    let none = record.impact.is_none() && windows.is_none();
    if none || record.kind == Some(crate::incident::Kind::Maintenance) {
        return;
    }
    section(out, "impact", look.t("Afectación", "Impact"));
    let felt = record.impact.clone().unwrap_or_default();
    if let Some(summary) = &felt.summary {
        let _ = write!(out, "<p>{}</p>\n", lines(summary));
    }
    match &windows {
        Some(windows) if !windows.is_empty() => out.push_str(&course(look, record, windows)),
        _ => {
            let words = look.t(
                "No se sabe cuándo empezó o terminó la afectación.",
                "When the impact began or ended is not known.",
            );
            let _ = write!(out, "<p class=\"none\">{words}</p>\n");
        }
    }
    if look.public {
        return;
    }
    let count = |n: Option<u64>| number(look, n.map(Decimal::from));
    let money = |m: Option<Money>| match m {
        Some(m) => E(&look.locale.money_named(m)).to_string(),
        None => look.none(),
    };
    let customers = felt.customers.clone().unwrap_or_default();
    let mut rows = vec![
        vec![
            look.t("Clientes que lo intentaron", "Customers who tried").to_owned(),
            count(customers.tried),
        ],
        vec![
            look.t("Clientes que no pudieron", "Customers who could not").to_owned(),
            count(customers.affected),
        ],
        vec![
            look.t("Volumen perdido", "Volume lost").to_owned(),
            money(felt.transactions.as_ref().and_then(|t| t.lost_value)),
        ],
        vec![look.t("Ingreso perdido", "Revenue lost").to_owned(), money(felt.revenue_lost)],
    ];
    let mut known = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            rows.push(vec![name.to_owned(), value]);
        }
    };
    known(look.t("Pérdida directa", "Direct loss"), felt.direct_loss.map(|m| money(Some(m))));
    known(
        look.t("Recuperado de proveedores", "Recovered from vendors"),
        felt.vendor_recovery.map(|m| money(Some(m))),
    );
    known(
        look.t("Comercios afectados", "Merchants affected"),
        felt.merchants.as_ref().and_then(|m| m.affected).map(|n| count(Some(n))),
    );
    known(
        look.t("Clientes empresariales afectados", "Business clients affected"),
        felt.clients_affected.map(|n| count(Some(n))),
    );
    if let Some(contacts) = &felt.contacts {
        known(look.t("Contactos recibidos", "Contacts received"), Some(count(contacts.received)));
        known(
            look.t("Contactos esperados", "Contacts expected"),
            contacts.expected.map(|n| count(Some(n))),
        );
    }
    if let Some(complaints) = &felt.complaints {
        known(look.t("Quejas formales", "Formal complaints"), Some(count(complaints.formal)));
        known(
            look.t("Quejas ante la autoridad", "Complaints to the regulator"),
            complaints.regulator.map(|n| count(Some(n))),
        );
    }
    let heads = [(look.t("Medida", "Measure"), ""), (look.t("Valor", "Value"), "n")];
    let caption = look.t("Afectación en cifras", "Impact in figures");
    out.push_str(&table(caption, &heads, rows, false));
    if let Some(transactions) = &felt.transactions {
        out.push_str(&operations(look, transactions));
    }
    if !felt.harm.is_empty() {
        let rows = felt.harm.iter().map(|harm| {
            vec![
                E(&look.word(Group::Harm, harm.kind.as_str())).to_string(),
                count(harm.customers),
                money(harm.money),
            ]
        });
        let heads = [
            (look.t("Daño", "Harm"), ""),
            (look.t("Clientes", "Customers"), "n"),
            (look.t("Monto", "Amount"), "n"),
        ];
        let caption = look.t("Daño a clientes", "Harm to customers");
        out.push_str(&table(caption, &heads, rows, false));
    }
}

fn operations(look: &Look<'_>, t: &Transactions) -> String {
    let all: [(&str, Option<u64>, Option<Money>); 9] = [
        ("attempted", t.attempted, t.attempted_value),
        ("declined_business", t.declined_business, t.declined_business_value),
        ("failed", t.failed, t.failed_value),
        ("lost", t.lost, t.lost_value),
        ("in_doubt", t.in_doubt, t.in_doubt_value),
        ("duplicated", t.duplicated, t.duplicated_value),
        ("reversed", t.reversed, t.reversed_value),
        ("deferred", t.deferred, t.deferred_value),
        ("settled_late", t.settled_late, t.settled_late_value),
    ];
    let said = all.into_iter().filter(|(_, count, value)| count.is_some() || value.is_some());
    let rows: Vec<Vec<String>> = said
        .map(|(name, count, value)| {
            let value = value.map(|m| E(&look.locale.money_named(m)).to_string());
            vec![
                E(&look.word(Group::Transactions, name)).to_string(),
                number(look, count.map(Decimal::from)),
                value.unwrap_or_else(|| look.none()),
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let heads = [
        (look.t("Operaciones", "Transactions"), ""),
        (look.t("Número", "Number"), "n"),
        (look.t("Valor", "Value"), "n"),
    ];
    table(look.t("Operaciones", "Transactions"), &heads, rows, false)
}

/// The windows of impact over time, each as high as the share that failed.
fn course(look: &Look<'_>, record: &Record, windows: &[impact::ImpactWindow<'_>]) -> String {
    const WIDTH: i64 = 640;
    const TALL: i64 = 110;
    const TOP: i64 = 34;
    const LEFT: i64 = 44;
    let times = record.clocks();
    let second = |at: Instant| at.get().timestamp();
    let edges = windows.iter().flat_map(|w| [w.window.from, w.window.to]);
    let marks = [
        (look.t("detección", "detected"), times.detected),
        (look.t("atención", "acknowledged"), times.acknowledged),
        (look.t("restablecido", "restored"), times.restored),
    ];
    let marks: Vec<(&str, Instant)> =
        marks.into_iter().filter_map(|(name, at)| Some((name, at?))).collect();
    let all = edges.chain(marks.iter().map(|(_, at)| *at)).map(second);
    let (first, last) = all.fold((i64::MAX, i64::MIN), |(a, b), at| (a.min(at), b.max(at)));
    let pad = (last.saturating_sub(first) / 20).max(60);
    let (first, last) = (first.saturating_sub(pad), last.saturating_add(pad));
    let inner = i128::from(WIDTH - LEFT - 8);
    let x = |at: Instant| {
        let along = i128::from(second(at).clamp(first, last) - first) * inner;
        LEFT + i64::try_from(along / i128::from((last - first).max(1))).unwrap_or(0)
    };
    let name = look.t("Proporción que falló, en el tiempo", "Share that failed, over time");
    let about = match look.locale.language() {
        crate::render::Language::Es => {
            format!("{} ventanas de afectación; los tiempos están en la tabla.", windows.len())
        }
        crate::render::Language::En => {
            format!("{} windows of impact; the table has their times.", windows.len())
        }
    };
    let mut out = format!(
        "<figure class=\"chart wide\">\n<figcaption>{name}</figcaption>\n\
         <svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-labelledby=\"c-t c-d\"><title id=\"c-t\">{name}</title><desc id=\"c-d\">{}</desc>",
        TOP + TALL + 26,
        E(&about)
    );
    for part in [0, 50, 100] {
        let y = TOP + TALL - TALL * part / 100;
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y}\" y2=\"{y}\"/><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{part} %</text>",
            LEFT - 6,
            y + 4
        );
    }
    for window in windows.iter().take(500) {
        let (from, to) = (x(window.window.from), x(window.window.to));
        let (high, class) = match window.degradation {
            Some(share) => {
                let share = share.0.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED);
                let high = share * Decimal::from(TALL) / Decimal::ONE_HUNDRED;
                (i64::try_from(high.round()).unwrap_or(0).max(2), "hit")
            }
            None => (TALL, "hit unsure"),
        };
        let _ = write!(
            out,
            "<rect class=\"{class}\" x=\"{from}\" y=\"{}\" width=\"{}\" height=\"{high}\"/>",
            TOP + TALL - high,
            (to - from).max(2)
        );
    }
    for (place, (name, at)) in (0..).zip(&marks) {
        let at = x(*at);
        // Names go left of their line where there is no room on its right.
        let (anchor, shift) = if at > WIDTH * 3 / 4 { ("end", -4) } else { ("start", 4) };
        let y = 10 + 10 * (place % 3);
        let _ = write!(
            out,
            "<line class=\"mark\" x1=\"{at}\" x2=\"{at}\" y1=\"{}\" y2=\"{}\"/><text x=\"{}\" y=\"{y}\" text-anchor=\"{anchor}\">{name}</text>",
            y - 8,
            TOP + TALL,
            at + shift
        );
    }
    for part in 0..=3 {
        let at = first + (last - first) * part / 3;
        let moment =
            chrono::DateTime::from_timestamp(at, 0).map(|at| Instant::from(at.fixed_offset()));
        let label = moment.map(|at| look.locale.moment(at)).unwrap_or_default();
        // Within a day the clock is enough.
        let label = if last - first < 86_400 { label.get(11..) } else { label.get(5..10) };
        let anchor = match part {
            0 => "start",
            3 => "end",
            _ => "middle",
        };
        let at = LEFT + i64::try_from(inner).unwrap_or(0) * part / 3;
        let _ = write!(
            out,
            "<text x=\"{at}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            TOP + TALL + 18,
            label.unwrap_or_default()
        );
    }
    out.push_str("</svg>\n");
    if windows.iter().any(|w| w.degradation.is_none()) {
        let words = look.t(
            "Rayado: no se sabe qué proporción falló.",
            "Hatched: which share failed is not known.",
        );
        let _ = write!(out, "<p class=\"def\">{words}</p>\n");
    }
    let rows: Vec<(String, Vec<String>)> = windows
        .iter()
        .take(500)
        .map(|w| {
            let span = Span::from_seconds(second(w.window.to) - second(w.window.from));
            let share = Figure::known(w.degradation, Figure::Share).words(look.locale);
            let service = w.service.map_or("—".to_owned(), |id| look_service(look, id));
            (
                look.locale.moment(w.window.from),
                vec![look.locale.moment(w.window.to), look.locale.span(span), share, service],
            )
        })
        .collect();
    let heads = [
        look.t("Desde", "From"),
        look.t("Hasta", "To"),
        look.t("Duración", "Duration"),
        look.t("Falló", "Failed"),
        look.t("Servicio", "Service"),
    ]
    .map(str::to_owned);
    out.push_str(&numbers(
        look,
        name,
        &heads,
        rows.iter().map(|(a, b)| (a.as_str(), b.as_slice())),
    ));
    out.push_str("</figure>\n");
    out
}

fn look_service(look: &Look<'_>, id: &str) -> String {
    let named = look.standard.service(id).map(|s| s.name.get(look.locale.tag()));
    named.filter(|name| !name.is_empty()).unwrap_or(id).to_owned()
}

fn causes(look: &Look<'_>, record: &Record, out: &mut String) {
    let Some(causes) = &record.causes else { return };
    let mut rows: Vec<(&str, String)> = Vec::new();
    let mut say = |name, words: Option<&str>| {
        if let Some(words) = words {
            rows.push((name, lines(words)));
        }
    };
    say(look.t("Categoría", "Category"), causes.category.as_deref());
    say(look.t("Detonante", "Trigger"), causes.trigger.as_deref());
    let root = causes.root_causes.join("\n");
    say(look.t("Causas raíz", "Root causes"), Some(root.as_str()).filter(|r| !r.is_empty()));
    let further = causes.contributing.join("\n");
    say(look.t("Contribuyeron", "Contributing"), Some(further.as_str()).filter(|r| !r.is_empty()));
    say(look.t("Cambio", "Change"), causes.change.as_deref());
    say(look.t("Por qué no se detectó antes", "Detection gap"), causes.detection_gap.as_deref());
    if !rows.is_empty() {
        section(out, "causes", look.t("Causas", "Causes"));
        definitions(&rows, "words", out);
    }
}

/// Says how much more the record has than the page.
fn more(look: &Look<'_>, left: usize, out: &mut String) {
    if left > 0 {
        let words = look.t("más en el expediente", "more in the record");
        let _ = write!(out, "<p class=\"def\">+ {} {words}</p>\n", look.count(left));
    }
}

fn timeline(look: &Look<'_>, record: &Record, out: &mut String) {
    if record.timeline.is_empty() {
        return;
    }
    section(out, "timeline", look.t("Cronología", "Timeline"));
    let mut entries: Vec<_> = record.timeline.iter().collect();
    entries.sort_by_key(|entry| entry.at);
    out.push_str("<ol class=\"timeline\">\n");
    let mut shown = 0;
    for entry in &entries {
        if out.len() > FULL {
            break;
        }
        shown += 1;
        let star = if entry.star { " class=\"star\"" } else { "" };
        let kind = entry.kind.map(|kind| look.word(Group::Entry, kind.as_str()));
        let by = entry.by.as_deref().unwrap_or_default();
        let said: Vec<&str> = [kind.as_deref().unwrap_or_default(), by]
            .into_iter()
            .filter(|w| !w.is_empty())
            .collect();
        let _ = write!(
            out,
            "<li{star}>{} <span class=\"who\">{}</span><div>{}</div></li>\n",
            look.time(entry.at),
            E(&said.join(" · ")),
            lines(cut(&entry.text))
        );
    }
    out.push_str("</ol>\n");
    more(look, entries.len() - shown, out);
}

/// As much of a text as a page takes in.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn messages(look: &Look<'_>, record: &Record, texts: &Texts, out: &mut String) {
    if record.communications.is_empty() {
        return;
    }
    section(out, "messages", look.t("Mensajes", "Messages"));
    let mut shown = 0;
    for (place, message) in record.communications.iter().enumerate() {
        if out.len() > FULL + LONGEST {
            break;
        }
        shown += 1;
        let text = texts.messages.get(place).and_then(|text| text.as_deref());
        one_message(look, message, text, out);
    }
    more(look, record.communications.len() - shown, out);
}

fn one_message(look: &Look<'_>, message: &Communication, text: Option<&str>, out: &mut String) {
    let went: Vec<Instant> =
        message.sent.iter().filter(|s| Fate::of(s).went_out()).map(|s| s.at).collect();
    let state = match (went.first(), &message.skipped) {
        (Some(at), _) => format!("{} {}", look.t("enviado", "sent"), look.time(*at)),
        (None, Some(skipped)) => {
            format!("{}: {}", look.t("omitido", "skipped"), E(&skipped.reason))
        }
        (None, None) if message.sent.is_empty() => look.t("borrador", "draft").to_owned(),
        (None, None) => look.t("no salió", "did not go out").to_owned(),
    };
    let mut about = vec![E(&message.channel).to_string()];
    about.extend(message.audience.as_deref().map(|a| E(a).to_string()));
    about.extend(message.locale.as_deref().map(|l| E(l).to_string()));
    let _ = write!(
        out,
        "<article class=\"message\"><h3>{}</h3><p class=\"meta\">{} <span>{state}</span></p>\n",
        E(&look.word(Group::Stage, &message.stage)),
        about.join(" · ")
    );
    if let Some(text) = text {
        let lang = message.locale.as_deref().unwrap_or_default().split('.').next();
        let lang = lang.filter(|l| !l.is_empty()).map(|l| format!(" lang=\"{}\"", E(l)));
        let lang = lang.unwrap_or_default();
        let _ = write!(out, "<blockquote{lang}>");
        match read_message(Source::new("message", text)) {
            Ok(file) => {
                for field in &file.fields {
                    let words = cut(&field.text);
                    if field.name == "body" {
                        out.push_str(&review_summary::body(words, 3, is_web));
                    } else {
                        let _ = write!(out, "<p><strong>{}</strong></p>", lines(words));
                    }
                }
            }
            Err(_) => {
                let _ = write!(out, "<p>{}</p>", lines(cut(text)));
            }
        }
        out.push_str("</blockquote>\n");
    }
    out.push_str("</article>\n");
}

fn is_web(url: &str) -> bool {
    web(url).is_some()
}

/// A table whose caption is the heading above it: said, not shown.
fn silent(table: String) -> String {
    table.replacen("<caption>", "<caption class=\"vh\">", 1)
}

fn aftermath(look: &Look<'_>, record: &Record, out: &mut String) {
    if !record.actions.is_empty() {
        section(out, "actions", look.t("Acciones", "Actions"));
        let rows = record.actions.iter().take(300).map(|action| {
            let state = match (&action.done, &action.dropped) {
                (Some(done), _) => match done.at {
                    Some(at) => format!("{} {}", look.t("hecha", "done"), look.time(at)),
                    None => look.t("hecha", "done").to_owned(),
                },
                (None, Some(dropped)) => {
                    format!("{}: {}", look.t("descartada", "dropped"), E(&dropped.reason))
                }
                (None, None) => look.t("abierta", "open").to_owned(),
            };
            let kind = action.kind.map(|kind| look.word(Group::Action, kind.as_str()));
            let due = action.due_day().map(|day| day.to_string());
            vec![
                E(&action.title).to_string(),
                E(kind.as_deref().unwrap_or("—")).to_string(),
                action.owner.as_deref().map_or_else(|| look.none(), |o| E(o).to_string()),
                due.unwrap_or_else(|| look.none()),
                state,
            ]
        });
        let heads = [
            (look.t("Acción", "Action"), ""),
            (look.t("Tipo", "Kind"), "opt"),
            (look.t("Responsable", "Owner"), ""),
            (look.t("Fecha", "Due"), ""),
            (look.t("Estado", "State"), ""),
        ];
        out.push_str(&silent(table(look.t("Acciones", "Actions"), &heads, rows, false)));
    }
    if !record.compensation.is_empty() {
        section(out, "compensation", look.t("Compensación", "Compensation"));
        out.push_str(&super::figures::runs(
            look,
            "../",
            &record.compensation.iter().map(|run| (record, run)).collect::<Vec<_>>(),
        ));
    }
    if !record.vendors.is_empty() {
        section(out, "vendors", look.t("Proveedores", "Vendors"));
        let rows = record.vendors.iter().map(|ticket| {
            vec![
                E(&ticket.vendor).to_string(),
                E(&ticket
                    .role
                    .map(|r| look.word(Group::Vendor, r.as_str()))
                    .unwrap_or_else(|| "—".into()))
                .to_string(),
                E(ticket.ticket.as_deref().unwrap_or("—")).to_string(),
                look.time_or(ticket.opened_at),
                look.time_or(ticket.restored_at),
            ]
        });
        let heads = [
            (look.t("Proveedor", "Vendor"), ""),
            (look.t("Papel", "Part"), ""),
            (look.t("Folio", "Ticket"), ""),
            (look.t("Abierto", "Opened"), ""),
            (look.t("Restablecido", "Restored"), ""),
        ];
        out.push_str(&silent(table(look.t("Proveedores", "Vendors"), &heads, rows, false)));
    }
    if !record.regulatory.is_empty() {
        section(out, "regulatory", look.t("Autoridades", "Regulators"));
        let rows = record.regulatory.iter().map(|one| {
            let word = one.decision.map(|d| look.word(Group::Report, d.as_str()));
            vec![
                E(&one.regime).to_string(),
                word.map_or_else(|| look.none(), |w| E(&w).to_string()),
                look.time_or(one.due),
                one.sent_at.map_or_else(|| "—".to_owned(), |at| look.time(at)),
            ]
        });
        let heads = [
            (look.t("Régimen", "Regime"), ""),
            (look.t("Decisión", "Decision"), ""),
            (look.t("Límite", "Due"), ""),
            (look.t("Enviado", "Sent"), ""),
        ];
        out.push_str(&silent(table(look.t("Autoridades", "Regulators"), &heads, rows, false)));
    }
}

fn review(look: &Look<'_>, record: &Record, texts: &Texts, out: &mut String) {
    let Some(file) = record.review.as_ref().and_then(|review| review.file.as_deref()) else {
        return;
    };
    section(out, "review", look.t("Revisión", "Review"));
    match &texts.review {
        Some(text) if text.len() <= LONGEST => {
            // A review's tables may be wider than a phone.
            out.push_str(&scroll(look.t("Revisión", "Review")));
            let _ = write!(
                out,
                "<div class=\"prose\">\n{}</div>\n</div>\n",
                review_summary::body(&prose(text), 1, is_web)
            );
        }
        Some(_) => {
            let words = look.t("Es larga: está en", "It is long: it stands in");
            let _ = write!(out, "<p>{words} {}/{}</p>\n", record.id.folder(), E(file));
        }
        None => {
            let words = look.t("No está el archivo", "The file is not there:");
            let _ = write!(out, "<p class=\"none\">{words} {}</p>\n", E(file));
        }
    }
}

/// A review without its head, its title, which stands above, and the lines that mark its blocks.
fn prose(text: &str) -> String {
    let body = front_matter(text).map_or(text, |(_, body)| body);
    let mark = |line: &str| line.starts_with("<!-- ") && line.trim_end().ends_with("-->");
    let mut lines: Vec<&str> = body.lines().filter(|line| !mark(line)).collect();
    if let Some(first) = lines.iter().position(|line| !line.trim().is_empty())
        && lines.get(first).is_some_and(|line| line.starts_with("# "))
    {
        lines.remove(first);
    }
    lines.join("\n")
}

fn elsewhere(look: &Look<'_>, record: &Record, out: &mut String) {
    let mut items: Vec<String> = Vec::new();
    for other in &record.related {
        items.push(look.link("../", other));
    }
    for ticket in &record.tickets {
        let words = match &ticket.system {
            Some(system) => format!("{system} {}", ticket.ref_),
            None => ticket.ref_.clone(),
        };
        items.push(link(ticket.url.as_deref().unwrap_or_default(), &words));
    }
    for one in &record.links {
        items.push(link(&one.url, one.title.as_deref().unwrap_or(&one.url)));
    }
    if items.is_empty() {
        return;
    }
    section(out, "elsewhere", look.t("Relacionado", "Related"));
    out.push_str("<ul>\n");
    for item in items.iter().take(300) {
        let _ = write!(out, "<li>{item}</li>\n");
    }
    out.push_str("</ul>\n");
}
