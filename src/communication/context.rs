//! What a message may state.
//!
//! The file is long because a template's author finds every fact in one place.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::payouts::{payouts, waiting};
use super::{Credited, Payout, Stage};
use crate::impact;
use crate::incident::{
    BreachState, HarmKind, JourneyState, Kind, ReconciliationStatus, Record, Status, Transactions,
};
use crate::units::{Instant, Money, Span};

/// The catalogue's words for customers, in the language of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// All services.
    pub services: Vec<ServiceWords>,
    /// Rails on which repeating an operation can make it happen twice, such as transfers.
    pub no_repeat_rails: Vec<String>,
    /// The company as customers know it.
    pub company: String,
    /// What agents are told besides what happened.
    pub support: SupportWords,
    /// What a payout of a policy is called: `undue-charges` is a refund.
    pub payouts: Vec<(String, String)>,
    /// What a payout on a basis is called, where its policy has no name of its own.
    pub bases: Vec<(String, String)>,
    /// What a form adds to the name of its basis: "de los recargos por pago tardío".
    pub forms: Vec<(String, String)>,
    /// What customers call the segments of the evidence.
    pub segments: Vec<(String, String)>,
}

/// What agents are told besides what happened; empty where the standard says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SupportWords {
    /// When somebody can be reached.
    pub hours: String,
    /// When to open a dispute.
    pub dispute: String,
    /// How to give its number.
    pub reference: String,
    /// Whom to hand over to, and when.
    pub escalation: String,
    /// What the company never asks for.
    pub security: String,
}

/// A service in customers' words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceWords {
    /// Id of standards/services.toml.
    pub id: String,
    /// Name for customers.
    pub name: String,
    /// Payment rails that it uses.
    pub rails: Vec<String>,
    /// What customers do with it.
    pub journeys: Vec<JourneyWords>,
}

/// Something that customers do, in their words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JourneyWords {
    /// Id, such as `pay-online`.
    pub id: String,
    /// The deed: "Pagar una compra en línea", "Pay for an online purchase".
    pub name: String,
    /// A sentence for when nobody can do it.
    pub cannot: String,
}

/// Something that customers do, and how it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Its words.
    pub words: JourneyWords,
    /// How it works now.
    pub state: JourneyState,
}

/// What was said before, and what is right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correction {
    /// The sentence that was wrong.
    pub said: String,
    /// The sentence that is right.
    pub right: String,
}

/// Which message is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// Stage.
    pub stage: Stage,
    /// Channel.
    pub channel: String,
    /// Audience.
    pub audience: String,
    /// Locale, such as `es-MX`.
    pub locale: String,
    /// For a correction: what was said, what is right; a retraction says only what was said.
    pub correction: Option<Correction>,
    /// For `action_required`: what the reader has to do.
    pub action: Option<String>,
    /// The level in force, as colleagues read it.
    pub level: Option<String>,
    /// By when the standard wants what was decided to be in the accounts.
    pub credited_by: Option<NaiveDate>,
    /// By when somebody says that it will be, where the ledger names no day to come.
    pub promised: Option<NaiveDate>,
    /// The time of writing, on the workspace's clock.
    pub now: Instant,
}

impl Request {
    /// A message of a stage, with nothing that only some stages ask for.
    pub fn new(
        stage: Stage,
        channel: impl Into<String>,
        audience: impl Into<String>,
        locale: impl Into<String>,
        now: Instant,
    ) -> Request {
        Request {
            stage,
            channel: channel.into(),
            audience: audience.into(),
            locale: locale.into(),
            correction: None,
            action: None,
            level: None,
            credited_by: None,
            promised: None,
            now,
        }
    }
}

/// What was done to some customers, as far as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Harmed {
    /// What.
    pub kind: HarmKind,
    /// How many customers.
    pub customers: Option<u64>,
    /// How much money.
    pub money: Option<Money>,
}

/// What colleagues, executives and vendors read besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inside {
    /// The incident's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where it is in its life.
    pub status: String,
    /// Who leads it.
    pub commander: Option<String>,
    /// The state of play.
    pub situation: Option<String>,
    /// What is being done.
    pub doing: Option<String>,
    /// What is needed.
    pub need: Option<String>,
    /// Where the responders talk.
    pub room: Option<String>,
    /// Why it happened, once known.
    pub causes: Vec<String>,
    /// The vendor's ticket, where one is the cause.
    pub vendor_ticket: Option<String>,
}

/// What a message may state: facts of the record, typed.
#[derive(Debug, Clone)]
pub struct MessageContext {
    /// Which message this is.
    pub request: Request,
    /// A drill: every text says so.
    pub exercise: bool,
    /// Names of the services, in customers' words; those without words are left out.
    pub services: Vec<String>,
    /// What customers do and how it goes, worst first.
    pub journeys: Vec<Trouble>,
    /// Services and journeys that the catalogue has no words for: the writer should look.
    pub without_words: Vec<String>,
    /// When customers first felt it.
    pub started_at: Option<Instant>,
    /// When customers could work again; none while it burns.
    pub restored_at: Option<Instant>,
    /// When it was resolved.
    pub resolved_at: Option<Instant>,
    /// The promise: when the next message is due, if that is still to come.
    pub next_update_at: Option<Instant>,
    /// From first impact to last restore.
    pub lasted: Option<Span>,
    /// Another way to do it, once support has verified it.
    pub workaround: Option<String>,
    /// Whether repeating the operation could make it happen twice.
    pub no_repeat: bool,
    /// What was done to customers.
    pub harm: Vec<HarmKind>,
    /// Operations of customers are still being checked one against the other.
    pub reconciling: bool,
    /// It works again and is still being watched.
    pub watching: bool,
    /// What was done to customers, counted.
    pub harmed: Vec<Harmed>,
    /// Operations are no longer in doubt: the books agree.
    pub reconciled: bool,
    /// What is paid out to the readers; the day by which is the one that may be told.
    pub payouts: Vec<Payout>,
    /// A compensation run that was computed and that nobody approved.
    pub unapproved_run: Option<String>,
    /// Customers who could not.
    pub affected: Option<u64>,
    /// Customers who tried.
    pub tried: Option<u64>,
    /// Payment volume that was lost.
    pub lost_value: Option<Money>,
    /// Which version this is, counted by those that went out through the channel.
    pub version: u64,
    /// The window of planned work.
    pub planned: Option<(Instant, Instant)>,
    /// Personal data that got out: what kind.
    pub data_categories: Vec<String>,
    /// The breach is confirmed.
    pub breach_confirmed: bool,
    /// What colleagues read besides.
    pub inside: Inside,
    /// The company as customers know it.
    pub company: String,
    /// What agents are told besides.
    pub support: SupportWords,
}

/// A fact that a stage cannot do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// What is missing.
    pub what: Cow<'static, str>,
    /// The command that supplies it.
    pub command: String,
}

impl MessageContext {
    /// What the stage needs and the record does not hold yet; empty when the draft can be written.
    pub fn needs(&self, id: &str) -> Vec<Need> {
        let need = |missing: bool, what: &'static str, command: String| {
            missing.then(|| Need { what: what.into(), command })
        };
        let found = match self.request.stage {
            Stage::Restored => need(
                self.restored_at.is_none(),
                "the time when customers could work again",
                format!("inc restore {id}"),
            ),
            Stage::Resolved => need(
                self.resolved_at.is_none(),
                "the time when it was resolved",
                format!("inc resolve {id}"),
            ),
            Stage::Workaround => need(
                self.workaround.is_none(),
                "another way to do it, verified by support",
                format!("inc edit {id}"),
            ),
            Stage::Correction => need(
                self.request.correction.is_none(),
                "what was said and what is right",
                format!("inc comms draft {id} --stage correction --said TEXT --right TEXT"),
            ),
            Stage::Retraction => need(
                self.request.correction.is_none(),
                "what was said and is taken back",
                format!("inc comms draft {id} --stage retraction --said TEXT --right \"\""),
            ),
            Stage::ActionRequired => need(
                self.request.action.is_none(),
                "what the reader has to do",
                format!("inc comms draft {id} --stage action_required --action TEXT"),
            ),
            Stage::FollowUpMoney => need(
                !self.money_wrong(),
                "what happened to customers' money",
                format!("inc update {id} --harm duplicate_charge=COUNT"),
            ),
            Stage::ApologyCompensation if self.payouts.is_empty() => match &self.unapproved_run {
                Some(run) => Some(Need {
                    what: format!("the approval of compensation run {run}").into(),
                    command: format!("inc compensate approve {id} {run}"),
                }),
                None => need(
                    true,
                    "a compensation run that was approved, with something for these readers",
                    format!("inc compensate options {id}"),
                ),
            },
            Stage::DataNotice => need(
                !self.breach_confirmed || self.data_categories.is_empty(),
                "a confirmed breach and the kinds of data that got out",
                format!("inc edit {id}, data_breach"),
            ),
            Stage::MaintenanceAnnounced
            | Stage::MaintenanceReminder
            | Stage::MaintenanceStarted
            | Stage::MaintenanceFinished
            | Stage::MaintenanceCancelled => need(
                self.planned.is_none(),
                "when planned work begins and ends",
                format!("inc edit {id}, planned"),
            ),
            Stage::MaintenanceExtended => need(
                self.planned.is_none_or(|(_, to)| to <= self.request.now),
                "until when planned work goes on",
                format!("inc edit {id}, planned.to"),
            ),
            _ => None,
        };
        // These speak of what customers cannot do now; restored, that would be untrue.
        let speaks_of_now = matches!(
            self.request.stage,
            Stage::Initial
                | Stage::Identified
                | Stage::Update
                | Stage::NoChange
                | Stage::Workaround
        );
        let over = need(
            speaks_of_now && self.restored_at.is_some(),
            "an incident that customers still feel; this one is restored",
            format!("inc comms draft {id} --stage restored"),
        );
        found.into_iter().chain(over).chain(self.of_payouts(id)).collect()
    }

    /// What is missing of what is paid out, where the stage tells it.
    fn of_payouts(&self, id: &str) -> Vec<Need> {
        let stage = self.request.stage;
        if !matches!(stage, Stage::ApologyCompensation | Stage::FollowUpMoney) {
            return Vec::new();
        }
        let unnamed = self.payouts.iter().filter(|p| p.name.is_none()).map(|p| Need {
            what: format!("what customers call a payout of policy {}", p.policy).into(),
            command: format!("standards/communication.toml, [payouts.{}]", p.policy),
        });
        let late = self.payouts.iter().filter(|p| p.credited != Credited::All && p.due.is_none());
        let late = late.map(|p| Need {
            what: format!(
                "a day to come by which {} is in the accounts; the ledger says neither that it is \
                 nor by when it will be",
                p.name.as_deref().unwrap_or(&p.policy)
            )
            .into(),
            command: format!("inc comms draft {id} --stage {stage} --credited-by DAY"),
        });
        unnamed.chain(late).collect()
    }

    /// What would make a good message, and is not known: the reader asks for it.
    pub fn wishes(&self, id: &str) -> Vec<Need> {
        let stage = self.request.stage;
        let now = matches!(
            stage,
            Stage::Initial
                | Stage::Identified
                | Stage::Update
                | Stage::NoChange
                | Stage::Workaround
        );
        let wish = |missing: bool, what: &'static str, command: String| {
            missing.then(|| Need { what: what.into(), command })
        };
        [
            wish(
                (now || stage == Stage::Restored) && self.started_at.is_none(),
                "since when customers feel it",
                format!("inc edit {id}, times.impact_started"),
            ),
            wish(
                (now || stage == Stage::Restored) && self.journeys.is_empty(),
                "what customers cannot do",
                format!("inc update {id} --service NAME"),
            ),
            wish(
                now && self.next_update_at.is_none(),
                "when they will hear from us again",
                format!("inc update {id} --next 30m"),
            ),
            wish(
                matches!(stage, Stage::Restored | Stage::Resolved | Stage::FollowUpMoney)
                    && self.money_wrong()
                    && self.harmed.iter().any(|h| is_money(h.kind) && h.customers.is_none()),
                "how many customers' money is wrong",
                format!("inc update {id} --harm KIND=COUNT"),
            ),
        ]
        .into_iter()
        .flatten()
        .chain(self.payouts.iter().flat_map(|p| &p.unnamed).map(|segment| Need {
            what: format!("what customers call segment `{segment}`").into(),
            command: format!("standards/communication.toml, [segments.{segment}]"),
        }))
        .collect()
    }

    fn money_wrong(&self) -> bool {
        self.harm.iter().any(|kind| is_money(*kind))
    }
}

/// Whether a harm is about the customer's own money.
pub fn is_money(kind: HarmKind) -> bool {
    matches!(
        kind,
        HarmKind::DuplicateCharge
            | HarmKind::CashNotDispensed
            | HarmKind::WrongBalance
            | HarmKind::MissingCredit
            | HarmKind::FundsUnavailable
    )
}

/// Collects what a message may state.
///
/// Journeys are those of the record; where it names none, all journeys of its services: `down`
/// in an outage, `some` otherwise, because no more is known.
pub fn draft_context(record: &Record, catalogue: &Catalogue, request: Request) -> MessageContext {
    let service = |id: &String| catalogue.services.iter().find(|s| s.id == *id);
    let known: Vec<&ServiceWords> = record.services.iter().filter_map(service).collect();
    let felt = record.impact.clone().unwrap_or_default();
    let times = record.clocks();

    let mut without_words: Vec<String> =
        record.services.iter().filter(|id| service(id).is_none()).cloned().collect();
    without_words.extend(record.services_unmapped.iter().cloned());

    let mut journeys = Vec::new();
    if felt.journeys.is_empty() {
        let state = match record.kind {
            Some(Kind::Outage) => JourneyState::Down,
            _ => JourneyState::Some,
        };
        let all = known.iter().flat_map(|s| &s.journeys);
        journeys.extend(all.map(|words| Trouble { words: words.clone(), state }));
    } else {
        for noted in &felt.journeys {
            let mut all = catalogue.services.iter().flat_map(|s| &s.journeys);
            match all.find(|words| words.id == noted.journey) {
                Some(words) => journeys.push(Trouble { words: words.clone(), state: noted.state }),
                None => without_words.push(noted.journey.clone()),
            }
        }
    }
    journeys.sort_by_key(|trouble| match trouble.state {
        JourneyState::Down => 0,
        JourneyState::Some => 1,
        JourneyState::Slow => 2,
        JourneyState::Ok => 3,
    });

    let started_at = impact::first_start(record);
    let restored_at = impact::last_restore(record).filter(|_| !record.status.is_burning());
    let risky_rail = |rail: &String| catalogue.no_repeat_rails.contains(rail);
    let mut harm: Vec<HarmKind> = Vec::new();
    for noted in &felt.harm {
        if !harm.contains(&noted.kind) {
            harm.push(noted.kind);
        }
    }
    let no_repeat = record.rails.iter().any(risky_rail)
        || known.iter().flat_map(|s| &s.rails).any(risky_rail)
        || harm.iter().any(|k| matches!(k, HarmKind::Delayed | HarmKind::DuplicateCharge))
        || felt.transactions.as_ref().is_some_and(some_in_flight);
    let now = request.now;
    MessageContext {
        exercise: record.exercise,
        services: known.iter().map(|s| s.name.clone()).collect(),
        journeys,
        without_words,
        started_at,
        restored_at,
        resolved_at: times.resolved,
        next_update_at: record.now.as_ref().and_then(|n| n.next_update_at).filter(|at| *at > now),
        lasted: restored_at.zip(started_at).map(|(end, start)| end.since(start)),
        workaround: record
            .workaround
            .as_ref()
            .filter(|w| w.verified_by.is_some() && !w.text.trim().is_empty())
            .map(|w| w.text.trim().to_owned()),
        no_repeat,
        harm,
        reconciling: record
            .reconciliation
            .as_ref()
            .is_some_and(|r| r.required && r.status != Some(ReconciliationStatus::Done)),
        watching: record.status == Status::Restored
            && times.monitoring_until.is_some_and(|until| until > now),
        harmed: felt
            .harm
            .iter()
            .map(|h| Harmed { kind: h.kind, customers: h.customers, money: h.money })
            .collect(),
        reconciled: record
            .reconciliation
            .as_ref()
            .is_some_and(|r| r.status == Some(ReconciliationStatus::Done)),
        payouts: payouts(record, catalogue, &request.audience)
            .into_iter()
            .map(|payout| Payout { due: told_due(&payout, &request), ..payout })
            .collect(),
        unapproved_run: waiting(record).last().map(str::to_owned),
        affected: felt.customers.as_ref().and_then(|c| c.affected),
        tried: felt.customers.as_ref().and_then(|c| c.tried),
        lost_value: felt.transactions.as_ref().and_then(|t| t.lost_value),
        version: 1 + record
            .communications
            .iter()
            .filter(|m| {
                m.channel == request.channel
                    && m.locale.as_deref().is_none_or(|l| l == request.locale)
                    && !m.sent.is_empty()
            })
            .count() as u64,
        planned: record.planned.as_ref().and_then(|p| p.from.zip(p.to)),
        data_categories: record
            .data_breach
            .as_ref()
            .map(|b| b.categories.clone())
            .unwrap_or_default(),
        breach_confirmed: record
            .data_breach
            .as_ref()
            .is_some_and(|b| b.state == Some(BreachState::Confirmed)),
        inside: inside(record),
        company: catalogue.company.clone(),
        support: catalogue.support.clone(),
        request,
    }
}

fn inside(record: &Record) -> Inside {
    let now = record.now.clone().unwrap_or_default();
    let said = |text: Option<String>| text.filter(|t| !t.trim().is_empty());
    let leads = |r: &&crate::incident::Role| r.role == "incident_commander" && r.to.is_none();
    let open = record.rooms.iter().find(|room| room.closed_at.is_none());
    let causes = record.causes.clone().unwrap_or_default();
    Inside {
        id: record.id.to_string(),
        title: record.title.clone(),
        status: record.status.to_string(),
        commander: record.roles.iter().rev().find(leads).map(|r| r.person.clone()),
        situation: said(now.situation),
        doing: said(now.doing),
        need: said(now.need),
        room: open.map(|room| room.url.clone()),
        causes: causes.root_causes,
        vendor_ticket: record.vendors.iter().find_map(|v| v.ticket.clone()),
    }
}

/// The day by which readers may be told that something will be in their accounts: a day to come.
/// What the ledger says, else what somebody promises, else what the standard asks for.
fn told_due(payout: &Payout, request: &Request) -> Option<NaiveDate> {
    let today = request.now.get().date_naive();
    let days = [payout.due, request.promised, request.credited_by];
    // Past its day, the standard's own, which is past too, or far off, would be a guess.
    let days = if payout.due.is_some() { &days[..2] } else { &days[..] };
    let due = days.iter().flatten().find(|day| **day >= today);
    due.copied().filter(|_| payout.credited != Credited::All)
}

/// Whether operations may still go through after the customer saw an error.
fn some_in_flight(transactions: &Transactions) -> bool {
    [transactions.in_doubt, transactions.deferred, transactions.duplicated]
        .into_iter()
        .flatten()
        .any(|count| count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;

    const HEAD: &str =
        "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: Cards\n";

    fn record(rest: &str) -> Record {
        let text = format!("{HEAD}{rest}");
        crate::incident::parse(Source::new("incident.yaml", &text)).unwrap().record
    }

    fn catalogue() -> Catalogue {
        let journey = |id: &str, name: &str| JourneyWords {
            id: id.to_owned(),
            name: name.to_owned(),
            cannot: format!("{name}: no."),
        };
        Catalogue {
            services: vec![
                ServiceWords {
                    id: "card-auth".to_owned(),
                    name: "Tarjetas".to_owned(),
                    rails: vec![],
                    journeys: vec![
                        journey("pay-in-store", "Pagar"),
                        journey("pay-online", "Comprar"),
                    ],
                },
                ServiceWords {
                    id: "spei-out".to_owned(),
                    name: "Transferencias".to_owned(),
                    rails: vec!["spei".to_owned()],
                    journeys: vec![journey("send-transfer", "Enviar")],
                },
            ],
            no_repeat_rails: vec!["spei".to_owned()],
            ..Catalogue::default()
        }
    }

    fn request(stage: Stage) -> Request {
        let now = "2026-11-21T10:10:00-06:00".parse().unwrap();
        Request::new(stage, "push", "tried_since_start", "es-MX", now)
    }

    fn context(rest: &str) -> MessageContext {
        draft_context(&record(rest), &catalogue(), request(Stage::Initial))
    }

    #[test]
    fn an_outage_takes_down_all_that_its_services_do() {
        let said = context("status: responding\nkind: outage\nservices: [card-auth, cardz]\n");
        let states: Vec<_> = said.journeys.iter().map(|t| (t.words.id.as_str(), t.state)).collect();
        assert_eq!(
            states,
            [("pay-in-store", JourneyState::Down), ("pay-online", JourneyState::Down)]
        );
        assert_eq!(said.without_words, ["cardz"]);
        let unknown = context("status: detected\nservices: [card-auth]\n");
        assert!(unknown.journeys.iter().all(|t| t.state == JourneyState::Some));
    }

    #[test]
    fn journeys_of_the_record_come_before_the_catalogue() {
        let said = context(
            "status: responding\nkind: outage\nservices: [card-auth]\nimpact:\n  journeys:\n    - { journey: pay-online, state: ok }\n    - { journey: send-transfer, state: slow }\n    - { journey: dance, state: down }\n",
        );
        let names: Vec<_> = said.journeys.iter().map(|t| t.words.name.as_str()).collect();
        assert_eq!(names, ["Enviar", "Comprar"]);
        assert_eq!(said.without_words, ["dance"]);
    }

    #[test]
    fn repeating_is_warned_of_where_it_can_happen_twice() {
        assert!(context("status: detected\nservices: [spei-out]\n").no_repeat);
        assert!(context("status: detected\nrails: [spei]\n").no_repeat);
        assert!(context("status: detected\nimpact: { transactions: { in_doubt: 3 } }\n").no_repeat);
        assert!(!context("status: detected\nservices: [card-auth]\n").no_repeat);
    }

    #[test]
    fn a_promise_that_has_passed_is_not_made_again() {
        let promised =
            |at: &str| context(&format!("status: detected\nnow: {{ next_update_at: {at} }}\n"));
        assert!(promised("2026-11-21T10:30:00-06:00").next_update_at.is_some());
        assert!(promised("2026-11-21T10:00:00-06:00").next_update_at.is_none());
    }

    #[test]
    fn a_workaround_is_told_once_support_has_verified_it() {
        assert_eq!(context("status: detected\nworkaround: { text: Usa QR }\n").workaround, None);
        let verified = "status: detected\nworkaround: { text: Usa QR, verified_by: elena }\n";
        assert_eq!(context(verified).workaround.as_deref(), Some("Usa QR"));
    }

    #[test]
    fn a_relapse_is_not_restored() {
        let times = "times: { impact_started: 2026-11-21T09:00:00-06:00, restored: 2026-11-21T09:30:00-06:00 }\n";
        assert_eq!(context(&format!("status: responding\n{times}")).restored_at, None);
        let restored = context(&format!("status: restored\n{times}"));
        assert_eq!(restored.lasted, Some(Span::from_minutes(30)));
    }

    #[test]
    fn a_stage_says_what_it_lacks_and_how_to_supply_it() {
        let record = record("status: responding\n");
        for (stage, command) in [
            (Stage::Restored, "inc restore INC-1"),
            (Stage::Resolved, "inc resolve INC-1"),
            (Stage::Workaround, "inc edit INC-1"),
        ] {
            let needs = draft_context(&record, &catalogue(), request(stage)).needs("INC-1");
            assert_eq!(needs[0].command, command);
        }
        let initial = |record: &Record| {
            draft_context(record, &catalogue(), request(Stage::Initial)).needs("INC-1")
        };
        assert!(initial(&record).is_empty());
        let over =
            self::record("status: restored\ntimes: { restored: 2026-11-21T09:30:00-06:00 }\n");
        assert_eq!(initial(&over)[0].command, "inc comms draft INC-1 --stage restored");
    }
}
