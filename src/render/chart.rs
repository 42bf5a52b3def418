//! Small charts: sparklines and bars for terminals, a drawing for the review.

use std::fmt::Write as _;

use super::{Escape, Locale};
use crate::impact::{Measurement, Moment};
use crate::units::{Decimal, Instant, Percent};

const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What came and what was expected, as lines of blocks on one scale, `width` columns at most.
pub fn sparklines(measured: &Measurement, width: usize) -> (String, String) {
    let course = &measured.course;
    let together = course.len().div_ceil(width.max(1)).max(1);
    let columns: Vec<(Option<i64>, i64)> = course
        .chunks(together)
        .map(|chunk| {
            let actual: Vec<i64> = chunk.iter().filter_map(|m| m.actual).collect();
            let known = (actual.len() == chunk.len()).then(|| actual.iter().sum());
            (known, chunk.iter().map(|m| m.expected).sum())
        })
        .collect();
    let most = columns.iter().map(|(a, e)| a.unwrap_or(0).max(*e)).max().unwrap_or(0);
    let line = |values: Vec<Option<i64>>| values.into_iter().map(|v| step(v, most)).collect();
    (
        line(columns.iter().map(|(a, _)| *a).collect()),
        line(columns.iter().map(|(_, e)| Some(*e)).collect()),
    )
}

fn step(value: Option<i64>, most: i64) -> char {
    let Some(value) = value else { return ' ' };
    let place = i128::from(value.max(0)) * 7 / i128::from(most.max(1));
    usize::try_from(place).ok().and_then(|p| STEPS.get(p).copied()).unwrap_or('█')
}

/// A row of values as one line of blocks; what is not known is a blank.
pub fn spark(values: &[Option<Decimal>]) -> String {
    let most = values.iter().flatten().copied().max().unwrap_or_default().max(Decimal::ONE);
    let scaled = |value: &Option<Decimal>| {
        let share = (*value)?.checked_mul(Decimal::from(7_000))?.checked_div(most)?;
        i64::try_from(share.round()).ok()
    };
    let line =
        values.iter().map(|value| if value.is_none() { ' ' } else { step(scaled(value), 7_000) });
    line.collect()
}

/// A share as a bar of `width` columns.
pub fn bar(share: Percent, width: usize) -> String {
    let full = (share.0 * Decimal::from(width) / Decimal::ONE_HUNDRED).round();
    let full = usize::try_from(full).unwrap_or(0).min(width);
    format!("{}{}", "█".repeat(full), "░".repeat(width - full))
}

const WIDTH: i64 = 960;
const HEIGHT: i64 = 360;
/// Room on the left, above, on the right, below.
const MARGIN: (i64, i64, i64, i64) = (80, 50, 20, 50);

/// Expected against counted, with the window and the proposed periods marked, as SVG.
///
/// Coordinates are whole numbers; the same measurement gives the same bytes.
pub fn svg(measured: &Measurement, title: &str) -> String {
    let course = &measured.course;
    let (left, top, right, bottom) = MARGIN;
    let (inner, tall) = (WIDTH - left - right, HEIGHT - top - bottom);
    let most =
        course.iter().map(|m| m.actual.unwrap_or(0).max(m.expected)).max().unwrap_or(0).max(1);
    let second = |at: Instant| at.get().timestamp();
    let first = course.first().map_or(0, |m| second(m.at));
    let last = course.last().map_or(1, |m| second(m.at) + measured.bin.seconds()).max(first + 1);
    let x = |at: i64| left + (at.clamp(first, last) - first) * inner / (last - first);
    let y = |n: i64| {
        let up = i128::from(n.clamp(0, most)) * i128::from(tall) / i128::from(most);
        top + tall - i64::try_from(up).unwrap_or(0)
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\">\n<title>{0}</title>\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n<text x=\"{left}\" y=\"24\" font-size=\"16\" fill=\"#1a1a1a\">{0}</text>\n",
        Escape::Html.apply(title)
    );
    let mut mark = |from: Instant, to: Instant, colour: &str, label: &str| {
        let (a, b) = (x(second(from)), x(second(to)));
        let _ = writeln!(
            out,
            "<rect x=\"{a}\" y=\"{top}\" width=\"{}\" height=\"{tall}\" fill=\"{colour}\"><title>{label}</title></rect>",
            (b - a).max(1)
        );
    };
    mark(measured.from, measured.to, "#eef1f5", "measured window");
    for p in measured.proposal.iter().flat_map(|p| &p.periods) {
        mark(p.from, p.to, "#f6d5d0", &format!("{} % failing", p.degradation.0));
    }
    let locale = Locale::new("en", chrono_tz::UTC);
    let figure = |n: i64| locale.as_ref().map_or_else(|| n.to_string(), |l| l.integer(n));
    for part in 0..=4 {
        let n = most / 4 * part + most % 4 * part / 4;
        let _ = writeln!(
            out,
            "<line x1=\"{left}\" x2=\"{}\" y1=\"{1}\" y2=\"{1}\" stroke=\"#d0d5dc\"/>\n<text x=\"{2}\" y=\"{3}\" text-anchor=\"end\" fill=\"#444444\">{4}</text>",
            WIDTH - right,
            y(n),
            left - 8,
            y(n) + 4,
            figure(n)
        );
    }
    let ticks = (course.len() / 6).max(1);
    for moment in course.iter().step_by(ticks) {
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#444444\">{}</text>",
            x(second(moment.at)),
            HEIGHT - bottom + 18,
            moment.at.get().format("%d %H:%M")
        );
    }
    let half = measured.bin.seconds() / 2;
    let place = |m: &Moment, n: i64| format!("{},{}", x(second(m.at) + half), y(n));
    let expected: Vec<String> = course.iter().map(|m| place(m, m.expected)).collect();
    let _ = writeln!(
        out,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#5b6b7f\" stroke-width=\"2\" stroke-dasharray=\"6 4\"/>",
        expected.join(" ")
    );
    // A gap ends the line, so that nobody reads a figure where there is none.
    for run in course.chunk_by(|a, b| a.actual.is_some() == b.actual.is_some()) {
        let points: Vec<String> =
            run.iter().filter_map(|m| m.actual.map(|n| place(m, n))).collect();
        if !points.is_empty() {
            let _ = writeln!(
                out,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"#0b5cad\" stroke-width=\"2\"/>",
                points.join(" ")
            );
        }
    }
    let _ = writeln!(
        out,
        "<text x=\"{left}\" y=\"42\" fill=\"#444444\">solid: counted · dashed: expected · grey: measured window · red: proposed periods · {} to {}</text>\n</svg>",
        measured.from, measured.to
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impact::Figures;
    use crate::units::Span;

    fn measured(counts: &[(Option<i64>, i64)]) -> Measurement {
        let at: Instant = "2026-11-21T03:00:00-06:00".parse().unwrap();
        let bin = Span::from_minutes(5);
        let course = counts.iter().zip(0..).map(|((actual, expected), n)| Moment {
            at: at.plus(Span::from_minutes(5 * n)),
            actual: *actual,
            expected: *expected,
        });
        Measurement {
            from: at,
            to: at.plus(bin),
            bin,
            total: Figures::default(),
            parts: Vec::new(),
            course: course.collect(),
            proposal: None,
            assumed: Vec::new(),
        }
    }

    #[test]
    fn lines_share_a_scale_and_gaps_stay_empty() {
        let m = measured(&[(Some(0), 70), (None, 70), (Some(70), 70), (Some(35), 70)]);
        assert_eq!(sparklines(&m, 60), ("▁ █▄".to_owned(), "████".to_owned()));
        assert_eq!(sparklines(&m, 2).1.chars().count(), 2);
        assert_eq!(sparklines(&measured(&[]), 60), (String::new(), String::new()));
    }

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        assert_eq!(bar("25%".parse().unwrap(), 8), "██░░░░░░");
        assert_eq!(bar("250%".parse().unwrap(), 2), "██");
    }

    #[test]
    fn a_drawing_is_whole_and_its_title_harmless() {
        let svg = svg(&measured(&[(Some(1), 2), (None, 2), (Some(3), 2)]), "<script>&");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert!(svg.contains("&lt;script&gt;&amp;") && !svg.contains("<script>"));
        assert_eq!(svg.matches("<polyline").count(), 3);
        assert!(super::svg(&measured(&[]), "").contains("</svg>"));
    }
}
