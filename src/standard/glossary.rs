use std::collections::HashMap;

use super::Words;
use super::reader::{Log, Section};
use crate::communication::proof::Fault;

/// The words for what records say (`standards/glossary.toml`).
#[derive(Debug, Clone, Default)]
pub struct Glossary {
    words: HashMap<String, Vec<(String, Words)>>,
    /// What the terms of the field mean, by term, in the order of the file.
    pub terms: Vec<(String, Words)>,
    /// What no message to customers says.
    pub avoid: Vec<Avoid>,
    /// Abbreviations that customers know.
    pub acronyms: Vec<String>,
}

/// Words that a message to customers does not use.
#[derive(Debug, Clone, PartialEq)]
pub struct Avoid {
    /// The words, in any case.
    pub words: Vec<String>,
    /// What to write in their place.
    pub instead: Words,
    /// Why.
    pub why: Option<String>,
    /// What kind of thing it is, as the check that finds it calls it.
    pub kind: Fault,
}

impl Glossary {
    /// The name of a field's value in a locale: `("status", "restored")`.
    ///
    /// A value without a name is its own.
    pub fn word<'g>(&'g self, field: &str, value: &'g str, locale: &str) -> &'g str {
        let words = self.words.get(field).and_then(|w| w.iter().find(|(v, _)| v == value));
        words.map_or(value, |(_, words)| words.get(locale))
    }

    /// Every value of a field that has a name, in the order of the file.
    pub fn values(&self, field: &str) -> impl Iterator<Item = (&str, &Words)> {
        self.words.get(field).into_iter().flatten().map(|(value, words)| (value.as_str(), words))
    }

    /// The fields whose values have names.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields: Vec<&str> = self.words.keys().map(String::as_str).collect();
        fields.sort_unstable();
        fields
    }
}

pub(super) fn read(mut file: Section<'_, '_>, log: &mut Log<'_>) -> Glossary {
    let mut glossary = Glossary::default();
    for (field, section) in file.sections(log, "words") {
        let words = section.entries(log);
        let words = words.into_iter().map(|(value, section)| (value, section.into_words(log)));
        glossary.words.insert(field, words.collect());
    }
    for (term, section) in file.sections(log, "terms") {
        glossary.terms.push((term, section.into_words(log)));
    }
    for mut section in file.array(log, "avoid") {
        glossary.avoid.push(Avoid {
            words: section.list(log, "words").into_iter().map(|item| item.text).collect(),
            instead: section.words(log, "instead").unwrap_or_default(),
            why: section.text(log, "why"),
            kind: section.choice(log, "kind", &KINDS).unwrap_or(Fault::Jargon),
        });
        section.finish(log);
    }
    if let Some(mut section) = file.table(log, "acronyms") {
        glossary.acronyms = section.list(log, "known").into_iter().map(|i| i.text).collect();
        section.finish(log);
    }
    file.finish(log);
    glossary
}

/// What `kind` may say of words to avoid.
const KINDS: [(&str, Fault); 5] = [
    ("internal-term", Fault::InternalTerm),
    ("blame", Fault::Blame),
    ("jargon", Fault::Jargon),
    ("vague-promise", Fault::VaguePromise),
    ("unsupported-claim", Fault::UnsupportedClaim),
];
