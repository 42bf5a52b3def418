//! What generated incidents are made of. Everybody and everything here is fictitious.

use crate::incident::{EntryKind, HarmKind, Kind};

/// A kind of thing that goes wrong.
pub(super) struct Scenario {
    pub(super) title: &'static str,
    pub(super) summary: &'static str,
    pub(super) kind: Kind,
    pub(super) services: &'static [&'static str],
    pub(super) harm: HarmKind,
    pub(super) cause: &'static str,
    pub(super) trigger: &'static str,
    pub(super) root_cause: &'static str,
    pub(super) fix: &'static str,
    pub(super) notes: &'static [(EntryKind, &'static str)],
    pub(super) actions: &'static [&'static str],
}

pub(super) const PEOPLE: &[&str] =
    &["ana", "beto", "carla", "diego", "elena", "hana", "iker", "julia", "kai"];
pub(super) const VENDORS: &[&str] =
    &["acme-acquirer", "nimbus-switch", "sms-ficticio", "nube-ejemplo"];
pub(super) const REGIONS: &[&str] = &["MX-CMX", "MX-JAL", "MX-NLE", "MX-PUE", "MX-YUC", "MX-BCN"];

pub(super) const DETAILS: &[&str] = &[
    "Graph and query are linked; the share that fails is steady since the first minute.",
    "Se revisó contra la hora de ayer: el nivel normal es de 97 a 99 por ciento.",
    "Asked the second line to compare with the same hour of last week before we say more.",
    "El tráfico entra parejo por las dos rutas; sólo una contesta tarde.",
    "Nothing was deployed in the last six hours, and no flag was changed.",
    "Se avisó a atención a clientes con la respuesta corta; la larga va en quince minutos.",
];

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario {
        title: "Card authorisations time out at the switch",
        summary: "Part of the card payments did not get an answer in time.",
        kind: Kind::Outage,
        services: &["card-auth", "checkout"],
        harm: HarmKind::Declined,
        cause: "vendor",
        trigger: "Maintenance window of the switch",
        root_cause: "Half of the connections stayed in a state that times out",
        fix: "restored: all traffic on the second route",
        notes: &[
            (EntryKind::Hypothesis, "The switch drops connections after its own maintenance."),
            (EntryKind::Vendor, "Ticket opened; they confirm alarms on two nodes."),
            (
                EntryKind::Decision,
                "We move traffic to the second route in two steps, a quarter first.",
            ),
            (
                EntryKind::Mitigation,
                "A quarter of the traffic is over; approvals there are normal.",
            ),
        ],
        actions: &[
            "Health check that sees half-open connections",
            "Fail-over without a person below 70 per cent approvals",
        ],
    },
    Scenario {
        title: "Transferencias SPEI salientes con retraso en quincena",
        summary: "Las transferencias salieron con retraso; ninguna se perdió.",
        kind: Kind::Degradation,
        services: &["spei-out", "payment"],
        harm: HarmKind::Delayed,
        cause: "capacity",
        trigger: "Pico de la quincena",
        root_cause: "La cola de firmas atendía de una en una",
        fix: "restored: la cola quedó vacía y las nuevas salen en segundos",
        notes: &[
            (
                EntryKind::Note,
                "La cola crece desde las nueve; salen cuarenta por minuto y entran ciento diez.",
            ),
            (EntryKind::Hypothesis, "El módulo de firma es el cuello: contesta en 1.4 segundos."),
            (EntryKind::Mitigation, "Segundo módulo de firma en servicio; la cola dejó de crecer."),
            (
                EntryKind::Decision,
                "Las transferencias de nómina van primero hasta que la cola baje de mil.",
            ),
        ],
        actions: &["Firmar en lotes", "Prueba de carga con el pico de dos quincenas"],
    },
    Scenario {
        title: "Cargos duplicados encontrados por la conciliación nocturna",
        summary: "Compras en línea cobradas dos veces por un reintento sin llave de idempotencia.",
        kind: Kind::Data,
        services: &["payment", "checkout"],
        harm: HarmKind::DuplicateCharge,
        cause: "change",
        trigger: "Despliegue de la pasarela",
        root_cause: "El reintento perdió la llave de idempotencia al cambiar de ruta",
        fix: "restored: reintento apagado; ya no hay duplicados nuevos",
        notes: &[
            (
                EntryKind::Note,
                "La conciliación de las seis marca pares con el mismo importe y comercio.",
            ),
            (EntryKind::Decision, "Se apaga el reintento hasta entender la llave."),
            (
                EntryKind::Mitigation,
                "Reversos preparados; finanzas revisa la lista antes de soltarlos.",
            ),
            (
                EntryKind::Communication,
                "Atención a clientes tiene la respuesta para quien pregunte por el doble cargo.",
            ),
        ],
        actions: &[
            "Devolver cada cargo duplicado",
            "Prueba que cambia de ruta a mitad de un reintento",
        ],
    },
    Scenario {
        title: "App login fails after a certificate expired",
        summary: "Customers with an older version of the app could not log in.",
        kind: Kind::Outage,
        services: &["app-login"],
        harm: HarmKind::NoAccess,
        cause: "expired_certificate",
        trigger: "Certificate of the login gateway expired",
        root_cause: "The renewal ran, but one of three gateways kept the old file",
        fix: "restored: third gateway serves the new certificate",
        notes: &[
            (
                EntryKind::Note,
                "Logins of app versions before 8.2 fail, newer ones pass: they pin another chain.",
            ),
            (EntryKind::Hypothesis, "One gateway of three serves the old certificate."),
            (EntryKind::Mitigation, "The gateway is out of rotation; failures stop."),
        ],
        actions: &[
            "Alert on the certificate that is served, not on the file",
            "Renewal checks every gateway from outside",
        ],
    },
    Scenario {
        title: "Settlement file late past its cut-off",
        summary: "The settlement file for merchants left after the cut-off.",
        kind: Kind::Degradation,
        services: &["settlement", "merchant-api"],
        harm: HarmKind::MissingCredit,
        cause: "software",
        trigger: "A merchant with a name of 300 letters",
        root_cause: "The file writer stopped at a record it could not print",
        fix: "restored: file accepted by the network in the second window",
        notes: &[
            (
                EntryKind::Note,
                "The 17:00 job stopped at 64 per cent; the log ends in the middle of a record.",
            ),
            (EntryKind::Escalation, "Called the network's desk: the second window is at 19:30."),
            (
                EntryKind::Decision,
                "We leave the one merchant out, send the rest, and pay it by hand tomorrow.",
            ),
            (
                EntryKind::Handover,
                "Settlement stays with the evening shift until the acknowledgement is in.",
            ),
        ],
        actions: &[
            "The writer skips what it cannot print and says so",
            "Rehearse the second window each quarter",
        ],
    },
];
