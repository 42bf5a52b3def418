//! `inc completions`

use clap::{Args, ValueEnum};

use crate::cli::Call;
use crate::cli::error::{Exit, Result};

/// Print the line that switches completions on in your shell
///
/// Completions know ids, services and people of the workspace you are in.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell
    shell: Shell,
}

/// Shells whose completions are known.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    /// Bash
    Bash,
    /// Zsh
    Zsh,
    /// Fish
    Fish,
    /// Elvish
    Elvish,
}

pub(crate) fn run(call: Call, args: &CompletionsArgs) -> Result {
    use clap_complete::env::{Bash, Elvish, EnvCompleter, Fish, Zsh};
    let completer: &dyn EnvCompleter = match args.shell {
        Shell::Bash => &Bash,
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
        Shell::Elvish => &Elvish,
    };
    let mut script = Vec::new();
    completer
        .write_registration("COMPLETE", "inc", "inc", "inc", &mut script)
        .map_err(|e| crate::diag::Diagnostic::error("completions", e.to_string()))?;
    call.out.answer(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
