//! Sweeps records for the indicators of lists: each distinct value of a field is judged once, and
//! what is not in any list is remembered by its fingerprint. A hit is always told by equal bytes.
//!
//! What is kept of a shard merges in any order. Windows of validity are asked for every record.

use super::lists::{Id, Lists};
use super::parts::{Kinds, WAYS, Way, hashes, upwards, values};
use super::value::{Kind, ip, within};
use crate::base::{Fingerprint, Instant, Merge, Place as TablePlace, Sampled, Seed, Table};
use crate::event::{Event, Field};
use crate::finding::Place;
use serde::{Deserialize, Serialize};

/// Indicators whose hits are kept apart.
const HIT: usize = 1 << 14;
/// Distinct values that are tried against private lists: each costs some milliseconds.
pub const TRIED: usize = 1 << 13;
/// Places kept for an indicator.
const PLACES: usize = 10;
/// Sets of texts that are remembered as in no list.
const SETS: usize = 1 << 15;
/// Texts whose values are remembered, where private lists are given.
const TAKEN_APART: usize = 1 << 16;

/// Sweeps for the indicators of some lists.
#[derive(Debug)]
pub struct Sweeper {
    lists: Lists,
    seed: Seed,
    prefixes: Vec<u8>,
    /// Kinds of the plain lists, and of the private ones.
    kinds: (Kinds, Kinds),
    both: Kinds,
    /// The fields that are looked at, as bits, and what is made of each.
    fields: u64,
    ways: [Option<Way>; Field::COUNT],
    /// Whether a list names a domain with everything below it.
    has_trees: bool,
}

/// What was learned of texts: remembered by one scanner, and part of no result.
#[derive(Debug, Default)]
pub struct Known {
    /// Fingerprints of texts that are in no list. Forgetting costs time and changes nothing.
    clear: Vec<Set>,
    /// The values of texts that private lists are to be tried with.
    apart: Table<Vec<Candidate>>,
    found: Found,
}

/// Fingerprints that share a place: where each had a place of its own, two frequent texts could
/// drive each other out for every record.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(32))]
struct Set([Fingerprint; 4]);

/// What one record holds.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Indicators, with the fields that hold them as bits.
    pub listed: Vec<(Id, u64)>,
    /// Values to be tried against private lists: where they are remembered, and their fields.
    apart: Vec<(TablePlace, usize, u64)>,
}

/// A value to be tried.
#[derive(Clone, Debug)]
struct Candidate {
    key: Fingerprint,
    kind: Kind,
    text: Box<str>,
}

/// Records in which something was seen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Records.
    pub count: u64,
    /// First and last time.
    pub span: Option<(Instant, Instant)>,
    /// The fields that hold it, as bits.
    pub fields: u64,
    /// The first of the records.
    pub places: Vec<Place>,
}

impl Tally {
    fn note(&mut self, place: Place, fields: u64) {
        self.count += 1;
        self.fields |= fields;
        if let Some(at) = place.0 {
            let (first, last) = self.span.unwrap_or((at, at));
            self.span = Some((first.min(at), last.max(at)));
        }
        self.keep(place);
    }

    fn keep(&mut self, place: Place) {
        if self.places.len() < PLACES || self.places.last().is_some_and(|last| place < *last) {
            let at = self.places.partition_point(|known| *known < place);
            self.places.insert(at, place);
            self.places.truncate(PLACES);
        }
    }
}

impl Merge for Tally {
    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.fields |= other.fields;
        self.span = match (self.span, other.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        other.places.into_iter().for_each(|place| self.keep(place));
    }
}

/// An indicator that was met.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hit {
    /// Which.
    pub id: Id,
    /// Records while it was valid.
    pub valid: Tally,
    /// Records at other times.
    pub outside: Tally,
}

/// A value that private lists may hold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Met {
    /// What it is.
    pub kind: Kind,
    /// The value.
    pub text: Box<str>,
    /// The records that hold it.
    pub tally: Tally,
}

/// What the records of some shards hold.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Hits {
    pub(super) hits: Sampled<Hit, HIT>,
    pub(super) met: Sampled<Met, TRIED>,
    /// Whether any record held a hash.
    pub(super) has_hashes: bool,
}

impl Merge for Hits {
    fn merge(&mut self, other: Self) {
        self.hits.merge(other.hits);
        self.met.merge(other.met);
        self.has_hashes |= other.has_hashes;
    }
}

impl Merge for Hit {
    fn merge(&mut self, other: Self) {
        self.valid.merge(other.valid);
        self.outside.merge(other.outside);
    }
}

impl Merge for Met {
    fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally);
    }
}

impl Sweeper {
    /// A sweeper for some lists. The seed is the check's.
    pub fn new(lists: Lists, seed: Seed) -> Self {
        let plain = Kinds::of(|kind| lists.has(kind));
        let private = Kinds::of(|kind| lists.private().iter().any(|list| list.has(kind)));
        let both = Kinds::of(|kind| plain.has(kind) || private.has(kind));
        let mut ways = [None; Field::COUNT];
        let mut fields = 0;
        for (field, way) in WAYS.iter().filter(|(_, way)| way.gives(both)) {
            ways[*field as usize] = Some(*way);
            fields |= 1 << *field as u64;
        }
        let (prefixes, has_trees) = (lists.prefixes(), lists.has_trees());
        Self { prefixes, has_trees, lists, seed, kinds: (plain, private), both, fields, ways }
    }

    /// The lists.
    pub const fn lists(&self) -> &Lists {
        &self.lists
    }

    /// Notes what a record holds. `at` is when it was, where it says so; `client` the fingerprint
    /// of its source's address, where that is known.
    #[inline]
    pub fn sweep(
        &self,
        event: &Event<'_>,
        (at, client): (Option<Instant>, Option<Fingerprint>),
        known: &mut Known,
        hits: &mut Hits,
    ) {
        if self.look(event, client, known) {
            hits.has_hashes = true;
        }
        if !known.found.listed.is_empty() || !known.found.apart.is_empty() {
            self.note(event, at, known, hits);
        }
    }

    #[inline(never)]
    fn note(&self, event: &Event<'_>, at: Option<Instant>, known: &Known, hits: &mut Hits) {
        let place = (at, event.location);
        for (id, fields) in &known.found.listed {
            let make = || Hit { id: *id, valid: Tally::default(), outside: Tally::default() };
            if let Some(hit) = hits.hits.entry(self.seed.of(&id.to_le_bytes()), make) {
                let is_valid = self.is_valid(*id, at);
                let tally = if is_valid { &mut hit.valid } else { &mut hit.outside };
                tally.note(place, *fields);
            }
        }
        for (candidate, fields) in known.candidates() {
            let make = || {
                let (kind, text) = (candidate.kind, candidate.text.clone());
                Met { kind, text, tally: Tally::default() }
            };
            if let Some(met) = hits.met.entry(candidate.key, make) {
                met.tally.note(place, fields);
            }
        }
    }

    /// Whether an indicator holds at a time. One that does not hold always does not hold where a
    /// record says no time.
    pub fn is_valid(&self, id: Id, at: Option<Instant>) -> bool {
        self.lists.given(id).any(|given| match (given.window, at) {
            (None, _) => true,
            (Some((from, until)), Some(at)) => (from..until).contains(&at),
            (Some(_), None) => false,
        })
    }

    /// The indicators that a record holds, with the fields that hold them as bits.
    pub fn listed<'k>(&self, event: &Event<'_>, known: &'k mut Known) -> &'k [(Id, u64)] {
        self.look(event, None, known);
        &known.found.listed
    }

    /// The keys of the values that private lists may hold, with the fields that hold them.
    pub fn met<'k>(
        &self,
        event: &Event<'_>,
        known: &'k mut Known,
    ) -> impl Iterator<Item = (Fingerprint, u64)> + use<'k> {
        self.look(event, None, known);
        known.candidates().map(|(candidate, fields)| (candidate.key, fields))
    }

    /// Looks at every field. True when the record holds hashes.
    #[inline]
    fn look(&self, event: &Event<'_>, client: Option<Fingerprint>, known: &mut Known) -> bool {
        known.begin();
        let fields = &event.fields;
        let mut held = fields.present() & self.fields;
        while held != 0 {
            let field = Field::ALL[held.trailing_zeros() as usize];
            held &= held - 1;
            let way = self.ways[field as usize];
            let (Some(text), Some(way)) = (fields.text(field), way) else { continue };
            let with = way.with(field).and_then(|field| fields.text(field));
            if way.is_vain(text, with, self.both) {
                continue;
            }
            let print = match field {
                Field::SourceAddress => client.unwrap_or_else(|| self.seed.of(text)),
                _ => {
                    let outer = with.map_or(0, |with| self.seed.of(with));
                    self.seed.within(outer ^ FIELDS ^ field as Fingerprint, text)
                }
            };
            if !known.is_clear(print) {
                self.judge((field, way), text, with, print, known);
            }
        }
        let has_hashes = self.both.has(Kind::Hash) && self.hashes(event, known);
        known.end();
        has_hashes
    }

    /// Judges the text of a field.
    #[inline(never)]
    fn judge(
        &self,
        (field, way): (Field, Way),
        text: &[u8],
        with: Option<&[u8]>,
        print: Fingerprint,
        known: &mut Known,
    ) {
        let bit = 1 << field as u64;
        let before = known.found.listed.len();
        let place = known.apart.find(print);
        let mut apart = Vec::new();
        values(way, text, with, self.both, &mut |kind, text| {
            self.listed_as(kind, text, &mut |id| known.found.listed.push((id, bit)));
            if place.is_none() {
                self.candidates(kind, text, &mut apart);
            }
        });
        let is_listed = known.found.listed.len() > before;
        let count = place.map_or(apart.len(), |place| known.apart.at(place).map_or(0, Vec::len));
        if count > 0 {
            known.apart.entry(print, || apart);
            let place = known.apart.find(print).unwrap_or_default();
            known.found.apart.extend((0..count).map(|at| (place, at, bit)));
        } else if !is_listed {
            known.remember(print);
        }
    }

    fn hashes(&self, event: &Event<'_>, known: &mut Known) -> bool {
        let mut any = false;
        hashes(event, &mut |text| {
            any = true;
            let print = self.seed.within(HASHES, text);
            if known.is_clear(print) {
                return;
            }
            let Ok(text) = std::str::from_utf8(text) else { return };
            let text = text.to_ascii_lowercase();
            let listed = self.lists.find(Kind::Hash, false, text.as_bytes());
            known.found.listed.extend(listed.map(|id| (id, 0)));
            let mut apart = Vec::new();
            self.candidates(Kind::Hash, &text, &mut apart);
            if !apart.is_empty() {
                known.apart.entry(print, || apart);
                known.found.apart.push((known.apart.find(print).unwrap_or_default(), 0, 0));
            } else if listed.is_none() {
                known.remember(print);
            }
        });
        any
    }

    /// Hands on the indicators that a value is one of.
    fn listed_as(&self, kind: Kind, text: &str, take: &mut dyn FnMut(Id)) {
        let lists = &self.lists;
        if self.kinds.0.has(kind) {
            lists.find(kind, false, text.as_bytes()).into_iter().for_each(&mut *take);
        }
        match kind {
            Kind::Address if !self.prefixes.is_empty() => {
                let Some(ip) = ip(text) else { return };
                let most = if ip.is_ipv4() { 32 } else { 128 };
                for length in self.prefixes.iter().filter(|length| **length < most) {
                    let network = within(ip, *length);
                    lists
                        .find(Kind::Network, false, network.as_bytes())
                        .into_iter()
                        .for_each(&mut *take);
                }
            }
            Kind::Domain if self.has_trees => {
                for name in upwards(text) {
                    lists.find(kind, true, name.as_bytes()).into_iter().for_each(&mut *take);
                }
            }
            _ => {}
        }
    }

    /// The values to be tried for one: itself and, of a domain, the names above it.
    fn candidates(&self, kind: Kind, text: &str, into: &mut Vec<Candidate>) {
        if !self.kinds.1.has(kind) {
            return;
        }
        let mut push = |text: &str| {
            let key = self.seed.within(CANDIDATES ^ kind as Fingerprint, text.as_bytes());
            into.push(Candidate { key, kind, text: text.into() });
        };
        if kind == Kind::Domain { upwards(text).for_each(push) } else { push(text) }
    }
}

/// Keep fingerprints of one purpose apart from those of another.
const FIELDS: Fingerprint = 0x66_69_65_6c_64_73_00_00;
const HASHES: Fingerprint = 0x68_61_73_68;
const CANDIDATES: Fingerprint = 0x63_61_6e_64_69_64_61_74;

impl Known {
    /// Forgets the last record.
    #[inline]
    fn begin(&mut self) {
        self.found.listed.clear();
        self.found.apart.clear();
        if self.apart.len() > TAKEN_APART {
            self.apart.clear();
        }
    }

    /// Makes each indicator and each value one, whichever fields hold it.
    #[inline]
    fn end(&mut self) {
        if self.found.listed.len() > 1 {
            join(&mut self.found.listed, |found| found.0, |found| &mut found.1);
        }
        if self.found.apart.len() > 1 {
            let apart = &self.apart;
            let key = |found: &(TablePlace, usize, u64)| {
                apart.at(found.0).and_then(|all| all.get(found.1)).map(|candidate| candidate.key)
            };
            join(&mut self.found.apart, key, |found| &mut found.2);
        }
    }

    #[inline]
    fn is_clear(&self, print: Fingerprint) -> bool {
        self.clear.get(print as usize & (SETS - 1)).is_some_and(|set| set.0.contains(&print))
    }

    fn remember(&mut self, print: Fingerprint) {
        if self.clear.is_empty() {
            self.clear.resize(SETS, Set::default());
        }
        if let Some(Set(set)) = self.clear.get_mut(print as usize & (SETS - 1)) {
            // The one that came first goes.
            set.rotate_right(1);
            set[0] = print;
        }
    }

    fn candidates(&self) -> impl Iterator<Item = (&Candidate, u64)> {
        self.found
            .apart
            .iter()
            .filter_map(|(place, at, fields)| Some((self.apart.at(*place)?.get(*at)?, *fields)))
    }
}

/// Leaves one of those with the same key, with the bits of all.
fn join<T, K: Ord>(all: &mut Vec<T>, key: impl Fn(&T) -> K, bits: impl Fn(&mut T) -> &mut u64) {
    all.sort_by_key(&key);
    all.dedup_by(|other, one| {
        let is_same = key(other) == key(one);
        if is_same {
            *bits(one) |= *bits(other);
        }
        is_same
    });
}
