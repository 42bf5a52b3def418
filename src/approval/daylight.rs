//! Whether words that were approved in daylight may still stand.

use chrono::NaiveDate;

use super::{
    Apart, Approver, Evidence, Need, Problem, Signature, Writer, digest, same_person, statement,
    strength,
};
use crate::incident::{Approval, ApprovalKind};

/// What is known of an approval that stands beside its words in the standard.
#[derive(Debug, Clone)]
pub struct Daylight<'a> {
    /// The words, and where they may stand.
    pub document: &'a str,
    /// The hash that was approved.
    pub sha256: &'a str,
    /// Who approved.
    pub by: &'a str,
    /// Who wrote the words.
    pub author: &'a str,
    /// What the table `approvals` asks for.
    pub needs: &'a [Need],
    /// Who committed the approval; none where nothing is committed.
    pub committed_by: Option<&'a Writer>,
    /// Whether git can be asked.
    pub has_history: bool,
    /// What its signature is worth; none where it is not signed.
    pub signature: Option<&'a Signature>,
}

/// The text that is signed where somebody signs a statement: as of any other approval, with the
/// statement's name in the incident's place.
pub fn daylight_statement(name: &str, sha256: &str, by: &str, on: NaiveDate) -> String {
    let approval = Approval {
        of: format!("holding:{name}"),
        sha256: Some(sha256.to_owned()),
        by: by.to_owned(),
        at: format!("{on}T00:00:00Z").parse().ok(),
        ..Approval::default()
    };
    statement("standards/holding.toml", &approval)
}

/// What speaks against it; empty when nothing does. Unlike that of an incident's message, an approval
/// in daylight counts only once it is shown: there was time for a commit.
pub fn daylight(people: &[Approver], given: &Daylight<'_>) -> Vec<Problem> {
    let evidence = Evidence { people: people.to_vec(), ..Evidence::default() };
    let mut problems = Vec::new();
    if digest(given.document.as_bytes()) != given.sha256 {
        problems.push(Problem::Stale);
    }
    let person = evidence.person(given.by);
    let Some(person) = person else {
        problems.push(Problem::Unknown);
        return problems;
    };
    for need in given.needs {
        if !person.roles.contains(&need.role) {
            problems.push(Problem::Role(need.role.clone()));
        }
    }
    let apart = given.needs.iter().any(|need| need.apart == Some(Apart::Author));
    if apart && evidence.person(given.author).is_none_or(|author| author.id == person.id) {
        problems.push(Problem::Own(Apart::Author));
    }
    let signed = person.key.is_some() && given.signature == Some(&Signature::Good);
    let shown = strength(if signed { ApprovalKind::Signed } else { ApprovalKind::Authored });
    if let Some(need) = given.needs.iter().find(|need| strength(need.proof) > shown) {
        problems.push(Problem::Weak(need.proof));
    }
    if person.key.is_some() {
        // Signed, it is theirs whoever commits it.
        match given.signature {
            Some(Signature::Good) => {}
            Some(Signature::Bad(why)) => problems.push(Problem::Forged(why.clone())),
            Some(Signature::Unchecked(why)) => problems.push(Problem::Unproved(why.clone())),
            None => problems.push(Problem::Forged(format!(
                "people.toml lists a key for {}, and nothing is signed with it",
                person.id
            ))),
        }
    } else if given.has_history {
        match given.committed_by {
            Some(writer) if same_person(person, writer) => {}
            Some(writer) => {
                problems.push(Problem::Forged(format!("{} committed it", writer.name)));
            }
            None => problems.push(Problem::Unproved("it is in no commit yet".to_owned())),
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_names_the_statement_and_the_day() {
        let day = "2026-11-20".parse().unwrap();
        let text = daylight_statement("push-initial-es", "ab12", "carla", day);
        assert!(text.contains("of: holding:push-initial-es\nsha256: ab12\nby: carla\n"), "{text}");
        assert!(text.contains("at: 2026-11-20T00:00:00"), "{text}");
    }

    fn person(id: &str, roles: &[&str]) -> Approver {
        Approver {
            id: id.into(),
            name: id.into(),
            roles: roles.iter().map(|r| (*r).to_owned()).collect(),
            ..Approver::default()
        }
    }

    #[test]
    fn it_counts_when_somebody_else_committed_it_in_the_role() {
        let mut people = [person("ana", &[]), person("carla", &["lead"])];
        let needs = [Need {
            role: "lead".into(),
            apart: Some(Apart::Author),
            proof: ApprovalKind::Authored,
            after: None,
            rule: "r".into(),
            why: None,
        }];
        let carla = Writer { name: "carla".into(), email: String::new() };
        let hash = digest(b"words");
        let good = Daylight {
            document: "words",
            sha256: &hash,
            by: "carla",
            author: "ana",
            needs: &needs,
            committed_by: Some(&carla),
            has_history: true,
            signature: None,
        };
        assert_eq!(daylight(&people, &good), []);
        let changed = Daylight { document: "words.", ..good.clone() };
        assert_eq!(daylight(&people, &changed), [Problem::Stale]);
        let own = Daylight { author: "carla", ..good.clone() };
        assert_eq!(daylight(&people, &own), [Problem::Own(Apart::Author)]);
        let open = Daylight { committed_by: None, ..good.clone() };
        assert!(matches!(daylight(&people, &open)[..], [Problem::Unproved(_)]));
        let ana = Writer { name: "ana".into(), email: String::new() };
        let forged = Daylight { committed_by: Some(&ana), ..good.clone() };
        assert!(matches!(daylight(&people, &forged)[..], [Problem::Forged(_)]));
        let nobody = Daylight { by: "dora", ..good.clone() };
        assert_eq!(daylight(&people, &nobody), [Problem::Unknown]);
        let no_lead =
            Daylight { by: "ana", committed_by: Some(&ana), author: "carla", ..good.clone() };
        assert_eq!(daylight(&people, &no_lead), [Problem::Role("lead".into())]);
        let strict = [Need { proof: ApprovalKind::Signed, ..needs[0].clone() }];
        let weak = Daylight { needs: &strict, ..good.clone() };
        assert!(matches!(daylight(&people, &weak)[..], [Problem::Weak(_)]));
        people[1].key = Some("ssh-ed25519 AAAA".into());
        assert!(matches!(daylight(&people, &good)[..], [Problem::Forged(_)]));
        // Whoever has a key signs; signed, it is theirs whoever commits it.
        let (yes, no) = (Signature::Good, Signature::Bad("another key".into()));
        let signed = Daylight { signature: Some(&yes), committed_by: Some(&ana), ..weak.clone() };
        assert_eq!(daylight(&people, &signed), []);
        let changed = Daylight { document: "words.", ..signed.clone() };
        assert_eq!(daylight(&people, &changed), [Problem::Stale]);
        let other = Daylight { signature: Some(&no), ..signed.clone() };
        assert!(daylight(&people, &other).contains(&Problem::Forged("another key".into())));
    }
}
