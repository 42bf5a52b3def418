//! Boxes in words: `customers_affected_percent in [1%..5%), lost_value > 500000.00 MXN`.

use super::plan::Asks;
use super::table::Table;

/// What a box says of one input; "anything" where it says nothing.
pub(super) fn input_words(
    table: &Table,
    input: usize,
    region: &[(u32, u32)],
    points: &[Option<Box<[u32]>>],
) -> String {
    let name = &table.inputs[input].name;
    let plan = &table.plan;
    let mut parts = Vec::new();
    for (i, dim) in plan.dims.iter().enumerate().filter(|(_, d)| d.input == input) {
        let compiled = &plan.inputs[input];
        let spans: Vec<(u32, u32)> = match points.get(i).and_then(Option::as_ref) {
            Some(points) => {
                let (low, high) = region[i];
                points[low as usize..high as usize].iter().map(|s| (*s, s + 1)).collect()
            }
            None => vec![region[i]],
        };
        match (dim.asks, &compiled.classes) {
            (Asks::Value, _) => {
                let words: Vec<String> = spans
                    .iter()
                    .filter_map(|(low, high)| value_words(table, input, *low, *high))
                    .collect();
                if !words.is_empty() {
                    parts.push(format!("{name} {}", words.join(" or ")));
                }
            }
            (Asks::Known, _) => {
                if spans == [(1, 2)] {
                    parts.push(format!("{name} unknown"));
                }
            }
            (Asks::Has(_), Some(_)) if dim.size == 1 => {}
            (Asks::Has(class), Some(_)) => match region[i] {
                (1, 2) => {
                    parts.push(format!("{name} has {}", class_words(table, input, class as usize)))
                }
                (0, 1) => parts
                    .push(format!("{name} without {}", class_words(table, input, class as usize))),
                _ => {}
            },
            (Asks::Has(_), None) => {}
        }
    }
    // A list of which nothing is in it is said shorter.
    if let Some(classes) = &plan.inputs[input].classes {
        let first = plan.inputs[input].first + 1;
        let all = &region[first..first + classes.members.len()];
        if region[first - 1].0 == 0 && all.iter().all(|r| *r == (0, 1)) {
            return format!("{name} empty");
        }
        if region[first - 1].0 == 1 {
            return format!("{name} unknown");
        }
    }
    if parts.is_empty() { format!("{name} known") } else { parts.join(", ") }
}

/// Words for segments of a scalar input; `None` where they are all that can occur.
pub(super) fn value_words(table: &Table, input: usize, low: u32, high: u32) -> Option<String> {
    let compiled = &table.plan.inputs[input];
    let size = compiled.axis.size;
    if low >= size {
        return Some("unknown".to_owned());
    }
    let with_null = high > size;
    let nullable = table.plan.dims[compiled.first].null;
    let words = compiled.axis.words(low, high.min(size));
    match (words, with_null, nullable) {
        (Some(words), true, _) => Some(format!("{words} or unknown")),
        (Some(words), false, _) => Some(words),
        (None, false, true) => Some("known".to_owned()),
        (None, _, _) => None,
    }
}

pub(super) fn class_words(table: &Table, input: usize, class: usize) -> String {
    let axis = &table.plan.inputs[input].axis;
    let classes = table.plan.inputs[input].classes.as_ref();
    let members = classes.and_then(|c| c.members.get(class)).map_or(&[][..], |m| m);
    let members: Vec<u32> = members.iter().copied().filter(|s| *s < axis.size).collect();
    let words: Vec<String> = members
        .iter()
        .take(4)
        .map(|s| match axis.words(*s, s + 1) {
            Some(words) => words.strip_prefix("= ").map(str::to_owned).unwrap_or(words),
            None => "a value".to_owned(),
        })
        .collect();
    let more = if members.len() > 4 { " or another" } else { "" };
    format!("{}{more}", words.join(" or "))
}
