//! Made-up incidents in any number: for benchmarks, and for trying things at scale.
//!
//! The same seed gives the same records. Companies, people and vendors are fictitious.

mod words;

use chrono::{FixedOffset, NaiveDate, TimeZone};
use fastrand::Rng;

use crate::incident::ids::ulid;
use crate::incident::{
    Action, ActionKind, Causes, Contacts, Customers, Detection, DetectionSource, Done, Entry,
    EntryKind, Harm, IncidentId, ItemId, Kind, Link, Period, Record, Role, Status, Ticket,
    Transactions, VendorTicket,
};
use crate::units::{Currency, Decimal, Instant, Money, Percent, Span};
use words::{SCENARIOS, Scenario};

/// The days over which generated incidents are spread, back from [`LAST_DAY`].
const DAYS: u64 = 730;

/// The last day that incidents begin on.
const LAST_DAY: (i32, u32, u32) = (2026, 11, 20);

/// Makes `count` incidents from a seed, oldest first; the newest few are still open.
pub fn incidents(count: usize, seed: u64) -> impl Iterator<Item = Record> {
    let mut rng = Rng::with_seed(seed);
    let mut seen = std::collections::HashSet::new();
    (0..count).map(move |i| {
        let age = DAYS.saturating_sub(
            u64::try_from(i).unwrap_or(0) * DAYS / u64::try_from(count.max(1)).unwrap_or(1),
        );
        loop {
            let open = i + 12 > count && rng.u8(..4) == 0;
            let record = one(&mut rng, age, open);
            if seen.insert(record.id.clone()) {
                return record;
            }
        }
    })
}

fn one(rng: &mut Rng, age: u64, open: bool) -> Record {
    let (y, m, d) = LAST_DAY;
    let last = NaiveDate::from_ymd_opt(y, m, d).unwrap_or_default();
    let date = last.checked_sub_days(chrono::Days::new(age)).unwrap_or(last);
    let start = moment(date, rng.u32(0..24), rng.u32(0..60));
    let scenario = &SCENARIOS[rng.usize(..SCENARIOS.len())];
    let after = |minutes: i64| start.plus(Span::from_minutes(minutes));
    let detect = rng.i64(1..25);
    let acknowledge = detect + rng.i64(1..15);
    let restore = acknowledge + rng.i64(5..240);
    let resolve = restore + rng.i64(60..4_000);
    let close = resolve + rng.i64(2_000..20_000);
    // Nothing is done in the future: the newest are resolved, and their review is still owed.
    let end = moment(last, 23, 59);
    let resolved = after(resolve).min(end.max(after(restore)));

    let id = IncidentId::new(date, || rng.u8(..));
    let uid = ulid(after(detect), || rng.u8(..));
    let mut record = Record::new(id, uid, scenario.title.to_owned());
    record.kind = Some(scenario.kind);
    record.services = scenario.services.iter().map(|s| (*s).to_owned()).collect();
    record.regions = vec![words::REGIONS[rng.usize(..words::REGIONS.len())].to_owned()];
    record.tags = vec![scenario.cause.to_owned()];
    let times = record.times_mut();
    times.impact_started = Some(start);
    times.detected = Some(after(detect));
    times.acknowledged = Some(after(acknowledge));
    record.status = Status::Responding;
    if !open {
        let times = record.times_mut();
        times.restored = Some(after(restore));
        times.resolved = Some(resolved);
        times.closed = Some(after(close)).filter(|closed| *closed < end);
        let closed = times.closed.is_some();
        record.status = if closed { Status::Closed } else { Status::Resolved };
    }
    people(&mut record, rng, after(acknowledge));
    impact(&mut record, rng, scenario, start, (!open).then(|| after(restore)));
    timeline(&mut record, rng, scenario, start, if open { acknowledge + 30 } else { restore });
    aftermath(&mut record, rng, scenario, after(restore), end, open);
    record
}

fn moment(date: NaiveDate, hour: u32, minute: u32) -> Instant {
    // Central Mexico has kept UTC−6 all year since 2022-10-30.
    let zone = FixedOffset::west_opt(6 * 3600);
    let local = date.and_hms_opt(hour, minute, 0).unwrap_or_default();
    let at = zone.and_then(|z| z.from_local_datetime(&local).single());
    at.map_or_else(|| Instant::from(local.and_utc().fixed_offset()), Instant::from)
}

fn people(record: &mut Record, rng: &mut Rng, from: Instant) {
    let person = words::PEOPLE[rng.usize(..words::PEOPLE.len())];
    for (role, who) in [
        ("incident_commander", person),
        ("technical_lead", words::PEOPLE[rng.usize(..words::PEOPLE.len())]),
    ] {
        record.roles.push(Role {
            role: role.into(),
            person: who.into(),
            from: Some(from),
            ..Role::default()
        });
    }
    let sources = DetectionSource::ALL;
    record.detection = Some(Detection {
        source: Some(sources[rng.usize(..sources.len())]),
        ..Detection::default()
    });
}

fn impact(
    record: &mut Record,
    rng: &mut Rng,
    scenario: &Scenario,
    start: Instant,
    end: Option<Instant>,
) {
    let tried = rng.u64(2_000..80_000);
    let share = rng.u64(1..80);
    let affected = tried * share / 100;
    let attempted = tried * rng.u64(2..5);
    let failed = attempted * share / 100;
    let lost = failed * 8 / 10;
    let money = |n: u64| {
        Some(Money::new(Decimal::new(i64::try_from(n * 41_350).unwrap_or(0), 2), Currency::MXN))
    };
    let impact = record.impact_mut();
    impact.summary = Some(scenario.summary.to_owned());
    impact.customers = Some(Customers {
        tried: Some(tried),
        affected: Some(affected),
        active_base: Some(2_100_000),
        ..Customers::default()
    });
    impact.transactions = Some(Transactions {
        attempted: Some(attempted),
        failed: Some(failed),
        lost: Some(lost),
        lost_value: money(lost),
        ..Transactions::default()
    });
    impact.harm.push(Harm {
        kind: scenario.harm,
        service: scenario.services.first().map(|s| (*s).to_owned()),
        customers: Some(affected),
        money: None,
        spreading: false,
        x: Default::default(),
    });
    impact.periods.push(Period {
        from: start,
        to: end,
        service: None,
        region: None,
        degradation: Some(Percent(Decimal::from(share))),
        x: Default::default(),
    });
    impact.contacts = Some(Contacts {
        received: Some(affected / 40),
        expected: Some(rng.u64(20..120)),
        ..Contacts::default()
    });
}

fn timeline(record: &mut Record, rng: &mut Rng, scenario: &Scenario, start: Instant, minutes: i64) {
    let count = rng.usize(6..16);
    let mut names = std::collections::HashSet::new();
    for i in 0..count {
        let at = start.plus(Span::from_minutes(
            minutes * i64::try_from(i).unwrap_or(0) / i64::try_from(count).unwrap_or(1),
        ));
        let id = loop {
            let id = ItemId::new('T', || rng.u8(..));
            if names.insert(id.clone()) {
                break id;
            }
        };
        let (kind, text) = match i {
            0 => (EntryKind::Detected, scenario.title.to_owned()),
            _ if i + 1 == count => (EntryKind::Status, scenario.fix.to_owned()),
            _ => {
                let (kind, text) = scenario.notes[(i - 1) % scenario.notes.len()];
                let extra = words::DETAILS[rng.usize(..words::DETAILS.len())];
                (kind, format!("{text}\n{extra}"))
            }
        };
        record.timeline.push(Entry {
            id: Some(id),
            at,
            by: Some(words::PEOPLE[rng.usize(..words::PEOPLE.len())].into()),
            kind: Some(kind),
            text,
            star: rng.u8(..4) == 0,
            x: Default::default(),
        });
    }
}

fn aftermath(
    record: &mut Record,
    rng: &mut Rng,
    scenario: &Scenario,
    restored: Instant,
    end: Instant,
    open: bool,
) {
    let number = rng.u32(1_000..99_999);
    record.tickets.push(Ticket {
        system: Some("jira".into()),
        ref_: format!("OPS-{number}"),
        ..Ticket::default()
    });
    record.links.push(Link {
        url: format!("https://graphs.example.com/d/{number}"),
        title: Some("graph of the hour".into()),
        ..Link::default()
    });
    if scenario.cause == "vendor" {
        record.vendors.push(VendorTicket {
            id: Some(ItemId::new('V', || rng.u8(..))),
            vendor: words::VENDORS[rng.usize(..words::VENDORS.len())].into(),
            ticket: Some(format!("{number}")),
            opened_at: record.clocks().acknowledged,
            ..VendorTicket::default()
        });
    }
    if open {
        return;
    }
    record.causes = Some(Causes {
        trigger: Some(scenario.trigger.to_owned()),
        root_causes: vec![scenario.root_cause.to_owned()],
        category: Some(scenario.cause.to_owned()),
        ..Causes::default()
    });
    let mut names = std::collections::HashSet::new();
    for (i, title) in scenario.actions.iter().enumerate() {
        let id = loop {
            let id = ItemId::new('A', || rng.u8(..));
            if names.insert(id.clone()) {
                break id;
            }
        };
        let due = restored.plus(Span::from_minutes(60 * 24 * 30));
        // One in twenty-five is forgotten; a third of the others is late.
        let finished = restored.plus(Span::from_minutes(60 * 24 * rng.i64(3..45)));
        let done = rng.u8(..25) > 0 && finished < end;
        record.actions.push(Action {
            id: Some(id),
            title: (*title).to_owned(),
            kind: Some(if i == 0 { ActionKind::Correct } else { ActionKind::Prevent }),
            owner: Some(words::PEOPLE[rng.usize(..words::PEOPLE.len())].into()),
            due: Some(due.get().date_naive().to_string()),
            done: done.then(|| Done {
                at: Some(finished),
                by: Some("ana".into()),
                evidence: Some(format!("https://git.example.com/{number}")),
                ..Done::default()
            }),
            ..Action::default()
        });
    }
    if scenario.kind == Kind::Data {
        record.tags.push("money".into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;

    #[test]
    fn the_same_seed_gives_the_same_valid_records_of_a_lifelike_size() {
        let texts = |seed| -> Vec<(String, String)> {
            incidents(60, seed).map(|r| (r.id.path(), crate::edit::to_yaml(&r.to_tree()))).collect()
        };
        let made = texts(7);
        assert_eq!(made, texts(7));
        assert_ne!(made, texts(8));
        for (path, text) in &made {
            crate::incident::parse(Source::new(path, text)).unwrap_or_else(|e| panic!("{e}"));
            assert!((1_800..6_500).contains(&text.len()), "{path}: {} bytes", text.len());
        }
    }
}
