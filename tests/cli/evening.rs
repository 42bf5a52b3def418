//! Three laptops, one remote whose main is protected, 300 commands, off-line for long stretches,
//! and the same fields changed by all: nothing is lost, and all end with the same.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::common::{Computer, Ran, walk};

const PEOPLE: [(&str, &str); 3] = [
    ("ana", "Ana Robles <ana@example.com>"),
    ("beto", "Beto Luna <beto@example.com>"),
    ("caro", "Caro Díaz <caro@example.com>"),
];

/// From when to when each is off-line, in commands.
const OFF_LINE: [&[(usize, usize)]; 3] =
    [&[(150, 200)], &[(30, 110), (240, 265)], &[(80, 170), (210, 250)]];

const COMMANDS: usize = 300;

struct Evening {
    c: Computer,
    laptops: Vec<PathBuf>,
    /// Ids that each laptop knows, and those that are on the remote.
    known: Vec<BTreeSet<String>>,
    shared: BTreeSet<String>,
    /// Every text that somebody wrote: each must be in the end exactly once.
    written: Vec<String>,
    off_line: [bool; 3],
    conflicts: usize,
    seed: u64,
}

impl Evening {
    fn begin() -> Evening {
        let c = Computer::workspace();
        let toml = c.read("inc.toml").replace("# branch = \"incidents\"", "branch = \"incidents\"");
        c.write("inc.toml", toml);
        c.git("commit -q -a -m \"the live branch\"");
        let remote = c.base().join("remote");
        c.git(&format!("clone -q --bare . {}", remote.display()));
        c.git("remote add origin ../remote");
        c.git_in(&remote, "update-ref refs/heads/incidents main");
        c.program(
            "../remote/hooks/pre-receive",
            "while read o n ref; do test $ref != refs/heads/main || exit 1; done",
        );
        let mut laptops = vec![c.here.clone()];
        for (name, _) in &PEOPLE[1..] {
            let dir = c.base().join(name);
            c.git(&format!("clone -q ../remote {}", dir.display()));
            laptops.push(dir);
        }
        for laptop in &laptops {
            // What each has on the desk stays there.
            c.write(laptop.join("service.c"), "unfinished\n");
            c.inc_in(laptop, "sync").exits(0);
        }
        let known = vec![BTreeSet::new(); 3];
        let (shared, written) = (BTreeSet::new(), Vec::new());
        Evening {
            c,
            laptops,
            known,
            shared,
            written,
            off_line: [false; 3],
            conflicts: 0,
            seed: 20_261_121,
        }
    }

    /// The next of a fixed row of numbers below `n`.
    fn draw(&mut self, n: usize) -> usize {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.seed >> 33).unwrap() % n
    }

    fn inc(&self, who: usize, line: &str) -> Ran {
        self.c.set("INC_AUTHOR", PEOPLE[who].1);
        self.c.set("INC_SEED", (who + 1).to_string());
        self.c.inc_in(&self.laptops[who], line)
    }

    fn one_of(&mut self, who: usize) -> Option<String> {
        let n = self.known[who].len();
        if n == 0 {
            return None;
        }
        let at = self.draw(n);
        self.known[who].iter().nth(at).cloned()
    }

    fn sync(&mut self, who: usize) {
        let ran = self.inc(who, "sync");
        if self.off_line[who] {
            ran.exits(3).says("off-line");
            return;
        }
        let ran = ran.exits(0);
        self.conflicts += ran.stdout.matches("resolve-conflict").count();
        let all: BTreeSet<String> = self.shared.union(&self.known[who]).cloned().collect();
        self.shared.clone_from(&all);
        self.known[who] = all;
    }

    fn connect(&mut self, who: usize, off_line: bool) {
        if self.off_line[who] != off_line {
            self.off_line[who] = off_line;
            let address = if off_line { "../nowhere" } else { "../remote" };
            let dir = self.laptops[who].clone();
            self.c.git_in(&dir, &format!("config remote.origin.url {address}"));
        }
    }

    fn command(&mut self, n: usize) {
        let who = self.draw(3);
        for (laptop, times) in OFF_LINE.iter().enumerate() {
            let off = times.iter().any(|(from, to)| (*from..*to).contains(&n));
            self.connect(laptop, off);
        }
        let kind = self.draw(100);
        let text = format!("word {n} of {}", PEOPLE[who].0);
        let id = if kind < 4 { None } else { self.one_of(who) };
        let Some(id) = id else {
            let ran = self.inc(who, &format!("open --quiet \"{text}\"")).exits(0);
            self.known[who].insert(ran.stdout.trim().to_owned());
            self.written.push(format!("title: {text}\n"));
            return;
        };
        match kind {
            4..70 => {
                self.inc(who, &format!("note {id} \"{text}\"")).exits(0);
                self.written.push(format!("text: {text}\n"));
            }
            70..78 => {
                // A scalar that several write while they do not see each other.
                self.inc(who, &format!("update {id} --hypothesis \"{text}\"")).exits(0);
            }
            78..82 => {
                self.inc(who, &format!("role incident_commander {} {id}", PEOPLE[who].0)).exits(0);
            }
            82..85 => {
                self.inc(who, &format!("ack {id}")).exits(0);
            }
            _ => self.sync(who),
        }
    }

    /// The records of a laptop as one text, and how many there are.
    fn records(&self, who: usize) -> (String, usize) {
        let mut found = Vec::new();
        walk(&self.laptops[who].join(".git/inc/live/incidents"), &mut found);
        found.retain(|path| path.ends_with("incident.yaml"));
        found.sort();
        let texts: Vec<String> = found.iter().map(|p| self.c.read(p)).collect();
        (texts.concat(), found.len())
    }

    fn tree(&self, dir: &std::path::Path) -> String {
        self.c.git_in(dir, "rev-parse incidents^{tree}")
    }

    /// Bytes of all objects in a repository, after git has packed them.
    fn size(&self, dir: &std::path::Path) -> u64 {
        self.c.git_in(dir, "gc -q");
        let counted = self.c.git_in(dir, "count-objects -v");
        let line = counted.lines().find_map(|l| l.strip_prefix("size-pack: ")).unwrap();
        line.parse::<u64>().unwrap() * 1024
    }
}

#[test]
fn three_laptops_and_three_hundred_commands() {
    let mut e = Evening::begin();
    let remote = e.c.base().join("remote");
    let before = e.size(&remote);
    for n in 0..COMMANDS {
        e.command(n);
    }
    let loose = e.c.git_in(&remote, "count-objects");
    for who in 0..3 {
        e.connect(who, false);
    }
    for who in [0, 1, 2, 0, 1] {
        e.sync(who);
    }
    assert!(e.conflicts > 0, "nobody ever disagreed: this evening proves less than it says");
    let (_, count) = e.records(0);
    assert_eq!(count, e.shared.len());
    // Somebody settles what is open, and all have it.
    for id in e.shared.clone() {
        let path = e.c.git(&format!(
            "ls-tree -r --name-only incidents -- incidents/2026/11/{id}/incident.yaml"
        ));
        let record = e.c.git(&format!("show incidents:{}", path.trim()));
        let open = record.split("\nconflicts:").nth(1).map_or(0, |c| c.matches("field:").count());
        for _ in 0..open {
            let field = e.c.git(&format!("show incidents:{}", path.trim()));
            let field = field.split("\nconflicts:").nth(1).unwrap().split("field:").nth(1).unwrap();
            let field = field.split([',', '\n']).next().unwrap().trim().to_owned();
            e.inc(0, &format!("resolve-conflict {id} --field {field} --take 1")).exits(0);
        }
    }
    for who in [0, 1, 2] {
        e.sync(who);
    }
    let tree = e.tree(&remote);
    for (who, (name, _)) in PEOPLE.iter().enumerate() {
        let dir = e.laptops[who].clone();
        assert_eq!(e.tree(&dir), tree, "{name}");
        assert_eq!(e.c.git_in(&dir, "status --short"), "?? service.c\n", "{name}");
        e.c.git_in(&dir, "fsck --strict --no-dangling");
    }
    e.c.git_in(&remote, "fsck --strict --no-dangling");
    let (text, _) = e.records(1);
    for words in &e.written {
        assert_eq!(text.matches(words.as_str()).count(), 1, "{words}");
    }
    assert!(!text.contains("\nconflicts:"), "{text}");
    let growth = (e.size(&remote) - before) / COMMANDS as u64;
    println!(
        "{COMMANDS} commands, {count} incidents, {} texts, {} conflicts; the remote grew by {growth} \
         bytes a command once packed; loose on the way: {}",
        e.written.len(),
        e.conflicts,
        loose.trim()
    );
    assert!(growth < 4096, "{growth} bytes a command");
}
