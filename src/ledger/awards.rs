//! The awards of a run: the file that the run wrote, read again for the ledger.

use std::io::Read;

use super::amount::read_minor;
use super::place::{Width, place_of};
use super::shelf::Spill;
use crate::diag::Diagnostic;
use crate::units::Currency;
use chrono::NaiveDate;

/// How many problems are said.
const SAID: usize = 20;

/// Characters of a customer's id, or of any other cell.
const LONGEST: usize = 200;

/// One award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// The customer.
    pub customer: String,
    /// The form.
    pub form: String,
    /// The amount in minor units.
    pub minor: i64,
    /// The tax in it.
    pub tax: i64,
    /// The currency; none where the form is no money.
    pub currency: Option<Currency>,
    /// When it is due.
    pub due: Option<NaiveDate>,
    /// The rules that it comes from.
    pub rules: String,
    /// The customer's segment; empty where the evidence names none.
    pub segment: String,
}

impl Award {
    /// As one line, while it waits; no cell holds a control character.
    fn spilled(&self) -> String {
        let currency = self.currency.map(|c| c.to_string()).unwrap_or_default();
        let due = self.due.map(|day| day.to_string()).unwrap_or_default();
        let (minor, tax) = (self.minor, self.tax);
        let Award { customer, form, rules, segment, .. } = self;
        format!(
            "{customer}\u{1f}{form}\u{1f}{minor}\u{1f}{tax}\u{1f}{currency}\u{1f}{due}\u{1f}{rules}\u{1f}{segment}\n"
        )
    }

    fn read_spilled(line: &str) -> Option<Award> {
        let mut cells = line.split('\u{1f}');
        let mut cell = || cells.next();
        Some(Award {
            customer: cell()?.to_owned(),
            form: cell()?.to_owned(),
            minor: cell()?.parse().ok()?,
            tax: cell()?.parse().ok()?,
            currency: Some(cell()?).filter(|c| !c.is_empty()).map(str::parse).transpose().ok()?,
            due: Some(cell()?).filter(|c| !c.is_empty()).map(str::parse).transpose().ok()?,
            rules: cell()?.to_owned(),
            segment: cell()?.to_owned(),
        })
    }
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwardsRead {
    /// How many awards.
    pub count: u64,
    /// Which of the employees asked about are customers in the file.
    pub employees: Vec<String>,
}

/// Why a customer's id may not be in a file for machines; none when it may.
pub fn bad_id(id: &str) -> Option<&'static str> {
    match id.chars().next() {
        None => Some("is empty"),
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => Some("begins as a formula does"),
        Some(_) if id.chars().any(char::is_control) => Some("holds control characters"),
        Some(_) if id.chars().count() > LONGEST => Some("is longer than 200 characters"),
        Some(_) => None,
    }
}

/// Reads awards and lays them out by customer; `employees` are the names, ids and addresses that
/// are looked for in a column `employee`.
///
/// # Errors
/// When a column is missing or a row is bad: the first twenty are said, and nothing is to be done
/// with the others.
pub fn read_awards(
    name: &str,
    from: impl Read,
    width: Width,
    spill: &mut dyn Spill,
    employees: &[String],
) -> Result<AwardsRead, Vec<Diagnostic>> {
    let one = |d: Diagnostic| vec![d];
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(from);
    let unreadable = |e: csv::Error| Diagnostic::error("bad-awards", format!("{name}: {e}"));
    let header = reader.headers().map_err(|e| one(unreadable(e)))?.clone();
    let column = |wanted: &str| header.iter().position(|cell| cell == wanted);
    let needed = |wanted: &str| {
        column(wanted).ok_or_else(|| {
            one(Diagnostic::error("bad-awards", format!("{name} has no column {wanted}"))
                .help("awards are written by inc compensate run"))
        })
    };
    let (customer, amount) = (needed("customer_id")?, needed("amount")?);
    let (currency, form) = (needed("currency")?, needed("form")?);
    let (tax, due, rules) = (column("tax"), column("due"), column("rules"));
    let (employee, segment) = (column("employee"), column("segment"));
    let mut found = Vec::new();
    let mut read = AwardsRead::default();
    let mut row = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut row) {
            Ok(false) => break,
            Ok(true) => {}
            Err(e) => {
                found.push(unreadable(e));
                break;
            }
        }
        let line = row.position().map_or(0, csv::Position::line);
        let at = |place: usize| row.get(place).unwrap_or_default();
        let maybe = |place: Option<usize>| place.map(at).filter(|cell| !cell.is_empty());
        let result =
            award(at(customer), at(form), at(amount), at(currency), maybe(tax), maybe(due));
        match result {
            Ok(mut award) => {
                let plain = |place| -> String {
                    let cell = maybe(place).unwrap_or_default();
                    cell.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
                };
                (award.rules, award.segment) = (plain(rules), plain(segment));
                if let Some(named) = maybe(employee)
                    && employees.iter().any(|e| e.eq_ignore_ascii_case(named))
                    && !read.employees.iter().any(|e| e.eq_ignore_ascii_case(named))
                {
                    read.employees.push(named.to_owned());
                }
                read.count += 1;
                let part = width.part_of(place_of(&award.customer)).number();
                spill.add(part, award.spilled().as_bytes()).map_err(one)?;
            }
            Err(why) if found.len() < SAID => {
                found.push(Diagnostic::error("bad-awards", format!("{name}: line {line}: {why}")));
            }
            Err(_) => break,
        }
    }
    if found.is_empty() { Ok(read) } else { Err(found) }
}

fn award(
    customer: &str,
    form: &str,
    amount: &str,
    currency: &str,
    tax: Option<&str>,
    due: Option<&str>,
) -> Result<Award, String> {
    if let Some(why) = bad_id(customer) {
        return Err(format!("customer_id {why}"));
    }
    if form.is_empty() || form.len() > LONGEST || !form.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("form is no word".to_owned());
    }
    let currency = match currency {
        "" => None,
        code => Some(code.parse::<Currency>().map_err(|e| e.what)?),
    };
    let digits = currency.map_or(0, Currency::minor_digits);
    let minor = |column: &str, text: &str| {
        read_minor(text, digits).ok_or_else(|| format!("{column} `{text}` is no amount"))
    };
    let amount = minor("amount", amount)?;
    let tax = tax.map(|tax| minor("tax", tax)).transpose()?.unwrap_or(0);
    if tax.signum() * amount.signum() < 0 || tax.unsigned_abs() > amount.unsigned_abs() {
        return Err("tax is more than the amount that it is in".to_owned());
    }
    let due = due.map(|day| day.get(..10).unwrap_or(day).parse());
    let due = due.transpose().map_err(|_| "due is no date".to_owned())?;
    let (customer, form) = (customer.to_owned(), form.to_owned());
    let (rules, segment) = Default::default();
    Ok(Award { customer, form, minor: amount, tax, currency, due, rules, segment })
}

/// The awards of one part, by customer and form.
///
/// # Errors
/// When a customer has one form twice, or the spilled rows cannot be read back.
pub fn take_awards(spill: &mut dyn Spill, part: usize) -> Result<Vec<Award>, Diagnostic> {
    let bytes = spill.take(part)?;
    let lost = || Diagnostic::error("bad-awards", "an award was not read back as it was laid out");
    let text = String::from_utf8(bytes).map_err(|_| lost())?;
    let mut awards: Vec<Award> =
        text.lines().map(Award::read_spilled).collect::<Option<_>>().ok_or_else(lost)?;
    awards.sort_by(|a, b| (&a.customer, &a.form).cmp(&(&b.customer, &b.form)));
    let twice = awards
        .windows(2)
        .find(|pair| pair[0].customer == pair[1].customer && pair[0].form == pair[1].form);
    match twice {
        Some([award, ..]) => {
            let message =
                format!("customer {} is in the awards twice under {}", award.customer, award.form);
            Err(Diagnostic::error("bad-awards", message)
                .help("run it again on a file in which each customer stands once"))
        }
        _ => Ok(awards),
    }
}

#[cfg(test)]
mod tests {
    use super::super::shelf::InMemory;
    use super::*;

    fn read(text: &str) -> Result<Vec<Award>, Vec<String>> {
        let mut spill = InMemory::default();
        read_awards("a.csv", text.as_bytes(), Width::WHOLE, &mut spill, &[])
            .map_err(|found| found.into_iter().map(|d| d.message).collect::<Vec<_>>())?;
        take_awards(&mut spill, 0).map_err(|d| vec![d.message])
    }

    #[test]
    fn awards_are_read_by_name() {
        let text = "currency,customer_id,amount,form,rules,tax,due\n\
                    MXN,0012,12.50,statement_credit,base+late,2.00,2026-12-01\n\
                    ,0011,3,due_date_extension,base,,\n";
        let awards = read(text).unwrap();
        assert_eq!(awards[0].customer, "0011");
        assert_eq!((awards[1].minor, awards[1].tax), (1250, 200));
        assert_eq!(awards[1].due.unwrap().to_string(), "2026-12-01");
        assert_eq!((awards[0].minor, awards[0].currency), (3, None));
    }

    #[test]
    fn bad_rows_are_said_with_their_line() {
        let head = "customer_id,amount,currency,form\n";
        for (row, said) in [
            ("=1+1,1.00,MXN,voucher", "line 2: customer_id begins as a formula does"),
            (",1.00,MXN,voucher", "line 2: customer_id is empty"),
            ("1,1e3,MXN,voucher", "line 2: amount `1e3` is no amount"),
            ("1,92233720368547758.08,MXN,voucher", "is no amount"),
            ("1,1.005,MXN,voucher", "is no amount"),
            ("1,1.00,pesos,voucher", "line 2: `pesos` is no currency"),
            ("1,1.5,,points", "line 2: amount `1.5` is no amount"),
            ("1,1.00,MXN,", "line 2: form is no word"),
            ("1,1.00,MXN", "a.csv: "),
        ] {
            let found = read(&format!("{head}{row}\n")).unwrap_err();
            assert!(found[0].contains(said), "{row}: {found:?}");
        }
        let many: String = (0..50).map(|i| format!("{i},x,MXN,voucher\n")).collect();
        assert_eq!(read(&format!("{head}{many}")).unwrap_err().len(), SAID);
        assert!(read("customer_id,amount\n").unwrap_err()[0].contains("no column currency"));
    }

    #[test]
    fn a_customer_twice_under_one_form_is_refused() {
        let head = "customer_id,amount,currency,form\n";
        let twice = format!("{head}1,1.00,MXN,voucher\n1,2.00,MXN,voucher\n");
        assert!(read(&twice).unwrap_err()[0].contains("twice"));
        assert!(read(&format!("{head}1,1.00,MXN,voucher\n1,2,,points\n")).is_ok());
    }
}
