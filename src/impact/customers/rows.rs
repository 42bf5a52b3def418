//! Evidence of attempts: who tried, who could not.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;

use super::super::series::count::count as number;
use super::super::series::lines::Fields;
use super::super::series::time::Times;
use super::super::series::{Mapping, Reason, SeriesError};
use super::distinct::{Distinct, EXACT_UP_TO, Tally};
use super::table::{Row, Table, rows, yes};

/// Values of dimensions that are told apart.
const MOST_PARTS: usize = 500;
/// Clients of which failures are counted one by one.
const MOST_CLIENTS: usize = 10_000;
/// Unknown reasons that are listed.
const MOST_REASONS: usize = 50;

/// What is asked of the evidence.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// First second of the window; none for no limit.
    pub from: Option<i64>,
    /// The second at which it ends.
    pub to: Option<i64>,
    /// Values of dimensions to which rows are held.
    pub only: Vec<(String, Vec<String>)>,
    /// Dimensions whose parts are wanted; none for all that the file has.
    pub by: Option<Vec<String>>,
    /// Every row is of somebody affected: the file lists nobody else.
    pub all_affected: bool,
}

/// What the evidence says.
#[derive(Debug)]
pub struct Counted {
    /// Distinct customers.
    pub customers: Option<Tally>,
    /// Distinct business clients.
    pub clients: Option<Tally>,
    /// Distinct merchants.
    pub merchants: Option<Tally>,
    /// Distinct customers by dimension and value, most affected first within a dimension.
    pub parts: Vec<(String, String, Tally)>,
    /// Rows and failures of each affected client, most failures first; empty where there are more
    /// than ten thousand.
    pub each_client: Vec<(String, u64, u64)>,
    /// Whether the file lists the affected alone, so that nothing is known of who tried.
    pub all_affected: bool,
    /// What was met on the way.
    pub notes: Notes,
    pub(super) who: Option<Distinct>,
}

/// What was met on the way through the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notes {
    /// Rows below the header.
    pub rows: u64,
    /// Rows that were counted.
    pub counted: u64,
    /// Rows about something else than what was asked for.
    pub others: u64,
    /// Rows before or after the window.
    pub outside: u64,
    /// Rows without a customer, client or merchant.
    pub nameless: u64,
    /// Sentences about what was taken for granted.
    pub assumed: Vec<String>,
}

/// How a row says whether somebody was affected.
enum Said {
    Always,
    Affected(usize),
    Reason(usize),
    Counts { attempted: usize, succeeded: usize, declined: Option<usize> },
}

/// Counts distinct customers, clients and merchants of a file of attempts.
///
/// Somebody is affected whose attempt failed for a technical reason at least once, also where a
/// later one succeeded. Which it is says a column `affected` (yes or no, or how many failed), a
/// `reason`, or `attempted` and `succeeded`.
///
/// # Errors
///
/// When the file is no such evidence, or none of its rows is about what was asked.
pub fn count(input: impl BufRead, mapping: &Mapping, ask: &Ask) -> Result<Counted, SeriesError> {
    let mut table = Table::open(input)?;
    let time = table.find(&mapping.timestamp)?;
    let customer = table.find(&mapping.customer)?;
    let merchant = table.find(&mapping.merchant)?;
    let mut dimensions = Vec::new();
    for (dimension, column) in &mapping.dimensions {
        dimensions.extend(table.find(column)?.map(|place| (dimension.clone(), place)));
    }
    let client = dimensions.iter().find(|(d, _)| d == "client").map(|(_, place)| *place);
    if customer.is_none() && client.is_none() && merchant.is_none() {
        return Err(table.missing(&mapping.customer, "customer"));
    }
    let said = said(&table, mapping, ask)?;
    let mut places: Vec<usize> = dimensions.iter().map(|(_, place)| *place).collect();
    places.extend([time, customer, merchant].into_iter().flatten());
    match &said {
        Said::Always => {}
        Said::Affected(place) | Said::Reason(place) => places.push(*place),
        Said::Counts { attempted, succeeded, declined } => {
            places.extend([*attempted, *succeeded]);
            places.extend(declined);
        }
    }
    let mut fields = Fields::new(table.delimiter, places);
    let rank = |fields: &Fields, place: Option<usize>| place.and_then(|p| fields.rank(p));
    let (time, customer, merchant, client) = (
        rank(&fields, time),
        rank(&fields, customer),
        rank(&fields, merchant),
        rank(&fields, client),
    );
    let said = said.ranked(&fields);
    let ranks: Vec<(String, usize)> = dimensions
        .iter()
        .filter_map(|(d, place)| Some((d.clone(), fields.rank(*place)?)))
        .collect();
    let wanted = |d: &str| ask.by.as_ref().map_or(d != "client", |by| by.iter().any(|b| b == d));
    let mut who = Distinct::new(EXACT_UP_TO);
    let (mut of_clients, mut of_merchants) =
        (Distinct::new(EXACT_UP_TO), Distinct::new(EXACT_UP_TO));
    let mut parts: HashMap<(usize, Vec<u8>), usize> = HashMap::new();
    let mut each_client: HashMap<Vec<u8>, (u64, u64)> = HashMap::new();
    let mut many_clients = false;
    let mut times = Times::new(mapping.zone);
    let mut unknown: BTreeMap<String, u64> = BTreeMap::new();
    let mut notes = Notes::default();
    let (mut bare, mut twice) = (0_u64, 0_u64);
    let mut own = Vec::new();
    table.each(|line| {
        let found = fields.find(line)?;
        if let Some(rank) = time {
            let at = times.read(found.get(rank))?;
            let early = ask.from.is_some_and(|from| at.second < from);
            if early || ask.to.is_some_and(|to| at.second >= to) {
                notes.outside += 1;
                return Ok(());
            }
            bare += u64::from(at.bare);
            twice += u64::from(at.twice);
        }
        let held = ask.only.iter().all(|(dimension, values)| {
            let rank = ranks.iter().find(|(d, _)| d == dimension);
            rank.is_none_or(|(_, rank)| {
                let value = found.get(*rank);
                values.iter().any(|v| v.as_bytes() == value)
            })
        });
        if !held {
            notes.others += 1;
            return Ok(());
        }
        let affected = match &said {
            Said::Always => true,
            Said::Affected(rank) => yes(found.get(*rank))?,
            Said::Reason(rank) => {
                let code = String::from_utf8_lossy(found.get(*rank));
                match mapping.reasons.get(code.as_ref()) {
                    Some(reason) => *reason == Reason::Technical,
                    None => {
                        let known = unknown.len() < MOST_REASONS || unknown.contains_key(&*code);
                        if known {
                            *unknown.entry(code.into_owned()).or_default() += 1;
                        }
                        true
                    }
                }
            }
            Said::Counts { attempted, succeeded, declined } => {
                let business = declined.map_or(Ok(0), |rank| number(found.get(rank)))?;
                let tried = number(found.get(*attempted))? - business;
                tried > number(found.get(*succeeded))?
            }
        };
        own.clear();
        for (place, (dimension, rank)) in ranks.iter().enumerate() {
            if !wanted(dimension) || customer.is_none() {
                continue;
            }
            let key = (place, found.get(*rank).to_vec());
            let part = match parts.get(&key) {
                Some(part) => *part,
                None if parts.len() >= MOST_PARTS => {
                    return Err(Row::Fatal(SeriesError::ManyParts));
                }
                None => {
                    let part = who.part();
                    parts.insert(key, part);
                    part
                }
            };
            own.push(part);
        }
        let name = |rank: Option<usize>| rank.map(|r| found.get(r)).filter(|id| !id.is_empty());
        let (person, shop, firm) = (name(customer), name(merchant), name(client));
        if person.is_none() && shop.is_none() && firm.is_none() {
            notes.nameless += 1;
            return Ok(());
        }
        notes.counted += 1;
        if let Some(id) = person {
            who.add(id, &own, affected);
        }
        if let Some(id) = shop {
            of_merchants.add(id, &[], affected);
        }
        if let Some(id) = firm {
            of_clients.add(id, &[], affected);
            if let Some((rows, failed)) = each_client.get_mut(id) {
                *rows += 1;
                *failed += u64::from(affected);
            } else if each_client.len() < MOST_CLIENTS {
                each_client.insert(id.to_vec(), (1, u64::from(affected)));
            } else {
                many_clients = true;
            }
        }
        Ok(())
    })?;
    notes.rows = table.rows;
    if notes.counted == 0 {
        return Err(nothing(&notes, ask));
    }
    assumed(&mut notes, time.is_some(), (bare, twice), &unknown, mapping);
    notes.assumed.extend(table.said("evidence"));
    let mut parts: Vec<(String, String, Tally)> = parts
        .into_iter()
        .map(|((dimension, value), place)| {
            let dimension = ranks.get(dimension).map_or_else(String::new, |(d, _)| d.clone());
            (dimension, String::from_utf8_lossy(&value).into_owned(), who.tally(place))
        })
        .collect();
    let order = |d: &str| ranks.iter().position(|(name, _)| name == d);
    parts.sort_by(|a, b| {
        let of = |p: &(String, String, Tally)| (order(&p.0), std::cmp::Reverse(p.2.affected));
        of(a).cmp(&of(b)).then_with(|| a.1.cmp(&b.1))
    });
    let mut each_client: Vec<(String, u64, u64)> = each_client
        .into_iter()
        .filter(|(_, (_, failed))| *failed > 0 && !many_clients)
        .map(|(id, (rows, failed))| (String::from_utf8_lossy(&id).into_owned(), rows, failed))
        .collect();
    each_client.sort_by(|a, b| (b.2, &a.0).cmp(&(a.2, &b.0)));
    if many_clients {
        notes.assumed.push(format!(
            "there are more than {MOST_CLIENTS} business clients: they are counted, not listed"
        ));
    }
    Ok(Counted {
        customers: customer.map(|_| who.tally(0)),
        clients: client.map(|_| of_clients.tally(0)),
        merchants: merchant.map(|_| of_merchants.tally(0)),
        parts,
        each_client,
        all_affected: ask.all_affected,
        notes,
        who: customer.map(|_| who),
    })
}

fn said<R: BufRead>(table: &Table<R>, mapping: &Mapping, ask: &Ask) -> Result<Said, SeriesError> {
    if ask.all_affected {
        return Ok(Said::Always);
    }
    if let Some(place) = table.find(&mapping.affected)? {
        return Ok(Said::Affected(place));
    }
    if let Some(place) = table.find(&mapping.reason)? {
        return Ok(Said::Reason(place));
    }
    match (table.find(&mapping.attempted)?, table.find(&mapping.succeeded)?) {
        (Some(attempted), Some(succeeded)) => {
            let declined = table.find(&mapping.declined_business)?;
            Ok(Said::Counts { attempted, succeeded, declined })
        }
        _ => Err(table.missing(&mapping.affected, "affected")),
    }
}

impl Said {
    /// The same by ranks among the fields that are found.
    fn ranked(self, fields: &Fields) -> Said {
        let rank = |place: usize| fields.rank(place).unwrap_or(0);
        match self {
            Said::Always => Said::Always,
            Said::Affected(place) => Said::Affected(rank(place)),
            Said::Reason(place) => Said::Reason(rank(place)),
            Said::Counts { attempted, succeeded, declined } => Said::Counts {
                attempted: rank(attempted),
                succeeded: rank(succeeded),
                declined: declined.map(rank),
            },
        }
    }
}

fn nothing(notes: &Notes, ask: &Ask) -> SeriesError {
    let rows = notes.rows;
    if notes.others == 0 && notes.outside > 0 {
        return SeriesError::Elsewhere { rows, span: None };
    }
    let only = ask.only.iter().map(|(d, values)| format!("{d} {}", values.join(" or ")));
    let about = only.chain((notes.nameless > 0).then(|| "anybody by name".to_owned()));
    SeriesError::NoneAbout { rows, about: about.collect::<Vec<_>>().join(", ") }
}

fn assumed(
    notes: &mut Notes,
    timed: bool,
    (bare, twice): (u64, u64),
    unknown: &BTreeMap<String, u64>,
    mapping: &Mapping,
) {
    let mut say = |said: String| notes.assumed.push(said);
    if !timed {
        say("evidence: there is no time in it, so every row counts for the incident".to_owned());
    }
    if bare > 0 {
        say(format!("evidence, {}: no offset, read on the clocks of {}", rows(bare), mapping.zone));
    }
    if twice > 0 {
        say(format!(
            "evidence, {}: in an hour that the clocks had twice, taken as the first",
            rows(twice)
        ));
    }
    for (code, times) in unknown {
        say(format!(
            "evidence: reason `{code}` is in no table, {} taken as technical",
            rows(*times)
        ));
    }
    let (outside, others, nameless) = (notes.outside, notes.others, notes.nameless);
    for (n, why) in [
        (outside, "before or after the window"),
        (others, "about something else"),
        (nameless, "of nobody: no customer, client or merchant"),
    ] {
        if n > 0 {
            notes.assumed.push(format!("evidence, {}: {why}, left out", rows(n)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str, ask: &Ask) -> Result<Counted, SeriesError> {
        count(text.as_bytes(), &Mapping::new(chrono_tz::UTC), ask)
    }

    fn tally(tried: u64, affected: u64) -> Option<Tally> {
        Some(Tally { tried, affected, exact: true })
    }

    #[test]
    fn people_count_once_however_often_they_try() {
        let text = "timestamp,customer,client,merchant,region,affected\n\
                    2026-11-21T03:10:00Z,a,acme,m1,N,yes\n\
                    2026-11-21T03:11:00Z,a,acme,m2,N,no\n\
                    2026-11-21T03:12:00Z,b,bolt,m1,S,no\n\
                    2026-11-21T03:13:00Z,,bolt,m3,S,yes\n\
                    2026-11-21T09:13:00Z,c,bolt,m3,S,yes\n";
        let ask = Ask { from: Some(1_795_230_600), to: Some(1_795_234_200), ..Ask::default() };
        let got = counted(text, &ask).unwrap();
        assert_eq!(
            (got.customers, got.clients, got.merchants),
            (tally(2, 1), tally(2, 2), tally(3, 2))
        );
        let parts: Vec<_> = got
            .parts
            .iter()
            .map(|(d, v, t)| (d.as_str(), v.as_str(), t.tried, t.affected))
            .collect();
        assert_eq!(parts, [("region", "N", 1, 1), ("region", "S", 1, 0)]);
        assert_eq!(got.each_client, [("acme".into(), 2, 1), ("bolt".into(), 2, 1)]);
        assert_eq!((got.notes.outside, got.notes.counted), (1, 4));
    }

    #[test]
    fn a_reason_or_counts_say_who_was_affected() {
        let reasons = "customer,reason\na,00\nb,51\nc,91\nd,ZZ\n";
        let got = counted(reasons, &Ask::default()).unwrap();
        assert_eq!(got.customers, tally(4, 2));
        assert!(got.notes.assumed.iter().any(|s| s.contains("`ZZ`")), "{:?}", got.notes);
        assert!(got.notes.assumed.iter().any(|s| s.contains("no time in it")));
        let counts = "customer,attempted,succeeded,declined_business\na,3,2,1\nb,3,2,0\n";
        assert_eq!(counted(counts, &Ask::default()).unwrap().customers, tally(2, 1));
    }

    #[test]
    fn what_says_nothing_is_no_number() {
        let no_word = counted("customer,region\na,N\n", &Ask::default());
        assert!(matches!(no_word, Err(SeriesError::NoColumn { role: "affected", .. })));
        let all = Ask { all_affected: true, ..Ask::default() };
        assert_eq!(counted("customer\na\nb\na\n", &all).unwrap().customers, tally(2, 2));
        let nobody = counted("region,affected\nN,1\n", &Ask::default());
        assert!(matches!(nobody, Err(SeriesError::NoColumn { role: "customer", .. })));
        let bad = counted("customer,affected\na,perhaps\n", &Ask::default());
        assert!(matches!(bad, Err(SeriesError::Bad { line: 2, .. })), "{bad:?}");
        let only = Ask { only: vec![("region".into(), vec!["N".into()])], ..Ask::default() };
        let other = counted("customer,region,affected\na,S,1\n", &only);
        assert!(matches!(other, Err(SeriesError::NoneAbout { .. })));
        assert!(matches!(counted("customer,affected\n", &all), Err(SeriesError::NoRows)));
    }

    #[test]
    fn a_customer_as_a_dimension_is_refused() {
        let mut mapping = Mapping::new(chrono_tz::UTC);
        assert!(mapping.put("session", "session"));
        let rows: String = (0..600).map(|n| format!("c{n},{n},1\n")).collect();
        let text = format!("customer,session,affected\n{rows}");
        let got = count(text.as_bytes(), &mapping, &Ask::default());
        assert!(matches!(got, Err(SeriesError::ManyParts)));
    }
}
