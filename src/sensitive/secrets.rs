//! Keys and tokens: those known by their first letters, and what a password or a secret is set to.
//!
//! Every scan goes forward and skips what it read, so that a hostile text costs no more than its
//! length.

use super::lexemes::{DOTS, Lexemes, Shape, folded, parts};
use super::{Hit, Kind, TokenKind};

/// Adds what is secret in a text.
pub(super) fn find(t: &Lexemes<'_>, hits: &mut Vec<Hit>) {
    private_keys(t.text, hits);
    prefixed(t.text, hits);
    passwords_in_urls(t.text, hits);
    assigned(t, hits);
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// PEM armour from its first dash to its last; without an end, as far as lines look like a key.
fn private_keys(text: &str, hits: &mut Vec<Hit>) {
    let mut from = 0;
    let mut ends = true;
    while let Some(at) = text[from..].find(BEGIN) {
        let start = from + at;
        let label = start + BEGIN.len();
        let Some(close) = find_within(text, label, DASHES, 64) else {
            from = label;
            continue;
        };
        if !text[label..close].contains("PRIVATE KEY") {
            from = label;
            continue;
        }
        let body = close + DASHES.len();
        let end = if ends { text[body..].find(END).map(|e| body + e) } else { None };
        // Looked for once in vain, there is none further on either.
        ends = end.is_some();
        let end = match end {
            Some(end) => find_within(text, end + END.len(), DASHES, 64)
                .map_or(end + END.len(), |e| e + DASHES.len()),
            None => unfinished(text, body),
        };
        hits.push(Hit::new(Kind::PrivateKey, start, end));
        from = end;
    }
}

/// The first place of a word that begins within so many bytes.
fn find_within(text: &str, from: usize, word: &str, bytes: usize) -> Option<usize> {
    let mut to = text.len().min(from + bytes);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    text.get(from..to)?.find(word).map(|at| from + at)
}

/// The end of a key that was cut: its lines are runs of base 64, or `Name: value`.
fn unfinished(text: &str, body: usize) -> usize {
    let mut end = body;
    for line in text[body..].split_inclusive('\n') {
        let bare = line.trim();
        let base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/=\\".contains(&b);
        let header = bare.starts_with("Proc-Type:") || bare.starts_with("DEK-Info:");
        let long = bare.split_whitespace().all(|w| w.len() >= 16 && w.bytes().all(base64));
        if !(bare.is_empty() || header || long) {
            break;
        }
        end += line.len();
    }
    body + text[body..end].trim_end().len()
}

/// A key that is known by its first letters.
struct Known {
    prefix: &'static str,
    kind: TokenKind,
    /// Bytes after the prefix, at least.
    least: usize,
    /// Whether `-` and `_` may stand in it.
    marks: bool,
}

const fn known(prefix: &'static str, kind: TokenKind, least: usize, marks: bool) -> Known {
    Known { prefix, kind, least, marks }
}

const KNOWN: &[Known] = &[
    known("AKIA", TokenKind::Aws, 16, false),
    known("ASIA", TokenKind::Aws, 16, false),
    known("ghp_", TokenKind::GitHub, 30, false),
    known("gho_", TokenKind::GitHub, 30, false),
    known("ghu_", TokenKind::GitHub, 30, false),
    known("ghs_", TokenKind::GitHub, 30, false),
    known("ghr_", TokenKind::GitHub, 30, false),
    known("github_pat_", TokenKind::GitHub, 22, true),
    known("glpat-", TokenKind::GitLab, 20, true),
    known("xoxa-", TokenKind::Slack, 10, true),
    known("xoxb-", TokenKind::Slack, 10, true),
    known("xoxe-", TokenKind::Slack, 10, true),
    known("xoxo-", TokenKind::Slack, 10, true),
    known("xoxp-", TokenKind::Slack, 10, true),
    known("xoxr-", TokenKind::Slack, 10, true),
    known("xoxs-", TokenKind::Slack, 10, true),
    known("xapp-", TokenKind::Slack, 10, true),
    known("sk_live_", TokenKind::Stripe, 16, false),
    known("sk_test_", TokenKind::Stripe, 16, false),
    known("rk_live_", TokenKind::Stripe, 16, false),
    known("rk_test_", TokenKind::Stripe, 16, false),
    known("whsec_", TokenKind::Stripe, 16, false),
    known("AIza", TokenKind::Google, 35, true),
    known("ya29.", TokenKind::Google, 20, true),
    known("npm_", TokenKind::Service, 36, false),
    known("sk-", TokenKind::Service, 32, true),
    known("SG.", TokenKind::Service, 40, true),
    known("shpat_", TokenKind::Service, 32, false),
    known("dop_v1_", TokenKind::Service, 64, false),
];

const SLACK_HOOK: &str = "hooks.slack.com/services/";
/// Letters that a bearer token has at least.
const BEARER: usize = 16;

fn is_mark(b: u8) -> bool {
    matches!(b, b'-' | b'_')
}

/// The end of a run of bytes from `at`.
fn run(text: &str, at: usize, holds: impl Fn(u8) -> bool) -> usize {
    at + text.as_bytes()[at..].iter().take_while(|b| holds(**b)).count()
}

fn letter_and_digit(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Tokens that begin like one.
fn prefixed(text: &str, hits: &mut Vec<Hit>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let begins = bytes[at].is_ascii_alphabetic()
            && (at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_'));
        if !begins {
            at += 1;
            continue;
        }
        at = match token(text, at) {
            Read::Token(kind, start, end) => {
                hits.push(Hit::new(Kind::Token(kind), start, end));
                end
            }
            Read::Other(next) => next.max(at + 1),
        };
    }
}

enum Read {
    Token(TokenKind, usize, usize),
    /// No token before this byte.
    Other(usize),
}

/// First letters of what [`token`] knows.
const INITIALS: &[u8] = b"ASEBbegxsrhwyndSG";

fn token(text: &str, at: usize) -> Read {
    let rest = &text[at..];
    if !rest.bytes().next().is_some_and(|first| INITIALS.contains(&first)) {
        return Read::Other(at + 1);
    }
    if let Some(known) = KNOWN.iter().find(|known| rest.starts_with(known.prefix)) {
        let body = at + known.prefix.len();
        let end = run(text, body, |b| {
            b.is_ascii_alphanumeric() || (known.marks && (is_mark(b) || b == b'.'))
        });
        let written = text[body..end].trim_end_matches('.');
        let aws = known.kind != TokenKind::Aws
            || (written.len() == known.least && !written.bytes().any(|b| b.is_ascii_lowercase()));
        let mixed = known.kind == TokenKind::Aws || letter_and_digit(written);
        return if written.len() >= known.least && mixed && aws {
            Read::Token(known.kind, at, body + written.len())
        } else {
            Read::Other(end)
        };
    }
    if rest.starts_with("eyJ") {
        let end = run(text, at, |b| b.is_ascii_alphanumeric() || is_mark(b) || b == b'.');
        let written = text[at..end].trim_end_matches('.');
        let parts: Vec<&str> = written.split('.').take(6).collect();
        let long = parts.len() >= 3 && parts[0].len() >= 8 && parts[1].len() >= 4;
        return if long {
            Read::Token(TokenKind::Jwt, at, at + written.len())
        } else {
            Read::Other(end)
        };
    }
    if rest.starts_with(SLACK_HOOK) {
        let body = at + SLACK_HOOK.len();
        let end = run(text, body, |b| b.is_ascii_alphanumeric() || b == b'/');
        return if end - body >= 20 {
            Read::Token(TokenKind::Slack, body, end)
        } else {
            Read::Other(end)
        };
    }
    if rest.get(..7).is_some_and(|w| w.eq_ignore_ascii_case("bearer ")) {
        let body = at + 7;
        let end = run(text, body, |b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b));
        let written = text[body..end].trim_end_matches('.');
        return if written.len() >= BEARER && letter_and_digit(written) {
            Read::Token(TokenKind::Bearer, body, body + written.len())
        } else {
            // A token of another kind may stand there.
            Read::Other(body)
        };
    }
    Read::Other(at + 1)
}

/// `scheme://user:password@host`.
fn passwords_in_urls(text: &str, hits: &mut Vec<Hit>) {
    let mut from = 0;
    while let Some(at) = text[from..].find("://") {
        let start = from + at + 3;
        let end = run(text, start, |b| b.is_ascii_graphic() && !b"/?#\"'<>".contains(&b));
        let login = text[start..end].rfind('@').map(|at| &text[start..start + at]);
        if let Some((user, password)) = login.and_then(|l| l.split_once(':'))
            && !is_placeholder(password)
        {
            let start = start + user.len() + 1;
            hits.push(Hit::new(Kind::Token(TokenKind::Password), start, start + password.len()));
        }
        from = end;
    }
}

/// Words that say that no value stands here: `<token>`, `${PASSWORD}`, `****`, `null`.
fn is_placeholder(value: &str) -> bool {
    let marks = |b: u8| b"*xX.-_".contains(&b);
    value.is_empty()
        || value.starts_with(['<', '$', '{', '%', '[', '('])
        || value.starts_with(DOTS)
        || value.bytes().all(marks)
}

/// What a word that stands before `=` or `:` makes of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    Password,
    Secret,
    /// Digits: CVV, PIN.
    Code,
    /// The words after `Authorization:`.
    Header,
}

fn asks(t: &Lexemes<'_>, i: usize) -> Option<Asks> {
    let word = t.word(i);
    if word.len() > 32 {
        return None;
    }
    let parts = parts(word);
    let last = parts.last().map(|p| folded(p)).unwrap_or_default();
    let whole = if parts.len() == 1 { last.clone() } else { folded(word) };
    let asked = |name: &str| {
        Some(match name {
            "password" | "passwd" | "passphrase" | "pwd" | "passcode" | "contrasena" | "pass" => {
                Asks::Password
            }
            "secret" | "secreto" | "token" | "apikey" | "secretkey" | "accesskey" | "authtoken"
            | "accesstoken" | "refreshtoken" | "clientsecret" | "privatekey" | "signature"
            | "sig" => Asks::Secret,
            "cvv" | "cvc" | "cvv2" | "cvc2" | "cvn" | "nip" | "pin" => Asks::Code,
            "authorization" => Asks::Header,
            _ => return None,
        })
    };
    if let Some(asks) = asked(&whole).or_else(|| asked(&last)) {
        return Some(asks);
    }
    if last != "key" {
        return None;
    }
    let named = |name: &str| {
        matches!(
            name,
            "api" | "secret" | "access" | "private" | "encryption" | "signing" | "shared"
        )
    };
    let before = match parts.len() {
        0 | 1 => i
            .checked_sub(1)
            .filter(|j| matches!(t.gap(*j), "_" | "-" | " "))
            .map(|j| folded(t.word(j))),
        n => Some(folded(parts[n - 2])),
    };
    before.filter(|b| named(b)).map(|_| Asks::Secret)
}

/// Bytes between a name and its value: `=`, `": "`, ` is `.
fn value_at(t: &Lexemes<'_>, i: usize) -> Option<usize> {
    const LONGEST: usize = 8;
    let start = t.end(i);
    let mut at = run(t.text, start, |b| matches!(b, b' ' | b'"' | b'\'' | b'\\' | b'`'));
    let sign = *t.text.as_bytes().get(at)?;
    if matches!(sign, b'=' | b':') {
        at += 1;
    } else if let Some(word) =
        ["is ", "es ", "was ", "era "].into_iter().find(|w| t.text[at..].starts_with(w))
    {
        // Only after a blank is it a word.
        if at == start {
            return None;
        }
        at += word.len();
    } else {
        return None;
    }
    at = run(t.text, at, |b| matches!(b, b' ' | b'"' | b'\'' | b'\\' | b'`' | b'='));
    (at - start <= LONGEST).then_some(at)
}

/// What passwords, secrets and codes are set to.
fn assigned(t: &Lexemes<'_>, hits: &mut Vec<Hit>) {
    let mut done = 0;
    for i in 0..t.len() {
        if t.shape(i) != Shape::Word || t.start(i) < done {
            continue;
        }
        // Few words are followed by a sign, and looking for one is less than asking what they are.
        let Some(start) = value_at(t, i) else { continue };
        let Some(asks) = asks(t, i) else { continue };
        if let Some((kind, start, end)) = value(t.text, start, asks) {
            hits.push(Hit::new(Kind::Token(kind), start, end));
            done = end;
        }
    }
}

/// The longest value that is read before it is judged.
const JUDGED: usize = 512;

fn value(text: &str, start: usize, asks: Asks) -> Option<(TokenKind, usize, usize)> {
    let start = match asks {
        Asks::Header => {
            let basic = text[start..].get(..6).is_some_and(|w| w.eq_ignore_ascii_case("basic "));
            if basic { start + 6 } else { return None }
        }
        _ => start,
    };
    let ends = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '\'' | '`' | ',' | ';' | '&' | '<' | '>' | ')' | '}' | ']' | '|' | '•'
            )
    };
    let length = text[start..].find(ends).unwrap_or(text.len() - start);
    let value = text[start..start + length].trim_end_matches(['.', ':', '!', '?', '\\']);
    let end = start + value.len();
    let mut judged = value.len().min(JUDGED);
    while !value.is_char_boundary(judged) {
        judged -= 1;
    }
    let value = &value[..judged];
    if is_placeholder(value) {
        return None;
    }
    let digit = value.bytes().any(|b| b.is_ascii_digit());
    let letter = value.chars().any(char::is_alphabetic);
    let kind = match asks {
        Asks::Password => {
            let mark =
                value.chars().any(|c| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '/' | '.'));
            let inner_capital = value.chars().skip(1).any(char::is_uppercase)
                && value.chars().any(char::is_lowercase);
            let mixed = (letter && digit) || mark || inner_capital || (digit && value.len() >= 4);
            (value.len() >= 4 && mixed).then_some(TokenKind::Password)?
        }
        Asks::Secret | Asks::Header => {
            let mut kinds = [false; 256];
            value.bytes().for_each(|b| kinds[usize::from(b)] = true);
            let different = kinds.iter().filter(|k| **k).count();
            let named = value.starts_with("INC-") || value.contains("://");
            (value.len() >= 12 && digit && letter && different >= 8 && !named)
                .then_some(TokenKind::Secret)?
        }
        Asks::Code => {
            let fits = (3..=6).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
            fits.then_some(TokenKind::SecurityCode)?
        }
    };
    Some((kind, start, end))
}
