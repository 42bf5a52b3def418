use super::reader::{Log, Section};
use super::{Days, HasId, Listed, Time, Words};
use crate::diag::{Diagnostic, TextRange};
use crate::units::{Percent, Span};

/// Service lines of one kind of business: payments, credit.
#[derive(Debug, Clone, PartialEq)]
pub struct Vertical {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// Where it is declared.
    pub range: TextRange,
}

/// A thing that customers use (`standards/services.toml`).
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// The id that records use.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// 1: money moves, or access to it; 2: money later or another way; 3: the rest.
    pub tier: u8,
    /// The vertical that it belongs to.
    pub vertical: String,
    /// The rails that it runs on.
    pub rails: Vec<String>,
    /// What customers do with it.
    pub journeys: Listed<Journey>,
    /// Times of the day after which the same work is worth a day less.
    pub cutoffs: Vec<Cutoff>,
    /// How available it is meant to be.
    pub objective: Option<Objective>,
    /// How fast its responders agreed to be among themselves.
    pub ola: Agreed,
    /// Share of the payment volume that is revenue.
    pub take_rate: Option<Percent>,
    /// Where it is declared.
    pub range: TextRange,
}

/// Something that customers do, with the words for when they cannot.
#[derive(Debug, Clone, PartialEq)]
pub struct Journey {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Words,
    /// What customers cannot do now: a sentence for them.
    pub cannot: Words,
    /// What still works meanwhile: a sentence for them.
    pub still: Words,
    /// Where it is declared.
    pub range: TextRange,
}

/// A cut-off: of settlement, payroll, direct debit, a due date.
#[derive(Debug, Clone, PartialEq)]
pub struct Cutoff {
    /// The name that records use.
    pub name: String,
    /// What people call it.
    pub label: Words,
    /// What it is a cut-off of; `payroll` counts for severity.
    pub class: String,
    /// The time of the day, in the company's zone.
    pub at: Time,
    /// The days that have it.
    pub days: Days,
    /// Where it is declared.
    pub range: TextRange,
}

/// A service level objective.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Share of good minutes or requests.
    pub target: Percent,
    /// The window that it is measured over.
    pub window: Span,
    /// How long before its start planned work must be announced to count in neither sum.
    pub notice: Span,
}

/// The notice of planned work where nothing else is agreed: two days.
pub(super) const NOTICE: Span = Span::from_minutes(48 * 60);

/// An operational level agreement: times that responders agreed on, whatever the severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreed {
    /// From detection to somebody's answer.
    pub acknowledge: Option<Span>,
    /// From detection to the first hand-over: somebody who can mend it has a role.
    pub hand_over: Option<Span>,
    /// From the start of impact to the last restore.
    pub restore: Option<Span>,
}

impl HasId for Vertical {
    fn id(&self) -> &str {
        &self.id
    }
}

impl HasId for Service {
    fn id(&self) -> &str {
        &self.id
    }
}

impl HasId for Journey {
    fn id(&self) -> &str {
        &self.id
    }
}

pub(super) fn read(
    mut file: Section<'_, '_>,
    log: &mut Log<'_>,
) -> (Listed<Vertical>, Listed<Service>) {
    let mut verticals = Listed::default();
    for (id, mut section) in file.sections(log, "verticals") {
        let (name, range) = (section.need_words(log, "name"), section.range);
        section.finish(log);
        verticals.push(Vertical { id, name, range });
    }
    let mut services = Listed::default();
    for (id, section) in file.sections(log, "services") {
        services.push(read_service(id, section, &verticals, log));
    }
    file.finish(log);
    (verticals, services)
}

fn read_service(
    id: String,
    mut section: Section<'_, '_>,
    verticals: &Listed<Vertical>,
    log: &mut Log<'_>,
) -> Service {
    let range = section.range;
    let vertical = section.item(log, "vertical");
    match &vertical {
        None => log.add(
            Diagnostic::error("missing-key", format!("service `{id}` has no `vertical`"))
                .help("name one of [verticals]"),
            range,
        ),
        Some(item) if !verticals.contains(&item.text) => log.add(
            Diagnostic::error("unknown-vertical", format!("no vertical is called `{}`", item.text))
                .did_you_mean(&item.text, verticals.ids()),
            item.range,
        ),
        Some(_) => {}
    }
    let mut journeys = Listed::default();
    for (journey, mut section) in section.sections(log, "journeys") {
        let range = section.range;
        journeys.push(Journey {
            id: journey,
            name: section.need_words(log, "name"),
            cannot: section.need_words(log, "cannot"),
            still: section.words(log, "still").unwrap_or_default(),
            range,
        });
        section.finish(log);
    }
    let mut cutoffs = Vec::new();
    for mut section in section.array(log, "cutoffs") {
        let range = section.range;
        let name = section.need_text(log, "name");
        let label = section.words(log, "label").unwrap_or_default();
        let class = section.need_text(log, "class");
        let at = section.time(log, "at");
        let days = section.days(log, "days").map_or(Days::EveryDay, |(days, _)| days);
        match at {
            Some(at) => cutoffs.push(Cutoff { name, label, class, at, days, range }),
            None if section.has("at") => {}
            None => log.add(
                Diagnostic::error("missing-key", format!("cut-off `{name}` has no `at`"))
                    .help("add its time of the day, such as at = \"17:00\""),
                range,
            ),
        }
        section.finish(log);
    }
    let objective = section.table(log, "objective").and_then(|mut section| {
        let target = section.quantity(log, "target");
        let window = section.quantity(log, "window");
        let notice = section.quantity(log, "notice").unwrap_or(NOTICE);
        section.finish(log);
        Some(Objective { target: target?, window: window?, notice })
    });
    let ola = section.table(log, "ola").map_or_else(Agreed::default, |mut section| {
        let acknowledge = section.quantity(log, "acknowledge");
        let hand_over = section.quantity(log, "hand_over");
        let restore = section.quantity(log, "restore");
        section.finish(log);
        Agreed { acknowledge, hand_over, restore }
    });
    let service = Service {
        name: section.need_words(log, "name"),
        tier: u8::try_from(section.need_integer(log, "tier", 1..=3)).unwrap_or(1),
        vertical: vertical.map(|item| item.text).unwrap_or_default(),
        rails: section.list(log, "rails").into_iter().map(|item| item.text).collect(),
        take_rate: section.quantity(log, "take_rate"),
        id,
        journeys,
        cutoffs,
        objective,
        ola,
        range,
    };
    section.finish(log);
    service
}
