use proptest::prelude::*;

use super::*;
use crate::decision::types::{Enumeration, Type};
use crate::units::{Currency, Decimal, Instant, Money, Percent, Span};

fn severity() -> Type {
    Type::Enum(Enumeration::new(["SEV1", "SEV2", "SEV3"], true))
}

fn printed(text: &str, ty: &Type) -> String {
    Test::parse(text, ty).unwrap_or_else(|e| panic!("{text}: {e}")).to_string()
}

fn refused(text: &str, ty: &Type) -> TestError {
    Test::parse(text, ty).expect_err(text)
}

#[test]
fn reads_every_form() {
    for (text, ty, canonical) in [
        ("-", Type::Number, "-"),
        (" 5 ", Type::Integer, "5"),
        ("= 5", Type::Integer, "5"),
        ("!=5", Type::Integer, "!= 5"),
        ("<5,>10", Type::Number, "< 5, > 10"),
        (">= 30m", Type::Duration, ">= 30m"),
        ("PT90M", Type::Duration, "1h30m"),
        ("duration(\"P1D\")", Type::Duration, "1d"),
        ("[3..4)", Type::Number, "[3..4)"),
        ("]3..4[", Type::Number, "(3..4)"),
        ("(1500..3500]", Type::Integer, "(1500..3500]"),
        ("[-5..-1]", Type::Integer, "[-5..-1]"),
        ("not([1..2], 7)", Type::Integer, "not([1..2], 7)"),
        ("not((1..2))", Type::Number, "not((1..2))"),
        ("null", Type::Date, "null"),
        ("not(null)", Type::Text, "not(null)"),
        ("outage, data loss", Type::Text, "outage, data loss"),
        ("\"a, b\", c", Type::Text, "\"a, b\", c"),
        ("\"-\"", Type::Text, "\"-\""),
        ("not(\"null\")", Type::Text, "not(\"null\")"),
        ("SEV2+", severity(), "SEV2+"),
        ("SEV1, SEV3", severity(), "SEV1, SEV3"),
        ("not(SEV2+)", severity(), "not(SEV2+)"),
        ("true", Type::Boolean, "true"),
        (">= 25 %", Type::Percent, ">= 25%"),
        ("> 500000.00 MXN", Type::Money(None), "> 500000.00 MXN"),
        (
            "[2026-11-21T03:10:00-06:00..2026-11-21T12:00:00Z]",
            Type::Timestamp,
            "[2026-11-21T03:10:00-06:00..2026-11-21T12:00:00Z]",
        ),
        ("date(\"2026-11-21\")", Type::Date, "2026-11-21"),
        ("all(a, b)", Type::List(Box::new(Type::Text)), "all(a, b)"),
        ("all(not(a))", Type::List(Box::new(Type::Text)), "all(not(a))"),
    ] {
        assert_eq!(printed(text, &ty), canonical, "{text}");
    }
}

#[test]
fn says_what_is_wrong_and_where() {
    let error = refused("5, 10x", &Type::Integer);
    assert_eq!((error.code, error.range), ("test-type", TextRange::new(3, 6)));
    assert_eq!(refused("25", &Type::Percent).help.unwrap(), "write `25%`");
    assert_eq!(refused("SEV9", &severity()).code, "unknown-value");
    assert_eq!(refused("SEVI", &severity()).help.unwrap(), "did you mean `SEV1`?");
    assert_eq!(refused("< SEV2", &severity()).code, "test-type");
    assert!(refused("1,000 MXN", &Type::Money(None)).message.contains("`1` is no money"));
    assert!(refused("5 USD", &Type::Money(Some(Currency::MXN))).message.contains("MXN"));
}

#[test]
fn text_that_reads_as_something_else_needs_quotes() {
    for text in ["5", "true", "a..b", "a(b)", "[x", "<b", "a\"b", "not(", "", ",", "a,", "-,-"] {
        assert!(Test::parse(text, &Type::Text).is_err(), "{text}");
    }
    assert!(Test::parse("[5..1]", &Type::Integer).is_err());
    assert!(Test::parse("all(5)", &Type::Integer).is_err());
    assert!(Test::parse("not(5) x", &Type::Integer).is_err());
    assert!(Test::parse("[1..2", &Type::Integer).is_err());
    assert!(Test::parse("[1 USD..2 MXN]", &Type::Money(None)).is_err());
    assert!(Test::parse("a, null", &Type::List(Box::new(Type::Text))).is_err());
}

fn decimal() -> impl Strategy<Value = Decimal> {
    (-1_000_000_000_000_i64..1_000_000_000_000, 0_u32..6).prop_map(|(n, s)| Decimal::new(n, s))
}

/// A type, and values of it.
fn typed() -> impl Strategy<Value = (Type, Vec<Value>)> {
    fn some<T: std::fmt::Debug + 'static>(
        ty: Type,
        values: impl Strategy<Value = T> + 'static,
        of: fn(T) -> Value,
    ) -> BoxedStrategy<(Type, Vec<Value>)> {
        proptest::collection::vec(values.prop_map(of), 1..5)
            .prop_map(move |v| (ty.clone(), v))
            .boxed()
    }
    prop_oneof![
        some(Type::Integer, any::<i64>(), Value::integer),
        some(Type::Number, decimal(), Value::Number),
        some(Type::Percent, decimal(), |d| Value::Percent(Percent(d))),
        some(Type::Money(None), any::<i32>(), |n| {
            Value::Money(Money::new(Decimal::new(i64::from(n), 2), Currency::MXN))
        }),
        some(Type::Duration, -10_000_000_i64..10_000_000, |s| {
            Value::Duration(Span::from_seconds(s))
        }),
        some(Type::Timestamp, 0_i64..4_000_000_000, |s| {
            let utc = chrono::DateTime::from_timestamp(s, 0).unwrap_or_default();
            Value::Timestamp(Instant::from(utc.fixed_offset()))
        }),
        some(Type::Date, 1_i32..800_000, |d| {
            Value::Date(chrono::NaiveDate::from_num_days_from_ce_opt(d).unwrap_or_default())
        }),
        some(Type::Text, ".*", Value::Text),
        some(Type::Boolean, any::<bool>(), Value::Boolean),
        some(severity(), 0_usize..3, |i| Value::text(["SEV1", "SEV2", "SEV3"][i])),
    ]
}

/// Tests of every form over values of one type.
fn any_test() -> impl Strategy<Value = (Type, Test)> {
    (typed(), 0_u8..5, proptest::collection::vec(0_u8..8, 5)).prop_map(
        |((ty, values), form, kinds)| {
            let items: Vec<Item> = values
                .into_iter()
                .zip(kinds)
                .map(|(v, kind)| match kind {
                    0 if !matches!(form, 3 | 4) => Item::Null,
                    1 => Item::Differs(v),
                    2 if ty.has_order() => Item::Compare(Op::Less, v),
                    3 if ty.has_order() => Item::Compare(Op::AtLeast, v),
                    4 if ty.has_order() => Item::Range {
                        low: v.clone(),
                        low_closed: true,
                        high: v,
                        high_closed: kind % 2 == 0,
                    },
                    5 if matches!(ty, Type::Enum(_)) => Item::AndBefore("SEV2".to_owned()),
                    _ => Item::Is(v),
                })
                .collect();
            match form {
                0 => (ty, Test::Any),
                1 => (ty, Test::Some(items)),
                2 => (ty, Test::Not(items)),
                3 => (Type::List(Box::new(ty)), Test::All(items)),
                _ => (Type::List(Box::new(ty)), Test::AllNot(items)),
            }
        },
    )
}

proptest! {
    #[test]
    fn printing_then_parsing_is_the_identity((ty, test) in any_test()) {
        let text = test.to_string();
        let back = Test::parse(&text, &ty);
        prop_assert_eq!(back.as_ref(), Ok(&test), "{}", text);
    }

    #[test]
    fn no_text_panics(text in ".*", number in any::<bool>()) {
        let ty = if number { Type::Number } else { Type::List(Box::new(severity())) };
        let _ = Test::parse(&text, &ty);
        let _ = Test::parse(&text, &Type::Text);
    }
}
