//! `inc export` and `inc query`: the records as tables.

use std::collections::BTreeMap;

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde_json::Value as Json;

use crate::common::{Computer, Scene, walk};

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
    s.types("export --format parquet").exits(2).says("a file for each table");
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
    c.inc("export --format parquet --out out").exits(0).prints("out/facts.parquet");
    c.inc("export --format parquet --table actions --out out/one").exits(0).prints("out/one");
    assert_eq!(bytes("one"), bytes("actions.parquet"));
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
        let file = std::fs::File::open(c.here.join(format!("out/{table}.parquet"))).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        assert_eq!(reader.metadata().file_metadata().num_rows(), rows, "{table}");
        let columns = reader.metadata().file_metadata().schema().get_fields().iter();
        assert_eq!(columns.map(|c| c.name().to_owned()).collect::<Vec<_>>(), header, "{table}");
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

/// Every figure of a week over the repository's own records (a drill, merged ones, money in doubt, a
/// run, several verticals), out of a database that was written as of the week's end.
#[test]
fn every_figure_of_three_weeks_comes_out_of_the_database() {
    let c = Computer::workspace();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["incidents", "standards"] {
        let mut files = Vec::new();
        walk(&root.join(folder), &mut files);
        for file in files {
            c.write(file.strip_prefix(root).unwrap(), std::fs::read(&file).unwrap());
        }
    }
    let mut seen = 0;
    for (week, end) in [("2026-W44", "11-02"), ("2026-W46", "11-16"), ("2026-W47", "11-23")] {
        c.clock(&format!("2026-{end}T00:00:00-06:00"));
        let line = format!("report weekly --period {week} --format json");
        let report = c.inc(&line).exits(0).json();
        let tables = "incidents,impact,actions,targets,compensation";
        c.clock(&format!("2026-{end}T00:00:00-06:00"));
        c.inc(&format!("export --format sqlite --table {tables} --out {week}.db")).exits(0);
        let db = rusqlite::Connection::open(c.here.join(format!("{week}.db"))).unwrap();
        let monday = chrono::NaiveDate::parse_from_str(&format!("2026-{end}"), "%Y-%m-%d").unwrap()
            - chrono::Days::new(7);
        let parameters = [
            ("{week}", format!("'{week}'")),
            ("{a}", format!("unixepoch('{monday}T00:00:00-06:00')")),
            ("{z}", format!("unixepoch('2026-{end}T00:00:00-06:00')")),
            ("{today}", format!("'2026-{end}'")),
        ];
        let asked = |question: &str| {
            parameters.iter().fold(question.to_owned(), |q, (name, value)| q.replace(name, value))
        };
        let counted = |sql: &str| -> i64 {
            db.query_row(&asked(sql), [], |row| row.get(0)).unwrap_or_else(|e| panic!("{sql}: {e}"))
        };
        let totals = &report["totals"];
        let of = "FROM incidents WHERE counts AND week = {week}";
        let whole = |sql: &str, figure: &Json, name: &str| {
            let found = counted(&format!("SELECT {sql}"));
            assert_eq!(Json::from(found), *figure, "{week} {name}");
            found
        };
        seen += whole(&format!("count(*) {of}"), &totals["incidents"], "incidents");
        whole(&format!("count(*) {of} AND severity IS NULL"), &totals["without_severity"], "none");
        whole(
            &format!("count(*) {of} AND status IN ('restored', 'remediating')"),
            &totals["restored_open"],
            "restored",
        );
        for (level, n) in totals["by_severity"].as_object().unwrap() {
            whole(&format!("count(*) {of} AND severity = '{level}'"), n, level);
        }
        // Customers: known, of how many, and of how many not.
        let customers = &totals["customers"];
        whole(&format!("count(customers) {of}"), &customers["counted"], "customers counted");
        whole(&format!("count(*) - count(customers) {of}"), &customers["unknown"], "not known");
        let known = counted(&format!("SELECT coalesce(sum(customers), 0) {of}"));
        assert_eq!(known.to_string(), customers["known"].as_str().unwrap_or("0"), "{week}");
        // Customer minutes: also of what began before, clipped to the week.
        let minutes = "SELECT coalesce(sum(m), 0) FROM (SELECT round(i.customers * \
            sum(min(s.ended_s, {z}) - max(s.began_s, {a})) / 60.0, 2) AS m FROM impact s \
            JOIN incidents i ON s.incident = i.id \
            WHERE i.counts AND s.began_s < {z} AND s.ended_s > {a} GROUP BY i.id)";
        let minutes: f64 = db.query_row(&asked(minutes), [], |row| row.get(0)).unwrap();
        let said: f64 =
            totals["customer_minutes"]["known"].as_str().unwrap_or("0").parse().unwrap();
        assert!((minutes - said).abs() < 1e-6, "{week}: {minutes} and {said}");
        // Money, a currency at a time.
        let money = |rows: &str, figure: &Json, name: &str| {
            let mut by: BTreeMap<String, i64> = BTreeMap::new();
            let mut asked = db.prepare(&asked(rows)).unwrap();
            let found = asked.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            by.extend(found.map(|row: Result<(String, i64), _>| row.unwrap()));
            let listed = figure["known"].as_array().cloned().unwrap_or_default();
            let said = listed.iter().map(|amount| {
                let (amount, currency) = amount.as_str().unwrap().split_once(' ').unwrap();
                (currency.to_owned(), amount.replace('.', "").parse().unwrap())
            });
            assert_eq!(by, said.collect(), "{week} {name}");
        };
        for name in ["volume_lost", "revenue_lost", "direct_loss"] {
            let rows = format!(
                "SELECT {name}_currency, sum({name}_minor) {of} AND {name}_minor IS NOT NULL GROUP BY 1"
            );
            money(&rows, &totals[name], name);
            whole(&format!("count({name}_minor) {of}"), &totals[name]["counted"], name);
            whole(&format!("count(*) - count({name}_minor) {of}"), &totals[name]["unknown"], name);
        }
        let runs = "FROM compensation WHERE approved AND incident IN (SELECT id FROM incidents \
            WHERE counts AND week = {week})";
        for (name, column) in [
            ("compensation", "given_minor"),
            ("compensation_posted", "posted_minor"),
            ("compensation_owed", "owed_minor"),
        ] {
            let rows = format!(
                "SELECT currency, sum({column}) {runs} AND {column} IS NOT NULL GROUP BY 1"
            );
            money(&rows, &totals[name], name);
            whole(&format!("count({column}) {runs}"), &totals[name]["counted"], name);
            whole(&format!("count(*) - count({column}) {runs}"), &totals[name]["unknown"], name);
        }
        for target in report["targets"].as_array().unwrap() {
            let name = target["name"].as_str().unwrap();
            for state in ["met", "missed", "running", "unknown"] {
                let rows = format!(
                    "count(*) FROM targets WHERE target = '{name}' AND state = '{state}' AND \
                     incident IN (SELECT id {of})"
                );
                whole(&rows, &target[state], &format!("{name} {state}"));
            }
        }
        let open = "FROM actions WHERE counts AND due <= date({today}, '+7 days') AND \
            (state = 'open' OR done_s > {z} OR (state = 'dropped' AND unixepoch(dropped) > {z}))";
        let actions = report["actions"].as_array().unwrap();
        whole(&format!("count(*) {open}"), &actions.len().into(), "actions");
        let late = actions.iter().filter(|due| due["overdue"] == true).count();
        whole(&format!("count(*) {open} AND due < {{today}}"), &late.into(), "overdue");
        let reviews = "FROM targets t JOIN incidents i ON t.incident = i.id WHERE i.counts AND \
            t.target LIKE 'review-%' AND t.done_s IS NULL AND substr(t.due, 1, 10) <= date({today}, '+7 days') \
            AND i.began_s < {z} AND (i.began_s >= {a} OR i.status IN ('restored', 'remediating', 'resolved') \
            OR EXISTS (SELECT 1 FROM impact s WHERE s.incident = i.id AND s.began_s < {z} AND s.ended_s > {a}))";
        let owed = report["reviews"].as_array().unwrap();
        whole(&format!("count(*) {reviews}"), &owed.len().into(), "reviews");
        for (name, why) in [
            ("exercises", "exercise"),
            ("cancelled", "cancelled"),
            ("merged", "merged"),
            ("parts", "part"),
        ] {
            let rows =
                format!("count(*) FROM incidents WHERE week = {{week}} AND left_out = '{why}'");
            whole(&rows, &report["left_out"][name], name);
        }
    }
    assert!(seen > 6, "the weeks have incidents in them");
}
