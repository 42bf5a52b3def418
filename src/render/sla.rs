//! Objectives and contracts of a period as tables, CSV and JSON.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{Align, Surface, Table, chart, csv, terminal_safe};
use crate::incident::IncidentId;
use crate::reports::sla::{Level, Sla, Times};
use crate::units::{Decimal, Percent};

/// Three digits, floored: an availability is never shown better than it was.
fn floored(p: Option<Percent>) -> String {
    let shown = p.map(|p| p.0.trunc_with_scale(3).normalize());
    shown.map_or_else(|| "not known".into(), |p| format!("{p} %"))
}

fn figure(n: Decimal) -> String {
    n.round_dp(1).normalize().to_string()
}

fn ids(ids: &[IncidentId]) -> String {
    ids.iter().map(|id| id.suffix()).collect::<Vec<_>>().join(" ")
}

fn bar(level: &Level, surface: Surface) -> String {
    match (surface.width, level.used) {
        (Some(_), Some(used)) => chart::bar(used, 10),
        _ => String::new(),
    }
}

fn cells(level: &Level, surface: Surface) -> [String; 12] {
    let used = level.used.map_or_else(|| "-".into(), |u| format!("{} %", figure(u.0)));
    [
        level.id.clone(),
        format!("{}", level.target),
        floored(level.available),
        figure(level.bad),
        figure(level.by_vendors),
        figure(level.allowed),
        used,
        bar(level, surface),
        level.burn.map_or_else(|| "-".into(), |b| b.round_dp(2).normalize().to_string()),
        verdict(level).to_owned(),
        ids(&level.incidents),
        ids(&level.unknown),
    ]
}

/// Whether it was kept, and whose the breach is.
fn verdict(level: &Level) -> &'static str {
    match (level.breached, level.breached_by_us, level.by_vendors.is_zero()) {
        (false, ..) => "kept",
        (true, false, _) => "breached by vendors",
        (true, true, true) => "breached",
        (true, true, false) => "breached, also without vendors",
    }
}

/// What burns now, a line for each.
fn burning(levels: &[Level]) -> String {
    let rate = |n: Decimal| n.round_dp(1).normalize();
    let mut text = String::new();
    for (level, b) in levels.iter().flat_map(|l| l.burning.iter().map(move |b| (l, b))) {
        let _ = writeln!(
            text,
            "{} burns its budget {} times as fast over {} and {} over {} (above {}): {}",
            level.id,
            rate(b.long),
            b.rule.long,
            rate(b.short),
            b.rule.short(),
            rate(b.above),
            if b.rule.page { "page somebody" } else { "a ticket" }
        );
    }
    text
}

fn levels_table(title: &str) -> Table {
    Table::new([
        (title, Align::Left),
        ("PROMISED", Align::Right),
        ("GOT", Align::Right),
        ("BAD MIN", Align::Right),
        ("BY VENDORS", Align::Right),
        ("ALLOWED", Align::Right),
        ("USED", Align::Right),
        ("", Align::Left),
        ("BURN", Align::Right),
        ("", Align::Left),
        ("INCIDENTS", Align::Left),
        ("NOT KNOWN", Align::Left),
    ])
}

/// The report for a person; of one client only its contract.
pub fn table(report: &Sla, only_client: bool, surface: Surface) -> String {
    let running = if report.as_of < report.to { ", still running" } else { "" };
    let mut text = format!("{} as of {}{running}\n", report.period.label, report.as_of);
    let mut table = levels_table("SERVICE");
    for level in &report.services {
        table.push(cells(level, surface));
    }
    let _ = write!(text, "\n{}", table.render(surface));
    let alarm = burning(&report.services);
    if !alarm.is_empty() {
        let _ = write!(text, "\n{alarm}");
    }
    if !report.clients.is_empty() {
        let mut table = levels_table("CLIENT");
        for client in &report.clients {
            table.push(cells(&client.level, surface));
        }
        let _ = write!(text, "\n{}", table.render(surface));
        text.push('\n');
        for client in &report.clients {
            let amount = client.amount.map_or_else(String::new, |m| format!(", {m}"));
            let contract = client.contract.as_deref().map_or(String::new(), |c| format!(" ({c})"));
            let _ = writeln!(
                text,
                "credit due to {}{}: {}{amount}{}",
                terminal_safe(&client.name),
                terminal_safe(&contract),
                client.credit,
                client.limited.map_or_else(String::new, |why| format!(" ({why})"))
            );
            if let Some(supported) = client.supported.filter(|s| *s < client.level.target) {
                let _ = writeln!(
                    text,
                    "  it is promised {}, and the objectives of its services together only {}",
                    client.level.target,
                    floored(Some(supported))
                );
            }
        }
    }
    if only_client {
        return text;
    }
    let excluded: Decimal = report.services.iter().map(|l| l.excluded).max().unwrap_or_default();
    if excluded > Decimal::ZERO {
        let _ = writeln!(
            text,
            "\nmaintenance announced in time is left out: up to {} min",
            figure(excluded)
        );
    }
    if !report.response.is_empty() {
        let mut table = Table::new([
            ("AGREED AMONG US", Align::Left),
            ("CLOCK", Align::Left),
            ("WITHIN", Align::Right),
            ("MET", Align::Right),
            ("MISSED", Align::Right),
            ("OF THEM BY VENDORS", Align::Right),
            ("NOT KNOWN", Align::Right),
            ("MISSED BY", Align::Left),
        ]);
        for a in &report.response {
            table.push([
                a.service.clone(),
                a.clock.to_owned(),
                a.within.to_string(),
                a.met.to_string(),
                a.missed.len().to_string(),
                a.by_vendors.to_string(),
                a.unknown.to_string(),
                ids(&a.missed),
            ]);
        }
        let _ = write!(text, "\n{}", table.render(surface));
    }
    if !report.suppliers.is_empty() {
        text.push_str(&suppliers(report, surface));
    }
    let k = &report.kpi;
    let mut table = Table::new([("INCIDENTS OF THE PERIOD", Align::Left), ("", Align::Right)]);
    table.push(["began".to_owned(), k.incidents.to_string()]);
    if let Some(n) = k.per_thousand() {
        table.push(["per thousand customers of the active base".to_owned(), n.to_string()]);
    }
    let (own, all) = k.proactive;
    table
        .push(["found by ourselves, of those with a source".to_owned(), format!("{own} of {all}")]);
    table.push(["came back after a restore".to_owned(), k.relapsed.to_string()]);
    table.push(["reopened".to_owned(), k.reopened.to_string()]);
    table.push(["caused by a change".to_owned(), k.by_change.to_string()]);
    table.push(["related to an earlier one".to_owned(), k.repeats.to_string()]);
    for (name, times) in [
        ("time to detect, from impact start", k.to_detect),
        ("time to acknowledge, from detection", k.to_acknowledge),
        ("time to restore service (MTRS), from impact start", k.to_restore),
        ("time to resolve, from detection", k.to_resolve),
    ] {
        let Some(t) = times else { continue };
        table.push([
            format!("{name}, of {}", t.number),
            format!("mean {}, median {}, worst {}", t.mean, t.median, t.worst),
        ]);
    }
    let _ = write!(text, "\n{}", table.render(surface));
    text
}

fn suppliers(report: &Sla, surface: Surface) -> String {
    let mut table = Table::new([
        ("SUPPLIER", Align::Left),
        ("ANSWERED IN TIME", Align::Right),
        ("LATE", Align::Right),
        ("NOT KNOWN", Align::Right),
        ("PROMISED", Align::Right),
        ("GOT", Align::Right),
        ("BAD MIN", Align::Right),
        ("", Align::Left),
        ("LATE IN", Align::Left),
    ]);
    for s in &report.suppliers {
        table.push([
            terminal_safe(&s.vendor),
            s.met.to_string(),
            s.missed.len().to_string(),
            s.unknown.to_string(),
            s.promised.map_or_else(|| "-".into(), |p| p.to_string()),
            s.promised.map_or_else(|| "-".into(), |_| floored(s.got)),
            figure(s.bad),
            match s.promised {
                None => String::new(),
                Some(_) if s.breached => "breached".to_owned(),
                Some(_) => "kept".to_owned(),
            },
            ids(&s.missed),
        ]);
    }
    format!("\n{}", table.render(surface))
}

fn level_json(level: &Level) -> Json {
    let list = |ids: &[IncidentId]| ids.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>();
    json!({
        "id": level.id,
        "promised": level.target,
        "available": level.available,
        "minutes": level.minutes,
        "excluded_minutes": level.excluded,
        "bad_minutes": level.bad,
        "bad_minutes_by_vendors": level.by_vendors,
        "allowed_minutes": level.allowed,
        "budget_used": level.used,
        "burn_rate": level.burn,
        "breached": level.breached,
        "breached_by_us": level.breached_by_us,
        "mean_between_failures_s": level.between_failures.map(|s| s.seconds()),
        "burning": level.burning.iter().map(|b| json!({
            "budget": b.rule.budget, "long": b.rule.long, "short": b.rule.short(),
            "above": b.above, "long_rate": b.long, "short_rate": b.short, "page": b.rule.page,
        })).collect::<Vec<_>>(),
        "incidents": list(&level.incidents),
        "unknown": list(&level.unknown),
    })
}

/// The report, schema 1 (docs/manual/reports.md); minutes are exact decimals.
pub fn json(report: &Sla) -> Json {
    let clients = report.clients.iter().map(|c| {
        let mut one = level_json(&c.level);
        one["name"] = json!(c.name);
        one["contract"] = json!(c.contract);
        one["credit"] = json!(c.credit);
        one["credit_amount"] = json!(c.amount);
        one["credit_limited"] = json!(c.limited);
        one["services"] = json!(c.services);
        one["objectives_together"] = json!(c.supported);
        one
    });
    let response = report.response.iter().map(|a| {
        json!({
            "service": a.service, "clock": a.clock, "within": a.within, "met": a.met,
            "missed": a.missed.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
            "missed_by_vendors": a.by_vendors, "unknown": a.unknown,
        })
    });
    let suppliers = report.suppliers.iter().map(|s| {
        json!({
            "vendor": s.vendor, "contract": s.contract, "met": s.met,
            "missed": s.missed.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
            "unknown": s.unknown, "promised": s.promised, "available": s.got,
            "bad_minutes": s.bad, "breached": s.breached,
        })
    });
    let k = &report.kpi;
    let times = |t: Option<Times>| {
        t.map(|t| {
            json!({ "number": t.number, "mean_s": t.mean.seconds(), "median_s": t.median.seconds(), "worst_s": t.worst.seconds() })
        })
    };
    json!({
        "schema": 1,
        "period": report.period.label,
        "from": report.from,
        "to": report.to,
        "as_of": report.as_of,
        "services": report.services.iter().map(level_json).collect::<Vec<_>>(),
        "clients": clients.collect::<Vec<_>>(),
        "response": response.collect::<Vec<_>>(),
        "suppliers": suppliers.collect::<Vec<_>>(),
        "kpi": {
            "incidents": k.incidents, "active_base": k.active_base, "per_thousand": k.per_thousand(),
            "proactive": k.proactive.0, "with_source": k.proactive.1, "relapsed": k.relapsed,
            "reopened": k.reopened, "by_change": k.by_change, "repeats": k.repeats,
            "to_detect": times(k.to_detect), "to_acknowledge": times(k.to_acknowledge),
            "to_restore": times(k.to_restore), "to_resolve": times(k.to_resolve),
        },
    })
}

/// The report as CSV: a row for each service and each client.
pub fn as_csv(report: &Sla) -> String {
    let mut text = "about,id,promised_percent,available_percent,minutes,excluded_minutes,bad_minutes,by_vendors_minutes,allowed_minutes,used_percent,burn_rate,breached,breached_by_us,credit_percent,credit_amount\r\n".to_owned();
    let percent = |p: Option<Percent>| {
        p.map_or_else(String::new, |p| p.0.round_dp(6).normalize().to_string())
    };
    let n = |n: Decimal| n.round_dp(6).normalize().to_string();
    let clients = report.clients.iter();
    let clients = clients.map(|c| ("client", &c.level, percent(Some(c.credit)), c.amount));
    let services = report.services.iter().map(|l| ("service", l, String::new(), None));
    for (about, l, credit, amount) in services.chain(clients) {
        let cells = [
            about.to_owned(),
            l.id.clone(),
            percent(Some(l.target)),
            percent(l.available),
            n(l.minutes),
            n(l.excluded),
            n(l.bad),
            n(l.by_vendors),
            n(l.allowed),
            percent(l.used),
            l.burn.map_or_else(String::new, n),
            l.breached.to_string(),
            l.breached_by_us.to_string(),
            credit,
            amount.map_or_else(String::new, |m| m.to_string()),
        ];
        csv::row(&mut text, csv::Reader::Person, cells.iter().map(String::as_str));
    }
    text
}
