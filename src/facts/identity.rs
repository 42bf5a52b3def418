use super::draft::{Draft, items, passed, whole};
use super::surroundings::Service;
use crate::decision::{Origin, Value};
use crate::incident::{Kind, Record, Status};
use crate::units::Instant;
use crate::yaml::{Step, route};

pub(super) fn read(d: &mut Draft<'_>) {
    let r = d.record;
    d.word("id", Some(r.id.as_str()), &["id"]);
    d.word("status", Some(r.status.as_str()), &["status"]);
    d.word("kind", r.kind.map(Kind::as_str), &["kind"]);
    d.flag("open", r.status.is_open(), &["status"]);
    let ended = matches!(r.status, Status::Closed | Status::Cancelled | Status::Merged);
    d.flag("ended", ended, &["status"]);
    d.flag("exercise", r.exercise, &["exercise"]);
    d.flag("restricted", r.restricted.is_some(), &["restricted"]);
    d.flag("maintenance", r.kind == Some(Kind::Maintenance), &["kind"]);
    let planned = r.planned.as_ref();
    let notice = planned.and_then(|p| Some(p.from?.since(p.announced_at?)));
    d.span("planned_notice", notice, &["planned.from", "planned.announced_at"]);
    d.flag("imported", r.x.get("x-import").is_some(), &["x-import"]);
    let age = passed(opened(d), d.now);
    d.span("age", Some(age), &["times.detected", "id"]);
    let family = d.around.family(r).len() as u64;
    d.count("family_size", Some(family.saturating_add(1)), &["id"]);
    d.word("parent", r.parent.as_ref().map(|id| id.as_str()), &["parent"]);
    d.count("title_length", Some(r.title.chars().count() as u64), &["title"]);
    services(d);
    regions(d);
    d.texts("segments", &r.segments, &["segments"]);
    d.texts("channels", &r.channels, &["channels"]);
    d.texts("tags", &r.tags, &["tags"]);
}

/// When it was detected, else the beginning of the day of its id.
fn opened(d: &Draft<'_>) -> Instant {
    let detected = d.record.times.as_ref().and_then(|t| t.detected);
    detected.unwrap_or_else(|| {
        let day = chrono::NaiveDate::parse_from_str(&d.record.id.as_str()[4..12], "%Y%m%d");
        let midnight = day.ok().and_then(|day| day.and_hms_opt(0, 0, 0));
        midnight.and_then(|at| super::calendar::moment(d, at)).unwrap_or(d.now)
    })
}

/// The services of a record that the catalogue knows.
pub(super) fn known_services<'d>(d: &Draft<'d>) -> Vec<(&'d str, Service<'d>)> {
    let around = d.around;
    d.record.services.iter().filter_map(|id| Some((id.as_str(), around.service(id)?))).collect()
}

fn services(d: &mut Draft<'_>) {
    let r = d.record;
    let known = known_services(d);
    d.texts("services", &r.services, &["services"]);
    d.count("services_count", Some(known.len() as u64), &["services"]);
    let unmapped = r.services.iter().enumerate().filter(|(_, id)| d.around.service(id).is_none());
    let unmapped: Vec<usize> = unmapped.map(|(i, _)| i).collect();
    let count = whole((unmapped.len() + r.services_unmapped.len()) as u64);
    let origin = if r.services_unmapped.is_empty() {
        items(&["services"], unmapped, "")
    } else {
        let of = |list, place| [route(list), vec![Step::Index(place)]].concat();
        let listed = unmapped.into_iter().map(|place| of("services", place));
        let typed = (0..r.services_unmapped.len()).map(|place| of("services_unmapped", place));
        Origin::Routes(listed.chain(typed).collect())
    };
    d.put_at("services_unmapped_count", Some(count), origin);

    let verticals: Vec<&str> = known.iter().map(|(_, s)| s.vertical).collect();
    d.texts("verticals", &verticals, &["services"]);
    let tiers: Vec<u8> = known.iter().map(|(_, s)| s.tier).collect();
    let tier = tiers.iter().min().map(|t| whole(u64::from(*t)));
    d.put("tier", tier, &["services"]);
    let distinct: std::collections::BTreeSet<u8> = tiers.into_iter().collect();
    let list = distinct.iter().map(|t| whole(u64::from(*t))).collect();
    d.put("tiers", (!distinct.is_empty()).then_some(Value::List(list)), &["services"]);
    if r.rails.is_empty() {
        let rails: Vec<&String> = known.iter().flat_map(|(_, s)| s.rails).collect();
        d.texts("rails", &rails, &["services"]);
    } else {
        d.texts("rails", &r.rails, &["rails"]);
    }
}

fn regions(d: &mut Draft<'_>) {
    let r: &Record = d.record;
    let periods = r.impact.iter().flat_map(|i| &i.periods);
    let regions: Vec<&String> =
        r.regions.iter().chain(periods.filter_map(|p| p.region.as_ref())).collect();
    d.texts("regions", &regions, &["regions", "impact.periods"]);
}
