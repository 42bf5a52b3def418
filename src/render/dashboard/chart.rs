//! Charts as SVG with their figures as a table below. Coordinates are whole numbers: the same
//! figures give the same bytes. Colours are the stylesheet's.

use std::fmt::Write as _;

use super::Look;
use super::html::{E, scroll};
use crate::units::Decimal;

/// One of the parts that a column is made of.
pub(super) struct Series {
    pub(super) name: String,
    /// The class that colours it.
    pub(super) class: &'static str,
}

/// One column; a part that is not known is `None`.
pub(super) struct Bar {
    /// Below the column.
    pub(super) label: String,
    /// In the table.
    pub(super) long: String,
    pub(super) parts: Vec<Option<Decimal>>,
    /// The table's figures, as words; as many as there are `heads`.
    pub(super) figures: Vec<String>,
}

/// Columns side by side, each a stack of parts.
pub(super) struct Columns {
    pub(super) title: String,
    /// What it shows, in a sentence, for whoever does not see it.
    pub(super) about: String,
    pub(super) series: Vec<Series>,
    /// The table's heads: what a row is, then the figures.
    pub(super) heads: Vec<String>,
    pub(super) bars: Vec<Bar>,
    pub(super) definition: String,
}

const WIDTH: i64 = 420;
const HEIGHT: i64 = 190;
const LEFT: i64 = 44;
const TOP: i64 = 12;
const BOTTOM: i64 = 24;

/// The least of 1, 2, 5 × 10ⁿ that is a quarter of the most or more, four times.
fn ceiling(most: Decimal) -> Decimal {
    let four = Decimal::from(4);
    let mut step = Decimal::ONE;
    for _ in 0..27 {
        for part in [1, 2, 5] {
            let top = step.checked_mul(Decimal::from(part)).and_then(|s| s.checked_mul(four));
            match top {
                Some(top) if top >= most => return top,
                Some(_) => {}
                None => return most,
            }
        }
        match step.checked_mul(Decimal::TEN) {
            Some(next) => step = next,
            None => return most,
        }
    }
    most
}

fn scaled(value: Decimal, most: Decimal, room: i64) -> i64 {
    let share = value.checked_div(most).and_then(|s| s.checked_mul(Decimal::from(room)));
    share.and_then(|s| i64::try_from(s.round()).ok()).unwrap_or(0).clamp(0, room)
}

/// A figure on an axis: `1.5 M`, `20 k`.
fn short(look: &Look<'_>, n: Decimal) -> String {
    let shown = |n: Decimal| look.locale.decimal(n.round_dp(1).normalize());
    let thousand = Decimal::ONE_THOUSAND;
    let million = Decimal::from(1_000_000);
    if n >= million {
        format!("{} M", shown(n / million))
    } else if n >= Decimal::from(10_000) {
        format!("{} {}", shown(n / thousand), look.t("mil", "k"))
    } else {
        shown(n)
    }
}

/// A chart with its legend, its table and its definition.
pub(super) fn columns(look: &Look<'_>, id: &str, chart: &Columns) -> String {
    let tall = HEIGHT - TOP - BOTTOM;
    let sum = |bar: &Bar| bar.parts.iter().flatten().copied().sum::<Decimal>();
    let most = chart.bars.iter().map(sum).max().unwrap_or_default();
    let top = ceiling(most);
    let mut out =
        format!("<figure class=\"chart\">\n<figcaption>{}</figcaption>\n", E(&chart.title));
    let _ = write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\
         <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>",
        E(&chart.title),
        E(&chart.about)
    );
    for part in 0..=4 {
        let value = top * Decimal::from(part) / Decimal::from(4);
        let y = TOP + tall - tall * i64::from(part) / 4;
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y}\" y2=\"{y}\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            LEFT - 6,
            y + 4,
            E(&short(look, value))
        );
    }
    let count = i64::try_from(chart.bars.len()).unwrap_or(1).max(1);
    let inner = WIDTH - LEFT;
    for (place, bar) in (0..).zip(&chart.bars) {
        let (x, next) = (LEFT + inner * place / count, LEFT + inner * (place + 1) / count);
        let wide = ((next - x) * 7 / 10).max(2);
        let left = x + (next - x - wide) / 2;
        let mut floor = TOP + tall;
        if bar.parts.iter().all(Option::is_none) {
            // Not known is no height: a mark that cannot be taken for zero.
            let _ = write!(
                out,
                "<text class=\"gap\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">?</text>",
                left + wide / 2,
                floor - 4
            );
        }
        for (value, series) in bar.parts.iter().zip(&chart.series) {
            let Some(value) = value.filter(|v| *v > Decimal::ZERO) else { continue };
            let high = scaled(value, top, tall).max(1);
            floor -= high;
            let _ = write!(
                out,
                "<rect class=\"{}\" x=\"{left}\" y=\"{floor}\" width=\"{wide}\" height=\"{high}\"/>",
                series.class
            );
        }
        let _ = write!(
            out,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            (x + next) / 2,
            HEIGHT - 8,
            E(&bar.label)
        );
    }
    out.push_str("</svg>\n");
    if chart.series.len() > 1 {
        out.push_str("<ul class=\"legend\">");
        for series in &chart.series {
            let _ = write!(
                out,
                "<li><svg class=\"key\" viewBox=\"0 0 10 10\" aria-hidden=\"true\">\
                 <rect class=\"{}\" width=\"10\" height=\"10\"/></svg>{}</li>",
                series.class,
                E(&series.name)
            );
        }
        out.push_str("</ul>\n");
    }
    let rows = chart.bars.iter().map(|bar| (bar.long.as_str(), bar.figures.as_slice()));
    out.push_str(&numbers(look, &chart.title, &chart.heads, rows));
    if !chart.definition.is_empty() {
        let _ = writeln!(out, "<p class=\"def\">{}</p>", E(&chart.definition));
    }
    out.push_str("</figure>\n");
    out
}

/// The figures of a chart as a table that opens.
pub(super) fn numbers<'r>(
    look: &Look<'_>,
    title: &str,
    heads: &[String],
    rows: impl Iterator<Item = (&'r str, &'r [String])>,
) -> String {
    let mut out = format!(
        "<details class=\"numbers\"><summary>{}</summary>\n{}<table>\n<caption class=\"vh\">{}</caption>\n<thead><tr>",
        look.t("Cifras", "Figures"),
        scroll(title),
        E(title)
    );
    for (at, head) in heads.iter().enumerate() {
        let class = if at > 0 { " class=\"n\"" } else { "" };
        let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", E(head));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for (head, figures) in rows {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", E(head));
        for figure in figures {
            let _ = write!(out, "<td class=\"n\">{}</td>", E(figure));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n</details>\n");
    out
}

/// A share as a short bar beside its figure; the figure is the words, the bar says nothing more.
pub(super) fn gauge(share: Decimal, class: &str) -> String {
    let wide = scaled(share.max(Decimal::ZERO), Decimal::ONE_HUNDRED, 60);
    format!(
        "<svg class=\"gauge\" viewBox=\"0 0 60 8\" aria-hidden=\"true\"><rect class=\"rest\" width=\"60\" height=\"8\"/>\
         <rect class=\"{class}\" width=\"{wide}\" height=\"8\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_on_a_round_number() {
        for (most, top) in
            [(0, 4), (4, 4), (5, 8), (9, 20), (21, 40), (170, 200), (81_000, 200_000)]
        {
            assert_eq!(ceiling(Decimal::from(most)), Decimal::from(top), "{most}");
        }
        assert_eq!(ceiling(Decimal::MAX), Decimal::MAX);
        assert_eq!(scaled(Decimal::MAX, Decimal::MAX, 100), 100);
        assert_eq!(scaled(Decimal::ONE, Decimal::ZERO, 100), 0);
    }
}
