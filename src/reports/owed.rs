//! Who is owed which message of one incident, when, and where each stands.

use std::fmt;

use super::company::Company;
use crate::communication::{Fate, Stage};
use crate::decision::FactSet;
use crate::impact;
use crate::incident::{Communication, ItemId, Record, Status};
use crate::standard::{Due, DueFrom, Duty, OwedBy, Policies};
use crate::units::{Instant, Span};

/// Where a message that is owed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageState {
    /// Its time has passed, and it did not go out.
    Overdue,
    /// Its time is near: somebody writes it now.
    Due,
    /// Its time is to come, or what it waits for has not happened.
    Upcoming,
    /// It went out.
    Sent,
    /// Somebody decided not to send it, and said why.
    Skipped,
}

impl MessageState {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            MessageState::Overdue => "overdue",
            MessageState::Due => "due",
            MessageState::Upcoming => "upcoming",
            MessageState::Sent => "sent",
            MessageState::Skipped => "skipped",
        }
    }
}

impl fmt::Display for MessageState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the standard says of one stage, channel and audience of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedMessage {
    /// The point that it speaks from.
    pub stage: Stage,
    /// Through what.
    pub channel: String,
    /// To whom.
    pub audience: String,
    /// Whether it is owed, allowed or forbidden.
    pub duty: Duty,
    /// Where it stands; none unless it is owed.
    pub state: Option<MessageState>,
    /// By when.
    pub due: Option<Instant>,
    /// The time was moved to the end of the quiet hours.
    pub quiet: bool,
    /// What has to happen first.
    pub waits_for: Option<&'static str>,
    /// How many readers, as far as the record says.
    pub readers: Option<u64>,
    /// Messages of this kind that are in the record, by id.
    pub messages: Vec<ItemId>,
    /// The rule, and why it is there.
    pub rule: String,
    /// Why the rule is there.
    pub why: Option<String>,
}

/// Something that has to be said by a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueItem {
    /// What it is: a message that is owed, or the update that was promised.
    pub what: DueWhat,
    /// By when.
    pub at: Instant,
    /// Overdue, due or upcoming.
    pub state: MessageState,
}

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DueWhat {
    /// A message that the standard asks for.
    Message(Box<OwedMessage>),
    /// The next update, by the time that customers were promised.
    Promise,
}

/// The stages that keep the promise of an update; whoever writes chooses the one that is true.
const KIN: [Stage; 4] = [Stage::Update, Stage::Identified, Stage::NoChange, Stage::Workaround];

/// Everything that is owed, in the order of stages and channels; with `all`, also what is allowed
/// and what is forbidden.
pub fn owed(record: &Record, company: &Company<'_>, now: Instant, all: bool) -> Vec<OwedMessage> {
    let said = &company.standard.communication;
    let beside = matches!(record.status, Status::Merged)
        || (record.status == Status::Cancelled && record.planned.is_none());
    let Some(decided) = company.decide(record, now).filter(|_| !beside) else { return Vec::new() };
    let Some(policies) = company.policies(record, now) else { return Vec::new() };
    let mut found = Vec::new();
    for stage in Stage::ALL {
        let carried = said.stages.get(stage.as_str());
        for channel in &said.channels {
            if carried.is_some_and(|stage| !stage.is_for(&channel.id)) {
                continue;
            }
            for audience in channel.audiences.iter().filter(|a| exists(record, company, a)) {
                let by = policies.owed(&decided.facts, stage.as_str(), &channel.id, audience);
                let Some(by) = by.filter(|by| all || by.duty == Duty::Owed) else { continue };
                let facts = &decided.facts;
                let channel = &channel.id;
                let place =
                    Place { record, company, policies, facts, stage, channel, audience, now };
                found.extend(place.message(by));
            }
        }
    }
    found
}

/// What has to be said by a time, soonest first: overdue, due, upcoming, promised.
pub fn due(record: &Record, company: &Company<'_>, now: Instant) -> Vec<DueItem> {
    let owed = owed(record, company, now, false);
    let mut items: Vec<DueItem> = owed
        .into_iter()
        .filter_map(|message| {
            let state = message.state?;
            let open = !matches!(state, MessageState::Sent | MessageState::Skipped);
            let at = message.due.filter(|_| open)?;
            Some(DueItem { what: DueWhat::Message(Box::new(message)), at, state })
        })
        .collect();
    let promised = record.now.as_ref().and_then(|n| n.next_update_at);
    if let Some(at) = promised.filter(|_| record.status.is_burning()) {
        let state = state_of(at, company.standard.communication.lead, now);
        items.push(DueItem { what: DueWhat::Promise, at, state });
    }
    items.sort_by_key(|item| item.at);
    items
}

/// How many people an audience has, as far as the record says.
pub fn readers(record: &Record, audience: &str) -> Option<u64> {
    let impact = record.impact.as_ref()?;
    let customers = impact.customers.as_ref();
    match audience {
        "affected_known" => customers.and_then(|c| c.affected),
        "tried_since_start" => customers.and_then(|c| c.tried),
        "all_customers" => customers.and_then(|c| c.active_base),
        "clients" => Some(impact.clients.len() as u64).filter(|n| *n > 0),
        "merchants" => impact.merchants.as_ref().and_then(|m| m.affected),
        _ => None,
    }
}

/// Whether there is anybody of that kind to tell.
fn exists(record: &Record, company: &Company<'_>, audience: &str) -> bool {
    let hit = record.impact.as_ref();
    match audience {
        "clients" => {
            !company.standard.clients.is_empty() || hit.is_some_and(|i| !i.clients.is_empty())
        }
        "merchants" => {
            company.standard.merchants.is_some() || hit.is_some_and(|i| i.merchants.is_some())
        }
        _ => true,
    }
}

fn state_of(due: Instant, lead: Span, now: Instant) -> MessageState {
    if now > due {
        MessageState::Overdue
    } else if now.plus(lead) >= due {
        MessageState::Due
    } else {
        MessageState::Upcoming
    }
}

/// Whether a message of a record that was sent did go out.
pub fn went_out(message: &Communication) -> impl Iterator<Item = Instant> + '_ {
    message.sent.iter().filter(|s| Fate::of(s).went_out()).map(|s| s.at)
}

/// Whether somebody may have read a message: it went out, or nobody knows.
pub fn may_have_been_read(message: &Communication) -> bool {
    message.sent.iter().any(|s| Fate::of(s).may_have_gone_out())
}

/// A stage, a channel and an audience of a record.
struct Place<'a> {
    record: &'a Record,
    company: &'a Company<'a>,
    policies: &'a Policies,
    facts: &'a FactSet,
    stage: Stage,
    channel: &'a str,
    audience: &'a str,
    now: Instant,
}

impl<'a> Place<'a> {
    /// Messages through this channel to this audience.
    fn here(&self) -> impl Iterator<Item = &'a Communication> + '_ {
        let here = |m: &&Communication| {
            m.channel == self.channel && m.audience.as_deref().is_none_or(|a| a == self.audience)
        };
        self.record.communications.iter().filter(here)
    }

    fn of_stage(&self) -> impl Iterator<Item = &'a Communication> + '_ {
        let kin = KIN.contains(&self.stage);
        self.here().filter(move |m| {
            m.stage == self.stage.as_str()
                || (kin && KIN.iter().any(|stage| m.stage == stage.as_str()))
        })
    }

    /// The moment that the time is counted from, or what has to happen first.
    fn start(&self, from: DueFrom) -> Result<Option<Instant>, &'static str> {
        let times = self.record.clocks();
        let planned = self.record.planned.clone().unwrap_or_default();
        let restored = impact::last_restore(self.record)
            .or(times.restored)
            .filter(|_| !self.record.status.is_burning());
        match from {
            DueFrom::Detected => Ok(times.detected.or_else(|| self.record.began())),
            DueFrom::Restored => restored.map(Some).ok_or("customers can work again"),
            DueFrom::Resolved => times.resolved.map(Some).ok_or("it is resolved"),
            DueFrom::Last => Ok(self.here().flat_map(went_out).max()),
            DueFrom::BeforePlanned | DueFrom::PlannedFrom => {
                planned.from.map(Some).ok_or("the window is planned")
            }
            DueFrom::PlannedTo => planned.to.map(Some).ok_or("the window is planned"),
        }
    }

    fn message(&self, by: OwedBy) -> Option<OwedMessage> {
        let mut message = OwedMessage {
            stage: self.stage,
            channel: self.channel.to_owned(),
            audience: self.audience.to_owned(),
            duty: by.duty,
            state: None,
            due: None,
            quiet: false,
            waits_for: None,
            readers: readers(self.record, self.audience),
            messages: self.of_stage().filter_map(|m| m.id.clone()).collect(),
            rule: by.rule.clone(),
            why: by.why.clone(),
        };
        if by.duty != Duty::Owed {
            return Some(message);
        }
        let start = self.start(by.from);
        let sent = |since: Option<Instant>| {
            let mut sent = self.of_stage().flat_map(went_out);
            sent.any(|at| since.is_none_or(|since| at >= since))
        };
        let cadence = by.from == DueFrom::Last;
        let burning = self.record.status.is_burning();
        let since = match (&start, by.from) {
            (Ok(start), DueFrom::Restored | DueFrom::Resolved) => *start,
            _ => None,
        };
        if !cadence && sent(since) && start.is_ok() {
            message.state = Some(MessageState::Sent);
            return Some(message);
        }
        if self.of_stage().any(|m| m.skipped.is_some()) && !cadence {
            message.state = Some(MessageState::Skipped);
            return Some(message);
        }
        // A first word and updates are about what customers cannot do now.
        if (self.stage == Stage::Initial || cadence) && !burning {
            return None;
        }
        // Where the decision is that nobody gets anything there is nothing to tell.
        if self.stage == Stage::ApologyCompensation && self.record.compensation.is_empty() {
            return None;
        }
        // Nobody reads that it works again who was never told that it did not.
        if self.stage == Stage::Restored {
            let told = self.here().any(may_have_been_read);
            if !told && (!burning || !self.is_first_word_owed()) {
                return None;
            }
        }
        let from = match start {
            Ok(Some(from)) => from,
            Ok(None) if cadence => {
                message.waits_for = Some("the first message");
                message.state = Some(MessageState::Upcoming);
                return self.is_first_word_owed().then_some(message);
            }
            Ok(None) => return None,
            Err(what) => {
                message.waits_for = Some(what);
                message.state = Some(MessageState::Upcoming);
                return Some(message);
            }
        };
        message.due = self.due(&by, from);
        self.keep_quiet(&mut message);
        let lead = self.company.standard.communication.lead;
        message.state = Some(match message.due {
            Some(due) => state_of(due, lead, self.now),
            None => MessageState::Upcoming,
        });
        Some(message)
    }

    /// Whether a first message is owed here, or went out.
    fn is_first_word_owed(&self) -> bool {
        if self.here().any(|m| m.stage == Stage::Initial.as_str() && m.skipped.is_none()) {
            return true;
        }
        let by = self.policies.owed(self.facts, "initial", self.channel, self.audience);
        by.is_some_and(|by| by.duty == Duty::Owed)
    }

    fn due(&self, by: &OwedBy, from: Instant) -> Option<Instant> {
        let target = by.due.as_ref()?;
        if by.from == DueFrom::BeforePlanned {
            return match target.due() {
                Due::Within(span) => Some(from.plus(Span::from_seconds(-span.seconds()))),
                _ => Some(from),
            };
        }
        // Beyond a calendar's years the moment is unknown, never an error.
        self.company.standard.due(target, &by.clock, from, self.company.zone).ok().flatten()
    }

    /// Moves a time out of the quiet hours, where nobody's money or data is at stake.
    fn keep_quiet(&self, message: &mut OwedMessage) {
        let quiet = self.company.standard.communication.quiet_hours.as_ref();
        let Some(quiet) = quiet.filter(|q| q.channels.iter().any(|c| c == self.channel)) else {
            return;
        };
        let impact = self.record.impact.as_ref();
        let harm = impact.map(|i| i.harm.as_slice()).unwrap_or_default();
        if harm.iter().any(|h| quiet.unless_harm.iter().any(|k| k == h.kind.as_str())) {
            return;
        }
        let Some(due) = message.due else { return };
        let end = quiet_end(due, quiet.from.minutes(), quiet.to.minutes(), self.company.zone);
        if let Some(end) = end {
            message.due = Some(end);
            message.quiet = true;
        }
    }
}

/// The end of the quiet hours that a moment lies in, `from` and `to` in minutes since midnight.
fn quiet_end(at: Instant, from: u16, to: u16, zone: chrono_tz::Tz) -> Option<Instant> {
    use chrono::Timelike as _;
    let wall = at.in_zone(&zone).get();
    let minute = i64::from(wall.hour() * 60 + wall.minute());
    let (from, to) = (i64::from(from), i64::from(to));
    let inside =
        if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to };
    let left = (to - minute).rem_euclid(24 * 60);
    let seconds = i64::from(wall.second());
    inside.then(|| at.plus(Span::from_seconds(left * 60 - seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_end_in_the_morning() {
        let zone = chrono_tz::America::Mexico_City;
        let end = |at: &str| {
            let end = quiet_end(at.parse().unwrap(), 22 * 60, 7 * 60, zone)?;
            Some(end.in_zone(&zone).to_string())
        };
        let morning = Some("2026-11-21T07:00:00-06:00".to_owned());
        assert_eq!(end("2026-11-21T03:20:05-06:00"), morning);
        assert_eq!(end("2026-11-20T22:00:00-06:00"), morning);
        assert_eq!(end("2026-11-21T07:00:00-06:00"), None);
        assert_eq!(end("2026-11-20T21:59:59-06:00"), None);
    }

    #[test]
    fn a_message_is_due_shortly_before_its_time() {
        let at: Instant = "2026-11-21T10:00:00-06:00".parse().unwrap();
        let lead = Span::from_minutes(10);
        let state = |minutes| state_of(at, lead, at.plus(Span::from_minutes(minutes)));
        assert_eq!(state(-11), MessageState::Upcoming);
        assert_eq!(state(-10), MessageState::Due);
        assert_eq!(state(0), MessageState::Due);
        assert_eq!(state(1), MessageState::Overdue);
    }
}
