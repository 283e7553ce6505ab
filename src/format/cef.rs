//! The headers of CEF (ArcSight) and LEEF (IBM): fields between bars, then names and values.

use crate::text::{Pair, Pairs, Value, kv};
use bumpalo::Bump;
use memchr::memmem;

const CEF: [&[u8]; 7] = [
    b"cef.version",
    b"cef.vendor",
    b"cef.product",
    b"cef.product_version",
    b"cef.class",
    b"cef.name",
    b"cef.severity",
];
const LEEF: [&[u8]; 5] =
    [b"leef.version", b"leef.vendor", b"leef.product", b"leef.product_version", b"leef.event"];

/// So many of either tell what wrote the record.
pub(super) const ORIGIN: usize = 3;

/// Bytes of a tag before the sign at most.
const TAG: usize = 16;
/// Bytes of any other header before the sign, and of the sign, at most.
const HEAD: usize = 512;

/// Reads `CEF:0|vendor|product|version|class|name|severity|extension` at the start of a text, or
/// `anywhere` in its first part. The sign may be missing, as where a syslog daemon took it for a
/// tag. None when there is none.
pub(super) fn read_cef<'a>(
    text: &'a [u8],
    anywhere: bool,
    arena: &'a Bump,
    pairs: &mut Pairs<'a>,
) -> Option<()> {
    let rest = behind(text, b"CEF:", &[b"0|", b"1|"], anywhere)?;
    let rest = read_header(rest, &CEF, pairs)?;
    kv::read(rest, arena, pairs, &kv::Options::CEF);
    name_customs(pairs, arena);
    Some(())
}

/// Reads `LEEF:2.0|vendor|product|version|event|delimiter|attributes`, as [`read_cef`] does.
pub(super) fn read_leef<'a>(
    text: &'a [u8],
    anywhere: bool,
    arena: &'a Bump,
    pairs: &mut Pairs<'a>,
) -> Option<()> {
    let rest = behind(text, b"LEEF:", &[b"1.0|", b"2.0|"], anywhere)?;
    let is_second = rest.starts_with(b"2");
    let mut rest = read_header(rest, &LEEF, pairs)?;
    let mut separator = b'\t';
    if is_second && let Some(end) = memchr::memchr(b'|', &rest[..rest.len().min(8)]) {
        separator = delimiter(&rest[..end]).unwrap_or(b'\t');
        rest = &rest[end + 1..];
    }
    let rest = with_tabs(rest, arena);
    // Exports often turn the tabs into spaces.
    let has_tab = memchr::memchr(separator, rest).is_some();
    let options =
        if has_tab { kv::Options { separator, ..kv::Options::TABS } } else { kv::Options::CEF };
    kv::read(rest, arena, pairs, &options);
    Some(())
}

/// What lies behind a sign that stands at the start, or behind a space if that may be; or the whole
/// text where it begins as what follows the sign.
fn behind<'a>(text: &'a [u8], sign: &[u8], versions: &[&[u8]], anywhere: bool) -> Option<&'a [u8]> {
    let text = text.strip_prefix(b"\"").unwrap_or(text).trim_ascii_start();
    if let Some(rest) = text.strip_prefix(sign) {
        return Some(rest.trim_ascii_start());
    }
    if versions.iter().any(|version| text.starts_with(version)) {
        return Some(text);
    }
    // A tag such as `ASM:` may stand before the sign.
    let reach = if anywhere { HEAD } else { TAG + sign.len() };
    let at = find_sign(&text[..text.len().min(reach)], sign)?;
    if !anywhere && text.get(at.checked_sub(1)?) != Some(&b':') {
        return None;
    }
    let is_start = at == 0 || matches!(text[at - 1], b' ' | b':' | b'"' | b'>');
    is_start.then(|| text[at + sign.len()..].trim_ascii_start())
}

/// Where a sign stands first, which ends with a colon.
fn find_sign(text: &[u8], sign: &[u8]) -> Option<usize> {
    let end = memchr::memchr_iter(b':', text).find(|at| text[..=*at].ends_with(sign))?;
    Some(end + 1 - sign.len())
}

/// Tabs where a syslog daemon wrote them as `#011`.
fn with_tabs<'a>(text: &'a [u8], arena: &'a Bump) -> &'a [u8] {
    const ESCAPED: &[u8] = b"#011";
    if memmem::find(text, ESCAPED).is_none() {
        return text;
    }
    let mut out = bumpalo::collections::Vec::with_capacity_in(text.len(), arena);
    let mut rest = text;
    while let Some(at) = memmem::find(rest, ESCAPED) {
        out.extend_from_slice_copy(&rest[..at]);
        out.push(b'\t');
        rest = &rest[at + ESCAPED.len()..];
    }
    out.extend_from_slice_copy(rest);
    out.into_bump_slice()
}

/// Takes the header's fields, in which a backslash escapes a bar.
fn read_header<'a>(
    mut rest: &'a [u8],
    names: &[&'static [u8]],
    pairs: &mut Pairs<'a>,
) -> Option<&'a [u8]> {
    for name in names {
        let end = memchr::memchr_iter(b'|', rest).find(|at| *at == 0 || rest[at - 1] != b'\\');
        let end = end.or_else(|| (*name == b"cef.severity").then_some(rest.len()))?;
        pairs.push(Pair { key: name, value: Value::Text(&rest[..end]) });
        rest = rest.get(end + 1..).unwrap_or(b"");
    }
    Some(rest)
}

/// `^`, or `x5E`, `0x5E`.
fn delimiter(text: &[u8]) -> Option<u8> {
    match text {
        [byte] => Some(*byte),
        _ => {
            let hex = str::from_utf8(text).ok()?.trim_start_matches("0x").trim_start_matches('x');
            u8::from_str_radix(hex, 16).ok()
        }
    }
}

/// `cs1=… cs1Label=Policy` says `Policy=…` too.
fn name_customs<'a>(pairs: &mut Pairs<'a>, arena: &'a Bump) {
    let mut named = bumpalo::collections::Vec::new_in(arena);
    for label in pairs.iter() {
        let (Some(key), Value::Text(name)) = (label.key.strip_suffix(b"Label"), label.value) else {
            continue;
        };
        if let Some(custom) = pairs.iter().find(|pair| pair.key == key) {
            named.push(Pair { key: name, value: custom.value });
        }
    }
    pairs.extend(named);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, anywhere: bool, key: &str) -> Option<String> {
        let arena = Bump::new();
        let mut pairs = Pairs::new_in(&arena);
        let (cef, leef) = (text.contains("CEF:") || text.starts_with("0|"), &mut pairs);
        match cef {
            true => read_cef(text.as_bytes(), anywhere, &arena, leef)?,
            false => read_leef(text.as_bytes(), anywhere, &arena, leef)?,
        }
        let pair = pairs.iter().find(|pair| pair.key == key.as_bytes())?;
        let Value::Text(text) = pair.value else { return None };
        Some(String::from_utf8_lossy(text).into_owned())
    }

    #[test]
    fn headers_stand_at_the_start_or_anywhere() {
        let record = "CEF: 0|example|gate|1|7|a \\| b|5|src=192.0.2.7 cs1=x y cs1Label=Policy";
        assert_eq!(value(record, false, "src").as_deref(), Some("192.0.2.7"));
        assert_eq!(value(record, false, "Policy").as_deref(), Some("x y"));
        assert_eq!(value(&record[5..], false, "cef.vendor").as_deref(), Some("example"));
        let inside = format!("some header {record}");
        assert_eq!(value(&inside, false, "src"), None);
        assert_eq!(value(&inside, true, "src").as_deref(), Some("192.0.2.7"));
    }

    #[test]
    fn attributes_of_leef_stand_between_tabs_however_written() {
        for record in [
            "LEEF:1.0|example|gate|1|7|src=192.0.2.7\tmsg=a b",
            "1.0|example|gate|1|7|src=192.0.2.7#011msg=a b",
            "LEEF:2.0|example|gate|1|7|^|src=192.0.2.7^msg=a b",
            "LEEF:2.0|example|gate|1|7|x5E|src=192.0.2.7^msg=a b",
            "LEEF:1.0|example|gate|1|7|src=192.0.2.7 msg=a b",
        ] {
            assert_eq!(value(record, false, "src").as_deref(), Some("192.0.2.7"), "{record}");
            assert_eq!(value(record, false, "msg").as_deref(), Some("a b"), "{record}");
        }
    }
}
