//! What an approval is of, and the words that it is about.

use std::fmt;

use crate::incident::{Approval, Record};

/// What is approved, as the record names it in `approvals[].of`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    /// `C7QK`: a message.
    Message(String),
    /// `review`: the review.
    Review,
    /// `compensation:K7QK`: a compensation run.
    Payout(String),
    /// `waiver:CODE`: that a finding is accepted for a while.
    Waiver(String),
    /// `override:resolve`, `override:close`, `override:severity`: going past what the standard says.
    Override(String),
    /// `break_glass:C7QK`: a message that went past its approval.
    BreakGlass(String),
}

impl Of {
    /// Reads `approvals[].of`.
    pub fn parse(text: &str) -> Of {
        match text.split_once(':') {
            Some(("compensation", run)) => Of::Payout(run.to_owned()),
            Some(("waiver", code)) => Of::Waiver(code.to_owned()),
            Some(("override", step)) => Of::Override(step.to_owned()),
            Some(("break_glass", of)) => Of::BreakGlass(of.to_owned()),
            _ if text == "review" => Of::Review,
            _ => Of::Message(text.to_owned()),
        }
    }

    /// The word that the table `approvals` knows it by.
    pub fn kind(&self) -> &'static str {
        match self {
            Of::Message(_) => "message",
            Of::Review => "review",
            Of::Payout(_) => "payout",
            Of::Waiver(_) => "waiver",
            Of::Override(_) => "override",
            Of::BreakGlass(_) => "break_glass",
        }
    }

    /// What people call it, as in "beto approved the review".
    pub fn words(&self) -> String {
        match self {
            Of::Message(id) => format!("message {id}"),
            Of::Review => "the review".to_owned(),
            Of::Payout(run) => format!("compensation run {run}"),
            Of::Waiver(code) => format!("the waiver of {code}"),
            Of::Override(step) if step == "severity" => "the declared severity".to_owned(),
            Of::Override(step) => format!("going past the gate of {step}"),
            Of::BreakGlass(id) => format!("breaking the glass for {id}"),
        }
    }
}

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Of::Message(id) => f.write_str(id),
            Of::Review => f.write_str("review"),
            Of::Payout(run) => write!(f, "compensation:{run}"),
            Of::Waiver(code) => write!(f, "waiver:{code}"),
            Of::Override(step) => write!(f, "override:{step}"),
            Of::BreakGlass(id) => write!(f, "break_glass:{id}"),
        }
    }
}

/// Where the approved words are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// In a file, by its path below the workspace.
    File(String),
    /// In the record itself; these bytes are what is approved.
    Words(String),
    /// In a file that is not kept in git, known by its hash.
    Hash(String),
}

/// The document of what is approved; `reason` is the approval's own, where that is the document.
///
/// `None` when the record has no such thing.
pub fn document(of: &Of, record: &Record, reason: Option<&str>) -> Option<Document> {
    let file = |name: &str| Document::File(format!("{}/{name}", record.id.folder()));
    match of {
        Of::Message(id) | Of::BreakGlass(id) => {
            let message = record
                .communications
                .iter()
                .find(|m| m.id.as_ref().is_some_and(|i| i.as_str() == id));
            Some(file(message?.file.as_deref()?))
        }
        Of::Review => Some(file(record.review.as_ref()?.file.as_deref()?)),
        Of::Payout(run) => {
            let run = record
                .compensation
                .iter()
                .find(|r| r.id.as_ref().is_some_and(|i| i.as_str() == run))?;
            Some(Document::Hash(run.awards_sha256.clone()?))
        }
        Of::Waiver(code) => {
            let waiver = record.waivers.iter().rev().find(|w| &w.code == code)?;
            let until = waiver.until.map(|at| at.to_string()).unwrap_or_default();
            let reason = waiver.reason.as_deref().unwrap_or_default();
            let by = waiver.by.as_deref().unwrap_or_default();
            Some(Document::Words(format!(
                "waiver: {code}\nby: {by}\nuntil: {until}\nreason: {reason}\n"
            )))
        }
        Of::Override(step) if step == "severity" => {
            let severity = record.severity.as_ref()?;
            let level = severity.declared?;
            let reason = severity.reason.as_deref().unwrap_or_default();
            Some(Document::Words(format!("{of}\nlevel: {level}\nreason: {reason}\n")))
        }
        Of::Override(_) => {
            Some(Document::Words(format!("{of}\nreason: {}\n", reason.unwrap_or_default())))
        }
    }
}

impl Of {
    /// The document of an approval that is there.
    pub(super) fn document_of(&self, record: &Record, approval: &Approval) -> Option<Document> {
        document(self, record, approval.reason.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::Of;

    #[test]
    fn names_read_back() {
        let names = ["C7QK", "review", "compensation:K7QK", "waiver:no-cause", "override:close"];
        for name in names {
            assert_eq!(Of::parse(name).to_string(), name);
        }
        assert_eq!(Of::parse("break_glass:C7QK").kind(), "break_glass");
        assert_eq!(Of::parse("other:thing").kind(), "message");
    }
}
