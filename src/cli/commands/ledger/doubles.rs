//! `inc ledger doubles`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::{Exit, Result};
use crate::cli::ledger::from_ledger;
use crate::cli::moves::csv_row;
use crate::ledger::{doubles, show_minor};
use crate::render::ledger::Doubled;
use crate::reports::payout::family;

/// List customers who have the same twice, because two incidents turned out to be one
///
/// What is beyond the largest of them can be cancelled (inc ledger reverse) where it is not credited,
/// and taken back (inc ledger clawback --doubles) where it is.
#[derive(Debug, Args)]
pub(crate) struct DoublesArgs {
    /// Incident: one of the family
    #[arg(value_name = "ID", add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::ids))]
    id: String,
    /// Sums by policy, or csv with the customers
    #[arg(long, value_parser = ["table", "csv"], default_value = "table")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &DoublesArgs) -> Result {
    let id = ctx.which(Some(&args.id))?;
    let register = ctx.register_quietly()?;
    let members = family(&register, &id);
    let till = ctx.till()?;
    let mut sums = Doubled::default();
    let mut text = csv_row(
        &["customer", "policy", "form", "unit", "excess", "credited", "incidents"]
            .map(str::to_owned),
    )?;
    doubles(&till.ledger(), &members, |double| {
        sums.add(&double);
        if args.format == "csv" {
            let show = |minor| show_minor(minor, double.unit.digits());
            let given = double.incidents.iter().map(|(id, minor)| format!("{id} {}", show(*minor)));
            let given = given.collect::<Vec<_>>().join("; ");
            let row = [
                double.customer.clone(),
                double.policy.clone(),
                double.form.clone(),
                double.unit.to_string(),
                show(double.excess),
                show(double.posted),
                given,
            ];
            text.push_str(&csv_row(&row).map_err(|f| {
                f.found.0.into_iter().next().unwrap_or_else(|| {
                    crate::diag::Diagnostic::error("ledger-unwritable", "a row cannot be written")
                })
            })?);
        }
        Ok(())
    })
    .map_err(from_ledger)?;
    match (args.format.as_str(), sums.is_empty()) {
        ("csv", _) => ctx.print(&text)?,
        (_, true) => ctx.say("nobody has anything twice")?,
        _ => ctx.print(&sums.table().render(ctx.out.surface()))?,
    }
    Ok(Exit::Done)
}
