use super::sms::sms;

/// What a channel counts the length of a text in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Letters, an accent being part of its letter.
    Characters,
    /// Units of UTF-16, as many app frameworks count.
    Utf16,
    /// Bytes of UTF-8.
    Bytes,
    /// Septets of GSM-7; units of UTF-16 where a letter is outside GSM-7.
    Septets,
    /// Parts of an SMS.
    Segments,
    /// As X weighs a post: links 23, most letters 1, others and emoji 2.
    Weighted,
    /// Things, not text: blocks, buttons; of a text, its lines.
    Items,
}

impl Unit {
    /// All units with their words in `standards/communication.toml`.
    pub const ALL: [(&'static str, Unit); 7] = [
        ("characters", Unit::Characters),
        ("utf16", Unit::Utf16),
        ("bytes", Unit::Bytes),
        ("septets", Unit::Septets),
        ("segments", Unit::Segments),
        ("weighted", Unit::Weighted),
        ("items", Unit::Items),
    ];

    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Unit::Characters => "characters",
            Unit::Utf16 => "UTF-16 units",
            Unit::Bytes => "bytes",
            Unit::Septets => "septets",
            Unit::Segments => "segments",
            Unit::Weighted => "weighted characters",
            Unit::Items => "items",
        }
    }

    /// The length of a text.
    pub fn measure(self, text: &str) -> u64 {
        match self {
            Unit::Characters => composed(text).chars().count() as u64,
            Unit::Utf16 => text.encode_utf16().count() as u64,
            Unit::Bytes => text.len() as u64,
            Unit::Septets => sms(text).units,
            Unit::Segments => sms(text).segments,
            Unit::Weighted => weighted(&composed(text)),
            Unit::Items => text.lines().count() as u64,
        }
    }
}

/// The text with each accent joined to its letter, for the letters of European languages (NFC).
pub(super) fn composed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek().and_then(|mark| joined(letter, *mark)) {
            Some(one) => {
                letters.next();
                out.push(one);
            }
            None => out.push(letter),
        }
    }
    out
}

fn joined(letter: char, mark: char) -> Option<char> {
    let (from, to) = match mark {
        '\u{300}' => ("aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
        '\u{301}' => ("aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ"),
        '\u{302}' => ("aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
        '\u{303}' => ("anoANO", "ãñõÃÑÕ"),
        '\u{308}' => ("aeiouAEIOU", "äëïöüÄËÏÖÜ"),
        '\u{30a}' => ("aA", "åÅ"),
        '\u{327}' => ("cC", "çÇ"),
        _ => return None,
    };
    from.chars().zip(to.chars()).find(|(plain, _)| *plain == letter).map(|(_, one)| one)
}

/// What X counts (twitter-text, configuration version 3).
fn weighted(text: &str) -> u64 {
    const LINK: u64 = 23;
    let light =
        |c: char| matches!(u32::from(c), 0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247);
    let mut sum = 0;
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if rest.starts_with("https://") || rest.starts_with("http://") {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            sum += LINK;
            rest = rest.get(end..).unwrap_or_default();
            continue;
        }
        let mut next = rest.get(letter.len_utf8()..).unwrap_or_default();
        sum += if light(letter) { 1 } else { 2 };
        if !light(letter) {
            // What a joiner or a variation adds to an emoji costs nothing more.
            while let Some(part) = next.chars().next() {
                let joins = part == '\u{200d}';
                if !joins && !matches!(part, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}') {
                    break;
                }
                next = next.get(part.len_utf8()..).unwrap_or_default();
                if let Some(joined) = next.chars().next().filter(|_| joins) {
                    next = next.get(joined.len_utf8()..).unwrap_or_default();
                }
            }
        }
        rest = next;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_counts_in_its_own_unit() {
        let text = "Año 😀";
        let lengths = Unit::ALL.map(|(_, unit)| unit.measure(text));
        assert_eq!(lengths, [5, 6, 9, 6, 1, 6, 1]);
    }

    #[test]
    fn accents_that_stand_apart_belong_to_their_letter() {
        let apart = "Cafe\u{301} an\u{303}o";
        assert_eq!(composed(apart), "Café año");
        assert_eq!(Unit::Characters.measure(apart), 8);
        assert_eq!(Unit::Segments.measure(apart), 1);
        assert_eq!(composed("\u{301}x"), "\u{301}x");
    }

    #[test]
    fn x_counts_links_as_23_and_an_emoji_as_2() {
        assert_eq!(Unit::Weighted.measure("https://estado.example/incidente/con-nombre-largo"), 23);
        assert_eq!(Unit::Weighted.measure("👨‍👩‍👧"), 2);
        assert_eq!(Unit::Weighted.measure("日本"), 4);
    }
}
