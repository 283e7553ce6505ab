//! Records out of streams of JSON: values one after another, on lines of their own or not, and the
//! elements of arrays that wrap them.
//!
//! A top-level array whose first element is an object is a wrapper, and so is a top-level object
//! with such an array under one of the keys given: its elements are the records, and all else of it
//! is filler. An object that has an object under one of the other keys given is a record itself,
//! whatever arrays stand behind that. A line that begins with neither bracket is a record of its
//! own, for a reader to reject. A string does not hold a raw line end, by RFC 8259; where one does, or where a bracket
//! begins a line though none can stand there, the record is damaged: it ends with its line, and the
//! next is looked for.

use super::records::{Assembly, Records};
use crate::base::limits::RECORD_BYTES;
use memchr::{memchr, memchr3};

/// Levels that are told apart; no record is read so deep.
const LEVELS: usize = 120;
/// Bytes of a key that are compared.
const KEY_BYTES: usize = 32;

/// What the next byte is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// What stands before a record.
    Between,
    /// An object or array, outside its strings.
    Inside,
    /// A string.
    String,
    /// A string, behind a backslash.
    Escape,
    /// An element of a wrapper that is neither object, array nor string.
    Bare,
    /// A line that is no JSON.
    Line,
}

/// The name of a member, as far as it is compared.
#[derive(Clone, Copy, Debug, Default)]
struct Key {
    bytes: [u8; KEY_BYTES],
    length: usize,
}

impl Key {
    fn extend(&mut self, piece: &[u8]) {
        let length = (self.length + piece.len()).min(KEY_BYTES + 1);
        if let Some(place) = self.bytes.get_mut(self.length..length) {
            place.copy_from_slice(piece);
        }
        self.length = length;
    }

    fn is(&self, key: &str) -> bool {
        self.bytes.get(..self.length) == Some(key.as_bytes())
    }
}

/// Cuts JSON into records.
#[derive(Debug)]
pub struct JsonCutter {
    keys: &'static [&'static str],
    /// Members that only records have.
    whole: &'static [&'static str],
    out: Assembly,
    mode: Mode,
    /// Whether what is read now is part of a record.
    is_record: bool,
    /// Brackets that are open.
    depth: usize,
    /// Bit n: the bracket at depth n is an object's.
    objects: u128,
    /// Depth of the array whose elements are records; 0 outside one.
    floor: usize,
    /// Last byte outside strings that is no white space.
    before: u8,
    /// Last byte of the chunk before.
    last: u8,
    /// Names of the members that are open at depth 1 and 2 of what may be a wrapper.
    path: [Key; 2],
    /// Place in `path` of the name that is being read.
    naming: Option<usize>,
    /// Whether the array that opened last would be a wrapper's.
    may_wrap: bool,
    /// Whether the object that is read has shown to be a record itself.
    is_whole: bool,
    /// First byte of the chunk that is not handed over yet.
    from: usize,
}

impl JsonCutter {
    /// A cutter. `keys` are the members under which wrappers keep their records, as `Records`, or
    /// `hits.hits` for one in the other; `whole` are those that no wrapper has as an object.
    pub fn new(keys: &'static [&'static str], whole: &'static [&'static str]) -> Self {
        Self {
            keys,
            whole,
            out: Assembly::default(),
            mode: Mode::Between,
            is_record: false,
            depth: 0,
            objects: 0,
            floor: 0,
            before: 0,
            last: b'\n',
            path: [Key::default(); 2],
            naming: None,
            may_wrap: false,
            is_whole: false,
            from: 0,
        }
    }

    /// Takes a chunk and hands on the records that it ends.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl Records) {
        self.from = 0;
        let mut at = 0;
        while at < chunk.len() {
            at = match self.mode {
                Mode::Between => self.between(chunk, at, sink),
                Mode::Inside => self.inside(chunk, at, sink),
                Mode::String => self.string(chunk, at, sink),
                Mode::Escape => {
                    self.mode = Mode::String;
                    at + 1
                }
                Mode::Bare => self.bare(chunk, at, sink),
                Mode::Line => self.line(chunk, at, sink),
            };
        }
        let rest = &chunk[self.from..];
        if self.is_record {
            self.out.keep(rest);
        } else {
            self.out.fill(rest);
        }
        self.last = chunk.last().copied().unwrap_or(self.last);
    }

    /// Hands on what is left at the end of the stream.
    pub fn finish(&mut self, sink: &mut impl Records) {
        if self.is_record {
            self.out.cut(&[], false, sink);
            self.is_record = false;
        }
        self.out.flush(sink);
    }

    /// Looks for the start of a record.
    fn between(&mut self, chunk: &[u8], at: usize, sink: &mut impl Records) -> usize {
        let byte = chunk[at];
        match byte {
            // 0x1e stands before each value of a JSON text sequence (RFC 7464).
            b' ' | b'\n' | b'\r' | b'\t' | b',' | 0x1e => {}
            b'}' | b']' => self.leave(byte),
            b'{' | b'[' => {
                self.begin(chunk, at);
                self.mode = Mode::Inside;
                return self.open(chunk, at, sink);
            }
            // A byte order mark.
            0xef | 0xbb | 0xbf if self.out.offset() + ((at - self.from) as u64) < 3 => {}
            _ => {
                self.begin(chunk, at);
                self.mode = match byte {
                    _ if self.floor == 0 => Mode::Line,
                    b'"' => Mode::String,
                    _ => Mode::Bare,
                };
                return if self.mode == Mode::String { at + 1 } else { at };
            }
        }
        at + 1
    }

    /// Ends a wrapper's array. A bracket that closes nothing is filler too.
    const fn leave(&mut self, byte: u8) {
        self.depth = self.depth.saturating_sub(1);
        self.floor = 0;
        self.before = byte;
        if self.depth > 0 {
            self.mode = Mode::Inside;
        }
    }

    fn inside(&mut self, chunk: &[u8], mut at: usize, sink: &mut impl Records) -> usize {
        while let Some(&byte) = chunk.get(at) {
            at = match byte {
                b'"' => {
                    self.name();
                    self.string(chunk, at + 1, sink)
                }
                b'{' | b'[' => self.open(chunk, at, sink),
                b'}' | b']' => self.close(chunk, at, sink),
                b' ' | b'\n' | b'\r' | b'\t' => at + 1,
                _ => {
                    self.before = byte;
                    at + 1
                }
            };
            if self.mode != Mode::Inside {
                break;
            }
        }
        at
    }

    /// Steps over an opening bracket.
    fn open(&mut self, chunk: &[u8], at: usize, sink: &mut impl Records) -> usize {
        let byte = chunk[at];
        if self.depth > self.floor && self.is_astray(chunk, at) {
            self.damaged(chunk, at, sink);
            return at;
        }
        if self.depth == LEVELS {
            self.mode = Mode::Line;
            return at;
        }
        if byte == b'{' && self.before == b'[' && self.may_wrap {
            self.out.fill(&chunk[self.from..at]);
            self.from = at;
            self.is_record = true;
            self.floor = self.depth;
        }
        if byte == b'{' && self.depth == 1 && self.before == b':' {
            self.is_whole |= self.whole.iter().any(|key| self.path[0].is(key));
        }
        self.may_wrap = byte == b'[' && self.floor == 0 && self.is_under_key();
        self.depth += 1;
        let bit = 1 << self.depth;
        self.objects = if byte == b'{' { self.objects | bit } else { self.objects & !bit };
        self.before = byte;
        at + 1
    }

    /// Whether a bracket that begins a line cannot stand there, or ends a record without end.
    fn is_astray(&self, chunk: &[u8], at: usize) -> bool {
        let line_end = if at > 0 { chunk[at - 1] } else { self.last };
        if line_end != b'\n' {
            return false;
        }
        let can_stand = match self.before {
            b':' | b'[' => true,
            b',' => !self.is_object(self.depth),
            _ => false,
        };
        let bytes = self.out.held() + (at - self.from) as u64;
        !can_stand || (self.is_record && bytes > RECORD_BYTES as u64)
    }

    const fn is_object(&self, depth: usize) -> bool {
        self.objects >> depth & 1 == 1
    }

    /// Whether an array that opens here is one whose elements can be records.
    fn is_under_key(&self) -> bool {
        let [outer, inner] = &self.path;
        let is_key = |key: &&str| match (self.depth, key.split_once('.')) {
            (1, _) => outer.is(key),
            (2, Some((first, second))) => outer.is(first) && inner.is(second),
            _ => false,
        };
        let are_objects = (1..=self.depth).all(|depth| self.is_object(depth));
        let is_named = || are_objects && self.keys.iter().any(is_key);
        self.depth == 0 || (self.before == b':' && !self.is_whole && is_named())
    }

    /// A string begins: notes whether it is a name that can lead to a wrapper's array.
    fn name(&mut self) {
        let may_lead = self.floor == 0 && (1..=2).contains(&self.depth);
        let is_name = matches!(self.before, b'{' | b',') && self.is_object(self.depth);
        self.naming = (may_lead && is_name).then(|| self.depth - 1);
        if let Some(place) = self.naming {
            self.path[place].length = 0;
        }
    }

    /// Reads on in a string.
    fn string(&mut self, chunk: &[u8], mut at: usize, sink: &mut impl Records) -> usize {
        self.mode = Mode::String;
        while let Some(length) = memchr3(b'"', b'\\', b'\n', &chunk[at..]) {
            let byte = chunk[at + length];
            self.note(&chunk[at..at + length + usize::from(byte == b'\\')]);
            at += length + 1;
            match byte {
                b'\\' if at == chunk.len() => {
                    self.mode = Mode::Escape;
                    return at;
                }
                b'\\' => at += 1,
                b'"' => {
                    self.before = b'"';
                    self.mode = Mode::Inside;
                    if self.depth == self.floor {
                        self.end(chunk, at, sink);
                    }
                    return at;
                }
                _ => {
                    self.damaged(chunk, at, sink);
                    return at;
                }
            }
        }
        self.note(&chunk[at..]);
        chunk.len()
    }

    fn note(&mut self, piece: &[u8]) {
        if let Some(place) = self.naming {
            self.path[place].extend(piece);
        }
    }

    /// Steps over a closing bracket.
    fn close(&mut self, chunk: &[u8], at: usize, sink: &mut impl Records) -> usize {
        self.depth -= 1;
        self.before = chunk[at];
        if self.depth == self.floor {
            if self.is_record {
                self.end(chunk, at + 1, sink);
            }
            self.mode = Mode::Between;
        }
        at + 1
    }

    /// Reads on in a plain element of a wrapper.
    fn bare(&mut self, chunk: &[u8], at: usize, sink: &mut impl Records) -> usize {
        let ends = |byte: &u8| b"{}[],\" \t\r\n".contains(byte);
        let Some(length) = chunk[at..].iter().position(ends) else { return chunk.len() };
        self.end(chunk, at + length, sink);
        at + length
    }

    /// Reads on in a line that is no JSON.
    fn line(&mut self, chunk: &[u8], at: usize, sink: &mut impl Records) -> usize {
        let Some(length) = memchr(b'\n', &chunk[at..]) else { return chunk.len() };
        let behind = at + length + 1;
        if self.is_record {
            self.end(chunk, behind, sink);
        }
        self.restart();
        behind
    }

    /// A record begins here.
    fn begin(&mut self, chunk: &[u8], at: usize) {
        self.out.fill(&chunk[self.from..at]);
        self.from = at;
        self.is_record = true;
        self.is_whole = false;
        self.naming = None;
    }

    /// The record ends before `behind`.
    fn end(&mut self, chunk: &[u8], behind: usize, sink: &mut impl Records) {
        self.out.cut(&chunk[self.from..behind], true, sink);
        self.from = behind;
        self.is_record = false;
        self.mode = Mode::Between;
    }

    /// What is read is damaged, and ends before `behind`.
    fn damaged(&mut self, chunk: &[u8], behind: usize, sink: &mut impl Records) {
        if self.is_record {
            self.out.cut(&chunk[self.from..behind], false, sink);
            self.from = behind;
            self.is_record = false;
        }
        self.restart();
    }

    const fn restart(&mut self) {
        self.mode = Mode::Between;
        self.depth = 0;
        self.floor = 0;
        self.before = 0;
    }
}

#[cfg(test)]
mod tests;
