//! What a company says of its reviews: sections (`standards/sections.toml`), words that blame
//! (`standards/blameless.toml`), and what one review owes (tables `review-sections`, `review-gap`).

use super::reader::{Log, Section};
use super::{Policies, Standard};
use crate::decision::{FactSet, Value};
use crate::diag::Diagnostic;
use crate::review::{Blames, Owed, Pattern, Rules, Saying, SectionName, SectionOwed, Tone};

/// Most patterns of one saying, and words of one class.
const MOST: usize = 500;

pub(super) fn read_sections(mut file: Section<'_, '_>, log: &mut Log<'_>) -> Vec<SectionName> {
    let mut all = Vec::new();
    for (id, mut section) in file.sections(log, "sections") {
        let title = section.need_words(log, "title");
        let also = section.list(log, "also").into_iter().map(|item| item.text).collect();
        let block = section.text(log, "block");
        let mut audiences = Vec::new();
        for item in section.list(log, "audiences") {
            if !matches!(item.text.as_str(), "customers" | "leadership") {
                let what = format!("`{}` is no audience of a review", item.text);
                let finding = Diagnostic::error("wrong-value", what)
                    .did_you_mean(&item.text, ["customers", "leadership"]);
                log.add(finding, item.range);
                continue;
            }
            audiences.push(item.text);
        }
        section.finish(log);
        let titles = title.iter().map(|(l, t)| (l.to_owned(), t.to_owned())).collect();
        all.push(SectionName { id, titles, also, block, audiences });
    }
    file.finish(log);
    all
}

/// The words to look for, and those that mean customers.
pub(super) fn read_tone(mut file: Section<'_, '_>, log: &mut Log<'_>) -> (Tone, Vec<String>) {
    let mut tone = Tone::default();
    let customers = file.list(log, "customers").into_iter().map(|item| item.text).collect();
    for (name, mut class) in file.sections(log, "classes") {
        let words: Vec<String> =
            class.list(log, "words").into_iter().map(|item| item.text).take(MOST).collect();
        class.finish(log);
        tone.classes.insert(name, words);
    }
    for (id, mut say) in file.sections(log, "say") {
        let kinds = [
            ("person", Blames::Person),
            ("hindsight", Blames::Hindsight),
            ("exhortation", Blames::Exhortation),
            ("wording", Blames::Wording),
        ];
        let does = say.choice(log, "does", &kinds).unwrap_or(Blames::Person);
        let mut patterns = Vec::new();
        for item in say.list(log, "words").into_iter().take(MOST) {
            match Pattern::read(&item.text) {
                Ok(pattern) => {
                    for class in pattern.classes().filter(|c| !tone.classes.contains_key(*c)) {
                        let what = format!("no class is called `{class}`");
                        let known = tone.classes.keys().map(String::as_str);
                        log.add(
                            Diagnostic::error("wrong-value", what).did_you_mean(class, known),
                            item.range,
                        );
                    }
                    patterns.push(pattern);
                }
                Err(what) => log.add(
                    Diagnostic::error("wrong-value", what)
                        .help("the top of the file says how patterns are written"),
                    item.range,
                ),
            }
        }
        let ask = say.need_words(log, "ask");
        let why = say.text(log, "why");
        say.finish(log);
        let ask = ask.iter().map(|(l, t)| (l.to_owned(), t.to_owned())).collect();
        tone.sayings.push(Saying { id, does, patterns, ask, why });
    }
    file.finish(log);
    (tone, customers)
}

impl Standard {
    /// What this company says of its reviews.
    pub fn review_rules(&self) -> Rules {
        Rules {
            tone: self.tone.clone(),
            sections: self.sections.clone(),
            people: self.people.iter().map(|p| p.name.clone()).collect(),
            customers: self.customer_words.clone(),
        }
    }
}

impl Policies {
    /// What a review owes: sections, and how long its timeline may be silent.
    ///
    /// `facts` are those of [`Policies::decide`].
    pub fn review_owed(&self, facts: &FactSet) -> Owed {
        let text = |value: Option<&Option<Value>>| match value {
            Some(Some(Value::Text(text))) => Some(text.clone()),
            _ => None,
        };
        let mut sections: Vec<SectionOwed> = Vec::new();
        for (owed, _) in self.rules_held("review-sections", facts, |decision, rule| {
            let table = decision.table();
            Some(SectionOwed {
                section: text(rule.then.get(table.output("section")?))?,
                why: rule.why.clone(),
                clause: format!("{}#{}", table.file, rule.id),
            })
        }) {
            if !sections.iter().any(|s| s.section == owed.section) {
                sections.push(owed);
            }
        }
        let gaps = self.rules_held("review-gap", facts, |decision, rule| {
            match rule.then.get(decision.table().output("gap")?) {
                Some(Some(Value::Duration(span))) => Some(*span),
                _ => None,
            }
        });
        // Of the company's and a vertical's the shorter one.
        Owed { sections, gap: gaps.into_iter().map(|(gap, _)| gap).min() }
    }
}
