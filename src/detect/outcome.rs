//! What became of a request, told from how the site and the path usually answer. A status alone
//! does not tell: many sites answer "not found" with status 200.

use super::Thresholds;
use crate::base::{Gather, LogSize, Merge, SizeSketch};
use crate::baseline::{Baseline, PathStats, is_served};
use crate::finding::Outcome;
use std::collections::{BTreeMap, BTreeSet};

/// How this site answers what does not exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// Sizes that many different paths always answered with: a page that says "not found" with
    /// status 200, or a login form.
    same_page: BTreeSet<u64>,
    /// Sizes of error pages.
    errors: BTreeSet<u64>,
    /// Sizes of pages that are asked for again and again and never vary.
    ordinary: BTreeSet<u64>,
    /// Steps of the size scale on which many addresses lie that hardly anybody asked for.
    crowded: BTreeSet<LogSize>,
    /// Pages for what does not exist that repeat the address.
    echoes: BTreeSet<Echo>,
    /// Sizes of the answers of programs whose paths go on behind their names.
    programs: BTreeMap<u32, SizeSketch>,
}

/// A page that repeats the address: how many times, and its bytes without that.
pub type Echo = (u8, u64);

/// Times that a page repeats the address, at most.
const REPEATS: u8 = 2;
/// Different lengths of addresses that show that a page repeats them.
const LENGTHS: usize = 4;

/// Pages of so many bytes that repeat something of some length.
pub fn echoes_of(bytes: u64, length: u64) -> impl Iterator<Item = Echo> {
    (1..=REPEATS).filter_map(move |times| {
        let rest = bytes.checked_sub(length * u64::from(times)).filter(|rest| *rest > 0)?;
        Some((times, rest))
    })
}

/// Different paths that must answer with exactly one size before it is taken for a common page.
const SAME_PAGE_PATHS: usize = 10;
/// Steps of the size scale that count as the same size.
const NEAR: u16 = 2;
/// One in so many answers of about a size makes it a known one, and this many at the least: an
/// attack that is not recognised as one must not become its own norm by a few requests.
const KNOWN_SIZE_PER: u64 = 50;
const KNOWN_SIZE_LEAST: u64 = 5;
/// A program whose answers have at most this median absolute deviation, in steps of the size
/// scale, answers everything with the same kind of page.
const SAME_KIND_SPREAD: u16 = 4;
/// Answers after which a page that never varies is an ordinary one.
const ORDINARY_ANSWERS: u64 = 5;
/// Addresses asked for by one client that crowd a step of the size scale.
const CROWD: usize = 15;
/// Errors of exactly one size before it is taken for an error page.
const ERROR_PAGES: u32 = 3;
/// Answers of a median absolute deviation below this, in sixteenths of an octave, count as this:
/// pages vary by some percent for no reason.
const LEAST_SPREAD: u32 = 2;

impl Site {
    /// What the logs say of it.
    pub fn new(baseline: &Baseline) -> Self {
        let mut paths_by_size = BTreeMap::<u64, usize>::new();
        let mut rare_by_step = BTreeMap::<LogSize, usize>::new();
        let mut ordinary = BTreeSet::new();
        let mut programs = BTreeMap::<u32, SizeSketch>::new();
        let mut echoes = Vec::new();
        for (_, stats) in baseline.paths.sorted() {
            if stats.judged.program != 0 {
                programs.entry(stats.judged.program).or_default().merge(stats.sizes.clone());
            }
            let Some(size) = stats.only_size().filter(|size| *size > 0) else { continue };
            *paths_by_size.entry(size).or_default() += 1;
            if stats.answers() >= ORDINARY_ANSWERS && stats.few_clients().is_none() {
                ordinary.insert(size);
            }
            if stats.few_clients().is_some_and(|clients| clients.len() == 1) {
                *rare_by_step.entry(LogSize::of(size)).or_default() += 1;
                let length = stats.length();
                echoes.extend(echoes_of(size, length).map(|echo| (echo, length)));
            }
        }
        let is_crowded = |(step, paths): (LogSize, usize)| (paths >= CROWD).then_some(step);
        let is_common = |(size, paths): (u64, usize)| (paths >= SAME_PAGE_PATHS).then_some(size);
        Self {
            same_page: paths_by_size.into_iter().filter_map(is_common).gather(),
            errors: baseline.error_sizes.at_least(ERROR_PAGES).filter(|size| *size > 0).gather(),
            ordinary,
            programs,
            echoes: common_echoes(echoes),
            crowded: rare_by_step.into_iter().filter_map(is_crowded).gather(),
        }
    }

    /// Whether an answer of this size looks like the page for what does not exist.
    pub fn is_error_page(&self, bytes: u64) -> bool {
        self.same_page.contains(&bytes) || self.errors.contains(&bytes)
    }

    /// Whether an answer is a page for what does not exist that repeats the address.
    pub fn is_echo(&self, echo: Echo) -> bool {
        self.echoes.contains(&echo)
    }

    /// Compares a size with a path's usual ones; where too few are known, with those of the program
    /// that answers the path, if that answers everything with the same kind of page.
    pub fn compare(&self, stats: Option<&PathStats>, size: LogSize, limits: &Thresholds) -> Size {
        let (least, unusual_z) = (limits.norm_answers, limits.unusual_z);
        let own = compare(stats, size, least, unusual_z);
        let program = stats.and_then(|stats| self.programs.get(&stats.judged.program));
        let is_of_a_kind = |sizes: &&SizeSketch| {
            sizes.median_and_spread().is_some_and(|(_, spread)| spread <= SAME_KIND_SPREAD)
        };
        match (own, program.filter(is_of_a_kind)) {
            (Size::NoNorm, Some(sizes)) => match compare_with(sizes, size, least, unusual_z) {
                Size::Usual => Size::Usual,
                _ => Size::NoNorm,
            },
            (own, _) => own,
        }
    }

    /// Whether exactly this size is that of a page which many clients get.
    pub fn is_ordinary(&self, bytes: u64) -> bool {
        self.ordinary.contains(&bytes)
    }

    /// Whether many addresses that only one client asked for were answered with about this size:
    /// a page for what does not exist that repeats the address, perhaps.
    pub fn is_crowded(&self, size: LogSize) -> bool {
        self.crowded.contains(&size)
    }
}

/// Those that many addresses were answered with, of several lengths.
fn common_echoes(mut all: Vec<(Echo, u64)>) -> BTreeSet<Echo> {
    all.sort_unstable();
    let same = all.chunk_by(|a, b| a.0 == b.0);
    let common = same.filter(|pages| {
        let lengths = pages.chunk_by(|a, b| a.1 == b.1).count();
        pages.len() >= CROWD && lengths >= LENGTHS
    });
    common.map(|pages| pages[0].0).gather()
}

/// How the size of an answer compares with how its path usually answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Too few usual answers are known.
    NoNorm,
    /// As usual.
    Usual,
    /// Unusual, yet within the threshold.
    Odd {
        /// Usual answers and the middle of their sizes.
        norm: (u64, LogSize),
    },
    /// Far larger than usual.
    FarLarger {
        /// Usual answers and the middle of their sizes.
        norm: (u64, LogSize),
    },
    /// Far smaller than usual.
    FarSmaller {
        /// Usual answers and the middle of their sizes.
        norm: (u64, LogSize),
    },
}

/// Compares a size with a path's usual ones: robust z, 0.6745 × distance ÷ median absolute
/// deviation. A size that the path gives without a payload too is usual, however far from the middle.
pub fn compare(stats: Option<&PathStats>, size: LogSize, least: u32, unusual_z: u32) -> Size {
    stats.map_or(Size::NoNorm, |stats| compare_with(&stats.sizes, size, least, unusual_z))
}

fn compare_with(sizes: &SizeSketch, size: LogSize, least: u32, unusual_z: u32) -> Size {
    let (Some((median, spread)), count) = (sizes.median_and_spread(), sizes.count()) else {
        return Size::NoNorm;
    };
    if count < u64::from(least) {
        return Size::NoNorm;
    }
    let near = sizes.near(size, NEAR);
    if near >= KNOWN_SIZE_LEAST && near * KNOWN_SIZE_PER >= count {
        return Size::Usual;
    }
    let distance = u32::from(size.0.abs_diff(median.0));
    let spread = u32::from(spread).max(LEAST_SPREAD);
    // z = 0.6745 d / s, in ten-thousandths so that it stays in integers.
    let z = distance * 6_745 / spread;
    let norm = (count, median);
    match z {
        z if z < 30_000 => Size::Usual,
        z if z < unusual_z * 10_000 => Size::Odd { norm },
        _ if size > median => Size::FarLarger { norm },
        _ => Size::FarSmaller { norm },
    }
}

/// What a status by itself says; none where the answer must be looked at.
pub fn of_status(status: u16) -> Option<Outcome> {
    match status {
        401 | 403 | 406 | 407 | 418 | 429 | 444 | 451 => Some(Outcome::Blocked),
        400..=499 | 501 | 503..=505 => Some(Outcome::Failed),
        status if is_served(status) || status >= 500 => None,
        _ => Some(Outcome::Unknown),
    }
}

/// Bytes for people: the start of a size's step on the logarithmic scale.
pub fn about(size: LogSize) -> u64 {
    let (octave, sixteenth) = (u32::from(size.0) / 16, u64::from(size.0) % 16);
    if octave >= 4 { (16 + sixteenth) << (octave - 4) } else { (16 + sixteenth) >> (4 - octave) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Judged;

    fn path(sizes: impl Iterator<Item = u64>) -> PathStats {
        let mut stats = PathStats::new(Judged::default(), 2);
        sizes.for_each(|bytes| stats.answered(200, Some(bytes)));
        stats
    }

    #[test]
    fn sizes_are_compared_with_what_is_usual_for_the_path() {
        let steady = path((0..40).map(|i| 5_000 + i * 10));
        let at = |bytes| compare(Some(&steady), LogSize::of(bytes), 20, 6);
        assert_eq!(at(5_300), Size::Usual);
        assert!(matches!(at(90_000), Size::FarLarger { norm: (40, _) }));
        assert!(matches!(at(120), Size::FarSmaller { .. }));
        assert_eq!(
            compare(Some(&path((0..19).map(|_| 5_000))), LogSize::of(1), 20, 6),
            Size::NoNorm
        );
    }

    #[test]
    fn a_path_whose_answers_vary_has_a_wide_norm() {
        let varied = path((1..200).map(|i| i * 1_000));
        assert_eq!(compare(Some(&varied), LogSize::of(190_000), 20, 6), Size::Usual);
    }

    #[test]
    fn a_size_that_the_path_gives_without_payload_too_is_usual() {
        let two_kinds = path((0..200).map(|i| if i % 40 == 0 { 2_800 } else { 232 }));
        assert_eq!(compare(Some(&two_kinds), LogSize::of(2_750), 20, 6), Size::Usual);
        assert!(matches!(
            compare(Some(&two_kinds), LogSize::of(9_000), 20, 6),
            Size::FarLarger { .. }
        ));
    }

    #[test]
    fn about_is_where_a_step_of_the_scale_begins() {
        for bytes in [16, 100, 5_000, 1 << 20, 123_456_789] {
            let begin = about(LogSize::of(bytes));
            assert!(begin <= bytes && bytes < begin + begin / 8, "{bytes}: {begin}");
        }
    }
}
