//! What is merged by meaning: an incident's record, or a problem.

use serde_json::Value as Json;

use super::Unmergeable;
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::incident::{self, Conflict, Problem, Record, parse, read_problem};
use crate::yaml::Tree;

/// A file of YAML whose fields are known.
pub(super) trait Document: Sized + Clone + PartialEq {
    /// Reads it with all that is wrong with it.
    fn read(source: Source<'_>) -> Result<Self, Diagnostics>;

    /// What it says.
    fn tree(&self) -> Tree;

    /// Fields that an earlier merge left with two values.
    fn conflicts(&self) -> &[Conflict];

    /// JSON Schema of it.
    fn schema() -> Json;

    /// Refuses two things that bear one name; `born` where there was none before.
    fn is_one_with(&self, other: &Self, born: bool) -> Result<(), Unmergeable>;

    /// The top keys that contradict themselves together with this one.
    fn bound(key: &str) -> &'static [&'static str];
}

impl Document for Record {
    fn read(source: Source<'_>) -> Result<Self, Diagnostics> {
        parse(source).map(|parsed| parsed.record)
    }

    fn tree(&self) -> Tree {
        self.to_tree()
    }

    fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    fn schema() -> Json {
        incident::json_schema()
    }

    fn is_one_with(&self, other: &Self, _: bool) -> Result<(), Unmergeable> {
        if self.uid != other.uid {
            // A ULID begins with its time.
            let (older, younger) =
                if self.uid <= other.uid { (self, other) } else { (other, self) };
            return Err(Unmergeable::TwoIncidents {
                id: self.id.to_string(),
                older: older.uid.clone(),
                younger: younger.uid.clone(),
            });
        }
        if self.id != other.id {
            Err(other_id(self.id.as_str(), other.id.as_str()))
        } else {
            Ok(())
        }
    }

    fn bound(key: &str) -> &'static [&'static str] {
        match key {
            "kind" | "planned" => &["kind", "planned"],
            "status" | "merged_into" => &["status", "merged_into"],
            _ => &[],
        }
    }
}

impl Document for Problem {
    fn read(source: Source<'_>) -> Result<Self, Diagnostics> {
        read_problem(source)
    }

    fn tree(&self) -> Tree {
        self.to_tree()
    }

    fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    fn schema() -> Json {
        incident::problem_schema()
    }

    fn is_one_with(&self, other: &Self, born: bool) -> Result<(), Unmergeable> {
        if self.id != other.id {
            return Err(other_id(&self.id, &other.id));
        }
        let of = |problem: &Problem| (problem.opened_at, problem.opened_by.clone());
        if born && of(self) != of(other) {
            let message = format!("two problems have the id {}", self.id);
            return Err(Unmergeable::Refused(
                Diagnostic::error("two-problems", message)
                    .help("give one of the files, and the `id` in it, another ending")
                    .into(),
            ));
        }
        Ok(())
    }

    fn bound(key: &str) -> &'static [&'static str] {
        match key {
            "state" | "cause" | "review_on" => &["state", "cause", "review_on"],
            _ => &[],
        }
    }
}

fn other_id(one: &str, other: &str) -> Unmergeable {
    let message = format!("the sides are {one} and {other}");
    Unmergeable::Refused(Diagnostic::error("other-id", message).into())
}
