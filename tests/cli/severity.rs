//! Severity: what stands, what another level would change, and what lowering it skips.

use crate::common::Scene;

#[test]
fn what_nobody_knows_is_sev1_and_says_why() {
    let mut s = Scene::new("severity");
    s.remark("nothing is known but the service");
    s.writes("open \"cards failing\" -s card-auth")
        .prints("SEV1 provisional by tier1-kind-unknown (provisional): ");
    let id = s.only();
    let shown = s.types("severity show").exits(0).prints("SEV1 provisional; lower only once ");
    assert!(shown.stdout.contains("taken for an outage until it is measured"), "{}", shown.stdout);
    s.writes("update --kind degradation --tried 51360 --affected 840");
    s.types("severity show")
        .exits(0)
        .prints("SEV2 provisional; SEV1 once tier1_failing ≥ 50 % for ≥ 5 min, or ")
        .prints("SEV3 once confirmed from numbers");
    s.remark("a lower level is shown before it is written; without a terminal nothing is asked");
    let reason = "--reason \"only the simulator fails\"";
    s.leaves(&format!("severity override SEV3 {reason} --dry-run")).exits(0).says("SEV2 → SEV3");
    s.writes(&format!("severity override SEV3 {reason}"))
        .says("technical lead")
        .prints("SEV3 (declared; derived SEV2)");
    s.remark("both levels wherever one is said");
    for line in ["", "list", "brief", "show"] {
        s.types(line).exits(0).prints("derived SEV2");
    }
    s.types("log").exits(0).prints("derived: SEV2");
    s.types("severity show").exits(0).prints("when the facts gave SEV2");
    let row = s.inc("list --format json").exits(0).json()["incidents"][0].clone();
    assert_eq!((&row["severity"], &row["derived"]), (&"SEV3".into(), &"SEV2".into()));
    let csv = s.inc("list --format csv").exits(0).stdout;
    assert!(csv.contains(",SEV3,SEV2,false,"), "{csv}");
    let severity = s.inc("severity show --format json").exits(0).json();
    assert_eq!(severity["severity"]["declared"], "SEV3");
    assert_eq!(severity["severity"]["derived"], "SEV2");
    assert_eq!(severity["severity"]["possible"][0]["level"], "SEV1");
    assert_eq!(severity["what_if"]["up"]["level"], "SEV2");
    assert_eq!(severity["what_if"]["down"]["level"], "SEV4");
    let weekly = s.inc("report weekly --period 2026-W47 --format json").exits(0).json();
    assert_eq!(weekly["incidents"][0]["derived"], "SEV2");
    s.inc("report weekly --period 2026-W47 --locale en")
        .exits(0)
        .prints("| SEV3 (declared; derived SEV2) |");
    s.inc("report weekly --period 2026-W47 --locale es-MX")
        .exits(0)
        .prints("| SEV3 (declarada; calculada SEV2) |");
    s.remark("raising it skips nothing");
    let raised = s.writes("severity override SEV1 --reason \"the regulator is on the phone\"");
    assert!(!raised.stderr.contains('→'), "{}", raised.stderr);
    s.writes(&format!("severity override SEV2 {id} --reason \"they hung up\"")).says("SEV1 → SEV2");
    s.remark("the review follows the highest level there ever was");
    s.types("severity show").exits(0).prints("peak          SEV1");
    s.ends();
}

#[test]
fn confirming_a_lower_level_shows_what_it_skips() {
    let mut s = Scene::new("severity-confirm");
    s.writes("open \"checkout slow\" -s checkout --kind outage");
    s.writes("update --tried 51360 --affected 840");
    s.leaves("severity confirm --dry-run").exits(0).says("SEV1 → SEV3");
    s.writes("severity confirm -m \"from the gateway's counters\"")
        .says("SEV1 → SEV3")
        .prints("SEV3 confirmed");
    s.leaves("severity confirm").exits(2);
    s.ends();
}

#[test]
fn an_override_that_the_facts_outlive_is_a_finding() {
    let mut s = Scene::new("severity-moved");
    s.writes("open \"checkout slow\" -s checkout --kind degradation");
    s.writes("severity override SEV3 --reason \"a single shop\" --yes");
    let quiet = s.types("check");
    assert!(!quiet.stdout.contains("severity-moved"), "{}", quiet.stdout);
    s.writes("update --tried 100000 --affected 60000");
    s.types("check")
        .prints("note[severity-moved]: declared SEV3 when the facts gave SEV2; they now give SEV1");
    s.types("explain severity-moved").exits(0);
    s.ends();
}

#[test]
fn a_level_that_time_raised_is_kept_as_peak_when_it_is_overridden() {
    let mut s = Scene::new("severity-peak");
    let path = "incidents/2026/11/INC-20261121-7QKM/incident.yaml";
    s.write(
        path,
        "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\n\
         title: one in five cards declined\nstatus: responding\nkind: degradation\n\
         severity: { confirmed: { by: ana, at: 2026-11-21T00:20:00-06:00 } }\n\
         services: [card-auth]\n\
         times: { impact_started: 2026-11-21T00:00:00-06:00, detected: 2026-11-21T00:05:00-06:00 }\n\
         impact:\n  periods: [ { from: 2026-11-21T00:00:00-06:00, service: card-auth, degradation: 20% } ]\n",
    );
    s.git("add -A");
    s.git("commit -q -m \"by hand\"");
    s.remark("no command has run since it passed two hours");
    s.writes("severity override SEV3 --reason \"it is nearly over\"").says("SEV1 → SEV3");
    s.shows(path);
    assert!(s.read(path).contains("level: SEV1"), "{}", s.read(path));
    s.types("severity show").exits(0).prints("peak          SEV1");
    s.ends();
}
