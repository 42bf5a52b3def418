use super::reader::{Log, Section};
use crate::communication::{ByDay, Holding, SLOTS, Stage, slots};
use crate::diag::Diagnostic;
use crate::incident::{HarmKind, Severity};

/// Reads every `[holding.ID]`. One that lacks what says where it may stand is an error and stands
/// nowhere.
pub(super) fn read(mut file: Section<'_, '_>, log: &mut Log<'_>) -> Vec<Holding> {
    let mut all = Vec::new();
    for (id, mut section) in file.sections(log, "holding") {
        let range = section.range;
        let channel = section.need_text(log, "channel");
        let stages: Vec<(&str, Stage)> = Stage::ALL.iter().map(|s| (s.as_str(), *s)).collect();
        let stage = section.choice(log, "stage", &stages);
        let locale = section.need_text(log, "locale");
        let mut severities = Vec::new();
        for item in section.list(log, "severity") {
            match item.text.parse::<Severity>() {
                Ok(level) => severities.push(level),
                Err(_) => log.add(wrong(&item.text, "level"), item.range),
            }
        }
        let mut harms = Vec::new();
        for item in section.list(log, "harm") {
            match item.text.parse::<HarmKind>() {
                Ok(harm) => harms.push(harm),
                Err(_) => log.add(wrong(&item.text, "harm"), item.range),
            }
        }
        let mut fields = Vec::new();
        for key in ["title", "subject"] {
            fields.extend(section.text(log, key).map(|text| (key.to_owned(), text)));
        }
        let body = section.need_text(log, "text");
        fields.push(("body".to_owned(), body.trim().to_owned()));
        let mut good = true;
        for slot in fields.iter().flat_map(|(_, words)| slots(words)) {
            if !SLOTS.contains(&slot) {
                good = false;
                let d = Diagnostic::error("wrong-value", format!("`{{{slot}}}` is no gap"))
                    .help(format!("gaps: {}", SLOTS.map(|s| format!("{{{s}}}")).join(", ")));
                log.add(d, range);
            }
        }
        let author = section.need_text(log, "author");
        let review_by = section.date(log, "review_by");
        for (key, missing) in [
            ("stage = \"initial\"", !section.has("stage")),
            ("review_by = 2027-01-31", !section.has("review_by")),
        ] {
            if missing {
                let name = key.split(' ').next().unwrap_or_default();
                let d = Diagnostic::error("missing-key", format!("`{id}` has no `{name}`"));
                log.add(d.help(format!("add it, such as {key}")), range);
            }
        }
        let approved = section.table(log, "approved").and_then(|mut approved| {
            let by = approved.need_text(log, "by");
            let on = approved.date(log, "on");
            let sha256 = approved.need_text(log, "sha256");
            let signature = approved.text(log, "signature");
            if !approved.has("on") {
                let d =
                    Diagnostic::error("missing-key", format!("the approval of `{id}` has no `on`"));
                log.add(d.help("add the day, such as on = 2026-11-20"), approved.range);
            }
            approved.finish(log);
            Some(ByDay { by, on: on?, sha256, signature })
        });
        section.finish(log);
        let (Some(stage), Some(review_by), true) = (stage, review_by, good) else { continue };
        let named = [&channel, &locale, &author].iter().all(|text| !text.trim().is_empty());
        if !named || body.trim().is_empty() {
            continue;
        }
        all.push(Holding {
            id,
            channel,
            stage,
            locale,
            severities,
            harms,
            fields,
            author,
            review_by,
            approved,
            range,
        });
    }
    file.finish(log);
    all
}

fn wrong(text: &str, what: &str) -> Diagnostic {
    Diagnostic::error("wrong-value", format!("`{text}` is no {what}"))
        .help("inc schema incident lists them")
}
