//! The figures of a period, each with its definition, beside the period before and the band.
//!
//! The file is long because every figure has its words in two languages beside it.

use crate::render::Locale;
use crate::render::pages::{Figure, Mark, Section, say};
use crate::reports::context::{MoneySum, Response};
use crate::reports::overview::{BAND, Overview, PeriodSums};
use crate::reports::sla::Times;
use crate::reports::trends::WINDOW_DAYS;
use crate::units::Decimal;

/// A figure beside the same one of the periods before.
pub(super) struct Against {
    /// Now.
    pub(super) value: Figure,
    /// In the period before.
    pub(super) before: Figure,
    /// From the least to the most of the periods before.
    pub(super) band: Figure,
    /// The periods before and now, oldest first.
    pub(super) course: Vec<Option<Decimal>>,
}

/// Where a figure lies in its band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    Less,
    Within,
    More,
}

/// Fewer periods make no usual.
const FEW: usize = 4;

/// Reads one figure of the period and of those before.
pub(super) fn compared(found: &Overview, read: impl Fn(&PeriodSums) -> Figure) -> Against {
    let past: Vec<Figure> = found.past.iter().map(&read).collect();
    let value = read(&found.sums);
    let sized = past.iter().filter_map(|figure| Some((figure.size()?, figure)));
    let least = sized.clone().min_by_key(|(size, _)| *size);
    let most = sized.max_by_key(|(size, _)| *size);
    let band = least.zip(most).map_or(Figure::None, |((_, least), (_, most))| {
        Figure::Range(Box::new((least.clone(), most.clone())))
    });
    let course = past.iter().chain([&value]).map(Figure::size).collect();
    Against { before: past.last().cloned().unwrap_or(Figure::None), band, course, value }
}

/// Customers × minutes.
pub(super) fn minutes(sums: &PeriodSums) -> Figure {
    Figure::sum(&sums.totals.customer_minutes)
}

/// Where the figure lies; none where too few periods are known.
pub(super) fn usual(found: &Overview, against: &Against) -> Option<Compared> {
    let Figure::Range(ends) = &against.band else { return None };
    if found.past.len() < FEW {
        return None;
    }
    let (value, least, most) = (against.value.size()?, ends.0.size()?, ends.1.size()?);
    Some(match () {
        () if value > most => Compared::More,
        () if value < least => Compared::Less,
        () => Compared::Within,
    })
}

/// A section that is being filled with figures.
struct Rows<'a> {
    section: Section,
    locale: &'a Locale,
}

impl Rows<'_> {
    fn against(
        &mut self,
        key: &str,
        name: [&str; 2],
        of: Against,
        unknown: usize,
        what: [&str; 2],
    ) {
        let name = say(self.locale, name[0], name[1]);
        let what = say(self.locale, what[0], what[1]);
        let known = of.course.iter().filter(|value| value.is_some()).count();
        let mark = if known > 1 { Mark::Course(of.course) } else { Mark::None };
        let cells = vec![
            Figure::Text(name),
            of.value,
            of.before,
            of.band,
            Figure::Count(unknown),
            Figure::Text(what),
        ];
        self.section.row(key, cells, mark);
    }

    fn alone(
        &mut self,
        key: &str,
        name: [&str; 2],
        value: Figure,
        unknown: usize,
        what: [&str; 2],
    ) {
        let of = Against { value, before: Figure::None, band: Figure::None, course: Vec::new() };
        self.against(key, name, of, unknown, what);
    }

    fn times(
        &mut self,
        key: &str,
        name: [&str; 2],
        times: Option<Times>,
        missing: usize,
        what: [&str; 2],
    ) {
        let absent = || if missing > 0 { Figure::Unknown } else { Figure::None };
        for (part, words, value) in [
            ("median", ["mediana", "median"], times.map(|t| t.median)),
            ("worst", ["el más largo", "longest"], times.map(|t| t.worst)),
        ] {
            let name = [0, 1].map(|at| format!("{}: {}", name[at], words[at]));
            let value = value.map_or_else(absent, Figure::Span);
            self.alone(&format!("{key}_{part}"), [&name[0], &name[1]], value, missing, what);
        }
    }

    fn kept(&mut self, key: &str, name: [&str; 2], response: &Response) {
        let Response { met, missed, running, unknown, .. } = response;
        let what = [
            format!(
                "a tiempo ÷ (a tiempo + tarde), por el objetivo de cada uno; {met} a tiempo, {missed} tarde, {running} en curso"
            ),
            format!(
                "on time ÷ (on time + late), by the target of each; {met} on time, {missed} late, {running} running"
            ),
        ];
        let absent = if *unknown > 0 { Figure::Unknown } else { Figure::None };
        let value = Figure::share(*met, met + missed).map_or(absent, Figure::Share);
        self.alone(key, name, value, *unknown, [&what[0], &what[1]]);
    }
}

/// The figures; `brief` are those for who leads.
pub(super) fn figures(found: &Overview, locale: &Locale, brief: bool) -> Section {
    let section = Section::new("figures", say(locale, "Cifras", "Figures")).columns(&[
        ("figure", &say(locale, "Cifra", "Figure")),
        ("value", &say(locale, "#Valor", "#Value")),
        ("before", &say(locale, "#Periodo anterior", "#Period before")),
        ("band", &say(locale, "#Banda", "#Band")),
        ("unknown", &say(locale, "#De cuántos no se sabe", "#Not known of")),
        ("definition", &say(locale, "Cómo se define", "Definition")),
    ]);
    let mut rows = Rows { section, locale };
    let totals = &found.sums.totals;
    rows.against(
        "incidents",
        ["Incidentes", "Incidents"],
        compared(found, |sums| Figure::Count(sums.incidents)),
        0,
        [
            "empezaron en el periodo; una familia cuenta una vez",
            "began in the period; a family counts once",
        ],
    );
    rows.against(
        "customer_minutes",
        ["Minutos-cliente", "Customer minutes"],
        compared(found, minutes),
        totals.customer_minutes.unknown,
        [
            "clientes que lo intentaron y no pudieron × minutos de afectación dentro del periodo, también de incidentes anteriores",
            "customers who tried and could not × minutes of impact within the period, of earlier incidents too",
        ],
    );
    rows.against(
        "customers",
        ["Clientes que no pudieron", "Customers who could not"],
        compared(found, |sums| Figure::sum(&sums.totals.customers)),
        totals.customers.unknown,
        [
            "suma de los incidentes que empezaron en el periodo; quien vivió dos cuenta dos veces",
            "sum over the incidents that began in the period; who met two counts twice",
        ],
    );
    if brief {
        urgent(found, &mut rows);
    } else {
        let missing =
            found.week.incidents.len().saturating_sub(found.to_restore.map_or(0, |t| t.number));
        rows.times(
            "to_restore",
            ["Tiempo para restablecer", "Time to restore"],
            found.to_restore,
            missing,
            RESTORED,
        );
    }
    money(found, &mut rows);
    let (outside, known) = found.customers_first;
    rows.alone(
        "customers_first",
        ["Nos avisaron los clientes antes que las alertas", "Customers told us before alerts did"],
        Figure::known(Figure::share(outside, known), Figure::Share),
        found.week.incidents.len().saturating_sub(known),
        [
            "incidentes que avisaron clientes, empresas, redes o el regulador ÷ incidentes de los que se sabe quién avisó",
            "incidents noticed by customers, clients, social media or the regulator ÷ incidents of which it is known who noticed",
        ],
    );
    if let Some(repeats) = &found.repeats {
        let again = repeats.again.len();
        let ids: Vec<&str> = repeats.again.iter().map(|(id, _)| id.suffix()).collect();
        let ids = if ids.is_empty() { String::new() } else { format!(" ({})", ids.join(", ")) };
        let what = [
            format!(
                "mismo problema en los {WINDOW_DAYS} días anteriores ÷ (repetidos + primeros); {again} repetidos{ids}"
            ),
            format!(
                "same problem in the {WINDOW_DAYS} days before ÷ (repeated + first); {again} repeated{ids}"
            ),
        ];
        let absent = if repeats.unknown > 0 { Figure::Unknown } else { Figure::None };
        let value = repeats.rate().map_or(absent, Figure::Share);
        rows.alone(
            "repeats",
            ["Se repitieron", "Came back"],
            value,
            repeats.unknown,
            [&what[0], &what[1]],
        );
    }
    for (key, name, sum) in [
        ("complaints_formal", ["Quejas formales", "Formal complaints"], &found.complaints.0),
        (
            "complaints_regulator",
            ["Quejas ante el regulador", "Complaints to the regulator"],
            &found.complaints.1,
        ),
    ] {
        rows.alone(
            key,
            name,
            Figure::sum(sum),
            sum.unknown,
            [
                "suma de los incidentes que empezaron en el periodo",
                "sum over the incidents that began in the period",
            ],
        );
    }
    let n = found.past.len();
    let mut section = rows.section.defines(say(
        locale,
        "Donde no se sabe de algunos incidentes, la cifra suma los demás: es lo menos que puede ser. Las cifras de dinero no se suman entre sí.",
        "Where some incidents do not say, a figure sums the others: it is the least that it can be. Figures of money are not to be added to one another.",
    ));
    section = match n {
        0 => section.defines(say(
            locale,
            "No hay banda: no hay registros de antes de este periodo.",
            "There is no band: no records are older than this period.",
        )),
        _ => section.defines(say(
            locale,
            format!("Banda: del menor al mayor de los {n} periodos anteriores (hasta {BAND}) que tienen la cifra."),
            format!("Band: from the least to the most of the {n} periods before (up to {BAND}) that have the figure."),
        )),
    };
    section
}

const RESTORED: [&str; 2] = [
    "último restablecimiento − inicio de la afectación, de los que ya se restablecieron",
    "last restore − start of impact, of those that are restored",
];

fn urgent(found: &Overview, rows: &mut Rows<'_>) {
    let urgent = &found.week.urgent;
    let missing =
        |times: Option<Times>| urgent.incidents.saturating_sub(times.map_or(0, |t| t.number));
    rows.kept(
        "first_update_met",
        [
            "SEV1 y SEV2, primer aviso a clientes: a tiempo",
            "SEV1 and SEV2, first customer update: on time",
        ],
        &urgent.first_update,
    );
    rows.times(
        "first_update",
        ["SEV1 y SEV2, primer aviso a clientes", "SEV1 and SEV2, first customer update"],
        found.worst_told,
        missing(found.worst_told),
        [
            "primer mensaje que leen los clientes − detección",
            "first message that customers read − detection",
        ],
    );
    rows.kept(
        "restore_met",
        ["SEV1 y SEV2, restablecer: a tiempo", "SEV1 and SEV2, restore: on time"],
        &urgent.restore,
    );
    rows.times(
        "restore",
        ["SEV1 y SEV2, restablecer", "SEV1 and SEV2, restore"],
        found.worst_restore,
        missing(found.worst_restore),
        RESTORED,
    );
}

fn money(found: &Overview, rows: &mut Rows<'_>) {
    let totals = &found.sums.totals;
    let mut money =
        |key: &str, name: [&str; 2], read: fn(&PeriodSums) -> &MoneySum, what: [&str; 2]| {
            let against = compared(found, |sums| Figure::money(read(sums)));
            rows.against(key, name, against, read(&found.sums).unknown, what);
        };
    money(
        "volume_lost",
        ["Volumen de pagos perdido", "Payment volume lost"],
        |sums| &sums.totals.volume_lost,
        [
            "valor de las operaciones que no se hicieron y no se recuperaron",
            "value of the transactions that were not made and did not come back",
        ],
    );
    money(
        "revenue_lost",
        ["Ingreso perdido", "Revenue lost"],
        |sums| &sums.totals.revenue_lost,
        [
            "volumen perdido por la comisión del servicio",
            "volume lost times the take rate of the service",
        ],
    );
    money(
        "direct_loss",
        ["Pérdida directa", "Direct loss"],
        |sums| &sums.totals.direct_loss,
        ["dinero que la empresa no recupera", "money that the company does not get back"],
    );
    money(
        "compensation",
        ["Compensación aprobada", "Compensation approved"],
        |sums| &sums.totals.compensation,
        [
            "corridas aprobadas de los incidentes que empezaron en el periodo, sin lo cancelado",
            "approved runs of the incidents that began in the period, less what was cancelled",
        ],
    );
    money(
        "compensation_posted",
        ["Compensación aplicada", "Compensation posted"],
        |sums| &sums.totals.compensation_posted,
        ["aprobada y ya abonada a los clientes", "approved and credited to customers"],
    );
    money(
        "compensation_owed",
        ["Compensación por pagar", "Compensation owed"],
        |sums| &sums.totals.compensation_owed,
        ["aprobada y todavía no abonada", "approved and not credited yet"],
    );
    // Most incidents have no vendor to get anything back from: silence is no missing figure.
    let recovered = &totals.recovered;
    let value = if recovered.counted > 0 { Figure::money(recovered) } else { Figure::None };
    rows.alone(
        "recovered",
        ["Recuperado de proveedores", "Recovered from vendors"],
        value,
        0,
        [
            "lo que devolvieron los proveedores, hasta donde dicen los registros",
            "what vendors gave back, as far as records say",
        ],
    );
}
