use proptest::prelude::*;

use super::{default_files, load_text};
use crate::standard::load;

fn codes(files: &[(&str, &str)]) -> Vec<String> {
    load_text(files).1.0.into_iter().map(|d| d.code).collect()
}

#[test]
fn nothing_at_all_is_a_standard() {
    let (standard, diagnostics) = load_text(&[]);
    assert!(diagnostics.is_empty());
    assert!(standard.services.is_empty());
    assert!(standard.newest_policies().is_none());
}

#[test]
fn says_everything_that_is_wrong_with_a_service_at_its_line() {
    let text = "\
[verticals.payments]
name = { en = \"Payments\" }

[services.card-auth]
name = { en = \"Cards\" }
teir = 1
vertical = \"paymnets\"
take_rate = \"1.1\"

[[services.card-auth.cutoffs]]
name = \"file\"
class = \"settlement\"
at = \"25:00\"
";
    let (standard, diagnostics) = load_text(&[("standards/services.toml", text)]);
    let shown = diagnostics.to_string();
    assert_eq!(
        shown,
        "\
error[unknown-vertical]: no vertical is called `paymnets`
 --> standards/services.toml:7:12
  |
7 | vertical = \"paymnets\"
  |            ^^^^^^^^^^
  = help: did you mean `payments`?
error[wrong-value]: `services.card-auth.cutoffs.at`: `25:00` is no time of the day
  --> standards/services.toml:13:6
   |
13 | at = \"25:00\"
   |      ^^^^^^^
   = help: expected hours and minutes: 17:00
error[missing-key]: `services.card-auth` has no `tier`
 --> standards/services.toml:4:11
  |
4 | [services.card-auth]
  |           ^^^^^^^^^
  = help: add `tier`, a whole number from 1 to 3
error[wrong-value]: `services.card-auth.take_rate`: `1.1` is no percentage
 --> standards/services.toml:8:13
  |
8 | take_rate = \"1.1\"
  |             ^^^^^
  = help: expected a number and %, such as 12.5%
error[unknown-key]: unknown key `teir` in `services.card-auth`
 --> standards/services.toml:6:1
  |
6 | teir = 1
  | ^^^^
  = help: did you mean `tier`?"
    );
    assert_eq!(standard.service("card-auth").unwrap().tier, 1);
}

#[test]
fn a_broken_file_hides_no_other() {
    let mut files = default_files();
    for (path, text) in &mut files {
        if path.ends_with("people.toml") {
            *text = "[people.ana\n".to_owned();
        }
        if path.ends_with("targets.toml") {
            *text = text
                .replace("\"24x7\"", "\"24x8\"")
                .replace("severity = \"SEV1\"", "sevrity = \"SEV1\"");
        }
    }
    let (standard, diagnostics) = load(&files, &super::catalogue::facts());
    assert!(diagnostics.has_errors());
    let files: Vec<&str> =
        diagnostics.0.iter().map(|d| d.place.as_ref().unwrap().file.as_str()).collect();
    assert!(files.iter().all(|f| f.ends_with("people.toml") || f.ends_with("targets.toml")));
    assert_eq!(standard.services.len(), 21);
    assert!(standard.people.is_empty());
    let policies = standard.newest_policies().unwrap();
    assert!(policies.table("severity").is_some());
    assert!(policies.table("targets").is_none());
    assert!(policies.targets(&crate::decision::FactSet::new()).is_empty());
}

#[test]
fn names_that_lead_nowhere() {
    for (file, text, code) in [
        ("clocks.toml", "[clocks.x]\ndays = \"mx-bnak\"\n", "unknown-calendar"),
        (
            "events.toml",
            "[events.x]\nname = { en = \"x\" }\nclass = \"payday\"\ndays = [\"15\"]\nmove = \
             \"working-day-before\"\ncalendar = \"none\"\n",
            "unknown-calendar",
        ),
        (
            "calendar/a.toml",
            "source = \"s\"\nfrom = 2024\nto = 2025\nextends = \"b\"\n",
            "unknown-calendar",
        ),
        (
            "calendar/a.toml",
            "source = \"s\"\nfrom = 2024\nto = 2025\nextends = \"a\"\n",
            "calendar-cycle",
        ),
        ("roles.toml", "[roles.a]\nname = { en = \"A\" }\nnot_with = [\"b\"]\n", "unknown-role"),
        ("people.toml", "[people.\"../../x\"]\nname = \"x\"\n", "wrong-id"),
        ("people.toml", "[people.x]\nname = 5\n", "wrong-type"),
        ("clients.toml", "[clients.x]\nname = \"x\"\nzone = \"Mars/Olympus\"\n", "unknown-zone"),
        (
            "targets.toml",
            "hit = \"unique\"\n[[rule]]\nid = \"a\"\nwhen = { open = true }\nthen = { due = \
             \"soon\", clock = \"24x7\" }\n",
            "wrong-target",
        ),
        (
            "checks.toml",
            "hit = \"rule-order\"\n[[rule]]\nid = \"a\"\nwhen = { open = true }\nthen = { message = \
             \"{{opne}}\" }\n",
            "unknown-input",
        ),
        ("verticals/credit/share.toml", "hit = \"first\"\n", "tightens-nothing"),
        ("verticals/share.toml", "hit = \"first\"\n", "vertical-table"),
        ("severity.soon.toml", "hit = \"first\"\n", "wrong-version"),
    ] {
        let found = codes(&[(&format!("standards/{file}"), text)]);
        assert!(found.iter().any(|c| c == code), "{file}: {found:?}");
    }
}

#[test]
fn versions_lie_side_by_side() {
    let table = |level: &str| {
        format!(
            "hit = \"first\"\n[outputs.grade]\nvalues = [\"A\", \"B\"]\n[[rule]]\nid = \
             \"r\"\nthen = {{ grade = \"{level}\" }}\n"
        )
    };
    let (old, new) = (table("A"), table("B"));
    let (standard, diagnostics) = load_text(&[
        ("standards/grade.toml", &old),
        ("standards/grade.2027-01-01.toml", &new),
        ("standards/other.toml", "hit = \"first\"\n[[rule]]\nid = \"r\"\nthen = { x = 1 }\n"),
    ]);
    assert!(diagnostics.is_empty(), "{diagnostics}");
    assert_eq!(standard.versions().len(), 2);
    let grade = |day: &str| {
        let policies = standard.policies(day.parse().unwrap()).unwrap();
        assert!(policies.table("other").is_some());
        let facts = policies.decide(crate::decision::FactSet::new()).facts;
        facts.value("grade").unwrap().to_string()
    };
    assert_eq!(grade("2020-05-05"), "A");
    assert_eq!(grade("2026-12-31"), "A");
    assert_eq!(grade("2027-01-01"), "B");
    let both = codes(&[
        ("standards/grade.2027-01-01.toml", &format!("effective_from = 2028-01-01\n{new}")),
        ("standards/grade.toml", &format!("effective_from = 2027-01-01\n{old}")),
    ]);
    assert_eq!(both, ["wrong-version", "wrong-version"]);
}

#[test]
fn a_file_of_many_mistakes_is_told_within_bounds() {
    let mut text = String::from("[people.x]\nname = \"x\"\n");
    for i in 0..50_000 {
        text.push_str(&format!("key{i} = 1\n"));
    }
    let (_, diagnostics) = load_text(&[("standards/people.toml", &text)]);
    assert_eq!(diagnostics.0.len(), 100);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_text_makes_it_panic(
        file in 0_usize..22,
        at in 0.0..1.0_f64,
        cut in 0_usize..40,
        insert in "[\\[\\]{}\"=.,a-z0-9\n -]{0,12}",
    ) {
        let mut files = default_files();
        let file = file % files.len();
        let text = &mut files[file].1;
        let mut start = (text.len() as f64 * at) as usize;
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = (start + cut).min(text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        text.replace_range(start..end, &insert);
        let (standard, _) = load(&files, &super::catalogue::facts());
        for policies in standard.versions() {
            policies.targets(&crate::decision::FactSet::new());
        }
    }
}

#[test]
fn a_check_asks_only_for_what_it_tests() {
    let text = "\
hit = \"rule-order\"
[outputs.level]
values = [\"error\", \"warning\", \"note\"]
[outputs.code]
type = \"text\"
[outputs.message]
type = \"text\"
[[rule]]
id = \"no-kind\"
when = { kind = \"null\", open = true }
asks = [\"kimd\"]
then = { level = \"note\", code = \"no-kind\", message = \"no kind\" }
";
    let (_, found) = load_text(&[("standards/checks.toml", text)]);
    let shown = found.to_string();
    assert!(
        shown.starts_with(
            "error[unknown-input]: rule `no-kind` asks for `kimd`, which its `when` does not test\n \
             --> standards/checks.toml:9:6\n"
        ) && shown.contains("did you mean `kind`?"),
        "{shown}"
    );
    let right = text.replace("kimd", "kind");
    assert!(load_text(&[("standards/checks.toml", &right)]).1.is_empty());
}
