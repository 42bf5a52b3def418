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
        .prints("There were 2 incidents");
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
    assert_eq!((&rows[0]["before"], &rows[0]["band"]), (&1.into(), &"1 – 1".into()));
    // Of the weeks before the first record nobody knows: there is no band.
    let first = c.inc("report executive --period 2026-W45 --format json").exits(0).json();
    assert_eq!(first["sections"]["figures"]["rows"][0]["band"], serde_json::Value::Null);
    let month = c.inc("report monthly --period 2026-11 --format json").exits(0).json();
    assert_eq!(month["sections"]["figures"]["rows"][0]["value"], 3);
    assert_eq!(month["sections"]["left_out"]["rows"][0]["count"], 1);
}
