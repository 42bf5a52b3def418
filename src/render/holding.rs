//! What stands in the gaps of a holding statement.

use super::Locale;
use super::locale::Language;
use super::templates::join;
use crate::communication::MessageContext;

/// The words of a fact; `today` says a time as on its own day, whenever it is read.
pub fn holding_fact(
    context: &MessageContext,
    locale: &Locale,
    slot: &str,
    today: bool,
) -> Option<String> {
    let at = match slot {
        "service" => {
            let joiner = if locale.language() == Language::Es { "y" } else { "and" };
            let names: Vec<&str> = context.services.iter().map(String::as_str).collect();
            return Some(join(&names, joiner)).filter(|words| !words.is_empty());
        }
        "started" => context.started_at?,
        "restored" => context.restored_at?,
        "next_update" => context.next_update_at?,
        _ => return None,
    };
    Some(locale.when(at, if today { at } else { context.request.now }))
}
