//! From `Field|modifier|…: values` to tests, as the specification 2.1 says.

use super::expr::{Expr, FieldId, Interner};
use super::number::Number;
use super::pattern::Pattern;
use super::placeholder::{Placeholders, fill};
use super::problem::What;
use super::test::{DASHES, GlobPart, Network, Order, Place, Test, TimePart, lower};
use super::yaml::{Node, Scalar};
use std::mem::take;

/// Tests of one item at most. Lists of digests in public rules have some hundreds.
const TESTS: usize = 100_000;

/// What is wrong, and in which line.
#[derive(Debug)]
pub(super) struct Wrong {
    pub line: u32,
    pub what: What,
}

/// The modifiers of an item.
#[derive(Clone, Copy, Debug, Default)]
struct Modifiers {
    place: Option<Place>,
    of_text: Option<Encoding>,
    base64: Option<Base64>,
    windash: bool,
    all: bool,
    cased: bool,
    neq: bool,
    expand: bool,
    flags: [bool; 3],
    other: Option<Operator>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf16Le,
    Utf16Be,
    Utf16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base64 {
    Whole,
    AnyOffset,
}

/// What is done with a value instead of searching a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Re,
    Cidr,
    Exists,
    FieldRef,
    Order(Order),
    Time(TimePart),
}

/// The letters of the flags of regular expressions, in the order of `Modifiers::flags`.
const FLAGS: [char; 3] = ['i', 'm', 's'];

impl Modifiers {
    /// Reads the modifiers of a key.
    fn parse(names: &str) -> Result<Self, What> {
        let mut modifiers = Self::default();
        for name in names.split('|') {
            modifiers.add(name, names)?;
        }
        modifiers.check(names)?;
        Ok(modifiers)
    }

    fn add(&mut self, name: &str, names: &str) -> Result<(), What> {
        match name {
            "contains" => set(&mut self.place, Place::Inside, names),
            "startswith" => set(&mut self.place, Place::Start, names),
            "endswith" => set(&mut self.place, Place::End, names),
            "wide" | "utf16le" => set(&mut self.of_text, Encoding::Utf16Le, names),
            "utf16be" => set(&mut self.of_text, Encoding::Utf16Be, names),
            "utf16" => set(&mut self.of_text, Encoding::Utf16, names),
            "base64" => set(&mut self.base64, Base64::Whole, names),
            "base64offset" => set(&mut self.base64, Base64::AnyOffset, names),
            "windash" => flag(&mut self.windash),
            "all" => flag(&mut self.all),
            "cased" => flag(&mut self.cased),
            "neq" => flag(&mut self.neq),
            "expand" => flag(&mut self.expand),
            "i" | "ignorecase" => flag(&mut self.flags[0]),
            "m" | "multiline" => flag(&mut self.flags[1]),
            "s" | "dotall" => flag(&mut self.flags[2]),
            _ => {
                let operator = operator(name).ok_or_else(|| What::Modifier(name.to_owned()))?;
                set(&mut self.other, operator, names)
            }
        }
    }

    /// Whether the modifiers go together.
    fn check(&self, names: &str) -> Result<(), What> {
        let changes_text = self.of_text.is_some() || self.base64.is_some() || self.windash;
        let has_flags = self.flags.contains(&true);
        let is_wrong = match self.other {
            None => has_flags,
            Some(Operator::Re) => {
                self.place.is_some() || changes_text || self.cased && self.flags[0]
            }
            Some(Operator::FieldRef) => changes_text || has_flags || self.expand,
            // The networks of a list are filled in as its texts are.
            Some(Operator::Cidr) => self.place.is_some() || changes_text || has_flags || self.cased,
            Some(_) => {
                let is_plain = self.place.is_none() && !self.expand && !self.cased;
                !is_plain || changes_text || has_flags
            }
        };
        if is_wrong { Err(What::Modifiers(names.to_owned())) } else { Ok(()) }
    }
}

fn set<T: PartialEq>(slot: &mut Option<T>, value: T, names: &str) -> Result<(), What> {
    if slot.is_some() {
        return Err(What::Modifiers(names.to_owned()));
    }
    *slot = Some(value);
    Ok(())
}

const fn flag(slot: &mut bool) -> Result<(), What> {
    *slot = true;
    Ok(())
}

fn operator(name: &str) -> Option<Operator> {
    Some(match name {
        "re" => Operator::Re,
        "cidr" => Operator::Cidr,
        "exists" => Operator::Exists,
        "fieldref" => Operator::FieldRef,
        "lt" => Operator::Order(Order::Lt),
        "lte" => Operator::Order(Order::Lte),
        "gt" => Operator::Order(Order::Gt),
        "gte" => Operator::Order(Order::Gte),
        "minute" => Operator::Time(TimePart::Minute),
        "hour" => Operator::Time(TimePart::Hour),
        "day" => Operator::Time(TimePart::Day),
        "week" => Operator::Time(TimePart::Week),
        "month" => Operator::Time(TimePart::Month),
        "year" => Operator::Time(TimePart::Year),
        _ => return None,
    })
}

/// Compiles items of searches.
pub(super) struct Items<'c> {
    pub interner: &'c mut Interner,
    pub lists: &'c Placeholders,
    /// Names of lists that are asked for and not given.
    pub missing: Vec<String>,
    /// Tests that the rule asks so far.
    pub tests: usize,
}

impl Items<'_> {
    /// `Field|modifiers: values`.
    pub fn item(&mut self, key: &Node<'_>, value: &Node<'_>) -> Result<Expr, Wrong> {
        let written = key.text().unwrap_or_default();
        let (name, names) = written.split_once('|').unwrap_or((written, ""));
        let modifiers = match names {
            "" => Ok(Modifiers::default()),
            names => Modifiers::parse(names),
        };
        let modifiers = modifiers.map_err(|what| Wrong { line: key.line, what })?;
        let field = match name {
            "" => None,
            name => Some(self.field(name, key.line)?),
        };
        self.values(field, modifiers, value)
    }

    /// Values without a field: texts that stand anywhere in the event.
    pub fn keywords(&mut self, values: &Node<'_>) -> Result<Expr, Wrong> {
        self.values(None, Modifiers::default(), values)
    }

    fn field(&mut self, name: &str, line: u32) -> Result<FieldId, Wrong> {
        self.interner.field(name).ok_or(Wrong { line, what: What::TooComplex })
    }

    fn values(
        &mut self,
        field: Option<FieldId>,
        modifiers: Modifiers,
        values: &Node<'_>,
    ) -> Result<Expr, Wrong> {
        let (mut parts, mut tests) = (Vec::new(), Vec::new());
        for value in values.items() {
            let wrong = |what| Wrong { line: value.line, what };
            let scalar = value.scalar().ok_or_else(|| {
                wrong(What::Form(
                    "detection".to_owned(),
                    "a mapping, or a list of texts or mappings",
                ))
            })?;
            match self.value(field, modifiers, scalar).map_err(wrong)? {
                Asked::Part(part) => parts.push(part),
                Asked::Tests(of_value) if modifiers.all => {
                    self.count(of_value.len()).map_err(wrong)?;
                    parts.push(self.interner.predicate(field, of_value));
                }
                Asked::Tests(of_value) => {
                    self.count(of_value.len()).map_err(wrong)?;
                    tests.extend(of_value);
                }
            }
        }
        if !tests.is_empty() {
            parts.push(self.interner.predicate(field, tests));
        }
        if parts.is_empty() {
            let what = What::Form("detection".to_owned(), "at least one value");
            return Err(Wrong { line: values.line, what });
        }
        let joined = if modifiers.all { Expr::all(parts) } else { Expr::any(parts) };
        Ok(match (modifiers.neq, field) {
            (true, Some(field)) => Expr::all(vec![Expr::Has(field), Expr::Not(Box::new(joined))]),
            (true, None) => Expr::Not(Box::new(joined)),
            (false, _) => joined,
        })
    }

    const fn count(&mut self, more: usize) -> Result<(), What> {
        self.tests += more;
        if self.tests > TESTS { Err(What::TooComplex) } else { Ok(()) }
    }

    fn value(
        &mut self,
        field: Option<FieldId>,
        modifiers: Modifiers,
        scalar: Scalar<'_>,
    ) -> Result<Asked, What> {
        let unusable = || What::Value(written(scalar).to_owned());
        match (modifiers.other, scalar, field) {
            (Some(Operator::Exists), scalar, Some(field)) => Ok(Asked::Part(match scalar {
                Scalar::Bool(true) | Scalar::Text("yes" | "true") => {
                    Expr::Not(Box::new(Expr::Missing(field)))
                }
                Scalar::Bool(false) | Scalar::Text("no" | "false") => Expr::Missing(field),
                _ => return Err(unusable()),
            })),
            (Some(Operator::FieldRef), Scalar::Text(name), Some(field)) => {
                let other = self.interner.field(name).ok_or(What::TooComplex)?;
                let place = modifiers.place.unwrap_or(Place::Whole);
                Ok(Asked::Part(Expr::Same { field, other, place, cased: modifiers.cased }))
            }
            (Some(Operator::Exists | Operator::FieldRef), ..) => Err(unusable()),
            (None, Scalar::Null, Some(field)) => Ok(Asked::Part(Expr::Missing(field))),
            (None, Scalar::Bool(expected), Some(_)) if modifiers.place.is_none() => {
                Ok(Asked::Tests(vec![Test::Bool(expected)]))
            }
            (None, Scalar::Number(number), Some(_)) if modifiers.place.is_none() => {
                let number = Number::parse(number.as_bytes()).ok_or_else(unusable)?;
                Ok(Asked::Tests(vec![Test::Number(Order::Eq, number)]))
            }
            (_, Scalar::Null, _) => Err(unusable()),
            (_, scalar, _) => self.texts(field, modifiers, scalar).map(Asked::Tests),
        }
    }

    /// The tests of a value that is a text, once for each way to fill its placeholders.
    fn texts(
        &mut self,
        field: Option<FieldId>,
        modifiers: Modifiers,
        scalar: Scalar<'_>,
    ) -> Result<Vec<Test>, What> {
        let text = written(scalar);
        let mut tests = Vec::with_capacity(1);
        let mut ask = |text: &str| match modifiers.other {
            Some(operator) => operated(operator, modifiers, text).map(|test| tests.push(test)),
            None => searched(field, modifiers, text, &mut tests),
        };
        match modifiers.expand {
            true => {
                let filled = fill(text, self.lists, &mut self.missing, TESTS)?;
                filled.iter().try_for_each(|text| ask(text))?;
            }
            false => ask(text)?,
        }
        Ok(tests)
    }
}

/// What a value asks.
enum Asked {
    Tests(Vec<Test>),
    Part(Expr),
}

const fn written(scalar: Scalar<'_>) -> &str {
    match scalar {
        Scalar::Null => "null",
        Scalar::Bool(true) => "true",
        Scalar::Bool(false) => "false",
        Scalar::Number(text) | Scalar::Text(text) => text,
    }
}

fn operated(operator: Operator, modifiers: Modifiers, text: &str) -> Result<Test, What> {
    let unusable = || What::Value(text.to_owned());
    Ok(match operator {
        Operator::Re => {
            let flags = FLAGS.iter().zip(modifiers.flags).filter(|(_, is_set)| *is_set);
            let flags: String = flags.map(|(flag, _)| *flag).collect();
            let whole =
                if flags.is_empty() { text.to_owned() } else { format!("(?{flags}){text}") };
            Test::Regex(Pattern::new(&whole).map_err(|why| What::Regex(text.to_owned(), why))?)
        }
        Operator::Cidr => Test::Cidr(Network::parse(text).ok_or_else(unusable)?),
        Operator::Order(order) => {
            Test::Number(order, Number::parse(text.as_bytes()).ok_or_else(unusable)?)
        }
        Operator::Time(part) => {
            Test::TimePart(part, Number::parse(text.as_bytes()).ok_or_else(unusable)?)
        }
        Operator::Exists | Operator::FieldRef => return Err(unusable()),
    })
}

/// The tests that search a text.
fn searched(
    field: Option<FieldId>,
    modifiers: Modifiers,
    text: &str,
    tests: &mut Vec<Test>,
) -> Result<(), What> {
    // A keyword stands anywhere in the event.
    let usual = if field.is_none() { Place::Inside } else { Place::Whole };
    let place = modifiers.place.unwrap_or(usual);
    let cased = modifiers.cased;
    let parts = parsed(text);
    if modifiers.of_text.is_none() && modifiers.base64.is_none() {
        let parts = if modifiers.windash { with_dashes(parts) } else { parts };
        tests.push(test_of(parts, place, cased));
        return Ok(());
    }
    let plain = plain(&parts).ok_or_else(|| What::Value(text.to_owned()))?;
    let variants = if modifiers.windash { dash_variants(&plain) } else { vec![plain] };
    for plain in variants {
        let bytes = encoded(&plain, modifiers.of_text);
        let encodings = match modifiers.base64 {
            None => vec![bytes],
            Some(Base64::Whole) => vec![base64(&bytes)],
            Some(Base64::AnyOffset) => at_offsets(&bytes),
        };
        for text in encodings {
            let text = if cased { text } else { lower(&text).into_owned() };
            tests.push(Test::Text { place, text: text.into(), cased });
        }
    }
    Ok(())
}

/// A text with its wildcards: `*` is any text, `?` one character, a backslash before either of
/// them or before another backslash takes it as it is.
fn parsed(text: &str) -> Vec<GlobPart> {
    let (mut parts, mut run) = (Vec::with_capacity(USUAL_PARTS), Vec::with_capacity(text.len()));
    let mut end = |run: &mut Vec<u8>, part: Option<GlobPart>| {
        if !run.is_empty() {
            parts.push(GlobPart::Text(std::mem::take(run).into()));
        }
        parts.extend(part);
    };
    let mut rest = text.as_bytes();
    while let Some(at) = memchr::memchr3(b'\\', b'*', b'?', rest) {
        run.extend_from_slice(&rest[..at]);
        let (sign, behind) = (rest[at], &rest[at + 1..]);
        rest = behind;
        match (sign, behind.first()) {
            (b'*', _) => end(&mut run, Some(GlobPart::Star)),
            (b'?', _) => end(&mut run, Some(GlobPart::One)),
            (_, Some(meant @ (b'*' | b'?' | b'\\'))) => {
                run.push(*meant);
                rest = &behind[1..];
            }
            _ => run.push(sign),
        }
    }
    run.extend_from_slice(rest);
    end(&mut run, None);
    parts
}

/// Room for a text between two wildcards.
const USUAL_PARTS: usize = 3;

fn plain(parts: &[GlobPart]) -> Option<String> {
    match parts {
        [] => Some(String::new()),
        [GlobPart::Text(text)] => String::from_utf8(text.to_vec()).ok(),
        _ => None,
    }
}

/// The simplest test that asks for a form at a place.
fn test_of(mut parts: Vec<GlobPart>, place: Place, cased: bool) -> Test {
    if matches!(place, Place::Inside | Place::End) {
        parts.insert(0, GlobPart::Star);
    }
    if matches!(place, Place::Inside | Place::Start) {
        parts.push(GlobPart::Star);
    }
    parts.dedup_by(|next, before| *next == GlobPart::Star && *before == GlobPart::Star);
    if !cased {
        for part in &mut parts {
            match part {
                GlobPart::Text(text) if text.is_ascii() => text.make_ascii_lowercase(),
                GlobPart::Text(text) => *text = lower(text).into(),
                _ => {}
            }
        }
    }
    let (place, text) = match parts.as_mut_slice() {
        [] => (Place::Whole, Box::default()),
        [GlobPart::Text(text)] => (Place::Whole, take(text)),
        [GlobPart::Star, GlobPart::Text(text), GlobPart::Star] => (Place::Inside, take(text)),
        [GlobPart::Text(text), GlobPart::Star] => (Place::Start, take(text)),
        [GlobPart::Star, GlobPart::Text(text)] => (Place::End, take(text)),
        _ => return Test::Glob { parts, cased },
    };
    Test::Text { place, text, cased }
}

/// Whether a dash or slash at a place begins an option: nothing that counts as part of a word
/// stands before it, and something that does behind it.
fn begins_option(text: &[u8], at: usize) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    matches!(text[at], b'-' | b'/')
        && !at.checked_sub(1).is_some_and(|before| is_word(&text[before]))
        && text.get(at + 1).is_some_and(is_word)
}

/// Lets every dash that begins an option stand for all of them.
fn with_dashes(parts: Vec<GlobPart>) -> Vec<GlobPart> {
    let mut out = Vec::new();
    for part in parts {
        let GlobPart::Text(text) = part else {
            out.push(part);
            continue;
        };
        let mut from = 0;
        for at in (0..text.len()).filter(|at| begins_option(&text, *at)) {
            if from < at {
                out.push(GlobPart::Text(text[from..at].into()));
            }
            out.push(GlobPart::Dash);
            from = at + 1;
        }
        if from < text.len() {
            out.push(GlobPart::Text(text[from..].into()));
        }
    }
    out
}

/// A text with each of the dashes, as it is encoded whole. Of several dashes all change alike.
fn dash_variants(text: &str) -> Vec<String> {
    let places: Vec<_> = (0..text.len()).filter(|at| begins_option(text.as_bytes(), *at)).collect();
    if places.is_empty() {
        return vec![text.to_owned()];
    }
    let with = |dash: &&str| {
        let mut changed = text.to_owned();
        for at in places.iter().rev() {
            changed.replace_range(*at..=*at, dash);
        }
        changed
    };
    DASHES.iter().map(with).collect()
}

fn encoded(text: &str, encoding: Option<Encoding>) -> Vec<u8> {
    let units = text.encode_utf16();
    match encoding {
        None => text.as_bytes().to_vec(),
        Some(Encoding::Utf16Le) => units.flat_map(u16::to_le_bytes).collect(),
        Some(Encoding::Utf16Be) => units.flat_map(u16::to_be_bytes).collect(),
        Some(Encoding::Utf16) => {
            std::iter::once(0xfeff).chain(units).flat_map(u16::to_le_bytes).collect()
        }
    }
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let of = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = of(0) << 16 | of(1) << 8 | of(2);
        for digit in 0..4 {
            let index = (bits >> (18 - 6 * digit)) & 63;
            out.push(if digit > chunk.len() { b'=' } else { DIGITS[index as usize] });
        }
    }
    out
}

/// What of a text in base64 is the same whatever stands around it, for each of its three places.
fn at_offsets(bytes: &[u8]) -> Vec<Vec<u8>> {
    let at_offset = |offset: usize| {
        let padded: Vec<u8> = std::iter::repeat_n(0, offset).chain(bytes.iter().copied()).collect();
        let whole = base64(&padded);
        let start = [0, 2, 3][offset];
        let end = whole.len() - [0, 3, 2][padded.len() % 3];
        whole.get(start..end).unwrap_or_default().to_vec()
    };
    (0..3).map(at_offset).filter(|text| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648_and_survives_what_is_around() {
        assert_eq!(base64(b"foobar"), b"Zm9vYmFy");
        assert_eq!((base64(b"f"), base64(b"fo")), (b"Zg==".to_vec(), b"Zm8=".to_vec()));
        for before in 0..5 {
            for after in 0..5 {
                let text = "x".repeat(before) + "secret" + &"y".repeat(after);
                let whole = base64(text.as_bytes());
                let found = |part: &Vec<u8>| memchr::memmem::find(&whole, part).is_some();
                assert!(at_offsets(b"secret").iter().any(found), "{before} {after}");
            }
        }
    }

    #[test]
    fn the_simplest_test_is_taken() {
        let test = |text: &str, place| test_of(parsed(text), place, false);
        let text =
            |place, text: &str| Test::Text { place, text: text.as_bytes().into(), cased: false };
        assert_eq!(test("Ab", Place::Whole), text(Place::Whole, "ab"));
        assert_eq!(test("*Ab*", Place::Whole), text(Place::Inside, "ab"));
        assert_eq!(test("*Ab", Place::Inside), text(Place::Inside, "ab"));
        assert_eq!(test("Ab*", Place::Whole), text(Place::Start, "ab"));
        assert_eq!(test(r"\*\\a\b", Place::End), text(Place::End, r"*\a\b"));
        assert!(matches!(test("a?b", Place::Inside), Test::Glob { parts, .. } if parts.len() == 5));
    }
}
