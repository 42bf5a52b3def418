//! The impact of one incident over time, as a drawing with its figures.

use std::fmt::Write as _;

use super::Look;
use super::chart::numbers;
use super::html::E;
use crate::impact;
use crate::incident::Record;
use crate::render::pages::Figure;
use crate::units::{Decimal, Instant, Span};

/// The windows of impact over time, each as high as the share that failed.
pub(super) fn course(
    look: &Look<'_>,
    record: &Record,
    windows: &[impact::ImpactWindow<'_>],
) -> String {
    const WIDTH: i64 = 640;
    const TALL: i64 = 110;
    const TOP: i64 = 34;
    const LEFT: i64 = 44;
    let times = record.clocks();
    let second = |at: Instant| at.get().timestamp();
    let edges = windows.iter().flat_map(|w| [w.window.from, w.window.to]);
    let marks = [
        (look.t("detección", "detected"), times.detected),
        (look.t("atención", "acknowledged"), times.acknowledged),
        (look.t("restablecido", "restored"), times.restored),
    ];
    let marks: Vec<(&str, Instant)> =
        marks.into_iter().filter_map(|(name, at)| Some((name, at?))).collect();
    let all = edges.chain(marks.iter().map(|(_, at)| *at)).map(second);
    let (first, last) = all.fold((i64::MAX, i64::MIN), |(a, b), at| (a.min(at), b.max(at)));
    let pad = (last.saturating_sub(first) / 20).max(60);
    let (first, last) = (first.saturating_sub(pad), last.saturating_add(pad));
    let inner = i128::from(WIDTH - LEFT - 8);
    let x = |at: Instant| {
        let along = i128::from(second(at).clamp(first, last) - first) * inner;
        LEFT + i64::try_from(along / i128::from((last - first).max(1))).unwrap_or(0)
    };
    let name = look.t("Proporción que falló, en el tiempo", "Share that failed, over time");
    let about = match look.locale.language() {
        crate::render::Language::Es => {
            format!("{} ventanas de afectación; los tiempos están en la tabla.", windows.len())
        }
        crate::render::Language::En => {
            format!("{} windows of impact; the table has their times.", windows.len())
        }
    };
    let mut out = format!(
        "<figure class=\"chart wide\">\n<figcaption>{name}</figcaption>\n\
         <svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-labelledby=\"c-t c-d\"><title id=\"c-t\">{name}</title><desc id=\"c-d\">{}</desc>",
        TOP + TALL + 26,
        E(&about)
    );
    for part in [0, 50, 100] {
        let y = TOP + TALL - TALL * part / 100;
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y}\" y2=\"{y}\"/><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{part} %</text>",
            LEFT - 6,
            y + 4
        );
    }
    for window in windows.iter().take(500) {
        let (from, to) = (x(window.window.from), x(window.window.to));
        let (high, class) = match window.degradation {
            Some(share) => {
                let share = share.0.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED);
                let high = share * Decimal::from(TALL) / Decimal::ONE_HUNDRED;
                (i64::try_from(high.round()).unwrap_or(0).max(2), "hit")
            }
            None => (TALL, "hit unsure"),
        };
        let _ = write!(
            out,
            "<rect class=\"{class}\" x=\"{from}\" y=\"{}\" width=\"{}\" height=\"{high}\"/>",
            TOP + TALL - high,
            (to - from).max(2)
        );
    }
    for (place, (name, at)) in (0..).zip(&marks) {
        let at = x(*at);
        // Names go left of their line where there is no room on its right.
        let (anchor, shift) = if at > WIDTH * 3 / 4 { ("end", -4) } else { ("start", 4) };
        let y = 10 + 10 * (place % 3);
        let _ = write!(
            out,
            "<line class=\"mark\" x1=\"{at}\" x2=\"{at}\" y1=\"{}\" y2=\"{}\"/><text x=\"{}\" y=\"{y}\" text-anchor=\"{anchor}\">{name}</text>",
            y - 8,
            TOP + TALL,
            at + shift
        );
    }
    for part in 0..=3 {
        let at = first + (last - first) * part / 3;
        let moment =
            chrono::DateTime::from_timestamp(at, 0).map(|at| Instant::from(at.fixed_offset()));
        let label = moment.map(|at| look.locale.moment(at)).unwrap_or_default();
        // Within a day the clock is enough.
        let label = if last - first < 86_400 { label.get(11..) } else { label.get(5..10) };
        let anchor = match part {
            0 => "start",
            3 => "end",
            _ => "middle",
        };
        let at = LEFT + i64::try_from(inner).unwrap_or(0) * part / 3;
        let _ = write!(
            out,
            "<text x=\"{at}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
            TOP + TALL + 18,
            label.unwrap_or_default()
        );
    }
    out.push_str("</svg>\n");
    if windows.iter().any(|w| w.degradation.is_none()) {
        let words = look.t(
            "Línea punteada: no se sabe qué proporción falló.",
            "Dashed: which share failed is not known.",
        );
        let _ = writeln!(out, "<p class=\"def\">{words}</p>");
    }
    let rows: Vec<(String, Vec<String>)> = windows
        .iter()
        .take(500)
        .map(|w| {
            let span = Span::from_seconds(second(w.window.to) - second(w.window.from));
            let share = Figure::known(w.degradation, Figure::Share).words(look.locale);
            let service = w.service.map_or("—".to_owned(), |id| look_service(look, id));
            (
                look.locale.moment(w.window.from),
                vec![look.locale.moment(w.window.to), look.locale.span(span), share, service],
            )
        })
        .collect();
    let heads = [
        look.t("Desde", "From"),
        look.t("Hasta", "To"),
        look.t("Duración", "Duration"),
        look.t("Falló", "Failed"),
        look.t("Servicio", "Service"),
    ]
    .map(str::to_owned);
    out.push_str(&numbers(
        look,
        name,
        &heads,
        rows.iter().map(|(a, b)| (a.as_str(), b.as_slice())),
    ));
    out.push_str("</figure>\n");
    out
}

fn look_service(look: &Look<'_>, id: &str) -> String {
    let named = look.standard.service(id).map(|s| s.name.get(look.locale.tag()));
    named.filter(|name| !name.is_empty()).unwrap_or(id).to_owned()
}
