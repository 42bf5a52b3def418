//! One mail over SMTP, step by step, so that it is known how far it came.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    Certificate, CertificateStore, SmtpConnection, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use super::{Answer, Came, Letter, MailTls, Terms};

/// Nothing of the mail itself was handed over.
const BEFORE: u8 = 0;
/// It is being handed over.
const HANDING: u8 = 1;
/// Nobody waits for it any more.
const GIVEN_UP: u8 = 2;

/// What each line of a server may add up to is not bounded by the library: the whole is, here.
pub(super) fn carry(letter: &Letter, terms: &Terms) -> Answer {
    let stage = Arc::new(AtomicU8::new(BEFORE));
    let (tell, told) = mpsc::channel();
    let (letter, own, seen) = (letter.clone(), terms.clone(), Arc::clone(&stage));
    std::thread::spawn(move || {
        let _ = tell.send(hand_over(&letter, &own, &seen));
    });
    if let Ok(answer) = told.recv_timeout(terms.limit) {
        return answer;
    }
    let seconds = terms.limit.as_secs();
    let words = format!("no answer within {seconds} s");
    let gave_up = stage.compare_exchange(BEFORE, GIVEN_UP, Ordering::SeqCst, Ordering::SeqCst);
    Answer::new(if gave_up.is_ok() { Came::NotYet } else { Came::Unclear }, words)
}

fn hand_over(letter: &Letter, terms: &Terms, stage: &AtomicU8) -> Answer {
    let Letter::Mail { server, port, tls, login, from, to, bytes, id } = letter else {
        return Answer::new(Came::NotYet, "this is no mail");
    };
    let before = |e: &Error| {
        let came = if e.is_permanent() { Came::Refused } else { Came::NotYet };
        Answer::new(came, words(e))
    };
    let parameters = match parameters(server, terms) {
        Ok(parameters) => parameters,
        Err(e) => return Answer::new(Came::NotYet, words(&e)),
    };
    // Its own name is nobody's business.
    let hello = ClientId::Domain("localhost".to_owned());
    let at_once = (*tls == MailTls::Always).then_some(&parameters);
    let place = (server.as_str(), *port);
    let connected = SmtpConnection::connect(place, Some(terms.limit), &hello, at_once, None);
    let mut connection = match connected {
        Ok(connection) => connection,
        Err(e) => return before(&e),
    };
    if *tls == MailTls::Starttls
        && let Err(e) = connection.starttls(&parameters, &hello)
    {
        return before(&e);
    }
    if let Some((user, password)) = login {
        let who = Credentials::new(user.open().to_owned(), password.open().to_owned());
        if let Err(e) = connection.auth(&[Mechanism::Plain, Mechanism::Login], &who) {
            // Trying a wrong password again locks accounts.
            return Answer::new(Came::Refused, format!("signing in: {}", words(&e)));
        }
    }
    let address = |text: &String| text.parse::<Address>().ok();
    let (Some(from), Some(to)) =
        (address(from), to.iter().map(address).collect::<Option<Vec<_>>>())
    else {
        return Answer::new(Came::NotYet, "an address is none");
    };
    if let Err(e) = connection.command(Mail::new(Some(from), Vec::new())) {
        return before(&e);
    }
    for one in to {
        if let Err(e) = connection.command(Rcpt::new(one, Vec::new())) {
            connection.abort();
            return before(&e);
        }
    }
    if let Err(e) = connection.command(Data) {
        return before(&e);
    }
    if stage.compare_exchange(BEFORE, HANDING, Ordering::SeqCst, Ordering::SeqCst).is_err() {
        connection.abort();
        return Answer::new(Came::NotYet, "given up");
    }
    match connection.message(bytes.as_bytes()) {
        Ok(response) => {
            let words = response.first_line().unwrap_or("accepted").to_owned();
            // The mail is in the server's hands, whether or not it hears the good-bye.
            let _ = connection.quit();
            Answer { came: Came::Accepted, words, id: Some(id.clone()), retry_after: None }
        }
        Err(e) if e.is_permanent() => Answer::new(Came::Refused, words(&e)),
        Err(e) if e.is_transient() => Answer::new(Came::NotYet, words(&e)),
        Err(e) => Answer::new(Came::Unclear, words(&e)),
    }
}

fn parameters(server: &str, terms: &Terms) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(server.to_owned());
    if let Some(pem) = &terms.ca {
        builder = builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(pem.as_bytes())?);
    }
    builder.build_rustls()
}

/// An error with its causes, in one line.
fn words(error: &Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(e) = cause {
        let next = e.to_string();
        if !words.contains(&next) {
            words.push_str(": ");
            words.push_str(&next);
        }
        cause = e.source();
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
