//! A PDF file as its objects: found where they stand, without the tables that say where they should,
//! so that damaged files are read as well. Of an object that is there more than once, the last counts.

use super::object::{Dictionary, Object, Parser, from_hex, is_space};
use flate2::read::ZlibDecoder;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Read;

/// Bytes that any file may be unpacked to and taken apart.
const WORK_BYTES: usize = 16 << 20;
/// The same in times its size.
const WORK_TIMES: usize = 16;
/// Bytes that a stream, and all streams of objects, may be unpacked to, beyond the file's size.
const HELD_BYTES: usize = 8 << 20;
/// References that lead to references which are followed.
const STEPS: usize = 8;
/// Filters of a stream that are undone, one after another.
const FILTERS: usize = 4;

/// Where an object stands.
#[derive(Clone, Copy)]
enum Place {
    /// In the file, at a byte.
    File(usize),
    /// In an unpacked stream of objects, at a byte.
    Packed { stream: usize, at: usize },
}

/// A file.
pub struct File<'a> {
    bytes: &'a [u8],
    /// Of each object, where it was met in the file and where it stands.
    places: BTreeMap<u32, (usize, Place)>,
    /// The unpacked streams of objects.
    packed: Vec<Vec<u8>>,
    /// What the file says of itself as a whole: the last of each name.
    trailers: Vec<Dictionary>,
    /// Bytes that may still be worked on.
    left: Cell<usize>,
    /// Whether there was something that could not be unpacked.
    is_damaged: Cell<bool>,
}

/// A stream: what it says of itself, and its bytes as they stand there.
pub struct Stream<'a> {
    /// What it says of itself.
    pub head: Dictionary,
    packed: &'a [u8],
}

impl<'a> File<'a> {
    /// Finds the objects of a file.
    pub fn open(bytes: &'a [u8]) -> Self {
        let mut file = Self {
            bytes,
            places: BTreeMap::new(),
            packed: Vec::new(),
            trailers: Vec::new(),
            left: Cell::new(WORK_BYTES + bytes.len().saturating_mul(WORK_TIMES)),
            is_damaged: Cell::new(false),
        };
        file.find();
        file
    }

    /// Whether there was more than is worked on.
    pub fn is_exhausted(&self) -> bool {
        self.left.get() == 0
    }

    /// Whether something could not be unpacked, so far.
    pub fn is_damaged(&self) -> bool {
        self.is_damaged.get()
    }

    /// What the file as a whole says under a name.
    pub fn trailer(&self, name: &[u8]) -> Option<&Object> {
        self.trailers.iter().rev().find_map(|trailer| trailer.get(name))
    }

    /// The numbers of all objects.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.places.keys().copied()
    }

    /// Takes from the work that may be done. False where it is used up.
    pub fn work(&self, bytes: usize) -> bool {
        let left = self.left.get().saturating_sub(bytes);
        self.left.set(left);
        left > 0
    }

    /// The object that is meant: where it is a reference, what that leads to.
    pub fn resolve<'o>(&self, object: &'o Object) -> Cow<'o, Object> {
        let mut found = Cow::Borrowed(object);
        for _ in 0..STEPS {
            let Object::Reference(number) = *found else { return found };
            found = Cow::Owned(self.object(number).unwrap_or(Object::Null));
        }
        Cow::Owned(Object::Null)
    }

    /// The object of a name in a dictionary, resolved.
    pub fn value<'o>(&self, of: &'o Dictionary, name: &[u8]) -> Cow<'o, Object> {
        of.get(name).map_or(Cow::Owned(Object::Null), |object| self.resolve(object))
    }

    fn object(&self, number: u32) -> Option<Object> {
        let (bytes, at) = match self.places.get(&number)?.1 {
            Place::File(at) => (self.bytes, at),
            Place::Packed { stream, at } => (&**self.packed.get(stream)?, at),
        };
        let mut parser = Parser::new(bytes, at);
        let object = parser.object();
        self.work(64 + parser.at.saturating_sub(at)).then_some(object)?
    }

    /// The stream that a reference leads to.
    pub fn stream(&self, object: &Object) -> Option<Stream<'a>> {
        let mut number = match object {
            Object::Reference(number) => *number,
            _ => return None,
        };
        for _ in 0..STEPS {
            let Place::File(at) = self.places.get(&number)?.1 else { return None };
            let mut parser = Parser::new(self.bytes, at);
            let found = parser.object();
            if !self.work(64 + parser.at.saturating_sub(at)) {
                return None;
            }
            match found? {
                Object::Reference(next) => number = next,
                Object::Dictionary(head) => {
                    let (packed, _) = self.body(&head, parser.at)?;
                    return Some(Stream { head, packed });
                }
                _ => return None,
            }
        }
        None
    }

    /// The bytes of a stream whose dictionary ends at a place, and where they end; none where no
    /// stream follows.
    fn body(&self, head: &Dictionary, at: usize) -> Option<(&'a [u8], usize)> {
        let rest = self.bytes.get(at..)?;
        let space = rest.iter().position(|byte| !is_space(*byte))?;
        let rest = rest.get(space..)?.strip_prefix(b"stream")?;
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        let rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        let said = self.value(head, b"Length").whole().and_then(|n| usize::try_from(n).ok());
        let said = said.and_then(|length| rest.split_at_checked(length));
        if let Some((body, behind)) = said
            && behind.trim_ascii_start().starts_with(b"endstream")
        {
            return Some((body, self.bytes.len() - behind.len()));
        }
        // Looking for the end of each of many streams that have none is work as well.
        let end = memchr::memmem::find(rest, b"endstream").unwrap_or(rest.len());
        let (body, behind) = rest.split_at_checked(end)?;
        self.work(body.len()).then_some((body, self.bytes.len() - behind.len()))
    }

    /// The bytes that a stream unpacks to; none where it is packed in a way that is not read, such as
    /// pictures are.
    pub fn unpacked(&self, stream: &Stream<'a>) -> Option<Cow<'a, [u8]>> {
        let filters = match self.value(&stream.head, b"Filter").into_owned() {
            Object::Null => Vec::new(),
            Object::Array(filters) => filters,
            filter => vec![filter],
        };
        let is_predicted = |parameters: &Object| {
            let parameters = self.resolve(parameters);
            let kind = parameters.dictionary().and_then(|of| self.value(of, b"Predictor").whole());
            kind.is_some_and(|kind| kind > 1)
        };
        let parameters = match self.value(&stream.head, b"DecodeParms").into_owned() {
            Object::Array(all) => all,
            one => vec![one],
        };
        if filters.len() > FILTERS || parameters.iter().any(is_predicted) {
            self.is_damaged.set(true);
            return None;
        }
        let mut bytes = Cow::Borrowed(stream.packed);
        for filter in &filters {
            let unpacked = match &*self.resolve(filter) {
                Object::Name(name) => self.undone(name, &bytes),
                _ => None,
            };
            let Some(unpacked) = unpacked else {
                self.is_damaged.set(true);
                return None;
            };
            bytes = Cow::Owned(unpacked);
        }
        self.work(bytes.len()).then_some(bytes)
    }

    fn undone(&self, filter: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
        let limit = self.left.get().min(HELD_BYTES + self.bytes.len());
        match filter {
            b"FlateDecode" | b"Fl" => self.inflated(bytes, limit),
            b"ASCIIHexDecode" | b"AHx" => {
                let end = memchr::memchr(b'>', bytes).unwrap_or(bytes.len());
                Some(from_hex(bytes.get(..end)?))
            }
            b"ASCII85Decode" | b"A85" => Some(from_base85(bytes)),
            _ => None,
        }
    }

    /// What is damaged is unpacked as far as it can be.
    fn inflated(&self, bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let read = ZlibDecoder::new(bytes).take(limit as u64).read_to_end(&mut out);
        self.is_damaged.set(self.is_damaged.get() || read.is_err());
        if out.len() >= limit {
            self.work(usize::MAX);
        }
        (read.is_ok() || !out.is_empty()).then_some(out)
    }

    /// Finds all objects and trailers, one after another.
    fn find(&mut self) {
        let mut at = 0;
        let mut packing = Vec::new();
        for found in memchr::memmem::find_iter(self.bytes, b"obj") {
            let header = (found >= at).then(|| header(self.bytes, found)).flatten();
            let Some((number, from)) = header.filter(|(_, from)| *from >= at) else { continue };
            self.trailer_between(at, from);
            let mut parser = Parser::new(self.bytes, found + 3);
            let object = parser.object();
            if !self.work(parser.at - found) {
                return;
            }
            self.places.insert(number, (found, Place::File(found + 3)));
            at = found + 3;
            let Some(object) = object else { continue };
            at = parser.at;
            if let Object::Dictionary(head) = object
                && let Some((packed, end)) = self.body(&head, at)
            {
                at = end;
                if head.is(b"Type", b"XRef") {
                    self.trailers.push(head);
                } else if head.is(b"Type", b"ObjStm") {
                    packing.push((found, Stream { head, packed }));
                }
            }
        }
        self.trailer_between(at, self.bytes.len());
        // What is encrypted unpacks to nothing.
        if self.trailer(b"Encrypt").is_none() {
            packing.iter().for_each(|(met, stream)| self.unpack(*met, stream));
        }
    }

    /// A trailer that stands between objects.
    fn trailer_between(&mut self, from: usize, to: usize) {
        let between = self.bytes.get(from..to).unwrap_or_default();
        if let Some(at) = memchr::memmem::rfind(between, b"trailer") {
            let mut parser = Parser::new(self.bytes, from + at + "trailer".len());
            if let Some(Object::Dictionary(trailer)) = parser.object() {
                self.trailers.push(trailer);
            }
        }
    }

    /// Finds the objects in a stream of objects (7.5.7) that was met at a place.
    fn unpack(&mut self, met: usize, stream: &Stream<'a>) {
        let held: usize = self.packed.iter().map(Vec::len).sum();
        let Some(bytes) = self.unpacked(stream).map(Cow::into_owned) else { return };
        if held + bytes.len() > HELD_BYTES + self.bytes.len() {
            self.work(usize::MAX);
            return;
        }
        let count = self.value(&stream.head, b"N").whole().unwrap_or(0);
        let first = self.value(&stream.head, b"First").whole();
        let first = first.and_then(|first| usize::try_from(first).ok()).unwrap_or(0);
        let mut parser = Parser::of_content(bytes.get(..first).unwrap_or_default());
        let mut next = || parser.object()?.whole();
        let index = self.packed.len();
        for _ in 0..count {
            let (Some(number), Some(at)) = (next(), next()) else { break };
            let (Ok(number), Ok(at)) = (u32::try_from(number), usize::try_from(at)) else {
                continue;
            };
            if self.places.get(&number).is_none_or(|(known, _)| *known <= met) {
                let place = Place::Packed { stream: index, at: first.saturating_add(at) };
                self.places.insert(number, (met, place));
            }
        }
        self.packed.push(bytes);
    }
}

/// The number of an object whose `obj` stands at a place, and where its head begins.
fn header(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let before = bytes.get(at.saturating_sub(32)..at)?;
    let (rest, generation) = digits_at_end(before.trim_ascii_end());
    let is_apart = rest.last().is_some_and(|byte| is_space(*byte));
    let (rest, number) = digits_at_end(rest.trim_ascii_end());
    if generation.is_empty() || !is_apart {
        return None;
    }
    let number = std::str::from_utf8(number).ok()?.parse().ok()?;
    Some((number, at - before.len() + rest.len()))
}

fn digits_at_end(bytes: &[u8]) -> (&[u8], &[u8]) {
    let digits = bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    bytes.split_at(bytes.len() - digits)
}

/// Bytes of base 85 as PDF writes it (7.4.3); what is no part of it is passed over.
fn from_base85(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 5 * 4 + 4);
    let mut group = Vec::with_capacity(5);
    let mut put = |group: &mut Vec<u32>| {
        let count = group.len();
        group.resize(5, 84);
        let bits = group.iter().fold(0_u32, |bits, d| bits.wrapping_mul(85).wrapping_add(*d));
        out.extend_from_slice(&bits.to_be_bytes()[..count.saturating_sub(1)]);
        group.clear();
    };
    for byte in text {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => put(&mut vec![0; 5]),
            b'!'..=b'u' => group.push(u32::from(byte - b'!')),
            _ => (),
        }
        if group.len() == 5 {
            put(&mut group);
        }
    }
    put(&mut group);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(file: &File<'_>, number: u32) -> Vec<u8> {
        let stream = file.stream(&Object::Reference(number)).unwrap();
        file.unpacked(&stream).unwrap().into_owned()
    }

    #[test]
    fn objects_are_found_where_they_stand_and_the_last_counts() {
        let text = b"%PDF-1.4\n1 0 obj\n(old)\nendobj\n1 0 obj\n(new)\nendobj 2 0 obj<</Length 3 0 R>>stream\r\n1 0 obj (no)\nendstream endobj 3 0 obj 12 endobj trailer <</Root 1 0 R>>";
        let file = File::open(text);
        assert_eq!(*file.resolve(&Object::Reference(1)), Object::String(b"new".to_vec()));
        assert_eq!(text_of(&file, 2), b"1 0 obj (no)");
        assert_eq!(file.trailer(b"Root"), Some(&Object::Reference(1)));
        assert_eq!(*file.resolve(&Object::Reference(9)), Object::Null);
        assert!(!file.is_damaged() && !file.is_exhausted());
    }

    #[test]
    fn references_in_a_ring_end() {
        let file = File::open(b"1 0 obj 2 0 R endobj 2 0 obj 1 0 R endobj");
        assert_eq!(*file.resolve(&Object::Reference(1)), Object::Null);
        assert!(file.stream(&Object::Reference(1)).is_none());
    }

    #[test]
    fn streams_are_unpacked_or_said_to_be_damaged() {
        let text = b"1 0 obj<</Filter[/AHx /A85]/Length 99>>stream\n38 37 63 55 52 44 5D 6A 36 7E 3E>endstream 2 0 obj<</Filter/Fl>>stream\nnone\nendstream";
        let file = File::open(text);
        assert_eq!(text_of(&file, 1), b"Hello w");
        assert!(!file.is_damaged());
        assert!(file.unpacked(&file.stream(&Object::Reference(2)).unwrap()).is_none());
        assert!(file.is_damaged());
    }
}
