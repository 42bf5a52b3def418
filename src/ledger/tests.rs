//! Histories: whatever happens, in whatever order, and wherever the program dies.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::diag::Diagnostic;
use crate::units::{Currency, Instant};

#[derive(Default)]
struct Files(RefCell<HashMap<String, Vec<u8>>>);

impl Shelf for Files {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Diagnostic> {
        Ok(self.0.borrow().get(path).cloned())
    }

    fn has(&self, path: &str) -> Result<bool, Diagnostic> {
        Ok(self.0.borrow().contains_key(path))
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
        self.0.borrow_mut().insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }
}

/// A ledger, the core that it pays through, and what anybody was ever promised.
struct World {
    files: Files,
    book: Book,
    /// Incident → the head of its family.
    family: BTreeMap<String, String>,
    runs: usize,
    minute: usize,
    month: Month,
    /// Keys that the core credited: to whom, of which incident, under which form, how much.
    core: BTreeMap<String, (String, String, String, i64)>,
    /// Keys that the core refused: whatever asks for them again is refused again.
    refused: std::collections::BTreeSet<String>,
    batches: Vec<(String, String)>,
    answered: Vec<(String, String)>,
    /// What a customer may have at most, by family, customer and form.
    bound: BTreeMap<(String, String, String), i64>,
}

const A: &str = "INC-20261121-AAAA";
const B: &str = "INC-20261122-BBBB";

impl World {
    fn new() -> World {
        World {
            files: Files::default(),
            book: Book::default(),
            family: [(A, A), (B, B)].map(|(i, f)| (i.to_owned(), f.to_owned())).into(),
            runs: 0,
            minute: 0,
            month: "2026-11".parse().unwrap(),
            core: BTreeMap::new(),
            refused: Default::default(),
            batches: Vec::new(),
            answered: Vec::new(),
            bound: BTreeMap::new(),
        }
    }

    fn ledger(&self) -> Ledger<'_> {
        Ledger::new(&self.book, &self.files)
    }

    fn made(&mut self, what: What) -> Made {
        self.minute += 1;
        let at: Instant = "2026-11-22T10:00:00-06:00".parse().unwrap();
        Made {
            at: at.plus(crate::units::Span::from_minutes(self.minute as i64)),
            by: "ana".into(),
            what,
            period: self.month,
            batch: String::new(),
        }
    }

    fn members(&self, incident: &str) -> Vec<String> {
        let head = &self.family[incident];
        self.family.iter().filter(|(_, h)| *h == head).map(|(i, _)| i.clone()).collect()
    }

    /// Commits an append, unless the program dies right before.
    fn commit(&mut self, made: &Made, filed: &Filed, dies: bool) {
        if dies || (filed.runs.is_empty() && made.what != What::Close) {
            return;
        }
        let book = self.book.with(made, filed).unwrap();
        // As git would give it back.
        let (head, log) = (book.head_text().unwrap(), book.log_text().unwrap());
        self.book = Book::read(Some(&head), Some(&log)).unwrap();
        assert_eq!(self.book, book);
    }

    fn run(
        &mut self,
        incident: &str,
        awards: &[(u8, bool, i64)],
        clawback: bool,
        dies: bool,
    ) -> Entered {
        self.runs += 1;
        let unique: BTreeMap<(String, &str), i64> = awards
            .iter()
            .map(|(c, voucher, amount)| {
                let form = if *voucher { "voucher" } else { "statement_credit" };
                ((format!("{c:03}"), form), *amount)
            })
            .collect();
        let mut text = "customer_id,amount,currency,form,rules\n".to_owned();
        for ((customer, form), amount) in &unique {
            let amount = show_minor((*amount).into(), 2);
            text.push_str(&format!("{customer},{amount},MXN,{form},base\n"));
        }
        let family = self.members(incident);
        let terms = Arc::new(Terms {
            run: format!("K{:03}", self.runs),
            incident: incident.to_owned(),
            family: self.family[incident].clone(),
            policy: "goodwill".into(),
            version: self.runs.to_string(),
            basis: "goodwill".into(),
            vertical: "cards".into(),
            cost_centre: "4100".into(),
            ..Terms::default()
        });
        let what = if clawback { What::Clawback } else { What::Approve };
        let made = self.made(what);
        let width = Width::for_lines(20_000);
        let mut spill = InMemory::default();
        read_awards("a.csv", text.as_bytes(), width, &mut spill, &[]).unwrap();
        let entering =
            Entering { terms, forms: BTreeMap::new(), family: &family, clawback, collect: true };
        let ledger = Ledger::new(&self.book, &self.files);
        let (filed, entered) =
            enter(&ledger, Some(&self.files), &made, &entering, (width, &mut spill), |_| Ok(()))
                .unwrap();
        self.commit(&made, &filed, dies);
        if !clawback && !dies {
            for ((customer, form), amount) in unique {
                let key = (self.family[incident].clone(), customer, form.to_owned());
                let bound = self.bound.entry(key).or_default();
                *bound = (*bound).max(amount);
            }
        }
        entered
    }

    fn shift(&mut self, what: What, to: State, runs: Vec<String>, dies: bool) {
        let made = self.made(what);
        let pick = Pick { runs, ..Pick::default() };
        let (filed, _) =
            shift(&self.ledger(), Some(&self.files), &made, &pick, to, "because").unwrap();
        self.commit(&made, &filed, dies);
    }

    fn send(&mut self, dies: bool) {
        let mut made = self.made(What::Export);
        made.batch = self.book.next_batch(made.period);
        let (filed, batch) =
            send(&self.ledger(), Some(&self.files), &made, &Pick::default()).unwrap();
        self.commit(&made, &filed, dies);
        if dies || filed.lines == 0 {
            return;
        }
        let mut bytes = Vec::new();
        let written = write_batch(&self.ledger(), &made.batch, &mut bytes).unwrap();
        assert_eq!(written.total, batch.total);
        let text = String::from_utf8(bytes).unwrap();
        self.batches.push((made.batch, text));
    }

    /// The core works through a batch, as often as it gets it, and answers as `how` says.
    fn core(&mut self, batch: usize, how: &[u8]) -> Option<(String, String)> {
        let (name, text) = self.batches.get(batch % self.batches.len().max(1))?.clone();
        let mut answer = "key,state,amount,currency,reference,reason\n".to_owned();
        for (i, row) in text.lines().skip(1).enumerate() {
            let cells: Vec<&str> = row.split(',').collect();
            let (key, customer, amount, form, incident) =
                (cells[0], cells[1], cells[2], cells[4], cells[6]);
            let how = how.get(i % how.len().max(1)).copied().unwrap_or(0) % 8;
            let refused = self.refused.contains(key) || how == 5 && !self.core.contains_key(key);
            if refused && how != 6 {
                self.refused.insert(key.to_owned());
            }
            if !refused && how != 6 {
                let minor = read_minor(amount, 2).unwrap();
                let to = (customer.to_owned(), incident.to_owned(), form.to_owned(), minor);
                // The key makes it the same payment, however often it is asked for.
                self.core.entry(key.to_owned()).or_insert(to);
            }
            match how {
                6 => {}
                _ if refused => answer.push_str(&format!("{key},rejected,,,,closed\n")),
                7 => answer.push_str(&format!("{key},posted,{amount},USD,r-{key},\n")),
                _ => answer.push_str(&format!("{key},posted,{amount},MXN,r-{key},\n")),
            }
        }
        Some((name, answer))
    }

    fn confirm(&mut self, name: &str, answer: &str, dies: bool) -> Confirmed {
        let mut made = self.made(What::Confirm);
        made.batch = name.to_owned();
        let width = Width::for_lines(20_000);
        let mut spill = InMemory::default();
        read_answers("answer.csv", answer.as_bytes(), width, &mut spill).unwrap();
        let ledger = Ledger::new(&self.book, &self.files);
        let (filed, done) =
            confirm(&ledger, Some(&self.files), &made, (width, &mut spill)).unwrap();
        self.commit(&made, &filed, dies);
        done
    }

    fn merge(&mut self) {
        if self.family[A] == A {
            self.family.insert(A.to_owned(), B.to_owned());
            let bounds: Vec<_> = self.bound.iter().map(|(k, v)| (k.clone(), *v)).collect();
            for ((family, customer, form), bound) in bounds {
                if family == A {
                    // What both gave before anybody knew is there; nothing may be added to it.
                    *self.bound.entry((B.to_owned(), customer, form)).or_default() += bound;
                }
            }
        }
    }

    fn all(&self) -> Vec<Entry> {
        entries(self.ledger().lines(Width::WHOLE.part_of(0), Scope::All).unwrap()).unwrap()
    }

    /// What must hold whenever one looks.
    fn check(&self) {
        let mut paid: BTreeMap<(String, String, String), i64> = BTreeMap::new();
        for (customer, incident, form, minor) in self.core.values() {
            let key = (self.family[incident].clone(), customer.clone(), form.clone());
            *paid.entry(key).or_default() += minor;
        }
        for (key, paid) in paid {
            let bound = self.bound.get(&key).copied().unwrap_or(0);
            assert!(paid <= bound, "{key:?} got {paid}, and was promised {bound}");
            assert!(paid >= 0, "{key:?} gave back more than it got: {paid}");
        }
        let open: i128 = self
            .all()
            .iter()
            .filter(|e| {
                !matches!(e.line.state, State::Posted | State::Reversed | State::WrittenOff)
            })
            .map(|e| i128::from(e.line.total))
            .sum();
        let mut month: Month = "2026-11".parse().unwrap();
        let mut before: i128 = 0;
        while month <= self.month {
            let rows = balance(&self.ledger(), month).unwrap();
            assert_eq!(rows.iter().map(|r| r.opening).sum::<i128>(), before, "{month}");
            before = rows.iter().map(Row::closing).sum();
            month = month.next();
        }
        assert_eq!(before, open);
        let booked = book(&self.ledger(), &Accounts::default(), chrono_tz::UTC, |_| true).unwrap();
        assert!(booked.is_balanced());
        let owed: i128 = booked
            .transactions
            .iter()
            .flat_map(|t| &t.postings)
            .filter(|p| p.account.starts_with("Liabilities"))
            .map(|p| -p.minor)
            .sum();
        assert_eq!(owed, open);
    }

    fn step(&mut self, step: &Step, dies: bool) {
        let run = |n: u8| (usize::from(n) % self.runs.max(1)) + 1;
        let named = |n: u8| [A, B].map(|incident| format!("{incident}/K{:03}", run(n))).to_vec();
        match step {
            Step::Run(first, awards) => {
                self.run(if *first { A } else { B }, awards, false, dies);
            }
            Step::Reverse(n) => {
                let runs = named(*n);
                self.shift(What::Reverse, State::Reversed, runs, dies);
            }
            Step::Reissue => self.shift(What::Reissue, State::Reissued, Vec::new(), dies),
            Step::WriteOff => self.shift(What::WriteOff, State::WrittenOff, Vec::new(), dies),
            Step::Send => self.send(dies),
            Step::Answer(batch, how) => {
                if let Some((name, answer)) = self.core(usize::from(*batch), how) {
                    self.confirm(&name, &answer, dies);
                    self.answered.push((name, answer));
                }
            }
            Step::AnswerAgain(n) => {
                if let Some((name, answer)) =
                    self.answered.get(usize::from(*n) % self.answered.len().max(1)).cloned()
                {
                    self.confirm(&name, &answer, false);
                    let again = self.confirm(&name, &answer, dies);
                    assert_eq!((again.posted.count, again.rejected.count), (0, 0));
                }
            }
            Step::SendAgain(n) => {
                if let Some((name, text)) =
                    self.batches.get(usize::from(*n) % self.batches.len().max(1)).cloned()
                {
                    let mut bytes = Vec::new();
                    write_batch(&self.ledger(), &name, &mut bytes).unwrap();
                    assert_eq!(String::from_utf8(bytes).unwrap(), text);
                }
            }
            Step::Clawback(first, customer, amount) => {
                let awards = [(*customer, false, -amount.abs())];
                self.run(if *first { A } else { B }, &awards, true, dies);
            }
            Step::Merge => self.merge(),
            Step::NextMonth(close) => {
                if *close {
                    let made = self.made(What::Close);
                    self.commit(&made, &Filed::default(), dies);
                    if dies {
                        return;
                    }
                }
                self.month = self.month.next();
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Run(bool, Vec<(u8, bool, i64)>),
    Reverse(u8),
    Reissue,
    WriteOff,
    Send,
    Answer(u8, Vec<u8>),
    AnswerAgain(u8),
    SendAgain(u8),
    Clawback(bool, u8, i64),
    Merge,
    NextMonth(bool),
}

fn steps() -> impl Strategy<Value = Vec<(Step, bool)>> {
    let amount = (0..6i64).prop_map(|n| n * 500);
    let awards = prop::collection::vec((0..5u8, prop::bool::weighted(0.2), amount), 0..6);
    let step = prop_oneof![
        5 => (any::<bool>(), awards).prop_map(|(first, awards)| Step::Run(first, awards)),
        1 => any::<u8>().prop_map(Step::Reverse),
        1 => Just(Step::Reissue),
        1 => Just(Step::WriteOff),
        4 => Just(Step::Send),
        4 => (any::<u8>(), prop::collection::vec(0..8u8, 1..6))
            .prop_map(|(batch, how)| Step::Answer(batch, how)),
        1 => any::<u8>().prop_map(Step::AnswerAgain),
        1 => any::<u8>().prop_map(Step::SendAgain),
        1 => (any::<bool>(), 0..5u8, 1..1500i64)
            .prop_map(|(first, customer, amount)| Step::Clawback(first, customer, amount)),
        1 => Just(Step::Merge),
        1 => any::<bool>().prop_map(Step::NextMonth),
    ];
    prop::collection::vec((step, prop::bool::weighted(0.15)), 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn nobody_is_paid_twice_and_the_balance_ties_whatever_happens(steps in steps()) {
        let mut world = World::new();
        for (step, dies) in &steps {
            world.step(step, *dies);
            if *dies {
                // Whoever finds that it was not done does it again.
                world.step(step, false);
            }
        }
        world.check();
    }
}

#[test]
fn a_second_run_pays_the_difference_and_a_lower_one_nothing() {
    let mut w = World::new();
    let first = w.run(A, &[(1, false, 1000), (2, false, 1000), (3, false, 1000)], false, false);
    assert_eq!(first.fresh.sums.to_string(), "30.00 MXN");
    let second = w.run(A, &[(1, false, 1500), (2, false, 1000), (3, false, 700)], false, false);
    assert_eq!((second.topped_up.count, second.topped_up.sums.to_string()), (1, "5.00 MXN".into()));
    assert_eq!((second.unchanged, second.lower.sums.to_string()), (1, "-3.00 MXN".into()));
    // Whoever is not in the file any more is a proposal as well.
    let third = w.run(A, &[(1, false, 1500)], false, false);
    assert_eq!((third.entered().count, third.lower.count), (0, 2));
}

#[test]
fn the_same_run_is_entered_once() {
    let mut w = World::new();
    w.run(A, &[(1, false, 1000)], false, false);
    w.runs = 0;
    let family = w.members(A);
    let terms = Arc::new(Terms { run: "K001".into(), incident: A.into(), ..Terms::default() });
    let made = w.made(What::Approve);
    let entering = Entering {
        terms,
        forms: BTreeMap::new(),
        family: &family,
        clawback: false,
        collect: false,
    };
    let mut spill = InMemory::default();
    let refused =
        enter(&w.ledger(), None, &made, &entering, (Width::WHOLE, &mut spill), |_| Ok(()));
    assert_eq!(refused.unwrap_err().code, "entered-already");
}

#[test]
fn another_form_of_the_same_policy_waits_for_a_person() {
    let mut w = World::new();
    w.run(A, &[(1, false, 1000)], false, false);
    let changed = w.run(A, &[(1, true, 1000)], false, false);
    assert_eq!((changed.entered().count, changed.held.count), (0, 1));
    // Cancelled first, it is paid in the new form.
    w.shift(What::Reverse, State::Reversed, vec![format!("{A}/K001")], false);
    assert_eq!(w.run(A, &[(1, true, 1000)], false, false).fresh.count, 1);
    // Several forms of one award are no change.
    let both = w.run(B, &[(1, false, 1000), (1, true, 300)], false, false);
    assert_eq!(both.fresh.count, 2);
}

#[test]
fn merged_incidents_show_their_doubles_and_pay_no_third_time() {
    let mut w = World::new();
    w.run(A, &[(1, false, 1000), (2, false, 500)], false, false);
    w.run(B, &[(1, false, 800)], false, false);
    w.send(false);
    let (name, answer) = w.core(0, &[0]).unwrap();
    assert!(w.confirm(&name, &answer, false).is_clean());
    w.merge();
    let mut found = Vec::new();
    doubles(&w.ledger(), &w.members(B), |double| {
        found.push(double);
        Ok(())
    })
    .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].customer.as_str(), found[0].excess, found[0].posted), ("001", 800, 800));
    let after = w.run(B, &[(1, false, 1000), (2, false, 500)], false, false);
    assert_eq!((after.entered().count, after.lower.count, after.unchanged), (0, 1, 1));
    let back = w.run(B, &[(1, false, -800)], true, false);
    assert_eq!(back.fresh.sums.to_string(), "-8.00 MXN");
    // Eighteen were credited, and eight are on their way back.
    let too_much = w.run(B, &[(1, false, -1001)], true, false);
    assert_eq!((too_much.fresh.count, too_much.held.count), (0, 1));
    w.check();
}

#[test]
fn answers_are_matched_one_by_one() {
    let mut w = World::new();
    let awards: Vec<(u8, bool, i64)> = (0..6).map(|c| (c, false, 1000 + i64::from(c))).collect();
    w.run(A, &awards, false, false);
    w.send(false);
    let (name, text) = w.batches[0].clone();
    let keys: Vec<(String, String)> = text
        .lines()
        .skip(1)
        .map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            (cells[0].to_owned(), cells[2].to_owned())
        })
        .collect();
    let (k, a): (Vec<_>, Vec<_>) = keys.into_iter().unzip();
    let answer = format!(
        "\u{feff}key,state,amount,currency,date,reference,reason\r\n\
         {},posted,{},MXN,2026-11-24,r1,\r\n\
         {},posted,{},MXN,2026-11-24,r1,\r\n\
         {},rejected,,,,,account closed\r\n\
         {},posted,{},MXN,,r3,\r\n{},posted,{},MXN,,r3b,\r\n\
         {},posted,1.00,MXN,,r4,\r\n\
         nobody-1,posted,1.00,MXN,,r9,\r\n",
        k[0], a[0], k[0], a[0], k[1], k[2], a[2], k[2], a[2], k[3]
    );
    let done = w.confirm(&name, &answer, false);
    assert_eq!((done.posted.count, done.rejected.count, done.missing.count), (1, 1, 2));
    assert_eq!((done.doubled.count, done.different.count, done.unknown), (1, 1, 1));
    assert_eq!(done.reasons.get("account closed"), Some(&1));
    assert!(!done.is_clean());
    // Refused, it goes again under another key, and the old key's answer changes nothing more.
    w.shift(What::Reissue, State::Reissued, Vec::new(), false);
    w.send(false);
    let (_, again) = w.batches[1].clone();
    assert_eq!(again.lines().count(), 2);
    assert!(again.contains(&k[1].replace("-1", "-2")), "{again}");
    let repeated = w.confirm(&name, &answer, false);
    assert_eq!((repeated.posted.count, repeated.rejected.count, repeated.already), (0, 0, 2));
    // Credited after all, under the key that was refused: a person has to look.
    let late = format!("key,state,amount,currency,reference\n{},posted,{},MXN,r5\n", k[1], a[1]);
    assert_eq!(w.confirm(&name, &late, false).doubled.count, 1);
}

#[test]
fn missing_and_changed_files_are_seen() {
    let mut w = World::new();
    w.run(A, &[(1, false, 1000), (2, false, 1000)], false, false);
    assert_eq!(w.ledger().lacks().unwrap(), 0);
    let paths: Vec<String> = w.files.0.borrow().keys().cloned().collect();
    for path in &paths {
        let bytes = w.files.0.borrow_mut().remove(path).unwrap();
        assert_eq!(w.ledger().lacks().unwrap(), 2, "{path}");
        let refused = w.ledger().must_be_whole().unwrap_err();
        assert_eq!(refused.message, "this ledger lacks 2 entries that git says were made");
        let mut other = bytes.clone();
        other[10] ^= 1;
        w.files.0.borrow_mut().insert(path.clone(), other);
        let read = w.ledger().lines(Width::WHOLE.part_of(0), Scope::All).unwrap_err();
        assert_eq!(read.code, "ledger-changed");
        w.files.0.borrow_mut().insert(path.clone(), bytes);
    }
    assert!(w.ledger().must_be_whole().is_ok());
}

#[test]
fn limits_ask_what_customers_got_since() {
    let mut w = World::new();
    w.run(A, &[(1, false, 1000), (2, false, 500)], false, false);
    let later = w.made(What::Approve).at;
    w.run(B, &[(1, false, 300), (3, false, 200)], false, false);
    let both = w.made(What::Approve).at;
    w.shift(What::Reverse, State::Reversed, vec![format!("{A}/K001")], false);
    use crate::compensation::run::Earlier as _;
    use crate::units::Span;
    let got = |now: Instant, until: Option<Instant>, family: Vec<String>| {
        let ledger = w.ledger();
        let policy = "goodwill".to_owned();
        let before = Before::new(&ledger, now, until, Currency::MXN, policy, family);
        let mut sums: std::collections::BTreeMap<String, i64> = Default::default();
        let add = &mut |customer: &str, minor: i64| {
            *sums.entry(customer.to_owned()).or_default() += minor;
            Ok(())
        };
        before.tell(Span::from_minutes(60 * 24), add).unwrap();
        sums.retain(|_, sum| *sum != 0);
        sums.into_iter().collect::<Vec<_>>()
    };
    let given = |all: &[(&str, i64)]| -> Vec<(String, i64)> {
        all.iter().map(|(customer, minor)| ((*customer).to_owned(), *minor)).collect()
    };
    // What was reversed since does not count, unless it is asked how it was then.
    assert_eq!(got(later, None, Vec::new()), given(&[("001", 300), ("003", 200)]));
    let then = got(later, Some(both), Vec::new());
    assert_eq!(then, given(&[("001", 1300), ("002", 500), ("003", 200)]));
    // A day later nothing was given within the day.
    assert_eq!(got(later.plus(Span::from_minutes(60 * 48)), None, Vec::new()), []);
    // As a run of A asks it: what A gave by the same policy is topped up, not counted.
    assert_eq!(got(later, Some(both), w.members(A)), given(&[("001", 300), ("003", 200)]));
}

#[test]
fn uncollected_money_stays_with_the_customer_and_counts() {
    let mut w = World::new();
    w.run(A, &[(1, false, 1000)], false, false);
    w.send(false);
    let (name, answer) = w.core(0, &[0]).unwrap();
    w.confirm(&name, &answer, false);
    let terms = Arc::new(Terms {
        run: "K900".into(),
        incident: A.into(),
        policy: "goodwill".into(),
        basis: "goodwill".into(),
        ..Terms::default()
    });
    let made = w.made(What::Clawback);
    let mut spill = InMemory::default();
    let text = "customer_id,amount,currency,form\n001,-4.00,MXN,statement_credit\n";
    read_awards("a.csv", text.as_bytes(), Width::WHOLE, &mut spill, &[]).unwrap();
    let family = w.members(A);
    let entering =
        Entering { terms, forms: BTreeMap::new(), family: &family, clawback: true, collect: false };
    let ledger = Ledger::new(&w.book, &w.files);
    let (filed, _) =
        enter(&ledger, Some(&w.files), &made, &entering, (Width::WHOLE, &mut spill), |_| Ok(()))
            .unwrap();
    assert_eq!(filed.lines, 2);
    w.commit(&made, &filed, false);
    assert_eq!(w.run(A, &[(1, false, 1000)], false, false).unchanged, 1);
    w.check();
}

#[test]
fn what_is_exported_is_not_cancelled_and_what_was_not_refused_not_given_up() {
    let mut w = World::new();
    w.run(A, &[(1, false, 1000)], false, false);
    let made = w.made(What::WriteOff);
    let none = Pick::default();
    let (_, moved) = shift(&w.ledger(), None, &made, &none, State::WrittenOff, "old").unwrap();
    assert_eq!((moved.moved.count, moved.left[&State::Approved].count), (0, 1));
    w.send(false);
    let (_, moved) = shift(&w.ledger(), None, &made, &none, State::Reversed, "old").unwrap();
    assert_eq!((moved.moved.count, moved.left[&State::Exported].count), (0, 1));
    let names: BTreeSet<&str> = w.book.log.iter().map(|a| a.what.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["approve", "export"]));
}
