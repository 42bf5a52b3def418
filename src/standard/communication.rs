//! What is said, through what, to whom: `standards/communication.toml`.
//!
//! The file is long because all types of one file stand together with their reading.

use super::reader::{Item, Log, Section};
use super::{HasId, Listed, Time, Words};
use crate::communication::Unit;
use crate::diag::{Diagnostic, TextRange};
use crate::units::Span;

/// What is said, through what, to whom (`standards/communication.toml`).
#[derive(Debug, Clone, Default)]
pub struct Communication {
    /// Points in an incident that a message speaks from.
    pub stages: Listed<Stage>,
    /// Groups of readers.
    pub audiences: Listed<Audience>,
    /// Ways to reach them.
    pub channels: Listed<Channel>,
    /// When nobody is woken.
    pub quiet_hours: Option<QuietHours>,
    /// What the services that carry messages accept.
    pub platforms: Listed<Platform>,
    /// The order in which a text's template is looked for: `{locale}`, `{language}`.
    pub fallback: Vec<String>,
    /// Languages that choose how to speak to the reader.
    pub addresses: Vec<String>,
    /// So long before its time a message counts as due.
    pub lead: Span,
    /// How easy to read a text must be.
    pub readability: Readability,
    /// The company's own addresses on the web.
    pub domains: Vec<String>,
    /// What agents are told besides what happened.
    pub support: Support,
    /// What a payout of a policy is called, by the policy's id.
    pub payouts: Vec<(String, Words)>,
    /// What a payout on a basis is called, where its policy has no name of its own.
    pub bases: Vec<(String, Words)>,
    /// What a form adds to that.
    pub forms: Vec<(String, Words)>,
    /// What customers call the segments of the evidence.
    pub segments: Vec<(String, Words)>,
}

/// How easy to read a text must be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Readability {
    /// Lowest score of Fernández-Huerta for Spanish.
    pub es: Option<i64>,
    /// Lowest score of Flesch for English.
    pub en: Option<i64>,
    /// Texts with fewer words are not measured.
    pub least_words: u64,
}

/// What agents are told besides what happened.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Support {
    /// When somebody can be reached.
    pub hours: Words,
    /// When to open a dispute.
    pub dispute: Words,
    /// How to give its number.
    pub reference: Words,
    /// Whom to hand over to, and when.
    pub escalation: Words,
    /// What the company never asks for.
    pub security: Words,
}

/// A service that carries messages, with the limits that it publishes.
#[derive(Debug, Clone, PartialEq)]
pub struct Platform {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// The point in an incident that a message speaks from.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// The status of a Statuspage incident at this stage.
    pub statuspage: Option<String>,
    /// The channels that carry it; `None` means every one.
    pub channels: Option<Vec<String>>,
    /// Where it is declared.
    pub range: TextRange,
}

/// A group of readers.
#[derive(Debug, Clone, PartialEq)]
pub struct Audience {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// Why it is a group of its own.
    pub why: Option<String>,
    /// Where it is declared.
    pub range: TextRange,
}

/// How a channel's text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Nothing but letters.
    Plain,
    /// Markdown.
    Markdown,
    /// HTML.
    Html,
    /// Slack's mrkdwn.
    Slack,
    /// Read aloud by a machine.
    Speech,
    /// A template that the provider has approved, with numbered variables.
    Template,
}

/// How readers are spoken to in languages that choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// As friends are.
    Tu,
    /// With distance.
    Usted,
    /// Nobody is spoken to.
    None,
}

/// A way to reach an audience.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// Its id, also the folder of its templates.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// How its text is written.
    pub format: Format,
    /// Whether customers read it.
    pub customer_facing: bool,
    /// How readers are spoken to.
    pub address: Address,
    /// Who may be reached through it.
    pub audiences: Vec<String>,
    /// Whether links are allowed.
    pub links: bool,
    /// Its fields, in the order in which they are shown.
    pub fields: Vec<Field>,
    /// Limits of platforms, `apns.payload`, that title and body together keep.
    pub payload: Vec<String>,
    /// Where it is declared.
    pub range: TextRange,
}

/// One field of a channel: a subject, a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name: the key in a message's front matter, or `body`.
    pub name: String,
    /// Most that it may hold.
    pub max: u64,
    /// What that is counted in.
    pub unit: Unit,
    /// Whether it may be left out.
    pub optional: bool,
    /// A limit of a platform, `slack.section.text`, that it keeps besides.
    pub within: Option<String>,
    /// How many characters a reader sees before a phone cuts.
    pub visible: Option<u64>,
}

/// When nobody is woken, through which channels, and for which harm they are all the same.
#[derive(Debug, Clone, PartialEq)]
pub struct QuietHours {
    /// When they begin.
    pub from: Time,
    /// When they end, the next morning if that is earlier.
    pub to: Time,
    /// The channels that keep quiet.
    pub channels: Vec<String>,
    /// Harm that wakes people.
    pub unless_harm: Vec<String>,
}

impl HasId for Stage {
    fn id(&self) -> &str {
        &self.id
    }
}

impl HasId for Audience {
    fn id(&self) -> &str {
        &self.id
    }
}

impl HasId for Platform {
    fn id(&self) -> &str {
        &self.id
    }
}

impl HasId for Channel {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Stage {
    /// Whether a channel carries this stage.
    pub fn is_for(&self, channel: &str) -> bool {
        self.channels.as_ref().is_none_or(|channels| channels.iter().any(|c| c == channel))
    }
}

impl Channel {
    /// A field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Communication {
    /// A limit that a platform publishes: `slack.section.text`.
    pub fn limit(&self, name: &str) -> Option<&Field> {
        let (platform, field) = name.split_once('.')?;
        self.platforms.get(platform)?.fields.iter().find(|f| f.name == field)
    }

    /// The templates that a text is looked for in, in their order, below `templates/`, without
    /// `.hbs`; a channel that says `usted` never takes one that says `tú`.
    pub fn templates(&self, channel: &str, stage: &str, locale: &str) -> Vec<String> {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        let usted = self.channels.get(channel).is_some_and(|c| c.address == Address::Usted)
            && self.addresses.iter().any(|l| l == language);
        let ending = if usted { ".usted" } else { "" };
        let named = |pattern: &str| {
            let locale = pattern.replace("{locale}", locale).replace("{language}", language);
            format!("communication/{channel}/{stage}.{locale}{ending}")
        };
        let mut all: Vec<String> = Vec::new();
        let fallback = self.fallback.iter().map(String::as_str);
        let plain = self.fallback.is_empty().then_some("{locale}");
        for name in fallback.chain(plain).map(named) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        all
    }
}

impl QuietHours {
    /// Whether a time of the day, in minutes since midnight, lies in them.
    pub fn contains(&self, minutes: u16) -> bool {
        let (from, to) = (self.from.minutes(), self.to.minutes());
        if from <= to { (from..to).contains(&minutes) } else { minutes >= from || minutes < to }
    }
}

pub(super) fn read(mut file: Section<'_, '_>, log: &mut Log<'_>) -> Communication {
    let mut named_channels: Vec<Item> = Vec::new();
    let quiet_hours = file.table(log, "quiet_hours").map(|mut section| {
        let channels = section.list(log, "channels");
        named_channels.extend(channels.iter().cloned());
        let quiet = QuietHours {
            from: section.time(log, "from").unwrap_or(Time::MIDNIGHT),
            to: section.time(log, "to").unwrap_or(Time::MIDNIGHT),
            channels: texts(channels),
            unless_harm: texts(section.list(log, "unless_harm")),
        };
        section.finish(log);
        quiet
    });
    let (mut fallback, mut addresses) = (Vec::new(), Vec::new());
    if let Some(mut section) = file.table(log, "templates") {
        fallback = texts(section.list(log, "fallback"));
        addresses = texts(section.list(log, "addresses"));
        section.finish(log);
    }
    let lead = file.table(log, "cadence").and_then(|mut section| {
        let lead = section.quantity(log, "lead");
        section.finish(log);
        lead
    });
    let mut readability = Readability::default();
    if let Some(mut section) = file.table(log, "readability") {
        readability.es = section.integer(log, "es", 0..=120);
        readability.en = section.integer(log, "en", 0..=120);
        let words = section.integer(log, "least_words", 1..=10_000);
        readability.least_words = words.and_then(|n| u64::try_from(n).ok()).unwrap_or(30);
        section.finish(log);
    }
    let mut domains = Vec::new();
    if let Some(mut section) = file.table(log, "links") {
        domains = texts(section.list(log, "domains"));
        section.finish(log);
    }
    let mut support = Support::default();
    if let Some(mut section) = file.table(log, "support") {
        support = Support {
            hours: section.words(log, "hours").unwrap_or_default(),
            dispute: section.words(log, "dispute").unwrap_or_default(),
            reference: section.words(log, "reference").unwrap_or_default(),
            escalation: section.words(log, "escalation").unwrap_or_default(),
            security: section.words(log, "security").unwrap_or_default(),
        };
        section.finish(log);
    }
    let [payouts, bases, forms, segments] = ["payouts", "bases", "forms", "segments"]
        .map(|key| file.table(log, key).map(|section| section.all_words(log)).unwrap_or_default());
    let mut platforms: Listed<Platform> = Listed::default();
    for (id, mut section) in file.sections(log, "platforms") {
        platforms.push(Platform {
            id,
            name: section.need_text(log, "name"),
            fields: section.array(log, "fields").into_iter().map(|f| read_field(f, log)).collect(),
        });
        section.finish(log);
    }
    let limits: Vec<String> = platforms
        .iter()
        .flat_map(|p| p.fields.iter().map(|f| format!("{}.{}", p.id, f.name)))
        .collect();
    let mut stages = Listed::default();
    for (id, mut section) in file.sections(log, "stages") {
        let channels = section.optional_list(log, "channels");
        named_channels.extend(channels.iter().flatten().cloned());
        stages.push(Stage {
            id,
            name: section.need_words(log, "name"),
            statuspage: section.text(log, "statuspage"),
            channels: channels.map(texts),
            range: section.range,
        });
        section.finish(log);
    }
    let mut audiences = Listed::default();
    for (id, mut section) in file.sections(log, "audiences") {
        audiences.push(Audience {
            id,
            name: section.need_words(log, "name"),
            why: section.text(log, "why"),
            range: section.range,
        });
        section.finish(log);
    }
    let mut channels = Listed::default();
    for (id, section) in file.sections(log, "channels") {
        channels.push(read_channel(id, section, &audiences, &limits, log));
    }
    for item in named_channels {
        if !channels.contains(&item.text) {
            log.add(
                Diagnostic::error("unknown-channel", format!("no channel is `{}`", item.text))
                    .did_you_mean(&item.text, channels.ids()),
                item.range,
            );
        }
    }
    file.finish(log);
    Communication {
        stages,
        audiences,
        channels,
        quiet_hours,
        platforms,
        fallback,
        addresses,
        lead: lead.unwrap_or(Span::from_minutes(10)),
        readability,
        domains,
        support,
        payouts,
        bases,
        forms,
        segments,
    }
}

fn read_field(mut field: Section<'_, '_>, log: &mut Log<'_>) -> Field {
    let read = Field {
        name: field.need_text(log, "name"),
        max: u64::try_from(field.need_integer(log, "max", 1..=10_000_000)).unwrap_or(1),
        unit: field.choice(log, "unit", &Unit::ALL).unwrap_or(Unit::Characters),
        optional: field.boolean(log, "optional").unwrap_or(false),
        within: field.text(log, "within"),
        visible: field
            .integer(log, "visible", 1..=10_000)
            .and_then(|visible| u64::try_from(visible).ok()),
    };
    field.finish(log);
    read
}

fn read_channel(
    id: String,
    mut section: Section<'_, '_>,
    audiences: &Listed<Audience>,
    limits: &[String],
    log: &mut Log<'_>,
) -> Channel {
    let formats = [
        ("plain", Format::Plain),
        ("markdown", Format::Markdown),
        ("html", Format::Html),
        ("slack", Format::Slack),
        ("speech", Format::Speech),
        ("template", Format::Template),
    ];
    let addresses = [("tú", Address::Tu), ("usted", Address::Usted), ("none", Address::None)];
    let readers = section.list(log, "audiences");
    for item in readers.iter().filter(|item| !audiences.contains(&item.text)) {
        log.add(
            Diagnostic::error("unknown-audience", format!("no audience is `{}`", item.text))
                .did_you_mean(&item.text, audiences.ids()),
            item.range,
        );
    }
    let mut fields: Vec<Field> = Vec::new();
    for field in section.array(log, "fields") {
        let range = field.range;
        let read = read_field(field, log);
        if let Some(limit) = read.within.as_ref().filter(|limit| !limits.contains(limit)) {
            log.add(unknown_limit(limit, limits), range);
        }
        if fields.iter().any(|f| f.name == read.name) {
            let what = format!("channel `{id}` has two fields `{}`", read.name);
            log.add(Diagnostic::error("duplicate", what).help("keep one of them"), range);
        } else {
            fields.push(read);
        }
    }
    if fields.is_empty() {
        log.add(
            Diagnostic::error("missing-key", format!("channel `{id}` has no `fields`"))
                .help("add fields = [{ name = \"body\", max = 500, unit = \"characters\" }]"),
            section.range,
        );
    }
    let payload = section.list(log, "payload");
    for item in payload.iter().filter(|item| !limits.contains(&item.text)) {
        log.add(unknown_limit(&item.text, limits), item.range);
    }
    let channel = Channel {
        payload: texts(payload),
        name: section.need_words(log, "name"),
        format: section.choice(log, "format", &formats).unwrap_or(Format::Plain),
        customer_facing: section.boolean(log, "customer_facing").unwrap_or(true),
        address: section.choice(log, "address", &addresses).unwrap_or(Address::None),
        audiences: texts(readers),
        links: section.boolean(log, "links").unwrap_or(true),
        fields,
        range: section.range,
        id,
    };
    section.finish(log);
    channel
}

fn unknown_limit(name: &str, limits: &[String]) -> Diagnostic {
    Diagnostic::error("unknown-limit", format!("no platform publishes a limit `{name}`"))
        .did_you_mean(name, limits.iter().map(String::as_str))
}

fn texts(items: Vec<Item>) -> Vec<String> {
    items.into_iter().map(|item| item.text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_pass_midnight() {
        let quiet = QuietHours {
            from: "22:00".parse().unwrap(),
            to: "07:00".parse().unwrap(),
            channels: Vec::new(),
            unless_harm: Vec::new(),
        };
        assert!(quiet.contains(22 * 60));
        assert!(quiet.contains(3 * 60 + 10));
        assert!(!quiet.contains(7 * 60));
        assert!(!quiet.contains(21 * 60 + 59));
    }
}
