//! How a person approves something, whatever it is: one way for all commands that do.
//!
//! The file is long because what an approval is refused for is read in the order in which it is asked.

use std::path::{Path, PathBuf};

use super::Ctx;
use super::ctx::from_store;
use super::error::{Failure, Result};
use super::hosted::Hosted;
use crate::approval::{self, Document, Evidence, NAMESPACE, Need, Of, Problem, digest};
use crate::diag::Diagnostic;
use crate::incident::{Approval, ApprovalKind, EntryKind, IncidentId, Record};
use crate::store::{Before, Change, ssh_sign};

/// What every approving command takes.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Approving {
    /// Sign with this SSH key instead of git's user.signingkey
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Record the approval of the pull request that this CI job runs for (GITHUB_EVENT_PATH)
    #[arg(long, conflicts_with = "key")]
    hosted: bool,
    /// Print the change instead of making it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// For how many readers, where a message is approved
    #[arg(skip)]
    pub(crate) size: Option<u64>,
}

/// An approval that was given.
#[derive(Debug)]
pub(crate) struct Given {
    /// The record as written.
    pub(crate) record: Record,
    /// The approval.
    pub(crate) approval: Approval,
    /// The roles that still have to approve.
    pub(crate) missing: Vec<String>,
}

impl Given {
    /// What was done, in one line.
    pub(crate) fn line(&self) -> String {
        let Approval { of, by, role, kind, sandbox, .. } = &self.approval;
        let role = role.as_ref().map_or(String::new(), |role| format!(" as {role}"));
        let signed = if *kind == Some(ApprovalKind::Signed) { ", signed" } else { "" };
        let sandbox = if *sandbox { ", in a sandbox" } else { "" };
        let rest = match self.missing.as_slice() {
            [] => String::new(),
            some => format!("; still missing: {}", some.join(", ")),
        };
        let words = Of::parse(of).words();
        format!("{} · {by} approved {words}{role}{signed}{sandbox}{rest}", self.record.id)
    }
}

/// Approves something of an incident as whoever types.
///
/// # Errors
///
/// When the person may not, or has already; when the words are not committed; when they cannot be
/// signed and have to be.
pub(crate) fn approve(
    ctx: &mut Ctx,
    id: &IncidentId,
    of: &Of,
    command: &str,
    args: &Approving,
) -> Result<Given> {
    approve_and(ctx, id, of, command, args, |_, _, _, _, _| Ok(With::default()))
}

/// A change of a record.
pub(crate) type AlsoChange = Box<dyn FnMut(&mut Record)>;

/// What is written together with an approval.
#[derive(Default)]
pub(crate) struct With {
    /// Further files of the same commit.
    pub(crate) files: Vec<Change>,
    /// What else changes in the record.
    pub(crate) change: Option<AlsoChange>,
    /// What is held until the commit is made.
    pub(crate) held: Option<Box<dyn std::any::Any>>,
}

/// As [`approve`]; `and` sees the approval before it is written, what the standard asks of it, and
/// whether it is the last one that was missing.
///
/// # Errors
///
/// As [`approve`], and what `and` refuses.
pub(crate) fn approve_and(
    ctx: &mut Ctx,
    id: &IncidentId,
    of: &Of,
    command: &str,
    args: &Approving,
    and: impl FnOnce(&mut Ctx, &Record, &Approval, Option<&Need>, bool) -> Result<With>,
) -> Result<Given> {
    ctx.in_earnest("an approval", args.dry_run)?;
    let record = own_details(ctx, id)?;
    let (sha256, pin) = words_of(ctx, &record, of)?;
    let evidence = ctx.evidence(&record, std::slice::from_ref(of))?;
    let hosted = if args.hosted { Some(ctx.hosted()?) } else { None };
    let by = match &hosted {
        Some((_, who)) => who.clone(),
        None => known(ctx, &evidence)?,
    };
    if let Some((hosted, _)) = &hosted {
        same_then(ctx, &record, of, hosted, &sha256)?;
    }
    let name = of.to_string();
    let again = record.approvals.iter().enumerate().any(|(i, a)| {
        a.of == name
            && a.by == by
            && approval::judge(&evidence, &record, i).iter().all(Problem::counts)
            // For more readers than before it is another approval.
            && args.size.is_none_or(|size| a.size.is_some_and(|known| known >= size))
    });
    if again {
        let message = format!("{by} approved {} already, in these words", of.words());
        return Err(Diagnostic::error("approved-already", message)
            .help("somebody else approves it, or nobody needs to")
            .into());
    }
    let standing = approval::standing(&evidence, &record, of);
    let more = for_more(&evidence, &record, of, &by, &standing, args.size);
    let need = match more {
        Some(need) => Some(need.clone()),
        None => chosen(&evidence, &record, of, &by, &standing)?.cloned(),
    };
    let need = need.as_ref();
    let mut missing: Vec<&Need> = standing.missing().collect();
    if let Some(place) = need.and_then(|need| missing.iter().position(|m| *m == need)) {
        missing.remove(place);
    }
    let missing: Vec<String> = missing.into_iter().map(|m| m.role.clone()).collect();
    let asked = need.map(|n| n.proof);
    let keyed = evidence.person(&by).is_some_and(|p| p.key.is_some());
    if asked == Some(ApprovalKind::Hosted) && hosted.is_none() && !keyed {
        let message = format!("{} is approved in a pull request", of.words());
        return Err(Failure::no(
            Diagnostic::error("hosted-elsewhere", message)
                .help("approve the pull request, or list a key in standards/people.toml and sign"),
        ));
    }
    let role = need.map(|n| n.role.clone());
    let given = match hosted {
        None => ctx.give(&record, &evidence, of, sha256, role, None, asked, args)?,
        Some(_) if asked == Some(ApprovalKind::Signed) => {
            let message = format!("{} needs a signature, not a pull request", of.words());
            return Err(Failure::no(
                Diagnostic::error("weak-approval", message)
                    .help(format!("{by} signs it: inc pir approve {} --key FILE", id.suffix())),
            ));
        }
        Some((hosted, _)) => Approval {
            of: name,
            sha256: Some(sha256),
            by: by.clone(),
            role,
            at: hosted.at.or(Some(ctx.clock.now)),
            size: args.size,
            kind: Some(ApprovalKind::Hosted),
            reference: Some(hosted.url),
            sandbox: ctx.config.sandbox,
            ..Approval::default()
        },
    };
    let words = match &given.role {
        Some(role) => format!("{by} approved {} as {role}", of.words()),
        None => format!("{by} approved {}", of.words()),
    };
    let complete = missing.is_empty();
    let mut with = and(ctx, &record, &given, need, complete)?;
    let files = pin.into_iter().chain(with.files).collect();
    let record = write(ctx, id, command, args.dry_run, &given, &words, files, |record, at| {
        if complete && *of == Of::Review {
            record.review.get_or_insert_default().frozen_at = Some(at);
        }
        if let Some(change) = &mut with.change {
            change(record);
        }
    })?;
    drop(with.held);
    Ok(Given { record, approval: given, missing })
}

/// Lets a message go past its approval, for a reason; somebody else reads it afterwards.
///
/// # Errors
///
/// As [`approve`], but anybody of people.toml may.
pub(crate) fn break_glass(
    ctx: &mut Ctx,
    id: &IncidentId,
    message: &str,
    reason: &str,
    args: &Approving,
) -> Result<Given> {
    ctx.in_earnest("breaking the glass", args.dry_run)?;
    if reason.trim().is_empty() {
        return Err(Diagnostic::error("no-reason", "--break-glass needs a reason").into());
    }
    if args.hosted {
        let message = "whoever breaks the glass does it themselves, in no pull request";
        return Err(Diagnostic::error("usage", message).help("leave --hosted out").into());
    }
    let of = Of::BreakGlass(message.to_owned());
    let record = own_details(ctx, id)?;
    let (sha256, pin) = words_of(ctx, &record, &of)?;
    let evidence = ctx.evidence(&record, std::slice::from_ref(&of))?;
    let by = known(ctx, &evidence)?;
    let given = ctx.give(&record, &evidence, &of, sha256, None, Some(reason), None, args)?;
    let words = format!("{by} broke the glass for message {message}: {reason}");
    let standing = approval::standing(&evidence, &record, &of);
    let missing = standing.missing().map(|n| n.role.clone()).collect();
    let pin = pin.into_iter().collect();
    let record = write(ctx, id, "comms", args.dry_run, &given, &words, pin, |_, _| {})?;
    Ok(Given { record, approval: given, missing })
}

fn own_details(ctx: &Ctx, id: &IncidentId) -> Result<Record> {
    let record = ctx.load(id)?.record;
    if record.restricted.is_some() {
        let message = format!("{id} is a stub; its details are in another workspace");
        return Err(Diagnostic::error("restricted", message).help("approve there").into());
    }
    Ok(record)
}

/// Who types, if people.toml knows them.
fn known(ctx: &Ctx, evidence: &Evidence) -> Result<String> {
    let by = ctx.author_id();
    if evidence.people.is_empty() || evidence.person(&by).is_some() {
        return Ok(by);
    }
    let shown = crate::render::terminal_safe(&by);
    let message = format!("git says that you are {shown}, who is not in standards/people.toml");
    Err(Failure::no(
        Diagnostic::error("unknown-approver", message)
            .help("git config user.email must be the address in people.toml"),
    ))
}

/// The digest of what is approved, and its file, held as it is while the approval is written.
fn words_of(ctx: &Ctx, record: &Record, of: &Of) -> Result<(String, Option<Change>)> {
    let id = record.id.suffix();
    let Some(document) = approval::document(of, record, None) else {
        let help = match of {
            Of::Review => format!("inc pir draft {id}"),
            Of::Message(_) | Of::BreakGlass(_) => format!("inc show {id} lists its messages"),
            _ => format!("inc show {id}"),
        };
        let message = format!("{} has no {}", record.id, of.words().trim_start_matches("the "));
        return Err(Diagnostic::error("nothing-to-approve", message).help(help).into());
    };
    match document {
        Document::Words(words) => Ok((digest(words.as_bytes()), None)),
        Document::Hash(hash) => Ok((hash, None)),
        Document::File(path) => {
            let Some(bytes) = ctx.store.read(&path).map_err(from_store)? else {
                let message = format!("{path} does not exist");
                return Err(Diagnostic::error("nothing-to-approve", message).into());
            };
            let dirty = ctx.commits()
                && !ctx.store.dirty(&[Path::new(&path)]).map_err(from_store)?.is_empty();
            if dirty {
                // Committed by the approver, the words would be the approver's own.
                let message = format!("{path} has changes that are in no commit");
                return Err(Diagnostic::error("not-committed", message)
                    .help("whoever wrote them commits them first: git commit")
                    .into());
            }
            let hash = digest(&bytes);
            let before = Before::Text(bytes.clone());
            Ok((hash, Some(Change { path: path.into(), before, after: Some(bytes) })))
        }
    }
}

/// An approval that is there for fewer readers than there are now, and that this person may give.
fn for_more<'s>(
    evidence: &Evidence,
    record: &Record,
    of: &Of,
    by: &str,
    standing: &'s approval::Standing,
    size: Option<u64>,
) -> Option<&'s Need> {
    let size = size.filter(|_| standing.complete())?;
    let document = approval::document(of, record, None);
    let less = |place: &usize| {
        record.approvals.get(*place).is_some_and(|a| a.size.is_none_or(|known| known < size))
    };
    let may = |need: &Need| {
        let own = |apart| approval::is_own(evidence, record, of, document.as_ref(), by, apart);
        (evidence.people.is_empty() || approval::holds(evidence, record, by, &need.role))
            && !need.apart.is_some_and(own)
    };
    let filled = standing.needs.iter().filter(|(_, place)| place.as_ref().is_some_and(less));
    filled.map(|(need, _)| need).find(|need| may(need))
}

/// The first approval still missing that this person may give; none where nothing is asked for.
fn chosen<'s>(
    evidence: &Evidence,
    record: &Record,
    of: &Of,
    by: &str,
    standing: &'s approval::Standing,
) -> Result<Option<&'s Need>> {
    if standing.needs.is_empty() {
        return Ok(None);
    }
    let document = approval::document(of, record, None);
    let own = |need: &Need| {
        need.apart
            .filter(|apart| approval::is_own(evidence, record, of, document.as_ref(), by, *apart))
    };
    let missing: Vec<&Need> = standing.missing().collect();
    let nobody = evidence.people.is_empty();
    let may = |need: &&&Need| nobody || approval::holds(evidence, record, by, &need.role);
    if let Some(need) = missing.iter().filter(may).find(|need| own(need).is_none()) {
        return Ok(Some(need));
    }
    if missing.is_empty() {
        let message = format!("{} has every approval that it needs", of.words());
        return Err(Diagnostic::error("approved-already", message).into());
    }
    if let Some(apart) = missing.iter().filter(may).find_map(|need| own(need)) {
        let message = format!("{by} {}, and does not approve it", apart.did());
        return Err(Failure::no(
            Diagnostic::error("self-approval", message).help(others(evidence, &missing, by)),
        ));
    }
    let mut roles: Vec<&str> = missing.iter().map(|n| n.role.as_str()).collect();
    roles.dedup();
    let message = format!("{} is approved by {}, and {by} is none", of.words(), roles.join(", "));
    Err(Failure::no(
        Diagnostic::error("approver-without-role", message).help(others(evidence, &missing, by)),
    ))
}

/// Who could give what is missing.
fn others(evidence: &Evidence, missing: &[&Need], by: &str) -> String {
    let of = |need: &&Need| {
        let people = evidence.people.iter().filter(|p| p.roles.contains(&need.role) && p.id != by);
        let names: Vec<&str> = people.map(|p| p.id.as_str()).take(5).collect();
        match names.is_empty() {
            true => format!("nobody of standards/people.toml is {}", need.role),
            false => format!("{}: {}", need.role, names.join(", ")),
        }
    };
    let mut lines: Vec<String> = missing.iter().map(of).collect();
    lines.dedup();
    lines.join("; ")
}

/// Refuses a pull request's approval of other words than those that are here now.
fn same_then(ctx: &Ctx, record: &Record, of: &Of, hosted: &Hosted, sha256: &str) -> Result<()> {
    let then = match approval::document(of, record, None) {
        Some(Document::File(path)) => {
            ctx.store.read_at(&hosted.commit, &path).map_err(from_store)?.map(|b| digest(&b))
        }
        _ => None,
    };
    if then.as_deref() == Some(sha256) {
        return Ok(());
    }
    let short = hosted.commit.get(..10).unwrap_or(&hosted.commit);
    let message = format!("{} is not as it was approved, in {short}", of.words());
    Err(Failure::no(
        Diagnostic::error("stale-approval", message).help("have the pull request approved again"),
    ))
}

#[expect(clippy::too_many_arguments, reason = "an approval is written in one place")]
fn write(
    ctx: &mut Ctx,
    id: &IncidentId,
    command: &str,
    dry_run: bool,
    given: &Approval,
    words: &str,
    files: Vec<Change>,
    mut also: impl FnMut(&mut Record, crate::units::Instant),
) -> Result<Record> {
    let at = ctx.clock.now;
    ctx.change_with(id, command, dry_run, at, "", |record, act| {
        record.approvals.push(given.clone());
        also(record, act.at);
        record.add_entry(act, EntryKind::Decision, words, false);
        // In the same transaction, so that the words are still those when this is committed.
        Ok(files.clone())
    })
}

impl Ctx {
    /// Makes an approval by whoever types, signed where the standard or people.toml asks for it.
    ///
    /// # Errors
    ///
    /// When it has to be signed and cannot be.
    #[expect(clippy::too_many_arguments, reason = "each is a part of the approval")]
    pub(crate) fn give(
        &self,
        record: &Record,
        evidence: &Evidence,
        of: &Of,
        sha256: String,
        role: Option<String>,
        reason: Option<&str>,
        asked: Option<ApprovalKind>,
        args: &Approving,
    ) -> Result<Approval> {
        let key = args.key.as_deref();
        let by = self.author_id();
        let listed = evidence.person(&by).is_some_and(|p| p.key.is_some());
        let mut given = Approval {
            of: of.to_string(),
            sha256: Some(sha256),
            by,
            role,
            at: Some(self.clock.now),
            size: args.size,
            kind: Some(ApprovalKind::Authored),
            // A signature is over the reason that the record will have.
            reason: reason.map(|reason| self.reason_as_written(reason)).transpose()?,
            sandbox: self.config.sandbox,
            ..Approval::default()
        };
        if !listed && asked != Some(ApprovalKind::Signed) && key.is_none() {
            return Ok(given);
        }
        if !listed {
            let message = format!("standards/people.toml lists no key for {}", given.by);
            return Err(Failure::no(Diagnostic::error("no-key", message).help(
                "add `key = \"ssh-ed25519 …\"` (the public one), and have that change reviewed",
            )));
        }
        given.kind = Some(ApprovalKind::Signed);
        let text = approval::statement(&record.uid, &given);
        let key = match key {
            Some(key) => key.to_owned(),
            None => self.signing_key()?,
        };
        let armoured = ssh_sign(&text, NAMESPACE, &key).map_err(|e| {
            let message = format!("{}: {e}", key.display());
            Failure::outside(
                Diagnostic::error("not-signed", message).help("--key FILE names another key"),
            )
        })?;
        given.signature = Some(approval::bare(&armoured));
        Ok(given)
    }

    /// The key file that git signs with.
    ///
    /// # Errors
    ///
    /// When git signs with no SSH key.
    pub(crate) fn signing_key(&self) -> Result<PathBuf> {
        let setting = self.store.setting("user.signingkey").map_err(from_store)?;
        let ssh = self.store.setting("gpg.format").map_err(from_store)?.as_deref() == Some("ssh");
        if let Some(key) = setting.filter(|_| ssh) {
            let home = super::environment("HOME").unwrap_or_default();
            let path = match key.strip_prefix("~/") {
                Some(rest) => Path::new(&home).join(rest),
                None => PathBuf::from(key),
            };
            return Ok(path);
        }
        Err(Failure::outside(
            Diagnostic::error(
                "no-signing-key",
                "this approval is signed, and git names no SSH key",
            )
            .help("--key FILE, or: git config gpg.format ssh; git config user.signingkey FILE"),
        ))
    }

    /// Makes an override by whoever types: going past what the standard says, for a reason.
    ///
    /// # Errors
    ///
    /// When the author or the time was set by hand outside a sandbox, or it cannot be signed.
    pub(crate) fn overriding(
        &self,
        record: &Record,
        step: &str,
        reason: &str,
        dry_run: bool,
    ) -> Result<Approval> {
        self.in_earnest("an override", dry_run)?;
        let of = Of::Override(step.to_owned());
        let evidence = self.evidence(record, std::slice::from_ref(&of))?;
        let by = self.author_id();
        let needs = evidence.needs.get(&(record.id.clone(), of.to_string()));
        let held = needs.into_iter().flatten().find(|need| {
            evidence.people.is_empty() || approval::holds(&evidence, record, &by, &need.role)
        });
        let written = self.reason_as_written(reason)?;
        let sha256 = match approval::document(&of, record, Some(&written)) {
            Some(Document::Words(words)) => digest(words.as_bytes()),
            _ => digest(written.as_bytes()),
        };
        if let (None, Some(first)) = (held, needs.and_then(|n| n.first())) {
            self.talk(&format!("{} is for {}; inc check will say so", of.words(), first.role));
        }
        let role = held.map(|need| need.role.clone());
        self.give(record, &evidence, &of, sha256, role, Some(reason), None, &Approving::default())
    }
}
