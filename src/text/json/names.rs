//! Names in the records of one log: each is read, joined and hashed once.
//!
//! Records of a log mostly have the same names in the same order. Behind each name stands the one
//! that followed it last; where that follows again, the text is compared with it and no more.
//! What is read is the same as without: names that are not kept are read anew.

use super::Path;
use crate::base::{Fingerprint, Seed, are_same};
use crate::text::{PATH_BYTES, parts};
use std::cell::{Cell, OnceCell};

/// Stands for a name that is kept.
pub type NameId = u16;

/// The name is not kept.
pub const UNKNOWN: NameId = NameId::MAX;
/// Around the names of a record stands no other.
pub(super) const OUTERMOST: NameId = NameId::MAX - 1;

/// Names that are kept at most.
const PLACES: usize = 1 << 9;
/// Places that are tried for a name.
const TRIED: usize = 8;

/// Names come from logs: what shares a place with others is compared.
const SEED: Seed = Seed(0);

/// The names that are kept of a log.
#[derive(Clone, Debug)]
pub struct Names {
    places: Box<[OnceCell<Name>]>,
    /// The name with which the last record began.
    first: Cell<NameId>,
}

/// A name that is kept.
#[derive(Clone, Debug)]
pub(super) struct Name {
    outer: NameId,
    /// As it is written, in quotes and with its colon.
    written: Box<[u8]>,
    /// With the names around it.
    path: Box<[u8]>,
    print: Fingerprint,
    /// The name that followed it last.
    next: Cell<NameId>,
}

impl Default for Names {
    fn default() -> Self {
        Self { places: vec![OnceCell::new(); PLACES].into(), first: Cell::new(UNKNOWN) }
    }
}

impl Names {
    fn get(&self, id: NameId) -> Option<&Name> {
        self.places.get(usize::from(id))?.get()
    }

    /// Stands for the whole path of a name, as `Seed(0)` gives it.
    pub fn print(&self, id: NameId) -> Option<Fingerprint> {
        self.get(id).map(|name| name.print)
    }

    /// The name at the start of a text, if it is the one that followed `last` before.
    #[inline]
    pub(super) fn following(
        &self,
        last: Option<&Name>,
        outer: NameId,
        text: &[u8],
    ) -> Option<(NameId, &Name)> {
        let id = last.map_or(&self.first, |last| &last.next).get();
        let name = self.get(id)?;
        let there = text.get(..name.written.len())?;
        (name.outer == outer && are_same(there, &name.written)).then_some((id, name))
    }

    /// The name inside another one, kept from now on if there is room. It follows `last`.
    pub(super) fn find(
        &self,
        last: Option<&Name>,
        outer: Path<'_>,
        inside: &[u8],
    ) -> Option<(NameId, &Name)> {
        if outer.id == UNKNOWN || inside.len() > PATH_BYTES {
            return None;
        }
        let start = Seed(u64::from(outer.id)).of(inside) as usize;
        for at in start..start + TRIED {
            let at = at % PLACES;
            let name = self.places.get(at)?.get_or_init(|| Name::new(outer, inside));
            if name.outer == outer.id && are_same(name.inside(), inside) {
                let id = at as NameId;
                last.map_or(&self.first, |last| &last.next).set(id);
                return Some((id, name));
            }
        }
        None
    }
}

impl Name {
    fn new(outer: Path<'_>, inside: &[u8]) -> Self {
        let path: Box<[u8]> = match outer.text.is_empty() {
            true => inside.into(),
            false => parts(outer.text, b".", inside).concat().into(),
        };
        Self {
            outer: outer.id,
            written: [b"\"", inside, b"\":"].concat().into(),
            print: SEED.of(&path),
            path,
            next: Cell::new(UNKNOWN),
        }
    }

    /// Bytes that it takes as it is written.
    pub(super) const fn length(&self) -> usize {
        self.written.len()
    }

    /// It alone.
    pub(super) fn inside(&self) -> &[u8] {
        self.written.get(1..self.written.len() - 2).unwrap_or_default()
    }

    /// It and the names around it.
    pub(super) fn path(&self) -> &[u8] {
        &self.path
    }
}
