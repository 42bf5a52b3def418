//! All checks, as data.

use super::{
    Check, Look, Read, Subject, Tier, actions, approvals, duties, files, messages, names, payouts,
    references, reviews, sensitive, times, titles,
};
use crate::check::Remark;
use crate::diag::Level;

const fn check(
    code: &'static str,
    tier: Tier,
    level: Level,
    look: fn(&Subject<'_>) -> Vec<Remark>,
    summary: &'static str,
) -> Check {
    Check { code, tier, level, summary, look: Look::Record(look) }
}

const fn words(
    code: &'static str,
    level: Level,
    look: fn(&Subject<'_>, &Read<'_>) -> Vec<Remark>,
    summary: &'static str,
) -> Check {
    Check { code, tier: Tier::Basic, level, summary, look: Look::Texts(look) }
}

use Level::{Error, Note, Warning};
use Tier::{Basic, Strict};

/// All checks in the order in which a newcomer would ask their questions.
#[rustfmt::skip]
pub const CATALOGUE: &[Check] = &[
    Check { code: "unreadable-record", tier: Basic, level: Error, look: Look::Reading,
        summary: "a file that should be a record and cannot be read as one" },

    check("unresolved-conflict", Basic, Error, references::unresolved_conflict,
        "a field that a merge left with two values"),
    check("dangling-reference", Basic, Error, references::dangling_reference,
        "a parent, related or merged record that does not exist"),
    check("merged-chain", Basic, Warning, references::merged_chain,
        "merged into a record that was merged itself"),
    check("parent-circle", Basic, Error, references::parent_circle,
        "parents that lead back to the record"),

    check("unknown-service", Basic, Warning, names::unknown_service,
        "a service that the catalogue does not know"),
    check("unmapped-service", Basic, Warning, names::unmapped_service,
        "a service kept as typed, not yet one of the catalogue"),
    check("unknown-person", Basic, Warning, names::unknown_person,
        "a person who is not in people.toml"),
    check("unknown-role", Basic, Warning, names::unknown_role,
        "a role that is not in roles.toml"),
    check("unknown-vendor", Basic, Warning, names::unknown_vendor,
        "a vendor that is not in vendors.toml"),
    check("unknown-client", Basic, Warning, names::unknown_client,
        "a client that is not in clients.toml"),

    check("not-acknowledged", Basic, Warning, duties::not_acknowledged,
        "nobody has taken it after a quarter of an hour"),
    check("no-incident-commander", Basic, Warning, duties::no_incident_commander,
        "open, and nobody leads it after a quarter of an hour"),
    check("no-next-update", Basic, Note, duties::no_next_update,
        "customers feel it, and no next update is promised"),
    check("overdue-update", Basic, Warning, duties::overdue_update,
        "the promised time of the next update has passed"),

    check("no-detection-time", Basic, Warning, times::no_detection_time,
        "nobody wrote when it was noticed"),
    check("restored-without-start", Basic, Warning, times::restored_without_start,
        "restored, without the time when the impact started"),
    check("status-without-time", Basic, Error, times::status_without_time,
        "a status whose time is missing"),
    check("time-without-status", Basic, Warning, times::time_without_status,
        "a time that the status has not reached"),
    check("odd-times", Basic, Warning, times::odd_times,
        "times in the future, or long before the incident"),
    check("long-title", Basic, Note, titles::long_title,
        "a title too long for a subject line"),
    check("odd-title", Basic, Warning, titles::odd_title,
        "control characters or line breaks in a title"),

    check("reconciliation-pending", Basic, Error, duties::reconciliation_pending,
        "over, money in doubt, and the books not reconciled"),
    check("no-cause", Basic, Warning, duties::no_cause,
        "closed without saying why it happened"),
    check("no-review", Basic, Warning, duties::no_review,
        "closed after SEV1 or SEV2 without a review"),
    check("action-without-owner", Basic, Warning, actions::without_owner,
        "a follow-up that belongs to nobody"),
    check("action-without-due", Basic, Warning, actions::without_due,
        "a follow-up without a date"),
    check("action-without-kind", Basic, Note, actions::without_kind,
        "a follow-up that does not say what it is for"),
    check("unclear-due", Basic, Warning, actions::unclear_due,
        "a due date that is no date"),
    check("overdue-action", Basic, Warning, actions::overdue,
        "a follow-up whose date has passed"),

    check("missing-file", Basic, Error, files::missing_file,
        "a message or review whose file is not there"),
    check("file-outside", Basic, Error, files::file_outside,
        "a message or review outside the incident's folder"),
    check("evidence-in-git", Basic, Error, files::evidence_in_git,
        "customer-level data that git tracks"),
    Check { code: "sensitive-text", tier: Basic, level: Error,
        look: Look::Texts(sensitive::sensitive_text),
        summary: "a card number, an account, a personal id or a secret in a text" },

    words("leftover-placeholder", Error, messages::leftover_placeholder,
        "a gap in a message that nobody filled"),
    words("over-limit", Error, messages::over_limit,
        "a message longer than its channel holds"),
    words("stack-trace", Error, messages::stack_trace,
        "a program's error in a message"),
    words("credentials-asked", Error, messages::credentials_asked,
        "a message that asks its reader for a password or a code"),
    words("hostname", Warning, messages::hostname,
        "a host name or a link in a message that is not the company's"),
    words("forbidden-link", Warning, messages::forbidden_link,
        "a link in a message of a channel that carries none"),
    words("internal-term", Warning, messages::internal_term,
        "a word of ours in a message to customers"),
    words("vendor-name", Warning, messages::vendor_name,
        "a supplier's name in a message to customers"),
    words("blame", Warning, messages::blame,
        "a message to customers that says whose fault it is"),
    words("unsupported-claim", Warning, messages::unsupported_claim,
        "a message that says what only a recorded fact may say"),
    words("vague-promise", Warning, messages::vague_promise,
        "a message that promises without saying when"),
    words("jargon", Warning, messages::jargon,
        "office language in a message to customers"),
    words("unexplained-acronym", Warning, messages::unexplained_acronym,
        "an abbreviation in a message that nobody explained"),
    words("mixed-address", Warning, messages::mixed_address,
        "a message that speaks to its reader in the wrong way, or in two"),
    words("locales-differ", Error, messages::locales_differ,
        "two languages of one message that state different figures"),
    words("hard-to-read", Note, messages::hard_to_read,
        "a message harder to read than the company wants"),

    words("review-section-missing", Warning, reviews::section_missing,
        "a section that the standard asks of this review, and is not there"),
    words("review-section-empty", Warning, reviews::section_empty,
        "sections of a review that still hold the template's prompt, or nothing"),
    words("blameful", Warning, reviews::blameful,
        "words of a review that blame, or judge by what was known later"),
    words("review-figure", Warning, reviews::figure,
        "a figure in a review that the record contradicts"),
    words("no-impact-statement", Warning, reviews::no_impact,
        "a review that does not say what customers went through"),
    words("timeline-gap", Note, reviews::timeline_gap,
        "a silence in the timeline longer than the standard allows"),
    words("only-be-careful", Warning, reviews::only_be_careful,
        "follow-ups that only ask people to be more careful"),

    Check { code: "unreadable-problem", tier: Basic, level: Error, look: Look::Reading,
        summary: "a file below problems/ that cannot be read as a problem" },
    Check { code: "problem-without-owner", tier: Basic, level: Warning, look: Look::Problem,
        summary: "a problem that is not fixed and belongs to nobody" },
    Check { code: "overdue-problem-review", tier: Basic, level: Warning, look: Look::Problem,
        summary: "an accepted problem whose day to look again has passed" },
    Check { code: "recurred-problem", tier: Basic, level: Warning, look: Look::Problem,
        summary: "a problem called fixed, and an incident of it that began later" },

    check("stale-approval", Basic, Warning, approvals::stale,
        "words that changed after they were approved"),
    check("self-approval", Basic, Error, approvals::self_approval,
        "an approval of one's own words, figures or waiver"),
    check("unknown-approver", Basic, Error, approvals::unknown_approver,
        "an approval by somebody who is not in people.toml"),
    check("approver-without-role", Basic, Error, approvals::approver_without_role,
        "an approval in a role that the approver does not hold"),
    check("weak-approval", Basic, Error, approvals::weak,
        "an approval that shows less than the standard asks for"),
    check("forged-approval", Basic, Error, approvals::forged,
        "an approval that another hand added or signed"),
    check("sandbox-approval", Basic, Error, approvals::sandbox,
        "an approval made while trying things, in a workspace that is in earnest"),
    check("unproved-approval", Basic, Note, approvals::unproved,
        "an approval of which nobody can see here who gave it"),
    check("unapproved-waiver", Basic, Warning, approvals::unapproved_waiver,
        "a waiver that nobody else agreed to"),
    check("unreviewed-break-glass", Basic, Warning, approvals::unreviewed_break_glass,
        "a message that went past its approval, and was not read since"),

    check("run-not-in-ledger", Basic, Error, payouts::run_not_in_ledger,
        "a run that was approved and is not in the ledger"),
    check("stale-run", Basic, Warning, payouts::stale_run,
        "a run that was computed by another version of its policy's text"),

    Check { code: "incomplete-waiver", tier: Basic, level: Warning, look: Look::Waivers,
        summary: "a waiver without who, until when, or why" },
    Check { code: "expired-waiver", tier: Basic, level: Warning, look: Look::Waivers,
        summary: "a waiver that has run out" },
    Check { code: "idle-waiver", tier: Basic, level: Warning, look: Look::Waivers,
        summary: "a waiver that matches nothing" },

    check("no-impact-figures", Strict, Note, duties::no_impact_figures,
        "over, without one figure of its impact"),
    check("no-detection-source", Strict, Note, duties::no_detection_source,
        "nobody wrote who or what noticed first"),
    check("overdue-effect-check", Strict, Note, actions::overdue_effect_check,
        "whether a follow-up helped was to be seen by now"),
];

/// The check of a code.
pub fn find(code: &str) -> Option<&'static Check> {
    CATALOGUE.iter().find(|check| check.code == code)
}
