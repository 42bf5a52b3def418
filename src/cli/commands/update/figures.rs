//! The impact numbers of `inc update`.

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::Result;
use crate::diag::Diagnostic;
use crate::incident::lifecycle::Act;
use crate::incident::{Harm, HarmKind, Period, Record};
use crate::units::{Instant, Money, Percent};

/// Impact, as far as it is known.
#[derive(Debug, Args)]
#[command(next_help_heading = "Impact")]
pub(super) struct Figures {
    /// When customers first felt it
    #[arg(long, value_name = "TIME")]
    impact_started: Option<String>,
    /// When it was noticed
    #[arg(long, value_name = "TIME")]
    detected: Option<String>,
    /// The impact in a sentence
    #[arg(long, value_name = "WORDS")]
    summary: Option<String>,
    /// Customers who tried
    #[arg(long, value_name = "COUNT")]
    tried: Option<u64>,
    /// Customers who tried and could not
    #[arg(long, value_name = "COUNT")]
    affected: Option<u64>,
    /// Merchants affected
    #[arg(long, value_name = "COUNT")]
    merchants: Option<u64>,
    /// Transactions attempted
    #[arg(long, value_name = "COUNT")]
    attempted: Option<u64>,
    /// Transactions that failed for technical reasons
    #[arg(long, value_name = "COUNT")]
    failed: Option<u64>,
    /// Transactions lost: expected successes that did not happen
    #[arg(long, value_name = "COUNT")]
    lost: Option<u64>,
    /// Value of the lost transactions, "1250000.00 MXN"
    #[arg(long, value_name = "MONEY")]
    lost_value: Option<String>,
    /// Transactions charged or sent twice
    #[arg(long, value_name = "COUNT")]
    duplicated: Option<u64>,
    /// Value of the doubled transactions
    #[arg(long, value_name = "MONEY")]
    duplicated_value: Option<String>,
    /// Transactions whose outcome is in doubt
    #[arg(long, value_name = "COUNT")]
    in_doubt: Option<u64>,
    /// Share of attempts that fail from --at on, 60%
    #[arg(long, value_name = "PERCENT")]
    failing: Option<Percent>,
    /// Harm done: KIND, KIND=CUSTOMERS or KIND=CUSTOMERS,"MONEY"
    #[arg(long = "harm", value_name = "HARM")]
    harms: Vec<String>,
    /// Support contacts received
    #[arg(long, value_name = "COUNT")]
    contacts: Option<u64>,
    /// Support contacts that the hour expects
    #[arg(long, value_name = "COUNT")]
    contacts_expected: Option<u64>,
}

/// The figures, read.
#[derive(Debug)]
pub(super) struct Read<'a> {
    typed: &'a Figures,
    impact_started: Option<Instant>,
    detected: Option<Instant>,
    lost_value: Option<Money>,
    duplicated_value: Option<Money>,
    harms: Vec<Harm>,
}

impl Figures {
    /// Reads times and amounts; an amount without a currency is in the workspace's.
    pub(super) fn read(&self, ctx: &Ctx) -> Result<Read<'_>> {
        let time = |t: &Option<String>| t.as_deref().map(|t| ctx.clock.read_past(t)).transpose();
        let money = |m: &Option<String>| m.as_deref().map(|m| ctx.money(m)).transpose();
        Ok(Read {
            typed: self,
            impact_started: time(&self.impact_started)?,
            detected: time(&self.detected)?,
            lost_value: money(&self.lost_value)?,
            duplicated_value: money(&self.duplicated_value)?,
            harms: self.harms.iter().map(|h| harm(ctx, h)).collect::<Result<_>>()?,
        })
    }
}

fn harm(ctx: &Ctx, typed: &str) -> Result<Harm> {
    let bad = |what: String| {
        Diagnostic::error("bad-harm", what)
            .help("write KIND, KIND=CUSTOMERS or KIND=CUSTOMERS,MONEY")
    };
    let (kind, rest) = typed.split_once('=').map_or((typed, None), |(k, r)| (k, Some(r)));
    let kind: HarmKind =
        kind.parse().map_err(|e: crate::incident::UnknownWord| bad(e.to_string()))?;
    let (customers, money) = match rest {
        None => (None, None),
        Some(rest) => {
            let (count, money) = rest.split_once(',').map_or((rest, None), |(c, m)| (c, Some(m)));
            let count = count.trim().parse().map_err(|_| bad(format!("`{count}` is no count")))?;
            (Some(count), money.map(|m| ctx.money(m.trim())).transpose()?)
        }
    };
    Ok(Harm { kind, service: None, customers, money, spreading: false, x: Default::default() })
}

impl Read<'_> {
    /// Puts the figures into the record; what was not given stays.
    pub(super) fn apply(&self, record: &mut Record, act: &Act<'_>) {
        let typed = self.typed;
        if self.impact_started.is_some() {
            record.times_mut().impact_started = self.impact_started;
        }
        if self.detected.is_some() {
            record.times_mut().detected = self.detected;
        }
        let set = |field: &mut Option<u64>, value: Option<u64>| *field = value.or(*field);
        if typed.tried.is_some() || typed.affected.is_some() {
            let customers = record.impact_mut().customers.get_or_insert_default();
            set(&mut customers.tried, typed.tried);
            set(&mut customers.affected, typed.affected);
        }
        if typed.merchants.is_some() {
            set(
                &mut record.impact_mut().merchants.get_or_insert_default().affected,
                typed.merchants,
            );
        }
        if typed.contacts.is_some() || typed.contacts_expected.is_some() {
            let contacts = record.impact_mut().contacts.get_or_insert_default();
            set(&mut contacts.received, typed.contacts);
            set(&mut contacts.expected, typed.contacts_expected);
        }
        if let Some(summary) = &typed.summary {
            record.impact_mut().summary = Some(summary.clone());
        }
        self.transactions(record);
        if let Some(degradation) = typed.failing {
            fail(record, act.at, degradation);
        }
        for harm in &self.harms {
            let harms = &mut record.impact_mut().harm;
            match harms.iter_mut().find(|h| h.kind == harm.kind && h.service.is_none()) {
                Some(known) => {
                    known.customers = harm.customers.or(known.customers);
                    known.money = harm.money.or(known.money);
                }
                None => harms.push(harm.clone()),
            }
        }
    }

    fn transactions(&self, record: &mut Record) {
        let t = self.typed;
        let counts = [t.attempted, t.failed, t.lost, t.duplicated, t.in_doubt];
        if counts.iter().all(Option::is_none)
            && self.lost_value.is_none()
            && self.duplicated_value.is_none()
        {
            return;
        }
        let known = record.impact_mut().transactions.get_or_insert_default();
        known.attempted = t.attempted.or(known.attempted);
        known.failed = t.failed.or(known.failed);
        known.lost = t.lost.or(known.lost);
        known.duplicated = t.duplicated.or(known.duplicated);
        known.in_doubt = t.in_doubt.or(known.in_doubt);
        known.lost_value = self.lost_value.or(known.lost_value);
        known.duplicated_value = self.duplicated_value.or(known.duplicated_value);
    }
}

/// From `at` on so many fail: ends the window before it and opens the next.
fn fail(record: &mut Record, at: Instant, degradation: Percent) {
    let from = match record.impact.as_ref().is_none_or(|i| i.periods.is_empty()) {
        true => record.clocks().impact_started.unwrap_or(at),
        false => at,
    };
    let periods = &mut record.impact_mut().periods;
    for open in
        periods.iter_mut().filter(|p| p.to.is_none() && p.service.is_none() && p.from < from)
    {
        open.to = Some(from);
    }
    match periods.iter_mut().find(|p| p.to.is_none() && p.service.is_none()) {
        Some(open) => open.degradation = Some(degradation),
        None => periods.push(Period {
            from,
            to: None,
            service: None,
            region: None,
            degradation: Some(degradation),
            x: Default::default(),
        }),
    }
}
