//! Ten thousand customers and a million, against another engine: DuckDB computes the same policy as
//! SQL, and every amount must agree.
//!
//! DuckDB is a Python package (`pip install duckdb`); `INC_DUCKDB_PYTHON` names a Python that has it.
//! Where there is none the test says so and passes, unless `INC_REQUIRE_DUCKDB` is set.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ROWS: u64 = 1_000_000;

/// Customers in no order; half-cents are frequent, so that rounding is seen.
fn customers(rows: u64) -> String {
    let mut random = fastrand::Rng::with_seed(5);
    let mut text = String::from("customer_id,segment,failed_payments,failed_amount,minutes\n");
    for n in 0..rows {
        let segment = ["retail", "plus", "premium"][random.usize(..3)];
        let most = if random.bool() { 10_000_000 } else { 100_000 };
        let cents =
            if random.u8(..8) == 0 { random.u64(..most) / 25 * 25 } else { random.u64(..most) };
        // A multiplier without a factor of ten walks all ids, none twice.
        let id = n * 7_368_787_103 % 10_000_000_000;
        let (tried, minutes) = (random.u8(1..9), random.u16(..600));
        let _ = writeln!(
            text,
            "C{id:010},{segment},{tried},{}.{:02},{minutes}",
            cents / 100,
            cents % 100
        );
    }
    text
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the policy of the benchmark over customers, with so many workers.
fn run(dir: &Path, workers: &str, out: &Path) -> Output {
    std::fs::write(dir.join("facts.json"), "{}").unwrap();
    let policy = root().join("benches/compensation.toml");
    Command::new(env!("CARGO_BIN_EXE_inc"))
        .current_dir(dir)
        .env("INC_WORKERS", workers)
        .env("HOME", dir)
        .env_remove("INC_WORKSPACE")
        .args(["compensate", "run", "--facts", "facts.json", "--customers", "customers.csv"])
        .arg("--policy")
        .arg(policy)
        .arg("--out")
        .arg(out)
        .args(["--format", "json"])
        .output()
        .unwrap()
}

fn answer(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn any_number_of_workers_writes_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("customers.csv"), customers(40_000)).unwrap();
    let of = |workers: &str| {
        let out = dir.path().join(format!("awards-{workers}.csv"));
        let told = answer(&run(dir.path(), workers, &out));
        (std::fs::read(out).unwrap(), told["awards"]["sha256"].clone(), told["total"].clone())
    };
    let one = of("1");
    for workers in ["2", "5"] {
        assert_eq!(of(workers), one, "{workers} workers");
    }
}

fn python_with_duckdb() -> Option<PathBuf> {
    let named = std::env::var_os("INC_DUCKDB_PYTHON").map(PathBuf::from);
    let has = |python: &PathBuf| {
        let found = Command::new(python).args(["-c", "import duckdb"]).output();
        found.is_ok_and(|output| output.status.success())
    };
    named.into_iter().chain([PathBuf::from("python3")]).find(has)
}

#[test]
fn duckdb_computes_the_same_amounts() {
    let Some(python) = python_with_duckdb() else {
        assert!(std::env::var_os("INC_REQUIRE_DUCKDB").is_none(), "no Python with duckdb");
        println!("notice: no Python with duckdb here, so amounts were not compared with it");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let text = customers(ROWS);
    std::fs::write(dir.path().join("customers.csv"), &text).unwrap();
    let out = dir.path().join("awards.csv");
    let told = answer(&run(dir.path(), "2", &out));
    let compared = Command::new(python)
        .arg(root().join("tests/payrun/in_duckdb.py"))
        .arg(dir.path().join("customers.csv"))
        .arg(&out)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&compared.stdout).into_owned();
    assert!(compared.status.success(), "{said}{}", String::from_utf8_lossy(&compared.stderr));
    let mut numbers = said.split_whitespace();
    assert_eq!(numbers.next(), Some(ROWS.to_string().as_str()));
    let cents: i128 = numbers.next().unwrap().parse().unwrap();
    assert_eq!(told["total"], format!("{}.{:02}", cents / 100, cents % 100));
    let ties: u64 = numbers.next().unwrap().parse().unwrap();
    assert!(ties > 1_000, "only {ties} amounts end in half a cent");
}
