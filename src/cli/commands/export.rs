//! `inc export`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::Ctx;
use crate::cli::ctx::from_store;
use crate::cli::error::{Failure, Result};
use crate::diag::Diagnostic;
use crate::render;
use crate::reports::company::Company;
use crate::reports::sheets::{Sheet, Table, sheet};
use crate::sql;
use crate::store::write_outside;

/// Write the records as tables, for spreadsheets, notebooks and SQL
///
/// Incidents, services, impact, timeline, communications, actions, targets, compensation and facts,
/// a row each; `inc help tables` says what every column means. What is not known is empty, never
/// zero. The same records and the same --now give the same bytes.
///
///   inc export --format csv --table incidents > incidents.csv
///   inc export --format sqlite --out incidents.db
///   inc export --format parquet --table facts --out facts.parquet
///   inc export --format csv --out folder-that-exists
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ExportArgs {
    /// CSV, one JSON object, a JSON object a line, a database of SQLite, or Parquet
    #[arg(long, value_enum, default_value = "csv")]
    format: Format,
    /// Only these tables; all by default
    #[arg(long = "table", value_name = "TABLE", value_delimiter = ',',
        value_parser = Table::ALL.map(Table::name))]
    tables: Vec<String>,
    /// A file; of CSV or Parquet with several tables a folder, which gets a file each. Written anew each time
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

/// In what the tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A file a table, with a header
    Csv,
    /// A documented object with `"schema": 1`
    Json,
    /// An object a line
    Ndjson,
    /// A database
    Sqlite,
    /// A file a table, in columns
    Parquet,
}

pub(crate) fn run(ctx: &mut Ctx, args: &ExportArgs) -> Result {
    let asked = |table: &Table| {
        args.tables.is_empty() || args.tables.iter().any(|name| name == table.name())
    };
    let tables: Vec<Table> = Table::ALL.into_iter().filter(asked).collect();
    if args.out.is_none() && args.format == Format::Sqlite {
        let d = Diagnostic::error("names-no-file", "a database is a file");
        return Err(d.help("say which: inc export --format sqlite --out incidents.db").into());
    }
    if args.format == Format::Parquet && !cfg!(feature = "parquet") {
        return Err(Diagnostic::error("no-parquet", "this inc was built without Parquet")
            .help("DuckDB makes it of CSV: COPY (FROM 'incidents.csv') TO 'incidents.parquet'")
            .into());
    }
    if args.out.is_none() && args.format == Format::Parquet {
        let d = Diagnostic::error("names-no-file", "Parquet is a file for each table");
        return Err(d
            .help("name a folder with --out DIR, or one table: --table facts --out facts.parquet")
            .into());
    }
    if args.out.is_none() && args.format == Format::Csv && tables.len() > 1 {
        let d = Diagnostic::error("names-no-file", "several tables are several files of CSV");
        return Err(d
            .help("name a folder with --out DIR, or one table with --table incidents")
            .into());
    }
    let register = ctx.register()?;
    let company = Company { register: Some(&register), ..ctx.company()? };
    let made = |table: &Table| sheet(*table, &register, &company, ctx.clock.now);
    let write =
        |path: &std::path::Path, bytes: &[u8]| write_outside(path, bytes).map_err(from_store);
    match (args.format, &args.out) {
        (Format::Csv | Format::Parquet, Some(folder)) if tables.len() > 1 => {
            if !folder.is_dir() {
                let what = format!("{} is no folder", folder.display());
                let d = Diagnostic::error("no-such-folder", what);
                return Err(d.help(format!("make it first: mkdir -p {}", folder.display())).into());
            }
            for table in &tables {
                let (ending, bytes) = match args.format {
                    Format::Parquet => ("parquet", columns(&made(table))?),
                    _ => ("csv", render::sheets::as_csv(&made(table)).into_bytes()),
                };
                let path = folder.join(format!("{}.{ending}", table.name()));
                write(&path, &bytes)?;
                ctx.say(&path.display().to_string())?;
            }
        }
        (Format::Parquet, Some(path)) => {
            for table in &tables {
                write(path, &columns(&made(table))?)?;
            }
            ctx.say(&path.display().to_string())?;
        }
        (Format::Sqlite, Some(path)) => {
            let bytes = sql::database(tables.iter().map(made)).map_err(|why| {
                Failure::wrong(Diagnostic::error("cannot-write", format!("{why:?}")))
            })?;
            write(path, &bytes)?;
            ctx.say(&path.display().to_string())?;
        }
        (format, out) => {
            let mut whole = String::new();
            if format == Format::Json {
                let sheets: Vec<_> = tables.iter().map(made).collect();
                whole = format!("{}\n", render::sheets::as_json(&sheets));
            }
            let mut parts = tables.iter().filter(|_| format != Format::Json).map(|table| {
                if format == Format::Csv {
                    render::sheets::as_csv(&made(table))
                } else {
                    render::sheets::as_lines(&made(table))
                }
            });
            match out {
                Some(path) => {
                    whole.extend(parts);
                    write(path, whole.as_bytes())?;
                    ctx.say(&path.display().to_string())?;
                }
                None => {
                    ctx.print(&whole)?;
                    parts.try_for_each(|part| ctx.print(&part))?;
                }
            }
        }
    }
    Ok(ctx.left_out(&register.bad))
}

#[cfg(feature = "parquet")]
fn columns(sheet: &Sheet) -> Result<Vec<u8>> {
    render::as_parquet(sheet).map_err(|why| Failure::wrong(Diagnostic::error("cannot-write", why)))
}

#[cfg(not(feature = "parquet"))]
fn columns(_: &Sheet) -> Result<Vec<u8>> {
    Err(Failure::wrong(Diagnostic::error("no-parquet", "this inc was built without Parquet")))
}
