//! Rules as they are given: files, and archives with files inside, compiled to one set.

use crate::base::limits::RULE_BYTES;
use crate::base::{Arrange, Text, hex};
use crate::input::{Entry, Options, ReadAt, Visit, walk};
use crate::sigma::{Placeholders, Problem, ProblemKind, RuleFile, RuleSet, compile, is_rule};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
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
#[derive(Clone, Debug, Default)]
pub struct LoadedRules {
    /// Those that can be used.
    pub set: RuleSet,
    /// SHA-256 of all that they say, in hexadecimal digits.
    pub sha256: String,
    /// What is wrong with the others, or is not as it should be.
    pub problems: Vec<RuleProblem>,
}

/// The same as bytes that can be handed from worker to worker.
#[derive(Clone, Debug, Default)]
pub struct EncodedRules {
    /// Rules that can be used.
    pub count: usize,
    /// These rules: what their digest is of.
    pub set: Vec<u8>,
    /// Their SHA-256 in hexadecimal digits, once it is known.
    pub sha256: String,
    /// What is wrong with the others.
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
    pub fn new(files: Vec<RuleText>, lists: &BTreeMap<String, Vec<String>>) -> Self {
        let (set, problems) = compiled(files, lists);
        let sha256 = sha256(&postcard::to_allocvec(&set).unwrap_or_default());
        Self { set, sha256, problems }
    }

    /// Reads what `EncodedRules::encode` wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, postcard::Error> {
        let ((sha256, problems), set) = postcard::take_from_bytes(bytes)?;
        Ok(Self { set: postcard::from_bytes(set)?, sha256, problems })
    }
}

impl EncodedRules {
    /// Compiles files. What order they are given in does not matter.
    pub fn new(
        files: Vec<RuleText>,
        lists: &BTreeMap<String, Vec<String>>,
    ) -> Result<Self, postcard::Error> {
        let (set, problems) = compiled(files, lists);
        let count = set.rules().len();
        let set = postcard::to_allocvec(&set)?;
        Ok(Self { count, set, sha256: String::new(), problems })
    }

    /// Notes the SHA-256 of `set`, or computes it.
    pub fn digest_is(&mut self, known: Option<&[u8]>) {
        self.sha256 = known.map_or_else(|| sha256(&self.set), hex);
    }

    /// One buffer.
    pub fn encode(&self) -> Result<Vec<u8>, postcard::Error> {
        let mut bytes = postcard::to_allocvec(&(&self.sha256, &self.problems))?;
        bytes.extend_from_slice(&self.set);
        Ok(bytes)
    }
}

fn compiled(
    mut files: Vec<RuleText>,
    lists: &BTreeMap<String, Vec<String>>,
) -> (RuleSet, Vec<RuleProblem>) {
    files.arrange();
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| RuleFile { name: name.clone(), text: text.as_slice() })
        .collect();
    let (set, problems) = compile(&files, &Placeholders(lists.clone()));
    (set, problems.iter().map(RuleProblem::from).collect())
}

/// Piece by piece, since a browser takes to fast code only where a function is called again.
fn sha256(bytes: &[u8]) -> String {
    let mut hasher = Sha256::new();
    bytes.chunks(HASHED_AT_ONCE).for_each(|piece| hasher.update(piece));
    hex(&hasher.finalize())
}

/// Bytes hashed by one call.
const HASHED_AT_ONCE: usize = 16 << 10;

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
