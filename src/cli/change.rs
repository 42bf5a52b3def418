//! How a command changes a record: load → change the typed record → edit the text → check it →
//! store it, in one commit. Somebody else's change in between means: again, on their text.
//!
//! The file is long because the whole way of a change is read here, in its order.

use similar::TextDiff;

use super::commit_words::{field_lines, subject};
use super::ctx::{from_store, parse_in_place};
use super::error::{Failure, Result};
use super::{Ctx, edit_failure, masking};
use crate::diag::{Diagnostic, Source};
use crate::edit;
use crate::incident::lifecycle::Act;
use crate::incident::{IncidentId, Peak, Record, parse};
use crate::sensitive::{Kind, mask_tree_but};
use crate::store::{Before, COMMAND_TRAILER, Change, StoreError, Transaction};
use crate::units::Instant;
use crate::yaml::Tree;

/// First line of a new record, so that editors complete and check it.
const HEADER: &str = "# yaml-language-server: $schema=../../../../standards/incident.schema.json\n";

/// How often a change is applied again to a file that somebody else changed meanwhile.
const TRIES: usize = 5;

/// One record's file, before and after.
struct Draft {
    path: String,
    before: Option<String>,
    after: String,
    record: Record,
    lines: Vec<String>,
    masks: masking::Masks,
}

impl Ctx {
    /// Runs with who, when, and a source of ids.
    pub(crate) fn with_act<T>(&mut self, at: Instant, f: impl FnOnce(&mut Act<'_>) -> T) -> T {
        let by = self.author_id();
        let rng = &mut self.random;
        let mut random = || rng.u8(..);
        f(&mut Act { by: &by, at, random: &mut random })
    }

    /// Changes one record and returns it as written.
    pub(crate) fn change(
        &mut self,
        id: &IncidentId,
        command: &str,
        dry_run: bool,
        at: Instant,
        change: impl FnMut(&mut Record, &mut Act<'_>) -> Result<()>,
    ) -> Result<Record> {
        self.change_keeping(id, command, dry_run, at, "", change)
    }

    /// As [`Ctx::change`]; words that cannot be applied are kept.
    pub(crate) fn change_keeping(
        &mut self,
        id: &IncidentId,
        command: &str,
        dry_run: bool,
        at: Instant,
        words: &str,
        mut change: impl FnMut(&mut Record, &mut Act<'_>) -> Result<()>,
    ) -> Result<Record> {
        self.change_with(id, command, dry_run, at, words, |record, act| {
            change(record, act)?;
            Ok(Vec::new())
        })
    }

    /// As [`Ctx::change_keeping`]; the change may bring further files into the same commit.
    pub(crate) fn change_with(
        &mut self,
        id: &IncidentId,
        command: &str,
        dry_run: bool,
        at: Instant,
        words: &str,
        mut change: impl FnMut(&mut Record, &mut Act<'_>) -> Result<Vec<Change>>,
    ) -> Result<Record> {
        let mut tries = 0;
        loop {
            tries += 1;
            // Overtaken once: in a crowd, whoever only tries again may be overtaken every time.
            let turn = (tries > 1).then(|| self.store.hold()).transpose();
            let _turn = match turn {
                Ok(turn) => turn,
                Err(e) => return Err(self.kept_words(from_store(e), Some(id), words)),
            };
            let settled = if dry_run { Ok(()) } else { self.mask_by_hand(id, &id.path()) };
            let attempt = settled.and_then(|()| self.attempt(id, at, &mut change));
            let attempt = attempt.and_then(|(draft, files)| {
                if dry_run {
                    self.show_diff(&draft)?;
                    for file in &files {
                        self.show_file_diff(file)?;
                    }
                    return Ok(Some(draft.record));
                }
                self.write(&[&draft], files, command, &subject(&draft.record.id, command))
                    .map(|done| done.then_some(draft.record))
            });
            match attempt {
                Ok(Some(record)) => return Ok(record),
                Ok(None) if tries < TRIES => {}
                Ok(None) => {
                    let d = Diagnostic::error(
                        "changed-meanwhile",
                        format!("{id} is being changed by somebody else over and over"),
                    )
                    .help("try again");
                    return Err(self.kept_words(Failure::outside(d), Some(id), words));
                }
                // Refused by git, the words stand in the file: keeping them would apply them twice.
                Err(failure) if failure.written => return Err(failure),
                Err(failure) => return Err(self.kept_words(failure, Some(id), words)),
            }
        }
    }

    /// Changes two records in one commit.
    pub(crate) fn change_two(
        &mut self,
        first: &IncidentId,
        second: &IncidentId,
        command: &str,
        dry_run: bool,
        at: Instant,
        mut change: impl FnMut(&mut Record, &mut Record, &mut Act<'_>) -> Result<()>,
    ) -> Result<(Record, Record)> {
        for tries in 0..TRIES {
            let _turn = (tries > 0).then(|| self.store.hold()).transpose().map_err(from_store)?;
            if !dry_run {
                self.mask_by_hand(first, &first.path())?;
                self.mask_by_hand(second, &second.path())?;
            }
            let (mut a, mut b) = (self.load(first)?.record, self.load(second)?.record);
            let (text_a, text_b) = (self.text(&first.path())?, self.text(&second.path())?);
            let (old_a, old_b) = (a.clone(), b.clone());
            self.with_act(at, |act| change(&mut a, &mut b, act))?;
            let keep = self.unmasked(&old_a.to_tree(), &mut a, at)?;
            let a = self.draft(first.path(), text_a, &old_a, &a, &keep)?;
            let keep = self.unmasked(&old_b.to_tree(), &mut b, at)?;
            let b = self.draft(second.path(), text_b, &old_b, &b, &keep)?;
            if dry_run {
                self.show_diff(&a)?;
                self.show_diff(&b)?;
                return Ok((a.record, b.record));
            }
            let subject = format!("{first}: {command} into {second}");
            if self.write(&[&a, &b], Vec::new(), command, &subject)? {
                return Ok((a.record, b.record));
            }
        }
        Err(Failure::outside(
            Diagnostic::error("changed-meanwhile", "somebody else keeps changing these incidents")
                .help("try again"),
        ))
    }

    /// Changes several records, none perhaps, and other files in one commit. Whoever calls holds
    /// the workspace's lock, so nobody can be faster.
    pub(crate) fn change_many(
        &mut self,
        ids: &[IncidentId],
        subject: &str,
        command: &str,
        dry_run: bool,
        files: Vec<Change>,
        mut change: impl FnMut(&mut Record),
    ) -> Result<()> {
        let at = self.clock.now;
        let mut drafts = Vec::new();
        for id in ids {
            if !dry_run {
                self.mask_by_hand(id, &id.path())?;
            }
            let old = self.load(id)?.record;
            let text = self.text(&id.path())?;
            let mut new = old.clone();
            change(&mut new);
            let keep = self.unmasked(&old.to_tree(), &mut new, at)?;
            drafts.push(self.draft(id.path(), text, &old, &new, &keep)?);
        }
        if dry_run {
            drafts.iter().try_for_each(|draft| self.show_diff(draft))?;
            return files.iter().try_for_each(|file| self.show_file_diff(file));
        }
        let drafts: Vec<&Draft> = drafts.iter().collect();
        if self.write(&drafts, files, command, subject)? {
            return Ok(());
        }
        Err(Failure::outside(
            Diagnostic::error("changed-meanwhile", "somebody else changed the ledger or a record")
                .help("run the command again"),
        ))
    }

    /// Writes a new record.
    pub(crate) fn create(
        &mut self,
        record: &mut Record,
        command: &str,
        dry_run: bool,
    ) -> Result<()> {
        let keep = self.unmasked(&Tree::Null, record, self.clock.now)?;
        let draft = new_draft(record, &keep)?;
        *record = draft.record.clone();
        if dry_run {
            return self.show_diff(&draft);
        }
        self.write(&[&draft], Vec::new(), command, &subject(&draft.record.id, command))?;
        Ok(())
    }

    /// Writes a text that a person typed for a record.
    pub(crate) fn put(
        &mut self,
        record: &Record,
        before: &str,
        after: &str,
        command: &str,
        dry_run: bool,
    ) -> Result<()> {
        let path = record.id.path();
        let old = crate::yaml::parse(Source::new(&path, before)).map(|n| n.to_tree());
        let mut noted = record.clone();
        let as_typed = noted.to_tree();
        let at = self.clock.now;
        let keep = self.unmasked(old.as_ref().unwrap_or(&Tree::Null), &mut noted, at)?;
        let mut after = after.to_owned();
        if !keep.is_empty() {
            let typed = Source::new(&path, &after);
            after = edit::rewrite(typed, &as_typed, &noted.to_tree())
                .map_err(|e| edit_failure(&path, &e))?;
        }
        let (after, masks) = masking::typed(&path, before, &after, &keep)?;
        let record = parse(Source::new(&path, &after))?.record;
        let lines = old.map_or_else(|_| Vec::new(), |old| field_lines(&old, &record.to_tree()));
        let id = record.id.clone();
        let draft = Draft { path, before: Some(before.to_owned()), after, record, lines, masks };
        if dry_run {
            return self.show_diff(&draft);
        }
        let kept = draft.after.clone();
        match self.write(&[&draft], Vec::new(), command, &subject(&draft.record.id, command)) {
            Ok(true) => Ok(()),
            Ok(false) => {
                let d = Diagnostic::error(
                    "changed-meanwhile",
                    "somebody else changed the record while you were editing",
                )
                .help("inc retry brings your text back into the editor");
                Err(self.kept_words(Failure::outside(d), Some(&id), &kept))
            }
            Err(failure) if failure.written => Err(failure),
            Err(failure) => Err(self.kept_words(failure, Some(&id), &kept)),
        }
    }

    fn attempt(
        &mut self,
        id: &IncidentId,
        at: Instant,
        change: &mut impl FnMut(&mut Record, &mut Act<'_>) -> Result<Vec<Change>>,
    ) -> Result<(Draft, Vec<Change>)> {
        let path = id.path();
        let text = self.text(&path)?;
        let old = parse_in_place(id, Source::new(&path, &text))?.record;
        let mut new = old.clone();
        let files = self.with_act(at, |act| change(&mut new, act))?;
        let keep = self.unmasked(&old.to_tree(), &mut new, at)?;
        self.raise_peak(&old, &mut new, at)?;
        for field in crate::merge::settled_since(&old, &mut new) {
            self.talk(&format!("no longer in conflict: {}", crate::render::terminal_safe(&field)));
        }
        Ok((self.draft(path, text, &old, &new, &keep)?, files))
    }

    /// Keeps the highest level that numbers or a person ever gave; a provisional one is no peak.
    ///
    /// The level that a decision about severity ends counts as well: time may have raised it
    /// without any command, and lowering it would else take its review along.
    fn raise_peak(&self, before: &Record, record: &mut Record, at: Instant) -> Result<()> {
        if before.severity != record.severity {
            self.raise_peak_to(before, record, at)?;
        }
        self.raise_peak_to(&record.clone(), record, at)
    }

    fn raise_peak_to(&self, judged: &Record, record: &mut Record, at: Instant) -> Result<()> {
        if !judged.counts() || judged.restricted.is_some() {
            return Ok(());
        }
        let judged = crate::reports::assessment::level(judged, &self.company()?, self.clock.now);
        let Some(level) = judged.level.filter(|_| !judged.provisional) else { return Ok(()) };
        let peak = record.severity.as_ref().and_then(|s| s.peak.as_ref()).map(|p| p.level);
        if peak.is_none_or(|peak| level < peak) {
            let rule =
                if judged.derived == Some(level) { judged.rule } else { Some("declared".into()) };
            let peak = Peak { level, at: Some(at), rule, x: Default::default() };
            record.severity.get_or_insert_default().peak = Some(peak);
        }
        Ok(())
    }

    /// Turns a changed record into a changed text, and proves that the text says what was meant.
    fn draft(
        &self,
        path: String,
        before: String,
        old: &Record,
        new: &Record,
        keep: &[Kind],
    ) -> Result<Draft> {
        let old_tree = old.to_tree();
        let (new_tree, masks) = mask_tree_but(&new.to_tree(), Some(&old_tree), keep);
        let source = Source::new(&path, &before);
        let after =
            edit::rewrite(source, &old_tree, &new_tree).map_err(|e| edit_failure(&path, &e))?;
        let checked = parse(Source::new(&path, &after)).map_err(|found| {
            // The places are in a text that was never written: what is wrong is what was asked for.
            let mut failure = Failure::wrong(found);
            for d in &mut failure.found.0 {
                d.help.get_or_insert_with(|| "nothing was written".into());
            }
            failure
        })?;
        if checked.record.to_tree() != new_tree {
            return Err(Diagnostic::error(
                "edit-not-exact",
                format!("{path}: the edited text would not say exactly what was asked for"),
            )
            .help("nothing was written; inc edit changes the file by hand")
            .into());
        }
        let lines = field_lines(&old_tree, &new_tree);
        Ok(Draft { path, before: Some(before), after, record: checked.record, lines, masks })
    }

    /// Writes drafts in one commit; false when somebody else was faster.
    fn write(
        &self,
        drafts: &[&Draft],
        further: Vec<Change>,
        command: &str,
        subject: &str,
    ) -> Result<bool> {
        let mut body = String::new();
        for draft in drafts {
            for line in &draft.lines {
                body.push_str(line);
                body.push('\n');
            }
        }
        let changed = |d: &&&Draft| d.before.as_ref() != Some(&d.after);
        let records = drafts.iter().filter(changed).map(|d| Change {
            path: d.path.clone().into(),
            before: Before::from(d.before.as_ref().map(|t| t.clone().into_bytes())),
            after: Some(d.after.clone().into_bytes()),
        });
        let files = records.chain(further).collect();
        let by_hand = drafts.first().map(|d| format!("{}: edited by hand", d.record.id));
        let written = self.commit_files(files, subject, &body, command, by_hand)?;
        for draft in drafts.iter().filter(|_| written) {
            self.say_masked(&draft.masks);
        }
        Ok(written)
    }

    /// Commits files of a command; false when one of them changed meanwhile.
    pub(crate) fn commit_files(
        &self,
        files: Vec<Change>,
        subject: &str,
        body: &str,
        command: &str,
        by_hand: Option<String>,
    ) -> Result<bool> {
        super::driver::ensure(self);
        let gap = if body.is_empty() { "" } else { "\n" };
        let transaction = Transaction {
            body: format!("{body}{gap}{COMMAND_TRAILER}: {command}\n{}", self.pretence()),
            by_hand,
            ..self.transaction(files, subject)
        };
        match self.store.commit(&transaction) {
            Ok(written) => {
                self.has_written(&written);
                Ok(true)
            }
            Err(StoreError::Changed { .. }) => Ok(false),
            Err(error) => Err(from_store(error)),
        }
    }

    /// What a commit says of who and when.
    pub(super) fn transaction(&self, files: Vec<Change>, subject: &str) -> Transaction {
        let overridden = super::environment("INC_AUTHOR").is_some();
        Transaction {
            files,
            subject: subject.to_owned(),
            body: self.pretence(),
            author: if overridden { self.author() } else { None },
            date: self.clock.fixed.then_some(self.clock.now),
            ..Transaction::default()
        }
    }

    pub(crate) fn show_file_diff(&self, file: &Change) -> Result<()> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let before = match &file.before {
            Before::Text(bytes) => text(bytes),
            Before::Absent | Before::Sha256(_) => String::new(),
        };
        let after = file.after.as_deref().map_or_else(String::new, text);
        let diff = TextDiff::from_lines(&before, &after);
        let path = file.path.display();
        let old = match &file.before {
            Before::Absent => "/dev/null".to_owned(),
            Before::Text(_) | Before::Sha256(_) => format!("a/{path}"),
        };
        let new = format!("b/{path}");
        self.print(&diff.unified_diff().context_radius(3).header(&old, &new).to_string())
    }

    fn show_diff(&self, draft: &Draft) -> Result<()> {
        self.say_masked(&draft.masks);
        let before = draft.before.as_deref().unwrap_or_default();
        let diff = TextDiff::from_lines(before, &draft.after);
        let (old, new) = (format!("a/{}", draft.path), format!("b/{}", draft.path));
        let old = if draft.before.is_some() { old } else { "/dev/null".into() };
        self.print(&diff.unified_diff().context_radius(3).header(&old, &new).to_string())
    }
}

fn new_draft(record: &Record, keep: &[Kind]) -> Result<Draft> {
    let path = record.id.path();
    let (tree, masks) = mask_tree_but(&record.to_tree(), None, keep);
    let after = format!("{HEADER}{}", edit::to_yaml(&tree));
    let checked = parse(Source::new(&path, &after))?.record;
    if checked.to_tree() != tree {
        return Err(Diagnostic::error(
            "edit-not-exact",
            format!("{path}: the new text would not say exactly what was asked for"),
        )
        .into());
    }
    let lines = vec![checked.title.replace(['\n', '\r'], " ")];
    Ok(Draft { path, before: None, after, record: checked, lines, masks })
}

/// The text of a new record.
pub(crate) fn new_text(record: &Record) -> Result<String> {
    Ok(new_draft(record, &[])?.after)
}
