//! `inc schema`

use clap::{Args, Subcommand};

use crate::cli::Call;
use crate::cli::error::{Exit, Result};

/// Print the JSON Schema of a file, for editors
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    #[command(subcommand)]
    of: Of,
}

/// Which file.
#[derive(Debug, Subcommand)]
enum Of {
    /// The incident record
    Incident,
}

pub(crate) fn run(call: Call, args: &SchemaArgs) -> Result {
    match args.of {
        Of::Incident => {
            let schema = crate::incident::json_schema();
            let text = serde_json::to_string_pretty(&schema).unwrap_or_else(|_| schema.to_string());
            call.out.answer(&format!("{text}\n"))?;
        }
    }
    Ok(Exit::Done)
}
