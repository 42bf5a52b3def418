//! Tables that tighten another: a rule that is looser on some box.

use super::cover::{Budget, search};
use super::zone::{Zone, end, line};
use super::{BoxSide, Finding, MAX_REPORTED};
use crate::decision::plan::{Plan, RulePlan};
use crate::decision::space::{End, Region, Space};
use crate::decision::table::{Condition, Hit, Impossible, Output, Rule, Table};
use crate::decision::value::Value;
use crate::diag::Level;

/// Whether the first of two values of an output is the stricter one.
pub type IsStricter<'s> = dyn Fn(&Output, &Value, &Value) -> bool + 's;

/// Finds where a table that may only tighten `company` gives a looser output than it does, or one
/// that cannot be compared with the company's.
///
/// Both tables answer by one rule; outputs are compared by name, by `is_stricter` of the company's
/// output ([`Output::is_stricter`], or one that knows more). Where either has no rule that holds,
/// the other one stands.
pub fn looser(company: &Table, tightened: &Table, is_stricter: &IsStricter<'_>) -> Vec<Finding> {
    if !company.hit.is_single() || !tightened.hit.is_single() {
        return Vec::new();
    }
    let joint = match joint(company, tightened) {
        Ok(joint) => joint,
        Err(finding) => return vec![*finding],
    };
    let plan = &joint.plan;
    let space = Space::new(plan);
    let domain: Region = (0..plan.dims.len()).map(|dim| (0, end(plan, dim))).collect();
    let offset = company.rules.len();
    let ours = |rule: u32| &plan.rules[offset + rule as usize];
    let theirs = |rule: u32| &plan.rules[rule as usize];
    let mut budget = Budget::whole();
    let mut found = Vec::new();
    for (v, own) in tightened.plan.order.iter().enumerate() {
        for (c, base) in company.plan.order.iter().enumerate() {
            let Some(looser) = looser_output(company, tightened, *base, *own, is_stricter) else {
                continue;
            };
            let Looser { output, now, then, known } = looser;
            let zone = Zone::everything(plan).and(ours(*own)).and(theirs(*base));
            if zone.is_empty() {
                continue;
            }
            // Under an ordered policy, a rule decides only where none before it holds.
            let mut not: Vec<&RulePlan> = plan.impossible.iter().collect();
            if is_ordered(tightened.hit) {
                not.extend(tightened.plan.order[..v].iter().map(|r| ours(*r)));
            }
            if is_ordered(company.hit) {
                not.extend(company.plan.order[..c].iter().map(|r| theirs(*r)));
            }
            let mut place = None;
            let must = [ours(*own), theirs(*base)];
            let end = search(&space, domain.clone(), &must, &not, &mut budget, &mut |region| {
                place = Some(region.clone());
                false
            });
            let rule = &tightened.rules[*own as usize];
            if let Some(region) = place {
                let words = Zone::of_region(&region).words(&joint);
                let (code, neither) = match known {
                    true => ("looser-rule", ""),
                    false => ("not-comparable", ", and neither is stricter"),
                };
                let message = format!(
                    "rule {} gives {output} {now} where rule {} of {} gives {then}{neither}: {}",
                    rule.id,
                    company.rules[*base as usize].id,
                    company.name,
                    line(&words),
                );
                found.push(finding(code, Level::Error, message, rule, words));
            } else if end == End::Bound {
                let message = format!(
                    "the comparison with {} stopped at its bound; looser rules may remain",
                    company.name
                );
                found.push(finding("unproved", Level::Error, message, rule, Vec::new()));
                return found;
            }
            if found.len() >= MAX_REPORTED {
                return found;
            }
        }
    }
    found
}

fn is_ordered(hit: Hit) -> bool {
    matches!(hit, Hit::First | Hit::Priority)
}

fn finding(
    code: &'static str,
    level: Level,
    message: String,
    rule: &Rule,
    words: Vec<(String, String)>,
) -> Finding {
    Finding {
        code,
        level,
        message,
        rules: vec![rule.id.clone()],
        place: words.into_iter().map(|(input, is)| BoxSide { input, is }).collect(),
        range: rule.range,
    }
}

/// An output that is not tightened.
struct Looser {
    output: String,
    now: String,
    then: String,
    /// Whether the company's is known to be the stricter one; else nobody can say.
    known: bool,
}

/// The first output for which the rule is not as strict as the company's.
fn looser_output(
    company: &Table,
    tightened: &Table,
    base: u32,
    own: u32,
    is_stricter: &IsStricter<'_>,
) -> Option<Looser> {
    company.outputs.iter().enumerate().find_map(|(i, output)| {
        // What has no order, such as a message, goes with the outputs that have one.
        if !output.has_strictness() {
            return None;
        }
        let theirs = company.rules[base as usize].then.get(i)?.as_ref()?;
        let place = tightened.output(&output.name)?;
        let ours = tightened.rules[own as usize].then.get(place)?.as_ref()?;
        if ours == theirs || is_stricter(output, ours, theirs) {
            return None;
        }
        let known = is_stricter(output, theirs, ours);
        let (now, then) = (ours.to_string(), theirs.to_string());
        Some(Looser { output: output.name.clone(), now, then, known })
    })
}

/// Both tables' rules over the inputs of both.
fn joint(company: &Table, tightened: &Table) -> Result<Table, Box<Finding>> {
    let mut all = company.clone();
    let mut places = Vec::with_capacity(tightened.inputs.len());
    for input in &tightened.inputs {
        let known = all.inputs.iter().position(|i| i.fact == input.fact);
        if let Some(place) = known {
            let (ours, theirs) = (&input.ty, &all.inputs[place].ty);
            if ours != theirs {
                let message = format!(
                    "`{}` is {ours} here and {theirs} in {}; the tables cannot be compared",
                    input.name, company.name
                );
                return Err(Box::new(Finding {
                    code: "not-comparable",
                    level: Level::Error,
                    message,
                    rules: Vec::new(),
                    place: Vec::new(),
                    range: input.range,
                }));
            }
            all.inputs[place].absent |= input.absent;
            places.push(place);
        } else {
            all.inputs.push(input.clone());
            places.push(all.inputs.len() - 1);
        }
    }
    let moved = |when: &[Condition]| -> Vec<Condition> {
        let there = |c: &Condition| Condition { input: places[c.input], ..c.clone() };
        when.iter().map(there).collect()
    };
    all.rules.extend(tightened.rules.iter().map(|r| Rule { when: moved(&r.when), ..r.clone() }));
    let impossible = tightened.impossible.iter();
    all.impossible.extend(impossible.map(|i| Impossible { when: moved(&i.when), ..i.clone() }));
    let (plan, _) = Plan::new(Hit::Collect, &all.inputs, &all.outputs, &all.rules, &all.impossible);
    if plan.too_wide {
        return Err(Box::new(Finding {
            code: "unproved",
            level: Level::Error,
            message: format!("the table and {} are too wide to be compared", company.name),
            rules: Vec::new(),
            place: Vec::new(),
            range: tightened.range,
        }));
    }
    all.plan = plan;
    Ok(all)
}
