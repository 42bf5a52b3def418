//! What of a record everybody may read: the fields named here and no other.
//!
//! A list of what stays, never of what goes: a field that comes later is left out until somebody
//! writes it here.

use crate::communication::Fate;
use crate::incident::{Communication, Impact, Kind, Period, Planned, Record, Sent, Status, Times};
use crate::standard::Standard;

/// Channels whose messages everybody has read.
const CHANNELS: [&str; 3] = ["status_page", "social_post", "help_center"];

/// Kinds of incident that customers are told of anyway.
fn is_told(kind: Option<Kind>) -> bool {
    matches!(
        kind,
        Some(Kind::Outage | Kind::Interruption | Kind::Degradation | Kind::Maintenance)
    )
}

/// A record as everybody may read it; none where they may not read of it at all.
///
/// No exercises, nothing restricted, cancelled or merged away, no parts of another incident; of
/// security, fraud and data, and of what has no kind, a page for everybody is the wrong first place.
pub fn public(record: &Record, standard: &Standard) -> Option<Record> {
    let hidden = record.exercise
        || record.restricted.is_some()
        || record.parent.is_some()
        || matches!(record.status, Status::Cancelled | Status::Merged)
        || !is_told(record.kind);
    if hidden {
        return None;
    }
    let mut shown = Record::new(record.id.clone(), String::new(), record.title.clone());
    shown.kind = record.kind;
    shown.status = record.status;
    let known = |id: &&String| standard.service(id).is_some();
    shown.services = record.services.iter().filter(known).cloned().collect();
    if let Some(planned) = &record.planned {
        shown.planned =
            Some(Planned { from: planned.from, to: planned.to, ..Planned::default() });
    }
    let times = record.clocks();
    shown.times = Some(Times {
        impact_started: times.impact_started.or(times.detected),
        restored: times.restored,
        ..Times::default()
    });
    let periods = record.impact.iter().flat_map(|impact| &impact.periods);
    let periods = periods.map(|period| Period {
        from: period.from,
        to: period.to,
        service: period.service.clone().filter(|id| standard.service(id).is_some()),
        region: None,
        degradation: period.degradation,
        x: Default::default(),
    });
    shown.impact = Some(Impact { periods: periods.collect(), ..Impact::default() });
    let told = record.communications.iter().filter(|message| {
        CHANNELS.contains(&message.channel.as_str())
            && super::owed::went_out(message).next().is_some()
    });
    shown.communications = told.map(message).collect();
    Some(shown)
}

fn message(message: &Communication) -> Communication {
    let sent = message.sent.iter().filter(|sent| Fate::of(sent).went_out()).map(|sent| Sent {
        at: sent.at,
        by: None,
        to: None,
        size: None,
        status: None,
        ref_: None,
        sha256: sent.sha256.clone(),
        x: Default::default(),
    });
    Communication {
        id: message.id.clone(),
        stage: message.stage.clone(),
        channel: message.channel.clone(),
        locale: message.locale.clone(),
        file: message.file.clone(),
        sent: sent.collect(),
        ..Communication::default()
    }
}
