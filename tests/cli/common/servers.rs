//! Servers on loopback that tests make themselves: HTTP and SMTP, with and without TLS.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a server does with one request or mail.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Answers with a status, headers, and a body.
    Http(u16, &'static str, &'static str),
    /// Repeats the whole request, headers too, with a status.
    Echo(u16),
    /// Takes all of it and cuts the connection.
    Cut,
    /// Takes all of it and says nothing for so many seconds.
    Silent(u64),
    /// Takes the mail.
    Take,
    /// Says this to whoever signs in.
    NoLogin(&'static str),
    /// Says this after the mail's last line.
    AfterData(&'static str),
}

/// A server: where it listens, and what it received.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) port: u16,
    received: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// What came, each request or mail with its headers.
    pub(crate) fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }
}

trait Speaks: Read + Write + Send {}
impl<T: Read + Write + Send> Speaks for T {}

/// An authority's certificate, in PEM, that signed the servers'.
pub(crate) fn authority() -> String {
    std::fs::read_to_string(fixture("ca.pem")).unwrap()
}

fn fixture(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)
}

fn secured(stream: TcpStream) -> Option<Box<dyn Speaks>> {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let certificate = CertificateDer::from_pem_file(fixture("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(fixture("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let mut connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
    let mut stream = stream;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).ok()?;
    }
    Some(Box::new(rustls::StreamOwned::new(connection, stream)))
}

fn listen(
    tls: bool,
    replies: Vec<Reply>,
    serve: fn(&mut dyn Speaks, &Reply, &Mutex<Vec<String>>),
) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let received = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&received);
    std::thread::spawn(move || {
        let mut replies = replies.into_iter();
        let mut last = Reply::Cut;
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            let Some(mut stream) =
                (if tls { secured(stream) } else { Some(Box::new(stream) as _) })
            else {
                continue;
            };
            last = replies.next().unwrap_or(last);
            serve(&mut *stream, &last, &seen);
        }
    });
    Server { port, received }
}

/// An HTTP server that replies so, one connection after the other; the last reply stays.
pub(crate) fn http(tls: bool, replies: Vec<Reply>) -> Server {
    listen(tls, replies, |stream, reply, seen| {
        let mut reader = BufReader::new(stream);
        let (mut request, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(n) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = n.trim().parse().unwrap();
            }
            request.push_str(&line);
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        request.push_str(&String::from_utf8(body).unwrap());
        seen.lock().unwrap().push(request.clone());
        let (status, headers, body) = match reply {
            Reply::Http(status, headers, body) => (*status, *headers, (*body).to_owned()),
            Reply::Echo(status) => (*status, "", request.replace("\r\n", " ")),
            Reply::Silent(seconds) => {
                std::thread::sleep(Duration::from_secs(*seconds));
                return;
            }
            _ => return,
        };
        let answer = format!(
            "HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}",
            body.len()
        );
        let stream = reader.get_mut();
        let _ = stream.write_all(answer.as_bytes()).and_then(|()| stream.flush());
    })
}

/// An SMTP server that replies so, one connection after the other; the last reply stays.
pub(crate) fn smtp(tls: bool, replies: Vec<Reply>) -> Server {
    listen(tls, replies, |stream, reply, seen| {
        let mut reader = BufReader::new(stream);
        let say = |reader: &mut BufReader<&mut dyn Speaks>, line: &str| {
            let stream = reader.get_mut();
            let _ = write!(stream, "{line}\r\n").and_then(|()| stream.flush());
        };
        say(&mut reader, "220 localhost ESMTP");
        let mut envelope = String::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let word = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
            match word.as_str() {
                "EHLO" => {
                    say(&mut reader, "250-localhost");
                    say(&mut reader, "250 AUTH PLAIN LOGIN");
                }
                "AUTH" => match reply {
                    Reply::NoLogin(words) => say(&mut reader, words),
                    _ => {
                        envelope.push_str(&line);
                        say(&mut reader, "235 welcome");
                    }
                },
                "MAIL" | "RCPT" => {
                    envelope.push_str(&line);
                    say(&mut reader, "250 fine");
                }
                "DATA" => {
                    say(&mut reader, "354 go on");
                    let mut mail = envelope.clone();
                    loop {
                        let mut line = String::new();
                        if reader.read_line(&mut line).unwrap_or(0) == 0 {
                            return;
                        }
                        if line == ".\r\n" {
                            break;
                        }
                        mail.push_str(&line);
                    }
                    seen.lock().unwrap().push(mail);
                    match reply {
                        Reply::Cut => return,
                        Reply::Silent(seconds) => {
                            std::thread::sleep(Duration::from_secs(*seconds));
                            return;
                        }
                        Reply::AfterData(words) => say(&mut reader, words),
                        _ => say(&mut reader, "250 queued as 8F2A"),
                    }
                }
                "QUIT" => {
                    say(&mut reader, "221 bye");
                    return;
                }
                _ => say(&mut reader, "250 fine"),
            }
        }
    })
}
