//! From files to a rule set: documents, actions, searches, conditions, filters, references.
//!
//! Every part of every document is used, or there is a problem that names it.

use super::condition::{Condition, Quantity};
use super::correlation::{Correlation, Draft as CorrelationDraft};
use super::expr::{Expr, Interner};
use super::modifier::{Items, Wrong};
use super::placeholder::Placeholders;
use super::problem::{Problem, What};
use super::program::{Clause, Program};
use super::rule::{Level, LogSource, Rule, RuleIndex, RuleKind, Status};
use super::set::RuleSet;
use super::yaml::{Document, Kind, Node, documents};
use crate::base::Arrange;
use std::collections::{BTreeMap, BTreeSet};

/// A file of rules: YAML of one or more documents.
#[derive(Clone, Debug)]
pub struct RuleFile<'a> {
    /// Its name, as it is shown.
    pub name: String,
    /// Its bytes.
    pub text: &'a [u8],
}

/// Bytes of a document at most. The largest public rule has 40 KB.
const DOCUMENT_BYTES: usize = 2 << 20;
/// Rules at most.
const RULES: usize = 100_000;
/// Parts of a rule's condition at most, patterns written out.
const CLAUSES: usize = 20_000;

/// Names at the top of a rule, a correlation, or a filter.
const KEYS: [&str; 22] = [
    "title",
    "id",
    "name",
    "related",
    "taxonomy",
    "status",
    "description",
    "license",
    "references",
    "author",
    "date",
    "modified",
    "logsource",
    "detection",
    "correlation",
    "filter",
    "fields",
    "falsepositives",
    "level",
    "tags",
    "scope",
    "sigma-version",
];

/// Compiles rules. What is wrong with single rules does not stop the others.
pub fn compile(files: &[RuleFile<'_>], lists: &Placeholders) -> (RuleSet, Vec<Problem>) {
    let mut compiler = Compiler {
        lists,
        interner: Interner::default(),
        drafts: Vec::new(),
        filters: Vec::new(),
        problems: Vec::new(),
        left_out: None,
    };
    for file in files {
        compiler.file(file);
    }
    compiler.finish()
}

struct Compiler<'c> {
    lists: &'c Placeholders,
    interner: Interner,
    drafts: Vec<Draft>,
    filters: Vec<Filter>,
    problems: Vec<Problem>,
    /// The first rule beyond the bound, by its file and line, and how many there are.
    left_out: Option<(String, u32, u64)>,
}

/// A rule, before the rules that it names are found.
struct Draft {
    rule: Rule,
    /// The name of its file.
    file: String,
    body: Body,
}

impl Draft {
    /// What rules are ordered by.
    fn place(&self) -> (&str, &str, u32) {
        (&self.rule.id, &self.file, self.rule.line)
    }
}

enum Body {
    Base(Program),
    Correlation(CorrelationDraft),
}

/// What leaves out matches of other rules.
struct Filter {
    about: Rule,
    file: String,
    program: Program,
    /// Ids or names with their lines; none for all rules.
    of: Option<Vec<(String, u32)>>,
}

/// A document's place, for problems.
struct Origin<'o> {
    file: &'o str,
    line: u32,
    rule: Option<String>,
}

impl Origin<'_> {
    fn problem(&self, wrong: Wrong) -> Problem {
        let (file, rule) = (self.file.to_owned(), self.rule.clone());
        Problem { file, line: Some(wrong.line), rule, what: wrong.what }
    }
}

impl Compiler<'_> {
    fn file(&mut self, file: &RuleFile<'_>) {
        let mut origin = Origin { file: &file.name, line: 1, rule: None };
        let Ok(text) = std::str::from_utf8(file.text) else {
            self.problems.push(origin.problem(Wrong { line: 1, what: What::NotText }));
            return;
        };
        let (mut global, mut previous): (Option<Node<'_>>, Option<Node<'_>>) = (None, None);
        for document in documents(text) {
            origin.line = document.line;
            origin.rule = None;
            if let Err(wrong) = self.document(&mut origin, &document, &mut global, &mut previous) {
                self.problems.push(origin.problem(wrong));
            }
        }
    }

    fn document<'t>(
        &mut self,
        origin: &mut Origin<'_>,
        document: &Document<'t>,
        global: &mut Option<Node<'t>>,
        previous: &mut Option<Node<'t>>,
    ) -> Result<(), Wrong> {
        let wrong = |what| Wrong { line: document.line, what };
        if document.text.len() > DOCUMENT_BYTES {
            return Err(wrong(What::TooLarge(document.text.len() as u64)));
        }
        let mut node = document
            .read()
            .map_err(|error| Wrong { line: error.line, what: What::Yaml(error.what.to_owned()) })?;
        let Kind::Mapping(members) = &mut node.kind else { return Err(wrong(What::NoMapping)) };
        let action = members.iter().position(|(key, _)| key.is("action"));
        let action = action.map(|at| members.remove(at).1);
        let action = action.as_ref().map(|action| (action.line, action.text().unwrap_or_default()));
        match (action, &*previous) {
            (None, _) => {}
            (Some((_, "global")), _) => {
                *global = Some(node);
                return Ok(());
            }
            (Some((_, "reset")), _) => *global = None,
            (Some((_, "repeat")), Some(before)) => node = merged(before.clone(), node),
            (Some((line, other)), _) => {
                return Err(Wrong { line, what: What::Action(other.to_owned()) });
            }
        }
        let is_only_reset = action.is_some() && node.members().is_some_and(<[_]>::is_empty);
        if is_only_reset {
            return Ok(());
        }
        if let Some(global) = &*global {
            node = merged(global.clone(), node);
        }
        let result = self.rule(origin, &node);
        *previous = Some(node);
        result
    }

    fn rule(&mut self, origin: &mut Origin<'_>, node: &Node<'_>) -> Result<(), Wrong> {
        let mut about = about(node, origin)?;
        origin.rule = Some(about.id.clone());
        about.line = origin.line;
        let mut unknown = unknown_keys(node);
        let file = origin.file.to_owned();
        if self.drafts.len() >= RULES {
            self.left_out.get_or_insert((file, origin.line, 0)).2 += 1;
            return Ok(());
        }
        if let Some(correlation) = node.get("correlation") {
            // The specification has it beside the correlation; many write it inside.
            unknown.retain(|(_, name)| name != "generate");
            let generate = node.get("generate").or_else(|| correlation.get("generate"));
            let draft = CorrelationDraft::read(correlation, generate, &mut unknown)?;
            draft.intern(&mut self.interner);
            about.kind = RuleKind::Correlation;
            self.drafts.push(Draft { rule: about, file, body: Body::Correlation(draft) });
        } else if let Some(filter) = node.get("filter") {
            let of = filter_targets(filter)?;
            let program = self.program(origin, filter, &["rules"], &mut unknown)?;
            self.filters.push(Filter { about, file, program, of });
        } else {
            let missing = Wrong { line: node.line, what: What::Missing("detection") };
            let detection = node.get("detection").ok_or(missing)?;
            if node.get("logsource").is_none() {
                return Err(Wrong { line: node.line, what: What::Missing("logsource") });
            }
            let program = self.program(origin, detection, &[], &mut unknown)?;
            self.drafts.push(Draft { rule: about, file, body: Body::Base(program) });
        }
        for (line, name) in unknown {
            self.problems.push(origin.problem(Wrong { line, what: What::Unknown(name) }));
        }
        Ok(())
    }

    /// The searches and the condition of a rule.
    fn program(
        &mut self,
        origin: &Origin<'_>,
        node: &Node<'_>,
        other_keys: &[&str],
        unknown: &mut Vec<(u32, String)>,
    ) -> Result<Program, Wrong> {
        let form =
            |line, expected| Wrong { line, what: What::Form("detection".to_owned(), expected) };
        let members = node.members().ok_or_else(|| form(node.line, "a mapping of searches"))?;
        let mut items = Items {
            interner: &mut self.interner,
            lists: self.lists,
            missing: Vec::new(),
            tests: 0,
        };
        let (mut searches, mut lines, mut condition) = (Vec::new(), Vec::new(), None);
        for (key, value) in members {
            match key.text().unwrap_or_default() {
                "condition" => condition = Some(value),
                // Belonged to aggregations, which correlations have replaced.
                "timeframe" => unknown.push((key.line, "detection.timeframe".to_owned())),
                name if other_keys.contains(&name) => {}
                name => {
                    searches.push((name.to_owned(), search(&mut items, value)?));
                    lines.push(key.line);
                }
            }
        }
        let mut missing = items.missing;
        if !missing.is_empty() {
            missing.arrange();
            missing.dedup();
            return Err(Wrong { line: node.line, what: What::Lists(missing) });
        }
        let condition =
            condition.ok_or(Wrong { line: node.line, what: What::Missing("condition") })?;
        let condition = clause_of(condition, &searches)?;
        for (at, line) in lines.into_iter().enumerate() {
            if !condition.uses(at as u32) {
                let what = What::Unused(searches[at].0.clone());
                self.problems.push(origin.problem(Wrong { line, what }));
            }
        }
        Ok(Program { searches, condition })
    }

    fn finish(mut self) -> (RuleSet, Vec<Problem>) {
        self.drafts.arrange_by(|a, b| a.place().cmp(&b.place()));
        self.note_same_ids();
        let names = self.drop_unresolved();
        self.filter(&names);
        let find = |name: &str| names.get(name).copied();
        let (mut rules, mut programs, mut correlations) = (Vec::new(), Vec::new(), Vec::new());
        for (at, draft) in (0..).zip(self.drafts) {
            rules.push(draft.rule);
            match draft.body {
                Body::Base(program) => programs.push(Some(program)),
                Body::Correlation(correlation) => {
                    programs.push(None);
                    // What cannot be resolved was dropped before.
                    correlations.extend(correlation.resolve(at, &find).ok());
                }
            }
        }
        show(&mut rules, &correlations);
        if let Some((file, line, count)) = self.left_out {
            let what = What::TooMany(count);
            self.problems.push(Problem { file, line: Some(line), rule: None, what });
        }
        self.problems.arrange();
        (RuleSet::new(rules, programs, correlations, self.interner), self.problems)
    }

    fn note_same_ids(&mut self) {
        for pair in self.drafts.windows(2) {
            let [before, rule] = [&pair[0].rule, &pair[1].rule];
            let file = &pair[1].file;
            if before.id == rule.id {
                self.problems.push(Problem {
                    file: file.clone(),
                    line: Some(rule.line),
                    rule: Some(rule.id.clone()),
                    what: What::SameId(rule.id.clone()),
                });
            }
        }
    }

    /// Leaves out correlations that name rules that are not there, or lead back to themselves.
    /// Gives the names of those that stay.
    fn drop_unresolved(&mut self) -> BTreeMap<String, RuleIndex> {
        loop {
            let names = names(&self.drafts);
            let find = |name: &str| names.get(name).copied();
            let wrong = self.drafts.iter().map(|draft| match &draft.body {
                Body::Base(_) => None,
                Body::Correlation(correlation) => correlation.resolve(0, &find).err(),
            });
            let mut wrong: Vec<_> = wrong.collect();
            if wrong.iter().all(Option::is_none) {
                wrong = circles(&self.drafts, &names);
            }
            if wrong.iter().all(Option::is_none) {
                return names;
            }
            let mut wrong = wrong.into_iter();
            let problems = &mut self.problems;
            self.drafts.retain(|draft| match wrong.next().flatten() {
                None => true,
                Some(wrong) => {
                    let rule = &draft.rule;
                    let (line, rule_id) = (rule.line, Some(rule.id.clone()));
                    let origin = Origin { file: &draft.file, line, rule: rule_id };
                    problems.push(origin.problem(wrong));
                    false
                }
            });
        }
    }

    /// Lets filters leave out what they are meant to.
    fn filter(&mut self, names: &BTreeMap<String, RuleIndex>) {
        for filter in std::mem::take(&mut self.filters) {
            let mut targets = BTreeSet::new();
            match &filter.of {
                None => targets.extend(0..self.drafts.len() as u32),
                Some(of) => {
                    for (name, line) in of {
                        match names.get(name) {
                            Some(rule) => {
                                targets.insert(*rule);
                            }
                            None => self.problems.push(Problem {
                                file: filter.file.clone(),
                                line: Some(*line),
                                rule: Some(filter.about.id.clone()),
                                what: What::NoRule(name.clone()),
                            }),
                        }
                    }
                }
            }
            for target in targets {
                let draft = &mut self.drafts[target as usize];
                if let Body::Base(program) = &mut draft.body
                    && draft.rule.source.is_within(&filter.about.source)
                {
                    program.restrict(&filter.about.title, &filter.program);
                }
            }
        }
    }
}

fn names(drafts: &[Draft]) -> BTreeMap<String, RuleIndex> {
    let mut names = BTreeMap::new();
    for (at, draft) in (0..).zip(drafts) {
        for name in std::iter::once(&draft.rule.id).chain(&draft.rule.name) {
            names.entry(name.clone()).or_insert(at);
        }
    }
    names
}

/// For each correlation that leads back to itself, that it does.
fn circles(drafts: &[Draft], names: &BTreeMap<String, RuleIndex>) -> Vec<Option<Wrong>> {
    let of: Vec<Vec<usize>> = drafts
        .iter()
        .map(|draft| match &draft.body {
            Body::Base(_) => Vec::new(),
            Body::Correlation(correlation) => {
                let named = correlation.names().iter();
                named.filter_map(|(name, _)| names.get(name).map(|at| *at as usize)).collect()
            }
        })
        .collect();
    // A correlation is settled when all that it names are.
    let mut is_settled: Vec<bool> = of.iter().map(Vec::is_empty).collect();
    loop {
        let mut has_changed = false;
        for at in 0..of.len() {
            if !is_settled[at] && of[at].iter().all(|other| is_settled[*other]) {
                (is_settled[at], has_changed) = (true, true);
            }
        }
        if !has_changed {
            break;
        }
    }
    let wrong = |draft: &Draft| Wrong { line: draft.rule.line, what: What::Circle };
    let all = is_settled.into_iter().zip(drafts);
    all.map(|(is_settled, draft)| (!is_settled).then(|| wrong(draft))).collect()
}

/// Rules make findings of their own unless they feed correlations that do not say so.
fn show(rules: &mut [Rule], correlations: &[Correlation]) {
    rules.iter_mut().for_each(|rule| rule.is_shown = true);
    for of in correlations.iter().filter(|correlation| !correlation.generates) {
        for rule in &of.of {
            rules[*rule as usize].is_shown = false;
        }
    }
    for of in correlations.iter().filter(|correlation| correlation.generates) {
        for rule in &of.of {
            rules[*rule as usize].is_shown = true;
        }
    }
}

/// One mapping over another: what the second says counts.
fn merged<'a>(below: Node<'a>, above: Node<'a>) -> Node<'a> {
    match (below.kind, above.kind) {
        (Kind::Mapping(mut members), Kind::Mapping(over)) => {
            for (key, value) in over {
                match members.iter().position(|(known, _)| known.text() == key.text()) {
                    Some(at) => {
                        let (_, old) = members.remove(at);
                        members.insert(at, (key, merged(old, value)));
                    }
                    None => members.push((key, value)),
                }
            }
            Node { line: above.line, kind: Kind::Mapping(members) }
        }
        (_, kind) => Node { line: above.line, kind },
    }
}

fn search(items: &mut Items<'_>, node: &Node<'_>) -> Result<Expr, Wrong> {
    let empty = |line| {
        let what = What::Form("detection".to_owned(), "searches that ask something");
        Err(Wrong { line, what })
    };
    match &node.kind {
        Kind::Mapping(members) if members.is_empty() => empty(node.line),
        Kind::Mapping(members) => {
            let parts = members.iter().map(|(key, value)| items.item(key, value));
            Ok(Expr::all(parts.collect::<Result<_, _>>()?))
        }
        Kind::Sequence(parts) if parts.is_empty() => empty(node.line),
        Kind::Sequence(parts) if parts.iter().any(|part| part.scalar().is_none()) => {
            let parts = parts.iter().map(|part| search(items, part));
            Ok(Expr::any(parts.collect::<Result<_, _>>()?))
        }
        _ => items.keywords(node),
    }
}

fn clause_of(node: &Node<'_>, searches: &[(String, Expr)]) -> Result<Clause, Wrong> {
    let mut clauses = Vec::new();
    for item in node.items() {
        let wrong = |what| Wrong { line: item.line, what };
        let expected = "a text, or a list of texts";
        let text =
            item.text().ok_or_else(|| wrong(What::Form("condition".to_owned(), expected)))?;
        let condition = Condition::parse(text).map_err(|part| wrong(What::Condition(part)))?;
        let mut left = CLAUSES;
        clauses.push(clause(&condition, searches, &mut left).map_err(wrong)?);
    }
    match (clauses.len(), clauses.pop()) {
        (1, Some(only)) => Ok(only),
        (_, Some(last)) => {
            clauses.push(last);
            Ok(Clause::AtLeast(1, clauses))
        }
        (_, None) => Err(Wrong { line: node.line, what: What::Missing("condition") }),
    }
}

fn clause(
    condition: &Condition,
    searches: &[(String, Expr)],
    left: &mut usize,
) -> Result<Clause, What> {
    *left = left.checked_sub(1).ok_or(What::TooComplex)?;
    let mut all = |parts: &[Condition]| -> Result<Vec<_>, What> {
        parts.iter().map(|part| clause(part, searches, left)).collect()
    };
    Ok(match condition {
        Condition::Search(name) => {
            let at = searches.iter().position(|(search, _)| search == name);
            Clause::Search(at.ok_or_else(|| What::NoSearch(name.clone()))? as u32)
        }
        Condition::All(parts) => Clause::All(all(parts)?),
        Condition::Any(parts) => Clause::AtLeast(1, all(parts)?),
        Condition::Not(part) => Clause::Not(Box::new(clause(part, searches, left)?)),
        Condition::Of(quantity, pattern) => {
            let fitting = (0..).zip(searches).filter(|(_, (name, _))| pattern.fits(name));
            let parts: Vec<_> = fitting.map(|(at, _)| Clause::Search(at)).collect();
            *left = left.checked_sub(parts.len()).ok_or(What::TooComplex)?;
            match quantity {
                _ if parts.is_empty() => return Err(What::NoSearch(pattern.text().to_owned())),
                Quantity::All => Clause::All(parts),
                Quantity::AtLeast(count) => Clause::AtLeast(*count, parts),
            }
        }
    })
}

fn unknown_keys(node: &Node<'_>) -> Vec<(u32, String)> {
    let keys = |node: &Node<'_>, known: &[&str], prefix: &str| -> Vec<(u32, String)> {
        let members = node.members().unwrap_or_default().iter();
        let names = members.map(|(key, _)| (key.line, key.text().unwrap_or_default().to_owned()));
        let unknown = names.filter(|(_, name)| !known.contains(&name.as_str()));
        unknown.map(|(line, name)| (line, format!("{prefix}{name}"))).collect()
    };
    let mut unknown = keys(node, &KEYS, "");
    if let Some(source) = node.get("logsource") {
        let known = ["category", "product", "service", "definition"];
        unknown.extend(keys(source, &known, "logsource."));
    }
    unknown
}

/// What the document says of itself.
fn about(node: &Node<'_>, origin: &Origin<'_>) -> Result<Rule, Wrong> {
    let text = |name: &str| node.get(name).and_then(Node::text).map(str::trim).map(str::to_owned);
    let texts = |name: &str| -> Vec<String> {
        let items = node.get(name).map_or(&[][..], Node::items).iter();
        items.filter_map(|item| item.text().map(str::to_owned)).collect()
    };
    let word = |name: &'static str, expected| {
        let node = node.get(name);
        let wrong = |node: &Node<'_>| Wrong {
            line: node.line,
            what: What::Form(name.to_owned(), expected),
        };
        node.map(|node| node.text().ok_or_else(|| wrong(node)).map(|text| (text, wrong(node))))
    };
    let title = text("title").ok_or(Wrong { line: origin.line, what: What::Missing("title") })?;
    let levels = "informational, low, medium, high or critical";
    let level = match word("level", levels).transpose()? {
        None => Level::default(),
        Some((text, wrong)) => Level::named(text).ok_or(wrong)?,
    };
    let statuses = "stable, test, experimental, deprecated or unsupported";
    let status = match word("status", statuses).transpose()? {
        None => None,
        Some((text, wrong)) => Some(Status::named(text).ok_or(wrong)?),
    };
    Ok(Rule {
        id: text("id").unwrap_or_else(|| title.clone()),
        name: text("name"),
        title,
        level,
        status,
        tags: texts("tags"),
        description: text("description").unwrap_or_default(),
        references: texts("references"),
        false_positives: texts("falsepositives"),
        author: text("author").unwrap_or_default(),
        license: text("license").unwrap_or_default(),
        date: text("date").unwrap_or_default(),
        modified: text("modified").unwrap_or_default(),
        shown: texts("fields"),
        source: log_source(node.get("logsource"))?,
        kind: RuleKind::Base,
        fields: Vec::new(),
        is_shown: true,
        line: origin.line,
    })
}

fn log_source(node: Option<&Node<'_>>) -> Result<LogSource, Wrong> {
    let Some(node) = node else { return Ok(LogSource::default()) };
    let expected = "a mapping with category, product or service";
    let wrong = Wrong { line: node.line, what: What::Form("logsource".to_owned(), expected) };
    if node.members().is_none() {
        return Err(wrong);
    }
    let part = |name: &str| node.get(name).and_then(Node::text).map(str::to_owned);
    let source = LogSource {
        category: part("category"),
        product: part("product"),
        service: part("service"),
    };
    if source == LogSource::default() { Err(wrong) } else { Ok(source) }
}

/// The rules that a filter is about; none for all.
fn filter_targets(node: &Node<'_>) -> Result<Option<Vec<(String, u32)>>, Wrong> {
    let Some(rules) = node.get("rules") else { return Ok(None) };
    let names = rules.items().iter().map(|item| {
        let what = || What::Form("rules".to_owned(), "names or ids of rules, or any");
        let name = item.text().ok_or_else(|| Wrong { line: item.line, what: what() })?;
        Ok((name.to_owned(), item.line))
    });
    let names: Vec<_> = names.collect::<Result<_, _>>()?;
    let is_any = matches!(names.as_slice(), [(name, _)] if name.eq_ignore_ascii_case("any"));
    Ok((!is_any && !names.is_empty()).then_some(names))
}
