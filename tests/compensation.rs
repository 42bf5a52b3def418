//! Policies against worked cases: every case of the shared vectors, through the example policies.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use inc::compensation::{Cell, Compiled, Outcome, Policy, Row, Setting};
use inc::decision::{FactSet, Value};
use inc::standard::{Compensation, Standard};
use inc::units::{Currency, Decimal};
use inc::yaml::Node;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn below(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            files.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn standard(folder: &str) -> (Standard, Compensation) {
    let mut files = Vec::new();
    below(&root().join(folder), &mut files);
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let (standard, found) = inc::standard::load(&files, &catalogue);
    assert!(found.is_empty(), "{found}");
    let (policies, found) = standard.compensation(&catalogue);
    assert!(found.is_empty(), "{found}");
    (standard, policies)
}

#[test]
fn shipped_and_example_policies_load_and_are_proved() {
    for (folder, wanted) in [
        (
            "standards",
            &[
                "client-sla-credit",
                "goodwill-by-severity-and-duration",
                "lost-promotion",
                "payment-due-during-outage",
                "undue-charges",
            ][..],
        ),
        (
            "examples/compensation/standards",
            &[
                "atlassian-minutes",
                "aws-instance-hour",
                "cloud-sla",
                "cloudflare",
                "delay-repay",
                "eu261",
                "fixed-per-day",
                "late-payment",
                "ofcom",
                "pro-rata-warranty",
                "rail-2021-782",
                "reimbursement",
                "slack",
            ][..],
        ),
    ] {
        let (standard, policies) = standard(folder);
        assert_eq!(policies.names(), wanted);
        for proved in standard.policy_proofs(&policies) {
            assert!(proved.findings.is_empty(), "{}", proved.findings);
        }
    }
}

/// A policy of the examples, compiled with some facts.
fn compiled(name: &str, facts: &[(&str, Value)]) -> Compiled {
    compile(standard("examples/compensation/standards").1.newest(name).unwrap(), facts)
}

fn compile(policy: &Arc<Policy>, facts: &[(&str, Value)]) -> Compiled {
    let mut set = FactSet::new();
    for (name, value) in facts {
        set.set(name, value.clone());
    }
    policy.compile(&set, setting()).unwrap_or_else(|e| panic!("{}: {e}", policy.name))
}

fn setting() -> Setting {
    Setting { zone: chrono_tz::Europe::London, run_date: "2026-07-01".parse().unwrap() }
}

/// The outcome of a row given by column and text; the batch must say the same.
fn outcome(compiled: &Compiled, cells: &[(&str, &str)]) -> Outcome {
    let columns = &compiled.policy().columns;
    for (name, _) in cells {
        assert!(columns.find(name).is_some(), "{}: {name}", compiled.policy().name);
    }
    let cells: Vec<Cell<'_>> = columns
        .iter()
        .map(|column| {
            let text = cells.iter().find(|(name, _)| *name == column.name).map(|(_, text)| *text);
            let text = text.unwrap_or(if column.name == "customer_id" { "c1" } else { "" });
            column.read(text).unwrap_or_else(|e| panic!("{}: `{text}`: {e}", column.name))
        })
        .collect();
    let row = Row { cells: &cells };
    let plain = compiled
        .award(row)
        .unwrap_or_else(|e| panic!("{}: {}", compiled.policy().name, compiled.fault_text(e)));
    let mut batch = compiled.batch();
    assert!(batch.push(row));
    batch.run();
    assert_eq!(batch.outcome(0).unwrap(), &plain, "{}", compiled.policy().name);
    plain
}

/// What the first form pays, in whole currency with its digits.
fn pays(compiled: &Compiled, cells: &[(&str, &str)]) -> Decimal {
    let outcome = outcome(compiled, cells);
    let minor = outcome.awards.first().map_or(0, |award| award.minor);
    Decimal::new(minor, compiled.policy().currency.minor_digits())
}

/// A case of a vector file: its `input` and `expected`, numbers by their digits.
struct Case {
    id: String,
    input: Node,
    expected: Node,
}

impl Case {
    fn text(&self, key: &str) -> String {
        self.maybe(key).unwrap_or_else(|| panic!("{}: no {key}", self.id))
    }

    fn maybe(&self, key: &str) -> Option<String> {
        let found = self.input.get(key).or_else(|| self.expected.get(key))?;
        found.text().map(str::to_owned)
    }

    fn number(&self, key: &str) -> Decimal {
        self.text(key).parse().unwrap_or_else(|_| panic!("{}: {key}", self.id))
    }

    fn seconds(&self, key: &str, unit: i64) -> String {
        let seconds = self.number(key) * Decimal::from(unit);
        format!("{}s", seconds.floor())
    }
}

fn cases(file: &str) -> Vec<Case> {
    let path = root().join("../shared/vectors").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("{} is not there: its cases were not held against the policies", path.display());
        return Vec::new();
    };
    let tree = inc::yaml::parse(inc::diag::Source::new(file, &text)).unwrap();
    let inc::yaml::Value::Seq(cases) = &tree.get("cases").unwrap().value else {
        panic!("{file}: no list of cases");
    };
    let case = |node: &Node| Case {
        id: node.get("id").unwrap().text().unwrap().to_owned(),
        input: node.get("input").unwrap().clone(),
        expected: node.get("expected").unwrap().clone(),
    };
    let count: usize = tree.get("case_count").unwrap().text().unwrap().parse().unwrap();
    assert_eq!(cases.len(), count, "{file}");
    cases.iter().map(case).collect()
}

#[test]
fn every_case_of_eu261() {
    for case in cases("comp_eu261.yaml") {
        let extraordinary = case.maybe("extraordinary_circumstances").as_deref() == Some("true");
        let facts = [("extraordinary_circumstances", Value::Boolean(extraordinary))];
        let (_, policies) = standard("examples/compensation/standards");
        let policy = policies.newest("eu261").unwrap();
        let mut set = FactSet::new();
        set.set(facts[0].0, facts[0].1.clone());
        let eligible = policy.eligibility(&set);
        let wanted = ["eur_total", "eur_per_passenger"].iter().find_map(|key| case.maybe(key));
        let wanted: Decimal = wanted.unwrap().parse().unwrap();
        if extraordinary {
            let inc::compensation::Eligibility::Excluded(rule, _) = eligible else {
                panic!("{}: {eligible:?}", case.id);
            };
            assert_eq!((rule.as_deref(), wanted), (Some("extraordinary"), Decimal::ZERO));
            continue;
        }
        let delay = ["arrival_delay_hours", "arrival_delay_hours_at_last_destination"];
        let delay = delay.iter().find(|key| case.maybe(key).is_some()).unwrap();
        let distance = ["distance_km", "last_destination_great_circle_km"];
        let distance = distance.iter().find_map(|key| case.maybe(key)).unwrap();
        let cells = [
            ("passengers", &*case.maybe("passengers").unwrap_or_else(|| "1".into())),
            ("distance_km", &distance),
            ("intra_community", &case.maybe("intra_community").unwrap_or_else(|| "true".into())),
            ("arrival_delay", &case.seconds(delay, 3_600)),
        ];
        assert_eq!(pays(&compile(policy, &facts), &cells), wanted, "{}", case.id);
    }
}

#[test]
fn every_case_of_ofcom() {
    let ofcom = compiled("ofcom", &[]);
    for case in cases("comp_ofcom.yaml") {
        let wanted = ["gbp", "gbp_if_rate_per_day"].iter().find_map(|key| case.maybe(key));
        let wanted: Decimal = wanted.unwrap().parse().unwrap();
        // A day in words: `Friday 2026-06-05`.
        let day = |key: &str| case.text(key).rsplit(' ').next().unwrap().to_owned();
        let found = if case.input.get("reported").is_some() {
            let (reported, through) = (day("reported"), day("still_broken_through"));
            let cells = [
                ("event", "delayed_repair"),
                ("reported", &*reported),
                ("broken_through", &through),
            ];
            assert_eq!(case.number("compensable_days") * Decimal::new(1034, 2), wanted);
            pays(&ofcom, &cells)
        } else if let Some(days) = case.input.get("unrepaired_days") {
            let inc::yaml::Value::Seq(days) = &days.value else { panic!("{}", case.id) };
            let days: Vec<&str> = days.iter().filter_map(Node::text).collect();
            let cells = [
                ("event", "delayed_repair"),
                ("broken_from", days[0]),
                ("broken_through", days[days.len() - 1]),
            ];
            pays(&ofcom, &cells)
        } else {
            let (event, rate_day) = (case.text("event"), case.text("rate_date"));
            let days = [
                "unrepaired_calendar_days_after_two_full_working_days",
                "calendar_days_including_missed_start_date",
            ];
            let days = days.iter().find_map(|key| case.maybe(key)).unwrap_or_default();
            let notice = match case.maybe("hours_notice") {
                Some(_) => case.seconds("hours_notice", 3_600),
                None => String::new(),
            };
            let event = match event.as_str() {
                "appointment_cancelled_by_provider" => "appointment_cancelled",
                event => event,
            };
            let cells =
                [("event", event), ("rate_day", &*rate_day), ("days", &days), ("notice", &notice)];
            pays(&ofcom, &cells)
        };
        assert_eq!(found.normalize(), wanted.normalize(), "{}", case.id);
    }
}

/// The value of a name of `[let]` for a row.
fn named(compiled: &Compiled, cells: &[(&str, &str)], name: &str) -> String {
    let columns = &compiled.policy().columns;
    let cells: Vec<Cell<'_>> = columns
        .iter()
        .map(|column| {
            let text = cells.iter().find(|(known, _)| *known == column.name);
            let other = if column.name == "customer_id" { "c1" } else { "" };
            column.read(text.map_or(other, |(_, text)| *text)).unwrap()
        })
        .collect();
    let working = compiled.explain(Row { cells: &cells });
    let step = working.lets.into_iter().find(|step| step.name == name).unwrap();
    step.value.unwrap()
}

/// A percentage that was printed, to so many digits.
fn rounded(percent: &str, digits: u32) -> Decimal {
    let number = percent.trim_end_matches('%').trim_end_matches('…');
    number.parse::<Decimal>().unwrap().round_dp(digits).normalize()
}

#[test]
fn every_case_of_sla_credits() {
    let (_, policies) = standard("examples/compensation/standards");
    let of = |name: &str| compile(policies.newest(name).unwrap(), &[]);
    let cloud = of("cloud-sla");
    for case in cases("sla_credits.yaml") {
        let id = case.id.as_str();
        let plan = case.maybe("sla").filter(|plan| !plan.contains('*'));
        // Of 1,000 dollars, a share in percent is ten times as many dollars.
        let credit = |down: &str, total: &str| {
            let plan = plan.as_deref().unwrap();
            let cells = [("plan", plan), ("bill", "1000"), ("down", down), ("total", total)];
            pays(&cloud, &cells) / Decimal::TEN
        };
        if case.input.get("uptime_percent").is_some() {
            // 100,000 seconds, so that a hundredth of a percent is ten of them.
            let down =
                (Decimal::ONE_HUNDRED - case.number("uptime_percent")) * Decimal::from(1_000);
            let found = credit(&format!("{}s", down.normalize()), "100000s");
            assert_eq!(found, case.number("credit_percent"), "{id}");
            continue;
        }
        match id {
            "atlassian-worked-example" => {
                let (down, total) =
                    (case.seconds("downtime_minutes", 60), case.seconds("total_minutes", 60));
                assert_eq!(credit(&down, &total), case.number("credit_percent"), "{id}");
                let cells = [
                    ("plan", "atlassian_premium"),
                    ("bill", "1"),
                    ("down", &*down),
                    ("total", &*total),
                ];
                let uptime = named(&cloud, &cells, "uptime");
                assert_eq!(rounded(&uptime, 2), case.number("uptime_percent_rounded_2dp"));
                let down = Decimal::ONE_HUNDRED - rounded(&uptime, 6);
                assert_eq!(down, case.number("downtime_percent"), "{id}");
            }
            "atlassian-downtime-minute-10" | "atlassian-downtime-minute-5-exact" => {
                let minutes = of("atlassian-minutes");
                let (requests, errors) = (case.text("requests"), case.text("errors"));
                let cells = [("requests", &*requests), ("errors", &*errors)];
                let found = outcome(&minutes, &cells);
                let counts = found.awards.first().is_some_and(|award| award.minor == 1);
                assert_eq!(counts.to_string(), case.text("downtime_minute"), "{id}");
                let rate = named(&minutes, &cells, "error_rate");
                assert_eq!(rounded(&rate, 6), case.number("error_rate_percent"));
            }
            "slack-2015-100x" => {
                let slack = policies.in_force("slack", "2016-05-01".parse().ok()).unwrap();
                let slack = compile(slack, &[]);
                let (month, down) =
                    (case.seconds("hours_in_month", 3_600), case.seconds("down_hours", 3_600));
                let fee = case.text("monthly_fee_usd");
                let cells = [("monthly_fee", &*fee), ("month", &month), ("down", &down)];
                assert_eq!(pays(&slack, &cells), case.number("credit_usd"), "{id}");
                let hourly = named(&slack, &cells, "hourly_fee");
                assert_eq!(
                    rounded(hourly.trim_end_matches(" USD"), 3),
                    case.number("hourly_fee_usd")
                );
            }
            "slack-quarter-2019-08-15" => {
                let slack =
                    policies.in_force("slack", case.text("sla_version").parse().ok()).unwrap();
                assert_eq!(slack.version(), "2019-08-15");
                let on = case.text("outage_on");
                let cells = [("quarterly_fee", "0"), ("outage_on", &*on), ("down", "0s")];
                let start = named(&compile(slack, &[]), &cells, "quarter_start");
                assert_eq!(start, "2026-02-01");
                assert!(case.text("quarter").ends_with("starting 1 Feb"), "{id}");
            }
            "slack-excluded-maintenance" => {
                let slack =
                    policies.in_force("slack", case.text("sla_version").parse().ok()).unwrap();
                let mut facts = FactSet::new();
                let span = |key: &str| Value::Duration(case.seconds(key, 3_600).parse().unwrap());
                facts.set("scheduled", Value::Boolean(true));
                facts.set("scheduled_notice", span("scheduled_with_notice_hours"));
                facts.set("scheduled_this_year", span("scheduled_hours_this_year"));
                let applies =
                    matches!(slack.eligibility(&facts), inc::compensation::Eligibility::Applies(_));
                assert_eq!(applies.to_string(), case.text("counts_as_downtime"), "{id}");
            }
            "cloudflare-full-outage-1h" => {
                let share = case.number("affected_customer_ratio") * Decimal::ONE_HUNDRED;
                let cells = [
                    ("outage", &*case.seconds("outage_minutes", 60)),
                    ("affected", &share.normalize().to_string()),
                    ("scheduled", &case.seconds("scheduled_minutes", 60)),
                    ("monthly_fee", &case.text("monthly_fee_usd")),
                ];
                assert_eq!(pays(&of("cloudflare"), &cells), case.number("credit_usd"), "{id}");
            }
            "aws-min-credit" => {
                // Ten percent of ten times the credit.
                let bill = (case.number("computed_credit_usd") * Decimal::TEN).to_string();
                let cells = [
                    ("plan", "aws_eks"),
                    ("bill", &*bill),
                    ("down", "1000s"),
                    ("total", "100000s"),
                ];
                assert_eq!(pays(&cloud, &cells), case.number("issued_usd"), "{id}");
                let more = [
                    ("plan", "aws_eks"),
                    ("bill", "10.10"),
                    ("down", "1000s"),
                    ("total", "100000s"),
                ];
                assert_eq!(pays(&cloud, &more), Decimal::new(101, 2));
            }
            "aws-instance-6min" => {
                let hour = of("aws-instance-hour");
                let unavailable = case.seconds("unavailable_minutes_in_clock_hour", 60);
                let cells = [
                    ("unavailable", &*unavailable),
                    ("hourly_charge", &case.text("hourly_charge_usd")),
                ];
                let charged = pays(&hour, &cells) == case.number("hourly_charge_usd");
                assert_eq!(charged.to_string(), case.text("hour_not_charged"), "{id}");
                let six = [("unavailable", "6m"), ("hourly_charge", "0.5")];
                assert_eq!(pays(&hour, &six), Decimal::ZERO);
            }
            "gce-cap" => {
                assert_eq!(case.number("credit_percent"), Decimal::ONE_HUNDRED);
                let cells = [
                    ("plan", "gce_multi_zone"),
                    ("bill", &*case.text("monthly_bill_usd")),
                    ("down", "10000s"),
                    ("total", "100000s"),
                ];
                assert_eq!(pays(&cloud, &cells), case.number("credit_usd_max"), "{id}");
            }
            "github-quarter-minutes" => {
                assert_eq!(case.text("quarter"), "2026-Q1");
                let down = case.seconds("down_minutes", 60);
                let cells = [
                    ("plan", "github_2021_quarterly"),
                    ("bill", "1000"),
                    ("down", &*down),
                    ("period_start", "2026-01-01"),
                ];
                let uptime = named(&cloud, &cells, "uptime");
                assert_eq!(rounded(&uptime, 4), case.number("uptime_percent"), "{id}");
                assert_eq!(pays(&cloud, &cells) / Decimal::TEN, case.number("credit_percent"));
            }
            other => panic!("{other}: no policy is held against this case"),
        }
    }
}

#[test]
fn other_schemes_are_said_without_code() {
    let extraordinary = [("extraordinary_circumstances", Value::Boolean(false))];
    for (policy, facts, cells, wanted) in [
        (
            "fixed-per-day",
            &[][..],
            &[("promised", "2026-06-05"), ("delivered", "2026-06-12")][..],
            "360.00",
        ),
        ("fixed-per-day", &[], &[("promised", "2026-06-05"), ("delivered", "2026-06-09")], "0.00"),
        (
            "fixed-per-day",
            &[],
            &[("promised", "2026-01-05"), ("delivered", "2026-06-09")],
            "1800.00",
        ),
        ("reimbursement", &[], &[("paid", "300"), ("refunded_elsewhere", "50")], "160.00"),
        ("reimbursement", &[], &[("paid", "49.99")], "0.00"),
        ("reimbursement", &[], &[("paid", "9000")], "1000.00"),
        ("delay-repay", &[], &[("fare", "25.25"), ("ticket", "return"), ("delay", "15m")], "3.16"),
        ("delay-repay", &[], &[("fare", "25.25"), ("ticket", "single"), ("delay", "59m")], "12.63"),
        ("delay-repay", &[], &[("fare", "25.25"), ("ticket", "return"), ("delay", "2h")], "25.25"),
        (
            "delay-repay",
            &[],
            &[("fare", "25.25"), ("ticket", "return"), ("delay", "14m59s")],
            "0.00",
        ),
        ("rail-2021-782", &extraordinary, &[("price", "15.99"), ("delay", "119m")], "0.00"),
        ("rail-2021-782", &extraordinary, &[("price", "16"), ("delay", "60m")], "4.00"),
        ("rail-2021-782", &extraordinary, &[("price", "89.90"), ("delay", "120m")], "44.95"),
        // 61 days at 11.15 % and 31 at 10.15 %, and the fixed sum.
        (
            "late-payment",
            &[],
            &[("principal", "10000"), ("due", "2025-04-30"), ("paid", "2025-07-31")],
            "312.55",
        ),
        (
            "pro-rata-warranty",
            &[],
            &[("price", "180"), ("bought", "2025-01-15"), ("failed", "2025-12-14")],
            "140.00",
        ),
        (
            "pro-rata-warranty",
            &[],
            &[("price", "180"), ("bought", "2025-01-15"), ("failed", "2025-07-14")],
            "180.00",
        ),
        (
            "pro-rata-warranty",
            &[],
            &[("price", "180"), ("bought", "2023-01-15"), ("failed", "2025-07-14")],
            "0.00",
        ),
    ] {
        let found = pays(&compiled(policy, facts), cells);
        assert_eq!(found.to_string(), wanted, "{policy} {cells:?}");
    }
}

#[test]
fn a_fixed_sum_and_interest_are_parts_that_add_up() {
    let late = compiled("late-payment", &[]);
    let cells = [("principal", "10000"), ("due", "2025-04-30"), ("paid", "2025-07-31")];
    let outcome = outcome(&late, &cells);
    let parts: Vec<(u16, i64)> = outcome.parts.iter().map(|part| (part.rule, part.minor)).collect();
    assert_eq!(parts, [(0, 27_255), (1, 4_000)]);
    assert_eq!(outcome.awards[0].minor, 31_255);
}
