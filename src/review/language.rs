//! Words that look for somebody to blame, or for what nobody knew then; and a better question.
//!
//! The words are the company's, as short patterns:
//!
//! | pattern | stands for |
//! |---|---|
//! | `word`, `a\|b` | this word, one of these; small letters, accents do not matter |
//! | `care*`, `*ed` | words that begin, or end, so |
//! | `{person}` | one of a class of words; `{name}` with a capital only |
//! | `the?` | this word or none |
//! | `..3` | none to three words |
//! | `!a\|b` | none of these words here; at the start: before it |

use std::collections::BTreeMap;

use super::document::{Document, Word, folded};
use crate::diag::TextRange;

/// What kind of thing words do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blames {
    /// They make a person the cause.
    Person,
    /// They hold what was done against what is known since.
    Hindsight,
    /// They ask people to be better, which changes nothing.
    Exhortation,
    /// They say more, or less, than happened.
    Wording,
}

/// Some words and what to ask in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    /// What it is called.
    pub id: String,
    /// What kind of thing it does.
    pub does: Blames,
    /// The patterns.
    pub patterns: Vec<Pattern>,
    /// The better question, by locale.
    pub ask: Vec<(String, String)>,
    /// Why the words do not help.
    pub why: Option<String>,
}

/// A pattern of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Word { any: Vec<Test>, optional: bool },
    Gap(usize),
    Not(Vec<Test>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Is(String),
    Begins(String),
    Ends(String),
    Class(String),
}

/// Parts of a pattern, and words of a gap, at most: what is looked for stays quick to look for.
const MOST_PARTS: usize = 16;
const WIDEST_GAP: usize = 30;

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// What cannot be read of it, and how it is written.
    pub fn read(text: &str) -> Result<Pattern, String> {
        let mut parts = Vec::new();
        for word in text.split_whitespace() {
            parts.push(part(word)?);
        }
        let words =
            parts.iter().filter(|p| matches!(p, Part::Word { optional: false, .. })).count();
        match parts.as_slice() {
            _ if words == 0 => Err(format!("`{text}` names no word that must be there")),
            all if all.len() > MOST_PARTS => {
                Err(format!("a pattern has at most {MOST_PARTS} parts"))
            }
            [Part::Gap(_), ..] | [.., Part::Gap(_)] => Err("a gap stands between words".to_owned()),
            _ => Ok(Pattern(parts)),
        }
    }

    /// Classes that it names.
    pub fn classes(&self) -> impl Iterator<Item = &str> {
        let tests = self.0.iter().flat_map(|part| match part {
            Part::Word { any, .. } | Part::Not(any) => any.as_slice(),
            Part::Gap(_) => &[],
        });
        tests.filter_map(|test| match test {
            Test::Class(name) => Some(name.as_str()),
            _ => None,
        })
    }
}

fn part(word: &str) -> Result<Part, String> {
    if let Some(gap) = word.strip_prefix("..") {
        let width: usize = gap.parse().map_err(|_| format!("`{word}`: a gap is `..3`"))?;
        return if (1..=WIDEST_GAP).contains(&width) {
            Ok(Part::Gap(width))
        } else {
            Err(format!("`{word}`: a gap has 1 to {WIDEST_GAP} words"))
        };
    }
    if let Some(not) = word.strip_prefix('!') {
        return Ok(Part::Not(not.split('|').map(test).collect::<Result<_, _>>()?));
    }
    let (word, optional) = word.strip_suffix('?').map_or((word, false), |word| (word, true));
    Ok(Part::Word { any: word.split('|').map(test).collect::<Result<_, _>>()?, optional })
}

fn test(word: &str) -> Result<Test, String> {
    if let Some(class) = word.strip_prefix('{') {
        return match class.strip_suffix('}') {
            Some(name) if !name.is_empty() => Ok(Test::Class(name.to_owned())),
            _ => Err(format!("`{word}`: a class is `{{name}}`")),
        };
    }
    let plain = folded(word.trim_matches('*'));
    if plain.is_empty() || plain.contains(['*', '{', '}', '!', '?']) {
        return Err(format!("`{word}` is no word"));
    }
    Ok(match (word.starts_with('*'), word.ends_with('*')) {
        (false, false) => Test::Is(plain),
        (false, true) => Test::Begins(plain),
        (true, false) => Test::Ends(plain),
        (true, true) => return Err(format!("`{word}`: `*` stands at one end")),
    })
}

/// What a company says of the language of its reviews.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tone {
    /// Classes of words by name: patterns of one word.
    pub classes: BTreeMap<String, Vec<String>>,
    /// What is looked for.
    pub sayings: Vec<Saying>,
}

/// The class whose words need a capital.
const NAME: &str = "name";

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<'r> {
    /// What it is.
    pub saying: &'r Saying,
    /// Where it stands.
    pub range: TextRange,
}

struct Classes<'r> {
    by_name: BTreeMap<&'r str, Vec<Test>>,
}

impl Classes<'_> {
    fn holds(&self, test: &Test, word: &Word) -> bool {
        let plain = |test: &Test| match test {
            Test::Is(is) => {
                word.folded == *is || word.folded.strip_suffix("'s") == Some(is.as_str())
            }
            Test::Begins(start) => word.folded.starts_with(start.as_str()),
            Test::Ends(end) => word.folded.len() > end.len() && word.folded.ends_with(end.as_str()),
            Test::Class(_) => false,
        };
        match test {
            Test::Class(name) => {
                (name != NAME || word.capital)
                    && self.by_name.get(name.as_str()).is_some_and(|all| all.iter().any(plain))
            }
            test => plain(test),
        }
    }
}

impl Tone {
    /// Everything that a document says of this; `names` are the people of the company and of the
    /// record, who are known besides the first names of the class `name`.
    ///
    /// What hindsight says in a heading is the heading of a template, and is left alone.
    pub fn look<'r>(&'r self, document: &Document<'_>, names: &[String]) -> Vec<Said<'r>> {
        let mut classes = Classes { by_name: BTreeMap::new() };
        for (name, words) in &self.classes {
            let tests = words.iter().filter_map(|word| test(word).ok()).collect();
            classes.by_name.insert(name, tests);
        }
        let of_people = names.iter().flat_map(|name| name.split_whitespace().take(1));
        let people = of_people.filter(|n| n.chars().count() > 1).map(|n| Test::Is(folded(n)));
        classes.by_name.entry(NAME).or_default().extend(people);
        let mut found: Vec<Said<'r>> = Vec::new();
        for saying in &self.sayings {
            for pattern in &saying.patterns {
                found.extend(pattern.find(document, &classes, saying));
            }
        }
        // The longest of those that overlap is what a reader would underline.
        found.sort_by_key(|said| {
            (said.range.start, std::cmp::Reverse(said.range.end), said.saying.does)
        });
        let mut end = 0;
        found.retain(|said| {
            let apart = said.range.start >= end;
            end = if apart { said.range.end } else { end };
            apart
        });
        found
    }

    /// Whether a line, such as the title of an action, says something of a kind.
    pub fn says(&self, line: &str, does: Blames) -> bool {
        let document = Document::read(crate::diag::Source::new("line", line));
        self.look(&document, &[]).iter().any(|said| said.saying.does == does)
    }
}

impl Pattern {
    fn find<'r>(
        &self,
        document: &Document<'_>,
        classes: &Classes<'_>,
        saying: &'r Saying,
    ) -> Vec<Said<'r>> {
        let words = &document.words;
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let heading = words.get(at).is_some_and(|w| w.heading) && saying.does != Blames::Person;
            let Some(end) = (!heading).then(|| self.ends(words, at, classes)).flatten() else {
                at += 1;
                continue;
            };
            let (first, last) = (words.get(at), words.get(end.saturating_sub(1)));
            if let (Some(first), Some(last)) = (first, last) {
                let range = TextRange::new(first.range.start, last.range.end);
                found.push(Said { saying, range });
            }
            at = end.max(at + 1);
        }
        found
    }

    /// Where the pattern ends if it begins at a word. Places that can be reached are kept part by
    /// part, so the work is the number of parts times the widest gap, whatever the text.
    fn ends(&self, words: &[Word], start: usize, classes: &Classes<'_>) -> Option<usize> {
        let sentence = words.get(start)?.sentence;
        let word = |at: usize| words.get(at).filter(|w| w.sentence == sentence);
        let mut places: Vec<usize> = vec![start];
        for (n, part) in self.0.iter().enumerate() {
            let mut next: Vec<usize> = Vec::new();
            for place in places {
                match part {
                    Part::Word { any, optional } => {
                        if word(place).is_some_and(|w| any.iter().any(|t| classes.holds(t, w))) {
                            next.push(place + 1);
                        }
                        if *optional {
                            next.push(place);
                        }
                    }
                    Part::Gap(width) => {
                        next.extend(
                            (0..=*width)
                                .map(|n| place + n)
                                .take_while(|at| *at == place || word(at - 1).is_some()),
                        );
                    }
                    Part::Not(any) => {
                        let looked = if n == 0 { place.checked_sub(1) } else { Some(place) };
                        let there = looked.and_then(word);
                        if !there.is_some_and(|w| any.iter().any(|t| classes.holds(t, w))) {
                            next.push(place);
                        }
                    }
                }
            }
            next.sort_unstable();
            next.dedup();
            if next.is_empty() {
                return None;
            }
            places = next;
        }
        places.into_iter().find(|end| *end > start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;

    fn tone(patterns: &[&str]) -> Tone {
        let classes = [
            ("person", vec!["team", "operator", "on-call"]),
            ("name", vec!["john"]),
            ("done", vec!["*ed", "known"]),
        ];
        Tone {
            classes: classes
                .into_iter()
                .map(|(n, w)| (n.into(), w.into_iter().map(str::to_owned).collect()))
                .collect(),
            sayings: vec![Saying {
                id: "x".into(),
                does: Blames::Person,
                patterns: patterns.iter().map(|p| Pattern::read(p).unwrap()).collect(),
                ask: vec![],
                why: None,
            }],
        }
    }

    fn said(pattern: &str, text: &str) -> Vec<String> {
        let tone = tone(&[pattern]);
        let document = Document::read(Source::new("pir.md", text));
        let found = tone.look(&document, &["Ana Robles".to_owned()]);
        found.iter().map(|s| text[s.range.start..s.range.end].to_owned()).collect()
    }

    #[test]
    fn patterns_find_what_they_say() {
        for (pattern, text, found) in [
            (
                "should have ..1 {done}",
                "They should have already tested it.",
                vec!["should have already tested"],
            ),
            ("should have ..1 {done}", "It should have clear rules.", vec![]),
            ("careless*", "A CARELESSLY made change", vec!["CARELESSLY"]),
            ("{name} didn't", "John didn’t look. The john didn't.", vec!["John didn’t"]),
            ("{name} didn't", "Ana didn't", vec!["Ana didn't"]),
            ("!se debio !a|al", "Se debió a un cable. Debió al fin. Debió avisar.", vec!["Debió"]),
            (
                "because the|our? {person}",
                "because team rushed; because the operator",
                vec!["because team", "because the operator"],
            ),
            ("if had ..2 would", "If had. Would", vec![]),
            ("por descuido", "por\ndescuido", vec!["por\ndescuido"]),
        ] {
            assert_eq!(said(pattern, text), found, "{pattern}: {text}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        for (pattern, wrong) in [
            ("", "names no word"),
            ("..2 a", "between words"),
            ("a ..99 b", "1 to 30"),
            ("a ..x b", "a gap is"),
            ("{person", "a class is"),
            ("*a*", "at one end"),
            ("a?", "names no word"),
        ] {
            let error = Pattern::read(pattern).unwrap_err();
            assert!(error.contains(wrong), "{pattern}: {error}");
        }
    }
}
