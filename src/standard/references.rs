//! Names that one file uses and another declares.

use super::duties::{asks, slots};
use super::reader::Item;
use super::{Days, Standard, Target};
use crate::decision::{Catalogue, Table, Value};
use crate::diag::{Diagnostic, Diagnostics};

/// What lists name in other lists, kept until all are read.
#[derive(Debug, Default)]
pub(super) struct References {
    roles: Vec<(String, Item)>,
    services: Vec<(String, Item)>,
}

impl References {
    pub(super) fn add_roles(&mut self, file: &str, items: Vec<Item>) {
        self.roles.extend(items.into_iter().map(|item| (file.to_owned(), item)));
    }

    pub(super) fn add_services(&mut self, file: &str, items: Vec<Item>) {
        self.services.extend(items.into_iter().map(|item| (file.to_owned(), item)));
    }

    /// Everything that names something that is not there. A list that is missing or empty is a
    /// catalogue not yet written, and nothing is held against it.
    pub(super) fn check(self, standard: &Standard) -> Diagnostics {
        let mut found = Diagnostics::default();
        if !standard.roles.is_empty() {
            for (file, item) in self.roles {
                if !standard.roles.contains(&item.text) {
                    let finding = unknown("unknown-role", "role", &item.text, standard.roles.ids());
                    found.push(standard.placed(finding, &file, item.range));
                }
            }
        }
        if !standard.services.is_empty() {
            for (file, item) in self.services {
                if !standard.services.contains(&item.text) {
                    let ids = standard.services.ids();
                    let finding = unknown("unknown-service", "service", &item.text, ids);
                    found.push(standard.placed(finding, &file, item.range));
                }
            }
        }
        for waiver in &standard.waivers {
            let services =
                (&waiver.service, waiver.service_range, standard.services.ids().collect());
            let verticals =
                (&waiver.vertical, waiver.vertical_range, standard.verticals.ids().collect());
            for (kind, (name, range, ids)) in [("service", services), ("vertical", verticals)] {
                let ids: Vec<&str> = ids;
                let (Some(name), Some(range)) = (name, range) else { continue };
                if !ids.is_empty() && !ids.contains(&name.as_str()) {
                    let code = format!("unknown-{kind}");
                    let finding = unknown(&code, kind, name, ids.into_iter());
                    found.push(standard.placed(finding, "waivers.toml", range));
                }
            }
        }
        let cutoffs = standard.services.iter().flat_map(|s| &s.cutoffs);
        let cutoffs = cutoffs.map(|c| ("services.toml", &c.days, c.range));
        let clocks = standard.clocks.iter().map(|c| ("clocks.toml", &c.days, c.days_range));
        let events = standard.events.iter().filter_map(|event| {
            let days = Days::Calendar(event.calendar.clone()?);
            Some(("events.toml", days, event.calendar_range))
        });
        let named = cutoffs.chain(clocks).map(|(file, days, range)| (file, days.clone(), range));
        for (file, days, range) in named.chain(events) {
            if let Some(id) = days.calendar().filter(|id| !standard.calendars.contains(id)) {
                let finding = unknown_calendar(standard, id);
                found.push(standard.placed(finding, file, range));
            }
        }
        found
    }
}

fn unknown<'a>(
    code: &str,
    kind: &str,
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    Diagnostic::error(code, format!("no {kind} is called `{name}`")).did_you_mean(name, known)
}

fn unknown_calendar(standard: &Standard, id: &str) -> Diagnostic {
    let finding = unknown("unknown-calendar", "calendar", id, standard.calendars.ids());
    match finding.help {
        Some(_) => finding,
        None => finding.help("add standards/calendar/<id>.toml, or write every-day"),
    }
}

/// Outputs of the standard's own tables that have to be times, clocks or roles that exist.
pub(super) fn check_tables(standard: &Standard, catalogue: &dyn Catalogue) -> Diagnostics {
    let mut found = Diagnostics::default();
    for policies in standard.versions() {
        let company = policies.all().map(|table| (table.name.as_str(), table));
        let verticals = policies.verticals().iter().map(|t| (t.of.as_str(), &t.table));
        for (name, table) in company.chain(verticals) {
            // Each column and what its cells have to be.
            let columns: &[(&str, &str)] = match name {
                "targets" => &[("due", "target"), ("clock", "clock")],
                "checklist" => &[("due", "target"), ("role", "role")],
                "roles-owed" => &[("by", "target"), ("role", "role")],
                "approvals" => &[("by", "role")],
                "regimes" => &[("deadline", "target")],
                "checks" | "gates" => &[("message", "message")],
                _ => &[],
            };
            for column in columns {
                check_column(standard, table, *column, catalogue, &mut found);
            }
            check_asks(standard, table, &mut found);
        }
        for one in policies.verticals() {
            if !standard.verticals.is_empty() && !standard.verticals.contains(&one.vertical) {
                let ids = standard.verticals.ids();
                let finding = unknown("unknown-vertical", "vertical", &one.vertical, ids);
                let finding = standard.placed(finding, &one.table.file, one.table.range);
                if !found.0.contains(&finding) {
                    found.push(finding);
                }
            }
        }
    }
    found
}

/// What a check asks has to be a condition of it; the others say whom it concerns.
fn check_asks(standard: &Standard, table: &Table, found: &mut Diagnostics) {
    for rule in &table.rules {
        let tested = || rule.when.iter().filter_map(|cell| table.inputs.get(cell.input));
        for name in asks(rule).filter(|name| tested().all(|input| input.name != *name)) {
            let what =
                format!("rule `{}` asks for `{name}`, which its `when` does not test", rule.id);
            let known = tested().map(|input| input.name.as_str());
            let what = Diagnostic::error("unknown-input", what).did_you_mean(name, known);
            let what = standard.placed(what, &table.file, rule.range);
            if !found.0.contains(&what) {
                found.push(what);
            }
        }
    }
}

fn check_column(
    standard: &Standard,
    table: &Table,
    (column, kind): (&str, &str),
    catalogue: &dyn Catalogue,
    found: &mut Diagnostics,
) {
    let Some(place) = table.output(column) else { return };
    for rule in &table.rules {
        let Some(Some(Value::Text(text))) = rule.then.get(place) else { continue };
        if let Some(finding) = check_cell(standard, kind, text, catalogue) {
            let what = Diagnostic {
                message: format!("rule `{}`: {}", rule.id, finding.message),
                ..finding
            };
            let what = standard.placed(what, &table.file, rule.range);
            // The same file can be in force in several versions.
            if !found.0.contains(&what) {
                found.push(what);
            }
        }
    }
}

fn check_cell(
    standard: &Standard,
    kind: &str,
    text: &str,
    catalogue: &dyn Catalogue,
) -> Option<Diagnostic> {
    match kind {
        "message" => {
            let given = |name: &str| {
                let outputs = standard.versions().iter().flat_map(|p| p.all());
                outputs.flat_map(|t| &t.outputs).any(|output| output.name == name)
            };
            let slots = slots(text);
            let name = slots.iter().find(|name| catalogue.input(name).is_none() && !given(name))?;
            let known = catalogue.names();
            let what = format!("no fact is called `{name}`");
            let known = known.iter().map(String::as_str);
            Some(Diagnostic::error("unknown-input", what).did_you_mean(name, known))
        }
        "role" => (!standard.roles.is_empty() && !standard.roles.contains(text))
            .then(|| unknown("unknown-role", "role", text, standard.roles.ids())),
        "clock" => (!standard.clocks.contains(text))
            .then(|| unknown("unknown-clock", "clock", text, standard.clocks.ids())),
        _ => match text.parse::<Target>() {
            Err(e) => Some(
                Diagnostic::error("wrong-target", e.what).help(format!("expected {}", e.expected)),
            ),
            Ok(target) => target
                .calendar()
                .filter(|id| !standard.calendars.contains(id))
                .map(|id| unknown_calendar(standard, id)),
        },
    }
}
