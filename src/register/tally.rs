//! What sums over periods take of an incident: how many customers could not, when, and which money.
//!
//! It is on the incident's card, so that a report that looks back twelve periods reads no records.

use super::bytes::{Reader, Writer};
use crate::impact::{self, Window};
use crate::incident::Record;
use crate::ledger;
use crate::units::{Currency, Decimal, Instant, Money};

/// What sums take of one incident; what is not known stays unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Customers who could not.
    pub affected: Option<u64>,
    /// When they could not.
    pub windows: Option<Vec<Window>>,
    /// Payment volume lost.
    pub volume_lost: Option<Money>,
    /// That times the take rate.
    pub revenue_lost: Option<Money>,
    /// Money that is gone.
    pub direct_loss: Option<Money>,
    /// What vendors gave back.
    pub recovered: Option<Money>,
    /// Compensation runs that were approved.
    pub runs: Vec<Given>,
}

/// What became of an approved run, as far as the record says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Given {
    /// What it gives.
    pub approved: Option<Money>,
    /// What of it is credited.
    pub posted: Option<Money>,
    /// What of it is owed.
    pub owed: Option<Money>,
}

impl Tally {
    /// Of a record; what lasts, lasts to `now`.
    pub fn of(record: &Record, now: Instant) -> Tally {
        let impact = record.impact.as_ref();
        let runs = record.compensation.iter().filter(|run| ledger::is_approved(run));
        Tally {
            affected: impact.and_then(|i| i.customers.as_ref()?.affected),
            windows: impact::windows(record, now)
                .map(|windows| windows.into_iter().map(|w| w.window).collect()),
            volume_lost: impact.and_then(|i| i.transactions.as_ref()?.lost_value),
            revenue_lost: impact.and_then(|i| i.revenue_lost),
            direct_loss: impact.and_then(|i| i.direct_loss),
            recovered: impact.and_then(|i| i.vendor_recovery),
            runs: runs
                .map(|run| Given {
                    approved: ledger::given(run),
                    posted: ledger::credited(run),
                    owed: ledger::owed(run),
                })
                .collect(),
        }
    }

    /// Customers who could not, times the minutes of impact within a window.
    pub fn customer_minutes(&self, within: Window) -> Option<Decimal> {
        let clipped = self.windows.as_ref()?.iter().map(|window| {
            let from = window.from.max(within.from);
            Window::new(from, window.to.min(within.to).max(from))
        });
        let time = impact::total(clipped);
        let seconds = Decimal::from(self.affected?).checked_mul(Decimal::from(time.seconds()))?;
        Some((seconds / Decimal::from(60)).round_dp(2).normalize())
    }

    /// Whether customers felt it at any moment of a window, its ends apart.
    pub fn felt_within(&self, within: Window) -> bool {
        let windows = self.windows.as_deref().unwrap_or_default();
        windows.iter().any(|window| window.from < within.to && window.to > within.from)
    }

    /// Writes it; `span` is what the card says besides: one window is that, and not said twice.
    pub(super) fn write(&self, w: &mut Writer, span: Option<(Instant, Instant)>) {
        w.number(self.affected.and_then(|n| i64::try_from(n).ok()));
        match self.windows.as_deref() {
            None => w.byte(UNKNOWN),
            Some([one]) if span == Some((one.from, one.to)) => w.byte(AS_SPAN),
            Some(windows) => {
                w.byte(WINDOWS);
                w.list(|w| {
                    for window in windows {
                        w.moment(Some(window.from));
                        w.moment(Some(window.to));
                    }
                });
            }
        }
        for money in [self.volume_lost, self.revenue_lost, self.direct_loss, self.recovered] {
            put(w, money);
        }
        w.list(|w| {
            for run in &self.runs {
                for money in [run.approved, run.posted, run.owed] {
                    put(w, money);
                }
            }
        });
    }

    /// Reads it; `None` where these are no tally's bytes.
    pub(super) fn read(r: &mut Reader<'_>, span: Option<(Instant, Instant)>) -> Option<Tally> {
        let affected = r.number()?.and_then(|n| u64::try_from(n).ok());
        let windows = match r.byte()? {
            UNKNOWN => None,
            AS_SPAN => span.map(|(from, to)| vec![Window { from, to }]),
            _ => {
                let mut inner = Reader(r.list()?);
                let mut windows = Vec::new();
                while !inner.0.is_empty() {
                    windows.push(Window { from: inner.moment()??, to: inner.moment()?? });
                }
                Some(windows)
            }
        };
        let [volume_lost, revenue_lost, direct_loss, recovered] =
            [get(r)?, get(r)?, get(r)?, get(r)?];
        let mut inner = Reader(r.list()?);
        let mut runs = Vec::new();
        while !inner.0.is_empty() {
            let [approved, posted, owed] = [get(&mut inner)?, get(&mut inner)?, get(&mut inner)?];
            runs.push(Given { approved, posted, owed });
        }
        Some(Tally { affected, windows, volume_lost, revenue_lost, direct_loss, recovered, runs })
    }
}

const UNKNOWN: u8 = 0;
const AS_SPAN: u8 = 1;
const WINDOWS: u8 = 2;

fn put(w: &mut Writer, money: Option<Money>) {
    w.byte(u8::from(money.is_some()));
    if let Some(money) = money {
        w.0.extend(money.amount.serialize());
        w.text(money.currency.as_str());
    }
}

#[expect(clippy::option_option, reason = "no bytes, and the answer that there is no amount")]
fn get(r: &mut Reader<'_>) -> Option<Option<Money>> {
    if r.byte()? == 0 {
        return Some(None);
    }
    let amount = Decimal::deserialize(r.take(16)?.try_into().ok()?);
    let currency: Currency = r.text()?.parse().ok()?;
    Some(Some(Money::new(amount, currency)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Source;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn record(rest: &str) -> Record {
        let text = format!(
            "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: cards\nstatus: closed\n{rest}"
        );
        crate::incident::parse(Source::new("i", &text)).unwrap().record
    }

    #[test]
    fn what_is_written_is_read() {
        for rest in [
            "",
            "times: { impact_started: 2026-11-20T10:00:00-06:00, restored: 2026-11-20T11:00:00-06:00 }\n",
            "impact:\n  customers: { affected: 12 }\n  direct_loss: 5.00 MXN\n  vendor_recovery: 1.25 USD\n  periods:\n    - { from: 2026-11-20T10:00:00-06:00, to: 2026-11-20T10:10:00-06:00 }\n    - { from: 2026-11-20T11:00:00-06:00, to: 2026-11-20T11:30:00-06:00 }\ncompensation:\n  - { id: K7QK, policy: p, state: approved, total: 10.00 MXN }\n",
        ] {
            let record = record(rest);
            let now = at("2026-11-22T00:00:00-06:00");
            let tally = Tally::of(&record, now);
            let bytes = super::super::Card::write(&record, None);
            let card = super::super::Card::read(&bytes).unwrap();
            assert_eq!(card.tally(), Some(tally), "{rest}");
        }
    }

    #[test]
    fn minutes_are_clipped_and_unknown_without_customers() {
        let record = record(
            "impact: { customers: { affected: 10 } }\ntimes: { impact_started: 2026-11-15T23:00:00-06:00, restored: 2026-11-16T02:00:00-06:00 }\n",
        );
        let mut tally = Tally::of(&record, at("2026-11-22T00:00:00-06:00"));
        let week = Window::new(at("2026-11-16T00:00:00-06:00"), at("2026-11-23T00:00:00-06:00"));
        assert_eq!(tally.customer_minutes(week), Some(Decimal::from(1200)));
        assert!(tally.felt_within(week));
        tally.affected = None;
        assert_eq!(tally.customer_minutes(week), None);
    }

    #[test]
    fn what_lasts_is_on_no_card() {
        let mut open = record("");
        open.status = crate::incident::Status::Detected;
        let bytes = super::super::Card::write(&open, None);
        assert_eq!(super::super::Card::read(&bytes).unwrap().tally(), None);
    }
}
