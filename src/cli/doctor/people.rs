//! Whether whoever types is known, and can sign.

use std::path::{Path, PathBuf};

use super::Check;
use super::machine::program;
use crate::cli::{Ctx, files};

pub(super) fn people(ctx: &Ctx) -> Vec<Check> {
    let Ok(standard) = ctx.standard_quietly() else { return Vec::new() };
    // Who git does not know is the check `identity`'s business.
    let Some(author) = ctx.author() else { return Vec::new() };
    let found =
        standard.person_called(&author.email).or_else(|| standard.person_called(&author.name));
    let Some(person) = found else {
        let says = format!("standards/people.toml does not know {author}: records take the name");
        let fix = format!("add [people.ID] with email = \"{}\"", author.email);
        return vec![Check::note("people", says).fix(fix)];
    };
    let mut checks = vec![Check::ok("people", format!("{author} is {}", person.id))];
    if let Some(key) = &person.key {
        checks.push(signing(ctx, key));
    }
    checks
}

/// Whether approvals can be signed with the key that people.toml lists.
fn signing(ctx: &Ctx, listed: &str) -> Check {
    if program("ssh-keygen").is_none() {
        let says = "there is no ssh-keygen, which signs and verifies approvals";
        return Check::mend("signing", says, "install OpenSSH's client");
    }
    let path = match ctx.signing_key() {
        Ok(path) => path,
        Err(failure) => return Check::failed("signing", &failure),
    };
    let fix = "git config --global user.signingkey FILE, with the key that people.toml lists";
    let Some(own) = public(&path) else {
        let says = format!("{} is no SSH key, and there is none beside it", path.display());
        return Check::mend("signing", says, fix);
    };
    if blob(&own) != blob(listed) {
        let says = format!("people.toml lists another key than {}", path.display());
        return Check::mend("signing", says, fix);
    }
    Check::ok("signing", format!("approvals are signed with {}", path.display()))
}

/// The public key of a key file.
fn public(path: &Path) -> Option<String> {
    let beside = PathBuf::from(format!("{}.pub", path.display()));
    let texts = [beside, path.to_owned()].into_iter().filter_map(|p| files::read(&p).ok());
    texts.into_iter().find(|text| blob(text).is_some())
}

/// The key itself: what follows its type.
fn blob(key: &str) -> Option<&str> {
    let mut words = key.split_whitespace();
    let is_type = |w: &&str| {
        ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"].iter().any(|start| w.starts_with(start))
    };
    words.find(is_type)?;
    words.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_follows_its_type() {
        assert_eq!(blob("ssh-ed25519 AAAAx ana@example.com\n"), Some("AAAAx"));
        assert_eq!(blob("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n"), None);
    }
}
