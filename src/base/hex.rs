//! Bytes in hexadecimal, as digests and keys are written.

/// Bytes in small hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0')).collect()
}

/// So many bytes of their digits, in either case; none where there is anything else.
pub fn unhex<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    let digits = text.as_bytes();
    let mut bytes = [0; BYTES];
    if digits.len() != 2 * BYTES {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(digits.as_chunks().0) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = (digit(*high)? * 16 + digit(*low)?) as u8;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_comes_back_and_nothing_else_is_read() {
        let all: [u8; 256] = std::array::from_fn(|byte| byte as u8);
        assert_eq!(unhex(&hex(&all)), Some(all));
        assert_eq!(hex(&[0x0a, 0xf0]), "0af0");
        assert_eq!(unhex("0AF0"), Some([0x0a, 0xf0]));
        for text in ["0af", "0af00", "0ag0", "+af0", "0a 0", "ａ0"] {
            assert_eq!(unhex::<2>(text), None, "{text}");
        }
    }
}
