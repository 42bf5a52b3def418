//! Every fact, one row each: name, kind of value, meaning, origin.
//!
//! The file is long because the catalogue is in one place; `docs/facts.md` is made from it. Names
//! are used by tables of every company, so a name never changes its meaning.

use super::definition::Kind::{
    Count, Flag, Level, Moment, Money, Number, Share, Span, SpanUntil, Text, Texts, Wholes, Within,
    Word, Words,
};
use super::definition::{Kind, Row};
use crate::incident::{
    BreachState, DetectionSource, HarmKind, Kind as IncidentKind, ReconciliationStatus, Severity,
    Status,
};

/// A fact that every record has a value for.
const fn always(
    name: &'static str,
    kind: Kind,
    meaning: &'static str,
    origin: &'static str,
) -> Row {
    Row { name, kind, always: true, meaning, origin }
}

/// A fact that is unknown until the record holds it.
const fn fact(name: &'static str, kind: Kind, meaning: &'static str, origin: &'static str) -> Row {
    Row { name, kind, always: false, meaning, origin }
}

/// The vocabulary of one of the record's words.
macro_rules! words_of {
    ($words:ty) => {
        || <$words>::ALL.iter().map(|word| word.as_str()).collect()
    };
}

/// States of the review, in the order in which it passes them.
pub(super) const REVIEW_STATES: [&str; 5] = ["none", "draft", "submitted", "approved", "published"];

/// States of a breach: nothing recorded, then as in the record.
fn breach_states() -> Vec<&'static str> {
    let recorded = BreachState::ALL.iter().map(|state| state.as_str());
    std::iter::once("none").chain(recorded).collect()
}

/// The catalogue, by group.
pub(super) const GROUPS: &[(&str, &[Row])] = &[
    ("Identity and state", IDENTITY),
    ("People", PEOPLE),
    ("Calendar", CALENDAR),
    ("Times and durations", TIMES),
    ("Sustained failure", SUSTAINED),
    ("Impact", IMPACT),
    ("Severity", SEVERITY),
    ("Communications", COMMUNICATIONS),
    ("Vendors, changes, causes", CAUSES),
    ("Review, actions, duties, money", DUTIES),
];

const IDENTITY: &[Row] = &[
    always("id", Text, "the incident's id", "id"),
    always("status", Word(words_of!(Status)), "where it is in its life", "status"),
    fact("kind", Word(words_of!(IncidentKind)), "what went wrong", "kind"),
    always("open", Flag, "neither resolved nor closed, cancelled or merged", "status"),
    always("ended", Flag, "closed, cancelled or merged", "status"),
    always("exercise", Flag, "a drill", "exercise"),
    always("restricted", Flag, "a stub whose details live elsewhere", "restricted"),
    always("maintenance", Flag, "planned work: kind is maintenance", "kind"),
    fact(
        "planned_notice",
        SpanUntil,
        "how long before planned work it was announced; negative where afterwards",
        "planned.from, planned.announced_at",
    ),
    always("imported", Flag, "the record came from another tool", "x-import"),
    always("age", Span, "now − detected, else now − the day of opening", "times.detected, id"),
    always(
        "family_size",
        Count("records"),
        "this record, what was merged into it, its children",
        "merged_into and parent of all records",
    ),
    fact("parent", Text, "id of the incident that this one is part of", "parent"),
    fact("services", Texts, "services that are hit", "services"),
    always(
        "services_count",
        Count("services"),
        "services of the catalogue that are named",
        "services, standards/services.toml",
    ),
    always(
        "services_unmapped_count",
        Count("services"),
        "services that the catalogue lacks",
        "services_unmapped, services, standards/services.toml",
    ),
    fact("verticals", Texts, "verticals of the services", "services, standards/services.toml"),
    fact(
        "tier",
        Within(1, 3, ""),
        "the most critical (smallest) tier among the services",
        "services, standards/services.toml",
    ),
    fact("tiers", Wholes(1, 3), "tiers of the services", "services, standards/services.toml"),
    fact(
        "rails",
        Texts,
        "rails of the record, else of its services",
        "rails, services, standards/services.toml",
    ),
    fact("regions", Texts, "regions that are hit", "regions, impact.periods[].region"),
    fact("segments", Texts, "customer segments that are hit", "segments"),
    fact("channels", Texts, "channels where customers notice it", "channels"),
    fact("tags", Texts, "tags", "tags"),
    always("title_length", Count("characters"), "length of the title", "title"),
];

const PEOPLE: &[Row] = &[
    always("has_incident_commander", Flag, "somebody is incident manager now", "roles"),
    always("has_technical_lead", Flag, "somebody is technical lead now", "roles"),
    always("has_communications_lead", Flag, "somebody is communications lead now", "roles"),
    always("has_support_lead", Flag, "somebody is support lead now", "roles"),
    always("has_compensation_owner", Flag, "somebody owns compensation now", "roles"),
    always("has_compliance_liaison", Flag, "somebody is compliance liaison now", "roles"),
    always("roles_held", Texts, "roles that somebody holds now; may be the empty list", "roles"),
    always(
        "roles_in_conflict",
        Count("pairs"),
        "pairs of roles that one person holds now and may not",
        "roles, standards/roles.toml not_with",
    ),
    always(
        "people_unknown_count",
        Count("people"),
        "people that people.toml lacks",
        "every field that names a person, standards/people.toml",
    ),
    always(
        "vendors_unknown_count",
        Count("vendors"),
        "vendors that vendors.toml lacks",
        "vendors[].vendor, standards/vendors.toml",
    ),
    always(
        "clients_unknown_count",
        Count("clients"),
        "clients that clients.toml lacks",
        "impact.clients[].client, standards/clients.toml",
    ),
];

const CALENDAR: &[Row] = &[
    fact(
        "payday",
        Flag,
        "impact began (else detection) on a day of an event of class payday",
        "times, standards/events.toml",
    ),
    fact(
        "campaign_active",
        Flag,
        "impact began (else detection) inside a window of class campaign",
        "times, standards/events.toml",
    ),
    fact(
        "holiday_eve",
        Flag,
        "impact began (else detection) on the day before a holiday of the calendar mx-bank; a weekend alone is none",
        "times, standards/calendar/mx-bank.toml",
    ),
    fact(
        "peak",
        Flag,
        "payday, campaign or holiday eve on any day of the impact",
        "times, impact.periods, standards/events.toml, standards/calendar/mx-bank.toml",
    ),
    fact(
        "bank_day",
        Flag,
        "mx-bank works on the day on which impact began (else detection); unknown beyond the calendar's years",
        "times, standards/calendar/mx-bank.toml",
    ),
    fact(
        "out_of_hours",
        Flag,
        "impact began (else detection) before 07:00, from 23:00 on, or on no bank day",
        "times, standards/calendar/mx-bank.toml",
    ),
    fact(
        "next_cutoff_in",
        Span,
        "until the next cut-off of the services: from now while open, else from the start of impact (else detection)",
        "services, standards/services.toml cutoffs",
    ),
];

const TIMES: &[Row] = &[
    fact("impact_started_at", Moment, "when impact started", "times.impact_started"),
    fact("detected_at", Moment, "when it was detected", "times.detected"),
    fact("acknowledged_at", Moment, "when somebody took charge", "times.acknowledged"),
    fact("restored_at", Moment, "when customers could work again", "times.restored"),
    fact("resolved_at", Moment, "when it could not come back by itself", "times.resolved"),
    fact("closed_at", Moment, "when review and duties were done", "times.closed"),
    fact(
        "detected_before_impact",
        Flag,
        "detected before impact started",
        "times.detected, times.impact_started",
    ),
    fact(
        "detected_after_restore",
        Flag,
        "detected after customers could work again",
        "times.detected, times.restored",
    ),
    fact(
        "time_to_detect",
        Span,
        "detected − impact started; unknown when detected before impact",
        "times.detected, times.impact_started",
    ),
    fact(
        "time_to_acknowledge",
        Span,
        "acknowledged − detected",
        "times.acknowledged, times.detected",
    ),
    fact(
        "time_to_restore",
        Span,
        "last restored − impact started",
        "times.restored, times.impact_started, impact.periods",
    ),
    fact("time_to_resolve", Span, "resolved − detected", "times.resolved, times.detected"),
    fact(
        "duration",
        Span,
        "impact from its first start to its last restore, to now while it lasts",
        "times, impact.periods",
    ),
    fact(
        "degraded_minutes",
        Number("min"),
        "minutes of the windows of impact, each weighed by the share that failed; overlaps take the worst share; an outage weighs 100% where no share is recorded",
        "impact.periods, times",
    ),
    fact(
        "out_of_hours_duration",
        Span,
        "part of the impact outside 07:00–23:00 of bank days",
        "times, impact.periods, standards/calendar/mx-bank.toml",
    ),
    always(
        "relapses",
        Count("relapses"),
        "windows of impact after the first",
        "impact.periods, timeline[].kind",
    ),
    fact(
        "working_days_since_restored",
        Count("days"),
        "bank days after the day of the restore, up to today",
        "times.restored, standards/calendar/mx-bank.toml",
    ),
    fact(
        "since_detected",
        Span,
        "now − detected; stops when resolved",
        "times.detected, times.resolved",
    ),
    fact("since_restored", Span, "now − restored", "times.restored"),
    fact("since_resolved", Span, "now − resolved", "times.resolved"),
    fact("since_last_note", Span, "now − the newest timeline entry", "timeline[].at"),
    always(
        "monitoring_over",
        Flag,
        "restored, and nothing says to watch until later than now",
        "times.restored, times.monitoring_until",
    ),
    always("backlog_cleared", Flag, "what had piled up is worked off", "times.backlog_cleared"),
    fact(
        "detection_source",
        Word(words_of!(DetectionSource)),
        "who or what noticed first",
        "detection.source",
    ),
];

const SUSTAINED: &[Row] = &[
    fact(
        "tier1_failing_50_for",
        Span,
        "longest time in which 50% or more of attempts failed on tier 1",
        "impact.periods[].degradation, standards/services.toml",
    ),
    fact(
        "tier1_failing_10_for",
        Span,
        "longest time in which 10% or more of attempts failed on tier 1",
        "impact.periods[].degradation, standards/services.toml",
    ),
    fact(
        "tier1_failing_1_for",
        Span,
        "longest time in which 1% or more of attempts failed on tier 1",
        "impact.periods[].degradation, standards/services.toml",
    ),
    fact(
        "tier2_failing_50_for",
        Span,
        "longest time in which 50% or more of attempts failed on tier 2",
        "impact.periods[].degradation, standards/services.toml",
    ),
    fact(
        "tier2_failing_10_for",
        Span,
        "longest time in which 10% or more of attempts failed on tier 2",
        "impact.periods[].degradation, standards/services.toml",
    ),
    fact(
        "tier3_failing_50_for",
        Span,
        "longest time in which 50% or more of attempts failed on tier 3",
        "impact.periods[].degradation, standards/services.toml",
    ),
    fact(
        "support_unreachable_for",
        Span,
        "longest time in which support could not be reached by 50% or more, in this record or its family",
        "impact.periods[].degradation of support-contact",
    ),
];

const IMPACT: &[Row] = &[
    fact(
        "customers_tried",
        Count("customers"),
        "customers who tried while it lasted",
        "impact.customers.tried",
    ),
    fact(
        "customers_affected",
        Count("customers"),
        "customers who tried and could not",
        "impact.customers.affected",
    ),
    fact(
        "customers_active_base",
        Count("customers"),
        "active customers",
        "impact.customers.active_base",
    ),
    fact(
        "customers_affected_percent",
        Share,
        "of those who tried, how many could not",
        "impact.customers.affected, impact.customers.tried",
    ),
    fact(
        "customers_affected_of_base",
        Share,
        "of the active base, how many tried and could not",
        "impact.customers.affected, impact.customers.active_base",
    ),
    fact("clients_affected", Count("clients"), "business clients that are hit", "impact.clients"),
    fact(
        "clients_degraded",
        Count("clients"),
        "of them those with any degradation; one that says none counts",
        "impact.clients[].degradation",
    ),
    fact(
        "key_clients_affected",
        Count("clients"),
        "key clients that are hit",
        "impact.clients, standards/clients.toml key",
    ),
    fact(
        "key_clients_down",
        Count("clients"),
        "key clients at 50% degradation or more; one that says none counts as down",
        "impact.clients[].degradation, standards/clients.toml key",
    ),
    fact(
        "client_volume_percent",
        Share,
        "volume shares of the clients that are hit, added up",
        "impact.clients, standards/clients.toml volume_share",
    ),
    fact(
        "client_volume_down_percent",
        Share,
        "volume shares of the clients at 50% degradation or more, added up; one that says none counts as down",
        "impact.clients[].degradation, standards/clients.toml volume_share",
    ),
    fact(
        "merchants_affected",
        Count("merchants"),
        "merchants that are hit",
        "impact.merchants.affected",
    ),
    fact(
        "merchants_affected_percent",
        Share,
        "of all merchants, how many are hit",
        "impact.merchants.affected, standards/clients.toml base",
    ),
    fact(
        "transactions_attempted",
        Count("transactions"),
        "attempted",
        "impact.transactions.attempted",
    ),
    fact(
        "transactions_declined_business",
        Count("transactions"),
        "declined for business reasons (funds, fraud rules): no failures",
        "impact.transactions.declined_business",
    ),
    fact(
        "transactions_failed",
        Count("transactions"),
        "failed for technical reasons",
        "impact.transactions.failed",
    ),
    fact(
        "transactions_lost",
        Count("transactions"),
        "failed and never tried again with success",
        "impact.transactions.lost",
    ),
    fact(
        "transactions_in_doubt",
        Count("transactions"),
        "nobody knows yet whether they went through",
        "impact.transactions.in_doubt",
    ),
    fact(
        "transactions_duplicated",
        Count("transactions"),
        "charged twice",
        "impact.transactions.duplicated",
    ),
    fact(
        "transactions_reversed",
        Count("transactions"),
        "reversed",
        "impact.transactions.reversed",
    ),
    fact(
        "transactions_deferred",
        Count("transactions"),
        "put off and done later",
        "impact.transactions.deferred",
    ),
    fact(
        "transactions_settled_late",
        Count("transactions"),
        "settled after their cut-off",
        "impact.transactions.settled_late",
    ),
    fact(
        "attempted_value",
        Money,
        "value of transactions attempted",
        "impact.transactions.attempted_value",
    ),
    fact(
        "declined_business_value",
        Money,
        "value of transactions declined for business reasons",
        "impact.transactions.declined_business_value",
    ),
    fact("failed_value", Money, "value of transactions failed", "impact.transactions.failed_value"),
    fact("lost_value", Money, "value of transactions lost", "impact.transactions.lost_value"),
    fact(
        "in_doubt_value",
        Money,
        "value of transactions in doubt",
        "impact.transactions.in_doubt_value",
    ),
    fact(
        "duplicated_value",
        Money,
        "value of transactions charged twice",
        "impact.transactions.duplicated_value",
    ),
    fact(
        "reversed_value",
        Money,
        "value of transactions reversed",
        "impact.transactions.reversed_value",
    ),
    fact(
        "deferred_value",
        Money,
        "value of transactions put off",
        "impact.transactions.deferred_value",
    ),
    fact(
        "settled_late_value",
        Money,
        "value of transactions settled late",
        "impact.transactions.settled_late_value",
    ),
    fact(
        "technical_success_rate",
        Share,
        "1 − failed / (attempted − declined for business reasons)",
        "impact.transactions",
    ),
    fact(
        "approval_rate",
        Share,
        "(attempted − declined for business reasons − failed) / attempted",
        "impact.transactions",
    ),
    fact("revenue_lost", Money, "payment volume lost, times the take rate", "impact.revenue_lost"),
    fact("direct_loss", Money, "money that the company itself lost", "impact.direct_loss"),
    fact("vendor_recovery", Money, "money to be had back from vendors", "impact.vendor_recovery"),
    fact("harm_kinds", Words(words_of!(HarmKind)), "harm done to customers", "impact.harm[].kind"),
    always(
        "money_wrong",
        Flag,
        "customers' money is wrong: doubled, missing, wrong balance, cash not dispensed",
        "impact.harm[].kind, impact.transactions.duplicated",
    ),
    always(
        "money_in_doubt",
        Flag,
        "transactions in doubt, or reconciliation required",
        "impact.transactions.in_doubt, reconciliation.required",
    ),
    fact(
        "wrong_money_customers",
        Count("customers"),
        "customers whose money is wrong, added up over those harms; 0 where no money is wrong",
        "impact.harm[].customers",
    ),
    fact(
        "wrong_money_value",
        Money,
        "money that is wrong, added up over those harms; nothing where no money is wrong",
        "impact.harm[].money",
    ),
    always(
        "harm_spreading",
        Flag,
        "more customers are still being harmed",
        "impact.harm[].spreading",
    ),
    always(
        "wrong_money_spreading",
        Flag,
        "the money of more customers is still going wrong",
        "impact.harm[].spreading",
    ),
    fact(
        "contacts_received",
        Count("contacts"),
        "customer contacts received",
        "impact.contacts.received",
    ),
    fact(
        "contacts_expected",
        Count("contacts"),
        "customer contacts expected in that time",
        "impact.contacts.expected",
    ),
    fact("contacts_ratio", Number("×"), "contacts received / contacts expected", "impact.contacts"),
    fact("complaints_formal", Count("complaints"), "formal complaints", "impact.complaints.formal"),
    fact(
        "complaints_regulator",
        Count("complaints"),
        "complaints through an authority",
        "impact.complaints.regulator",
    ),
    fact(
        "social_mentions",
        Count("mentions"),
        "mentions in social media",
        "impact.social_mentions",
    ),
    fact(
        "journeys_down",
        Count("journeys"),
        "things that customers cannot do at all",
        "impact.journeys[].state",
    ),
    fact(
        "breach_state",
        Word(breach_states),
        "whether personal data got out; none where nothing is recorded and the kind is neither data nor security",
        "data_breach.state, kind",
    ),
    always(
        "breach_recorded",
        Flag,
        "somebody wrote down whether personal data got out",
        "data_breach.state",
    ),
    fact("breach_subjects", Count("people"), "people whose data got out", "data_breach.subjects"),
    always("triaged", Flag, "security looked at it", "impact.triaged_at"),
    always("redundancy_lost", Flag, "one more failure is an outage", "impact.redundancy_lost"),
    always("cutoff_missed", Flag, "a cut-off was missed", "impact.cutoffs[].state"),
    always(
        "payroll_cutoff_missed",
        Flag,
        "a cut-off of class payroll was missed",
        "impact.cutoffs[].state, standards/services.toml cutoffs",
    ),
    fact(
        "cutoff_at_risk_in",
        Span,
        "until the nearest cut-off that is at risk; nothing once it passed",
        "impact.cutoffs[].at",
    ),
    always("impact_measured", Flag, "the impact was measured", "impact.measured"),
    always("impact_known", Flag, "customers affected, a degradation or a value is known", "impact"),
    always(
        "customers_noticed",
        Flag,
        "customers affected, more contacts than expected, mentions in social media, or told by customers, clients or social media",
        "impact, detection.source",
    ),
    always("workaround", Flag, "there is something that customers can do instead", "workaround"),
    always(
        "workaround_complete",
        Flag,
        "it replaces the service, support verified it, and customers were told",
        "workaround, communications[].stage",
    ),
];

const SEVERITY: &[Row] = &[
    fact(
        "severity",
        Level(words_of!(Severity)),
        "the level in force: declared by a person, else derived",
        "severity.declared, table severity",
    ),
    fact(
        "severity_derived",
        Level(words_of!(Severity)),
        "the level that the tables give",
        "table severity",
    ),
    fact(
        "severity_declared",
        Level(words_of!(Severity)),
        "the level that a person declared",
        "severity.declared",
    ),
    always("severity_confirmed", Flag, "confirmed from numbers", "severity.confirmed"),
    always(
        "severity_overridden",
        Flag,
        "declared, and not what the tables give",
        "severity.declared, table severity",
    ),
    fact(
        "severity_derived_then",
        Level(words_of!(Severity)),
        "the level that the tables gave when a person declared another",
        "severity.derived",
    ),
    fact(
        "severity_moved",
        Flag,
        "declared, and the tables no longer give what they gave then; unknown where an override does not say what that was",
        "severity.declared, severity.derived, table severity",
    ),
    fact(
        "peak_severity",
        Level(words_of!(Severity)),
        "the highest level ever reached",
        "severity.peak, severity.declared, table severity",
    ),
    always(
        "major_declared",
        Flag,
        "a person declared a major incident: tag major-incident",
        "tags",
    ),
];

const COMMUNICATIONS: &[Row] = &[
    fact(
        "first_update_delay",
        Span,
        "first message to customers − detected",
        "communications[].sent, times.detected",
    ),
    fact(
        "longest_update_gap",
        Span,
        "longest silence towards customers from detection on, while open",
        "communications[].sent, times.detected, times.resolved",
    ),
    always(
        "customer_updates_sent",
        Count("messages"),
        "messages sent to customers",
        "communications[].sent",
    ),
    always(
        "channels_sent",
        Texts,
        "channels that carried a message; may be the empty list",
        "communications[].channel",
    ),
    always(
        "stages_sent",
        Texts,
        "stages of the messages sent; may be the empty list",
        "communications[].stage",
    ),
    always(
        "update_overdue",
        Flag,
        "the promised update is overdue, and it is open",
        "now.next_update_at",
    ),
    fact(
        "update_promised_in",
        SpanUntil,
        "until the promised update; negative once it is overdue",
        "now.next_update_at",
    ),
    always(
        "messages_unapproved_sent",
        Count("messages"),
        "messages sent to customers without an approval of their exact words",
        "communications[].sent, approvals",
    ),
];

const CAUSES: &[Row] = &[
    fact("vendors", Texts, "vendors that take part", "vendors[].vendor"),
    always("vendor_cause", Flag, "a vendor is the cause", "vendors[].role"),
    always(
        "vendor_tickets_missing",
        Count("vendors"),
        "vendors without a ticket",
        "vendors[].ticket",
    ),
    always("cause_known", Flag, "a root cause or trigger is recorded, and a category", "causes"),
    fact("cause_category", Text, "category of the cause", "causes.category"),
    always("change_linked", Flag, "the change that caused it is named", "causes.change"),
];

const DUTIES: &[Row] = &[
    always(
        "review_state",
        Word(|| REVIEW_STATES.to_vec()),
        "how far the review is",
        "review, approvals",
    ),
    always("review_approved", Flag, "the words of the review are approved", "approvals"),
    fact(
        "review_age",
        Span,
        "now − restored while the review is not approved; nothing once it is",
        "times.restored, review, approvals",
    ),
    always("actions_total", Count("actions"), "actions", "actions"),
    always("actions_open", Count("actions"), "actions neither done nor dropped", "actions"),
    always(
        "actions_overdue",
        Count("actions"),
        "open actions whose due date is over",
        "actions[].due",
    ),
    always(
        "actions_without_owner",
        Count("actions"),
        "open actions that nobody owns",
        "actions[].owner",
    ),
    always(
        "actions_without_due",
        Count("actions"),
        "open actions without a due date",
        "actions[].due",
    ),
    always(
        "recover_actions_open",
        Count("actions"),
        "open actions of kind recover",
        "actions[].kind",
    ),
    always("prevent_actions", Count("actions"), "actions of kind prevent", "actions[].kind"),
    always(
        "prevent_without_effect_check",
        Count("actions"),
        "actions of kind prevent without an effect check",
        "actions[].effect_check",
    ),
    always(
        "checklist_done",
        Texts,
        "items of the checklist that are done or skipped; may be the empty list",
        "checklist[].item",
    ),
    always(
        "reconciliation_required",
        Flag,
        "asked for, or customers' money is wrong or in doubt",
        "reconciliation.required, impact.harm, impact.transactions",
    ),
    fact(
        "reconciliation_status",
        Word(words_of!(ReconciliationStatus)),
        "how far the books are brought together",
        "reconciliation.status",
    ),
    always("reconciliation_done", Flag, "the books are brought together", "reconciliation.status"),
    fact(
        "in_doubt_left",
        Count("transactions"),
        "transactions still in doubt",
        "reconciliation.in_doubt_left",
    ),
    always(
        "regulatory_undecided",
        Count("regimes"),
        "regimes for which nobody decided whether to report",
        "regulatory[].decision",
    ),
    always(
        "regulatory_decisions",
        Count("regimes"),
        "regimes with a decision, also when it is no",
        "regulatory[].decision",
    ),
    always(
        "regimes_recorded",
        Texts,
        "regimes that the record names, decided or not",
        "regulatory[].regime",
    ),
    fact(
        "regulatory_unasked",
        Count("regimes"),
        "regimes that the standard names for it and the record says nothing of",
        "regulatory[].regime, standards/regulatory.toml",
    ),
    fact(
        "regimes_unasked",
        Texts,
        "which regimes those are",
        "regulatory[].regime, standards/regulatory.toml",
    ),
    always(
        "regulatory_overdue",
        Count("regimes"),
        "reports that are due and not sent",
        "regulatory[].due",
    ),
    always(
        "compensation_decided",
        Flag,
        "a run is recorded, or a decision in the timeline speaks of compensation",
        "compensation, timeline[].kind",
    ),
    fact(
        "compensation_total",
        Money,
        "totals of the approved runs, added up",
        "compensation[].total",
    ),
    always("conflicts", Count("fields"), "fields that a merge left in conflict", "conflicts"),
    always("waivers_expired", Count("waivers"), "waivers whose time is over", "waivers[].until"),
    always(
        "repeat",
        Flag,
        "it came back: a related incident, or the same services and category in the last 90 days",
        "related, causes.category of other records",
    ),
];
