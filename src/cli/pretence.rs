//! `INC_AUTHOR`, `INC_NOW` and `--now`: for tests and imports, never for what proves something.

use super::error::{Failure, Result};
use super::{Ctx, environment};
use crate::diag::Diagnostic;
use crate::store::PRETENDED_TRAILER;

impl Ctx {
    /// What this command was told instead of being asked of git and the clock.
    fn pretended(&self) -> Vec<&'static str> {
        let author = environment("INC_AUTHOR").map(|_| "author");
        let time = self.clock.fixed.then_some("time");
        [author, time].into_iter().flatten().collect()
    }

    /// The line that a commit's message gets for it; empty where nothing was pretended.
    pub(crate) fn pretence(&self) -> String {
        match self.pretended().as_slice() {
            [] => String::new(),
            some => format!("{PRETENDED_TRAILER}: {}\n", some.join(", ")),
        }
    }

    /// Refuses to approve, override or send in somebody else's name or at another time; a sandbox
    /// and a dry run may.
    ///
    /// # Errors
    ///
    /// When the author or the time was set by hand, in a workspace that is in earnest.
    pub(crate) fn in_earnest(&self, what: &str, dry_run: bool) -> Result<()> {
        let pretended = self.pretended();
        if pretended.is_empty() || self.config.sandbox || dry_run {
            return Ok(());
        }
        let names: Vec<&str> = pretended
            .iter()
            .map(|p| if *p == "author" { "INC_AUTHOR" } else { "--now or INC_NOW" })
            .collect();
        let message = format!("{what} takes no {}", names.join(" and no "));
        Err(Failure::wrong(Diagnostic::error("pretended", message).help(
            "unset it; only a workspace for trying things (sandbox = true in inc.toml) accepts it",
        )))
    }
}
