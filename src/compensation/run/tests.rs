//! Whole runs over small files: what comes out, whatever the number of workers.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::compensation::{Setting, WorkDays, load};
use crate::decision::{FactSet, NoFacts};
use crate::diag::Source;
use crate::units::sha256;

struct File(Vec<u8>);

impl Evidence for File {
    fn name(&self) -> &str {
        "customers.csv"
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(Box::new(self.0.as_slice()))
    }
}

const SHARE: &str = r#"
title = "A share of what failed"
basis = "goodwill"
currency = "MXN"

[columns.segment]
values = ["gold", "retail"]
[columns.failed_amount]
type = "money"
[columns.minutes]
type = "integer"
min = "0"

[forms.statement_credit]
min = "10 MXN"
max = "500 MXN"

[award]
hit = "first"
[[award.rule]]
id = "no-time"
when = { minutes = "0" }
then = { exclude = "it did not last" }
[[award.rule]]
id = "gold"
when = { segment = "gold" }
then = { pay = "4% * failed_amount * started(minutes * 1m, 1h)" }
[[award.rule]]
id = "others"
then = { pay = "2% * failed_amount * started(minutes * 1m, 1h)" }
"#;

fn compiled(policy: &str) -> Compiled {
    let calendars: Arc<[WorkDays]> = Arc::new([]);
    let source = Source::new("test.toml", policy);
    let (policy, found) = load("test", source, None, &NoFacts, &calendars);
    let policy = policy.unwrap_or_else(|| panic!("{found}"));
    let run_date = "2026-11-21".parse().unwrap();
    let setting = Setting { zone: chrono_tz::America::Mexico_City, run_date };
    policy.compile(&FactSet::new(), setting).unwrap()
}

struct Done {
    ran: Ran,
    awards: String,
    rejects: String,
    terms: Terms,
}

fn go(policy: &str, text: &[u8], workers: usize, reject: bool) -> Result<Done, Stopped> {
    let compiled = compiled(policy);
    let terms = Terms::of(&compiled);
    let order = Order { compiled: &compiled, terms: &terms, workers, explain: None };
    let (mut awards, mut rejects) = (Vec::new(), Vec::new());
    let aside = if reject { Some(&mut rejects as &mut dyn io::Write) } else { None };
    let sinks = Sinks { awards: &mut awards, rejects: aside, spill: &Memory, earlier: &NoEarlier };
    let ran = run(&order, &File(text.to_vec()), sinks)?;
    let (awards, rejects) =
        (String::from_utf8(awards).unwrap(), String::from_utf8(rejects).unwrap());
    assert_eq!(ran.awards_sha256, sha256(awards.as_bytes()));
    assert_eq!(ran.evidence_sha256, sha256(text));
    Ok(Done { ran, awards, rejects, terms })
}

fn awards(policy: &str, text: &str) -> String {
    go(policy, text.as_bytes(), 2, false).unwrap().awards
}

fn problems(text: &[u8]) -> Vec<String> {
    match go(SHARE, text, 2, false) {
        Err(Stopped::Rows { first, count }) => {
            assert_eq!(count, first.len() as u64);
            first.iter().map(ToString::to_string).collect()
        }
        Err(Stopped::File(found)) => found.0.iter().map(|d| d.to_string()).collect(),
        Err(Stopped::Reading(e)) => vec![e.to_string()],
        other => panic!("{:?}", other.map(|done| done.awards)),
    }
}

const HEAD: &str = "customer_id,segment,failed_amount,minutes\n";

#[test]
fn awards_come_in_the_order_of_the_file() {
    let text = format!(
        "{HEAD}C2,retail,1234.56,61\nC1,gold,100.00,60\n007,retail,0.25,5\nC9,gold,9.00,0\n"
    );
    let done = go(SHARE, text.as_bytes(), 2, false).unwrap();
    assert_eq!(
        done.awards,
        "customer_id,amount,currency,form,rules,segment\n\
         C2,49.38,MXN,statement_credit,others,retail\n\
         C1,10.00,MXN,statement_credit,gold,gold\n\
         007,10.00,MXN,statement_credit,others,retail\n"
    );
    let tally = &done.ran.tally;
    assert_eq!((tally.customers, tally.awarded, tally.nothing), (4, 3, 0));
    assert_eq!(tally.excluded, BTreeMap::from([(0, 1)]));
    let form = &tally.forms[0];
    assert_eq!((form.all.total, form.largest), (6_938, 4_938));
    assert_eq!(form.rules[1], Count { awards: 1, total: 1_000 });
    assert_eq!(form.rules[2], Count { awards: 2, total: 5_938 });
    assert_eq!(tally.segments, ["retail", "gold"]);
    assert_eq!(form.segments, [form.rules[2], form.rules[1]]);
    assert_eq!(form.bands.iter().map(|band| band.total).sum::<i128>(), 6_938);
}

#[test]
fn columns_are_found_by_name_and_text_is_kept() {
    let text = "\u{feff}note,minutes,customer_id,failed_amount,segment\r\n\
                \"x, \"\"y\"\"\nz\",60,\"Núñez, 7\",1000,gold\r\n,60,0012,1000.0,retail\r\n";
    assert_eq!(
        awards(SHARE, text),
        "customer_id,amount,currency,form,rules,segment\n\
         \"Núñez, 7\",40.00,MXN,statement_credit,gold,gold\n\
         0012,20.00,MXN,statement_credit,others,retail\n"
    );
}

#[test]
fn hostile_headers() {
    let said = |head: &str| problems(format!("{head}\nC1,gold,1.00,5\n").as_bytes()).join(" | ");
    assert!(
        said("customer_id,segment,amount,minutes").contains("there is no column failed_amount")
    );
    assert!(
        said("customer_id,segment,failed_amount,failed_amount,minutes")
            .contains("two columns are named `failed_amount`")
    );
    assert!(said("customer_id;segment;failed_amount;minutes").contains("export with commas"));
    assert!(said("customer_id,\"segment,failed_amount,minutes").contains("never closed"));
    assert!(problems(b"").join("").contains("the file is empty"));
    assert!(problems(b"\xff\xfec\0u\0").join("").contains("UTF-16"));
    assert!(problems(b"customer_id,segment\rC1,gold\r").join("").contains("bare carriage return"));
    assert!(problems(b"customer_id,se\xf1or\n").join("").contains("the header is not UTF-8"));
    assert!(problems(HEAD.trim_end().as_bytes()).join("").contains("ends inside the header"));
}

#[test]
fn hostile_rows_say_line_column_and_what_is_wrong() {
    let form = "expected an amount without separators, such as 1234.50";
    for (row, said) in [
        ("C1,gold,\"1,234.50\",5", format!("line 2, column failed_amount: `1,234.50`: {form}; the commas look like separators of thousands")),
        ("C1,gold,\"1.234,50\",5", format!("line 2, column failed_amount: `1.234,50`: {form}; the comma looks like a decimal comma")),
        ("C1,gold,1,234.50,5", "line 2: 5 fields where the header has 4; a comma inside a value needs quotes around it".into()),
        ("C1,gold,$12,5", format!("line 2, column failed_amount: `$12`: {form}; write it without the sign")),
        ("C1,gold,-0.00,5", "line 2, column failed_amount: `-0.00`: zero with a minus sign; write 0".into()),
        ("C1,gold,1e3,5", format!("line 2, column failed_amount: `1e3`: {form}; it looks like what a spreadsheet makes of a long number")),
        ("C1,gold,NaN,5", format!("line 2, column failed_amount: `NaN`: {form}")),
        ("C1,gold,,5", "line 2, column failed_amount: the cell is empty".into()),
        ("C1,gold,12.00 USD,5", "line 2, column failed_amount: `12.00 USD`: expected MXN; nothing is converted silently".into()),
        ("C1,gold,92233720368547758.08,5", "line 2, column failed_amount: `92233720368547758.08`: the number is too large".into()),
        ("C1,gold,1.00,-5", "line 2, column minutes: `-5`: expected a value from 0 up".into()),
        ("C1,bronze,1.00,5", "line 2, column segment: `bronze`: expected one of gold, retail".into()),
        (",gold,1.00,5", "line 2, column customer_id: the customer's id is empty".into()),
        ("=1+1,gold,1.00,5", "line 2, column customer_id: the customer's id begins with =, +, - or @: a spreadsheet would run it, and ids are never altered".into()),
        ("4111111111111111,gold,1.00,5", "line 2, column customer_id: the customer's id holds a card number: give the customer's own id, and keep cards out of this file".into()),
        ("C1,gold", "line 2, column failed_amount: 2 fields where the header has 4".into()),
        ("", "line 2, column segment: the line is empty".into()),
        ("C1,gold,\"1.00\"x,5", "line 2, column failed_amount: text after a closing quote; double a quote inside quotes".into()),
        ("C1,go\"ld,1.00,5", "line 2, column segment: a quote inside a field without quotes; put the field in quotes and double it".into()),
    ] {
        let text = format!("{HEAD}{row}\nC2,gold,1.00,5\n");
        assert_eq!(problems(text.as_bytes()), [said], "{row}");
    }
    let latin = [HEAD.as_bytes(), b"C1,gold,1.00,5\nC2,g\xf3ld,1.00,5\nC3,gold,1.00,5\n"].concat();
    assert_eq!(
        problems(&latin),
        [
            "line 3, column segment: bytes that are not UTF-8, perhaps Latin-1; save the file as UTF-8"
        ]
    );
    assert_eq!(
        problems(format!("{HEAD}C1,gold,1.00,5\nC2,gold,1.00,12").as_bytes()),
        ["line 3, column minutes: the last line has no line end, so the file may be cut short; \
          end it with one if it is whole"]
    );
    assert_eq!(
        problems(format!("{HEAD}C1,gold,1.00,5\nC2,\"gold,1.00,12\n").as_bytes()),
        ["line 3, column segment: a quote is opened and never closed: the rest of the file lies \
          inside it"]
    );
    let long =
        format!("{HEAD}C1,gold,1.00,5\n\"{}\",gold,1,5\nC3,gold,1,-1\n", "x".repeat(10_000_000));
    assert_eq!(
        problems(long.as_bytes()),
        [
            "line 3, column customer_id: the row has 10000012 bytes; the longest allowed is 1048576",
            "line 4, column minutes: `-1`: expected a value from 0 up"
        ]
    );
}

#[test]
fn amounts_beyond_64_bits_are_refused_and_never_wrapped() {
    let text = format!("{HEAD}C1,gold,92233720368547758.07,60000000\nC2,retail,1.00,1\n");
    let open = SHARE.replace("max = \"500 MXN\"", "");
    let Err(Stopped::Rows { first, count: 1 }) = go(&open, text.as_bytes(), 2, false) else {
        panic!("an award that does not fit was let through");
    };
    assert_eq!((first[0].line, first[0].kind.name()), (2, "amount"));
    // Each of them fits, all of them together do not.
    let large = |n: u8| format!("C{n},retail,9000000000000000.00,240\n");
    let all: String = (0..200).map(large).collect();
    assert!(matches!(
        go(&open, format!("{HEAD}{all}").as_bytes(), 2, false),
        Err(Stopped::TooLarge)
    ));
}

#[test]
fn a_customer_has_one_row() {
    let text = format!("{HEAD}C1,gold,1.00,5\nC2,gold,1.00,5\nC1,gold,2.00,5\nC1,gold,2.00,5\n");
    let again = "the customer is on line 2 already; a customer has one row";
    assert_eq!(
        problems(text.as_bytes()),
        [4, 5].map(|line| format!("line {line}, column customer_id: {again}"))
    );
    // Which of them is right nobody knows: none is paid, whatever their order.
    let done = go(SHARE, text.as_bytes(), 2, true).unwrap();
    assert_eq!(
        done.awards.lines().skip(1).collect::<Vec<_>>(),
        ["C2,10.00,MXN,statement_credit,gold,gold"]
    );
    assert_eq!(done.rejects.lines().count(), 4);
    assert!(done.rejects.contains("2,customer_id,repeated,the customer comes again further down"));
    // A bad row is one of them.
    let text = format!("{HEAD}C1,gold,x,5\nC2,gold,1.00,5\nC1,gold,2.00,5\n");
    let done = go(SHARE, text.as_bytes(), 2, true).unwrap();
    assert_eq!((done.awards.lines().count(), done.ran.tally.rejected.len()), (2, 2));
    assert!(done.rejects.contains("4,customer_id,repeated,the customer is on line 2 already"));
}

#[test]
fn bad_rows_are_put_aside_and_counted() {
    let text = format!("{HEAD}C1,gold,1.00,5\n=2,gold,1.00,5\nC3,gold,x,5\nC4,gold,2000.00,5\n");
    let done = go(SHARE, text.as_bytes(), 2, true).unwrap();
    assert_eq!(done.awards.lines().count(), 3);
    assert_eq!(done.ran.tally.customers, 2);
    let counts: Vec<u64> = done.ran.tally.rejected.values().copied().collect();
    assert_eq!(counts, [1, 1]);
    let rows: Vec<&str> = done.rejects.lines().collect();
    assert_eq!(rows[0], "line,column,kind,reason,row");
    assert!(rows[1].starts_with("3,customer_id,id,") && rows[1].ends_with("\"'=2,gold,1.00,5\""));
    assert!(
        rows[2].starts_with("4,failed_amount,cell,\"`x`: expected")
            && rows[2].ends_with("\"C3,gold,x,5\"")
    );
}

/// The policy with limits.
fn limited(rules: &str) -> String {
    format!("{SHARE}\n[limits]\nhit = \"collect\"\n{rules}")
}

fn limit(id: &str, then: &str) -> String {
    format!("[[limits.rule]]\nid = \"{id}\"\nthen = {{ {then} }}\n")
}

#[test]
fn a_budget_is_shared_out_to_the_cent() {
    let policy = limited(&limit("all", "limit = \"budget\", amount = \"100.00 MXN\""));
    let text = format!("{HEAD}C3,retail,5000.00,5\nC1,retail,5000.00,5\nC2,retail,5000.00,5\n");
    let done = go(&policy, text.as_bytes(), 2, false).unwrap();
    let amounts: Vec<&str> = done.awards.lines().skip(1).collect();
    assert_eq!(
        amounts,
        [
            "C3,33.33,MXN,statement_credit,others,retail",
            "C1,33.34,MXN,statement_credit,others,retail",
            "C2,33.33,MXN,statement_credit,others,retail",
        ]
    );
    assert_eq!(done.ran.effects, [Effect { touched: 3, cut: 20_000 }]);
    assert!(!done.ran.asks(&done.terms));
}

#[test]
fn limits_go_in_their_order() {
    let policy = limited(
        &[
            limit("small", "limit = \"smallest\", amount = \"30 MXN\""),
            limit("event", "limit = \"incident\", amount = \"250 MXN\""),
            limit("one", "limit = \"customer\", amount = \"200 MXN\""),
            limit("purse", "limit = \"budget\", amount = \"240 MXN\", at = \"stop\""),
        ]
        .concat(),
    );
    let text = format!("{HEAD}C1,retail,25000.00,5\nC2,retail,5000.00,5\n");
    let done = go(&policy, text.as_bytes(), 2, false).unwrap();
    // 500 to 200 by the customer's limit, 300 to 250 together, 250 is more than 240, 41.67 is paid.
    assert_eq!(
        done.awards.lines().skip(1).collect::<Vec<_>>(),
        [
            "C1,166.67,MXN,statement_credit,others,retail",
            "C2,83.33,MXN,statement_credit,others,retail"
        ]
    );
    let rules: Vec<&str> = done.terms.limits.iter().map(|limit| limit.rule.as_str()).collect();
    assert_eq!(rules, ["one", "event", "purse", "small"]);
    assert_eq!(
        done.ran.effects.iter().map(|effect| effect.cut).collect::<Vec<_>>(),
        [30_000, 5_000, 1_000, 0]
    );
    assert!(done.ran.asks(&done.terms));
    let small = limited(&limit("small", "limit = \"smallest\", amount = \"30 MXN\""));
    let done = go(&small, format!("{HEAD}C1,retail,1.00,5\n").as_bytes(), 2, false).unwrap();
    assert_eq!((done.awards.lines().count(), done.ran.tally.nothing), (1, 1));
    assert_eq!(done.ran.effects, [Effect { touched: 1, cut: 1_000 }]);
}

/// Gave some customers something before.
struct Given(Vec<(&'static str, i64)>);

impl Earlier for Given {
    fn tell(
        &self,
        _: crate::units::Span,
        to: &mut dyn FnMut(&str, i64) -> io::Result<()>,
    ) -> io::Result<()> {
        self.0.iter().try_for_each(|(customer, minor)| to(customer, *minor))
    }
}

#[test]
fn a_rolling_limit_counts_what_was_given_before() {
    let policy = limited(&limit(
        "year",
        "limit = \"customer-period\", amount = \"120 MXN\", period = \"365d\"",
    ));
    let compiled = compiled(&policy);
    let terms = Terms::of(&compiled);
    let text = format!("{HEAD}C1,retail,5000.00,5\nCC2,retail,5000.00,5\nC3,retail,5000.00,5\n");
    let order = Order { compiled: &compiled, terms: &terms, workers: 2, explain: Some("CC2") };
    let earlier = Given(vec![("C1", 4_000), ("CC2", 12_000), ("C1", -1_000), ("C9", 5)]);
    let mut awards = Vec::new();
    let sinks = Sinks { awards: &mut awards, rejects: None, spill: &Memory, earlier: &earlier };
    let ran = run(&order, &File(text.into_bytes()), sinks).unwrap();
    let awards = String::from_utf8(awards).unwrap();
    let amounts: Vec<&str> = awards.lines().skip(1).map(|line| &line[..8]).collect();
    assert_eq!(amounts, ["C1,90.00", "C3,100.0"]);
    assert_eq!(ran.effects, [Effect { touched: 2, cut: 11_000 }]);
    let (found, shown) = ran.found.unwrap();
    assert_eq!(
        (found.line, found.bytes.as_slice(), shown.as_str()),
        (3, b"CC2,retail,5000.00,5".as_slice(), "")
    );
    assert!(ran.sheet.working(&compiled, &found.bytes).is_some());
}

/// Rows of customers: segment, cents, minutes.
fn rows() -> impl Strategy<Value = Vec<(bool, i64, u16)>> {
    proptest::collection::vec((any::<bool>(), 0_i64..5_000_000, 0_u16..400), 1..60)
}

fn text_of(rows: &[(usize, (bool, i64, u16))]) -> String {
    let mut text = HEAD.to_owned();
    for (n, (gold, cents, minutes)) in rows {
        let segment = if *gold { "gold" } else { "retail" };
        text.push_str(&format!("C{n},{segment},{}.{:02},{minutes}\n", cents / 100, cents % 100));
    }
    text
}

fn by_customer(awards: &str) -> BTreeMap<String, String> {
    let pair = |line: &str| line.split_once(',').map(|(id, rest)| (id.to_owned(), rest.to_owned()));
    awards.lines().skip(1).filter_map(pair).collect()
}

fn cents(awards: &str) -> i128 {
    let amount = |line: &str| line.split(',').nth(1).map(|amount| amount.replace('.', ""));
    awards.lines().skip(1).filter_map(amount).map(|cents| cents.parse::<i128>().unwrap()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn awards_add_up_to_the_summary_and_stay_below_the_cap(rows in rows(), workers in 1_usize..4) {
        let all: Vec<_> = rows.into_iter().enumerate().collect();
        let done = go(SHARE, text_of(&all).as_bytes(), workers, false).unwrap();
        let form = &done.ran.tally.forms[0];
        prop_assert_eq!(cents(&done.awards), form.all.total);
        for counts in [&form.rules, &form.segments, &form.bands] {
            prop_assert_eq!(counts.iter().map(|count| count.total).sum::<i128>(), form.all.total);
            prop_assert_eq!(counts.iter().map(|count| count.awards).sum::<u64>(), form.all.awards);
        }
        prop_assert!(form.largest <= 50_000);
        prop_assert_eq!(done.awards.lines().count() as u64, form.all.awards + 1);
    }

    #[test]
    fn the_order_of_rows_changes_no_amount(rows in rows(), budget in 1_i64..3_000, turn in 0_usize..60) {
        let rules = limit("all", &format!("limit = \"budget\", amount = \"{budget} MXN\""));
        for policy in [SHARE.to_owned(), limited(&rules)] {
            let mut all: Vec<_> = rows.iter().copied().enumerate().collect();
            let straight = go(&policy, text_of(&all).as_bytes(), 2, false).unwrap();
            let middle = turn % all.len();
            all.rotate_left(middle);
            all.reverse();
            let turned = go(&policy, text_of(&all).as_bytes(), 2, false).unwrap();
            prop_assert_eq!(by_customer(&straight.awards), by_customer(&turned.awards));
            prop_assert_eq!(&straight.ran.effects, &turned.ran.effects);
        }
    }

    #[test]
    fn splitting_the_file_and_adding_up_is_one_run(rows in rows(), cut in 0_usize..60) {
        let all: Vec<_> = rows.into_iter().enumerate().collect();
        let whole = go(SHARE, text_of(&all).as_bytes(), 2, false).unwrap();
        let (first, second) = all.split_at(cut.min(all.len()));
        let mut joined = go(SHARE, text_of(first).as_bytes(), 1, false).unwrap();
        let rest = go(SHARE, text_of(second).as_bytes(), 3, false).unwrap();
        joined.awards.push_str(rest.awards.split_once('\n').unwrap().1);
        prop_assert_eq!(joined.awards, whole.awards);
        joined.ran.tally.join(&rest.ran.tally);
        prop_assert_eq!(joined.ran.tally.forms, whole.ran.tally.forms);
        prop_assert_eq!(joined.ran.tally.excluded, whole.ran.tally.excluded);
    }

    #[test]
    fn a_budget_that_is_too_small_is_given_out_whole(rows in rows(), part in 1_i128..100) {
        let all: Vec<_> = rows.into_iter().enumerate().collect();
        let text = text_of(&all);
        let total = go(SHARE, text.as_bytes(), 2, false).unwrap().ran.tally.forms[0].all.total;
        let budget = total * part / 100;
        prop_assume!(budget > 0);
        let amount = format!("{} MXN", total_text(budget, 2));
        let policy = limited(&limit("all", &format!("limit = \"budget\", amount = \"{amount}\"")));
        let done = go(&policy, text.as_bytes(), 2, false).unwrap();
        prop_assert_eq!(done.ran.tally.forms[0].all.total, budget);
        prop_assert_eq!(cents(&done.awards), budget);
    }

    #[test]
    fn any_bytes_end_in_an_answer(bytes in proptest::collection::vec(prop_oneof![
        Just(b','), Just(b'"'), Just(b'\n'), Just(b'\r'), Just(b'C'), Just(b'1'), Just(0xe1), any::<u8>(),
    ], 0..200)) {
        let text = [HEAD.as_bytes(), bytes.as_slice()].concat();
        let one = go(SHARE, &text, 1, true).map(|done| (done.awards, done.rejects));
        let many = go(SHARE, &text, 3, true).map(|done| (done.awards, done.rejects));
        prop_assert_eq!(one.ok(), many.ok());
        let _ = go(SHARE, &text, 2, false);
    }
}
