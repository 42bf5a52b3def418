//! `inc actions remind`

use clap::Args;

use crate::cli::Ctx;
use crate::cli::error::Result;
use crate::diag::Diagnostic;
use crate::incident::Record;
use crate::render::actions as render;
use crate::reports::actions::{Asked, followups, reminders};

/// Write a reminder for each owner of what is overdue or due soon, ready to send
///
/// One text for each person, from templates/report/reminder.LOCALE.md.hbs, with an address where
/// people.toml has one. What has no owner is listed last, for whoever gives it one. Sends nothing.
#[derive(Debug, Args)]
pub(crate) struct RemindArgs {
    /// Only this person's
    #[arg(long, value_name = "PERSON",
        add = clap_complete::engine::ArgValueCandidates::new(crate::cli::complete::people))]
    owner: Option<String>,
    /// What is due by then, besides what is overdue: 7d, 2w, 2026-11-30
    #[arg(long, value_name = "DAY", default_value = "7d")]
    due: String,
    /// Language; the workspace's first by default
    #[arg(long)]
    locale: Option<String>,
    /// Texts one after the other, or a documented JSON object with one text a person
    #[arg(long, value_parser = ["md", "json"], default_value = "md")]
    format: String,
}

pub(crate) fn run(ctx: &mut Ctx, args: &RemindArgs) -> Result {
    let tag = args.locale.clone().or_else(|| ctx.config.locales.first().cloned());
    let tag = tag.unwrap_or_else(|| "en".to_owned());
    let locale = ctx.locale(&tag)?;
    let name = format!("report/reminder.{tag}.md");
    let templates = ctx.template(&name)?;
    if !templates.contains(&name) {
        return Err(Diagnostic::error("no-template", format!("there is no template {name}"))
            .help(format!("write templates/{name}.hbs, or choose another --locale"))
            .into());
    }
    let asked = Asked {
        by: Some(super::due(ctx, &args.due)?),
        owner: args.owner.as_ref().map(|o| o.trim().to_owned()),
        ..Asked::default()
    };
    let register = ctx.register()?;
    let records: Vec<&Record> = register.records.iter().map(|held| &held.record).collect();
    let now = ctx.clock.now;
    let company = ctx.company()?;
    let all = followups(records, &company, &asked, now);
    let reminders = reminders(&all, &company);
    let mut texts = Vec::new();
    for reminder in &reminders {
        texts.push(templates.render(&name, &render::reminder(reminder, &locale, now))?);
    }
    if args.format == "json" {
        ctx.say(&render::reminders_json(&reminders, &texts, &tag).to_string())?;
    } else if texts.is_empty() {
        ctx.talk("nobody needs a reminder");
    } else {
        ctx.print(&texts.join("\n---\n\n"))?;
    }
    Ok(ctx.left_out(&register.bad))
}
