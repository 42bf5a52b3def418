//! How messages leave: what is to be sent is written down, handed over, and what came of it written
//! down. A crash in between leaves `sending` in the record, which is said, and nothing is sent twice
//! unless somebody says so.
//!
//! The file is long because the order of these steps is what keeps the promise.

use std::time::Duration;

use super::Ctx;
use super::ctx::from_store;
use super::error::{Failure, Result};
use crate::approval::{Of, digest};
use crate::communication::{
    AtPlace, Attempt, Fate, MessageFile, at_place, fate, may_retry, of_status, pause, read_message,
};
use crate::diag::{Diagnostic, Source};
use crate::incident::lifecycle::Act;
use crate::incident::{Communication, EntryKind, IncidentId, Record, Sent};
use crate::render::parcel::{Handed, handed};
use crate::render::terminal_safe;
use crate::reports::sending::{Asked, Parcel, Sending, Verdict, Written};
use crate::send::{Answer, Came, Courier, Letter, MailTls, Proxy, Sealed, Terms};
use crate::sensitive::{redact, repeats};
use crate::standard::{Carrier, Integration, Part, Tls, host_of, is_loopback, is_safe_url, parts};
use crate::store::{Before, Change};

/// The longest pause before another attempt, in seconds.
const LONGEST_PAUSE: u64 = 60;
/// Letters of a server's words that are shown, and of its name for a message that are kept.
const SHOWN: usize = 200;

/// A message's file.
pub(crate) struct Text {
    /// Below the workspace.
    pub(crate) path: String,
    /// As it lies there.
    pub(crate) text: String,
}

/// A parcel with what is handed over; none where it does not go, or nothing can be made of it.
pub(crate) struct Packed {
    /// What goes where.
    pub(crate) parcel: Parcel,
    /// What is handed over.
    pub(crate) handed: Option<Handed>,
    /// Its message's file.
    file: usize,
    /// What the record said of it when it was looked at.
    seen: AtPlace,
}

/// What became of a parcel.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    /// Its place in the list.
    pub(crate) at: usize,
    /// What is known.
    pub(crate) fate: Fate,
    /// What was said, without secrets.
    pub(crate) words: String,
    /// What the place calls it.
    pub(crate) reference: Option<String>,
    /// How many attempts were made.
    pub(crate) attempts: u32,
}

/// Everything around one sending.
pub(crate) struct Post {
    /// The messages' files.
    pub(crate) texts: Vec<Text>,
    /// What is known of each message's words.
    pub(crate) approved: Vec<Approved>,
    /// Each message and place.
    pub(crate) packed: Vec<Packed>,
}

/// What is known of a message's words.
#[derive(Debug, Clone)]
pub(crate) struct Approved {
    /// Their hash.
    pub(crate) sha256: String,
    /// Whether they are approved, or need no approval.
    pub(crate) approved: bool,
    /// The variable whose value they repeat: such words go nowhere.
    pub(crate) secret: Option<String>,
}

/// The variables that may name a proxy, in the order in which they are asked.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// What nobody may read, each with the variable that holds it.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<(String, String)>);

impl Secrets {
    /// A text without them.
    pub(crate) fn redact(&self, text: &str) -> String {
        let values: Vec<&str> = self.0.iter().map(|(_, value)| value.as_str()).collect();
        redact(text, &values)
    }

    /// The variable whose value a text repeats.
    fn repeated(&self, text: &str) -> Option<&str> {
        let found = self.0.iter().find(|(_, value)| repeats(text, value));
        found.map(|(name, _)| name.as_str())
    }
}

impl Ctx {
    /// The secrets of every integration, whichever a message goes through, and of proxies.
    pub(crate) fn secrets(&self) -> Secrets {
        let places = self.standard().ok().map(|s| &s.integrations);
        let names = places.into_iter().flatten().flat_map(Integration::secrets);
        let mut all: Vec<(String, String)> = Vec::new();
        for name in names {
            if let Some(value) =
                super::environment(name).filter(|_| all.iter().all(|a| a.0 != name))
            {
                all.push((name.to_owned(), value));
            }
        }
        for name in PROXIES {
            let value = super::environment(name).unwrap_or_default();
            all.extend(logins(&value).map(|secret| (name.to_owned(), secret.to_owned())));
        }
        Secrets(all)
    }

    /// What would go where, for some messages of a record.
    ///
    /// # Errors
    ///
    /// When a file is missing or is no message.
    pub(crate) fn post(
        &self,
        record: &Record,
        messages: &[&Communication],
        asked: &Asked,
    ) -> Result<Post> {
        let mut texts = Vec::new();
        for message in messages {
            let file = message.file.as_deref().unwrap_or_default();
            let path = format!("{}/{file}", record.id.folder());
            let Some(bytes) = self.store.read(&path).map_err(from_store)? else {
                let d = Diagnostic::error("no-such-file", format!("{path} does not exist"));
                return Err(d.help("git log -- PATH shows who took it away").into());
            };
            let text = String::from_utf8(bytes).map_err(|_| {
                Failure::wrong(Diagnostic::error("not-text", format!("{path} is no UTF-8 text")))
            })?;
            texts.push(Text { path, text });
        }
        let written: Vec<Written<'_>> = messages
            .iter()
            .zip(&texts)
            .map(|(message, text)| Written { message, sha256: digest(text.text.as_bytes()) })
            .collect();
        let ids = messages.iter().filter_map(|m| m.id.as_ref());
        let of: Vec<Of> = ids
            .flat_map(|id| [Of::Message(id.to_string()), Of::BreakGlass(id.to_string())])
            .collect();
        let evidence = self.evidence(record, &of)?;
        let company = self.company()?;
        let now = self.clock.now;
        let sending = Sending { record, company: &company, evidence: &evidence, now, asked };
        let secrets = self.secrets();
        let approved = written.iter().zip(&texts).map(|(one, text)| Approved {
            sha256: one.sha256.clone(),
            approved: sending.is_approved(one),
            secret: secrets.repeated(&text.text).map(str::to_owned),
        });
        let approved: Vec<Approved> = approved.collect();
        let files = texts.iter().map(|t| read_message(Source::new(&t.path, &t.text)));
        let files: Vec<MessageFile<'_>> = files.collect::<std::result::Result<_, _>>()?;
        let mut packed = Vec::new();
        for (file, one) in written.iter().enumerate() {
            for mut parcel in sending.parcels(std::slice::from_ref(one)) {
                let place = parcel.place.as_ref();
                let place = place.and_then(|p| company.standard.integrations.get(p));
                let made = place.zip(files.get(file)).map(|(place, message)| {
                    handed(place, &parcel, message, &company.standard.communication, record, now)
                });
                let known = approved.get(file).and_then(|known| known.secret.as_ref());
                if let (Some(name), false) = (known, matches!(parcel.verdict, Verdict::Went(_))) {
                    parcel.verdict = Verdict::Stays {
                        code: "secret-in-message",
                        why: format!("its words hold the value of {name}"),
                        help: "take it out, have the words approved again, and renew that secret: \
                               whoever reads this workspace has seen it"
                            .to_owned(),
                    };
                }
                let handed = match made.filter(|_| known.is_none()).transpose() {
                    Ok(handed) => handed,
                    Err(d) => {
                        let why = d.message.clone();
                        let help = d.help.unwrap_or_default();
                        if parcel.verdict == Verdict::Goes {
                            parcel.verdict = Verdict::Stays { code: "message-lacks", why, help };
                        }
                        None
                    }
                };
                let seen = parcel
                    .place
                    .as_ref()
                    .map_or(AtPlace::Free, |place| at_place(one.message, place, &parcel.sha256));
                packed.push(Packed { parcel, handed, file, seen });
            }
        }
        Ok(Post { texts, approved, packed })
    }

    /// What keeps this machine from speaking to a place: trust, the sandbox, a secret that is not
    /// there.
    pub(crate) fn keeps_from(&self, place: &Integration) -> Option<Diagnostic> {
        let id = &place.id;
        if !self.is_trusted() {
            let message = format!("this machine does not speak to {id} yet");
            return Some(
                Diagnostic::error("not-trusted", message)
                    .help("inc trust shows what would be used, and allows it"),
            );
        }
        let lacks = place.secrets().into_iter().find(|name| super::environment(name).is_none());
        if let Some(name) = lacks {
            let message = format!("{id} needs the variable {name}, which is not set");
            return Some(
                Diagnostic::error("secret-missing", message)
                    .help(format!("set it for this command alone: {name}=… inc comms send …")),
            );
        }
        let (url, host) = (address(place), host(place));
        if url.is_some_and(|url| !is_safe_url(&url)) {
            let message = format!("the address of {id} is none that a message may go to");
            return Some(
                Diagnostic::error("unsafe-address", message)
                    .help("https://…, or http:// for this machine alone; look at the variable"),
            );
        }
        if self.config.sandbox && !is_loopback(&host) {
            let message =
                format!("{id} is another machine, and this workspace is for trying things");
            return Some(
                Diagnostic::error("sandbox-sends", message)
                    .help("a sandbox speaks to 127.0.0.1 alone; sandbox = true stands in inc.toml"),
            );
        }
        None
    }

    /// Sends what goes, one after the other, and writes down each before and after.
    ///
    /// # Errors
    ///
    /// When the record cannot be written; what was sent before that is said.
    pub(crate) fn deliver(
        &mut self,
        id: &IncidentId,
        post: &Post,
        asked: &Asked,
        courier: &dyn Courier,
        mut tell: impl FnMut(&Ctx, &Packed, &Done) -> Result<()>,
    ) -> Result<Vec<Done>> {
        let goes = |p: &Packed| p.parcel.verdict == Verdict::Goes && p.handed.is_some();
        let going: Vec<usize> =
            (0..post.packed.len()).filter(|i| post.packed.get(*i).is_some_and(goes)).collect();
        let mut done: Vec<Done> = Vec::new();
        let secrets = self.secrets();
        let mut untold: Option<Done> = None;
        for at in going {
            let Some(packed) = post.packed.get(at) else { continue };
            let Some(place) = self.place(&packed.parcel)? else { continue };
            // What came of the one before, and that this one is on its way, in one commit.
            let mine = match self.write_down(id, post, untold.as_ref(), Some(packed), asked) {
                Ok(mine) => mine,
                Err(failure) => return Err(lost(failure, id, post, untold.as_ref())),
            };
            untold = None;
            if !mine {
                let message = "somebody else is sending it";
                let one = Done {
                    at,
                    fate: Fate::Failed,
                    words: message.to_owned(),
                    reference: None,
                    attempts: 0,
                };
                tell(self, packed, &one)?;
                done.push(one);
                continue;
            }
            let one = carry(at, packed, &place, &secrets, courier);
            untold = Some(one.clone());
            if let Err(failure) = tell(self, packed, &one) {
                // Nobody reads any more what is said; what happened is written down all the same.
                let _ = self.write_down(id, post, Some(&one), None, asked);
                return Err(failure);
            }
            done.push(one);
        }
        if let Some(last) = &untold
            && let Err(failure) = self.write_down(id, post, Some(last), None, asked)
        {
            return Err(lost(failure, id, post, Some(last)));
        }
        Ok(done)
    }

    fn place(&self, parcel: &Parcel) -> Result<Option<Integration>> {
        let places = &self.standard()?.integrations;
        Ok(parcel.place.as_ref().and_then(|place| places.get(place)).cloned())
    }

    /// Writes down what came of one parcel and that another is on its way; false where somebody
    /// else was faster with that one.
    fn write_down(
        &mut self,
        id: &IncidentId,
        post: &Post,
        came: Option<&Done>,
        next: Option<&Packed>,
        asked: &Asked,
    ) -> Result<bool> {
        let at = self.clock.now;
        let mut mine = next.is_some();
        self.change_with(id, "comms", false, at, "", |record, act| {
            mine = next.is_some();
            if let Some((done, packed)) = came.and_then(|d| Some((d, post.packed.get(d.at)?))) {
                settle(record, &packed.parcel, done, act);
            }
            let Some(packed) = next else { return Ok(Vec::new()) };
            if !begin(record, packed, asked, act) {
                mine = false;
                return Ok(Vec::new());
            }
            // In the same transaction, so that the words are those that were approved.
            let pinned = post.texts.get(packed.file).map(|text| {
                let bytes = text.text.clone().into_bytes();
                let before = Before::Text(bytes.clone());
                Change { path: text.path.clone().into(), before, after: Some(bytes) }
            });
            Ok(pinned.into_iter().collect())
        })?;
        Ok(mine)
    }
}

/// Writes down that a parcel is on its way; false where the record says otherwise than when it was
/// looked at.
fn begin(record: &mut Record, packed: &Packed, asked: &Asked, act: &mut Act<'_>) -> bool {
    let parcel = &packed.parcel;
    let place = parcel.place.clone().unwrap_or_default();
    let found = record.communications.iter_mut().find(|m| m.id.as_ref() == Some(&parcel.message));
    let Some(message) = found else { return false };
    let sending =
        |s: &Sent| s.to.as_deref() == Some(&place) && s.sha256.as_deref() == Some(&parcel.sha256);
    // Whatever the flags say: what changed since it was looked at, nobody has decided about.
    if at_place(message, &place, &parcel.sha256) != packed.seen {
        return false;
    }
    // An attempt in doubt is settled by the next one: two entries would be two messages.
    let doubted = message
        .sent
        .iter()
        .rposition(|s| sending(s) && matches!(Fate::of(s), Fate::Sending | Fate::Unknown));
    let entry = Sent {
        at: act.at,
        by: Some(act.by.to_owned()),
        to: Some(place),
        size: parcel.size,
        status: Some(Fate::Sending.as_str().to_owned()),
        ref_: None,
        sha256: Some(parcel.sha256.clone()),
        x: Default::default(),
    };
    match doubted.and_then(|i| message.sent.get_mut(i)) {
        Some(old) => *old = entry,
        None => message.sent.push(entry),
    }
    if let Some(reason) = &asked.wake {
        let text = format!("sent in the quiet hours: {}: {reason}", parcel.channel);
        if !record.timeline.iter().any(|e| e.at == act.at && e.text == text) {
            record.add_entry(act, EntryKind::Decision, text, false);
        }
    }
    true
}

/// Writes down what came of a parcel.
fn settle(record: &mut Record, parcel: &Parcel, done: &Done, act: &mut Act<'_>) {
    let place = parcel.place.clone().unwrap_or_default();
    let found = record.communications.iter_mut().find(|m| m.id.as_ref() == Some(&parcel.message));
    let Some(message) = found else { return };
    let own = message.sent.iter_mut().rev().find(|s| {
        s.to.as_deref() == Some(&place)
            && s.sha256.as_deref() == Some(&parcel.sha256)
            && Fate::of(s) == Fate::Sending
    });
    if let Some(sent) = own {
        sent.status = Some(done.fate.as_str().to_owned());
        sent.ref_ = done.reference.clone();
    }
    let Parcel { stage, channel, locale, message: item, .. } = parcel;
    let what = format!("{stage}: {channel} {locale} {item} through {place}");
    let text = match done.fate {
        Fate::Sent => format!("sent {what}"),
        Fate::Unknown | Fate::Sending => format!("not known whether it was sent: {what}"),
        Fate::Failed | Fate::Refused => format!("not sent, {}: {what}", done.fate.as_str()),
    };
    record.add_entry(act, EntryKind::Communication, text, false);
}

/// A failure to write, with what left the machine and stands nowhere yet.
fn lost(mut failure: Failure, id: &IncidentId, post: &Post, done: Option<&Done>) -> Failure {
    let Some((done, packed)) = done.and_then(|d| Some((d, post.packed.get(d.at)?))) else {
        return failure;
    };
    let Parcel { message, place, .. } = &packed.parcel;
    let place = place.as_deref().unwrap_or_default();
    let came = match done.fate {
        Fate::Sent => "went out",
        Fate::Failed | Fate::Refused => "did not go out",
        Fate::Sending | Fate::Unknown => "may have gone out",
    };
    let reference = done.reference.as_ref().map_or(String::new(), |r| format!(" --ref {r}"));
    let flag = if came == "did not go out" { " --failed" } else { "" };
    let words = format!("{message} {came} through {place}, and the record does not say so yet");
    let d = Diagnostic::warning("send-unrecorded", words)
        .help(format!("inc comms sent {} {message} --to {place}{reference}{flag}", id.suffix()));
    failure.found.push(d);
    failure
}

/// Who signs in to a proxy, and with what, together and apart: `http://USER:PASSWORD@HOST`.
fn logins(proxy: &str) -> impl Iterator<Item = &str> {
    let login = proxy.rsplit_once('@').map(|(login, _)| login);
    let login = login.map(|l| l.rsplit_once("://").map_or(l, |(_, login)| login));
    let password = login.and_then(|l| l.split_once(':')).map(|(_, password)| password);
    login.into_iter().chain(password)
}

/// The proxy that this machine names for a host; none for itself.
fn proxy(host: &str) -> Option<Proxy> {
    let url = PROXIES.into_iter().find_map(super::environment).filter(|_| !is_loopback(host))?;
    let not_for = ["NO_PROXY", "no_proxy"].into_iter().find_map(super::environment);
    let not_for = not_for.unwrap_or_default();
    let hosts = not_for.split(',').map(str::trim).filter(|host| !host.is_empty());
    Some(Proxy { url: Sealed::new(url), not_for: hosts.map(str::to_owned).collect() })
}

/// Hands one parcel over, again where that is safe.
fn carry(
    at: usize,
    packed: &Packed,
    place: &Integration,
    secrets: &Secrets,
    courier: &dyn Courier,
) -> Done {
    let limit = u64::try_from(place.limit.seconds()).unwrap_or(20);
    let terms = Terms {
        limit: Duration::from_secs(limit),
        ca: place.ca.clone(),
        proxy: proxy(&host(place)),
    };
    let Some(letter) = packed.handed.as_ref().map(|h| letter(h, place)) else {
        let words = "there is nothing to hand over".to_owned();
        return Done { at, fate: Fate::Failed, words, reference: None, attempts: 0 };
    };
    let wait = u64::try_from(place.wait.seconds()).unwrap_or(1);
    let mut attempts = 0;
    loop {
        let Answer { came, words, id, retry_after } = courier.carry(&letter, &terms);
        let attempt = match came {
            Came::Accepted => Attempt::Accepted,
            Came::Status(status) => of_status(status),
            Came::NotYet => Attempt::NotYet,
            Came::Refused => Attempt::Refused,
            Came::Unclear => Attempt::Unclear,
        };
        let next = pause(attempts, wait, retry_after, LONGEST_PAUSE);
        attempts += 1;
        let again = attempts <= place.retries && may_retry(attempt, place.idempotent);
        if let Some(seconds) = next.filter(|_| again) {
            courier.pause(Duration::from_secs(seconds));
            continue;
        }
        let clean = |text: &str| -> String {
            let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            terminal_safe(&secrets.redact(&one_line)).chars().take(SHOWN).collect()
        };
        let reference =
            id.map(|id| clean(&id)).filter(|id| attempt == Attempt::Accepted && !id.is_empty());
        return Done { at, fate: fate(attempt), words: clean(&words), reference, attempts };
    }
}

/// Where a request goes, with its secrets; none for mail.
fn address(place: &Integration) -> Option<String> {
    match &place.carrier {
        Carrier::Slack { url } | Carrier::Statuspage { url, .. } | Carrier::Http { url, .. } => {
            Some(filled(url).1)
        }
        Carrier::Mail(_) => None,
    }
}

/// The machine that a place is on.
fn host(place: &Integration) -> String {
    match (&place.carrier, address(place)) {
        (Carrier::Mail(mail), _) => mail.server.clone(),
        (_, url) => url.as_deref().and_then(host_of).unwrap_or_default().to_owned(),
    }
}

/// A text with its secrets filled in, sealed and as it is.
fn filled(text: &str) -> (Sealed, String) {
    let mut out = String::new();
    for part in parts(text) {
        match part {
            Part::Words(words) => out.push_str(words),
            Part::Secret(name) => {
                out.push_str(super::environment(name).unwrap_or_default().trim());
            }
        }
    }
    (Sealed::new(out.clone()), out)
}

fn letter(handed: &Handed, place: &Integration) -> Letter {
    match (handed, &place.carrier) {
        (Handed::Request { method, url, headers, body, id_at }, _) => Letter::Request {
            method: method.clone(),
            url: filled(url).0,
            headers: headers.iter().map(|(name, v)| (name.clone(), filled(v).0)).collect(),
            body: body.to_string(),
            id_at: id_at.clone(),
        },
        (Handed::Mail { from, to, bytes, id }, carrier) => {
            let mail = match carrier {
                Carrier::Mail(mail) => (**mail).clone(),
                _ => crate::standard::Mail::default(),
            };
            let signs_in = !mail.user.is_empty();
            Letter::Mail {
                server: mail.server,
                port: mail.port,
                tls: match mail.tls {
                    Tls::Always => MailTls::Always,
                    Tls::Starttls => MailTls::Starttls,
                    Tls::Never => MailTls::Never,
                },
                login: signs_in.then(|| (filled(&mail.user).0, filled(&mail.password).0)),
                from: from.clone(),
                to: to.clone(),
                bytes: bytes.clone(),
                id: id.clone(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_signs_in_to_a_proxy_is_a_secret() {
        let secrets = |url| logins(url).collect::<Vec<_>>();
        assert_eq!(secrets("http://ana:p%40ss@proxy.example:8080"), ["ana:p%40ss", "p%40ss"]);
        assert_eq!(secrets("ana:pass@proxy.example"), ["ana:pass", "pass"]);
        assert!(secrets("http://proxy.example:8080").is_empty());
    }
}
