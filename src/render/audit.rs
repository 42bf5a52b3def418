//! The evidence of a period, for people, spreadsheets and programs.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::csv::{self, Reader};
use super::terminal_safe;
use crate::history::audit::{Commit, Edit};
use crate::reports::audit::{ApprovalLine, Audit};
use crate::units::Instant;

/// Lines of one section that people are shown; files for reviewers have all.
const SHOWN: usize = 40;

fn when(at: Option<Instant>) -> String {
    at.map_or_else(|| "no date".to_owned(), |at| at.get().format("%Y-%m-%d %H:%M %:z").to_string())
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

/// What the edits of a commit are marked with.
fn marks(edit: &Edit) -> Vec<&'static str> {
    [
        (edit.created, "created"),
        (edit.removed, "removed"),
        (edit.after_closing, "after-closing"),
        (edit.outside(), "outside-inc"),
        (edit.commit.pretended.is_some(), "author-or-time-set"),
        (edit.commit.merge, "merge"),
        (edit.commit.cut_off, "cut-off"),
        (edit.unreadable, "unreadable"),
    ]
    .into_iter()
    .filter_map(|(holds, mark)| holds.then_some(mark))
    .collect()
}

/// The evidence for people: what stands out, then each edit.
pub fn text(audit: &Audit) -> String {
    let mut out = String::new();
    let head = audit.head.as_deref().map_or("no commit", short);
    let _ = writeln!(
        out,
        "Audit of {} · {}, {} and {}, read from {head}",
        terminal_safe(&audit.period),
        counted(audit.edits.len(), "edit"),
        counted(audit.incidents, "incident"),
        counted(audit.commits, "commit")
    );
    if audit.cut_off {
        out.push_str("History is cut off (a shallow clone): what lies before it is not in here.\n");
    }
    if audit.sandbox {
        out.push_str("This workspace is a sandbox: names and times in it prove nothing.\n");
    }
    section(&mut out, "History rewritten after it was seen here", audit.rewritten.iter(), |r| {
        let now = r.now.as_deref().map_or("gone", short);
        terminal_safe(&format!("{}/{}: was at {}, is {now}", r.remote, r.branch, short(&r.seen)))
    });
    section(&mut out, "Edits after closing", audit.after_closing(), line);
    section(&mut out, "Edits made without inc", audit.outside(), line);
    section(&mut out, "Author or time set by hand", audit.pretended(), line);
    section(&mut out, "Approvals against which something speaks", audit.doubtful(), approval);
    section(&mut out, "Approvals", audit.approvals.iter(), approval);
    section(&mut out, "Edits", audit.edits.iter(), line);
    out
}

fn section<T>(
    out: &mut String,
    title: &str,
    items: impl Iterator<Item = T>,
    line: impl Fn(T) -> String,
) {
    let lines: Vec<String> = items.map(line).collect();
    let _ = writeln!(
        out,
        "\n{title}: {}",
        if lines.is_empty() { "none".into() } else { lines.len().to_string() }
    );
    for line in lines.iter().take(SHOWN) {
        let _ = writeln!(out, "  {line}");
    }
    if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(out, "  … and {more} more: --format csv or json has all");
    }
}

fn line(edit: &Edit) -> String {
    let Commit { id, author, at, signed, .. } = &edit.commit;
    let mut fields: Vec<&str> = edit.fields.iter().map(|f| f.field.as_str()).take(6).collect();
    if edit.fields.len() > fields.len() {
        fields.push("…");
    }
    let marks = marks(edit);
    let marks = if marks.is_empty() { String::new() } else { format!(" [{}]", marks.join(", ")) };
    let signed = if *signed { " signed" } else { "" };
    terminal_safe(&format!(
        "{}  {}  {}{signed}  {author}: {}{marks}",
        when(*at),
        edit.incident,
        short(id),
        fields.join(", ")
    ))
}

fn approval(a: &ApprovalLine) -> String {
    let role = a.role.as_deref().map_or(String::new(), |r| format!(" as {r}"));
    let commit = a.commit.as_deref().map_or(String::new(), |c| format!("  {}", short(c)));
    let sandbox = if a.sandbox { " [sandbox]" } else { "" };
    let mut text = format!(
        "{}  {}{commit}  {} of {} by {}{role}{sandbox}",
        when(a.at),
        a.incident,
        a.kind,
        a.of,
        a.by
    );
    for (code, why) in &a.problems {
        let _ = write!(text, "; {code}: {why}");
    }
    terminal_safe(&text)
}

/// The evidence as a documented object, nothing cut.
pub fn json(audit: &Audit) -> Json {
    let edits: Vec<Json> = audit
        .edits
        .iter()
        .map(|edit| {
            let c = &edit.commit;
            let fields: Vec<Json> = edit
                .fields
                .iter()
                .map(|f| json!({ "field": f.field, "from": f.from, "to": f.to }))
                .collect();
            json!({
                "incident": edit.incident.as_str(),
                "commit": c.id,
                "author": c.author,
                "email": c.email,
                "person": c.person,
                "at": c.at,
                "committed_at": c.committed_at,
                "signed": c.signed,
                "command": c.command,
                "set_by_hand": c.pretended,
                "subject": c.subject,
                "merge": c.merge,
                "cut_off": c.cut_off,
                "created": edit.created,
                "removed": edit.removed,
                "after_closing": edit.after_closing,
                "outside_inc": edit.outside(),
                "unreadable": edit.unreadable,
                "fields": fields,
            })
        })
        .collect();
    let approvals: Vec<Json> = audit
        .approvals
        .iter()
        .map(|a| {
            let problems: Vec<Json> =
                a.problems.iter().map(|(code, why)| json!({ "code": code, "why": why })).collect();
            json!({
                "incident": a.incident.as_str(),
                "of": a.of,
                "by": a.by,
                "role": a.role,
                "at": a.at,
                "kind": a.kind,
                "sha256": a.sha256,
                "commit": a.commit,
                "author": a.author.as_ref().map(|w| w.name.clone()),
                "email": a.author.as_ref().map(|w| w.email.clone()),
                "sandbox": a.sandbox,
                "problems": problems,
            })
        })
        .collect();
    let rewritten: Vec<Json> = audit
        .rewritten
        .iter()
        .map(|r| json!({ "remote": r.remote, "branch": r.branch, "seen": r.seen, "now": r.now }))
        .collect();
    json!({
        "schema": 1,
        "period": audit.period,
        "from": audit.from,
        "to": audit.to,
        "generated_at": audit.generated_at,
        "head": audit.head,
        "cut_off": audit.cut_off,
        "sandbox": audit.sandbox,
        "counts": {
            "commits": audit.commits,
            "incidents": audit.incidents,
            "edits": audit.edits.len(),
            "after_closing": audit.after_closing().count(),
            "outside_inc": audit.outside().count(),
            "set_by_hand": audit.pretended().count(),
            "approvals": audit.approvals.len(),
            "approvals_in_doubt": audit.doubtful().count(),
            "rewritten": audit.rewritten.len(),
        },
        "edits": edits,
        "approvals": approvals,
        "rewritten": rewritten,
    })
}

const COLUMNS: [&str; 14] = [
    "part",
    "incident",
    "at",
    "committed_at",
    "person",
    "author",
    "email",
    "commit",
    "signed",
    "command",
    "field",
    "from",
    "to",
    "marks",
];

/// The evidence as rows for a spreadsheet: a row for each field, each approval, each rewritten
/// branch.
pub fn as_csv(audit: &Audit) -> String {
    let mut out = String::new();
    csv::row(&mut out, Reader::Person, COLUMNS);
    let moment = |at: Option<Instant>| at.map(|at| at.to_string()).unwrap_or_default();
    for edit in &audit.edits {
        let c = &edit.commit;
        let (at, committed) = (moment(c.at), moment(c.committed_at));
        let marks = marks(edit).join(" ");
        let signed = if c.signed { "yes" } else { "no" };
        let mut row = |field: &str, from: &str, to: &str| {
            csv::row(
                &mut out,
                Reader::Person,
                [
                    "edit",
                    edit.incident.as_str(),
                    &at,
                    &committed,
                    c.person.as_deref().unwrap_or_default(),
                    &c.author,
                    &c.email,
                    &c.id,
                    signed,
                    c.command.as_deref().unwrap_or_default(),
                    field,
                    from,
                    to,
                    &marks,
                ],
            );
        };
        if edit.fields.is_empty() {
            row("", "", "");
        }
        for f in &edit.fields {
            row(
                &f.field,
                f.from.as_deref().unwrap_or_default(),
                f.to.as_deref().unwrap_or_default(),
            );
        }
    }
    for a in &audit.approvals {
        let author = a.author.as_ref();
        let problems: Vec<String> =
            a.problems.iter().map(|(code, why)| format!("{code}: {why}")).collect();
        let sandbox = a.sandbox.then(|| "sandbox".to_owned());
        let marks: Vec<String> = problems.into_iter().chain(sandbox).collect();
        csv::row(
            &mut out,
            Reader::Person,
            [
                "approval",
                a.incident.as_str(),
                &moment(a.at),
                "",
                &a.by,
                author.map_or("", |w| w.name.as_str()),
                author.map_or("", |w| w.email.as_str()),
                a.commit.as_deref().unwrap_or_default(),
                if a.kind == "signed" { "yes" } else { "no" },
                a.kind,
                &a.of,
                a.role.as_deref().unwrap_or_default(),
                a.sha256.as_deref().unwrap_or_default(),
                &marks.join("; "),
            ],
        );
    }
    for r in &audit.rewritten {
        let branch = format!("{}/{}", r.remote, r.branch);
        let now = r.now.as_deref().unwrap_or_default();
        csv::row(
            &mut out,
            Reader::Person,
            ["rewritten", "", "", "", "", "", "", "", "", "", &branch, &r.seen, now, "rewritten"],
        );
    }
    out
}
