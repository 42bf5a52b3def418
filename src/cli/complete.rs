//! Completions that know ids and services of the workspace.

use clap_complete::CompletionCandidate;

use super::ctx::Asked;
use super::out::{Colour, Out};
use super::{Call, Ctx, workspace};

fn ctx() -> Option<Ctx> {
    let call = Call { out: Out::new(Colour::Never), json_errors: false, seed: None };
    Ctx::open(call, workspace::find(None).ok()?, None, Asked::Live).ok()
}

/// Ids of incidents, the newest first.
pub(crate) fn ids() -> Vec<CompletionCandidate> {
    let Some(ctx) = ctx() else { return Vec::new() };
    let Ok(ids) = ctx.ids() else { return Vec::new() };
    let mut ids = ids.to_vec();
    ids.sort();
    ids.iter().rev().take(50).map(|id| CompletionCandidate::new(id.as_str())).collect()
}

/// Ids of services.
pub(crate) fn services() -> Vec<CompletionCandidate> {
    named("service")
}

/// Ids of people.
pub(crate) fn people() -> Vec<CompletionCandidate> {
    named("person")
}

fn named(what: &str) -> Vec<CompletionCandidate> {
    let Some(ctx) = ctx() else { return Vec::new() };
    let mut names: Vec<_> = ctx.known(what).into_keys().collect();
    names.sort();
    names.into_iter().map(CompletionCandidate::new).collect()
}
