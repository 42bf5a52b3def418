//! Reading a file, by blocks on all cores.
//!
//! The file is long because one block is read here from its bytes to the sums.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};

use super::cells::{Measure, Slice};
use super::count::{amount, count};
use super::lines::{Fields, header};
use super::mapping::{Mapping, Reason, ValueOf};
use super::time::Times;
use super::{Notes, Part, Series};

/// What is asked of a file.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// First second that matters; earlier rows are counted as such. None for no limit.
    pub from: Option<i64>,
    /// Last second that matters.
    pub to: Option<i64>,
    /// Length of a bin in seconds; else five minutes, or as far apart as rows are.
    pub width: Option<i64>,
    /// Values of dimensions to which rows are held: `service` one of `card-auth`, `checkout`. A
    /// dimension that the file has no column for holds nobody.
    pub only: Vec<(String, Vec<String>)>,
    /// Dimensions whose parts are wanted; none for all that the file has.
    pub by: Option<Vec<String>>,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeriesError {
    /// Reading failed.
    #[error("{0}")]
    Io(String),
    /// There is no header.
    #[error("the file is empty")]
    Empty,
    /// A column that must be there is not.
    #[error("there is no column `{wanted}`")]
    NoColumn {
        /// The name that the mapping says.
        wanted: String,
        /// The role that it has.
        role: &'static str,
        /// The columns that are there.
        there: Vec<String>,
    },
    /// A column stands twice in the header.
    #[error("the header has two columns `{0}`")]
    TwoColumns(String),
    /// There are no rows that could be read.
    #[error("there is no row below the header")]
    NoRows,
    /// No row lies in the time that is asked about or before it.
    #[error("all {rows} rows lie outside the time that is looked at")]
    Elsewhere {
        /// How many rows there are.
        rows: u64,
        /// First and last second of them.
        span: Option<(i64, i64)>,
    },
    /// Rows are there, and none is about what was asked for.
    #[error("none of {rows} rows is about {about}")]
    NoneAbout {
        /// How many rows there are.
        rows: u64,
        /// What was asked for.
        about: String,
    },
    /// More than one row in a hundred is bad.
    #[error("{bad} of {rows} rows cannot be read; line {line}: {why}")]
    Bad {
        /// How many rows are bad.
        bad: u64,
        /// How many there are.
        rows: u64,
        /// The first of them.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// A line that does not end.
    #[error("line {0} is longer than 1 MiB: this is no CSV file")]
    LongLine(u64),
    /// A dimension with too many values.
    #[error("there are more than {MOST_PARTS} values in the columns of dimensions")]
    ManyParts,
    /// More bins than memory should hold.
    #[error("the sums would take more than {} MiB of memory", MOST_BYTES >> 20)]
    Large,
}

/// Values of dimensions that are told apart.
const MOST_PARTS: usize = 2_000;
/// Combinations of them, with reasons, that are remembered.
const MOST_GROUPS: usize = 200_000;
/// Memory for sums, over all cores.
const MOST_BYTES: usize = 1 << 30;
/// A block; also the longest line.
const BLOCK: usize = 1 << 20;
/// One bad row in so many is borne and said.
const BAD_IN: u64 = 100;
/// Bad rows that are kept as examples, and reasons.
const EXAMPLES: usize = 5;
/// Widths of bins: divisors of an hour.
const WIDTHS: [i64; 8] = [60, 120, 300, 600, 900, 1200, 1800, 3600];
/// A bin where nothing else is asked for: five minutes.
const USUAL_WIDTH: i64 = 300;

/// Where the columns are.
#[derive(Debug, Clone)]
struct Layout {
    delimiter: u8,
    time: usize,
    /// Columns of counts, with what they count.
    counts: Vec<(Measure, usize)>,
    /// How many and why, in files with a row for each reason.
    by_reason: Option<(usize, usize)>,
    value: Option<usize>,
    dimensions: Vec<(String, usize)>,
    measures: Vec<Measure>,
}

/// Reads a series: rows in any order, on all cores, holding sums alone.
///
/// # Errors
///
/// When the file is no series by this mapping, or would not fit into memory.
pub fn read(mut input: impl BufRead, mapping: &Mapping, ask: &Ask) -> Result<Series, SeriesError> {
    let io = |e: std::io::Error| SeriesError::Io(e.to_string());
    let mut block = Vec::with_capacity(BLOCK);
    fill(&mut input, &mut block).map_err(io)?;
    if block.is_empty() {
        return Err(SeriesError::Empty);
    }
    let head = match memchr::memchr(b'\n', &block) {
        Some(end) => end,
        None if block.len() >= BLOCK => return Err(SeriesError::LongLine(1)),
        None => block.len(),
    };
    let layout = Layout::new(block.get(..head).unwrap_or_default(), mapping)?;
    let rest = block.split_off((head + 1).min(block.len()));
    let spacing = spacing(&rest, &layout, mapping);
    let width = width(spacing, ask.width);
    let shared = Shared {
        layout,
        mapping,
        ask,
        width,
        days: AtomicUsize::new(0),
        stopped: AtomicBool::new(false),
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(16);
    let (send, blocks) = mpsc::sync_channel::<(u64, Vec<u8>)>(cores * 2);
    let (give_back, used) = mpsc::channel::<Vec<u8>>();
    let blocks = Mutex::new(blocks);
    let halves = std::thread::scope(|scope| {
        let (blocks, shared) = (&blocks, &shared);
        let workers: Vec<_> = (0..cores)
            .map(|_| {
                let give_back = give_back.clone();
                scope.spawn(move || work(shared, blocks, &give_back))
            })
            .collect();
        let fed = feed(&mut input, rest, shared, send, &used);
        let mut halves = Vec::new();
        for worker in workers {
            let Ok(half) = worker.join() else {
                return Err(SeriesError::Io("a thread that read the file stopped".into()));
            };
            halves.push(half?);
        }
        fed?;
        Ok(halves)
    })?;
    finish(halves, &shared, spacing)
}

/// Adds up blocks until there are no more; after an error they are only taken, so that whoever
/// hands them out is never stuck.
fn work<'a>(
    shared: &'a Shared<'a>,
    blocks: &Mutex<mpsc::Receiver<(u64, Vec<u8>)>>,
    give_back: &mpsc::Sender<Vec<u8>>,
) -> Result<Sums<'a>, SeriesError> {
    let mut sums = Ok(Sums::new(shared));
    loop {
        let next = blocks.lock().ok().and_then(|blocks| blocks.recv().ok());
        let Some((number, block)) = next else { return sums };
        if let Ok(so_far) = &mut sums
            && let Err(error) = so_far.block(number, &block)
        {
            shared.stopped.store(true, Ordering::Relaxed);
            sums = Err(error);
        }
        // The reader may be through already.
        let _ = give_back.send(block);
    }
}

/// Reads until a block is full or the input ends.
fn fill(input: &mut impl BufRead, block: &mut Vec<u8>) -> std::io::Result<()> {
    use std::io::Read as _;
    let room = BLOCK.saturating_sub(block.len());
    input.take(u64::try_from(room).unwrap_or(u64::MAX)).read_to_end(block)?;
    Ok(())
}

/// Hands out blocks that end with a line.
fn feed(
    input: &mut impl BufRead,
    rest: Vec<u8>,
    shared: &Shared<'_>,
    send: mpsc::SyncSender<(u64, Vec<u8>)>,
    used: &mpsc::Receiver<Vec<u8>>,
) -> Result<(), SeriesError> {
    let mut block = rest;
    let mut lines = 1;
    for number in 0.. {
        if shared.stopped.load(Ordering::Relaxed) {
            break;
        }
        fill(input, &mut block).map_err(|e| SeriesError::Io(e.to_string()))?;
        let mut next = used.try_recv().unwrap_or_default();
        next.clear();
        if block.len() >= BLOCK {
            let Some(end) = memchr::memrchr(b'\n', &block) else {
                return Err(SeriesError::LongLine(lines + 1));
            };
            next.extend_from_slice(block.get(end + 1..).unwrap_or_default());
            block.truncate(end + 1);
            lines += u64::try_from(memchr::memchr_iter(b'\n', &block).count()).unwrap_or(0);
        }
        if block.is_empty() {
            return Ok(());
        }
        if send.send((number, std::mem::replace(&mut block, next))).is_err() {
            // Nobody is there any more; why, joining the workers will say.
            return Ok(());
        }
    }
    Ok(())
}

impl Layout {
    fn new(line: &[u8], mapping: &Mapping) -> Result<Layout, SeriesError> {
        let (delimiter, names) = header(line);
        let find = |name: &str| -> Result<Option<usize>, SeriesError> {
            let mut at = names.iter().enumerate().filter(|(_, n)| !name.is_empty() && *n == name);
            let first = at.next();
            match at.next() {
                Some(_) => Err(SeriesError::TwoColumns(name.to_owned())),
                None => Ok(first.map(|(place, _)| place)),
            }
        };
        let need = |name: &str, role| {
            find(name)?.ok_or_else(|| SeriesError::NoColumn {
                wanted: name.to_owned(),
                role,
                there: names.iter().take(30).cloned().collect(),
            })
        };
        let time = need(&mapping.timestamp, "timestamp")?;
        let mut counts = Vec::new();
        for (measure, name) in [
            (Measure::Attempted, &mapping.attempted),
            (Measure::Succeeded, &mapping.succeeded),
            (Measure::DeclinedBusiness, &mapping.declined_business),
            (Measure::DeclinedTechnical, &mapping.declined_technical),
        ] {
            counts.extend(find(name)?.map(|place| (measure, place)));
        }
        let counted = |m: Measure| counts.iter().any(|(measure, _)| *measure == m);
        let totals = counted(Measure::Attempted) || counted(Measure::Succeeded);
        let by_reason = match (totals, find(&mapping.reason)?) {
            (false, Some(reason)) => Some((need(&mapping.count, "count")?, reason)),
            (false, None) => {
                need(&mapping.attempted, "attempted")?;
                None
            }
            (true, _) => None,
        };
        if by_reason.is_some() {
            counts.clear();
        }
        let value = find(&mapping.value)?;
        let mut dimensions = Vec::new();
        for (dimension, column) in &mapping.dimensions {
            dimensions.extend(find(column)?.map(|place| (dimension.clone(), place)));
        }
        let mut measures: Vec<Measure> = counts.iter().map(|(measure, _)| *measure).collect();
        if by_reason.is_some() {
            measures.extend(Measure::ALL.into_iter().filter(|m| *m != Measure::Value));
        }
        measures.extend(value.map(|_| Measure::Value));
        Ok(Layout { delimiter, time, counts, by_reason, value, dimensions, measures })
    }

    fn fields(&self) -> Fields {
        let mut places = vec![self.time];
        places.extend(self.counts.iter().map(|(_, place)| *place));
        places.extend(self.by_reason.iter().flat_map(|(count, reason)| [*count, *reason]));
        places.extend(self.value);
        places.extend(self.dimensions.iter().map(|(_, place)| *place));
        Fields::new(self.delimiter, places)
    }
}

/// How far apart the times of rows are: nine in ten gaps of the first block are no longer.
fn spacing(block: &[u8], layout: &Layout, mapping: &Mapping) -> Option<i64> {
    let mut fields = Fields::new(layout.delimiter, vec![layout.time]);
    let mut times = Times::new(mapping.zone);
    let mut seconds: Vec<i64> = Vec::new();
    for line in block.split(|b| *b == b'\n').take(50_000) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let found = fields.find(line).ok().and_then(|found| times.read(found.get(0)).ok());
        seconds.extend(found.map(|read| read.second));
    }
    seconds.sort_unstable();
    seconds.dedup();
    let mut gaps: Vec<i64> = seconds.windows(2).map(|two| two[1] - two[0]).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() * 9 / 10).copied()
}

/// The bin for rows so far apart: at least as long as that, so that bins do not stand empty.
fn width(spacing: Option<i64>, asked: Option<i64>) -> i64 {
    let least = spacing.unwrap_or(1).max(asked.unwrap_or(USUAL_WIDTH));
    WIDTHS.into_iter().find(|width| *width >= least).unwrap_or(3600)
}

/// What all workers know.
struct Shared<'a> {
    layout: Layout,
    mapping: &'a Mapping,
    ask: &'a Ask,
    width: i64,
    /// Days of bins that all hold.
    days: AtomicUsize,
    /// One of them met an error.
    stopped: AtomicBool,
}

/// What the rows of one combination of dimensions and reason go into.
#[derive(Debug, Clone)]
struct Group {
    /// Places of slices.
    slices: Vec<usize>,
    /// None where the rows are about something else.
    wanted: bool,
    reason: Option<Reason>,
    /// The code that is in no table.
    unknown: bool,
}

/// The sums of one worker.
struct Sums<'a> {
    shared: &'a Shared<'a>,
    fields: Fields,
    times: Times,
    groups: HashMap<Vec<u8>, Group>,
    presence: Slice,
    slices: Vec<Slice>,
    parts: HashMap<(usize, Vec<u8>), usize>,
    notes: Notes,
    unknown: BTreeMap<String, u64>,
    /// Lines of the blocks that this worker read, and bad rows: block, line in it, why.
    lines: Vec<(u64, u64)>,
    bad: Vec<(u64, u64, &'static str)>,
}

impl<'a> Sums<'a> {
    fn new(shared: &'a Shared<'a>) -> Sums<'a> {
        Sums {
            shared,
            fields: shared.layout.fields(),
            times: Times::new(shared.mapping.zone),
            groups: HashMap::new(),
            presence: Slice::default(),
            slices: vec![Slice::default()],
            parts: HashMap::new(),
            notes: Notes::default(),
            unknown: BTreeMap::new(),
            lines: Vec::new(),
            bad: Vec::new(),
        }
    }

    fn block(&mut self, number: u64, block: &[u8]) -> Result<(), SeriesError> {
        let plan = Plan::new(&self.shared.layout, &self.fields);
        let mut key = Vec::new();
        let mut begins = 0;
        let mut line_number = 0;
        let mut previous: &[u8] = &[];
        for ends in memchr::memchr_iter(b'\n', block).chain([block.len()]) {
            let line = block.get(begins..ends).unwrap_or_default();
            begins = ends + 1;
            line_number += 1;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            self.notes.rows += 1;
            self.notes.repeated += u64::from(line == previous);
            previous = line;
            match self.row(line, &plan, &mut key) {
                Ok(()) => {}
                Err(Row::Bad(why)) => {
                    self.notes.bad += 1;
                    if self.bad.len() < EXAMPLES {
                        self.bad.push((number, line_number, why));
                    }
                }
                Err(Row::Fatal(error)) => return Err(error),
            }
        }
        self.lines.push((number, line_number - 1));
        Ok(())
    }

    fn row(&mut self, line: &[u8], plan: &Plan, key: &mut Vec<u8>) -> Result<(), Row> {
        let shared = self.shared;
        let found = self.fields.find(line)?;
        let at = self.times.read(found.get(plan.time))?;
        self.notes.without_offset += u64::from(at.bare);
        self.notes.twice += u64::from(at.twice);
        let second = at.second;
        let span = self.notes.span.get_or_insert((second, second));
        *span = (span.0.min(second), span.1.max(second));
        if shared.ask.from.is_some_and(|from| second < from) {
            self.notes.before += 1;
            return Ok(());
        }
        if shared.ask.to.is_some_and(|to| second > to) {
            self.notes.after += 1;
            return Ok(());
        }
        let mut counts = [0_i64; 5];
        for (measure, rank) in &plan.counts {
            counts[*measure as usize] = count(found.get(*rank))?;
        }
        key.clear();
        for rank in &plan.dimensions {
            key.extend_from_slice(found.get(*rank));
            key.push(0);
        }
        if let Some((_, reason)) = plan.by_reason {
            key.extend_from_slice(found.get(reason));
        }
        if let Some(rank) = plan.value {
            counts[Measure::Value as usize] = amount(found.get(rank))?;
        }
        let number = match plan.by_reason {
            Some((rank, _)) => count(found.get(rank))?,
            None => 0,
        };
        if !self.groups.contains_key(key.as_slice()) {
            let group = self.group(key)?;
            if self.groups.len() >= MOST_GROUPS {
                return Err(Row::Fatal(SeriesError::ManyParts));
            }
            self.groups.insert(key.clone(), group);
        }
        let (_, made) = self.presence.cell(second, shared.width);
        if let (Some(cell), _) = self.presence.cell(second, shared.width) {
            cell.add(&[0; 5]);
        }
        let mut days = usize::from(made);
        let Some(group) = self.groups.get(key.as_slice()) else { return Ok(()) };
        if !group.wanted {
            self.notes.others += 1;
            return Ok(());
        }
        if let Some(reason) = group.reason {
            sort_by_reason(&mut counts, reason, number, shared.mapping.value_of);
            if group.unknown {
                let code = key.rsplit(|b| *b == 0).next().unwrap_or_default();
                let code = String::from_utf8_lossy(code).into_owned();
                if self.unknown.len() < 50 || self.unknown.contains_key(&code) {
                    *self.unknown.entry(code).or_default() += 1;
                }
            }
        }
        let [attempted, succeeded, ..] = counts;
        if plan.both && succeeded > attempted {
            self.notes.above += 1;
            counts[Measure::Attempted as usize] = succeeded;
        }
        for place in &group.slices {
            if let Some(slice) = self.slices.get_mut(*place) {
                let (cell, made) = slice.cell(second, shared.width);
                days += usize::from(made);
                if let Some(cell) = cell {
                    cell.add(&counts);
                }
            }
        }
        self.notes.counted += 1;
        if days > 0 {
            let all = shared.days.fetch_add(days, Ordering::Relaxed) + days;
            let of_a_day = usize::try_from(86_400 / shared.width).unwrap_or(1);
            if all.saturating_mul(of_a_day * size_of::<super::Cell>()) > MOST_BYTES {
                return Err(Row::Fatal(SeriesError::Large));
            }
        }
        Ok(())
    }

    /// What the rows of a new combination go into.
    fn group(&mut self, key: &[u8]) -> Result<Group, Row> {
        let shared = self.shared;
        let mut values = key.split(|b| *b == 0);
        let mut slices = vec![0];
        let mut wanted = true;
        for (place, (dimension, _)) in shared.layout.dimensions.iter().enumerate() {
            let value = values.next().unwrap_or_default();
            let held = shared.ask.only.iter().filter(|(d, _)| d == dimension);
            for (_, only) in held {
                wanted &= only.iter().any(|w| w.as_bytes() == value);
            }
            if shared.ask.by.as_ref().is_none_or(|by| by.contains(dimension)) {
                slices.push(self.part(place, value)?);
            }
        }
        let reason = shared.layout.by_reason.map(|_| {
            let code = String::from_utf8_lossy(values.next().unwrap_or_default()).into_owned();
            shared.mapping.reasons.get(&code).copied()
        });
        Ok(Group {
            slices,
            wanted,
            reason: reason.map(|known| known.unwrap_or(Reason::Technical)),
            unknown: reason.is_some_and(|known| known.is_none()),
        })
    }

    fn part(&mut self, dimension: usize, value: &[u8]) -> Result<usize, Row> {
        let key = (dimension, value.to_vec());
        if let Some(place) = self.parts.get(&key) {
            return Ok(*place);
        }
        if self.parts.len() >= MOST_PARTS {
            return Err(Row::Fatal(SeriesError::ManyParts));
        }
        let place = self.slices.len();
        self.slices.push(Slice::default());
        self.parts.insert(key, place);
        Ok(place)
    }
}

/// Puts one row's number under what its reason means.
fn sort_by_reason(counts: &mut [i64; 5], reason: Reason, number: i64, value_of: ValueOf) {
    counts[Measure::Attempted as usize] = number;
    match reason {
        Reason::Approved => counts[Measure::Succeeded as usize] = number,
        Reason::Business => counts[Measure::DeclinedBusiness as usize] = number,
        Reason::Technical => counts[Measure::DeclinedTechnical as usize] = number,
    }
    if value_of == ValueOf::Succeeded && reason != Reason::Approved {
        counts[Measure::Value as usize] = 0;
    }
}

/// Ranks of the fields among those that are found.
struct Plan {
    time: usize,
    counts: Vec<(Measure, usize)>,
    by_reason: Option<(usize, usize)>,
    value: Option<usize>,
    dimensions: Vec<usize>,
    /// Attempts and successes are both counted.
    both: bool,
}

impl Plan {
    fn new(layout: &Layout, fields: &Fields) -> Plan {
        let rank = |place: usize| fields.rank(place).unwrap_or(0);
        let has = |m: Measure| layout.counts.iter().any(|(measure, _)| *measure == m);
        Plan {
            time: rank(layout.time),
            counts: layout.counts.iter().map(|(m, place)| (*m, rank(*place))).collect(),
            by_reason: layout.by_reason.map(|(count, reason)| (rank(count), rank(reason))),
            value: layout.value.map(rank),
            dimensions: layout.dimensions.iter().map(|(_, place)| rank(*place)).collect(),
            both: has(Measure::Attempted) && has(Measure::Succeeded),
        }
    }
}

/// Why a row is not counted.
enum Row {
    Bad(&'static str),
    Fatal(SeriesError),
}

impl From<&'static str> for Row {
    fn from(why: &'static str) -> Self {
        Row::Bad(why)
    }
}

/// Joins what the workers read.
fn finish(
    halves: Vec<Sums<'_>>,
    shared: &Shared<'_>,
    spacing: Option<i64>,
) -> Result<Series, SeriesError> {
    let mut notes = Notes::default();
    let (mut presence, mut total) = (Slice::default(), Slice::default());
    let mut parts: BTreeMap<(usize, Vec<u8>), Slice> = BTreeMap::new();
    let mut unknown: BTreeMap<String, u64> = BTreeMap::new();
    let (mut lines, mut bad) = (BTreeMap::new(), Vec::new());
    for half in halves {
        let n = &half.notes;
        notes.rows += n.rows;
        notes.counted += n.counted;
        notes.others += n.others;
        notes.before += n.before;
        notes.after += n.after;
        notes.bad += n.bad;
        notes.without_offset += n.without_offset;
        notes.twice += n.twice;
        notes.above += n.above;
        notes.repeated += n.repeated;
        notes.span = match (notes.span, n.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        presence.join(&half.presence);
        for ((dimension, value), place) in half.parts {
            if let Some(slice) = half.slices.get(place) {
                parts.entry((dimension, value)).or_default().join(slice);
            }
        }
        if let Some(slice) = half.slices.first() {
            total.join(slice);
        }
        for (code, count) in half.unknown {
            *unknown.entry(code).or_default() += count;
        }
        lines.extend(half.lines);
        bad.extend(half.bad);
    }
    bad.sort_unstable();
    for (block, line, why) in bad.into_iter().take(EXAMPLES) {
        // The header is the first line.
        let before: u64 = lines.range(..block).map(|(_, lines)| lines).sum();
        notes.first_bad.push((1 + before + line, why.to_owned()));
    }
    notes.unknown_reasons = unknown.into_iter().collect();
    if notes.rows == 0 {
        return Err(SeriesError::NoRows);
    }
    if notes.bad.saturating_mul(BAD_IN) > notes.rows {
        let (line, why) = notes.first_bad.first().cloned().unwrap_or_default();
        return Err(SeriesError::Bad { bad: notes.bad, rows: notes.rows, line, why });
    }
    if notes.counted == 0 {
        let only: Vec<String> = shared
            .ask
            .only
            .iter()
            .map(|(dimension, values)| format!("{dimension} {}", values.join(", ")))
            .collect();
        return Err(match notes.others {
            0 => SeriesError::Elsewhere { rows: notes.rows, span: notes.span },
            _ => SeriesError::NoneAbout { rows: notes.rows, about: only.join(" and ") },
        });
    }
    let name = |dimension: usize| {
        shared.layout.dimensions.get(dimension).map(|(name, _)| name.clone()).unwrap_or_default()
    };
    let parts = parts.into_iter().filter(|(_, slice)| !slice.is_empty());
    let parts = parts.map(|((dimension, value), slice)| Part {
        dimension: name(dimension),
        value: String::from_utf8_lossy(&value).into_owned(),
        slice,
    });
    Ok(Series {
        width: shared.width,
        spacing,
        measures: shared.layout.measures.clone(),
        presence,
        total,
        parts: parts.collect(),
        notes,
        zone: shared.mapping.zone,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping() -> Mapping {
        Mapping::new(chrono_tz::America::Mexico_City)
    }

    fn series(text: &str) -> Result<Series, SeriesError> {
        read(text.as_bytes(), &mapping(), &Ask::default())
    }

    fn sum(slice: &Slice, measure: Measure) -> i64 {
        slice.cells(300).map(|(_, cell)| cell.get(measure)).sum()
    }

    #[test]
    fn rows_add_up_in_all_and_by_dimension() {
        let s = series(
            "timestamp,service,region,attempted,succeeded,value\n\
             2026-11-21T03:10:00-06:00,card-auth,MX-CMX,10,9,100.50\n\
             2026-11-21T03:11:00-06:00,card-auth,MX-JAL,5,5,20\r\n\
             2026-11-21T03:15:00-06:00,checkout,MX-CMX,2,0,0\n",
        )
        .unwrap();
        assert_eq!((s.width, s.notes.rows, s.notes.counted), (300, 3, 3));
        assert_eq!(sum(&s.total, Measure::Attempted), 17);
        assert_eq!(sum(&s.total, Measure::Value), 1_205_000);
        let parts: Vec<_> = s
            .parts
            .iter()
            .map(|p| (p.dimension.as_str(), p.value.as_str(), sum(&p.slice, Measure::Succeeded)))
            .collect();
        assert_eq!(
            parts,
            [
                ("service", "card-auth", 14),
                ("service", "checkout", 0),
                ("region", "MX-CMX", 9),
                ("region", "MX-JAL", 5)
            ]
        );
        assert_eq!(s.total.cells(300).count(), 2);
    }

    #[test]
    fn reasons_say_what_did_not_succeed() {
        let s = series(
            "timestamp,reason,count,value\n\
             2026-11-21T03:10:00Z,00,90,900\n2026-11-21T03:10:00Z,51,6,60\n\
             2026-11-21T03:10:00Z,91,3,30\n2026-11-21T03:10:00Z,XX,1,10\n",
        )
        .unwrap();
        let all = Measure::ALL.map(|m| sum(&s.total, m));
        assert_eq!(all, [100, 90, 6, 4, 9_000_000]);
        assert_eq!(s.notes.unknown_reasons, [("XX".to_owned(), 1)]);
    }

    #[test]
    fn only_what_is_asked_for_is_counted() {
        let ask = Ask {
            only: vec![("service".into(), vec!["card-auth".into()])],
            by: Some(vec![]),
            from: Some(1_000),
            to: Some(5_000),
            ..Ask::default()
        };
        let text = "timestamp,service,attempted\n999,card-auth,1\n1000,card-auth,2\n\
                    1001,checkout,4\n5001,card-auth,8\n";
        let s = read(text.replace("999", "0000000999").as_bytes(), &mapping(), &ask).unwrap();
        assert_eq!(sum(&s.total, Measure::Attempted), 2);
        let n = &s.notes;
        assert_eq!((n.before, n.after, n.others, n.counted), (1, 1, 1, 1));
        let none = Ask { only: vec![("service".into(), vec!["x".into()])], ..Ask::default() };
        let error = read(text.as_bytes(), &mapping(), &none).unwrap_err();
        assert_eq!(error.to_string(), "none of 4 rows is about service x");
    }

    #[test]
    fn what_is_odd_is_counted_and_said() {
        let s = series(
            "timestamp,attempted,succeeded\n2026-11-21 03:10:00,5,7\n2026-11-21 03:10:00,5,7\n",
        )
        .unwrap();
        let n = &s.notes;
        assert_eq!((n.above, n.repeated, n.without_offset), (2, 1, 2));
        assert_eq!(sum(&s.total, Measure::Attempted), 14);
    }

    #[test]
    fn one_bad_row_in_a_hundred_is_borne_and_more_is_an_error_with_its_line() {
        let rows = |n: i64| (0..n).map(|i| format!("{},1\n", 1_000_000_000 + i * 60));
        let mut text: String = "timestamp,attempted\n".to_owned();
        text.extend(rows(150));
        text.push_str("1000009000,-1\n");
        let s = series(&text).unwrap();
        assert_eq!((s.notes.bad, s.notes.first_bad.clone()), (1, vec![(152, "below zero".into())]));
        let error = series("timestamp,attempted\nsoon,1\n").unwrap_err().to_string();
        assert!(error.starts_with("1 of 1 rows cannot be read; line 2: no time;"), "{error}");
    }

    #[test]
    fn what_is_no_series_says_why() {
        for (text, why) in [
            ("", "the file is empty"),
            ("timestamp,attempted\n", "there is no row below the header"),
            ("a,b\n1,2\n", "there is no column `timestamp`"),
            ("timestamp,amount\n1,2\n", "there is no column `attempted`"),
            ("timestamp,timestamp,attempted\n1,1,2\n", "the header has two columns `timestamp`"),
            ("timestamp,reason\n1,00\n", "there is no column `count`"),
        ] {
            assert_eq!(series(text).unwrap_err().to_string(), why, "{text}");
        }
        let garbage = vec![0x5Au8; 10 << 20];
        let error = read(garbage.as_slice(), &mapping(), &Ask::default()).unwrap_err();
        assert_eq!(error, SeriesError::LongLine(1));
        let mut long = b"timestamp,attempted\n".to_vec();
        long.extend(vec![b'7'; 3 << 20]);
        let error = read(long.as_slice(), &mapping(), &Ask::default()).unwrap_err();
        assert_eq!(error, SeriesError::LongLine(2));
        let mut many = "timestamp,client,attempted\n".to_owned();
        many.extend((0..3000).map(|i| format!("1000000000,c{i},1\n")));
        assert_eq!(series(&many).unwrap_err(), SeriesError::ManyParts);
    }

    #[test]
    fn blocks_are_cut_at_lines() {
        let mut text = "timestamp,region,attempted\n".to_owned();
        let n = 140_000;
        text.extend((0..n).map(|i| format!("{},R{},1\n", 1_700_000_000 + i, i % 7)));
        assert!(text.len() > 2 * BLOCK);
        text.push_str("1700000000,R0");
        let s = series(&text).unwrap();
        assert_eq!(sum(&s.total, Measure::Attempted), n);
        assert_eq!(s.notes.first_bad, [(140_002, "fewer columns than the header".to_owned())]);
        let parts: i64 = s.parts.iter().map(|p| sum(&p.slice, Measure::Attempted)).sum();
        assert_eq!(parts, n);
    }

    #[test]
    fn bins_are_no_finer_than_the_rows() {
        assert_eq!(width(Some(300), None), 300);
        assert_eq!(width(Some(1800), Some(60)), 1800);
        assert_eq!(width(Some(60), Some(60)), 60);
        assert_eq!(width(Some(1), None), 300);
        assert_eq!(width(Some(421), None), 600);
        assert_eq!(width(Some(90_000), None), 3600);
        assert_eq!(width(None, None), 300);
    }
}
