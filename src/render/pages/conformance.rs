//! Conformance to the standard as a page: a table for each vertical, worst kept first.

use super::{Figure, Mark, Page, Section, say};
use crate::render::Locale;
use crate::render::conformance::worst_first;
use crate::render::words::{Group, word};
use crate::reports::conformance::{About, Conformance, Kept, Vertical};

const ABOUT: [(About, &str, &str, &str); 4] = [
    (About::Target, "target", "objetivo", "target"),
    (About::Role, "role", "rol", "role"),
    (About::Item, "item", "lista de tareas", "checklist"),
    (About::Check, "check", "verificación", "check"),
];

/// The page of a period.
pub fn page<'a>(report: &'a Conformance, locale: &'a Locale) -> Page<'a> {
    let period = crate::render::weekly::period(&report.period, locale);
    let all = of_incidents(report.incidents, locale);
    Page {
        report: "conformance",
        of: None,
        locale,
        title: say(
            locale,
            format!("Cumplimiento del estándar: {}", period.name),
            format!("Conformance: {}", period.name),
        ),
        period: Some(&report.period),
        as_of: report.as_of,
        running: false,
        head: vec![say(
            locale,
            format!("En {}: {all}, a la hora {}.", period.phrase, locale.moment(report.as_of)),
            format!("In {}: {all}, judged as of {}.", period.phrase, locale.moment(report.as_of)),
        )],
        sections: report.verticals.iter().map(|(name, v)| vertical(name, v, locale)).collect(),
        more: serde_json::Value::Null,
    }
    .stamp()
}

fn of_incidents(n: usize, locale: &Locale) -> String {
    match n {
        1 => say(locale, "1 incidente", "1 incident"),
        n => say(locale, format!("{n} incidentes"), format!("{n} incidents")),
    }
}

fn vertical(name: &str, vertical: &Vertical, locale: &Locale) -> Section {
    let shown =
        if name == "none" { say(locale, "sin vertical", "no vertical") } else { name.into() };
    let title = format!("{shown}: {}", of_incidents(vertical.incidents, locale));
    let mut section = Section::new("vertical", title).columns(&[
        ("about", say(locale, "De qué es", "About")),
        ("rule", say(locale, "Regla", "Rule")),
        ("met", say(locale, "#Cumplieron", "#Met")),
        ("not_met", say(locale, "#No cumplieron", "#Not met")),
        ("share", say(locale, "#Parte", "#Share")),
        ("running", say(locale, "#En curso", "#Running")),
        ("unknown", say(locale, "#No se sabe", "#Not known")),
        ("does_not_apply", say(locale, "#No aplica", "#Does not apply")),
        ("not_met_by", say(locale, "No cumplieron en", "Not met by")),
    ]);
    section.key = Some(name.to_owned());
    let mut beside = 0;
    for (about, id, es, en) in ABOUT {
        for (rule, kept) in worst_first(vertical, about) {
            if kept.applied() {
                let key = format!("{id} {rule}");
                section.row(key, row(about, say(locale, es, en), rule, kept, locale), mark(kept));
            } else {
                beside += 1;
            }
        }
    }
    match beside {
        0 => {}
        1 => section.words.push(say(
            locale,
            "Otra regla no era para ninguno de ellos.",
            "One more rule concerned none of them.",
        )),
        n => section.words.push(say(
            locale,
            format!("Otras {n} reglas no eran para ninguno de ellos."),
            format!("{n} more rules concerned none of them."),
        )),
    }
    section.defines(say(
        locale,
        "Parte: cumplieron ÷ (cumplieron + no cumplieron). Las cinco cuentas de una regla suman los incidentes de la vertical; un incidente de varias cuenta en cada una.",
        "Share: met ÷ (met + not met). The five counts of a rule add up to the incidents of the vertical; an incident of several counts in each.",
    ))
}

fn mark(kept: &Kept) -> Mark {
    Figure::share(kept.met, kept.met + kept.missed.len()).map_or(Mark::None, Mark::Part)
}

fn row(about: About, of: String, rule: &str, kept: &Kept, locale: &Locale) -> Vec<Figure> {
    let name = match about {
        About::Target => word(locale.language(), Group::TargetName, rule),
        About::Role => word(locale.language(), Group::Role, rule).replace('_', " "),
        _ => rule.replace('_', " "),
    };
    let by: Vec<&str> = kept.missed.iter().map(|id| id.suffix()).collect();
    vec![
        Figure::Text(of),
        Figure::Text(name),
        Figure::Count(kept.met),
        Figure::Count(kept.missed.len()),
        Figure::share(kept.met, kept.met + kept.missed.len()).map_or(Figure::None, Figure::Share),
        Figure::Count(kept.running),
        Figure::Count(kept.unknown),
        Figure::Count(kept.does_not_apply),
        if by.is_empty() { Figure::None } else { Figure::Text(by.join(", ")) },
    ]
}
