//! A run's awards become entries: what nobody got yet, and no more.
//!
//! The file is long because whatever keeps a customer from being paid twice is read here together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::amount::{Sums, Unit, show_minor};
use super::awards::{Award, take_awards};
use super::book::{Book, Filed, Made};
use super::by_form::ByForm;
use super::entry::{Entry, SoFar, entries};
use super::line::{Line, State, Terms};
use super::place::{Width, entry_id};
use super::shelf::{Ledger, Pen, Scope, Shelf, Spill};
use crate::diag::Diagnostic;

/// How many and how much.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many entries.
    pub count: u64,
    /// How much, by unit.
    pub sums: Sums,
}

impl Tally {
    /// Counts one amount.
    pub fn add(&mut self, unit: &Unit, minor: i128) {
        self.count += 1;
        self.sums.add(unit, minor);
    }
}

/// Why an award did not simply become an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// It is less than the customer has or is about to get: a proposal, nothing more.
    Lower,
    /// The customer has it under another form, or in another currency.
    OtherForm,
    /// More is to be taken back than was credited.
    NotPosted,
}

impl Held {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Held::Lower => "lower",
            Held::OtherForm => "other_form",
            Held::NotPosted => "not_posted",
        }
    }
}

/// An award that did not become an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Why.
    pub held: Held,
    /// The customer.
    pub customer: String,
    /// The form.
    pub form: String,
    /// What the run gives, minor units.
    pub award: i64,
    /// What counts so far.
    pub so_far: i128,
    /// What of that is credited, and not on its way back.
    pub posted: i128,
    /// What both are counted in.
    pub unit: Unit,
}

/// What became of a run's awards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entered {
    /// Entries of customers who had nothing yet.
    pub fresh: Tally,
    /// Entries of the difference to what customers had.
    pub topped_up: Tally,
    /// Awards that customers have already, to the cent.
    pub unchanged: u64,
    /// Awards of nothing.
    pub nothing: u64,
    /// Awards lower than what customers have, by how much.
    pub lower: Tally,
    /// Awards held back for another reason.
    pub held: Tally,
    /// The latest day on which an entry is due.
    pub due: Option<chrono::NaiveDate>,
    /// What was given to customers, by form and segment.
    pub forms: ByForm,
}

impl Entered {
    /// All new entries.
    pub fn entered(&self) -> Tally {
        let mut all = self.fresh.clone();
        all.count += self.topped_up.count;
        all.sums.merge(&self.topped_up.sums);
        all
    }
}

/// What a run's awards are entered as.
#[derive(Debug, Clone)]
pub struct Entering<'a> {
    /// What the entries share.
    pub terms: Arc<Terms>,
    /// The same for forms that are booked elsewhere.
    pub forms: BTreeMap<String, Arc<Terms>>,
    /// All incidents that are one family with the run's, itself included.
    pub family: &'a [String],
    /// Whether it takes back from customers; awards are negative then.
    pub clawback: bool,
    /// Whether what is taken back is collected; else it is given up at once.
    pub collect: bool,
}

/// The width at which awards and what is there already fit into the memory, part by part.
pub fn entering_width(ledger: &Ledger<'_>, family: &[String], awards: u64) -> Width {
    Width::for_lines(awards).max(ledger.width(Scope::Incidents(family)))
}

/// Enters a run's awards, part by part; `say` gets each proposal.
///
/// # Errors
/// When files of the ledger are missing or were changed, an award is bad, or the disk refuses.
pub fn enter(
    ledger: &Ledger<'_>,
    shelf: Option<&dyn Shelf>,
    made: &Made,
    entering: &Entering<'_>,
    (width, spill): (Width, &mut dyn Spill),
    mut say: impl FnMut(&Proposal) -> Result<(), Diagnostic>,
) -> Result<(Filed, Entered), Diagnostic> {
    let book: &Book = ledger.book;
    book.must_be_open(made.period)?;
    let name = entering.terms.run_name();
    if book.approval_of(&name).is_some() {
        let message = format!("run {name} is in the ledger already");
        return Err(Diagnostic::error("entered-already", message).help("a new run tops up"));
    }
    let mut pen = Pen::new(book, made, shelf);
    // Also where every customer has it already: the run was approved.
    pen.name_run(name);
    let mut entered = Entered::default();
    for part in width.parts() {
        let before = entries(ledger.lines(part, Scope::Incidents(entering.family))?)?;
        let awards = take_awards(spill, part.number())?;
        let mut lines = Vec::new();
        enter_part(entering, made, &before, awards, &mut lines, &mut entered, &mut say)?;
        pen.put(part, &lines)?;
    }
    Ok((pen.finish()?, entered))
}

/// What a run's awards are beside what customers have now; nothing is entered.
///
/// # Errors
/// As [`enter`].
pub fn compare(
    ledger: &Ledger<'_>,
    made: &Made,
    entering: &Entering<'_>,
    (width, spill): (Width, &mut dyn Spill),
    mut say: impl FnMut(&Proposal) -> Result<(), Diagnostic>,
) -> Result<Entered, Diagnostic> {
    let mut entered = Entered::default();
    for part in width.parts() {
        let before = entries(ledger.lines(part, Scope::Incidents(entering.family))?)?;
        let awards = take_awards(spill, part.number())?;
        enter_part(entering, made, &before, awards, &mut Vec::new(), &mut entered, &mut say)?;
    }
    Ok(entered)
}

/// The entries of one part, by customer and form.
fn enter_part(
    entering: &Entering<'_>,
    made: &Made,
    before: &[Entry],
    awards: Vec<Award>,
    lines: &mut Vec<Line>,
    entered: &mut Entered,
    say: &mut impl FnMut(&Proposal) -> Result<(), Diagnostic>,
) -> Result<(), Diagnostic> {
    let terms = &entering.terms;
    let mut so_far: BTreeMap<(&str, &str), SoFar> = BTreeMap::new();
    for entry in before {
        let theirs = &entry.line.terms;
        let same = theirs.policy == terms.policy
            && theirs.basis == terms.basis
            && entering.family.contains(&theirs.incident);
        if same {
            let key = (entry.line.customer.as_str(), entry.line.form.as_str());
            so_far.entry(key).or_default().add(entry);
        }
    }
    let mut given: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for award in awards.iter().filter(|a| a.minor != 0) {
        given.entry(&award.customer).or_default().insert(&award.form);
    }
    for award in &awards {
        let unit = award.currency.map_or_else(|| Unit::Form(award.form.clone()), Unit::Money);
        let has = so_far.remove(&(award.customer.as_str(), award.form.as_str()));
        let had = has.is_some();
        let has = has.unwrap_or_default();
        let proposal = |held| Proposal {
            held,
            customer: award.customer.clone(),
            form: award.form.clone(),
            award: award.minor,
            so_far: has.counted,
            posted: has.posted.saturating_add(has.back),
            unit: unit.clone(),
        };
        let amount = i128::from(award.minor);
        if entering.clawback {
            if amount >= 0 || amount.saturating_neg() > has.posted.saturating_add(has.back) {
                entered.held.add(&unit, amount);
                say(&proposal(Held::NotPosted))?;
                continue;
            }
            let line = new_line(entering, made, award, award.minor, award.tax);
            entered.fresh.add(&unit, amount);
            let given_up = (!entering.collect).then(|| line.moved(State::WrittenOff, made.period));
            lines.push(line);
            lines.extend(
                given_up.map(|line| Line {
                    reason: "not collected from the customer".to_owned(),
                    ..line
                }),
            );
            continue;
        }
        if amount < 0 {
            let message = format!("the award of customer {} is negative", award.customer);
            return Err(Diagnostic::error("bad-awards", message)
                .help("money is taken back with inc ledger clawback"));
        }
        // Paid under a form that the policy no longer gives, a customer would get both.
        let other_form = !had
            && amount != 0
            && so_far.iter().any(|((customer, form), other)| {
                *customer == award.customer
                    && other.counted > 0
                    && !given.get(customer).is_some_and(|forms| forms.contains(form))
            });
        if other_form || has.units.iter().any(|u| *u != unit) {
            entered.held.add(&unit, amount);
            say(&proposal(Held::OtherForm))?;
            continue;
        }
        let more = amount.saturating_sub(has.counted);
        match more {
            0 if amount == 0 => entered.nothing += 1,
            0 => entered.unchanged += 1,
            ..0 => {
                entered.lower.add(&unit, more);
                say(&proposal(Held::Lower))?;
            }
            1.. => {
                let total = i64::try_from(more).map_err(|_| too_much(award, &unit, more))?;
                let tax = i128::from(award.tax).saturating_sub(has.tax).clamp(0, more);
                let tax = i64::try_from(tax).unwrap_or(0);
                let line = new_line(entering, made, award, total, tax);
                entered.due = entered.due.max(line.posting_date);
                entered.forms.add(award, &unit, more, has.counted > 0);
                lines.push(line);
                let tally =
                    if has.counted > 0 { &mut entered.topped_up } else { &mut entered.fresh };
                tally.add(&unit, more);
            }
        }
    }
    // Who is in no award any more has the lower result of nothing.
    for ((customer, form), has) in so_far {
        if has.counted <= 0 || entering.clawback {
            continue;
        }
        let unit = has.units.first().cloned().unwrap_or_else(|| Unit::Form(form.to_owned()));
        entered.lower.add(&unit, has.counted.saturating_neg());
        say(&Proposal {
            held: Held::Lower,
            customer: customer.to_owned(),
            form: form.to_owned(),
            award: 0,
            so_far: has.counted,
            posted: has.posted.saturating_add(has.back),
            unit,
        })?;
    }
    Ok(())
}

fn too_much(award: &Award, unit: &Unit, more: i128) -> Diagnostic {
    let shown = show_minor(more, unit.digits());
    let message = format!("{shown} {unit} for customer {} is beyond any amount", award.customer);
    Diagnostic::error("bad-awards", message)
}

fn new_line(entering: &Entering<'_>, made: &Made, award: &Award, total: i64, tax: i64) -> Line {
    let terms = &entering.terms;
    Line {
        id: entry_id(&terms.incident, &terms.run, &award.customer, &award.form),
        state: State::Approved,
        customer: award.customer.clone(),
        form: award.form.clone(),
        tax,
        total,
        currency: award.currency,
        period: made.period,
        posting_date: award.due,
        batch: String::new(),
        document: String::new(),
        reason: award.rules.clone(),
        terms: entering.forms.get(&award.form).unwrap_or(terms).clone(),
    }
}
