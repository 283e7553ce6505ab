//! Says which kinds of attack payload a path, query, referring address or user agent holds.
//!
//! A field is cut into units (`split`), each unit decoded (`decode`) and written into two views
//! (`normal`). The patterns stand in the tables `sql`, `markup`, `files`, `code` and `agent`; one
//! pass over a view (`gate`) says which of them can match at all, by the texts that each needs
//! (`witness`), and only those run. [`suspicious`] comes before all this: it may say yes in vain,
//! and never says no where [`Judge::judge`] finds something. [`Judge::explain`] takes the same
//! way with places and finds the same kinds. `laws` holds these promises.

mod agent;
mod code;
mod decode;
mod files;
mod gate;
mod markup;
mod normal;
mod split;
mod sql;
mod suspect;
mod witness;

#[cfg(test)]
mod benign;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod laws;

pub use suspect::suspicious;

use decode::{Text, base64, decode};
use gate::Gate;
use normal::{END, Placed, end_unit, sql_view, text_view};
use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

/// Kinds of attack payload, as a small set.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Payloads(u16);

impl Payloads {
    /// SQL injection.
    pub const SQLI: Payloads = Payloads(1);
    /// Script or active markup.
    pub const XSS: Payloads = Payloads(1 << 1);
    /// Climbing out of a folder, or naming a file of the operating system.
    pub const TRAVERSAL: Payloads = Payloads(1 << 2);
    /// Commands for a shell.
    pub const COMMAND: Payloads = Payloads(1 << 3);
    /// Program code, stream wrappers, serialised objects.
    pub const CODE: Payloads = Payloads(1 << 4);
    /// Template and expression languages.
    pub const TEMPLATE: Payloads = Payloads(1 << 5);
    /// Log4Shell and its relatives.
    pub const JNDI: Payloads = Payloads(1 << 6);
    /// A remote file to include, or an inner address to fetch.
    pub const INCLUDE: Payloads = Payloads(1 << 7);
    /// External entities of XML.
    pub const XML: Payloads = Payloads(1 << 8);
    /// Operators of document databases.
    pub const NOSQL: Payloads = Payloads(1 << 9);
    /// Filters of directories.
    pub const LDAP: Payloads = Payloads(1 << 10);
    /// Line ends that forge headers.
    pub const CRLF: Payloads = Payloads(1 << 11);
    /// A scanner names itself or leaves its mark.
    pub const SCANNER: Payloads = Payloads(1 << 12);
    /// CVE-2014-6271 and its relatives.
    pub const SHELLSHOCK: Payloads = Payloads(1 << 13);
    /// A web shell is called with a command.
    pub const WEBSHELL: Payloads = Payloads(1 << 14);

    const NAMES: [&'static str; 15] = [
        "sqli",
        "xss",
        "traversal",
        "command",
        "code",
        "template",
        "jndi",
        "include",
        "xml",
        "nosql",
        "ldap",
        "crlf",
        "scanner",
        "shellshock",
        "webshell",
    ];

    /// The set as bits, for storing; the bits keep their meaning.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The set of [`Payloads::bits`]; unknown bits are dropped.
    pub fn from_bits(bits: u16) -> Self {
        Payloads(bits & ((1 << Self::NAMES.len()) - 1))
    }

    /// All kinds of `other` are in the set.
    pub fn contains(self, other: Payloads) -> bool {
        self.0 & other.0 == other.0
    }

    /// The kinds of both sets.
    #[must_use]
    pub fn union(self, other: Payloads) -> Payloads {
        Payloads(self.0 | other.0)
    }

    /// No kind is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The single kinds of the set, in the order of the constants.
    pub fn iter(self) -> impl Iterator<Item = Payloads> {
        (0..Self::NAMES.len())
            .map(|bit| Payloads(1 << bit))
            .filter(move |&kind| self.contains(kind))
    }

    /// The names of the kinds of the set, in the order of the constants.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.iter().filter_map(|kind| Self::NAMES.get(kind.0.trailing_zeros() as usize).copied())
    }
}

/// Which field of the record a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// The path of the request target.
    Path,
    /// What follows the `?` of the request target.
    Query,
    /// The referring address.
    Referer,
    /// The name the client gives itself.
    UserAgent,
}

/// Fields that a pattern is for.
#[derive(Clone, Copy)]
struct Fields(u8);

impl Fields {
    const PATH: Fields = Fields(1);
    const QUERY: Fields = Fields(2);
    const REFERER: Fields = Fields(4);
    const AGENT: Fields = Fields(8);
    /// Where parameters are: query and referring address.
    const PARAMETERS: Fields = Fields(2 | 4);
    /// The request target.
    const TARGET: Fields = Fields(1 | 2);
    /// Everything but the user agent, whose prose has brackets and semicolons of its own.
    const ADDRESSES: Fields = Fields(1 | 2 | 4);
    const ALL: Fields = Fields(15);

    fn has(self, field: Where) -> bool {
        let bit = match field {
            Where::Path => Fields::PATH,
            Where::Query => Fields::QUERY,
            Where::Referer => Fields::REFERER,
            Where::UserAgent => Fields::AGENT,
        };
        self.0 & bit.0 != 0
    }
}

/// A pattern: what it shows, in which fields, and its regular expression over a view.
struct Row(Payloads, Fields, &'static str);

/// A part of a field that looks like an attack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// All kinds found in the field.
    pub kinds: Payloads,
    /// Where the first of them lies in the raw bytes.
    pub raw: Range<usize>,
    /// What that part says after decoding, in lower case and with its blanks made one.
    pub decoded: String,
    /// Rounds of decoding that it took.
    pub rounds: u8,
}

/// One view's patterns. Each is compiled when it is first needed; most never are.
struct Group {
    rows: Vec<(&'static Row, OnceLock<Option<Regex>>)>,
    gate: Gate,
}

impl Group {
    fn new(tables: &[&'static [Row]]) -> Self {
        let rows: Vec<&'static Row> = tables.iter().flat_map(|table| table.iter()).collect();
        let gate = Gate::new(rows.iter().map(|row| row.2));
        Group { rows: rows.into_iter().map(|row| (row, OnceLock::new())).collect(), gate }
    }

    /// The kinds in `view`. A row whose kinds are already known does not run.
    fn kinds(&self, field: Where, view: &[u8], known: Payloads) -> Payloads {
        let mut kinds = known;
        for (row, regex) in self.candidates(field, view) {
            if !kinds.contains(row.0) && regex.is_match(view) {
                kinds = kinds.union(row.0);
            }
        }
        kinds
    }

    /// The rows of `field` that the gate lets through, with their patterns.
    fn candidates(&self, field: Where, view: &[u8]) -> impl Iterator<Item = (&Row, &Regex)> {
        let mut left = self.gate.candidates(view);
        std::iter::from_fn(move || {
            let index = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            self.rows.get(index)
        })
        .filter(move |(row, _)| row.1.has(field))
        .filter_map(|(row, cell)| Some((*row, cell.get_or_init(|| compile(row.2)).as_ref()?)))
    }
}

/// None for a pattern that is wrong; a test compiles all of them.
fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).unicode(false).multi_line(true).line_terminator(END).build().ok()
}

/// The patterns, ready to judge with.
pub struct Judge {
    text: Group,
    sql: Group,
}

/// Both views of a field.
struct Views<const TRACK: bool> {
    text: Text<TRACK>,
    sql: Text<TRACK>,
    /// Raw start of each unit and the rounds that decoded it.
    rounds: Vec<(u32, u8)>,
}

impl Default for Judge {
    fn default() -> Self {
        Judge::new()
    }
}

impl Judge {
    /// Indexes the patterns; cheap, since they are compiled later.
    pub fn new() -> Self {
        Judge {
            text: Group::new(&[markup::ROWS, files::ROWS, code::ROWS, agent::ROWS]),
            sql: Group::new(&[sql::ROWS, sql::STATEMENTS]),
        }
    }

    /// The kinds of payload in `raw`.
    pub fn judge(&self, field: Where, raw: &[u8]) -> Payloads {
        let views = views::<false>(field, raw);
        let groups = self.groups(&views);
        groups.into_iter().fold(Payloads::default(), |kinds, (group, view)| {
            group.kinds(field, &view.bytes, kinds)
        })
    }

    /// The same, for showing: with the first match, where it lies and what it says.
    pub fn explain(&self, field: Where, raw: &[u8]) -> Option<Match> {
        let views = views::<true>(field, raw);
        let mut kinds = Payloads::default();
        let mut first: Option<(Range<usize>, String)> = None;
        for (group, view) in self.groups(&views) {
            for (row, regex) in group.candidates(field, &view.bytes) {
                let Some(found) = regex.find(&view.bytes) else { continue };
                kinds = kinds.union(row.0);
                let found = place(view, found.range(), raw.len());
                if first.as_ref().is_none_or(|first| found.0.start < first.0.start) {
                    first = Some(found);
                }
            }
        }
        let (range, decoded) = first?;
        let before = views.rounds.partition_point(|unit| unit.0 as usize <= range.start);
        let rounds = before.checked_sub(1).map_or(0, |unit| views.rounds[unit].1);
        Some(Match { kinds, raw: range, decoded, rounds })
    }

    fn groups<'a, const T: bool>(&'a self, views: &'a Views<T>) -> [(&'a Group, &'a Text<T>); 2] {
        [(&self.text, &views.text), (&self.sql, &views.sql)]
    }
}

/// A text as it reads after up to three rounds of decoding. In a query `+` stands for a space.
pub fn decoded(text: &[u8], is_query: bool) -> Cow<'_, [u8]> {
    decode::<false>(text, 0, is_query).bytes
}

/// Where a match in a view lies in the raw field, and what is written there.
fn place<const T: bool>(view: &Text<T>, found: Range<usize>, raw: usize) -> (Range<usize>, String) {
    let start = view.at(found.start) as usize;
    let next = (found.end..view.bytes.len()).map(|i| view.at(i) as usize).find(|&at| at > start);
    let shown = String::from_utf8_lossy(&view.bytes[found]).replace(char::from(END), "");
    (start..next.unwrap_or(raw).min(raw), shown)
}

fn views<const T: bool>(field: Where, raw: &[u8]) -> Views<T> {
    let mut views = Views {
        text: Text::with_capacity(raw.len() + 16),
        sql: Text::with_capacity(raw.len() + 16),
        rounds: Vec::new(),
    };
    split::units(field, raw, |unit| {
        let base = unit.range.start as u32;
        let end = unit.range.end as u32;
        let text = decode::<T>(&raw[unit.range.clone()], base, unit.plus);
        if T {
            views.rounds.push((base, text.rounds));
        }
        add_unit(&mut views, &text, end);
        if let Some(inner) = base64(&text) {
            add_unit(&mut views, &inner, end);
        }
    });
    if field == Where::Path {
        add_raw_path(&mut views.text, raw);
    }
    views
}

fn add_unit<const T: bool>(views: &mut Views<T>, unit: &impl Placed, end: u32) {
    text_view(unit, &mut views.text);
    end_unit(&mut views.text, end);
    sql_view(unit, &mut views.sql);
    end_unit(&mut views.sql, end);
}

/// A path is seen as it was sent, too: no honest client encodes dots and slashes there.
fn add_raw_path<const T: bool>(out: &mut Text<T>, raw: &[u8]) {
    if memchr::memchr(b'%', raw).is_none() {
        return;
    }
    for (i, byte) in raw.iter().enumerate() {
        out.push(byte.to_ascii_lowercase(), i as u32);
    }
    end_unit(out, raw.len() as u32);
}
