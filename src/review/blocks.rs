use std::collections::BTreeMap;
use std::ops::Range;

use crate::diag::{Diagnostic, Diagnostics, Source, TextRange};

/// A document after its computed blocks were replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// The new text.
    pub text: String,
    /// Blocks whose content changed, in the order of the text.
    pub changed: Vec<String>,
    /// Blocks that the template has and the document has not: people took them out, or the
    /// template is newer. They are left out.
    pub absent: Vec<String>,
    /// Blocks of the document that the template no longer makes; they are left as they are.
    pub orphaned: Vec<String>,
}

/// Replaces the computed blocks of `old` by those of `new`; every other byte of `old` stays.
///
/// A document with CRLF line ends keeps them.
///
/// # Errors
///
/// A marker without its partner, a block inside another or one that stands twice, in either
/// text: nothing is replaced, because nobody could say whose words they are.
pub fn refresh(old: Source<'_>, new: Source<'_>) -> Result<Refreshed, Diagnostics> {
    let (mut found, mut blocks) = (Diagnostics::default(), Vec::new());
    for source in [old, new] {
        match read(source) {
            Ok(read) => blocks.push(read),
            Err(wrong) => found.extend(wrong),
        }
    }
    let [old_blocks, new_blocks] = &blocks[..] else { return Err(found) };
    let fresh: BTreeMap<&str, &str> =
        new_blocks.iter().map(|b| (b.name, &new.text[b.inside.clone()])).collect();
    let crlf = old.text.contains("\r\n");
    let mut out = Refreshed {
        text: String::with_capacity(old.text.len().max(new.text.len())),
        changed: Vec::new(),
        absent: Vec::new(),
        orphaned: Vec::new(),
    };
    let mut kept = 0;
    for block in old_blocks {
        let Some(fresh) = fresh.get(block.name) else {
            out.orphaned.push(block.name.to_owned());
            continue;
        };
        let plain = fresh.replace("\r\n", "\n");
        let fresh = if crlf { plain.replace('\n', "\r\n") } else { plain };
        if fresh != old.text[block.inside.clone()] {
            out.changed.push(block.name.to_owned());
        }
        out.text.push_str(&old.text[kept..block.inside.start]);
        out.text.push_str(&fresh);
        kept = block.inside.end;
    }
    out.text.push_str(&old.text[kept..]);
    let has = |name: &str| old_blocks.iter().any(|b| b.name == name);
    out.absent = new_blocks.iter().filter(|b| !has(b.name)).map(|b| b.name.to_owned()).collect();
    Ok(out)
}

struct Block<'a> {
    name: &'a str,
    /// From after the opening marker's line to the beginning of the closing marker's.
    inside: Range<usize>,
}

/// Finds the blocks; a marker is a line of its own.
fn read(source: Source<'_>) -> Result<Vec<Block<'_>>, Diagnostics> {
    let mut found = Diagnostics::default();
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut open: Option<(&str, usize, TextRange)> = None;
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        let range = TextRange::new(at, at + line.trim_end().len());
        let (start, end) = (at, at + line.len());
        at = end;
        let Some((name, closes)) = marker(line) else { continue };
        let wrong =
            |message: String| Diagnostic::error("review-marker", message).at(source.place(range));
        match (open, closes) {
            (None, false) => {
                if blocks.iter().any(|b| b.name == name) {
                    found.push(
                        wrong(format!("the block `{name}` stands here a second time"))
                            .help("keep one of them; a copy that is yours needs no markers"),
                    );
                }
                open = Some((name, end, range));
            }
            (Some((opened, inside, _)), true) if opened == name => {
                blocks.push(Block { name, inside: inside..start });
                open = None;
            }
            (Some((opened, _, _)), _) => {
                found.push(
                    wrong(format!("the block `{opened}` is still open here"))
                        .help(format!("it ends with <!-- /inc:{opened} --> on a line of its own")),
                );
                open = None;
            }
            (None, true) => found.push(wrong(format!("the block `{name}` was not opened"))),
        }
    }
    if let Some((name, _, range)) = open {
        found.push(
            Diagnostic::error("review-marker", format!("the block `{name}` never ends"))
                .at(source.place(range))
                .help(format!("it ends with <!-- /inc:{name} --> on a line of its own")),
        );
    }
    if found.is_empty() { Ok(blocks) } else { Err(found) }
}

/// The name of a marker and whether it closes: `<!-- inc:impact -->`, `<!-- /inc:impact -->`.
pub(super) fn marker(line: &str) -> Option<(&str, bool)> {
    let inner = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    let (closes, name) = match inner.strip_prefix("/inc:") {
        Some(name) => (true, name),
        None => (false, inner.strip_prefix("inc:")?),
    };
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (!name.is_empty() && name.bytes().all(fits)).then_some((name, closes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn run(old: &str, new: &str) -> Result<Refreshed, Diagnostics> {
        refresh(Source::new("pir.md", old), Source::new("template", new))
    }

    const NEW: &str = "# Review\n<!-- inc:impact -->\n13 customers\n<!-- /inc:impact -->\n<!-- inc:actions -->\n- two\n<!-- /inc:actions -->\n";

    #[test]
    fn only_what_is_marked_is_replaced() {
        let old = "# Mine  \n\n<!-- inc:impact -->\n12 customers\n<!-- /inc:impact -->\nmy words\t\n<!-- inc:gone -->\nold\n<!-- /inc:gone -->";
        let done = run(old, NEW).unwrap();
        assert_eq!(done.text, old.replace("12", "13"));
        assert_eq!(done.changed, ["impact"]);
        assert_eq!(done.absent, ["actions"]);
        assert_eq!(done.orphaned, ["gone"]);
    }

    #[test]
    fn line_ends_stay_as_they_are() {
        let old = "a\r\n<!-- inc:impact -->\r\n<!-- /inc:impact -->\r\nb";
        let text = run(old, NEW).unwrap().text;
        assert_eq!(text, "a\r\n<!-- inc:impact -->\r\n13 customers\r\n<!-- /inc:impact -->\r\nb");
    }

    #[test]
    fn broken_markers_replace_nothing_and_are_all_named() {
        for (old, message) in [
            ("<!-- inc:impact -->\n", "1:1: the block `impact` never ends"),
            ("x\n<!-- /inc:impact -->\n", "2:1: the block `impact` was not opened"),
            (
                "<!-- inc:a -->\n<!-- inc:b -->\n<!-- /inc:b -->\n",
                "2:1: the block `a` is still open here",
            ),
            (
                "<!-- inc:a -->\n<!-- /inc:a -->\n<!-- inc:a -->\n<!-- /inc:a -->\n",
                "3:1: the block `a` stands here a second time",
            ),
        ] {
            let found = run(old, NEW).unwrap_err().0;
            let place = found[0].place.as_ref().unwrap();
            let shown = format!("{}:{}: {}", place.line, place.column, found[0].message);
            assert_eq!(shown, message);
        }
    }

    fn lines() -> impl Strategy<Value = String> {
        proptest::collection::vec("[a-zñ<>!\\- \\t]{0,8}(\n|\r\n)", 0..4).prop_map(|l| l.concat())
    }

    proptest! {
        #[test]
        fn every_human_byte_stays(
            human in proptest::collection::vec(lines(), 3),
            before in proptest::collection::vec(lines(), 2),
            after in proptest::collection::vec(lines(), 2),
            tail in "[a-z]{0,5}",
        ) {
            let build = |human: &[String], blocks: &[String]| format!(
                "{}<!-- inc:one -->\n{}<!-- /inc:one -->\n{}<!-- inc:two -->\n{}<!-- /inc:two -->\n{}{tail}",
                human[0], blocks[0], human[1], blocks[1], human[2]
            );
            let old = build(&human, &before);
            let new = build(&[String::new(), "other\n".into(), "words".into()], &after);
            let done = run(&old, &new).unwrap();
            let end = if old.contains("\r\n") { "\r\n" } else { "\n" };
            let written: Vec<String> =
                after.iter().map(|a| a.replace("\r\n", "\n").replace('\n', end)).collect();
            prop_assert_eq!(&done.text, &build(&human, &written));
            // Doing it again changes nothing more, and a document refreshed by itself stays.
            prop_assert_eq!(&run(&done.text, &new).unwrap().text, &done.text);
        }

        #[test]
        fn no_text_panics(old in "(<!-- /?inc:[ab] -->|\n|x| ){0,20}", new in "(<!-- /?inc:[ab] -->|\n|y){0,20}") {
            let _ = run(&old, &new);
        }
    }
}
