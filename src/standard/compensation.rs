//! The company's compensation policies: `standards/compensation/`, version by version.

use std::sync::Arc;

use chrono::NaiveDate;

use super::versions::Versioned;
use super::{Proved, Standard, proofs};
use crate::compensation::{Policy, WorkDays, load};
use crate::decision::Catalogue;
use crate::diag::{Diagnostic, Diagnostics, Source, TextRange};

/// The folder of policies below `standards/`.
const FOLDER: &str = "compensation/";

/// Every version of every policy that could be read.
#[derive(Debug, Clone, Default)]
pub struct Compensation {
    /// By name, then oldest first.
    all: Vec<Arc<Policy>>,
}

impl Compensation {
    /// Every version of every policy, by name, then oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Policy>> {
        self.all.iter()
    }

    /// The names of the policies.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.all.iter().map(|policy| policy.name.as_str()).collect();
        names.dedup();
        names
    }

    /// The version of a policy that judges impact which started on a day: the newest that is not
    /// later, else the oldest.
    pub fn in_force(&self, name: &str, on: Option<NaiveDate>) -> Option<&Arc<Policy>> {
        let of_name = || self.all.iter().filter(|policy| policy.name == name);
        let past =
            on.and_then(|day| of_name().rfind(|p| p.effective_from.is_none_or(|from| from <= day)));
        past.or_else(|| of_name().next())
    }

    /// The newest version of a policy.
    pub fn newest(&self, name: &str) -> Option<&Arc<Policy>> {
        self.all.iter().rfind(|policy| policy.name == name)
    }

    /// A version of a policy by what runs call it.
    pub fn version(&self, name: &str, version: &str) -> Option<&Arc<Policy>> {
        self.all.iter().find(|policy| policy.name == name && policy.version() == version)
    }
}

impl Standard {
    /// The calendars as amounts count by them.
    pub fn work_days(&self) -> Arc<[WorkDays]> {
        let days = self.calendars.iter().map(|calendar| {
            let free = |day: NaiveDate| calendar.holidays.contains_key(&day);
            WorkDays::new(&calendar.id, calendar.from, calendar.to, &calendar.weekend, free)
        });
        days.collect()
    }

    /// Reads the company's policies, and says what is wrong with them.
    ///
    /// They are read when somebody asks for them, so that no other command waits for it.
    pub fn compensation(&self, catalogue: &dyn Catalogue) -> (Compensation, Diagnostics) {
        let mut found = Diagnostics::default();
        let mut names: Vec<&str> =
            self.files.keys().map(String::as_str).filter(|name| name.starts_with(FOLDER)).collect();
        if names.is_empty() {
            return (Compensation::default(), found);
        }
        names.sort_unstable();
        let calendars = self.work_days();
        let mut all: Vec<Arc<Policy>> = Vec::new();
        for name in names {
            let Some((path, text)) = self.files.get(name) else { continue };
            let source = Source::new(path, text);
            if name.matches('/').count() != 1 {
                found.push(
                    Diagnostic::error("policy-place", "this is no place of a policy")
                        .at(source.place(TextRange::new(0, 0)))
                        .help("move it to standards/compensation/<name>.toml"),
                );
                continue;
            }
            let file = Versioned::new(name, source, &mut found);
            let name = file.name().trim_start_matches(FOLDER);
            let (policy, wrong) = load(name, source, file.effective_from(), catalogue, &calendars);
            found.extend(wrong);
            all.extend(policy.map(Arc::new));
        }
        all.sort_by(|a, b| (&a.name, a.effective_from).cmp(&(&b.name, b.effective_from)));
        for pair in all.windows(2) {
            if let [a, b] = pair
                && a.name == b.name
                && a.effective_from == b.effective_from
            {
                let what = format!("two versions of policy `{}` hold from the same day", b.name);
                let finding = Diagnostic::error("wrong-version", what)
                    .help("give each version its own effective_from");
                found.push(self.placed(finding, &b.file, TextRange::new(0, 0)));
            }
        }
        (Compensation { all }, found)
    }

    /// Reads one policy that lies anywhere, by the calendars of this standard.
    pub fn policy(
        &self,
        name: &str,
        source: Source<'_>,
        catalogue: &dyn Catalogue,
    ) -> (Option<Policy>, Diagnostics) {
        load(name, source, None, catalogue, &self.work_days())
    }

    /// Proves the tables of policies, in the order of their files and lines.
    pub fn policy_proofs(&self, policies: &Compensation) -> Vec<Proved> {
        let tables: Vec<_> = policies.all().flat_map(|policy| policy.tables()).collect();
        proofs::prove_all(self, &tables)
    }
}
