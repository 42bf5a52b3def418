//! The incident record, field for field (docs/manual/record.md).
//!
//! The file is long because the schema is: it is complete from the first day, also where the
//! command that writes a field comes later.

use super::ids::{IncidentId, ItemId};
use super::shape::shape;
use super::words::{
    ActionKind, ApprovalKind, BreachState, CutoffState, DetectionSource, EntryKind, HarmKind,
    JourneyState, Kind, ReconciliationStatus, ReportDecision, RoomKind, Severity, Status,
    VendorRole,
};
use crate::units::{Decimal, Instant, Money, Percent};

shape! {
    /// One incident.
    pub struct Record {
        /// Version of this schema.
        schema: u64,
        id: IncidentId,
        /// ULID, never changes.
        uid: String,
        /// What is wrong, in words that customers would understand.
        title: String,
        kind: Option<Kind>,
        status: Status,
        /// A drill: watermark in every text, out of every figure.
        exercise: bool,
        /// The incident that this one is part of.
        parent: Option<IncidentId>,
        related: Vec<IncidentId>,
        merged_into: Option<IncidentId>,
        /// Details live in another workspace; here is only a stub.
        restricted: Option<Restricted>,
        /// When planned work was to happen (kind: maintenance).
        planned: Option<Planned>,
        severity: Option<SeverityNote>,
        /// Ids of standards/services.toml.
        services: Vec<String>,
        /// Services that the catalogue does not know, as typed.
        services_unmapped: Vec<String>,
        regions: Vec<String>,
        rails: Vec<String>,
        segments: Vec<String>,
        channels: Vec<String>,
        times: Option<Times>,
        roles: Vec<Role>,
        detection: Option<Detection>,
        /// What someone who joins at minute 40 reads first.
        now: Option<Now>,
        workaround: Option<Workaround>,
        rooms: Vec<Room>,
        tickets: Vec<Ticket>,
        links: Vec<Link>,
        tags: Vec<String>,
        impact: Option<Impact>,
        reconciliation: Option<Reconciliation>,
        data_breach: Option<DataBreach>,
        regulatory: Vec<Regulatory>,
        causes: Option<Causes>,
        timeline: Vec<Entry>,
        communications: Vec<Communication>,
        vendors: Vec<VendorTicket>,
        actions: Vec<Action>,
        checklist: Vec<ChecklistItem>,
        review: Option<Review>,
        compensation: Vec<CompensationRun>,
        approvals: Vec<Approval>,
        waivers: Vec<Waiver>,
        conflicts: Vec<Conflict>,
    }

    /// Why and where the details live elsewhere.
    pub struct Restricted [Default] { group: String, reason: Option<String>, by: Option<String>, }

    /// A window of planned work.
    pub struct Planned [Default] { from: Option<Instant>, to: Option<Instant>, announced_at: Option<Instant>, }

    /// What people decided about severity; the level itself is derived.
    pub struct SeverityNote [Default] {
        /// Only when a person overrides what is derived.
        declared: Option<Severity>,
        /// What the facts gave when another level was declared; tells later whether they moved.
        derived: Option<Severity>,
        by: Option<String>,
        at: Option<Instant>,
        reason: Option<String>,
        /// Confirmed from numbers: ends the provisional level.
        confirmed: Option<Stamp>,
        /// The highest level ever reached.
        peak: Option<Peak>,
    }

    /// Who and when.
    pub struct Stamp [Default] { by: Option<String>, at: Option<Instant>, }

    /// The highest level ever reached, and the rule that raised it.
    pub struct Peak { level: Severity, at: Option<Instant>, rule: Option<String>, }

    /// The clocks. Chain one: impact_started ≤ restored ≤ resolved ≤ closed. Chain two: detected ≤ acknowledged.
    pub struct Times [Default] {
        impact_started: Option<Instant>,
        detected: Option<Instant>,
        acknowledged: Option<Instant>,
        /// Customers can work again (ITIL tools call this resolved).
        restored: Option<Instant>,
        /// It cannot come back by itself, and the money is reconciled.
        resolved: Option<Instant>,
        closed: Option<Instant>,
        backlog_cleared: Option<Instant>,
        /// Passes quietly before resolve.
        monitoring_until: Option<Instant>,
    }

    /// Who holds a role, and who held it.
    pub struct Role [Default] {
        role: String,
        person: String,
        from: Option<Instant>,
        to: Option<Instant>,
        handover_note: Option<String>,
    }

    /// How it was noticed.
    pub struct Detection [Default] { source: Option<DetectionSource>, alerts: Vec<Alert>, }

    /// An alert of a monitoring system.
    pub struct Alert [Default] { system: Option<String>, id: Option<String>, at: Option<Instant>, url: Option<String>, }

    /// The state of play.
    pub struct Now [Default] {
        situation: Option<String>,
        hypothesis: Option<String>,
        doing: Option<String>,
        need: Option<String>,
        /// A promise: when the next update is due.
        next_update_at: Option<Instant>,
    }

    /// What customers can do instead.
    pub struct Workaround [Default] {
        text: String,
        /// Whom it helps.
        for_whom = "for": Option<String>,
        /// Who of support verified it.
        verified_by: Option<String>,
        at: Option<Instant>,
        /// Whether it replaces the service fully.
        complete: bool,
    }

    /// Where the responders talk.
    pub struct Room [Default] { kind: Option<RoomKind>, url: String, opened_at: Option<Instant>, closed_at: Option<Instant>, }

    /// The same incident in another system.
    pub struct Ticket [Default] { system: Option<String>, ref_ = "ref": String, url: Option<String>, kind: Option<String>, }

    /// Something to read.
    pub struct Link [Default] { url: String, title: Option<String>, }

    /// What customers and the company felt.
    pub struct Impact [Default] {
        summary: Option<String>,
        customers: Option<Customers>,
        clients: Vec<ClientImpact>,
        /// How many business clients were affected, also those that are not listed.
        clients_affected: Option<u64>,
        merchants: Option<Merchants>,
        transactions: Option<Transactions>,
        harm: Vec<Harm>,
        periods: Vec<Period>,
        journeys: Vec<Journey>,
        contacts: Option<Contacts>,
        complaints: Option<Complaints>,
        social_mentions: Option<u64>,
        /// Payment volume lost times the take rate.
        revenue_lost: Option<Money>,
        direct_loss: Option<Money>,
        vendor_recovery: Option<Money>,
        footprint: Vec<Footprint>,
        cutoffs: Vec<Cutoff>,
        /// Tier 1 is one failure from outage.
        redundancy_lost: bool,
        /// When security looked at it.
        triaged_at: Option<Instant>,
        measured: Option<Measured>,
        /// Customers who left, in percent.
        churn: Option<Moved>,
        /// What customers answered, as a net promoter score.
        nps: Option<Moved>,
        /// How customers, clients, contacts and complaints were counted.
        counted: Option<Measured>,
    }

    /// Customers, in distinct people.
    pub struct Customers [Default] {
        /// Customers who tried in the impact window.
        tried: Option<u64>,
        /// Those of them who could not.
        affected: Option<u64>,
        active_base: Option<u64>,
    }

    /// A business client's part of the impact.
    pub struct ClientImpact [Default] {
        client: String,
        from: Option<Instant>,
        to: Option<Instant>,
        degradation: Option<Percent>,
        transactions_failed: Option<u64>,
        ticket: Option<String>,
        notified_at: Option<Instant>,
    }

    /// Merchants, in shops.
    pub struct Merchants [Default] { affected: Option<u64>, }

    /// Transactions: counts, each with its value.
    pub struct Transactions [Default] {
        attempted: Option<u64>, attempted_value: Option<Money>,
        declined_business: Option<u64>, declined_business_value: Option<Money>,
        failed: Option<u64>, failed_value: Option<Money>,
        lost: Option<u64>, lost_value: Option<Money>,
        in_doubt: Option<u64>, in_doubt_value: Option<Money>,
        duplicated: Option<u64>, duplicated_value: Option<Money>,
        reversed: Option<u64>, reversed_value: Option<Money>,
        deferred: Option<u64>, deferred_value: Option<Money>,
        settled_late: Option<u64>, settled_late_value: Option<Money>,
    }

    /// A harm done to customers.
    pub struct Harm {
        kind: HarmKind,
        service: Option<String>,
        customers: Option<u64>,
        money: Option<Money>,
        /// More customers are still being harmed.
        spreading: bool,
    }

    /// A window of impact; partial outages weigh partly.
    pub struct Period {
        from: Instant,
        to: Option<Instant>,
        service: Option<String>,
        region: Option<String>,
        degradation: Option<Percent>,
    }

    /// What customers can and cannot do.
    pub struct Journey { journey: String, state: JourneyState, }

    /// Support contacts.
    pub struct Contacts [Default] { received: Option<u64>, expected: Option<u64>, }

    /// Complaints that the law counts.
    pub struct Complaints [Default] { formal: Option<u64>, regulator: Option<u64>, }

    /// A slice of the impact by dimension.
    pub struct Footprint [Default] {
        service: Option<String>,
        rail: Option<String>,
        channel: Option<String>,
        region: Option<String>,
        segment: Option<String>,
        product: Option<String>,
        client: Option<String>,
        customers: Option<u64>,
        transactions: Option<u64>,
        value: Option<Money>,
    }

    /// A settlement, payroll or direct debit deadline.
    pub struct Cutoff [Default] { name: String, at: Option<Instant>, state: Option<CutoffState>, }

    /// How the impact was measured.
    pub struct Measured [Default] {
        at: Option<Instant>,
        method: Option<String>,
        parameters: Option<String>,
        evidence: Vec<Evidence>,
    }

    /// How affected customers moved beside the others, in points: difference in differences.
    pub struct Moved [Default] {
        affected_before: Option<Decimal>,
        affected_after: Option<Decimal>,
        others_before: Option<Decimal>,
        others_after: Option<Decimal>,
        difference: Option<Decimal>,
        /// The lower end of the 90 % interval of the difference.
        low: Option<Decimal>,
        /// The upper end.
        high: Option<Decimal>,
    }

    /// A file that a figure came from, kept outside git.
    pub struct Evidence [Default] { path: String, size: Option<u64>, rows: Option<u64>, sha256: Option<String>, }

    /// Bringing the books together again.
    pub struct Reconciliation [Default] {
        required: bool,
        owner: Option<String>,
        status: Option<ReconciliationStatus>,
        in_doubt_left: Option<u64>,
        differences: Option<u64>,
        done_at: Option<Instant>,
        evidence: Option<String>,
    }

    /// Personal data that got out, or may have.
    pub struct DataBreach [Default] {
        state: Option<BreachState>,
        categories: Vec<String>,
        subjects: Option<u64>,
        systems: Vec<String>,
        decided_by: Option<String>,
        decided_at: Option<Instant>,
        subjects_notified_at: Option<Instant>,
    }

    /// A decision on telling an authority, also when it is no.
    pub struct Regulatory [Default] {
        regime: String,
        decision: Option<ReportDecision>,
        by: Option<String>,
        at: Option<Instant>,
        reason: Option<String>,
        clock_starts_at: Option<Instant>,
        due: Option<Instant>,
        sent_at: Option<Instant>,
        reference: Option<String>,
    }

    /// Why it happened.
    pub struct Causes [Default] {
        trigger: Option<String>,
        root_causes: Vec<String>,
        contributing: Vec<String>,
        category: Option<String>,
        /// The change that caused it.
        change: Option<String>,
        detection_gap: Option<String>,
    }

    /// One thing that happened.
    pub struct Entry {
        id: Option<ItemId>,
        at: Instant,
        by: Option<String>,
        kind: Option<EntryKind>,
        text: String,
        /// Belongs into the review.
        star: bool,
    }

    /// A message to an audience.
    pub struct Communication [Default] {
        id: Option<ItemId>,
        stage: String,
        channel: String,
        audience: Option<String>,
        locale: Option<String>,
        file: Option<String>,
        /// The text as the template made it: base of the next draft's merge.
        generated_sha256: Option<String>,
        sent: Vec<Sent>,
        skipped: Option<Skipped>,
    }

    /// A message that went out.
    pub struct Sent {
        at: Instant,
        by: Option<String>,
        to: Option<String>,
        size: Option<u64>,
        status: Option<String>,
        ref_ = "ref": Option<String>,
        /// Hash of the words that went out.
        sha256: Option<String>,
    }

    /// A duty that somebody decided not to do.
    pub struct Skipped [Default] { by: Option<String>, at: Option<Instant>, reason: String, }

    /// A vendor's ticket.
    pub struct VendorTicket [Default] {
        id: Option<ItemId>,
        vendor: String,
        role: Option<VendorRole>,
        ticket: Option<String>,
        severity_claimed: Option<String>,
        opened_at: Option<Instant>,
        acknowledged_at: Option<Instant>,
        updates: Vec<VendorUpdate>,
        escalations: Vec<VendorEscalation>,
        promised_at: Option<Instant>,
        restored_at: Option<Instant>,
        closed_at: Option<Instant>,
        minutes_attributed: Option<u64>,
    }

    /// What the vendor said.
    pub struct VendorUpdate { at: Instant, text: String, }

    /// Whom at the vendor we called.
    pub struct VendorEscalation [Default] { level: Option<u64>, at: Option<Instant>, to: Option<String>, }

    /// A follow-up with an owner and a due date.
    pub struct Action [Default] {
        id: Option<ItemId>,
        title: String,
        kind: Option<ActionKind>,
        priority: Option<String>,
        owner: Option<String>,
        due: Option<String>,
        ticket: Option<String>,
        /// When it was agreed.
        at: Option<Instant>,
        done: Option<Done>,
        dropped: Option<Skipped>,
        rescheduled: Vec<Rescheduled>,
        effect_check: Option<EffectCheck>,
    }

    /// Whether a prevent action did what it was for.
    pub struct EffectCheck [Default] { due: Option<String>, at: Option<Instant>, by: Option<String>, result: Option<String>, }

    /// That something is done, and how one can see it.
    pub struct Done [Default] { at: Option<Instant>, by: Option<String>, evidence: Option<String>, }

    /// A due date that was moved.
    pub struct Rescheduled [Default] {
        from: Option<String>,
        to: Option<String>,
        by: Option<String>,
        at: Option<Instant>,
        reason: Option<String>,
    }

    /// An item of the standard's checklist, done or skipped with a reason.
    pub struct ChecklistItem [Default] {
        item: String,
        by: Option<String>,
        at: Option<Instant>,
        evidence: Option<String>,
        reason: Option<String>,
    }

    /// The post-incident review.
    pub struct Review [Default] { file: Option<String>, facilitator: Option<String>, frozen_at: Option<Instant>, }

    /// A compensation run; nothing of it is customer-level.
    pub struct CompensationRun [Default] {
        id: Option<ItemId>,
        policy: String,
        version: Option<String>,
        state: Option<String>,
        by: Option<String>,
        at: Option<Instant>,
        policy_sha256: Option<String>,
        evidence: Vec<Evidence>,
        awards_sha256: Option<String>,
        count: Option<u64>,
        total: Option<Money>,
        /// restitution, regulatory, contractual, goodwill.
        basis: Option<String>,
        /// The facts that the policy used.
        facts_sha256: Option<String>,
        /// Customers who get something.
        customers: Option<u64>,
        /// Rows of the evidence that were put aside.
        rejected: Option<u64>,
        forms: Vec<CompensationForm>,
        /// What limits took off.
        cut: Option<Money>,
        /// Limits that were passed and ask for an approval, by their rules.
        asks: Vec<String>,
        /// It takes back from customers what they have too much of; its amounts are negative.
        claws_back: bool,
        /// What is taken back is collected from customers; else it is given up.
        collect: bool,
        /// What of it is in the ledger.
        ledger: Option<RunLedger>,
    }

    /// What a run gives under one form.
    pub struct CompensationForm [Default] {
        form: String,
        count: Option<u64>,
        total: Option<Money>,
        /// Days or points, where the form is no money.
        units: Option<u64>,
    }

    /// What became of a run's awards, in sums; the ledger has the entries.
    pub struct RunLedger [Default] {
        /// The file below ledger/runs/ that says what was approved.
        file: Option<String>,
        /// Entries that it added: less than its awards where customers had some already.
        entries: Option<u64>,
        /// Entries that are not settled: neither credited, nor cancelled, nor given up.
        open: Option<u64>,
        entered: Option<Money>,
        reversed: Option<Money>,
        posted: Option<Money>,
        written_off: Option<Money>,
        /// The last day on which an entry is due.
        due: Option<String>,
        /// When entries were last credited.
        posted_at: Option<Instant>,
        /// The same by form.
        forms: Vec<FormLedger>,
    }

    /// What the ledger holds of a run under one form.
    pub struct FormLedger [Default] {
        form: String,
        /// Entries that the run added.
        entries: Option<u64>,
        /// What they come to; none where the form is no money.
        entered: Option<Money>,
        /// How many of them are credited.
        posted: Option<u64>,
        /// What of it is credited.
        posted_total: Option<Money>,
        /// How many were cancelled or given up.
        dropped: Option<u64>,
        /// What they came to.
        dropped_total: Option<Money>,
        /// The last day on which one is due.
        due: Option<String>,
        /// The smallest amount that a customer gets; told where ten customers or more get something.
        least: Option<Money>,
        /// The largest.
        most: Option<Money>,
        /// The fewest days or points that a customer gets, where the form is no money.
        least_units: Option<u64>,
        /// The most.
        most_units: Option<u64>,
        segments: Vec<SegmentLedger>,
    }

    /// What customers of one segment get under a form.
    pub struct SegmentLedger [Default] {
        segment: String,
        entries: Option<u64>,
        entered: Option<Money>,
        /// As of the form.
        least: Option<Money>,
        most: Option<Money>,
    }

    /// An approval of exact content.
    pub struct Approval [Default] {
        of: String,
        sha256: Option<String>,
        by: String,
        role: Option<String>,
        at: Option<Instant>,
        /// How many readers the approver knew of.
        size: Option<u64>,
        kind: Option<ApprovalKind>,
        /// The pull request or ticket where it was given.
        reference: Option<String>,
        reason: Option<String>,
        /// An SSH signature over what it claims, without its armour.
        signature: Option<String>,
        /// Made in a workspace for trying things.
        sandbox: bool,
    }

    /// A finding that somebody accepts for a while.
    pub struct Waiver [Default] {
        code: String,
        by: Option<String>,
        at: Option<Instant>,
        until: Option<Instant>,
        reason: Option<String>,
    }

    /// A field that two people changed differently; the base value stands meanwhile.
    pub struct Conflict [Default] { field: String, values: Vec<String>, }
}
