//! A duplicate goes into the incident that it belongs to: its words and links come along.
//!
//! What two records say of one thing is not added up: figures of impact, money and duties stay where
//! they were recorded, and the family of both is counted once. What was approved or sent stays with
//! its evidence.

use super::ids::ItemId;
use super::lifecycle::{Act, Refused, refused};
use super::record::{Action, Link, Record, Skipped};
use super::words::{EntryKind, Status};

/// What a merge brought along, in words, and what stays where it was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Brought {
    /// Such as `3 timeline entries`.
    pub brought: Vec<String>,
    /// Such as `2 messages (linked)`.
    pub stays: Vec<String>,
}

impl Brought {
    fn count(list: &mut Vec<String>, n: usize, one: &str, many: &str) {
        match n {
            0 => {}
            1 => list.push(format!("1 {one}")),
            n => list.push(format!("{n} {many}")),
        }
    }
}

impl Record {
    /// Brings another record's words and links here and closes that one as merged.
    ///
    /// Where both say something in the same place, this one's stays there and the other's becomes a
    /// timeline entry. Open actions go on here: there they are dropped for that reason.
    ///
    /// # Errors
    ///
    /// Refused when one of them is merged already, or they are the same.
    pub fn absorb(&mut self, other: &mut Record, act: &mut Act<'_>) -> Result<Brought, Refused> {
        if other.id == self.id {
            return refused(
                "an incident cannot be merged into itself",
                "name two incidents: inc merge A --into B",
            );
        }
        for record in [&*other, &*self] {
            if record.status == Status::Merged {
                let into = record.merged_into.as_ref().map_or(String::new(), ToString::to_string);
                return refused(
                    format!("{} was merged into {into} already", record.id),
                    format!("inc show {into}"),
                );
            }
        }
        let mut told = Brought::default();
        self.bring_timeline(other, act, &mut told);
        self.bring_words(other, act, &mut told);
        self.bring_lists(other, &mut told);
        self.bring_vendors(other, act, &mut told);
        self.bring_actions(other, act, &mut told);
        self.link_messages(other, &mut told);
        let stays = [
            ("review", usize::from(other.review.is_some())),
            ("compensation", other.compensation.len()),
            ("decisions on telling authorities", other.regulatory.len()),
            ("approvals", other.approvals.len()),
        ];
        told.stays.extend(stays.iter().filter(|(_, n)| *n > 0).map(|(what, _)| (*what).to_owned()));
        let text = format!("merged {} here: {}", other.id, other.title);
        self.add_entry(act, EntryKind::Decision, text, false);
        other.status = Status::Merged;
        other.merged_into = Some(self.id.clone());
        other.add_entry(act, EntryKind::Status, format!("merged into {}", self.id), false);
        Ok(told)
    }

    fn bring_timeline(&mut self, other: &Record, act: &mut Act<'_>, told: &mut Brought) {
        let mut count = 0;
        for entry in &other.timeline {
            if entry.kind == Some(EntryKind::Detected) && entry.text == other.title {
                continue;
            }
            let taken = |id: &ItemId| self.timeline.iter().any(|e| e.id.as_ref() == Some(id));
            let mut entry = entry.clone();
            while entry.id.as_ref().is_some_and(taken) {
                entry.id = Some(ItemId::new('T', &mut act.random));
            }
            let place = self.timeline.iter().rposition(|e| e.at <= entry.at).map_or(0, |i| i + 1);
            self.timeline.insert(place, entry);
            count += 1;
        }
        Brought::count(&mut told.brought, count, "timeline entry", "timeline entries");
    }

    /// Words of which a record has one place: taken where it is free, else told in the timeline.
    fn bring_words(&mut self, other: &Record, act: &mut Act<'_>, told: &mut Brought) {
        let mut notes: Vec<(&str, String)> = Vec::new();
        let mut taken: Vec<&str> = Vec::new();
        let mut take = |what: &'static str, own: &mut Option<String>, theirs: &Option<String>| {
            let Some(words) = theirs.as_ref().filter(|w| !w.trim().is_empty()) else { return };
            match own {
                Some(own) if own == words => {}
                Some(_) => notes.push((what, words.clone())),
                None => {
                    *own = Some(words.clone());
                    taken.push(what);
                }
            }
        };
        if let Some(theirs) = &other.now {
            let own = self.now.get_or_insert_default();
            take("situation", &mut own.situation, &theirs.situation);
            take("hypothesis", &mut own.hypothesis, &theirs.hypothesis);
            take("doing", &mut own.doing, &theirs.doing);
            take("need", &mut own.need, &theirs.need);
            if own.next_update_at.is_none() {
                own.next_update_at = theirs.next_update_at;
            }
        }
        if let Some(theirs) = &other.causes {
            let own = self.causes.get_or_insert_default();
            take("trigger", &mut own.trigger, &theirs.trigger);
            take("category", &mut own.category, &theirs.category);
            take("change", &mut own.change, &theirs.change);
            take("detection gap", &mut own.detection_gap, &theirs.detection_gap);
            let before = own.root_causes.len() + own.contributing.len();
            union(&mut own.root_causes, &theirs.root_causes);
            union(&mut own.contributing, &theirs.contributing);
            let new = own.root_causes.len() + own.contributing.len() - before;
            Brought::count(&mut told.brought, new, "cause", "causes");
        }
        if let Some(theirs) = &other.impact
            && theirs.summary.is_some()
        {
            take(
                "impact summary",
                &mut self.impact.get_or_insert_default().summary,
                &theirs.summary,
            );
        }
        told.brought.extend(taken.into_iter().map(str::to_owned));
        match (&self.workaround, &other.workaround) {
            (None, Some(theirs)) => {
                self.workaround = Some(theirs.clone());
                told.brought.push("workaround".to_owned());
            }
            (Some(own), Some(theirs)) if own.text != theirs.text => {
                notes.push(("workaround", theirs.text.clone()));
            }
            _ => {}
        }
        for (what, words) in notes {
            // A situation is noted when it is updated, so it is in the timeline by now.
            if self.timeline.iter().any(|e| e.text.contains(words.trim())) {
                continue;
            }
            let text = format!("{what} of {}: {words}", other.id);
            self.add_entry(act, EntryKind::Note, text, false);
            told.brought.push(format!("{what} (in the timeline)"));
        }
    }

    fn bring_lists(&mut self, other: &Record, told: &mut Brought) {
        union(&mut self.services, &other.services);
        union(&mut self.services_unmapped, &other.services_unmapped);
        union(&mut self.regions, &other.regions);
        union(&mut self.rails, &other.rails);
        union(&mut self.segments, &other.segments);
        union(&mut self.channels, &other.channels);
        union(&mut self.tags, &other.tags);
        let own = self.id.clone();
        let related: Vec<_> = other.related.iter().filter(|id| **id != own).cloned().collect();
        union(&mut self.related, &related);
        let counted = [
            ("link", "links", union(&mut self.links, &other.links)),
            ("ticket", "tickets", union(&mut self.tickets, &other.tickets)),
            ("room", "rooms", union(&mut self.rooms, &other.rooms)),
        ];
        for (one, many, n) in counted {
            Brought::count(&mut told.brought, n, one, many);
        }
        if let Some(theirs) = other.detection.as_ref().filter(|d| !d.alerts.is_empty()) {
            let n = union(&mut self.detection.get_or_insert_default().alerts, &theirs.alerts);
            Brought::count(&mut told.brought, n, "alert", "alerts");
        }
    }

    /// Vendors' tickets; the same ticket of the same vendor is one.
    fn bring_vendors(&mut self, other: &Record, act: &mut Act<'_>, told: &mut Brought) {
        let mut count = 0;
        for theirs in &other.vendors {
            let same = |own: &super::record::VendorTicket| {
                own.vendor == theirs.vendor && own.ticket == theirs.ticket
            };
            if self.vendors.iter().any(same) {
                continue;
            }
            let mut vendor = theirs.clone();
            let taken = |id: &ItemId| self.vendors.iter().any(|v| v.id.as_ref() == Some(id));
            while vendor.id.as_ref().is_some_and(taken) {
                vendor.id = Some(ItemId::new('V', &mut act.random));
            }
            self.vendors.push(vendor);
            count += 1;
        }
        Brought::count(&mut told.brought, count, "vendor ticket", "vendor tickets");
    }

    /// Open actions go on here; those that are done or dropped are history of the other record.
    fn bring_actions(&mut self, other: &mut Record, act: &mut Act<'_>, told: &mut Brought) {
        let is_open = |a: &&mut Action| a.done.is_none() && a.dropped.is_none();
        let (own, mut count) = (self.id.clone(), 0);
        for theirs in other.actions.iter_mut().filter(is_open) {
            let mut action = theirs.clone();
            let taken = |id: &ItemId| self.actions.iter().any(|a| a.id.as_ref() == Some(id));
            while action.id.as_ref().is_some_and(taken) {
                action.id = Some(ItemId::new('A', &mut act.random));
            }
            let there = action.id.as_ref().map_or_else(String::new, |id| format!(" as {id}"));
            theirs.dropped = Some(Skipped {
                by: Some(act.by.to_owned()),
                at: Some(act.at),
                reason: format!("goes on in {own}{there}"),
                ..Skipped::default()
            });
            self.actions.push(action);
            count += 1;
        }
        Brought::count(&mut told.brought, count, "open action", "open actions");
    }

    /// Messages stay with the incident for which they were written and approved.
    fn link_messages(&mut self, other: &Record, told: &mut Brought) {
        let mut count = 0;
        for message in &other.communications {
            let Some(file) = &message.file else { continue };
            let link = Link {
                url: format!("{}/{file}", other.id.folder()),
                title: Some(format!("{} {} of {}", message.channel, message.stage, other.id)),
                ..Link::default()
            };
            count += union(&mut self.links, &[link]);
        }
        Brought::count(&mut told.stays, count, "message (linked)", "messages (linked)");
    }
}

/// Adds what is not there yet; how many that were.
fn union<T: Clone + PartialEq>(own: &mut Vec<T>, theirs: &[T]) -> usize {
    let before = own.len();
    for item in theirs {
        if !own.contains(item) {
            own.push(item.clone());
        }
    }
    own.len() - before
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{Causes, Communication, IncidentId, VendorTicket, Workaround};

    fn record(suffix: &str) -> Record {
        let id: IncidentId = format!("INC-20261121-{suffix}").parse().unwrap();
        Record::new(id, "01JD7Z3Q6W3F0K2V9C1T4M8B5N".into(), format!("title {suffix}"))
    }

    #[test]
    fn words_of_both_are_kept_and_open_actions_go_on() {
        let (mut a, mut b) = (record("AAAA"), record("BBBB"));
        let id: Option<ItemId> = "A7QK".parse().ok();
        for r in [&mut a, &mut b] {
            let title = format!("action of {}", r.id);
            r.actions.push(Action { id: id.clone(), title, ..Action::default() });
        }
        a.now_mut().situation = Some("the switch is down".into());
        b.now_mut().situation = Some("cards fail".into());
        a.now_mut().doing = Some("moving traffic".into());
        a.workaround = Some(Workaround { text: "pay cash".into(), ..Workaround::default() });
        a.causes = Some(Causes { root_causes: vec!["a bug".into()], ..Causes::default() });
        a.vendors.push(VendorTicket { vendor: "acme".into(), ..VendorTicket::default() });
        a.communications.push(Communication {
            stage: "initial".into(),
            channel: "push".into(),
            file: Some("C7QK-push.es-MX.md".into()),
            ..Communication::default()
        });
        let (mut n, at) = (0, "2026-11-21T04:00:00-06:00".parse().unwrap());
        let mut random = || {
            n += 1;
            n
        };
        let told = b.absorb(&mut a, &mut Act { by: "ana", at, random: &mut random }).unwrap();
        assert_eq!(b.now_mut().situation.as_deref(), Some("cards fail"));
        assert_eq!(b.now_mut().doing.as_deref(), Some("moving traffic"));
        assert!(b.timeline.iter().any(|e| e.text.ends_with("AAAA: the switch is down")));
        assert_eq!(b.workaround.as_ref().unwrap().text, "pay cash");
        assert_eq!(b.causes.as_ref().unwrap().root_causes, ["a bug"]);
        assert_eq!((b.vendors.len(), b.actions.len()), (1, 2));
        assert_ne!(b.actions[0].id, b.actions[1].id);
        let dropped = a.actions[0].dropped.as_ref().unwrap();
        assert!(dropped.reason.starts_with("goes on in INC-20261121-BBBB as A"));
        assert!(b.links[0].url.ends_with("INC-20261121-AAAA/C7QK-push.es-MX.md"));
        assert!(told.brought.contains(&"1 open action".to_owned()), "{told:?}");
        assert_eq!(told.stays, ["1 message (linked)"]);
    }
}
