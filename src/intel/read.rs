//! Reads indicator lists: STIX 2 bundles, MISP events, OpenIOC, CSV, plain text, private lists; and
//! tables that say where networks are. The content tells which; the file's name does not.
//!
//! Readers are total: on any text they end, in time linear in it, and everything that they do not
//! take is told with its line and the reason.

mod csv;
mod logic;
mod misp;
mod networks;
mod openioc;
mod pattern;
mod stix;
mod text;
mod types;

use super::lists::{Lists, Window};
use super::private::PrivateList;
use super::refusal::{Refused, Why};
use super::value::Value;
use crate::base::Instant;
use jiff::civil;
use jiff::tz::TimeZone;
use memchr::memchr_iter;
use serde_json::value::RawValue;

/// Reads a list and adds it to those known. `sha256` is that of the file as given; `told` hears of
/// everything that is not swept, also of what is not kept.
pub fn read(
    lists: &mut Lists,
    name: &str,
    sha256: &str,
    text: &str,
    told: &mut dyn FnMut(&Refused),
) {
    let text = unmarked(text);
    read_as(Format::of(text), lists, name, sha256, text, told);
}

/// Reads a table that says where networks are, which somebody says it is.
pub fn read_networks(
    lists: &mut Lists,
    name: &str,
    sha256: &str,
    text: &str,
    told: &mut dyn FnMut(&Refused),
) {
    let text = unmarked(text);
    read_as(Format::Networks, lists, name, sha256, text, told);
}

/// A text without the mark that its encoding may begin with.
fn unmarked(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn read_as(
    format: Format,
    lists: &mut Lists,
    name: &str,
    sha256: &str,
    text: &str,
    told: &mut dyn FnMut(&Refused),
) {
    lists.begin(name, format.name(), sha256);
    let mut out = Out { lists, told };
    let read = match format {
        Format::Stix => stix::read(text, &mut out),
        Format::Misp => misp::read(text, &mut out),
        Format::OpenIoc => openioc::read(text, &mut out),
        Format::Csv => csv::read(text, &mut out),
        Format::Text => text::read(text, &mut out),
        Format::Networks => networks::read(text, &mut out),
        Format::Private => PrivateList::read(name, text)
            .map(|list| out.lists.add_private(list))
            .map_err(|what| (1, what)),
        Format::Binary => Err((1, "it is no text".to_owned())),
    };
    if let Err((line, what)) = read {
        out.refuse(line, "", Why::Damaged(what));
    }
}

/// Whether a text, or its beginning, is surely a list of indicators and no log: STIX, MISP, OpenIOC
/// and private lists say what they are, and tables of networks go by their ranges. Other CSV and
/// plain text do not.
pub fn is_list(head: &str) -> bool {
    let head = head.trim_start_matches('\u{feff}').trim_start();
    let has = |name: &str| head.contains(name);
    match head.bytes().next() {
        Some(b'<') => has("<ioc ") || has("<OpenIOC"),
        Some(b'{' | b'[') => match Format::of_json(head) {
            Format::Private => true,
            Format::Misp => has("\"Attribute\"") && has("\"to_ids\""),
            _ => has("\"bundle\"") && has("\"objects\"") && has("\"spec_version\""),
        },
        _ => networks::fits(head),
    }
}

/// Where a list could not be read any further, and why.
type Broken = (u32, String);

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Stix,
    Misp,
    OpenIoc,
    Csv,
    Text,
    Private,
    Networks,
    Binary,
}

/// Bytes at the start of a JSON text from which its form is told.
const HEAD_BYTES: usize = 64 << 10;

impl Format {
    fn of(text: &str) -> Self {
        let head = super::refusal::shortened(text, HEAD_BYTES);
        match head.trim_start().bytes().next() {
            _ if head.contains('\0') => Self::Binary,
            Some(b'<') => Self::OpenIoc,
            Some(b'{' | b'[') if !head.starts_with("[.") => Self::of_json(head),
            _ if networks::fits(text) => Self::Networks,
            _ if csv::fits(text) => Self::Csv,
            _ => Self::Text,
        }
    }

    fn of_json(head: &str) -> Self {
        let has = |name: &str| head.contains(name);
        if has("\"sekisho_private_list\"") {
            Self::Private
        } else if has("\"Attribute\"") || has("\"Event\"") || has("\"response\"") {
            Self::Misp
        } else {
            Self::Stix
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Stix => "stix",
            Self::Misp => "misp",
            Self::OpenIoc => "openioc",
            Self::Csv => "csv",
            Self::Text | Self::Binary => "text",
            Self::Private => "private",
            Self::Networks => "networks",
        }
    }
}

/// Where what is read goes.
struct Out<'o> {
    lists: &'o mut Lists,
    told: &'o mut dyn FnMut(&Refused),
}

/// What a list says of several values at once.
#[derive(Clone, Copy, Debug, Default)]
struct Says<'s> {
    line: u32,
    note: &'s str,
    window: Option<Window>,
}

impl Out<'_> {
    /// Takes a value; `text` is how it is written.
    fn take(&mut self, text: &str, value: Result<Value, Why>, says: Says<'_>) {
        let added =
            value.and_then(|value| self.lists.add(says.line, &value, says.window, says.note));
        if let Err(why) = added {
            self.refuse(says.line, text, why);
        }
    }

    fn refuse(&mut self, line: u32, text: &str, why: Why) {
        let refused = Refused::new(line, text, why);
        (self.told)(&refused);
        self.lists.refuse(refused);
    }
}

/// When something holds, from the texts of its first and last time; either may be missing.
fn window(from: Option<&str>, until: Option<&str>) -> Result<Option<Window>, Why> {
    let given = |text: Option<&str>| {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        text.map(|text| instant(text).ok_or_else(|| Why::Validity(text.to_owned()))).transpose()
    };
    let (first, end) = (given(from)?, given(until)?);
    if first.is_none() && end.is_none() {
        return Ok(None);
    }
    let window = (first.unwrap_or(Instant::MIN), end.unwrap_or(Instant::MAX));
    if window.0 >= window.1 {
        return Err(Why::Validity(format!("{} – {}", from.unwrap_or(""), until.unwrap_or(""))));
    }
    Ok(Some(window))
}

/// A time as RFC 3339, or a date or time in UTC.
fn instant(text: &str) -> Option<Instant> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_second());
    }
    let local: civil::DateTime = text.parse().ok()?;
    Some(TimeZone::UTC.to_timestamp(local).ok()?.as_second())
}

/// Tells on which line a part of a text stands.
struct Lines<'t> {
    text: &'t str,
    /// Line ends before each block of the text.
    blocks: Vec<u32>,
}

/// Bytes of a block.
const BLOCK_BYTES: usize = 4 << 10;

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let count = |before: &mut u32, block: &[u8]| {
            let until = *before;
            *before = until.saturating_add(memchr_iter(b'\n', block).count() as u32);
            Some(until)
        };
        Self { text, blocks: text.as_bytes().chunks(BLOCK_BYTES).scan(0, count).collect() }
    }

    /// The line of a part of the text, from 1.
    fn of(&self, part: &str) -> u32 {
        self.at((part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize))
    }

    /// The line of a byte of the text.
    fn at(&self, at: usize) -> u32 {
        let block = at / BLOCK_BYTES;
        let before = self.blocks.get(block).copied().unwrap_or_default();
        let within = self.text.as_bytes().get(block * BLOCK_BYTES..at).unwrap_or_default();
        before.saturating_add(memchr_iter(b'\n', within).count() as u32).saturating_add(1)
    }

    fn of_raw(&self, raw: &RawValue) -> u32 {
        self.of(raw.get())
    }
}

fn broken(error: &serde_json::Error) -> Broken {
    (u32::try_from(error.line()).unwrap_or(u32::MAX).max(1), error.to_string())
}

#[cfg(test)]
mod tests;
