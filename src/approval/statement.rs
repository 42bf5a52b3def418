//! What a signed approval signs, and its signature as one line of a record.

use crate::incident::Approval;

/// The namespace of our signatures: one made for something else does not count here.
pub const NAMESPACE: &str = "inc-approval";

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";

/// The text that is signed: the document's hash, and what else an approval claims. With the
/// incident's `uid` in it a signature cannot be carried to another document, role or incident.
pub fn statement(uid: &str, approval: &Approval) -> String {
    let at = approval.at.map(|at| at.to_string()).unwrap_or_default();
    let lines = [
        ("incident", uid),
        ("of", approval.of.as_str()),
        ("sha256", approval.sha256.as_deref().unwrap_or_default()),
        ("by", approval.by.as_str()),
        ("role", approval.role.as_deref().unwrap_or_default()),
        ("at", at.as_str()),
    ];
    let mut text = "inc approval 1\n".to_owned();
    let size = approval.size.map(|size| size.to_string());
    let size = size.as_deref().map(|size| ("size", size));
    for (name, value) in lines.into_iter().chain(size) {
        // One line a value, whatever it holds: nobody can add a line of their own.
        let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        text.push_str(&format!("{name}: {value}\n"));
    }
    text
}

/// A signature without its armour, as the record keeps it.
pub fn bare(armoured: &str) -> String {
    let body = armoured.lines().map(str::trim);
    body.filter(|line| !line.starts_with("-----")).collect()
}

/// A signature as `ssh-keygen` reads it.
pub fn armoured(bare: &str) -> String {
    let mut text = format!("{BEGIN}\n");
    let body: Vec<char> = bare.chars().filter(|c| !c.is_whitespace()).collect();
    for line in body.chunks(70) {
        text.extend(line);
        text.push('\n');
    }
    text.push_str(END);
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_survives_as_one_line() {
        let text = format!("{BEGIN}\n{}\nabc=\n{END}\n", "x".repeat(70));
        assert_eq!(armoured(&bare(&text)), text);
    }

    #[test]
    fn a_value_cannot_add_a_line() {
        let approval = Approval {
            of: "review\nrole: sponsor".into(),
            by: "ana".into(),
            ..Approval::default()
        };
        let text = statement("01J", &approval);
        assert_eq!(text.lines().count(), 7);
        assert!(text.contains("of: review role: sponsor\n"));
    }
}
