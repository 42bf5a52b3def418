use super::draft::Draft;
use crate::incident::Severity;

/// What people decided about severity.
///
/// The level that the tables give is not here: whoever decides them sets `severity_derived` and
/// `severity_moved`, and raises `severity` and `peak_severity` to it.
pub(super) fn read(d: &mut Draft<'_>) {
    const DECLARED: &[&str] = &["severity.declared"];
    let none = crate::incident::SeverityNote::default();
    let note = d.record.severity.as_ref().unwrap_or(&none);
    let declared = note.declared.map(Severity::as_str);
    d.word("severity_declared", declared, DECLARED);
    d.word("severity", declared, DECLARED);
    d.put("severity_derived", None, &["severity"]);
    let then = note.derived.map(Severity::as_str);
    d.word("severity_derived_then", then, &["severity.derived"]);
    d.put("severity_moved", None, DECLARED);
    d.flag("severity_overridden", declared.is_some(), DECLARED);
    d.flag("severity_confirmed", note.confirmed.is_some(), &["severity.confirmed"]);
    let peak = note.peak.as_ref().map(|peak| peak.level.as_str());
    d.word("peak_severity", peak, &["severity.peak.level"]);
    let major = d.record.tags.iter().any(|tag| tag == "major-incident");
    d.flag("major_declared", major, &["tags"]);
}
