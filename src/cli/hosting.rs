//! The code platform behind a remote: where a new pull request is opened, and its own program.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{environment, files};

/// A code platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Platform {
    GitHub,
    GitLab,
    Bitbucket,
}

/// A repository on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hosting {
    pub(crate) platform: Platform,
    /// `https://github.com/company/incidents`
    base: String,
}

impl Hosting {
    /// What a remote's address names; none where no platform is known by its host.
    pub(crate) fn of(address: &str) -> Option<Hosting> {
        let address = address.trim().trim_end_matches('/');
        let address = address.strip_suffix(".git").unwrap_or(address);
        let (host, path) = match address.split_once("://") {
            Some((scheme, rest)) => {
                matches!(scheme, "https" | "http" | "ssh" | "git+ssh").then_some(())?;
                rest.split_once('/')?
            }
            // git@github.com:company/incidents
            None => address.split_once(':')?,
        };
        let host = host.rsplit('@').next()?.split(':').next()?.to_lowercase();
        let named = |name: &str| {
            host.split('.').any(|part| part == name || part.starts_with(&format!("{name}-")))
        };
        let platform = if named("github") {
            Platform::GitHub
        } else if named("gitlab") {
            Platform::GitLab
        } else if named("bitbucket") {
            Platform::Bitbucket
        } else {
            return None;
        };
        let path = path.trim_matches('/');
        (!path.is_empty() && host.contains('.'))
            .then(|| Hosting { platform, base: format!("https://{host}/{path}") })
    }

    /// The page on which a pull request is opened.
    pub(crate) fn new_request(&self, branch: &str, into: &str, title: &str) -> String {
        let (b, i, t) = (escaped(branch), escaped(into), escaped(title));
        match self.platform {
            Platform::GitHub => format!(
                "{}/compare/{}...{}?expand=1&title={t}",
                self.base,
                path(into),
                path(branch)
            ),
            Platform::GitLab => format!(
                "{}/-/merge_requests/new?merge_request%5Bsource_branch%5D={b}&merge_request%5Btarget_branch%5D={i}&merge_request%5Btitle%5D={t}",
                self.base
            ),
            Platform::Bitbucket => {
                format!("{}/pull-requests/new?source={b}&dest={i}&title={t}", self.base)
            }
        }
    }

    /// The platform's own program and what to give it, where it is installed.
    pub(crate) fn program(
        &self,
        branch: &str,
        into: &str,
        title: &str,
        body: &Path,
    ) -> Option<Vec<String>> {
        let body = body.display().to_string();
        let (name, words): (&str, Vec<&str>) = match self.platform {
            Platform::GitHub => (
                "gh",
                vec![
                    "pr",
                    "create",
                    "--head",
                    branch,
                    "--base",
                    into,
                    "--title",
                    title,
                    "--body-file",
                    &body,
                ],
            ),
            Platform::GitLab => (
                "glab",
                vec![
                    "mr",
                    "create",
                    "--source-branch",
                    branch,
                    "--target-branch",
                    into,
                    "--title",
                    title,
                    "--yes",
                    "--description",
                    "-",
                ],
            ),
            Platform::Bitbucket => return None,
        };
        let path = environment("PATH")?;
        let found =
            path.split(':').map(|dir| Path::new(dir).join(name)).find(|p| files::is_program(p))?;
        let mut all = vec![found.display().to_string()];
        all.extend(words.into_iter().map(str::to_owned));
        Some(all)
    }
}

/// Runs the platform's program in the workspace; whether it opened the request.
pub(crate) fn run(words: &[String], body: &str, folder: &Path) -> std::io::Result<bool> {
    use std::io::Write as _;
    let Some((program, rest)) = words.split_first() else { return Ok(false) };
    let mut child =
        Command::new(program).args(rest).current_dir(folder).stdin(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // gh reads the file and closes the pipe unread.
        let _ = stdin.write_all(body.as_bytes());
    }
    Ok(child.wait()?.success())
}

/// A command line as one would type it.
pub(crate) fn typed(words: &[String]) -> String {
    let plain = |w: &str| {
        !w.is_empty() && w.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=@:".contains(c))
    };
    let quoted =
        |w: &String| if plain(w) { w.clone() } else { format!("'{}'", w.replace('\'', "'\\''")) };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// For a query.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte))
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// For a path, in which a branch keeps its slashes.
fn path(text: &str) -> String {
    text.split('/').map(escaped).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_three_platforms_lead_to_a_new_request() {
        let of = |address: &str| {
            Hosting::of(address).map(|h| h.new_request("review/INC-1", "main", "Revisión"))
        };
        for address in [
            "git@github.com:acme/incidents.git",
            "https://github.com/acme/incidents",
            "ssh://git@github.com/acme/incidents.git/",
        ] {
            assert_eq!(
                of(address).unwrap(),
                "https://github.com/acme/incidents/compare/main...review/INC-1?expand=1&title=Revisi%C3%B3n"
            );
        }
        assert!(of("https://gitlab.acme.example/pay/incidents.git").unwrap().starts_with(
            "https://gitlab.acme.example/pay/incidents/-/merge_requests/new?merge_request%5Bsource_branch%5D=review%2FINC-1"
        ));
        assert!(
            of("git@bitbucket.org:acme/incidents.git")
                .unwrap()
                .contains("/pull-requests/new?source=review%2FINC-1&dest=main")
        );
        for other in [
            "/srv/git/incidents.git",
            "https://code.example/acme/x",
            "file:///tmp/github.com/x",
            "git@github:x/y",
            "",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let words = ["gh", "--title", "it's"].map(str::to_owned);
        assert_eq!(typed(&words), "gh --title 'it'\\''s'");
    }
}
