//! The dashboard: the site that `inc dashboard build` writes, and what a browser makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value as Json, json};

use crate::common::Computer;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A title that tries to leave every place where it could stand.
const HOSTILE: &str = "</title></script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>\" onfocus=\"window.hacked=1' {{x}} ]]> <!--";

/// A workspace with this repository's own records and standard.
fn samples() -> Computer {
    let c = Computer::workspace();
    for folder in ["incidents", "standards"] {
        copy(&Path::new(ROOT).join(folder), &c.here.join(folder));
    }
    c.write("inc.toml", c.read("inc.toml").replace("commit = \"each\"", "commit = \"never\""));
    c
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// All files of a folder by their paths below it.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, dir: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(dir, dir, &mut found);
    found
}

/// The values of an attribute.
fn attributes<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let begin = format!(" {name}=\"");
    let parts = text.split(begin.as_str()).skip(1);
    parts.map(|rest| rest.split('"').next().unwrap_or_default()).collect()
}

/// Every link and every file that a page asks for is there, and every id is there once.
fn expect_whole(site: &BTreeMap<String, Vec<u8>>) {
    let mut links = 0;
    for (path, bytes) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = std::str::from_utf8(bytes).unwrap();
        let ids: Vec<&str> = attributes(text, "id");
        let once: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), once.len(), "{path} has an id twice");
        for url in attributes(text, "href").into_iter().chain(attributes(text, "src")) {
            if url.starts_with("https://") || url.starts_with("http://") {
                continue;
            }
            let (file, part) = url.split_once('#').unwrap_or((url, ""));
            let mut place: Vec<&str> = path.split('/').collect();
            if !file.is_empty() {
                place.pop();
                for step in file.split('/') {
                    match step {
                        ".." => assert!(place.pop().is_some(), "{path} leads out: {url}"),
                        step => place.push(step),
                    }
                }
            }
            let place = place.join("/");
            assert!(site.contains_key(&place), "{path} leads to {url}, which is not there");
            assert!(part.is_empty() || !file.is_empty() || once.contains(part), "{path}: {url}");
            links += 1;
        }
        assert!(bytes.len() < 280_000, "{path} has {} bytes", bytes.len());
        assert!(text.contains("Content-Security-Policy\" content=\"default-src 'none';"), "{path}");
    }
    assert!(links > 100, "{links} links");
}

fn text<'s>(site: &'s BTreeMap<String, Vec<u8>>, path: &str) -> &'s str {
    let bytes = site.get(path).unwrap_or_else(|| panic!("no {path} among {:?}", site.keys()));
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_site_is_whole_in_both_languages_and_the_same_each_time() {
    let c = samples();
    let id = "INC-20261110-M5GY";
    c.write("reports/2026-W46.md", "# Week\n\n[link](https://x.example) [own](../x.md)\n");
    c.write("reports/2026/figures.csv", "a,b\n<b>,1\n");
    let folder = c.here.join("incidents/2026/11/INC-20261115-2ADX");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("incident.yaml"), "schema: 1\nid: [").unwrap();
    let built = c.inc("dashboard build ../site --now 2026-11-22T09:00:00-06:00").exits(2);
    let built = built.prints("../site/index.html").says("INC-20261115-2ADX");
    assert!(built.stderr.contains("19 incidents"), "{}", built.stderr);
    let root = c.base().join("site");
    let first = files(&root);
    expect_whole(&first);
    let page = text(&first, &format!("en/incident/{id}.html"));
    for words in ["Clocks", "Impact", "Timeline", "<svg viewBox", "scope=\"col\"", "lang=\"en\""] {
        assert!(page.contains(words), "{words}");
    }
    let page = text(&first, &format!("es-MX/incident/{id}.html"));
    assert!(page.contains("Relojes") && page.contains("lang=\"es-MX\""), "{page}");
    let home = text(&first, "es-MX/index.html");
    assert!(home.contains("no se sabe") && home.contains("incidents/2026/11/INC-20261115-2ADX"));
    let report = text(&first, "en/reports/2026-~5746~2emd.html");
    assert!(report.contains("<a href=\"https://x.example\">link</a> own"), "{report}");
    assert!(text(&first, "en/reports/2026~2ffigures~2ecsv.html").contains("&lt;b&gt;,1"));

    // The same again writes nothing; what is gone goes, what is somebody else's stays.
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(root.join("CNAME"), "incidents.example\n").unwrap();
    std::fs::write(root.join("en/old.html"), "old").unwrap();
    let now = "--now 2026-11-22T09:00:00-06:00";
    let again = c.inc(&format!("dashboard build ../site {now}")).exits(0);
    assert!(again.stderr.contains("2 written, 1 gone"), "{}", again.stderr);
    let second = files(&root);
    let other = second.iter().filter(|(path, bytes)| first.get(*path) != Some(bytes));
    let other: Vec<&str> = other.map(|(path, _)| path.as_str()).collect();
    assert_eq!(other, ["CNAME", "en/index.html", "es-MX/index.html"]);
    std::fs::remove_dir_all(c.here.join("incidents/2026/09")).unwrap();
    c.inc(&format!("dashboard build ../site --locale en {now}")).exits(0);
    let third = files(&root);
    expect_whole(&third);
    assert!(third.contains_key("CNAME") && !third.keys().any(|path| path.starts_with("es-MX/")));
    assert!(!third.keys().any(|path| path.contains("INC-202609")), "{:?}", third.keys());

    // A folder of somebody else is left alone, whatever it holds.
    for (line, code, says) in [
        ("dashboard build .", 2, "other files than a dashboard"),
        ("dashboard build inc.toml", 2, "no folder"),
        ("dashboard build ../new --locale fr", 2, "no site in `fr`"),
    ] {
        let refused = c.inc(line).exits(code);
        assert!(refused.stderr.contains(says), "{line}: {}", refused.stderr);
    }
    assert!(!c.base().join("new").exists() && !c.here.join(".inc-dashboard").exists());
}

#[test]
fn an_empty_workspace_has_a_site_too() {
    let c = Computer::workspace();
    c.inc("dashboard build ../site").exits(0);
    let site = files(&c.base().join("site"));
    expect_whole(&site);
    assert!(text(&site, "en/index.html").contains("No incident is open."));
    assert!(text(&site, "en/incidents/index.html").contains("There are no incidents."));
    assert!(text(&site, "en/index.html").contains("not known"), "no median of nothing");
}

/// Fills what a schema allows: a word of its own in each text, a number of its own in each figure.
fn fill(schema: &Json, path: &str, made: &mut Vec<String>) -> Option<Json> {
    let kind = match schema.get("anyOf").and_then(Json::as_array) {
        Some(any) => return fill(any.first()?, path, made),
        None => schema.get("type")?,
    };
    let kind = kind.as_str().or_else(|| kind.get(0)?.as_str())?;
    if let Some(words) = schema.get("enum").and_then(Json::as_array) {
        return words.first().cloned();
    }
    match kind {
        "object" => {
            let mut object = Map::new();
            for (name, inner) in schema.get("properties")?.as_object()? {
                let path = format!("{path}.{name}");
                object.extend(fill(inner, &path, made).map(|value| (name.clone(), value)));
            }
            Some(Json::Object(object))
        }
        "array" => Some(json!([fill(schema.get("items")?, path, made)?])),
        "integer" | "number" => {
            // What comes later is less: who could not pay is not more than who tried.
            let most = if path.ends_with("active_base") { 733_000_000 } else { 731_999_999 };
            let number = most - made.len();
            made.push(number.to_string());
            Some(json!(number))
        }
        "string" => {
            let number = made.len();
            let pattern = schema.get("pattern").and_then(Json::as_str).unwrap_or_default();
            let word = match (schema.get("format").and_then(Json::as_str), pattern) {
                (Some("date-time"), _) => return Some(json!("2026-11-01T10:00:00-06:00")),
                (_, "^INC-[0-9]{8}-[0-9A-HJKMNP-TV-Z]{4}$") => {
                    format!("INC-20250101-{}", format!("{number:04}").replace('I', "0"))
                }
                _ => format!("zq{number}zq"),
            };
            made.push(word.clone());
            Some(json!(word))
        }
        _ => None,
    }
}

#[test]
fn what_everybody_may_read_is_a_list_of_fields() {
    let c = Computer::workspace();
    let schema = c.inc("schema incident").exits(0).json();
    let mut made = Vec::new();
    let mut record = fill(&schema, "", &mut made).unwrap();
    // What stands in the list, and what would hide the record altogether.
    let own = [
        ("schema", json!(1)),
        ("id", json!("INC-20261101-0ABC")),
        ("uid", json!("01JD7Z3Q6W3F0K2V9C1T4M8B5N")),
        ("title", json!("Payments fail for everybody")),
        ("status", json!("resolved")),
        ("services", json!(["card-auth"])),
        ("exercise", json!(false)),
    ];
    let fields = record.as_object_mut().unwrap();
    fields.extend(own.map(|(name, value)| (name.to_owned(), value)));
    for hiding in ["parent", "merged_into", "restricted", "planned"] {
        fields.remove(hiding);
    }
    let path = "incidents/2026/11/INC-20261101-0ABC";
    let messages = fields["communications"].as_array_mut().unwrap();
    let mut told = messages[0].clone();
    for (name, value) in
        [("channel", "status_page"), ("stage", "initial"), ("locale", "en"), ("file", "told.md")]
    {
        told[name] = json!(value);
    }
    told["id"] = json!("C000");
    told["sent"][0]["status"] = json!("sent");
    told.as_object_mut().unwrap().remove("skipped");
    messages.push(told);
    let written = |record: &Json| {
        c.write(format!("{path}/incident.yaml"), serde_json::to_string_pretty(record).unwrap());
    };
    // Each text that a field refuses, such as money or a share, is made one that it takes.
    for _ in 0..200 {
        written(&record);
        let checked = c.inc("dashboard build ../site --redact public --locale en");
        if checked.code == 0 {
            break;
        }
        let mut all = record.to_string();
        for refused in checked.stderr.split("error[").skip(1) {
            let code = refused.split(']').next().unwrap_or_default();
            let word = refused.split('`').find(|word| word.starts_with("zq"));
            let word = word.unwrap_or_else(|| panic!("{}", checked.stderr));
            let instead = match code {
                "bad-money" => format!("73{:0>5}.00 MXN", word.trim_matches(['z', 'q'])),
                "bad-percent" => "37.31%".to_owned(),
                _ => "2026-11-11".to_owned(),
            };
            all = all.replace(&format!("\"{word}\""), &format!("\"{instead}\""));
            made.push(instead);
        }
        record = serde_json::from_str(&all).unwrap();
    }
    let site = files(&c.base().join("site"));
    let page = text(&site, "en/incident/INC-20261101-0ABC.html");
    assert!(page.contains("Payments fail for everybody"), "{page}");
    for (path, bytes) in &site {
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(!text.contains("zq"), "{path}: {}", &text[text.find("zq").unwrap()..][..60]);
        for number in made.iter().filter(|word| word.starts_with("73")) {
            assert!(!text.contains(number.as_str()), "{path}: {number}");
        }
        assert!(!text.contains("731,99"), "{path}");
    }
    expect_whole(&site);
    // The same record is full of them for those who work here.
    c.inc("dashboard build ../site --locale en").exits(0);
    let whole = files(&c.base().join("site"));
    let page = text(&whole, "en/incident/INC-20261101-0ABC.html");
    assert!(page.matches("zq").count() > 40, "{}", page.matches("zq").count());
}

#[test]
fn everybody_reads_of_no_person_and_of_nothing_hidden() {
    let c = samples();
    c.inc("dashboard build ../site --redact public --now 2026-11-22T09:00:00-06:00").exits(0);
    let site = files(&c.base().join("site"));
    expect_whole(&site);
    let people = c.read("standards/people.toml");
    let names: Vec<&str> =
        people.lines().filter_map(|l| l.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    assert!(names.len() > 3, "{people}");
    for (path, bytes) in &site {
        let text = std::str::from_utf8(bytes).unwrap();
        for name in &names {
            assert!(!text.contains(name), "{path} names {name}");
        }
    }
    for hidden in ["actions", "compensation", "reports"] {
        assert!(!site.keys().any(|path| path.contains(hidden)), "{hidden}");
    }
    // Restricted, merged, cancelled, an exercise: not even their names.
    for id in ["INC-20261119-XZ2P", "INC-20261113-6DTR"] {
        assert!(c.here.join(format!("incidents/2026/11/{id}")).exists(), "{id}");
        assert!(!site.values().any(|b| String::from_utf8_lossy(b).contains(id)), "{id}");
    }
}

/// Debian's package is `chromium`; other systems name it otherwise.
fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let all = std::env::split_paths(&path).flat_map(|dir| names.iter().map(move |n| dir.join(n)));
    all.into_iter().find(|path| path.is_file())
}

/// Chromium, Node and the file of axe-core; what is missing is said, and a failure where it must
/// be there.
fn tools() -> Option<(PathBuf, PathBuf, PathBuf)> {
    let chromium = program(&["chromium", "chromium-browser", "google-chrome"]);
    let node = program(&["node", "nodejs"]);
    let axe = std::env::var_os("INC_AXE").map(PathBuf::from).filter(|path| path.is_file());
    let found = chromium.zip(node).zip(axe).map(|((chromium, node), axe)| (chromium, node, axe));
    if found.is_none() {
        let how = "apt-get install chromium nodejs npm; npm install axe-core; \
                   INC_AXE=node_modules/axe-core/axe.min.js";
        assert!(std::env::var_os("INC_REQUIRE_BROWSER").is_none(), "the browser test needs {how}");
        println!("skipped: {how}");
    }
    found
}

#[test]
fn a_browser_finds_nothing_wrong() {
    let Some((chromium, node, axe)) = tools() else { return };
    let c = samples();
    c.write("reports/2026-W46.md", "# Week 46\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n");
    let id = "INC-20261120-0HST";
    c.write(
        format!("incidents/2026/11/{id}/incident.yaml"),
        json!({
            "schema": 1, "id": id, "uid": "01JD7Z3Q6W3F0K2V9C1T4M8B5N", "title": HOSTILE,
            "status": "responding", "services": ["card-auth"], "services_unmapped": [HOSTILE],
            "times": { "impact_started": "2026-11-20T03:00:00-06:00", "detected": "2026-11-20T03:04:00-06:00" },
            "links": [{ "url": "javascript:window.hacked=1", "title": HOSTILE },
                      { "url": "https://x.example/\"onfocus=\"window.hacked=1", "title": "x" }],
            "timeline": [{ "at": "2026-11-20T03:05:00-06:00", "text": HOSTILE, "by": HOSTILE }],
            "tags": [HOSTILE],
        })
        .to_string(),
    );
    c.inc("dashboard build ../site --now 2026-11-22T09:00:00-06:00").exits(0);
    let site = c.base().join("site");
    expect_whole(&files(&site));
    let pages = [
        "en/index.html",
        "es-MX/index.html",
        "en/incidents/index.html",
        "es-MX/incidents/index.html",
        "en/incident/INC-20260911-3PXN.html",
        "es-MX/incident/INC-20261110-M5GY.html",
        &format!("en/incident/{id}.html"),
        "en/services/card-auth.html",
        "es-MX/services/index.html",
        "en/verticals/index.html",
        "es-MX/actions/index.html",
        "en/compensation/index.html",
        "en/reports/index.html",
        "en/reports/2026-~5746~2emd.html",
    ];
    let ran = Command::new(node)
        .arg(Path::new(ROOT).join("tests/cli/dashboard/look.mjs"))
        .arg(chromium)
        .arg(c.base().join("browser"))
        .arg(axe)
        .arg(&site)
        .arg(pages.join(","))
        .args(std::env::var_os("INC_SCREENSHOTS"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let seen: Json = serde_json::from_str(&said)
        .unwrap_or_else(|e| panic!("{e}: {said}{}", String::from_utf8_lossy(&ran.stderr)));
    assert_eq!(seen["wrong"], json!([]), "{seen:#}");
    let searched = seen["searched"].as_array().unwrap();
    assert_eq!(searched.len(), 2);
    for one in searched {
        assert_eq!(one["found"], one["first"], "{one}");
        assert_eq!((&one["back"], &one["sort"]), (&json!(true), &json!("descending")), "{one}");
        assert_ne!(one["said"], one["none"], "{one}");
    }
    let most = seen["bytes"].as_object().unwrap().values().filter_map(Json::as_u64).max();
    assert!(most.is_some_and(|most| most > 10_000 && most < 300_000), "{seen:#}");
}
