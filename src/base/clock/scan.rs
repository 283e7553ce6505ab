//! A place in a text, moved on by what is read. Full-width digits count as digits.

/// Blanks that are not ASCII.
const WIDE: [&str; 3] = ["\u{3000}", "\u{202f}", "\u{a0}"];

/// A place in a text.
#[derive(Clone, Copy)]
pub(super) struct Scan<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Scan<'a> {
    #[inline]
    pub(super) const fn new(text: &'a [u8], at: usize) -> Self {
        Self { text, at }
    }

    /// The byte here, 0 at the end.
    #[inline]
    pub(super) fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    /// The byte some bytes on, 0 behind the end.
    #[inline]
    pub(super) fn peek_at(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or(b"")
    }

    #[inline]
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let here = self.peek() == byte;
        self.at += usize::from(here);
        here
    }

    pub(super) fn eat_any(&mut self, texts: &[&str]) -> bool {
        let found = texts.iter().find(|text| self.rest().starts_with(text.as_bytes()));
        self.at += found.map_or(0, |text| text.len());
        found.is_some()
    }

    /// Blanks, among them those of Japanese and French, and tabs. How many bytes.
    pub(super) fn blanks(&mut self) -> usize {
        let from = self.at;
        while self.eat(b' ') || self.eat(b'\t') || (self.peek() >= 0x80 && self.eat_any(&WIDE)) {}
        self.at - from
    }

    /// The digit here and its length in bytes.
    #[inline]
    fn digit(&self) -> Option<(u8, usize)> {
        let ascii = self.peek().wrapping_sub(b'0');
        if ascii < 10 {
            return Some((ascii, 1));
        }
        // U+FF10 to U+FF19.
        let full = self.peek_at(2).wrapping_sub(0x90);
        (self.peek() == 0xef && self.peek_at(1) == 0xbc && full < 10).then_some((full, 3))
    }

    #[inline]
    pub(super) fn at_digit(&self) -> bool {
        self.digit().is_some()
    }

    /// All digits here as a number, and how many; none when there are none or more than `most`.
    #[inline]
    pub(super) fn number(&mut self, most: usize) -> Option<(i64, usize)> {
        let (mut value, mut count) = (0, 0);
        while let Some((digit, length)) = self.digit() {
            if count == most {
                return None;
            }
            value = value * 10 + i64::from(digit);
            self.at += length;
            count += 1;
        }
        (count > 0).then_some((value, count))
    }

    /// Just so many digits, whatever follows.
    pub(super) fn fixed(&mut self, count: usize) -> Option<i64> {
        let mut value = 0;
        for _ in 0..count {
            let (digit, length) = self.digit()?;
            value = value * 10 + i64::from(digit);
            self.at += length;
        }
        Some(value)
    }

    /// Letters: ASCII ones and whatever is not ASCII.
    pub(super) fn word(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().take_while(|b| b.is_ascii_alphabetic() || **b >= 0x80).count();
        self.at += length;
        &rest[..length]
    }
}
