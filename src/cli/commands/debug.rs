//! `inc debug`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::cli::change::new_text;
use crate::cli::error::{Exit, Failure, Result};
use crate::cli::{Call, files};
use crate::diag::Diagnostic;
use crate::sample;

/// Tools for the people who work on inc and on templates
#[derive(Debug, Args)]
pub(crate) struct DebugArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Write a reproducible workspace of made-up incidents, without committing it
    Generate {
        /// How many
        #[arg(long, value_name = "COUNT")]
        incidents: usize,
        /// The same seed makes the same incidents
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Folder that does not exist yet
        dir: PathBuf,
    },
    /// Print what the template of a report is given, as JSON
    ///
    /// The names are those that templates/report/KIND.LOCALE.md.hbs may use.
    ///
    ///   inc debug context weekly --period 2026-W47 --locale en
    #[command(verbatim_doc_comment)]
    Context(super::report::ReportArgs),
}

impl DebugArgs {
    /// The report whose data are asked for, which takes a workspace.
    pub(super) fn report(&self) -> Option<&super::report::ReportArgs> {
        match &self.verb {
            Verb::Context(args) => Some(args),
            Verb::Generate { .. } => None,
        }
    }
}

pub(crate) fn run(call: Call, args: &DebugArgs) -> Result {
    match &args.verb {
        Verb::Generate { incidents, seed, dir } => generate(call, *incidents, *seed, dir),
        // It takes a workspace, and was answered there.
        Verb::Context(_) => Ok(Exit::Done),
    }
}

fn generate(call: Call, count: usize, seed: u64, dir: &Path) -> Result {
    let outside = |e: std::io::Error| {
        Failure::outside(Diagnostic::error("cannot-write", format!("{}: {e}", dir.display())))
    };
    if dir.exists() {
        return Err(Diagnostic::error(
            "folder-exists",
            format!("{} exists already", dir.display()),
        )
        .help("name a folder that does not exist yet")
        .into());
    }
    let mut bytes = 0;
    for record in sample::incidents(count, seed) {
        let path = dir.join(record.id.path());
        let text = new_text(&record)?;
        bytes += text.len();
        if let Some(folder) = path.parent() {
            files::make_folder(folder).map_err(outside)?;
        }
        files::write(&path, &text).map_err(outside)?;
    }
    files::make_folder(dir).map_err(outside)?;
    files::write(
        &dir.join("inc.toml"),
        "requires = \">= 0.1\"\ncompany = \"Example Pay\"\nzone = \"America/Mexico_City\"\n",
    )
    .map_err(outside)?;
    for (path, text) in crate::cli::defaults::files() {
        let path = dir.join(path);
        if let Some(folder) = path.parent() {
            files::make_folder(folder).map_err(outside)?;
        }
        files::write(&path, text).map_err(outside)?;
    }
    call.out.answer(&format!("{count} incidents, {bytes} bytes, in {}\n", dir.display()))?;
    Ok(Exit::Done)
}
