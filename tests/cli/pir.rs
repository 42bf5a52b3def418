//! A review from its draft to what customers read, through a pull request between two clones.

use std::path::{Path, PathBuf};

use crate::common::{Computer, Scene};

const PEOPLE: &str = r#"[people.ana]
name = "Ana Robles"
email = "ana@example.com"
roles = ["scribe"]

[people.beto]
name = "Beto Luna"
email = "beto@example.com"
roles = ["incident_commander"]

[people.gus]
name = "Gustavo Prado"
email = "gus@example.com"
roles = ["executive_sponsor"]
"#;

/// Who types from here on, in a workspace in earnest.
fn types_as(c: &Computer, name: &str, address: &str) {
    for part in ["AUTHOR", "COMMITTER"] {
        c.set(&format!("GIT_{part}_NAME"), name);
        c.set(&format!("GIT_{part}_EMAIL"), format!("{address}@example.com"));
    }
}

fn as_ana(c: &Computer) {
    types_as(c, "Ana Robles", "ana");
}

fn as_beto(c: &Computer) {
    types_as(c, "Beto Luna", "beto");
}

/// A workspace in earnest with people and its bare remote, and an incident of SEV1 that is resolved
/// and whose review ana drafted; the ending of its id.
fn drafted() -> (Computer, String) {
    let c = Computer::workspace();
    let remote = c.base().join("remote");
    c.git(&format!("init -q --bare -b main {}", remote.display()));
    c.git(&format!("remote add origin {}", remote.display()));
    c.write("standards/people.toml", PEOPLE);
    c.write("inc.toml", c.read("inc.toml").replace("sandbox = true\n", ""));
    c.git("commit -qam people");
    let id = c.open("\"Cards declined\" --service card-auth --kind outage --since 02:40");
    c.inc(&format!("update {id} 'half fail' --tried 51360 --affected 12840 --root-cause 'expired certificate' --cause change")).exits(0);
    c.inc(&format!("restore {id}")).exits(0);
    c.inc(&format!("actions add {id} Alert before certificates expire --kind prevent --owner ana"))
        .exits(0);
    c.inc(&format!("pir draft {id} --locale en")).exits(0);
    // In earnest nobody tells the clock and the name.
    for name in ["INC_AUTHOR", "INC_NOW", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"] {
        c.unset(name);
    }
    as_ana(&c);
    c.git("push -q -u origin main");
    (c, id)
}

fn review(c: &Computer, id: &str) -> PathBuf {
    c.record_path(id).with_file_name("pir.md")
}

/// People answer every prompt below its heading.
fn written(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let prompt = line.starts_with("<!-- ") && !line.contains("inc:");
        out.push_str(if prompt {
            "The certificate had no owner, and its expiry no alert."
        } else {
            line
        });
        out.push('\n');
    }
    out
}

fn branch(c: &Computer, id: &str) -> String {
    let folder = c.record_path(id);
    format!("review/{}", folder.parent().unwrap().file_name().unwrap().to_str().unwrap())
}

/// A second clone, on the review's branch.
fn clone(c: &Computer, id: &str) -> PathBuf {
    let dir = c.base().join("beto");
    c.git(&format!("clone -q ../remote {}", dir.display()));
    c.git_in(&dir, &format!("switch -q {}", branch(c, id)));
    dir
}

const APPROVALS: &str = "stale-approval,self-approval,unknown-approver,approver-without-role,weak-approval,forged-approval";

#[test]
fn submitted_in_one_clone_approved_in_another_merged_and_closed() {
    let (c, id) = drafted();
    c.inc(&format!("resolve {id} --anyway 'a test'")).exits(0);
    let path = review(&c, &id);
    let on_main = c.read(&path);
    c.write(&path, written(&on_main));
    c.inc(&format!("pir check {id}")).exits(0);
    let sent = c.inc(&format!("pir submit {id}")).exits(0);
    let sent = sent.prints("pushed to origin");
    sent.prints("its text: ");
    // The words are on the branch, the checkout is clean, and main has what it had.
    assert_eq!(c.read(&path), on_main);
    c.is_clean();
    let body = c.read(".git/inc/review-body.md");
    assert!(body.starts_with("<!-- inc:summary INC-") && body.contains("12,840"), "{body}");
    assert!(body.contains("- [x] every section that is owed says something"), "{body}");
    // Again without a change: nothing new.
    c.inc(&format!("pir submit {id}")).exits(0).prints(", as it was");
    // What is typed into main's copy now would replace the branch's words.
    c.write(&path, format!("{on_main}\nmore\n"));
    c.inc(&format!("pir submit {id}")).exits(2).says("review-elsewhere");
    c.write(&path, &on_main);

    let beto = clone(&c, &id);
    as_beto(&c);
    c.inc_in(&beto, &format!("pir check {id}")).exits(0);
    c.inc_in(&beto, &format!("pir approve {id}"))
        .exits(0)
        .prints("still missing: executive_sponsor");
    types_as(&c, "Gustavo Prado", "gus");
    c.inc_in(&beto, &format!("pir approve {id}")).exits(0).says("frozen");
    c.git_in(&beto, "push -q origin HEAD");

    // Before the merge main knows of no approval: close says so.
    as_ana(&c);
    c.inc(&format!("close {id}")).exits(1).says("the review is not approved");

    as_beto(&c);
    c.git_in(&beto, "switch -q main");
    c.git_in(&beto, "pull -q");
    c.git_in(&beto, &format!("merge -q --no-edit {}", branch(&c, &id)));
    c.git_in(&beto, "push -q");

    as_ana(&c);
    c.inc("sync").exits(0);
    assert!(c.read(&path).contains("no owner, and its expiry no alert"));
    c.inc(&format!("check --only {APPROVALS}")).exits(0);
    let close = c.inc(&format!("close {id}"));
    assert!(!close.stderr.contains("the review is not approved"), "{}", close.stderr);
    // What was approved is frozen.
    c.inc(&format!("pir refresh {id}")).exits(2).says("frozen");
    c.inc(&format!("pir submit {id}")).exits(2).says("frozen");
}

#[test]
fn what_happens_to_the_record_after_the_submit_is_merged_by_meaning() {
    let (c, id) = drafted();
    // As on people's machines: git finds inc.
    let inc = Path::new(env!("CARGO_BIN_EXE_inc")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    c.set("PATH", format!("{}:{path}", inc.display()));
    let file = review(&c, &id);
    c.write(&file, written(&c.read(&file)));
    c.inc(&format!("pir submit {id}")).exits(0);
    let beto = clone(&c, &id);
    as_beto(&c);
    c.inc_in(&beto, &format!("pir approve {id}")).exits(0);
    c.git_in(&beto, "push -q origin HEAD");
    // Meanwhile, on main: both sides now end their timelines differently.
    as_ana(&c);
    c.inc(&format!("resolve {id} --anyway 'a test'")).exits(0);
    c.inc(&format!("note {id} 'after the submit'")).exits(0);
    c.inc("sync").exits(0);
    let both = |text: &str| {
        for words in
            ["after the submit", "status: resolved", "of: review", "beto approved the review"]
        {
            assert!(text.contains(words), "{words}\n{text}");
        }
        assert!(!text.contains("conflicts:") && !text.contains("<<<<"), "{text}");
    };
    let record = c.record_path(&id);
    let record = record.strip_prefix(&c.here).unwrap_or(&record).to_owned();
    let branch = branch(&c, &id);
    // Git itself, in the clone that approved.
    c.git_in(&beto, "switch -q main");
    c.git_in(&beto, "pull -q");
    c.git_in(&beto, &format!("merge -q --no-edit {branch}"));
    both(&std::fs::read_to_string(beto.join(&record)).unwrap());
    // A platform merges by lines: submitting again takes what was pushed, and brings main in.
    c.inc(&format!("pir submit {id}")).exits(0).prints("pushed to origin");
    let platform = c.base().join("platform");
    c.git(&format!("clone -q ../remote {}", platform.display()));
    c.git_in(&platform, &format!("merge -q --no-edit origin/{branch}"));
    both(&std::fs::read_to_string(platform.join(&record)).unwrap());
    assert!(
        std::fs::read_to_string(platform.join(record.with_file_name("pir.md")))
            .unwrap()
            .contains("The certificate had no owner")
    );
    c.inc_in(&platform, &format!("check --only {APPROVALS}")).exits(0);
    // On the branch itself it says what to do.
    c.inc(&format!("note {id} 'once more'")).exits(0);
    c.git(&format!("switch -q {branch}"));
    let on_it = c.inc(&format!("pir submit {id}")).exits(0);
    on_it.prints(&format!("from {branch} into main")).says("git merge main");
}

#[test]
fn whoever_wrote_it_or_nobody_knows_cannot_approve_and_an_edit_makes_it_stale() {
    let (c, id) = drafted();
    let path = review(&c, &id);
    c.write(&path, written(&c.read(&path)));
    c.inc(&format!("pir submit {id}")).exits(0);
    let dir = clone(&c, &id);
    as_ana(&c);
    let own = c.inc_in(&dir, &format!("pir approve {id}"));
    assert_ne!(own.code, 0, "{}{}", own.stdout, own.stderr);
    types_as(&c, "Nadie Conocido", "nadie");
    c.inc_in(&dir, &format!("pir approve {id}")).exits(1).says("unknown-approver");
    as_beto(&c);
    c.inc_in(&dir, &format!("pir approve {id}")).exits(0);
    c.inc_in(&dir, &format!("pir approve {id}")).exits(2).says("approved-already");
    // One character, and it is an approval of other words.
    let there = dir.join(path.strip_prefix(&c.here).unwrap_or(&path));
    let text = std::fs::read_to_string(&there).unwrap();
    std::fs::write(&there, text.replacen("had no owner", "had no owner at all", 1)).unwrap();
    c.git_in(&dir, "commit -qam edited");
    c.inc_in(&dir, "check --changed origin/main --only stale-approval").prints("stale-approval");
    c.inc_in(&dir, &format!("pir summary {id}")).prints("is of earlier words");
}

#[test]
fn a_forged_author_is_found_where_a_key_is_listed() {
    let (c, id) = drafted();
    let key = "key = \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\"\n";
    c.write(
        "standards/people.toml",
        PEOPLE.replacen(
            "email = \"beto@example.com\"\n",
            &format!("email = \"beto@example.com\"\n{key}"),
            1,
        ),
    );
    c.git("commit -qam keys");
    // Ana writes beto's approval by hand, and tells git that she is beto.
    let path = c.record_path(&id);
    let hash = "1".repeat(64);
    let forged = format!(
        "approvals:\n  - {{ of: review, sha256: \"{hash}\", by: beto, role: incident_commander, at: 2026-11-21T09:00:00-06:00, kind: authored }}\n"
    );
    c.write(&path, format!("{}{forged}", c.read(&path)));
    as_beto(&c);
    c.git("commit -qam approved");
    c.inc("check --only forged-approval,weak-approval").exits(1);
}

#[test]
fn what_is_sent_to_a_platform_leads_to_its_page() {
    let (c, id) = drafted();
    // Pushed to the folder, addressed as the platform would be.
    let remote = c.base().join("remote");
    c.git("remote set-url origin git@github.com:acme/incidents.git");
    c.git(&format!("config url.{}.insteadOf git@github.com:acme/incidents.git", remote.display()));
    let sent = c.inc(&format!("pir submit {id}"));
    assert_eq!(sent.code, 0, "{}", sent.stderr);
    assert!(
        sent.stdout.contains("https://github.com/acme/incidents/compare/main...review/INC-")
            || sent.stdout.contains("where the remote lives"),
        "{}",
        sent.stdout
    );
    c.inc(&format!("pir submit {id} --dry-run"))
        .exits(0)
        .prints("would go to the branch review/INC-");
}

#[test]
fn a_review_without_a_remote_waits_on_its_branch() {
    let mut s = Scene::new("pir-submit");
    let id = s.open("\"Cards declined\" --service card-auth --kind degradation");
    s.computer.inc(&format!("restore {id}")).exits(0);
    s.types(&format!("pir submit {id}"));
    s.types(&format!("pir check {id}"));
    s.computer.inc(&format!("pir draft {id} --locale en")).exits(0);
    s.types(&format!("pir check {id}"));
    s.types(&format!("pir submit {id}"));
    s.types(&format!("pir summary {id}"));
    s.types(&format!("pir summary {id} --locale es-MX"));
    s.types(&format!("pir publish {id} --audience customers"));
    s.ends();
}

#[test]
fn the_sections_of_a_draft_are_those_that_are_owed() {
    let c = Computer::workspace();
    let small = c.open("\"One customer charged twice\" --service checkout --kind degradation");
    let path = c.record_path(&small);
    c.write(
        &path,
        format!("{}impact:\n  customers: {{ tried: 10, affected: 1 }}\n  harm: [ {{ kind: duplicate_charge, customers: 1, money: 120.00 MXN }} ]\n", c.read(&path)),
    );
    c.inc(&format!("severity override SEV4 {small} --reason 'one customer' --yes"));
    c.inc(&format!("restore {small}")).exits(0);
    let facts = c.inc(&format!("facts show {small} --format json")).exits(0);
    assert!(facts.stdout.contains("\"money_wrong\""), "{}", facts.stdout);
    c.inc(&format!("pir draft {small} --locale en")).exits(0);
    let text = c.read(review(&c, &small));
    assert!(
        text.contains("## Money in doubt and reconciliation")
            && text.contains("## Customer impact"),
        "{text}"
    );
    assert!(!text.contains("## Where we got lucky"), "{text}");
    // What stands in the timeline stays whole when it was asked for whole.
    c.inc(&format!("note {small} 'the core answers again' --star")).exits(0);
    c.inc(&format!("note {small} 'nobody starred this'")).exits(0);
    c.inc(&format!("pir refresh {small}")).exits(0);
    assert!(!c.read(review(&c, &small)).contains("nobody starred this"));
    c.inc(&format!("pir refresh {small} --full")).exits(0);
    assert!(c.read(review(&c, &small)).contains("nobody starred this"));
}

#[test]
fn a_clients_analysis_has_its_own_part_alone() {
    let c = Computer::workspace();
    let clients = "[clients.tienda-ejemplo]\nname = \"Tienda Ejemplo\"\nkey = true\nzone = \"America/Tijuana\"\nlocale = \"es-MX\"\ncontract = \"TE-1\"\navailability = \"99.9%\"\nservices = [\"card-auth\"]\n\n[clients.otra]\nname = \"Otra Tienda\"\n";
    c.write("standards/clients.toml", clients);
    c.git("commit -qam clients");
    let id = c.open("\"Cards declined\" --service card-auth --kind outage --since 02:40");
    c.inc(&format!("restore {id}")).exits(0);
    let path = c.record_path(&id);
    c.write(
        &path,
        format!("{}impact:\n  clients:\n    - {{ client: tienda-ejemplo, from: 2026-11-21T02:45:00-06:00, to: 2026-11-21T03:10:00-06:00, degradation: 80%, transactions_failed: 312 }}\n    - {{ client: otra, transactions_failed: 7 }}\n", c.read(&path)),
    );
    c.inc(&format!(
        "actions add {id} Segunda ruta hacia el autorizador --kind prevent --owner ana"
    ))
    .exits(0);
    c.inc(&format!("pir draft {id} --for tienda-ejemplo")).exits(0);
    let text = c.read(path.with_file_name("rca-tienda-ejemplo-preliminary.md"));
    assert!(text.contains("00:45") && text.contains("312") && text.contains("80"), "{text}");
    assert!(!text.contains("Otra") && !text.contains("ana"), "{text}");
    c.inc(&format!("pir draft {id} --for tienda-ejemplo")).exits(2).says("review-exists");
    c.inc(&format!("pir draft {id} --for tienda-ejemplo --final --locale en")).exits(0);
    let text = c.read(path.with_file_name("rca-tienda-ejemplo-final.md"));
    assert!(text.contains("Segunda ruta hacia el autorizador") && text.contains("99.9%"), "{text}");
    // What leaves the house is judged first: prompts, people, internals, other clients.
    let to_client = format!("pir publish {id} --for tienda-ejemplo --final");
    c.inc(&to_client).exits(1).says("a prompt of the template is still there");
    let file = path.with_file_name("rca-tienda-ejemplo-final.md");
    let answered = |words: &str| {
        let lines = text.lines().map(|l| if l.starts_with("<!--") { words } else { l });
        lines
            .map(|l| format!("{l}\n"))
            .collect::<String>()
            .replace("Segunda ruta", "A second route")
    };
    c.write(&file, answered("Ana Robles restarted card-auth for Otra Tienda."));
    let no = c.inc(&to_client).exits(1);
    assert_eq!(no.stdout, "");
    for words in ["names a person", "is a word of ours", "names a business client"] {
        assert!(no.stderr.contains(words), "no `{words}`:\n{}", no.stderr);
    }
    c.write(&file, answered("For 25 minutes, 312 of your customers could not pay by card."));
    let yes = c.inc(&to_client).exits(0);
    assert!(
        yes.stdout.starts_with("# Root cause analysis") && yes.stdout.contains("Tienda Ejemplo"),
        "{}",
        yes.stdout
    );
    c.inc(&format!("pir publish {id} --for otra")).exits(2).says("inc pir draft");
    c.inc(&format!("pir publish {id}")).exits(2);
    c.inc(&format!("pir draft {id} --for tienda-ejempl")).exits(2).says("tienda-ejemplo");
}

#[test]
fn customers_read_what_is_fit_for_them() {
    let c = Computer::workspace();
    let id = c.open("\"Pagos con tarjeta rechazados\" --service card-auth --kind degradation");
    c.inc(&format!("restore {id}")).exits(0);
    c.inc(&format!("pir draft {id} --locale es-MX")).exits(0);
    let path = review(&c, &id);
    let draft = c.read(&path);
    let with = |words: &str| draft.replacen("## Resumen\n", &format!("## Resumen\n\n{words}\n"), 1);
    c.write(&path, with("Ana Robles reinició card-auth por descuido."));
    let no = c.inc(&format!("pir publish {id} --audience customers")).exits(1);
    assert_eq!(no.stdout, "");
    for words in ["names a person", "is a word of ours", "makes a person the cause"] {
        assert!(no.stderr.contains(words), "no `{words}`:\n{}", no.stderr);
    }
    c.write(&path, with("Durante treinta minutos no fue posible pagar con tarjeta. Ya funciona."));
    let yes = c.inc(&format!("pir publish {id} --audience customers")).exits(0);
    assert!(
        yes.stdout.contains("no fue posible pagar") && !yes.stdout.contains("inc:"),
        "{}",
        yes.stdout
    );
    let page = c.base().join("page.html");
    c.inc(&format!("pir publish {id} --audience internal --format html --out {}", page.display()))
        .exits(0);
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.starts_with("<!doctype html>") && html.contains("<table>"), "{html}");
    assert!(
        !html.contains("http-equiv=\"refresh\"")
            && !html.contains("<script")
            && !html.contains("src=")
    );
    c.inc(&format!("pir publish {id} --audience leadership")).exits(0);
    assert!(Path::new(&page).exists());
}
