use std::cell::RefCell;

use super::*;
use crate::compensation::columns::{Column, ColumnType, Columns};
use crate::units::Currency;

fn columns() -> Columns {
    let column = |name: &str, ty| Column::new(name, ty);
    let mut note = column("note", ColumnType::Money(Currency::MXN));
    note.required = false;
    Columns::new(vec![
        column("fee", ColumnType::Money(Currency::MXN)),
        column("tries", ColumnType::Count),
        column("lasted", ColumnType::Duration),
        column("segment", ColumnType::Text),
        column("since", ColumnType::Date),
        column("at_moment", ColumnType::Instant),
        column("uptime", ColumnType::Percent),
        note,
    ])
}

fn in_scope(text: &str) -> Result<(Amount, String), AmountError> {
    let (columns, used) = (columns(), RefCell::default());
    let rate = read_constant("10 MXN").unwrap();
    let dated = Parameter { name: "rate".into(), kind: rate.1, values: vec![(Some(0), rate.0)] };
    let parameters = [dated];
    let scope = Scope {
        columns: &columns,
        lets: &[],
        parameters: &parameters,
        fact: &|name| (name == "duration").then_some(Kind::Duration),
        fact_names: &["duration".to_owned()],
        used: &used,
        calendars: &["mx-bank".to_owned()],
        rows: true,
        filled: &[],
        award: None,
    };
    let found = read(text, &scope)?;
    let facts = used.borrow();
    let calendars = [WorkDays::new("mx-bank", 2026, 2026, &[], |_| false)];
    let names = Names {
        columns: &columns,
        lets: &[],
        facts: &facts,
        parameters: &parameters,
        calendars: &calendars,
    };
    let text = names.text(&found.node);
    Ok((found, text))
}

fn kind(text: &str) -> Kind {
    in_scope(text).unwrap_or_else(|e| panic!("{text}: {e}")).0.kind
}

fn error(text: &str) -> String {
    let e = in_scope(text).expect_err(text);
    let at = &text[e.range.start..e.range.end];
    format!("{}: {} [{at}] {}", e.code, e.message, e.help.unwrap_or_default())
}

#[test]
fn units_are_those_of_the_field() {
    let mxn = Kind::Money(Currency::MXN);
    for (text, wanted) in [
        ("max(10 MXN, min(500 MXN, 2% * fee * started(duration - 30m, 1h)))", mxn),
        ("fee * 2", mxn),
        ("fee / 30d * lasted", mxn),
        ("fee * 8% / 365d * lasted", mxn),
        ("fee / 1 MXN", Kind::Number),
        ("share(fee, 100 MXN)", Kind::Percent),
        ("100% - uptime", Kind::Percent),
        ("uptime * 5%", Kind::Percent),
        ("uptime / 1%", Kind::Number),
        ("lasted + 1h", Kind::Duration),
        ("at_moment - at_moment", Kind::Duration),
        ("at_moment + 1h", Kind::Instant),
        ("plus_working_days(since, 2, 'mx-bank')", Kind::Date),
        ("at(rate, since) * days(since, date(at_moment))", mxn),
        ("each_day(since, 2026-04-01, rate)", mxn),
        ("band(lasted, < 1h: 0%, < 2h: 25%, else: 50%) * fee", mxn),
        ("band(segment, = 'gold': 2%, else: 1%)", Kind::Percent),
        ("slices(fee, <= 100 MXN: 10%, else: 5%)", mxn),
        ("slices(tries, <= 3: 10 MXN, else: 5 MXN)", mxn),
        ("in(segment, 'gold', 'silver') and not fee > 1 MXN", Kind::Flag),
        ("default(note, 0 MXN)", mxn),
        ("known(note)", Kind::Flag),
        ("year_fraction(since, since, '30E/360')", Kind::Number),
        ("2026-11-21T03:10:00-06:00 - at_moment > 3h", Kind::Flag),
    ] {
        assert_eq!(kind(text), wanted, "{text}");
    }
}

#[test]
fn mistakes_say_what_and_where_and_what_to_do() {
    for (text, wanted) in [
        (
            "fee * fee",
            "amount-units: money in MXN times money in MXN is no amount [fee * fee] multiply money by a number or a percentage",
        ),
        (
            "fee + 5",
            "amount-units: money in MXN cannot be added to a number [fee + 5] write amounts with their currency: 10 MXN",
        ),
        (
            "max(0, fee)",
            "amount-units: this is money in MXN; a number belongs here [fee] write amounts with their currency: 10 MXN",
        ),
        (
            "fee * lasted",
            "amount-units: money in MXN times a duration is no amount [fee * lasted] count the units of the duration first: started(duration, 1h), or duration / 1h",
        ),
        (
            "uptime < 0.99",
            "amount-units: this is a number; a percentage belongs here [0.99] write shares with their sign, such as 5%; share(a, b) makes a percentage of two values",
        ),
        (
            "fees * 2",
            "amount-name: `fees` is no column, no name of [let] or [parameters], and no fact [fees] did you mean `fee`?",
        ),
        (
            "startd(lasted, 1h)",
            "amount-name: there is no function `startd` [startd] did you mean `started`?",
        ),
        (
            "started(lasted)",
            "amount-arguments: `started` is given 1 values [started(lasted)] write started(duration, 1h)",
        ),
        ("rate * 2", "amount-name: `rate` changes by day [rate] say of which day: at(rate, day)"),
        (
            "note * 2",
            "amount-missing: `note` may be empty [note] say what then: default(note, …), or ask the rule for `not(null)`",
        ),
        (
            "10MXN",
            "amount-syntax: `10MXN` is no amount [10MXN] write a space before the currency: 10 MXN",
        ),
        (
            "$10",
            "amount-syntax: `$` means nothing in an amount [$] write the currency after the number: 12.50 MXN",
        ),
        (
            "1,234 MXN",
            "amount-syntax: a comma stands between values of a function only [,] write numbers without separators of thousands: 1234.50",
        ),
        ("fee == 1 MXN", "amount-syntax: `==` is no operator [==] write one `=`"),
        (
            "working_days(since, since, 'mx-bnk')",
            "amount-name: no calendar is called `mx-bnk` ['mx-bnk'] did you mean `mx-bank`?",
        ),
        (
            "since - since",
            "amount-units: a date minus a date has no unit [since - since] count days: days(from, to), or working_days(from, to, 'calendar')",
        ),
        (
            "band(lasted, < 1h: 1%)",
            "amount-arguments: `band` needs a value first and `else: …` last [band(lasted, < 1h: 1%)] write band(delay, < 1h: 0%, < 2h: 25%, else: 50%)",
        ),
        (
            "fee * 5 USD / 1 MXN",
            "amount-units: money in MXN times money in USD is no amount [fee * 5 USD] multiply money by a number or a percentage",
        ),
        ("(fee", "amount-syntax: `)` is missing here [] "),
        ("fee 2", "amount-syntax: an operator is missing here [2] + - * / < <= > >= = != and or"),
        ("", "amount-syntax: the amount ends where a value belongs [] "),
        ("2026-02-30", "amount-syntax: `2026-02-30` is no day of the calendar [2026-02-30] "),
    ] {
        assert_eq!(error(text), wanted, "{text}");
    }
}

#[test]
fn hostile_texts_are_refused_and_not_a_panic() {
    let deep = "(".repeat(2_000);
    let chain = "1 + ".repeat(2_000);
    let nots = "- ".repeat(500);
    for text in [
        &deep,
        &chain,
        &nots,
        "é€",
        "'",
        "1..2",
        "9".repeat(100).as_str(),
        "1h99999999999999999999m",
    ] {
        assert!(in_scope(text).is_err(), "{text}");
    }
}

#[test]
fn what_is_printed_reads_as_the_same() {
    for text in [
        "max(10.00 MXN, min(500.00 MXN, 2% * fee * started(duration - 30m, 1h)))",
        "fee * (uptime + 5%)",
        "(fee - 1.00 MXN) * 2 - (fee - fee)",
        "if(segment = 'gold' or tries > 3, fee, 0.00 MXN)",
        "band(lasted, < 1h: 0%, >= 2h: 25%, else: 50%)",
        "slices(fee, <= 100.00 MXN: 10%, else: 5%)",
        "each_day(since, 2026-04-01, rate * 2)",
        "start_of_quarter(since, 2)",
        "share(fee, fee + fee) >= 12.5%",
    ] {
        let (first, printed) = in_scope(text).unwrap();
        assert_eq!(printed, text);
        assert_eq!(in_scope(&printed).unwrap().0.node, first.node);
    }
}
