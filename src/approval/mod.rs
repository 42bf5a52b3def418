//! Who stands for exact words or figures, how that is shown, and what speaks against it.
//!
//! One type ([`Approval`](crate::incident::Approval)), one place that says what it is of ([`Of`]),
//! one judge ([`judge`]) for whatever is approved: a message, a review, a payout, a waiver, an
//! override, a broken glass. What a company asks for ([`Need`]) comes from its table `approvals`;
//! what git, the files and `ssh-keygen` say comes in as plain [`Evidence`]. A new kind of thing
//! needs a variant of [`Of`] and what its document is ([`document`]).

mod daylight;
mod judge;
mod of;
mod statement;

use sha2::{Digest, Sha256};

pub use daylight::{Daylight, daylight, daylight_statement};
pub use judge::{
    Added, Approver, Evidence, Problem, Signature, Standing, Writer, current, holds, is_own, judge,
    same_person, standing,
};
pub use of::{Document, Of, document};
pub use statement::{NAMESPACE, armoured, bare, statement};

use crate::incident::ApprovalKind;

/// The SHA-256 of a document, in lower-case hex; CRLF is read as LF, so that a checkout on another
/// system is the same document.
pub fn digest(bytes: &[u8]) -> String {
    let mut hasher = Sha256::new();
    let mut from = 0;
    for (i, pair) in bytes.windows(2).enumerate() {
        if pair == b"\r\n" {
            hasher.update(bytes.get(from..i).unwrap_or_default());
            from = i + 1;
        }
    }
    hasher.update(bytes.get(from..).unwrap_or_default());
    crate::units::hex(&hasher.finalize())
}

/// The documents that approvals are of, as they lie in a workspace.
pub trait Documents: std::fmt::Debug + Sync {
    /// The [`digest`] of a file, by its path below the workspace; `None` where it cannot be read.
    fn digest_of(&self, path: &str) -> Option<String>;
}

/// Whose own approval does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// Whoever wrote the words, or asked for the waiver.
    Author,
    /// Whoever computed the figures.
    Maker,
    /// Whoever led the review.
    Facilitator,
}

impl Apart {
    /// Reads the word of the table.
    pub fn from_word(word: &str) -> Option<Apart> {
        match word {
            "author" => Some(Apart::Author),
            "maker" => Some(Apart::Maker),
            "facilitator" => Some(Apart::Facilitator),
            _ => None,
        }
    }

    /// What that person did, as in "beto wrote it".
    pub fn did(self) -> &'static str {
        match self {
            Apart::Author => "wrote it",
            Apart::Maker => "made it",
            Apart::Facilitator => "led the review",
        }
    }
}

/// One approval that the standard asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The role that approves.
    pub role: String,
    /// Whose own does not count.
    pub apart: Option<Apart>,
    /// How strongly it must be shown.
    pub proof: ApprovalKind,
    /// What must be done before it can be given: `reconciliation`.
    pub after: Option<String>,
    /// The rule of the table that asks.
    pub rule: String,
    /// Why.
    pub why: Option<String>,
}

/// How much a kind of approval shows: a name in a commit least, a signature most.
pub fn strength(kind: ApprovalKind) -> u8 {
    match kind {
        ApprovalKind::Authored => 0,
        ApprovalKind::Hosted => 1,
        ApprovalKind::Signed => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn line_ends_do_not_make_another_document() {
        assert_eq!(digest(b"a\r\nb\r\n"), digest(b"a\nb\n"));
        assert_ne!(digest(b"a\rb\n"), digest(b"a\nb\n"));
        assert_ne!(digest(b"a\r\r\n"), digest(b"a\n"));
        assert_eq!(digest(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
