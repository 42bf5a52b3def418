//! What customers, clients and colleagues are told: the stages of a message and what it may state.
//!
//! A message states what the record holds and nothing else. [`draft_context`] collects those
//! facts, typed; words and figures of one language are made of them by the renderer, and a
//! template puts them in order.

mod context;
mod holding;
mod measure;
mod message;
mod payouts;
pub mod proof;
mod redraft;
mod sending;
mod sms;
mod stage;

pub use context::{
    Catalogue, Correction, Harmed, Inside, JourneyWords, MessageContext, Need, Request,
    ServiceWords, SupportWords, Trouble, draft_context, is_money,
};
pub use holding::{ByDay, Holding, SLOTS, slots};
pub use measure::Unit;
pub use message::{FieldText, MessageFile, read_message};
pub use payouts::{Credited, Payout, PayoutSegment};
pub use redraft::{Kept, Redraft, redraft};
pub use sending::{
    AtPlace, Attempt, Fate, at_place, fate, may_retry, of_status, pause, sending_key,
};
pub use sms::{Encoding, Sms, plain_for_sms, sms};
pub use stage::Stage;

/// Splits a message file into its front matter and its body.
///
/// `None` when the file does not begin with a line `---` that another such line closes. The body
/// starts after the closing line.
pub fn front_matter(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("---")?;
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end_matches(['\n', '\r']) == "---" {
            return Some((&rest[..at], &rest[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_front_matter_and_body() {
        assert_eq!(
            front_matter("---\nstage: initial\n---\nHola\n---\n"),
            Some(("stage: initial\n", "Hola\n---\n"))
        );
        assert_eq!(front_matter("---\r\na: 1\r\n---\r\nb"), Some(("a: 1\r\n", "b")));
        assert_eq!(front_matter("---\n---"), Some(("", "")));
        assert_eq!(front_matter("Hola\n---\n"), None);
        assert_eq!(front_matter("---\na: 1\n"), None);
        assert_eq!(front_matter("----\n---\n"), None);
    }
}
