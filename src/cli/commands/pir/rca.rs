//! `inc pir draft --for CLIENT`

use crate::cli::Ctx;
use crate::cli::args::Writing;
use crate::cli::ctx::from_store;
use crate::cli::error::{Exit, Result};
use crate::diag::Diagnostic;
use crate::incident::{EntryKind, IncidentId};
use crate::render::client_rca::{ClientRca, client_rca};
use crate::render::{Locale, terminal_safe};
use crate::reports::company::Company;
use crate::reports::sla::sla;
use crate::standard::day_of;
use crate::store::{Before, Change};

/// Writes a client's own analysis: preliminary, or with cause and actions.
pub(super) fn draft(
    ctx: &mut Ctx,
    id: &IncidentId,
    typed: &str,
    last: bool,
    locale: Option<&str>,
    writing: &Writing,
) -> Result {
    let record = ctx.load(id)?.record;
    let register = ctx.register_quietly()?;
    let company = Company { register: Some(&register), ..ctx.company()? };
    let clients = &company.standard.clients;
    let shown = terminal_safe(typed);
    let impacts = || record.impact.iter().flat_map(|i| &i.clients);
    let Some(impact) = impacts().find(|c| c.client == typed) else {
        let hit: Vec<&str> = impacts().map(|c| c.client.as_str()).collect();
        let message = format!("{id} names no impact on `{shown}`");
        let d = Diagnostic::error("no-such-client", message);
        let d = match hit.as_slice() {
            [] => d.help(format!("inc edit {}, under impact: clients", id.suffix())),
            some => d.help(format!("it names: {}", terminal_safe(&some.join(", ")))),
        };
        return Err(d.did_you_mean(typed, hit).into());
    };
    let client = clients.get(typed);
    let tag = locale
        .map(str::to_owned)
        .or_else(|| client.and_then(|c| c.locale.clone()))
        .or_else(|| ctx.config.locales.first().cloned())
        .unwrap_or_else(|| "en".to_owned());
    let zone = client.and_then(|c| c.zone.as_deref()?.parse().ok()).unwrap_or(ctx.clock.zone);
    let words = Locale::new(&tag, zone).map(|l| l.with_currency(ctx.currency()));
    let Some(words) = words else {
        return Err(ctx
            .locale(&tag)
            .err()
            .unwrap_or_else(|| Diagnostic::error("unknown-locale", tag.clone()).into()));
    };
    let began = record.began().unwrap_or(ctx.clock.now);
    let month = day_of(began, company.zone).format("%Y-%m").to_string();
    let report = month.parse().ok().and_then(|period| {
        let known = clients.contains(typed).then_some(typed)?;
        sla(&register, period, Some(known), &company, ctx.clock.now)
    });
    let level =
        report.as_ref().and_then(|report| report.clients.iter().find(|c| c.level.id == typed));
    let services: Vec<String> = record
        .services
        .iter()
        .map(|s| {
            company.standard.service(s).map_or_else(|| s.clone(), |s| s.name.get(&tag).to_owned())
        })
        .collect();
    let name = client.map_or(typed, |c| c.name.as_str());
    let rca = ClientRca {
        record: &record,
        impact,
        name: name.split(" (").next().unwrap_or(name),
        id: typed,
        contract: client.and_then(|c| c.contract.as_deref()),
        services: &services,
        level,
        month: &month,
        last,
        now: ctx.clock.now,
    };
    let template = format!("client_rca.{tag}.md");
    let templates = ctx.template(&template)?;
    if !templates.contains(&template) {
        return Err(Diagnostic::error("no-template", format!("there is no template {template}"))
            .help(format!("write templates/{template}.hbs, or choose another --locale"))
            .into());
    }
    let text = templates.render(&template, &client_rca(&rca, &words))?;
    let file = file_name(typed, last);
    let text = ctx.masked(&file, &text);
    let path = format!("{}/{file}", id.folder());
    if ctx.store.read(&path).map_err(from_store)?.is_some() {
        let message = format!("{path} is there already; a new draft would lose its words");
        return Err(Diagnostic::error("review-exists", message)
            .help("write in it, or move it away and draft it anew")
            .into());
    }
    let change = Change {
        path: path.clone().into(),
        before: Before::Absent,
        after: Some(text.into_bytes()),
    };
    let at = writing.at(ctx)?;
    let entry = format!("{} analysis drafted for {typed}", stage(last));
    ctx.change_with(id, "pir draft", writing.dry_run, at, "", |record, act| {
        record.add_entry(act, EntryKind::Note, entry.as_str(), false);
        Ok(vec![change.clone()])
    })?;
    ctx.say(&format!("{id} · {path}"))?;
    let last = if last { " --final" } else { "" };
    ctx.talk(&format!(
        "answer the prompts, then: inc pir publish {} --for {shown}{last}, which refuses people, \
         suppliers, internals and other clients",
        id.suffix()
    ));
    Ok(Exit::Done)
}

fn stage(last: bool) -> &'static str {
    if last { "final" } else { "preliminary" }
}

/// The file of a client's own analysis, in the incident's folder.
pub(super) fn file_name(client: &str, last: bool) -> String {
    format!("rca-{}-{}.md", plain(client), stage(last))
}

/// A client's id as part of a file's name.
fn plain(id: &str) -> String {
    id.chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' })
        .collect()
}
