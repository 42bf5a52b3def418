//! Amounts read into trees: precedence, calls, the arms of bands.

use super::AmountError;
use super::lex::{Token, Word, words};
use crate::diag::TextRange;
use crate::units::{Decimal, Instant, Money, Span};

/// The deepest nesting that is read.
const DEEPEST: usize = 40;

/// A tree of an amount as written, with places.
#[derive(Debug, Clone)]
pub(super) struct Ast {
    pub(super) is: Is,
    pub(super) range: TextRange,
}

#[derive(Debug, Clone)]
pub(super) enum Is {
    Number(Decimal),
    Percent(Decimal),
    Money(Money),
    Duration(Span),
    Date(chrono::NaiveDate),
    Instant(Instant),
    Text(String),
    Flag(bool),
    Name(String),
    Negative(Box<Ast>),
    Not(Box<Ast>),
    Binary(Sign, Box<Ast>, Box<Ast>),
    Call(String, TextRange, Vec<Argument>),
}

/// What stands between the commas of a call.
#[derive(Debug, Clone)]
pub(super) enum Argument {
    Plain(Ast),
    /// `<= 3h: 50%`.
    Arm(Compare, Ast, Ast),
    /// `else: 0%`.
    Else(Ast),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Add,
    Sub,
    Mul,
    Div,
    And,
    Or,
    Compare(Compare),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compare {
    /// `=`
    Equal,
    /// `!=`
    Differs,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Compare {
    const ALL: [(&'static str, Compare); 6] = [
        ("<=", Compare::AtMost),
        (">=", Compare::AtLeast),
        ("!=", Compare::Differs),
        ("<", Compare::Less),
        (">", Compare::More),
        ("=", Compare::Equal),
    ];

    /// The sign as amounts write it.
    pub fn sign(self) -> &'static str {
        Compare::ALL.iter().find(|(_, c)| *c == self).map_or("", |(sign, _)| sign)
    }

    fn of(sign: &str) -> Option<Compare> {
        Compare::ALL.iter().find(|(known, _)| *known == sign).map(|(_, c)| *c)
    }

    /// Whether an order of two values is what it asks for.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};
        match self {
            Compare::Equal => order == Equal,
            Compare::Differs => order != Equal,
            Compare::Less => order == Less,
            Compare::AtMost => order != Greater,
            Compare::More => order == Greater,
            Compare::AtLeast => order != Less,
        }
    }
}

/// The most words of one amount; a chain of sums is as deep a tree as it is long.
const MOST_WORDS: usize = 600;

/// Reads one amount.
pub(super) fn parse(text: &str) -> Result<Ast, AmountError> {
    let mut parser = Parser { tokens: words(text)?, at: 0, depth: 0 };
    if parser.tokens.len() > MOST_WORDS {
        return Err(parser
            .wrong(format!("the amount has more than {MOST_WORDS} words"))
            .help("name parts of it in [let]"));
    }
    let tree = parser.or()?;
    match parser.word() {
        Word::End => Ok(tree),
        Word::Sign("==") => Err(parser.wrong("`==` is no operator").help("write one `=`")),
        Word::Sign(")") => Err(parser.wrong("there is one `)` too many")),
        Word::Sign(",") => Err(parser
            .wrong("a comma stands between values of a function only")
            .help("write numbers without separators of thousands: 1234.50")),
        _ => Err(parser.wrong("an operator is missing here").help("+ - * / < <= > >= = != and or")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn word(&self) -> &Word {
        self.tokens.get(self.at).map_or(&Word::End, |token| &token.word)
    }

    fn range(&self) -> TextRange {
        self.tokens.get(self.at).map_or(TextRange::default(), |token| token.range)
    }

    fn wrong(&self, what: impl Into<String>) -> AmountError {
        AmountError::new("amount-syntax", what, self.range())
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = matches!(self.word(), Word::Sign(s) if *s == sign);
        self.at += usize::from(found);
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = matches!(self.word(), Word::Name(name) if name == word);
        self.at += usize::from(found);
        found
    }

    fn binary(sign: Sign, a: Ast, b: Ast) -> Ast {
        let range = TextRange::new(a.range.start, b.range.end);
        Ast { is: Is::Binary(sign, Box::new(a), Box::new(b)), range }
    }

    fn or(&mut self) -> Result<Ast, AmountError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self
                .wrong(format!("the amount is nested deeper than {DEEPEST} times"))
                .help("name parts of it in [let]"));
        }
        let mut left = self.and()?;
        while self.eat_word("or") {
            left = Parser::binary(Sign::Or, left, self.and()?);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn and(&mut self) -> Result<Ast, AmountError> {
        let mut left = self.not()?;
        while self.eat_word("and") {
            left = Parser::binary(Sign::And, left, self.not()?);
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Ast, AmountError> {
        let start = self.range().start;
        if !self.eat_word("not") {
            return self.comparison();
        }
        let inner = self.comparison()?;
        let range = TextRange::new(start, inner.range.end);
        Ok(Ast { is: Is::Not(Box::new(inner)), range })
    }

    fn compare_sign(&mut self) -> Option<Compare> {
        let found = match self.word() {
            Word::Sign(sign) => Compare::of(sign),
            _ => None,
        };
        self.at += usize::from(found.is_some());
        found
    }

    fn comparison(&mut self) -> Result<Ast, AmountError> {
        let left = self.sum()?;
        let Some(compare) = self.compare_sign() else { return Ok(left) };
        let right = self.sum()?;
        if matches!(self.word(), Word::Sign(sign) if Compare::of(sign).is_some()) {
            return Err(self.wrong("two comparisons stand in a row").help("join them with `and`"));
        }
        Ok(Parser::binary(Sign::Compare(compare), left, right))
    }

    fn sum(&mut self) -> Result<Ast, AmountError> {
        let mut left = self.product()?;
        loop {
            let sign = match self.word() {
                Word::Sign("+") => Sign::Add,
                Word::Sign("-") => Sign::Sub,
                _ => return Ok(left),
            };
            self.at += 1;
            left = Parser::binary(sign, left, self.product()?);
        }
    }

    fn product(&mut self) -> Result<Ast, AmountError> {
        let mut left = self.signed()?;
        loop {
            let sign = match self.word() {
                Word::Sign("*") => Sign::Mul,
                Word::Sign("/") => Sign::Div,
                _ => return Ok(left),
            };
            self.at += 1;
            left = Parser::binary(sign, left, self.signed()?);
        }
    }

    fn signed(&mut self) -> Result<Ast, AmountError> {
        let start = self.range().start;
        if !self.eat("-") {
            return self.atom();
        }
        let inner = self.atom()?;
        let range = TextRange::new(start, inner.range.end);
        Ok(Ast { is: Is::Negative(Box::new(inner)), range })
    }

    fn atom(&mut self) -> Result<Ast, AmountError> {
        let range = self.range();
        let is = match self.word().clone() {
            Word::Number(d) => Is::Number(d),
            Word::Percent(d) => Is::Percent(d),
            Word::Money(m) => Is::Money(m),
            Word::Duration(s) => Is::Duration(s),
            Word::Date(d) => Is::Date(d),
            Word::Instant(i) => Is::Instant(i),
            Word::Text(t) => Is::Text(t),
            Word::Name(name) if name == "true" || name == "false" => Is::Flag(name == "true"),
            Word::Name(name) if matches!(name.as_str(), "and" | "or" | "not" | "else") => {
                return Err(self.wrong(format!("`{name}` stands where a value belongs")));
            }
            Word::Name(name) => {
                self.at += 1;
                if self.eat("(") {
                    return self.call(name, range);
                }
                return Ok(Ast { is: Is::Name(name), range });
            }
            Word::Sign("(") => {
                self.at += 1;
                let inner = self.or()?;
                self.close()?;
                return Ok(inner);
            }
            Word::Sign(sign) => {
                return Err(self.wrong(format!("`{sign}` stands where a value belongs")));
            }
            Word::End => return Err(self.wrong("the amount ends where a value belongs")),
        };
        self.at += 1;
        Ok(Ast { is, range })
    }

    fn close(&mut self) -> Result<(), AmountError> {
        match self.eat(")") {
            true => Ok(()),
            false => Err(self.wrong("`)` is missing here")),
        }
    }

    fn call(&mut self, name: String, at: TextRange) -> Result<Ast, AmountError> {
        let mut arguments = Vec::new();
        if !self.eat(")") {
            loop {
                arguments.push(self.argument()?);
                if !self.eat(",") {
                    break;
                }
            }
            self.close()?;
        }
        let end = self.tokens.get(self.at.saturating_sub(1)).map_or(at.end, |t| t.range.end);
        let range = TextRange::new(at.start, end);
        Ok(Ast { is: Is::Call(name, at, arguments), range })
    }

    fn argument(&mut self) -> Result<Argument, AmountError> {
        if self.eat_word("else") {
            self.colon()?;
            return Ok(Argument::Else(self.or()?));
        }
        let Some(compare) = self.compare_sign() else { return Ok(Argument::Plain(self.or()?)) };
        let limit = self.sum()?;
        self.colon()?;
        Ok(Argument::Arm(compare, limit, self.or()?))
    }

    fn colon(&mut self) -> Result<(), AmountError> {
        match self.eat(":") {
            true => Ok(()),
            false => Err(self.wrong("`:` is missing here").help("write `< 3h: 50%` or `else: 0%`")),
        }
    }
}
