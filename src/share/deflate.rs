//! Deflates (RFC 1950 and 1951) with the fixed codes and one look back at each place, the same on every
//! machine. The page packs checkers too, and an encoder that does more would weigh more in it than what
//! it saves in them. Any reader of zlib reads it.

/// How far back a match may begin.
const WINDOW: usize = 32 << 10;
/// Shorter matches save nothing.
const LEAST: usize = 4;
const MOST: usize = 258;
const TABLE_BITS: u32 = 15;
const END: u32 = 256;
/// Deflate with the largest window, and what makes the two bytes a multiple of 31.
const HEAD: [u8; 2] = [0x78, 0x01];

/// Packs bytes.
pub(super) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut bits = Bits { out: HEAD.to_vec(), held: 0, count: 0 };
    // The last block, with the fixed codes.
    bits.put(0b011, 3);
    let mut seen = Seen::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let found = seen.longest(bytes, at);
        let step = found.map_or(1, |found| found.length);
        match found {
            Some(found) => bits.again(found),
            None => bits.symbol(u32::from(*byte)),
        }
        (at..at + step).for_each(|place| seen.note(bytes, place));
        at += step;
    }
    bits.symbol(END);
    let mut out = bits.finish();
    out.extend(adler(bytes).to_be_bytes());
    out
}

/// What stood before, once more.
#[derive(Clone, Copy)]
struct Again {
    length: usize,
    distance: usize,
}

/// Where four bytes stood last, by their hash.
struct Seen(Vec<Option<usize>>);

impl Seen {
    fn new() -> Self {
        Self(vec![None; 1 << TABLE_BITS])
    }

    fn slot(bytes: &[u8], at: usize) -> Option<usize> {
        let four: [u8; LEAST] = *bytes.get(at..)?.first_chunk()?;
        Some((u32::from_le_bytes(four).wrapping_mul(2_654_435_761) >> (32 - TABLE_BITS)) as usize)
    }

    fn note(&mut self, bytes: &[u8], at: usize) {
        if let Some(last) = Self::slot(bytes, at).and_then(|slot| self.0.get_mut(slot)) {
            *last = Some(at);
        }
    }

    fn longest(&self, bytes: &[u8], at: usize) -> Option<Again> {
        let last = (*self.0.get(Self::slot(bytes, at)?)?)?;
        let distance = at - last;
        let pairs = bytes.get(at..)?.iter().zip(bytes.get(last..)?).take(MOST);
        let length = pairs.take_while(|(one, other)| one == other).count();
        (distance <= WINDOW && length >= LEAST).then_some(Again { length, distance })
    }
}

/// Bits, the lowest of each byte first.
struct Bits {
    out: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, bits: u32) {
        self.held |= value << self.count;
        self.count += bits;
        while self.count >= 8 {
            self.out.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// A code, of which the highest bit goes first.
    fn code(&mut self, code: u32, bits: u32) {
        self.put(code.reverse_bits() >> (32 - bits), bits);
    }

    /// A byte, the end, or a class of lengths, in its fixed code.
    fn symbol(&mut self, symbol: u32) {
        match symbol {
            0..144 => self.code(0x30 + symbol, 8),
            144..256 => self.code(0x190 + symbol - 144, 9),
            256..280 => self.code(symbol - 256, 7),
            _ => self.code(0xc0 + symbol - 280, 8),
        }
    }

    fn again(&mut self, Again { length, distance }: Again) {
        match length {
            MOST => self.symbol(285),
            _ => {
                let (class, more, bits) = class(length as u32 - 3, 2);
                self.symbol(257 + class);
                self.put(more, bits);
            }
        }
        let (class, more, bits) = class(distance as u32 - 1, 1);
        self.code(class, 5);
        self.put(more, bits);
    }

    fn finish(mut self) -> Vec<u8> {
        self.put(0, 7);
        self.out
    }
}

/// The class of a number, and what tells it from the others of that: bits, and how many. Twice as
/// large numbers have `1 << halves` classes more, each twice as wide.
const fn class(number: u32, halves: u32) -> (u32, u32, u32) {
    if number < 2 << halves {
        return (number, 0, 0);
    }
    let bits = number.ilog2() - halves;
    ((bits << halves) + (number >> bits), number & ((1 << bits) - 1), bits)
}

/// The check sum of RFC 1950.
fn adler(bytes: &[u8]) -> u32 {
    const PRIME: u32 = 65_521;
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % PRIME;
        (low, (high + low) % PRIME)
    });
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::{MOST, WINDOW, deflated};
    use flate2::read::ZlibDecoder;
    use std::io::Read;

    fn comes_back(bytes: &[u8]) -> usize {
        let packed = deflated(bytes);
        let mut back = Vec::new();
        ZlibDecoder::new(packed.as_slice()).read_to_end(&mut back).unwrap();
        assert!(back == bytes, "{} bytes", bytes.len());
        packed.len()
    }

    #[test]
    fn what_is_packed_comes_back() {
        let mut state = 7u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        for length in 0..300 {
            let any: Vec<u8> = (0..length).map(|_| random()).collect();
            comes_back(&any);
            comes_back(&any.repeat(5));
            let few: Vec<u8> = any.iter().map(|byte| byte % 3).collect();
            comes_back(&few);
        }
        let long: Vec<u8> = (0..3 * WINDOW).map(|_| random()).collect();
        let far: Vec<u8> = long[..WINDOW + 5].iter().chain(&long[..WINDOW + 5]).copied().collect();
        assert!(comes_back(&long) < long.len() * 9 / 8 + 20);
        comes_back(&far);
        for length in [3, 4, 5, 10, 11, 18, 19, 66, 67, 257, MOST, MOST + 1, 2 * MOST + 3] {
            for gap in [1, 2, 3, 4, 5, 24, 25, 8_192, 8_193, 24_576, WINDOW - 1] {
                let part: Vec<u8> = (0..length).map(|_| random()).collect();
                let between: Vec<u8> = (0..gap).map(|_| random()).collect();
                comes_back(&[&part[..], &between, &part].concat());
            }
        }
    }

    #[test]
    fn rules_become_much_smaller() {
        let rule = |at: u32| {
            format!(
                "title: Rule {at}\nlogsource:\n    category: webserver\ndetection:\n    found:\n        c-uri|contains: '/path-{at}'\n    condition: found\n"
            )
        };
        let rules: String = (0..200).map(rule).collect();
        assert!(comes_back(rules.as_bytes()) * 5 < rules.len());
    }
}
