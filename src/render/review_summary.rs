//! A review's state for one comment of its pull request, and a review as a page to print.

use serde_json::{Value as Json, json};

use super::Locale;
use super::words::{Group, word};
use crate::check::Findings;
use crate::diag::Level;
use crate::incident::Record;

/// An approval that the review needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryApproval {
    /// In which role.
    pub role: String,
    /// Who gave it; none where nobody has.
    pub by: Option<String>,
    /// Given to other words than these.
    pub stale: bool,
}

/// Most findings that are listed one by one.
const MOST: usize = 50;

/// What `report/review_summary.<locale>.md` is given: what the review's template is given, and
/// `marker`, `suffix`, `findings`, `finding_count`, `more`, `checklist`, `approvals`, `frozen`.
pub fn review_summary(
    mut review: Json,
    record: &Record,
    found: &Findings,
    approvals: &[SummaryApproval],
    locale: &Locale,
) -> Json {
    let rows = found.findings.iter().take(MOST).map(|finding| {
        let place = finding.diagnostic.place.as_ref();
        let file = place.map(|p| p.file.rsplit('/').next().unwrap_or(&p.file).to_owned());
        json!({
            "code": finding.diagnostic.code,
            "level": finding.diagnostic.level.to_string(),
            "message": finding.diagnostic.message.trim_start_matches("pir.md: "),
            "help": finding.diagnostic.help,
            "file": file,
            "line": place.map(|p| p.line),
        })
    });
    let has = |codes: &[&str]| {
        let graver = |f: &&crate::check::Finding| f.diagnostic.level > Level::Note;
        found.findings.iter().filter(graver).any(|f| codes.contains(&f.diagnostic.code.as_str()))
    };
    let checklist = json!({
        "sections": !has(&["review-section-missing", "review-section-empty"]),
        "impact": !has(&["no-impact-statement"]),
        "figures": !has(&["review-figure"]),
        "blameless": !has(&["blameful"]),
        "actions": !record.actions.is_empty()
            && !has(&["action-without-owner", "action-without-due", "action-without-kind", "unclear-due", "only-be-careful"]),
        "personal_data": !has(&["sensitive-text"]),
    });
    let given = approvals.iter().map(|a| {
        json!({
            "role": word(locale.language(), Group::Role, &a.role),
            "by": a.by,
            "given": a.by.is_some() && !a.stale,
            "stale": a.stale,
        })
    });
    let more = found.findings.len().saturating_sub(MOST);
    if let Some(map) = review.as_object_mut() {
        map.insert("marker".into(), json!(format!("<!-- inc:summary {} -->", record.id)));
        map.insert("suffix".into(), json!(record.id.suffix()));
        map.insert("findings".into(), Json::Array(rows.collect()));
        map.insert("finding_count".into(), json!(found.findings.len()));
        map.insert("more".into(), json!(more));
        map.insert("checklist".into(), checklist);
        map.insert("approvals".into(), Json::Array(given.collect()));
        map.insert(
            "frozen".into(),
            json!(record.review.as_ref().is_some_and(|r| r.frozen_at.is_some())),
        );
    }
    review
}

/// What a page of its own needs besides its text.
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}\
h1{font-size:1.7rem;line-height:1.25}h2{font-size:1.25rem;margin-top:2rem;border-bottom:1px solid #ddd}\
table{border-collapse:collapse;width:100%;margin:1rem 0;font-size:.95rem}th,td{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top}\
th{background:#f4f4f4}code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{white-space:pre-wrap;background:#f4f4f4;padding:.6rem}\
.meta{color:#555}@media print{body{margin:0;max-width:none;font-size:11pt}h2{break-after:avoid}table,pre{break-inside:avoid}a{color:inherit;text-decoration:none}}";

/// Markdown as HTML that runs nothing and asks for nothing: raw HTML is shown as text, pictures are
/// links, and of a link that `leads` nowhere good the words stay. Headings go `down` so many levels.
pub(super) fn body(markdown: &str, down: usize, leads: fn(&str) -> bool) -> String {
    use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let lower = |level: HeadingLevel| {
        HeadingLevel::try_from(level as usize + down).unwrap_or(HeadingLevel::H6)
    };
    let mut open: Vec<bool> = Vec::new();
    let events = Parser::new_ext(markdown, options).filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        // A picture would be asked for from elsewhere: the page needs no other file.
        Event::Start(
            Tag::Link { link_type, dest_url, title, id }
            | Tag::Image { link_type, dest_url, title, id },
        ) => {
            let leads = leads(&dest_url);
            open.push(leads);
            leads.then_some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        Event::End(TagEnd::Link | TagEnd::Image) => {
            open.pop().unwrap_or(false).then_some(Event::End(TagEnd::Link))
        }
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: lower(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lower(level)))),
        event => Some(event),
    });
    let mut body = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut body, events);
    body
}

/// Whether a link runs nothing.
fn harmless(url: &str) -> bool {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme.trim().to_lowercase());
    scheme.is_none_or(|s| {
        matches!(s.as_str(), "https" | "http" | "mailto") || s.contains(['/', '#', '?'])
    })
}

/// Markdown as one HTML file that needs no other and prints well. Raw HTML in the text is shown as
/// text, links that could run something lead nowhere.
pub fn page(title: &str, markdown: &str, language: &str) -> String {
    let body = body(markdown, 0, harmless);
    let title = super::Escape::Html.apply(title);
    let language = super::Escape::Html.apply(language);
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn a_page_needs_no_other_and_runs_nothing() {
        let text = "# A <b>\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n<script>x()</script>\n\n[go](javascript:x()) ![i](https://x.example/i.png) [ok](https://x.example)\n";
        let page = page("A <b>", text, "en");
        assert!(page.contains("<title>A &lt;b&gt;</title>") && page.contains("<table>"), "{page}");
        assert!(
            !page.contains("<script") && !page.contains("javascript:") && !page.contains("<img"),
            "{page}"
        );
        assert!(page.contains("href=\"https://x.example\""), "{page}");
    }
}
