//! Looks every name of a template up in the data before anything is rendered, in every branch.
//!
//! Rendering alone would miss a wrong name inside an `{{#if}}` that does not hold today and
//! would in next month's incident. What cannot be known (inside an empty list, behind a null)
//! is left to rendering, which is as strict.

use std::collections::BTreeMap;

use handlebars::template::{BlockParam, HelperTemplate, Parameter, TemplateElement};
use handlebars::{Path, PathSeg, Template};
use serde_json::Value;

use super::prepare::{offset, word_range};
use crate::diag::{Diagnostic, Place, Source, nearest};

/// A prepared template with its text.
pub(super) struct Named<'t> {
    pub(super) template: &'t Template,
    pub(super) source: Source<'t>,
}

/// Where names are looked up: one frame for each block or partial that is open.
#[derive(Clone)]
struct Frame<'d> {
    /// Unknown where the data does not show what stands here.
    here: Option<&'d Value>,
    named: BTreeMap<String, Option<&'d Value>>,
    is_loop: bool,
}

pub(super) struct Lookup<'t, 'd, F> {
    /// Finds a partial by its name.
    pub(super) partial: F,
    pub(super) root: &'d Value,
    pub(super) marker: std::marker::PhantomData<&'t ()>,
}

impl<'t, 'd, F: Fn(&str) -> Option<Named<'t>>> Lookup<'t, 'd, F> {
    /// The first name that does not exist.
    pub(super) fn check(&self, start: &Named<'t>) -> Result<(), Diagnostic> {
        let mut frames =
            vec![Frame { here: Some(self.root), named: BTreeMap::new(), is_loop: false }];
        self.template(start.template, start.source, 0, &mut frames)
    }

    fn template(
        &self,
        template: &Template,
        source: Source<'t>,
        outer: usize,
        frames: &mut Vec<Frame<'d>>,
    ) -> Result<(), Diagnostic> {
        for (index, element) in template.elements.iter().enumerate() {
            let place = || template.mapping.get(index).map_or(outer, |m| offset(source.text, m));
            match element {
                TemplateElement::Expression(call) => {
                    self.parameters(&call.params, source, place(), frames)?;
                }
                TemplateElement::HelperBlock(block) => {
                    self.block(block, source, place(), frames)?;
                }
                TemplateElement::PartialExpression(partial) => {
                    let name = partial.name.as_name().unwrap_or_default();
                    if let Some(named) = (self.partial)(name) {
                        let last = frames.last().cloned();
                        frames.extend(last);
                        self.template(named.template, named.source, 0, frames)?;
                        frames.pop();
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn block(
        &self,
        block: &HelperTemplate,
        source: Source<'t>,
        at: usize,
        frames: &mut Vec<Frame<'d>>,
    ) -> Result<(), Diagnostic> {
        self.parameters(&block.params, source, at, frames)?;
        let is_loop = block.name.as_name() == Some("each");
        if is_loop {
            let list = match block.params.first() {
                Some(Parameter::Path(path)) => self.resolve(path, source, at, frames)?,
                _ => None,
            };
            // One element stands for all: lists hold one kind of thing.
            let here = list.and_then(Value::as_array).and_then(|items| items.first());
            let mut named = BTreeMap::new();
            match &block.block_param {
                Some(BlockParam::Single(Parameter::Name(name))) => {
                    named.insert(name.clone(), here);
                }
                Some(BlockParam::Pair((Parameter::Name(name), Parameter::Name(number)))) => {
                    named.insert(name.clone(), here);
                    named.insert(number.clone(), None);
                }
                _ => {}
            }
            frames.push(Frame { here, named, is_loop });
        }
        if let Some(body) = &block.template {
            self.template(body, source, at, frames)?;
        }
        if is_loop {
            frames.pop();
        }
        if let Some(otherwise) = &block.inverse {
            self.template(otherwise, source, at, frames)?;
        }
        Ok(())
    }

    fn parameters(
        &self,
        params: &[Parameter],
        source: Source<'t>,
        at: usize,
        frames: &[Frame<'d>],
    ) -> Result<(), Diagnostic> {
        for param in params {
            match param {
                Parameter::Path(path) => {
                    self.resolve(path, source, at, frames)?;
                }
                Parameter::Subexpression(inner) => {
                    if let Some(nested) = inner.params() {
                        self.parameters(nested, source, at, frames)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The value at a path; none when the data does not show it; an error when it cannot exist.
    fn resolve(
        &self,
        path: &Path,
        source: Source<'t>,
        at: usize,
        frames: &[Frame<'d>],
    ) -> Result<Option<&'d Value>, Diagnostic> {
        let place = |raw: &str| source.place(word_range(source.text, at, raw));
        let (segments, raw) = match path {
            Path::Local((_, name, raw)) => {
                if !["index", "first", "last"].contains(&name.as_str()) {
                    return Err(unknown(raw, place(raw))
                        .did_you_mean(raw, ["@index", "@first", "@last", "@root"]));
                }
                if !frames.iter().any(|frame| frame.is_loop) {
                    let help = "`@index`, `@first` and `@last` exist inside {{#each}}";
                    return Err(unknown(raw, place(raw)).help(help));
                }
                return Ok(None);
            }
            Path::Relative((segments, raw)) => (segments, raw),
        };
        let names: Vec<&str> = segments
            .iter()
            .filter_map(|segment| match segment {
                PathSeg::Named(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let ups = leading_ups(raw);
        let named = names
            .first()
            .and_then(|name| frames.iter().rev().find_map(|frame| frame.named.get(*name).copied()));
        let (mut value, rest) = if raw.starts_with("@root") {
            (Some(self.root), &names[..])
        } else if let Some(value) = named {
            (value, &names[1..])
        } else {
            let frame = frames.len().checked_sub(ups + 1).and_then(|i| frames.get(i));
            let Some(frame) = frame else {
                let help = "there are fewer blocks around this than `../` asks for";
                return Err(unknown(raw, place(raw)).help(help));
            };
            (frame.here, &names[..])
        };
        for (depth, name) in rest.iter().enumerate() {
            value = match value {
                None | Some(Value::Null) => return Ok(None),
                Some(Value::Object(members)) => match members.get(*name) {
                    Some(next) => Some(next),
                    None => {
                        let known = members.keys().map(String::as_str);
                        let plain = unknown(raw, place(raw));
                        let outside = depth == 0 && self.root.get(*name).is_some();
                        let near = nearest(name, known);
                        return Err(match near {
                            Some(near) => {
                                let whole = raw.strip_suffix(name).unwrap_or_default();
                                plain.help(format!("did you mean `{whole}{near}`?"))
                            }
                            None if outside => {
                                plain.help(format!("outside this block it is `@root.{name}`"))
                            }
                            None => plain.help(known_here(members.keys())),
                        });
                    }
                },
                Some(Value::Array(items)) => match name.parse::<usize>() {
                    Ok(index) => items.get(index),
                    Err(_) => {
                        let help = "it stands on a list: go through it with {{#each …}}";
                        return Err(unknown(raw, place(raw)).help(help));
                    }
                },
                Some(_) => {
                    let help = "what stands before the last point is a single value";
                    return Err(unknown(raw, place(raw)).help(help));
                }
            };
        }
        Ok(value)
    }
}

fn leading_ups(raw: &str) -> usize {
    let mut rest = raw.strip_prefix("./").unwrap_or(raw);
    let mut ups = 0;
    while let Some(next) = rest.strip_prefix("..") {
        let next = next.strip_prefix(['/', '.']).unwrap_or(next);
        rest = next;
        ups += 1;
    }
    ups
}

fn unknown(raw: &str, place: Place) -> Diagnostic {
    Diagnostic::error("unknown-variable", format!("`{raw}` does not exist here")).at(place)
}

fn known_here<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_unstable();
    let more = names.len().saturating_sub(30);
    names.truncate(30);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("known here: {}{tail}", names.join(", "))
}
