//! The search index: scripts of at most 300 kB, which are read when somebody searches.

use std::fmt::Write as _;

use super::html::script;
use super::list::{opened, title};
use super::{ASSETS, Look, Page};
use crate::incident::Status;
use crate::timing;

/// Bytes of a part.
const MOST: usize = 290_000;

/// The index of one language, a part at a time, the newest incidents first.
///
/// A part calls `inc.take(part, parts, rows)`; of how many there are, each but the last says only
/// that there is a next one. A row is id, title, level, status, began, seconds, whether they still
/// run, services, further words.
pub fn lookup<'a>(look: &'a Look<'a>) -> impl Iterator<Item = Page> + 'a {
    let mut places = look.months.newest_first().peekable();
    let mut part = 0;
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let mut rows = String::new();
        while let Some(place) = places.next_if(|_| rows.len() < MOST) {
            // A row is far below what is left of the limit: titles and words are cut.
            row(look, place, &mut rows);
        }
        let more = places.peek().is_some();
        done = !more;
        let text = format!("inc.take({part},{more},[\n{rows}]);\n");
        let path = format!("{}/{ASSETS}/search-{part}.js", look.locale.tag());
        part += 1;
        Some(Page { path, text })
    })
}

/// The first letters of a text.
fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(at, _)| text.get(..at).unwrap_or(text))
}

fn row(look: &Look<'_>, place: usize, out: &mut String) {
    let Some(record) = look.register.records.get(place).map(|held| &held.record) else { return };
    let level = look.levels.get(place).and_then(|standing| standing.level);
    let status = Status::ALL.iter().position(|s| *s == record.status).unwrap_or(0);
    let began = record.began().map(|at| look.locale.moment(at));
    let began = began.or_else(|| opened(record).map(|day| day.to_string())).unwrap_or_default();
    let took = timing::to_restore(record, look.now);
    let services: Vec<&str> = record
        .services
        .iter()
        .chain(&record.services_unmapped)
        .map(|id| cut(id, 60))
        .take(20)
        .collect();
    let mut words = String::new();
    if record.restricted.is_none() {
        let causes = record.causes.as_ref();
        let further = causes.and_then(|c| c.category.as_deref()).into_iter();
        let further = further
            .chain(causes.and_then(|c| c.change.as_deref()))
            .chain(record.vendors.iter().map(|v| v.vendor.as_str()))
            .chain(record.tags.iter().map(String::as_str));
        for word in further.take(20) {
            let _ = write!(words, "{} ", cut(word, 40));
        }
    }
    let _ = writeln!(
        out,
        "[{},{},{},{status},{},{},{},{},{}],",
        script(record.id.as_str()),
        script(cut(&title(look, record), 160)),
        level.map_or(0, |level| level as u8 + 1),
        script(&began),
        took.shown().map_or(-1, |span| span.seconds()),
        u8::from(matches!(took, timing::Lapse::Running(_))),
        script(&services.join(" ")),
        script(words.trim_end()),
    );
}
