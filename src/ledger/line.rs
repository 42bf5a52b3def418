//! A line of the ledger: what happened to one entry.
//!
//! Every line has all columns, so that each file can be read by itself and by other tools.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;

use super::amount::{Unit, read_minor, show_minor};
use super::month::Month;
use super::place::place_in_id;
use crate::diag::Diagnostic;
use crate::units::Currency;

/// The columns, in their order.
pub const COLUMNS: [&str; 24] = [
    "id",
    "state",
    "customer",
    "form",
    "net",
    "tax",
    "total",
    "currency",
    "accounting_period",
    "posting_date",
    "batch",
    "document",
    "reason",
    "run",
    "incident",
    "family",
    "policy",
    "version",
    "basis",
    "impact_period",
    "account",
    "cost_centre",
    "funding",
    "vertical",
];

/// Where the columns that a run's entries share begin.
const SHARED: usize = 13;

/// What an entry has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Owed.
    Approved,
    /// Cancelled before it was posted.
    Reversed,
    /// Sent to the core in a batch, not answered.
    Exported,
    /// Credited.
    Posted,
    /// Refused by the core.
    Rejected,
    /// Refused once, to be sent again under a new key.
    Reissued,
    /// Given up.
    WrittenOff,
}

impl State {
    /// All of them.
    pub const ALL: [State; 7] = [
        State::Approved,
        State::Reversed,
        State::Exported,
        State::Posted,
        State::Rejected,
        State::Reissued,
        State::WrittenOff,
    ];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Approved => "approved",
            State::Reversed => "reversed",
            State::Exported => "exported",
            State::Posted => "posted",
            State::Rejected => "rejected",
            State::Reissued => "reissued",
            State::WrittenOff => "written_off",
        }
    }

    /// Whether an entry may go from here to there; `None` is an entry that is not there yet.
    pub fn may_follow(self, before: Option<State>) -> bool {
        use State::{Approved, Exported, Posted, Reissued, Rejected, Reversed, WrittenOff};
        matches!(
            (before, self),
            (None, Approved)
                | (Some(Approved | Reissued), Exported | Reversed | WrittenOff)
                | (Some(Exported), Posted | Rejected)
                | (Some(Rejected), Reissued | WrittenOff | Reversed)
        )
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for State {
    type Err = ();

    fn from_str(word: &str) -> Result<State, ()> {
        State::ALL.into_iter().find(|state| state.as_str() == word).ok_or(())
    }
}

/// What the entries of one run share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// The run's id in the record.
    pub run: String,
    /// The incident.
    pub incident: String,
    /// The family that the incident belonged to when the line was written.
    pub family: String,
    /// The policy's name.
    pub policy: String,
    /// The policy's version.
    pub version: String,
    /// restitution, regulatory, contractual or goodwill.
    pub basis: String,
    /// When customers were affected: two instants with `/` between.
    pub impact_period: String,
    /// The account that the cost is booked to.
    pub account: String,
    /// The cost centre.
    pub cost_centre: String,
    /// Who bears it: own, vendor_recovery, merchant, promotion.
    pub funding: String,
    /// The vertical whose service failed.
    pub vertical: String,
}

impl Terms {
    fn columns(&self) -> [&str; 11] {
        [
            &self.run,
            &self.incident,
            &self.family,
            &self.policy,
            &self.version,
            &self.basis,
            &self.impact_period,
            &self.account,
            &self.cost_centre,
            &self.funding,
            &self.vertical,
        ]
    }

    /// The run as the whole ledger knows it: `INC-…/K7QK`.
    pub fn run_name(&self) -> String {
        format!("{}/{}", self.incident, self.run)
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The entry.
    pub id: String,
    /// What became of it.
    pub state: State,
    /// The customer.
    pub customer: String,
    /// The form: statement_credit, points …
    pub form: String,
    /// Tax contained in the total, minor units.
    pub tax: i64,
    /// The amount, minor units; negative where it is taken back from a customer.
    pub total: i64,
    /// The currency; none where the form is no money.
    pub currency: Option<Currency>,
    /// The accounting period.
    pub period: Month,
    /// When it is to be posted; on a posted line, when it was.
    pub posting_date: Option<NaiveDate>,
    /// The batch that it was sent in.
    pub batch: String,
    /// The core's reference.
    pub document: String,
    /// Why it was refused, reversed or given up.
    pub reason: String,
    /// What it shares with its run.
    pub terms: Arc<Terms>,
}

impl Line {
    /// What the line adds to what counts against giving the customer more, in minor units: what
    /// was given up counts on, what is taken back counts once it is back.
    pub fn counted(&self) -> i64 {
        match self.state {
            State::Approved if self.total > 0 => self.total,
            State::Reversed if self.total > 0 => self.total.saturating_neg(),
            State::Posted if self.total < 0 => self.total,
            _ => 0,
        }
    }

    /// What its amount is counted in.
    pub fn unit(&self) -> Unit {
        self.currency.map_or_else(|| Unit::Form(self.form.clone()), Unit::Money)
    }

    /// The line of the same entry in another state and period.
    #[must_use]
    pub fn moved(&self, state: State, period: Month) -> Line {
        Line { state, period, reason: String::new(), ..self.clone() }
    }

    /// Its cells in the order of [`COLUMNS`].
    pub fn cells(&self) -> [String; 24] {
        let digits = self.unit().digits();
        let amount = |minor: i64| show_minor(minor.into(), digits);
        let net = show_minor(i128::from(self.total) - i128::from(self.tax), digits);
        let [run, incident, family, policy, version, basis, impact, account, centre, fund, vert] =
            self.terms.columns().map(str::to_owned);
        [
            self.id.clone(),
            self.state.to_string(),
            self.customer.clone(),
            self.form.clone(),
            net,
            amount(self.tax),
            amount(self.total),
            self.currency.map(|c| c.to_string()).unwrap_or_default(),
            self.period.to_string(),
            self.posting_date.map(|day| day.to_string()).unwrap_or_default(),
            self.batch.clone(),
            self.document.clone(),
            self.reason.clone(),
            run,
            incident,
            family,
            policy,
            version,
            basis,
            impact,
            account,
            centre,
            fund,
            vert,
        ]
    }
}

/// Lines as the bytes of one file, header first.
pub fn write_lines(lines: &[Line]) -> Result<Vec<u8>, Diagnostic> {
    let fail = |e: csv::Error| Diagnostic::error("ledger-unwritable", e.to_string());
    let mut writer = csv::Writer::from_writer(Vec::with_capacity(lines.len() * 256));
    writer.write_record(COLUMNS).map_err(fail)?;
    for line in lines {
        writer.write_record(line.cells()).map_err(fail)?;
    }
    let e = |e: csv::IntoInnerError<_>| Diagnostic::error("ledger-unwritable", e.to_string());
    writer.into_inner().map_err(e)
}

/// Reads the lines of one file, given its name for messages.
pub fn read_lines(name: &str, bytes: &[u8]) -> Result<Vec<Line>, Diagnostic> {
    let broken = |at: usize, why: String| {
        Diagnostic::error("ledger-broken", format!("{name}: line {at}: {why}"))
            .help("the ledger's files are never edited; put back the file from a copy")
    };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let mut row = csv::StringRecord::new();
    let header = reader.read_record(&mut row).map_err(|e| broken(1, e.to_string()))?;
    if !header || row.iter().ne(COLUMNS) {
        return Err(broken(1, "its columns are not the ledger's".to_owned()));
    }
    let mut lines = Vec::new();
    let mut terms: Arc<Terms> = Arc::default();
    while reader.read_record(&mut row).map_err(|e| broken(lines.len() + 2, e.to_string()))? {
        let line = read_line(&row, &mut terms).map_err(|why| broken(lines.len() + 2, why))?;
        lines.push(line);
    }
    Ok(lines)
}

fn read_line(row: &csv::StringRecord, last: &mut Arc<Terms>) -> Result<Line, String> {
    let cell = |column: &str| {
        let place = COLUMNS.iter().position(|c| *c == column);
        place.and_then(|place| row.get(place)).unwrap_or_default()
    };
    if row.iter().skip(SHARED).ne(last.columns()) {
        let own = |column: &str| cell(column).to_owned();
        *last = Arc::new(Terms {
            run: own("run"),
            incident: own("incident"),
            family: own("family"),
            policy: own("policy"),
            version: own("version"),
            basis: own("basis"),
            impact_period: own("impact_period"),
            account: own("account"),
            cost_centre: own("cost_centre"),
            funding: own("funding"),
            vertical: own("vertical"),
        });
    }
    let currency = match cell("currency") {
        "" => None,
        code => Some(code.parse::<Currency>().map_err(|e| e.what)?),
    };
    let digits = currency.map_or(0, Currency::minor_digits);
    let amount = |column: &str| {
        read_minor(cell(column), digits).ok_or_else(|| format!("{column} is no amount"))
    };
    let (net, tax, total) = (amount("net")?, amount("tax")?, amount("total")?);
    if net.checked_add(tax) != Some(total) {
        return Err("net and tax are not the total".to_owned());
    }
    if place_in_id(cell("id")).is_none() {
        return Err("id is none of the ledger's".to_owned());
    }
    let day = match cell("posting_date") {
        "" => None,
        day => Some(day.parse().map_err(|_| "posting_date is no date".to_owned())?),
    };
    Ok(Line {
        id: cell("id").to_owned(),
        state: cell("state").parse().map_err(|()| "state is none".to_owned())?,
        customer: cell("customer").to_owned(),
        form: cell("form").to_owned(),
        tax,
        total,
        currency,
        period: cell("accounting_period")
            .parse()
            .map_err(|_| "accounting_period is no month".to_owned())?,
        posting_date: day,
        batch: cell("batch").to_owned(),
        document: cell("document").to_owned(),
        reason: cell("reason").to_owned(),
        terms: last.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        Line {
            id: super::super::place::entry_id("INC-20261121-7QKM", "K7QK", "0012", "voucher"),
            state: State::Approved,
            customer: "0012".into(),
            form: "voucher".into(),
            tax: 160,
            total: 1160,
            currency: Some(Currency::MXN),
            period: "2026-11".parse().unwrap(),
            posting_date: None,
            batch: String::new(),
            document: "a \"quoted\", one".into(),
            reason: String::new(),
            terms: Arc::new(Terms { incident: "INC-20261121-7QKM".into(), ..Terms::default() }),
        }
    }

    #[test]
    fn lines_read_back() {
        let points = Line { currency: None, tax: 0, total: -3, ..line() };
        let lines = [line(), points];
        let bytes = write_lines(&lines).unwrap();
        assert_eq!(read_lines("all.csv", &bytes).unwrap(), lines);
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(",10.00,1.60,11.60,MXN,2026-11,"), "{text}");
    }

    #[test]
    fn a_tampered_line_is_said_with_its_place() {
        let text = String::from_utf8(write_lines(&[line()]).unwrap()).unwrap();
        for (from, to, at) in [
            ("11.60", "12.60", 2),
            ("approved", "paid", 2),
            ("MXN", "mxn", 2),
            ("2026-11,", "2026-13,", 2),
            ("id,state", "id,stat", 1),
        ] {
            let error = read_lines("all.csv", text.replace(from, to).as_bytes()).unwrap_err();
            assert_eq!(error.code, "ledger-broken", "{to}");
            let place = format!("all.csv: line {at}: ");
            assert!(error.message.starts_with(&place), "{}", error.message);
        }
    }

    #[test]
    fn states_follow_each_other_as_finance_knows_them() {
        use State::*;
        let after = |state| State::ALL.into_iter().filter(move |s| s.may_follow(state));
        assert_eq!(after(None).collect::<Vec<_>>(), [Approved]);
        assert_eq!(after(Some(Approved)).collect::<Vec<_>>(), [Reversed, Exported, WrittenOff]);
        assert_eq!(after(Some(Exported)).collect::<Vec<_>>(), [Posted, Rejected]);
        assert_eq!(after(Some(Rejected)).collect::<Vec<_>>(), [Reversed, Reissued, WrittenOff]);
        for end in [Posted, Reversed, WrittenOff] {
            assert_eq!(after(Some(end)).count(), 0);
        }
    }
}
