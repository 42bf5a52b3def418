//! `inc doctor`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::config::Config;
use crate::cli::ctx::Asked;
use crate::cli::doctor::{self, Check};
use crate::cli::error::{Exit, Result};
use crate::cli::workspace::{self, Workspace};
use crate::cli::{Call, Ctx};

/// Look whether everything is set up, and say how to mend what is not
///
/// Git, who you are, the merge driver, inc.toml, the standard, the schema, the locale, the clock, the
/// editor, the remote. It changes nothing without --fix; outside a workspace it looks at the machine
/// alone. Exit code 0 when nothing is to mend, 1 otherwise.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Repair what is local and safe: the merge driver, the schema, an unreadable cache
    #[arg(long)]
    fix: bool,
    /// Do not ask the remote
    #[arg(long)]
    offline: bool,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Shape,
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Shape {
    /// For people
    Table,
    /// A documented object with `"schema": 1`
    Json,
}

pub(crate) fn run(call: Call, dir: Option<&Path>, now: Option<&str>, args: &DoctorArgs) -> Result {
    let root = workspace::find_root(dir);
    let here = dir.map_or_else(|| PathBuf::from("."), Path::to_owned);
    let mut checks = doctor::machine(root.as_deref().unwrap_or(&here));
    match root {
        Err(failure) => checks.push(Check::nowhere(&failure)),
        Ok(root) => {
            let read = workspace::read(root.clone());
            if args.fix {
                mend(call, &read, now)?;
            }
            checks.extend(around(call, root, read, now, args.offline));
        }
    }
    match args.format {
        Shape::Table => call.out.answer(&doctor::table(&checks))?,
        Shape::Json => call.out.answer(&format!("{}\n", doctor::as_json(&checks)))?,
    }
    Ok(if checks.iter().any(Check::is_to_mend) { Exit::No } else { Exit::Done })
}

/// The checks on a workspace; what is wrong with its settings hides none of the others.
fn around(
    call: Call,
    root: PathBuf,
    read: Result<Workspace>,
    now: Option<&str>,
    offline: bool,
) -> Vec<Check> {
    let mut checks = Vec::new();
    let found = match read {
        Ok(found) => Ok(found),
        Err(failure) => {
            checks.push(Check::failed("inc.toml", &failure));
            Err(Workspace { root, config: Config::default() })
        }
    };
    let readable = found.is_ok();
    let found = found.unwrap_or_else(|found| found);
    match Ctx::open(call, found, now, Asked::Live) {
        Err(failure) => checks.push(Check::failed("workspace", &failure)),
        Ok(ctx) => {
            if readable {
                checks.push(doctor::settings(&ctx));
            }
            checks.extend(doctor::repository(&ctx, offline));
            checks.extend(doctor::workspace(&ctx));
        }
    }
    checks
}

fn mend(call: Call, read: &Result<Workspace>, now: Option<&str>) -> Result<()> {
    let Ok(found) = read else {
        // Its settings say whether files may be committed.
        call.out.talk("nothing is mended before inc.toml can be read");
        return Ok(());
    };
    let ctx = Ctx::open(call, found.clone(), now, Asked::Live)?;
    let done = doctor::mend(&ctx)?;
    if done.is_empty() {
        call.out.talk("there is nothing that inc doctor could mend by itself");
    }
    for done in done {
        call.out.talk(&format!("mended: {done}"));
    }
    Ok(())
}
