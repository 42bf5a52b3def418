//! The data of the review's template: the record as words and figures of one language.
//!
//! The file is long because the record is: each of its parts becomes a row of text here.
//!
//! The file is long because a review speaks of everything that a record holds.

use serde::Serialize;
use serde_json::Value;

use super::Locale;
use super::words::{Group, word};
use crate::incident::Transactions;
use crate::review::ReviewContext;
use crate::timing::{self, Lapse, Metric};
use crate::units::{Decimal, Instant, Money, Percent, Span};

/// What `pir.<locale>.md` is given. Unknown is null; figures and times are text.
#[derive(Debug, Serialize)]
pub struct ReviewData {
    /// `es-MX`, `en` …
    pub locale: String,
    /// The incident's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// A drill.
    pub exercise: bool,
    /// Kind, in words.
    pub kind: Option<String>,
    /// Where it stands, in words.
    pub status: String,
    /// `SEV2`, `SEV3 (declared; derived SEV2)`.
    pub severity: Option<String>,
    /// The reason of the rule that decided.
    pub severity_why: Option<String>,
    /// Names of the services.
    pub services: Vec<String>,
    /// The zone of all times: `hora del centro`.
    pub zone: String,
    /// The clocks.
    pub times: Times,
    /// The times between them, each with its definition.
    pub metrics: Vec<MetricRow>,
    /// The record's own summary of the impact.
    pub impact_summary: Option<String>,
    /// Customers.
    pub customers: Customers,
    /// Merchants affected.
    pub merchants: Option<String>,
    /// Counts that are known, each with its value.
    pub transactions: Vec<Count>,
    /// What was done to customers.
    pub harm: Vec<HarmRow>,
    /// Windows of impact.
    pub periods: Vec<PeriodRow>,
    /// Business clients.
    pub clients: Vec<ClientRow>,
    /// Cut-offs.
    pub cutoffs: Vec<CutoffRow>,
    /// Payment volume lost times the take rate.
    pub revenue_lost: Option<String>,
    /// Money that is gone.
    pub direct_loss: Option<String>,
    /// Money that a vendor gives back.
    pub vendor_recovery: Option<String>,
    /// Entries marked for the review, or all when none is.
    pub timeline: Vec<EntryRow>,
    /// Whether only marked entries are shown.
    pub timeline_marked: bool,
    /// Whether every entry was asked for, marked or not.
    pub timeline_full: bool,
    /// Clocks against targets.
    pub targets: Vec<TargetRow>,
    /// Who or what noticed first, in words.
    pub detected_by: Option<String>,
    /// First alert.
    pub first_alert: Option<String>,
    /// First message that went to customers.
    pub first_message: Option<String>,
    /// Why it was not noticed earlier, as recorded.
    pub detection_gap: Option<String>,
    /// Who did what.
    pub roles: Vec<RoleRow>,
    /// Messages that went out.
    pub messages: Vec<MessageRow>,
    /// Messages that somebody decided not to send.
    pub skipped: Vec<SkippedRow>,
    /// Bringing the books together again.
    pub reconciliation: Option<Reconciliation>,
    /// Compensation runs.
    pub compensation: Vec<CompensationRow>,
    /// Support contacts received.
    pub contacts: Option<String>,
    /// Contacts expected at that hour.
    pub contacts_expected: Option<String>,
    /// Formal complaints.
    pub complaints_formal: Option<String>,
    /// Complaints at the regulator.
    pub complaints_regulator: Option<String>,
    /// Decisions on telling an authority.
    pub regulatory: Vec<RegulatoryRow>,
    /// What set it off, as recorded.
    pub trigger: Option<String>,
    /// Root causes, as recorded.
    pub root_causes: Vec<String>,
    /// Contributing factors, as recorded.
    pub contributing: Vec<String>,
    /// The change that caused it.
    pub change: Option<String>,
    /// Another way for customers, as recorded.
    pub workaround: Option<String>,
    /// Related incidents.
    pub related: Vec<String>,
    /// Vendors' part.
    pub vendors: Vec<VendorRow>,
    /// Follow-ups.
    pub actions: Vec<ActionRow>,
    /// How the impact was measured.
    pub measured: Option<Measured>,
    /// Files that figures came from.
    pub evidence: Vec<EvidenceRow>,
}

/// The clocks, each `2026-11-21 10:05` in the document's zone.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the fields are the record's own clocks")]
pub struct Times {
    pub impact_started: Option<String>,
    pub detected: Option<String>,
    pub acknowledged: Option<String>,
    pub restored: Option<String>,
    pub resolved: Option<String>,
    pub closed: Option<String>,
}

/// Customers, in distinct people.
#[derive(Debug, Serialize)]
pub struct Customers {
    /// Could not.
    pub affected: Option<String>,
    /// Tried in the impact window.
    pub tried: Option<String>,
    /// Affected of those who tried.
    pub share: Option<String>,
    /// Active base.
    pub active_base: Option<String>,
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? })*) => { $(
        $(#[$doc])*
        #[derive(Debug, Serialize)]
        #[expect(missing_docs, reason = "a row: the fields are those of the record, as text")]
        pub struct $name { $(pub $field: $type,)* }
    )* };
}

rows! {
    /// A time between clocks; `before` when noticed before customers felt anything.
    MetricRow { name: &'static str, value: Option<String>, running: bool, before: bool, definition: &'static str }
    /// A count of transactions and its value.
    Count { name: String, count: Option<String>, value: Option<String> }
    /// A harm.
    HarmRow { kind: String, service: Option<String>, customers: Option<String>, money: Option<String>, spreading: bool }
    /// A window of impact.
    PeriodRow { from: String, to: Option<String>, service: Option<String>, degradation: Option<String> }
    /// A business client's part.
    ClientRow { client: String, from: Option<String>, to: Option<String>, failed: Option<String>, notified_at: Option<String> }
    /// A cut-off.
    CutoffRow { name: String, at: Option<String>, state: Option<String> }
    /// A timeline entry.
    EntryRow { at: String, kind: Option<String>, by: Option<String>, text: String }
    /// A target; `missed` is true for a clock that was not kept.
    TargetRow { name: String, target: String, due: Option<String>, done: Option<String>, state: String, missed: bool }
    /// A role.
    RoleRow { role: String, person: String, from: Option<String>, to: Option<String> }
    /// A message that went out.
    MessageRow { id: Option<String>, stage: String, channel: String, audience: Option<String>, at: String, size: Option<String> }
    /// A message that was not sent.
    SkippedRow { stage: String, channel: String, by: Option<String>, reason: String }
    /// The books.
    Reconciliation { required: bool, status: Option<String>, owner: Option<String>, in_doubt_left: Option<String>, differences: Option<String>, done_at: Option<String> }
    /// A compensation run.
    CompensationRow { policy: String, state: Option<String>, count: Option<String>, total: Option<String> }
    /// A decision on telling an authority.
    RegulatoryRow { regime: String, decision: Option<String>, at: Option<String>, reason: Option<String> }
    /// A vendor's ticket.
    VendorRow { vendor: String, role: Option<String>, ticket: Option<String>, opened_at: Option<String>, restored_at: Option<String>, minutes: Option<String> }
    /// A follow-up; `state` is `done`, `dropped` or `open`.
    ActionRow { id: Option<String>, title: String, kind: Option<String>, owner: Option<String>, due: Option<String>, state: &'static str }
    /// How the impact was measured.
    Measured { at: Option<String>, method: Option<String> }
    /// An evidence file.
    EvidenceRow { path: String, rows: Option<String>, sha256: Option<String> }
}

/// The data of the review's template.
pub fn review(context: &ReviewContext<'_>, locale: &Locale) -> Value {
    serde_json::to_value(data(context, locale)).unwrap_or_default()
}

fn data(context: &ReviewContext<'_>, locale: &Locale) -> ReviewData {
    let record = context.record;
    let impact = record.impact.clone().unwrap_or_default();
    let times = record.clocks();
    let say = |group: Group, id: &str| word(locale.language(), group, id);
    let moment = |at: Option<Instant>| at.map(|at| locale.moment(at));
    let integer = |n: Option<u64>| n.map(|n| locale.decimal(Decimal::from(n)));
    let money = |m: Option<Money>| m.map(|m| locale.money_named(m));
    let service =
        |id: &String| context.service_names.get(id).cloned().unwrap_or_else(|| id.clone());
    let clocks = timing::clocks(record, context.now);
    let metrics = [
        (Metric::ToDetect, clocks.to_detect),
        (Metric::ToAcknowledge, clocks.to_acknowledge),
        (Metric::ToRestore, clocks.to_restore),
        (Metric::ToResolve, clocks.to_resolve),
    ];
    let customers = impact.customers.clone().unwrap_or_default();
    let share = customers.affected.zip(customers.tried);
    let full = context.full_timeline;
    let marked = !full && record.timeline.iter().any(|entry| entry.star);
    let mut timeline: Vec<_> = record.timeline.iter().filter(|e| e.star || !marked).collect();
    timeline.sort_by_key(|entry| entry.at);
    let alerts = record.detection.iter().flat_map(|d| &d.alerts).filter_map(|a| a.at);
    let sent = record.communications.iter().flat_map(|c| c.sent.iter().map(move |s| (c, s)));
    let mut sent: Vec<_> = sent.collect();
    sent.sort_by_key(|(_, s)| s.at);
    let causes = record.causes.clone().unwrap_or_default();
    let contacts = impact.contacts.clone().unwrap_or_default();
    let complaints = impact.complaints.clone().unwrap_or_default();
    ReviewData {
        locale: locale.tag().to_owned(),
        id: record.id.to_string(),
        title: record.title.clone(),
        exercise: record.exercise,
        kind: record.kind.map(|k| say(Group::Kind, k.as_str())),
        status: say(Group::Status, record.status.as_str()),
        severity: context.severity.clone(),
        severity_why: context.severity_why.clone(),
        services: record.services.iter().chain(&record.services_unmapped).map(service).collect(),
        zone: locale.zone_name().to_owned(),
        times: Times {
            impact_started: moment(times.impact_started),
            detected: moment(times.detected),
            acknowledged: moment(times.acknowledged),
            restored: moment(times.restored),
            resolved: moment(times.resolved),
            closed: moment(times.closed),
        },
        metrics: metrics
            .into_iter()
            .map(|(metric, lapse)| MetricRow {
                name: metric.name(locale.tag()),
                value: lapse.shown().map(|span| locale.span(span)),
                running: matches!(lapse, Lapse::Running(_)),
                before: lapse == Lapse::Before,
                definition: metric.definition(locale.tag()),
            })
            .collect(),
        impact_summary: impact.summary.clone(),
        customers: Customers {
            affected: integer(customers.affected),
            tried: integer(customers.tried),
            share: share
                .and_then(|(a, t)| Percent::of(a.into(), t.into()))
                .map(|p| locale.percent(p)),
            active_base: integer(customers.active_base),
        },
        merchants: integer(impact.merchants.as_ref().and_then(|m| m.affected)),
        transactions: counts(&impact.transactions.clone().unwrap_or_default())
            .into_iter()
            .filter(|(_, count, value)| count.is_some() || value.is_some())
            .map(|(name, count, value)| Count {
                name: say(Group::Transactions, name),
                count: integer(count),
                value: money(value),
            })
            .collect(),
        harm: impact
            .harm
            .iter()
            .map(|h| HarmRow {
                kind: say(Group::Harm, h.kind.as_str()),
                service: h.service.as_ref().map(service),
                customers: integer(h.customers),
                money: money(h.money),
                spreading: h.spreading,
            })
            .collect(),
        periods: impact
            .periods
            .iter()
            .map(|p| PeriodRow {
                from: locale.moment(p.from),
                to: moment(p.to),
                service: p.service.as_ref().map(service),
                degradation: p.degradation.map(|d| locale.percent(d)),
            })
            .collect(),
        clients: impact
            .clients
            .iter()
            .map(|c| ClientRow {
                client: c.client.clone(),
                from: moment(c.from),
                to: moment(c.to),
                failed: integer(c.transactions_failed),
                notified_at: moment(c.notified_at),
            })
            .collect(),
        cutoffs: impact
            .cutoffs
            .iter()
            .map(|c| CutoffRow {
                name: c.name.clone(),
                at: moment(c.at),
                state: c.state.map(|s| say(Group::Cutoff, s.as_str())),
            })
            .collect(),
        revenue_lost: money(impact.revenue_lost),
        direct_loss: money(impact.direct_loss),
        vendor_recovery: money(impact.vendor_recovery),
        timeline: timeline
            .into_iter()
            .map(|e| EntryRow {
                at: locale.moment(e.at),
                kind: e.kind.map(|k| say(Group::Entry, k.as_str())),
                by: e.by.clone(),
                text: e.text.clone(),
            })
            .collect(),
        timeline_marked: marked,
        timeline_full: full,
        targets: context
            .targets
            .iter()
            .map(|t| TargetRow {
                name: say(Group::TargetName, &t.name),
                target: t.target.clone(),
                due: moment(t.due),
                done: moment(t.done),
                state: say(Group::Target, t.state.as_str()),
                missed: t.state == crate::review::TargetState::Missed,
            })
            .collect(),
        detected_by: record
            .detection
            .as_ref()
            .and_then(|d| d.source)
            .map(|s| say(Group::Source, s.as_str())),
        first_alert: moment(alerts.min()),
        first_message: moment(sent.first().map(|(_, s)| s.at)),
        detection_gap: causes.detection_gap,
        roles: record
            .roles
            .iter()
            .map(|r| RoleRow {
                role: say(Group::Role, &r.role),
                person: r.person.clone(),
                from: moment(r.from),
                to: moment(r.to),
            })
            .collect(),
        messages: sent
            .into_iter()
            .map(|(c, s)| MessageRow {
                id: c.id.as_ref().map(ToString::to_string),
                stage: say(Group::Stage, &c.stage),
                channel: c.channel.clone(),
                audience: s.to.clone().or_else(|| c.audience.clone()),
                at: locale.moment(s.at),
                size: integer(s.size),
            })
            .collect(),
        skipped: record
            .communications
            .iter()
            .filter_map(|c| Some((c, c.skipped.as_ref()?)))
            .map(|(c, s)| SkippedRow {
                stage: say(Group::Stage, &c.stage),
                channel: c.channel.clone(),
                by: s.by.clone(),
                reason: s.reason.clone(),
            })
            .collect(),
        reconciliation: record.reconciliation.as_ref().map(|r| Reconciliation {
            required: r.required,
            status: r.status.map(|s| say(Group::Reconciliation, s.as_str())),
            owner: r.owner.clone(),
            in_doubt_left: integer(r.in_doubt_left),
            differences: integer(r.differences),
            done_at: moment(r.done_at),
        }),
        compensation: record
            .compensation
            .iter()
            .map(|c| CompensationRow {
                policy: c.policy.clone(),
                state: c.state.clone(),
                count: integer(c.count),
                total: money(c.total),
            })
            .collect(),
        contacts: integer(contacts.received),
        contacts_expected: integer(contacts.expected),
        complaints_formal: integer(complaints.formal),
        complaints_regulator: integer(complaints.regulator),
        regulatory: record
            .regulatory
            .iter()
            .map(|r| RegulatoryRow {
                regime: r.regime.clone(),
                decision: r.decision.map(|d| say(Group::Report, d.as_str())),
                at: moment(r.at),
                reason: r.reason.clone(),
            })
            .collect(),
        trigger: causes.trigger,
        root_causes: causes.root_causes,
        contributing: causes.contributing,
        change: causes.change,
        workaround: record.workaround.as_ref().map(|w| w.text.clone()),
        related: record.related.iter().map(ToString::to_string).collect(),
        vendors: record
            .vendors
            .iter()
            .map(|v| VendorRow {
                vendor: v.vendor.clone(),
                role: v.role.map(|r| say(Group::Vendor, r.as_str())),
                ticket: v.ticket.clone(),
                opened_at: moment(v.opened_at),
                restored_at: moment(v.restored_at),
                minutes: v
                    .minutes_attributed
                    .map(|m| locale.span(Span::from_minutes(i64::try_from(m).unwrap_or(i64::MAX)))),
            })
            .collect(),
        actions: record
            .actions
            .iter()
            .map(|a| ActionRow {
                id: a.id.as_ref().map(ToString::to_string),
                title: a.title.clone(),
                kind: a.kind.map(|k| say(Group::Action, k.as_str())),
                owner: a.owner.clone(),
                due: a.due.clone(),
                state: match (&a.done, &a.dropped) {
                    (Some(_), _) => "done",
                    (None, Some(_)) => "dropped",
                    (None, None) => "open",
                },
            })
            .collect(),
        measured: impact
            .measured
            .as_ref()
            .map(|m| Measured { at: moment(m.at), method: m.method.clone() }),
        evidence: impact
            .measured
            .iter()
            .flat_map(|m| &m.evidence)
            .map(|e| EvidenceRow {
                path: e.path.clone(),
                rows: integer(e.rows),
                sha256: e.sha256.clone(),
            })
            .collect(),
    }
}

type Counted = (&'static str, Option<u64>, Option<Money>);

fn counts(t: &Transactions) -> [Counted; 9] {
    [
        ("attempted", t.attempted, t.attempted_value),
        ("declined_business", t.declined_business, t.declined_business_value),
        ("failed", t.failed, t.failed_value),
        ("lost", t.lost, t.lost_value),
        ("in_doubt", t.in_doubt, t.in_doubt_value),
        ("duplicated", t.duplicated, t.duplicated_value),
        ("reversed", t.reversed, t.reversed_value),
        ("deferred", t.deferred, t.deferred_value),
        ("settled_late", t.settled_late, t.settled_late_value),
    ]
}
