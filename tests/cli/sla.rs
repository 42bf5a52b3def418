//! `inc report sla`: minutes, budgets, contracts.

use crate::common::{Computer, Scene};

#[test]
fn overlaps_count_once_maintenance_not_and_clients_get_their_credit() {
    let mut s = Scene::new("sla");
    s.clock("2026-11-21T14:00:00-06:00");
    let clients = s.read("standards/clients.toml");
    s.write(
        "standards/clients.toml",
        format!(
            "{clients}\n[clients.tienda]\nname = \"Tienda de Prueba\"\ncontract = \"TP-1\"\navailability = \"99.9%\"\n\
             services = [\"checkout\"]\nfee = \"1000.00 MXN\"\nzone = \"America/Tijuana\"\n\
             credits = [{{ below = \"99.9%\", credit = \"10%\" }}, {{ below = \"95%\", credit = \"50%\" }}]\n"
        ),
    );
    s.git("commit -qam clients");
    s.inc("open \"checkout down\" -s checkout --kind outage --at \"2026-11-05 10:00\"").exits(0);
    s.inc("update --impact-started \"2026-11-05 10:00\"").exits(0);
    s.inc("restore --at \"2026-11-05 11:00\"").exits(0);
    s.later(1);
    let second =
        s.open("\"checkout down, again\" -s checkout --kind outage --at \"2026-11-05 10:30\"");
    s.inc(&format!("update {second} --impact-started \"2026-11-05 10:30\"")).exits(0);
    s.inc(&format!("restore {second} --at \"2026-11-05 11:30\"")).exits(0);
    let json = s.inc("report sla --period 2026-11 --format json").exits(0).json();
    let services = json["services"].as_array().unwrap();
    let checkout = services.iter().find(|l| l["id"] == "checkout").unwrap();
    assert_eq!(checkout["bad_minutes"], "90", "{checkout}");
    // 99.9 % of thirty days.
    assert_eq!(checkout["allowed_minutes"], "43.2", "{checkout}");
    assert_eq!(checkout["breached"], true);
    let tienda = json["clients"].as_array().unwrap().iter().find(|c| c["id"] == "tienda").unwrap();
    // Tijuana put its clocks back on the first of the month: an hour more.
    assert_eq!(tienda["allowed_minutes"], "43.26", "{tienda}");
    assert_eq!(
        (&tienda["credit"], &tienda["credit_amount"]),
        (&"10%".into(), &"100.00 MXN".into())
    );
    s.types("report sla --period 2026-11").exits(0).prints("breached");
    s.types("report sla --period 2026-W45 --client tienda --format csv").exits(0);
    s.types("report sla --client nobody").exits(2).says("error[no-such-client]");
    s.types("report sla --period 2026-W53").exits(0).prints("2026-W53");
    s.ends();
}

/// A vendor's fault, a slow answer, a hand-over, a cap, and what burns now.
#[test]
fn a_breach_is_split_into_ours_and_theirs() {
    let mut s = Scene::new("sla-split");
    s.clock("2026-11-21T10:05:00-06:00");
    let services = s.read("standards/services.toml");
    let agreed = services.replacen(
        "ola = { acknowledge = \"5m\", restore = \"1h\" }",
        "ola = { acknowledge = \"5m\", hand_over = \"20m\", restore = \"1h\" }",
        1,
    );
    assert_ne!(services, agreed);
    s.write("standards/services.toml", agreed);
    let vendors = s.read("standards/vendors.toml");
    s.write(
        "standards/vendors.toml",
        format!(
            "{vendors}\n[vendors.red-prueba]\nname = \"Red de Prueba\"\nservices = [\"card-auth\"]\n\
             availability = \"99.99%\"\nanswers = {{ SEV1 = \"15m\" }}\n"
        ),
    );
    let clients = s.read("standards/clients.toml");
    s.write(
        "standards/clients.toml",
        format!(
            "{clients}\n[clients.tope]\nname = \"Tope de Prueba\"\navailability = \"99.99%\"\n\
             services = [\"card-auth\"]\nfee = \"1000.00 MXN\"\ncredit_cap = \"5%\"\n\
             credits = [{{ below = \"99.99%\", credit = \"10%\" }}]\n\
             [clients.poco]\nname = \"Poco de Prueba\"\navailability = \"99.9%\"\n\
             services = [\"card-auth\"]\nfee = \"10.00 MXN\"\ncredit_least = \"5.00 MXN\"\n\
             credits = [{{ below = \"99.99%\", credit = \"10%\" }}]\n"
        ),
    );
    s.git("commit -qam standards");
    let id = s.open("\"cards declined\" -s card-auth --kind outage --at 09:05");
    let path = s.record_path("");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        format!(
            "{text}vendors:\n  - vendor: red-prueba\n    role: cause\n    severity_claimed: SEV1\n    \
             opened_at: 2026-11-21T09:10:00-06:00\n    acknowledged_at: 2026-11-21T09:40:00-06:00\n    \
             minutes_attributed: 55\n"
        ),
    )
    .unwrap();
    s.inc(&format!("update {id} --impact-started 09:00")).exits(0);
    s.inc("ack --at 09:08").exits(0);
    s.inc("role technical_lead ana --at 09:50").exits(0);
    let json = s.inc("report sla --format json").exits(0).json();
    let services = json["services"].as_array().unwrap();
    let cards = services.iter().find(|l| l["id"] == "card-auth").unwrap();
    assert_eq!(
        (&cards["bad_minutes"], &cards["bad_minutes_by_vendors"]),
        (&"69".into(), &"55".into())
    );
    // 99.95 % of November leaves 21.6 minutes: ten of our own are within them.
    assert_eq!((&cards["breached"], &cards["breached_by_us"]), (&true.into(), &false.into()));
    assert_eq!(cards["burning"][0]["page"], true, "{cards}");
    let supplier = &json["suppliers"][0];
    assert_eq!(
        (&supplier["vendor"], &supplier["bad_minutes"]),
        (&"red-prueba".into(), &"55".into())
    );
    assert_eq!(
        (supplier["missed"].as_array().unwrap().len(), &supplier["breached"]),
        (1, &true.into())
    );
    let clocks = json["response"].as_array().unwrap();
    let over = clocks.iter().find(|a| a["clock"] == "hand over").unwrap();
    assert_eq!(over["missed"].as_array().unwrap().len(), 1, "{over}");
    let clients = json["clients"].as_array().unwrap();
    let capped = clients.iter().find(|c| c["id"] == "tope").unwrap();
    assert_eq!((&capped["credit"], &capped["credit_amount"]), (&"5%".into(), &"50.00 MXN".into()));
    let least = clients.iter().find(|c| c["id"] == "poco").unwrap();
    assert_eq!(least["credit_amount"], "0.00 MXN", "{least}");
    s.types("report sla").exits(0).prints("breached by vendors");
    let csv = s.inc("report sla --client tope --format csv").exits(0).stdout;
    let about: Vec<&str> = csv.lines().skip(1).map(|l| l.split(',').nth(1).unwrap()).collect();
    assert_eq!(about, ["card-auth", "tope"], "{csv}");
    s.ends();
}

/// Impact from October into November, and work announced too late by the contract's own notice.
#[test]
fn an_incident_over_two_periods_counts_in_each_its_own_minutes() {
    let s = Computer::workspace();
    s.clock("2026-11-21T14:00:00-06:00");
    s.inc("open \"checkout down\" -s checkout --kind outage --at \"2026-10-31 23:30\"").exits(0);
    s.inc("update --impact-started \"2026-10-31 23:30\"").exits(0);
    s.inc("restore --at \"2026-11-01 00:15\"").exits(0);
    for (period, minutes, began) in
        [("2026-10", "30", 1), ("2026-11", "15", 0), ("2026-Q4", "45", 1)]
    {
        let json = s.inc(&format!("report sla --period {period} --format json")).exits(0).json();
        let services = json["services"].as_array().unwrap();
        let checkout = services.iter().find(|l| l["id"] == "checkout").unwrap();
        assert_eq!(checkout["bad_minutes"], minutes, "{period}");
        assert_eq!(json["kpi"]["incidents"], began, "{period}");
    }
    // A leap day, and a week that spans two years.
    let leap = s.inc("report sla --period 2024-02 --format json").exits(0).json();
    assert_eq!(leap["services"][0]["minutes"], "41760");
    let week = s.inc("report sla --period 2020-W53 --format json").exits(0).json();
    assert_eq!(week["from"], "2020-12-28T00:00:00-06:00");
    assert_eq!(week["to"], "2021-01-04T00:00:00-06:00");
    s.inc("report sla --period 2026-W54").exits(2).says("error[bad-period]");
}
