//! A parsed template made strict: its words checked, its printed values routed through one gate.
//!
//! Handlebars prints null as nothing and an object as `[object]`, and looks a helper's name up
//! only when it gets there. Here every word is known at load, and every `{{x}}` becomes
//! `{{print x}}`, which refuses both.

use handlebars::Template;
use handlebars::template::{
    HelperTemplate, Parameter, Subexpression, TemplateElement, TemplateMapping,
};

use super::language::{PRINT, Use, WORDS, Word};
use crate::diag::{Diagnostic, Diagnostics, Source, TextRange, nearest};

/// A template's parts that other templates are asked for.
#[derive(Debug, Default)]
pub(super) struct Included {
    /// Names of the partials, in order, with where they stand; a name twice is there twice.
    pub(super) partials: Vec<(String, TextRange)>,
}

pub(super) fn prepare(
    template: &mut Template,
    source: Source<'_>,
    found: &mut Diagnostics,
) -> Included {
    let mut work = Work { source, found, included: Included::default() };
    work.template(template, 0);
    work.included
}

struct Work<'a> {
    source: Source<'a>,
    found: &'a mut Diagnostics,
    included: Included,
}

impl Work<'_> {
    fn template(&mut self, template: &mut Template, outer: usize) {
        for (index, element) in template.elements.iter_mut().enumerate() {
            let at = template.mapping.get(index).map_or(outer, |m| offset(self.source.text, m));
            match element {
                TemplateElement::Expression(call) => self.expression(call, at),
                TemplateElement::HelperBlock(block) => self.block(block, at),
                TemplateElement::PartialExpression(partial) => {
                    let range = word_range(self.source.text, at, "");
                    let name = match &partial.name {
                        Parameter::Name(name) => name.clone(),
                        Parameter::Path(_) => partial.name.as_name().unwrap_or_default().to_owned(),
                        _ => {
                            self.error("a partial's name cannot be computed", range);
                            continue;
                        }
                    };
                    if !partial.params.is_empty() || !partial.hash.is_empty() {
                        let message =
                            "a partial takes no arguments; it sees what the place around it sees";
                        self.error(message, range);
                    }
                    let name = name.trim_matches(['\'', '"', '[', ']']).to_owned();
                    partial.name = Parameter::Name(name.clone());
                    self.included.partials.push((name, range));
                }
                TemplateElement::RawString(_) | TemplateElement::Comment(_) => {}
                // The scan has refused the others; an unforeseen one must not slip through.
                _ => self.error("this is not part of the template language", range_at(at)),
            }
        }
    }

    fn expression(&mut self, call: &mut HelperTemplate, at: usize) {
        if call.params.is_empty() && call.hash.is_empty() {
            match &call.name {
                Parameter::Path(_) | Parameter::Literal(_) => {
                    call.params.push(call.name.clone());
                }
                _ => {
                    self.error("a name is wanted here", range_at(at));
                    return;
                }
            }
        } else {
            let Some(word) = self.call(call, at, &[Use::Value, Use::Writer]) else { return };
            if word.usage == Use::Writer {
                return;
            }
            let inner = Subexpression::new(
                call.name.clone(),
                std::mem::take(&mut call.params),
                std::mem::take(&mut call.hash),
            );
            call.params = vec![Parameter::Subexpression(inner)];
        }
        call.name = Parameter::Name(PRINT.to_owned());
    }

    fn block(&mut self, block: &mut HelperTemplate, at: usize) {
        let word = self.call(block, at, &[Use::Block]).map(|word| word.name);
        if let Some(name) = word.filter(|name| *name != "each" && block.block_param.is_some()) {
            self.error(format!("`{name}` names nothing with `as |…|`"), range_at(at));
        }
        for body in [&mut block.template, &mut block.inverse].into_iter().flatten() {
            self.template(body, at);
        }
    }

    /// Checks a call's word, its arguments and what is nested in them.
    fn call(&mut self, call: &HelperTemplate, at: usize, uses: &[Use]) -> Option<&'static Word> {
        if let Some(key) = call.hash.keys().next() {
            let range = word_range(self.source.text, at, key);
            self.error(format!("`{key}=` is not known; arguments have no names here"), range);
        }
        self.arguments(&call.params, at);
        self.word(call.name.as_name(), call.params.len(), at, uses)
    }

    fn arguments(&mut self, params: &[Parameter], at: usize) {
        for param in params {
            let Parameter::Subexpression(inner) = param else { continue };
            let none = Vec::new();
            let nested = inner.params().unwrap_or(&none);
            if inner.hash().is_some_and(|hash| !hash.is_empty()) {
                self.error("arguments have no names here", range_at(at));
            }
            let name = match inner.as_element() {
                TemplateElement::Expression(call) => call.name.as_name(),
                _ => None,
            };
            self.word(name, nested.len(), at, &[Use::Value]);
            self.arguments(nested, at);
        }
    }

    fn word(
        &mut self,
        name: Option<&str>,
        arguments: usize,
        at: usize,
        uses: &[Use],
    ) -> Option<&'static Word> {
        let Some(name) = name else {
            self.error("a word cannot be computed", range_at(at));
            return None;
        };
        let range = word_range(self.source.text, at, name);
        let known = || WORDS.iter().filter(|w| uses.contains(&w.usage)).map(|w| w.name);
        let Some(word) = WORDS.iter().find(|w| w.name == name && uses.contains(&w.usage)) else {
            let help = match nearest(name, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", known().collect::<Vec<_>>().join(", ")),
            };
            let message = format!("`{name}` is no word of the template language here");
            self.found.push(
                Diagnostic::error("template-word", message).at(self.source.place(range)).help(help),
            );
            return None;
        };
        let (fewest, most) = word.arguments;
        if arguments < fewest || arguments > most {
            let wanted =
                if fewest == most { fewest.to_string() } else { format!("{fewest} to {most}") };
            self.error(format!("`{name}` takes {wanted} arguments, {arguments} given"), range);
        }
        Some(word)
    }

    fn error(&mut self, message: impl Into<String>, range: TextRange) {
        let place = self.source.place(range);
        self.found.push(Diagnostic::error("template-syntax", message).at(place));
    }
}

fn range_at(at: usize) -> TextRange {
    TextRange::new(at, at + 2)
}

/// Byte offset of a mapped element; the parser counts lines and characters from 1.
pub(super) fn offset(text: &str, mapping: &TemplateMapping) -> usize {
    position(text, mapping.0, mapping.1)
}

/// Byte offset of a line and column, both from 1; the end of the text when beyond it.
pub(super) fn position(text: &str, line: usize, column: usize) -> usize {
    let start = match line {
        0 | 1 => 0,
        _ => match text.match_indices('\n').nth(line - 2) {
            Some((i, _)) => i + 1,
            None => return text.len(),
        },
    };
    let rest = &text[start..];
    start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(i, _)| i)
}

/// Where `word` stands as a whole word in a tag at or after `at`; the tag itself without one.
pub(super) fn word_range(text: &str, at: usize, word: &str) -> TextRange {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '@');
    let end_of_tag = text[at.min(text.len())..].find("}}").map_or(text.len(), |i| at + i + 2);
    if word.is_empty() {
        return TextRange::new(at, end_of_tag);
    }
    let mut from = at.min(text.len());
    while let Some(start) = text[from..].find(word).map(|i| from + i) {
        let end = start + word.len();
        let whole = !text[..start].chars().next_back().is_some_and(|c| is_part(c) || c == '.')
            && !text[end..].chars().next().is_some_and(|c| is_part(c) || c == '.');
        let in_tag = text[..start].rfind("{{") > text[..start].rfind("}}");
        if whole && in_tag {
            return TextRange::new(start, end);
        }
        from = end;
    }
    TextRange::new(at, end_of_tag)
}
