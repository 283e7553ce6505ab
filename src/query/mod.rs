//! The language in which records are asked for: `status>=500 ip:203.0.113.0/24 -agent~bot`.
//!
//! A condition is a name, a sign and a value; a word alone stands anywhere in a record. Conditions
//! side by side must all hold; `or`, `not` (or `-`) and parentheses do as they say. What a condition
//! asks of a field follows from one value alone, so that it is asked once for each distinct value.
//! [docs/query.md](../../docs/query.md) describes it for people.

mod lexer;
mod parser;
mod test;

pub use test::{Order, Test};

use crate::base::{Instant, Text};
use crate::event::Field;

/// What a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// A field of the event model.
    Field(Field),
    /// The format of the record, by its id.
    Format,
    /// The log: its file, with the path inside.
    Log,
}

/// Short names of fields that people ask for often.
const SHORT: [(&str, Field); 11] = [
    ("ip", Field::SourceAddress),
    ("user", Field::UserName),
    ("status", Field::Status),
    ("url", Field::Target),
    ("agent", Field::UserAgent),
    ("action", Field::Action),
    ("outcome", Field::Outcome),
    ("host", Field::HostName),
    ("file", Field::FilePath),
    ("code", Field::Code),
    ("tenant", Field::Organization),
];

impl Name {
    /// What a name stands for.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "format" => Some(Self::Format),
            "log" => Some(Self::Log),
            name => {
                let short = SHORT.iter().find(|(short, _)| *short == name);
                short.map(|(_, field)| *field).or_else(|| Field::named(name)).map(Self::Field)
            }
        }
    }

    /// The name in full.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Field(field) => field.name(),
            Self::Format => "format",
            Self::Log => "log",
        }
    }

    /// Every name with its short one, where it has one.
    pub fn all() -> impl Iterator<Item = (Self, Option<&'static str>)> {
        let short = |field| SHORT.iter().find(|(_, of)| *of == field).map(|(short, _)| *short);
        let fields = Field::ALL.into_iter().map(move |field| (Self::Field(field), short(field)));
        fields.chain([(Self::Format, None), (Self::Log, None)])
    }
}

/// A part of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// All of them hold; none asked is all records.
    All(Vec<Node>),
    /// One of them holds.
    Any(Vec<Node>),
    /// It does not hold.
    Not(Box<Node>),
    /// A value passes a test.
    Value(Name, Test),
    /// The record's time is from the first instant on and before the second.
    Time(Instant, Instant),
    /// The record states a time.
    Timed,
    /// A word, by its place among those of the query, stands in the record.
    Word(usize),
}

/// A record, as a query asks about it.
pub trait Record {
    /// The value of a name; none where the record has none, or leaves it empty.
    fn value(&self, name: Name) -> Option<&[u8]>;
    /// When it was.
    fn at(&self) -> Option<Instant>;
    /// Whether a word of the query stands in it.
    fn holds(&self, word: usize) -> bool;
}

/// A query, ready to be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// All of it.
    pub root: Node,
    /// The words that it looks for anywhere in a record, in lower case.
    pub words: Vec<String>,
}

/// A query that is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("character {}: {}", at + 1, what.en)]
pub struct QueryError {
    /// Characters in front of the place.
    pub at: usize,
    /// What is wrong there, and what would be right.
    pub what: Text,
}

impl Query {
    /// Reads a query. An empty one asks for all records.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parser::parse(text)
    }

    /// Whether a record is asked for.
    pub fn asks_for(&self, record: &impl Record) -> bool {
        holds(&self.root, record)
    }
}

fn holds(node: &Node, record: &impl Record) -> bool {
    match node {
        Node::All(nodes) => nodes.iter().all(|node| holds(node, record)),
        Node::Any(nodes) => nodes.iter().any(|node| holds(node, record)),
        Node::Not(node) => !holds(node, record),
        Node::Value(name, test) => record.value(*name).is_some_and(|value| test.passes(value)),
        Node::Time(from, until) => record.at().is_some_and(|at| (*from..*until).contains(&at)),
        Node::Timed => record.at().is_some(),
        Node::Word(word) => record.holds(*word),
    }
}

#[cfg(test)]
mod tests;
