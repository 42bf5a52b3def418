//! The records of a workspace as cards, kept in the store's cache; whole records where a card does
//! not hold what is asked.
//!
//! `INC_CACHE=off` makes every card from its record. The answer is the same, byte for byte: a card
//! is only ever made by reading the record, and what is wrong with a record is on no card, so a bad
//! one is read each time.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::Ctx;
use super::ctx::from_store;
use super::error::{self, Exit, Result};
use crate::incident::{IncidentId, Record};
use crate::register::card::{self, Card, Standing};
use crate::register::{Bad, Held, Register, read_record, twins};
use crate::reports::assessment;
use crate::reports::company::Company;
use crate::store::Survey;
use crate::units::Instant;

/// What is asked of the cards.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    /// Which records are wanted at all.
    pub(crate) wants: &'a (dyn Fn(&Card<'_>) -> bool + Sync),
    /// Whether their levels are.
    pub(crate) levels: bool,
    /// Whether the whole record of a wanted one is.
    pub(crate) records: bool,
    /// What the answer takes besides, which is got while the disk is asked for the records.
    pub(crate) beside: Option<&'a (dyn Fn() + Sync)>,
}

/// All records as cards, in the order of their ids.
#[derive(Debug)]
pub(crate) struct Cards {
    survey: Survey,
    held: Vec<Lies>,
    /// What is no record, by path.
    pub(crate) bad: Vec<Bad>,
    /// Whole records that were read for their card and are wanted.
    read: BTreeMap<usize, Record>,
    mark: Option<u128>,
    now: Instant,
}

/// Where a card's bytes lie.
#[derive(Debug)]
enum Lies {
    /// In the cache, at this place of the survey.
    Kept(usize),
    /// Made just now.
    New(Vec<u8>),
}

/// What became of one file.
enum Made {
    Kept,
    Card { row: Vec<u8>, record: Option<Box<Record>> },
    Bad(Bad),
}

impl Cards {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.held.len()
    }

    /// The card at a place.
    pub(crate) fn get(&self, place: usize) -> Option<Card<'_>> {
        Card::read(self.bytes(place)?)
    }

    fn bytes(&self, place: usize) -> Option<&[u8]> {
        match self.held.get(place)? {
            Lies::Kept(place) => self.survey.row(*place),
            Lies::New(row) => Some(row),
        }
    }

    /// All cards with their places.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, Card<'_>)> {
        (0..self.len()).filter_map(|place| Some((place, self.get(place)?)))
    }

    /// The level of a card that goes on holding.
    pub(crate) fn standing(&self, card: &Card<'_>) -> Option<Standing> {
        card.level(self.mark?, self.now)
    }
}

impl Ctx {
    /// All records as cards; what is wrong with bad ones is said, and the others are there all the
    /// same.
    pub(crate) fn cards(&self, ask: Ask<'_>) -> Result<Cards> {
        let cards = self.cards_quietly(ask)?;
        self.say_bad(&cards.bad);
        Ok(cards)
    }

    fn cards_quietly(&self, ask: Ask<'_>) -> Result<Cards> {
        let look = || self.store.survey("incidents", "incident.yaml", self.form());
        let survey = match ask.beside {
            Some(beside) => rayon::join(look, beside).0,
            None => look(),
        };
        let mut survey = survey.map_err(from_store)?;
        let extra = self.say_problems(&mut survey.listing.problems);
        let mark = if ask.levels { self.mark()? } else { None };
        let now = self.clock.now;
        let kept = |place: usize| {
            let card = Card::read(survey.row(place)?)?;
            let judged = || mark.is_some_and(|mark| card.level(mark, now).is_some());
            let enough = !ask.levels || card.status.is_open() || !(ask.wants)(&card) || judged();
            enough.then_some(())
        };
        let count = survey.listing.files.len();
        let known: Vec<bool> =
            (0..count).into_par_iter().map(|place| kept(place).is_some()).collect();
        let all_known = known.iter().all(|known| *known);
        let moment = if all_known && !survey.is_worn() { None } else { self.store.moment(&survey) };
        let judge = if all_known { None } else { self.judge(ask, mark)? };
        let make = |place: usize| {
            let path = survey.listing.files.get(place).map(|f| slashed(&f.path));
            match path.filter(|_| !known.get(place).copied().unwrap_or(false)) {
                None => Made::Kept,
                Some(path) => self.make(&path, ask, judge.as_ref()),
            }
        };
        let made: Vec<Made> = (0..count).into_par_iter().map(make).collect();
        let (mut held, mut bad, mut read, mut fresh) =
            (Vec::with_capacity(count), Vec::new(), BTreeMap::new(), Vec::new());
        for (place, made) in made.into_iter().enumerate() {
            match made {
                Made::Kept => held.push(Lies::Kept(place)),
                Made::Bad(found) => bad.push(found),
                Made::Card { row, record } => {
                    if let Some(record) = record {
                        read.insert(held.len(), *record);
                    }
                    if moment.is_some() && survey.row(place) != Some(&row) {
                        fresh.push((place, row.clone()));
                    }
                    held.push(Lies::New(row));
                }
            }
        }
        if let Some(moment) = moment
            && (survey.is_worn() || !fresh.is_empty())
        {
            self.store.keep_rows(&survey, moment, &fresh);
        }
        bad.extend(extra.iter().filter_map(|path| self.read_bad(&slashed(path))));
        // Paths and times are only needed where something is read or kept.
        survey.settle();
        let mut cards = Cards { survey, held, bad, read, mark, now };
        cards.refuse_twins();
        cards.bad.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(cards)
    }

    /// Reads one record and writes its card.
    fn make(&self, path: &str, ask: Ask<'_>, judge: Option<&Judge<'_>>) -> Made {
        let held = match self.record_text(path) {
            Ok(text) => match read_record(path, &text) {
                Ok(held) => held,
                Err(bad) => return Made::Bad(bad),
            },
            Err(problem) => {
                return Made::Bad(Bad { path: path.to_owned(), found: problem.into() });
            }
        };
        let mut row = Card::write(&held.record, None);
        if !Card::read(&row).is_some_and(|card| (ask.wants)(&card)) {
            return Made::Card { row, record: None };
        }
        let mut keep = ask.records || ask.levels;
        if let Some(judge) = judge
            && let Some(standing) = judge.standing(&held.record, self.clock.now)
        {
            row = Card::write(&held.record, Some(standing));
            keep = ask.records;
        }
        Made::Card { row, record: keep.then(|| Box::new(held.record)) }
    }

    /// The company, where levels are asked.
    fn judge(&self, ask: Ask<'_>, mark: Option<u128>) -> Result<Option<Judge<'_>>> {
        if !ask.levels {
            return Ok(None);
        }
        let company = self.company_quietly()?;
        // What is wrong with a standard is said with each answer, so nothing of it is kept.
        let mark = mark.filter(|_| !self.standard_has_findings());
        Ok(mark.map(|mark| Judge { company, mark }))
    }

    /// The whole records at these places, read side by side; one that is no record any more is
    /// left out and joins the bad ones.
    pub(crate) fn records(&self, cards: &mut Cards, places: &[usize]) -> BTreeMap<usize, Record> {
        let mut records = BTreeMap::new();
        let mut unread = Vec::new();
        for place in places {
            match cards.read.remove(place) {
                Some(record) => drop(records.insert(*place, record)),
                None => unread.push(*place),
            }
        }
        let path = |place: &usize| Some(path_of(cards.get(*place)?.id));
        let paths: Vec<(usize, String)> =
            unread.iter().filter_map(|place| Some((*place, path(place)?))).collect();
        let read = |(place, path): &(usize, String)| {
            let text = self.record_text(path);
            let held = text
                .map_err(|d| Bad { path: path.clone(), found: d.into() })
                .and_then(|text| read_record(path, &text));
            (*place, held)
        };
        for (place, held) in paths.par_iter().map(read).collect::<Vec<_>>() {
            match held {
                Ok(held) => drop(records.insert(place, held.record)),
                Err(bad) => {
                    self.say_bad(std::slice::from_ref(&bad));
                    cards.bad.push(bad);
                }
            }
        }
        records
    }

    /// A register of the records at some places and of their families, with all bad ones.
    pub(crate) fn part_of_register(&self, cards: &mut Cards, places: &[usize]) -> Register {
        let chosen: BTreeSet<usize> = places.iter().copied().collect();
        let ids: HashSet<&str> =
            places.iter().filter_map(|place| Some(cards.get(*place)?.id)).collect();
        let belongs = |place: &usize| {
            let kin = cards.bytes(*place).map(Card::kin_of).unwrap_or_default();
            kin.into_iter().flatten().any(|id| ids.contains(id))
        };
        let family = (0..cards.len()).filter(belongs);
        let all: BTreeSet<usize> = chosen.iter().copied().chain(family).collect();
        let all: Vec<usize> = all.into_iter().collect();
        let records = self.records(cards, &all).into_values();
        let held = records.map(|record| Held { path: record.id.path(), record }).collect();
        Register { records: held, bad: cards.bad.clone() }
    }

    /// The exit code of a reading command: 2 when a bad record was left out of its answer.
    pub(crate) fn left_out(&self, bad: &[Bad]) -> Exit {
        if bad.is_empty() {
            return Exit::Done;
        }
        let n = bad.len();
        let records = if n == 1 { "1 record was" } else { &format!("{n} records were") };
        if !self.call.json_errors {
            self.talk(&format!("{records} left out; inc check says what is wrong"));
        }
        Exit::Wrong
    }

    /// Says what is wrong with records.
    pub(crate) fn say_bad(&self, bad: &[Bad]) {
        for bad in bad {
            error::print(self.out, &bad.found, self.call.json_errors);
        }
    }

    fn read_bad(&self, path: &str) -> Option<Bad> {
        let problem = self.record_text(path).err()?;
        Some(Bad { path: path.to_owned(), found: problem.into() })
    }

    /// The number of the rows' form: another one for each build of the program, because what a
    /// record comes to may change with any.
    fn form(&self) -> u64 {
        let program = super::files::own_program();
        let text = format!("{} {} {program}", card::FORM, super::config::VERSION);
        sum(&[text.as_bytes()]).first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    /// What levels follow from besides the record: the standard's files, zone and currency. None
    /// where a file cannot be read.
    fn mark(&self) -> Result<Option<u128>> {
        let files = self.standard_files()?;
        if !files.unread.is_empty() {
            return Ok(None);
        }
        let zone = format!("{} {}", self.clock.zone, self.currency());
        let mut parts = vec![zone.as_bytes()];
        for (path, text) in &files.read {
            parts.extend([path.as_bytes(), text.as_bytes()]);
        }
        Ok(sum(&parts).first_chunk().map(|bytes| u128::from_le_bytes(*bytes)))
    }
}

/// A standard without fault, and its mark.
struct Judge<'a> {
    company: Company<'a>,
    mark: u128,
}

impl Judge<'_> {
    fn standing(&self, record: &Record, now: Instant) -> Option<Standing> {
        if record.status.is_open() {
            return None;
        }
        let (judged, stands) = assessment::standing(record, &self.company, now);
        let assessment::Assessment { level, derived, provisional, .. } = judged;
        stands.then_some(Standing { standard: self.mark, since: now, level, derived, provisional })
    }
}

impl Cards {
    fn refuse_twins(&mut self) {
        let mut seen = HashSet::with_capacity(self.len());
        let uids = (0..self.len()).filter_map(|place| Card::uid_of(self.bytes(place)?));
        if uids.into_iter().all(|uid| seen.insert(uid)) {
            return;
        }
        let paths: Vec<String> = self.iter().map(|(_, card)| path_of(card.id)).collect();
        let uids = self.iter().map(|(_, card)| card.uid);
        let found = twins(uids.zip(paths.iter().map(String::as_str)));
        let refused: HashSet<&str> = found.iter().map(|t| t.path.as_str()).collect();
        let mut read = BTreeMap::new();
        let mut held = Vec::new();
        for (place, (lies, path)) in
            std::mem::take(&mut self.held).into_iter().zip(&paths).enumerate()
        {
            if refused.contains(path.as_str()) {
                continue;
            }
            if let Some(record) = self.read.remove(&place) {
                read.insert(held.len(), record);
            }
            held.push(lies);
        }
        (self.held, self.read) = (held, read);
        self.bad.extend(found);
    }
}

/// Where the record of an id stands.
fn path_of(id: &str) -> String {
    id.parse::<IncidentId>().map_or_else(|_| String::new(), |id| id.path())
}

fn slashed(path: &std::path::Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The SHA-256 of some parts, each with its length.
fn sum(parts: &[&[u8]]) -> Vec<u8> {
    let mut sum = Sha256::new();
    for part in parts {
        sum.update(part.len().to_le_bytes());
        sum.update(part);
    }
    sum.finalize().to_vec()
}
