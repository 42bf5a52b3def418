//! Comma-separated values (RFC 4180).

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// A person with a spreadsheet: text that would run as a formula is neutralised.
    Person,
    /// A program: values are never altered.
    Machine,
}

/// Writes one row, ended by CRLF as the standard has it.
pub fn row<'a>(out: &mut String, reader: Reader, values: impl IntoIterator<Item = &'a str>) {
    mixed_row(out, values.into_iter().map(|value| (reader, value)));
}

/// Writes one row, each of whose values has its own reader.
pub fn mixed_row<V: AsRef<str>>(out: &mut String, values: impl IntoIterator<Item = (Reader, V)>) {
    for (index, (reader, value)) in values.into_iter().enumerate() {
        let value = value.as_ref();
        if index > 0 {
            out.push(',');
        }
        // OWASP's list of first characters that spreadsheets take for a formula; figures such
        // as -5 are let through, so that columns still add up.
        let runs = value.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_figure(value);
        let guard = if reader == Reader::Person && runs { "'" } else { "" };
        if guard.is_empty() && !value.contains([',', '"', '\n', '\r']) {
            out.push_str(value);
        } else {
            out.push('"');
            out.push_str(guard);
            out.push_str(&value.replace('"', "\"\""));
            out.push('"');
        }
    }
    out.push_str("\r\n");
}

fn is_figure(value: &str) -> bool {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'%')
        && digits.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(reader: Reader, values: &[&str]) -> String {
        let mut out = String::new();
        row(&mut out, reader, values.iter().copied());
        out
    }

    #[test]
    fn quotes_only_what_needs_it() {
        assert_eq!(
            written(Reader::Machine, &["a", "b,c", "d\"e", "f\ng", ""]),
            "a,\"b,c\",\"d\"\"e\",\"f\ng\",\r\n"
        );
    }

    #[test]
    fn formulas_do_not_run_and_figures_still_add_up() {
        assert_eq!(
            written(Reader::Person, &["=1+1", "-5", "+52 55", "@x", "-5.5%"]),
            "\"'=1+1\",-5,\"'+52 55\",\"'@x\",-5.5%\r\n"
        );
        assert_eq!(written(Reader::Machine, &["=1+1"]), "=1+1\r\n");
    }

    proptest::proptest! {
        #[test]
        fn a_reader_of_the_standard_gets_the_values_back(values in proptest::collection::vec("[a,\"\n\r=é-]{0,6}", 1..5)) {
            let refs: Vec<&str> = values.iter().map(String::as_str).collect();
            proptest::prop_assert_eq!(read(&written(Reader::Machine, &refs)), values);
        }
    }

    /// A reader of one row, by RFC 4180.
    fn read(text: &str) -> Vec<String> {
        let (mut values, mut value, mut quoted) = (Vec::new(), String::new(), false);
        let mut chars = text.strip_suffix("\r\n").unwrap().chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => value.extend(chars.next()),
                '"' => quoted = !quoted,
                ',' if !quoted => values.push(std::mem::take(&mut value)),
                c => value.push(c),
            }
        }
        values.push(value);
        values
    }
}
