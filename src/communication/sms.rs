use super::measure::composed;

/// How an SMS is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// The default alphabet of GSM 03.38, seven bits a letter.
    Gsm7,
    /// Sixteen bits a letter, for everything else.
    Ucs2,
}

impl Encoding {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Gsm7 => "GSM-7",
            Encoding::Ucs2 => "UCS-2",
        }
    }

    /// What one SMS holds when it is alone, and when it is a part of several.
    fn room(self) -> (u64, u64) {
        match self {
            Encoding::Gsm7 => (160, 153),
            Encoding::Ucs2 => (70, 67),
        }
    }
}

/// A text as an SMS: its coding, its length in what the network counts, its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sms {
    /// How it is coded.
    pub encoding: Encoding,
    /// Septets of GSM-7, or units of UTF-16.
    pub units: u64,
    /// How many parts are sent, and paid for.
    pub segments: u64,
    /// Characters.
    pub characters: u64,
    /// The letters that force UCS-2, each once, as they come.
    pub outside: Vec<char>,
}

/// Letters of one septet, 3GPP TS 23.038.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Letters of the extension table: an escape and a septet.
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// Septets of a letter in GSM-7; `None` where the alphabet lacks it.
fn septets(letter: char) -> Option<u64> {
    if BASIC.contains(letter) { Some(1) } else { EXTENSION.contains(letter).then_some(2) }
}

/// A text as the network carries it (3GPP TS 23.038, concatenation of TS 23.040).
///
/// An accent that stands apart from its letter is joined with it first. A part never ends inside
/// an escape or a surrogate pair.
pub fn sms(text: &str) -> Sms {
    let letters: Vec<char> = composed(text).chars().collect();
    let mut outside: Vec<char> = Vec::new();
    for letter in letters.iter().filter(|c| septets(**c).is_none()) {
        if !outside.contains(letter) {
            outside.push(*letter);
        }
    }
    let encoding = if outside.is_empty() { Encoding::Gsm7 } else { Encoding::Ucs2 };
    let cost = |letter: &char| match encoding {
        Encoding::Gsm7 => septets(*letter).unwrap_or(1),
        Encoding::Ucs2 => letter.len_utf16() as u64,
    };
    let units: u64 = letters.iter().map(cost).sum();
    let (alone, part) = encoding.room();
    let segments = if units <= alone {
        1
    } else {
        let (mut parts, mut used) = (1, 0);
        for cost in letters.iter().map(cost) {
            if used + cost > part {
                parts += 1;
                used = 0;
            }
            used += cost;
        }
        parts
    };
    Sms { encoding, units, segments, characters: letters.len() as u64, outside }
}

/// The text with plain letters where GSM-7 has no accented one: `á í ó ú` and typographic marks.
///
/// What the alphabet has (`é ñ ü ¿ ¡`) stays.
pub fn plain_for_sms(text: &str) -> String {
    composed(text)
        .chars()
        .map(|letter| {
            match letter {
                'á' => "a",
                'í' => "i",
                'ó' => "o",
                'ú' => "u",
                'Á' => "A",
                'Í' => "I",
                'Ó' => "O",
                'Ú' => "U",
                '\u{2018}' | '\u{2019}' => "'",
                '«' | '»' | '\u{201c}' | '\u{201d}' => "\"",
                '\u{2013}' | '\u{2014}' => "-",
                '…' => "...",
                '\u{a0}' | '\u{202f}' => " ",
                other => return other.to_string(),
            }
            .to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_of_spanish_cost_more_than_half_of_the_room() {
        let plain = sms("Tu pago no paso");
        assert_eq!((plain.encoding, plain.units, plain.segments), (Encoding::Gsm7, 15, 1));
        let accented = sms("Tu pago no pasó");
        assert_eq!((accented.encoding, accented.outside), (Encoding::Ucs2, vec!['ó']));
        assert_eq!(sms("¿Señal? ¡Qué bien, pingüino!").encoding, Encoding::Gsm7);
        assert_eq!(sms("").segments, 1);
    }

    #[test]
    fn a_part_never_ends_inside_an_escape_or_a_pair() {
        // 152 letters leave one septet of the first part, which the euro's two do not fit into.
        let text = format!("{}{}{}", "a".repeat(152), "€", "a".repeat(152));
        assert_eq!((sms(&text).units, sms(&text).segments), (306, 3));
        let text = format!("{}{}{}", "á".repeat(66), "😀", "á".repeat(66));
        assert_eq!((sms(&text).units, sms(&text).segments), (134, 3));
    }

    #[test]
    fn plain_letters_stand_in_for_those_that_gsm_lacks() {
        let plain = plain_for_sms("«Operación» — año, qué, cigüeña…");
        assert_eq!(plain, "\"Operacion\" - año, qué, cigüeña...");
        assert_eq!(sms(&plain).encoding, Encoding::Gsm7);
    }
}
