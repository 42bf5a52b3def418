//! The default standard over whole records: severity grows with impact, a replay tells what a
//! change does, conformance counts what was kept.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod own;

use inc::incident::{BreachState, CutoffState, HarmKind, IncidentId, Record, Severity, Status};
use inc::reports::assessment::{assess, level};
use inc::reports::checklist::ItemState;
use inc::reports::conformance::{About as Rule, conformance};
use inc::reports::replay::{About, replay};
use inc::standard::Standard;
use inc::units::{Currency, Instant, Percent};
use own::{company, register};
use proptest::prelude::*;

/// The default standard, `change` applied to one of its files.
fn standard(file: &str, change: impl Fn(&str) -> String) -> Standard {
    own::standard(|path, text| (path == file).then(|| change(text)))
}

fn now() -> Instant {
    "2026-11-21T14:00:00-06:00".parse().unwrap()
}

/// One thing that gets worse.
#[derive(Debug, Clone)]
enum Worse {
    Affected(u64),
    Failing(u64),
    Lost(u64),
    Degradation(u8),
    Harm(HarmKind, u64),
    Contacts(u64),
    LostValue(u32),
    MoneyWrong { kind: HarmKind, customers: u64, pesos: u32, spreading: bool },
    Client { client: &'static str, degradation: u8 },
    CutoffMissed,
    Breach,
    RedundancyLost,
}

const CLIENTS: [&str; 4] = ["tienda-ejemplo", "super-ficticio", "viajes-inventados", "nomina-demo"];

fn pesos(amount: u32) -> inc::units::Money {
    inc::units::Money::new(inc::units::Decimal::from(amount), Currency::MXN)
}

fn worse() -> impl Strategy<Value = Worse> {
    prop_oneof![
        (1..2_000_000_u64).prop_map(Worse::Affected),
        (1..5_000_000_u64).prop_map(Worse::Failing),
        (1..5_000_000_u64).prop_map(Worse::Lost),
        (1..=100_u8).prop_map(Worse::Degradation),
        (prop::sample::select(HarmKind::ALL.to_vec()), 1..50_000_u64)
            .prop_map(|(kind, customers)| Worse::Harm(kind, customers)),
        (1..500_000_u64).prop_map(Worse::Contacts),
        (1..30_000_000_u32).prop_map(Worse::LostValue),
        (
            prop::sample::select(HarmKind::ALL.to_vec()),
            1..1_000_u64,
            1..3_000_000_u32,
            any::<bool>()
        )
            .prop_map(|(kind, customers, pesos, spreading)| Worse::MoneyWrong {
                kind,
                customers,
                pesos,
                spreading
            }),
        (prop::sample::select(CLIENTS.to_vec()), 1..=100_u8)
            .prop_map(|(client, degradation)| Worse::Client { client, degradation }),
        Just(Worse::CutoffMissed),
        Just(Worse::Breach),
        Just(Worse::RedundancyLost),
    ]
}

/// Makes one figure worse and leaves the others, as far as they can stay.
fn apply(record: &mut Record, worse: &Worse) {
    let impact = record.impact.get_or_insert_default();
    match worse {
        Worse::Affected(more) => {
            let customers = impact.customers.get_or_insert_default();
            let affected = customers.affected.unwrap_or(0) + more;
            customers.affected = Some(affected);
            customers.tried = Some(customers.tried.unwrap_or(0).max(affected));
        }
        Worse::Failing(more) => {
            let t = impact.transactions.get_or_insert_default();
            let failed = t.failed.unwrap_or(0) + more;
            t.failed = Some(failed);
            t.attempted = Some(t.attempted.unwrap_or(0).max(failed));
        }
        Worse::Lost(more) => {
            let t = impact.transactions.get_or_insert_default();
            t.lost = Some(t.lost.unwrap_or(0) + more);
        }
        Worse::Degradation(share) => {
            let at_least: Percent = format!("{share}%").parse().unwrap();
            for period in &mut impact.periods {
                period.degradation = period.degradation.max(Some(at_least));
            }
        }
        Worse::Harm(kind, customers) => impact.harm.push(inc::incident::Harm {
            kind: *kind,
            service: None,
            customers: Some(*customers),
            money: None,
            spreading: false,
            x: Default::default(),
        }),
        Worse::Contacts(more) => {
            let contacts = impact.contacts.get_or_insert_default();
            contacts.received = Some(contacts.received.unwrap_or(0) + more);
        }
        Worse::LostValue(more) => {
            let t = impact.transactions.get_or_insert_default();
            let before = t.lost_value.map_or(inc::units::Decimal::ZERO, |m| m.amount);
            t.lost_value = Some(inc::units::Money::new(
                before + inc::units::Decimal::from(*more),
                Currency::MXN,
            ));
        }
        Worse::MoneyWrong { kind, customers, pesos: amount, spreading } => {
            impact.harm.push(inc::incident::Harm {
                kind: *kind,
                service: None,
                customers: Some(*customers),
                money: Some(pesos(*amount)),
                spreading: *spreading,
                x: Default::default(),
            });
        }
        Worse::Client { client, degradation } => {
            let at_least: Percent = format!("{degradation}%").parse().unwrap();
            match impact.clients.iter_mut().find(|c| c.client == *client) {
                Some(known) => known.degradation = known.degradation.max(Some(at_least)),
                None => impact.clients.push(inc::incident::ClientImpact {
                    client: (*client).to_owned(),
                    degradation: Some(at_least),
                    ..Default::default()
                }),
            }
        }
        Worse::CutoffMissed => impact.cutoffs.push(inc::incident::Cutoff {
            name: "file".to_owned(),
            at: Some(now()),
            state: Some(CutoffState::Missed),
            ..Default::default()
        }),
        Worse::RedundancyLost => impact.redundancy_lost = true,
        Worse::Breach => {
            let breach = record.data_breach.get_or_insert_default();
            breach.state = match breach.state {
                Some(BreachState::Suspected | BreachState::Confirmed) => {
                    Some(BreachState::Confirmed)
                }
                Some(BreachState::RuledOut) => Some(BreachState::Suspected),
                _ => Some(BreachState::RuledOut),
            };
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn more_impact_never_lowers_severity(
        seed in 0..10_000_u64,
        confirmed: bool,
        open: bool,
        steps in prop::collection::vec(worse(), 1..6),
    ) {
        static STANDARD: std::sync::OnceLock<Standard> = std::sync::OnceLock::new();
        let standard = STANDARD.get_or_init(|| own::standard(|_, _| None));
        let company = company(standard);
        let mut record = inc::sample::incidents(1, seed).next().unwrap();
        if open {
            record.status = Status::Responding;
        }
        if confirmed {
            let note = record.severity.get_or_insert_default();
            note.confirmed = Some(inc::incident::Stamp { at: Some(now()), ..Default::default() });
        }
        let mut before = level(&record, &company, now()).derived;
        for step in &steps {
            apply(&mut record, step);
            let after = level(&record, &company, now()).derived;
            // SEV1 is the least of the levels; a level that is there does not go away.
            prop_assert!(
                before.is_none_or(|b| after.is_some_and(|a| a <= b)),
                "{before:?} became {after:?} after {step:?} of {steps:?}"
            );
            before = after;
        }
    }
}

#[test]
fn a_replay_tells_what_a_change_does_and_nothing_else() {
    let old = standard("", str::to_owned);
    let targets = |text: &str| {
        text.replacen(
            "then = { due = \"5m\", from = \"detected\"",
            "then = { due = \"1m\", from = \"detected\"",
            1,
        )
    };
    let new = standard("standards/targets.toml", targets);
    let register = register();
    let records = || register.records.iter().map(|held| &held.record);
    let same = replay(records(), &company(&old), &company(&old), false, now());
    assert!(same.judged > 10 && same.changed.is_empty());
    for as_dated in [false, true] {
        let found = replay(records(), &company(&old), &company(&new), as_dated, now());
        assert!(!found.changed.is_empty());
        for difference in found.changed.iter().flat_map(|c| &c.differences) {
            assert_eq!(
                (difference.about, difference.name.as_str()),
                (About::Target, "acknowledge")
            );
            assert!(difference.before.as_deref().unwrap().starts_with("5m"), "{difference:?}");
            assert!(difference.after.as_deref().unwrap().starts_with("1m"), "{difference:?}");
        }
        let sums = found.sums();
        assert_eq!(sums.iter().map(|(_, n)| n).sum::<usize>(), found.changed.len());
        let text = inc::render::replay::text(&found);
        assert!(text.contains("in sum\n") && text.contains("target acknowledge: 5m, "), "{text}");
        assert_eq!(inc::render::replay::json(&found, "HEAD", None)["sums"][0]["about"], "target");
    }
}

#[test]
fn conformance_counts_each_incident_once_a_vertical() {
    let standard = standard("", str::to_owned);
    let (register, company) = (register(), company(&standard));
    let report = conformance(&register, "2026-11".parse().unwrap(), &company, now()).unwrap();
    assert_eq!(report.as_of, now());
    let payments = &report.verticals["payments"];
    for (name, kept) in &payments.rules {
        let all = kept.met + kept.missed.len() + kept.running + kept.unknown;
        assert_eq!(all + kept.does_not_apply, payments.incidents, "{name:?}: {kept:?}");
    }
    let of = |about, name: &str| &payments.rules[&(about, name.to_owned())];
    let kept = of(Rule::Target, "first-customer-update");
    assert!(kept.met > 0 && !kept.missed.is_empty() && kept.share() < Some(100));
    let locale = inc::render::Locale::new("en", chrono_tz::America::Mexico_City).unwrap();
    let page = inc::render::pages::conformance::page(&report, &locale);
    let rows = page.json()["sections"]["vertical payments"]["rows"].as_array().unwrap().clone();
    let row = rows.iter().find(|row| row["key"] == "target first-customer-update").unwrap();
    assert_eq!(
        (&row["met"], &row["not_met"], &row["share"]),
        (&3.into(), &3.into(), &"50%".into())
    );
    // Nobody's money was wrong in four of the six, so that check is not about them.
    let money = of(Rule::Check, "money-undecided");
    assert_eq!((money.met, money.missed.len(), money.does_not_apply), (0, 1, 5));
    assert!(of(Rule::Role, "technical_lead").applied() && of(Rule::Item, "take-it").applied());
    let csv = inc::render::conformance::as_csv(&report);
    let rules: usize = report.verticals.values().map(|v| v.rules.len()).sum();
    assert_eq!(csv.lines().count(), 1 + rules);
    let json = inc::render::conformance::json(&report);
    assert_eq!(json["schema"], 1);
    assert_eq!(json["verticals"].as_array().unwrap().len(), report.verticals.len());
}

#[test]
fn a_checklist_item_is_to_do_then_done_or_skipped() {
    let standard = standard("", str::to_owned);
    let (register, company) = (register(), company(&standard));
    let id: IncidentId = "INC-20261121-8CAV".parse().unwrap();
    let mut record =
        register.records.iter().find(|held| held.record.id == id).unwrap().record.clone();
    assert_eq!(level(&record, &company, now()).level, Some(Severity::Sev3));
    let states = |record: &Record| -> Vec<(String, ItemState)> {
        let items = assess(record, &company, now()).checklist;
        items.into_iter().map(|i| (i.item, i.state)).collect()
    };
    let all = states(&record);
    assert!(all.len() >= 2 && all.iter().all(|(_, state)| *state == ItemState::ToDo));
    for (item, reason) in [(&all[0].0, None), (&all[1].0, Some("nothing changed".to_owned()))] {
        record.checklist.push(inc::incident::ChecklistItem {
            item: item.clone(),
            reason,
            ..Default::default()
        });
    }
    let noted = states(&record);
    assert_eq!((noted[0].1, noted[1].1), (ItemState::Done, ItemState::Skipped));
}
