use crate::diag::{Diagnostic, Place, Source, TextRange};

/// The text of a file's bytes.
///
/// # Errors
///
/// `not-text` for bytes that are no UTF-8, or hold NUL as only binary files do; with its line.
pub fn text_of(name: &str, bytes: Vec<u8>) -> Result<String, Diagnostic> {
    match String::from_utf8(bytes) {
        Ok(text) => match text.find('\0') {
            None => Ok(text),
            Some(at) => {
                Err(not_text(name, &text, at, "this is a binary file: a NUL byte stands here")
                    .help("the record is YAML text; bring it back from git"))
            }
        },
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let binary = bytes.contains(&0);
            let text = String::from_utf8_lossy(bytes.get(..at).unwrap_or(&bytes)).into_owned();
            let d = if binary {
                let what = format!("this is a binary file: byte {at} is no UTF-8");
                not_text(name, &text, at, &what)
                    .help("the record is YAML text; bring it back from git")
            } else {
                not_text(name, &text, at, &format!("byte {at} is no UTF-8"))
                    .help("save the file as UTF-8; Latin-1 is what usually breaks accents")
            };
            Err(d)
        }
    }
}

fn not_text(name: &str, text: &str, at: usize, what: &str) -> Diagnostic {
    let place = match text.is_empty() {
        true => Place::file(name),
        false => Source::new(name, text).place(TextRange::new(at, at + 1)),
    };
    Diagnostic::error("not-text", what).at(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_refused_with_their_line() {
        assert_eq!(text_of("x", "año".into()).unwrap(), "año");
        let latin = text_of("x", b"a: 1\ntitle: a\xf1o\n".to_vec()).unwrap_err();
        let place = latin.place.unwrap();
        assert_eq!((latin.code.as_str(), place.line, place.column), ("not-text", 2, 9));
        assert!(text_of("x", vec![0xff, 0, 1]).unwrap_err().message.contains("binary"));
        assert!(text_of("x", b"a\0b".to_vec()).unwrap_err().message.contains("NUL"));
    }
}
