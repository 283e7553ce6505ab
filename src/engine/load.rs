//! Rules as they are given: files, and archives with files inside, compiled to one set.

use crate::base::Text;
use crate::base::limits::RULE_BYTES;
use crate::input::{Entry, Options, ReadAt, Visit, walk};
use crate::sigma::{Placeholders, Problem, ProblemKind, RuleFile, RuleSet, compile, is_rule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Read;

/// Of a file, what is looked at to tell whether it is a rule.
const HEAD_BYTES: u64 = 64 << 10;
/// An archive is told by so many of its files at most.
const LOOKED_AT: u32 = 64;
/// So many more files that are no rules say that an archive is none of rules.
const OTHERS: u32 = 4;

/// A file of rules: its name, and its bytes.
pub type RuleText = (String, Vec<u8>);

/// Rules that were given, compiled.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LoadedRules {
    /// Those that can be used.
    pub set: RuleSet,
    /// What is wrong with the others, or is not as it should be.
    pub problems: Vec<RuleProblem>,
}

/// What is wrong with a rule, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleProblem {
    /// The file.
    pub file: String,
    /// The line in it, from 1, where it is known.
    pub line: Option<u32>,
    /// The rule's id, or its title when it has none.
    pub rule: Option<String>,
    /// Whether the rule does not run.
    pub is_error: bool,
    /// What is wrong.
    pub what: Text,
    /// What to do.
    pub hint: Text,
}

impl From<&Problem> for RuleProblem {
    fn from(problem: &Problem) -> Self {
        Self {
            file: problem.file.clone(),
            line: problem.line,
            rule: problem.rule.clone(),
            is_error: problem.kind() == ProblemKind::Error,
            what: problem.what(),
            hint: problem.hint(),
        }
    }
}

impl LoadedRules {
    /// Compiles files. What order they are given in does not matter.
    pub fn new(mut files: Vec<RuleText>, lists: &BTreeMap<String, Vec<String>>) -> Self {
        files.sort();
        let files: Vec<_> = files
            .iter()
            .map(|(name, text)| RuleFile { name: name.clone(), text: text.as_slice() })
            .collect();
        let (set, problems) = compile(&files, &Placeholders(lists.clone()));
        Self { set, problems: problems.iter().map(RuleProblem::from).collect() }
    }

    /// One buffer that can be handed from worker to worker.
    pub fn encode(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }

    /// The other way.
    pub fn decode(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }
}

/// Whether a file that was not given by itself, but with others, is taken for rules.
pub fn is_rule_file(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".yml") || name.ends_with(".yaml")
}

/// Whether what was given is a rule, or an archive in which most files are, by what stands in them.
pub fn holds_rules(size: u64, source: &dyn ReadAt) -> bool {
    let (mut rules, mut others) = (0, 0);
    walk(source, size, &Options::default(), &mut |_: &Entry, reader: &mut dyn Read| {
        let mut head = Vec::new();
        // What cannot be read in whole is told by what could be.
        let _ = reader.take(HEAD_BYTES).read_to_end(&mut head);
        if is_rule(&head) {
            rules += 1
        } else {
            others += 1
        }
        let is_told = rules + others >= LOOKED_AT || others >= rules + OTHERS;
        if is_told { Visit::Stop } else { Visit::Next }
    });
    rules > others
}

/// The files of rules in what was given: itself, or those in an archive whose names end in `.yml`
/// or `.yaml`.
pub fn rule_files(name: &str, size: u64, source: &dyn ReadAt) -> Vec<RuleText> {
    let mut files = Vec::new();
    let mut left = RULE_BYTES;
    walk(source, size, &Options::default(), &mut |entry: &Entry, reader: &mut dyn Read| {
        let inside = entry.path_inside.as_deref();
        if inside.is_some_and(|path| !is_rule_file(path)) {
            return Visit::Next;
        }
        let stated = entry.size.unwrap_or_default().min(HEAD_BYTES) as usize;
        let mut text = Vec::with_capacity(stated);
        // Of what cannot be read in whole, the rules in front are used.
        let _ = reader.take(left).read_to_end(&mut text);
        left -= text.len() as u64;
        let name = inside.map_or_else(|| name.to_owned(), |path| format!("{name}/{path}"));
        files.push((name, text));
        if left == 0 { Visit::Stop } else { Visit::Next }
    });
    files
}
