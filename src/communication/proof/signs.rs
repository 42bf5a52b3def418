//! What does not belong into any message by its form: gaps, traces, host names, links, requests
//! for secrets.

use super::phrases::{Add, Folded};
use super::{ChannelRules, Fault, House};
use crate::communication::message::FieldText;

pub(super) fn look(house: &House, channel: &ChannelRules, field: &FieldText, add: &mut Add<'_>) {
    let folded = Folded::new(&field.text);
    placeholders(field, &folded, add);
    traces(field, &folded, add);
    addresses(house, channel, field, add);
    credentials(field, &folded, add);
}

/// Words that stand where somebody meant to write something.
const GAPS: [&str; 14] = [
    "xxx",
    "xx:xx",
    "hh:mm",
    "dd/mm",
    "tbd",
    "tba",
    "todo",
    "lorem ipsum",
    "por definir",
    "por confirmar",
    "pendiente de",
    "insert here",
    "placeholder",
    "n/a",
];

fn placeholders(field: &FieldText, folded: &Folded, add: &mut Add<'_>) {
    let text = &field.text;
    let help = || Some("write what belongs there, or take the sentence out".to_owned());
    let pairs = [("{{", "}}"), ("${", "}"), ("<%", "%>"), ("[[", "]]")];
    for (open, close) in pairs {
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|t| t.find(open)).map(|i| from + i) {
            let rest = text.get(at..).unwrap_or_default();
            let end = rest.find(close).map_or(text.len(), |i| at + i + close.len());
            add(Fault::Placeholder, at..end, "a gap that nobody filled".to_owned(), help());
            from = end.max(at + open.len());
        }
    }
    // [HORA], <nombre>: capitals or one word in brackets; a link has its address behind it.
    for (open, close) in [('[', ']'), ('<', '>')] {
        for (at, _) in text.match_indices(open) {
            let inside = text.get(at + 1..).unwrap_or_default();
            let Some(end) = inside.find(close).filter(|end| *end > 0) else { continue };
            let name = inside.get(..end).unwrap_or_default();
            let behind = inside.get(end + 1..).unwrap_or_default();
            let short = name.chars().count() <= 40 && !name.contains(['\n', '[', '<', '/', ':']);
            let capitals =
                name.chars().any(char::is_alphabetic) && name.chars().all(|c| !c.is_lowercase());
            let is_gap = short
                && (open == '<' || capitals)
                && !behind.starts_with('(')
                && name.chars().next().is_some_and(char::is_alphabetic);
            if is_gap {
                let part = at..at + end + 2;
                add(
                    Fault::Placeholder,
                    part,
                    format!("`{name}` is a gap that nobody filled"),
                    help(),
                );
            }
        }
    }
    if let Some(at) = text.find("___") {
        add(Fault::Placeholder, at..at + 3, "a gap that nobody filled".to_owned(), help());
    }
    for gap in GAPS {
        // "todo" is Spanish for everything; as a gap it is written in capitals.
        let parts = folded.find(gap).into_iter().filter(|part| {
            let written = text.get(part.clone()).unwrap_or_default();
            !matches!(gap, "todo" | "tba") || written.chars().all(char::is_uppercase)
        });
        for part in parts {
            let shown = text.get(part.clone()).unwrap_or_default().to_owned();
            add(Fault::Placeholder, part, format!("`{shown}` is a gap that nobody filled"), help());
        }
    }
}

/// Signs of a program's error.
const TRACES: [&str; 20] = [
    "nullpointerexception",
    "exception in",
    "traceback (most recent call last)",
    "stack trace",
    "at java.",
    "at com.",
    "at org.",
    "panicked at",
    "segmentation fault",
    "undefined is not",
    "sqlexception",
    "econnrefused",
    "econnreset",
    "etimedout",
    "connection refused",
    "internal server error",
    "http 500",
    "http 502",
    "http 503",
    "http 504",
];

fn traces(field: &FieldText, folded: &Folded, add: &mut Add<'_>) {
    let help = || Some("say what customers cannot do; keep the error in the timeline".to_owned());
    for sign in TRACES {
        for part in folded.find(sign) {
            let shown = field.text.get(part.clone()).unwrap_or_default().to_owned();
            add(Fault::StackTrace, part, format!("`{shown}` is a program's error"), help());
        }
    }
    let mut at = 0;
    for line in field.text.split_inclusive('\n') {
        let words = line.trim_start();
        let indent = line.len() - words.len();
        let is_frame = (words.starts_with("at ") && words.contains('(') && words.contains(':'))
            || (words.starts_with("File \"") && words.contains("line "))
            || words.split_whitespace().next().is_some_and(|w| {
                (w.ends_with("Exception:") || w.ends_with("Error:")) && w.len() > 8
            });
        if is_frame {
            let part = at + indent..at + line.trim_end().len();
            add(Fault::StackTrace, part, "a line of a program's error".to_owned(), help());
        }
        at += line.len();
    }
}

/// Endings of names in the net that a message could hold; more would find abbreviations.
const ENDINGS: [&str; 16] = [
    "com", "mx", "net", "org", "io", "dev", "local", "internal", "corp", "lan", "cloud", "app",
    "example", "svc", "aws", "invalid",
];

fn addresses(house: &House, channel: &ChannelRules, field: &FieldText, add: &mut Add<'_>) {
    let text = &field.text;
    let mut from = 0;
    while let Some(tail) = text.get(from..).filter(|t| !t.is_empty()) {
        let Some(start) = tail.find(|c: char| c.is_ascii_alphanumeric()).map(|i| from + i) else {
            return;
        };
        let rest = text.get(start..).unwrap_or_default();
        let is_part = |c: char| {
            c.is_ascii_alphanumeric()
                || matches!(
                    c,
                    '.' | '-' | '_' | ':' | '/' | '@' | '?' | '=' | '&' | '%' | '#' | '~' | '+'
                )
        };
        let length = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let token =
            rest.get(..length).unwrap_or_default().trim_end_matches(['.', ':', '/', '-', '?']);
        from = start + length.max(1);
        let part = start..start + token.len();
        let scheme = token.find("://");
        let host = scheme.map_or(token, |i| token.get(i + 3..).unwrap_or_default());
        let mail = host.contains('@');
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default().to_lowercase();
        let own = house
            .domains
            .iter()
            .any(|d| host == *d || host.strip_suffix(d.as_str()).is_some_and(|h| h.ends_with('.')));
        let is_number = is_address(&host);
        let labels: Vec<&str> = host.split('.').collect();
        let named = labels.len() >= 2
            && labels.iter().all(|l| !l.is_empty())
            && labels.last().is_some_and(|l| ENDINGS.contains(l))
            && labels.iter().any(|l| l.chars().any(char::is_alphabetic));
        if scheme.is_none() && !named && !is_number {
            continue;
        }
        if channel.customers_read && !channel.links && !mail {
            let help = "say where to look in words: false messages carry links".to_owned();
            let message = format!("a link in {}, which carries none", channel.id);
            add(Fault::ForbiddenLink, part, message, Some(help));
        } else if !own && (channel.customers_read || is_number || is_inner(&labels)) {
            let help = match house.domains.as_slice() {
                [] => "take it out".to_owned(),
                some => {
                    format!("take it out, or use one of the company's own: {}", some.join(", "))
                }
            };
            let message = format!("`{host}` is no address of the company");
            add(Fault::Hostname, part, message, Some(help));
        }
    }
}

/// Whether a name is one of the inner net.
fn is_inner(labels: &[&str]) -> bool {
    let last = labels.last().copied().unwrap_or_default();
    matches!(last, "local" | "internal" | "corp" | "lan" | "svc")
}

/// Whether a word is an IPv4 address.
fn is_address(host: &str) -> bool {
    let parts: Vec<&str> = host.split('.').collect();
    parts.len() == 4
        && parts.iter().all(|p| p.parse::<u8>().is_ok() && !p.is_empty())
        && !host.starts_with('0')
}

/// Verbs that ask, and what nobody asks for.
const ASKS: [&str; 18] = [
    "envíanos",
    "mándanos",
    "compártenos",
    "responde con",
    "contesta con",
    "proporciónanos",
    "proporcione",
    "envíe",
    "comparta",
    "ingresa en este enlace",
    "confírmanos",
    "dinos",
    "send us",
    "reply with",
    "share your",
    "confirm your",
    "tell us your",
    "provide your",
];
const SECRETS: [&str; 15] = [
    "contraseña",
    "nip",
    "cvv",
    "código de seguridad",
    "token",
    "clave dinámica",
    "password",
    "pin",
    "security code",
    "one-time code",
    "código que recib",
    "número de tarjeta",
    "card number",
    "código sms",
    "códigos",
];

fn credentials(field: &FieldText, folded: &Folded, add: &mut Add<'_>) {
    let text = &field.text;
    for ask in ASKS {
        for part in folded.find(ask) {
            let before = text.get(..part.start).unwrap_or_default();
            let sentence = before.rfind(['.', '!', '?', '\n']).map_or(0, |i| i + 1);
            let negated = Folded::new(before.get(sentence..).unwrap_or_default());
            let never = ["nunca", "no", "never", "not", "don't"];
            if never.iter().any(|word| !negated.find(word).is_empty()) {
                continue;
            }
            let rest = text.get(part.end..).unwrap_or_default();
            let end = rest.find(['.', '!', '?', '\n']).unwrap_or(rest.len());
            let asked = Folded::new(rest.get(..end).unwrap_or_default());
            if SECRETS.iter().any(|secret| !asked.find(secret).is_empty()) {
                let help = "nobody of the company ever asks for it; false messages do".to_owned();
                let whole = part.start..part.end + end;
                let message = "the reader is asked for a secret".to_owned();
                add(Fault::CredentialsAsked, whole, message, Some(help));
            }
        }
    }
}
