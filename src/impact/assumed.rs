use super::estimate::{Base, DayKind};
use super::grids::Grids;
use super::measure::{Figures, Question, moment};
use super::series::{Measure, Series};

/// What a measurement takes for granted, in sentences: nothing is assumed silently.
pub(super) fn assumed(
    series: &Series,
    grids: &Grids<'_>,
    asked: &Question<'_>,
    total: &Figures,
    ends_early: bool,
) -> Vec<String> {
    let mut said = Vec::new();
    let notes = &series.notes;
    let at = |second: i64| moment(second, asked.zone).to_string();
    match total.known {
        None => said.push("there is nothing before the window: nothing is expected of it".into()),
        Some(known) => {
            let n = known.references;
            let level = match known.method.level_hours {
                0 => String::new(),
                1 => ", moved by the level of the hour before".to_owned(),
                hours => format!(", moved by the level of the {hours} hours before"),
            };
            said.push(match known.method.base {
                Base::Weeks if n < 3 => format!(
                    "the history is short: compared with the same time of {}{level}",
                    of(n, "week")
                ),
                Base::Weeks => format!(
                    "compared with the same time of week, the middle of {}{level}",
                    of(n, "week")
                ),
                Base::Days => format!(
                    "there are no three weeks of history: compared with the same time of day, the middle of {}{level}",
                    of(n, "day")
                ),
                Base::HourBefore => {
                    "there is hardly any history: compared with the hour before".to_owned()
                }
            });
            said.push(match known.windows {
                n if total.floor.is_none() => format!(
                    "{} to compare errors with: no interval is given",
                    if n == 0 {
                        "there is no unharmed window".into()
                    } else {
                        of(n, "unharmed window")
                    }
                ),
                n => format!(
                    "the interval is of the method's own errors on {}",
                    of(n, "unharmed window")
                ),
            });
            let word = known.day.word();
            match (known.day, known.like_days) {
                (DayKind::Ordinary, _) => {}
                (_, 0) => said.push(format!(
                    "a {word} with no earlier {word} in the data: compared with ordinary days, the interval as much wider as days lie apart"
                )),
                (_, n) => said.push(format!("a {word}: compared with {}", of(n, &format!("earlier {word}")))),
            }
        }
    }
    if !series.measures.contains(&Measure::Succeeded) {
        said.push("the file counts no successes: lost are attempts that did not come".into());
    } else if series.measures.contains(&Measure::Attempted)
        && !series.measures.contains(&Measure::DeclinedBusiness)
    {
        said.push(
            "the file counts no business declines: every attempt without success is a failure"
                .into(),
        );
    }
    if ends_early {
        let last = notes.span.map_or(0, |(_, last)| last);
        said.push(format!("the file ends at {}: measured up to there", at(last)));
    }
    match grids.silent_in_window() {
        0 => {}
        n => said.push(format!(
            "{} of the window without a row: taken as nothing having come; a monitoring that stood still looks the same",
            of(usize::try_from(n).unwrap_or(usize::MAX), "bin")
        )),
    }
    match grids.gaps_before() {
        0 => {}
        n => said.push(format!(
            "{} of the history without a row: gaps, of which nothing is known",
            of(n, "bin")
        )),
    }
    if grids.sparse {
        said.push("rows come only when something happens: a bin without any holds zero, a day without any is a gap".into());
    }
    if let Some(spacing) = series.spacing.filter(|s| *s > series.width) {
        said.push(format!("rows lie up to {spacing} s apart, farther than a bin is long"));
    }
    if !asked.others.is_empty() {
        let n = asked.others.len();
        said.push(format!("{} of other incidents left out of the history", of(n, "window")));
    }
    if notes.without_offset > 0 {
        said.push(format!(
            "{} no offset: taken as times of {}",
            rows(notes.without_offset, "has", "have"),
            series.zone
        ));
    }
    if notes.twice > 0 {
        said.push(format!(
            "{} in an hour that the clocks had twice: taken as the first",
            rows(notes.twice, "lies", "lie")
        ));
    }
    if notes.bad > 0 {
        let first = notes.first_bad.first();
        let first = first.map_or(String::new(), |(line, why)| format!("; line {line}: {why}"));
        said.push(format!("{} left out as unreadable{first}", rows(notes.bad, "was", "were")));
    }
    if notes.above > 0 {
        said.push(format!(
            "{} more successes than attempts: as many attempts were taken",
            rows(notes.above, "has", "have")
        ));
    }
    if notes.repeated > 0 {
        said.push(format!(
            "{} the row before word for word, and were counted",
            rows(notes.repeated, "repeats", "repeat")
        ));
    }
    match grids.doubled() {
        0 => {}
        n => said.push(format!(
            "{} at least twice as many rows as usual: doubled rows would be counted twice",
            if n == 1 { "1 bin holds".into() } else { format!("{n} bins hold") }
        )),
    }
    for (code, count) in notes.unknown_reasons.iter().take(10) {
        said.push(format!(
            "reason `{code}` is in no table: {} counted as technical",
            rows(*count, "was", "were")
        ));
    }
    said
}

fn of(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn rows(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 row {one}") } else { format!("{n} rows {many}") }
}
