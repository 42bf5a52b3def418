use std::sync::Arc;

use chrono::NaiveDate;

use super::facts::{FactSet, Known, Names};
use super::plan::Plan;
use super::types::{Enumeration, Type};
use super::unary::Test;
use super::value::Value;
use crate::diag::TextRange;
use crate::yaml::Tree;

/// How the rules that hold become an answer (OMG DMN 1.5, 8.2.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hit {
    /// At most one rule may hold.
    Unique,
    /// Several may hold if they give the same.
    Any,
    /// The first rule that holds.
    First,
    /// The rule whose outputs stand first in their `values`.
    Priority,
    /// All that hold, in the order of the rules.
    RuleOrder,
    /// All that hold, in the order of their outputs.
    OutputOrder,
    /// All that hold.
    Collect,
    /// The sum of all.
    CollectSum,
    /// The smallest of all.
    CollectMin,
    /// The largest of all.
    CollectMax,
    /// How many rules hold, or how many different outputs they give.
    CollectCount,
}

impl Hit {
    /// Every policy, in the order of the documentation.
    pub const ALL: [Hit; 11] = [
        Hit::Unique,
        Hit::Any,
        Hit::First,
        Hit::Priority,
        Hit::RuleOrder,
        Hit::OutputOrder,
        Hit::Collect,
        Hit::CollectSum,
        Hit::CollectMin,
        Hit::CollectMax,
        Hit::CollectCount,
    ];

    /// The name as tables write it.
    pub fn name(self) -> &'static str {
        match self {
            Hit::Unique => "unique",
            Hit::Any => "any",
            Hit::First => "first",
            Hit::Priority => "priority",
            Hit::RuleOrder => "rule-order",
            Hit::OutputOrder => "output-order",
            Hit::Collect => "collect",
            Hit::CollectSum => "collect-sum",
            Hit::CollectMin => "collect-min",
            Hit::CollectMax => "collect-max",
            Hit::CollectCount => "collect-count",
        }
    }

    /// The policy of that name.
    pub fn parse(name: &str) -> Option<Hit> {
        Hit::ALL.into_iter().find(|hit| hit.name() == name)
    }

    /// Whether one rule makes the output.
    pub fn is_single(self) -> bool {
        matches!(self, Hit::Unique | Hit::Any | Hit::First | Hit::Priority)
    }

    /// Whether rules' outputs are aggregated.
    pub fn is_total(self) -> bool {
        !self.is_single() && !self.is_list()
    }

    /// Whether the output is a list, one entry a rule.
    pub fn is_list(self) -> bool {
        matches!(self, Hit::RuleOrder | Hit::OutputOrder | Hit::Collect)
    }
}

/// Which of two values of an output is the stricter one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stricter {
    /// The smaller one.
    Lower,
    /// The larger one.
    Higher,
    /// The one that stands first in `values`.
    First,
}

/// What a table asks about.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name in `when`.
    pub name: String,
    /// The fact that it is read from: its own name, or `table.output`.
    pub fact: String,
    /// The table and the output that it comes from, if it is no fact of the record.
    pub from: Option<(String, String)>,
    /// Its type; a list where the fact is one.
    pub ty: Type,
    /// Smallest value that can occur.
    pub min: Option<Value>,
    /// Largest value that can occur.
    pub max: Option<Value>,
    /// The only values that can occur, of an input that is no text: `values = [1, 2, 3]`.
    pub only: Option<Vec<Value>>,
    /// Whether there may be no value although everything is known: the upstream table has no
    /// rule that holds.
    pub absent: bool,
    /// Where it is declared or first used.
    pub range: TextRange,
}

/// What a table answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its name in `then`.
    pub name: String,
    /// The type of one rule's value.
    pub ty: Type,
    /// The values that it may have, in their order and as they print, where they are declared.
    pub values: Option<Enumeration>,
    /// The value when no rule holds.
    pub default: Option<Value>,
    /// Which value is stricter, for tables that tighten another.
    pub stricter: Option<Stricter>,
    /// Where it is declared or first used.
    pub range: TextRange,
}

/// One cell: a test of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// Place of the input in [`Table::inputs`].
    pub input: usize,
    /// What is asked.
    pub test: Test,
    /// Where the test is written.
    pub range: TextRange,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name, unique in the table.
    pub id: String,
    /// The cells that ask something.
    pub when: Vec<Condition>,
    /// A value for each of [`Table::outputs`]; `None` where the rule leaves it out.
    pub then: Vec<Option<Value>>,
    /// Why the rule is there.
    pub why: Option<String>,
    /// A message template over the table's inputs.
    pub message: Option<String>,
    /// How to mend what the rule finds.
    pub fix: Option<String>,
    /// Keys that the engine does not know, kept for the room that asked for them.
    pub extra: Vec<(String, Tree)>,
    /// Where the rule's id is written.
    pub range: TextRange,
}

/// A combination of facts that cannot occur.
#[derive(Debug, Clone, PartialEq)]
pub struct Impossible {
    /// The cells that together cannot hold.
    pub when: Vec<Condition>,
    /// Why not.
    pub why: Option<String>,
    /// Where it is written.
    pub range: TextRange,
}

/// A decision table, checked and ready to decide.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name: of the file, or of the table in the file.
    pub name: String,
    /// The file that it was read from, as shown.
    pub file: String,
    /// A heading for people.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The first day that this version judges.
    pub effective_from: Option<NaiveDate>,
    /// How rules become an answer.
    pub hit: Hit,
    /// Whether equal outputs count once.
    pub distinct: bool,
    /// Whether a gap is an error.
    pub complete: bool,
    /// Whether a proof that stops at its bound is accepted (`proof = "partial"`).
    pub partial_proof: bool,
    /// What is asked about.
    pub inputs: Vec<Input>,
    /// What is answered.
    pub outputs: Vec<Output>,
    /// The rules in the order of the file.
    pub rules: Vec<Rule>,
    /// What cannot occur.
    pub impossible: Vec<Impossible>,
    /// The `[parameters]` of the table, as written.
    pub parameters: Option<Tree>,
    /// Keys that the engine does not know, kept for the room that asked for them.
    pub extra: Vec<(String, Tree)>,
    /// Where the table begins.
    pub range: TextRange,
    /// Where it says that it is complete, else its hit policy: what a missing rule breaks.
    pub promise: TextRange,
    pub(super) plan: Plan,
    pub(super) numbered: Option<Numbered>,
}

/// The numbers that a table's facts have under some names.
#[derive(Debug, Clone)]
pub(super) struct Numbered {
    names: Arc<Names>,
    inputs: Vec<u32>,
}

impl Table {
    /// Looks up the numbers of the facts that the table asks about, so that it reads no names when
    /// it judges facts that are numbered alike.
    pub fn number(&mut self, names: &Arc<Names>) {
        let inputs: Option<Vec<u32>> =
            self.inputs.iter().map(|input| names.number(&input.fact)).collect();
        self.numbered = inputs.map(|inputs| Numbered { names: Arc::clone(names), inputs });
    }

    /// The number of an input's fact among some names.
    pub(super) fn number_of(&self, input: usize, names: &Arc<Names>) -> Option<u32> {
        match &self.numbered {
            Some(numbered) if names.agree_with(&numbered.names) => {
                numbered.inputs.get(input).copied()
            }
            _ => names.number(&self.inputs.get(input)?.fact),
        }
    }

    /// What is known of an input.
    pub(super) fn known<'f>(&self, input: usize, facts: &'f FactSet) -> &'f Known {
        let number = self.number_of(input, facts.names());
        let fact = number.and_then(|number| facts.at(number));
        fact.map_or(&Known::Unknown, |fact| &fact.known)
    }

    /// The place of an input.
    pub fn input(&self, name: &str) -> Option<usize> {
        self.inputs.iter().position(|i| i.name == name)
    }

    /// The place of an output.
    pub fn output(&self, name: &str) -> Option<usize> {
        self.outputs.iter().position(|o| o.name == name)
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == id)
    }

    /// Whether some output has a value when no rule holds.
    pub fn has_default(&self) -> bool {
        self.outputs.iter().any(|o| o.default.is_some())
    }

    /// The type that an output has as a fact for other tables.
    pub fn fact_type(&self, output: usize) -> Option<Type> {
        self.outputs.get(output).map(|o| fact_type(self.hit, o))
    }
}

/// The type that an output has once the hit policy has made its answer.
pub(super) fn fact_type(hit: Hit, output: &Output) -> Type {
    match hit {
        Hit::CollectCount => Type::Integer,
        hit if hit.is_list() && !matches!(output.ty, Type::List(_)) => {
            Type::List(Box::new(output.ty.clone()))
        }
        _ => output.ty.clone(),
    }
}

impl Output {
    /// The stricter of two values; the first where neither is.
    ///
    /// Without `stricter`, the order of `values` decides, and where there is none the first
    /// value stays.
    pub fn stricter_of<'v>(&self, a: &'v Value, b: &'v Value) -> &'v Value {
        if self.is_stricter(b, a) { b } else { a }
    }

    /// The place of a value in the declared `values`.
    pub(super) fn place(&self, value: &Value) -> Option<usize> {
        let names = self.values.as_ref()?;
        match value {
            Value::Text(text) => names.position(text),
            other => names.position(&other.name()),
        }
    }

    /// Whether the table says which of two values is the stricter one.
    pub fn has_strictness(&self) -> bool {
        self.stricter.is_some() || self.values.is_some()
    }

    /// Whether `a` is stricter than `b`; of yes and no, yes is the higher one.
    pub fn is_stricter(&self, a: &Value, b: &Value) -> bool {
        use std::cmp::Ordering::{Greater, Less};
        let place = |v: &Value| self.place(v);
        let compare = || match (a, b) {
            (Value::Boolean(a), Value::Boolean(b)) => Some(a.cmp(b)),
            _ => a.compare(b),
        };
        match self.stricter {
            Some(Stricter::Lower) => compare() == Some(Less),
            Some(Stricter::Higher) => compare() == Some(Greater),
            Some(Stricter::First) | None => match (place(a), place(b)) {
                (Some(a), Some(b)) => a < b,
                _ => false,
            },
        }
    }
}
