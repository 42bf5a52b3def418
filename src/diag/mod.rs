//! What is wrong, where, and what to do about it.
//!
//! A [`Diagnostic`] is data: a code, a level, a message, a place in a text, and help. Reading
//! never stops at the first one; a [`Diagnostics`] collects all that a file has.

mod nearest;
mod source;

use std::fmt;

pub use nearest::nearest;
pub use source::{Place, Source, TextRange, harmless, is_odd};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Good to know.
    Note,
    /// Should be looked at; nothing is refused.
    Warning,
    /// The file, the request or the gate is refused.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        })
    }
}

/// Characters of a message; what is longer repeats a hostile text.
const LONGEST: usize = 2_000;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name, such as `unknown-key`; `inc explain CODE` tells more.
    pub code: String,
    /// How bad it is.
    pub level: Level,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// Where, if it is about a text.
    pub place: Option<Place>,
    /// What to do next.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error with a code and a message.
    pub fn error(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Level::Error, code, message)
    }

    /// A warning with a code and a message.
    pub fn warning(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Level::Warning, code, message)
    }

    /// A diagnostic of the level given.
    pub fn new(level: Level, code: impl Into<String>, message: impl Into<String>) -> Self {
        let mut message = message.into();
        if let Some((cut, _)) = message.char_indices().nth(LONGEST) {
            message.truncate(cut);
            message.push('…');
        }
        Diagnostic { code: code.into(), level, message, place: None, help: None }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says which known name is nearest to `typed`, if one is near.
    #[must_use]
    pub fn did_you_mean<'a>(self, typed: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(typed, known) {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.level, self.code, lines(&self.message))?;
        let margin = self.place.as_ref().map_or(1, |p| p.line.to_string().len());
        if let Some(place) = &self.place {
            write!(f, "\n{:margin$}--> {place}", "")?;
            if let Some(text) = &place.text {
                let caret = " ".repeat(place.column.saturating_sub(1));
                let marks = "^".repeat(place.width.max(1));
                write!(
                    f,
                    "\n{:margin$} |\n{} | {text}\n{:margin$} | {caret}{marks}",
                    "", place.line, ""
                )?;
            }
        }
        if let Some(help) = &self.help {
            write!(f, "\n{:margin$} = help: {}", "", lines(help))?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

/// What git and hooks said may have lines; all else that moves a cursor is escaped.
fn lines(text: &str) -> String {
    text.split('\n').map(harmless).collect::<Vec<_>>().join("\n")
}

/// Everything that was found in one reading, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.level == Level::Error)
    }

    /// Puts them in the order of the text; those without a place come first.
    pub fn sort(&mut self) {
        self.0.sort_by_key(|d| d.place.as_ref().map(|p| (p.line, p.column)));
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics(vec![diagnostic])
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        self.0.extend(iter);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.0.iter().enumerate() {
            write!(f, "{}{diagnostic}", if i == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_repeats_hostile_text_is_short_and_harmless() {
        let long = Diagnostic::error("unknown-value", "x".repeat(8 << 20));
        assert_eq!(long.message.chars().count(), LONGEST + 1);
        let odd =
            Diagnostic::error("unknown-value", "unknown `a\u{1b}[2J\u{202e}b`\nline").to_string();
        assert_eq!(odd, "error[unknown-value]: unknown `a\\u{1b}[2J\\u{202e}b`\nline");
    }

    #[test]
    fn shows_the_line_and_what_to_do() {
        let source = Source::new("incident.yaml", "schema: 1\nstatsu: open\n");
        let shown = Diagnostic::error("unknown-key", "unknown key `statsu`")
            .at(source.place(TextRange::new(10, 16)))
            .did_you_mean("statsu", ["status", "title"])
            .to_string();
        assert_eq!(
            shown,
            "error[unknown-key]: unknown key `statsu`\n --> incident.yaml:2:1\n  |\n2 | statsu: open\n  | ^^^^^^\n  = help: did you mean `status`?"
        );
    }
}
