//! Messages as files for tools that pull: JSON, plain text, Markdown, `.eml`, a support desk's macro.

use serde_json::{Value as Json, json};

use super::{Escape, mail, markdown};
use crate::communication::MessageFile;
use crate::standard::{Communication, Format};
use crate::units::Instant;

/// A message that is exported.
#[derive(Debug)]
pub struct Exported<'t> {
    /// Its id.
    pub id: String,
    /// Its file, read.
    pub file: &'t MessageFile<'t>,
    /// The hash of its file.
    pub sha256: String,
    /// Whether these words are approved, or need no approval.
    pub approved: bool,
    /// Since when it is valid, where it went out.
    pub sent_at: Option<Instant>,
}

/// A form that messages are exported in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// All of them in one JSON file.
    Json,
    /// Plain text, one file each.
    Text,
    /// Markdown, one file each.
    Markdown,
    /// A mail to be sent by another program.
    Eml,
    /// A macro as support desks import them.
    Macro,
}

/// Channels whose words agents give to customers as they are; those of other channels are for them.
const TO_CUSTOMERS: [&str; 5] = ["chatbot_reply", "email", "in_app", "whatsapp", "help_center"];

/// The files of a set: names and texts. Names hold nothing that a path could.
pub fn files(
    incident: &str,
    all: &[Exported<'_>],
    forms: &[Form],
    said: &Communication,
    at: Instant,
) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for form in forms {
        if *form == Form::Json {
            let messages: Vec<Json> = all.iter().map(|one| object(one, said)).collect();
            let set = json!({"schema": 1, "incident": incident, "messages": messages});
            let text = serde_json::to_string_pretty(&set).unwrap_or_default();
            files.push(("messages.json".to_owned(), format!("{text}\n")));
            continue;
        }
        for one in all {
            let name = format!("{}-{}.{}", one.id, one.file.channel, one.file.locale);
            let name: String = name
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' })
                .collect();
            let (ending, text) = match form {
                Form::Text => ("txt", text(one, said)),
                Form::Markdown => ("md", as_markdown(one, said)),
                Form::Eml => ("eml", eml(one, said, at)),
                Form::Macro | Form::Json => ("macro.json", desk_macro(incident, one, said)),
            };
            files.push((format!("{name}.{ending}"), text));
        }
    }
    files
}

fn is_markdown(one: &Exported<'_>, said: &Communication) -> bool {
    let format = said.channels.get(&one.file.channel).map(|c| c.format);
    matches!(format, Some(Format::Markdown | Format::Html))
}

fn field<'t>(one: &Exported<'t>, name: &str) -> Option<&'t str> {
    one.file.field(name).map(|f| f.text.as_str())
}

fn title<'t>(one: &Exported<'t>) -> Option<&'t str> {
    field(one, "title").or_else(|| field(one, "subject"))
}

fn body<'t>(one: &Exported<'t>) -> &'t str {
    field(one, "body").unwrap_or_default()
}

fn object(one: &Exported<'_>, said: &Communication) -> Json {
    let fields: serde_json::Map<String, Json> =
        one.file.fields.iter().map(|f| (f.name.clone(), json!(f.text))).collect();
    json!({
        "id": one.id,
        "stage": one.file.stage,
        "channel": one.file.channel,
        "audience": one.file.audience,
        "locale": one.file.locale,
        "format": if is_markdown(one, said) { "markdown" } else { "plain" },
        "fields": fields,
        "sha256": one.sha256,
        "approved": one.approved,
        "sent_at": one.sent_at.map(|at| at.to_string()),
    })
}

fn text(one: &Exported<'_>, said: &Communication) -> String {
    let mut out = String::new();
    if let Some(title) = title(one) {
        out.push_str(&format!("{title}\n\n"));
    }
    let words =
        if is_markdown(one, said) { markdown::plain(body(one)) } else { body(one).to_owned() };
    out.push_str(words.trim_end());
    out.push('\n');
    out
}

fn as_markdown(one: &Exported<'_>, said: &Communication) -> String {
    let written = |words: &str| match is_markdown(one, said) {
        true => words.to_owned(),
        false => Escape::Markdown.apply(words),
    };
    let mut out = String::new();
    if let Some(title) = title(one) {
        out.push_str(&format!("# {}\n\n", written(title)));
    }
    out.push_str(written(body(one)).trim_end());
    out.push('\n');
    out
}

fn html(one: &Exported<'_>, said: &Communication) -> String {
    match is_markdown(one, said) {
        true => markdown::html(body(one)),
        false => format!("<p>{}</p>", Escape::Html.apply(body(one)).replace('\n', "<br>")),
    }
}

fn eml(one: &Exported<'_>, said: &Communication, at: Instant) -> String {
    let plain =
        if is_markdown(one, said) { markdown::plain(body(one)) } else { body(one).to_owned() };
    let html = html(one, said);
    let first = plain.lines().next().unwrap_or_default();
    let letter = mail::Letter {
        from: None,
        to: &[],
        reply_to: None,
        subject: title(one).unwrap_or(first),
        preheader: field(one, "preheader"),
        text: &plain,
        html: &html,
        locale: &one.file.locale,
        at,
        key: one.sha256.get(..32).unwrap_or(&one.sha256),
    };
    letter.bytes()
}

/// A macro: what an agent inserts with one click. Words for agents become an internal note.
fn desk_macro(incident: &str, one: &Exported<'_>, said: &Communication) -> String {
    let public = TO_CUSTOMERS.contains(&one.file.channel.as_str());
    let name = said
        .channels
        .get(&one.file.channel)
        .map_or(one.file.channel.as_str(), |c| c.name.get(&one.file.locale));
    let actions = json!([
        {"field": "comment_value_html", "value": html(one, said)},
        {"field": "comment_mode_is_public", "value": public.to_string()},
        {"field": "current_tags", "value": format!("{} {}", incident.to_lowercase(), one.file.stage)},
    ]);
    let title = format!("{incident}::{name} ({})", one.file.locale);
    let made = json!({"macro": {"title": title, "active": true, "actions": actions}});
    format!("{}\n", serde_json::to_string_pretty(&made).unwrap_or_default())
}
