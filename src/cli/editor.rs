//! The user's own editor, as git finds it.

use std::process::Command;

use super::Ctx;
use super::error::{Failure, Result};
use crate::diag::Diagnostic;

/// Opens the editor on a text and returns what was written.
///
/// # Errors
///
/// When no editor is set, it fails, or its file cannot be read.
pub(crate) fn write(ctx: &Ctx, name: &str, text: &str) -> Result<String> {
    let outside = |what: String| {
        Failure::outside(
            Diagnostic::error("editor", what).help("set GIT_EDITOR, core.editor or EDITOR"),
        )
    };
    let asked = Command::new("git").args(["var", "GIT_EDITOR"]).current_dir(ctx.root()).output();
    let editor = match asked {
        Ok(out) if out.status.success() => String::from_utf8_lossy(&out.stdout).trim().to_owned(),
        _ => super::environment("VISUAL")
            .or_else(|| super::environment("EDITOR"))
            .unwrap_or_default(),
    };
    if editor.is_empty() {
        return Err(outside("no editor is set".into()));
    }
    let suffix = if name.contains('.') { format!("-{name}") } else { format!("-{name}.txt") };
    let file = tempfile::Builder::new()
        .prefix("inc-")
        .suffix(&suffix)
        .tempfile()
        .map_err(|e| outside(format!("no temporary file: {e}")))?;
    super::files::write(file.path(), text)
        .map_err(|e| outside(format!("{}: {e}", file.path().display())))?;
    // As git does: the editor's setting is a shell command, the file its argument.
    let status = Command::new("sh")
        .arg("-c")
        .arg(format!("{editor} \"$@\""))
        .arg(&editor)
        .arg(file.path())
        .status()
        .map_err(|e| outside(format!("cannot start `{editor}`: {e}")))?;
    if !status.success() {
        let kept = file.keep().map(|(_, path)| path.display().to_string()).unwrap_or_default();
        return Err(outside(format!("`{editor}` ended with {status}; your text is in {kept}")));
    }
    super::files::read(file.path()).map_err(|e| outside(format!("{}: {e}", file.path().display())))
}
