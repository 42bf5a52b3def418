//! `inc init`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::ctx::{Asked, from_store};
use crate::cli::error::{Exit, Failure, Result};
use crate::cli::{Call, Ctx, config, defaults, driver, files, workspace};
use crate::diag::{Diagnostic, Source};
use crate::store::{Before, Change, Environment, Store};

/// Make a workspace: inc.toml, the default standard, the templates
///
/// In an empty folder it makes the repository too. It never overwrites; run again it says what is
/// new in the defaults, and --update takes it over where you changed nothing.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Folder; the current one by default
    dir: Option<PathBuf>,
    /// The company's name as customers know it
    #[arg(long, value_name = "NAME")]
    company: Option<String>,
    /// Take over what is new in the defaults; changed files get the new text beside them
    #[arg(long)]
    update: bool,
    /// List what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Hash of each default as it was written, so that an update knows what nobody touched.
pub(crate) const WRITTEN: &str = "standards/.defaults";

pub(crate) fn run(call: Call, dir: Option<&Path>, now: Option<&str>, args: &InitArgs) -> Result {
    let base = dir.unwrap_or(Path::new("."));
    let root = args.dir.as_ref().map_or_else(|| base.to_owned(), |d| base.join(d));
    let outside = |e: std::io::Error| {
        Failure::outside(Diagnostic::error("cannot-write", format!("{}: {e}", root.display())))
    };
    if args.dry_run && !root.is_dir() {
        return say_fresh(call, &root);
    }
    let made = match args.dry_run {
        true => false,
        false => {
            files::make_folder(&root).map_err(outside)?;
            Store::create_repository(&root, &Environment::default()).map_err(from_store)?
        }
    };
    let fresh = !root.join("inc.toml").exists();
    let toml = config_text(args.company.as_deref());
    let found = if fresh {
        workspace::Workspace {
            config: config::read(Source::new("inc.toml", &toml))?,
            root: root.clone(),
        }
    } else {
        workspace::read(root.clone())?
    };
    let ctx = Ctx::open(call, found, now, Asked::Live)?;
    if !args.dry_run {
        ctx.recover();
    }
    // An init that was interrupted is completed by the next one.
    let fresh = fresh && !root.join("inc.toml").exists();
    let plan = Plan::make(&ctx, args.update)?;
    let mut changes = plan.changes;
    if fresh {
        changes.push(Change {
            path: "inc.toml".into(),
            before: Before::Absent,
            after: Some(toml.into_bytes()),
        });
    }
    if args.dry_run {
        return say_changes(&ctx, &changes, &plan.waiting);
    }
    if !changes.is_empty() {
        if ctx.store.uses_git() {
            driver::install(&ctx)?;
        }
        let subject = if fresh {
            "workspace: made by inc init"
        } else {
            "standard: defaults updated by inc init"
        };
        if !ctx.commit_files(changes, subject, "", "init", None)? {
            return Err(Failure::outside(
                Diagnostic::error("changed-meanwhile", "files changed while they were written")
                    .help("run inc init again"),
            ));
        }
    }
    if made {
        ctx.say(&format!("made a git repository in {}", root.display()))?;
    }
    match (fresh, plan.written, plan.waiting.is_empty()) {
        (true, n, _) => ctx.say(&format!(
            "made a workspace in {}: inc.toml and {n} files of the standard and its templates",
            root.display()
        ))?,
        (false, 0, true) => {
            ctx.say("this is a workspace already, and the defaults bring nothing new")?
        }
        (false, n, _) if n > 0 => ctx.say(&format!("updated {n} files"))?,
        _ => {}
    }
    for (path, what) in &plan.waiting {
        ctx.say(&format!("  {what:<10} {path}"))?;
    }
    if !plan.waiting.is_empty() && !args.update {
        ctx.say("nothing was changed; inc init --update takes this over")?;
    }
    if fresh {
        ctx.talk("next: inc open \"what is wrong\" · inc help -k start");
    }
    Ok(Exit::Done)
}

/// What a dry run says of a folder that is not there.
fn say_fresh(call: Call, root: &Path) -> Result {
    let mut paths: Vec<String> = defaults::files().into_iter().map(|(path, _)| path).collect();
    paths.extend(OWN.map(str::to_owned));
    paths.extend([WRITTEN, driver::ATTRIBUTES, "inc.toml"].map(str::to_owned));
    paths.sort_unstable();
    paths.dedup();
    call.out.talk(&format!("would make the folder {} and a git repository", root.display()));
    let lines: String = paths.iter().map(|path| format!("  {:<10} {path}\n", "new")).collect();
    call.out.answer(&lines)?;
    Ok(Exit::Done)
}

/// What a dry run says of a folder that is there.
fn say_changes(ctx: &Ctx, changes: &[Change], waiting: &[(String, &str)]) -> Result {
    for change in changes {
        let what = if change.before == Before::Absent { "new" } else { "changed" };
        ctx.say(&format!("  {what:<10} {}", change.path.display()))?;
    }
    for (path, what) in waiting {
        ctx.say(&format!("  {what:<10} {path}"))?;
    }
    let wants_git = ctx.config.git.commit != config::CommitMode::Never;
    if wants_git && !ctx.store.has_repository() {
        ctx.say(&format!("  {:<10} {}", "new", driver::ATTRIBUTES))?;
        ctx.talk("a git repository would be made");
    }
    ctx.talk("nothing was written");
    Ok(Exit::Done)
}

/// Files of the standard that are made here rather than kept among the defaults.
const OWN: [&str; 4] = [
    "standards/incident.schema.json",
    "standards/people.toml",
    "standards/vendors.toml",
    "standards/clients.toml",
];

/// What there is to write.
struct Plan {
    changes: Vec<Change>,
    written: usize,
    waiting: Vec<(String, &'static str)>,
}

impl Plan {
    fn make(ctx: &Ctx, update: bool) -> Result<Plan> {
        let before = ctx.store.read(WRITTEN).map_err(from_store)?;
        let known =
            before.as_ref().map(|b| String::from_utf8_lossy(b).into_owned()).unwrap_or_default();
        let first = before.is_none();
        let mut hashes: Vec<(String, String)> = known
            .lines()
            .filter_map(|l| l.split_once("  "))
            .map(|(h, p)| (p.to_owned(), h.to_owned()))
            .collect();
        let mut plan = Plan { changes: Vec::new(), written: 0, waiting: Vec::new() };
        let texts = [schema_text(), people_text(ctx), VENDORS.to_owned(), CLIENTS.to_owned()];
        let own: Vec<(String, String)> =
            OWN.iter().map(|path| (*path).to_owned()).zip(texts).collect();
        let defaults = defaults::files().into_iter().map(|(path, text)| (path, text.to_owned()));
        let defaults = defaults.filter(|(path, _)| !own.iter().any(|(p, _)| p == path));
        for (path, text) in own.iter().cloned().chain(defaults) {
            let new_hash = hash(&text);
            let now = ctx.store.read(&path).map_err(from_store)?;
            let written = hashes.iter().position(|(p, _)| *p == path);
            let old_hash = written.map(|i| hashes[i].1.clone());
            let people = !path.ends_with(".schema.json") && own.iter().any(|(p, _)| *p == path);
            let (target, what) = match &now {
                None if first || update => (Some(path.clone()), "new"),
                None => (None, "new"),
                // What people fill in themselves is theirs from the first day.
                Some(_) if people => continue,
                Some(bytes) if hash(&String::from_utf8_lossy(bytes)) == new_hash => continue,
                Some(_) if old_hash.as_ref() == Some(&new_hash) => continue,
                Some(bytes)
                    if old_hash.as_ref() == Some(&hash(&String::from_utf8_lossy(bytes))) =>
                {
                    (update.then(|| path.clone()), "changed")
                }
                Some(_) => (update.then(|| format!("{path}.new")), "yours too"),
            };
            let Some(target) = target else {
                plan.waiting.push((path, what));
                continue;
            };
            let there = ctx.store.read(&target).map_err(from_store)?;
            if target != path {
                plan.waiting.push((target.clone(), "see"));
            }
            plan.written += 1;
            plan.changes.push(Change {
                path: target.into(),
                before: there.into(),
                after: Some(text.into_bytes()),
            });
            match written {
                Some(i) => hashes[i].1 = new_hash,
                None => hashes.push((path, new_hash)),
            }
        }
        if !plan.changes.is_empty() {
            hashes.sort();
            let text: String = hashes.iter().map(|(p, h)| format!("{h}  {p}\n")).collect();
            plan.changes.push(Change {
                path: WRITTEN.into(),
                before: before.into(),
                after: Some(text.into_bytes()),
            });
        }
        plan.attributes(ctx, first, update)?;
        Ok(plan)
    }
}

impl Plan {
    /// What tells git to merge records by meaning; other lines of the file are the person's.
    fn attributes(&mut self, ctx: &Ctx, first: bool, update: bool) -> Result<()> {
        let there = ctx.store.read(driver::ATTRIBUTES).map_err(from_store)?;
        let text = there.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let Some(text) = driver::attributes(text.as_deref()).filter(|_| ctx.store.uses_git())
        else {
            return Ok(());
        };
        if !first && !update {
            let what = if there.is_some() { "changed" } else { "new" };
            self.waiting.push((driver::ATTRIBUTES.to_owned(), what));
            return Ok(());
        }
        if !first {
            self.written += 1;
        }
        self.changes.push(Change {
            path: driver::ATTRIBUTES.into(),
            before: there.into(),
            after: Some(text.into_bytes()),
        });
        Ok(())
    }
}

pub(crate) fn hash(text: &str) -> String {
    crate::units::sha256(text.as_bytes())
}

pub(crate) fn schema_text() -> String {
    let schema = crate::incident::json_schema();
    serde_json::to_string_pretty(&schema).unwrap_or_else(|_| schema.to_string()) + "\n"
}

fn config_text(company: Option<&str>) -> String {
    let company = toml::Value::String(company.unwrap_or("Example Pay").to_owned());
    format!(
        "# A workspace of inc: see `inc help -k workspace`.\n\
         requires = \">= 0.1\"\n\
         company = {company}\n\
         zone = \"America/Mexico_City\"\n\
         locales = [\"es-MX\", \"en\"]\n\
         currency = \"MXN\"\n\n\
         [git]\n\
         commit = \"each\"        # each command commits; or \"stage\", or \"never\"\n\
         # branch = \"incidents\"  # the live branch of records, where main is protected\n\
         # push = \"never\"        # inc sync alone shares; else each command does, after inc trust\n\n\
         # Other tools' names, for `inc import`.\n\
         [import.services]\n\
         # \"Card payments\" = \"card-auth\"\n"
    )
}

fn people_text(ctx: &Ctx) -> String {
    let mut text = String::from(
        "# Who answers here: ids are what records say. Add a table for each person.\n\n",
    );
    if let Some(person) = ctx.author() {
        let id: String = person
            .email
            .split('@')
            .next()
            .unwrap_or("me")
            .to_lowercase()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        let id = if id.is_empty() { "me".to_owned() } else { id };
        text.push_str(&format!(
            "[people.{id}]\nname = {}\nemail = {}\n\n",
            toml::Value::String(person.name),
            toml::Value::String(person.email)
        ));
    }
    text.push_str("# [people.ana]\n# name = \"Ana Robles\"\n# email = \"ana@example.com\"\n# roles = [\"incident_commander\"]\n# key = \"ssh-ed25519 AAAA…\"\n");
    text
}

const VENDORS: &str = "# External suppliers: ids are what records say.\n\n# [vendors.acme-acquirer]\n# name = \"Acme Acquirer\"\n# email = \"support@acme.example\"\n";

const CLIENTS: &str = "# Business clients and merchants of weight: ids are what records say.\n\n# [clients.tienda-ejemplo]\n# name = \"Tienda Ejemplo\"\n# key = true\n";
