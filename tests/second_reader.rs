//! What we print is read by a second YAML reader, and must say the same to it.

use std::fs;
use std::path::Path;

use inc::diag::Source;
use inc::yaml::{self, Tree};
use serde_json::Value as Json;

/// The second reader, told to guess no more than YAML 1.2 does.
fn second(text: &str) -> Json {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn first(text: &str) -> Json {
    yaml::parse(Source::new("text", text)).unwrap().to_tree().to_json()
}

#[test]
fn generated_records_say_the_same_to_both() {
    for record in inc::sample::incidents(100, 3) {
        let text = inc::edit::to_yaml(&record.to_tree());
        assert_eq!(second(&text), first(&text), "{text}");
    }
}

#[test]
fn our_own_records_say_the_same_to_both() {
    let mut seen = 0;
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("incidents")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|n| n == "incident.yaml") {
                let text = fs::read_to_string(&path).unwrap();
                assert_eq!(second(&text), first(&text), "{}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 15, "{seen} records");
}

#[test]
fn texts_that_look_like_something_else_stay_texts() {
    let texts = [
        "no",
        "yes",
        "on",
        "off",
        "y",
        "N",
        "true",
        "True",
        "null",
        "~",
        "",
        " ",
        "-",
        "--- a",
        "...",
        "? a",
        "=",
        "<<",
        "*a",
        "&a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
        "0",
        "0123",
        "0o17",
        "0x1F",
        "1_000",
        "1e3",
        "+1",
        ".5",
        "5.",
        ".inf",
        "-.INF",
        ".nan",
        "12:30:45",
        "1:2",
        "2026-11-21",
        "2026-11-21T03:10:00-06:00",
        "a: b",
        "a:",
        ": a",
        "a #b",
        "#a",
        "a, b",
        "[a]",
        "{a}",
        "a]",
        "\"a\"",
        "'a'",
        "it's",
        "a\\b",
        "\ta",
        "a\t",
        "a\nb",
        "a\n",
        "\na",
        "a\r\nb",
        "a\u{85}b",
        "a\u{2028}b",
        "\u{feff}a",
        "\u{7}",
        "ñandú ✓",
        "👩‍🚒",
        "שלום",
    ];
    for text in texts {
        let tree = Tree::Map(vec![("text".into(), Tree::Text(text.into()))]);
        let printed = inc::edit::to_yaml(&tree);
        assert_eq!(second(&printed)["text"], Json::from(text), "{printed:?}");
    }
}
