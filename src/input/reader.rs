//! Readers that hold a stream to what is known of it: its limits, its length, its checksum.

use super::fault::{Fault, FaultKind};
use super::walk::Shared;
use std::cell::Cell;
use std::io::{self, Read};

/// Delivers unpacked bytes up to the limits; beyond them the stream must have ended.
pub(super) struct Bounded<'a, R> {
    inner: R,
    left: u64,
    /// What all of a depth has left.
    of_depth: &'a Cell<u64>,
    shared: &'a Shared<'a>,
    fault: Option<Fault>,
}

impl<'a, R: Read> Bounded<'a, R> {
    /// Bounds what `packed` bytes unpack to, if it is known how many they are, inside so many
    /// containers.
    pub(super) fn new(inner: R, packed: Option<u64>, depth: usize, shared: &'a Shared<'a>) -> Self {
        let (left, of_depth) = (shared.allowance(packed), shared.left(depth));
        Self { inner, left, of_depth, shared, fault: None }
    }
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone().into());
        }
        let left = self.left.min(self.of_depth.get());
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(into.len());
        if wanted > 0 || into.is_empty() {
            let count = self.inner.read(&mut into[..wanted])?;
            self.left -= count as u64;
            self.of_depth.set(self.of_depth.get() - count as u64);
            return Ok(count);
        }
        if self.inner.read(&mut [0])? == 0 {
            return Ok(0);
        }
        let kind = if self.left == 0 { FaultKind::Ratio } else { self.shared.exhaust() };
        let fault = self.shared.fault(kind, "");
        self.fault = Some(fault.clone());
        Err(fault.into())
    }
}

/// Delivers a part of a stream: as many bytes as were stated, or says that there are fewer.
pub(super) struct Exactly<'a, R> {
    inner: R,
    left: u64,
    shared: &'a Shared<'a>,
}

impl<'a, R: Read> Exactly<'a, R> {
    /// The next `size` bytes.
    pub(super) fn new(inner: R, size: u64, shared: &'a Shared<'a>) -> Self {
        Self { inner, left: size, shared }
    }
}

impl<R: Read> Read for Exactly<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(into.len());
        if wanted == 0 {
            return Ok(0);
        }
        let count = self.inner.read(&mut into[..wanted])?;
        if count == 0 {
            return Err(self.shared.fault(FaultKind::Truncated, "").into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}

/// Delivers a whole stream, and says in the end whether length and checksum are as stated.
pub(super) struct Checked<'a, R> {
    inner: R,
    left: Option<u64>,
    sum: Option<u32>,
    crc: flate2::Crc,
    shared: &'a Shared<'a>,
}

impl<'a, R: Read> Checked<'a, R> {
    /// A stream with its length and its CRC-32, as far as they are stated.
    pub(super) fn new(
        inner: R,
        size: Option<u64>,
        sum: Option<u32>,
        shared: &'a Shared<'a>,
    ) -> Self {
        Self { inner, left: size, sum, crc: flate2::Crc::new(), shared }
    }
}

impl<R: Read> Read for Checked<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        let wanted = left.min(into.len());
        if wanted > 0 || into.is_empty() {
            let count = self.inner.read(&mut into[..wanted])?;
            if count > 0 || into.is_empty() {
                self.left = self.left.map(|left| left - count as u64);
                self.crc.update(&into[..count]);
                return Ok(count);
            }
        } else if self.inner.read(&mut [0])? > 0 {
            let what = "longer than the archive states";
            return Err(self.shared.fault(FaultKind::Corrupt, what).into());
        }
        if self.left.is_some_and(|left| left > 0) {
            return Err(self.shared.fault(FaultKind::Truncated, "").into());
        }
        match self.sum {
            Some(sum) if sum != self.crc.sum() => {
                Err(self.shared.fault(FaultKind::Corrupt, "checksum mismatch").into())
            }
            _ => Ok(0),
        }
    }
}
