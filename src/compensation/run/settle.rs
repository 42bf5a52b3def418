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

/// Bytes of a change: the row, and what the customer may get.
const CHANGE: usize = 16;

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
    // What is known of a part is held while all drafts pass by; there are few parts.
    for part in 0..earlier.parts() {
        let given: HashMap<String, i64> = earlier.given(part, period)?;
        drafts.each(|row, draft| {
            if earlier.part_of(&draft.id) != part {
                return Ok(());
            }
            let before = given.get(&draft.id).copied().unwrap_or(0).max(0);
            let room = limit.minor.saturating_sub(before).max(0);
            let over = draft.money() - i128::from(room);
            if over > 0 {
                effect.add(over);
                changes.add(row, room)?;
            }
            Ok(())
        })?;
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

/// What becomes of which row, on disk, found again by ranges of rows.
struct Changes {
    file: Box<dyn super::Spilled>,
    /// What is not written yet, by range of rows.
    open: HashMap<u64, Vec<u8>>,
    /// Where the pieces of each range lie.
    pieces: HashMap<u64, Vec<(u64, usize)>>,
    written: u64,
    held: usize,
}

impl Changes {
    fn new(spill: &dyn Spill) -> io::Result<Changes> {
        let (open, pieces) = (HashMap::new(), HashMap::new());
        Ok(Changes { file: spill.open()?, open, pieces, written: 0, held: 0 })
    }

    fn add(&mut self, row: u64, room: i64) -> io::Result<()> {
        let open = self.open.entry(row / ROWS).or_default();
        open.extend_from_slice(&row.to_le_bytes());
        open.extend_from_slice(&room.to_le_bytes());
        self.held += CHANGE;
        if self.held >= 4 * 1024 * 1024 {
            self.write()?;
        }
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        use std::io::{Seek as _, SeekFrom, Write as _};
        self.file.seek(SeekFrom::Start(self.written))?;
        for (range, bytes) in self.open.drain() {
            self.file.write_all(&bytes)?;
            self.pieces.entry(range).or_default().push((self.written, bytes.len()));
            self.written += bytes.len() as u64;
        }
        self.held = 0;
        Ok(())
    }

    fn of(&mut self, range: u64) -> io::Result<HashMap<u64, i64>> {
        use std::io::{Read as _, Seek as _, SeekFrom};
        self.write()?;
        let mut all = HashMap::new();
        for (at, length) in self.pieces.get(&range).into_iter().flatten() {
            let mut bytes = vec![0; *length];
            self.file.seek(SeekFrom::Start(*at))?;
            self.file.read_exact(&mut bytes)?;
            let (changes, _) = bytes.as_chunks::<CHANGE>();
            for change in changes {
                let (row, room) = change.split_at(8);
                if let (Ok(row), Ok(room)) = (row.try_into(), room.try_into()) {
                    all.insert(u64::from_le_bytes(row), i64::from_le_bytes(room));
                }
            }
        }
        Ok(all)
    }
}
