//! Who stands for exact words: approving, refusing, and finding what was forged.

use crate::common::Computer;

const PEOPLE: &str = r#"[people.ana]
name = "Ana Robles"
email = "ana@example.com"
roles = ["scribe"]

[people.beto]
name = "Beto Luna"
email = "beto@example.com"
roles = ["incident_commander"]

[people.carla]
name = "Carla Mena"
email = "carla@example.com"
roles = ["communications_lead"]

[people.gus]
name = "Gustavo Prado"
email = "gus@example.com"
roles = ["executive_sponsor"]
"#;

const APPROVALS: &str = "stale-approval,self-approval,unknown-approver,approver-without-role,\
                         weak-approval,forged-approval,sandbox-approval,unapproved-waiver,\
                         unreviewed-break-glass";

/// Commands of a sandbox are told who types.
fn types_as(c: &Computer, who: &str) {
    let name = match who {
        "ana" => "Ana Robles",
        "beto" => "Beto Luna",
        "carla" => "Carla Mena",
        "gus" => "Gustavo Prado",
        other => other,
    };
    c.set("INC_AUTHOR", format!("{name} <{who}@example.com>"));
    for part in ["AUTHOR", "COMMITTER"] {
        c.set(&format!("GIT_{part}_NAME"), name);
        c.set(&format!("GIT_{part}_EMAIL"), format!("{who}@example.com"));
    }
}

/// A workspace with people, and an incident whose review ana drafted; the ending of its id.
fn reviewed() -> (Computer, String) {
    let c = Computer::workspace();
    c.write("standards/people.toml", PEOPLE);
    c.git("commit -qam people");
    types_as(&c, "ana");
    let id = c.open("\"Cards declined\" --service card-auth --kind degradation");
    c.inc(&format!("pir draft {id} --locale en")).exits(0);
    (c, id)
}

/// As [`reviewed`], in earnest: git says who types, and the machine what time it is.
fn in_earnest() -> (Computer, String) {
    let (c, id) = reviewed();
    c.write("inc.toml", c.read("inc.toml").replace("sandbox = true\n", ""));
    c.git("commit -qam earnest");
    c.unset("INC_AUTHOR");
    c.unset("INC_NOW");
    c.unset("GIT_AUTHOR_DATE");
    c.unset("GIT_COMMITTER_DATE");
    (c, id)
}

fn types_in_earnest(c: &Computer, who: &str) {
    types_as(c, who);
    c.unset("INC_AUTHOR");
}

fn check(c: &Computer) -> crate::common::Ran {
    c.inc(&format!("check --only {APPROVALS}"))
}

#[test]
fn a_review_is_approved_by_somebody_else_and_goes_stale() {
    let (c, id) = reviewed();
    c.inc(&format!("pir approve {id}")).exits(1).says("approver-without-role").says("beto");
    types_as(&c, "zoe");
    c.inc(&format!("pir approve {id}")).exits(1).says("unknown-approver");
    types_as(&c, "beto");
    let dry = c.inc(&format!("pir approve {id} --dry-run")).exits(0);
    assert!(dry.stdout.contains("+  - ") || dry.stdout.contains("+approvals"), "{}", dry.stdout);
    let ran = c.inc(&format!("pir approve {id}")).exits(0);
    let ran = ran.prints("approved the review as incident_commander, in a sandbox");
    let peak = c.inc(&format!("facts show {id} --format json")).json();
    let worst = peak.to_string().contains("\"peak_severity\":\"SEV1\"");
    assert_eq!(ran.stdout.contains("still missing: executive_sponsor"), worst, "{}", ran.stdout);
    c.inc(&format!("pir approve {id}")).exits(2).says("approved-already");
    check(&c).exits(0);
    let path = c.record_path(&id).with_file_name("pir.md");
    c.write(&path, c.read(&path) + "\nOne more word.\n");
    c.inc(&format!("pir approve {id}")).exits(2).says("not-committed");
    types_as(&c, "ana");
    c.git("commit -qam \"one more word\"");
    check(&c).exits(0).prints("stale-approval").prints("the review changed after beto");
    types_as(&c, "beto");
    c.inc(&format!("pir approve {id}")).exits(0);
    let again = check(&c).exits(0);
    assert!(!again.stdout.contains("stale-approval"), "{}", again.stdout);
    c.inc(&format!("pir refresh {id}")).exits(2).says("review-frozen");
    let back = c.inc(&format!("pir reopen {id} --reason \"the cause was another\"")).exits(0);
    back.prints("2 approvals taken back");
    c.inc(&format!("pir refresh {id}")).exits(0);
    c.inc(&format!("pir reopen {id} --reason again")).exits(2).says("not-approved");
}

#[test]
fn whoever_wrote_a_word_of_it_does_not_approve_it() {
    let (c, id) = reviewed();
    types_as(&c, "carla");
    c.inc(&format!("comms draft {id} --stage initial --channel push --locale en")).exits(0);
    let record = c.record(&id);
    let message = record.split("- { id: C").nth(1).or_else(|| record.split("- id: C").nth(1));
    let message = format!("C{}", message.unwrap().get(..3).unwrap());
    c.inc(&format!("comms approve {id} {message}"))
        .exits(1)
        .says("self-approval")
        .says("carla wrote it");
    c.inc(&format!("comms approve {id} CZZZ")).exits(2).says("no-such-message");
    types_as(&c, "ana");
    let words = format!("comms approve {id} {message} --break-glass \"the app is down\"");
    c.inc(&words).exits(0).prints("still missing: executive_sponsor");
    check(&c).exits(0).prints("unreviewed-break-glass");
    types_as(&c, "gus");
    c.inc(&format!("comms approve {id} {message}")).exits(0).prints("as executive_sponsor");
    let after = check(&c).exits(0);
    assert!(!after.stdout.contains("unreviewed-break-glass"), "{}", after.stdout);
}

#[test]
fn a_waiver_needs_a_second_person() {
    let (c, id) = reviewed();
    c.inc(&format!("waiver add {id} no-caus --until 2026-12-10 --reason x"))
        .exits(2)
        .says("did you mean `no-cause`");
    c.inc(&format!("waiver add {id} no-cause --until 2026-12-10 --reason \"legal asks\"")).exits(0);
    check(&c).exits(0).prints("unapproved-waiver");
    types_as(&c, "beto");
    c.inc(&format!("waiver approve {id} no-cause")).exits(0);
    let after = check(&c).exits(0);
    assert!(!after.stdout.contains("unapproved-waiver"), "{}", after.stdout);
    let path = c.record_path(&id);
    c.write(&path, c.read(&path).replace("legal asks", "because"));
    c.git("commit -qam \"another reason\"");
    check(&c).prints("stale-approval").prints("unapproved-waiver");
}

#[test]
fn nobody_approves_in_anothers_name_where_it_is_in_earnest() {
    let (c, id) = in_earnest();
    c.set("INC_AUTHOR", "Beto Luna <beto@example.com>");
    c.inc(&format!("pir approve {id}")).exits(2).says("an approval takes no INC_AUTHOR");
    c.inc(&format!("severity override SEV4 {id} --reason quiet")).exits(2).says("pretended");
    c.inc(&format!("resolve {id} --anyway why")).exits(2);
    c.inc(&format!("pir approve {id} --dry-run")).exits(0);
    c.inc(&format!("note {id} words")).exits(0);
    let body = c.git("log -1 --format=%b");
    assert!(body.contains("Inc-Pretended: author\n"), "{body}");
    c.unset("INC_AUTHOR");
    c.inc(&format!("--now 2026-11-21T12:00:00-06:00 pir approve {id}"))
        .exits(2)
        .says("--now or INC_NOW");
    types_in_earnest(&c, "beto");
    c.inc(&format!("pir approve {id}")).exits(0);
    check(&c).exits(0);
    assert!(!c.record(&id).contains("sandbox"));
}

#[test]
fn an_override_stands_for_its_level_and_its_reason_as_they_are_written() {
    let (c, id) = reviewed();
    let stale = |c: &Computer| check(c).stdout.contains("stale-approval");
    types_as(&c, "beto");
    let words = "--yes --reason \"only 4242 4242 4242 4242 fails\"";
    c.inc(&format!("severity override SEV3 {id} {words}")).exits(0).says("masked: card number");
    check(&c).exits(0);
    assert!(!stale(&c), "what was approved is what was written, without the number");
    let path = c.record_path(&id);
    let record = c.read(&path);
    assert!(record.contains("of: override:severity") && record.contains("declared: SEV3"));
    c.write(&path, record.replace("declared: SEV3", "declared: SEV4"));
    c.git("commit -qam \"by hand\"");
    assert!(stale(&c), "another level than the approved one");
    c.inc(&format!("severity override SEV3 {id} --yes --reason \"as before\"")).exits(0);
    assert!(!stale(&c), "approved anew");
    c.inc(&format!("restore {id}")).exits(0);
    let words = "--anyway \"4242 4242 4242 4242 pays again\"";
    c.inc(&format!("resolve {id} {words}")).exits(0).says("masked: card number");
    assert!(c.read(&path).contains("of: override:resolve"));
    assert!(!stale(&c), "{}", check(&c).stdout);
}

#[test]
fn nobody_overrides_in_anothers_name_where_it_is_in_earnest() {
    let (c, id) = in_earnest();
    types_as(&c, "beto");
    let before = c.record(&id);
    let words = format!("severity override SEV3 {id} --yes --reason no");
    c.inc(&words).exits(2).says("an override takes no INC_AUTHOR");
    assert_eq!(c.record(&id), before);
    c.inc(&format!("{words} --dry-run")).exits(0).says("SEV2 → SEV3");
    assert_eq!(c.record(&id), before);
    c.unset("INC_AUTHOR");
    c.inc(&words).exits(0).says("SEV2 → SEV3");
    check(&c).exits(0);
    assert!(!c.record(&id).contains("sandbox: true"));
}

#[test]
fn a_forged_author_is_found() {
    let (c, id) = in_earnest();
    types_in_earnest(&c, "beto");
    c.inc(&format!("pir approve {id}")).exits(0);
    let path = c.record_path(&id);
    let record = c.read(&path);
    types_in_earnest(&c, "ana");
    // Ana commits an approval by gus; and, more boldly, rewrites beto's own in her own commit.
    let forged =
        record.replace("by: beto, role: incident_commander", "by: gus, role: executive_sponsor");
    let forged =
        match forged == record {
            true => record
                .replace("role: incident_commander\n", "role: executive_sponsor\n")
                .replacen("    by: beto\n    role: exec", "    by: gus\n    role: exec", 1),
            false => forged,
        };
    assert_ne!(forged, record);
    c.write(&path, &forged);
    c.git("commit -qam \"a small correction\"");
    check(&c).exits(1).prints("forged-approval").prints("Ana Robles <ana@example.com> added it");
}

#[test]
fn a_signature_survives_a_squash_and_a_forger_with_the_right_name_is_found() {
    let (c, id) = in_earnest();
    let key = c.base().join("home/beto");
    let mut made = c.command("ssh-keygen", &c.here);
    made.args(["-q", "-t", "ed25519", "-N", "", "-C", "beto", "-f"]).arg(&key);
    match made.status() {
        Ok(status) if status.success() => {}
        _ => {
            eprintln!("skipped: no ssh-keygen");
            return;
        }
    }
    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    let listed = PEOPLE.replace(
        "email = \"beto@example.com\"\n",
        &format!("email = \"beto@example.com\"\nkey = \"{}\"\n", public.trim()),
    );
    c.write("standards/people.toml", listed);
    c.git("commit -qam \"beto's key\"");
    let before = c.git("rev-parse HEAD");
    // Somebody commits as beto, whose key they do not have.
    types_in_earnest(&c, "beto");
    c.inc(&format!("pir approve {id}")).exits(3).says("no-signing-key");
    c.inc(&format!("pir approve {id} --key {}", key.display())).exits(0).prints(", signed");
    check(&c).exits(0);
    // Signed is the reason as it is written.
    c.git("config gpg.format ssh");
    c.git(&format!("config user.signingkey {}", key.display()));
    c.inc(&format!("severity override SEV3 {id} --yes --reason \"4242 4242 4242 4242 alone\""))
        .exits(0)
        .says("masked: card number");
    check(&c).exits(0);
    let path = c.record_path(&id);
    let signed = c.read(&path);
    assert_eq!(signed.matches("signature:").count(), 2);
    // Squashed by ana: the author is another, the signature the same.
    types_in_earnest(&c, "ana");
    c.git(&format!("reset -q --soft {}", before.trim()));
    c.git("commit -qm squashed");
    check(&c).exits(0);
    // A claim is changed under the signature, or the signature is taken out.
    types_in_earnest(&c, "beto");
    c.write(&path, signed.replace("role: incident_commander", "role: executive_sponsor"));
    c.git("commit -qam tampered");
    check(&c).exits(1).prints("forged-approval");
    let bare: String = signed
        .lines()
        .filter(|l| !l.trim_start().starts_with("signature:"))
        .map(|l| format!("{}\n", l.replace("kind: signed", "kind: authored")))
        .collect();
    let start = bare.find(", signature: ");
    let bare = match start {
        Some(at) => {
            let end = bare[at..].find(" }").unwrap() + at;
            format!("{}{}", &bare[..at], &bare[end..])
        }
        None => bare,
    };
    assert!(!bare.contains("signature"));
    c.write(&path, bare);
    c.git("commit -qam \"as if authored\"");
    check(&c).exits(1).prints("lists a key for beto, and nothing is signed");
    // Git's own setting names the key as well as --key does.
    c.git("checkout -q HEAD~2 -- .");
    c.git("commit -qam \"back to squashed\"");
}

#[test]
fn a_shallow_clone_accuses_nobody() {
    let (c, id) = in_earnest();
    types_in_earnest(&c, "beto");
    c.inc(&format!("pir approve {id}")).exits(0);
    types_in_earnest(&c, "ana");
    c.inc(&format!("note {id} later")).exits(0);
    let clone = c.base().join("clone");
    let from = format!("file://{}", c.here.display());
    c.git_in(&c.base(), &format!("clone -q --depth 1 {from} {}", clone.display()));
    let ran = c.inc_in(&clone, &format!("check --only {APPROVALS},unproved-approval")).exits(0);
    ran.prints("unproved-approval").prints("shallow clone");
}

#[test]
fn a_pull_requests_approval_is_read_from_the_event() {
    let (c, id) = in_earnest();
    let listed = PEOPLE.replace("[people.carla]", "login = \"beto-luna\"\n\n[people.carla]");
    c.write("standards/people.toml", listed);
    c.git("commit -qam logins");
    c.inc(&format!("pir approve {id} --hosted")).exits(2).says("no-event");
    let event = |commit: &str, login: &str| {
        let event = format!(
            r#"{{"action":"submitted","review":{{"state":"approved","commit_id":"{commit}",
              "html_url":"https://code.example/pull/7#review-1","user":{{"login":"{login}"}},
              "submitted_at":"2026-11-21T10:00:00Z"}}}}"#
        );
        c.write("../event.json", event);
    };
    let head = c.git("rev-parse HEAD");
    c.set("GITHUB_EVENT_PATH", c.base().join("event.json"));
    event(head.trim(), "nobody");
    c.inc(&format!("pir approve {id} --hosted")).exits(1).says("has the login `nobody`");
    let path = c.record_path(&id).with_file_name("pir.md");
    let text = c.read(&path);
    event(head.trim(), "beto-luna");
    c.write(&path, format!("{text}\nLater words.\n"));
    c.git("commit -qam later");
    c.inc(&format!("pir approve {id} --hosted")).exits(1).says("is not as it was approved");
    c.write(&path, text);
    c.git("commit -qam back");
    // A job of the platform types it, and beto approved.
    types_in_earnest(&c, "ana");
    c.inc(&format!("pir approve {id} --hosted")).exits(0).prints("beto approved the review");
    let codes = format!("{APPROVALS},unproved-approval");
    let there = c.inc(&format!("check --only {codes}")).exits(0);
    assert!(!there.stdout.contains("unproved-approval"), "{}", there.stdout);
    c.unset("GITHUB_EVENT_PATH");
    c.inc(&format!("check --only {codes}")).exits(0).prints("it was given in https://code.example");
}

/// A fact of an incident.
fn fact(c: &Computer, id: &str, name: &str, more: &str) -> serde_json::Value {
    let json = c.inc(&format!("facts show {id} --format json {more}")).exits(0).json();
    json["facts"][name].clone()
}

#[test]
fn words_that_change_after_their_approval_reopen_the_facts() {
    let (c, id) = reviewed();
    types_as(&c, "beto");
    c.inc(&format!("pir approve {id}")).exits(0);
    assert_eq!(fact(&c, &id, "review_approved", ""), true);
    let approved_at = "2026-11-21T03:30:00-06:00";
    c.clock("04:00");
    let review = c.record_path(&id).parent().unwrap().join("pir.md");
    c.write(&review, c.read(&review) + "\nOne more sentence.\n");
    assert_eq!(fact(&c, &id, "review_approved", ""), false, "edited, in no commit yet");
    assert_eq!(fact(&c, &id, "review_state", ""), "draft");
    c.git("commit -qam \"review: one more sentence\"");
    assert_eq!(fact(&c, &id, "review_approved", ""), false);
    // What was known before the edit stays known.
    let then = format!("--as-of {approved_at}");
    assert_eq!(fact(&c, &id, "review_approved", &then), true);
    types_as(&c, "beto");
    c.inc(&format!("pir approve {id}")).exits(0);
    assert_eq!(fact(&c, &id, "review_approved", ""), true);
}

#[test]
fn a_message_that_changed_after_its_approval_went_out_unapproved() {
    let (c, id) = reviewed();
    c.inc(&format!("update {id} \"Half fail\" --next 90m --tried 1000 --affected 400")).exits(0);
    c.inc(&format!("comms draft {id} --stage initial --channel push --locale en")).exits(0);
    let path = c.record_path(&id);
    let text = c.read(&path);
    let message =
        text.lines().find_map(|l| l.trim().strip_prefix("file: communications/")).unwrap();
    let (message, file) = (message[..4].to_owned(), format!("communications/{message}"));
    types_as(&c, "carla");
    c.inc(&format!("comms approve {id} {message}")).exits(0);
    let sent = c.read(&path).replacen(
        &format!("    file: {file}\n"),
        &format!("    file: {file}\n    sent:\n      - at: 2026-11-21T03:20:00-06:00\n        status: delivered\n"),
        1,
    );
    c.write(&path, sent);
    assert_eq!(fact(&c, &id, "messages_unapproved_sent", ""), 0);
    let body = path.parent().unwrap().join(&file);
    c.write(&body, c.read(&body) + "\nA word that nobody approved.\n");
    assert_eq!(fact(&c, &id, "messages_unapproved_sent", ""), 1);
    c.inc("check --only sent-unapproved")
        .exits(1)
        .prints("without an approval of their exact words");
}
