//! The tables of [`crate::reports::sheets`] in SQLite, which lies in memory: no file, no network.
//!
//! A question may only read: an authorizer lets `SELECT` and functions through and nothing else,
//! because a read-only connection alone still attaches other files. The question is prepared over
//! empty tables first; only those that it reads are filled.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Batch, Connection, Error, ErrorCode, ToSql};

use crate::reports::sheets::{Cell, CellKind, Sheet, Table};

/// The longest text that a question may make, in bytes.
const LONGEST_TEXT: i32 = 16 << 20;
/// The longest question, in bytes.
const LONGEST_QUESTION: i32 = 100_000;
/// The longest pattern of LIKE and GLOB: what these do with a long one is not interrupted.
const LONGEST_PATTERN: i32 = 200;
/// The largest answer, in bytes of its texts.
const LARGEST_ANSWER: usize = 64 << 20;
/// Steps of SQLite's machine between two looks at whether to give up.
const STEPS: i32 = 4_000;
/// Functions that read something else than the tables, or give something else each time.
const REFUSED: [&str; 6] =
    ["load_extension", "fts3_tokenizer", "random", "randomblob", "sqlite_log", "readfile"];

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Titles of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// Whether there were more rows than were asked for.
    pub more: bool,
}

/// Why a question was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// It does something else than read.
    NotASelect,
    /// It is more than one statement, or none.
    NotOne,
    /// It took too long.
    TooLong,
    /// It, or a text that it makes, is too large.
    TooLarge,
    /// SQLite does not understand it: the words, and where in the question.
    Wrong(String, Option<usize>),
}

/// Answers a question with at most so many rows.
///
/// `fill` makes a table that the question reads; `give_up` is asked now and then whether it has
/// taken long enough.
///
/// # Errors
///
/// Why there is no answer.
pub fn ask(
    question: &str,
    most: usize,
    mut fill: impl FnMut(Table) -> Sheet,
    give_up: impl FnMut() -> bool + Send + 'static,
) -> Result<Answer, Unanswered> {
    let mut db = open()?;
    for table in Table::ALL {
        db.execute(&create(table), []).map_err(wrong)?;
    }
    let reads = Arc::new(Mutex::new(BTreeSet::new()));
    guard(&mut db, Some(Arc::clone(&reads)))?;
    one(&db, question)?;
    let none: Option<fn(AuthContext<'_>) -> Authorization> = None;
    db.authorizer(none).map_err(wrong)?;
    let wanted = reads.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for table in wanted {
        insert(&mut db, &fill(table)).map_err(wrong)?;
    }
    db.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_TEXT).map_err(wrong)?;
    guard(&mut db, None)?;
    db.progress_handler(STEPS, Some(give_up)).map_err(wrong)?;
    let mut statement = db.prepare(question).map_err(wrong)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let (mut rows, mut size, mut more) = (Vec::new(), 0_usize, false);
    let mut found = statement.query([]).map_err(wrong)?;
    while let Some(row) = found.next().map_err(wrong)? {
        if rows.len() == most {
            more = true;
            break;
        }
        let cells = (0..columns.len()).map(|place| row.get_ref(place).map(cell));
        let cells = cells.collect::<Result<Vec<Cell>, Error>>().map_err(wrong)?;
        size = cells.iter().fold(size, |sum, cell| sum.saturating_add(weight(cell)));
        if size > LARGEST_ANSWER {
            return Err(Unanswered::TooLarge);
        }
        rows.push(cells);
    }
    Ok(Answer { columns, rows, more })
}

/// Writes tables as the bytes of a database file.
///
/// # Errors
///
/// When SQLite cannot hold them.
pub fn database(sheets: impl IntoIterator<Item = Sheet>) -> Result<Vec<u8>, Unanswered> {
    let mut db = open()?;
    for sheet in sheets {
        let Some(table) = Table::called(sheet.name) else { continue };
        db.execute(&create(table), []).map_err(wrong)?;
        insert(&mut db, &sheet).map_err(wrong)?;
    }
    Ok(db.serialize("main").map_err(wrong)?.to_vec())
}

fn open() -> Result<Connection, Unanswered> {
    let db = Connection::open_in_memory().map_err(wrong)?;
    let limits = [
        (Limit::SQLITE_LIMIT_SQL_LENGTH, LONGEST_QUESTION),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LONGEST_PATTERN),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ];
    for (limit, most) in limits {
        db.set_limit(limit, most).map_err(wrong)?;
    }
    Ok(db)
}

/// Lets reading through, and notes which of our tables are read.
fn guard(
    db: &mut Connection,
    reads: Option<Arc<Mutex<BTreeSet<Table>>>>,
) -> Result<(), Unanswered> {
    let judge = move |context: AuthContext<'_>| match context.action {
        AuthAction::Select | AuthAction::Recursive => Authorization::Allow,
        AuthAction::Read { table_name, .. } => {
            if let (Some(reads), Some(table)) = (&reads, Table::called(table_name)) {
                reads.lock().unwrap_or_else(PoisonError::into_inner).insert(table);
            }
            Authorization::Allow
        }
        AuthAction::Function { function_name } => {
            let refused = REFUSED.iter().any(|name| name.eq_ignore_ascii_case(function_name));
            if refused { Authorization::Deny } else { Authorization::Allow }
        }
        _ => Authorization::Deny,
    };
    db.authorizer(Some(judge)).map_err(wrong)
}

/// Makes sure that a question is one statement, and reads.
fn one(db: &Connection, question: &str) -> Result<(), Unanswered> {
    let mut batch = Batch::new(db, question);
    let first = batch.next().map_err(wrong)?.ok_or(Unanswered::NotOne)?;
    if !first.readonly() || first.column_count() == 0 {
        return Err(Unanswered::NotASelect);
    }
    drop(first);
    match batch.next() {
        Ok(None) => Ok(()),
        Ok(Some(_)) | Err(_) => Err(Unanswered::NotOne),
    }
}

fn create(table: Table) -> String {
    let columns = table.columns().into_iter().map(|column| {
        let affinity = match column.kind {
            CellKind::Word | CellKind::Prose => "TEXT",
            CellKind::Integer | CellKind::Flag => "INTEGER",
            CellKind::Number => "NUMERIC",
        };
        format!("\"{}\" {affinity}", column.name)
    });
    format!("CREATE TABLE {} ({})", table.name(), columns.collect::<Vec<_>>().join(", "))
}

fn insert(db: &mut Connection, sheet: &Sheet) -> Result<(), Error> {
    let places = vec!["?"; sheet.columns.len()].join(", ");
    let transaction = db.transaction()?;
    {
        let statement = format!("INSERT INTO {} VALUES ({places})", sheet.name);
        let mut statement = transaction.prepare(&statement)?;
        for row in &sheet.rows {
            statement.execute(rusqlite::params_from_iter(row))?;
        }
    }
    transaction.commit()
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Cell::Unknown => ToSqlOutput::Owned(Value::Null),
            Cell::Text(text) | Cell::Computed(text) => {
                ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
            }
            Cell::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            // The column's affinity makes a number of it.
            Cell::Number(number) => ToSqlOutput::Owned(Value::Text(number.to_string())),
            Cell::Flag(yes) => ToSqlOutput::Owned(Value::Integer(i64::from(*yes))),
        })
    }
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Unknown,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Computed(number.to_string()),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Cell::Text(crate::units::hex(bytes)),
    }
}

fn weight(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) | Cell::Computed(text) => text.len().saturating_add(24),
        _ => 24,
    }
}

fn wrong(error: Error) -> Unanswered {
    match error.sqlite_error_code() {
        Some(ErrorCode::AuthorizationForStatementDenied) => return Unanswered::NotASelect,
        Some(ErrorCode::OperationInterrupted) => return Unanswered::TooLong,
        Some(ErrorCode::TooBig | ErrorCode::OutOfMemory) => return Unanswered::TooLarge,
        _ => {}
    }
    match error {
        Error::SqlInputError { msg, .. }
            if msg.contains("prohibited") || msg.starts_with("not authorized") =>
        {
            Unanswered::NotASelect
        }
        Error::SqlInputError { msg, offset, .. } => {
            Unanswered::Wrong(msg, usize::try_from(offset).ok())
        }
        Error::SqliteFailure(_, Some(said)) => Unanswered::Wrong(said, None),
        Error::InvalidParameterCount(..) => {
            Unanswered::Wrong("a question has no parameters such as ?".to_owned(), None)
        }
        other => Unanswered::Wrong(other.to_string(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incidents() -> Sheet {
        let columns = Table::Incidents.columns();
        let row = |id: &str, customers: Cell| {
            let cell = |name: &str| match name {
                "id" => Cell::Text(id.to_owned()),
                "customers" => customers.clone(),
                _ => Cell::Unknown,
            };
            columns.iter().map(|column| cell(column.name)).collect()
        };
        let rows = vec![row("a", Cell::Integer(5)), row("b", Cell::Unknown)];
        Sheet { name: "incidents", columns, rows }
    }

    fn asked(question: &str, most: usize) -> Result<Answer, Unanswered> {
        let fill = |table: Table| match table {
            Table::Incidents => incidents(),
            other => Sheet { name: other.name(), columns: other.columns(), rows: Vec::new() },
        };
        ask(question, most, fill, || false)
    }

    #[test]
    fn what_is_not_known_is_null_and_sums_leave_it_out() {
        let question =
            "SELECT count(*), count(customers), sum(customers), avg(customers) FROM incidents";
        let answer = asked(question, 9).unwrap();
        let row =
            [Cell::Integer(2), Cell::Integer(1), Cell::Integer(5), Cell::Computed("5".into())];
        assert_eq!(answer.rows, [row]);
        assert!(!answer.more);
    }

    #[test]
    fn only_the_tables_that_a_question_reads_are_made() {
        let mut made = Vec::new();
        let fill = |table: Table| {
            made.push(table);
            Sheet { name: table.name(), columns: table.columns(), rows: Vec::new() }
        };
        let question = "WITH a AS (SELECT incident FROM actions) SELECT 1 FROM a, impact";
        ask(question, 9, fill, || false).unwrap();
        assert_eq!(made, [Table::Impact, Table::Actions]);
    }

    #[test]
    fn what_does_something_else_than_read_is_refused() {
        for question in [
            "ATTACH '/tmp/x.db' AS x",
            "PRAGMA writable_schema = 1",
            "PRAGMA table_info(incidents)",
            "INSERT INTO incidents (id) VALUES ('x')",
            "DELETE FROM incidents",
            "DROP TABLE incidents",
            "CREATE TABLE x (a)",
            "CREATE TEMP VIEW v AS SELECT 1",
            "VACUUM INTO '/tmp/x.db'",
            "BEGIN",
            "EXPLAIN DELETE FROM incidents",
            "SELECT load_extension('x')",
            "SELECT random()",
            "SELECT * FROM pragma_database_list",
        ] {
            assert_eq!(asked(question, 9), Err(Unanswered::NotASelect), "{question}");
        }
        for question in ["", "  -- nothing", "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE incidents"]
        {
            assert_eq!(asked(question, 9), Err(Unanswered::NotOne), "{question}");
        }
        assert!(asked("SELECT 1;", 9).is_ok());
    }

    #[test]
    fn questions_without_end_end() {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT ";
        let answer = asked(&format!("{endless} i FROM n"), 3).unwrap();
        assert_eq!((answer.rows.len(), answer.more), (3, true));
        let fill = |_| incidents();
        let slow = ask(&format!("{endless} count(*) FROM n"), 3, fill, || true);
        assert_eq!(slow, Err(Unanswered::TooLong));
        let large = asked("SELECT zeroblob(100000000)", 3);
        assert_eq!(large, Err(Unanswered::TooLarge));
        let long = format!("SELECT '{}'", "x".repeat(200_000));
        assert_eq!(asked(&long, 3), Err(Unanswered::TooLarge));
    }

    #[test]
    fn what_sqlite_does_not_understand_is_told_with_its_place() {
        let Err(Unanswered::Wrong(said, place)) = asked("SELECT sevrity FROM incidents", 3) else {
            panic!("answered")
        };
        assert_eq!((said.as_str(), place), ("no such column: sevrity", Some(7)));
        assert!(matches!(asked("SELECT ?", 3), Err(Unanswered::Wrong(..))));
        assert!(matches!(asked("SELEC 1", 3), Err(Unanswered::Wrong(..))));
    }

    #[test]
    fn the_same_tables_are_the_same_bytes() {
        let bytes = database([incidents()]).unwrap();
        assert!(bytes.starts_with(b"SQLite format 3\0"));
        assert_eq!(bytes, database([incidents()]).unwrap());
    }
}
