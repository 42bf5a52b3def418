//! How the writer of a text indents and spaces: new lines follow.

use super::layout::{Kind, Layout, Spot, column};
use super::print::Style;

/// The habits of a text's writer, read off its first lists and maps.
pub(super) fn style_of(layout: &Layout<'_>) -> Style {
    let text = layout.text;
    let mut style = Style { keeps: false, ..Style::default() };
    if text.find('\n').is_some_and(|i| text[..i].ends_with('\r')) {
        style.newline = "\r\n";
    }
    let mut seen = Seen::default();
    seen.look(text, &layout.root, None);
    style.step = seen.step.unwrap_or(style.step);
    style.dash = seen.dash.unwrap_or(style.dash);
    style.gap = seen.gap.unwrap_or(style.gap);
    style.padded = seen.padded.unwrap_or(style.padded);
    style
}

#[derive(Default)]
struct Seen {
    step: Option<usize>,
    dash: Option<usize>,
    gap: Option<usize>,
    padded: Option<bool>,
}

impl Seen {
    fn look(&mut self, text: &str, spot: &Spot, key: Option<usize>) {
        if self.step.is_some() && self.dash.is_some() && self.gap.is_some() && self.padded.is_some()
        {
            return;
        }
        match &spot.kind {
            Kind::Map { flow: true, entries }
                if !entries.is_empty() && text[spot.start..].starts_with('{') =>
            {
                self.padded.get_or_insert(text[spot.start + 1..].starts_with(' '));
            }
            Kind::Map { flow: false, entries } => {
                let here = column(text, spot.start);
                if let Some(step) =
                    key.and_then(|k| here.checked_sub(k)).filter(|s| (1..=9).contains(s))
                {
                    self.step.get_or_insert(step);
                }
                for entry in entries {
                    self.look(text, &entry.value, Some(here));
                }
            }
            Kind::Seq { flow: false, items } => {
                let here = column(text, spot.start);
                if let Some(dash) = key.and_then(|k| here.checked_sub(k)) {
                    self.dash.get_or_insert(dash);
                }
                for item in items {
                    let between = &text[item.dash..item.value.outer.max(item.dash)];
                    if item.value.kind.written()
                        && !between.contains('\n')
                        && (2..=9).contains(&between.len())
                    {
                        self.gap.get_or_insert(between.len());
                    }
                    self.look(text, &item.value, None);
                }
            }
            _ => {}
        }
    }
}
