//! Tests of single values: what a rule asks of one field. The plain meaning of each; the index of
//! a matcher is held to it.
//!
//! Unless a rule says `cased`, letters count the same in both cases, by Unicode's simple mapping
//! of each character to lower case. Bytes that are no UTF-8 stand for themselves.

use super::number::Number;
use super::pattern::Pattern;
use crate::base::clock::{Clock, Form, read};
use core::net::IpAddr;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What a rule asks of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Test {
    /// A text stands in it. Not `cased` ones are in lower case.
    Text {
        /// Where.
        place: Place,
        /// The text.
        #[serde(with = "as_bytes")]
        text: Box<[u8]>,
        /// Whether letters count in their own case only.
        cased: bool,
    },
    /// All of it is of a form.
    Glob {
        /// The form.
        parts: Vec<GlobPart>,
        /// Whether letters count in their own case only.
        cased: bool,
    },
    /// A regular expression is found in it.
    Regex(Pattern),
    /// It is an address in a network.
    Cidr(Network),
    /// It is a number.
    Number(Order, Number),
    /// It is a truth value.
    Bool(bool),
    /// It is a time, and a part of it in UTC is this.
    TimePart(TimePart, Number),
}

/// Texts written in one piece: there are tens of thousands in a set.
mod as_bytes {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(text: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(text)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Box<[u8]>, D::Error> {
        <&[u8]>::deserialize(from).map(Box::from)
    }
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Place {
    /// It is all.
    Whole,
    /// Anywhere.
    Inside,
    /// At the start.
    Start,
    /// At the end.
    End,
}

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum GlobPart {
    /// This text.
    Text(#[serde(with = "as_bytes")] Box<[u8]>),
    /// Any text.
    Star,
    /// One character.
    One,
    /// A dash or slash, as options of Windows programs begin with.
    Dash,
}

/// A network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// How a value stands to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Equal.
    Eq,
    /// Not equal.
    Neq,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
}

impl Order {
    /// Its sign.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Neq => "≠",
            Self::Lt => "<",
            Self::Lte => "≤",
            Self::Gt => ">",
            Self::Gte => "≥",
        }
    }

    /// Whether two values stand so.
    pub fn holds<T: Ord>(self, value: &T, bound: &T) -> bool {
        match self {
            Self::Eq => value == bound,
            Self::Neq => value != bound,
            Self::Lt => value < bound,
            Self::Lte => value <= bound,
            Self::Gt => value > bound,
            Self::Gte => value >= bound,
        }
    }
}

/// A part of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TimePart {
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// Of the month.
    Day,
    /// Of the year, by ISO 8601.
    Week,
    /// 1 to 12.
    Month,
    /// With four digits.
    Year,
}

/// A value, as it is and in lower case.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'v> {
    /// As it is.
    pub raw: &'v [u8],
    /// In lower case.
    pub lower: &'v [u8],
}

/// The dashes that Windows programs take for one another.
pub(super) const DASHES: [&str; 5] = ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"];

/// A text in lower case.
pub fn lower(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return match text.iter().any(u8::is_ascii_uppercase) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
    }
    let mut out = Vec::with_capacity(text.len() + 8);
    lower_into(text, &mut out);
    Cow::Owned(out)
}

/// Writes a text in lower case behind what is there.
pub fn lower_into(text: &[u8], out: &mut Vec<u8>) {
    if text.is_ascii() {
        let from = out.len();
        out.extend_from_slice(text);
        out[from..].make_ascii_lowercase();
        return;
    }
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars().flat_map(char::to_lowercase) {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        out.extend_from_slice(chunk.invalid());
    }
}

impl Test {
    /// Whether a value passes.
    pub fn holds(&self, probe: Probe<'_>) -> bool {
        let of = |cased: bool| if cased { probe.raw } else { probe.lower };
        match self {
            Self::Text { place, text, cased } => place.holds(of(*cased), text),
            Self::Glob { parts, cased } => glob_fits(parts, of(*cased)),
            Self::Regex(pattern) => pattern.is_found(probe.raw),
            Self::Cidr(network) => network.contains(probe.raw),
            Self::Number(order, bound) => {
                Number::parse(probe.raw).is_some_and(|number| order.holds(&number, bound))
            }
            Self::Bool(expected) => match probe.lower {
                b"true" | b"1" | b"yes" => *expected,
                b"false" | b"0" | b"no" => !*expected,
                _ => false,
            },
            Self::TimePart(part, expected) => {
                part.of(probe.raw).is_some_and(|number| number == *expected)
            }
        }
    }
}

impl Test {
    /// What is asked, in the notation of rules.
    pub fn text(&self) -> String {
        let shown = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        match self {
            Self::Text { place, text, .. } => match place {
                Place::Whole => shown(text),
                Place::Inside => format!("*{}*", shown(text)),
                Place::Start => format!("{}*", shown(text)),
                Place::End => format!("*{}", shown(text)),
            },
            Self::Glob { parts, .. } => {
                let part = |part: &GlobPart| match part {
                    GlobPart::Text(text) => shown(text),
                    GlobPart::Star => "*".to_owned(),
                    GlobPart::One => "?".to_owned(),
                    GlobPart::Dash => "-".to_owned(),
                };
                parts.iter().map(part).collect()
            }
            Self::Regex(pattern) => format!("/{}/", pattern.text()),
            Self::Cidr(network) => format!("{}/{}", network.address, network.bits),
            Self::Number(order, number) => format!("{} {number}", order.sign()),
            Self::Bool(expected) => expected.to_string(),
            Self::TimePart(part, number) => format!("{part:?} {number}").to_lowercase(),
        }
    }
}

impl Place {
    /// Whether a text stands so in a value.
    pub fn holds(self, value: &[u8], text: &[u8]) -> bool {
        match self {
            Self::Whole => value == text,
            Self::Inside => memchr::memmem::find(value, text).is_some(),
            Self::Start => value.starts_with(text),
            Self::End => value.ends_with(text),
        }
    }
}

/// Whether all of a value is of a form, in time linear in both, their product at worst.
fn glob_fits(parts: &[GlobPart], value: &[u8]) -> bool {
    let (mut at, mut place, mut star) = (0, 0, None);
    loop {
        let taken = match parts.get(at) {
            Some(GlobPart::Star) => {
                star = Some((at + 1, place));
                at += 1;
                continue;
            }
            Some(part) => part.taken(&value[place..]),
            None if place == value.len() => return true,
            None => None,
        };
        if let Some(taken) = taken {
            (at, place) = (at + 1, place + taken);
            continue;
        }
        // Lets the last star take one byte more.
        let Some((behind, from)) = star else { return false };
        let from = match parts.get(behind) {
            None => return true,
            Some(GlobPart::Text(text)) => {
                match memchr::memmem::find(value.get(from + 1..).unwrap_or_default(), text) {
                    Some(found) => from + 1 + found,
                    None => return false,
                }
            }
            Some(_) => from + 1,
        };
        if from > value.len() {
            return false;
        }
        (at, place) = (behind, from);
        star = Some((behind, from));
    }
}

impl GlobPart {
    /// Bytes that it takes of the start of a value.
    fn taken(&self, value: &[u8]) -> Option<usize> {
        match self {
            Self::Text(text) => value.starts_with(text).then_some(text.len()),
            Self::Star => Some(0),
            Self::One => {
                let first = value.first()?;
                let length = match first {
                    0xc0..=0xdf => 2,
                    0xe0..=0xef => 3,
                    0xf0..=0xf7 => 4,
                    _ => 1,
                };
                let is_char = std::str::from_utf8(value.get(..length)?).is_ok();
                Some(if is_char { length } else { 1 })
            }
            Self::Dash => {
                DASHES.into_iter().find(|dash| value.starts_with(dash.as_bytes())).map(str::len)
            }
        }
    }
}

impl Network {
    /// Reads `192.0.2.0/24`; an address alone stands for itself.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self { address, bits })
    }

    fn contains(&self, text: &[u8]) -> bool {
        let address = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        match (self.address, address) {
            (IpAddr::V4(network), Some(IpAddr::V4(address))) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), Some(IpAddr::V6(address))) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl TimePart {
    fn of(self, text: &[u8]) -> Option<Number> {
        let stamp = read(text, &Form::Auto, &Clock::default())?.stamp()?;
        let time = jiff::Timestamp::from_second(stamp.at).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
        Some(Number::from(match self {
            Self::Minute => i64::from(time.minute()),
            Self::Hour => i64::from(time.hour()),
            Self::Day => i64::from(time.day()),
            Self::Week => i64::from(time.date().iso_week_date().week()),
            Self::Month => i64::from(time.month()),
            Self::Year => i64::from(time.year()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(parts: &[GlobPart], value: &str) -> bool {
        glob_fits(parts, value.as_bytes())
    }

    #[test]
    fn forms_fit_whole_values() {
        use GlobPart::{Dash, One, Star};
        let text = |text: &str| GlobPart::Text(text.as_bytes().into());
        let parts = [Star, text("ab"), Star, text("ab"), One];
        assert!(fits(&parts, "abab語") && fits(&parts, "xxabyyabab!"));
        assert!(!fits(&parts, "abab") && !fits(&parts, "ab") && !fits(&parts, ""));
        assert!(fits(&[Star], "") && fits(&[Star, Star], "x") && fits(&[], ""));
        assert!(!fits(&[], "x") && !fits(&[One], "") && fits(&[Star, One], "x"));
        let dash = [text("a "), Dash, text("e"), Star];
        assert!(fits(&dash, "a /e") && fits(&dash, "a \u{2014}enc") && !fits(&dash, "a +e"));
    }

    #[test]
    fn networks_hold_their_addresses_and_no_others() {
        let holds =
            |network: &str, text: &str| Network::parse(network).unwrap().contains(text.as_bytes());
        assert!(holds("192.0.2.0/24", "192.0.2.255") && !holds("192.0.2.0/24", "192.0.3.0"));
        assert!(holds("0.0.0.0/0", "198.51.100.1") && !holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("2001:db8::/32", "2001:db8:1::") && !holds("2001:db8::/32", "2001:db9::"));
        assert!(!holds("192.0.2.0/24", "192.0.2.1:80") && holds("192.0.2.1", "192.0.2.1"));
        assert!(Network::parse("192.0.2.0/33").is_none() && Network::parse("x/3").is_none());
    }

    #[test]
    fn parts_of_times_are_those_of_utc() {
        let test = |part, number| Test::TimePart(part, Number::from(number));
        let text = b"2021-01-03T23:59:00+09:00";
        let probe = Probe { raw: text, lower: text };
        assert!(test(TimePart::Hour, 14).holds(probe) && test(TimePart::Week, 53).holds(probe));
        assert!(test(TimePart::Year, 2021).holds(probe) && !test(TimePart::Day, 4).holds(probe));
    }
}
