//! `inc ticket`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::error::{Exit, Result};
use crate::incident::{EntryKind, Ticket, VendorTicket};

/// Link a ticket of another system, or a vendor's ticket
#[derive(Debug, Args)]
pub(crate) struct TicketArgs {
    /// The ticket's number in its system
    reference: String,
    /// Incident; left out when exactly one is open
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// System that holds it, such as jira
    #[arg(long)]
    system: Option<String>,
    /// Where to read it
    #[arg(long)]
    url: Option<String>,
    /// Vendor whose ticket it is: opens a vendor entry
    #[arg(long, conflicts_with = "system")]
    vendor: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

pub(crate) fn run(ctx: &mut Ctx, args: &TicketArgs) -> Result {
    let id = ctx.which(args.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    if let Some(vendor) = &args.vendor {
        ctx.warn_unknown("vendor", vendor);
    }
    let record = ctx.change(&id, "ticket", args.writing.dry_run, at, |record, act| {
        match &args.vendor {
            Some(vendor) => {
                let item = crate::incident::ItemId::new('V', &mut act.random);
                record.vendors.push(VendorTicket {
                    id: Some(item),
                    vendor: vendor.clone(),
                    ticket: Some(args.reference.clone()),
                    opened_at: Some(act.at),
                    ..VendorTicket::default()
                });
                let text = format!("{vendor}: ticket {} opened", args.reference);
                record.add_entry(act, EntryKind::Vendor, text, false);
            }
            None => record.tickets.push(Ticket {
                system: args.system.clone(),
                ref_: args.reference.clone(),
                url: args.url.clone(),
                ..Ticket::default()
            }),
        }
        Ok(())
    })?;
    ctx.say(&format!("{} · ticket {}", record.id, args.reference))?;
    Ok(Exit::Done)
}
