//! Through what messages leave: `standards/integrations.toml`. What is asked of each is here,
//! how it is spoken to elsewhere.
//!
//! The file is long because every rule that keeps a secret from leaving is read in one place.

use serde_json::Value as Json;

use super::listed::{HasId, Listed};
use super::reader::{Item, Log, Section};
use crate::diag::{Diagnostic, TextRange};
use crate::units::Span;

/// The variables that an integration may name begin so.
pub const SECRET_PREFIX: &str = "INC_SECRET_";

/// What the body of a request may take from a message: `{{title}}`.
pub(super) const BODY_NAMES: [&str; 15] = [
    "title",
    "subject",
    "preheader",
    "body",
    "button",
    "template",
    "stage",
    "channel",
    "audience",
    "locale",
    "size",
    "key",
    "incident",
    "message",
    "first_ref",
];

/// Something that carries messages to one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Integration {
    /// Its id, as the record names the place.
    pub id: String,
    /// How it is spoken to.
    pub carrier: Carrier,
    /// The channels whose messages it carries.
    pub channels: Vec<String>,
    /// Only these audiences; all if empty.
    pub audiences: Vec<String>,
    /// Only these locales; all if empty.
    pub locales: Vec<String>,
    /// The longest that one attempt may take.
    pub limit: Span,
    /// How many more attempts are made.
    pub retries: u32,
    /// How long to wait before the second attempt; twice as long before each further one.
    pub wait: Span,
    /// The place drops what it has received already, by the key of the sending.
    pub idempotent: bool,
    /// Certificates, in PEM, that are trusted instead of the public ones.
    pub ca: Option<String>,
    /// Where it is declared.
    pub range: TextRange,
}

/// How an integration is spoken to.
#[derive(Debug, Clone, PartialEq)]
pub enum Carrier {
    /// An incoming webhook of Slack; its address is a secret.
    Slack {
        /// The webhook's address.
        url: String,
    },
    /// Statuspage's incidents: the first message opens one, later ones update it.
    Statuspage {
        /// Where its interface is.
        url: String,
        /// The page's id.
        page: String,
        /// The key that it asks for.
        key: String,
    },
    /// A request with a JSON body.
    Http {
        /// `POST`, `PUT` or `PATCH`.
        method: String,
        /// Where it goes.
        url: String,
        /// Its headers.
        headers: Vec<(String, String)>,
        /// Its body, with `{{names}}` of the message's names in its texts.
        body: Json,
        /// Where the answer says what it calls the message: a JSON pointer, `/data/id`.
        id_at: Option<String>,
    },
    /// Mail over SMTP.
    Mail(Box<Mail>),
}

/// Mail over SMTP.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mail {
    /// The server.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// Whether TLS begins with the connection, or after STARTTLS, or never.
    pub tls: Tls,
    /// Who signs in; nobody where it is empty.
    pub user: String,
    /// With what.
    pub password: String,
    /// Who writes.
    pub from: String,
    /// Who reads: addresses, of lists mostly.
    pub to: Vec<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
}

/// How mail is kept from being read on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tls {
    /// From the first byte, as on port 465.
    #[default]
    Always,
    /// After STARTTLS, as on port 587; without it nothing is sent.
    Starttls,
    /// Not at all; on this machine only.
    Never,
}

impl HasId for Integration {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Integration {
    /// Whether it carries messages of that channel, audience and locale.
    pub fn carries(&self, channel: &str, audience: &str, locale: &str) -> bool {
        let fits = |list: &[String], one: &str| list.is_empty() || list.iter().any(|l| l == one);
        self.channels.iter().any(|c| c == channel)
            && fits(&self.audiences, audience)
            && fits(&self.locales, locale)
    }

    /// Every text of it that may name secrets.
    pub fn texts(&self) -> Vec<&str> {
        match &self.carrier {
            Carrier::Slack { url } => vec![url],
            Carrier::Statuspage { url, page, key } => vec![url, page, key],
            Carrier::Http { url, headers, .. } => {
                let headers = headers.iter().map(|(_, value)| value.as_str());
                std::iter::once(url.as_str()).chain(headers).collect()
            }
            Carrier::Mail(mail) => vec![&mail.user, &mail.password],
        }
    }

    /// The variables that it reads, each once.
    pub fn secrets(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for part in self.texts().into_iter().flat_map(parts) {
            if let Part::Secret(name) = part
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        names
    }

    /// What people call its kind.
    pub fn kind(&self) -> &'static str {
        match self.carrier {
            Carrier::Slack { .. } => "Slack",
            Carrier::Statuspage { .. } => "Statuspage",
            Carrier::Http { .. } => "HTTP",
            Carrier::Mail(_) => "mail",
        }
    }
}

/// A part of a text that may name secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'t> {
    /// As it stands.
    Words(&'t str),
    /// `${INC_SECRET_NAME}`: the variable's name.
    Secret(&'t str),
}

/// The parts of a text that may name secrets as `${INC_SECRET_NAME}`.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        if !before.is_empty() {
            found.push(Part::Words(before));
        }
        found.push(Part::Secret(name));
        rest = behind;
    }
    if !rest.is_empty() {
        found.push(Part::Words(rest));
    }
    found
}

/// Whether an address may be spoken to: with TLS, or without it on this machine.
pub fn is_safe_url(url: &str) -> bool {
    if url.starts_with("https://") {
        return host_of(url).is_some();
    }
    url.starts_with("http://") && host_of(url).is_some_and(is_loopback)
}

/// The host of an address, without port and brackets; none where somebody signs in within it.
pub fn host_of(url: &str) -> Option<&str> {
    // Two programs read a backslash or a blank in an address as two hosts.
    if url.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control()) {
        return None;
    }
    let (_, rest) = url.split_once("://")?;
    let place = rest.split(['/', '?', '#']).next()?;
    if place.contains('@') {
        return None;
    }
    let host = match place.strip_prefix('[') {
        Some(six) => six.split(']').next()?,
        None => place.split(':').next()?,
    };
    (!host.is_empty()).then_some(host)
}

/// Whether a host is this machine.
pub fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1")
}

/// Names of a body's texts, `{{name}}`.
pub(super) fn body_names(text: &str) -> Vec<&str> {
    let after = text.split("{{").skip(1);
    after.filter_map(|part| part.split_once("}}").map(|(name, _)| name.trim())).collect()
}

pub(super) fn read(
    mut file: Section<'_, '_>,
    log: &mut Log<'_>,
) -> (Listed<Integration>, Vec<(Item, What)>) {
    let mut all = Listed::default();
    let mut named = Vec::new();
    for (id, section) in file.sections(log, "integrations") {
        if let Some(one) = read_one(id, section, log, &mut named) {
            all.push(one);
        }
    }
    file.finish(log);
    (all, named)
}

/// What a name of another file names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Channel,
    Audience,
}

fn read_one(
    id: String,
    mut section: Section<'_, '_>,
    log: &mut Log<'_>,
    named: &mut Vec<(Item, What)>,
) -> Option<Integration> {
    let range = section.range;
    let mut names = |section: &mut Section<'_, '_>, log: &mut Log<'_>, key, what| -> Vec<String> {
        let items = section.list(log, key);
        named.extend(items.iter().cloned().map(|item| (item, what)));
        items.into_iter().map(|item| item.text).collect()
    };
    let channels = names(&mut section, log, "channels", What::Channel);
    let audiences = names(&mut section, log, "audiences", What::Audience);
    if channels.is_empty() {
        let message = format!("integration `{id}` carries no channel");
        log.add(Diagnostic::error("missing-key", message).help("add channels = [\"push\"]"), range);
    }
    let locales = section.list(log, "locales").into_iter().map(|item| item.text).collect();
    let seconds = |span: Option<Span>, otherwise: i64, least: i64, most: i64| {
        Span::from_seconds(span.map_or(otherwise, Span::seconds).clamp(least, most))
    };
    let limit = section.quantity(log, "limit");
    let wait = section.quantity(log, "wait");
    let retries = section.integer(log, "retries", 0..=10).unwrap_or(3);
    let idempotent = section.boolean(log, "idempotent").unwrap_or(false);
    let ca = section.text(log, "ca");
    let kinds = [("slack", 0), ("statuspage", 1), ("http", 2), ("mail", 3)];
    if !section.has("kind") {
        let message = format!("integration `{id}` has no `kind`");
        let help = "add kind = \"slack\", \"statuspage\", \"http\" or \"mail\"";
        log.add(Diagnostic::error("missing-key", message).help(help), range);
    }
    let carrier = match section.choice(log, "kind", &kinds) {
        Some(0) => Some(Carrier::Slack { url: address(&mut section, log, None) }),
        Some(1) => Some(Carrier::Statuspage {
            url: address(&mut section, log, Some("https://api.statuspage.io")),
            page: section.need_text(log, "page"),
            key: secret(&mut section, log, "key"),
        }),
        Some(2) => Some(read_http(&mut section, log)),
        Some(_) => Some(Carrier::Mail(Box::new(read_mail(&mut section, log)))),
        None => None,
    };
    let one = carrier.map(|carrier| Integration {
        carrier,
        channels,
        audiences,
        locales,
        limit: seconds(limit, 20, 1, 300),
        retries: u32::try_from(retries).unwrap_or(3),
        wait: seconds(wait, 1, 1, 60),
        idempotent,
        ca,
        range,
        id,
    });
    if one.is_some() {
        section.finish(log);
    }
    if let Some(wrong) = one.iter().flat_map(Integration::secrets).find(|name| !is_secret(name)) {
        let shown: String = wrong.chars().take(40).collect();
        let message = format!("`${{{}}}` is no variable that may be read", shown.escape_debug());
        let help =
            format!("secrets stand in variables named {SECRET_PREFIX}…, capitals, digits, _");
        log.add(Diagnostic::error("secret-name", message).help(help), range);
        return None;
    }
    one
}

fn is_secret(name: &str) -> bool {
    name.strip_prefix(SECRET_PREFIX).is_some_and(|rest| {
        let letter = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        (1..=64).contains(&rest.len()) && rest.bytes().all(letter)
    })
}

/// An address: with TLS unless it is this machine, or a secret of its own.
fn address(section: &mut Section<'_, '_>, log: &mut Log<'_>, otherwise: Option<&str>) -> String {
    let range = section.place_of("url").unwrap_or(section.range);
    if let (false, Some(otherwise)) = (section.has("url"), otherwise) {
        // The key is known all the same.
        let _ = section.text(log, "url");
        return otherwise.to_owned();
    }
    let url = section.need_text(log, "url");
    if !url.is_empty() && !url.starts_with("${") && !is_safe_url(&url) {
        let message = "the address is none that a message may go to";
        let help = "write https://…, or http:// for this machine alone; no user before the host";
        log.add(Diagnostic::error("unsafe-address", message).help(help), range);
    }
    url
}

/// A text that names a secret, and never holds one.
fn secret(section: &mut Section<'_, '_>, log: &mut Log<'_>, key: &'static str) -> String {
    // Not the line itself, which would be printed with the secret in it.
    let range = section.range;
    let text = section.need_text(log, key);
    if !text.is_empty() && !text.contains("${") {
        let message = format!("`{key}` holds a secret instead of naming its variable");
        let help = format!("write {key} = \"${{{SECRET_PREFIX}…}}\", and change the secret");
        log.add(Diagnostic::error("secret-in-file", message).help(help), range);
        return String::new();
    }
    text
}

fn read_http(section: &mut Section<'_, '_>, log: &mut Log<'_>) -> Carrier {
    let methods = [("POST", "POST"), ("PUT", "PUT"), ("PATCH", "PATCH")];
    let method = section.choice(log, "method", &methods).unwrap_or("POST").to_owned();
    let url = address(section, log, None);
    let mut headers = Vec::new();
    if let Some(mut given) = section.table(log, "headers") {
        for (name, item) in given.all_texts(log) {
            let plain = |c: char| c.is_ascii_graphic() && !"()<>@,;:\\\"/[]?={}".contains(c);
            let known = ["host", "content-length", "transfer-encoding", "content-type"];
            if !name.chars().all(plain) || known.contains(&name.to_ascii_lowercase().as_str()) {
                let message = format!("`{}` is no header that can be set", name.escape_debug());
                log.add(Diagnostic::error("wrong-value", message), section.range);
                continue;
            }
            let lower = name.to_ascii_lowercase();
            let credential = ["authorization", "api-key", "apikey", "token", "secret"];
            if credential.iter().any(|word| lower.contains(word)) && !item.text.contains("${") {
                let message = format!("the header `{name}` holds a secret instead of naming it");
                let help = format!("write \"${{{SECRET_PREFIX}…}}\" in it, and change the secret");
                log.add(Diagnostic::error("secret-in-file", message).help(help), section.range);
                continue;
            }
            if item.text.contains(char::is_control) {
                let message = format!("the header `{name}` has a line end in it");
                log.add(Diagnostic::error("wrong-value", message), item.range);
                continue;
            }
            headers.push((name, item.text));
        }
    }
    let range = section.place_of("body").unwrap_or(section.range);
    let text = section.need_text(log, "body");
    let body = match serde_json::from_str::<Json>(&text) {
        Ok(body) => body,
        Err(e) => {
            if !text.is_empty() {
                let message = format!("the body is no JSON: {e}");
                let help = "write body = '{\"title\": \"{{title}}\", \"text\": \"{{body}}\"}'";
                log.add(Diagnostic::error("wrong-value", message).help(help), range);
            }
            Json::Null
        }
    };
    for name in body_names(&text).into_iter().filter(|name| !BODY_NAMES.contains(name)) {
        let message = format!("a message has no `{}`", name.escape_debug());
        let d = Diagnostic::error("unknown-name", message)
            .help(format!("it has {}", BODY_NAMES.join(", ")));
        log.add(d.did_you_mean(name, BODY_NAMES), range);
    }
    let id_at = section.item(log, "id_at").filter(|item| {
        let is_pointer = item.text.starts_with('/');
        if !is_pointer {
            let message = format!("`{}` is no place in an answer", item.text);
            let help = "write a JSON pointer such as /id or /data/0/id";
            log.add(Diagnostic::error("wrong-value", message).help(help), item.range);
        }
        is_pointer
    });
    Carrier::Http { method, url, headers, body, id_at: id_at.map(|item| item.text) }
}

fn read_mail(section: &mut Section<'_, '_>, log: &mut Log<'_>) -> Mail {
    let kinds = [("always", Tls::Always), ("starttls", Tls::Starttls), ("never", Tls::Never)];
    let range = section.range;
    let server = section.need_text(log, "server");
    let tls = section.choice(log, "tls", &kinds).unwrap_or_default();
    if tls == Tls::Never && !is_loopback(&server) {
        let message = "mail goes unencrypted to another machine";
        let help = "write tls = \"always\" (port 465) or \"starttls\" (port 587)";
        log.add(Diagnostic::error("unsafe-address", message).help(help), range);
    }
    let port = section.integer(log, "port", 1..=65_535);
    let usual = if tls == Tls::Starttls { 587 } else { 465 };
    let user = section.text(log, "user").unwrap_or_default();
    let password = match user.is_empty() {
        true => section.text(log, "password").map(|_| String::new()).unwrap_or_default(),
        false => secret(section, log, "password"),
    };
    let item = section.item(log, "from");
    let from = item.and_then(|item| mail_address(item, log)).unwrap_or_default();
    let item = section.item(log, "reply_to");
    let reply_to = item.and_then(|item| mail_address(item, log));
    let items = section.list(log, "to");
    let to: Vec<String> = items.into_iter().filter_map(|item| mail_address(item, log)).collect();
    for (key, empty) in [("from", from.is_empty()), ("to", to.is_empty())] {
        if empty {
            let message = format!("mail has no `{key}`");
            log.add(Diagnostic::error("missing-key", message), range);
        }
    }
    Mail {
        server,
        port: port.and_then(|p| u16::try_from(p).ok()).unwrap_or(usual),
        tls,
        user,
        password,
        from,
        to,
        reply_to,
    }
}

fn mail_address(item: Item, log: &mut Log<'_>) -> Option<String> {
    if is_mail_address(&item.text) {
        return Some(item.text);
    }
    let message = format!("`{}` is no mail address", item.text.escape_debug());
    let help = "write one address, name@example.com, without a name before it";
    log.add(Diagnostic::error("wrong-value", message).help(help), item.range);
    None
}

/// Whether a text is one plain address: nothing that could end a header or add a reader.
pub(super) fn is_mail_address(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let host = |h: &str| {
        !h.is_empty() && h.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-')
    };
    text.len() <= 254
        && text
            .split_once('@')
            .is_some_and(|(name, at)| !name.is_empty() && name.chars().all(plain) && host(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_named_and_nothing_else_is_a_secret() {
        assert_eq!(
            parts("Bearer ${INC_SECRET_A}!"),
            [Part::Words("Bearer "), Part::Secret("INC_SECRET_A"), Part::Words("!")]
        );
        assert_eq!(parts("${X"), [Part::Words("${X")]);
        assert!(is_secret("INC_SECRET_PUSH_2"));
        for bad in ["HOME", "INC_SECRET_", "INC_SECRET_a", "INC_SECRET_A B"] {
            assert!(!is_secret(bad), "{bad}");
        }
    }

    #[test]
    fn without_tls_only_this_machine_is_spoken_to() {
        for good in
            ["https://a.example/x", "http://127.0.0.1:8080/", "http://[::1]:1/", "http://localhost"]
        {
            assert!(is_safe_url(good), "{good}");
        }
        for bad in [
            "http://a.example",
            "http://127.0.0.1.example",
            "http://127.0.0.1@a.example/",
            "http://localhost\\@a.example",
            "https://user:pass@a.example",
            "https://",
            "ftp://a.example",
            "a.example",
        ] {
            assert!(!is_safe_url(bad), "{bad}");
        }
    }

    #[test]
    fn an_address_adds_no_reader() {
        assert!(is_mail_address("avisos+a@lista.example.com"));
        for bad in
            ["a@b\r\nBcc: c@d", "Ana <a@b.example>", "a@b.example, c@d.example", "a", "@b", "á@b"]
        {
            assert!(!is_mail_address(bad), "{bad}");
        }
    }
}
