//! A block to records, a record to fields.
//!
//! Commas and line ends are found eight bytes at a time; a record with a quote in it takes the slow
//! way, which unquotes. Both give the same: the record's text and where each field lies in it.

use memchr::memchr;

use super::blocks::record_end;

/// Eight times the same byte.
const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The high bit of each byte that is zero, exactly.
const fn zeros(word: u64) -> u64 {
    let low = all(0x7f);
    !(((word & low) + low) | word | low)
}

/// Finds every comma and line end of `bytes`.
pub(super) fn marks(bytes: &[u8], found: &mut Vec<u32>) {
    found.clear();
    let mut at = 0_u32;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let word = u64::from_le_bytes(*word);
        let mut hits = zeros(word ^ all(b',')) | zeros(word ^ all(b'\n'));
        while hits != 0 {
            found.push(at + hits.trailing_zeros() / 8);
            hits &= hits - 1;
        }
        at += 8;
    }
    for byte in rest {
        if matches!(byte, b',' | b'\n') {
            found.push(at);
        }
        at += 1;
    }
}

/// What is wrong with how a record is cut into fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// Something stands after a closing quote; the field, from 0.
    AfterQuote(usize),
    /// A quote stands inside a field that does not begin with one; the field, from 0.
    StrayQuote(usize),
    /// A quote is never closed; the field, from 0.
    Unclosed(usize),
}

/// One record with quotes, cut; reused from record to record.
#[derive(Debug, Default)]
pub(super) struct Unquoted {
    /// The fields' texts one after the other, without their quotes.
    pub(super) text: String,
    /// Where each field lies in the text.
    pub(super) fields: Vec<(u32, u32)>,
}

impl Unquoted {
    /// Cuts one record, its line end left out.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong; the fields before it are there.
    pub(super) fn cut(&mut self, record: &str) -> Result<(), Broken> {
        self.text.clear();
        self.fields.clear();
        let mut rest = record;
        loop {
            let number = self.fields.len();
            let from = self.text.len();
            let after = match rest.strip_prefix('"') {
                Some(inside) => self.quoted(inside).ok_or(Broken::Unclosed(number))?,
                None => {
                    let end = memchr(b',', rest.as_bytes()).unwrap_or(rest.len());
                    let (field, after) = rest.split_at(end);
                    if field.contains('"') {
                        return Err(Broken::StrayQuote(number));
                    }
                    self.text.push_str(field);
                    after
                }
            };
            let place = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            self.fields.push((place(from), place(self.text.len())));
            rest = match after.strip_prefix(',') {
                Some(rest) => rest,
                None if after.is_empty() => return Ok(()),
                None => return Err(Broken::AfterQuote(number)),
            };
        }
    }

    /// Takes a quoted field up to its closing quote; gives what follows.
    fn quoted<'t>(&mut self, inside: &'t str) -> Option<&'t str> {
        let mut rest = inside;
        loop {
            let (text, after) = rest.split_once('"')?;
            self.text.push_str(text);
            match after.strip_prefix('"') {
                Some(more) => {
                    self.text.push('"');
                    rest = more;
                }
                None => return Some(after),
            }
        }
    }
}

/// The record at the beginning of `text`, without its line end, and what follows.
pub(super) fn split_record(text: &str) -> (&str, &str) {
    let end = record_end(text.as_bytes(), 0).unwrap_or(text.len());
    let (record, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    (without_end(record), rest)
}

/// A record without its line end.
pub(super) fn without_end(record: &str) -> &str {
    let record = record.strip_suffix('\n').unwrap_or(record);
    record.strip_suffix('\r').unwrap_or(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(record: &str) -> Result<Vec<String>, Broken> {
        let mut unquoted = Unquoted::default();
        unquoted.cut(record)?;
        let fields = unquoted.fields.iter();
        Ok(fields.map(|(a, b)| unquoted.text[*a as usize..*b as usize].to_owned()).collect())
    }

    #[test]
    fn quotes_are_taken_off_and_only_where_they_belong() {
        assert_eq!(cut("a,\"b,\"\"c\"\"\nd\",").unwrap(), ["a", "b,\"c\"\nd", ""]);
        assert_eq!(cut("").unwrap(), [""]);
        assert_eq!(cut("\"\"").unwrap(), [""]);
        assert_eq!(cut("a,\"b\"x,c"), Err(Broken::AfterQuote(1)));
        assert_eq!(cut("a,b\"x\",c"), Err(Broken::StrayQuote(1)));
        assert_eq!(cut("a,\"b"), Err(Broken::Unclosed(1)));
    }

    #[test]
    fn records_one_by_one() {
        let (first, rest) = split_record("a,\"x\r\ny\"\r\nb,1\n");
        assert_eq!((first, rest), ("a,\"x\r\ny\"", "b,1\n"));
        assert_eq!(split_record("b,1"), ("b,1", ""));
    }

    proptest! {
        #[test]
        fn marks_are_what_a_plain_search_finds(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut found = Vec::new();
            marks(&bytes, &mut found);
            let plain: Vec<u32> = bytes.iter().enumerate().filter(|(_, b)| matches!(b, b',' | b'\n'))
                .map(|(i, _)| u32::try_from(i).unwrap()).collect();
            prop_assert_eq!(found, plain);
        }

        #[test]
        fn what_is_quoted_comes_back(fields in proptest::collection::vec("[a,\"\n\r é]{0,6}", 1..6)) {
            let quoted = |f: &String| format!("\"{}\"", f.replace('"', "\"\""));
            let record = fields.iter().map(quoted).collect::<Vec<_>>().join(",");
            let text = format!("{record}\nrest");
            prop_assert_eq!(split_record(&text), (record.as_str(), "rest"));
            prop_assert_eq!(cut(&record).unwrap(), fields);
        }
    }
}
