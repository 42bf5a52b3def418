//! A text as terms.

/// Terms of a text with their weights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms(pub(super) Vec<(String, u8)>);

/// Words that every text has, in Spanish and English, as [`words`] leaves them.
const COMMON: &[&str] = &[
    "and",
    "are",
    "but",
    "con",
    "del",
    "desde",
    "donde",
    "for",
    "from",
    "had",
    "has",
    "have",
    "her",
    "hubo",
    "into",
    "las",
    "los",
    "mas",
    "not",
    "para",
    "pero",
    "por",
    "que",
    "sin",
    "sobre",
    "some",
    "son",
    "than",
    "that",
    "the",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thi",
    "una",
    "uno",
    "was",
    "were",
    "when",
    "which",
    "while",
    "will",
    "with",
    "you",
    "our",
    "their",
    "been",
    "being",
    "its",
    "can",
    "did",
    "does",
    "todo",
    "toda",
    "este",
    "esta",
    "fue",
    "hay",
    "ser",
    "como",
    "entre",
    "muy",
    "incident",
    "incidente",
    "issue",
    "problema",
    "problem",
];

impl Terms {
    /// Adds the words of a text.
    #[must_use]
    pub fn text(mut self, text: &str, weight: u8) -> Terms {
        self.0.extend(words(text).map(|word| (word, weight)));
        self
    }

    /// Adds a term that is no word: a service, a cause.
    #[must_use]
    pub fn term(mut self, kind: &str, name: &str, weight: u8) -> Terms {
        self.0.push((format!("{kind}:{}", name.to_lowercase()), weight));
        self
    }

    /// Adds several of a kind.
    #[must_use]
    pub fn terms<'a>(
        self,
        kind: &str,
        names: impl IntoIterator<Item = &'a str>,
        weight: u8,
    ) -> Terms {
        names.into_iter().fold(self, |terms, name| terms.term(kind, name, weight))
    }
}

/// The words of a text that tell something about it.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let all = text.split(|c: char| !c.is_alphanumeric());
    let found =
        all.map(|word| word.chars().flat_map(char::to_lowercase).map(plain).collect::<String>());
    found.map(singular).filter(|word| {
        // Numbers are moments and counts: two incidents with one are not alike for that.
        let named = word.chars().any(char::is_alphabetic);
        named && word.chars().count() > 2 && !COMMON.contains(&word.as_str())
    })
}

fn plain(letter: char) -> char {
    match letter {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        other => other,
    }
}

/// A word without the ending of its plural, as far as a rule can say.
fn singular(word: String) -> String {
    let long = word.chars().count() > 4;
    if long && word.ends_with("ies") {
        return format!("{}y", word.trim_end_matches("ies"));
    }
    let double = word.ends_with("ss") || word.ends_with("us") || word.ends_with("is");
    match word.strip_suffix('s') {
        Some(stem) if !double && word.chars().count() > 3 => stem.to_owned(),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lose_accents_plurals_and_what_every_text_has() {
        let found = |text: &str| words(text).collect::<Vec<_>>().join(" ");
        assert_eq!(found("Las tarjetas están rechazadas"), "tarjeta estan rechazada");
        assert_eq!(found("The queries of the DNS are slow at 10:05"), "query dns slow");
        assert_eq!(found("status access"), "status access");
        assert_eq!(found("12 345 — !"), "");
    }
}
