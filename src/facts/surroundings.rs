use chrono::{NaiveDate, Weekday};
use chrono_tz::Tz;

use crate::incident::Record;
use crate::units::{Currency, Instant, Money, Percent};

/// A service of the catalogue, as far as facts need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service<'s> {
    /// 1: money moves, or access to it; 2: later, or another way; 3: the rest.
    pub tier: u8,
    /// The vertical that it belongs to.
    pub vertical: &'s str,
    /// Its rails.
    pub rails: &'s [String],
}

/// A business client, as far as facts need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Client {
    /// Whether the client's outage alone raises severity.
    pub key: bool,
    /// Its part of the processed volume.
    pub volume_share: Option<Percent>,
}

/// How far a review is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReviewState {
    /// There is none.
    None,
    /// It is being written.
    Draft,
    /// It waits for approval.
    Submitted,
    /// Its words are approved.
    Approved,
    /// It was given out.
    Published,
}

impl ReviewState {
    /// Its name in facts.
    pub fn as_str(self) -> &'static str {
        super::catalogue::REVIEW_STATES[self as usize]
    }
}

/// What facts need to know beyond the record: the standard, and the other records.
///
/// Every answer has a default that stands for "nobody says": the facts that need it stay unknown,
/// and nothing counts as missing from a list that is not there.
pub trait Surroundings {
    /// The currency of money facts.
    fn currency(&self) -> Currency {
        Currency::MXN
    }

    /// An amount in [`Surroundings::currency`], by the standard's rate of that moment's day; none
    /// without a rate.
    fn convert(&self, money: Money, _on: Option<Instant>) -> Option<Money> {
        (money.currency == self.currency()).then_some(money)
    }

    /// The company's zone; without one, times are read in the offset in which they were typed.
    fn zone(&self) -> Option<Tz> {
        None
    }

    /// A service of the catalogue.
    fn service(&self, _id: &str) -> Option<Service<'_>> {
        None
    }

    /// Whether a service is the one by which customers reach support.
    fn is_support(&self, service: &str) -> bool {
        service == "support-contact"
    }

    /// The next cut-off of a service at or after a moment.
    fn next_cutoff(&self, _service: &str, _after: Instant) -> Option<Instant> {
        None
    }

    /// The class (payroll, settlement …) of a cut-off.
    fn cutoff_class(&self, _name: &str) -> Option<&str> {
        None
    }

    /// Whether people.toml has a person.
    fn knows_person(&self, _person: &str) -> bool {
        true
    }

    /// Whether vendors.toml has a vendor.
    fn knows_vendor(&self, _vendor: &str) -> bool {
        true
    }

    /// Whether clients.toml has a client.
    fn knows_client(&self, _client: &str) -> bool {
        true
    }

    /// A business client.
    fn client(&self, _id: &str) -> Option<Client> {
        None
    }

    /// How many merchants there are.
    fn merchants(&self) -> Option<u64> {
        None
    }

    /// Roles that the holder of a role may not hold besides.
    fn not_with(&self, _role: &str) -> &[String] {
        &[]
    }

    /// Whether customers read a channel.
    fn is_customer_facing(&self, channel: &str) -> bool {
        const CUSTOMERS_READ: [&str; 11] = [
            "push",
            "in_app",
            "in_app_banner",
            "email",
            "sms",
            "whatsapp",
            "ivr",
            "status_page",
            "social_post",
            "help_center",
            "chatbot_reply",
        ];
        CUSTOMERS_READ.contains(&channel)
    }

    /// Whether the calendar mx-bank works on a day; none beyond its years.
    fn is_bank_day(&self, _day: NaiveDate) -> Option<bool> {
        None
    }

    /// How many days after one day, up to another, the calendar mx-bank works; none where one of
    /// them lies beyond its years.
    fn bank_days(&self, after: NaiveDate, until: NaiveDate) -> Option<u64> {
        let mut days = after.iter_days().skip(1).take_while(|day| *day <= until);
        days.try_fold(0, |working, day| Some(working + u64::from(self.is_bank_day(day)?)))
    }

    /// Whether a day is a holiday; a weekend alone is none.
    fn is_holiday(&self, day: NaiveDate) -> Option<bool> {
        use chrono::Datelike;
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.is_bank_day(day).map(|works| !works && !weekend)
    }

    /// Whether a day belongs to an event of class payday.
    fn is_payday(&self, _day: NaiveDate) -> Option<bool> {
        None
    }

    /// Whether a day belongs to an event of class campaign.
    fn is_campaign(&self, _day: NaiveDate) -> Option<bool> {
        None
    }

    /// The other records of a record's family: merged into it, its children.
    fn family(&self, _record: &Record) -> Vec<&Record> {
        Vec::new()
    }

    /// Whether the same services and category were hit in the 90 days before.
    fn repeats(&self, _record: &Record) -> bool {
        false
    }

    /// How far the review is by its own front matter.
    fn review_state(&self, _record: &Record) -> Option<ReviewState> {
        None
    }

    /// SHA-256 of the content that approvals of `of` (a message's id, `review` …) are about.
    fn content_sha256(&self, _record: &Record, _of: &str) -> Option<String> {
        None
    }
}

/// A record by itself: no standard, no other records.
#[derive(Debug, Clone, Copy, Default)]
pub struct Alone;

impl Surroundings for Alone {}
