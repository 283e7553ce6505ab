//! Networks that addresses belong to: an IPv4 /24 or an IPv6 /48, the sizes in which addresses
//! are usually handed out to one subscriber or site.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Network {
    /// An IPv4 /24.
    V4([u8; 3]),
    /// An IPv6 /48.
    V6([u16; 3]),
}

/// Bytes of the longest address in text.
const LONGEST: usize = 45;

impl Network {
    /// The network of an address; none when it is none, or says nothing of where it comes from.
    pub fn of(address: &[u8]) -> Option<Self> {
        if address.len() > LONGEST {
            return None;
        }
        Self::around(crate::base::address(address)?)
    }

    /// The same of an address that was read.
    pub fn around(address: IpAddr) -> Option<Self> {
        let address = address.to_canonical();
        if address.is_loopback() || address.is_unspecified() {
            return None;
        }
        Some(match address {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                Self::V4([a, b, c])
            }
            IpAddr::V6(address) => {
                let [a, b, c, ..] = address.segments();
                Self::V6([a, b, c])
            }
        })
    }

    /// Its first address.
    pub const fn address(self) -> IpAddr {
        match self {
            Self::V4([a, b, c]) => IpAddr::V4(Ipv4Addr::new(a, b, c, 0)),
            Self::V6([a, b, c]) => IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)),
        }
    }

    /// Its bytes, by which it is compared.
    pub fn bytes(self) -> [u8; 7] {
        match self {
            Self::V4([a, b, c]) => [4, a, b, c, 0, 0, 0],
            Self::V6([a, b, c]) => {
                let ([a, d], [b, e], [c, f]) = (a.to_be_bytes(), b.to_be_bytes(), c.to_be_bytes());
                [6, a, d, b, e, c, f]
            }
        }
    }

    /// Whether both are of one version of IP: a device may use both at once.
    pub const fn is_comparable(self, other: Self) -> bool {
        matches!((self, other), (Self::V4(_), Self::V4(_)) | (Self::V6(_), Self::V6(_)))
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4([a, b, c]) => write!(f, "{a}.{b}.{c}.0/24"),
            Self::V6(_) => write!(f, "{}/48", self.address()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    fn shown(address: &str) -> Option<String> {
        Network::of(address.as_bytes()).map(|network| network.to_string())
    }

    #[test]
    fn addresses_belong_to_networks_of_the_usual_size() {
        assert_eq!(shown("203.0.113.7").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(shown("::ffff:203.0.113.9").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(shown("2001:db8:7:8::1").as_deref(), Some("2001:db8:7::/48"));
        assert_eq!(shown("127.0.0.1"), None);
        assert_eq!(shown("::"), None);
        assert_eq!(shown("gate.example.jp"), None);
    }
}
