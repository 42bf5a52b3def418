//! Finds the workspace: `-C`, `INC_WORKSPACE`, upward search, then the user's config.

use std::path::{Path, PathBuf};

use super::config::{self, Config};
use super::environment;
use super::error::{Failure, Result};
use crate::diag::{Diagnostic, Source};

/// A workspace's folder and its settings.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) config: Config,
}

/// Finds and reads it.
///
/// # Errors
///
/// When there is none, or its `inc.toml` is wrong.
pub(crate) fn find(named: Option<&Path>) -> Result<Workspace> {
    read(find_root(named)?)
}

/// Finds its folder alone.
///
/// # Errors
///
/// When there is none.
pub(crate) fn find_root(named: Option<&Path>) -> Result<PathBuf> {
    let from =
        named.map(Path::to_owned).or_else(|| environment("INC_WORKSPACE").map(PathBuf::from));
    match from {
        Some(dir) => upward(&dir).ok_or_else(|| none(&dir)),
        None => {
            let here = std::path::absolute(".").unwrap_or_else(|_| PathBuf::from("."));
            match upward(&here) {
                Some(root) => Ok(root),
                None => users_own()?.ok_or_else(|| none(&here)),
            }
        }
    }
}

/// Reads the settings of a folder that is a workspace.
///
/// # Errors
///
/// When its `inc.toml` cannot be read or is wrong.
pub(crate) fn read(root: PathBuf) -> Result<Workspace> {
    let path = root.join("inc.toml");
    let text = super::files::read(&path).map_err(|e| {
        Failure::wrong(Diagnostic::error("cannot-read", format!("{}: {e}", path.display())))
    })?;
    let config = config::read(Source::new(&path.display().to_string(), &text))?;
    Ok(Workspace { root, config })
}

fn none(from: &Path) -> Failure {
    Failure::wrong(
        Diagnostic::error("no-workspace", format!("no inc.toml in {} or above it", from.display()))
            .help("inc init makes a workspace here; -C DIR or INC_WORKSPACE names one elsewhere"),
    )
}

fn upward(from: &Path) -> Option<PathBuf> {
    let from = std::path::absolute(from).ok()?;
    from.ancestors().find(|dir| dir.join("inc.toml").is_file()).map(Path::to_owned)
}

/// The workspace that the user's own config names: `workspace = "…"` in `~/.config/inc/config.toml`.
fn users_own() -> Result<Option<PathBuf>> {
    let base = environment("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| environment("HOME").map(|home| Path::new(&home).join(".config")));
    let Some(path) = base.map(|b| b.join("inc").join("config.toml")) else { return Ok(None) };
    let Ok(text) = super::files::read(&path) else { return Ok(None) };
    let wrong = |what: String| {
        Failure::wrong(
            Diagnostic::error("bad-config", format!("{}: {what}", path.display()))
                .help("it holds one line: workspace = \"/path/of/the/workspace\""),
        )
    };
    let table: toml::Table =
        text.parse().map_err(|e: toml::de::Error| wrong(e.message().to_owned()))?;
    let Some(dir) = table.get("workspace").and_then(|v| v.as_str()) else {
        return Err(wrong("`workspace` is missing".into()));
    };
    let dir = Path::new(dir);
    upward(dir).map(Some).ok_or_else(|| none(dir))
}
