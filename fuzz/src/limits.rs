//! What reading may take: 1 s of the thread's CPU for each MiB of input, and at least 1 s; and
//! 64 MiB of memory and four times the input. Memory is what Rust code asked for and has not given
//! back, at its most; of both, what a thread uses counts for that thread.
//!
//! Time is measured against what was read: the input, or what it unpacks to. Memory is measured
//! against the input as given, since nothing unpacked is held.

#![allow(unsafe_code, reason = "an allocator that counts is an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt;
use std::time::Duration;

const MIB: usize = 1 << 20;
/// Memory that any input may take.
const MEMORY_BYTES: usize = 64 * MIB;
/// Memory beyond that, in times the input.
const MEMORY_TIMES: usize = 4;
/// Time for a MiB, and for anything shorter. What the fuzzer runs is several times as slow as the
/// program: it counts where it goes, and checks what it does.
const TIME: Duration = Duration::from_secs(if cfg!(fuzzing) { 5 } else { 1 });

/// A limit that was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exceeded {
    /// CPU time, with the limit.
    Time(Duration, Duration),
    /// Bytes of memory, with the limit.
    Memory(usize, usize),
}

impl fmt::Display for Exceeded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(took, limit) => write!(out, "took {took:.1?} of CPU, more than {limit:.1?}"),
            Self::Memory(took, limit) => write!(out, "took {took} B of memory, more than {limit}"),
        }
    }
}

impl std::error::Error for Exceeded {}

/// Does some work on an input of so many bytes and says whether it kept within the limits. `work`
/// gives the bytes that it went through.
pub fn within(input: usize, work: impl FnOnce() -> usize) -> Result<(), Exceeded> {
    let before = begin();
    let start = cpu_time();
    let worked = work();
    let took = cpu_time().saturating_sub(start);
    let peak = PEAK.get().saturating_sub(before).max(0).cast_unsigned();
    let memory = MEMORY_BYTES + MEMORY_TIMES * input;
    let time = TIME.mul_f64(input.max(worked).max(MIB) as f64 / MIB as f64);
    if peak > memory {
        return Err(Exceeded::Memory(peak, memory));
    }
    if took > time {
        return Err(Exceeded::Time(took, time));
    }
    Ok(())
}

thread_local! {
    /// Bytes that this thread asked for, less those that it gave back.
    static HELD: Cell<isize> = const { Cell::new(0) };
    /// The most that this was since `begin`.
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// Begins to look for the peak. Gives what is held now.
fn begin() -> isize {
    let held = HELD.get();
    PEAK.set(held);
    held
}

fn count(change: isize) {
    // A thread that ends has no counters any more.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + change);
        PEAK.try_with(|peak| peak.set(peak.get().max(held.get())))
    });
}

/// The system's allocator, counted.
struct Counted;

#[global_allocator]
static ALLOCATOR: Counted = Counted;

// SAFETY: every call is handed on as it came; counting touches no memory that is handed out.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size().cast_signed());
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-layout.size().cast_signed());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both may be held while one is copied into the other.
        count(size.cast_signed());
        count(-layout.size().cast_signed());
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// CPU time of this thread, which other programs of a busy machine do not stretch.
#[cfg(unix)]
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), time.tv_nsec as u32)
}

/// Time that passed, where the thread's own is not to be had.
#[cfg(not(unix))]
fn cpu_time() -> Duration {
    thread_local!(static START: std::time::Instant = std::time::Instant::now());
    START.with(std::time::Instant::elapsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_at_once_counts_and_what_was_given_back_does_not() {
        let one = |bytes: usize| drop(std::hint::black_box(vec![1u8; bytes]));
        let in_turn = || {
            (0..5).for_each(|_| one(40 * MIB));
            0
        };
        assert_eq!(within(0, in_turn), Ok(()));
        let at_once = || {
            std::hint::black_box([vec![1u8; 40 * MIB], vec![1u8; 40 * MIB]]);
            0
        };
        assert!(matches!(within(0, at_once), Err(Exceeded::Memory(..))));
        assert_eq!(within(4 * MIB, at_once), Ok(()));
    }

    #[test]
    fn time_is_counted_by_what_was_gone_through() {
        let busy = |worked: usize| {
            move || {
                let start = cpu_time();
                while cpu_time() - start < TIME * 11 / 10 {}
                worked
            }
        };
        assert!(matches!(within(0, busy(0)), Err(Exceeded::Time(..))));
        assert_eq!(within(0, busy(2 * MIB)), Ok(()));
    }
}
