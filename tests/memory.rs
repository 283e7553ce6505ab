//! How much memory what was seen takes: many events of many addresses, made while they are read,
//! are scanned into one partial. `cargo xtask bench memory` runs it with 100 million events.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]
#![allow(unsafe_code, reason = "an allocator that counts is an allocator")]
#![allow(clippy::print_stdout, reason = "the figures are what is asked for")]

mod common;

use common::{Given, Options, clf, in_order, prepare};
use sekisho::engine::{Concluder, JobKind, Partial, Scanner};
use sekisho::input::{ReadAt, ReadError};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// Different addresses.
const ADDRESSES: u64 = 1_000_000;
/// Days of the log.
const DAYS: u64 = 90;
const START: i64 = 1_620_262_800;
/// Bytes of every line.
const LINE: usize = 160;
/// Bytes of memory that may be held.
const MOST: usize = 200_000_000;

/// A log whose lines are made when they are read.
struct Made {
    events: u64,
}

impl Made {
    /// A line; its number says all of it.
    fn line(&self, number: u64) -> [u8; LINE] {
        let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
        let at = START
            + (u128::from(number) * u128::from(DAYS * 86_400) / u128::from(self.events)) as i64;
        let address = mixed % ADDRESSES;
        let octet = |place: u64| 100 + address / place % 100;
        let (time, page) = (clf(at, 0), mixed / 7 % 400_000);
        let (request, status) = match mixed % 100 {
            0..=4 => (format!("GET /p/{}/files/{page}.pdf", page % 90), 200),
            5 => (
                "POST /account/login.php".to_owned(),
                if mixed.is_multiple_of(3) { 302 } else { 200 },
            ),
            6..=8 => (format!("GET /old/{page}.php?id={}%27%20OR%201=1", mixed % 9), 404),
            9 => (format!("GET /nothing/{page}"), 404),
            _ => (format!("GET /p/{}/docs/{page}/view?page=2", page % 90), 200),
        };
        let text = format!(
            "{}.{}.{}.7 - - [{time}] \"{request} HTTP/1.1\" {status} {} \"-\" \"Mozilla/5.0 (X11; Linux x86_64)",
            octet(10_000),
            octet(100),
            octet(1),
            2_000 + mixed % 90_000
        );
        let mut line = [b'x'; LINE];
        line[..text.len()].copy_from_slice(text.as_bytes());
        line[LINE - 2] = b'"';
        line[LINE - 1] = b'\n';
        line
    }
}

impl ReadAt for Made {
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<usize, ReadError> {
        let size = self.events * LINE as u64;
        let mut done = 0;
        while done < into.len() && offset + (done as u64) < size {
            let at = offset + done as u64;
            let line = self.line(at / LINE as u64);
            let rest = &line[(at % LINE as u64) as usize..];
            let count = rest.len().min(into.len() - done);
            into[done..done + count].copy_from_slice(&rest[..count]);
            done += count;
        }
        Ok(done)
    }
}

/// Bytes that were asked for and not given back, and the most that these were.
static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST_HELD: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counted.
struct Counted;

#[global_allocator]
static ALLOCATOR: Counted = Counted;

// SAFETY: every call is handed on as it came; counting touches no memory that is handed out.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Relaxed) + layout.size();
        MOST_HELD.fetch_max(held, Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[test]
#[ignore = "takes minutes: cargo xtask bench memory"]
fn what_was_seen_of_many_events_stays_small() {
    let events = std::env::var("SEKISHO_EVENTS").map_or(100_000_000, |text| text.parse().unwrap());
    let made = Made { events };
    let given = [Given { name: "access.log", size: events * LINE as u64, source: &made }];
    let prepared = prepare(&given, &Options::default());
    let sources = in_order(&prepared, &given);
    let before = HELD.load(Relaxed);
    let mut scanner = Scanner::new(&prepared);
    for job in prepared.plan.jobs.iter().filter(|job| job.kind == JobKind::Scan) {
        scanner.run(job, sources[job.source as usize], &mut |_| ());
    }
    let partial = scanner.finish();
    let (held, most) = (HELD.load(Relaxed), MOST_HELD.load(Relaxed));
    let encoded = partial.encode().unwrap();
    println!(
        "{events} events of {ADDRESSES} addresses: {} MB held by what was seen, {} MB at most while scanning, {} MB encoded",
        (held - before) / 1_000_000,
        (most - before) / 1_000_000,
        encoded.len() / 1_000_000
    );
    let mut rest = HELD.load(Relaxed);
    partial.take_apart(&mut |name, bytes| {
        let freed = rest.saturating_sub(HELD.load(Relaxed));
        if freed.max(bytes) >= 10_000 {
            println!("  {name}: {} kB held, {} kB encoded", freed / 1_000, bytes / 1_000);
        }
        rest = HELD.load(Relaxed);
    });
    let mut concluder = Concluder::new(&prepared);
    concluder.add(Partial::decode(&encoded).unwrap());
    let report = concluder.conclude(&sources).report;
    for bound in &report.coverage.bounds {
        println!("  {}", bound.en);
    }
    assert!(
        !report.coverage.bounds.is_empty(),
        "more addresses than can be held, and nothing said"
    );
    assert!(held - before < MOST, "{} MB", (held - before) / 1_000_000);
}
