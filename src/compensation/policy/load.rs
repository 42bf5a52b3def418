//! A policy's file read: head, columns, amounts, tables, in the order in which they need each other.
//!
//! The file is long because the parts of a policy are read against each other in one order.

use std::cell::RefCell;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use toml::de::{DeTable, DeValue};

use super::Policy;
use super::award::{awards, combine, written};
use super::columns::{columns, facts, is_name, name_error};
use super::form::{Basis, Booking, FORMS, FUNDING, Form, FormUnit, Rounding, Tax, Written};
use super::limits::{LimitRule, limits};
use super::reading::{Reading, Text, range};
use crate::compensation::amount::{self, Kind, Mode, Parameter, Ratio, Scope, WorkDays, dates};
use crate::compensation::columns::Columns;
use crate::decision::{Catalogue, Hit, InputSpec, PartTable, Table, Type, load_parts};
use crate::diag::{Diagnostic, Diagnostics, Source, TextRange, nearest};
use crate::units::{Currency, Money};

/// The largest policy that is read.
const MAX_BYTES: usize = 1024 * 1024;
/// The most rules of an award table: a row remembers which of them held.
pub(super) const MOST_RULES: usize = 256;
/// The most values of a dated parameter.
const MOST_DAYS: usize = 2_000;

const KEYS: [&str; 23] = [
    "title",
    "description",
    "basis",
    "currency",
    "effective_from",
    "zone",
    "figures",
    "rounding",
    "tax",
    "account",
    "cost_centre",
    "funding",
    "source",
    "why",
    "columns",
    "facts",
    "parameters",
    "let",
    "forms",
    "eligibility",
    "award",
    "limits",
    "owner",
];
const FORM_KEYS: [&str; 10] =
    ["due", "min", "max", "tax", "rounding", "account", "cost_centre", "funding", "title", "unit"];

/// Reads one policy: its name, its file, and from when its file's name says that it holds.
///
/// Nothing is given back where something is wrong with it; warnings come with a policy.
pub fn load(
    name: &str,
    source: Source<'_>,
    effective_from: Option<NaiveDate>,
    catalogue: &dyn Catalogue,
    calendars: &Arc<[WorkDays]>,
) -> (Option<Policy>, Diagnostics) {
    let mut reading = Reading::new(source);
    if source.text.len() > MAX_BYTES {
        let start = TextRange::new(0, 0);
        reading.error("table-too-large", "the policy is larger than 1 MB", start, "");
        return (None, reading.found);
    }
    let document = match DeTable::parse(source.text) {
        Ok(document) => document,
        Err(e) => {
            let at = e.span().map_or(TextRange::new(0, 0), TextRange::from);
            let message = e.message().trim().replace('\n', "; ");
            let found = Diagnostic::error("table-syntax", format!("this is no TOML: {message}"))
                .at(source.place(at))
                .help("correct the line; the policy is not in force until then");
            return (None, found.into());
        }
    };
    let policy = read(name, document.get_ref(), effective_from, catalogue, calendars, &mut reading);
    let mut found = reading.found;
    found.sort();
    let policy = policy.filter(|_| !found.has_errors());
    (policy, found)
}

/// What is said at the top of a policy.
struct Head {
    title: String,
    basis: Basis,
    currency: Currency,
    rounding: Rounding,
    booking: Booking,
}

fn read(
    name: &str,
    root: &DeTable<'_>,
    effective_from: Option<NaiveDate>,
    catalogue: &dyn Catalogue,
    calendars: &Arc<[WorkDays]>,
    reading: &mut Reading<'_>,
) -> Option<Policy> {
    reading.only(root, &KEYS, "a policy");
    let head = head(root, reading)?;
    let columns = columns(root, head.currency, reading);
    let own_facts = facts(root, head.currency, reading);
    let parameters = parameters(root, reading);
    let used = RefCell::new(Vec::new());
    let calendar_names: Vec<String> = calendars.iter().map(|c| c.name.to_string()).collect();
    let mut fact_names = catalogue.names();
    fact_names.extend(own_facts.keys().cloned());
    fact_names.sort_unstable();
    let fact = |name: &str| match name {
        "run_date" => Some(Kind::Date),
        name => {
            let spec = own_facts.get(name).cloned().or_else(|| catalogue.input(name))?;
            Kind::of(&spec.ty)
        }
    };
    let outside = Scope {
        columns: &columns,
        lets: &[],
        parameters: &parameters,
        fact: &fact,
        fact_names: &fact_names,
        used: &used,
        calendars: &calendar_names,
        rows: false,
        filled: &[],
        award: None,
    };
    let (lets, let_names) = lets(root, Scope { rows: true, ..outside }, reading);
    let scope = Scope { lets: &let_names, rows: true, ..outside };
    let tax = reading.choice(root, "tax", &Tax::NAMES).unwrap_or_default();
    let forms = forms(root, &head, tax, &scope, reading);
    let inputs = Inputs {
        columns: &columns,
        lets: &let_names,
        own_facts: &own_facts,
        base: catalogue,
        rows: true,
    };
    let incident = Inputs { rows: false, ..inputs };
    let part = |key: &'static str, texts, inputs: &Inputs<'_>, reading: &mut Reading<'_>| {
        let full = format!("{name}.{key}");
        let part = PartTable { key, name: &full, also: &[], texts };
        let (table, found) = load_parts(reading.source, root, part, inputs);
        reading.found.extend(found);
        table
    };

    let eligibility = part("eligibility", false, &incident, reading);
    if let Some(table) = &eligibility {
        check_eligibility(table, reading);
    }
    if !root.contains_key("award") {
        let start = root.iter().next().map_or(TextRange::default(), |(key, _)| range(key));
        let help = "write [award] with `hit` and its rules";
        reading.error("missing-key", "the policy has no `award`", start, help);
    }
    let mut award = part("award", true, &inputs, reading)?;
    let combine = combine(&mut award, reading);
    if award.rules.len() > MOST_RULES {
        let what = format!("the award table has more than {MOST_RULES} rules");
        reading.error("wrong-value", what, award.range, "let bands and [parameters] say it");
    }
    let section = root.get("award").and_then(|value| value.get_ref().as_table())?;
    let awards = awards(section, &award, &forms, head.currency, &scope, reading);

    let mut limit_rules: Vec<LimitRule> = Vec::new();
    let mut limits_table: Option<Table> = None;
    if let Some((key, section)) = root.get_key_value("limits") {
        if !head.basis.may_be_limited() {
            let what = format!("what is owed by {} is not limited", basis_words(head.basis));
            let help =
                "take [limits] out: nobody's own money, and nothing that a law gives, is cut";
            reading.error("limits-refused", what, range(key), help);
        } else {
            limits_table = part("limits", true, &incident, reading);
            if let Some(table) = &limits_table
                && !matches!(table.hit, Hit::Collect | Hit::RuleOrder)
            {
                let what = format!("`{}` would leave limits out", table.hit.name());
                reading.error("unknown-hit", what, table.promise, "write hit = \"collect\"");
            }
            let found = section
                .get_ref()
                .as_table()
                .and_then(|section| limits(section, head.currency, &outside, reading));
            limit_rules = found.unwrap_or_default();
        }
    }

    let zone = reading.text(root, "zone").and_then(|text| match text.text.parse::<Tz>() {
        Ok(zone) => Some(zone),
        Err(_) => {
            let what = format!("`{}` is no time zone", text.text);
            reading.error("wrong-value", what, text.range, "write it as Europe/London");
            None
        }
    });
    let proposed = reading.choice(root, "figures", &[("proposed", true), ("decided", false)]);
    let own_date = reading.day(root, "effective_from");
    let description = reading.text(root, "description").map(|text| text.text);
    for key in ["source", "why", "owner"] {
        reading.text(root, key);
    }
    Some(Policy {
        name: name.to_owned(),
        file: reading.source.name.to_owned(),
        text: reading.source.text.into(),
        title: head.title,
        description,
        basis: head.basis,
        currency: head.currency,
        effective_from: effective_from.or(own_date),
        zone,
        proposed: proposed.unwrap_or(false),
        tax,
        parameters: parameters.clone(),
        facts: used.borrow().clone(),
        own_facts: own_facts.clone(),
        forms,
        eligibility,
        award,
        combine: combine?,
        awards,
        limits: limits_table,
        limit_rules,
        lets,
        let_names,
        columns: columns.clone(),
        calendars: Arc::clone(calendars),
    })
}

fn basis_words(basis: Basis) -> &'static str {
    match basis {
        Basis::Restitution => "restitution",
        Basis::Regulatory => "regulation",
        Basis::Contractual => "contract",
        Basis::Goodwill => "goodwill",
    }
}

fn head(root: &DeTable<'_>, reading: &mut Reading<'_>) -> Option<Head> {
    let start = root.iter().next().map_or(TextRange::default(), |(key, _)| range(key));
    let mut need = |key: &str, help: &str| {
        if !root.contains_key(key) {
            let what = format!("the policy has no `{key}`");
            reading.error("missing-key", what, start, help);
        }
    };
    need("title", "write what people call it");
    need("basis", "write restitution, regulatory, contractual or goodwill");
    need("currency", "write currency = \"MXN\"");
    need("forms", "write what it gives: [forms.statement_credit]");
    let title = reading.text(root, "title").map(|text| text.text).unwrap_or_default();
    let basis = reading.choice(root, "basis", &Basis::NAMES);
    let currency = reading.text(root, "currency").and_then(|text| {
        text.text
            .parse::<Currency>()
            .map_err(|e| {
                let help = format!("expected {}", e.expected);
                reading.error("wrong-value", e.what, text.range, help);
            })
            .ok()
    });
    let currency = currency?;
    let standard = Rounding { unit: minor(currency), step: 1, mode: Mode::HalfEven };
    let rounding = rounding(root, currency, standard, reading);
    let booking = booking(root, &Booking::default(), reading);
    Some(Head { title, basis: basis?, currency, rounding, booking })
}

/// The smallest coin, in whole currency.
fn minor(currency: Currency) -> Ratio {
    Ratio::new(1, 10_i128.pow(currency.minor_digits())).unwrap_or(Ratio::ONE)
}

fn rounding(
    table: &DeTable<'_>,
    currency: Currency,
    inherited: Rounding,
    reading: &mut Reading<'_>,
) -> Rounding {
    let Some(table) = reading.table(table, "rounding") else { return inherited };
    reading.only(table, &["unit", "mode"], "`rounding`");
    let mode = reading.choice(table, "mode", &Mode::NAMES).unwrap_or(inherited.mode);
    let Some(text) = reading.text(table, "unit") else { return Rounding { mode, ..inherited } };
    let unit = text.text.parse::<Money>().ok().filter(|m| m.currency == currency);
    let unit = unit.map(|money| Ratio::of(money.amount)).filter(|unit| *unit > Ratio::ZERO);
    let steps = unit.and_then(|unit| unit.div(minor(currency)));
    let step = steps.filter(|steps| steps.denominator() == 1);
    let step = step.and_then(|steps| i64::try_from(steps.numerator()).ok());
    match (unit, step) {
        (Some(unit), Some(step)) => Rounding { unit, step, mode },
        _ => {
            let what = format!("`{}` is no step that {currency} can be rounded to", text.text);
            let help =
                format!("write a whole number of its smallest coins, such as 0.50 {currency}");
            reading.error("wrong-value", what, text.range, help);
            inherited
        }
    }
}

fn booking(table: &DeTable<'_>, inherited: &Booking, reading: &mut Reading<'_>) -> Booking {
    let mut own = |key: &str, above: &Option<String>| {
        reading.text(table, key).map(|text| text.text).or_else(|| above.clone())
    };
    let account = own("account", &inherited.account);
    let cost_centre = own("cost_centre", &inherited.cost_centre);
    let choices = FUNDING.map(|name| (name, name));
    let funding = reading.choice(table, "funding", &choices).map(str::to_owned);
    Booking { account, cost_centre, funding: funding.or_else(|| inherited.funding.clone()) }
}

fn parameters(root: &DeTable<'_>, reading: &mut Reading<'_>) -> Vec<Parameter> {
    let mut all: Vec<Parameter> = Vec::new();
    let table = reading.table(root, "parameters");
    for (key, value) in table.into_iter().flat_map(|t| t.iter()) {
        let name = key.get_ref().to_string();
        if !is_name(&name) {
            name_error(&name, range(key), reading);
            continue;
        }
        let mut values = Vec::new();
        let mut kind: Option<Kind> = None;
        let mut add = |from: Option<i64>, text: Text, reading: &mut Reading<'_>| {
            let found = amount::read_constant(&text.text).and_then(|(constant, found)| match kind
                .filter(|kind| *kind != found)
            {
                Some(wanted) => Err(amount::of_another_kind(found, wanted, text.text.len())),
                None => Ok((constant, found)),
            });
            match found {
                Ok((constant, found)) => {
                    kind = Some(found);
                    values.push((from, constant));
                }
                Err(e) => reading.amount(&format!("parameter `{name}`"), &text, e),
            }
        };
        match value.get_ref() {
            DeValue::Table(days) => {
                for (day, value) in days.iter() {
                    let from = day.get_ref().parse::<NaiveDate>().ok();
                    let Some(from) = from else {
                        let what = format!("`{}` in parameter `{name}` is no day", day.get_ref());
                        let help =
                            "write the day from which the value holds: { \"2026-04-01\" = … }";
                        reading.error("wrong-value", what, range(day), help);
                        continue;
                    };
                    if let Some(text) = reading.words(&name, value) {
                        add(Some(i64::from(dates::number(from))), text, reading);
                    }
                }
                if days.is_empty() || days.len() > MOST_DAYS {
                    let what = format!("parameter `{name}` has no value, or more than {MOST_DAYS}");
                    reading.error("wrong-value", what, range(key), "write a day and a value");
                }
            }
            _ => {
                if let Some(text) = reading.words(&name, value) {
                    add(None, text, reading);
                }
            }
        }
        values.sort_by_key(|(from, _)| *from);
        if let Some(kind) = kind {
            all.push(Parameter { name, kind, values });
        }
    }
    all
}

/// The names of `[let]`, each of which may use those above it.
fn lets(
    root: &DeTable<'_>,
    scope: Scope<'_>,
    reading: &mut Reading<'_>,
) -> (Vec<Written>, Vec<(String, Kind)>) {
    let (mut lets, mut names) = (Vec::new(), Vec::<(String, Kind)>::new());
    let table = reading.table(root, "let");
    for (key, value) in table.into_iter().flat_map(|t| t.iter()) {
        let (name, at) = (key.get_ref().to_string(), range(key));
        if !is_name(&name) {
            name_error(&name, at, reading);
            continue;
        }
        if scope.columns.find(&name).is_some() {
            let what = format!("`{name}` is a column already");
            reading.error("duplicate-name", what, at, "call it something else");
            continue;
        }
        let Some(text) = reading.words(&name, value) else { continue };
        match amount::read(&text.text, &Scope { lets: &names, ..scope }) {
            Ok(amount) => {
                let kind = amount.kind;
                lets.push(Written { amount, text: text.text, range: text.range });
                names.push((name, kind));
            }
            Err(error) => reading.amount(&format!("`{name}`"), &text, error),
        }
    }
    (lets, names)
}

fn forms(
    root: &DeTable<'_>,
    head: &Head,
    tax: Tax,
    scope: &Scope<'_>,
    reading: &mut Reading<'_>,
) -> Vec<Form> {
    let mut all: Vec<Form> = Vec::new();
    let table = reading.table(root, "forms");
    for (key, value) in table.into_iter().flat_map(|t| t.iter()) {
        let (name, at) = (key.get_ref().to_string(), range(key));
        let Some(spec) = reading.as_table(&name, value) else { continue };
        let Some((_, unit)) = FORMS.iter().find(|(known, _)| *known == name) else {
            let names = FORMS.map(|(name, _)| name);
            let help = match nearest(&name, names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the forms are {}", names.join(", ")),
            };
            reading.error("unknown-form", format!("there is no form `{name}`"), at, help);
            continue;
        };
        reading.only(spec, &FORM_KEYS, &format!("form `{name}`"));
        let kind = unit.kind(head.currency);
        let mut amount = |key: &str, kind: Kind, scope: &Scope<'_>| {
            let text = spec.get(key).and_then(|value| reading.words(key, value))?;
            written(&format!("{key} of {name}"), text, kind, scope, reading)
        };
        let due = amount("due", Kind::Date, scope);
        let (min, max) = (amount("min", kind, scope), amount("max", kind, scope));
        let own = Scope { award: Some(kind), ..*scope };
        let taxed = amount("tax", kind, &own);
        let rounding = match unit {
            FormUnit::Money => rounding(spec, head.currency, head.rounding, reading),
            _ => Rounding { unit: Ratio::ONE, step: 1, mode: head.rounding.mode },
        };
        if head.basis == Basis::Restitution {
            for limit in [&min, &max].into_iter().flatten() {
                let what = "the customer's own money has neither minimum nor cap";
                let help = "take it out, or change the basis";
                reading.error("limits-refused", what, limit.range, help);
            }
        }
        if let (Some(taxed), Tax::None) = (&taxed, tax) {
            let what = "the policy says that there is no tax in it";
            let help = "write tax = \"included\" or \"added\" at the top";
            reading.error("wrong-value", what, taxed.range, help);
        }
        if taxed.is_none() && tax != Tax::None && *unit == FormUnit::Money {
            let what = format!("`{name}` does not say what of it is tax");
            let help = "write tax = \"award * share(tax_charged, charged)\"; it is taken from what was charged";
            reading.error("missing-key", what, at, help);
        }
        let booking = booking(spec, &head.booking, reading);
        all.push(Form {
            name,
            unit: *unit,
            due,
            min,
            max,
            tax: taxed,
            rounding,
            booking,
            range: at,
        });
    }
    if all.is_empty()
        && let Some((key, _)) = root.get_key_value("forms")
    {
        let help = "write what it gives: [forms.statement_credit]";
        reading.error("missing-key", "the policy gives nothing", range(key), help);
    }
    all
}

/// The outcomes of an eligibility table: yes or no, and why not.
fn check_eligibility(table: &Table, reading: &mut Reading<'_>) {
    if !table.hit.is_single() {
        let what = format!("`{}` gives several answers", table.hit.name());
        reading.error("unknown-hit", what, table.promise, "write hit = \"first\" or \"unique\"");
    }
    match table.outputs.iter().find(|output| output.name == "eligible") {
        Some(output) if output.ty == Type::Boolean => {}
        Some(output) => {
            let what = format!("`eligible` is {}", output.ty);
            reading.error("wrong-type", what, output.range, "write eligible = true or false");
        }
        None => {
            let help = "write then = { eligible = false, reason = \"…\" }";
            reading.error("missing-key", "the table has no `eligible`", table.range, help);
        }
    }
    let (Some(eligible), reason) = (table.output("eligible"), table.output("reason")) else {
        return;
    };
    for rule in &table.rules {
        let of = |place: usize| rule.then.get(place).and_then(|value| value.as_ref());
        let excludes = of(eligible) == Some(&crate::decision::Value::Boolean(false));
        if excludes && reason.and_then(of).is_none() {
            let what = format!("rule {} excludes without a reason", rule.id);
            reading.error("missing-key", what, rule.range, "write reason = \"…\" in its `then`");
        }
    }
    for output in &table.outputs {
        if !matches!(output.name.as_str(), "eligible" | "reason") {
            let what = format!("an eligibility table gives no `{}`", output.name);
            reading.warning("unknown-key", what, output.range, "it gives `eligible` and `reason`");
        }
    }
}

/// What the tables of a policy may ask about.
#[derive(Clone, Copy)]
struct Inputs<'a> {
    columns: &'a Columns,
    lets: &'a [(String, Kind)],
    own_facts: &'a std::collections::HashMap<String, InputSpec>,
    base: &'a dyn Catalogue,
    rows: bool,
}

impl Catalogue for Inputs<'_> {
    fn input(&self, name: &str) -> Option<InputSpec> {
        if self.rows {
            if let Some(column) = self.columns.find(name).and_then(|at| self.columns.at(at)) {
                let mut spec =
                    InputSpec::between(column.input_type(), column.min.clone(), column.max.clone());
                spec.absent = !column.required;
                return Some(spec);
            }
            if let Some((_, kind)) = self.lets.iter().find(|(known, _)| known == name) {
                return kind.input_type().map(InputSpec::new);
            }
        }
        self.own_facts.get(name).cloned().or_else(|| self.base.input(name))
    }

    fn names(&self) -> Vec<String> {
        let mut names = self.base.names();
        names.extend(self.own_facts.keys().cloned());
        if self.rows {
            names.extend(self.columns.iter().map(|column| column.name.clone()));
            names.extend(self.lets.iter().map(|(name, _)| name.clone()));
        }
        names.sort_unstable();
        names
    }
}
