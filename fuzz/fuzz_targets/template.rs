//! Templates: two that may include each other, rendered with what they may read.
#![no_main]

use inc::render::Templates;
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|input: (u8, &str)| {
    let (which, text) = input;
    let kind = ["html", "md", "txt"][usize::from(which) % 3];
    let (first, second) = text.split_once("\n===\n").unwrap_or((text, ""));
    let name = format!("first.{kind}");
    let files = vec![
        (format!("{name}.hbs"), first.to_owned()),
        (format!("second.{kind}.hbs"), second.to_owned()),
    ];
    let (templates, _) = Templates::load(files);
    let data = json!({
        "title": "<b>Cards|declined</b> @here", "count": 3, "none": null, "yes": true,
        "list": ["one", "two"], "place": { "id": "card-auth", "name": "Tarjetas" },
    });
    let _ = templates.check_names(&name, &data);
    if let Ok(text) = templates.render(&name, &data) {
        assert!(text.len() <= 5_000_000);
    }
});
