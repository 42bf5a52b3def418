//! Customers with their awards while they wait on disk for limits that look at all of them.

use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use super::Spilled;

/// Bytes read and written at once.
const BUFFER: usize = 256 * 1024;

/// The longest draft in bytes: an id, a segment and an employee of a row, and its awards.
const LONGEST: usize = 256 * 1024;

/// One award of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Drafted {
    /// The place of its form.
    pub(super) form: u8,
    /// Whether the form is money, which limits are about.
    pub(super) money: bool,
    /// The amount in minor units.
    pub(super) minor: i64,
    /// The tax in it, or on top of it.
    pub(super) tax: i64,
    /// The day it is due, counted from 1970.
    pub(super) due: Option<i32>,
    /// The part of each rule, by its place.
    pub(super) parts: Vec<(u16, i64)>,
}

/// One customer who gets something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Draft {
    /// The customer's id.
    pub(super) id: String,
    /// The segment; empty where there is none.
    pub(super) segment: String,
    /// The employee's id; empty where the customer is none.
    pub(super) employee: String,
    /// What they get; of money not less than nothing.
    pub(super) awards: Vec<Drafted>,
}

impl Drafted {
    /// Makes it another amount; its parts and its tax follow in proportion, to the last unit.
    pub(super) fn set(&mut self, minor: i64) {
        if minor == self.minor {
            return;
        }
        let mut parts: Vec<i64> = self.parts.iter().map(|(_, part)| *part).collect();
        super::spread::split(minor, &mut parts);
        for ((_, part), new) in self.parts.iter_mut().zip(parts) {
            *part = new;
        }
        if self.tax != 0 && self.minor != 0 {
            let mut shares = [self.tax, self.minor.saturating_sub(self.tax)];
            super::spread::split(minor, &mut shares);
            self.tax = shares[0];
        }
        self.minor = minor;
    }
}

impl Draft {
    /// The sum of its money.
    pub(super) fn money(&self) -> i128 {
        let money = self.awards.iter().filter(|award| award.money);
        money.map(|award| i128::from(award.minor)).sum()
    }

    /// Cuts its money to a sum; the awards share it in proportion.
    pub(super) fn cut_to(&mut self, most: i64) {
        let money = || self.awards.iter().enumerate().filter(|(_, award)| award.money);
        let places: Vec<usize> = money().map(|(place, _)| place).collect();
        let mut amounts: Vec<i64> = money().map(|(_, award)| award.minor).collect();
        super::spread::split(most, &mut amounts);
        for (place, amount) in places.into_iter().zip(amounts) {
            if let Some(award) = self.awards.get_mut(place) {
                award.set(amount);
            }
        }
    }

    /// Appends it as bytes.
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        for text in [&self.id, &self.segment, &self.employee] {
            let bytes = text.as_bytes();
            let length = u16::try_from(bytes.len()).unwrap_or(0);
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(bytes.get(..usize::from(length)).unwrap_or_default());
        }
        out.push(u8::try_from(self.awards.len()).unwrap_or(u8::MAX));
        for award in &self.awards {
            let flags = u8::from(award.money) | (u8::from(award.due.is_some()) << 1);
            out.extend_from_slice(&[award.form, flags]);
            out.extend_from_slice(&award.minor.to_le_bytes());
            out.extend_from_slice(&award.tax.to_le_bytes());
            out.extend_from_slice(&award.due.unwrap_or(0).to_le_bytes());
            let parts = u16::try_from(award.parts.len()).unwrap_or(u16::MAX);
            out.extend_from_slice(&parts.to_le_bytes());
            for (rule, part) in award.parts.iter().take(usize::from(parts)) {
                out.extend_from_slice(&rule.to_le_bytes());
                out.extend_from_slice(&part.to_le_bytes());
            }
        }
        let length = u32::try_from(out.len() - start - 4).unwrap_or(u32::MAX);
        if let Some(slot) = out.get_mut(start..start + 4) {
            slot.copy_from_slice(&length.to_le_bytes());
        }
    }

    /// Reads it back into itself; none where the bytes are something else.
    fn take(&mut self, mut from: &[u8]) -> Option<()> {
        for text in [&mut self.id, &mut self.segment, &mut self.employee] {
            let length = usize::from(u16::from_le_bytes(array(&mut from)?));
            let (bytes, rest) = from.split_at_checked(length)?;
            text.clear();
            text.push_str(std::str::from_utf8(bytes).ok()?);
            from = rest;
        }
        let [awards] = array(&mut from)?;
        self.awards.resize_with(usize::from(awards), Drafted::default);
        for award in &mut self.awards {
            let [form, flags] = array(&mut from)?;
            award.form = form;
            award.money = flags & 1 != 0;
            award.minor = i64::from_le_bytes(array(&mut from)?);
            award.tax = i64::from_le_bytes(array(&mut from)?);
            let due = i32::from_le_bytes(array(&mut from)?);
            award.due = (flags & 2 != 0).then_some(due);
            let parts = u16::from_le_bytes(array(&mut from)?);
            award.parts.clear();
            for _ in 0..parts {
                let rule = u16::from_le_bytes(array(&mut from)?);
                award.parts.push((rule, i64::from_le_bytes(array(&mut from)?)));
            }
        }
        from.is_empty().then_some(())
    }
}

fn array<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = from.split_first_chunk::<N>()?;
    *from = rest;
    Some(*first)
}

/// Drafts on disk, in the order of the evidence.
pub(super) struct Drafts {
    file: BufWriter<Box<dyn Spilled>>,
    /// How many there are.
    pub(super) count: u64,
}

impl std::fmt::Debug for Drafts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drafts").field("count", &self.count).finish_non_exhaustive()
    }
}

impl Drafts {
    /// Takes a file of its own.
    pub(super) fn new(file: Box<dyn Spilled>) -> Drafts {
        Drafts { file: BufWriter::with_capacity(BUFFER, file), count: 0 }
    }

    /// Adds drafts that are bytes already.
    ///
    /// # Errors
    ///
    /// When the disk refuses.
    pub(super) fn add(&mut self, bytes: &[u8], count: u64) -> io::Result<()> {
        self.count += count;
        self.file.write_all(bytes)
    }

    /// Gives each draft in turn.
    ///
    /// # Errors
    ///
    /// When the disk refuses, or what `each` says.
    pub(super) fn each(
        &mut self,
        mut each: impl FnMut(u64, &mut Draft) -> io::Result<()>,
    ) -> io::Result<()> {
        self.file.flush()?;
        let file = self.file.get_mut();
        file.seek(SeekFrom::Start(0))?;
        let mut from = BufReader::with_capacity(BUFFER, file);
        let (mut draft, mut bytes) = (Draft::default(), Vec::new());
        let lost = || io::Error::new(io::ErrorKind::InvalidData, "a draft was not read back");
        for number in 0..self.count {
            let mut length = [0; 4];
            from.read_exact(&mut length)?;
            let length = u32::from_le_bytes(length) as usize;
            if length > LONGEST {
                return Err(lost());
            }
            bytes.resize(length, 0);
            from.read_exact(&mut bytes)?;
            draft.take(&bytes).ok_or_else(lost)?;
            each(number, &mut draft)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Spill as _;
    use super::super::spill::Memory;
    use super::*;

    fn award(form: u8, money: bool, minor: i64) -> Drafted {
        Drafted { form, money, minor, tax: 0, due: Some(20_000), parts: vec![(0, minor)] }
    }

    #[test]
    fn drafts_come_back_as_often_as_wanted() {
        let draft = |n: i64| Draft {
            id: format!("C{n}"),
            segment: "ñ".into(),
            employee: String::new(),
            awards: vec![award(0, true, n), award(1, false, 3)],
        };
        let mut drafts = Drafts::new(Memory.open().unwrap());
        for n in 0..3_000 {
            let mut bytes = Vec::new();
            draft(n).put(&mut bytes);
            drafts.add(&bytes, 1).unwrap();
        }
        for _ in 0..2 {
            let mut next = 0;
            drafts
                .each(|number, found| {
                    assert_eq!((number, &*found), (next, &draft(i64::try_from(next).unwrap())));
                    next += 1;
                    Ok(())
                })
                .unwrap();
            assert_eq!(next, 3_000);
        }
    }

    #[test]
    fn a_cut_goes_through_money_alone_and_adds_up() {
        let mut draft = Draft {
            awards: vec![
                Drafted { tax: 48, parts: vec![(0, 100), (1, 200)], ..award(0, true, 300) },
                award(1, false, 7),
                award(2, true, 301),
            ],
            ..Draft::default()
        };
        draft.cut_to(200);
        assert_eq!(draft.money(), 200);
        let minors: Vec<i64> = draft.awards.iter().map(|award| award.minor).collect();
        assert_eq!(minors, [100, 7, 100]);
        assert_eq!(draft.awards[0].parts, [(0, 33), (1, 67)]);
        assert_eq!(draft.awards[0].tax, 16);
        draft.cut_to(0);
        assert_eq!((draft.money(), draft.awards[0].tax), (0, 0));
    }
}
