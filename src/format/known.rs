//! What the records of one log have in common: names, and what follows from these alone.
//!
//! It saves work and changes nothing: a record whose names are not known is read as if none were.

use super::FormatIndex;
use super::keys::Arrangement;
use crate::base::are_same;
use crate::text::Pair;
use crate::text::json::{Ids, NameId, Names, UNKNOWN};
use std::cell::OnceCell;

/// Orders of names that are kept at most.
const PLACES: usize = 1 << 7;
/// Places that are tried for one.
const TRIED: usize = 4;
/// Names of a record whose order is kept.
const MOST_NAMES: usize = 256;
/// Bytes of these, where they are kept by themselves.
const MOST_BYTES: usize = 1 << 13;

/// What the records of a log have in common.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Their names.
    pub names: Names,
    shapes: Box<[OnceCell<Shape>]>,
    /// Records of pairs, by the names of these.
    pairs: Box<[OnceCell<Named>]>,
}

/// The names of some records of pairs, and where what a format asks for stands in them.
#[derive(Clone, Debug)]
struct Named {
    format: FormatIndex,
    names: Box<[Box<[u8]>]>,
    arrangement: Arrangement,
}

/// The names of some records, in their order.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    ids: Box<[NameId]>,
    /// The formats that may claim such records, in order.
    pub candidates: Box<[Candidate]>,
}

/// A format that may claim records of a shape.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub format: FormatIndex,
    /// Where what it asks for stands in them, once it was asked.
    pub arrangement: OnceCell<Arrangement>,
}

impl Default for Known {
    fn default() -> Self {
        let shapes = vec![OnceCell::new(); PLACES].into();
        let pairs = vec![OnceCell::new(); PLACES].into();
        Self { names: Names::default(), shapes, pairs }
    }
}

impl Known {
    /// What is known of records with these names, kept from now on if there is room.
    pub fn shape(
        &self,
        ids: &Ids<'_>,
        candidates: impl FnOnce() -> Vec<FormatIndex>,
    ) -> Option<&Shape> {
        if ids.len() > MOST_NAMES || ids.contains(&UNKNOWN) {
            return None;
        }
        let start = ids.iter().fold(0_u32, |all, id| (all ^ u32::from(*id)).wrapping_mul(FACTOR));
        let start = (start >> 16) as usize;
        let mut places = (start..start + TRIED).filter_map(|at| self.shapes.get(at % PLACES));
        let is_it = |place: &&OnceCell<Shape>| {
            place.get().is_none_or(|shape| shape.ids.iter().eq(ids.iter()))
        };
        let place = places.find(is_it)?;
        Some(place.get_or_init(|| Shape::new(ids, candidates())))
    }

    /// Where what a format asks for stands among these pairs, kept from now on for those of the same
    /// names if there is room.
    pub fn arrangement(
        &self,
        format: FormatIndex,
        pairs: &[Pair<'_>],
        arrange: impl FnOnce() -> Arrangement,
    ) -> Option<&Arrangement> {
        let bytes: usize = pairs.iter().map(|pair| pair.key.len()).sum();
        if pairs.len() > MOST_NAMES || bytes > MOST_BYTES {
            return None;
        }
        let mix = |all: u32, bits: usize| (all ^ bits as u32).wrapping_mul(FACTOR);
        let sign = |name: &[u8]| name.len() << 8 | usize::from(name.last().copied().unwrap_or(0));
        let start = pairs.iter().fold(mix(0, format.into()), |all, pair| mix(all, sign(pair.key)));
        let start = (start >> 16) as usize;
        let mut places = (start..start + TRIED).filter_map(|at| self.pairs.get(at % PLACES));
        let is_it = |place: &&OnceCell<Named>| {
            place.get().is_none_or(|named| {
                named.format == format
                    && named.names.len() == pairs.len()
                    && named.names.iter().zip(pairs).all(|(name, pair)| are_same(name, pair.key))
            })
        };
        let place = places.find(is_it)?;
        let named = place.get_or_init(|| {
            let names = pairs.iter().map(|pair| pair.key.into()).collect();
            Named { format, names, arrangement: arrange() }
        });
        Some(&named.arrangement)
    }
}

/// An odd factor, so that every name counts.
const FACTOR: u32 = 0x9e37_79b1;

impl Shape {
    fn new(ids: &Ids<'_>, candidates: Vec<FormatIndex>) -> Self {
        let of = |format| Candidate { format, arrangement: OnceCell::new() };
        Self {
            ids: ids.iter().copied().collect(),
            candidates: candidates.into_iter().map(of).collect(),
        }
    }
}
