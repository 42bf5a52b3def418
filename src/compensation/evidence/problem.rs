//! What is wrong with a row, in words for whoever made the file.

use std::fmt;

use crate::diag::harmless;
use crate::sensitive;

/// Kinds of problems, which the summary counts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// The row has another number of fields than the header.
    Fields,
    /// Quotes that do not pair.
    Quotes,
    /// Bytes that are no UTF-8.
    Encoding,
    /// A row or a field that is too long.
    TooLong,
    /// The file ends inside the row.
    CutShort,
    /// The customer's id cannot be kept as it is.
    Id,
    /// The id holds a card number.
    Card,
    /// The customer is in the file more than once.
    Repeated,
    /// A cell is empty that must not be.
    Empty,
    /// A cell is no value of its column.
    Cell,
    /// An amount of another currency.
    Currency,
    /// What is owed cannot be computed from the row.
    Amount,
}

impl ProblemKind {
    /// Stable name, in the summary and in the file of rejected rows.
    pub fn name(self) -> &'static str {
        match self {
            ProblemKind::Fields => "fields",
            ProblemKind::Quotes => "quotes",
            ProblemKind::Encoding => "encoding",
            ProblemKind::TooLong => "too-long",
            ProblemKind::CutShort => "cut-short",
            ProblemKind::Id => "id",
            ProblemKind::Card => "card",
            ProblemKind::Repeated => "repeated",
            ProblemKind::Empty => "empty",
            ProblemKind::Cell => "cell",
            ProblemKind::Currency => "currency",
            ProblemKind::Amount => "amount",
        }
    }
}

/// One thing that is wrong with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line that the row begins on, from 1.
    pub line: u64,
    /// The column's name in the header.
    pub column: Option<String>,
    /// Its kind.
    pub kind: ProblemKind,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {}", harmless(column))?;
        }
        write!(f, ": {}", self.what)
    }
}

/// The longest piece of a cell that a message shows, in characters.
const SHOWN: usize = 40;

/// A cell as a message may show it: short, without what moves a cursor, cards and accounts masked.
pub fn shown(cell: &str) -> String {
    let end = cell.char_indices().nth(SHOWN).map_or(cell.len(), |(at, _)| at);
    let piece = cell.get(..end).unwrap_or_default();
    // Masked as a whole first: a number that is cut in two is no card number any more.
    let (masked, _) = sensitive::mask(if cell.len() <= 4 * SHOWN { cell } else { piece });
    let end = masked.char_indices().nth(SHOWN).map_or(masked.len(), |(at, _)| at);
    let more = if end < masked.len() || piece.len() < cell.len() { "…" } else { "" };
    format!("`{}{more}`", harmless(masked.get(..end).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_show_little_and_nothing_that_harms() {
        assert_eq!(shown("1,234.50"), "`1,234.50`");
        assert_eq!(shown("a\u{1b}[2J"), "`a\\u{1b}[2J`");
        assert_eq!(shown(&"x".repeat(50)), format!("`{}…`", "x".repeat(40)));
        assert!(!shown("4111111111111111").contains("411111111111"));
        let problem = Problem {
            line: 7,
            column: Some("fee".into()),
            kind: ProblemKind::Cell,
            what: "`x` is no amount".into(),
        };
        assert_eq!(problem.to_string(), "line 7, column fee: `x` is no amount");
    }
}
