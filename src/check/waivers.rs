//! Findings that somebody accepts for a while: who, until when, and why.
//!
//! A waiver is a loan of time. One that says not who or why is none, one that has run out is none,
//! and one that matches nothing hides what will come.

use std::collections::BTreeSet;

use super::words::shown;
use super::{CATALOGUE, Look, OF_STANDARD, Options, Remark, Subject};
use crate::diag::nearest;
use crate::incident::Waiver;
use crate::units::Instant;

fn missing(waiver: &Waiver) -> Vec<&'static str> {
    let blank = |text: &Option<String>| text.as_deref().is_none_or(|t| t.trim().is_empty());
    let parts = [
        ("by", blank(&waiver.by)),
        ("until", waiver.until.is_none()),
        ("reason", blank(&waiver.reason)),
    ];
    parts.into_iter().filter(|(_, missing)| *missing).map(|(name, _)| name).collect()
}

fn expired(waiver: &Waiver, now: Instant) -> bool {
    waiver.until.is_some_and(|until| until < now)
}

/// Why a finding of this code is accepted now, if it is.
pub(super) fn reason(s: &Subject<'_>, code: &str) -> Option<String> {
    let valid = |w: &&Waiver| w.code == code && missing(w).is_empty() && !expired(w, s.around.now);
    s.record.waivers.iter().find(valid).and_then(|w| w.reason.clone())
}

/// What is wrong with the waivers themselves, by the check that asks.
pub(super) fn remarks(
    s: &Subject<'_>,
    check: &str,
    found: &BTreeSet<String>,
    options: &Options,
) -> Vec<Remark> {
    let waivers = s.record.waivers.iter().enumerate();
    let remark = |(i, waiver): (usize, &Waiver)| {
        let code = shown(&waiver.code);
        let lacks = missing(waiver);
        let run_out = expired(waiver, s.around.now);
        let field = format!("waivers.{i}");
        let of = |key: &str| format!("{field}.{key}");
        match check {
            "incomplete-waiver" if !lacks.is_empty() => {
                let message = format!(
                    "the waiver of `{code}` does not count: it lacks {}",
                    lacks.iter().map(|l| format!("`{l}`")).collect::<Vec<_>>().join(", ")
                );
                Some(
                    Remark::at([of("code").as_str()], message)
                        .help("say who accepts the finding, until when, and why"),
                )
            }
            "expired-waiver" if lacks.is_empty() && run_out => {
                let until = waiver.until.map_or(String::new(), |u| u.to_string());
                let message = format!("the waiver of `{code}` ended {until}");
                Some(
                    Remark::at([of("until").as_str()], message)
                        .help(format!("mend the finding, or decide again: inc edit {}", s.id())),
                )
            }
            "idle-waiver" if lacks.is_empty() && !run_out => idle(&waiver.code, found, options)
                .map(|(message, help)| Remark::at([of("code").as_str()], message).help(help)),
            _ => None,
        }
    };
    waivers.filter_map(remark).take(super::LISTED).collect()
}

/// Whether a check of the standard, or of its own, has this code.
fn known_to_standard(code: &str, options: &Options) -> bool {
    options.own.contains(code) || OF_STANDARD.iter().any(|(known, _)| *known == code)
}

/// What to say of a waiver that matches nothing; a check that did not run could not be matched.
pub(super) fn idle(
    code: &str,
    found: &BTreeSet<String>,
    options: &Options,
) -> Option<(String, String)> {
    if found.contains(code) {
        return None;
    }
    let known = || CATALOGUE.iter().filter(|c| matches!(c.look, Look::Record(_) | Look::Problem));
    match known().find(|c| c.code == code) {
        Some(check) if options.level(check).is_none() => None,
        None if known_to_standard(code, options) && !options.runs_own(code) => None,
        None if !known_to_standard(code, options) => Some((
            format!("no finding that can be waived is called `{}`", shown(code)),
            match nearest(code, known().map(|c| c.code)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "inc check lists the codes of what it finds; remove the waiver".into(),
            },
        )),
        _ => Some((
            format!("`{code}` finds nothing here, so there is nothing to waive"),
            "remove the waiver".into(),
        )),
    }
}
