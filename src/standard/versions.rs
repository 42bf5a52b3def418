//! Tables in several versions that lie side by side: `severity.toml`, `severity.2027-01-01.toml`.

use chrono::NaiveDate;

use super::Policies;
use super::verticals::{self, VerticalTables};
use crate::decision::{Catalogue, Graph, Loaded, TableFile, Tightening, load_all, load_tightening};
use crate::diag::{Diagnostic, Diagnostics, Source, TextRange};

/// Keys of tables that belong to other rooms.
const ALSO: &[&str] = &[];

/// A file of tables, and from when it holds.
#[derive(Debug, Clone)]
pub(super) struct Versioned<'a> {
    /// The name without version and ending: `severity`.
    name: String,
    source: Source<'a>,
    effective_from: Option<NaiveDate>,
}

impl<'a> Versioned<'a> {
    /// Reads the name of a file and its own `effective_from`, which have to agree.
    pub(super) fn new(name: &str, source: Source<'a>, diagnostics: &mut Diagnostics) -> Self {
        let stem = name.trim_end_matches(".toml");
        let (base, suffix) = match stem.rsplit_once('.') {
            Some((base, suffix)) => (base, Some(suffix)),
            None => (stem, None),
        };
        let whole = || source.place(TextRange::new(0, 0));
        let of_name = suffix.and_then(|s| s.parse::<NaiveDate>().ok());
        if let (Some(suffix), None) = (suffix, of_name) {
            diagnostics.push(
                Diagnostic::error("wrong-version", format!("`{suffix}` in `{name}` is no date"))
                    .at(whole())
                    .help(format!("name a version {base}.2027-01-01.toml")),
            );
        }
        let written = own_date(source.text);
        if let (Some(named), Some(written)) = (of_name, written)
            && named != written
        {
            let what = format!("the name says {named}, and effective_from says {written}");
            diagnostics.push(
                Diagnostic::error("wrong-version", what)
                    .at(whole())
                    .help("let both say the day from which this version holds"),
            );
        }
        let effective_from = of_name.or(written);
        Versioned { name: base.to_owned(), source, effective_from }
    }

    /// The name without version and ending.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The day from which it holds.
    pub(super) fn effective_from(&self) -> Option<NaiveDate> {
        self.effective_from
    }
}

/// The `effective_from` at the top of a file; a wrong one is reported where the table is read.
///
/// A line is enough: reading the whole file a second time would double the start of every command.
fn own_date(text: &str) -> Option<NaiveDate> {
    let top = text.lines().map(str::trim_start).take_while(|line| !line.starts_with('['));
    let mut values = top.filter_map(|line| {
        let value = line.strip_prefix("effective_from")?.trim_start().strip_prefix('=')?;
        value.split('#').next()?.trim().trim_matches('"').parse().ok()
    });
    values.next()
}

/// Loads the tables for each day from which another version of one of them holds.
pub(super) fn load(
    files: Vec<Versioned<'_>>,
    catalogue: &dyn Catalogue,
) -> (Vec<Policies>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    if files.is_empty() {
        return (Vec::new(), diagnostics);
    }
    let mut names: Vec<&str> = files.iter().map(|f| f.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    // The oldest version of a file holds for anything earlier, so the first set has no date; each
    // version that replaces another begins a new set.
    let mut changes: Vec<Option<NaiveDate>> = vec![None];
    for name in &names {
        let mut dates: Vec<_> =
            files.iter().filter(|f| f.name == *name).map(|f| f.effective_from).collect();
        dates.sort_unstable();
        let doubled = dates.windows(2).any(|pair| pair[0] == pair[1]);
        if doubled && let Some(file) = files.iter().find(|f| f.name == *name) {
            let what = format!("two versions of `{name}` hold from the same day");
            diagnostics.push(
                Diagnostic::error("wrong-version", what)
                    .at(file.source.place(TextRange::new(0, 0)))
                    .help("give each version its own effective_from"),
            );
        }
        changes.extend(dates.into_iter().skip(1));
    }
    changes.sort_unstable();
    changes.dedup();
    let mut versions = Vec::new();
    for from in changes {
        let chosen = names.iter().filter_map(|name| in_force(&files, name, from));
        let (beside, chosen): (Vec<_>, Vec<_>) =
            chosen.partition(|file: &&Versioned<'_>| file.name.starts_with("verticals/"));
        let loaded = load_what_loads(&chosen, catalogue, &mut diagnostics);
        let complete = chosen.iter().all(|c| loaded.tables.iter().any(|t| t.file == c.source.name));
        let mut tightening = Vec::new();
        for file in beside {
            tighten(file, &loaded, complete, &mut tightening, catalogue, &mut diagnostics);
        }
        let verticals = VerticalTables::new(tightening);
        versions.push(Policies::new(from, loaded.tables, verticals, catalogue));
    }
    (versions, diagnostics)
}

/// Adds the tables of one vertical's file; `complete` says whether all of the company's are there.
fn tighten(
    file: &Versioned<'_>,
    company: &Loaded,
    complete: bool,
    tightening: &mut Vec<Tightening>,
    catalogue: &dyn Catalogue,
    diagnostics: &mut Diagnostics,
) {
    let table = TableFile { source: file.source, name: &file.name, also: ALSO };
    let found = match load_tightening(table, &company.tables, catalogue) {
        Ok((tables, _)) if tables.iter().any(|t| t.of == "transitions") => {
            let place = file.source.place(TextRange::new(0, 0));
            Diagnostic::error("tightens-nothing", "the lifecycle is the same for every vertical")
                .at(place)
                .help("ask for more before a step in verticals/<vertical>/gates.toml")
                .into()
        }
        Ok((tables, warnings)) => {
            let before = tightening.len();
            let takes = tables.iter().flat_map(|t| &t.table.inputs).any(|i| i.from.is_some());
            tightening.extend(tables);
            let circle =
                takes.then(|| Graph::new(&verticals::dependent(&company.tables, tightening)).err());
            match circle.flatten() {
                Some(circle) => {
                    tightening.truncate(before);
                    let place = file.source.place(TextRange::new(0, 0));
                    Diagnostic::error("table-cycle", circle.to_string())
                        .at(place)
                        .help("let the vertical's table ask about what is decided before it")
                        .into()
                }
                None => warnings,
            }
        }
        // What the company's broken file would have given is not missed here.
        Err(found) => {
            let told = |d: &Diagnostic| complete || d.code != "tightens-nothing";
            Diagnostics(found.into_iter().filter(told).collect())
        }
    };
    for diagnostic in found {
        if !diagnostics.0.contains(&diagnostic) {
            diagnostics.push(diagnostic);
        }
    }
}

/// The newest version of a name that holds on a day, else its oldest.
fn in_force<'f, 'a>(
    files: &'f [Versioned<'a>],
    name: &str,
    day: Option<NaiveDate>,
) -> Option<&'f Versioned<'a>> {
    let of_name = || files.iter().filter(|f| f.name == name);
    let oldest = of_name().min_by_key(|f| f.effective_from);
    let past = of_name().filter(|f| f.effective_from <= day).max_by_key(|f| f.effective_from);
    day.and(past).or(oldest)
}

/// Loads tables; files with errors are reported and left out, so that the others still judge.
fn load_what_loads(
    files: &[&Versioned<'_>],
    catalogue: &dyn Catalogue,
    diagnostics: &mut Diagnostics,
) -> Loaded {
    let mut add = |found: Diagnostics| {
        for diagnostic in found {
            if !diagnostics.0.contains(&diagnostic) {
                diagnostics.push(diagnostic);
            }
        }
    };
    let mut left: Vec<&Versioned<'_>> = files.to_vec();
    let mut first = true;
    loop {
        let tables: Vec<TableFile<'_>> = left
            .iter()
            .map(|file| TableFile { source: file.source, name: &file.name, also: ALSO })
            .collect();
        let found = match load_all(&tables, catalogue) {
            Ok(loaded) => {
                if first {
                    add(loaded.warnings.clone());
                }
                return loaded;
            }
            Err(found) => found,
        };
        let broken: Vec<String> = found
            .0
            .iter()
            .filter(|d| d.level == crate::diag::Level::Error)
            .filter_map(|d| Some(d.place.as_ref()?.file.clone()))
            .collect();
        // What fails in a later round fails for want of the files that were left out.
        if first {
            add(found);
        }
        first = false;
        let before = left.len();
        left.retain(|file| !broken.iter().any(|name| name == file.source.name));
        if left.is_empty() || left.len() == before {
            return Loaded { tables: Vec::new(), warnings: Diagnostics::default() };
        }
    }
}
