//! `inc query`

use clap::{Args, ValueEnum};

use crate::cli::clock::Deadline;
use crate::cli::error::{Exit, Failure, Result};
use crate::cli::{Ctx, files};
use crate::diag::{Diagnostic, Diagnostics, nearest};
use crate::render;
use crate::reports::company::Company;
use crate::reports::sheets::{Table, sheet};
use crate::sql::{self, Unanswered};

/// Ask the records with SQL; without a question, print the tables and columns
///
/// The tables are those of `inc export`. A question only reads: SELECT (and WITH), one at a time.
/// The SQL is SQLite's. Dates and times of today are the machine's, whatever --now says.
///
///   inc query "SELECT month, count(*) FROM incidents WHERE counts GROUP BY month"
///   inc query "SELECT service, sum(customer_seconds) / 60 AS minutes FROM services
///       JOIN incidents ON incident = id WHERE counts GROUP BY service ORDER BY 2 DESC"
///   inc query - --format csv < question.sql
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct QueryArgs {
    /// The question; `-` reads it from stdin
    #[arg(value_name = "SQL")]
    question: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// At most so many rows; it is said when there were more
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 10_000)]
    limit: usize,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10,
        value_parser = clap::value_parser!(u64).range(1..=3_600))]
    timeout: u64,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// A documented object with `"schema": 1`
    Json,
    /// An object a line
    Ndjson,
    /// Comma-separated, with a header
    Csv,
    /// A table in Markdown
    Md,
}

pub(crate) fn run(ctx: &mut Ctx, args: &QueryArgs) -> Result {
    let Some(typed) = &args.question else {
        ctx.print_paged(&render::sheets::catalogue(ctx.out.surface()))?;
        return Ok(Exit::Done);
    };
    let question = if typed == "-" { files::read_named("-")? } else { typed.clone() };
    let register = ctx.register()?;
    let company = Company { register: Some(&register), ..ctx.company()? };
    let fill = |table: Table| sheet(table, &register, &company, ctx.clock.now);
    let deadline = Deadline::after(args.timeout);
    let answer = sql::ask(&question, args.limit, fill, move || deadline.has_passed())
        .map_err(|why| refusal(&why, &question, args.timeout))?;
    match args.format {
        Format::Table if answer.rows.is_empty() => ctx.talk("no row matches"),
        Format::Table => ctx.print_paged(&render::sheets::table(&answer, ctx.out.surface()))?,
        Format::Md => ctx.print(&render::sheets::markdown(&answer))?,
        Format::Csv => ctx.print(&render::sheets::answer_csv(&answer))?,
        Format::Ndjson => ctx.print(&render::sheets::answer_lines(&answer))?,
        Format::Json => ctx.say(&render::sheets::answer_json(&answer).to_string())?,
    }
    if answer.more {
        ctx.talk(&format!("there are more than {} rows; --limit takes more", args.limit));
    }
    Ok(ctx.left_out(&register.bad))
}

fn refusal(why: &Unanswered, question: &str, timeout: u64) -> Failure {
    let error = |what: String| Diagnostic::error("bad-query", what);
    let d = match why {
        Unanswered::NotASelect => error("a question only reads: SELECT, or WITH … SELECT".into())
            .help("to change a record: inc edit ID"),
        Unanswered::NotOne => error("one question at a time, ended by nothing or `;`".into()),
        Unanswered::TooLong => error(format!("no answer after {timeout} s"))
            .help("ask for less, or give it longer with --timeout SECONDS"),
        Unanswered::TooLarge => {
            error("the question, a text in it or its answer is too large".into())
                .help("select fewer columns or rows: `inc export` writes whole tables")
        }
        Unanswered::Wrong(said, place) => explained(error(lower(said)), said, question, *place),
    };
    Failure::wrong(Diagnostics::from(d))
}

/// What SQLite said, with the nearest name where it does not know one.
fn explained(d: Diagnostic, said: &str, question: &str, place: Option<usize>) -> Diagnostic {
    let tables = || Table::ALL.into_iter().map(Table::name);
    let unknown = |what: &str| said.strip_prefix(what).map(|name| name.trim());
    if let Some(name) = unknown("no such table:") {
        let help = format!("tables: {}", tables().collect::<Vec<_>>().join(", "));
        return named(d, name, &tables().collect::<Vec<_>>(), help);
    }
    if let Some(name) = unknown("no such column:") {
        let name = name.rsplit('.').next().unwrap_or(name);
        let columns: Vec<&str> =
            Table::ALL.into_iter().flat_map(|t| t.columns()).map(|c| c.name).collect();
        return named(d, name, &columns, "`inc query` alone lists them all".into());
    }
    match place.and_then(|at| question.get(at..)) {
        Some(rest) if !rest.trim().is_empty() => {
            let near: String = rest.chars().take(30).collect();
            d.help(format!("look near `{near}`"))
        }
        _ => d,
    }
}

fn named(d: Diagnostic, typed: &str, known: &[&str], otherwise: String) -> Diagnostic {
    match nearest(typed, known.iter().copied()) {
        Some(name) => d.help(format!("did you mean `{name}`?")),
        None => d.help(otherwise),
    }
}

fn lower(said: &str) -> String {
    let mut letters = said.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}
