//! What may happen to an incident (docs/manual/lifecycle.md).
//!
//! `detected → responding → restored → remediating → resolved → closed`, plus `cancelled` and
//! `merged`; `restored → responding` is a relapse. The functions change a record's clocks, status
//! and timeline together; whether a company lets a step pass is the standard's business.
//!
//! The file is long because all steps of a life are here, each with what it refuses.

use super::ids::ItemId;
use super::record::{Entry, Impact, Now, Period, Record, Role, Times};
use super::words::{EntryKind, Status};
use crate::units::{Instant, Span};

/// How long a mistaken resolve, close or cancel can be undone.
pub const REOPEN_WITHIN: Span = Span::from_seconds(24 * 3600);

/// Who does something, when, and where new items get their ids from.
pub struct Act<'a> {
    /// The person's id or name.
    pub by: &'a str,
    /// When it happened (not when it was typed).
    pub at: Instant,
    /// Source of random 5-bit numbers for new ids.
    pub random: &'a mut dyn FnMut() -> u8,
}

impl std::fmt::Debug for Act<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Act").field("by", &self.by).field("at", &self.at).finish_non_exhaustive()
    }
}

/// A step that the incident's state does not allow: why, and what to type instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refused {
    /// Why not.
    pub message: String,
    /// What to do.
    pub help: String,
}

pub(super) fn refused<T>(
    message: impl Into<String>,
    help: impl Into<String>,
) -> Result<T, Refused> {
    Err(Refused { message: message.into(), help: help.into() })
}

impl Record {
    /// Adds a timeline entry in its place by time and returns its id.
    pub fn add_entry(
        &mut self,
        act: &mut Act<'_>,
        kind: EntryKind,
        text: impl Into<String>,
        star: bool,
    ) -> ItemId {
        let id = loop {
            let id = ItemId::new('T', &mut act.random);
            if !self.timeline.iter().any(|e| e.id.as_ref() == Some(&id)) {
                break id;
            }
        };
        let entry = Entry {
            id: Some(id.clone()),
            at: act.at,
            by: Some(act.by.to_owned()),
            kind: Some(kind),
            text: text.into(),
            star,
            x: Default::default(),
        };
        let place = self.timeline.iter().rposition(|e| e.at <= act.at).map_or(0, |i| i + 1);
        self.timeline.insert(place, entry);
        id
    }

    /// The clocks, to be set.
    pub fn times_mut(&mut self) -> &mut Times {
        self.times.get_or_insert_default()
    }

    /// The state of play, to be set.
    pub fn now_mut(&mut self) -> &mut Now {
        self.now.get_or_insert_default()
    }

    /// The impact, to be set.
    pub fn impact_mut(&mut self) -> &mut Impact {
        self.impact.get_or_insert_default()
    }

    /// Somebody looks after it.
    ///
    /// # Errors
    ///
    /// Refused when it is acknowledged already, or over.
    pub fn acknowledge(&mut self, act: &mut Act<'_>) -> Result<(), Refused> {
        if let Some(at) = self.clocks().acknowledged {
            return refused(
                format!("{} was acknowledged at {at}", self.id),
                format!("to add what you know: inc note {} \"…\"", self.id.suffix()),
            );
        }
        if !self.status.is_open() {
            return self.over("acknowledged");
        }
        self.times_mut().acknowledged = Some(act.at);
        if self.status == Status::Detected {
            self.status = Status::Responding;
        }
        self.add_entry(act, EntryKind::Status, format!("acknowledged by {}", act.by), false);
        Ok(())
    }

    /// Customers can work again.
    ///
    /// # Errors
    ///
    /// Refused when it is restored already, or over.
    pub fn restore(&mut self, act: &mut Act<'_>, words: Option<&str>) -> Result<(), Refused> {
        if !self.status.is_burning() {
            let at = self.clocks().restored.map_or(String::new(), |at| format!(" at {at}"));
            return match self.status {
                Status::Restored | Status::Remediating => refused(
                    format!("{} was restored{at}", self.id),
                    format!("customers feel it again? inc relapse {}", self.id.suffix()),
                ),
                _ => self.over("restored"),
            };
        }
        self.times_mut().restored = Some(act.at);
        self.status = Status::Restored;
        // The promise was an update while customers wait; that they can work again keeps it.
        if let Some(now) = &mut self.now {
            now.next_update_at = None;
        }
        if let Some(impact) = &mut self.impact {
            for period in impact.periods.iter_mut().filter(|p| p.to.is_none() && p.from <= act.at) {
                period.to = Some(act.at);
            }
        }
        self.add_entry(act, EntryKind::Status, with("restored", words), true);
        Ok(())
    }

    /// Customers feel it again after a restore: each window is a period.
    ///
    /// # Errors
    ///
    /// Refused when it is not restored, or already resolved.
    pub fn relapse(&mut self, act: &mut Act<'_>, words: Option<&str>) -> Result<(), Refused> {
        let suffix = self.id.suffix().to_owned();
        match self.status {
            Status::Restored | Status::Remediating => {}
            Status::Detected | Status::Responding => {
                return refused(
                    format!("{} is not restored, so it cannot relapse", self.id),
                    format!("to note a turn for the worse: inc note {suffix} \"…\""),
                );
            }
            Status::Resolved | Status::Closed => {
                return refused(
                    format!("{} is {}", self.id, self.status),
                    format!(
                        "within 24 h: inc reopen {suffix}, then inc relapse; later: inc open \"…\" --related {suffix}"
                    ),
                );
            }
            Status::Cancelled | Status::Merged => return self.over("reopened by a relapse"),
        }
        let clocks = self.clocks();
        let periods = &mut self.impact_mut().periods;
        if periods.is_empty()
            && let (Some(from), Some(to)) =
                (clocks.impact_started.or(clocks.detected), clocks.restored)
        {
            periods.push(window(from, Some(to)));
        }
        periods.push(window(act.at, None));
        let was = clocks.restored.map_or(String::new(), |at| format!(" (restored {at})"));
        self.times_mut().restored = None;
        self.status = Status::Responding;
        self.add_entry(act, EntryKind::Status, with(&format!("relapse{was}"), words), true);
        Ok(())
    }

    /// The cause is being removed.
    ///
    /// # Errors
    ///
    /// Refused unless it is restored.
    pub fn remediate(&mut self, act: &mut Act<'_>) -> Result<(), Refused> {
        if self.status != Status::Restored {
            return refused(
                format!("{} is {}, not restored", self.id, self.status),
                format!("when customers can work again: inc restore {}", self.id.suffix()),
            );
        }
        self.status = Status::Remediating;
        self.add_entry(act, EntryKind::Status, "remediating", false);
        Ok(())
    }

    /// It cannot come back by itself, and the money is reconciled.
    ///
    /// # Errors
    ///
    /// Refused before it is restored, or when it is over.
    pub fn resolve(&mut self, act: &mut Act<'_>, words: Option<&str>) -> Result<(), Refused> {
        match self.status {
            Status::Restored | Status::Remediating => {}
            Status::Detected | Status::Responding => {
                return refused(
                    format!("{} is {}: customers still feel it", self.id, self.status),
                    format!("when they can work again: inc restore {}", self.id.suffix()),
                );
            }
            _ => return self.over("resolved"),
        }
        self.times_mut().resolved = Some(act.at);
        self.status = Status::Resolved;
        self.add_entry(act, EntryKind::Status, with("resolved", words), true);
        Ok(())
    }

    /// Review and duties are done.
    ///
    /// # Errors
    ///
    /// Refused before it is resolved, or when it is over.
    pub fn close(&mut self, act: &mut Act<'_>, words: Option<&str>) -> Result<(), Refused> {
        match self.status {
            Status::Resolved => {}
            Status::Closed | Status::Cancelled | Status::Merged => return self.over("closed"),
            _ => {
                return refused(
                    format!("{} is {}, not resolved", self.id, self.status),
                    format!("when it cannot come back: inc resolve {}", self.id.suffix()),
                );
            }
        }
        self.times_mut().closed = Some(act.at);
        self.status = Status::Closed;
        self.add_entry(act, EntryKind::Status, with("closed", words), false);
        Ok(())
    }

    /// It was a false alarm.
    ///
    /// # Errors
    ///
    /// Refused when it is over.
    pub fn cancel(&mut self, act: &mut Act<'_>, words: Option<&str>) -> Result<(), Refused> {
        if !self.status.is_open() {
            return self.over("cancelled");
        }
        self.status = Status::Cancelled;
        self.add_entry(act, EntryKind::Status, with("cancelled: false alarm", words), false);
        Ok(())
    }

    /// Takes back a mistaken resolve, close or cancel; the removed times stay in the timeline.
    ///
    /// # Errors
    ///
    /// Refused when nothing of the kind happened, or more than [`REOPEN_WITHIN`] ago.
    pub fn reopen(&mut self, act: &mut Act<'_>, words: Option<&str>) -> Result<(), Refused> {
        let suffix = self.id.suffix().to_owned();
        let clocks = self.clocks();
        let (ended, back) = match self.status {
            Status::Closed => (clocks.closed, Status::Resolved),
            Status::Resolved => (clocks.resolved, Status::Restored),
            Status::Cancelled => {
                let last = self
                    .timeline
                    .iter()
                    .filter(|e| e.kind == Some(EntryKind::Status))
                    .map(|e| e.at)
                    .max();
                let acknowledged = clocks.acknowledged.is_some();
                (last, if acknowledged { Status::Responding } else { Status::Detected })
            }
            Status::Merged => {
                let to = self.merged_into.as_ref().map_or(String::new(), |id| format!(" {id}"));
                return refused(
                    format!("{} was merged into{to}", self.id),
                    format!("work on{to}, or take the merge back: inc undo"),
                );
            }
            _ => {
                return refused(
                    format!("{} is {}: there is nothing to reopen", self.id, self.status),
                    format!("customers feel it again? inc relapse {suffix}"),
                );
            }
        };
        if let Some(ended) = ended
            && act.at.since(ended) > REOPEN_WITHIN
        {
            return refused(
                format!("{} was {} at {ended}, more than 24 h ago", self.id, self.status),
                format!("it is a new incident now: inc open \"…\" --related {suffix}"),
            );
        }
        let was = ended.map_or(String::new(), |at| format!(", was {at}"));
        let text = format!("reopened ({}{was})", self.status);
        match self.status {
            Status::Closed => self.times_mut().closed = None,
            Status::Resolved => self.times_mut().resolved = None,
            _ => {}
        }
        self.status = back;
        self.add_entry(act, EntryKind::Status, with(&text, words), true);
        Ok(())
    }

    /// Gives a role to a person; who held it before is kept.
    pub fn hand_over(&mut self, act: &mut Act<'_>, role: &str, person: &str, note: Option<&str>) {
        let before = self.holder(role).map(|r| r.person.clone());
        for held in self.roles.iter_mut().filter(|r| r.role == role && r.to.is_none()) {
            held.to = Some(held.from.map_or(act.at, |from| from.max(act.at)));
        }
        self.roles.push(Role {
            role: role.to_owned(),
            person: person.to_owned(),
            from: Some(act.at),
            handover_note: note.map(str::to_owned),
            ..Role::default()
        });
        let text = match before {
            Some(before) => format!("{role}: {before} → {person}"),
            None => format!("{role}: {person}"),
        };
        self.add_entry(act, EntryKind::Handover, with(&text, note), false);
    }

    fn over<T>(&self, what: &str) -> Result<T, Refused> {
        let suffix = self.id.suffix();
        refused(
            format!("{} is {}; it cannot be {what}", self.id, self.status),
            match self.status {
                Status::Merged => self
                    .merged_into
                    .as_ref()
                    .map_or_else(String::new, |id| format!("its words are in {id}: inc show {id}")),
                _ => format!(
                    "a mistake of the last 24 h: inc reopen {suffix}; else inc open \"…\" --related {suffix}"
                ),
            },
        )
    }
}

fn with(text: &str, words: Option<&str>) -> String {
    match words {
        Some(words) if !words.trim().is_empty() => format!("{text}: {}", words.trim()),
        _ => text.to_owned(),
    }
}

fn window(from: Instant, to: Option<Instant>) -> Period {
    Period { from, to, service: None, region: None, degradation: None, x: Default::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::IncidentId;

    fn at(text: &str) -> Instant {
        format!("2026-11-21T{text}:00-06:00").parse().unwrap()
    }

    fn record(suffix: &str) -> Record {
        let id: IncidentId = format!("INC-20261121-{suffix}").parse().unwrap();
        let mut record =
            Record::new(id, "01JD7Z3Q6W3F0K2V9C1T4M8B5N".into(), "cards failing".into());
        record.times_mut().impact_started = Some(at("03:00"));
        record.times_mut().detected = Some(at("03:10"));
        record
    }

    fn act<'a>(clock: &str, random: &'a mut dyn FnMut() -> u8) -> Act<'a> {
        Act { by: "ana", at: at(clock), random }
    }

    #[test]
    fn a_relapse_makes_windows_and_keeps_the_first_start() {
        let (mut n, mut r) = (0, record("7QKM"));
        let mut random = || {
            n += 1;
            n
        };
        r.acknowledge(&mut act("03:12", &mut random)).unwrap();
        assert_eq!(r.status, Status::Responding);
        r.restore(&mut act("03:40", &mut random), None).unwrap();
        r.relapse(&mut act("04:00", &mut random), Some("switch again")).unwrap();
        assert_eq!((r.status, r.clocks().restored), (Status::Responding, None));
        r.restore(&mut act("04:20", &mut random), None).unwrap();
        let windows: Vec<_> =
            r.impact.as_ref().unwrap().periods.iter().map(|p| (p.from, p.to)).collect();
        assert_eq!(windows, [(at("03:00"), Some(at("03:40"))), (at("04:00"), Some(at("04:20")))]);
        assert_eq!(r.clocks().restored, Some(at("04:20")));
    }

    #[test]
    fn steps_out_of_order_are_refused_with_the_next_command() {
        let (mut n, mut r) = (0, record("7QKM"));
        let mut random = || {
            n += 1;
            n
        };
        let refusal = r.close(&mut act("03:20", &mut random), None).unwrap_err();
        assert!(refusal.help.contains("inc resolve 7QKM"), "{refusal:?}");
        let refusal = r.resolve(&mut act("03:20", &mut random), None).unwrap_err();
        assert!(refusal.help.contains("inc restore 7QKM"), "{refusal:?}");
        assert!(r.timeline.is_empty());
    }

    #[test]
    fn reopening_keeps_the_removed_time_and_ends_after_a_day() {
        let (mut n, mut r) = (0, record("7QKM"));
        let mut random = || {
            n += 1;
            n
        };
        r.restore(&mut act("03:40", &mut random), None).unwrap();
        r.resolve(&mut act("05:00", &mut random), None).unwrap();
        r.reopen(&mut act("06:00", &mut random), None).unwrap();
        assert_eq!((r.status, r.clocks().resolved), (Status::Restored, None));
        assert!(r.timeline.iter().any(|e| e.text.contains("05:00:00-06:00")));
        r.resolve(&mut act("07:00", &mut random), None).unwrap();
        let mut late = Act {
            by: "ana",
            at: at("07:00").plus(Span::from_minutes(24 * 60 + 1)),
            random: &mut random,
        };
        assert!(r.reopen(&mut late, None).unwrap_err().help.contains("--related 7QKM"));
    }

    #[test]
    fn a_handover_keeps_who_held_the_role() {
        let (mut n, mut r) = (0, record("7QKM"));
        let mut random = || {
            n += 1;
            n
        };
        r.hand_over(&mut act("03:15", &mut random), "incident_commander", "ana", None);
        r.hand_over(
            &mut act("05:00", &mut random),
            "incident_commander",
            "beto",
            Some("switch is back"),
        );
        assert_eq!(r.holder("incident_commander").unwrap().person, "beto");
        assert_eq!(r.roles[0].to, Some(at("05:00")));
    }

    #[test]
    fn merging_brings_every_word_along() {
        let (mut n, mut a, mut b) = (0, record("7QKM"), record("7QKN"));
        let mut random = || {
            n += 1;
            n
        };
        a.add_entry(&mut act("03:11", &mut random), EntryKind::Note, "acquirer says no", false);
        a.services = vec!["checkout".into()];
        b.absorb(&mut a, &mut act("03:30", &mut random)).unwrap();
        assert_eq!(a.merged_into, Some(b.id.clone()));
        assert!(b.timeline.iter().any(|e| e.text == "acquirer says no"));
        assert_eq!(b.services, ["checkout"]);
        assert!(b.absorb(&mut a, &mut act("03:31", &mut random)).is_err());
    }
}
