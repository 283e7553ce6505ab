//! Where the text of a field comes from: `sourceIPAddress`, `{date} {time}`, `=fixed`, each with
//! what is done to it: `ClientIP -> endpoint`.

use super::draft::Draft;
use super::keys::{Found, KeyId, Keys};
use super::layout::set_request;
use super::pattern::{Literal, unclosed};
use crate::base::{Wrong, address, find_near};
use crate::event::{Field, number};
use crate::text::Value;
use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use memchr::memmem;

/// Where the text of a field comes from, compiled.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    from: From,
    steps: Vec<Step>,
    sink: Sink,
}

#[derive(Clone, Debug)]
enum From {
    Fixed(Box<[u8]>),
    Key(KeyId),
    Template(Vec<Piece>),
}

#[derive(Clone, Debug)]
enum Piece {
    Literal(Box<[u8]>),
    Key(KeyId),
    /// Left out when one of its keys says nothing.
    Optional(Vec<Piece>),
}

/// What is done to a text.
#[derive(Clone, Debug)]
enum Step {
    First,
    Last,
    Lower,
    Basename,
    Before(Literal),
    After(Literal),
    Unquote,
    Percent,
    Address,
    Number,
    Hex,
}

/// How a text becomes fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sink {
    Plain,
    /// `192.0.2.1:443`, `[2001:db8::1]:443`: address and port.
    Endpoint,
    /// `DOMAIN\name`: domain and name.
    Account,
    /// `https://host:443/path?query`: site, port and target.
    Url,
    /// `GET /path HTTP/1.1`: method, target and version.
    Request,
}

/// The names of all that can be done to a text, for messages.
const STEPS: &str = "first, last, lower, basename, before TEXT, after TEXT, unquote, percent, \
                     address, number, hex, endpoint, account, url, request";

impl Spec {
    /// Compiles a specification; the error says what was expected.
    pub fn compile(text: &str, keys: &mut Keys) -> Result<Self, Wrong> {
        let mut parts = text.split(" -> ");
        let from = compile_from(parts.next().unwrap_or_default().trim_start(), keys)?;
        let mut spec = Self { from, steps: Vec::new(), sink: Sink::Plain };
        for part in parts {
            spec.add_step(part)?;
        }
        Ok(spec)
    }

    fn add_step(&mut self, text: &str) -> Result<(), Wrong> {
        let text = text.trim_start();
        let (name, argument) = text.split_once(' ').unwrap_or((text, ""));
        let needs_argument = matches!(name, "before" | "after");
        if needs_argument == argument.is_empty() {
            let ja = "before・afterには文字列が必要で、そのほかには指定できません。";
            let en = "before and after need a text, the others none";
            return Err(Wrong::new(format!("«{text}»; {en}"), format!("「{text}」:{ja}")));
        }
        let step = match name {
            "first" => Step::First,
            "last" => Step::Last,
            "lower" => Step::Lower,
            "basename" => Step::Basename,
            "before" => Step::Before(Literal::new(argument.as_bytes())),
            "after" => Step::After(Literal::new(argument.as_bytes())),
            "unquote" => Step::Unquote,
            "percent" => Step::Percent,
            "address" => Step::Address,
            "number" => Step::Number,
            "hex" => Step::Hex,
            _ => {
                self.sink = match name {
                    "endpoint" => Sink::Endpoint,
                    "account" => Sink::Account,
                    "url" => Sink::Url,
                    "request" => Sink::Request,
                    _ => {
                        let ja = format_args!("次のいずれか({STEPS})");
                        return Err(Wrong::expected(name, format_args!("one of {STEPS}"), ja));
                    }
                };
                return Ok(());
            }
        };
        self.steps.push(step);
        Ok(())
    }

    /// A key without which it says nothing and sets nothing, where there is one.
    pub fn witness(&self) -> Option<KeyId> {
        match &self.from {
            From::Fixed(_) => None,
            From::Key(key) => Some(*key),
            From::Template(pieces) => pieces.iter().find_map(|piece| match piece {
                Piece::Key(key) => Some(*key),
                Piece::Literal(_) | Piece::Optional(_) => None,
            }),
        }
    }

    /// The text that it stands for in a record; none when the record does not say.
    pub fn text<'a>(&'a self, found: &Found<'a, '_>, arena: &'a Bump) -> Option<&'a [u8]> {
        let text = match &self.from {
            From::Fixed(text) => text,
            From::Key(key) => found.text(*key)?,
            From::Template(pieces) => fill(pieces, found, arena)?,
        };
        self.steps.iter().try_fold(text, |text, step| step.apply(text, arena))
    }

    /// Sets a field, and those that follow from it. False when the record does not say.
    #[inline]
    pub fn set<'a>(&'a self, field: Field, found: &Found<'a, '_>, draft: &mut Draft<'a>) -> bool {
        let is_plain = self.steps.is_empty() && self.sink == Sink::Plain;
        match &self.from {
            // Of many names for one thing a record has one.
            From::Key(key) if !found.has(*key) => return false,
            From::Key(key) if is_plain => {
                let value = found.value(*key);
                draft.set_value(field, value.unwrap_or(Value::Null));
                return value.is_some();
            }
            From::Fixed(text) if is_plain => {
                draft.set(field, text);
                return true;
            }
            _ => {}
        }
        self.set_from(field, found, draft)
    }

    fn set_from<'a>(&'a self, field: Field, found: &Found<'a, '_>, draft: &mut Draft<'a>) -> bool {
        let Some(text) = self.text(found, draft.arena) else {
            if let From::Key(key) = self.from
                && found.has(key)
            {
                draft.set(field, &[]);
            }
            return false;
        };
        self.sink.set(field, text, draft);
        true
    }
}

fn compile_from(text: &str, keys: &mut Keys) -> Result<From, Wrong> {
    if let Some(fixed) = text.strip_prefix('=') {
        return Ok(From::Fixed(fixed.as_bytes().into()));
    }
    if !text.contains('{') {
        return match text.trim() {
            "" => Err(Wrong::new(
                "nothing; expected the name of a pair",
                "空です。項目の名前を指定してください。",
            )),
            key => Ok(From::Key(keys.add(key))),
        };
    }
    let mut rest = text;
    let pieces = compile_pieces(&mut rest, keys, false)?;
    Ok(From::Template(pieces))
}

fn compile_pieces(rest: &mut &str, keys: &mut Keys, inside: bool) -> Result<Vec<Piece>, Wrong> {
    let mut pieces = Vec::new();
    loop {
        let at = rest.find(['{', '[', ']']).unwrap_or(rest.len());
        if at > 0 {
            pieces.push(Piece::Literal(rest.as_bytes()[..at].into()));
        }
        let sign = rest[at..].chars().next();
        *rest = rest.get(at + 1..).unwrap_or("");
        match sign {
            Some('{') => {
                let (key, behind) = rest.split_once('}').ok_or_else(|| unclosed("{", "}"))?;
                pieces.push(Piece::Key(keys.add(key)));
                *rest = behind;
            }
            Some('[') => pieces.push(Piece::Optional(compile_pieces(rest, keys, true)?)),
            Some(']') if inside => return Ok(pieces),
            Some(_) => return Err(unclosed("]", "[")),
            None if inside => return Err(unclosed("[", "]")),
            None => return Ok(pieces),
        }
    }
}

/// Bytes of a text of several pieces that most have no more of.
const USUAL_TEXT: usize = 64;

fn fill<'a>(pieces: &[Piece], found: &Found<'a, '_>, arena: &'a Bump) -> Option<&'a [u8]> {
    if let [Piece::Key(key)] = pieces {
        return said(found, *key);
    }
    let mut text = BumpVec::with_capacity_in(USUAL_TEXT, arena);
    if !fill_into(pieces, found, &mut text) {
        return None;
    }
    Some(text.into_bump_slice())
}

/// What a record says of a name.
fn said<'a>(found: &Found<'a, '_>, key: KeyId) -> Option<&'a [u8]> {
    found.text(key).filter(|value| *value != b"-")
}

/// False when a key says nothing; what was written so far then does not count.
fn fill_into(pieces: &[Piece], found: &Found<'_, '_>, text: &mut BumpVec<'_, u8>) -> bool {
    pieces.iter().all(|piece| match piece {
        Piece::Literal(literal) => {
            text.extend_from_slice_copy(literal);
            true
        }
        Piece::Key(key) => match said(found, *key) {
            Some(value) => {
                text.extend_from_slice_copy(value);
                true
            }
            None => false,
        },
        Piece::Optional(pieces) => {
            let before = text.len();
            if !fill_into(pieces, found, text) {
                text.truncate(before);
            }
            true
        }
    })
}

impl Step {
    fn apply<'a>(&self, text: &'a [u8], arena: &'a Bump) -> Option<&'a [u8]> {
        let text = match self {
            Self::First => text.split(|byte| matches!(byte, b',' | b';' | b' ')).next()?,
            Self::Last => {
                let mut parts = text.rsplit(|byte| matches!(byte, b',' | b';' | b' '));
                parts.find(|part| !part.is_empty())?
            }
            Self::Lower => lower(text, arena),
            Self::Basename => text.rsplit(|byte| matches!(byte, b'/' | b'\\')).next()?,
            Self::Before(sign) => sign.find(text).map_or(text, |at| &text[..at]),
            Self::After(sign) => sign.find(text).map_or(text, |at| &text[at + sign.len()..]),
            Self::Unquote => unquoted(text),
            Self::Percent => percent_decoded(text, arena),
            Self::Address => parse_address(text)?,
            Self::Number => leading_number(text)?,
            Self::Hex => hex_decoded(text, arena),
        };
        let text = text.trim_ascii();
        (!text.is_empty()).then_some(text)
    }
}

fn lower<'a>(text: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    match text.iter().any(u8::is_ascii_uppercase) {
        true => {
            let copy = arena.alloc_slice_copy(text);
            copy.make_ascii_lowercase();
            copy
        }
        false => text,
    }
}

fn unquoted(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    for (open, close) in [(b'"', b'"'), (b'\'', b'\''), (b'<', b'>'), (b'[', b']')] {
        if text.len() >= 2 && text.first() == Some(&open) && text.last() == Some(&close) {
            return &text[1..text.len() - 1];
        }
    }
    text
}

fn percent_decoded<'a>(text: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    if !text.contains(&b'%') {
        return text;
    }
    let mut out = BumpVec::with_capacity_in(text.len(), arena);
    let mut rest = text;
    while let Some((&first, behind)) = rest.split_first() {
        let hex = |at: usize| behind.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        rest = behind;
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                rest = &behind[2..];
            }
            _ => out.push(first),
        }
    }
    out.into_bump_slice()
}

/// An IP address, without the marks around it.
fn parse_address(text: &[u8]) -> Option<&[u8]> {
    let text = unquoted(text);
    let text = mapped(text);
    // In a sentence a stop or a comma may follow.
    let end = text.iter().rposition(|byte| !matches!(byte, b'.' | b',' | b';' | b')'));
    let text = &text[..end.map_or(0, |end| end + 1)];
    // Most words are none, which shows in the first letter.
    if !text.first().is_some_and(|byte| byte.is_ascii_hexdigit() || *byte == b':') {
        return None;
    }
    // Behind the sign stands a zone.
    let bare = &text[..find_near(b'%', text).unwrap_or(text.len())];
    address(bare).map(|_| bare)
}

/// The text that auditd writes in digits, since it holds spaces or zeros; those are then spaces.
/// What does not stand for a text stays.
fn hex_decoded<'a>(text: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).filter(|_| !byte.is_ascii_lowercase());
    if text.len() < 4
        || !text.len().is_multiple_of(2)
        || !text.iter().all(|byte| digit(byte).is_some())
    {
        return text;
    }
    let mut out = BumpVec::with_capacity_in(text.len() / 2, arena);
    for pair in text.chunks_exact(2) {
        let byte = pair.iter().filter_map(digit).fold(0, |sum, digit| sum * 16 + digit) as u8;
        out.push(if byte == 0 { b' ' } else { byte });
    }
    let is_text = str::from_utf8(&out).is_ok_and(|text| !text.chars().any(char::is_control));
    if is_text { out.into_bump_slice() } else { text }
}

fn leading_number(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii();
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    number(&text[..end]).map(|_| &text[..end])
}

impl Sink {
    fn set<'a>(self, field: Field, text: &'a [u8], draft: &mut Draft<'a>) {
        match self {
            Self::Plain => draft.set(field, text),
            Self::Endpoint => set_endpoint(field, text, draft),
            Self::Account => {
                let at = text.iter().position(|byte| *byte == b'\\');
                if let Some(at) = at.filter(|at| *at + 1 < text.len()) {
                    draft.set(Field::UserDomain, &text[..at]);
                    // Some logs escape the backslash, once or twice.
                    let more = text[at..].iter().take_while(|byte| **byte == b'\\').count();
                    return draft.set(field, &text[at + more..]);
                }
                draft.set(field, text);
            }
            Self::Url => set_url(field, text, draft),
            Self::Request => {
                let mut fields = crate::event::Fields::default();
                set_request(&mut fields, text);
                for field in [Field::Method, Field::Target, Field::HttpVersion] {
                    if let Some(text) = fields.text(field) {
                        draft.set(field, text);
                    }
                }
            }
        }
    }
}

fn set_endpoint<'a>(field: Field, text: &'a [u8], draft: &mut Draft<'a>) {
    let (address, port) = split_endpoint(text.trim_ascii());
    draft.set(field, address);
    let port_field = match field {
        Field::SourceAddress => Some(Field::SourcePort),
        Field::DestinationAddress => Some(Field::DestinationPort),
        Field::Domain => Some(Field::Port),
        _ => None,
    };
    if let (Some(field), Some(port)) = (port_field, port) {
        draft.set(field, port);
    }
}

/// Address and port of `192.0.2.1:443`, `[2001:db8::1]:443`, or either alone.
pub(super) fn split_endpoint(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    if let Some(inside) = text.strip_prefix(b"[")
        && let Some(close) = memchr::memchr(b']', inside)
    {
        let port = inside[close + 1..].strip_prefix(b":");
        return (mapped(&inside[..close]), port.filter(|port| number(port).is_some()));
    }
    let mut colons = memchr::memchr_iter(b':', text);
    match (colons.next(), colons.next()) {
        (Some(at), None) if number(&text[at + 1..]).is_some() => {
            (&text[..at], Some(&text[at + 1..]))
        }
        _ => (mapped(text), None),
    }
}

/// An IPv4 address that is written as IPv6 is meant as IPv4.
fn mapped(address: &[u8]) -> &[u8] {
    address.strip_prefix(b"::ffff:").filter(|v4| v4.contains(&b'.')).unwrap_or(address)
}

fn set_url<'a>(field: Field, text: &'a [u8], draft: &mut Draft<'a>) {
    let Some(at) = memmem::find(text, b"://").filter(|at| *at > 0 && *at <= 8) else {
        return draft.set(field, text);
    };
    let rest = &text[at + 3..];
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let (host, target) = rest.split_at(end.unwrap_or(rest.len()));
    let host = host.rsplit(|byte| *byte == b'@').next().unwrap_or(host);
    let (host, port) = split_endpoint(host);
    draft.set(Field::Domain, host);
    if let Some(port) = port {
        draft.set(Field::Port, port);
    }
    draft.set(field, if target.is_empty() { b"/" } else { target });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Pair;

    fn text(spec: &str, pairs: &[(&str, &str)]) -> Option<String> {
        let (mut keys, arena) = (Keys::default(), Bump::new());
        let spec = Spec::compile(spec, &mut keys).unwrap();
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(key, value)| Pair { key: key.as_bytes(), value: Value::Text(value.as_bytes()) })
            .collect();
        let found = keys.find(&pairs, &arena);
        spec.text(&found, &arena).map(|text| String::from_utf8_lossy(text).into_owned())
    }

    #[test]
    fn texts_come_from_keys_templates_and_fixed_words() {
        let pairs = [("date", "2021-05-06"), ("time", "10:02"), ("query", "-")];
        assert_eq!(text("time", &pairs).as_deref(), Some("10:02"));
        assert_eq!(text("{date} {time}", &pairs).as_deref(), Some("2021-05-06 10:02"));
        assert_eq!(text("{date}[?{query}]", &pairs).as_deref(), Some("2021-05-06"));
        assert_eq!(text("{date} {other}", &pairs), None);
        assert_eq!(text("=fixed", &pairs).as_deref(), Some("fixed"));
    }

    #[test]
    fn steps_follow_one_another() {
        let pairs = [("a", r"EXAMPLE\Sato"), ("list", "192.0.2.1, 192.0.2.2"), ("p", "%2e%2E/x%")];
        assert_eq!(text(r"a -> after \ -> lower", &pairs).as_deref(), Some("sato"));
        assert_eq!(text("list -> first", &pairs).as_deref(), Some("192.0.2.1"));
        assert_eq!(text("list -> last -> address", &pairs).as_deref(), Some("192.0.2.2"));
        assert_eq!(text("p -> percent", &pairs).as_deref(), Some("../x%"));
        assert_eq!(text("a -> address", &pairs), None);
        let pairs = [("a", "login from 192.0.2.7.")];
        assert_eq!(text("a -> after from -> address", &pairs).as_deref(), Some("192.0.2.7"));
        let digits = [("t", "73736800726F6F74"), ("n", "20210506"), ("w", "BEE")];
        assert_eq!(text("t -> hex", &digits).as_deref(), Some("ssh root"));
        assert_eq!(text("n -> hex", &digits).as_deref(), Some("20210506"));
        assert_eq!(text("w -> hex", &digits).as_deref(), Some("BEE"));
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for spec in ["", "a -> upward", "a -> before", "{a", "{a}[{b}", "{a}]"] {
            assert!(Spec::compile(spec, &mut Keys::default()).is_err(), "{spec}");
        }
    }

    #[test]
    fn endpoints_are_split_whatever_the_address() {
        let split = |text: &'static str| {
            let (address, port) = split_endpoint(text.as_bytes());
            (str::from_utf8(address).unwrap(), port.map(|port| str::from_utf8(port).unwrap()))
        };
        assert_eq!(split("192.0.2.1:443"), ("192.0.2.1", Some("443")));
        assert_eq!(split("[2001:db8::1]:443"), ("2001:db8::1", Some("443")));
        assert_eq!(split("2001:db8::1"), ("2001:db8::1", None));
        assert_eq!(split("[::ffff:192.0.2.1]:50"), ("192.0.2.1", Some("50")));
        assert_eq!(split("192.0.2.1"), ("192.0.2.1", None));
    }
}
