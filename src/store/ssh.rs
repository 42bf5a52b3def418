//! Signatures by the user's `ssh-keygen`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the store is the room that starts programs; the key never passes through this one"
)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::{Result, StoreError};

/// What `ssh-keygen` says of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Made over this text by this key, in this namespace.
    Good,
    /// Not so; its own words.
    Bad(String),
    /// There is no `ssh-keygen` here.
    NoProgram,
}

const PROGRAM: &str = "ssh-keygen";

/// Who the signer is called in our own list of allowed signers, which has one line.
const SIGNER: &str = "approver";

/// Signs a text with a key: a file of a private key, or of a public one that an agent holds.
///
/// # Errors
/// When there is no `ssh-keygen`, or it refuses.
pub fn ssh_sign(text: &str, namespace: &str, key: &Path) -> Result<String> {
    let mut command = Command::new(PROGRAM);
    command.args(["-Y", "sign", "-n", namespace, "-f"]).arg(key);
    let (ok, stdout, stderr) = match run(command, text) {
        Ok(ran) => ran,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let output = "ssh-keygen is not installed".to_owned();
            return Err(StoreError::Git { command: PROGRAM.to_owned(), output });
        }
        Err(e) => return Err(StoreError::io("run ssh-keygen with", key, e)),
    };
    if !ok || !stdout.contains("BEGIN SSH SIGNATURE") {
        return Err(StoreError::Git { command: PROGRAM.to_owned(), output: stderr });
    }
    Ok(stdout)
}

/// Whether a signature was made over a text by a public key.
///
/// # Errors
/// When a temporary file cannot be written.
pub fn ssh_verify(text: &str, namespace: &str, armoured: &str, key: &str) -> Result<Verdict> {
    let folder = tempfile::tempdir()
        .map_err(|e| StoreError::io("make a temporary folder for", Path::new(PROGRAM), e))?;
    let (signers, signature) = (folder.path().join("signers"), folder.path().join("signature"));
    // Only type and key: options in front of them could widen what it is allowed for.
    let words: Vec<&str> = key.split_whitespace().collect();
    let bare = words.iter().position(|w| is_key_type(w)).and_then(|at| words.get(at..at + 2));
    let Some([kind, key]) = bare else {
        return Ok(Verdict::Bad("the key of people.toml is no SSH public key".to_owned()));
    };
    let line = format!("{SIGNER} namespaces=\"{namespace}\" {kind} {key}\n");
    for (path, text) in [(&signers, line.as_str()), (&signature, armoured)] {
        std::fs::write(path, text).map_err(|e| StoreError::io("write", path, e))?;
    }
    let mut command = Command::new(PROGRAM);
    command.args(["-Y", "verify", "-I", SIGNER, "-n", namespace, "-f"]).arg(&signers);
    command.arg("-s").arg(&signature);
    match run(command, text) {
        Ok((true, ..)) => Ok(Verdict::Good),
        Ok((false, stdout, stderr)) => {
            let said = [stderr, stdout].join(" ");
            let said = said.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>();
            Ok(Verdict::Bad(said.join("; ").to_lowercase()))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Verdict::NoProgram),
        Err(e) => Err(StoreError::io("run ssh-keygen in", folder.path(), e)),
    }
}

fn is_key_type(word: &str) -> bool {
    ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"].iter().any(|start| word.starts_with(start))
}

fn run(mut command: Command, input: &str) -> std::io::Result<(bool, String, String)> {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        // It may refuse before it has read all, and then says why by itself.
        let _ = pipe.write_all(input.as_bytes());
    }
    let out = child.wait_with_output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned() + "\n";
    Ok((out.status.success(), text(&out.stdout), text(&out.stderr).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_one_text_one_key_and_one_purpose() {
        let folder = tempfile::tempdir().unwrap();
        let key = |name: &str| {
            let path = folder.path().join(name);
            let made = Command::new(PROGRAM)
                .args(["-q", "-t", "ed25519", "-N", "", "-C", "x", "-f"])
                .arg(&path)
                .status();
            made.is_ok_and(|s| s.success()).then_some(path)
        };
        let (Some(one), Some(other)) = (key("one"), key("other")) else {
            eprintln!("skipped: no ssh-keygen");
            return;
        };
        let public = |p: &Path| std::fs::read_to_string(p.with_extension("pub")).unwrap();
        let signature = ssh_sign("words\n", "inc", &one).unwrap();
        let verify = |text: &str, purpose: &str, key: &str| {
            ssh_verify(text, purpose, &signature, key).unwrap()
        };
        assert_eq!(verify("words\n", "inc", &public(&one)), Verdict::Good);
        assert!(matches!(verify("words.\n", "inc", &public(&one)), Verdict::Bad(_)));
        assert!(matches!(verify("words\n", "other", &public(&one)), Verdict::Bad(_)));
        assert!(matches!(verify("words\n", "inc", &public(&other)), Verdict::Bad(_)));
        assert!(matches!(verify("words\n", "inc", "no key"), Verdict::Bad(_)));
        assert!(ssh_sign("words\n", "inc", &folder.path().join("none")).is_err());
    }
}
