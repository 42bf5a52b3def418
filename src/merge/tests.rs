use super::*;
use crate::incident::{Record, parse, read_problem};

const BASE: &str = "schema: 1\nid: INC-20261121-7QKM\nuid: 01JD7Z3Q6W3F0K2V9C1T4M8B5N\ntitle: Cards\nstatus: responding\nservices: [card-auth]\ntimes:\n  impact_started: 2026-11-21T03:02:00-06:00\n  detected: 2026-11-21T03:10:00-06:00\ntimeline:\n  - id: T7QK\n    at: 2026-11-21T03:10:00-06:00\n    by: ana\n    kind: detected\n    text: Cards\n";

fn merged(base: &str, ours: &str, theirs: &str) -> Merged {
    let source = |name, text| Source::new(name, text);
    let one = merge(Some(source("base", base)), source("a", ours), source("b", theirs)).unwrap();
    let other = merge(Some(source("base", base)), source("b", theirs), source("a", ours)).unwrap();
    assert_eq!(one, other, "whichever is called ours");
    one
}

fn record(text: &str) -> Record {
    parse(Source::new("x", text)).unwrap_or_else(|e| panic!("{e}\n{text}")).record
}

#[test]
fn entries_of_both_come_in_order_of_their_time() {
    let note = |id: &str, at: &str, text: &str| {
        format!(
            "{BASE}  - id: {id}\n    at: 2026-11-21T{at}:00-06:00\n    by: x\n    text: {text}\n"
        )
    };
    let m = merged(BASE, &note("TZZZ", "03:20", "late"), &note("TAAA", "03:15", "early"));
    let texts: Vec<_> = record(&m.text).timeline.into_iter().map(|e| e.text).collect();
    assert_eq!(texts, ["Cards", "early", "late"]);
    assert!(m.conflicts.is_empty());
    // The same minute: by id.
    let m = merged(BASE, &note("TZZZ", "03:20", "second"), &note("TAAA", "03:20", "first"));
    let texts: Vec<_> = record(&m.text).timeline.into_iter().map(|e| e.text).collect();
    assert_eq!(texts, ["Cards", "first", "second"]);
}

#[test]
fn a_field_that_both_changed_keeps_its_value_and_both_new_ones() {
    let m = merged(
        BASE,
        &BASE.replace("title: Cards", "title: Zebra"),
        &BASE.replace("title: Cards", "title: Ants"),
    );
    let r = record(&m.text);
    assert_eq!((r.title.as_str(), m.conflicts), ("Cards", vec!["title".to_owned()]));
    assert_eq!(r.conflicts[0].values, ["Ants", "Zebra"]);
}

#[test]
fn of_two_states_the_later_stands() {
    let ours = BASE.replace("status: responding", "status: restored");
    let theirs = BASE.replace("status: responding", "status: cancelled");
    let m = merged(BASE, &ours, &theirs);
    assert_eq!(
        (record(&m.text).status, m.conflicts.len()),
        (crate::incident::Status::Cancelled, 0)
    );
    let promise = |at: &str| format!("{BASE}now:\n  next_update_at: {at}\n");
    let base = promise("2026-11-21T03:30:00-06:00");
    let m =
        merged(&base, &promise("2026-11-21T04:30:00-06:00"), &promise("2026-11-21T11:00:00+00:00"));
    assert!(m.text.contains("next_update_at: 2026-11-21T11:00:00+00:00"), "{}", m.text);
    let m = merged(&base, BASE, &promise("2026-11-21T04:30:00-06:00"));
    assert!(m.text.contains("04:30"), "a promise outlives the end of another");
}

#[test]
fn the_last_key_of_a_map_goes_like_any_other() {
    let now = |lines: &str| format!("{BASE}now:\n{lines}");
    let base = now("  next_update_at: 2026-11-21T03:30:00-06:00\n");
    let theirs = now("  next_update_at: 2026-11-21T03:30:00-06:00\n  situation: slow\n");
    let m = merged(&base, BASE, &theirs);
    assert!(m.text.contains("situation: slow") && !m.text.contains("next_update_at"), "{}", m.text);
    assert!(m.conflicts.is_empty());
}

#[test]
fn an_entry_that_two_changed_and_a_third_removed_is_kept_with_their_words() {
    let (x, y) = (BASE.replace("text: Cards", "text: x1"), BASE.replace("text: Cards", "text: y1"));
    let z = BASE.split("timeline:").next().unwrap();
    let xy = merged(BASE, &x, &y).text;
    let m = merged(BASE, &xy, z);
    assert_eq!(record(&m.text), record(&merged(BASE, &x, &merged(BASE, &y, z).text).text));
    assert_eq!(record(&m.text).conflicts[0].values, ["x1", "y1"], "{}", m.text);
}

#[test]
fn names_are_sets() {
    let with = |list: &str| BASE.replace("[card-auth]", list);
    let m = merged(BASE, &with("[card-auth, checkout, app]"), &with("[spei-in]"));
    assert_eq!(record(&m.text).services, ["app", "checkout", "spei-in"]);
    let m = merged(BASE, &BASE.replace("services: [card-auth]\n", ""), &with("[card-auth, app]"));
    assert_eq!(record(&m.text).services, ["app"]);
}

#[test]
fn what_one_removed_and_the_other_changed_is_kept() {
    let without = BASE.split("timeline:").next().unwrap().to_owned();
    let m = merged(BASE, &without, &BASE.replace("text: Cards", "text: Cards again"));
    assert_eq!(record(&m.text).timeline[0].text, "Cards again");
    assert_eq!(m.notes.len(), 1, "{:?}", m.notes);
    let m = merged(BASE, &without, &BASE.replace("title: Cards", "title: x"));
    assert!(record(&m.text).timeline.is_empty());
}

#[test]
fn comments_of_both_are_kept() {
    let ours = BASE.replace("title: Cards\n", "# ours, above\ntitle: Cards # ours, beside\n");
    let theirs = BASE
        .replace("    by: ana\n", "    by: ana # theirs\n    # theirs too\n")
        .replace("status: responding", "status: restored");
    let m = merged(BASE, &ours, &theirs);
    for words in
        ["# ours, above\ntitle: Cards # ours, beside\n", "by: ana # theirs\n", "    # theirs too\n"]
    {
        assert!(m.text.contains(words), "{words}\n{}", m.text);
    }
    // An item that one side removed, and in which the other only wrote a comment.
    let without = BASE.split("timeline:").next().unwrap().to_owned() + "tags: [a]\n";
    let commented = BASE.replace("    kind: detected\n", "    # by whom?\n    kind: detected\n");
    let m = merged(BASE, &without, &commented);
    assert!(m.text.contains("# by whom?") && record(&m.text).timeline.is_empty(), "{}", m.text);
}

#[test]
fn two_new_items_with_one_id_are_both_kept() {
    let note = |by: &str, text: &str| {
        format!(
            "{BASE}  - id: TAAA\n    at: 2026-11-21T03:20:00-06:00\n    by: {by}\n    text: {text}\n"
        )
    };
    let m = merged(BASE, &note("ana", "one"), &note("beto", "two"));
    let r = record(&m.text);
    assert_eq!(r.timeline.len(), 3);
    assert_eq!(m.notes.len(), 1);
    // The same once more: the item that has its new id already is the same item.
    let again = merged(BASE, &m.text, &note("beto", "two"));
    assert_eq!(record(&again.text), r);
}

#[test]
fn sides_that_contradict_each_other_are_in_conflict() {
    let ours = BASE.replace("  detected:", "  restored: 2026-11-21T03:30:00-06:00\n  detected:");
    let theirs = BASE.replace("03:02:00", "03:40:00");
    let m = merged(BASE, &ours, &theirs);
    let r = record(&m.text);
    assert_eq!(m.conflicts, ["times.impact_started", "times.restored"]);
    assert_eq!(r.clocks().restored, None);
    assert!(r.conflicts.iter().any(|c| c.values == ["", "2026-11-21T03:30:00-06:00"]));
}

#[test]
fn conflicts_are_carried_and_settled() {
    let title = |t: &str| BASE.replace("title: Cards", &format!("title: {t}"));
    let open = merged(BASE, &title("a"), &title("b")).text;
    // Somebody else's third word joins them.
    let three = merged(BASE, &open, &title("c"));
    assert_eq!(record(&three.text).conflicts[0].values, ["a", "b", "c"]);
    assert_eq!(three.conflicts, ["title"]);
    // A value that was given afterwards settles it.
    let settled = open.replace("title: Cards", "title: d");
    let noted = open.replace("status: responding", "status: restored");
    let m = merged(&open, &settled, &noted);
    let r = record(&m.text);
    assert_eq!((r.title.as_str(), r.conflicts.len(), m.conflicts.len()), ("d", 0, 0));
    // So does the command.
    let conflict = &record(&open).conflicts[0];
    let choice = read_choice(conflict, "2").unwrap();
    let (r, standing) = settle(&record(&open), "title", &choice).unwrap();
    assert_eq!((r.title.as_str(), standing.as_str(), r.conflicts.len()), ("b", "b", 0));
}

#[test]
fn keys_of_the_users_own_are_merged_too() {
    let own = |text: &str| format!("{BASE}x-team:\n{text}");
    let base = own("  cost: 5\n  on: [a]\n");
    let m = merged(
        &base,
        &own("  cost: 6\n  on: [a, b]\n"),
        &own("  on: [a, c]\n  cost: \"6\"\n  new: 1\n"),
    );
    assert_eq!(m.conflicts, ["x-team.cost"]);
    let r = record(&m.text);
    assert_eq!(r.conflicts[0].values, ["\"6\"", "6"]);
    assert!(m.text.contains("on: [a, b, c]") && m.text.contains("new: 1"), "{}", m.text);
    let (r, _) = settle(&r, "x-team.cost", &Choice::Value("\"6\"".into())).unwrap();
    assert!(edit_text(&r).contains("cost: \"6\""));
}

fn edit_text(record: &Record) -> String {
    crate::edit::to_yaml(&record.to_tree())
}

#[test]
fn what_is_not_one_record_is_not_merged() {
    let source = |text| Source::new("x", text);
    let other = BASE.replace("01JD7Z3Q6W3F0K2V9C1T4M8B5N", "01JD7Z3Q6W3F0K2V9C1T4M8B5P");
    assert!(matches!(
        merge(None, source(BASE), source(&other)),
        Err(Unmergeable::TwoIncidents { younger, .. }) if younger.ends_with('P')
    ));
    let broken = BASE.replace("title:", "title");
    assert!(matches!(
        merge(
            Some(source(BASE)),
            source(&other.replace("P\n", "N\n").replace("Cards", "x")),
            source(&broken)
        ),
        Err(Unmergeable::Unreadable(_))
    ));
}

#[test]
fn one_record_that_came_from_nowhere_twice_is_one() {
    let source = |text| Source::new("x", text);
    let other = BASE.replace("title: Cards", "title: Other") + "tags: [b]\n";
    let m = merge(None, source(BASE), source(&other)).unwrap();
    let r = record(&m.text);
    assert_eq!((r.title.as_str(), r.timeline.len(), r.tags.len()), ("Cards", 1, 1));
    assert_eq!(m.conflicts, ["title"]);
}

const PROBLEM: &str = "schema: 1\nid: PRB-20261121-7QKM\ntitle: Tokens expire  # as people say it\nstate: open\nopened_at: 2026-11-21T03:10:00-06:00\nowner: ana\nincidents: [INC-20261103-V2JA]\n";

fn merged_problem(ours: &str, theirs: &str) -> Merged {
    let source = |text| Source::new("problems/PRB-20261121-7QKM.yaml", text);
    let one = merge_problem(Some(source(PROBLEM)), source(ours), source(theirs)).unwrap();
    let other = merge_problem(Some(source(PROBLEM)), source(theirs), source(ours)).unwrap();
    assert_eq!(one, other, "whichever is called ours");
    one
}

#[test]
fn problems_meet_by_what_they_say() {
    let action = "actions:\n  - { id: A3F0, title: alert a week before, kind: prevent }\n";
    let ours = PROBLEM.replace("V2JA]", "V2JA, INC-20261110-M5GY]").replace(
        "state: open",
        "state: known_error\ncause: nobody renews them\nworkaround: renew by hand",
    );
    let theirs = PROBLEM
        .replace("V2JA]", "V2JA, INC-20261121-K4NW]")
        .replace("state: open", "state: accepted\nreview_on: 2027-01-31")
        + action;
    let m = merged_problem(&ours, &theirs);
    let problem = read_problem(Source::new("p", &m.text)).unwrap();
    assert_eq!(m.conflicts, [""; 0]);
    // Accepted is further than known, and what each side learnt is kept.
    assert_eq!(problem.state.as_str(), "accepted");
    assert_eq!(problem.cause.as_deref(), Some("nobody renews them"));
    assert_eq!(problem.review_on.as_deref(), Some("2027-01-31"));
    assert_eq!((problem.incidents.len(), problem.actions.len()), (3, 1));
    assert!(m.text.contains("# as people say it"), "{}", m.text);
}

#[test]
fn of_two_days_to_look_again_the_first_stands_and_of_two_owners_none() {
    let accepted = |day: &str, owner: &str| {
        let text = PROBLEM.replace("state: open", &format!("state: accepted\nreview_on: {day}"));
        text.replace("owner: ana", &format!("owner: {owner}"))
    };
    let m = merged_problem(&accepted("2027-03-01", "beto"), &accepted("2027-01-31", "carla"));
    let problem = read_problem(Source::new("p", &m.text)).unwrap();
    assert_eq!(problem.review_on.as_deref(), Some("2027-01-31"));
    assert_eq!(
        (m.conflicts.as_slice(), problem.owner.as_deref()),
        (&["owner".to_owned()][..], Some("ana"))
    );
    assert_eq!(problem.conflicts[0].values, ["beto", "carla"]);
    assert_eq!(problem.decides("owner"), "inc problems update 7QKM --owner VALUE");
}

#[test]
fn two_problems_with_one_id_and_sides_that_contradict_each_other() {
    let source = |text| Source::new("p", text);
    let other = PROBLEM.replace("03:10:00", "04:10:00").replace("Tokens", "Certificates");
    let Err(Unmergeable::Refused(why)) = merge_problem(None, source(PROBLEM), source(&other))
    else {
        panic!("merged")
    };
    assert_eq!(why.0[0].code, "two-problems");
    let renamed = PROBLEM.replace("7QKM", "AAAA");
    assert!(merge_problem(Some(source(PROBLEM)), source(&renamed), source(&other)).is_err());
    // A known error whose cause the other side took away: people say which stands.
    let known = PROBLEM.replace("state: open", "state: known_error\ncause: a");
    let ours = known.replace("\ncause: a", "").replace("known_error", "open");
    let theirs = known.replace("title: Tokens expire", "title: Tokens expire unnoticed");
    let m = merge_problem(Some(source(&known)), source(&ours), source(&theirs)).unwrap();
    assert!(read_problem(source(&m.text)).is_ok(), "{}", m.text);
}
