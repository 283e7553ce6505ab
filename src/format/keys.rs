//! The names that a format asks for, and what a record says of them.

use super::given::{Given, Kept};
use crate::base::Seed;
use crate::base::{Fingerprint, Table};
use crate::text::{Pair, Value};
use bumpalo::Bump;

/// Stands for a name that a format asks for.
pub(super) type KeyId = u16;

/// Names come from descriptions, not from logs: their seed need not be secret.
const SEED: Seed = Seed(0);

/// Bytes of the last part of a name that count when names are looked up by it.
const PART_BYTES: usize = 64;

/// The names that a format asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    ids: Table<KeyId>,
    names: Vec<Box<str>>,
    /// Names that begin with a star, by the last part of the rest: any name that ends in the rest,
    /// in either case.
    endings: Table<Vec<(Box<[u8]>, KeyId)>>,
    /// The bytes in which they end: most names in records end otherwise.
    last_bytes: LastBytes,
    /// Other names that records use for one.
    aliases: Table<KeyId>,
}

impl Keys {
    /// The id of a name.
    pub fn add(&mut self, name: &str) -> KeyId {
        let name = name.trim();
        let new = self.names.len() as KeyId;
        let id = *self.ids.entry(SEED.of(name.as_bytes()), || new);
        if id == new {
            self.names.push(name.into());
            if let Some(ending) = name.strip_prefix('*') {
                self.add_ending(ending, id);
            }
        }
        id
    }

    /// Lets a name stand for another one too.
    pub fn add_alias(&mut self, alias: &str, name: &str) {
        let id = self.add(name);
        match alias.strip_prefix('*') {
            Some(ending) => self.add_ending(ending, id),
            None => *self.aliases.entry(SEED.of(alias.as_bytes()), || id) = id,
        }
    }

    fn add_ending(&mut self, ending: &str, id: KeyId) {
        let ending = ending.as_bytes();
        self.last_bytes.add(ending);
        self.endings.entry(last_part(ending), Vec::new).push((ending.into(), id));
    }

    /// Whether records write a name in one way.
    pub fn is_plain(&self, id: KeyId) -> bool {
        let stands_for = |(_, other): (Fingerprint, &KeyId)| *other == id;
        let mut endings = self.endings.iter().flat_map(|(_, endings)| endings);
        !self.aliases.iter().any(stands_for) && !endings.any(|(_, other)| *other == id)
    }

    /// The name of an id.
    pub fn name(&self, id: KeyId) -> &str {
        self.names.get(usize::from(id)).map_or("", |name| name)
    }

    /// The ids that each of some names stands for, so that they are looked up once.
    pub fn plan<'n>(&self, names: impl IntoIterator<Item = &'n [u8]>) -> Plan {
        let ids = |name: &[u8]| {
            let mut ids = Vec::new();
            self.each(name, hashed(name), &mut |id| ids.push(id));
            ids.into()
        };
        Plan(names.into_iter().map(ids).collect())
    }

    /// What a record says of each name, where the names of its first pairs are planned.
    pub fn find_planned<'a, 's, 'p>(
        &self,
        pairs: &[Pair<'a>],
        planned: impl IntoIterator<Item = &'p [KeyId]>,
        arena: &'s Bump,
    ) -> Found<'a, 's> {
        let mut finding = Finding::new(self.names.len(), pairs.len(), arena);
        let mut planned = planned.into_iter();
        for pair in pairs {
            match planned.next() {
                Some(ids) => ids.iter().for_each(|id| finding.put(*id, pair.value)),
                None => {
                    self.each(pair.key, hashed(pair.key), &mut |id| finding.put(id, pair.value));
                }
            }
        }
        finding.found()
    }

    /// What a record says of each name; of several pairs of one name, the first that is not null.
    pub fn find<'a, 's>(&self, pairs: &[Pair<'a>], arena: &'s Bump) -> Found<'a, 's> {
        self.find_named(pairs, pairs.iter().map(|pair| hashed(pair.key)), arena)
    }

    /// The same, with the names of the pairs as they are hashed.
    pub fn find_named<'a, 's>(
        &self,
        pairs: &[Pair<'a>],
        names: impl Iterator<Item = Fingerprint>,
        arena: &'s Bump,
    ) -> Found<'a, 's> {
        let mut finding = Finding::new(self.names.len(), pairs.len(), arena);
        for (pair, name) in pairs.iter().zip(names) {
            self.each(pair.key, name, &mut |id| finding.put(id, pair.value));
        }
        finding.found()
    }

    /// Where names that are asked for stand among these, and what records may have that have them.
    pub fn arrange<'k>(
        &self,
        names: impl Iterator<Item = &'k [u8]>,
        given: impl FnOnce(&[KeyId]) -> Kept,
    ) -> Arrangement {
        let mut slots = vec![0; self.names.len()];
        let (mut present, mut pairs, mut further) = (Vec::new(), Vec::new(), Vec::new());
        for (pair, name) in (0..).zip(names) {
            self.each(name, hashed(name), &mut |id| {
                let Some(slot) = slots.get_mut(usize::from(id)) else { return };
                if *slot > 0 {
                    return further.push((*slot - 1, pair));
                }
                present.push(id);
                pairs.push(pair);
                *slot = pairs.len() as u16;
            });
        }
        let given = given(&present);
        let (present, pairs, further) = (present.into(), pairs.into(), further.into());
        Arrangement { slots: slots.into(), present, pairs, further, given }
    }

    /// The ids that a name stands for.
    #[inline]
    fn each(&self, key: &[u8], name: Fingerprint, put: &mut impl FnMut(KeyId)) {
        self.ids.get(name).into_iter().chain(self.aliases.get(name)).for_each(|id| put(*id));
        if !self.last_bytes.may_have(key) {
            return;
        }
        let endings = self.endings.get(last_part(key)).into_iter().flatten();
        endings.filter(|(ending, _)| ends_in(key, ending)).for_each(|(_, id)| put(*id));
    }
}

/// Which of a record's pairs says what a format asks for, by the names of the pairs alone.
#[derive(Clone, Debug)]
pub(super) struct Arrangement {
    /// As in what is found.
    slots: Box<[u16]>,
    present: Box<[KeyId]>,
    /// The first pair of each name that is present.
    pairs: Box<[u16]>,
    /// Further pairs of such names: the place of the name, and the pair.
    further: Box<[(u16, u16)]>,
    /// The texts that such records may have.
    given: Kept,
}

impl Arrangement {
    /// What a record says whose pairs have these names.
    pub fn find<'a, 's>(&'s self, pairs: &[Pair<'a>], arena: &'s Bump) -> Found<'a, 's> {
        let said = |pair: u16| pairs.get(usize::from(pair)).map_or(Value::Null, |pair| pair.value);
        let values = arena.alloc_slice_fill_iter(self.pairs.iter().map(|pair| said(*pair)));
        for (place, pair) in &self.further {
            if let Some(known @ Value::Null) = values.get_mut(usize::from(*place)) {
                *known = said(*pair);
            }
        }
        let given = Some(self.given.given());
        Found { slots: &self.slots, present: &self.present, values, given }
    }
}

/// For each of some names the ids that it stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan(Box<[Box<[KeyId]>]>);

impl Plan {
    /// Those of a name.
    pub fn of(&self, name: usize) -> &[KeyId] {
        self.0.get(name).map_or(&[], |ids| ids)
    }

    /// Whether one of the names stands for an id.
    pub fn gives(&self, id: KeyId) -> bool {
        self.0.iter().any(|ids| ids.contains(&id))
    }

    /// By id, the name that stands for it, where no other does.
    pub fn only(&self) -> Vec<Option<usize>> {
        let ids = || self.0.iter().flatten();
        let count = ids().max().map_or(0, |last| usize::from(*last) + 1);
        let names = |id: usize| {
            (0..).zip(&self.0).filter(move |(_, ids)| ids.iter().any(|own| usize::from(*own) == id))
        };
        let only = |id| {
            let mut names = names(id).map(|(name, _)| name);
            names.next().filter(|_| names.next().is_none())
        };
        (0..count).map(only).collect()
    }
}

/// What a record says, while it is looked up.
struct Finding<'a, 's> {
    slots: &'s mut [u16],
    present: bumpalo::collections::Vec<'s, KeyId>,
    values: bumpalo::collections::Vec<'s, Value<'a>>,
}

impl<'a, 's> Finding<'a, 's> {
    fn new(names: usize, pairs: usize, arena: &'s Bump) -> Self {
        Self {
            slots: arena.alloc_slice_fill_copy(names, 0),
            present: bumpalo::collections::Vec::with_capacity_in(pairs, arena),
            values: bumpalo::collections::Vec::with_capacity_in(pairs, arena),
        }
    }

    /// Of several pairs of one name, the first counts that is not null.
    #[inline]
    fn put(&mut self, id: KeyId, value: Value<'a>) {
        let Some(slot) = self.slots.get_mut(usize::from(id)) else { return };
        match self.values.get_mut(usize::from(*slot).wrapping_sub(1)) {
            Some(known @ Value::Null) => *known = value,
            Some(_) => {}
            None => {
                self.present.push(id);
                self.values.push(value);
                *slot = self.values.len() as u16;
            }
        }
    }

    fn found(self) -> Found<'a, 's> {
        let present = self.present.into_bump_slice();
        let values = self.values.into_bump_slice();
        Found { slots: self.slots, present, values, given: None }
    }
}

/// Stands for a name.
pub(super) fn hashed(name: &[u8]) -> Fingerprint {
    SEED.of(name)
}

/// Stands for what lies behind the last point of a name, in lower case.
fn last_part(name: &[u8]) -> Fingerprint {
    let part = memchr::memrchr(b'.', name).map_or(name, |at| &name[at + 1..]);
    let part = &part[..part.len().min(PART_BYTES)];
    let mut lower = [0; PART_BYTES];
    lower[..part.len()].copy_from_slice(part);
    lower.make_ascii_lowercase();
    SEED.of(&lower[..part.len()])
}

/// In which three bytes some endings end, letters in either case, as bits. Others may share a bit.
#[derive(Clone, Debug)]
struct LastBytes([u64; 64]);

impl Default for LastBytes {
    fn default() -> Self {
        Self([0; 64])
    }
}

impl LastBytes {
    fn add(&mut self, ending: &[u8]) {
        match ending {
            [.., first, before, last] => self.set([*first, *before, *last]),
            // What is shorter may stand behind anything.
            [before, last] => (0..=u8::MAX).for_each(|first| self.set([first, *before, *last])),
            _ => self.0 = [u64::MAX; 64],
        }
    }

    fn set(&mut self, bytes: [u8; 3]) {
        let bit = Self::bit(bytes);
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    #[inline]
    fn may_have(&self, name: &[u8]) -> bool {
        let Some(bytes) = name.last_chunk::<3>() else { return true };
        let bit = Self::bit(*bytes);
        self.0[bit / 64] >> (bit % 64) & 1 == 1
    }

    /// A number below 4,096.
    const fn bit([first, before, last]: [u8; 3]) -> usize {
        let folded = u32::from_le_bytes([first | 0x20, before | 0x20, last | 0x20, 0]);
        // An odd factor spreads what differs in few bits over the upper ones.
        (folded.wrapping_mul(0x9e37_79b1) >> 20) as usize
    }
}

/// Whether a name is the ending, or has it behind a point, in either case.
fn ends_in(name: &[u8], ending: &[u8]) -> bool {
    let Some(before) = name.len().checked_sub(ending.len()) else { return false };
    let (before, end) = name.split_at(before);
    end.eq_ignore_ascii_case(ending) && before.last().is_none_or(|byte| *byte == b'.')
}

/// What a record says of the names that a format asks for.
pub(super) struct Found<'a, 's> {
    /// For each name asked for, where its value stands, counted from 1; 0 where there is none.
    slots: &'s [u16],
    present: &'s [KeyId],
    values: &'s [Value<'a>],
    /// The texts that it may have, where that is known.
    given: Option<Given<'s>>,
}

impl<'a, 's> Found<'a, 's> {
    /// The text of a name; none when it is absent, null or empty.
    pub fn text(&self, key: KeyId) -> Option<&'a [u8]> {
        self.value(key)?.text()
    }

    /// The same as it is written.
    pub fn value(&self, key: KeyId) -> Option<Value<'a>> {
        let slot = *self.slots.get(usize::from(key))?;
        let value = self.values.get(usize::from(slot).wrapping_sub(1))?;
        (!value.is_empty()).then_some(*value)
    }

    /// Whether the record has the name, be it empty.
    pub fn has(&self, key: KeyId) -> bool {
        self.slots.get(usize::from(key)).is_some_and(|slot| *slot != 0)
    }

    /// The names that the record has, be they empty.
    pub const fn present(&self) -> &'s [KeyId] {
        self.present
    }

    /// The texts that it may have, where its names were arranged.
    pub const fn given(&self) -> Option<Given<'s>> {
        self.given
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(keys: &Keys, id: KeyId, names: &[&'static str]) -> Option<String> {
        let arena = Bump::new();
        let pair = |name: &&'static str| Pair {
            key: name.as_bytes(),
            value: Value::Text(name.as_bytes()),
        };
        let pairs: Vec<_> = names.iter().map(pair).collect();
        let found = keys.find(&pairs, &arena);
        found.text(id).map(|text| String::from_utf8_lossy(text).into_owned())
    }

    #[test]
    fn names_are_found_by_themselves_by_their_ends_and_by_aliases() {
        let mut keys = Keys::default();
        let (plain, ending, path) =
            (keys.add("user"), keys.add("*userName"), keys.add("*actor.ip"));
        keys.add_alias("Subject.Account", "*userName");
        keys.add_alias("*login", "user");
        assert_eq!(find(&keys, plain, &["User", "a.user", "user"]).as_deref(), Some("user"));
        assert_eq!(find(&keys, plain, &["a.Login"]).as_deref(), Some("a.Login"));
        assert_eq!(
            find(&keys, ending, &["xusername", "a.USERNAME"]).as_deref(),
            Some("a.USERNAME")
        );
        assert_eq!(find(&keys, ending, &["Subject.Account"]).as_deref(), Some("Subject.Account"));
        assert_eq!(
            find(&keys, path, &["ip", "factor.ip", "a.Actor.IP"]).as_deref(),
            Some("a.Actor.IP")
        );
    }
    #[test]
    fn endings_may_be_short() {
        let mut keys = Keys::default();
        let (ip, id, x) = (keys.add("*ip"), keys.add("*actor.id"), keys.add("*x"));
        for name in ["ip", "a.IP", "x.ip"] {
            assert_eq!(find(&keys, ip, &["xip", name]).as_deref(), Some(name));
        }
        assert_eq!(find(&keys, id, &["actor.id"]).as_deref(), Some("actor.id"));
        assert_eq!(find(&keys, x, &["ax", "a.X"]).as_deref(), Some("a.X"));
        assert_eq!(find(&keys, x, &["id", "ax"]), None);
    }
}
