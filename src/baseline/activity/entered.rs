//! In which networks an account was on a day.

use super::Mark;
use crate::base::{Fingerprint, Merge};
use crate::judge::activity::Network;
use serde::{Deserialize, Serialize};

/// Networks of a day that are kept, the smallest.
const NETWORKS: usize = 8;

/// In which networks an account was on a day: what it did there first and last, without sign-ins
/// that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// Stands for the account.
    pub account: Fingerprint,
    /// The day, UTC.
    pub day: i32,
    /// Network, first and last record, in order.
    pub networks: Vec<(Network, Mark, Mark)>,
}

impl Entered {
    /// Nothing yet of a day.
    pub const fn new(account: Fingerprint, day: i32) -> Self {
        Self { account, day, networks: Vec::new() }
    }

    /// Notes records in a network.
    pub fn add(&mut self, network: Network, first: Mark, last: Mark) {
        match self.networks.binary_search_by_key(&network, |known| known.0) {
            Ok(place) => {
                let known = &mut self.networks[place];
                (known.1, known.2) = (known.1.min(first), known.2.max(last));
            }
            Err(place) if place < NETWORKS => {
                self.networks.insert(place, (network, first, last));
                self.networks.truncate(NETWORKS);
            }
            Err(_) => {}
        }
    }

    /// The first and the last records, each with its network.
    pub fn marks(&self) -> impl Iterator<Item = (Mark, Network)> {
        self.networks
            .iter()
            .flat_map(|(network, first, last)| [(*first, *network), (*last, *network)])
    }
}

impl Merge for Entered {
    fn merge(&mut self, other: Self) {
        for (network, first, last) in other.networks {
            self.add(network, first, last);
        }
    }
}
