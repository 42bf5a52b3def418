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

mod calendar;
mod clocks;
mod communication;
mod duties;
mod events;
mod glossary;
mod listed;
mod people;
mod policies;
mod proofs;
mod reader;
mod references;
mod services;
mod targets;
#[cfg(test)]
mod tests;
mod times;
mod versions;
mod words;

use std::collections::HashMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use toml::de::DeTable;

pub use calendar::{BeyondCalendar, Calendar};
pub use clocks::Clock;
pub use communication::{
    Address, Audience, Channel, Communication, Field, Format, QuietHours, Stage, Unit,
};
pub use duties::{ChecklistItem, Finding, RoleOwed};
pub use events::{Event, EventClass, MonthDay, Window};
pub use glossary::{Avoid, Glossary};
pub use listed::{HasId, Listed};
pub use people::{Client, Person, Role, Vendor};
pub use policies::{Decided, Missing, Policies, TargetSet};
pub use proofs::Proved;
pub use services::{Cutoff, Journey, Objective, Service, Vertical};
pub use targets::{Due, Target};
pub use times::{Days, Time, day_of};
pub use words::Words;

use crate::decision::Catalogue;
use crate::diag::{Diagnostic, Diagnostics, Place, Source, TextRange};
use crate::units::Instant;
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
    /// Hours in which targets run.
    pub clocks: Listed<Clock>,
    /// Working days.
    pub calendars: Listed<Calendar>,
    /// Paydays and campaigns.
    pub events: Listed<Event>,
    /// The decision tables, oldest first; each holds from its day on.
    versions: Vec<Policies>,
    /// Every file that was read, by its path in `standards/`.
    files: HashMap<String, (String, String)>,
}

/// Reads a standard from its files: paths as shown (`standards/severity.toml`) with their texts.
///
/// Missing files are fine: what they would list is empty. Paths that are no TOML and the folders
/// of other rooms (`compensation/`) are left alone.
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
        .filter(|(name, _, _)| name.ends_with(".toml") && !is_elsewhere(name))
        .collect();
    sorted.sort_unstable();
    for (name, path, text) in sorted {
        let source = Source::new(path, text);
        standard.files.insert(name.to_owned(), (path.to_owned(), text.to_owned()));
        if name.starts_with("verticals/") {
            // Silence would let somebody believe that a stricter rule is in force.
            diagnostics.push(
                Diagnostic::warning("vertical-table", "tables of a vertical are not applied")
                    .at(Place::file(path))
                    .help("write the rule in the company's table, with `verticals` as an input"),
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

/// Whether a file belongs to another room.
fn is_elsewhere(name: &str) -> bool {
    name.starts_with("compensation/")
}

/// Whether a file is read as a list, not as decision tables.
fn is_list(name: &str) -> bool {
    name.starts_with("calendar/") || LISTS.contains(&name)
}

const LISTS: [&str; 9] = [
    "services.toml",
    "people.toml",
    "roles.toml",
    "vendors.toml",
    "clients.toml",
    "glossary.toml",
    "communication.toml",
    "clocks.toml",
    "events.toml",
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
            "clients.toml" => (self.clients, self.merchants) = people::read_clients(file, log),
            "glossary.toml" => self.glossary = glossary::read(file, log),
            "communication.toml" => self.communication = communication::read(file, log),
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
        match self.files.get(within(file)) {
            Some((path, text)) => diagnostic.at(Source::new(path, text).place(range)),
            None => diagnostic.at(Place::file(file)),
        }
    }

    /// The service of an id.
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.get(id)
    }

    /// The service id nearest to what was typed, if one is near.
    pub fn nearest_service(&self, typed: &str) -> Option<&str> {
        self.services.nearest(typed)
    }

    /// Who commits and writes under an e-mail address or a name.
    pub fn person_called(&self, name_or_email: &str) -> Option<&Person> {
        let wanted = name_or_email.trim();
        self.people.get(wanted).or_else(|| {
            self.people.iter().find(|p| {
                p.name == wanted || p.email.as_ref().is_some_and(|e| e.eq_ignore_ascii_case(wanted))
            })
        })
    }

    /// The calendar of some days; `None` for every day, and where the calendar is missing.
    pub fn calendar_of(&self, days: &Days) -> Option<&Calendar> {
        self.calendars.get(days.calendar()?)
    }

    /// The calendar of the clock `business`: what a bank day is, where nothing else is said.
    pub fn business_calendar(&self) -> Option<&Calendar> {
        self.calendar_of(&self.clocks.get("business")?.days)
    }

    /// Whether a day is a payday; `None` where no calendar says.
    pub fn is_payday(&self, day: NaiveDate) -> Option<bool> {
        self.any_event(EventClass::Payday, day)
    }

    /// Whether a campaign runs on a day; `None` where its windows end earlier.
    pub fn is_campaign(&self, day: NaiveDate) -> Option<bool> {
        self.any_event(EventClass::Campaign, day)
    }

    /// Whether the next day is a holiday, weekends apart; `None` where no calendar says.
    pub fn is_holiday_eve(&self, day: NaiveDate) -> Option<bool> {
        self.business_calendar()?.is_holiday(day.succ_opt()?).ok()
    }

    /// Whether a day is one of several times the customers: payday, campaign or holiday eve.
    pub fn is_peak(&self, day: NaiveDate) -> Option<bool> {
        either([self.is_payday(day), self.is_campaign(day), self.is_holiday_eve(day)])
    }

    fn any_event(&self, class: EventClass, day: NaiveDate) -> Option<bool> {
        either(self.events.iter().filter(|e| e.class == class).map(|event| {
            let calendar = event.calendar.as_deref().and_then(|id| self.calendars.get(id));
            event.has(day, calendar)
        }))
    }

    /// The next cut-off of some services after a moment, within the next ten days.
    pub fn next_cutoff<'s>(
        &'s self,
        services: impl IntoIterator<Item = &'s str>,
        after: Instant,
        zone: Tz,
    ) -> Option<(&'s Cutoff, Instant)> {
        let cutoffs = services.into_iter().filter_map(|id| self.services.get(id));
        let cutoffs = cutoffs.flat_map(|service| &service.cutoffs);
        cutoffs
            .filter_map(|cutoff| Some((cutoff, self.next_of(cutoff, after, zone)?)))
            .min_by_key(|(_, moment)| *moment)
    }

    fn next_of(&self, cutoff: &Cutoff, after: Instant, zone: Tz) -> Option<Instant> {
        let mut day = day_of(after, zone);
        for _ in 0..10 {
            let runs = match cutoff.days.calendar() {
                None => true,
                Some(id) => self.calendars.get(id)?.is_working_day(day).ok()?,
            };
            if let Some(moment) = cutoff.at.at(day, zone).filter(|m| runs && *m >= after) {
                return Some(moment);
            }
            day = day.succ_opt()?;
        }
        None
    }

    /// A cut-off by the name that records use.
    pub fn cutoff(&self, name: &str) -> Option<&Cutoff> {
        self.services.iter().flat_map(|service| &service.cutoffs).find(|c| c.name == name)
    }

    /// The decision tables in force on a day: the newest version that is not later, else the
    /// oldest.
    pub fn policies(&self, day: NaiveDate) -> Option<&Policies> {
        let past = self.versions.iter().rev().find(|p| p.effective_from.is_none_or(|d| d <= day));
        past.or(self.versions.first())
    }

    /// The newest version of every decision table.
    pub fn newest_policies(&self) -> Option<&Policies> {
        self.versions.last()
    }

    /// Every version of the decision tables, oldest first.
    pub fn versions(&self) -> &[Policies] {
        &self.versions
    }

    /// The moment at which a target is due, counted from `from`; `None` where there is none.
    ///
    /// # Errors
    /// When it lies beyond the years of a calendar, which the caller shows as unknown.
    pub fn due(
        &self,
        target: &Target,
        clock: &str,
        from: Instant,
        zone: Tz,
    ) -> Result<Option<Instant>, BeyondCalendar> {
        let Some(clock) = self.clocks.get(clock) else { return Ok(None) };
        let calendar = target.calendar().and_then(|id| self.calendars.get(id));
        target.moment(from, zone, clock, self.calendar_of(&clock.days), calendar)
    }
}

/// Yes if one says yes, no if all say no, else unknown.
fn either(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut unknown = false;
    for answer in answers {
        match answer {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(false)
}
