//! Whole checks: told, cut, read, judged, concluded. Reports are the same bytes whatever the cuts,
//! and account for every byte. What is packed has targets of its own.

use sekisho::engine::{Concluder, Meant, Partial, Prepared, Scanner, Settings, plan, rows, survey};
use sekisho::input::{Container, HEAD_BYTES, ReadAt};
use sekisho::report::Report;
use sekisho::shard::Cuts;
use std::cell::RefCell;

thread_local!(static PROGRAM: RefCell<Program> = RefCell::new(Program::new()));

/// What settings mean, compiled once; the plan is that of each input.
struct Program {
    meant: Meant,
    prepared: Prepared,
}

impl Program {
    fn new() -> Self {
        let settings = Settings::default();
        let nothing = plan(&settings, &[], Vec::new(), Cuts::Usual);
        Self {
            meant: settings.meant(&[]).expect("usual settings mean something"),
            prepared: Prepared::new(nothing).expect("usual settings mean something"),
        }
    }

    /// The report on one file, its JSON, and how many rows its findings open into.
    #[allow(clippy::ptr_arg, reason = "a `Vec` is a source that can be pointed to, a slice is not")]
    fn check(&mut self, bytes: &Vec<u8>, cuts: Cuts) -> (Report, String, u64) {
        let size = bytes.len() as u64;
        let survey = survey("access.log", size, Some(1_620_262_800), bytes, &self.meant);
        self.prepared.plan = plan(&Settings::default(), &[], vec![survey], cuts);
        let prepared = &self.prepared;
        let mut concluder = Concluder::new(prepared);
        for job in &prepared.plan.jobs {
            let mut scanner = Scanner::new(prepared);
            scanner.run(job, bytes, &mut |_| ());
            let encoded = scanner.finish().encode().expect("partials are encoded");
            concluder.add(Partial::decode(&encoded).expect("partials are decoded"));
        }
        let source: &dyn ReadAt = bytes;
        let concluded = concluder.conclude(&[source]);
        let mut opened = 0;
        for job in &prepared.plan.jobs {
            let mut sink = |_| {
                opened += 1;
                true
            };
            rows(&concluded, job, source, &|_| true, &mut sink, &mut |_| ());
        }
        let json = serde_json::to_string(&concluded.report).expect("reports are written");
        (concluded.report, json, opened)
    }
}

pub fn read(input: &[u8]) -> usize {
    if Container::of(&input[..input.len().min(HEAD_BYTES)]) != Container::Plain {
        return 0;
    }
    let bytes = input.to_vec();
    PROGRAM.with_borrow_mut(|program| {
        let (report, whole, opened) = program.check(&bytes, Cuts::Usual);
        account(&report, input.len() as u64);
        assert_eq!(opened, report.findings.iter().map(|finding| finding.count).sum::<u64>());
        let mean = input.len() as u64 / 7 + 1;
        let (_, cut, _) = program.check(&bytes, Cuts::Drawn { mean, seed: mean });
        assert_eq!(whole, cut, "cut about every {mean} bytes");
    });
    // Each check reads it for the records and once more for the rows.
    4 * input.len()
}

/// Every byte is understood, blank, not understood, or not read.
fn account(report: &Report, size: u64) {
    for stream in report.sources.iter().flat_map(|source| &source.streams) {
        let bytes = stream.bytes;
        assert_eq!(bytes.parsed + bytes.blank + bytes.unparsed + bytes.unread, stream.size);
        // Sizes are those of the text, which other encodings write otherwise.
        if stream.encoding == "utf-8" {
            assert_eq!(stream.size, size);
        }
    }
    let listed: u64 = report.unparsed.iter().map(|run| run.length).sum();
    assert_eq!(listed, report.coverage.bytes.unparsed);
}
