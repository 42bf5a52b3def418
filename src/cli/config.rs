//! `inc.toml`: company, zone, locales, currency, git behaviour, import tables.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::diag::{Diagnostic, Level, Source, TextRange};
use crate::units::Currency;

/// The program's version, which `requires` in `inc.toml` is compared with.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A workspace's settings.
///
/// The file's shape is complete from the first day: a key that an older program does not know
/// would be an error there, so keys stand here before the commands that ask for them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    dead_code,
    reason = "requires is read before the rest; company, sandbox and evidence wait for their commands"
)]
pub(crate) struct Config {
    /// The oldest program that may write here, `>= 0.1`.
    #[serde(default)]
    pub(crate) requires: Option<String>,
    /// The company's name as customers know it.
    #[serde(default = "company")]
    pub(crate) company: String,
    /// IANA name of the zone that people's clocks show.
    #[serde(default = "zone")]
    pub(crate) zone: chrono_tz::Tz,
    /// Locales of customer texts, the first being the default.
    #[serde(default = "locales")]
    pub(crate) locales: Vec<String>,
    /// ISO 4217 code of amounts typed without one.
    #[serde(default = "currency")]
    pub(crate) currency: String,
    /// A workspace for trying things: `INC_AUTHOR` and `INC_NOW` may approve and send.
    #[serde(default)]
    pub(crate) sandbox: bool,
    /// How git is used.
    #[serde(default)]
    pub(crate) git: Git,
    /// Where customer-level files live.
    #[serde(default)]
    pub(crate) evidence: Evidence,
    /// Workspaces of restricted incidents, by group.
    #[serde(default)]
    pub(crate) restricted: BTreeMap<String, Restricted>,
    /// How other tools' names map to ours.
    #[serde(default)]
    pub(crate) import: Import,
    /// Levels of checks.
    #[serde(default)]
    pub(crate) check: Check,
    /// Which column of a metric series is what.
    #[serde(default)]
    pub(crate) series: Series,
}

/// Which column of a metric series is what; a column that is not named here has our name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Series {
    /// Roles (`timestamp`, `attempted`, `succeeded`, `declined_business`, `declined_technical`,
    /// `value`, `count`, `reason`) with their columns.
    #[serde(default)]
    pub(crate) columns: BTreeMap<String, String>,
    /// Dimensions with their columns.
    #[serde(default)]
    pub(crate) dimensions: BTreeMap<String, String>,
    /// What reasons mean: `approved`, `business` or `technical`.
    #[serde(default)]
    pub(crate) reasons: BTreeMap<String, String>,
    /// Whether `value` is of what succeeded or of what was attempted.
    #[serde(default)]
    pub(crate) value_of: ValueOf,
    /// The zone of times without an offset; the workspace's by default.
    #[serde(default)]
    pub(crate) zone: Option<chrono_tz::Tz>,
    /// Length of a bin, such as `1m`.
    #[serde(default)]
    pub(crate) bin: Option<String>,
}

/// What a column of values adds up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ValueOf {
    /// What succeeded.
    #[default]
    Succeeded,
    /// What was attempted.
    Attempted,
}

/// Levels of checks, by code.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// `error`, `warning`, `note` or `off`.
    #[serde(default)]
    pub(crate) levels: BTreeMap<String, String>,
}

impl Check {
    /// The levels, read; none turns a check off.
    ///
    /// # Errors
    ///
    /// For a word that is no level.
    pub(crate) fn levels(&self) -> Result<BTreeMap<String, Option<Level>>, Diagnostic> {
        let read = |(code, word): (&String, &String)| {
            let level = match word.as_str() {
                "error" => Some(Level::Error),
                "warning" => Some(Level::Warning),
                "note" => Some(Level::Note),
                "off" => None,
                _ => {
                    let message = format!("inc.toml: check.levels.{code}: `{word}` is no level");
                    return Err(Diagnostic::error("bad-config", message)
                        .help("write error, warning, note or off"));
                }
            };
            Ok((code.clone(), level))
        };
        self.levels.iter().map(read).collect()
    }
}

/// How git is used.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Git {
    /// One commit a command, staging only, or files alone.
    #[serde(default)]
    pub(crate) commit: CommitMode,
    /// The live branch of records.
    #[serde(default)]
    pub(crate) branch: Option<String>,
    /// Whether commands share what they wrote by themselves.
    #[serde(default)]
    pub(crate) push: PushMode,
}

/// Whether a writing command shares what it wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PushMode {
    /// After each command, in the background, where there is a remote and this machine trusts it.
    #[default]
    Each,
    /// `inc sync` alone.
    Never,
}

/// What a writing command does with git.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CommitMode {
    /// One commit a command.
    #[default]
    Each,
    /// `git add`, no commit.
    Stage,
    /// No git at all.
    Never,
}

/// Where customer-level files live.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "as above")]
pub(crate) struct Evidence {
    /// A folder outside the repository.
    #[serde(default)]
    pub(crate) root: Option<PathBuf>,
}

/// Where a group's restricted incidents live.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restricted {
    /// Path of the other workspace, relative to this one.
    pub(crate) workspace: PathBuf,
}

/// How other tools' names map to ours.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Import {
    /// Their component or service → id in `standards/services.toml`.
    #[serde(default)]
    pub(crate) services: BTreeMap<String, String>,
    /// Their impact or severity word → level of the standard.
    #[serde(default)]
    pub(crate) severity: BTreeMap<String, String>,
}

fn company() -> String {
    "the company".into()
}

fn zone() -> chrono_tz::Tz {
    chrono_tz::America::Mexico_City
}

fn locales() -> Vec<String> {
    vec!["es-MX".into(), "en".into()]
}

fn currency() -> String {
    "MXN".into()
}

impl Default for Config {
    fn default() -> Self {
        Config {
            requires: None,
            company: company(),
            zone: zone(),
            locales: locales(),
            currency: currency(),
            sandbox: false,
            git: Git::default(),
            evidence: Evidence::default(),
            restricted: BTreeMap::new(),
            import: Import::default(),
            check: Check::default(),
            series: Series::default(),
        }
    }
}

/// Reads `inc.toml`; `requires` is looked at first, so that an older program says "update inc"
/// instead of complaining about keys that it does not know yet.
///
/// # Errors
///
/// What is wrong, with its place.
pub(crate) fn read(source: Source<'_>) -> Result<Config, Diagnostic> {
    let wrong = |error: &toml::de::Error| {
        let at = error.span().map_or(TextRange::new(0, 0), TextRange::from);
        let message = error.message().lines().next().unwrap_or("not TOML").to_lowercase();
        let d = Diagnostic::error("bad-config", message.clone()).at(source.place(at));
        match unknown_field(&message) {
            Some((typed, known)) => d.did_you_mean(typed, known),
            None => d,
        }
    };
    let table: toml::Table = source.text.parse().map_err(|e| wrong(&e))?;
    if let Some(requires) = table.get("requires").and_then(|v| v.as_str()) {
        let oldest = requires.trim_start_matches(">=").trim();
        match (version(oldest), version(VERSION)) {
            (Some(oldest), Some(own)) if own < oldest => {
                return Err(Diagnostic::error(
                    "older-program",
                    format!("this workspace requires inc {requires}, this is {VERSION}"),
                )
                .at(crate::diag::Place::file(source.name))
                .help("update inc"));
            }
            (None, _) => {
                return Err(Diagnostic::error("bad-config", format!("`{requires}` is no version"))
                    .at(crate::diag::Place::file(source.name))
                    .help("write requires = \">= 0.1\""));
            }
            _ => {}
        }
    }
    let config: Config = toml::from_str(source.text).map_err(|e| wrong(&e))?;
    // Amounts typed without a currency are in this one: a typo must not turn them into another.
    if let Err(e) = config.currency.parse::<Currency>() {
        let message = format!("`{}` is no currency", config.currency);
        return Err(Diagnostic::error("bad-config", message)
            .at(crate::diag::Place::file(source.name))
            .help(format!("write {}", e.expected)));
    }
    Ok(config)
}

fn version(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|part| part.parse().ok()).collect()
}

/// Serde's words for an unknown key: "unknown field `x`, expected one of `a`, `b`".
fn unknown_field(message: &str) -> Option<(&str, Vec<&str>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (typed, rest) = rest.split_once('`')?;
    Some((typed, rest.split('`').skip(1).step_by(2).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_gets_the_nearest_key_and_its_line() {
        let d = read(Source::new("inc.toml", "company = \"X\"\n[git]\ncomit = \"each\"\n"))
            .unwrap_err();
        assert_eq!(
            (d.place.unwrap().line, d.help.unwrap().as_str()),
            (3, "did you mean `commit`?")
        );
    }

    #[test]
    fn an_older_program_says_update() {
        let d =
            read(Source::new("inc.toml", "requires = \">= 99.0\"\nunheard_of = 1\n")).unwrap_err();
        assert_eq!((d.code.as_str(), d.help.unwrap().as_str()), ("older-program", "update inc"));
    }
}
