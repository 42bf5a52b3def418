//! Metric series as a person names them: opened, unpacked, hashed, mapped.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex};

use clap::Args;
use sha2::{Digest, Sha256};

use super::Ctx;
use super::config::ValueOf;
use super::error::{Failure, Result};
use super::files;
use crate::diag::Diagnostic;
use crate::impact::estimate::DayKind;
use crate::impact::series::{self, Ask, Mapping, Reason, Series, SeriesError};
use crate::incident::Evidence;
use crate::render::terminal_safe;
use crate::reports::company::Company;
use crate::units::{Span, hex};

/// How a file's columns are read.
#[derive(Debug, Clone, Args)]
pub(crate) struct Columns {
    /// Which column is what where the file has other names: `attempted=intentos`, `region=estado`
    #[arg(long = "map", value_name = "ROLE=COLUMN")]
    pub(crate) map: Vec<String>,
    /// Length of a bin, such as 1m; 5m by default, never shorter than rows lie apart
    #[arg(long, value_name = "DURATION")]
    pub(crate) bin: Option<String>,
}

/// What was read of a file besides its rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Bytes as they lie on disk.
    pub(crate) size: u64,
    /// Their hash.
    pub(crate) sha256: String,
}

/// A mapping with how it differs from our names.
#[derive(Debug, Clone)]
pub(crate) struct Mapped {
    pub(crate) mapping: Mapping,
    pub(crate) map: BTreeMap<String, String>,
    pub(crate) reasons: BTreeMap<String, String>,
    pub(crate) bin: Option<i64>,
}

impl Columns {
    /// The mapping of inc.toml with what the command line puts over it.
    ///
    /// # Errors
    ///
    /// For what is no role, column, reason or duration.
    pub(crate) fn read(&self, ctx: &Ctx) -> Result<Mapped> {
        let config = &ctx.config.series;
        let mut mapping = Mapping::new(config.zone.unwrap_or(ctx.clock.zone));
        let mut map: BTreeMap<String, String> = BTreeMap::new();
        map.extend(config.columns.clone());
        map.extend(config.dimensions.clone());
        for typed in &self.map {
            let Some((role, column)) = typed.split_once('=') else {
                return Err(bad_map(typed).into());
            };
            map.insert(role.trim().to_owned(), column.trim().to_owned());
        }
        if config.value_of == ValueOf::Attempted {
            mapping.value_of = series::ValueOf::Attempted;
        }
        apply(&mut mapping, &map)?;
        reasons(&mut mapping, &config.reasons)?;
        let bin = self.bin.as_deref().or(config.bin.as_deref()).map(bin).transpose()?;
        Ok(Mapped { mapping, map, reasons: config.reasons.clone(), bin })
    }
}

fn bad_map(typed: &str) -> Diagnostic {
    let what = format!("`{}` maps nothing", terminal_safe(typed));
    Diagnostic::error("bad-map", what)
        .help("write --map ROLE=COLUMN, such as --map attempted=intentos")
}

/// Puts columns into a mapping.
pub(crate) fn apply(mapping: &mut Mapping, map: &BTreeMap<String, String>) -> Result<()> {
    for (role, column) in map {
        if !mapping.put(role, column) {
            return Err(bad_map(&format!("{role}={column}")).into());
        }
    }
    Ok(())
}

/// Puts a company's own reasons into a mapping.
pub(crate) fn reasons(mapping: &mut Mapping, own: &BTreeMap<String, String>) -> Result<()> {
    for (code, word) in own {
        let Some(reason) = Reason::parse(word) else {
            let what = format!("reason `{code}`: `{}` is no kind of reason", terminal_safe(word));
            return Err(Diagnostic::error("bad-reason", what)
                .help("write approved, business or technical")
                .into());
        };
        mapping.reasons.insert(code.clone(), reason);
    }
    Ok(())
}

fn bin(typed: &str) -> Result<i64> {
    let span: Span = typed.parse().map_err(|e: crate::units::UnitError| {
        Diagnostic::error("bad-bin", e.to_string()).help("write 1m, 5m, 15m, 30m or 1h")
    })?;
    if !(60..=3600).contains(&span.seconds()) {
        return Err(Diagnostic::error("bad-bin", format!("a bin of {span} is not reckoned with"))
            .help("write 1m to 1h")
            .into());
    }
    Ok(span.seconds())
}

/// Splits `DIMENSION=VALUE` arguments.
pub(crate) fn only(typed: &[String]) -> Result<Vec<(String, Vec<String>)>> {
    let mut held: Vec<(String, Vec<String>)> = Vec::new();
    for one in typed {
        let Some((dimension, value)) = one.split_once('=') else {
            let what = format!("`{}` holds rows to nothing", terminal_safe(one));
            return Err(Diagnostic::error("bad-where", what)
                .help("write --where DIMENSION=VALUE, such as --where region=MX-CMX")
                .into());
        };
        match held.iter_mut().find(|(d, _)| d == dimension) {
            Some((_, values)) => values.push(value.to_owned()),
            None => held.push((dimension.to_owned(), vec![value.to_owned()])),
        }
    }
    Ok(held)
}

/// Reads a series from a file or standard input, unpacked where it is packed.
///
/// # Errors
///
/// When it cannot be read, or is no series by the mapping.
pub(crate) fn load(path: &str, mapping: &Mapping, ask: &Ask) -> Result<(Series, Seen)> {
    let (mut input, hashed) = open(path)?;
    let series = series::read(&mut input, mapping, ask).map_err(|e| explained(path, &e))?;
    // What the reader of a packed file left is part of the file.
    std::io::copy(&mut input, &mut std::io::sink()).map_err(|e| io(path, &e))?;
    drop(input);
    Ok((series, seen(&hashed)))
}

/// Reads a file of customers with its own reader.
///
/// # Errors
///
/// When it cannot be read, or is no such file.
pub(crate) fn load_with<T>(
    path: &str,
    read: impl FnOnce(&mut Box<dyn BufRead + Send>) -> std::result::Result<T, SeriesError>,
) -> Result<(T, Seen)> {
    let (mut input, hashed) = open(path)?;
    let found = read(&mut input).map_err(|e| explained(path, &e))?;
    std::io::copy(&mut input, &mut std::io::sink()).map_err(|e| io(path, &e))?;
    drop(input);
    Ok((found, seen(&hashed)))
}

impl Seen {
    /// The evidence that a record keeps of the file.
    pub(crate) fn evidence(self, path: &str, rows: u64) -> Evidence {
        Evidence {
            path: path.to_owned(),
            size: Some(self.size),
            rows: Some(rows),
            sha256: Some(self.sha256),
            ..Evidence::default()
        }
    }
}

fn seen(hashed: &Mutex<Hashed>) -> Seen {
    let Ok(hashed) = hashed.lock() else { return Seen::default() };
    Seen { size: hashed.size, sha256: hex(&hashed.sha.clone().finalize()) }
}

/// A text to be read, and what is hashed of it on the way.
type Opened = (Box<dyn BufRead + Send>, Arc<Mutex<Hashed>>);

/// Opens a file to be read as text, packed by gzip or zstd or not at all, and hashed on the way.
pub(crate) fn open(path: &str) -> Result<Opened> {
    let raw = files::stream(path).map_err(|e| io(path, &e))?;
    let hashed = Arc::new(Mutex::new(Hashed::default()));
    let through = Through { raw, hashed: Arc::clone(&hashed) };
    let mut input = BufReader::with_capacity(1 << 18, through);
    let head = input.fill_buf().map_err(|e| io(path, &e))?;
    let packed = match head {
        [0x1f, 0x8b, ..] => Packed::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Packed::Zstd,
        _ => Packed::No,
    };
    let input: Box<dyn BufRead + Send> = match packed {
        Packed::No => Box::new(input),
        Packed::Gzip => {
            let unpacked = flate2::bufread::MultiGzDecoder::new(input);
            Box::new(BufReader::with_capacity(1 << 18, unpacked))
        }
        Packed::Zstd => {
            let unpacked = zstd::Decoder::with_buffer(input).map_err(|e| io(path, &e))?;
            Box::new(BufReader::with_capacity(1 << 18, unpacked))
        }
    };
    Ok((input, hashed))
}

enum Packed {
    No,
    Gzip,
    Zstd,
}

/// The hash of what was read.
#[derive(Debug, Default)]
pub(crate) struct Hashed {
    size: u64,
    sha: Sha256,
}

struct Through {
    raw: Box<dyn Read + Send>,
    hashed: Arc<Mutex<Hashed>>,
}

impl Read for Through {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.raw.read(buffer)?;
        if let (Ok(mut hashed), Some(read)) = (self.hashed.lock(), buffer.get(..n)) {
            hashed.sha.update(read);
            hashed.size += n as u64;
        }
        Ok(n)
    }
}

fn io(path: &str, error: &std::io::Error) -> Failure {
    let what = format!("{}: {}", terminal_safe(path), error.to_string().to_lowercase());
    Failure::wrong(Diagnostic::error("cannot-read", what))
}

fn explained(path: &str, error: &SeriesError) -> Failure {
    let d = Diagnostic::error("bad-series", format!("{}: {error}", terminal_safe(path)));
    let d = match error {
        SeriesError::NoColumn { wanted, role, there } => {
            let listed: Vec<String> = there.iter().map(|name| terminal_safe(name)).collect();
            let alone = match *role {
                "affected" => "; or --all-affected where the file lists nobody else",
                _ => "",
            };
            let nearest = crate::diag::nearest(wanted, there.iter().map(String::as_str));
            let column = nearest.unwrap_or("COLUMN");
            d.help(format!(
                "the columns are {}; say which it is: --map {role}={}, or [series] in inc.toml{alone}",
                listed.join(", "),
                terminal_safe(column)
            ))
        }
        SeriesError::TwoColumns(_) => d.help("rename one of them in the file"),
        SeriesError::Bad { .. } => {
            d.help("mend the file or the mapping: one bad row in a hundred is borne, and said")
        }
        SeriesError::NoneAbout { .. } => {
            d.help("--where DIMENSION=VALUE names others, --all-rows takes the whole file")
        }
        SeriesError::Elsewhere { span: Some((first, last)), .. } => {
            let at = |s: i64| chrono::DateTime::<chrono::Utc>::from_timestamp(s, 0);
            let at = |s| at(s).map_or_else(|| s.to_string(), |t| t.to_rfc3339());
            d.help(format!("the file goes from {} to {}", at(*first), at(*last)))
        }
        SeriesError::ManyParts => {
            d.help("--by DIMENSION names those whose parts you want; an id of a customer is none")
        }
        SeriesError::Large => d.help("--by DIMENSION for fewer parts, or --bin 15m for fewer bins"),
        SeriesError::LongLine(_) | SeriesError::Empty | SeriesError::NoRows => {
            d.help("give a CSV file with a header, packed by gzip or zstd or not at all")
        }
        SeriesError::Elsewhere { .. } | SeriesError::Io(_) => d,
    };
    Failure::wrong(d)
}

/// What a day is, by the standard's calendars and events.
pub(crate) fn kind_of(company: &Company<'_>, day: chrono::NaiveDate) -> DayKind {
    use crate::facts::Surroundings as _;
    if company.is_holiday(day) == Some(true) {
        DayKind::Holiday
    } else if company.is_campaign(day) == Some(true) {
        DayKind::Campaign
    } else if company.is_payday(day) == Some(true) {
        DayKind::Payday
    } else {
        DayKind::Ordinary
    }
}
