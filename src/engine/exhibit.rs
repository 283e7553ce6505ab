//! Shows records: reads them again from their source by place, marks what matched, and gives the
//! lines around them.

use super::coverage::{Coverage, Ledger};
use super::feed::{fill, open};
use super::plan::{PlannedSource, Stream};
use super::read::Prepared;
use crate::base::limits::{READ_BYTES, RECORD_BYTES, SHOWN_BYTES};
use crate::base::{Arrange, Location, rfc3339};
use crate::event::{Event, Field, Fields};
use crate::finding::{Evidence, Finding, Indicated, Place};
use crate::input::{Fault, FaultKind, ReadAt, read_full};
use crate::intel::Known;
use crate::judge::payload::Where;
use bumpalo::Bump;
use memchr::{memchr, memrchr};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;

/// Ranges of a stream with their bytes; without those that could not be read.
type Texts = BTreeMap<(u64, u32), Vec<u8>>;
/// Ranges that are wanted, by stream.
pub(super) type Wanted = BTreeMap<u32, Vec<(u64, u32)>>;

/// Reads ranges of streams. `sources` are in the order of the plan's. A packed source is unpacked
/// once, as far as the last stream that is wanted of it.
pub(super) fn read_ranges(
    prepared: &Prepared,
    sources: &[&dyn ReadAt],
    wanted: &Wanted,
) -> BTreeMap<u32, Texts> {
    let mut texts = read_up_to(prepared, sources, wanted);
    for found in texts.values_mut() {
        found.retain(|(_, length), text| text.len() == *length as usize);
    }
    texts
}

/// The same, with as much of each range as the stream holds.
fn read_up_to(
    prepared: &Prepared,
    sources: &[&dyn ReadAt],
    wanted: &Wanted,
) -> BTreeMap<u32, Texts> {
    let mut texts = BTreeMap::new();
    for (planned, source) in prepared.plan.sources.iter().zip(sources) {
        let streams = prepared.plan.streams.iter().filter(|stream| stream.of == planned.id);
        let streams = streams.filter_map(|stream| Some((stream, wanted.get(&stream.id)?)));
        let streams: Vec<_> = streams.collect();
        if !streams.is_empty() {
            read_source(prepared, planned, *source, &streams, &mut texts);
        }
    }
    texts
}

fn read_source(
    prepared: &Prepared,
    planned: &PlannedSource,
    source: &dyn ReadAt,
    wanted: &[(&Stream, &Vec<(u64, u32)>)],
    texts: &mut BTreeMap<u32, Texts>,
) {
    let (plain, others): (Vec<_>, Vec<_>) =
        wanted.iter().partition(|(stream, _)| !planned.is_packed && stream.is_plain());
    for (stream, ranges) in plain {
        let read = |range: &(u64, u32)| Some((*range, read_plain(source, *range)?));
        texts.insert(stream.id, ranges.iter().filter_map(read).collect());
    }
    let streams: Vec<_> = others.iter().map(|(stream, _)| (*stream, 0)).collect();
    open(prepared, planned, source, &streams, &mut |stream, reader| {
        if let Some((_, ranges)) = others.iter().find(|(other, _)| other.id == stream.id) {
            texts.insert(stream.id, read_through(reader, ranges));
        }
    });
}

fn read_plain(source: &dyn ReadAt, (offset, length): (u64, u32)) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length as usize];
    let count = read_full(source, offset, &mut bytes).ok()?;
    bytes.truncate(count);
    Some(bytes)
}

/// Reads ranges of what can only be read from its start.
fn read_through(reader: &mut dyn Read, wanted: &[(u64, u32)]) -> Texts {
    let mut wanted = wanted.to_vec();
    wanted.arrange();
    let mut texts = Texts::new();
    let mut window = Vec::new();
    let mut window_at = 0;
    let mut buffer = vec![0; READ_BYTES];
    for (offset, length) in wanted {
        let end = offset + u64::from(length);
        while window_at + (window.len() as u64) < end {
            let (count @ 1.., _) = fill(reader, &mut buffer) else { break };
            let passed = usize::try_from(offset.saturating_sub(window_at)).unwrap_or(usize::MAX);
            let passed = passed.min(window.len());
            window.drain(..passed);
            window_at += passed as u64;
            window.extend_from_slice(&buffer[..count]);
        }
        let from = offset.checked_sub(window_at).and_then(|from| usize::try_from(from).ok());
        let until = |from: usize| window.len().min(from + length as usize);
        let text = from.and_then(|from| window.get(from..until(from)));
        texts.extend(text.map(|text| ((offset, length), text.to_vec())));
    }
    texts
}

/// Turns places into evidence with text. `sources` are in the order of the plan's.
pub(super) fn exhibit(
    prepared: &Prepared,
    coverage: &Coverage,
    sources: &[&dyn ReadAt],
    wanted: &[(Place, Marking)],
) -> Vec<Evidence> {
    let mut by_stream = Wanted::new();
    for (place, _) in wanted {
        by_stream.entry(place.1.stream).or_default().push(shown_range(&place.1));
    }
    let texts = read_ranges(prepared, sources, &by_stream);
    wanted
        .iter()
        .map(|(place, marking)| {
            let (at, location) = *place;
            let text = texts.get(&location.stream).and_then(|t| t.get(&shown_range(&location)));
            let shown = text.map(|text| show(prepared, coverage, &location, text, *marking));
            evidence(coverage, at, &location, shown)
        })
        .collect()
}

/// A record's bytes up to where it may still be read as one.
fn shown_range(location: &Location) -> (u64, u32) {
    (location.offset, location.length.min(RECORD_BYTES as u32))
}

/// What of a record is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marking {
    /// The payload.
    Payload,
    /// The path.
    Path,
    /// The field that holds an indicator.
    Indicator(Indicated),
    /// Nothing.
    Nothing,
}

impl Marking {
    /// What a finding's evidence is marked for.
    pub(super) fn of(finding: &Finding) -> Self {
        match (finding.detector.as_str(), finding.scope.indicator) {
            (_, Some(indicated)) => Self::Indicator(indicated),
            ("B1" | "B4" | "B5", _) => Self::Payload,
            ("B2" | "B6" | "B8" | "C3" | "D2" | "D5", _) => Self::Path,
            _ => Self::Nothing,
        }
    }
}

/// A record as shown.
pub(super) struct Shown {
    text: String,
    mark: Option<[u32; 2]>,
    decoded: Option<String>,
    at: Option<i64>,
}

fn show(
    prepared: &Prepared,
    coverage: &Coverage,
    location: &Location,
    line: &[u8],
    marking: Marking,
) -> Shown {
    let reader = &prepared.meant.reader;
    let arena = Bump::new();
    let empty = Ledger::default();
    let ledger = coverage.streams.get(&location.stream).unwrap_or(&empty);
    let state = ledger.state_at(reader, location.offset);
    let situation = prepared.stream(location.stream).map(|stream| prepared.situation(stream));
    let read = situation.and_then(|situation| reader.read(&situation, &state, line, &arena));
    let at = read.and_then(|read| read.time.stamp()).map(|stamp| stamp.at);
    let marked = read.and_then(|read| match marking {
        Marking::Payload => payload(prepared, line, read.fields),
        Marking::Path => path(line, read.fields).map(|range| (range, None)),
        Marking::Indicator(indicated) => {
            let (location, fields) = (*location, read.fields);
            let event = Event { location, time: read.time, count: read.count, fields };
            indicator(prepared, line, &event, indicated).map(|range| (range, None))
        }
        Marking::Nothing => None,
    });
    let end = line.len().min(SHOWN_BYTES);
    let mark = marked.as_ref().filter(|(range, _)| range.end <= end);
    Shown {
        text: String::from_utf8_lossy(&line[..end]).into_owned(),
        mark: mark.map(|(range, _)| [chars(&line[..range.start]), chars(&line[..range.end])]),
        decoded: marked.and_then(|(_, decoded)| decoded),
        at,
    }
}

/// Characters of bytes once they are shown.
fn chars(bytes: &[u8]) -> u32 {
    String::from_utf8_lossy(bytes).chars().count() as u32
}

/// Where a part lies in its line.
fn within(line: &[u8], part: &[u8]) -> Option<Range<usize>> {
    let start = (part.as_ptr() as usize).checked_sub(line.as_ptr() as usize)?;
    (start + part.len() <= line.len()).then(|| start..start + part.len())
}

fn payload(
    prepared: &Prepared,
    line: &[u8],
    fields: &Fields<'_>,
) -> Option<(Range<usize>, Option<String>)> {
    let target = fields.text(Field::Target).unwrap_or(b"");
    let question = memchr(b'?', target);
    let path = question.map_or(target, |at| &target[..at]);
    let query = question.map(|at| &target[at + 1..]);
    let parts = [
        (Where::Query, query),
        (Where::Path, Some(path)),
        (Where::UserAgent, fields.text(Field::UserAgent)),
        (Where::Referer, fields.text(Field::Referrer)),
    ];
    parts.into_iter().find_map(|(field, part)| {
        let part = part?;
        let found = prepared.judge.explain(field, part)?;
        let start = within(line, part)?.start;
        let raw = start + found.raw.start..start + found.raw.end;
        let is_same = String::from_utf8_lossy(&part[found.raw.clone()]) == found.decoded;
        Some((raw, (!is_same).then_some(found.decoded)))
    })
}

/// The first field that holds an indicator.
fn indicator(
    prepared: &Prepared,
    line: &[u8],
    event: &Event<'_>,
    indicated: Indicated,
) -> Option<Range<usize>> {
    let sweeper = prepared.sweeper.as_ref()?;
    let mut known = Known::default();
    let held = match indicated {
        Indicated::Listed { id, .. } => {
            sweeper.listed(event, &mut known).iter().find(|held| held.0 == id).map(|held| held.1)
        }
        Indicated::Private(key) => {
            sweeper.met(event, &mut known).find(|held| held.0 == key).map(|held| held.1)
        }
    }?;
    let mut fields = Field::ALL.into_iter().filter(|field| held & 1 << *field as u64 != 0);
    fields.find_map(|field| within(line, event.fields.text(field)?))
}

fn path(line: &[u8], fields: &Fields<'_>) -> Option<Range<usize>> {
    within(line, fields.text(Field::Target)?)
}

pub(super) fn evidence(
    coverage: &Coverage,
    at: Option<i64>,
    location: &Location,
    shown: Option<Shown>,
) -> Evidence {
    let (line, record) = coverage.number(location);
    let at = at.or_else(|| shown.as_ref().and_then(|shown| shown.at));
    let (text, mark, decoded) =
        shown.map_or((None, None, None), |s| (Some(s.text), s.mark, s.decoded));
    Evidence {
        stream: location.stream,
        line,
        record,
        offset: location.offset,
        length: location.length,
        time: at.map(rfc3339),
        text,
        mark,
        decoded,
    }
}

/// A line near a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContextLine {
    /// Its first byte in the unpacked stream.
    pub offset: u64,
    /// Its text.
    pub line_text: String,
    /// Whether it is the record asked for.
    pub is_target: bool,
}

/// Bytes on either side of a record among which lines around it are looked for.
const AROUND: u64 = 64 << 10;

/// The lines around a record: at most `before` and `after` of them, each shown up to its bound.
pub fn context(
    prepared: &Prepared,
    stream: u32,
    source: &dyn ReadAt,
    place: (u64, u32),
    (before, after): (usize, usize),
) -> Result<Vec<ContextLine>, Fault> {
    let gone = || Fault { kind: FaultKind::Shrank, offset: place.0, what: String::new() };
    let of = prepared.stream(stream).ok_or_else(gone)?.of;
    let start = place.0.saturating_sub(AROUND);
    let head = (start, u32::try_from(place.0 - start).unwrap_or(0) + place.1);
    let end = place.0 + u64::from(place.1);
    let behind = (end, AROUND as u32);
    let nothing = Vec::<u8>::new();
    let mut sources: Vec<&dyn ReadAt> = vec![&nothing; prepared.plan.sources.len()];
    *sources.get_mut(of as usize).ok_or_else(gone)? = source;
    let mut texts = read_up_to(prepared, &sources, &Wanted::from([(stream, vec![head, behind])]));
    let mut texts = texts.remove(&stream).ok_or_else(gone)?;
    let whole = |text: &Vec<u8>| text.len() == head.1 as usize;
    let head_bytes = texts.remove(&head).filter(whole).ok_or_else(gone)?;
    let behind = texts.remove(&behind).unwrap_or_default();
    let split = head_bytes.len() - place.1 as usize;
    let mut lines = lines_before(&head_bytes[..split], place.0, start, before);
    lines.push(line_at(place.0, &head_bytes[split..], true));
    lines.extend(lines_after(&behind, end, after));
    Ok(lines)
}

fn line_at(offset: u64, text: &[u8], is_target: bool) -> ContextLine {
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let shown = &text[..text.len().min(SHOWN_BYTES)];
    ContextLine { offset, line_text: String::from_utf8_lossy(shown).into_owned(), is_target }
}

fn lines_before(bytes: &[u8], end: u64, start: u64, most: usize) -> Vec<ContextLine> {
    let mut lines = Vec::new();
    let mut rest = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let mut at = end - (bytes.len() - rest.len()) as u64;
    while lines.len() < most && (!rest.is_empty() || at > start) {
        let from = memrchr(b'\n', rest).map(|newline| newline + 1);
        // The first line of the window is whole only at the start of the stream.
        let from = match from {
            Some(from) => from,
            None if start == 0 => 0,
            None => break,
        };
        at -= (rest.len() - from) as u64;
        lines.push(line_at(at, &rest[from..], false));
        if from == 0 {
            break;
        }
        rest = &rest[..from - 1];
        at -= 1;
    }
    lines.reverse();
    lines
}

fn lines_after(bytes: &[u8], start: u64, most: usize) -> Vec<ContextLine> {
    let mut lines = Vec::new();
    let skipped = memchr(b'\n', bytes).map_or(bytes.len(), |newline| newline + 1);
    let mut rest = &bytes[skipped..];
    let mut at = start + skipped as u64;
    while lines.len() < most && !rest.is_empty() {
        let length = memchr(b'\n', rest).unwrap_or(rest.len());
        lines.push(line_at(at, &rest[..length], false));
        let step = (length + 1).min(rest.len());
        at += step as u64;
        rest = &rest[step..];
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_around_a_record_are_those_before_and_behind_it() {
        let text = b"zero\none\ntwo\r\nthree\nfour\nfive";
        let texts = |lines: Vec<ContextLine>| -> Vec<(u64, String)> {
            lines.into_iter().map(|line| (line.offset, line.line_text)).collect()
        };
        let before = texts(lines_before(&text[..14], 14, 0, 2));
        assert_eq!(before, [(5, "one".to_owned()), (9, "two".to_owned())]);
        let all = texts(lines_before(&text[..14], 14, 0, 9));
        assert_eq!(all.len(), 3);
        let after = texts(lines_after(&text[19..], 19, 2));
        assert_eq!(after, [(20, "four".to_owned()), (25, "five".to_owned())]);
    }
}
