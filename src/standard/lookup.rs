//! Questions to a standard: who, which day, which cut-off, which tables, due when.

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{
    BeyondCalendar, Calendar, Cutoff, Days, Event, EventClass, Person, Policies, Service, Standard,
    Target, day_of,
};
use crate::diag::{Diagnostic, Diagnostics};
use crate::units::{Currency, Instant, Money};

impl Standard {
    /// The service of an id.
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.get(id)
    }

    /// The service id nearest to what was typed, if one is near.
    pub fn nearest_service(&self, typed: &str) -> Option<&str> {
        self.services.nearest(typed)
    }

    /// Who commits and writes under an e-mail address or a name.
    pub fn person_called(&self, name_or_email: &str) -> Option<&Person> {
        let wanted = name_or_email.trim();
        self.people.get(wanted).or_else(|| {
            self.people.iter().find(|p| {
                p.name == wanted || p.email.as_ref().is_some_and(|e| e.eq_ignore_ascii_case(wanted))
            })
        })
    }

    /// The calendar of some days; `None` for every day, and where the calendar is missing.
    pub fn calendar_of(&self, days: &Days) -> Option<&Calendar> {
        self.calendars.get(days.calendar()?)
    }

    /// The calendar of the clock `business`: what a bank day is, where nothing else is said.
    pub fn business_calendar(&self) -> Option<&Calendar> {
        self.calendar_of(&self.clocks.get("business")?.days)
    }

    /// Whether a day is a payday; `None` where no calendar says.
    pub fn is_payday(&self, day: NaiveDate) -> Option<bool> {
        self.any_event(EventClass::Payday, day)
    }

    /// Whether a campaign runs on a day; `None` where its windows end earlier.
    pub fn is_campaign(&self, day: NaiveDate) -> Option<bool> {
        self.any_event(EventClass::Campaign, day)
    }

    /// Whether the next day is a holiday, weekends apart; `None` where no calendar says.
    pub fn is_holiday_eve(&self, day: NaiveDate) -> Option<bool> {
        self.business_calendar()?.is_holiday(day.succ_opt()?).ok()
    }

    /// Whether a day is one of several times the customers: payday, campaign or holiday eve.
    pub fn is_peak(&self, day: NaiveDate) -> Option<bool> {
        either([self.is_payday(day), self.is_campaign(day), self.is_holiday_eve(day)])
    }

    /// The events that a day belongs to.
    pub fn events_on(&self, day: NaiveDate) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| {
            let calendar = event.calendar.as_deref().and_then(|id| self.calendars.get(id));
            event.has(day, calendar) == Some(true)
        })
    }

    fn any_event(&self, class: EventClass, day: NaiveDate) -> Option<bool> {
        either(self.events.iter().filter(|e| e.class == class).map(|event| {
            let calendar = event.calendar.as_deref().and_then(|id| self.calendars.get(id));
            event.has(day, calendar)
        }))
    }

    /// The next cut-off of some services after a moment, within the next ten days.
    pub fn next_cutoff<'s>(
        &'s self,
        services: impl IntoIterator<Item = &'s str>,
        after: Instant,
        zone: Tz,
    ) -> Option<(&'s Cutoff, Instant)> {
        let cutoffs = services.into_iter().filter_map(|id| self.services.get(id));
        let cutoffs = cutoffs.flat_map(|service| &service.cutoffs);
        cutoffs
            .filter_map(|cutoff| Some((cutoff, self.next_of(cutoff, after, zone)?)))
            .min_by_key(|(_, moment)| *moment)
    }

    fn next_of(&self, cutoff: &Cutoff, after: Instant, zone: Tz) -> Option<Instant> {
        let mut day = day_of(after, zone);
        for _ in 0..10 {
            let runs = match cutoff.days.calendar() {
                None => true,
                Some(id) => self.calendars.get(id)?.is_working_day(day).ok()?,
            };
            if let Some(moment) = cutoff.at.at(day, zone).filter(|m| runs && *m >= after) {
                return Some(moment);
            }
            day = day.succ_opt()?;
        }
        None
    }

    /// A cut-off by the name that records use.
    pub fn cutoff(&self, name: &str) -> Option<&Cutoff> {
        self.services.iter().flat_map(|service| &service.cutoffs).find(|c| c.name == name)
    }

    /// What an amount is worth in a currency on a day, by the standard's rates; none without one.
    pub fn convert(&self, money: Money, into: Currency, day: NaiveDate) -> Option<Money> {
        super::rates::convert(&self.rates, money, into, day)
    }

    /// Calendars that end within sixty days, or have ended: what they do not cover is not known.
    pub fn calendars_ending(&self, today: NaiveDate) -> Diagnostics {
        const AHEAD_DAYS: i64 = 60;
        let mut found = Diagnostics::default();
        for calendar in &self.calendars {
            let Some(last) = NaiveDate::from_ymd_opt(calendar.to, 12, 31) else { continue };
            let left = last.signed_duration_since(today).num_days();
            if left > AHEAD_DAYS {
                continue;
            }
            let message = match left {
                0.. => format!(
                    "calendar `{}` ends on {last}, in {left} days; then what depends on working \
                     days is not known",
                    calendar.id
                ),
                _ => format!(
                    "calendar `{}` ended on {last}; what depends on working days is not known",
                    calendar.id
                ),
            };
            let next = calendar.to + 1;
            let finding = Diagnostic::warning("calendar-ends", message)
                .help(format!("add the holidays of {next}, and write to = {next}"));
            let file = format!("calendar/{}.toml", calendar.id);
            found.push(self.placed(finding, &file, calendar.to_range));
        }
        found
    }

    /// The decision tables in force on a day: the newest version that is not later, else the
    /// oldest.
    pub fn policies(&self, day: NaiveDate) -> Option<&Policies> {
        let past = self.versions.iter().rev().find(|p| p.effective_from.is_none_or(|d| d <= day));
        past.or(self.versions.first())
    }

    /// The newest version of every decision table.
    pub fn newest_policies(&self) -> Option<&Policies> {
        self.versions.last()
    }

    /// Every version of the decision tables, oldest first.
    pub fn versions(&self) -> &[Policies] {
        &self.versions
    }

    /// The moment at which a target is due, counted from `from`; `None` where there is none.
    ///
    /// # Errors
    /// When it lies beyond the years of a calendar, which the caller shows as unknown.
    pub fn due(
        &self,
        target: &Target,
        clock: &str,
        from: Instant,
        zone: Tz,
    ) -> Result<Option<Instant>, BeyondCalendar> {
        let Some(clock) = self.clocks.get(clock) else { return Ok(None) };
        let calendar = target.calendar().and_then(|id| self.calendars.get(id));
        target.moment(from, zone, clock, self.calendar_of(&clock.days), calendar)
    }
}

/// Yes if one says yes, no if all say no, else unknown.
fn either(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut unknown = false;
    for answer in answers {
        match answer {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(false)
}
