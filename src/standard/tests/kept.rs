//! What stays as it was, what ends, what currencies are worth, what is accepted for a while.

use super::*;
use crate::units::{Currency, Money};

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

/// What is found when a file of the default standard is changed, with incidents on two days.
fn frozen(file: &str, change: impl Fn(&str) -> String) -> Vec<String> {
    let mut files = default_files();
    match files.iter_mut().find(|(path, _)| path == file) {
        Some((_, text)) => *text = change(text),
        None => files.push((file.to_owned(), change(""))),
    }
    let (after, found) = load(&files, &catalogue::facts());
    assert!(!found.has_errors(), "{found}");
    let days = ["2026-11-20", "2026-11-20", "2026-11-21"].map(day);
    let found = after.frozen(&default_standard(), days);
    found.0.iter().map(|d| d.message.clone()).collect()
}

#[test]
fn a_version_that_has_judged_is_frozen_but_for_its_reasons() {
    let replaced = |from: &'static str, to: &'static str| {
        move |text: &str| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        }
    };
    let targets = "standards/targets.toml";
    for harmless in [
        replaced("title = \"Targets\"", "title = \"How fast\""),
        replaced("why = \"Until somebody has it", "why = \"As long as nobody has it"),
        replaced("hit = \"unique\"", "# one for each\n\nhit   = \"unique\""),
    ] {
        assert_eq!(frozen(targets, harmless), [""; 0]);
    }
    let cases = [
        (
            replaced("due = \"5m\"", "due = \"6m\""),
            "rule acknowledge-sev1 of targets now gives due 6m instead of 5m",
        ),
        (
            replaced("id = \"acknowledge-sev1\"", "id = \"acknowledge\""),
            "rule acknowledge-sev1 of targets is gone",
        ),
        (
            replaced("effective_from = 2024-01-01", "effective_from = 2023-01-01"),
            "table targets now holds from 2023-01-01 instead of 2024-01-01",
        ),
        (
            replaced("hit = \"unique\"", "hit = \"first\""),
            "the policy of targets is now first instead of unique",
        ),
    ];
    for (change, what) in cases {
        assert_eq!(
            frozen(targets, change),
            [format!("targets.toml has judged 3 incidents, and {what}")]
        );
    }
    let found = frozen("standards/regulatory.toml", replaced("\">= 2\"", "\">= 3\""));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("asks something else now"), "{found:?}");
}

#[test]
fn a_new_version_is_free_unless_it_judges_the_past() {
    let text = |from: &str| {
        let (_, text) = default_files()
            .into_iter()
            .find(|(path, _)| path == "standards/roles-owed.toml")
            .unwrap();
        format!("effective_from = {from}\n{}", text.replace("\"10m\"", "\"5m\""))
    };
    assert_eq!(frozen("standards/roles-owed.2027-01-01.toml", |_| text("2027-01-01")), [""; 0]);
    assert_eq!(
        frozen("standards/roles-owed.2026-11-21.toml", |_| text("2026-11-21")),
        [
            "roles-owed.2026-11-21.toml judges 1 incident, which standards/roles-owed.toml has judged"
        ]
    );
    // A version that no incident was judged by may still be changed.
    let days = std::iter::empty::<chrono::NaiveDate>();
    assert!(default_standard().frozen(&Standard::default(), days).is_empty());
}

#[test]
fn a_calendar_says_sixty_days_ahead_that_it_ends() {
    let standard = default_standard();
    let found = |day: &str| standard.calendars_ending(day.parse().unwrap());
    assert!(found("2026-11-21").is_empty());
    assert!(found("2030-10-31").is_empty());
    let ending = found("2030-11-01");
    assert_eq!(ending.0.len(), 2, "{ending}");
    let shown = ending.0[0].to_string();
    assert!(shown.contains("calendar `mx-bank` ends on 2030-12-31, in 60 days"), "{shown}");
    assert!(shown.contains("| to = 2030"), "{shown}");
    assert!(shown.contains("write to = 2031"), "{shown}");
    assert!(found("2031-02-01").to_string().contains("ended on 2030-12-31"));
}

#[test]
fn an_amount_is_converted_by_the_newest_rate_of_its_day_or_not_at_all() {
    let text = "[[rate]]\nfrom = \"USD\"\nis = \"18.35 MXN\"\non = 2026-11-20\nsource = \"Banco de México, FIX\"\n\
                [[rate]]\nfrom = \"USD\"\nis = \"18.50 MXN\"\non = 2026-11-23\nsource = \"Banco de México, FIX\"\n";
    let (standard, found) = load_text(&[("standards/rates.toml", text)]);
    assert!(found.is_empty(), "{found}");
    let in_mxn = |amount: &str, on: &str| {
        let money: Money = amount.parse().unwrap();
        standard.convert(money, Currency::MXN, day(on)).map(|m| m.to_string())
    };
    assert_eq!(in_mxn("100 USD", "2026-11-19"), None);
    assert_eq!(in_mxn("100 USD", "2026-11-20").as_deref(), Some("1835.00 MXN"));
    assert_eq!(in_mxn("100 USD", "2026-11-22").as_deref(), Some("1835.00 MXN"));
    assert_eq!(in_mxn("100 USD", "2026-12-24").as_deref(), Some("1850.00 MXN"));
    assert_eq!(in_mxn("100 EUR", "2026-12-24"), None);
    assert_eq!(in_mxn("7 MXN", "2020-01-01").as_deref(), Some("7.00 MXN"));
    let wrong = "[[rate]]\nfrom = \"USD\"\nis = \"0 MXN\"\non = 2026-11-20\nsource = \"x\"\n\
                 [[rate]]\nfrom = \"USD\"\nis = \"1 USD\"\non = 2026-11-20\nsource = \"x\"\n\
                 [[rate]]\nis = \"1 USD\"\n";
    let (_, found) = load_text(&[("standards/rates.toml", wrong)]);
    let codes: Vec<&str> = found.0.iter().map(|d| d.code.as_str()).collect();
    assert_eq!(codes.iter().filter(|c| **c == "wrong-value").count(), 2, "{found}");
    assert_eq!(codes.iter().filter(|c| **c == "missing-key").count(), 3, "{found}");
}

#[test]
fn a_waiver_of_the_standard_says_who_what_until_when_and_why() {
    let text = "[[waiver]]\ncode = \"no-review\"\nvertical = \"credit\"\nby = \"ana\"\nat = 2026-11-01\n\
                until = 2026-12-31\nreason = \"the reviewers are being hired\"\n";
    let (standard, found) = load_text(&[("standards/waivers.toml", text)]);
    assert!(found.is_empty(), "{found}");
    let waiver = &standard.waivers[0];
    assert_eq!((waiver.code.as_str(), waiver.vertical.as_deref()), ("no-review", Some("credit")));
    assert_eq!(waiver.until, day("2026-12-31"));
    let (standard, found) =
        load_text(&[("standards/waivers.toml", "[[waiver]]\nservce = \"x\"\n")]);
    assert!(standard.waivers.is_empty());
    assert_eq!(found.0.iter().filter(|d| d.code == "missing-key").count(), 4, "{found}");
    assert!(found.0.iter().any(|d| d.code == "unknown-key"), "{found}");
    let mut files = default_files();
    files.push(("standards/waivers.toml".into(), text.replace("credit", "credits")));
    let (_, found) = load(&files, &catalogue::facts());
    assert_eq!(found.0[0].code, "unknown-vertical", "{found}");
}
