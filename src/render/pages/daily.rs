//! How things stand this morning, as a page.
//!
//! The file is long because every table has its words in two languages beside it.

use super::overview::sections::{peak_words, planned_work, severity};
use super::{Figure, Names, Page, Section, left_out, say};
use crate::communication::Stage;
use crate::incident::IncidentId;
use crate::render::Locale;
use crate::render::words::{Group, word};
use crate::reports::daily::{Daily, OpenIncident};
use crate::reports::owed::{DueWhat, MessageState};
use crate::timing::Metric;
use crate::units::Instant;

/// The page of a day.
pub fn page<'a>(found: &'a Daily, locale: &'a Locale, names: &Names) -> Page<'a> {
    let day = locale.date(locale.day(found.as_of));
    let mut sections = vec![
        incidents("burning", &found.burning, locale, names),
        incidents("restored", &found.restored, locale, names),
        reconciliation(found, locale),
        due(found, locale),
        checklist(found, locale),
    ];
    sections.extend(planned_work(&found.maintenance, locale));
    sections.push(peaks(found, locale));
    sections.push(left_out(locale, &found.left_out));
    let at = locale.moment(found.as_of);
    let zone = locale.zone_name();
    Page {
        report: "daily",
        of: None,
        locale,
        title: say(locale, format!("Hoy, {day}"), format!("Today, {day}")),
        period: None,
        as_of: found.as_of,
        running: false,
        head: vec![
            summary(found, locale),
            say(
                locale,
                format!("Al {at}. Zona horaria: {zone}."),
                format!("As of {at}. Time zone: {zone}."),
            ),
        ],
        sections,
        more: serde_json::json!({ "checklist": found.checklist.iter().map(|one| serde_json::json!({
            "incident": one.incident.as_str(),
            "item": one.item,
            "role": one.role,
            "due": one.due.map(|at| at.to_string()),
            "overdue": one.overdue,
        })).collect::<Vec<_>>() }),
    }
}

/// Some of a thing, in words.
fn some(locale: &Locale, n: usize, es: [&str; 3], en: [&str; 3]) -> String {
    let pick = |[none, one, many]: [&str; 3]| match n {
        0 => none.to_owned(),
        1 => one.to_owned(),
        n => many.replace('#', &n.to_string()),
    };
    say(locale, pick(es), pick(en))
}

fn summary(found: &Daily, locale: &Locale) -> String {
    let mut text = some(
        locale,
        found.burning.len(),
        [
            "Los clientes no sienten ningún incidente.",
            "Los clientes sienten un incidente.",
            "Los clientes sienten # incidentes.",
        ],
        [
            "Customers feel no incident.",
            "Customers feel one incident.",
            "Customers feel # incidents.",
        ],
    );
    let mut say_of = |n: usize, es: [&str; 2], en: [&str; 2]| {
        if n > 0 {
            text.push(' ');
            text.push_str(&some(locale, n, ["", es[0], es[1]], ["", en[0], en[1]]));
        }
    };
    say_of(
        found.restored.len(),
        [
            "Otro ya no se siente y falta asegurar que no se repita.",
            "Otros # ya no se sienten y falta asegurar que no se repitan.",
        ],
        [
            "Another one is over for them, and what remains is to make sure that it stays so.",
            "Another # are over for them, and what remains is to make sure that they stay so.",
        ],
    );
    say_of(
        found.began,
        ["Uno empezó en las últimas 24 horas.", "# empezaron en las últimas 24 horas."],
        ["One began in the last 24 hours.", "# began in the last 24 hours."],
    );
    say_of(
        found.came_back,
        [
            "En uno el servicio volvió en las últimas 24 horas.",
            "En # el servicio volvió en las últimas 24 horas.",
        ],
        [
            "In one the service came back in the last 24 hours.",
            "In # the service came back in the last 24 hours.",
        ],
    );
    say_of(
        found.unreconciled.len(),
        ["Falta cuadrar las cuentas de uno.", "Falta cuadrar las cuentas de #."],
        [
            "The books of one are not brought together yet.",
            "The books of # are not brought together yet.",
        ],
    );
    let late = found.due.iter().filter(|(_, item)| item.state == MessageState::Overdue).count();
    say_of(
        late,
        ["Hay un aviso que ya debía haber salido.", "Hay # avisos que ya debían haber salido."],
        ["One message should have gone out by now.", "# messages should have gone out by now."],
    );
    let late = found.checklist.iter().filter(|item| item.overdue).count();
    say_of(
        late,
        ["Hay una tarea vencida.", "Hay # tareas vencidas."],
        ["One item of a checklist is overdue.", "# items of checklists are overdue."],
    );
    text
}

fn incidents(id: &'static str, all: &[OpenIncident], locale: &Locale, names: &Names) -> Section {
    let title = match id {
        "burning" => say(locale, "Los clientes lo sienten", "Customers feel it"),
        _ => say(locale, "Restablecidos y sin cerrar", "Restored and not closed"),
    };
    let mut section = Section::new(id, title).columns(&[
        ("incident", say(locale, "Incidente", "Incident")),
        ("title", say(locale, "Qué pasa", "What happens")),
        ("severity", say(locale, "Severidad", "Severity")),
        ("services", say(locale, "Servicios", "Services")),
        ("began", say(locale, "Empezó", "Began")),
        ("duration_s", say(locale, "#Duración", "#Lasted")),
        ("customer_minutes", say(locale, "#Minutos-cliente", "#Customer minutes")),
        ("commander", say(locale, "Lo lleva", "Who has it")),
        ("doing", say(locale, "Qué se hace", "What is being done")),
        ("status", say(locale, "Estado", "State")),
    ]);
    for open in all {
        let line = &open.line;
        let services: Vec<&str> =
            line.services.iter().map(|id| names.get(id).unwrap_or(id).as_str()).collect();
        let restricted = || say(locale, "(restringido)", "(restricted)");
        let nobody = || say(locale, "nadie", "nobody");
        section.rows.push(vec![
            Figure::Text(line.id.to_string()),
            Figure::Text(line.title.clone().unwrap_or_else(restricted)),
            severity(line, locale),
            if services.is_empty() { Figure::Unknown } else { Figure::Text(services.join(", ")) },
            Figure::Moment(line.began),
            Figure::known(line.duration.shown(), Figure::Span),
            Figure::known(line.customer_minutes, Figure::Number),
            Figure::Text(open.commander.clone().unwrap_or_else(nobody)),
            open.doing.clone().map_or(Figure::None, Figure::Text),
            Figure::Text(word(locale.language(), Group::Status, line.status.as_str())),
        ]);
    }
    if section.rows.is_empty() {
        return section.says(say(locale, "Ninguno.", "None."));
    }
    let definition = Metric::CustomerMinutes.definition(locale.tag());
    section.defines(say(
        locale,
        format!("Minutos-cliente: {definition}, hasta ahora."),
        format!("Customer minutes: {definition}, up to now."),
    ))
}

fn late(locale: &Locale, overdue: bool) -> Figure {
    if overdue { Figure::Text(say(locale, "vencida", "overdue")) } else { Figure::None }
}

fn reconciliation(found: &Daily, locale: &Locale) -> Section {
    let title = say(locale, "Sin conciliar", "Not reconciled");
    let mut section = Section::new("reconciliation", title).columns(&[
        ("incident", say(locale, "Incidente", "Incident")),
        ("owner", say(locale, "Responsable", "Owner")),
        ("in_doubt", say(locale, "#Operaciones en duda", "#Transactions in doubt")),
        ("differences", say(locale, "#Diferencias", "#Differences")),
        ("due", say(locale, "Para", "Due")),
        ("overdue", say(locale, "Vencida", "Overdue")),
    ]);
    let count =
        |n: Option<u64>| Figure::known(n.and_then(|n| usize::try_from(n).ok()), Figure::Count);
    for one in &found.unreconciled {
        let nobody = || say(locale, "sin responsable", "no owner");
        section.rows.push(vec![
            Figure::Text(one.incident.to_string()),
            Figure::Text(one.owner.clone().unwrap_or_else(nobody)),
            count(one.in_doubt),
            count(one.differences),
            one.due.map_or(Figure::None, Figure::Moment),
            late(locale, one.overdue),
        ]);
    }
    if section.rows.is_empty() {
        return section.says(say(locale, "Nada.", "Nothing."));
    }
    section.defines(say(
        locale,
        "Incidentes restablecidos cuyas cuentas pide cuadrar el registro o el estándar, y nadie ha dicho que ya cuadran.",
        "Restored incidents whose books the record or the standard asks to bring together, and nobody has said that they are.",
    ))
}

/// Messages of one stage of an incident: who writes it, writes it for all channels.
struct Line<'a> {
    incident: &'a IncidentId,
    /// None where it is the update that was promised.
    stage: Option<Stage>,
    channels: Vec<&'a str>,
    first: Instant,
    late: usize,
    number: usize,
}

fn lines(found: &Daily) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for (incident, item) in &found.due {
        let (stage, channel) = match &item.what {
            DueWhat::Promise => (None, None),
            DueWhat::Message(message) => (Some(message.stage), Some(message.channel.as_str())),
        };
        let late = usize::from(item.state == MessageState::Overdue);
        match lines.iter_mut().find(|line| line.incident == incident && line.stage == stage) {
            Some(line) => {
                line.channels.extend(channel);
                line.late += late;
                line.number += 1;
            }
            None => lines.push(Line {
                incident,
                stage,
                channels: Vec::from_iter(channel),
                first: item.at,
                late,
                number: 1,
            }),
        }
    }
    lines
}

fn due(found: &Daily, locale: &Locale) -> Section {
    let title = say(locale, "Avisos prometidos y debidos", "Messages promised and owed");
    let mut section = Section::new("promises", title).columns(&[
        ("incident", say(locale, "Incidente", "Incident")),
        ("what", say(locale, "Qué", "What")),
        ("channels", say(locale, "Por dónde", "Channels")),
        ("due", say(locale, "El primero, para", "The first is due")),
        ("late", say(locale, "#Vencidos", "#Late")),
        ("number", say(locale, "#Todos", "#All")),
    ]);
    for line in lines(found) {
        let what = match line.stage {
            None => say(locale, "aviso prometido", "promised update"),
            Some(stage) => word(locale.language(), Group::Stage, stage.as_str()),
        };
        let channels = line.channels.join(", ");
        section.rows.push(vec![
            Figure::Text(line.incident.to_string()),
            Figure::Text(what),
            if channels.is_empty() { Figure::None } else { Figure::Text(channels) },
            Figure::Moment(line.first),
            Figure::Count(line.late),
            Figure::Count(line.number),
        ]);
    }
    if section.rows.is_empty() {
        return section.says(say(
            locale,
            "Ninguno vence de aquí a mañana a esta hora.",
            "None is due by this time tomorrow.",
        ));
    }
    section.defines(say(
        locale,
        "Los mensajes que el estándar pide y la hora del próximo aviso que se prometió: los que ya debían salir y los de las próximas 24 horas.",
        "Messages that the standard asks for and the next update that was promised: those that are late and those of the next 24 hours.",
    ))
}

fn checklist(found: &Daily, locale: &Locale) -> Section {
    let title = say(locale, "Tareas por hacer", "Checklists");
    let mut section = Section::new("checklists", title).columns(&[
        ("incident", say(locale, "Incidente", "Incident")),
        ("to_do", say(locale, "#Por hacer", "#To do")),
        ("overdue", say(locale, "#Vencidas", "#Overdue")),
        ("next", say(locale, "La que sigue", "The next one")),
        ("role", say(locale, "De quién es", "Whose it is")),
        ("due", say(locale, "Para", "Due")),
    ]);
    let mut seen: Vec<&IncidentId> = Vec::new();
    for one in &found.checklist {
        if seen.contains(&&one.incident) {
            continue;
        }
        seen.push(&one.incident);
        let of = found.checklist.iter().filter(|other| other.incident == one.incident);
        let overdue = of.clone().filter(|item| item.overdue).count();
        // What is still in time is what somebody can keep; of what is late, the oldest.
        let next = of.clone().find(|item| !item.overdue).unwrap_or(one);
        section.rows.push(vec![
            Figure::Text(one.incident.to_string()),
            Figure::Count(of.count()),
            Figure::Count(overdue),
            Figure::Text(next.words.get(locale.tag()).to_owned()),
            Figure::Text(word(locale.language(), Group::Role, &next.role)),
            next.due.map_or(Figure::None, Figure::Moment),
        ]);
    }
    if section.rows.is_empty() {
        return section.says(say(locale, "Ninguna.", "None."));
    }
    section.defines(say(
        locale,
        "Lo que el estándar pide hacer en los incidentes abiertos y nadie ha hecho ni omitido con una razón. inc show las tiene todas.",
        "What the standard asks for in open incidents, and nobody has done or skipped with a reason. inc show has them all.",
    ))
}

fn peaks(found: &Daily, locale: &Locale) -> Section {
    let title = say(locale, "Días pico que vienen", "Peaks to come");
    let mut section = Section::new("peaks", title).columns(&[
        ("which", say(locale, "Cuál", "Which")),
        ("when", say(locale, "Cuándo", "When")),
    ]);
    for peak in &found.peaks {
        let (name, when) = peak_words(peak, locale);
        section.rows.push(vec![Figure::Text(name), when]);
    }
    if section.rows.is_empty() {
        return section.says(say(
            locale,
            "Ninguno en las dos semanas que siguen, que se sepa.",
            "None is known in the two weeks that follow.",
        ));
    }
    section
}
