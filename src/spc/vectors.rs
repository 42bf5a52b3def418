//! The module against published data and results; skipped with a notice where they are missing.

use super::rules::NELSON;
use super::*;

fn vectors(name: &str) -> Vec<serde_json::Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/vectors/");
    let Ok(text) = std::fs::read_to_string(format!("{path}{name}.yaml")) else {
        eprintln!("skipped: {path}{name}.yaml is not there");
        return Vec::new();
    };
    let all: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
    all["cases"].as_array().unwrap().clone()
}

fn number(value: &serde_json::Value) -> Decimal {
    let text = value.to_string();
    text.parse().or_else(|_| Decimal::from_scientific(&text)).unwrap()
}

fn numbers(value: &serde_json::Value) -> Vec<Decimal> {
    value.as_array().unwrap().iter().map(number).collect()
}

fn near(what: &str, got: Decimal, wanted: Decimal, tolerance: &str) {
    let tolerance: Decimal = tolerance.parse().unwrap();
    assert!((got - wanted).abs() <= tolerance, "{what}: {got}, not {wanted}");
}

fn all_near(what: &str, got: &[Decimal], wanted: &serde_json::Value, tolerance: &str) {
    let wanted = numbers(wanted);
    assert_eq!(got.len(), wanted.len(), "{what}");
    for (got, wanted) in got.iter().zip(wanted) {
        near(what, *got, wanted, tolerance);
    }
}

#[test]
fn charts_and_run_rules_are_those_of_the_handbooks() {
    // How to tell an outlier and a quantile are other questions, which nothing here asks.
    let elsewhere = [
        "nist-grubbs",
        "zscore-cannot-fire",
        "modified-z",
        "nist-p90-R6",
        "nist-p90-R7",
        "nist-p90-R8",
    ];
    let mut seen = 0;
    for case in vectors("spc_charts") {
        let (id, input, expected) =
            (case["id"].as_str().unwrap(), &case["input"], &case["expected"]);
        if elsewhere.contains(&id) {
            continue;
        }
        seen += 1;
        match id {
            "nist-individuals" => {
                let values = numbers(&input["values"]);
                let chart = individuals(&values).unwrap();
                near(id, chart.centre, number(&expected["centre"]), "0.00005");
                near(id, chart.mean_range, number(&expected["mr_bar"]), "0.00005");
                near(id, chart.upper, number(&expected["ucl"]), "0.0002");
                near(id, chart.lower, number(&expected["lcl"]), "0.0002");
                near(id, chart.range_upper, number(&expected["mr_ucl_3.267"]), "0.0002");
                all_near(id, &chart.ranges, &expected["moving_ranges"], "0");
                assert!(chart.beyond(&values).is_empty());
            }
            "nist-ewma" => {
                let values = numbers(&input["values"]);
                let chart = ewma(
                    &values,
                    number(&input["ewma0"]),
                    number(&input["s"]),
                    number(&input["lambda"]),
                    number(&input["L"]),
                )
                .unwrap();
                all_near(id, &chart.series, &expected["ewma_exact"], "0.000001");
                all_near(id, &chart.series, &expected["ewma_printed_2dp"], "0.005");
                near(id, chart.centre + chart.asymptote, number(&expected["ucl_exact"]), "0.00001");
                near(id, chart.centre - chart.asymptote, number(&expected["lcl_exact"]), "0.00001");
                assert!(chart.beyond().is_empty());
            }
            "ewma-exact-limits" => {
                let zeros = vec![Decimal::ZERO; 20];
                let chart = ewma(
                    &zeros,
                    Decimal::ZERO,
                    number(&input["s"]),
                    number(&input["lambda"]),
                    number(&input["L"]),
                )
                .unwrap();
                let at =
                    input["t"].as_array().unwrap().iter().map(|t| t.as_u64().unwrap() as usize - 1);
                let widths: Vec<Decimal> = at.map(|t| chart.half_widths[t]).collect();
                all_near(id, &widths, &expected["half_width"], "0.00001");
            }
            "nist-cusum" => {
                let chart = cusum(
                    &numbers(&input["values"]),
                    number(&input["target"]),
                    number(&input["k"]),
                    number(&input["h"]),
                )
                .unwrap();
                all_near(id, &chart.high, &expected["s_hi_exact"], "0.0000001");
                all_near(id, &chart.low, &expected["s_lo_exact"], "0.0000001");
                all_near(id, &chart.sum, &expected["cusum_printed"], "0.0051");
            }
            "nist-cusum-sigma-units" => {
                let sigma = number(&input["sigma"]);
                let chart = cusum(
                    &numbers(&input["values"]),
                    number(&input["target"]),
                    number(&input["k_sigma"]) * sigma,
                    number(&input["h_sigma"]) * sigma,
                )
                .unwrap();
                let groups: Vec<Decimal> =
                    chart.signals.iter().map(|at| Decimal::from(at + 1)).collect();
                all_near(id, &groups, &expected["signal_groups_1_based"], "0");
                assert_eq!(groups.first(), Some(&number(&expected["first_signal"])));
            }
            "cusum-vs-shewhart" => {
                let nist = vectors("spc_charts");
                let values = nist.iter().find(|case| case["id"] == "nist-cusum").unwrap();
                let values = numbers(&values["input"]["values"]);
                let z =
                    standard(&values, number(&input["target"]), number(&input["sigma"])).unwrap();
                let beyond = western_electric(&z).into_iter().filter(|s| s.rule == Rule::Beyond);
                let points: Vec<Decimal> = beyond.map(|s| Decimal::from(s.at + 1)).collect();
                all_near(id, &points, &expected["points_beyond_3_sigma_1_based"], "0");
            }
            "nist-c-chart" => {
                let values = numbers(&input["counts"]);
                let chart = counts(&values).unwrap();
                near(id, chart.centre, number(&expected["c_bar"]), "0.05");
                near(id, chart.upper, number(&expected["ucl"]), "0.1");
                near(id, chart.lower, number(&expected["lcl"]), "0.1");
            }
            "we-vs-nelson-run" => {
                let length = input["run_length_one_side"].as_u64().unwrap() as usize;
                let run = vec![Decimal::new(5, 1); length];
                let eight = western_electric(&run).iter().any(|s| s.rule == Rule::EightOnOneSide);
                assert_eq!(eight, expected["western_electric_rule4_fires"]);
                let nine = nelson(&run).iter().any(|s| s.rule == Rule::NineOnOneSide);
                assert_eq!(nine, expected["nelson_rule2_fires"]);
            }
            nelsons => {
                assert!(nelsons.starts_with("nelson-"), "no test of {nelsons}");
                let z = numbers(&input["z"]);
                let found = nelson(&z);
                let mut wanted = Vec::new();
                for (rule, at) in expected["fires"].as_object().unwrap() {
                    let rule = NELSON[rule.parse::<usize>().unwrap() - 1];
                    let at = at.as_array().unwrap().iter();
                    wanted.extend(
                        at.map(|at| Signal { at: at.as_u64().unwrap() as usize - 1, rule }),
                    );
                }
                assert_eq!(found, wanted, "{id}");
            }
        }
    }
    assert!(seen == 0 || seen == 23, "{seen} cases");
}

#[test]
fn sigma_levels_are_those_of_the_tables() {
    for case in vectors("six_sigma") {
        let (id, input, expected) =
            (case["id"].as_str().unwrap(), &case["input"], &case["expected"]);
        let shift = input.get("shift").map(number);
        match id {
            "dpmo-formula" => {
                let opportunities =
                    number(&input["units"]) * number(&input["opportunities_per_unit"]);
                assert_eq!(
                    dpmo(number(&input["defects"]), opportunities),
                    Some(number(&expected["dpmo"]))
                );
            }
            "dpmo-to-sigma" => {
                let level = sigma_level(number(&input["dpmo"]), shift.unwrap()).unwrap();
                near(id, level, number(&expected["sigma"]), "0.0005");
            }
            "availability-999-to-sigma" => {
                let bad = Decimal::ONE_HUNDRED - number(&input["availability_percent"]);
                let dpmo = dpmo(bad, Decimal::ONE_HUNDRED).unwrap();
                assert_eq!(dpmo, number(&expected["dpmo"]));
                near(
                    id,
                    sigma_level(dpmo, shift.unwrap()).unwrap(),
                    number(&expected["sigma"]),
                    "0.005",
                );
            }
            "no-shift" => {
                let billion =
                    dpmo_at(number(&input["sigma"]), shift.unwrap()).unwrap() * Decimal::from(1000);
                near(id, billion, number(&expected["defects_per_billion_one_tail"]), "0.0005");
            }
            _ => {
                let level = number(&input["sigma_level_short_term"]);
                let dpmo = dpmo_at(level, shift.unwrap()).unwrap();
                near(id, dpmo, number(&expected["dpmo_exact"]), "0.00005");
                near(id, sigma_level(dpmo, shift.unwrap()).unwrap(), level, "0.000001");
            }
        }
    }
    assert_eq!(dpmo(Decimal::ONE, Decimal::ZERO), None);
    assert_eq!(sigma_level(Decimal::ZERO, Decimal::ONE), None);
}

#[test]
fn few_values_and_extreme_ones_give_no_chart_rather_than_a_wrong_one() {
    assert_eq!(individuals(&[Decimal::ONE]), None);
    assert_eq!(individuals(&[Decimal::MAX, Decimal::MIN]), None);
    assert_eq!((mean(&[]), median(&[])), (None, None));
    assert_eq!(median(&[Decimal::from(3), Decimal::from(1), Decimal::from(2)]), Some(Decimal::TWO));
    // Values that never change have no sigma, and nothing is a signal.
    let flat = individuals(&[Decimal::TWO; 9]).unwrap();
    assert_eq!(standard(&[Decimal::TWO; 9], flat.centre, flat.sigma), None);
    assert!(flat.beyond(&[Decimal::TWO; 9]).is_empty());
    assert_eq!(
        ewma(&[Decimal::ONE], Decimal::ZERO, Decimal::ONE, Decimal::ZERO, Decimal::TWO),
        None
    );
}
