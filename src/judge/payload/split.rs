//! Cuts a field into units: the whole path, each name (with its `=`) and each value of a query,
//! the parts of a referring address. Every raw byte but the separators is in exactly one unit.

use super::Where;
use super::decode::entity;
use std::ops::Range;

/// A stretch of the raw field that is decoded by itself.
pub(super) struct Unit {
    pub(super) range: Range<usize>,
    /// `+` stands for a space here.
    pub(super) plus: bool,
}

/// Calls `each` for the units of `raw`, in order.
pub(super) fn units(field: Where, raw: &[u8], mut each: impl FnMut(Unit)) {
    match field {
        Where::Path | Where::UserAgent => each(Unit { range: 0..raw.len(), plus: false }),
        Where::Query => query(raw, 0, &mut each),
        Where::Referer => {
            let question = memchr::memchr(b'?', raw).unwrap_or(raw.len());
            each(Unit { range: 0..question, plus: false });
            if question < raw.len() {
                query(&raw[question + 1..], question + 1, &mut each);
            }
        }
    }
}

fn query(raw: &[u8], base: usize, each: &mut impl FnMut(Unit)) {
    let mut start = 0;
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'&', &raw[from..]) {
        let at = from + found;
        let ends = separates(&raw[at..]);
        from = at + ends.max(1);
        if ends == 1 {
            parameter(&raw[start..at], base + start, each);
            start = from;
        }
    }
    parameter(&raw[start..], base + start, each);
}

/// 1 where the `&` that `rest` begins with ends a parameter; else how many bytes belong to the
/// value: `&&`, an entity and `&` before a blank are parts of payloads that were not encoded.
fn separates(rest: &[u8]) -> usize {
    match rest.get(1) {
        Some(b'&' | b'+' | b' ') => 2,
        Some(b'%') if matches!(rest.get(2..4), Some(b"20" | b"09" | b"26")) => 4,
        Some(_) => entity(rest).map_or(1, |(_, used)| used.max(2)),
        None => 1,
    }
}

/// A name holds no quotes or brackets of code: where it does, the `=` belongs to a payload.
fn parameter(raw: &[u8], base: usize, each: &mut impl FnMut(Unit)) {
    let equals = memchr::memchr(b'=', raw).filter(|&at| at < 64 && is_name(&raw[..at]));
    let value = equals.map_or(0, |at| at + 1);
    if value > 0 {
        each(Unit { range: base..base + value, plus: true });
    }
    each(Unit { range: base + value..base + raw.len(), plus: true });
}

fn is_name(name: &[u8]) -> bool {
    !name.iter().any(|byte| matches!(byte, b'\'' | b'"' | b'<' | b'>' | b'(' | b' ' | b'+'))
}
