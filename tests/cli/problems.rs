//! Problems, suggestions for them, incidents that are alike.

use crate::common::Scene;

#[test]
fn a_problem_from_its_suggestion_to_its_end() {
    let mut s = Scene::new("problems");
    for (title, day) in [
        ("Wallet tokens expired, watches refused", "2026-11-02"),
        ("Watches refused: wallet tokens expired again", "2026-11-09"),
        ("Settlement file late", "2026-11-10"),
    ] {
        let service = if title.contains("Settlement") { "settlement" } else { "wallet-tokens" };
        s.inc(&format!("open \"{title}\" -s {service} --kind degradation --at \"{day} 10:00\""))
            .exits(0);
        let id = s.inc("list --format ids -n 1").exits(0).stdout.trim().to_owned();
        s.inc(&format!("update {id} --impact-started \"{day} 09:50\" --root-cause \"nobody renewed the tokens\"")).exits(0);
        s.inc(&format!("note {id} \"Renewed the tokens by hand\" --at \"{day} 10:25\"")).exits(0);
        s.inc(&format!("restore {id} --at \"{day} 10:30\"")).exits(0);
    }
    let new = s.open("\"Watches refused again, tokens?\" -s wallet-tokens --kind degradation");
    s.types(&format!("similar {new}")).exits(0).prints("Renewed the tokens by hand");
    s.types(&format!("similar {new} -n 1 --format json")).exits(0);
    s.types("problems list").exits(0).says("no problem matches");
    s.types("problems show").exits(2).says("no problem is open");
    s.types("problems suggest").exits(0).prints("inc problems open TITLE --incident");
    let json = s.inc("problems suggest --format json").exits(0).json();
    let joined: Vec<String> = json["suggestions"][0]["incidents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|incident| incident["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(joined.len(), 3, "{json}");
    s.types(&format!(
        "problems open \"Wallet tokens expire unnoticed\" -i {} --owner ana --dry-run",
        joined[0]
    ))
    .exits(0)
    .prints("+title: Wallet tokens expire unnoticed");
    s.types(&format!(
        "problems open \"Wallet tokens expire unnoticed\" -i {} --owner ana",
        joined[0]
    ))
    .exits(0);
    s.types("problems open \" \"").exits(2).says("needs words");
    s.types("problems open x -i ZZZZ").exits(2).says("no-such-incident");
    s.types(&format!("problems link {} {}", joined[1], joined[2]))
        .exits(0)
        .prints("2 incidents joined");
    s.types(&format!("problems link {}", joined[2])).exits(0).says("joins them already");
    s.types("problems suggest").exits(0);
    s.types("problems update --state known_error").exits(2).says("says its cause");
    s.types("problems update --state known_error --cause \"nobody renews them, card 4111 1111 1111 1111\" --workaround \"renew by hand\"").exits(0);
    s.types("problems update --action \"Alert a week before\" --due 2026-12-15").exits(0);
    s.types("problems update").exits(2).says("no-change");
    s.types("problems update --done ZZZZ").exits(2).says("names no one action");
    s.types("problems update --state accepted").exits(2).says("looked at again");
    s.types("problems show").exits(0).prints("Alert a week before");
    s.types("problems list").exits(0);
    s.types(&format!("problems link {} --remove", joined[1])).exits(0).prints("1 incident parted");
    s.types(&format!("problems link {} --remove", joined[1])).exits(2).says("is not joined");
    s.types("report trends --period 2026-Q4 --format json").exits(0);
    s.types("problems update --state fixed").exits(0).prints("fixed");
    s.types("problems list").exits(0);
    s.types("problems list --state fixed --format json").exits(0);
    s.types("problems show NOPE").exits(2).says("no-such-problem");
    s.write(
        "problems/PRB-20261121-AAAA.yaml",
        "schema: 1\nid: PRB-20261121-AAAA\ntitle: half\nstate: accepted\n",
    );
    s.types("problems list --all").exits(2).says("error[bad-problem]");
    s.ends();
}

#[test]
fn what_is_wrong_with_problems_is_found_by_check() {
    let mut s = Scene::new("problems_checked");
    let id = s.open("\"Wallet tokens expired\" -s card-auth --kind degradation");
    let problem = |ending: &str, rest: &str| {
        let path = format!("problems/PRB-20261101-{ending}.yaml");
        s.write(
            &path,
            format!("schema: 1\nid: PRB-20261101-{ending}\ntitle: Tokens expire\n{rest}"),
        );
    };
    problem("AAAA", "state: open\nincidents: [INC-20260101-ZZZZ]\n");
    problem("BBBB", "state: accepted\nowner: nobody-here\nreview_on: 2026-11-02\n");
    problem(
        "CCCC",
        &format!(
            "state: fixed\nfixed_at: 2026-11-01T10:00:00-06:00\nowner: ana\nincidents: [INC-20261121-{id}]\n"
        ),
    );
    problem(
        "DDDD",
        "state: open\nowner: ana\nactions: [{ id: A3F0, title: alert, due: 2026-11-10 }]\ncause: card 4111 1111 1111 1111\n",
    );
    problem("EEEE", "<<<<<<< ours\nstate: open\n=======\nstate: fixed\n>>>>>>> theirs\n");
    problem("FFFF", "state: [\n");
    s.write("problems/PRB-20261101-GGGG.yml", "schema: 1\n");
    s.write("problems/README.md", "no problem\n");
    let only = "unreadable-problem,dangling-reference,unknown-person,problem-without-owner,overdue-problem-review,recurred-problem,overdue-action,sensitive-text";
    s.types(&format!("check --only {only}")).exits(1);
    // An incident answers for no problem, and a waiver of the standard for each.
    let one = s.inc(&format!("check {id} --format json")).json();
    assert!(!one.to_string().contains("problems/"), "{one}");
    s.types("explain recurred-problem").exits(0);
    // A report over bad files says which were left out, also in its own text.
    let trends = s.inc("report trends --period 2026-Q4 --format json").exits(2);
    assert!(trends.stdout.contains("PRB-20261101-FFFF.yaml"), "{}", trends.stdout);
    s.ends();
}
