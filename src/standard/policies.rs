use chrono::NaiveDate;

use super::Target;
use crate::decision::{
    Catalogue, Decision, Decisions, Fact, FactSet, Graph, Input, Known, Rule, Status, Table, Type,
    Value, decide,
};
use crate::yaml::Route;

/// The decision tables in force from a day on.
///
/// They are decided in two steps: first the table `severity` and those that it takes from, then
/// the rest, which see the level in force: the one that a person declared, else the derived one.
/// Tables that ask something that no record holds (`targets`, `gates`, `approvals`), and lists
/// (`checks`, `checklist`) are decided only when somebody asks them.
///
/// What is in force is what holds now: a table whose decision is still open passes on its output
/// of today, so that an incident of which half is unknown has a level, targets and duties all the
/// same. [`Policies::outlook`] tells what the level could still become.
#[derive(Debug, Clone)]
pub struct Policies {
    /// The day from which these versions hold; `None` for the oldest.
    pub effective_from: Option<NaiveDate>,
    severity: Step,
    rest: Step,
    asked: Vec<Table>,
}

/// Tables that are decided together.
#[derive(Debug, Clone, Default)]
struct Step {
    tables: Vec<Table>,
    graph: Graph,
}

impl Step {
    fn new(tables: Vec<Table>) -> Self {
        // Circles were reported when the tables were read.
        let graph = Graph::new(&tables).unwrap_or_default();
        Step { tables, graph }
    }

    /// Decides the tables, each after those that it takes from, and adds their outputs of today
    /// to the facts: as `table.output`, and by the output's name where no fact has that name.
    ///
    /// A table that is `assumed` to be made by one of its rules passes on what that rule says.
    fn decide(&self, facts: &mut FactSet, assumed: Option<(&str, &Rule)>) -> Vec<Decision<'_>> {
        let mut decided: Vec<Option<Decision<'_>>> = self.tables.iter().map(|_| None).collect();
        for place in self.graph.order() {
            let Some(table) = self.tables.get(*place) else { continue };
            let decision = decide(table, facts);
            let routes = routes(&decision, facts);
            let rule = assumed.filter(|(name, _)| *name == table.name).map(|(_, rule)| rule);
            for (i, output) in table.outputs.iter().enumerate() {
                let known = match rule {
                    Some(rule) => {
                        rule.then.get(i).cloned().flatten().map_or(Known::Absent, Known::Is)
                    }
                    None => today(&decision, i, &output.name),
                };
                let fact = Fact { known, routes: routes.clone() };
                if facts.get(&output.name).is_none() && self.gives_alone(&output.name) {
                    facts.insert(output.name.as_str(), fact.clone());
                }
                facts.insert(format!("{}.{}", table.name, output.name), fact);
            }
            decided[*place] = Some(decision);
        }
        decided.into_iter().flatten().collect()
    }

    fn gives_alone(&self, output: &str) -> bool {
        self.tables.iter().filter(|table| table.output(output).is_some()).count() == 1
    }
}

/// An output as it is while unknown facts hold nothing up.
fn today(decision: &Decision<'_>, place: usize, name: &str) -> Known {
    if decision.status() != Status::Open {
        return decision.fact(place);
    }
    if decision.table().hit.is_list() {
        return Known::Is(Value::List(decision.values(name).into_iter().cloned().collect()));
    }
    decision.value(name).cloned().map_or(Known::Absent, Known::Is)
}

/// The places of the record that the deciding rules ask about.
fn routes(decision: &Decision<'_>, facts: &FactSet) -> Vec<Route> {
    let inputs = decision.deciding_inputs();
    let asked = inputs.iter().filter_map(|input| decision.table().inputs.get(*input));
    let mut routes: Vec<Route> = asked
        .filter_map(|input| facts.get(&input.fact))
        .flat_map(|fact| fact.routes.iter().cloned())
        .collect();
    routes.sort();
    routes.dedup();
    routes
}

/// Everything that the tables say about one record.
#[derive(Debug, Clone)]
pub struct Decided<'t> {
    /// The decisions of the table `severity` and of those that it takes from.
    pub severity: Vec<Decision<'t>>,
    /// The decisions of all other tables that need nothing but the record.
    pub rest: Vec<Decision<'t>>,
    /// The record's facts with every output, and with the level in force.
    pub facts: FactSet,
}

impl<'t> Decided<'t> {
    /// The decision of a table.
    pub fn get(&self, table: &str) -> Option<&Decision<'t>> {
        self.severity.iter().chain(&self.rest).find(|d| d.table().name == table)
    }
}

/// A target of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetSet {
    /// Which one: `acknowledge`, `restore`.
    pub name: String,
    /// When it is due.
    pub target: Target,
    /// What it is counted from: `detected`, `restored`, `impact_started` or `done`.
    pub from: String,
    /// The clock that it runs on.
    pub clock: String,
    /// The rule that says so, and why.
    pub rule: String,
    /// Why the rule is there.
    pub why: Option<String>,
}

/// Something that a transition still lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The rule of the gate.
    pub rule: String,
    /// What is missing.
    pub message: String,
    /// The command that supplies it, with `ID` for the incident.
    pub supply: String,
    /// Why it is asked for.
    pub why: Option<String>,
}

impl Policies {
    pub(super) fn new(
        effective_from: Option<NaiveDate>,
        tables: Vec<Table>,
        catalogue: &dyn Catalogue,
    ) -> Self {
        let names: Vec<String> = tables.iter().map(|t| t.name.clone()).collect();
        let place = |name: &str| names.iter().position(|n| n == name);
        let upstream: Vec<Vec<usize>> = tables
            .iter()
            .map(|table| {
                let from = table.inputs.iter().filter_map(|input| input.from.as_ref());
                from.filter_map(|(name, _)| place(name)).collect()
            })
            .collect();
        // A table asks something of its own when it declares an input that is no fact; a list that
        // no table takes from (checks, checklist) is wanted only where it is shown.
        let mut asks: Vec<bool> = tables
            .iter()
            .enumerate()
            .map(|(i, table)| {
                let own = |name: &str| catalogue.input(name).is_none();
                let declares = |input: &Input| input.from.is_none() && own(&input.fact);
                let taken = upstream.iter().any(|from| from.contains(&i));
                table.inputs.iter().any(declares) || (table.hit.is_list() && !taken)
            })
            .collect();
        // So does whatever takes from such a table; each round reaches one table further.
        for _ in 0..tables.len() {
            let before = asks.clone();
            for (table, from) in upstream.iter().enumerate() {
                asks[table] |= from.iter().any(|t| before[*t]);
            }
            if before == asks {
                break;
            }
        }
        let mut first = vec![false; tables.len()];
        let mut open: Vec<usize> = place("severity").into_iter().collect();
        while let Some(table) = open.pop() {
            if !first[table] {
                first[table] = true;
                open.extend(&upstream[table]);
            }
        }
        let (mut severity, mut rest, mut asked) = (Vec::new(), Vec::new(), Vec::new());
        for (i, table) in tables.into_iter().enumerate() {
            match (asks[i], first[i]) {
                (true, _) => asked.push(table),
                (false, true) => severity.push(table),
                (false, false) => rest.push(table),
            }
        }
        Policies { effective_from, severity: Step::new(severity), rest: Step::new(rest), asked }
    }

    /// Every table.
    pub fn all(&self) -> impl Iterator<Item = &Table> {
        self.severity.tables.iter().chain(&self.rest.tables).chain(&self.asked)
    }

    /// The table of a name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.all().find(|table| table.name == name)
    }

    /// Decides everything that needs nothing but the record's facts.
    ///
    /// `severity_declared` and `peak_severity` are read from `facts` where they are known. The
    /// facts of the answer have `severity` (the level in force), `severity_derived`,
    /// `severity_overridden`, `severity_moved` and `peak_severity` besides every table's outputs.
    pub fn decide(&self, facts: &FactSet) -> Decided<'_> {
        let mut known = facts.clone();
        let severity = self.severity.decide(&mut known, None);
        let routes = known.get("severity.severity").map(|f| f.routes.clone()).unwrap_or_default();
        let levels = self.table("severity").and_then(|table| {
            let output = table.outputs.get(table.output("severity")?)?;
            output.values.as_ref()
        });
        let rank = |level: &Value| levels.and_then(|l| l.position(level.as_text()?));
        let of_severity = severity.iter().find(|d| d.table().name == "severity");
        let derived = of_severity.and_then(|d| d.value("severity")).cloned();
        let declared = facts.value("severity_declared").cloned();
        let in_force = declared.clone().or_else(|| derived.clone());
        let peak = match (facts.value("peak_severity").cloned(), in_force.clone()) {
            (Some(peak), Some(now)) if rank(&now) < rank(&peak) => Some(now),
            (peak, now) => peak.or(now),
        };
        let overridden = match (&declared, &derived) {
            (Some(declared), Some(derived)) => declared != derived,
            (declared, _) => declared.is_some(),
        };
        // Only an override can be outlived by the facts, and only where it says what they were.
        let moved = match (&declared, facts.value("severity_derived_then"), &derived) {
            (None, _, _) => Some(false),
            (Some(_), Some(then), Some(now)) => Some(then != now),
            (Some(_), _, _) => None,
        };
        let mut set = |name: &str, value: Option<Value>| {
            let known_value = value.map_or(Known::Unknown, Known::Is);
            known.insert(name, Fact { known: known_value, routes: routes.clone() });
        };
        set("severity", in_force);
        set("severity_derived", derived);
        set("peak_severity", peak);
        set("severity_overridden", Some(Value::Boolean(overridden)));
        // A finding about it points to the declaration, not to whatever the level was read from.
        let declaration = facts.get("severity_moved").map(|f| f.routes.clone()).unwrap_or_default();
        let moved = moved.map_or(Known::Unknown, |moved| Known::Is(Value::Boolean(moved)));
        known.insert("severity_moved", Fact { known: moved, routes: declaration });
        let rest = self.rest.decide(&mut known, None);
        Decided { severity, rest, facts: known }
    }

    /// The level that the tables give, whatever a person declared.
    ///
    /// `facts` are those that [`Policies::decide`] takes.
    pub fn derived(&self, facts: &FactSet) -> Option<Value> {
        self.level(facts, None)
    }

    /// The level that the tables would give if a rule of one of the severity tables held as well.
    ///
    /// `facts` are those that [`Policies::decide`] takes.
    pub fn severity_if(&self, facts: &FactSet, table: &str, rule: &Rule) -> Option<Value> {
        self.level(facts, Some((table, rule)))
    }

    fn level(&self, facts: &FactSet, assumed: Option<(&str, &Rule)>) -> Option<Value> {
        let decided = self.severity.decide(&mut facts.clone(), assumed);
        let severity = decided.iter().find(|d| d.table().name == "severity")?;
        severity.value("severity").cloned()
    }

    /// The decisions of the severity tables with every outcome that is still possible: an open
    /// table passes on all of its outputs. Slower than [`Policies::decide`], for explanations.
    pub fn outlook(&self, facts: &FactSet) -> Decisions<'_> {
        self.severity.graph.decide_all(&self.severity.tables, facts)
    }

    /// Asks a table that has inputs of its own, such as `gates` with a `command`.
    ///
    /// `facts` are those of [`Policies::decide`].
    pub fn ask(
        &self,
        table: &str,
        facts: &FactSet,
        inputs: &[(&str, Value)],
    ) -> Option<Decision<'_>> {
        let table = self.table(table)?;
        let mut facts = facts.clone();
        for (name, value) in inputs {
            facts.set(*name, value.clone());
        }
        Some(decide(table, &facts))
    }

    /// The status that a command leads to from a status; `None` where it does not apply.
    pub fn next_status(&self, command: &str, status: &str) -> Option<String> {
        let mut facts = FactSet::new();
        facts.set("command", Value::text(command));
        facts.set("status", Value::text(status));
        let decision = decide(self.table("transitions")?, &facts);
        match decision.status() {
            Status::Decided => decision.value("to")?.as_text().map(str::to_owned),
            _ => None,
        }
    }

    /// What a command still lacks before it may change the status; empty where it may.
    ///
    /// `facts` are those of [`Policies::decide`].
    pub fn missing(&self, command: &str, facts: &FactSet) -> Vec<Missing> {
        let decision = self.ask("gates", facts, &[("command", Value::text(command))]);
        let Some(decision) = decision else { return Vec::new() };
        let table = decision.table();
        let text = |rule: &Rule, output: &str| {
            let place = table.output(output)?;
            rule.then.get(place)?.as_ref()?.as_text().map(str::to_owned)
        };
        let missing = decision.decided_by().map(|rule| Missing {
            rule: rule.id.clone(),
            message: text(rule, "message").unwrap_or_default(),
            supply: text(rule, "supply").unwrap_or_default(),
            why: rule.why.clone(),
        });
        missing.collect()
    }

    /// Every target of a record, those with nothing due left out.
    ///
    /// `facts` are those of [`Policies::decide`]. A target that unknown facts decide is told as
    /// it is while they do not hold.
    pub fn targets(&self, facts: &FactSet) -> Vec<TargetSet> {
        let Some(table) = self.table("targets") else { return Vec::new() };
        let Some(names) = table.input("target").and_then(|i| match &table.inputs[i].ty {
            Type::Enum(names) => Some(names.values.clone()),
            _ => None,
        }) else {
            return Vec::new();
        };
        let mut facts = facts.clone();
        let mut targets = Vec::new();
        for name in names.iter() {
            facts.set("target", Value::text(name.as_str()));
            let decision = decide(table, &facts);
            let text = |output: &str| decision.value(output)?.as_text().map(str::to_owned);
            let target = text("due").and_then(|due| due.parse::<Target>().ok());
            let Some(target) = target.filter(|t| *t.due() != super::Due::Never) else { continue };
            let rule = decision.decided_by().next();
            targets.push(TargetSet {
                name: name.clone(),
                target,
                from: text("from").unwrap_or_else(|| "detected".to_owned()),
                clock: text("clock").unwrap_or_else(|| "24x7".to_owned()),
                rule: rule.map(|r| r.id.clone()).unwrap_or_default(),
                why: rule.and_then(|r| r.why.clone()),
            });
        }
        targets
    }
}
