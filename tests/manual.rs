//! The manual's chapters are embedded in the program; what they tell people to type must parse.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn chapters() -> Vec<(String, String)> {
    let files = fs::read_dir(root().join("docs/manual")).unwrap();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    files.map(|entry| read(entry.unwrap().path())).collect()
}

fn inc(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inc"));
    command.args(words).current_dir(root()).env_remove("INC_WORKSPACE").output().unwrap()
}

/// Words of a line as a shell would split them; a comment stands two spaces behind.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    let mut spaces = 0;
    for c in line.chars() {
        spaces = if c == ' ' && !quoted { spaces + 1 } else { 0 };
        match c {
            '"' => quoted = !quoted,
            '|' | '>' | '(' if !quoted => break,
            ' ' if spaces > 1 => break,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

#[test]
fn a_chapter_has_a_title_and_fits_a_terminal() {
    for (name, text) in chapters() {
        let title = text.lines().next().unwrap_or_default();
        assert!(title.starts_with("# "), "{name}: begins with `{title}`");
        for line in text.lines().filter(|l| !l.starts_with('|')) {
            assert!(line.chars().count() <= 110, "{name}: {line}");
        }
    }
}

#[test]
fn every_line_to_type_parses() {
    let mut seen = 0;
    for (name, text) in chapters() {
        for line in text.lines().filter_map(|l| l.strip_prefix("    ")) {
            let typed = words(line);
            if typed.first().is_some_and(|w| w == "inc") {
                if let Err(e) = inc::cli::command().try_get_matches_from(&typed) {
                    panic!("docs/manual/{name}.md: {line}\n{e}");
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 30, "{seen} lines");
}

#[test]
fn every_command_that_is_named_exists() {
    for (name, text) in chapters() {
        for quoted in text.split('`').skip(1).step_by(2) {
            let typed = words(quoted);
            let (Some("inc"), Some(verb)) = (typed.first().map(String::as_str), typed.get(1))
            else {
                continue;
            };
            if verb.starts_with('-') || verb == "COMMAND" {
                continue;
            }
            let command = inc::cli::command();
            let Some(group) = command.find_subcommand(verb) else { panic!("{name}: `{quoted}`") };
            let second = typed.get(2).filter(|w| w.chars().all(|c| c.is_ascii_lowercase()));
            if let (true, Some(second)) = (group.has_subcommands(), second) {
                assert!(group.find_subcommand(second).is_some(), "{name}: `{quoted}`");
            }
        }
    }
}

#[test]
fn the_program_prints_its_chapters() {
    let listed = String::from_utf8(inc(&["help", "-k", "topics"]).stdout).unwrap();
    for (name, text) in chapters() {
        assert!(listed.lines().any(|l| l.starts_with(&name)), "{name} is not listed");
        assert_eq!(String::from_utf8(inc(&["help", "-k", &name]).stdout).unwrap(), text);
    }
    let wrong = inc(&["help", "-k", "lifecycl"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("did you mean `lifecycle`?"));
}

/// Fenced blocks of a text: their language and what stands in them, with its place.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<(usize, &'t str)> {
    let fence = format!("```{language}\n");
    let starts = text.match_indices(fence.as_str()).map(|(at, _)| at + fence.len());
    starts.map(|at| (at, text[at..].split("```").next().unwrap_or_default())).collect()
}

/// Runs `inc …` or `echo 'FACTS' | inc …` in a folder; what a person sees of it.
fn typed(line: &str, folder: &Path) -> String {
    let (facts, call) = match line.strip_prefix("echo '").and_then(|l| l.split_once("' | ")) {
        Some((facts, call)) => (facts, call),
        None => ("", line),
    };
    let words: Vec<&str> = call.split(' ').collect();
    assert_eq!(words[0], "inc", "{line}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_inc"))
        .args(&words[1..])
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CEILING_DIRECTORIES", folder)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), facts.as_bytes()).unwrap();
    let Output { stdout, stderr, status } = child.wait_with_output().unwrap();
    assert!(status.code().is_some_and(|code| code <= 2), "{line}: {status}");
    let said = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    said.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn the_examples_of_decision_tables_are_what_the_program_says() {
    say_what_is_printed("decision-tables", 15);
}

#[test]
fn the_examples_of_policies_are_what_the_program_says() {
    say_what_is_printed("compensation-policies", 2);
}

/// A chapter's tables are written to files and its commands typed; `INC_UPDATE=1` rewrites what
/// they print.
fn say_what_is_printed(chapter: &str, least: usize) {
    let path = root().join(format!("docs/manual/{chapter}.md"));
    let text = fs::read_to_string(&path).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().canonicalize().unwrap();
    fs::create_dir_all(folder.join("standards/compensation")).unwrap();
    fs::write(
        folder.join("inc.toml"),
        "requires = \">= 0.1\"\ncompany = \"Banco Ejemplo\"\nzone = \"America/Mexico_City\"\n\
         locales = [\"en\"]\ncurrency = \"MXN\"\n[git]\ncommit = \"never\"\n",
    )
    .unwrap();
    let mut all: Vec<(usize, bool, &str)> =
        blocks(&text, "toml").into_iter().map(|(a, b)| (a, false, b)).collect();
    all.extend(blocks(&text, "console").into_iter().map(|(a, b)| (a, true, b)));
    all.sort_unstable();
    let (mut printed, mut from, mut commands) = (String::new(), 0, 0);
    for (at, console, block) in all {
        if !console {
            let name = block.lines().next().and_then(|l| l.strip_prefix("# ")).unwrap();
            fs::write(folder.join(name), block).unwrap();
            continue;
        }
        printed.push_str(&text[from..at]);
        for line in block.lines().filter_map(|l| l.strip_prefix("$ ")) {
            commands += 1;
            printed.push_str(&format!("$ {line}\n{}", typed(line, &folder)));
        }
        from = at + block.len();
    }
    printed.push_str(&text[from..]);
    assert!(commands >= least, "{commands} commands");
    if std::env::var_os("INC_UPDATE").is_some() {
        fs::write(&path, &printed).unwrap();
    }
    let now = fs::read_to_string(&path).unwrap();
    assert!(
        now == printed,
        "the examples are not what the program prints; \
         INC_UPDATE=1 cargo test --test manual rewrites them"
    );
}
