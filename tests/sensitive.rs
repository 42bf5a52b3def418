//! What is sensitive: published cases beside the repository, and how often a reference is taken
//! for a card.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};

use fastrand::Rng;
use inc::diag::Source;
use inc::sensitive::{Kind, find, mask};
use inc::yaml::{self, Tree};

/// Cases beside the repository; without them the test says so and passes, unless
/// `INC_REQUIRE_SHARED` is set.
fn cases(file: &str) -> Option<Vec<Tree>> {
    let root = std::env::var_os("INC_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let path = root.join("vectors").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(std::env::var_os("INC_REQUIRE_SHARED").is_none(), "no {}", path.display());
        println!("skipped: no {}", path.display());
        return None;
    };
    let tree = yaml::parse(Source::new(file, &text)).unwrap().to_tree();
    let Some(Tree::Seq(cases)) = tree.get("cases") else { panic!("{file}: no cases") };
    Some(cases.clone())
}

fn input(case: &Tree, key: &str) -> Option<String> {
    case.get("input")?.get(key)?.scalar()
}

fn expected(case: &Tree, key: &str) -> Option<bool> {
    match case.get("expected")?.get(key)? {
        Tree::Bool(b) => Some(*b),
        _ => None,
    }
}

fn holds(text: &str, kind: Kind) -> bool {
    find(text).iter().any(|hit| hit.kind == kind)
}

#[test]
fn published_card_numbers() {
    let Some(cases) = cases("pan_luhn.yaml") else { return };
    let mut judged = 0;
    for case in &cases {
        let Some(text) = input(case, "text") else { continue };
        let card = holds(&text, Kind::CardNumber);
        let refused = expected(case, "validator_js_isCreditCard");
        let no_luhn = expected(case, "luhn").filter(|luhn| !luhn);
        if let Some(pan) = expected(case, "pan").or(refused).or(no_luhn) {
            judged += 1;
            assert_eq!(card, pan, "{case:?}");
        }
        if let Some(clabe) = expected(case, "clabe") {
            assert_eq!(holds(&text, Kind::Clabe), clabe, "{case:?}");
        }
        if let Some(redacted) = case.get("expected").and_then(|e| e.get("redacted")) {
            // Another mask than ours; what stands around it is the same.
            let redacted = redacted.scalar().unwrap();
            let masked = mask(&text).0;
            let (before, after) = redacted.split_once("424242******4242").unwrap_or_else(|| {
                redacted.split_once("411111******1111").unwrap_or((&redacted, ""))
            });
            assert!(masked.starts_with(before) && masked.ends_with(after), "{masked}");
            judged += 1;
        }
    }
    assert!(judged >= 24, "{judged} cases were judged");
}

#[test]
fn published_mexican_ids() {
    let Some(cases) = cases("mx_ids.yaml") else { return };
    let mut judged = 0;
    for case in &cases {
        let valid = expected(case, "valid");
        for (key, kind) in [("clabe", Kind::Clabe), ("curp", Kind::Curp)] {
            if let (Some(text), Some(valid)) = (input(case, key), valid) {
                assert_eq!(holds(&text, kind), valid, "{case:?}");
                judged += 1;
            }
        }
        let Some(text) = input(case, "rfc") else { continue };
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        let checked = expected(case, "valid_with_check_digit") == Some(true);
        let personal = expected(case, "personal_data") != Some(false) && letters == 13;
        assert_eq!(holds(&text, Kind::RfcPersonal), checked && personal, "{case:?}");
        judged += 1;
    }
    assert!(judged >= 20, "{judged} cases were judged");
}

#[test]
fn published_ibans() {
    let Some(cases) = cases("iban.yaml") else { return };
    let mut judged = 0;
    for case in &cases {
        if let (Some(text), Some(valid)) = (input(case, "iban"), expected(case, "valid")) {
            assert_eq!(holds(&text, Kind::Iban), valid, "{case:?}");
            judged += 1;
        }
    }
    assert!(judged >= 40, "{judged} cases were judged");
}

fn digits(random: &mut Rng, count: usize) -> String {
    (0..count).map(|_| char::from(b'0' + random.u8(..10))).collect()
}

fn letters(random: &mut Rng, count: usize, of: &[u8]) -> String {
    (0..count).map(|_| char::from(of[random.usize(..of.len())])).collect()
}

const BASE32: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const HEX: &[u8] = b"0123456789abcdef";

/// A line of a payment log, or of a person who quotes one: references of every kind, no secret.
fn log_line(r: &mut Rng) -> String {
    let time = format!(
        "2026-11-{:02}T{:02}:{:02}:{:02}.{}Z",
        r.u8(1..29),
        r.u8(..24),
        r.u8(..60),
        r.u8(..60),
        digits(r, 3)
    );
    let reference = digits(r, 16);
    let uuid = [8, 4, 4, 4, 12].map(|n| letters(r, n, HEX)).join("-");
    match r.u8(..16) {
        0 => format!(
            "{time} INFO auth rrn={} stan={} arn={} auth_code={} resp=05",
            digits(r, 12),
            digits(r, 6),
            digits(r, 23),
            digits(r, 6)
        ),
        1 => format!(
            "{{\"ts\":\"{time}\",\"order_id\":\"{reference}\",\"rrn\":\"{}\",\"amount\":\"{}.00\"}}",
            digits(r, 12),
            digits(r, 5)
        ),
        2 => format!(
            "SPEI devuelto, clave de rastreo {}, monto {}.00 MXN",
            digits(r, 18),
            digits(r, 4)
        ),
        3 => format!("SPEI en espera: rastreo {} folio {reference}", letters(r, 24, BASE32)),
        4 => format!("{time} WARN timeout txn={reference} attempt=3 trace={}", letters(r, 32, HEX)),
        5 => format!(
            "El cliente reporta el pedido {reference} cobrado dos veces, folio {}",
            digits(r, 10)
        ),
        6 => format!("request {uuid} took {} ms, correlation id {reference}", digits(r, 4)),
        7 => format!("POST /v1/orders/{reference}/capture 504 session={}", letters(r, 26, BASE32)),
        8 => format!("refs {reference}, {}, {}", digits(r, 16), digits(r, 16)),
        9 => format!("ARN {} RRN {} autorización {}", digits(r, 23), digits(r, 12), digits(r, 6)),
        10 => format!("tel. +52155{} llamó por el ticket {reference}", digits(r, 8)),
        11 => format!(
            "batch {}{} sha256 {}",
            time.replace(['-', ':', 'T', 'Z', '.'], ""),
            digits(r, 2),
            letters(r, 64, HEX)
        ),
        12 => format!("epoch 17{} ns 17{} offset {}", digits(r, 11), digits(r, 17), digits(r, 16)),
        13 => format!("referencia numérica {} referencia {reference}", digits(r, 7)),
        14 => format!("IMEI {} serie {}", digits(r, 15), digits(r, 16)),
        _ => format!(
            "transaction {reference} declined, retrieval reference number {}",
            digits(r, 12)
        ),
    }
}

/// The manual states these figures; they are exact because the generator is seeded.
#[test]
fn how_often_a_reference_is_taken_for_something_else() {
    const LINES: usize = 100_000;
    let mut random = Rng::with_seed(20_261_121);
    let (mut hits, mut shown) = (0, Vec::new());
    for _ in 0..LINES {
        let line = log_line(&mut random);
        let found = find(&line);
        hits += found.len();
        if !found.is_empty() && shown.len() < 10 {
            shown.push(line);
        }
    }
    let rate = |text: &dyn Fn(String) -> String, count: usize, random: &mut Rng| {
        (0..LINES).filter(|_| !find(&text(digits(random, count))).is_empty()).count()
    };
    let named = rate(&|n| format!("folio {n}"), 16, &mut random);
    let bare = rate(&|n| n, 16, &mut random);
    let clabe = rate(&|n| n, 18, &mut random);
    let account = rate(&|n| format!("referencia {n}"), 18, &mut random);
    let amex = rate(&|n| n, 15, &mut random);
    let thirteen = rate(&|n| n, 13, &mut random);
    let uuids = (0..LINES)
        .filter(|_| {
            let text = [8, 4, 4, 4, 12].map(|n| letters(&mut random, n, HEX)).join("-");
            let ulid = letters(&mut random, 26, BASE32);
            !find(&format!("{text} {ulid}")).is_empty()
        })
        .count();
    let missed = (0..LINES)
        .filter(|i| {
            let card = card(&mut random);
            let text = match i % 5 {
                0 => format!("tarjeta {card}"),
                1 => format!("pagó con {card} ayer"),
                2 => format!("{{\"pan\":\"{card}\"}}"),
                3 => format!(
                    "order 12 failed: {} {} {} {}",
                    &card[..4],
                    &card[4..8],
                    &card[8..12],
                    &card[12..]
                ),
                _ => card,
            };
            find(&text).len() != 1
        })
        .count();
    println!(
        "false alarms in {LINES}: log lines {hits}, named {named}, bare 16 digits {bare}, \
         15 {amex}, 18 {clabe}, 18 named {account}, 13 {thirteen}, UUID and ULID {uuids}; cards missed {missed}"
    );
    for line in &shown {
        println!("  {line}");
    }
    assert!(hits <= 10, "{hits} in {LINES} lines: {shown:#?}");
    assert_eq!((named, account, thirteen, uuids, missed), (0, 0, 0, 0, 0));
    assert!((1_500..3_500).contains(&bare), "{bare}");
    assert!(clabe < 2_000 && amex < 1_000, "{clabe} {amex}");
}

/// A number of Visa's or Mastercard's range with its check digit.
fn card(random: &mut Rng) -> String {
    let start = ["4", "51", "55", "2221"][random.usize(..4)];
    let mut number = format!("{start}{}", digits(random, 15 - start.len()));
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let digit = u32::from(b - b'0') * if i % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    number.push(char::from_digit((10 - sum % 10) % 10, 10).unwrap());
    number
}
