//! Printing a report's page in the format that was asked for.

use clap::{Args, ValueEnum};

use super::Ctx;
use super::error::Result;
use crate::diag::Diagnostic;
use crate::render::pages::{Names, Page};
use crate::render::{Locale, Templates};

/// In what a report is written, and in which language.
#[derive(Debug, Clone, Args)]
pub(crate) struct Written {
    /// Language: es-MX or en; the workspace's first by default
    #[arg(long, value_name = "LOCALE")]
    pub(crate) locale: Option<String>,
    /// Markdown and HTML come from templates, JSON is a documented object
    #[arg(long, value_enum, default_value = "md")]
    pub(crate) format: PageFormat,
}

/// The same, with a table for a terminal where nobody asks for another.
#[derive(Debug, Clone, Args)]
pub(crate) struct WrittenTable {
    /// Language: es-MX or en; the workspace's first by default
    #[arg(long, value_name = "LOCALE")]
    locale: Option<String>,
    /// Markdown and HTML come from templates, JSON is a documented object
    #[arg(long, value_enum, default_value = "table")]
    format: PageFormat,
}

impl From<WrittenTable> for Written {
    fn from(written: WrittenTable) -> Written {
        Written { locale: written.locale, format: written.format }
    }
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageFormat {
    /// Markdown, from report/KIND.LOCALE.md or report/page.LOCALE.md
    Md,
    /// A page of its own, from report/KIND.LOCALE.html or report/page.LOCALE.html
    Html,
    /// A documented object with `"schema": 1`
    Json,
    /// A line a cell, with a header
    Csv,
    /// For a terminal
    Table,
}

impl Ctx {
    /// The language of a report: the one asked for, or the workspace's first.
    pub(crate) fn report_locale(&self, asked: Option<&str>) -> Result<Locale> {
        let first = || self.config.locales.first().cloned().unwrap_or_else(|| "en".into());
        self.locale(&asked.map_or_else(first, str::to_owned))
    }

    /// The names of services in a language.
    pub(crate) fn service_names(&self, locale: &Locale) -> Result<Names> {
        let services = self.standard_quietly()?.services.iter();
        Ok(services.map(|s| (s.id.clone(), s.name.get(locale.tag()).to_owned())).collect())
    }

    /// Prints a page.
    pub(crate) fn print_page(&self, page: &Page<'_>, format: PageFormat) -> Result<()> {
        let ending = match format {
            PageFormat::Json => return self.say(&page.json().to_string()),
            PageFormat::Csv => return self.print(&page.csv()),
            PageFormat::Table => return self.print_paged(&page.table(self.out.surface())),
            PageFormat::Md => "md",
            PageFormat::Html => "html",
        };
        let (name, templates) = self.page_template(page, ending)?;
        self.print_paged(&templates.render_owned(&name, page.data())?)
    }

    /// The template of a page: its report's own, else that of all reports.
    fn page_template(&self, page: &Page<'_>, ending: &str) -> Result<(String, Templates)> {
        let tag = page.locale.tag();
        let own = format!("report/{}.{tag}.{ending}", page.report);
        let shared = format!("report/page.{tag}.{ending}");
        match self.first_template(&[own, shared])? {
            Some(found) => Ok(found),
            None => Err(Diagnostic::error(
                "no-template",
                format!("there is no template for reports in {tag}"),
            )
            .help(format!(
                "write templates/report/page.{tag}.{ending}.hbs, or choose another --locale"
            ))
            .into()),
        }
    }
}
