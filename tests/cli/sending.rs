//! Messages leave: what arrives where, what is refused, what is in doubt. Servers on loopback, made
//! here, receive what is sent. After each test every byte of the workspace and of what was said is
//! searched for the secrets.

use std::cell::RefCell;

use serde_json::json;

use crate::common::servers::{Reply, Server, authority, http, smtp};
use crate::common::{Computer, Ran};

const TOKEN: &str = "tok-5f2c-/\"quoted\"";
const PASSWORD: &str = "pa55 word+of/mail";

const PEOPLE: &str = "[people.ana]\nname = \"Ana Robles\"\nemail = \"ana@example.com\"\n\n\
    [people.carla]\nname = \"Carla Mena\"\nemail = \"carla@example.com\"\n\
    roles = [\"communications_lead\", \"support_lead\", \"executive_sponsor\"]\n";

/// A workspace with an incident, and all that was said in it.
struct Desk {
    c: Computer,
    id: String,
    said: RefCell<String>,
}

impl Desk {
    /// With these integrations, trusted.
    fn new(integrations: &str) -> Desk {
        let c = Computer::workspace();
        c.write("standards/people.toml", PEOPLE);
        c.write("standards/integrations.toml", integrations);
        c.git("commit -qam integrations");
        c.set("INC_SECRET_TOKEN", TOKEN);
        c.set("INC_SECRET_MAIL", PASSWORD);
        let id = c.open("\"Cards declined\" --service card-auth --kind outage --since 03:02");
        c.inc(&format!("update {id} --tried 9400 --affected 400 --next 90m")).exits(0);
        let desk = Desk { c, id, said: RefCell::default() };
        desk.inc("trust").exits(0);
        desk
    }

    fn inc(&self, line: &str) -> Ran {
        let ran = self.c.inc(&line.replace("ID", &self.id));
        self.said.borrow_mut().push_str(&format!("{}{}", ran.stdout, ran.stderr));
        ran
    }

    fn types_as(&self, who: &str) {
        let name = if who == "carla" { "Carla Mena" } else { "Ana Robles" };
        self.c.set("INC_AUTHOR", format!("{name} <{who}@example.com>"));
        for part in ["AUTHOR", "COMMITTER"] {
            self.c.set(&format!("GIT_{part}_NAME"), name);
            self.c.set(&format!("GIT_{part}_EMAIL"), format!("{who}@example.com"));
        }
    }

    /// Drafts a message and has it approved; its id.
    fn approved(&self, stage: &str, channel: &str) -> String {
        let item = self.drafted(stage, channel);
        self.types_as("carla");
        self.inc(&format!("comms approve ID {item}")).exits(0);
        self.types_as("ana");
        item
    }

    fn drafted(&self, stage: &str, channel: &str) -> String {
        let line = format!("comms draft ID --stage {stage} --channel {channel} --locale en");
        let ran = self.inc(&line).exits(0);
        let at = ran.stdout.find(&format!("  {channel} en")).unwrap();
        ran.stdout[at - 4..at].to_owned()
    }

    fn record(&self) -> String {
        self.c.record(&self.id)
    }
}

impl Drop for Desk {
    /// No secret is anywhere, whatever the test was about.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let mut texts = vec![("what was said".to_owned(), self.said.borrow().clone())];
        let mut folders = vec![self.c.base()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(bytes) = std::fs::read(&path) {
                    texts.push((path.display().to_string(), lossy(&bytes)));
                }
            }
        }
        // Commits are packed away; their texts are asked of git.
        texts.push(("git log".to_owned(), self.c.git("log -p --all")));
        for secret in ["tok-5f2c", "quoted%22", "pa55 word", "pa55+word", "pa55%20word", &coded()] {
            for (name, text) in &texts {
                assert!(!text.contains(secret), "{name} holds {secret}");
            }
        }
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The password as SMTP writes it, without its ends, which depend on what stands beside it.
fn coded() -> String {
    "cGE1NSB3b3JkK29mL21haW".to_owned()
}

fn gateway(server: &Server, more: &str) -> String {
    format!(
        "[integrations.gateway]\nkind = \"http\"\nchannels = [\"push\", \"in_app_banner\"]\n\
         url = \"http://127.0.0.1:{}/v1?key=${{INC_SECRET_TOKEN}}\"\nlimit = \"2s\"\nretries = 1\n\
         headers = {{ Authorization = \"Bearer ${{INC_SECRET_PLAIN}}\" }}\nid_at = \"/data/id\"\n{more}\n\
         body = '{{\"to\": \"{{{{audience}}}}\", \"n\": \"{{{{size}}}}\", \"title\": \"{{{{title}}}}\", \
         \"text\": \"{{{{body}}}}\", \"same_as\": \"{{{{first_ref}}}}\"}}'\n",
        server.port
    )
    .replace("?key=${INC_SECRET_TOKEN}", "")
    .replace("INC_SECRET_PLAIN", "INC_SECRET_TOKEN")
}

fn mail(port: u16, more: &str) -> String {
    format!(
        "[integrations.mail]\nkind = \"mail\"\nchannels = [\"executive_brief\"]\n\
         server = \"localhost\"\nport = {port}\nuser = \"incidents\"\n\
         password = \"${{INC_SECRET_MAIL}}\"\nfrom = \"incidents@example.com\"\n\
         to = [\"executives@example.com\"]\nlimit = \"3s\"\nretries = 1\n{more}\n"
    )
}

fn token() -> &'static str {
    "tok-5f2c-plain"
}

#[test]
fn what_is_approved_arrives_once_and_the_record_says_so() {
    let server = http(false, vec![Reply::Http(201, "", "{\"data\":{\"id\":\"m-77\"}}")]);
    let desk = Desk::new(&gateway(&server, ""));
    // What goes to this machine goes straight, whatever proxy there is.
    desk.c.set("HTTPS_PROXY", "http://ana:pa55 word@127.0.0.1:9");
    desk.c.set("INC_SECRET_TOKEN", token());
    let item = desk.drafted("initial", "push");
    desk.inc(&format!("comms send ID {item}")).exits(1).prints("has not approved these words");
    desk.inc(&format!("comms send ID {item} --send")).exits(1).prints("sent 0 of 1, 1 stay here");
    desk.types_as("carla");
    desk.inc(&format!("comms approve ID {item}")).exits(0);
    desk.types_as("ana");
    // At 03:20 a push would wake people.
    desk.inc(&format!("comms send ID {item}")).exits(1).prints("quiet hours");
    let line = format!("comms send ID {item} --wake \"no card works\"");
    let shown = desk.inc(&line).exits(0);
    let shown = shown.prints("through gateway").prints("Bearer ${INC_SECRET_TOKEN}");
    assert!(shown.stdout.contains("│ POST http://127.0.0.1:"), "{}", shown.stdout);
    assert!(server.received().is_empty(), "nothing goes without --send");
    desk.inc(&format!("{line} --send")).exits(0).prints("sent, m-77").prints("sent 1 of 1");
    let record = desk.record();
    assert!(record.contains("status: sent") && record.contains("ref: m-77"), "{record}");
    assert!(record.contains("sent in the quiet hours: push: no card works"), "{record}");
    let received = server.received();
    assert_eq!(received.len(), 1);
    assert!(
        received[0].contains("authorization: Bearer tok-5f2c-plain")
            || received[0].contains("Authorization: Bearer tok-5f2c-plain"),
        "{}",
        received[0]
    );
    assert!(
        received[0].contains("\"n\":9400") && received[0].contains("\"to\":\"tried_since_start\""),
        "{}",
        received[0]
    );
    assert!(!received[0].contains("same_as"), "{}", received[0]);
    desk.inc(&format!("{line} --send")).exits(0).prints("went out").prints("sent 0 of 1");
    assert_eq!(server.received().len(), 1);
    desk.inc(&format!("{line} --send --again")).exits(0).prints("sent 1 of 1");
    let received = server.received();
    let key = |text: &str| {
        let lower = text.to_ascii_lowercase();
        let at = lower.find("idempotency-key: ").unwrap();
        lower[at..at + 49].to_owned()
    };
    assert_ne!(key(&received[0]), key(&received[1]), "sent again is another sending");
    assert!(received[1].contains("\"same_as\":\"m-77\""), "{}", received[1]);
}

#[test]
fn one_changed_character_or_one_reader_more_and_it_stays() {
    let server = http(false, vec![Reply::Http(200, "", "")]);
    let desk = Desk::new(&gateway(&server, ""));
    let item = desk.approved("initial", "push");
    let line = format!("comms send ID {item} --wake x --send");
    desk.inc("update ID --tried 9401").exits(0);
    desk.inc(&line)
        .exits(1)
        .prints("9,401 readers")
        .prints("stays here: 9401 readers, and it was approved for 9400");
    desk.types_as("carla");
    desk.inc(&format!("comms approve ID {item}")).exits(0);
    desk.types_as("ana");
    let path = desk
        .c
        .record_path(&desk.id)
        .with_file_name("communications")
        .join(format!("{item}-push.en.md"));
    let text = desk.c.read(&path);
    desk.c.write(&path, format!("{text}."));
    desk.inc(&line).exits(1).prints("its words changed after they were approved");
    desk.c.write(&path, text);
    desk.inc(&line).exits(0).prints("sent 1 of 1");
    assert_eq!(server.received().len(), 1);
    desk.inc("comms send ID").exits(2);
    desk.inc(&format!("comms send ID {item} --wake \" \"")).exits(2).says("--wake needs a reason");
    desk.inc("comms send ID --stage nonsense").exits(2).says("unknown-stage");
    desk.inc("comms send ID --stage resolved").exits(2).says("no-such-message");
}

#[test]
fn restored_goes_to_those_who_got_the_first_word() {
    let (one, two) = (
        http(false, vec![Reply::Http(200, "", "{\"data\":{\"id\":\"a\"}}")]),
        http(false, vec![Reply::Http(400, "", "no such list")]),
    );
    let second = gateway(&two, "").replace("integrations.gateway", "integrations.second");
    let desk = Desk::new(&format!("{}{second}", gateway(&one, "")));
    let item = desk.approved("initial", "in_app_banner");
    // Half of it fails, and is said.
    let half = desk.inc(&format!("comms send ID {item} --send")).exits(3).says("not-sent");
    half.prints("sent 1 of 2, 1 did not go out").prints("not sent: HTTP 400: no such list");
    desk.inc("comms send ID --stage initial --channel in_app_banner --send")
        .exits(3)
        .prints("sent 0 of 2");
    assert_eq!((one.received().len(), two.received().len()), (1, 2), "only the other half again");
    desk.inc("restore ID").exits(0);
    let item = desk.approved("restored", "in_app_banner");
    let told = desk.inc(&format!("comms send ID {item} --send")).exits(1);
    told.prints("through second nobody was told").prints("sent 1 of 2, 1 stay here");
    assert_eq!((one.received().len(), two.received().len()), (2, 2));
}

#[test]
fn what_may_be_tried_again_is_and_what_is_in_doubt_is_not() {
    let busy = "Retry-After: 1\r\n";
    let server = http(false, vec![Reply::Http(429, busy, ""), Reply::Http(200, "", "")]);
    let desk = Desk::new(&gateway(&server, ""));
    let item = desk.approved("initial", "in_app_banner");
    let line = format!("comms send ID {item} --send");
    desk.inc(&line).exits(0).prints("sent, 2 attempts");
    let both = server.received();
    assert_eq!(both[0], both[1], "the same request, by the same key");

    for reply in [Reply::Http(500, "", "oops"), Reply::Cut, Reply::Silent(4)] {
        let server = http(false, vec![reply.clone()]);
        let desk = Desk::new(&gateway(&server, ""));
        let item = desk.approved("initial", "in_app_banner");
        let line = format!("comms send ID {item} --send");
        desk.inc(&line).exits(3).prints("in doubt").says("what is in doubt is not");
        assert_eq!(server.received().len(), 1, "{reply:?} is not tried again");
        assert!(desk.record().contains("status: unknown"));
        desk.inc(&line).exits(1).prints("it may have reached gateway");
        assert_eq!(server.received().len(), 1);
        desk.inc("due ID");
        desk.inc(&format!("comms sent ID {item} --to gateway --failed"))
            .exits(0)
            .prints("recorded as failed");
        assert!(!desk.record().contains("status: unknown"));
        desk.inc(&format!("comms send ID {item}")).exits(0).says("--send sends 1 of 1");
        desk.inc(&format!("comms sent ID {item} --to gateway --ref m-1")).exits(0);
        desk.inc(&line).exits(0).prints("went out");
    }
}

#[test]
fn a_place_that_drops_doubles_is_asked_again() {
    let server = http(false, vec![Reply::Cut, Reply::Cut, Reply::Http(200, "", "")]);
    let desk = Desk::new(&gateway(&server, "idempotent = true"));
    let item = desk.approved("initial", "in_app_banner");
    let line = format!("comms send ID {item} --send");
    desk.inc(&line).exits(3).prints("in doubt").prints("2 attempts");
    desk.inc(&line).exits(0).prints("sent 1 of 1");
    let all = server.received();
    assert!(all.len() == 3 && all.iter().all(|one| *one == all[0]), "{all:?}");
    assert_eq!(desk.record().matches("status: sent").count(), 1, "{}", desk.record());
}

#[test]
fn a_secret_is_shown_nowhere_even_where_the_server_repeats_it() {
    let server = http(false, vec![Reply::Echo(401)]);
    let text = gateway(&server, "").replace("/v1\"", "/v1?key=${INC_SECRET_TOKEN}\"");
    let desk = Desk::new(&text);
    desk.c.set("INC_SECRET_TOKEN", "tok-5f2c-plain");
    let item = desk.approved("initial", "in_app_banner");
    let ran = desk.inc(&format!("comms send ID {item} --send")).exits(3);
    let ran = ran.prints("not sent: HTTP 401").prints("(secret)");
    assert!(!ran.stdout.contains("tok-5f2c"), "{}", ran.stdout);
    assert!(server.received()[0].contains("key=tok-5f2c-plain"));
    desk.c.unset("INC_SECRET_TOKEN");
    desk.inc(&format!("comms send ID {item} --send"))
        .exits(1)
        .prints("needs the variable INC_SECRET_TOKEN");
    // A line end in a secret would be a header of its own.
    desk.c.set("INC_SECRET_TOKEN", "tok-5f2c\r\nX-Evil: 1");
    let ran = desk.inc(&format!("comms send ID {item} --send")).exits(1);
    ran.prints("the address of gateway is none");
    desk.c.set("INC_SECRET_TOKEN", "tok-5f2c-ñ");
    let ran = desk.inc(&format!("comms send ID {item} --send")).exits(3);
    ran.prints("a sign that none can carry");
    assert_eq!(server.received().len(), 1);
}

/// Whatever was pasted into a draft: a configured secret leaves by no door.
#[test]
fn words_that_hold_a_secret_go_nowhere() {
    let server = http(false, vec![Reply::Http(200, "", "")]);
    let desk = Desk::new(&gateway(&server, ""));
    desk.c.set("INC_SECRET_TOKEN", "Vela-7714-mar");
    let item = desk.drafted("initial", "in_app_banner");
    let line = "comms draft ID --stage initial --channel in_app_banner --locale en --format json";
    let drafted = desk.inc(line).exits(0).json();
    assert_eq!(drafted["drafts"][0]["state"], "unchanged");
    let path = drafted["drafts"][0]["file"].as_str().unwrap().to_owned();
    let text = desk.c.read(&path);
    desk.c.write(&path, format!("{} Bearer Vela-7714-mar\n", text.trim_end()));
    desk.c.git("commit -qam pasted");
    desk.types_as("carla");
    desk.inc(&format!("comms approve ID {item}")).exits(0);
    desk.types_as("ana");
    let send = format!("comms send ID {item}");
    for line in [send.clone(), format!("{send} --send"), format!("{send} --format json")] {
        let ran = desk.inc(&line).exits(1).prints("the value of INC_SECRET_TOKEN");
        assert!(!ran.stdout.contains("7714") && !ran.stderr.contains("7714"), "{}", ran.stdout);
    }
    let to = desk.c.base().join("out").display().to_string();
    desk.inc(&format!("comms export ID --to {to} --drafts")).exits(1).says("is left out");
    for line in ["comms preview ID", "comms show ID --format json"] {
        let ran = desk.inc(line).exits(0).prints("(secret)");
        assert!(!ran.stdout.contains("7714"), "{}", ran.stdout);
    }
    assert!(server.received().is_empty() && !desk.record().contains("7714"));
}

#[test]
fn a_program_reads_what_goes_where_and_what_came_of_it() {
    let replies =
        vec![Reply::Http(201, "", r#"{"data":{"id":"m-1"}}"#), Reply::Http(422, "", "no")];
    let server = http(false, replies);
    let desk = Desk::new(&gateway(&server, ""));
    let (push, banner) =
        (desk.approved("initial", "push"), desk.approved("initial", "in_app_banner"));
    let line = "comms send ID --stage initial --locale en --wake \"it is down\" --format json";
    let shown = desk.inc(line).exits(0).json();
    let one = |all: &serde_json::Value, id: &str| {
        let all = all["messages"].as_array().unwrap();
        all.iter().find(|m| m["message"] == id).unwrap().clone()
    };
    let first = one(&shown, &push);
    assert_eq!((first["verdict"].as_str(), &first["result"]), (Some("goes"), &json!(null)));
    assert_eq!(first["request"]["headers"]["Authorization"], "Bearer ${INC_SECRET_TOKEN}");
    assert_eq!((shown["send"].as_bool(), server.received().len()), (Some(false), 0));
    let ran = desk.inc(&format!("{line} --send")).exits(3);
    let error: serde_json::Value = serde_json::from_str(ran.stderr.trim()).unwrap();
    assert_eq!(error["errors"][0]["code"], "not-sent");
    let sent = ran.json();
    assert_eq!(one(&sent, &push)["result"]["status"], "sent");
    assert_eq!(one(&sent, &push)["result"]["ref"], "m-1");
    assert_eq!(one(&sent, &banner)["result"]["status"], "refused");
    let shown = desk.inc("comms show ID --format json").exits(0).json();
    let all = shown["messages"].as_array().unwrap();
    let of = |id: &str| all.iter().find(|m| m["id"] == id).unwrap();
    assert_eq!((&of(&push)["state"], &of(&banner)["state"]), (&json!("valid"), &json!("draft")));
}

#[test]
fn tls_is_not_negotiable() {
    let server = http(true, vec![Reply::Http(200, "", "")]);
    let secure = gateway(&server, "").replace("http://127.0.0.1", "https://localhost");
    let desk = Desk::new(&secure);
    let item = desk.approved("initial", "in_app_banner");
    let line = format!("comms send ID {item} --send");
    let ran = desk.inc(&line).exits(3);
    ran.prints("not sent: TLS").prints("2 attempts");
    assert!(server.received().is_empty());
    let ca = format!("ca = '''\n{}'''\n", authority());
    desk.c.write("standards/integrations.toml", secure + &ca);
    desk.c.git("commit -qam ca");
    desk.inc(&line).exits(1).prints("does not speak to gateway yet");
    desk.inc("trust").exits(0).prints("send").prints("INC_SECRET_TOKEN");
    desk.inc(&line).exits(0).prints("sent 1 of 1");
    assert_eq!(server.received().len(), 1);
}

#[test]
fn mail_arrives_over_tls_and_a_wrong_password_is_tried_once() {
    let server = smtp(true, vec![Reply::Take]);
    let ca = format!("ca = '''\n{}'''\n", authority());
    let desk = Desk::new(&mail(server.port, &ca));
    let item = desk.drafted("initial", "executive_brief");
    desk.inc(&format!("comms send ID {item}")).exits(0).prints("RCPT TO executives@example.com");
    assert!(server.received().is_empty());
    desk.inc(&format!("comms send ID {item} --send")).exits(0).prints("sent, <");
    let mail_1 = &server.received()[0];
    assert!(mail_1.contains("RCPT TO:<executives@example.com>"), "{mail_1}");
    assert!(mail_1.contains("Subject: ") && mail_1.contains("text/html"), "{mail_1}");
    assert!(mail_1.contains("AUTH PLAIN"), "{mail_1}");

    let refused = "535 5.7.8 incidents / pa55 word+of/mail is wrong";
    let wrong = smtp(true, vec![Reply::NoLogin(refused)]);
    let desk = Desk::new(&mail(wrong.port, &ca));
    let item = desk.drafted("initial", "executive_brief");
    let ran = desk.inc(&format!("comms send ID {item} --send")).exits(3);
    let ran = ran.prints("not sent: signing in").prints("(secret)");
    assert!(!ran.stdout.contains("attempts"), "{}", ran.stdout);

    // Plain text where TLS was asked for.
    let plain = smtp(false, vec![Reply::Take]);
    let desk = Desk::new(&mail(plain.port, &ca));
    let item = desk.drafted("initial", "executive_brief");
    desk.inc(&format!("comms send ID {item} --send")).exits(3).prints("not sent");
    assert!(plain.received().is_empty());
    // STARTTLS that is not offered is not gone without.
    let desk = Desk::new(&mail(plain.port, "tls = \"starttls\""));
    let item = desk.drafted("initial", "executive_brief");
    desk.inc(&format!("comms send ID {item} --send")).exits(3).prints("not sent");
    assert!(plain.received().is_empty());
}

#[test]
fn mail_in_doubt_is_not_sent_twice() {
    let never = "tls = \"never\"";
    for (reply, exit, words, count) in [
        (Reply::Cut, 3, "in doubt", 1),
        (Reply::Silent(5), 3, "in doubt", 1),
        (Reply::AfterData("451 try later"), 3, "not sent", 2),
        (Reply::AfterData("554 spam"), 3, "not sent", 1),
    ] {
        let server = smtp(false, vec![reply.clone()]);
        let desk = Desk::new(&mail(server.port, never));
        let item = desk.drafted("initial", "executive_brief");
        desk.inc(&format!("comms send ID {item} --send")).exits(exit).prints(words);
        assert_eq!(server.received().len(), count, "{reply:?}");
    }
}

#[test]
fn the_status_page_gets_one_incident_and_its_updates() {
    let server = http(
        false,
        vec![
            Reply::Http(201, "", "{\"id\":\"p31zjtct2jer\"}"),
            Reply::Http(200, "", "{\"id\":\"p31zjtct2jer\"}"),
        ],
    );
    let page = format!(
        "[integrations.page]\nkind = \"statuspage\"\nchannels = [\"status_page\"]\nlocales = [\"en\"]\n\
         url = \"http://127.0.0.1:{}\"\npage = \"abc\"\nkey = \"${{INC_SECRET_TOKEN}}\"\n\
         [integrations.room]\nkind = \"slack\"\nchannels = [\"slack_internal\"]\n\
         url = \"${{INC_SECRET_HOOK}}\"\n",
        server.port
    );
    let desk = Desk::new(&page);
    desk.c.set("INC_SECRET_TOKEN", token());
    let hook = http(false, vec![Reply::Http(200, "", "ok")]);
    desk.c.set("INC_SECRET_HOOK", format!("http://127.0.0.1:{}/services/tok-5f2c", hook.port));
    let item = desk.drafted("initial", "slack_internal");
    desk.inc(&format!("comms send ID {item} --send")).exits(0).prints("sent 1 of 1");
    let item = desk.approved("initial", "status_page");
    desk.inc(&format!("comms send ID {item} --send")).exits(0).prints("p31zjtct2jer");
    desk.inc("restore ID").exits(0);
    let item = desk.approved("restored", "status_page");
    desk.inc(&format!("comms send ID {item} --send")).exits(0);
    let all = server.received();
    assert!(all[0].starts_with("POST /v1/pages/abc/incidents HTTP"), "{}", all[0]);
    assert!(
        all[0].contains("\"status\":\"investigating\"") && all[0].contains("OAuth tok-5f2c-plain")
    );
    assert!(all[1].starts_with("PATCH /v1/pages/abc/incidents/p31zjtct2jer HTTP"), "{}", all[1]);
    assert!(all[1].contains("\"status\":\"monitoring\""), "{}", all[1]);

    let said = &hook.received()[0];
    assert!(said.contains("\"type\":\"mrkdwn\"") && said.contains("\"blocks\""), "{said}");
}

#[test]
fn a_kill_between_sending_and_recording_is_said_and_nothing_goes_twice() {
    let server = http(false, vec![Reply::Silent(60)]);
    let desk = Desk::new(&gateway(&server, "").replace("limit = \"2s\"", "limit = \"60s\""));
    let item = desk.approved("initial", "in_app_banner");
    let mut command = desk.c.command(env!("CARGO_BIN_EXE_inc"), &desk.c.here);
    command.args(["comms", "send", &desk.id, &item, "--send"]);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    while server.received().is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "ended before it was killed");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(desk.record().contains("status: sending"), "{}", desk.record());
    let ran = desk.inc(&format!("comms send ID {item} --send")).exits(1);
    ran.prints("it may have reached gateway").prints("--failed");
    assert_eq!(server.received().len(), 1);
    desk.inc("comms show ID").exits(0).prints("in doubt");
}

#[test]
fn nothing_leaves_untrusted_or_for_another_machine() {
    let far = "[integrations.far]\nkind = \"http\"\nchannels = [\"in_app_banner\"]\n\
               url = \"https://gateway.example.com/\"\nbody = '{\"t\": \"{{body}}\"}'\n";
    let desk = Desk::new(far);
    let item = desk.approved("initial", "in_app_banner");
    desk.inc(&format!("comms send ID {item} --send")).exits(1).prints("for trying things");
    desk.inc("trust --revoke").exits(0);
    desk.inc(&format!("comms send ID {item} --send")).exits(1).prints("inc trust");
    desk.inc(&format!("comms send ID {item}")).exits(0).prints("POST https://gateway.example.com/");
}

#[test]
fn a_wrong_integration_is_found_with_its_line() {
    let c = Computer::workspace();
    c.write(
        "standards/integrations.toml",
        "[integrations.a]\nkind = \"http\"\nchannels = [\"pusch\"]\nurl = \"http://a.example/\"\n\
         headers = { Authorization = \"Bearer 12345678\" }\nbody = '{\"t\": \"{{titel}}\"}'\n\
         [integrations.b]\nkind = \"mail\"\nchannels = [\"email\"]\nserver = \"a.example\"\n\
         tls = \"never\"\nuser = \"u\"\npassword = \"hunter22\"\nfrom = \"x\"\n\
         [integrations.c]\nkind = \"slack\"\nchannels = [\"slack_internal\"]\nurl = \"${HOME}\"\n",
    );
    let ran = c.inc("standards check").exits(1);
    for words in [
        "communication.toml lists no `pusch`",
        "did you mean `push`",
        "the address is none that a message may go to",
        "`Authorization` holds a secret instead of naming it",
        "a message has no `titel`",
        "mail goes unencrypted to another machine",
        "`password` holds a secret instead of naming its variable",
        "`x` is no mail address",
        "`${HOME}` is no variable that may be read",
    ] {
        assert!(
            ran.stdout.contains(words) || ran.stderr.contains(words),
            "{words}\n{}{}",
            ran.stdout,
            ran.stderr
        );
    }
    assert!(
        !ran.stdout.contains("hunter22") && !ran.stderr.contains("hunter22"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
}

#[test]
fn the_set_as_files_holds_approved_words_alone() {
    let desk = Desk::new("");
    let item = desk.approved("initial", "push");
    let other = desk.drafted("initial", "in_app_banner");
    let to = desk.c.base().join("out");
    let line = format!("comms export ID --to {}", to.display());
    desk.inc(&line).exits(1).says(&format!("nobody approved their words: {other}"));
    let mut names: Vec<String> = std::fs::read_dir(&to)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let own = |ending: &str| format!("{item}-push.en.{ending}");
    let wanted = [own("eml"), own("macro.json"), own("md"), own("txt"), "messages.json".to_owned()];
    assert_eq!(names, wanted);
    let set: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(to.join("messages.json")).unwrap()).unwrap();
    assert_eq!(set["messages"].as_array().unwrap().len(), 1);
    assert_eq!(set["messages"][0]["approved"], true);
    let body = set["messages"][0]["fields"]["body"].as_str().unwrap();
    let text = std::fs::read_to_string(to.join(own("txt"))).unwrap();
    assert!(text.contains(body), "{text}");
    let mail = std::fs::read_to_string(to.join(own("eml"))).unwrap();
    assert!(mail.contains("X-Unsent: 1") && mail.contains("Subject: "), "{mail}");
    let all = format!("{line} --drafts --as json --stage initial");
    desk.inc(&all).exits(0).says("2 messages in 1 files");
    desk.inc("comms export ID --to /dev/null/x").exits(3).says("cannot-write");
    desk.inc(&format!("{line} --as pdf")).exits(2);
}

#[test]
fn of_two_who_send_at_once_one_does() {
    let server = http(false, vec![Reply::Http(200, "", "")]);
    let desk = Desk::new(&gateway(&server, ""));
    let item = desk.approved("initial", "in_app_banner");
    let start = || {
        let mut command = desk.c.command(env!("CARGO_BIN_EXE_inc"), &desk.c.here);
        command.args(["comms", "send", &desk.id, &item, "--send"]);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        command.spawn().unwrap()
    };
    let all: Vec<_> = (0..4).map(|_| start()).collect();
    for mut one in all {
        one.wait().unwrap();
    }
    assert_eq!(server.received().len(), 1);
    assert_eq!(desk.record().matches("status: sent").count(), 1, "{}", desk.record());
}

#[test]
fn a_broken_glass_lets_words_go_and_the_week_counts_it() {
    let server = http(false, vec![Reply::Http(200, "", "")]);
    let desk = Desk::new(&gateway(&server, ""));
    let item = desk.drafted("initial", "in_app_banner");
    let line = format!("comms send ID {item} --send");
    desk.inc(&line).exits(1).prints("has not approved these words");
    desk.inc(&format!("comms approve ID {item} --break-glass \"nobody answers\"")).exits(0);
    desk.inc(&line).exits(0).prints("sent 1 of 1");
    let week = desk.inc("report weekly --period 2026-W47 --locale en").exits(0);
    week.prints("One message went out past the approval");
    let week = desk.inc("report weekly --period 2026-W47 --locale es-MX").exits(0);
    week.prints("Un mensaje salió sin la aprobación");
    let json = desk.inc("report weekly --period 2026-W47 --format json").json();
    assert_eq!(json["totals"]["broken_glass"], 1);
}

#[test]
fn words_approved_in_daylight_go_out_at_night_and_no_others_do() {
    let server = http(false, vec![Reply::Http(201, "", "{\"data\":{\"id\":\"m-1\"}}")]);
    let desk = Desk::new(&gateway(&server, ""));
    desk.c.set("INC_SECRET_TOKEN", token());
    desk.c.write(
        "standards/holding.toml",
        "[holding.h]\nchannel = \"in_app_banner\"\nstage = \"initial\"\nlocale = \"en\"\n\
         text = \"Since {started}, {service} fails. We are on it.\"\n\
         author = \"ana\"\nreview_by = 2099-01-31\n",
    );
    desk.c.git("commit -qam words");
    // Nobody stands for the words yet.
    let item = {
        let ran = desk
            .inc("comms draft ID --stage initial --channel in_app_banner --locale en --holding");
        let ran = ran.exits(0).prints("holding statement h: not approved");
        let at = ran.stdout.find("  in_app_banner en").unwrap();
        ran.stdout[at - 4..at].to_owned()
    };
    let send = format!("comms send ID {item}");
    desk.inc(&send).exits(1).prints("communications_lead has not approved these words");
    // The approver adds the lines that she is shown, and commits them herself.
    desk.types_as("carla");
    let shown = desk.inc("comms holding h").exits(1).stdout;
    let lines = &shown[shown.find("[holding.h.approved]").unwrap()..];
    let words = desk.c.read("standards/holding.toml");
    desk.c.write("standards/holding.toml", format!("{words}\n{lines}"));
    desk.inc("comms holding").exits(1).prints("it is in no commit yet");
    desk.c.git("commit -qam approved");
    desk.types_as("ana");
    desk.inc("comms holding").exits(0).prints("carla approved it");
    desk.inc("check --only holding-approval,holding-review").exits(0);
    // One changed character is another text.
    let record = desk.c.record_path(&desk.id);
    let path = record.with_file_name("communications").join(format!("{item}-in_app_banner.en.md"));
    let text = desk.c.read(&path);
    desk.c.write(&path, text.replace("We are on it.", "We are on it!"));
    desk.inc(&send).exits(1).prints("communications_lead has not approved these words");
    desk.c.write(&path, &text);
    desk.inc(&format!("{send} --send")).exits(0).prints("sent 1 of 1");
    assert_eq!(server.received().len(), 1);
    // Changed words, and a day that is over.
    let approved = desk.c.read("standards/holding.toml");
    desk.c.write("standards/holding.toml", approved.replace("fails.", "fails now."));
    desk.inc("check --only holding-approval").prints("the words changed afterwards");
    desk.c.write("standards/holding.toml", approved.replace("{service}", "{vendor}"));
    desk.inc("comms holding").says("`{vendor}` is no gap");
}

#[test]
fn a_statement_is_signed_where_people_toml_lists_a_key() {
    let server = http(false, vec![]);
    let desk = Desk::new(&gateway(&server, ""));
    let key = desk.c.base().join("home/carla");
    let mut made = desk.c.command("ssh-keygen", &desk.c.here);
    made.args(["-q", "-t", "ed25519", "-N", "", "-C", "carla", "-f"]).arg(&key);
    if !made.status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: no ssh-keygen");
        return;
    }
    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    let mail = "email = \"carla@example.com\"\n";
    let people = desk.c.read("standards/people.toml");
    let keyed = format!("{mail}key = \"{}\"\n", public.trim());
    desk.c.write("standards/people.toml", people.replace(mail, &keyed));
    let words = "[holding.h]\nchannel = \"push\"\nstage = \"initial\"\nlocale = \"en\"\n\
        title = \"Problems\"\ntext = \"Since {started}, {service} fails.\"\nauthor = \"ana\"\nreview_by = 2099-01-31\n";
    desk.c.write("standards/holding.toml", words);
    desk.c.git("commit -qam words");
    desk.types_as("carla");
    let lines =
        |ran: &Ran| ran.stdout[ran.stdout.find("[holding.h.approved]").unwrap()..].to_owned();
    // As without a key, by their own commit: it is not enough.
    let bare = desk.inc("comms holding h").exits(1).says("--sign makes these lines count");
    desk.c.write("standards/holding.toml", format!("{words}\n{}", lines(&bare)));
    desk.c.git("commit -qam approved");
    desk.inc("comms holding").exits(1).prints("nothing is signed with it");
    desk.inc("comms holding h --sign").exits(3).says("no-signing-key");
    let signed = desk.inc(&format!("comms holding h --sign --key {}", key.display())).exits(1);
    let signed = format!("{words}\n{}", lines(&signed));
    desk.c.write("standards/holding.toml", &signed);
    desk.types_as("ana");
    desk.c.git("commit -qam signed");
    desk.inc("comms holding").exits(0).prints("carla approved it");
    let json = desk.inc("comms holding h --format json").exits(0).json();
    assert_eq!(json["holding"][0]["in_force"], true);
    // One character, another day, another statement: the signature is of none of them.
    for (from, to) in [("fails.", "fails!"), ("on = 2026", "on = 2025"), ("holding.h", "holding.i")]
    {
        desk.c.write("standards/holding.toml", signed.replace(from, to));
        desk.inc("comms holding").exits(1).prints("does not count");
    }
}
