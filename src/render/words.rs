//! The record's closed vocabularies in the reader's language.
//!
//! A word that is not listed is shown as it is: stages and targets may be a workspace's own.

use super::Language;

/// A word of the record as people say it; `word` itself when it is not listed.
pub fn word(language: Language, group: Group, word: &str) -> String {
    let found = table(group).iter().find(|(id, _, _)| *id == word);
    match (found, language) {
        (Some((_, es, _)), Language::Es) => (*es).to_owned(),
        (Some((_, _, en)), Language::En) => (*en).to_owned(),
        (None, _) if group == Group::TargetName => word.replace(['-', '_'], " "),
        (None, _) => word.to_owned(),
    }
}

/// Which vocabulary a word is of; `detected` is a status and a kind of entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Kinds of incident.
    Kind,
    /// Lifecycle states.
    Status,
    /// Who noticed.
    Source,
    /// Kinds of timeline entry.
    Entry,
    /// What was done to customers.
    Harm,
    /// How a journey works.
    Journey,
    /// Cut-offs.
    Cutoff,
    /// Reconciliation.
    Reconciliation,
    /// Decisions to tell an authority.
    Report,
    /// A vendor's part.
    Vendor,
    /// What an action is for.
    Action,
    /// Roles of responders.
    Role,
    /// Counts of transactions.
    Transactions,
    /// Stages of a message.
    Stage,
    /// Where a clock stands.
    Target,
    /// Names of the default standard's targets.
    TargetName,
}

type Words = &'static [(&'static str, &'static str, &'static str)];

fn table(group: Group) -> Words {
    match group {
        Group::Kind => &[
            ("outage", "caída", "outage"),
            ("interruption", "interrupción", "interruption"),
            ("degradation", "degradación", "degradation"),
            ("data", "datos", "data"),
            ("security", "seguridad", "security"),
            ("fraud", "fraude", "fraud"),
            ("near_miss", "casi incidente", "near miss"),
            ("maintenance", "mantenimiento", "maintenance"),
        ],
        Group::Status => &[
            ("detected", "detectado", "detected"),
            ("responding", "en atención", "responding"),
            ("restored", "restablecido", "restored"),
            ("remediating", "en corrección", "remediating"),
            ("resolved", "resuelto", "resolved"),
            ("closed", "cerrado", "closed"),
            ("cancelled", "cancelado", "cancelled"),
            ("merged", "unido a otro", "merged"),
        ],
        Group::Source => &[
            ("alert", "una alerta", "an alert"),
            ("early_warning", "un aviso temprano", "an early warning"),
            ("customer_contact", "contactos de clientes", "customers' contacts"),
            ("client", "un cliente empresarial", "a business client"),
            ("vendor", "un proveedor", "a vendor"),
            ("employee", "una persona de la empresa", "an employee"),
            ("reconciliation", "la conciliación", "reconciliation"),
            ("social_media", "redes sociales", "social media"),
            ("regulator", "la autoridad", "the regulator"),
        ],
        Group::Entry => &[
            ("detected", "detección", "detection"),
            ("status", "estado", "status"),
            ("note", "nota", "note"),
            ("decision", "decisión", "decision"),
            ("hypothesis", "hipótesis", "hypothesis"),
            ("mitigation", "mitigación", "mitigation"),
            ("communication", "comunicación", "communication"),
            ("escalation", "escalamiento", "escalation"),
            ("vendor", "proveedor", "vendor"),
            ("change", "cambio", "change"),
            ("severity", "severidad", "severity"),
            ("handover", "relevo", "handover"),
        ],
        Group::Harm => &[
            ("declined", "operación rechazada", "operation declined"),
            ("delayed", "operación con demora", "operation delayed"),
            ("duplicate_charge", "cargo duplicado", "duplicate charge"),
            ("cash_not_dispensed", "efectivo no entregado", "cash not dispensed"),
            ("wrong_balance", "saldo incorrecto", "wrong balance"),
            ("funds_unavailable", "fondos no disponibles", "funds unavailable"),
            ("missing_credit", "abono faltante", "missing credit"),
            ("late_payment", "pago tardío", "late payment"),
            ("no_access", "sin acceso", "no access"),
            ("data", "datos personales", "personal data"),
        ],
        Group::Journey => &[
            ("down", "no funciona", "down"),
            ("some", "falla a algunas personas", "failing for some"),
            ("slow", "lento", "slow"),
            ("ok", "funciona", "works"),
        ],
        Group::Cutoff => &[
            ("met", "cumplido", "met"),
            ("at_risk", "en riesgo", "at risk"),
            ("missed", "no cumplido", "missed"),
        ],
        Group::Reconciliation => &[
            ("pending", "pendiente", "pending"),
            ("partial", "parcial", "partial"),
            ("done", "terminada", "done"),
        ],
        Group::Report => &[
            ("reportable", "se reporta", "reportable"),
            ("not_reportable", "no se reporta", "not reportable"),
            ("undecided", "sin decidir", "undecided"),
        ],
        Group::Vendor => &[
            ("cause", "causa", "cause"),
            ("involved", "participó", "involved"),
            ("resolver", "lo resolvió", "resolver"),
        ],
        Group::Action => &[
            ("recover", "recuperar", "recover"),
            ("correct", "corregir", "correct"),
            ("prevent", "prevenir", "prevent"),
            ("detect", "detectar", "detect"),
            ("mitigate", "mitigar", "mitigate"),
            ("communicate", "comunicar", "communicate"),
            ("process", "proceso", "process"),
        ],
        Group::Role => &[
            ("incident_commander", "responsable del incidente", "incident manager"),
            ("technical_lead", "responsable técnico", "technical lead"),
            ("communications_lead", "responsable de comunicación", "communications lead"),
            ("support_lead", "responsable de soporte", "support lead"),
            ("scribe", "quien toma notas", "scribe"),
            ("client_liaison", "enlace con clientes", "client liaison"),
            ("vendor_liaison", "enlace con proveedores", "vendor liaison"),
            ("compliance_liaison", "enlace con cumplimiento", "compliance liaison"),
            ("compensation_owner", "responsable de compensación", "compensation owner"),
            ("executive_sponsor", "dirección a cargo", "executive sponsor"),
        ],
        Group::Transactions => &[
            ("attempted", "intentadas", "attempted"),
            ("declined_business", "rechazadas por reglas de negocio", "declined by business rules"),
            ("failed", "fallidas", "failed"),
            ("lost", "perdidas", "lost"),
            ("in_doubt", "en duda", "in doubt"),
            ("duplicated", "duplicadas", "duplicated"),
            ("reversed", "reversadas", "reversed"),
            ("deferred", "diferidas", "deferred"),
            ("settled_late", "liquidadas tarde", "settled late"),
        ],
        Group::Stage => &[
            ("initial", "primer aviso", "initial"),
            ("identified", "causa identificada", "identified"),
            ("update", "avance", "update"),
            ("no_change", "sin cambios", "no change"),
            ("action_required", "hay que hacer algo", "action required"),
            ("workaround", "alternativa", "workaround"),
            ("restored", "servicio restablecido", "restored"),
            ("resolved", "resuelto", "resolved"),
            ("correction", "corrección", "correction"),
            ("retraction", "se retira lo dicho", "retraction"),
            ("follow_up_money", "seguimiento del dinero", "money follow-up"),
            ("apology_compensation", "disculpa y compensación", "apology and compensation"),
            ("data_notice", "aviso sobre datos", "data notice"),
            ("maintenance_announced", "mantenimiento programado", "maintenance announced"),
            ("maintenance_reminder", "recordatorio de mantenimiento", "maintenance reminder"),
            ("maintenance_started", "mantenimiento en curso", "maintenance started"),
            ("maintenance_extended", "mantenimiento extendido", "maintenance extended"),
            ("maintenance_finished", "mantenimiento terminado", "maintenance finished"),
            ("maintenance_cancelled", "mantenimiento cancelado", "maintenance cancelled"),
        ],
        Group::TargetName => &[
            ("acknowledge", "atención", "acknowledge"),
            ("commander", "responsable nombrado", "incident manager named"),
            (
                "severity-confirmed",
                "severidad confirmada con cifras",
                "severity confirmed from numbers",
            ),
            ("support-script", "guion de soporte", "support script"),
            ("first-customer-update", "primer aviso a clientes", "first customer update"),
            (
                "client-notice",
                "aviso a clientes empresariales y comercios",
                "client and merchant notice",
            ),
            ("executive-brief", "informe a dirección", "executive brief"),
            ("customer-cadence", "frecuencia de avisos a clientes", "customer update cadence"),
            ("internal-cadence", "frecuencia de avisos internos", "internal update cadence"),
            ("restore", "restablecimiento", "restore"),
            ("watch", "vigilancia antes de resolver", "watch before resolve"),
            ("resolve", "solución", "resolve"),
            ("reportability-decided", "decisión de reportar", "reportability decided"),
            ("reconciliation-done", "conciliación terminada", "reconciliation done"),
            ("undue-money-returned", "devolución de cobros indebidos", "undue money returned"),
            ("compensation-decided", "compensación decidida", "compensation decided"),
            ("compensation-posted", "compensación aplicada", "compensation posted"),
            (
                "client-rca-preliminary",
                "análisis preliminar para clientes",
                "client RCA, preliminary",
            ),
            ("client-rca-final", "análisis final para clientes", "client RCA, final"),
            ("review-draft", "borrador de la revisión", "review draft"),
            ("review-approved", "revisión aprobada", "review approved"),
            ("recover-actions", "acciones de recuperación", "recover actions"),
            ("correct-actions", "acciones correctivas", "correct actions"),
            ("prevent-actions", "acciones preventivas", "prevent actions"),
            ("effect-check", "comprobación del efecto", "effect check"),
        ],
        Group::Target => &[
            ("met", "cumplido", "met"),
            ("missed", "no cumplido", "missed"),
            ("running", "en curso", "running"),
            ("unknown", "no se sabe", "not known"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::communication::Stage;

    #[test]
    fn every_stage_has_its_words() {
        for stage in Stage::ALL {
            let listed = table(Group::Stage).iter().any(|(id, _, _)| *id == stage.as_str());
            assert!(listed, "{stage}");
        }
        assert_eq!(word(Language::Es, Group::Harm, "duplicate_charge"), "cargo duplicado");
        assert_eq!(word(Language::En, Group::Role, "own_role"), "own_role");
    }
}
