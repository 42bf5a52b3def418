/// A text in several languages, such as a service's name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words(Vec<(String, String)>);

impl Words {
    /// Adds the text of a locale; a second one for the same locale replaces the first.
    pub fn add(&mut self, locale: impl Into<String>, text: impl Into<String>) {
        let (locale, text) = (locale.into(), text.into());
        match self.0.iter_mut().find(|(l, _)| *l == locale) {
            Some(entry) => entry.1 = text,
            None => self.0.push((locale, text)),
        }
    }

    /// The text in a locale, else in its language, else in the first locale written.
    ///
    /// `es-MX.usted` falls back to `es-MX`, then to any Spanish.
    pub fn get(&self, locale: &str) -> &str {
        let exact = |wanted: &str| self.0.iter().find(|(l, _)| l == wanted);
        let language = |l: &str| l.split(['-', '.', '_']).next().unwrap_or_default().to_owned();
        let plain = locale.split('.').next().unwrap_or_default();
        exact(locale)
            .or_else(|| exact(plain))
            .or_else(|| self.0.iter().find(|(l, _)| language(l) == language(locale)))
            .or_else(|| self.0.first())
            .map_or("", |(_, text)| text)
    }

    /// Whether the locale itself has a text.
    pub fn has(&self, locale: &str) -> bool {
        self.0.iter().any(|(l, _)| l == locale)
    }

    /// Every locale with its text, as written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(locale, text)| (locale.as_str(), text.as_str()))
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn falls_back_to_the_language_and_then_to_the_first() {
        let mut words = Words::default();
        words.add("es-MX", "Saldo");
        words.add("en", "Balance");
        assert_eq!(words.get("es-MX.usted"), "Saldo");
        assert_eq!(words.get("es-AR"), "Saldo");
        assert_eq!(words.get("en-GB"), "Balance");
        assert_eq!(words.get("pt-BR"), "Saldo");
        assert_eq!(Words::default().get("en"), "");
    }
}
