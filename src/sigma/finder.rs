//! Finds many texts in values, by a few bytes that each text holds at a place chosen for it. An
//! automaton would cost more to build than most fields have to search.
//!
//! Where candidates are looked for, letters of ASCII count the same in both cases. So nearly every
//! value can be told to hold none of the texts before it is brought into lower case.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use memchr::memmem;
use std::cmp::Ordering;
use std::ops::Range;

/// Places of a value of which one is looked at, at most.
const STEP: usize = 8;
/// Entries up to which fewer places are looked at: each text has one for each place left out.
const FEW: usize = 1 << 12;
/// Texts that have a gram in common at most. More are left to an automaton, whose time does not
/// grow with what texts have in common.
const CROWD: u16 = 16;
/// Places of a text that are tried, to find one that few others share.
const TRIED: usize = 32;

/// Texts, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    /// By text, where it ends.
    ends: Vec<u32>,
}

impl Texts {
    /// Adds a text.
    pub fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
    }

    /// A text, empty where there is none.
    #[inline]
    pub fn get(&self, at: usize) -> &[u8] {
        let end = |at: usize| self.ends.get(at).map_or(0, |end| *end as usize);
        let start = if at == 0 { 0 } else { end(at - 1) };
        self.bytes.get(start..end(at)).unwrap_or_default()
    }

    /// The text that was added last.
    pub fn last(&self) -> Option<&[u8]> {
        self.ends.len().checked_sub(1).map(|at| self.get(at))
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Where a text stands, if they were added in order.
    pub fn place_of(&self, text: &[u8]) -> Option<usize> {
        let (mut from, mut to) = (0, self.ends.len());
        while from < to {
            let middle = from.midpoint(to);
            match self.get(middle).cmp(text) {
                Ordering::Less => from = middle + 1,
                Ordering::Equal => return Some(middle),
                Ordering::Greater => to = middle,
            }
        }
        None
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|at| self.get(at))
    }
}

/// Finds texts in values.
#[derive(Debug)]
pub(super) struct Finder {
    texts: Texts,
    /// Whether all of them are ASCII.
    are_ascii: bool,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// By grams of four bytes, of two, and of one.
    Grams(Vec<Grams>),
    Automaton(AhoCorasick),
}

impl Finder {
    /// Prepares texts, none of them empty. None where they are more than can be searched for.
    pub fn new(texts: Texts) -> Option<Self> {
        let widths = [(4, 4..usize::MAX), (2, 2..4), (1, 1..2)];
        let of_width = |(width, lengths): (usize, Range<usize>)| {
            let own: Vec<_> =
                (0..).zip(texts.iter()).filter(|(_, text)| lengths.contains(&text.len())).collect();
            if own.is_empty() { Some(None) } else { Grams::new(width, &own).map(Some) }
        };
        let grams: Option<Vec<_>> = widths.into_iter().map(of_width).collect();
        let way = match grams {
            Some(grams) => Way::Grams(grams.into_iter().flatten().collect()),
            None => {
                let kind = Some(AhoCorasickKind::ContiguousNFA);
                Way::Automaton(AhoCorasick::builder().kind(kind).build(texts.iter()).ok()?)
            }
        };
        let are_ascii = texts.bytes.is_ascii();
        Some(Self { texts, are_ascii, way })
    }

    /// Whether a value may hold one of the texts once it is in lower case.
    pub fn may_hold(&self, value: &[u8]) -> bool {
        let Way::Grams(all) = &self.way else { return true };
        let is_told = value.is_ascii() || self.are_ascii && !becomes_ascii(value);
        !is_told || all.iter().any(|grams| grams.may_hold(value, &self.texts))
    }

    /// Finds what of each text is written as it is, where escapes are used: its longest part
    /// without signs that are written with escapes. None where a text has no such part.
    pub fn of_written(&self) -> Option<Self> {
        let mut parts: Vec<_> = self.texts.iter().map(written_plain).collect::<Option<_>>()?;
        parts.sort_unstable();
        parts.dedup();
        let mut texts = Texts::default();
        parts.into_iter().for_each(|part| texts.push(part));
        Self::new(texts).filter(|finder| matches!(finder.way, Way::Grams(_)))
    }

    /// The same as `may_hold`, of a value as it is written with escapes, for a finder of what is
    /// written.
    pub fn may_hold_written(&self, written: &[u8]) -> bool {
        // These may stand for any character, and for a slash.
        let is_veiled =
            [b"\\u", b"\\/"].iter().any(|escape| memmem::find(written, *escape).is_some());
        is_veiled || self.may_hold(written)
    }

    /// Where a text ends that starts there.
    pub fn end(&self, text: usize, start: usize) -> usize {
        start + self.texts.get(text).len()
    }

    /// Tells the places of the texts that stand in a value, each with its start there.
    pub fn find(&self, value: &[u8], tell: &mut dyn FnMut(usize, usize)) {
        match &self.way {
            Way::Grams(all) => all.iter().for_each(|grams| grams.find(value, &self.texts, tell)),
            Way::Automaton(automaton) => {
                for found in automaton.find_overlapping_iter(value) {
                    tell(found.pattern().as_usize(), found.start());
                }
            }
        }
    }
}

/// Texts by their grams: some bytes in a row, letters of ASCII in lower case.
#[derive(Debug)]
struct Grams {
    width: usize,
    /// Of so many places in a row of a value one is looked at. A text has an entry for each of as
    /// many places in a row, so that it is met once wherever it stands.
    step: usize,
    /// Which grams may have entries, as bits: nearly all that values hold have none.
    known: [u64; 64],
    /// By slot, where its entries begin; behind the last, where all end.
    starts: Vec<u32>,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    gram: u32,
    /// The place of the text.
    text: u32,
    /// Bytes of the text before the gram.
    before: u32,
}

impl Grams {
    /// None where too many texts have too much in common.
    fn new(width: usize, texts: &[(u32, &[u8])]) -> Option<Self> {
        let shortest = texts.iter().map(|(_, text)| text.len()).min().unwrap_or(width);
        let step = (shortest - width + 1).min(STEP);
        let step = if texts.len() * step <= FEW { step } else { 1 };
        let slots = (texts.len() * step * 8).next_power_of_two();
        let mut grams =
            Self { width, step, known: [0; 64], starts: vec![0; slots + 1], entries: Vec::new() };
        let mut crowds = vec![0_u16; slots];
        let mut own = Vec::new();
        for (place, text) in texts {
            grams.costs(text, step, &crowds, &mut own);
            let base = cheapest(&own, step)?;
            for (before, (gram, _)) in (0..).zip(&own).skip(base).take(step) {
                crowds[grams.slot(*gram)] += 1;
                grams.know(*gram);
                grams.entries.push(Entry { gram: *gram, text: *place, before });
            }
        }
        grams.sort();
        Some(grams)
    }

    /// The grams of a text that are tried, each with what it costs to look for it.
    fn costs(&self, text: &[u8], step: usize, crowds: &[u16], own: &mut Vec<(u32, Cost)>) {
        own.clear();
        let mut in_word = 0;
        for (at, byte) in text.iter().enumerate().take(TRIED + step + self.width - 2) {
            in_word = if byte.is_ascii_alphanumeric() { in_word + 1 } else { 0 };
            if let Some(start) = (at + 1).checked_sub(self.width) {
                let gram = folded(&text[start..=at]);
                let crowd = crowds[self.slot(gram)];
                own.push((gram, Cost { words: u16::from(in_word >= self.width), crowd }));
            }
        }
    }

    /// Sorts the entries by slot, and notes where those of each begin.
    fn sort(&mut self) {
        for entry in &self.entries {
            let slot = self.slot(entry.gram);
            self.starts[slot] += 1;
        }
        let mut all = 0;
        for start in &mut self.starts {
            all += *start;
            *start = all;
        }
        // From the back, so that those of a slot keep their order and its start comes out.
        let mut sorted = self.entries.clone();
        for entry in self.entries.iter().rev() {
            let slot = self.slot(entry.gram);
            self.starts[slot] -= 1;
            sorted[self.starts[slot] as usize] = *entry;
        }
        self.entries = sorted;
    }

    #[inline]
    const fn slot(&self, gram: u32) -> usize {
        let bits = (self.starts.len() - 1).trailing_zeros();
        (spread(gram) as u64 >> (32 - bits)) as usize
    }

    const fn know(&mut self, gram: u32) {
        let bit = spread(gram) >> 20;
        self.known[(bit / 64) as usize] |= 1 << (bit % 64);
    }

    #[inline]
    const fn may_know(&self, gram: u32) -> bool {
        let bit = spread(gram) >> 20;
        self.known[(bit / 64) as usize] >> (bit % 64) & 1 == 1
    }

    /// The texts that may stand around a gram of a value, each with its start there.
    #[inline]
    fn around(&self, at: usize, gram: u32) -> impl Iterator<Item = (usize, usize)> {
        let slot = self.slot(gram);
        let entries = &self.entries[self.starts[slot] as usize..self.starts[slot + 1] as usize];
        let of_gram = entries.iter().filter(move |entry| entry.gram == gram);
        of_gram.filter_map(move |entry| {
            Some((entry.text as usize, at.checked_sub(entry.before as usize)?))
        })
    }

    fn may_hold(&self, value: &[u8], texts: &Texts) -> bool {
        let mut is_held = false;
        self.each(value, &mut |text, start| {
            let text = texts.get(text);
            let there = value[start..].get(..text.len());
            is_held |= there.is_some_and(|there| there.eq_ignore_ascii_case(text));
            is_held
        });
        is_held
    }

    fn find(&self, value: &[u8], texts: &Texts, tell: &mut dyn FnMut(usize, usize)) {
        self.each(value, &mut |text, start| {
            if stands(value, start, texts.get(text)) {
                tell(text, start);
            }
            false
        });
    }

    /// Tells the texts that may stand in a value, each with its start there, until told to stop.
    fn each(&self, value: &[u8], tell: &mut dyn FnMut(usize, usize) -> bool) {
        match self.width {
            4 => self.each_of::<4>(value, tell),
            2 => self.each_of::<2>(value, tell),
            _ => self.each_of::<1>(value, tell),
        }
    }

    fn each_of<const WIDTH: usize>(
        &self,
        value: &[u8],
        tell: &mut dyn FnMut(usize, usize) -> bool,
    ) {
        let mut at = 0;
        while let Some(gram) = value.get(at..).and_then(<[u8]>::first_chunk::<WIDTH>) {
            let gram = folded(gram);
            if self.may_know(gram) && self.around(at, gram).any(|(text, start)| tell(text, start)) {
                return;
            }
            at += self.step;
        }
    }
}

/// What it costs to look for grams: how many of them may be parts of words, which are in many
/// values, and how many texts have one in common at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    words: u16,
    crowd: u16,
}

/// Where the grams begin, so many in a row, that cost the least. None where all are too crowded.
fn cheapest(grams: &[(u32, Cost)], count: usize) -> Option<usize> {
    let joined = |all: Cost, (_, one): &(u32, Cost)| Cost {
        words: all.words + one.words,
        crowd: all.crowd.max(one.crowd),
    };
    let runs = grams.windows(count).map(|run| run.iter().fold(Cost::default(), joined));
    let runs = runs.enumerate().filter(|(_, cost)| cost.crowd < CROWD);
    runs.min_by_key(|(_, cost)| *cost).map(|(at, _)| at)
}

/// Whether a text stands at a place. Its end is looked at first: most that share a gram differ there.
#[inline]
fn stands(value: &[u8], start: usize, text: &[u8]) -> bool {
    let there = value.get(start..).and_then(|rest| rest.get(..text.len()));
    there.is_some_and(|there| there.last() == text.last() && there == text)
}

/// The longest part of a text without signs that are written with escapes.
fn written_plain(text: &[u8]) -> Option<&[u8]> {
    let parts = text.split(|byte| matches!(byte, ..b' ' | b'"' | b'\\'));
    parts.max_by_key(|part| part.len()).filter(|part| !part.is_empty())
}

/// A gram with its bits spread over the upper ones: the factor is odd.
#[inline]
const fn spread(gram: u32) -> u32 {
    gram.wrapping_mul(0x9e37_79b1)
}

/// Characters beyond ASCII that have some of it in lower case.
const BECOMING_ASCII: [&str; 2] = ["\u{130}", "\u{212a}"];

/// Whether a value holds one of those.
fn becomes_ascii(value: &[u8]) -> bool {
    BECOMING_ASCII.iter().any(|c| memmem::find(value, c.as_bytes()).is_some())
}

/// Up to four bytes as a number, letters in lower case. Some signs become one another too.
#[inline]
fn folded(gram: &[u8]) -> u32 {
    gram.iter().rev().fold(0, |all, byte| all << 8 | u32::from(byte | 0x20))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Random;
    use std::collections::BTreeSet;

    fn of<'t>(texts: impl IntoIterator<Item = &'t [u8]>) -> Texts {
        let mut all = Texts::default();
        texts.into_iter().for_each(|text| all.push(text));
        all
    }

    /// The slow twin: every text is looked for at every place.
    fn naive(texts: &[Box<[u8]>], value: &[u8]) -> BTreeSet<(usize, usize)> {
        let at = |start: usize| {
            let stands = move |text: &[u8]| value[start..].starts_with(text);
            texts
                .iter()
                .enumerate()
                .filter(move |(_, text)| stands(text))
                .map(move |(at, _)| (at, start))
        };
        (0..value.len()).flat_map(at).collect()
    }

    fn drawn(random: &mut Random, letters: &[u8], lengths: std::ops::Range<u64>) -> Box<[u8]> {
        let length = lengths.start + random.below(lengths.end - lengths.start);
        (0..length).map(|_| *random.pick(letters).unwrap()).collect()
    }

    #[test]
    fn it_finds_what_the_slow_twin_finds_each_once() {
        let mut random = Random::new(9);
        // Short texts, texts all of which are long, and texts with too much in common.
        let kinds = [(1..6, &b"ab.K"[..], 12), (9..14, b"ab", 8), (4..12, b"a", 400)];
        let (mut told, mut automata) = (0, 0);
        for (lengths, letters, count) in kinds.iter().cycle().take(300) {
            let texts: Vec<_> =
                (0..*count).map(|_| drawn(&mut random, letters, lengths.clone())).collect();
            let finder = Finder::new(of(texts.iter().map(|text| &**text))).unwrap();
            automata += usize::from(matches!(finder.way, Way::Automaton(_)));
            let value = drawn(&mut random, letters, 0..60);
            let mut found = Vec::new();
            finder.find(&value, &mut |text, start| found.push((text, start)));
            let each: BTreeSet<_> = found.iter().copied().collect();
            assert_eq!(found.len(), each.len());
            assert_eq!(each, naive(&texts, &value));
            assert!(found.is_empty() || finder.may_hold(&value.to_ascii_uppercase()));
            told += found.len();
        }
        assert!(told > 10_000 && automata == 100, "{told} {automata}");
    }

    /// A text with escapes, some of them needless.
    fn escaped(text: &[u8], random: &mut Random) -> Vec<u8> {
        let mut written = Vec::new();
        for byte in text {
            match (byte, random.below(40)) {
                (_, 0) => written.extend(format!("\\u{byte:04x}").bytes()),
                (b'\n', _) => written.extend(b"\\n"),
                (b'"' | b'\\', _) | (b'/', 1) => written.extend([b'\\', *byte]),
                _ => written.push(*byte),
            }
        }
        written
    }

    #[test]
    fn what_is_held_is_not_missed_as_it_is_written() {
        let mut random = Random::new(10);
        let (mut held, mut told) = (0, 0);
        for _ in 0..2_000 {
            let texts: Vec<_> = (0..4).map(|_| drawn(&mut random, b"ab\"\\\n/.K", 3..9)).collect();
            let finder = Finder::new(of(texts.iter().map(|text| &**text))).unwrap();
            let mut value = drawn(&mut random, b"ab\"\\\n/.k", 0..30).into_vec();
            if random.below(2) == 0 {
                value.extend_from_slice(&texts[0]);
            }
            let written = escaped(&value, &mut random);
            let Some(by_written) = finder.of_written() else { continue };
            let may_hold = by_written.may_hold_written(&written);
            assert!(may_hold || !finder.may_hold(&value), "{texts:?} {value:?}");
            held += usize::from(finder.may_hold(&value));
            told += usize::from(!may_hold);
        }
        assert!(held > 500 && told > 100, "{held} {told}");
    }

    #[test]
    fn no_other_characters_have_ascii_in_lower_case() {
        let becomes = |c: &char| !c.is_ascii() && c.to_lowercase().any(|lower| lower.is_ascii());
        let becoming: Vec<_> = ('\0'..=char::MAX).filter(becomes).map(String::from).collect();
        assert_eq!(becoming, BECOMING_ASCII);
    }

    #[test]
    fn most_values_are_told_to_hold_nothing() {
        let finder = Finder::new(of([&b"sekurlsa::"[..], b"lsadump::"])).unwrap();
        assert!(finder.may_hold(b"x LSADUMP::sam"));
        assert!(!finder.may_hold(b"C:\\Windows\\System32\\svchost.exe -k netsvcs -p"));
        assert!(!finder.may_hold("Microsoft® Windows®".as_bytes()));
        assert!(finder.may_hold("Se\u{212a}urlsa::".as_bytes()));
    }
}
