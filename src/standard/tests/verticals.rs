//! Tables of verticals: the stricter answer holds, whatever they say.

use proptest::prelude::*;

use super::*;
use crate::standard::{Decided, Policies, TargetSet, VerticalTable};

const SHARE: &str = "standards/verticals/credit/share.toml";

/// The default standard with further files.
fn with(more: &[(&str, &str)]) -> (Standard, Diagnostics) {
    let mut files = default_files();
    files.extend(more.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    load(&files, &catalogue::facts())
}

fn policies(standard: &Standard) -> &Policies {
    standard.newest_policies().unwrap()
}

fn target(standard: &Standard, known: &[(&str, &str)], name: &str) -> Option<TargetSet> {
    let policies = policies(standard);
    let decided = policies.decide(facts(known));
    policies.targets(&decided.facts).into_iter().find(|t| t.name == name)
}

fn rule(id: &str, when: &str, then: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\nwhen = {{ {when} }}\nthen = {{ {then} }}\n")
}

#[test]
fn processing_hears_sooner_than_the_others() {
    let standard = default_standard();
    let notice = |verticals: &str, level: &str| {
        let known = [("verticals", verticals), ("severity_declared", level)];
        let found = target(&standard, &known, "client-notice").unwrap();
        (found.target.to_string(), found.vertical, found.rule)
    };
    let company = |due: &str, rule: &str| (due.to_owned(), None, rule.to_owned());
    assert_eq!(notice("payments", "SEV3"), company("4h", "client-notice-sev3"));
    let stricter =
        ("2h".to_owned(), Some("processing".to_owned()), "client-notice-sev3".to_owned());
    assert_eq!(notice("processing", "SEV3"), stricter);
    assert_eq!(notice("payments, processing", "SEV3"), stricter);
    assert_eq!(notice("processing", "SEV1"), company("15m", "client-notice-sev1"));
}

#[test]
fn of_several_verticals_the_strictest_holds_and_output_by_output() {
    let targets = |due: &str, from: &str, clock: &str| {
        format!(
            "hit = \"first\"\n{}",
            rule(
                "ours",
                "target = \"acknowledge\", severity = \"SEV3\"",
                &format!("due = \"{due}\", from = \"{from}\", clock = \"{clock}\"")
            )
        )
    };
    let (credit, savings) =
        (targets("30m", "restored", "business"), targets("45m", "impact_started", "24x7"));
    let (standard, found) = with(&[
        ("standards/verticals/credit/targets.toml", &credit),
        ("standards/verticals/savings/targets.toml", &savings),
    ]);
    assert!(found.is_empty(), "{found}");
    let of = |verticals: &str| {
        let known = [("verticals", verticals), ("severity_declared", "SEV3")];
        let t = target(&standard, &known, "acknowledge").unwrap();
        format!("{} {} {} {:?}", t.target, t.from, t.clock, t.vertical)
    };
    assert_eq!(of("support"), "60m detected extended None");
    // Later start and shorter clock of the vertical are looser, and have no effect.
    assert_eq!(of("credit"), "30m detected extended Some(\"credit\")");
    assert_eq!(of("savings"), "45m impact_started 24x7 Some(\"savings\")");
    assert_eq!(of("credit, savings"), "30m impact_started 24x7 Some(\"savings\")");
    let looser = standard.looser_verticals();
    assert!(looser.0.iter().all(|d| d.code == "looser-rule"), "{looser}");
    assert!(looser.to_string().contains("rule ours gives from restored where"), "{looser}");
}

#[test]
fn severity_is_raised_for_the_vertical_alone_and_says_by_what() {
    let text = format!(
        "hit = \"first\"\n{}",
        rule("credit-tenth", "tier1_failing_10_for = \">= 5m\"", "level = \"SEV1\"")
    );
    let (standard, found) = with(&[(SHARE, &text)]);
    assert!(found.is_empty(), "{found}");
    assert!(standard.looser_verticals().is_empty());
    let known = |vertical| {
        facts(&[
            ("verticals", vertical),
            ("tier1_failing_50_for", "0m"),
            ("tier1_failing_10_for", "10m"),
            ("tier1_failing_1_for", "10m"),
            ("tier2_failing_50_for", "0m"),
            ("tier2_failing_10_for", "0m"),
            ("tier3_failing_50_for", "0m"),
            ("severity_confirmed", "true"),
            ("workaround_complete", "false"),
        ])
    };
    let policies = policies(&standard);
    let level = |d: &Decided<'_>| d.facts.value("severity").map(ToString::to_string);
    let payments = policies.decide(known("payments"));
    assert_eq!(level(&payments).as_deref(), Some("SEV2"));
    assert!(payments.tightened.iter().all(|t| t.by.of != "share"));
    let credit = policies.decide(known("credit"));
    assert_eq!(level(&credit).as_deref(), Some("SEV1"));
    assert_eq!(credit.value("share", "level").unwrap().to_string(), "SEV1");
    let by = credit.tightened_by("share", "level").unwrap();
    assert_eq!(by.by.table.name, "verticals/credit/share");
    assert_eq!(by.decision.decided_by().next().unwrap().id, "credit-tenth");
    assert!(credit.tightened_by("counts", "level").is_none());
}

#[test]
fn lists_become_longer_and_keep_the_strictest_of_one_thing() {
    let gates = format!(
        "hit = \"rule-order\"\n{}",
        rule(
            "ours",
            "command = \"close\"",
            "message = \"no credit note\", supply = \"inc edit ID\""
        )
    );
    let roles = format!(
        "hit = \"rule-order\"\n{}{}",
        rule("sooner", "severity = \"SEV2+\"", "role = \"technical_lead\", by = \"5m\""),
        rule("later", "severity = \"SEV2+\"", "role = \"support_lead\", by = \"1d\"")
    );
    let checks = format!(
        "hit = \"rule-order\"\n{}{}",
        rule(
            "graver",
            "messages_unapproved_sent = \">= 1\"",
            "level = \"note\", code = \"sent-unapproved\", message = \"milder\""
        ),
        rule(
            "more",
            "messages_unapproved_sent = \">= 1\"",
            "level = \"error\", code = \"credit-only\", message = \"{{messages_unapproved_sent}} more\""
        )
    );
    let checklist = format!(
        "hit = \"rule-order\"\n{}",
        rule(
            "call",
            "severity = \"SEV2+\"",
            "item = \"call-the-bureau\", role = \"scribe\", due = \"1h\", en = \"Call\", es-MX = \"Llamar\""
        )
    );
    let (standard, found) = with(&[
        ("standards/verticals/credit/gates.toml", &gates),
        ("standards/verticals/credit/roles-owed.toml", &roles),
        ("standards/verticals/credit/checks.toml", &checks),
        ("standards/verticals/credit/checklist.toml", &checklist),
    ]);
    assert!(found.is_empty(), "{found}");
    let policies = policies(&standard);
    let decided = |vertical| {
        policies.decide(facts(&[
            ("verticals", vertical),
            ("severity_declared", "SEV2"),
            ("customer_updates_sent", "2"),
            ("messages_unapproved_sent", "2"),
        ]))
    };
    let (credit, other) = (decided("credit"), decided("savings"));
    let missing = |d: &Decided<'_>| policies.missing("close", &d.facts).len();
    assert_eq!(missing(&credit), missing(&other) + 1);
    let by = |d: &Decided<'_>, role: &str| {
        let owed = policies.roles_owed(&d.facts);
        let of: Vec<_> = owed.iter().filter(|o| o.role == role).map(|o| o.by.to_string()).collect();
        of.join(" ")
    };
    assert_eq!(
        (by(&other, "technical_lead"), by(&credit, "technical_lead")),
        ("15m".into(), "5m".into())
    );
    assert_eq!(
        (by(&other, "support_lead"), by(&credit, "support_lead")),
        ("20m".into(), "20m".into())
    );
    let found = policies.findings(&credit.facts);
    let of = |code: &str| found.iter().filter(|f| f.code == code).collect::<Vec<_>>();
    assert_eq!(of("sent-unapproved").len(), 1);
    assert!(of("sent-unapproved")[0].message.contains("2 message(s)"));
    assert_eq!(of("credit-only")[0].message, "2 more");
    assert!(policies.findings(&other.facts).iter().all(|f| f.code != "credit-only"));
    assert!(policies.checklist(&credit.facts).iter().any(|i| i.item == "call-the-bureau"));
    assert!(policies.checklist(&other.facts).iter().all(|i| i.item != "call-the-bureau"));
}

#[test]
fn what_cannot_tighten_is_said_and_the_company_s_tables_stand() {
    let level = |when: &str| format!("hit = \"first\"\n{}", rule("r", when, "level = \"SEV1\""));
    let cases: [(&str, String, &str); 9] = [
        ("standards/verticals/share.toml", level(""), "vertical-table"),
        ("standards/verticals/credit/shares.toml", level(""), "tightens-nothing"),
        ("standards/verticals/credits/share.toml", level(""), "unknown-vertical"),
        (SHARE, level("").replace("level", "levl"), "unknown-output"),
        (SHARE, level("").replace("SEV1", "SEV9"), "unknown-value"),
        (SHARE, level("no_such_fact = true"), "unknown-input"),
        (SHARE, level("").replace("first", "collect"), "not-comparable"),
        (
            SHARE,
            format!(
                "hit = \"first\"\n[inputs.measured]\nfrom = \"measured.level\"\n{}",
                rule("r", "measured = \"SEV1\"", "level = \"SEV1\"")
            ),
            "table-cycle",
        ),
        (
            "standards/verticals/credit/transitions.toml",
            format!("hit = \"first\"\n{}", rule("r", "command = \"close\"", "to = \"closed\"")),
            "tightens-nothing",
        ),
    ];
    for (path, text, code) in cases {
        let (standard, found) = with(&[(path, &text)]);
        assert!(found.0.iter().any(|d| d.code == code), "{path} {code}: {found}");
        assert!(found.has_errors());
        assert!(
            found.0.iter().all(|d| d.place.as_ref().is_some_and(|p| p.file == path)),
            "{found}"
        );
        assert_eq!(policies(&standard).all().count(), policies(&default_standard()).all().count());
    }
}

#[test]
fn a_vertical_has_versions_of_its_own() {
    let of = |due: &str| {
        format!(
            "hit = \"first\"\n{}",
            rule("r", "target = \"acknowledge\", severity = \"SEV3\"", &format!("due = \"{due}\""))
        )
    };
    let (old, new) = (of("30m"), of("20m"));
    let (standard, found) = with(&[
        ("standards/verticals/credit/targets.toml", &old),
        ("standards/verticals/credit/targets.2026-07-01.toml", &new),
    ]);
    assert!(found.is_empty(), "{found}");
    let due = |day: &str| {
        let policies = standard.policies(day.parse().unwrap()).unwrap();
        let decided =
            policies.decide(facts(&[("verticals", "credit"), ("severity_declared", "SEV3")]));
        let all = policies.targets(&decided.facts);
        all.iter().find(|t| t.name == "acknowledge").unwrap().target.to_string()
    };
    assert_eq!(due("2026-06-30"), "30m");
    assert_eq!(due("2026-07-01"), "20m");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever a vertical's table says, no output becomes looser than the company's.
    #[test]
    fn a_vertical_never_loosens(
        level in 1..=4_u8,
        minutes in 0..600_i64,
        failing in 0..600_i64,
        due in prop::sample::select(vec!["5m", "2h", "1d", "3wd mx-bank", "next 12:00 mx-bank", "at close", "at change or 1d", "none"]),
        from in prop::sample::select(vec!["impact_started", "detected", "restored", "done"]),
        clock in prop::sample::select(vec!["24x7", "extended", "business"]),
        declared in 1..=4_u8,
    ) {
        let share = format!(
            "hit = \"first\"\n{}",
            rule("r", &format!("tier1_failing_10_for = \">= {minutes}m\""), &format!("level = \"SEV{level}\""))
        );
        let targets = format!(
            "hit = \"first\"\n{}",
            rule("r", "", &format!("due = \"{due}\", from = \"{from}\", clock = \"{clock}\""))
        );
        let (standard, found) =
            with(&[(SHARE, &share), ("standards/verticals/credit/targets.toml", &targets)]);
        prop_assert!(found.is_empty(), "{}", found);
        let policies = policies(&standard);
        let failing = format!("{failing}m");
        let known = |vertical: &str| {
            let mut known = facts(&[("verticals", vertical), ("tier1_failing_10_for", &failing)]);
            known.set("severity_declared", Value::text(format!("SEV{declared}")));
            policies.decide(known)
        };
        let (company, stricter) = (known("support"), known("credit"));
        let derived = |d: &Decided<'_>| d.facts.value("severity_derived").map(ToString::to_string);
        // Of levels the word that sorts first is the higher one; none is the lowest.
        let rank = |level: Option<String>| level.unwrap_or_else(|| "SEV9".to_owned());
        prop_assert!(rank(derived(&stricter)) <= rank(derived(&company)));
        let table: Vec<&VerticalTable> =
            policies.verticals().iter().filter(|t| t.of == "targets").collect();
        prop_assert_eq!(table.len(), 2);
        let before = policies.targets(&company.facts);
        let after = policies.targets(&stricter.facts);
        let clocks = ["24x7", "extended", "business"];
        let starts = ["impact_started", "detected", "restored", "done"];
        let place = |list: &[&str], word: &str| list.iter().position(|w| *w == word);
        for old in &before {
            let new = after.iter().find(|t| t.name == old.name).unwrap();
            prop_assert!(!old.target.is_stricter(&new.target), "{} {}", old.target, new.target);
            prop_assert!(place(&clocks, &new.clock) <= place(&clocks, &old.clock));
            prop_assert!(place(&starts, &new.from) <= place(&starts, &old.from));
        }
    }
}
