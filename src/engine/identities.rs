//! Records that state an identity of their own, and where each identity is stated. Any cut and any
//! order of merging gives the same.

use crate::base::limits::IDENTITIES;
use crate::base::{Fingerprint, Merge, Table};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A record's stream and first byte.
type At = (u32, u64);

/// What is stated in more places than this identifies nothing.
const MOST: usize = 1_000;

/// Where one identity is stated.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Places {
    One(At),
    Many(Vec<At>),
    TooMany,
}

impl Places {
    /// Never less than that of a part: only then does thinning not depend on the order of merging.
    fn weight(&self) -> u64 {
        match self {
            Self::One(_) => 1,
            Self::Many(places) => places.len() as u64,
            Self::TooMany => MOST as u64,
        }
    }

    fn join(&mut self, other: Self) {
        let mine = std::mem::replace(self, Self::TooMany);
        let (Some(mut all), Some(more)) = (mine.known(), other.known()) else { return };
        all.extend(more);
        if all.len() < MOST {
            *self = Self::Many(all);
        }
    }

    fn known(self) -> Option<Vec<At>> {
        match self {
            Self::One(at) => Some(vec![at]),
            Self::Many(places) => Some(places),
            Self::TooMany => None,
        }
    }
}

/// The identities of some records. When they are stated in more than `LIMIT` places, only those
/// stay whose fingerprints begin with one more zero bit; of what stays, all places are known.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Identities<const LIMIT: u64 = IDENTITIES> {
    keys: Table<Places>,
    weight: u64,
    halvings: u32,
}

impl<const LIMIT: u64> Identities<LIMIT> {
    /// Notes where an identity is stated.
    pub fn add(&mut self, identity: Fingerprint, stream: u32, offset: u64) {
        self.join(identity, Places::One((stream, offset)));
    }

    /// One in how many identities is kept: 1 when the bound was not reached.
    pub const fn one_in(&self) -> u64 {
        1 << self.halvings
    }

    /// Forgets all identities, but not how many there were.
    pub fn forget(&mut self) {
        self.keys = Table::default();
        self.weight = 0;
    }

    /// The records whose identity an earlier one states, by stream: first byte, and the stream of
    /// the earliest. Earlier is what is in an earlier stream, or before it in the same.
    pub fn repeated(&self) -> BTreeMap<u32, Vec<(u64, u32)>> {
        let mut repeated = BTreeMap::<u32, Vec<(u64, u32)>>::new();
        for (_, places) in self.keys.iter() {
            let Places::Many(places) = places else { continue };
            let Some(first) = places.iter().min() else { continue };
            for (stream, offset) in places.iter().filter(|place| *place != first) {
                repeated.entry(*stream).or_default().push((*offset, first.0));
            }
        }
        repeated.values_mut().for_each(|records| records.sort_unstable());
        repeated
    }

    fn join(&mut self, identity: Fingerprint, places: Places) {
        if identity.leading_zeros() < self.halvings {
            return;
        }
        match self.keys.find(identity).and_then(|place| self.keys.at_mut(place)) {
            Some(known) => {
                self.weight -= known.weight();
                known.join(places);
                self.weight += known.weight();
            }
            None => {
                self.weight += places.weight();
                self.keys.entry(identity, || places);
            }
        }
        while self.weight > LIMIT {
            self.thin(self.halvings + 1);
        }
    }

    #[cold]
    fn thin(&mut self, halvings: u32) {
        self.halvings = halvings;
        self.keys.retain(|identity| identity.leading_zeros() >= halvings);
        self.weight = self.keys.iter().map(|(_, places)| places.weight()).sum();
    }
}

impl<const LIMIT: u64> Merge for Identities<LIMIT> {
    fn merge(&mut self, other: Self) {
        if other.halvings > self.halvings {
            self.thin(other.halvings);
        }
        for (identity, places) in other.keys.into_entries() {
            self.join(identity, places);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Few = Identities<4_000>;

    /// Every tenth identity is stated twice, and one far too often.
    fn of(records: impl Iterator<Item = u64>) -> Few {
        let mut all = Few::default();
        for n in records {
            let name = if n % 10 == 0 { n / 20 } else { n + 1_000_000 };
            let name = if n % 7 == 3 { 5_000_000 } else { name };
            all.add(crate::base::Seed(3).of(&name.to_le_bytes()), (n % 3) as u32, n);
        }
        all
    }

    #[test]
    fn any_cut_and_order_tells_the_same_records() {
        let whole = of(0..20_000);
        let told: usize = whole.repeated().values().map(Vec::len).sum();
        assert!(whole.one_in() > 1 && told > 50, "too little for this to say anything");
        for cut in [0, 1, 2_500, 9_999, 20_000] {
            let mut merged = of(cut..20_000);
            merged.merge(of(0..cut));
            assert_eq!(merged.repeated(), whole.repeated(), "cut at {cut}");
            assert_eq!(merged.one_in(), whole.one_in());
        }
    }

    #[test]
    fn the_earliest_record_of_an_identity_repeats_nothing() {
        let mut all = Few::default();
        for (stream, offset) in [(2, 5), (1, 70), (1, 9), (3, 0)] {
            all.add(1, stream, offset);
        }
        all.add(2, 1, 20);
        let expected = [(1, vec![(70, 1)]), (2, vec![(5, 1)]), (3, vec![(0, 1)])];
        assert_eq!(all.repeated(), expected.into_iter().collect());
    }

    #[test]
    fn what_a_thousand_records_state_identifies_none_of_them() {
        let mut all = Few::default();
        (0..1_000).for_each(|n| all.add(1, 0, n));
        assert!(all.repeated().is_empty());
    }
}
