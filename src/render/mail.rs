//! A message as mail: headers and both bodies, as RFC 5322 and MIME want them.

use super::Escape;
use crate::sensitive::base64;
use crate::units::Instant;

/// The longest line of quoted-printable text.
const LINE: usize = 76;

/// What a mail is made of.
#[derive(Debug, Clone)]
pub struct Letter<'a> {
    /// Who writes; left out of a file that somebody else sends.
    pub from: Option<&'a str>,
    /// Who reads.
    pub to: &'a [String],
    /// Where answers go.
    pub reply_to: Option<&'a str>,
    /// What it is about.
    pub subject: &'a str,
    /// The line that a list of mails shows after the subject.
    pub preheader: Option<&'a str>,
    /// The text, for whoever reads without pictures.
    pub text: &'a str,
    /// The text as HTML.
    pub html: &'a str,
    /// Its language.
    pub locale: &'a str,
    /// When it is written.
    pub at: Instant,
    /// What makes it this one and no other.
    pub key: &'a str,
}

impl Letter<'_> {
    /// The bytes that a server takes, lines ended by CRLF, seven bits wide.
    pub fn bytes(&self) -> String {
        let mut out = String::new();
        header(&mut out, "Date", &self.at.get().format("%a, %d %b %Y %H:%M:%S %z").to_string());
        if let Some(from) = self.from {
            header(&mut out, "From", from);
            let host = from.rsplit('@').next().unwrap_or("localhost");
            header(&mut out, "Message-ID", &format!("<{}@{host}>", self.key));
        } else {
            header(&mut out, "X-Unsent", "1");
        }
        if !self.to.is_empty() {
            header(&mut out, "To", &self.to.join(", "));
        }
        if let Some(reply_to) = self.reply_to {
            header(&mut out, "Reply-To", reply_to);
        }
        // Folded between its words, where that is needed: those line ends are ours.
        let mut subject = words(self.subject).into_iter();
        header(&mut out, "Subject", &subject.next().unwrap_or_default());
        for further in subject {
            out.truncate(out.trim_end().len());
            out.push_str(&format!("\r\n {further}\r\n"));
        }
        header(&mut out, "Content-Language", self.locale);
        // Replies of machines to machines would go on for ever.
        header(&mut out, "Auto-Submitted", "auto-generated");
        header(&mut out, "MIME-Version", "1.0");
        let edge = format!("inc-{}", self.key);
        header(&mut out, "Content-Type", &format!("multipart/alternative; boundary=\"{edge}\""));
        let page = self.page();
        for (kind, body) in [("text/plain", self.text), ("text/html", page.as_str())] {
            out.push_str(&format!(
                "\r\n--{edge}\r\nContent-Type: {kind}; charset=utf-8\r\n\
                 Content-Transfer-Encoding: quoted-printable\r\n\r\n{}\r\n",
                quoted(body)
            ));
        }
        out.push_str(&format!("\r\n--{edge}--\r\n"));
        out
    }

    fn page(&self) -> String {
        let hidden = self.preheader.map_or(String::new(), |line| {
            format!(
                "<div style=\"display:none;max-height:0;overflow:hidden\">{}</div>\n",
                Escape::Html.apply(line)
            )
        });
        format!(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title>\
             </head>\n<body style=\"font:16px/1.5 sans-serif;max-width:36em\">\n{hidden}{}\n\
             </body></html>\n",
            Escape::Html.apply(self.locale),
            Escape::Html.apply(self.subject),
            self.html
        )
    }
}

/// One line a header, whatever the value holds: nobody adds a reader.
fn header(out: &mut String, name: &str, value: &str) {
    let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    out.push_str(&format!("{name}: {value}\r\n"));
}

/// A header's words: as they are where they are plain, else as RFC 2047 writes them.
fn words(text: &str) -> Vec<String> {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    if plain && text.len() <= 900 && !text.contains("=?") {
        return vec![text];
    }
    // An encoded word has at most 75 signs: 45 bytes of text, and no letter is cut in two.
    let mut parts: Vec<String> = vec![String::new()];
    for letter in text.chars() {
        let full = parts.last().is_none_or(|p| p.len() + letter.len_utf8() > 42);
        if full {
            parts.push(String::new());
        }
        if let Some(last) = parts.last_mut() {
            last.push(letter);
        }
    }
    let coded = |p: &String| format!("=?utf-8?B?{}?=", base64(p.as_bytes()));
    parts.iter().filter(|p| !p.is_empty()).map(coded).collect()
}

/// A text as quoted-printable (RFC 2045).
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (i, line) in text.replace("\r\n", "\n").split('\n').enumerate() {
        if i > 0 {
            out.push_str("\r\n");
        }
        let mut width = 0;
        let last = line.len().saturating_sub(1);
        for (at, byte) in line.bytes().enumerate() {
            let blank = byte == b' ' || byte == b'\t';
            let plain = (b'!'..=b'~').contains(&byte) && byte != b'=';
            // A dot alone in a line would end the mail, and "From " begins another in a mailbox;
            // a line that is broken here begins like any other.
            let special = |width: usize| width == 0 && (byte == b'.' || byte == b'F');
            let coded = |width: usize| match (plain && !special(width)) || (blank && at < last) {
                true => char::from(byte).to_string(),
                false => format!("={byte:02X}"),
            };
            let mut one = coded(width);
            if width + one.len() >= LINE {
                out.push_str("=\r\n");
                width = 0;
                one = coded(width);
            }
            width += one.len();
            out.push_str(&one);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(coded: &str) -> String {
        let joined = coded.replace("=\r\n", "");
        let mut bytes = Vec::new();
        let mut rest = joined.bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'=' => {
                    let digits: String = rest.by_ref().take(2).map(char::from).collect();
                    bytes.push(u8::from_str_radix(&digits, 16).unwrap());
                }
                b'\r' => {}
                other => bytes.push(other),
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn nothing_in_a_value_is_a_header_of_its_own() {
        let letter = Letter {
            from: Some("avisos@banco.example"),
            to: &["lista@banco.example".to_owned()],
            reply_to: None,
            subject: "Año nuevo\r\nBcc: x@y.example",
            preheader: Some("<b>"),
            text: ".\nHola\n",
            html: "<p>Hola</p>",
            locale: "es-MX",
            at: "2026-11-21T03:20:00-06:00".parse().unwrap(),
            key: "k1",
        };
        let bytes = letter.bytes();
        let headers = bytes.split("\r\n\r\n").next().unwrap();
        assert!(!headers.contains("Bcc"), "{headers}");
        assert!(bytes.contains("Message-ID: <k1@banco.example>\r\n"), "{bytes}");
        assert!(bytes.contains("Date: Sat, 21 Nov 2026 03:20:00 -0600\r\n"), "{bytes}");
        assert!(bytes.contains("\r\n=2E\r\nHola"), "{bytes}");
        assert!(bytes.replace("=\r\n", "").contains("&lt;b&gt;") && bytes.is_ascii());
    }

    #[test]
    fn words_of_a_header_keep_their_letters_whole() {
        assert_eq!(words("Card payments"), ["Card payments"]);
        let coded = words(&"ñandú ".repeat(20));
        assert!(coded.len() > 1 && coded.iter().all(|word| word.len() <= 75), "{coded:?}");
        assert_eq!(words("á"), ["=?utf-8?B?w6E=?="]);
    }

    proptest! {
        #[test]
        fn a_body_reads_back(text in "[ -~áñ¿\\t\\n.=]{0,300}") {
            let coded = quoted(&text);
            prop_assert!(coded.is_ascii());
            prop_assert!(coded.split("\r\n").all(|line| line.len() <= LINE && line != "."));
            prop_assert_eq!(read(&coded), text);
        }
    }
}
