//! What a merge by lines left behind: a text with conflict markers, to the texts of its sides.

/// The sides of a text with conflict markers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmarked {
    /// The text as the first side has it.
    pub ours: String,
    /// The text as the second side has it.
    pub theirs: String,
    /// The text that both came from, where every conflict shows it (`merge.conflictStyle = diff3`).
    pub base: Option<String>,
}

/// Whether a text has conflict markers.
pub fn has_markers(text: &str) -> bool {
    text.lines().any(|line| is_marker(line, '<')) && text.lines().any(|line| is_marker(line, '>'))
}

fn is_marker(line: &str, sign: char) -> bool {
    let rest = line.trim_start_matches(sign);
    let width = line.len() - rest.len();
    width >= 7 && (rest.is_empty() || rest.starts_with([' ', '\r']))
}

/// Takes a text with conflict markers apart; `None` if the markers are not in order.
pub fn unmark(text: &str) -> Option<Unmarked> {
    #[derive(Clone, Copy, PartialEq)]
    enum At {
        Both,
        Ours,
        Base,
        Theirs,
    }
    let (mut ours, mut theirs, mut base) = (String::new(), String::new(), String::new());
    let (mut at, mut shows_base, mut found) = (At::Both, true, false);
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\n', '\r']);
        let next = match at {
            At::Both if is_marker(bare, '<') => Some(At::Ours),
            At::Ours if is_marker(bare, '|') => Some(At::Base),
            At::Ours | At::Base if is_marker(bare, '=') => {
                shows_base &= at == At::Base;
                Some(At::Theirs)
            }
            At::Theirs if is_marker(bare, '>') => {
                found = true;
                Some(At::Both)
            }
            _ => None,
        };
        if let Some(next) = next {
            at = next;
            continue;
        }
        match at {
            At::Both => {
                [&mut ours, &mut theirs, &mut base].into_iter().for_each(|t| t.push_str(line))
            }
            At::Ours => ours.push_str(line),
            At::Base => base.push_str(line),
            At::Theirs => theirs.push_str(line),
        }
    }
    (found && at == At::Both).then(|| Unmarked { ours, theirs, base: shows_base.then_some(base) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_taken_apart() {
        let text = "a: 1\n<<<<<<< ours\nb: 2\n=======\nb: 3\n>>>>>>> theirs\nc: 4\n";
        let sides = unmark(text).unwrap();
        assert!(has_markers(text));
        assert_eq!(sides.ours, "a: 1\nb: 2\nc: 4\n");
        assert_eq!(sides.theirs, "a: 1\nb: 3\nc: 4\n");
        assert_eq!(sides.base, None);
        let with_base = text.replace("=======", "||||||| base\nb: 1\n=======");
        assert_eq!(unmark(&with_base).unwrap().base.unwrap(), "a: 1\nb: 1\nc: 4\n");
        assert_eq!(unmark("<<<<<<< ours\nb: 2\n"), None);
        assert!(!has_markers("title: <<<<<<< x\n"));
    }
}
