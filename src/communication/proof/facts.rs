//! What two languages of one message state: times, figures, money, links.

use super::{Fault, Finding};
use crate::communication::message::MessageFile;

/// Times, numbers, amounts, percentages and links that a text states, in one notation, sorted.
pub fn stated(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit() || c == 'h') {
        let before = rest.get(..start).and_then(|t| t.chars().next_back());
        rest = rest.get(start..).unwrap_or_default();
        if rest.starts_with("https://") || rest.starts_with("http://") {
            let end = rest.find(|c: char| c.is_whitespace() || c == ')').unwrap_or(rest.len());
            let link = rest.get(..end).unwrap_or_default().trim_end_matches(['.', ',']);
            found.push(link.to_owned());
            rest = rest.get(end..).unwrap_or_default();
            continue;
        }
        if rest.starts_with('h') || before.is_some_and(char::is_alphabetic) {
            // A letter of a word, or a figure that belongs to one: INC-2026, C7QK.
            let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            rest = rest.get(end.max(1)..).unwrap_or_default();
            continue;
        }
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | ':');
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let written = rest.get(..end).unwrap_or_default().trim_end_matches([',', '.', ':']);
        let after = rest.get(written.len()..).unwrap_or_default();
        // A figure inside a word, such as 7QK, states nothing.
        if after.chars().next().is_some_and(char::is_alphabetic) {
            rest = after
                .get(after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len())..)
                .unwrap_or_default();
            continue;
        }
        found.push(match written.split_once(':') {
            Some((hour, minute)) => {
                let marked: String = after
                    .chars()
                    .filter(|c| !matches!(c, ' ' | '.' | '\u{a0}' | '\u{202f}'))
                    .take(2)
                    .collect::<String>()
                    .to_lowercase();
                let half =
                    if matches!(marked.as_str(), "am" | "pm") { marked } else { String::new() };
                format!("{hour}:{minute}{half}")
            }
            None => {
                let percent = after.trim_start().starts_with('%');
                let money = before == Some('$');
                let number = written.replace(',', "");
                format!(
                    "{}{number}{}",
                    if money { "$" } else { "" },
                    if percent { "%" } else { "" }
                )
            }
        });
        rest = after;
    }
    found.sort();
    found.dedup();
    found
}

/// What one language of a message states and the other does not, as a finding on the second.
pub fn differences(first: &MessageFile<'_>, second: &MessageFile<'_>) -> Option<Finding> {
    let all = |message: &MessageFile<'_>| {
        let texts: Vec<&str> = message.fields.iter().map(|f| f.text.as_str()).collect();
        stated(&texts.join("\n"))
    };
    let (one, other) = (all(first), all(second));
    let missing = |from: &[String], other: &[String]| {
        from.iter().filter(|f| !other.contains(f)).cloned().collect::<Vec<_>>()
    };
    let (lacks, adds) = (missing(&one, &other), missing(&other, &one));
    if lacks.is_empty() && adds.is_empty() {
        return None;
    }
    let body = second.field("body").or_else(|| second.fields.first())?;
    let part = |what: &str, facts: &[String]| match facts {
        [] => None,
        some => Some(format!("{what} {}", some.join(", "))),
    };
    let said: Vec<String> =
        [part("lacks", &lacks), part("adds", &adds)].into_iter().flatten().collect();
    Some(Finding {
        fault: Fault::LocalesDiffer,
        range: body.range,
        message: format!("{} {}, against {}", second.locale, said.join(" and "), first.locale),
        help: Some("both languages state the same times, figures and links".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::stated;

    #[test]
    fn one_notation_for_two_languages() {
        let es = "Desde las 10:05 a. m., 12,840 de 51,360 clientes (25 %) y $1,234.50; el 20 de noviembre. https://estado.example/a.";
        let en = "Since 10:05 a.m., 12,840 of 51,360 customers (25%) and $1,234.50; on November 20. https://estado.example/a";
        assert_eq!(stated(es), stated(en));
        assert_eq!(
            stated(es),
            ["$1234.50", "10:05am", "12840", "20", "25%", "51360", "https://estado.example/a"]
        );
        assert!(stated("INC-20261121-7QKM, C7QK, SEV2, hola").iter().all(|f| f == "20261121"));
        assert_ne!(stated("10:05 a. m."), stated("10:05 p.m."));
    }
}
