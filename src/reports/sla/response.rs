//! How fast responders and suppliers answered, against what they agreed to.

use super::by_vendor;
use crate::incident::{EntryKind, IncidentId, Record};
use crate::standard::{Service, Vendor};
use crate::timing;
use crate::units::{Instant, Percent, Span};

/// One clock of the responders over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The service.
    pub service: String,
    /// What was agreed: `acknowledge`, `hand over` or `restore`.
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

/// What a supplier's underpinning contract promises, and what it did.
#[derive(Debug, Clone, PartialEq)]
pub struct Supplier {
    /// The vendor.
    pub vendor: String,
    /// The contract.
    pub contract: Option<String>,
    /// Tickets of the period that were answered in time.
    pub met: usize,
    /// Incidents whose ticket was answered late, or not at all for longer than agreed.
    pub missed: Vec<IncidentId>,
    /// Tickets without times, or without an agreed time for their severity.
    pub unknown: usize,
    /// The availability that it promises.
    pub promised: Option<Percent>,
    /// What its incidents left of the period; none where it promises none.
    pub got: Option<Percent>,
    /// Minutes of the period in which it was the cause, each weighing the share that failed.
    pub bad: crate::units::Decimal,
    /// Whether it promises more than it gave.
    pub breached: bool,
}

impl Supplier {
    /// Whether there is anything to say about it.
    pub(super) fn is_silent(&self) -> bool {
        self.met + self.missed.len() + self.unknown == 0 && self.bad.is_zero()
    }
}

/// How fast a vendor answered the tickets of some incidents.
pub(super) fn answers(vendor: &Vendor, began: &[&Record], now: Instant) -> Supplier {
    let mut kept = Supplier {
        vendor: vendor.id.clone(),
        contract: vendor.contract.clone(),
        met: 0,
        missed: Vec::new(),
        unknown: 0,
        promised: vendor.availability,
        got: None,
        bad: crate::units::Decimal::ZERO,
        breached: false,
    };
    for record in began {
        for ticket in record.vendors.iter().filter(|t| t.vendor == vendor.id) {
            let claimed = ticket.severity_claimed.as_deref();
            let agreed = vendor.answers.iter().find(|(severity, _)| Some(&**severity) == claimed);
            let agreed = agreed.map(|(_, within)| *within);
            // Nobody can answer a ticket that is not open; after a restore nobody has to.
            let until = ticket.acknowledged_at.or(ticket.restored_at).or(ticket.closed_at);
            let took = ticket.opened_at.map(|at| until.unwrap_or(now).since(at));
            match (agreed, took) {
                (Some(within), Some(took)) if took > within => kept.missed.push(record.id.clone()),
                (Some(_), Some(_)) if until.is_some() => kept.met += 1,
                _ => kept.unknown += 1,
            }
        }
    }
    kept
}

/// From detection to the first hand-over that is written down.
fn handed_over(record: &Record) -> Option<Span> {
    let detected = record.clocks().detected?;
    let entries = record.timeline.iter().filter(|e| e.kind == Some(EntryKind::Handover));
    let roles = record.roles.iter().filter_map(|r| r.from);
    let first = entries.map(|e| e.at).chain(roles).min()?;
    Some(first.since(detected).max(Span::from_seconds(0)))
}

/// How responders kept what they agreed on for a service.
pub(super) fn agreements(service: &Service, began: &[&Record], now: Instant) -> Vec<Agreement> {
    let own = began.iter().filter(|r| r.services.contains(&service.id));
    let own: Vec<&&Record> = own.collect();
    let ola = &service.ola;
    let clocks =
        [("acknowledge", ola.acknowledge), ("hand over", ola.hand_over), ("restore", ola.restore)];
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
                if clock == "hand over" {
                    match handed_over(record) {
                        Some(took) if took <= within => kept.met += 1,
                        Some(_) => kept.missed.push(record.id.clone()),
                        None => kept.unknown += 1,
                    }
                    continue;
                }
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
