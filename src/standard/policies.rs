//! The decision tables in force, decided step by step, and asked.
//!
//! The file is long because a record is judged in one order, which is read as a whole.

use chrono::NaiveDate;

use super::duties::{fill, text};
use super::verticals::{self, VerticalTables};
use super::{Target, Tightened, VerticalTable};
use crate::decision::{
    Catalogue, Decision, Decisions, Fact, FactSet, Graph, Input, Known, Status, Table, Type, Value,
    decide,
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
    verticals: VerticalTables,
}

/// Tables that are decided together.
#[derive(Debug, Clone, Default)]
struct Step {
    tables: Vec<Table>,
    graph: Graph,
}

impl Step {
    fn new(tables: Vec<Table>, verticals: &VerticalTables) -> Self {
        let graph = verticals::order(&tables, verticals);
        Step { tables, graph }
    }

    /// Decides the tables, each after those that it takes from, and adds their outputs of today
    /// to the facts: as `table.output`, and by the output's name where no fact has that name.
    fn decide<'t>(
        &'t self,
        facts: &mut FactSet,
        verticals: &'t VerticalTables,
        tightened: &mut Vec<Tightened<'t>>,
    ) -> Vec<Decision<'t>> {
        let mut decided: Vec<Option<Decision<'_>>> = self.tables.iter().map(|_| None).collect();
        for place in self.graph.order() {
            let Some(table) = self.tables.get(*place) else { continue };
            let decision = decide(table, facts);
            let mut routes = routes(&decision, facts);
            let own = |i: usize| {
                let output = table.outputs.get(i);
                output.map_or(Known::Unknown, |output| today(&decision, i, &output.name))
            };
            let (stricter, by) = verticals.apply(table, facts, own);
            for tightened in by.iter().filter(|t| !t.outputs.is_empty()) {
                routes.extend(self::routes(&tightened.decision, facts));
                routes.extend(facts.get("verticals").into_iter().flat_map(|f| f.routes.clone()));
            }
            tightened.extend(by);
            for (i, output) in table.outputs.iter().enumerate() {
                let known = stricter.get(i).cloned().unwrap_or_else(|| own(i));
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
    /// What tables of verticals said, those too that are no stricter than the company's.
    pub tightened: Vec<Tightened<'t>>,
    /// The record's facts with every output, and with the level in force.
    pub facts: FactSet,
}

impl<'t> Decided<'t> {
    /// The decision of a table.
    pub fn get(&self, table: &str) -> Option<&Decision<'t>> {
        self.severity.iter().chain(&self.rest).find(|d| d.table().name == table)
    }

    /// The value of an output of a table: the company's, or the stricter one of a vertical.
    pub fn value(&self, table: &str, output: &str) -> Option<&Value> {
        self.facts.value(&format!("{table}.{output}"))
    }

    /// The vertical's table whose answer stands for an output of the company's table.
    pub fn tightened_by(&self, table: &str, output: &str) -> Option<&Tightened<'t>> {
        let of = |t: &&Tightened<'t>| t.by.of == table && t.outputs.contains(&output);
        self.tightened.iter().rev().find(of)
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
    /// The vertical whose table says so; none where it is the company's.
    pub vertical: Option<String>,
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
        verticals: VerticalTables,
        catalogue: &dyn Catalogue,
    ) -> Self {
        let names: Vec<String> = tables.iter().map(|t| t.name.clone()).collect();
        let place = |name: &str| names.iter().position(|n| n == name);
        let upstream: Vec<Vec<usize>> = tables
            .iter()
            .map(|table| {
                let beside = verticals.tightening(&table.name).flat_map(|t| &t.table.inputs);
                let inputs = table.inputs.iter().chain(beside);
                let from = inputs.filter_map(|input| input.from.as_ref());
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
        let severity = Step::new(severity, &verticals);
        let rest = Step::new(rest, &verticals);
        Policies { effective_from, severity, rest, asked, verticals }
    }

    /// The tables of verticals, each beside the company's table that it tightens.
    pub fn verticals(&self) -> &[VerticalTable] {
        self.verticals.all()
    }

    /// The company's table of a name and those that tighten it for an incident of these facts.
    pub fn tables<'t>(&'t self, name: &str, facts: &FactSet) -> Vec<&'t Table> {
        let company = self.table(name).into_iter();
        company.chain(self.verticals.of(name, facts).into_iter().map(|t| &t.table)).collect()
    }

    /// Every table of the company; those of verticals are in [`Policies::verticals`].
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
    /// `severity_overridden` and `peak_severity` besides every table's outputs, and the regimes
    /// that nobody was asked about.
    pub fn decide(&self, facts: &FactSet) -> Decided<'_> {
        let mut known = facts.clone();
        let mut tightened = Vec::new();
        let severity = self.severity.decide(&mut known, &self.verticals, &mut tightened);
        let routes = known.get("severity.severity").map(|f| f.routes.clone()).unwrap_or_default();
        let levels = self.table("severity").and_then(|table| {
            let output = table.outputs.get(table.output("severity")?)?;
            output.values.as_ref()
        });
        let rank = |level: &Value| levels.and_then(|l| l.position(level.as_text()?));
        let derived = known.value("severity.severity").cloned();
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
        let mut set = |name: &str, value: Option<Value>| {
            let known_value = value.map_or(Known::Unknown, Known::Is);
            known.insert(name, Fact { known: known_value, routes: routes.clone() });
        };
        set("severity", in_force);
        set("severity_derived", derived);
        set("peak_severity", peak);
        set("severity_overridden", Some(Value::Boolean(overridden)));
        let rest = self.rest.decide(&mut known, &self.verticals, &mut tightened);
        self.ask_regimes(&mut known);
        Decided { severity, rest, tightened, facts: known }
    }

    /// Sets which regimes are owed a decision that the record says nothing of.
    fn ask_regimes(&self, known: &mut FactSet) {
        if self.table("regimes").is_none() {
            return;
        }
        let recorded = match known.value("regimes_recorded") {
            Some(Value::List(names)) => names.clone(),
            _ => Vec::new(),
        };
        let unasked: Vec<Value> = self
            .regimes(known)
            .into_iter()
            .map(|regime| Value::text(regime.regime))
            .filter(|regime| !recorded.contains(regime))
            .collect();
        let routes = known.get("regimes_recorded").map(|f| f.routes.clone()).unwrap_or_default();
        let count = Value::integer(i64::try_from(unasked.len()).unwrap_or(i64::MAX));
        known.set_read("regulatory_unasked", count, routes.clone());
        known.set_read("regimes_unasked", Value::List(unasked), routes);
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
        let mut asked = facts.clone();
        asked.set("command", Value::text(command));
        self.rules_held("gates", &asked, |decision, rule| {
            Some(Missing {
                rule: rule.id.clone(),
                message: fill(&text(decision, rule, "message").unwrap_or_default(), facts),
                supply: fill(&text(decision, rule, "supply").unwrap_or_default(), facts),
                why: rule.why.clone(),
            })
        })
        .into_iter()
        .map(|(missing, _)| missing)
        .collect()
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
        let verticals = self.verticals.of("targets", &facts);
        let mut targets = Vec::new();
        for name in names.iter() {
            facts.set("target", Value::text(name.as_str()));
            let decision = decide(table, &facts);
            let mut rule = decision.decided_by().next();
            let mut vertical = None;
            // Most incidents are of no vertical that asks for more.
            let mut row: Vec<Option<Value>> = Vec::new();
            if !verticals.is_empty() {
                row.extend(table.outputs.iter().map(|o| decision.value(&o.name).cloned()));
            }
            for one in &verticals {
                let stricter = decide(&one.table, &facts);
                if !verticals::tighten(table, &mut row, &stricter).is_empty() {
                    rule = stricter.decided_by().next();
                    vertical = Some(one.vertical.clone());
                }
            }
            let text = |output: &str| {
                let value = match row.get(table.output(output)?) {
                    Some(value) => value.as_ref()?,
                    None => decision.value(output)?,
                };
                value.as_text().map(str::to_owned)
            };
            let target = text("due").and_then(|due| due.parse::<Target>().ok());
            let Some(target) = target.filter(|t| *t.due() != super::Due::Never) else { continue };
            targets.push(TargetSet {
                name: name.clone(),
                target,
                from: text("from").unwrap_or_else(|| "detected".to_owned()),
                clock: text("clock").unwrap_or_else(|| "24x7".to_owned()),
                rule: rule.map(|r| r.id.clone()).unwrap_or_default(),
                why: rule.and_then(|r| r.why.clone()),
                vertical,
            });
        }
        targets
    }
}
