//! How well lost volume is measured on real traffic: holes of known size are cut into series of
//! `../shared/data/traffic_series`, and what the method says is compared with what was taken out.
//!
//! `inc impact accuracy` prints the same for any series; this test holds it to the aim.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails loudly")]

use std::path::Path;

use inc::impact::Grids;
use inc::impact::estimate::{DayKind, Frame, Grid, Trials, trials};
use inc::impact::series::{Ask, Mapping, Measure, read};

/// The series that are volumes; travel times and occupancies are none.
const VOLUMES: [&str; 7] = [
    "Twitter_volume_AAPL",
    "Twitter_volume_AMZN",
    "Twitter_volume_CRM",
    "Twitter_volume_CVS",
    "Twitter_volume_FB",
    "elb_request_count_8c0756",
    "nyc_taxi",
];

fn tried(path: &Path) -> Trials {
    let mut mapping = Mapping::new(chrono_tz::UTC);
    assert!(mapping.put("attempted", "value"));
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let series = read(file, &mapping, &Ask::default()).unwrap();
    let holidays: &[&str] = if path.ends_with("nyc_taxi.csv") { &HOLIDAYS } else { &[] };
    let holidays: Vec<chrono::NaiveDate> = holidays.iter().map(|d| d.parse().unwrap()).collect();
    let kind = |day: chrono::NaiveDate| match holidays.contains(&day) {
        true => DayKind::Holiday,
        false => DayKind::Ordinary,
    };
    let grids = Grids::new(&series, None, i64::MAX, chrono_tz::UTC, &kind).unwrap();
    trials(&grids.grid(&series.total, Measure::Attempted, &|_| false), 20)
}

/// New York's public holidays within its series.
const HOLIDAYS: [&str; 7] = [
    "2014-07-04",
    "2014-09-01",
    "2014-10-13",
    "2014-11-11",
    "2014-11-27",
    "2014-12-25",
    "2015-01-01",
];

/// A series like none of the folder: counts drawn around a day's course, a slow wave and bursts.
fn drawn(seed: u64, per_bin: i64, wave: i64, burst_in: u64) -> Trials {
    let mut state = seed;
    let mut draw = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((state >> 33) % below).unwrap()
    };
    let (mut level, mut burst) = (1000, 0);
    let bins = 56 * 144;
    let counts = (0..bins).map(|bin| {
        let hour = (bin / 6) % 24;
        let busy = if (8..23).contains(&hour) { 100 } else { 25 };
        let weekend = if (bin / 144) % 7 >= 5 { 70 } else { 100 };
        level = (level + draw(2 * wave.unsigned_abs() + 1) - wave).clamp(500, 2000);
        burst = if draw(burst_in) == 0 { 8 * 1000 } else { burst * 8 / 10 };
        let mean = per_bin * busy * weekend * (level + burst) / 10_000_000;
        // The sum of many small draws is near a Poisson count.
        let n = (0..32).map(|_| draw(2 * u64::try_from(mean).unwrap() + 1)).sum::<i64>();
        Some(n / 32 + draw(2))
    });
    let ordinary = |_: chrono::NaiveDate| DayKind::Ordinary;
    let from = 1_704_067_200;
    let frame = Frame::new(600, from, from + bins * 600 - 1, chrono_tz::UTC, &ordinary);
    trials(&Grid::new(std::sync::Arc::new(frame), counts.collect(), &|_| false), 20)
}

/// Nothing is tuned to the series of the folder: others come out alike.
#[test]
fn series_that_are_in_no_folder_come_out_alike() {
    let kinds = [(7, 400, 4, 1_000_000), (8, 60, 20, 1_000_000), (9, 200, 8, 500)];
    let results: Vec<Trials> = std::thread::scope(|scope| {
        let started = kinds
            .map(|(seed, per, wave, burst)| scope.spawn(move || drawn(seed, per, wave, burst)));
        started.into_iter().map(|t| t.join().unwrap()).collect()
    });
    for (kind, trials) in kinds.iter().zip(results) {
        let (holes, floor) = (trials.holes.unwrap(), trials.floor.unwrap());
        println!("{kind:?}: {holes:?} {floor:?}");
        assert!(holes.error * 10 <= floor.error * 12, "{kind:?}: {} {}", holes.error, floor.error);
        let covered = holes.held * 100 / holes.holes;
        assert!((83..=97).contains(&covered), "{kind:?}: {covered} %");
    }
}

#[test]
fn lost_volume_is_measured_as_well_as_each_series_allows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/traffic_series");
    if !folder.is_dir() {
        println!("skipped: {} is not there", folder.display());
        return;
    }
    let results: Vec<(&str, Trials)> = std::thread::scope(|scope| {
        let started = VOLUMES.map(|name| {
            let path = folder.join(format!("{name}.csv"));
            (name, scope.spawn(move || tried(&path)))
        });
        started.into_iter().map(|(name, t)| (name, t.join().unwrap())).collect()
    });
    let (mut held, mut all) = (0, 0);
    for (name, trials) in &results {
        let (holes, floor) = (trials.holes.as_ref().unwrap(), trials.floor.as_ref().unwrap());
        println!("{name}: {holes:?} {floor:?}");
        // CONTRACT: at most 1.2 times the error on windows without a hole, on every series.
        assert!(holes.error * 10 <= floor.error * 12, "{name}: {} {}", holes.error, floor.error);
        let covered = holes.held * 100 / holes.holes;
        // Aim: 85 to 95. Series of a few weeks have few windows that do not overlap, and whole
        // counts of nothing or one lie on the interval's very end.
        assert!((85..=96).contains(&covered), "{name}: {covered} %");
        // A hole of everything is seen wherever the series is not mostly noise.
        let whole = trials.outcomes.iter().filter(|o| o.depth == 100);
        let (told, cut) = whole.fold((0, 0), |(t, n), o| (t + o.told, n + o.holes));
        assert!(told * 100 >= cut * 40, "{name}: {told} of {cut}");
        // An unharmed window is rarely taken for a hole: one in twenty by design.
        assert!(floor.told * 100 <= floor.holes * 10, "{name}: {floor:?}");
        held += holes.held;
        all += holes.holes;
    }
    let covered = held * 100 / all;
    assert!((85..=95).contains(&covered), "{covered} % over all series");
}
