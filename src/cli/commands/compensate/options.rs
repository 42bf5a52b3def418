//! `inc compensate options`

use clap::Args;
use serde_json::json;

use crate::cli::Ctx;
use crate::cli::args::{Format, Which};
use crate::cli::error::{self, Exit, Result};
use crate::cli::payrun::Around;
use crate::compensation::{Basis, Eligibility, Policy};
use crate::incident::Record;
use crate::render::{Align, Table, terminal_safe};
use crate::reports::payout::none_owed;

/// List which policies apply to an incident, which do not, and which facts decide it
///
/// The answer of each policy's eligibility table. Restitution comes first: the customer's own money
/// goes back before anything else is given.
#[derive(Debug, Args)]
pub(crate) struct OptionsArgs {
    #[command(flatten)]
    which: Which,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// A policy and its answer.
struct Choice<'p> {
    policy: &'p Policy,
    state: &'static str,
    rule: Option<String>,
    words: String,
    facts: Vec<String>,
}

pub(crate) fn run(ctx: &mut Ctx, args: &OptionsArgs) -> Result {
    let record = ctx.load(&ctx.which(args.which.id.as_deref())?)?.record;
    let around = Around::of(ctx)?;
    let (all, found) = around.policies();
    error::print(ctx.out, &found, ctx.call.json_errors);
    let facts = ctx.facts_of(&record)?;
    let began = record.began().unwrap_or(ctx.clock.now);
    let day = began.in_zone(&around.zone).get().date_naive();
    let mut options: Vec<Choice<'_>> = all
        .names()
        .into_iter()
        .filter_map(|name| all.in_force(name, Some(day)))
        .map(|policy| option(policy, policy.eligibility(&facts)))
        .collect();
    options.sort_by_key(|option| place(option.policy.basis));
    if args.format == Format::Json {
        let listed: Vec<_> = options
            .iter()
            .map(|o| {
                json!({
                    "policy": o.policy.name, "version": o.policy.version(),
                    "title": o.policy.title, "basis": o.policy.basis.name(), "state": o.state,
                    "rule": o.rule, "reason": o.words, "open": o.facts,
                })
            })
            .collect();
        let none = none_owed(&record)
            .map(|(by, at, reason)| json!({ "by": by, "at": at.to_string(), "reason": reason }));
        let answer = json!({
            "schema": 1, "incident": record.id.as_str(), "policies": listed, "none_owed": none,
        });
        ctx.say(&answer.to_string())?;
        return Ok(Exit::Done);
    }
    if options.is_empty() {
        ctx.talk("there is no policy in standards/compensation/");
        return Ok(Exit::Done);
    }
    let mut table = Table::new(
        ["POLICY", "BASIS", "ANSWER", "RULE", "WHY"].map(|heading| (heading, Align::Left)),
    );
    for o in &options {
        table.push([
            o.policy.name.clone(),
            o.policy.basis.name().to_owned(),
            o.state.to_owned(),
            o.rule.clone().unwrap_or_default(),
            o.words.clone(),
        ]);
    }
    ctx.print(&table.render(ctx.out.surface()))?;
    if let Some((by, at, reason)) = none_owed(&record) {
        let at = at.in_zone(&around.zone);
        ctx.talk(&format!(
            "{} decided {at}: none owed: {}",
            terminal_safe(by),
            terminal_safe(reason)
        ));
    } else if options.iter().all(|o| o.state == "does not apply") {
        let suffix = record.id.suffix();
        ctx.talk(&format!("none is owed; record it: inc compensate none {suffix} --reason WORDS"));
    }
    Ok(Exit::Done)
}

/// The policies that apply to an incident, by name.
pub(super) fn applying(ctx: &Ctx, record: &Record) -> Result<Vec<String>> {
    let around = Around::of(ctx)?;
    let (all, _) = around.policies();
    let facts = ctx.facts_of(record)?;
    let day = record.began().unwrap_or(ctx.clock.now).in_zone(&around.zone).get().date_naive();
    let in_force = all.names().into_iter().filter_map(|name| all.in_force(name, Some(day)));
    Ok(in_force
        .filter(|policy| matches!(policy.eligibility(&facts), Eligibility::Applies(_)))
        .map(|policy| policy.name.clone())
        .collect())
}

fn option(policy: &Policy, eligibility: Eligibility) -> Choice<'_> {
    let (state, rule, words, facts) = match eligibility {
        Eligibility::Applies(rule) => ("applies", rule, policy.title.clone(), Vec::new()),
        Eligibility::Excluded(rule, reason) => ("does not apply", rule, reason, Vec::new()),
        Eligibility::Open(facts) => {
            ("open", None, format!("not known: {}", facts.join(", ")), facts)
        }
        Eligibility::Conflict(rules) => {
            ("contradicts itself", None, format!("both hold: {}", rules.join(", ")), Vec::new())
        }
    };
    Choice { policy, state, rule, words, facts }
}

fn place(basis: Basis) -> usize {
    Basis::NAMES.iter().position(|(_, known)| *known == basis).unwrap_or(usize::MAX)
}
