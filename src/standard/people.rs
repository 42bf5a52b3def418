use super::reader::{Item, Log, Section};
use super::{HasId, Listed, Words};
use crate::diag::{Diagnostic, TextRange};
use crate::units::{Money, Percent, Span};

/// Somebody who appears in records (`standards/people.toml`).
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The id that records use.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What they are in the company.
    pub title: Option<String>,
    /// Roles that they may hold in an incident.
    pub roles: Vec<String>,
    /// Their team.
    pub team: Option<String>,
    /// E-mail; also how git's author is recognised.
    pub email: Option<String>,
    /// Their name in the chat.
    pub chat: Option<String>,
    /// What the code platform calls them.
    pub login: Option<String>,
    /// The SSH public key that signs their approvals.
    pub key: Option<String>,
    /// Where they are declared.
    pub range: TextRange,
}

/// A role in an incident (`standards/roles.toml`).
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// The id that records use.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// What whoever holds it does.
    pub does: Words,
    /// Roles that the same person may not hold at the same time.
    pub not_with: Vec<String>,
    /// Where it is declared.
    pub range: TextRange,
}

/// An external supplier (`standards/vendors.toml`).
#[derive(Debug, Clone, PartialEq)]
pub struct Vendor {
    /// The id that records use.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The services that depend on it.
    pub services: Vec<String>,
    /// Where its incidents are reported.
    pub email: Option<String>,
    /// Its support site.
    pub portal: Option<String>,
    /// The underpinning contract.
    pub contract: Option<String>,
    /// The availability that the contract promises.
    pub availability: Option<Percent>,
    /// How fast it has to answer, by the severity that we claim.
    pub answers: Vec<(String, Span)>,
    /// Where it is declared.
    pub range: TextRange,
}

/// A business client or a merchant of weight (`standards/clients.toml`).
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// The id that records use.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether its outage alone raises severity.
    pub key: bool,
    /// Its part of the processed volume.
    pub volume_share: Option<Percent>,
    /// The vertical that serves it.
    pub vertical: Option<String>,
    /// The language that it reads.
    pub locale: Option<String>,
    /// The zone of the times in its reports.
    pub zone: Option<String>,
    /// Where its notices go.
    pub email: Option<String>,
    /// Its contract.
    pub contract: Option<String>,
    /// The availability that the contract promises.
    pub availability: Option<Percent>,
    /// The services that the contract is about; those of its vertical where it names none.
    pub services: Vec<String>,
    /// What the client pays for a period of the contract.
    pub fee: Option<Money>,
    /// Steps of its credits: below so much availability, so much of the fee.
    pub credits: Vec<(Percent, Percent)>,
    /// The most of the fee that credits may come to.
    pub credit_cap: Option<Percent>,
    /// Credits below it are not paid.
    pub credit_least: Option<Money>,
    /// How long before its start planned work must be announced to count in neither sum.
    pub notice: Span,
    /// Where it is declared.
    pub range: TextRange,
}

macro_rules! has_id {
    ($($type:ty),+) => {$(
        impl HasId for $type {
            fn id(&self) -> &str {
                &self.id
            }
        }
    )+};
}
has_id!(Person, Role, Vendor, Client);

fn texts(items: Vec<Item>) -> Vec<String> {
    items.into_iter().map(|item| item.text).collect()
}

pub(super) fn read_people(
    mut file: Section<'_, '_>,
    log: &mut Log<'_>,
) -> (Listed<Person>, Vec<Item>) {
    let mut people = Listed::default();
    let mut roles = Vec::new();
    for (id, mut section) in file.sections(log, "people") {
        let held = section.list(log, "roles");
        roles.extend(held.iter().cloned());
        people.push(Person {
            id,
            name: section.need_text(log, "name"),
            title: section.text(log, "title"),
            roles: texts(held),
            team: section.text(log, "team"),
            email: section.text(log, "email"),
            chat: section.text(log, "chat"),
            login: section.text(log, "login"),
            key: section.text(log, "key"),
            range: section.range,
        });
        section.finish(log);
    }
    file.finish(log);
    (people, roles)
}

pub(super) fn read_roles(mut file: Section<'_, '_>, log: &mut Log<'_>) -> Listed<Role> {
    let mut roles = Listed::default();
    let mut apart = Vec::new();
    for (id, mut section) in file.sections(log, "roles") {
        let not_with = section.list(log, "not_with");
        apart.extend(not_with.iter().cloned());
        roles.push(Role {
            id,
            name: section.need_words(log, "name"),
            does: section.words(log, "does").unwrap_or_default(),
            not_with: texts(not_with),
            range: section.range,
        });
        section.finish(log);
    }
    for item in apart {
        if !roles.contains(&item.text) {
            log.add(
                Diagnostic::error("unknown-role", format!("no role is called `{}`", item.text))
                    .did_you_mean(&item.text, roles.ids()),
                item.range,
            );
        }
    }
    file.finish(log);
    roles
}

pub(super) fn read_vendors(
    mut file: Section<'_, '_>,
    log: &mut Log<'_>,
) -> (Listed<Vendor>, Vec<Item>) {
    let mut vendors = Listed::default();
    let mut used = Vec::new();
    for (id, mut section) in file.sections(log, "vendors") {
        let services = section.list(log, "services");
        used.extend(services.iter().cloned());
        let answers = section.table(log, "answers").map_or_else(Vec::new, |mut table| {
            let levels = ["SEV1", "SEV2", "SEV3", "SEV4"];
            let answers = levels
                .into_iter()
                .filter_map(|level| Some((level.to_owned(), table.quantity(log, level)?)))
                .collect();
            table.finish(log);
            answers
        });
        vendors.push(Vendor {
            id,
            name: section.need_text(log, "name"),
            services: texts(services),
            email: section.text(log, "email"),
            portal: section.text(log, "portal"),
            contract: section.text(log, "contract"),
            availability: section.quantity(log, "availability"),
            answers,
            range: section.range,
        });
        section.finish(log);
    }
    file.finish(log);
    (vendors, used)
}

pub(super) fn read_clients(
    mut file: Section<'_, '_>,
    log: &mut Log<'_>,
) -> (Listed<Client>, Option<u64>, Vec<Item>) {
    let mut used = Vec::new();
    let merchants = file.table(log, "base").and_then(|mut base| {
        let merchants = base.integer(log, "merchants", 1..=i64::MAX);
        base.finish(log);
        u64::try_from(merchants?).ok()
    });
    let mut clients = Listed::default();
    for (id, mut section) in file.sections(log, "clients") {
        let zone = section.item(log, "zone");
        if let Some(item) = zone.as_ref().filter(|z| z.text.parse::<chrono_tz::Tz>().is_err()) {
            log.add(
                Diagnostic::error("unknown-zone", format!("no zone is called `{}`", item.text))
                    .help("a name of the IANA list, such as America/Mexico_City"),
                item.range,
            );
        }
        let services = section.list(log, "services");
        used.extend(services.iter().cloned());
        let mut credits = Vec::new();
        for mut step in section.array(log, "credits") {
            let (range, below, credit) =
                (step.range, step.quantity(log, "below"), step.quantity(log, "credit"));
            match (below, credit) {
                (Some(below), Some(credit)) => credits.push((below, credit)),
                _ if step.has("below") && step.has("credit") => {}
                _ => log.add(
                    Diagnostic::error("missing-key", "a credit needs `below` and `credit`")
                        .help("write { below = \"99.9%\", credit = \"10%\" }"),
                    range,
                ),
            }
            step.finish(log);
        }
        clients.push(Client {
            id,
            name: section.need_text(log, "name"),
            key: section.boolean(log, "key").unwrap_or(false),
            volume_share: section.quantity(log, "volume_share"),
            vertical: section.text(log, "vertical"),
            locale: section.text(log, "locale"),
            zone: zone.map(|item| item.text),
            email: section.text(log, "email"),
            contract: section.text(log, "contract"),
            availability: section.quantity(log, "availability"),
            services: texts(services),
            fee: section.quantity(log, "fee"),
            credits,
            credit_cap: section.quantity(log, "credit_cap"),
            credit_least: section.quantity(log, "credit_least"),
            notice: section.quantity(log, "notice").unwrap_or(super::services::NOTICE),
            range: section.range,
        });
        section.finish(log);
    }
    file.finish(log);
    (clients, merchants, used)
}
