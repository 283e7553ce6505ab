//! Tells from the head of a stream what it is: its primary format, and how its records are cut.

use super::columns::State;
use super::compiled::Method;
use super::definition::Kind;
use super::reader::{Reader, Situation};
use super::{FormatIndex, Framing, Sniffed, framing};
use crate::base::clock::Clock;
use crate::text::json;
use bumpalo::Bump;
use std::collections::BTreeMap;

/// Records of a head that are looked at.
const RECORDS: usize = 400;
/// The magic of a Windows event log.
const EVTX: &[u8] = b"ElfFile\0";

impl Reader {
    /// What the head of a stream is. `is_whole` says whether the head is all of it. None when no
    /// format fits any record.
    pub fn sniff(&self, head: &[u8], is_whole: bool, clock: &Clock) -> Option<Sniffed> {
        if head.starts_with(EVTX) {
            return self.binary(Kind::Evtx, Framing::Evtx);
        }
        if super::utmp::is_utmp(head) {
            return self.binary(Kind::Utmp, Framing::Utmp);
        }
        let framing = framing_of(head, is_whole);
        let records = match framing {
            Framing::Lines => lines(head, is_whole).into_iter().map(<[u8]>::to_vec).collect(),
            framing => framing::records(head, is_whole, framing, &|_| true, RECORDS),
        };
        let mut sniffed = self.most_fitting(&records, framing, clock)?;
        if let Some(unwrapped) = self.unwrapped(head, is_whole, &sniffed, clock) {
            sniffed = unwrapped;
        }
        if sniffed.framing == Framing::Lines
            && let Some(format) = self.format(sniffed.format)
        {
            match &format.method {
                Method::Columns(columns) if columns.is_first() => sniffed.framing = Framing::Csv,
                _ if format.is_multiline => sniffed.framing = Framing::Blocks,
                _ => {}
            }
        }
        Some(sniffed)
    }

    /// Lines of JSON that no particular format claims may be wrappers, as `{"Records":[…]}`: what
    /// they are when the records inside are of a particular format.
    fn unwrapped(
        &self,
        head: &[u8],
        is_whole: bool,
        lines: &Sniffed,
        clock: &Clock,
    ) -> Option<Sniffed> {
        let is_generic =
            |index| self.format(index).is_none_or(super::compiled::Compiled::is_generic);
        let may_wrap = matches!(head.trim_ascii_start().first(), Some(b'{' | b'['));
        if lines.framing != Framing::Lines || !may_wrap || !is_generic(lines.format) {
            return None;
        }
        let records = framing::records(head, is_whole, Framing::Json, &|_| true, RECORDS);
        let sniffed = self.most_fitting(&records, Framing::Json, clock)?;
        (!is_generic(sniffed.format)).then_some(sniffed)
    }

    fn binary(&self, kind: Kind, framing: Framing) -> Option<Sniffed> {
        let format = self.of_kind(kind)?;
        Some(Sniffed { format, framing, is_headed: false, fitting: 0, seen: 0 })
    }

    /// The format that most records fit, the earlier one where two fit as many.
    fn most_fitting(
        &self,
        records: &[Vec<u8>],
        framing: Framing,
        clock: &Clock,
    ) -> Option<Sniffed> {
        let mut fits = BTreeMap::<FormatIndex, u32>::new();
        let mut arena = Bump::new();
        let mut state = State::default();
        let mut seen = 0;
        let nothing = Situation::new(FormatIndex::MAX, clock.clone());
        for record in records {
            if self.header(&state, record).is_some() || self.is_comment(record) {
                self.direct_line(&mut state, record);
                continue;
            }
            seen += 1;
            if let Some(read) = self.read(&nothing, &state, record, &arena) {
                *fits.entry(read.format).or_default() += 1;
            }
            state.begin();
            arena.reset();
        }
        let is_headed = state.format().is_some();
        if fits.is_empty() && is_headed {
            fits.extend(state.format().map(|format| (format, 0)));
        }
        let is_generic =
            |index| self.format(index).is_none_or(super::compiled::Compiled::is_generic);
        let (format, fitting) = fits.into_iter().max_by_key(|(index, fitting)| {
            (!is_generic(*index), *fitting, std::cmp::Reverse(*index))
        })?;
        Some(Sniffed { format, framing, is_headed, fitting, seen })
    }
}

/// How the records of a head are cut.
fn framing_of(head: &[u8], is_whole: bool) -> Framing {
    let start = head.trim_ascii_start();
    match start.first() {
        Some(b'{' | b'[') if !is_json_by_line(start, is_whole) => Framing::Json,
        Some(b'<' | b'-') if is_xml(start) => Framing::Xml,
        _ => Framing::Lines,
    }
}

/// Whether most lines are JSON values of their own, or the first is no JSON at all.
fn is_json_by_line(head: &[u8], is_whole: bool) -> bool {
    let lines = lines(head, is_whole);
    let arena = Bump::new();
    let is_value = |line: &&[u8]| {
        let mut pairs = crate::text::Pairs::new_in(&arena);
        line.first() == Some(&b'{') && json::read(line, &arena, &mut pairs).is_ok()
    };
    let values = lines.iter().take(64).filter(|line| is_value(line)).count();
    let could_be_values =
        head.starts_with(b"{") || head.starts_with(b"[\n") || looks_like_array(head);
    values * 2 >= lines.len().min(64) && values > 0 || !could_be_values
}

/// `[{`, `[ {`, or `["`: an array of values, and not a time in brackets.
fn looks_like_array(head: &[u8]) -> bool {
    head.strip_prefix(b"[").is_some_and(|rest| {
        matches!(rest.trim_ascii_start().first(), Some(b'{' | b'"' | b'[' | b']'))
    })
}

fn is_xml(head: &[u8]) -> bool {
    // Viewers put a sign before what can be folded.
    let head = head.strip_prefix(b"- ").unwrap_or(head);
    head.starts_with(b"<?xml") || head.starts_with(b"<Event") || head.starts_with(b"<event")
}

/// The lines of a head. The last one may be cut off; it counts only when nothing is behind it.
fn lines(head: &[u8], is_whole: bool) -> Vec<&[u8]> {
    let end = memchr::memrchr(b'\n', head).filter(|_| !is_whole).unwrap_or(head.len());
    let lines = head[..end].split(|byte| *byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !line.is_empty()).take(RECORDS).collect()
}
