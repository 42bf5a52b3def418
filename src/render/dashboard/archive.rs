//! The reports that the workspace keeps, as pages.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::html::{E, slug, web};
use super::{Look, Page, Part};
use crate::render::review_summary;

/// A report of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// Its path below `reports/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The most bytes that a page takes in.
const LONGEST: usize = 200_000;

/// A page for each report, Markdown as it is meant and everything else as it is written, and the
/// page that lists them.
pub fn archive<'a>(look: &Look<'a>, reports: &'a [Archived]) -> Vec<Page> {
    let name = look.t("Informes", "Reports");
    let mut out = format!("<h1>{name}</h1>\n");
    let mut pages = Vec::new();
    let mut folders: BTreeMap<&str, Vec<&Archived>> = BTreeMap::new();
    for report in reports {
        let folder = report.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry(folder).or_default().push(report);
    }
    for (folder, mut all) in folders {
        if !folder.is_empty() {
            let _ = write!(out, "<h2>{}</h2>\n", E(folder));
        }
        // The newest period's name comes last.
        all.sort_by(|a, b| b.path.cmp(&a.path));
        out.push_str("<ul>\n");
        for report in all {
            let shown = report.path.rsplit('/').next().unwrap_or_default();
            let place = slug(&report.path);
            let _ = write!(out, "<li><a href=\"{}.html\">{}</a></li>\n", E(&place), E(shown));
            pages.push(one(look, report, &place));
        }
        out.push_str("</ul>\n");
    }
    pages.push(look.page("reports/index.html", name, Part::Reports, &out));
    pages
}

fn one(look: &Look<'_>, report: &Archived, place: &str) -> Page {
    let mut out = format!(
        "<nav class=\"crumbs\" aria-label=\"{}\"><a href=\"index.html\">{}</a></nav>\n<h1>{}</h1>\n",
        look.t("Ruta", "Breadcrumb"),
        look.t("Informes", "Reports"),
        E(&report.path)
    );
    let mut end = report.text.len().min(LONGEST);
    while !report.text.is_char_boundary(end) {
        end -= 1;
    }
    let text = report.text.get(..end).unwrap_or_default();
    if report.path.ends_with(".md") {
        let body = review_summary::body(text, 1, |url| web(url).is_some());
        let _ = write!(out, "<div class=\"prose\">\n{body}</div>\n");
    } else {
        let _ = write!(out, "<pre tabindex=\"0\">{}</pre>\n", E(text));
    }
    if end < report.text.len() {
        let words = look.t("El resto está en el archivo", "The rest is in the file");
        let _ = write!(out, "<p class=\"def\">{words} reports/{}</p>\n", E(&report.path));
    }
    look.page(&format!("reports/{place}.html"), &report.path, Part::Reports, &out)
}
