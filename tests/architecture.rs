//! `docs/architecture.md` is the rule; this test reads its tables and compares them with `src/`.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A row of the table of layers.
struct Layer {
    number: usize,
    modules: Vec<String>,
    uses: Vec<usize>,
    /// Whether its modules may not use each other.
    apart: bool,
}

/// A row of the table of words.
struct Room {
    words: Vec<String>,
    paths: Vec<String>,
    why: String,
}

/// A source file: its path below `src/`, its text, and its code without comments, texts and tests.
struct File {
    path: String,
    text: String,
    code: String,
}

const LONGEST: usize = 400;

#[test]
fn modules_use_only_what_stands_below_them() {
    let layers = layers();
    let mut wrong = String::new();
    for file in sources() {
        let own = file.path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        if matches!(own.as_str(), "lib" | "main") {
            continue;
        }
        for (used, line) in imports(&file) {
            if let Err(why) = may_use(&layers, &own, &used) {
                writeln!(wrong, "src/{}:{line}: `{own}` uses `{used}`: {why}", file.path).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "against the table of layers in docs/architecture.md:\n{wrong}");
}

#[test]
fn lib_rs_is_the_reading_order_of_the_table() {
    let table: Vec<String> = layers().into_iter().flat_map(|l| l.modules).collect();
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let listed: Vec<String> = lib
        .lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect();
    assert_eq!(listed, table, "left: src/lib.rs; right: the table in docs/architecture.md");
}

#[test]
fn words_stay_in_their_rooms() {
    let rooms = rooms();
    let mut wrong = String::new();
    for file in sources() {
        for room in &rooms {
            if room.paths.iter().any(|p| lies_in(&file.path, p)) {
                continue;
            }
            for word in &room.words {
                for line in lines_with(&file.code, word) {
                    writeln!(wrong, "src/{}:{line}: `{word}`: {}", file.path, room.why).unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "outside the rooms named in docs/architecture.md:\n{wrong}");
}

#[test]
fn a_long_file_says_why() {
    let mut wrong = String::new();
    for file in sources() {
        // What stands before its tests; a file of tests alone is as long as the tests are.
        let tests = file.text.lines().position(|l| l.trim() == "#[cfg(test)]");
        let all = file.text.lines().count();
        let inline = file.text.contains("#[cfg(test)]\nmod tests {");
        let length = if inline { tests.unwrap_or(all) } else { all };
        let head = file.text.lines().take_while(|l| l.starts_with("//") || l.is_empty());
        if length > LONGEST && !head.collect::<String>().contains(" long") {
            writeln!(wrong, "src/{}: {length} lines", file.path).unwrap();
        }
    }
    assert!(
        wrong.is_empty(),
        "over {LONGEST} lines, and the top does not say why it is long:\n{wrong}"
    );
}

#[test]
fn every_public_item_is_documented() {
    let mut wrong = String::new();
    for file in sources() {
        let code: Vec<&str> = file.code.lines().collect();
        let text: Vec<&str> = file.text.lines().collect();
        let mut inside_macro = 0_usize;
        for (i, line) in code.iter().enumerate() {
            // Items inside our own macros are documented where the macro says so.
            if line.trim_end().ends_with("! {") || line.contains("macro_rules!") {
                inside_macro = line.len() - line.trim_start().len() + 1;
            }
            if inside_macro > 0 {
                if line.trim() == "}" && line.len() - line.trim_start().len() < inside_macro {
                    inside_macro = 0;
                }
                continue;
            }
            let item = [
                "fn", "async fn", "const fn", "struct", "enum", "trait", "type", "const", "static",
            ]
            .iter()
            .any(|kind| {
                line.trim_start()
                    .strip_prefix("pub ")
                    .is_some_and(|l| l.starts_with(&format!("{kind} ")))
            });
            // Attributes stand between an item and its words, some over several lines.
            let mut above = text[..i].iter().rev().map(|l| l.trim());
            let documented = loop {
                match above.next() {
                    Some(l) if l.starts_with("#[") => {}
                    Some(l) if l.ends_with(")]") => {
                        while above.next().is_some_and(|l| !l.starts_with("#[")) {}
                    }
                    other => break other.is_some_and(|l| l.starts_with("///")),
                }
            };
            if item && !documented {
                writeln!(wrong, "src/{}:{}: {}", file.path, i + 1, line.trim()).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "public items without a word about them:\n{wrong}");
}

/// The readers below are worth nothing if they find nothing.
#[test]
fn the_readers_find_what_is_there() {
    let code = blank(
        "use crate::{diag::{A, B}, units};\n// crate::cli\nlet s = \"crate::store\"; x(crate::yaml::N);\n\
                      /* crate::edit */ let c = '\"'; crate::facts::all();\n#[cfg(test)]\nmod tests {\n use crate::render::T;\n}\n",
    );
    let file = File { path: "a/b/c.rs".into(), text: String::new(), code };
    let found: Vec<(String, usize)> = imports(&file);
    let expected = [("diag", 1), ("units", 1), ("yaml", 3), ("facts", 4)];
    assert_eq!(found, expected.map(|(m, l)| (m.to_owned(), l)));
    let up = File {
        path: "a/b/c.rs".into(),
        text: String::new(),
        code: "super::super::super::units::Money".into(),
    };
    assert_eq!(imports(&up), [("units".to_owned(), 1)]);
    assert_eq!(lines_with("let x: f64 = 1;\nlet f64s = 2;", "f64"), [1]);
    assert_eq!(lines_with("std::fs::read(x)\nstd::fsync()", "std::fs"), [1]);
    assert!(layers().len() > 5 && rooms().len() > 5 && sources().len() > 50);
}

fn may_use(layers: &[Layer], own: &str, used: &str) -> Result<(), String> {
    let home = |module: &str| {
        layers.iter().find_map(|l| l.modules.iter().position(|m| m == module).map(|i| (l, i)))
    };
    let Some((layer, position)) = home(own) else { return Err(format!("`{own}` is in no layer")) };
    let Some((target, below)) = home(used) else { return Ok(()) };
    if own == used || layer.uses.contains(&target.number) {
        return Ok(());
    }
    if layer.number != target.number {
        return Err(format!("layer {} may not use layer {}", layer.number, target.number));
    }
    match (layer.apart, below < position) {
        (true, _) => Err(format!("the modules of layer {} stay apart", layer.number)),
        (false, true) => Ok(()),
        (false, false) => Err(format!("`{used}` stands after `{own}`")),
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The cells of the table below a heading of docs/architecture.md.
fn table(heading: &str) -> Vec<Vec<String>> {
    let page = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let section = page.split("\n## ").find(|s| s.starts_with(heading)).unwrap();
    let rows = section.lines().filter(|l| l.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split(" | ").map(|c| c.trim().to_owned()).collect())
        .collect()
}

fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn layers() -> Vec<Layer> {
    let read = |cells: Vec<String>| {
        let (range, apart) = cells[2]
            .split_once(", ")
            .map_or((cells[2].as_str(), false), |(r, a)| (r, a == "apart"));
        let uses = match range.split_once('–') {
            Some((from, to)) => (from.parse().unwrap()..=to.parse().unwrap()).collect(),
            None => range.parse().into_iter().collect(),
        };
        Layer { number: cells[0].parse().unwrap(), modules: quoted(&cells[1]), uses, apart }
    };
    table("Layers").into_iter().map(read).collect()
}

fn rooms() -> Vec<Room> {
    let read = |cells: Vec<String>| Room {
        words: quoted(&cells[0]),
        paths: quoted(&cells[1]),
        why: cells[2].clone(),
    };
    table("Words that stay in their rooms").into_iter().map(read).collect()
}

/// Whether a file is the room, or lies in it.
fn lies_in(path: &str, room: &str) -> bool {
    path == room || path == format!("{room}.rs") || path.starts_with(&format!("{room}/"))
}

/// All files of `src/` but those that are compiled for tests alone.
fn sources() -> Vec<File> {
    let src = root().join("src");
    let mut files = Vec::new();
    collect(&src, &src, &mut files);
    let mut tests = HashSet::new();
    for file in &files {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        // `mod x;` of a/mod.rs lies in a/, that of a/b.rs in a/b/.
        let folder = match file.path.rsplit('/').next().unwrap() {
            "mod.rs" | "lib.rs" => folder.to_owned(),
            name => format!("{folder}/{}", name.trim_end_matches(".rs")),
        };
        let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]") {
            if let Some(name) = pair[1].strip_prefix("mod ").and_then(|m| m.strip_suffix(';')) {
                tests.insert(format!("{folder}/{name}").trim_start_matches('/').to_owned());
            }
        }
    }
    files.retain(|f| !tests.iter().any(|t| lies_in(&f.path, t)));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(base: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(base, &path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
            let name = path.strip_prefix(base).unwrap().to_string_lossy().replace('\\', "/");
            files.push(File { path: name, code: blank(&text), text });
        }
    }
}

/// Blanks comments, texts, characters and inline test modules; lines stay where they are.
fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut i = 0;
    let skip = |i: &mut usize, code: &mut String, to: usize| {
        while *i < to.min(chars.len()) {
            code.push(if chars[*i] == '\n' { '\n' } else { ' ' });
            *i += 1;
        }
    };
    let find = |from: usize, what: &str| {
        let what: Vec<char> = what.chars().collect();
        (from..chars.len()).find(|&at| chars[at..].starts_with(&what)).map(|at| at + what.len())
    };
    while i < chars.len() {
        let rest = &chars[i..];
        let before = i.checked_sub(1).map(|b| chars[b]);
        let raw = rest[0] == 'r' && !before.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let hashes = rest.iter().skip(1).take_while(|c| **c == '#').count();
        if rest.starts_with(&['/', '/']) {
            let end = find(i, "\n").map_or(chars.len(), |e| e - 1);
            skip(&mut i, &mut code, end);
        } else if rest.starts_with(&['/', '*']) {
            let end = find(i + 2, "*/").unwrap_or(chars.len());
            skip(&mut i, &mut code, end);
        } else if raw && rest.get(1 + hashes) == Some(&'"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let end = find(i + 2 + hashes, &close).unwrap_or(chars.len());
            skip(&mut i, &mut code, end);
        } else if rest[0] == '"' {
            let mut end = i + 1;
            while end < chars.len() && chars[end] != '"' {
                end += if chars[end] == '\\' { 2 } else { 1 };
            }
            skip(&mut i, &mut code, end + 1);
        } else if rest[0] == '\'' && (rest.get(1) == Some(&'\\') || rest.get(2) == Some(&'\'')) {
            let from = if rest.get(1) == Some(&'\\') { i + 3 } else { i + 2 };
            let end = find(from, "'").unwrap_or(chars.len());
            skip(&mut i, &mut code, end);
        } else {
            code.push(chars[i]);
            i += 1;
        }
    }
    without_tests(&code)
}

/// Blanks `#[cfg(test)] mod … { … }`, by its braces.
fn without_tests(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let open = from.find('{').unwrap_or(from.len());
        let semicolon = from.find(';').unwrap_or(from.len());
        let mut end = semicolon.min(from.len());
        if open < semicolon {
            let mut depth = 0_usize;
            end = from.len();
            for (i, c) in from.char_indices().skip_while(|(i, _)| *i < open) {
                depth = if c == '{' {
                    depth + 1
                } else if c == '}' {
                    depth - 1
                } else {
                    depth
                };
                if depth == 0 {
                    end = i;
                    break;
                }
            }
        }
        out.extend(from[..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &from[end..];
    }
    out + rest
}

/// The modules of ours that a file names by `crate::…`, `crate::{…}` or enough `super`s, with lines.
fn imports(file: &File) -> Vec<(String, usize)> {
    let code = &file.code;
    let parts = file.path.trim_end_matches(".rs").trim_end_matches("/mod").split('/').count();
    let climb = "super::".repeat(parts);
    let mut found: Vec<(String, usize)> = Vec::new();
    for start in ["crate::", &climb] {
        for (at, _) in code.match_indices(start) {
            let boundary = code[..at]
                .chars()
                .next_back()
                .is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':');
            if !boundary {
                continue;
            }
            let line = code[..at].matches('\n').count() + 1;
            let rest = &code[at + start.len()..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(heads(group).into_iter().map(|name| (name, line))),
                None => found.push((word(rest), line)),
            }
        }
    }
    found.retain(|(name, _)| name.starts_with(|c: char| c.is_ascii_lowercase()) && name != "super");
    found.sort_by_key(|(_, line)| *line);
    found
}

/// First names of a group's members: `diag::{A, B}, units}` has `diag` and `units`.
fn heads(group: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut names = vec![word(group.trim_start())];
    for (i, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(word(group[i + 1..].trim_start())),
            _ => {}
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Lines where a word stands by itself.
fn lines_with(code: &str, what: &str) -> Vec<usize> {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(what)
        .filter(|(at, _)| {
            let before = code[..*at].chars().next_back();
            let after = code[at + what.len()..].chars().next();
            let open = !what.ends_with(joins);
            !before.is_some_and(joins) && (open || !after.is_some_and(joins))
        })
        .map(|(at, _)| code[..at].matches('\n').count() + 1)
        .collect()
}
