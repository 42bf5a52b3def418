//! A transcript: what was typed, what came back, and what it changed in the records.

use std::fmt::Write as _;

use super::{Computer, Ran, golden, split};

/// One snapshot holds stdout, stderr and status of every command, and the differences it made.
pub(crate) struct Scene {
    name: &'static str,
    pub(crate) computer: Computer,
    text: String,
}

impl std::ops::Deref for Scene {
    type Target = Computer;

    fn deref(&self) -> &Computer {
        &self.computer
    }
}

impl Scene {
    /// In a new workspace.
    pub(crate) fn new(name: &'static str) -> Scene {
        Scene::on(name, Computer::workspace())
    }

    /// On a prepared computer.
    pub(crate) fn on(name: &'static str, computer: Computer) -> Scene {
        Scene { name, computer, text: String::new() }
    }

    /// A remark between two commands.
    pub(crate) fn remark(&mut self, words: &str) {
        let _ = writeln!(self.text, "# {words}");
    }

    /// Types a command.
    pub(crate) fn types(&mut self, line: &str) -> Ran {
        self.types_with(line, "")
    }

    /// Types a command that reads its standard input.
    pub(crate) fn types_with(&mut self, line: &str, stdin: &str) -> Ran {
        let ran = self.computer.inc_with(&split(line), stdin.as_bytes());
        let _ = writeln!(self.text, "$ inc {line}");
        for line in stdin.lines() {
            let _ = writeln!(self.text, "< {line}");
        }
        self.text.push_str(&self.computer.neutral(&ran.stdout));
        if !ran.stdout.is_empty() && !ran.stdout.ends_with('\n') {
            self.text.push_str("(no line end)\n");
        }
        for line in self.computer.neutral(&ran.stderr).lines() {
            let _ = writeln!(self.text, "{}", format!("! {line}").trim_end());
        }
        if ran.code != 0 {
            let _ = writeln!(self.text, "? {}", ran.code);
        }
        self.text.push('\n');
        ran
    }

    /// Types a command that must make one commit, and keeps what it changed below `incidents`.
    pub(crate) fn writes(&mut self, line: &str) -> Ran {
        self.writes_with(line, "")
    }

    /// As [`Scene::writes`], for a command that reads its standard input.
    pub(crate) fn writes_with(&mut self, line: &str, stdin: &str) -> Ran {
        let before = self.computer.commits();
        let ran = self.types_with(line, stdin).exits(0);
        assert_eq!(self.computer.commits(), before + 1, "inc {line} makes one commit");
        self.computer.is_clean();
        // The empty line between a command and its differences says nothing.
        self.text.pop();
        self.difference();
        ran
    }

    /// Keeps a file's text in the transcript.
    pub(crate) fn shows(&mut self, path: impl AsRef<std::path::Path>) {
        let text = self.computer.neutral(&self.computer.read(path));
        for line in text.lines() {
            let _ = writeln!(self.text, "{}", format!("    {line}").trim_end());
        }
        self.text.push('\n');
    }

    /// A command that must change nothing: no commit, no file.
    pub(crate) fn leaves(&mut self, line: &str) -> Ran {
        let before = (self.computer.git("rev-parse HEAD"), self.computer.git("status --short"));
        let ran = self.types(line);
        let after = (self.computer.git("rev-parse HEAD"), self.computer.git("status --short"));
        assert_eq!(before, after, "inc {line} changes nothing");
        ran
    }

    /// What the last commit changed: files by name, records line by line.
    fn difference(&mut self) {
        let subject = self.computer.git("log -1 --format=%s");
        let _ = writeln!(self.text, "commit: {}", subject.trim_end());
        let names = self.computer.git("show --format= --no-renames --name-status HEAD");
        for line in names.lines() {
            let _ = writeln!(self.text, "    {}", line.replace('\t', " "));
        }
        let shown = self
            .computer
            .git("show --format= --no-renames --diff-filter=M -U0 HEAD -- *incident.yaml");
        let mut header = true;
        for line in shown.lines() {
            if line.starts_with("diff ") || line.starts_with("@@") {
                header = line.starts_with("diff ");
            } else if !header {
                let _ = writeln!(self.text, "    {line}");
            }
        }
        self.text.push('\n');
    }

    /// Compares the transcript with its golden file.
    pub(crate) fn ends(self) {
        golden(self.name, &self.text);
    }
}
