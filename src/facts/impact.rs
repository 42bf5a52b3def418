use std::collections::BTreeMap;

use super::draft::{Draft, Paths, items, passed, whole};
use crate::decision::{Origin, Value};
use crate::incident::{
    BreachState, ClientImpact, CutoffState, DetectionSource, Harm, HarmKind, Impact, JourneyState,
    Kind, Transactions,
};
use crate::units::{Decimal, Money, Percent};

pub(super) fn read(d: &mut Draft<'_>) {
    let none = Impact::default();
    let impact = d.record.impact.as_ref().unwrap_or(&none);
    customers(d, impact);
    clients(d, impact);
    transactions(d, impact.transactions.as_ref());
    for (fact, money, paths) in [
        ("revenue_lost", impact.revenue_lost, &["impact.revenue_lost"]),
        ("direct_loss", impact.direct_loss, &["impact.direct_loss"]),
        ("vendor_recovery", impact.vendor_recovery, &["impact.vendor_recovery"]),
    ] {
        d.put(fact, money.map(Value::Money), paths);
    }
    harm(d, impact);
    contacts(d, impact);
    breach(d);
    cutoffs(d, impact);
    state(d, impact);
}

fn share(part: Option<u64>, whole: Option<u64>) -> Option<Value> {
    Percent::of(part?.into(), whole?.into()).map(Value::Percent)
}

fn customers(d: &mut Draft<'_>, impact: &Impact) {
    const TRIED: &str = "impact.customers.tried";
    const AFFECTED: &str = "impact.customers.affected";
    const BASE: &str = "impact.customers.active_base";
    let c = impact.customers.clone().unwrap_or_default();
    d.count("customers_tried", c.tried, &[TRIED]);
    d.count("customers_affected", c.affected, &[AFFECTED]);
    d.count("customers_active_base", c.active_base, &[BASE]);
    d.put("customers_affected_percent", share(c.affected, c.tried), &[AFFECTED, TRIED]);
    d.put("customers_affected_of_base", share(c.affected, c.active_base), &[AFFECTED, BASE]);
}

/// Business clients; a client that stands in several entries counts once, with its worst.
fn clients(d: &mut Draft<'_>, impact: &Impact) {
    const CLIENTS: Paths = &["impact.clients"];
    let known = !impact.clients.is_empty();
    let half = Percent(Decimal::from(50));
    // What is not said counts as the worst: somebody named the client for a reason.
    let all = |c: &ClientImpact| c.degradation.unwrap_or(Percent(Decimal::ONE_HUNDRED));
    let mut worst: BTreeMap<&str, (Percent, usize)> = BTreeMap::new();
    for (place, client) in impact.clients.iter().enumerate() {
        let entry = worst.entry(&client.client).or_insert((all(client), place));
        if all(client) > entry.0 {
            *entry = (all(client), place);
        }
    }
    let around = d.around;
    let key = |id: &str| around.client(id).is_some_and(|c| c.key);
    let mut put = |fact, field: &'static str, holds: &dyn Fn(&str, Percent) -> bool| {
        let places = worst.iter().filter(|(id, (share, _))| holds(id, *share));
        let places: Vec<usize> = places.map(|(_, (_, place))| *place).collect();
        let count = known.then(|| whole(places.len() as u64));
        d.put_at(fact, count, items(CLIENTS, places, field));
    };
    put("clients_affected", "", &|_, _| true);
    put("clients_degraded", "degradation", &|_, share| share > Percent(Decimal::ZERO));
    put("key_clients_affected", "client", &|id, _| key(id));
    put("key_clients_down", "degradation", &|id, share| key(id) && share >= half);

    let volume = |down: bool| {
        let shares = worst.iter().filter(|(_, (share, _))| !down || *share >= half);
        let shares: Vec<Decimal> =
            shares.filter_map(|(id, _)| Some(around.client(id)?.volume_share?.0)).collect();
        shares.into_iter().fold(Decimal::ZERO, Decimal::saturating_add)
    };
    // Unknown while no client says its part of the volume.
    let said = worst.keys().any(|id| around.client(id).is_some_and(|c| c.volume_share.is_some()));
    for (fact, down) in [("client_volume_percent", false), ("client_volume_down_percent", true)] {
        let value = said.then(|| Value::Percent(Percent(volume(down))));
        d.put(fact, value, CLIENTS);
    }
    let merchants = impact.merchants.as_ref().and_then(|m| m.affected);
    const MERCHANTS: &str = "impact.merchants.affected";
    d.count("merchants_affected", merchants, &[MERCHANTS]);
    d.put("merchants_affected_percent", share(merchants, around.merchants()), &[MERCHANTS]);
}

fn transactions(d: &mut Draft<'_>, transactions: Option<&Transactions>) {
    let t = transactions.cloned().unwrap_or_default();
    macro_rules! counts_and_values {
        ($($name:ident, $value:ident;)*) => {$(
            let paths = &[concat!("impact.transactions.", stringify!($name))];
            d.count(concat!("transactions_", stringify!($name)), t.$name, paths);
            let paths = &[concat!("impact.transactions.", stringify!($value))];
            d.put(stringify!($value), t.$value.map(Value::Money), paths);
        )*};
    }
    counts_and_values! {
        attempted, attempted_value;
        declined_business, declined_business_value;
        failed, failed_value;
        lost, lost_value;
        in_doubt, in_doubt_value;
        duplicated, duplicated_value;
        reversed, reversed_value;
        deferred, deferred_value;
        settled_late, settled_late_value;
    }
    let rates = || {
        let (attempted, failed) = (t.attempted?, t.failed?);
        let asked = attempted.checked_sub(t.declined_business?)?;
        Some((attempted, asked, asked.checked_sub(failed)?))
    };
    let (success, approval) = match rates() {
        Some((attempted, asked, good)) => {
            (share(Some(good), Some(asked)), share(Some(good), Some(attempted)))
        }
        None => (None, None),
    };
    const READ: &[&str] = &[
        "impact.transactions.failed",
        "impact.transactions.attempted",
        "impact.transactions.declined_business",
    ];
    d.put("technical_success_rate", success, READ);
    d.put("approval_rate", approval, READ);
}

/// Harm after which customers' money is not where it should be.
fn is_wrong_money(harm: &Harm) -> bool {
    matches!(
        harm.kind,
        HarmKind::DuplicateCharge
            | HarmKind::CashNotDispensed
            | HarmKind::WrongBalance
            | HarmKind::MissingCredit
    )
}

/// Whether customers' money is wrong.
pub(super) fn money_wrong(d: &Draft<'_>) -> bool {
    d.record.impact.as_ref().is_some_and(|impact| {
        let duplicated = impact.transactions.as_ref().and_then(|t| t.duplicated);
        duplicated > Some(0) || impact.harm.iter().any(is_wrong_money)
    })
}

/// Whether some transactions are in doubt.
pub(super) fn in_doubt(d: &Draft<'_>) -> bool {
    let transactions = d.record.impact.as_ref().and_then(|i| i.transactions.as_ref());
    transactions.and_then(|t| t.in_doubt) > Some(0)
}

fn harm(d: &mut Draft<'_>, impact: &Impact) {
    const HARM: Paths = &["impact.harm"];
    let kinds: Vec<&str> = impact.harm.iter().map(|h| h.kind.as_str()).collect();
    d.texts("harm_kinds", &kinds, HARM);
    let wrong = money_wrong(d);
    let places: Vec<usize> =
        impact.harm.iter().enumerate().filter(|(_, h)| is_wrong_money(h)).map(|(i, _)| i).collect();
    let wrong_harm =
        |field, otherwise: Paths| Origin::items("impact.harm", places.clone(), field, otherwise);
    const DUPLICATED: Paths = &["impact.transactions.duplicated"];
    d.put_at("money_wrong", Some(Value::Boolean(wrong)), wrong_harm("kind", DUPLICATED));
    let required = d.record.reconciliation.as_ref().is_some_and(|r| r.required);
    let doubt = in_doubt(d) || required;
    d.flag("money_in_doubt", doubt, &["impact.transactions.in_doubt", "reconciliation.required"]);

    let customers: Vec<u64> =
        impact.harm.iter().filter(|h| is_wrong_money(h)).filter_map(|h| h.customers).collect();
    let customers = match (wrong, customers.is_empty()) {
        (false, _) => Some(0),
        (true, true) => None,
        (true, false) => Some(customers.into_iter().fold(0, u64::saturating_add)),
    };
    d.put_at("wrong_money_customers", customers.map(whole), wrong_harm("customers", HARM));
    let money: Vec<Money> =
        impact.harm.iter().filter(|h| is_wrong_money(h)).filter_map(|h| h.money).collect();
    let money = if wrong && money.is_empty() { None } else { d.sum(money) };
    d.put_at("wrong_money_value", money, wrong_harm("money", HARM));

    let spreading = |of: &dyn Fn(&Harm) -> bool| -> Vec<usize> {
        let harm = impact.harm.iter().enumerate();
        harm.filter(|(_, h)| h.spreading && of(h)).map(|(i, _)| i).collect()
    };
    for (fact, places) in [
        ("harm_spreading", spreading(&|_| true)),
        ("wrong_money_spreading", spreading(&is_wrong_money)),
    ] {
        let value = Some(Value::Boolean(!places.is_empty()));
        d.put_at(fact, value, items(HARM, places, "spreading"));
    }
}

fn contacts(d: &mut Draft<'_>, impact: &Impact) {
    const RECEIVED: &str = "impact.contacts.received";
    const EXPECTED: &str = "impact.contacts.expected";
    let c = impact.contacts.clone().unwrap_or_default();
    d.count("contacts_received", c.received, &[RECEIVED]);
    d.count("contacts_expected", c.expected, &[EXPECTED]);
    let ratio = c.received.zip(c.expected).and_then(|(received, expected)| {
        Decimal::from(received).checked_div(expected.into()).map(|r| r.round_dp(4).normalize())
    });
    d.put("contacts_ratio", ratio.map(Value::Number), &[RECEIVED, EXPECTED]);
    let complaints = impact.complaints.clone().unwrap_or_default();
    d.count("complaints_formal", complaints.formal, &["impact.complaints.formal"]);
    d.count("complaints_regulator", complaints.regulator, &["impact.complaints.regulator"]);
    d.count("social_mentions", impact.social_mentions, &["impact.social_mentions"]);
    const JOURNEYS: Paths = &["impact.journeys"];
    let down: Vec<usize> = (0..impact.journeys.len())
        .filter(|i| impact.journeys[*i].state == JourneyState::Down)
        .collect();
    if impact.journeys.is_empty() {
        d.put("journeys_down", None, JOURNEYS);
    } else {
        d.counted("journeys_down", JOURNEYS, down, "state");
    }
    let source = d.record.detection.as_ref().and_then(|x| x.source);
    let noticed = impact.customers.as_ref().and_then(|c| c.affected) > Some(0)
        || c.received.zip(c.expected).is_some_and(|(received, expected)| received > expected)
        || impact.social_mentions > Some(0)
        || matches!(
            source,
            Some(
                DetectionSource::CustomerContact
                    | DetectionSource::Client
                    | DetectionSource::SocialMedia
            )
        );
    d.flag(
        "customers_noticed",
        noticed,
        &["impact.customers.affected", RECEIVED, "impact.social_mentions", "detection.source"],
    );
}

fn breach(d: &mut Draft<'_>) {
    let breach = d.record.data_breach.as_ref();
    let state = match breach.and_then(|b| b.state) {
        Some(state) => Some(BreachState::as_str(state)),
        None if matches!(d.record.kind, Some(Kind::Data | Kind::Security)) => None,
        None => Some("none"),
    };
    d.word("breach_state", state, &["data_breach.state", "kind"]);
    let recorded = breach.is_some_and(|b| b.state.is_some());
    d.flag("breach_recorded", recorded, &["data_breach.state"]);
    d.count("breach_subjects", breach.and_then(|b| b.subjects), &["data_breach.subjects"]);
}

fn cutoffs(d: &mut Draft<'_>, impact: &Impact) {
    const CUTOFFS: Paths = &["impact.cutoffs"];
    let around = d.around;
    let missed: Vec<usize> = (0..impact.cutoffs.len())
        .filter(|i| impact.cutoffs[*i].state == Some(CutoffState::Missed))
        .collect();
    let payroll: Vec<usize> = missed
        .iter()
        .copied()
        .filter(|i| around.cutoff_class(&impact.cutoffs[*i].name) == Some("payroll"))
        .collect();
    for (fact, places) in [("cutoff_missed", missed), ("payroll_cutoff_missed", payroll)] {
        let value = Some(Value::Boolean(!places.is_empty()));
        d.put_at(fact, value, items(CUTOFFS, places, "state"));
    }
    let at_risk = impact.cutoffs.iter().enumerate();
    let at_risk = at_risk.filter(|(_, c)| c.state == Some(CutoffState::AtRisk));
    let nearest = at_risk.filter_map(|(i, c)| Some((c.at?, i))).min();
    let left = nearest.map(|(at, _)| Value::Duration(passed(d.now, at)));
    let place = nearest.map(|(_, i)| i).into_iter().collect();
    d.put_at("cutoff_at_risk_in", left, items(CUTOFFS, place, "at"));
}

fn state(d: &mut Draft<'_>, impact: &Impact) {
    d.flag("triaged", impact.triaged_at.is_some(), &["impact.triaged_at"]);
    d.flag("redundancy_lost", impact.redundancy_lost, &["impact.redundancy_lost"]);
    d.flag("impact_measured", impact.measured.is_some(), &["impact.measured"]);
    let values = impact.transactions.as_ref().is_some_and(|t| {
        [
            t.attempted_value,
            t.declined_business_value,
            t.failed_value,
            t.lost_value,
            t.in_doubt_value,
            t.duplicated_value,
            t.reversed_value,
            t.deferred_value,
            t.settled_late_value,
        ]
        .iter()
        .any(Option::is_some)
    });
    let known = impact.customers.as_ref().is_some_and(|c| c.affected.is_some())
        || impact.periods.iter().any(|p| p.degradation.is_some())
        || impact.revenue_lost.or(impact.direct_loss).is_some()
        || values;
    d.flag("impact_known", known, &["impact"]);
    let workaround = d.record.workaround.as_ref();
    d.flag("workaround", workaround.is_some(), &["workaround"]);
    let told = super::communications::is_sent(d.record, |m| m.stage == "workaround");
    let complete = workaround.is_some_and(|w| w.complete && w.verified_by.is_some()) && told;
    const READ: &[&str] = &["workaround.complete", "workaround.verified_by", "communications"];
    d.flag("workaround_complete", complete, READ);
}
