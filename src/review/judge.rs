//! What is wrong with a review: sections that are owed, words that blame, figures that contradict.

use chrono_tz::Tz;

use super::document::{Document, folded};
use super::figures::contradictions;
use super::language::{Blames, Tone};
use crate::diag::TextRange;
use crate::incident::{Action, Record};
use crate::sensitive;
use crate::units::{Instant, Span};

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// A section that is owed and not there.
    SectionMissing,
    /// A section that is owed and holds nothing, or the template's prompt.
    SectionEmpty,
    /// Words that blame, or know it all afterwards.
    Blameful,
    /// A figure that the record contradicts.
    Figure,
    /// Nothing says what customers went through.
    NoImpact,
    /// A card number, an account, a personal id, a secret.
    PersonalData,
}

impl Flaw {
    /// The code of its check.
    pub fn code(self) -> &'static str {
        match self {
            Flaw::SectionMissing => "review-section-missing",
            Flaw::SectionEmpty => "review-section-empty",
            Flaw::Blameful => "blameful",
            Flaw::Figure => "review-figure",
            Flaw::NoImpact => "no-impact-statement",
            Flaw::PersonalData => "sensitive-text",
        }
    }
}

/// One thing that is wrong with a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub flaw: Flaw,
    /// Where in the file.
    pub range: TextRange,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to write, or to ask.
    pub help: Option<String>,
    /// The rule of the standard that asks for it.
    pub clause: Option<String>,
}

/// A section as the company names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SectionName {
    /// Its id.
    pub id: String,
    /// Its heading, by locale.
    pub titles: Vec<(String, String)>,
    /// Other headings that mean it.
    pub also: Vec<String>,
    /// The computed block that belongs to it.
    pub block: Option<String>,
    /// Who reads it besides the company: `customers`, `leadership`.
    pub audiences: Vec<String>,
}

impl SectionName {
    fn title(&self, locale: &str) -> &str {
        let language = |l: &str| l.split('-').next().unwrap_or_default().to_owned();
        let exact = self.titles.iter().find(|(l, _)| l == locale);
        let near = || self.titles.iter().find(|(l, _)| language(l) == language(locale));
        exact.or_else(near).or(self.titles.first()).map_or(&self.id, |(_, title)| title)
    }

    pub(super) fn is(&self, title: &str, blocks: &[String]) -> bool {
        let wanted = bare(title);
        self.block.as_ref().is_some_and(|block| blocks.contains(block))
            || self.titles.iter().map(|(_, t)| t).chain(&self.also).any(|t| bare(t) == wanted)
    }
}

/// A heading without marks, numbers before it and brackets after it.
fn bare(title: &str) -> String {
    let title = folded(title);
    let title = title.split(" (").next().unwrap_or_default();
    let title =
        title.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | ' '));
    title
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == ' ')
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// What a company says of its reviews.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Words to look for.
    pub tone: Tone,
    /// Sections by id.
    pub sections: Vec<SectionName>,
    /// People, whose names are no cause.
    pub people: Vec<String>,
    /// Words for customers: where a review of nothing else speaks of them.
    pub customers: Vec<String>,
}

/// A section that one review owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionOwed {
    /// Its id.
    pub section: String,
    /// Why.
    pub why: Option<String>,
    /// The rule: `standards/review.toml#timeline`.
    pub clause: String,
}

/// What one incident's review owes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owed {
    /// Sections, in the order of the table.
    pub sections: Vec<SectionOwed>,
    /// The longest silence of the timeline while customers felt it.
    pub gap: Option<Span>,
}

/// The section about customers.
const IMPACT: &str = "impact";

/// Words that hold a place and say nothing.
const HOLDERS: &[&str] =
    &["tbd", "todo", "tbc", "pendiente", "por definir", "to be done", "wip", "xxx"];

impl Rules {
    /// Everything that is wrong with a review's text by itself: words, personal data, no customer.
    pub fn read_text(&self, document: &Document<'_>, record: Option<&Record>) -> Vec<Finding> {
        let mut names = self.people.clone();
        if let Some(record) = record {
            names.extend(record.roles.iter().map(|r| r.person.clone()));
            names.extend(record.timeline.iter().filter_map(|e| e.by.clone()));
        }
        let locale = document.locale.as_deref().unwrap_or("en");
        let mut found: Vec<Finding> = self
            .tone
            .look(document, &names)
            .into_iter()
            .map(|said| {
                let words =
                    document.source.text.get(said.range.start..said.range.end).unwrap_or_default();
                let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
                let what = match said.saying.does {
                    Blames::Person => "makes a person the cause",
                    Blames::Hindsight => "judges by what was known later",
                    Blames::Exhortation => "asks people to be better",
                    Blames::Wording => "says more or less than happened",
                };
                Finding {
                    flaw: Flaw::Blameful,
                    range: said.range,
                    message: format!("`{words}` {what}"),
                    help: by_locale(&said.saying.ask, locale).map(str::to_owned),
                    clause: Some(format!("standards/blameless.toml#{}", said.saying.id)),
                }
            })
            .collect();
        found.extend(sensitive::find(document.source.text).into_iter().map(|hit| Finding {
            flaw: Flaw::PersonalData,
            range: hit.range,
            message: format!("{} in a review", hit.kind),
            help: Some("take it out; the last four figures are enough to know it again".to_owned()),
            clause: None,
        }));
        found
    }

    /// A review that nobody's record belongs to: does it say anywhere what customers went through?
    pub fn speaks_of_customers(&self, document: &Document<'_>) -> bool {
        let named = self.sections.iter().find(|s| s.id == IMPACT);
        let heading =
            |s: &&super::document::Section| named.is_some_and(|n| n.is(&s.title, &s.blocks));
        document
            .sections
            .iter()
            .filter(heading)
            .any(|s| s.written || s.computed || self.below(document, s))
            || document.words.iter().any(|w| self.customers.contains(&w.folded))
    }

    /// The finding of a review that [`Rules::speaks_of_customers`] denies.
    pub fn without_customers(&self) -> Finding {
        Finding {
            flaw: Flaw::NoImpact,
            range: TextRange::new(0, 0),
            message: "nothing says what customers went through".to_owned(),
            help: Some("who could not do what, how many, and for how long".to_owned()),
            clause: None,
        }
    }

    /// Whether something is written below a heading's own lower headings.
    fn below(&self, document: &Document<'_>, section: &super::document::Section) -> bool {
        let after = document.sections.iter().skip_while(|s| s.heading != section.heading).skip(1);
        after.take_while(|s| s.level > section.level).any(|s| s.written || s.computed)
    }

    /// Everything that is wrong with the review of a record.
    pub fn judge(
        &self,
        document: &Document<'_>,
        record: &Record,
        owed: &Owed,
        zone: Tz,
        now: Instant,
    ) -> Vec<Finding> {
        let mut found = self.read_text(document, Some(record));
        found.extend(self.missing(document, owed));
        found.extend(self.empty(document, owed));
        found.extend(contradictions(document, record, zone, now).into_iter().map(|c| Finding {
            flaw: Flaw::Figure,
            range: c.range,
            message: format!("`{}`, and the record says {}", c.said, c.known),
            help: Some(format!("one of the two is wrong: the text, or {} of the record", c.field)),
            clause: None,
        }));
        found.extend(self.no_impact(document, record, owed));
        found.sort_by_key(|f| (f.range.start, f.flaw));
        found
    }

    fn named<'s>(&'s self, owed: &SectionOwed) -> Option<&'s SectionName> {
        self.sections.iter().find(|s| s.id == owed.section)
    }

    fn missing(&self, document: &Document<'_>, owed: &Owed) -> Vec<Finding> {
        let locale = document.locale.as_deref().unwrap_or("en");
        let end = document.source.text.trim_end().len();
        let place = TextRange::new(end, end);
        let lacks = owed.sections.iter().filter_map(|owed| {
            let name = self.named(owed)?;
            let there = document.sections.iter().any(|s| name.is(&s.title, &s.blocks));
            (!there).then(|| Finding {
                flaw: Flaw::SectionMissing,
                range: place,
                message: format!("the section `{}` is missing", name.title(locale)),
                help: Some(match &owed.why {
                    Some(why) => format!("add `## {}`: {why}", name.title(locale)),
                    None => format!("add `## {}`", name.title(locale)),
                }),
                clause: Some(owed.clause.clone()),
            })
        });
        lacks.collect()
    }

    /// All empty sections in one finding: a review that was drafted today is no list of faults.
    fn empty(&self, document: &Document<'_>, owed: &Owed) -> Option<Finding> {
        let mut empty: Vec<(&str, TextRange)> = Vec::new();
        for name in owed.sections.iter().filter_map(|owed| self.named(owed)) {
            let Some(section) = document.sections.iter().find(|s| name.is(&s.title, &s.blocks))
            else {
                continue;
            };
            let says = (section.written && !self.holds_a_place(document, section))
                || (section.computed && section.prompt.is_none())
                || self.below(document, section);
            if !says {
                empty.push((section.title.as_str(), section.prompt.unwrap_or(section.heading)));
            }
        }
        empty.sort_by_key(|(_, place)| place.start);
        let (_, first) = empty.first()?;
        let names: Vec<&str> = empty.iter().map(|(title, _)| *title).collect();
        let message = match names.as_slice() {
            [one] => format!("the section `{one}` says nothing yet"),
            many => format!("{} sections say nothing yet: {}", many.len(), many.join(", ")),
        };
        Some(Finding {
            flaw: Flaw::SectionEmpty,
            range: *first,
            message,
            help: Some(
                "answer the prompt below the heading, or say that there is nothing to say"
                    .to_owned(),
            ),
            clause: None,
        })
    }

    fn holds_a_place(&self, document: &Document<'_>, section: &super::document::Section) -> bool {
        let body = folded(document.source.text.get(section.body.clone()).unwrap_or_default());
        let plain: String = strip_comments(&body);
        let plain = plain.trim_matches(|c: char| !c.is_alphanumeric());
        HOLDERS.contains(&plain)
    }

    fn no_impact(&self, document: &Document<'_>, record: &Record, owed: &Owed) -> Option<Finding> {
        if !owed.sections.iter().any(|s| s.section == IMPACT) {
            return None;
        }
        let impact = record.impact.as_ref();
        let figures = impact.is_some_and(|i| {
            i.customers.as_ref().is_some_and(|c| c.affected.is_some())
                || i.summary.as_ref().is_some_and(|s| !s.trim().is_empty())
                || !i.clients.is_empty()
                || i.harm.iter().any(|h| h.customers.is_some())
                || i.merchants.as_ref().is_some_and(|m| m.affected.is_some())
        });
        let name = self.sections.iter().find(|s| s.id == IMPACT)?;
        let section = document.sections.iter().find(|s| name.is(&s.title, &s.blocks));
        let written = section.is_some_and(|s| s.written || self.below(document, s));
        if figures || written {
            return None;
        }
        Some(Finding {
            flaw: Flaw::NoImpact,
            range: section.map_or(TextRange::new(0, 0), |s| s.heading),
            message: "nothing says what customers went through".to_owned(),
            help: Some(format!(
                "write it under the heading, or give the figures: inc update {} --affected N --tried N",
                record.id.suffix()
            )),
            clause: None,
        })
    }

    /// The first of a record's follow-ups, where all that are not dropped only ask people to be better.
    pub fn only_exhortations<'r>(&self, record: &'r Record) -> Option<(usize, &'r Action)> {
        let kept: Vec<(usize, &Action)> =
            record.actions.iter().enumerate().filter(|(_, a)| a.dropped.is_none()).collect();
        let all = kept.iter().all(|(_, a)| self.tone.says(&a.title, Blames::Exhortation));
        kept.first().copied().filter(|_| all)
    }
}

/// The first silence of a record's timeline that is longer than `most` while customers felt it, with
/// the place of the entry that ends it; times are those between first impact and last restore.
pub fn timeline_gap(record: &Record, most: Span) -> Option<(Option<usize>, Instant, Span)> {
    let times = record.clocks();
    let (from, to) = (times.detected.max(times.impact_started)?, times.restored?);
    let mut entries: Vec<(Instant, Option<usize>)> = record
        .timeline
        .iter()
        .enumerate()
        .map(|(place, entry)| (entry.at, Some(place)))
        .filter(|(at, _)| *at > from && *at < to)
        .collect();
    entries.sort_by_key(|(at, _)| *at);
    entries.push((to, None));
    let mut last = from;
    for (at, place) in entries {
        let silent = at.since(last);
        if silent > most {
            return Some((place, last, silent));
        }
        last = at;
    }
    None
}

fn by_locale<'a>(words: &'a [(String, String)], locale: &str) -> Option<&'a str> {
    let language = |l: &str| l.split('-').next().unwrap_or_default().to_owned();
    let exact = words.iter().find(|(l, _)| l == locale);
    let near = || words.iter().find(|(l, _)| language(l) == language(locale));
    exact.or_else(near).or(words.first()).map(|(_, text)| text.as_str())
}

fn strip_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("<!--") {
        out.push_str(rest.get(..start).unwrap_or_default());
        let tail = rest.get(start..).unwrap_or_default();
        rest = tail.find("-->").and_then(|end| tail.get(end + 3..)).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
