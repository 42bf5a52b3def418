//! What happened in a paragraph that can be read aloud: plain words, no blame, no abbreviations.
//!
//! The file is long because each sentence stands in two languages side by side.

use super::before;
use super::figures::{Compared, compared, minutes, usual};
use crate::incident::Severity;
use crate::render::Locale;
use crate::render::pages::{Figure, say};
use crate::reports::context::MoneySum;
use crate::reports::overview::Overview;
use crate::timing::Lapse;

/// Good or bad, and why, in one sentence.
pub(super) fn verdict(found: &Overview, locale: &Locale) -> String {
    let totals = &found.week.totals;
    let of_level = |level: Severity| {
        totals.by_severity.iter().find(|(l, _)| *l == level).map_or(0, |(_, count)| *count)
    };
    let (first, second) = (of_level(Severity::Sev1), of_level(Severity::Sev2));
    if found.week.incidents.is_empty() && found.week.carried.is_empty() {
        return say(locale, "Bien: no hubo ningún incidente.", "Good: there was no incident.");
    }
    if first > 0 {
        let es = match first {
            1 => "hubo un incidente de la mayor gravedad (SEV1)".to_owned(),
            _ => format!("hubo {first} incidentes de la mayor gravedad (SEV1)"),
        };
        let en = match first {
            1 => "there was one incident of the highest severity (SEV1)".to_owned(),
            _ => format!("there were {first} incidents of the highest severity (SEV1)"),
        };
        return say(locale, format!("Mal: {es}."), format!("Bad: {en}."));
    }
    let compared = compared(found, minutes);
    if usual(found, &compared) == Some(Compared::More) {
        let ones = earlier_ones(found, locale);
        return say(
            locale,
            format!("Mal: los clientes perdieron más tiempo que en cualquiera de {ones}."),
            format!("Bad: customers lost more time than in any of {ones}."),
        );
    }
    if second > 0 {
        let es = match second {
            1 => "hubo un incidente grave (SEV2)".to_owned(),
            _ => format!("hubo {second} incidentes graves (SEV2)"),
        };
        let en = match second {
            1 => "there was one severe incident (SEV2)".to_owned(),
            _ => format!("there were {second} severe incidents (SEV2)"),
        };
        return say(locale, format!("Regular: {es}."), format!("Fair: {en}."));
    }
    if totals.without_severity == found.week.incidents.len() && totals.without_severity > 0 {
        return say(
            locale,
            "No se puede decir: de ningún incidente se sabe la severidad.",
            "Nobody can say: the severity of no incident is known.",
        );
    }
    match totals.customer_minutes.unknown {
        0 => say(
            locale,
            "Bien: no hubo incidentes graves, y el tiempo que perdieron los clientes no es más que el de antes.",
            "Good: no severe incident, and customers did not lose more time than before.",
        ),
        _ => say(
            locale,
            "Sin incidentes graves, pero no de todos se sabe a cuántos clientes afectaron.",
            "No severe incident, but it is not known of all how many customers they hit.",
        ),
    }
}

/// `las 12 semanas anteriores`, `the 12 weeks before`.
fn earlier_ones(found: &Overview, locale: &Locale) -> String {
    let (_, periods) = before(&found.week.period, locale.language());
    let n = found.past.len();
    let article = if periods == "semanas" { "las" } else { "los" };
    say(locale, format!("{article} {n} {periods} anteriores"), format!("the {n} {periods} before"))
}

/// What happened: how many, the worst, what customers lost, what is still open.
pub(super) fn happened(found: &Overview, locale: &Locale, phrase: &str) -> String {
    let mut text = counted(found, locale, phrase);
    text.push_str(&worst(found, locale));
    text.push_str(&standing(found, locale));
    text.push_str(&lost(found, locale));
    text
}

fn counted(found: &Overview, locale: &Locale, phrase: &str) -> String {
    let n = found.week.incidents.len();
    let (earlier, _) = before(&found.week.period, locale.language());
    let then = found.past.last().map(|past| past.incidents);
    let (es, en) = match (n, then) {
        (0, Some(0)) => (format!("; en {earlier} tampoco"), format!("; nor in {earlier}")),
        (0, Some(then)) => {
            (format!("; en {earlier} hubo {then}"), format!("; in {earlier} {then} did"))
        }
        (_, Some(0)) => {
            (format!("; en {earlier} no hubo ninguno"), format!("; in {earlier} there was none"))
        }
        (_, Some(then)) if then == n => {
            (format!(", igual que en {earlier}"), format!(", as many as in {earlier}"))
        }
        (_, Some(then)) if n > then => match n - then {
            1 => (format!(", uno más que en {earlier}"), format!(", one more than in {earlier}")),
            d => (format!(", {d} más que en {earlier}"), format!(", {d} more than in {earlier}")),
        },
        (_, Some(then)) => match then - n {
            1 => {
                (format!(", uno menos que en {earlier}"), format!(", one fewer than in {earlier}"))
            }
            d => {
                (format!(", {d} menos que en {earlier}"), format!(", {d} fewer than in {earlier}"))
            }
        },
        (_, None) => (String::new(), String::new()),
    };
    let levels = levels(found, locale);
    match n {
        0 => say(
            locale,
            format!("En {phrase} no empezó ningún incidente{es}."),
            format!("No incident began in {phrase}{en}."),
        ),
        1 => say(
            locale,
            format!("En {phrase} hubo un incidente{es}."),
            format!("In {phrase} there was one incident{en}."),
        ),
        _ => say(
            locale,
            format!("En {phrase} hubo {n} incidentes{levels}{es}."),
            format!("In {phrase} there were {n} incidents{levels}{en}."),
        ),
    }
}

/// How many of which level, where there are several.
fn levels(found: &Overview, locale: &Locale) -> String {
    let totals = &found.week.totals;
    if found.week.incidents.len() < 2 {
        return String::new();
    }
    let mut parts: Vec<String> =
        totals.by_severity.iter().map(|(level, n)| format!("{n} {level}")).collect();
    match totals.without_severity {
        0 => {}
        n => {
            parts.push(say(locale, format!("{n} sin severidad"), format!("{n} of no known level")))
        }
    }
    format!(" ({})", parts.join(", "))
}

fn worst(found: &Overview, locale: &Locale) -> String {
    let Some(worst) = found.week.incidents.first().filter(|line| line.severity.is_some()) else {
        return String::new();
    };
    let only = found.week.incidents.len() == 1;
    let id = &worst.id;
    let name = match &worst.title {
        Some(title) => say(locale, format!("«{title}» ({id})"), format!("“{title}” ({id})")),
        None => say(locale, format!("{id}, de acceso restringido"), format!("{id}, restricted")),
    };
    let began = locale.when_again(worst.began, found.week.as_of);
    let span = worst.duration.shown().map(|span| locale.span_words(span));
    let running = matches!(worst.duration, Lapse::Running(_));
    let lasted = match (span, running) {
        (None, _) => String::new(),
        (Some(span), true) => {
            say(locale, format!(" y lleva {span}"), format!(" and has lasted {span} so far"))
        }
        (Some(span), false) => {
            say(locale, format!(" y duró {span}"), format!(" and lasted {span}"))
        }
    };
    let hit = match worst.customers {
        None | Some(0) => String::new(),
        Some(1) => say(
            locale,
            "; un cliente no pudo hacer lo que quería",
            "; one customer could not do what they wanted to",
        ),
        Some(n) => {
            let n = locale.decimal(n.into());
            say(
                locale,
                format!("; {n} clientes no pudieron hacer lo que querían"),
                format!("; {n} customers could not do what they wanted to"),
            )
        }
    };
    let text = say(
        locale,
        format!(
            " {} {name}: empezó a {began}{lasted}{hit}",
            if only { "Fue" } else { "El más grave fue" }
        ),
        format!(
            " {} {name}: it began at {began}{lasted}{hit}",
            if only { "It was" } else { "The worst was" }
        ),
    );
    stopped(text)
}

/// With a full stop, unless a time of day brought one.
fn stopped(mut text: String) -> String {
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

fn standing(found: &Overview, locale: &Locale) -> String {
    let only = found.week.incidents.len() == 1;
    let totals = &found.week.totals;
    let burning = match totals.burning {
        0 => String::new(),
        _ if only => say(locale, " Sigue afectando a los clientes.", " Customers still feel it."),
        1 => say(
            locale,
            " Uno sigue afectando a los clientes.",
            " Customers still feel one of them.",
        ),
        n => say(
            locale,
            format!(" {n} siguen afectando a los clientes."),
            format!(" Customers still feel {n} of them."),
        ),
    };
    let restored = match totals.restored_open {
        0 => String::new(),
        _ if only => say(
            locale,
            " El servicio ya volvió; falta asegurar que no se repita.",
            " The service is back; what remains is to make sure that it stays so.",
        ),
        1 => say(
            locale,
            " En uno el servicio ya volvió y falta asegurar que no se repita.",
            " In one the service is back, and what remains is to make sure that it stays so.",
        ),
        n => say(
            locale,
            format!(" En {n} el servicio ya volvió y falta asegurar que no se repitan."),
            format!(
                " In {n} the service is back, and what remains is to make sure that it stays so."
            ),
        ),
    };
    burning + &restored
}

fn lost(found: &Overview, locale: &Locale) -> String {
    let totals = &found.week.totals;
    let sum = &totals.customer_minutes;
    let mut text = String::new();
    if sum.counted > 0 && !sum.known.is_zero() {
        let all = locale.decimal(sum.known.round_dp(0));
        let (earlier, _) = before(&found.week.period, locale.language());
        let compared = compared(found, minutes);
        let then = compared.before.size().map(|then| locale.decimal(then.round_dp(0)));
        text.push_str(&say(
            locale,
            format!(" Entre todos, los clientes perdieron {all} minutos"),
            format!(" Together customers lost {all} minutes"),
        ));
        if let Some(then) = then {
            text.push_str(&say(
                locale,
                format!(" (en {earlier}, {then})"),
                format!(" ({then} in {earlier})"),
            ));
        }
        let ones = earlier_ones(found, locale);
        text.push_str(&match usual(found, &compared) {
            Some(Compared::More) => say(
                locale,
                format!(", más que en cualquiera de {ones}"),
                format!(", more than in any of {ones}"),
            ),
            Some(Compared::Less) => say(
                locale,
                format!(", menos que en cualquiera de {ones}"),
                format!(", less than in any of {ones}"),
            ),
            Some(Compared::Within) => say(
                locale,
                format!(", dentro de lo acostumbrado en {ones}"),
                format!(", within the usual of {ones}"),
            ),
            None => String::new(),
        });
        text.push('.');
    }
    if let Some(volume) = money(&totals.volume_lost, locale) {
        text.push_str(&say(
            locale,
            format!(" Se dejaron de hacer pagos por {volume}."),
            format!(" Payments worth {volume} were not made."),
        ));
    }
    match sum.unknown {
        0 => {}
        1 => text.push_str(&say(
            locale,
            " De un incidente todavía no se sabe a cuántos clientes afectó.",
            " Of one incident it is not known yet how many customers it hit.",
        )),
        n => text.push_str(&say(
            locale,
            format!(" De {n} incidentes todavía no se sabe a cuántos clientes afectaron."),
            format!(" Of {n} incidents it is not known yet how many customers they hit."),
        )),
    }
    text
}

fn money(sum: &MoneySum, locale: &Locale) -> Option<String> {
    let none = sum.known.iter().all(|money| money.amount.is_zero());
    (!none).then(|| Figure::Money(sum.known.clone()).words(locale))
}

/// What was promised and kept, and what is late.
pub(super) fn kept(found: &Overview, locale: &Locale) -> Vec<String> {
    let week = &found.week;
    let mut text = Vec::new();
    match week.carried.len() {
        0 => {}
        1 => text.push(say(
            locale,
            "Un incidente anterior seguía afectando a los clientes en estos días.",
            "One incident of before was still felt by customers in these days.",
        )),
        n => text.push(say(
            locale,
            format!("{n} incidentes anteriores seguían afectando a los clientes en estos días."),
            format!("{n} incidents of before were still felt by customers in these days."),
        )),
    }
    let met: usize = week.targets.iter().map(|t| t.met).sum();
    let decided = met + week.targets.iter().map(|t| t.missed).sum::<usize>();
    match decided {
        0 => {}
        1 => text.push(match met {
            1 => say(
                locale,
                "El único plazo que venció se cumplió.",
                "The one target with a result was met.",
            ),
            _ => say(
                locale,
                "El único plazo que venció no se cumplió.",
                "The one target with a result was not met.",
            ),
        }),
        _ => text.push(say(
            locale,
            format!(
                "De {decided} plazos con resultado se {}.",
                if met == 1 { "cumplió 1".to_owned() } else { format!("cumplieron {met}") }
            ),
            format!(
                "Of {decided} targets with a result, {met} {} met.",
                if met == 1 { "was" } else { "were" }
            ),
        )),
    }
    let messages = &found.messages;
    match messages.on_time + messages.late {
        0 => {}
        1 => text.push(match messages.on_time {
            1 => say(
                locale,
                "El único aviso que se debía salió a tiempo.",
                "The one message that was owed went out on time.",
            ),
            _ => say(
                locale,
                "El único aviso que se debía no salió a tiempo.",
                "The one message that was owed did not go out on time.",
            ),
        }),
        owed => text.push(say(
            locale,
            match messages.on_time {
                0 => format!("De {owed} avisos que se debían, ninguno salió a tiempo."),
                1 => format!("De {owed} avisos que se debían, uno salió a tiempo."),
                n => format!("De {owed} avisos que se debían, {n} salieron a tiempo."),
            },
            match messages.on_time {
                0 => format!("Of {owed} messages that were owed, none went out on time."),
                n => format!("Of {owed} messages that were owed, {n} went out on time."),
            },
        )),
    }
    let late = |due: &[crate::reports::context::Due]| due.iter().filter(|d| d.overdue).count();
    match late(&week.actions) {
        0 => {}
        1 => text.push(say(locale, "Hay una acción vencida.", "One action is overdue.")),
        n => text.push(say(
            locale,
            format!("Hay {n} acciones vencidas."),
            format!("{n} actions are overdue."),
        )),
    }
    match late(&week.reviews) {
        0 => {}
        1 => text.push(say(locale, "Hay una revisión vencida.", "One review is overdue.")),
        n => text.push(say(
            locale,
            format!("Hay {n} revisiones vencidas."),
            format!("{n} reviews are overdue."),
        )),
    }
    let mut paragraphs: Vec<String> =
        (!text.is_empty()).then(|| text.join(" ")).into_iter().collect();
    match week.totals.broken_glass {
        0 => {}
        1 => paragraphs.push(say(
            locale,
            "Un mensaje salió sin la aprobación que pide el estándar, por urgencia; otra persona lo lee después.",
            "One message went out past the approval that the standard asks for, because it was urgent (break-glass); somebody else reads it afterwards.",
        )),
        n => paragraphs.push(say(
            locale,
            format!("{n} mensajes salieron sin la aprobación que pide el estándar, por urgencia; otra persona lee cada uno después."),
            format!("{n} messages went out past the approval that the standard asks for, because they were urgent (break-glass); somebody else reads each afterwards."),
        )),
    }
    paragraphs
}
