//! Properties of edits, over generated records in the styles of many hands.
//!
//! Long because the writer that imitates those hands stands beside what it proves.

use proptest::prelude::*;

use super::change::{apply_to_tree, same};
use super::print::Style;
use super::*;
use crate::yaml::{Route, Step, parse};

/// A writer's habits.
#[derive(Debug, Clone)]
struct Hand {
    step: usize,
    dash: usize,
    gap: usize,
    crlf: bool,
    no_final_newline: bool,
    marker: bool,
    anchors: bool,
    /// Random choices, used up one by one.
    whims: Vec<u8>,
}

struct Writer {
    hand: Hand,
    at: usize,
    out: String,
    comments: usize,
    anchored: Vec<Tree>,
}

impl Writer {
    fn whim(&mut self, of: usize) -> usize {
        self.at += 1;
        usize::from(self.hand.whims[self.at % self.hand.whims.len()]) % of
    }

    fn end_line(&mut self, may_comment: bool) {
        if may_comment && self.whim(4) == 0 {
            self.comments += 1;
            let gap = ["  ", " ", "\t"][self.whim(3)];
            self.out.push_str(&format!("{gap}# c{}: é", self.comments));
        }
        self.out.push('\n');
    }

    /// Blank lines and comments above an entry at a column.
    fn above(&mut self, col: usize) {
        match self.whim(6) {
            0 => {
                self.comments += 1;
                let own = format!("{}# c{} - x: y\n", " ".repeat(col), self.comments);
                self.out.push_str(&own);
            }
            // Another blank line would be text of a block scalar that keeps them.
            1 if !self.out.ends_with("\n\n") => self.out.push('\n'),
            _ => {}
        }
    }

    fn scalar(&mut self, tree: &Tree, col: usize, in_flow: bool) -> bool {
        let Tree::Text(text) = tree else {
            let shown = Style::default().flow(tree);
            self.out.push_str(&shown);
            return true;
        };
        let whim = self.whim(6);
        if !in_flow && scalar::fits_block(text) && (text.contains('\n') || whim == 0) {
            let folded = if whim.is_multiple_of(2) { scalar::fold(text, 20) } else { None };
            let sign = if folded.is_some() { '>' } else { '|' };
            let step = self.hand.step;
            let indicators = scalar::block_indicators(text, step);
            self.out.push_str(&format!("{sign}{indicators}"));
            if self.whim(3) == 0 {
                self.comments += 1;
                self.out.push_str(&format!(" # c{}", self.comments));
            }
            Style::default().block_body(
                &mut self.out,
                folded.as_deref().unwrap_or(text),
                col + step,
            );
            return false;
        }
        let quoting = [
            scalar::Quoting::Plain,
            scalar::Quoting::Plain,
            scalar::Quoting::Single,
            scalar::Quoting::Double,
        ][whim % 4];
        self.out.push_str(&scalar::quote(text, quoting, in_flow));
        true
    }

    fn key(&mut self, key: &str) {
        let quoting = match self.whim(8) {
            0 => scalar::Quoting::Single,
            1 => scalar::Quoting::Double,
            _ => scalar::Quoting::Plain,
        };
        self.out.push_str(&scalar::quote(key, quoting, false));
        self.out.push(':');
    }

    fn flow(&mut self, tree: &Tree) {
        let (open, close) = match tree {
            Tree::Seq(_) => ('[', ']'),
            Tree::Map(_) => ('{', '}'),
            _ => {
                self.scalar(tree, 0, true);
                return;
            }
        };
        let pad = ["", " "][self.whim(2)];
        self.out.push(open);
        let count = match tree {
            Tree::Seq(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.out.push_str(if i > 0 { ", " } else { pad });
                    self.flow(item);
                }
                items.len()
            }
            Tree::Map(entries) => {
                for (i, (key, value)) in entries.iter().enumerate() {
                    self.out.push_str(if i > 0 { ", " } else { pad });
                    self.out.push_str(&scalar::quote(key, scalar::Quoting::Plain, true));
                    self.out.push_str(": ");
                    self.flow(value);
                }
                entries.len()
            }
            _ => 0,
        };
        if count > 0 {
            let comma = [",", "", "", ""][self.whim(4)];
            self.out.push_str(comma);
            self.out.push_str(pad);
        }
        self.out.push(close);
    }

    /// A flow list with a line for each item.
    fn tall(&mut self, items: &[Tree], col: usize) {
        self.out.push('[');
        self.end_line(true);
        for (i, item) in items.iter().enumerate() {
            self.out.push_str(&" ".repeat(col));
            self.flow(item);
            if i + 1 < items.len() || self.whim(2) == 0 {
                self.out.push(',');
            }
            self.end_line(true);
        }
        self.out.push_str(&" ".repeat(col));
        self.out.push(']');
    }

    /// The value behind a key (`under` true) or dash, to the end of its last line.
    fn value(&mut self, tree: &Tree, col: usize, under: bool) {
        let blank = [" ", " ", "  "][self.whim(3)];
        let behind_key = under || !matches!(tree, Tree::Seq(_) | Tree::Map(_));
        if self.hand.anchors && behind_key && self.whim(5) == 0 {
            if let Some(i) = self.anchored.iter().position(|t| t == tree) {
                self.out.push_str(&format!("{}*a{i}", if under { blank } else { "" }));
                return self.end_line(true);
            }
            self.out.push_str(&format!(
                "{}&a{}",
                if under { " " } else { "" },
                self.anchored.len()
            ));
            self.out.push_str(if under { "" } else { " " });
            self.anchored.push(tree.clone());
        }
        match tree {
            Tree::Map(entries) if !entries.is_empty() && self.whim(5) > 0 => {
                if under {
                    self.end_line(true);
                }
                let here = if under { col + self.hand.step } else { col + self.hand.gap };
                for (i, (key, value)) in entries.iter().enumerate() {
                    if under || i > 0 {
                        self.above(here);
                        self.out.push_str(&" ".repeat(here));
                    }
                    self.key(key);
                    self.value(value, here, true);
                }
            }
            Tree::Seq(items) if !items.is_empty() && self.whim(4) > 0 => {
                if under {
                    self.end_line(true);
                }
                let here = if under { col + self.hand.dash } else { col + self.hand.gap };
                for (i, item) in items.iter().enumerate() {
                    if under || i > 0 {
                        self.above(here);
                        self.out.push_str(&" ".repeat(here));
                    }
                    self.item(item, here);
                }
                if under && self.whim(4) == 0 {
                    self.comments += 1;
                    let last = format!("{}# c{} last\n", " ".repeat(here), self.comments);
                    self.out.push_str(&last);
                }
            }
            Tree::Seq(items) if !items.is_empty() && self.whim(2) == 0 => {
                self.out.push_str(blank);
                self.tall(items, col + 2);
                self.end_line(true);
            }
            Tree::Seq(_) | Tree::Map(_) => {
                self.out.push_str(if under { blank } else { "" });
                self.flow(tree);
                self.end_line(true);
            }
            Tree::Null if self.whim(2) == 0 => self.end_line(true),
            _ => {
                self.out.push_str(if under { blank } else { "" });
                let comment = self.scalar(tree, col, false);
                self.end_line(comment);
            }
        }
    }

    fn item(&mut self, item: &Tree, col: usize) {
        self.out.push('-');
        self.out.push_str(&" ".repeat(self.hand.gap - 1));
        self.value(item, col, false);
    }
}

/// The record as this hand writes it.
fn write(record: &[(String, Tree)], hand: &Hand) -> String {
    let mut writer =
        Writer { hand: hand.clone(), at: 0, out: String::new(), comments: 0, anchored: Vec::new() };
    if hand.marker {
        writer.out.push_str("# head\n---\n");
    }
    for (key, value) in record {
        writer.above(0);
        writer.key(key);
        writer.value(value, 0, true);
    }
    let mut text = writer.out;
    if hand.no_final_newline && !text.ends_with("\n\n") {
        text.pop();
    } else {
        writer.comments += 1;
        text.push_str("# end\n");
    }
    if hand.crlf { text.replace('\n', "\r\n") } else { text }
}

fn hands() -> impl Strategy<Value = Hand> {
    (2..5_usize, 0..4_usize, 2..5_usize, any::<[bool; 4]>(), prop::collection::vec(any::<u8>(), 64))
        .prop_map(|(step, dash, gap, [crlf, no_final_newline, marker, anchors], whims)| Hand {
            step,
            dash,
            gap,
            crlf,
            no_final_newline,
            marker,
            anchors,
            whims,
        })
}

fn texts() -> impl Strategy<Value = String> {
    let hard = prop::sample::select(vec![
        "",
        "no",
        "12:30:45",
        "2026-01-01",
        "2026-11-21T14:05:00-06:00",
        "12.50 MXN",
        "90m",
        "a: b",
        "a #b",
        "- x",
        "tab\there",
        "👩‍🚒 🔥",
        "مرحبا بالعالم",
        "ñandú",
        "'",
        "\"q\"",
        " lead",
        "trail ",
        "#x",
        "one\ntwo",
        "one\ntwo\n",
        "  deep\nless\n",
        "one\n\n\ntwo\n\n",
        "# no\n# comment\n",
        "- a\n- b\n",
        "k: v",
        "\u{7}",
        "\\",
        "~",
        "[a, b]",
        "{a}",
        "a, b",
        "\u{2028}",
        "x\r\ny",
        "*a",
        "&a",
        "<<",
        "a long line of words that goes on and on so that a folding writer must break it somewhere",
        "a long line of words that goes on\nand another one of them that is also rather long\n",
    ])
    .prop_map(str::to_owned);
    prop_oneof![3 => hard, 1 => "[a-z]{1,6}", 1 => "\\PC{0,12}", 1 => "[ a-z#:\\n\\t'\"-]{0,16}"]
}

fn scalars() -> impl Strategy<Value = Tree> {
    prop_oneof![
        6 => texts().prop_map(Tree::Text),
        1 => any::<i32>().prop_map(|n| Tree::Number(n.to_string())),
        1 => any::<bool>().prop_map(Tree::Bool),
        1 => Just(Tree::Null),
    ]
}

fn keys() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-h]{1,2}", 1 => prop::sample::select(vec!["título", "a b", "no", "k: v", "1", "x-mine", "المفتاح", "🔥"]).prop_map(str::to_owned)]
}

/// Maps whose entries stand in an order that is not that of their names.
fn maps(values: BoxedStrategy<Tree>) -> BoxedStrategy<Vec<(String, Tree)>> {
    prop::collection::btree_map(keys(), values, 0..5)
        .prop_map(|m| m.into_iter().collect::<Vec<_>>())
        .prop_shuffle()
        .boxed()
}

fn trees() -> BoxedStrategy<Tree> {
    let nested = scalars().prop_recursive(3, 24, 5, |inner| {
        let inner = inner.boxed();
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Tree::Seq),
            maps(inner.clone()).prop_map(Tree::Map),
            prop::collection::vec(maps(inner), 0..4).prop_map(|items| {
                let with_id = |(i, mut item): (usize, Vec<(String, Tree)>)| {
                    item.retain(|(k, _)| k != "id");
                    item.insert(0, ("id".into(), Tree::Text(format!("C{i}QK"))));
                    Tree::Map(item)
                };
                Tree::Seq(items.into_iter().enumerate().map(with_id).collect())
            }),
        ]
    });
    nested.boxed()
}

fn records() -> impl Strategy<Value = Vec<(String, Tree)>> {
    maps(trees()).prop_filter("not empty", |m| !m.is_empty())
}

/// What is done to a record, at a place chosen by a number.
#[derive(Debug, Clone)]
enum Deed {
    Set(usize, Tree),
    AddKey(usize, String, Tree, usize),
    Insert(usize, usize, Tree),
    Remove(usize),
}

fn deeds() -> impl Strategy<Value = Deed> {
    let place = any::<u16>().prop_map(usize::from);
    prop_oneof![
        3 => (place.clone(), scalars()).prop_map(|(p, v)| Deed::Set(p, v)),
        1 => (place.clone(), trees()).prop_map(|(p, v)| Deed::Set(p, v)),
        2 => (place.clone(), keys(), trees(), place.clone()).prop_map(|(p, k, v, n)| Deed::AddKey(p, k, v, n)),
        2 => (place.clone(), place.clone(), trees()).prop_map(|(p, n, v)| Deed::Insert(p, n, v)),
        2 => place.prop_map(Deed::Remove),
    ]
}

fn routes(tree: &Tree, at: &Route, found: &mut Vec<Route>) {
    let mut below = |step: Step, tree: &Tree| {
        let mut route = at.clone();
        route.push(step);
        found.push(route.clone());
        routes(tree, &route, found);
    };
    match tree {
        Tree::Seq(items) => {
            items.iter().enumerate().for_each(|(i, v)| below(Step::Index(i), v));
        }
        Tree::Map(entries) => entries.iter().for_each(|(k, v)| below(Step::Key(k.clone()), v)),
        _ => {}
    }
}

fn find<'t>(tree: &'t Tree, route: &[Step]) -> &'t Tree {
    route.iter().fold(tree, |tree, step| match (step, tree) {
        (Step::Key(key), tree) => tree.get(key).unwrap(),
        (Step::Index(i), Tree::Seq(items)) => &items[*i],
        _ => unreachable!("routes of this tree"),
    })
}

/// The deed as a change of this tree, if it has a place for it.
fn change_of(deed: &Deed, tree: &Tree) -> Option<Change> {
    let mut all = Vec::new();
    routes(tree, &Vec::new(), &mut all);
    let with_root: Vec<Route> = std::iter::once(Vec::new()).chain(all.clone()).collect();
    let pick = |from: &[Route], n: usize| (!from.is_empty()).then(|| from[n % from.len()].clone());
    match deed {
        Deed::Set(n, value) => {
            Some(Change::Set { route: pick(&all, *n)?, value: value.clone(), after: vec![] })
        }
        Deed::Remove(n) => Some(Change::Remove { route: pick(&all, *n)? }),
        Deed::Insert(n, at, value) => {
            let lists: Vec<Route> =
                all.into_iter().filter(|r| matches!(find(tree, r), Tree::Seq(_))).collect();
            let seq = pick(&lists, *n)?;
            let Tree::Seq(items) = find(tree, &seq) else { return None };
            let index = at % (items.len() + 1);
            Some(Change::Insert { seq, index, value: value.clone() })
        }
        Deed::AddKey(n, key, value, after) => {
            let maps: Vec<Route> =
                with_root.into_iter().filter(|r| matches!(find(tree, r), Tree::Map(_))).collect();
            let mut route = pick(&maps, *n)?;
            let Tree::Map(entries) = find(tree, &route) else { return None };
            let after = entries.get(after % (entries.len() + 1)).map(|(k, _)| k.clone());
            route.push(Step::Key(key.clone()));
            Some(Change::Set { route, value: value.clone(), after: after.into_iter().collect() })
        }
    }
}

/// Numbers of the comments, in the order of the text.
fn comments(text: &str) -> Vec<&str> {
    let number = |(i, _): (usize, &str)| text[i + 3..].split(|c: char| !c.is_ascii_digit()).next();
    text.match_indices("# c").filter_map(number).filter(|n| !n.is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edit_says_what_it_should_and_touches_nothing_else(
        record in records(), hand in hands(), deeds in prop::collection::vec(deeds(), 1..4),
    ) {
        let text = write(&record, &hand);
        let old = Tree::Map(record);
        prop_assert!(same(&parse(Source::new("x", &text)).unwrap().to_tree(), &old), "{text}");
        let mut new = old.clone();
        for deed in &deeds {
            if let Some(change) = change_of(deed, &new) {
                apply_to_tree(&mut new, &change).unwrap();
            }
        }
        let root_is_empty = matches!(&new, Tree::Map(entries) if entries.is_empty());
        let written = match rewrite(Source::new("x", &text), &old, &new) {
            Ok(written) => written,
            Err(_) if root_is_empty => return Ok(()),
            Err(EditError::Refused(_)) if hand.anchors => return Ok(()),
            Err(error) => return Err(TestCaseError::fail(format!("{error}\n{text}\n{error:?}"))),
        };
        prop_assert!(same(&parse(Source::new("x", &written)).unwrap().to_tree(), &new));
        let crlf = text.contains("\r\n");
        prop_assert!(!crlf || !written.replace("\r\n", "").contains('\n'));
        let back = rewrite(Source::new("x", &written), &new, &old);
        let fine = back.is_ok() || (hand.anchors && matches!(back, Err(EditError::Refused(_))));
        prop_assert!(fine, "{back:?}");
    }

    #[test]
    fn a_single_deed_keeps_every_other_line(
        record in records(), hand in hands(), deed in deeds(),
    ) {
        let text = write(&record, &hand);
        let old = Tree::Map(record);
        let Some(change) = change_of(&deed, &old) else { return Ok(()) };
        let Ok(written) = apply(Source::new("x", &text), std::slice::from_ref(&change)) else {
            return Ok(());
        };
        let owned = owned_lines(&text, &change);
        let mut rest = written.split('\n');
        let mut lost = Vec::new();
        for (i, line) in text.split('\n').enumerate() {
            if !owned.contains(&i) {
                let mut ahead = rest.clone();
                match ahead.find(|l| l.trim_end_matches('\r') == line.trim_end_matches('\r')) {
                    Some(_) => rest = ahead,
                    None => lost.push(line),
                }
            }
        }
        let scalar = |t: Option<Tree>| t.is_some_and(|t| !matches!(t, Tree::Seq(_) | Tree::Map(_)));
        if let Change::Set { route, value, .. } = &change
            && scalar(Some(value.clone()))
            && scalar(parse(Source::new("x", &text)).unwrap().at(route).map(|n| n.to_tree()))
        {
            prop_assert_eq!(comments(&text), comments(&written), "{}\n{:?}\n{}", text, change, written);
        }
        prop_assert!(lost.is_empty(), "lost {lost:?}\n{change:?}\n{text}\n-----\n{written}");
    }

    #[test]
    fn what_is_printed_reads_back(tree in trees()) {
        let printed = to_yaml(&tree);
        let read = parse(Source::new("x", &printed));
        prop_assert!(read.is_ok(), "{printed:?} {read:?}");
        prop_assert_eq!(read.unwrap().to_tree(), tree, "{}", printed);
    }

    #[test]
    fn the_difference_leads_from_one_tree_to_the_other(a in records(), b in records()) {
        let (a, b) = (Tree::Map(a), Tree::Map(b));
        let mut tree = a.clone();
        for change in diff(&a, &b) {
            prop_assert!(apply_to_tree(&mut tree, &change).is_some(), "{change:?}");
        }
        prop_assert!(same(&tree, &b), "{tree:?}\n{b:?}");
    }

    #[test]
    fn no_text_makes_an_edit_panic(text in "[ab:{}\\[\\],#|>&*!?'\"\\n \\-+\r\t~]{0,60}", deed in deeds()) {
        let Ok(node) = parse(Source::new("x", &text)) else { return Ok(()) };
        if let Some(change) = change_of(&deed, &node.to_tree()) {
            let _ = apply(Source::new("x", &text), &[change]);
        }
    }
}

/// The lines that a change may touch: from that of the key or dash to the end of the value and of
/// the comments that belong to it; where flow style is involved, those of the outermost bracket.
fn owned_lines(text: &str, change: &Change) -> std::ops::Range<usize> {
    let layout = Layout::read(text).unwrap();
    let line = |at: usize| text[..at].matches('\n').count();
    let lines = |slot: patch::Slot<'_>| {
        let end = layout::own_end(text, slot.spot.end.max(slot.from), slot.column);
        line(slot.from)..line(end) + 1
    };
    let at = |route: &[Step]| patch::find(&layout, route);
    let route = change.route();
    let in_flow =
        |n: &usize| at(&route[..*n]).is_some_and(|s| text[s.spot.start..].starts_with(['[', '{']));
    let outside = usize::from(matches!(change, Change::Remove { .. }));
    if let Some(slot) = (0..=route.len() - outside).find(in_flow).and_then(|n| at(&route[..n])) {
        return lines(slot);
    }
    let parent = &route[..route.len().saturating_sub(1)];
    match (change, at(route)) {
        (Change::Insert { .. }, Some(slot)) => match slot.spot.kind.written() {
            // New lines only, but for the first dash of a list behind a dash.
            true if slot.place == patch::Place::Dash => line(slot.from)..line(slot.from) + 1,
            true => 0..0,
            false => lines(slot),
        },
        (Change::Remove { .. }, Some(slot)) => {
            let siblings = match &at(parent).unwrap().spot.kind {
                layout::Kind::Seq { items, .. } => items.len(),
                layout::Kind::Map { entries, .. } => entries.len(),
                _ => 0,
            };
            let own = lines(slot);
            // The last one leaves `[]` behind its parent's key; the first key of an item, its dash
            // to the next.
            let first = match siblings {
                1 => line(at(parent).unwrap().from),
                _ => own.start,
            };
            let next = text.split('\n').skip(own.end).take_while(|l| l.trim().is_empty());
            first..own.end + 1 + next.count()
        }
        (_, Some(slot)) => lines(slot),
        (_, None) => 0..0,
    }
}
