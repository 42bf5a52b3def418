//! The words of messages that have not gone out yet, proofread.

use std::collections::BTreeMap;

use super::words::{path_shown, shown};
use super::{Remark, Subject};
use crate::check::Read;
use crate::communication::proof::{Fault, Finding, differences};
use crate::communication::{MessageFile, read_message};
use crate::diag::Source;
use crate::incident::Communication;

macro_rules! looks {
    ($($name:ident => $fault:ident),* $(,)?) => {
        $(pub(super) fn $name(s: &Subject<'_>, text: &Read<'_>) -> Vec<Remark> {
            look(s, text, Fault::$fault)
        })*
    };
}

looks! {
    internal_term => InternalTerm,
    vendor_name => VendorName,
    hostname => Hostname,
    stack_trace => StackTrace,
    blame => Blame,
    jargon => Jargon,
    vague_promise => VaguePromise,
    unsupported_claim => UnsupportedClaim,
    unexplained_acronym => UnexplainedAcronym,
    leftover_placeholder => Placeholder,
    over_limit => OverLimit,
    forbidden_link => ForbiddenLink,
    credentials_asked => CredentialsAsked,
    mixed_address => MixedAddress,
    hard_to_read => HardToRead,
    locales_differ => LocalesDiffer,
}

/// What is wrong with the messages of a record that can still be mended.
fn look(s: &Subject<'_>, text: &Read<'_>, fault: Fault) -> Vec<Remark> {
    let mendable = |m: &&Communication| m.sent.is_empty() && m.skipped.is_none();
    let texts: Vec<(String, String)> = s
        .record
        .communications
        .iter()
        .filter(mendable)
        .filter_map(|m| m.file.as_deref())
        .map(|file| format!("{}/{file}", s.record.id.folder()))
        .filter(|path| s.texts.contains(&path.as_str()))
        .filter_map(|path| Some((text(&path)?, path)))
        .map(|(text, path)| (path, text))
        .collect();
    let files: Vec<MessageFile<'_>> = texts
        .iter()
        .filter_map(|(path, text)| read_message(Source::new(path, text)).ok())
        .collect();
    let mut remarks: Vec<Remark> = Vec::new();
    for (file, finding) in proofread(&s.around.house, &files) {
        if finding.fault == fault {
            remarks.push(Remark {
                routes: Vec::new(),
                message: format!(
                    "{}: {}",
                    path_shown(short(file.source.name)),
                    shown(&finding.message)
                ),
                help: finding.help,
                clause: None,
                place: Some(file.source.place(finding.range)),
            });
        }
    }
    remarks
}

/// The name of a file without its folders.
fn short(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Everything that is wrong with a set of messages: each by itself, and languages against each other.
pub fn proofread<'m, 't>(
    house: &crate::communication::proof::House,
    files: &'m [MessageFile<'t>],
) -> Vec<(&'m MessageFile<'t>, Finding)> {
    let mut found = Vec::new();
    let mut sets: BTreeMap<(&str, &str, &str), Vec<&MessageFile<'t>>> = BTreeMap::new();
    for file in files {
        found.extend(house.proofread(file).into_iter().map(|finding| (file, finding)));
        let audience = file.audience.as_deref().unwrap_or_default();
        sets.entry((&file.stage, &file.channel, audience)).or_default().push(file);
    }
    for set in sets.into_values() {
        let Some((first, others)) = set.split_first() else { continue };
        for other in others.iter().filter(|o| o.locale != first.locale) {
            found.extend(differences(first, other).map(|finding| (*other, finding)));
        }
    }
    found
}
