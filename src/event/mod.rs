//! A record as understood: who did what to what, when, from where, with which result.
//!
//! An event borrows from the bytes of its shard. A field that the record does not have is
//! `Absent`; one that it has and leaves empty (`-`) is `Null`.

mod field;

pub use field::{Field, Value};

use crate::base::{Location, Time};
use crate::text::{self, Pair};

/// A record as understood.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Where it lies.
    pub location: Location,
    /// When it was.
    pub time: Time,
    /// How many events it stands for: more than one where a log says that a message repeated.
    pub count: u32,
    /// Its fields.
    pub fields: &'a Fields<'a>,
}

impl Event<'_> {
    /// The HTTP status, 100 to 599.
    #[inline]
    pub fn status(&self) -> Option<u16> {
        let digits: &[u8; 3] = self.fields.text(Field::Status)?.try_into().ok()?;
        number(digits).and_then(|status| u16::try_from(status).ok())
    }

    /// Bytes sent to the client.
    #[inline]
    pub fn bytes_out(&self) -> Option<u64> {
        number(self.fields.text(Field::BytesOut)?)
    }

    /// Whether it is a request to a web server.
    #[inline]
    pub const fn is_request(&self) -> bool {
        self.fields.has(Field::Target)
    }
}

/// A decimal number of at most 18 digits.
#[inline]
pub fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    digits.iter().try_fold(0, |sum, digit| {
        let digit = digit.wrapping_sub(b'0');
        (digit < 10).then(|| sum * 10 + u64::from(digit))
    })
}

/// The fields of an event.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// The fields that the record has, as bits.
    present: u64,
    /// Texts of the inline fields; empty for what is null.
    inline: [&'a [u8]; Field::INLINE],
    /// What is said of the others, each field once.
    others: &'a [(Field, text::Value<'a>)],
    /// All that the record says, under the names of its own format.
    pairs: &'a [Pair<'a>],
}

impl Default for Fields<'_> {
    #[inline]
    fn default() -> Self {
        Self { present: 0, inline: [&[]; Field::INLINE], others: &[], pairs: &[] }
    }
}

impl<'a> Fields<'a> {
    /// What the record says of a field.
    #[inline]
    pub fn get(&self, field: Field) -> Value<'a> {
        match self.text(field) {
            Some(text) => Value::Text(text),
            None if self.has(field) => Value::Null,
            None => Value::Absent,
        }
    }

    /// The field's text; none when it is absent or null.
    #[inline]
    pub fn text(&self, field: Field) -> Option<&'a [u8]> {
        let text = match self.inline.get(field as usize) {
            Some(text) => *text,
            None if !self.has(field) => return None,
            None => self.others.iter().find(|(other, _)| *other == field)?.1.text()?,
        };
        (!text.is_empty()).then_some(text)
    }

    /// Whether the record has a field, be it empty.
    #[inline]
    pub const fn has(&self, field: Field) -> bool {
        self.present & (1 << field as u32) != 0
    }

    /// Sets an inline field from its text in a log that writes `-` for nothing. Other fields come
    /// with `with_others`.
    #[inline]
    pub const fn set(&mut self, field: Field, text: &'a [u8]) {
        if field.is_inline() {
            self.present |= 1 << field as u32;
            self.inline[field as usize] = match text {
                [b'-'] => &[],
                text => text,
            };
        }
    }

    /// Sets all fields that have no place of their own.
    #[inline]
    pub fn set_others(&mut self, others: &'a [(Field, text::Value<'a>)]) {
        self.others = others;
        self.present =
            others.iter().fold(self.present, |bits, (field, _)| bits | 1 << *field as u32);
    }

    /// All that the record says, under the names of its own format. Empty for formats whose
    /// records say nothing beyond their fields.
    #[inline]
    pub const fn pairs(&self) -> &'a [Pair<'a>] {
        self.pairs
    }

    /// Sets what the record says under the names of its own format.
    #[inline]
    pub const fn set_pairs(&mut self, pairs: &'a [Pair<'a>]) {
        self.pairs = pairs;
    }

    /// The fields that the record has, as bits.
    #[inline]
    pub const fn present(&self) -> u64 {
        self.present
    }
}
