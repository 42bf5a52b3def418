//! The decision tables in force, decided step by step, and asked.
//!
//! The file is long because a record is judged in one order, which is read as a whole.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::duties::{fill, text};
use super::verticals::{self, VerticalTables};
use super::{Target, Tightened, VerticalTable};
use crate::decision::{
    Catalogue, Decision, Decisions, Fact, FactSet, Graph, Input, Known, Names, Rule, Status, Table,
    Type, Value, decide, decide_asked, decide_each,
};

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
    /// Every fact that the tables ask about or give.
    names: Arc<Names>,
    /// The times that rules give, by their texts: read once, not for each of ten thousand records.
    times: HashMap<String, Target>,
}

/// Facts that are made of what people said and of what the tables say.
const LEVELS: [&str; 4] = ["severity", "severity_derived", "peak_severity", "severity_overridden"];

/// Outputs that are times, such as `3wd mx-bank`.
const TIMES: [&str; 2] = ["due", "by"];

/// Tables that are decided together.
#[derive(Debug, Clone, Default)]
struct Step {
    tables: Vec<Table>,
    graph: Graph,
    /// For each table and each of its outputs: the facts that it gives.
    gives: Vec<Vec<Given>>,
}

/// The facts that an output gives, by their numbers.
#[derive(Debug, Clone, Copy)]
struct Given {
    /// `table.output`.
    full: u32,
    /// The output's own name, where no other table has it.
    alone: Option<u32>,
}

impl Step {
    fn new(mut tables: Vec<Table>, verticals: &VerticalTables, names: &Arc<Names>) -> Self {
        let graph = verticals::order(&tables, verticals);
        let number = |name: &str| names.number(name).unwrap_or(u32::MAX);
        let alone = |output: &str| {
            let giving = tables.iter().filter(|table| table.output(output).is_some());
            (giving.count() == 1).then(|| number(output))
        };
        let given = |table: &Table| {
            let outputs = table.outputs.iter().map(|output| Given {
                full: number(&full_name(table, &output.name)),
                alone: alone(&output.name),
            });
            outputs.collect()
        };
        let gives = tables.iter().map(given).collect();
        tables.iter_mut().for_each(|table| table.number(names));
        Step { tables, graph, gives }
    }

    /// Decides the tables, each after those that it takes from, and adds their outputs of today
    /// to the facts: as `table.output`, and by the output's name where no fact has that name.
    ///
    /// A table that is `assumed` to be made by one of its rules passes on what that rule says.
    fn decide<'t>(
        &'t self,
        facts: &mut FactSet,
        assumed: Option<(&str, &Rule)>,
        verticals: &'t VerticalTables,
        tightened: &mut Vec<Tightened<'t>>,
    ) -> Vec<Decision<'t>> {
        let mut decided: Vec<Option<Decision<'_>>> = self.tables.iter().map(|_| None).collect();
        for place in self.graph.order() {
            let (Some(table), Some(gives)) = (self.tables.get(*place), self.gives.get(*place))
            else {
                continue;
            };
            let decision = decide(table, facts);
            let rule = assumed.filter(|(name, _)| *name == table.name).map(|(_, rule)| rule);
            let own = |i: usize| match (rule, table.outputs.get(i)) {
                (Some(rule), _) => {
                    rule.then.get(i).cloned().flatten().map_or(Known::Absent, Known::Is)
                }
                (None, Some(output)) => today(&decision, i, &output.name),
                (None, None) => Known::Unknown,
            };
            let (stricter, by) = verticals.apply(table, facts, own);
            let mut origin = decision.origin(facts);
            for one in by.iter().filter(|one| !one.outputs.is_empty()) {
                let more = one.decision.origin(facts);
                origin = facts.origin_of_both(&origin, &more, "verticals");
            }
            tightened.extend(by);
            for (i, given) in gives.iter().enumerate() {
                let known = stricter.get(i).cloned().unwrap_or_else(|| own(i));
                facts.put(given.full, Fact { known, origin: origin.clone() });
                if let Some(alone) = given.alone.filter(|alone| facts.at(*alone).is_none()) {
                    facts.put_same(alone, given.full);
                }
            }
            decided[*place] = Some(decision);
        }
        decided.into_iter().flatten().collect()
    }
}

/// The name of an output as a fact for other tables.
fn full_name(table: &Table, output: &str) -> String {
    format!("{}.{output}", table.name)
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
        let verticals = VerticalTables::numbered(verticals, |tables| {
            let of_verticals = tables.iter().map(|t| &t.table);
            let company = severity.iter().chain(&rest).chain(&asked);
            all_names(catalogue, company.chain(of_verticals))
        });
        let (verticals, names) = verticals;
        asked.iter_mut().for_each(|table| table.number(&names));
        let severity = Step::new(severity, &verticals, &names);
        let rest = Step::new(rest, &verticals, &names);
        let times = HashMap::new();
        let mut policies =
            Policies { effective_from, severity, rest, asked, verticals, names, times };
        policies.times = policies.read_times();
        policies
    }

    fn read_times(&self) -> HashMap<String, Target> {
        let tables = self.all().chain(self.verticals.all().iter().map(|t| &t.table));
        let texts = tables.flat_map(|table| {
            let of_times = |name: &str| TIMES.contains(&name);
            let places = table.outputs.iter().enumerate().filter(move |(_, o)| of_times(&o.name));
            places.flat_map(|(place, _)| {
                table.rules.iter().filter_map(move |rule| rule.then.get(place)?.as_ref()?.as_text())
            })
        });
        texts.filter_map(|text| Some((text.to_owned(), text.parse().ok()?))).collect()
    }

    /// A time as a rule gives it; none where the text is no time.
    pub(super) fn time(&self, text: &str) -> Option<Target> {
        self.times.get(text).cloned().or_else(|| text.parse().ok())
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
    /// `severity_overridden`, `severity_moved` and `peak_severity` besides every table's outputs,
    /// and the regimes that nobody was asked about.
    pub fn decide(&self, facts: FactSet) -> Decided<'_> {
        let mut decided = self.decide_level(facts);
        let (facts, tightened) = (&mut decided.facts, &mut decided.tightened);
        decided.rest = self.rest.decide(facts, None, &self.verticals, tightened);
        self.ask_regimes(facts);
        decided
    }

    /// The facts that [`Policies::decide_level`] asks about.
    pub fn level_asks(&self) -> impl Iterator<Item = &str> {
        let company = self.severity.tables.iter();
        let beside = company.clone().flat_map(|t| self.verticals.tightening(&t.name));
        let inputs = company.chain(beside.map(|t| &t.table)).flat_map(|t| &t.inputs);
        inputs.filter(|i| i.from.is_none()).map(|i| i.fact.as_str())
    }

    /// Decides the level alone: the table `severity` and those that it takes from.
    ///
    /// The facts of the answer lack the outputs of what was not decided.
    pub fn decide_level(&self, facts: FactSet) -> Decided<'_> {
        let mut facts = facts.renumbered(&self.names);
        let (said, recorded) = ("severity_declared", "peak_severity");
        let declared = facts.value(said).cloned();
        let recorded = facts.value(recorded).cloned();
        let mut tightened = Vec::new();
        let severity = self.severity.decide(&mut facts, None, &self.verticals, &mut tightened);
        let origin = facts.get("severity.severity").map(|f| f.origin.clone()).unwrap_or_default();
        let levels = self.table("severity").and_then(|table| {
            let output = table.outputs.get(table.output("severity")?)?;
            output.values.as_ref()
        });
        let rank = |level: &Value| levels.and_then(|l| l.position(level.as_text()?));
        let derived = facts.value("severity.severity").cloned();
        let in_force = declared.clone().or_else(|| derived.clone());
        let peak = match (recorded, in_force.clone()) {
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
        let levels = [in_force, derived, peak, Some(Value::Boolean(overridden))];
        for (name, level) in LEVELS.into_iter().zip(levels) {
            let known = level.map_or(Known::Unknown, Known::Is);
            facts.insert(name, Fact { known, origin: origin.clone() });
        }
        // A finding about it points to the declaration, not to whatever the level was read from.
        let origin = facts.get("severity_moved").map(|f| f.origin.clone()).unwrap_or_default();
        let moved = moved.map_or(Known::Unknown, |moved| Known::Is(Value::Boolean(moved)));
        facts.insert("severity_moved", Fact { known: moved, origin });
        Decided { severity, rest: Vec::new(), tightened, facts }
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
        let mut facts = facts.clone().renumbered(&self.names);
        self.severity.decide(&mut facts, assumed, &self.verticals, &mut Vec::new());
        facts.value("severity.severity").cloned()
    }

    /// Sets which regimes are owed a decision that the record says nothing of.
    fn ask_regimes(&self, facts: &mut FactSet) {
        if self.table("regimes").is_none() {
            return;
        }
        let recorded = match facts.value("regimes_recorded") {
            Some(Value::List(names)) => names.clone(),
            _ => Vec::new(),
        };
        let owed = self.rules_held("regimes", facts, |decision, rule| {
            let table = decision.table();
            rule.then.get(table.output("regime")?)?.clone().filter(|r| r.as_text().is_some())
        });
        let mut unasked: Vec<Value> = Vec::new();
        for (regime, _) in owed {
            if !unasked.contains(&regime) && !recorded.contains(&regime) {
                unasked.push(regime);
            }
        }
        let origin = facts.get("regimes_recorded").map(|f| f.origin.clone()).unwrap_or_default();
        let count = Value::integer(i64::try_from(unasked.len()).unwrap_or(i64::MAX));
        for (name, value) in
            [("regulatory_unasked", count), ("regimes_unasked", Value::List(unasked))]
        {
            facts.insert(name, Fact { known: Known::Is(value), origin: origin.clone() });
        }
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
        let asked: Vec<(&str, Known)> =
            inputs.iter().map(|(name, value)| (*name, Known::Is(value.clone()))).collect();
        Some(decide_asked(self.table(table)?, facts, &asked))
    }

    /// The status that a command leads to from a status; `None` where it does not apply.
    pub fn next_status(&self, command: &str, status: &str) -> Option<String> {
        let inputs = [("command", Value::text(command)), ("status", Value::text(status))];
        let decision = self.ask("transitions", &FactSet::new(), &inputs)?;
        match decision.status() {
            Status::Decided => decision.value("to")?.as_text().map(str::to_owned),
            _ => None,
        }
    }

    /// What a command still lacks before it may change the status; empty where it may.
    ///
    /// `facts` are those of [`Policies::decide`].
    pub fn missing(&self, command: &str, facts: &FactSet) -> Vec<Missing> {
        let asked = [("command", Known::Is(Value::text(command)))];
        let missing = self.tables("gates", facts).into_iter().flat_map(|table| {
            let decision = decide_asked(table, facts, &asked);
            let made = decision.matched().map(|rule| Missing {
                rule: rule.id.clone(),
                message: fill(&text(&decision, rule, "message").unwrap_or_default(), facts),
                supply: fill(&text(&decision, rule, "supply").unwrap_or_default(), facts),
                why: rule.why.clone(),
            });
            made.collect::<Vec<_>>()
        });
        missing.collect()
    }

    /// Every target of a record, those with nothing due left out.
    ///
    /// `facts` are those of [`Policies::decide`]. A target that unknown facts decide is told as
    /// it is while they do not hold.
    pub fn targets(&self, facts: &FactSet) -> Vec<TargetSet> {
        let Some(table) = self.table("targets") else { return Vec::new() };
        let Some(input) = table.input("target") else { return Vec::new() };
        let Type::Enum(names) = &table.inputs[input].ty else { return Vec::new() };
        let asked: Vec<Known> =
            names.values.iter().map(|name| Known::Is(Value::text(name.as_str()))).collect();
        let verticals = self.verticals.of("targets", facts);
        let beside: Vec<Vec<Decision<'_>>> = verticals
            .iter()
            .map(|one| match one.table.input("target") {
                Some(input) => decide_each(&one.table, facts, input, &asked),
                // What it says, it says of every target.
                None => asked.iter().map(|_| decide(&one.table, facts)).collect(),
            })
            .collect();
        let mut targets = Vec::new();
        let decisions = decide_each(table, facts, input, &asked);
        for (place, (name, decision)) in names.values.iter().zip(decisions).enumerate() {
            let mut rule = decision.decided_by().next();
            let mut vertical = None;
            // Most incidents are of no vertical that asks for more.
            let mut row: Vec<Option<Value>> = Vec::new();
            if !verticals.is_empty() {
                row.extend(table.outputs.iter().map(|o| decision.value(&o.name).cloned()));
            }
            for (one, stricter) in verticals.iter().zip(&beside) {
                let Some(stricter) = stricter.get(place) else { continue };
                if !verticals::tighten(table, &mut row, stricter).is_empty() {
                    rule = stricter.decided_by().next();
                    vertical = Some(one.vertical.clone());
                }
            }
            let given = |output: &str| {
                let value = match row.get(table.output(output)?) {
                    Some(value) => value.as_ref()?,
                    None => decision.value(output)?,
                };
                value.as_text()
            };
            let text = |output: &str| given(output).map(str::to_owned);
            let target = given("due").and_then(|due| self.time(due));
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

/// The facts of the catalogue, and after them whatever else the tables ask about or give.
fn all_names<'t>(
    catalogue: &dyn Catalogue,
    tables: impl Iterator<Item = &'t Table> + Clone,
) -> Arc<Names> {
    let inputs = tables.clone().flat_map(|t| t.inputs.iter().map(|input| input.fact.clone()));
    let outputs = tables.flat_map(|t| {
        t.outputs.iter().flat_map(|output| [full_name(t, &output.name), output.name.clone()])
    });
    catalogue.numbered().with(inputs.chain(outputs).chain(LEVELS.map(str::to_owned)))
}
