//! What the words around a number say it is.
//!
//! A sixteen-digit reference passes Luhn's test one time in ten, so the nearest name decides:
//! `tarjeta 4539…` is a card, `folio 4539…` is not. Numbers in a row share the name of the first.
//! Words that stand for what was masked count as the number that stood there, so that masking one
//! number never changes what the next one is.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexemes::{Lexemes, Shape, folded, parts};

/// What a number is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Verdict {
    /// Nothing is said.
    #[default]
    Open,
    /// A card.
    Card,
    /// An account.
    Account,
    /// A reference of some kind.
    Reference,
    /// A reference that is written in groups of four, as cards are.
    Grouped,
}

#[derive(Debug, Clone, Copy)]
enum Meaning {
    Says(Verdict),
    /// `de`, `no.`: the name stands further on.
    Nothing,
    /// `con`, `with`: what stands further on is about something else.
    Ends,
    Other,
}

const CARD: &[&str] = &[
    "card",
    "cards",
    "cardno",
    "cardnum",
    "cardnumber",
    "ccn",
    "ccnumber",
    "pan",
    "pans",
    "tarjeta",
    "tarjetas",
    "tdc",
    "tdd",
    "plastico",
    "visa",
    "mastercard",
    "amex",
    "carnet",
    "discover",
    "jcb",
    "diners",
    "unionpay",
    "tarjetahabiente",
    "cardholder",
    "emisor",
];

const ACCOUNT: &[&str] =
    &["clabe", "clabes", "cuenta", "cuentas", "account", "accounts", "interbancaria", "iban"];

const REFERENCE: &[&str] = &[
    "rrn",
    "arn",
    "stan",
    "folio",
    "folios",
    "order",
    "orders",
    "orderid",
    "orden",
    "ordenes",
    "pedido",
    "pedidos",
    "ref",
    "refs",
    "reference",
    "references",
    "referencia",
    "referencias",
    "refnum",
    "refno",
    "txn",
    "txns",
    "txnid",
    "tx",
    "txid",
    "trx",
    "transaction",
    "transactions",
    "transactionid",
    "transaccion",
    "transacciones",
    "idtransaccion",
    "operacion",
    "operaciones",
    "operation",
    "operations",
    "transfer",
    "transfers",
    "transferencia",
    "transferencias",
    "id",
    "ids",
    "identifier",
    "identificador",
    "uid",
    "uuid",
    "guid",
    "paymentid",
    "invoice",
    "invoices",
    "factura",
    "facturas",
    "ticket",
    "tickets",
    "case",
    "cases",
    "caso",
    "casos",
    "autorizacion",
    "autorizaciones",
    "auth",
    "authorization",
    "authorisation",
    "authcode",
    "aut",
    "approval",
    "aprobacion",
    "batch",
    "lote",
    "lotes",
    "sequence",
    "secuencia",
    "seq",
    "session",
    "sesion",
    "request",
    "req",
    "correlation",
    "span",
    "trace",
    "phone",
    "phones",
    "tel",
    "telefono",
    "telefonos",
    "celular",
    "cel",
    "movil",
    "mobile",
    "whatsapp",
    "msisdn",
    "mid",
    "tid",
    "afiliacion",
    "contract",
    "contrato",
    "isbn",
    "ean",
    "upc",
    "gtin",
    "sku",
    "barcode",
    "serial",
    "serie",
    "timestamp",
    "timestamps",
    "ts",
    "epoch",
    "time",
    "hora",
    "hash",
    "sha",
    "sha1",
    "sha256",
    "md5",
    "crc",
    "checksum",
    "amount",
    "monto",
    "importe",
    "offset",
    "shipment",
    "envio",
    "receipt",
    "recibo",
    "comprobante",
    "voucher",
    "poliza",
    "policy",
    "prestamo",
    "loan",
    "acquirer",
    "adquirente",
    "issue",
    "commit",
    "build",
    "version",
    "chargeback",
    "contracargo",
    "aclaracion",
    "dispute",
    "disputa",
    "conciliacion",
    "settlement",
    "liquidacion",
    "payout",
    "idempotency",
    "key",
    "nonce",
];

const GROUPED: &[&str] = &[
    "rastreo",
    "rastreos",
    "captura",
    "imei",
    "imsi",
    "iccid",
    "guia",
    "guias",
    "tracking",
    "convenio",
    "convenios",
    "clavederastreo",
    "claverastreo",
];

const NOTHING: &[&str] = &[
    "de", "del", "la", "el", "los", "las", "lo", "su", "no", "num", "nro", "number", "numbers",
    "numero", "numeros", "n", "nos", "is", "are", "was", "were", "es", "son", "era", "fue", "the",
    "of", "a", "al", "y", "e", "o", "u", "and", "or", "nbr",
];

const ENDS: &[&str] = &[
    "con", "with", "using", "usando", "for", "para", "por", "paid", "pagado", "pagada", "pago",
    "pague", "via", "mediante",
];

fn meaning(word: &str) -> Meaning {
    // No listed word is longer, and a long word is not worth folding.
    if word.len() > 24 {
        return Meaning::Other;
    }
    MEANINGS.get(folded(word).as_str()).copied().unwrap_or(Meaning::Other)
}

/// What each listed word means; of a word in several lists, the first.
static MEANINGS: LazyLock<HashMap<&str, Meaning>> = LazyLock::new(|| {
    let lists = [
        (NOTHING, Meaning::Nothing),
        (ENDS, Meaning::Ends),
        (CARD, Meaning::Says(Verdict::Card)),
        (REFERENCE, Meaning::Says(Verdict::Reference)),
        (GROUPED, Meaning::Says(Verdict::Grouped)),
        (ACCOUNT, Meaning::Says(Verdict::Account)),
    ];
    let mut meanings = HashMap::new();
    for (words, meaning) in lists {
        for word in words {
            meanings.entry(*word).or_insert(meaning);
        }
    }
    meanings
});

/// As [`meaning`], the last of the words that `camelCase` joins first.
fn meaning_of(word: &str) -> Meaning {
    let whole = meaning(word);
    if !matches!(whole, Meaning::Other) || word.len() > 48 {
        return whole;
    }
    let parts = parts(word);
    let named = parts.iter().rev().map(|part| meaning(part));
    named.into_iter().find(|m| !matches!(m, Meaning::Nothing)).unwrap_or(Meaning::Other)
}

/// How many runs back a name is looked for; a sentence names what it is about sooner.
const RUNS: usize = 8;
/// How many other words may stand between a name and its number.
const BETWEEN: usize = 2;

/// What each number of a text is called, filled from left to right.
#[derive(Debug)]
pub(super) struct Verdicts {
    said: Vec<Verdict>,
    /// Runs that end a number which was found.
    ends: Vec<bool>,
}

impl Verdicts {
    pub(super) fn new(t: &Lexemes<'_>) -> Self {
        Verdicts { said: vec![Verdict::Open; t.len()], ends: vec![false; t.len()] }
    }

    pub(super) fn of(&self, i: usize) -> Verdict {
        self.said[i]
    }

    /// Judges a run that is, or begins, a number.
    pub(super) fn judge(&mut self, t: &Lexemes<'_>, i: usize) {
        if matches!(t.shape(i), Shape::Number | Shape::Masked { number: true }) {
            self.said[i] = self.before(t, i).unwrap_or_else(|| after(t, i));
        }
    }

    /// Gives the last group of a number what was said of its first.
    pub(super) fn carry(&mut self, first: usize, last: usize) {
        self.said[last] = self.said[first];
        self.ends[last] = true;
    }

    /// What stands before; `None` when nothing is said there.
    fn before(&self, t: &Lexemes<'_>, i: usize) -> Option<Verdict> {
        let hash = t.gap_before(i).ends_with('#').then_some(Verdict::Reference);
        let mut others = 0;
        for j in (i.saturating_sub(RUNS)..i).rev() {
            let gap = t.gap(j);
            let numbers = match t.shape(j) {
                Shape::Number => self.ends[j] || t.end(j) - t.start(j) >= 10,
                Shape::Masked { number } => number,
                Shape::Word => false,
            };
            if numbers && others == 0 && !gap.contains('\n') && !gap.contains(". ") {
                return Some(self.said[j]).filter(|v| *v != Verdict::Open).or(hash);
            }
            // `no. 12`, `ref. 12`: a point after a short word ends no sentence.
            let sentence = gap.contains(". ") && t.end(j) - t.start(j) > 4;
            let apart = sentence || gap.contains(['\n', ';', ',', '|', '•']);
            if apart || t.shape(j) == Shape::Number || numbers {
                return hash;
            }
            let meaning = match t.shape(j) {
                Shape::Word => meaning_of(t.word(j)),
                Shape::Number | Shape::Masked { .. } => Meaning::Other,
            };
            match meaning {
                Meaning::Says(verdict) => return Some(verdict),
                Meaning::Ends => return hash,
                Meaning::Nothing => {}
                Meaning::Other if others == BETWEEN => return hash,
                Meaning::Other => others += 1,
            }
        }
        hash
    }
}

/// What stands after: `4539… (RRN)`, `4539… es el folio`.
fn after(t: &Lexemes<'_>, i: usize) -> Verdict {
    let mut named = false;
    for j in i..(i + 4).min(t.len().saturating_sub(1)) {
        let gap = t.gap(j);
        if gap.contains(['\n', ';', ',', '|', '•']) || gap.contains(". ") {
            return Verdict::Open;
        }
        named |= gap.contains('(');
        let word = t.word(j + 1);
        named |= matches!(folded(word).as_str(), "is" | "es" | "was" | "era" | "fue");
        match meaning_of(word) {
            Meaning::Says(verdict) if named => return verdict,
            Meaning::Nothing => {}
            _ => return Verdict::Open,
        }
    }
    Verdict::Open
}
