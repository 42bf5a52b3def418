//! What lists and reports ask first of a record, on a card of a few hundred bytes.
//!
//! A card follows from the record's bytes alone. What also follows from the standard stands apart,
//! in [`Standing`], with the mark of the standard that it follows from; what depends on now is on
//! no card. Cards are read where they lie: a card borrows its words from its bytes.
//!
//! The file is long because what is written and what is read of it stand side by side.

use chrono::{DateTime, NaiveDate};

use super::Filter;
use super::bytes::{NONE, Reader, Writer, place};
use super::tally::Tally;
use crate::impact;
use crate::incident::{ActionKind, IncidentId, Kind, Record, Severity, Status};
use crate::timing;
use crate::units::{Instant, Span};

/// The form of a card's bytes; every change of them, or of what they mean, makes another.
pub const FORM: u64 = 2;

/// A level that goes on holding as long as record and standard stay what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Mark of the standard, its zone and its currency.
    pub standard: u128,
    /// From when it holds.
    pub since: Instant,
    /// The level that stands.
    pub level: Option<Severity>,
    /// The level that the facts give, which differs where a person declared another.
    pub derived: Option<Severity>,
    /// Whether the level comes from what `open` knew.
    pub provisional: bool,
}

/// An action that nobody has done or dropped, and that has a due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed<'a> {
    /// What is to be done.
    pub title: &'a str,
    /// By whom.
    pub owner: Option<&'a str>,
    /// By when.
    pub due: NaiveDate,
    /// What it is for.
    pub kind: Option<ActionKind>,
}

/// One record's card.
#[derive(Debug, Clone, Copy)]
pub struct Card<'a> {
    /// Id.
    pub id: &'a str,
    /// ULID.
    pub uid: &'a str,
    /// Title.
    pub title: &'a str,
    /// Status.
    pub status: Status,
    /// Kind, if known.
    pub kind: Option<Kind>,
    /// Drill.
    pub exercise: bool,
    /// Fields that a merge left in conflict.
    pub conflicts: usize,
    /// Incident that this one is part of.
    pub parent: Option<&'a str>,
    /// Incident that this one was merged into.
    pub merged_into: Option<&'a str>,
    /// Services, and how many of them the catalogue knew.
    services: Words<'a>,
    known_services: usize,
    tags: Words<'a>,
    /// Who has it.
    pub commander: Option<&'a str>,
    /// Impact start, else detection, else opening.
    pub began: Option<Instant>,
    /// Detection.
    pub detected: Option<Instant>,
    /// Last restore.
    pub restored: Option<Instant>,
    /// Impact start to restore, of an incident that is over.
    pub lasted: Option<Span>,
    /// From the first to the last moment of impact (of planned work: as planned), once it is over.
    pub span: Option<(Instant, Instant)>,
    /// When the last action was done or dropped.
    pub last_done: Option<Instant>,
    owed: &'a [u8],
    tally: &'a [u8],
    /// The level, where it goes on holding.
    pub standing: Option<Standing>,
}

/// Some words, one after the other.
#[derive(Debug, Clone, Copy, Default)]
pub struct Words<'a>(&'a [u8]);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let mut reader = Reader(self.0);
        let word = reader.text();
        self.0 = if word.is_some() { reader.0 } else { &[] };
        word
    }
}

impl<'a> Card<'a> {
    /// Writes the card of a record.
    pub fn write(record: &Record, standing: Option<Standing>) -> Vec<u8> {
        let mut w = Writer(Vec::with_capacity(512));
        let clocks = record.clocks();
        let over = !record.status.is_open();
        w.text(record.id.as_str());
        w.text(&record.uid);
        w.text(&record.title);
        w.byte(place(Status::ALL, record.status));
        w.byte(record.kind.map_or(NONE, |kind| place(Kind::ALL, kind)));
        w.byte(u8::from(record.exercise));
        w.count(record.conflicts.len());
        w.maybe(record.parent.as_ref().map(IncidentId::as_str));
        w.maybe(record.merged_into.as_ref().map(IncidentId::as_str));
        w.list(|w| {
            for service in record.services.iter().chain(&record.services_unmapped) {
                w.text(service);
            }
        });
        w.count(record.services.len());
        w.list(|w| record.tags.iter().for_each(|tag| w.text(tag)));
        w.maybe(record.holder("incident_commander").map(|r| r.person.as_str()));
        w.moment(record.began());
        w.moment(clocks.detected);
        w.moment(clocks.restored);
        // Of what is over, the clocks have stopped: the present makes no difference.
        let any = Instant::from(DateTime::UNIX_EPOCH.fixed_offset());
        let lasted = over.then(|| timing::to_restore(record, any).shown()).flatten();
        w.number(lasted.map(Span::seconds));
        let span = over.then(|| span(record, any)).flatten();
        w.moment(span.map(|(from, _)| from));
        w.moment(span.map(|(_, to)| to));
        let with_due = record.actions.iter().filter_map(|a| Some((a, due(a)?)));
        let ended = |a: &crate::incident::Action| match (&a.done, &a.dropped) {
            (Some(done), _) => done.at,
            (None, Some(dropped)) => dropped.at,
            (None, None) => None,
        };
        w.moment(with_due.clone().filter_map(|(a, _)| ended(a)).max());
        w.list(|w| {
            for (action, due) in with_due.filter(|(a, _)| a.done.is_none() && a.dropped.is_none()) {
                w.text(&action.title);
                w.maybe(action.owner.as_deref());
                w.0.extend(chrono::Datelike::num_days_from_ce(&due).to_le_bytes());
                w.byte(action.kind.map_or(NONE, |kind| place(ActionKind::ALL, kind)));
            }
        });
        // What is not over is never counted from its card.
        w.list(|w| {
            if over {
                Tally::of(record, any).write(w, span);
            }
        });
        if let Some(standing) = standing {
            w.0.extend(standing.standard.to_le_bytes());
            w.moment(Some(standing.since));
            for level in [standing.level, standing.derived] {
                w.byte(level.map_or(NONE, |level| place(Severity::ALL, level)));
            }
            w.byte(u8::from(standing.provisional));
        }
        w.0
    }

    /// The ULID on a card, without reading on.
    pub fn uid_of(bytes: &'a [u8]) -> Option<&'a str> {
        let mut r = Reader(bytes);
        r.text()?;
        r.text()
    }

    /// The incidents that a card's incident is part of, or was merged into, without reading on.
    pub fn kin_of(bytes: &'a [u8]) -> [Option<&'a str>; 2] {
        let mut r = Reader(bytes);
        let mut kin = || {
            for _ in ["id", "uid", "title"] {
                r.list()?;
            }
            r.take(3)?;
            r.count()?;
            Some([r.maybe()?, r.maybe()?])
        };
        kin().unwrap_or_default()
    }

    /// Reads a card; `None` if these are no card's bytes.
    pub fn read(bytes: &'a [u8]) -> Option<Card<'a>> {
        let mut r = Reader(bytes);
        let card = Card {
            id: r.text()?,
            uid: r.text()?,
            title: r.text()?,
            status: *Status::ALL.get(usize::from(r.byte()?))?,
            kind: r.word(Kind::ALL)?,
            exercise: r.byte()? == 1,
            conflicts: r.count()?,
            parent: r.maybe()?,
            merged_into: r.maybe()?,
            services: Words(r.list()?),
            known_services: r.count()?,
            tags: Words(r.list()?),
            commander: r.maybe()?,
            began: r.moment()?,
            detected: r.moment()?,
            restored: r.moment()?,
            lasted: r.number()?.map(Span::from_seconds),
            span: r.moment()?.zip(r.moment()?),
            last_done: r.moment()?,
            owed: r.list()?,
            tally: r.list()?,
            standing: None,
        };
        if r.0.is_empty() {
            return Some(card);
        }
        let standing = Standing {
            standard: u128::from_le_bytes(r.take(16)?.try_into().ok()?),
            since: r.moment()??,
            level: r.word(Severity::ALL)?,
            derived: r.word(Severity::ALL)?,
            provisional: r.byte()? == 1,
        };
        r.0.is_empty().then_some(Card { standing: Some(standing), ..card })
    }

    /// Services, those that the catalogue knew first.
    pub fn services(&self) -> impl Iterator<Item = &'a str> {
        self.services
    }

    /// The services that the catalogue knew.
    pub fn known_services(&self) -> impl Iterator<Item = &'a str> {
        self.services.take(self.known_services)
    }

    /// Actions that nobody has done or dropped.
    pub fn owed(&self) -> impl Iterator<Item = Owed<'a>> {
        let mut reader = Reader(self.owed);
        std::iter::from_fn(move || {
            let (title, owner) = (reader.text()?, reader.maybe()?);
            let days = i32::from_le_bytes(reader.take(4)?.try_into().ok()?);
            let due = NaiveDate::from_num_days_from_ce_opt(days)?;
            Some(Owed { title, owner, due, kind: reader.word(ActionKind::ALL)? })
        })
    }

    /// What sums take of it; `None` while it is not over, because that moves.
    pub fn tally(&self) -> Option<Tally> {
        if self.tally.is_empty() {
            return None;
        }
        Tally::read(&mut Reader(self.tally), self.span)
    }

    /// Whether it counts as an incident in figures, as [`Record::counts`] has it.
    pub fn counts(&self) -> bool {
        !self.exercise
            && self.kind != Some(Kind::Maintenance)
            && !matches!(self.status, Status::Cancelled | Status::Merged)
    }

    /// The level by this standard, if it holds at this moment.
    pub fn level(&self, standard: u128, now: Instant) -> Option<Standing> {
        self.standing.filter(|s| s.standard == standard && s.since <= now)
    }
}

/// The date on which an action is due, if it says one.
pub fn due(action: &crate::incident::Action) -> Option<NaiveDate> {
    action.due.as_deref()?.get(..10)?.parse().ok()
}

fn span(record: &Record, now: Instant) -> Option<(Instant, Instant)> {
    if record.kind == Some(Kind::Maintenance) {
        let planned = record.planned.as_ref();
        let from = planned.and_then(|p| p.from).or_else(|| record.began())?;
        return Some((from, planned.and_then(|p| p.to).unwrap_or(from)));
    }
    let windows = impact::windows(record, now)?;
    let from = windows.iter().map(|w| w.window.from).min()?;
    Some((from, windows.iter().map(|w| w.window.to).max()?))
}

impl Filter {
    /// Whether a record is asked for by what stands on its card; [`Filter::text`] asks for more.
    pub fn admits(&self, card: &Card<'_>) -> bool {
        let any = |wanted: &[String], mut have: Words<'_>| {
            wanted.is_empty() || have.any(|word| wanted.iter().any(|w| w == word))
        };
        (!self.open || card.status.is_open())
            && (self.exercises || !card.exercise)
            && any(&self.services, card.services)
            && any(&self.tags, card.tags)
            && self.since.is_none_or(|since| card.began.is_some_and(|b| b >= since))
            && self.until.is_none_or(|until| card.began.is_some_and(|b| b < until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;

    fn record() -> Record {
        let text = "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: Pagos con tarjeta rechazados\nstatus: closed\nkind: outage\nservices: [card-auth]\nservices_unmapped: [old-pos]\ntags: [payday, vendor]\ntimes:\n  impact_started: 2026-11-20T10:00:00-06:00\n  detected: 2026-11-20T10:05:00-06:00\n  restored: 2026-11-20T16:30:00Z\n  resolved: 2026-11-20T18:00:00-06:00\n  closed: 2026-11-21T10:00:00-06:00\nroles:\n  - { role: incident_commander, person: ana }\nactions:\n  - { title: later, owner: bo, due: 2026-12-01 }\n  - { title: done, due: 2026-12-01, done: { at: 2026-11-25T10:00:00-06:00 } }\n  - { title: undated }\n";
        crate::incident::parse(Source::new("i", text)).unwrap().record
    }

    #[test]
    fn a_card_says_what_the_record_says() {
        let since: Instant = "2026-11-22T00:00:00-06:00".parse().unwrap();
        let standing = Standing {
            standard: 7,
            since,
            level: Some(Severity::Sev2),
            derived: Some(Severity::Sev1),
            provisional: true,
        };
        let bytes = Card::write(&record(), Some(standing));
        let card = Card::read(&bytes).unwrap();
        assert_eq!((card.id, card.title), ("INC-20261121-7QKM", "Pagos con tarjeta rechazados"));
        assert_eq!(card.services().collect::<Vec<_>>(), ["card-auth", "old-pos"]);
        assert_eq!(card.known_services().collect::<Vec<_>>(), ["card-auth"]);
        assert_eq!((card.status, card.commander), (Status::Closed, Some("ana")));
        let shown = |at: Option<Instant>| at.unwrap().to_string();
        assert_eq!(shown(card.began), "2026-11-20T10:00:00-06:00");
        assert_eq!(shown(card.restored), "2026-11-20T16:30:00Z");
        assert_eq!(card.lasted, Some(Span::from_minutes(30)));
        assert_eq!(shown(card.last_done), "2026-11-25T10:00:00-06:00");
        let due = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        assert_eq!(
            card.owed().collect::<Vec<_>>(),
            [Owed { title: "later", owner: Some("bo"), due, kind: None }]
        );
        assert_eq!(Card::uid_of(&bytes), Some(card.uid));
        assert_eq!(Card::kin_of(&bytes), [None, None]);
        assert_eq!(card.level(7, since), Some(standing));
        assert_eq!(card.level(8, since), None);
        assert_eq!(card.level(7, since.plus(Span::from_seconds(-1))), None);
        assert!(bytes.len() < 512, "{} bytes", bytes.len());
    }

    #[test]
    fn kin_is_read_alone() {
        let mut record = record();
        record.parent = "INC-20261120-AAAA".parse().ok();
        record.merged_into = "INC-20261119-BBBB".parse().ok();
        let bytes = Card::write(&record, None);
        let card = Card::read(&bytes).unwrap();
        assert_eq!(Card::kin_of(&bytes), [card.parent, card.merged_into]);
        assert_eq!(card.parent, Some("INC-20261120-AAAA"));
    }

    #[test]
    fn clocks_of_what_is_open_are_on_no_card() {
        let mut record = record();
        record.status = Status::Responding;
        let bytes = Card::write(&record, None);
        let card = Card::read(&bytes).unwrap();
        assert_eq!((card.lasted, card.span, card.standing), (None, None, None));
    }

    #[test]
    fn cut_bytes_are_no_card_and_no_panic() {
        let since = "2026-11-22T00:00:00-06:00".parse().unwrap();
        let standing =
            Standing { standard: 7, since, level: None, derived: None, provisional: false };
        let whole = Card::write(&record(), Some(standing));
        let bare = Card::write(&record(), None).len();
        for cut in 0..whole.len() {
            assert_eq!(Card::read(&whole[..cut]).is_some(), cut == bare, "cut at {cut}");
            let mut flipped = whole.clone();
            flipped[cut] ^= 0x55;
            if let Some(card) = Card::read(&flipped) {
                let _ =
                    (card.services().count(), card.owed().count(), card.known_services().count());
            }
        }
        let mut longer = whole;
        longer.push(0);
        assert!(Card::read(&longer).is_none());
    }

    #[test]
    fn filters_ask_cards() {
        let bytes = Card::write(&record(), None);
        let card = Card::read(&bytes).unwrap();
        let all = Filter::default();
        assert!(all.admits(&card));
        assert!(!Filter { open: true, ..all.clone() }.admits(&card));
        assert!(Filter { services: vec!["old-pos".into()], ..all.clone() }.admits(&card));
        assert!(!Filter { tags: vec!["none".into()], ..all.clone() }.admits(&card));
        let began = card.began;
        assert!(Filter { since: began, ..all.clone() }.admits(&card));
        assert!(!Filter { until: began, ..all }.admits(&card));
    }
}
