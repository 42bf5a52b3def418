use similar::{Algorithm, DiffTag, capture_diff_slices};

/// What came of a draft that somebody edited and that is drafted again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redraft {
    /// The text: hand-made words where there are any, else what the new draft says.
    pub text: String,
    /// Places where the new draft's words were taken.
    pub taken: usize,
    /// Places where both changed; the hand-made words stand.
    pub kept: Vec<Kept>,
}

/// A place that a person and the new draft changed in two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The person's words, which stand.
    pub yours: String,
    /// What the new draft would say.
    pub fresh: String,
}

/// Brings a new draft into an edited one, sentence by sentence; words made by hand are never lost.
///
/// `base` is the text that the edited one was made from. Without it every difference could be a
/// hand-made one, so that the edited text stands as it is.
pub fn redraft(base: Option<&str>, edited: &str, fresh: &str) -> Redraft {
    let (ours, theirs) = (sentences(edited), sentences(fresh));
    let mut out = Redraft { text: String::with_capacity(edited.len()), taken: 0, kept: Vec::new() };
    let Some(base) = base.map(sentences) else {
        out.text.push_str(edited);
        out.kept = unlike(&ours, &theirs);
        return out;
    };
    let mut all = changes(&base, &ours, true);
    all.extend(changes(&base, &theirs, false));
    // What comes in between two sentences stands before a change of the one that follows.
    all.sort_by_key(|c| (c.from, c.to > c.from, c.to));
    let mut at = 0;
    let mut rest = all.as_slice();
    while let Some(first) = rest.first() {
        let mut end = first.to;
        let together = 1 + rest
            .iter()
            .skip(1)
            .take_while(|c| {
                let meets =
                    c.from < end || (c.from == c.to && first.from == c.from && end == c.from);
                if meets {
                    end = end.max(c.to);
                }
                meets
            })
            .count();
        let (cluster, after) = rest.split_at(together);
        out.text.push_str(&joined(&base, at, first.from));
        let old = joined(&base, first.from, end);
        let side = |mine: bool| side_of(&base, first.from, end, cluster, mine);
        out.place(&old, &side(true), &side(false));
        (at, rest) = (end, after);
    }
    out.text.push_str(&joined(&base, at, base.len()));
    out
}

/// One side's change of the base: from where to where, and what stands there instead.
struct Changed<'t> {
    from: usize,
    to: usize,
    text: Vec<&'t str>,
    mine: bool,
}

fn joined(all: &[&str], from: usize, to: usize) -> String {
    all.get(from..to).map(|part| part.concat()).unwrap_or_default()
}

/// What one side makes of a part of the base.
fn side_of(base: &[&str], from: usize, to: usize, cluster: &[Changed<'_>], mine: bool) -> String {
    let (mut text, mut at) = (String::new(), from);
    for change in cluster.iter().filter(|c| c.mine == mine) {
        text.push_str(&joined(base, at, change.from));
        text.push_str(&change.text.concat());
        at = change.to;
    }
    text + &joined(base, at, to)
}

/// What a side changed; where it has as many sentences as the base, each is a change of its own.
fn changes<'t>(base: &[&str], side: &[&'t str], mine: bool) -> Vec<Changed<'t>> {
    let mut all = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, base, side) {
        if op.tag() == DiffTag::Equal {
            continue;
        }
        let (old, new) = (op.old_range(), op.new_range());
        let text = side.get(new.clone()).unwrap_or_default();
        if old.len() == new.len() {
            let each = old.zip(text);
            all.extend(each.map(|(i, one)| Changed { from: i, to: i + 1, text: vec![*one], mine }));
        } else {
            all.push(Changed { from: old.start, to: old.end, text: text.to_vec(), mine });
        }
    }
    all
}

impl Redraft {
    /// One place of the text: what it was, what a person made of it, what the new draft says.
    fn place(&mut self, old: &str, mine: &str, new: &str) {
        if mine == old && new != old {
            self.text.push_str(new);
            self.taken += 1;
            return;
        }
        self.text.push_str(mine);
        if new != old && new != mine {
            self.kept.push(Kept { yours: mine.to_owned(), fresh: new.to_owned() });
        }
    }
}

/// What the new draft has and the edited text has not, where nobody knows which side changed it.
fn unlike(ours: &[&str], theirs: &[&str]) -> Vec<Kept> {
    let ops = capture_diff_slices(Algorithm::Myers, ours, theirs);
    let part = |all: &[&str], range: std::ops::Range<usize>| {
        all.get(range).map(|part| part.concat()).unwrap_or_default()
    };
    ops.into_iter()
        .filter(|op| op.tag() != DiffTag::Equal)
        .map(|op| Kept { yours: part(ours, op.old_range()), fresh: part(theirs, op.new_range()) })
        .collect()
}

/// A text in pieces that a person changes one at a time: lines, and the sentences of a line, each
/// with the blank that follows it.
fn sentences(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    for line in text.split_inclusive('\n') {
        let mut start = 0;
        let mut end_seen = false;
        for (at, letter) in line.char_indices() {
            // "10:05 a. m." ends no sentence: what follows is small or a figure.
            if end_seen && (letter.is_uppercase() || matches!(letter, '¿' | '¡' | '«' | '"')) {
                pieces.extend(line.get(start..at));
                start = at;
            }
            end_seen = match letter {
                '.' | '!' | '?' | '…' => true,
                c if c.is_whitespace() => end_seen,
                _ => false,
            };
        }
        pieces.extend(line.get(start..));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASE: &str =
        "---\ntitle: Falla\n---\nDesde las 10:05 a. m. no puedes pagar. Ya trabajamos en ello.\n";

    #[test]
    fn sentences_are_the_pieces() {
        let pieces = sentences(BASE);
        assert_eq!(pieces.len(), 5);
        assert_eq!(pieces[3], "Desde las 10:05 a. m. no puedes pagar. ");
        assert_eq!(pieces.concat(), BASE);
    }

    #[test]
    fn new_facts_come_in_and_hand_made_words_stay() {
        let edited = BASE.replace("Ya trabajamos en ello.", "Nuestro equipo ya lo atiende.");
        let fresh = BASE.replace("10:05", "10:02").replace("Falla", "Falla al pagar");
        let done = redraft(Some(BASE), &edited, &fresh);
        assert!(done.text.contains("10:02") && done.text.contains("Nuestro equipo ya lo atiende."));
        assert!(done.text.contains("title: Falla al pagar"));
        assert_eq!((done.taken, done.kept.len()), (2, 0));
    }

    #[test]
    fn where_both_changed_the_hand_made_words_stand() {
        let edited = BASE.replace("no puedes pagar", "los pagos no pasan");
        let fresh = BASE.replace("10:05", "10:02");
        let done = redraft(Some(BASE), &edited, &fresh);
        assert_eq!(done.text, edited);
        assert_eq!(done.kept.len(), 1);
        assert!(done.kept[0].fresh.contains("10:02"));
    }

    #[test]
    fn what_a_person_added_stands_beside_what_is_new() {
        let edited = format!("{BASE}\nNuestras palabras.\n");
        let fresh = BASE.replace("Ya trabajamos en ello.", "Te avisamos antes de las 11:00 a. m.");
        let done = redraft(Some(BASE), &edited, &fresh);
        assert_eq!(done.text, format!("{fresh}\nNuestras palabras.\n"));
        assert!(done.kept.is_empty());
    }

    #[test]
    fn without_the_first_draft_nothing_of_an_edited_text_is_touched() {
        let fresh = BASE.replace("10:05", "10:02");
        let done = redraft(None, BASE, &fresh);
        assert_eq!((done.text.as_str(), done.taken, done.kept.len()), (BASE, 0, 1));
    }

    proptest! {
        #[test]
        fn laws(
            base in "([A-C]\\. ){0,6}",
            edited in "([A-D]\\. ){0,6}",
            fresh in "([A-E]\\. ){0,6}",
        ) {
            prop_assert_eq!(redraft(Some(&base), &base, &fresh).text, fresh.clone());
            prop_assert_eq!(redraft(Some(&base), &edited, &base).text, edited.clone());
            prop_assert_eq!(redraft(Some(&base), &edited, &edited).text, edited.clone());
            prop_assert_eq!(redraft(None, &edited, &fresh).text, edited.clone());
            // A sentence that a person added is in the result.
            let added = edited.matches('D').count();
            prop_assert!(redraft(Some(&base), &edited, &fresh).text.matches('D').count() >= added);
        }
    }
}
