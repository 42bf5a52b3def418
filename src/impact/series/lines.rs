/// The fields of one line that are asked for, by the places of their columns.
///
/// Fields are borrowed from the line; only quoted ones with a doubled quote are copied.
#[derive(Debug)]
pub(in crate::impact) struct Fields {
    delimiter: u8,
    /// Places of columns, ascending.
    places: Vec<usize>,
    /// Where each wanted field begins and ends.
    found: Vec<(usize, usize)>,
    unquoted: Vec<u8>,
}

impl Fields {
    /// Asks for the columns at some places; doubled ones are asked for once.
    pub(in crate::impact) fn new(delimiter: u8, mut places: Vec<usize>) -> Fields {
        places.sort_unstable();
        places.dedup();
        let found = Vec::with_capacity(places.len());
        Fields { delimiter, places, found, unquoted: Vec::new() }
    }

    /// Where a column's field stands among those that are found.
    pub(in crate::impact) fn rank(&self, column: usize) -> Option<usize> {
        self.places.binary_search(&column).ok()
    }

    /// Finds the fields of a line.
    ///
    /// # Errors
    ///
    /// Where the line has fewer columns, or quotes that do not end in it.
    pub(in crate::impact) fn find<'l>(
        &'l mut self,
        line: &'l [u8],
    ) -> Result<Found<'l>, &'static str> {
        self.found.clear();
        if memchr::memchr(b'"', line).is_some() {
            self.find_quoted(line)?;
            return Ok(Found { line: &self.unquoted, found: &self.found });
        }
        let (mut column, mut begins) = (0, 0);
        let mut wanted = self.places.iter();
        let mut next = wanted.next();
        for ends in memchr::memchr_iter(self.delimiter, line).chain([line.len()]) {
            if next == Some(&column) {
                self.found.push((begins, ends));
                next = wanted.next();
                if next.is_none() {
                    break;
                }
            }
            column += 1;
            begins = ends + 1;
        }
        match next {
            Some(_) => Err("fewer columns than the header"),
            None => Ok(Found { line, found: &self.found }),
        }
    }

    fn find_quoted(&mut self, line: &[u8]) -> Result<(), &'static str> {
        self.unquoted.clear();
        let mut fields = Vec::new();
        let (mut begins, mut inside) = (0, false);
        let mut bytes = line.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' if inside && bytes.peek() == Some(&b'"') => {
                    self.unquoted.push(b'"');
                    bytes.next();
                }
                b'"' => inside = !inside,
                b if b == self.delimiter && !inside => {
                    fields.push((begins, self.unquoted.len()));
                    begins = self.unquoted.len();
                }
                b => self.unquoted.push(b),
            }
        }
        if inside {
            return Err("a quoted field that does not end on its line");
        }
        fields.push((begins, self.unquoted.len()));
        for place in &self.places {
            self.found.push(*fields.get(*place).ok_or("fewer columns than the header")?);
        }
        Ok(())
    }
}

/// The fields that were found.
#[derive(Debug, Clone, Copy)]
pub(in crate::impact) struct Found<'l> {
    line: &'l [u8],
    found: &'l [(usize, usize)],
}

impl<'l> Found<'l> {
    /// The field of a rank, without blanks around it.
    pub(in crate::impact) fn get(&self, rank: usize) -> &'l [u8] {
        let (from, to) = self.found.get(rank).copied().unwrap_or_default();
        self.line.get(from..to).unwrap_or_default().trim_ascii()
    }
}

/// The names of a header's columns, with the delimiter between them.
pub(in crate::impact) fn header(line: &[u8]) -> (u8, Vec<String>) {
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let delimiter = [b',', b';', b'\t'].into_iter().find(|d| line.contains(d)).unwrap_or(b',');
    // A delimiter within quotes is none: then there are fewer columns than delimiters say.
    let most = memchr::memchr_iter(delimiter, line).count() + 1;
    let names = (1..=most).rev().find_map(|columns| {
        let mut fields = Fields::new(delimiter, (0..columns).collect());
        let found = fields.find(line).ok()?;
        Some((0..columns).map(|i| found.get(i).to_vec()).collect::<Vec<_>>())
    });
    let names = names.unwrap_or_else(|| vec![line.to_vec()]);
    let text = |name: Vec<u8>| String::from_utf8_lossy(&name).into_owned();
    (delimiter, names.into_iter().map(text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str, places: &[usize]) -> Result<Vec<String>, &'static str> {
        let mut fields = Fields::new(b',', places.to_vec());
        let n = fields.places.len();
        let found = fields.find(line.as_bytes())?;
        Ok((0..n).map(|i| String::from_utf8_lossy(found.get(i)).into_owned()).collect())
    }

    #[test]
    fn fields_are_found_quoted_or_not() {
        assert_eq!(found("a,b,c", &[2, 0]).unwrap(), ["a", "c"]);
        assert_eq!(found("a, b ,", &[1, 2]).unwrap(), ["b", ""]);
        assert_eq!(found("\"a,1\",\"x\"\"y\",c", &[0, 1, 2]).unwrap(), ["a,1", "x\"y", "c"]);
        assert_eq!(found("a,b", &[2]), Err("fewer columns than the header"));
        assert_eq!(found("a,\"b", &[1]), Err("a quoted field that does not end on its line"));
    }

    #[test]
    fn a_header_tells_its_delimiter() {
        assert_eq!(header(b"\xEF\xBB\xBFa,b"), (b',', vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(header(b"a;b c;d").1, ["a", "b c", "d"]);
        assert_eq!(header(b"only").1, ["only"]);
        assert_eq!(header(b"\"a,b\",c").1, ["a,b", "c"]);
    }
}
