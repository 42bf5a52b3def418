//! A company's standard: what its services are, who is who, how fast, how severe, what is owed.
//!
//! [`load`] reads every file of `standards/` and collects everything that is wrong with them, each
//! finding at its line. A broken file never hides the others: what can be read is there, so that
//! an incident can be opened at 03:10 whatever somebody merged at 02:50.
//!
//! Lists (`services.toml`, `people.toml`, …) are read here; policies are decision tables, read by
//! [`crate::decision`] and kept in [`Policies`], version by version.
//!
//! The file is long because the types of all lists stand together, as a reader of the folder sees them.

mod approvals;
mod calendar;
mod clocks;
mod communication;
mod compensation;
mod duties;
mod events;
mod frozen;
mod glossary;
mod holding;
mod house;
mod integrations;
mod listed;
mod lookup;
mod owed;
mod people;
mod policies;
mod proofs;
mod rates;
mod reader;
mod references;
mod reviews;
mod sensitive;
mod services;
mod targets;
#[cfg(test)]
mod tests;
mod times;
mod versions;
mod verticals;
mod waivers;
mod words;

use std::collections::HashMap;

use toml::de::DeTable;

pub use calendar::{BeyondCalendar, Calendar};
pub use clocks::Clock;
pub use communication::{
    Address, Audience, Channel, Communication, Field, Format, Platform, QuietHours, Readability,
    Stage, Support,
};
pub use compensation::Compensation;
pub use duties::{ChecklistItem, Finding, Regime, RoleOwed, Stands};
pub use events::{Event, EventClass, MonthDay, Window};
pub use glossary::{Avoid, Glossary};
pub use integrations::{
    Carrier, Integration, Mail, Part, SECRET_PREFIX, Tls, host_of, is_loopback, is_safe_url, parts,
};
pub use listed::{HasId, Listed};
pub use owed::{DueFrom, Duty, OwedBy};
pub use people::{Client, Person, Role, Vendor};
pub use policies::{Decided, Missing, Policies, TargetSet};
pub use proofs::Proved;
pub use rates::Rate;
pub use services::{Agreed, Cutoff, Journey, Objective, Service, Vertical};
pub use targets::{Due, Target};
pub use times::{Days, Time, day_of};
pub use verticals::{Tightened, VerticalTable};
pub use waivers::StandingWaiver;
pub use words::Words;

use crate::communication::Holding;
use crate::decision::Catalogue;
use crate::diag::{Diagnostic, Diagnostics, Place, Source, TextRange};
use crate::review::{SectionName, Tone};
use crate::sensitive::Kind;
use reader::{Log, Section};
use references::References;

/// The largest file of a standard that is read.
pub const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;

/// All of `standards/`, read and checked.
#[derive(Debug, Clone, Default)]
pub struct Standard {
    /// Kinds of business.
    pub verticals: Listed<Vertical>,
    /// Things that customers use.
    pub services: Listed<Service>,
    /// Who appears in records.
    pub people: Listed<Person>,
    /// Roles in an incident.
    pub roles: Listed<Role>,
    /// External suppliers.
    pub vendors: Listed<Vendor>,
    /// Business clients.
    pub clients: Listed<Client>,
    /// How many merchants there are, the base of their share.
    pub merchants: Option<u64>,
    /// Names of values, terms, words to avoid.
    pub glossary: Glossary,
    /// Stages, audiences, channels.
    pub communication: Communication,
    /// Through what messages leave.
    pub integrations: Listed<Integration>,
    /// Hours in which targets run.
    pub clocks: Listed<Clock>,
    /// Working days.
    pub calendars: Listed<Calendar>,
    /// Paydays and campaigns.
    pub events: Listed<Event>,
    /// Identifiers that may stand unmasked in a record that says why.
    pub unmasked: Vec<Kind>,
    /// Findings that are accepted for a while.
    pub waivers: Vec<StandingWaiver>,
    /// What currencies are worth, by day.
    pub rates: Vec<Rate>,
    /// Sections of a review.
    pub sections: Vec<SectionName>,
    /// Words approved in daylight.
    pub holding: Vec<Holding>,
    /// Words that blame.
    pub tone: Tone,
    /// Words that mean customers.
    pub customer_words: Vec<String>,
    /// The decision tables, oldest first; each holds from its day on.
    versions: Vec<Policies>,
    /// Every file that was read, by its path in `standards/`.
    files: HashMap<String, (String, String)>,
}

/// Reads a standard from its files: paths as shown (`standards/severity.toml`) with their texts.
///
/// Missing files are fine: what they would list is empty. Paths that are no TOML are left alone;
/// policies are kept and read by [`Standard::compensation`].
pub fn load<P: AsRef<str>, T: AsRef<str>>(
    files: &[(P, T)],
    catalogue: &dyn Catalogue,
) -> (Standard, Diagnostics) {
    let mut standard = Standard::default();
    let mut diagnostics = Diagnostics::default();
    let mut references = References::default();
    let mut tables = Vec::new();
    let mut sorted: Vec<(&str, &str, &str)> = files
        .iter()
        .map(|(path, text)| (within(path.as_ref()), path.as_ref(), text.as_ref()))
        .filter(|(name, _, _)| name.ends_with(".toml"))
        .collect();
    sorted.sort_unstable();
    for (name, path, text) in sorted {
        let source = Source::new(path, text);
        standard.files.insert(name.to_owned(), (path.to_owned(), text.to_owned()));
        if name.starts_with("compensation/") {
            continue;
        }
        if name.starts_with("verticals/") && name.split('/').count() != 3 {
            // Silence would let somebody believe that a stricter rule is in force.
            diagnostics.push(
                Diagnostic::error("vertical-table", "this is no place of a vertical's table")
                    .at(Place::file(path))
                    .help("move it to standards/verticals/<vertical>/<table>.toml"),
            );
            continue;
        }
        if text.len() > MAX_FILE_BYTES {
            diagnostics.push(
                Diagnostic::error("standard-too-large", "the file is larger than 8 MB")
                    .at(Place::file(path))
                    .help("keep lists of this size outside the standard"),
            );
            continue;
        }
        if !is_list(name) {
            tables.push(versions::Versioned::new(name, source, &mut diagnostics));
            continue;
        }
        let document = match DeTable::parse(text) {
            Ok(document) => document,
            Err(e) => {
                diagnostics.push(syntax(&e, source));
                continue;
            }
        };
        let mut log = Log::new(source);
        standard.read_list(name, Section::root(document.get_ref()), &mut log, &mut references);
        diagnostics.extend(log.into_found());
    }
    standard.inherit_holidays(&mut diagnostics);
    diagnostics.extend(references.check(&standard));
    let (policies, found) = versions::load(tables, catalogue);
    standard.versions = policies;
    diagnostics.extend(found);
    diagnostics.extend(references::check_tables(&standard, catalogue));
    (standard, diagnostics)
}

/// The path below `standards/`.
fn within(path: &str) -> &str {
    match path.rfind("standards/") {
        Some(at) => &path[at + "standards/".len()..],
        None => path,
    }
}

/// Whether a file is read as a list, not as decision tables.
fn is_list(name: &str) -> bool {
    name.starts_with("calendar/") || LISTS.contains(&name)
}

const LISTS: [&str; 16] = [
    "services.toml",
    "people.toml",
    "roles.toml",
    "vendors.toml",
    "clients.toml",
    "glossary.toml",
    "holding.toml",
    "communication.toml",
    "integrations.toml",
    "clocks.toml",
    "events.toml",
    "sensitive.toml",
    "waivers.toml",
    "rates.toml",
    "sections.toml",
    "blameless.toml",
];

fn syntax(error: &toml::de::Error, source: Source<'_>) -> Diagnostic {
    let range = error.span().map_or(TextRange::new(0, 0), TextRange::from);
    let message = error.message().trim().replace('\n', "; ");
    Diagnostic::error("standard-syntax", format!("this is no TOML: {message}"))
        .at(source.place(range))
        .help("correct the line; nothing of this file is in force until then")
}

impl Standard {
    fn read_list(
        &mut self,
        name: &str,
        file: Section<'_, '_>,
        log: &mut Log<'_>,
        references: &mut References,
    ) {
        match name {
            "services.toml" => (self.verticals, self.services) = services::read(file, log),
            "people.toml" => {
                let (people, roles) = people::read_people(file, log);
                self.people = people;
                references.add_roles(name, roles);
            }
            "roles.toml" => self.roles = people::read_roles(file, log),
            "vendors.toml" => {
                let (vendors, services) = people::read_vendors(file, log);
                self.vendors = vendors;
                references.add_services(name, services);
            }
            "clients.toml" => {
                let (clients, merchants, services) = people::read_clients(file, log);
                (self.clients, self.merchants) = (clients, merchants);
                references.add_services(name, services);
            }
            "waivers.toml" => self.waivers = waivers::read(file, log),
            "rates.toml" => self.rates = rates::read(file, log),
            "sections.toml" => self.sections = reviews::read_sections(file, log),
            "blameless.toml" => (self.tone, self.customer_words) = reviews::read_tone(file, log),
            "holding.toml" => self.holding = holding::read(file, log),
            "glossary.toml" => self.glossary = glossary::read(file, log),
            "communication.toml" => self.communication = communication::read(file, log),
            "integrations.toml" => {
                let (all, named) = integrations::read(file, log);
                self.integrations = all;
                // Files are read by name: communication.toml was read before.
                for (item, what) in named {
                    let ids: Vec<&str> = match what {
                        integrations::What::Channel => self.communication.channels.ids().collect(),
                        integrations::What::Audience => {
                            self.communication.audiences.ids().collect()
                        }
                    };
                    if !ids.is_empty() && !ids.contains(&item.text.as_str()) {
                        let message = format!("communication.toml lists no `{}`", item.text);
                        let code = match what {
                            integrations::What::Channel => "unknown-channel",
                            integrations::What::Audience => "unknown-audience",
                        };
                        let d = Diagnostic::error(code, message).did_you_mean(&item.text, ids);
                        log.add(d, item.range);
                    }
                }
            }
            "clocks.toml" => {
                for clock in clocks::read(file, log) {
                    self.clocks.push(clock);
                }
            }
            "events.toml" => {
                for event in events::read(file, log) {
                    self.events.push(event);
                }
            }
            "sensitive.toml" => self.unmasked = sensitive::read(file, log),
            _ => {
                let id = name.trim_start_matches("calendar/").trim_end_matches(".toml");
                self.calendars.push(calendar::read(id, file, log));
            }
        }
    }

    /// Gives each calendar the holidays of those that it extends.
    fn inherit_holidays(&mut self, diagnostics: &mut Diagnostics) {
        let mut complete = Listed::default();
        for calendar in &self.calendars {
            let mut calendar = calendar.clone();
            let mut seen = vec![calendar.id.clone()];
            let mut next = calendar.extends.clone();
            while let Some(id) = next {
                let file = format!("calendar/{}.toml", calendar.id);
                let Some(parent) = self.calendars.get(&id) else {
                    let what = format!("no calendar is called `{id}`");
                    let finding = Diagnostic::error("unknown-calendar", what)
                        .did_you_mean(&id, self.calendars.ids());
                    diagnostics.push(self.placed(finding, &file, calendar.extends_range));
                    break;
                };
                if seen.contains(&id) {
                    let what = format!("calendars extend each other: {}", seen.join(", "));
                    let finding = Diagnostic::error("calendar-cycle", what)
                        .help("let one of them stand alone");
                    diagnostics.push(self.placed(finding, &file, calendar.extends_range));
                    break;
                }
                for (date, name) in &parent.holidays {
                    calendar.holidays.entry(*date).or_insert_with(|| name.clone());
                }
                // Nobody knows the holidays of a year that one of the two does not cover.
                calendar.from = calendar.from.max(parent.from);
                calendar.to = calendar.to.min(parent.to);
                seen.push(id);
                next = parent.extends.clone();
            }
            complete.push(calendar);
        }
        self.calendars = complete;
    }

    /// A diagnostic with the line of a file of this standard.
    pub fn placed(&self, diagnostic: Diagnostic, file: &str, range: TextRange) -> Diagnostic {
        diagnostic.at(self.place(file, range))
    }

    /// The line of a file of this standard.
    pub fn place(&self, file: &str, range: TextRange) -> Place {
        match self.files.get(within(file)) {
            Some((path, text)) => Source::new(path, text).place(range),
            None => Place::file(file),
        }
    }
}
