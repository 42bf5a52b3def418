//! The console blocks of README are what the program prints: `INC_UPDATE=1` rewrites them.

use std::path::Path;
use std::process::Command;

const NOW: &str = "2026-11-21T14:00:00-06:00";

fn answer(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words.first(), Some(&"inc"), "{line}: only inc runs here");
    let output = Command::new(env!("CARGO_BIN_EXE_inc"))
        .args(&words[1..])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("INC_NOW", NOW)
        .output()
        .unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_tour_in_readme_is_what_the_program_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut printed = String::new();
    let mut rest = text.as_str();
    let mut blocks = 0;
    while let Some(start) = rest.find("```console\n") {
        let body = start + "```console\n".len();
        let end = body + rest[body..].find("```").unwrap();
        printed.push_str(&rest[..body]);
        let commands = rest[body..end].lines().filter_map(|l| l.strip_prefix("$ "));
        for line in commands {
            blocks += 1;
            printed.push_str(&format!("$ {line}\n{}", answer(line)));
        }
        printed.push_str("```");
        rest = &rest[end + 3..];
    }
    printed.push_str(rest);
    assert!(blocks >= 4, "the tour has lost its commands");
    if std::env::var_os("INC_UPDATE").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    let now = std::fs::read_to_string(&path).unwrap();
    assert!(
        now == printed,
        "README's tour is not what the program prints; INC_UPDATE=1 cargo test --test docs rewrites it"
    );
}

#[test]
fn every_link_of_the_documents_leads_to_a_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/decisions.md"] {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        let folder = root.join(page).parent().unwrap().to_owned();
        for (i, _) in text.match_indices("](") {
            let target = text[i + 2..].split(')').next().unwrap().split('#').next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            assert!(folder.join(target).exists(), "{page}: {target} does not exist");
        }
    }
}
