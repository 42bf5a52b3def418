//! The words of the template language: what `{{…}}` may call, and how strictly.
//!
//! Handlebars' own `if`, `and`, `or` take a name that does not exist for false; these do not.
//! Null is a value that is not known: it is false in a condition, and an error when printed.
//!
//! The file is long because the language stands in one place, word by word.
//!
//! The file is long because it is the whole vocabulary; a template's author finds all of it here.

use std::sync::atomic::{AtomicUsize, Ordering};

use handlebars::{
    BlockContext, BlockParams, Context, Handlebars, Helper, HelperDef, HelperResult, Output,
    RenderContext, RenderError, RenderErrorReason, Renderable, ScopedJson,
};
use serde_json::Value;

/// What is wrong with a value where a template uses it; becomes a diagnostic with its place.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Fault {
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// The name as the template writes it, to be underlined.
    pub(super) path: Option<String>,
}

impl Fault {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Fault { code, message: message.into(), help: None, path: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<Fault> for RenderError {
    fn from(fault: Fault) -> Self {
        RenderErrorReason::NestedError(Box::new(fault)).into()
    }
}

/// How a word of the language is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Opens a block.
    Block,
    /// Gives a value; printed with the template's escape.
    Value,
    /// Writes text with an escape of its own.
    Writer,
}

/// A word: its name, its use, the fewest and most arguments it takes.
pub(super) struct Word {
    pub(super) name: &'static str,
    pub(super) usage: Use,
    pub(super) arguments: (usize, usize),
}

const fn word(name: &'static str, usage: Use, fewest: usize, most: usize) -> Word {
    Word { name, usage, arguments: (fewest, most) }
}

/// All words of the language; `docs` and errors print them.
pub(super) const WORDS: [Word; 25] = [
    word("if", Use::Block, 1, 1),
    word("unless", Use::Block, 1, 1),
    word("each", Use::Block, 1, 1),
    word("and", Use::Value, 1, 16),
    word("or", Use::Value, 1, 16),
    word("not", Use::Value, 1, 1),
    word("eq", Use::Value, 2, 2),
    word("ne", Use::Value, 2, 2),
    word("gt", Use::Value, 2, 2),
    word("ge", Use::Value, 2, 2),
    word("lt", Use::Value, 2, 2),
    word("le", Use::Value, 2, 2),
    word("known", Use::Value, 1, 1),
    word("default", Use::Value, 2, 2),
    word("count", Use::Value, 1, 1),
    word("first", Use::Value, 1, 1),
    word("capital", Use::Value, 1, 1),
    word("lower", Use::Value, 1, 1),
    word("stop", Use::Value, 1, 1),
    word("text", Use::Value, 1, 16),
    word("when", Use::Value, 2, 3),
    word("list", Use::Value, 1, 2),
    word("yaml", Use::Writer, 1, 1),
    word("cell", Use::Writer, 1, 1),
    word("indent", Use::Writer, 2, 2),
];

/// The name under which every printed expression is called, once the template is prepared.
pub(super) const PRINT: &str = "print value";

/// Loops of one rendering; a page has a few thousand.
const MAX_ROUNDS: usize = 1_000_000;

pub(super) fn register(registry: &mut Handlebars<'static>) {
    for name in ["with", "lookup", "raw", "log", "gte", "lte", "len"] {
        registry.unregister_helper(name);
    }
    registry.register_helper("if", Box::new(Condition { holds: true }));
    registry.register_helper("unless", Box::new(Condition { holds: false }));
    registry.register_helper(PRINT, Box::new(Given(printed)));
    for (name, run) in VALUES {
        registry.register_helper(name, Box::new(Given(*run)));
    }
    for (name, run) in WRITERS {
        registry.register_helper(name, Box::new(Written(*run)));
    }
}

/// Adds the loop, which counts its rounds for one rendering.
pub(super) fn add_loop(rc: &mut RenderContext<'_, '_>) {
    rc.register_local_helper("each", Box::new(Each { rounds: AtomicUsize::new(0) }));
}

type Run = fn(&Arguments<'_, '_>) -> Result<Value, Fault>;
type Write = fn(&Arguments<'_, '_>, &dyn Fn(&str) -> String) -> Result<String, Fault>;

const VALUES: &[(&str, Run)] = &[
    ("and", |a| Ok(Value::Bool(a.all()?.into_iter().all(is_true)))),
    ("or", |a| Ok(Value::Bool(a.all()?.into_iter().any(is_true)))),
    ("not", |a| Ok(Value::Bool(!is_true(a.get(0)?)))),
    ("eq", |a| a.same().map(Value::Bool)),
    ("ne", |a| a.same().map(|same| Value::Bool(!same))),
    ("gt", |a| a.order().map(|o| Value::Bool(o.is_gt()))),
    ("ge", |a| a.order().map(|o| Value::Bool(o.is_ge()))),
    ("lt", |a| a.order().map(|o| Value::Bool(o.is_lt()))),
    ("le", |a| a.order().map(|o| Value::Bool(o.is_le()))),
    ("known", |a| Ok(Value::Bool(!a.get(0)?.is_null()))),
    ("default", |a| {
        let (value, otherwise) = (a.get(0)?, a.get(1)?);
        Ok(if value.is_null() { otherwise } else { value }.clone())
    }),
    ("count", |a| a.array(0).map(|items| Value::from(items.len()))),
    ("first", |a| {
        let items = a.array(0)?;
        items.first().cloned().ok_or_else(|| {
            a.fault(0, "has no first element: the list is empty").help("guard it with {{#if …}}")
        })
    }),
    ("capital", |a| {
        let text = a.text(0)?;
        let mut letters = text.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        Ok(Value::String(first + letters.as_str()))
    }),
    ("lower", |a| Ok(Value::String(lower(&a.text(0)?)))),
    // "antes de las 10:45 a. m." ends its sentence already.
    ("stop", |a| {
        let text = a.text(0)?;
        let ended = text.ends_with(['.', '!', '?', '…']);
        Ok(Value::String(if ended { text } else { text + "." }))
    }),
    ("text", |a| {
        let parts: Result<Vec<String>, Fault> =
            (0..a.helper.params().len()).map(|i| a.text(i)).collect();
        Ok(Value::String(parts?.concat()))
    }),
    ("when", |a| {
        let holds = is_true(a.get(0)?);
        Ok(match (holds, a.helper.param(2)) {
            (true, _) => a.get(1)?.clone(),
            (false, Some(_)) => a.get(2)?.clone(),
            (false, None) => Value::String(String::new()),
        })
    }),
    ("list", |a| {
        let words: Vec<&str> = a
            .array(0)?
            .iter()
            .map(|item| item.as_str().ok_or_else(|| a.fault(0, "holds something that is no text")))
            .collect::<Result<_, _>>()?;
        let spanish = a.root["locale"].as_str().is_some_and(|l| l.starts_with("es"));
        let joiner = match a.helper.param(1) {
            Some(_) => a.text(1)?,
            None if spanish => "y".to_owned(),
            None => "and".to_owned(),
        };
        Ok(Value::String(join(&words, &joiner)))
    }),
];

const WRITERS: &[(&str, Write)] = &[
    // A double-quoted JSON string is a YAML string; plain words stay plain.
    ("yaml", |a, _| {
        let text = a.text(0)?;
        Ok(if is_plain_yaml(&text) { text } else { Value::String(text).to_string() })
    }),
    ("cell", |a, escape| {
        let words: Vec<String> = a.text(0)?.split_whitespace().map(str::to_owned).collect();
        Ok(escape(&words.join(" ")))
    }),
    ("indent", |a, escape| {
        let width = a.get(1)?.as_u64().filter(|n| *n <= 40);
        let width = width.ok_or_else(|| a.fault(1, "is no number of spaces from 0 to 40"))?;
        let gap = format!("\n{}", " ".repeat(width as usize));
        Ok(escape(&a.text(0)?).trim_end().replace('\n', &gap))
    }),
];

/// Joins words as the language does: `a, b y c`; `y` and `o` give way to the vowel that follows.
pub(crate) fn join(words: &[&str], joiner: &str) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => {
            let sound = last.to_lowercase();
            let starts = |letters: &[&str]| letters.iter().any(|l| sound.starts_with(l));
            let joiner = match joiner {
                "y" if starts(&["i", "í", "hi", "hí"]) && !starts(&["ia", "ie", "hia", "hie"]) => {
                    "e"
                }
                "o" if starts(&["o", "ó", "ho", "hó"]) => "u",
                other => other,
            };
            format!("{} {joiner} {last}", most.join(", "))
        }
    }
}

/// The text with a small first letter; `API de cobro` keeps its capitals.
pub(crate) fn lower(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next();
    let is_name = letters.clone().next().is_some_and(char::is_uppercase);
    match first {
        Some(first) if !is_name => first.to_lowercase().to_string() + letters.as_str(),
        _ => text.to_owned(),
    }
}

/// Whether a YAML reader takes these words, unquoted, for the same text.
fn is_plain_yaml(text: &str) -> bool {
    let first = text.chars().next();
    first.is_some_and(|c| c.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '/'))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&text.to_lowercase().as_str())
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Number(n) => n.as_f64() != Some(0.0),
        Value::String(s) => !s.is_empty(),
        Value::Array(a) => !a.is_empty(),
        Value::Object(_) => true,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "not known",
        Value::Bool(_) => "a yes or no",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a group of values",
    }
}

struct Arguments<'a, 'rc> {
    helper: &'a Helper<'rc>,
    root: &'a Value,
}

impl Arguments<'_, '_> {
    fn get(&self, index: usize) -> Result<&Value, Fault> {
        present(self.helper, index)
    }

    fn all(&self) -> Result<Vec<&Value>, Fault> {
        (0..self.helper.params().len()).map(|i| self.get(i)).collect()
    }

    fn fault(&self, index: usize, what: &str) -> Fault {
        let path = self.helper.param(index).and_then(|p| p.relative_path().cloned());
        let shown = path.as_ref().map_or_else(|| "the value".to_owned(), |p| format!("`{p}`"));
        Fault { path, ..Fault::new("template-value", format!("{shown} {what}")) }
    }

    fn array(&self, index: usize) -> Result<&Vec<Value>, Fault> {
        let value = self.get(index)?;
        value.as_array().ok_or_else(|| {
            self.fault(index, &format!("is {}, and `{}` wants a list", kind(value), self.word()))
        })
    }

    /// A printable value as text.
    fn text(&self, index: usize) -> Result<String, Fault> {
        match self.get(index)? {
            Value::String(s) => Ok(s.clone()),
            Value::Number(n) => Ok(n.to_string()),
            Value::Bool(b) => Ok(b.to_string()),
            Value::Null => {
                let name = self.helper.param(index).and_then(|p| p.relative_path().cloned());
                let guard = name.unwrap_or_else(|| "…".to_owned());
                Err(Fault { code: "template-null", ..self.fault(index, "is not known") }.help(
                    format!(
                        "guard it with {{{{#if {guard}}}}}, or write {{{{default {guard} \"…\"}}}}"
                    ),
                ))
            }
            value @ (Value::Array(_) | Value::Object(_)) => Err(self
                .fault(index, &format!("is {}, which cannot be printed", kind(value)))
                .help(match value {
                    Value::Array(_) => "use {{#each …}}, or {{list …}} for a list of texts",
                    _ => "name one of its values, such as {{x.name}}",
                })),
        }
    }

    fn same(&self) -> Result<bool, Fault> {
        let (a, b) = (self.get(0)?, self.get(1)?);
        let alike = a.is_null() || b.is_null() || kind(a) == kind(b);
        if !alike {
            let what = format!("is {}, which is never equal to {}", kind(a), kind(b));
            return Err(self.fault(0, &what));
        }
        Ok(a == b)
    }

    fn order(&self) -> Result<std::cmp::Ordering, Fault> {
        let number = |index: usize| {
            let value = self.get(index)?;
            value.as_f64().ok_or_else(|| {
                self.fault(
                    index,
                    &format!("is {}, and `{}` wants a number", kind(value), self.word()),
                )
            })
        };
        Ok(number(0)?.total_cmp(&number(1)?))
    }

    fn word(&self) -> &str {
        self.helper.name()
    }
}

fn present<'a>(helper: &'a Helper<'_>, index: usize) -> Result<&'a Value, Fault> {
    let param = helper.param(index).ok_or_else(|| {
        Fault::new("template-syntax", format!("`{}` lacks an argument", helper.name()))
    })?;
    if !param.is_value_missing() {
        return Ok(param.value());
    }
    let name = param.relative_path().cloned().unwrap_or_default();
    let fault = Fault::new("unknown-variable", format!("`{name}` does not exist here"));
    Err(Fault { path: Some(name), ..fault })
}

fn printed(arguments: &Arguments<'_, '_>) -> Result<Value, Fault> {
    arguments.text(0).map(Value::String)
}

/// A word that gives a value.
struct Given(Run);

impl HelperDef for Given {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        context: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let arguments = Arguments { helper, root: context.data() };
        Ok(ScopedJson::Derived((self.0)(&arguments)?))
    }
}

/// A word that writes its text itself.
struct Written(Write);

impl HelperDef for Written {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let arguments = Arguments { helper, root: context.data() };
        out.write(&(self.0)(&arguments, registry.get_escape_fn())?)?;
        Ok(())
    }
}

struct Condition {
    holds: bool,
}

impl HelperDef for Condition {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        rc: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let chosen = if is_true(present(helper, 0)?) == self.holds {
            helper.template()
        } else {
            helper.inverse()
        };
        chosen.map_or(Ok(()), |body| body.render(registry, context, rc, out))
    }
}

struct Each {
    rounds: AtomicUsize,
}

impl HelperDef for Each {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        rc: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let arguments = Arguments { helper, root: context.data() };
        let items = arguments.array(0)?;
        let Some(body) = helper.template() else { return Ok(()) };
        if items.is_empty() {
            return helper.inverse().map_or(Ok(()), |b| b.render(registry, context, rc, out));
        }
        if self.rounds.fetch_add(items.len(), Ordering::Relaxed) > MAX_ROUNDS {
            let message = "the template loops more than a million times";
            return Err(Fault::new("template-too-large", message).into());
        }
        let path = helper.param(0).and_then(|p| p.context_path().cloned());
        rc.push_block(BlockContext::new());
        for (index, item) in items.iter().enumerate() {
            if let Some(block) = rc.block_mut() {
                let mut here = path.clone();
                match &mut here {
                    Some(path) => {
                        path.push(index.to_string());
                        block.base_path_mut().clone_from(path);
                    }
                    None => block.set_base_value(item.clone()),
                }
                block.set_local_var("index", Value::from(index));
                block.set_local_var("first", Value::from(index == 0));
                block.set_local_var("last", Value::from(index + 1 == items.len()));
                let pair = helper.block_param_pair();
                if let Some(name) = helper.block_param().or(pair.map(|(name, _)| name)) {
                    let mut named = BlockParams::new();
                    match here {
                        Some(_) => named.add_path(name, Vec::new())?,
                        None => named.add_value(name, item.clone())?,
                    }
                    if let Some((_, number)) = pair {
                        named.add_value(number, Value::from(index))?;
                    }
                    block.set_block_params(named);
                }
            }
            body.render(registry, context, rc, out)?;
        }
        rc.pop_block();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn words_are_joined_as_they_are_spoken() {
        assert_eq!(join(&["pagos"], "y"), "pagos");
        assert_eq!(join(&["pagos", "retiros", "saldo"], "y"), "pagos, retiros y saldo");
        assert_eq!(join(&["pagos", "inversiones"], "y"), "pagos e inversiones");
        assert_eq!(join(&["agua", "hielo"], "y"), "agua y hielo");
        assert_eq!(join(&["pagar", "obtener efectivo"], "o"), "pagar u obtener efectivo");
        assert_eq!(join(&["pay", "withdraw"], "or"), "pay or withdraw");
    }
}
