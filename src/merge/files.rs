//! Two messages that were given one id by chance also have one file name: each gets its own file.

use crate::approval::digest;
use crate::communication::front_matter;
use crate::diag::Source;
use crate::edit;
use crate::incident::{Communication, Record, parse};
use crate::yaml;

/// Two messages told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parted {
    /// The text of the record, in which each message names its own file.
    pub record: String,
    /// The text of the message that keeps the file.
    pub stays: Vec<u8>,
    /// The other message's file, from the incident's folder.
    pub file: String,
    /// Its text.
    pub moves: Vec<u8>,
}

/// Tells apart two messages of a merged record that name one file, of which each side has another
/// text; `None` where it is not so, and the two texts are two versions of one.
///
/// Which text is whose is told by what the record knows of each (the hash of the draft, hashes that
/// were approved), then by the texts' own front matter.
pub fn part(record: Source<'_>, file: &str, sides: [&[u8]; 2]) -> Option<Parted> {
    let old = parse(record).ok()?.record;
    let naming = |c: &Communication| c.file.as_deref() == Some(file);
    let both: Vec<&Communication> = old.communications.iter().filter(|c| naming(c)).collect();
    let [one, other] = both.as_slice() else { return None };
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let named_after = |c: &Communication| {
        c.id.as_ref().is_some_and(|id| name.split(['-', '.']).next() == Some(id.as_str()))
    };
    let (keeps, moves) =
        if named_after(other) && !named_after(one) { (other, one) } else { (one, other) };
    let id = moves.id.as_ref()?;
    let rest = keeps.id.as_ref().and_then(|id| name.strip_prefix(id.as_str())).unwrap_or(name);
    let gap = if rest.len() == name.len() { "-" } else { "" };
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let new_file = format!("{folder}{id}{gap}{rest}");

    let [ours, theirs] = sides;
    let straight = likeness(&old, keeps, ours) + likeness(&old, moves, theirs);
    let crossed = likeness(&old, keeps, theirs) + likeness(&old, moves, ours);
    let (stays, goes) = if crossed > straight { (theirs, ours) } else { (ours, theirs) };

    let mut new = old.clone();
    let moved = new.communications.iter_mut().find(|c| naming(c) && c.id.as_ref() == Some(id))?;
    moved.file = Some(new_file.clone());
    let text = edit::rewrite(record, &old.to_tree(), &new.to_tree()).ok()?;
    Some(Parted { record: text, stays: stays.to_vec(), file: new_file, moves: goes.to_vec() })
}

/// How much speaks for a text being that of a message.
fn likeness(record: &Record, message: &Communication, text: &[u8]) -> usize {
    let hash = Some(digest(text));
    let drafted = message.generated_sha256 == hash;
    let own = |of: &str| message.id.as_ref().is_some_and(|id| of.ends_with(id.as_str()));
    let approved = record.approvals.iter().any(|a| own(&a.of) && a.sha256 == hash);
    let text = String::from_utf8_lossy(text);
    let head = front_matter(&text).and_then(|(head, _)| yaml::parse(Source::new("", head)).ok());
    let says = |key: &str| head.as_ref()?.get(key)?.to_tree().scalar();
    let alike = [
        ("stage", Some(message.stage.clone())),
        ("audience", message.audience.clone()),
        ("channel", Some(message.channel.clone())),
        ("locale", message.locale.clone()),
    ];
    let alike = alike.into_iter().filter(|(key, value)| value.is_some() && says(key) == *value);
    16 * usize::from(drafted) + 8 * usize::from(approved) + alike.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\n\
        title: Cards fail\nstatus: detected\ncommunications:  # as sent\n\
        \x20 - { id: C7QK, stage: initial, channel: push, audience: all, file: communications/C7QK-push.en.md }\n\
        \x20 - { id: C9AB, stage: update, channel: push, audience: all, file: communications/C7QK-push.en.md }\n";
    const FILE: &str = "communications/C7QK-push.en.md";
    const INITIAL: &[u8] = b"---\nstage: initial\n---\nfirst\n";
    const UPDATE: &[u8] = b"---\nstage: update\n---\nsecond\n";

    fn parted(sides: [&[u8]; 2]) -> Option<Parted> {
        part(Source::new("r", RECORD), FILE, sides)
    }

    #[test]
    fn each_message_gets_its_own_file_whichever_side_it_came_from() {
        let one = parted([INITIAL, UPDATE]).unwrap();
        assert_eq!(one.file, "communications/C9AB-push.en.md");
        assert_eq!((one.stays.as_slice(), one.moves.as_slice()), (INITIAL, UPDATE));
        assert!(one.record.contains("file: communications/C9AB-push.en.md"), "{}", one.record);
        assert!(one.record.contains("# as sent"));
        assert_eq!(parted([UPDATE, INITIAL]).unwrap(), one);
    }

    #[test]
    fn a_draft_is_known_by_its_hash() {
        let plain: [&[u8]; 2] = [b"no front matter\n", b"nor here\n"];
        let hash = digest(plain[0]);
        let record =
            RECORD.replace("stage: update", &format!("stage: update, generated_sha256: {hash}"));
        let parted = part(Source::new("r", &record), FILE, plain).unwrap();
        assert_eq!(parted.moves, plain[0]);
    }

    #[test]
    fn two_versions_of_one_message_are_for_a_person() {
        let once = RECORD.replace(
            "file: communications/C7QK-push.en.md }\n\x20 - { id: C9AB",
            "x-y: 1 }\n\x20 - { id: C9AB",
        );
        assert_eq!(part(Source::new("r", &once), FILE, [INITIAL, UPDATE]), None);
        assert_eq!(part(Source::new("r", "nonsense"), FILE, [INITIAL, UPDATE]), None);
    }
}
