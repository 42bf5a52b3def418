//! The default templates, rendered over literal contexts and compared with golden files.
//!
//! `SNAPSHOTS=overwrite cargo test --test templates` writes them anew; read the difference aloud.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use inc::communication::{Catalogue, Correction, Request, Stage, draft_context};
use inc::diag::Source;
use inc::incident::Record;
use inc::register::{Bad, Held, Register};
use inc::render::{Locale, Templates, message, pages, review};
use inc::reports::company::Company;
use inc::reports::overview::{Scope, Sources, overview};
use inc::review::{ReviewContext, TargetLine, TargetState, refresh};
use inc::standard::Standard;
use inc::units::Currency;

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

/// The default standard, for its words and its table of what is owed.
fn standard() -> Standard {
    let mut files = Vec::new();
    for entry in fs::read_dir(root().join("standards")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let name = format!("standards/{}", path.file_name().unwrap().to_str().unwrap());
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    for name in ["mx-bank", "mx-labour"] {
        let name = format!("standards/calendar/{name}.toml");
        files.push((name.clone(), fs::read_to_string(root().join(name)).unwrap()));
    }
    let (standard, found) = inc::standard::load(&files, &inc::facts::catalogue(Currency::MXN));
    assert!(!found.has_errors(), "{found}");
    standard
}

fn catalogue(standard: &Standard, locale: &str) -> Catalogue {
    let company = Company {
        standard,
        zone: chrono_tz::America::Mexico_City,
        currency: Currency::MXN,
        register: None,
        documents: None,
    };
    company.words("Banco Ejemplo", locale)
}

/// Incidents of different kinds at moments of knowledge: name, record, time of writing.
const SCENES: [(&str, &str, &str); 10] = [
    (
        "cards are declined in shops",
        "title: Card payments declined\nkind: outage\nstatus: responding\nservices: [card-auth]\ntimes: { impact_started: 2026-11-21T10:05:00-06:00 }\nnow: { situation: El conmutador contesta una de cada cuatro autorizaciones, doing: Se mueve el tráfico a la segunda ruta, need: Alguien de redes, next_update_at: 2026-11-21T10:45:00-06:00 }\nroles: [ { role: incident_commander, person: ana } ]\nrooms: [ { kind: bridge, url: \"https://meet.example/inc-7qkm\" } ]\nvendors: [ { vendor: nimbus-switch, role: cause, ticket: NBX-20417 } ]\nworkaround: { text: El pago con código QR funciona con normalidad., verified_by: elena }\nimpact: { journeys: [ { journey: pay-in-store, state: down } ], customers: { tried: 9400, affected: 5830 } }\n",
        "2026-11-21T10:15:00-06:00",
    ),
    (
        "transfers are late since yesterday, some doubled",
        "title: Transfers\nkind: degradation\nstatus: responding\nservices: [spei-out, card-auth]\ntimes: { impact_started: 2026-11-20T23:40:00-06:00 }\nnow: { next_update_at: 2026-11-21T01:00:00-06:00 }\nworkaround: { text: Las transferencias entre cuentas propias funcionan., verified_by: elena }\nimpact:\n  journeys:\n    - { journey: send-transfer, state: some }\n    - { journey: pay-in-store, state: slow }\n    - { journey: withdraw-cash, state: ok }\n  harm: [ { kind: duplicate_charge, customers: 397, money: 1038240.00 MXN } ]\nreconciliation: { required: true, status: pending }\n",
        "2026-11-21T00:20:00-06:00",
    ),
    (
        "hardly anything known, a drill",
        "title: Something\nstatus: detected\nexercise: true\nworkaround: { text: Llama a soporte., verified_by: elena }\n",
        "2026-11-21T10:15:00-06:00",
    ),
    (
        "transfers restored and watched",
        "title: Transfers\nkind: outage\nstatus: restored\nservices: [spei-out]\ntimes: { impact_started: 2026-11-21T09:52:00-06:00, restored: 2026-11-21T12:41:00-06:00, resolved: 2026-11-21T18:00:00-06:00, monitoring_until: 2026-11-21T13:41:00-06:00 }\ncauses: { root_causes: [El despachador tiene un tope fijo de conexiones] }\nimpact:\n  harm: [ { kind: duplicate_charge, customers: 397, money: 1038240.00 MXN } ]\nreconciliation: { required: true, status: partial }\n",
        "2026-11-21T12:49:00-06:00",
    ),
    (
        "restored after midday, nothing else known",
        "title: Something\nstatus: restored\ntimes: { restored: 2026-11-21T13:05:00-06:00, resolved: 2026-11-21T18:00:00-06:00 }\n",
        "2026-11-21T19:00:00-06:00",
    ),
    (
        "the app cannot be entered",
        "title: App login\nkind: outage\nstatus: responding\nservices: [app-login]\ntimes: { impact_started: 2026-11-21T03:02:00-06:00 }\nnow: { next_update_at: 2026-11-21T04:00:00-06:00 }\n",
        "2026-11-21T03:16:00-06:00",
    ),
    (
        "cash and balances, paid back; data got out",
        "title: Withdrawals\nkind: data\nstatus: restored\nservices: [atm-withdrawal]\ntimes: { impact_started: 2026-11-19T18:00:00-06:00, restored: 2026-11-19T20:30:00-06:00 }\nimpact:\n  customers: { tried: 5200, affected: 210 }\n  transactions: { lost_value: 512400.00 MXN }\n  harm: [ { kind: cash_not_dispensed, customers: 180, money: 214000.00 MXN }, { kind: wrong_balance, customers: 30 } ]\nreconciliation: { required: true, status: done }\ndata_breach: { state: confirmed, categories: [nombre completo, número de teléfono] }\ncompensation:\n  - { policy: undue-charges, basis: restitution, state: approved, count: 180, total: 214000.00 MXN, ledger: { entries: 180, open: 0, posted_at: 2026-11-20T10:00:00-06:00 } }\n  - { policy: goodwill-by-severity-and-duration, basis: goodwill, state: approved, count: 210, total: 10500.00 MXN, ledger: { entries: 210, open: 210, due: 2026-11-27 } }\n",
        "2026-11-20T11:00:00-06:00",
    ),
    (
        "charged twice, half of it paid back",
        "title: Doubled transfers\nkind: degradation\nstatus: resolved\nservices: [spei-out]\ntimes: { impact_started: 2026-11-20T23:40:00-06:00, restored: 2026-11-21T02:10:00-06:00, resolved: 2026-11-21T18:00:00-06:00 }\nimpact:\n  clients: [ { client: acme } ]\n  harm: [ { kind: duplicate_charge, customers: 397, money: 1038240.00 MXN } ]\nreconciliation: { required: true, status: done }\ncompensation:\n  - policy: undue-charges\n    basis: restitution\n    state: exported\n    ledger:\n      forms:\n        - { form: refund_of_charge, entries: 397, entered: 1038240.00 MXN, posted: 200, posted_total: 520400.00 MXN, due: 2026-11-27, segments: [ { segment: basic, entries: 300, entered: 438240.00 MXN, least: 12.50 MXN, most: 9800.00 MXN }, { segment: premium, entries: 96, entered: 592000.00 MXN, least: 50.00 MXN, most: 50000.00 MXN }, { segment: (others), entries: 1, entered: 8000.00 MXN } ] }\n  - policy: fees-that-the-rules-return\n    basis: regulatory\n    state: approved\n    ledger: { forms: [ { form: fee_waiver, entries: 1, entered: 58.00 MXN } ] }\n",
        "2026-11-24T11:00:00-06:00",
    ),
    (
        "cards failed on the day when payments were due",
        "title: Card payments declined\nkind: outage\nstatus: resolved\nservices: [card-auth]\ntimes: { impact_started: 2026-11-21T09:52:00-06:00, restored: 2026-11-21T12:41:00-06:00, resolved: 2026-11-21T18:00:00-06:00 }\nimpact: { customers: { tried: 9400, affected: 5830 } }\ncompensation:\n  - policy: payment-due-during-outage\n    basis: goodwill\n    state: exported\n    ledger:\n      forms:\n        - { form: late_fee_waiver, entries: 40, entered: 13960.00 MXN, posted: 40, posted_total: 13960.00 MXN, due: 2026-12-01, least: 349.00 MXN, most: 349.00 MXN }\n        - { form: due_date_extension, entries: 40, posted: 40, least_units: 2, most_units: 2 }\n        - { form: bureau_correction, entries: 7, due: 2026-12-07 }\n  - policy: goodwill-by-severity-and-duration\n    basis: goodwill\n    state: approved\n    ledger:\n      forms:\n        - { form: statement_credit, entries: 5830, entered: 291500.00 MXN, due: 2026-12-01, least: 10.00 MXN, most: 500.00 MXN, segments: [ { segment: basic, entries: 5000, entered: 200000.00 MXN, least: 10.00 MXN, most: 300.00 MXN }, { segment: premium, entries: 830, entered: 91500.00 MXN, least: 10.00 MXN, most: 500.00 MXN } ] }\n  - policy: client-sla-credit\n    basis: contractual\n    state: approved\n    ledger: { forms: [ { form: contract_sla_credit, entries: 2, entered: 84000.00 MXN, due: 2027-01-01 } ] }\n  - policy: merchants\n    basis: contractual\n    state: approved\n    ledger: { forms: [ { form: merchant_fee_credit, entries: 310, entered: 15500.00 MXN, least: 50.00 MXN, most: 50.00 MXN } ] }\n",
        "2026-11-24T11:00:00-06:00",
    ),
    (
        "planned work",
        "title: Database upgrade\nkind: maintenance\nstatus: detected\nservices: [balance]\nplanned: { from: 2026-11-29T01:00:00-06:00, to: 2026-11-29T03:00:00-06:00 }\nimpact: { journeys: [ { journey: see-balance, state: down }, { journey: pay-in-store, state: ok } ] }\n",
        "2026-11-25T12:00:00-06:00",
    ),
];

/// The message of a stage in a scene; none where the record lacks what the stage needs.
fn drafted(
    templates: &Templates,
    standard: &Standard,
    (text, now): (&str, &str),
    (stage, channel, tag): (Stage, &str, &str),
) -> Option<(String, String)> {
    let names = standard.communication.templates(channel, stage.as_str(), tag);
    let name = names.iter().find(|name| templates.contains(name))?;
    let audience = standard.communication.channels.get(channel).unwrap().audiences[0].clone();
    let mut request = Request::new(stage, channel, audience, tag, now.parse().unwrap());
    let es = tag.starts_with("es");
    let words = |es_words: &str, en: &str| if es { es_words.to_owned() } else { en.to_owned() };
    request.correction = Some(Correction {
        said: words(
            "El servicio se restableció a las 10:30 a. m.",
            "The service was restored at 10:30 a.m.",
        ),
        right: words(
            "El servicio se restableció a las 10:50 a. m.",
            "The service was restored at 10:50 a.m.",
        ),
    });
    request.action = Some(words(
        "Actualiza la app antes del 1.º de diciembre para seguir usando tu tarjeta en el celular.",
        "Update the app before December 1 to go on using your card on the phone.",
    ));
    request.level = Some("SEV2".to_owned());
    request.credited_by = "2026-11-27".parse().ok();
    let locale = Locale::new(tag, chrono_tz::America::Mexico_City).unwrap();
    let context = draft_context(&record(text), &catalogue(standard, tag), request);
    if !context.needs("INC").is_empty() {
        return None;
    }
    let message = templates.render(name, &message(&context, &locale)).unwrap();
    Some((name.clone(), message))
}

#[test]
fn messages() {
    let (templates, standard) = (templates(), standard());
    let mut rendered = BTreeSet::new();
    for channel in standard.communication.channels.ids() {
        for tag in ["es-MX", "en"] {
            let mut all = String::new();
            for (scene, text, now) in SCENES {
                let planned = scene == "planned work";
                for stage in Stage::ALL {
                    // Planned work has its own stages, and an incident none of them.
                    if stage.as_str().starts_with("maintenance") != planned {
                        continue;
                    }
                    let wanted = (stage, channel, tag);
                    let Some((name, message)) = drafted(&templates, &standard, (text, now), wanted)
                    else {
                        continue;
                    };
                    let (head, _) = inc::communication::front_matter(&message).unwrap();
                    inc::yaml::parse(Source::new("message", head)).unwrap();
                    all.push_str(&format!("##### {stage}: {scene}\n{message}\n"));
                    rendered.insert(name);
                }
            }
            if !all.is_empty() {
                golden(&format!("messages/{channel}.{tag}.md"), &all);
            }
        }
    }
    let shipped = templates.names().filter(|n| n.starts_with("communication/"));
    assert_eq!(shipped.map(str::to_owned).collect::<BTreeSet<_>>(), rendered);
}

/// What the default table can come to ask for has a text in both languages.
#[test]
fn every_message_that_can_be_owed_has_its_texts() {
    let (templates, standard) = (templates(), standard());
    let policies = standard.newest_policies().unwrap();
    let mut missing = Vec::new();
    let mut count = 0;
    for channel in &standard.communication.channels {
        for stage in policies.can_be_owed(&channel.id, &channel.audiences) {
            let named = standard.communication.stages.get(stage.as_str()).unwrap();
            for tag in ["es-MX", "en"].iter().filter(|_| named.is_for(&channel.id)) {
                let names = standard.communication.templates(&channel.id, stage.as_str(), tag);
                count += 1;
                if !names.iter().any(|name| templates.contains(name)) {
                    missing.push(names[0].clone());
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(count > 100, "{count}");
}

/// The sentences of an apology, by what the ledger holds of a run; none where something is missing.
fn apology(ledger: &str, basis: &str, tag: &str) -> Result<String, Vec<String>> {
    let (templates, standard) = (templates(), standard());
    let text = format!(
        "title: Pagos\nstatus: resolved\ntimes: {{ impact_started: 2026-11-20T09:52:00-06:00 }}\n\
         compensation:\n  - {{ id: K111, policy: own, basis: {basis}, state: approved, ledger: {{ {ledger} }} }}\n"
    );
    let locale = Locale::new(tag, chrono_tz::America::Mexico_City).unwrap();
    let now = "2026-11-25T10:00:00-06:00".parse().unwrap();
    let request =
        Request::new(Stage::ApologyCompensation, "in_app", "affected_known".to_owned(), tag, now);
    let context = draft_context(&record(&text), &catalogue(&standard, tag), request);
    let needs = context.needs("INC");
    if !needs.is_empty() {
        return Err(needs.into_iter().map(|need| need.what.into_owned()).collect());
    }
    let name = format!("communication/in_app/apology_compensation.{tag}");
    let text = templates.render(&name, &message(&context, &locale)).unwrap();
    Ok(inc::communication::front_matter(&text).unwrap().1.to_owned())
}

#[test]
fn an_apology_says_credited_only_of_what_is() {
    let form = |rest: &str| {
        format!("forms: [ {{ form: statement_credit, entries: 2, entered: 9.00 MXN{rest} }} ]")
    };
    let posted = "entries: 2, open: 0, posted_at: 2026-11-24T10:00:00-06:00, due: 2026-12-01";
    let half = "entries: 2, open: 1, posted_at: 2026-11-24T10:00:00-06:00, due: 2026-12-01";
    for (ledger, es, en, credited) in [
        (posted.to_owned(), "La bonificación ya está en tu cuenta", "is in your account.", true),
        (
            half.to_owned(),
            "en las demás quedará a más tardar el 1.º de diciembre de 2026",
            "and the others follow by December 1, 2026 at the latest",
            false,
        ),
        (form(", posted: 2"), "ya está en tu cuenta", "is in your account.", true),
        (
            form(", posted: 1, due: 2026-12-01"),
            "en las demás quedará a más tardar el 1.º de diciembre de 2026",
            "and the others follow by December 1, 2026 at the latest",
            false,
        ),
        (
            form(", due: 2026-12-01"),
            "quedará en tu cuenta a más tardar el 1.º de diciembre de 2026",
            "will be in your account by December 1, 2026 at the latest",
            false,
        ),
        (
            form(", posted: 1, dropped: 1, dropped_total: 4.00 MXN"),
            "ya está en tu cuenta",
            "is in your account.",
            true,
        ),
    ] {
        for (tag, words) in [("es-MX", es), ("en", en)] {
            let said = apology(&ledger, "goodwill", tag).unwrap();
            assert!(said.contains(words), "{ledger}\n{said}");
            let claims =
                said.contains("ya está en tu cuenta") || said.contains("is in your account.");
            assert_eq!(claims, credited, "{ledger}\n{said}");
            // What all of them get is nothing for one customer's message.
            assert!(!said.contains("$9.00") && !said.contains("$5.00"), "{ledger}\n{said}");
        }
    }
}

#[test]
fn each_basis_has_its_own_words() {
    let ledger = "forms: [ { form: statement_credit, entries: 2, posted: 2 } ]";
    for (basis, es, en) in [
        ("restitution", "La devolución", "The refund"),
        ("regulatory", "El abono obligatorio", "The mandatory credit"),
        ("contractual", "La nota de crédito", "The credit note"),
        ("goodwill", "La bonificación", "The goodwill credit"),
    ] {
        for (tag, words) in [("es-MX", es), ("en", en)] {
            let said = apology(ledger, basis, tag).unwrap();
            let others = ["devolución", "obligatorio", "nota de crédito", "bonificación"];
            assert!(said.contains(words), "{said}");
            assert!(others.iter().filter(|word| said.contains(**word)).count() <= 1, "{said}");
        }
    }
}

/// What the ledger does not say is asked for by name, and nothing is made up in its place.
#[test]
fn an_apology_asks_for_what_the_ledger_does_not_say() {
    let of = |ledger: &str, basis: &str| apology(ledger, basis, "es-MX").unwrap_err().join("; ");
    let open = |rest: &str| format!("forms: [ {{ form: statement_credit, entries: 2{rest} }} ]");
    let day = of(&open(""), "goodwill");
    assert!(day.starts_with("a day to come by which la bonificación is in the accounts"), "{day}");
    assert_eq!(of(&open(", due: 2026-11-24"), "goodwill"), day);
    let name = of(&open(", due: 2026-12-01"), "other");
    assert_eq!(name, "what customers call a payout of policy own");
    let none = of(&open(", dropped: 2"), "goodwill");
    assert!(none.starts_with("a compensation run that was approved"), "{none}");
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
                full_timeline: false,
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

fn around<'a>(standard: &'a inc::standard::Standard, register: &'a Register) -> Company<'a> {
    Company {
        standard,
        zone: chrono_tz::America::Mexico_City,
        currency: inc::units::Currency::MXN,
        register: Some(register),
        documents: None,
    }
}

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
    let standard = standard();
    let problem = "schema: 1\nid: PRB-20261101-K3DX\ntitle: Certificados que vencen sin aviso\nstate: known_error\ncause: nadie mira los vencimientos\nincidents: [INC-20261117-AAA1]\n";
    let problems = vec![
        inc::incident::parse_problem(Source::new("problems/PRB-20261101-K3DX.yaml", problem))
            .unwrap(),
    ];
    let joined = inc::reports::trends::Joined::new();
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
            let company = around(&standard, register);
            let sources = Sources {
                register,
                whole: true,
                problems: &problems,
                joined: &joined,
                oldest: None,
            };
            let none = std::iter::empty();
            let now = now.parse().unwrap();
            let found = overview(sources, none, Scope::All, period, &company, now).unwrap();
            let page = pages::overview::page("weekly", &found, &locale, &names);
            let text = templates.render(&format!("report/page.{tag}.md"), &page.data()).unwrap();
            golden(&format!("weekly/{name}.{tag}.md"), &text);
            if tag == "en" {
                let json = serde_json::to_string_pretty(&page.json()).unwrap();
                golden(&format!("weekly/{name}.json"), &format!("{json}\n"));
            }
            let page = pages::overview::page("executive", &found, &locale, &names);
            let text = templates.render(&format!("report/page.{tag}.md"), &page.data()).unwrap();
            golden(&format!("weekly/{name}.executive.{tag}.md"), &text);
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
    // A file for each channel that anything is owed through, in two languages.
    assert_eq!(here, 2 * 18 + 4 + 15);
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
    let standard = standard();
    for tag in ["es-MX", "en"] {
        let locale = Locale::new(tag, zone).unwrap();
        let catalogue = catalogue(&standard, tag);
        for held in &register.records {
            let context = ReviewContext {
                record: &held.record,
                severity: None,
                severity_why: None,
                targets: vec![],
                service_names: BTreeMap::new(),
                full_timeline: false,
                now,
            };
            templates.render(&format!("pir.{tag}.md"), &review(&context, &locale)).unwrap();
            for channel in standard.communication.channels.ids() {
                for stage in Stage::ALL {
                    let request = Request::new(stage, channel, "affected_likely", tag, now);
                    let context = draft_context(&held.record, &catalogue, request);
                    let names = standard.communication.templates(channel, stage.as_str(), tag);
                    let name = names.iter().find(|name| templates.contains(name));
                    if let Some(name) = name.filter(|_| context.needs("INC").is_empty()) {
                        templates.render(name, &message(&context, &locale)).unwrap();
                    }
                }
            }
        }
        for label in ["2026-W38", "2026-W47", "2026-11", "2026-Q4"] {
            let company = around(&standard, &register);
            let joined = inc::reports::trends::Joined::new();
            let sources = Sources {
                register: &register,
                whole: true,
                problems: &[],
                joined: &joined,
                oldest: None,
            };
            let (none, period) = (std::iter::empty(), label.parse().unwrap());
            let found = overview(sources, none, Scope::All, period, &company, now).unwrap();
            let page = pages::overview::page("weekly", &found, &locale, &BTreeMap::new());
            let text = templates.render(&format!("report/page.{tag}.md"), &page.data()).unwrap();
            if std::env::var_os("SHOW").is_some() {
                println!("{text}");
            }
        }
    }
}

#[test]
fn each_stage_of_each_channel_is_shown_over_three_kinds_of_incident() {
    let folder = root().join("tests/golden/messages");
    let mut scenes: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let channel = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some((stage, scene)) =
                line.strip_prefix("##### ").and_then(|heading| heading.split_once(": "))
            else {
                continue;
            };
            let pair = (channel.clone(), stage.to_owned());
            scenes.entry(pair).or_default().insert(scene.to_owned());
        }
    }
    assert!(scenes.len() > 150, "{}", scenes.len());
    // Work is planned in one way only, and a notice of data is for data alone.
    let alone = |stage: &str| stage.starts_with("maintenance_") || stage == "data_notice";
    let few = scenes.iter().filter(|((_, stage), seen)| seen.len() < 3 && !alone(stage));
    assert_eq!(few.collect::<Vec<_>>(), []);
}
