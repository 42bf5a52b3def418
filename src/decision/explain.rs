//! A decision told: as JSON (schema 1), and as rows of plain text for a renderer.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::decide::{Answer, Decision, Entry};
use super::facts::{FactSet, Known};
use super::outlook::{Outlook, Possible};
use super::table::Table;
use super::value::Value;

/// One cell of a trace: a value beside its test.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TraceCell {
    /// The input.
    pub input: String,
    /// Its value, if it is known.
    pub value: Option<Value>,
    /// What was asked.
    pub test: String,
    /// Whether it holds; `None` while it is not known.
    pub held: Option<bool>,
}

/// One rule of a trace.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TraceRule {
    /// The rule's id.
    pub rule: String,
    /// Whether it holds; `None` while it is not known.
    pub held: Option<bool>,
    /// Its cells.
    pub cells: Vec<TraceCell>,
}

impl Decision<'_> {
    /// The trace, rule by rule and cell by cell.
    ///
    /// `facts` are those that were decided from; for tables that take other tables' outputs,
    /// [`super::Decisions::facts`].
    pub fn trace(&self, facts: &FactSet) -> Vec<TraceRule> {
        let table = self.table();
        let cell = |rule: usize, place: usize| {
            let condition = &table.rules[rule].when[place];
            let input = &table.inputs[condition.input];
            TraceCell {
                input: input.name.clone(),
                value: facts.value(&input.fact).cloned(),
                test: condition.test.to_string(),
                held: self.condition_held(rule, place),
            }
        };
        let rules = table.rules.iter().enumerate().map(|(i, rule)| TraceRule {
            rule: rule.id.clone(),
            held: self.held(i),
            cells: (0..rule.when.len()).map(|place| cell(i, place)).collect(),
        });
        rules.collect()
    }

    /// The decision as JSON, schema 1, with its trace.
    pub fn to_json(&self, facts: &FactSet) -> String {
        let whole = Told { decision: self, outlook: self.possible(), facts };
        serde_json::to_string(&whole).unwrap_or_else(|_| "null".to_owned())
    }

    /// The decision as JSON, schema 1, with its trace, indented for people.
    pub fn to_json_pretty(&self, facts: &FactSet) -> String {
        let whole = Told { decision: self, outlook: self.possible(), facts };
        serde_json::to_string_pretty(&whole).unwrap_or_else(|_| "null".to_owned())
    }

    /// The trace as rows of text: rule, whether it holds, and a column for each input.
    ///
    /// The first row is the heading. An input's cell is `value ~ test`, with `?` for an unknown
    /// value; a rule that holds is `yes`, one that may still hold is `open`.
    pub fn trace_rows(&self, facts: &FactSet) -> Vec<Vec<String>> {
        let table = self.table();
        let mut heading = vec!["rule".to_owned(), "holds".to_owned()];
        heading.extend(table.inputs.iter().map(|i| i.name.clone()));
        heading.extend(table.outputs.iter().map(|o| format!("→ {}", o.name)));
        let mut rows = vec![heading];
        for (traced, rule) in self.trace(facts).into_iter().zip(&table.rules) {
            let mut row = vec![traced.rule, held_word(traced.held).to_owned()];
            let mut cells = vec![String::from("-"); table.inputs.len()];
            for (cell, condition) in traced.cells.into_iter().zip(&rule.when) {
                let value = cell.value.map_or_else(|| "?".to_owned(), |v| v.to_string());
                let sign = match cell.held {
                    Some(true) => "✓",
                    Some(false) => "✗",
                    None => "?",
                };
                cells[condition.input] = format!("{value} {sign} {}", cell.test);
            }
            row.extend(cells);
            row.extend(rule.then.iter().map(shown));
            rows.push(row);
        }
        rows
    }

    /// The decision in a few lines: status, output, deciding rules with their reasons, and what
    /// is still open.
    pub fn summary(&self) -> Vec<String> {
        let table = self.table();
        let mut lines = vec![format!("{}: {}", table.name, self.status().name())];
        match self.output() {
            Answer::Nothing => {}
            Answer::One(entry) => lines.extend(entry_lines(table, &entry)),
            Answer::Many(entries) => {
                for entry in entries {
                    lines.push(format!("- {}", entry_lines(table, &entry).join(", ")));
                }
            }
        }
        for rule in self.decided_by() {
            lines.push(match &rule.why {
                Some(why) => format!("by {}: {why}", rule.id),
                None => format!("by {}", rule.id),
            });
        }
        let outlook = self.possible();
        for possible in &outlook.outcomes {
            let output = answer_words(table, &possible.output);
            lines.push(match possible.once.is_empty() {
                true => format!("could be {output}"),
                false => format!("could be {output} once {}", possible.once),
            });
        }
        if outlook.more > 0 {
            lines.push(format!("and {} more outcomes", outlook.more));
        }
        lines
    }
}

/// `yes`, `no` or `open`.
fn held_word(held: Option<bool>) -> &'static str {
    match held {
        Some(true) => "yes",
        Some(false) => "no",
        None => "open",
    }
}

fn shown(value: &Option<Value>) -> String {
    value.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string)
}

fn entry_lines(table: &Table, entry: &Entry) -> Vec<String> {
    let named = table.outputs.iter().zip(entry);
    named.map(|(output, value)| format!("{} = {}", output.name, shown(value))).collect()
}

/// An output in one line: `severity = SEV1`.
pub(super) fn answer_words(table: &Table, answer: &Answer) -> String {
    match answer {
        Answer::Nothing => "nothing".to_owned(),
        Answer::One(entry) => entry_lines(table, entry).join(", "),
        Answer::Many(entries) => {
            let parts: Vec<String> =
                entries.iter().map(|e| entry_lines(table, e).join(", ")).collect();
            format!("[{}]", parts.join("; "))
        }
    }
}

impl Table {
    /// The table itself as rows of text, the first one its heading.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let mut heading = vec!["rule".to_owned()];
        heading.extend(self.inputs.iter().map(|i| i.name.clone()));
        heading.extend(self.outputs.iter().map(|o| format!("→ {}", o.name)));
        let mut rows = vec![heading];
        for rule in &self.rules {
            let mut row = vec![rule.id.clone()];
            let mut cells = vec![String::from("-"); self.inputs.len()];
            for condition in &rule.when {
                cells[condition.input] = condition.test.to_string();
            }
            row.extend(cells);
            row.extend(rule.then.iter().map(shown));
            rows.push(row);
        }
        rows
    }
}

struct Told<'a, 't> {
    decision: &'a Decision<'t>,
    outlook: Outlook,
    facts: &'a FactSet,
}

struct NamedEntry<'a>(&'a Table, &'a Entry);

impl Serialize for NamedEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.1.len()))?;
        for (output, value) in self.0.outputs.iter().zip(self.1) {
            map.serialize_entry(&output.name, value)?;
        }
        map.end()
    }
}

struct NamedAnswer<'a>(&'a Table, &'a Answer);

impl Serialize for NamedAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.1 {
            Answer::Nothing => serializer.serialize_none(),
            Answer::One(entry) => NamedEntry(self.0, entry).serialize(serializer),
            Answer::Many(entries) => {
                let mut seq = serializer.serialize_seq(Some(entries.len()))?;
                for entry in entries {
                    seq.serialize_element(&NamedEntry(self.0, entry))?;
                }
                seq.end()
            }
        }
    }
}

struct NamedPossible<'a>(&'a Table, &'a Possible);

impl Serialize for NamedPossible<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let needs: Vec<&str> =
            self.1.needs.iter().map(|input| self.0.inputs[*input].name.as_str()).collect();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("output", &NamedAnswer(self.0, &self.1.output))?;
        map.serialize_entry("needs", &needs)?;
        map.end()
    }
}

impl Serialize for Told<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let decision = self.decision;
        let table = decision.table();
        let ids = |rules: Vec<&super::table::Rule>| -> Vec<String> {
            rules.into_iter().map(|r| r.id.clone()).collect()
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schema", &1)?;
        map.serialize_entry("table", &table.name)?;
        map.serialize_entry("hit", table.hit.name())?;
        map.serialize_entry("status", decision.status().name())?;
        map.serialize_entry("matched", &ids(decision.matched().collect()))?;
        map.serialize_entry("decided_by", &ids(decision.decided_by().collect()))?;
        map.serialize_entry("output", &NamedAnswer(table, &decision.output()))?;
        let possible: Vec<NamedPossible<'_>> =
            self.outlook.outcomes.iter().map(|p| NamedPossible(table, p)).collect();
        map.serialize_entry("possible", &possible)?;
        if self.outlook.more > 0 {
            map.serialize_entry("more", &self.outlook.more)?;
        }
        if self.outlook.approximate {
            map.serialize_entry("approximate", &true)?;
        }
        map.serialize_entry("trace", &decision.trace(self.facts))?;
        map.end()
    }
}

/// A fact as JSON in the record's notation: `null` while it is unknown.
impl Serialize for Known {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Known::Is(value) => value.serialize(serializer),
            Known::Unknown | Known::Absent | Known::OneOf(_) => serializer.serialize_none(),
        }
    }
}
