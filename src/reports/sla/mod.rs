//! What services and clients were promised, and what they got.
//!
//! A minute weighs as much as the share that failed in it; where incidents overlap, the heaviest
//! counts alone. Maintenance that was announced in time is in neither sum.
//!
//! The file is long because each figure stands beside what it is counted from.

mod kpi;
mod response;

pub use kpi::{Kpi, Times};
pub use response::{Agreement, Supplier};

use super::company::Company;
use super::objectives::{Families, weights};
use super::period::Period;
use crate::impact::{
    BurnRule, Step, Window, allowed, available, budget_used, burn_rate, burn_rules, credit,
    in_series, time_between, weighed_minutes, within, without,
};
use crate::incident::{IncidentId, Kind, Record};
use crate::register::{Card, Register};
use crate::standard::{Client, Service, Vendor};
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
    /// How suppliers kept their underpinning contracts.
    pub suppliers: Vec<Supplier>,
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
    /// Those of them that only incidents of which a vendor is the cause made bad.
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
    /// Whether that would be so without what vendors caused: the breach is ours.
    pub breached_by_us: bool,
    /// The mean time without a failure between failures; none without failures.
    pub between_failures: Option<Span>,
    /// Rules of the burn rate that hold at the report's moment.
    pub burning: Vec<Burning>,
    /// Incidents that count here.
    pub incidents: Vec<IncidentId>,
    /// Incidents of which a time or the share is not known; in no sum.
    pub unknown: Vec<IncidentId>,
}

/// A rule of the burn rate that holds, with the rates of its two windows.
#[derive(Debug, Clone, PartialEq)]
pub struct Burning {
    /// The rule.
    pub rule: BurnRule,
    /// The burn rate above which it holds.
    pub above: Decimal,
    /// How fast the budget was used over the long window.
    pub long: Decimal,
    /// How fast over the short one.
    pub short: Decimal,
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
    /// The share of the fee that is due, after the contract's cap.
    pub credit: Percent,
    /// The same as money, where the fee is known; nothing where it is below the least that is paid.
    pub amount: Option<Money>,
    /// Whether the cap or the least that is paid changed it.
    pub limited: Option<&'static str>,
    /// The services that the contract is about.
    pub services: Vec<String>,
    /// What the objectives of those services promise together, all of them being needed.
    pub supported: Option<Percent>,
}

/// How far before the period and after it clients' own days and burn rates look.
const AROUND: Span = Span::from_minutes(4 * 24 * 60);

/// Which records a period's report takes, by their cards; none where it lies beyond the calendar.
pub fn sla_takes(
    period: &Period,
    zone: chrono_tz::Tz,
) -> Option<impl Fn(&Card<'_>) -> bool + Sync + use<>> {
    let start = period.start(zone)?.plus(Span::from_seconds(-AROUND.seconds()));
    let end = period.end(zone)?.plus(AROUND);
    Some(move |card: &Card<'_>| {
        // What has no span is going on, or nobody knows when it was.
        let touches = card.span.is_none_or(|(from, to)| from < end && to > start);
        touches || card.began.is_some_and(|at| at >= start && at < end)
    })
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
    let mut clients = Vec::new();
    for c in standard.clients.iter().filter(|c| client.is_none_or(|id| id == c.id)) {
        clients.extend(client_level(register, &period, c, company, now)?);
    }
    let about =
        |id: &str| client.is_none() || clients.iter().any(|c| c.services.iter().any(|s| s == id));
    let mut services: Vec<Level> = Vec::new();
    for service in standard.services.iter().filter(|s| about(&s.id)) {
        let Some(objective) = &service.objective else { continue };
        let only = [service.id.as_str()];
        let asked = Promise {
            id: &service.id,
            services: &only,
            target: objective.target,
            window: objective.window,
            notice: objective.notice,
            client: None,
        };
        services.push(span.level(&asked)?);
    }
    services.sort_by_key(|l| (std::cmp::Reverse(l.used), l.id.clone()));
    let began: Vec<&Record> = span.records().filter(|r| span.began_within(r)).collect();
    let response = standard.services.iter().filter(|s| about(&s.id));
    let response = response.flat_map(|s| response::agreements(s, &began, now)).collect();
    let suppliers = standard.vendors.iter().map(|v| span.supplier(v, &began));
    let suppliers: Option<Vec<Supplier>> = suppliers.collect();
    let mut suppliers = suppliers?;
    suppliers.retain(|s| !s.is_silent());
    let kpi = kpi::kpi(&began, now);
    Some(Sla { kpi, period, from, as_of, to, services, clients, response, suppliers })
}

/// What a client was promised and got; nothing where its contract promises no availability.
fn client_level(
    register: &Register,
    period: &Period,
    c: &Client,
    company: &Company<'_>,
    now: Instant,
) -> Option<Option<ClientLevel>> {
    let standard = company.standard;
    let Some(target) = c.availability else { return Some(None) };
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
    let level = span.level(&Promise {
        id: &c.id,
        services: &served,
        target,
        window: to.since(from),
        notice: c.notice,
        client: Some(&c.id),
    })?;
    let ladder: Vec<Step> =
        c.credits.iter().map(|(below, credit)| Step { below: *below, credit: *credit }).collect();
    let step = level.available.map_or(Percent(Decimal::ZERO), |a| credit(&ladder, a));
    let due = c.credit_cap.map_or(step, |cap| step.min(cap));
    let mut limited = (due < step).then_some("capped by the contract");
    let mut amount = c.fee.and_then(|fee| {
        let amount = fee.amount.checked_mul(due.fraction())?;
        Some(Money::new(amount.round_dp(fee.currency.minor_digits()), fee.currency))
    });
    let least = c.credit_least.filter(|least| {
        amount.is_some_and(|a| a.currency == least.currency && a.amount < least.amount)
    });
    if let (Some(least), Some(a)) = (least, amount)
        && !a.amount.is_zero()
    {
        amount = Some(Money::new(Decimal::ZERO, least.currency));
        limited = Some("below the least that the contract pays");
    }
    let objectives = served.iter().map(|id| {
        let service = standard.services.iter().find(|s| s.id == *id)?;
        Some(service.objective.as_ref()?.target)
    });
    let supported = objectives.collect::<Option<Vec<_>>>().filter(|all| !all.is_empty());
    Some(Some(ClientLevel {
        level,
        name: c.name.clone(),
        contract: c.contract.clone(),
        credit: due,
        amount,
        limited,
        supported: supported.and_then(|all| in_series(&all)),
        services: served.into_iter().map(str::to_owned).collect(),
    }))
}

/// What is promised, to whom.
struct Promise<'a> {
    id: &'a str,
    services: &'a [&'a str],
    target: Percent,
    /// The window whose budget burn rates are of.
    window: Span,
    notice: Span,
    client: Option<&'a str>,
}

/// What was bad within some time.
#[derive(Default)]
struct Bad {
    all: Vec<(Window, Decimal)>,
    /// What vendors did not cause.
    ours: Vec<(Window, Decimal)>,
    excluded: Vec<Window>,
    incidents: Vec<IncidentId>,
    unknown: Vec<IncidentId>,
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
    fn maintenance(&self, asked: &Promise<'_>, inner: Window) -> (Vec<Window>, Vec<Window>) {
        let (mut excluded, mut counted) = (Vec::new(), Vec::new());
        for record in self.register.records.iter().map(|held| &held.record) {
            let named = record.services.iter().any(|s| asked.services.contains(&s.as_str()));
            let planned = record.planned.as_ref().filter(|_| {
                record.kind == Some(Kind::Maintenance)
                    && !record.exercise
                    && record.status != crate::incident::Status::Cancelled
                    && named
            });
            let Some((planned, from, to)) = planned.and_then(|p| Some((p, p.from?, p.to?))) else {
                continue;
            };
            let window = Window::new(from.max(inner.from), to.min(inner.to));
            if window.from >= window.to {
                continue;
            }
            let in_time = planned.announced_at.is_some_and(|at| at.plus(asked.notice) <= from);
            if in_time { excluded.push(window) } else { counted.push(window) }
        }
        (excluded, counted)
    }

    /// What was bad of a promise within some time.
    fn bad(&self, asked: &Promise<'_>, inner: Window) -> Bad {
        let (excluded, unannounced) = self.maintenance(asked, inner);
        let all: Vec<(Window, Decimal)> =
            unannounced.into_iter().map(|w| (w, Decimal::ONE)).collect();
        let mut bad = Bad { ours: all.clone(), all, excluded, ..Bad::default() };
        for record in self.register.records.iter().map(|held| &held.record) {
            let root = self.families.root(&record.id);
            if !self.families.counts(record, root) {
                continue;
            }
            let found = match asked.client.and_then(|id| own_windows(record, id, inner, self.now)) {
                Some(own) => Some(own),
                None => asked
                    .services
                    .iter()
                    .map(|service| weights(record, service, inner, self.now))
                    .collect::<Option<Vec<_>>>()
                    .map(|all| all.concat()),
            };
            match found {
                None => bad.unknown.push(record.id.clone()),
                Some(found) if found.is_empty() => {}
                Some(found) => {
                    bad.incidents.push(record.id.clone());
                    bad.ours.extend(not_of_vendors(record, &found));
                    bad.all.extend(found);
                }
            }
        }
        bad
    }

    fn level(&self, asked: &Promise<'_>) -> Option<Level> {
        let period = Window::new(self.from, self.as_of);
        let found = self.bad(asked, period);
        let out = within(&found.excluded, period);
        let counted = Span::from_seconds(period.length().seconds() - out.seconds());
        let bad = weighed_minutes(without(found.all, &found.excluded))?;
        let ours = weighed_minutes(without(found.ours, &found.excluded))?;
        let whole = Span::from_seconds(self.to.since(self.from).seconds() - out.seconds());
        let allowed = allowed(asked.target, whole)? / Decimal::from(60);
        let down = (bad * Decimal::from(60)).round().try_into().map(Span::from_seconds).ok()?;
        Some(Level {
            id: asked.id.to_owned(),
            target: asked.target,
            minutes: minutes(counted),
            excluded: minutes(out),
            available: available(bad, minutes(counted)),
            used: budget_used(bad, allowed),
            burn: burn_rate(bad, minutes(counted), asked.target),
            breached: bad > allowed,
            breached_by_us: ours > allowed,
            between_failures: time_between(counted, down, found.incidents.len()),
            burning: self.burning(asked),
            by_vendors: (bad - ours).normalize(),
            bad,
            allowed: allowed.normalize(),
            incidents: found.incidents,
            unknown: found.unknown,
        })
    }

    /// The rules of the burn rate that hold at the report's moment, the most urgent alone.
    fn burning(&self, asked: &Promise<'_>) -> Vec<Burning> {
        let rate = |length: Span| {
            let from = self.as_of.plus(Span::from_seconds(-length.seconds()));
            let found = self.bad(asked, Window::new(from, self.as_of));
            let bad = weighed_minutes(without(found.all, &found.excluded))?;
            burn_rate(bad, minutes(length), asked.target)
        };
        let holding = burn_rules().into_iter().filter_map(|rule| {
            let (long, short) = (rate(rule.long)?, rate(rule.short())?);
            let above = rule.rate(asked.window)?;
            rule.holds(long, short, asked.window).then_some(Burning { rule, above, long, short })
        });
        holding.take(1).collect()
    }

    /// What a vendor's contract promises and what it gave.
    fn supplier(&self, vendor: &Vendor, began: &[&Record]) -> Option<Supplier> {
        let mut kept = response::answers(vendor, began, self.now);
        let period = Window::new(self.from, self.as_of);
        let mut bad = Vec::new();
        for record in self.register.records.iter().map(|held| &held.record) {
            let root = self.families.root(&record.id);
            let its = record.vendors.iter().any(|t| {
                t.vendor == vendor.id && t.role == Some(crate::incident::VendorRole::Cause)
            });
            if !its || !self.families.counts(record, root) {
                continue;
            }
            for service in &record.services {
                let found = weights(record, service, period, self.now).unwrap_or_default();
                bad.extend(attributed(record, Some(&vendor.id), &found));
            }
        }
        kept.bad = weighed_minutes(bad)?;
        kept.got = vendor.availability.and(available(kept.bad, minutes(period.length())));
        kept.breached = kept.promised.zip(kept.got).is_some_and(|(promised, got)| got < promised);
        Some(kept)
    }
}

/// The first minutes of a record's windows, as many as are attributed to vendors that caused it:
/// all where nobody wrote down how many.
fn attributed(
    record: &Record,
    vendor: Option<&str>,
    windows: &[(Window, Decimal)],
) -> Vec<(Window, Decimal)> {
    let cause = Some(crate::incident::VendorRole::Cause);
    let tickets = record.vendors.iter();
    let tickets = tickets.filter(|t| t.role == cause && vendor.is_none_or(|id| t.vendor == id));
    let mut known: Option<u64> = Some(0);
    let mut any = false;
    for ticket in tickets {
        any = true;
        known = known.zip(ticket.minutes_attributed).map(|(sum, n)| sum.saturating_add(n));
    }
    if !any {
        return Vec::new();
    }
    let Some(known) = known else { return windows.to_vec() };
    let Some(first) = crate::impact::first_start(record) else { return Vec::new() };
    let most = i64::try_from(known).unwrap_or(i64::MAX).min(10_000_000);
    let end = first.plus(Span::from_minutes(most));
    let clipped = windows.iter().map(|(w, n)| (Window::new(w.from, w.to.min(end)), *n));
    clipped.filter(|(w, _)| w.from < w.to).collect()
}

/// What is left of a record's windows without what vendors caused.
fn not_of_vendors(record: &Record, windows: &[(Window, Decimal)]) -> Vec<(Window, Decimal)> {
    let theirs: Vec<Window> =
        attributed(record, None, windows).into_iter().map(|(w, _)| w).collect();
    without(windows.iter().copied(), &theirs)
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
