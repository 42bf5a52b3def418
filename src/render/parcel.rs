//! A message as the place that carries it wants it: a request, or a mail. Secrets stay names.

use serde_json::{Map, Value as Json, json};

use super::{mail, markdown};
use crate::communication::MessageFile;
use crate::diag::Diagnostic;
use crate::incident::Record;
use crate::reports::sending::Parcel;
use crate::standard::{Carrier, Communication, Format, Integration};
use crate::units::Instant;

/// What is handed over; `${INC_SECRET_…}` in addresses and headers is filled in when it leaves.
#[derive(Debug, Clone, PartialEq)]
pub enum Handed {
    /// A request.
    Request {
        /// `POST`, `PUT` or `PATCH`.
        method: String,
        /// Where it goes.
        url: String,
        /// Its headers, besides those of its body.
        headers: Vec<(String, String)>,
        /// Its JSON body.
        body: Json,
        /// Where the answer says what it calls the message.
        id_at: Option<String>,
    },
    /// A mail.
    Mail {
        /// Who writes.
        from: String,
        /// Who reads.
        to: Vec<String>,
        /// Headers and body.
        bytes: String,
        /// What it is called: its `Message-ID`.
        id: String,
    },
}

/// A message as its place wants it.
///
/// # Errors
///
/// When the place asks for what the message does not have.
pub fn handed(
    place: &Integration,
    parcel: &Parcel,
    message: &MessageFile<'_>,
    said: &Communication,
    record: &Record,
    at: Instant,
) -> Result<Handed, Diagnostic> {
    let field = |name: &str| message.field(name).map(|f| f.text.as_str());
    let body = field("body").unwrap_or_default();
    let format = said.channels.get(&message.channel).map_or(Format::Plain, |c| c.format);
    let is_markdown = matches!(format, Format::Markdown | Format::Html);
    let title = field("title").or_else(|| field("subject"));
    match &place.carrier {
        Carrier::Slack { url } => {
            let words = match format {
                Format::Slack => body.to_owned(),
                _ if is_markdown => markdown::slack(body),
                _ => super::Escape::Slack.apply(body),
            };
            let mut blocks = Vec::new();
            if let Some(title) = title {
                let plain = json!({"type": "plain_text", "text": title});
                blocks.push(json!({"type": "header", "text": plain}));
            }
            let section = json!({"type": "mrkdwn", "text": words});
            blocks.push(json!({"type": "section", "text": section}));
            // What a phone announces before anybody opens the message.
            let short = title.unwrap_or_else(|| body.lines().next().unwrap_or_default());
            Ok(Handed::Request {
                method: "POST".to_owned(),
                url: url.clone(),
                headers: Vec::new(),
                body: json!({"text": short, "blocks": blocks}),
                id_at: None,
            })
        }
        Carrier::Statuspage { url, page, key } => {
            let stage = said.stages.get(&message.stage);
            let status = stage.and_then(|s| s.statuspage.as_deref());
            let mut incident = Map::new();
            let base = format!("{}/v1/pages/{page}/incidents", url.trim_end_matches('/'));
            let (method, url) = match &parcel.first_ref {
                Some(id) if is_plain_id(id) => ("PATCH", format!("{base}/{id}")),
                Some(_) => {
                    let message = format!("the record's reference of {} is no id", place.id);
                    return Err(Diagnostic::error("bad-reference", message)
                        .help("correct the last `ref` of that place in the record: inc edit"));
                }
                None => {
                    incident.insert("name".to_owned(), json!(title.unwrap_or(&record.title)));
                    ("POST", base)
                }
            };
            if let Some(status) = status {
                incident.insert("status".to_owned(), json!(status));
            }
            if let (Some("scheduled"), Some(planned)) = (status, &record.planned) {
                for (name, at) in [("scheduled_for", planned.from), ("scheduled_until", planned.to)]
                {
                    incident.extend(at.map(|at| (name.to_owned(), json!(at.to_string()))));
                }
            }
            incident.insert("body".to_owned(), json!(body));
            Ok(Handed::Request {
                method: method.to_owned(),
                url,
                headers: vec![("Authorization".to_owned(), format!("OAuth {key}"))],
                body: json!({ "incident": incident }),
                id_at: Some("/id".to_owned()),
            })
        }
        Carrier::Http { method, url, headers, body, id_at } => {
            let known = |name: &str| -> Option<Json> {
                let text = match name {
                    "stage" => &parcel.stage,
                    "channel" => &parcel.channel,
                    "audience" => &parcel.audience,
                    "locale" => &parcel.locale,
                    "key" => &parcel.key,
                    "incident" => record.id.as_str(),
                    "message" => parcel.message.as_str(),
                    "size" => return parcel.size.map(|size| json!(size)),
                    "first_ref" => return parcel.first_ref.as_ref().map(|id| json!(id)),
                    other => return field(other).map(|text| json!(text)),
                };
                Some(json!(text))
            };
            let mut headers = headers.clone();
            headers.push(("Idempotency-Key".to_owned(), parcel.key.clone()));
            let body = filled(body, &known).map_err(|name| {
                let what =
                    format!("{} asks for `{name}`, which {} has not", place.id, parcel.message);
                Diagnostic::error("message-lacks", what)
                    .help("a text that is only {{name}} is left out; other words need the name")
            })?;
            Ok(Handed::Request {
                method: method.clone(),
                url: url.clone(),
                headers,
                body: body.unwrap_or(Json::Null),
                id_at: id_at.clone(),
            })
        }
        Carrier::Mail(mail) => {
            let text = if is_markdown { markdown::plain(body) } else { body.to_owned() };
            let html = match is_markdown {
                true => markdown::html(body),
                false => {
                    format!("<p>{}</p>", super::Escape::Html.apply(body).replace('\n', "<br>"))
                }
            };
            let letter = mail::Letter {
                from: Some(&mail.from),
                to: &mail.to,
                reply_to: mail.reply_to.as_deref(),
                subject: title.unwrap_or(&record.title),
                preheader: field("preheader"),
                text: &text,
                html: &html,
                locale: &parcel.locale,
                at,
                key: &parcel.key,
            };
            let host = mail.from.rsplit('@').next().unwrap_or("localhost");
            Ok(Handed::Mail {
                from: mail.from.clone(),
                to: mail.to.clone(),
                bytes: letter.bytes(),
                id: format!("<{}@{host}>", parcel.key),
            })
        }
    }
}

/// Whether an id of another tool may stand in an address.
fn is_plain_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// A body with its names replaced. A text that is nothing but a name takes its value as it is, a
/// number as a number, and is left out where there is none; among other words it must be known.
fn filled(body: &Json, known: &dyn Fn(&str) -> Option<Json>) -> Result<Option<Json>, String> {
    Ok(Some(match body {
        Json::String(text) => {
            let whole = text.trim().strip_prefix("{{").and_then(|t| t.strip_suffix("}}"));
            if let Some(name) = whole.filter(|name| !name.contains("{{")) {
                return Ok(known(name.trim()));
            }
            let mut out = String::new();
            let mut rest = text.as_str();
            while let Some((before, after)) = rest.split_once("{{") {
                let Some((name, behind)) = after.split_once("}}") else { break };
                out.push_str(before);
                match known(name.trim()).ok_or_else(|| name.trim().to_owned())? {
                    Json::String(words) => out.push_str(&words),
                    other => out.push_str(&other.to_string()),
                }
                rest = behind;
            }
            out.push_str(rest);
            Json::String(out)
        }
        Json::Array(all) => {
            let mut out = Vec::new();
            for one in all {
                out.extend(filled(one, known)?);
            }
            Json::Array(out)
        }
        Json::Object(all) => {
            let mut out = Map::new();
            for (key, one) in all {
                out.extend(filled(one, known)?.map(|value| (key.clone(), value)));
            }
            Json::Object(out)
        }
        other => other.clone(),
    }))
}

/// What would be handed over, for people: the names of secrets instead of them.
pub fn shown(handed: &Handed) -> String {
    match handed {
        Handed::Request { method, url, headers, body, .. } => {
            let mut out = format!("{method} {url}\n");
            for (name, value) in headers {
                out.push_str(&format!("{name}: {value}\n"));
            }
            let body = serde_json::to_string_pretty(body).unwrap_or_default();
            out.push_str(&format!("\n{body}\n"));
            out
        }
        Handed::Mail { from, to, bytes, .. } => {
            let mut out = format!("MAIL FROM {from}\n");
            for one in to {
                out.push_str(&format!("RCPT TO {one}\n"));
            }
            out.push_str(&format!("\n{}", bytes.replace("\r\n", "\n")));
            out
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_values_and_what_is_not_there_is_left_out() {
        let body = json!({
            "to": "{{audience}}", "n": "{{size}}", "t": "{{title}}", "w": "a {{body}} b",
            "list": ["{{title}}", 1],
        });
        let known = |name: &str| match name {
            "audience" => Some(json!("x")),
            "size" => Some(json!(3)),
            "body" => Some(json!("{{audience}}\"")),
            _ => None,
        };
        let made = filled(&body, &known).unwrap().unwrap();
        // What a value says is never read as a name again.
        assert_eq!(made, json!({"to": "x", "n": 3, "w": "a {{audience}}\" b", "list": [1]}));
        assert_eq!(filled(&json!("a {{title}}"), &known), Err("title".to_owned()));
    }

    proptest! {
        #[test]
        fn no_value_changes_the_shape_of_a_body(words in "[ -~áñ\"\\\\{}$\\n]{0,60}") {
            let known = |_: &str| Some(json!(words));
            let body = json!({"a": "{{x}}", "b": {"c": "- {{x}} -"}});
            let made = filled(&body, &known).unwrap().unwrap();
            let read: Json = serde_json::from_str(&made.to_string()).unwrap();
            prop_assert_eq!(read["a"].as_str(), Some(words.as_str()));
            let among = format!("- {words} -");
            prop_assert_eq!(read["b"]["c"].as_str(), Some(among.as_str()));
            prop_assert_eq!(read.as_object().unwrap().len(), 2);
        }
    }
}
