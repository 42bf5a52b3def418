//! Approvals that do not count: for other words, by the wrong person, or by nobody one can show.

use super::words::shown;
use super::{Remark, Subject};
use crate::approval::{self, Of, Problem, Standing, judge};
use crate::incident::{Approval, Waiver};

/// A problem of an approval, where it stands.
type Found<'a> = (usize, &'a Approval, Problem);

/// What speaks against the record's approvals, as far as one check asks.
fn found<'a>(s: &Subject<'a>, wanted: impl Fn(&Problem) -> bool) -> Vec<Found<'a>> {
    let approvals = s.record.approvals.iter().enumerate();
    let problems = approvals.flat_map(|(i, approval)| {
        let all = judge(&s.around.approvals, s.record, i);
        all.into_iter().map(move |problem| (i, approval, problem))
    });
    problems.filter(|(_, _, problem)| wanted(problem)).collect()
}

/// The command that gives an approval anew.
fn again(s: &Subject<'_>, approval: &Approval) -> String {
    match Of::parse(&approval.of) {
        Of::Review => format!("inc pir approve {}", s.id()),
        Of::Message(id) | Of::BreakGlass(id) => {
            format!("inc comms approve {} {}", s.id(), shown(&id))
        }
        Of::Waiver(code) => format!("inc waiver approve {} {}", s.id(), shown(&code)),
        Of::Override(step) if step == "severity" => {
            format!("inc severity override LEVEL {} --reason WORDS", s.id())
        }
        Of::Override(_) | Of::Payout(_) => "have it approved again".to_owned(),
    }
}

fn words(approval: &Approval) -> String {
    shown(&Of::parse(&approval.of).words())
}

/// Whether the same was approved again since, without such a problem: the old approval is history
/// then, and says nothing wrong.
fn renewed(s: &Subject<'_>, place: usize, same: impl Fn(&Problem) -> bool) -> bool {
    let around = &s.around.approvals;
    let all = &s.record.approvals;
    let later = all.iter().enumerate().skip(place + 1);
    later
        .filter(|(_, other)| all.get(place).is_some_and(|old| old.of == other.of))
        .filter(|(_, other)| approval::current(around, s.record, other) == Some(true))
        .any(|(i, _)| !judge(around, s.record, i).iter().any(&same))
}

pub(super) fn stale(s: &Subject<'_>) -> Vec<Remark> {
    found(s, |p| *p == Problem::Stale)
        .into_iter()
        .filter(|(i, ..)| !renewed(s, *i, |p| *p == Problem::Stale))
        .map(|(i, approval, _)| {
            let by = shown(&approval.by);
            let message = match approval.sha256 {
                Some(_) => format!("{} changed after {by} approved it", words(approval)),
                None => format!("{by} approved {} without saying which words", words(approval)),
            };
            Remark::at([format!("approvals.{i}.sha256").as_str()], message).help(again(s, approval))
        })
        .collect()
}

pub(super) fn unknown_approver(s: &Subject<'_>) -> Vec<Remark> {
    found(s, |p| *p == Problem::Unknown)
        .into_iter()
        .map(|(i, approval, _)| {
            let by = shown(&approval.by);
            let message = format!("`{by}` approved {}, and is not in people.toml", words(approval));
            Remark::at([format!("approvals.{i}.by").as_str()], message)
                .help("have somebody of standards/people.toml approve it")
        })
        .collect()
}

pub(super) fn self_approval(s: &Subject<'_>) -> Vec<Remark> {
    let of = |(i, approval, problem): Found<'_>| {
        let Problem::Own(apart) = problem else { return None };
        let by = shown(&approval.by);
        let message = format!("{by} approved {}, and {}", words(approval), apart.did());
        let help = format!("somebody else approves it: {}", again(s, approval));
        Some(Remark::at([format!("approvals.{i}.by").as_str()], message).help(help))
    };
    found(s, |p| matches!(p, Problem::Own(_))).into_iter().filter_map(of).collect()
}

pub(super) fn approver_without_role(s: &Subject<'_>) -> Vec<Remark> {
    let of = |(i, approval, problem): Found<'_>| {
        let Problem::Role(role) = problem else { return None };
        let (by, role) = (shown(&approval.by), shown(&role));
        let message = format!("{by} approved {} without being {role}", words(approval));
        let help = format!(
            "have the {role} approve it; or correct standards/people.toml, or: inc role {role} {by} {}",
            s.id()
        );
        Some(Remark::at([format!("approvals.{i}.role").as_str()], message).help(help))
    };
    let role = |p: &Problem| matches!(p, Problem::Role(_));
    let found = found(s, role).into_iter();
    found.filter(|(i, ..)| !renewed(s, *i, role)).filter_map(of).collect()
}

pub(super) fn weak(s: &Subject<'_>) -> Vec<Remark> {
    let of = |(i, approval, problem): Found<'_>| {
        let Problem::Weak(asked) = problem else { return None };
        let kind = approval.kind.map_or("authored", |k| k.as_str());
        let message = format!(
            "the approval of {} by {} is {kind}; the standard asks for {}",
            words(approval),
            shown(&approval.by),
            asked.as_str()
        );
        Some(Remark::at([format!("approvals.{i}.kind").as_str()], message).help(again(s, approval)))
    };
    found(s, |p| matches!(p, Problem::Weak(_))).into_iter().filter_map(of).collect()
}

pub(super) fn forged(s: &Subject<'_>) -> Vec<Remark> {
    let of = |(i, approval, problem): Found<'_>| {
        let Problem::Forged(why) = problem else { return None };
        let message = format!(
            "it is not shown that {} approved {}: {}",
            shown(&approval.by),
            words(approval),
            super::words::path_shown(&why)
        );
        let help = "ask the person; take the approval out, or have it given again by themselves";
        Some(Remark::at([format!("approvals.{i}.by").as_str()], message).help(help))
    };
    found(s, |p| matches!(p, Problem::Forged(_))).into_iter().filter_map(of).collect()
}

pub(super) fn sandbox(s: &Subject<'_>) -> Vec<Remark> {
    found(s, |p| *p == Problem::Sandbox)
        .into_iter()
        .map(|(i, approval, _)| {
            let message = format!(
                "the approval of {} by {} was made in a sandbox, and this is none",
                words(approval),
                shown(&approval.by)
            );
            Remark::at([format!("approvals.{i}.sandbox").as_str()], message)
                .help(again(s, approval))
        })
        .collect()
}

pub(super) fn unproved(s: &Subject<'_>) -> Vec<Remark> {
    let of = |(i, approval, problem): Found<'_>| {
        let Problem::Unproved(why) = problem else { return None };
        let message = format!(
            "whether {} approved {} cannot be seen here: {}",
            shown(&approval.by),
            words(approval),
            super::words::path_shown(&why)
        );
        Some(Remark::at([format!("approvals.{i}.by").as_str()], message).help(
            "commit it, fetch the whole history (git fetch --unshallow), or look where it was given",
        ))
    };
    found(s, |p| matches!(p, Problem::Unproved(_))).into_iter().filter_map(of).collect()
}

/// The roles that are still missing, in words.
fn missing(standing: &Standing) -> String {
    let mut roles: Vec<&str> = standing.missing().map(|n| n.role.as_str()).collect();
    roles.dedup();
    roles.join(" and ")
}

pub(super) fn unapproved_waiver(s: &Subject<'_>) -> Vec<Remark> {
    let around = &s.around.approvals;
    let of = |(i, waiver): (usize, &Waiver)| {
        let over = waiver.until.is_some_and(|until| until < s.around.now);
        let standing = approval::standing(around, s.record, &Of::Waiver(waiver.code.clone()));
        if over || standing.needs.is_empty() || standing.complete() {
            return None;
        }
        let code = shown(&waiver.code);
        let message = format!("the waiver of `{code}` is not approved by {}", missing(&standing));
        Some(
            Remark::at([format!("waivers.{i}.code").as_str()], message)
                .help(format!("inc waiver approve {} {code}", s.id())),
        )
    };
    s.record.waivers.iter().enumerate().filter_map(of).collect()
}

pub(super) fn unreviewed_break_glass(s: &Subject<'_>) -> Vec<Remark> {
    let around = &s.around.approvals;
    let of = |(i, approval): (usize, &Approval)| {
        let of = Of::parse(&approval.of);
        let Of::BreakGlass(message) = &of else { return None };
        let standing = approval::standing(around, s.record, &of);
        if standing.needs.is_empty() || standing.complete() {
            return None;
        }
        let (by, id) = (shown(&approval.by), shown(message));
        let text =
            format!("{by} broke the glass for {id}; {} has not read it since", missing(&standing));
        Some(
            Remark::at([format!("approvals.{i}.of").as_str()], text)
                .help(format!("inc comms approve {} {id}", s.id())),
        )
    };
    s.record.approvals.iter().enumerate().filter_map(of).collect()
}
