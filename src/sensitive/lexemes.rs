//! A text as runs of letters and digits, and what stands between them.

/// What a run is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Digits `0` to `9` alone.
    Number,
    /// Letters, perhaps with digits.
    Word,
    /// Words that stand for what was masked; `number` when digits stood there.
    Masked { number: bool },
}

#[derive(Debug, Clone, Copy)]
struct Lexeme {
    start: usize,
    end: usize,
    shape: Shape,
}

/// What parts the groups of one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    /// A space, of whatever width.
    Space,
    /// A hyphen or a point: what they join is one name.
    Joint(char),
}

/// A text, cut.
#[derive(Debug)]
pub(super) struct Lexemes<'a> {
    pub(super) text: &'a str,
    items: Vec<Lexeme>,
}

/// How the words begin that stand for what was masked.
pub(super) const DOTS: &str = "••••";
/// How they go on.
pub(super) const SAYS: &str = " (masked: ";
/// The longest name of a kind, with room.
const LONGEST_NAME: usize = 32;

/// Reads the words of a mask that begin at `at`: their end, and whether digits are shown.
pub(super) fn masked_at(text: &str, at: usize) -> Option<(usize, bool)> {
    let after = text.get(at..)?.strip_prefix(DOTS)?;
    let tail = after.strip_prefix(' ').filter(|t| {
        let bytes = t.as_bytes();
        bytes.len() > 4 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b' '
    });
    let rest = tail.map_or(after, |t| &t[4..]).strip_prefix(SAYS)?;
    let end = rest.bytes().take(LONGEST_NAME).position(|b| b == b')')?;
    let plain = rest.as_bytes()[..end].iter().all(|b| b.is_ascii_alphabetic() || *b == b' ');
    plain.then(|| (text.len() - rest.len() + end + 1, tail.is_some()))
}

impl<'a> Lexemes<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let mut items: Vec<Lexeme> = Vec::new();
        let mut open: Option<Lexeme> = None;
        let mut skip = 0;
        for (at, c) in text.char_indices() {
            if at < skip {
                continue;
            }
            if c.is_alphanumeric() {
                let end = at + c.len_utf8();
                let digit = c.is_ascii_digit();
                let lexeme = open.get_or_insert(Lexeme { start: at, end, shape: Shape::Number });
                lexeme.end = end;
                if !digit {
                    lexeme.shape = Shape::Word;
                }
                continue;
            }
            items.extend(open.take());
            if c == '•'
                && let Some((end, number)) = masked_at(text, at)
            {
                items.push(Lexeme { start: at, end, shape: Shape::Masked { number } });
                skip = end;
            }
        }
        items.extend(open);
        Lexemes { text, items }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn shape(&self, i: usize) -> Shape {
        self.items[i].shape
    }

    pub(super) fn start(&self, i: usize) -> usize {
        self.items[i].start
    }

    pub(super) fn end(&self, i: usize) -> usize {
        self.items[i].end
    }

    pub(super) fn word(&self, i: usize) -> &'a str {
        &self.text[self.items[i].start..self.items[i].end]
    }

    /// A run of digits; `None` when it is something else, or there is none.
    pub(super) fn number(&self, i: usize) -> Option<&'a str> {
        (i < self.len() && self.items[i].shape == Shape::Number).then(|| self.word(i))
    }

    /// Whether a run of digits is no number of anything and begins none: too short by itself, and
    /// no group of digits follows. Most numbers of a text are such, and nobody asks what they are
    /// called.
    pub(super) fn is_short_and_alone(&self, i: usize) -> bool {
        /// Digits from which a run counts as a number by itself.
        const NUMBER: usize = 10;
        self.number(i).is_some_and(|digits| digits.len() < NUMBER)
            && (self.separator(i).is_none() || self.number(i + 1).is_none())
    }

    /// What stands between a run and the next.
    pub(super) fn gap(&self, i: usize) -> &'a str {
        let end = self.items.get(i + 1).map_or(self.text.len(), |next| next.start);
        &self.text[self.items[i].end..end]
    }

    /// What stands before a run.
    pub(super) fn gap_before(&self, i: usize) -> &'a str {
        let start = i.checked_sub(1).map_or(0, |before| self.items[before].end);
        &self.text[start..self.items[i].start]
    }

    /// What parts a run from the next, if it is one separator and there is a next.
    pub(super) fn separator(&self, i: usize) -> Option<Separator> {
        if i + 1 >= self.len() {
            return None;
        }
        let mut chars = self.gap(i).chars();
        let separator = match chars.next()? {
            ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' => Separator::Space,
            c @ ('-' | '.') => Separator::Joint(c),
            '\u{2010}' | '\u{2011}' | '\u{2013}' => Separator::Joint('-'),
            _ => return None,
        };
        chars.next().is_none().then_some(separator)
    }

    /// Whether a run is one end of a longer name: `ORD-4539…`, `0.4539…`, `4539…_2`.
    pub(super) fn joined(&self, first: usize, last: usize) -> bool {
        let before = first > 0 && self.joins(first - 1);
        let point = self.separator(last) == Some(Separator::Joint('.'));
        let after = self.joins(last) && !(point && self.number(last + 1).is_none());
        before || after
    }

    fn joins(&self, i: usize) -> bool {
        i + 1 < self.len()
            && (self.gap(i) == "_" || matches!(self.separator(i), Some(Separator::Joint(_))))
    }
}

/// A word in small letters without accents, as lists of words hold it.
pub(super) fn folded(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    word.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            c => c,
        })
        .collect()
}

/// The words that `camelCase` joins.
pub(super) fn parts(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut small = false;
    for (at, c) in word.char_indices() {
        if c.is_uppercase() && small {
            parts.push(&word[start..at]);
            start = at;
        }
        small = c.is_lowercase();
    }
    parts.push(&word[start..]);
    parts
}

/// Groups of digits from run `first` on that one separator parts; at most `most`.
pub(super) fn groups<'a>(
    t: &Lexemes<'a>,
    first: usize,
    most: usize,
) -> (Vec<&'a str>, Option<Separator>) {
    let mut found: Vec<&str> = t.number(first).into_iter().collect();
    let separator = t.separator(first);
    let Some(separator) = separator else { return (found, None) };
    let mut i = first;
    while found.len() < most && t.separator(i) == Some(separator) {
        let Some(next) = t.number(i + 1) else { break };
        found.push(next);
        i += 1;
    }
    (found, Some(separator))
}

/// Whether groups of digits stand alone enough to be one number.
pub(super) fn stands_alone(
    t: &Lexemes<'_>,
    first: usize,
    last: usize,
    separator: Separator,
) -> bool {
    let number_before = first > 0
        && t.separator(first - 1) == Some(separator)
        && t.number(first - 1).is_some_and(|n| n.len() == 4);
    match separator {
        Separator::Space => !number_before && !t.joined(first, last),
        Separator::Joint(_) => !t.joined(first, last),
    }
}
