//! `inc report …`: pages in every format, in both languages.

use crate::common::{Computer, Scene};

/// Two incidents of one cause a week apart, a third of another, a drill.
fn quarter(c: &Computer) {
    for (title, service, day, cause, noticed) in [
        ("cards refused", "card-auth", "2026-11-03", "vendor", "1000"),
        ("cards refused again", "card-auth", "2026-11-10", "vendor", "2000"),
        ("transfers late", "spei-out", "2026-11-12", "change", "300"),
    ] {
        c.inc(&format!("open \"{title}\" -s {service} --kind outage --at \"{day} 10:00\"")).exits(0);
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
    s.types("report trends --period 2026-Q4 --locale es-MX --format table").exits(0).prints("Tasa de repetición");
    s.types("report trends --from 2026-11-01 --to 2026-11-08 --format csv --locale en").exits(0);
    s.types("report trends --from 2026-11-08 --to 2026-11-01").exits(2).says("is before");
    s.types("report trends --from 2026-11-08").exits(2);
    s.types("report trends --period 2026-Q7").exits(2).says("error[bad-period]");
    s.types("report trends --locale fr").exits(2).says("unknown-locale");
    s.types("report trends --period 2020-Q1 --locale en --format table").exits(0).prints("No incident began");
    let json = s.inc("report trends --period 2026-Q4 --locale en --format json").exits(0).json();
    assert_eq!(json["sections"]["repeats"]["rows"][0].as_object().unwrap().len(), 2);
    assert_eq!(json["sections"]["figures"]["rows"][0]["value"], 3);
    assert_eq!(json["sections"]["by_cause"]["rows"][0]["key"], "vendor");
    let html = s.inc("report trends --period 2026-Q4 --format html").exits(0).stdout;
    assert!(html.starts_with("<!doctype html>") && !html.contains("http"), "{html}");
    s.write("templates/report/trends.en.md.hbs", "{{title}}: {{count sections}}\n");
    s.types("report trends --period 2026-Q4 --locale en").exits(0).prints("Trends: fourth quarter of 2026");
    s.ends();
}
