//! The SHA-256 of a source. Bytes go in once and in order, which nothing can cut; but while the
//! source is scanned in order anyway, they come from the same reads.

use super::plan::Job;
use crate::base::limits::READ_BYTES;
use crate::input::{Fault, FaultKind, ReadAt, ReadError, read_full};
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;

/// A digest on its way.
pub struct Digest {
    job: Job,
    hash: Sha256,
    /// The next byte.
    at: u64,
}

impl Digest {
    /// Nothing of the source read yet.
    pub fn new(job: Job) -> Self {
        Self { job, hash: Sha256::new(), at: 0 }
    }

    /// The job that it is of.
    pub const fn job(&self) -> &Job {
        &self.job
    }

    /// Bytes of the source that are in.
    pub const fn bytes(&self) -> u64 {
        self.at
    }

    /// Reads on from where it is. `progress` is told the bytes of the source that are in.
    pub fn read_to(
        &mut self,
        end: u64,
        source: &dyn ReadAt,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Fault> {
        let mut buffer = Vec::new();
        while self.at < end {
            let wanted = usize::try_from(end - self.at).unwrap_or(READ_BYTES).min(READ_BYTES);
            buffer.resize(wanted, 0);
            let count = read_full(source, self.at, &mut buffer)?;
            if count == 0 {
                let (kind, offset) = (FaultKind::Shrank, self.at);
                return Err(Fault { kind, offset, what: String::new() });
            }
            self.take(self.at, &buffer[..count]);
            progress(self.at);
        }
        Ok(())
    }

    /// Takes those of the bytes read at an offset that are next.
    fn take(&mut self, offset: u64, bytes: &[u8]) {
        let known = self.at.checked_sub(offset).and_then(|known| usize::try_from(known).ok());
        if let Some(new) = known.and_then(|known| bytes.get(known..)) {
            self.hash.update(new);
            self.at += new.len() as u64;
        }
    }

    /// The digest of the bytes that are in.
    pub(super) fn finish(self) -> [u8; 32] {
        self.hash.finalize().into()
    }
}

/// A source whose digest takes what is read of it.
pub(super) struct Tee<'t> {
    pub(super) source: &'t dyn ReadAt,
    pub(super) digest: RefCell<&'t mut Digest>,
}

impl ReadAt for Tee<'_> {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        let count = self.source.read_at(offset, into)?;
        self.digest.borrow_mut().take(offset, &into[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::JobKind;

    #[test]
    fn reads_that_overlap_and_leave_gaps_give_the_digest_of_the_whole() {
        let source: Vec<u8> = (0..50_000u32).map(|n| (n * n / 7) as u8).collect();
        let end = source.len() as u64;
        let kind = JobKind::Digest;
        let job = Job { id: 0, kind, source: 0, stream: 0, start: 0, end, bytes: end };
        let mut digest = Digest::new(job);
        for (offset, length) in [(0, 700), (699, 5_000), (2, 30), (20_000, 9), (5_699, 2_000)] {
            let tee = Tee { source: &source, digest: RefCell::new(&mut digest) };
            tee.read_at(offset, &mut vec![0; length]).unwrap();
        }
        assert_eq!(digest.at, 7_699);
        digest.read_to(end, &source, &mut |_| ()).unwrap();
        assert_eq!(digest.finish(), <[u8; 32]>::from(Sha256::digest(&source)));
    }
}
