//! The ledger for people and machines: balances, how runs stand, what answers came to.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Align, Table, csv};
use crate::ledger::{Confirmed, Double, Month, Row, State, Sums, Tally, Unit, show_minor};

const BALANCE: [&str; 9] = [
    "basis",
    "vertical",
    "unit",
    "opening",
    "approved",
    "reversed",
    "posted",
    "written_off",
    "closing",
];

fn cells(row: &Row) -> [String; 9] {
    let show = |minor: i128| show_minor(minor, row.unit.digits());
    [
        row.basis.clone(),
        row.vertical.clone(),
        row.unit.to_string(),
        show(row.opening),
        show(row.month.approved),
        show(row.month.reversed),
        show(row.month.posted),
        show(row.month.written_off),
        show(row.closing()),
    ]
}

/// The balance of a month as a table, with a line of totals for each unit.
pub fn balance(rows: &[Row]) -> Table {
    let titles = BALANCE.iter().enumerate().map(|(i, title)| {
        (title.replace('_', " ").to_uppercase(), if i < 3 { Align::Left } else { Align::Right })
    });
    let mut table = Table::new(titles);
    let mut totals: BTreeMap<Unit, Row> = BTreeMap::new();
    for row in rows {
        table.push(cells(row));
        let total = totals.entry(row.unit.clone()).or_insert_with(|| Row {
            basis: "all".to_owned(),
            vertical: String::new(),
            unit: row.unit.clone(),
            opening: 0,
            month: Default::default(),
        });
        total.opening = total.opening.saturating_add(row.opening);
        total.month.merge(&row.month);
    }
    if rows.len() > totals.len() {
        totals.values().for_each(|total| table.push(cells(total)));
    }
    table
}

/// The same as CSV: basis, vertical, unit, and the figures.
pub fn balance_csv(rows: &[Row]) -> String {
    let mut text = String::new();
    csv::row(&mut text, csv::Reader::Machine, BALANCE);
    for row in rows {
        let cells = cells(row);
        csv::row(&mut text, csv::Reader::Machine, cells.iter().map(String::as_str));
    }
    text
}

/// The same as JSON.
pub fn balance_json(month: Month, rows: &[Row]) -> Json {
    let rows: Vec<Json> = rows
        .iter()
        .map(|row| {
            let named = BALANCE.iter().zip(cells(row));
            Json::Object(named.map(|(name, cell)| ((*name).to_owned(), json!(cell))).collect())
        })
        .collect();
    json!({ "schema": 1, "month": month.to_string(), "rows": rows })
}

/// How runs stand, as a table.
pub fn standing(found: &BTreeMap<(String, State, Unit), Tally>) -> Table {
    let columns = [
        ("RUN", Align::Left),
        ("STATE", Align::Left),
        ("ENTRIES", Align::Right),
        ("TOTAL", Align::Right),
    ];
    let mut table = Table::new(columns);
    for ((run, state, _), tally) in found {
        table.push([
            run.clone(),
            state.to_string(),
            tally.count.to_string(),
            tally.sums.to_string(),
        ]);
    }
    table
}

/// The same as JSON.
pub fn standing_json(found: &BTreeMap<(String, State, Unit), Tally>) -> Json {
    let rows: Vec<Json> = found
        .iter()
        .map(|((run, state, unit), tally)| {
            let total = tally.sums.0.values().copied().sum();
            json!({
                "run": run,
                "state": state.as_str(),
                "unit": unit.to_string(),
                "entries": tally.count,
                "total": show_minor(total, unit.digits()),
            })
        })
        .collect();
    json!({ "schema": 1, "rows": rows })
}

/// What answers came to, as a table.
pub fn confirmed(done: &Confirmed) -> Table {
    let mut table =
        Table::new([("ANSWER", Align::Left), ("ENTRIES", Align::Right), ("TOTAL", Align::Right)]);
    for (name, tally) in tallies(done) {
        if tally.count > 0 || name == "posted" {
            table.push([name.to_owned(), tally.count.to_string(), tally.sums.to_string()]);
        }
    }
    for (reason, count) in &done.reasons {
        table.push([format!("  {reason}"), count.to_string(), String::new()]);
    }
    for (name, count) in [("answered before", done.already), ("unknown", done.unknown)] {
        if count > 0 {
            table.push([name.to_owned(), count.to_string(), String::new()]);
        }
    }
    table
}

fn tallies(done: &Confirmed) -> [(&'static str, &Tally); 5] {
    [
        ("posted", &done.posted),
        ("missing", &done.missing),
        ("doubled", &done.doubled),
        ("different", &done.different),
        ("rejected", &done.rejected),
    ]
}

/// The same as JSON.
pub fn confirmed_json(batch: &str, done: &Confirmed) -> Json {
    let mut json = json!({ "schema": 1, "batch": batch });
    for (name, tally) in tallies(done) {
        json[name] = json!({ "entries": tally.count, "total": tally.sums.to_string() });
    }
    json["reasons"] = json!(done.reasons);
    json["answered_before"] = json!(done.already);
    json["unknown"] = json!(done.unknown);
    let named = done.named.iter();
    let named: Vec<Json> =
        named.map(|(what, key, why)| json!({ "what": what, "key": key, "why": why })).collect();
    json["named"] = json!(named);
    json
}

/// Doubles by policy, form and unit.
#[derive(Debug, Clone, Default)]
pub struct Doubled(BTreeMap<(String, String), (u64, Sums, Sums)>);

impl Doubled {
    /// Counts one.
    pub fn add(&mut self, double: &Double) {
        let key = (double.policy.clone(), double.form.clone());
        let (customers, excess, posted) = self.0.entry(key).or_default();
        *customers += 1;
        excess.add(&double.unit, double.excess);
        posted.add(&double.unit, double.posted);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In one line, as `inc merge` says it.
    pub fn line(&self) -> String {
        let mut all = (0, Sums::default(), Sums::default());
        for (customers, excess, posted) in self.0.values() {
            all.0 += customers;
            all.1.merge(excess);
            all.2.merge(posted);
        }
        let customers = if all.0 == 1 { "customer has" } else { "customers have" };
        format!(
            "{} {customers} the same twice, {} too much, {} of it credited",
            all.0, all.1, all.2
        )
    }

    /// As a table.
    pub fn table(&self) -> Table {
        let mut table = Table::new([
            ("POLICY", Align::Left),
            ("FORM", Align::Left),
            ("CUSTOMERS", Align::Right),
            ("TOO MUCH", Align::Right),
            ("CREDITED", Align::Right),
        ]);
        for ((policy, form), (customers, excess, posted)) in &self.0 {
            table.push([
                policy.clone(),
                form.clone(),
                customers.to_string(),
                excess.to_string(),
                posted.to_string(),
            ]);
        }
        table
    }
}
