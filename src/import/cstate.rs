//! cState: one Markdown file with YAML front matter for each incident.
//!
//! Front matter: `title`, `date`, `resolved`, `resolvedWhen`, `severity` (down, disrupted,
//! notice), `affected`, `section`. The body holds the updates, the newest first as a rule, each
//! behind a marker: `[Final message]`, `**2021-06-07 16:37:00**`, or cState's own
//! `{{< track "2018-09-13 15:52:00" >}}`. Pages differ in all of it, so that whatever cannot be
//! read as an update stays text of the one before.

use super::draft::{Component, Draft, Options, Said, Update, fingerprint, make};
use super::{text, when};
use crate::diag::{Diagnostic, Diagnostics, Place, Source, TextRange};
use crate::incident::{Kind, Planned, Status, Times};
use crate::units::Instant;
use crate::yaml::{Node, Value};

/// The name of this tool in `x-import`.
pub const SYSTEM: &str = "cstate";

/// Whether a path of a cState site is that of an incident: a Markdown file in `issues`, but not the
/// list's own page.
pub fn is_issue(path: &str) -> bool {
    let mut parts = path.rsplit(['/', '\\']);
    let file = parts.next().unwrap_or_default();
    let in_issues = parts.next().is_none_or(|folder| folder == "issues");
    in_issues && file.ends_with(".md") && !file.starts_with(['_', '.'])
}

/// Reads one incident; its name in the source is the file's, without folder and ending.
///
/// # Errors
///
/// The file is no UTF-8, has no front matter, or its front matter is no YAML or has no `date`
/// that can be read. Anything else that is odd is a contradiction of the draft.
pub fn read(name: &str, bytes: &[u8], options: &Options<'_>) -> Result<Draft, Diagnostics> {
    let whole = |code: &str, message: &str, help: &str| {
        Diagnostics::from(Diagnostic::error(code, message).at(Place::file(name)).help(help))
    };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let message = format!("byte {} is no UTF-8", error.valid_up_to());
        whole("not-text", &message, "save the file as UTF-8")
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let (front, body) = split(text).ok_or_else(|| {
        let message = "no front matter: the file does not begin with a block between two `---`";
        whole("no-front-matter", message, "cState's issues begin with title, date and severity")
    })?;
    let source = Source::new(name, front);
    let front = crate::yaml::parse(source)?;
    if !matches!(front.value, Value::Map(_)) {
        let found = Diagnostic::error("no-front-matter", "the front matter is no mapping");
        return Err(found.at(source.place(front.range)).into());
    }
    let date = front.get("date");
    let start = date.and_then(Node::text).and_then(when::read).ok_or_else(|| {
        let (message, range) = match date {
            Some(node) => match node.text() {
                Some(typed) => (format!("`date` is no time: `{typed}`"), node.range),
                None => ("`date` is no time".to_owned(), node.range),
            },
            None => ("`date` is missing".to_owned(), TextRange::new(0, 3)),
        };
        Diagnostics::from(
            Diagnostic::error("bad-time", message)
                .at(source.place(range))
                .help("write it as 2020-06-13 12:00:00"),
        )
    })?;
    Ok(draft(name, &front, body, start, options))
}

/// Front matter (with its opening line, so that lines are counted as in the file) and body.
fn split(text: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let is_fence = line.trim_end() == "---";
        if number == 0 && !is_fence {
            return None;
        }
        if number > 0 && is_fence {
            return Some((&text[..at], &text[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

fn draft(name: &str, front: &Node, body: &str, start: Instant, options: &Options<'_>) -> Draft {
    let field = |key: &str| front.get(key).and_then(Node::text).unwrap_or_default();
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let title = text::line(field("title"));
    let severity = field("severity").trim().to_lowercase();
    let body = text::plain(body);
    let mut words = [field("section"), field("title"), body.as_str()].into_iter();
    let maintenance = words.any(text::says_planned);
    let mut said = Said {
        id: file.strip_suffix(".md").unwrap_or(file).to_owned(),
        title,
        components: affected(front),
        severity: (!severity.is_empty()).then(|| severity.clone()),
        ..Said::default()
    };
    let resolved = matches!(field("resolved").to_lowercase().as_str(), "true" | "yes" | "on");
    let end = end(field("resolvedWhen"), resolved, start, &mut said.contradictions);
    said.status = Some(if resolved { Status::Closed } else { Status::Responding });
    said.status_word = if resolved { "resolved" } else { "unresolved" }.to_owned();
    said.kind = match severity.as_str() {
        _ if maintenance => Some(Kind::Maintenance),
        "down" => Some(Kind::Outage),
        "disrupted" => Some(Kind::Degradation),
        _ => None,
    };
    said.updates = updates(&body, start, end, resolved, maintenance);
    let mut draft = make(SYSTEM, start, said, options);
    draft.record.times = Some(Times {
        impact_started: Some(start),
        restored: end,
        resolved: end,
        closed: end,
        ..Times::default()
    });
    draft.record.planned = maintenance.then(|| Planned { from: Some(start), ..Planned::default() });
    draft
}

/// When it was over, if that can be believed.
fn end(
    typed: &str,
    resolved: bool,
    start: Instant,
    contradictions: &mut Vec<String>,
) -> Option<Instant> {
    let typed = typed.trim();
    let mut odd = |text: String| {
        contradictions.push(text);
        None
    };
    match (when::read(typed), resolved) {
        (Some(end), true) if end < start => {
            odd(format!("resolvedWhen {end} is before date {start}"))
        }
        (Some(end), true) => Some(end),
        (None, true) if typed.is_empty() => odd("resolved, but resolvedWhen is missing".to_owned()),
        (None, true) => odd(format!("resolvedWhen `{}` is no time", text::line(typed))),
        (_, false) => None,
    }
}

fn affected(front: &Node) -> Vec<Component> {
    let Some(node) = front.get("affected") else { return Vec::new() };
    let names: Vec<&str> = match &node.value {
        Value::Seq(items) => items.iter().filter_map(Node::text).collect(),
        _ => node.text().into_iter().collect(),
    };
    let mut found: Vec<Component> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for name in names.into_iter().map(text::line) {
        if !name.is_empty() && seen.insert(name.clone()) {
            found.push(Component { name, id: None });
        }
    }
    found
}

/// What a marker says about the update behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Label {
    First,
    Last,
    Other,
}

/// A piece of the body, in the order of the text.
struct Piece {
    label: Option<Label>,
    at: Option<Instant>,
    text: String,
}

/// Cuts the body at its markers.
fn pieces(body: &str) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    for paragraph in body.split("\n\n") {
        let (paragraph, tracked) = track(paragraph);
        if tracked.is_some() {
            found.push(Piece { label: None, at: tracked, text: String::new() });
        }
        for (number, line) in paragraph.lines().enumerate() {
            if line.trim().len() >= 3 && line.trim().bytes().all(|b| b == b'-') {
                continue;
            }
            let (marker, rest) = match marker(line) {
                Some((piece, rest)) => (Some(piece), rest),
                None => (None, line),
            };
            if let Some(piece) = marker {
                found.push(piece);
            } else if found.is_empty() {
                found.push(Piece { label: None, at: None, text: String::new() });
            }
            if let Some(piece) = found.last_mut() {
                let gap = if number == 0 { "\n\n" } else { "\n" };
                piece.text.push_str(gap);
                piece.text.push_str(rest);
            }
        }
    }
    for piece in &mut found {
        piece.text = text::tidy(&piece.text).trim_start().to_owned();
    }
    found.retain(|piece| !piece.text.is_empty());
    found
}

/// Takes cState's own time, `{{< track "2018-09-13 15:52:00" >}}`, out of a paragraph.
fn track(paragraph: &str) -> (String, Option<Instant>) {
    let found = || {
        let (before, rest) = paragraph.split_once("{{<")?;
        let (inner, after) = rest.split_once(">}}")?;
        let at = when::find(inner.trim().strip_prefix("track")?)?;
        Some((format!("{}{after}", before.trim_end()), at))
    };
    found().map_or_else(|| (paragraph.to_owned(), None), |(text, at)| (text, Some(at)))
}

/// Reads a line that opens an update, and gives what of the line is its text.
fn marker(line: &str) -> Option<(Piece, &str)> {
    let line = line.trim_start();
    let piece = |label, at| Piece { label, at, text: String::new() };
    if let Some(rest) = line.strip_prefix('[') {
        let (inner, rest) = rest.split_once(']')?;
        // `[words](url)` and `[words]: url` are links.
        if inner.len() > 80 || rest.starts_with(['(', ':', '[']) {
            return None;
        }
        return label(inner).map(|l| (piece(Some(l), when::find(inner)), rest));
    }
    let bold = line.strip_prefix("**")?;
    let (inner, rest) = bold.split_once("**").unwrap_or((bold, ""));
    let at = when::find(inner).filter(|_| inner.len() <= 80)?;
    Some((piece(Some(label(inner).unwrap_or(Label::Other)), Some(at)), rest))
}

fn label(inner: &str) -> Option<Label> {
    let inner = inner.trim().to_lowercase();
    let begins = |words: &[&str]| words.iter().any(|w| inner.starts_with(w));
    if begins(&["initial", "open"]) {
        Some(Label::First)
    } else if begins(&["final", "clos", "end of", "resolved"]) {
        Some(Label::Last)
    } else if begins(&["update", "edit", "monitoring", "identified", "investigating"]) {
        Some(Label::Other)
    } else {
        None
    }
}

/// The updates, each with the best time that the source gives.
fn updates(
    body: &str,
    start: Instant,
    end: Option<Instant>,
    resolved: bool,
    maintenance: bool,
) -> Vec<Update> {
    let mut pieces = pieces(body);
    let labelled = |piece: Option<&Piece>, label| piece.is_some_and(|p| p.label == Some(label));
    let oldest_first =
        labelled(pieces.first(), Label::First) || labelled(pieces.last(), Label::Last);
    if !oldest_first {
        pieces.reverse();
    }
    let count = pieces.len();
    let mut before = start;
    let mut seen = std::collections::HashMap::new();
    let mut found = Vec::with_capacity(count);
    for (number, piece) in pieces.into_iter().enumerate() {
        let last = number > 0
            && resolved
            && (piece.label == Some(Label::Last) || (number + 1 == count && piece.label.is_none()));
        let stated = match piece.label {
            Some(Label::First) => Some(piece.at.unwrap_or(start)),
            Some(Label::Last) if resolved => piece.at.or(end),
            _ => piece.at,
        };
        let first = number == 0;
        let stage = match (maintenance, first, last) {
            (true, true, _) => "maintenance_announced",
            (true, _, true) => "maintenance_finished",
            (false, true, _) => "initial",
            (false, _, true) => "resolved",
            _ => "update",
        };
        let at = stated.unwrap_or(before);
        before = at;
        // The text is all that tells an update from another; the same words twice are two.
        let times = seen.entry(piece.text.clone()).or_insert(0_u32);
        *times += 1;
        let id = match times {
            1 => fingerprint(&piece.text),
            n => format!("{}-{n}", fingerprint(&piece.text)),
        };
        let undated = stated.is_none() && !first;
        found.push(Update { id, at, undated, word: None, stage, text: piece.text });
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn options_with<T>(then: impl FnOnce(&Options<'_>) -> T) -> T {
        let services = BTreeMap::from([("API".to_owned(), "merchant-api".to_owned())]);
        let severities = BTreeMap::new();
        let zone = chrono_tz::America::Mexico_City;
        then(&Options { zone, services: &services, severities: &severities })
    }

    fn read_text(text: &str) -> Result<Draft, Diagnostics> {
        options_with(|options| read("content/issues/2026-05-01-api.md", text.as_bytes(), options))
    }

    fn told(body: &str) -> Vec<(String, &'static str, String)> {
        let at = |t: &str| t.parse::<Instant>().unwrap();
        let (start, end) = (at("2026-05-01T10:00:00Z"), at("2026-05-01T12:00:00Z"));
        updates(&text::plain(body), start, Some(end), true, false)
            .into_iter()
            .map(|u| (u.at.get().format("%H:%M").to_string(), u.stage, u.text))
            .collect()
    }

    fn rows(expected: &[(&str, &'static str, &str)]) -> Vec<(String, &'static str, String)> {
        expected.iter().map(|(at, s, t)| ((*at).to_owned(), *s, (*t).to_owned())).collect()
    }

    #[test]
    fn messages_in_brackets_are_updates_newest_first() {
        assert_eq!(
            told(
                "[Final message] Over.\n\n[Update] Half\nof it.\n\n[Initial message]\nSlow, see [a](b).\n"
            ),
            rows(&[
                ("10:00", "initial", "Slow, see [a](b)."),
                ("10:00", "update", "Half\nof it."),
                ("12:00", "resolved", "Over."),
            ])
        );
    }

    #[test]
    fn times_in_bold_and_tracks_are_the_updates_own() {
        assert_eq!(
            told(
                "Fixed for good.\n\n**2026-05-01 11:30:00**\n\nFound it.\n\n**Update at 2026-05-01 10:20 UTC**\n\nLooking."
            ),
            rows(&[
                ("10:20", "initial", "Looking."),
                ("11:30", "update", "Found it."),
                ("11:30", "resolved", "Fixed for good."),
            ])
        );
        assert_eq!(
            told(
                "*Resolved* - Done. {{< track \"2026-05-01 11:50:00\" >}}\n\n*Open* - Down. {{< track \"2026-05-01 10:05:00\" >}}"
            ),
            rows(&[
                ("10:05", "initial", "*Open* - Down."),
                ("11:50", "resolved", "*Resolved* - Done."),
            ])
        );
    }

    #[test]
    fn a_body_without_markers_is_one_update() {
        assert_eq!(
            told("One.\n\n---\n\n* list\n"),
            rows(&[("10:00", "initial", "One.\n\n* list")])
        );
        assert_eq!(told("\n"), []);
    }

    #[test]
    fn an_end_before_the_start_is_kept_as_a_contradiction() {
        let draft = read_text(
            "---\ntitle: API down\ndate: 2026-05-01 10:00:00\nresolved: true\nresolvedWhen: 2026-04-30T9:00:00-00:00\nseverity: down\naffected: [api, Other]\nsection: issue\n---\nDown.\n",
        )
        .unwrap();
        let times = draft.record.clocks();
        assert_eq!((times.restored, times.closed), (None, None));
        assert!(times.impact_started.is_some());
        assert_eq!(
            draft.contradictions,
            ["resolvedWhen 2026-04-30T09:00:00Z is before date 2026-05-01T10:00:00Z"]
        );
        assert_eq!(draft.record.services, ["merchant-api"]);
        assert_eq!(draft.record.services_unmapped, ["Other"]);
        assert_eq!(draft.record.kind, Some(Kind::Outage));
        assert_eq!(draft.source_id, "2026-05-01-api");
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_place() {
        let shown = |text: &str| {
            let found = read_text(text).unwrap_err();
            let d = &found.0[0];
            (d.code.clone(), d.place.as_ref().map(|p| p.line))
        };
        assert_eq!(shown("title: x\n"), ("no-front-matter".into(), Some(0)), "the whole file");
        assert_eq!(shown("---\ntitle: x\ndate: Time TBC\n---\n"), ("bad-time".into(), Some(3)));
        assert_eq!(shown("---\ntitle: x\n---\n"), ("bad-time".into(), Some(1)));
        assert_eq!(shown("---\n- x\n---\n").0, "no-front-matter");
        let binary = options_with(|o| read("a.md", b"---\n\xff", o)).unwrap_err();
        assert_eq!(binary.0[0].code, "not-text");
    }

    #[test]
    fn only_markdown_below_issues_is_an_issue() {
        assert!(is_issue("content/issues/2020-06-13-window.md"));
        assert!(is_issue("2020-06-13-window.md"));
        for path in ["content/issues/_index.md", "content/about.md", "content/issues/a.yml"] {
            assert!(!is_issue(path), "{path}");
        }
    }
}
