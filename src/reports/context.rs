//! What the weekly report states, typed; figures that are not known stay unknown.

use chrono::NaiveDate;

use super::period::Period;
use crate::incident::{ActionKind, IncidentId, Severity, Status};
use crate::timing::Lapse;
use crate::units::{Decimal, Instant, Money, Span};

/// A report over a week, a month or a quarter.
#[derive(Debug, Clone)]
pub struct Weekly {
    /// The days that it is about.
    pub period: Period,
    /// The moment at which open things are judged: the period's end, or now when it is not over.
    pub as_of: Instant,
    /// Whether the period is not over yet.
    pub running: bool,
    /// Incidents that began in the period, worst first.
    pub incidents: Vec<IncidentLine>,
    /// Incidents from before that customers still felt in the period.
    pub carried: Vec<IncidentLine>,
    /// Their figures together.
    pub totals: Totals,
    /// How fast SEV1 and SEV2 of the period were answered.
    pub urgent: Urgent,
    /// Targets of the incidents that began in the period.
    pub targets: Vec<TargetTotal>,
    /// Reviews that are due by a week after the period.
    pub reviews: Vec<Due>,
    /// Actions that are due by a week after the period.
    pub actions: Vec<Due>,
    /// Planned work in the period, which no figure counts.
    pub maintenance: Vec<PlannedLine>,
    /// What no figure counts.
    pub left_out: LeftOut,
}

/// One incident.
#[derive(Debug, Clone)]
pub struct IncidentLine {
    /// Its id.
    pub id: IncidentId,
    /// Its title; none when its details live elsewhere.
    pub title: Option<String>,
    /// Where it stands now.
    pub status: Status,
    /// The level that stands.
    pub severity: Option<Severity>,
    /// The level that the tables give, also where a person declared another.
    pub derived: Option<Severity>,
    /// Whether the level is still provisional.
    pub provisional: bool,
    /// Ids of its services.
    pub services: Vec<String>,
    /// When it began.
    pub began: Instant,
    /// From first impact to last restore.
    pub duration: Lapse,
    /// Customers who could not.
    pub customers: Option<u64>,
    /// Customers × minutes of impact within the period.
    pub customer_minutes: Option<Decimal>,
}

/// The figures of the period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Incidents that began in the period, by level.
    pub by_severity: Vec<(Severity, usize)>,
    /// Those whose level is not known.
    pub without_severity: usize,
    /// Those that customers still feel.
    pub burning: usize,
    /// Those restored and not resolved yet.
    pub restored_open: usize,
    /// Messages that went past their approval in the period, whenever their incident began.
    pub broken_glass: usize,
    /// Customers who could not, incident by incident.
    pub customers: Sum,
    /// Customers × minutes, carried incidents included.
    pub customer_minutes: Sum,
    /// Payment volume lost.
    pub volume_lost: MoneySum,
    /// That times the take rate.
    pub revenue_lost: MoneySum,
    /// Money that is gone.
    pub direct_loss: MoneySum,
    /// What vendors gave back.
    pub recovered: MoneySum,
    /// Compensation approved or paid.
    pub compensation: MoneySum,
    /// What of it is credited to customers.
    pub compensation_posted: MoneySum,
    /// What of it is owed: approved, and not credited yet.
    pub compensation_owed: MoneySum,
}

/// How fast the incidents of SEV1 and SEV2 were answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Urgent {
    /// How many there were.
    pub incidents: usize,
    /// First message to customers.
    pub first_update: Response,
    /// Customers could work again.
    pub restore: Response,
}

/// How often a target was kept, and how long it took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// Done in time.
    pub met: usize,
    /// Done late, or not done though due.
    pub missed: usize,
    /// Not done, not due.
    pub running: usize,
    /// The record does not say, or nothing is asked.
    pub unknown: usize,
    /// How long each took that is done.
    pub took: Vec<Span>,
}

/// A sum over incidents, and of how many the figure is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Sum of what is known.
    pub known: Decimal,
    /// Incidents with the figure.
    pub counted: usize,
    /// Incidents without it.
    pub unknown: usize,
}

/// A sum of money over incidents, one amount for each currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoneySum {
    /// Sums of what is known.
    pub known: Vec<Money>,
    /// Incidents with the figure.
    pub counted: usize,
    /// Incidents without it.
    pub unknown: usize,
}

/// How often a target was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetTotal {
    /// Name of the target.
    pub name: String,
    /// Done in time.
    pub met: usize,
    /// Done late, or not done though due.
    pub missed: usize,
    /// Not done, not due.
    pub running: usize,
    /// The record does not say.
    pub unknown: usize,
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its incident.
    pub incident: IncidentId,
    /// The action's title, or the target's name.
    pub what: String,
    /// Who has it.
    pub owner: Option<String>,
    /// By when.
    pub due: NaiveDate,
    /// Whether that has passed.
    pub overdue: bool,
    /// What an action is for.
    pub kind: Option<ActionKind>,
    /// The catalogue's services that the incident was of.
    pub services: Vec<String>,
}

/// Planned work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedLine {
    /// Its id.
    pub id: IncidentId,
    /// Its title.
    pub title: String,
    /// Planned start.
    pub from: Option<Instant>,
    /// Planned end.
    pub to: Option<Instant>,
    /// Where it stands now.
    pub status: Status,
}

/// What no figure counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Drills of the period.
    pub exercises: usize,
    /// False alarms of the period.
    pub cancelled: usize,
    /// Records of the period whose words live in another.
    pub merged: usize,
    /// Parts of another incident, counted with it.
    pub parts: usize,
    /// Records that say nothing of their time.
    pub without_time: Vec<IncidentId>,
    /// Files that could not be read.
    pub unreadable: Vec<String>,
}
