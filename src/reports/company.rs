//! The company around a record: its standard, zone and currency, and the other records.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::approval::{self, Document, Documents, Of, digest};
use crate::communication::{Catalogue, JourneyWords, ServiceWords, SupportWords};
use crate::decision::FactSet;
use crate::facts::{self, Surroundings};
use crate::incident::Record;
use crate::register::Register;
use crate::standard::{Decided, Policies, Standard, day_of};
use crate::units::{Currency, Instant, Money};

/// Everything that judging one record takes, besides the record and the clock.
#[derive(Debug, Clone, Copy)]
pub struct Company<'a> {
    /// The standard.
    pub standard: &'a Standard,
    /// The company's zone.
    pub zone: Tz,
    /// The currency of money facts.
    pub currency: Currency,
    /// All records, where families count; none when one record is judged by itself.
    pub register: Option<&'a Register>,
    /// The documents that approvals are of; where nobody can read them, every approval counts.
    pub documents: Option<&'a dyn Documents>,
}

impl<'a> Company<'a> {
    /// The policies in force for a record: by impact start, else detection, else opening.
    pub fn policies(&self, record: &Record, now: Instant) -> Option<&'a Policies> {
        self.standard.policies(day_of(record.began().unwrap_or(now), self.zone))
    }

    /// The facts of a record.
    pub fn facts(&self, record: &Record, now: Instant) -> FactSet {
        facts::facts(record, self, now)
    }

    /// Everything that the tables say about a record; `None` without a standard.
    pub fn decide(&self, record: &Record, now: Instant) -> Option<Decided<'a>> {
        Some(self.policies(record, now)?.decide(self.facts(record, now)))
    }

    /// The catalogue's words for customers in a language; `company` is the name they know it by.
    pub fn words(&self, company: &str, locale: &str) -> Catalogue {
        let services = self.standard.services.iter().map(|service| ServiceWords {
            id: service.id.clone(),
            name: service.name.get(locale).to_owned(),
            rails: service.rails.clone(),
            journeys: service
                .journeys
                .iter()
                .map(|j| JourneyWords {
                    id: j.id.clone(),
                    name: j.name.get(locale).to_owned(),
                    cannot: j.cannot.get(locale).to_owned(),
                })
                .collect(),
        });
        // Rails on which a second try is a second payment ("No repitas la operación").
        let no_repeat_rails = ["spei", "codi", "dimo", "transfer"].map(str::to_owned).to_vec();
        let said = &self.standard.communication;
        let of = |words: &crate::standard::Words| words.get(locale).to_owned();
        let named = |all: &[(String, crate::standard::Words)]| -> Vec<(String, String)> {
            all.iter().map(|(id, words)| (id.clone(), of(words))).collect()
        };
        Catalogue {
            services: services.collect(),
            no_repeat_rails,
            company: company.to_owned(),
            support: SupportWords {
                hours: of(&said.support.hours),
                dispute: of(&said.support.dispute),
                reference: of(&said.support.reference),
                escalation: of(&said.support.escalation),
                security: of(&said.support.security),
            },
            payouts: named(&said.payouts),
            bases: named(&said.bases),
            forms: named(&said.forms),
            segments: named(&said.segments),
        }
    }
}

impl Surroundings for Company<'_> {
    fn currency(&self) -> Currency {
        self.currency
    }

    fn convert(&self, money: Money, at: Option<Instant>) -> Option<Money> {
        if money.currency == self.currency {
            return Some(money);
        }
        self.standard.convert(money, self.currency, day_of(at?, self.zone))
    }

    fn zone(&self) -> Option<Tz> {
        Some(self.zone)
    }

    fn service(&self, id: &str) -> Option<facts::Service<'_>> {
        let service = self.standard.service(id)?;
        Some(facts::Service {
            tier: service.tier,
            vertical: &service.vertical,
            rails: &service.rails,
        })
    }

    fn next_cutoff(&self, service: &str, after: Instant) -> Option<Instant> {
        self.standard.next_cutoff([service], after, self.zone).map(|(_, at)| at)
    }

    fn cutoff_class(&self, name: &str) -> Option<&str> {
        Some(&self.standard.cutoff(name)?.class)
    }

    fn knows_person(&self, person: &str) -> bool {
        self.standard.people.is_empty() || self.standard.person_called(person).is_some()
    }

    fn knows_vendor(&self, vendor: &str) -> bool {
        self.standard.vendors.is_empty() || self.standard.vendors.contains(vendor)
    }

    fn knows_client(&self, client: &str) -> bool {
        self.standard.clients.is_empty() || self.standard.clients.contains(client)
    }

    fn client(&self, id: &str) -> Option<facts::Client> {
        let client = self.standard.clients.get(id)?;
        Some(facts::Client { key: client.key, volume_share: client.volume_share })
    }

    fn merchants(&self) -> Option<u64> {
        self.standard.merchants
    }

    fn not_with(&self, role: &str) -> &[String] {
        self.standard.roles.get(role).map_or(&[], |role| &role.not_with)
    }

    fn is_bank_day(&self, day: NaiveDate) -> Option<bool> {
        self.standard.business_calendar()?.is_working_day(day).ok()
    }

    fn bank_days(&self, after: NaiveDate, until: NaiveDate) -> Option<u64> {
        self.standard.business_calendar()?.working_days(after, until).ok().map(u64::from)
    }

    fn is_holiday(&self, day: NaiveDate) -> Option<bool> {
        self.standard.business_calendar()?.is_holiday(day).ok()
    }

    fn is_payday(&self, day: NaiveDate) -> Option<bool> {
        self.standard.is_payday(day)
    }

    fn is_campaign(&self, day: NaiveDate) -> Option<bool> {
        self.standard.is_campaign(day)
    }

    fn family(&self, record: &Record) -> Vec<&Record> {
        let Some(register) = self.register else { return Vec::new() };
        register.family(record).collect()
    }

    fn content_sha256(&self, record: &Record, of: &str) -> Option<String> {
        let documents = self.documents?;
        match approval::document(&Of::parse(of), record, None)? {
            Document::File(path) => documents.digest_of(&path),
            Document::Words(words) => Some(digest(words.as_bytes())),
            Document::Hash(hash) => Some(hash),
        }
    }
}
