//! The tables of a period: incidents, targets, messages, what is due, where it hurt, what to watch.
//!
//! The file is long because every table has its words in two languages beside it.

use super::figures::compared;
use crate::incident::ProblemState;
use crate::render::Locale;
use crate::render::pages::{Figure, Mark, Names, Section, say};
use crate::render::words::{Group, word};
use crate::reports::context::{Due, IncidentLine, PlannedLine};
use crate::reports::overview::{AHEAD_DAYS, Overview, Peak};
use crate::units::{Decimal, Percent};

/// The incidents that began in the period, worst first.
pub(super) fn incidents(found: &Overview, locale: &Locale, names: &Names) -> Section {
    let mut section = Section::new("incidents", say(locale, "Incidentes", "Incidents"))
        .columns(&incident_columns(locale, "Minutos-cliente", "Customer minutes"));
    section.rows = found.week.incidents.iter().map(|l| line(l, locale, names)).collect();
    if section.rows.is_empty() {
        section.words.push(say(
            locale,
            "Ninguno empezó en este periodo.",
            "None began in this period.",
        ));
    }
    section
}

/// Earlier incidents that were still felt.
pub(super) fn carried(found: &Overview, locale: &Locale, names: &Names) -> Option<Section> {
    if found.week.carried.is_empty() {
        return None;
    }
    let title =
        say(locale, "De antes, con afectación en este periodo", "From before, felt in this period");
    let mut section = Section::new("carried", title).columns(&incident_columns(
        locale,
        "Minutos-cliente en el periodo",
        "Customer minutes in the period",
    ));
    section.rows = found.week.carried.iter().map(|l| line(l, locale, names)).collect();
    Some(section.defines(say(
        locale,
        "Cuentan en el periodo en que empezaron; aquí solo cuentan sus minutos.",
        "They count in the period in which they began; here only their minutes count.",
    )))
}

/// The columns of incidents.
type Columns = [(&'static str, String); 9];

fn incident_columns(locale: &Locale, es: &str, en: &str) -> Columns {
    [
        ("incident", say(locale, "Incidente", "Incident")),
        ("title", say(locale, "Qué pasó", "What happened")),
        ("severity", say(locale, "Severidad", "Severity")),
        ("services", say(locale, "Servicios", "Services")),
        ("began", say(locale, "Empezó", "Began")),
        ("duration_s", say(locale, "#Duró", "#Lasted")),
        ("customers", say(locale, "#Clientes", "#Customers")),
        ("customer_minutes", format!("#{}", say(locale, es, en))),
        ("status", say(locale, "Estado", "State")),
    ]
}

fn line(line: &IncidentLine, locale: &Locale, names: &Names) -> Vec<Figure> {
    let services: Vec<&str> =
        line.services.iter().map(|id| names.get(id).unwrap_or(id).as_str()).collect();
    vec![
        Figure::Text(line.id.to_string()),
        Figure::Text(
            line.title.clone().unwrap_or_else(|| say(locale, "(restringido)", "(restricted)")),
        ),
        severity(line, locale),
        if services.is_empty() { Figure::Unknown } else { Figure::Text(services.join(", ")) },
        Figure::Moment(line.began),
        Figure::known(line.duration.shown(), Figure::Span),
        Figure::known(line.customers.and_then(|n| usize::try_from(n).ok()), Figure::Count),
        Figure::known(line.customer_minutes, Figure::Number),
        Figure::Text(word(locale.language(), Group::Status, line.status.as_str())),
    ]
}

/// The level with what people declared of it.
pub(in crate::render::pages) fn severity(line: &IncidentLine, locale: &Locale) -> Figure {
    let Some(level) = line.severity else { return Figure::Unknown };
    let mut text = level.to_string();
    if let Some(derived) = line.derived.filter(|derived| *derived != level) {
        text.push_str(&say(
            locale,
            format!(" (declarada; calculada {derived})"),
            format!(" (declared; derived {derived})"),
        ));
    }
    if line.provisional {
        text.push_str(&say(locale, " provisional", " provisional"));
    }
    Figure::Text(text)
}

/// Service lines, most incidents first.
pub(super) fn by_service(found: &Overview, locale: &Locale, names: &Names) -> Section {
    let title = say(locale, "Servicios con más incidentes", "Services with the most incidents");
    let mut section = Section::new("by_service", title).columns(&[
        ("key", &say(locale, "Servicio", "Service")),
        ("incidents", &say(locale, "#Incidentes", "#Incidents")),
        ("customer_minutes", &say(locale, "#Minutos-cliente", "#Customer minutes")),
        ("minutes_unknown", &say(locale, "#Sin ese dato", "#Not known of")),
    ]);
    let most = found.services.rows.iter().map(|row| row.incidents).max().unwrap_or(0);
    for row in &found.services.rows {
        let key = row.key.as_ref().map(|key| names.get(key).unwrap_or(key).as_str());
        section.rows.push(vec![
            Figure::words_of(key),
            Figure::Count(row.incidents),
            Figure::sum(&row.customer_minutes),
            Figure::Count(row.customer_minutes.unknown),
        ]);
        section.marks.push(part(row.incidents, most));
    }
    nothing(&mut section, locale);
    section.defines(several(locale))
}

fn part(one: usize, most: usize) -> Mark {
    Percent::of(Decimal::from(one), Decimal::from(most)).map_or(Mark::None, Mark::Part)
}

fn nothing(section: &mut Section, locale: &Locale) {
    if section.rows.is_empty() {
        section.words.push(say(locale, "Ninguno en este periodo.", "None in this period."));
    }
}

fn several(locale: &Locale) -> String {
    say(
        locale,
        "Un incidente de varios cuenta en cada uno: las filas no se suman.",
        "An incident of several counts in each: the rows do not add up.",
    )
}

/// Verticals, each against its own band.
pub(super) fn by_vertical(found: &Overview, locale: &Locale) -> Section {
    let title = say(locale, "Minutos-cliente por vertical", "Customer minutes by vertical");
    let mut section = Section::new("by_vertical", title).columns(&[
        ("key", &say(locale, "Vertical", "Vertical")),
        ("incidents", &say(locale, "#Incidentes", "#Incidents")),
        ("customer_minutes", &say(locale, "#Minutos-cliente", "#Customer minutes")),
        ("before", &say(locale, "#Periodo anterior", "#Period before")),
        ("band", &say(locale, "#Banda", "#Band")),
        ("minutes_unknown", &say(locale, "#Sin ese dato", "#Not known of")),
    ]);
    let mut keys: Vec<&Option<String>> = found.sums.verticals.keys().collect();
    // What hurt in the periods before belongs beside what did not hurt now.
    keys.extend(found.past.iter().flat_map(|past| past.verticals.keys()));
    keys.sort();
    keys.dedup();
    let size = |key: &Option<String>| {
        let sums = found.sums.verticals.get(key);
        sums.map_or((Decimal::ZERO, 0), |s| (s.customer_minutes.known, s.incidents))
    };
    keys.sort_by_key(|key| (key.is_none(), std::cmp::Reverse(size(key))));
    for key in keys {
        let of = compared(found, |sums| match sums.verticals.get(key) {
            Some(sums) => Figure::sum(&sums.customer_minutes),
            None => Figure::Number(Decimal::ZERO),
        });
        let now = found.sums.verticals.get(key);
        section.rows.push(vec![
            Figure::words_of(key.as_deref()),
            Figure::Count(now.map_or(0, |sums| sums.incidents)),
            of.value,
            of.before,
            of.band,
            Figure::Count(now.map_or(0, |sums| sums.customer_minutes.unknown)),
        ]);
        let known = of.course.iter().filter(|value| value.is_some()).count();
        section.marks.push(if known > 1 { Mark::Course(of.course) } else { Mark::None });
    }
    nothing(&mut section, locale);
    section
        .defines(say(
            locale,
            "Clientes que no pudieron × minutos de afectación dentro del periodo, también de incidentes anteriores; la banda va del menor al mayor de los periodos anteriores.",
            "Customers who could not × minutes of impact within the period, of earlier incidents too; the band is from the least to the most of the periods before.",
        ))
        .defines(several(locale))
}

/// The standard's targets.
pub(super) fn targets(found: &Overview, locale: &Locale) -> Section {
    let mut section = Section::new("targets", say(locale, "Objetivos", "Targets")).columns(&[
        ("target", &say(locale, "Objetivo", "Target")),
        ("met", &say(locale, "#Cumplidos", "#Met")),
        ("missed", &say(locale, "#No cumplidos", "#Missed")),
        ("running", &say(locale, "#En curso", "#Running")),
        ("unknown", &say(locale, "#No se sabe", "#Not known")),
    ]);
    for target in &found.week.targets {
        let name = word(locale.language(), Group::TargetName, &target.name);
        let counts = [target.met, target.missed, target.running, target.unknown];
        let cells = std::iter::once(Figure::Text(name)).chain(counts.map(Figure::Count)).collect();
        let share = Figure::share(target.met, target.met + target.missed);
        section.row(target.name.clone(), cells, share.map_or(Mark::None, Mark::Part));
    }
    if section.rows.is_empty() {
        section.words.push(say(locale, "Ningún objetivo que contar.", "No target to count."));
        return section;
    }
    section.defines(say(
        locale,
        "Cada objetivo del estándar en cada incidente que empezó en el periodo: cumplido si se hizo a tiempo; no cumplido si se hizo tarde o ya venció.",
        "Each target of the standard on each incident that began in the period: met if done in time; missed if done late, or due and not done.",
    ))
}

/// Messages that were owed, and whether they went out by then.
pub(super) fn messages(found: &Overview, locale: &Locale) -> Section {
    let title = say(locale, "Mensajes que se debían", "Messages owed");
    let mut section = Section::new("messages", title).columns(&[
        ("on_time", &say(locale, "#A tiempo", "#On time")),
        ("late", &say(locale, "#Tarde o sin enviar", "#Late or not sent")),
        ("skipped", &say(locale, "#Omitidos con razón", "#Skipped with a reason")),
        ("open", &say(locale, "#Sin hora todavía", "#No time yet")),
        ("share", &say(locale, "#Parte a tiempo", "#Share on time")),
        ("late_in", &say(locale, "Tarde en", "Late in")),
    ]);
    let of = &found.messages;
    let (on_time, late) = (of.on_time, of.late);
    if on_time + late + of.skipped + of.open == 0 {
        return section.says(say(
            locale,
            "Los incidentes del periodo no debían ninguno.",
            "The incidents of the period owed none.",
        ));
    }
    let by: Vec<&str> = of.by.iter().map(|id| id.suffix()).collect();
    let late_in = if by.is_empty() { Figure::None } else { Figure::Text(by.join(", ")) };
    section.rows.push(vec![
        Figure::Count(on_time),
        Figure::Count(late),
        Figure::Count(of.skipped),
        Figure::Count(of.open),
        Figure::share(on_time, on_time + late).map_or(Figure::None, Figure::Share),
        late_in,
    ]);
    section.defines(say(
        locale,
        "Mensajes que el estándar pide en los incidentes que empezaron en el periodo. A tiempo: enviado antes de la hora que pide; tarde: después, o no enviado mientras los clientes lo sentían; sin hora todavía: falta que pase lo que esperan. La parte es a tiempo ÷ (a tiempo + tarde).",
        "Messages that the standard asks for in the incidents that began in the period. On time: sent by the time that it asks for; late: after it, or not sent while customers felt it; no time yet: what they wait for has not happened. The share is on time ÷ (on time + late).",
    ))
}

/// Reviews or actions that are due.
pub(super) fn due(id: &'static str, all: &[Due], locale: &Locale) -> Section {
    let reviews = id == "reviews";
    let title = if reviews {
        say(locale, "Revisiones por entregar", "Reviews due")
    } else {
        say(locale, "Acciones por hacer", "Actions due")
    };
    let mut section = Section::new(id, title).columns(&[
        ("incident", &say(locale, "Incidente", "Incident")),
        ("what", &say(locale, "Qué", "What")),
        ("owner", &say(locale, "Responsable", "Owner")),
        ("due", &say(locale, "Fecha", "Due")),
        ("overdue", &say(locale, "Vencida", "Overdue")),
    ]);
    for one in all {
        let what = if reviews {
            word(locale.language(), Group::TargetName, &one.what)
        } else {
            one.what.clone()
        };
        let nobody = || Figure::Text(say(locale, "sin responsable", "no owner"));
        section.rows.push(vec![
            Figure::Text(one.incident.to_string()),
            Figure::Text(what),
            one.owner.clone().map_or_else(nobody, Figure::Text),
            Figure::Day(one.due),
            if one.overdue {
                Figure::Text(say(locale, "vencida", "overdue"))
            } else {
                Figure::None
            },
        ]);
    }
    if section.rows.is_empty() {
        section.words.push(say(
            locale,
            "Ninguna vence de aquí a una semana después del periodo.",
            "None is due by a week after the period.",
        ));
    }
    section
}

/// Preventive actions that are overdue, by area.
pub(super) fn overdue_prevent(found: &Overview, locale: &Locale) -> Section {
    let title = say(locale, "Acciones preventivas vencidas", "Preventive actions overdue");
    let mut section = Section::new("overdue_prevent", title).columns(&[
        ("area", &say(locale, "Vertical", "Vertical")),
        ("overdue", &say(locale, "#Vencidas", "#Overdue")),
    ]);
    let most = found.overdue_prevent.iter().map(|(_, n)| *n).max().unwrap_or(0);
    for (area, count) in &found.overdue_prevent {
        section.rows.push(vec![Figure::words_of(area.as_deref()), Figure::Count(*count)]);
        section.marks.push(part(*count, most));
    }
    if section.rows.is_empty() {
        return section.says(say(locale, "Ninguna.", "None."));
    }
    section.defines(say(
        locale,
        "Acciones para prevenir cuyo día ya pasó, de todos los incidentes; la de un incidente de varias verticales cuenta en cada una.",
        "Actions to prevent whose day has passed, of all incidents; one of an incident of several verticals counts in each.",
    ))
}

/// Planned work.
pub(super) fn maintenance(found: &Overview, locale: &Locale) -> Option<Section> {
    planned_work(&found.week.maintenance, locale)
}

/// Planned work, where there is some.
pub(in crate::render::pages) fn planned_work(
    planned: &[PlannedLine],
    locale: &Locale,
) -> Option<Section> {
    if planned.is_empty() {
        return None;
    }
    let title = say(locale, "Mantenimiento programado", "Planned work");
    let mut section = Section::new("maintenance", title).columns(&[
        ("id", &say(locale, "Mantenimiento", "Planned work")),
        ("title", &say(locale, "Qué", "What")),
        ("from", &say(locale, "De", "From")),
        ("to", &say(locale, "A", "To")),
        ("status", &say(locale, "Estado", "State")),
    ]);
    for one in planned {
        section.rows.push(vec![
            Figure::Text(one.id.to_string()),
            Figure::Text(one.title.clone()),
            Figure::known(one.from, Figure::Moment),
            Figure::known(one.to, Figure::Moment),
            Figure::Text(word(locale.language(), Group::Status, one.status.as_str())),
        ]);
    }
    Some(section.defines(say(
        locale,
        "No es un incidente y ninguna cifra lo cuenta.",
        "It is no incident, and no figure counts it.",
    )))
}

/// What a peak is called, and its days.
pub(in crate::render::pages) fn peak_words(peak: &Peak, locale: &Locale) -> (String, Figure) {
    let eve = || say(locale, "víspera de día inhábil", "eve of a holiday");
    let name = peak.name.as_ref().map_or_else(eve, |name| name.get(locale.tag()).to_owned());
    let days = Box::new((Figure::Day(peak.first), Figure::Day(peak.last)));
    (name, Figure::Range(days))
}

/// What to keep an eye on: what is open, promised, not solved, and the peaks to come.
pub(super) fn watch(found: &Overview, locale: &Locale) -> Section {
    let title = say(locale, "Qué vigilar", "What to watch");
    let mut section = Section::new("watch", title).columns(&[
        ("kind", &say(locale, "Qué", "What")),
        ("which", &say(locale, "Cuál", "Which")),
        ("when", &say(locale, "Cuándo", "When")),
    ]);
    let mut row = |key: &str, es: &str, en: &str, which: String, when: Figure| {
        let cells = vec![Figure::Text(say(locale, es, en)), Figure::Text(which), when];
        section.row(key, cells, Mark::None);
    };
    for peak in &found.peaks {
        let (name, when) = peak_words(peak, locale);
        row("peak", "Día pico", "Peak", name, when);
    }
    for promise in &found.promises {
        let (es, en) = if promise.overdue {
            ("Aviso prometido, ya pasó la hora", "Promised update, its time has passed")
        } else {
            ("Aviso prometido", "Promised update")
        };
        row("promise", es, en, promise.incident.to_string(), Figure::Moment(promise.at));
    }
    for problem in &found.problems {
        let (es, en) = match problem.state {
            ProblemState::KnownError => ("Problema con causa conocida", "Problem of known cause"),
            ProblemState::Accepted => {
                ("Problema aceptado, toca revisarlo", "Accepted problem, due for another look")
            }
            _ => ("Problema sin resolver", "Open problem"),
        };
        let n = problem.incidents;
        let (es_n, en_n) = match n {
            1 => ("1 incidente".to_owned(), "1 incident".to_owned()),
            n => (format!("{n} incidentes"), format!("{n} incidents")),
        };
        let count = say(locale, es_n, en_n);
        row("problem", es, en, format!("{} {} ({count})", problem.id, problem.title), Figure::None);
    }
    if found.peaks.is_empty() {
        section.words.push(say(
            locale,
            "Las dos semanas que siguen no traen días pico, que se sepa.",
            "No peak days are known in the two weeks that follow.",
        ));
    }
    match found.days_unknown {
        0 => {}
        n => section.words.push(say(
            locale,
            format!("De {n} de los {AHEAD_DAYS} días que siguen ningún calendario dice si son pico."),
            format!("Of {n} of the {AHEAD_DAYS} days that follow no calendar says whether they are peaks."),
        )),
    }
    section.defines(say(
        locale,
        "Días pico: quincenas, campañas y vísperas de día inhábil de las dos semanas que siguen al periodo. Los avisos prometidos son de incidentes que los clientes aún sienten.",
        "Peaks: paydays, campaigns and eves of holidays of the two weeks after the period. Promised updates are of incidents that customers still feel.",
    ))
}
