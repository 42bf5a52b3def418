//! `inc report sla`: minutes, budgets, contracts.

use crate::common::Scene;

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
