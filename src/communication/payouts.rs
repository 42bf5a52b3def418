//! What compensation runs give, as the ledger holds it: by policy, basis and form, with its
//! segments, and how much of it is credited.
//!
//! Only the ledger can say "credited": that an amount is approved, or sent, is no credit.

use chrono::NaiveDate;

use super::Catalogue;
use crate::incident::{CompensationRun, FormLedger, Record, RunLedger, SegmentLedger};
use crate::units::Money;

/// The order in which payouts are told: first the customer's own money, last a gesture.
const BASES: [&str; 4] = ["restitution", "regulatory", "contractual", "goodwill"];
/// The form that only business clients get.
const TO_CLIENTS: &str = "contract_sla_credit";
/// The form that only merchants get.
const TO_MERCHANTS: &str = "merchant_fee_credit";
/// The segment of customers for whom the evidence names none, or too many.
const OTHERS: &str = "(others)";

/// How much of a payout is credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credited {
    /// Nothing.
    Nothing,
    /// Some of its entries.
    Some,
    /// Every one.
    All,
}

/// What is paid out under one form of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// The policy.
    pub policy: String,
    /// What it is called, with its article: "la devolución"; none where the standard does not say.
    pub name: Option<String>,
    /// restitution, regulatory, contractual, goodwill; empty where nobody said.
    pub basis: String,
    /// The form; empty where the record does not tell forms apart.
    pub form: String,
    /// How much of it is credited.
    pub credited: Credited,
    /// How many entries there are, without those that were cancelled or given up.
    pub count: Option<u64>,
    /// What they come to; none where the form is no money.
    pub total: Option<Money>,
    /// How many are credited.
    pub posted: Option<u64>,
    /// The last day on which an entry is due that is not credited.
    pub due: Option<NaiveDate>,
    /// The smallest and the largest amount that a customer gets.
    pub range: Option<(Money, Money)>,
    /// The fewest and the most days or points, where the form is no money.
    pub units: Option<(u64, u64)>,
    /// By segment, where there are several and all have names for customers.
    pub segments: Vec<PayoutSegment>,
    /// Segments without a name for customers.
    pub unnamed: Vec<String>,
}

/// What customers of one segment get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutSegment {
    /// What customers call it; none for all others.
    pub name: Option<String>,
    /// How many entries.
    pub count: u64,
    /// What they come to.
    pub total: Option<Money>,
    /// The smallest and the largest amount that a customer gets.
    pub range: Option<(Money, Money)>,
}

/// What approved runs of a record give to an audience, in the order in which it is told.
pub(super) fn payouts(record: &Record, catalogue: &Catalogue, audience: &str) -> Vec<Payout> {
    let runs = record.compensation.iter().filter(|run| !run.claws_back);
    let mut sums: Vec<Sum<'_>> = Vec::new();
    for (run, ledger) in runs.filter_map(|run| Some((run, run.ledger.as_ref()?))) {
        if ledger.forms.is_empty() {
            sums.push(Sum::whole(run, ledger));
        }
        for form in &ledger.forms {
            let (policy, basis) = (run.policy.as_str(), run.basis.as_deref().unwrap_or_default());
            let same =
                |s: &&mut Sum<'_>| s.policy == policy && s.basis == basis && s.form == form.form;
            match sums.iter_mut().find(same) {
                // What a later run of the same policy adds.
                Some(sum) => sum.join(form),
                None => sums.push(Sum::of(policy, basis, form)),
            }
        }
    }
    let mut told: Vec<Payout> = sums
        .iter()
        .filter(|sum| concerns(audience, sum.form, sum.basis))
        .filter_map(|sum| sum.told(catalogue))
        .collect();
    let rank = |payout: &Payout| BASES.iter().position(|b| *b == payout.basis);
    told.sort_by_key(|payout| rank(payout).unwrap_or(BASES.len()));
    told
}

/// The runs that were computed and that nobody approved, by id.
pub(super) fn waiting(record: &Record) -> impl Iterator<Item = &str> {
    let runs = record.compensation.iter().filter(|run| !run.claws_back && run.ledger.is_none());
    runs.filter(|run| run.state.as_deref() == Some("computed"))
        .filter_map(|run| run.id.as_ref().map(|id| id.as_str()))
}

/// Whether a payout is for such readers, or theirs to know of.
fn concerns(audience: &str, form: &str, basis: &str) -> bool {
    let own_money = matches!(basis, "restitution" | "regulatory");
    match audience {
        "clients" => form == TO_CLIENTS || own_money && form != TO_MERCHANTS,
        "merchants" => form == TO_MERCHANTS || own_money && form != TO_CLIENTS,
        "affected_known" | "affected_likely" | "tried_since_start" | "all_customers" => {
            form != TO_CLIENTS && form != TO_MERCHANTS
        }
        _ => true,
    }
}

/// What runs of one policy give under one form.
struct Sum<'r> {
    policy: &'r str,
    basis: &'r str,
    form: &'r str,
    entries: Option<u64>,
    posted: Option<u64>,
    total: Option<Money>,
    credited: Credited,
    due: Option<NaiveDate>,
    range: Option<(Money, Money)>,
    units: Option<(u64, u64)>,
    segments: Vec<SegmentLedger>,
}

fn day(text: Option<&String>) -> Option<NaiveDate> {
    text?.parse().ok()
}

fn plus(one: Option<Money>, other: Option<Money>) -> Option<Money> {
    one?.checked_add(other?)
}

fn less(one: Option<Money>, other: Option<Money>) -> Option<Money> {
    match other {
        Some(other) => one?.checked_add(Money::new(-other.amount, other.currency)),
        None => one,
    }
}

fn credited(given: u64, posted: u64) -> Credited {
    match posted {
        0 => Credited::Nothing,
        some if some >= given => Credited::All,
        _ => Credited::Some,
    }
}

impl<'r> Sum<'r> {
    /// A run of which the record tells no forms apart.
    fn whole(run: &'r CompensationRun, ledger: &RunLedger) -> Sum<'r> {
        let form = match run.forms.as_slice() {
            [one] => one.form.as_str(),
            _ => "",
        };
        let done = ledger.open == Some(0);
        let credited = match ledger.posted_at {
            Some(_) if done => Credited::All,
            Some(_) => Credited::Some,
            None => Credited::Nothing,
        };
        let entered = ledger.entered.or(run.total);
        let dropped = [ledger.reversed, ledger.written_off];
        // How many were dropped is not told: with some, no number holds.
        let whole = dropped.iter().flatten().all(|money| money.amount.is_zero());
        let entries = ledger.entries.or(run.count);
        Sum {
            policy: &run.policy,
            basis: run.basis.as_deref().unwrap_or_default(),
            form,
            // Settled without a credit: cancelled, every one.
            entries: if done && credited == Credited::Nothing {
                Some(0)
            } else {
                entries.filter(|_| whole)
            },
            posted: None,
            total: dropped.into_iter().fold(entered, less),
            credited,
            due: day(ledger.due.as_ref()).filter(|_| credited != Credited::All),
            range: None,
            units: None,
            segments: Vec::new(),
        }
    }

    fn of(policy: &'r str, basis: &'r str, form: &'r FormLedger) -> Sum<'r> {
        let dropped = form.dropped.unwrap_or(0);
        let entries = form.entries.unwrap_or(0).saturating_sub(dropped);
        let posted = form.posted.unwrap_or(0);
        let credited = credited(entries, posted);
        Sum {
            policy,
            basis,
            form: &form.form,
            entries: Some(entries),
            posted: Some(posted),
            total: less(form.entered, form.dropped_total),
            credited,
            due: day(form.due.as_ref()).filter(|_| credited != Credited::All),
            // Whose entry was dropped is not told: it may have been the smallest, or any segment's.
            range: form.least.zip(form.most).filter(|_| dropped == 0),
            units: form.least_units.zip(form.most_units).filter(|_| dropped == 0),
            segments: if dropped == 0 { form.segments.clone() } else { Vec::new() },
        }
    }

    /// Adds what a later run gives; who got twice from which is not told.
    fn join(&mut self, form: &'r FormLedger) {
        let other = Sum::of(self.policy, self.basis, form);
        let both = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
        if other.entries == Some(0) {
            return;
        }
        if self.entries == Some(0) {
            *self = other;
            return;
        }
        self.entries = both(self.entries, other.entries);
        self.posted = both(self.posted, other.posted);
        self.total = plus(self.total, other.total);
        self.credited = credited(self.entries.unwrap_or(0), self.posted.unwrap_or(0));
        self.due = self.due.max(other.due);
        (self.range, self.units) = (None, None);
        let told = !self.segments.is_empty() && !other.segments.is_empty();
        if !told {
            self.segments.clear();
            return;
        }
        for theirs in other.segments {
            match self.segments.iter_mut().find(|own| own.segment == theirs.segment) {
                Some(own) => {
                    own.entries = both(own.entries, theirs.entries);
                    own.entered = plus(own.entered, theirs.entered);
                }
                None => self.segments.push(theirs),
            }
        }
        for own in &mut self.segments {
            (own.least, own.most) = (None, None);
        }
    }

    fn told(&self, catalogue: &Catalogue) -> Option<Payout> {
        if self.entries == Some(0) {
            return None;
        }
        let word = |words: &[(String, String)], id: &str| {
            words.iter().find(|(known, _)| known == id).map(|(_, word)| word.clone())
        };
        let named = |s: &SegmentLedger| s.segment == OTHERS || s.segment.is_empty();
        let name = |s: &SegmentLedger| word(&catalogue.segments, &s.segment);
        let unnamed = self.segments.iter().filter(|s| !named(s) && name(s).is_none());
        let unnamed: Vec<String> = unnamed.map(|s| s.segment.clone()).collect();
        let told = self.segments.len() > 1 && unnamed.is_empty();
        Some(Payout {
            policy: self.policy.to_owned(),
            name: word(&catalogue.payouts, self.policy).or_else(|| {
                let basis = word(&catalogue.bases, self.basis)?;
                Some(match word(&catalogue.forms, self.form) {
                    Some(form) => format!("{basis} {form}"),
                    None => basis,
                })
            }),
            basis: self.basis.to_owned(),
            form: self.form.to_owned(),
            credited: self.credited,
            count: self.entries,
            total: self.total,
            posted: self.posted,
            due: self.due,
            range: self.range,
            units: self.units,
            segments: self
                .segments
                .iter()
                .filter(|_| told)
                .filter_map(|s| {
                    Some(PayoutSegment {
                        name: name(s),
                        count: s.entries?,
                        total: s.entered,
                        range: s.least.zip(s.most),
                    })
                })
                .collect(),
            unnamed: if self.segments.len() > 1 { unnamed } else { Vec::new() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;

    fn told(runs: &str, audience: &str) -> Vec<Payout> {
        let text = format!(
            "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: Cards\n\
             status: resolved\ncompensation:\n{runs}"
        );
        let record = crate::incident::parse(Source::new("incident.yaml", &text)).unwrap().record;
        let words = |id: &str, word: &str| (id.to_owned(), word.to_owned());
        let catalogue = Catalogue {
            payouts: vec![words("gift", "el obsequio")],
            bases: vec![words("restitution", "la devolución")],
            segments: vec![words("basic", "cuenta básica"), words("premium", "cuenta premium")],
            ..Catalogue::default()
        };
        payouts(&record, &catalogue, audience)
    }

    fn run(policy: &str, basis: &str, forms: &str) -> String {
        format!(
            "  - {{ policy: {policy}, basis: {basis}, state: approved, ledger: {{ forms: [ {forms} ] }} }}\n"
        )
    }

    fn form(rest: &str) -> String {
        format!(
            "{{ form: statement_credit, entries: 10, entered: 100.00 MXN, due: 2026-12-01{rest} }}"
        )
    }

    #[test]
    fn credited_is_said_of_what_is_posted_and_of_no_more() {
        for (rest, credited, count, total, due) in [
            ("", Credited::Nothing, 10, "100.00 MXN", true),
            (", posted: 4, posted_total: 40.00 MXN", Credited::Some, 10, "100.00 MXN", true),
            (", posted: 10, posted_total: 100.00 MXN", Credited::All, 10, "100.00 MXN", false),
            (
                ", posted: 9, posted_total: 90.00 MXN, dropped: 1, dropped_total: 10.00 MXN",
                Credited::All,
                9,
                "90.00 MXN",
                false,
            ),
        ] {
            let told = told(&run("gift", "goodwill", &form(rest)), "affected_known");
            let payout = &told[0];
            assert_eq!((payout.credited, payout.count), (credited, Some(count)), "{rest}");
            assert_eq!(payout.total.unwrap().to_string(), total);
            assert_eq!(payout.due.is_some(), due);
        }
        let all_dropped = form(", dropped: 10, dropped_total: 100.00 MXN");
        assert!(told(&run("gift", "goodwill", &all_dropped), "affected_known").is_empty());
    }

    #[test]
    fn a_run_without_forms_is_told_as_a_whole() {
        let one = |ledger: &str| {
            let run = format!(
                "  - {{ policy: gift, state: approved, count: 3, total: 30.00 MXN, ledger: {{ {ledger} }} }}\n"
            );
            told(&run, "affected_known")
        };
        let open = &one("entries: 3, open: 3, due: 2026-12-01")[0];
        assert_eq!((open.credited, open.count), (Credited::Nothing, Some(3)));
        let some = &one("entries: 3, open: 1, posted_at: 2026-11-24T10:00:00-06:00")[0];
        assert_eq!(some.credited, Credited::Some);
        let all = "entries: 3, open: 0, posted_at: 2026-11-24T10:00:00-06:00";
        assert_eq!(one(all)[0].credited, Credited::All);
        let part = format!("{all}, written_off: 10.00 MXN");
        let told = &one(&part)[0];
        assert_eq!((told.count, told.total.unwrap().to_string()), (None, "20.00 MXN".to_owned()));
        assert!(one("entries: 3, open: 0").is_empty());
    }

    #[test]
    fn a_second_run_adds_to_the_first() {
        let segments = ", segments: [ { segment: basic, entries: 6, entered: 40.00 MXN }, { segment: premium, entries: 4, entered: 60.00 MXN } ]";
        let first = run("gift", "goodwill", &form(&format!(", posted: 10{segments}")));
        let second = run("gift", "goodwill", &form(segments));
        let told = told(&format!("{first}{second}"), "affected_known");
        let [payout] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((payout.credited, payout.count), (Credited::Some, Some(20)));
        assert_eq!(payout.total.unwrap().to_string(), "200.00 MXN");
        let premium = payout.segments.iter().find(|s| s.name.as_deref() == Some("cuenta premium"));
        assert_eq!(premium.unwrap().total.unwrap().to_string(), "120.00 MXN");
    }

    #[test]
    fn segments_without_a_name_are_asked_for() {
        let forms =
            form(", segments: [ { segment: basic, entries: 6 }, { segment: nc-3, entries: 4 } ]");
        let told = told(&run("gift", "goodwill", &forms), "affected_known");
        assert!(told[0].segments.is_empty());
        assert_eq!(told[0].unnamed, ["nc-3"]);
    }

    #[test]
    fn own_money_comes_first_and_each_reads_what_is_theirs() {
        let contract = "{ form: contract_sla_credit, entries: 1, entered: 9.00 MXN }";
        let runs = format!(
            "{}{}{}",
            run("gift", "goodwill", &form("")),
            run("sla", "contractual", contract),
            run("undue", "restitution", &form(""))
        );
        let names = |audience: &str| -> Vec<Option<String>> {
            told(&runs, audience).into_iter().map(|p| p.name).collect()
        };
        let (back, gift) = (Some("la devolución".to_owned()), Some("el obsequio".to_owned()));
        assert_eq!(names("affected_known"), [back.clone(), gift.clone()]);
        // Nobody said what a payout of `sla` is called.
        assert_eq!(names("clients"), [back.clone(), None]);
        assert_eq!(names("agents"), [back, None, gift]);
    }
}
