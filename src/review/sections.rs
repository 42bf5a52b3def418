//! A document cut to the sections that are wanted.

use super::document::Document;
use super::judge::{Owed, Rules, SectionName};
use crate::diag::Source;

impl Rules {
    /// The section that a heading or its blocks mean.
    pub(super) fn named_by(&self, title: &str, blocks: &[String]) -> Option<&SectionName> {
        self.sections.iter().find(|s| s.is(title, blocks))
    }

    /// A fresh draft without the sections that this review does not owe; sections that the company
    /// does not know stay. Where nothing is owed by name, all stay.
    pub fn only_owed(&self, text: &str, owed: &Owed) -> String {
        if owed.sections.is_empty() {
            return text.to_owned();
        }
        self.cut(text, |id| owed.sections.iter().any(|s| s.section == id))
    }

    /// The document without the known sections that are not wanted, and what stands below them.
    fn cut(&self, text: &str, wanted: impl Fn(&str) -> bool) -> String {
        let document = Document::read(Source::new("review", text));
        let first = document.sections.first();
        let mut out = String::with_capacity(text.len());
        let start = document.sections.get(1).map_or(text.len(), |s| s.heading.start);
        out.push_str(text.get(..start).unwrap_or_default());
        let mut dropped: Option<usize> = None;
        for section in document.sections.iter().skip(usize::from(first.is_some())) {
            if dropped.is_some_and(|level| section.level > level) {
                continue;
            }
            dropped = None;
            let known = self.named_by(&section.title, &section.blocks);
            if section.level > 1 && known.is_some_and(|known| !wanted(&known.id)) {
                dropped = Some(section.level);
                continue;
            }
            out.push_str(text.get(section.heading.start..section.body.end).unwrap_or_default());
        }
        out
    }

    /// The document as an audience reads it: without front matter, markers and prompts, and for
    /// others than ourselves with the sections alone that are theirs; what customers read has no
    /// computed block, for those are made for us.
    pub fn published(&self, text: &str, audience: Audience) -> String {
        let body = crate::communication::front_matter(text).map_or(text, |(_, body)| body);
        let cut = match audience {
            Audience::Internal => body.to_owned(),
            Audience::Leadership | Audience::Customers => {
                let name = audience.as_str();
                let theirs = |id: &str| {
                    let named = self.sections.iter().find(|s| s.id == id);
                    named.is_some_and(|s| s.audiences.iter().any(|a| a == name))
                };
                self.theirs(body, theirs)
            }
        };
        plain(&cut, audience != Audience::Customers)
    }

    /// As [`Rules::cut`]; sections that the company does not know are dropped too.
    fn theirs(&self, text: &str, wanted: impl Fn(&str) -> bool) -> String {
        let document = Document::read(Source::new("review", text));
        let mut out = String::with_capacity(text.len());
        let mut kept: Option<usize> = None;
        for section in document.sections.iter().skip(1) {
            if kept.is_some_and(|level| section.level <= level) {
                kept = None;
            }
            let known = self.named_by(&section.title, &section.blocks);
            if known.is_some_and(|known| wanted(&known.id)) {
                kept = Some(kept.map_or(section.level, |level| level.min(section.level)));
            } else if known.is_some() {
                kept = None;
            }
            if kept.is_some() {
                out.push_str(text.get(section.heading.start..section.body.end).unwrap_or_default());
            }
        }
        out
    }
}

/// Whom a review is published for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody of the company.
    Internal,
    /// Those who answer for the company.
    Leadership,
    /// Customers, and with them everybody.
    Customers,
}

impl Audience {
    /// The word in data.
    pub fn as_str(self) -> &'static str {
        match self {
            Audience::Internal => "internal",
            Audience::Leadership => "leadership",
            Audience::Customers => "customers",
        }
    }
}

/// Without comments and markers; without what stands between the markers too, where that is for us.
fn plain(text: &str, computed: bool) -> String {
    let (mut out, mut block, mut comment, mut blank) = (String::new(), false, false, true);
    let mut fence = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if !comment && (trimmed.starts_with("```") || trimmed.starts_with("~~~")) {
            fence = !fence;
        }
        let mut kept = line.to_owned();
        if !fence {
            if let Some((_, closes)) = super::blocks::marker(line) {
                block = !closes;
                continue;
            }
            if block && !computed {
                continue;
            }
            let (rest, open) = uncommented(line, comment);
            let was_only_comment = rest.trim().is_empty() && !trimmed.is_empty();
            comment = open;
            if was_only_comment {
                continue;
            }
            kept = rest;
        }
        if kept.trim().is_empty() && !fence {
            if !blank {
                out.push('\n');
            }
            blank = true;
            continue;
        }
        blank = false;
        out.push_str(kept.trim_end());
        out.push('\n');
    }
    let out = without_empty_headings(&out);
    format!("{}\n", out.trim_end())
}

/// A line without comments, and whether one goes on after it.
fn uncommented(line: &str, mut inside: bool) -> (String, bool) {
    let (mut out, mut rest) = (String::with_capacity(line.len()), line);
    loop {
        if inside {
            match rest.split_once("-->") {
                Some((_, after)) => (rest, inside) = (after, false),
                None => return (out, true),
            }
        } else {
            match rest.split_once("<!--") {
                Some((before, after)) => {
                    out.push_str(before);
                    (rest, inside) = (after, true);
                }
                None => {
                    out.push_str(rest);
                    return (out, false);
                }
            }
        }
    }
}

/// A heading with nothing below it promises what is not there.
fn without_empty_headings(text: &str) -> String {
    let document = Document::read(Source::new("review", text));
    let mut out = String::with_capacity(text.len());
    let start = document.sections.get(1).map_or(text.len(), |s| s.heading.start);
    out.push_str(text.get(..start).unwrap_or_default());
    for (place, section) in document.sections.iter().enumerate().skip(1) {
        let body = text.get(section.body.clone()).unwrap_or_default();
        let next = document.sections.get(place + 1);
        let has_below = next.is_some_and(|next| next.level > section.level);
        if body.trim().is_empty() && !has_below {
            continue;
        }
        out.push_str(text.get(section.heading.start..section.body.end).unwrap_or_default());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::{SectionOwed, Tone};

    fn rules() -> Rules {
        let section =
            |id: &str, title: &str, block: Option<&str>, audiences: &[&str]| SectionName {
                id: id.into(),
                titles: vec![("en".into(), title.into())],
                also: vec![],
                block: block.map(str::to_owned),
                audiences: audiences.iter().map(|a| (*a).to_owned()).collect(),
            };
        Rules {
            tone: Tone::default(),
            sections: vec![
                section("summary", "Summary", None, &["customers", "leadership"]),
                section("roles", "Response", Some("roles"), &[]),
                section("impact", "Impact", Some("impact"), &["customers", "leadership"]),
            ],
            people: vec![],
            customers: vec![],
        }
    }

    const TEXT: &str = "---\nlocale: en\n---\n# Title\n\n<!-- inc:header -->\nSEV1\n<!-- /inc:header -->\n\n## Summary\n\n<!-- a prompt -->\n\nIt broke.\n\n## Response\n\n<!-- inc:roles -->\nana\n<!-- /inc:roles -->\n\n### More\n\nbo\n\n## Impact\n\n<!-- inc:impact -->\n| 7 |\n<!-- /inc:impact -->\n\nThey waited. <!-- x --> Long.\n\n## Empty\n\n<!-- prompt -->\n";

    #[test]
    fn each_audience_reads_its_own_part() {
        let rules = rules();
        assert_eq!(
            rules.published(TEXT, Audience::Customers),
            "## Summary\n\nIt broke.\n\n## Impact\n\nThey waited.  Long.\n"
        );
        let leadership = rules.published(TEXT, Audience::Leadership);
        assert!(leadership.contains("| 7 |") && !leadership.contains("ana"), "{leadership}");
        let internal = rules.published(TEXT, Audience::Internal);
        assert!(
            internal.contains("ana") && internal.contains("bo") && !internal.contains("prompt"),
            "{internal}"
        );
        assert!(!internal.contains("Empty"), "{internal}");
    }

    #[test]
    fn a_draft_has_the_sections_that_are_owed() {
        let owed = Owed {
            sections: vec![SectionOwed {
                section: "impact".into(),
                why: None,
                clause: String::new(),
            }],
            gap: None,
        };
        let cut = rules().only_owed(TEXT, &owed);
        assert!(
            cut.starts_with("---\nlocale: en\n---\n# Title\n") && cut.contains("## Impact"),
            "{cut}"
        );
        assert!(!cut.contains("## Summary") && !cut.contains("### More"), "{cut}");
        assert!(cut.contains("## Empty"), "{cut}");
        assert_eq!(rules().only_owed(TEXT, &Owed::default()), TEXT);
    }
}
