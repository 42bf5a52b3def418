//! How cards are written: short numbers, texts with their length, lists that can be passed over.

use chrono::{DateTime, FixedOffset};

use crate::units::Instant;

/// The place of no word of a vocabulary.
pub(super) const NONE: u8 = u8::MAX;

pub(super) fn place<T: PartialEq>(all: &[T], one: T) -> u8 {
    all.iter().position(|word| *word == one).and_then(|p| u8::try_from(p).ok()).unwrap_or(NONE)
}

/// Writes a card.
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// Seven bits a byte: most lengths take one.
    pub(super) fn count(&mut self, mut count: usize) {
        while count > 0x7F {
            self.0.push(count.to_le_bytes()[0] | 0x80);
            count >>= 7;
        }
        self.0.push(count.to_le_bytes()[0]);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend(text.as_bytes());
    }

    pub(super) fn maybe(&mut self, text: Option<&str>) {
        self.byte(u8::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }

    pub(super) fn list(&mut self, write: impl FnOnce(&mut Writer)) {
        let mut inner = Writer(Vec::new());
        write(&mut inner);
        self.count(inner.0.len());
        self.0.append(&mut inner.0);
    }

    pub(super) fn number(&mut self, number: Option<i64>) {
        self.byte(u8::from(number.is_some()));
        if let Some(number) = number {
            self.0.extend(number.to_le_bytes());
        }
    }

    /// Seconds, nanoseconds, offset: the clock on the wall is kept.
    pub(super) fn moment(&mut self, moment: Option<Instant>) {
        self.number(moment.map(|at| at.get().timestamp()));
        if let Some(at) = moment.map(Instant::get) {
            self.0.extend(at.timestamp_subsec_nanos().to_le_bytes());
            self.0.extend(at.offset().local_minus_utc().to_le_bytes());
        }
    }
}

/// Reads a card.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

/// Reads what a [`Writer`] wrote; `None` inside where there is none, outside where it is cut.
#[expect(
    clippy::option_option,
    reason = "nothing more to read, and the answer that nothing is there"
)]
impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(super) fn count(&mut self) -> Option<usize> {
        let mut count = 0_usize;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            count |= usize::from(byte & 0x7F).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(count);
            }
        }
        None
    }

    pub(super) fn list(&mut self) -> Option<&'a [u8]> {
        let length = self.count()?;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.list()?).ok()
    }

    pub(super) fn maybe(&mut self) -> Option<Option<&'a str>> {
        if self.byte()? == 0 { Some(None) } else { self.text().map(Some) }
    }

    pub(super) fn word<T: Copy>(&mut self, all: &[T]) -> Option<Option<T>> {
        match self.byte()? {
            NONE => Some(None),
            place => all.get(usize::from(place)).copied().map(Some),
        }
    }

    pub(super) fn number(&mut self) -> Option<Option<i64>> {
        match self.byte()? {
            0 => Some(None),
            _ => Some(Some(i64::from_le_bytes(self.take(8)?.try_into().ok()?))),
        }
    }

    pub(super) fn moment(&mut self) -> Option<Option<Instant>> {
        let Some(seconds) = self.number()? else { return Some(None) };
        let nanos = u32::from_le_bytes(self.take(4)?.try_into().ok()?);
        let offset = i32::from_le_bytes(self.take(4)?.try_into().ok()?);
        let at = DateTime::from_timestamp(seconds, nanos)?;
        Some(Some(Instant::from(at.with_timezone(&FixedOffset::east_opt(offset)?))))
    }
}
