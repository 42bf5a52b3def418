//! How easy a text is to read: Fernández-Huerta for Spanish, Flesch for English.
//!
//! Exact whole numbers: the same text gives the same score everywhere.

use super::phrases::words;

/// How easy a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ease {
    /// 0 hard to 100 easy, rounded down.
    pub score: i64,
    /// Words.
    pub words: u64,
    /// Sentences.
    pub sentences: u64,
    /// Syllables.
    pub syllables: u64,
}

/// How easy a text is to read; none without words, or in another language.
///
/// Fernández-Huerta: 206.84 − 60 × syllables per word − 1.02 × words per sentence. Flesch:
/// 206.835 − 84.6 × syllables per word − 1.015 × words per sentence. Figures are no words.
pub fn ease(text: &str, language: &str) -> Option<Ease> {
    let spanish = match language {
        "es" => true,
        "en" => false,
        _ => return None,
    };
    let text = plain(text);
    let (mut count, mut syllables) = (0_u64, 0_u64);
    for (_, word) in words(&text).filter(|(_, w)| w.chars().any(char::is_alphabetic)) {
        count += 1;
        syllables += if spanish { spanish_syllables(word) } else { english_syllables(word) };
    }
    if count == 0 {
        return None;
    }
    let ends = |line: &str| {
        let mut sentences = 0;
        let mut open = false;
        for letter in line.chars() {
            match letter {
                '.' | '!' | '?' | '…' => {
                    sentences += u64::from(open);
                    open = false;
                }
                c if c.is_alphabetic() => open = true,
                _ => {}
            }
        }
        // A heading and an item of a list end with their line.
        sentences + u64::from(open)
    };
    let sentences = text.lines().map(ends).sum::<u64>().max(1);
    let of = |number: u64| i128::from(number);
    // In thousandths, so that every constant is whole.
    let (base, per_word, per_sentence) =
        if spanish { (206_840, 60_000, 1_020) } else { (206_835, 84_600, 1_015) };
    let score =
        base - per_word * of(syllables) / of(count) - per_sentence * of(count) / of(sentences);
    Some(Ease {
        score: i64::try_from(score.div_euclid(1_000)).unwrap_or(0),
        words: count,
        sentences,
        syllables,
    })
}

/// The text without what ends no sentence and is no word: `a. m.`, links, marks of Markdown.
fn plain(text: &str) -> String {
    let joined = text.replace("a. m.", "am").replace("p. m.", "pm");
    let joined = joined.replace("a.m.", "am").replace("p.m.", "pm");
    joined
        .split_inclusive(char::is_whitespace)
        .filter(|word| !word.contains("://") && !word.starts_with('#'))
        .collect::<Vec<_>>()
        .concat()
        .replace(['*', '`'], "")
}

fn is_strong(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'o' | 'á' | 'é' | 'ó' | 'í' | 'ú')
}

fn is_weak(c: char) -> bool {
    matches!(c, 'i' | 'u' | 'ü')
}

/// Syllables of a Spanish word: its vowels, those of a diphthong together.
fn spanish_syllables(word: &str) -> u64 {
    let letters: Vec<char> = word.to_lowercase().chars().collect();
    let mut count = 0;
    let mut last: Option<char> = None;
    for (i, letter) in letters.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| letters.get(i)).copied();
        let after = letters.get(i + 1).copied();
        // `u` is silent in que, qui, gue, gui.
        let silent = *letter == 'u'
            && matches!(before, Some('q' | 'g'))
            && matches!(after, Some('e' | 'i' | 'é' | 'í'));
        if silent {
            continue;
        }
        let y_as_vowel = *letter == 'y' && after.is_none();
        if is_strong(*letter) {
            // í and ú beside another vowel stand alone, as any two strong vowels do.
            let joins = last.is_some_and(is_weak) && !matches!(letter, 'í' | 'ú');
            count += u64::from(!joins);
            last = Some(*letter);
        } else if is_weak(*letter) || y_as_vowel {
            let joins = last.is_some_and(|c| !matches!(c, 'í' | 'ú'));
            count += u64::from(!joins);
            last = Some('i');
        } else if *letter != 'h' {
            last = None;
        }
    }
    count.max(1)
}

/// Syllables of an English word, by its spelling: groups of vowels, silent endings left out.
fn english_syllables(word: &str) -> u64 {
    let letters: Vec<char> = word.to_lowercase().chars().collect();
    let is_vowel = |c: &char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let mut count = 0_u64;
    let mut open = false;
    for letter in &letters {
        let vowel = is_vowel(letter);
        count += u64::from(vowel && !open);
        open = vowel;
    }
    let text: String = letters.iter().collect();
    let silent = (text.ends_with('e') && !text.ends_with("le") && !text.ends_with("ee"))
        || (text.ends_with("ed") && !text.ends_with("ted") && !text.ends_with("ded"))
        || (text.ends_with("es")
            && !["ses", "zes", "xes", "ches", "shes", "ges", "ces"]
                .iter()
                .any(|e| text.ends_with(e)));
    if silent && count > 1 {
        count -= 1;
    }
    // Vowels that do not sound together: re-act, di-al, cre-ate, i-on stays one.
    let apart = ["ia", "io", "eo", "ua", "iu"].iter().map(|pair| text.matches(pair).count() as u64);
    let joined = ["tion", "sion", "cial", "tial", "gua", "qua", "cious", "tious"];
    let joined = joined.iter().map(|pair| text.matches(pair).count() as u64).sum::<u64>();
    (count + apart.sum::<u64>().saturating_sub(joined)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spanish_words_have_their_syllables() {
        for (word, syllables) in [
            ("pago", 2),
            ("tarjeta", 3),
            ("transferencia", 4),
            ("país", 2),
            ("día", 2),
            ("cuenta", 2),
            ("que", 1),
            ("pingüino", 3),
            ("caer", 2),
            ("ley", 1),
            ("bancario", 3),
            ("ciudad", 2),
            ("guion", 1),
            ("operación", 4),
            ("ahí", 2),
            ("x", 1),
        ] {
            assert_eq!(spanish_syllables(word), syllables, "{word}");
        }
    }

    #[test]
    fn english_words_have_about_their_syllables() {
        for (word, syllables) in [
            ("card", 1),
            ("payment", 2),
            ("transfer", 2),
            ("table", 2),
            ("charged", 1),
            ("repeated", 3),
            ("operation", 4),
            ("account", 2),
            ("service", 2),
            ("withdrawal", 3),
        ] {
            assert_eq!(english_syllables(word), syllables, "{word}");
        }
    }

    #[test]
    fn plain_words_score_high_and_office_words_low() {
        let plain = ease(
            "No puedes pagar con tarjeta. Ya trabajamos en ello. Te avisamos a las 10:45 a. m.",
            "es",
        )
        .unwrap();
        assert!(plain.score > 70, "{plain:?}");
        assert_eq!(plain.sentences, 3);
        let office = ease(
            "Con motivo de la implementación de modificaciones significativas correspondientes a la infraestructura tecnológica institucional, experimentamos afectaciones intermitentes en la disponibilidad de determinadas funcionalidades transaccionales.",
            "es",
        )
        .unwrap();
        assert!(office.score < 10, "{office:?}");
        let english = ease("You cannot pay by card. We are on it.", "en").unwrap();
        assert!(english.score > 90, "{english:?}");
        assert_eq!(ease("10:45", "es"), None);
        assert_eq!(ease("Guten Tag", "de"), None);
    }
}
