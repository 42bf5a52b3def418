use chrono::NaiveDate;
use chrono_tz::Tz;

use super::default_standard;
use crate::standard::Target;
use crate::units::Instant;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn zone() -> Tz {
    "America/Mexico_City".parse().unwrap()
}

#[test]
fn bank_days_are_those_that_were_published() {
    let standard = default_standard();
    let bank = standard.business_calendar().unwrap();
    // Published for 2025 and 2026, weekends apart.
    for closed in [
        "2025-01-01",
        "2025-02-03",
        "2025-03-17",
        "2025-04-17",
        "2025-04-18",
        "2025-05-01",
        "2025-09-16",
        "2025-11-17",
        "2025-12-12",
        "2025-12-25",
        "2026-02-02",
        "2026-03-16",
        "2026-04-02",
        "2026-04-03",
        "2026-11-02",
        "2026-11-16",
    ] {
        assert_eq!(bank.is_working_day(day(closed)), Ok(false), "{closed}");
    }
    for open in ["2026-04-01", "2026-04-06", "2026-11-03", "2026-05-05", "2026-12-24"] {
        assert_eq!(bank.is_working_day(day(open)), Ok(true), "{open}");
    }
    assert_eq!(bank.is_holiday(day("2024-10-01")), Ok(true));
    assert_eq!(bank.is_holiday(day("2030-10-01")), Ok(true));
    assert!(bank.is_working_day(day("2031-01-02")).is_err());
}

#[test]
fn a_payday_on_a_closed_day_is_paid_the_bank_day_before() {
    let standard = default_standard();
    // 15 November 2026 is a Sunday; 28 February a Saturday; 15 December a Tuesday.
    for (date, expected) in [
        ("2026-11-13", Some(true)),
        ("2026-11-15", Some(false)),
        ("2026-02-27", Some(true)),
        ("2026-02-28", Some(false)),
        ("2026-12-15", Some(true)),
        ("2026-12-16", Some(false)),
        ("2031-06-16", None),
    ] {
        assert_eq!(standard.is_payday(day(date)), expected, "{date}");
    }
    assert_eq!(standard.is_campaign(day("2025-11-17")), Some(true));
    assert_eq!(standard.is_campaign(day("2025-11-18")), Some(false));
    assert_eq!(standard.is_campaign(day("2029-11-18")), None);
    assert_eq!(standard.is_holiday_eve(day("2026-11-15")), Some(true));
    assert_eq!(standard.is_peak(day("2026-11-21")), Some(false));
}

#[test]
fn targets_become_moments() {
    let standard = default_standard();
    let due = |target: &str, clock: &str, from: &str| {
        let target: Target = target.parse().unwrap();
        let from: Instant = from.parse().unwrap();
        let moment = standard.due(&target, clock, from, zone()).unwrap();
        moment.map_or("none".to_owned(), |m| m.to_string())
    };
    // Saturday, 21 November 2026, 03:10 in Mexico City.
    let night = "2026-11-21T03:10:00-06:00";
    assert_eq!(due("15m", "24x7", night), "2026-11-21T03:25:00-06:00");
    assert_eq!(due("4h", "extended", night), "2026-11-21T11:00:00-06:00");
    assert_eq!(due("2h", "business", night), "2026-11-23T11:00:00-06:00");
    assert_eq!(due("20h", "extended", night), "2026-11-22T11:00:00-06:00");
    assert_eq!(due("1wd mx-bank", "24x7", night), "2026-11-24T00:00:00-06:00");
    assert_eq!(due("1wd mx-bank", "business", night), "2026-11-23T18:00:00-06:00");
    assert_eq!(due("next 12:00 mx-bank", "24x7", night), "2026-11-23T12:00:00-06:00");
    assert_eq!(due("at change or 1d", "24x7", night), "2026-11-22T03:10:00-06:00");
    assert_eq!(due("at close", "24x7", night), "none");
    assert_eq!(due("none", "business", night), "none");
    let late: Instant = "2030-12-31T10:00:00-06:00".parse().unwrap();
    let target: Target = "3wd mx-bank".parse().unwrap();
    assert!(standard.due(&target, "24x7", late, zone()).is_err());
}

#[test]
fn the_next_cutoff_of_some_services() {
    let standard = default_standard();
    let next = |services: &[&str], at: &str| {
        let at: Instant = at.parse().unwrap();
        let found = standard.next_cutoff(services.iter().copied(), at, zone());
        found.map(|(cutoff, moment)| (cutoff.name.clone(), moment.to_string()))
    };
    let saturday = "2026-11-21T03:10:00-06:00";
    let settled = ("settlement-file".to_owned(), "2026-11-23T17:00:00-06:00".to_owned());
    assert_eq!(next(&["settlement", "portal"], saturday), Some(settled));
    let due = ("payment-due".to_owned(), "2026-11-21T23:59:00-06:00".to_owned());
    assert_eq!(next(&["settlement", "credit-payment"], saturday), Some(due));
    assert_eq!(next(&["portal", "no-such-service"], saturday), None);
    assert_eq!(standard.cutoff("payroll-dispersal").unwrap().class, "payroll");
}
