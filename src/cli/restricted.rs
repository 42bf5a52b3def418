//! Restricted incidents: the details in another workspace, here a stub.

use super::ctx::Asked;
use super::error::Result;
use super::{Ctx, workspace};
use crate::diag::Diagnostic;
use crate::incident::{EntryKind, Record, Restricted};

/// Title of a stub: it counts and never describes.
const STUB_TITLE: &str = "Restricted incident";

/// Writes the record into the group's workspace, and a stub here.
///
/// # Errors
///
/// When `inc.toml` names no workspace for the group, or it cannot be written.
pub(crate) fn open(ctx: &mut Ctx, record: &mut Record, group: &str, dry_run: bool) -> Result<()> {
    let Some(other) = ctx.config.restricted.get(group).cloned() else {
        let known: Vec<_> = ctx.config.restricted.keys().map(String::as_str).collect();
        let d = Diagnostic::error("no-restricted-workspace", format!("inc.toml names no workspace for the group `{group}`"))
            .help(format!("add to inc.toml: [restricted.{group}] workspace = \"../{group}-incidents\"; nothing was written"));
        return Err(d.did_you_mean(group, known).into());
    };
    if !ctx.is_trusted() {
        let place = other.workspace.display();
        let d = Diagnostic::error(
            "not-trusted",
            format!("inc.toml names the workspace {place}, and this machine does not trust it yet"),
        );
        return Err(d
            .help("inc trust shows what would be used, and allows it; nothing was written")
            .into());
    }
    let folder = ctx.root().join(&other.workspace);
    let other = workspace::read(folder).map_err(|mut failure| {
        for d in &mut failure.found.0 {
            let help = format!(
                "inc.toml names it under [restricted.{group}]; inc init makes a workspace there; nothing was written"
            );
            d.help.get_or_insert(help);
        }
        failure
    })?;
    let now = ctx.clock.fixed.then(|| ctx.clock.now.to_string());
    let mut theirs = Ctx::open(ctx.call, other, now.as_deref(), Asked::Live)?;
    // The details first: a stub without them would be worse than none.
    theirs.create(record, "open", dry_run)?;
    super::sharing::after(&theirs);
    let mut stub = stub(ctx, record, group);
    if let Err(failure) = ctx.create(&mut stub, "open", dry_run) {
        ctx.talk(&format!(
            "the details are written in {}, the stub here is not",
            theirs.root().display()
        ));
        return Err(failure);
    }
    *record = stub;
    Ok(())
}

fn stub(ctx: &mut Ctx, record: &Record, group: &str) -> Record {
    let mut stub = Record::new(record.id.clone(), record.uid.clone(), STUB_TITLE.into());
    stub.restricted = Some(Restricted {
        group: group.to_owned(),
        by: Some(ctx.author_id()),
        ..Restricted::default()
    });
    stub.exercise = record.exercise;
    stub.times_mut().detected = record.clocks().detected;
    let at = ctx.clock.now;
    ctx.with_act(at, |act| {
        stub.add_entry(act, EntryKind::Status, "opened; details are restricted", false)
    });
    stub
}
