//! Reading a test against the type of its input, one pass from left to right.

use super::{Item, Op, Test, TestError, needs_quotes, quote};
use crate::decision::types::Type;
use crate::decision::value::Value;
use crate::diag::nearest;
use crate::units::{UnitError, parse_decimal};

impl Test {
    /// Reads a test against the type of its input.
    ///
    /// # Errors
    /// When the text is no test, or one of another type.
    pub fn parse(text: &str, ty: &Type) -> Result<Test, TestError> {
        let mut reader = Reader { text, at: 0, ty: ty.element() };
        reader.spaces();
        let test = if reader.rest() == "-" || reader.rest().trim_end() == "-" {
            return Ok(Test::Any);
        } else if reader.take("not(") {
            Test::Not(reader.items(true)?)
        } else if reader.take("all(") {
            if !matches!(ty, Type::List(_)) {
                return Err(reader
                    .error("test-type", "`all(…)` asks about a list, and the input is none", 0..4)
                    .with_help("leave `all(…)` out"));
            }
            reader.spaces();
            if reader.take("not(") {
                let items = reader.items(true)?;
                reader.spaces();
                reader.close()?;
                Test::AllNot(items)
            } else {
                Test::All(reader.items(true)?)
            }
        } else {
            Test::Some(reader.items(false)?)
        };
        reader.spaces();
        if !reader.rest().is_empty() {
            let (from, to) = (reader.at, text.len());
            return Err(reader.error(
                "test-syntax",
                "nothing may follow the closing `)`",
                from..to,
            ));
        }
        if matches!(ty, Type::List(_)) && test.items().contains(&Item::Null) {
            let alone = matches!(&test, Test::Some(i) | Test::Not(i) if i.len() == 1);
            if !alone {
                let all = 0..text.len();
                return Err(reader
                    .error("test-type", "an element of a list is never `null`", all)
                    .with_help("ask `null` or `not(null)` about the whole list, alone"));
            }
        }
        Ok(test)
    }
}

impl TestError {
    fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    ty: &'a Type,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn error(
        &self,
        code: &'static str,
        message: impl Into<String>,
        range: std::ops::Range<usize>,
    ) -> TestError {
        TestError { code, message: message.into(), help: None, range: range.into() }
    }

    fn close(&mut self) -> Result<(), TestError> {
        if self.take(")") {
            return Ok(());
        }
        Err(self.error("test-syntax", "a closing `)` is missing", self.at..self.text.len()))
    }

    /// Alternatives up to the end, or up to `)` where the list was opened by one.
    fn items(&mut self, nested: bool) -> Result<Vec<Item>, TestError> {
        let mut items = Vec::new();
        loop {
            self.spaces();
            items.push(self.item(nested)?);
            self.spaces();
            if self.take(",") {
                continue;
            }
            if nested {
                self.close()?;
            } else if !self.rest().is_empty() {
                let range = self.at..self.text.len();
                return Err(self
                    .error("test-syntax", "a `,` is missing between two alternatives", range)
                    .with_help("put text that holds more than a name in quotes"));
            }
            return Ok(items);
        }
    }

    fn item(&mut self, nested: bool) -> Result<Item, TestError> {
        let start = self.at;
        for (sign, op) in
            [("<=", Op::AtMost), (">=", Op::AtLeast), ("<", Op::Less), (">", Op::More)]
        {
            if self.take(sign) {
                self.order(sign, start)?;
                return Ok(Item::Compare(op, self.operand(nested)?));
            }
        }
        if self.take("!=") {
            return Ok(Item::Differs(self.operand(nested)?));
        }
        if self.take("=") {
            return Ok(Item::Is(self.operand(nested)?));
        }
        if self.rest().starts_with(['[', '(', ']']) {
            return self.range();
        }
        let range = self.literal(nested);
        let word = self.text[range.clone()].trim_end();
        if word == "null" {
            self.at = range.end;
            return Ok(Item::Null);
        }
        if let (Type::Enum(names), Some(name)) = (self.ty, word.strip_suffix('+'))
            && names.position(word).is_none()
            && names.position(name).is_some()
        {
            if !names.ordered {
                let message = format!("`{word}` asks for an order, and the input has none");
                return Err(self
                    .error("test-type", message, range)
                    .with_help("name each value that is meant"));
            }
            self.at = range.end;
            return Ok(Item::AndBefore(name.to_owned()));
        }
        self.operand(nested).map(Item::Is)
    }

    fn order(&self, sign: &str, start: usize) -> Result<(), TestError> {
        if self.ty.has_order() {
            return Ok(());
        }
        let help = match self.ty {
            Type::Enum(names) if names.ordered => {
                format!("name the values, or write `{}+`", names.values.last().map_or("", |v| v))
            }
            Type::Enum(_) | Type::Boolean => "name the values that are meant".to_owned(),
            _ => "put it in quotes if it is part of the text".to_owned(),
        };
        let message = format!("`{sign}` asks for an order, and the input is {}", self.kind());
        Err(self.error("test-type", message, start..self.at).with_help(help))
    }

    fn kind(&self) -> String {
        match self.ty {
            Type::Enum(_) => "an enumeration".to_owned(),
            other => other.to_string(),
        }
    }

    fn range(&mut self) -> Result<Item, TestError> {
        let start = self.at;
        let low_closed = self.rest().starts_with('[');
        self.at += 1;
        let inside = self.rest();
        // A closing bracket may be `)` of an enclosing `not(…)` only after the range's own.
        let Some(dots) = inside.find("..") else {
            return Err(self
                .error("test-syntax", "a range is missing its `..`", start..self.text.len())
                .with_help("write `[1..5]`, or put the text in quotes"));
        };
        let after = &inside[dots + 2..];
        let low_range = self.at..self.at + dots;
        let (high_start, close) = (self.at + dots + 2, after.find([']', ')', '[']));
        let Some(close) = close else {
            return Err(self
                .error("test-syntax", "a range is missing its end", start..self.text.len())
                .with_help("close it with `]`, `)` or `[`"));
        };
        let high_closed = after[close..].starts_with(']');
        let end = high_start + close + 1;
        self.at = end;
        self.order("..", start)?;
        let low = self.value(low_range)?;
        let high = self.value(high_start..end - 1)?;
        self.currencies(&[&low, &high], start..end)?;
        match low.compare(&high) {
            Some(std::cmp::Ordering::Greater) => Err(self
                .error("test-type", "the range ends before it begins", start..end)
                .with_help("swap its ends")),
            _ => Ok(Item::Range { low, low_closed, high, high_closed }),
        }
    }

    fn currencies(
        &self,
        values: &[&Value],
        range: std::ops::Range<usize>,
    ) -> Result<(), TestError> {
        let mut currencies = values.iter().filter_map(|v| match v {
            Value::Money(money) => Some(money.currency),
            _ => None,
        });
        match (currencies.next(), currencies.next()) {
            (Some(a), Some(b)) if a != b => {
                Err(self.error("test-type", format!("{a} and {b} are not comparable"), range))
            }
            _ => Ok(()),
        }
    }

    fn operand(&mut self, nested: bool) -> Result<Value, TestError> {
        self.spaces();
        let range = self.literal(nested);
        self.at = range.end;
        self.value(range)
    }

    /// Where a literal ends: before a comma, or before the `)` that closes an enclosing call.
    fn literal(&self, nested: bool) -> std::ops::Range<usize> {
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        for (i, c) in self.rest().char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ if quoted => {}
                '(' => depth += 1,
                ')' if depth == 0 && nested => return self.at..self.at + i,
                ')' => depth = depth.saturating_sub(1),
                ',' if depth == 0 => return self.at..self.at + i,
                _ => {}
            }
        }
        self.at..self.text.len()
    }

    fn value(&self, range: std::ops::Range<usize>) -> Result<Value, TestError> {
        let text = &self.text[range.clone()];
        let from = range.start + (text.len() - text.trim_start().len());
        let word = text.trim();
        let range = from..from + word.len();
        if word.is_empty() {
            return Err(self
                .error("test-syntax", "a value is missing", range)
                .with_help("write a value, or `-` for anything"));
        }
        match self.ty {
            Type::Text => Ok(Value::Text(match word.starts_with('"') {
                true => self.quoted(word, range)?,
                false => self.bare(word, range)?,
            })),
            Type::Enum(names) => {
                let name = match word.starts_with('"') {
                    true => self.quoted(word, range.clone())?,
                    false if names.position(word).is_some() && word != "-" => word.to_owned(),
                    false => self.bare(word, range.clone())?,
                };
                if names.position(&name).is_none() {
                    let error = self.error(
                        "unknown-value",
                        format!("`{name}` is none of {}", names.values.join(", ")),
                        range,
                    );
                    return Err(match nearest(&name, names.values.iter().map(String::as_str)) {
                        Some(near) => error.with_help(format!("did you mean `{near}`?")),
                        None => error,
                    });
                }
                Ok(Value::Text(name))
            }
            _ => {
                let inner = call(word, self.ty).unwrap_or(word);
                Value::parse(inner, self.ty).map_err(|e| self.unit(word, e, range))
            }
        }
    }

    fn unit(&self, word: &str, error: UnitError, range: std::ops::Range<usize>) -> TestError {
        let message = format!("{} (the input is {})", error.what, self.kind());
        let help = match self.ty {
            Type::Percent if parse_decimal(word).is_some() => format!("write `{word}%`"),
            _ => format!("expected {}", error.expected),
        };
        self.error("test-type", message, range).with_help(help)
    }

    fn bare(&self, word: &str, range: std::ops::Range<usize>) -> Result<String, TestError> {
        if !needs_quotes(word) {
            return Ok(word.to_owned());
        }
        let message = format!("`{word}` does not read as plain text");
        Err(self
            .error("test-syntax", message, range)
            .with_help(format!("put it in quotes if it is text: {}", quote(word))))
    }

    fn quoted(&self, word: &str, range: std::ops::Range<usize>) -> Result<String, TestError> {
        let mut text = String::new();
        let mut chars = word.char_indices().skip(1);
        while let Some((i, c)) = chars.next() {
            match c {
                '"' if i + 1 == word.len() => return Ok(text),
                '"' => {
                    return Err(self
                        .error("test-syntax", "something follows the closing quote", range)
                        .with_help(
                            "separate alternatives by `,`; write a quote inside as `\\\"`",
                        ));
                }
                '\\' => match chars.next() {
                    Some((_, '"')) => text.push('"'),
                    Some((_, '\\')) => text.push('\\'),
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    _ => {
                        return Err(self
                            .error("test-syntax", "unknown escape in quoted text", range)
                            .with_help("`\\\"`, `\\\\`, `\\n` and `\\t` are known"));
                    }
                },
                c => text.push(c),
            }
        }
        Err(self.error("test-syntax", "the closing quote is missing", range))
    }
}

/// S-FEEL's way of writing dates and durations: `date("2026-11-21")`.
fn call<'a>(word: &'a str, ty: &Type) -> Option<&'a str> {
    let name = match ty {
        Type::Date => "date",
        Type::Timestamp => "date and time",
        Type::Duration => "duration",
        _ => return None,
    };
    let inner = word.strip_prefix(name)?.trim_start().strip_prefix('(')?.strip_suffix(')')?;
    inner.trim().strip_prefix('"')?.strip_suffix('"')
}
