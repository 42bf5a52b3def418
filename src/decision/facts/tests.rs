use std::sync::Arc;

use super::*;
use crate::decision::{NoFacts, Table, decide, load};
use crate::diag::Source;
use crate::yaml::route_text;

fn texts(routes: &[Route]) -> Vec<String> {
    routes.iter().map(|route| route_text(route)).collect()
}

fn read(value: i64, paths: &'static [&'static str]) -> Fact {
    Fact { known: Known::Is(Value::integer(value)), origin: Origin::Paths(paths) }
}

fn tables(text: &str) -> Vec<Table> {
    load(Source::new("t.toml", text), "t", &NoFacts).unwrap_or_else(|e| panic!("{e}")).tables
}

const BOTH: &str = r#"
hit = "first"
[inputs.a]
type = "integer"
[inputs.b]
type = "integer"
[[rule]]
id = "large"
when = { a = "> 5", b = "> 5" }
then = { x = "large" }
[[rule]]
id = "rest"
when = { b = "-" }
then = { x = "small" }
"#;

#[test]
fn a_set_finds_its_facts_under_other_numbers() {
    let catalogue = Arc::new(Names::new(["a", "b"]));
    let names = catalogue.with(["c", "a"]);
    assert_eq!((names.number("a"), names.number("c"), names.len()), (Some(0), Some(2), 3));
    let mut numbered = FactSet::of(Arc::clone(&catalogue));
    let mut named = FactSet::new();
    for set in [&mut numbered, &mut named] {
        set.set("b", Value::integer(1));
        set.set("other", Value::integer(2));
    }
    for set in [numbered.renumbered(&names), named.renumbered(&names)] {
        assert_eq!(set.value("b"), Some(&Value::integer(1)));
        assert_eq!(set.value("other"), Some(&Value::integer(2)));
        assert_eq!(set.at(1).map(|f| &f.known), Some(&Known::Is(Value::integer(1))));
        assert_eq!((set.known("a"), set.known("c")), (&Known::Unknown, &Known::Unknown));
        assert_eq!(set.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["b", "other"]);
        assert!(set.names().agree_with(&names));
    }
}

#[test]
fn a_number_without_a_name_is_left() {
    let mut set = FactSet::of(Arc::new(Names::new(["a"])));
    set.put(u32::MAX, Fact::default());
    set.put(1, Fact::default());
    assert!(set.is_empty());
}

#[test]
fn what_is_decided_was_read_where_the_deciding_rules_ask() {
    let mut table = tables(BOTH).remove(0);
    let names = Arc::new(Names::new(["a", "b"]));
    table.number(&names);
    let mut facts = FactSet::of(names);
    facts.insert("a", read(9, &["impact.tried", "impact.failed"]));
    let places = vec![2, 0];
    facts.insert(
        "b",
        Fact {
            known: Known::Is(Value::integer(9)),
            origin: Origin::items("actions", places, "due", &["actions"]),
        },
    );
    let known = decide(&table, &facts).fact(0);
    let origin = decide(&table, &facts).origin(&mut facts);
    facts.insert("x", Fact { known, origin });
    let read_from = ["actions[0].due", "actions[2].due", "impact.failed", "impact.tried"];
    assert_eq!(texts(&facts.routes("x")), read_from);
    for name in ["x", "a", "b", "never set"] {
        let all = facts.routes(name);
        assert_eq!(facts.routes_within(name, all.len()), Some(all.clone()), "{name}");
        assert!(all.is_empty() || facts.routes_within(name, all.len() - 1).is_none(), "{name}");
    }
    // A fact that is set anew changes nothing that was decided from the one before, itself neither.
    let origin = decide(&table, &facts).origin(&mut facts);
    facts.insert("b", Fact { known: Known::Is(Value::integer(1)), origin });
    facts.insert("a", read(1, &["status"]));
    assert_eq!(texts(&facts.routes("x")), read_from);
    assert_eq!(texts(&facts.routes("b")), read_from);
    assert_eq!(texts(&facts.routes("a")), ["status"]);
    assert!(facts.routes("never set").is_empty());
}

#[test]
fn items_that_are_none_stand_for_their_list() {
    let mut facts = FactSet::new();
    let origin = Origin::items("actions", Vec::new(), "due", &["actions"]);
    facts.insert("actions", Fact { known: Known::Unknown, origin });
    assert_eq!(texts(&facts.routes("actions")), ["actions"]);
}
