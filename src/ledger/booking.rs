//! The ledger as double entries: by account and cost centre, without a customer's name.
//!
//! The file is long because the formats of two programs are kept in step beside each other.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::amount::show_minor;
use super::book::Append;
use super::line::{Line, State};
use super::month::Month;
use super::shelf::{Ledger, Scope};
use crate::diag::Diagnostic;
use crate::units::Currency;

/// The other sides of what is booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounts {
    /// What is owed to customers; the basis follows.
    pub liability: String,
    /// Where credits are paid from.
    pub settlement: String,
    /// What was owed and given up.
    pub written_off: String,
    /// The tax in what is given.
    pub tax: String,
    /// Costs of a policy that names no account; the basis follows.
    pub expense: String,
}

impl Default for Accounts {
    fn default() -> Self {
        Accounts {
            liability: "Liabilities:Compensation".to_owned(),
            settlement: "Assets:Settlement".to_owned(),
            written_off: "Income:Compensation-Written-Off".to_owned(),
            tax: "Assets:Tax-On-Compensation".to_owned(),
            expense: "Expenses:Compensation".to_owned(),
        }
    }
}

/// One side of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// The account.
    pub account: String,
    /// The cost centre; empty where none bears it.
    pub cost_centre: String,
    /// Minor units, debits positive.
    pub minor: i128,
}

/// What one append did to the entries of one run, booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// In its accounting period.
    pub date: NaiveDate,
    /// The append's number.
    pub seq: u64,
    /// What it did.
    pub state: State,
    /// The run, `INC-…/K7QK`.
    pub run: String,
    /// The policy.
    pub policy: String,
    /// The basis.
    pub basis: String,
    /// The vertical.
    pub vertical: String,
    /// Who bears it.
    pub funding: String,
    /// The batch, where there is one.
    pub batch: String,
    /// How many entries.
    pub entries: u64,
    /// The currency.
    pub currency: Currency,
    /// Its sides.
    pub postings: Vec<Posting>,
}

/// What transactions come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Booked {
    /// In the order in which they were appended.
    pub transactions: Vec<Transaction>,
    /// Entries without money, which are not booked.
    pub without_money: u64,
}

impl Booked {
    /// Whether each transaction's sides come to nothing.
    pub fn is_balanced(&self) -> bool {
        let sum = |t: &Transaction| t.postings.iter().map(|p| p.minor).sum::<i128>();
        self.transactions.iter().all(|t| sum(t) == 0)
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    state: State,
    run: String,
    policy: String,
    basis: String,
    vertical: String,
    funding: String,
    account: String,
    cost_centre: String,
    batch: String,
    currency: Currency,
}

/// Books the appends of some periods; without periods, all.
///
/// # Errors
/// When files of the ledger are missing or were changed.
pub fn book(
    ledger: &Ledger<'_>,
    accounts: &Accounts,
    zone: Tz,
    wanted: impl Fn(Month) -> bool,
) -> Result<Booked, Diagnostic> {
    let mut booked = Booked::default();
    let appends = ledger.book.log.iter().filter(|a| a.lines > 0 && wanted(a.period));
    for append in appends {
        let own = Scope::Append(append.seq);
        let mut sums: BTreeMap<Key, (u64, i128, i128)> = BTreeMap::new();
        for part in ledger.width(own).parts() {
            for line in ledger.lines(part, own)? {
                if !moves_money(line.state) {
                    continue;
                }
                let Some(currency) = line.currency else {
                    booked.without_money += 1;
                    continue;
                };
                let (entries, total, tax) = sums.entry(key(&line, currency)).or_default();
                *entries += 1;
                *total = total.saturating_add(line.total.into());
                *tax = tax.saturating_add(line.tax.into());
            }
        }
        let date = day_in(append.period, append.at.in_zone(&zone).get().date_naive());
        for (key, (entries, total, tax)) in sums {
            booked.transactions.push(transaction(
                append,
                date,
                key,
                entries,
                (total, tax),
                accounts,
            ));
        }
    }
    Ok(booked)
}

/// Whether lines of this state are booked; the others are on their way.
fn moves_money(state: State) -> bool {
    matches!(state, State::Approved | State::Reversed | State::Posted | State::WrittenOff)
}

fn key(line: &Line, currency: Currency) -> Key {
    let terms = &line.terms;
    Key {
        state: line.state,
        run: terms.run_name(),
        policy: terms.policy.clone(),
        basis: terms.basis.clone(),
        vertical: terms.vertical.clone(),
        funding: terms.funding.clone(),
        account: terms.account.clone(),
        cost_centre: terms.cost_centre.clone(),
        batch: line.batch.clone(),
        currency,
    }
}

/// The day on which something is booked: its own where that lies in the period, else the nearest.
fn day_in(period: Month, day: NaiveDate) -> NaiveDate {
    let last = period.last_day().unwrap_or(day);
    let first = format!("{period}-01").parse().unwrap_or(day);
    day.clamp(first, last.max(first))
}

fn transaction(
    append: &Append,
    date: NaiveDate,
    key: Key,
    entries: u64,
    (total, tax): (i128, i128),
    accounts: &Accounts,
) -> Transaction {
    let below = |account: &str| match key.basis.as_str() {
        "" => account.to_owned(),
        basis => format!("{account}:{}", capital(basis)),
    };
    let side =
        |account: String, minor: i128| Posting { account, cost_centre: String::new(), minor };
    let expense = match key.account.as_str() {
        "" => below(&accounts.expense),
        account => account.to_owned(),
    };
    let liability = below(&accounts.liability);
    // The cost when it is owed; the debt goes when it is cancelled, paid or given up.
    let cost = |sign: i128| {
        let cost_centre = key.cost_centre.clone();
        let mut sides =
            vec![Posting { account: expense.clone(), cost_centre, minor: sign * (total - tax) }];
        if tax != 0 {
            sides.push(side(accounts.tax.clone(), sign * tax));
        }
        sides.push(side(liability.clone(), -sign * total));
        sides
    };
    let postings = match key.state {
        State::Reversed => cost(-1),
        State::Posted => {
            vec![side(liability.clone(), total), side(accounts.settlement.clone(), -total)]
        }
        State::WrittenOff => {
            vec![side(liability.clone(), total), side(accounts.written_off.clone(), -total)]
        }
        _ => cost(1),
    };
    Transaction {
        date,
        seq: append.seq,
        state: key.state,
        run: key.run,
        policy: key.policy,
        basis: key.basis,
        vertical: key.vertical,
        funding: key.funding,
        batch: key.batch,
        entries,
        currency: key.currency,
        postings,
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// As a journal of hledger.
pub fn hledger(booked: &Booked) -> String {
    let mut text = heading(booked, ";");
    for t in &booked.transactions {
        let _ = write!(text, "\n{} * {}", t.date, words(t));
        let _ = writeln!(text, "  ; append:{}, {}", t.seq, tags(t));
        for posting in &t.postings {
            let account = plain(&posting.account, "account");
            let amount = show_minor(posting.minor, t.currency.minor_digits());
            let centre = match posting.cost_centre.as_str() {
                "" => String::new(),
                centre => format!("  ; cost_centre:{}", plain(centre, "none")),
            };
            let _ = writeln!(text, "    {account}  {amount} {}{centre}", t.currency);
        }
    }
    text
}

/// As a file of Beancount, whose accounts have a root and begin with capitals.
pub fn beancount(booked: &Booked) -> String {
    let mut text = heading(booked, ";");
    let mut open: BTreeMap<String, NaiveDate> = BTreeMap::new();
    for t in &booked.transactions {
        for posting in &t.postings {
            let first = open.entry(rooted(&posting.account)).or_insert(t.date);
            *first = t.date.min(*first);
        }
    }
    for (account, first) in &open {
        let _ = writeln!(text, "{first} open {account}");
    }
    for t in &booked.transactions {
        let _ = writeln!(text, "\n{} * \"{}\"", t.date, words(t).replace(['"', '\\'], "'"));
        let _ = writeln!(text, "  append: {}", t.seq);
        for (name, value) in [
            ("run", &t.run),
            ("basis", &t.basis),
            ("vertical", &t.vertical),
            ("funding", &t.funding),
            ("batch", &t.batch),
        ] {
            if !value.is_empty() {
                let _ = writeln!(text, "  {name}: \"{}\"", plain(value, "none").replace('"', "'"));
            }
        }
        for posting in &t.postings {
            let amount = show_minor(posting.minor, t.currency.minor_digits());
            let _ = writeln!(text, "  {}  {amount} {}", rooted(&posting.account), t.currency);
            if !posting.cost_centre.is_empty() {
                let centre = plain(&posting.cost_centre, "none").replace('"', "'");
                let _ = writeln!(text, "    cost_centre: \"{centre}\"");
            }
        }
    }
    text
}

/// The columns of [`rows`].
pub const BOOKING_COLUMNS: [&str; 14] = [
    "date",
    "append",
    "state",
    "run",
    "policy",
    "basis",
    "vertical",
    "funding",
    "batch",
    "account",
    "cost_centre",
    "debit",
    "credit",
    "currency",
];

/// As rows, one a side.
pub fn rows(booked: &Booked) -> impl Iterator<Item = [String; 14]> + '_ {
    booked.transactions.iter().flat_map(|t| {
        t.postings.iter().map(|posting| {
            let amount = |minor: i128| match minor {
                0 => String::new(),
                minor => show_minor(minor, t.currency.minor_digits()),
            };
            [
                t.date.to_string(),
                t.seq.to_string(),
                t.state.to_string(),
                t.run.clone(),
                t.policy.clone(),
                t.basis.clone(),
                t.vertical.clone(),
                t.funding.clone(),
                t.batch.clone(),
                posting.account.clone(),
                posting.cost_centre.clone(),
                amount(posting.minor.max(0)),
                amount(posting.minor.min(0).saturating_neg()),
                t.currency.to_string(),
            ]
        })
    })
}

fn heading(booked: &Booked, mark: &str) -> String {
    let mut text =
        format!("{mark} The compensation ledger, by inc; one transaction an append and run.\n");
    if booked.without_money > 0 {
        let _ = writeln!(
            text,
            "{mark} {} entries without money (days, points) are not booked.",
            booked.without_money
        );
    }
    text
}

fn words(t: &Transaction) -> String {
    let entries = if t.entries == 1 { "entry" } else { "entries" };
    plain(&format!("{} {} {}: {} {entries}", t.run, t.policy, t.state, t.entries), "entries")
}

fn tags(t: &Transaction) -> String {
    let all = [
        ("basis", &t.basis),
        ("vertical", &t.vertical),
        ("funding", &t.funding),
        ("batch", &t.batch),
    ];
    let some = all.iter().filter(|(_, value)| !value.is_empty());
    let shown =
        some.map(|(name, value)| format!("{name}:{}", plain(value, "none").replace(',', " ")));
    shown.collect::<Vec<_>>().join(", ")
}

/// A name as it can stand in a journal: two spaces, semicolons and brackets mean something there.
fn plain(text: &str, instead: &str) -> String {
    let kept: String =
        text.chars()
            .map(|c| {
                if c.is_control() || matches!(c, ';' | '(' | ')' | '[' | ']' | '|') {
                    ' '
                } else {
                    c
                }
            })
            .collect();
    let kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    if kept.is_empty() { instead.to_owned() } else { kept }
}

/// An account as Beancount wants it.
fn rooted(account: &str) -> String {
    const ROOTS: [&str; 5] = ["Assets", "Liabilities", "Equity", "Income", "Expenses"];
    let mut parts: Vec<String> = account.split(':').map(component).collect();
    let root = parts.first().and_then(|first| ROOTS.iter().find(|r| r.eq_ignore_ascii_case(first)));
    match root {
        Some(root) if parts.len() > 1 => parts[0] = (*root).to_owned(),
        _ => parts.insert(0, "Expenses".to_owned()),
    }
    parts.join(":")
}

fn component(part: &str) -> String {
    let kept: String =
        part.trim().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let kept = capital(kept.trim_matches('-'));
    if kept.is_empty() { "Other".to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_made_fit_for_each_tool() {
        assert_eq!(rooted("6201 goodwill"), "Expenses:6201-goodwill");
        assert_eq!(rooted("expenses:Buena voluntad"), "Expenses:Buena-voluntad");
        assert_eq!(rooted(""), "Expenses:Other");
        assert_eq!(rooted("Income"), "Expenses:Income");
        assert_eq!(plain("a  b; c\n(d)", "x"), "a b c d");
        assert_eq!(plain(";", "x"), "x");
    }

    #[test]
    fn a_late_append_is_booked_in_its_period() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let november: Month = "2026-11".parse().unwrap();
        assert_eq!(day_in(november, day("2026-11-22")), day("2026-11-22"));
        assert_eq!(day_in(november, day("2026-12-03")), day("2026-11-30"));
        assert_eq!(day_in(november, day("2026-10-03")), day("2026-11-01"));
    }
}
