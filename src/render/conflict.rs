//! Fields in conflict as people choose between their values.

use super::escape::{terminal_safe, terminal_safe_lines};
use crate::incident::{Conflict, Record};
use crate::merge::{Choice, settle};

/// A field with its values, numbered, and the one that stands now; a line end after each line.
pub fn choices(record: &Record, conflict: &Conflict) -> String {
    let mut text = format!("{}:\n", terminal_safe(&conflict.field));
    for (n, value) in conflict.values.iter().enumerate() {
        text.push_str(&format!("  {:<4}  {}\n", n + 1, shown(value)));
    }
    let now = settle(record, &conflict.field, &Choice::Base);
    let now = now.map_or_else(|_| String::new(), |(_, standing)| standing);
    text.push_str(&format!("  base  {}\n", shown(&now)));
    text
}

/// A value; its further lines stand below its first one.
fn shown(value: &str) -> String {
    match value.trim_end() {
        "" => "(nothing)".to_owned(),
        value => terminal_safe_lines(value).replace('\n', "\n        "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;
    use crate::incident::parse;

    #[test]
    fn lines_of_a_value_stand_together_and_move_no_cursor() {
        let text = "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\n\
            title: Cards fail\nstatus: detected\nnow: { doing: waiting }\n\
            conflicts:\n  - field: now.doing\n    values: [\"\", \"first\\nsecond\", \"\\u001b[2Jx\"]\n";
        let record = parse(Source::new("r", text)).unwrap().record;
        assert_eq!(
            choices(&record, &record.conflicts[0]),
            "now.doing:\n  1     (nothing)\n  2     first\n        second\n  \
             3     \\u{1b}[2Jx\n  base  waiting\n"
        );
    }
}
