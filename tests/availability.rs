//! Availability, error budgets, burn rates and credits against published figures
//! (`../shared/vectors`), and against a real status page's seconds of outage.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails loudly")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use inc::diag::Source;
use inc::impact::{
    BurnRule, Step, Window, alerts_a_day, allowed, allowed_failures, available, budget_used,
    burn_rate, burn_rate_for, burn_rules, credit, detected_after, exhausted_after, in_parallel,
    in_series, mean_time, time_between, total, weighed_minutes,
};
use inc::units::{Decimal, Instant, Percent, Span, parse_decimal};
use serde_json::Value as Json;

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn cases(file: &str) -> Vec<(String, Json, Json)> {
    let Some(path) = shared(&format!("vectors/{file}")) else { return Vec::new() };
    let text = std::fs::read_to_string(&path).unwrap();
    let node = inc::yaml::parse(Source::new(file, &text)).unwrap();
    let all = node.to_tree().to_json();
    let cases = all["cases"].as_array().unwrap().iter();
    cases
        .map(|c| (c["id"].as_str().unwrap().to_owned(), c["input"].clone(), c["expected"].clone()))
        .collect()
}

fn number(value: &Json) -> Option<Decimal> {
    match value {
        Json::Number(n) => parse_decimal(&n.to_string()),
        Json::String(s) => parse_decimal(s),
        _ => None,
    }
}

fn need(value: &Json) -> Decimal {
    number(value).unwrap_or_else(|| panic!("no number: {value}"))
}

fn percent(value: &Json) -> Percent {
    Percent(need(value))
}

fn hours(n: Decimal) -> Span {
    Span::from_seconds((n * Decimal::from(3600)).round().try_into().unwrap())
}

fn days(n: i64) -> Span {
    Span::from_seconds(n * 86_400)
}

fn d(text: &str) -> Decimal {
    parse_decimal(text).unwrap()
}

#[test]
fn availability_and_error_budgets_are_as_published() {
    let mut agreed = 0;
    for (id, input, expected) in cases("availability_math.yaml") {
        let slo = || percent(&input["slo_percent"]);
        let known = match id.as_str() {
            _ if id.starts_with("nines-") => {
                let target = percent(&input["availability_percent"]);
                for (window, seconds) in [
                    ("year_365d", 365 * 86_400),
                    ("quarter_90d", 90 * 86_400),
                    ("month_30d", 30 * 86_400),
                    ("week", 7 * 86_400),
                    ("day", 86_400),
                    ("hour", 3600),
                ] {
                    let of = allowed(target, Span::from_seconds(seconds)).unwrap();
                    let published = need(&expected["allowed_unavailability"][window]["seconds"]);
                    assert_eq!(of, published, "{id} {window}");
                }
                true
            }
            "sre-book-20pct-budget" => {
                let budget = Decimal::ONE_HUNDRED - need(&input["slo_percent"]);
                assert_eq!(budget, need(&expected["error_budget_percent"]));
                let failed = need(&input["failed_percent_of_expected_queries"]);
                let used = budget_used(failed, budget).unwrap();
                assert_eq!(used, percent(&expected["budget_spent_percent"]), "{id}");
                true
            }
            "workbook-1500" => {
                let requests = need(&input["requests"]).try_into().unwrap();
                let allowed = allowed_failures(slo(), requests).unwrap();
                let used = budget_used(need(&input["failures"]), allowed).unwrap();
                assert_eq!(used, percent(&expected["budget_consumed_percent"]), "{id}");
                true
            }
            "workbook-sli" => {
                let whole = need(&input["total"]);
                let got = available(whole - need(&input["good"]), whole).unwrap();
                assert_eq!(got.0.round_dp(3), need(&expected["availability_percent"]), "{id}");
                true
            }
            _ if expected.get("allowed_failures").is_some() => {
                let requests = need(&input["requests"]).try_into().unwrap();
                let allowed = allowed_failures(slo(), requests).unwrap();
                assert_eq!(allowed, need(&expected["allowed_failures"]), "{id}");
                true
            }
            _ if id.starts_with("downtime-") => {
                let at = |v: &Json| -> Instant {
                    format!("2026-11-21T{}:00Z", v.as_str().unwrap()).parse().unwrap()
                };
                let outages = input["outages"].as_array().unwrap().iter();
                let windows: Vec<Window> =
                    outages.map(|o| Window::new(at(&o["from"]), at(&o["to"]))).collect();
                let minutes = need(&expected["downtime_minutes"]);
                assert_eq!(Decimal::from(total(windows.clone()).minutes()), minutes, "{id}");
                let weighed = weighed_minutes(windows.into_iter().map(|w| (w, Decimal::ONE)));
                assert_eq!(weighed, Some(minutes), "{id}");
                true
            }
            "month-length" | "month-length-31" => {
                let period: inc::reports::Period =
                    input["month"].as_str().unwrap().parse().unwrap();
                let zone = chrono_tz::America::Mexico_City;
                let length = period.end(zone).unwrap().since(period.start(zone).unwrap());
                let minutes = allowed(slo(), length).unwrap() / Decimal::from(60);
                assert_eq!(minutes, need(&expected["allowed_minutes"]), "{id}");
                true
            }
            "dst-day" => {
                let at = |text: &str| -> Instant { text.parse().unwrap() };
                // The day's two midnights in Madrid.
                let day = at("2026-03-30T00:00:00+02:00").since(at("2026-03-29T00:00:00+01:00"));
                assert_eq!(Decimal::from(day.minutes()), need(&expected["minutes_in_day"]));
                assert_eq!(
                    allowed(slo(), day).unwrap(),
                    need(&expected["allowed_seconds"]),
                    "{id}"
                );
                true
            }
            "mtbf-150d-mttr-1h" => {
                let (up, down) = (need(&input["mtbf_hours"]), need(&input["mttr_hours"]));
                let got = available(down, up + down).unwrap().0.round_dp(2);
                assert_eq!(got, need(&expected["availability_percent_2dp"]), "{id}");
                true
            }
            "serial-3-9999" => {
                let parts: Vec<Percent> =
                    input["serial"].as_array().unwrap().iter().map(percent).collect();
                let got = in_series(&parts).unwrap().0.round_dp(2);
                assert_eq!(got, need(&expected["availability_percent_2dp"]), "{id}");
                true
            }
            "parallel-2-999" => {
                let parts: Vec<Percent> =
                    input["parallel"].as_array().unwrap().iter().map(percent).collect();
                assert_eq!(in_parallel(&parts), Some(percent(&expected["availability_percent"])));
                true
            }
            "atlassian-mtbf" => {
                let whole = hours(need(&input["window_hours"]));
                let down = hours(need(&input["downtime_hours"]));
                let failures = need(&input["failures"]).try_into().unwrap();
                let got = time_between(whole, down, failures).unwrap();
                assert_eq!(got, hours(need(&expected["mtbf_hours"])), "{id}");
                true
            }
            _ if id.starts_with("atlassian-") => {
                // Each says which time it is the mean of; the figure is one.
                let minutes = |key: &str| number(&input[key]).map(|n| hours(n / Decimal::from(60)));
                let lifetimes = input["lifetimes_hours"].as_array();
                let (sum, number) = if let Some(all) = lifetimes {
                    let sum: Decimal = all.iter().map(need).sum();
                    (hours(sum), all.len())
                } else if id.ends_with("resolve") {
                    let sum = need(&input["downtime_hours"]) + need(&input["extra_work_hours"]);
                    (hours(sum), need(&input["incidents"]).try_into().unwrap())
                } else {
                    let keys = [
                        "repair_minutes_total",
                        "downtime_minutes_total",
                        "alert_to_ack_minutes_total",
                    ];
                    let sum = keys.into_iter().find_map(minutes).unwrap();
                    let of = input.get("outages").or(input.get("incidents")).unwrap();
                    (sum, need(of).try_into().unwrap())
                };
                let (name, mean) = expected.as_object().unwrap().iter().next().unwrap();
                let unit = if name.ends_with("_minutes") { 60 } else { 1 };
                let published = hours(need(mean) / Decimal::from(unit));
                assert_eq!(mean_time(sum, number), Some(published), "{id}");
                true
            }
            _ => false,
        };
        agreed += i32::from(known);
    }
    if shared("vectors").is_some() {
        assert_eq!(agreed, 30, "cases that were compared");
    }
}

#[test]
fn burn_rates_are_as_published() {
    let mut agreed = 0;
    for (id, input, expected) in cases("slo_burn_rate.yaml") {
        let slo = || percent(&input["slo_percent"]);
        let period = || days(need(&input["period_days"]).try_into().unwrap());
        let one = Decimal::ONE;
        if let (Some(budget), Some(rate)) = (input.get("budget_percent"), expected.get("burn_rate"))
        {
            let window = input.get("long_window_hours").or(input.get("window_hours")).unwrap();
            let got = burn_rate_for(percent(budget), hours(need(window)), period()).unwrap();
            assert_eq!(got.normalize(), need(rate).normalize(), "{id}");
            let rule = BurnRule { budget: percent(budget), long: hours(need(window)), page: true };
            assert_eq!(rule.rate(period()), Some(got), "{id}");
            if let Some(short) = expected.get("short_window") {
                let rules = burn_rules();
                let rule = rules.iter().find(|r| r.long == rule.long).unwrap();
                assert_eq!(rule.short().to_string(), short.as_str().unwrap(), "{id}");
                assert_eq!(rule.page, expected["severity"] == "page", "{id}");
                assert_eq!(rule.budget, percent(budget), "{id}");
            }
            agreed += 1;
        } else if let Some(rate) = input.get("burn_rate") {
            let bad = need(&expected["error_rate_percent"]) / Decimal::ONE_HUNDRED;
            assert_eq!(burn_rate(bad, one, slo()).unwrap(), need(rate), "{id}");
            let left = Decimal::from(period().seconds()) / need(rate) / Decimal::from(3600);
            assert_eq!(left, need(&expected["hours"]), "{id}");
            agreed += 1;
        } else if id == "ch5-5m-spike" || id == "ch5-90-slo" {
            let minutes = match input.get("outage_minutes") {
                Some(minutes) => need(minutes),
                None => need(&input["outage_hours"]) * Decimal::from(60),
            };
            let budget = allowed(slo(), period()).unwrap() / Decimal::from(60);
            let used = budget_used(minutes, budget).unwrap().0;
            match expected.get("exact") {
                Some(exact) => assert_eq!(used.round_dp(3), need(exact), "{id}"),
                None => {
                    assert_eq!(used.round_dp(1), need(&expected["budget_percent"]), "{id}");
                    // Everything failing burns ten times: 14.4 is never reached.
                    assert!(!burn_rules()[0].can_hold(slo(), period()), "{id}");
                }
            }
            agreed += 1;
        } else if id.starts_with("mwmb-") && expected.get("page").is_some() {
            let rate = |window: &str| burn_rate(need(&input[window]), one, slo()).unwrap();
            let [rule, ..] = burn_rules();
            let page = rule.holds(rate("error_ratio_1h"), rate("error_ratio_5m"), days(30));
            assert_eq!(Json::Bool(page), expected["page"], "{id}");
            agreed += 1;
        } else if let Some(seconds) = expected.get("detection_seconds") {
            let window = match number(&input["window_hours"]) {
                Some(n) => hours(n),
                None => hours(need(&input["window_minutes"]) / Decimal::from(60)),
            };
            let got = detected_after(window, one, slo(), need(&input["error_ratio"]));
            assert_eq!(got.unwrap().normalize(), need(seconds), "{id}");
            agreed += 1;
        } else if let Some(most) = expected.get("max_alerts_per_day") {
            let window = hours(need(&input["alert_window_minutes"]) / Decimal::from(60));
            assert_eq!(alerts_a_day(window).map(Decimal::from), number(most), "{id}");
            agreed += 1;
        } else if id == "ch5-five-nines-1pct-canary" {
            let lasts = exhausted_after(slo(), period(), need(&input["affected_fraction"]));
            let minutes = (lasts.unwrap() / Decimal::from(60)).floor();
            assert_eq!(minutes, need(&expected["minutes_to_exhaustion"]), "{id}");
            agreed += 1;
        } else if id == "mwmb-15pct-10min" {
            let [rule, ..] = burn_rules();
            let rate = rule.rate(days(30)).unwrap();
            let share = need(&input["error_ratio"]);
            let crosses = detected_after(rule.long, rate, slo(), share).unwrap();
            assert_eq!(crosses / Decimal::from(60), need(&expected["exact_minutes"]), "{id}");
            // What happened leaves a window after its own length, and no later.
            let clears = |window: Span| Decimal::from(window.minutes());
            assert_eq!(clears(rule.short()), need(&expected["clears_minutes_after_errors_stop"]));
            assert_eq!(clears(rule.long), need(&expected["long_window_clears_minutes_after"]));
            agreed += 1;
        } else if id == "ratio-12" {
            let words = |key: &Json| -> Vec<String> {
                key.as_array().unwrap().iter().map(|w| w.as_str().unwrap().to_owned()).collect()
            };
            let rules = burn_rules();
            let shorts: Vec<String> = rules.iter().map(|r| r.short().to_string()).collect();
            assert_eq!(shorts, words(&expected["short_windows"]), "{id}");
            let longs: Vec<Span> =
                words(&input["long_windows"]).iter().map(|w| w.parse().unwrap()).collect();
            assert_eq!(rules.map(|r| r.long).to_vec(), longs, "{id}");
            agreed += 1;
        }
    }
    if shared("vectors").is_some() {
        assert_eq!(agreed, 16, "cases that were compared");
    }
}

/// The published ladders that the cases name: below so much, so much of the fee.
fn ladder(name: &str) -> Vec<Step> {
    let steps: &[(&str, &str)] = match name {
        "aws_compute_region" => &[("99.99", "10"), ("99", "30"), ("95", "100")],
        "aws_compute_instance" => &[("99.5", "10"), ("99", "30"), ("95", "100")],
        "aws_eks" => &[("99.95", "10"), ("99", "25"), ("95", "100")],
        "aws_s3_standard" => &[("99.9", "10"), ("99", "25"), ("95", "100")],
        "aws_s3_standard_ia" => &[("99", "10"), ("98", "25"), ("95", "100")],
        "aws_rds_multi_az" => &[("99.95", "10"), ("99", "25"), ("95", "100")],
        "aws_rds_single" => &[("99.5", "10"), ("99", "25"), ("95", "100")],
        "gce_multi_zone" | "azure_vm_multi_az" => &[("99.99", "10"), ("99", "25"), ("95", "100")],
        "atlassian_premium" => &[("99.9", "10"), ("99", "25"), ("95", "50")],
        "github_2021_quarterly" => &[("99.9", "10"), ("99", "25")],
        "neon" => &[("99.95", "10"), ("99", "15"), ("98", "20"), ("96", "25")],
        "alibaba_redis" => &[("99.95", "15"), ("99", "30"), ("95", "100")],
        "proton" => &[("99.95", "10"), ("99", "25")],
        _ => &[],
    };
    let step =
        |(below, due): &(&str, &str)| Step { below: Percent(d(below)), credit: Percent(d(due)) };
    steps.iter().map(step).collect()
}

#[test]
fn credits_follow_the_published_ladders() {
    let mut wrong = BTreeMap::new();
    let mut agreed = 0;
    for (id, input, expected) in cases("sla_credits.yaml") {
        let steps = ladder(input["sla"].as_str().unwrap_or_default());
        let Some(due) = number(&expected["credit_percent"]) else { continue };
        let got = if let Some(uptime) = number(&input["uptime_percent"]) {
            Percent(uptime)
        } else {
            let down = need(input.get("downtime_minutes").unwrap_or(&input["down_minutes"]));
            let whole = number(&input["total_minutes"]).unwrap_or_else(|| Decimal::from(90 * 1440));
            let got = available(down, whole).unwrap();
            let shown = [(2, "uptime_percent_rounded_2dp"), (4, "uptime_percent")];
            for (digits, key) in shown {
                if let Some(printed) = number(&expected[key]) {
                    assert_eq!(got.0.round_dp(digits), printed, "{id}");
                }
            }
            got
        };
        if credit(&steps, got) == Percent(due) {
            agreed += 1;
        } else {
            wrong.insert(id, (got, credit(&steps, got), due));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    if shared("vectors").is_some() {
        assert!(agreed >= 42, "{agreed} cases were compared");
    }
}

/// Ten years of a public status page: per component and month, the seconds of outage that it lists
/// by day make its availability. Days become windows, so that the same code counts them.
#[test]
fn a_status_page_has_the_availability_that_its_seconds_imply() {
    let Some(path) = shared("data/github_component_uptime/derived_daily.csv") else { return };
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let column = |name: &[&str]| {
        header.iter().position(|h| name.contains(&h)).unwrap_or_else(|| panic!("{header:?}"))
    };
    let component = column(&["component", "name"]);
    let date = column(&["date", "day"]);
    let partial = column(&["partial_s", "partial_seconds", "p", "partial_outage_s"]);
    let major = column(&["major_s", "major_seconds", "m", "major_outage_s"]);
    type Month = (Vec<(Window, Decimal)>, i64);
    let mut months: BTreeMap<(String, String), Month> = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        let day = row[date][..10].to_owned();
        let begins: Instant = format!("{day}T00:00:00Z").parse().unwrap();
        let (p, m): (i64, i64) = (row[partial].parse().unwrap(), row[major].parse().unwrap());
        let at = |s: i64| begins.plus(Span::from_seconds(s));
        let entry = months.entry((row[component].to_owned(), day[..7].to_owned())).or_default();
        // Major first, partial after it; and the major one a second time within itself.
        entry.0.push((Window::new(at(0), at(m)), Decimal::ONE));
        entry.0.push((Window::new(at(m / 4), at(m / 2)), Decimal::ONE));
        entry.0.push((Window::new(at(m), at(m + p)), Decimal::ONE));
        entry.1 += p + m;
    }
    assert!(months.len() > 500, "{}", months.len());
    for ((component, month), (windows, seconds)) in months {
        let period: inc::reports::Period = month.parse().unwrap();
        let utc = chrono_tz::UTC;
        let whole = period.end(utc).unwrap().since(period.start(utc).unwrap()).seconds();
        let bad = weighed_minutes(windows).unwrap();
        // Minutes are a division; the last of 28 digits may be one off.
        let back = (bad * Decimal::from(60)).round_dp(20);
        assert_eq!(back, Decimal::from(seconds), "{component} {month}");
        let got = available(Decimal::from(seconds), Decimal::from(whole)).unwrap();
        let implied = Decimal::ONE_HUNDRED - Decimal::from(seconds * 100) / Decimal::from(whole);
        assert_eq!(got.0.round_dp(20), implied.round_dp(20), "{component} {month}");
    }
}
