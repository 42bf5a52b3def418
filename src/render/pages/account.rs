//! One incident, told to somebody who was not there.
//!
//! The file is long because every figure has its words in two languages beside it.

use super::{Figure, Mark, Names, Page, Section, say};
use crate::impact;
use crate::incident::{Communication, Record};
use crate::render::Locale;
use crate::render::words::{Group, word};
use crate::reports::account::{Account, Beside};
use crate::reports::owed::{MessageState, went_out};
use crate::timing::{Lapse, Metric};
use crate::units::{Decimal, Instant, Money};

/// The page of an incident.
pub fn page<'a>(found: &'a Account<'a>, locale: &'a Locale, names: &Names) -> Page<'a> {
    let record = found.record;
    let title = match &record.restricted {
        Some(_) => record.id.to_string(),
        None => format!("{}: {}", record.id, record.title),
    };
    let figures = figures(found, locale);
    let unknown = unknown(&figures, locale);
    let mut sections = vec![figures];
    sections.extend(timeline(found, locale));
    sections.push(targets(found, locale));
    sections.extend(messages(found, locale));
    sections.extend(causes(record, locale));
    sections.extend(authorities(record, locale));
    sections.extend(compensation(record, locale));
    sections.extend(actions(record, locale));
    sections.push(unknown);
    let (at, zone) = (locale.moment(found.now), locale.zone_name());
    let mut head = told(found, locale, names);
    head.push(say(
        locale,
        format!("Al {at}. Zona horaria: {zone}."),
        format!("As of {at}. Time zone: {zone}."),
    ));
    Page {
        report: "incident",
        of: Some(record.id.to_string()),
        locale,
        title,
        period: None,
        as_of: found.now,
        running: record.status.is_open(),
        head,
        sections,
        more: serde_json::Value::Null,
    }
}

fn stopped(mut text: String) -> String {
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    text
}

/// What happened, in paragraphs that can be read aloud.
fn told(found: &Account<'_>, locale: &Locale, names: &Names) -> Vec<String> {
    let record = found.record;
    let mut all = Vec::new();
    all.extend(found.beside.as_ref().map(|beside| left_aside(beside, locale)));
    if let Some(stub) = &record.restricted {
        all.push(say(
            locale,
            format!("Los detalles están en el espacio de {}; aquí solo está lo que puede saber cualquiera.", stub.group),
            format!("The details are in the workspace of {}; here is only what everybody may know.", stub.group),
        ));
    }
    let planned = found.beside == Some(Beside::Maintenance);
    let hit = if planned { String::new() } else { hit(found, locale) };
    all.push(format!("{}{hit}", happened(found, locale, names)));
    all.extend(noticed(found, locale));
    let impact = record.impact.as_ref();
    all.extend(impact.and_then(|i| i.summary.clone()).map(stopped));
    if let Some(around) = &record.workaround {
        let text = stopped(around.text.trim().to_owned());
        all.push(say(
            locale,
            format!("Qué podían hacer mientras tanto: {text}"),
            format!("What could be done meanwhile: {text}"),
        ));
    }
    all.push(ended(found, locale));
    all
}

fn left_aside(beside: &Beside, locale: &Locale) -> String {
    match beside {
        Beside::Exercise => say(
            locale,
            "Fue un simulacro; ninguna cifra lo cuenta.",
            "It was a drill; no figure counts it.",
        ),
        Beside::Cancelled => say(
            locale,
            "Fue una falsa alarma; ninguna cifra la cuenta.",
            "It was a false alarm; no figure counts it.",
        ),
        Beside::Merged(Some(into)) => say(
            locale,
            format!("Se unió a {into}, donde se cuenta."),
            format!("It was merged into {into}, where it is counted."),
        ),
        Beside::Merged(None) => say(
            locale,
            "Se unió a otro incidente, donde se cuenta.",
            "It was merged into another incident, where it is counted.",
        ),
        Beside::PartOf(parent) => say(
            locale,
            format!("Es parte de {parent}, con el que se cuenta."),
            format!("It is part of {parent}, with which it is counted."),
        ),
        Beside::Maintenance => say(
            locale,
            "Fue trabajo programado; ninguna cifra lo cuenta como incidente.",
            "It was planned work; no figure counts it as an incident.",
        ),
    }
}

fn happened(found: &Account<'_>, locale: &Locale, names: &Names) -> String {
    let record = found.record;
    let span = found.timings.duration.shown().map(|span| locale.span_words(span));
    let running = matches!(found.timings.duration, Lapse::Running(_));
    let lasted = match (span, running) {
        (None, _) => String::new(),
        (Some(span), true) => {
            say(locale, format!(" y lleva {span}"), format!(" and has lasted {span} so far"))
        }
        (Some(span), false) => {
            say(locale, format!(" y duró {span}"), format!(" and lasted {span}"))
        }
    };
    let mut text = match record.began() {
        None => say(locale, "No se sabe cuándo empezó", "Nobody wrote down when it began"),
        Some(began) => {
            let when = format!("{} ({})", locale.date(locale.day(began)), locale.clock(began));
            say(locale, format!("Empezó el {when}{lasted}"), format!("It began on {when}{lasted}"))
        }
    };
    text = stopped(text);
    let services: Vec<&str> = record
        .services
        .iter()
        .chain(&record.services_unmapped)
        .map(|id| names.get(id).unwrap_or(id).as_str())
        .collect();
    if !services.is_empty() {
        let all = services.join(", ");
        let (es, en) = match found.beside {
            Some(Beside::Maintenance) => ("Se trabajó en", "It was work on"),
            _ => ("Lo que falló", "What failed"),
        };
        text.push_str(&say(locale, format!(" {es}: {all}."), format!(" {en}: {all}.")));
    }
    text
}

fn hit(found: &Account<'_>, locale: &Locale) -> String {
    let customers = found.record.impact.as_ref().and_then(|i| i.customers.as_ref());
    let number = |n: u64| locale.decimal(Decimal::from(n));
    match (found.tally.affected, customers.and_then(|c| c.tried)) {
        (None, _) => say(
            locale,
            " No se sabe a cuántos clientes afectó.",
            " It is not known how many customers it hit.",
        ),
        (Some(hit), Some(tried)) => {
            let (hit, tried) = (number(hit), number(tried));
            say(
                locale,
                format!(
                    " De {tried} clientes que lo intentaron, {hit} no pudieron hacer lo que querían."
                ),
                format!(" Of {tried} customers who tried, {hit} could not do what they wanted to."),
            )
        }
        (Some(hit), None) => {
            let hit = number(hit);
            say(
                locale,
                format!(" Clientes que no pudieron hacer lo que querían: {hit}."),
                format!(" Customers who could not do what they wanted to: {hit}."),
            )
        }
    }
}

fn noticed(found: &Account<'_>, locale: &Locale) -> Option<String> {
    let source = found.record.detection.as_ref().and_then(|d| d.source);
    let who = source.map(|s| word(locale.language(), Group::Source, s.as_str()));
    let after = match found.timings.to_detect {
        Lapse::Took(span) if span.seconds() >= 60 => {
            let span = locale.span_words(span);
            say(locale, format!(" {span} después de que empezó"), format!(" {span} after it began"))
        }
        Lapse::Took(_) => say(locale, " en cuanto empezó", " as soon as it began"),
        Lapse::Before => say(locale, " antes de que se sintiera", " before anybody felt it"),
        _ => String::new(),
    };
    let mut text = match (who, after.is_empty()) {
        (None, true) => return None,
        (None, false) => say(locale, format!("Se notó{after}"), format!("It was noticed{after}")),
        (Some(who), _) => {
            say(locale, format!("Lo notó {who}{after}"), format!("It was noticed by {who}{after}"))
        }
    };
    if let Lapse::Took(span) = found.timings.to_acknowledge {
        let span = locale.span_words(span);
        text.push_str(&say(
            locale,
            format!("; alguien lo tomó {span} después"),
            format!("; somebody took it {span} later"),
        ));
    }
    Some(stopped(text))
}

fn ended(found: &Account<'_>, locale: &Locale) -> String {
    let record = found.record;
    let status = word(locale.language(), Group::Status, record.status.as_str());
    let mut text = if record.status.is_burning() {
        say(locale, "Los clientes lo siguen sintiendo.", "Customers still feel it.")
    } else {
        say(locale, format!("Hoy está {status}."), format!("Today it is {status}."))
    };
    let known = record.causes.as_ref().is_some_and(|c| !c.root_causes.is_empty());
    if !known && found.beside.is_none() {
        text.push_str(&say(
            locale,
            " Todavía no se ha escrito por qué pasó.",
            " Why it happened is not written down yet.",
        ));
    }
    let open = record.actions.iter().filter(|a| a.done.is_none() && a.dropped.is_none()).count();
    match open {
        0 => {}
        1 => text.push_str(&say(
            locale,
            " Queda una acción por hacer.",
            " One action is left to do.",
        )),
        n => text.push_str(&say(
            locale,
            format!(" Quedan {n} acciones por hacer."),
            format!(" {n} actions are left to do."),
        )),
    }
    text
}

fn figures(found: &Account<'_>, locale: &Locale) -> Section {
    let mut section = Section::new("figures", say(locale, "Cifras", "Figures")).columns(&[
        ("figure", say(locale, "Cifra", "Figure")),
        ("value", say(locale, "#Valor", "#Value")),
        ("definition", say(locale, "Cómo se define", "Definition")),
    ]);
    let mut row = |key: &str, name: String, value: Figure, what: String| {
        section.row(key, vec![Figure::Text(name), value, Figure::Text(what)], Mark::None);
    };
    let judged = &found.judged;
    let level = judged.level.map(|level| {
        let mut text = level.to_string();
        if let Some(derived) = judged.overrides() {
            text.push_str(&say(
                locale,
                format!(" (declarada; calculada {derived})"),
                format!(" (declared; derived {derived})"),
            ));
        }
        if judged.provisional {
            text.push_str(" provisional");
        }
        text
    });
    let rule = judged.rule.as_ref().map(|rule| {
        say(
            locale,
            format!("por la regla {rule} del estándar"),
            format!("by {rule} of the standard"),
        )
    });
    row(
        "severity",
        say(locale, "Severidad", "Severity"),
        Figure::words_of(level.as_deref()),
        rule.unwrap_or_else(|| say(locale, "la que está vigente", "the level that stands")),
    );
    let times = found.record.clocks();
    let start = impact::first_start(found.record);
    for (key, name, at, what) in [
        (
            "impact_started",
            ["Empezó", "Began"],
            start,
            ["primer inicio de la afectación", "first start of impact"],
        ),
        (
            "detected",
            ["Se notó", "Noticed"],
            times.detected,
            [
                "la primera vez que alguien o algo lo notó",
                "the first time that somebody or something noticed it",
            ],
        ),
        (
            "acknowledged",
            ["Alguien lo tomó", "Somebody took it"],
            times.acknowledged,
            ["alguien dijo que se encargaba", "somebody said that they had it"],
        ),
        (
            "restored",
            ["Volvió", "Back"],
            times.restored,
            ["los clientes pudieron trabajar otra vez", "customers could work again"],
        ),
        (
            "resolved",
            ["Resuelto", "Resolved"],
            times.resolved,
            [
                "no puede volver por sí solo y el dinero cuadra",
                "it cannot come back by itself, and the money is reconciled",
            ],
        ),
    ] {
        let status = found.record.status;
        let awaited = match key {
            "acknowledged" | "restored" => status.is_burning(),
            "resolved" => status.is_open(),
            _ => false,
        };
        let value = match at {
            None if awaited => Figure::Text(say(locale, "todavía no", "not yet")),
            at => Figure::known(at, Figure::Moment),
        };
        row(key, say(locale, name[0], name[1]), value, say(locale, what[0], what[1]));
    }
    let timings = &found.timings;
    for (metric, lapse) in [
        (Metric::ToDetect, timings.to_detect),
        (Metric::ToAcknowledge, timings.to_acknowledge),
        (Metric::ToRestore, timings.to_restore),
        (Metric::ToResolve, timings.to_resolve),
    ] {
        let value = match lapse {
            Lapse::Before => Figure::Text(lapse.words(locale.tag())),
            lapse => Figure::known(lapse.shown(), Figure::Span),
        };
        row(metric.id(), capital(metric.name(locale.tag())), value, running(metric, lapse, locale));
    }
    let defined = |metric: Metric| metric.definition(locale.tag()).to_owned();
    let name = |metric: Metric| capital(metric.name(locale.tag()));
    row(
        Metric::ImpactTime.id(),
        name(Metric::ImpactTime),
        Figure::known(timings.impact_time, Figure::Span),
        defined(Metric::ImpactTime),
    );
    row(
        Metric::CustomerMinutes.id(),
        name(Metric::CustomerMinutes),
        Figure::known(timings.customer_minutes, Figure::Number),
        defined(Metric::CustomerMinutes),
    );
    let impact = found.record.impact.as_ref();
    let count = |n: Option<u64>| Figure::known(n.map(Decimal::from), Figure::Number);
    let customers = impact.and_then(|i| i.customers.as_ref());
    let complaints = impact.and_then(|i| i.complaints.as_ref());
    for (key, name, value, what) in [
        (
            "tried",
            ["Clientes que lo intentaron", "Customers who tried"],
            count(customers.and_then(|c| c.tried)),
            ["en la ventana de afectación", "in the window of impact"],
        ),
        (
            "affected",
            ["Clientes que no pudieron", "Customers who could not"],
            count(found.tally.affected),
            ["de los que lo intentaron", "of those who tried"],
        ),
        (
            "contacts",
            ["Contactos a soporte", "Contacts to support"],
            count(impact.and_then(|i| i.contacts.as_ref()?.received)),
            ["recibidos por el incidente", "received because of it"],
        ),
        (
            "complaints_formal",
            ["Quejas formales", "Formal complaints"],
            count(complaints.and_then(|c| c.formal)),
            ["las que cuenta la ley", "those that the law counts"],
        ),
        (
            "complaints_regulator",
            ["Quejas ante el regulador", "Complaints to the regulator"],
            count(complaints.and_then(|c| c.regulator)),
            ["presentadas ante la autoridad", "made to the authority"],
        ),
    ] {
        row(key, say(locale, name[0], name[1]), value, say(locale, what[0], what[1]));
    }
    let money = |money: Option<Money>| Figure::known(money, |money| Figure::Money(vec![money]));
    let tally = &found.tally;
    for (key, name, value, what) in [
        (
            "volume_lost",
            ["Volumen de pagos perdido", "Payment volume lost"],
            money(tally.volume_lost),
            [
                "valor de las operaciones que no se hicieron y no se recuperaron",
                "value of the transactions that were not made and did not come back",
            ],
        ),
        (
            "revenue_lost",
            ["Ingreso perdido", "Revenue lost"],
            money(tally.revenue_lost),
            [
                "volumen perdido por la comisión del servicio",
                "volume lost times the take rate of the service",
            ],
        ),
        (
            "direct_loss",
            ["Pérdida directa", "Direct loss"],
            money(tally.direct_loss),
            ["dinero que la empresa no recupera", "money that the company does not get back"],
        ),
    ] {
        row(key, say(locale, name[0], name[1]), value, say(locale, what[0], what[1]));
    }
    section
}

/// A definition, and that the clock still runs where it does.
fn running(metric: Metric, lapse: Lapse, locale: &Locale) -> String {
    let defined = metric.definition(locale.tag());
    match lapse {
        Lapse::Running(_) => {
            say(locale, format!("{defined}; sigue corriendo"), format!("{defined}; still running"))
        }
        _ => defined.to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + chars.as_str()
}

fn timeline(found: &Account<'_>, locale: &Locale) -> Option<Section> {
    if found.timeline.is_empty() {
        return None;
    }
    let mut section =
        Section::new("timeline", say(locale, "Qué pasó", "What happened")).columns(&[
            ("at", say(locale, "Cuándo", "When")),
            ("kind", say(locale, "Qué es", "Kind")),
            ("text", say(locale, "Qué pasó", "What happened")),
        ]);
    for entry in &found.timeline {
        let kind = entry.kind.map(|k| word(locale.language(), Group::Entry, k.as_str()));
        section.rows.push(vec![
            Figure::Moment(entry.at),
            kind.map_or(Figure::None, Figure::Text),
            Figure::Text(entry.text.clone()),
        ]);
    }
    Some(section.defines(if found.chosen {
        say(
            locale,
            "Las entradas que alguien marcó como importantes, con sus palabras.",
            "The entries that somebody marked as important, in their own words.",
        )
    } else {
        say(
            locale,
            "Todas las entradas salvo las notas: nadie ha marcado cuáles importan.",
            "All entries but notes: nobody has marked which matter.",
        )
    }))
}

fn targets(found: &Account<'_>, locale: &Locale) -> Section {
    let mut section = Section::new("targets", say(locale, "Objetivos", "Targets")).columns(&[
        ("target", say(locale, "Objetivo", "Target")),
        ("within", say(locale, "En cuánto", "Within")),
        ("due", say(locale, "Para", "Due")),
        ("done", say(locale, "Hecho", "Done")),
        ("state", say(locale, "Resultado", "Result")),
    ]);
    for clock in &found.judged.clocks {
        let state = match clock.state {
            crate::reports::ClockState::Unknown => "unknown",
            state => state.as_str(),
        };
        let cells = vec![
            Figure::Text(word(locale.language(), Group::TargetName, &clock.name)),
            Figure::Text(clock.target.clone()),
            clock.due.map_or(Figure::None, Figure::Moment),
            clock.done.map_or(Figure::None, Figure::Moment),
            Figure::Text(word(locale.language(), Group::Target, state)),
        ];
        section.row(clock.name.clone(), cells, Mark::None);
    }
    if section.rows.is_empty() {
        return section.says(say(
            locale,
            "El estándar no pide ninguno de este incidente.",
            "The standard asks for none of this incident.",
        ));
    }
    section.defines(say(
        locale,
        "Cumplido si se hizo a tiempo; no cumplido si se hizo tarde o ya venció.",
        "Met if done in time; missed if done late, or due and not done.",
    ))
}

fn messages(found: &Account<'_>, locale: &Locale) -> Option<Section> {
    let sent: Vec<(Instant, &Communication)> = {
        let all = found.record.communications.iter();
        let mut sent: Vec<_> = all.filter_map(|c| Some((went_out(c).min()?, c))).collect();
        sent.sort_by_key(|(at, _)| *at);
        sent
    };
    let missed: Vec<_> =
        found.owed.iter().filter(|m| m.state == Some(MessageState::Overdue)).collect();
    if sent.is_empty() && missed.is_empty() {
        return None;
    }
    let title = say(locale, "Qué se dijo", "What was said");
    let mut section = Section::new("messages", title).columns(&[
        ("sent", say(locale, "Enviado", "Sent")),
        ("stage", say(locale, "Qué", "What")),
        ("channel", say(locale, "Por dónde", "Channel")),
        ("audience", say(locale, "A quién", "To whom")),
        ("due", say(locale, "Debía salir", "Was due")),
    ]);
    for (at, message) in sent {
        let due = found.owed.iter().find_map(|owed| {
            let (_, due) = owed.went?;
            message.id.as_ref().filter(|id| owed.messages.contains(id)).and(due)
        });
        section.rows.push(vec![
            Figure::Moment(at),
            Figure::Text(word(locale.language(), Group::Stage, &message.stage)),
            Figure::Text(message.channel.clone()),
            message.audience.clone().map_or(Figure::None, Figure::Text),
            due.map_or(Figure::None, Figure::Moment),
        ]);
    }
    for owed in missed {
        section.rows.push(vec![
            Figure::Text(say(locale, "no enviado", "not sent")),
            Figure::Text(word(locale.language(), Group::Stage, owed.stage.as_str())),
            Figure::Text(owed.channel.clone()),
            Figure::Text(owed.audience.clone()),
            owed.due.map_or(Figure::None, Figure::Moment),
        ]);
    }
    Some(section.defines(say(
        locale,
        "La primera vez que salió cada mensaje, y los que el estándar pedía y no salieron a tiempo.",
        "The first time that each message went out, and those that the standard asked for and that did not go out in time.",
    )))
}

fn causes(record: &Record, locale: &Locale) -> Option<Section> {
    let causes = record.causes.as_ref()?;
    let mut section = Section::new("causes", say(locale, "Por qué pasó", "Why it happened"))
        .columns(&[("kind", say(locale, "Qué es", "Kind")), ("text", say(locale, "Qué", "What"))]);
    let trigger = causes.trigger.iter().map(|text| ("Detonante", "Trigger", text));
    let roots = causes.root_causes.iter().map(|text| ("Causa", "Cause", text));
    let others = causes.contributing.iter().map(|text| ("Contribuyó", "Contributed", text));
    let change = causes.change.iter().map(|text| ("Cambio", "Change", text));
    let gap = causes
        .detection_gap
        .iter()
        .map(|text| ("Por qué no se notó antes", "Why nobody noticed sooner", text));
    for (es, en, text) in trigger.chain(roots).chain(others).chain(change).chain(gap) {
        section.rows.push(vec![Figure::Text(say(locale, es, en)), Figure::Text(text.clone())]);
    }
    (!section.rows.is_empty()).then_some(section)
}

fn authorities(record: &Record, locale: &Locale) -> Option<Section> {
    let title = say(locale, "Autoridades", "Authorities");
    let mut section = Section::new("authorities", title).columns(&[
        ("regime", say(locale, "Régimen", "Regime")),
        ("decision", say(locale, "Decisión", "Decision")),
        ("sent", say(locale, "Enviado", "Sent")),
        ("due", say(locale, "Para", "Due")),
    ]);
    for one in &record.regulatory {
        let decision = one.decision.map_or("undecided", |decision| decision.as_str());
        section.rows.push(vec![
            Figure::Text(one.regime.clone()),
            Figure::Text(word(locale.language(), Group::Report, decision)),
            one.sent_at.map_or(Figure::None, Figure::Moment),
            one.due.map_or(Figure::None, Figure::Moment),
        ]);
    }
    (!section.rows.is_empty()).then_some(section)
}

fn compensation(record: &Record, locale: &Locale) -> Option<Section> {
    let title = say(locale, "Compensación", "Compensation");
    let mut section = Section::new("compensation", title).columns(&[
        ("policy", say(locale, "Política", "Policy")),
        ("state", say(locale, "Estado", "State")),
        ("customers", say(locale, "#Clientes", "#Customers")),
        ("total", say(locale, "#Total", "#Total")),
    ]);
    for run in &record.compensation {
        let customers = run.customers.or(run.count).map(Decimal::from);
        section.rows.push(vec![
            Figure::Text(run.policy.clone()),
            super::compensated::state(run.state.as_deref(), locale),
            Figure::known(customers, Figure::Number),
            Figure::known(run.total, |money| Figure::Money(vec![money])),
        ]);
    }
    (!section.rows.is_empty()).then_some(section)
}

fn actions(record: &Record, locale: &Locale) -> Option<Section> {
    let title = say(
        locale,
        "Qué se hará para que no se repita",
        "What is done so that it does not come back",
    );
    let mut section = Section::new("actions", title).columns(&[
        ("action", say(locale, "Acción", "Action")),
        ("kind", say(locale, "Para qué", "What for")),
        ("owner", say(locale, "Responsable", "Owner")),
        ("due", say(locale, "Para", "Due")),
        ("state", say(locale, "Estado", "State")),
    ]);
    for action in &record.actions {
        let kind = action.kind.map(|k| word(locale.language(), Group::Action, k.as_str()));
        let state = match (&action.done, &action.dropped) {
            (Some(_), _) => say(locale, "hecha", "done"),
            (None, Some(_)) => say(locale, "descartada", "dropped"),
            (None, None) => say(locale, "pendiente", "open"),
        };
        let nobody = || say(locale, "sin responsable", "no owner");
        let due = crate::register::card::due(action).map(Figure::Day);
        let written = || action.due.clone().map_or(Figure::None, Figure::Text);
        section.rows.push(vec![
            Figure::Text(action.title.clone()),
            kind.map_or(Figure::None, Figure::Text),
            Figure::Text(action.owner.clone().unwrap_or_else(nobody)),
            due.unwrap_or_else(written),
            Figure::Text(state),
        ]);
    }
    (!section.rows.is_empty()).then_some(section)
}

/// What nobody knows yet, said rather than left out.
fn unknown(figures: &Section, locale: &Locale) -> Section {
    let section = Section::new("unknown", say(locale, "Lo que no se sabe", "What is not known"));
    let missing = figures.rows.iter().filter_map(|row| match row.as_slice() {
        [Figure::Text(name), Figure::Unknown, ..] => Some(name.clone()),
        _ => None,
    });
    let missing: Vec<String> = missing.collect();
    if missing.is_empty() {
        return section.says(say(locale, "Nada de lo de arriba.", "Nothing of the above."));
    }
    section.says(format!("{}.", missing.join("; ")))
}
