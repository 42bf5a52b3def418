//! Long answers go through the user's pager, as git's do.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::Ctx;
use super::error::Result;

/// Prints through the pager on a terminal, else as it is.
pub(crate) fn print(ctx: &Ctx, text: &str) -> Result<()> {
    if !ctx.out.is_terminal() {
        return ctx.print(text);
    }
    let mut asking = Command::new("git");
    asking.args(["var", "GIT_PAGER"]).current_dir(ctx.root());
    if !ctx.is_trusted() {
        // A repository from elsewhere must not have a program run because somebody looks at it:
        // without a repository git answers from the person's own settings.
        asking.env("GIT_DIR", "/dev/null");
    }
    let asked = asking.output();
    let pager = match asked {
        Ok(out) if out.status.success() => String::from_utf8_lossy(&out.stdout).trim().to_owned(),
        _ => String::new(),
    };
    if pager.is_empty() || pager == "cat" {
        return ctx.print(text);
    }
    let mut command = Command::new("sh");
    command.arg("-c").arg(&pager).stdin(Stdio::piped());
    // As git does: short texts stay on the screen, colours pass.
    if super::environment("LESS").is_none() {
        command.env("LESS", "FRX");
    }
    let Ok(mut child) = command.spawn() else { return ctx.print(text) };
    if let Some(mut stdin) = child.stdin.take() {
        // A person who quits the pager early closes the pipe: quiet, as everywhere.
        let _ = stdin.write_all(text.as_bytes());
    }
    let _ = child.wait();
    Ok(())
}
