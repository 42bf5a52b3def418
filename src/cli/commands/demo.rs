//! `inc demo`
//!
//! The file is long because the story is data, told step by step in one place.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, anyhow};
use clap::Args;

use crate::cli::error::{Exit, Result};
use crate::cli::out::{BOLD, DIM, styled};
use crate::cli::{Call, files};
use crate::diag::Diagnostic;

/// Take one payments incident through its whole life, in a scratch workspace
///
/// Runs the real commands with a fixed clock, prints each as you would type it with its output,
/// and says where the workspace is; beside it lie the customers of its compensation run, outside
/// git as they should.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Folder to make; a new one below the temporary folder by default
    dir: Option<PathBuf>,
}

/// One step: the moment (hours and minutes of the day, local time) and what is typed.
struct Step {
    day: &'static str,
    clock: &'static str,
    author: &'static str,
    say: &'static str,
    typed: &'static [&'static str],
}

const fn step(
    day: &'static str,
    clock: &'static str,
    author: &'static str,
    say: &'static str,
    typed: &'static [&'static str],
) -> Step {
    Step { day, clock, author, say, typed }
}

const ANA: &str = "Ana Robles <ana@example.com>";
const BETO: &str = "Beto Luna <beto@example.com>";
const HANA: &str = "Hana Ibarra <hana@example.com>";

const GOODWILL: &str = "goodwill-by-severity-and-duration";
/// Whom the morning's extract names, from the folder of the workspace.
const CUSTOMERS: &str = "../evidence/customers.csv";
/// What the core says of a batch.
const ANSWER: &str = "../evidence/answer.csv";

/// Fictitious customers: what they tried to pay, and how long they could not.
const EXTRACT: &str = "customer_id,segment,failed_amount,lasted\n\
    000217,basic,349.90,56m\n\
    000233,basic,1280.00,41m\n\
    000417,premium,18450.00,56m\n\
    000420,credit,95.50,12m\n\
    000511,basic,2210.75,52m\n\
    000612,premium,7600.00,38m\n\
    000713,credit,415.20,56m\n";

const STEPS: &[Step] = &[
    step(
        "2026-11-13",
        "03:10",
        ANA,
        "03:10, a Friday before payday. Cards fail; nothing else is known.",
        &[
            "open",
            "Card payments declined at checkout",
            "--service",
            "card-auth",
            "--since",
            "03:02",
        ],
    ),
    step("2026-11-13", "03:12", ANA, "Somebody has it.", &["ack"]),
    step("2026-11-13", "03:13", ANA, "", &["role", "incident_commander", "ana"]),
    step(
        "2026-11-13",
        "03:16",
        ANA,
        "Who is owed a word, by when, and the set of drafts.",
        &["comms", "owed"],
    ),
    step(
        "2026-11-13",
        "03:16",
        ANA,
        "",
        &["comms", "draft", "--stage", "initial", "--locale", "es-MX"],
    ),
    step(
        "2026-11-13",
        "03:17",
        ANA,
        "As a phone would show it, and read by somebody strict.",
        &["comms", "preview", "--channel", "status_page,in_app_banner,chatbot_reply"],
    ),
    step("2026-11-13", "03:18", ANA, "", &["comms", "check"]),
    step(
        "2026-11-13",
        "03:20",
        BETO,
        "Exactly what would go where; without --send nothing leaves, and unapproved words never do.",
        &["comms", "send", "--stage", "initial", "--channel", "status_page,slack_internal"],
    ),
    step(
        "2026-11-13",
        "03:24",
        ANA,
        "",
        &["note", "the switch of Nimbus answers 1 of 4 authorisations in time", "--star"],
    ),
    step(
        "2026-11-13",
        "03:31",
        ANA,
        "What is known goes in as it becomes known; severity follows.",
        &[
            "update",
            "Authorisations time out at the card switch; fail-over to the second route is being prepared",
            "--kind",
            "outage",
            "--failing",
            "62%",
            "--tried",
            "9400",
            "--affected",
            "5830",
            "--hypothesis",
            "the switch drops connections after its 03:00 maintenance",
            "--doing",
            "moving traffic to the second route",
            "--next",
            "30m",
        ],
    ),
    step("2026-11-13", "03:32", ANA, "Why this severity?", &["severity", "show"]),
    step("2026-11-13", "03:40", BETO, "Beto joins at minute 38 and reads ten lines.", &["brief"]),
    step(
        "2026-11-13",
        "03:41",
        BETO,
        "",
        &["role", "incident_commander", "beto", "--note", "Ana stays on the switch"],
    ),
    step("2026-11-13", "03:42", BETO, "", &["ticket", "NBX-20417", "--vendor", "nimbus-switch"]),
    step(
        "2026-11-13",
        "03:58",
        ANA,
        "Customers can work again.",
        &["restore", "-m", "all traffic on the second route"],
    ),
    step(
        "2026-11-13",
        "04:00",
        BETO,
        "",
        &[
            "comms",
            "draft",
            "--stage",
            "restored",
            "--channel",
            "status_page,push",
            "--locale",
            "es-MX",
        ],
    ),
    step("2026-11-13", "04:01", BETO, "Nothing passes a gate quietly.", &["resolve"]),
    step("2026-11-13", "04:02", BETO, "What is open, who has it, what is due.", &[]),
    step(
        "2026-11-13",
        "09:30",
        HANA,
        "In the morning the numbers come in.",
        &[
            "update",
            "Measured from the switch's log",
            "--attempted",
            "15120",
            "--failed",
            "8480",
            "--lost",
            "7310",
            "--lost-value",
            "3145200.00 MXN",
            "--summary",
            "Card payments failed for 56 minutes; 8,480 of 15,120 attempts",
            "--cause",
            "vendor",
            "--root-cause",
            "The switch's maintenance left half of its connections in a state that timed out",
            "--trigger",
            "Nimbus maintenance window at 03:00",
            "--harm",
            "declined=5830",
        ],
    ),
    step(
        "2026-11-13",
        "09:32",
        BETO,
        "",
        &["severity", "confirm", "-m", "measured from the switch's log"],
    ),
    step("2026-11-13", "10:00", BETO, "", &["resolve", "-m", "Nimbus rolled its maintenance back"]),
    step("2026-11-13", "12:00", HANA, "What do we owe, and can we prove it?", &["trust"]),
    step("2026-11-13", "12:01", HANA, "", &["compensate", "options", "ID"]),
    step(
        "2026-11-13",
        "12:02",
        HANA,
        "",
        &["compensate", "run", "ID", "--policy", GOODWILL, "--customers", CUSTOMERS],
    ),
    step(
        "2026-11-13",
        "12:03",
        HANA,
        "One customer asks why it is this much.",
        &[
            "compensate",
            "run",
            "ID",
            "--policy",
            GOODWILL,
            "--customers",
            CUSTOMERS,
            "--explain",
            "000417",
            "--dry-run",
        ],
    ),
    step(
        "2026-11-13",
        "12:30",
        BETO,
        "It pays nothing until somebody else approves it.",
        &["compensate", "approve", "ID", "RUN"],
    ),
    step(
        "2026-11-13",
        "12:40",
        HANA,
        "What customers read of it: by when, as nothing is credited yet.",
        &[
            "comms",
            "draft",
            "ID",
            "--stage",
            "apology_compensation",
            "--channel",
            "email",
            "--locale",
            "es-MX",
        ],
    ),
    step(
        "2026-11-16",
        "09:00",
        ANA,
        "A third person sends the batch, and the core answers.",
        &["ledger", "export", "--batch"],
    ),
    step("2026-11-16", "10:00", ANA, "", &["ledger", "confirm", "BATCH", ANSWER]),
    step("2026-11-16", "10:01", ANA, "", &["ledger", "balance", "--month", "2026-11"]),
    step(
        "2026-11-16",
        "11:00",
        ANA,
        "The review starts from what is recorded.",
        &["pir", "draft", "--locale", "en"],
    ),
    step(
        "2026-11-16",
        "17:00",
        BETO,
        "",
        &["close", "--anyway", "a demo: the review is for people to write"],
    ),
    step(
        "2026-11-16",
        "17:01",
        BETO,
        "Monday's report.",
        &["report", "weekly", "--period", "2026-W46", "--locale", "en"],
    ),
    step("2026-11-16", "17:02", BETO, "Who changed which field when.", &["log"]),
    step("2026-11-16", "17:03", BETO, "And does it meet the standard?", &["check"]),
];

pub(crate) fn run(call: Call, args: &DemoArgs) -> Result {
    let dir = match &args.dir {
        Some(dir) if dir.exists() => {
            return Err(Diagnostic::error("demo", format!("{} exists already", dir.display()))
                .help("name a folder that does not exist yet")
                .into());
        }
        Some(dir) => dir.clone(),
        None => tempfile::Builder::new()
            .prefix("inc-demo-")
            .tempdir()
            .context("cannot make a folder for the demo")?
            .keep(),
    };
    files::make_folder(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let around = dir;
    let dir = around.join("workspace");
    files::make_folder(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let evidence = around.join("evidence");
    files::make_folder(&evidence).with_context(|| format!("cannot make {}", evidence.display()))?;
    files::write(&evidence.join("customers.csv"), EXTRACT).context("customers.csv")?;
    let runner = Runner { call, dir: &dir };
    runner.title("A workspace is a git repository with a standard in it.")?;
    runner.inc("2026-11-13T02:00:00-06:00", ANA, &["init", "--company", "Banco Ejemplo"])?;
    runner.people()?;
    let (mut id, mut run, mut batch) = (String::new(), String::new(), String::new());
    for step in STEPS {
        runner.title(step.say)?;
        let now = format!("{}T{}:00-06:00", step.day, step.clock);
        let drawn = |word: &&'static str| match *word {
            "ID" => id.clone(),
            "RUN" => run.clone(),
            "BATCH" => batch.clone(),
            word => word.to_owned(),
        };
        let words: Vec<String> = step.typed.iter().map(drawn).collect();
        let mut typed: Vec<&str> = words.iter().map(String::as_str).collect();
        // Once it is resolved no incident is open, so its id is typed.
        if step.day == "2026-11-16" || step.clock >= "10:02" {
            match typed.as_slice() {
                ["pir", "draft", ..] => typed.insert(2, &id),
                ["close", ..] | ["log", ..] => typed.insert(1, &id),
                _ => {}
            }
        }
        let answer = runner.inc(&now, step.author, &typed)?;
        match step.typed {
            ["open", ..] => id = answer.get(13..17).unwrap_or_default().to_owned(),
            ["compensate", "run", ..] if !step.typed.contains(&"--dry-run") => {
                let after = answer.split("compensation run ").nth(1).unwrap_or_default();
                run = after.split(' ').next().unwrap_or_default().to_owned();
            }
            ["ledger", "export", ..] => {
                batch = answer.split(' ').next().unwrap_or_default().to_owned();
                answer_of_the_core(&evidence, &batch)?;
            }
            _ => {}
        }
    }
    call.out.answer(&format!(
        "\nThe workspace is {}\nLook around: cd {} && inc list\n",
        dir.display(),
        dir.display()
    ))?;
    Ok(Exit::Done)
}

/// Writes the file in which the core says that it credited all of a batch.
fn answer_of_the_core(evidence: &Path, batch: &str) -> Result<()> {
    let sent = evidence.join(format!("batches/{batch}.csv"));
    let sent = files::read(&sent).with_context(|| format!("cannot read {}", sent.display()))?;
    let mut answer = "key,state,amount,currency,date,reference,reason\n".to_owned();
    for row in sent.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        if let [key, _, amount, currency, ..] = cells.as_slice() {
            let reference = key.get(..6).unwrap_or(key);
            answer
                .push_str(&format!("{key},posted,{amount},{currency},2026-11-16,R{reference},\n"));
        }
    }
    Ok(files::write(&evidence.join("answer.csv"), &answer).context("answer.csv")?)
}

struct Runner<'a> {
    call: Call,
    dir: &'a Path,
}

impl Runner<'_> {
    fn title(&self, text: &str) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        Ok(self.call.out.answer(&format!("\n{}\n", styled(BOLD, format!("# {text}"))))?)
    }

    /// Runs this very program as a person would, and shows what it says.
    fn inc(&self, now: &str, author: &str, typed: &[&str]) -> Result<String> {
        let shown: Vec<String> = typed.iter().map(|w| quote(w)).collect();
        let clock = now.get(11..16).unwrap_or_default();
        let line = format!("$ inc {}", shown.join(" "));
        self.call.out.answer(&format!("\n{} {}\n", styled(DIM, clock), line.trim_end()))?;
        #[allow(clippy::disallowed_methods, reason = "the demo runs this very program")]
        let program = std::env::current_exe().context("cannot find this program")?;
        let (name, email) = author.split_once(" <").unwrap_or((author, ""));
        let email = email.trim_end_matches('>');
        let output = Command::new(program)
            .args(typed)
            .current_dir(self.dir)
            .env("INC_NOW", now)
            .env("INC_SEED", "7")
            .env_remove("INC_WORKSPACE")
            .env_remove("INC_AUTHOR")
            .env("GIT_AUTHOR_NAME", name)
            .env("GIT_AUTHOR_EMAIL", email)
            .env("GIT_COMMITTER_NAME", name)
            .env("GIT_COMMITTER_EMAIL", email)
            .env("GIT_CONFIG_COUNT", "3")
            .env("GIT_CONFIG_KEY_0", "user.name")
            .env("GIT_CONFIG_VALUE_0", name)
            .env("GIT_CONFIG_KEY_1", "user.email")
            .env("GIT_CONFIG_VALUE_1", email)
            .env("GIT_CONFIG_KEY_2", "commit.gpgsign")
            .env("GIT_CONFIG_VALUE_2", "false")
            .output()
            .context("cannot run this program")?;
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        self.call.out.answer(&talk)?;
        self.call.out.answer(&answer)?;
        match output.status.code() {
            Some(0 | 1) => Ok(answer),
            code => {
                let code = code.map_or("a signal".into(), |c| c.to_string());
                Err(anyhow!("`{}` ended with {code}", line.trim_end()).into())
            }
        }
    }

    /// The demo's own people and vendor, as a company would add its own, and the sandbox mark.
    fn people(&self) -> Result<()> {
        let people = "[people.ana]\nname = \"Ana Robles\"\nemail = \"ana@example.com\"\n\n\
                      [people.beto]\nname = \"Beto Luna\"\nemail = \"beto@example.com\"\n\
                      roles = [\"support_lead\"]\n\n\
                      [people.hana]\nname = \"Hana Ibarra\"\nemail = \"hana@example.com\"\n";
        let places = "[integrations.status-page]\nkind = \"statuspage\"\n\
                      channels = [\"status_page\"]\nlocales = [\"es-MX\"]\npage = \"demo\"\n\
                      key = \"${INC_SECRET_STATUSPAGE}\"\n\n\
                      [integrations.slack-incidents]\nkind = \"slack\"\n\
                      channels = [\"slack_internal\"]\nurl = \"${INC_SECRET_SLACK}\"\n";
        let vendors = "[vendors.nimbus-switch]\nname = \"Nimbus Switch (fictitious)\"\n";
        let config = self.dir.join("inc.toml");
        let text = files::read(&config).context("inc.toml")?;
        let text = text.replacen("\n[git]", "\nsandbox = true\n\n[git]", 1);
        let text = text + "\n[evidence]\nroot = \"../evidence\"\n";
        let standards = self.dir.join("standards");
        files::write(&standards.join("integrations.toml"), places).context("integrations.toml")?;
        files::write(&standards.join("people.toml"), people).context("people.toml")?;
        files::write(&standards.join("vendors.toml"), vendors).context("vendors.toml")?;
        files::write(&config, &text).context("inc.toml")?;
        self.git(&["add", "-A"])?;
        self.git(&[
            "commit",
            "-q",
            "-m",
            "standard: our people and vendors; a workspace for trying things",
        ])
    }

    fn git(&self, words: &[&str]) -> Result<()> {
        let (name, email) = ("Ana Robles", "ana@example.com");
        let done = Command::new("git")
            .args([
                "-c",
                "commit.gpgsign=false",
                "-c",
                "user.name=Ana Robles",
                "-c",
                "user.email=ana@example.com",
            ])
            .args(words)
            .current_dir(self.dir)
            .env("GIT_AUTHOR_NAME", name)
            .env("GIT_AUTHOR_EMAIL", email)
            .env("GIT_AUTHOR_DATE", "2026-11-13T02:05:00-06:00")
            .env("GIT_COMMITTER_DATE", "2026-11-13T02:05:00-06:00")
            .output()
            .context("cannot run git")?;
        if done.status.success() {
            Ok(())
        } else {
            Err(anyhow!("git: {}", String::from_utf8_lossy(&done.stderr).trim()).into())
        }
    }
}

fn quote(word: &str) -> String {
    let plain =
        !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "-_./:@".contains(c));
    if plain { word.to_owned() } else { format!("\"{}\"", word.replace('"', "\\\"")) }
}
