//! Sizes of answers on a logarithmic scale, in integers: the same on every platform.

use super::Merge;
use serde::{Deserialize, Serialize};

/// log2 of a number of bytes, in sixteenths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogSize(pub u16);

impl LogSize {
    /// The scale's value for a number of bytes; 0 and 1 byte are both 0.
    /// Between powers of two it is linear: at most 0.09 octaves off, and monotonous.
    pub fn of(bytes: u64) -> Self {
        if bytes < 2 {
            return Self(0);
        }
        let whole = bytes.ilog2();
        let fraction =
            if whole >= 4 { (bytes >> (whole - 4)) & 15 } else { (bytes << (4 - whole)) & 15 };
        Self((whole * 16) as u16 + fraction as u16)
    }
}

/// How often an answer had which size.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeSketch {
    /// Most pages have one or two sizes: the first bin needs no allocation. Counts nothing before
    /// there is one.
    first: (LogSize, u32),
    /// The others in order, each as the digits of its count, the least first: pages that are made
    /// anew each time have many sizes, and most of these a few times.
    rest: Box<[Digit]>,
}

/// A digit of a bin's count, behind the bin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Digit(u16);

impl Digit {
    /// Bits of a digit: those that no bin needs.
    const BITS: u32 = 6;
    const MASK: u16 = (1 << Self::BITS) - 1;

    const fn new(bin: LogSize, count: u32) -> Self {
        Self(bin.0 << Self::BITS | count as u16 & Self::MASK)
    }

    const fn bin(self) -> LogSize {
        LogSize(self.0 >> Self::BITS)
    }

    /// The number that some digits are.
    fn number(digits: &[Self]) -> u32 {
        let digits = digits.iter().rev();
        digits.fold(0, |all, digit| all << Self::BITS | u32::from(digit.0 & Self::MASK))
    }
}

impl SizeSketch {
    /// Counts an answer.
    #[inline]
    pub fn add(&mut self, size: LogSize, times: u32) {
        let (bin, count) = &mut self.first;
        if *count == 0 || *bin == size {
            (*bin, *count) = (size, count.saturating_add(times));
        } else {
            self.add_to_rest(size, times);
        }
    }

    fn add_to_rest(&mut self, size: LogSize, times: u32) {
        let start = self.rest.partition_point(|digit| digit.bin() < size);
        let known = self.rest[start..].iter().take_while(|digit| digit.bin() == size).count();
        let digits = &mut self.rest[start..start + known];
        let mut count = Digit::number(digits).saturating_add(times);
        for digit in digits {
            *digit = Digit::new(size, count);
            count >>= Digit::BITS;
        }
        if count > 0 {
            self.lengthen(start + known, size, count);
        }
    }

    /// Adds digits behind those that are known of a bin.
    #[cold]
    fn lengthen(&mut self, mut at: usize, bin: LogSize, mut count: u32) {
        let mut rest = std::mem::take(&mut self.rest).into_vec();
        while count > 0 {
            rest.reserve_exact(1);
            rest.insert(at, Digit::new(bin, count));
            (at, count) = (at + 1, count >> Digit::BITS);
        }
        self.rest = rest.into();
    }

    /// The bins with their counts, smallest size first.
    pub fn bins(&self) -> Vec<(LogSize, u32)> {
        let mut bins: Vec<_> = self.all().collect();
        bins.sort_unstable();
        bins
    }

    /// The bins in any order.
    fn all(&self) -> impl Iterator<Item = (LogSize, u32)> {
        let first = (!self.is_empty()).then_some(self.first);
        let rest = self.rest.chunk_by(|one, next| one.bin() == next.bin());
        first.into_iter().chain(rest.map(|digits| (digits[0].bin(), Digit::number(digits))))
    }

    /// Answers counted.
    pub fn count(&self) -> u64 {
        self.bins().iter().map(|(_, count)| u64::from(*count)).sum()
    }

    /// Fetches what the next answer will probably change into the processor's cache.
    #[inline]
    pub fn warm(&self) -> u32 {
        self.first.1 ^ self.rest.first().map_or(0, |digit| u32::from(digit.0))
    }

    /// Whether no answer was counted.
    #[inline]
    pub const fn is_empty(&self) -> bool {
        self.first.1 == 0
    }

    /// Answers of about a size: at most so many steps away.
    pub fn near(&self, size: LogSize, steps: u16) -> u64 {
        let is_near = |bin: &(LogSize, u32)| bin.0.0.abs_diff(size.0) <= steps;
        self.all().filter(is_near).map(|(_, count)| u64::from(count)).sum()
    }

    /// Median and median absolute deviation, in sixteenths of an octave.
    pub fn median_and_spread(&self) -> Option<(LogSize, u16)> {
        let bins = self.bins();
        let median = weighted_median(&bins)?;
        let mut distances: Vec<_> =
            bins.iter().map(|(bin, count)| (LogSize(bin.0.abs_diff(median.0)), *count)).collect();
        distances.sort_unstable();
        Some((median, weighted_median(&distances)?.0))
    }
}

impl Merge for SizeSketch {
    fn merge(&mut self, other: Self) {
        for (size, times) in other.bins() {
            self.add(size, times);
        }
    }
}

/// The lower median of sorted values with weights.
fn weighted_median(sorted: &[(LogSize, u32)]) -> Option<LogSize> {
    let total: u64 = sorted.iter().map(|(_, count)| u64::from(*count)).sum();
    let mut before = 0;
    sorted.iter().find_map(|(bin, count)| {
        before += u64::from(*count);
        (2 * before >= total).then_some(*bin)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_monotonous_and_counts_octaves() {
        let sizes: Vec<_> = (0..100_000u64).map(LogSize::of).collect();
        assert!(sizes.is_sorted());
        assert_eq!(LogSize::of(1 << 20).0, 20 * 16);
        assert_eq!(LogSize::of(3 << 19).0, 20 * 16 + 8);
    }

    #[test]
    fn median_and_spread_of_a_page_with_one_odd_answer() {
        let mut sketch = SizeSketch::default();
        for bytes in [1_000, 1_010, 1_000, 1_020, 990, 50_000] {
            sketch.add(LogSize::of(bytes), 1);
        }
        let (median, spread) = sketch.median_and_spread().unwrap();
        assert_eq!(median, LogSize::of(1_000));
        assert!(spread <= 1);
    }

    #[test]
    fn counts_of_every_length_come_back() {
        let mut model = std::collections::BTreeMap::<LogSize, u32>::new();
        let mut sketch = SizeSketch::default();
        let times = [1, 62, 63, 64, 1, 4_000, 100, 70_000_000, u32::MAX, 5];
        for (nth, times) in times.iter().cycle().take(700).enumerate() {
            let bytes = if nth == 50 { u64::MAX } else { (nth * nth % 97) as u64 };
            let size = LogSize::of(bytes);
            sketch.add(size, *times);
            let count = model.entry(size).or_default();
            *count = count.saturating_add(*times);
            assert_eq!(sketch.bins(), model.clone().into_iter().collect::<Vec<_>>(), "{nth}");
        }
        assert!(model.len() > 30);
        let near = sketch.near(LogSize::of(u64::MAX), 0);
        assert_eq!(near, u64::from(model[&LogSize::of(u64::MAX)]));
    }

    #[test]
    fn merging_in_any_order_gives_the_same_bins() {
        let sketch = |sizes: &[u64]| {
            let mut sketch = SizeSketch::default();
            sizes.iter().for_each(|bytes| sketch.add(LogSize::of(*bytes), 1));
            sketch
        };
        let (mut left, mut right) = (sketch(&[5, 900, 17]), sketch(&[900, 4]));
        let (left_too, right_too) = (left.clone(), right.clone());
        left.merge(right_too);
        right.merge(left_too);
        assert_eq!(left.bins(), right.bins());
    }
}
