//! A text as terms.

/// Terms of a text with their weights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms(pub(super) Vec<(String, u8)>);

/// Words that every text has, in Spanish and English, as [`words`] leaves them; sorted.
const COMMON: &[&str] = &[
    "and",
    "are",
    "been",
    "being",
    "but",
    "can",
    "como",
    "con",
    "del",
    "desde",
    "did",
    "does",
    "donde",
    "entre",
    "esta",
    "este",
    "for",
    "from",
    "fue",
    "had",
    "has",
    "have",
    "hay",
    "her",
    "hubo",
    "incident",
    "incidente",
    "into",
    "issue",
    "its",
    "las",
    "los",
    "mas",
    "muy",
    "not",
    "our",
    "para",
    "pero",
    "por",
    "problem",
    "problema",
    "que",
    "ser",
    "sin",
    "sobre",
    "some",
    "son",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thi",
    "toda",
    "todo",
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

/// The words of a text that tell something about it. A link tells where to read, not what happened.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let pieces = without_links(text).flat_map(|piece| piece.split(|c: char| !c.is_alphanumeric()));
    pieces.filter(|word| word.len() > 2).map(lower).map(singular).filter(|word| {
        // Numbers are moments and counts: two incidents with one are not alike for that.
        let named = word.chars().any(char::is_alphabetic);
        let long = word.chars().nth(2).is_some();
        named && long && COMMON.binary_search(&word.as_str()).is_err()
    })
}

/// What stands around the links of a text.
fn without_links(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let here = rest?;
        let Some(at) = here.find("://") else {
            rest = None;
            return Some(here);
        };
        let (before, link) = here.split_at(at);
        let ends = |c: char| c.is_whitespace() || matches!(c, ')' | ']' | '>' | '"' | '`');
        rest = link.find(ends).map(|end| link.split_at(end).1);
        // `https` before it is no word of the text either.
        Some(before.trim_end_matches(|c: char| c.is_ascii_alphabetic()))
    })
}

fn lower(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    word.chars().flat_map(char::to_lowercase).map(plain).collect()
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
        assert!(COMMON.is_sorted());
    }

    #[test]
    fn a_link_tells_where_to_read_and_not_what_happened() {
        let found = |text: &str| words(text).collect::<Vec<_>>().join(" ");
        assert_eq!(
            found(
                "Disk full ([thread](https://a.example/x?utm_source=digital)) on nodes, https://b.example"
            ),
            "disk full thread node"
        );
        assert_eq!(found("https://a.example/only"), "");
        assert_eq!(found("://"), "");
    }
}
