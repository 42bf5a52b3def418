//! The problem: a recurring cause behind incidents, `problems/PRB-….yaml` (docs/manual/problems.md).

use super::ids::IncidentId;
use super::record::{Action, Conflict};
use super::shape::{Field as _, Reading, shape, words};
use crate::diag::{Diagnostic, Diagnostics, Source};
use crate::units::Instant;
use crate::yaml::{self, Tree};

words! {
    /// Where a problem stands (ITIL).
    pub enum ProblemState {
        /// The cause is looked for.
        Open = "open",
        /// The cause is known, and how to get by meanwhile.
        KnownError = "known_error",
        /// It cannot come back.
        Fixed = "fixed",
        /// Living with it, until the day on which that is looked at again.
        Accepted = "accepted",
    }
}

shape! {
    /// A recurring cause and the incidents that it made.
    pub struct Problem {
        /// Version of this schema.
        schema: u64,
        /// `PRB-<yyyymmdd>-<4 letters>`, never changes.
        id: String,
        /// What keeps going wrong.
        title: String,
        state: ProblemState,
        opened_at: Option<Instant>,
        opened_by: Option<String>,
        owner: Option<String>,
        /// The cause, once somebody knows it.
        cause: Option<String>,
        /// How to get by until it is fixed.
        workaround: Option<String>,
        incidents: Vec<IncidentId>,
        /// When somebody looks again at what was accepted: a day.
        review_on: Option<String>,
        fixed_at: Option<Instant>,
        actions: Vec<Action>,
        /// What two people changed differently, and nobody has decided yet.
        conflicts: Vec<Conflict>,
    }
}

/// Version of the problem's schema.
pub const PROBLEM_SCHEMA: u64 = 1;

impl Problem {
    /// A problem of which nothing is known but its title.
    pub fn new(id: String, title: String) -> Problem {
        Problem {
            schema: PROBLEM_SCHEMA,
            id,
            title,
            state: ProblemState::Open,
            opened_at: None,
            opened_by: None,
            owner: None,
            cause: None,
            workaround: None,
            incidents: Vec::new(),
            review_on: None,
            fixed_at: None,
            actions: Vec::new(),
            conflicts: Vec::new(),
            x: super::Extra::default(),
        }
    }

    /// Its path below the workspace.
    pub fn path(&self) -> String {
        format!("problems/{}.yaml", self.id)
    }

    /// The four letters that people call it by.
    pub fn suffix(&self) -> &str {
        self.id.rsplit('-').next().unwrap_or(&self.id)
    }

    /// Whether somebody still works on it, or lives with it.
    pub fn is_open(&self) -> bool {
        self.state != ProblemState::Fixed
    }

    /// What to type to say which value of a field in conflict is right.
    pub fn decides(&self, field: &str) -> String {
        match field {
            "title" | "state" | "owner" | "cause" | "workaround" | "review_on" => {
                let flag = field.replace('_', "-");
                format!("inc problems update {} --{flag} VALUE", self.suffix())
            }
            _ => format!("write it in {}, and take it out of `conflicts`", self.path()),
        }
    }

    /// What is printed and what edits compare.
    pub fn to_tree(&self) -> Tree {
        self.print().unwrap_or(Tree::Map(Vec::new()))
    }
}

/// The name of an incident's kind as a problem's: `PRB-20261121-7QKM`.
pub fn problem_id(like: &IncidentId) -> String {
    like.as_str().replacen("INC", "PRB", 1)
}

/// JSON Schema of a problem (draft 2020-12).
pub fn problem_schema() -> serde_json::Value {
    Problem::schema()
}

/// Reads a problem's file.
///
/// # Errors
///
/// Everything that is wrong with it, at its lines; also that it stands in another one's file.
pub fn parse_problem(source: Source<'_>) -> Result<Problem, Diagnostics> {
    let problem = read_problem(source)?;
    if source.name.ends_with(&problem.path()) {
        return Ok(problem);
    }
    let message = format!("{} stands in the file of another id", problem.id);
    let d = Diagnostic::error("bad-problem", message);
    let at = yaml::parse(source)?.get("id").map(|id| source.place(id.range));
    let d = at.into_iter().fold(d, Diagnostic::at);
    Err(d.help(format!("its place is {}", problem.path())).into())
}

/// Reads a problem, wherever its text comes from.
///
/// # Errors
///
/// Everything that is wrong with it, at its lines.
pub fn read_problem(source: Source<'_>) -> Result<Problem, Diagnostics> {
    let node = yaml::parse(source)?;
    let mut reading = Reading::new(source);
    let Some(problem) = Problem::read(&node, &mut reading) else { return Err(reading.found) };
    let at = |key: &str| node.get(key).map_or(node.range, |value| value.range);
    let as_incident = problem.id.replacen("PRB", "INC", 1).parse::<IncidentId>();
    if as_incident.is_err() || !problem.id.starts_with("PRB-") {
        let d = Diagnostic::error("bad-problem", format!("`{}` is no problem's id", problem.id));
        reading.push(d.help("an id is PRB-20261121-7QKM"), at("id"));
    }
    if problem.schema != PROBLEM_SCHEMA {
        let d = Diagnostic::error("bad-problem", format!("schema {} is not known", problem.schema));
        reading.push(d.help("update inc, or write schema: 1"), at("schema"));
    }
    let day = problem.review_on.as_deref().map(str::parse::<chrono::NaiveDate>);
    if matches!(day, Some(Err(_))) {
        let d = Diagnostic::error("bad-problem", "`review_on` is no day");
        reading.push(d.help("write 2027-01-31"), at("review_on"));
    }
    if problem.state == ProblemState::Accepted && problem.review_on.is_none() {
        let d =
            Diagnostic::error("bad-problem", "an accepted problem says when it is looked at again");
        reading.push(d.help("review_on: 2027-01-31"), at("state"));
    }
    if problem.state == ProblemState::KnownError && problem.cause.is_none() {
        let d = Diagnostic::error("bad-problem", "a known error says its cause");
        reading.push(d.help("cause: …, and workaround: … where there is one"), at("state"));
    }
    let mut seen = std::collections::BTreeSet::new();
    if let Some(twice) = problem.incidents.iter().find(|id| !seen.insert(*id)) {
        reading.error("bad-problem", format!("{twice} is listed twice"), at("incidents"));
    }
    if reading.found.has_errors() { Err(reading.found) } else { Ok(problem) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "schema: 1\nid: PRB-20261121-7QKM\ntitle: Tokens expire\nstate: known_error\nowner: ana\ncause: nobody renews them\nworkaround: restart\nincidents: [INC-20261103-V2JA]\n";

    fn wrong(text: &str) -> String {
        let source = Source::new("problems/PRB-20261121-7QKM.yaml", text);
        parse_problem(source).unwrap_err().0.iter().map(|d| format!("{d}\n")).collect()
    }

    #[test]
    fn a_problem_is_what_its_file_says() {
        let source = Source::new("problems/PRB-20261121-7QKM.yaml", WHOLE);
        let problem = parse_problem(source).unwrap();
        assert_eq!((problem.suffix(), problem.is_open()), ("7QKM", true));
        assert_eq!(problem.path(), source.name);
        assert_eq!(problem_id(&"INC-20261121-7QKM".parse().unwrap()), problem.id);
    }

    #[test]
    fn what_contradicts_itself_is_told_at_its_line() {
        assert!(
            wrong(&WHOLE.replace("cause: nobody renews them\n", "")).contains("says its cause")
        );
        assert!(wrong(&WHOLE.replace("known_error", "accepted")).contains("looked at again"));
        assert!(wrong(&WHOLE.replace("7QKM", "AAAA")).contains("file of another id"));
        assert!(wrong(&WHOLE.replace("PRB-20261121-7QKM", "x")).contains("no problem's id"));
        assert!(
            wrong(&WHOLE.replace("[INC-20261103-V2JA]", "[INC-20261103-V2JA, INC-20261103-V2JA]"))
                .contains("twice")
        );
        assert!(wrong(&WHOLE.replace("schema: 1", "schema: 2")).contains("schema 2"));
        assert!(wrong(&format!("{WHOLE}review_on: soon\n")).contains("no day"));
        assert!(wrong(&format!("{WHOLE}statte: x\n")).contains("did you mean `state`"));
    }
}
