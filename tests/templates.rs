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
use inc::register::{Bad, Held, Register};
use inc::render::{Locale, Templates, message, review};
use inc::reports::assessment::Assessment;
use inc::reports::{ClockState, TargetClock, weekly};
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

/// Agents get a new script when what they say changes.
const SCRIPTED: [Stage; 3] = [Stage::Initial, Stage::Update, Stage::Restored];

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
    for channel in ["status_page", "in_app", "push", "support_script"] {
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
                    if channel == "support_script" && !SCRIPTED.contains(&stage) {
                        continue;
                    }
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
    for tag in ["es-MX", "en"] {
        expected.insert(inc::communication::template_name(
            "in_app",
            Stage::ApologyCompensation,
            tag,
        ));
    }
    let shipped = templates.names().filter(|n| n.starts_with("communication/"));
    assert_eq!(shipped.map(str::to_owned).collect::<BTreeSet<_>>(), expected);
}

#[test]
fn an_apology_says_credited_only_of_what_is() {
    let templates = templates();
    let run = |ledger: &str| {
        format!(
            "title: Pagos\nstatus: resolved\ntimes: {{ impact_started: 2026-11-20T09:52:00-06:00 }}\n\
             compensation:\n  - {{ id: K111, policy: goodwill, state: approved, ledger: {{ {ledger} }} }}\n"
        )
    };
    let posted = "entries: 2, open: 0, posted_at: 2026-11-24T10:00:00-06:00, due: 2026-12-01";
    for (text, es, en) in [
        (run(posted), Some("Ya abonamos tu compensación"), Some("We have credited")),
        (
            run("entries: 2, open: 1, posted_at: 2026-11-24T10:00:00-06:00, due: 2026-12-01"),
            Some("a más tardar el 1 de diciembre de 2026"),
            Some("by December 1, 2026"),
        ),
        (run("entries: 2, open: 2"), None, None),
    ] {
        for (tag, words) in [("es-MX", es), ("en", en)] {
            let locale = Locale::new(tag, chrono_tz::America::Mexico_City).unwrap();
            let stage = Stage::ApologyCompensation;
            let request = Request {
                stage,
                channel: "in_app".to_owned(),
                audience: "affected_known".to_owned(),
                locale: tag.to_owned(),
                correction: None,
                now: "2026-11-25T10:00:00-06:00".parse().unwrap(),
            };
            let context = draft_context(&record(&text), &catalogue(tag), request);
            let name = inc::communication::template_name("in_app", stage, tag);
            let said = templates.render(&name, &message(&context, &locale)).unwrap();
            match words {
                Some(words) => assert!(said.contains(words), "{said}"),
                None => assert!(!said.to_lowercase().contains("compensa"), "{said}"),
            }
            assert_eq!(
                said.contains("abonamos") || said.contains("have credited"),
                text.contains("open: 0")
            );
        }
    }
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

/// Records of one week: worst, unknown, restricted, carried over, and all that does not count.
const WEEK: [(&str, &str); 9] = [
    (
        "INC-20261117-AAA1",
        "title: Pagos con tarjeta rechazados\nkind: outage\nstatus: resolved\nseverity: { declared: SEV1, reason: x, by: ana, at: 2026-11-17T10:30:00-06:00 }\nservices: [card-auth, spei-out]\ntimes: { impact_started: 2026-11-17T10:05:00-06:00, detected: 2026-11-17T10:12:00-06:00, acknowledged: 2026-11-17T10:15:00-06:00, restored: 2026-11-17T12:54:00-06:00, resolved: 2026-11-18T09:00:00-06:00 }\nimpact: { customers: { tried: 51360, affected: 12840 }, transactions: { lost_value: 3387420.00 MXN }, direct_loss: 41600.00 MXN }\ncompensation: [ { policy: undue-charges, state: posted, count: 9, total: 41600.00 MXN } ]\nactions:\n  - { title: Aviso de vencimiento con dueño, kind: prevent, owner: diego, due: 2026-11-20 }\n  - { title: Prueba | de carga, kind: prevent, due: 2026-11-27 }\n",
    ),
    (
        "INC-20261119-AAA2",
        "title: La app tarda en abrir\nstatus: responding\ntimes: { impact_started: 2026-11-19T20:00:00-06:00, detected: 2026-11-19T20:30:00-06:00 }\n",
    ),
    (
        "INC-20261120-AAA3",
        "title: Detalles en otro espacio\nstatus: restored\nrestricted: { group: seguridad, reason: datos, by: fer }\nseverity: { declared: SEV2, reason: x, by: ana, at: 2026-11-20T10:30:00-06:00 }\ntimes: { impact_started: 2026-11-20T10:00:00-06:00, restored: 2026-11-20T10:20:00-06:00 }\n",
    ),
    (
        "INC-20261115-AAA4",
        "title: Liquidación tarde\nstatus: closed\nseverity: { declared: SEV3, reason: x, by: ana, at: 2026-11-15T10:30:00-06:00 }\ntimes: { impact_started: 2026-11-15T22:00:00-06:00, restored: 2026-11-16T01:30:00-06:00, resolved: 2026-11-16T09:00:00-06:00, closed: 2026-11-16T10:00:00-06:00 }\nimpact: { customers: { affected: 40 } }\n",
    ),
    (
        "INC-20261118-AAA5",
        "title: Simulacro\nexercise: true\nstatus: closed\ntimes: { impact_started: 2026-11-18T10:00:00-06:00 }\n",
    ),
    (
        "INC-20261118-AAA6",
        "title: Falsa alarma\nstatus: cancelled\ntimes: { detected: 2026-11-18T11:00:00-06:00 }\n",
    ),
    (
        "INC-20261118-AAA7",
        "title: Duplicado\nstatus: merged\nmerged_into: INC-20261117-AAA1\ntimes: { detected: 2026-11-17T11:00:00-06:00 }\n",
    ),
    (
        "INC-20261118-AAA8",
        "title: Mantenimiento de la base\nkind: maintenance\nstatus: closed\nplanned: { from: 2026-11-18T01:00:00-06:00, to: 2026-11-18T03:00:00-06:00 }\n",
    ),
    ("INC-20261118-AAA9", "title: Sin horas\nstatus: detected\n"),
];

#[test]
fn weekly_reports() {
    let templates = templates();
    let held = |(id, rest): &(&str, &str)| {
        let last = id.chars().last().unwrap();
        let text = format!("schema: 1\nid: {id}\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5{last}\n{rest}");
        let record = inc::incident::parse(Source::new(id, &text)).unwrap().record;
        Held { path: format!("incidents/{id}"), record }
    };
    let bad = Bad {
        path: "incidents/2026/11/INC-20261118-BAD0/incident.yaml".into(),
        found: Default::default(),
    };
    let full = Register { records: WEEK.iter().map(held).collect(), bad: vec![bad] };
    let one = Register { records: WEEK[1..2].iter().map(held).collect(), bad: vec![] };
    let assess = |record: &Record, as_of: inc::units::Instant| {
        let clock = |name: &str, due: Option<inc::units::Instant>, done| TargetClock {
            name: name.to_owned(),
            target: "5m".to_owned(),
            due,
            done,
            state: ClockState::of(due, done, as_of),
            vertical: None,
        };
        let times = record.clocks();
        let after = |at: Option<inc::units::Instant>, minutes| {
            at.map(|at| at.plus(inc::units::Span::from_minutes(minutes)))
        };
        Assessment {
            level: record.severity.as_ref().and_then(|s| s.declared),
            clocks: vec![
                clock("acknowledge", after(times.detected, 5), times.acknowledged),
                clock("restore", after(times.impact_started, 60), times.restored),
                clock("review-draft", after(times.restored, 3 * 24 * 60), None),
            ],
            ..Assessment::default()
        }
    };
    let names = BTreeMap::from([("card-auth".to_owned(), "Tarjetas".to_owned())]);
    let zone = chrono_tz::America::Mexico_City;
    for tag in ["es-MX", "en"] {
        let locale = Locale::new(tag, zone).unwrap();
        for (name, register, period, now) in [
            ("full", &full, "2026-W47", "2026-11-23T09:00:00-06:00"),
            ("one", &one, "2026-W47", "2026-11-19T21:00:00-06:00"),
            ("empty", &one, "2026-Q1", "2026-11-23T09:00:00-06:00"),
        ] {
            let period = period.parse().unwrap();
            let report = weekly(register, [], period, zone, now.parse().unwrap(), assess).unwrap();
            let template = format!("report/weekly.{tag}.md");
            let data = inc::render::weekly(&report, &locale, &names);
            let text = templates.render(&template, &data).unwrap();
            golden(&format!("weekly/{name}.{tag}.md"), &text);
            let json =
                serde_json::to_string_pretty(&inc::render::weekly_json::weekly_json(&report))
                    .unwrap();
            golden(&format!("weekly/{name}.json"), &format!("{json}\n"));
        }
    }
}

#[test]
fn every_golden_file_is_used() {
    fn count(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    let folder = root().join("tests/golden");
    let here: usize = ["messages", "review", "weekly"].iter().map(|f| count(&folder.join(f))).sum();
    assert_eq!(here, 8 + 4 + 9);
}

/// The repository's own records, in both languages: whatever they lack, nothing fails to render.
#[test]
fn every_sample_renders() {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.ends_with("incident.yaml") {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join("incidents"), &mut paths);
    let held = paths.iter().map(|path| {
        let text = fs::read_to_string(path).unwrap();
        let record = inc::incident::parse(Source::new("incident.yaml", &text)).unwrap().record;
        Held { path: path.display().to_string(), record }
    });
    let register = Register { records: held.collect(), bad: vec![] };
    assert!(register.records.len() >= 15);
    let (templates, zone) = (templates(), chrono_tz::America::Mexico_City);
    let now = "2026-11-22T12:00:00-06:00".parse().unwrap();
    for tag in ["es-MX", "en"] {
        let locale = Locale::new(tag, zone).unwrap();
        for held in &register.records {
            let context = ReviewContext {
                record: &held.record,
                severity: None,
                severity_why: None,
                targets: vec![],
                service_names: BTreeMap::new(),
                now,
            };
            templates.render(&format!("pir.{tag}.md"), &review(&context, &locale)).unwrap();
            for (channel, stage) in
                ["status_page", "in_app", "push"].iter().flat_map(|c| STAGES.map(|s| (*c, s)))
            {
                let request = Request {
                    stage,
                    channel: channel.to_owned(),
                    audience: "affected_likely".to_owned(),
                    locale: tag.to_owned(),
                    correction: None,
                    now,
                };
                let context = draft_context(&held.record, &catalogue(tag), request);
                if context.needs("INC").is_empty() {
                    let name = inc::communication::template_name(channel, stage, tag);
                    templates.render(&name, &message(&context, &locale)).unwrap();
                }
            }
        }
        for label in ["2026-W38", "2026-W47", "2026-11", "2026-Q4"] {
            let assess = |_: &Record, _| Assessment::default();
            let report = weekly(&register, [], label.parse().unwrap(), zone, now, assess).unwrap();
            let data = inc::render::weekly(&report, &locale, &BTreeMap::new());
            let text = templates.render(&format!("report/weekly.{tag}.md"), &data).unwrap();
            if std::env::var_os("SHOW").is_some() {
                println!("{text}");
            }
        }
    }
}
