//! `inc edit`

use clap::Args;

use crate::cli::args::Which;
use crate::cli::error::{Exit, Failure, Result};
use crate::cli::{Ctx, editor};
use crate::diag::{Diagnostic, Source};
use crate::incident::parse;

/// Edit the record in your editor; what does not parse is kept beside, never lost
#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    #[command(flatten)]
    which: Which,
    /// Print the change instead of making it
    #[arg(long)]
    dry_run: bool,
    /// Leave account numbers and personal ids as typed, for this reason, where the standard permits
    #[arg(long, value_name = "REASON")]
    unmask: Option<String>,
}

pub(crate) fn run(ctx: &mut Ctx, args: &EditArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let path = id.path();
    ctx.may_unmask(args.unmask.as_deref())?;
    if !args.dry_run {
        ctx.mask_by_hand(&id, &path)?;
    }
    let before = ctx.text(&path)?;
    ctx.say_tree();
    let after = editor::write(ctx, "incident.yaml", &before)?;
    if after == before {
        ctx.talk("nothing changed");
        return Ok(Exit::Done);
    }
    let parsed = parse(Source::new(&path, &after)).and_then(|parsed| {
        if parsed.record.id == id {
            return Ok(parsed);
        }
        Err(Diagnostic::error(
            "id-changed",
            format!("the id was {id}, now it is {}", parsed.record.id),
        )
        .help("an id never changes; uid and id stay as they were")
        .into())
    });
    let parsed = match parsed {
        Ok(parsed) => parsed,
        Err(mut found) => {
            let kept = ctx.keep(&format!("{id}.yaml"), &after)?;
            found.push(
                Diagnostic::error("kept", "your text is not a record yet; nothing was written")
                    .help(format!("it is kept in {kept}: mend it there, then inc retry")),
            );
            return Err(Failure::wrong(found));
        }
    };
    ctx.put(&parsed.record, &before, &after, "edit", args.dry_run)?;
    ctx.say(&format!("{id} · edited"))?;
    Ok(Exit::Done)
}
