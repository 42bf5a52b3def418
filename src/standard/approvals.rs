//! What the table `approvals` asks for.

use super::Policies;
use crate::approval::{Apart, Need};
use crate::decision::{FactSet, Value};
use crate::incident::ApprovalKind;

/// Name of the table.
const TABLE: &str = "approvals";

impl Policies {
    /// The approvals that something needs: one for each rule that holds, in their order.
    ///
    /// `facts` are those of [`Policies::decide`]; `inputs` say what is approved: `of` (`message`,
    /// `review` …), and what the table may ask of it (`audience`, `amount` …). Without the table
    /// nothing is asked for.
    pub fn approvals(&self, facts: &FactSet, inputs: &[(&str, Value)]) -> Vec<Need> {
        let mut inputs = inputs.to_vec();
        if !inputs.iter().any(|(name, _)| *name == "holding") {
            // Not known, it would let a message out that nobody read.
            inputs.push(("holding", Value::Boolean(false)));
        }
        let Some(decision) = self.ask(TABLE, facts, &inputs) else { return Vec::new() };
        let table = decision.table();
        let mut needs: Vec<Need> = Vec::new();
        for rule in decision.matched() {
            let text = |output: &str| {
                let place = table.output(output)?;
                let default = table.outputs.get(place).and_then(|o| o.default.as_ref());
                rule.then.get(place)?.as_ref().or(default)?.as_text()
            };
            let Some(role) = text("by") else { continue };
            needs.push(Need {
                role: role.to_owned(),
                apart: text("not_by").and_then(Apart::from_word),
                proof: text("proof")
                    .and_then(|word| word.parse().ok())
                    .unwrap_or(ApprovalKind::Authored),
                after: text("after").map(str::to_owned),
                rule: rule.id.clone(),
                why: rule.why.clone(),
            });
        }
        needs
    }
}
