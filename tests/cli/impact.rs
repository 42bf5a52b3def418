//! Impact from metric series: measured, written, verified; and series that are none.

use crate::common::{Computer, Scene};

/// Six weeks of ten-minute counts of two services and two regions, with a hole on 21 November
/// from 03:10 to 03:50 in which four of five fail.
fn series() -> String {
    series_and_loss().0
}

/// The series, and how many transactions the hole took.
fn series_and_loss() -> (String, i64) {
    let mut lost = 0;
    let mut text =
        "timestamp,service,region,attempted,succeeded,declined_business,value\n".to_owned();
    let first = 1_791_590_400; // 2026-10-10T00:00:00Z
    for bin in 0..42 * 144 + 100 {
        let at = first + bin * 600;
        let hour = (bin * 600 / 3600 + 18) % 24;
        let busy = if hour >= 8 { 400 } else { 80 };
        let hole = (1_795_252_200..1_795_254_600).contains(&at);
        for (service, region, weight) in
            [("card-auth", "MX-CMX", 2), ("card-auth", "MX-JAL", 1), ("checkout", "MX-CMX", 1)]
        {
            // A multiplication that repeats no week.
            let noise = ((bin * 2_654_435_761 + weight * 40_503) >> 7) % 21 - 10;
            let attempted = weight * busy * (100 + noise) / 100;
            let declined = attempted / 20;
            let good = attempted - declined;
            let usual = good / 100;
            let fails = if hole && service == "card-auth" { good * 4 / 5 } else { usual };
            lost += fails - usual;
            let succeeded = good - fails;
            text.push_str(&format!(
                "{at},{service},{region},{attempted},{succeeded},{declined},{}.50\n",
                succeeded * 312
            ));
        }
    }
    (text, lost)
}

fn opened(mut s: Scene) -> Scene {
    s.clock("2026-11-21T14:00:00-06:00");
    s.write("../pay.csv", series());
    s.writes("open \"cards failing\" -s card-auth --kind outage --at 03:15");
    s.writes("update --impact-started 03:10");
    s.writes("restore --at 03:50");
    s
}

#[test]
fn what_was_lost_is_measured_written_and_verified() {
    let mut s = opened(Scene::new("impact"));
    s.remark("nothing is written unless it is asked for");
    let shown = s.leaves("impact measure --series ../pay.csv").exits(0);
    for words in
        ["lost", "REGION", "proposed: impact started 2026-11-21T03:10:00-06:00", "assumed:"]
    {
        assert!(shown.stdout.contains(words), "{words}: {}", shown.stdout);
    }
    let json = s.inc("impact measure --series ../pay.csv --format json").exits(0).json();
    let lost = &json["total"]["lost"];
    let truth = series_and_loss().1;
    let (low, high) = (lost["low"].as_i64().unwrap(), lost["high"].as_i64().unwrap());
    let width = high - low;
    // One window of ten may lie outside its interval, but never far.
    assert!(low - width < truth && truth < high + width && lost["told"] == true, "{lost} {truth}");
    assert_eq!(json["total"]["attempted"]["actual"], json["parts"][0]["attempted"]["actual"]);
    let csv = s.inc("impact measure --series ../pay.csv --format csv").exits(0).stdout;
    assert_eq!(csv.lines().count(), 1 + 1 + 1 + 2, "{csv}");
    s.writes("impact measure --series ../pay.csv --write --periods --svg ../chart.svg --by region");
    let svg = s.read("../chart.svg");
    assert!(svg.contains("<polyline") && svg.contains("cards failing"));
    s.remark("outside a sandbox a record does not choose which files this machine opens");
    let settings = s.read("inc.toml");
    s.write("inc.toml", settings.replace("sandbox = true", "sandbox = false"));
    s.inc("impact verify").exits(2).says("error[not-trusted]");
    s.write("inc.toml", &settings);
    s.types("impact verify --series ../pay.csv")
        .exits(0)
        .prints("the evidence gives what the record says");
    s.types("impact show").exits(0).prints("measured at");
    s.remark("another file is found out");
    s.write("../other.csv", series().replace(",MX-JAL,", ",MX-NLE,"));
    s.types("impact verify --series ../other.csv").exits(1).prints("the file: the record has");
    s.ends();
}

/// The same without a transcript.
fn computer() -> Computer {
    let c = Computer::workspace();
    c.clock("2026-11-21T14:00:00-06:00");
    c.inc("open \"cards failing\" -s card-auth --kind outage --at 03:15").exits(0);
    c.inc("update --impact-started 03:10").exits(0);
    c.inc("restore --at 03:50").exits(0);
    c
}

#[test]
fn a_calm_window_is_not_distinguishable_from_normal() {
    let c = computer();
    c.write("../pay.csv", series());
    c.inc(
        "impact measure --series ../pay.csv --from \"2026-11-20 10:00\" --to \"2026-11-20 10:40\"",
    )
    .exits(0)
    .prints("not distinguishable from normal");
    for line in [
        "impact measure --series - --where region=MX-JAL --format csv",
        "impact measure --series - --where service=checkout --format csv",
        "impact measure --series - --all-rows --bin 15m --format csv",
    ] {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        c.inc_with(&words, series().as_bytes()).exits(0).prints("dimension,value");
    }
}

#[test]
fn what_is_no_series_gets_a_clear_error_or_a_stated_assumption() {
    let s = computer();
    let before = (s.commits(), s.git("status --short"));
    let good = series();
    let write = |text: &str| s.write("../x.csv", text);
    let head = good.lines().next().unwrap().to_owned();
    let measure = "impact measure --series ../x.csv";
    for (text, words) in [
        (String::new(), "the file is empty"),
        (head.clone(), "no row below the header"),
        (good.replacen("attempted,succeeded", "tried,worked", 1), "no column `attempted`"),
        (good.replace(",card-auth,", ",cards,"), "is about service card-auth"),
        (good.replace(",card-auth,MX-JAL,", ",card-auth,MX-JAL,-"), "below zero"),
        ("\u{1}garbage".repeat(2 << 20), "longer than 1 MiB"),
        (format!("{head}\n1234567890,card-auth,MX-CMX,1,1,0,1\n"), "outside the time"),
    ] {
        write(&text);
        let ran = s.inc(measure).exits(2);
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
    s.inc("impact measure --series nowhere.csv").exits(2).says("error[cannot-read]");
    s.inc("impact measure --series . ").exits(2).says("is a folder");
    s.inc("impact measure --series ../x.csv --map attempted").exits(2).says("error[bad-map]");
    s.inc("impact measure --series ../x.csv --bin 3s").exits(2).says("error[bad-bin]");
    s.inc("impact measure --series ../x.csv --where region").exits(2).says("error[bad-where]");
    let rows: Vec<&str> = good.lines().skip(1).collect();
    let reversed: String = rows.iter().rev().flat_map(|row| [row, "\n"]).collect();
    let doubled =
        format!("{head}\n{}", rows.iter().flat_map(|r| [*r, "\n", *r, "\n"]).collect::<String>());
    let begins = |row: &&str| row[..10].parse::<i64>().unwrap();
    let since = |day: i64| {
        let kept = rows.iter().filter(|row| begins(row) >= 1_795_252_200 - day * 86_400);
        format!("{head}\n{}", kept.flat_map(|r| [*r, "\n"]).collect::<String>())
    };
    let quiet: String = rows
        .iter()
        .filter(|r| !(1_795_252_200..1_795_254_600).contains(&begins(r)))
        .flat_map(|r| [*r, "\n"])
        .collect();
    let zeros: String = rows
        .iter()
        .flat_map(|r| [&r[..r.match_indices(',').nth(2).unwrap().0], ",0,0,0,0\n"])
        .collect();
    // A week of the history is missing, and a day was recorded an hour early by a clock that jumped.
    let gap: String = rows
        .iter()
        .filter(|r| !(1_794_000_000..1_794_600_000).contains(&begins(r)))
        .flat_map(|r| [*r, "\n"])
        .collect();
    let jumped: String = rows
        .iter()
        .map(|r| {
            let at = begins(r);
            let day = (1_794_000_000..1_794_086_400).contains(&at);
            format!("{}{}\n", at - if day { 3600 } else { 0 }, &r[10..])
        })
        .collect();
    // The same moments as another zone writes them, and without any offset.
    let written = |offset: i32, with: bool| -> String {
        let zone = chrono::FixedOffset::east_opt(offset * 3600).unwrap();
        let line = |r: &&str| {
            let at = chrono::DateTime::from_timestamp(begins(r), 0).unwrap().with_timezone(&zone);
            let form = if with { "%Y-%m-%dT%H:%M:%S%:z" } else { "%Y-%m-%d %H:%M:%S" };
            format!("{}{}\n", at.format(form), &r[10..])
        };
        rows.iter().map(line).collect()
    };
    let lost = |text: &str, more: &str| {
        write(text);
        let csv = s.inc(&format!("{measure} --format csv {more}")).exits(0).stdout;
        csv.lines().nth(1).unwrap().split(',').nth(8).unwrap().to_owned()
    };
    let as_epoch = lost(&good, "");
    assert_eq!(lost(&format!("{head}\n{}", written(9, true)), ""), as_epoch);
    assert_eq!(lost(&format!("{head}\n{}", written(-6, false)), ""), as_epoch);
    // Tijuana's clocks went back on 1 November: an hour came twice.
    let settings = s.read("inc.toml");
    s.write("inc.toml", format!("{settings}\n[series]\nzone = \"America/Tijuana\"\n"));
    write(&format!("{head}\n{}", written(-8, false)));
    let ran = s.inc(measure).exits(0);
    for words in ["clocks had twice: taken as the first", "taken as times of America/Tijuana"] {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
    s.write("inc.toml", settings);
    // Ten megabytes of anything, with line ends in it.
    let mut state = 1_u64;
    let noise: Vec<u8> = (0..10_000_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as u8
        })
        .collect();
    s.write("../x.csv", [head.as_bytes(), b"\n", &noise].concat());
    s.inc(measure).exits(2).says("rows cannot be read");
    s.write("../x.csv", &noise);
    s.inc(measure).exits(2).says("error[bad-series]");
    let wrong =
        format!("{good}1795252300,card-auth,MX-CMX,5,9,0,1\nsoon,card-auth,MX-CMX,5,5,0,1\n");
    for (text, words) in [
        (format!("{head}\n{reversed}"), "compared with the same time of week"),
        (doubled, "repeat the row before"),
        (format!("{head}\n{gap}"), "of the history without a row: gaps"),
        (format!("{head}\n{jumped}"), "at least twice as many rows as usual"),
        (since(1), "no three weeks of history"),
        (since(0), "nothing before the window"),
        (format!("{head}\n{quiet}"), "without a row"),
        (format!("{head}\n{zeros}"), "not distinguishable from normal"),
        (wrong.clone(), "1 row has more successes than attempts"),
        (wrong, "1 row was left out as unreadable; line "),
    ] {
        write(&text);
        let ran = s.inc(measure).exits(0);
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
    assert_eq!(before, (s.commits(), s.git("status --short")));
}

#[test]
fn anyone_can_try_the_method_on_their_own_series() {
    let mut s = Scene::new("impact-accuracy");
    let mut text = "timestamp,n\n".to_owned();
    for bin in 0..42 * 48_i64 {
        let busy = if bin % 48 > 16 { 1000 } else { 200 };
        let noise = (bin * 2_654_435_761) % 101 - 50;
        text.push_str(&format!(
            "{},{}\n",
            1_704_067_200 + bin * 1800,
            busy * (1000 + noise) / 1000
        ));
    }
    s.write("../shop.csv", text);
    let json = s
        .inc("impact accuracy --series ../shop.csv --map attempted=n --places 2 --format json")
        .exits(0)
        .json();
    let all = &json["series"][0]["all"];
    assert!(all["median_error"].as_i64().unwrap() < 500, "{all}");
    s.types("impact accuracy --series ../shop.csv --map attempted=n --places 1 --each")
        .exits(0)
        .prints("NOISE FLOOR %");
    s.ends();
}

/// Attempts of 400 customers: the first hundred were affected in the north, twice each.
fn attempts() -> String {
    let mut text = "timestamp,service,region,customer,client,merchant,affected\n".to_owned();
    for round in 0..2 {
        for n in 0..400 {
            let (hit, region) = (n < 100, if n % 2 == 0 { "MX-CMX" } else { "MX-JAL" });
            let client = if n < 10 { "tienda-ejemplo" } else { "otra" };
            text.push_str(&format!(
                "2026-11-21T03:{:02}:00-06:00,card-auth,{region},C{n:04},{client},M{},{}\n",
                12 + round,
                n % 7,
                u8::from(hit)
            ));
        }
    }
    text.push_str("2026-11-21T08:00:00-06:00,card-auth,MX-CMX,C9999,otra,M1,1\n");
    text
}

/// Of the affected 2 % left before and 10 % after, of the others 2 % and 3 %.
fn panel() -> String {
    let mut text = "customer,period,churned,score\n".to_owned();
    for n in 0..400 {
        let hit = n < 100;
        let late = if hit { n % 10 == 0 } else { n % 33 == 0 };
        let score = if hit { 6 } else { 9 };
        text.push_str(&format!("C{n:04},before,{},9\n", u8::from(n % 50 == 0)));
        text.push_str(&format!("C{n:04},after,{},{score}\n", u8::from(late)));
    }
    text
}

/// Six weeks of hourly calls, thirty an hour, and three hundred in the hour of the incident.
fn calls() -> String {
    let mut text = "timestamp,contacts\n".to_owned();
    for hour in 0..42 * 24 + 20 {
        let at = 1_791_590_400 + hour * 3600;
        let noise = ((hour * 2_654_435_761_i64) >> 7) % 7;
        let n = if at == 1_795_251_600 { 300 } else { 27 + noise };
        text.push_str(&format!("{at},{n}\n"));
    }
    text
}

#[test]
fn who_was_affected_is_counted_written_and_verified() {
    let s = Scene::new("impact-customers");
    let clients = s.read("standards/clients.toml");
    let ours = "[clients.tienda-ejemplo]\nname = \"Tienda Ejemplo\"\n";
    s.write("standards/clients.toml", format!("{clients}\n{ours}"));
    s.git("commit -qam clients");
    let mut s = opened(s);
    s.write("../attempts.csv", attempts());
    s.write("../panel.csv", panel());
    s.write("../calls.csv", calls());
    s.write(
        "../complaints.csv",
        "timestamp,complaint\n2026-11-21T09:00:00-06:00,formal\n\
         2026-11-21T09:10:00-06:00,regulator\n2026-11-20T09:10:00-06:00,formal\n",
    );
    s.remark("who tried, who could not, and what became of them");
    s.types("impact customers --evidence ../attempts.csv --outcomes ../panel.csv")
        .exits(0)
        .prints("not what caused it");
    let files = "--evidence ../attempts.csv --outcomes ../panel.csv --contacts ../calls.csv \
                 --complaints ../complaints.csv";
    let json = s.inc(&format!("impact customers {files} --format json")).exits(0).json();
    let all = &json["customers"];
    assert_eq!((&all["tried"], &all["affected"]), (&400.into(), &100.into()), "{json}");
    assert_eq!((&json["clients"]["affected"], &all["exact"]), (&2.into(), &true.into()));
    assert_eq!(json["churn"]["difference"].to_string().trim_matches('"'), "7");
    assert_eq!(json["contacts"]["received"], 300);
    assert_eq!(json["complaints"]["formal_per_thousand"].to_string().trim_matches('"'), "10");
    let csv = s.inc("impact customers --evidence ../attempts.csv --format csv").exits(0).stdout;
    assert!(csv.contains("customers,region,MX-CMX,200,50,true"), "{csv}");
    s.writes(&format!("impact customers {files} --write"));
    let record = s.record("");
    for line in ["affected: 100", "received: 300", "method: distinct-1", "client: tienda-ejemplo"] {
        assert!(record.contains(line), "{line}: {record}");
    }
    assert!(!record.contains("C0001"), "no customer is in the record: {record}");
    s.types("impact show").exits(0).prints("per thousand affected");
    s.inc("impact verify").exits(0);
    let given = format!("impact verify {files}");
    s.inc(&given).exits(0).prints("the evidence gives what the record says");
    s.write("../attempts.csv", attempts().replace(",C0399,", ",C0001,"));
    s.types(&given).exits(1).prints("evidence: the record has");
    s.ends();
}

#[test]
fn evidence_that_says_nothing_is_refused() {
    let mut s = opened(Scene::new("impact-customers-bad"));
    s.inc("impact customers").exits(2);
    s.write("../x.csv", "customer,service\nC1,card-auth\n");
    s.types("impact customers --evidence ../x.csv").exits(2).says("--all-affected");
    s.inc("impact customers --evidence ../x.csv --all-affected").exits(0).prints("not known");
    s.write("../x.csv", "region,affected\nN,1\n");
    s.inc("impact customers --evidence ../x.csv").exits(2).says("no column `customer`");
    s.write("../x.csv", "customer,affected\nC1,perhaps\n");
    s.inc("impact customers --evidence ../x.csv").exits(2).says("neither yes nor no");
    s.write("../x.csv", vec![0x1f_u8, 0x8b, 0, 0, 1, 2, 3]);
    s.inc("impact customers --evidence ../x.csv").exits(2).says("error[");
    s.write("../x.csv", "customer,timestamp,affected\nC1,2020-01-01T00:00:00Z,1\n");
    s.inc("impact customers --evidence ../x.csv").exits(2).says("outside the time");
    s.write("../p.csv", "customer,period,churned\nC1,after,1\n");
    s.types("impact customers --outcomes ../p.csv").exits(2).says("no column `affected`");
    s.inc("impact customers --outcomes - --evidence -").exits(2).says("error[one-input]");
    s.inc("impact customers --complaints ../p.csv").exits(2).says("no column `complaint`");
    s.ends();
}
