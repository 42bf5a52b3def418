//! What in a text must not be committed: card numbers, accounts, personal ids, keys, tokens.
//!
//! Payment logs are full of long numbers that are none of these: a finding must have the form, the
//! check digits and the issuer or bank of what it claims to be, stand by itself, and not be named
//! as something else by the words around it (`context`). `docs/manual/sensitive.md` says how often
//! that is wrong, measured.

mod accounts;
mod cards;
mod context;
mod lexemes;
mod mask;
mod persons;
mod redact;
mod secrets;
mod tree;

#[cfg(test)]
mod tests;

use std::fmt;

use crate::diag::TextRange;
use context::Verdicts;
use lexemes::{Lexemes, Shape};

pub use mask::{Masked, mask, mask_but, mask_new};
pub use redact::{base64, redact, repeats};
pub use tree::{Spot, in_tree, mask_tree, mask_tree_but};

/// What a sensitive text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A payment card's number, published test numbers too.
    CardNumber,
    /// A Mexican bank account, 18 digits.
    Clabe,
    /// A person's population registry key.
    Curp,
    /// A person's tax id, 13 characters; a company's has 12 and is public.
    RfcPersonal,
    /// An international bank account.
    Iban,
    /// A private key in PEM armour.
    PrivateKey,
    /// A credential.
    Token(TokenKind),
}

/// Whose credential it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenKind {
    /// An access key id of Amazon Web Services.
    Aws,
    /// A token of GitHub.
    GitHub,
    /// A token of GitLab.
    GitLab,
    /// A token or a webhook of Slack.
    Slack,
    /// A key of Stripe.
    Stripe,
    /// A key of Google.
    Google,
    /// A key of another service, known by its first letters.
    Service,
    /// A JSON Web Token.
    Jwt,
    /// What follows `Bearer`.
    Bearer,
    /// What a password is set to, in words or in a URL.
    Password,
    /// What a secret, a token or a key is set to.
    Secret,
    /// The three or four digits on a card, or its PIN.
    SecurityCode,
}

impl Kind {
    /// Whether a person may bring it back with a reason, where the standard permits.
    pub fn can_unmask(self) -> bool {
        matches!(self, Kind::Clabe | Kind::Curp | Kind::RfcPersonal | Kind::Iban)
    }

    /// What may be brought back, by the name that the standard and a record's approvals use.
    pub const UNMASKABLE: [(&'static str, Kind); 4] = [
        ("clabe", Kind::Clabe),
        ("curp", Kind::Curp),
        ("iban", Kind::Iban),
        ("rfc", Kind::RfcPersonal),
    ];

    /// Its name in the standard; `None` for what nobody brings back.
    pub fn name(self) -> Option<&'static str> {
        Kind::UNMASKABLE.iter().find(|(_, kind)| *kind == self).map(|(name, _)| *name)
    }

    /// Whether its last four digits stay: they tell which one without telling it.
    fn keeps_tail(self) -> bool {
        matches!(self, Kind::CardNumber | Kind::Clabe)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::CardNumber => "card number",
            Kind::Clabe => "CLABE",
            Kind::Curp => "CURP",
            Kind::RfcPersonal => "personal RFC",
            Kind::Iban => "IBAN",
            Kind::PrivateKey => "private key",
            Kind::Token(token) => match token {
                TokenKind::Aws => "AWS key",
                TokenKind::GitHub => "GitHub token",
                TokenKind::GitLab => "GitLab token",
                TokenKind::Slack => "Slack token",
                TokenKind::Stripe => "Stripe key",
                TokenKind::Google => "Google key",
                TokenKind::Service => "service key",
                TokenKind::Jwt => "JSON web token",
                TokenKind::Bearer => "bearer token",
                TokenKind::Password => "password",
                TokenKind::Secret => "secret",
                TokenKind::SecurityCode => "security code",
            },
        })
    }
}

/// One sensitive thing in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub range: TextRange,
    /// Whether a person may bring it back with a reason.
    pub can_unmask: bool,
}

impl Hit {
    fn new(kind: Kind, start: usize, end: usize) -> Self {
        Hit { kind, range: TextRange::new(start, end), can_unmask: kind.can_unmask() }
    }
}

/// What approves, in a record, that a kind of identifier stands in it unmasked.
pub fn unmasked_of(name: &str) -> String {
    format!("unmasked:{name}")
}

/// Finds what is sensitive, in the order of the text; hits do not overlap.
pub fn find(text: &str) -> Vec<Hit> {
    let lexemes = Lexemes::of(text);
    let mut hits = numbers(&lexemes);
    secrets::find(&lexemes, &mut hits);
    disjoint(hits)
}

/// Whether a text of digits alone is the number of a payment card, whatever stands around it.
pub fn is_card_number(digits: &str) -> bool {
    cards::is_card(digits, false)
}

/// Cards, accounts and personal ids: what lexemes alone tell.
fn numbers(t: &Lexemes<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut verdicts = Verdicts::new(t);
    let mut i = 0;
    while i < t.len() {
        if t.shape(i) != Shape::Word && !t.is_short_and_alone(i) {
            verdicts.judge(t, i);
        }
        let found = match t.shape(i) {
            Shape::Masked { .. } => None,
            Shape::Number if t.is_short_and_alone(i) => None,
            Shape::Number => accounts::clabe(t, i, &verdicts)
                .map(|last| (Kind::Clabe, last))
                .or_else(|| cards::card(t, i, &verdicts).map(|last| (Kind::CardNumber, last))),
            Shape::Word => accounts::iban(t, i)
                .map(|last| (Kind::Iban, last))
                .or_else(|| persons::curp(t, i).then_some((Kind::Curp, i)))
                .or_else(|| persons::rfc(t, i).map(|last| (Kind::RfcPersonal, last))),
        };
        if let Some((kind, last)) = found {
            hits.push(Hit::new(kind, t.start(i), t.end(last)));
            if kind.keeps_tail() {
                verdicts.carry(i, last);
            }
            i = last;
        }
        i += 1;
    }
    hits
}

/// Hits that touch the same bytes become one, of the kind that begins first.
fn disjoint(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|h| (h.range.start, usize::MAX - h.range.end));
    let mut apart: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match apart.last_mut() {
            Some(last) if hit.range.start < last.range.end => {
                last.range.end = last.range.end.max(hit.range.end);
                if last.can_unmask && !hit.can_unmask {
                    // What is also a secret is one, whatever else it looks like.
                    *last = Hit { range: last.range, ..hit };
                }
            }
            _ => apart.push(hit),
        }
    }
    apart
}
