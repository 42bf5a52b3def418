//! The dashboard: a static site for those who read on Monday, page by page as text.
//!
//! Every page needs two files besides itself, the stylesheet and the script, and works without the
//! script. Values from records go through `html::E`, `html::web` or `html::script`, and through
//! nothing else. Pages are written one by one, so that a site of any size fits into the memory.

mod archive;
mod chart;
mod course;
mod figures;
mod home;
mod html;
mod incident;
mod list;
mod lookup;
mod services;

use std::fmt::Write as _;

use crate::register::Register;
use crate::render::{Language, Locale};
use crate::reports::board::{Board, Standing};
use crate::standard::Standard;
use crate::units::Instant;

pub use archive::{Archived, archive};
use html::{E, slug};
pub use incident::{Facts, Texts, incident};
pub use list::{Months, lists};
pub use lookup::lookup;

/// The stylesheet, which a workspace may replace.
pub const STYLE: &str = include_str!("style.css");

/// The script.
pub const SCRIPT: &str = include_str!("board.js");

/// The folder of what all pages share.
pub const ASSETS: &str = "assets";

/// A page of the site: where it goes, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Path below the site, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Which part of the site a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Overview,
    Incidents,
    Services,
    Verticals,
    Actions,
    Compensation,
    Reports,
}

/// What every page is made from.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The language.
    pub locale: &'a Locale,
    /// The tags of all languages of the site.
    pub locales: &'a [String],
    /// The company's name.
    pub company: &'a str,
    /// The names of services and verticals.
    pub standard: &'a Standard,
    /// The records that are shown.
    pub register: &'a Register,
    /// Their levels, beside them.
    pub levels: &'a [Standing],
    /// Where their months are.
    pub months: &'a Months,
    /// Whether everybody may read it.
    pub public: bool,
    /// Whether there are reports to read.
    pub has_reports: bool,
    /// The moment of it all.
    pub now: Instant,
}

impl<'a> Look<'a> {
    /// One of two texts, by the language.
    fn t<'t>(&self, es: &'t str, en: &'t str) -> &'t str {
        match self.locale.language() {
            Language::Es => es,
            Language::En => en,
        }
    }

    /// How the site says that nobody knows.
    fn unknown(&self) -> &'static str {
        self.t("no se sabe", "not known")
    }

    fn service(&self, id: &'a str) -> &'a str {
        let named = self.standard.service(id).map(|s| s.name.get(self.locale.tag()));
        named.filter(|name| !name.is_empty()).unwrap_or(id)
    }

    fn vertical(&self, id: &'a str) -> &'a str {
        let named = self.standard.verticals.get(id).map(|v| v.name.get(self.locale.tag()));
        named.filter(|name| !name.is_empty()).unwrap_or(id)
    }

    /// A count with its thousands.
    fn count(&self, n: usize) -> String {
        self.locale.integer(i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// A moment as `<time>`.
    fn time(&self, at: Instant) -> String {
        format!("<time datetime=\"{at}\">{}</time>", self.locale.moment(at))
    }

    /// A moment, or that nobody knows it.
    fn time_or(&self, at: Option<Instant>) -> String {
        at.map_or_else(|| self.none(), |at| self.time(at))
    }

    /// The words for what is not known, set apart.
    fn none(&self) -> String {
        format!("<span class=\"none\">{}</span>", self.unknown())
    }

    /// A level as a badge.
    fn level(&self, standing: Standing) -> String {
        match standing.level {
            Some(level) => {
                let mark = if standing.provisional {
                    let word = self.t("provisional", "provisional");
                    format!(" <span class=\"note\">{word}</span>")
                } else {
                    String::new()
                };
                format!("<span class=\"sev {0}\">{1}</span>{mark}", class_of(level), level.as_str())
            }
            None => format!("<span class=\"sev none\">{}</span>", self.t("sin nivel", "no level")),
        }
    }

    /// A word of the record, in the language.
    fn word(&self, group: super::words::Group, word: &str) -> String {
        super::words::word(self.locale.language(), group, word)
    }

    /// Whose zone times are in, for the end of a page.
    fn parts(&self) -> Vec<(Part, &'static str, &'static str)> {
        let mut all = vec![
            (Part::Overview, "index.html", self.t("Resumen", "Overview")),
            (Part::Incidents, "incidents/index.html", self.t("Incidentes", "Incidents")),
            (Part::Services, "services/index.html", self.t("Servicios", "Services")),
            (Part::Verticals, "verticals/index.html", self.t("Verticales", "Verticals")),
        ];
        if !self.public {
            all.push((Part::Actions, "actions/index.html", self.t("Acciones", "Actions")));
            let compensation = self.t("Compensación", "Compensation");
            all.push((Part::Compensation, "compensation/index.html", compensation));
            if self.has_reports {
                all.push((Part::Reports, "reports/index.html", self.t("Informes", "Reports")));
            }
        }
        all
    }

    /// A whole page around its body; `path` is below the language's folder.
    fn page(&self, path: &str, title: &str, part: Part, body: &str) -> Page {
        let up = "../".repeat(path.matches('/').count());
        let root = format!("{up}../");
        let tag = self.locale.tag();
        let mut nav = String::new();
        for (one, place, name) in self.parts() {
            let current = if one == part { " aria-current=\"true\"" } else { "" };
            let _ = write!(nav, "<li><a href=\"{up}{place}\"{current}>{name}</a></li>");
        }
        let mut languages = String::new();
        for other in self.locales {
            let (name, lang) = match other.starts_with("es") {
                true => ("Español", "es"),
                false => ("English", "en"),
            };
            let current = if other == tag { " aria-current=\"true\"" } else { "" };
            let _ = write!(
                languages,
                "<li><a lang=\"{lang}\" hreflang=\"{0}\" href=\"{root}{0}/{path}\"{current}>{name}</a></li>",
                E(other)
            );
        }
        let company = E(self.company);
        let heading = E(title);
        let whole = if part == Part::Overview {
            format!("{} · {}", self.t("Incidentes", "Incidents"), company)
        } else {
            format!("{heading} · {company}")
        };
        let moment = self.locale.moment(self.now);
        let made = match self.locale.language() {
            Language::Es => format!("Al {moment}, {}.", self.locale.zone_name()),
            Language::En => format!("As of {moment}, {}.", self.locale.zone_name()),
        };
        let text = format!(
            "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             script-src 'self' file:; style-src 'self' file:; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"robots\" content=\"noindex\">\n<title>{whole}</title>\n\
             <link rel=\"stylesheet\" href=\"{root}{ASSETS}/style.css\">\n\
             <script src=\"{root}{ASSETS}/board.js\" defer></script>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#main\">{skip}</a>\n<header class=\"top\">\n\
             <p class=\"brand\"><a href=\"{up}index.html\">{company}</a></p>\n\
             <nav aria-label=\"{parts}\"><ul>{nav}</ul></nav>\n\
             <nav class=\"lang\" aria-label=\"{which}\"><ul>{languages}</ul></nav>\n</header>\n\
             <main id=\"main\" tabindex=\"-1\">\n{body}</main>\n\
             <footer><p>{made}</p></footer>\n</body>\n</html>\n",
            lang = E(tag),
            skip = self.t("Ir al contenido", "Skip to content"),
            parts = self.t("Secciones", "Sections"),
            which = self.t("Idioma", "Language"),
            made = E(&made),
        );
        Page { path: format!("{tag}/{path}"), text }
    }

    /// A link to an incident's page from a page `up` folders below the language's; its id alone
    /// where it has none.
    fn link(&self, up: &str, id: &crate::incident::IncidentId) -> String {
        match self.register.get(id) {
            Some(_) => format!("<a href=\"{up}incident/{id}.html\">{id}</a>", id = E(id.as_str())),
            None => E(id.as_str()).to_string(),
        }
    }

    /// An incident in a list: its title as the link, and its id.
    fn entry(&self, up: &str, record: &crate::incident::Record) -> String {
        format!(
            "<a href=\"{up}incident/{id}.html\">{}</a> <span class=\"id\">{id}</span>",
            E(&list::title(self, record)),
            id = E(record.id.as_str()),
        )
    }

    /// Links to services, those that nobody knows as words.
    fn services(&self, up: &str, ids: impl Iterator<Item = &'a str>) -> String {
        let one = |id: &'a str| match self.standard.service(id) {
            Some(_) => format!(
                "<a href=\"{up}services/{}.html\">{}</a>",
                E(&slug(id)),
                E(self.service(id))
            ),
            None => E(id).to_string(),
        };
        ids.map(one).collect::<Vec<_>>().join(", ")
    }
}

/// The class that gives a level its colour.
fn class_of(level: crate::incident::Severity) -> &'static str {
    use crate::incident::Severity;
    match level {
        Severity::Sev1 => "s1",
        Severity::Sev2 => "s2",
        Severity::Sev3 => "s3",
        Severity::Sev4 => "s4",
    }
}

/// The pages that speak of all incidents: overview, services, verticals, actions, compensation.
pub fn boards<'a>(look: &Look<'a>, board: &'a Board<'a>) -> Vec<Page> {
    let mut pages = vec![home::home(look, board)];
    pages.extend(services::services(look, board));
    pages.extend(services::verticals(look, board));
    if !look.public {
        pages.extend(figures::actions(look, board));
        pages.extend(figures::compensation(look, board));
    }
    pages
}

/// The first page, which leads to the languages.
pub fn entrance(company: &str, locales: &[String]) -> Page {
    let links: String = locales
        .iter()
        .map(|tag| {
            let (lang, name) =
                if tag.starts_with("es") { ("es", "Español") } else { ("en", "English") };
            format!("<li><a lang=\"{lang}\" href=\"{0}/index.html\">{name}</a></li>\n", E(tag))
        })
        .collect();
    let first = locales.first().map_or("en", String::as_str);
    let text = format!(
        "<!doctype html>\n<html lang=\"{first}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         script-src 'self' file:; style-src 'self' file:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{company}</title>\n<link rel=\"stylesheet\" href=\"{ASSETS}/style.css\">\n\
         <script src=\"{ASSETS}/board.js\" defer></script>\n</head>\n\
         <body data-entrance>\n<main id=\"main\">\n<h1>{company}</h1>\n<ul class=\"entrance\">\n{links}</ul>\n\
         </main>\n</body>\n</html>\n",
        first = E(first),
        company = E(company),
    );
    Page { path: "index.html".into(), text }
}
