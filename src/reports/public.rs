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
    matches!(kind, Some(Kind::Outage | Kind::Interruption | Kind::Degradation | Kind::Maintenance))
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
        shown.planned = Some(Planned { from: planned.from, to: planned.to, ..Planned::default() });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;

    fn shown(rest: &str) -> Option<Record> {
        let text = format!(
            "schema: 1\nid: INC-20261101-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: Cards\n{rest}"
        );
        let record = crate::incident::parse(Source::new("i", &text)).unwrap().record;
        public(&record, &Standard::default())
    }

    #[test]
    fn some_records_are_nobodys_business() {
        assert!(shown("status: closed\nkind: outage\n").is_some());
        for rest in [
            "status: closed\n",
            "status: closed\nkind: security\n",
            "status: closed\nkind: data\n",
            "status: closed\nkind: outage\nexercise: true\n",
            "status: cancelled\nkind: outage\n",
            "status: closed\nkind: outage\nrestricted: { group: legal }\n",
            "status: closed\nkind: outage\nparent: INC-20261101-0000\n",
        ] {
            assert!(shown(rest).is_none(), "{rest}");
        }
    }

    #[test]
    fn only_what_went_out_in_public_is_said_again() {
        let record = shown(
            "status: closed\nkind: outage\ncommunications:\n\
             - { stage: initial, channel: status_page, sent: [{ at: 2026-11-01T10:00:00-06:00, by: ana }] }\n\
             - { stage: update, channel: status_page }\n\
             - { stage: initial, channel: slack_internal, sent: [{ at: 2026-11-01T10:00:00-06:00 }] }\n",
        );
        let told = record.unwrap().communications;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].sent[0].by, None);
    }
}
