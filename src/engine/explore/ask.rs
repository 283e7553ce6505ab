//! Answers a query: which rows, how many, when, and the values that they have most.

use super::columns::{Column, TIMELESS};
use super::{Explorer, Row};
use crate::base::{Instant, rfc3339};
use crate::event::number;
use crate::query::{Name, Node, Query, QueryError, Test};
use serde::Serialize;
use std::cmp::Ordering;

/// Values of a facet.
const VALUES: usize = 12;
/// Rank of a row without a value.
const RANKLESS: u32 = u32::MAX;
/// Steps of the histogram at most.
const STEPS: i64 = 160;
/// Widths of a step, in seconds.
const WIDTHS: [i64; 17] = [
    1,
    5,
    10,
    30,
    60,
    300,
    600,
    1_800,
    3_600,
    10_800,
    21_600,
    43_200,
    86_400,
    604_800,
    2_592_000,
    31_536_000,
    315_360_000,
];

/// What a query found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Events that are explored.
    pub events: u64,
    /// Events that are not, because there was no memory for them.
    pub left_out: u64,
    /// Of those explored, the ones asked for.
    pub found: u64,
    /// The earliest of these, UTC.
    pub first: Option<String>,
    /// The latest.
    pub last: Option<String>,
    /// Width of a step, in seconds.
    pub step_secs: i64,
    /// Steps with events: seconds since 1970 and how many.
    pub steps: Vec<(Instant, u64)>,
    /// The values asked for.
    pub facets: Vec<Facet>,
}

/// The values of a name among what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facet {
    /// The name.
    pub name: &'static str,
    /// Distinct values.
    pub distinct: u64,
    /// Those that most events have, the most first.
    pub values: Vec<(String, u64)>,
}

impl Explorer {
    /// Asks for the rows of a query, in the order of their times, and says what there is of them.
    /// Its words were sought before (`unsought`); those that were not stand nowhere.
    pub fn ask(&mut self, text: &str, facets: &[Name]) -> Result<Answer, QueryError> {
        let query = Query::parse(text)?;
        self.order_by_time();
        let asked = self.rows_of(&query.root, &query.words);
        let rows = self.by_time.iter().copied();
        self.found = rows.filter(|row| asked[*row as usize]).collect();
        let timed = self.found.partition_point(|row| self.time(*row) != TIMELESS);
        let timed = &self.found[..timed];
        let ends = timed.first().zip(timed.last());
        let (first, last) = ends.map(|(a, b)| (self.time(*a), self.time(*b))).unzip();
        let step_secs = first.zip(last).map_or(1, |(first, last)| step(last.saturating_sub(first)));
        Ok(Answer {
            events: self.columns.len() as u64,
            left_out: self.left_out,
            found: self.found.len() as u64,
            first: first.map(rfc3339),
            last: last.map(rfc3339),
            step_secs,
            steps: steps(timed.iter().map(|row| self.time(*row)), step_secs),
            facets: facets.iter().map(|name| self.facet(*name)).collect(),
        })
    }

    fn time(&self, row: Row) -> Instant {
        self.columns.time(row as usize)
    }

    fn order_by_time(&mut self) {
        if self.by_time.len() != self.columns.len() {
            self.by_time = (0..self.columns.len() as Row).collect();
            // Stable, and quick where the logs are in order already.
            self.by_time.sort_by_key(|row| self.columns.time(*row as usize));
        }
    }

    /// Which rows a part of a query asks for.
    fn rows_of(&self, node: &Node, words: &[String]) -> Vec<bool> {
        let all = |is: bool| vec![is; self.columns.len()];
        let times = |is: &dyn Fn(Instant) -> bool| -> Vec<bool> {
            (0..self.columns.len()).map(|row| is(self.columns.time(row))).collect()
        };
        match node {
            Node::All(nodes) => nodes.iter().fold(all(true), |mut rows, node| {
                rows.iter_mut()
                    .zip(self.rows_of(node, words))
                    .for_each(|(row, other)| *row &= other);
                rows
            }),
            Node::Any(nodes) => nodes.iter().fold(all(false), |mut rows, node| {
                rows.iter_mut()
                    .zip(self.rows_of(node, words))
                    .for_each(|(row, other)| *row |= other);
                rows
            }),
            Node::Not(node) => {
                let mut rows = self.rows_of(node, words);
                rows.iter_mut().for_each(|row| *row = !*row);
                rows
            }
            Node::Value(name, test) => self.rows_with(*name, test),
            Node::Time(from, until) => times(&|at| at != TIMELESS && (*from..*until).contains(&at)),
            Node::Timed => times(&|at| at != TIMELESS),
            Node::Word(word) => {
                let held = words.get(*word).and_then(|word| self.words.get(word));
                held.cloned().unwrap_or_else(|| all(false))
            }
        }
    }

    /// The rows with a value that passes. Each distinct value is tested once.
    fn rows_with(&self, name: Name, test: &Test) -> Vec<bool> {
        let mut rows = vec![false; self.columns.len()];
        let passes = |names: &[String]| -> Vec<bool> {
            names.iter().map(|name| test.passes(name.as_bytes())).collect()
        };
        match name {
            Name::Field(field) => {
                let Some(column) = self.columns.field(field) else { return rows };
                let passing: Vec<bool> = (0..=column.len())
                    .map(|id| column.text(id).is_some_and(|text| test.passes(text)))
                    .collect();
                for (row, id) in rows.iter_mut().zip(column.ids()) {
                    *row = passing[*id as usize];
                }
            }
            Name::Format => {
                let passing = passes(&self.formats);
                for (at, row) in rows.iter_mut().enumerate() {
                    *row = passing.get(self.columns.format(at)).is_some_and(|passes| *passes);
                }
            }
            Name::Log => {
                let passing = passes(&self.logs);
                for (stream, range) in self.columns.streams() {
                    let is = passing.get(stream as usize).is_some_and(|passes| *passes);
                    rows[range].fill(is);
                }
            }
        }
        rows
    }

    fn facet(&self, name: Name) -> Facet {
        let rows = self.found.iter().map(|row| *row as usize);
        match name {
            Name::Field(field) => self.columns.field(field).map_or_else(
                || most(name, &[], |_| ""),
                |column| {
                    let counts = counted(column.len() + 1, rows.map(|row| column.id(row)));
                    most(name, &counts, |id| column.text(id).unwrap_or_default())
                },
            ),
            Name::Format => {
                let counts =
                    counted(self.formats.len() + 1, rows.map(|row| self.columns.format(row) + 1));
                most(name, &counts, |id| self.formats[id - 1].as_bytes())
            }
            Name::Log => {
                let streams = rows.map(|row| self.columns.place(row).0 as usize + 1);
                let counts = counted(self.logs.len() + 1, streams);
                most(name, &counts, |id| self.logs[id - 1].as_bytes())
            }
        }
    }

    /// Puts what was found into the order of a value, or of the times where no name is given. Rows
    /// without a value are last, either way; those of one value are in the order of their times.
    pub fn sort(&mut self, name: Option<Name>, is_descending: bool) {
        match name {
            Some(name) => self.sort_by_rank(&self.ranks(name), is_descending),
            None => self.sort_by_time(is_descending),
        }
    }

    fn sort_by_time(&mut self, is_descending: bool) {
        let (columns, found) = (&self.columns, &mut self.found);
        found.sort_unstable_by(|a, b| {
            let (at, other) = (columns.time(*a as usize), columns.time(*b as usize));
            let is_last = (at == TIMELESS).cmp(&(other == TIMELESS));
            let by_time = if is_descending { other.cmp(&at) } else { at.cmp(&other) };
            is_last.then(by_time).then(a.cmp(b))
        });
    }

    /// Counts the rows of each rank and puts each where those before it end: as quick as reading
    /// them, however many there are.
    fn sort_by_rank(&mut self, ranks: &[u32], is_descending: bool) {
        self.order_by_time();
        let mut is_found = vec![false; self.columns.len()];
        self.found.iter().for_each(|row| is_found[*row as usize] = true);
        let in_time = || self.by_time.iter().copied().filter(|row| is_found[*row as usize]);
        let kinds = ranks.iter().filter(|rank| **rank != RANKLESS).max().map_or(0, |most| most + 1);
        let bucket = |row: Row| match ranks[row as usize] {
            RANKLESS => kinds as usize,
            rank if is_descending => (kinds - 1 - rank) as usize,
            rank => rank as usize,
        };
        let mut ends = counted(kinds as usize + 1, in_time().map(bucket));
        let mut before = 0;
        for end in &mut ends {
            before += std::mem::replace(end, before);
        }
        for row in in_time() {
            let place = &mut ends[bucket(row)];
            self.found[*place as usize] = row;
            *place += 1;
        }
    }

    /// For each row the rank of its value; `RANKLESS` where it has none.
    fn ranks(&self, name: Name) -> Vec<u32> {
        let rows = 0..self.columns.len();
        let texts = |names: &'_ [String]| -> Vec<u32> {
            ranked(&names.iter().map(|name| name.as_bytes()).collect::<Vec<_>>())
        };
        match name {
            Name::Field(field) => {
                let Some(column) = self.columns.field(field) else {
                    return rows.map(|_| RANKLESS).collect();
                };
                let ranks = ranked(&all_texts(column));
                rows.map(|row| column.id(row).checked_sub(1).map_or(RANKLESS, |at| ranks[at]))
                    .collect()
            }
            Name::Format => {
                let ranks = texts(&self.formats);
                rows.map(|row| ranks.get(self.columns.format(row)).copied().unwrap_or(RANKLESS))
                    .collect()
            }
            Name::Log => {
                let ranks = texts(&self.logs);
                let rank = |row| ranks.get(self.columns.place(row).0 as usize).copied();
                rows.map(|row| rank(row).unwrap_or(RANKLESS)).collect()
            }
        }
    }
}

fn all_texts(column: &Column) -> Vec<&[u8]> {
    (1..=column.len()).filter_map(|id| column.text(id)).collect()
}

/// For each text its rank: numbers by what they count, before other texts.
fn ranked(texts: &[&[u8]]) -> Vec<u32> {
    let keys: Vec<_> = texts.iter().map(|text| (number(text), *text)).collect();
    let mut ids: Vec<usize> = (0..texts.len()).collect();
    ids.sort_by(|a, b| {
        let by_value = match (keys[*a], keys[*b]) {
            ((Some(a), _), (Some(b), _)) => a.cmp(&b),
            ((Some(_), _), (None, _)) => Ordering::Less,
            ((None, _), (Some(_), _)) => Ordering::Greater,
            ((None, a), (None, b)) => a.cmp(b),
        };
        by_value.then(a.cmp(b))
    });
    let mut ranks = vec![RANKLESS; texts.len()];
    (0..).zip(ids).for_each(|(rank, id)| ranks[id] = rank);
    ranks
}

fn counted(kinds: usize, ids: impl Iterator<Item = usize>) -> Vec<u64> {
    let mut counts = vec![0; kinds];
    for id in ids {
        if let Some(count) = counts.get_mut(id) {
            *count += 1;
        }
    }
    counts
}

/// The values with the highest counts; the first count is of rows without a value.
fn most<'t, T: AsRef<[u8]> + ?Sized + 't>(
    name: Name,
    counts: &[u64],
    text: impl Fn(usize) -> &'t T,
) -> Facet {
    let mut ids: Vec<usize> = (1..counts.len()).filter(|id| counts[*id] > 0).collect();
    let distinct = ids.len() as u64;
    let order = |a: &usize, b: &usize| {
        counts[*b].cmp(&counts[*a]).then_with(|| text(*a).as_ref().cmp(text(*b).as_ref()))
    };
    if ids.len() > VALUES {
        ids.select_nth_unstable_by(VALUES, order);
        ids.truncate(VALUES);
    }
    ids.sort_by(order);
    let shown = |id: usize| String::from_utf8_lossy(text(id).as_ref()).into_owned();
    let values = ids.into_iter().map(|id| (shown(id), counts[id])).collect();
    Facet { name: name.name(), distinct, values }
}

/// The width of a step over so many seconds.
fn step(secs: i64) -> i64 {
    WIDTHS.into_iter().find(|width| secs / width < STEPS).unwrap_or(WIDTHS[WIDTHS.len() - 1])
}

/// Counts instants, which are in order, by the steps that they lie in.
fn steps(instants: impl Iterator<Item = Instant>, width: i64) -> Vec<(Instant, u64)> {
    let mut steps: Vec<(Instant, u64)> = Vec::new();
    for at in instants {
        let start = at.div_euclid(width) * width;
        match steps.last_mut() {
            Some((last, count)) if *last == start => *count += 1,
            _ => steps.push((start, 1)),
        }
    }
    steps
}
