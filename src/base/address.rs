//! Addresses in texts.

use core::net::IpAddr;

/// The address that a text is. Nearly all are four numbers with points between them.
pub fn address(text: &[u8]) -> Option<IpAddr> {
    match dotted(text) {
        Some(octets) => Some(octets.into()),
        None => str::from_utf8(text).ok()?.parse().ok(),
    }
}

/// Four numbers with points between them, written without zeros in front.
fn dotted(text: &[u8]) -> Option<[u8; 4]> {
    let (mut octets, mut place, mut number) = ([0; 4], 0, None);
    for byte in text {
        match (byte, number) {
            (b'0'..=b'9', None) => number = Some(byte - b'0'),
            (b'0'..=b'9', Some(1..)) => {
                number = Some(number?.checked_mul(10)?.checked_add(byte - b'0')?);
            }
            (b'.', Some(octet)) => {
                *octets.get_mut(place)? = octet;
                (place, number) = (place + 1, None);
            }
            _ => return None,
        }
    }
    octets[3] = number.filter(|_| place == 3)?;
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Random;

    #[test]
    fn addresses_are_those_of_the_library() {
        let mut random = Random::new(3);
        let mut addresses = 0;
        for round in 0..200_000 {
            // Every second has the form of an address.
            let text = match round % 2 {
                0 => {
                    let numbers = ["0", "7", "25", "255", "256", "007"];
                    [(); 4].map(|()| *random.pick(&numbers).unwrap()).join(".")
                }
                _ => {
                    let length = random.below(12);
                    (0..length).map(|_| char::from(*random.pick(b"0129.:f").unwrap())).collect()
                }
            };
            let known = text.parse::<IpAddr>().ok();
            assert_eq!(address(text.as_bytes()), known, "{text}");
            addresses += u32::from(known.is_some());
        }
        assert!(addresses > 1_000, "{addresses}");
        assert_eq!(address(b"192.0.2.1\xff"), None);
    }
}
