//! What became of a message at one place, and what may be tried again. Pure: nothing is sent here.

use sha2::{Digest, Sha256};

use crate::incident::{Communication, Sent};
use crate::units::{Instant, hex};

/// What became of a message at a place, as the record says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is on its way: written before it is sent, so that a crash leaves no doubt unsaid.
    Sending,
    /// The place has it.
    Sent,
    /// It never got there.
    Failed,
    /// The place said no.
    Refused,
    /// It may have got there: the answer is missing.
    Unknown,
}

impl Fate {
    /// The word in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Fate::Sending => "sending",
            Fate::Sent => "sent",
            Fate::Failed => "failed",
            Fate::Refused => "refused",
            Fate::Unknown => "unknown",
        }
    }

    /// Reads the word; what people or other tools wrote in its place means that it went out.
    pub fn of(sent: &Sent) -> Fate {
        match sent.status.as_deref() {
            Some("sending") => Fate::Sending,
            Some("failed") => Fate::Failed,
            Some("refused" | "rejected" | "bounced") => Fate::Refused,
            Some("unknown") => Fate::Unknown,
            _ => Fate::Sent,
        }
    }

    /// Whether readers surely have it.
    pub fn went_out(self) -> bool {
        self == Fate::Sent
    }

    /// Whether readers may have it.
    pub fn may_have_gone_out(self) -> bool {
        matches!(self, Fate::Sent | Fate::Sending | Fate::Unknown)
    }
}

/// What the record says of some words at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtPlace {
    /// Nothing, or that they never got there.
    Free,
    /// They went out.
    Sent(Instant),
    /// They may have gone out.
    Unknown(Instant),
}

/// What the record says of these words, by their hash, at this place.
///
/// The last entry counts. Entries without a hash are of before it was written down, or of hand:
/// they are about whatever words the message had, these too.
pub fn at_place(message: &Communication, place: &str, sha256: &str) -> AtPlace {
    let here = |s: &&Sent| {
        s.to.as_deref() == Some(place) && s.sha256.as_deref().is_none_or(|own| own == sha256)
    };
    match message.sent.iter().rfind(here) {
        None => AtPlace::Free,
        Some(last) => match Fate::of(last) {
            Fate::Sent => AtPlace::Sent(last.at),
            Fate::Sending | Fate::Unknown => AtPlace::Unknown(last.at),
            Fate::Failed | Fate::Refused => AtPlace::Free,
        },
    }
}

/// The name of one sending of these words to this place: the same until it is known that they
/// arrived, so that whoever receives them twice can tell; another one once they are sent again.
pub fn sending_key(uid: &str, message: &Communication, place: &str, sha256: &str) -> String {
    let went = |s: &&Sent| {
        let same = s.sha256.as_deref().is_none_or(|own| own == sha256);
        s.to.as_deref() == Some(place) && same && Fate::of(s).went_out()
    };
    let times = message.sent.iter().filter(went).count();
    let item = message.id.as_ref().map_or("", |id| id.as_str());
    let mut hasher = Sha256::new();
    for part in [uid, item, place, sha256, &times.to_string()] {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    let mut key = hex(&hasher.finalize());
    key.truncate(32);
    key
}

/// What one attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Accepted.
    Accepted,
    /// Nothing was handed over: no name, no connection, no TLS, a busy server that said so.
    NotYet,
    /// Handed over, and refused for good.
    Refused,
    /// Handed over; whether it was accepted is not known: a time-out, a cut connection, a 500.
    Unclear,
}

/// Whether another attempt is made by itself.
///
/// What was not handed over can be tried again. What is unclear only where the place drops what
/// it has already (`idempotent`); else somebody could read it twice, and nobody would know.
pub fn may_retry(attempt: Attempt, idempotent: bool) -> bool {
    match attempt {
        Attempt::Accepted | Attempt::Refused => false,
        Attempt::NotYet => true,
        Attempt::Unclear => idempotent,
    }
}

/// What an HTTP status means for a message.
pub fn of_status(status: u16) -> Attempt {
    match status {
        200..=299 => Attempt::Accepted,
        // Asked to come back, which nobody asks who kept the message.
        429 | 503 => Attempt::NotYet,
        // Whatever was done before the error is not known.
        500 | 502 | 504 => Attempt::Unclear,
        _ => Attempt::Refused,
    }
}

/// Seconds before the next attempt: twice as long each time, longer if the server asks, and never
/// longer than `most`. None where the server asks for more than that: then it is not tried again.
pub fn pause(attempt: u32, first: u64, asked: Option<u64>, most: u64) -> Option<u64> {
    let own = first.saturating_mul(2_u64.saturating_pow(attempt)).min(most);
    match asked {
        Some(asked) if asked > most => None,
        Some(asked) => Some(asked.max(own)),
        None => Some(own),
    }
}

/// What is written into the record after the last attempt.
pub fn fate(attempt: Attempt) -> Fate {
    match attempt {
        Attempt::Accepted => Fate::Sent,
        Attempt::NotYet => Fate::Failed,
        Attempt::Refused => Fate::Refused,
        Attempt::Unclear => Fate::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sent(to: &str, status: &str, sha256: Option<&str>) -> Sent {
        Sent {
            at: "2026-11-21T03:20:00-06:00".parse().unwrap(),
            by: None,
            to: Some(to.to_owned()),
            size: None,
            status: Some(status.to_owned()),
            ref_: None,
            sha256: sha256.map(str::to_owned),
            x: Default::default(),
        }
    }

    fn message(sent: Vec<Sent>) -> Communication {
        Communication { sent, ..Communication::default() }
    }

    #[test]
    fn the_last_word_about_a_place_counts() {
        let of = |entries: Vec<Sent>| at_place(&message(entries), "page", "aa");
        assert_eq!(of(vec![]), AtPlace::Free);
        assert!(matches!(of(vec![sent("page", "sending", Some("aa"))]), AtPlace::Unknown(_)));
        assert!(matches!(of(vec![sent("page", "sent", Some("aa"))]), AtPlace::Sent(_)));
        assert_eq!(of(vec![sent("page", "sent", Some("bb"))]), AtPlace::Free);
        assert_eq!(of(vec![sent("mail", "sent", Some("aa"))]), AtPlace::Free);
        let again = vec![sent("page", "unknown", Some("aa")), sent("page", "failed", Some("aa"))];
        assert_eq!(of(again), AtPlace::Free);
        // By hand, or by another tool: of whatever words there were.
        assert!(matches!(of(vec![sent("page", "delivered", None)]), AtPlace::Sent(_)));
    }

    #[test]
    fn what_is_retried_was_not_handed_over() {
        let answers = [200, 204, 301, 400, 401, 404, 429, 500, 502, 503, 504];
        let retried = |idempotent| -> Vec<u16> {
            answers.into_iter().filter(|s| may_retry(of_status(*s), idempotent)).collect()
        };
        assert_eq!(retried(false), [429, 503]);
        assert_eq!(retried(true), [429, 500, 502, 503, 504]);
    }

    #[test]
    fn pauses_grow_and_obey_the_server() {
        assert_eq!([0, 1, 2, 9].map(|n| pause(n, 1, None, 30)), [1, 2, 4, 30].map(Some));
        assert_eq!(pause(0, 1, Some(7), 30), Some(7));
        assert_eq!(pause(3, 1, Some(2), 30), Some(8));
        assert_eq!(pause(0, 1, Some(31), 30), None);
    }

    proptest! {
        #[test]
        fn a_key_is_of_one_sending(
            uid in "[a-z]{0,6}", place in "[a-z]{1,6}", other in "[a-z]{1,6}",
            fates in proptest::collection::vec(0_usize..4, 0..6),
        ) {
            let words = ["sending", "failed", "refused", "unknown"];
            let mut entries: Vec<Sent> =
                fates.iter().map(|f| sent(&place, words[*f], Some("aa"))).collect();
            let before = sending_key(&uid, &message(Vec::new()), &place, "aa");
            // Whatever was tried in vain, or is in doubt, goes by the same name.
            prop_assert_eq!(&sending_key(&uid, &message(entries.clone()), &place, "aa"), &before);
            prop_assert_ne!(&sending_key(&uid, &message(Vec::new()), &place, "ab"), &before);
            if place != other {
                prop_assert_ne!(&sending_key(&uid, &message(Vec::new()), &other, "aa"), &before);
            }
            entries.push(sent(&place, "sent", Some("aa")));
            prop_assert_ne!(&sending_key(&uid, &message(entries), &place, "aa"), &before);
        }

        #[test]
        fn nothing_is_retried_that_may_be_there(status in 100_u16..600) {
            let attempt = of_status(status);
            if may_retry(attempt, false) {
                prop_assert_eq!(fate(attempt), Fate::Failed);
                prop_assert!(!fate(attempt).may_have_gone_out());
            }
        }

        #[test]
        fn no_pause_is_longer_than_the_most(
            n in 0_u32..80, first in 0_u64..100, asked in proptest::option::of(0_u64..200),
        ) {
            let pause = pause(n, first, asked, 60);
            prop_assert!(pause.is_none_or(|p| p <= 60 && asked.is_none_or(|a| p >= a)));
        }
    }
}
