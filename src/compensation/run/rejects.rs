//! Rows that were put aside, with the reason, for whoever mends them.

use crate::compensation::evidence::Problem;
use crate::sensitive;

/// The header of the file.
pub(super) const HEADER: &str = "line,column,kind,reason,row\n";

/// Bytes of a row that are kept.
const LONGEST: usize = 4 * 1024;

/// Appends a row. This file is for people: a row that a spreadsheet would run gets an apostrophe
/// in front, cards and accounts are masked, and a long row is cut.
pub(super) fn put(out: &mut Vec<u8>, problem: &Problem, row: &[u8]) {
    let kept = row.get(..LONGEST).unwrap_or(row);
    let text = String::from_utf8_lossy(kept);
    let (mut text, _) = sensitive::mask(&text);
    if kept.len() < row.len() {
        text.push('…');
    }
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let text = if runs { format!("'{text}") } else { text };
    let column = problem.column.as_deref().unwrap_or_default();
    out.extend_from_slice(format!("{},", problem.line).as_bytes());
    for cell in [column, problem.kind.name(), &problem.what] {
        super::cells::text(out, cell.as_bytes());
        out.push(b',');
    }
    super::cells::text(out, text.as_bytes());
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compensation::evidence::ProblemKind;

    #[test]
    fn what_is_put_aside_harms_nobody() {
        let put = |row: &[u8]| {
            let problem = Problem {
                line: 3,
                column: Some("customer_id".into()),
                kind: ProblemKind::Id,
                what: "why, \"so\"".into(),
            };
            let mut out = Vec::new();
            super::put(&mut out, &problem, row);
            String::from_utf8(out).unwrap()
        };
        let head = "3,customer_id,id,\"why, \"\"so\"\"\"";
        assert_eq!(put(b"=1+1,2"), format!("{head},\"'=1+1,2\"\n"));
        assert_eq!(put(b"a\xf1o"), format!("{head},a\u{fffd}o\n"));
        assert!(!put(b"4111111111111111,2").contains("41111111"));
        assert!(put(&vec![b'x'; 9_000]).len() < 5_000);
    }
}
