//! What the workspace's own files say: the standard, the templates, the company around a record.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use super::{Ctx, from_store};
use crate::cli::error::{self, Result};
use crate::diag::{Diagnostic, Diagnostics};
use crate::incident::Record;
use crate::reports::company::Company;
use crate::standard::Standard;
use crate::units::Currency;

/// The files of the standard.
#[derive(Debug, Default)]
pub(crate) struct StandardFiles {
    /// Those that can be read: paths with their texts.
    pub(crate) read: Vec<(String, String)>,
    /// What is wrong with the others.
    pub(crate) unread: Vec<Diagnostics>,
}

impl Ctx {
    /// The standard of the workspace; what is wrong with it is said once and does not stop reading.
    pub(crate) fn standard(&self) -> Result<&Standard> {
        let standard = self.standard_quietly()?;
        self.say_standard();
        Ok(standard)
    }

    /// The standard; [`Ctx::say_standard`] says what is wrong with it.
    pub(crate) fn standard_quietly(&self) -> Result<&Standard> {
        if let Some((standard, _)) = self.standard.get() {
            return Ok(standard);
        }
        let files = &self.standard_files()?.read;
        let catalogue = crate::facts::catalogue(self.currency());
        let loaded = crate::standard::load(files, &catalogue);
        Ok(&self.standard.get_or_init(|| loaded).0)
    }

    /// Says what is wrong with the standard, as far as it was read and nobody said it yet.
    pub(crate) fn say_standard(&self) {
        let files = self.standard_files.get().map(|files| files.unread.as_slice());
        self.say_once(0, files.unwrap_or_default());
        let found = self.standard.get().map(|(_, found)| std::slice::from_ref(found));
        self.say_once(1, found.unwrap_or_default());
    }

    /// The standard, and all that is wrong with it, for a command whose answer that is: nobody
    /// says it again.
    pub(crate) fn standard_with_findings(&self) -> Result<(&Standard, Diagnostics)> {
        let standard = self.standard_quietly()?;
        self.standard_said[1].store(true, Ordering::Relaxed);
        self.say_standard();
        let found = self.standard.get().map(|(_, found)| found.clone());
        Ok((standard, found.unwrap_or_default()))
    }

    fn say_once(&self, what: usize, found: &[Diagnostics]) {
        if found.is_empty() || self.standard_said[what].swap(true, Ordering::Relaxed) {
            return;
        }
        for found in found.iter().filter(|found| !found.is_empty()) {
            error::print(self.out, found, self.call.json_errors);
        }
    }

    /// Whether anything is to be said of the standard, as far as it was read.
    pub(crate) fn standard_has_findings(&self) -> bool {
        self.standard.get().is_some_and(|(_, found)| !found.is_empty())
            || self.standard_files.get().is_some_and(|files| !files.unread.is_empty())
    }

    /// Whether the standard, as far as it was read, has errors; they were said.
    pub(crate) fn standard_is_broken(&self) -> bool {
        self.standard.get().is_some_and(|(_, found)| found.has_errors())
            || self.standard_files.get().is_some_and(|files| !files.unread.is_empty())
    }

    /// The files of the standard.
    ///
    /// One file that cannot be read refuses no open and no note: it is said.
    pub(crate) fn standard_files(&self) -> Result<&StandardFiles> {
        if let Some(files) = self.standard_files.get() {
            return Ok(files);
        }
        let listing = self.store.list("standards", None).map_err(from_store)?;
        let mut files = StandardFiles::default();
        for found in
            listing.files.iter().filter(|f| f.path.extension().is_some_and(|e| e == "toml"))
        {
            let path = found.path.to_string_lossy().replace('\\', "/");
            match self.text(&path) {
                Ok(text) => files.read.push((path, text)),
                Err(failure) => files.unread.push(failure.found),
            }
        }
        Ok(self.standard_files.get_or_init(|| files))
    }

    /// The templates: the defaults, and what the workspace has in their place or beside them.
    pub(crate) fn templates(&self) -> Result<crate::render::Templates> {
        self.loaded(crate::render::Templates::load(self.template_texts()?))
    }

    /// One template, and those that it brings in.
    pub(crate) fn template(&self, name: &str) -> Result<crate::render::Templates> {
        self.loaded(self.template_quietly(name)?)
    }

    /// The first of some templates that is there, with its name.
    pub(crate) fn first_template(
        &self,
        names: &[String],
    ) -> Result<Option<(String, crate::render::Templates)>> {
        let texts = self.template_texts()?;
        let there = |name: &&String| {
            texts.iter().any(|(file, _)| file.strip_suffix(".hbs") == Some(name.as_str()))
        };
        let Some(name) = names.iter().find(there) else { return Ok(None) };
        let templates = self.loaded(crate::render::Templates::load_only(texts.clone(), name))?;
        Ok(Some((name.clone(), templates)))
    }

    /// As [`Ctx::template`]; [`Ctx::loaded`] says what is wrong with them.
    pub(crate) fn template_quietly(
        &self,
        name: &str,
    ) -> Result<(crate::render::Templates, Diagnostics)> {
        Ok(crate::render::Templates::load_only(self.template_texts()?, name))
    }

    /// What is wrong with the templates.
    pub(crate) fn template_findings(&self) -> Vec<Diagnostic> {
        match self.template_texts() {
            Ok(texts) => crate::render::Templates::load(texts).1.0,
            Err(unread) => unread.found.0,
        }
    }

    fn template_texts(&self) -> Result<Vec<(String, String)>> {
        let mut texts: std::collections::BTreeMap<String, String> =
            crate::cli::defaults::templates()
                .into_iter()
                .map(|(name, text)| (name, text.to_owned()))
                .collect();
        let listing = self.store.list("templates", None).map_err(from_store)?;
        for found in listing.files.iter().filter(|f| f.path.extension().is_some_and(|e| e == "hbs"))
        {
            let path = found.path.to_string_lossy().replace('\\', "/");
            let text = self.text(&path)?;
            texts.insert(path.trim_start_matches("templates/").to_owned(), text);
        }
        Ok(texts.into_iter().collect())
    }

    /// Templates as they were read, unless one has an error; the rest is said.
    pub(crate) fn loaded(
        &self,
        (templates, found): (crate::render::Templates, Diagnostics),
    ) -> Result<crate::render::Templates> {
        if found.has_errors() {
            return Err(found.into());
        }
        error::print(self.out, &found, self.call.json_errors);
        Ok(templates)
    }

    /// A language with the workspace's zone and currency.
    pub(crate) fn locale(&self, tag: &str) -> Result<crate::render::Locale> {
        let locale = crate::render::Locale::new(tag, self.clock.zone).ok_or_else(|| {
            Diagnostic::error("unknown-locale", format!("no texts in `{tag}`"))
                .help("es-MX and en are there")
        })?;
        Ok(locale.with_currency(self.currency()))
    }

    /// The workspace's currency.
    pub(crate) fn currency(&self) -> Currency {
        self.config.currency.parse().unwrap_or(Currency::MXN)
    }

    /// What the standard says of a record now.
    pub(crate) fn assess(&self, record: &Record) -> Result<crate::reports::assessment::Assessment> {
        Ok(crate::reports::assessment::assess(record, &self.company()?, self.clock.now))
    }

    /// The company around a record.
    pub(crate) fn company(&self) -> Result<Company<'_>> {
        let company = self.company_quietly()?;
        self.say_standard();
        Ok(company)
    }

    /// As [`Ctx::company`]; what is wrong with the standard is not said yet.
    pub(crate) fn company_quietly(&self) -> Result<Company<'_>> {
        Ok(Company {
            standard: self.standard_quietly()?,
            zone: self.clock.zone,
            currency: self.currency(),
            register: None,
            documents: Some(self),
        })
    }

    /// Counts by name, for warnings about unknown ones.
    pub(crate) fn known(&self, what: &str) -> HashMap<String, ()> {
        let Ok(standard) = self.standard() else { return HashMap::new() };
        let ids: Vec<&str> = match what {
            "service" => standard.services.ids().collect(),
            "person" => standard.people.ids().collect(),
            "role" => standard.roles.ids().collect(),
            "vendor" => standard.vendors.ids().collect(),
            _ => standard.clients.ids().collect(),
        };
        ids.into_iter().map(|n| (n.to_owned(), ())).collect()
    }

    /// Warns of a name that the standard does not know, with the nearest one; never refuses.
    pub(crate) fn warn_unknown(&self, what: &str, name: &str) {
        let known = self.known(what);
        if known.is_empty() || known.contains_key(name) {
            return;
        }
        let d = Diagnostic::warning(
            format!("unknown-{what}"),
            format!("{what} `{name}` is not in the standard; kept as typed"),
        )
        .did_you_mean(name, known.keys().map(String::as_str));
        error::print(self.out, &Diagnostics::from(d), self.call.json_errors);
    }
}
