//! How well lost volume is measured on real traffic: holes of known size are cut into series of
//! `../shared/data/traffic_series`, and what the method says is compared with what was taken out.
//!
//! `inc impact accuracy` prints the same for any series; this test holds it to the aim.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails loudly")]

use std::path::Path;

use inc::impact::Grids;
use inc::impact::estimate::{DayKind, Trials, trials};
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
    let ordinary = |_: chrono::NaiveDate| DayKind::Ordinary;
    let grids = Grids::new(&series, None, i64::MAX, chrono_tz::UTC, &ordinary).unwrap();
    trials(&grids.grid(&series.total, Measure::Attempted, &|_| false), 4)
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
        // Of 72 places 90 % hold the truth, give or take three standard deviations.
        assert!((79..=100).contains(&covered), "{name}: {covered} %");
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
