use proptest::prelude::*;

use super::{default_standard, facts};
use crate::decision::{FactSet, Status, Value};
use crate::standard::{Policies, Standard, Target};

fn policies(standard: &Standard) -> &Policies {
    standard.newest_policies().unwrap()
}

fn level(standard: &Standard, known: &FactSet) -> Option<String> {
    let decided = policies(standard).decide(known.clone());
    decided.facts.value("severity")?.as_text().map(str::to_owned)
}

#[test]
fn holds_everything_that_the_samples_name() {
    let standard = default_standard();
    assert_eq!(standard.services.len(), 21);
    assert_eq!(standard.verticals.len(), 5);
    assert_eq!(standard.roles.len(), 12);
    assert_eq!(standard.communication.channels.len(), 19);
    for person in
        ["ana", "beto", "carla", "diego", "elena", "fer", "gus", "hana", "iker", "julia", "kai"]
    {
        assert!(standard.people.contains(person), "{person}");
    }
    for client in ["tienda-ejemplo", "super-ficticio", "viajes-inventados", "nomina-demo"] {
        assert!(standard.clients.contains(client), "{client}");
    }
    for vendor in ["acme-acquirer", "nimbus-switch", "sms-ficticio", "nube-ejemplo"] {
        assert!(standard.vendors.contains(vendor), "{vendor}");
    }
    assert_eq!(standard.nearest_service("card-aut"), Some("card-auth"));
    assert_eq!(standard.person_called("Ana@Example.com").unwrap().id, "ana");
}

#[test]
fn every_name_has_words_in_both_locales() {
    let standard = default_standard();
    let services = standard.services.iter().map(|s| &s.name);
    let journeys = standard.services.iter().flat_map(|s| &s.journeys);
    let journeys = journeys.flat_map(|j| [&j.name, &j.cannot, &j.still]);
    let channels = standard.communication.channels.iter().map(|c| &c.name);
    let stages = standard.communication.stages.iter().map(|s| &s.name);
    let roles = standard.roles.iter().flat_map(|r| [&r.name, &r.does]);
    for words in services.chain(journeys).chain(channels).chain(stages).chain(roles) {
        assert!(words.has("es-MX") && words.has("en"), "{words:?}");
    }
    assert_eq!(standard.glossary.word("status", "restored", "es-MX"), "Restablecido");
    assert_eq!(standard.glossary.word("status", "unheard-of", "en"), "unheard-of");
}

#[test]
fn a_tier_1_service_about_which_nothing_is_known_is_sev1_provisional() {
    let standard = default_standard();
    let known = facts(&[
        ("services", "card-auth"),
        ("services_count", "1"),
        ("tier", "1"),
        ("severity_confirmed", "false"),
        ("workaround_complete", "false"),
    ]);
    let decided = policies(&standard).decide(known.clone());
    let severity = decided.get("severity").unwrap();
    assert_eq!(severity.value("severity"), Some(&Value::text("SEV1")));
    assert_eq!(severity.status(), Status::Decided);
    let rules: Vec<&str> = severity.decided_by().map(|r| r.id.as_str()).collect();
    assert_eq!(rules, ["provisional-sev1"]);
    let provisional = decided.get("provisional").unwrap();
    assert_eq!(provisional.decided_by().next().unwrap().id, "tier1-kind-unknown");
    assert_eq!(decided.facts.value("peak_severity"), Some(&Value::text("SEV1")));
    assert_eq!(decided.facts.value("major_incident"), Some(&Value::Boolean(true)));
    let outlook = policies(&standard).outlook(&known);
    assert_eq!(outlook.get("measured").unwrap().possible().outcomes.len(), 4);
}

#[test]
fn the_rows_of_the_severity_table() {
    let standard = default_standard();
    let calm = [
        ("kind", "degradation"),
        ("tier", "1"),
        ("severity_confirmed", "true"),
        ("workaround_complete", "false"),
        ("money_wrong", "false"),
        ("wrong_money_customers", "0"),
        ("wrong_money_value", "0 MXN"),
        ("wrong_money_spreading", "false"),
        ("tier1_failing_50_for", "0s"),
        ("tier1_failing_10_for", "0s"),
        ("tier1_failing_1_for", "0s"),
        ("tier2_failing_50_for", "0s"),
        ("tier2_failing_10_for", "0s"),
        ("tier3_failing_50_for", "0s"),
        ("support_unreachable_for", "0s"),
        ("customers_affected", "3"),
        ("customers_affected_percent", "0.1%"),
        ("lost_value", "0 MXN"),
        ("breach_state", "none"),
        ("cutoff_missed", "false"),
        ("payroll_cutoff_missed", "false"),
        ("key_clients_affected", "0"),
        ("key_clients_down", "0"),
        ("clients_degraded", "0"),
        ("client_volume_down_percent", "0%"),
        ("contacts_ratio", "1"),
        ("contacts_received", "10"),
        ("redundancy_lost", "false"),
        ("peak", "false"),
    ];
    let with = |changes: &[(&str, &str)]| {
        let mut known = facts(&calm);
        for (name, fact) in facts(changes).iter() {
            known.insert(name, fact.clone());
        }
        level(&standard, &known).unwrap()
    };
    for (changes, expected) in [
        (&[][..], "SEV4"),
        (&[("tier1_failing_50_for", "5m")], "SEV1"),
        (&[("tier1_failing_50_for", "4m59s")], "SEV4"),
        (&[("tier1_failing_10_for", "5m")], "SEV2"),
        (&[("tier1_failing_10_for", "2h")], "SEV1"),
        (&[("tier1_failing_1_for", "15m")], "SEV3"),
        (&[("tier1_failing_1_for", "8h")], "SEV2"),
        (&[("tier2_failing_50_for", "1m")], "SEV2"),
        (&[("tier2_failing_50_for", "8h")], "SEV1"),
        (&[("tier2_failing_10_for", "1m")], "SEV3"),
        (&[("tier3_failing_50_for", "1m")], "SEV3"),
        (&[("customers_affected", "500"), ("customers_affected_percent", "25%")], "SEV1"),
        (&[("customers_affected", "499"), ("customers_affected_percent", "25%")], "SEV2"),
        (&[("customers_affected", "3"), ("customers_affected_percent", "30%")], "SEV4"),
        (&[("customers_affected", "50000")], "SEV1"),
        (&[("customers_affected", "5000")], "SEV2"),
        (&[("customers_affected", "20"), ("customers_affected_percent", "1%")], "SEV3"),
        (&[("customers_affected", "499"), ("customers_affected_percent", "0.9%")], "SEV4"),
        (&[("lost_value", "10000000 MXN")], "SEV1"),
        (&[("lost_value", "999999.99 MXN")], "SEV3"),
        (&[("money_wrong", "true"), ("wrong_money_customers", "1")], "SEV3"),
        (&[("money_wrong", "true"), ("wrong_money_spreading", "true")], "SEV1"),
        (&[("money_wrong", "true"), ("wrong_money_customers", "50")], "SEV2"),
        (&[("breach_state", "suspected")], "SEV2"),
        (&[("breach_state", "ruled_out")], "SEV3"),
        (&[("cutoff_missed", "true")], "SEV2"),
        (&[("cutoff_missed", "true"), ("key_clients_affected", "1")], "SEV1"),
        (&[("cutoff_at_risk_in", "60m")], "SEV2"),
        (&[("cutoff_at_risk_in", "4h")], "SEV3"),
        (&[("key_clients_down", "3")], "SEV1"),
        (&[("clients_degraded", "2")], "SEV3"),
        (&[("peak", "true"), ("tier1_failing_10_for", "30m")], "SEV1"),
        (&[("peak", "true"), ("tier1_failing_1_for", "60m")], "SEV2"),
        (&[("contacts_ratio", "3"), ("contacts_received", "100")], "SEV2"),
        (&[("contacts_ratio", "3"), ("contacts_received", "99")], "SEV3"),
        (&[("support_unreachable_for", "60m")], "SEV2"),
        (&[("support_unreachable_for", "1m"), ("tier1_failing_10_for", "5m")], "SEV1"),
        (&[("redundancy_lost", "true")], "SEV3"),
        (&[("tier1_failing_50_for", "5m"), ("workaround_complete", "true")], "SEV2"),
        (&[("tier1_failing_1_for", "15m"), ("workaround_complete", "true")], "SEV3"),
        (&[("lost_value", "10000000 MXN"), ("workaround_complete", "true")], "SEV1"),
    ] {
        assert_eq!(with(changes), expected, "{changes:?}");
    }
}

#[test]
fn until_it_is_confirmed_the_provisional_level_holds_and_a_person_wins() {
    let standard = default_standard();
    let mut known = facts(&[
        ("kind", "outage"),
        ("tier", "1"),
        ("severity_confirmed", "false"),
        ("workaround_complete", "false"),
        ("customers_affected", "3"),
        ("customers_affected_percent", "0.1%"),
    ]);
    assert_eq!(level(&standard, &known).unwrap(), "SEV1");
    known.set("severity_confirmed", Value::Boolean(true));
    assert_eq!(level(&standard, &known).unwrap(), "SEV4");
    known.set("severity_declared", Value::text("SEV3"));
    known.set("peak_severity", Value::text("SEV2"));
    let decided = policies(&standard).decide(known.clone());
    assert_eq!(decided.facts.value("severity"), Some(&Value::text("SEV3")));
    assert_eq!(decided.facts.value("severity_derived"), Some(&Value::text("SEV4")));
    assert_eq!(decided.facts.value("severity_overridden"), Some(&Value::Boolean(true)));
    assert_eq!(decided.facts.value("peak_severity"), Some(&Value::text("SEV2")));
}

#[test]
fn targets_of_a_sev1() {
    let standard = default_standard();
    let known = facts(&[
        ("kind", "outage"),
        ("tier", "1"),
        ("severity_confirmed", "false"),
        ("workaround_complete", "false"),
        ("customers_noticed", "true"),
        ("reconciliation_required", "false"),
        ("money_wrong", "false"),
        ("maintenance", "false"),
        ("repeat", "false"),
    ]);
    let decided = policies(&standard).decide(known.clone());
    let targets = policies(&standard).targets(&decided.facts);
    let due = |name: &str| {
        targets.iter().find(|t| t.name == name).map(|t| (t.target.to_string(), t.from.as_str()))
    };
    assert_eq!(due("acknowledge"), Some(("5m".to_owned(), "detected")));
    assert_eq!(due("restore"), Some(("60m".to_owned(), "impact_started")));
    assert_eq!(due("review-draft"), Some(("3wd mx-bank".to_owned(), "detected")));
    assert_eq!(due("reconciliation-done"), None);
    assert_eq!(due("effect-check"), Some(("90d".to_owned(), "done")));
}

#[test]
fn every_target_prints_as_it_is_written() {
    let standard = default_standard();
    let table = policies(&standard).table("targets").unwrap();
    let place = table.output("due").unwrap();
    assert_eq!(table.rules.len(), 113);
    for rule in &table.rules {
        let text = rule.then[place].as_ref().unwrap().as_text().unwrap();
        assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
    }
}

#[test]
fn the_life_of_an_incident() {
    let standard = default_standard();
    let policies = policies(&standard);
    for (command, from, to) in [
        ("ack", "detected", Some("responding")),
        ("restore", "detected", Some("restored")),
        ("relapse", "restored", Some("responding")),
        ("update", "restored", Some("remediating")),
        ("resolve", "remediating", Some("resolved")),
        ("close", "resolved", Some("closed")),
        ("reopen", "closed", Some("resolved")),
        ("ack", "closed", None),
        ("close", "responding", None),
        ("relapse", "merged", None),
    ] {
        assert_eq!(policies.next_status(command, from).as_deref(), to, "{command} {from}");
    }
}

#[test]
fn a_gate_says_what_is_missing_and_what_supplies_it() {
    let standard = default_standard();
    let policies = policies(&standard);
    let known = facts(&[
        ("status", "restored"),
        ("kind", "outage"),
        ("restored_at", "2026-11-21T04:00:00-06:00"),
        ("services_count", "1"),
        ("monitoring_over", "true"),
        ("recover_actions_open", "0"),
        ("reconciliation_required", "false"),
        ("reconciliation_done", "false"),
        ("cause_known", "true"),
        ("conflicts", "0"),
    ]);
    let missing = policies.missing("resolve", &known);
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert_eq!(missing[0].rule, "resolve-without-start");
    assert_eq!(missing[0].supply, "inc update ID --impact-started TIME");
    let mut known = known;
    known.insert(
        "impact_started_at",
        facts(&[("impact_started_at", "2026-11-21T03:00:00-06:00")])
            .get("impact_started_at")
            .unwrap()
            .clone(),
    );
    assert!(policies.missing("resolve", &known).is_empty());
}

#[test]
fn checks_find_and_lists_ask() {
    let standard = default_standard();
    let policies = policies(&standard);
    let known = facts(&[
        ("kind", "outage"),
        ("tier", "1"),
        ("services_count", "1"),
        ("verticals", "payments"),
        ("services", "card-auth"),
        ("rails", "card_present"),
        ("status", "responding"),
        ("open", "true"),
        ("maintenance", "false"),
        ("imported", "false"),
        ("since_detected", "2h"),
        ("since_last_note", "5h"),
        ("breach_state", "none"),
        ("exercise", "false"),
        ("restricted", "false"),
        ("severity_confirmed", "false"),
        ("workaround_complete", "false"),
        ("customers_noticed", "true"),
        ("vendor_cause", "false"),
        ("money_wrong", "false"),
    ]);
    let decided = policies.decide(known.clone());
    let findings = policies.findings(&decided.facts);
    let codes: Vec<&str> = findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["severity-unconfirmed", "quiet", "authority-unasked"]);
    assert_eq!(findings[1].message, "nothing was written for 5h");
    let items = policies.checklist(&decided.facts);
    let first = items.iter().find(|i| i.item == "stop-retries").unwrap();
    assert_eq!(first.words.get("en"), "Stop automatic retries");
    assert_eq!(first.due.to_string(), "10m");
    assert!(items.iter().all(|i| i.words.has("es-MX") && i.words.has("en")));
    assert!(!items.iter().any(|i| i.item == "revoke-access"));
    let owed = policies.roles_owed(&decided.facts);
    let roles: Vec<(&str, String)> =
        owed.iter().map(|o| (o.role.as_str(), o.by.to_string())).collect();
    assert_eq!(roles[0], ("incident_commander", "10m".to_owned()));
    assert!(!roles.iter().any(|(role, _)| *role == "compensation_owner"));
}

#[test]
fn dora_counts_criteria_and_not_rules() {
    let standard = default_standard();
    let policies = policies(&standard);
    let mut known = FactSet::new();
    for (name, value) in [
        ("affected_clients", Value::integer(500_000)),
        ("member_states", Value::integer(1)),
        ("incident_duration", Value::Duration("24h".parse().unwrap())),
        ("critical_service_downtime", Value::Duration("2h".parse().unwrap())),
        ("costs", Value::Money("100000.00 EUR".parse().unwrap())),
    ] {
        known.set(name, value);
    }
    for name in [
        "affected_clients_percent",
        "affected_counterparts_percent",
        "affected_transactions_percent",
        "affected_transaction_value_percent",
    ] {
        known.set(name, Value::Percent("40%".parse().unwrap()));
    }
    for name in
        ["relevant_clients_affected", "reputational_impact", "data_losses", "malicious_access"]
    {
        known.set(name, Value::Boolean(name == "relevant_clients_affected"));
    }
    let count = |known: &FactSet| {
        let decision = policies.ask("dora-criteria", known, &[]).unwrap();
        assert_eq!(decision.status(), Status::Decided);
        decision.value("count").cloned()
    };
    // Six rules of one criterion; all other comparisons stand exactly at their strict threshold.
    assert_eq!(count(&known), Some(Value::integer(1)));
    known.set("member_states", Value::integer(2));
    assert_eq!(count(&known), Some(Value::integer(2)));
}

/// Facts of impact that only make things worse as they grow, with a few steps each.
const WORSE: [(&str, &[&str]); 14] = [
    ("tier1_failing_50_for", &["0s", "4m", "6m", "3h"]),
    ("tier1_failing_10_for", &["0s", "6m", "40m", "3h"]),
    ("tier1_failing_1_for", &["0s", "16m", "2h", "9h"]),
    ("tier2_failing_50_for", &["0s", "1m", "1h", "9h"]),
    ("tier2_failing_10_for", &["0s", "1m", "1h", "9h"]),
    ("tier3_failing_50_for", &["0s", "1m", "1h", "9h"]),
    ("customers_affected", &["0", "30", "600", "60000"]),
    ("customers_affected_percent", &["0%", "2%", "10%", "30%"]),
    ("lost_value", &["0 MXN", "200000 MXN", "2000000 MXN", "20000000 MXN"]),
    ("wrong_money_customers", &["0", "1", "60", "600"]),
    ("key_clients_down", &["0", "1", "2", "3"]),
    ("contacts_ratio", &["0", "2", "3", "9"]),
    ("contacts_received", &["0", "40", "100", "900"]),
    ("support_unreachable_for", &["0s", "1m", "61m", "9h"]),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn more_impact_never_lowers_severity(
        steps in proptest::collection::vec(proptest::option::of(0_usize..3), WORSE.len()),
        worse in 0_usize..WORSE.len(),
        confirmed: bool,
        peak: bool,
        workaround: bool,
    ) {
        let standard = default_standard();
        let mut known: Vec<(&str, &str)> = vec![
            ("kind", "degradation"),
            ("tier", "2"),
            ("severity_confirmed", if confirmed { "true" } else { "false" }),
            ("peak", if peak { "true" } else { "false" }),
            ("workaround_complete", if workaround { "true" } else { "false" }),
            ("money_wrong", "true"),
        ];
        for (at, (name, values)) in WORSE.iter().enumerate() {
            let step = if at == worse { Some(steps[at].unwrap_or(0)) } else { steps[at] };
            if let Some(step) = step {
                known.push((name, values[step]));
            }
        }
        let before = level(&standard, &facts(&known)).unwrap();
        let (name, values) = WORSE[worse];
        let next = values[steps[worse].unwrap_or(0) + 1];
        known.push((name, next));
        let after = level(&standard, &facts(&known)).unwrap();
        // SEV1 sorts before SEV4.
        prop_assert!(after <= before, "{name} up to {next}: {before} became {after}");
    }
}

#[test]
fn approvals_are_asked_for_by_what_is_approved() {
    use crate::approval::Apart;
    use crate::incident::ApprovalKind;
    let standard = default_standard();
    let of = |known: &[(&str, &str)], inputs: &[(&str, Value)]| {
        let needs = policies(&standard).approvals(&facts(known), inputs);
        needs.into_iter().map(|n| (n.role, n.apart, n.proof)).collect::<Vec<_>>()
    };
    let need = |role: &str, apart| (role.to_owned(), apart, ApprovalKind::Authored);
    let review = [("of", Value::text("review"))];
    let lead = need("incident_commander", Some(Apart::Facilitator));
    assert_eq!(of(&[("peak_severity", "SEV3")], &review), std::slice::from_ref(&lead));
    let sponsor = need("executive_sponsor", Some(Apart::Facilitator));
    assert_eq!(of(&[("peak_severity", "SEV1")], &review), [lead, sponsor]);
    let push = [
        ("of", Value::text("message")),
        ("customer_facing", Value::Boolean(true)),
        ("audience", Value::text("affected_known")),
    ];
    assert_eq!(of(&[], &push), [need("communications_lead", Some(Apart::Author))]);
    let internal = [("of", Value::text("message")), ("customer_facing", Value::Boolean(false))];
    assert_eq!(of(&[], &internal), []);
    let gate = [("of", Value::text("override")), ("step", Value::text("close"))];
    assert_eq!(of(&[], &gate), [need("incident_commander", None)]);
}
