//! Holding statements: words approved in daylight for the first minutes of an incident at night.

use chrono::NaiveDate;

use super::{MessageFile, Stage};
use crate::diag::TextRange;
use crate::incident::{HarmKind, Severity};

/// The facts that may stand in a gap of a holding statement: `{started}`.
pub const SLOTS: [&str; 4] = ["service", "started", "restored", "next_update"];

/// A text that goes out as it is, but for its gaps (`standards/holding.toml`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// What people call it.
    pub id: String,
    /// Through what it goes.
    pub channel: String,
    /// At which point of an incident.
    pub stage: Stage,
    /// In which language.
    pub locale: String,
    /// Levels at which it may stand; any where none is named.
    pub severities: Vec<Severity>,
    /// Harm that an incident may have done; none where none is named.
    pub harms: Vec<HarmKind>,
    /// What its readers see, field by field, with gaps; the body last.
    pub fields: Vec<(String, String)>,
    /// Who wrote it.
    pub author: String,
    /// The last day before somebody has to read it again.
    pub review_by: NaiveDate,
    /// Who stands for it.
    pub approved: Option<ByDay>,
    /// Where it stands in its file.
    pub range: TextRange,
}

/// The approval of a holding statement, as its file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByDay {
    /// Who.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// The SHA-256 of [`Holding::document`].
    pub sha256: String,
    /// An SSH signature over what it claims, without its armour.
    pub signature: Option<String>,
}

impl Holding {
    /// What is approved: the words, and everything that says where they may stand.
    pub fn document(&self) -> String {
        let named = |words: Vec<&str>, none: &str| {
            if words.is_empty() { none.to_owned() } else { words.join(", ") }
        };
        let severities = named(self.severities.iter().map(|s| s.as_str()).collect(), "any");
        let harms = named(self.harms.iter().map(|h| h.as_str()).collect(), "none");
        let mut text = format!(
            "channel: {}\nstage: {}\nlocale: {}\nseverity: {severities}\nharm: {harms}\nauthor: {}\nreview_by: {}\n",
            self.channel, self.stage, self.locale, self.author, self.review_by
        );
        for (name, words) in &self.fields {
            text.push_str(&format!("{name}:\n{words}\n"));
        }
        text
    }

    /// Whether it may stand in an incident of this level that did this harm.
    pub fn fits(&self, level: Option<Severity>, harms: &[HarmKind]) -> bool {
        let severe = self.severities.is_empty()
            || level.is_some_and(|level| self.severities.contains(&level));
        severe && harms.iter().all(|harm| self.harms.contains(harm))
    }

    /// The fields with their gaps filled.
    ///
    /// # Errors
    ///
    /// The name of the first gap for which there is no fact.
    pub fn filled(
        &self,
        fact: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Vec<(String, String)>, &str> {
        let fill = |(name, words): &'_ (String, String)| Some((name.clone(), fill(words, fact)?));
        let lacks = |slot: &&str| fact(slot).is_none();
        let mut slots = self.fields.iter().flat_map(|(_, words)| slots(words));
        if let Some(slot) = slots.find(lacks) {
            return Err(slot);
        }
        Ok(self.fields.iter().filter_map(fill).collect())
    }

    /// Whether a message says exactly this, with these facts in the gaps.
    pub fn is_said_by(
        &self,
        message: &MessageFile<'_>,
        fact: &dyn Fn(&str) -> Option<String>,
    ) -> bool {
        let Ok(fields) = self.filled(fact) else { return false };
        message.channel == self.channel
            && message.locale == self.locale
            && message.stage == self.stage.as_str()
            && fields.len() == message.fields.len()
            && fields
                .iter()
                .all(|(name, words)| message.field(name).is_some_and(|field| field.text == *words))
    }
}

/// The names of the gaps of a text, in their order.
pub fn slots(words: &str) -> impl Iterator<Item = &str> {
    words.split('{').skip(1).map(|part| part.split_once('}').map_or(part, |(name, _)| name))
}

fn fill(words: &str, fact: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut parts = words.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}')?;
        text.push_str(&fact(name)?);
        text.push_str(rest);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::communication::read_message;
    use crate::diag::Source;

    fn holding() -> Holding {
        Holding {
            id: "h".into(),
            channel: "push".into(),
            stage: Stage::Initial,
            locale: "en".into(),
            severities: vec![Severity::Sev1],
            harms: Vec::new(),
            fields: vec![
                ("title".into(), "Trouble with {service}".into()),
                ("body".into(), "Since {started}. We are on it.".into()),
            ],
            author: "ana".into(),
            review_by: NaiveDate::MAX,
            approved: None,
            range: TextRange::new(0, 0),
        }
    }

    fn fact(name: &str) -> Option<String> {
        match name {
            "service" => Some("cards".into()),
            "started" => Some("3:02 a.m.".into()),
            _ => None,
        }
    }

    #[test]
    fn one_changed_character_is_another_text() {
        let holding = holding();
        let text = |body: &str| {
            format!(
                "---\nstage: initial\nchannel: push\nlocale: en\ntitle: Trouble with cards\n---\n\n{body}\n"
            )
        };
        let said = |text: &str| {
            holding.is_said_by(&read_message(Source::new("m.md", text)).unwrap(), &fact)
        };
        assert!(said(&text("Since 3:02 a.m.. We are on it.")));
        assert!(!said(&text("Since 3:02 a.m.. We are on it!")));
        assert!(!said(&text("Since 3:03 a.m.. We are on it.")));
        let more = text("Since 3:02 a.m.. We are on it.").replace("title:", "link: x\ntitle:");
        assert!(!said(&more));
    }

    #[test]
    fn a_gap_without_its_fact_is_named() {
        let mut holding = holding();
        holding.fields.push(("more".into(), "Back at {restored}".into()));
        assert_eq!(holding.filled(&fact), Err("restored"));
    }

    #[test]
    fn it_stands_only_where_it_says() {
        let mut holding = holding();
        assert!(holding.fits(Some(Severity::Sev1), &[]));
        assert!(!holding.fits(Some(Severity::Sev2), &[]));
        assert!(!holding.fits(None, &[]));
        assert!(!holding.fits(Some(Severity::Sev1), &[HarmKind::Declined]));
        let before = holding.document();
        holding.harms.push(HarmKind::Declined);
        assert!(holding.fits(Some(Severity::Sev1), &[HarmKind::Declined]));
        assert_ne!(before, holding.document());
    }
}
