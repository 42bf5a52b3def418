use std::fmt;

/// The point in an incident that a message speaks from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// The first word: something does not work.
    Initial,
    /// The cause is known.
    Identified,
    /// Something changed.
    Update,
    /// Nothing changed, and that is said in time.
    NoChange,
    /// The reader has to do something.
    ActionRequired,
    /// There is another way to do it.
    Workaround,
    /// Customers can work again.
    Restored,
    /// It cannot come back by itself.
    Resolved,
    /// What was said was wrong.
    Correction,
    /// What was said is taken back.
    Retraction,
    /// What happens with money that was in doubt.
    FollowUpMoney,
    /// What is given for the trouble.
    ApologyCompensation,
    /// Personal data got out.
    DataNotice,
    /// Planned work is coming.
    MaintenanceAnnounced,
    /// Planned work is near.
    MaintenanceReminder,
    /// Planned work has begun.
    MaintenanceStarted,
    /// Planned work takes longer.
    MaintenanceExtended,
    /// Planned work is done.
    MaintenanceFinished,
    /// Planned work is called off.
    MaintenanceCancelled,
}

impl Stage {
    /// All stages, in the order of an incident.
    pub const ALL: [Stage; 19] = [
        Stage::Initial,
        Stage::Identified,
        Stage::Update,
        Stage::NoChange,
        Stage::ActionRequired,
        Stage::Workaround,
        Stage::Restored,
        Stage::Resolved,
        Stage::Correction,
        Stage::Retraction,
        Stage::FollowUpMoney,
        Stage::ApologyCompensation,
        Stage::DataNotice,
        Stage::MaintenanceAnnounced,
        Stage::MaintenanceReminder,
        Stage::MaintenanceStarted,
        Stage::MaintenanceExtended,
        Stage::MaintenanceFinished,
        Stage::MaintenanceCancelled,
    ];

    /// The word in records, files and templates.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Initial => "initial",
            Stage::Identified => "identified",
            Stage::Update => "update",
            Stage::NoChange => "no_change",
            Stage::ActionRequired => "action_required",
            Stage::Workaround => "workaround",
            Stage::Restored => "restored",
            Stage::Resolved => "resolved",
            Stage::Correction => "correction",
            Stage::Retraction => "retraction",
            Stage::FollowUpMoney => "follow_up_money",
            Stage::ApologyCompensation => "apology_compensation",
            Stage::DataNotice => "data_notice",
            Stage::MaintenanceAnnounced => "maintenance_announced",
            Stage::MaintenanceReminder => "maintenance_reminder",
            Stage::MaintenanceStarted => "maintenance_started",
            Stage::MaintenanceExtended => "maintenance_extended",
            Stage::MaintenanceFinished => "maintenance_finished",
            Stage::MaintenanceCancelled => "maintenance_cancelled",
        }
    }

    /// The stage of a word.
    pub fn from_word(word: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.as_str() == word)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Stage;

    #[test]
    fn words_and_stages_are_one_to_one() {
        for stage in Stage::ALL {
            assert_eq!(Stage::from_word(stage.as_str()), Some(stage));
        }
        assert_eq!(Stage::from_word("Initial"), None);
    }
}
