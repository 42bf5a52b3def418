//! Flat code over columns of whole numbers: each instruction runs over many rows at once.
//!
//! Denominators are settled when the code is made, so that rows are 64-bit whole numbers. Where a
//! row does not fit, it is marked, and evaluated again by the exact evaluator: nothing wraps.
//!
//! The file is long because every instruction is beside the loop that does it.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::compensation::amount::{Function, Mode, WorkDays, apply};

/// Where an instruction reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arg {
    Slot(u16),
    Const(i64),
}

/// What two whole numbers become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bin {
    Add,
    Sub,
    Mul,
    Min,
    Max,
    /// Division by what is above zero, downwards.
    Floor,
    /// The same, upwards.
    Ceil,
    Equal,
    Less,
    AtMost,
    And,
    Or,
}

/// One instruction; `0` and `1` are no and yes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ins {
    Bin {
        op: Bin,
        to: u16,
        a: Arg,
        b: Arg,
        mask: Option<u16>,
    },
    Not {
        to: u16,
        a: Arg,
    },
    Select {
        to: u16,
        mask: Arg,
        yes: Arg,
        no: Arg,
    },
    /// Whether a code is one of a set, as bits.
    Among {
        to: u16,
        code: Arg,
        bits: u64,
    },
    Round {
        to: u16,
        num: Arg,
        den: Arg,
        mode: Mode,
    },
    Apply {
        to: u16,
        function: Function,
        a: Arg,
        b: Arg,
        mask: Option<u16>,
    },
    /// The value from a day on; days before the first are marked.
    Lookup {
        to: u16,
        day: Arg,
        values: Arc<[(i64, i64)]>,
        mask: Option<u16>,
    },
    /// Marks rows whose value is not above zero.
    Positive {
        a: Arg,
        mask: Option<u16>,
    },
    /// Marks rows of which it is said.
    Mark {
        a: Arg,
        mask: Option<u16>,
    },
}

/// A column that the code reads.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Load {
    pub(super) column: usize,
    pub(super) slot: u16,
    /// Where it says that the cell is missing, of columns that may be empty.
    pub(super) missing: Option<u16>,
    /// Of a text column, the texts that the policy tells apart, by their codes.
    pub(super) texts: Option<Vec<Arc<str>>>,
}

/// Where a form's results stand.
#[derive(Debug, Clone)]
pub(super) struct FormOut {
    /// Whether it is given at all.
    pub(super) has: Arg,
    pub(super) before: Arg,
    pub(super) net: Arg,
    pub(super) tax: Option<Arg>,
    pub(super) due: Option<Arg>,
    pub(super) from: From,
}

/// Which rules an award comes from.
#[derive(Debug, Clone)]
pub(super) enum From {
    /// Those that held, with what each gives over one denominator.
    Sum(Vec<(u16, Arg, Arg)>),
    /// The one whose place stands there.
    One(Arg),
}

/// A compiled policy.
#[derive(Debug, Clone, Default)]
pub(super) struct Program {
    pub(super) slots: usize,
    pub(super) code: Vec<Ins>,
    pub(super) loads: Vec<Load>,
    /// For each rule of the plan its place and where it says that it holds.
    pub(super) rules: Vec<(u16, Arg)>,
    /// The place of the rule that excludes and one more; 0 for none.
    pub(super) excluded: Option<Arg>,
    pub(super) forms: Vec<FormOut>,
}

/// Columns of whole numbers, all of one length.
#[derive(Debug)]
pub(super) struct Memory {
    cells: Vec<i64>,
    rows: usize,
    /// Rows that do not fit, or have a fault.
    pub(super) marked: Vec<bool>,
    over: Vec<bool>,
}

enum Read<'m> {
    Many(&'m [i64]),
    One(i64),
}

impl Read<'_> {
    fn at(&self, row: usize) -> i64 {
        match self {
            Read::Many(values) => values.get(row).copied().unwrap_or(0),
            Read::One(value) => *value,
        }
    }
}

impl Memory {
    pub(super) fn new(slots: usize, rows: usize) -> Memory {
        let cells = vec![0; slots.saturating_mul(rows)];
        Memory { cells, rows, marked: vec![false; rows], over: vec![false; rows] }
    }

    pub(super) fn put(&mut self, slot: u16, row: usize, value: i64) {
        if let Some(cell) = self.cells.get_mut(usize::from(slot) * self.rows + row) {
            *cell = value;
        }
    }

    pub(super) fn get(&self, arg: Arg, row: usize) -> i64 {
        match arg {
            Arg::Const(value) => value,
            Arg::Slot(slot) => {
                self.cells.get(usize::from(slot) * self.rows + row).copied().unwrap_or(0)
            }
        }
    }

    /// What an instruction writes, and everything that stands before it, which it may read.
    fn split(&mut self, to: u16, n: usize) -> (&[i64], &mut [i64], &mut [bool]) {
        let at = (usize::from(to) * self.rows).min(self.cells.len());
        let (before, after) = self.cells.split_at_mut(at);
        let n = n.min(after.len());
        let (after, _) = after.split_at_mut(n);
        (before, after, &mut self.over)
    }

    pub(super) fn run(&mut self, program: &Program, n: usize, calendars: &[WorkDays], zone: Tz) {
        for ins in &program.code {
            self.one(ins, n, calendars, zone);
        }
    }

    fn one(&mut self, ins: &Ins, n: usize, calendars: &[WorkDays], zone: Tz) {
        let rows = self.rows;
        match ins {
            Ins::Bin { op, to, a, b, mask } => {
                let (before, out, over) = self.split(*to, n);
                let (a, b) = (read(before, *a, rows, n), read(before, *b, rows, n));
                let any = match op {
                    Bin::Add => checked(out, over, &a, &b, i64::overflowing_add),
                    Bin::Sub => checked(out, over, &a, &b, i64::overflowing_sub),
                    Bin::Mul => checked(out, over, &a, &b, i64::overflowing_mul),
                    Bin::Min => plain(out, &a, &b, std::cmp::Ord::min),
                    Bin::Max => plain(out, &a, &b, std::cmp::Ord::max),
                    Bin::Floor => plain(out, &a, &b, |a, b| a.checked_div_euclid(b).unwrap_or(0)),
                    Bin::Ceil => plain(out, &a, &b, ceil),
                    Bin::Equal => plain(out, &a, &b, |a, b| i64::from(a == b)),
                    Bin::Less => plain(out, &a, &b, |a, b| i64::from(a < b)),
                    Bin::AtMost => plain(out, &a, &b, |a, b| i64::from(a <= b)),
                    Bin::And => plain(out, &a, &b, |a, b| a & b),
                    Bin::Or => plain(out, &a, &b, |a, b| a | b),
                };
                if any {
                    self.mark_over(*mask, n);
                }
            }
            Ins::Not { to, a } => {
                let (before, out, _) = self.split(*to, n);
                plain(out, &read(before, *a, rows, n), &Read::One(0), |a, _| i64::from(a == 0));
            }
            Ins::Select { to, mask, yes, no } => {
                let (before, out, _) = self.split(*to, n);
                let mask = read(before, *mask, rows, n);
                let (yes, no) = (read(before, *yes, rows, n), read(before, *no, rows, n));
                select(out, &mask, &yes, &no);
            }
            Ins::Among { to, code, bits } => {
                let (before, out, _) = self.split(*to, n);
                let among = |code: i64, _| match u32::try_from(code) {
                    Ok(code) => i64::from(bits.checked_shr(code).unwrap_or(0) & 1 == 1),
                    Err(_) => 0,
                };
                plain(out, &read(before, *code, rows, n), &Read::One(0), among);
            }
            Ins::Round { to, num, den, mode } => {
                let (before, out, _) = self.split(*to, n);
                let (num, den) = (read(before, *num, rows, n), read(before, *den, rows, n));
                round(out, &num, &den, *mode);
            }
            Ins::Apply { to, function, a, b, mask } => {
                let (before, out, over) = self.split(*to, n);
                let (a, b) = (read(before, *a, rows, n), read(before, *b, rows, n));
                let mut any = false;
                for (row, (out, over)) in out.iter_mut().zip(over.iter_mut()).enumerate() {
                    let found = apply(*function, a.at(row), b.at(row), calendars, zone);
                    *over = found.is_err();
                    any |= *over;
                    *out = found.unwrap_or(0);
                }
                if any {
                    self.mark_over(*mask, n);
                }
            }
            Ins::Lookup { to, day, values, mask } => {
                let (before, out, over) = self.split(*to, n);
                let day = read(before, *day, rows, n);
                let mut any = false;
                for (row, (out, over)) in out.iter_mut().zip(over.iter_mut()).enumerate() {
                    let after = values.partition_point(|(from, _)| *from <= day.at(row));
                    let found = after.checked_sub(1).and_then(|at| values.get(at));
                    *over = found.is_none();
                    any |= *over;
                    *out = found.map_or(0, |(_, value)| *value);
                }
                if any {
                    self.mark_over(*mask, n);
                }
            }
            Ins::Positive { a, mask } => self.mark_if(*a, *mask, n, |value| value <= 0),
            Ins::Mark { a, mask } => self.mark_if(*a, *mask, n, |value| value != 0),
        }
    }

    fn mark_if(&mut self, a: Arg, mask: Option<u16>, n: usize, wrong: impl Fn(i64) -> bool) {
        let values = read(&self.cells, a, self.rows, n);
        let mut any = false;
        for (row, over) in self.over.iter_mut().enumerate().take(n) {
            *over = wrong(values.at(row));
            any |= *over;
        }
        if any {
            self.mark_over(mask, n);
        }
    }

    /// Marks the rows that the last instruction could not do, where they matter.
    fn mark_over(&mut self, mask: Option<u16>, n: usize) {
        let mask = match mask {
            Some(slot) => read(&self.cells, Arg::Slot(slot), self.rows, n),
            None => Read::One(1),
        };
        let rows = self.marked.iter_mut().zip(&self.over).enumerate().take(n);
        for (row, (marked, over)) in rows {
            *marked |= *over && mask.at(row) != 0;
        }
    }
}

fn read(cells: &[i64], arg: Arg, rows: usize, n: usize) -> Read<'_> {
    match arg {
        Arg::Const(value) => Read::One(value),
        Arg::Slot(slot) => {
            let at = usize::from(slot) * rows;
            Read::Many(cells.get(at..at + n).unwrap_or(&[]))
        }
    }
}

fn checked(
    out: &mut [i64],
    over: &mut [bool],
    a: &Read<'_>,
    b: &Read<'_>,
    f: impl Fn(i64, i64) -> (i64, bool),
) -> bool {
    let mut any = false;
    let outs = out.iter_mut().zip(over.iter_mut());
    let mut put = |(out, over): (&mut i64, &mut bool), (value, wrong): (i64, bool)| {
        (*out, *over) = (value, wrong);
        any |= wrong;
    };
    match (a, b) {
        (Read::Many(a), Read::Many(b)) => {
            outs.zip(a.iter().zip(*b)).for_each(|(to, (a, b))| put(to, f(*a, *b)));
        }
        (Read::Many(a), Read::One(b)) => outs.zip(*a).for_each(|(to, a)| put(to, f(*a, *b))),
        (Read::One(a), Read::Many(b)) => outs.zip(*b).for_each(|(to, b)| put(to, f(*a, *b))),
        (Read::One(a), Read::One(b)) => outs.for_each(|to| put(to, f(*a, *b))),
    }
    any
}

/// Instructions that always fit.
fn plain(out: &mut [i64], a: &Read<'_>, b: &Read<'_>, f: impl Fn(i64, i64) -> i64) -> bool {
    match (a, b) {
        (Read::Many(a), Read::Many(b)) => {
            out.iter_mut().zip(a.iter().zip(*b)).for_each(|(to, (a, b))| *to = f(*a, *b));
        }
        (Read::Many(a), Read::One(b)) => {
            out.iter_mut().zip(*a).for_each(|(to, a)| *to = f(*a, *b));
        }
        (Read::One(a), Read::Many(b)) => {
            out.iter_mut().zip(*b).for_each(|(to, b)| *to = f(*a, *b));
        }
        (Read::One(a), Read::One(b)) => out.fill(f(*a, *b)),
    }
    false
}

fn select(out: &mut [i64], mask: &Read<'_>, yes: &Read<'_>, no: &Read<'_>) {
    let Read::Many(mask) = mask else {
        let chosen = if mask.at(0) != 0 { yes } else { no };
        plain(out, chosen, &Read::One(0), |a, _| a);
        return;
    };
    let outs = out.iter_mut().zip(*mask);
    let pick = |mask: i64, yes: i64, no: i64| if mask != 0 { yes } else { no };
    match (yes, no) {
        (Read::Many(yes), Read::Many(no)) => outs
            .zip(yes.iter().zip(*no))
            .for_each(|((to, mask), (yes, no))| *to = pick(*mask, *yes, *no)),
        (Read::Many(yes), Read::One(no)) => {
            outs.zip(*yes).for_each(|((to, mask), yes)| *to = pick(*mask, *yes, *no));
        }
        (Read::One(yes), Read::Many(no)) => {
            outs.zip(*no).for_each(|((to, mask), no)| *to = pick(*mask, *yes, *no));
        }
        (Read::One(yes), Read::One(no)) => {
            outs.for_each(|(to, mask)| *to = pick(*mask, *yes, *no));
        }
    }
}

fn ceil(a: i64, b: i64) -> i64 {
    let floor = a.checked_div_euclid(b).unwrap_or(0);
    let rest = a.checked_rem_euclid(b).unwrap_or(0);
    floor.wrapping_add(i64::from(rest != 0))
}

/// Numbers that are not below zero, to whole ones.
fn round(out: &mut [i64], num: &Read<'_>, den: &Read<'_>, mode: Mode) {
    // A row that is marked may hold anything; what becomes of it here is thrown away.
    let up = move |floor: i64, rest: i64, den: i64| -> i64 {
        let other = den.wrapping_sub(rest);
        i64::from(match mode {
            Mode::Up => rest > 0,
            Mode::Down => false,
            Mode::HalfUp => rest >= other && rest > 0,
            Mode::HalfDown => rest > other,
            Mode::HalfEven => rest > other || (rest == other && floor & 1 == 1),
        })
    };
    plain(out, num, den, move |num, den| {
        let floor = num.checked_div_euclid(den).unwrap_or(0);
        let rest = num.wrapping_sub(floor.wrapping_mul(den));
        floor.wrapping_add(up(floor, rest, den))
    });
}
