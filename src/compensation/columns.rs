//! What a policy reads of each customer: columns with their types, and one customer's cells.
//!
//! The file is long because each type stands with its notation and its bounds.

use std::fmt;

use chrono::NaiveDate;

use super::amount::{Kind, Ratio, dates};
use crate::decision::{Enumeration, Type, Value};
use crate::diag::TextRange;
use crate::units::{Currency, Decimal, Instant, Span, parse_decimal};

/// The name of the column that says whose row it is; every policy has it.
pub const CUSTOMER: &str = "customer_id";

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Any text.
    Text,
    /// Yes or no.
    Flag,
    /// A whole number.
    Count,
    /// An exact decimal.
    Number,
    /// An amount of one currency.
    Money(Currency),
    /// A share of a hundred.
    Percent,
    /// A span of time in whole seconds.
    Duration,
    /// A moment, in whole seconds.
    Instant,
    /// A day of the calendar.
    Date,
}

impl ColumnType {
    /// The name as policies write it: those of decision tables.
    pub fn name(self) -> &'static str {
        match self {
            ColumnType::Text => "text",
            ColumnType::Flag => "boolean",
            ColumnType::Count => "integer",
            ColumnType::Number => "number",
            ColumnType::Money(_) => "money",
            ColumnType::Percent => "percent",
            ColumnType::Duration => "duration",
            ColumnType::Instant => "timestamp",
            ColumnType::Date => "date",
        }
    }

    /// How a cell is written, for messages.
    pub fn form(self) -> &'static str {
        match self {
            ColumnType::Text => "a text",
            ColumnType::Flag => "true or false",
            ColumnType::Count => "a whole number, such as 1500",
            ColumnType::Number => "a number, such as 12.5",
            ColumnType::Money(_) => "an amount without separators, such as 1234.50",
            ColumnType::Percent => "a percentage without its sign, such as 12.5",
            ColumnType::Duration => "a duration, such as 90m, 1h30m or PT1H30M",
            ColumnType::Instant => "a moment with its offset, such as 2026-11-21T03:10:00-06:00",
            ColumnType::Date => "a day, such as 2026-11-21",
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            ColumnType::Text => Kind::Text,
            ColumnType::Flag => Kind::Flag,
            ColumnType::Count | ColumnType::Number => Kind::Number,
            ColumnType::Money(currency) => Kind::Money(currency),
            ColumnType::Percent => Kind::Percent,
            ColumnType::Duration => Kind::Duration,
            ColumnType::Instant => Kind::Instant,
            ColumnType::Date => Kind::Date,
        }
    }
}

/// One column of the evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name in the policy.
    pub name: String,
    /// Its name in the file's header, where that is another one.
    pub header: String,
    /// What its cells hold.
    pub ty: ColumnType,
    /// Digits after the point that a cell may have: of money at least those of the currency's
    /// minor unit. A cell is held as a whole number of the last digit.
    pub digits: u32,
    /// The only texts that may stand there.
    pub values: Option<Enumeration>,
    /// Smallest value of a cell.
    pub min: Option<Value>,
    /// Largest value of a cell.
    pub max: Option<Value>,
    /// Whether every row has a value.
    pub required: bool,
    /// Where it is declared.
    pub range: TextRange,
}

/// The columns that a policy declares, in the order of the policy.
///
/// The first is always [`CUSTOMER`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    all: Vec<Column>,
}

/// One typed cell. Numbers are whole numbers of the column's last digit ([`Column::digits`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'r> {
    /// Nothing stands there.
    Missing,
    /// A text.
    Text(&'r str),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Count(i64),
    /// A decimal, times ten to the column's digits.
    Number(i64),
    /// An amount, times ten to the column's digits: of money with two digits, cents.
    Money(i64),
    /// The number before the percent sign, times ten to the column's digits.
    Percent(i64),
    /// Seconds.
    Duration(i64),
    /// Seconds since 1970-01-01T00:00:00Z.
    Instant(i64),
    /// Days since 1970-01-01.
    Date(i32),
}

/// One customer: a cell for each of the policy's columns, in their order.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r> {
    /// The cells.
    pub cells: &'r [Cell<'r>],
}

/// Why a text is no cell of a column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CellError {
    /// The column needs a value.
    #[error("the cell is empty")]
    Empty,
    /// The text is something else; what is expected.
    #[error("expected {0}")]
    Form(&'static str),
    /// More digits after the point than the column has.
    #[error("more than {0} digits after the point")]
    Digits(u32),
    /// Too large to be held exactly.
    #[error("the number is too large")]
    TooLarge,
    /// None of the column's values.
    #[error("expected one of {0}")]
    Value(String),
    /// Below the column's smallest or above its largest value.
    #[error("expected a value {0}")]
    Bounds(String),
    /// An amount of another currency.
    #[error("expected {0}; nothing is converted silently")]
    Currency(Currency),
}

impl<'r> Cell<'r> {
    /// The whole number that stands for a cell that is no text; yes is 1.
    pub fn whole(self) -> Option<i64> {
        match self {
            Cell::Missing | Cell::Text(_) => None,
            Cell::Flag(yes) => Some(i64::from(yes)),
            Cell::Count(n)
            | Cell::Number(n)
            | Cell::Money(n)
            | Cell::Percent(n)
            | Cell::Duration(n)
            | Cell::Instant(n) => Some(n),
            Cell::Date(day) => Some(i64::from(day)),
        }
    }

    /// The text of a text cell.
    pub fn text(self) -> Option<&'r str> {
        match self {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Column {
    /// A required column of a type, without bounds.
    pub fn new(name: &str, ty: ColumnType) -> Column {
        Column {
            name: name.to_owned(),
            header: name.to_owned(),
            ty,
            digits: standard_digits(ty),
            values: None,
            min: None,
            max: None,
            required: true,
            range: TextRange::default(),
        }
    }

    /// What one step of a cell's whole number is worth.
    pub(super) fn step(&self) -> Ratio {
        let digits = match self.ty {
            ColumnType::Percent => self.digits.saturating_add(2),
            ColumnType::Number | ColumnType::Money(_) => self.digits,
            _ => 0,
        };
        let den = 10_i128.checked_pow(digits).unwrap_or(1);
        Ratio::new(1, den).unwrap_or(Ratio::ONE)
    }

    /// The type of the column as an input of a decision table.
    pub fn input_type(&self) -> Type {
        match (self.ty, &self.values) {
            (ColumnType::Text, Some(values)) => Type::Enum(values.clone()),
            (ColumnType::Text, None) => Type::Text,
            (ColumnType::Flag, _) => Type::Boolean,
            (ColumnType::Count, _) => Type::Integer,
            (ColumnType::Number, _) => Type::Number,
            (ColumnType::Money(currency), _) => Type::Money(Some(currency)),
            (ColumnType::Percent, _) => Type::Percent,
            (ColumnType::Duration, _) => Type::Duration,
            (ColumnType::Instant, _) => Type::Timestamp,
            (ColumnType::Date, _) => Type::Date,
        }
    }

    /// Reads one cell in the plain notation: no separators of thousands, no exponent, `.` before
    /// the digits; an amount may be followed by its currency, a percentage by its sign.
    ///
    /// # Errors
    /// When the text is nothing of the column's type, or out of its bounds.
    pub fn read<'r>(&self, text: &'r str) -> Result<Cell<'r>, CellError> {
        if text.is_empty() {
            return if self.required { Err(CellError::Empty) } else { Ok(Cell::Missing) };
        }
        let form = || CellError::Form(self.ty.form());
        let cell = match self.ty {
            ColumnType::Text => {
                if let Some(values) = &self.values
                    && values.position(text).is_none()
                {
                    return Err(CellError::Value(values.values.join(", ")));
                }
                Cell::Text(text)
            }
            ColumnType::Flag => match text {
                "true" => Cell::Flag(true),
                "false" => Cell::Flag(false),
                _ => return Err(form()),
            },
            ColumnType::Count => Cell::Count(scaled(text, 0, form)?),
            ColumnType::Number => Cell::Number(scaled(text, self.digits, form)?),
            ColumnType::Money(currency) => {
                let amount = match text.split_once(' ') {
                    Some((amount, code)) if code == currency.as_str() => amount,
                    Some((_, code)) if code.parse::<Currency>().is_ok() => {
                        return Err(CellError::Currency(currency));
                    }
                    Some(_) => return Err(form()),
                    None => text,
                };
                Cell::Money(scaled(amount, self.digits, form)?)
            }
            ColumnType::Percent => {
                let number = text.strip_suffix('%').unwrap_or(text);
                Cell::Percent(scaled(number, self.digits, form)?)
            }
            ColumnType::Duration => {
                let span: Span = text.parse().map_err(|_| form())?;
                Cell::Duration(span.seconds())
            }
            ColumnType::Instant => {
                let moment: Instant = text.parse().map_err(|_| form())?;
                Cell::Instant(moment.floor().get().timestamp())
            }
            ColumnType::Date => {
                let day: NaiveDate = text.parse().map_err(|_| form())?;
                Cell::Date(dates::number(day))
            }
        };
        self.within(cell)?;
        Ok(cell)
    }

    fn within(&self, cell: Cell<'_>) -> Result<(), CellError> {
        let Some(whole) = cell.whole() else { return Ok(()) };
        let value = || Ratio::whole(i128::from(whole)).mul(self.step());
        let limit = |bound: &Option<Value>| bound.as_ref().and_then(value_ratio);
        let below = limit(&self.min).is_some_and(|min| value().is_none_or(|v| v < min));
        let above = limit(&self.max).is_some_and(|max| value().is_none_or(|v| v > max));
        if !below && !above {
            return Ok(());
        }
        Err(CellError::Bounds(match (&self.min, &self.max) {
            (Some(min), Some(max)) => format!("from {min} to {max}"),
            (Some(min), None) => format!("from {min} up"),
            (None, Some(max)) => format!("up to {max}"),
            (None, None) => String::new(),
        }))
    }
}

/// The digits after the point of a column that says nothing of them.
pub(super) fn standard_digits(ty: ColumnType) -> u32 {
    match ty {
        ColumnType::Money(currency) => currency.minor_digits(),
        ColumnType::Number | ColumnType::Percent => 6,
        _ => 0,
    }
}

/// A number as the amount language holds it: money in whole currency, percentages as fractions,
/// time in seconds, dates in days.
pub(super) fn value_ratio(value: &Value) -> Option<Ratio> {
    Some(match value {
        Value::Integer(d) | Value::Number(d) => Ratio::of(*d),
        Value::Percent(p) => Ratio::of(p.0).div(Ratio::whole(100))?,
        Value::Money(m) => Ratio::of(m.amount),
        Value::Duration(s) => Ratio::whole(i128::from(s.seconds())),
        Value::Timestamp(i) => Ratio::whole(i128::from(i.get().timestamp())),
        Value::Date(d) => Ratio::whole(i128::from(dates::number(*d))),
        Value::Boolean(yes) => Ratio::flag(*yes),
        Value::Text(_) | Value::List(_) => return None,
    })
}

fn scaled(text: &str, digits: u32, form: impl Fn() -> CellError) -> Result<i64, CellError> {
    let plain = text.strip_prefix('-').unwrap_or(text);
    let shape = plain.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !shape || plain.is_empty() {
        return Err(form());
    }
    let Some(number) = parse_decimal(text) else {
        let is_number =
            plain.split('.').count() <= 2 && plain.split('.').all(|part| !part.is_empty());
        return Err(if is_number { CellError::TooLarge } else { form() });
    };
    let number: Decimal = number.normalize();
    if number.scale() > digits {
        return Err(CellError::Digits(digits));
    }
    let factor = 10_i128.checked_pow(digits - number.scale()).ok_or(CellError::TooLarge)?;
    let whole = number.mantissa().checked_mul(factor).ok_or(CellError::TooLarge)?;
    i64::try_from(whole).map_err(|_| CellError::TooLarge)
}

impl Columns {
    /// Columns in their order; [`CUSTOMER`] is put first, and added where it is not among them.
    pub fn new(columns: Vec<Column>) -> Columns {
        let (mut all, others): (Vec<_>, Vec<_>) =
            columns.into_iter().partition(|column| column.name == CUSTOMER);
        if all.is_empty() {
            all.push(Column::new(CUSTOMER, ColumnType::Text));
        }
        all.extend(others);
        Columns { all }
    }

    /// The columns in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, Column> {
        self.all.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Never: there is always a customer.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The column at a place.
    pub fn at(&self, place: usize) -> Option<&Column> {
        self.all.get(place)
    }

    /// The place of a column by its name in the policy.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.all.iter().position(|column| column.name == name)
    }
}

impl<'a> IntoIterator for &'a Columns {
    type Item = &'a Column;
    type IntoIter = std::slice::Iter<'a, Column>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.ty.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_exactly_or_refused() {
        let money = Column::new("fee", ColumnType::Money(Currency::MXN));
        assert_eq!(money.read("12.5"), Ok(Cell::Money(1_250)));
        assert_eq!(money.read("12.50 MXN"), Ok(Cell::Money(1_250)));
        assert_eq!(money.read("12.500"), Ok(Cell::Money(1_250)));
        assert_eq!(money.read("12.50 USD"), Err(CellError::Currency(Currency::MXN)));
        assert_eq!(money.read("12.505"), Err(CellError::Digits(2)));
        assert_eq!(money.read("92233720368547758.08"), Err(CellError::TooLarge));
        assert_eq!(money.read("99999999999999999999999999999999"), Err(CellError::TooLarge));
        for text in ["1,234.50", "$12", "1e3", "NaN", "+1", ".5", "1.", "1 2", "-", "12.50 pesos"] {
            assert!(matches!(money.read(text), Err(CellError::Form(_))), "{text}");
        }
        let share = Column::new("share", ColumnType::Percent);
        assert_eq!(share.read("99.95%"), Ok(Cell::Percent(99_950_000)));
        let mut since = Column::new("since", ColumnType::Date);
        since.required = false;
        assert_eq!(since.read("1970-01-11"), Ok(Cell::Date(10)));
        assert_eq!(since.read(""), Ok(Cell::Missing));
        assert_eq!(money.read(""), Err(CellError::Empty));
    }

    #[test]
    fn bounds_and_values_hold() {
        let mut count = Column::new("tries", ColumnType::Count);
        count.min = Some(Value::integer(0));
        assert_eq!(count.read("3"), Ok(Cell::Count(3)));
        assert_eq!(count.read("-1"), Err(CellError::Bounds("from 0 up".into())));
        let mut segment = Column::new("segment", ColumnType::Text);
        segment.values = Some(Enumeration::new(["gold", "retail"], false));
        assert_eq!(segment.read("gold"), Ok(Cell::Text("gold")));
        assert_eq!(segment.read("silver"), Err(CellError::Value("gold, retail".into())));
    }
}
