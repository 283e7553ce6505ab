//! Pseudonyms: the same name has the same one wherever the same key makes it, and without the key
//! nobody can tell or try which name it is. Who has the key can try: there are few enough IPv4
//! addresses, mail domains and usual account names to try them all.

use super::seal::hmac;
use crate::base::hex;
use core::net::IpAddr;
use serde::{Deserialize, Serialize};

/// Bytes of a pseudonym: enough that two names never meet by chance.
const BYTES: usize = 12;
/// Bytes of the number by which a key is known.
const ID_BYTES: usize = 8;

/// What a name is the name of. Names of different kinds have different pseudonyms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// A network: IPv4 /24, IPv6 /48.
    Network,
    /// An address.
    Address,
    /// An account.
    Account,
    /// A mail domain.
    Domain,
    /// An organisation.
    Tenant,
    /// A project or site.
    Project,
}

impl NameKind {
    pub(super) const fn mark(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Address => "address",
            Self::Account => "account",
            Self::Domain => "domain",
            Self::Tenant => "tenant",
            Self::Project => "project",
        }
    }
}

/// The one form in which two ways of writing a name are the same.
pub fn canonical(kind: NameKind, name: &str) -> String {
    let name = name.trim();
    match (kind, name.parse::<IpAddr>()) {
        (NameKind::Address, Ok(address)) => address.to_canonical().to_string(),
        _ => name.to_lowercase(),
    }
}

/// What makes pseudonyms.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PseudonymKey([u8; Self::BYTES]);

impl PseudonymKey {
    /// Bytes of a key.
    pub const BYTES: usize = 32;

    /// A key of bytes that nobody else knows.
    pub const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    pub(super) const fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// Tells whether two files were made with the same key, and nothing else of it.
    pub fn id(&self) -> String {
        hex(&hmac(&self.0, &[b"sekisho key"])[..ID_BYTES])
    }

    /// The pseudonym of a name.
    pub fn of(&self, kind: NameKind, name: &str) -> Pseudonym {
        let parts = [kind.mark().as_bytes(), b"\0", canonical(kind, name).as_bytes()].concat();
        Pseudonym(hex(&hmac(&self.0, &[&parts])[..BYTES]))
    }
}

impl core::fmt::Debug for PseudonymKey {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(out, "PseudonymKey {}", self.id())
    }
}

/// Stands for a name. Only a key makes one, so what holds pseudonyms holds no names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pseudonym(String);

impl Pseudonym {
    /// As it is written: 24 digits of hex.
    pub fn text(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_written_in_two_ways_have_one_pseudonym_and_others_another() {
        let key = PseudonymKey::new([3; 32]);
        let of = |kind, name| key.of(kind, name);
        for (kind, one, other) in [
            (NameKind::Address, "203.0.113.7", "::ffff:203.0.113.7"),
            (NameKind::Address, "2001:DB8::1", "2001:db8:0:0::1"),
            (NameKind::Account, "Sato@Example.jp", " sato@example.jp"),
        ] {
            assert_eq!(of(kind, one), of(kind, other), "{one}");
        }
        assert_ne!(of(NameKind::Account, "a"), of(NameKind::Domain, "a"));
        assert_ne!(of(NameKind::Account, "a"), of(NameKind::Account, "b"));
        assert_ne!(
            of(NameKind::Account, "a"),
            PseudonymKey::new([4; 32]).of(NameKind::Account, "a")
        );
        assert_eq!(of(NameKind::Account, "a").text().len(), 2 * BYTES);
        assert!(!format!("{key:?}").contains("03, 03"));
    }
}
