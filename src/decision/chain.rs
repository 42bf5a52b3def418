//! Tables that take each other's outputs, decided in the order of their dependence.

use std::collections::HashMap;

use super::decide::{Decision, decide_with};
use super::facts::{Fact, FactSet, Known};
use super::table::Table;

/// Which table takes what from which, and an order in which all can be decided.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// Places of the tables, each after those that it takes from.
    order: Vec<usize>,
    /// For each table and each of its inputs: the table and output that it comes from.
    from: Vec<Vec<Option<(usize, usize)>>>,
    /// For each table and each of its outputs: whether another table asks for it.
    asked: Vec<Vec<bool>>,
}

/// Tables that need each other's outputs in a circle: what to say, and the table to say it at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle(pub Vec<(String, usize)>);

impl std::fmt::Display for Cycle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, (message, _)) in self.0.iter().enumerate() {
            write!(f, "{}{message}", if i == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for Cycle {}

impl Graph {
    /// Finds the order of some tables.
    ///
    /// # Errors
    /// When tables need each other's outputs in a circle.
    pub fn new(tables: &[Table]) -> Result<Graph, Cycle> {
        let places: HashMap<&str, usize> =
            tables.iter().enumerate().map(|(i, t)| (t.name.as_str(), i)).collect();
        let mut asked: Vec<Vec<bool>> =
            tables.iter().map(|t| vec![false; t.outputs.len()]).collect();
        let mut from = Vec::with_capacity(tables.len());
        for table in tables {
            let sources: Vec<Option<(usize, usize)>> = table
                .inputs
                .iter()
                .map(|input| {
                    let (table, output) = input.from.as_ref()?;
                    let table = *places.get(table.as_str())?;
                    Some((table, tables[table].output(output)?))
                })
                .collect();
            for (table, output) in sources.iter().flatten() {
                asked[*table][*output] = true;
            }
            from.push(sources);
        }
        let mut waiting: Vec<usize> = Vec::with_capacity(tables.len());
        let mut takers: Vec<Vec<usize>> = vec![Vec::new(); tables.len()];
        for (i, sources) in from.iter().enumerate() {
            let mut needs: Vec<usize> = sources.iter().flatten().map(|(t, _)| *t).collect();
            needs.sort_unstable();
            needs.dedup();
            waiting.push(needs.len());
            for table in needs {
                takers[table].push(i);
            }
        }
        let mut order: Vec<usize> =
            (0..tables.len()).filter(|table| waiting[*table] == 0).collect();
        let mut next = 0;
        while let Some(table) = order.get(next).copied() {
            next += 1;
            for taker in &takers[table] {
                waiting[*taker] -= 1;
                if waiting[*taker] == 0 {
                    order.push(*taker);
                }
            }
        }
        if order.len() == tables.len() {
            return Ok(Graph { order, from, asked });
        }
        Err(cycle(tables, &from, &waiting))
    }

    /// Places of the tables, each after those that it takes from.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// Places of the tables whose outputs no other table takes: the last decisions.
    pub fn last(&self) -> Vec<usize> {
        (0..self.asked.len()).filter(|table| self.asked[*table].iter().all(|a| !a)).collect()
    }

    /// Decides all tables from the facts of a record.
    ///
    /// `tables` are those that the graph was made of.
    pub fn decide_all<'t>(&self, tables: &'t [Table], facts: &FactSet) -> Decisions<'t> {
        let mut decided: Vec<Option<Decision<'t>>> = tables.iter().map(|_| None).collect();
        // Most tables pass nothing on, and an empty list costs nothing.
        let unknown = |asked: &Vec<bool>| match asked.contains(&true) {
            true => vec![Known::Unknown; asked.len()],
            false => Vec::new(),
        };
        let mut passed: Vec<Vec<Known>> = self.asked.iter().map(unknown).collect();
        for place in &self.order {
            let (Some(table), Some(from)) = (tables.get(*place), self.from.get(*place)) else {
                continue;
            };
            let decision = decide_with(table, |input| match from.get(input).copied().flatten() {
                Some((table, output)) => &passed[table][output],
                None => table.known(input, facts),
            });
            for (output, asked) in self.asked[*place].iter().enumerate() {
                if *asked {
                    passed[*place][output] = decision.fact(output);
                }
            }
            decided[*place] = Some(decision);
        }
        Decisions { list: decided.into_iter().flatten().collect(), order: self.order.clone() }
    }
}

/// One circle among the tables that could not be ordered, told at the table that closes it.
fn cycle(tables: &[Table], from: &[Vec<Option<(usize, usize)>>], waiting: &[usize]) -> Cycle {
    let Some(start) = waiting.iter().position(|w| *w > 0) else { return Cycle(Vec::new()) };
    let mut path = vec![start];
    let mut at = start;
    loop {
        let upstream = from[at].iter().flatten().map(|(t, _)| *t).find(|t| waiting[*t] > 0);
        let Some(upstream) = upstream else { break };
        if let Some(begin) = path.iter().position(|t| *t == upstream) {
            let mut names: Vec<&str> =
                path[begin..].iter().map(|t| tables[*t].name.as_str()).collect();
            names.push(&tables[upstream].name);
            let message = format!("tables need each other: {}", names.join(" takes from "));
            return Cycle(vec![(message, upstream)]);
        }
        path.push(upstream);
        at = upstream;
    }
    Cycle(vec![("tables need each other".to_owned(), start)])
}

/// The decisions of a set of tables.
#[derive(Debug, Clone)]
pub struct Decisions<'t> {
    /// One for each table, in the tables' order.
    pub list: Vec<Decision<'t>>,
    /// Places in the list, each after those that it takes from.
    order: Vec<usize>,
}

impl<'t> Decisions<'t> {
    /// The decision of a table.
    pub fn get(&self, table: &str) -> Option<&Decision<'t>> {
        self.list.iter().find(|d| d.table().name == table)
    }

    /// Adds the outputs to the facts: as `table.output`, and by the output's name where only one
    /// table gives it and no fact has that name.
    ///
    /// An output was read from where the inputs were that its deciding rules ask about.
    pub fn facts(&self, facts: &FactSet) -> FactSet {
        let mut all = facts.clone();
        let mut given: HashMap<&str, usize> = HashMap::new();
        for decision in &self.list {
            for output in &decision.table().outputs {
                *given.entry(output.name.as_str()).or_default() += 1;
            }
        }
        for decision in self.order.iter().filter_map(|place| self.list.get(*place)) {
            let table = decision.table();
            let origin = decision.origin(&mut all);
            for (place, output) in table.outputs.iter().enumerate() {
                let fact = Fact { known: decision.fact(place), origin: origin.clone() };
                if given.get(output.name.as_str()) == Some(&1) && facts.get(&output.name).is_none()
                {
                    all.insert(&output.name, fact.clone());
                }
                all.insert(&format!("{}.{}", table.name, output.name), fact);
            }
        }
        all
    }
}
