//! Private lists: salted Argon2id digests instead of values, so that whoever holds the list learns
//! of a value only by having it in a log, or by guessing it.
//!
//! The digest is of the kind and the compared form of the value, cut to 96 bits. Guessing is what
//! limits this: all of IPv4 can be tried in days, and so can short names. `docs/indicators.md`
//! says it plainly.

use super::value::Kind;
use crate::base::{hex, unhex};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a digest.
const DIGEST_BYTES: usize = 12;
/// Bytes of a salt.
pub const SALT_BYTES: usize = 16;
/// The version of the file's form.
const VERSION: u32 = 1;
/// What one digest may cost at most, so that a list cannot hold up a check.
const MOST_KIB: u32 = 16 << 10;
const MOST_PASSES: u32 = 4;

/// What one digest costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Memory, KiB.
    pub kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for Cost {
    /// Some milliseconds a value.
    fn default() -> Self {
        Self { kib: 4 << 10, passes: 1 }
    }
}

type Digest = [u8; DIGEST_BYTES];

/// A private list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivateList {
    /// Its name.
    pub name: String,
    salt: [u8; SALT_BYTES],
    cost: Cost,
    kinds: Vec<Kind>,
    digests: Vec<Digest>,
}

/// A private list as its file is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sekisho_private_list: u32,
    algorithm: String,
    cost: Cost,
    salt: String,
    /// Digests in hex, by kind, in order.
    digests: BTreeMap<Kind, Vec<String>>,
}

const ALGORITHM: &str = "argon2id-96";

impl PrivateList {
    /// Makes a list's file from values. `progress` is told how many are done, and says whether to
    /// go on. None when it was stopped.
    pub fn make(
        values: &BTreeSet<(Kind, String)>,
        salt: [u8; SALT_BYTES],
        cost: Cost,
        progress: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Option<String>, String> {
        let mut hasher = Hasher::new(cost)?;
        let mut digests = BTreeMap::<Kind, Vec<String>>::new();
        for (done, (kind, text)) in values.iter().enumerate() {
            if !progress(done) {
                return Ok(None);
            }
            digests.entry(*kind).or_default().push(hex(&hasher.digest(&salt, *kind, text)?));
        }
        // In the order of the digests, which tells nothing of the values.
        digests.values_mut().for_each(|digests| digests.sort_unstable());
        let file = File {
            sekisho_private_list: VERSION,
            algorithm: ALGORITHM.to_owned(),
            cost,
            salt: hex(&salt),
            digests,
        };
        serde_json::to_string_pretty(&file).map(Some).map_err(|error| error.to_string())
    }

    /// Reads a list's file. An error says what is wrong.
    pub(super) fn read(name: &str, text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if file.sekisho_private_list != VERSION || file.algorithm != ALGORITHM {
            return Err(format!("this program reads version {VERSION} with {ALGORITHM}"));
        }
        if file.cost.kib > MOST_KIB || file.cost.passes > MOST_PASSES {
            return Err(format!("a digest may cost {MOST_KIB} KiB and {MOST_PASSES} passes"));
        }
        Hasher::new(file.cost)?;
        let wrong = || "salt or digests are no hex of the right length".to_owned();
        let salt = unhex::<SALT_BYTES>(&file.salt).ok_or_else(wrong)?;
        let kinds: Vec<Kind> = file.digests.keys().copied().collect();
        let all = file.digests.values().flatten().map(|text| unhex(text).ok_or_else(wrong));
        let mut digests = all.collect::<Result<Vec<Digest>, String>>()?;
        digests.sort_unstable();
        digests.dedup();
        Ok(Self { name: name.to_owned(), salt, cost: file.cost, kinds, digests })
    }

    /// Digests in it.
    pub const fn len(&self) -> usize {
        self.digests.len()
    }

    /// Whether it holds nothing.
    pub const fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// Whether values of a kind are to be tried.
    pub fn has(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// What tries values of this list.
    pub fn hasher(&self) -> Result<Hasher, String> {
        Hasher::new(self.cost)
    }

    /// Whether a value is in the list.
    pub fn holds(&self, hasher: &mut Hasher, kind: Kind, text: &str) -> Result<bool, String> {
        let digest = hasher.digest(&self.salt, kind, text)?;
        Ok(self.digests.binary_search(&digest).is_ok())
    }
}

/// Computes digests, one after another, in the same memory.
pub struct Hasher {
    argon: Argon2<'static>,
    blocks: Vec<Block>,
}

impl Hasher {
    fn new(cost: Cost) -> Result<Self, String> {
        let params = Params::new(cost.kib, cost.passes, 1, Some(DIGEST_BYTES));
        let params = params.map_err(|error| error.to_string())?;
        let blocks = vec![Block::default(); params.block_count()];
        Ok(Self { argon: Argon2::new(Algorithm::Argon2id, Version::V0x13, params), blocks })
    }

    fn digest(&mut self, salt: &[u8], kind: Kind, text: &str) -> Result<Digest, String> {
        let value = [kind.name().as_bytes(), b"\0", text.as_bytes()].concat();
        let mut digest = Digest::default();
        let into =
            self.argon.hash_password_into_with_memory(&value, salt, &mut digest, &mut self.blocks);
        into.map(|()| digest).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { kib: 32, passes: 1 };

    fn made() -> String {
        let values = BTreeSet::from([
            (Kind::Domain, "evil.example.jp".to_owned()),
            (Kind::Address, "203.0.113.5".to_owned()),
        ]);
        PrivateList::make(&values, [7; SALT_BYTES], CHEAP, &mut |_| true).unwrap().unwrap()
    }

    #[test]
    fn a_list_holds_its_values_and_says_none() {
        let text = made();
        assert!(!text.contains("example") && !text.contains("203"));
        let list = PrivateList::read("p", &text).unwrap();
        let mut hasher = list.hasher().unwrap();
        let mut holds = |kind, text| list.holds(&mut hasher, kind, text).unwrap();
        assert!(holds(Kind::Domain, "evil.example.jp") && holds(Kind::Address, "203.0.113.5"));
        assert!(!holds(Kind::Account, "evil.example.jp") && !holds(Kind::Address, "203.0.113.6"));
        assert!(list.has(Kind::Domain) && !list.has(Kind::Url));
    }

    #[test]
    fn another_salt_gives_other_digests() {
        let values = BTreeSet::from([(Kind::Domain, "evil.example.jp".to_owned())]);
        let make = |salt| PrivateList::make(&values, [salt; SALT_BYTES], CHEAP, &mut |_| true);
        let digests = |salt| PrivateList::read("p", &make(salt).unwrap().unwrap()).unwrap().digests;
        assert_ne!(digests(1), digests(2));
        assert_eq!(PrivateList::make(&values, [1; 16], CHEAP, &mut |_| false), Ok(None));
    }

    #[test]
    fn costs_beyond_reason_and_damage_are_refused() {
        for (from, to) in [
            ("\"kib\": 32", "\"kib\": 4000000"),
            ("\"passes\": 1", "\"passes\": 0"),
            ("\"salt\": \"07", "\"salt\": \"7"),
            ("argon2id-96", "argon2i-96"),
            ("list\": 1", "list\": 2"),
            ("}", ""),
        ] {
            let text = made();
            assert!(text.contains(from), "{from} in {text}");
            assert!(PrivateList::read("p", &text.replace(from, to)).is_err(), "{to}");
        }
    }
}
