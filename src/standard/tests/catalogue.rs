//! The facts that the default standard asks about, with their types.

use std::collections::HashMap;

use crate::decision::{Enumeration, InputSpec, Type, Value};

/// The catalogue, as tables see it.
pub(super) fn facts() -> HashMap<String, InputSpec> {
    let mut facts = HashMap::new();
    for line in FACTS.lines() {
        let (name, ty) = line.split_once(": ").unwrap();
        let (list, ty) = match ty.strip_prefix("list ") {
            Some(element) => (true, element),
            None => (false, ty),
        };
        let mut words = ty.split(' ');
        let kind = words.next().unwrap();
        let ty = match kind {
            "enum" => Type::Enum(Enumeration::new(words.clone(), true)),
            kind => Type::parse(kind).unwrap(),
        };
        let (min, max) = match (&ty, words.next()) {
            (Type::Integer, Some("1..3")) => (Some("1"), Some("3")),
            (Type::Percent, Some("0..100")) => (Some("0%"), Some("100%")),
            (Type::Integer | Type::Number, None) => (Some("0"), None),
            (Type::Duration, None) => (Some("0m"), None),
            (Type::Money(_), None) => (Some("0 MXN"), None),
            _ => (None, None),
        };
        let bound = |text: Option<&str>| text.map(|text| Value::parse(text, &ty).unwrap());
        let (min, max) = (bound(min), bound(max));
        let ty = if list { Type::List(Box::new(ty)) } else { ty };
        facts.insert(name.to_owned(), InputSpec::between(ty, min, max));
    }
    facts
}

const FACTS: &str = "\
id: text
status: enum detected responding restored remediating resolved closed cancelled merged
kind: enum outage interruption degradation data security fraud near_miss maintenance
open: boolean
ended: boolean
exercise: boolean
restricted: boolean
maintenance: boolean
planned_notice: duration
imported: boolean
age: duration
family_size: integer
parent: text
services: list text
services_count: integer
services_unmapped_count: integer
verticals: list text
tier: integer 1..3
tiers: list integer
rails: list text
regions: list text
segments: list text
channels: list text
tags: list text
title_length: integer
has_incident_commander: boolean
has_technical_lead: boolean
has_communications_lead: boolean
has_support_lead: boolean
has_compensation_owner: boolean
has_compliance_liaison: boolean
roles_held: list text
roles_in_conflict: integer
people_unknown_count: integer
vendors_unknown_count: integer
clients_unknown_count: integer
payday: boolean
campaign_active: boolean
holiday_eve: boolean
peak: boolean
bank_day: boolean
out_of_hours: boolean
next_cutoff_in: duration
impact_started_at: timestamp
detected_at: timestamp
acknowledged_at: timestamp
restored_at: timestamp
resolved_at: timestamp
closed_at: timestamp
detected_before_impact: boolean
detected_after_restore: boolean
time_to_detect: duration
time_to_acknowledge: duration
time_to_restore: duration
time_to_resolve: duration
duration: duration
degraded_minutes: number
out_of_hours_duration: duration
relapses: integer
working_days_since_restored: integer
since_detected: duration
since_restored: duration
since_resolved: duration
since_last_note: duration
monitoring_over: boolean
backlog_cleared: boolean
detection_source: enum alert early_warning customer_contact client vendor employee reconciliation social_media regulator
tier1_failing_50_for: duration
tier1_failing_10_for: duration
tier1_failing_1_for: duration
tier2_failing_50_for: duration
tier2_failing_10_for: duration
tier3_failing_50_for: duration
support_unreachable_for: duration
customers_tried: integer
customers_affected: integer
customers_active_base: integer
customers_affected_percent: percent 0..100
customers_affected_of_base: percent 0..100
clients_affected: integer
clients_degraded: integer
key_clients_affected: integer
key_clients_down: integer
client_volume_down_percent: percent 0..100
merchants_affected: integer
merchants_affected_percent: percent 0..100
transactions_attempted: integer
transactions_declined_business: integer
transactions_failed: integer
transactions_lost: integer
transactions_in_doubt: integer
transactions_duplicated: integer
transactions_reversed: integer
transactions_deferred: integer
transactions_settled_late: integer
attempted_value: money
declined_business_value: money
failed_value: money
lost_value: money
in_doubt_value: money
duplicated_value: money
reversed_value: money
deferred_value: money
settled_late_value: money
technical_success_rate: percent 0..100
approval_rate: percent 0..100
revenue_lost: money
direct_loss: money
vendor_recovery: money
harm_kinds: list enum declined delayed duplicate_charge cash_not_dispensed wrong_balance funds_unavailable missing_credit late_payment no_access data
money_wrong: boolean
money_in_doubt: boolean
wrong_money_customers: integer
wrong_money_value: money
harm_spreading: boolean
wrong_money_spreading: boolean
contacts_received: integer
contacts_expected: integer
contacts_ratio: number
complaints_formal: integer
complaints_regulator: integer
social_mentions: integer
journeys_down: integer
breach_state: enum none ruled_out suspected confirmed
breach_recorded: boolean
breach_subjects: integer
triaged: boolean
redundancy_lost: boolean
cutoff_missed: boolean
payroll_cutoff_missed: boolean
cutoff_at_risk_in: duration
impact_measured: boolean
impact_known: boolean
customers_noticed: boolean
workaround: boolean
workaround_complete: boolean
severity: enum SEV1 SEV2 SEV3 SEV4
severity_derived: enum SEV1 SEV2 SEV3 SEV4
severity_declared: enum SEV1 SEV2 SEV3 SEV4
severity_confirmed: boolean
severity_derived_then: enum SEV1 SEV2 SEV3 SEV4
severity_moved: boolean
severity_overridden: boolean
peak_severity: enum SEV1 SEV2 SEV3 SEV4
major_declared: boolean
first_update_delay: duration
longest_update_gap: duration
customer_updates_sent: integer
channels_sent: list text
stages_sent: list text
update_overdue: boolean
update_promised_in: duration
messages_unapproved_sent: integer
vendors: list text
vendor_cause: boolean
vendor_tickets_missing: integer
cause_known: boolean
cause_category: text
change_linked: boolean
review_state: enum none draft submitted approved published
review_approved: boolean
review_age: duration
actions_total: integer
actions_open: integer
actions_overdue: integer
actions_without_owner: integer
actions_without_due: integer
recover_actions_open: integer
prevent_actions: integer
prevent_without_effect_check: integer
checklist_done: list text
reconciliation_required: boolean
reconciliation_status: enum pending partial done
reconciliation_done: boolean
in_doubt_left: integer
regulatory_undecided: integer
regulatory_decisions: integer
regulatory_unasked: integer
regimes_recorded: list text
regimes_unasked: list text
regulatory_overdue: integer
compensation_decided: boolean
compensation_total: money
conflicts: integer
waivers_expired: integer
repeat: boolean
";
