//! Whether an approval counts.

use std::collections::HashMap;

use super::{Apart, Document, Need, Of, digest, strength};
use crate::incident::{Approval, ApprovalKind, IncidentId, Record};

/// Somebody of people.toml, as far as approvals ask.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Approver {
    /// The id that records use.
    pub id: String,
    /// Their name.
    pub name: String,
    /// The address that they commit with.
    pub email: Option<String>,
    /// The roles that they may hold.
    pub roles: Vec<String>,
    /// The SSH public key that signs their approvals.
    pub key: Option<String>,
}

/// Who made a commit, by its own words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Writer {
    /// The name in the commit.
    pub name: String,
    /// The address in the commit.
    pub email: String,
}

/// What git says of how an approval came into the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// This commit added it.
    By {
        /// The commit.
        commit: String,
        /// Its author.
        author: Writer,
        /// Whether the author or the time was given to the command (`INC_AUTHOR`, `INC_NOW`).
        pretended: bool,
    },
    /// It stands in the file and in no commit.
    Uncommitted,
    /// History ends before it: a shallow clone.
    CutOff,
}

/// What `ssh-keygen` says of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// Made by the key that people.toml lists, over exactly this approval.
    Good,
    /// Not so; why.
    Bad(String),
    /// Nobody could look; why.
    Unchecked(String),
}

/// All that is known around the approvals of some records. What nobody looked at is not in it, and
/// is not judged.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// people.toml.
    pub people: Vec<Approver>,
    /// Whether the workspace is for trying things.
    pub sandbox: bool,
    /// The digest of each file that approvals are of, by its path below the workspace.
    pub files: HashMap<String, String>,
    /// Who changed each of those files, in git's history.
    pub writers: HashMap<String, Vec<Writer>>,
    /// How each approval came into its record, by its place in the list.
    pub added: HashMap<(IncidentId, usize), Added>,
    /// The pull request's approval that this job runs for: where it is, and whose.
    pub hosted: Option<(String, String)>,
    /// What is said of each signature.
    pub signatures: HashMap<(IncidentId, usize), Signature>,
    /// What the standard asks for, by what is approved.
    pub needs: HashMap<(IncidentId, String), Vec<Need>>,
}

/// What speaks against an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The document is not as it was approved.
    Stale,
    /// Nobody of people.toml.
    Unknown,
    /// The approver wrote, made or led what was approved.
    Own(Apart),
    /// The approver does not hold the role.
    Role(String),
    /// The standard asks for more than this kind shows.
    Weak(ApprovalKind),
    /// Not by whom it says, and why one can see it.
    Forged(String),
    /// Made while trying things, in a workspace that is in earnest.
    Sandbox,
    /// It may be right, but it cannot be shown here; why.
    Unproved(String),
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Problem::Stale => f.write_str("the words changed afterwards"),
            Problem::Unknown => f.write_str("not in people.toml"),
            Problem::Own(apart) => write!(f, "the approver {}", apart.did()),
            Problem::Role(role) => write!(f, "the approver is no {role}"),
            Problem::Weak(asked) => write!(f, "the standard asks for {}", asked.as_str()),
            Problem::Forged(why) | Problem::Unproved(why) => f.write_str(why),
            Problem::Sandbox => f.write_str("made in a sandbox"),
        }
    }
}

impl Problem {
    /// The check that finds it.
    pub fn code(&self) -> &'static str {
        match self {
            Problem::Stale => "stale-approval",
            Problem::Unknown => "unknown-approver",
            Problem::Own(_) => "self-approval",
            Problem::Role(_) => "approver-without-role",
            Problem::Weak(_) => "weak-approval",
            Problem::Forged(_) => "forged-approval",
            Problem::Sandbox => "sandbox-approval",
            Problem::Unproved(_) => "unproved-approval",
        }
    }

    /// Whether the approval still counts.
    pub fn counts(&self) -> bool {
        matches!(self, Problem::Unproved(_))
    }
}

/// Whether git's words for somebody are those of a person: by address, else by name.
pub fn same_person(person: &Approver, writer: &Writer) -> bool {
    match person.email.as_deref().map(str::trim).filter(|email| !email.is_empty()) {
        Some(email) => email.eq_ignore_ascii_case(writer.email.trim()),
        None => [&person.name, &person.id].iter().any(|n| n.as_str() == writer.name.trim()),
    }
}

impl Evidence {
    /// Somebody by id, name or address.
    pub fn person(&self, called: &str) -> Option<&Approver> {
        let called = called.trim();
        let by_id = self.people.iter().find(|p| p.id == called);
        by_id.or_else(|| {
            self.people.iter().find(|p| {
                p.name == called || p.email.as_ref().is_some_and(|e| e.eq_ignore_ascii_case(called))
            })
        })
    }

    /// Whether two names are one person.
    fn same(&self, one: &str, other: &str) -> bool {
        one == other || self.person(one).zip(self.person(other)).is_some_and(|(a, b)| a.id == b.id)
    }

    /// The digest of a document as it is now; `None` where nobody looked.
    fn digest_of(&self, document: &Document) -> Option<String> {
        match document {
            Document::File(path) => self.files.get(path).cloned(),
            Document::Words(words) => Some(digest(words.as_bytes())),
            Document::Hash(hash) => Some(hash.clone()),
        }
    }
}

/// Whether somebody may act in a role: by people.toml, or because the incident gave it to them.
pub fn holds(evidence: &Evidence, record: &Record, by: &str, role: &str) -> bool {
    let listed = evidence.person(by).is_some_and(|p| p.roles.iter().any(|r| r == role));
    listed || record.roles.iter().any(|r| r.role == role && evidence.same(&r.person, by))
}

/// Whether somebody did what keeps them from approving it.
pub fn is_own(
    evidence: &Evidence,
    record: &Record,
    of: &Of,
    document: Option<&Document>,
    by: &str,
    apart: Apart,
) -> bool {
    let same = |name: Option<&str>| name.is_some_and(|name| evidence.same(name, by));
    match apart {
        Apart::Facilitator => same(record.review.as_ref().and_then(|r| r.facilitator.as_deref())),
        Apart::Maker => {
            let Of::Payout(run) = of else { return false };
            let run = record
                .compensation
                .iter()
                .find(|r| r.id.as_ref().is_some_and(|id| id.as_str() == run));
            same(run.and_then(|r| r.by.as_deref()))
        }
        Apart::Author => match (of, document) {
            (Of::Waiver(code), _) => {
                let waiver = record.waivers.iter().rev().find(|w| &w.code == code);
                same(waiver.and_then(|w| w.by.as_deref()))
            }
            (_, Some(Document::File(path))) => {
                let wrote = |w: &Writer| match evidence.person(by) {
                    Some(person) => same_person(person, w),
                    None => w.name == by || w.email == by,
                };
                evidence.writers.get(path).is_some_and(|writers| writers.iter().any(wrote))
            }
            _ => false,
        },
    }
}

/// Whether an approval is of its document as it is now; `None` where nobody can tell.
pub fn current(evidence: &Evidence, record: &Record, approval: &Approval) -> Option<bool> {
    let document = Of::parse(&approval.of).document_of(record, approval)?;
    let now = evidence.digest_of(&document)?;
    Some(approval.sha256.as_ref() == Some(&now))
}

/// What speaks against the approval at this place of the record's list; empty when nothing does.
pub fn judge(evidence: &Evidence, record: &Record, place: usize) -> Vec<Problem> {
    let Some(approval) = record.approvals.get(place) else { return Vec::new() };
    let of = Of::parse(&approval.of);
    let document = of.document_of(record, approval);
    let person = evidence.person(&approval.by);
    let mut problems = Vec::new();
    if approval.sandbox && !evidence.sandbox {
        problems.push(Problem::Sandbox);
    }
    // Overrides of before hashes were taken say their reason, and nothing that could change.
    let plain = approval.sha256.is_none() && matches!(of, Of::Override(_));
    if !plain && current(evidence, record, approval) == Some(false) {
        problems.push(Problem::Stale);
    }
    if person.is_none() && !evidence.people.is_empty() {
        problems.push(Problem::Unknown);
    } else if let Some(role) = &approval.role
        && !evidence.people.is_empty()
        && !holds(evidence, record, &approval.by, role)
    {
        problems.push(Problem::Role(role.clone()));
    }
    let key = (record.id.clone(), approval.of.clone());
    let needs = match of {
        // What is asked of a broken glass is asked of whoever reads the message afterwards.
        Of::BreakGlass(_) => &[],
        _ => evidence.needs.get(&key).map(Vec::as_slice).unwrap_or_default(),
    };
    if let (Of::Override(_), None, Some(person), [first, ..]) = (&of, &approval.role, person, needs)
        && !needs.iter().any(|need| holds(evidence, record, &person.id, &need.role))
    {
        // Whoever went past a gate in a hurry did so in no role; the standard asks for one.
        problems.push(Problem::Role(first.role.clone()));
    }
    let fits = |need: &&Need| approval.role.as_ref().is_none_or(|role| role == &need.role);
    if let Some(apart) = needs
        .iter()
        .filter(fits)
        .filter_map(|n| n.apart)
        .find(|apart| is_own(evidence, record, &of, document.as_ref(), &approval.by, *apart))
    {
        problems.push(Problem::Own(apart));
    }
    let kind = approval.kind.unwrap_or(ApprovalKind::Authored);
    let asked = needs.iter().filter(fits).map(|n| n.proof).max_by_key(|p| strength(*p));
    if let Some(asked) = asked.filter(|asked| strength(*asked) > strength(kind)) {
        problems.push(Problem::Weak(asked));
    }
    problems.extend(shown(evidence, (&record.id, place), approval, person, kind));
    problems
}

/// What speaks against an approval having been given by whom it names.
fn shown(
    evidence: &Evidence,
    (id, place): (&IncidentId, usize),
    approval: &Approval,
    person: Option<&Approver>,
    kind: ApprovalKind,
) -> Option<Problem> {
    let at = (id.clone(), place);
    let by = &approval.by;
    if approval.signature.is_some() {
        return match evidence.signatures.get(&at) {
            Some(Signature::Bad(why)) => {
                Some(Problem::Forged(format!("the signature is not {by}'s: {why}")))
            }
            Some(Signature::Unchecked(why)) => Some(Problem::Unproved(why.clone())),
            Some(Signature::Good) | None => None,
        };
    }
    if kind == ApprovalKind::Signed {
        return Some(Problem::Forged("it says that it is signed, and has no signature".to_owned()));
    }
    if kind == ApprovalKind::Hosted {
        let Some(reference) = &approval.reference else {
            return Some(Problem::Forged("it names no pull request".to_owned()));
        };
        return match &evidence.hosted {
            Some((url, who)) if url == reference && evidence.same(who, by) => None,
            Some((url, _)) if url == reference => {
                Some(Problem::Forged("somebody else approved that pull request".to_owned()))
            }
            _ => Some(Problem::Unproved(format!("it was given in {reference}"))),
        };
    }
    if person.is_some_and(|p| p.key.is_some()) {
        return Some(Problem::Forged(format!(
            "people.toml lists a key for {by}, and nothing is signed with it"
        )));
    }
    if person.is_none() && !evidence.people.is_empty() {
        // Of whom nothing is known nothing can be compared; that alone is the finding.
        return None;
    }
    match evidence.added.get(&at)? {
        Added::Uncommitted => Some(Problem::Unproved("it is in no commit yet".to_owned())),
        Added::CutOff => Some(Problem::Unproved(
            "history is cut off before the commit that added it (a shallow clone)".to_owned(),
        )),
        Added::By { commit, author, pretended } => {
            let short = commit.get(..10).unwrap_or(commit);
            let is_them = match person {
                Some(person) => same_person(person, author),
                None => author.name == *by || author.email.eq_ignore_ascii_case(by),
            };
            if !is_them {
                let Writer { name, email } = author;
                return Some(Problem::Forged(format!("{name} <{email}> added it, in {short}")));
            }
            (*pretended && !evidence.sandbox).then(|| {
                Problem::Forged(format!("in {short} the author or the time was set by hand"))
            })
        }
    }
}

/// Which of the approvals that the standard asks for are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Each one that is asked for, with the place of the approval that gives it.
    pub needs: Vec<(Need, Option<usize>)>,
}

impl Standing {
    /// Whether something is asked for, and all of it is there.
    pub fn complete(&self) -> bool {
        !self.needs.is_empty() && self.needs.iter().all(|(_, by)| by.is_some())
    }

    /// What is still missing.
    pub fn missing(&self) -> impl Iterator<Item = &Need> {
        self.needs.iter().filter(|(_, by)| by.is_none()).map(|(need, _)| need)
    }
}

/// Matches what is asked for with the approvals that count; each is given by somebody else.
pub fn standing(evidence: &Evidence, record: &Record, of: &Of) -> Standing {
    let name = of.to_string();
    let key = (record.id.clone(), name.clone());
    let needs = evidence.needs.get(&key).cloned().unwrap_or_default();
    // A broken glass is mended by approvals of the message itself.
    let approved = match of {
        Of::BreakGlass(id) => id.as_str(),
        _ => name.as_str(),
    };
    let mut free: Vec<usize> = (0..record.approvals.len())
        .filter(|i| record.approvals.get(*i).is_some_and(|a| a.of == approved))
        .filter(|i| judge(evidence, record, *i).iter().all(Problem::counts))
        .collect();
    let breaker = record.approvals.iter().rev().find(|a| a.of == name && a.of != approved);
    let mut used: Vec<&str> = breaker.map(|a| a.by.as_str()).into_iter().collect();
    let mut filled = Vec::new();
    for need in needs {
        let fits = |i: &usize| {
            record.approvals.get(*i).is_some_and(|a| {
                a.role.as_ref() == Some(&need.role)
                    && strength(a.kind.unwrap_or(ApprovalKind::Authored)) >= strength(need.proof)
                    && !used.iter().any(|by| evidence.same(by, &a.by))
            })
        };
        let found = free.iter().position(fits).map(|at| free.remove(at));
        if let Some(approval) = found.and_then(|i| record.approvals.get(i)) {
            used.push(&approval.by);
        }
        filled.push((need, found));
    }
    Standing { needs: filled }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Review;

    fn person(id: &str, role: &str, key: Option<&str>) -> Approver {
        Approver {
            id: id.into(),
            name: id.to_uppercase(),
            email: Some(format!("{id}@example.com")),
            roles: vec![role.into()],
            key: key.map(str::to_owned),
        }
    }

    fn need(role: &str, apart: Option<Apart>, proof: ApprovalKind) -> Need {
        let after = None;
        Need { role: role.into(), apart, proof, after, rule: role.into(), why: None }
    }

    fn writer(id: &str) -> Writer {
        Writer { name: id.to_uppercase(), email: format!("{id}@example.com") }
    }

    /// A review that ana wrote and beto approved.
    fn scene() -> (Evidence, Record) {
        let id: IncidentId = "INC-20261121-7QKM".parse().unwrap();
        let mut record = Record::new(id.clone(), "01J".into(), "t".into());
        record.review = Some(Review { file: Some("pir.md".into()), ..Review::default() });
        record.approvals.push(Approval {
            of: "review".into(),
            sha256: Some(digest(b"words")),
            by: "beto".into(),
            role: Some("commander".into()),
            kind: Some(ApprovalKind::Authored),
            ..Approval::default()
        });
        let path = format!("{}/pir.md", id.folder());
        let mut evidence = Evidence {
            people: vec![person("ana", "scribe", None), person("beto", "commander", None)],
            ..Evidence::default()
        };
        evidence.files.insert(path.clone(), digest(b"words"));
        evidence.writers.insert(path, vec![writer("ana")]);
        let added = Added::By { commit: "c0ffee".into(), author: writer("beto"), pretended: false };
        evidence.added.insert((id.clone(), 0), added);
        let needs = vec![need("commander", Some(Apart::Author), ApprovalKind::Authored)];
        evidence.needs.insert((id, "review".into()), needs);
        (evidence, record)
    }

    #[test]
    fn a_good_one_counts() {
        let (evidence, record) = scene();
        assert_eq!(judge(&evidence, &record, 0), []);
        assert!(standing(&evidence, &record, &Of::Review).complete());
    }

    #[test]
    fn one_changed_character_makes_it_stale() {
        let (mut evidence, record) = scene();
        for hash in evidence.files.values_mut() {
            *hash = digest(b"words.");
        }
        assert_eq!(judge(&evidence, &record, 0), [Problem::Stale]);
        assert!(!standing(&evidence, &record, &Of::Review).complete());
    }

    #[test]
    fn an_author_does_not_approve_their_own_words() {
        let (mut evidence, record) = scene();
        for writers in evidence.writers.values_mut() {
            writers.push(writer("beto"));
        }
        assert_eq!(judge(&evidence, &record, 0), [Problem::Own(Apart::Author)]);
    }

    #[test]
    fn strangers_and_people_without_the_role_do_not_count() {
        let (mut evidence, mut record) = scene();
        evidence.people.retain(|p| p.id != "beto");
        let found = judge(&evidence, &record, 0);
        assert_eq!(found.first(), Some(&Problem::Unknown));
        let (evidence, _) = scene();
        record.approvals[0].role = Some("sponsor".into());
        assert_eq!(judge(&evidence, &record, 0), [Problem::Role("sponsor".into())]);
        record.roles.push(crate::incident::Role {
            role: "sponsor".into(),
            person: "BETO".into(),
            ..Default::default()
        });
        assert_eq!(judge(&evidence, &record, 0), []);
    }

    #[test]
    fn a_commit_of_somebody_else_is_a_forgery() {
        let (mut evidence, record) = scene();
        for added in evidence.added.values_mut() {
            *added = Added::By { commit: "c0ffee".into(), author: writer("ana"), pretended: false };
        }
        let found = judge(&evidence, &record, 0);
        assert!(matches!(&found[..], [Problem::Forged(why)] if why.contains("ANA <ana@")));
    }

    #[test]
    fn whoever_has_a_key_signs() {
        let (mut evidence, mut record) = scene();
        evidence.people[1].key = Some("ssh-ed25519 AAAA".into());
        assert!(matches!(&judge(&evidence, &record, 0)[..], [Problem::Forged(_)]));
        record.approvals[0].signature = Some("abc".into());
        let at = (record.id.clone(), 0);
        evidence.signatures.insert(at.clone(), Signature::Good);
        // Squashed by somebody else: the signature is enough.
        evidence.added.insert(
            at.clone(),
            Added::By { commit: "c".into(), author: writer("ana"), pretended: false },
        );
        assert_eq!(judge(&evidence, &record, 0), []);
        evidence.signatures.insert(at, Signature::Bad("no".into()));
        assert!(matches!(&judge(&evidence, &record, 0)[..], [Problem::Forged(_)]));
    }

    #[test]
    fn more_is_asked_than_a_name_in_a_commit() {
        let (mut evidence, record) = scene();
        for needs in evidence.needs.values_mut() {
            needs[0].proof = ApprovalKind::Signed;
        }
        assert_eq!(judge(&evidence, &record, 0), [Problem::Weak(ApprovalKind::Signed)]);
        assert!(!standing(&evidence, &record, &Of::Review).complete());
    }

    #[test]
    fn two_are_two_people() {
        let (mut evidence, mut record) = scene();
        evidence.people[1].roles.push("sponsor".into());
        for needs in evidence.needs.values_mut() {
            needs.push(need("sponsor", None, ApprovalKind::Authored));
        }
        let mut second = record.approvals[0].clone();
        second.role = Some("sponsor".into());
        record.approvals.push(second);
        assert_eq!(standing(&evidence, &record, &Of::Review).missing().count(), 1);
        evidence.people.push(person("gus", "sponsor", None));
        record.approvals[1].by = "gus".into();
        assert!(standing(&evidence, &record, &Of::Review).complete());
    }

    #[test]
    fn a_sandbox_stays_in_the_sandbox() {
        let (mut evidence, mut record) = scene();
        record.approvals[0].sandbox = true;
        assert_eq!(judge(&evidence, &record, 0), [Problem::Sandbox]);
        evidence.sandbox = true;
        assert_eq!(judge(&evidence, &record, 0), []);
    }

    #[test]
    fn a_cut_off_history_shows_nothing_and_accuses_nobody() {
        let (mut evidence, record) = scene();
        for added in evidence.added.values_mut() {
            *added = Added::CutOff;
        }
        assert!(matches!(&judge(&evidence, &record, 0)[..], [Problem::Unproved(_)]));
        assert!(standing(&evidence, &record, &Of::Review).complete());
    }
}
