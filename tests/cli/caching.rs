//! The cache never shows: with it, without it, with a broken one, and whatever happens to the files.

use std::path::PathBuf;
use std::time::Duration;

use crate::common::{Computer, Ran};

/// What reads records, in every form of its answer.
const READING: &[&str] = &[
    "",
    "list",
    "list --open",
    "list --exercises --sort id",
    "list --severity SEV2+ --sort severity",
    "list --status closed --sort duration -n 5",
    "list --format json",
    "list --format csv",
    "list --format ids --since 2026-06-01",
    "list --text switch",
    "list --service card-auth",
    "list --vertical cards",
    "list --tag vendor",
    "report weekly --period 2026-W46",
    "report weekly --period 2026-Q3 --format json",
    "report conformance --period 2026-Q4",
    "report conformance --period 2026-Q4 --format json",
    "check",
    "show",
    "ack --dry-run",
];

/// A workspace with generated incidents, one that is no record and a copy of another, all old
/// enough to be kept.
fn many() -> Computer {
    let c = Computer::empty();
    std::fs::remove_dir(&c.here).unwrap();
    c.inc_in(&c.base(), "debug generate --incidents 40 --seed 5 work").exits(0);
    c.git("init -q -b main");
    c.write("incidents/2026/11/INC-20261101-BADD/incident.yaml", "title: [nonsense");
    let copied = paths(&c).swap_remove(7);
    let text = c.read(&copied);
    let id = copied.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
    c.write(
        "incidents/2026/11/INC-20261102-C0PY/incident.yaml",
        text.replace(&id, "INC-20261102-C0PY"),
    );
    c.git("add -A");
    c.git("commit -q -m generated");
    std::thread::sleep(Duration::from_millis(2_100));
    c
}

fn paths(c: &Computer) -> Vec<PathBuf> {
    let mut found = Vec::new();
    crate::common::walk(&c.here.join("incidents"), &mut found);
    found.retain(|p| p.file_name().is_some_and(|n| n == "incident.yaml"));
    found.sort();
    found
}

/// One command at a fixed time.
fn at_nine(c: &Computer, line: &str) -> Ran {
    c.clock("2026-11-21T09:00:00-06:00");
    c.inc(line)
}

fn without(c: &Computer, line: &str) -> Ran {
    c.set("INC_CACHE", "off");
    let ran = at_nine(c, line);
    c.unset("INC_CACHE");
    ran
}

fn same(c: &Computer, line: &str, when: &str) {
    let (off, on) = (without(c, line), at_nine(c, line));
    assert_eq!(on.stdout, off.stdout, "inc {line}, {when}");
    assert_eq!(on.stderr, off.stderr, "inc {line}, {when}");
    assert_eq!(on.code, off.code, "inc {line}, {when}");
}

fn cache(c: &Computer) -> PathBuf {
    c.here.join(".git/inc/cache")
}

fn rows(c: &Computer) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if cache(c).is_dir() {
        crate::common::walk(&cache(c), &mut found);
    }
    found
}

#[test]
fn every_answer_is_the_same_without_the_cache() {
    let c = many();
    for line in READING {
        same(&c, line, "cold or warmed by another command");
        same(&c, line, "warm");
    }
    assert!(!rows(&c).is_empty(), "nothing was kept");
    let ran = at_nine(&c, "list");
    ran.clone().exits(2).says("BADD").says("duplicate-uid");
    // Each on a cache that nobody has filled.
    for line in ["list", "", "report weekly --period 2026-W46"] {
        std::fs::remove_dir_all(cache(&c)).unwrap();
        same(&c, line, "cold");
    }
    let mut standard = c.read("standards/severity.toml");
    standard.push_str("\n# another standard\n");
    c.write("standards/severity.toml", &standard);
    same(&c, "list", "another standard");
    c.write("standards/severity.toml", standard.replacen("SEV1", "SEV9", 1));
    same(&c, "list", "a broken standard");
    same(&c, "list --format ids --tag nothing-has-it", "a broken standard");
}

#[test]
fn whatever_happens_to_the_files_is_seen() {
    let c = many();
    let mut seed = 7_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    at_nine(&c, "list");
    for step in 0..14 {
        let there = paths(&c);
        let path = &there[random(there.len())];
        let text = c.read(path);
        match step % 7 {
            0 => c.write(path, text.replace("status: closed", "status: merged")),
            1 => c.write(path, format!("# a comment\n{text}")),
            2 => c.write(path, text.replace("schema: 1", "schema: x")),
            3 => std::fs::remove_file(path).unwrap(),
            4 => {
                let other = &there[random(there.len())];
                let aside = c.here.join("aside");
                std::fs::rename(path, &aside).unwrap();
                if other != path {
                    std::fs::rename(other, path).unwrap();
                }
                std::fs::rename(&aside, other).unwrap();
            }
            5 => {
                let modified = std::fs::metadata(path).unwrap().modified().unwrap();
                // As many bytes, and the time that it had.
                c.write(path, text.replacen("title: ", "title: X", 1).replacen("SPEI", "SPE", 1));
                let file = std::fs::File::options().write(true).open(path).unwrap();
                file.set_modified(modified).unwrap();
            }
            _ => {
                let folder = path.parent().unwrap();
                std::fs::rename(folder, folder.with_extension("moved")).unwrap();
            }
        }
        for line in ["list --format csv", "", "report weekly --period 2026-W46"] {
            same(&c, line, &format!("step {step}"));
        }
    }
}

#[test]
fn a_cache_in_the_way_or_in_pieces_is_no_error() {
    let c = many();
    at_nine(&c, "list");
    for rows in rows(&c) {
        let whole = std::fs::read(&rows).unwrap();
        for bytes in [&whole[..whole.len() / 2], b"", b"inc cache 0001\n\n and then nonsense"] {
            std::fs::write(&rows, bytes).unwrap();
            same(&c, "list", "in pieces");
        }
    }
    std::fs::remove_dir_all(cache(&c)).unwrap();
    std::fs::write(cache(&c), "a file where a folder should be").unwrap();
    same(&c, "list", "in the way");
    same(&c, "", "in the way");
}

#[test]
fn off_leaves_nothing_behind() {
    let c = many();
    without(&c, "list");
    assert!(rows(&c).is_empty());
}

#[test]
fn readers_and_writers_at_the_same_time_all_answer() {
    let c = many();
    c.clock("2026-11-21T09:00:00-06:00");
    let open = at_nine(&c, "list --open --format ids").stdout;
    let id = open.lines().next().unwrap().to_owned();
    let start = |line: &str| {
        let mut command = c.command(env!("CARGO_BIN_EXE_inc"), &c.here);
        command.args(crate::common::split(line));
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    for round in 0..6 {
        let note = start(&format!("note {id} \"round {round}\""));
        let lists: Vec<_> = (0..4).map(|_| start("list --format json")).collect();
        let reports = [start(""), start("report weekly --period 2026-W46")];
        assert!(note.wait_with_output().unwrap().status.success());
        for child in lists.into_iter().chain(reports) {
            let answer = child.wait_with_output().unwrap();
            assert!(matches!(answer.status.code(), Some(0 | 2)), "{answer:?}");
            assert!(!String::from_utf8_lossy(&answer.stderr).contains("panicked"));
        }
    }
    assert_eq!(c.read(c.record_path(&id[id.len() - 4..])).matches("round ").count(), 6);
    same(&c, "list --format json", "after the crowd");
}
