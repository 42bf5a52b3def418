//! What files, git and `ssh-keygen` say around the approvals of some records.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::Ctx;
use super::ctx::from_store;
use super::error::Result;
use crate::approval::{
    self, Added, Apart, Document, Evidence, NAMESPACE, Of, Signature, Writer, digest,
};
use crate::diag::Source;
use crate::incident::Record;
use crate::reports::approvals::{all_needs, approvers};
use crate::store::{PRETENDED_TRAILER, Touch, Verdict, ssh_verify, trailer};
use crate::yaml::{self, Tree};

/// Records whose old versions are held in memory together.
const TOGETHER: usize = 500;

/// Gathers what is known around the approvals and waivers of some records; `further` are things
/// that have no approval yet.
///
/// # Errors
///
/// When a file or git's history cannot be read.
pub(crate) fn gather(ctx: &Ctx, records: &[&Record], further: &[Of]) -> Result<Evidence> {
    let company = ctx.company()?;
    let mut evidence = Evidence {
        people: approvers(&company),
        sandbox: ctx.config.sandbox,
        hosted: super::hosted::told().and_then(|_| ctx.hosted().ok()).map(|(h, who)| (h.url, who)),
        ..Evidence::default()
    };
    let (mut wrote, mut approved) = (BTreeSet::new(), Vec::new());
    for record in records {
        let listed = record.approvals.iter().map(|a| Of::parse(&a.of));
        let waived = record.waivers.iter().map(|w| Of::Waiver(w.code.clone()));
        let of: BTreeSet<Of> = listed.chain(waived).chain(further.iter().cloned()).collect();
        if of.is_empty() {
            continue;
        }
        let holding = ctx.holding_messages(record, &of)?;
        for (name, needs) in all_needs(record, &company, ctx.clock.now, &of, &holding) {
            let apart = needs.iter().any(|need| need.apart == Some(Apart::Author));
            if let Some(Document::File(path)) =
                approval::document(&Of::parse(&name), record, None).filter(|_| apart)
            {
                wrote.insert(path);
            }
            evidence.needs.insert((record.id.clone(), name), needs);
        }
        for of in &of {
            let Some(Document::File(path)) = approval::document(of, record, None) else { continue };
            // A file outside the folder is the check `file-outside`'s business.
            if let Ok(Some(bytes)) = ctx.store.read(&path) {
                evidence.files.insert(path, digest(&bytes));
            }
        }
        if !record.approvals.is_empty() {
            approved.push(*record);
        }
    }
    signatures(&approved, &mut evidence)?;
    // Where commands never commit, whoever commits by hand is not whoever approved.
    let asked = ctx.config.git.commit != super::config::CommitMode::Never;
    if asked && ctx.store.head().map_err(from_store)?.commit.is_some() {
        history(ctx, &approved, &wrote, &mut evidence)?;
    }
    Ok(evidence)
}

/// Verifies each signature with the key that people.toml lists.
fn signatures(records: &[&Record], evidence: &mut Evidence) -> Result<()> {
    for record in records {
        for (place, approval) in record.approvals.iter().enumerate() {
            let Some(bare) = &approval.signature else { continue };
            let key = evidence.person(&approval.by).and_then(|p| p.key.clone());
            let said = match key {
                None => Signature::Bad("people.toml lists no key".to_owned()),
                Some(key) => {
                    let text = approval::statement(&record.uid, approval);
                    let armoured = approval::armoured(bare);
                    match ssh_verify(&text, NAMESPACE, &armoured, &key).map_err(from_store)? {
                        Verdict::Good => Signature::Good,
                        Verdict::Bad(why) => Signature::Bad(why),
                        Verdict::NoProgram => {
                            Signature::Unchecked("ssh-keygen is not installed".to_owned())
                        }
                    }
                }
            };
            evidence.signatures.insert((record.id.clone(), place), said);
        }
    }
    Ok(())
}

/// Asks git's history, in one walk, who wrote the documents and who added the approvals.
fn history(
    ctx: &Ctx,
    records: &[&Record],
    wrote: &BTreeSet<String>,
    evidence: &mut Evidence,
) -> Result<()> {
    let own: Vec<String> = records.iter().map(|r| r.id.path()).collect();
    let paths: Vec<&Path> = own.iter().chain(wrote).map(Path::new).collect();
    if paths.is_empty() {
        return Ok(());
    }
    let touches =
        ctx.store.touches(Path::new("incidents"), Some(&paths), None, None).map_err(from_store)?;
    let cut_off = ctx.store.cut_off().map_err(from_store)?;
    let mut by_path: HashMap<&Path, Vec<(&Touch, usize)>> = HashMap::new();
    for touch in &touches {
        for (i, file) in touch.files.iter().enumerate() {
            by_path.entry(&file.path).or_default().push((touch, i));
        }
    }
    for path in wrote {
        let authors = by_path.get(Path::new(path)).into_iter().flatten();
        let mut writers: Vec<Writer> = Vec::new();
        for (touch, _) in authors {
            let writer = writer(touch);
            // What a shallow clone begins with was not written by whoever made its first commit.
            if !writers.contains(&writer) && !cut_off.contains(&touch.commit.commit) {
                writers.push(writer);
            }
        }
        evidence.writers.insert(path.clone(), writers);
    }
    for part in records.chunks(TOGETHER) {
        added(ctx, part, &by_path, &cut_off, evidence)?;
    }
    Ok(())
}

fn writer(touch: &Touch) -> Writer {
    let author = &touch.commit.author;
    Writer { name: author.name.clone(), email: author.email.clone() }
}

/// Finds the commit that added each approval: it has it, and none of its parents does.
fn added(
    ctx: &Ctx,
    records: &[&Record],
    by_path: &HashMap<&Path, Vec<(&Touch, usize)>>,
    cut_off: &HashSet<String>,
    evidence: &mut Evidence,
) -> Result<()> {
    let versions = |record: &Record| {
        let path = PathBuf::from(record.id.path());
        by_path.get(path.as_path()).map(Vec::as_slice).unwrap_or_default()
    };
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for record in records {
        for (touch, i) in versions(record) {
            let Some(file) = touch.files.get(*i) else { continue };
            names.extend(file.before.iter().chain([&file.after]).flatten().map(String::as_str));
        }
    }
    let names: Vec<&str> = names.into_iter().collect();
    let texts = ctx.store.texts(&names).map_err(from_store)?;
    let texts: HashMap<&str, Vec<u8>> =
        names.into_iter().zip(texts).filter_map(|(name, text)| Some((name, text?))).collect();
    let own: Vec<PathBuf> = records.iter().map(|r| r.id.path().into()).collect();
    let own: Vec<&Path> = own.iter().map(PathBuf::as_path).collect();
    let heads = ctx.store.read_many_at("HEAD", &own).map_err(from_store)?;
    for (record, head) in records.iter().zip(heads) {
        let head = head.map(|text| given(&text)).unwrap_or_default();
        let mut read: HashMap<&str, HashSet<String>> = HashMap::new();
        let versions = versions(record);
        for (touch, i) in versions {
            let Some(file) = touch.files.get(*i) else { continue };
            for name in file.before.iter().chain([&file.after]).flatten() {
                read.entry(name).or_insert_with(|| {
                    texts.get(name.as_str()).map(|t| given(t)).unwrap_or_default()
                });
            }
        }
        let now = ctx.text(&record.id.path()).map(|t| listed(t.as_bytes())).unwrap_or_default();
        for (place, approval) in now.iter().enumerate() {
            let has = |name: &Option<String>| {
                name.as_deref().and_then(|n| read.get(n)).is_some_and(|g| g.contains(approval))
            };
            let in_head = head.contains(approval);
            let found = versions.iter().find(|(touch, i)| {
                let file = touch.files.get(*i);
                file.is_some_and(|file| has(&file.after) && !file.before.iter().any(has))
            });
            let said = match found {
                Some((touch, _)) if in_head && cut_off.contains(&touch.commit.commit) => {
                    Added::CutOff
                }
                Some((touch, _)) if in_head => Added::By {
                    commit: touch.commit.commit.clone(),
                    author: writer(touch),
                    pretended: trailer(&touch.commit.body, PRETENDED_TRAILER).is_some(),
                },
                _ => Added::Uncommitted,
            };
            evidence.added.insert((record.id.clone(), place), said);
        }
    }
    Ok(())
}

/// The approvals of a version.
fn given(text: &[u8]) -> HashSet<String> {
    listed(text).into_iter().collect()
}

/// The approvals of a version in their order, each with all that it claims.
fn listed(text: &[u8]) -> Vec<String> {
    // Most versions have none, and reading them all would be most of the work.
    let text = String::from_utf8_lossy(text);
    if !text.contains("approvals") {
        return Vec::new();
    }
    let Ok(node) = yaml::parse(Source::new("", &text)) else { return Vec::new() };
    let Some(Tree::Seq(items)) = node.get("approvals").map(yaml::Node::to_tree) else {
        return Vec::new();
    };
    items.iter().map(claims).collect()
}

fn claims(item: &Tree) -> String {
    let field = |name| item.get(name).and_then(Tree::scalar).unwrap_or_default();
    ["of", "sha256", "by", "role", "at", "kind", "signature", "reason"].map(field).join("\u{1f}")
}

impl Ctx {
    /// What is known around the approvals of one record.
    pub(crate) fn evidence(&self, record: &Record, further: &[Of]) -> Result<Evidence> {
        gather(self, &[record], further)
    }

    /// Whether commands of this workspace commit.
    pub(crate) fn commits(&self) -> bool {
        self.config.git.commit == super::config::CommitMode::Each
    }
}
