//! Histories of other tools become records: small fixtures of our own, and real ones beside the
//! repository where they are.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use inc::diag::Source;
use inc::import::{self, Counts, Draft, Imported, Options, Summary, cstate, statuspage};
use inc::incident::{self, IncidentId, Kind, Record, Status};
use inc::units::{Instant, Span};
use inc::yaml::Tree;

fn with_options<T>(then: impl FnOnce(&Options<'_>) -> T) -> T {
    let pairs = [("cards", "card-auth"), ("cmp1", "atm-withdrawal"), ("ci.jenkins.io", "portal")];
    let services: BTreeMap<String, String> =
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let severities = BTreeMap::new();
    let zone = chrono_tz::America::Mexico_City;
    then(&Options { zone, services: &services, severities: &severities })
}

/// Every issue below a folder, in order.
fn read_cstate(folder: &Path) -> Imported {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .collect();
    paths.sort();
    let mut imported = Imported::default();
    with_options(|options| {
        for path in paths {
            let name = path.file_name().unwrap().display().to_string();
            match cstate::read(&name, &std::fs::read(&path).unwrap(), options) {
                Ok(draft) => imported.drafts.push(draft),
                Err(found) => imported.found.extend(found),
            }
        }
    });
    imported
}

fn read_statuspage(path: &Path) -> Imported {
    let bytes = std::fs::read(path).unwrap();
    with_options(|options| statuspage::read(&path.display().to_string(), &bytes, options))
}

/// A record as it comes back from its file. JSON is YAML, so that no writer is needed here.
fn written_and_read(draft: &Draft) -> Record {
    let text = draft.record.to_tree().to_json().to_string();
    match incident::parse(Source::new("incident.yaml", &text)) {
        Ok(parsed) => parsed.record,
        Err(found) => panic!("{}: {found}\n{text}", draft.source_id),
    }
}

/// Every draft is a valid record with a name of its own, and importing it again adds nothing.
fn holds(drafts: &[Draft]) {
    let mut names: Vec<&IncidentId> = drafts.iter().map(|d| &d.record.id).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), drafts.len(), "two incidents with one name");
    for draft in drafts {
        let record = written_and_read(draft);
        assert!(draft.is_of(&record));
        assert_eq!(import::merge(&record, draft), None, "{}", draft.source_id);
        assert_eq!(record.to_tree(), draft.record.to_tree());
    }
}

fn fixtures(tool: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import").join(tool)
}

/// Real data beside the repository; without it the test says so and passes, unless
/// `INC_REQUIRE_SHARED` is set.
fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("INC_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    assert!(std::env::var_os("INC_REQUIRE_SHARED").is_none(), "no {}", found.display());
    println!("skipped: no {}", found.display());
    None
}

#[test]
fn cstate_files_become_records_and_a_bad_one_does_not_stop_the_others() {
    let imported = read_cstate(&fixtures("cstate"));
    let shown = imported.found.to_string();
    assert!(shown.contains("2026-05-10-no-time.md:3:7"), "{shown}");
    assert!(shown.contains("`date` is no time: `Time TBC`"), "{shown}");
    holds(&imported.drafts);
    let [cards, database] = &imported.drafts[..] else { panic!("two drafts expected") };

    assert_eq!(cards.record.kind, Some(Kind::Degradation));
    assert_eq!(cards.record.status, Status::Closed);
    assert_eq!(cards.record.services, ["card-auth"]);
    assert_eq!(cards.record.services_unmapped, ["Old wallet"]);
    let told: Vec<String> =
        cards.record.timeline.iter().map(|e| format!("{} {}", e.at, e.text)).collect();
    assert_eq!(
        told,
        [
            "2026-05-04T09:30:00Z Some card payments take long. See [the page](https://status.example).",
            "2026-05-04T10:15:00Z One of two lines drops packets; we took it out & watch.",
            "2026-05-04T11:00:00Z Answers are quick again.",
        ]
    );
    let stages: Vec<&str> = cards.record.communications.iter().map(|c| c.stage.as_str()).collect();
    assert_eq!(stages, ["initial", "update", "resolved"]);

    assert!(database.is_maintenance());
    assert_eq!(database.record.clocks().restored, None);
    assert_eq!(database.contradictions.len(), 1);
    let summary = Summary::of(&imported.drafts);
    assert_eq!(summary.total, Counts { incidents: 1, maintenance: 1 });
    assert_eq!(summary.by_year[&2026], summary.total);
    assert_eq!(summary.unmapped["Statements"], 1);
    assert_eq!(summary.contradictions.len(), 1);
}

#[test]
fn statuspage_incidents_become_records() {
    let imported = read_statuspage(&fixtures("statuspage").join("incidents.json"));
    assert_eq!(imported.found.0.len(), 1, "{}", imported.found);
    assert_eq!(imported.found.0[0].place.as_ref().map(|p| p.line), Some(18));
    holds(&imported.drafts);
    let [atm, vault] = &imported.drafts[..] else { panic!("two drafts expected") };

    let times = atm.record.clocks();
    let clock = |at: Option<Instant>| at.map(|at| at.to_string());
    assert_eq!(clock(times.impact_started).as_deref(), Some("2026-04-02T08:00:00-06:00"));
    assert_eq!(clock(times.restored).as_deref(), Some("2026-04-02T09:00:00-06:00"));
    assert_eq!(clock(times.resolved).as_deref(), Some("2026-04-02T09:30:00-06:00"));
    assert_eq!(clock(times.closed).as_deref(), Some("2026-04-09T12:00:00-06:00"));
    assert_eq!(atm.record.kind, Some(Kind::Outage));
    assert_eq!(atm.record.services, ["atm-withdrawal"], "mapped by the component's id");
    let told: Vec<&str> = atm.record.timeline.iter().map(|e| e.text.as_str()).collect();
    assert_eq!(told, ["investigating", "A line was\ntaken out.", "Over.", "The review is here."]);

    assert!(vault.is_maintenance());
    let planned = vault.record.planned.as_ref().unwrap();
    assert_eq!((planned.from.is_some(), planned.to), (true, None));
    assert_eq!(vault.contradictions.len(), 1, "its window ends before it begins");
    let stages: Vec<&str> = vault.record.communications.iter().map(|c| c.stage.as_str()).collect();
    assert_eq!(stages, ["maintenance_started", "maintenance_finished"]);
}

/// The words of planned work, looked for in the raw file in another way than the importer does.
fn says_planned(raw: &str) -> bool {
    let front_and_body: String = raw
        .lines()
        .filter(|l| !["date:", "severity:", "#"].iter().any(|k| l.starts_with(k)))
        .map(|l| l.to_lowercase() + "\n")
        .collect();
    ["maintenance", "scheduled", "upgrade window"].iter().any(|w| front_and_body.contains(w))
}

#[test]
fn the_whole_of_a_real_cstate_history_arrives() {
    let Some(folder) = shared("data/jenkins_status/content/issues") else { return };
    let imported = read_cstate(&folder);
    assert!(imported.found.is_empty(), "{}", imported.found);
    assert_eq!(imported.drafts.len(), 297);
    holds(&imported.drafts);

    let mut expected: BTreeMap<i32, Counts> = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let raw = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let date = raw.lines().find_map(|l| l.strip_prefix("date: ")).unwrap();
        let counts = expected.entry(date[..4].parse().unwrap()).or_default();
        match says_planned(&raw) {
            true => counts.maintenance += 1,
            false => counts.incidents += 1,
        }
    }
    let summary = Summary::of(&imported.drafts);
    assert_eq!(summary.by_year, expected);
    assert_eq!(summary.total.incidents + summary.total.maintenance, 297);
    assert_eq!(summary.contradictions.len(), 8, "{:#?}", summary.contradictions);
    let with_end = imported.drafts.iter().filter(|d| d.record.clocks().restored.is_some()).count();
    assert_eq!(with_end, 289);
    assert!(imported.drafts.iter().all(|d| !d.record.timeline.is_empty()));
}

#[test]
fn the_shapes_of_statuspage_arrive_and_its_states_are_one_incident() {
    let Some(folder) = shared("payloads/statuspage") else { return };
    let history = read_statuspage(&folder.join("history_incidents.json"));
    assert!(history.found.is_empty(), "{}", history.found);
    assert_eq!(history.drafts.len(), 2);
    holds(&history.drafts);

    let mut all = Imported::default();
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in &files {
        all.extend(read_statuspage(file));
    }
    assert!(!all.found.has_errors(), "{}", all.found);
    let drafts = import::combine(all.drafts);
    holds(&drafts);
    let mut sources: Vec<&str> = drafts.iter().map(|d| d.source_id.as_str()).collect();
    sources.sort_unstable();
    assert_eq!(sources, ["p31zjtct2jer", "q7x0c2l9dkv1", "sm20260321aa"]);
    let cards = drafts.iter().find(|d| d.source_id == "p31zjtct2jer").unwrap();
    assert_eq!(cards.record.timeline.len(), 4);
    assert_eq!(cards.record.status, Status::Closed);
    let summary = Summary::of(&drafts);
    assert_eq!(summary.total, Counts { incidents: 2, maintenance: 1 });
}

/// Splits one line of CSV; quotes hold commas, doubled quotes a quote.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(cells);
    let head = lines.next().unwrap();
    lines.map(|row| head.iter().cloned().zip(row).collect()).collect()
}

/// Times to repair and to resolve of one quarter's records, their means floored to the minute.
fn means(records: &[&Record]) -> [Option<i64>; 2] {
    let from_start = |end: fn(&incident::Times) -> Option<Instant>| {
        let spans: Vec<i64> = records
            .iter()
            .filter_map(|r| {
                let times = r.clocks();
                Some(end(&times)?.since(times.impact_started?).seconds())
            })
            .collect();
        let count = i64::try_from(spans.len()).unwrap();
        (count > 0).then(|| spans.iter().sum::<i64>() / count / 60)
    };
    [from_start(|t| t.restored), from_start(|t| t.resolved)]
}

#[test]
fn published_quarterly_means_follow_from_records() {
    let Some(folder) = shared("data/moj_cloud_platform") else { return };
    let mut quarters: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for (number, row) in rows(&folder.join("derived_incidents.csv")).iter().enumerate() {
        let date: chrono::NaiveDate = row["file"][..10].parse().unwrap();
        let start: Instant = format!("{date}T09:00:00Z").parse().unwrap();
        // The pages count support hours only, so that their minutes stand, not their clocks.
        let after = |minutes: &str| {
            minutes.parse().ok().map(|m: i64| start.plus(Span::from_seconds(m * 60)))
        };
        let mut letters =
            [number / 32, number % 32, 7, 7].map(|n| u8::try_from(n).unwrap()).into_iter();
        let id = IncidentId::new(date, || letters.next().unwrap());
        let uid = incident::ids::ulid(start, || 7);
        let mut record = Record::new(id, uid, row["title"].clone());
        let times = record.times_mut();
        times.impact_started = Some(start);
        times.restored = after(&row["time_to_repair_min"]);
        times.resolved = after(&row["time_to_resolve_min"]);
        record.x.set("x-source", Tree::Text(row["file"].clone()));
        let text = record.to_tree().to_json().to_string();
        let parsed = incident::parse(Source::new(&row["file"], &text)).unwrap();
        quarters.entry(row["quarter"].clone()).or_default().push(parsed.record);
    }
    let (mut agree, mut compared, mut differ) = (0, 0, Vec::new());
    for row in rows(&folder.join("oracle_quarterly_mttr.csv")) {
        // The last four quarters publish no means.
        if row["mttrepair_text"].is_empty() {
            continue;
        }
        let records: Vec<&Record> = quarters.get(&row["quarter"]).into_iter().flatten().collect();
        let published = [row["mttrepair_min"].parse().ok(), row["mttresolve_min"].parse().ok()];
        compared += 1;
        if means(&records) == published {
            agree += 1;
        } else {
            differ.push(row["quarter"].clone());
        }
    }
    // The team's own sums for the first three quarters do not follow from its pages.
    assert_eq!((agree, compared), (14, 17));
    assert_eq!(differ, ["2020Q1", "2020Q2", "2020Q3"]);
}

mod hostile {
    use proptest::prelude::*;

    use super::*;

    /// A front matter and a body made of the pieces that the reader looks for.
    fn page() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("---\n"),
            Just("date: 2026-05-01 9:00:00\n"),
            Just("date: "),
            Just("title: x\n"),
            Just("resolved: true\n"),
            Just("resolvedWhen: 9999-12-31T23:59:59-23:59\n"),
            Just("affected: [a, {b: c}, ~]\n"),
            Just("affected:\n"),
            Just("[Final message]"),
            Just("[Initial"),
            Just("]"),
            Just("**2026-05-01 10:00:00**"),
            Just("**"),
            Just("{{< track \""),
            Just("2026-05-01 10:00\" >}}"),
            Just("<!--"),
            Just("-->"),
            Just("<br>"),
            Just("&#xD800;"),
            Just("&amp;"),
            Just("\n\n"),
            Just("\n"),
            Just(" "),
            Just("ñ\u{202E}"),
            Just("0001-01-01 00:00:00"),
        ];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_bytes_stop_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            with_options(|o| {
                let _ = cstate::read("a.md", &bytes, o);
                let _ = statuspage::read("a.json", &bytes, o);
            });
        }

        #[test]
        fn what_cstate_gives_is_a_valid_record(page in page(), begin in any::<bool>()) {
            let head = "---\ntitle: x\ndate: 2026-05-01 9:00:00\nresolved: true\nresolvedWhen: 2026-05-01 10:00:00\n---\n";
            let text = if begin { format!("{head}{page}") } else { page };
            let read = with_options(|o| cstate::read("a.md", text.as_bytes(), o));
            if let Ok(draft) = read {
                holds(&[draft]);
            }
        }

        #[test]
        fn what_statuspage_gives_is_a_valid_record(
            status in "investigating|monitoring|resolved|postmortem|scheduled|completed|\\PC{0,6}",
            times in proptest::collection::vec("2026-0[1-9]-1[0-9]T0[0-9]:00:00Z|N/A|", 8),
            name in "\\PC{0,20}", body in "\\PC{0,30}",
        ) {
            let told = serde_json::json!({ "incidents": [{
                "id": 5, "name": name, "status": status, "created_at": times[0], "started_at": times[1],
                "monitoring_at": times[2], "resolved_at": times[3], "scheduled_for": times[4],
                "scheduled_until": times[5], "components": [{ "name": body }, 5],
                "incident_updates": [
                    { "id": "u", "status": status, "body": body, "display_at": times[6] },
                    { "status": "investigating", "body": name, "display_at": times[7] }, {}],
            }]});
            let read = with_options(|o| statuspage::read("a.json", told.to_string().as_bytes(), o));
            holds(&read.drafts);
        }
    }
}
