use serde_json::json;

use super::*;

fn load(files: &[(&str, &str)]) -> (Templates, Diagnostics) {
    Templates::load(files.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect())
}

fn render(text: &str, data: &Value) -> Result<String, String> {
    let (templates, found) = load(&[("t.md.hbs", text)]);
    if !found.is_empty() {
        return Err(found.to_string());
    }
    let text = templates.render("t.md", data).map_err(|d| d.to_string())?;
    Ok(text.trim_end().to_owned())
}

#[test]
fn one_template_is_read_with_those_that_it_brings_in() {
    let files = [
        ("a.md.hbs", "{{> parts/b}}!"),
        ("broken.md.hbs", "{{#if}"),
        ("parts/b.hbs", "b{{> parts/c}}"),
        ("parts/c.hbs", "{{n}}"),
        ("parts/d.hbs", "{{#each}"),
    ];
    let only = |wanted: &str| {
        let files = files.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
        Templates::load_only(files, wanted)
    };
    let (templates, found) = only("a.md");
    assert!(found.is_empty(), "{found}");
    assert_eq!(templates.names().collect::<Vec<_>>(), ["a.md", "parts/b", "parts/c"]);
    assert_eq!(templates.render("a.md", &json!({ "n": 2 })).unwrap(), "b2!\n");
    // All of them, read at once, say the same.
    let (all, found) = load(&files);
    assert_eq!(found.0.len(), 2);
    assert_eq!(all.render("a.md", &json!({ "n": 2 })).unwrap(), "b2!\n");
    let (_, found) = only("broken.md.hbs");
    assert!(found.has_errors());
    let (none, found) = only("c.md");
    assert!(found.is_empty() && !none.contains("c.md"));
}

#[test]
fn a_name_that_does_not_exist_is_an_error_in_every_branch() {
    let data = json!({ "title": "x", "open": false, "items": [{ "name": "a" }], "gone": null });
    for (text, place, help) in [
        ("a\n{{titel}}", "t.md.hbs:2:3", "`title`"),
        ("{{#if titel}}x{{/if}}", "t.md.hbs:1:7", "`title`"),
        ("{{#if open}}\n {{titel}}{{/if}}", "t.md.hbs:2:4", "`title`"),
        ("{{#unless open}}{{else}}{{titel}}{{/unless}}", "t.md.hbs:1:27", "`title`"),
        ("{{#if (and open (not titel))}}{{/if}}", "t.md.hbs:1:22", "`title`"),
        ("{{#each items}}{{nam}}{{/each}}", "t.md.hbs:1:18", "`name`"),
        ("{{#each items as |i|}}{{i.nam}}{{/each}}", "t.md.hbs:1:25", "`i.name`"),
        ("{{#each items}}{{title}}{{/each}}", "t.md.hbs:1:18", "`@root.title`"),
        ("{{default titel \"-\"}}", "t.md.hbs:1:11", "`title`"),
        ("{{#each items}}{{../titel}}{{/each}}", "t.md.hbs:1:18", "`../title`"),
        ("{{../title}}", "t.md.hbs:1:3", "fewer blocks"),
        ("{{@index}}", "t.md.hbs:1:3", "inside {{#each}}"),
        ("{{items.name}}", "t.md.hbs:1:3", "{{#each"),
        ("{{zzz}}", "t.md.hbs:1:3", "known here: gone, items, open, title"),
    ] {
        let error = render(text, &data).unwrap_err();
        assert!(error.starts_with("error[unknown-variable]"), "{text}: {error}");
        assert!(error.contains(place), "{text}: {error}");
        assert!(error.contains(help), "{text}: {error}");
    }
}

#[test]
fn names_are_found_where_they_stand() {
    let data = json!({
        "title": "T", "items": [{ "name": "a", "parts": ["p", "q"] }, { "name": "b", "parts": [] }],
        "deep": { "er": { "text": "x" } }, "n": 2, "yes": true,
    });
    for (text, out) in [
        ("{{title}} {{deep.er.text}} {{n}}", "T x 2"),
        ("{{#each items}}{{name}}{{../title}}{{@root.n}} {{/each}}", "aT2 bT2"),
        (
            "{{#each items as |i|}}{{#each i.parts}}{{this}}{{i.name}}{{@index}}{{/each}}{{/each}}",
            "pa0qa1",
        ),
        ("{{#each items}}{{#unless @first}}, {{/unless}}{{name}}{{/each}}", "a, b"),
        ("{{#each items}}{{#each parts}}{{this}}{{else}}none{{/each}}{{/each}}", "pqnone"),
        ("{{#if (eq n 2)}}two{{else if yes}}yes{{else}}no{{/if}}", "two"),
        ("{{#if (gt n 2)}}more{{else if yes}}yes{{else}}no{{/if}}", "yes"),
        ("{{#if (or (lt n 1) (not yes))}}a{{else}}b{{/if}}", "b"),
        ("{{count items}} {{capital deep.er.text}}", "2 X"),
        ("{{#if yes}}\n  kept\n{{/if}}\nend", "  kept\nend"),
    ] {
        assert_eq!(render(text, &data), Ok(out.to_owned()), "{text}");
    }
}

#[test]
fn what_is_not_known_is_never_printed_as_nothing() {
    let data = json!({ "gone": null, "group": { "a": 1 }, "list": ["x"], "text": "a" });
    for (text, message) in [
        ("{{gone}}", "`gone` is not known"),
        ("{{cell gone}}", "`gone` is not known"),
        ("{{gone.part}}", "`gone` is not known here: guard it with {{#if gone}}"),
        ("{{group}}", "is a group of values, which cannot be printed"),
        ("{{list}}", "is a list, which cannot be printed"),
        ("{{#each gone}}{{/each}}", "`gone` is not known, and `each` wants a list"),
        ("{{#if (eq text 1)}}{{/if}}", "is a text, which is never equal to a number"),
        ("{{#if (gt text 1)}}{{/if}}", "`text` is a text, and `gt` wants a number"),
    ] {
        let error = render(text, &data).unwrap_err();
        assert!(error.contains(message), "{text}: {error}");
        assert!(error.contains("templates/t.md.hbs:1:"), "{text}: {error}");
    }
    assert_eq!(render("{{default gone \"unknown\"}}", &data), Ok("unknown".to_owned()));
    assert_eq!(render("{{#if gone}}{{gone.part}}{{else}}-{{/if}}", &data), Ok("-".to_owned()));
    assert_eq!(render("{{#if (known gone)}}a{{else}}b{{/if}}", &data), Ok("b".to_owned()));
}

#[test]
fn a_word_that_is_not_of_the_language_is_found_at_load() {
    for (text, help) in [
        ("{{defualt a \"x\"}}", "did you mean `default`?"),
        ("{{#eech a}}{{/eech}}", "did you mean `each`?"),
        ("{{#if (eqq a b)}}{{/if}}", "did you mean `eq`?"),
        ("{{#if a b}}{{/if}}", "`if` takes 1 arguments, 2 given"),
        ("{{#with a}}{{/with}}", "is no word"),
        ("{{lookup a b}}", "is no word"),
        ("{{log a}}", "is no word"),
        ("{{> (lookup a b)}}", "computed"),
        ("{{list a joiner=b}}", "no names"),
        ("{{#if a as |b|}}{{/if}}", "names nothing"),
        ("{{a..b}}", "cannot be read"),
        ("{{> other a=b}}", "takes no arguments"),
        ("{{#if (cell a)}}{{/if}}", "is no word"),
    ] {
        let error = render(text, &json!({ "a": 1, "b": 1 })).unwrap_err();
        assert!(error.contains(help), "{text}: {error}");
        assert!(error.contains("--> templates/t.md.hbs:1:"), "{text}: {error}");
    }
}

#[test]
fn partials_are_found_and_cannot_run_in_circles() {
    let (templates, found) = load(&[
        ("a.md.hbs", "{{> b.md}}"),
        ("b.md.hbs", "{{> c.md}}"),
        ("c.md.hbs", "{{> a.md}}"),
        ("self.md.hbs", "{{> self.md}}"),
        ("typo.md.hbs", "{{> fotter.md}}"),
        ("footer.md.hbs", "-- {{name}}"),
        ("good.md.hbs", "{{#each items}}{{> footer.md}}{{/each}}"),
    ]);
    let said = found.to_string();
    assert!(said.contains("templates/c.md.hbs:1:1"), "{said}");
    assert!(said.contains("templates/self.md.hbs:1:1"), "{said}");
    assert!(said.contains("did you mean `footer.md`?"), "{said}");
    for name in ["a.md", "b.md", "c.md", "self.md", "typo.md"] {
        assert_eq!(templates.render(name, &json!({})).unwrap_err().code, "broken-template");
    }
    let good = json!({ "items": [{ "name": "<x>" }] });
    assert_eq!(templates.render("good.md.hbs", &good).unwrap(), "-- &lt;x&gt;\n");
    let error = templates.render("good.md", &json!({ "items": [{ "nam": "x" }] })).unwrap_err();
    assert_eq!(error.place.unwrap().to_string(), "templates/footer.md.hbs:1:6");
    assert_eq!(templates.render("goood.md", &good).unwrap_err().code, "unknown-template");
}

#[test]
fn partials_that_double_are_refused_at_load() {
    let files: Vec<(String, String)> = (0..40)
        .map(|i| (format!("p{i}.md.hbs"), format!("{{{{> p{0}.md}}}}{{{{> p{0}.md}}}}", i + 1)))
        .chain([("p40.md.hbs".to_owned(), "x".to_owned())])
        .collect();
    let (templates, found) = Templates::load(files);
    assert!(found.to_string().contains("more than a thousand"));
    assert_eq!(templates.render("p0.md", &json!({})).unwrap_err().code, "broken-template");
    assert!(templates.render("p39.md", &json!({})).is_ok());
}

#[test]
fn output_and_loops_end() {
    let row = json!({ "t": "x".repeat(1000) });
    let data = json!({ "rows": vec![row; 200] });
    let text = "{{#each rows}}{{#each ../rows}}{{t}}{{/each}}{{/each}}";
    let error = render(text, &data).unwrap_err();
    assert!(error.contains("five megabytes"), "{error}");
    let text = "{{#each rows}}{{#each ../rows}}{{#each @root.rows}}{{/each}}{{/each}}{{/each}}";
    assert!(render(text, &data).unwrap_err().contains("a million times"));
}

#[test]
fn a_value_is_escaped_for_the_kind_of_text() {
    let data =
        json!({ "v": "a|b <i> @ana & co", "y": "no: yes", "long": "one\ntwo", "w": "es-MX" });
    let (templates, found) = load(&[
        ("x.md.hbs", "{{v}}"),
        ("x.html.hbs", "{{v}}"),
        ("x.txt.hbs", "{{v}}"),
        ("communication/slack_internal/x.en.hbs", "{{v}}"),
        ("w.md.hbs", "a: {{yaml y}}\nb: {{yaml w}}\n|{{cell long}}|\n  {{indent long 2}}"),
    ]);
    assert!(found.is_empty(), "{found}");
    for (name, out) in [
        ("x.md", "a\\|b &lt;i&gt; @\u{200b}ana & co"),
        ("x.html", "a|b &lt;i&gt; @ana &amp; co"),
        ("x.txt", "a|b <i> @ana & co"),
        ("communication/slack_internal/x.en", "a|b &lt;i&gt; @\u{200b}ana &amp; co"),
        ("w.md", "a: \"no: yes\"\nb: es-MX\n|one two|\n  one\n  two"),
    ] {
        assert_eq!(templates.render(name, &data).unwrap().trim_end(), out);
    }
}

#[test]
fn a_later_file_replaces_an_earlier_one() {
    let (templates, _) = load(&[("a.md.hbs", "old"), ("a.md.hbs", "new")]);
    assert_eq!(templates.render("a.md", &json!({})).unwrap(), "new\n");
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "(\\{\\{[#/>!~]?(if|else|each|a|\\.\\.|@|\\(|\\)|\"| |=|\\||as){0,6}\\}?\\}|[a\\\\\n{}]){0,12}") {
        let data = json!({ "a": [1], "if": null });
        let _ = render(&text, &data);
    }
}

#[test]
fn the_largest_template_allowed_is_read_and_rendered() {
    let deep = format!("{}x{}", "{{#if a}}".repeat(32), "{{/if}}".repeat(32));
    assert_eq!(render(&deep, &json!({ "a": true })), Ok("x".to_owned()));
    let brackets = format!("{{{{#if {}a{}}}}}x{{{{/if}}}}", "(not ".repeat(8), ")".repeat(8));
    assert_eq!(render(&brackets, &json!({ "a": true })), Ok("x".to_owned()));
    let wide = "{{a}} and words\n".repeat(4_999);
    assert_eq!(render(&wide, &json!({ "a": 1 })).unwrap().len(), 4_999 * 12 - 1);
}

#[test]
fn a_guarded_paragraph_leaves_no_gap() {
    let text = "\n\none  \n\n{{#if gone}}\n{{gone}}\n\n{{/if}}\n\ntwo\n\n";
    assert_eq!(render(text, &json!({ "gone": null })), Ok("one\n\ntwo".to_owned()));
}

#[test]
fn words_of_the_language_say_what_they_do() {
    let data = json!({
        "locale": "es-MX", "list": ["pagos", "inversiones"], "time": "10:05 a. m.",
        "name": "Pagar", "api": "API de cobro", "yes": true, "no": false,
    });
    for (text, out) in [
        ("{{list list}} {{list list \"ni\"}}", "pagos e inversiones pagos ni inversiones"),
        ("{{stop time}} {{stop name}}", "10:05 a. m. Pagar."),
        ("{{lower name}} {{lower api}} {{first list}}", "pagar API de cobro pagos"),
        ("{{when yes \"a\"}}{{when no \"a\"}}{{when no \"a\" \"b\"}}", "ab"),
        ("{{text \"Ya puedes \" (lower name)}}", "Ya puedes pagar"),
    ] {
        assert_eq!(render(text, &data), Ok(out.to_owned()), "{text}");
    }
}
