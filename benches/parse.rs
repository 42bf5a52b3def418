//! Milliseconds of reading a workspace's records, step by step, on this machine.
//!
//! `benches/run` calls it as `parse FOLDER ROUNDS` and reads its lines. Without a folder it reads
//! generated records that never touch a disk.

use std::path::{Path, PathBuf};
use std::time::Instant;

use inc::diag::Source;
use inc::register::Register;
use rayon::prelude::*;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|w| !w.starts_with('-')).collect();
    let rounds = words.get(1).and_then(|w| w.parse().ok()).unwrap_or(5);
    match words.first() {
        Some(folder) => folder_rounds(Path::new(folder), rounds),
        None => {
            let texts = inc::sample::incidents(500, 1);
            let texts: Vec<String> = texts.map(|r| inc::edit::to_yaml(&r.to_tree())).collect();
            parse_rounds(&texts, rounds);
        }
    }
}

fn folder_rounds(folder: &Path, rounds: usize) {
    let mut files = Vec::new();
    below(folder, &mut files);
    files.sort();
    let bytes = || -> Vec<Vec<u8>> { files.iter().map(|f| std::fs::read(f).unwrap()).collect() };
    let texts: Vec<String> = bytes().into_iter().map(|b| String::from_utf8(b).unwrap()).collect();
    println!("files {}", files.len());
    println!("bytes {}", texts.iter().map(String::len).sum::<usize>());
    median("read", rounds, || bytes().len());
    parse_rounds(&texts, rounds);
    // A register knows records by their path in the workspace, `incidents/…`.
    let root = folder.parent().unwrap_or(Path::new(""));
    let inside = |f: &PathBuf| f.strip_prefix(root).unwrap().display().to_string();
    let paths: Vec<String> = files.iter().map(inside).collect();
    median("register", rounds, || {
        let read = |path: &str| Ok(std::fs::read_to_string(root.join(path)).unwrap());
        let register = Register::load(&paths, read);
        assert!(register.bad.is_empty(), "{:?}", register.bad.first());
        register.records.len()
    });
}

/// `events` is the parser alone, `nodes` with what every reader of a record needs: values with places.
fn parse_rounds(texts: &[String], rounds: usize) {
    median("events", rounds, || {
        let count =
            |t: &String| granit_parser::Parser::new_from_str(t).filter(Result::is_ok).count();
        texts.par_iter().map(count).sum::<usize>()
    });
    median("nodes", rounds, || {
        let parse = |t: &String| inc::yaml::parse(Source::new("incident.yaml", t)).unwrap();
        texts.par_iter().map(parse).filter(|node| !node.is_null()).count()
    });
    median("records", rounds, || {
        let parse = |t: &String| inc::incident::parse(Source::new("incident.yaml", t)).unwrap();
        texts.par_iter().map(parse).filter(|parsed| !parsed.record.title.is_empty()).count()
    });
}

fn median(name: &str, rounds: usize, mut work: impl FnMut() -> usize) {
    let mut times: Vec<f64> = (0..rounds.max(1))
        .map(|_| {
            let start = Instant::now();
            assert!(work() > 0, "{name} found nothing to do");
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name} {:.2}", times[times.len() / 2]);
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, files);
        } else if path.file_name().is_some_and(|name| name == "incident.yaml") {
            files.push(path);
        }
    }
}
