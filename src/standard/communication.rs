use super::reader::{Item, Log, Section};
use super::{HasId, Listed, Time, Words};
use crate::diag::{Diagnostic, TextRange};

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

/// What a field's length is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Letters as people count them.
    Characters,
    /// UTF-16 units.
    Utf16,
    /// Bytes of UTF-8.
    Bytes,
    /// Parts of an SMS.
    Segments,
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
        channels.push(read_channel(id, section, &audiences, log));
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
    Communication { stages, audiences, channels, quiet_hours }
}

fn read_channel(
    id: String,
    mut section: Section<'_, '_>,
    audiences: &Listed<Audience>,
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
    for mut field in section.array(log, "fields") {
        let range = field.range;
        let units = [
            ("characters", Unit::Characters),
            ("utf16", Unit::Utf16),
            ("bytes", Unit::Bytes),
            ("segments", Unit::Segments),
        ];
        let read = Field {
            name: field.need_text(log, "name"),
            max: u64::try_from(field.need_integer(log, "max", 1..=10_000_000)).unwrap_or(1),
            unit: field.choice(log, "unit", &units).unwrap_or(Unit::Characters),
            optional: field.boolean(log, "optional").unwrap_or(false),
        };
        field.finish(log);
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
    let channel = Channel {
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
