//! What services and clients were promised, and what they got.
//!
//! A minute weighs as much as the share that failed in it; where incidents overlap, the heaviest
//! counts alone. Maintenance that was announced in time is in neither sum.
//!
//! The file is long because each figure stands beside what it is counted from.

use super::company::Company;
use super::objectives::{Families, weights};
use super::period::Period;
use crate::impact::{
    Step, Window, allowed, available, budget_used, burn_rate, credit, weighed_minutes, within,
    without,
};
use crate::incident::{DetectionSource, IncidentId, Kind, Record};
use crate::register::Register;
use crate::standard::Service;
use crate::timing;
use crate::units::{Decimal, Instant, Money, Percent, Span};

/// Objectives and contracts over a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Sla {
    /// The period.
    pub period: Period,
    /// Its first moment.
    pub from: Instant,
    /// Up to where it is counted: its end, or now.
    pub as_of: Instant,
    /// Its end.
    pub to: Instant,
    /// The services that have an objective, worst first.
    pub services: Vec<Level>,
    /// The clients that have a contract.
    pub clients: Vec<ClientLevel>,
    /// How the responders kept their own agreement.
    pub response: Vec<Agreement>,
    /// Counts and times of the period's incidents.
    pub kpi: Kpi,
}

/// What one service, or a client's services, was promised and got.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// The service, or the client.
    pub id: String,
    /// The good share that is promised.
    pub target: Percent,
    /// Minutes counted so far: the calendar's, without maintenance announced in time.
    pub minutes: Decimal,
    /// Minutes of that maintenance.
    pub excluded: Decimal,
    /// Bad minutes, each weighing the share that failed.
    pub bad: Decimal,
    /// Those of them in incidents of which a vendor is the cause.
    pub by_vendors: Decimal,
    /// The good share of the minutes; exact.
    pub available: Option<Percent>,
    /// Minutes that the whole period allows to be bad.
    pub allowed: Decimal,
    /// The part of them that is used.
    pub used: Option<Percent>,
    /// How many times faster than sustainable they were used.
    pub burn: Option<Decimal>,
    /// Whether more is used than the period allows.
    pub breached: bool,
    /// Incidents that count here.
    pub incidents: Vec<IncidentId>,
    /// Incidents of which a time or the share is not known; in no sum.
    pub unknown: Vec<IncidentId>,
}

/// A client's contract.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientLevel {
    /// What it got.
    pub level: Level,
    /// Its name.
    pub name: String,
    /// The contract.
    pub contract: Option<String>,
    /// The share of the fee that is due.
    pub credit: Percent,
    /// The same as money, where the fee is known.
    pub amount: Option<Money>,
}

/// One clock of the responders over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The service.
    pub service: String,
    /// What was agreed: `acknowledge` or `restore`.
    pub clock: &'static str,
    /// How fast.
    pub within: Span,
    /// Incidents that kept it.
    pub met: usize,
    /// Incidents that did not.
    pub missed: Vec<IncidentId>,
    /// Those without a time, or still running within it.
    pub unknown: usize,
    /// Of the missed, those of which a vendor is the cause.
    pub by_vendors: usize,
}

/// Counts and times of a period's incidents; each over those that give it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kpi {
    /// Incidents that began in the period.
    pub incidents: usize,
    /// Customers in the largest active base that a record of the period names.
    pub active_base: Option<u64>,
    /// Found by ourselves, and with a source at all.
    pub proactive: (usize, usize),
    /// Came back after they were restored.
    pub relapsed: usize,
    /// Caused by a change.
    pub by_change: usize,
    /// Related to an earlier one.
    pub repeats: usize,
    /// Time to restore service (ITIL's MTRS): number, mean, median, worst.
    pub to_restore: Option<Times>,
}

/// A mean never stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// How many gave one.
    pub number: usize,
    /// Their mean, floored to the second.
    pub mean: Span,
    /// The middle one; of an even number the mean of the middle two.
    pub median: Span,
    /// The longest.
    pub worst: Span,
}

impl Kpi {
    /// Incidents per thousand customers of the active base, to four digits.
    pub fn per_thousand(&self) -> Option<Decimal> {
        let thousand = Decimal::from(self.incidents).checked_mul(Decimal::ONE_THOUSAND)?;
        Some(thousand.checked_div(self.active_base?.into())?.round_dp(4).normalize())
    }
}

/// Adds up a period; none where it lies beyond the calendar. `client` holds it to one contract.
pub fn sla(
    register: &Register,
    period: Period,
    client: Option<&str>,
    company: &Company<'_>,
    now: Instant,
) -> Option<Sla> {
    let (from, to) = (period.start(company.zone)?, period.end(company.zone)?);
    let as_of = to.min(now).max(from);
    let span = Counted { register, families: Families::of(register), from, as_of, to, now };
    let standard = company.standard;
    let mut services: Vec<Level> = Vec::new();
    for service in standard.services.iter() {
        let Some(objective) = &service.objective else { continue };
        services.push(span.level(&service.id, &[service.id.as_str()], objective.target, None)?);
    }
    services.sort_by_key(|l| (std::cmp::Reverse(l.used), l.id.clone()));
    let mut clients = Vec::new();
    for c in standard.clients.iter().filter(|c| client.is_none_or(|id| id == c.id)) {
        let Some(target) = c.availability else { continue };
        let of_vertical =
            |s: &&Service| s.objective.is_some() && Some(&s.vertical) == c.vertical.as_ref();
        let served: Vec<&str> = match c.services.is_empty() {
            true => standard.services.iter().filter(of_vertical).map(|s| s.id.as_str()).collect(),
            false => c.services.iter().map(String::as_str).collect(),
        };
        // A contract is of the client's own days.
        let zone = c.zone.as_ref().and_then(|z| z.parse().ok()).unwrap_or(company.zone);
        let (from, to) = (period.start(zone)?, period.end(zone)?);
        let as_of = to.min(now).max(from);
        let span = Counted { register, families: Families::of(register), from, as_of, to, now };
        let level = span.level(&c.id, &served, target, Some(&c.id))?;
        let ladder: Vec<Step> = c
            .credits
            .iter()
            .map(|(below, credit)| Step { below: *below, credit: *credit })
            .collect();
        let due = level.available.map_or(Percent(Decimal::ZERO), |a| credit(&ladder, a));
        let amount = c.fee.and_then(|fee| {
            let amount = fee.amount.checked_mul(due.fraction())?;
            Some(Money::new(amount.round_dp(fee.currency.minor_digits()), fee.currency))
        });
        let (name, contract) = (c.name.clone(), c.contract.clone());
        clients.push(ClientLevel { level, name, contract, credit: due, amount });
    }
    let began: Vec<&Record> = span.records().filter(|r| span.began_within(r)).collect();
    let response = standard.services.iter().flat_map(|s| agreements(s, &began, now)).collect();
    Some(Sla { kpi: kpi(&began, now), period, from, as_of, to, services, clients, response })
}

/// A period of a register.
struct Counted<'r> {
    register: &'r Register,
    families: Families<'r>,
    from: Instant,
    as_of: Instant,
    to: Instant,
    now: Instant,
}

fn minutes(span: Span) -> Decimal {
    Decimal::from(span.seconds()) / Decimal::from(60)
}

/// Whether the record says that a vendor caused it.
fn by_vendor(record: &Record) -> bool {
    record.vendors.iter().any(|v| v.role == Some(crate::incident::VendorRole::Cause))
}

impl<'r> Counted<'r> {
    fn records(&self) -> impl Iterator<Item = &'r Record> {
        let register = self.register;
        register
            .records
            .iter()
            .map(|held| &held.record)
            .filter(|r| r.counts() && r.restricted.is_none())
    }

    fn began_within(&self, record: &Record) -> bool {
        record.began().is_some_and(|at| at >= self.from && at < self.as_of)
    }

    /// Maintenance of some services that was announced in time, and that which was not.
    fn maintenance(&self, services: &[&str]) -> (Vec<Window>, Vec<Window>) {
        let notice = Span::from_minutes(48 * 60);
        let (mut excluded, mut counted) = (Vec::new(), Vec::new());
        for record in self.register.records.iter().map(|held| &held.record) {
            let named = record.services.iter().any(|s| services.contains(&s.as_str()));
            let planned = record.planned.as_ref().filter(|_| {
                record.kind == Some(Kind::Maintenance)
                    && !record.exercise
                    && record.status != crate::incident::Status::Cancelled
                    && named
            });
            let Some((planned, from, to)) = planned.and_then(|p| Some((p, p.from?, p.to?))) else {
                continue;
            };
            let window = Window::new(from.max(self.from), to.min(self.as_of));
            let in_time = planned.announced_at.is_some_and(|at| at.plus(notice) <= from);
            if in_time { excluded.push(window) } else { counted.push(window) }
        }
        (excluded, counted)
    }

    fn level(
        &self,
        id: &str,
        services: &[&str],
        target: Percent,
        client: Option<&str>,
    ) -> Option<Level> {
        let period = Window::new(self.from, self.as_of);
        let (excluded, unannounced) = self.maintenance(services);
        let mut bad: Vec<(Window, Decimal)> =
            unannounced.into_iter().map(|w| (w, Decimal::ONE)).collect();
        let mut theirs = Vec::new();
        let (mut incidents, mut unknown) = (Vec::new(), Vec::new());
        for record in self.register.records.iter().map(|held| &held.record) {
            let root = self.families.root(&record.id);
            if !self.families.counts(record, root) {
                continue;
            }
            let found = match client.and_then(|id| own_windows(record, id, period, self.now)) {
                Some(own) => Some(own),
                None => services
                    .iter()
                    .map(|service| weights(record, service, period, self.now))
                    .collect::<Option<Vec<_>>>()
                    .map(|all| all.concat()),
            };
            match found {
                None => unknown.push(record.id.clone()),
                Some(found) if found.is_empty() => {}
                Some(found) => {
                    incidents.push(record.id.clone());
                    if by_vendor(record) {
                        theirs.extend(found.iter().copied());
                    }
                    bad.extend(found);
                }
            }
        }
        let out = within(&excluded, period);
        let counted = Span::from_seconds(period.length().seconds() - out.seconds());
        let bad = weighed_minutes(without(bad, &excluded))?;
        let by_vendors = weighed_minutes(without(theirs, &excluded))?;
        let whole = Span::from_seconds(self.to.since(self.from).seconds() - out.seconds());
        let allowed = allowed(target, whole)? / Decimal::from(60);
        Some(Level {
            id: id.to_owned(),
            target,
            minutes: minutes(counted),
            excluded: minutes(out),
            available: available(bad, minutes(counted)),
            used: budget_used(bad, allowed),
            burn: burn_rate(bad, minutes(counted), target),
            breached: bad > allowed,
            bad,
            by_vendors,
            allowed: allowed.normalize(),
            incidents,
            unknown,
        })
    }
}

/// The windows in which a client itself was hit, where the record says so.
fn own_windows(
    record: &Record,
    client: &str,
    period: Window,
    now: Instant,
) -> Option<Vec<(Window, Decimal)>> {
    let hit = record.impact.as_ref()?.clients.iter().filter(|c| c.client == client);
    let mut windows = Vec::new();
    let mut named = false;
    for one in hit {
        named = true;
        let end = one.to.or_else(|| crate::impact::last_restore(record));
        let end = end.or_else(|| record.status.is_burning().then_some(now))?;
        let from = one.from.or_else(|| crate::impact::first_start(record))?;
        let down = matches!(record.kind, Some(Kind::Outage | Kind::Interruption));
        let share = one.degradation.map(Percent::fraction).or(down.then_some(Decimal::ONE))?;
        let window = Window::new(from.max(period.from), end.min(period.to));
        if window.from < window.to {
            windows.push((window, share));
        }
    }
    named.then_some(windows)
}

fn agreements(service: &Service, began: &[&Record], now: Instant) -> Vec<Agreement> {
    let own = began.iter().filter(|r| r.services.contains(&service.id));
    let own: Vec<&&Record> = own.collect();
    let ola = &service.ola;
    let clocks = [("acknowledge", ola.acknowledge), ("restore", ola.restore)];
    let agreed = clocks.into_iter().filter_map(|(clock, within)| Some((clock, within?)));
    agreed
        .map(|(clock, within)| {
            let mut kept = Agreement {
                service: service.id.clone(),
                clock,
                within,
                met: 0,
                missed: Vec::new(),
                unknown: 0,
                by_vendors: 0,
            };
            for record in &own {
                let lapse = match clock {
                    "restore" => timing::to_restore(record, now),
                    _ => timing::clocks(record, now).to_acknowledge,
                };
                match (lapse.took(), lapse.shown()) {
                    (Some(took), _) if took <= within => kept.met += 1,
                    (_, Some(shown)) if shown > within => {
                        kept.missed.push(record.id.clone());
                        kept.by_vendors += usize::from(clock == "restore" && by_vendor(record));
                    }
                    _ => kept.unknown += 1,
                }
            }
            kept
        })
        .filter(|kept| kept.met + kept.missed.len() + kept.unknown > 0)
        .collect()
}

fn kpi(began: &[&Record], now: Instant) -> Kpi {
    use DetectionSource as Source;
    let source = |r: &&&Record| r.detection.as_ref().and_then(|d| d.source);
    let with_source: Vec<Source> = began.iter().filter_map(|r| source(&r)).collect();
    let own = [Source::Alert, Source::EarlyWarning, Source::Employee, Source::Reconciliation];
    let relapsed = |r: &&&Record| {
        r.impact.as_ref().is_some_and(|i| {
            let gaps = i.periods.windows(2).filter(|two| match two {
                [a, b] => a.to.is_some_and(|to| b.from > to),
                _ => false,
            });
            gaps.count() > 0
        })
    };
    let by_change = |r: &&&Record| {
        let causes = r.causes.as_ref();
        causes.is_some_and(|c| c.change.is_some() || c.category.as_deref() == Some("change"))
    };
    let bases = began.iter().filter_map(|r| r.impact.as_ref()?.customers.as_ref()?.active_base);
    let took = began.iter().filter_map(|r| timing::to_restore(r, now).took());
    Kpi {
        incidents: began.len(),
        active_base: bases.max(),
        proactive: (with_source.iter().filter(|s| own.contains(s)).count(), with_source.len()),
        relapsed: began.iter().filter(relapsed).count(),
        by_change: began.iter().filter(by_change).count(),
        repeats: began.iter().filter(|r| !r.related.is_empty()).count(),
        to_restore: Times::of(took.collect()),
    }
}

impl Times {
    /// Mean, middle and longest; none of nothing.
    pub(super) fn of(mut all: Vec<Span>) -> Option<Times> {
        all.sort_unstable();
        let number = all.len();
        let upper = *all.get(number / 2)?;
        let lower = *all.get((number - 1) / 2)?;
        let sum = all.iter().map(|s| s.seconds()).fold(0, i64::saturating_add);
        Some(Times {
            number,
            mean: Span::from_seconds(sum.checked_div(i64::try_from(number).ok()?)?),
            median: Span::from_seconds(lower.seconds().midpoint(upper.seconds())),
            worst: *all.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_never_stands_alone() {
        let spans = [10, 20, 90].map(Span::from_minutes).to_vec();
        let t = Times::of(spans).unwrap();
        let all = (t.number, t.mean, t.median, t.worst);
        assert_eq!(
            all,
            (3, Span::from_minutes(40), Span::from_minutes(20), Span::from_minutes(90))
        );
        assert_eq!(Times::of(vec![]), None);
    }
}
