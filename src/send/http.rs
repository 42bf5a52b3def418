//! One HTTP request: no redirect followed, no cookie; through the proxy that the machine names.

use std::io::{ErrorKind, Read as _};

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Proxy, ProxyProtocol};

use super::{Answer, Came, Sealed, Terms};

/// The largest part of an answer that is read.
const MOST: u64 = 64 * 1024;

pub(super) fn carry(
    method: &str,
    url: &Sealed,
    headers: &[(String, Sealed)],
    body: &str,
    id_at: Option<&str>,
    terms: &Terms,
) -> Answer {
    // What no header can carry would come up in the middle of the request.
    let plain = |c: char| c.is_ascii_graphic() || c == ' ';
    if !headers.iter().all(|(_, value)| value.open().chars().all(plain)) {
        let words =
            "a header holds a sign that none can carry: look at the variables of its secrets";
        return Answer::new(Came::NotYet, words);
    }
    let mut tls = TlsConfig::builder();
    if let Some(pem) = &terms.ca {
        match certificates(pem) {
            Some(own) => tls = tls.root_certs(RootCerts::new_with_certs(&own)),
            None => return Answer::new(Came::NotYet, "`ca` holds no certificate in PEM"),
        }
    }
    let proxy = match terms.proxy.as_ref().map(proxy) {
        None => None,
        // Asked here: the library would not look up a host that it means to reach directly.
        Some(Some(proxy)) => {
            let target = url.open().parse::<ureq::http::Uri>();
            Some(proxy).filter(|proxy| !target.is_ok_and(|target| proxy.is_no_proxy(&target)))
        }
        Some(None) => {
            let words = "the proxy is none that can be used: HTTPS_PROXY takes http://HOST:PORT";
            return Answer::new(Came::NotYet, words);
        }
    };
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        // Elsewhere nobody has said that the secrets may go.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(proxy)
        .timeout_global(Some(terms.limit))
        // A connection that takes all the time would leave it unclear whether something was sent.
        .timeout_connect(Some(terms.limit / 2))
        .timeout_resolve(Some(terms.limit / 2))
        .user_agent(concat!("inc/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls.build())
        .build()
        .into();
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(url.open())
        .header("Content-Type", "application/json; charset=utf-8")
        .header("Accept", "application/json, text/plain");
    for (name, value) in headers {
        request = request.header(name.as_str(), value.open());
    }
    let request = match request.body(body.to_owned()) {
        Ok(request) => request,
        Err(_) => {
            let words = "the address is none: look at the variable that holds it";
            return Answer::new(Came::NotYet, words);
        }
    };
    match agent.run(request) {
        Ok(mut answer) => {
            let status = answer.status().as_u16();
            let retry_after = answer.headers().get("retry-after");
            let retry_after = retry_after.and_then(|v| v.to_str().ok()?.trim().parse().ok());
            let mut text = Vec::new();
            // What was accepted is accepted, whether or not the rest of the answer comes.
            let _ = answer.body_mut().as_reader().take(MOST).read_to_end(&mut text);
            let text = String::from_utf8_lossy(&text).into_owned();
            let id = id_at.and_then(|at| id_in(&text, at));
            let first = text.lines().next().unwrap_or_default().trim().to_owned();
            let words = match first.is_empty() {
                true => format!("HTTP {status}"),
                false => format!("HTTP {status}: {first}"),
            };
            Answer { came: Came::Status(status), words, id, retry_after }
        }
        Err(error) => failed(&error, terms),
    }
}

/// A proxy as the library takes it; none where it is none that tunnels.
fn proxy(terms: &super::Proxy) -> Option<Proxy> {
    let named = Proxy::new(terms.url.open()).ok()?;
    let protocol = named.protocol();
    if !matches!(protocol, ProxyProtocol::Http | ProxyProtocol::Https) || named.host().is_empty() {
        return None;
    }
    let mut builder = Proxy::builder(protocol).host(named.host()).port(named.port());
    if let Some(user) = named.username() {
        builder = builder.username(user);
    }
    if let Some(password) = named.password() {
        builder = builder.password(password);
    }
    for host in &terms.not_for {
        builder = builder.no_proxy(host);
    }
    builder.build().ok()
}

/// What an answer calls the message.
fn id_in(text: &str, at: &str) -> Option<String> {
    let answer: serde_json::Value = serde_json::from_str(text).ok()?;
    match answer.pointer(at)? {
        serde_json::Value::String(id) => Some(id.clone()),
        serde_json::Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// The certificates of a text in PEM; none where one of them cannot be read.
fn certificates(pem: &str) -> Option<Vec<Certificate<'static>>> {
    let mut all = Vec::new();
    for item in parse_pem(pem.as_bytes()) {
        if let PemItem::Certificate(one) = item.ok()? {
            all.push(one);
        }
    }
    (!all.is_empty()).then_some(all)
}

/// What a failure says of how far the message came. Where that is in doubt, it is unclear.
fn failed(error: &ureq::Error, terms: &Terms) -> Answer {
    use ureq::{Error, Timeout};
    let seconds = terms.limit.as_secs();
    match error {
        Error::HostNotFound => Answer::new(Came::NotYet, "the host has no address"),
        Error::ConnectionFailed => Answer::new(Came::NotYet, "nobody answers"),
        Error::BadUri(_) | Error::Http(_) => {
            Answer::new(Came::NotYet, "the address is none: look at the variable that holds it")
        }
        // The tunnel comes first: without it nothing of the message has left.
        Error::ConnectProxyFailed(why) => Answer::new(Came::NotYet, format!("proxy: {why}")),
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            Answer::new(Came::NotYet, format!("no connection within {} s", seconds / 2))
        }
        Error::Timeout(_) => Answer::new(Came::Unclear, format!("no answer within {seconds} s")),
        Error::Tls(why) => Answer::new(Came::NotYet, format!("TLS: {why}")),
        Error::Rustls(why) => Answer::new(Came::NotYet, format!("TLS: {why}")),
        Error::Pem(_) => Answer::new(Came::NotYet, "`ca` holds no certificate in PEM"),
        Error::Io(e) => match e.kind() {
            ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::AddrNotAvailable => Answer::new(Came::NotYet, "nobody listens there"),
            // A name server that does not answer: nobody was spoken to.
            _ if e.to_string().contains("lookup address") => {
                Answer::new(Came::NotYet, "the host has no address")
            }
            // How a handshake that fails comes up: nothing was written before it was done.
            ErrorKind::InvalidData if is_handshake(&e.to_string()) => {
                Answer::new(Came::NotYet, format!("TLS: {e}"))
            }
            _ => Answer::new(Came::Unclear, "the connection was cut"),
        },
        _ => Answer::new(Came::Unclear, "no answer that can be read"),
    }
}

fn is_handshake(words: &str) -> bool {
    ["certificate", "andshake", "UnknownCA", "ProtocolVersion", "corrupt message"]
        .iter()
        .any(|sign| words.contains(sign))
}
