//! Who is owed which message: the table `owed`, asked.

use super::{Policies, Target};
use crate::communication::Stage;
use crate::decision::{FactSet, Known, Value, decide_asked};

/// Name of the table.
const TABLE: &str = "owed";

/// Whether a message is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// It has to go out.
    Owed,
    /// Somebody may decide to send it.
    Allowed,
    /// It is not to be sent.
    Forbidden,
}

impl Duty {
    /// The word of the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Duty::Owed => "owed",
            Duty::Allowed => "allowed",
            Duty::Forbidden => "forbidden",
        }
    }
}

/// The moment that a message's time is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueFrom {
    /// When it was noticed.
    Detected,
    /// When customers could work again.
    Restored,
    /// When it was resolved.
    Resolved,
    /// The last message to that audience through that channel.
    Last,
    /// So long before planned work begins.
    BeforePlanned,
    /// When planned work begins.
    PlannedFrom,
    /// When planned work was to end.
    PlannedTo,
}

impl DueFrom {
    fn from_word(word: &str) -> Option<DueFrom> {
        Some(match word {
            "detected" => DueFrom::Detected,
            "restored" => DueFrom::Restored,
            "resolved" => DueFrom::Resolved,
            "last" => DueFrom::Last,
            "before_planned" => DueFrom::BeforePlanned,
            "planned_from" => DueFrom::PlannedFrom,
            "planned_to" => DueFrom::PlannedTo,
            _ => return None,
        })
    }
}

/// What the table says of one stage, channel and audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedBy {
    /// Whether it is owed.
    pub duty: Duty,
    /// By when, if it is.
    pub due: Option<Target>,
    /// What that is counted from.
    pub from: DueFrom,
    /// The clock that it runs on.
    pub clock: String,
    /// The rule.
    pub rule: String,
    /// Why it is there.
    pub why: Option<String>,
}

fn asked(stage: &str, channel: &str, audience: &str) -> [(&'static str, Known); 3] {
    [("stage", stage), ("channel", channel), ("audience", audience)]
        .map(|(name, word)| (name, Known::Is(Value::text(word))))
}

impl Policies {
    /// Whether a message of a stage is owed to an audience through a channel, as far as is known.
    ///
    /// `facts` are those of [`Policies::decide`]. `None` without a table `owed`.
    pub fn owed(
        &self,
        facts: &FactSet,
        stage: &str,
        channel: &str,
        audience: &str,
    ) -> Option<OwedBy> {
        let table = self.table(TABLE)?;
        let decision = decide_asked(table, facts, &asked(stage, channel, audience));
        let text = |output: &str| decision.value(output).and_then(Value::as_text);
        let duty = match text("owed") {
            Some("owed") => Duty::Owed,
            Some("forbidden") => Duty::Forbidden,
            _ => Duty::Allowed,
        };
        let target = text("due").and_then(|due| due.parse::<Target>().ok());
        let rule = decision.decided_by().next();
        Some(OwedBy {
            duty,
            due: target.filter(|_| duty == Duty::Owed),
            from: text("from").and_then(DueFrom::from_word).unwrap_or(DueFrom::Detected),
            clock: text("clock").unwrap_or("24x7").to_owned(),
            rule: rule.map(|r| r.id.clone()).unwrap_or_default(),
            why: rule.and_then(|r| r.why.clone()),
        })
    }

    /// The stages that can come to be owed through a channel to one of these audiences, whatever
    /// the incident; an update is owed with its kin, of which whoever writes chooses.
    pub fn can_be_owed(&self, channel: &str, audiences: &[String]) -> Vec<Stage> {
        let Some(table) = self.table(TABLE) else { return Vec::new() };
        let Some(output) = table.output("owed") else { return Vec::new() };
        let none = FactSet::new();
        let can = |stage: &Stage| {
            audiences.iter().any(|audience| {
                let asked = asked(stage.as_str(), channel, audience);
                let decision = decide_asked(table, &none, &asked);
                let open = decision.open_rules().into_iter().map(|(rule, _)| rule);
                let mut rules = open.chain(decision.decided_by());
                rules.any(|rule| {
                    let word = rule.then.get(output).and_then(Option::as_ref);
                    word.and_then(Value::as_text) == Some("owed")
                })
            })
        };
        Stage::ALL.into_iter().filter(can).collect()
    }
}
