//! What customers did and said before the incident and after it.

use std::io::BufRead;

use super::super::estimate::Pair;
use super::super::series::lines::Fields;
use super::super::series::time::Times;
use super::super::series::{Mapping, SeriesError};
use super::distinct::Known;
use super::rows::Counted;
use super::table::{Row, Table, rows, yes};

/// Answers of the affected and of the others, each before and after.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Panel {
    /// Whether customers left: the affected, the others.
    pub churn: [Pair; 2],
    /// What they answered: detractors, passives and promoters.
    pub nps: [Pair; 2],
    /// Rows below the header.
    pub rows: u64,
    /// What was taken for granted.
    pub assumed: Vec<String>,
}

/// Reads a row for each customer and time: `period` (before or after) or a `timestamp`, `churned`
/// (yes or no), `score` (0 to 10), either may be empty. Who was affected says a column `affected`,
/// or the evidence that was counted before.
///
/// # Errors
///
/// When the file is no such panel, or nothing says who was affected.
pub fn panel(
    input: impl BufRead,
    mapping: &Mapping,
    window: (i64, i64),
    evidence: Option<&Counted>,
) -> Result<Panel, SeriesError> {
    let mut table = Table::open(input)?;
    let period = table.find(&mapping.period)?;
    let time = match period {
        Some(_) => None,
        None => table.find(&mapping.timestamp)?,
    };
    if period.is_none() && time.is_none() {
        return Err(table.missing(&mapping.period, "period"));
    }
    let churned = table.find(&mapping.churned)?;
    let score = table.find(&mapping.score)?;
    if churned.is_none() && score.is_none() {
        return Err(table.missing(&mapping.churned, "churned"));
    }
    let affected = table.find(&mapping.affected)?;
    let who = evidence.and_then(|e| e.who.as_ref());
    // Of too many customers each cannot be remembered; then only the file itself can say.
    let who = who.filter(|who| who.know(b"").is_some());
    let customer = match (affected, who) {
        (Some(_), _) => None,
        (None, Some(_)) => Some(table.need(&mapping.customer, "customer")?),
        (None, None) => return Err(table.missing(&mapping.affected, "affected")),
    };
    let places: Vec<usize> =
        [period, time, churned, score, affected, customer].into_iter().flatten().collect();
    let mut fields = Fields::new(table.delimiter, places);
    let rank = |place: Option<usize>| place.and_then(|place| fields.rank(place));
    let [period, time, churned, score, affected, customer] =
        [period, time, churned, score, affected, customer].map(rank);
    let mut times = Times::new(mapping.zone);
    let mut all = Panel::default();
    let (mut during, mut silent) = (0_u64, 0_u64);
    table.each(|line| {
        let found = fields.find(line)?;
        let after = match (period, time) {
            (Some(rank), _) => match found.get(rank).to_ascii_lowercase().as_slice() {
                b"before" | b"antes" => false,
                b"after" | b"despues" => true,
                // `después`, in either case of its é.
                [b'd', b'e', b's', b'p', b'u', 0xC3, 0xA9 | 0x89, b's'] => true,
                _ => return Err(Row::Bad("a period is `before` or `after`")),
            },
            (None, Some(rank)) => {
                let at = times.read(found.get(rank))?.second;
                if at >= window.0 && at < window.1 {
                    during += 1;
                    return Ok(());
                }
                at >= window.1
            }
            (None, None) => return Ok(()),
        };
        let hit = match (affected, customer, who) {
            (Some(rank), ..) => yes(found.get(rank))?,
            (None, Some(rank), Some(who)) => who.know(found.get(rank)) == Some(Known::Affected),
            _ => return Ok(()),
        };
        let (group, at) = (usize::from(!hit), usize::from(after));
        let mut said = false;
        if let Some(text) = churned.map(|rank| found.get(rank)).filter(|t| !t.is_empty()) {
            let left = yes(text)?;
            said = true;
            add(&mut all.churn, group, at, if left { 100 } else { 0 });
        }
        if let Some(text) = score.map(|rank| found.get(rank)).filter(|t| !t.is_empty()) {
            let points = match super::super::series::count::count(text) {
                Ok(0..=6) => -100,
                Ok(7 | 8) => 0,
                Ok(9 | 10) => 100,
                _ => return Err(Row::Bad("a score is a whole number from 0 to 10")),
            };
            said = true;
            add(&mut all.nps, group, at, points);
        }
        silent += u64::from(!said);
        Ok(())
    })?;
    all.rows = table.rows;
    for (n, why) in [(during, "during the incident"), (silent, "without an answer")] {
        if n > 0 {
            all.assumed.push(format!("outcomes, {}: {why}, left out", rows(n)));
        }
    }
    if customer.is_some() {
        all.assumed.push(
            "outcomes: who the evidence does not name as affected counts as not affected".into(),
        );
    }
    all.assumed.extend(table.said("outcomes"));
    Ok(all)
}

fn add(pairs: &mut [Pair; 2], group: usize, at: usize, points: i64) {
    if let Some(answers) = pairs.get_mut(group).and_then(|pair| pair.get_mut(at)) {
        answers.add(points);
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::{Ask, count};
    use super::*;

    const WINDOW: (i64, i64) = (1_000, 2_000);

    fn read(text: &str, evidence: Option<&Counted>) -> Result<Panel, SeriesError> {
        panel(text.as_bytes(), &Mapping::new(chrono_tz::UTC), WINDOW, evidence)
    }

    fn numbers(pairs: &[Pair; 2]) -> Vec<i64> {
        pairs.iter().flatten().map(|a| a.number).collect()
    }

    #[test]
    fn who_was_affected_comes_from_the_file_or_from_the_evidence() {
        let own = "customer,affected,period,churned,score\na,yes,before,no,9\na,yes,Después,yes,\nb,no,after,,3\n";
        let got = read(own, None).unwrap();
        assert_eq!((numbers(&got.churn), numbers(&got.nps)), (vec![1, 1, 0, 0], vec![1, 0, 0, 1]));
        let mapping = Mapping::new(chrono_tz::UTC);
        let evidence = count(&b"customer,affected\na,1\nb,0\n"[..], &mapping, &Ask::default());
        let joined = "customer,timestamp,churned\na,10,0\na,1500,0\nb,2500,1\nz,3000,0\n";
        // Seconds of the epoch below a billion are none; these are ISO times instead.
        let joined = joined
            .replace(",10,", ",1970-01-01T00:00:10Z,")
            .replace(",1500,", ",1970-01-01T00:25:00Z,")
            .replace(",2500,", ",1970-01-01T00:41:40Z,")
            .replace(",3000,", ",1970-01-01T00:50:00Z,");
        let got = read(&joined, Some(&evidence.unwrap())).unwrap();
        assert_eq!(numbers(&got.churn), [1, 0, 0, 2]);
        assert!(got.assumed.iter().any(|s| s.contains("1 row: during")), "{:?}", got.assumed);
    }

    #[test]
    fn a_panel_that_cannot_be_told_apart_is_an_error() {
        for (text, role) in [
            ("customer,period,churned\na,before,1\n", "affected"),
            ("customer,affected,churned\na,1,1\n", "period"),
            ("customer,affected,period\na,1,after\n", "churned"),
        ] {
            match read(text, None) {
                Err(SeriesError::NoColumn { role: missing, .. }) => assert_eq!(missing, role),
                other => panic!("{text}: {other:?}"),
            }
        }
        let bad = read("affected,period,score\n1,after,11\n", None);
        assert!(matches!(bad, Err(SeriesError::Bad { line: 2, .. })));
    }
}
