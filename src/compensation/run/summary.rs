//! What a run tells: counts, totals, hashes. Nothing of it is customer-level.

use super::tally::bands;
use super::{Count, Effect, FormTally, FormTerms, Ran, Terms};
use crate::compensation::{AtLimit, Compiled, Limit};
use crate::units::sha256;

/// The summary of a run.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The policy's name.
    pub policy: String,
    /// Its version.
    pub version: String,
    /// Its heading.
    pub title: String,
    /// On which ground it pays.
    pub basis: &'static str,
    /// The SHA-256 of its file.
    pub policy_sha256: String,
    /// Whether its figures are proposals that the company has yet to decide.
    pub proposed: bool,
    /// The code of its currency, and the digits of its amounts.
    pub currency: (String, u32),
    /// Rows read, those put aside among them.
    pub read: u64,
    /// Customers who get something.
    pub eligible: u64,
    /// Customers who get nothing because a rule says so: the rule, its reason, how many.
    pub excluded: Vec<(String, String, u64)>,
    /// Customers about whom no rule says anything, or for whom it comes to nothing.
    pub nothing: u64,
    /// Rows put aside: the kind of problem, how many.
    pub rejected: Vec<(&'static str, u64)>,
    /// The awards by form.
    pub forms: Vec<FormSummary>,
    /// Every limit and what it did.
    pub limits: Vec<(Limit, Effect)>,
    /// Whether a limit asks for an approval.
    pub asks: bool,
    /// Columns of the evidence that the policy does not read.
    pub unused: Vec<String>,
    /// Bytes of the evidence, and their SHA-256.
    pub evidence: (u64, String),
    /// Bytes of the awards, and their SHA-256.
    pub awards: (u64, String),
}

/// The awards of one form.
#[derive(Debug, Clone)]
pub struct FormSummary {
    /// The form.
    pub terms: FormTerms,
    /// All awards.
    pub all: Count,
    /// The sum of tax.
    pub tax: i128,
    /// The largest award.
    pub largest: i64,
    /// By rule: the parts that each gave.
    pub rules: Vec<(String, Count)>,
    /// By segment.
    pub segments: Vec<(String, Count)>,
    /// By size: what is at most so much, and more than the row before; none is the open end.
    pub bands: Vec<(Option<i64>, Count)>,
}

impl Summary {
    /// Sums up a run.
    pub fn of(compiled: &Compiled, terms: &Terms, ran: &Ran) -> Summary {
        let policy = compiled.policy();
        let tally = &ran.tally;
        let excluded = tally.excluded.iter().map(|(rule, count)| {
            (compiled.rule_name(*rule).to_owned(), compiled.exclusion(*rule).to_owned(), *count)
        });
        let rejected: Vec<(&'static str, u64)> =
            tally.rejected.iter().map(|(kind, count)| (kind.name(), *count)).collect();
        let aside: u64 = rejected.iter().map(|(_, count)| count).sum();
        let forms = terms.forms.iter().zip(&tally.forms).filter(|(_, form)| form.all.awards > 0);
        Summary {
            policy: policy.name.clone(),
            version: policy.version(),
            title: policy.title.clone(),
            basis: policy.basis.name(),
            policy_sha256: sha256(policy.text.as_bytes()),
            proposed: policy.proposed,
            currency: (policy.currency.to_string(), policy.currency.minor_digits()),
            read: tally.customers + aside,
            eligible: tally.awarded,
            excluded: excluded.collect(),
            nothing: tally.nothing,
            rejected,
            forms: forms.map(|(of, form)| form_summary(of, form, terms, &tally.segments)).collect(),
            limits: terms.limits.iter().cloned().zip(ran.effects.iter().copied()).collect(),
            asks: ran.asks(terms),
            unused: ran.unused.clone(),
            evidence: (ran.evidence_bytes, ran.evidence_sha256.clone()),
            awards: (ran.awards_bytes, ran.awards_sha256.clone()),
        }
    }

    /// How many awards.
    pub fn count(&self) -> u64 {
        self.forms.iter().map(|form| form.all.awards).sum()
    }

    /// The money of all forms, in minor units.
    pub fn money(&self) -> i128 {
        self.forms.iter().filter(|form| form.terms.is_money()).map(|form| form.all.total).sum()
    }

    /// What limits took off, in minor units.
    pub fn cut(&self) -> i128 {
        let cut = self.limits.iter().filter(|(limit, _)| limit.at != AtLimit::Stop);
        cut.map(|(_, effect)| effect.cut).sum()
    }
}

fn form_summary(
    of: &FormTerms,
    form: &FormTally,
    terms: &Terms,
    segments: &[String],
) -> FormSummary {
    let some = |(_, count): &(String, Count)| count.awards > 0;
    let named = |names: &[String], counts: &[Count]| -> Vec<(String, Count)> {
        names.iter().cloned().zip(counts.iter().copied()).filter(some).collect()
    };
    let mut segments = named(segments, &form.segments);
    // By name: the order in which the evidence names them says nothing.
    segments.sort_by(|a, b| a.0.cmp(&b.0));
    let ends = bands().map(Some).chain([None]);
    let bands = ends.zip(form.bands.iter().copied()).filter(|(_, count)| count.awards > 0);
    FormSummary {
        terms: of.clone(),
        all: form.all,
        tax: form.tax,
        largest: form.largest,
        rules: named(&terms.rules, &form.rules),
        segments,
        bands: bands.collect(),
    }
}
