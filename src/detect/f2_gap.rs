//! F2: a period without records where records were to be expected.

use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::{Instant, Text, rfc3339};
use crate::baseline::{BIN_SECS, Bin};
use crate::finding::{
    Confidence, Finding, Gap, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// The detection.
pub struct GapInLog;

/// Hours of a week.
const WEEK_HOURS: i64 = 168;
/// Bins of an hour.
const HOUR_BINS: u64 = (3_600 / BIN_SECS) as u64;

impl Detector for GapInLog {
    type Partial = ();

    const CARD: Card = Card {
        id: "F2",
        name: Text::fixed("Gap against expectation", "期待に反する空白"),
        what: Text::fixed(
            "A period without a single record in which 20 or more were to be expected: the median of the same hours of the other weeks, over at least 14 days of history. Rotated files of one log count together.",
            "1件の記録もない期間のうち、20件以上が期待されるもの(14日以上の履歴における他の週の同じ時間帯の中央値)。ローテーションされたファイルは合わせて数えます。",
        ),
        why: Text::fixed(
            "Whoever removes records leaves a hole; and what happened in a hole cannot be answered.",
            "記録を消せば穴が残ります。穴の間に起きたことは判定できません。",
        ),
        innocent: Text::fixed(
            "An outage, maintenance, a full disk, a file of the series that was not handed in.",
            "障害、保守、ディスク満杯、提出されなかったファイル。",
        ),
        needs: Needs {
            fields: &[],
            words: Text::fixed("At least 14 days of one log.", "1つのログについて14日以上の記録。"),
        },
        attack: &["T1070"],
        severity: Severity::Medium,
    };
    const WANTS: Marks = Marks::EMPTY;

    fn observe(&self, _: &Seen<'_>, (): &mut ()) {}

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let mut verdict = Verdict::default();
        let mut short = BTreeSet::new();
        for (name, bins) in by_log_source(context) {
            let days = history_days(&bins);
            if days < i64::from(context.thresholds.gap_history_days) {
                short.insert(name);
                continue;
            }
            for gap in gaps(&bins, u64::from(context.thresholds.gap_expected)) {
                verdict.gaps.push(gap.reported(&name));
                verdict.findings.push(gap.finding(&name));
            }
        }
        if !short.is_empty() {
            let names = short.into_iter().collect::<Vec<_>>().join(", ");
            verdict.not_evaluable = Some((
                Text::new(
                    format!("Too short to know what is usual: {names}."),
                    format!("通常の量を知るには期間が短すぎます:{names}"),
                ),
                Self::CARD.needs.words,
            ));
        }
        verdict
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        finding.scope.records.contains(&seen.event.location.key())
    }
}

type Bins = BTreeMap<Instant, Bin>;

/// The bins of every log source; those of rotated files together.
fn by_log_source(context: &Conclusion<'_>) -> BTreeMap<String, Bins> {
    use crate::base::Merge;
    let mut sources = BTreeMap::<String, Bins>::new();
    for stream in context.streams {
        let Some(calendar) = context.baseline.calendars.get(&stream.id) else { continue };
        let bins = sources.entry(stream.log_source.clone()).or_default();
        for (start, bin) in calendar.sorted() {
            bins.entry(start).and_modify(|known| known.merge(bin)).or_insert(bin);
        }
    }
    sources
}

fn history_days(bins: &Bins) -> i64 {
    let (Some((first, _)), Some((last, _))) = (bins.first_key_value(), bins.last_key_value())
    else {
        return 0;
    };
    (last - first) / 86_400
}

/// A hole between two bins.
struct Hole {
    before: Bin,
    after: Bin,
    expected: u64,
}

/// The holes in which at least `least` records were to be expected.
fn gaps(bins: &Bins, least: u64) -> Vec<Hole> {
    let usual = Usual::of(&records_by_hour(bins));
    let pairs = bins.iter().zip(bins.iter().skip(1));
    pairs
        .filter_map(|((from, before), (until, after))| {
            let empty = (from + BIN_SECS)..*until;
            let expected = usual.expected(empty);
            (expected >= least).then_some(Hole { before: *before, after: *after, expected })
        })
        .collect()
}

/// Records of every hour from the first to the last, by hours since 1970.
fn records_by_hour(bins: &Bins) -> BTreeMap<i64, u64> {
    let mut hours = BTreeMap::<i64, u64>::new();
    for (start, bin) in bins {
        *hours.entry(start.div_euclid(3_600)).or_default() += u64::from(bin.records);
    }
    let range = hours.first_key_value().zip(hours.last_key_value());
    let range = range.map(|((first, _), (last, _))| *first..=*last);
    range.into_iter().flatten().for_each(|hour| {
        hours.entry(hour).or_default();
    });
    hours
}

/// What is usual in each hour.
struct Usual {
    /// The first hour of the log, by hours since 1970.
    first: i64,
    /// Records of every hour from the first on.
    hours: Vec<u64>,
    /// Records of each hour of the week, least first; the log's first hour is the first.
    weekly: Vec<Vec<u64>>,
}

impl Usual {
    fn of(hours: &BTreeMap<i64, u64>) -> Self {
        let mut weekly = vec![Vec::new(); WEEK_HOURS as usize];
        for (place, records) in hours.values().enumerate() {
            weekly[place % WEEK_HOURS as usize].push(*records);
        }
        weekly.iter_mut().for_each(|same| same.sort_unstable());
        let first = hours.first_key_value().map_or(0, |(first, _)| *first);
        Self { first, hours: hours.values().copied().collect(), weekly }
    }

    /// Records to be expected in a period: for each of its bins, the share of the median of the
    /// same hour of the other weeks.
    fn expected(&self, period: std::ops::Range<Instant>) -> u64 {
        let mut twelfths = 0;
        let mut start = period.start;
        while start < period.end {
            let hour = start.div_euclid(3_600);
            let end = ((hour + 1) * 3_600).min(period.end);
            let bins = ((end - start) / BIN_SECS) as u64;
            twelfths += self.median(hour) * bins;
            start = end;
        }
        twelfths / HOUR_BINS
    }

    /// The lower median of the same hour of all other weeks.
    fn median(&self, hour: i64) -> u64 {
        let same = &self.weekly[(hour - self.first).rem_euclid(WEEK_HOURS) as usize];
        let own = usize::try_from(hour - self.first).ok().and_then(|place| self.hours.get(place));
        let Some(own) = own else { return 0 };
        let others = same.len().saturating_sub(1);
        let middle = others.saturating_sub(1) / 2;
        // The hour itself stands among them and is passed over.
        let passed = same.partition_point(|records| records < own);
        let place = middle + usize::from(middle >= passed);
        if others == 0 { 0 } else { same.get(place).copied().unwrap_or(0) }
    }
}

impl Hole {
    fn reported(&self, name: &str) -> Gap {
        Gap {
            log_source: name.to_owned(),
            from: rfc3339(self.before.last.0),
            until: rfc3339(self.after.first.0),
            expected: self.expected,
        }
    }

    fn finding(&self, name: &str) -> Finding {
        let ((from, before), (until, after)) = (self.before.last, self.after.first);
        let (minutes, expected) = ((until - from) / 60, self.expected);
        Finding {
            confidence: Confidence::Moderate,
            grade: Grade::E1,
            subject: Subject { kind: SubjectKind::LogSource, value: name.to_owned() },
            first: Some(rfc3339(from)),
            last: Some(rfc3339(until)),
            count: 2,
            reason: Text::new(
                format!("No record for {minutes} minutes; the same hours of other weeks hold about {expected} (median). The two records below are the last before and the first after."),
                format!("{minutes}分間記録がありません。他の週の同じ時間帯の中央値は約{expected}件です。下の2件は直前と直後の記録です。"),
            ),
            scope: Scope {
                records: BTreeSet::from([before.key(), after.key()]),
                ..Scope::default()
            },
            places: vec![(Some(from), before), (Some(until), after)],
            speaks_to: vec![(Question::Q8, State::Likely)],
            ..GapInLog::CARD.finding(Text::new(
                format!("{name} has no records for {minutes} minutes where about {expected} were to be expected"),
                format!("{name} に{minutes}分間の空白(約{expected}件が期待される時間帯)"),
            ))
        }
    }
}
