//! `inc report …`: pages in every format, in both languages.

use crate::common::{Computer, Scene};

/// Two incidents of one cause a week apart, a third of another, a drill.
fn quarter(c: &Computer) {
    for (title, service, day, cause, noticed) in [
        ("cards refused", "card-auth", "2026-11-03", "vendor", "1000"),
        ("cards refused again", "card-auth", "2026-11-10", "vendor", "2000"),
        ("transfers late", "spei-out", "2026-11-12", "change", "300"),
    ] {
        c.inc(&format!("open \"{title}\" -s {service} --kind outage --at \"{day} 10:00\""))
            .exits(0);
        c.inc(&format!(
            "update --impact-started \"{day} 09:50\" --tried 90000 --affected {noticed} --cause {cause} --root-cause \"it broke\""
        ))
        .exits(0);
        c.inc(&format!("restore --at \"{day} 10:20\"")).exits(0);
        let id = c.inc(&format!("list --format ids --text \"{title}\"")).exits(0).stdout;
        let id = id.lines().next().unwrap();
        c.inc(&format!("resolve {id} --anyway \"a test\"")).exits(0);
        c.later(1);
    }
    c.inc("open \"a drill\" -s checkout --exercise --at \"2026-11-19 13:00\"").exits(0);
}

#[test]
fn trends_in_every_format_and_both_languages() {
    let mut s = Scene::new("trends");
    quarter(&s);
    s.clock("2026-11-21T09:00:00-06:00");
    s.types("report trends --period 2026-Q4 --locale en").exits(0).prints("Repeat rate");
    s.clock("2026-11-21T09:00:00-06:00");
    s.types("report trends --period 2026-Q4 --locale es-MX --format table")
        .exits(0)
        .prints("Tasa de repetición");
    s.types("report trends --from 2026-11-01 --to 2026-11-08 --format csv --locale en").exits(0);
    s.types("report trends --from 2026-11-08 --to 2026-11-01").exits(2).says("is before");
    s.types("report trends --from 2026-11-08").exits(2);
    s.types("report trends --period 2026-Q7").exits(2).says("error[bad-period]");
    s.types("report trends --locale fr").exits(2).says("unknown-locale");
    s.types("report trends --period 2020-Q1 --locale en --format table")
        .exits(0)
        .prints("No incident began");
    let json = s.inc("report trends --period 2026-Q4 --locale en --format json").exits(0).json();
    assert_eq!(json["sections"]["repeats"]["rows"][0].as_object().unwrap().len(), 2);
    assert_eq!(json["sections"]["figures"]["rows"][0]["value"], 3);
    assert_eq!(json["sections"]["by_cause"]["rows"][0]["key"], "vendor");
    let html = s.inc("report trends --period 2026-Q4 --format html").exits(0).stdout;
    assert!(html.starts_with("<!doctype html>") && !html.contains("http"), "{html}");
    s.write("templates/report/trends.en.md.hbs", "{{title}}: {{count sections}}\n");
    s.types("report trends --period 2026-Q4 --locale en")
        .exits(0)
        .prints("Trends: fourth quarter of 2026");
    s.ends();
}

#[test]
fn periods_at_a_glance_beside_those_before() {
    let mut s = Scene::new("glance");
    quarter(&s);
    s.clock("2026-11-21T09:00:00-06:00");
    s.types("report executive --period 2026-W46 --locale es-MX").exits(0).prints("Mal: ");
    s.clock("2026-11-21T09:00:00-06:00");
    s.types("report service card-auth --period 2026-11 --locale en --format table")
        .exits(0)
        .prints("there were 2 incidents");
    s.types("report vertical payments --from 2026-11-01 --to 2026-11-08 --locale en --format csv")
        .exits(0);
    s.types("report service card-aut").exits(2).says("did you mean `card-auth`?");
    s.types("report vertical paymets").exits(2).says("no-such-vertical");
    s.types("report client nobody").exits(2).says("no-such-client");
    s.types("report quarterly --period 2020-Q1 --locale en --format table")
        .exits(0)
        .prints("No incident began");
    s.ends();
    let c = Computer::workspace();
    quarter(&c);
    c.clock("2026-11-24T09:00:00-06:00");
    // The page and the weekly report count alike.
    let page = c.inc("report executive --period 2026-W46 --format json").exits(0).json();
    let week = c.inc("report weekly --period 2026-W46 --format json").exits(0).json();
    let rows = page["sections"]["figures"]["rows"].as_array().unwrap();
    assert_eq!(rows[0]["value"], week["totals"]["incidents"]);
    assert_eq!(rows[1]["value"], week["totals"]["customer_minutes"]["known"]);
    assert_eq!(
        (&rows[0]["before"], &rows[0]["band"]),
        (&1.into(), &serde_json::json!({ "least": 1, "most": 1 }))
    );
    // Of the weeks before the first record nobody knows: there is no band.
    let first = c.inc("report executive --period 2026-W45 --format json").exits(0).json();
    assert_eq!(first["sections"]["figures"]["rows"][0]["band"], serde_json::Value::Null);
    let month = c.inc("report monthly --period 2026-11 --format json").exits(0).json();
    assert_eq!(month["sections"]["figures"]["rows"][0]["value"], 3);
    assert_eq!(month["sections"]["left_out"]["rows"][0]["count"], 1);
}

#[test]
fn the_morning_one_incident_and_what_customers_are_given() {
    let mut s = Scene::new("morning");
    quarter(&s);
    s.clock("2026-11-21T08:00:00-06:00");
    s.inc("open \"CoDi slow\" -s codi --kind degradation --at \"2026-11-21 07:30\"").exits(0);
    let id = s.inc("list --format ids --text CoDi").exits(0).stdout;
    let update = "\"looking at the queue\" --next 30m --impact-started \"2026-11-21 07:20\"";
    s.inc(&format!("update {} {update}", id.trim())).exits(0);
    s.clock("2026-11-21T09:00:00-06:00");
    s.types("report daily --locale en").exits(0).prints("Customers feel one incident.");
    s.types("report daily --locale es-MX --format table")
        .exits(0)
        .prints("Los clientes sienten un");
    s.clock("2026-11-21T09:00:00-06:00");
    let json = s.inc("report daily --format json").exits(0).json();
    assert_eq!(json["sections"]["burning"]["rows"].as_array().unwrap().len(), 1);
    assert!(!json["checklist"].as_array().unwrap().is_empty());
    let promised = json["sections"]["promises"]["rows"].as_array().unwrap();
    assert!(promised.iter().any(|row| row["what"] == "aviso prometido" && row["late"] == 1));
    let left_out = &json["sections"]["left_out"]["rows"][0];
    assert_eq!(left_out["count"], 1, "the drill: {left_out}");
    let id = s.inc("list --format ids --text \"cards refused again\"").exits(0).stdout;
    let id = id.trim();
    s.types(&format!("report incident {id} --locale es-MX")).exits(0).prints("2,000 no pudieron");
    s.types(&format!("report incident {id} --locale en --format table")).exits(0);
    s.inc(&format!("report incident {id} --locale en --format html"))
        .exits(0)
        .prints("<!doctype html>");
    s.inc("report incident NOPE").exits(2);
    s.types("report compensation --period 2026-11 --locale en --format table").exits(0);
    s.types("report compensation --period 2026-11 --locale es-MX").exits(0);
    s.types("report compensation --period 2026-W47").exits(2).says("whole months");
    let context = s.inc("debug context weekly --period 2026-W46 --locale en").exits(0).json();
    assert_eq!(context["title"], "Incidents: week 46 of 2026");
    assert_eq!(context["sections"][0]["id"], "incidents");
    s.inc("debug context weekly --period 2026-W99").exits(2);
    s.ends();
}

#[test]
fn weeks_at_the_turn_of_the_year_split_the_minutes_and_count_once() {
    let c = Computer::workspace();
    c.clock("2027-01-04T10:00:00-06:00");
    // From the last Sunday of week 53 into week 1 of 2027: two hours in one, one in the other.
    for line in [
        "open \"late night\" -s card-auth --kind outage --at \"2027-01-03 22:05\"",
        "update --impact-started \"2027-01-03 22:00\" --tried 1000 --affected 100",
        "restore --at \"2027-01-04 01:00\"",
    ] {
        c.inc(line).exits(0);
    }
    c.clock("2027-01-12T09:00:00-06:00");
    let week = |period: &str| {
        let line = format!("report weekly --period {period} --format json");
        let json = c.inc(&line).exits(0).json();
        let minutes = json["totals"]["customer_minutes"]["known"].as_str().unwrap().to_owned();
        (json["totals"]["incidents"].as_u64().unwrap(), minutes, json)
    };
    let (incidents, minutes, json) = week("2026-W53");
    assert_eq!((incidents, minutes.as_str()), (1, "12000"));
    assert_eq!(json["period"]["first"], "2026-12-28");
    let (incidents, minutes, json) = week("2027-W01");
    assert_eq!((incidents, minutes.as_str()), (0, "6000"));
    assert_eq!(json["carried"].as_array().unwrap().len(), 1);
    let rows = &json["sections"]["figures"]["rows"];
    // The week before is counted as that week's own report counts it.
    assert_eq!((&rows[0]["before"], &rows[1]["before"]), (&1.into(), &"12000".into()));
    assert_eq!(rows[1]["value"], "6000");
    let vertical = &json["sections"]["by_vertical"]["rows"][0];
    assert_eq!(
        (&vertical["incidents"], &vertical["customer_minutes"]),
        (&0.into(), &"6000".into())
    );
    let (incidents, minutes, _) = week("2026-W01");
    assert_eq!((incidents, minutes.as_str()), (0, "0"));
    let once = c.inc("report weekly --period 2026-W53").exits(0).stdout;
    assert_eq!(once, c.inc("report weekly --period 2026-W53").exits(0).stdout, "same bytes");
}
