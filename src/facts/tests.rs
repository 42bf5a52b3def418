//! Facts of whole records: literal values, what stays unknown, and that more impact never shows
//! as less.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::decision::{Known, Value};
use crate::diag::Source;
use crate::units::{Money, Percent};

const HEAD: &str = "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: Card payments declined\n";

fn record(body: &str) -> Record {
    let text = format!("{HEAD}{body}");
    match crate::incident::parse(Source::new("incident.yaml", &text)) {
        Ok(parsed) => parsed.record,
        Err(found) => panic!("{found}"),
    }
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

/// Saturday, in the company's zone.
fn noon() -> Instant {
    at("2026-11-21T12:00:00-06:00")
}

/// The fact as tables and answers write it; `?` where it is unknown.
fn shown(facts: &FactSet, name: &str) -> String {
    facts.value(name).map_or_else(|| "?".to_owned(), Value::to_string)
}

fn check(record: &Record, around: &dyn Surroundings, now: Instant, expected: &[(&str, &str)]) {
    let facts = facts(record, around, now);
    for (name, value) in expected {
        assert_eq!(shown(&facts, name), *value, "{name}");
    }
}

/// A small standard: three services, two clients, a calendar of 2026.
struct Small {
    rails: Vec<String>,
    not_with: Vec<String>,
    family: Vec<Record>,
    content: Option<String>,
}

impl Small {
    fn new() -> Small {
        Small {
            rails: vec!["card_not_present".into()],
            not_with: vec!["technical_lead".into()],
            family: Vec::new(),
            content: None,
        }
    }
}

impl Surroundings for Small {
    fn zone(&self) -> Option<chrono_tz::Tz> {
        Some(chrono_tz::America::Mexico_City)
    }

    fn service(&self, id: &str) -> Option<Service<'_>> {
        let (tier, vertical) = match id {
            "card-auth" | "checkout" => (1, "payments"),
            "settlement" => (2, "processing"),
            "support-contact" => (3, "support"),
            _ => return None,
        };
        Some(Service { tier, vertical, rails: &self.rails })
    }

    fn next_cutoff(&self, service: &str, after: Instant) -> Option<Instant> {
        let cutoff = at("2026-11-23T17:00:00-06:00");
        (service == "settlement" && after <= cutoff).then_some(cutoff)
    }

    fn cutoff_class(&self, name: &str) -> Option<&str> {
        (name == "payroll-dispersal").then_some("payroll")
    }

    fn knows_person(&self, person: &str) -> bool {
        person == "ana"
    }

    fn client(&self, id: &str) -> Option<Client> {
        let share = match id {
            "tienda" => "6.5%",
            "super" => "11%",
            _ => return None,
        };
        Some(Client { key: id == "super", volume_share: share.parse().ok() })
    }

    fn merchants(&self) -> Option<u64> {
        Some(48_000)
    }

    fn not_with(&self, role: &str) -> &[String] {
        if role == "incident_commander" { &self.not_with } else { &[] }
    }

    fn is_bank_day(&self, day: NaiveDate) -> Option<bool> {
        use chrono::Datelike;
        let holiday = day == NaiveDate::from_ymd_opt(2026, 11, 2)?;
        (day.year() == 2026).then(|| day.weekday().num_days_from_monday() < 5 && !holiday)
    }

    fn is_payday(&self, day: NaiveDate) -> Option<bool> {
        use chrono::Datelike;
        Some(day.day() == 15)
    }

    fn is_campaign(&self, _day: NaiveDate) -> Option<bool> {
        Some(false)
    }

    fn family(&self, _record: &Record) -> Vec<&Record> {
        self.family.iter().collect()
    }

    fn content_sha256(&self, _record: &Record, _of: &str) -> Option<String> {
        self.content.clone()
    }
}

#[test]
fn every_fact_of_the_catalogue_is_set_and_no_other() {
    let facts = facts(&record("status: detected\n"), &Small::new(), noon());
    let mut names: Vec<&str> = catalogue(Currency::MXN).iter().map(|d| d.name).collect();
    names.sort_unstable();
    let set: Vec<&str> = facts.iter().map(|(name, _)| name).collect();
    assert_eq!(set, names);
    assert!(names.windows(2).all(|w| w[0] != w[1]));
}

#[test]
fn an_empty_record_knows_only_what_every_record_knows() {
    for around in [&Alone as &dyn Surroundings, &Small::new()] {
        let facts = facts(&record("status: detected\n"), around, noon());
        let derived = ["breach_state", "wrong_money_customers", "wrong_money_value"];
        for definition in catalogue(Currency::MXN).iter() {
            let known = facts.value(definition.name).is_some();
            let expected = definition.never_unknown || derived.contains(&definition.name);
            assert_eq!(known, expected, "{}", definition.name);
        }
    }
}

#[test]
fn values_are_of_their_types_and_within_their_bounds() {
    let catalogue = catalogue(Currency::MXN);
    let facts = facts(&record(RICH), &Small::new(), noon());
    let mut known = 0;
    for (name, fact) in facts.iter() {
        let definition = catalogue.get(name).unwrap();
        let Known::Is(value) = &fact.known else { continue };
        known += 1;
        let json = serde_json::value::RawValue::from_string(value.to_json()).unwrap();
        let again = Value::from_json(&json, &definition.ty).unwrap().unwrap();
        assert_eq!(&again, value, "{name}");
        for (bound, outside) in [
            (&definition.min, std::cmp::Ordering::Less),
            (&definition.max, std::cmp::Ordering::Greater),
        ] {
            assert_ne!(bound.as_ref().and_then(|b| value.compare(b)), Some(outside), "{name}");
        }
        assert!(!facts.routes(name).is_empty() || name.ends_with("_unknown_count"), "{name}");
    }
    assert!(known > 120, "{known}");
}

const RICH: &str = "\
status: restored
kind: degradation
services: [card-auth, settlement]
services_unmapped: [tarjetas]
tags: [major-incident]
severity: { declared: SEV2, by: ana, peak: { level: SEV1 } }
times:
  impact_started: 2026-11-21T03:00:00-06:00
  detected: 2026-11-21T03:10:00.9-06:00
  acknowledged: 2026-11-21T03:12:00-06:00
  restored: 2026-11-21T03:49:00-06:00
  monitoring_until: 2026-11-21T05:00:00-06:00
roles:
  - { role: incident_commander, person: ana, from: 2026-11-21T03:12:00-06:00 }
  - { role: technical_lead, person: ana }
  - { role: support_lead, person: beto, to: 2026-11-21T05:00:00-06:00 }
detection: { source: customer_contact }
now: { next_update_at: 2026-11-21T11:30:00-06:00 }
workaround: { text: use transfers, complete: true, verified_by: beto }
impact:
  customers: { tried: 51360, affected: 12840, active_base: 2100000 }
  clients: [ { client: super, degradation: 60% }, { client: tienda, degradation: 0% }, { client: super, degradation: 20% } ]
  merchants: { affected: 480 }
  transactions: { attempted: 1000, declined_business: 100, failed: 90, in_doubt: 3, lost_value: 1500.50 MXN, failed_value: 20.00 USD }
  harm:
    - { kind: declined, customers: 9000 }
    - { kind: duplicate_charge, customers: 12, money: 4000.00 MXN, spreading: true }
    - { kind: missing_credit, customers: 3 }
  periods:
    - { from: 2026-11-21T03:00:00-06:00, to: 2026-11-21T03:20:00-06:00, service: card-auth, region: MX-CMX, degradation: 60% }
    - { from: 2026-11-21T03:20:00-06:00, to: 2026-11-21T03:49:00-06:00, service: card-auth, degradation: 10% }
  journeys: [ { journey: pay-online, state: down }, { journey: pay-in-store, state: slow } ]
  contacts: { received: 120, expected: 48 }
  cutoffs: [ { name: payroll-dispersal, state: missed }, { name: settlement-file, at: 2026-11-21T13:00:00-06:00, state: at_risk } ]
communications:
  - { id: C7QK, stage: initial, channel: push, sent: [ { at: 2026-11-21T03:30:00-06:00 } ] }
  - { id: C7QM, stage: workaround, channel: status_page, sent: [ { at: 2026-11-21T03:40:00-06:00 } ] }
  - { id: C7QN, stage: update, channel: slack_internal, sent: [ { at: 2026-11-21T03:15:00-06:00 } ] }
approvals: [ { of: C7QK, by: ana, sha256: aa } ]
vendors: [ { vendor: procesadora, role: cause } ]
causes: { trigger: certificate, category: expiry }
actions:
  - { title: refund, kind: recover, due: 2026-11-20 }
  - { title: alarm, kind: prevent, owner: ana, due: 2026-11-21 }
  - { title: done, kind: correct, due: 2026-11-01, done: { at: 2026-11-21T04:00:00-06:00 } }
regulatory: [ { regime: CNBV, decision: undecided }, { regime: DORA, decision: reportable, due: 2026-11-21T07:00:00-06:00 } ]
compensation: [ { policy: undue-charges, state: approved, total: 4000.00 MXN }, { policy: goodwill, state: computed, total: 9.00 MXN } ]
";

#[test]
fn identity_and_people() {
    let expected = [
        ("id", "INC-20261121-7QKM"),
        ("open", "true"),
        ("services", "[card-auth, settlement]"),
        ("services_count", "2"),
        ("services_unmapped_count", "1"),
        ("verticals", "[payments, processing]"),
        ("tier", "1"),
        ("tiers", "[1, 2]"),
        ("rails", "[card_not_present]"),
        ("regions", "[MX-CMX]"),
        ("segments", "?"),
        ("age", "8h50m"),
        ("roles_held", "[incident_commander, technical_lead]"),
        ("has_incident_commander", "true"),
        ("has_support_lead", "false"),
        ("roles_in_conflict", "1"),
        ("people_unknown_count", "1"),
        ("major_declared", "true"),
    ];
    check(&record(RICH), &Small::new(), noon(), &expected);
}

#[test]
fn times_are_floored_and_measured_from_their_own_starts() {
    let expected = [
        ("detected_at", "2026-11-21T03:10:00-06:00"),
        ("time_to_detect", "10m"),
        ("time_to_acknowledge", "2m"),
        ("time_to_restore", "49m"),
        ("time_to_resolve", "?"),
        ("duration", "49m"),
        // 20 min × 60 % + 29 min × 10 %
        ("degraded_minutes", "14.9"),
        ("relapses", "0"),
        ("since_detected", "8h50m"),
        ("monitoring_over", "true"),
        ("detected_before_impact", "false"),
        ("detected_after_restore", "false"),
    ];
    check(&record(RICH), &Alone, noon(), &expected);
}

#[test]
fn the_calendar_is_asked_for_the_start_of_impact_in_the_companys_zone() {
    let expected = [
        ("bank_day", "false"),
        ("out_of_hours", "true"),
        ("out_of_hours_duration", "49m"),
        ("payday", "false"),
        ("holiday_eve", "false"),
        ("peak", "false"),
        ("next_cutoff_in", "2d5h"),
        ("working_days_since_restored", "0"),
    ];
    check(&record(RICH), &Small::new(), noon(), &expected);
    // Typed in UTC: Friday 05:30 is Thursday 23:30 in Mexico City.
    let body = "status: restored\ntimes: { impact_started: 2026-11-06T05:30:00Z, restored: 2026-11-06T14:30:00Z }\n";
    let expected = [
        ("bank_day", "true"),
        ("out_of_hours", "true"),
        // 23:30 to 07:00; until 08:30 it is in hours
        ("out_of_hours_duration", "7h30m"),
        ("working_days_since_restored", "10"),
        ("next_cutoff_in", "?"),
    ];
    check(&record(body), &Small::new(), noon(), &expected);
}

#[test]
fn the_calendars_end_makes_facts_unknown_and_a_holiday_makes_an_eve() {
    let started = |day: &str| {
        record(&format!("status: detected\ntimes: {{ impact_started: {day}T10:00:00-06:00 }}\n"))
    };
    let small = Small::new();
    let day = |text: &str| at(&format!("{text}T11:00:00-06:00"));
    let eve = [("holiday_eve", "true"), ("peak", "true"), ("bank_day", "false")];
    check(&started("2026-11-01"), &small, day("2026-11-01"), &eve);
    let friday = [("holiday_eve", "false"), ("peak", "false"), ("bank_day", "true")];
    check(&started("2026-11-06"), &small, day("2026-11-06"), &friday);
    let beyond = [("bank_day", "?"), ("out_of_hours", "?"), ("peak", "?"), ("payday", "false")];
    check(&started("2027-03-01"), &small, day("2027-03-01"), &beyond);
    // A payday on the second day of the impact makes it a peak.
    let long = [("payday", "false"), ("peak", "true")];
    check(&started("2026-11-14"), &small, day("2026-11-15"), &long);
    // A mistyped year does not walk through the centuries.
    let far = [("out_of_hours_duration", "?"), ("age", "8h")];
    check(&started("0026-11-14"), &small, at("2026-11-21T08:00:00-06:00"), &far);
}

#[test]
fn sustained_failure_is_known_from_what_was_measured() {
    let expected = [
        ("tier1_failing_50_for", "20m"),
        ("tier1_failing_10_for", "49m"),
        ("tier1_failing_1_for", "49m"),
        // settlement is named, and no period says its share
        ("tier2_failing_50_for", "?"),
        // an unknown service may be of any tier
        ("tier3_failing_50_for", "?"),
        ("support_unreachable_for", "?"),
    ];
    check(&record(RICH), &Small::new(), noon(), &expected);
    let known = RICH.replace("services_unmapped: [tarjetas]\n", "").replace(", settlement]", "]");
    let expected = [
        ("tier2_failing_50_for", "0m"),
        ("tier3_failing_50_for", "0m"),
        ("support_unreachable_for", "0m"),
    ];
    check(&record(&known), &Small::new(), noon(), &expected);
    // Nothing above half is no time only where every service of the tier was measured.
    let low = "status: detected\nservices: [card-auth, checkout]\nimpact: { periods: [ { from: 2026-11-21T11:00:00-06:00, service: card-auth, degradation: 20% } ] }\n";
    let expected = [("tier1_failing_50_for", "?"), ("tier1_failing_10_for", "1h")];
    check(&record(low), &Small::new(), noon(), &expected);
    let all = low.replace(" service: card-auth,", "");
    check(&record(&all), &Small::new(), noon(), &[("tier1_failing_50_for", "0m")]);
    check(&record(low), &Alone, noon(), &[("tier1_failing_10_for", "?")]);
}

#[test]
fn support_counts_in_the_family() {
    let child = "status: restored\nservices: [support-contact]\nimpact: { periods: [ { from: 2026-11-21T03:00:00-06:00, to: 2026-11-21T04:00:00-06:00, degradation: 100% } ] }\n";
    let small = Small { family: vec![record(child)], ..Small::new() };
    let own = record("status: detected\nservices: [card-auth]\n");
    let expected = [("support_unreachable_for", "1h"), ("family_size", "2")];
    check(&own, &small, noon(), &expected);
}

#[test]
fn impact() {
    let expected = [
        ("customers_affected_percent", "25%"),
        ("customers_affected_of_base", "0.6114%"),
        ("clients_affected", "2"),
        ("clients_degraded", "1"),
        ("key_clients_affected", "1"),
        ("key_clients_down", "1"),
        ("client_volume_percent", "17.5%"),
        ("client_volume_down_percent", "11%"),
        ("merchants_affected_percent", "1%"),
        ("transactions_failed", "90"),
        ("technical_success_rate", "90%"),
        ("approval_rate", "81%"),
        ("lost_value", "1500.50 MXN"),
        // no rate in the standard: never converted silently
        ("failed_value", "?"),
        ("in_doubt_value", "?"),
        ("harm_kinds", "[declined, duplicate_charge, missing_credit]"),
        ("money_wrong", "true"),
        ("money_in_doubt", "true"),
        ("wrong_money_customers", "15"),
        ("wrong_money_value", "4000.00 MXN"),
        ("harm_spreading", "true"),
        ("wrong_money_spreading", "true"),
        ("contacts_ratio", "2.5"),
        ("journeys_down", "1"),
        ("breach_state", "none"),
        ("cutoff_missed", "true"),
        ("payroll_cutoff_missed", "true"),
        ("cutoff_at_risk_in", "1h"),
        ("customers_noticed", "true"),
        ("workaround_complete", "true"),
        ("impact_known", "true"),
        ("impact_measured", "false"),
    ];
    check(&record(RICH), &Small::new(), noon(), &expected);
    let security = record("status: detected\nkind: security\n");
    check(&security, &Alone, noon(), &[("breach_state", "?")]);
}

#[test]
fn sums_in_two_currencies_are_unknown() {
    let body = "status: detected\nimpact: { harm: [ { kind: wrong_balance, money: 1.00 MXN }, { kind: wrong_balance, money: 1.00 USD } ] }\n";
    let expected = [("wrong_money_value", "?"), ("wrong_money_customers", "?")];
    check(&record(body), &Alone, noon(), &expected);

    struct WithRate;
    impl Surroundings for WithRate {
        fn convert(&self, money: Money, _on: Option<Instant>) -> Option<Money> {
            let rate = if money.currency == Currency::MXN { 1 } else { 18 };
            Some(Money::new(money.amount.checked_mul(rate.into())?, Currency::MXN))
        }
    }
    check(&record(body), &WithRate, noon(), &[("wrong_money_value", "19.00 MXN")]);
}

#[test]
fn communications() {
    let expected = [
        ("customer_updates_sent", "2"),
        ("channels_sent", "[push, status_page, slack_internal]"),
        ("stages_sent", "[initial, workaround, update]"),
        ("first_update_delay", "20m"),
        ("longest_update_gap", "8h20m"),
        ("update_overdue", "true"),
        ("update_promised_in", "-30m"),
        ("messages_unapproved_sent", "1"),
    ];
    check(&record(RICH), &Small::new(), noon(), &expected);
    let changed = Small { content: Some("bb".into()), ..Small::new() };
    check(&record(RICH), &changed, noon(), &[("messages_unapproved_sent", "2")]);
    let failed = RICH.replace(
        "at: 2026-11-21T03:40:00-06:00 }",
        "at: 2026-11-21T03:40:00-06:00, status: failed }",
    );
    let expected = [("customer_updates_sent", "1"), ("workaround_complete", "false")];
    check(&record(&failed), &Small::new(), noon(), &expected);
}

#[test]
fn duties() {
    let expected = [
        ("vendor_cause", "true"),
        ("vendor_tickets_missing", "1"),
        ("cause_known", "true"),
        ("cause_category", "expiry"),
        ("change_linked", "false"),
        ("review_state", "none"),
        ("review_age", "8h11m"),
        ("actions_total", "3"),
        ("actions_open", "2"),
        // due today is not overdue before the day is over
        ("actions_overdue", "1"),
        ("actions_without_owner", "1"),
        ("recover_actions_open", "1"),
        ("prevent_without_effect_check", "1"),
        ("reconciliation_required", "true"),
        ("reconciliation_status", "?"),
        ("regulatory_undecided", "1"),
        ("regulatory_decisions", "1"),
        ("regulatory_overdue", "1"),
        ("compensation_decided", "true"),
        ("compensation_total", "4000.00 MXN"),
    ];
    check(&record(RICH), &Small::new(), noon(), &expected);
    let approved = "status: restored\nreview: { file: pir.md }\napprovals: [ { of: review, by: ana, sha256: aa } ]\n";
    check(&record(approved), &Small::new(), noon(), &[("review_state", "approved")]);
    let changed = Small { content: Some("bb".into()), ..Small::new() };
    let expected = [("review_state", "draft"), ("review_approved", "false")];
    check(&record(approved), &changed, noon(), &expected);
}

#[test]
fn severity_knows_what_people_decided() {
    let expected = [
        ("severity", "SEV2"),
        ("severity_declared", "SEV2"),
        ("severity_derived", "?"),
        ("severity_overridden", "true"),
        ("severity_derived_then", "?"),
        ("severity_moved", "?"),
        ("severity_confirmed", "false"),
        ("peak_severity", "SEV1"),
    ];
    check(&record(RICH), &Alone, noon(), &expected);
}

#[test]
fn tables_read_the_catalogue_and_the_facts() {
    let table = "hit = \"first\"\n[[rule]]\nid = \"share\"\nwhen = { tier1_failing_10_for = \">= 45m\", severity = \"SEV2+\", harm_kinds = \"duplicate_charge\", lost_value = \"> 1000 MXN\" }\nthen = { level = \"high\" }\n";
    let loaded =
        crate::decision::load(Source::new("t.toml", table), "t", &catalogue(Currency::MXN));
    let loaded = loaded.unwrap();
    let facts = facts(&record(RICH), &Small::new(), noon());
    let decision = crate::decision::decide(&loaded.tables[0], &facts);
    assert_eq!(decision.value("level"), Some(&Value::text("high")));
    let typo = table.replace("tier1_failing_10_for", "tier1_failing_11_for");
    let found = crate::decision::load(Source::new("t.toml", &typo), "t", &catalogue(Currency::MXN));
    assert!(found.unwrap_err().to_string().contains("tier1_failing_10_for"));
}

#[test]
fn the_answer_is_a_facts_file_and_loses_nothing() {
    let catalogue = catalogue(Currency::MXN);
    let r = record(RICH);
    let read = facts(&r, &Small::new(), noon());
    let json = serde_json::to_string(&Answer::new(&r.id, noon(), &catalogue, &read)).unwrap();
    assert!(json.starts_with(
        r#"{"schema":1,"id":"INC-20261121-7QKM","now":"2026-11-21T12:00:00-06:00","facts":{"id":"#
    ));
    assert!(json.contains(r#""degraded_minutes":14.9,"#), "{json}");
    assert!(json.contains(r#""segments":null"#));
    // One table that asks about every fact reads the answer back.
    let cells: String = catalogue.iter().map(|d| format!("{} = \"not(null)\"\n", d.name)).collect();
    let table =
        format!("hit = \"first\"\n[[rule]]\nid = \"r\"\nthen = {{ a = 1 }}\n[rule.when]\n{cells}");
    let loaded = crate::decision::load(Source::new("t.toml", &table), "t", &catalogue).unwrap();
    let again =
        crate::decision::facts_from_json(Source::new("facts.json", &json), &loaded.tables).unwrap();
    for definition in catalogue.iter() {
        assert_eq!(
            again.value(definition.name),
            read.value(definition.name),
            "{}",
            definition.name
        );
    }
}

#[test]
fn the_listing_says_what_each_fact_can_be() {
    let catalogue = catalogue(Currency::MXN);
    let json = serde_json::to_string(&Listing::new(&catalogue)).unwrap();
    let listed: serde_json::Value = serde_json::from_str(&json).unwrap();
    let fact = |name: &str| {
        let facts = listed["facts"].as_array().unwrap();
        facts.iter().find(|f| f["name"] == name).unwrap().clone()
    };
    assert_eq!(fact("severity")["values"], serde_json::json!(["SEV1", "SEV2", "SEV3", "SEV4"]));
    assert_eq!(fact("lost_value")["unit"], "MXN");
    assert_eq!(fact("lost_value")["min"], "0.00 MXN");
    assert_eq!(fact("harm_kinds")["type"], "list of enumeration");
    assert_eq!(fact("status")["never_unknown"], true);
}

#[test]
fn a_fact_knows_the_lines_that_it_was_read_from() {
    let text = |name: &str| -> Vec<String> {
        let facts = facts(&record(RICH), &Small::new(), noon());
        facts.routes(name).iter().map(|r| crate::yaml::route_text(r)).collect()
    };
    assert_eq!(text("actions_overdue"), ["actions[0].due"]);
    assert_eq!(text("people_unknown_count"), ["workaround.verified_by"]);
    assert_eq!(text("messages_unapproved_sent"), ["communications[1].sent"]);
    assert_eq!(text("key_clients_down"), ["impact.clients[0].degradation"]);
    assert_eq!(
        text("tier1_failing_50_for"),
        ["impact.periods[0].degradation", "impact.periods[1].degradation"]
    );
}

#[test]
fn docs_facts_md_is_the_catalogue() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/facts.md");
    let page = docs::markdown(&catalogue(Currency::MXN));
    if std::env::var_os("INC_UPDATE").is_some_and(|v| v == "1") {
        std::fs::write(path, &page).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page, "docs/facts.md is stale: run the tests once with INC_UPDATE=1");
}

#[test]
fn a_hostile_record_takes_no_quadratic_time() {
    let started = std::time::Instant::now();
    let mut r = record(RICH);
    let id = |n: usize| format!("{n:06}");
    r.services = (0..20_000).map(id).collect();
    let period = r.impact_mut().periods[0].clone();
    r.impact_mut().periods = (0..20_000)
        .map(|n| crate::incident::Period { service: Some(id(n)), ..period.clone() })
        .collect();
    let role = r.roles[0].clone();
    r.roles = (0..20_000).map(|n| crate::incident::Role { role: id(n), ..role.clone() }).collect();
    let approval = r.approvals[0].clone();
    r.approvals =
        (0..20_000).map(|n| crate::incident::Approval { of: id(n), ..approval.clone() }).collect();
    let message = r.communications[0].clone();
    r.communications = (0..20_000)
        .map(|n| crate::incident::Communication {
            id: format!("C{:03}", n % 1_000).parse().ok(),
            ..message.clone()
        })
        .collect();
    let facts = facts(&r, &Small::new(), noon());
    assert_eq!(shown(&facts, "services_unmapped_count"), "20001");
    assert_eq!(shown(&facts, "messages_unapproved_sent"), "20000");
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

/// Facts that grow with the impact of a record.
const GROWING: [&str; 23] = [
    "customers_affected",
    "customers_affected_percent",
    "customers_affected_of_base",
    "clients_affected",
    "clients_degraded",
    "key_clients_affected",
    "key_clients_down",
    "client_volume_percent",
    "client_volume_down_percent",
    "transactions_failed",
    "lost_value",
    "wrong_money_customers",
    "wrong_money_value",
    "degraded_minutes",
    "duration",
    "out_of_hours_duration",
    "tier1_failing_50_for",
    "tier1_failing_10_for",
    "tier1_failing_1_for",
    "tier2_failing_50_for",
    "tier2_failing_10_for",
    "contacts_received",
    "contacts_ratio",
];

#[derive(Debug, Clone)]
struct Amounts {
    affected: u64,
    failed: u64,
    lost: u64,
    received: u64,
    harmed: Vec<(u64, u64)>,
    clients: Vec<(usize, u64)>,
    /// Start and length in minutes, service, share.
    periods: Vec<(i64, i64, usize, u64)>,
}

prop_compose! {
    fn amounts()(
        affected in 0..1000_u64, failed in 0..1000_u64, lost in 0..1_000_000_u64,
        received in 0..500_u64,
        harmed in prop::collection::vec((0..100_u64, 0..10_000_u64), 0..3),
        clients in prop::collection::vec((0..3_usize, 0..=100_u64), 0..3),
        periods in prop::collection::vec((0..600_i64, 0..300_i64, 0..4_usize, 0..=100_u64), 1..5),
    ) -> Amounts {
        Amounts { affected, failed, lost, received, harmed, clients, periods }
    }
}

impl Amounts {
    /// The same impact and more: each amount larger, each window longer and worse, further items.
    fn and(&self, more: &Amounts) -> Amounts {
        let mut sum = self.clone();
        sum.affected += more.affected;
        sum.failed += more.failed;
        sum.lost += more.lost;
        sum.received += more.received;
        for (own, more) in sum.harmed.iter_mut().zip(&more.harmed) {
            own.0 += more.0;
            own.1 += more.1;
        }
        for (own, more) in sum.periods.iter_mut().zip(&more.periods) {
            own.1 += more.1;
            own.3 = own.3.max(more.3);
        }
        sum.harmed.extend(&more.harmed);
        sum.clients.extend(&more.clients);
        sum.periods.extend(&more.periods);
        sum
    }

    fn record(&self) -> Record {
        use crate::incident as i;
        let mut r =
            record("status: restored\nkind: degradation\nservices: [card-auth, settlement]\n");
        let minute =
            |m: i64| at("2026-11-20T00:00:00-06:00").plus(crate::units::Span::from_minutes(m));
        let share = |s: u64| Some(Percent(s.into()));
        let money = |m: u64| Some(Money::new(m.into(), Currency::MXN));
        let impact = r.impact_mut();
        impact.customers = Some(i::Customers {
            tried: Some(2_000),
            affected: Some(self.affected),
            active_base: Some(2_100_000),
            ..Default::default()
        });
        impact.transactions = Some(i::Transactions {
            failed: Some(self.failed),
            lost_value: money(self.lost),
            ..Default::default()
        });
        impact.contacts = Some(i::Contacts {
            received: Some(self.received),
            expected: Some(10),
            ..Default::default()
        });
        impact.harm = self
            .harmed
            .iter()
            .map(|(customers, value)| i::Harm {
                kind: i::HarmKind::WrongBalance,
                service: None,
                customers: Some(*customers),
                money: money(*value),
                spreading: false,
                x: Default::default(),
            })
            .collect();
        impact.clients = self
            .clients
            .iter()
            .map(|(client, s)| i::ClientImpact {
                client: ["super", "tienda", "otra"][*client].into(),
                degradation: share(*s),
                ..Default::default()
            })
            .collect();
        impact.periods = self
            .periods
            .iter()
            .map(|(from, length, service, s)| i::Period {
                from: minute(*from),
                to: Some(minute(from + length)),
                service: [None, Some("card-auth"), Some("checkout"), Some("settlement")][*service]
                    .map(str::to_owned),
                region: None,
                degradation: share(*s),
                x: Default::default(),
            })
            .collect();
        r
    }
}

proptest! {
    #[test]
    fn more_impact_never_makes_a_fact_smaller(less in amounts(), more in amounts()) {
        let small = Small::new();
        let before = facts(&less.record(), &small, noon());
        let after = facts(&less.and(&more).record(), &small, noon());
        for name in GROWING {
            let Some(less) = before.value(name) else { continue };
            let more = after.value(name);
            prop_assert!(more.is_some(), "{name} became unknown");
            let order = more.and_then(|more| more.compare(less));
            prop_assert!(
                matches!(order, Some(std::cmp::Ordering::Greater | std::cmp::Ordering::Equal)),
                "{}: {} then {:?}", name, less, more
            );
        }
    }

    #[test]
    fn no_record_makes_a_negative_or_panicking_fact(
        times in prop::collection::vec(prop::option::of(-4_000_000_000_i64..4_000_000_000), 8),
        status in 0..8_usize,
        open_period in any::<bool>(),
    ) {
        let mut r = record("status: detected\nservices: [card-auth]\n");
        r.status = crate::incident::Status::ALL[status];
        let moment = |s: &Option<i64>| {
            s.map(|s| noon().plus(crate::units::Span::from_seconds(s)))
        };
        let t = r.times_mut();
        t.impact_started = moment(&times[0]);
        t.detected = moment(&times[1]);
        t.acknowledged = moment(&times[2]);
        t.restored = moment(&times[3]);
        t.resolved = moment(&times[4]);
        t.monitoring_until = moment(&times[5]);
        if let (true, Some(from)) = (open_period, moment(&times[6])) {
            r.impact_mut().periods = vec![crate::incident::Period {
                from, to: None, service: None, region: None, degradation: None, x: Default::default(),
            }];
        }
        let facts = facts(&r, &Small::new(), moment(&times[7]).unwrap_or(noon()));
        for (name, fact) in facts.iter() {
            if let Known::Is(Value::Duration(span)) = &fact.known {
                prop_assert!(span.seconds() >= 0 || name == "update_promised_in", "{name}");
            }
        }
    }
}
