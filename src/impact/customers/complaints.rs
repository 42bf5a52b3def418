//! Complaints, a row for each.

use std::io::BufRead;

use super::super::series::lines::Fields;
use super::super::series::time::Times;
use super::super::series::{Mapping, SeriesError};
use super::table::{Row, Table, rows};
use crate::units::Decimal;

/// Complaints by kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Complained {
    /// Formal complaints.
    pub formal: u64,
    /// Those that came through an authority.
    pub regulator: u64,
    /// Rows below the header.
    pub rows: u64,
    /// What was taken for granted.
    pub assumed: Vec<String>,
}

impl Complained {
    /// So many of a thousand customers, to two digits.
    pub fn per_thousand(number: u64, customers: u64) -> Option<Decimal> {
        let thousand = Decimal::from(number).checked_mul(Decimal::ONE_THOUSAND)?;
        Some(thousand.checked_div(customers.into())?.round_dp(2).normalize())
    }
}

/// Counts the complaints of an incident: `complaint` is `formal` or `regulator`; rows of another
/// `incident`, and rows before the impact began, are left out where there are such columns.
///
/// # Errors
///
/// When the file has no such column.
pub fn complaints(
    input: impl BufRead,
    mapping: &Mapping,
    from: i64,
    id: &str,
) -> Result<Complained, SeriesError> {
    let mut table = Table::open(input)?;
    let kind = table.need(&mapping.complaint, "complaint")?;
    let time = table.find(&mapping.timestamp)?;
    let incident = table.find(&mapping.incident)?;
    let places: Vec<usize> = [Some(kind), time, incident].into_iter().flatten().collect();
    let mut fields = Fields::new(table.delimiter, places);
    let rank = |place: Option<usize>| place.and_then(|place| fields.rank(place));
    let (kind, time, incident) = (rank(Some(kind)).unwrap_or(0), rank(time), rank(incident));
    let mut times = Times::new(mapping.zone);
    let mut all = Complained::default();
    let (mut early, mut elsewhere, mut other) = (0_u64, 0_u64, 0_u64);
    let suffix = id.rsplit('-').next().unwrap_or(id);
    table.each(|line| {
        let found = fields.find(line)?;
        if let Some(rank) = incident {
            let named = found.get(rank);
            let own = named.eq_ignore_ascii_case(id.as_bytes())
                || named.eq_ignore_ascii_case(suffix.as_bytes());
            if !own {
                elsewhere += 1;
                return Ok(());
            }
        }
        if let Some(rank) = time
            && times.read(found.get(rank))?.second < from
        {
            early += 1;
            return Ok(());
        }
        match found.get(kind).to_ascii_lowercase().as_slice() {
            b"formal" => all.formal += 1,
            b"regulator" => all.regulator += 1,
            b"" => return Err(Row::Bad("no kind of complaint")),
            _ => other += 1,
        }
        Ok(())
    })?;
    all.rows = table.rows;
    if time.is_none() && incident.is_none() {
        all.assumed.push(
            "complaints: neither time nor incident is in them, so every row counts for it".into(),
        );
    }
    for (n, why) in [
        (early, "before the impact began, left out"),
        (elsewhere, "about another incident, left out"),
        (other, "neither formal nor regulator, left out"),
    ] {
        if n > 0 {
            all.assumed.push(format!("complaints, {}: {why}", rows(n)));
        }
    }
    all.assumed.extend(table.said("complaints"));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_those_of_the_incident() {
        let text = "timestamp,incident,complaint\n\
                    2026-11-21T09:00:00Z,INC-20261121-7QKM,formal\n\
                    2026-11-22T09:00:00Z,7qkm,Regulator\n\
                    2026-11-20T09:00:00Z,7QKM,formal\n\
                    2026-11-22T09:00:00Z,AAAA,formal\n\
                    2026-11-22T09:00:00Z,7QKM,informal\n";
        let mapping = Mapping::new(chrono_tz::UTC);
        let got = complaints(text.as_bytes(), &mapping, 1_795_230_600, "INC-20261121-7QKM");
        let got = got.unwrap();
        assert_eq!((got.formal, got.regulator, got.assumed.len()), (1, 1, 3), "{:?}", got.assumed);
        assert_eq!(Complained::per_thousand(31, 12_840).unwrap().to_string(), "2.41");
        assert_eq!(Complained::per_thousand(1, 0), None);
    }
}
