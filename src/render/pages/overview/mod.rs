//! A period at a glance as a page: what happened, against the periods before, and what to watch.

mod figures;
pub(super) mod sections;
mod words;

use super::{Names, Page, left_out};
use crate::render::{Language, Locale};
use crate::reports::Period;
use crate::reports::overview::{Overview, Scope};

/// The page of a period, under the name that it was asked for.
pub fn page<'a>(
    report: &'static str,
    found: &'a Overview,
    locale: &'a Locale,
    names: &Names,
) -> Page<'a> {
    let period = crate::render::weekly::period(&found.week.period, locale);
    let (of, title) = title(found, locale, names, &period.name);
    let brief = report == "executive";
    let mut head = Vec::new();
    if brief {
        head.push(words::verdict(found, locale));
    }
    head.push(words::happened(found, locale, &period.phrase));
    let mut parts = Vec::new();
    if brief {
        parts.push(figures::figures(found, locale, true));
        parts.push(sections::by_vertical(found, locale));
        parts.push(sections::overdue_prevent(found, locale));
        parts.push(sections::watch(found, locale));
    } else {
        head.extend(words::kept(found, locale));
        parts.push(sections::incidents(found, locale, names));
        parts.extend(sections::carried(found, locale, names));
        parts.push(figures::figures(found, locale, false));
        parts.push(sections::targets(found, locale));
        parts.push(sections::messages(found, locale));
        parts.push(sections::due("reviews", &found.week.reviews, locale));
        parts.push(sections::due("actions", &found.week.actions, locale));
        parts.push(sections::by_service(found, locale, names));
        parts.push(sections::by_vertical(found, locale));
        parts.extend(sections::maintenance(found, locale));
        parts.push(sections::watch(found, locale));
    }
    parts.push(left_out(locale, &found.week.left_out));
    Page {
        report,
        of,
        locale,
        title,
        period: Some(&found.week.period),
        as_of: found.week.as_of,
        running: found.week.running,
        head,
        sections: parts,
        more: match report {
            "weekly" => crate::render::weekly_json::weekly_json(&found.week),
            _ => serde_json::Value::Null,
        },
    }
    .stamp()
}

fn title(
    found: &Overview,
    locale: &Locale,
    names: &Names,
    period: &str,
) -> (Option<String>, String) {
    let of = match &found.scope {
        Scope::All => None,
        Scope::Service(id) | Scope::Vertical(id) | Scope::Client(id) => Some(id.clone()),
    };
    let shown = of.as_ref().map(|id| names.get(id).unwrap_or(id).clone());
    let title = match (&shown, locale.language()) {
        (None, Language::Es) => format!("Incidentes: {period}"),
        (None, Language::En) => format!("Incidents: {period}"),
        (Some(of), _) => format!("{of}: {period}"),
    };
    (of, title)
}

/// What the period before is called, and what those before are, in a language.
fn before(period: &Period, language: Language) -> (&'static str, &'static str) {
    let label = &period.label;
    match language {
        Language::Es if period.is_week() => ("la semana anterior", "semanas"),
        Language::Es if label.contains('Q') => ("el trimestre anterior", "trimestres"),
        Language::Es if label.contains("..") => ("los días anteriores", "periodos iguales"),
        Language::Es => ("el mes anterior", "meses"),
        Language::En if period.is_week() => ("the week before", "weeks"),
        Language::En if label.contains('Q') => ("the quarter before", "quarters"),
        Language::En if label.contains("..") => ("the days before", "equal periods"),
        Language::En => ("the month before", "months"),
    }
}
