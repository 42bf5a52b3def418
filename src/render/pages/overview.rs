//! A period at a glance as a page: what happened, against the periods before, and what to watch.
//!
//! The file is long because every figure has its words in two languages beside it.

use super::{Figure, Names, Page, Section, left_out, say};
use crate::render::Locale;
use crate::render::words::{Group, word};
use crate::reports::context::{Due, IncidentLine, MoneySum};
use crate::reports::overview::{BAND, Overview, Scope};
use crate::reports::trends::{Breakdown, By};
use crate::timing::Lapse;
use crate::units::{Decimal, Percent};

/// The page of a period, under the name that it was asked for.
pub fn page<'a>(
    report: &'static str,
    found: &'a Overview,
    locale: &'a Locale,
    names: &Names,
) -> Page<'a> {
    let period = super::super::weekly::period(&found.week.period, locale);
    let (of, title) = title(found, locale, names, &period.name);
    let mut head = vec![summary(found, locale, names, &period.phrase)];
    let brief = report == "executive";
    if brief {
        head.insert(0, verdict(found, locale));
    }
    let mut sections = vec![figures(found, locale)];
    if brief {
        sections.push(shares(&found.verticals, locale, names));
    } else {
        sections.push(incidents(found, locale, names));
        sections.push(shares(&found.services, locale, names));
        sections.push(targets(found, locale));
        sections.push(due("reviews", &found.week.reviews, locale));
    }
    sections.push(due("actions", &found.week.actions, locale));
    sections.push(watch(found, locale));
    sections.push(left_out(locale, &found.week.left_out));
    Page {
        report,
        of,
        locale,
        title,
        period: Some(&found.week.period),
        as_of: found.week.as_of,
        running: found.week.running,
        head,
        sections,
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
        (None, crate::render::Language::Es) => format!("Incidentes: {period}"),
        (None, crate::render::Language::En) => format!("Incidents: {period}"),
        (Some(of), _) => format!("{of}: {period}"),
    };
    (of, title)
}

/// How many of the periods before had so much, or more.
fn band(found: &Overview) -> Option<(Decimal, Decimal)> {
    let known = found.past.iter().filter(|past| past.customer_minutes.unknown == 0);
    let values: Vec<Decimal> = known.map(|past| past.customer_minutes.known).collect();
    Some((values.iter().copied().min()?, values.iter().copied().max()?))
}

fn verdict(found: &Overview, locale: &Locale) -> String {
    use crate::incident::Severity;
    let totals = &found.week.totals;
    let of_level = |level: Severity| {
        totals.by_severity.iter().find(|(l, _)| *l == level).map_or(0, |(_, count)| *count)
    };
    let (first, second) = (of_level(Severity::Sev1), of_level(Severity::Sev2));
    let minutes = totals.customer_minutes;
    let above = band(found).is_some_and(|(_, most)| minutes.known > most);
    if found.week.incidents.is_empty() {
        return say(locale, "Bien: no empezó ningún incidente.", "Good: no incident began.");
    }
    if first > 0 {
        return say(
            locale,
            format!("Mal: hubo {first} de severidad SEV1, la más alta."),
            format!(
                "Bad: there {} {first} of SEV1, the highest severity.",
                if first == 1 { "was" } else { "were" }
            ),
        );
    }
    if above {
        return say(
            locale,
            "Mal: los clientes perdieron más minutos que en cualquiera de los periodos anteriores comparados.",
            "Bad: customers lost more minutes than in any of the periods before it is compared with.",
        );
    }
    if second > 0 {
        return say(
            locale,
            format!(
                "Regular: hubo {second} de severidad SEV2 y los minutos perdidos están dentro de lo acostumbrado."
            ),
            format!("Fair: {second} of SEV2, and the minutes lost are within the usual."),
        );
    }
    if minutes.unknown > 0 {
        return say(
            locale,
            format!(
                "No se puede decir: de {} incidentes no se sabe a cuántos clientes afectaron.",
                minutes.unknown
            ),
            format!(
                "Nobody can say: of {} incidents it is not known how many customers they hit.",
                minutes.unknown
            ),
        );
    }
    say(
        locale,
        "Bien: nada grave, y los minutos perdidos están dentro de lo acostumbrado.",
        "Good: nothing severe, and the minutes lost are within the usual.",
    )
}

fn summary(found: &Overview, locale: &Locale, names: &Names, phrase: &str) -> String {
    let n = found.week.incidents.len();
    let mut text = match n {
        0 => say(
            locale,
            format!("En {phrase} no empezó ningún incidente."),
            format!("No incident began in {phrase}."),
        ),
        1 => say(
            locale,
            format!("En {phrase} hubo un incidente."),
            format!("There was one incident in {phrase}."),
        ),
        _ => say(
            locale,
            format!("En {phrase} hubo {n} incidentes."),
            format!("There were {n} incidents in {phrase}."),
        ),
    };
    if let Some(before) = found.past.last() {
        let then = before.incidents;
        text.push_str(&say(
            locale,
            format!(
                " En el periodo anterior {}.",
                match then {
                    0 => "no hubo ninguno".into(),
                    1 => "hubo uno".into(),
                    _ => format!("hubo {then}"),
                }
            ),
            format!(
                " The period before had {}.",
                match then {
                    0 => "none".into(),
                    1 => "one".into(),
                    _ => format!("{then}"),
                }
            ),
        ));
    }
    if let Some(worst) = found.week.incidents.first().filter(|line| line.severity.is_some()) {
        let name = worst
            .title
            .as_deref()
            .map_or_else(|| worst.id.to_string(), |title| format!("«{title}» ({})", worst.id));
        let level = worst.severity.map_or_else(String::new, |level| level.to_string());
        text.push_str(&say(
            locale,
            format!(" El más grave fue {name}, {level}."),
            format!(" The most severe was {}, {level}.", name.replace('«', "“").replace('»', "”")),
        ));
        if let Some(span) = worst.duration.shown() {
            let lasted = locale.span_words(span);
            text.push_str(&match worst.duration {
                Lapse::Running(_) => say(
                    locale,
                    format!(" Lleva {lasted}."),
                    format!(" It has lasted {lasted} so far."),
                ),
                _ => say(locale, format!(" Duró {lasted}."), format!(" It lasted {lasted}.")),
            });
        }
    }
    let minutes = &found.week.totals.customer_minutes;
    if minutes.counted > 0 {
        let sum = locale.decimal(minutes.known.round_dp(0));
        text.push_str(&say(
            locale,
            format!(" Los clientes perdieron {sum} minutos en total"),
            format!(" Customers lost {sum} minutes in all"),
        ));
        text.push_str(&match band(found) {
            Some((_, most)) if minutes.known > most => say(
                locale,
                ", más que en cualquiera de los periodos comparados.",
                ", more than in any of the periods it is compared with.",
            ),
            Some((least, _)) if minutes.known < least => say(
                locale,
                ", menos que en cualquiera de los periodos comparados.",
                ", less than in any of the periods it is compared with.",
            ),
            Some(_) => say(locale, ", dentro de lo acostumbrado.", ", within the usual."),
            None => ".".to_owned(),
        });
    }
    if minutes.unknown > 0 {
        text.push_str(&match minutes.unknown {
            1 => say(
                locale,
                " De un incidente no se sabe a cuántos afectó.",
                " Of one incident it is not known how many it hit.",
            ),
            of => say(
                locale,
                format!(" De {of} incidentes no se sabe a cuántos afectaron."),
                format!(" Of {of} incidents it is not known how many they hit."),
            ),
        });
    }
    if let Some(first) = found.services.rows.first().filter(|row| {
        row.key.is_some() && row.incidents > 1 && !matches!(found.scope, Scope::Service(_))
    }) {
        let name = first.key.as_deref().unwrap_or_default();
        let name = names.get(name).map_or(name, String::as_str);
        text.push_str(&say(
            locale,
            format!(" El servicio con más incidentes fue {name} ({}).", first.incidents),
            format!(" The service with the most incidents was {name} ({}).", first.incidents),
        ));
    }
    text
}

fn figures(found: &Overview, locale: &Locale) -> Section {
    let mut section = Section::new("figures", say(locale, "Cifras", "Figures")).columns(&[
        ("figure", &say(locale, "Cifra", "Figure")),
        ("value", &say(locale, "#Valor", "#Value")),
        ("before", &say(locale, "#Periodo anterior", "#Period before")),
        ("band", &say(locale, "#Banda", "#Band")),
        ("unknown", &say(locale, "#De cuántos no se sabe", "#Not known of")),
        ("definition", &say(locale, "Cómo se define", "Definition")),
    ]);
    let totals = &found.week.totals;
    let none = || [Figure::None, Figure::None];
    let mut row =
        |name: String, value: Figure, compared: [Figure; 2], unknown: usize, definition: String| {
            let [before, band] = compared;
            section.rows.push(vec![
                Figure::Text(name),
                value,
                before,
                band,
                Figure::Count(unknown),
                Figure::Text(definition),
            ]);
        };
    let counts: Vec<usize> = found.past.iter().map(|past| past.incidents).collect();
    let range = |least: String, most: String| Figure::Text(format!("{least} – {most}"));
    let incidents_band = counts.iter().min().zip(counts.iter().max());
    row(
        say(locale, "Incidentes", "Incidents"),
        Figure::Count(found.week.incidents.len()),
        [
            counts.last().map_or(Figure::None, |n| Figure::Count(*n)),
            incidents_band
                .map_or(Figure::None, |(least, most)| range(least.to_string(), most.to_string())),
        ],
        0,
        say(
            locale,
            "empezaron en el periodo; una familia cuenta una vez",
            "began in the period; a family counts once",
        ),
    );
    let number = |n: Decimal| locale.decimal(n.round_dp(0));
    row(
        say(locale, "Minutos-cliente", "Customer minutes"),
        Figure::sum(&totals.customer_minutes),
        [
            found.past.last().map_or(Figure::None, |past| Figure::sum(&past.customer_minutes)),
            band(found).map_or(Figure::None, |(least, most)| range(number(least), number(most))),
        ],
        totals.customer_minutes.unknown,
        say(
            locale,
            "clientes que no pudieron × minutos de afectación dentro del periodo, también de incidentes anteriores",
            "customers who could not × minutes of impact within the period, of earlier incidents too",
        ),
    );
    row(
        say(locale, "Clientes que no pudieron", "Customers who could not"),
        Figure::sum(&totals.customers),
        none(),
        totals.customers.unknown,
        say(
            locale,
            "suma por incidente; quien vivió dos cuenta dos veces",
            "sum over incidents; who lived two counts twice",
        ),
    );
    for (es, en, times, all) in [
        ("Tiempo para restablecer", "Time to restore", found.to_restore, true),
        (
            "Tiempo para restablecer, SEV1 y SEV2",
            "Time to restore, SEV1 and SEV2",
            found.worst_restore,
            false,
        ),
    ] {
        let missing = if all {
            found.week.incidents.len().saturating_sub(times.map_or(0, |t| t.number))
        } else {
            0
        };
        let definition = say(
            locale,
            "último restablecimiento − inicio de la afectación, de los que ya se restablecieron",
            "last restore − start of impact, of those that are restored",
        );
        let absent = || if all && missing > 0 { Figure::Unknown } else { Figure::None };
        row(
            say(locale, format!("{es}: mediana"), format!("{en}: median")),
            times.map_or_else(absent, |t| Figure::Span(t.median)),
            none(),
            missing,
            definition.clone(),
        );
        row(
            say(locale, format!("{es}: peor"), format!("{en}: worst")),
            times.map_or_else(absent, |t| Figure::Span(t.worst)),
            none(),
            missing,
            definition,
        );
    }
    let mut money = |es: &str, en: &str, sum: &MoneySum, es_what: &str, en_what: &str| {
        row(
            say(locale, es, en),
            Figure::money(sum),
            none(),
            sum.unknown,
            say(locale, es_what, en_what),
        );
    };
    money(
        "Volumen de pagos perdido",
        "Payment volume lost",
        &totals.volume_lost,
        "valor de las operaciones que no se hicieron y no se recuperaron",
        "value of the transactions that did not happen and did not come back",
    );
    money(
        "Ingreso perdido",
        "Revenue lost",
        &totals.revenue_lost,
        "volumen perdido por la comisión del servicio",
        "volume lost times the take rate of the service",
    );
    money(
        "Pérdida directa",
        "Direct loss",
        &totals.direct_loss,
        "dinero que la empresa no recupera",
        "money that the company does not get back",
    );
    money(
        "Compensación aprobada",
        "Compensation approved",
        &totals.compensation,
        "corridas aprobadas de los incidentes que empezaron en el periodo",
        "approved runs of the incidents that began in the period",
    );
    money(
        "Compensación aplicada",
        "Compensation posted",
        &totals.compensation_posted,
        "aprobada y ya abonada a los clientes",
        "approved and credited to customers",
    );
    money(
        "Compensación por pagar",
        "Compensation owed",
        &totals.compensation_owed,
        "aprobada y todavía no abonada",
        "approved and not credited yet",
    );
    let (outside, known) = found.customers_first;
    row(
        say(locale, "Avisó alguien de fuera", "Told by somebody outside"),
        Figure::known(Percent::of(Decimal::from(outside), Decimal::from(known)), Figure::Share),
        none(),
        found.week.incidents.len().saturating_sub(known),
        say(
            locale,
            "clientes, empresas, redes o regulador antes que nuestras alertas ÷ incidentes con fuente conocida",
            "customers, clients, social media or regulator before our alerts ÷ incidents with a known source",
        ),
    );
    let messages = &found.messages;
    row(
        say(locale, "Mensajes a tiempo", "Messages on time"),
        Percent::of(
            Decimal::from(messages.on_time),
            Decimal::from(messages.on_time + messages.late),
        )
        .map_or(Figure::None, Figure::Share),
        none(),
        0,
        say(
            locale,
            format!(
                "enviados a tiempo ÷ (a tiempo + tarde); {} a tiempo, {} tarde, {} omitidos con razón, {} aún no vencen",
                messages.on_time, messages.late, messages.skipped, messages.open
            ),
            format!(
                "sent on time ÷ (on time + late); {} on time, {} late, {} skipped with a reason, {} not due yet",
                messages.on_time, messages.late, messages.skipped, messages.open
            ),
        ),
    );
    for (es, en, sum) in [
        ("Quejas formales", "Formal complaints", &found.complaints.0),
        ("Quejas ante el regulador", "Complaints to the regulator", &found.complaints.1),
    ] {
        row(
            say(locale, es, en),
            Figure::sum(sum),
            none(),
            sum.unknown,
            say(
                locale,
                "suma de los incidentes que empezaron en el periodo",
                "sum over the incidents that began in the period",
            ),
        );
    }
    let compared = found.past.len();
    section.defines(say(
        locale,
        format!("Banda: del menor al mayor de hasta {BAND} periodos anteriores con dato; aquí hay {compared}. Las cifras de dinero no se suman entre sí."),
        format!("Band: from the least to the most of up to {BAND} periods before that have the figure; here there are {compared}. Money figures do not add up."),
    ))
}

fn incidents(found: &Overview, locale: &Locale, names: &Names) -> Section {
    let mut section = Section::new("incidents", say(locale, "Incidentes", "Incidents")).columns(&[
        ("incident", &say(locale, "Incidente", "Incident")),
        ("title", &say(locale, "Qué pasó", "What happened")),
        ("severity", &say(locale, "Severidad", "Severity")),
        ("services", &say(locale, "Servicios", "Services")),
        ("began", &say(locale, "Empezó", "Began")),
        ("duration_s", &say(locale, "#Duró", "#Lasted")),
        ("customers", &say(locale, "#Clientes", "#Customers")),
        ("customer_minutes", &say(locale, "#Minutos-cliente", "#Customer minutes")),
        ("status", &say(locale, "Estado", "Status")),
    ]);
    let line = |line: &IncidentLine| {
        let services: Vec<&str> =
            line.services.iter().map(|id| names.get(id).unwrap_or(id).as_str()).collect();
        let level = line.severity.map(|level| level.to_string());
        vec![
            Figure::Text(line.id.to_string()),
            Figure::Text(
                line.title.clone().unwrap_or_else(|| say(locale, "(restringido)", "(restricted)")),
            ),
            Figure::words_of(level.as_deref()),
            if services.is_empty() { Figure::Unknown } else { Figure::Text(services.join(", ")) },
            Figure::Moment(line.began),
            Figure::known(line.duration.shown(), Figure::Span),
            Figure::known(line.customers.and_then(|n| usize::try_from(n).ok()), Figure::Count),
            Figure::known(line.customer_minutes, Figure::Number),
            Figure::Text(word(locale.language(), Group::Status, line.status.as_str())),
        ]
    };
    section.rows = found.week.incidents.iter().chain(&found.week.carried).map(line).collect();
    if section.rows.is_empty() {
        section.words.push(say(
            locale,
            "Ninguno empezó en este periodo.",
            "None began in this period.",
        ));
    }
    match found.week.carried.len() {
        0 => {}
        carried => section.words.push(say(
            locale,
            format!("Los últimos {carried} empezaron antes y seguían afectando: solo cuentan sus minutos."),
            format!("The last {carried} began before and were still felt: only their minutes count."),
        )),
    }
    match found.week.maintenance.len() {
        0 => {}
        planned => section.words.push(say(
            locale,
            format!(
                "Mantenimientos programados en el periodo, que ninguna cifra cuenta: {planned}."
            ),
            format!("Planned work in the period, which no figure counts: {planned}."),
        )),
    }
    section
}

fn shares(found: &Breakdown, locale: &Locale, names: &Names) -> Section {
    let by_service = found.by == By::Service;
    let (id, title, name) = if by_service {
        (
            "by_service",
            say(locale, "Servicios con más incidentes", "Services with the most incidents"),
            say(locale, "Servicio", "Service"),
        )
    } else {
        (
            "by_vertical",
            say(locale, "Por vertical", "By vertical"),
            say(locale, "Vertical", "Vertical"),
        )
    };
    let mut section = Section::new(id, title).columns(&[
        ("key", &name),
        ("incidents", &say(locale, "#Incidentes", "#Incidents")),
        ("customer_minutes", &say(locale, "#Minutos-cliente", "#Customer minutes")),
        ("minutes_unknown", &say(locale, "#Sin ese dato", "#Not known of")),
    ]);
    for row in &found.rows {
        let key = row.key.as_ref().map(|key| names.get(key).unwrap_or(key).as_str());
        section.rows.push(vec![
            Figure::words_of(key),
            Figure::Count(row.incidents),
            Figure::sum(&row.customer_minutes),
            Figure::Count(row.customer_minutes.unknown),
        ]);
    }
    if section.rows.is_empty() {
        section.words.push(say(locale, "Ninguno en este periodo.", "None in this period."));
    }
    section.defines(say(
        locale,
        "Un incidente de varios cuenta en cada uno: las filas no se suman.",
        "An incident of several counts in each: the rows do not add up.",
    ))
}

fn targets(found: &Overview, locale: &Locale) -> Section {
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
        section
            .rows
            .push(std::iter::once(Figure::Text(name)).chain(counts.map(Figure::Count)).collect());
    }
    if section.rows.is_empty() {
        section.words.push(say(locale, "Ningún objetivo que contar.", "No target to count."));
    }
    section.defines(say(
        locale,
        "Cada objetivo del estándar en cada incidente que empezó en el periodo: cumplido si se hizo a tiempo; no cumplido si se hizo tarde o ya venció.",
        "Each target of the standard on each incident that began in the period: met if done in time; missed if done late, or due and not done.",
    ))
}

fn due(id: &'static str, all: &[Due], locale: &Locale) -> Section {
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
        section.rows.push(vec![
            Figure::Text(one.incident.to_string()),
            Figure::Text(what),
            one.owner.clone().map_or_else(
                || Figure::Text(say(locale, "sin responsable", "nobody")),
                Figure::Text,
            ),
            Figure::Text(one.due.to_string()),
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

fn watch(found: &Overview, locale: &Locale) -> Section {
    let section = Section::new("watch", say(locale, "Qué vigilar", "What to watch"));
    let burning = found.week.totals.burning;
    let overdue = found.week.actions.iter().filter(|due| due.overdue).count();
    let mut words = Vec::new();
    if burning > 0 {
        words.push(say(
            locale,
            format!("Incidentes que los clientes siguen sintiendo: {burning}."),
            format!("Incidents that customers still feel: {burning}."),
        ));
    }
    if overdue > 0 {
        words.push(say(
            locale,
            format!("Acciones vencidas: {overdue}."),
            format!("Actions overdue: {overdue}."),
        ));
    }
    if !found.messages.by.is_empty() {
        let ids: Vec<&str> = found.messages.by.iter().map(|id| id.suffix()).collect();
        words.push(say(
            locale,
            format!("Incidentes con mensajes tarde o sin enviar: {}.", ids.join(", ")),
            format!("Incidents with messages late or not sent: {}.", ids.join(", ")),
        ));
    }
    if found.peaks.is_empty() {
        words.push(say(
            locale,
            "Las dos semanas que siguen no traen días pico, que se sepa.",
            "No peak days are known in the two weeks that follow.",
        ));
    } else {
        let days: Vec<String> = found.peaks.iter().map(|day| locale.date_short(*day)).collect();
        words.push(say(
            locale,
            format!("Días pico en las dos semanas que siguen: {}.", days.join(", ")),
            format!("Peak days in the two weeks that follow: {}.", days.join(", ")),
        ));
    }
    Section { words, ..section }
}
