//! `inc export` and `inc query`: the records as tables.

use serde_json::Value as Json;

use crate::common::{Computer, Scene};

/// A few incidents: one whole, one of which little is known, a drill, one from the week before.
fn november(c: &Computer) {
    c.clock("2026-11-22T20:00:00-06:00");
    c.inc("open \"cards refused\" -s card-auth --kind outage --at \"2026-11-18 10:00\"").exits(0);
    c.inc("update --impact-started \"2026-11-18 09:52\" --tried 9000 --affected 4001 --lost-value '1234.50 MXN'").exits(0);
    c.inc("ack --at \"2026-11-18 10:04\"").exits(0);
    c.inc("restore --at \"2026-11-18 10:41\"").exits(0);
    c.inc("open \"=checkout slow\" -s checkout --kind degradation --at \"2026-11-19 12:00\"")
        .exits(0);
    c.inc("open \"a drill\" -s checkout --exercise --at \"2026-11-19 13:00\"").exits(0);
    c.inc("open \"transfers late\" -s spei-out --kind outage --at \"2026-11-15 22:00\"").exits(0);
    let late = c.inc("list --format ids --text late").exits(0).stdout.trim().to_owned();
    c.inc(&format!(
        "update {late} --impact-started \"2026-11-15 22:10\" --tried 100 --affected 77"
    ))
    .exits(0);
    c.inc(&format!("restore {late} --at \"2026-11-16 02:13\"")).exits(0);
    c.clock("2026-11-24T09:00:00-06:00");
}

fn one(c: &Computer, question: &str) -> Vec<Json> {
    let json =
        c.inc_with(&["query".into(), question.into(), "--format".into(), "json".into()], b"");
    json.exits(0).json()["rows"][0].as_array().unwrap().clone()
}

#[test]
fn questions_and_tables() {
    let mut s = Scene::new("asking");
    november(&s);
    s.types("query \"SELECT title, severity, customers, counts, left_out, family = id AS own FROM incidents ORDER BY began_s\"")
        .exits(0);
    s.types("query \"SELECT service, tier, title FROM services JOIN incidents ON incident = id\" --format md").exits(0);
    s.types(
        "query \"SELECT count(*), sum(customers), avg(customers) FROM incidents\" --format json",
    )
    .exits(0);
    s.types("query \"SELECT title FROM incidents ORDER BY 1\" --format csv -n 1")
        .exits(0)
        .says("--limit takes more");
    s.types("query \"SELECT sevrity FROM incidents\"").exits(2).says("did you mean `severity`?");
    s.types("query \"SELECT 1 FROM incident\"").exits(2).says("did you mean `incidents`?");
    s.types("query \"ATTACH 'x.db' AS x\"").exits(2).says("only reads");
    s.types("query \"DELETE FROM incidents\"").exits(2).says("only reads");
    s.types("query \"PRAGMA query_only = 0\"").exits(2).says("only reads");
    s.types("query \"SELECT 1; SELECT 2\"").exits(2).says("one question at a time");
    s.types("query \"SELECT FROM WHERE\"").exits(2).says("look near");
    s.types("query \"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n\" --timeout 1")
        .exits(2)
        .says("no answer after 1 s");
    s.types("query \"SELECT 1 WHERE 0\"").exits(0);
    s.types_with(
        "query - --format ndjson",
        "SELECT status, count(*) AS n FROM incidents\nGROUP BY 1 ORDER BY 1",
    )
    .exits(0);
    s.types("export").exits(2).says("--table incidents");
    s.types("export --format sqlite").exits(2).says("a database is a file");
    s.types("export --table incidets").exits(2);
    s.types("export --out nowhere").exits(2).says("mkdir -p nowhere");
    s.types("export --format csv --table actions").exits(0);
    s.types("export --format ndjson --table impact").exits(0);
    s.types("export --format json --table services,communications").exits(0);
    let csv = s.inc("export --table incidents").exits(0).stdout;
    assert!(csv.contains(",\"'=checkout slow\","), "{csv}");
    s.ends();
}

#[test]
fn a_database_has_the_same_rows_and_bytes_each_time() {
    let c = Computer::workspace();
    november(&c);
    std::fs::create_dir(c.here.join("out")).unwrap();
    c.clock("2026-11-24T09:00:00-06:00");
    c.inc("export --format sqlite --out out/a.db").exits(0).prints("out/a.db");
    c.clock("2026-11-24T09:00:00-06:00");
    c.inc("export --format sqlite --out out/b.db").exits(0);
    let bytes = |name: &str| std::fs::read(c.here.join("out").join(name)).unwrap();
    assert_eq!(bytes("a.db"), bytes("b.db"));
    let db = rusqlite::Connection::open(c.here.join("out/a.db")).unwrap();
    let counted = |sql: &str| -> i64 { db.query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(counted("SELECT count(*) FROM incidents WHERE counts"), 3);
    // Text that is a number is a number in a column of numbers.
    assert_eq!(counted("SELECT count(*) FROM facts WHERE typeof(number) = 'text'"), 0);
    assert_eq!(
        counted("SELECT number FROM facts WHERE fact = 'customers_affected' ORDER BY 1 DESC"),
        4001
    );
    c.inc("export --out out").exits(0);
    for table in [
        "incidents",
        "services",
        "impact",
        "timeline",
        "communications",
        "actions",
        "targets",
        "compensation",
        "facts",
    ] {
        let text = String::from_utf8(bytes(&format!("{table}.csv"))).unwrap();
        let rows = counted(&format!("SELECT count(*) FROM {table}"));
        let mut reader = csv_rows(&text);
        let header = reader.next().unwrap();
        assert!(header.len() > 4, "{table}: {header:?}");
        let mut read = 0;
        for row in reader {
            assert_eq!(row.len(), header.len(), "{table}: {row:?}");
            read += 1;
        }
        assert_eq!(read, rows, "{table}");
    }
}

fn csv_rows(text: &str) -> impl Iterator<Item = Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    rows.into_iter()
}

#[test]
fn the_weekly_figures_come_out_of_sql_too() {
    let c = Computer::workspace();
    november(&c);
    let week = c.inc("report weekly --period 2026-W47 --format json").exits(0).json();
    let totals = &week["totals"];
    let of = "FROM incidents WHERE counts AND week = '2026-W47'";
    let row = one(
        &c,
        &format!(
            "SELECT count(*), sum(customers), count(customers), sum(volume_lost_minor), volume_lost_currency, sum(severity IS NULL) {of}"
        ),
    );
    assert_eq!(row[0], totals["incidents"]);
    assert_eq!(row[1].to_string(), totals["customers"]["known"].as_str().unwrap());
    assert_eq!(row[2], totals["customers"]["counted"]);
    assert_eq!((&row[3], &row[4]), (&Json::from(123_450), &Json::from("MXN")));
    assert_eq!(totals["volume_lost"]["known"][0], "1234.50 MXN");
    assert_eq!(row[5], totals["without_severity"]);
    for (level, n) in totals["by_severity"].as_object().unwrap() {
        assert_eq!(one(&c, &format!("SELECT count(*) {of} AND severity = '{level}'"))[0], *n);
    }
    // As docs/manual/data.md has it: also of the incident that began on Sunday before midnight.
    let manual = c_manual();
    let minutes = one(&c, &manual)[0].as_f64().unwrap();
    let reported: f64 = totals["customer_minutes"]["known"].as_str().unwrap().parse().unwrap();
    assert!((minutes - reported).abs() < 1e-6, "{minutes} and {reported}");
    assert!(
        reported > 4001.0 * 49.0 + 77.0 * 133.0 - 1.0
            && week["carried"].as_array().unwrap().len() == 1
    );
    let targets = week["targets"].as_array().unwrap();
    assert!(!targets.is_empty());
    for target in targets {
        let name = target["name"].as_str().unwrap();
        for state in ["met", "missed", "running", "unknown"] {
            let question = format!(
                "SELECT count(*) FROM targets WHERE target = '{name}' AND state = '{state}' AND incident IN (SELECT id {of})"
            );
            // The report judges at the week's end, so the table is asked as of then.
            c.clock("2026-11-23T00:00:00-06:00");
            assert_eq!(one(&c, &question)[0], target[state], "{name} {state}");
        }
    }
    let left_out = one(
        &c,
        "SELECT sum(left_out = 'exercise'), sum(left_out = 'cancelled') FROM incidents WHERE week = '2026-W47'",
    );
    assert_eq!(
        (&left_out[0], &left_out[1]),
        (&week["left_out"]["exercises"], &week["left_out"]["cancelled"])
    );
}

/// The question that the manual prints.
fn c_manual() -> String {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/manual/data.md"))
        .unwrap();
    text.split("```sql\n").nth(1).unwrap().split("```").next().unwrap().to_owned()
}
