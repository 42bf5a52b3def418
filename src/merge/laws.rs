//! Laws of merging, over random evenings of three writers who work apart.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::edit::{self, Comment, Stands};
use crate::incident::lifecycle::Act;
use crate::incident::{
    Action, Conflict, Customers, Done, Entry, EntryKind, Harm, HarmKind, IncidentId, ItemId, Link,
    Status, Workaround, parse,
};
use crate::units::{Instant, Span};
use crate::yaml::{Step, Tree, route};

/// Something that somebody does: which deed, and two numbers that it makes of what it will.
type Deed = (u8, u8, u8);

/// A person at a laptop.
struct Writer {
    name: &'static str,
    text: String,
    words: usize,
    random: fastrand::Rng,
}

impl Writer {
    fn new(name: &'static str, text: &str) -> Writer {
        let seed = u64::from(name.as_bytes()[0]);
        Writer { name, text: text.to_owned(), words: 0, random: fastrand::Rng::with_seed(seed) }
    }

    /// A word that nobody else writes.
    fn word(&mut self) -> String {
        self.words += 1;
        format!("{}w{}q", self.name, self.words)
    }

    fn does(&mut self, deeds: &[Deed]) {
        for deed in deeds {
            let before = self.words;
            match deed.0 % 24 {
                0 | 1 => self.comments(*deed),
                2 => self.layout(*deed),
                _ => self.changes(*deed),
            }
            let words = (before + 1..=self.words).map(|n| format!("{}w{n}q", self.name));
            // What was refused was never written.
            if words.into_iter().any(|w| !self.text.contains(&w)) {
                self.words = before;
            }
        }
    }

    fn comments(&mut self, (_, a, b): Deed) {
        let places =
            ["title", "status", "timeline.0", "timeline.1.text", "now.situation", "links.0"];
        let comment = Comment {
            text: format!("# {}", self.word()),
            at: route(places[usize::from(a) % places.len()]),
            stands: [Stands::Above, Stands::Beside, Stands::Below(2)][usize::from(b) % 3],
        };
        if let Ok(text) = edit::add_comments(Source::new("x", &self.text), &[comment]) {
            self.text = text;
        }
    }

    /// Other line ends, blank lines, quotes: nothing that says anything.
    fn layout(&mut self, (_, a, _): Deed) {
        self.text = match a % 3 {
            0 => self.text.replace("\nstatus:", "\n\nstatus:"),
            1 => self.text.replace("by: ana\n", "by: \"ana\"\n"),
            _ => self.text.replace("\r\n", "\n").replace('\n', "\r\n"),
        };
    }

    fn changes(&mut self, (kind, a, b): Deed) {
        let old = record(&self.text);
        let mut new = old.clone();
        let word = self.word();
        let start: Instant = "2026-11-21T03:10:00-06:00".parse().unwrap();
        let at = start.plus(Span::from_minutes(i64::from(a)));
        let rng = &mut self.random;
        // Few letters: two writers draw the same id now and then.
        let mut random = || rng.u8(..6);
        let act = &mut Act {
            by: if b.is_multiple_of(2) { "ana" } else { "beto" },
            at,
            random: &mut random,
        };
        let pick = |n: usize| (n > 0).then(|| usize::from(b) % n.max(1));
        // A step that the incident's state refuses is one that was not taken.
        match kind % 24 {
            3 | 4 => drop(new.add_entry(act, EntryKind::Note, word, b.is_multiple_of(3))),
            5 => drop(new.acknowledge(act)),
            6 => drop(new.restore(act, Some(&word))),
            7 => drop(new.relapse(act, Some(&word))),
            8 => drop(new.resolve(act, Some(&word))),
            9 => drop(new.cancel(act, Some(&word))),
            10 => new.hand_over(
                act,
                "scribe",
                ["ana", "beto", "caro"][usize::from(b) % 3],
                Some(&word),
            ),
            11 => new.title = format!("cards {word}"),
            12 => {
                let told = !b.is_multiple_of(5);
                new.now_mut().situation = told.then(|| format!("{word}\nand more"));
            }
            13 => new.now_mut().next_update_at = Some(at),
            14 => {
                let url = format!("https://{word}.example");
                new.links.push(Link { url, ..Link::default() });
            }
            15 => {
                let id = Some(ItemId::new('A', &mut act.random));
                new.actions.push(Action { id, title: word, ..Action::default() });
            }
            16 => {
                if let Some(i) = pick(new.actions.len()) {
                    let done = Done { at: Some(at), evidence: Some(word), ..Done::default() };
                    new.actions[i].done = Some(done);
                }
            }
            17 => {
                if let Some(i) = pick(new.timeline.len()) {
                    new.timeline[i].text = word;
                }
            }
            18 => {
                if let Some(i) = pick(new.timeline.len()) {
                    new.timeline.remove(i);
                }
            }
            19 => new.timeline.push(Entry {
                id: None,
                at,
                by: None,
                kind: None,
                text: word,
                star: false,
                x: Default::default(),
            }),
            20 => {
                new.causes.get_or_insert_default().root_causes.push(word.clone());
                new.tags.retain(|t| !t.starts_with('t') || b.is_multiple_of(2));
                new.tags.push(word);
            }
            21 => {
                let own = vec![
                    ("note".to_owned(), Tree::Text(word)),
                    ("n".to_owned(), Tree::Number(b.to_string())),
                ];
                new.x.set("x-team", Tree::Map(own));
            }
            22 => new.impact_mut().harm.push(Harm {
                kind: [HarmKind::Declined, HarmKind::Delayed][usize::from(b) % 2],
                service: None,
                customers: Some(u64::from(a)),
                money: None,
                spreading: false,
                x: Default::default(),
            }),
            _ => {
                let affected = Some(u64::from(a));
                let tried = Some(u64::from(b));
                new.impact_mut().customers =
                    Some(Customers { tried, affected, ..Customers::default() });
                new.workaround = Some(Workaround { text: word, ..Workaround::default() });
            }
        }
        let source = Source::new("x", &self.text);
        if let Ok(text) = edit::rewrite(source, &old.to_tree(), &new.to_tree())
            && parse(Source::new("x", &text)).is_ok()
        {
            self.text = text;
        }
    }
}

fn record(text: &str) -> Record {
    parse(Source::new("x", text)).unwrap_or_else(|e| panic!("{e}\n{text}")).record
}

/// What a text says.
fn said(text: &str) -> Tree {
    super::tree::values(&record(text))
}

fn merged(base: &str, one: &str, other: &str) -> Merged {
    let source = |text| Source::new("x", text);
    merge(Some(source(base)), source(one), source(other))
        .unwrap_or_else(|e| panic!("{e}\nBASE\n{base}\nONE\n{one}\nOTHER\n{other}"))
}

/// Words that are in a text and were not in the one before.
fn new_words(base: &str, text: &str) -> BTreeSet<String> {
    let words = |text: &str| -> BTreeSet<String> {
        let split = text.split(|c: char| !c.is_ascii_alphanumeric());
        split
            .filter(|w| w.len() > 3 && w.contains('w') && w.ends_with('q'))
            .map(str::to_owned)
            .collect()
    };
    words(text).difference(&words(base)).cloned().collect()
}

fn evening() -> impl Strategy<Value = Vec<Deed>> {
    prop::collection::vec(any::<Deed>(), 0..7)
}

fn start(deeds: &[Deed]) -> String {
    let id: IncidentId = "INC-20261121-7QKM".parse().unwrap();
    let mut record = Record::new(id, "01JD7Z3Q6W3F0K2V9C1T4M8B5N".into(), "cards".into());
    record.times_mut().detected = Some("2026-11-21T03:10:00-06:00".parse().unwrap());
    record.tags = vec!["t1".into(), "t2".into()];
    let mut writer = Writer::new("base", &format!("# head\n{}", edit::to_yaml(&record.to_tree())));
    writer.does(deeds);
    writer.text
}

fn three(deeds: &[Vec<Deed>; 4]) -> [String; 4] {
    let base = start(&deeds[0]);
    let writes = |name: &'static str, deeds: &[Deed]| {
        let mut writer = Writer::new(name, &base);
        writer.does(deeds);
        writer.text
    };
    let [x, y, z] = [writes("x", &deeds[1]), writes("y", &deeds[2]), writes("z", &deeds[3])];
    [base, x, y, z]
}

proptest! {
    #![proptest_config(ProptestConfig {
        // Each case is an evening of three, written and read some fifty times.
        cases: ProptestConfig::default().cases / 4,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn merging_commutes_to_the_byte(deeds in [evening(), evening(), evening(), evening()]) {
        let [b, x, y, _] = three(&deeds);
        prop_assert_eq!(merged(&b, &x, &y), merged(&b, &y, &x));
    }

    #[test]
    fn merging_with_oneself_or_the_past_changes_nothing(
        deeds in [evening(), evening(), evening(), evening()],
    ) {
        let [b, x, y, _] = three(&deeds);
        prop_assert_eq!(&merged(&b, &x, &x).text, &x);
        prop_assert_eq!(&merged(&b, &x, &b).text, &x);
        prop_assert_eq!(&merged(&b, &b, &x).text, &x);
        // What is in already comes in once.
        let m = merged(&b, &x, &y).text;
        prop_assert_eq!(said(&merged(&b, &m, &x).text), said(&m), "{}\n---x\n{}\n---y\n{}", b, x, y);
        prop_assert_eq!(said(&merged(&x, &m, &x).text), said(&m));
    }

    #[test]
    fn every_word_that_anybody_wrote_is_in_the_result(
        deeds in [evening(), evening(), evening(), evening()],
    ) {
        let [b, x, y, z] = three(&deeds);
        let two = merged(&b, &x, &y).text;
        for side in [&x, &y] {
            for word in new_words(&b, side) {
                prop_assert!(two.contains(&word), "{word}\n{b}\n---x\n{x}\n---y\n{y}\n---m\n{two}");
            }
        }
        let all = merged(&b, &two, &z).text;
        for side in [&x, &y, &z] {
            for word in new_words(&b, side) {
                prop_assert!(all.contains(&word), "{word}\n{b}\n---two\n{two}\n---z\n{z}\n---m\n{all}");
            }
        }
    }

    #[test]
    fn the_order_in_which_three_meet_says_nothing(
        deeds in [evening(), evening(), evening(), evening()],
    ) {
        let [b, x, y, z] = three(&deeds);
        let (xy, yz) = (merged(&b, &x, &y), merged(&b, &y, &z));
        let (one, other) = (merged(&b, &xy.text, &z), merged(&b, &x, &yz.text));
        let told = |m: &Merged| m.notes.iter().any(|note| note.contains("were both"));
        let (left, right) = (said(&one.text), said(&other.text));
        // Contradictions between sides, and ids drawn twice, are settled between two at a time.
        if [&xy, &yz, &one, &other].into_iter().any(told) || contradict(&one.text) || contradict(&other.text) {
            return Ok(());
        }
        prop_assert_eq!(left, right, "{}\n---x\n{}\n---y\n{}\n---z\n{}", b, x, y, z);
    }

    #[test]
    fn a_settled_record_has_no_conflicts_and_loses_no_other_word(
        deeds in [evening(), evening(), evening(), evening()], take in any::<u8>(),
    ) {
        let [b, x, y, _] = three(&deeds);
        let mut r = record(&merged(&b, &x, &y).text);
        while let Some(Conflict { field, values, .. }) = r.conflicts.first().cloned() {
            let left = r.conflicts.len();
            let value = values[usize::from(take) % values.len()].clone();
            // A value that another open field contradicts is refused with its reason.
            let choices = [Choice::Value(value), Choice::Base];
            let settled = choices.iter().find_map(|c| settle(&r, &field, c).ok());
            r = settled.unwrap().0;
            prop_assert_eq!(r.conflicts.len(), left - 1);
        }
    }
}

/// Whether sides that contradict each other met: then fields of one side alone are in conflict.
fn contradict(text: &str) -> bool {
    let broad = ["times.", "impact.customers"];
    record(text).conflicts.iter().any(|c| broad.iter().any(|b| c.field.starts_with(b)))
}

#[test]
fn the_writers_write() {
    // The properties above are worth nothing if the deeds are all refused.
    let deeds: Vec<Deed> = (0..24).map(|n| (n, n * 5, n + 1)).collect();
    let text = start(&deeds);
    let r = record(&text);
    assert!(r.timeline.len() > 4 && !r.links.is_empty() && !r.roles.is_empty(), "{text}");
    assert!(text.matches("# basew").count() >= 1 && text.contains("x-team"), "{text}");
    assert_ne!(r.status, Status::Detected);
    assert!(matches!(route("timeline.0").last(), Some(Step::Index(0))));
}
