//! `inc man`

use std::path::PathBuf;

use clap::Args;

use crate::cli::error::{Exit, Failure, Result};
use crate::cli::{Call, files};
use crate::diag::Diagnostic;

/// Write the man pages, made from the command tree, into a folder
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder; without it inc(1) goes to standard output
    dir: Option<PathBuf>,
}

pub(crate) fn run(call: Call, args: &ManArgs) -> Result {
    let outside =
        |e: std::io::Error| Failure::outside(Diagnostic::error("cannot-write", e.to_string()));
    let Some(dir) = &args.dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(crate::cli::command()).render(&mut page).map_err(outside)?;
        call.out.answer(&String::from_utf8_lossy(&page))?;
        return Ok(Exit::Done);
    };
    files::make_folder(dir).map_err(outside)?;
    clap_mangen::generate_to(crate::cli::command(), dir).map_err(outside)?;
    call.out.answer(&format!("man pages are in {}\n", dir.display()))?;
    Ok(Exit::Done)
}
