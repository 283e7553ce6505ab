//! Indicator lists as they are held: every value once, in one run of bytes, found by a hash table.
//!
//! A table's fingerprints are seeded by the first list's digest. They only tell where to look: a
//! value is found when its bytes are equal.

use super::noise::noise;
use super::private::PrivateList;
use super::refusal::{Refused, Why, shortened};
use super::value::{Kind, Value};
use crate::base::networks::{About, NetworkTable};
use crate::base::{Fingerprint, Instant, Seed};
use core::net::IpAddr;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Place of an indicator among all.
pub type Id = u32;

/// When an indicator holds: from the first instant until before the second.
pub type Window = (Instant, Instant);

/// Indicators that are held at most.
pub const INDICATORS: usize = 4_000_000;
/// Refused parts of a list that are kept; all are counted.
const REFUSED: usize = 1_000;
/// The same of all lists together.
const REFUSED_IN_ALL: usize = 10_000;
/// How often one value may be given, by different lists or for different times.
const GIVEN: usize = 16;
/// Bytes of a note that are kept.
const NOTE_BYTES: usize = 160;
const NONE: Id = Id::MAX;

/// What identifies a list in a report, and what became of its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListId {
    /// Its name.
    pub name: String,
    /// How it is written: `stix`, `misp`, `openioc`, `csv`, `text`, `private` or `networks`, which is
    /// no list of indicators but a table that says where networks are.
    pub format: String,
    /// SHA-256 in hex of the file as given.
    pub sha256: String,
    /// What is swept for, by kind.
    pub swept: BTreeMap<String, u32>,
    /// Indicators that say the same as an earlier one of this list.
    pub repeated: u32,
    /// What is not swept for, by the reason's short name.
    pub not_swept: BTreeMap<String, u32>,
}

/// An indicator as one list gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    kind: Kind,
    with_subdomains: bool,
    list: u32,
    line: u32,
    /// Its value in the run of bytes, and its length.
    value: (u32, u32),
    note: (u32, u32),
    /// Its validity: one more than the place; 0 for always.
    window: u32,
    /// The next that gives the same value.
    next: Id,
}

/// One list's say on a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given<'l> {
    /// The list's name.
    pub list: &'l str,
    /// The line on which it begins.
    pub line: u32,
    /// What the list says of it.
    pub note: &'l str,
    /// When it holds; none for always.
    pub window: Option<Window>,
}

/// All lists of a check.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Lists {
    ids: Vec<ListId>,
    refused: Vec<(u32, Refused)>,
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    windows: Vec<Window>,
    private: Vec<PrivateList>,
    networks: NetworkTable,
    seed: u64,
    #[serde(skip)]
    slots: Vec<(u32, Id)>,
}

impl Lists {
    /// Begins a list. What is added goes to it.
    pub(super) fn begin(&mut self, name: &str, format: &str, sha256: &str) {
        if self.ids.is_empty() {
            self.seed = Seed(0).of(sha256.as_bytes());
        }
        let (name, format, sha256) = (name.to_owned(), format.to_owned(), sha256.to_owned());
        self.ids.push(ListId { name, format, sha256, ..ListId::default() });
    }

    /// Names and counts of all lists, in the order in which they were read.
    pub fn ids(&self) -> &[ListId] {
        &self.ids
    }

    /// What is not swept, with the list's name: the first thousand of each list.
    pub fn refused(&self) -> impl Iterator<Item = (&str, &Refused)> {
        self.refused.iter().map(|(list, refused)| (self.name(*list), refused))
    }

    /// The private lists.
    pub fn private(&self) -> &[PrivateList] {
        &self.private
    }

    /// Where networks are, as the tables among the lists say.
    pub const fn networks(&self) -> &NetworkTable {
        &self.networks
    }

    /// Indicators that are swept for, private ones apart.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing to sweep for.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.private.is_empty()
    }

    /// Whether there is an indicator of a kind.
    pub fn has(&self, kind: Kind) -> bool {
        self.ids.iter().any(|id| id.format != "private" && id.swept.contains_key(kind.name()))
    }

    /// Whether there is a domain with everything below it.
    pub(super) fn has_trees(&self) -> bool {
        self.entries.iter().any(|entry| entry.with_subdomains)
    }

    /// The lengths of all ranges of addresses.
    pub(super) fn prefixes(&self) -> Vec<u8> {
        let networks = self.entries.iter().filter(|entry| entry.kind == Kind::Network);
        let length = |entry: &Entry| {
            let text = std::str::from_utf8(self.slice(entry.value)).ok()?;
            text.rsplit_once('/')?.1.parse().ok()
        };
        let mut lengths: Vec<u8> = networks.filter_map(length).collect();
        lengths.sort_unstable();
        lengths.dedup();
        lengths
    }

    fn name(&self, list: u32) -> &str {
        self.ids.get(list as usize).map_or("-", |id| id.name.as_str())
    }

    fn slice(&self, (at, length): (u32, u32)) -> &[u8] {
        self.bytes.get(at as usize..at as usize + length as usize).unwrap_or_default()
    }

    /// The value of an indicator.
    pub fn value(&self, id: Id) -> Option<(Kind, bool, &str)> {
        let entry = self.entries.get(id as usize)?;
        let text = std::str::from_utf8(self.slice(entry.value)).ok()?;
        Some((entry.kind, entry.with_subdomains, text))
    }

    /// What the lists say of an indicator's value.
    pub fn given(&self, id: Id) -> impl Iterator<Item = Given<'_>> {
        let mut next = id;
        std::iter::from_fn(move || {
            let entry = self.entries.get(next as usize)?;
            next = entry.next;
            let place = (entry.window as usize).checked_sub(1);
            Some(Given {
                list: self.name(entry.list),
                line: entry.line,
                note: std::str::from_utf8(self.slice(entry.note)).unwrap_or_default(),
                window: place.and_then(|place| self.windows.get(place)).copied(),
            })
        })
    }

    /// The indicator of a value.
    pub fn find(&self, kind: Kind, with_subdomains: bool, text: &[u8]) -> Option<Id> {
        let print = self.print(kind, with_subdomains, text);
        let mask = self.slots.len().checked_sub(1)?;
        let mut slot = print as usize & mask;
        loop {
            let (tag, id) = *self.slots.get(slot)?;
            if id == NONE {
                return None;
            }
            let is_it = |entry: &Entry| {
                entry.kind == kind
                    && entry.with_subdomains == with_subdomains
                    && self.slice(entry.value) == text
            };
            if tag == (print >> 32) as u32 && self.entries.get(id as usize).is_some_and(is_it) {
                return Some(id);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn print(&self, kind: Kind, with_subdomains: bool, text: &[u8]) -> Fingerprint {
        Seed(self.seed).within(kind as u64 * 2 + u64::from(with_subdomains), text)
    }

    /// Adds what a list says. The reason where it is not taken.
    pub(super) fn add(
        &mut self,
        line: u32,
        value: &Value,
        window: Option<Window>,
        note: &str,
    ) -> Result<(), Why> {
        if let Some(noise) = noise(value) {
            return Err(Why::Noisy(noise));
        }
        let window = self.window(window);
        let list = (self.ids.len() as u32).saturating_sub(1);
        let text = value.text.as_bytes();
        let known = self.find(value.kind, value.with_subdomains, text);
        let mut last = known;
        let mut given = 0;
        while let Some(entry) = last.and_then(|id| self.entries.get(id as usize)) {
            if entry.list == list && entry.window == window {
                self.count(|id| id.repeated += 1);
                return Ok(());
            }
            given += 1;
            match entry.next {
                NONE => break,
                next => last = Some(next),
            }
        }
        let is_full = self.entries.len() >= INDICATORS
            || self.bytes.len() + text.len() + NOTE_BYTES > u32::MAX as usize;
        if given >= GIVEN || is_full {
            return Err(Why::TooMany);
        }
        let stored = known.and_then(|id| self.entries.get(id as usize)).map(|entry| entry.value);
        let value_at = stored.unwrap_or_else(|| self.store(text));
        let note = self.note(note);
        let id = self.entries.len() as Id;
        self.entries.push(Entry {
            kind: value.kind,
            with_subdomains: value.with_subdomains,
            list,
            line,
            value: value_at,
            note,
            window,
            next: NONE,
        });
        match last.and_then(|last| self.entries.get_mut(last as usize)) {
            Some(last) => last.next = id,
            None => self.insert(id),
        }
        self.count(|list| *list.swept.entry(value.kind.name().to_owned()).or_default() += 1);
        Ok(())
    }

    /// Counts, and keeps the first of, what is not swept.
    pub(super) fn refuse(&mut self, refused: Refused) {
        let list = (self.ids.len() as u32).saturating_sub(1);
        let name = refused.why.name();
        self.count(|id| *id.not_swept.entry(name.to_owned()).or_default() += 1);
        let before = self.ids.last().map_or(0, |id| id.not_swept.values().sum::<u32>());
        if before as usize <= REFUSED && self.refused.len() < REFUSED_IN_ALL {
            self.refused.push((list, refused));
        }
    }

    /// Takes a private list.
    pub(super) fn add_private(&mut self, list: PrivateList) {
        let count = list.len() as u32;
        self.count(|id| *id.swept.entry("private".to_owned()).or_default() += count);
        self.private.push(list);
    }

    /// Takes what a table says of a range of addresses; false where there are too many.
    pub(super) fn add_networks(&mut self, first: IpAddr, last: IpAddr, about: About) -> bool {
        let is_taken = self.networks.add(first, last, about);
        let more = u32::from(is_taken);
        self.count(|id| *id.swept.entry("range".to_owned()).or_default() += more);
        is_taken
    }

    fn count(&mut self, change: impl FnOnce(&mut ListId)) {
        if let Some(id) = self.ids.last_mut() {
            change(id);
        }
    }

    fn window(&mut self, window: Option<Window>) -> u32 {
        let Some(window) = window else { return 0 };
        // Lists give the same times to many in a row.
        let near = self.windows.iter().rev().take(8).position(|known| *known == window);
        let place = match near {
            Some(back) => self.windows.len() - back,
            None => {
                self.windows.push(window);
                self.windows.len()
            }
        };
        u32::try_from(place).unwrap_or(0)
    }

    fn note(&mut self, note: &str) -> (u32, u32) {
        let note = shortened(note.trim(), NOTE_BYTES);
        let known = self.entries.last().map(|entry| entry.note);
        match known {
            Some(known) if self.slice(known) == note.as_bytes() => known,
            _ => self.store(note.as_bytes()),
        }
    }

    fn store(&mut self, text: &[u8]) -> (u32, u32) {
        let at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(text);
        (at, text.len() as u32)
    }

    fn insert(&mut self, id: Id) {
        if (self.entries.len() + 1) * 2 > self.slots.len() {
            self.rebuild();
        } else {
            self.put(id);
        }
    }

    fn put(&mut self, id: Id) {
        let Some(entry) = self.entries.get(id as usize) else { return };
        let print = self.print(entry.kind, entry.with_subdomains, self.slice(entry.value));
        let mask = self.slots.len() - 1;
        let mut slot = print as usize & mask;
        while self.slots[slot].1 != NONE {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = ((print >> 32) as u32, id);
    }

    /// Builds the table anew. Of several that give a value, the first stands in it.
    fn rebuild(&mut self) {
        let length = ((self.entries.len() + 1) * 4).next_power_of_two();
        self.slots.clear();
        self.slots.resize(length, (0, NONE));
        let mut is_first = vec![true; self.entries.len()];
        for entry in &self.entries {
            if let Some(place) = is_first.get_mut(entry.next as usize) {
                *place = false;
            }
        }
        for id in (0..self.entries.len()).filter(|id| is_first[*id]) {
            self.put(id as Id);
        }
    }

    /// One buffer that can be handed from worker to worker.
    pub fn encode(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }

    /// The other way.
    pub fn decode(bytes: &[u8]) -> Result<Self, postcard::Error> {
        let mut lists: Self = postcard::from_bytes(bytes)?;
        lists.rebuild();
        Ok(lists)
    }
}

#[cfg(test)]
mod tests {
    use super::super::noise::Noise;
    use super::super::value::guess;
    use super::*;

    fn lists() -> Lists {
        let mut lists = Lists::default();
        lists.begin("a.txt", "text", "00");
        lists
    }

    fn add(lists: &mut Lists, text: &str, window: Option<Window>) -> Result<(), Why> {
        lists.add(1, &guess(text).unwrap(), window, "a note")
    }

    #[test]
    fn every_value_is_found_and_nothing_else() {
        let mut lists = lists();
        let text = |n: u32| format!("h{n}.example.jp");
        for n in 0..5_000 {
            add(&mut lists, &text(n), None).unwrap();
        }
        let again = Lists::decode(&lists.encode().unwrap()).unwrap();
        for lists in [&lists, &again] {
            for n in 0..5_000 {
                assert_eq!(lists.find(Kind::Domain, false, text(n).as_bytes()), Some(n));
                assert_eq!(lists.find(Kind::Domain, true, text(n).as_bytes()), None);
                assert_eq!(lists.find(Kind::Email, false, text(n).as_bytes()), None);
                assert_eq!(lists.find(Kind::Domain, false, text(n + 5_000).as_bytes()), None);
            }
        }
    }

    #[test]
    fn what_several_lists_say_is_kept_and_repeats_are_counted() {
        let mut lists = lists();
        for window in [None, None, Some((1, 2)), Some((1, 2))] {
            add(&mut lists, "203.0.113.5", window).unwrap();
        }
        lists.begin("b.txt", "text", "01");
        add(&mut lists, "203.0.113.5", None).unwrap();
        let id = lists.find(Kind::Address, false, b"203.0.113.5").unwrap();
        let given: Vec<_> = lists.given(id).map(|given| (given.list, given.window)).collect();
        assert_eq!(given, [("a.txt", None), ("a.txt", Some((1, 2))), ("b.txt", None)]);
        assert_eq!(lists.ids()[0].repeated, 2);
        for n in 0..40 {
            let is_taken = add(&mut lists, "203.0.113.5", Some((n, 100)));
            assert_eq!(is_taken.is_ok(), n < GIVEN as i64 - 3, "{n}");
        }
    }

    #[test]
    fn noisy_values_are_not_taken() {
        let mut lists = lists();
        assert_eq!(add(&mut lists, "8.8.8.8", None), Err(Why::Noisy(Noise::Resolver)));
        assert!(lists.is_empty());
    }
}
