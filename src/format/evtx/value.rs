//! The values of a record: what each type is as a text.

use super::Error;
use bumpalo::Bump;
use std::fmt::Write;

const NULL: u8 = 0x00;
pub(super) const STRING: u8 = 0x01;
const ANSI: u8 = 0x02;
const GUID: u8 = 0x0f;
const SID: u8 = 0x13;
const NESTED: u8 = 0x21;
/// Marks an array of a type.
const ARRAY: u8 = 0x80;

/// A value that a record puts into a slot.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub kind: u8,
    pub bytes: &'a [u8],
    /// Where it stands in the chunk.
    pub offset: usize,
}

impl<'a> Value<'a> {
    pub const fn is_null(&self) -> bool {
        self.kind == NULL
    }

    /// Whether it is a fragment of binary XML.
    pub const fn is_nested(&self) -> bool {
        self.kind == NESTED && !self.bytes.is_empty()
    }

    /// The members of an array; of another value none.
    pub const fn members(&self) -> Members<'a> {
        let bytes = if self.kind & ARRAY == 0 { &[] } else { self.bytes };
        Members { kind: self.kind & !ARRAY, bytes, offset: self.offset }
    }

    /// The value as evtx_dump writes it; empty where there is none. White space at a text's end
    /// is left out.
    pub fn text(&self, arena: &'a Bump) -> Result<&'a [u8], Error> {
        if self.kind & ARRAY != 0 {
            return self.list(arena);
        }
        match self.kind {
            _ if self.bytes.is_empty() => Some(&[][..]),
            NULL | NESTED => Some(&[][..]),
            STRING => Some(utf16(self.bytes, arena).trim_ascii_end()),
            ANSI => Some(ansi(self.bytes, arena)),
            0x0b | 0x0c => self.real(arena),
            0x0e => Some(hexadecimal(self.bytes, arena)),
            GUID => self.array().map(|bytes| guid(bytes, arena)),
            0x11 => self.array().map(|bytes| file_time(u64::from_le_bytes(bytes), arena)),
            0x12 => self.array().map(|bytes| system_time(&bytes, arena)),
            SID => sid(self.bytes, arena),
            _ => self.number(arena),
        }
        .ok_or(Error { offset: self.offset, expected: "a value of a known type and its size" })
    }

    /// The first bytes of the value.
    fn array<const N: usize>(&self) -> Option<[u8; N]> {
        self.bytes.first_chunk().copied()
    }

    /// A whole number or truth value.
    fn number(&self, arena: &'a Bump) -> Option<&'a [u8]> {
        Some(match self.kind {
            0x03 => signed(i8::from_le_bytes(self.array()?).into(), arena),
            0x04 => unsigned(u8::from_le_bytes(self.array()?).into(), arena),
            0x05 => signed(i16::from_le_bytes(self.array()?).into(), arena),
            0x06 => unsigned(u16::from_le_bytes(self.array()?).into(), arena),
            0x07 => signed(i32::from_le_bytes(self.array()?).into(), arena),
            0x08 => unsigned(u32::from_le_bytes(self.array()?).into(), arena),
            0x09 => signed(i64::from_le_bytes(self.array()?), arena),
            0x0a => unsigned(u64::from_le_bytes(self.array()?), arena),
            // Some write masks where a truth value belongs.
            0x0d => match i32::from_le_bytes(self.array()?) {
                0 => b"false",
                1 => b"true",
                number => signed(number.into(), arena),
            },
            0x10 if self.bytes.len() == 4 => prefixed(u32::from_le_bytes(self.array()?), arena),
            0x14 => prefixed(u32::from_le_bytes(self.array()?), arena),
            0x10 | 0x15 => prefixed(u64::from_le_bytes(self.array()?), arena),
            _ => return None,
        })
    }

    fn real(&self, arena: &'a Bump) -> Option<&'a [u8]> {
        let mut text = bumpalo::collections::String::new_in(arena);
        match self.kind {
            0x0b => write!(text, "{:?}", f32::from_le_bytes(self.array()?)),
            _ => write!(text, "{:?}", f64::from_le_bytes(self.array()?)),
        }
        .ok()?;
        Some(text.into_bump_str().as_bytes())
    }

    /// The members of an array, with commas between them.
    fn list(&self, arena: &'a Bump) -> Result<&'a [u8], Error> {
        let mut list = bumpalo::collections::Vec::new_in(arena);
        for (place, member) in self.members().enumerate() {
            if place > 0 {
                list.push(b',');
            }
            list.extend_from_slice_copy(member.text(arena)?);
        }
        Ok(list.into_bump_slice())
    }
}

/// The members of an array that are left.
#[derive(Clone)]
pub(super) struct Members<'a> {
    kind: u8,
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Iterator for Members<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let rest = self.bytes;
        let (length, behind) = match self.kind {
            STRING => {
                let end = rest.chunks_exact(2).position(|unit| unit == [0, 0]);
                end.map_or((rest.len(), rest.len()), |units| (units * 2, units * 2 + 2))
            }
            ANSI => {
                let end = memchr::memchr(0, rest);
                end.map_or((rest.len(), rest.len()), |end| (end, end + 1))
            }
            kind => {
                let width = match kind {
                    0x03 | 0x04 => 1,
                    0x05 | 0x06 => 2,
                    0x07 | 0x08 | 0x0b | 0x0d | 0x14 => 4,
                    0x09 | 0x0a | 0x0c | 0x11 | 0x15 => 8,
                    GUID | 0x12 => 16,
                    SID => 8 + 4 * usize::from(*rest.get(1).unwrap_or(&0)),
                    _ => rest.len(),
                };
                (width, width)
            }
        };
        if rest.is_empty() {
            return None;
        }
        // A last member that is cut short cannot be read, and says so.
        let bytes = rest.get(..length).unwrap_or(rest);
        let member = Value { kind: self.kind, bytes, offset: self.offset };
        self.bytes = rest.get(behind..).unwrap_or_default();
        self.offset += behind;
        Some(member)
    }
}

/// A text in UTF-16, little-endian, up to its first null character, in UTF-8. Halves of surrogate
/// pairs become U+FFFD.
pub(super) fn utf16<'a>(bytes: &[u8], arena: &'a Bump) -> &'a [u8] {
    let mut units = bytes.as_chunks::<2>().0;
    while let [before @ .., [0, 0]] = units {
        units = before;
    }
    // Nearly every text is ASCII. This loop has no branches, so it is done many units at once.
    let packed = arena.alloc_slice_fill_copy(units.len(), 0_u8);
    let (mut joined, mut has_null) = (0, false);
    for (byte, unit) in packed.iter_mut().zip(units) {
        *byte = unit[0];
        let unit = u16::from_le_bytes(*unit);
        joined |= unit;
        has_null |= unit == 0;
    }
    if joined < 0x80 && !has_null {
        return packed;
    }
    let mut text = bumpalo::collections::String::with_capacity_in(bytes.len(), arena);
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|&unit| unit != 0);
    for decoded in char::decode_utf16(units) {
        text.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    text.into_bump_str().as_bytes()
}

/// Windows-1252 without null characters, in UTF-8.
fn ansi<'a>(bytes: &[u8], arena: &'a Bump) -> &'a [u8] {
    /// What 0x80 to 0x9f stand for.
    const MIDDLE: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let mut text = bumpalo::collections::String::with_capacity_in(bytes.len(), arena);
    text.extend(bytes.iter().filter(|&&byte| byte != 0).map(|&byte| match byte {
        0x80..=0x9f => MIDDLE[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }));
    text.into_bump_str().as_bytes()
}

fn signed(number: i64, arena: &Bump) -> &[u8] {
    let (mut buffer, mut at) = ([0; 20], 20);
    at = digits(&mut buffer, at, number.unsigned_abs());
    if number < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    arena.alloc_slice_copy(&buffer[at..])
}

fn unsigned(number: u64, arena: &Bump) -> &[u8] {
    let mut buffer = [0; 20];
    let at = digits(&mut buffer, 20, number);
    arena.alloc_slice_copy(&buffer[at..])
}

/// Writes a number before a place of the buffer, and says where it begins.
fn digits(buffer: &mut [u8; 20], mut at: usize, mut number: u64) -> usize {
    loop {
        at -= 1;
        buffer[at] = digit(number % 10);
        number /= 10;
        if number == 0 || at == 0 {
            return at;
        }
    }
}

/// A digit below 10.
fn digit(number: u64) -> u8 {
    b'0' + (number % 10).to_le_bytes()[0]
}

/// Fills a place with the last digits of a number.
fn padded(place: &mut [u8], mut number: u64) {
    for byte in place.iter_mut().rev() {
        *byte = digit(number);
        number /= 10;
    }
}

const CAPITALS: &[u8; 16] = b"0123456789ABCDEF";

/// A number as `0x1f`.
fn prefixed(number: impl Into<u64>, arena: &Bump) -> &[u8] {
    let number = number.into();
    let (mut buffer, mut at, mut rest) = (*b"0x0000000000000000", 18, number);
    while at == 18 || rest > 0 {
        at -= 1;
        buffer[at] = CAPITALS[usize::from(rest.to_le_bytes()[0] & 15)].to_ascii_lowercase();
        rest >>= 4;
    }
    buffer[at - 2..at].copy_from_slice(b"0x");
    arena.alloc_slice_copy(&buffer[at - 2..])
}

fn hexadecimal<'a>(bytes: &[u8], arena: &'a Bump) -> &'a [u8] {
    let text = arena.alloc_slice_fill_copy(bytes.len() * 2, 0);
    for (pair, &byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = [CAPITALS[usize::from(byte >> 4)], CAPITALS[usize::from(byte & 15)]];
    }
    text
}

fn guid(bytes: [u8; 16], arena: &Bump) -> &[u8] {
    /// Where the digits of each byte stand: the first three numbers are little-endian.
    const PLACES: [usize; 16] = [6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34];
    let mut text = [b'-'; 36];
    for (place, byte) in PLACES.into_iter().zip(bytes) {
        text[place] = CAPITALS[usize::from(byte >> 4)];
        text[place + 1] = CAPITALS[usize::from(byte & 15)];
    }
    arena.alloc_slice_copy(&text)
}

/// A security identifier, as `S-1-5-18`.
fn sid<'a>(bytes: &[u8], arena: &'a Bump) -> Option<&'a [u8]> {
    let &[revision, count, a, b, c, d, e, f, ref parts @ ..] = bytes else { return None };
    let parts = parts.as_chunks::<4>().0.get(..usize::from(count))?;
    let mut text = bumpalo::collections::Vec::with_capacity_in(14 + 11 * parts.len(), arena);
    text.extend_from_slice_copy(b"S-");
    let mut buffer = [0; 20];
    let mut number = |number: u64, text: &mut bumpalo::collections::Vec<'a, u8>| {
        let at = digits(&mut buffer, 20, number);
        text.extend_from_slice_copy(&buffer[at..]);
    };
    number(revision.into(), &mut text);
    text.push(b'-');
    number(u64::from_be_bytes([0, 0, a, b, c, d, e, f]), &mut text);
    for part in parts {
        text.push(b'-');
        number(u32::from_le_bytes(*part).into(), &mut text);
    }
    Some(text.into_bump_slice())
}

/// A date and a time of day.
#[derive(Default)]
struct Civil {
    year: u64,
    month: u64,
    day: u64,
    second_of_day: u64,
    microsecond: u64,
}

impl Civil {
    fn text<'a>(&self, arena: &'a Bump) -> &'a [u8] {
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        padded(&mut text[..4], self.year);
        padded(&mut text[5..7], self.month);
        padded(&mut text[8..10], self.day);
        padded(&mut text[11..13], self.second_of_day / 3_600);
        padded(&mut text[14..16], self.second_of_day / 60 % 60);
        padded(&mut text[17..19], self.second_of_day % 60);
        padded(&mut text[20..26], self.microsecond);
        arena.alloc_slice_copy(&text)
    }
}

/// A time in steps of 100 ns since 1601.
fn file_time(ticks: u64, arena: &Bump) -> &[u8] {
    // Beyond, Windows has no date either.
    if i64::try_from(ticks).is_err() {
        return Civil::default().text(arena);
    }
    let (microseconds, seconds) = (ticks / 10, ticks / 10_000_000);
    // Days since 1 March of the year 0; years then end with the day that may be missing. The
    // steps are those of Howard Hinnant's `civil_from_days`.
    let days = seconds / 86_400 + 584_694;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let is_next_year = month >= 10;
    Civil {
        year: era * 400 + year + u64::from(is_next_year),
        month: if is_next_year { month - 9 } else { month + 3 },
        day: of_year - (153 * month + 2) / 5 + 1,
        second_of_day: seconds % 86_400,
        microsecond: microseconds % 1_000_000,
    }
    .text(arena)
}

/// A time in eight numbers: year, month, day of the week, day, hour, minute, second, millisecond.
fn system_time<'a>(bytes: &[u8; 16], arena: &'a Bump) -> &'a [u8] {
    let part = |at: usize| u64::from(u16::from_le_bytes([bytes[2 * at], bytes[2 * at + 1]]));
    Civil {
        year: part(0),
        month: part(1),
        day: part(3),
        second_of_day: part(4) * 3_600 + part(5) * 60 + part(6),
        microsecond: part(7) * 1_000,
    }
    .text(arena)
}
