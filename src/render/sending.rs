//! What would go where, and what came of it, for programs.

use serde_json::{Map, Value as Json, json};

use super::parcel::Handed;
use crate::communication::Fate;
use crate::diag::Diagnostic;
use crate::incident::Record;
use crate::reports::sending::{Parcel, Verdict};

/// A message on its way to a place.
#[derive(Debug, Clone)]
pub struct Posted<'p> {
    /// What goes where.
    pub parcel: &'p Parcel,
    /// What is handed over; secrets are names.
    pub handed: Option<&'p Handed>,
    /// What would keep this machine from sending it.
    pub keeps: Option<&'p Diagnostic>,
    /// What came of it, where it was sent.
    pub came: Option<Came<'p>>,
}

/// What came of a message.
#[derive(Debug, Clone, Copy)]
pub struct Came<'p> {
    /// What is known.
    pub fate: Fate,
    /// What was said, without secrets.
    pub words: &'p str,
    /// What the place calls it.
    pub reference: Option<&'p str>,
    /// How many attempts were made.
    pub attempts: u32,
}

/// Schema 1: `{"schema":1,"id":…,"send":false,"messages":[{message, stage, …, verdict, result}]}`.
pub fn json(record: &Record, send: bool, posted: &[Posted<'_>]) -> Json {
    let all: Vec<Json> = posted.iter().map(one).collect();
    json!({ "schema": 1, "id": record.id.as_str(), "send": send, "messages": all })
}

fn one(posted: &Posted<'_>) -> Json {
    let Parcel {
        message, stage, channel, audience, locale, place, size, sha256, key, verdict, ..
    } = posted.parcel;
    let (word, went_at, against) = match verdict {
        Verdict::Goes => ("goes", None, None),
        Verdict::Went(at) => ("went", Some(at.to_string()), None),
        Verdict::ByHand => ("by_hand", None, None),
        Verdict::Stays { code, why, help } => ("stays", None, Some((*code, why, help))),
    };
    let keeps = posted.keeps.map(|d| json!({ "code": d.code, "why": d.message, "help": d.help }));
    let stays = against.map(|(code, why, help)| json!({ "code": code, "why": why, "help": help }));
    let handed = posted.handed.filter(|_| *verdict == Verdict::Goes);
    json!({
        "message": message.as_str(),
        "stage": stage,
        "channel": channel,
        "audience": audience,
        "locale": locale,
        "integration": place,
        "readers": size,
        "sha256": sha256,
        "key": Some(key).filter(|key| !key.is_empty()),
        "verdict": word,
        "went_at": went_at,
        "against": stays.or(keeps),
        "request": handed.map(request),
        "result": posted.came.map(|came| json!({
            "status": came.fate.as_str(),
            "words": came.words,
            "ref": came.reference,
            "attempts": came.attempts,
        })),
    })
}

fn request(handed: &Handed) -> Json {
    match handed {
        Handed::Request { method, url, headers, body, .. } => {
            let named = headers.iter().map(|(name, value)| (name.clone(), json!(value)));
            let headers: Map<String, Json> = named.collect();
            json!({ "kind": "http", "method": method, "url": url, "headers": headers, "body": body })
        }
        Handed::Mail { from, to, bytes, id } => {
            json!({ "kind": "mail", "from": from, "to": to, "message_id": id, "source": bytes })
        }
    }
}
