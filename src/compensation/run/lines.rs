//! The file of awards: a line an award, in the order of the evidence.

use super::cells;
use super::terms::{FormTerms, Terms};
use crate::compensation::evidence::{EMPLOYEE, SEGMENT};
use crate::compensation::{CUSTOMER, RuleSet};

/// How lines are written: which columns there are beside the five that every file has.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    forms: Vec<(String, u32)>,
    rules: Vec<String>,
    tax: bool,
    due: bool,
    segment: bool,
    employee: bool,
}

/// The middle of the last line, which most often is that of the next one.
#[derive(Debug, Default)]
pub(super) struct Middle {
    of: Option<(u8, RuleSet)>,
    /// The rules, by their places.
    pub(super) rules: Vec<u16>,
    text: Vec<u8>,
    due: Option<(i32, String)>,
}

/// One line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'l> {
    /// The customer's id.
    pub(super) id: &'l str,
    /// The segment.
    pub(super) segment: &'l str,
    /// The employee's id.
    pub(super) employee: &'l str,
    /// The place of the form.
    pub(super) form: u8,
    /// The amount in minor units.
    pub(super) minor: i64,
    /// The tax in it.
    pub(super) tax: i64,
    /// When it is due, in days since 1970.
    pub(super) due: Option<i32>,
}

impl Lines {
    /// The lines of a policy's awards over a file of evidence.
    pub(super) fn new(terms: &Terms, segment: bool, employee: bool) -> Lines {
        let middle = |form: &FormTerms| format!(",{},{},", form.currency, form.name);
        Lines {
            forms: terms.forms.iter().map(|form| (middle(form), form.digits)).collect(),
            rules: terms.rules.clone(),
            tax: terms.forms.iter().any(|form| form.tax),
            due: terms.forms.iter().any(|form| form.due),
            segment,
            employee,
        }
    }

    /// The header.
    pub(super) fn header(&self) -> String {
        let mut header = format!("{CUSTOMER},amount,currency,form,rules");
        let more = [
            (self.segment, SEGMENT),
            (self.tax, "tax"),
            (self.due, "due"),
            (self.employee, EMPLOYEE),
        ];
        for (_, name) in more.iter().filter(|(there, _)| *there) {
            header.push(',');
            header.push_str(name);
        }
        header.push('\n');
        header
    }

    /// Makes `middle` that of an award.
    #[inline]
    pub(super) fn prepare(&self, form: u8, rules: RuleSet, middle: &mut Middle) {
        if middle.of != Some((form, rules)) {
            self.compose(form, rules, middle);
        }
    }

    /// Appends one line; `middle` was prepared for it.
    #[inline]
    pub(super) fn put(&self, out: &mut Vec<u8>, line: Line<'_>, middle: &mut Middle) {
        let digits = self.forms.get(usize::from(line.form)).map_or(0, |(_, digits)| *digits);
        cells::text(out, line.id.as_bytes());
        out.push(b',');
        cells::amount(out, line.minor, digits);
        out.extend_from_slice(&middle.text);
        if self.segment {
            out.push(b',');
            cells::text(out, line.segment.as_bytes());
        }
        if self.tax {
            out.push(b',');
            cells::amount(out, line.tax, digits);
        }
        if self.due {
            out.push(b',');
            if let Some(day) = line.due {
                out.extend_from_slice(middle.day(day).as_bytes());
            }
        }
        if self.employee {
            out.push(b',');
            cells::text(out, line.employee.as_bytes());
        }
        out.push(b'\n');
    }

    #[cold]
    fn compose(&self, form: u8, rules: RuleSet, middle: &mut Middle) {
        middle.of = Some((form, rules));
        middle.rules.clear();
        middle.rules.extend(rules.iter());
        middle.text.clear();
        if let Some((text, _)) = self.forms.get(usize::from(form)) {
            middle.text.extend_from_slice(text.as_bytes());
        }
        let names = middle.rules.iter().filter_map(|rule| self.rules.get(usize::from(*rule)));
        let joined = names.map(String::as_str).collect::<Vec<_>>().join("+");
        cells::text(&mut middle.text, joined.as_bytes());
    }
}

impl Middle {
    fn day(&mut self, number: i32) -> &str {
        if self.due.as_ref().is_none_or(|(known, _)| *known != number) {
            let day = chrono::NaiveDate::from_epoch_days(number);
            self.due = Some((number, day.map(|day| day.to_string()).unwrap_or_default()));
        }
        self.due.as_ref().map_or("", |(_, text)| text)
    }
}
