//! `inc compensate`: from the facts of an incident to a file of awards that pays nothing yet.

use crate::common::Computer;

const POLICY: &str = r#"title = "A share of what failed"
basis = "goodwill"
currency = "MXN"

[columns.segment]
values = ["gold", "retail"]

[columns.failed_amount]
type = "money"
min = "0 MXN"

[forms.statement_credit]
min = "10 MXN"
max = "500 MXN"

[eligibility]
hit = "first"

[[eligibility.rule]]
id = "low"
when = { severity = "SEV4" }
then = { eligible = false, reason = "severity is SEV4" }

[[eligibility.rule]]
id = "others"
then = { eligible = true }

[award]
hit = "unique"

[[award.rule]]
id = "share"
then = { pay = "2% * failed_amount" }
"#;

const CUSTOMERS: &str = "customer_id,segment,failed_amount,employee\n\
                         C2,retail,2000.00,\nC1,gold,100.00,ana\n0007,retail,1234.75,\n";

const AWARDS: &str = "customer_id,amount,currency,form,rules,segment,employee\n\
                      C2,40.00,MXN,statement_credit,share,retail,\n\
                      C1,10.00,MXN,statement_credit,share,gold,ana\n\
                      0007,24.70,MXN,statement_credit,share,retail,\n";

const FACTS: &str = r#"{ "severity": "SEV2" }"#;

/// A folder with a policy, facts and customers; no workspace.
fn alone() -> Computer {
    let c = Computer::empty();
    c.write("share.toml", POLICY);
    c.write("facts.json", FACTS);
    c.write("customers.csv", CUSTOMERS);
    c
}

const RUN: &str = "compensate run --policy ./share.toml --facts facts.json --customers";

#[test]
fn without_a_workspace_the_files_say_everything() {
    let c = alone();
    c.inc(&format!("{RUN} customers.csv --out awards.csv")).exits(0).prints("rule share");
    assert_eq!(c.read("awards.csv"), AWARDS);
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(c.here.join("awards.csv")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    // The same again is the same; other amounts never stand where some were.
    c.inc(&format!("{RUN} customers.csv --out awards.csv")).exits(0);
    c.write("customers.csv", CUSTOMERS.replace("2000.00", "2001.00"));
    c.inc(&format!("{RUN} customers.csv --out awards.csv")).exits(2).says("error[file-exists]");
    assert_eq!(c.read("awards.csv"), AWARDS);
    let args = crate::common::split(&format!("{RUN} - --out -"));
    let ran = c.inc_with(&args, CUSTOMERS.as_bytes()).exits(0);
    assert_eq!(ran.stdout, AWARDS);
    assert!(ran.stderr.contains("A share of what failed"), "{}", ran.stderr);
    // Whether the policy applies is asked of the facts.
    c.write("facts.json", r#"{ "severity": "SEV4" }"#);
    c.inc(&format!("{RUN} customers.csv")).exits(1).says("severity is SEV4");
    c.write("facts.json", "{}");
    c.inc(&format!("{RUN} customers.csv")).exits(1).says("is open: severity");
}

#[test]
fn the_summary_has_every_member_that_is_documented() {
    let c = alone();
    let told = c.inc(&format!("{RUN} customers.csv --format json")).exits(0).json();
    assert_eq!((&told["schema"], &told["incident"]), (&1.into(), &().into()));
    assert_eq!(
        (&told["total"], &told["cut"], &told["asks"]),
        (&"74.70".into(), &"0.00".into(), &false.into())
    );
    assert_eq!(told["policy"]["name"], "share");
    assert_eq!(
        told["customers"],
        serde_json::json!({ "read": 3, "eligible": 3, "excluded": [], "nothing": 0, "rejected": [], "rejects": null })
    );
    let form = &told["forms"][0];
    assert_eq!(
        (&form["form"], &form["awards"], &form["largest"]),
        (&"statement_credit".into(), &3.into(), &"40.00".into())
    );
    assert_eq!(
        form["segments"][0],
        serde_json::json!({ "segment": "gold", "awards": 1, "total": "10.00" })
    );
    assert_eq!(
        form["rules"][0],
        serde_json::json!({ "rule": "share", "awards": 3, "total": "74.70" })
    );
    assert_eq!(
        form["distribution"][0],
        serde_json::json!({ "up_to": "10.00", "awards": 1, "total": "10.00" })
    );
    for member in [&told["policy"], &told["evidence"], &told["awards"]] {
        assert_eq!(member["sha256"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn a_bad_row_stops_the_run_before_anything_is_written() {
    let c = alone();
    let mut many = String::from(CUSTOMERS);
    for n in 0..30 {
        many.push_str(&format!("=B{n},gold,1.00,\n"));
    }
    c.write("customers.csv", &many);
    let ran = c.inc(&format!("{RUN} customers.csv --out awards.csv")).exits(2);
    assert_eq!(ran.stderr.matches("error[bad-row]").count(), 20);
    let ran = ran.says("line 5, column customer_id").says("30 rows are bad; nothing was written");
    assert!(ran.stdout.is_empty() && !c.here.join("awards.csv").exists());
    c.inc(&format!("{RUN} customers.csv --out awards.csv --reject aside.csv --format json"))
        .exits(0);
    assert_eq!(c.read("awards.csv"), AWARDS);
    assert_eq!(c.read("aside.csv").lines().count(), 31);
    // A packed file that is cut short stops as well.
    let packed = zstd::encode_all(many.as_bytes(), 3).unwrap();
    c.write("customers.csv.zst", &packed[..packed.len() - 4]);
    c.inc(&format!("{RUN} customers.csv.zst")).exits(2).says("the zstd data ends early");
    c.inc(&format!("{RUN} nobody.csv")).exits(3).says("nobody.csv");
}

#[test]
fn one_customer_is_explained() {
    let c = alone();
    c.inc(&format!("{RUN} customers.csv --explain 0007"))
        .exits(0)
        .prints("customer 0007, line 4")
        .prints("24.695 MXN")
        .prints("0007,24.70,MXN,statement_credit,share,retail,");
    c.inc(&format!("{RUN} customers.csv --explain 7")).exits(2).says("leading zeros");
}

/// A workspace with the policy and an incident; gives the incident's ending.
fn workspace() -> (Computer, String) {
    let c = Computer::workspace();
    c.write("standards/compensation/share.toml", POLICY);
    c.git("add -A");
    c.git("commit -qm policy");
    let id = c.open("\"Card payments declined\" --service card-auth --severity SEV2 --reason seen");
    let customers = c.base().join("outside");
    std::fs::create_dir_all(&customers).unwrap();
    std::fs::write(customers.join("customers.csv"), CUSTOMERS).unwrap();
    (c, id)
}

fn with_root(c: &Computer) {
    let toml = c.read("inc.toml");
    c.write("inc.toml", format!("{toml}\n[evidence]\nroot = \"../evidence\"\n"));
    c.git("commit -qam root");
    c.inc("trust").exits(0);
}

#[test]
fn a_run_is_stored_and_can_be_computed_again() {
    let (c, id) = workspace();
    let line = format!("compensate run {id} --policy share --customers ../outside/customers.csv");
    c.inc(&line).exits(2).says("error[no-evidence-root]");
    with_root(&c);
    c.inc(&format!("{line} --dry-run")).exits(0);
    assert!(!c.record(&id).contains("compensation"));
    c.inc(&line).exits(0).says("inc compensate approve").prints("computed");
    let record = c.record(&id);
    assert!(record.contains("state: computed") && record.contains("total: 74.70 MXN"), "{record}");
    let of_incident =
        std::fs::read_dir(c.base().join("evidence")).unwrap().next().unwrap().unwrap();
    let folder = of_incident.path().join("compensation");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    let awards = names.iter().find(|name| !name.contains("customers")).unwrap();
    assert_eq!(std::fs::read_to_string(folder.join(awards)).unwrap(), AWARDS);
    c.inc(&format!("compensate show {id}")).exits(0).prints("share").prints("74.70 MXN");
    c.inc(&format!("compensate show {id} {}", awards.trim_end_matches(".csv")))
        .exits(0)
        .prints("awards sha256");
    c.inc(&format!("compensate verify {id}"))
        .exits(0)
        .prints("the same to the cent: 3 awards, 74.70 MXN");
    // Another policy text under the same version is found, and named.
    c.write("standards/compensation/share.toml", POLICY.replace("2%", "3%"));
    c.inc(&format!("compensate verify {id}"))
        .exits(1)
        .prints("comes out differently: 3 awards, 74.70 MXN then, 3 awards, 107.04 MXN now; policy changed since");
    c.write("standards/compensation/share.toml", POLICY);
    std::fs::remove_file(folder.join(awards.replace(".csv", "-customers.csv"))).unwrap();
    c.inc(&format!("compensate verify {id}")).exits(3);
    c.inc(&format!("compensate verify {id} --customers ../outside/customers.csv")).exits(0);
    c.write("other.csv", CUSTOMERS.replace("2000", "2001"));
    c.inc(&format!("compensate verify {id} --customers other.csv"))
        .exits(2)
        .says("error[evidence-changed]");
}

#[test]
fn options_say_what_applies_and_why_not() {
    let (c, id) = workspace();
    let told = c.inc(&format!("compensate options {id} --format json")).exits(0).json();
    let share =
        told["policies"].as_array().unwrap().iter().find(|p| p["policy"] == "share").unwrap();
    assert_eq!((&share["state"], &share["rule"]), (&"applies".into(), &"others".into()));
    c.inc(&format!("compensate options {id}")).exits(0).prints("share").prints("goodwill");
    c.inc(&format!("compensate run {id} --policy shore --customers x.csv"))
        .exits(2)
        .says("did you mean `share`?");
}

#[test]
fn another_policy_is_tried_on_past_evidence() {
    let (c, id) = workspace();
    with_root(&c);
    c.inc(&format!("compensate run {id} --policy share --customers ../outside/customers.csv"))
        .exits(0);
    c.write("new/share.toml", POLICY.replace("2%", "3%"));
    c.inc("compensate replay --policy new/share.toml --since 2026-01-01")
        .exits(0)
        .prints("retail")
        .prints("in all 74.70 MXN in force, 107.04 MXN now: +32.34 MXN");
    c.inc(&format!("compensate replay {id} --severity SEV4"))
        .exits(0)
        .prints("the new one does not apply")
        .prints("customers who get something: 3 in force, 0 now");
    let told = c.inc("compensate replay --policy new/share.toml --format json").exits(0).json();
    assert_eq!(told["compared"][0]["after"]["total"], "107.04");
}

/// Killed at any point, a run leaves nothing behind that passes for a run, and the next one works.
#[test]
fn a_run_that_is_killed_has_not_happened() {
    let (c, id) = workspace();
    with_root(&c);
    let mut customers = String::from("customer_id,segment,failed_amount\n");
    let mut awards = String::from("customer_id,amount,currency,form,rules,segment\n");
    for n in 0..30_000 {
        customers.push_str(&format!("C{n},gold,{n}.50\n"));
        let cents = (n * 100 + 50) * 2;
        let even = cents / 100
            + i64::from(cents % 100 > 50 || (cents % 100 == 50 && cents / 100 % 2 == 1));
        let paid = even.clamp(1_000, 50_000);
        awards.push_str(&format!(
            "C{n},{}.{:02},MXN,statement_credit,share,gold\n",
            paid / 100,
            paid % 100
        ));
    }
    std::fs::write(c.base().join("outside/many.csv"), &customers).unwrap();
    let line = format!("compensate run {id} --policy share --customers ../outside/many.csv");
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..8 {
        let mut child = c
            .command(env!("CARGO_BIN_EXE_inc"), &c.here)
            .args(crate::common::split(&line))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(random.u64(5..700)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    c.inc(&line).exits(0).prints("computed");
    let mut files = Vec::new();
    crate::common::walk(&c.base().join("evidence"), &mut files);
    let named = |path: &std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    files.retain(|path| !named(path).starts_with(".inc-new-"));
    for path in &files {
        let whole = if named(path).contains("customers") { &customers } else { &awards };
        assert!(
            std::fs::read_to_string(path).unwrap() == *whole,
            "{} is not whole",
            path.display()
        );
    }
    // Every run that the record names is there, to the cent.
    c.inc(&format!("compensate verify {id}")).exits(0).prints("30000 awards");
}

#[test]
fn that_nothing_is_owed_is_a_decision_with_a_reason() {
    let c = Computer::workspace();
    let id = c.open("\"Cards declined at checkout\" --service card-auth");
    c.inc(&format!("compensate show {id}")).exits(0).says("compensate options");
    c.inc(&format!("compensate none {id} --reason \" \"")).exits(2).says("no-reason");
    c.inc(&format!("compensate none {id} --reason \"two declined, both paid on retry\"")).exits(0);
    let shown = c.inc(&format!("compensate show {id}")).exits(0);
    assert!(shown.stdout.contains("none owed"), "{}", shown.stdout);
    assert!(shown.stdout.contains("two declined, both paid on retry"), "{}", shown.stdout);
    let options = c.inc(&format!("compensate options {id} --format json")).exits(0);
    let answer: serde_json::Value = serde_json::from_str(&options.stdout).unwrap();
    let reason = answer["none_owed"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("two declined, both paid on retry"), "{reason}");
    c.inc(&format!("show {id} --format json")).exits(0).prints("no compensation: two declined");
}
