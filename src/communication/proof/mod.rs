//! What is wrong with the words of a message before anybody reads them.
//!
//! Words and bounds are the company's ([`House`]); how they are looked for stands here. A finding
//! says where, what, and what to write in its place. Style is asked of what customers read; limits,
//! placeholders, traces and host names of everything that leaves.

mod facts;
mod phrases;
mod readable;
mod signs;

pub use facts::{differences, stated};
pub use readable::{Ease, ease};

use super::message::{FieldText, MessageFile};
use super::{Unit, sms};
use crate::diag::TextRange;

/// What kind of thing a message should not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// A word of ours for what customers call otherwise: a service's id, a queue.
    InternalTerm,
    /// A supplier's name.
    VendorName,
    /// A host name, an address, a link that is not the company's.
    Hostname,
    /// A piece of a program's error.
    StackTrace,
    /// Whose fault it is.
    Blame,
    /// Office language.
    Jargon,
    /// `soon`, `shortly`: a promise without a time.
    VaguePromise,
    /// What only a recorded fact may say.
    UnsupportedClaim,
    /// An abbreviation that nobody explained.
    UnexplainedAcronym,
    /// A gap that nobody filled.
    Placeholder,
    /// More than the channel holds.
    OverLimit,
    /// A link where there are none.
    ForbiddenLink,
    /// The reader is asked for a password or a code.
    CredentialsAsked,
    /// `tú` and `usted` in one text, or the wrong one of them.
    MixedAddress,
    /// Harder to read than the company wants.
    HardToRead,
    /// Two languages state different figures.
    LocalesDiffer,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 16] = [
        Fault::InternalTerm,
        Fault::VendorName,
        Fault::Hostname,
        Fault::StackTrace,
        Fault::Blame,
        Fault::Jargon,
        Fault::VaguePromise,
        Fault::UnsupportedClaim,
        Fault::UnexplainedAcronym,
        Fault::Placeholder,
        Fault::OverLimit,
        Fault::ForbiddenLink,
        Fault::CredentialsAsked,
        Fault::MixedAddress,
        Fault::HardToRead,
        Fault::LocalesDiffer,
    ];

    /// The code of its check.
    pub fn code(self) -> &'static str {
        match self {
            Fault::InternalTerm => "internal-term",
            Fault::VendorName => "vendor-name",
            Fault::Hostname => "hostname",
            Fault::StackTrace => "stack-trace",
            Fault::Blame => "blame",
            Fault::Jargon => "jargon",
            Fault::VaguePromise => "vague-promise",
            Fault::UnsupportedClaim => "unsupported-claim",
            Fault::UnexplainedAcronym => "unexplained-acronym",
            Fault::Placeholder => "leftover-placeholder",
            Fault::OverLimit => "over-limit",
            Fault::ForbiddenLink => "forbidden-link",
            Fault::CredentialsAsked => "credentials-asked",
            Fault::MixedAddress => "mixed-address",
            Fault::HardToRead => "hard-to-read",
            Fault::LocalesDiffer => "locales-differ",
        }
    }
}

/// One thing that is wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub fault: Fault,
    /// Where in the file.
    pub range: TextRange,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to write or do.
    pub help: Option<String>,
}

/// Words that a message does not say, and what it says in their place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrases {
    /// The words, in any case.
    pub words: Vec<String>,
    /// What to write, by locale; empty where there is nothing to write.
    pub instead: Vec<(String, String)>,
    /// Why.
    pub why: Option<String>,
    /// What kind of thing it is.
    pub fault: Option<Fault>,
}

/// How the reader of a channel is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spoken {
    /// As friends are.
    Tu,
    /// With distance.
    Usted,
    /// Nobody is spoken to.
    #[default]
    Nobody,
}

/// A channel, as far as its words are held against it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelRules {
    /// Its id.
    pub id: String,
    /// Whether customers read it.
    pub customers_read: bool,
    /// How the reader is spoken to.
    pub spoken: Spoken,
    /// Whether links are allowed.
    pub links: bool,
    /// Limits: field, unit, most, and whose limit it is where it is a platform's.
    pub limits: Vec<Limit>,
    /// Limits that title and body together keep, as they are sent to a platform.
    pub payloads: Vec<Limit>,
}

/// The most that a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The field; empty for a payload.
    pub field: String,
    /// The most.
    pub max: u64,
    /// Counted in.
    pub unit: Unit,
    /// The platform's limit that it is: `apns.payload`.
    pub platform: Option<String>,
}

/// What a company says of its words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct House {
    /// Words to avoid.
    pub phrases: Vec<Phrases>,
    /// Abbreviations that customers know.
    pub acronyms: Vec<String>,
    /// The company's own addresses.
    pub domains: Vec<String>,
    /// Channels.
    pub channels: Vec<ChannelRules>,
    /// The lowest score of reading ease, by language.
    pub ease: Vec<(String, i64)>,
    /// Texts with fewer words are not measured.
    pub least_words: u64,
}

impl House {
    fn channel(&self, id: &str) -> Option<&ChannelRules> {
        self.channels.iter().find(|c| c.id == id)
    }

    /// Everything that is wrong with a message by itself, in the order of its text.
    pub fn proofread(&self, message: &MessageFile<'_>) -> Vec<Finding> {
        let unknown = ChannelRules { links: true, ..ChannelRules::default() };
        let channel = self.channel(&message.channel).unwrap_or(&unknown);
        let mut found = Vec::new();
        self.lengths(message, channel, &mut found);
        for field in &message.fields {
            let mut add = |fault: Fault, part: std::ops::Range<usize>, message_: String, help| {
                let range = field.part(message.source, part);
                found.push(Finding { fault, range, message: message_, help });
            };
            signs::look(self, channel, field, &mut add);
            if channel.customers_read {
                phrases::look(self, message, channel, field, &mut add);
            }
        }
        if channel.customers_read {
            found.extend(self.hard(message));
        }
        found.sort_by_key(|f| (f.range.start, f.fault));
        found
    }

    /// Everything that is wrong with a page that customers read; it may be as long as it likes.
    pub fn proofread_page(&self, page: &MessageFile<'_>, spoken: Spoken) -> Vec<Finding> {
        let rules =
            ChannelRules { customers_read: true, links: true, spoken, ..ChannelRules::default() };
        let mut found = Vec::new();
        for field in &page.fields {
            let mut add = |fault: Fault, part: std::ops::Range<usize>, message: String, help| {
                let range = field.part(page.source, part);
                found.push(Finding { fault, range, message, help });
            };
            signs::look(self, &rules, field, &mut add);
            phrases::look(self, page, &rules, field, &mut add);
        }
        found.sort_by_key(|f| (f.range.start, f.fault));
        found
    }

    fn lengths(&self, message: &MessageFile<'_>, channel: &ChannelRules, found: &mut Vec<Finding>) {
        for limit in &channel.limits {
            let Some(field) = message.field(&limit.field) else { continue };
            let length = limit.unit.measure(&field.text);
            if length > limit.max {
                found.push(over(field, limit, length));
            }
        }
        for limit in &channel.payloads {
            let text = |name: &str| message.field(name).map_or("", |f| f.text.as_str());
            let length = limit.unit.measure(&payload(text("title"), text("body")));
            if let Some(body) = message.field("body").filter(|_| length > limit.max) {
                found.push(over(body, limit, length));
            }
        }
    }

    fn hard(&self, message: &MessageFile<'_>) -> Option<Finding> {
        let (_, least) = self.ease.iter().find(|(language, _)| language == message.language())?;
        let body = message.field("body")?;
        let ease = ease(&body.text, message.language())?;
        if ease.words < self.least_words || ease.score >= *least {
            return None;
        }
        let scale = if message.language() == "es" { "Fernández-Huerta" } else { "Flesch" };
        let (score, per) = (ease.score, ease.words.checked_div(ease.sentences).unwrap_or_default());
        Some(Finding {
            fault: Fault::HardToRead,
            range: body.range,
            message: format!("{scale} {score}, and the company wants {least} at least"),
            help: Some(format!("{per} words a sentence: cut long sentences, take shorter words")),
        })
    }
}

/// Where whole words stand in a text, in any case.
pub fn whole_words(text: &str, words: &str) -> Vec<std::ops::Range<usize>> {
    phrases::Folded::new(text).find(words)
}

/// What a push service gets of a message.
fn payload(title: &str, body: &str) -> String {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!(
        "{{\"aps\":{{\"alert\":{{\"title\":\"{}\",\"body\":\"{}\"}}}}}}",
        quoted(title),
        quoted(body)
    )
}

fn over(field: &FieldText, limit: &Limit, length: u64) -> Finding {
    let (unit, max) = (limit.unit.as_str(), limit.max);
    let whose = limit.platform.as_ref().map(|p| format!(" ({p})")).unwrap_or_default();
    let counted = sms(&field.text);
    let help = match limit.unit {
        Unit::Segments if !counted.outside.is_empty() => {
            let letters: Vec<String> = counted.outside.iter().map(char::to_string).collect();
            format!(
                "{} makes it UCS-2, with 67 a part instead of 153: write it otherwise, or shorter",
                letters.join(" ")
            )
        }
        _ => format!("take away {} {unit}", length - max),
    };
    Finding {
        fault: Fault::OverLimit,
        range: field.range,
        message: format!("{} has {length} {unit}, and {max} are the most{whose}", field.name),
        help: Some(help),
    }
}
