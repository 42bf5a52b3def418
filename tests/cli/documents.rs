//! What comes out of a record for people: messages, the review, the weekly report, the demo.

use crate::common::{Computer, Scene, walk};

#[test]
fn messages_are_drafted_in_two_languages() {
    let mut s = Scene::new("comms");
    s.writes("open \"Card payments declined at checkout\" --service card-auth --kind outage --since 03:02");
    s.writes("update \"Half of the card payments fail\" --next 30m --tried 1000 --affected 400");
    s.types("comms owed").exits(0).prints("in_app_banner");
    s.leaves("comms draft --stage initial --channel status_page,push --dry-run").exits(0);
    s.writes("comms draft --stage initial --channel status_page,push");
    let mut files = Vec::new();
    walk(&s.record_path("").parent().unwrap().join("communications"), &mut files);
    files.sort();
    assert_eq!(files.len(), 4, "two channels in two languages: {files:?}");
    for file in &files {
        s.remark(file.file_name().unwrap().to_str().unwrap());
        s.shows(file);
    }
    s.remark("words that somebody wrote stand, and new facts come in beside them");
    let file =
        files.iter().find(|f| f.to_string_lossy().ends_with("status_page.en.md")).unwrap().clone();
    let edited = s.read(&file) + "\nOur own words.\n";
    s.write(&file, &edited);
    s.types("update --next 45m").exits(0);
    s.types("comms draft --stage initial --channel status_page --locale en").exits(0);
    let merged = s.read(&file);
    assert!(!merged.contains("3:41") && merged.contains("Our own words."), "{merged}");
    s.remark("a sentence that both changed stays as the person wrote it");
    let edited = merged.replace("The next update will be posted", "We will write here");
    s.write(&file, &edited);
    s.types("update --next 60m").exits(0);
    s.types("comms draft --stage initial --channel status_page --locale en").exits(0);
    assert_eq!(s.read(&file), edited);
    s.remark("the whole set that is owed, listed");
    s.writes("comms draft --stage initial --locale es-MX");
    s.types("due").exits(0).prints("the next update, as promised");
    s.writes(
        "comms skip --stage initial --channel executive_brief --reason \"they sit in the room\"",
    );
    s.types("comms owed").exits(0).prints("skipped");
    s.remark("as a phone would show it, proofread, sent, valid");
    s.types("comms preview --channel push,in_app_banner").exits(0).prints("of 178 characters");
    s.types("comms check --channel in_app_banner").exits(0);
    s.types("comms show --current").exits(0);
    let pushed = files.iter().map(|f| f.file_name().unwrap().to_str().unwrap());
    let push = pushed.clone().find(|f| f.contains("push.es-MX")).unwrap()[..4].to_owned();
    s.types(&format!("comms sent RJS9 {push} --size 1000")).exits(0);
    s.types("comms show --current --channel push").exits(0).prints("valid since");
    s.types("comms show").exits(0).prints("draft");
    s.remark("nobody is woken by a problem that is not theirs");
    s.types("comms draft --stage initial --channel push --audience all_customers").exits(1);
    s.remark("what is no stage and no channel");
    s.types("comms draft --stage intial").exits(2).says("initial");
    s.types("comms draft --stage initial --channel pigeon").exits(2);
    s.ends();
}

#[test]
fn the_review_keeps_what_people_wrote() {
    let mut s = Scene::new("review");
    s.writes("open \"Card payments declined\" --service card-auth --kind outage --since 03:02");
    s.writes("restore");
    let id = s.only();
    s.leaves(&format!("pir refresh {id}")).exits(2).says("inc pir draft");
    s.writes(&format!("pir draft {id} --locale en"));
    s.leaves(&format!("pir draft {id}")).exits(2).says("inc pir refresh");
    let path = s.record_path(&id).parent().unwrap().join("pir.md");
    let text = s.read(&path).replacen("\n## ", "\nOur own words.\n\n## ", 2);
    s.write(&path, &text);
    s.git("commit -q -a -m \"review: our words\"");
    s.writes(&format!("note {id} \"the queue drained by itself\" --star"));
    s.clock("05:00");
    s.writes(&format!("pir refresh {id}"));
    let after = s.read(&path);
    assert!(after.contains("the queue drained by itself"), "{after}");
    // Outside the markers of computed parts nothing changed.
    let prose = |text: &str| {
        let mut computed = false;
        let lines = text.lines().filter(|l| {
            computed = (computed || l.starts_with("<!-- inc:")) && !l.starts_with("<!-- /inc:");
            !computed
        });
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(prose(&after), prose(&text));
    assert!(after.contains("The record names no causes yet"), "in its own language:\n{after}");
    s.clock("05:00");
    s.leaves(&format!("pir refresh {id}")).exits(0).says("nothing to renew");
    s.ends();
}

#[test]
fn the_weekly_report_of_a_quiet_and_of_a_loud_week() {
    let mut s = Scene::new("weekly");
    s.clock("2026-11-19T10:00:00-06:00");
    s.writes("open \"Card payments declined\" --service card-auth --kind outage --since 09:40");
    s.writes("update --tried 1000 --affected 400");
    s.writes("restore");
    s.clock("2026-11-23T09:00:00-06:00");
    s.types("report weekly --period 2026-W47 --locale en").exits(0);
    s.types("report weekly --period 2026-W47 --format json").exits(0);
    let last = s.inc("report weekly --format json").exits(0).json();
    assert_eq!(last["period"]["label"], "2026-W47", "the last whole week by default");
    let quiet = s.inc("report weekly --period 2026-W01 --format json").exits(0).json();
    assert_eq!(quiet["totals"]["incidents"], 0);
    for period in ["2026-W99", "2026-13", "2026-Q5", "tomorrow", "", "99999-W01", "-1-W1"] {
        s.inc_with(&["report".into(), "weekly".into(), format!("--period={period}")], b"").exits(2);
    }
    s.is_clean();
    s.ends();
}

#[test]
fn the_demo_is_no_canned_text() {
    let c = Computer::empty();
    let ran = c.inc("demo").exits(0);
    let place = ran.stdout.split("The workspace is ").nth(1).unwrap().lines().next().unwrap();
    let listed = c.inc(&format!("-C {place} list")).exits(0);
    assert!(listed.stdout.contains("closed"), "{}", listed.stdout);
    for command in [
        "open",
        "update",
        "comms draft",
        "restore",
        "compensate run",
        "compensate approve",
        "ledger confirm",
        "pir draft",
        "close",
        "report weekly",
    ] {
        assert!(ran.stdout.contains(&format!("inc {command}")), "no inc {command}");
    }
    // Six of seven customers get something, the core credits it, and nothing stays owed.
    assert!(ran.stdout.contains("get something                                       6"));
    assert!(ran.stdout.contains("610.82      0.00  610.82         0.00     0.00"));
    let typed = ran.stdout.lines().filter(|l| l.contains(" $ inc ")).count();
    let commits: usize = c.git_in(place.as_ref(), "rev-list --count HEAD").trim().parse().unwrap();
    assert!(commits > 5 && typed > 5, "{commits} commits, {typed} commands");
    assert_eq!(c.git_in(place.as_ref(), "status --short"), "");
}

#[test]
fn generated_workspaces_are_reproducible() {
    let c = Computer::empty();
    let made = |dir: &str, seed: u32| {
        c.inc(&format!("debug generate --incidents 25 --seed {seed} {dir}")).exits(0);
        let mut files = Vec::new();
        walk(&c.here.join(dir), &mut files);
        files.sort();
        let read = |p: &std::path::PathBuf| {
            (p.strip_prefix(c.here.join(dir)).unwrap().to_owned(), std::fs::read(p).unwrap())
        };
        files.iter().map(read).collect::<Vec<_>>()
    };
    let first = made("one", 5);
    assert!(first == made("two", 5), "one seed, two workspaces");
    assert!(first != made("three", 6), "two seeds, one workspace");
    let sizes: Vec<_> =
        first.iter().filter(|(p, _)| p.ends_with("incident.yaml")).map(|(_, b)| b.len()).collect();
    assert_eq!(sizes.len(), 25);
    let whole: usize = sizes.iter().sum();
    assert!((2_000..=6_000).contains(&(whole / 25)), "{} bytes each", whole / 25);
    let listed = c.inc("-C one list --exercises --format ids").exits(0).stdout;
    assert_eq!(listed.lines().count(), 25, "{listed}");
    c.inc("debug generate --incidents 1 one").exits(2);
}
