#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use proptest::prelude::*;

fn found(text: &str) -> Vec<(Kind, &str)> {
    find(text).into_iter().map(|h| (h.kind, &text[h.range.start..h.range.end])).collect()
}

fn masked(text: &str) -> String {
    mask(text).0
}

/// A card number of Visa's range that nobody publishes; it passes Luhn's test.
const CARD: &str = "4539148803436467";

#[test]
fn cards_are_found_by_themselves_and_in_groups() {
    for text in [
        CARD,
        "4539 1488 0343 6467",
        "4539-1488-0343-6467",
        "4539\u{a0}1488\u{a0}0343\u{a0}6467",
        "3782 822463 10005",
        "6304000000000000",
    ] {
        assert_eq!(found(text), [(Kind::CardNumber, text)]);
    }
    for text in [
        "4539148803436468",
        "24539148803436467",
        "x4539148803436467",
        "4539148803436467a",
        "ñ4539148803436467",
        "+4539148803436467",
        "ORD-4539148803436467",
        "4539148803436467_2",
        "0.4539148803436467",
        "1234 4539 1488 0343 6467",
        "12-4539-1488-0343-6467",
        "490154203237518",
        "8171999900000000021",
        "4716989580001715211",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
    assert_eq!(found("4539 1488 0343 6467 12/28 123"), [(Kind::CardNumber, "4539 1488 0343 6467")]);
}

#[test]
fn the_nearest_name_decides() {
    for text in [
        "tarjeta 4539148803436467",
        "ref 889 tarjeta: 4539148803436467",
        "el pedido se pagó con 4539148803436467",
        "PAN-4539148803436467",
        "cardNumber=4539148803436467",
        "{\"card\":\"4539148803436467\",\"rrn\":\"000123456789\"}",
        "cliente 4539148803436467 no pudo pagar",
        "tarjeta 453914 8803436467",
        "order 4242424242424242",
        "número de tarjeta 4539148803436467",
        "tarjeta 4716989580001715211",
        "4716 9895 8000 1715 211",
    ] {
        assert_eq!(found(text).len(), 1, "{text}");
    }
    for text in [
        "RRN 4539148803436467",
        "folio no. 4539148803436467",
        "Clave de rastreo: 4539148803436467",
        "clave de rastreo 4539 1488 0343 6467",
        "orderId=4539148803436467",
        "\"transaction_id\": \"4539148803436467\"",
        "https://pagos.example/orders/4539148803436467",
        "folios 4539148803436467, 4556737586899855 y 4916338506082832",
        "4539148803436467 (folio)",
        "4539148803436467 es la referencia",
        "caso #4539148803436467",
        "#4539148803436467",
        "autorización de compra 4539148803436467",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn accounts_are_found() {
    for text in ["032180000118359719", "032 180 00011835971 9", "0321 8000 0118 3597 19"] {
        assert_eq!(found(text), [(Kind::Clabe, text)]);
    }
    for text in ["032180000118359718", "999180000118359719", "rastreo 032180000118359719"] {
        assert_eq!(found(text), [], "{text}");
    }
    for text in [
        "GB29NWBK60161331926819",
        "GB29 NWBK 6016 1331 9268 19",
        "fr14 2004 1010 0505 0001 3m02 606",
    ] {
        assert_eq!(found(text), [(Kind::Iban, text)]);
    }
    assert_eq!(found("GB28NWBK60161331926819 GB29 NWBK 6016 1331"), []);
}

#[test]
fn persons_are_found_and_companies_are_not() {
    assert_eq!(found("CURP BEML920313HMCLNS09."), [(Kind::Curp, "BEML920313HMCLNS09")]);
    assert_eq!(found("PEGL890909MJCRMS09 PEGL891313MJCRMS06"), []);
    for text in ["GODE561231GR8", "GODE 561231 GR8", "GODE-561231-GR8"] {
        assert_eq!(found(text), [(Kind::RfcPersonal, text)]);
    }
    assert_eq!(found("RFC GODE561231GR7"), [(Kind::RfcPersonal, "GODE561231GR7")]);
    assert_eq!(found("RFC: comg-600703 ok"), [(Kind::RfcPersonal, "comg-600703")]);
    for text in
        ["GODE561231GR7", "VSM140430NQA", "RFC VSM140430NQA", "XEXX010101000", "RFC XAXX010101000"]
    {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn secrets_are_found() {
    let secret = |text: &str, kind: TokenKind, what: &str| {
        assert_eq!(found(text), [(Kind::Token(kind), what)], "{text}");
    };
    // Put together here, so that no scanner of repositories takes the tests for a leak.
    let letters = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    secret("key AKIAIOSFODNN7EXAMPLE.", TokenKind::Aws, "AKIAIOSFODNN7EXAMPLE");
    let text = format!("x ghp_{letters}, y");
    secret(&text, TokenKind::GitHub, &text[2..text.len() - 3]);
    let text = format!("github_pat_{letters}_x");
    secret(&text, TokenKind::GitHub, &text);
    let text = format!("xoxb-12345678901-{letters}");
    secret(&text, TokenKind::Slack, &text);
    let text = format!("sk_{}_{letters}", "live");
    secret(&text, TokenKind::Stripe, &text);
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
    secret(&format!("token {jwt}."), TokenKind::Jwt, jwt);
    secret("Authorization: Bearer abcdefgh12345678", TokenKind::Bearer, "abcdefgh12345678");
    secret("Authorization: Basic dXNlcjpwYXNzd29yZDE=", TokenKind::Secret, "dXNlcjpwYXNzd29yZDE=");
    secret("password=hunter2 failed", TokenKind::Password, "hunter2");
    secret("la contraseña es Perro.Azul7, ya", TokenKind::Password, "Perro.Azul7");
    secret("{\"client_secret\": \"a1b2c3d4e5f6g7h8\"}", TokenKind::Secret, "a1b2c3d4e5f6g7h8");
    secret("https://x.example/?a=1&api_key=a1b2c3d4e5f6&b=2", TokenKind::Secret, "a1b2c3d4e5f6");
    secret("postgres://app:s3cret@db.example/x", TokenKind::Password, "s3cret");
    secret("CVV: 123", TokenKind::SecurityCode, "123");
    for text in [
        "password: required",
        "password=****",
        "password=${DB_PASSWORD}",
        "the token was rejected",
        "token: wallet-tokens",
        "token=<token>",
        "cvv 200 casos",
        "public key: a1b2c3d4e5f6g7h8",
        "sk-learn, eyJ, ghp_, AKIA",
        "token: INC-20261121-7QKM",
        "http://localhost:8080/@me",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn private_keys_are_found_whole_and_cut() {
    let (begin, end) = ("-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----");
    let body = "MIIEowIBAAKCAQEA1234567890abcdef\nMIIEowIBAAKCAQEA1234567890abcdef";
    assert_eq!(masked(&format!("a {begin}\n{body}\n{end} b")), "a •••• (masked: private key) b");
    assert_eq!(
        masked(&format!("a {begin}\n{body}\nand more")),
        "a •••• (masked: private key)\nand more"
    );
    assert_eq!(found("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----"), []);
}

#[test]
fn masking_keeps_every_other_word() {
    assert_eq!(
        masked("Pagué con 4242 4242 4242 4242 ayer"),
        "Pagué con •••• 4242 (masked: card number) ayer"
    );
    assert_eq!(masked("tarjeta terminación 4242"), "tarjeta terminación 4242");
    assert_eq!(
        masked("txn 4111-1111-1111-1111/ref 9"),
        "txn •••• 1111 (masked: card number)/ref 9"
    );
    assert_eq!(
        masked("\u{202b}بطاقة 4242424242424242\u{202c}"),
        "\u{202b}بطاقة •••• 4242 (masked: card number)\u{202c}"
    );
    assert_eq!(masked("CURP BEML920313HMCLNS09"), "CURP •••• (masked: CURP)");
    let (text, masked) = mask("refs 4242424242424242, 4539148803436467");
    assert_eq!(text, "refs •••• 4242 (masked: card number), 4539148803436467");
    assert_eq!(mask(&text).0, text);
    assert_eq!(masked[0].words, "•••• 4242 (masked: card number)");
}

#[test]
fn only_what_is_new_in_a_tree_is_masked() {
    use crate::yaml::Tree;
    let text = |t: &str| Tree::Text(t.into());
    let item =
        |id: &str, t: &str| Tree::Map(vec![("id".into(), text(id)), ("text".into(), text(t))]);
    let old = Tree::Map(vec![
        ("title".into(), text(CARD)),
        ("timeline".into(), Tree::Seq(vec![item("T1", CARD), item("T2", "x")])),
    ]);
    let new = Tree::Map(vec![
        ("title".into(), text(CARD)),
        (
            "timeline".into(),
            Tree::Seq(vec![item("T0", "con 4242424242424242"), item("T1", CARD), item("T2", CARD)]),
        ),
        ("ticket".into(), text(CARD)),
    ]);
    let (tree, masked) = mask_tree(&new, Some(&old));
    let fields: Vec<&str> = masked.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["timeline[0].text", "timeline[2].text"]);
    assert_eq!(tree.get("title"), Some(&text(CARD)));
    let spots = in_tree(&new);
    assert_eq!(spots.len(), 4, "a ticket of sixteen digits is no card");
    assert_eq!(spots[1].hits[0].range, TextRange::new(4, 20));
}

#[test]
fn hostile_texts_take_no_longer_than_their_length_allows() {
    let times = 40_000;
    for piece in [
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN ",
        "eyJ-",
        "eyJa.",
        "sk-",
        "password=",
        "password=a1 ",
        "://a:",
        "://",
        "token: ",
        "4242 ",
        "4539148803436467 ",
        "4539-",
        "•••• ",
        "•••• 1111 (masked: ",
        "GB29 ",
        "bearer ",
        "GODE ",
        "ref y ",
        "RfcRfc",
        "Ñ",
    ] {
        let text = piece.repeat(times);
        let started = std::time::Instant::now();
        let once = mask(&text).0;
        let took = started.elapsed();
        assert!(took.as_secs() < 20, "{piece:?}: {took:?}");
        assert_eq!(once.is_empty(), text.is_empty());
    }
}

proptest! {
    #[test]
    fn any_text_is_masked_once(text in "\\PC{0,80}") {
        let once = masked(&text);
        prop_assert_eq!(masked(&once), once);
    }

    #[test]
    fn pieces_of_sensitive_text_are_masked_once(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..14)) {
        let text = pieces.concat();
        let once = masked(&text);
        prop_assert_eq!(find(&once), vec![], "{} → {}", text, once);
        prop_assert_eq!(masked(&once), once);
    }

    #[test]
    fn hits_lie_in_the_text_in_order(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..14)) {
        let text = pieces.concat();
        let mut end = 0;
        for hit in find(&text) {
            prop_assert!(hit.range.start >= end && hit.range.end > hit.range.start);
            prop_assert!(text.get(hit.range.start..hit.range.end).is_some());
            end = hit.range.end;
        }
    }
}

const PIECES: &[&str] = &[
    "4539148803436467",
    "4242424242424242",
    "4539",
    "1488",
    "0343",
    "6467",
    " ",
    " ",
    " ",
    "-",
    ", ",
    ": ",
    "=",
    "\n",
    "_",
    "ref",
    "tarjeta",
    "PAN",
    "folio",
    "y",
    "con",
    "x",
    "ñ",
    "(",
    ")",
    "#",
    "+",
    "•••• 1111 (masked: card number)",
    "•••• (masked: secret)",
    "••••",
    "password",
    "token",
    "CVV",
    "123",
    "Hunter2",
    "a1b2c3d4e5f6g7h8",
    "Bearer",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "BEML920313HMCLNS09",
    "GODE",
    "561231",
    "GR8",
    "RFC",
    "032180000118359719",
    "GB29 NWBK 6016 1331 9268 19",
    "https://u:p4ss@h/",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "rastreo",
    "cuenta",
    "es",
    "\"",
    "'",
    "\u{202e}",
    "٤",
    "AKIAIOSFODNN7EXAMPLE",
];

#[test]
fn a_signature_is_public_and_a_number_in_its_place_is_not() {
    use crate::yaml::Tree;
    let tree = |value: &str| Tree::Map(vec![("signature".into(), Tree::Text(value.into()))]);
    let signature = format!("U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTk{}", "Qk9y+/8x".repeat(30));
    assert_eq!(mask_tree(&tree(&signature), None).0, tree(&signature));
    let card = "U1NIU0lH 4539148803436467";
    assert_ne!(mask_tree(&tree(card), None).0, tree(card));
    assert_eq!(in_tree(&tree(CARD)).len(), 1);
}
