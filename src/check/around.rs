//! What a record is held against, besides the other records.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::sensitive::Kind;
use crate::units::Instant;

/// The ids that the standard knows; people also by the other names that they write under.
///
/// A catalogue that does not exist is `None`: nothing can be unknown to it.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Of services.toml.
    pub services: Option<BTreeSet<String>>,
    /// Of people.toml.
    pub people: Option<BTreeSet<String>>,
    /// Of vendors.toml.
    pub vendors: Option<BTreeSet<String>>,
    /// Of clients.toml.
    pub clients: Option<BTreeSet<String>>,
    /// Of roles.toml.
    pub roles: Option<BTreeSet<String>>,
}

/// What a record is held against, besides the other records.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Now, on the workspace's wall clock: its date is "today".
    pub now: Instant,
    /// The standard's names.
    pub names: Names,
    /// Files below the workspace, with `/`; `None` when nobody looked.
    pub files: Option<HashSet<String>>,
    /// Those of them that git tracks.
    pub tracked: HashSet<String>,
    /// Texts that belong to no incident and are read too: the standard, the templates.
    pub texts: Vec<String>,
    /// Identifiers that the standard lets stand in a record that says why.
    pub unmasked: Vec<Kind>,
    /// What is known around approvals; what nobody looked at is not judged.
    pub approvals: crate::approval::Evidence,
    /// What the company says of its words.
    pub house: crate::communication::proof::House,
    /// What the company says of its reviews.
    pub reviews: crate::review::Rules,
    /// What each review owes; an incident that is not here owes nothing.
    pub reviews_owed: std::collections::HashMap<crate::incident::IncidentId, crate::review::Owed>,
    /// The company's zone.
    pub zone: chrono_tz::Tz,
    /// Waivers of the standard.
    pub standing: Vec<super::Standing>,
    /// Runs that are in the ledger's log, `INC-…/K7QK`; `None` when nobody looked.
    pub runs_entered: Option<HashSet<String>>,
    /// The hashes of every version of each compensation policy, by its name.
    pub policies: BTreeMap<String, HashSet<String>>,
    /// What was found in the standard's own files, of [`super::OF_STANDARD`]'s codes.
    pub standard: Vec<crate::diag::Diagnostic>,
    /// The files of `problems/`.
    pub problems: Vec<super::ProblemFile>,
    /// What is wrong with the templates.
    pub templates: Vec<crate::diag::Diagnostic>,
}

impl Surroundings {
    /// Messages and reviews by their incident's folder.
    pub(super) fn texts_by_folder(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in self.files.iter().flatten().filter(|path| path.ends_with(".md")) {
            let folder = path.rsplit_once("/communications/").or_else(|| path.rsplit_once('/'));
            found.entry(folder.map_or("", |(folder, _)| folder)).or_default().push(path);
        }
        found.values_mut().for_each(|paths| paths.sort_unstable());
        found
    }
}
