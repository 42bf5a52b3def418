//! Compensation runs: entered where they were approved, computed by the policy as it is.

use super::words::shown;
use super::{Remark, Subject};

pub(super) fn run_not_in_ledger(s: &Subject<'_>) -> Vec<Remark> {
    let Some(entered) = &s.around.runs_entered else { return Vec::new() };
    let mut found = Vec::new();
    for (i, run) in s.record.compensation.iter().enumerate() {
        let approved =
            matches!(run.state.as_deref(), Some("approved" | "exported" | "posted" | "reversed"));
        let id = run.id.as_ref().map(ToString::to_string).unwrap_or_default();
        if !approved || entered.contains(&format!("{}/{id}", s.record.id)) {
            continue;
        }
        let message = format!("run {} was approved, and is not in the ledger", shown(&id));
        found.push(
            Remark::at([format!("compensation.{i}.state").as_str()], message).help(format!(
                "inc compensate approve {} {}",
                s.id(),
                shown(&id)
            )),
        );
    }
    found
}

pub(super) fn stale_run(s: &Subject<'_>) -> Vec<Remark> {
    let mut found = Vec::new();
    for (i, run) in s.record.compensation.iter().enumerate() {
        let Some(hashes) = s.around.policies.get(&run.policy) else { continue };
        let own = run.policy_sha256.as_ref();
        let stale = run.state.as_deref() == Some("computed")
            && !run.claws_back
            && own.is_some_and(|own| !hashes.contains(own));
        if !stale {
            continue;
        }
        let id = run.id.as_ref().map(ToString::to_string).unwrap_or_default();
        let message =
            format!("policy {} changed after run {} was computed", shown(&run.policy), shown(&id));
        found.push(Remark::at([format!("compensation.{i}.policy_sha256").as_str()], message).help(
            format!("run it again: inc compensate run {} --policy {}", s.id(), shown(&run.policy)),
        ));
    }
    found
}
