//! Records of one length, behind a header that is none.

use super::records::{Assembly, Records};

/// Cuts a stream into records of the same length.
#[derive(Debug)]
pub struct FixedCutter {
    out: Assembly,
    /// Bytes of the header that are still to come.
    header: usize,
    length: usize,
}

impl FixedCutter {
    /// A cutter of records of `length` bytes behind a header.
    pub fn new(header: usize, length: usize) -> Self {
        Self { out: Assembly::default(), header, length: length.max(1) }
    }

    /// Takes a chunk and hands on the records that it ends.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl Records) {
        let (header, mut rest) = chunk.split_at(self.header.min(chunk.len()));
        self.header -= header.len();
        if !header.is_empty() {
            self.out.fill(header);
        }
        while !rest.is_empty() {
            let missing = self.length - self.out.held() as usize;
            let (piece, behind) = rest.split_at(missing.min(rest.len()));
            if piece.len() == missing {
                self.out.cut(piece, true, sink);
            } else {
                self.out.keep(piece);
            }
            rest = behind;
        }
    }

    /// Hands on what is left: a record that was cut short.
    pub fn finish(&mut self, sink: &mut impl Records) {
        if self.out.held() > 0 {
            self.out.cut(&[], false, sink);
        }
        self.out.flush(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::super::records::tests::{cuts, texts};
    use super::*;

    #[test]
    fn records_are_as_long_as_they_are_said_to_be() {
        for seed in 0..20 {
            let new = || FixedCutter::new(2, 3);
            let push = FixedCutter::push;
            let seen = cuts(b"##aaabbbccc\ndd", seed, new, push, FixedCutter::finish);
            assert_eq!(texts(&seen), ["aaa", "bbb", "ccc", "\ndd"]);
        }
    }
}
