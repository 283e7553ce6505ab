//! A record as understood: who did what to what, when, from where, with which result.
//!
//! An event borrows from the bytes of its shard. A field that the record does not have is
//! `Absent`; one that it has and leaves empty (`-`) is `Null`.

mod field;

pub use field::{Field, Value};

use crate::base::{Location, Time};

/// A record as understood.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Where it lies.
    pub location: Location,
    /// When it was.
    pub time: Time,
    /// Its fields.
    pub fields: Fields<'a>,
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

/// The fields of an event, one place for each field of the model.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// The fields that the record has, as bits.
    present: u32,
    /// Their texts; empty for what is null.
    texts: [&'a [u8]; Field::COUNT],
}

impl Default for Fields<'_> {
    #[inline]
    fn default() -> Self {
        Self { present: 0, texts: [&[]; Field::COUNT] }
    }
}

impl<'a> Fields<'a> {
    /// What the record says of a field.
    #[inline]
    pub const fn get(&self, field: Field) -> Value<'a> {
        match self.texts[field as usize] {
            [] if self.present & (1 << field as u32) == 0 => Value::Absent,
            [] => Value::Null,
            text => Value::Text(text),
        }
    }

    /// The field's text; none when it is absent or null.
    #[inline]
    pub const fn text(&self, field: Field) -> Option<&'a [u8]> {
        match self.texts[field as usize] {
            [] => None,
            text => Some(text),
        }
    }

    /// Sets a field from its text in a log that writes `-` for nothing.
    #[inline]
    pub const fn set(&mut self, field: Field, text: &'a [u8]) {
        self.present |= 1 << field as u32;
        self.texts[field as usize] = match text {
            [b'-'] => &[],
            text => text,
        };
    }

    /// The fields that the record has, as bits.
    #[inline]
    pub const fn present(&self) -> u32 {
        self.present
    }
}
