use std::sync::Arc;

use super::*;
use crate::decision::NoFacts;
use crate::diag::{Diagnostics, Source};

fn read(text: &str) -> (Option<Policy>, Diagnostics) {
    let calendars: Arc<[WorkDays]> = Arc::new([]);
    load("test", Source::new("test.toml", text), None, &NoFacts, &calendars)
}

const HEAD: &str = "title = \"Test\"\nbasis = \"goodwill\"\ncurrency = \"MXN\"\n\
    [columns.fee]\ntype = \"money\"\nmin = \"0 MXN\"\n[forms.statement_credit]\n";

fn with(rest: &str) -> String {
    format!("{HEAD}{rest}")
}

#[test]
fn a_small_policy_loads() {
    let (policy, found) = read(&with(
        "[award]\nhit = \"unique\"\n[[award.rule]]\nid = \"all\"\nthen = { pay = \"2% * fee\" }\n",
    ));
    assert!(found.is_empty(), "{found}");
    let policy = policy.unwrap();
    assert_eq!(policy.combine, Combine::Unique);
    assert_eq!(policy.awards[0].amounts[0].as_ref().unwrap().text, "2% * fee");
    assert_eq!(
        policy.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(),
        ["customer_id", "fee"]
    );
}
