//! Objectives and contracts as a page.

use super::{Figure, Mark, Names, Page, Section, say};
use crate::incident::IncidentId;
use crate::render::Locale;
use crate::reports::sla::{Level, Sla, Times};
use crate::units::{Decimal, Money, Percent};

/// The page of a period; of one client only its contract.
pub fn page<'a>(
    report: &'a Sla,
    client: Option<&str>,
    locale: &'a Locale,
    names: &Names,
) -> Page<'a> {
    let period = crate::render::weekly::period(&report.period, locale);
    let mut sections = vec![levels("services", report.services.iter(), locale, names)];
    if !report.clients.is_empty() {
        sections.push(levels("clients", report.clients.iter().map(|c| &c.level), locale, names));
        sections.push(credits(report, locale));
    }
    if client.is_none() {
        sections.push(times(report, locale));
    }
    Page {
        report: "sla",
        of: client.map(str::to_owned),
        locale,
        title: say(
            locale,
            format!("Disponibilidad: {}", period.name),
            format!("Availability: {}", period.name),
        ),
        period: Some(&report.period),
        as_of: report.as_of,
        running: report.as_of < report.to,
        head: vec![summary(report, locale)],
        sections,
        more: serde_json::Value::Null,
    }
    .stamp()
}

fn summary(report: &Sla, locale: &Locale) -> String {
    let all = report.services.len();
    let kept = report.services.iter().filter(|level| !level.breached).count();
    let mut text = match all {
        0 => say(
            locale,
            "Ningún servicio tiene una disponibilidad prometida.",
            "No service has an availability that is promised.",
        ),
        _ => say(
            locale,
            format!("De {all} servicios con una disponibilidad prometida, {kept} la cumplieron."),
            format!("Of {all} services with an availability that is promised, {kept} kept it."),
        ),
    };
    let burning: Vec<&str> = report
        .services
        .iter()
        .filter(|level| !level.burning.is_empty())
        .map(|level| level.id.as_str())
        .collect();
    if !burning.is_empty() {
        let which = burning.join(", ");
        text.push_str(&say(
            locale,
            format!(" Ahora gastan su margen demasiado rápido: {which}."),
            format!(" Burning their budget too fast now: {which}."),
        ));
    }
    text
}

fn ids(ids: &[IncidentId]) -> Figure {
    let ids: Vec<&str> = ids.iter().map(|id| id.suffix()).collect();
    if ids.is_empty() { Figure::None } else { Figure::Text(ids.join(", ")) }
}

/// Three digits, floored: an availability is never shown better than it was.
fn floored(share: Percent) -> Figure {
    Figure::Text(format!("{} %", share.0.trunc_with_scale(3).normalize()))
}

fn tenth(n: Decimal) -> Figure {
    Figure::Number(n.round_dp(1).normalize())
}

fn levels<'a>(
    id: &'static str,
    all: impl Iterator<Item = &'a Level>,
    locale: &Locale,
    names: &Names,
) -> Section {
    let (title, who) = match id {
        "services" => (say(locale, "Servicios", "Services"), say(locale, "Servicio", "Service")),
        _ => (say(locale, "Clientes", "Clients"), say(locale, "Cliente", "Client")),
    };
    let mut section = Section::new(id, title).columns(&[
        ("who", who),
        ("promised", say(locale, "#Prometido", "#Promised")),
        ("available", say(locale, "#Dado", "#Got")),
        ("bad_minutes", say(locale, "#Minutos malos", "#Bad minutes")),
        ("by_vendors", say(locale, "#De proveedores", "#By vendors")),
        ("allowed_minutes", say(locale, "#Permitidos", "#Allowed")),
        ("used", say(locale, "#Margen gastado", "#Budget used")),
        ("burn", say(locale, "#Ritmo", "#Burn rate")),
        ("verdict", say(locale, "Resultado", "Result")),
        ("incidents", say(locale, "Incidentes", "Incidents")),
        ("unknown", say(locale, "No se sabe de", "Not known of")),
    ]);
    for level in all {
        let cells = vec![
            Figure::Text(names.get(&level.id).unwrap_or(&level.id).clone()),
            Figure::Text(level.target.to_string()),
            Figure::known(level.available, floored),
            tenth(level.bad),
            tenth(level.by_vendors),
            tenth(level.allowed),
            level.used.map_or(Figure::None, Figure::Share),
            level.burn.map_or(Figure::None, |burn| Figure::Number(burn.round_dp(2).normalize())),
            Figure::Text(verdict(level, locale)),
            ids(&level.incidents),
            ids(&level.unknown),
        ];
        section.row(level.id.clone(), cells, level.used.map_or(Mark::None, Mark::Part));
    }
    section.defines(say(
        locale,
        "Un minuto pesa lo que pesa la parte que falló en él; donde los incidentes coinciden cuenta el más pesado. El mantenimiento avisado a tiempo no está en ninguna suma. Margen gastado: minutos malos ÷ permitidos de todo el periodo; ritmo 1 lo gasta justo al final. De lo que no se sabe, nada está en las sumas.",
        "A minute weighs as much as the share that failed in it; where incidents overlap the heaviest counts. Maintenance announced in time is in no sum. Budget used: bad minutes ÷ those that the whole period allows; a burn rate of 1 uses it up exactly at the end. What is not known is in no sum.",
    ))
}

fn verdict(level: &Level, locale: &Locale) -> String {
    match (level.breached, level.breached_by_us, level.by_vendors.is_zero()) {
        (false, ..) => say(locale, "cumplido", "kept"),
        (true, false, _) => say(locale, "no cumplido, por proveedores", "breached by vendors"),
        (true, true, true) => say(locale, "no cumplido", "breached"),
        (true, true, false) => {
            say(locale, "no cumplido, también sin proveedores", "breached, also without vendors")
        }
    }
}

fn credits(report: &Sla, locale: &Locale) -> Section {
    let title = say(locale, "Créditos por contrato", "Credits by contract");
    let mut section = Section::new("credits", title).columns(&[
        ("client", say(locale, "Cliente", "Client")),
        ("contract", say(locale, "Contrato", "Contract")),
        ("credit", say(locale, "#Parte de la cuota", "#Share of the fee")),
        ("amount", say(locale, "#Monto", "#Amount")),
    ]);
    for client in &report.clients {
        let amount = |money: Money| Figure::Money(vec![money]);
        section.rows.push(vec![
            Figure::Text(client.name.clone()),
            client.contract.clone().map_or(Figure::None, Figure::Text),
            Figure::Share(client.credit),
            Figure::known(client.amount, amount),
        ]);
    }
    section.defines(say(
        locale,
        "La escala del contrato sobre la disponibilidad dada, hasta su tope; el monto, donde se conoce la cuota.",
        "The contract's ladder over the availability that was given, up to its cap; the amount where the fee is known.",
    ))
}

fn times(report: &Sla, locale: &Locale) -> Section {
    let title = say(locale, "Tiempos", "Times");
    let mut section = Section::new("times", title).columns(&[
        ("time", say(locale, "Tiempo", "Time")),
        ("number", say(locale, "#De cuántos", "#Of")),
        ("mean_s", say(locale, "#Media", "#Mean")),
        ("median_s", say(locale, "#Mediana", "#Median")),
        ("worst_s", say(locale, "#El más largo", "#Longest")),
    ]);
    let kpi = &report.kpi;
    for (key, es, en, times) in [
        (
            "to_detect",
            "detección − inicio de la afectación",
            "detection − start of impact",
            kpi.to_detect,
        ),
        (
            "to_acknowledge",
            "atención − detección",
            "acknowledgement − detection",
            kpi.to_acknowledge,
        ),
        (
            "to_restore",
            "último restablecimiento − inicio de la afectación",
            "last restore − start of impact",
            kpi.to_restore,
        ),
        ("to_resolve", "resolución − detección", "resolution − detection", kpi.to_resolve),
    ] {
        let of = |read: fn(&Times) -> Figure| times.as_ref().map_or(Figure::Unknown, read);
        let cells = vec![
            Figure::Text(say(locale, es, en)),
            Figure::Count(times.map_or(0, |t| t.number)),
            of(|t| Figure::Span(t.mean)),
            of(|t| Figure::Span(t.median)),
            of(|t| Figure::Span(t.worst)),
        ];
        section.row(key, cells, Mark::None);
    }
    section
}
