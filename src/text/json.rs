//! JSON, flattened: the path of each plain value with the value, in one pass and without a tree.
//!
//! Names are joined by `.`; an array adds nothing to the path, so its elements repeat a key. An
//! empty object or array gives no pair, `null` gives [`Value::Null`]. Escapes in names are undone,
//! those in values when a value is asked for. Raw control characters and bytes that are no UTF-8
//! are taken as they are: logs have them.

mod names;

pub use super::Error;
pub use names::{NameId, Names, UNKNOWN};

use super::escaped::{WORD, before, marked, unescaped};
use super::{DEPTH, Pairs, Value, Writer};
use bumpalo::Bump;
use memchr::memchr;
use names::{Name, OUTERMOST};

/// Reads one value at the start of `text` and says how many bytes it took. What was read before an
/// error stays in `pairs`.
///
/// An object inside an array that has a name and a value, as `{"Name":"X","Value":"v"}`, gives
/// besides its members also `path.X` = v.
pub fn read<'a>(text: &'a [u8], arena: &'a Bump, pairs: &mut Pairs<'a>) -> Result<usize, Error> {
    read_with(text, arena, pairs, None)
}

/// By pair, what its name is kept as.
pub type Ids<'a> = bumpalo::collections::Vec<'a, NameId>;

/// The same for a record of a log whose names are kept.
pub fn read_known<'a>(
    text: &'a [u8],
    arena: &'a Bump,
    pairs: &mut Pairs<'a>,
    (names, ids): (&'a Names, &mut Ids<'a>),
) -> Result<usize, Error> {
    read_with(text, arena, pairs, Some(Known { names, ids, last: None }))
}

fn read_with<'a>(
    text: &'a [u8],
    arena: &'a Bump,
    pairs: &mut Pairs<'a>,
    known: Option<Known<'a, '_>>,
) -> Result<usize, Error> {
    let (cursor, out) = (Cursor { text, at: 0 }, Writer::new(arena, pairs));
    let mut reader = Reader { cursor, out, known };
    reader.value(Path { text: &[], id: OUTERMOST }, 0)?;
    Ok(reader.cursor.at)
}

/// Members that name an object of an array.
fn is_name(key: &[u8]) -> bool {
    matches!(key, b"Name" | b"name" | b"Key" | b"key" | b"displayName")
}

/// Members that hold what such an object says.
fn is_value(key: &[u8]) -> bool {
    matches!(
        key,
        b"Value"
            | b"value"
            | b"values"
            | b"intValue"
            | b"boolValue"
            | b"multiValue"
            | b"newValue"
            | b"NewValue"
    )
}

/// A place in a text.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The next byte that is no white space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        while let Some(&byte) = self.text.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    /// Takes the next byte that is no white space, if it is this one.
    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        let is_it = self.peek() == Some(byte);
        self.at += usize::from(is_it);
        is_it
    }

    const fn expected<T>(&self, expected: &'static str) -> Result<T, Error> {
        Err(Error { offset: self.at, expected })
    }

    /// The inside of the string here, and whether it has escapes.
    #[inline]
    fn string(&mut self) -> Result<(&'a [u8], bool), Error> {
        if !self.take(b'"') {
            return self.expected("a string");
        }
        let inside = &self.text[self.at..];
        let plain = short(inside);
        if inside.get(plain) == Some(&b'"') {
            self.at += plain + 1;
            return Ok((&inside[..plain], false));
        }
        self.long_string(inside, plain)
    }

    /// The same for a string with escapes, or a long one, which begins with so many plain bytes.
    #[inline(never)]
    fn long_string(&mut self, inside: &'a [u8], plain: usize) -> Result<(&'a [u8], bool), Error> {
        let rest = &inside[plain..];
        let Some(length) = end_of_string(rest) else {
            self.at = self.text.len();
            return self.expected("the string's end");
        };
        let has_escapes = rest.first() == Some(&b'\\') || memchr(b'\\', &rest[..length]).is_some();
        self.at += plain + length + 1;
        Ok((&inside[..plain + length], has_escapes))
    }

    /// A number, `true`, `false` or `null` as it is written.
    #[inline]
    fn bare(&mut self) -> Result<&'a [u8], Error> {
        let rest = &self.text[self.at..];
        let is_part =
            |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'+' | b'-' | b'.' | b'E');
        let length = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let word = &rest[..length];
        if !matches!(word, b"true" | b"false" | b"null") && !is_number(word) {
            return self.expected("a value");
        }
        self.at += length;
        Ok(word)
    }
}

fn is_number(word: &[u8]) -> bool {
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    digits.first().is_some_and(u8::is_ascii_digit)
        && digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
}

/// What an object of an array calls itself, and where its value's pairs are.
#[derive(Default)]
struct Named<'a> {
    name: Option<&'a [u8]>,
    /// First pair of the value, the pair behind its last, and the length of the value's path.
    value: Option<(usize, usize, usize)>,
}

/// A name with those around it, and what it is kept as.
#[derive(Clone, Copy)]
struct Path<'a> {
    text: &'a [u8],
    id: NameId,
}

/// The names that are kept of a log, while a record of it is read.
struct Known<'a, 'p> {
    names: &'a Names,
    /// By pair, what its name is kept as.
    ids: &'p mut Ids<'a>,
    /// The name that was read last.
    last: Option<&'a Name>,
}

struct Reader<'a, 'p> {
    cursor: Cursor<'a>,
    out: Writer<'a, 'p>,
    known: Option<Known<'a, 'p>>,
}

impl<'a> Reader<'a, '_> {
    fn value(&mut self, path: Path<'a>, depth: usize) -> Result<(), Error> {
        match self.cursor.peek() {
            Some(b'"') => {
                let value = match self.cursor.string()? {
                    (text, false) => Value::Text(text),
                    (written, true) => Value::escaped(written, self.out.arena),
                };
                self.push(path, value);
            }
            Some(b'{') => self.object(path, depth, None)?,
            Some(b'[') => self.array(path, depth)?,
            _ => {
                let word = self.cursor.bare()?;
                let value = if word == b"null" { Value::Null } else { Value::Text(word) };
                self.push(path, value);
            }
        }
        Ok(())
    }

    #[inline]
    fn push(&mut self, path: Path<'a>, value: Value<'a>) {
        if self.out.push(path.text, value)
            && let Some(known) = &mut self.known
        {
            known.ids.push(path.id);
        }
    }

    /// Reads an object. `named` takes what makes it a name with a value.
    fn object(
        &mut self,
        path: Path<'a>,
        depth: usize,
        mut named: Option<&mut Named<'a>>,
    ) -> Result<(), Error> {
        self.open(depth)?;
        if self.cursor.take(b'}') {
            return Ok(());
        }
        loop {
            let (key, member) = self.name(path)?;
            let first = self.out.pairs.len();
            self.value(member, depth + 1)?;
            if let Some(named) = named.as_deref_mut() {
                self.note(key, member.text.len(), first, named);
            }
            match self.cursor.peek() {
                Some(b',') => self.cursor.at += 1,
                Some(b'}') => break,
                _ => return self.cursor.expected("',' or '}'"),
            }
        }
        self.cursor.at += 1;
        Ok(())
    }

    fn array(&mut self, path: Path<'a>, depth: usize) -> Result<(), Error> {
        self.open(depth)?;
        if self.cursor.take(b']') {
            return Ok(());
        }
        loop {
            if self.cursor.peek() == Some(b'{') {
                let mut named = Named::default();
                self.object(path, depth + 1, Some(&mut named))?;
                self.push_named(path.text, &named);
            } else {
                self.value(path, depth + 1)?;
            }
            match self.cursor.peek() {
                Some(b',') => self.cursor.at += 1,
                Some(b']') => break,
                _ => return self.cursor.expected("',' or ']'"),
            }
        }
        self.cursor.at += 1;
        Ok(())
    }

    /// Steps over an opening bracket.
    fn open(&mut self, depth: usize) -> Result<(), Error> {
        if depth >= DEPTH {
            return self.cursor.expected("at most 64 levels");
        }
        self.cursor.at += 1;
        Ok(())
    }

    /// The name of a member, by itself and with those around it. Steps over its colon.
    #[inline]
    fn name(&mut self, path: Path<'a>) -> Result<(&'a [u8], Path<'a>), Error> {
        if let Some(known) = &mut self.known {
            self.cursor.peek();
            let (names, rest) = (known.names, &self.cursor.text[self.cursor.at..]);
            if let Some((id, name)) = names.following(known.last, path.id, rest) {
                known.last = Some(name);
                self.cursor.at += name.length();
                self.out.count_joined(path.text);
                return Ok((name.inside(), Path { text: name.path(), id }));
            }
        }
        self.new_name(path)
    }

    #[inline(never)]
    fn new_name(&mut self, path: Path<'a>) -> Result<(&'a [u8], Path<'a>), Error> {
        let (inside, has_escapes) = self.cursor.string()?;
        if !self.cursor.take(b':') {
            return self.cursor.expected("':'");
        }
        if let Some(known) = &mut self.known {
            let names = known.names;
            let found = if has_escapes { None } else { names.find(known.last, path, inside) };
            known.last = found.map(|(_, name)| name);
            if let Some((id, name)) = found {
                self.out.count_joined(path.text);
                return Ok((inside, Path { text: name.path(), id }));
            }
        }
        let key = if has_escapes { unescaped(inside, self.out.arena) } else { inside };
        Ok((key, Path { text: self.out.join(path.text, key), id: UNKNOWN }))
    }

    /// Notes a member that names its object, or the first that holds its value.
    fn note(&self, key: &[u8], length: usize, first: usize, named: &mut Named<'a>) {
        if is_name(key) && named.name.is_none() {
            let named_by = self.out.pairs.get(first).filter(|pair| pair.key.len() == length);
            named.name = named_by.and_then(|pair| pair.value.text());
        } else if is_value(key) && named.value.is_none() {
            named.value = Some((first, self.out.pairs.len(), length));
        }
    }

    /// Pushes an object's value under its name.
    fn push_named(&mut self, path: &'a [u8], named: &Named<'a>) {
        let (Some(name), Some((first, behind, length))) = (named.name, named.value) else { return };
        let base = self.out.join(path, name);
        for at in first..behind {
            let Some(&pair) = self.out.pairs.get(at) else { return };
            let text = match pair.key.get(length..) {
                Some([b'.', inside @ ..]) => self.out.join(base, inside),
                _ => base,
            };
            self.push(Path { text, id: UNKNOWN }, pair.value);
        }
    }
}

/// Where the quote stands that ends a string: the first with an even number of backslashes before
/// it. Quotes are rarer than backslashes, so those are looked for.
#[inline]
fn end_of_string(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let quote = from + memchr(b'"', &text[from..])?;
        let escapes = text[from..quote].iter().rev().take_while(|byte| **byte == b'\\').count();
        if escapes % 2 == 0 {
            return Some(quote);
        }
        from = quote + 1;
    }
}

/// Bytes at the start of a text before the first quote or backslash, as far as they are looked at
/// here: most names and values are so short.
#[inline]
fn short(text: &[u8]) -> usize {
    let mut length = 0;
    for word in text.as_chunks::<WORD>().0.iter().take(5) {
        let plain = before(marked(*word, b'"') | marked(*word, b'\\'));
        length += plain;
        if plain < WORD {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests;
