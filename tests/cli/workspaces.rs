//! Where a workspace is made, and how it is found.

use crate::common::{Computer, Scene, walk};

#[test]
fn init_in_an_empty_folder_makes_the_repository() {
    let mut s = Scene::on("init", Computer::empty());
    s.types("list").exits(2).says("inc init");
    s.remark("what it would do");
    s.types("init --dry-run").exits(0).prints("new        inc.toml").says("a git repository");
    s.types("init --dry-run ../nowhere").exits(0).prints("new        .gitattributes");
    assert!(!s.base().join("nowhere").exists() && walk_all(&s.here).is_empty());
    s.types("init").exits(0).prints("git repository");
    s.is_clean();
    assert_eq!(s.git("log --format=%s"), "workspace: made by inc init\n");
    s.shows("inc.toml");
    s.shows("standards/people.toml");
    s.remark("run again it says that there is nothing new");
    s.leaves("init").exits(0);
    s.leaves("init --dry-run").exits(0).says("nothing was written");
    s.leaves("init --update").exits(0);
    s.types("check").exits(0);
    s.types("").exits(0);
    s.ends();
}

fn walk_all(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    walk(dir, &mut found);
    found
}

#[test]
fn init_writes_the_defaults_that_are_this_repositorys_own() {
    let c = Computer::workspace();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut written = Vec::new();
    walk(&c.here.join("templates"), &mut written);
    walk(&c.here.join("standards"), &mut written);
    let own = ["people.toml", "vendors.toml", "clients.toml", "incident.schema.json", ".defaults"];
    let mut compared = 0;
    for path in written {
        let name = path.strip_prefix(&c.here).unwrap();
        if own.iter().any(|o| name.ends_with(o)) {
            continue;
        }
        assert_eq!(
            std::fs::read(&path).unwrap(),
            std::fs::read(root.join(name)).unwrap(),
            "{}",
            name.display()
        );
        compared += 1;
    }
    assert!(compared > 50, "{compared} files");
    // Nobody fictitious is written into somebody's standard.
    for file in ["people", "vendors", "clients"] {
        let text = c.read(format!("standards/{file}.toml"));
        let named: Vec<_> = text.lines().filter(|l| l.starts_with('[')).collect();
        let expected: &[&str] = if file == "people" { &["[people.ana]"] } else { &[] };
        assert_eq!(named, expected, "{file}");
    }
}

#[test]
fn init_in_a_repository_and_in_a_folder_of_one() {
    let c = Computer::repository();
    c.write("src/main.c", "int main(void) { return 0; }\n");
    c.git("add -A");
    c.git("commit -q -m \"a service\"");
    c.write("dirty.txt", "unfinished\n");
    c.inc("init").exits(0);
    assert_eq!(c.git("status --short"), "?? dirty.txt\n");
    assert_eq!(c.commits(), 2);

    let c = Computer::repository();
    c.write("src/main.c", "int main(void) { return 0; }\n");
    c.git("add -A");
    c.git("commit -q -m \"a service\"");
    let ran = c.inc("init ops/incidents").exits(0);
    assert!(!ran.stdout.contains("git repository"), "{}", ran.stdout);
    c.is_clean();
    assert!(!c.here.join("ops/incidents/.git").exists());
    c.inc("list").exits(2).says("no inc.toml");
    let opened = c.inc("-C ops/incidents open \"Card payments declined\" --quiet").exits(0);
    let id = opened.stdout.trim();
    let path = format!("ops/incidents/incidents/2026/11/{id}/incident.yaml");
    assert!(c.here.join(&path).exists());
    assert_eq!(c.git("show --format= --name-only HEAD").trim(), path);
    c.inc_in(&c.here.join("ops/incidents/standards"), "ack").exits(0).prints(id);
    c.inc_in(&c.here.join("ops/incidents"), &format!("log {id}")).exits(0).prints("acknowledged");
    c.inc_in(&c.here.join("ops/incidents"), "undo").exits(0);
    c.is_clean();
}

#[test]
fn what_is_new_in_the_defaults_is_taken_over_where_nobody_changed_it() {
    let mut s = Scene::new("init-update");
    // As an older program left it: one default that nobody touched, one that somebody changed.
    let hashes = s.read("standards/.defaults");
    let text = "# as the last version had it\n";
    let digest = {
        use sha2::{Digest as _, Sha256};
        let bytes = Sha256::digest(text.as_bytes());
        bytes.iter().map(|b| format!("{b:02x}")).collect::<String>()
    };
    let old: String = hashes
        .lines()
        .map(|l| {
            let (hash, path) = l.split_once("  ").unwrap();
            let older = path.ends_with("glossary.toml") || path.ends_with("checklist.toml");
            format!("{}  {path}\n", if older { &digest } else { hash })
        })
        .collect();
    s.write("standards/.defaults", old);
    s.write("standards/glossary.toml", text);
    s.write("standards/checklist.toml", "# ours\n");
    std::fs::remove_file(s.here.join("standards/events.toml")).unwrap();
    s.git("add -A");
    s.git("commit -q -m \"as it was a year ago\"");
    s.leaves("init").exits(0);
    s.types("init --update").exits(0);
    s.is_clean();
    s.remark("again: nothing is left to do");
    s.leaves("init --update").exits(0);
    assert_ne!(s.read("standards/glossary.toml"), text, "taken over");
    assert_eq!(s.read("standards/checklist.toml"), "# ours\n", "never overwritten");
    assert!(s.here.join("standards/checklist.toml.new").exists());
    assert!(s.here.join("standards/events.toml").exists());
    s.ends();
}

#[test]
fn a_workspace_is_found_from_anywhere() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\"");
    let service = c.base().join("service");
    std::fs::create_dir(&service).unwrap();
    c.git_in(&service, "init -q -b main");
    let list = |c: &Computer, line: &str| c.inc_in(&service, line).exits(0).stdout;
    c.inc_in(&service, "list").exits(2).says("INC_WORKSPACE");
    // The user's own config, last.
    let config = c.base().join("home/.config/inc/config.toml");
    c.write(&config, format!("workspace = \"{}\"\n", c.here.display()));
    assert!(list(&c, "list").contains(&id));
    // A named one is asked first.
    let other = c.base().join("other");
    c.inc_in(&service, &format!("init {}", other.display())).exits(0);
    assert_eq!(list(&c, &format!("-C {} list", other.display())), "");
    c.set("INC_WORKSPACE", &other);
    assert_eq!(list(&c, "list"), "");
    assert!(list(&c, &format!("-C {} list", c.here.display())).contains(&id));
    c.set("INC_WORKSPACE", "/nonexistent");
    c.inc_in(&service, "list").exits(2).says("/nonexistent");
    c.unset("INC_WORKSPACE");
    // From a folder inside it, upwards.
    c.write(&config, format!("workspace = \"{}\"\n", other.display()));
    assert!(c.inc_in(&c.here.join("standards"), "list").exits(0).stdout.contains(&id));
    // XDG_CONFIG_HOME in place of ~/.config, and a config that is wrong.
    c.set("XDG_CONFIG_HOME", c.base().join("home/xdg"));
    c.inc_in(&service, "list").exits(2);
    c.write(c.base().join("home/xdg/inc/config.toml"), "wrkspace = 1\n");
    c.inc_in(&service, "list").exits(2).says("config.toml").says("workspace");
}

#[test]
fn settings_that_are_wrong_say_where() {
    let c = Computer::workspace();
    let toml = c.read("inc.toml");
    for (bad, said) in [
        (toml.replace("company", "compny"), "company"),
        (toml.replace("America/Mexico_City", "America/Mexico"), "inc.toml"),
        (toml.replace("commit = \"each\"", "commit = \"always\""), "inc.toml"),
        (toml.replace(">= 0.1", ">= 99.0"), "update inc"),
        ("company = ".into(), "inc.toml:1"),
        ("\u{0}\u{1}".into(), "inc.toml"),
        (toml.replace("MXN", "PESOS"), "PESOS"),
    ] {
        c.write("inc.toml", &bad);
        c.inc("list").exits(2).says(said);
    }
    c.write("inc.toml", b"company = \"\xff\"\n");
    c.inc("list").exits(2).says("inc.toml");
    // Settings may be left out, all of them.
    c.write("inc.toml", "");
    c.inc("list").exits(0);
}

#[test]
fn a_standard_that_is_wrong_does_not_stop_the_engineer() {
    let c = Computer::workspace();
    c.write("standards/severity.toml", "title = \n");
    c.write("standards/people.toml", b"\xff\xfe");
    let id = c.inc("open \"Card payments declined\" --quiet");
    assert_eq!(id.code, 0, "a broken standard refuses an open:\n{}", id.stderr);
    c.inc("note \"a word\"").exits(0);
    c.inc("show").exits(0);
    c.inc("check").exits(1);
}
