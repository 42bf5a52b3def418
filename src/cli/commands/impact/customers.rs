//! `inc impact customers`

use clap::Args;

use super::measure::{Asked, reckon, zone};
use crate::cli::Ctx;
use crate::cli::args::{Which, Writing};
use crate::cli::error::{Exit, Result};
use crate::cli::series::{self, Columns, Mapped};
use crate::diag::Diagnostic;
use crate::impact::customers::{self, Ask, COUNTING, Counting, Felt};
use crate::impact::series::Mapping;
use crate::incident::{EntryKind, Evidence, Measured};
use crate::render;

/// Count from evidence who was affected, and what became of them
///
/// The evidence is a CSV file outside git with a row for each attempt: `customer`, `client` or
/// `merchant`, and `affected` (yes or no, or how many failed), a `reason`, or `attempted` and
/// `succeeded`. Distinct ids are counted in all and by dimension: exactly up to a million of them,
/// then by HyperLogLog with its error beside the figure. Outcomes are a row for each customer
/// before and after; how the affected moved beside the others is a difference in differences with a
/// 90 % interval. Packed files (gzip, zstd) are unpacked; `-` reads standard input.
///
///   inc impact customers 7QKM --evidence attempts.csv.gz
///   inc impact customers 7QKM --evidence attempts.csv.gz --contacts calls.csv --write
///   inc impact customers 7QKM --evidence attempts.csv.gz --outcomes panel.csv --complaints c.csv
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct CustomersArgs {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    files: Files,
    /// The evidence lists the affected alone: every row is of one
    #[arg(long, requires = "evidence")]
    all_affected: bool,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    columns: Columns,
    /// How the answer is written
    #[arg(long, value_parser = ["table", "json", "csv"], default_value = "table")]
    format: String,
    /// Put the figures into the record, with method, parameters and the files' hashes
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    writing: Writing,
}

/// The files that figures come from.
#[derive(Debug, Clone, Default, Args)]
#[group(required = true, multiple = true)]
pub(super) struct Files {
    /// Attempts: who tried, who could not
    #[arg(long, value_name = "FILE")]
    evidence: Option<String>,
    /// Customers before and after: `period`, `churned`, `score`
    #[arg(long, value_name = "FILE")]
    outcomes: Option<String>,
    /// A series of contacts: `timestamp`, `contacts`
    #[arg(long, value_name = "FILE")]
    contacts: Option<String>,
    /// Complaints, a row each: `complaint` is formal or regulator
    #[arg(long, value_name = "FILE")]
    complaints: Option<String>,
}

pub(super) const EVIDENCE: &str = "evidence";
pub(super) const OUTCOMES: &str = "outcomes";
pub(super) const CONTACTS: &str = "contacts";
pub(super) const COMPLAINTS: &str = "complaints";

impl Files {
    fn all(&self) -> [(&'static str, &Option<String>); 4] {
        [
            (EVIDENCE, &self.evidence),
            (OUTCOMES, &self.outcomes),
            (CONTACTS, &self.contacts),
            (COMPLAINTS, &self.complaints),
        ]
    }

    /// Puts a file in the place of its role; none where there is no such role.
    pub(super) fn put(&mut self, role: &str, path: &str) -> Option<()> {
        let place = match role {
            EVIDENCE => &mut self.evidence,
            OUTCOMES => &mut self.outcomes,
            CONTACTS => &mut self.contacts,
            COMPLAINTS => &mut self.complaints,
            _ => return None,
        };
        *place = Some(path.to_owned());
        Some(())
    }
}

pub(crate) fn run(ctx: &mut Ctx, args: &CustomersArgs) -> Result {
    let id = ctx.which(args.which.id.as_deref())?;
    let at = args.writing.at(ctx)?;
    let record = ctx.load(&id)?.record;
    let given = args.files.all();
    let given: Vec<_> = given.into_iter().filter_map(|(r, f)| Some((r, f.as_ref()?))).collect();
    if given.iter().filter(|(_, path)| *path == "-").count() > 1 {
        return Err(Diagnostic::error("one-input", "standard input can be one file alone")
            .help("give the others by their names")
            .into());
    }
    let mapped = args.columns.read(ctx)?;
    let counting = Counting {
        as_measured: args.asked.parameters(ctx, &record, &mapped)?,
        all_affected: args.all_affected,
        files: given.iter().map(|(role, _)| (*role).to_owned()).collect(),
        clients: ctx.company()?.standard.clients.ids().map(str::to_owned).collect(),
    };
    let (felt, evidence) = tally(record.id.as_str(), &args.files, &mapped, &counting)?;
    match args.format.as_str() {
        "json" => {
            ctx.say(&render::felt::json(&record, &felt, &counting, &evidence).to_string())?;
        }
        "csv" => ctx.print(&render::felt::as_csv(&felt))?,
        _ => ctx.print_paged(&render::felt::table(&record, &felt, ctx.out.surface()))?,
    }
    if args.write {
        let stamp = Measured {
            at: Some(at),
            method: Some(COUNTING.to_owned()),
            parameters: Some(counting.to_text()),
            evidence,
            ..Measured::default()
        };
        let said = render::felt::sentence(&felt);
        let dry_run = args.writing.dry_run;
        let written = ctx.change(&record.id, "impact", dry_run, at, |record, act| {
            customers::note(record, &felt, &counting, stamp.clone());
            record.add_entry(act, EntryKind::Note, said.clone(), false);
            Ok(())
        })?;
        if !dry_run {
            ctx.talk(&crate::cli::status_line(&written, "customers counted", at));
        }
    }
    Ok(Exit::Done)
}

/// Reads the files; evidence comes back in the order of the roles.
pub(super) fn tally(
    id: &str,
    files: &Files,
    mapped: &Mapped,
    counting: &Counting,
) -> Result<(Felt, Vec<Evidence>)> {
    let asked = &counting.as_measured;
    let mapping = &mapped.mapping;
    let (from, to) = (asked.from.get().timestamp(), asked.to.get().timestamp());
    let mut felt = Felt::default();
    let mut evidence = Vec::new();
    if let Some(path) = &files.evidence {
        let ask = Ask {
            from: Some(from),
            to: Some(to),
            only: asked.only.clone().into_iter().collect(),
            by: asked.by.clone(),
            all_affected: counting.all_affected,
        };
        let (counted, seen) = series::load_with(path, |i| customers::count(i, mapping, &ask))?;
        felt.assumed.extend(counted.notes.assumed.clone());
        evidence.push(seen.evidence(path, counted.notes.rows));
        felt.counted = Some(counted);
    }
    if let Some(path) = &files.outcomes {
        let counted = felt.counted.as_ref();
        let read = |input: &mut _| customers::panel(input, mapping, (from, to), counted);
        let (panel, seen) = series::load_with(path, read)?;
        felt.assumed.extend(panel.assumed.clone());
        evidence.push(seen.evidence(path, panel.rows));
        felt.panel = Some(panel);
    }
    if let Some(path) = &files.contacts {
        let mut contacts = mapped.clone();
        contacts.mapping = Mapping::new(zone(mapping.zone.name())?);
        contacts.mapping.attempted.clone_from(&mapping.contacts);
        contacts.mapping.timestamp.clone_from(&mapping.timestamp);
        contacts.mapping.dimensions.clone_from(&mapping.dimensions);
        let (measured, _, seen) = reckon(path, &contacts, asked.clone())?;
        felt.contacts = measured.total.attempted;
        // Contacts have no successes; that attempts stand for them says nothing here.
        let said = measured.assumed.iter().filter(|line| !line.contains("counts no successes"));
        felt.assumed.extend(said.map(|line| format!("contacts: {line}")));
        evidence.push(seen);
    }
    if let Some(path) = &files.complaints {
        let read = |input: &mut _| customers::complaints(input, mapping, from, id);
        let (complaints, seen) = series::load_with(path, read)?;
        felt.assumed.extend(complaints.assumed.clone());
        evidence.push(seen.evidence(path, complaints.rows));
        felt.complaints = Some(complaints);
    }
    Ok((felt, evidence))
}
