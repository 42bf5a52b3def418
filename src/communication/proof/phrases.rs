//! Words that the company does not say to customers, acronyms, and who is spoken to how.

use std::ops::Range;

use super::{ChannelRules, Fault, House, Phrases, Spoken};
use crate::communication::message::{FieldText, MessageFile};

/// Adds a finding about a part of the field.
pub(super) type Add<'a> = dyn FnMut(Fault, Range<usize>, String, Option<String>) + 'a;

pub(super) fn look(
    house: &House,
    message: &MessageFile<'_>,
    channel: &ChannelRules,
    field: &FieldText,
    add: &mut Add<'_>,
) {
    let folded = Folded::new(&field.text);
    for phrases in &house.phrases {
        for words in &phrases.words {
            for part in folded.find(words) {
                avoid(phrases, &field.text, part, &message.locale, add);
            }
        }
    }
    acronyms(house, field, add);
    if message.language() == "es" {
        address(channel, field, &folded, add);
    }
}

fn avoid(phrases: &Phrases, text: &str, part: Range<usize>, locale: &str, add: &mut Add<'_>) {
    let fault = phrases.fault.unwrap_or(Fault::Jargon);
    let shown = text.get(part.clone()).unwrap_or_default();
    let language = locale.split(['-', '.']).next().unwrap_or_default();
    let of = |wanted: &str| phrases.instead.iter().find(|(l, _)| l == wanted);
    let near = || phrases.instead.iter().find(|(l, _)| l.split('-').next() == Some(language));
    let instead =
        of(locale).or_else(near).map(|(_, words)| words.as_str()).filter(|w| !w.is_empty());
    let what = match fault {
        Fault::InternalTerm => "is a word of ours",
        Fault::VendorName => "names a supplier",
        Fault::Blame => "says whose fault it is",
        Fault::VaguePromise => "promises without saying when",
        Fault::UnsupportedClaim => "is said only where a recorded fact says it",
        _ => "is office language",
    };
    let help = match (instead, &phrases.why) {
        (Some(instead), Some(why)) => Some(format!("write: {instead}. {why}")),
        (Some(instead), None) => Some(format!("write: {instead}")),
        (None, why) => why.clone(),
    };
    add(fault, part, format!("`{shown}` {what}"), help);
}

/// A text in small letters with single spaces, each letter knowing its byte in the text.
pub(super) struct Folded {
    letters: String,
    at: Vec<usize>,
    end: usize,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        let (mut letters, mut at) = (String::with_capacity(text.len()), Vec::new());
        let mut blank = false;
        for (byte, letter) in text.char_indices() {
            if letter.is_whitespace() {
                if !blank {
                    letters.push(' ');
                    at.push(byte);
                }
                blank = true;
                continue;
            }
            blank = false;
            for small in letter.to_lowercase() {
                letters.push(small);
                at.extend(std::iter::repeat_n(byte, small.len_utf8()));
            }
        }
        Folded { letters, at, end: text.len() }
    }

    /// Where whole words stand, in bytes of the text.
    pub(super) fn find(&self, words: &str) -> Vec<Range<usize>> {
        let wanted = words.to_lowercase();
        if wanted.trim().is_empty() {
            return Vec::new();
        }
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let found = self.letters.match_indices(wanted.as_str()).filter(|(from, _)| {
            let before = self.letters.get(..*from).and_then(|t| t.chars().next_back());
            let after = self.letters.get(from + wanted.len()..).and_then(|t| t.chars().next());
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        });
        let place = |at: usize| self.at.get(at).copied().unwrap_or(self.end);
        found.map(|(from, _)| place(from)..place(from + wanted.len())).collect()
    }
}

/// Words of a text with their bytes: letters and figures that stand together.
pub(super) fn words(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let is_part = |c: char| c.is_alphanumeric();
    let mut rest = 0;
    std::iter::from_fn(move || {
        let tail = text.get(rest..)?;
        let start = rest + tail.find(is_part)?;
        let word = text.get(start..)?;
        let end = start + word.find(|c: char| !is_part(c)).unwrap_or(word.len());
        rest = end;
        Some((start..end, text.get(start..end)?))
    })
}

/// Capitals that nobody explained: `(…)` beside them does, and so does the company's list.
fn acronyms(house: &House, field: &FieldText, add: &mut Add<'_>) {
    let text = &field.text;
    let mut seen: Vec<&str> = Vec::new();
    for (part, word) in words(text) {
        let capitals = word.chars().filter(|c| c.is_uppercase()).count();
        let is_one = (2..=6).contains(&word.chars().count())
            && capitals >= 2
            && word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit());
        if !is_one || seen.contains(&word) || house.acronyms.iter().any(|known| known == word) {
            continue;
        }
        seen.push(word);
        let before = text.get(..part.start).unwrap_or_default().trim_end();
        let after = text.get(part.end..).unwrap_or_default().trim_start();
        // What stands in square brackets is a gap, and found as one.
        if before.ends_with(['(', '[']) || after.starts_with('(') {
            continue;
        }
        let help = format!(
            "write the words out, or explain it once: the words ({word}); glossary.toml lists known ones"
        );
        add(Fault::UnexplainedAcronym, part, format!("`{word}` is not explained"), Some(help));
    }
}

/// Words that speak to the reader as `tú`, and those that say `usted`.
const TU: [&str; 36] = [
    "tú",
    "tu",
    "tus",
    "te",
    "ti",
    "contigo",
    "tuyo",
    "tuya",
    "tuyos",
    "tuyas",
    "puedes",
    "tienes",
    "quieres",
    "debes",
    "haz",
    "repitas",
    "revisa",
    "espera",
    "intenta",
    "abre",
    "entra",
    "actualiza",
    "llama",
    "escríbenos",
    "cambia",
    "guarda",
    "usa",
    "verás",
    "recibes",
    "necesitas",
    "hagas",
    "ves",
    "levanta",
    "compártenos",
    "consulta",
    "disculpa",
];
const USTED: [&str; 14] = [
    "usted",
    "ustedes",
    "le pedimos",
    "le informamos",
    "le informaremos",
    "le avisamos",
    "le agradecemos",
    "le ofrecemos",
    "le escribimos",
    "sus datos",
    "su cuenta",
    "su tarjeta",
    "su dinero",
    "estimado",
];

fn address(channel: &ChannelRules, field: &FieldText, folded: &Folded, add: &mut Add<'_>) {
    let first = |all: &[&str]| {
        let found = all.iter().flat_map(|word| folded.find(word));
        found.filter(|part| !is_noun(&field.text, part)).min_by_key(|part| part.start)
    };
    let (tu, usted) = (first(&TU), first(&USTED));
    let shown = |part: &Range<usize>| field.text.get(part.clone()).unwrap_or_default().to_owned();
    let (wrong, of) = match (channel.spoken, tu, usted) {
        (Spoken::Tu, _, Some(part)) => (part, "this channel speaks to the reader as tú"),
        (Spoken::Usted, Some(part), _) => (part, "this channel speaks to the reader as usted"),
        (Spoken::Nobody, Some(tu), Some(usted)) => {
            (if tu.start > usted.start { tu } else { usted }, "one text says tú and usted")
        }
        _ => return,
    };
    let message = format!("`{}`: {of}", shown(&wrong));
    add(Fault::MixedAddress, wrong, message, Some("write the whole text in one way".to_owned()));
}

/// "Te pedimos una disculpa", "la consulta", "en espera" are nouns, not orders.
fn is_noun(text: &str, part: &Range<usize>) -> bool {
    let word = text.get(part.clone()).unwrap_or_default().to_lowercase();
    if !matches!(word.as_str(), "disculpa" | "consulta" | "espera" | "usa" | "llama" | "entra") {
        return false;
    }
    let before = text.get(..part.start).unwrap_or_default().trim_end();
    // An order begins its sentence, or follows a comma or `y`.
    !(before.is_empty()
        || before.ends_with(['.', ',', ':', ';', '!', '?', '»', '-', '*'])
        || before.ends_with(" y"))
}
