//! The repository's own sample records are valid, and their folders and messages are where they say.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use inc::diag::Source;
use inc::incident::{self, Record, Status};

/// Every `incident.yaml` below `incidents/`, in order.
fn samples() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.ends_with("incident.yaml") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("incidents"), &mut found);
    found.sort();
    found
}

fn records() -> Vec<(PathBuf, Record)> {
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.display().to_string();
        match incident::parse(Source::new(&name, &text)) {
            Ok(parsed) => {
                assert!(parsed.warnings.0.is_empty(), "{name}: {:?}", parsed.warnings);
                (path, parsed.record)
            }
            Err(found) => panic!("{name}: {found:#?}"),
        }
    };
    samples().into_iter().map(read).collect()
}

#[test]
fn every_sample_is_valid_and_lies_where_its_name_says() {
    let records = records();
    assert!(records.len() >= 15, "{} samples", records.len());
    let mut uids: Vec<_> = records.iter().map(|(_, r)| r.uid.clone()).collect();
    uids.sort();
    uids.dedup();
    assert_eq!(uids.len(), records.len());
    for (path, record) in &records {
        assert!(path.ends_with(record.id.path()), "{}", path.display());
    }
}

#[test]
fn the_samples_show_every_state_of_an_incident() {
    let records = records();
    for status in Status::ALL {
        assert!(records.iter().any(|(_, r)| r.status == *status), "no sample is {status}");
    }
    assert!(records.iter().any(|(_, r)| r.exercise));
    assert!(records.iter().any(|(_, r)| r.restricted.is_some()));
    assert!(records.iter().any(|(_, r)| r.planned.is_some()));
}

#[test]
fn files_named_in_a_sample_exist_and_no_message_lies_about_unnamed() {
    for (path, record) in records() {
        let folder = path.parent().unwrap();
        for message in &record.communications {
            let Some(file) = &message.file else { continue };
            let text = std::fs::read_to_string(folder.join(file)).unwrap();
            assert!(text.contains(&format!("stage: {}\n", message.stage)), "{file}");
            assert!(text.contains(&format!("channel: {}\n", message.channel)), "{file}");
            assert!(file.starts_with(&format!("communications/{}-", message.id.as_ref().unwrap())));
        }
        if let Some(file) = record.review.and_then(|r| r.file) {
            assert!(folder.join(&file).is_file(), "{file}");
        }
        if let Ok(messages) = std::fs::read_dir(folder.join("communications")) {
            for entry in messages {
                let name = format!("communications/{}", entry.unwrap().file_name().display());
                let named = |m: &incident::Communication| m.file.as_deref() == Some(&name);
                assert!(record.communications.iter().any(named), "{name}");
            }
        }
    }
}

/// Hash of a file's bytes, CRLF read as LF, as approvals take it.
fn sha256(path: &Path) -> String {
    use sha2::Digest;
    let text = std::fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    sha2::Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn approvals_of_files_are_of_their_exact_words() {
    let mut compared = 0;
    for (path, record) in records() {
        let folder = path.parent().unwrap();
        for approval in &record.approvals {
            let of = |m: &&incident::Communication| {
                m.id.as_ref().is_some_and(|id| id.as_str() == approval.of)
            };
            let file = match approval.of.as_str() {
                "review" => record.review.as_ref().and_then(|r| r.file.clone()),
                _ => record.communications.iter().find(of).and_then(|m| m.file.clone()),
            };
            let Some(file) = file else { continue };
            compared += 1;
            assert_eq!(approval.sha256.as_deref(), Some(&*sha256(&folder.join(&file))), "{file}");
        }
    }
    assert!(compared >= 5, "{compared}");
}
