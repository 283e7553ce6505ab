//! One element of XML, flattened: the path of each text and attribute with its value.
//!
//! Names are joined by `.` from the outermost in, without their prefixes; an attribute is
//! `path.@name`, and declarations of namespaces are left out. `<Data Name="X">v</Data>`, as Windows
//! writes, also gives X beside its element, under the path of what holds it. Texts are given without
//! white space around them, the parts before and behind an element or a CDATA section by
//! themselves. The five entities of XML and numbers are decoded, others stay as they are written;
//! a document type is refused, so nothing is ever expanded.
//!
//! The reader is small because it need not be more: it takes no stream, checks no names and borrows
//! from the record, which a general one would copy first.

pub use super::Error;
use super::{DEPTH, Pairs, Value, Writer};
use bumpalo::Bump;
use memchr::{memchr, memchr2, memmem};

/// Reads one element at the start of `text`, behind declarations and comments, and says how many
/// bytes that took. What was read before an error stays in `pairs`.
pub fn read<'a>(text: &'a [u8], arena: &'a Bump, pairs: &mut Pairs<'a>) -> Result<usize, Error> {
    let mut reader = Reader { text, at: 0, out: Writer::new(arena, pairs), open: Vec::new() };
    while reader.step()? {}
    Ok(reader.at)
}

/// An element that is open.
struct Open<'a> {
    /// Its name as it is written.
    name: &'a [u8],
    path: &'a [u8],
    /// The path that `Name` gives to its text.
    named: Option<&'a [u8]>,
    /// The last element in it by name and path: the next often has the same.
    inner: (&'a [u8], &'a [u8]),
}

struct Reader<'a, 'p> {
    text: &'a [u8],
    at: usize,
    out: Writer<'a, 'p>,
    open: Vec<Open<'a>>,
}

impl<'a> Reader<'a, '_> {
    const fn expected<T>(&self, expected: &'static str) -> Result<T, Error> {
        Err(Error { offset: self.at, expected })
    }

    /// Reads up to a mark and over it. False when the element has ended.
    fn step(&mut self) -> Result<bool, Error> {
        let rest = &self.text[self.at..];
        let Some(length) = memchr(b'<', rest) else { return self.expected("'<'") };
        self.characters(&rest[..length])?;
        self.at += length;
        match rest.get(length + 1) {
            Some(b'/') => self.end(),
            Some(b'?') => self.skip("?>"),
            Some(b'!') if rest[length..].starts_with(b"<!--") => self.skip("-->"),
            Some(b'!') if rest[length..].starts_with(b"<![CDATA[") && !self.open.is_empty() => {
                let start = self.at + 9;
                self.skip("]]>")?;
                self.value(&self.text[start..(self.at - 3).max(start)]);
                Ok(true)
            }
            _ => self.start(),
        }
    }

    /// Takes what stands between two marks.
    fn characters(&mut self, text: &'a [u8]) -> Result<(), Error> {
        let text = text.trim_ascii();
        if text.is_empty() {
            return Ok(());
        }
        if self.open.is_empty() && text != b"\xef\xbb\xbf" {
            return self.expected("'<'");
        }
        let text = self.decoded(text);
        self.value(text);
        Ok(())
    }

    /// Pushes a text of the innermost element.
    fn value(&mut self, text: &'a [u8]) {
        let Some(Open { path, named, .. }) = self.open.last() else { return };
        self.out.push(path, Value::Text(text));
        if let Some(named) = named {
            self.out.push(named, Value::Text(text));
        }
    }

    /// Steps behind the next occurrence of a mark's end.
    fn skip(&mut self, end: &'static str) -> Result<bool, Error> {
        match memmem::find(&self.text[self.at..], end.as_bytes()) {
            Some(length) => self.at += length + end.len(),
            None => return self.expected("the mark's end"),
        }
        Ok(true)
    }

    /// Reads a start tag.
    fn start(&mut self) -> Result<bool, Error> {
        if self.open.len() == DEPTH {
            return self.expected("at most 64 levels");
        }
        self.at += 1;
        let name = self.name()?;
        let path = self.path(name);
        let mut named = None;
        loop {
            self.space();
            match self.text.get(self.at) {
                Some(b'>') => {
                    self.at += 1;
                    self.open.push(Open { name, path, named, inner: (&[], &[]) });
                    return Ok(true);
                }
                Some(b'/') if self.text.get(self.at + 1) == Some(&b'>') => {
                    self.at += 2;
                    return Ok(!self.open.is_empty());
                }
                _ => {
                    let (attribute, value) = self.attribute()?;
                    self.note(name, path, attribute, value, &mut named);
                }
            }
        }
    }

    /// Pushes an attribute.
    fn note(
        &mut self,
        element: &[u8],
        path: &'a [u8],
        attribute: &'a [u8],
        value: &'a [u8],
        named: &mut Option<&'a [u8]>,
    ) {
        if attribute.starts_with(b"xmlns:") || attribute == b"xmlns" {
            return;
        }
        let attribute = local(attribute);
        let value = self.decoded(value);
        let key = self.out.join_with(path, b".@", attribute);
        self.out.push(key, Value::Text(value));
        if attribute == b"Name" && local(element) == b"Data" && !value.is_empty() {
            let outer = self.open.last().map_or(&[][..], |open| open.path);
            *named = Some(self.out.join(outer, value));
        }
    }

    /// The path of an element that opens here.
    fn path(&mut self, name: &'a [u8]) -> &'a [u8] {
        let Some(outer) = self.open.last_mut() else { return local(name) };
        if outer.inner.0 != name {
            outer.inner = (name, self.out.join(outer.path, local(name)));
        }
        outer.inner.1
    }

    /// Reads an end tag. False when it is that of the outermost element.
    fn end(&mut self) -> Result<bool, Error> {
        let start = self.at;
        self.at += 2;
        let name = self.name()?;
        self.space();
        let is_closed = self.text.get(self.at) == Some(&b'>');
        match self.open.pop() {
            Some(open) if is_closed && open.name == name => {
                self.at += 1;
                Ok(!self.open.is_empty())
            }
            _ => Err(Error { offset: start, expected: "the end of the open element" }),
        }
    }

    /// Reads a name as it is written.
    fn name(&mut self) -> Result<&'a [u8], Error> {
        let rest = &self.text[self.at..];
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"<>/=\"'&!?".contains(byte);
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        if length == 0 {
            return self.expected("a name");
        }
        self.at += length;
        Ok(&rest[..length])
    }

    /// Reads an attribute as it is written.
    fn attribute(&mut self) -> Result<(&'a [u8], &'a [u8]), Error> {
        let name = self.name()?;
        self.space();
        if self.text.get(self.at) != Some(&b'=') {
            return self.expected("'='");
        }
        self.at += 1;
        self.space();
        let quote = match self.text.get(self.at) {
            Some(&quote @ (b'"' | b'\'')) => quote,
            _ => return self.expected("a quote"),
        };
        let rest = &self.text[self.at + 1..];
        let Some(length) = memchr2(quote, b'<', rest).filter(|&length| rest[length] == quote)
        else {
            return self.expected("the attribute's end");
        };
        self.at += length + 2;
        Ok((name, &rest[..length]))
    }

    fn space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    /// A text without its entities. Never longer than as it is written.
    fn decoded(&self, text: &'a [u8]) -> &'a [u8] {
        let Some(first) = memchr(b'&', text) else { return text };
        let mut plain = bumpalo::collections::Vec::with_capacity_in(text.len(), self.out.arena);
        plain.extend_from_slice_copy(&text[..first]);
        let mut rest = &text[first..];
        while let Some(at) = memchr(b'&', rest) {
            plain.extend_from_slice_copy(&rest[..at]);
            let length = match entity(&rest[at..]) {
                Some((meant, length)) => {
                    plain.extend_from_slice_copy(meant.encode_utf8(&mut [0; 4]).as_bytes());
                    length
                }
                None => {
                    plain.push(b'&');
                    1
                }
            };
            rest = &rest[at + length..];
        }
        plain.extend_from_slice_copy(rest);
        plain.into_bump_slice()
    }
}

/// A name without its prefix.
fn local(name: &[u8]) -> &[u8] {
    memchr(b':', name).map_or(name, |at| &name[at + 1..])
}

/// The character that the entity here stands for, and the entity's length.
fn entity(text: &[u8]) -> Option<(char, usize)> {
    // The longest that has a meaning: `&#x10ffff;`, with a few zeros.
    let end = memchr(b';', &text[..text.len().min(16)])?;
    let meant = match &text[1..end] {
        b"lt" => '<',
        b"gt" => '>',
        b"amp" => '&',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        _ => return None,
    };
    Some((meant, end + 1))
}

fn number(digits: &[u8], radix: u32) -> Option<char> {
    let code = digits.iter().try_fold(0_u32, |code, &digit| {
        code.checked_mul(radix)?.checked_add(char::from(digit).to_digit(radix)?)
    })?;
    char::from_u32(code).filter(|_| !digits.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{PAIRS, PATH_BYTES};
    use crate::train::Random;

    fn flat(text: &[u8]) -> (Result<usize, Error>, Vec<String>) {
        let arena = Bump::new();
        let mut pairs = Pairs::new_in(&arena);
        let read = read(text, &arena, &mut pairs);
        let shown = pairs.iter().map(|pair| {
            let Value::Text(value) = pair.value else { panic!("null") };
            format!("{}={}", String::from_utf8_lossy(pair.key), String::from_utf8_lossy(value))
        });
        (read, shown.collect())
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let expected: Vec<String> = expected.iter().map(|pair| (*pair).to_owned()).collect();
        assert_eq!(flat(text.as_bytes()), (Ok(text.trim_end().len()), expected));
    }

    const EVENT: &str = "\u{feff}<?xml version=\"1.0\"?><!-- <x> -->\r\n<Event xmlns='http://example.jp/event' xmlns:a=\"b\">
  <System><Provider Name='Security' Guid=\"{1}\"/><EventID Qualifiers=''>4625</EventID><a:TimeCreated a:SystemTime = '2026-03-01T00:00:00Z' /></System>
  <EventData>
    <Data Name='TargetUserName'>a &amp; b&#x691c;</Data><Data Name=\"Empty\"></Data><Data>bare</Data>
    <Data Name='Script'><![CDATA[if (a < b) &amp;]]></Data>
  </EventData>
</Event>\n";

    #[test]
    fn elements_attributes_and_named_data_have_paths() {
        check(
            EVENT,
            &[
                "Event.System.Provider.@Name=Security",
                "Event.System.Provider.@Guid={1}",
                "Event.System.EventID.@Qualifiers=",
                "Event.System.EventID=4625",
                "Event.System.TimeCreated.@SystemTime=2026-03-01T00:00:00Z",
                "Event.EventData.Data.@Name=TargetUserName",
                "Event.EventData.Data=a & b検",
                "Event.EventData.TargetUserName=a & b検",
                "Event.EventData.Data.@Name=Empty",
                "Event.EventData.Data=bare",
                "Event.EventData.Data.@Name=Script",
                "Event.EventData.Data=if (a < b) &amp;",
                "Event.EventData.Script=if (a < b) &amp;",
            ],
        );
        check("<a/>", &[]);
        check("<a>x<b>y</b> z </a>", &["a=x", "a.b=y", "a=z"]);
    }

    #[test]
    fn entities_are_decoded_and_never_expanded() {
        check(
            "<a b='&lt;&gt;&quot;&apos;&#65;'>&amp;lt; &nbsp;&#xd800;&#1114112; & &#;</a>",
            &["a.@b=<>\"'A", "a=&lt; &nbsp;&#xd800;&#1114112; & &#;"],
        );
        let bomb = b"<!DOCTYPE a [<!ENTITY b \"bb\">]><a>&b;</a>";
        assert_eq!(flat(bomb), (Err(Error { offset: 1, expected: "a name" }), vec![]));
    }

    #[test]
    fn cut_and_damaged_text_gives_what_stands_before_it() {
        let (_, all) = flat(EVENT.as_bytes());
        for length in 0..EVENT.len() - 1 {
            let (read, pairs) = flat(&EVENT.as_bytes()[..length]);
            assert!(read.is_err() && all.starts_with(&pairs), "{length}");
        }
        for text in [
            "<a></b>",
            "</a>",
            "<a",
            "<a b>",
            "<a b=c>",
            "<a b='<'>",
            "x<a/>",
            "<![CDATA[x]]>",
            "<a></a >",
        ] {
            assert_eq!(flat(text.as_bytes()).0.is_ok(), text == "<a></a >", "{text}");
        }
        for seed in 0..20_000 {
            let mut random = Random::new(seed);
            let mut text = EVENT.as_bytes().to_vec();
            for _ in 0..=random.below(3) {
                let at = random.below(text.len() as u64) as usize;
                text[at] = *random.pick(b"<>/='\"&![- \0x").unwrap();
            }
            let (read, pairs) = flat(&text);
            assert!(
                read.is_ok_and(|length| length <= text.len()) || pairs.len() <= 20,
                "seed {seed}"
            );
        }
    }

    #[test]
    fn depth_pairs_and_paths_are_bounded() {
        let deep = |levels| format!("{}x{}", "<a>".repeat(levels), "</a>".repeat(levels));
        assert_eq!(flat(deep(DEPTH).as_bytes()).1.len(), 1);
        assert!(flat(deep(DEPTH + 1).as_bytes()).0.is_err());
        let name = "n".repeat(1 << 20);
        let long = format!("<{name}><b>{name}</b></{name}>");
        let (read, pairs) = flat(long.as_bytes());
        assert_eq!((read, pairs[0].find('=')), (Ok(long.len()), Some(PATH_BYTES)));
        for unit in
            ["<b/>", "<b c='d'/><e/>", "x<b/>", "<!-- -->", "&#", "&", "<?a?>", "<![CDATA[x]]>"]
        {
            let text =
                format!("<{0}>{1}</{0}>", &name[..1_000], unit.repeat((2 << 20) / unit.len()));
            let (read, pairs) = flat(text.as_bytes());
            assert!(read == Ok(text.len()) && pairs.len() <= PAIRS, "{unit}");
        }
    }
}
