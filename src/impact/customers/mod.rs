//! Who was affected: distinct customers and clients, how they moved afterwards, contacts, complaints.
//!
//! Everything comes from files outside git, read once as a stream. Ids are held as hashes and never
//! leave this room; the record gets counts alone.

mod complaints;
mod distinct;
mod note;
mod panel;
mod rows;
mod table;

pub use complaints::{Complained, complaints};
pub use distinct::{EXACT_UP_TO, Tally};
pub use note::{COUNTING, Counting, differences, note};
pub use panel::{Panel, panel};
pub use rows::{Ask, Counted, Notes, count};

use super::estimate::{Moved, moved};
use super::measure::Line;

/// Everything that was counted about an incident's customers.
#[derive(Debug, Default)]
pub struct Felt {
    /// From the evidence of attempts.
    pub counted: Option<Counted>,
    /// From what customers did and said before and after.
    pub panel: Option<Panel>,
    /// Contacts that came, beside what the hours expect.
    pub contacts: Option<Line>,
    /// Complaints.
    pub complaints: Option<Complained>,
    /// What was taken for granted, in sentences.
    pub assumed: Vec<String>,
}

impl Felt {
    /// How affected customers left beside the others, in hundredths of a percent.
    pub fn churn(&self) -> Option<Moved> {
        let panel = self.panel.as_ref()?;
        moved(panel.churn[0], panel.churn[1], (0, 100))
    }

    /// How their net promoter scores moved, in hundredths of a point.
    pub fn nps(&self) -> Option<Moved> {
        let panel = self.panel.as_ref()?;
        moved(panel.nps[0], panel.nps[1], (-100, 100))
    }
}
