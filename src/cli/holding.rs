//! Holding statements: which of them are in force, and which messages say exactly their words.

use std::collections::BTreeSet;
use std::path::Path;

use super::Ctx;
use super::ctx::from_store;
use super::error::Result;
use crate::approval::{
    Daylight, Evidence, NAMESPACE, Of, Signature, Writer, armoured, daylight, daylight_statement,
};
use crate::communication::{
    ByDay, Holding, MessageContext, Request, Stage, draft_context, read_message,
};
use crate::diag::{Diagnostic, Source};
use crate::incident::{Communication, Record};
use crate::render::{self, Locale};
use crate::reports::approvals::{approvers, holding_needs};
use crate::standard::day_of;
use crate::store::{Verdict, ssh_verify};

/// Where they stand.
const FILE: &str = "standards/holding.toml";

/// What keeps a holding statement from being in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotHeld {
    /// Nobody approved it yet.
    Unapproved,
    /// What speaks against the approval.
    Approval(Vec<String>),
    /// It was to be read again by a day that is over.
    Overdue,
}

impl NotHeld {
    /// Why, in words.
    pub(crate) fn words(&self) -> String {
        match self {
            NotHeld::Unapproved => "not approved".to_owned(),
            NotHeld::Approval(why) => format!("the approval does not count: {}", why.join(", ")),
            NotHeld::Overdue => "past the day of its review".to_owned(),
        }
    }
}

impl Ctx {
    /// What keeps a statement from being in force; none when it is.
    ///
    /// # Errors
    ///
    /// When git cannot be asked.
    pub(crate) fn not_held(&self, holding: &Holding) -> Result<Option<NotHeld>> {
        let Some(approved) = &holding.approved else { return Ok(Some(NotHeld::Unapproved)) };
        let company = self.company()?;
        let has_history = self.commits();
        let committed_by = if has_history { self.committed(&approved.sha256)? } else { None };
        let known = Evidence { people: approvers(&company), ..Evidence::default() };
        let key = known.person(&approved.by).and_then(|p| p.key.as_deref());
        let signature = match (&approved.signature, key) {
            (Some(bare), Some(key)) => {
                let ByDay { by, on, sha256, .. } = approved;
                let text = daylight_statement(&holding.id, sha256, by, *on);
                let verdict = ssh_verify(&text, NAMESPACE, &armoured(bare), key);
                Some(match verdict.map_err(from_store)? {
                    Verdict::Good => Signature::Good,
                    Verdict::Bad(why) => Signature::Bad(why),
                    Verdict::NoProgram => {
                        Signature::Unchecked("ssh-keygen is not installed".to_owned())
                    }
                })
            }
            _ => None,
        };
        let given = Daylight {
            signature: signature.as_ref(),
            document: &holding.document(),
            sha256: &approved.sha256,
            by: &approved.by,
            author: &holding.author,
            needs: &holding_needs(&company, holding),
            committed_by: committed_by.as_ref(),
            has_history,
        };
        let problems = daylight(&known.people, &given);
        if !problems.is_empty() {
            let why = problems.iter().map(ToString::to_string).collect();
            return Ok(Some(NotHeld::Approval(why)));
        }
        let over = day_of(self.clock.now, self.clock.zone) > holding.review_by;
        Ok(over.then_some(NotHeld::Overdue))
    }

    /// Who committed this hash first; none while the file's last change is in no commit.
    fn committed(&self, sha256: &str) -> Result<Option<Writer>> {
        if !self.store.dirty(&[Path::new(FILE)]).map_err(from_store)?.is_empty() {
            return Ok(None);
        }
        let has = |text: &Option<Vec<u8>>| {
            text.as_ref().is_some_and(|text| String::from_utf8_lossy(text).contains(sha256))
        };
        let versions = self.store.history(FILE).map_err(from_store)?;
        // Newest first: the last of those that have it is the one that brought it.
        let first = versions.into_iter().take_while(|version| has(&version.text)).last();
        Ok(first.map(|v| Writer { name: v.author.name, email: v.author.email }))
    }

    /// The statement for a message of a record, where there is one that may stand in it.
    ///
    /// # Errors
    ///
    /// When the standard cannot be read.
    pub(crate) fn holding_for(
        &self,
        record: &Record,
        context: &MessageContext,
    ) -> Result<Option<&Holding>> {
        let Request { stage, channel, locale, .. } = &context.request;
        let all: Vec<&Holding> = self
            .standard()?
            .holding
            .iter()
            .filter(|h| h.stage == *stage && h.channel == *channel && h.locale == *locale)
            .collect();
        // A drill says that it is one, and no holding statement does.
        if all.is_empty() || record.exercise {
            return Ok(None);
        }
        let level = self.assess(record)?.level;
        Ok(all.into_iter().find(|h| h.fits(level, &context.harm)))
    }

    /// Which of these messages say exactly the words of a holding statement in force.
    ///
    /// # Errors
    ///
    /// When the standard cannot be read, or git not be asked.
    pub(crate) fn holding_messages(
        &self,
        record: &Record,
        of: &BTreeSet<Of>,
    ) -> Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        if self.standard()?.holding.is_empty() {
            return Ok(found);
        }
        for message in &record.communications {
            let Some(id) = message.id.as_ref().map(ToString::to_string) else { continue };
            if of.contains(&Of::Message(id.clone())) && self.is_holding(record, message)? {
                found.insert(id);
            }
        }
        Ok(found)
    }

    fn is_holding(&self, record: &Record, message: &Communication) -> Result<bool> {
        let Communication { stage, channel, locale, file, audience, .. } = message;
        let (Some(stage), Some(tag), Some(file)) = (Stage::from_word(stage), locale, file) else {
            return Ok(false);
        };
        let company = self.company()?;
        let audience = audience.as_deref().unwrap_or_default();
        let request = Request::new(stage, channel, audience, tag, self.clock.now);
        let words = company.words(&self.config.company, tag);
        let context = draft_context(record, &words, request);
        let Some(holding) = self.holding_for(record, &context)? else { return Ok(false) };
        let path = format!("{}/{file}", record.id.folder());
        // A file outside the folder, or none, is another check's business.
        let Ok(Some(bytes)) = self.store.read(&path) else { return Ok(false) };
        let Ok(text) = String::from_utf8(bytes) else { return Ok(false) };
        let Ok(read) = read_message(Source::new(&path, &text)) else { return Ok(false) };
        if read.audience.as_deref() != message.audience.as_deref() {
            return Ok(false);
        }
        let locale = self.locale(tag)?;
        let said = [true, false].into_iter().any(|today| {
            holding.is_said_by(&read, &|slot| render::holding_fact(&context, &locale, slot, today))
        });
        Ok(said && self.not_held(holding)?.is_none())
    }

    /// What is wrong with the holding statements of the standard.
    ///
    /// # Errors
    ///
    /// As [`Ctx::not_held`].
    pub(crate) fn holding_findings(&self) -> Result<Vec<Diagnostic>> {
        let mut found = Vec::new();
        for holding in &self.standard()?.holding {
            let place = self.standard()?.place(FILE, holding.range);
            let d = match self.not_held(holding)? {
                Some(NotHeld::Approval(why)) => Diagnostic::warning(
                    "holding-approval",
                    format!("the approval of `{}` does not count: {}", holding.id, why.join(", ")),
                )
                .help(format!("inc comms holding {} shows what is approved", holding.id)),
                Some(NotHeld::Overdue) => Diagnostic::warning(
                    "holding-review",
                    format!("`{}` was to be read again by {}", holding.id, holding.review_by),
                )
                .help("read it, set the next review_by, and have it approved again"),
                // One that nobody approved promises nothing.
                Some(NotHeld::Unapproved) | None => continue,
            };
            found.push(d.at(place));
        }
        Ok(found)
    }
}

/// A message file that says a holding statement.
pub(crate) fn written(
    holding: &Holding,
    context: &MessageContext,
    locale: &Locale,
    id: &str,
) -> std::result::Result<String, Diagnostic> {
    let fact = |slot: &str| render::holding_fact(context, locale, slot, false);
    let fields = holding.filled(&fact).map_err(|slot| {
        let command = match slot {
            "started" => format!("inc update {id} --began 03:02"),
            "restored" => format!("inc restore {id}"),
            "next_update" => format!("inc update {id} --next 30m"),
            _ => format!("inc update {id} --service card-auth"),
        };
        let message = format!("the holding statement {} needs {slot}", holding.id);
        Diagnostic::error("fact-missing", message).help(command)
    })?;
    let Request { stage, channel, audience, locale, .. } = &context.request;
    let mut text = format!(
        "---\nstage: {stage}\nchannel: {channel}\naudience: {audience}\nlocale: {locale}\n"
    );
    let (mut head, mut body) = (String::new(), String::new());
    for (name, words) in fields {
        if name == "body" {
            body = words;
        } else {
            // A JSON text is a YAML text.
            head.push_str(&format!("{name}: {}\n", serde_json::Value::String(words)));
        }
    }
    text.push_str(&format!("{head}---\n\n{body}\n"));
    Ok(text)
}
