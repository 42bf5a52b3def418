//! The evidence of a period: who changed what, what was approved, and what speaks against either.

use crate::approval::{self, Added, Evidence, Of, Writer};
use crate::history::audit::Edit;
use crate::incident::{IncidentId, Record};
use crate::units::Instant;

/// An approval, and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalLine {
    /// The incident.
    pub incident: IncidentId,
    /// What was approved.
    pub of: String,
    /// By whom, as the record says it.
    pub by: String,
    /// In which role.
    pub role: Option<String>,
    /// When, as the record says it.
    pub at: Option<Instant>,
    /// How it is shown.
    pub kind: &'static str,
    /// The digest of what was approved.
    pub sha256: Option<String>,
    /// The commit that added it, where git was asked and knows.
    pub commit: Option<String>,
    /// That commit's author.
    pub author: Option<Writer>,
    /// What speaks against it: the check that finds it, and why.
    pub problems: Vec<(&'static str, String)>,
    /// Whether it was made in a sandbox.
    pub sandbox: bool,
}

/// A branch whose history was rewritten after it was seen here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RewrittenLine {
    /// The remote.
    pub remote: String,
    /// The branch.
    pub branch: String,
    /// The head that was seen.
    pub seen: String,
    /// The head now; none where the branch is gone.
    pub now: Option<String>,
}

/// The evidence of a period.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    /// The period as it was asked for; `all` without one.
    pub period: String,
    /// Its first moment.
    pub from: Option<Instant>,
    /// The first moment after it.
    pub to: Option<Instant>,
    /// When the evidence was gathered.
    pub generated_at: Option<Instant>,
    /// The commit that history was read from.
    pub head: Option<String>,
    /// Whether history is cut off: a shallow clone.
    pub cut_off: bool,
    /// Whether the workspace is for trying things.
    pub sandbox: bool,
    /// Commits that changed a record.
    pub commits: usize,
    /// Records that they changed.
    pub incidents: usize,
    /// What they changed, newest first.
    pub edits: Vec<Edit>,
    /// Approvals given in the period, or of the incidents asked for.
    pub approvals: Vec<ApprovalLine>,
    /// Branches whose history was rewritten.
    pub rewritten: Vec<RewrittenLine>,
}

impl Audit {
    /// Edits of records that were closed, cancelled or merged.
    pub fn after_closing(&self) -> impl Iterator<Item = &Edit> {
        self.edits.iter().filter(|e| e.after_closing)
    }

    /// Edits made without `inc`.
    pub fn outside(&self) -> impl Iterator<Item = &Edit> {
        self.edits.iter().filter(|e| e.outside())
    }

    /// Edits whose author or time was set by hand.
    pub fn pretended(&self) -> impl Iterator<Item = &Edit> {
        self.edits.iter().filter(|e| e.commit.pretended.is_some())
    }

    /// Approvals against which something speaks.
    pub fn doubtful(&self) -> impl Iterator<Item = &ApprovalLine> {
        self.approvals.iter().filter(|a| !a.problems.is_empty())
    }
}

/// The approvals of some records that were given in `[from, to)`.
pub fn approvals(
    records: &[&Record],
    evidence: &Evidence,
    from: Option<Instant>,
    to: Option<Instant>,
) -> Vec<ApprovalLine> {
    let mut lines = Vec::new();
    for record in records {
        for (place, approval) in record.approvals.iter().enumerate() {
            // An approval that hides its time is shown in every period.
            let within = approval
                .at
                .is_none_or(|at| from.is_none_or(|from| at >= from) && to.is_none_or(|to| at < to));
            if !within {
                continue;
            }
            let added = evidence.added.get(&(record.id.clone(), place));
            let (commit, author) = match added {
                Some(Added::By { commit, author, .. }) => {
                    (Some(commit.clone()), Some(author.clone()))
                }
                _ => (None, None),
            };
            let problems = approval::judge(evidence, record, place);
            lines.push(ApprovalLine {
                incident: record.id.clone(),
                of: Of::parse(&approval.of).to_string(),
                by: approval.by.clone(),
                role: approval.role.clone(),
                at: approval.at,
                kind: approval.kind.map_or("authored", |k| k.as_str()),
                sha256: approval.sha256.clone(),
                commit,
                author,
                problems: problems.iter().map(|p| (p.code(), p.to_string())).collect(),
                sandbox: approval.sandbox,
            });
        }
    }
    lines.sort_by(|a, b| (b.at, &b.incident).cmp(&(a.at, &a.incident)));
    lines
}
