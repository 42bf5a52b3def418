//! History as evidence: what each commit did to each record, and how much its words show.

use std::collections::HashMap;

use rayon::prelude::*;

use super::{FieldChange, differences};
use crate::diag::Source;
use crate::incident::IncidentId;
use crate::sensitive::mask;
use crate::units::Instant;
use crate::yaml::{self, Tree};

/// A commit, as an auditor asks about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its full name.
    pub id: String,
    /// The author's name, as the commit says it.
    pub author: String,
    /// The author's address, as the commit says it.
    pub email: String,
    /// Who the author is in people.toml.
    pub person: Option<String>,
    /// When it was written, as the commit says it.
    pub at: Option<Instant>,
    /// When it was committed; later than `at` after a rebase.
    pub committed_at: Option<Instant>,
    /// Its first line.
    pub subject: String,
    /// The command that made it; none where it was made by hand.
    pub command: Option<String>,
    /// What was told to the command by hand: `author`, `time`.
    pub pretended: Option<String>,
    /// Whether it carries a signature; not whether the signature is good.
    pub signed: bool,
    /// Whether it brings two lines of work together.
    pub merge: bool,
    /// Whether history is cut off before it: nobody can tell here what it changed.
    pub cut_off: bool,
}

/// What a commit did to a record, by the names of the texts.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The record.
    pub incident: IncidentId,
    /// The commit.
    pub commit: Commit,
    /// The texts before, one for each parent; none where the record was not there.
    pub before: Vec<Option<String>>,
    /// The text after; none where the record was removed.
    pub after: Option<String>,
}

/// What a commit did to a record, field by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The record.
    pub incident: IncidentId,
    /// The commit.
    pub commit: Commit,
    /// The fields; of a merge, those that are like neither side.
    pub fields: Vec<FieldChange>,
    /// Whether the record was closed, cancelled or merged before.
    pub after_closing: bool,
    /// Whether the record was not there before.
    pub created: bool,
    /// Whether the record is gone.
    pub removed: bool,
    /// Whether the text before or after is no YAML.
    pub unreadable: bool,
}

impl Edit {
    /// Whether it was made without `inc`: by an editor, or another program.
    ///
    /// A habit and no proof: whoever edits by hand can type the trailer too.
    pub fn outside(&self) -> bool {
        self.commit.command.is_none() && !self.commit.merge && !self.commit.cut_off
    }
}

/// Compares what each commit left with what it found; `texts` are the versions by name.
///
/// What is sensitive in an old value is masked: the file goes to other people.
pub fn edits(changed: &[Changed], texts: &HashMap<String, String>) -> Vec<Edit> {
    changed.par_iter().map(|c| edit(c, texts)).collect()
}

fn edit(changed: &Changed, texts: &HashMap<String, String>) -> Edit {
    let read = |name: &Option<String>| -> Option<Result<Tree, ()>> {
        let text = texts.get(name.as_ref()?)?;
        Some(yaml::parse(Source::new("", text)).map(|n| n.to_tree()).map_err(|_| ()))
    };
    let before: Vec<_> = changed.before.iter().map(read).collect();
    let after = read(&changed.after);
    let unreadable = before.iter().chain([&after]).any(|t| matches!(t, Some(Err(()))));
    let tree = |t: &Option<Result<Tree, ()>>| match t {
        Some(Ok(tree)) => tree.clone(),
        _ => Tree::Map(Vec::new()),
    };
    let now = tree(&after);
    let mut sides = before.iter().map(|side| differences(&tree(side), &now));
    let silent = unreadable || changed.commit.cut_off;
    let mut fields = if silent { Vec::new() } else { sides.next().unwrap_or_default() };
    for side in sides {
        fields.retain(|field| side.iter().any(|s| s.field == field.field && s.to == field.to));
    }
    let masked = |text: Option<String>| text.map(|text| mask(&text).0);
    let fields = fields
        .into_iter()
        .map(|f| FieldChange { field: mask(&f.field).0, from: masked(f.from), to: masked(f.to) })
        .collect();
    let over = |side: &Option<Result<Tree, ()>>| match side {
        Some(Ok(tree)) => matches!(
            tree.get("status").and_then(Tree::scalar).as_deref(),
            Some("closed" | "cancelled" | "merged")
        ),
        _ => false,
    };
    Edit {
        incident: changed.incident.clone(),
        commit: changed.commit.clone(),
        fields,
        after_closing: before.iter().any(over),
        created: !changed.commit.cut_off && changed.before.iter().all(Option::is_none),
        removed: changed.after.is_none(),
        unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(command: Option<&str>) -> Commit {
        Commit {
            id: "c0ffee".into(),
            author: "Ana".into(),
            email: "ana@example.com".into(),
            person: None,
            at: None,
            committed_at: None,
            subject: "s".into(),
            command: command.map(str::to_owned),
            pretended: None,
            signed: false,
            merge: false,
            cut_off: false,
        }
    }

    fn changed(before: &[Option<&str>], after: Option<&str>) -> Changed {
        Changed {
            incident: "INC-20261121-7QKM".parse().unwrap(),
            commit: commit(None),
            before: before.iter().map(|b| b.map(str::to_owned)).collect(),
            after: after.map(str::to_owned),
        }
    }

    fn only(changed: Changed) -> Edit {
        let texts = [
            ("a", "status: restored\ntitle: x\n"),
            ("b", "status: closed\ntitle: x\n"),
            ("c", "status: closed\ntitle: card 4242 4242 4242 4242\n"),
            ("d", "status: [\n"),
            ("left", "status: restored\ntitle: left\n"),
            ("right", "status: restored\ntitle: right\n"),
            ("both", "status: restored\ntitle: both\n"),
        ];
        let texts = texts.map(|(n, t)| (n.to_owned(), t.to_owned())).into();
        edits(&[changed], &texts).remove(0)
    }

    #[test]
    fn edits_after_closing_are_known_by_what_was_there() {
        assert!(!only(changed(&[Some("a")], Some("b"))).after_closing);
        let late = only(changed(&[Some("b")], Some("c")));
        assert!(late.after_closing && late.outside());
        assert_eq!(late.fields.len(), 1);
        assert!(!late.fields[0].to.as_deref().unwrap().contains("4242 4242 4242"));
    }

    #[test]
    fn a_merge_counts_with_its_own_words() {
        let edit = only(changed(&[Some("left"), Some("right")], Some("both")));
        assert_eq!(edit.fields.len(), 1);
        assert_eq!(edit.fields[0].to.as_deref(), Some("both"));
        assert!(only(changed(&[Some("left"), Some("right")], Some("left"))).fields.is_empty());
    }

    #[test]
    fn where_history_is_cut_off_nobody_is_said_to_have_written_it() {
        let mut edge = changed(&[None], Some("a"));
        edge.commit.cut_off = true;
        let edit = only(edge);
        assert!(edit.fields.is_empty() && !edit.created && !edit.outside());
    }

    #[test]
    fn what_is_gone_or_no_yaml_is_said() {
        assert!(only(changed(&[Some("a")], None)).removed);
        assert!(only(changed(&[None], Some("a"))).created);
        let broken = only(changed(&[Some("a")], Some("d")));
        assert!(broken.unreadable && broken.fields.is_empty());
    }
}
