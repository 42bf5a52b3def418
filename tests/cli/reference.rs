//! What is made from the command tree: completions, man pages, `docs/cli.md`.

use std::fmt::Write as _;
use std::path::Path;

use crate::common::{Computer, same};

/// Every command, with its path as typed.
fn commands(command: &clap::Command, path: &str, all: &mut Vec<(String, clap::Command)>) {
    all.push((path.to_owned(), command.clone()));
    for sub in command.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
        commands(sub, &format!("{path} {}", sub.get_name()), all);
    }
    if path == "inc"
        && let Some(help) = command.find_subcommand("help")
    {
        all.push(("inc help".into(), help.clone()));
    }
}

fn tree() -> Vec<(String, clap::Command)> {
    let mut root = inc::cli::command().max_term_width(100).term_width(100);
    root.build();
    let mut all = Vec::new();
    commands(&root, "inc", &mut all);
    all
}

#[test]
fn the_reference_is_the_command_tree() {
    let mut text = String::from(
        "# The command line\n\n\
         Made from the command tree; a test keeps it so \
         (`INC_UPDATE=1 cargo test --test cli reference`). `-C DIR`, `--now TIME` and \
         `--color WHEN` go with every command.\n",
    );
    for (path, command) in tree() {
        let _ = writeln!(text, "\n## `{path}`\n");
        let shown = command.term_width(100).render_long_help().to_string();
        let _ = writeln!(text, "```text");
        for line in shown.trim_end().lines() {
            let _ = writeln!(text, "{}", line.trim_end());
        }
        let _ = writeln!(text, "```");
    }
    same(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md"), &text);
}

#[test]
fn every_command_says_what_it_does() {
    for (path, command) in tree() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(!about.is_empty(), "{path} has no help");
        assert!(!about.ends_with('.'), "{path}: {about}");
        for arg in command.get_arguments().filter(|a| !a.is_hide_set()) {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.is_empty(), "{path} {} has no help", arg.get_id());
        }
    }
}

#[test]
fn help_and_man_pages_and_completions_come_out() {
    let c = Computer::empty();
    for (path, _) in tree() {
        let line = path.trim_start_matches("inc").trim();
        c.inc(&format!("{line} --help")).exits(0).prints("Usage");
    }
    c.inc("man pages").exits(0);
    assert!(c.read("pages/inc-open.1").contains("inc"), "a page for each command");
    assert!(c.inc("man").exits(0).stdout.contains(".TH inc 1"));
    for shell in ["bash", "zsh", "fish", "elvish"] {
        let script = c.inc(&format!("completions {shell}")).exits(0).stdout;
        assert!(script.contains("inc"), "{shell}");
    }
    c.inc("completions csh").exits(2);
}

#[test]
fn completions_know_commands_ids_and_services() {
    let c = Computer::workspace();
    let id = c.open("\"Card payments declined\" --service card-auth");
    let complete = |words: &[&str]| {
        let mut command = c.command(env!("CARGO_BIN_EXE_inc"), &c.here);
        command.env("COMPLETE", "bash").env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string());
        command.env("_CLAP_COMPLETE_COMP_TYPE", "9").env("_CLAP_COMPLETE_SPACE", "true");
        command.env("_CLAP_IFS", "\n").arg("--").args(words);
        c.finish(command, b"").exits(0).stdout
    };
    assert!(complete(&["inc", "op"]).contains("open"));
    assert!(complete(&["inc", "show", ""]).contains(&id), "{}", complete(&["inc", "show", ""]));
    assert!(complete(&["inc", "open", "--service", "card"]).contains("card-auth"));
}

#[test]
fn the_manual_is_inside() {
    let c = Computer::empty();
    let topics = c.inc("help -k topics").exits(0).stdout;
    assert!(topics.lines().count() >= 2, "{topics}");
    for topic in topics.lines().filter_map(|l| l.split_whitespace().next()) {
        c.inc(&format!("help -k {topic}")).exits(0);
    }
}
