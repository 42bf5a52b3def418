//! Limits that look at all customers: over a rolling period, of the incident, of the budget.
//!
//! The drafts are read as often as a limit needs, in the order of the evidence; only the final
//! amounts are written.

use std::collections::HashMap;
use std::io;

use super::draft::{Draft, Drafts};
use super::part::{Writing, put_draft};
use super::spread::Shares;
use super::{Earlier, Effect, Plan, Spill};
use crate::compensation::{AtLimit, Limit, LimitKind};
use crate::units::Span;

/// Bytes of lines that are handed on together.
const PIECE: usize = 64 * 1024;

/// Rows whose changes are held together.
const ROWS: u64 = 1 << 16;

/// Why limits could not be applied.
#[derive(Debug)]
pub(super) enum Unsettled {
    /// The disk, or what was given before, cannot be read.
    Io(io::Error),
    /// All awards together do not fit into 64 bits.
    TooLarge,
}

impl From<io::Error> for Unsettled {
    fn from(e: io::Error) -> Self {
        Unsettled::Io(e)
    }
}

/// Applies the limits to drafts and writes what is left; `put` takes the lines, in order.
pub(super) fn settle(
    plan: &Plan<'_>,
    mut drafts: Drafts,
    earlier: &dyn Earlier,
    spill: &dyn Spill,
    writing: &mut Writing,
    put: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<(), Unsettled> {
    let mut shares: Vec<Shares> = Vec::new();
    for (at, limit) in plan.terms.limits.iter().enumerate() {
        let mut effect = Effect::default();
        match limit.kind {
            LimitKind::CustomerPeriod => {
                drafts = within_period(limit, drafts, earlier, spill, &mut effect)?;
            }
            LimitKind::Incident | LimitKind::Budget => {
                let total = total(&mut drafts, &shares)?;
                if total > i128::from(limit.minor) {
                    effect.cut = total - i128::from(limit.minor);
                    if limit.at == AtLimit::Spread {
                        let total = i64::try_from(total).map_err(|_| Unsettled::TooLarge)?;
                        let mut reading =
                            |each: &mut dyn FnMut(i64, &str, u8) -> io::Result<()>| {
                                drafts.each(|_, draft| {
                                    shared(draft, &shares);
                                    let money = draft.awards.iter().filter(|award| award.money);
                                    money
                                        .into_iter()
                                        .try_for_each(|a| each(a.minor, &draft.id, a.form))
                                })
                            };
                        let share = Shares::of(limit.minor, total, &mut reading)?;
                        shares.push(share);
                        effect.touched = drafts.count;
                    }
                }
            }
            LimitKind::Customer | LimitKind::Smallest => {}
        }
        if let Some(sum) = writing.effects.get_mut(at) {
            sum.join(effect);
        }
    }
    let mut out = Vec::with_capacity(2 * PIECE);
    drafts.each(|_, draft| {
        shared(draft, &shares);
        put_draft(plan, draft, writing, &mut out);
        if out.len() >= PIECE {
            put(&out)?;
            out.clear();
        }
        Ok(())
    })?;
    put(&out)?;
    Ok(())
}

/// Brings a draft to what it gets of each total that was shared out so far.
fn shared(draft: &mut Draft, shares: &[Shares]) {
    if shares.is_empty() {
        return;
    }
    let mut key = Vec::new();
    let Draft { id, awards, .. } = draft;
    for share in shares {
        for award in awards.iter_mut().filter(|award| award.money) {
            let minor = share.share(award.minor, id, award.form, &mut key);
            award.set(minor);
        }
    }
}

fn total(drafts: &mut Drafts, shares: &[Shares]) -> io::Result<i128> {
    let mut total = 0;
    drafts.each(|_, draft| {
        shared(draft, shares);
        total += draft.money();
        Ok(())
    })?;
    Ok(total)
}

/// Cuts every customer to what the limit leaves after what they were given in the period before.
fn within_period(
    limit: &Limit,
    mut drafts: Drafts,
    earlier: &dyn Earlier,
    spill: &dyn Spill,
    effect: &mut Effect,
) -> io::Result<Drafts> {
    let period = limit.period.unwrap_or(Span::ZERO);
    let mut changes = Changes::new(spill)?;
    // Both sides are laid out by customer first: each is read once, however large the other is.
    let mut given = Laid::new(spill)?;
    let mut nothing = true;
    earlier.tell(period, &mut |customer, minor| {
        nothing = false;
        given.add(shelf_of(customer), &piece(&[minor.to_le_bytes()], customer))
    })?;
    let mut check = |row: u64, money: i128, before: i64| {
        let room = limit.minor.saturating_sub(before.max(0)).max(0);
        let over = money - i128::from(room);
        if over > 0 {
            effect.add(over);
            changes.add(row, room)?;
        }
        io::Result::Ok(())
    };
    if nothing {
        drafts.each(|row, draft| check(row, draft.money(), 0))?;
    } else {
        let mut rows = Laid::new(spill)?;
        drafts.each(|row, draft| {
            let money = draft.money();
            // A draft beyond 64 bits is beyond every limit.
            let money = i64::try_from(money).unwrap_or(i64::MAX);
            rows.add(
                shelf_of(&draft.id),
                &piece(&[row.to_le_bytes(), money.to_le_bytes()], &draft.id),
            )
        })?;
        for shelf in 0..SHELVES {
            let mut sums: HashMap<String, i64> = HashMap::new();
            for bytes in given.of(shelf)? {
                each_piece(&bytes, |[minor], customer| {
                    let sum = sums.entry(customer.to_owned()).or_default();
                    *sum = sum.saturating_add(i64::from_le_bytes(minor));
                    Ok(())
                })?;
            }
            for bytes in rows.of(shelf)? {
                each_piece(&bytes, |[row, money], customer| {
                    let before = sums.get(customer).copied().unwrap_or(0);
                    check(u64::from_le_bytes(row), i64::from_le_bytes(money).into(), before)
                })?;
            }
        }
    }
    if limit.at != AtLimit::Cut || effect.touched == 0 {
        return Ok(drafts);
    }
    let mut cut = Drafts::new(spill.open()?);
    let (mut bytes, mut held) = (Vec::new(), HashMap::new());
    drafts.each(|row, draft| {
        if row.is_multiple_of(ROWS) {
            held = changes.of(row / ROWS)?;
        }
        if let Some(room) = held.get(&row) {
            draft.cut_to(*room);
        }
        bytes.clear();
        draft.put(&mut bytes);
        cut.add(&bytes, 1)
    })?;
    Ok(cut)
}

/// Among how many shelves customers are laid out; one of them at a time is in memory.
const SHELVES: u64 = 256;

fn shelf_of(customer: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    customer.hash(&mut hasher);
    hasher.finish() % SHELVES
}

/// Figures and a customer's name, as they are laid on disk.
fn piece<const N: usize>(figures: &[[u8; 8]; N], customer: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 * N + 4 + customer.len());
    bytes.extend(figures.iter().flatten());
    // Names of customers are cells of at most a mebibyte.
    bytes.extend_from_slice(&u32::try_from(customer.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend_from_slice(customer.as_bytes());
    bytes
}

fn each_piece<const N: usize>(
    mut bytes: &[u8],
    mut each: impl FnMut([[u8; 8]; N], &str) -> io::Result<()>,
) -> io::Result<()> {
    let lost = || io::Error::new(io::ErrorKind::InvalidData, "a piece was not read back");
    while !bytes.is_empty() {
        let mut figures = [[0; 8]; N];
        for figure in &mut figures {
            let (read, rest) = bytes.split_first_chunk::<8>().ok_or_else(lost)?;
            (*figure, bytes) = (*read, rest);
        }
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or_else(lost)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (name, rest) = rest.split_at_checked(length).ok_or_else(lost)?;
        each(figures, std::str::from_utf8(name).map_err(|_| lost())?)?;
        bytes = rest;
    }
    Ok(())
}

/// Bytes laid out on disk by shelf, and found again shelf by shelf.
struct Laid {
    file: Box<dyn super::Spilled>,
    /// What is not written yet.
    open: HashMap<u64, Vec<u8>>,
    /// Where the pieces of each shelf lie.
    pieces: HashMap<u64, Vec<(u64, usize)>>,
    written: u64,
    held: usize,
}

impl Laid {
    fn new(spill: &dyn Spill) -> io::Result<Laid> {
        let (open, pieces) = (HashMap::new(), HashMap::new());
        Ok(Laid { file: spill.open()?, open, pieces, written: 0, held: 0 })
    }

    fn add(&mut self, shelf: u64, bytes: &[u8]) -> io::Result<()> {
        self.open.entry(shelf).or_default().extend_from_slice(bytes);
        self.held += bytes.len();
        if self.held >= 4 * 1024 * 1024 {
            self.write()?;
        }
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        use std::io::{Seek as _, SeekFrom, Write as _};
        self.file.seek(SeekFrom::Start(self.written))?;
        for (shelf, bytes) in self.open.drain() {
            self.file.write_all(&bytes)?;
            self.pieces.entry(shelf).or_default().push((self.written, bytes.len()));
            self.written += bytes.len() as u64;
        }
        self.held = 0;
        Ok(())
    }

    /// What was laid on a shelf, in order.
    fn of(&mut self, shelf: u64) -> io::Result<Vec<Vec<u8>>> {
        use std::io::{Read as _, Seek as _, SeekFrom};
        self.write()?;
        let mut all = Vec::new();
        for (at, length) in self.pieces.get(&shelf).into_iter().flatten() {
            let mut bytes = vec![0; *length];
            self.file.seek(SeekFrom::Start(*at))?;
            self.file.read_exact(&mut bytes)?;
            all.push(bytes);
        }
        Ok(all)
    }
}

/// What becomes of which row, found again by ranges of rows.
struct Changes(Laid);

impl Changes {
    fn new(spill: &dyn Spill) -> io::Result<Changes> {
        Ok(Changes(Laid::new(spill)?))
    }

    fn add(&mut self, row: u64, room: i64) -> io::Result<()> {
        self.0.add(row / ROWS, &piece(&[row.to_le_bytes(), room.to_le_bytes()], ""))
    }

    fn of(&mut self, range: u64) -> io::Result<HashMap<u64, i64>> {
        let mut all = HashMap::new();
        for bytes in self.0.of(range)? {
            each_piece(&bytes, |[row, room], _| {
                all.insert(u64::from_le_bytes(row), i64::from_le_bytes(room));
                Ok(())
            })?;
        }
        Ok(all)
    }
}
