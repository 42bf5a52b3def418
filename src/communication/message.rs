use std::ops::Range;

use super::front_matter;
use crate::diag::{Diagnostic, Source, TextRange};
use crate::yaml;

/// A message file, read: its head and the texts that its readers see.
#[derive(Debug, Clone)]
pub struct MessageFile<'t> {
    /// The file.
    pub source: Source<'t>,
    /// Point in the incident.
    pub stage: String,
    /// Through what.
    pub channel: String,
    /// To whom.
    pub audience: Option<String>,
    /// In which language.
    pub locale: String,
    /// What its readers see, field by field; the body last.
    pub fields: Vec<FieldText>,
}

/// One field of a message, and where it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldText {
    /// `title`, `subject`, `body` …
    pub name: String,
    /// What its readers see.
    pub text: String,
    /// Its bytes in the file.
    pub range: TextRange,
}

/// Keys of the head that no reader sees.
const HIDDEN: [&str; 7] =
    ["stage", "channel", "audience", "locale", "exercise", "template", "next_update"];

/// Reads a message file.
///
/// # Errors
///
/// When the head is missing, or is no YAML, or does not say the channel and the locale.
pub fn read_message<'t>(source: Source<'t>) -> Result<MessageFile<'t>, Diagnostic> {
    let wrong = |message: &str| {
        Diagnostic::error("message-file", message)
            .at(source.place(TextRange::new(0, source.text.len().min(3))))
            .help("a message begins with `---`, its stage, channel, audience and locale, and `---`")
    };
    let (head, body) = front_matter(source.text).ok_or_else(|| wrong("the head is missing"))?;
    let offset = |part: &str| part.as_ptr() as usize - source.text.as_ptr() as usize;
    let (head_at, body_at) = (offset(head), offset(body));
    let node = yaml::parse(Source::new(source.name, head))
        .map_err(|_| wrong("the head is no YAML: every line is `name: words`"))?;
    let text = |key: &str| node.get(key).and_then(yaml::Node::text).map(str::to_owned);
    let need = |key: &str| text(key).ok_or_else(|| wrong(&format!("the head has no `{key}`")));
    let mut fields = Vec::new();
    if let yaml::Value::Map(entries) = &node.value {
        for (key, value) in entries {
            let Some(text) = value.text().filter(|_| !HIDDEN.contains(&key.name.as_str())) else {
                continue;
            };
            let range = value.range;
            let range = TextRange::new(range.start + head_at, range.end + head_at);
            fields.push(FieldText { name: key.name.clone(), text: text.to_owned(), range });
        }
    }
    let trimmed = body.trim();
    let start = body_at + body.find(trimmed).unwrap_or(0);
    fields.push(FieldText {
        name: "body".to_owned(),
        text: trimmed.to_owned(),
        range: TextRange::new(start, start + trimmed.len()),
    });
    Ok(MessageFile {
        source,
        stage: need("stage")?,
        channel: need("channel")?,
        audience: text("audience"),
        locale: need("locale")?,
        fields,
    })
}

impl MessageFile<'_> {
    /// A field's text.
    pub fn field(&self, name: &str) -> Option<&FieldText> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// `es` of `es-MX`.
    pub fn language(&self) -> &str {
        self.locale.split(['-', '_', '.']).next().unwrap_or_default()
    }
}

impl FieldText {
    /// Where a part of the text stands in the file; the whole field where the file writes it
    /// otherwise, as with an escape in the head.
    pub(super) fn part(&self, source: Source<'_>, part: Range<usize>) -> TextRange {
        let written = source.text.get(self.range.start..self.range.end).unwrap_or_default();
        let from = match written.find(&self.text) {
            Some(from) => self.range.start + from,
            None => return self.range,
        };
        TextRange::new(from + part.start, from + part.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_its_head_and_what_readers_see() {
        let text = "---\nstage: initial\nchannel: push\naudience: x\nlocale: es-MX\ntitle: \"A: b\"\n---\n\nHola.\n";
        let read = read_message(Source::new("m.md", text)).unwrap();
        assert_eq!((read.channel.as_str(), read.language()), ("push", "es"));
        let seen: Vec<_> = read.fields.iter().map(|f| (f.name.as_str(), f.text.as_str())).collect();
        assert_eq!(seen, [("title", "A: b"), ("body", "Hola.")]);
        let range = read.fields[0].part(read.source, 3..4);
        assert_eq!(&text[range.start..range.end], "b");
        for bad in ["Hola", "---\n- a\n---\nHola", "---\nstage: initial\n---\nHola"] {
            assert_eq!(read_message(Source::new("m.md", bad)).unwrap_err().code, "message-file");
        }
    }
}
