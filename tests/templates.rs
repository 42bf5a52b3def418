//! The default templates, rendered over literal contexts and compared with golden files.
//!
//! `SNAPSHOTS=overwrite cargo test --test templates` writes them anew; read the difference aloud.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use inc::communication::{
    Catalogue, Correction, JourneyWords, Request, ServiceWords, Stage, draft_context,
};
use inc::diag::Source;
use inc::incident::Record;
use inc::render::{Locale, Templates, message, review};
use inc::review::{ReviewContext, TargetLine, TargetState, refresh};

const STAGES: [Stage; 8] = [
    Stage::Initial,
    Stage::Identified,
    Stage::Update,
    Stage::NoChange,
    Stage::Workaround,
    Stage::Restored,
    Stage::Resolved,
    Stage::Correction,
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn templates() -> Templates {
    fn walk(folder: &Path, base: &Path, files: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, base, files);
            } else {
                let name = path.strip_prefix(base).unwrap().to_str().unwrap().to_owned();
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut files = Vec::new();
    let base = root().join("templates");
    walk(&base, &base, &mut files);
    let (templates, found) = Templates::load(files);
    assert!(found.is_empty(), "{found}");
    templates
}

fn golden(name: &str, actual: &str) {
    let path = root().join("tests/golden").join(name);
    let expected = snapbox::Data::read_from(&path, Some(snapbox::data::DataFormat::Text)).raw();
    snapbox::Assert::new().action_env("SNAPSHOTS").eq(actual.to_owned(), expected);
}

fn record(text: &str) -> Record {
    let head = "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\n";
    let text = format!("{head}{text}");
    inc::incident::parse(Source::new("incident.yaml", &text)).unwrap().record
}

fn catalogue(locale: &str) -> Catalogue {
    let words = |es: &str, en: &str| if locale == "en" { en.to_owned() } else { es.to_owned() };
    let journey =
        |id: &str, name: String, cannot: String| JourneyWords { id: id.to_owned(), name, cannot };
    Catalogue {
        services: vec![
            ServiceWords {
                id: "card-auth".to_owned(),
                name: words("Autorización de tarjetas", "Card authorisation"),
                rails: vec![],
                journeys: vec![journey(
                    "pay-in-store",
                    words("Pagar con tarjeta en tiendas", "Pay by card in shops"),
                    words(
                        "No es posible pagar con la tarjeta en tiendas.",
                        "Paying by card in shops is not possible.",
                    ),
                )],
            },
            ServiceWords {
                id: "spei-out".to_owned(),
                name: words("Transferencias enviadas (SPEI)", "Outgoing transfers (SPEI)"),
                rails: vec!["spei".to_owned()],
                journeys: vec![journey(
                    "send-transfer",
                    words("Enviar transferencias", "Send transfers"),
                    words(
                        "No es posible enviar transferencias a otros bancos, o tardan en llegar.",
                        "Transfers to other banks cannot be sent, or arrive late.",
                    ),
                )],
            },
            ServiceWords {
                id: "atm-withdrawal".to_owned(),
                name: words("Retiros en cajeros", "ATM withdrawals"),
                rails: vec![],
                journeys: vec![journey(
                    "withdraw-cash",
                    words("Retirar efectivo", "Withdraw cash"),
                    words(
                        "No es posible retirar efectivo en cajeros automáticos.",
                        "Withdrawing cash at ATMs is not possible.",
                    ),
                )],
            },
        ],
        no_repeat_rails: vec!["spei".to_owned()],
    }
}

/// An incident at four moments of knowledge: name, record, time of writing.
const SCENES: [(&str, &str, &str); 5] = [
    (
        "one journey down",
        "title: Cards\nkind: outage\nstatus: responding\nservices: [card-auth]\ntimes: { impact_started: 2026-11-21T10:05:00-06:00 }\nnow: { next_update_at: 2026-11-21T10:45:00-06:00 }\nworkaround: { text: El pago con código QR funciona con normalidad., verified_by: elena }\n",
        "2026-11-21T10:15:00-06:00",
    ),
    (
        "several journeys, some harm, since yesterday",
        "title: Transfers\nkind: degradation\nstatus: responding\nservices: [spei-out, card-auth]\ntimes: { impact_started: 2026-11-20T23:40:00-06:00 }\nnow: { next_update_at: 2026-11-21T01:00:00-06:00 }\nworkaround: { text: Las transferencias entre cuentas propias funcionan., verified_by: elena }\nimpact:\n  journeys:\n    - { journey: send-transfer, state: some }\n    - { journey: pay-in-store, state: slow }\n    - { journey: withdraw-cash, state: ok }\n  harm: [ { kind: duplicate_charge } ]\nreconciliation: { required: true, status: pending }\n",
        "2026-11-21T00:20:00-06:00",
    ),
    (
        "hardly anything known, a drill",
        "title: Something\nstatus: detected\nexercise: true\nworkaround: { text: Llama a soporte., verified_by: elena }\n",
        "2026-11-21T10:15:00-06:00",
    ),
    (
        "restored and watched",
        "title: Transfers\nkind: outage\nstatus: restored\nservices: [spei-out]\ntimes: { impact_started: 2026-11-21T09:52:00-06:00, restored: 2026-11-21T12:41:00-06:00, resolved: 2026-11-21T18:00:00-06:00, monitoring_until: 2026-11-21T13:41:00-06:00 }\nimpact:\n  harm: [ { kind: duplicate_charge } ]\nreconciliation: { required: true, status: partial }\n",
        "2026-11-21T12:49:00-06:00",
    ),
    (
        "restored after midday, nothing else known",
        "title: Something\nstatus: restored\ntimes: { restored: 2026-11-21T13:05:00-06:00, resolved: 2026-11-21T18:00:00-06:00 }\n",
        "2026-11-21T19:00:00-06:00",
    ),
];

#[test]
fn messages() {
    let templates = templates();
    let mut expected = BTreeSet::new();
    for channel in ["status_page", "in_app", "push"] {
        for tag in ["es-MX", "en"] {
            let locale = Locale::new(tag, chrono_tz::America::Mexico_City).unwrap();
            let mut all = String::new();
            for (scene, text, now) in SCENES {
                for stage in STAGES {
                    let request = Request {
                        stage,
                        channel: channel.to_owned(),
                        audience: "affected_likely".to_owned(),
                        locale: tag.to_owned(),
                        correction: Some(Correction {
                            said: "El servicio se restableció a las 10:30 a. m.".to_owned(),
                            right: "El servicio se restableció a las 10:50 a. m.".to_owned(),
                        }),
                        now: now.parse().unwrap(),
                    };
                    let context = draft_context(&record(text), &catalogue(tag), request);
                    let name = inc::communication::template_name(channel, stage, tag);
                    expected.insert(name.clone());
                    if !context.needs("INC").is_empty() {
                        continue;
                    }
                    let message = templates.render(&name, &message(&context, &locale)).unwrap();
                    let (head, _) = inc::communication::front_matter(&message).unwrap();
                    inc::yaml::parse(Source::new("message", head)).unwrap();
                    all.push_str(&format!("##### {stage}: {scene}\n{message}\n"));
                }
            }
            golden(&format!("messages/{channel}.{tag}.md"), &all);
        }
    }
    let shipped = templates.names().filter(|n| n.starts_with("communication/"));
    assert_eq!(shipped.map(str::to_owned).collect::<BTreeSet<_>>(), expected);
}

#[test]
fn reviews() {
    let templates = templates();
    let full = fs::read_to_string(root().join("tests/fixtures/review.yaml")).unwrap();
    let full = inc::incident::parse(Source::new("review.yaml", &full)).unwrap().record;
    let bare = record("title: Something\nstatus: detected\nexercise: true\n");
    for tag in ["es-MX", "en"] {
        let locale = Locale::new(tag, chrono_tz::America::Mexico_City).unwrap();
        for (name, record) in [("full", &full), ("bare", &bare)] {
            let known = name == "full";
            let context = ReviewContext {
                record,
                severity: known.then(|| "SEV1".to_owned()),
                severity_why: known.then(|| "A quarter of customers cannot pay.".to_owned()),
                targets: if known { targets() } else { vec![] },
                service_names: BTreeMap::from([("card-auth".to_owned(), "Tarjetas".to_owned())]),
                now: "2026-11-21T10:00:00-06:00".parse().unwrap(),
            };
            let template = format!("pir.{tag}.md");
            let text = templates.render(&template, &review(&context, &locale)).unwrap();
            golden(&format!("review/{name}.{tag}.md"), &text);
            let again = refresh(Source::new("pir.md", &text), Source::new("new", &text)).unwrap();
            assert_eq!(again.text, text);
            assert!(again.changed.is_empty() && again.absent.is_empty());
        }
    }
}

fn targets() -> Vec<TargetLine> {
    let line = |name: &str, due: &str, done: &str, state| TargetLine {
        name: name.to_owned(),
        target: "15m".to_owned(),
        due: due.parse().ok(),
        done: done.parse().ok(),
        state,
    };
    vec![
        line(
            "acknowledge",
            "2026-11-14T10:17:00-06:00",
            "2026-11-14T10:15:30-06:00",
            TargetState::Met,
        ),
        line(
            "first update",
            "2026-11-14T10:27:00-06:00",
            "2026-11-14T10:31:00-06:00",
            TargetState::Missed,
        ),
        line("pir draft", "2026-11-24T10:27:00-06:00", "", TargetState::Running),
        line("support script", "", "", TargetState::Unknown),
    ]
}
