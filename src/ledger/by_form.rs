//! What a run gives and what became of it, by form and by segment of customers: what records are
//! told, so that messages can say it. No customer is told apart.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::amount::{Unit, as_money};
use super::approve::Tally;
use super::awards::Award;
use super::line::{Line, State};
use super::noted::add;
use crate::incident::{FormLedger, SegmentLedger};
use crate::units::Money;

/// Segments that are told apart; customers of further ones are counted together.
const MOST_SEGMENTS: usize = 40;

/// The name under which further segments are counted.
const OTHERS: &str = "(others)";

/// Fewer customers than these, and the smallest and largest award would be theirs to see.
const FEWEST: u64 = 10;

/// What was given, by form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ByForm(BTreeMap<String, OfForm>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct OfForm {
    all: Given,
    due: Option<NaiveDate>,
    segments: BTreeMap<String, Given>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Given {
    tally: Tally,
    unit: Option<Unit>,
    range: Option<(i64, i64)>,
    /// Some customers had a part of it already: an entry is less than what they get.
    in_parts: bool,
}

impl ByForm {
    /// Counts an award, of which `more` is new.
    pub(super) fn add(&mut self, award: &Award, unit: &Unit, more: i128, had: bool) {
        let form = match self.0.get_mut(&award.form) {
            Some(form) => form,
            None => self.0.entry(award.form.clone()).or_default(),
        };
        form.all.add(award, unit, more, had);
        form.due = form.due.max(award.due);
        let name = match award.segment.as_str() {
            "" => OTHERS,
            known if form.segments.contains_key(known) => known,
            _ if form.segments.len() >= MOST_SEGMENTS => OTHERS,
            new => new,
        };
        match form.segments.get_mut(name) {
            Some(segment) => segment.add(award, unit, more, had),
            None => {
                form.segments.entry(name.to_owned()).or_default().add(award, unit, more, had);
            }
        }
    }

    /// As records hold it.
    pub(super) fn noted(&self) -> Vec<FormLedger> {
        let form = |(name, form): (&String, &OfForm)| {
            let (least, most) = form.all.money_range();
            let (least_units, most_units) = form.all.unit_range();
            // Where nobody is named by a segment there are none.
            let told = form.segments.keys().any(|name| name != OTHERS);
            FormLedger {
                form: name.clone(),
                entries: Some(form.all.tally.count),
                entered: form.all.tally.sums.money(),
                due: form.due.map(|day| day.to_string()),
                least,
                most,
                least_units,
                most_units,
                segments: form.segments.iter().filter(|_| told).map(segment).collect(),
                ..FormLedger::default()
            }
        };
        self.0.iter().map(form).collect()
    }
}

fn segment((name, given): (&String, &Given)) -> SegmentLedger {
    let (least, most) = given.money_range();
    SegmentLedger {
        segment: name.clone(),
        entries: Some(given.tally.count),
        entered: given.tally.sums.money(),
        least,
        most,
        x: Default::default(),
    }
}

impl Given {
    fn add(&mut self, award: &Award, unit: &Unit, more: i128, had: bool) {
        self.tally.add(unit, more);
        self.in_parts |= had;
        match self.range {
            Some((least, most)) => {
                self.range = Some((least.min(award.minor), most.max(award.minor)));
            }
            None => {
                self.range = Some((award.minor, award.minor));
                self.unit = Some(unit.clone());
            }
        }
    }

    /// The range, where it gives nobody away.
    fn told(&self) -> Option<(&Unit, (i64, i64))> {
        let many = self.tally.count >= FEWEST && !self.in_parts;
        self.unit.as_ref().zip(self.range.filter(|_| many))
    }

    fn money_range(&self) -> (Option<Money>, Option<Money>) {
        match self.told() {
            Some((Unit::Money(currency), (least, most))) => {
                (as_money(least.into(), *currency), as_money(most.into(), *currency))
            }
            _ => (None, None),
        }
    }

    fn unit_range(&self) -> (Option<u64>, Option<u64>) {
        match self.told() {
            Some((Unit::Form(_), (least, most))) => {
                (u64::try_from(least).ok(), u64::try_from(most).ok())
            }
            _ => (None, None),
        }
    }
}

/// What was settled, by form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MovedByForm(BTreeMap<String, Settled>);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Settled {
    posted: Tally,
    dropped: Tally,
}

impl MovedByForm {
    /// Counts a line that settles an entry.
    pub(super) fn add(&mut self, line: &Line) {
        let form = match self.0.get_mut(&line.form) {
            Some(form) => form,
            None => self.0.entry(line.form.clone()).or_default(),
        };
        let tally = if line.state == State::Posted { &mut form.posted } else { &mut form.dropped };
        tally.add(&line.unit(), line.total.into());
    }

    /// Tells a record's forms.
    pub(super) fn note(&self, forms: &mut [FormLedger]) {
        for form in forms {
            let Some(settled) = self.0.get(&form.form) else { continue };
            for (count, total, tally) in [
                (&mut form.posted, &mut form.posted_total, &settled.posted),
                (&mut form.dropped, &mut form.dropped_total, &settled.dropped),
            ] {
                if tally.count > 0 {
                    *count = Some(count.unwrap_or(0).saturating_add(tally.count));
                    add(total, &tally.sums);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Currency;

    fn award(customer: &str, segment: &str, minor: i64) -> Award {
        Award {
            customer: customer.to_owned(),
            form: "statement_credit".to_owned(),
            minor,
            tax: 0,
            currency: Some(Currency::MXN),
            due: "2026-12-01".parse().ok(),
            rules: String::new(),
            segment: segment.to_owned(),
        }
    }

    fn given(awards: &[Award]) -> FormLedger {
        let (mut forms, unit) = (ByForm::default(), Unit::Money(Currency::MXN));
        for award in awards {
            forms.add(award, &unit, award.minor.into(), false);
        }
        forms.noted().remove(0)
    }

    #[test]
    fn segments_are_told_with_count_and_amount() {
        let form = given(&[
            award("1", "premium", 500),
            award("2", "basic", 300),
            award("3", "basic", 100),
            award("4", "", 10),
        ]);
        let told: Vec<_> = form
            .segments
            .iter()
            .map(|s| format!("{} {} {}", s.segment, s.entries.unwrap(), s.entered.unwrap()))
            .collect();
        assert_eq!(told, ["(others) 1 0.10 MXN", "basic 2 4.00 MXN", "premium 1 5.00 MXN"]);
        assert_eq!(form.due.as_deref(), Some("2026-12-01"));
        assert_eq!((form.entries, form.least), (Some(4), None));
        assert!(given(&[award("1", "", 10)]).segments.is_empty());
    }

    #[test]
    fn a_range_is_told_where_it_gives_nobody_away() {
        let many: Vec<Award> =
            (0..10).map(|n| award(&n.to_string(), "basic", 1000 + n * 100)).collect();
        let form = given(&many);
        assert_eq!(form.least.unwrap().to_string(), "10.00 MXN");
        assert_eq!(form.segments[0].most.unwrap().to_string(), "19.00 MXN");
        assert_eq!(given(&many[..9]).most, None);
        let (mut forms, unit) = (ByForm::default(), Unit::Money(Currency::MXN));
        for award in &many {
            forms.add(award, &unit, 1, true);
        }
        assert_eq!(forms.noted()[0].least, None);
    }

    #[test]
    fn segments_without_end_are_counted_together() {
        let many: Vec<Award> = (0..100).map(|n| award("1", &format!("s{n}"), 1)).collect();
        let form = given(&many);
        assert_eq!(form.segments.len(), MOST_SEGMENTS + 1);
        assert_eq!(form.segments.iter().filter_map(|s| s.entries).sum::<u64>(), 100);
    }
}
