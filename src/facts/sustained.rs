use std::collections::HashSet;

use super::draft::Draft;
use super::identity::known_services;
use crate::decision::{Origin, Value};
use crate::impact::{ImpactWindow, Sustained, sustained, windows};
use crate::units::{Decimal, Percent, Span};

/// The facts, each with its tier and the share of attempts that failed.
const PER_TIER: [(&str, u8, i64); 6] = [
    ("tier1_failing_50_for", 1, 50),
    ("tier1_failing_10_for", 1, 10),
    ("tier1_failing_1_for", 1, 1),
    ("tier2_failing_50_for", 2, 50),
    ("tier2_failing_10_for", 2, 10),
    ("tier3_failing_50_for", 3, 50),
];

/// Whose share of failing attempts the periods say.
struct Said<'r> {
    /// That of every service: a period without a service says one.
    all: bool,
    /// That of these services.
    services: HashSet<&'r str>,
}

pub(super) fn read(d: &mut Draft<'_>) {
    let windows = windows(d.record, d.now).unwrap_or_default();
    let around = d.around;
    let measured: Vec<_> =
        windows.iter().filter(|w| w.index.is_some() && w.degradation.is_some()).collect();
    let said = Said {
        all: measured.iter().any(|w| w.service.is_none()),
        services: measured.iter().filter_map(|w| w.service).collect(),
    };
    for (fact, tier, share) in PER_TIER {
        let of_tier = |id: &str| around.service(id).is_some_and(|s| s.tier == tier);
        put(d, fact, &windows, &said, share, of_tier);
    }
    support(d, &windows, &said);
}

/// Sets one sustained fact.
///
/// What was measured stands, even where another service of the tier was not: it can only grow.
/// Nothing measured at that share is no time only where every service of the tier was measured,
/// or where all services are known and none is of that tier.
fn put(
    d: &mut Draft<'_>,
    fact: &'static str,
    windows: &[ImpactWindow<'_>],
    said: &Said<'_>,
    share: i64,
    includes: impl Fn(&str) -> bool,
) {
    let share = Percent(Decimal::from(share));
    let known = known_services(d);
    let mut own = known.iter().map(|(id, _)| *id).filter(|id| includes(id)).peekable();
    let named = own.peek().is_some() || windows.iter().filter_map(|w| w.service).any(&includes);
    let unmeasured = own.any(|id| !said.all && !said.services.contains(id));
    let Sustained { longest, periods, measured } = sustained(windows, share, named, &includes);
    let value = if longest > Span::ZERO || (named && measured && !unmeasured) {
        Some(longest)
    } else {
        (!named && all_known(d)).then_some(Span::ZERO)
    };
    const PERIODS: &str = "impact.periods";
    let origin = Origin::items(PERIODS, periods, "degradation", &[PERIODS, "services"]);
    d.put_at(fact, value.map(Value::Duration), origin);
}

/// Whether services are named and the catalogue knows all of them.
fn all_known(d: &Draft<'_>) -> bool {
    let r = d.record;
    !r.services.is_empty()
        && r.services_unmapped.is_empty()
        && r.services.iter().all(|id| d.around.service(id).is_some())
}

/// Support unreachable, in this record or in its family.
fn support(d: &mut Draft<'_>, windows: &[ImpactWindow<'_>], said: &Said<'_>) {
    const FACT: &str = "support_unreachable_for";
    let around = d.around;
    put(d, FACT, windows, said, 50, |id| around.is_support(id));
    let half = Percent(Decimal::from(50));
    let mut longest = Span::ZERO;
    for other in around.family(d.record) {
        let windows = crate::impact::windows(other, d.now).unwrap_or_default();
        let names_it = other.services.iter().any(|id| around.is_support(id));
        let found = sustained(&windows, half, names_it, |id| around.is_support(id));
        longest = longest.max(found.longest);
    }
    if longest > Span::ZERO {
        d.at_least(FACT, longest);
    }
}
