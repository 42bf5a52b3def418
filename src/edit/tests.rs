//! Edits of texts as people write them: what changes, and that nothing else does.
//!
//! Long because it is a catalogue: each case is a text, a change and the text afterwards.

use super::*;
use crate::yaml::{Step, parse};

fn tree(text: &str) -> Tree {
    parse(Source::new("x", text)).unwrap().to_tree()
}

/// The text after its record changed to what `new` says.
fn edit(text: &str, new: &str) -> String {
    rewrite(Source::new("x.yaml", text), &tree(text), &tree(new))
        .unwrap_or_else(|e| panic!("{e}\n{e:?}"))
}

fn refusal(text: &str, new: &str) -> String {
    match rewrite(Source::new("x.yaml", text), &tree(text), &tree(new)) {
        Err(EditError::Refused(d)) => d.message,
        other => panic!("{other:?}"),
    }
}

fn key(name: &str) -> Step {
    Step::Key(name.into())
}

/// Checks edits given as text, new record, text afterwards.
fn all(cases: &[(&str, &str, &str)]) {
    for (text, new, wanted) in cases {
        let got = edit(text, new);
        assert_eq!(got, *wanted, "\n--- from\n{text}\n--- got\n{got}");
    }
}

#[test]
fn a_no_break_space_is_a_word() {
    all(&[
        ("a: >- # c\n  \u{a0}\n# end\n", "a: \"\"", "a: \"\" # c\n# end\n"),
        ("a:\n  - x\n  - \u{2003}\nb: 1\n", "a: [x]\nb: 1", "a:\n  - x\nb: 1\n"),
    ]);
}

#[test]
fn nothing_changes_nothing() {
    for text in ["a: 1\r\n\r\n# end", "---\na:   [ 1,2 ]\n...\n", "{\"a\": 1}"] {
        assert_eq!(edit(text, text), text);
    }
}

#[test]
fn a_scalar_keeps_its_quotes_and_its_comment() {
    all(&[
        ("a: 1 # one\nb: 2\n", "a: 3\nb: 2\n", "a: 3 # one\nb: 2\n"),
        ("a:   'x'   # one\n", "a: it's\n", "a:   'it''s'   # one\n"),
        ("a: \"x\"\n", "a: v\n", "a: \"v\"\n"),
        ("a: \"x\"\n", "a: 5\n", "a: 5\n"),
        ("a: x\n", "a: \"5\"\n", "a: \"5\"\n"),
        ("a: x\n", "a: \"no\"\n", "a: \"no\"\n"),
        ("a: 2026-11-20\n", "a: 2026-11-21\n", "a: 2026-11-21\n"),
        ("a: x\n", "a: 2026-11-21T10:00:00-06:00\n", "a: 2026-11-21T10:00:00-06:00\n"),
        ("a: one\n  two\n  three # c\nb: 1\n", "a: x\nb: 1\n", "a: x # c\nb: 1\n"),
        ("a: \"one\n  two\" # c\nb: 1\n", "a: x\nb: 1\n", "a: \"x\" # c\nb: 1\n"),
        ("a:\t1\t# c\n", "a: 2\n", "a:\t2\t# c\n"),
        ("- 1\n- x # c\n", "[1, v]", "- 1\n- v # c\n"),
        ("\u{feff}a: 1\n", "a: 2\n", "\u{feff}a: 2\n"),
        ("a: 1", "a: 2", "a: 2"),
        ("\"a b\": 1\n'ñ': 2\n", "a b: 1\nñ: 3\n", "\"a b\": 1\n'ñ': 3\n"),
    ]);
}

#[test]
fn block_scalars_stay_blocks() {
    all(&[
        ("a: | # c\n    x\n    v\nb: 1\n", "a: |\n  z\nb: 1\n", "a: | # c\n    z\nb: 1\n"),
        ("a: |\n  x\n\nb: 1\n", "a: z\nb: 1\n", "a: |-\n  z\n\nb: 1\n"),
        ("a: |-\n  x\nb: 1\n", "a: \"v\\nz\\n\"\nb: 1\n", "a: |\n  v\n  z\nb: 1\n"),
        ("a: |+\n  x\n\n\nb: 1\n", "a: \"v\\n\\n\"\nb: 1\n", "a: |+\n  v\n\nb: 1\n"),
        ("a: |+\n  x\n\n\nb: 1\n", "a: v\nb: 1\n", "a: |-\n  v\nb: 1\n"),
        ("a: >\n  x\n  v\nb: 1\n", "a: |\n  z w\nb: 1\n", "a: >\n  z w\nb: 1\n"),
        ("a: >\n  x\n  v\nb: 1\n", "a: |\n  z\n   w\nb: 1\n", "a: |\n  z\n   w\nb: 1\n"),
        ("a: >-\n  x\n", "a: \"v\\nz\"\n", "a: >-\n  v\n\n  z\n"),
        ("a: |\n  x\nb: 1\n", "a: \"\"\nb: 1\n", "a: \"\"\nb: 1\n"),
        ("a: |\n  x\nb: 1\n", "a: 7\nb: 1\n", "a: 7\nb: 1\n"),
        ("a: |\n  x", "a: |\n  v\n", "a: |\n  v"),
        (
            "a: |\n  x\n  # not a comment\n# c\nb: 1\n",
            "a: \"v\\tz\\n\"\nb: 1\n",
            "a: |\n  v\tz\n# c\nb: 1\n",
        ),
        ("a: x # c\nb: 1\n", "a: \"v\\nz\"\nb: 1\n", "a: |- # c\n  v\n  z\nb: 1\n"),
        ("a: x\n  # deep\nb: 1\n", "a: \"v\\nz\"\nb: 1\n", "a: \"v\\nz\"\n  # deep\nb: 1\n"),
        ("a: |\r\n  x\r\nb: 1\r\n", "a: |\n  v\n  z\nb: 1\n", "a: |\r\n  v\r\n  z\r\nb: 1\r\n"),
        ("l:\n- |\n x\n- b\n", "l: [\"  v\\n\", b]", "l:\n- |1\n   v\n- b\n"),
        ("a: |2\n   x\nb: 1\n", "a: |\n  v\nb: 1\n", "a: |\n  v\nb: 1\n"),
        ("a: |\n\nb: 1\n", "a: |\n  v\nb: 1\n", "a: |\n  v\n\nb: 1\n"),
    ]);
}

#[test]
fn what_is_empty_is_filled_in_its_place() {
    all(&[
        ("a:\nb: 1\n", "a: x\nb: 1\n", "a: x\nb: 1\n"),
        ("a: # c\nb: 1\n", "a: x\nb: 1\n", "a: x # c\nb: 1\n"),
        ("a: ~ # c\nb: 1\n", "a: x\nb: 1\n", "a: x # c\nb: 1\n"),
        ("a: null\n", "a: { x: 1 }\n", "a:\n  x: 1\n"),
        ("t: []  # none\nb: 1\n", "t: [{ id: A }]\nb: 1\n", "t:  # none\n  - id: A\nb: 1\n"),
        ("t:\nb: 1\n", "t: [{ id: A, x: 1 }]\nb: 1\n", "t:\n  - id: A\n    x: 1\nb: 1\n"),
        ("t: []\n", "t: [a]\n", "t: [a]\n"),
        ("m: {} # c\n", "m: { a: 1 }\n", "m: # c\n  a: 1\n"),
        ("l:\n  -\n  - x\n", "l: [a, x]", "l:\n  - a\n  - x\n"),
        ("l:\n  -   # c\n  - x\n", "l: [{ a: 1 }, x]", "l:\n  - a: 1   # c\n  - x\n"),
        ("a: [] # c", "a: [{ b: 1 }]", "a: # c\n  - b: 1"),
        ("a: |\n  x\nb: { c: [] }\n", "a: |\n  x\nb: { c: [1] }\n", "a: |\n  x\nb: { c: [1] }\n"),
    ]);
}

#[test]
fn keys_are_added_after_their_neighbours() {
    all(&[
        ("a: 1\nc: 3\n", "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 3\n"),
        ("a: 1\n# about c\nc: 3\n", "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 2\n# about c\nc: 3\n"),
        ("a: 1 # c", "{ a: 1, b: 2 }", "a: 1 # c\nb: 2"),
        ("a: 1\r\n", "{ a: 1, b: { c: 2 } }", "a: 1\r\nb:\r\n  c: 2\r\n"),
        ("a:\n    x: 1\nb: 2\n", "{ a: { x: 1, v: 2 }, b: 2 }", "a:\n    x: 1\n    v: 2\nb: 2\n"),
        (
            "a:\n- x: 1\n# c\nb: 2\n",
            "{ a: [{ x: 1 }], k: { l: [{ v: 1 }] }, b: 2 }",
            "a:\n- x: 1\nk:\n  l:\n  - v: 1\n# c\nb: 2\n",
        ),
        (
            "a:\n  - x\n  # more to come\nb: 2\n",
            "{ a: [x], k: 1, b: 2 }",
            "a:\n  - x\n  # more to come\nk: 1\nb: 2\n",
        ),
        ("a: |+\n  x\n\nb: 1\n", "{ a: \"x\\n\\n\", k: 1, b: 1 }", "a: |+\n  x\n\nk: 1\nb: 1\n"),
        ("a: |\n  x", "{ a: \"x\\n\", k: 1 }", "a: |\n  x\nk: 1"),
        ("a: |+\n  x\n\n", "{ a: \"x\\n\\n\", k: 1 }", "a: |+\n  x\n\nk: 1\n"),
        ("a: |\n  x\n\n\nb: 1\n", "{ a: \"x\\n\", k: 1, b: 1 }", "a: |\n  x\nk: 1\n\n\nb: 1\n"),
        ("a: { x: 1 }\n", "a: { x: 1, v: 2 }\n", "a: { x: 1, v: 2 }\n"),
        ("a: {x: 1}\n", "a: {x: 1, v: {z: 1}}\n", "a: {x: 1, v: {z: 1}}\n"),
        ("{\"a\": 1}\n", "{ a: 1, b: x }\n", "{\"a\": 1, b: x}\n"),
        ("---\na: 1\n...\n", "{ a: 1, b: 2 }", "---\na: 1\nb: 2\n...\n"),
        (
            "l:\n  - a: 1\n  - a: 2\n",
            "l: [{ a: 1, b: 2 }, { a: 2 }]",
            "l:\n  - a: 1\n    b: 2\n  - a: 2\n",
        ),
        ("a: 1\n", "{ a: 1, t: \"x\\nv\\n\\n\" }", "a: 1\nt: \"x\\nv\\n\\n\"\n"),
        ("a: 1\n", "{ a: 1, \"no\": x, \"ñ: b\": v }", "a: 1\n\"no\": x\n\"ñ: b\": v\n"),
    ]);
}

#[test]
fn items_are_added_in_the_manner_of_their_neighbours() {
    all(&[
        (
            "l:\n- a\n- b # c\n# about k\nk: 1\n",
            "{ l: [a, b, c], k: 1 }",
            "l:\n- a\n- b # c\n- c\n# about k\nk: 1\n",
        ),
        ("l:\n  - a\n  # last\n", "l: [a, b]", "l:\n  - a\n  - b\n  # last\n"),
        ("l:\n  - a\n    # of a\n", "l: [a, b]", "l:\n  - a\n    # of a\n  - b\n"),
        (
            "l:\n  -   x: 1\n      v: 2\n",
            "l: [{ x: 1, v: 2 }, { x: 3, v: 4 }]",
            "l:\n  -   x: 1\n      v: 2\n  -   x: 3\n      v: 4\n",
        ),
        ("l:\n  - a", "l: [a, b]", "l:\n  - a\n  - b"),
        (
            "l:\n  - |\n    a\n",
            "l: [\"a\\n\", \"b\\nc\"]",
            "l:\n  - |\n    a\n  - |-\n    b\n    c\n",
        ),
        ("l: # c\n  # about a\n  - a\n", "l: [z, a]", "l: # c\n  - z\n  # about a\n  - a\n"),
        ("- a\n- b\n", "[z, a, v, b]", "- z\n- a\n- v\n- b\n"),
        ("- - a\n  - b\n", "[[z, a, b]]", "- - z\n  - a\n  - b\n"),
        (
            "l:\n  - a\n\n  - b\n\nk: 1\n",
            "{ l: [a, b, c], k: 1 }",
            "l:\n  - a\n\n  - b\n\n  - c\n\nk: 1\n",
        ),
        ("l: [a, b] # c\n", "l: [a, b, c]", "l: [a, b, c] # c\n"),
        ("l: [a, b, ]\n", "l: [z, a, \"b\", \"c, d\"]", "l: [z, a, b, \"c, d\", ]\n"),
        ("l: [\n  a,\n  b, # c\n]\n", "l: [a, b, c]", "l: [\n  a,\n  b, # c\n  c,\n]\n"),
        ("l: [\n  a,\n  b # c\n]\n", "l: [a, b, c]", "l: [\n  a,\n  b, # c\n  c\n]\n"),
        ("l: [\n  a,\n  b]\n", "l: [z, a, b, c]", "l: [\n  z,\n  a,\n  b,\n  c]\n"),
        (
            "l: [{ id: A, x: 1 }]\n",
            "l: [{ id: A, x: 1 }, { id: B, x: 2 }]",
            "l: [{ id: A, x: 1 }, { id: B, x: 2 }]\n",
        ),
    ]);
}

#[test]
fn a_field_of_an_item_changes_alone() {
    all(&[
        (
            "t:\n  # first\n  - id: A # a\n    x: 1 # x\n  - { id: B, x: 2 }\n",
            "t: [{ id: A, x: 9 }, { id: B, x: 3 }]",
            "t:\n  # first\n  - id: A # a\n    x: 9 # x\n  - { id: B, x: 3 }\n",
        ),
        (
            "t:\n- id: A\n  x: 1\n- id: B\n  x: 2\n",
            "t: [{ id: B, x: 2, v: 1 }]",
            "t:\n- id: B\n  x: 2\n  v: 1\n",
        ),
        (
            "p:\n  - name: Ana\n    role: x\n  - name: Beto\n    role: v\n",
            "p: [{ name: Ana, role: z }, { name: Beto, role: v }, { name: Caro, role: w }]",
            "p:\n  - name: Ana\n    role: z\n  - name: Beto\n    role: v\n  - name: Caro\n    role: w\n",
        ),
    ]);
}

#[test]
fn what_goes_takes_only_its_own_lines() {
    all(&[
        (
            "a: 1\n# about b\nb: 2 # c\n# about c\nc: 3\n",
            "{ a: 1, c: 3 }",
            "a: 1\n# about b\n# about c\nc: 3\n",
        ),
        ("a: 1\nb:\n  - x\n  # of b\nc: 3\n", "{ a: 1, c: 3 }", "a: 1\nc: 3\n"),
        ("a: 1\nb: 2", "a: 1", "a: 1"),
        ("a: 1\r\nb: 2\r\n", "b: 2", "b: 2\r\n"),
        ("\u{feff}a: 1\nb: 2\n", "b: 2", "\u{feff}b: 2\n"),
        ("l:\n  - a # x\n  # about b\n  - b\n", "l: [b]", "l:\n  # about b\n  - b\n"),
        (
            "l: # list\n  # about a\n  - a # x\n  # end\nk: 1\n",
            "{ l: [], k: 1 }",
            "l: [] # list\n  # about a\n  # end\nk: 1\n",
        ),
        ("l:\n- a\nk: 1\n", "{ l: [], k: 1 }", "l: []\nk: 1\n"),
        ("l:\n- a", "l: []", "l: []"),
        ("m:\n  a: 1\nk: 1\n", "{ m: {}, k: 1 }", "m: {}\nk: 1\n"),
        (
            "l:\n  - id: A\n    # about x\n    x: 1\n  - id: B\n",
            "l: [{ x: 1 }, { id: B }]",
            "l:\n  - # about x\n    x: 1\n  - id: B\n",
        ),
        (
            "l:\n  - b: 1\n    # about x\n    x: 1\n",
            "l: [{ x: 1 }]",
            "l:\n  - # about x\n    x: 1\n",
        ),
        ("l: [a, b, c]\n", "l: [a, c]", "l: [a, c]\n"),
        ("l: [a, b, c]\n", "l: [a, b]", "l: [a, b]\n"),
        ("l: [ a ] # c\n", "l: []", "l: [] # c\n"),
        ("l: [\n  a, # one\n  b, # two\n]\n", "l: [a]", "l: [\n  a, # one\n]\n"),
        ("m: { a: 1, b: 2 }\n", "m: { b: 2 }", "m: { b: 2 }\n"),
        ("m: { a: 1, b: 2 }\n", "m: { a: 1 }", "m: { a: 1 }\n"),
        ("a: |+\n  x\n\nb: 1\n\nc: 1\n", "{ a: \"x\\n\\n\", c: 1 }", "a: |+\n  x\n\nc: 1\n"),
        (
            "a:\n  x: 1\n\n  # v\n  v: 2\n\nb: 1\n",
            "{ a: { x: 1 }, b: 1 }",
            "a:\n  x: 1\n\n  # v\n\nb: 1\n",
        ),
    ]);
}

#[test]
fn a_collection_gives_way_to_a_scalar_and_back() {
    all(&[
        ("a: # c\n  - x # d\n  - v\nb: 1\n", "{ a: z, b: 1 }", "a: z # c\nb: 1\n"),
        ("a:\n  x: 1\nb: 1\n", "{ a: [{ v: 2 }], b: 1 }", "a:\n  - v: 2\nb: 1\n"),
        ("l:\n  - x: 1\n    v: 2 # c\n  - z\n", "l: [w, z]", "l:\n  - w\n  - z\n"),
        ("a: x # c\nb: 1\n", "{ a: { v: 2 }, b: 1 }", "a: # c\n  v: 2\nb: 1\n"),
        ("a: [1, 2] # c\nb: 1\n", "{ a: x, b: 1 }", "a: x # c\nb: 1\n"),
    ]);
}

#[test]
fn what_stands_in_several_places_is_not_changed_in_one() {
    let text = "d: &d # c\n  x: 1\ne: *d\nf:\n  <<: *d\n  v: 2\ng: &unused 5\n";
    assert!(
        refusal(text, "{ d: { x: 2 }, e: { x: 1 }, f: { x: 1, v: 2 }, g: 5 }").contains("anchor")
    );
    assert!(
        refusal(text, "{ d: { x: 1 }, e: { x: 2 }, f: { x: 1, v: 2 }, g: 5 }").contains("alias")
    );
    assert!(refusal(text, "{ e: { x: 1 }, f: { x: 1, v: 2 }, g: 5 }").contains("anchor"));
    assert!(refusal(text, "{ d: 1, e: { x: 1 }, f: { x: 1, v: 2 }, g: 5 }").contains("anchor"));
    let unproven = rewrite(
        Source::new("x", text),
        &tree(text),
        &tree("{ d: { x: 1 }, e: { x: 1 }, f: { v: 2 }, g: 5 }"),
    );
    assert!(matches!(unproven, Err(EditError::Unproven { .. })), "{unproven:?}");
    all(&[
        (text, "{ d: { x: 1 }, e: z, f: { x: 1, v: 2 }, g: 5 }", &text.replace("e: *d", "e: z")),
        (
            text,
            "{ d: { x: 1 }, e: { x: 1 }, f: { x: 1, v: 2 }, g: 6 }",
            &text.replace("&unused 5", "&unused 6"),
        ),
        (
            text,
            "{ d: { x: 1 }, e: { x: 1 }, f: { x: 3, v: 2 }, g: 5 }",
            &text.replace("v: 2", "v: 2\n  x: 3"),
        ),
        (text, "{ d: { x: 1 }, f: { x: 1, v: 2 }, g: 5 }", &text.replace("e: *d\n", "")),
        ("a: &u # c\n  - 1\n", "a: []", "a: &u [] # c\n"),
        ("a: &u []\n", "a: [{ b: 1 }]", "a: &u\n  - b: 1\n"),
        ("a: !!str 5 # c\n", "a: \"6\"", "a: !!str \"6\" # c\n"),
        ("a: !!str 5 # c\n", "a: 6", "a: 6 # c\n"),
    ]);
}

#[test]
fn a_record_that_shows_less_than_the_text_is_no_obstacle() {
    let text = "x-mine: [1, 2]\nid: A\nparent: null # none\nservices: [] # later\nnext:\nlast: 1\n";
    let (old, new) = (
        tree("{ id: A, last: 1 }"),
        tree("{ id: A, parent: B, services: [api], next: { at: 1 }, more: { deep: 1 }, last: 2 }"),
    );
    assert_eq!(
        rewrite(Source::new("x", text), &old, &new).unwrap(),
        "x-mine: [1, 2]\nid: A\nparent: B # none\nservices: [api] # later\nnext:\n  at: 1\nmore:\n  deep: 1\nlast: 2\n"
    );
    let (old, new) =
        (tree("{ id: A, t: [], i: {} }"), tree("{ id: A, t: [{ x: 1 }], i: { v: 1 } }"));
    assert_eq!(
        rewrite(Source::new("x", "id: A\n"), &old, &new).unwrap(),
        "id: A\nt:\n  - x: 1\ni:\n  v: 1\n"
    );
}

#[test]
fn a_text_that_is_not_the_record_is_refused() {
    let source = Source::new("x", "id: A\nl: [{ id: X }, { id: Y }]\n");
    for (old, new) in [
        ("l: [{ id: X }]", "l: []"),
        ("l: [{ id: Y }, { id: X }]", "l: [{ id: X }]"),
        ("{ id: A }", "{ id: A, l: [{ id: Z }] }"),
    ] {
        let error = rewrite(source, &tree(old), &tree(new)).unwrap_err();
        assert!(error.to_string().contains("not what was read before"), "{error}");
    }
    let nowhere = [Change::Remove { route: vec![key("l"), Step::Index(9)] }];
    assert!(apply(source, &nowhere).unwrap_err().to_string().contains("no `l[9]` to change"));
    assert!(matches!(apply(Source::new("x", "a: ["), &[]), Err(EditError::Unreadable(_))));
}

#[test]
fn new_documents_read_well() {
    let text = "schema: 1\ntitle: \"Pagos caídos: SPEI\"\nstarted: 2026-11-21T14:05:00-06:00\nlost: 12.50 MXN\nservices: [api, checkout]\nnone: []\nempty: {}\nnotes: |\n  uno\n\n  dos\ntimeline:\n  - id: A3F0\n    at: 2026-11-21T14:05:00-06:00\n    text: \"12:30\"\n    who:\n      name: Ana\n  - id: \"12E5\"\n    tags: []\nlast: |+\n  a\n\n";
    assert_eq!(to_yaml(&tree(text)), text);
    assert_eq!(to_yaml_with_header("Nuevo\n\n# ya", &tree("a: 1")), "# Nuevo\n\n# ya\na: 1\n");
    let long: Vec<Tree> = (0..30).map(|i| Tree::Text(format!("service-{i}"))).collect();
    let printed = to_yaml(&Tree::Map(vec![("services".into(), Tree::Seq(long))]));
    assert!(printed.starts_with("services:\n  - service-0\n  - service-1\n"), "{printed}");
}

/// What people have done to records: every line of it must outlive a day of commands.
const NASTY: &str = "\u{feff}# ⚠️ no tocar a mano — ver runbook\r
---\r
schema:   1\r
\"id\" : INC-20261121-7QKM   # se dictó al proveedor\r
'título': \"SPEI caído: «rechazo 🔥» / تعطل\"\t# visto por la guardia\r
\r
services: [api, \"checkout: web\", ]   # faltan más\r
base: &base { zone: MX, tier: 1 }\r
impact:\r
    <<: *base\r
    users:   1200      # aprox.\r
    lost: '12500.50 MXN'\r
    note: >-   # doblado\r
        Los clientes ven un error\r
        al pagar con tarjeta.\r
\r
    # fin de impacto\r
parent: ~   # ninguno\r
timeline: # en orden\r
# la primera la puso el bot\r
-   id: A3F0\r
    at: 2026-11-21T14:05:00-06:00\r
    text: |\r
        Se cayó\tla cola.\r
\r
        # esto no es comentario\r
    # esto sí\r
    by: &quien ana\r
\r
- { id: C7QK, by: *quien, text: 'it''s up' } # en línea\r
# - id: ZZZZ  (borrada)\r
x-mine: {a: [1,2], b: }\r
last: |+\r
    fin\r
\r
\r
... # nada más\r
";

#[test]
fn a_day_of_commands_over_a_nasty_record() {
    let mut text = NASTY.to_owned();
    let mut run = |change: Change, from: &str, to: &str| {
        let wanted = text.replacen(from, to, 1);
        assert_ne!(wanted, text, "{from}");
        text = apply(Source::new("x", &text), std::slice::from_ref(&change)).unwrap();
        assert_eq!(text, wanted, "{change:?}");
    };
    let set = |route: &[Step], value: Tree, after: &[&str]| Change::Set {
        route: route.to_vec(),
        value,
        after: after.iter().map(|a| (*a).to_owned()).collect(),
    };
    let words = |t: &str| Tree::Text(t.into());
    let item = |i| [key("timeline"), Step::Index(i)];
    run(
        set(&[key("título")], words("SPEI \"arriba\""), &[]),
        "\"SPEI caído: «rechazo 🔥» / تعطل\"",
        "\"SPEI \\\"arriba\\\"\"",
    );
    run(
        Change::Insert { seq: vec![key("services")], index: 2, value: words("spei") },
        "\", ]",
        "\", spei, ]",
    );
    run(set(&[key("impact"), key("users")], Tree::Number("3".into()), &[]), "1200", "3");
    run(set(&[key("impact"), key("lost")], words("1.00 MXN"), &[]), "12500.50", "1.00");
    run(
        set(&[key("impact"), key("note")], words("Ya pueden pagar."), &[]),
        "        Los clientes ven un error\r\n        al pagar con tarjeta.\r\n",
        "        Ya pueden pagar.\r\n",
    );
    run(
        set(&[key("impact"), key("zone")], words("US"), &["users"]),
        "aprox.\r\n",
        "aprox.\r\n    zone: US\r\n",
    );
    run(
        set(&[key("impact"), key("seen")], words("a\nb"), &["note"]),
        "pagar.\r\n\r\n    # fin",
        "pagar.\r\n    seen: |-\r\n        a\r\n        b\r\n\r\n    # fin",
    );
    run(set(&[key("parent")], words("INC-20261120-C7QK"), &[]), "~", "INC-20261120-C7QK");
    let [timeline, first] = item(0);
    run(
        set(&[timeline.clone(), first.clone(), key("text")], words("Se cayó.\n"), &[]),
        "Se cayó\tla cola.\r\n\r\n        # esto no es comentario\r\n",
        "Se cayó.\r\n",
    );
    run(
        set(&[timeline.clone(), first, key("star")], Tree::Bool(true), &["by"]),
        "&quien ana\r\n",
        "&quien ana\r\n    star: true\r\n",
    );
    run(
        set(&[timeline.clone(), Step::Index(1), key("text")], words("up"), &[]),
        "'it''s up'",
        "'up'",
    );
    run(set(&[timeline.clone(), Step::Index(1), key("by")], words("beto"), &[]), "*quien", "beto");
    let entry = Tree::Map(vec![("id".into(), words("V9TM")), ("text".into(), words("uno\ndos\n"))]);
    run(
        Change::Insert { seq: vec![timeline], index: 2, value: entry },
        "# en línea\r\n",
        "# en línea\r\n\r\n- id: V9TM\r\n  text: |\r\n      uno\r\n      dos\r\n",
    );
    run(set(&[key("x-mine"), key("b")], words("c, d"), &[]), "b: }", "b: \"c, d\" }");
    run(
        set(&[key("closed")], words("2026-11-21T18:00:00-06:00"), &["last"]),
        "fin\r\n\r\n\r\n",
        "fin\r\n\r\n\r\nclosed: 2026-11-21T18:00:00-06:00\r\n",
    );
    run(Change::Remove { route: vec![key("last")] }, "last: |+\r\n    fin\r\n\r\n\r\n", "");
    let shared = apply(Source::new("x", &text), &[Change::Remove { route: vec![key("base")] }]);
    assert!(matches!(shared, Err(EditError::Refused(_))), "{shared:?}");
}

#[test]
fn a_carriage_return_alone_is_refused_before_anything_moves() {
    let said = "a line of this file ends in a carriage return alone";
    assert_eq!(refusal("a: 1 # one\rb:\n  - x\n", "a: 2\nb: [x]\n"), said);
    assert_eq!(edit("a: 1\rb: 2\n", "a: 1\nb: 2\n"), "a: 1\rb: 2\n");
}
