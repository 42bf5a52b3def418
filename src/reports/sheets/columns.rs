//! The columns of each table.
//!
//! The file is long because a column's name, meaning and reading stand on one line each.

use chrono::Datelike as _;

use super::{Cell, CellKind, Column, One, Table, head, left_out};
use crate::decision::Value;
use crate::impact::{self, Window};
use crate::incident::{Action, Communication, CompensationRun, Entry};
use crate::ledger;
use crate::register::card;
use crate::reports::clocks::{ClockState, TargetClock};
use crate::timing::{self, Lapse};
use crate::units::{Decimal, Instant, Money, Span};

/// A column and how its cell is read.
struct Read<T>(Column, fn(&T) -> Cell);

macro_rules! columns {
    ($type:ty; $($name:ident $kind:ident $meaning:literal = $read:expr;)*) => {
        vec![$(Read::<$type>(
            Column { name: stringify!($name), kind: CellKind::$kind, meaning: $meaning },
            $read,
        )),*]
    };
}

/// An incident and something of it.
type With<'o, 'a, T> = (&'o One<'a>, T);

/// The columns of a table.
pub(super) fn of(table: Table) -> Vec<Column> {
    fn names<T>(columns: Vec<Read<T>>) -> Vec<Column> {
        columns.into_iter().map(|read| read.0).collect()
    }
    match table {
        Table::Incidents => names(incidents()),
        Table::Services => names(services()),
        Table::Impact => names(stretches()),
        Table::Timeline => names(timeline()),
        Table::Communications => names(communications()),
        Table::Actions => names(actions()),
        Table::Targets => names(targets()),
        Table::Compensation => names(compensation()),
        Table::Facts => names(facts()),
    }
}

/// The rows that an incident has in a table.
pub(super) fn rows(table: Table, one: &One<'_>) -> Vec<Vec<Cell>> {
    fn all<T>(columns: Vec<Read<T>>, rows: impl IntoIterator<Item = T>) -> Vec<Vec<Cell>> {
        let read = |row: T| columns.iter().map(|column| (column.1)(&row)).collect();
        rows.into_iter().map(read).collect()
    }
    let record = one.record;
    match table {
        Table::Incidents => all(incidents(), [(one, ())]),
        Table::Services => {
            let known = record.services.iter().map(|s| (one, (s.as_str(), true)));
            let others = record.services_unmapped.iter().map(|s| (one, (s.as_str(), false)));
            all(services(), known.chain(others))
        }
        Table::Impact => {
            let windows = impact::windows(record, one.now).unwrap_or_default();
            let stretches = impact::union(windows.into_iter().map(|w| w.window));
            all(stretches_of(one), stretches.into_iter().map(|w| (one, w)))
        }
        Table::Timeline => all(timeline(), record.timeline.iter().map(|e| (one, e))),
        Table::Communications => {
            let messages = record.communications.iter();
            all(communications(), messages.map(|message| (one, message)))
        }
        Table::Actions => all(actions(), record.actions.iter().map(|action| (one, action))),
        Table::Targets => {
            let clocks = one.judged.iter().flat_map(|judged| &judged.clocks);
            all(targets(), clocks.map(|clock| (one, clock)))
        }
        Table::Compensation => {
            all(compensation(), record.compensation.iter().map(|run| (one, run)))
        }
        Table::Facts => {
            let catalogue = crate::facts::catalogue(one.company.currency);
            let known = catalogue.iter().filter_map(|fact| {
                let value = one.facts.as_ref()?.value(fact.name.as_ref())?;
                Some((fact.name.to_string(), fact.type_name(), value.clone()))
            });
            let rows: Vec<_> = known.map(|known| (one, known)).collect();
            all(facts(), rows)
        }
    }
}

fn stretches_of<'o, 'a>(_: &'o One<'a>) -> Vec<Read<With<'o, 'a, Window>>> {
    stretches()
}

fn incidents<'o, 'a>() -> Vec<Read<With<'o, 'a, ()>>> {
    columns! { With<'o, 'a, ()>;
        id Word "id" = |(o, ())| text(&o.record.id);
        uid Word "ULID, which never changes" = |(o, ())| text(&o.record.uid);
        title Prose "title; empty when the details live in another workspace"
            = |(o, ())| maybe(o.record.restricted.is_none().then_some(&o.record.title));
        kind Word "outage, degradation, maintenance …" = |(o, ())| maybe(o.record.kind);
        status Word "where it stands" = |(o, ())| text(&o.record.status);
        severity Word "the level that stands" = |(o, ())| maybe(o.judged.as_ref().and_then(|j| j.level));
        severity_derived Word "the level that the tables give, also where a person declared another"
            = |(o, ())| maybe(o.judged.as_ref().and_then(|j| j.derived));
        provisional Flag "the level comes from what `open` knew, not from numbers"
            = |(o, ())| Cell::Flag(o.judged.as_ref().is_some_and(|j| j.provisional));
        counts Flag "figures count it" = |(o, ())| Cell::Flag(left_out(o.record).is_none());
        left_out Word "why no figure counts it: exercise, maintenance, cancelled, merged, part, no time"
            = |(o, ())| maybe(left_out(o.record));
        family Word "the incident that it is counted with; itself where it has none"
            = |(o, ())| text(head(o.record, o.register));
        parent Word "the incident that it is part of" = |(o, ())| maybe(o.record.parent.as_ref());
        merged_into Word "the incident that its words live in" = |(o, ())| maybe(o.record.merged_into.as_ref());
        services Word "services, a space apart" = |(o, ())| words(o.record.services.iter().chain(&o.record.services_unmapped));
        verticals Word "verticals of its services, a space apart" = |(o, ())| words(verticals(o));
        regions Word "regions, a space apart" = |(o, ())| words(&o.record.regions);
        tags Word "tags, a space apart" = |(o, ())| words(&o.record.tags);
        vendors Word "vendors with a ticket, a space apart" = |(o, ())| words(vendors(o));
        cause Word "category of the cause" = |(o, ())| cause(o, |c| c.category.as_ref());
        change Prose "the change that caused it" = |(o, ())| cause(o, |c| c.change.as_ref());
        detection Word "who or what noticed it first"
            = |(o, ())| maybe(o.record.detection.as_ref().and_then(|d| d.source));
        commander Word "incident manager" = |(o, ())| maybe(o.record.holder("incident_commander").map(|r| &r.person));
        began Word "first impact, else detection, else opening: the moment that puts it in a period" = |(o, ())| at(o, o.record.began());
        began_s Integer "the same, in seconds since 1970" = |(o, ())| seconds(o.record.began());
        day Word "the day it began" = |(o, ())| day(o, |d| d.to_string());
        week Word "the ISO 8601 week it began: 2026-W47" = |(o, ())| day(o, |d| format!("{}-W{:02}", d.iso_week().year(), d.iso_week().week()));
        month Word "the month it began: 2026-11" = |(o, ())| day(o, |d| d.format("%Y-%m").to_string());
        quarter Word "the quarter it began: 2026-Q4" = |(o, ())| day(o, |d| format!("{}-Q{}", d.year(), d.month0() / 3 + 1));
        impact_started Word "first impact" = |(o, ())| at(o, o.record.clocks().impact_started);
        detected Word "detection" = |(o, ())| at(o, o.record.clocks().detected);
        acknowledged Word "acknowledgement" = |(o, ())| at(o, o.record.clocks().acknowledged);
        restored Word "last restore: customers could work again" = |(o, ())| at(o, o.record.clocks().restored);
        resolved Word "it cannot come back by itself" = |(o, ())| at(o, o.record.clocks().resolved);
        closed Word "review and duties done" = |(o, ())| at(o, o.record.times.as_ref().and_then(|t| t.closed));
        to_detect_s Integer "detected − impact started" = |(o, ())| took(timing::clocks(o.record, o.now).to_detect);
        to_acknowledge_s Integer "acknowledged − detected" = |(o, ())| took(timing::clocks(o.record, o.now).to_acknowledge);
        to_restore_s Integer "last restore − impact started" = |(o, ())| took(timing::clocks(o.record, o.now).to_restore);
        to_resolve_s Integer "resolved − detected" = |(o, ())| took(timing::clocks(o.record, o.now).to_resolve);
        duration_s Integer "impact from its first start to its last restore, or to now" = |(o, ())| span(timing::clocks(o.record, o.now).duration.shown());
        impact_s Integer "impact windows together, overlaps once" = |(o, ())| span(felt(o));
        customers Integer "customers who could not" = |(o, ())| count(customers(o));
        customers_tried Integer "customers who tried meanwhile" = |(o, ())| count(o.record.impact.as_ref().and_then(|i| i.customers.as_ref()?.tried));
        customer_seconds Integer "customers who could not × impact_s" = |(o, ())| customer_seconds(o);
        volume_lost_minor Integer "payment volume lost, in minor units" = |(o, ())| minor(volume(o));
        volume_lost_currency Word "its currency" = |(o, ())| currency(volume(o));
        revenue_lost_minor Integer "that times the take rate, in minor units" = |(o, ())| minor(o.record.impact.as_ref().and_then(|i| i.revenue_lost));
        revenue_lost_currency Word "its currency" = |(o, ())| currency(o.record.impact.as_ref().and_then(|i| i.revenue_lost));
        direct_loss_minor Integer "money that is gone, in minor units" = |(o, ())| minor(o.record.impact.as_ref().and_then(|i| i.direct_loss));
        direct_loss_currency Word "its currency" = |(o, ())| currency(o.record.impact.as_ref().and_then(|i| i.direct_loss));
        contacts Integer "support contacts received" = |(o, ())| count(o.record.impact.as_ref().and_then(|i| i.contacts.as_ref()?.received));
        complaints_formal Integer "formal complaints" = |(o, ())| count(o.record.impact.as_ref().and_then(|i| i.complaints.as_ref()?.formal));
        complaints_regulator Integer "complaints to the regulator" = |(o, ())| count(o.record.impact.as_ref().and_then(|i| i.complaints.as_ref()?.regulator));
        review Word "state of the review's document: frozen once approved" = |(o, ())| maybe(o.record.review.as_ref().map(|r| if r.frozen_at.is_some() { "frozen" } else { "draft" }));
    }
}

fn services<'o, 'a>() -> Vec<Read<With<'o, 'a, (&'o str, bool)>>> {
    columns! { With<'o, 'a, (&'o str, bool)>;
        incident Word "the incident" = |(o, _)| text(&o.record.id);
        service Word "the service, as the record has it" = |(_, (name, _))| text(name);
        in_catalogue Flag "the standard knew it when it was typed" = |(_, (_, known))| Cell::Flag(*known);
        vertical Word "its vertical" = |(o, (name, _))| maybe(o.company.standard.service(name).map(|s| &s.vertical));
        tier Integer "its tier" = |(o, (name, _))| count(o.company.standard.service(name).map(|s| u64::from(s.tier)));
    }
}

fn stretches<'o, 'a>() -> Vec<Read<With<'o, 'a, Window>>> {
    columns! { With<'o, 'a, Window>;
        incident Word "the incident" = |(o, _)| text(&o.record.id);
        began Word "start" = |(o, w)| at(o, Some(w.from));
        ended Word "end; of what lasts, now" = |(o, w)| at(o, Some(w.to));
        began_s Integer "start, in seconds since 1970" = |(_, w)| seconds(Some(w.from));
        ended_s Integer "end, in seconds since 1970" = |(_, w)| seconds(Some(w.to));
        running Flag "it lasts still" = |(o, w)| Cell::Flag(o.record.status.is_burning() && w.to >= o.now);
    }
}

fn timeline<'o, 'a>() -> Vec<Read<With<'o, 'a, &'o Entry>>> {
    columns! { With<'o, 'a, &'o Entry>;
        incident Word "the incident" = |(o, _)| text(&o.record.id);
        id Word "the entry" = |(_, e)| maybe(e.id.as_ref());
        at Word "when" = |(o, e)| at(o, Some(e.at));
        at_s Integer "when, in seconds since 1970" = |(_, e)| seconds(Some(e.at));
        by Prose "who" = |(_, e)| maybe(e.by.as_ref());
        kind Word "what sort of entry" = |(_, e)| maybe(e.kind);
        text Prose "what happened" = |(_, e)| text(&e.text);
        star Flag "it belongs into the review" = |(_, e)| Cell::Flag(e.star);
    }
}

fn communications<'o, 'a>() -> Vec<Read<With<'o, 'a, &'o Communication>>> {
    columns! { With<'o, 'a, &'o Communication>;
        incident Word "the incident" = |(o, _)| text(&o.record.id);
        id Word "the message" = |(_, m)| maybe(m.id.as_ref());
        stage Word "initial, update, restored …" = |(_, m)| text(&m.stage);
        channel Word "push, status_page, sms …" = |(_, m)| text(&m.channel);
        audience Word "for whom" = |(_, m)| maybe(m.audience.as_ref());
        locale Word "language" = |(_, m)| maybe(m.locale.as_ref());
        sent Integer "how often it went out" = |(_, m)| count(Some(sent(m).count() as u64));
        first_sent Word "when it first went out" = |(o, m)| at(o, sent(m).min());
        first_sent_s Integer "the same, in seconds since 1970" = |(_, m)| seconds(sent(m).min());
        recipients Integer "to how many, of all times together; empty where one did not say" = |(_, m)| count(recipients(m));
        skipped Flag "somebody decided not to send it" = |(_, m)| Cell::Flag(m.skipped.is_some());
        skip_reason Prose "why" = |(_, m)| maybe(m.skipped.as_ref().map(|s| &s.reason));
    }
}

fn actions<'o, 'a>() -> Vec<Read<With<'o, 'a, &'o Action>>> {
    columns! { With<'o, 'a, &'o Action>;
        incident Word "the incident" = |(o, _)| text(&o.record.id);
        id Word "the action" = |(_, a)| maybe(a.id.as_ref());
        title Prose "what is to be done" = |(_, a)| text(&a.title);
        kind Word "prevent, detect, mitigate …" = |(_, a)| maybe(a.kind);
        priority Word "priority" = |(_, a)| maybe(a.priority.as_ref());
        owner Word "who has it" = |(_, a)| maybe(a.owner.as_ref());
        ticket Prose "where it is followed" = |(_, a)| maybe(a.ticket.as_ref());
        due Word "the day it is due" = |(_, a)| maybe(card::due(a));
        state Word "open, done or dropped" = |(_, a)| text(action_state(a));
        done Word "when it was done" = |(o, a)| at(o, a.done.as_ref().and_then(|d| d.at));
        done_s Integer "the same, in seconds since 1970" = |(_, a)| seconds(a.done.as_ref().and_then(|d| d.at));
        dropped Word "when it was dropped" = |(o, a)| at(o, a.dropped.as_ref().and_then(|d| d.at));
        moved Integer "how often its day was moved" = |(_, a)| count(Some(a.rescheduled.len() as u64));
        counts Flag "figures count its incident" = |(o, _)| Cell::Flag(left_out(o.record).is_none());
    }
}

fn targets<'o, 'a>() -> Vec<Read<With<'o, 'a, &'o TargetClock>>> {
    columns! { With<'o, 'a, &'o TargetClock>;
        incident Word "the incident" = |(o, _)| text(&o.record.id);
        target Word "the target" = |(_, c)| text(&c.name);
        vertical Word "the vertical whose table asks for it; empty for the company's" = |(_, c)| maybe(c.vertical.as_ref());
        within Word "how long, as the standard writes it" = |(_, c)| text(&c.target);
        due Word "when it is due" = |(o, c)| at(o, c.due);
        due_s Integer "the same, in seconds since 1970" = |(_, c)| seconds(c.due);
        done Word "when it was done" = |(o, c)| at(o, c.done);
        done_s Integer "the same, in seconds since 1970" = |(_, c)| seconds(c.done);
        state Word "met, missed, running or unknown" = |(_, c)| text(state(c.state));
    }
}

fn compensation<'o, 'a>() -> Vec<Read<With<'o, 'a, &'o CompensationRun>>> {
    columns! { With<'o, 'a, &'o CompensationRun>;
        incident Word "the incident" = |(o, _)| text(&o.record.id);
        run Word "the run" = |(_, r)| maybe(r.id.as_ref());
        policy Word "by which policy" = |(_, r)| text(&r.policy);
        version Word "and which version of it" = |(_, r)| maybe(r.version.as_ref());
        basis Word "restitution, regulatory, contractual or goodwill" = |(_, r)| maybe(r.basis.as_ref());
        state Word "computed, approved, exported, posted or reversed" = |(_, r)| maybe(r.state.as_ref());
        approved Flag "it was approved, whatever became of it since" = |(_, r)| Cell::Flag(ledger::is_approved(r));
        customers Integer "customers who get something" = |(_, r)| count(r.customers);
        given_minor Integer "what it gives, less what was cancelled, in minor units" = |(_, r)| minor(ledger::given(r));
        posted_minor Integer "what of it is credited" = |(_, r)| minor(ledger::credited(r));
        owed_minor Integer "what of it is not credited yet" = |(_, r)| minor(ledger::owed(r));
        currency Word "their currency" = |(_, r)| currency(ledger::given(r));
        counts Flag "figures count its incident" = |(o, _)| Cell::Flag(left_out(o.record).is_none());
    }
}

fn facts<'o, 'a>() -> Vec<Read<With<'o, 'a, (String, String, Value)>>> {
    columns! { With<'o, 'a, (String, String, Value)>;
        incident Word "the incident" = |(o, _)| text(&o.record.id);
        fact Word "its name in `inc facts list`" = |(_, (name, ..))| text(name);
        type Word "its type" = |(_, (_, ty, _))| text(ty);
        value Prose "its value, as decision tables write it" = |(_, (.., value))| text(value);
        number Number "as a number: seconds of a duration, percent, amount of money, seconds since 1970, 1 for yes" = |(_, (.., value))| number(value);
    }
}

fn text(value: &(impl ToString + ?Sized)) -> Cell {
    Cell::Text(value.to_string())
}

fn maybe(value: Option<impl ToString>) -> Cell {
    value.map_or(Cell::Unknown, |value| Cell::Text(value.to_string()))
}

fn words<S: AsRef<str>>(all: impl IntoIterator<Item = S>) -> Cell {
    let all: Vec<String> = all.into_iter().map(|word| word.as_ref().to_owned()).collect();
    if all.is_empty() { Cell::Unknown } else { Cell::Text(all.join(" ")) }
}

fn at(one: &One<'_>, moment: Option<Instant>) -> Cell {
    maybe(moment.map(|moment| moment.in_zone(&one.company.zone)))
}

fn seconds(moment: Option<Instant>) -> Cell {
    moment.map_or(Cell::Unknown, |moment| Cell::Integer(moment.get().timestamp()))
}

fn day(one: &One<'_>, as_text: fn(chrono::NaiveDate) -> String) -> Cell {
    let began = one.record.began().map(|at| at.in_zone(&one.company.zone).get().date_naive());
    maybe(began.map(as_text))
}

fn span(span: Option<Span>) -> Cell {
    span.map_or(Cell::Unknown, |span| Cell::Integer(span.seconds()))
}

fn took(lapse: Lapse) -> Cell {
    span(lapse.took())
}

fn count(n: Option<u64>) -> Cell {
    n.and_then(|n| i64::try_from(n).ok()).map_or(Cell::Unknown, Cell::Integer)
}

fn cause(
    one: &One<'_>,
    read: for<'r> fn(&'r crate::incident::Causes) -> Option<&'r String>,
) -> Cell {
    maybe(one.record.causes.as_ref().and_then(read))
}

fn verticals<'a>(one: &One<'a>) -> Vec<&'a str> {
    let known = one.record.services.iter().filter_map(|s| one.company.standard.service(s));
    let mut found: Vec<&str> = known.map(|service| service.vertical.as_str()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn vendors<'a>(one: &One<'a>) -> Vec<&'a str> {
    let mut found: Vec<&str> = one.record.vendors.iter().map(|v| v.vendor.as_str()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn felt(one: &One<'_>) -> Option<Span> {
    let windows = impact::windows(one.record, one.now)?;
    Some(impact::total(windows.into_iter().map(|w| w.window)))
}

fn customers(one: &One<'_>) -> Option<u64> {
    one.record.impact.as_ref()?.customers.as_ref()?.affected
}

fn customer_seconds(one: &One<'_>) -> Cell {
    let product = customers(one)
        .zip(felt(one))
        .and_then(|(customers, felt)| i64::try_from(customers).ok()?.checked_mul(felt.seconds()));
    product.map_or(Cell::Unknown, Cell::Integer)
}

fn volume(one: &One<'_>) -> Option<Money> {
    one.record.impact.as_ref()?.transactions.as_ref()?.lost_value
}

/// Money in its smallest unit; nothing where it is finer than that, which no sum would get right.
fn minor(money: Option<Money>) -> Cell {
    let whole = money.and_then(|money| {
        let scale = Decimal::from(10_i64.checked_pow(money.currency.minor_digits())?);
        let units = money.amount.checked_mul(scale)?;
        units.fract().is_zero().then_some(units)?.trunc().try_into().ok()
    });
    whole.map_or(Cell::Unknown, Cell::Integer)
}

fn currency(money: Option<Money>) -> Cell {
    maybe(money.map(|money| money.currency))
}

fn sent(message: &Communication) -> impl Iterator<Item = Instant> + '_ {
    super::super::owed::went_out(message)
}

fn recipients(message: &Communication) -> Option<u64> {
    if message.sent.is_empty() {
        return None;
    }
    message.sent.iter().try_fold(0_u64, |sum, sent| sum.checked_add(sent.size?))
}

fn action_state(action: &Action) -> &'static str {
    match (&action.done, &action.dropped) {
        (Some(_), _) => "done",
        (None, Some(_)) => "dropped",
        (None, None) => "open",
    }
}

fn state(state: ClockState) -> &'static str {
    match state {
        ClockState::Unknown => "unknown",
        known => known.as_str(),
    }
}

fn number(value: &Value) -> Cell {
    let number = match value {
        Value::Integer(n) | Value::Number(n) => *n,
        Value::Percent(percent) => percent.0,
        Value::Money(money) => money.amount,
        Value::Duration(span) => Decimal::from(span.seconds()),
        Value::Timestamp(at) => Decimal::from(at.get().timestamp()),
        Value::Boolean(yes) => Decimal::from(u8::from(*yes)),
        Value::Date(_) | Value::Text(_) | Value::List(_) => return Cell::Unknown,
    };
    Cell::Number(number.normalize())
}
