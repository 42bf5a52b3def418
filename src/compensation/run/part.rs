//! One block of evidence judged: what a worker does, alone and in its own memory.
//!
//! The file is long because the whole way of a row, from its cells to its line, is read here in
//! order.

use std::collections::BTreeMap;

use super::Plan;
use super::draft::{Draft, Drafted};
use super::lines::{Line, Middle};
use super::rejects;
use super::tally::{Counted, Tally};
use super::terms::Effect;
use crate::compensation::evidence::{Block, Customer, Problem, ProblemKind, Record, Scratch};
use crate::compensation::{AtLimit, Award, Batch, CUSTOMER, LimitKind, Outcome, Row, RuleSet};

/// Problems that are told; the others are counted.
pub const TOLD: usize = 20;

/// What a block came to.
#[derive(Debug)]
pub(super) struct Part<'c> {
    batch: Batch<'c>,
    /// Texts of the rows in the batch, one after the other.
    texts: String,
    rows: Vec<Waiting>,
    scratch: Scratch,
    writing: Writing,
    draft: Draft,
    /// Hashes of the customers' ids.
    pub(super) hashes: Vec<u64>,
    /// Lines of awards, or drafts.
    pub(super) out: Vec<u8>,
    /// How many drafts there are.
    pub(super) drafts: u64,
    /// Rows put aside.
    pub(super) rejects: Vec<u8>,
    /// The first problems.
    pub(super) problems: Vec<Problem>,
    /// All problems.
    pub(super) bad: u64,
    /// The row that is to be explained.
    pub(super) found: Option<Found>,
}

/// What lines and counts are written with.
#[derive(Debug)]
pub(super) struct Writing {
    pub(super) tally: Tally,
    pub(super) middle: Middle,
    /// What each limit did.
    pub(super) effects: Vec<Effect>,
    /// The lines of the customer who is to be explained.
    pub(super) shown: Vec<u8>,
}

/// The row of the customer who is to be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its line.
    pub line: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A row in the batch.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    line: u64,
    /// Where its texts begin.
    at: usize,
    id: u16,
    segment: u16,
    employee: u16,
    /// Its whole record, where it may have to be put aside.
    record: usize,
}

impl Writing {
    pub(super) fn new(plan: &Plan<'_>) -> Writing {
        Writing {
            tally: Tally::new(plan.terms.forms.len(), plan.terms.rules.len()),
            middle: Middle::default(),
            effects: vec![Effect::default(); plan.terms.limits.len()],
            shown: Vec::new(),
        }
    }

    fn clear(&mut self) {
        self.tally.clear();
        self.effects.fill(Effect::default());
        self.shown.clear();
    }

    /// Writes and counts a customer's final awards; each has its parts, or is of one rule.
    pub(super) fn put<'a>(
        &mut self,
        plan: &Plan<'_>,
        whose: (&str, &str, &str),
        awards: impl Iterator<Item = (&'a Award, &'a [(u16, i64)])>,
        out: &mut Vec<u8>,
    ) {
        let (id, segment, employee) = whose;
        let mut some = false;
        let place = plan.segments.then(|| self.tally.segment(segment));
        for (award, parts) in awards {
            if award.minor == 0 {
                continue;
            }
            if let Some(at) = plan.too_small(award)
                && let Some(effect) = self.effects.get_mut(at)
            {
                effect.add(i128::from(award.minor));
                continue;
            }
            some = true;
            plan.lines.prepare(award.form, award.rules, &mut self.middle);
            let line = Line {
                id,
                segment,
                employee,
                form: award.form,
                minor: award.minor,
                tax: award.tax,
                due: award.due,
            };
            let start = out.len();
            plan.lines.put(out, line, &mut self.middle);
            if plan.explained == Some(id) {
                self.shown.extend_from_slice(out.get(start..).unwrap_or_default());
            }
            let alone = [(self.middle.rules.first().copied().unwrap_or(0), award.minor)];
            let parts = if parts.is_empty() { alone.as_slice() } else { parts };
            let (form, minor, tax) = (usize::from(award.form), award.minor, award.tax);
            self.tally.add(Counted { form, minor, tax, parts }, place);
        }
        if some {
            self.tally.awarded += 1;
        } else {
            self.tally.nothing += 1;
        }
    }
}

impl<'c> Part<'c> {
    pub(super) fn new(plan: &Plan<'c>) -> Part<'c> {
        Part {
            batch: plan.compiled.batch(),
            texts: String::new(),
            rows: Vec::new(),
            scratch: Scratch::default(),
            writing: Writing::new(plan),
            draft: Draft::default(),
            hashes: Vec::new(),
            out: Vec::new(),
            drafts: 0,
            rejects: Vec::new(),
            problems: Vec::new(),
            bad: 0,
            found: None,
        }
    }

    pub(super) fn written(&self) -> &Writing {
        &self.writing
    }

    /// Judges a block; what the last one came to is forgotten.
    pub(super) fn judge(&mut self, plan: &Plan<'c>, block: &Block) {
        self.hashes.clear();
        self.out.clear();
        self.rejects.clear();
        self.problems.clear();
        self.writing.clear();
        (self.drafts, self.bad, self.found) = (0, 0, None);
        let mut scratch = std::mem::take(&mut self.scratch);
        plan.sheet.rows(block, &mut scratch, &mut |record| self.take(plan, record));
        self.scratch = scratch;
        self.flush(plan);
    }

    #[inline]
    fn take(&mut self, plan: &Plan<'c>, record: Record<'_>) {
        let customer = match record.read {
            Ok(customer) => customer,
            Err(problem) => return self.bad(plan, problem, record.bytes),
        };
        let hash = plan.key.hash(customer.id);
        if let Some(first) = plan.repeats.and_then(|repeats| repeats.find(customer.id, hash)) {
            return self.bad(plan, repeated(record.line, first), record.bytes);
        }
        self.hashes.push(hash);
        if plan.explained == Some(customer.id) {
            self.found = Some(Found { line: record.line, bytes: record.bytes.to_vec() });
        }
        self.wait(plan, &customer, record.line, record.bytes);
    }

    /// Puts a row into the batch.
    #[inline]
    fn wait(&mut self, plan: &Plan<'c>, customer: &Customer<'_>, line: u64, record: &[u8]) {
        if !self.batch.push(Row { cells: customer.row.cells }) {
            self.flush(plan);
            self.batch.push(Row { cells: customer.row.cells });
        }
        let short = |text: &str| u16::try_from(text.len()).unwrap_or(0);
        let at = self.texts.len();
        let Customer { id, segment, employee, .. } = *customer;
        self.texts.push_str(id);
        self.texts.push_str(segment);
        self.texts.push_str(employee);
        let mut waiting = Waiting {
            line,
            at,
            id: short(id),
            segment: short(segment),
            employee: short(employee),
            record: 0,
        };
        if plan.rejects {
            let record = String::from_utf8_lossy(record);
            self.texts.push_str(&record);
            waiting.record = record.len();
        }
        self.rows.push(waiting);
    }

    /// Judges the rows of the batch.
    fn flush(&mut self, plan: &Plan<'c>) {
        self.batch.run();
        let rows = std::mem::take(&mut self.rows);
        let texts = std::mem::take(&mut self.texts);
        for (place, row) in rows.iter().enumerate() {
            let mut from = row.at;
            let mut text = |length: usize| {
                let text = texts.get(from..from + length).unwrap_or_default();
                from += length;
                text
            };
            let (id, segment) = (text(row.id.into()), text(row.segment.into()));
            let (employee, record) = (text(row.employee.into()), text(row.record));
            match self.batch.outcome(place) {
                Ok(outcome) => {
                    let whose = (id, segment, employee);
                    let drafts = u64::from(plan.wait);
                    if settle(
                        plan,
                        whose,
                        outcome,
                        &mut self.draft,
                        &mut self.writing,
                        &mut self.out,
                    ) {
                        self.drafts += drafts;
                    }
                }
                Err(fault) => {
                    let problem = Problem {
                        line: row.line,
                        column: None,
                        kind: ProblemKind::Amount,
                        what: plan.compiled.fault_text(fault),
                    };
                    self.bad(plan, problem, record.as_bytes());
                }
            }
        }
        self.batch.clear();
        (self.rows, self.texts) = (rows, texts);
        self.rows.clear();
        self.texts.clear();
    }

    #[cold]
    fn bad(&mut self, plan: &Plan<'c>, problem: Problem, record: &[u8]) {
        self.bad += 1;
        if plan.rejects {
            *self.writing.tally.rejected.entry(problem.kind).or_default() += 1;
            rejects::put(&mut self.rejects, &problem, record);
        } else if self.problems.len() < TOLD {
            self.problems.push(problem);
        }
    }
}

/// The problem of a customer whose first row was on another line.
pub(super) fn repeated(line: u64, first: u64) -> Problem {
    let what = match first {
        first if first == line => "the customer comes again further down".to_owned(),
        first => format!("the customer is on line {first} already"),
    };
    let (column, kind) = (Some(CUSTOMER.to_owned()), ProblemKind::Repeated);
    Problem { line, column, kind, what: format!("{what}; a customer has one row") }
}

/// Takes one customer's outcome: written at once, or drafted where limits have to wait for all;
/// whether something was added to `out`.
#[inline]
fn settle(
    plan: &Plan<'_>,
    whose: (&str, &str, &str),
    outcome: &Outcome,
    draft: &mut Draft,
    writing: &mut Writing,
    out: &mut Vec<u8>,
) -> bool {
    writing.tally.customers += 1;
    if let Some(rule) = outcome.excluded {
        *writing.tally.excluded.entry(usize::from(rule)).or_default() += 1;
        return false;
    }
    if outcome.awards.is_empty() {
        writing.tally.nothing += 1;
        return false;
    }
    if !plan.wait && !plan.over_customer(&outcome.awards) {
        if outcome.parts.is_empty() {
            writing.put(plan, whose, outcome.awards.iter().map(|a| (a, [].as_slice())), out);
        } else {
            let all: BTreeMap<u8, Vec<(u16, i64)>> = parts_by_form(outcome);
            let of = |award: &Award| all.get(&award.form).map_or([].as_slice(), Vec::as_slice);
            writing.put(plan, whose, outcome.awards.iter().map(|a| (a, of(a))), out);
        }
        return true;
    }
    plan.draft(whose, outcome, draft);
    plan.limit_customer(draft, &mut writing.effects);
    if plan.wait {
        draft.put(out);
    } else {
        put_draft(plan, draft, writing, out);
    }
    true
}

fn parts_by_form(outcome: &Outcome) -> BTreeMap<u8, Vec<(u16, i64)>> {
    let mut all: BTreeMap<u8, Vec<(u16, i64)>> = BTreeMap::new();
    for part in &outcome.parts {
        all.entry(part.form).or_default().push((part.rule, part.minor));
    }
    all
}

/// Writes a draft as it stands.
pub(super) fn put_draft(plan: &Plan<'_>, draft: &Draft, writing: &mut Writing, out: &mut Vec<u8>) {
    let award = |drafted: &Drafted| {
        let mut rules = RuleSet::default();
        drafted.parts.iter().for_each(|(rule, _)| rules.add(*rule));
        let Drafted { form, minor, tax, due, .. } = *drafted;
        Award { form, minor, tax, before: minor, due, rules }
    };
    let awards: Vec<Award> = draft.awards.iter().map(award).collect();
    let parts = draft.awards.iter().map(|drafted| drafted.parts.as_slice());
    let whose = (draft.id.as_str(), draft.segment.as_str(), draft.employee.as_str());
    writing.put(plan, whose, awards.iter().zip(parts), out);
}

impl Plan<'_> {
    /// The limit of the smallest amount, by its place, where an award is below it.
    #[inline]
    fn too_small(&self, award: &Award) -> Option<usize> {
        let (at, least) = self.smallest?;
        (award.minor < least && self.is_money(award.form)).then_some(at)
    }

    fn is_money(&self, form: u8) -> bool {
        self.terms.forms.get(usize::from(form)).is_some_and(super::FormTerms::is_money)
    }

    /// Whether a customer's money is more than the limit of one customer.
    #[inline]
    fn over_customer(&self, awards: &[Award]) -> bool {
        let Some(most) = self.customer_limit else { return false };
        let money = awards.iter().filter(|award| self.is_money(award.form));
        money.map(|award| i128::from(award.minor)).sum::<i128>() > i128::from(most)
    }

    fn draft(&self, whose: (&str, &str, &str), outcome: &Outcome, draft: &mut Draft) {
        for (to, from) in [
            (&mut draft.id, whose.0),
            (&mut draft.segment, whose.1),
            (&mut draft.employee, whose.2),
        ] {
            to.clear();
            to.push_str(from);
        }
        draft.awards.resize_with(outcome.awards.len(), Drafted::default);
        for (to, award) in draft.awards.iter_mut().zip(&outcome.awards) {
            to.form = award.form;
            to.money = self.is_money(award.form);
            (to.minor, to.tax, to.due) = (award.minor, award.tax, award.due);
            to.parts.clear();
            let parts = outcome.parts.iter().filter(|part| part.form == award.form);
            to.parts.extend(parts.map(|part| (part.rule, part.minor)));
            if to.parts.is_empty() {
                to.parts.extend(award.rules.first().map(|rule| (rule, award.minor)));
            }
        }
    }

    /// Applies the limits of one customer of one incident.
    fn limit_customer(&self, draft: &mut Draft, effects: &mut [Effect]) {
        for (limit, effect) in self.terms.limits.iter().zip(effects) {
            let money = draft.money();
            let over = money - i128::from(limit.minor);
            if limit.kind != LimitKind::Customer || over <= 0 {
                continue;
            }
            effect.add(over);
            if limit.at == AtLimit::Cut {
                draft.cut_to(limit.minor);
            }
        }
    }
}
