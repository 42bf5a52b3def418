//! One cell's text to its value: the plain notation at once, all else by the column's own reading.

use super::problem::{ProblemKind, shown};
use crate::compensation::amount::Ratio;
use crate::compensation::columns::value_ratio;
use crate::compensation::{Cell, CellError, Column, ColumnType};
use crate::decision::Value;

/// A column as rows are read: its bounds as whole numbers of its last digit.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    column: Column,
    digits: u32,
    /// Whether the text is digits, and at most a point.
    plain: bool,
    lowest: i64,
    highest: i64,
}

impl Reading {
    pub(super) fn new(column: &Column) -> Reading {
        let (lowest, highest) = whole_bounds(column);
        let plain = matches!(
            column.ty,
            ColumnType::Count | ColumnType::Number | ColumnType::Money(_) | ColumnType::Percent
        );
        let digits = if column.ty == ColumnType::Count { 0 } else { column.digits };
        Reading { column: column.clone(), digits, plain, lowest, highest }
    }

    /// Reads a cell.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    #[inline]
    pub(super) fn read<'r>(&self, text: &'r str) -> Result<Cell<'r>, (ProblemKind, String)> {
        if self.plain
            && let Some(whole) = whole(text.as_bytes(), self.digits)
            && (self.lowest..=self.highest).contains(&whole)
        {
            return Ok(match self.column.ty {
                ColumnType::Money(_) => Cell::Money(whole),
                ColumnType::Count => Cell::Count(whole),
                ColumnType::Percent => Cell::Percent(whole),
                _ => Cell::Number(whole),
            });
        }
        self.read_slowly(text)
    }

    #[cold]
    fn refused(&self, text: &str, error: &CellError) -> (ProblemKind, String) {
        let kind = match error {
            CellError::Empty => return (ProblemKind::Empty, error.to_string()),
            CellError::Currency(_) => ProblemKind::Currency,
            _ => ProblemKind::Cell,
        };
        let hint = self.hint(text).unwrap_or_default();
        (kind, format!("{}: {error}{hint}", shown(text)))
    }

    fn read_slowly<'r>(&self, text: &'r str) -> Result<Cell<'r>, (ProblemKind, String)> {
        let cell = self.column.read(text).map_err(|e| self.refused(text, &e))?;
        if cell.whole() == Some(0) && text.starts_with('-') {
            // Somebody subtracted and rounded: what was meant is not known.
            let what = format!("{}: zero with a minus sign; write 0", shown(text));
            return Err((ProblemKind::Cell, what));
        }
        if let Cell::Text(text) = cell
            && text.chars().any(char::is_control)
        {
            let what = format!("{}: a character that cannot be seen", shown(text));
            return Err((ProblemKind::Cell, what));
        }
        Ok(cell)
    }

    /// What the text looks like, where that says what to do.
    fn hint(&self, text: &str) -> Option<&'static str> {
        let number = self.plain || matches!(self.column.ty, ColumnType::Duration);
        if !number {
            return None;
        }
        let comma = text.contains(',');
        Some(match () {
            () if text.trim() != text => "; it has spaces around it",
            () if comma && text.rfind('.') > text.rfind(',') => {
                "; the commas look like separators of thousands"
            }
            () if comma => "; the comma looks like a decimal comma",
            () if text.starts_with(['$', '€', '£', '¥']) => "; write it without the sign",
            () if text.contains(['e', 'E']) && text.bytes().any(|b| b.is_ascii_digit()) => {
                "; it looks like what a spreadsheet makes of a long number"
            }
            () => return None,
        })
    }
}

/// The bounds of a column in whole numbers of its last digit.
fn whole_bounds(column: &Column) -> (i64, i64) {
    let steps = |bound: &Option<Value>| value_ratio(bound.as_ref()?)?.div(column.step());
    let lowest = steps(&column.min).map_or(i128::from(i64::MIN), Ratio::ceil);
    let highest = steps(&column.max).map_or(i128::from(i64::MAX), Ratio::floor);
    let held = |n: i128| i64::try_from(n).unwrap_or(if n < 0 { i64::MIN } else { i64::MAX });
    (held(lowest), held(highest))
}

/// A plain number as a whole number of the digit that stands `digits` after the point; none where
/// it is written in another way, has more digits, or may not fit.
#[inline]
fn whole(text: &[u8], digits: u32) -> Option<i64> {
    // 18 digits fit into 64 bits.
    if text.len() > 15 || digits > 3 {
        return whole_of_any(text, digits);
    }
    let mut value = 0_i64;
    let mut bytes = text.iter();
    let mut after = 0;
    let first = text.len();
    for byte in bytes.by_ref() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            if *byte != b'.' {
                return None;
            }
            after = bytes.len();
            break;
        }
        value = value * 10 + i64::from(digit);
    }
    if after == 0 {
        // Nothing at all, or a point at the end.
        if first == 0 || text.last() == Some(&b'.') {
            return None;
        }
        return Some(value * POWERS.get(digits as usize)?);
    }
    if after == first - 1 || after > digits as usize {
        return None;
    }
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(value * POWERS.get(digits as usize - after)?)
}

const POWERS: [i64; 4] = [1, 10, 100, 1000];

/// The same for long numbers and many digits, with every step checked.
fn whole_of_any(text: &[u8], digits: u32) -> Option<i64> {
    let point = text.iter().position(|b| *b == b'.');
    let (before, after) = match point {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, [].as_slice()),
    };
    if before.is_empty() || (point.is_some() && after.is_empty()) || after.len() > digits as usize {
        return None;
    }
    let mut value = 0_i64;
    for byte in before.iter().chain(after) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i64::from(digit))?;
    }
    value.checked_mul(10_i64.checked_pow(digits - u32::try_from(after.len()).ok()?)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::units::Currency;

    fn money() -> Reading {
        Reading::new(&Column::new("fee", ColumnType::Money(Currency::MXN)))
    }

    #[test]
    fn amounts_of_hostile_files() {
        let why = |text: &str| money().read(text).unwrap_err().1;
        assert_eq!(money().read("1234.5"), Ok(Cell::Money(123_450)));
        assert_eq!(money().read("12.50 MXN"), Ok(Cell::Money(1_250)));
        let form = "expected an amount without separators, such as 1234.50";
        for (text, expected) in [
            (
                "1,234.50",
                format!("`1,234.50`: {form}; the commas look like separators of thousands"),
            ),
            ("1.234,50", format!("`1.234,50`: {form}; the comma looks like a decimal comma")),
            ("$12", format!("`$12`: {form}; write it without the sign")),
            ("-0.00", "`-0.00`: zero with a minus sign; write 0".to_owned()),
            (
                "1e3",
                format!("`1e3`: {form}; it looks like what a spreadsheet makes of a long number"),
            ),
            ("NaN", format!("`NaN`: {form}")),
            ("", "the cell is empty".to_owned()),
            (" 12", format!("` 12`: {form}; it has spaces around it")),
            ("12.345", "`12.345`: more than 2 digits after the point".to_owned()),
            ("92233720368547758.08", "`92233720368547758.08`: the number is too large".to_owned()),
        ] {
            assert_eq!(why(text), expected, "{text}");
        }
        let (kind, what) = money().read("12.50 USD").unwrap_err();
        assert_eq!(kind, ProblemKind::Currency);
        assert_eq!(what, "`12.50 USD`: expected MXN; nothing is converted silently");
    }

    proptest! {
        #[test]
        fn the_quick_way_gives_what_the_column_gives(
            text in "(-?[0-9]{0,20}\\.?[0-9]{0,8}|[0-9.]{0,6}|[0-9]{1,4}\\.[0-9]{1,2})",
            digits in 0_u32..9,
        ) {
            let mut column = Column::new("n", ColumnType::Number);
            column.digits = digits;
            if let Some(whole) = whole(text.as_bytes(), digits) {
                prop_assert_eq!(column.read(&text), Ok(Cell::Number(whole)));
            } else if let Ok(Cell::Number(n)) = column.read(&text) {
                // The quick way leaves alone what is below zero, and zeros that only fill.
                let zeros = text.ends_with('0') && text.contains('.');
                let leading = text.trim_start_matches('0').len() < text.len();
                prop_assert!(text.starts_with('-') || zeros || leading, "{} {}", text, n);
            }
        }
    }
}
