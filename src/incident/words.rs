//! The closed vocabularies of a record (docs/manual/record.md).

use super::shape::words;

words! {
    /// What kind of incident it is.
    pub enum Kind {
        /// Nothing works.
        Outage = "outage",
        /// It worked again by itself.
        Interruption = "interruption",
        /// Some fail, or all are slow.
        Degradation = "degradation",
        /// Data is wrong, lost or exposed.
        Data = "data",
        /// Somebody who should not has, or may have, access.
        Security = "security",
        Fraud = "fraud",
        /// Customers noticed nothing, this time.
        NearMiss = "near_miss",
        /// Planned work: out of every incident figure.
        Maintenance = "maintenance",
    }

    /// Where an incident stands in its life.
    pub enum Status {
        Detected = "detected",
        Responding = "responding",
        /// Customers can work again.
        Restored = "restored",
        /// The cause is being removed.
        Remediating = "remediating",
        /// It cannot come back by itself, and the money is reconciled.
        Resolved = "resolved",
        /// Review and duties are done.
        Closed = "closed",
        /// A false alarm.
        Cancelled = "cancelled",
        /// Its words live in another record.
        Merged = "merged",
    }

    /// How bad it is; the first is the worst.
    pub enum Severity {
        Sev1 = "SEV1",
        Sev2 = "SEV2",
        Sev3 = "SEV3",
        Sev4 = "SEV4",
    }

    /// Who or what noticed first.
    pub enum DetectionSource {
        Alert = "alert",
        EarlyWarning = "early_warning",
        CustomerContact = "customer_contact",
        Client = "client",
        Vendor = "vendor",
        Employee = "employee",
        Reconciliation = "reconciliation",
        SocialMedia = "social_media",
        Regulator = "regulator",
    }

    /// What a timeline entry is.
    pub enum EntryKind {
        Detected = "detected",
        Status = "status",
        Note = "note",
        Decision = "decision",
        Hypothesis = "hypothesis",
        Mitigation = "mitigation",
        Communication = "communication",
        Escalation = "escalation",
        Vendor = "vendor",
        Change = "change",
        Severity = "severity",
        Handover = "handover",
    }

    /// What was done to customers.
    pub enum HarmKind {
        Declined = "declined",
        Delayed = "delayed",
        DuplicateCharge = "duplicate_charge",
        CashNotDispensed = "cash_not_dispensed",
        WrongBalance = "wrong_balance",
        FundsUnavailable = "funds_unavailable",
        MissingCredit = "missing_credit",
        LatePayment = "late_payment",
        NoAccess = "no_access",
        Data = "data",
    }

    /// How a customer journey works.
    pub enum JourneyState {
        Down = "down",
        Some = "some",
        Slow = "slow",
        Ok = "ok",
    }

    /// Whether a cut-off was kept.
    pub enum CutoffState {
        Met = "met",
        AtRisk = "at_risk",
        Missed = "missed",
    }

    /// Where the responders talk.
    pub enum RoomKind {
        Bridge = "bridge",
        Chat = "chat",
        Video = "video",
    }

    /// How far the books are brought together.
    pub enum ReconciliationStatus {
        Pending = "pending",
        Partial = "partial",
        Done = "done",
    }

    /// Whether personal data got out.
    pub enum BreachState {
        RuledOut = "ruled_out",
        Suspected = "suspected",
        Confirmed = "confirmed",
    }

    /// Whether a regime must be told.
    pub enum ReportDecision {
        Reportable = "reportable",
        NotReportable = "not_reportable",
        Undecided = "undecided",
    }

    /// A vendor's part.
    pub enum VendorRole {
        Cause = "cause",
        Involved = "involved",
        Resolver = "resolver",
    }

    /// What an action is for.
    pub enum ActionKind {
        Recover = "recover",
        Correct = "correct",
        Prevent = "prevent",
        Detect = "detect",
        Mitigate = "mitigate",
        Communicate = "communicate",
        Process = "process",
    }

    /// How strongly an approval is proved.
    pub enum ApprovalKind {
        Authored = "authored",
        Signed = "signed",
        Hosted = "hosted",
    }
}

impl Status {
    /// Whether responders are still needed: customers may still feel it, or it can come back.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Status::Detected | Status::Responding | Status::Restored | Status::Remediating
        )
    }

    /// Whether customers still feel it.
    pub fn is_burning(self) -> bool {
        matches!(self, Status::Detected | Status::Responding)
    }
}
