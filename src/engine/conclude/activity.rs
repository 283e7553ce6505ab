//! Activity over time, and what the logs cover.

use super::{
    BTreeMap, Baseline, Bucket, ByteLedger, CalendarDay, Coverage, Drawn, ReportCoverage,
    SourceReport, StreamView, Timeline, rfc3339,
};
use crate::baseline::BIN_SECS;

/// Buckets of the timeline at most.
const BUCKETS: i64 = 400;
/// Widths of a bucket, seconds: people count in these.
const WIDTHS: [i64; 9] = [300, 900, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000];

/// Activity in buckets of equal width.
pub(super) fn timeline(baseline: &Baseline) -> Timeline {
    let mut bins = BTreeMap::<i64, (u64, u64)>::new();
    for calendar in baseline.calendars.values() {
        for (start, bin) in calendar.sorted() {
            let (records, errors) = bins.entry(start).or_default();
            *records += u64::from(bin.records);
            *errors += u64::from(bin.errors);
        }
    }
    let span = bins.last_key_value().zip(bins.first_key_value());
    let length = span.map_or(0, |((last, _), (first, _))| last - first + BIN_SECS);
    let width = WIDTHS.into_iter().find(|width| length / width < BUCKETS);
    let width = width.unwrap_or(length / BUCKETS + 1);
    let mut buckets = BTreeMap::<i64, (u64, u64)>::new();
    for (start, (records, errors)) in bins {
        let bucket = buckets.entry(start.div_euclid(width) * width).or_default();
        bucket.0 += records;
        bucket.1 += errors;
    }
    let shown = |(start, (records, errors)): (i64, (u64, u64))| Bucket {
        from: rfc3339(start),
        records,
        errors,
    };
    Timeline {
        bucket_secs: width.unsigned_abs(),
        buckets: buckets.into_iter().map(shown).collect(),
    }
}

/// What all streams together cover.
pub(super) fn total(
    reports: &[SourceReport],
    coverage: &Coverage,
    streams: &[StreamView],
    baseline: &Baseline,
    drawn: &Drawn,
) -> ReportCoverage {
    let mut total = ReportCoverage {
        calendar: calendar(streams, baseline),
        gaps: drawn.gaps.clone(),
        bounds: drawn.bounds.clone(),
        ..ReportCoverage::default()
    };
    let unopened = reports.iter().filter(|source| source.streams.is_empty());
    total.bytes.unread = unopened.map(|source| source.size).sum();
    for stream in reports.iter().flat_map(|source| &source.streams) {
        total.records += stream.records;
        total.unparsed += stream.unparsed;
        total.repeated += stream.repeated;
        total.bytes = added(total.bytes, stream.bytes);
    }
    let spans = coverage.streams.values().filter_map(|ledger| ledger.span);
    total.first = spans.clone().map(|span| span.0).min().map(rfc3339);
    total.last = spans.map(|span| span.1).max().map(rfc3339);
    let unjudged = |ledger: &crate::engine::Ledger| ledger.understood() - ledger.requests;
    let unjudged: u64 = coverage.streams.values().map(unjudged).sum();
    total.unjudged = unjudged.saturating_sub(baseline.activities.records);
    total.outside_period = coverage.streams.values().map(|ledger| ledger.outside).sum();
    total
}

fn added(a: ByteLedger, b: ByteLedger) -> ByteLedger {
    ByteLedger {
        parsed: a.parsed + b.parsed,
        blank: a.blank + b.blank,
        unparsed: a.unparsed + b.unparsed,
        repeated: a.repeated + b.repeated,
        unread: a.unread + b.unread,
    }
}

fn calendar(streams: &[StreamView], baseline: &Baseline) -> Vec<CalendarDay> {
    let mut days = BTreeMap::<(String, i64), Vec<u64>>::new();
    for stream in streams {
        let Some(calendar) = baseline.calendars.get(&stream.id) else { continue };
        for (start, bin) in calendar.sorted() {
            let key = (stream.log_source.clone(), start.div_euclid(86_400));
            let hours = days.entry(key).or_insert_with(|| vec![0; 24]);
            let hour = usize::try_from(start.rem_euclid(86_400) / 3_600).unwrap_or(0);
            hours[hour] += u64::from(bin.records);
        }
    }
    days.into_iter()
        .map(|((log_source, day), hours)| {
            let day = rfc3339(day * 86_400).chars().take(10).collect();
            CalendarDay { log_source, day, hours }
        })
        .collect()
}
