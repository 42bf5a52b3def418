//! What would go where: messages of one incident to the places that carry them, and what keeps each
//! from going.

use super::company::Company;
use super::owed::readers;
use crate::approval::{Evidence, Of, Problem, current, judge, standing};
use crate::communication::{AtPlace, Fate, Stage, at_place, sending_key};
use crate::facts::Surroundings as _;
use crate::incident::{Communication, ItemId, Record};
use crate::standard::{Integration, Listed};
use crate::units::Instant;

/// Stages that tell readers of a trouble; whoever read one of them is told when it is over.
const FIRST: [&str; 6] =
    ["initial", "identified", "update", "no_change", "action_required", "workaround"];

/// A message as it lies in its file.
#[derive(Debug, Clone)]
pub struct Written<'r> {
    /// What the record says of it.
    pub message: &'r Communication,
    /// The hash of its file.
    pub sha256: String,
}

/// One message and one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The message.
    pub message: ItemId,
    /// Its stage.
    pub stage: String,
    /// Its channel.
    pub channel: String,
    /// To whom.
    pub audience: String,
    /// Its locale.
    pub locale: String,
    /// The integration that carries it; none where nothing does.
    pub place: Option<String>,
    /// How many readers, as far as anybody knows.
    pub size: Option<u64>,
    /// The hash of the words.
    pub sha256: String,
    /// The name of this sending.
    pub key: String,
    /// What the place called the last message of this incident that it got.
    pub first_ref: Option<String>,
    /// Whether it goes.
    pub verdict: Verdict,
}

/// Whether a parcel goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It goes.
    Goes,
    /// It went, then.
    Went(Instant),
    /// Nothing carries it: people do.
    ByHand,
    /// It stays: a code, why, and what to do.
    Stays {
        /// A diagnostic's code.
        code: &'static str,
        /// Why.
        why: String,
        /// What to do.
        help: String,
    },
}

impl Verdict {
    fn stays(code: &'static str, why: impl Into<String>, help: impl Into<String>) -> Verdict {
        Verdict::Stays { code, why: why.into(), help: help.into() }
    }
}

/// What somebody asks for besides.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Send again what went out, or may have.
    pub again: bool,
    /// How many readers there are, where the record does not know.
    pub size: Option<u64>,
    /// Why people are woken.
    pub wake: Option<String>,
}

/// What is sent, with what is known around it.
#[derive(Debug)]
pub struct Sending<'a> {
    /// The incident.
    pub record: &'a Record,
    /// The company around it.
    pub company: &'a Company<'a>,
    /// What is known around approvals.
    pub evidence: &'a Evidence,
    /// The present.
    pub now: Instant,
    /// What was asked for.
    pub asked: &'a Asked,
}

impl Sending<'_> {
    /// A parcel for each message and each place that carries it, in their order.
    pub fn parcels(&self, messages: &[Written<'_>]) -> Vec<Parcel> {
        let places = &self.company.standard.integrations;
        messages.iter().flat_map(|written| self.of_message(written, places)).collect()
    }

    /// Whether a message's words are approved as they are, or need no approval.
    pub fn is_approved(&self, written: &Written<'_>) -> bool {
        let item = written.message.id.as_ref().map_or("", |i| i.as_str());
        self.unapproved(item).is_none()
    }

    fn of_message(&self, written: &Written<'_>, places: &Listed<Integration>) -> Vec<Parcel> {
        let message = written.message;
        let Some(id) = &message.id else { return Vec::new() };
        let audience = message.audience.clone().unwrap_or_default();
        let locale = message.locale.clone().unwrap_or_default();
        let size = self.asked.size.or_else(|| readers(self.record, &audience));
        let blank = Parcel {
            message: id.clone(),
            stage: message.stage.clone(),
            channel: message.channel.clone(),
            audience,
            locale,
            place: None,
            size,
            sha256: written.sha256.clone(),
            key: String::new(),
            first_ref: None,
            verdict: Verdict::ByHand,
        };
        let carries =
            |p: &&Integration| p.carries(&message.channel, &blank.audience, &blank.locale);
        let carrying: Vec<&Integration> = places.iter().filter(carries).collect();
        if carrying.is_empty() {
            // What speaks against it is said whoever carries it.
            let verdict = self.against(written, size).unwrap_or(Verdict::ByHand);
            return vec![Parcel { verdict, ..blank }];
        }
        let parcel = |place: &&Integration| {
            let key = sending_key(&self.record.uid, message, &place.id, &written.sha256);
            let first_ref = self.last_ref(&place.id);
            let verdict = self.verdict(written, place, size);
            Parcel { place: Some(place.id.clone()), key, first_ref, verdict, ..blank.clone() }
        };
        carrying.iter().map(parcel).collect()
    }

    fn verdict(&self, written: &Written<'_>, place: &Integration, size: Option<u64>) -> Verdict {
        let message = written.message;
        let id = self.record.id.suffix();
        let item = message.id.as_ref().map_or("", |i| i.as_str());
        match at_place(message, &place.id, &written.sha256) {
            AtPlace::Sent(at) if !self.asked.again => return Verdict::Went(at),
            AtPlace::Unknown(at) if !self.asked.again && !place.idempotent => {
                return Verdict::stays(
                    "send-unknown",
                    format!("it may have reached {} at {at}, and no answer came", place.id),
                    format!(
                        "look there; then inc comms sent {id} {item} --to {}, the same with \
                         --failed, or send it with --again",
                        place.id
                    ),
                );
            }
            _ => {}
        }
        if let Some(against) = self.against(written, size) {
            return against;
        }
        if message.stage == Stage::Restored.as_str() && !self.was_told(message, &place.id) {
            return Verdict::stays(
                "nobody-was-told",
                format!("through {} nobody was told that it did not work", place.id),
                "restored goes to those who got the first word; inc comms show lists what went out",
            );
        }
        Verdict::Goes
    }

    /// What speaks against a message, whoever carries it.
    fn against(&self, written: &Written<'_>, size: Option<u64>) -> Option<Verdict> {
        let (record, message) = (self.record, written.message);
        let id = record.id.suffix();
        let item = message.id.as_ref().map_or("", |i| i.as_str());
        if let Some(skipped) = &message.skipped {
            let why = format!("somebody decided not to send it: {}", skipped.reason);
            let help = format!("inc comms draft {id} --stage {}", message.stage);
            return Some(Verdict::stays("skipped-message", why, help));
        }
        let customers = self.company.is_customer_facing(&message.channel);
        if record.exercise && customers {
            let why = "this is an exercise, and customers read the channel";
            let help = "in an exercise only colleagues are written to";
            return Some(Verdict::stays("exercise", why, help));
        }
        if let Some(verdict) = self.unapproved(item) {
            return Some(verdict);
        }
        if let (Some(size), Some(approved)) = (size, self.approved_size(item))
            && size > approved
        {
            let why = format!("{size} readers, and it was approved for {approved}");
            let help = format!("have it approved again: inc comms approve {id} {item}");
            return Some(Verdict::stays("audience-too-large", why, help));
        }
        if let (true, None) = (self.is_quiet(&message.channel), &self.asked.wake) {
            let why = "it would wake people, and neither their money nor their data is at stake";
            let help = "send it after the quiet hours of standards/communication.toml, or with \
                        --wake REASON";
            return Some(Verdict::stays("quiet-hours", why, help));
        }
        None
    }

    /// The approvals of a message, and those that broke the glass for it, by their places.
    fn approvals(&self, item: &str) -> impl Iterator<Item = usize> + '_ {
        let names = [item.to_owned(), Of::BreakGlass(item.to_owned()).to_string()];
        let approvals = self.record.approvals.iter().enumerate();
        approvals.filter(move |(_, a)| names.contains(&a.of)).map(|(place, _)| place)
    }

    /// What is missing of its approval.
    fn unapproved(&self, item: &str) -> Option<Verdict> {
        let id = self.record.id.suffix();
        let of = Of::Message(item.to_owned());
        let standing = standing(self.evidence, self.record, &of);
        let glass = Of::BreakGlass(item.to_owned()).to_string();
        let broken = self.approvals(item).any(|place| {
            let of = self.record.approvals.get(place).map(|a| a.of.as_str());
            of == Some(glass.as_str()) && self.counts(place)
        });
        if standing.needs.is_empty() || standing.complete() || broken {
            return None;
        }
        let stale = self.approvals(item).any(|place| {
            let approval = self.record.approvals.get(place);
            approval.is_some_and(|a| current(self.evidence, self.record, a) == Some(false))
        });
        let roles: Vec<&str> = standing.missing().map(|need| need.role.as_str()).collect();
        let help = format!("inc comms approve {id} {item}");
        Some(if stale {
            let why = format!(
                "its words changed after they were approved; {} reads it again",
                roles.join(" and ")
            );
            Verdict::stays("stale-approval", why, help)
        } else {
            let why = format!("{} has not approved these words", roles.join(" and "));
            Verdict::stays("not-approved", why, help)
        })
    }

    fn counts(&self, place: usize) -> bool {
        judge(self.evidence, self.record, place).iter().all(Problem::counts)
    }

    /// The largest audience that every approval of these words covers; none where none names one.
    fn approved_size(&self, item: &str) -> Option<u64> {
        let of = |place: usize| self.record.approvals.get(place);
        let mut by_role: Vec<(Option<&str>, u64)> = Vec::new();
        for place in self.approvals(item).filter(|place| self.counts(*place)) {
            let Some((role, size)) = of(place).and_then(|a| Some((a.role.as_deref(), a.size?)))
            else {
                continue;
            };
            // Approved again for more, the newer one counts.
            match by_role.iter_mut().find(|(r, _)| *r == role) {
                Some((_, known)) => *known = size,
                None => by_role.push((role, size)),
            }
        }
        by_role.into_iter().map(|(_, size)| size).min()
    }

    /// Whether the channel keeps quiet now.
    fn is_quiet(&self, channel: &str) -> bool {
        use chrono::Timelike as _;
        let quiet = self.company.standard.communication.quiet_hours.as_ref();
        let Some(quiet) = quiet.filter(|q| q.channels.iter().any(|c| c == channel)) else {
            return false;
        };
        let harm = self.record.impact.as_ref().map(|i| i.harm.as_slice()).unwrap_or_default();
        let wakes = harm.iter().any(|h| quiet.unless_harm.iter().any(|k| k == h.kind.as_str()));
        let wall = self.now.in_zone(&self.company.zone).get();
        let minutes = u16::try_from(wall.hour() * 60 + wall.minute()).unwrap_or(0);
        !wakes && quiet.contains(minutes)
    }

    /// Whether readers of this place may have been told of the trouble. What people recorded by
    /// hand names no place: it was told to the audience, through whatever there was.
    fn was_told(&self, message: &Communication, place: &str) -> bool {
        let places = &self.company.standard.integrations;
        let told = |m: &&Communication| {
            m.channel == message.channel
                && m.audience == message.audience
                && FIRST.contains(&m.stage.as_str())
        };
        self.record.communications.iter().filter(told).flat_map(|m| &m.sent).any(|sent| {
            let to = sent.to.as_deref().unwrap_or_default();
            Fate::of(sent).may_have_gone_out() && (to == place || !places.contains(to))
        })
    }

    /// What a place called the last message that it got.
    fn last_ref(&self, place: &str) -> Option<String> {
        let all = self.record.communications.iter().flat_map(|m| &m.sent);
        let here = all.filter(|s| s.to.as_deref() == Some(place) && s.ref_.is_some());
        here.max_by_key(|s| s.at).and_then(|s| s.ref_.clone())
    }
}

/// The messages of a stage that are to go: of each channel, audience and locale the newest.
pub fn newest<'r>(record: &'r Record, stage: &str) -> Vec<&'r Communication> {
    let of_stage: Vec<&Communication> =
        record.communications.iter().filter(|m| m.stage == stage && m.file.is_some()).collect();
    let same = |a: &Communication, b: &Communication| {
        a.channel == b.channel && a.audience == b.audience && a.locale == b.locale
    };
    let newer = |i: usize, m: &Communication| of_stage.iter().skip(i + 1).any(|n| same(m, n));
    of_stage.iter().enumerate().filter(|(i, m)| !newer(*i, m)).map(|(_, m)| *m).collect()
}
