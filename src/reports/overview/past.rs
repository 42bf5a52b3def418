//! A period and those before it, counted in one way: from records where they are there, else from
//! cards.

use std::collections::{BTreeMap, BTreeSet};

use crate::impact::Window;
use crate::register::{Card, Tally};
use crate::reports::company::Company;
use crate::reports::context::{Sum, Totals};
use crate::reports::period::Period;
use crate::units::Instant;

/// What one period came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodSums {
    /// The period, as it is written.
    pub period: String,
    /// Incidents that began in it.
    pub incidents: usize,
    /// Their figures; customer minutes also of earlier incidents that were still felt.
    pub totals: Totals,
    /// By vertical; an incident of several counts in each.
    pub verticals: BTreeMap<Option<String>, VerticalSums>,
}

/// A vertical's part of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerticalSums {
    /// Incidents that began in the period.
    pub incidents: usize,
    /// Customers × minutes within it, also of earlier incidents that were still felt.
    pub customer_minutes: Sum,
}

/// One incident that counts.
#[derive(Debug, Clone)]
pub(super) struct One {
    pub(super) began: Instant,
    tally: Tally,
    verticals: BTreeSet<String>,
}

impl One {
    pub(super) fn new<'s>(
        began: Instant,
        tally: Tally,
        services: impl IntoIterator<Item = &'s str>,
        company: &Company<'_>,
    ) -> One {
        let services = services.into_iter().filter_map(|id| company.standard.service(id));
        One { began, tally, verticals: services.map(|s| s.vertical.clone()).collect() }
    }

    /// Of a card; none where it counts nowhere, or was over before all that is counted.
    pub(super) fn of_card(card: &Card<'_>, since: Instant, company: &Company<'_>) -> Option<One> {
        let touches = card.span.is_some_and(|(_, to)| to > since);
        let began = card.began.filter(|began| touches || *began >= since)?;
        Some(One::new(began, card.tally()?, card.known_services(), company))
    }
}

impl PeriodSums {
    /// Counts a period up to `as_of`.
    pub(super) fn count(
        period: &Period,
        (from, to): (Instant, Instant),
        as_of: Instant,
        all: &[One],
    ) -> PeriodSums {
        let mut found = PeriodSums {
            period: period.label.clone(),
            incidents: 0,
            totals: Totals::default(),
            verticals: BTreeMap::new(),
        };
        let window = Window::new(from, as_of.max(from));
        for one in all.iter().take_while(|one| one.began < to) {
            let in_period = one.began >= from;
            if !in_period && !one.tally.felt_within(Window::new(from, to)) {
                continue;
            }
            let minutes = one.tally.customer_minutes(window);
            if in_period {
                found.incidents += 1;
                found.totals.add(&one.tally, minutes);
            } else {
                found.totals.customer_minutes.add(minutes);
            }
            let none = one.verticals.is_empty().then_some(None);
            for vertical in one.verticals.iter().cloned().map(Some).chain(none) {
                let sums = found.verticals.entry(vertical).or_default();
                sums.incidents += usize::from(in_period);
                sums.customer_minutes.add(minutes);
            }
        }
        found
    }
}
