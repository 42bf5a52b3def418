//! What tables that list something say about one record: findings, checklist items, roles owed.

use super::verticals::strictest;
use super::{Due, Policies, Target, Words};
use crate::decision::{Condition, Decision, FactSet, Known, Rule, Table, Value, decide};
use crate::diag::Level;
use crate::yaml::{Route, Tree};

/// Something that the company's checks found (`checks.toml`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its code, for waivers and `--only`.
    pub code: String,
    /// How bad it is.
    pub level: Level,
    /// What is wrong, with the facts filled in.
    pub message: String,
    /// The command that fixes it, with `ID` for the incident.
    pub fix: Option<String>,
    /// The rule that asks for it.
    pub rule: String,
    /// Why the rule is there.
    pub why: Option<String>,
    /// The places of the record that the rule's facts were read from.
    pub routes: Vec<Route>,
}

/// Something to be done (`checklist.toml`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecklistItem {
    /// Its id: `inc done ITEM`.
    pub item: String,
    /// What to do, per locale.
    pub words: Words,
    /// The role that does it.
    pub role: String,
    /// By when, from detection.
    pub due: Target,
    /// What shows that it was done: note, link, ticket, message, decision or evidence.
    pub evidence: Option<String>,
    /// Why it is asked for.
    pub why: Option<String>,
}

/// A role that somebody has to hold (`roles-owed.toml`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleOwed {
    /// The role.
    pub role: String,
    /// By when, from detection.
    pub by: Target,
    /// The rule that asks for it.
    pub rule: String,
    /// Why.
    pub why: Option<String>,
}

/// How a record stands to one of the company's checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stands {
    /// The check is about something else: a condition that the rule does not ask for fails.
    DoesNotApply,
    /// The record does not say.
    Unknown,
    /// It is about this record, and what it asks for is there.
    Met,
    /// What it asks for is missing.
    NotMet,
}

/// An authority that may have to be told (`regulatory.toml`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regime {
    /// Its id: `cnbv`.
    pub regime: String,
    /// Its name.
    pub authority: String,
    /// By when it has to be told, where somebody of the company has read the text and said so.
    pub deadline: Option<Target>,
    /// Why it is asked for.
    pub why: Option<String>,
}

impl Regime {
    fn read(table: &Table, rule: &Rule) -> Option<Regime> {
        let text = |output| cell(table, rule, output);
        // A deadline counts with its source, who verified it and when: a wrong one is worse than none.
        let verified = ["source", "verified_by", "verified_on"]
            .iter()
            .all(|output| text(output).is_some_and(|t| !t.trim().is_empty()));
        let deadline = text("deadline").and_then(|due| due.parse::<Target>().ok());
        Some(Regime {
            regime: text("regime")?,
            authority: text("authority").unwrap_or_default(),
            deadline: deadline.filter(|d| verified && *d.due() != Due::Never),
            why: rule.why.clone(),
        })
    }
}

impl Policies {
    /// The authorities that may have to be told of an incident, each once.
    ///
    /// `facts` are those of [`Policies::decide`].
    pub fn regimes(&self, facts: &FactSet) -> Vec<Regime> {
        let found = self
            .rules_held("regimes", facts, |decision, rule| Regime::read(decision.table(), rule));
        let mut all: Vec<Regime> = Vec::new();
        for (regime, _) in found {
            if !all.iter().any(|known| known.regime == regime.regime) {
                all.push(regime);
            }
        }
        all
    }

    /// Every authority that the standard knows, whatever the incident.
    pub fn all_regimes(&self) -> Vec<Regime> {
        let beside = self.verticals().iter().filter(|t| t.of == "regimes").map(|t| &t.table);
        let tables = self.table("regimes").into_iter().chain(beside);
        tables.flat_map(|t| t.rules.iter().filter_map(|rule| Regime::read(t, rule))).collect()
    }

    /// How a record stands to each of the company's checks, by code in the order of the rules; of
    /// several rules of one code, the worst.
    ///
    /// A rule says with `asks = ["input", …]` which of its conditions are what it asks for; the
    /// others say whom it concerns. A rule without `asks` concerns every record.
    /// `facts` are those of [`Policies::decide`].
    pub fn kept(&self, facts: &FactSet) -> Vec<(String, Stands)> {
        let mut kept: Vec<(String, Stands)> = Vec::new();
        for table in self.tables("checks", facts) {
            let decision = decide(table, facts);
            for (place, rule) in table.rules.iter().enumerate() {
                let code = text(&decision, rule, "code").unwrap_or_else(|| rule.id.clone());
                let stands = stands(&decision, place, rule);
                match kept.iter_mut().find(|(known, _)| *known == code) {
                    Some((_, worst)) => *worst = stands.max(*worst),
                    None => kept.push((code, stands)),
                }
            }
        }
        kept
    }

    /// What the company's own checks find, in the order of their rules.
    ///
    /// `facts` are those of [`Policies::decide`].
    pub fn findings(&self, facts: &FactSet) -> Vec<Finding> {
        let found = self.rules_held("checks", facts, |decision, rule| {
            let inputs =
                rule.when.iter().filter_map(|cell| decision.table().inputs.get(cell.input));
            let mut routes: Vec<Route> =
                inputs.flat_map(|input| facts.routes(&input.fact)).collect();
            routes.sort();
            routes.dedup();
            let level = match text(decision, rule, "level")?.as_str() {
                "error" => Level::Error,
                "note" => Level::Note,
                _ => Level::Warning,
            };
            Some(Finding {
                code: text(decision, rule, "code").unwrap_or_else(|| rule.id.clone()),
                level,
                message: fill(&text(decision, rule, "message")?, facts),
                fix: text(decision, rule, "fix"),
                rule: rule.id.clone(),
                why: rule.why.clone(),
                routes,
            })
        });
        strictest(found, |a, b| a.code == b.code, |a, b| a.level > b.level)
    }

    /// What is to be done, in the order of the table.
    ///
    /// `facts` are those of [`Policies::decide`].
    pub fn checklist(&self, facts: &FactSet) -> Vec<ChecklistItem> {
        const NO_WORDS: [&str; 4] = ["item", "role", "due", "evidence"];
        let items = self.rules_held("checklist", facts, |decision, rule| {
            let mut words = Words::default();
            // Every other output is a locale.
            for (output, value) in decision.table().outputs.iter().zip(&rule.then) {
                if let Some(Value::Text(text)) = value
                    && !NO_WORDS.contains(&output.name.as_str())
                {
                    words.add(output.name.as_str(), text.as_str());
                }
            }
            Some(ChecklistItem {
                item: text(decision, rule, "item")?,
                words,
                role: text(decision, rule, "role")?,
                due: self.time(given(decision.table(), rule, "due")?)?,
                evidence: text(decision, rule, "evidence").filter(|e| !e.is_empty()),
                why: rule.why.clone(),
            })
        });
        strictest(items, |a, b| a.item == b.item, |a, b| a.due.is_stricter(&b.due))
    }

    /// The roles that somebody has to hold; of several rules for one role, the first, or the
    /// stricter one of a vertical.
    ///
    /// `facts` are those of [`Policies::decide`].
    pub fn roles_owed(&self, facts: &FactSet) -> Vec<RoleOwed> {
        let mut owed: Vec<(RoleOwed, bool)> = Vec::new();
        let held = self.rules_held("roles-owed", facts, |decision, rule| {
            Some(RoleOwed {
                role: text(decision, rule, "role")?,
                by: self.time(given(decision.table(), rule, "by")?)?,
                rule: rule.id.clone(),
                why: rule.why.clone(),
            })
        });
        for (role, of_vertical) in held {
            if of_vertical || !owed.iter().any(|(o, _)| o.role == role.role) {
                owed.push((role, of_vertical));
            }
        }
        strictest(owed, |a, b| a.role == b.role, |a, b| a.by.is_stricter(&b.by))
    }

    /// Makes something of every rule of a list table that holds for certain, the company's first,
    /// and says whether it is of a vertical.
    pub(super) fn rules_held<T>(
        &self,
        table: &str,
        facts: &FactSet,
        make: impl Fn(&Decision<'_>, &Rule) -> Option<T>,
    ) -> Vec<(T, bool)> {
        let mut all = Vec::new();
        for (place, table) in self.tables(table, facts).into_iter().enumerate() {
            let decision = decide(table, facts);
            let of_vertical = place > 0;
            let made = decision.matched().filter_map(|rule| make(&decision, rule));
            all.extend(made.map(|one| (one, of_vertical)));
        }
        all
    }
}

/// How a record stands to one rule.
fn stands(decision: &Decision<'_>, place: usize, rule: &Rule) -> Stands {
    let asked: Vec<&str> = asks(rule).collect();
    let concerns = |cell: &Condition| {
        let name = decision.table().inputs.get(cell.input).map(|input| input.name.as_str());
        !asked.is_empty() && !name.is_some_and(|name| asked.contains(&name))
    };
    let held = |concerning: bool| {
        let cells = rule.when.iter().enumerate();
        let cells = cells.filter(move |(_, cell)| concerns(cell) == concerning);
        let held: Vec<_> = cells.map(|(i, _)| decision.condition_held(place, i)).collect();
        match () {
            () if held.contains(&Some(false)) => Some(false),
            () if held.contains(&None) => None,
            () => Some(true),
        }
    };
    match (held(true), held(false)) {
        (Some(false), _) => Stands::DoesNotApply,
        (Some(true), Some(true)) => Stands::NotMet,
        (Some(true), Some(false)) => Stands::Met,
        (None, _) | (_, None) => Stands::Unknown,
    }
}

/// The inputs that a check names as what it asks for.
pub(super) fn asks(rule: &Rule) -> impl Iterator<Item = &str> {
    let asks = rule.extra.iter().filter(|(key, _)| key == "asks");
    let named = asks.flat_map(|(_, value)| match value {
        Tree::Seq(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    });
    named.filter_map(|item| match item {
        Tree::Text(name) => Some(name.as_str()),
        _ => None,
    })
}

pub(super) fn text(decision: &Decision<'_>, rule: &Rule, output: &str) -> Option<String> {
    cell(decision.table(), rule, output)
}

fn cell(table: &Table, rule: &Rule, output: &str) -> Option<String> {
    given(table, rule, output).map(str::to_owned)
}

fn given<'r>(table: &Table, rule: &'r Rule, output: &str) -> Option<&'r str> {
    rule.then.get(table.output(output)?)?.as_ref()?.as_text()
}

/// Fills `{{fact}}` with the fact's value.
pub(super) fn fill(message: &str, facts: &FactSet) -> String {
    let mut filled = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, name, after)) = slot(rest) {
        filled.push_str(before);
        match facts.known(name) {
            Known::Is(Value::List(items)) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                filled.push_str(&items.join(", "));
            }
            Known::Is(value) => filled.push_str(&value.to_string()),
            _ => filled.push_str("unknown"),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The first `{{name}}` of a text, with what stands before and after it.
fn slot(text: &str) -> Option<(&str, &str, &str)> {
    let (before, from) = text.split_once("{{")?;
    let (name, after) = from.split_once("}}")?;
    Some((before, name.trim(), after))
}

/// The facts that a message names.
pub(super) fn slots(message: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = message;
    while let Some((_, name, after)) = slot(rest) {
        names.push(name);
        rest = after;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_facts() {
        let mut facts = FactSet::new();
        facts.set("actions_overdue", Value::integer(2));
        assert_eq!(fill("{{actions_overdue}} late, {{ other }}", &facts), "2 late, unknown");
        facts.set("regimes", Value::texts(["a", "b"]));
        assert_eq!(fill("{{regimes}}", &facts), "a, b");
        assert_eq!(fill("open {{ and no end", &facts), "open {{ and no end");
        assert_eq!(slots("a {{b}} c {{ d }}"), ["b", "d"]);
    }
}
