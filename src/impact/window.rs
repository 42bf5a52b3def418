use crate::units::{Instant, Span};

/// A window of time, from its start up to (not including) its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// Start.
    pub from: Instant,
    /// End; not before the start.
    pub to: Instant,
}

impl Window {
    /// Makes a window; an end before the start makes it empty.
    pub fn new(from: Instant, to: Instant) -> Self {
        Window { from, to: to.max(from) }
    }

    /// How long it is, floored to the second.
    pub fn length(self) -> Span {
        self.to.since(self.from)
    }
}

/// Joins windows that overlap or touch; the result is in order of time, with gaps between.
pub fn union(windows: impl IntoIterator<Item = Window>) -> Vec<Window> {
    let mut sorted: Vec<Window> = windows.into_iter().collect();
    sorted.sort();
    let mut joined: Vec<Window> = Vec::new();
    for window in sorted {
        match joined.last_mut() {
            Some(last) if window.from <= last.to => last.to = last.to.max(window.to),
            _ => joined.push(window),
        }
    }
    joined
}

/// How long windows are together, overlaps counted once.
pub fn total(windows: impl IntoIterator<Item = Window>) -> Span {
    let seconds = union(windows).into_iter().map(|w| w.length().seconds());
    Span::from_seconds(seconds.fold(0, i64::saturating_add))
}

/// The longest stretch without a gap.
pub fn longest(windows: impl IntoIterator<Item = Window>) -> Span {
    union(windows).into_iter().map(Window::length).max().unwrap_or(Span::ZERO)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::impact) fn at(clock: &str) -> Instant {
        format!("2026-11-21T{clock}:00-06:00").parse().unwrap()
    }

    fn w(from: &str, to: &str) -> Window {
        Window::new(at(from), at(to))
    }

    #[test]
    fn overlaps_count_once_and_gaps_do_not_count() {
        let windows = [w("04:00", "04:20"), w("03:00", "03:40"), w("03:30", "03:50")];
        assert_eq!(union(windows), [w("03:00", "03:50"), w("04:00", "04:20")]);
        assert_eq!(total(windows), Span::from_minutes(70));
        assert_eq!(longest(windows), Span::from_minutes(50));
    }

    #[test]
    fn windows_that_touch_are_one_stretch() {
        assert_eq!(longest([w("03:00", "03:04"), w("03:04", "03:10")]), Span::from_minutes(10));
    }

    #[test]
    fn nothing_lasts_no_time() {
        assert_eq!((total([]), longest([])), (Span::ZERO, Span::ZERO));
        assert_eq!(w("03:10", "03:00").length(), Span::ZERO);
    }
}
