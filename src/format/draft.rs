//! An event while it is put together: each field is set once, by whoever comes first.

use crate::base::Time;
use crate::event::{Field, Fields};
use crate::text::{Pair, Pairs, Value};
use bumpalo::Bump;
use bumpalo::collections::Vec;

/// Fields without a place of their own that most records have no more of.
const USUAL: usize = 12;

/// An event while it is put together.
pub struct Draft<'a> {
    /// What holds texts that are not in the record as such.
    pub arena: &'a Bump,
    /// Its time so far.
    pub time: Time,
    /// How many events it stands for.
    pub count: u32,
    fields: &'a mut Fields<'a>,
    others: Vec<'a, (Field, Value<'a>)>,
    /// Which of the others are set to more than null, as bits.
    said: u64,
    pairs: Pairs<'a>,
}

impl<'a> Draft<'a> {
    /// Nothing yet.
    #[inline]
    pub fn new(arena: &'a Bump) -> Self {
        Self {
            arena,
            time: Time::Absent,
            count: 1,
            fields: arena.alloc_with(Fields::default),
            others: Vec::new_in(arena),
            said: 0,
            pairs: Vec::new_in(arena),
        }
    }

    /// Sets a field unless it is set. `-` and nothing stand for null.
    #[inline]
    pub fn set(&mut self, field: Field, text: &'a [u8]) {
        self.set_value(field, Value::Text(text));
    }

    /// The same with a text that may be written with escapes.
    #[inline]
    pub fn set_value(&mut self, field: Field, value: Value<'a>) {
        if self.has(field) {
            return;
        }
        let value = if value.is(b'-') { Value::Null } else { value };
        if field.is_inline() {
            self.fields.set(field, value.text().unwrap_or_default());
        } else {
            if self.others.is_empty() {
                self.others.reserve(USUAL);
            }
            self.others.push((field, value));
            self.said |= u64::from(!value.is_empty()) << field as u32;
        }
    }

    /// Whether a field is set to more than null.
    #[inline]
    pub fn has(&self, field: Field) -> bool {
        match field.is_inline() {
            true => self.fields.text(field).is_some(),
            false => self.said & 1 << field as u32 != 0,
        }
    }

    /// Adds what the record says under its own names.
    pub fn add_pairs(&mut self, pairs: Pairs<'a>) {
        match self.pairs.is_empty() {
            true => self.pairs = pairs,
            false => self.pairs.extend_from_slice_copy(&pairs),
        }
    }

    /// The same for one pair.
    pub fn add_pair(&mut self, pair: Pair<'a>) {
        self.pairs.push(pair);
    }

    /// The inline fields, for readers that set them directly.
    #[inline]
    pub const fn inline(&mut self) -> &mut Fields<'a> {
        self.fields
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        (self.time, self.count) = (Time::Absent, 1);
        self.clear_fields();
    }

    /// Forgets all but how many events it stands for.
    pub fn clear_fields(&mut self) {
        self.time = Time::Absent;
        *self.fields = Fields::default();
        self.others.clear();
        self.said = 0;
        self.pairs.clear();
    }

    /// The fields of the event.
    #[inline]
    pub fn finish(self) -> &'a Fields<'a> {
        let fields = self.fields;
        if !self.others.is_empty() {
            fields.set_others(self.others.into_bump_slice());
        }
        if !self.pairs.is_empty() {
            fields.set_pairs(self.pairs.into_bump_slice());
        }
        fields
    }
}
