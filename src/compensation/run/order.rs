//! A run from the first byte to the last.

use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256};

use super::doubles::{Doubles, Key, Repeated};
use super::draft::Drafts;
use super::part::{Found, Part, TOLD, Writing, repeated};
use super::repeats::Repeats;
use super::settle::{Unsettled, settle};
use super::{Earlier, Effect, Plan, Spill, Tally, Terms, in_order, rejects};
use crate::compensation::evidence::{Block, Blocks, Problem, Sheet, unpacked};
use crate::compensation::{AtLimit, Compiled};
use crate::diag::Diagnostics;
use crate::units::hex;

/// A file of evidence, which can be read again from its beginning.
pub trait Evidence: Sync {
    /// Its name, for messages.
    fn name(&self) -> &str;

    /// Opens it.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    fn open(&self) -> io::Result<Box<dyn Read + Send + '_>>;
}

/// What is to be done.
#[derive(Debug, Clone, Copy)]
pub struct Order<'o> {
    /// The policy, ready for the incident.
    pub compiled: &'o Compiled,
    /// Its terms.
    pub terms: &'o Terms,
    /// How many workers.
    pub workers: usize,
    /// The customer who is to be explained.
    pub explain: Option<&'o str>,
}

/// Where it goes.
pub struct Sinks<'s> {
    /// The awards.
    pub awards: &'s mut dyn Write,
    /// Bad rows; without it a bad row stops the run.
    pub rejects: Option<&'s mut dyn Write>,
    /// What does not fit into the memory.
    pub spill: &'s dyn Spill,
    /// What customers were given before.
    pub earlier: &'s dyn Earlier,
}

impl std::fmt::Debug for Sinks<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sinks").field("rejects", &self.rejects.is_some()).finish_non_exhaustive()
    }
}

/// A run that was done.
#[derive(Debug, Clone)]
pub struct Ran {
    /// What it came to.
    pub tally: Tally,
    /// What each limit did.
    pub effects: Vec<Effect>,
    /// Bytes of the evidence as it lies there.
    pub evidence_bytes: u64,
    /// Their SHA-256.
    pub evidence_sha256: String,
    /// Bytes of the awards.
    pub awards_bytes: u64,
    /// Their SHA-256.
    pub awards_sha256: String,
    /// Columns of the evidence that the policy does not read.
    pub unused: Vec<String>,
    /// The header, where a customer is to be explained.
    pub sheet: Sheet,
    /// The customer's row and the lines of their awards.
    pub found: Option<(Found, String)>,
}

impl Ran {
    /// Whether a limit asks for an approval: it was passed, and nothing was cut.
    pub fn asks(&self, terms: &Terms) -> bool {
        let asked = |(limit, effect): (&crate::compensation::Limit, &Effect)| {
            limit.at == AtLimit::Stop && effect.cut > 0
        };
        terms.limits.iter().zip(&self.effects).any(asked)
    }
}

/// A run that was not done; nothing of it is to be kept.
#[derive(Debug)]
pub enum Stopped {
    /// The file is wrong as a whole.
    File(Diagnostics),
    /// Rows are bad.
    Rows {
        /// The first of them.
        first: Vec<Problem>,
        /// How many there are.
        count: u64,
    },
    /// More customers come twice than can be told apart.
    NotByCustomer,
    /// The evidence cannot be read.
    Reading(io::Error),
    /// The disk refuses.
    Disk(io::Error),
    /// All awards together are more than 64 bits hold.
    TooLarge,
}

/// What went wrong between blocks: by the source, or by us.
enum Ended {
    Source(io::Error),
    Disk(io::Error),
}

impl From<io::Error> for Ended {
    fn from(e: io::Error) -> Self {
        Ended::Source(e)
    }
}

impl From<Ended> for Stopped {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Source(e) => Stopped::Reading(e),
            Ended::Disk(e) => Stopped::Disk(e),
        }
    }
}

impl From<Unsettled> for Stopped {
    fn from(unsettled: Unsettled) -> Self {
        match unsettled {
            Unsettled::Io(e) => Stopped::Disk(e),
            Unsettled::TooLarge => Stopped::TooLarge,
        }
    }
}

/// Counts and hashes what is written.
struct Hashed<'w> {
    to: &'w mut dyn Write,
    sha256: Sha256,
    bytes: u64,
}

impl Hashed<'_> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sha256.update(bytes);
        self.bytes += bytes.len() as u64;
        self.to.write_all(bytes)
    }
}

/// Runs a policy over evidence.
///
/// # Errors
///
/// Why it was not done. What was written until then is to be thrown away.
pub fn run(order: &Order<'_>, evidence: &dyn Evidence, sinks: Sinks<'_>) -> Result<Ran, Stopped> {
    let Sinks { awards, rejects: aside, spill, earlier } = sinks;
    let key = Key::draw();
    let repeats = match &aside {
        // Which rows are put aside must be known before the first award is written.
        Some(_) => Some(repeats(order, evidence, spill, key)?),
        None => None,
    };
    if repeats.as_ref().is_some_and(Repeats::more) {
        return Err(Stopped::NotByCustomer);
    }
    let source = evidence.open().map_err(Stopped::Reading)?;
    let (source, digested) = unpacked(source).map_err(Stopped::Reading)?;
    let mut blocks = Blocks::new(source);
    let sheet = open(order, evidence, &mut blocks)?;
    let mut plan = Plan::new(order.compiled, order.terms, &sheet, key);
    plan.repeats = repeats.as_ref();
    plan.rejects = aside.is_some();
    plan.explained = order.explain;
    let mut awards = Hashed { to: awards, sha256: Sha256::new(), bytes: 0 };
    awards.put(plan.lines.header().as_bytes()).map_err(Stopped::Disk)?;
    let mut aside = aside;
    if let Some(aside) = &mut aside {
        aside.write_all(rejects::HEADER.as_bytes()).map_err(Stopped::Disk)?;
    }
    let mut all = Writing::new(&plan);
    let mut drafts = match plan.wait {
        true => Some(Drafts::new(spill.open().map_err(Stopped::Disk)?)),
        false => None,
    };
    let mut doubles = Doubles::new(spill);
    let (mut first, mut count, mut found) = (Vec::new(), 0_u64, None);
    in_order(
        &mut blocks,
        order.workers,
        || Part::new(&plan),
        |block, part| part.judge(&plan, block),
        |part: &mut Part<'_>| {
            first.extend(part.problems.drain(..).take(TOLD.saturating_sub(first.len())));
            count += part.bad;
            found = found.take().or(part.found.take());
            let written = part.written();
            all.tally.join(&written.tally);
            all.shown.extend_from_slice(&written.shown);
            for (sum, effect) in all.effects.iter_mut().zip(&written.effects) {
                sum.join(*effect);
            }
            doubles.add(&part.hashes).map_err(Ended::Disk)?;
            if let Some(aside) = &mut aside {
                aside.write_all(&part.rejects).map_err(Ended::Disk)?;
            } else if count > 0 {
                // Nothing of this run will be kept: the rest is read for its problems alone.
                return Ok(());
            }
            match &mut drafts {
                Some(drafts) => drafts.add(&part.out, part.drafts).map_err(Ended::Disk),
                None => awards.put(&part.out).map_err(Ended::Disk),
            }
        },
    )?;
    if aside.is_none() {
        refuse(order, evidence, key, doubles.finish().map_err(Stopped::Disk)?, first, count)?;
    }
    if let Some(drafts) = drafts {
        settle(&plan, drafts, earlier, spill, &mut all, &mut |bytes| awards.put(bytes))?;
    }
    awards.to.flush().map_err(Stopped::Disk)?;
    let (evidence_bytes, evidence_sha256) = digested.sum();
    let Writing { tally, effects, shown, .. } = all;
    if tally.forms.iter().any(|form| i64::try_from(form.all.total).is_err()) {
        return Err(Stopped::TooLarge);
    }
    drop(plan);
    let shown = String::from_utf8(shown).unwrap_or_default();
    Ok(Ran {
        tally,
        effects,
        evidence_bytes,
        evidence_sha256,
        awards_bytes: awards.bytes,
        awards_sha256: hex(&awards.sha256.finalize()),
        unused: sheet.unused.clone(),
        sheet,
        found: found.map(|found| (found, shown)),
    })
}

fn open<R: Read>(
    order: &Order<'_>,
    evidence: &dyn Evidence,
    blocks: &mut Blocks<R>,
) -> Result<Sheet, Stopped> {
    let policy = order.compiled.policy();
    Sheet::open(blocks, evidence.name(), &policy.columns, Some(policy.currency))
        .map_err(Stopped::Reading)?
        .map_err(Stopped::File)
}

/// Says no where rows are bad or customers come twice.
fn refuse(
    order: &Order<'_>,
    evidence: &dyn Evidence,
    key: Key,
    repeated: Repeated,
    mut first: Vec<Problem>,
    count: u64,
) -> Result<(), Stopped> {
    if repeated.more {
        return Err(Stopped::NotByCustomer);
    }
    let mut count = count;
    if !repeated.hashes.is_empty() {
        let (_, twice) = look_again(order, evidence, Repeats::new(key, repeated))?;
        count += twice.count;
        first.extend(twice.first);
        first.sort_by_key(|problem| problem.line);
        first.truncate(TOLD);
    }
    if count > 0 { Err(Stopped::Rows { first, count }) } else { Ok(()) }
}

/// Finds the customers who come more than once, in a reading of its own.
fn repeats(
    order: &Order<'_>,
    evidence: &dyn Evidence,
    spill: &dyn Spill,
    key: Key,
) -> Result<Repeats, Stopped> {
    let mut doubles = Doubles::new(spill);
    ids(
        order,
        evidence,
        |id, _, hashes: &mut Vec<u64>| hashes.push(key.hash(id)),
        |hashes| {
            doubles.add(hashes).map_err(Ended::Disk)?;
            hashes.clear();
            Ok(())
        },
    )?;
    let repeated = doubles.finish().map_err(Stopped::Disk)?;
    if repeated.hashes.is_empty() {
        return Ok(Repeats::new(key, repeated));
    }
    Ok(look_again(order, evidence, Repeats::new(key, repeated))?.0)
}

/// Rows of customers who came before.
#[derive(Default)]
struct Twice {
    first: Vec<Problem>,
    count: u64,
}

fn look_again(
    order: &Order<'_>,
    evidence: &dyn Evidence,
    repeats: Repeats,
) -> Result<(Repeats, Twice), Stopped> {
    let (key, mut twice) = (repeats.key(), Twice::default());
    let found = std::sync::RwLock::new(repeats);
    let look = || found.read().unwrap_or_else(std::sync::PoisonError::into_inner);
    ids(
        order,
        evidence,
        |id, line, rows: &mut Vec<(String, u64)>| {
            if look().suspects(key.hash(id)) {
                rows.push((id.to_owned(), line));
            }
        },
        |rows| {
            let mut repeats = found.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            for (id, line) in rows.drain(..) {
                if let Some(before) = repeats.look(&id, line) {
                    twice.count += 1;
                    if twice.first.len() < TOLD {
                        twice.first.push(repeated(line, before));
                    }
                }
            }
            Ok(())
        },
    )?;
    let repeats = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok((repeats, twice))
}

/// Reads the evidence for the ids of its customers alone.
fn ids<T: Default + Send>(
    order: &Order<'_>,
    evidence: &dyn Evidence,
    each: impl Fn(&str, u64, &mut T) + Sync,
    mut take: impl FnMut(&mut T) -> Result<(), Ended>,
) -> Result<(), Stopped> {
    let source = evidence.open().map_err(Stopped::Reading)?;
    let (source, _) = unpacked(source).map_err(Stopped::Reading)?;
    let mut blocks = Blocks::new(source);
    let sheet = open(order, evidence, &mut blocks)?;
    in_order(
        &mut blocks,
        order.workers,
        Default::default,
        |block: &Block, (scratch, result): &mut (crate::compensation::evidence::Scratch, T)| {
            sheet.rows(block, scratch, &mut |record| {
                // A bad row counts too: its customer has two rows, and the other may be the wrong one.
                if !record.id.is_empty() {
                    each(record.id, record.line, result);
                }
            });
        },
        |(_, result)| take(result),
    )?;
    Ok(())
}
