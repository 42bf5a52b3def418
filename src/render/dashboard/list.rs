//! The incidents, a month a page, with the form that searches all of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use super::html::{E, scroll, slug};
use super::{Look, Page, Part};
use crate::incident::{Record, Severity, Status};
use crate::register::Register;
use crate::render::pages::Figure;
use crate::render::words::Group;
use crate::timing::{self, Lapse};
use crate::units::Instant;

/// Rows of a page; a month with more has several, so that opening one loads little.
const ROWS: usize = 200;

/// The months of a register, the newest first.
#[derive(Debug, Clone, Default)]
pub struct Months(Vec<Month>);

/// A month and the places of its incidents, the newest first.
#[derive(Debug, Clone)]
struct Month {
    first: NaiveDate,
    places: Vec<usize>,
}

impl Months {
    /// Sorts a register's records by the month in which they began, else that of their id.
    pub fn of(register: &Register, zone: Tz) -> Months {
        let mut months: BTreeMap<NaiveDate, Vec<(Option<Instant>, usize)>> = BTreeMap::new();
        for (place, held) in register.records.iter().enumerate() {
            let began = held.record.began();
            let day = began
                .map(|at| at.in_zone(&zone).get().date_naive())
                .or_else(|| opened(&held.record))
                .and_then(|day| day.with_day(1));
            months.entry(day.unwrap_or_default()).or_default().push((began, place));
        }
        let sorted = months.into_iter().rev().map(|(first, mut all)| {
            all.sort_by(|a, b| b.cmp(a));
            Month { first, places: all.into_iter().map(|(_, place)| place).collect() }
        });
        Months(sorted.collect())
    }

    /// All places, the newest incident first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().flat_map(|month| month.places.iter().copied())
    }

    /// The page that lists a record: its name below `incidents/`.
    pub(super) fn page_of(&self, place: usize, began: Option<NaiveDate>) -> String {
        let first = began.and_then(|day| day.with_day(1));
        let month = self.0.iter().find(|month| Some(month.first) == first);
        let at = month.and_then(|m| Some((m, m.places.iter().position(|p| *p == place)?)));
        at.map_or_else(|| "index.html".into(), |(month, at)| name(month, at / ROWS))
    }
}

/// The day that an id names.
pub(super) fn opened(record: &Record) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(record.id.as_str().get(4..12)?, "%Y%m%d").ok()
}

fn name(month: &Month, part: usize) -> String {
    let part = if part == 0 { String::new() } else { format!("-{}", part + 1) };
    format!("{}{part}.html", month.first.format("%Y-%m"))
}

/// All pages of the list, one after the other.
pub fn lists<'a>(look: &'a Look<'a>) -> impl Iterator<Item = Page> + 'a {
    let months = &look.months.0;
    let newest = months.first().map(|month| page(look, month, 0, true));
    let empty = months.is_empty().then(|| nothing(look));
    let all = months.iter().flat_map(move |month| {
        let parts = month.places.len().div_ceil(ROWS).max(1);
        (0..parts).map(move |part| page(look, month, part, false))
    });
    newest.into_iter().chain(empty).chain(all)
}

fn nothing(look: &Look<'_>) -> Page {
    let title = look.t("Incidentes", "Incidents");
    let none = look.t("No hay incidentes.", "There are no incidents.");
    let body = format!("<h1>{title}</h1>\n<p>{none}</p>\n");
    look.page("incidents/index.html", title, Part::Incidents, &body)
}

fn page(look: &Look<'_>, month: &Month, part: usize, newest: bool) -> Page {
    let name_of = look.locale.month(month.first);
    let path = if newest { "index.html".to_owned() } else { name(month, part) };
    let mut body = format!(
        "<h1>{}<span class=\"sub\">{}</span></h1>\n",
        look.t("Incidentes", "Incidents"),
        E(&name_of)
    );
    body.push_str(&form(look));
    body.push_str(&calendar(look, month, part));
    let from = part * ROWS;
    let places: Vec<usize> = month.places.iter().skip(from).take(ROWS).copied().collect();
    let count = month.places.len();
    let mut caption = format!("{name_of}: {}", incidents(look, count));
    if count > ROWS {
        let (first, last) = (look.count(from + 1), look.count(from + places.len()));
        let of = look.t("de", "of");
        caption = format!("{name_of}: {first}–{last} {of} {}", incidents(look, count));
    }
    body.push_str("<div id=\"month\">\n");
    body.push_str(&table(look, "../", &caption, &places, true));
    body.push_str("</div>\n");
    let title = format!("{}, {name_of}", look.t("Incidentes", "Incidents"));
    look.page(&format!("incidents/{path}"), &title, Part::Incidents, &body)
}

/// `1 incident`, `12 incidentes`.
pub(super) fn incidents(look: &Look<'_>, count: usize) -> String {
    let word = match count {
        1 => look.t("incidente", "incident"),
        _ => look.t("incidentes", "incidents"),
    };
    format!("{} {word}", look.count(count))
}

/// The links to all months, the year of the one that is shown open.
fn calendar(look: &Look<'_>, shown: &Month, part: usize) -> String {
    let mut out = format!("<nav class=\"months\" aria-label=\"{}\">\n", look.t("Meses", "Months"));
    for year in look.months.0.chunk_by(|a, b| a.first.year() == b.first.year()) {
        let Some(first) = year.first() else { continue };
        let open = if first.first.year() == shown.first.year() { " open" } else { "" };
        let _ = write!(out, "<details{open}><summary>{}</summary><ul>", first.first.year());
        for month in year {
            let parts = month.places.len().div_ceil(ROWS).max(1);
            for one in 0..parts {
                let current = month.first == shown.first && one == part;
                let current = if current { " aria-current=\"page\"" } else { "" };
                let label = look.locale.month(month.first);
                let label = label.split(' ').next().unwrap_or_default();
                let more = if one == 0 { String::new() } else { format!(" {}", one + 1) };
                let count = month.places.len().saturating_sub(one * ROWS).min(ROWS);
                let _ = write!(
                    out,
                    "<li><a href=\"{}\"{current}>{}{more} <span class=\"count\">{}</span></a></li>",
                    name(month, one),
                    E(label),
                    look.count(count)
                );
            }
        }
        out.push_str("</ul></details>\n");
    }
    out.push_str("</nav>\n");
    out
}

/// The form that searches all incidents; without the script it says what to do instead.
fn form(look: &Look<'_>) -> String {
    let mut out = format!(
        "<form class=\"search\" role=\"search\" data-search hidden data-words=\"{}\" data-statuses=\"{}\">\n",
        E(&[
            look.t("Buscando…", "Searching…"),
            look.t("{n} incidentes", "{n} incidents"),
            look.t("1 incidente", "1 incident"),
            look.t("Ningún incidente coincide.", "No incident matches."),
            look.t("Mostrar más", "Show more"),
            look.t("sin nivel", "no level"),
            look.unknown(),
            look.t("No se pudo leer el índice de búsqueda.", "The search index could not be read."),
            look.t("en curso", "so far"),
        ]
        .join("|")),
        E(&Status::ALL
            .iter()
            .map(|s| look.word(Group::Status, s.as_str()))
            .collect::<Vec<_>>()
            .join("|")),
    );
    let text = look.t("Buscar en todos los incidentes", "Search all incidents");
    let hint = look.t("título, ID, servicio, causa", "title, ID, service, cause");
    let _ = write!(
        out,
        "<p class=\"wide\"><label for=\"q\">{text}</label><input id=\"q\" type=\"search\" placeholder=\"{hint}\" autocomplete=\"off\"></p>\n"
    );
    let any = look.t("cualquiera", "any");
    let mut select = |id: &str, label: &str, options: &str| {
        let _ = write!(
            out,
            "<p><label for=\"{id}\">{label}</label><select id=\"{id}\"><option value=\"\">{any}</option>{options}</select></p>\n"
        );
    };
    let levels: String = (1..).zip(Severity::ALL).fold(String::new(), |mut all, (n, level)| {
        let _ = write!(all, "<option value=\"{n}\">{}</option>", level.as_str());
        all
    });
    select("q-level", look.t("Severidad", "Severity"), &levels);
    let statuses =
        (0..).zip(Status::ALL).fold(String::new(), |mut all, (n, status): (usize, _)| {
            let word = look.word(Group::Status, status.as_str());
            let _ = write!(all, "<option value=\"{n}\">{}</option>", E(&word));
            all
        });
    select("q-status", look.t("Estado", "Status"), &statuses);
    let services = look.standard.services.iter().fold(String::new(), |mut all, service| {
        let _ = write!(
            all,
            "<option value=\"{}\">{}</option>",
            E(&service.id),
            E(look.service(&service.id))
        );
        all
    });
    select("q-service", look.t("Servicio", "Service"), &services);
    let verticals = look.standard.verticals.iter().fold(String::new(), |mut all, vertical| {
        let of = look.standard.services.iter().filter(|s| s.vertical == vertical.id);
        let of: Vec<&str> = of.map(|s| s.id.as_str()).collect();
        let _ = write!(
            all,
            "<option value=\"{}\">{}</option>",
            E(&of.join(" ")),
            E(look.vertical(&vertical.id))
        );
        all
    });
    select("q-vertical", look.t("Vertical", "Vertical"), &verticals);
    let _ = write!(
        out,
        "<p><button type=\"reset\">{}</button></p>\n</form>\n\
         <p id=\"found\" class=\"status\" role=\"status\"></p>\n<div id=\"results\"></div>\n",
        look.t("Limpiar", "Clear")
    );
    let _ = write!(
        out,
        "<noscript><p class=\"def\">{}</p></noscript>\n",
        look.t(
            "La búsqueda necesita JavaScript; los meses de abajo tienen todos los incidentes.",
            "Searching needs JavaScript; the months below have every incident."
        )
    );
    out
}

/// Incidents as a table; `wide` with everything that there is room for on a page of its own.
pub(super) fn table(
    look: &Look<'_>,
    up: &str,
    caption: &str,
    places: &[usize],
    wide: bool,
) -> String {
    let mut out = scroll(caption);
    let _ = write!(
        out,
        "<table class=\"list\" data-sort>\n<caption>{}</caption>\n<thead><tr>",
        E(caption)
    );
    let heads = [
        (look.t("Severidad", "Severity"), "", true),
        (look.t("Incidente", "Incident"), "what", true),
        (look.t("Servicios", "Services"), "opt", true),
        (look.t("Estado", "Status"), "opt", true),
        (look.t("Inicio", "Began"), "", true),
        (look.t("Duración", "Duration"), "n", true),
        (look.t("Clientes", "Customers"), "n opt", wide && !look.public),
        (look.t("Minutos-cliente", "Customer minutes"), "n opt", wide && !look.public),
    ];
    for (head, class, shown) in heads {
        if shown {
            let _ = write!(out, "<th scope=\"col\" class=\"{class}\">{head}</th>");
        }
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for place in places {
        if let Some(held) = look.register.records.get(*place) {
            row(look, up, *place, &held.record, wide, &mut out);
        }
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
    out
}

fn row(look: &Look<'_>, up: &str, place: usize, record: &Record, wide: bool, out: &mut String) {
    let standing = look.levels.get(place).copied().unwrap_or_default();
    let rank = standing.level.map_or(9, |level| level as u8);
    // Planned work has no level to be without.
    let planned = record.kind == Some(crate::incident::Kind::Maintenance);
    let level = if planned { "—".to_owned() } else { look.level(standing) };
    let _ = write!(
        out,
        "<tr><td data-v=\"{rank}\">{level}</td><td class=\"what\">{}{}</td>",
        look.entry(up, record),
        marks(look, record),
    );
    let services = record.services.iter().chain(&record.services_unmapped);
    let services: Vec<String> = services
        .map(|id| {
            let named = look.standard.service(id).map(|s| s.name.get(look.locale.tag()));
            E(named.filter(|n| !n.is_empty()).unwrap_or(id)).to_string()
        })
        .collect();
    let _ = write!(
        out,
        "<td class=\"opt\">{}</td><td class=\"opt\">{}</td>",
        services.join(", "),
        E(&look.word(Group::Status, record.status.as_str()))
    );
    let began = record.began();
    let _ = write!(
        out,
        "<td data-v=\"{}\">{}</td>",
        began.map_or(0, |at| at.get().timestamp()),
        look.time_or(began)
    );
    let took = timing::to_restore(record, look.now);
    let _ = write!(
        out,
        "<td class=\"n\" data-v=\"{}\">{}</td>",
        took.shown().map_or(-1, |span| span.seconds()),
        lapse(look, took)
    );
    if wide && !look.public {
        let customers =
            record.impact.as_ref().and_then(|impact| impact.customers.as_ref()?.affected);
        let minutes = timing::clocks(record, look.now).customer_minutes;
        for figure in [
            Figure::known(customers.map(Into::into), Figure::Number),
            Figure::known(minutes, Figure::Number),
        ] {
            let (value, none) = match &figure {
                Figure::Number(n) => (n.normalize().to_string(), ""),
                _ => ("-1".to_owned(), " none"),
            };
            let _ = write!(
                out,
                "<td class=\"n opt{none}\" data-v=\"{value}\">{}</td>",
                E(&figure.words(look.locale))
            );
        }
    }
    out.push_str("</tr>\n");
}

/// The title; a stub's is elsewhere.
pub(super) fn title(look: &Look<'_>, record: &Record) -> String {
    if record.restricted.is_some() {
        look.t("(restringido)", "(restricted)").to_owned()
    } else {
        record.title.clone()
    }
}

/// What sets a record apart from incidents that count.
fn marks(look: &Look<'_>, record: &Record) -> String {
    let mut out = String::new();
    let mut mark = |words: &str| {
        let _ = write!(out, " <span class=\"note\">{}</span>", E(words));
    };
    if record.exercise {
        mark(look.t("ejercicio", "exercise"));
    }
    if record.kind == Some(crate::incident::Kind::Maintenance) {
        mark(look.t("mantenimiento", "maintenance"));
    }
    out
}

/// How long something took, or that it goes on.
pub(super) fn lapse(look: &Look<'_>, lapse: Lapse) -> String {
    match lapse {
        Lapse::Took(span) => E(&look.locale.span(span)).to_string(),
        Lapse::Running(span) => format!(
            "{} <span class=\"note\">{}</span>",
            E(&look.locale.span(span)),
            look.t("en curso", "so far")
        ),
        Lapse::Before => look.t("antes", "before").to_owned(),
        Lapse::Unknown => look.none(),
    }
}

/// The folder-free name of a service's page.
pub(super) fn service_page(id: &str) -> String {
    format!("{}.html", slug(id))
}
