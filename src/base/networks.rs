//! Where networks are and whose they are, as a table says that somebody gives.
//!
//! A table is held at the size at which networks are told apart, an IPv4 /24 and an IPv6 /48. Of
//! ranges that hold a network the narrowest says; what smaller ranges say counts where no larger one
//! says it and where they agree. Distances are in whole degrees and by whole numbers, and the least
//! that there can be.

use super::Arrange;
use core::net::IpAddr;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Ranges that are held at most.
const RANGES: usize = 1 << 21;
/// Kilometres of a degree.
const DEGREE_KM: u32 = 111;

/// Stands for a network: 24 bits of an IPv4 address, or 48 bits of an IPv6 address with a bit in
/// front.
type Key = u64;

/// What there is at a network's other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NetworkKind {
    /// Servers for hire.
    Hosting,
    /// A VPN, a proxy or Tor: who is behind it is elsewhere.
    Relay,
    /// A carrier of mobile telephones, whose addresses come out anywhere in its country.
    Mobile,
}

/// What a table says of a network.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct About {
    /// Its country, ISO 3166, two capital letters.
    pub country: Option<[u8; 2]>,
    /// Latitude and longitude, whole degrees.
    pub at: Option<(i16, i16)>,
    /// Number of the autonomous system.
    pub asn: Option<u32>,
    /// Whose it is.
    pub owner: Option<Box<str>>,
    /// What it is.
    pub kind: Option<NetworkKind>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Range {
    first: Key,
    last: Key,
    about: u32,
    /// Whether it is smaller than what is told apart.
    is_part: bool,
}

/// Ranges of addresses and what is said of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct NetworkTable {
    ranges: Vec<Range>,
    abouts: Vec<About>,
    #[serde(skip)]
    known: BTreeMap<About, u32>,
}

/// What tables say of some networks.
#[derive(Clone, Debug, Default)]
pub struct Located {
    of: BTreeMap<Key, About>,
    /// Whether there is a table at all.
    pub is_given: bool,
}

const fn key(address: IpAddr) -> (Key, bool, bool) {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let bits = address.to_bits();
            ((bits >> 8) as Key, bits.trailing_zeros() >= 8, bits.trailing_ones() >= 8)
        }
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            let key = 1 << 48 | (bits >> 80) as Key;
            (key, bits.trailing_zeros() >= 80, bits.trailing_ones() >= 80)
        }
    }
}

impl NetworkTable {
    /// Adds what is said of a range of addresses, both ends in it; false where it is full.
    pub fn add(&mut self, first: IpAddr, last: IpAddr, about: About) -> bool {
        let ((first, begins, _), (last, _, ends)) = (key(first), key(last));
        let about = self.about(about);
        if first == last && !(begins && ends) {
            return self.push(Range { first, last, about, is_part: true });
        }
        let (whole, end) = (first + u64::from(!begins), last + u64::from(ends));
        let parts = [(first, !begins), (last, !ends)];
        let parts = parts.into_iter().filter(|(_, is_part)| *is_part);
        parts.fold(true, |_, (key, _)| {
            self.push(Range { first: key, last: key, about, is_part: true })
        }) && (whole >= end
            || self.push(Range { first: whole, last: end - 1, about, is_part: false }))
    }

    fn about(&mut self, about: About) -> u32 {
        let next = self.abouts.len() as u32;
        let place = *self.known.entry(about.clone()).or_insert(next);
        if place == next {
            self.abouts.push(about);
        }
        place
    }

    fn push(&mut self, new: Range) -> bool {
        if let Some(before) = self.ranges.last_mut()
            && (before.about, before.is_part) == (new.about, new.is_part)
            && (before.last + 1 == new.first
                || (before.first, before.last) == (new.first, new.last))
        {
            before.last = new.last;
            return true;
        }
        let is_free = self.ranges.len() < RANGES;
        if is_free {
            self.ranges.push(new);
        }
        is_free
    }

    /// Whether it says nothing.
    pub const fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// What it says of the networks of some addresses.
    pub fn locate(&self, addresses: impl Iterator<Item = IpAddr>) -> Located {
        let keys: BTreeSet<Key> = addresses.map(|address| key(address).0).collect();
        let mut said = BTreeMap::<Key, Vec<&Range>>::new();
        for range in &self.ranges {
            for key in keys.range(range.first..=range.last) {
                said.entry(*key).or_default().push(range);
            }
        }
        let of = said.into_iter().map(|(key, ranges)| (key, self.joined(ranges)));
        Located { of: of.collect(), is_given: !self.is_empty() }
    }

    /// What ranges that hold a network say of it together.
    fn joined(&self, mut ranges: Vec<&Range>) -> About {
        ranges.arrange_by_key(|range| range.last - range.first);
        let said = |is_part: bool| {
            let of = ranges.iter().filter(move |range| range.is_part == is_part);
            of.filter_map(|range| self.abouts.get(range.about as usize))
        };
        let whole = said(false).cloned().reduce(About::or).unwrap_or_default();
        let parts = said(true).cloned().reduce(About::and).unwrap_or_default();
        whole.or(parts)
    }
}

impl About {
    /// What the other says fills what is not said.
    fn or(self, other: Self) -> Self {
        Self {
            country: self.country.or(other.country),
            at: self.at.or(other.at),
            asn: self.asn.or(other.asn),
            owner: self.owner.or(other.owner),
            kind: self.kind.or(other.kind),
        }
    }

    /// What both say alike.
    fn and(self, other: Self) -> Self {
        Self {
            country: self.country.filter(|own| other.country == Some(*own)),
            at: self.at.filter(|own| other.at == Some(*own)),
            asn: self.asn.filter(|own| other.asn == Some(*own)),
            owner: self.owner.filter(|own| other.owner.as_ref() == Some(own)),
            kind: self.kind.filter(|own| other.kind == Some(*own)),
        }
    }

    /// The country's letters.
    pub fn country(&self) -> Option<&str> {
        std::str::from_utf8(self.country.as_ref()?).ok()
    }

    /// Where it is: the middle, and how far from it anything of it may be, in degrees.
    fn spot(&self) -> Option<(i16, i16, i16)> {
        match self.at {
            Some((north, east)) => Some((north, east, 1)),
            None => {
                let (_, north, east, around) =
                    COUNTRIES.iter().find(|of| self.country == Some(*of.0))?;
                Some((*north, *east, *around))
            }
        }
    }

    /// Kilometres that are between two at least; none where either is not known.
    pub fn least_km(&self, other: &Self) -> Option<u32> {
        let (one, other) = (self.spot()?, other.spot()?);
        let between = angle((one.0, one.1), (other.0, other.1)) - one.2 - other.2;
        Some(u32::try_from(between).unwrap_or(0) * DEGREE_KM)
    }
}

impl Located {
    /// What is said of the network of an address.
    pub fn of(&self, address: IpAddr) -> Option<&About> {
        self.of.get(&key(address).0)
    }
}

/// Whole degrees of the great circle between two places, rounded down, by the haversine.
fn angle((north, east): (i16, i16), (other_north, other_east): (i16, i16)) -> i16 {
    let squared = |half: i64| sine(half) * sine(half) / ONE;
    let cosine = |north: i16| sine(180 - 2 * i64::from(north).abs());
    let turn = i64::from(east).abs_diff(i64::from(other_east)) as i64 % 360;
    let along = squared(turn.min(360 - turn));
    let up = squared(i64::from(north).abs_diff(i64::from(other_north)) as i64);
    let whole = up + cosine(north) * cosine(other_north) / ONE * along / ONE;
    (0..=180).rev().find(|degrees| squared(i64::from(*degrees)) <= whole).unwrap_or(0)
}

/// What stands for 1 in `sine`.
const ONE: i64 = 1_000_000_000;
/// Half a degree in radians.
const HALF_DEGREE: i64 = 8_726_646;

/// The sine of 0 to 180 half degrees, by its series.
const fn sine(half_degrees: i64) -> i64 {
    let x = half_degrees * HALF_DEGREE;
    let square = x * x / ONE;
    let (mut sum, mut term, mut n) = (x, x, 1);
    while n < 9 {
        term = -(term * square / ONE) / (2 * n * (2 * n + 1));
        sum += term;
        n += 1;
    }
    sum
}

/// Countries: about their middle in whole degrees north and east, and how many degrees of a great
/// circle anything of them is away from it at most. What is far away, over the sea, counts.
#[rustfmt::skip]
const COUNTRIES: &[(&[u8; 2], i16, i16, i16)] = &[
    (b"AE", 24, 54, 3), (b"AF", 34, 66, 7), (b"AL", 41, 20, 2), (b"AM", 40, 45, 2),
    (b"AO", -12, 18, 9), (b"AR", -36, -65, 20), (b"AT", 47, 14, 4), (b"AU", -26, 134, 23),
    (b"AZ", 40, 48, 3), (b"BA", 44, 18, 2), (b"BD", 24, 90, 4), (b"BE", 51, 5, 2),
    (b"BG", 43, 25, 3), (b"BH", 26, 51, 1), (b"BN", 4, 115, 1), (b"BO", -17, -65, 7),
    (b"BR", -11, -53, 25), (b"BY", 54, 28, 4), (b"CA", 60, -96, 32), (b"CD", -3, 24, 12),
    (b"CH", 47, 8, 2), (b"CI", 8, -6, 4), (b"CL", -36, -71, 39), (b"CM", 6, 12, 7),
    (b"CN", 36, 104, 29), (b"CO", 4, -73, 13), (b"CR", 10, -84, 5), (b"CU", 22, -79, 6),
    (b"CY", 35, 33, 1), (b"CZ", 50, 15, 3), (b"DE", 51, 10, 5), (b"DK", 56, 10, 4),
    (b"DO", 19, -70, 2), (b"DZ", 28, 3, 11), (b"EC", -2, -79, 13), (b"EE", 59, 25, 3),
    (b"EG", 27, 30, 6), (b"ES", 39, -4, 15), (b"ET", 9, 40, 8), (b"FI", 64, 26, 7),
    (b"FR", 47, 2, 8), (b"GB", 54, -3, 7), (b"GE", 42, 43, 3), (b"GH", 8, -1, 4),
    (b"GR", 39, 23, 6), (b"GT", 16, -90, 3), (b"HK", 22, 114, 1), (b"HN", 15, -86, 4),
    (b"HR", 45, 16, 3), (b"HU", 47, 19, 3), (b"ID", -2, 118, 24), (b"IE", 53, -8, 3),
    (b"IL", 31, 35, 2), (b"IN", 22, 80, 21), (b"IQ", 33, 44, 6), (b"IR", 32, 54, 11),
    (b"IS", 65, -19, 3), (b"IT", 43, 12, 8), (b"JM", 18, -77, 1), (b"JO", 31, 37, 3),
    (b"JP", 36, 138, 19), (b"KE", 1, 38, 6), (b"KG", 41, 75, 5), (b"KH", 13, 105, 3),
    (b"KP", 40, 127, 4), (b"KR", 36, 128, 4), (b"KW", 29, 48, 2), (b"KZ", 48, 67, 16),
    (b"LA", 18, 105, 6), (b"LB", 34, 36, 1), (b"LK", 8, 81, 3), (b"LT", 55, 24, 3),
    (b"LU", 50, 6, 1), (b"LV", 57, 25, 3), (b"LY", 27, 17, 9), (b"MA", 31, -7, 10),
    (b"MD", 47, 28, 3), (b"ME", 43, 19, 1), (b"MG", -19, 47, 8), (b"MK", 42, 22, 2),
    (b"MM", 21, 96, 12), (b"MN", 47, 104, 12), (b"MO", 22, 114, 1), (b"MT", 36, 14, 1),
    (b"MX", 24, -102, 17), (b"MY", 4, 109, 11), (b"MZ", -18, 35, 10), (b"NG", 9, 8, 7),
    (b"NI", 13, -85, 3), (b"NL", 52, 5, 3), (b"NO", 65, 14, 18), (b"NP", 28, 84, 5),
    (b"NZ", -41, 174, 12), (b"OM", 21, 57, 6), (b"PA", 9, -80, 4), (b"PE", -10, -75, 11),
    (b"PH", 12, 122, 9), (b"PK", 30, 70, 9), (b"PL", 52, 19, 5), (b"PR", 18, -66, 2),
    (b"PT", 39, -8, 19), (b"PY", -23, -58, 6), (b"QA", 25, 51, 1), (b"RO", 46, 25, 5),
    (b"RS", 44, 21, 3), (b"RU", 60, 95, 52), (b"SA", 24, 45, 12), (b"SE", 62, 16, 8),
    (b"SG", 1, 104, 1), (b"SI", 46, 15, 2), (b"SK", 49, 20, 3), (b"SN", 14, -14, 4),
    (b"SY", 35, 38, 4), (b"TH", 14, 101, 9), (b"TN", 34, 9, 4), (b"TR", 39, 35, 9),
    (b"TW", 24, 121, 4), (b"TZ", -6, 35, 7), (b"UA", 49, 31, 9), (b"UG", 1, 32, 4),
    (b"US", 45, -110, 50), (b"UY", -33, -56, 4), (b"UZ", 41, 64, 8), (b"VE", 7, -66, 8),
    (b"VN", 16, 107, 9), (b"YE", 15, 48, 7), (b"ZA", -29, 25, 10), (b"ZM", -14, 28, 7),
    (b"ZW", -19, 30, 5),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn in_country(code: &[u8; 2]) -> About {
        About { country: Some(*code), ..About::default() }
    }

    fn at(north: i16, east: i16) -> About {
        About { at: Some((north, east)), ..About::default() }
    }

    #[test]
    fn distances_are_those_of_the_globe() {
        // Tokyo, New York, London, Sydney, and the poles.
        for (one, other, degrees) in [
            ((36, 140), (41, -74), 97),
            ((51, 0), (41, -74), 50),
            ((36, 140), (-34, 151), 70),
            ((90, 0), (-90, 0), 180),
            ((0, 179), (0, -179), 2),
            ((10, 10), (10, 10), 0),
        ] {
            let angle = angle(one, other);
            assert!((degrees - 1..=degrees + 1).contains(&angle), "{one:?} {other:?}: {angle}");
        }
    }

    #[test]
    fn countries_are_no_further_apart_than_their_nearest_places() {
        let km = |a, b| in_country(a).least_km(&in_country(b)).unwrap();
        for (a, b) in
            [(b"DE", b"FR"), (b"US", b"CA"), (b"JP", b"KR"), (b"RU", b"JP"), (b"US", b"RU")]
        {
            assert_eq!(km(a, b), 0);
        }
        assert!(km(b"JP", b"GB") > 5_000 && km(b"JP", b"BR") > 10_000 && km(b"JP", b"RO") > 5_000);
        assert!(in_country(b"ZZ").least_km(&at(0, 0)).is_none());
        assert!(at(36, 140).least_km(&at(34, 135)).unwrap() < 500);
    }

    #[test]
    fn the_narrowest_range_says_and_parts_say_where_they_agree() {
        let mut table = NetworkTable::default();
        let mut add = |first: &str, last: &str, about| {
            assert!(table.add(first.parse().unwrap(), last.parse().unwrap(), about));
        };
        let kind = |kind| About { kind: Some(kind), ..About::default() };
        add("198.51.0.0", "198.51.255.255", in_country(b"US"));
        add("198.51.100.0", "198.51.100.255", in_country(b"JP"));
        add("198.51.100.7", "198.51.100.7", in_country(b"FR"));
        add("198.51.100.9", "198.51.100.9", kind(NetworkKind::Relay));
        add("192.0.2.0", "192.0.2.127", in_country(b"JP"));
        add("192.0.2.128", "192.0.2.255", in_country(b"JP"));
        add("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", in_country(b"DE"));
        let all = ["198.51.100.1", "198.51.101.1", "192.0.2.1", "2001:db8:7::1", "203.0.113.1"];
        let located = table.locate(all.iter().map(|text| text.parse().unwrap()));
        let country = |text: &str| located.of(text.parse().unwrap())?.country();
        assert_eq!(all.map(country), [Some("JP"), Some("US"), Some("JP"), Some("DE"), None]);
        assert_eq!(located.of("198.51.100.200".parse().unwrap()).unwrap().kind, None);
    }
}
