//! OpenIOC 1.0 and 1.1: the items of an indicator's tree, with AND and OR as it joins them.
//!
//! The tree is walked tag by tag; each item is read by the reader of XML, which expands nothing.

use super::logic::{Condition, Term};
use super::types::{self, Type};
use super::{Broken, Lines, Out, Says};
use crate::intel::refusal::{Construct, Why};
use crate::intel::value::Kind;
use crate::text::{Pairs, xml};
use bumpalo::Bump;
use memchr::memmem;

/// Indicators inside one another at most.
const DEPTH: usize = 64;

/// An open `Indicator`: whether all of its parts must hold, and the parts.
type Open = (bool, Vec<Condition>);

pub(super) fn read(text: &str, out: &mut Out<'_>) -> Result<(), Broken> {
    let lines = Lines::new(text);
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    let mut any_item = false;
    while let Some(length) = memmem::find(&text.as_bytes()[at..], b"<") {
        at += length;
        let rest = &text[at..];
        let end = |mark: &str| rest.find(mark).map_or(rest.len(), |end| end + mark.len());
        let length = match () {
            () if rest.starts_with("<!--") => end("-->"),
            () if rest.starts_with("<![CDATA[") => end("]]>"),
            () if rest.starts_with("<!DOCTYPE") => {
                return Err((lines.at(at), "it has a document type, which is not read".to_owned()));
            }
            () if is_tag(rest, "<IndicatorItem") => {
                let length = end("</IndicatorItem>");
                let item = item(&rest[..length], lines.at(at));
                any_item = true;
                match open.last_mut() {
                    Some((_, parts)) => parts.push(item),
                    None => item.sweep(out, Says::default()),
                }
                length
            }
            () if is_tag(rest, "<Indicator") => {
                let length = end(">");
                let tag = &rest[..length];
                let is_all = tag.contains("operator=\"AND\"") || tag.contains("operator='AND'");
                if !tag.ends_with("/>") {
                    open.push((is_all, Vec::new()));
                }
                if open.len() > DEPTH {
                    return Err((lines.at(at), "indicators are nested too deeply".to_owned()));
                }
                length
            }
            () if rest.starts_with("</Indicator>") => {
                close(&mut open, out);
                end(">")
            }
            () => 1,
        };
        at += length;
    }
    while !open.is_empty() {
        close(&mut open, out);
    }
    if any_item { Ok(()) } else { Err((1, "it has no IndicatorItem of OpenIOC".to_owned())) }
}

fn is_tag(text: &str, start: &str) -> bool {
    let behind = text.strip_prefix(start).and_then(|rest| rest.bytes().next());
    behind.is_some_and(|byte| byte.is_ascii_whitespace() || byte == b'>' || byte == b'/')
}

/// Ends the innermost indicator: it becomes a part of what holds it, or is swept for.
fn close(open: &mut Vec<Open>, out: &mut Out<'_>) {
    let Some((is_all, parts)) = open.pop() else { return };
    let condition = if is_all { Condition::All(parts) } else { Condition::Any(parts) };
    match open.last_mut() {
        Some((_, outer)) => outer.push(condition),
        None => condition.sweep(out, Says::default()),
    }
}

fn item(text: &str, line: u32) -> Condition {
    let arena = Bump::new();
    let mut pairs = Pairs::new_in(&arena);
    let read = xml::read(text.as_bytes(), &arena, &mut pairs);
    let get = |key: &str| {
        let pair = pairs.iter().find(|pair| pair.key == key.as_bytes())?;
        pair.value.text().and_then(|text| std::str::from_utf8(text).ok())
    };
    let content = get("IndicatorItem.Content").unwrap_or_default();
    let context = get("IndicatorItem.Context.@search").unwrap_or_default();
    let is_negated = get("IndicatorItem.@negate") == Some("true");
    let values = match (read, get("IndicatorItem.@condition").unwrap_or("is")) {
        (Err(error), _) => Err(Why::Damaged(error.to_string())),
        (_, "isnot" | "containsnot") => Err(Why::Pattern(Construct::Negation)),
        _ if is_negated => Err(Why::Pattern(Construct::Negation)),
        (_, "is") => searched(context)
            .ok_or_else(|| Why::Kind(context.to_owned()))
            .and_then(|of| types::read(of, content))
            .map(|value| vec![value]),
        _ => Err(Why::Pattern(Construct::Comparison)),
    };
    Condition::One(Term { text: content.to_owned(), line, values })
}

/// What a search term looks at.
fn searched(context: &str) -> Option<Type> {
    Some(Type::Of(match context.rsplit('/').next()?.to_ascii_lowercase().as_str() {
        "md5sum" | "sha1sum" | "sha256sum" => Kind::Hash,
        "remoteip" | "localip" | "ipv4" | "ipv6" | "ipaddress" => Kind::Address,
        "dns" | "host" | "hostname" | "recordname" => Kind::Domain,
        "url" | "uri" => Kind::Url,
        "useragent" => Kind::UserAgent,
        "from" | "to" if context.starts_with("Email") => Kind::Email,
        "username" | "user" => Kind::Account,
        _ => return None,
    }))
}
