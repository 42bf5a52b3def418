//! What happens to entries after they were approved: sent, answered, cancelled, sent again, given up.
//!
//! The file is long because an answer is read against the batch that asked for it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::amount::{Unit, read_minor, show_minor};
use super::approve::Tally;
use super::book::{Filed, Made, Movements};
use super::by_form::MovedByForm;
use super::entry::{Entry, entries, read_key};
use super::line::{Line, State};
use super::place::{Width, place_in_id};
use super::shelf::{Ledger, Pen, Scope, Shelf, Spill};
use crate::diag::Diagnostic;
use crate::units::Currency;
use crate::units::hex;

/// How many problems, or customers, are named.
const NAMED: usize = 20;

/// Which entries are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pick {
    /// Of these runs, `INC-…/K7QK`; all when empty.
    pub runs: Vec<String>,
    /// Of this customer.
    pub customer: Option<String>,
    /// Of this batch.
    pub batch: Option<String>,
    /// Due on this day or before, or not dated.
    pub due_by: Option<NaiveDate>,
    /// Of these forms; all when empty.
    pub forms: Vec<String>,
}

impl Pick {
    /// The lines that say how such entries stand.
    pub fn scope(&self) -> Scope<'_> {
        if self.runs.is_empty() { Scope::All } else { Scope::Runs(&self.runs) }
    }

    /// Whether an entry is meant.
    pub fn takes(&self, entry: &Entry) -> bool {
        let line = &entry.line;
        (self.runs.is_empty() || self.runs.contains(&line.terms.run_name()))
            && self.customer.as_ref().is_none_or(|customer| *customer == line.customer)
            && self.batch.as_ref().is_none_or(|batch| *batch == line.batch)
            && (self.forms.is_empty() || self.forms.contains(&line.form))
            && self.due_by.is_none_or(|by| line.posting_date.is_none_or(|due| due <= by))
    }
}

/// What happened to the entries of one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunMoved {
    /// What was moved.
    pub moved: Movements,
    /// How many entries are settled now: credited, cancelled or given up.
    pub settled: u64,
    /// How many were credited.
    pub posted: u64,
    /// What was credited and what was dropped, by form.
    pub forms: MovedByForm,
}

impl RunMoved {
    /// Counts one line.
    pub fn add(&mut self, line: &Line) {
        self.moved.add(line);
        let settles = matches!(line.state, State::Posted | State::Reversed | State::WrittenOff);
        self.settled += u64::from(settles);
        self.posted += u64::from(line.state == State::Posted);
        if settles {
            self.forms.add(line);
        }
    }
}

/// What happened to the entries of runs, by `INC-…/K7QK`: what records are told of it.
pub type ByRun = BTreeMap<String, RunMoved>;

/// What a move came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// The entries that moved.
    pub moved: Tally,
    /// Entries that are meant and cannot move so, by the state that they are in.
    pub left: BTreeMap<State, Tally>,
    /// What was moved of each run.
    pub runs: ByRun,
}

/// Cancels, sends again or gives up entries.
///
/// # Errors
/// When files of the ledger are missing or were changed, or the disk refuses.
pub fn shift(
    ledger: &Ledger<'_>,
    shelf: Option<&dyn Shelf>,
    made: &Made,
    pick: &Pick,
    to: State,
    reason: &str,
) -> Result<(Filed, Moved), Diagnostic> {
    ledger.book.must_be_open(made.period)?;
    let wanted = pick.scope();
    let mut pen = Pen::new(ledger.book, made, shelf);
    let mut moved = Moved::default();
    for part in ledger.width(wanted).parts() {
        let mut lines = Vec::new();
        for entry in entries(ledger.lines(part, wanted)?)?.iter().filter(|e| pick.takes(e)) {
            let unit = entry.line.unit();
            if to.may_follow(Some(entry.line.state))
                && (to != State::WrittenOff || may_give_up(entry))
            {
                let mut line = entry.line.moved(to, made.period);
                line.reason = reason.to_owned();
                moved.moved.add(&unit, line.total.into());
                count(&mut moved.runs, &line);
                lines.push(line);
            } else {
                let tally = moved.left.entry(entry.line.state).or_default();
                tally.add(&unit, entry.line.total.into());
            }
        }
        pen.put(part, &lines)?;
    }
    Ok((pen.finish()?, moved))
}

/// What is owed and was never refused is not given up: it is sent, or cancelled.
fn may_give_up(entry: &Entry) -> bool {
    entry.line.state == State::Rejected || entry.line.total < 0
}

fn count(runs: &mut ByRun, line: &Line) {
    runs.entry(line.terms.run_name()).or_default().add(line);
}

/// The columns of a batch for the core.
pub const BATCH_COLUMNS: [&str; 9] =
    ["key", "customer", "amount", "currency", "form", "due", "incident", "run", "policy"];

/// A batch as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// What is in it: the control totals.
    pub total: Tally,
    /// The runs whose entries are in it.
    pub runs: BTreeSet<String>,
    /// The SHA-256 of the file, once it is written.
    pub sha256: String,
}

/// Marks the entries that are ready as sent in a batch.
///
/// # Errors
/// As [`shift`].
pub fn send(
    ledger: &Ledger<'_>,
    shelf: Option<&dyn Shelf>,
    made: &Made,
    pick: &Pick,
) -> Result<(Filed, Batch), Diagnostic> {
    ledger.book.must_be_open(made.period)?;
    let wanted = pick.scope();
    let mut pen = Pen::new(ledger.book, made, shelf);
    let mut batch = Batch::default();
    for part in ledger.width(wanted).parts() {
        let mut lines = Vec::new();
        let ready = entries(ledger.lines(part, wanted)?)?;
        for entry in ready.iter().filter(|e| e.is_exportable() && pick.takes(e)) {
            let line = Line {
                batch: made.batch.clone(),
                ..entry.line.moved(State::Exported, made.period)
            };
            batch.total.add(&line.unit(), line.total.into());
            batch.runs.insert(line.terms.run_name());
            lines.push(line);
        }
        pen.put(part, &lines)?;
    }
    Ok((pen.finish()?, batch))
}

/// Writes a batch that was sent, the same bytes each time.
///
/// # Errors
/// When there is no such batch, files of the ledger are missing, or `out` cannot be written.
pub fn write_batch(
    ledger: &Ledger<'_>,
    name: &str,
    out: &mut dyn Write,
) -> Result<Batch, Diagnostic> {
    let fail = |e: &dyn std::fmt::Display| Diagnostic::error("cannot-write", e.to_string());
    let runs = batch_runs(ledger, name)?;
    let wanted = Scope::Runs(&runs);
    let mut batch = Batch { runs: runs.iter().cloned().collect(), ..Batch::default() };
    let mut writer = csv::Writer::from_writer(Hashing { out, hasher: Sha256::new() });
    writer.write_record(BATCH_COLUMNS).map_err(|e| fail(&e))?;
    for part in ledger.width(wanted).parts() {
        let mut attempts: BTreeMap<String, u32> = BTreeMap::new();
        for line in ledger.lines(part, wanted)? {
            let attempt = attempts.entry(line.id.clone()).or_insert(1);
            *attempt += u32::from(line.state == State::Reissued);
            if line.state != State::Exported || line.batch != name {
                continue;
            }
            let unit = line.unit();
            let row = [
                format!("{}-{attempt}", line.id),
                line.customer.clone(),
                show_minor(line.total.into(), unit.digits()),
                line.currency.map(|c| c.to_string()).unwrap_or_default(),
                line.form.clone(),
                line.posting_date.map(|day| day.to_string()).unwrap_or_default(),
                line.terms.incident.clone(),
                line.terms.run.clone(),
                line.terms.policy.clone(),
            ];
            batch.total.add(&unit, line.total.into());
            writer.write_record(&row).map_err(|e| fail(&e))?;
        }
    }
    writer.flush().map_err(|e| fail(&e))?;
    let written = writer.into_inner().map_err(|e| fail(&e.error()))?;
    batch.sha256 = hex(&written.hasher.finalize());
    Ok(batch)
}

/// Writes on, and hashes what it writes.
struct Hashing<'w> {
    out: &'w mut dyn Write,
    hasher: Sha256,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// The runs of a batch.
///
/// # Errors
/// When the log has no such batch.
pub fn batch_runs(ledger: &Ledger<'_>, name: &str) -> Result<Vec<String>, Diagnostic> {
    let exports = ledger.book.log.iter().filter(|a| a.what == super::book::What::Export);
    match exports.clone().find(|a| a.batch == name) {
        Some(append) => Ok(append.runs.clone()),
        None => Err(Diagnostic::error("no-such-batch", format!("no batch is called `{name}`"))
            .did_you_mean(name, exports.map(|a| a.batch.as_str()))),
    }
}

/// What the core said of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    posted: bool,
    amount: Option<i64>,
    currency: Option<Currency>,
    date: Option<NaiveDate>,
    reference: String,
    reason: String,
}

impl Answer {
    fn read(state: &str, amount: &str, currency: &str, date: &str) -> Result<Answer, String> {
        let posted = match state {
            "posted" => true,
            "rejected" => false,
            other => return Err(format!("state `{other}` is neither posted nor rejected")),
        };
        let currency = match currency {
            "" => None,
            code => Some(code.parse::<Currency>().map_err(|e| e.what)?),
        };
        let digits = currency.map_or(0, Currency::minor_digits);
        let amount = match amount {
            "" if !posted => None,
            text => {
                let read = read_minor(text, digits);
                Some(read.ok_or_else(|| format!("amount `{text}` is no amount"))?)
            }
        };
        let date = match date {
            "" => None,
            day => Some(
                day.get(..10)
                    .unwrap_or(day)
                    .parse()
                    .map_err(|_| format!("date `{day}` is no date"))?,
            ),
        };
        let (reference, reason) = (String::new(), String::new());
        Ok(Answer { posted, amount, currency, date, reference, reason })
    }

    fn spilled(&self, key: &str) -> String {
        let cell = |text: Option<String>| text.unwrap_or_default();
        let cells = [
            key.to_owned(),
            u8::from(self.posted).to_string(),
            cell(self.amount.map(|a| a.to_string())),
            cell(self.currency.map(|c| c.to_string())),
            cell(self.date.map(|d| d.to_string())),
            self.reference.clone(),
            self.reason.clone(),
        ];
        format!("{}\n", cells.join("\u{1f}"))
    }

    fn read_spilled(line: &str) -> Option<(String, Answer)> {
        let cells: Vec<&str> = line.split('\u{1f}').collect();
        let [key, posted, amount, currency, date, reference, reason] = cells.as_slice() else {
            return None;
        };
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let answer = Answer {
            posted: *posted == "1",
            amount: some(amount).map(|a| a.parse()).transpose().ok()?,
            currency: some(currency).map(|c| c.parse()).transpose().ok()?,
            date: some(date).map(|d| d.parse()).transpose().ok()?,
            reference: (*reference).to_owned(),
            reason: (*reason).to_owned(),
        };
        Some(((*key).to_owned(), answer))
    }
}

/// What answers came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confirmed {
    /// Credited now.
    pub posted: Tally,
    /// Refused now.
    pub rejected: Tally,
    /// Refused now, by the core's reason.
    pub reasons: BTreeMap<String, u64>,
    /// Answered so before.
    pub already: u64,
    /// Sent and not answered, now or before.
    pub missing: Tally,
    /// Answered more than once, differently or as credited twice; nothing is entered.
    pub doubled: Tally,
    /// Credited with another amount or currency than was sent; nothing is entered.
    pub different: Tally,
    /// Keys that are not in the batch.
    pub unknown: u64,
    /// The first keys of each that needs a person, with what is wrong.
    pub named: Vec<(&'static str, String, String)>,
    /// What was credited and refused of each run.
    pub runs: ByRun,
}

impl Confirmed {
    /// Whether all of the batch is answered, and nothing needs a person.
    pub fn is_clean(&self) -> bool {
        let Confirmed { missing, doubled, different, unknown, .. } = self;
        missing.count == 0 && doubled.count == 0 && different.count == 0 && *unknown == 0
    }

    fn name(&mut self, what: &'static str, key: &str, why: String) {
        if self.named.iter().filter(|(w, ..)| *w == what).count() < NAMED {
            self.named.push((what, key.to_owned(), why));
        }
    }
}

/// Reads the core's answers and lays them out by customer; gives how many there are.
///
/// # Errors
/// When a column is missing or a row is bad: the first twenty are said.
pub fn read_answers(
    name: &str,
    from: impl Read,
    width: Width,
    spill: &mut dyn Spill,
) -> Result<u64, Vec<Diagnostic>> {
    let one = |d: Diagnostic| vec![d];
    let unreadable = |e: csv::Error| Diagnostic::error("bad-answers", format!("{name}: {e}"));
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(from);
    let header = reader.headers().map_err(|e| one(unreadable(e)))?.clone();
    let column = |wanted: &str| {
        // A file from a spreadsheet begins with a byte-order mark.
        header.iter().position(|cell| cell.trim_start_matches('\u{feff}') == wanted)
    };
    for needed in ["key", "state", "amount", "currency"] {
        if column(needed).is_none() {
            let message = format!("{name} has no column {needed}");
            return Err(one(Diagnostic::error("bad-answers", message)
                .help("key, state, amount, currency; date, reference and reason where known")));
        }
    }
    let mut found = Vec::new();
    let mut count = 0;
    let mut row = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut row) {
            Ok(false) => break,
            Ok(true) => {}
            Err(e) => {
                found.push(unreadable(e));
                break;
            }
        }
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |wanted: &str| {
            column(wanted).and_then(|place| row.get(place)).unwrap_or_default().trim()
        };
        let plain =
            |text: &str| -> String { text.chars().filter(|c| !c.is_control()).take(200).collect() };
        let key = plain(cell("key"));
        let read = Answer::read(cell("state"), cell("amount"), cell("currency"), cell("date"));
        match read {
            Ok(mut answer) => {
                answer.reference = plain(cell("reference"));
                answer.reason = plain(cell("reason"));
                let place = read_key(&key).and_then(|(id, _)| place_in_id(id)).unwrap_or(0);
                let part = width.part_of(place).number();
                spill.add(part, answer.spilled(&key).as_bytes()).map_err(one)?;
                count += 1;
            }
            Err(why) if found.len() < NAMED => {
                found.push(Diagnostic::error("bad-answers", format!("{name}: line {line}: {why}")));
            }
            Err(_) => break,
        }
    }
    if found.is_empty() { Ok(count) } else { Err(found) }
}

/// The width at which answers and their batch fit into the memory, part by part.
///
/// # Errors
/// When there is no such batch.
pub fn answers_width(ledger: &Ledger<'_>, batch: &str) -> Result<Width, Diagnostic> {
    let runs = batch_runs(ledger, batch)?;
    Ok(ledger.width(Scope::Runs(&runs)))
}

/// Matches the core's answers with the batch that they answer.
///
/// # Errors
/// When there is no such batch, files of the ledger are missing or were changed, or the disk
/// refuses.
pub fn confirm(
    ledger: &Ledger<'_>,
    shelf: Option<&dyn Shelf>,
    made: &Made,
    (width, spill): (Width, &mut dyn Spill),
) -> Result<(Filed, Confirmed), Diagnostic> {
    ledger.book.must_be_open(made.period)?;
    let runs = batch_runs(ledger, &made.batch)?;
    let wanted = Scope::Runs(&runs);
    let mut pen = Pen::new(ledger.book, made, shelf);
    let mut done = Confirmed::default();
    for part in width.parts() {
        let answers = spill.take(part.number())?;
        let lost =
            || Diagnostic::error("bad-answers", "an answer was not read back as it was laid out");
        let answers = String::from_utf8(answers).map_err(|_| lost())?;
        let mut by_key: BTreeMap<String, Vec<Answer>> = BTreeMap::new();
        for line in answers.lines() {
            let (key, answer) = Answer::read_spilled(line).ok_or_else(lost)?;
            by_key.entry(key).or_default().push(answer);
        }
        let mut lines = Vec::new();
        let sent = ledger.lines(part, wanted)?;
        // An entry that was refused and sent again is in two batches, each with a key of its own.
        let mut keys: BTreeMap<String, (Line, Option<Line>)> = BTreeMap::new();
        let mut attempts: BTreeMap<&str, u32> = BTreeMap::new();
        for line in &sent {
            let attempt = attempts.entry(&line.id).or_insert(1);
            *attempt += u32::from(line.state == State::Reissued);
            let key = format!("{}-{attempt}", line.id);
            match line.state {
                State::Exported if line.batch == made.batch => {
                    keys.insert(key, (line.clone(), None));
                }
                State::Posted | State::Rejected => {
                    if let Some((_, answered)) = keys.get_mut(&key) {
                        *answered = Some(line.clone());
                    }
                }
                _ => {}
            }
        }
        entries(sent.clone())?;
        for (key, (exported, answered)) in keys {
            let answers = by_key.remove(&key).unwrap_or_default();
            lines.extend(settle(&key, &exported, answered.as_ref(), answers, made, &mut done));
        }
        for (key, answers) in by_key {
            done.unknown += u64::try_from(answers.len()).unwrap_or(u64::MAX);
            done.name("unknown", &key, format!("is not in batch {}", made.batch));
        }
        lines.iter().for_each(|line| count(&mut done.runs, line));
        pen.put(part, &lines)?;
    }
    Ok((pen.finish()?, done))
}

/// What the answers to one key come to.
fn settle(
    key: &str,
    sent: &Line,
    before: Option<&Line>,
    mut answers: Vec<Answer>,
    made: &Made,
    done: &mut Confirmed,
) -> Option<Line> {
    let unit: Unit = sent.unit();
    let total = i128::from(sent.total);
    // The same line twice says the same thing; the same file may come twice.
    let mut unique: Vec<Answer> = Vec::new();
    for answer in answers.drain(..) {
        if !unique.contains(&answer) {
            unique.push(answer);
        }
    }
    let answer = match (unique.as_slice(), before) {
        ([], Some(_)) => return None,
        ([], None) => {
            done.missing.add(&unit, total);
            done.name("missing", key, format!("customer {} got no answer", sent.customer));
            return None;
        }
        ([answer], _) => answer,
        (several, _) => {
            done.doubled.add(&unit, total);
            done.name("doubled", key, format!("was answered {} times, differently", several.len()));
            return None;
        }
    };
    let same =
        !answer.posted || (answer.amount == Some(sent.total) && answer.currency == sent.currency);
    if let Some(before) = before {
        let as_before = (before.state == State::Posted) == answer.posted
            && (!answer.posted || before.document == answer.reference);
        if as_before && same {
            done.already += 1;
        } else {
            done.doubled.add(&unit, total);
            done.name(
                "doubled",
                key,
                format!("was {} before, as {}", before.state, before.document),
            );
        }
        return None;
    }
    if !same {
        let said = answer.amount.map(|amount| {
            let digits = answer.currency.map_or(0, Currency::minor_digits);
            let currency = answer.currency.map(|c| format!(" {c}")).unwrap_or_default();
            format!("{}{currency}", show_minor(amount.into(), digits))
        });
        let ours = show_minor(total, unit.digits());
        done.different.add(&unit, total);
        done.name(
            "different",
            key,
            format!("posted {}, sent {ours} {unit}", said.unwrap_or_default()),
        );
        return None;
    }
    let state = if answer.posted { State::Posted } else { State::Rejected };
    let mut line = sent.moved(state, made.period);
    line.document = answer.reference.clone();
    line.reason = answer.reason.clone();
    if answer.posted {
        line.posting_date = answer.date.or(sent.posting_date);
        done.posted.add(&unit, total);
    } else {
        done.rejected.add(&unit, total);
        let reason = if answer.reason.is_empty() { "no reason given" } else { &answer.reason };
        *done.reasons.entry(reason.to_owned()).or_default() += 1;
    }
    Some(line)
}
