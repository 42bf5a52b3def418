//! What a level could still become, as a person would say it.

use serde_json::{Value as Json, json};

use super::incident::{count, rough, wall};
use crate::decision::{Item, Op, Test, Value};
use crate::incident::Severity;
use crate::reports::Assessment;
use crate::reports::outlook::{Need, Outlook, Way};
use crate::units::{Decimal, Instant, Money};

/// Ways to the next level that a sentence names, and ways to a further one; more are a figure.
const NAMED: (usize, usize) = (2, 1);

/// The level and what it could become: `SEV2 provisional; SEV1 once tier1_failing ≥ 50 % for ≥ 5 min`.
pub fn sentence(assessment: &Assessment, now: Instant) -> String {
    let mut parts = vec![assessment.level_text()];
    parts.extend(phrases(assessment, now));
    parts.join("; ")
}

/// What follows the level in that sentence, one phrase for each level that it could become.
pub fn phrases(assessment: &Assessment, now: Instant) -> Vec<String> {
    let Some(outlook) = &assessment.outlook else { return Vec::new() };
    // Where a person declared another level, the facts move only what stands beside it.
    let said = |level: Severity| match assessment.overrides() {
        Some(_) => format!("derived {level}"),
        None => level.to_string(),
    };
    let mut phrases = Vec::new();
    if let Some((level, at)) = outlook.lasting {
        phrases.push(format!("{} at {} if it goes on", said(level), wall(at, now)));
    }
    for (level, shown) in levels(outlook) {
        let ways: Vec<String> =
            outlook.ways.iter().filter(|way| way.level == level).map(way).collect();
        let more = match ways.len().saturating_sub(shown) {
            0 => String::new(),
            1 => ", or in one more way".to_owned(),
            more => format!(", or in {more} more ways"),
        };
        let named = ways.iter().take(shown).cloned().collect::<Vec<_>>().join(", or ");
        phrases.push(format!("{} once {named}{more}", said(level)));
    }
    match outlook.confirmed {
        Some(level) => phrases.push(format!("{} once confirmed from numbers", said(level))),
        None if assessment.provisional && assessment.level != Some(Severity::Sev4) => {
            phrases.push("lower only once numbers say so and somebody confirms them".to_owned());
        }
        None => {}
    }
    phrases
}

/// The ways that the sentence leaves out, each with its level.
pub fn further(assessment: &Assessment) -> Vec<(Severity, String)> {
    let Some(outlook) = &assessment.outlook else { return Vec::new() };
    let of = |(level, shown): (Severity, usize)| {
        let ways = outlook.ways.iter().filter(move |way| way.level == level);
        ways.skip(shown).map(move |w| (level, way(w)))
    };
    levels(outlook).into_iter().flat_map(of).collect()
}

/// The levels of the ways in their order, with how many ways of each a sentence names.
fn levels(outlook: &Outlook) -> Vec<(Severity, usize)> {
    let mut levels: Vec<Severity> = outlook.ways.iter().map(|way| way.level).collect();
    levels.dedup();
    let shown = std::iter::once(NAMED.0).chain(std::iter::repeat(NAMED.1));
    levels.into_iter().zip(shown).collect()
}

/// What a way waits for: `customers_affected_percent ≥ 25 % and customers_affected ≥ 500`.
pub fn way(way: &Way) -> String {
    let needs: Vec<String> = way.needs.iter().map(need).collect();
    needs.join(" and ")
}

/// The outlook: `[{level,rule,table,why,needs:[inputs],once}]`.
pub fn json(assessment: &Assessment) -> Json {
    let ways = assessment.outlook.iter().flat_map(|outlook| &outlook.ways);
    let one = |w: &Way| {
        let needs: Vec<&str> = w.needs.iter().map(|need| need.input.as_str()).collect();
        json!({
            "level": w.level.as_str(),
            "table": w.table,
            "rule": w.rule,
            "why": w.why,
            "needs": needs,
            "once": way(w),
        })
    };
    ways.map(one).collect()
}

/// One need, by the name of its input.
fn need(need: &Need) -> String {
    let (name, lasts) = spoken(&need.input);
    let name = name.as_str();
    let each = |items: &[Item], join: &str| {
        items.iter().map(|i| item(name, lasts, i)).collect::<Vec<_>>().join(join)
    };
    match &need.test {
        Test::Any => format!("{name} is known"),
        Test::Some(items) => match plain(items) {
            Some(words) if items.len() > 1 => format!("{name} is {words}"),
            _ => each(items, " or "),
        },
        Test::Not(items) if items == &[Item::Null] => format!("{name} is known"),
        Test::Not(items) => match plain(items) {
            Some(words) => format!("{name} is not {words}"),
            None => format!("not {}", each(items, " nor ")),
        },
        Test::All(items) => format!("every one of {}", each(items, " or ")),
        Test::AllNot(items) => format!("none of {}", each(items, " or ")),
    }
}

/// Values in a row: `data, security or fraud`; none where an alternative is more than a value.
fn plain(items: &[Item]) -> Option<String> {
    let words: Option<Vec<String>> = items
        .iter()
        .map(|item| match item {
            Item::Is(Value::Boolean(_)) => None,
            Item::Is(value) => Some(figure(value)),
            _ => None,
        })
        .collect();
    let mut words = words?;
    let last = words.pop()?;
    Some(if words.is_empty() { last } else { format!("{} or {last}", words.join(", ")) })
}

fn item(name: &str, lasts: bool, item: &Item) -> String {
    match item {
        Item::Null => format!("{name} is not known"),
        Item::Is(Value::Boolean(true)) => name.to_owned(),
        Item::Is(Value::Boolean(false)) => format!("not {name}"),
        Item::Is(Value::Text(text)) => format!("{name} is {text}"),
        Item::Is(value) if lasts => format!("{name} {}", figure(value)),
        Item::Is(value) => format!("{name} = {}", figure(value)),
        Item::Differs(value) => format!("{name} is not {}", figure(value)),
        Item::Compare(Op::More, Value::Duration(span)) if lasts && span.seconds() == 0 => {
            format!("{name} any time")
        }
        Item::Compare(op, value) => format!("{name} {} {}", sign(*op), figure(value)),
        Item::Range { low, low_closed, high, high_closed } => {
            let (over, under) = (
                if *low_closed { Op::AtLeast } else { Op::More },
                if *high_closed { Op::AtMost } else { Op::Less },
            );
            let (low, high) = (figure(low), figure(high));
            format!("{name} {} {low} and {} {high}", sign(over), sign(under))
        }
        Item::AndBefore(word) => format!("{name} is {word} or worse"),
    }
}

/// The name as it is read aloud, and whether a time follows it: `tier1_failing_50_for >= 5m` asks
/// for `tier1_failing ≥ 50 % for ≥ 5 min`.
fn spoken(name: &str) -> (String, bool) {
    if let Some(of) = name.strip_suffix("_in") {
        return (format!("{of} in"), true);
    }
    let Some(of) = name.strip_suffix("_for") else { return (name.to_owned(), false) };
    match of.rsplit_once('_') {
        Some((what, share)) if share.bytes().all(|b| b.is_ascii_digit()) => {
            (format!("{what} ≥ {share} % for"), true)
        }
        _ => (format!("{of} for"), true),
    }
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Less => "<",
        Op::AtMost => "≤",
        Op::More => ">",
        Op::AtLeast => "≥",
    }
}

/// A value with its unit, as figures are read: `50,000`, `25 %`, `5 min`, `10,000,000 MXN`.
fn figure(value: &Value) -> String {
    match value {
        Value::Integer(number) | Value::Number(number) => grouped(*number),
        Value::Percent(percent) => format!("{} %", grouped(percent.0)),
        Value::Money(Money { amount, currency }) => format!("{} {currency}", grouped(*amount)),
        Value::Duration(span) if span.seconds() == 0 => "0 min".to_owned(),
        Value::Duration(span) if span.seconds() % 60 == 0 => rough(*span),
        other => other.to_string(),
    }
}

/// A number with its thousands apart.
fn grouped(number: Decimal) -> String {
    let number = number.normalize();
    let text = number.abs().to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    let sign = if number.is_sign_negative() { "−" } else { "" };
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{part}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Type;

    fn asked(input: &str, ty: &Type, test: &str) -> Need {
        Need { input: input.into(), test: Test::parse(test, ty).unwrap() }
    }

    fn one(level: Severity, needs: Vec<Need>) -> Way {
        Way { level, table: "share".into(), rule: "r".into(), why: None, needs }
    }

    #[test]
    fn a_need_is_said_with_its_name_and_its_unit() {
        let money = Type::Money(Some(crate::units::Currency::MXN));
        for (input, ty, test, said) in [
            ("tier1_failing_50_for", Type::Duration, ">= 5m", "tier1_failing ≥ 50 % for ≥ 5 min"),
            ("tier2_failing_50_for", Type::Duration, "> 0s", "tier2_failing ≥ 50 % for any time"),
            ("tier2_failing_50_for", Type::Duration, "90m", "tier2_failing ≥ 50 % for 1 h 30 min"),
            ("support_unreachable_for", Type::Duration, ">= 60m", "support_unreachable for ≥ 1 h"),
            ("cutoff_at_risk_in", Type::Duration, "<= 60m", "cutoff_at_risk in ≤ 1 h"),
            ("customers_affected", Type::Integer, ">= 50000", "customers_affected ≥ 50,000"),
            (
                "customers_affected",
                Type::Integer,
                "[1000..5000)",
                "customers_affected ≥ 1,000 and < 5,000",
            ),
            ("share", Type::Percent, ">= 12.5%", "share ≥ 12.5 %"),
            ("lost_value", money, ">= 10000000.00 MXN", "lost_value ≥ 10,000,000 MXN"),
            ("money_wrong", Type::Boolean, "true", "money_wrong"),
            ("money_wrong", Type::Boolean, "false", "not money_wrong"),
            ("state", Type::Text, "suspected", "state is suspected"),
            ("state", Type::Text, "a, b, c", "state is a, b or c"),
            ("state", Type::Text, "not(a)", "state is not a"),
            ("state", Type::Text, "not(null)", "state is known"),
            ("state", Type::Text, "null", "state is not known"),
        ] {
            assert_eq!(need(&asked(input, &ty, test)), said);
        }
    }

    #[test]
    fn a_sentence_names_the_first_ways_of_each_level_and_counts_the_others() {
        let many = |input: &str| one(Severity::Sev1, vec![asked(input, &Type::Integer, ">= 3")]);
        let both = vec![asked("a", &Type::Integer, ">= 1"), asked("b", &Type::Boolean, "true")];
        let now: Instant = "2026-11-21T03:10:00-06:00".parse().unwrap();
        let assessment = Assessment {
            level: Some(Severity::Sev3),
            derived: Some(Severity::Sev3),
            provisional: true,
            outlook: Some(Outlook {
                ways: vec![one(Severity::Sev2, both), many("c"), many("d"), many("e")],
                confirmed: None,
                lasting: None,
            }),
            ..Assessment::default()
        };
        assert_eq!(
            sentence(&assessment, now),
            "SEV3 provisional; SEV2 once a ≥ 1 and b; SEV1 once c ≥ 3, or in 2 more ways; lower only \
             once numbers say so and somebody confirms them"
        );
        let left: Vec<String> = further(&assessment).into_iter().map(|(_, way)| way).collect();
        assert_eq!(left, ["d ≥ 3", "e ≥ 3"]);
    }

    #[test]
    fn time_and_a_confirmation_change_a_level_as_well() {
        let now: Instant = "2026-11-21T03:10:00-06:00".parse().unwrap();
        let at = "2026-11-21T05:02:00-06:00".parse().unwrap();
        let outlook = Outlook {
            ways: Vec::new(),
            confirmed: Some(Severity::Sev3),
            lasting: Some((Severity::Sev1, at)),
        };
        let level = Some(Severity::Sev2);
        let provisional = Assessment {
            level,
            derived: level,
            provisional: true,
            outlook: Some(outlook.clone()),
            ..Assessment::default()
        };
        assert_eq!(
            sentence(&provisional, now),
            "SEV2 provisional; SEV1 at 05:02 -06:00 if it goes on; SEV3 once confirmed from numbers"
        );
        let declared = Assessment {
            level: Some(Severity::Sev4),
            derived: level,
            outlook: Some(Outlook { confirmed: None, ..outlook }),
            ..Assessment::default()
        };
        assert_eq!(
            sentence(&declared, now),
            "SEV4 (declared; derived SEV2); derived SEV1 at 05:02 -06:00 if it goes on"
        );
    }
}
