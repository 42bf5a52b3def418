//! Handlebars templates, strict: every text that leaves the tool.
//!
//! A name that does not exist, a null that is printed, a word that is not of the language: each
//! is an error that names the file, the line and the nearest name, in every branch and not only
//! in the one taken today. Values are escaped for the kind of text ([`Escape`]), and there is no
//! way around it. A template can read only what it is given, cannot include itself through
//! others, and its output ends at five megabytes.

mod language;
mod names;
mod prepare;
mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use handlebars::{
    Context, Handlebars, Output, RenderContext, RenderError, RenderErrorReason, Renderable,
};
use serde_json::Value;

use super::Escape;
use crate::diag::{Diagnostic, Diagnostics, Place, Source, TextRange};
use language::Fault;
use names::{Lookup, Named};

pub(crate) use language::{join, lower};

/// Output of one rendering.
const MAX_OUTPUT: usize = 5_000_000;
/// Partials of one rendering, those in loops counted once.
const MAX_INCLUDED: usize = 1_000;

/// The templates of a workspace, by name.
#[derive(Debug, Default)]
pub struct Templates {
    texts: BTreeMap<String, Text>,
    /// One registry for each kind of text: the escape belongs to the registry.
    registries: BTreeMap<Escape, Handlebars<'static>>,
}

#[derive(Debug)]
struct Text {
    /// Path as shown.
    shown: String,
    text: String,
    partials: Vec<(String, TextRange)>,
    /// Whether it can be rendered: it was read without an error, and so were its partials.
    sound: bool,
}

impl Text {
    fn source(&self) -> Source<'_> {
        Source::new(&self.shown, &self.text)
    }
}

/// The name without its `.hbs`, as partials and commands give it.
fn plain(name: &str) -> &str {
    name.strip_suffix(".hbs").unwrap_or(name)
}

impl Templates {
    /// Reads templates: pairs of a path below `templates/` and its text.
    ///
    /// All that is wrong is collected; a template with errors is kept by name, so that asking
    /// for it says so, and the others work. A later file of the same name replaces an earlier
    /// one: give the defaults first, then the workspace's own.
    pub fn load(files: Vec<(String, String)>) -> (Templates, Diagnostics) {
        Templates::read(files, None)
    }

    /// Reads one template and those that it brings in; the others are not looked at.
    ///
    /// Compiling all takes longer than a report, and what is wrong with one text holds up no other.
    /// Where there is no template of that name, none is read.
    pub fn load_only(files: Vec<(String, String)>, wanted: &str) -> (Templates, Diagnostics) {
        Templates::read(files, Some(plain(wanted)))
    }

    fn read(files: Vec<(String, String)>, wanted: Option<&str>) -> (Templates, Diagnostics) {
        let mut found = Diagnostics::default();
        let mut templates = Templates::default();
        for (name, text) in files {
            let shown = format!("templates/{}", name.trim_start_matches("templates/"));
            let name = plain(name.trim_start_matches("templates/")).to_owned();
            let text = Text { shown, text, partials: Vec::new(), sound: false };
            templates.texts.insert(name, text);
        }
        let mut parser = Handlebars::new();
        parser.set_prevent_indent(true);
        let mut parsed = Vec::new();
        let mut waiting: BTreeSet<String> = match wanted {
            Some(wanted) => BTreeSet::from([wanted.to_owned()]),
            None => templates.texts.keys().cloned().collect(),
        };
        let mut reached = BTreeSet::new();
        while let Some(name) = waiting.pop_first() {
            let Some(text) = templates.texts.get_mut(&name) else { continue };
            reached.insert(name.clone());
            let source = Source::new(&text.shown, &text.text);
            let refused = scan::scan(source);
            if !refused.is_empty() {
                found.extend(refused);
                continue;
            }
            if let Err(error) = parser.register_template_string(&name, &text.text) {
                found.push(syntax(&error, source));
                continue;
            }
            let Some(mut template) = parser.get_template(&name).cloned() else { continue };
            let mut wrong = Diagnostics::default();
            text.partials = prepare::prepare(&mut template, source, &mut wrong).partials;
            text.sound = !wrong.has_errors();
            found.extend(wrong);
            let partials = text.partials.iter().map(|(partial, _)| partial);
            waiting.extend(partials.filter(|partial| !reached.contains(*partial)).cloned());
            parsed.push((name, template));
        }
        templates.follow_partials(&mut found);
        templates.texts.retain(|name, _| reached.contains(name));
        let kinds = templates.texts.keys().map(|name| Escape::of_template(name));
        for escape in kinds.collect::<BTreeSet<_>>() {
            let mut registry = Handlebars::new();
            registry.set_strict_mode(true);
            registry.set_prevent_indent(true);
            registry.register_escape_fn(move |value| escape.apply(value));
            language::register(&mut registry);
            for (name, template) in &parsed {
                registry.register_template(name, template.clone());
            }
            templates.registries.insert(escape, registry);
        }
        (templates, found)
    }

    /// Refuses cycles, unknown partials and expansions without end; they would abort the process.
    fn follow_partials(&mut self, found: &mut Diagnostics) {
        // Number of templates that one brings in, itself included; None while it is being counted.
        let mut counted: BTreeMap<String, Option<usize>> = BTreeMap::new();
        let names: Vec<String> = self.texts.keys().cloned().collect();
        for name in &names {
            self.count_partials(name, &mut counted, 0, found);
        }
        let unsound: Vec<&String> = counted
            .iter()
            .filter(|(_, count)| count.is_none_or(|c| c > MAX_INCLUDED))
            .map(|(name, _)| name)
            .collect();
        for name in unsound {
            if let Some(text) = self.texts.get_mut(name) {
                text.sound = false;
            }
        }
    }

    /// How many templates `name` brings in; `None` when it must not be rendered.
    fn count_partials(
        &self,
        name: &str,
        counted: &mut BTreeMap<String, Option<usize>>,
        depth: usize,
        found: &mut Diagnostics,
    ) -> Option<usize> {
        if let Some(known) = counted.get(name) {
            return *known;
        }
        let text = self.texts.get(name)?;
        counted.insert(name.to_owned(), None);
        let mut total = Some(1_usize);
        for (partial, range) in &text.partials {
            let wrong = |message: String| {
                Diagnostic::error("template-partial", message).at(text.source().place(*range))
            };
            if !self.texts.contains_key(partial) {
                let known = self.texts.keys().map(String::as_str);
                let message = format!("there is no template `{partial}`");
                found.push(wrong(message).did_you_mean(partial, known));
                total = None;
                continue;
            }
            let in_progress = counted.get(partial) == Some(&None);
            let count = match depth < 64 {
                true => self.count_partials(partial, counted, depth + 1, found),
                false => None,
            };
            if count.is_none() && (in_progress || depth >= 64) {
                found.push(wrong(format!("`{partial}` includes itself through others")));
            }
            total = total.zip(count).map(|(a, b)| a.saturating_add(b));
        }
        if total.is_some_and(|t| t > MAX_INCLUDED) {
            let place = Place::file(&text.shown);
            let message = "the template includes more than a thousand others";
            found.push(Diagnostic::error("template-partial", message).at(place));
        }
        let total = total.filter(|_| text.sound);
        counted.insert(name.to_owned(), total);
        total
    }

    /// Names of all templates, sorted, without `.hbs`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// Whether there is a template of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.texts.contains_key(plain(name))
    }

    /// Looks every name of a template up in `data`, in every branch; the first that is wrong.
    pub fn check_names(&self, name: &str, data: &Value) -> Result<(), Diagnostic> {
        let (registry, name, _) = self.find(name)?;
        let find = |name: &str| {
            let text = self.texts.get(name)?;
            Some(Named { template: registry.get_template(name)?, source: text.source() })
        };
        let Some(start) = find(name) else { return Ok(()) };
        let lookup = Lookup { partial: find, root: data, marker: std::marker::PhantomData };
        lookup.check(&start)
    }

    /// Renders a template over data.
    ///
    /// In all but HTML, blank lines never follow one another and no line ends in spaces, so that
    /// a template may guard a paragraph by an `{{#if}}` without counting lines; the text ends in
    /// one newline. (A hard break in Markdown is a backslash.)
    pub fn render(&self, name: &str, data: &Value) -> Result<String, Diagnostic> {
        self.render_owned(name, data.clone())
    }

    /// As [`Templates::render`], over data that nobody needs afterwards.
    pub fn render_owned(&self, name: &str, data: Value) -> Result<String, Diagnostic> {
        self.check_names(name, &data)?;
        let (registry, name, text) = self.find(name)?;
        let Some(template) = registry.get_template(name) else {
            return Err(broken(text));
        };
        let context = Context::from(data);
        let mut rc = RenderContext::new(template.name.as_ref());
        language::add_loop(&mut rc);
        let mut out = Bounded::default();
        match template.render(registry, &context, &mut rc, &mut out) {
            Ok(()) if Escape::of_template(name) == Escape::Html => Ok(out.text),
            Ok(()) => Ok(tidy(&out.text)),
            Err(error) => Err(self.explain(&error, text, &out)),
        }
    }

    fn find(&self, name: &str) -> Result<(&Handlebars<'static>, &str, &Text), Diagnostic> {
        let name = plain(name);
        let Some((name, text)) = self.texts.get_key_value(name) else {
            let message = format!("there is no template `{name}`");
            let known = self.texts.keys().map(String::as_str);
            return Err(Diagnostic::error("unknown-template", message).did_you_mean(name, known));
        };
        let registry = self.registries.get(&Escape::of_template(name));
        match registry.filter(|_| text.sound) {
            Some(registry) => Ok((registry, name, text)),
            None => Err(broken(text)),
        }
    }

    fn explain(&self, error: &RenderError, root: &Text, out: &Bounded) -> Diagnostic {
        let text = error.template_name.as_ref().and_then(|n| self.texts.get(n)).unwrap_or(root);
        let at = match (error.line_no, error.column_no) {
            (Some(line), Some(column)) => prepare::position(&text.text, line, column),
            _ => 0,
        };
        let place = |word: &str| text.source().place(prepare::word_range(&text.text, at, word));
        if out.full {
            let message = "the text is longer than five megabytes";
            return Diagnostic::error("template-too-large", message).at(place(""));
        }
        match error.reason() {
            RenderErrorReason::NestedError(inner) => {
                match inner.downcast_ref::<Fault>() {
                    Some(fault) => {
                        let place = place(fault.path.as_deref().unwrap_or(""));
                        let wrong = Diagnostic::error(fault.code, &fault.message).at(place);
                        match (&fault.help, fault.path.as_deref().and_then(before_last)) {
                        (Some(help), _) => wrong.help(help),
                        (None, Some(before)) if fault.code == "unknown-variable" => wrong.help(
                            format!("`{before}` is not known here: guard it with {{{{#if {before}}}}}"),
                        ),
                        _ => wrong,
                    }
                    }
                    None => Diagnostic::error("template-value", inner.to_string()).at(place("")),
                }
            }
            RenderErrorReason::MissingVariable(Some(name)) => {
                let message = format!("`{name}` does not exist here");
                Diagnostic::error("unknown-variable", message).at(place(name))
            }
            other => Diagnostic::error("template-value", other.to_string()).at(place("")),
        }
    }
}

fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim_end) {
        let blank_again = line.is_empty() && (out.is_empty() || out.ends_with("\n\n"));
        if !blank_again {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// `a.b` of `a.b.c`.
fn before_last(path: &str) -> Option<&str> {
    path.rsplit_once(['.', '/']).map(|(before, _)| before).filter(|b| !b.ends_with('.'))
}

fn broken(text: &Text) -> Diagnostic {
    Diagnostic::error("broken-template", "this template has errors and cannot be used")
        .at(Place::file(&text.shown))
        .help("`inc check` lists them")
}

fn syntax(error: &handlebars::TemplateError, source: Source<'_>) -> Diagnostic {
    let at = error.pos().map_or(0, |(line, column)| prepare::position(source.text, line, column));
    let tag = source.text[..at].rfind("{{").unwrap_or(at);
    let range = prepare::word_range(source.text, tag, "");
    Diagnostic::error("template-syntax", "this tag cannot be read").at(source.place(range)).help(
        "tags are {{name}}, {{word name \"text\"}}, {{#if name}}…{{else}}…{{/if}}, {{> name}}",
    )
}

/// Output that ends.
#[derive(Default)]
struct Bounded {
    text: String,
    full: bool,
}

impl Output for Bounded {
    fn write(&mut self, part: &str) -> Result<(), io::Error> {
        if self.text.len() + part.len() > MAX_OUTPUT {
            self.full = true;
            return Err(io::Error::other("the text is too long"));
        }
        self.text.push_str(part);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
