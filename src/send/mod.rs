//! The only network: a request or a mail, handed over once, within its time. What it is about, who
//! may see it and whether it is tried again is decided elsewhere.

mod http;
mod smtp;

use std::fmt;
use std::time::Duration;

/// A text that nobody may see: no log, no error, no `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    /// Seals a text.
    pub fn new(text: impl Into<String>) -> Sealed {
        Sealed(text.into())
    }

    /// The text, for whoever hands it over.
    fn open(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(sealed)")
    }
}

/// What is handed over.
#[derive(Debug, Clone)]
pub enum Letter {
    /// A request with a JSON body.
    Request {
        /// Its method.
        method: String,
        /// Where it goes.
        url: Sealed,
        /// Its headers.
        headers: Vec<(String, Sealed)>,
        /// Its body.
        body: String,
        /// Where a JSON answer says what it calls the message: a JSON pointer.
        id_at: Option<String>,
    },
    /// A mail.
    Mail {
        /// The server.
        server: String,
        /// Its port.
        port: u16,
        /// How it is kept from being read on its way.
        tls: MailTls,
        /// Who signs in, and with what.
        login: Option<(Sealed, Sealed)>,
        /// Who writes.
        from: String,
        /// Who reads.
        to: Vec<String>,
        /// Headers and body.
        bytes: String,
        /// What it is called.
        id: String,
    },
}

/// How mail is kept from being read on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// From the first byte.
    Always,
    /// After STARTTLS, or not at all.
    Starttls,
    /// Never.
    Never,
}

/// On what terms.
#[derive(Debug, Clone)]
pub struct Terms {
    /// How long it may take.
    pub limit: Duration,
    /// Certificates in PEM that are trusted instead of the public ones.
    pub ca: Option<String>,
    /// The proxy that a request goes through; a mail goes to its server.
    pub proxy: Option<Proxy>,
}

/// A proxy for requests.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// `http://USER:PASSWORD@HOST:PORT`.
    pub url: Sealed,
    /// Hosts that are spoken to without it: a name, `.example.com`, `*.example.com`, `*`.
    pub not_for: Vec<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How far it came.
    pub came: Came,
    /// What was said, as it was said: it may repeat a secret.
    pub words: String,
    /// What the place calls the message.
    pub id: Option<String>,
    /// After how many seconds the place wants to be asked again.
    pub retry_after: Option<u64>,
}

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// The place has it.
    Accepted,
    /// An HTTP status, whatever it means.
    Status(u16),
    /// Nothing was handed over.
    NotYet,
    /// The place said no for good.
    Refused,
    /// It was handed over, wholly or in part, and nothing came back.
    Unclear,
}

impl Answer {
    fn new(came: Came, words: impl Into<String>) -> Answer {
        Answer { came, words: words.into(), id: None, retry_after: None }
    }
}

/// Whoever hands messages over.
pub trait Courier: fmt::Debug {
    /// Hands a message over, once.
    fn carry(&self, letter: &Letter, terms: &Terms) -> Answer;

    /// Waits before it is tried again.
    fn pause(&self, pause: Duration);
}

/// The network itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Network;

impl Courier for Network {
    fn carry(&self, letter: &Letter, terms: &Terms) -> Answer {
        match letter {
            Letter::Request { method, url, headers, body, id_at } => {
                http::carry(method, url, headers, body, id_at.as_deref(), terms)
            }
            Letter::Mail { .. } => smtp::carry(letter, terms),
        }
    }

    fn pause(&self, pause: Duration) {
        std::thread::sleep(pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_text_is_shown_nowhere() {
        let letter = Letter::Request {
            method: "POST".to_owned(),
            url: Sealed::new("https://hooks.example/T0/abc"),
            headers: vec![("Authorization".to_owned(), Sealed::new("Bearer abc"))],
            body: String::new(),
            id_at: None,
        };
        assert!(!format!("{letter:?} {letter:#?}").contains("abc"));
    }

    /// A proxy that answers each request with this status, and what it was asked.
    fn proxy(status: &'static str) -> (u16, std::sync::mpsc::Receiver<String>) {
        use std::io::{Read as _, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, mut head) = (stream.unwrap(), Vec::new());
                while !head.ends_with(b"\r\n\r\n") {
                    let mut one = [0];
                    stream.read_exact(&mut one).unwrap();
                    head.extend(one);
                }
                let _ = tell.send(String::from_utf8_lossy(&head).into_owned());
                let _ = write!(stream, "HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n");
            }
        });
        (port, told)
    }

    #[test]
    fn a_proxy_is_asked_for_a_tunnel_and_learns_nothing_of_the_message() {
        let (port, told) = proxy("407");
        let request = Letter::Request {
            method: "POST".to_owned(),
            url: Sealed::new("https://relay.invalid/v1?key=abc"),
            headers: vec![("Authorization".to_owned(), Sealed::new("Bearer abc"))],
            body: "{}".to_owned(),
            id_at: None,
        };
        let through = |url: String, not_for: &[&str]| {
            let not_for = not_for.iter().map(|host| (*host).to_owned()).collect();
            let proxy = Some(Proxy { url: Sealed::new(url), not_for });
            Network.carry(&request, &Terms { limit: Duration::from_secs(4), ca: None, proxy })
        };
        let url = format!("http://ana:s%20cret@127.0.0.1:{port}");
        let answer = through(url.clone(), &[]);
        assert_eq!(answer.came, Came::NotYet);
        assert!(answer.words.starts_with("proxy: "), "{}", answer.words);
        let asked = told.recv().unwrap();
        assert!(asked.starts_with("CONNECT relay.invalid:443 "), "{asked}");
        // `ana:s cret`, and no word of the request.
        assert!(asked.contains("Basic YW5hOnMgY3JldA==") && !asked.contains("abc"), "{asked}");
        assert_eq!(through(url.clone(), &["other.example", ".invalid"]).came, Came::NotYet);
        assert!(told.try_recv().is_err());
        for bad in ["socks5://127.0.0.1:1", "://", ""] {
            let answer = through(bad.to_owned(), &[]);
            assert!(answer.words.contains("HTTPS_PROXY"), "{bad}: {}", answer.words);
        }
    }

    #[test]
    fn where_nobody_listens_nothing_is_handed_over() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let terms = Terms { limit: Duration::from_secs(5), ca: None, proxy: None };
        let request = Letter::Request {
            method: "POST".to_owned(),
            url: Sealed::new(format!("http://{free}/")),
            headers: Vec::new(),
            body: "{}".to_owned(),
            id_at: None,
        };
        assert_eq!(Network.carry(&request, &terms).came, Came::NotYet);
        let mail = Letter::Mail {
            server: "127.0.0.1".to_owned(),
            port: free.port(),
            tls: MailTls::Never,
            login: None,
            from: "a@b.example".to_owned(),
            to: vec!["c@d.example".to_owned()],
            bytes: "Subject: x\r\n\r\nx\r\n".to_owned(),
            id: "<k@b.example>".to_owned(),
        };
        assert_eq!(Network.carry(&mail, &terms).came, Came::NotYet);
    }
}
