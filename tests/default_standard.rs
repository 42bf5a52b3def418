//! The standard of this repository, which is the default of every new workspace, against the
//! catalogue of facts: every table loads, and what it asks about is something that records hold.

use std::ops::Range;

use inc::decision::{Catalogue, Hit, Table};
use inc::diag::{Source, TextRange};
use inc::units::Currency;
use include_dir::{Dir, DirEntry, include_dir};

static STANDARDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/standards");

fn files(dir: &'static Dir<'static>) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => found.extend(files(dir)),
            DirEntry::File(file) => found.push((
                format!("standards/{}", file.path().display()),
                file.contents_utf8().unwrap_or_default(),
            )),
        }
    }
    found
}

#[test]
fn loads_without_a_single_remark() {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let (standard, diagnostics) = inc::standard::load(&files(&STANDARDS), &catalogue);
    assert!(diagnostics.is_empty(), "{diagnostics}");
    assert_eq!(standard.versions().len(), 1);
    let policies = standard.newest_policies().expect("the default standard has tables");
    for table in [
        "severity",
        "major-incident",
        "review-owed",
        "priority",
        "targets",
        "transitions",
        "gates",
        "checks",
        "checklist",
        "roles-owed",
        "approvals",
        "regimes",
        "dora-major",
    ] {
        assert!(policies.table(table).is_some(), "{table}");
    }
}

#[test]
fn every_input_is_a_fact_another_table_or_declared() {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let (standard, _) = inc::standard::load(&files(&STANDARDS), &catalogue);
    let policies = standard.newest_policies().expect("the default standard has tables");
    let asked: Vec<String> = policies
        .all()
        .flat_map(|table| table.inputs.iter().map(move |input| (table, input)))
        .filter(|(_, input)| input.from.is_none() && catalogue.input(&input.fact).is_none())
        .map(|(table, input)| format!("{}: {}", table.name, input.name))
        .filter(|name| !name.starts_with("dora-") && !name.starts_with("approvals: "))
        .collect();
    let own = [
        "transitions: command",
        "gates: command",
        "owed: stage",
        "owed: channel",
        "owed: audience",
        "targets: target",
    ];
    assert_eq!(asked, own);
}

#[test]
fn every_table_is_proved() {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let (standard, _) = inc::standard::load(&files(&STANDARDS), &catalogue);
    let policies = standard.newest_policies().expect("the default standard has tables");
    for table in policies.all() {
        let proof = inc::decision::prove(table);
        let found: Vec<String> =
            proof.findings.iter().map(|f| format!("{}: {}", f.code, f.message)).collect();
        assert!(proof.proved && found.is_empty(), "{}: {found:#?}", table.name);
    }
}

/// The codes that loading or proving finds in the default standard with one file changed.
fn found_after(file: &str, change: impl Fn(&str) -> String) -> Vec<String> {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let changed: Vec<(String, String)> = files(&STANDARDS)
        .into_iter()
        .map(|(path, text)| {
            let text = if path.ends_with(file) { change(text) } else { text.to_owned() };
            (path, text)
        })
        .collect();
    let (standard, diagnostics) = inc::standard::load(&changed, &catalogue);
    let mut found: Vec<String> = Vec::new();
    for diagnostic in diagnostics.0 {
        let place = diagnostic.place.map(|p| p.file).unwrap_or_default();
        found.push(format!("{} {place}", diagnostic.code));
    }
    for table in standard.newest_policies().into_iter().flat_map(|p| p.all()) {
        let findings = inc::decision::prove(table).findings;
        found.extend(findings.iter().map(|f| format!("{} {}", f.code, table.file)));
    }
    found
}

#[test]
fn a_seeded_mistake_is_found_in_its_file() {
    let targets = "standards/targets.toml";
    let severity = "standards/severity.toml";
    let first_rule = |text: &str| {
        let start = text.find("[[rule]]").unwrap_or_default();
        let end = text[start + 1..].find("\n[[rule]]").map_or(text.len(), |e| start + 1 + e);
        (start, end)
    };
    let gap = found_after("targets.toml", |text| {
        let (start, end) = first_rule(text);
        format!("{}{}", &text[..start], &text[end..])
    });
    assert_eq!(gap, [format!("gap {targets}")]);
    let doubled = found_after("targets.toml", |text| {
        let (start, end) = first_rule(text);
        let copy = text[start..end].replace("acknowledge-sev1", "acknowledge-again");
        format!("{text}\n{copy}")
    });
    assert!(doubled.iter().any(|f| f.starts_with("duplicate") || f.starts_with("overlap")));
    let own = |f: &&String| !f.contains("/verticals/");
    assert!(doubled.iter().filter(own).all(|f| f.ends_with(targets)), "{doubled:?}");
    let masked = found_after("severity.toml", |text| {
        let rule = "[[tables.provisional.rule]]\n";
        let always = "id = \"always\"\nthen = { level = \"SEV4\" }\n\n";
        text.replacen(rule, &format!("{rule}{always}{rule}"), 1)
    });
    assert!(masked.contains(&format!("masked-rule {severity}")), "{masked:?}");
    let wrong_type = found_after("severity.toml", |text| text.replacen("\">= 5m\"", "\">= 5\"", 1));
    assert_eq!(wrong_type, [format!("test-type {severity}")]);
}

/// Where a rule stands in its file: from its header to the next one; `id` is where its id stands.
fn rule_at(text: &str, id: TextRange) -> Range<usize> {
    let start = text[..id.start].rfind("[[").unwrap_or_default();
    let end = text[id.end..].find("\n[").map_or(text.len(), |at| id.end + at + 1);
    start..end
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// A rule under the id `seeded`, with another `when` where one is given.
fn seeded(rule: &str, when: Option<&str>) -> String {
    let line = |line: &str| match when {
        _ if line.starts_with("id = ") => "id = \"seeded\"\n".to_owned(),
        Some(when) if line.starts_with("when = ") => format!("{when}\n"),
        _ => format!("{line}\n"),
    };
    rule.lines().map(line).collect()
}

/// Codes and lines that loading and proving find in a file after it was changed.
fn found_at(file: &str, changed: &str) -> Vec<(String, usize)> {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let all: Vec<(String, &str)> = files(&STANDARDS)
        .into_iter()
        .map(|(path, text)| if path == file { (path, changed) } else { (path, text) })
        .collect();
    let (standard, wrong) = inc::standard::load(&all, &catalogue);
    let tables = standard.newest_policies().into_iter().flat_map(|p| p.all());
    let proofs = tables.filter(|t| t.file == file).map(inc::decision::prove);
    let source = Source::new(file, changed);
    let proved = proofs.flat_map(|p| p.findings.into_iter().chain(p.overlaps));
    let proved: Vec<_> = proved.map(|f| f.diagnostic(source)).collect();
    let here = wrong.0.iter().chain(&proved).filter_map(|d| {
        let place = d.place.as_ref().filter(|p| p.file == file)?;
        Some((d.code.clone(), place.line))
    });
    here.collect()
}

/// One table of the default standard, in its file.
struct Seed<'t> {
    table: &'t Table,
    text: &'t str,
}

impl Seed<'_> {
    fn rule(&self, place: usize) -> &str {
        &self.text[rule_at(self.text, self.table.rules[place].range)]
    }

    /// The file with a rule more, and the line of its id.
    fn with(&self, rule: &str) -> (String, usize) {
        let text = format!("{}\n\n{rule}", self.text.trim_end());
        let line = text.rfind("id = \"seeded\"").map_or(0, |at| line_of(&text, at));
        (text, line)
    }

    /// A rule with conditions, and the same with an answer that the policy prefers less.
    fn two_answers(&self) -> Option<(usize, String)> {
        self.table.rules.iter().enumerate().find_map(|(place, rule)| {
            let given = rule.then.iter().zip(&self.table.outputs);
            given.filter(|_| !rule.when.is_empty()).find_map(|(value, output)| {
                let now = value.as_ref()?.as_text()?;
                let last = output.values.as_ref()?.values.last()?;
                let (now, last) = (format!("\"{now}\""), format!("\"{last}\""));
                let text = self.rule(place);
                let then = text.find("\nthen = ").filter(|_| now != last)?;
                let other = text[then..].replacen(&now, &last, 1);
                Some((place, format!("{}{other}", &text[..then])))
            })
        })
    }

    fn gap(&self) -> (String, usize) {
        let promise = self.table.promise;
        let line = line_of(self.text, promise.start);
        let (text, line) = match self.table.complete {
            true => (self.text.to_owned(), line),
            false => {
                let (before, after) = self.text.split_at(promise.end);
                (format!("{before}\ncomplete = true{after}"), line + 1)
            }
        };
        let gap = |text: &str| found_at(&self.table.file, text).contains(&("gap".to_owned(), line));
        if gap(&text) {
            return (text, line);
        }
        // Others may cover what a rule asks for: the rules are left out one after the other.
        let grown = text.len() - self.text.len();
        for rule in self.table.rules.iter().rev() {
            let at = rule_at(self.text, rule.range);
            let without = format!("{}{}", &text[..at.start + grown], &text[at.end + grown..]);
            if gap(&without) {
                return (without, line);
            }
        }
        (text, line)
    }

    fn masked(&self) -> (String, usize) {
        if matches!(self.table.hit, Hit::First | Hit::Priority)
            && let Some((_, other)) = self.two_answers()
        {
            return self.with(&seeded(&other, None));
        }
        // Where every rule that holds counts, only one that can hold nowhere says nothing.
        let place = self.table.rules.iter().position(|r| !r.when.is_empty()).unwrap_or_default();
        let when = self.rule(place).lines().find(|l| l.starts_with("when = ")).unwrap_or_default();
        let header = self.rule(place).lines().next().unwrap_or_default();
        let header = header.replace("rule]]", "impossible]]");
        let text = format!("{}\n\n{header}\n{when}\n", self.text.trim_end());
        (text, line_of(self.text, self.table.rules[place].range.start))
    }

    fn wrong_type(&self) -> (String, usize) {
        let mut conditions = self.table.rules.iter().flat_map(|r| &r.when);
        let at = conditions.next().map_or(TextRange::new(0, 0), |c| c.range);
        let text = format!("{}\"[[5..\"{}", &self.text[..at.start], &self.text[at.end..]);
        (text, line_of(self.text, at.start))
    }
}

#[test]
fn a_mistake_seeded_in_any_table_is_found_at_its_line() {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let texts = files(&STANDARDS);
    let (standard, _) = inc::standard::load(&texts, &catalogue);
    let policies = standard.newest_policies().expect("the default standard has tables");
    let mut tables = 0;
    let mut missed = Vec::new();
    for table in policies.all() {
        let (_, text) = texts.iter().find(|(path, _)| *path == table.file).expect("its file");
        let seed = Seed { table, text };
        let last = table.rules.len() - 1;
        let kinds: [(&str, &[&str], (String, usize)); 5] = [
            ("the same rule again", &["duplicate-rule"], seed.with(&seeded(seed.rule(0), None))),
            // A rule for everything meets each of the others.
            ("overlap", &["overlap"], seed.with(&seeded(seed.rule(last), Some("")))),
            ("masked rule", &["masked-rule"], seed.masked()),
            ("gap", &["gap"], seed.gap()),
            ("type error", &["test-type", "test-syntax", "unknown-value"], seed.wrong_type()),
        ];
        for (kind, codes, (text, line)) in kinds {
            let found = found_at(&table.file, &text);
            let there =
                |(code, at): &(String, usize)| *at == line && codes.contains(&code.as_str());
            if !found.iter().any(there) {
                missed.push(format!("{kind} in {}, line {line}: {found:?}", table.name));
            }
        }
        tables += 1;
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(tables >= 28, "{tables} tables");
}

#[test]
fn a_vertical_that_is_looser_than_the_company_is_found() {
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let with = |file: &str, text: &str| {
        let mut all: Vec<(String, String)> =
            files(&STANDARDS).into_iter().map(|(path, text)| (path, text.to_owned())).collect();
        all.push((format!("standards/verticals/credit/{file}"), text.to_owned()));
        let (standard, mut found) = inc::standard::load(&all, &catalogue);
        found.extend(standard.looser_verticals());
        found.0.iter().map(|d| format!("{}: {}", d.code, d.message)).collect::<Vec<_>>()
    };
    let table = |due: &str, also: &str| {
        format!(
            "hit = \"first\"\n\n[outputs.due]\ntype = \"text\"\n{also}\n[[rule]]\nid = \"ours\"\n\
             when = {{ severity = \"SEV1\" }}\nthen = {{ due = \"{due}\" }}\n"
        )
    };
    let found = with("no-such.toml", &table("5m", ""));
    assert!(found.iter().any(|f| f.starts_with("tightens-nothing")), "{found:?}");
    let broken = with("share.toml", "hit = \"firstt\"\n");
    assert!(!broken.is_empty());
    let share = |level: &str| {
        format!(
            "hit = \"first\"\n\n[outputs.level]\nvalues = [\"SEV1\", \"SEV2\", \"SEV3\", \"SEV4\"]\n\n[[rule]]\n\
             id = \"ours\"\nwhen = {{ tier1_failing_10_for = \">= 5m\" }}\nthen = {{ level = \"{level}\" }}\n"
        )
    };
    let found = with("share.toml", &share("SEV3"));
    assert!(found.iter().any(|f| f.starts_with("looser-rule: rule ours gives")), "{found:?}");
    assert_eq!(with("share.toml", &share("SEV1")), [""; 0]);
}

/// Facts of the catalogue keep their numbers, and others are numbered anew: no answer may tell
/// the two apart, with whatever is unknown.
#[test]
fn facts_are_judged_alike_however_they_are_numbered() {
    use inc::decision::FactSet;
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let (standard, _) = inc::standard::load(&files(&STANDARDS), &catalogue);
    let policies = standard.newest_policies().expect("the default standard has tables");
    let zone = chrono_tz::America::Mexico_City;
    let company = inc::reports::company::Company {
        standard: &standard,
        zone,
        currency: Currency::MXN,
        register: None,
        documents: None,
    };
    let now = "2026-11-21T14:00:00-06:00".parse().expect("a time");
    let mut chance = fastrand::Rng::with_seed(7);
    let mut told = 0;
    for record in inc::sample::incidents(120, 3) {
        let facts = company.facts(&record, now);
        let (mut numbered, mut named) = (FactSet::of(catalogue.numbered()), FactSet::new());
        let unknown = chance.u8(0..4);
        for (name, fact) in facts.iter().filter(|_| chance.u8(0..8) >= unknown) {
            numbered.insert(name, fact.clone());
            named.insert(name, fact.clone());
        }
        let by_number = policies.decide(numbered);
        let by_name = policies.decide(named);
        for (name, fact) in by_name.facts.iter() {
            assert_eq!(by_number.facts.known(name), &fact.known, "{name} of {}", record.id);
            assert_eq!(by_number.facts.routes(name), by_name.facts.routes(name), "{name}");
        }
        assert_eq!(by_number.facts.len(), by_name.facts.len());
        let (a, b) = (&by_number.facts, &by_name.facts);
        assert_eq!(policies.targets(a), policies.targets(b), "{}", record.id);
        assert_eq!(policies.findings(a), policies.findings(b), "{}", record.id);
        assert_eq!(policies.checklist(a), policies.checklist(b), "{}", record.id);
        assert_eq!(policies.roles_owed(a), policies.roles_owed(b), "{}", record.id);
        for command in ["resolve", "close"] {
            assert_eq!(policies.missing(command, a), policies.missing(command, b));
        }
        told += policies.targets(a).len() + policies.findings(a).len();
    }
    assert!(told > 1_000, "{told}");
}

/// Generated incidents in states that the generator does not leave them in.
fn varied(count: usize) -> Vec<inc::incident::Record> {
    use inc::incident::{Cutoff, CutoffState, Kind, Planned, Status};
    let vary = |(i, mut record): (usize, inc::incident::Record)| {
        let states = Status::ALL;
        match i % 7 {
            0 => record.status = states[i / 7 % states.len()],
            1 => record.times = None,
            2 => record.exercise = true,
            3 => {
                let at = record.began();
                let (name, state) = ("payroll-file".to_owned(), Some(CutoffState::AtRisk));
                record.impact_mut().cutoffs.push(Cutoff { name, at, state, ..Cutoff::default() });
            }
            4 if i % 2 == 0 => {
                record.kind = Some(Kind::Maintenance);
                let (from, to) = (record.began(), record.clocks().restored);
                record.planned = Some(Planned { from, to, ..Planned::default() });
            }
            _ => {}
        }
        record
    };
    let mut records: Vec<_> = inc::sample::incidents(count, 3).enumerate().map(vary).collect();
    let first = records[0].id.clone();
    records[1].parent = Some(first.clone());
    records[2].merged_into = Some(first);
    records
}

fn moments() -> Vec<inc::units::Instant> {
    let texts = ["2026-11-21T09:00:00-06:00", "2026-11-29T23:00:00-06:00", "2031-02-01T00:00:00Z"];
    texts.iter().map(|t| t.parse().expect("a time")).collect()
}

/// The cache keeps levels of incidents that are over: they must not change with time.
#[test]
fn a_level_that_stands_is_the_level_of_every_later_moment() {
    use inc::facts::MOVING;
    use inc::reports::assessment::{level, standing};
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let (standard, _) = inc::standard::load(&files(&STANDARDS), &catalogue);
    let (zone, currency) = (chrono_tz::America::Mexico_City, Currency::MXN);
    let company = inc::reports::company::Company {
        standard: &standard,
        zone,
        currency,
        register: None,
        documents: None,
    };
    let (mut stood, mut over) = (0, 0);
    for record in varied(220) {
        let moments = moments();
        let (judged, stands) = standing(&record, &company, moments[0]);
        assert_eq!(judged, level(&record, &company, moments[0]));
        if record.status.is_open() {
            assert!(!stands, "{} is open", record.id);
            continue;
        }
        over += 1;
        stood += usize::from(stands);
        let facts = company.facts(&record, moments[0]);
        for later in &moments[1..] {
            if stands {
                let now = level(&record, &company, *later);
                assert_eq!((now.level, now.provisional), (judged.level, judged.provisional));
            }
            if record.began().is_some() {
                let now = company.facts(&record, *later);
                let moved = facts.iter().filter(|(name, fact)| {
                    now.known(name) != &fact.known || now.routes(name) != facts.routes(name)
                });
                let moved: Vec<_> =
                    moved.map(|(name, _)| name).filter(|n| !MOVING.contains(n)).collect();
                assert!(moved.is_empty(), "{}: {moved:?}", record.id);
            }
        }
    }
    assert!(over > 150 && stood * 10 > over * 7, "{stood} of {over} levels stand");
}

/// Reports from cards and the records that they take are the reports of the whole register.
#[test]
fn a_report_takes_from_cards_what_it_takes_from_records() {
    use inc::register::{Card, Held, Register};
    use inc::reports::company::Company;
    use inc::reports::conformance::{conformance, conformance_takes};
    use inc::reports::overview::{Scope, Sources, overview};
    use inc::reports::{Period, Takes, weekly_takes};
    let catalogue = inc::facts::catalogue(Currency::MXN);
    let (standard, _) = inc::standard::load(&files(&STANDARDS), &catalogue);
    let (zone, currency) = (chrono_tz::America::Mexico_City, Currency::MXN);
    let mut held: Vec<Held> =
        varied(220).into_iter().map(|record| Held { path: record.id.path(), record }).collect();
    held.sort_by(|a, b| a.record.id.cmp(&b.record.id));
    let whole = Register { records: held, bad: Vec::new() };
    let rows: Vec<Vec<u8>> = whole.records.iter().map(|h| Card::write(&h.record, None)).collect();
    let cards: Vec<Card<'_>> = rows.iter().map(|r| Card::read(r).expect("a card")).collect();
    let part = |taken: &dyn Fn(&Card<'_>) -> bool| {
        let ids: Vec<&str> = cards.iter().filter(|c| taken(c)).map(|c| c.id).collect();
        let belongs = |id: &Option<inc::incident::IncidentId>| {
            id.as_ref().is_some_and(|id| ids.contains(&id.as_str()))
        };
        let taken = |h: &&Held| {
            let r = &h.record;
            ids.contains(&r.id.as_str()) || belongs(&r.parent) || belongs(&r.merged_into)
        };
        Register { records: whole.records.iter().filter(taken).cloned().collect(), bad: vec![] }
    };
    for period in ["2026-W46", "2026-10", "2026-Q2", "2024-Q4", "2027-01"] {
        let period: Period = period.parse().expect("a period");
        for now in moments() {
            let around = |register| Company {
                standard: &standard,
                zone,
                currency,
                register,
                documents: None,
            };
            let takes = weekly_takes(&period, zone, now).expect("within the calendar");
            let few = part(&|card| takes(card) == Takes::Record);
            let taken = |id: &str| few.records.iter().any(|h| h.record.id.as_str() == id);
            let others = cards.iter().filter(|c| takes(c) == Takes::Card && !taken(c.id)).copied();
            let counts = cards.iter().filter(|c| c.counts() && c.parent.is_none());
            let cards_began = counts.filter_map(|c| c.began).min();
            let glance = |register, cards: &[Card<'_>]| {
                let joined = Default::default();
                let problems = &[];
                let oldest = cards_began;
                let sources = Sources { register, whole: false, problems, joined: &joined, oldest };
                let company = around(Some(register));
                let cards = cards.iter().copied();
                overview(sources, cards, Scope::All, period.clone(), &company, now)
            };
            let others: Vec<Card<'_>> = others.collect();
            assert_eq!(
                format!("{:?}", glance(&few, &others)),
                format!("{:?}", glance(&whole, &[]))
            );
            let takes = conformance_takes(&period, zone).expect("within the calendar");
            let few = part(&|card| takes(card));
            let from_all = conformance(&whole, period.clone(), &around(Some(&whole)), now);
            let from_few = conformance(&few, period.clone(), &around(Some(&few)), now);
            assert_eq!(format!("{from_few:?}"), format!("{from_all:?}"));
        }
    }
}
