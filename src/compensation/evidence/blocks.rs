//! A stream of evidence to blocks that end where a record ends.
//!
//! Only this cutting is done by one thread, so it looks at as little as it can: without a quote in
//! sight, the last line end is the end of a record. A quote is followed to the end of its record by
//! the rules by which fields are cut (RFC 4180, 2.5 to 2.7).

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memchr2, memrchr};

/// Bytes that a block aims at: a second-level cache holds it with its awards.
pub const BLOCK: usize = 256 * 1024;

/// The longest record in bytes; what is longer is cut off and refused.
pub const LONGEST_RECORD: usize = 1024 * 1024;

/// Bytes of a record that is too long which are kept, to say where it begins and whose it is.
const KEPT: usize = 64 * 1024;

/// How the last record of a block ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ending {
    /// With a line end, as every record should.
    #[default]
    Whole,
    /// The file ends first.
    CutShort {
        /// Inside quotes.
        quoted: bool,
    },
    /// It is longer than [`LONGEST_RECORD`]; the block holds its beginning alone.
    TooLong {
        /// All its bytes.
        bytes: u64,
        /// All its line ends.
        lines: u64,
        /// The file ends inside its quotes.
        unclosed: bool,
    },
}

/// Some whole records, in their order.
#[derive(Debug, Default)]
pub struct Block {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// The line that the first one begins on, from 1.
    pub line: u64,
    /// How the last one ends.
    pub ending: Ending,
}

/// Cuts a stream into blocks.
#[derive(Debug)]
pub struct Blocks<R> {
    source: R,
    /// The beginning of the record that the last block did not take.
    carried: Vec<u8>,
    ended: bool,
    aim: usize,
    /// The line that the next block begins on.
    line: u64,
}

impl<R: Read> Blocks<R> {
    /// Cuts `source` into blocks of about [`BLOCK`] bytes.
    pub fn new(source: R) -> Self {
        Blocks::of_size(source, BLOCK)
    }

    /// Cuts into blocks of about `aim` bytes.
    pub fn of_size(source: R, aim: usize) -> Self {
        Blocks { source, carried: Vec::new(), ended: false, aim: aim.max(1), line: 1 }
    }

    /// Takes the first record alone: the header.
    ///
    /// # Errors
    ///
    /// What the source says.
    pub fn first(&mut self) -> io::Result<Block> {
        let mut block = Block::default();
        if self.next(&mut block)?
            && block.ending == Ending::Whole
            && let Some(end) = record_end(&block.bytes, 0)
        {
            let mut rest = block.bytes.split_off(end);
            rest.append(&mut self.carried);
            self.carried = rest;
            self.line = block.line + line_ends(&block.bytes);
        }
        Ok(block)
    }

    /// Fills `block` with the next records; false at the end.
    ///
    /// # Errors
    ///
    /// What the source says.
    pub fn next(&mut self, block: &mut Block) -> io::Result<bool> {
        let found = self.cut(block)?;
        block.line = self.line;
        self.line += match block.ending {
            Ending::TooLong { lines, .. } => lines,
            _ => line_ends(&block.bytes),
        };
        Ok(found)
    }

    fn cut(&mut self, block: &mut Block) -> io::Result<bool> {
        block.ending = Ending::Whole;
        block.bytes.clear();
        block.bytes.append(&mut self.carried);
        let mut want = self.aim;
        loop {
            let more = self.fill(&mut block.bytes, want)?;
            let end = last_end(&block.bytes);
            if end > 0 {
                self.carried.extend_from_slice(block.bytes.get(end..).unwrap_or_default());
                block.bytes.truncate(end);
                return Ok(true);
            }
            if !more {
                block.ending = cut_short(&block.bytes);
                return Ok(!block.bytes.is_empty());
            }
            if block.bytes.len() >= LONGEST_RECORD {
                block.ending = self.too_long(&mut block.bytes)?;
                return Ok(true);
            }
            want = (want * 2).min(LONGEST_RECORD);
        }
    }

    /// Reads until there are `want` bytes; false when the source ended.
    fn fill(&mut self, bytes: &mut Vec<u8>, want: usize) -> io::Result<bool> {
        let have = bytes.len();
        if self.ended || have >= want {
            return Ok(!self.ended);
        }
        bytes.resize(want, 0);
        let mut at = have;
        while at < want {
            match self.source.read(bytes.get_mut(at..).unwrap_or_default()) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(n) => at += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        bytes.truncate(at);
        Ok(!self.ended)
    }

    /// Reads on to the end of a record of which `bytes` is the beginning, and keeps little of it.
    fn too_long(&mut self, bytes: &mut Vec<u8>) -> io::Result<Ending> {
        let (mut length, mut lines) = (0_u64, 0_u64);
        let mut walk = Walk::FieldStart;
        let mut piece = bytes.clone();
        bytes.truncate(KEPT);
        bytes.shrink_to_fit();
        loop {
            for (i, byte) in piece.iter().enumerate() {
                length += 1;
                lines += u64::from(*byte == b'\n');
                walk = walk.after(*byte);
                if walk == Walk::Ended {
                    self.carried = piece.split_off(i + 1);
                    return Ok(Ending::TooLong { bytes: length, lines, unclosed: false });
                }
            }
            piece.clear();
            let aim = self.aim;
            if !self.fill(&mut piece, aim)? && piece.is_empty() {
                let unclosed = walk == Walk::Quoted;
                return Ok(Ending::TooLong { bytes: length, lines, unclosed });
            }
        }
    }
}

/// Where a record is, byte by byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walk {
    FieldStart,
    Bare,
    Quoted,
    /// A quote inside quotes: the end of the field, or half of a quote that is meant.
    Quote,
    Ended,
}

impl Walk {
    fn after(self, byte: u8) -> Walk {
        match (self, byte) {
            (Walk::Quoted, b'"') => Walk::Quote,
            (Walk::Quoted, _) | (Walk::Quote | Walk::FieldStart, b'"') => Walk::Quoted,
            (_, b'\n') => Walk::Ended,
            (_, b',') => Walk::FieldStart,
            _ => Walk::Bare,
        }
    }
}

fn line_ends(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

fn cut_short(bytes: &[u8]) -> Ending {
    let walk = bytes.iter().fold(Walk::FieldStart, |walk, byte| walk.after(*byte));
    Ending::CutShort { quoted: walk == Walk::Quoted }
}

/// Where the record that begins at `from` ends, its line end included; none if it does not end here.
pub(super) fn record_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                at += memchr(b'"', bytes.get(at..)?)? + 1;
                if bytes.get(at) != Some(&b'"') {
                    break;
                }
                at += 1;
            }
        }
        let end = at + memchr2(b',', b'\n', bytes.get(at..)?)?;
        at = end + 1;
        if bytes.get(end) == Some(&b'\n') {
            return Some(at);
        }
    }
}

/// Where the last whole record ends; 0 if none does.
fn last_end(bytes: &[u8]) -> usize {
    let mut start = 0;
    loop {
        let rest = bytes.get(start..).unwrap_or_default();
        let Some(quote) = memchr(b'"', rest) else {
            return memrchr(b'\n', rest).map_or(start, |i| start + i + 1);
        };
        let before = rest.get(..quote).unwrap_or_default();
        let begin = memrchr(b'\n', before).map_or(start, |i| start + i + 1);
        match record_end(bytes, begin) {
            Some(end) => start = end,
            None => return begin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All blocks of a text, cut at about `aim` bytes.
    fn blocks(text: &[u8], aim: usize) -> Vec<(Vec<u8>, Ending)> {
        let mut cut = Blocks::of_size(text, aim);
        let mut block = Block::default();
        let mut all = Vec::new();
        while cut.next(&mut block).unwrap() {
            all.push((block.bytes.clone(), block.ending));
        }
        all
    }

    #[test]
    fn blocks_end_with_their_records() {
        let cut = blocks(b"a,1\nbb,2\nc,3\n", 6);
        let texts: Vec<&[u8]> = cut.iter().map(|(b, _)| b.as_slice()).collect();
        assert_eq!(texts, [b"a,1\n".as_slice(), b"bb,2\n", b"c,3\n"]);
        assert!(cut.iter().all(|(_, ending)| *ending == Ending::Whole));
    }

    #[test]
    fn a_line_end_inside_quotes_ends_nothing() {
        let text = b"a,\"x\ny\"\nb,\"say \"\"hi\"\"\n\"\nc,d\"e\nf,1\n";
        for aim in 1..text.len() + 2 {
            let cut = blocks(text, aim);
            let joined: Vec<u8> = cut.iter().flat_map(|(b, _)| b.clone()).collect();
            assert_eq!(joined, text, "aim {aim}");
            for (bytes, ending) in &cut {
                assert_eq!((bytes.last(), *ending), (Some(&b'\n'), Ending::Whole), "aim {aim}");
                let quotes = bytes.iter().filter(|b| **b == b'"').count();
                let odd = bytes.windows(4).any(|w| w == b"d\"e\n");
                assert_eq!(quotes % 2 == 1, odd, "aim {aim}: {}", String::from_utf8_lossy(bytes));
            }
        }
    }

    #[test]
    fn the_last_line_may_be_cut_short() {
        let last = |text: &[u8]| blocks(text, 4).pop().unwrap().1;
        assert_eq!(last(b"a,1\nb,2"), Ending::CutShort { quoted: false });
        assert_eq!(last(b"a,1\nb,\"2\n"), Ending::CutShort { quoted: true });
        assert_eq!(last(b"a,1\nb,2\n"), Ending::Whole);
        assert!(blocks(b"", 4).is_empty());
    }

    #[test]
    fn a_record_too_long_is_passed_by_without_being_held() {
        let mut text = b"a,1\nb,\"".to_vec();
        text.extend(std::iter::repeat_n(b'x', 3 * LONGEST_RECORD));
        text.extend(b"\n\"\nc,3\n");
        let cut = blocks(&text, BLOCK);
        let bytes = 3 * LONGEST_RECORD as u64 + 6;
        let endings: Vec<Ending> = cut.iter().map(|(_, ending)| *ending).collect();
        let long = Ending::TooLong { bytes, lines: 2, unclosed: false };
        assert_eq!(endings, [Ending::Whole, long, Ending::Whole]);
        assert_eq!((cut[1].0.len(), cut[2].0.as_slice()), (KEPT, b"c,3\n".as_slice()));
        let unclosed = blocks(&text[..text.len() - 7], BLOCK);
        assert!(matches!(unclosed[1].1, Ending::TooLong { unclosed: true, .. }));
    }

    #[test]
    fn the_header_comes_alone() {
        let mut cut = Blocks::of_size(b"a,\"b\nc\"\n1,2\n".as_slice(), 3);
        assert_eq!(cut.first().unwrap().bytes, b"a,\"b\nc\"\n");
        let mut block = Block::default();
        assert!(cut.next(&mut block).unwrap());
        assert_eq!((block.bytes.as_slice(), block.line), (b"1,2\n".as_slice(), 3));
        assert!(!cut.next(&mut block).unwrap());
    }
}
