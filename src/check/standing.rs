//! What the standard says of findings and of itself: waivers for all records, and its own findings.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono_tz::Tz;

use super::{CATALOGUE, Finding, Findings, Options, Subject, Surroundings, Tier, waivers};
use crate::diag::{Diagnostic, Level, Place};
use crate::incident::Record;
use crate::standard::{Standard, Time};
use crate::units::Instant;

/// Checks that are about the standard, or about a record and the standard together, with their
/// levels. Their pages are in `docs/errors.md`.
pub const OF_STANDARD: [(&str, Level); 8] = [
    ("calendar-ends", Level::Warning),
    ("frozen-standard", Level::Warning),
    ("holding-approval", Level::Warning),
    ("holding-review", Level::Warning),
    ("unverified-deadline", Level::Note),
    ("no-rate", Level::Note),
    ("ledger-conflict", Level::Error),
    ("ledger-lacks", Level::Warning),
];

/// A waiver of `standards/waivers.toml`, ready to be held against findings.
#[derive(Debug, Clone)]
pub struct Standing {
    code: String,
    /// Services whose incidents it covers; all where none is said.
    services: Option<BTreeSet<String>>,
    incident: Option<String>,
    /// The moment at which its last day is over.
    ends: Option<Instant>,
    until: String,
    reason: String,
    place: Place,
    until_place: Place,
}

/// The waivers of a standard; days are the company's.
pub fn standing(standard: &Standard, zone: Tz) -> Vec<Standing> {
    let place = |range| standard.place("standards/waivers.toml", range);
    let one = |waiver: &crate::standard::StandingWaiver| {
        let named = waiver.service.iter().cloned();
        let of_vertical =
            standard.services.iter().filter(|s| Some(&s.vertical) == waiver.vertical.as_ref());
        let of_vertical: BTreeSet<String> = of_vertical.map(|s| s.id.clone()).collect();
        let services = match (&waiver.service, &waiver.vertical) {
            (None, None) => None,
            (Some(_), None) => Some(named.collect()),
            (None, Some(_)) => Some(of_vertical),
            (Some(_), Some(_)) => Some(named.filter(|s| of_vertical.contains(s)).collect()),
        };
        Standing {
            code: waiver.code.clone(),
            services,
            incident: waiver.incident.clone(),
            ends: Time::END.at(waiver.until, zone),
            until: waiver.until.to_string(),
            reason: waiver.reason.clone(),
            place: place(waiver.range),
            until_place: place(waiver.until_range),
        }
    };
    standard.waivers.iter().map(one).collect()
}

impl Standing {
    fn is_over(&self, now: Instant) -> bool {
        self.ends.is_none_or(|ends| ends <= now)
    }

    fn covers(&self, record: Option<&Record>) -> bool {
        let service = self.services.as_ref().is_none_or(|services| {
            record.is_some_and(|r| r.services.iter().any(|s| services.contains(s)))
        });
        let incident = self.incident.as_ref().is_none_or(|id| {
            record.is_some_and(|r| r.id.as_str() == id || r.id.suffix().eq_ignore_ascii_case(id))
        });
        service && incident
    }
}

/// Which waivers of the standard accepted something, for [`findings`].
#[derive(Debug)]
pub(super) struct Matched(Vec<AtomicBool>);

impl Matched {
    pub(super) fn none(around: &Surroundings) -> Self {
        Matched(around.standing.iter().map(|_| AtomicBool::new(false)).collect())
    }

    /// Why the standard accepts a finding of this code now, if it does.
    pub(super) fn reason(
        &self,
        around: &Surroundings,
        record: Option<&Record>,
        code: &str,
    ) -> Option<String> {
        let holds = |w: &Standing| w.code == code && w.covers(record) && !w.is_over(around.now);
        let place = around.standing.iter().position(holds)?;
        if let Some(matched) = self.0.get(place) {
            matched.store(true, Ordering::Relaxed);
        }
        around.standing.get(place).map(|w| w.reason.clone())
    }

    pub(super) fn of(&self, subject: &Subject<'_>, code: &str) -> Option<String> {
        self.reason(subject.around, Some(subject.record), code)
    }

    /// Adds what is wrong with the standard's waivers, and what was found in its files and in the
    /// templates.
    pub(super) fn add_findings(
        &self,
        around: &Surroundings,
        options: &Options,
        all: &mut Findings,
    ) {
        for diagnostic in &around.standard {
            let Some(level) = options.level_of(&diagnostic.code, Tier::Basic, diagnostic.level)
            else {
                continue;
            };
            let waived = self.reason(around, None, &diagnostic.code);
            let diagnostic = Diagnostic { level, ..diagnostic.clone() };
            let list = if waived.is_some() { &mut all.waived } else { &mut all.findings };
            let check = OF_STANDARD.iter().find(|(code, _)| *code == diagnostic.code);
            list.push(finding(check.map_or("standard", |(code, _)| *code), diagnostic, waived));
        }
        for diagnostic in &around.templates {
            let level = options.level_of(&diagnostic.code, Tier::Basic, diagnostic.level);
            let Some(level) = level else { continue };
            let diagnostic = Diagnostic { level, ..diagnostic.clone() };
            all.findings.push(finding("template", diagnostic, None));
        }
        let level = |code: &str| {
            let check = CATALOGUE.iter().find(|c| c.code == code)?;
            options.level(check)
        };
        for (waiver, matched) in around.standing.iter().zip(&self.0) {
            if waiver.is_over(around.now) {
                let Some(level) = level("expired-waiver") else { continue };
                let message = format!("the waiver of `{}` ended {}", waiver.code, waiver.until);
                let diagnostic = Diagnostic::new(level, "expired-waiver", message)
                    .at(waiver.until_place.clone())
                    .help("mend the findings, or decide again");
                all.findings.push(finding("expired-waiver", diagnostic, None));
            } else if !matched.load(Ordering::Relaxed) && options.incidents.is_none() {
                // Of some records alone nobody can say that it matches nothing.
                let Some(level) = level("idle-waiver") else { continue };
                let Some((message, help)) = waivers::idle(&waiver.code, &BTreeSet::new(), options)
                else {
                    continue;
                };
                let diagnostic = Diagnostic::new(level, "idle-waiver", message)
                    .at(waiver.place.clone())
                    .help(help);
                all.findings.push(finding("idle-waiver", diagnostic, None));
            }
        }
    }
}

fn finding(check: &'static str, diagnostic: Diagnostic, waived: Option<String>) -> Finding {
    let path = diagnostic.place.as_ref().map_or_else(String::new, |place| place.file.clone());
    Finding { check, incident: None, path, diagnostic, waived, clause: None }
}
