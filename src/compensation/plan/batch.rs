//! Many rows at once: pushed as columns, run through flat code, read back as outcomes.

use super::Compiled;
use super::award::{Award, Outcome, RowFault, RuleSet};
use super::plain::split;
use super::program::{From, Load, Memory, Program};
use crate::compensation::amount::Ratio;
use crate::compensation::columns::{Cell, ColumnType, Row};

/// How many rows are evaluated together: their columns stay in the processor's own memory.
pub const ROWS: usize = 256;

/// Rows on their way through a compiled policy: push them, [`Batch::run`], read the outcomes.
///
/// Used again after [`Batch::clear`], it takes no new memory.
#[derive(Debug)]
pub struct Batch<'c> {
    compiled: &'c Compiled,
    memory: Memory,
    outcomes: Vec<Outcome>,
    faults: Vec<Option<RowFault>>,
    /// Rows that were evaluated by themselves when they were pushed.
    done: Vec<bool>,
    filled: usize,
}

/// A text that no policy asks for.
const ANOTHER: &str = "\u{0}";

impl Compiled {
    /// Room for rows of this policy, to be used again and again.
    pub fn batch(&self) -> Batch<'_> {
        let slots = self.program.as_ref().map_or(0, |program| program.slots);
        Batch {
            compiled: self,
            memory: Memory::new(slots, ROWS),
            outcomes: vec![Outcome::default(); ROWS],
            faults: vec![None; ROWS],
            done: vec![false; ROWS],
            filled: 0,
        }
    }
}

impl Batch<'_> {
    /// Adds a row; `false` says that the batch is full and the row was not taken.
    pub fn push(&mut self, row: Row<'_>) -> bool {
        let at = self.filled;
        let (Some(outcome), Some(fault)) = (self.outcomes.get_mut(at), self.faults.get_mut(at))
        else {
            return false;
        };
        self.filled += 1;
        let taken = match &self.compiled.program {
            Some(program) => self.memory.load(program, row, at),
            None => false,
        };
        if !taken {
            *fault = self.compiled.award_into(row, outcome).err();
        }
        if let Some(done) = self.done.get_mut(at) {
            *done = !taken;
        }
        true
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.filled
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Evaluates the rows that were pushed.
    pub fn run(&mut self) {
        let Some(program) = &self.compiled.program else { return };
        let compiled = self.compiled;
        self.memory.run(program, self.filled, &compiled.policy.calendars, compiled.zone);
        for (row, outcome) in self.outcomes.iter_mut().enumerate().take(self.filled) {
            if self.done.get(row).copied().unwrap_or(false) {
                continue;
            }
            outcome.clear();
            let marked = self.memory.marked.get(row).copied().unwrap_or(true);
            let read = !marked && self.memory.outcome(program, row, outcome).is_some();
            let fault =
                if read { None } else { self.memory.again(compiled, program, row, outcome) };
            if let Some(slot) = self.faults.get_mut(row) {
                *slot = fault;
            }
        }
    }

    /// What became of a row.
    ///
    /// # Errors
    /// Why the row has no award.
    pub fn outcome(&self, row: usize) -> Result<&Outcome, RowFault> {
        static NOTHING: Outcome = Outcome::NOTHING;
        match self.faults.get(row) {
            Some(Some(fault)) => Err(*fault),
            _ => Ok(self.outcomes.get(row).unwrap_or(&NOTHING)),
        }
    }

    /// Takes the rows out.
    pub fn clear(&mut self) {
        self.filled = 0;
        self.memory.marked.fill(false);
    }
}

impl Memory {
    /// Puts a row's cells into their columns; `false` where one is not of its column's type.
    fn load(&mut self, program: &Program, row: Row<'_>, at: usize) -> bool {
        let mut taken = true;
        for load in &program.loads {
            let cell = row.cells.get(load.column).copied().unwrap_or(Cell::Missing);
            let value = match (&load.texts, cell) {
                (Some(texts), Cell::Text(text)) => {
                    let known = texts.iter().position(|known| **known == *text);
                    Some(known.and_then(|code| i64::try_from(code).ok()).unwrap_or(-1))
                }
                (Some(_), _) => None,
                (None, cell) => cell.whole(),
            };
            self.put(load.slot, at, value.unwrap_or(0));
            match load.missing {
                Some(missing) => self.put(missing, at, i64::from(value.is_none())),
                None => taken &= value.is_some(),
            }
        }
        taken
    }

    /// Reads what the code made of a row; none where it does not fit after all.
    fn outcome(&self, program: &Program, row: usize, outcome: &mut Outcome) -> Option<()> {
        for (place, holds) in &program.rules {
            if self.get(*holds, row) != 0 {
                outcome.rules.add(*place);
            }
        }
        if let Some(excluded) = program.excluded {
            let place = self.get(excluded, row);
            if place > 0 {
                outcome.excluded = Some(u16::try_from(place - 1).ok()?);
                return Some(());
            }
        }
        for (form, out) in program.forms.iter().enumerate() {
            if self.get(out.has, row) == 0 {
                continue;
            }
            let form = u8::try_from(form).ok()?;
            let minor = self.get(out.net, row);
            let mut rules = RuleSet::default();
            match &out.from {
                From::One(place) => rules.add(u16::try_from(self.get(*place, row)).ok()?),
                From::Sum(parts) => {
                    let held = || parts.iter().filter(|(_, holds, _)| self.get(*holds, row) != 0);
                    held().for_each(|(place, _, _)| rules.add(*place));
                    if rules.len() > 1 {
                        let amount = |num| Ratio::whole(i128::from(self.get(num, row)));
                        let amounts: Vec<(u16, Ratio)> =
                            held().map(|(place, _, num)| (*place, amount(*num))).collect();
                        split(form, minor, &amounts, &mut outcome.parts).ok()?;
                    }
                }
            }
            let due = match out.due {
                Some(due) => Some(i32::try_from(self.get(due, row)).ok()?),
                None => None,
            };
            let tax = out.tax.map_or(0, |tax| self.get(tax, row));
            let before = self.get(out.before, row);
            outcome.awards.push(Award { form, minor, tax, before, due, rules });
        }
        Some(())
    }

    /// Evaluates a row exactly that the code could not do.
    fn again(
        &self,
        compiled: &Compiled,
        program: &Program,
        row: usize,
        outcome: &mut Outcome,
    ) -> Option<RowFault> {
        let columns = &compiled.policy.columns;
        let mut cells = vec![Cell::Missing; columns.len()];
        for load in &program.loads {
            let (Some(column), Some(cell)) = (columns.at(load.column), cells.get_mut(load.column))
            else {
                continue;
            };
            if load.missing.is_some_and(|missing| self.get(slot(missing), row) != 0) {
                continue;
            }
            *cell = cell_of(column.ty, self.get(slot(load.slot), row), load);
        }
        compiled.award_into(Row { cells: &cells }, outcome).err()
    }
}

fn slot(slot: u16) -> super::program::Arg {
    super::program::Arg::Slot(slot)
}

fn cell_of(ty: ColumnType, value: i64, load: &Load) -> Cell<'_> {
    match ty {
        ColumnType::Text => {
            let texts = load.texts.as_deref().unwrap_or(&[]);
            let text = usize::try_from(value).ok().and_then(|code| texts.get(code));
            Cell::Text(text.map_or(ANOTHER, |text| text))
        }
        ColumnType::Flag => Cell::Flag(value != 0),
        ColumnType::Count => Cell::Count(value),
        ColumnType::Number => Cell::Number(value),
        ColumnType::Money(_) => Cell::Money(value),
        ColumnType::Percent => Cell::Percent(value),
        ColumnType::Duration => Cell::Duration(value),
        ColumnType::Instant => Cell::Instant(value),
        ColumnType::Date => i32::try_from(value).map_or(Cell::Missing, Cell::Date),
    }
}
