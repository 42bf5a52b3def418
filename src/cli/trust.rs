//! What a workspace's files may make this machine do, and whether somebody allowed it.
//!
//! A repository that came from elsewhere must not push, read other folders or talk to the network
//! because its `inc.toml` says so. `inc trust` notes the hash of the files that say so; a changed
//! file asks again.

use super::Ctx;
use super::config::PushMode;
use super::ctx::from_store;
use super::error::Result;
use crate::render::terminal_safe;
use crate::standard::Carrier;
use crate::units::sha256;

/// Where it is noted: a line for each file, `<sha256>  <path from the top of the work tree>`.
const NOTED: &str = "trust";

/// The files that can make this machine do something.
const FILES: [&str; 2] = ["inc.toml", INTEGRATIONS];

/// What messages leave through; a workspace without it has nothing to trust there.
const INTEGRATIONS: &str = "standards/integrations.toml";

/// One thing that this machine would do.
pub(crate) struct Reach {
    /// Its name.
    pub(crate) what: &'static str,
    /// In words.
    pub(crate) words: String,
}

impl Ctx {
    /// Whether this machine allows what the workspace's files name.
    pub(crate) fn is_trusted(&self) -> bool {
        let Ok(Some(noted)) = self.store.own_file(NOTED) else { return false };
        let noted = String::from_utf8_lossy(&noted);
        self.trust_lines().is_some_and(|l| l.iter().all(|line| noted.lines().any(|n| n == line)))
    }

    /// Whether it once did, and a file has changed since.
    pub(crate) fn was_trusted(&self) -> bool {
        let Ok(Some(noted)) = self.store.own_file(NOTED) else { return false };
        let noted = String::from_utf8_lossy(&noted);
        FILES.iter().any(|file| noted.lines().any(|line| line.ends_with(&self.ending(file))))
    }

    /// Notes the files as they are now.
    pub(crate) fn trust(&self) -> Result<()> {
        let mut lines = self.other_lines()?;
        lines.extend(self.trust_lines().unwrap_or_default());
        self.note(lines)
    }

    /// Takes it back.
    pub(crate) fn revoke_trust(&self) -> Result<()> {
        let lines = self.other_lines()?;
        self.note(lines)
    }

    /// What the files name.
    pub(crate) fn reaches(&self) -> Vec<Reach> {
        let mut found = Vec::new();
        let mut add = |what, words: String| found.push(Reach { what, words });
        if self.config.git.push == PushMode::Each
            && self.config.git.commit == super::config::CommitMode::Each
            && let Ok((remote, branch, address)) = self.store.shares_with()
        {
            let address = address.map(|a| format!(" ({})", terminal_safe(&a))).unwrap_or_default();
            add("push", format!("after every command, {branch} to {remote}{address}"));
        }
        if let Some(root) = &self.config.evidence.root {
            let root = terminal_safe(&root.display().to_string());
            add("evidence", format!("files of customers' data below {root}"));
        }
        for (group, other) in &self.config.restricted {
            let place = self.root().join(&other.workspace);
            let (group, place) =
                (terminal_safe(group), terminal_safe(&place.display().to_string()));
            add("restricted", format!("incidents of {group} into {place}"));
        }
        let places = self.standard_quietly().map(|s| s.integrations.clone()).unwrap_or_default();
        for place in &places {
            let secrets = match place.secrets().as_slice() {
                [] => String::new(),
                names => format!(", with {}", names.join(" and ")),
            };
            let to = match &place.carrier {
                Carrier::Slack { url } | Carrier::Http { url, .. } => url.clone(),
                Carrier::Statuspage { url, page, .. } => format!("{url}, page {page}"),
                Carrier::Mail(mail) => {
                    format!("{}:{}, to {}", mail.server, mail.port, mail.to.join(", "))
                }
            };
            let (id, channels) = (&place.id, place.channels.join(", "));
            let words = format!("{channels} through {id} ({}): {to}{secrets}", place.kind());
            add("send", terminal_safe(&words));
        }
        found
    }

    /// The lines that must be noted for what the files say now; none if one cannot be read.
    fn trust_lines(&self) -> Option<Vec<String>> {
        // The settings that hold are those of the checkout, whichever tree records are in; the
        // standard is that of the records.
        let settings = super::files::bytes(&self.root().join(FILES[0])).ok()?;
        let integrations = self.store.read(INTEGRATIONS).ok()?;
        let line = |file: &str, bytes: &[u8]| format!("{}{}", sha256(bytes), self.ending(file));
        let mut lines = vec![line(FILES[0], &settings)];
        lines.extend(integrations.map(|bytes| line(INTEGRATIONS, &bytes)));
        Some(lines)
    }

    /// What other workspaces of the same repository have noted.
    fn other_lines(&self) -> Result<Vec<String>> {
        let noted = self.store.own_file(NOTED).map_err(from_store)?.unwrap_or_default();
        let noted = String::from_utf8_lossy(&noted).into_owned();
        let own = |line: &str| FILES.iter().any(|file| line.ends_with(&self.ending(file)));
        Ok(noted.lines().filter(|line| !own(line)).map(str::to_owned).collect())
    }

    fn note(&self, lines: Vec<String>) -> Result<()> {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let bytes = (!text.is_empty()).then_some(text.as_bytes());
        self.store.put_own_file(NOTED, bytes).map_err(from_store)
    }

    fn ending(&self, file: &str) -> String {
        format!("  {}", self.store.prefix().join(file).display())
    }
}
