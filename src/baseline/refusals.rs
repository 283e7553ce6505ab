//! How widely a site turns requests away with each status, so that one which is given for
//! everything is not read as a sign.

use crate::base::{Fingerprint, Merge};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Paths that are kept for a status: those with the smallest fingerprints.
const KEPT: usize = 16;

/// Paths by the status, 300 to 499, that requests for them were redirected or refused with.
/// Requests with a payload, or for what attacks on products ask for, do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusals(BTreeMap<u16, Vec<Fingerprint>>);

impl Refusals {
    /// Notes that a path was answered with a status; others than those do not count.
    #[inline]
    pub fn add(&mut self, status: u16, path: Fingerprint) {
        if matches!(status, 300..=303 | 305..=499) {
            let paths = self.0.entry(status).or_default();
            if paths.len() < KEPT || paths.last().is_some_and(|largest| path < *largest) {
                insert(paths, path);
            }
        }
    }

    /// Different paths that were turned away with a status; more than 16 count as 16.
    pub fn paths(&self, status: u16) -> usize {
        self.0.get(&status).map_or(0, Vec::len)
    }
}

fn insert(paths: &mut Vec<Fingerprint>, path: Fingerprint) {
    if let Err(place) = paths.binary_search(&path) {
        paths.insert(place, path);
        paths.truncate(KEPT);
    }
}

impl Merge for Refusals {
    fn merge(&mut self, other: Self) {
        for (status, paths) in other.0 {
            paths.into_iter().for_each(|path| self.add(status, path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_cut_keeps_the_same_paths() {
        let add = |paths: &mut Refusals, from: u64, until: u64| {
            (from..until).for_each(|n| paths.add(404, n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        };
        let mut whole = Refusals::default();
        add(&mut whole, 0, 200);
        add(&mut whole, 0, 50);
        let (mut left, mut right) = (Refusals::default(), Refusals::default());
        add(&mut left, 90, 200);
        add(&mut right, 0, 91);
        left.merge(right);
        assert_eq!(left, whole);
        assert_eq!((whole.paths(404), whole.paths(405)), (KEPT, 0));
    }
}
