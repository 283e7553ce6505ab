//! Who came from which network, among what was found: where one account is in many networks, or one
//! network has many accounts, it shows at a glance.

use super::Explorer;
use crate::base::Arrange;
use crate::event::Field;
use crate::judge::activity::Network;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Rows and columns that are shown.
const SHOWN: usize = 40;

/// What stands on the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Accounts.
    Accounts,
    /// Organisations.
    Organisations,
}

/// Who came from which network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Crossing {
    /// Names, those in most networks first, with the networks of each and its events.
    pub who: Vec<(String, u64, u64)>,
    /// Networks, those with most names first, with the names of each and its events.
    pub networks: Vec<(String, u64, u64)>,
    /// Row, column and events.
    pub cells: Vec<(u32, u32, u64)>,
    /// All names, also those not shown.
    pub all_who: u64,
    /// All networks.
    pub all_networks: u64,
}

/// Of a row or a column: what it meets, and its events.
struct Side<T> {
    meets: BTreeSet<T>,
    events: u64,
}

// By hand: what it meets need have no default.
impl<T> Default for Side<T> {
    fn default() -> Self {
        Self { meets: BTreeSet::new(), events: 0 }
    }
}

impl Explorer {
    /// Crosses who acted with the network that an address is of: an IPv4 /24, an IPv6 /48.
    pub fn cross(&self, who: Who) -> Crossing {
        let counts = self.meetings(who);
        let mut rows = BTreeMap::<&[u8], Side<Network>>::new();
        let mut columns = BTreeMap::<Network, Side<&[u8]>>::new();
        for ((name, network), events) in &counts {
            let row = rows.entry(name).or_default();
            row.meets.insert(*network);
            row.events += events;
            let column = columns.entry(*network).or_default();
            column.meets.insert(name);
            column.events += events;
        }
        let (all_who, all_networks) = (rows.len() as u64, columns.len() as u64);
        let (rows, columns) = (leading(rows), leading(columns));
        let at = |network: &Network| columns.iter().position(|(known, _)| known == network);
        let mut cells = Vec::new();
        for (row, (name, side)) in (0u32..).zip(&rows) {
            let met = side.meets.iter().filter_map(|network| Some((at(network)?, network)));
            cells.extend(met.map(|(column, network)| {
                (row, column as u32, counts.get(&(*name, *network)).copied().unwrap_or(0))
            }));
        }
        cells.sort_unstable();
        let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        Crossing {
            who: said(rows, text),
            networks: said(columns, |network| network.to_string()),
            cells,
            all_who,
            all_networks,
        }
    }

    fn meetings(&self, who: Who) -> BTreeMap<(&[u8], Network), u64> {
        let mut counts = BTreeMap::new();
        let names = match who {
            Who::Accounts => [Field::UserName, Field::UserEmail, Field::UserId].as_slice(),
            Who::Organisations => &[Field::Organization, Field::OrganizationId],
        };
        let names: Vec<_> = names.iter().filter_map(|field| self.columns.field(*field)).collect();
        let Some(addresses) = self.columns.field(Field::SourceAddress) else { return counts };
        let networks: Vec<Option<Network>> =
            (0..=addresses.len()).map(|id| Network::of(addresses.text(id)?)).collect();
        for row in self.found.iter().map(|row| *row as usize) {
            let name = names.iter().find_map(|column| column.text(column.id(row)));
            let network = networks.get(addresses.id(row)).copied().flatten();
            if let Some((name, network)) = name.zip(network) {
                *counts.entry((name, network)).or_default() += 1;
            }
        }
        counts
    }
}

/// Those that meet most, then those with most events.
fn leading<K: Ord, T: Ord>(sides: BTreeMap<K, Side<T>>) -> Vec<(K, Side<T>)> {
    let mut sides: Vec<_> = sides.into_iter().collect();
    sides.arrange_by_key(|(_, side)| std::cmp::Reverse((side.meets.len(), side.events)));
    sides.truncate(SHOWN);
    sides
}

fn said<K, T>(sides: Vec<(K, Side<T>)>, text: impl Fn(K) -> String) -> Vec<(String, u64, u64)> {
    sides.into_iter().map(|(key, side)| (text(key), side.meets.len() as u64, side.events)).collect()
}
