//! Services and verticals: what they were promised and got, and their incidents.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::home::{cell, floored, used};
use super::html::{E, slug, table};
use super::list::{incidents, service_page, table as list};
use super::{Look, Page, Part};
use crate::incident::Record;
use crate::render::pages::Figure;
use crate::reports::board::Board;
use crate::reports::sla::Level;
use crate::reports::trends::Share;
use crate::standard::Service;

/// The latest incidents that a service's page lists.
const LATEST: usize = 60;

/// The places of incidents by what they have, the newest first.
fn by_key<'a>(
    look: &Look<'a>,
    keys: impl Fn(&'a Record) -> Vec<&'a str>,
) -> HashMap<&'a str, Vec<usize>> {
    let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
    for place in look.months.newest_first() {
        let Some(held) = look.register.records.get(place) else { continue };
        if held.record.restricted.is_some() {
            continue;
        }
        for key in keys(&held.record) {
            let places = found.entry(key).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
    }
    found
}

fn open_of(board: &Board<'_>, places: Option<&Vec<usize>>) -> usize {
    places.map_or(0, |places| places.iter().filter(|p| board.open.contains(p)).count())
}

fn level<'b>(board: &'b Board<'_>, id: &str) -> Option<&'b Level> {
    board.months.last()?.services.iter().find(|level| level.id == id)
}

fn minutes(look: &Look<'_>, share: Option<&Share>) -> String {
    match share {
        Some(share) => E(&Figure::sum(&share.customer_minutes).words(look.locale)).to_string(),
        None => "0".to_owned(),
    }
}

pub(super) fn services<'a>(look: &Look<'a>, board: &Board<'_>) -> Vec<Page> {
    let by = by_key(look, |record| record.services.iter().map(String::as_str).collect());
    let share = |id: &str| board.services.rows.iter().find(|row| row.key.as_deref() == Some(id));
    let name = look.t("Servicios", "Services");
    let mut out = format!("<h1>{name}</h1>\n");
    let rows = look.standard.services.iter().map(|service| {
        let share = share(&service.id);
        let mut row = vec![
            format!(
                "<a href=\"{}\">{}</a>",
                E(&service_page(&service.id)),
                E(look.service(&service.id))
            ),
            E(look.vertical(&service.vertical)).to_string(),
            service.tier.to_string(),
            look.count(open_of(board, by.get(service.id.as_str()))),
            look.count(share.map_or(0, |share| share.incidents)),
        ];
        if !look.public {
            row.push(minutes(look, share));
        }
        row.push(cell(look, level(board, &service.id)));
        row
    });
    let mut heads = vec![
        (look.t("Servicio", "Service"), ""),
        (look.t("Vertical", "Vertical"), "opt"),
        (look.t("Nivel", "Tier"), "n opt"),
        (look.t("Abiertos", "Open"), "n"),
        (look.t("Incidentes, 12 semanas", "Incidents, 12 weeks"), "n"),
    ];
    if !look.public {
        heads.push((look.t("Minutos-cliente", "Customer minutes"), "n opt"));
    }
    heads.push((look.t("Disponibilidad del mes", "Availability this month"), "n"));
    out.push_str(&table(name, &heads, rows, true));
    let unmapped = board
        .services
        .rows
        .iter()
        .filter(|row| row.key.as_deref().is_none_or(|id| look.standard.service(id).is_none()));
    let unmapped: usize = unmapped.map(|row| row.incidents).sum();
    if unmapped > 0 && !look.public {
        let words = look.t(
            "de las 12 semanas no nombran un servicio del catálogo.",
            "of the 12 weeks name no service of the catalogue.",
        );
        let _ = write!(out, "<p class=\"def\">{} {words}</p>\n", incidents(look, unmapped));
    }
    let mut pages = vec![look.page("services/index.html", name, Part::Services, &out)];
    for service in look.standard.services.iter() {
        pages.push(one(look, board, service, by.get(service.id.as_str())));
    }
    pages
}

fn one(look: &Look<'_>, board: &Board<'_>, service: &Service, places: Option<&Vec<usize>>) -> Page {
    let name = look.service(&service.id).to_owned();
    let mut out = format!(
        "<nav class=\"crumbs\" aria-label=\"{}\"><a href=\"index.html\">{}</a></nav>\n<h1>{}</h1>\n",
        look.t("Ruta", "Breadcrumb"),
        look.t("Servicios", "Services"),
        E(&name)
    );
    let _ = write!(
        out,
        "<p class=\"meta\"><span class=\"id\">{}</span> <a href=\"../verticals/{}.html\">{}</a> <span>{} {}</span></p>\n",
        E(&service.id),
        E(&slug(&service.vertical)),
        E(look.vertical(&service.vertical)),
        look.t("nivel", "tier"),
        service.tier
    );
    if service.objective.is_some() {
        let rows = board.months.iter().map(|sla| {
            let of = sla.services.iter().find(|level| level.id == service.id);
            let figures = |level: &Level| {
                let minutes =
                    |n: rust_decimal::Decimal| E(&Figure::Number(n).words(look.locale)).to_string();
                [
                    E(&floored(look, Some(level.target))).to_string(),
                    cell(look, Some(level)),
                    minutes(level.bad),
                    minutes(level.allowed),
                    used(look, level),
                ]
            };
            let mut row = vec![E(&look.locale.month(sla.period.first)).to_string()];
            row.extend(of.map_or_else(|| vec!["—".to_owned(); 5], |level| figures(level).to_vec()));
            row
        });
        let heads = [
            (look.t("Mes", "Month"), ""),
            (look.t("Objetivo", "Objective"), "n opt"),
            (look.t("Disponibilidad", "Availability"), "n"),
            (look.t("Minutos malos", "Bad minutes"), "n"),
            (look.t("Minutos permitidos", "Minutes allowed"), "n opt"),
            (look.t("Margen usado", "Budget used"), "n"),
        ];
        let caption = look.t("Disponibilidad", "Availability");
        out.push_str(&table(caption, &heads, rows, false));
    }
    latest(look, places, &mut out);
    let path = format!("services/{}", service_page(&service.id));
    look.page(&path, &name, Part::Services, &out)
}

fn latest(look: &Look<'_>, places: Option<&Vec<usize>>, out: &mut String) {
    let all = places.map_or(&[][..], Vec::as_slice);
    let shown: Vec<usize> = all.iter().take(LATEST).copied().collect();
    let mut caption = incidents(look, all.len());
    if all.len() > LATEST {
        let words = look.t("los últimos", "the latest");
        caption = format!("{caption}, {words} {LATEST}");
    }
    if shown.is_empty() {
        let words = look.t("Sin incidentes.", "No incidents.");
        let _ = write!(out, "<p>{words}</p>\n");
    } else {
        out.push_str(&list(look, "../", &caption, &shown, false));
    }
}

/// The services of a vertical.
fn of<'a>(look: &Look<'a>, id: &str) -> impl Iterator<Item = &'a Service> {
    look.standard.services.iter().filter(move |service| service.vertical == id)
}

pub(super) fn verticals<'a>(look: &Look<'a>, board: &Board<'_>) -> Vec<Page> {
    let by = by_key(look, |record| {
        let services = record.services.iter().filter_map(|id| look.standard.service(id));
        let mut all: Vec<&str> = services.map(|service| service.vertical.as_str()).collect();
        all.sort_unstable();
        all.dedup();
        all
    });
    let share = |id: &str| board.verticals.rows.iter().find(|row| row.key.as_deref() == Some(id));
    let name = look.t("Verticales", "Verticals");
    let mut out = format!("<h1>{name}</h1>\n");
    // The worst of its services that have an objective.
    let worst = |id: &str| {
        of(look, id).filter_map(|s| level(board, &s.id)).max_by_key(|level| (level.used, &level.id))
    };
    let rows = look.standard.verticals.iter().map(|vertical| {
        let share = share(&vertical.id);
        let mut row = vec![
            format!(
                "<a href=\"{}.html\">{}</a>",
                E(&slug(&vertical.id)),
                E(look.vertical(&vertical.id))
            ),
            look.count(of(look, &vertical.id).count()),
            look.count(open_of(board, by.get(vertical.id.as_str()))),
            look.count(share.map_or(0, |share| share.incidents)),
        ];
        if !look.public {
            row.push(minutes(look, share));
        }
        row.push(match worst(&vertical.id) {
            Some(level) => format!("{} {}", E(look.service(&level.id)), used(look, level)),
            None => "—".to_owned(),
        });
        row
    });
    let mut heads = vec![
        (look.t("Vertical", "Vertical"), ""),
        (look.t("Servicios", "Services"), "n opt"),
        (look.t("Abiertos", "Open"), "n"),
        (look.t("Incidentes, 12 semanas", "Incidents, 12 weeks"), "n"),
    ];
    if !look.public {
        heads.push((look.t("Minutos-cliente", "Customer minutes"), "n opt"));
    }
    heads.push((look.t("Servicio con más margen usado", "Service with most budget used"), "opt"));
    out.push_str(&table(name, &heads, rows, true));
    let mut pages = vec![look.page("verticals/index.html", name, Part::Verticals, &out)];
    for vertical in look.standard.verticals.iter() {
        let title = look.vertical(&vertical.id);
        let mut out = format!(
            "<nav class=\"crumbs\" aria-label=\"{}\"><a href=\"index.html\">{name}</a></nav>\n<h1>{}</h1>\n",
            look.t("Ruta", "Breadcrumb"),
            E(title)
        );
        let services: Vec<&str> = of(look, &vertical.id).map(|s| s.id.as_str()).collect();
        if !services.is_empty() {
            let links = look.services("../", services.into_iter());
            let _ = write!(out, "<p>{}: {links}</p>\n", look.t("Servicios", "Services"));
        }
        latest(look, by.get(vertical.id.as_str()), &mut out);
        let path = format!("verticals/{}.html", slug(&vertical.id));
        pages.push(look.page(&path, title, Part::Verticals, &out));
    }
    pages
}
