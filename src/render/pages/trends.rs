//! The trends report as a page.
//!
//! The file is long because every figure has its words in two languages beside it.

use super::{Figure, Names, Page, Section, left_out, say};
use crate::render::Locale;
use crate::render::chart;
use crate::render::words::{Group, word};
use crate::reports::sla::Times;
use crate::reports::trends::{
    Breakdown, By, Chart, ChartOf, Effect, Outcome, Point, Share, Trends, Verdict, WINDOW_DAYS,
};
use crate::spc::Rule;
use crate::units::Decimal;

/// The page of a period's trends.
pub fn page<'a>(trends: &'a Trends, locale: &'a Locale, names: &Names) -> Page<'a> {
    let period = crate::render::weekly::period(&trends.period, locale);
    let mut sections = vec![figures(trends, locale)];
    sections.extend(trends.by.iter().map(|by| breakdown(by, locale, names)));
    sections.push(repeats(trends, locale));
    sections.push(detection(trends, locale));
    sections.push(effects(&trends.effects, locale));
    sections.extend(trends.charts.iter().map(|chart| control(chart, locale)));
    sections.push(levels(trends, locale, names));
    sections.push(left_out(locale, &trends.left_out));
    Page {
        report: "trends",
        of: None,
        locale,
        title: say(
            locale,
            format!("Tendencias: {}", period.name),
            format!("Trends: {}", period.name),
        ),
        period: Some(&trends.period),
        as_of: trends.as_of,
        running: trends.running,
        head: vec![summary(trends, locale, names, &period.phrase)],
        sections,
        more: serde_json::Value::Null,
    }
    .stamp()
}

fn summary(trends: &Trends, locale: &Locale, names: &Names, phrase: &str) -> String {
    let n = trends.incidents;
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
    let top = |by: By| {
        let found = trends.by.iter().find(|b| b.by == by)?;
        let first = found.rows.iter().find(|row| row.key.is_some())?;
        Some((key(by, first, locale, names), first.incidents))
    };
    if let (Some((cause, of)), true) = (top(By::Cause).filter(|top| top.1 > 1), n > 1) {
        text.push_str(&say(
            locale,
            format!(" La causa más frecuente fue «{cause}» ({of})."),
            format!(" The most frequent cause was “{cause}” ({of})."),
        ));
    }
    if let (Some((service, of)), true) = (top(By::Service).filter(|top| top.1 > 1), n > 1) {
        text.push_str(&say(
            locale,
            format!(" El servicio con más incidentes fue {service} ({of})."),
            format!(" The service with the most incidents was {service} ({of})."),
        ));
    }
    match trends.repeats.again.len() {
        0 => {}
        1 => text.push_str(&say(
            locale,
            format!(" Uno repitió un problema de los últimos {WINDOW_DAYS} días."),
            format!(" One repeated a problem of the last {WINDOW_DAYS} days."),
        )),
        again => text.push_str(&say(
            locale,
            format!(" {again} repitieron un problema de los últimos {WINDOW_DAYS} días."),
            format!(" {again} repeated a problem of the last {WINDOW_DAYS} days."),
        )),
    }
    let signals = trends.charts.iter().filter(|chart| chart.verdict == Verdict::Signal).count();
    let charted = trends.charts.iter().filter(|chart| chart.verdict != Verdict::TooFew).count();
    text.push_str(&match (signals, charted) {
        (_, 0) => say(
            locale,
            " Todavía hay muy pocas semanas para separar lo normal de lo raro.",
            " There are too few weeks yet to tell a signal from noise.",
        ),
        (0, _) => say(
            locale,
            " Las subidas y bajadas de una semana a otra son las de siempre: no piden explicación.",
            " The ups and downs from week to week are the usual ones: no single week needs explaining.",
        ),
        _ => say(
            locale,
            " Algo cambió: al menos una semana se sale de lo normal; las gráficas de control dicen cuál.",
            " Something changed: at least one week lies outside the usual; the control charts say which.",
        ),
    });
    text
}

fn figures(trends: &Trends, locale: &Locale) -> Section {
    let mut section = Section::new("figures", say(locale, "Cifras", "Figures")).columns(&[
        ("figure", &say(locale, "Cifra", "Figure")),
        ("value", &say(locale, "#Valor", "#Value")),
        ("unknown", &say(locale, "#De cuántos no se sabe", "#Not known of")),
        ("definition", &say(locale, "Cómo se define", "Definition")),
    ]);
    let mut row = |name: String, value: Figure, unknown: Figure, definition: String| {
        section.rows.push(vec![Figure::Text(name), value, unknown, Figure::Text(definition)]);
    };
    row(
        say(locale, "Incidentes", "Incidents"),
        Figure::Count(trends.incidents),
        Figure::Count(0),
        say(
            locale,
            "empezaron en el periodo; una familia cuenta una vez; sin simulacros, mantenimiento ni falsas alarmas",
            "began in the period; a family counts once; without drills, maintenance and false alarms",
        ),
    );
    row(
        say(locale, "Minutos-cliente", "Customer minutes"),
        Figure::sum(&trends.customer_minutes),
        Figure::Count(trends.customer_minutes.unknown),
        say(
            locale,
            "clientes que no pudieron × minutos de afectación dentro del periodo, de esos incidentes",
            "customers who could not × minutes of impact within the period, of these incidents",
        ),
    );
    let repeats = &trends.repeats;
    row(
        say(locale, "Tasa de repetición", "Repeat rate"),
        Figure::known(repeats.rate(), Figure::Share),
        Figure::Count(repeats.unknown),
        say(
            locale,
            format!(
                "repetidos ÷ (repetidos + primeros): el mismo problema en los {WINDOW_DAYS} días anteriores"
            ),
            format!(
                "come back ÷ (come back + first): the same problem in the {WINDOW_DAYS} days before"
            ),
        ),
    );
    let (outside, known) = trends.customers_first;
    row(
        say(locale, "Avisó alguien de fuera", "Told by somebody outside"),
        Figure::known(
            crate::units::Percent::of(Decimal::from(outside), Decimal::from(known)),
            Figure::Share,
        ),
        Figure::Count(trends.incidents - known),
        say(
            locale,
            "clientes, empresas, redes o regulador antes que nuestras alertas ÷ incidentes con fuente conocida",
            "customers, clients, social media or regulator before our alerts ÷ incidents with a known source",
        ),
    );
    let restored = trends.to_restore;
    let to_restore = |value: fn(&Times) -> crate::units::Span| {
        Figure::known(restored.as_ref().map(value), Figure::Span)
    };
    let unknown =
        || Figure::Count(trends.incidents.saturating_sub(restored.map_or(0, |t| t.number)));
    let definition = || {
        say(
            locale,
            "último restablecimiento − inicio de la afectación",
            "last restore − start of impact",
        )
    };
    row(
        say(locale, "Tiempo para restablecer, media", "Time to restore, mean"),
        to_restore(|t| t.mean),
        unknown(),
        definition(),
    );
    row(
        say(locale, "Tiempo para restablecer, mediana", "Time to restore, median"),
        to_restore(|t| t.median),
        unknown(),
        definition(),
    );
    row(
        say(locale, "Tiempo para restablecer, peor", "Time to restore, worst"),
        to_restore(|t| t.worst),
        unknown(),
        definition(),
    );
    section
}

fn key(by: By, row: &Share, locale: &Locale, names: &Names) -> String {
    match (&row.key, by) {
        (Some(key), By::Service) => names.get(key).unwrap_or(key).clone(),
        (Some(key), _) => key.clone(),
        (None, _) => say(locale, "no se sabe", "not known"),
    }
}

fn breakdown(found: &Breakdown, locale: &Locale, names: &Names) -> Section {
    let (id, es, en) = match found.by {
        By::Cause => ("by_cause", "Causa", "Cause"),
        By::Service => ("by_service", "Servicio", "Service line"),
        By::Vertical => ("by_vertical", "Vertical", "Vertical"),
        By::Vendor => ("by_vendor", "Proveedor", "Vendor"),
        By::Change => ("by_change", "Tipo de cambio", "Type of change"),
    };
    let name = say(locale, es, en);
    let title =
        say(locale, format!("Por {}", es.to_lowercase()), format!("By {}", en.to_lowercase()));
    let mut section = Section::new(id, title).columns(&[
        ("key", &name),
        ("incidents", &say(locale, "#Incidentes", "#Incidents")),
        ("cumulative", &say(locale, "#Acumulado", "#Cumulative")),
        ("customer_minutes", &say(locale, "#Minutos-cliente", "#Customer minutes")),
        ("minutes_unknown", &say(locale, "#Sin ese dato", "#Not known of")),
    ]);
    for row in &found.rows {
        section.rows.push(vec![
            Figure::Text(key(found.by, row, locale, names)),
            Figure::Count(row.incidents),
            row.cumulative.map_or(Figure::None, Figure::Share),
            Figure::sum(&row.customer_minutes),
            Figure::Count(row.customer_minutes.unknown),
        ]);
    }
    let keyed = found.rows.iter().filter(|row| row.key.is_some()).count();
    if let Some(vital) = found.vital.filter(|vital| *vital * 2 <= keyed) {
        section.words.push(match vital {
            1 => say(
                locale,
                format!("Uno de {keyed} reúne cuatro quintos de los incidentes (Pareto)."),
                format!("One of {keyed} makes four fifths of the incidents (Pareto)."),
            ),
            _ => say(
                locale,
                format!("Los primeros {vital} de {keyed} reúnen cuatro quintos de los incidentes (Pareto)."),
                format!("The first {vital} of {keyed} make four fifths of the incidents (Pareto)."),
            ),
        });
    }
    if section.rows.is_empty() {
        section.words.push(say(locale, "Ninguno en este periodo.", "None in this period."));
        return section;
    }
    let what = match found.by {
        By::Cause => say(
            locale,
            "Categoría de la causa en el registro",
            "Category of the cause in the record",
        ),
        By::Service => say(
            locale,
            "Un incidente cuenta en cada uno de sus servicios",
            "An incident counts in each of its services",
        ),
        By::Vertical => say(
            locale,
            "Verticales de sus servicios según el estándar",
            "Verticals of its services by the standard",
        ),
        By::Vendor => say(
            locale,
            "Proveedores con ticket en el incidente",
            "Vendors with a ticket on the incident",
        ),
        By::Change => say(
            locale,
            "Primera palabra del cambio que lo causó; sin los de otra causa conocida",
            "First word of the change that caused it; without those of another known cause",
        ),
    };
    section.defines(say(
        locale,
        format!("{what}. Acumulado = incidentes de esta fila y las de arriba ÷ los de todas las filas con dato."),
        format!("{what}. Cumulative = incidents of this row and those above ÷ those of all rows that say."),
    ))
}

fn repeats(trends: &Trends, locale: &Locale) -> Section {
    let title = say(locale, "Lo que volvió", "What came back");
    let mut section = Section::new("repeats", title).columns(&[
        ("incident", &say(locale, "Incidente", "Incident")),
        ("before", &say(locale, "Anterior", "Before")),
    ]);
    let text = |id: &crate::incident::IncidentId| Figure::Text(id.to_string());
    let again = trends.repeats.again.iter();
    section.rows = again.map(|(id, before)| vec![text(id), text(before)]).collect();
    if section.rows.is_empty() {
        section.words.push(say(
            locale,
            "Que se sepa, ninguno repitió un problema anterior.",
            "As far as is known, none repeated an earlier problem.",
        ));
    }
    section.defines(say(
        locale,
        "El mismo problema: un problema los une, o comparten servicio y categoría de la causa.",
        "The same problem: a problem joins them, or they share a service and the category of the cause.",
    ))
}

fn detection(trends: &Trends, locale: &Locale) -> Section {
    let title = say(locale, "Quién lo notó primero", "Who noticed first");
    let mut section = Section::new("detection", title).columns(&[
        ("source", &say(locale, "Fuente", "Source")),
        ("incidents", &say(locale, "#Incidentes", "#Incidents")),
    ]);
    for (source, count) in &trends.detection {
        let words = |source: &crate::incident::DetectionSource| {
            Figure::Text(word(locale.language(), Group::Source, source.as_str()))
        };
        let name = source.as_ref().map_or(Figure::Unknown, words);
        section.rows.push(vec![name, Figure::Count(*count)]);
    }
    section.defines(say(
        locale,
        "Campo detection.source del registro.",
        "The record's detection.source.",
    ))
}

fn effects(effects: &[Effect], locale: &Locale) -> Section {
    let title = say(locale, "Si las acciones sirvieron", "Whether actions worked");
    let mut section = Section::new("actions", title).columns(&[
        ("incident", &say(locale, "Incidente", "Incident")),
        ("action", &say(locale, "Acción preventiva", "Preventive action")),
        ("done", &say(locale, "Hecha", "Done")),
        ("before", &say(locale, "#Antes", "#Before")),
        ("after", &say(locale, "#Después", "#After")),
        ("outcome", &say(locale, "Resultado", "Outcome")),
    ]);
    for effect in effects {
        let outcome = match effect.outcome {
            Outcome::Fell => say(locale, "bajaron", "fell"),
            Outcome::DidNotFall => say(locale, "no bajaron", "did not fall"),
            Outcome::TooEarly => say(locale, "aún es pronto", "too early to say"),
            Outcome::Unknown => say(locale, "sin causa conocida", "cause not known"),
        };
        section.rows.push(vec![
            Figure::Text(effect.incident.to_string()),
            Figure::Text(effect.title.clone()),
            Figure::Moment(effect.done),
            Figure::known(effect.counts.map(|counts| counts.0), Figure::Count),
            Figure::known(effect.counts.map(|counts| counts.1), Figure::Count),
            Figure::Text(outcome),
        ]);
    }
    if section.rows.is_empty() {
        section.words.push(say(
            locale,
            "No se terminó ninguna acción preventiva en estos días.",
            "No preventive action was done in these days.",
        ));
    }
    section.defines(say(
        locale,
        format!("Incidentes del mismo problema en los {WINDOW_DAYS} días antes y después de hecha la acción; bajaron = después < antes."),
        format!("Incidents of the same problem in the {WINDOW_DAYS} days before and after the action was done; fell = after < before."),
    ))
}

fn control(found: &Chart, locale: &Locale) -> Section {
    let (id, title) = match found.of {
        ChartOf::Incidents => (
            "chart_incidents",
            say(
                locale,
                "Gráfica de control: incidentes por semana",
                "Control chart: incidents per week",
            ),
        ),
        ChartOf::CustomerMinutes => (
            "chart_customer_minutes",
            say(
                locale,
                "Gráfica de control: minutos-cliente por semana",
                "Control chart: customer minutes per week",
            ),
        ),
        ChartOf::ToRestore => (
            "chart_to_restore",
            say(
                locale,
                "Gráfica de control: mediana de minutos para restablecer, por semana",
                "Control chart: median minutes to restore, per week",
            ),
        ),
    };
    let mut section = Section::new(id, title).columns(&[
        ("week", &say(locale, "Semana", "Week")),
        ("value", &say(locale, "#Valor", "#Value")),
        ("signal", &say(locale, "Señal", "Signal")),
    ]);
    let Some(limits) = &found.limits else {
        let known = found.points.iter().filter(|point| point.value.is_some()).count();
        return section.says(say(
            locale,
            format!("Con {known} semanas con dato no hay límites que valgan; hacen falta ocho."),
            format!("With {known} weeks that have a figure there are no limits worth having; eight are needed."),
        ));
    };
    let number = |n: Decimal| Figure::Number(n).words(locale);
    let (centre, upper, lower) =
        (number(limits.centre), number(limits.upper), number(limits.lower.max(Decimal::ZERO)));
    section.words.push(say(
        locale,
        format!("Lo normal va de {lower} a {upper}, alrededor de {centre}."),
        format!("The usual is from {lower} to {upper}, around {centre}."),
    ));
    section.words.push(match found.verdict {
        Verdict::Noise | Verdict::TooFew => say(
            locale,
            "Ninguna semana da señal: las diferencias son ruido, y buscarle causa a una sola sería inventarla.",
            "No week is a signal: the differences are noise, and a cause for a single one would be made up.",
        ),
        Verdict::SignalBefore => say(
            locale,
            "En este periodo nada da señal; la última es anterior.",
            "Nothing in this period is a signal; the last one is older.",
        ),
        Verdict::Signal => say(
            locale,
            "Hay señal en este periodo: algo cambió, y vale la pena buscar qué.",
            "There is a signal in this period: something changed, and it is worth finding out what.",
        ),
    });
    let values: Vec<Option<Decimal>> = found.points.iter().map(|point| point.value).collect();
    section.words.push(chart::spark(&values));
    for point in &found.points {
        let value = point.value.map_or(Figure::Unknown, Figure::Number);
        let signal = signals(point, locale);
        let signal = if signal.is_empty() { Figure::None } else { Figure::Text(signal.join("; ")) };
        section.rows.push(vec![Figure::Text(point.week.clone()), value, signal]);
    }
    let sigma = number(limits.sigma);
    section
        .defines(say(
            locale,
            format!("XmR: centro = media; σ = media de los rangos móviles ÷ 1.128 = {sigma}; límites = centro ± 3 σ; solo semanas completas."),
            format!("XmR: centre = mean; σ = mean moving range ÷ 1.128 = {sigma}; limits = centre ± 3 σ; whole weeks only."),
        ))
        .defines(say(
            locale,
            "Señales: reglas de Western Electric; EWMA con λ = 0.2 y límites de 3 σ; CUSUM con k = 0.5 σ y h = 5 σ.",
            "Signals: Western Electric's rules; EWMA with λ = 0.2 and limits of 3 σ; CUSUM with k = 0.5 σ and h = 5 σ.",
        ))
}

fn signals(point: &Point, locale: &Locale) -> Vec<String> {
    let rule = |rule: &Rule| match rule {
        Rule::Beyond => say(locale, "fuera de los límites", "beyond the limits"),
        Rule::TwoOfThree => say(locale, "dos de tres más allá de 2 σ", "two of three beyond 2 σ"),
        Rule::FourOfFive => {
            say(locale, "cuatro de cinco más allá de 1 σ", "four of five beyond 1 σ")
        }
        Rule::EightOnOneSide => {
            say(locale, "ocho seguidas de un lado", "eight in a row on one side")
        }
        Rule::NineOnOneSide => {
            say(locale, "nueve seguidas de un lado", "nine in a row on one side")
        }
        Rule::SixSteadily => {
            say(locale, "seis seguidas subiendo o bajando", "six in a row up or down")
        }
        Rule::FourteenByTurns => say(locale, "catorce alternando", "fourteen by turns"),
        Rule::FifteenWithin => say(locale, "quince dentro de 1 σ", "fifteen within 1 σ"),
        Rule::EightOutside => say(locale, "ocho fuera de 1 σ", "eight outside 1 σ"),
    };
    let mut found: Vec<String> = point.rules.iter().map(rule).collect();
    if point.drift {
        found.push(say(locale, "deriva lenta (EWMA)", "slow drift (EWMA)"));
    }
    if point.shift {
        found.push(say(locale, "cambio que perdura (CUSUM)", "lasting shift (CUSUM)"));
    }
    found
}

fn levels(trends: &Trends, locale: &Locale, names: &Names) -> Section {
    let title =
        say(locale, "Defectos por millón y nivel sigma", "Defects per million and sigma level");
    let mut section = Section::new("sigma", title).columns(&[
        ("service", &say(locale, "Servicio", "Service")),
        ("bad_minutes", &say(locale, "#Minutos malos", "#Bad minutes")),
        ("minutes", &say(locale, "#Minutos", "#Minutes")),
        ("dpmo", &say(locale, "#DPMO", "#DPMO")),
        ("sigma", &say(locale, "#Sigma", "#Sigma")),
        ("unknown", &say(locale, "#Incidentes sin dato", "#Incidents not known")),
    ]);
    for level in &trends.levels {
        section.rows.push(vec![
            Figure::Text(names.get(&level.service).unwrap_or(&level.service).clone()),
            Figure::Number(level.bad),
            Figure::Number(level.minutes),
            Figure::known(level.dpmo, Figure::Number),
            level.sigma.map_or(Figure::None, Figure::Number),
            Figure::Count(level.unknown),
        ]);
    }
    if section.rows.is_empty() {
        section.words.push(say(
            locale,
            "Ningún servicio tiene objetivo, así que no hay oportunidades que contar.",
            "No service has an objective, so there are no opportunities to count.",
        ));
    }
    section.defines(say(
        locale,
        "DPMO = minutos malos × 1,000,000 ÷ minutos del periodo, sin mantenimiento avisado a tiempo; sigma = distancia normal de una cola + 1.5; sin fallas no hay nivel.",
        "DPMO = bad minutes × 1,000,000 ÷ minutes of the period, without maintenance announced in time; sigma = one-sided normal distance + 1.5; without failures there is no level.",
    ))
}
