//! What a condition asks of one value.

use crate::base::Glob;
use crate::event::number;
use core::net::IpAddr;
use memchr::memmem;

/// What is asked of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// It fits a text in which `*` stands for anything, whatever its letters' case.
    Fits(Glob),
    /// It is a text, whatever its letters' case.
    Same(String),
    /// It holds a text, given in lower case, whatever its letters' case.
    Inside(String),
    /// It is an address of a network: as many of its first bits are these.
    Within(IpAddr, u8),
    /// It is a whole number on this side of another.
    Compared(Order, i64),
}

/// Sides of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Above it.
    More,
    /// Above it, or it.
    MoreOrSame,
    /// Below it.
    Less,
    /// Below it, or it.
    LessOrSame,
}

impl Test {
    /// A value that is a text, or lies within a network. Quoted, it is that text to the letter.
    pub(super) fn is(text: &str, is_quoted: bool) -> Self {
        match network(text) {
            _ if is_quoted => Self::Same(text.to_owned()),
            Some((address, bits)) => Self::Within(address, bits),
            None => Self::Fits(Glob::whole(text)),
        }
    }

    /// A value that holds a text.
    pub(super) fn holds(text: &str, is_quoted: bool) -> Self {
        match is_quoted {
            true => Self::Inside(text.to_ascii_lowercase()),
            false => Self::Fits(Glob::inside(text)),
        }
    }

    /// A value on a side of a number; none when it is no number.
    pub(super) fn compared(order: Order, text: &str) -> Option<Self> {
        signed(text.as_bytes()).map(|number| Self::Compared(order, number))
    }

    /// Whether a value passes.
    pub fn passes(&self, value: &[u8]) -> bool {
        match self {
            Self::Fits(glob) => glob.fits(value),
            Self::Same(text) => value.eq_ignore_ascii_case(text.as_bytes()),
            Self::Inside(text) => {
                memmem::find(&value.to_ascii_lowercase(), text.as_bytes()).is_some()
            }
            Self::Within(network, bits) => {
                let address = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
                address.is_some_and(|address| is_within(address, *network, *bits))
            }
            Self::Compared(order, than) => signed(value).is_some_and(|value| match order {
                Order::More => value > *than,
                Order::MoreOrSame => value >= *than,
                Order::Less => value < *than,
                Order::LessOrSame => value <= *than,
            }),
        }
    }
}

fn signed(text: &[u8]) -> Option<i64> {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let number = i64::try_from(number(digits)?).ok()?;
    Some(if is_negative { -number } else { number })
}

/// `192.0.2.0/24`; none for a single address, which is compared as a text.
fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/')?;
    let (address, bits): (IpAddr, u8) = (address.parse().ok()?, bits.parse().ok()?);
    (bits <= if address.is_ipv4() { 32 } else { 128 }).then_some((address, bits))
}

fn is_within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (a, b, all) = match (address.to_canonical(), network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(u32::from(a)), u128::from(u32::from(b)), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (u128::from(a), u128::from(b), 128),
        _ => return false,
    };
    let cut = u32::from(all - bits.min(all));
    a.checked_shr(cut).unwrap_or(0) == b.checked_shr(cut).unwrap_or(0)
}
