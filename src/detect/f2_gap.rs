//! F2: a period without records where records were to be expected.

use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::holidays::{JAPAN_SECS, is_closed, weekday};
use crate::base::{Arrange, Instant, Text, rfc3339};
use crate::baseline::{BIN_SECS, Bin};
use crate::finding::{
    Confidence, Finding, Gap, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The detection.
pub struct GapInLog;

/// Hours of a week.
const WEEK_HOURS: usize = 168;
/// Seconds of a week.
const WEEK_SECS: i64 = 7 * 86_400;
/// Of other weeks, one in so many may be about as empty in the same hours.
const EMPTY_PER: usize = 8;
/// A week counts as about as empty below one in so many of what is to be expected.
const EMPTY_SHARE: u64 = 4;
/// Records of an hour below which it says nothing of how they cluster.
const FEW: u64 = 4;
/// Bins of an hour.
const HOUR_BINS: u64 = (3_600 / BIN_SECS) as u64;

impl Detector for GapInLog {
    type Partial = ();

    const CARD: Card = Card {
        id: "F2",
        name: Text::fixed("Gap against expectation", "期待に反する空白"),
        what: Text::fixed(
            "A period without a single record in which 20 or more were to be expected: the median of the same hours of the other weeks, over at least 14 days of history, where at most one week in eight has under a quarter of that. Where records come in clusters, as those of a session do, so many times more must be expected. Japanese holidays, 29 December to 3 January and 13 to 16 August are compared with Sundays. Rotated files of one log count together. Where the other logs go on meanwhile, missing records are likely; where others stop as well, an outage is as good an explanation.",
            "1件の記録もない期間のうち、20件以上が期待されるもの(14日以上の履歴における他の週の同じ時間帯の中央値。その4分の1未満の週が8週に1週以下の場合に限ります)。セッションのように記録がまとまって発生するログでは、その分多い件数を必要とします。日本の祝日・年末年始(12月29日~1月3日)・8月13~16日は日曜日と比較します。ローテーションされたファイルは合わせて数えます。他のログが継続していれば欠落の可能性が高く、他のログも止まっていれば障害でも説明できます。",
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
    const NEEDS_ALL: bool = true;

    fn observe(&self, _: &Seen<'_>, (): &mut ()) {}

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let mut verdict = Verdict::default();
        let (all, short) = holes(context);
        for (name, holes) in &all {
            for hole in holes {
                let meanwhile = Meanwhile::of(name, hole, &all);
                verdict.gaps.push(hole.reported(name));
                verdict.findings.push(hole.finding(name, &meanwhile));
            }
        }
        if !short.is_empty() {
            let names = short.join(", ");
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
/// The holes of every log source that is long enough to know what is usual.
type Holes = BTreeMap<String, Vec<Hole>>;

/// The holes by log source, and the log sources that are too short.
fn holes(context: &Conclusion<'_>) -> (Holes, Vec<String>) {
    let limits = context.thresholds;
    let is_short = |bins: &Bins| history_days(bins) < i64::from(limits.gap_history_days);
    let (short, long): (Vec<_>, Vec<_>) =
        by_log_source(context).into_iter().partition(|(_, bins)| is_short(bins));
    let holes = long.into_iter().map(|(name, bins)| {
        let holes = gaps(&bins, u64::from(limits.gap_expected));
        (name, holes)
    });
    (holes.collect(), short.into_iter().map(|(name, _)| name).collect())
}

/// The holes of all log sources: from the last record before to the first after.
pub(super) fn spans(context: &Conclusion<'_>) -> Vec<(Instant, Instant)> {
    holes(context).0.values().flatten().map(Hole::span).collect()
}

/// What the other log sources do during a hole.
enum Meanwhile {
    /// There are none that are long enough.
    Nothing,
    /// They go on.
    GoesOn(Vec<String>),
    /// Some stop as well.
    Stops(Vec<String>),
}

impl Meanwhile {
    fn of(name: &str, hole: &Hole, all: &Holes) -> Self {
        let (from, until) = hole.span();
        let meets = |other: &Hole| other.span().0 < until && from < other.span().1;
        let others = || all.iter().filter(|(other, _)| *other != name);
        let names = |of: Vec<(&String, &Vec<Hole>)>| of.iter().map(|(n, _)| (*n).clone()).collect();
        let (stopped, on): (Vec<_>, Vec<_>) =
            others().partition(|(_, holes)| holes.iter().any(meets));
        match (stopped.is_empty(), on.is_empty()) {
            (false, _) => Self::Stops(names(stopped)),
            (true, false) => Self::GoesOn(names(on)),
            (true, true) => Self::Nothing,
        }
    }

    const fn state(&self) -> State {
        match self {
            Self::GoesOn(_) => State::Likely,
            Self::Nothing | Self::Stops(_) => State::Possible,
        }
    }

    fn words(&self) -> Text {
        match self {
            Self::Nothing => Text::fixed("", ""),
            Self::GoesOn(names) => Text::new(
                format!(" Meanwhile these go on: {}.", names.join(", ")),
                format!("その間も次のログは継続しています:{}。", names.join("、")),
            ),
            Self::Stops(names) => Text::new(
                format!(" Meanwhile these stop as well: {}.", names.join(", ")),
                format!("その間、次のログも止まっています:{}。", names.join("、")),
            ),
        }
    }
}

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
            let expected = usual.expected(empty.clone());
            let is_hole = expected >= least && is_rare(bins, &empty, least * usual.clusters());
            is_hole.then_some(Hole { before: *before, after: *after, expected })
        })
        .collect()
}

/// Whether the same hours of other weeks hold at least so many records, and hardly any week under a
/// quarter of that: what comes now and then though nothing is missing is no hole. Weeks that are
/// closed on other days say nothing.
fn is_rare(bins: &Bins, empty: &Range<Instant>, least: u64) -> bool {
    let (Some((first, _)), Some((last, _))) = (bins.first_key_value(), bins.last_key_value())
    else {
        return false;
    };
    let hours = || (empty.start.div_euclid(3_600)..=(empty.end - 1).div_euclid(3_600)).step_by(12);
    let is_alike = |shift: &i64| {
        *shift != 0 && hours().all(|hour| slot_of(hour) == slot_of(hour + shift / 3_600))
    };
    let records = |shift: i64| -> u64 {
        let same = bins.range(empty.start + shift..empty.end + shift);
        same.map(|(_, bin)| u64::from(bin.records)).sum()
    };
    let weeks = (first - empty.start) / WEEK_SECS..=(last + BIN_SECS - empty.end) / WEEK_SECS;
    let mut alike: Vec<u64> =
        weeks.map(|week| week * WEEK_SECS).filter(is_alike).map(records).collect();
    alike.arrange();
    let Some(middle) = alike.get(alike.len().saturating_sub(1) / 2) else { return false };
    let about_empty = alike.partition_point(|records| *records < middle / EMPTY_SHARE);
    *middle >= least && about_empty * EMPTY_PER <= alike.len()
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

/// The hour of the week in Japan that an hour since 1970 is; on a holiday that of a Sunday.
fn slot_of(hour: i64) -> usize {
    let local = hour + JAPAN_SECS / 3_600;
    let day = local.div_euclid(24);
    let weekday = match weekday(day) {
        0..=4 if is_closed(day) => 6,
        weekday => weekday,
    };
    usize::try_from(weekday * 24 + local.rem_euclid(24)).unwrap_or(0)
}

/// What is usual in each hour.
struct Usual {
    /// The first hour of the log, by hours since 1970.
    first: i64,
    /// Records of every hour from the first on.
    hours: Vec<u64>,
    /// Records of each hour of the week, least first.
    weekly: Vec<Vec<u64>>,
}

impl Usual {
    fn of(hours: &BTreeMap<i64, u64>) -> Self {
        let mut weekly = vec![Vec::new(); WEEK_HOURS];
        for (hour, records) in hours {
            weekly[slot_of(*hour)].push(*records);
        }
        weekly.iter_mut().for_each(|same| same.sort_unstable());
        let first = hours.first_key_value().map_or(0, |(first, _)| *first);
        Self { first, hours: hours.values().copied().collect(), weekly }
    }

    /// Records to be expected in a period: for each of its bins, the share of the median of the
    /// same hour of the other weeks.
    fn expected(&self, period: Range<Instant>) -> u64 {
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

    /// About how many records come together, 1 where each comes by itself: the square of how far
    /// hours are off their median, in units of that. Of records that come by themselves the middle
    /// one of these squares is 0.455.
    fn clusters(&self) -> u64 {
        let mut squares = Vec::new();
        for same in &self.weekly {
            let middle = same.get(same.len().saturating_sub(1) / 2).copied().unwrap_or(0);
            if middle >= FEW {
                squares.extend(same.iter().map(|one| one.abs_diff(middle).pow(2) * 1_000 / middle));
            }
        }
        squares.sort_unstable();
        let middle = squares.get(squares.len() / 2).copied().unwrap_or(0);
        middle.div_ceil(455).max(1)
    }

    /// The lower median of the same hour of all other weeks.
    fn median(&self, hour: i64) -> u64 {
        let same = &self.weekly[slot_of(hour)];
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
    const fn span(&self) -> (Instant, Instant) {
        (self.before.last.0, self.after.first.0)
    }

    fn reported(&self, name: &str) -> Gap {
        Gap {
            log_source: name.to_owned(),
            from: rfc3339(self.before.last.0),
            until: rfc3339(self.after.first.0),
            expected: self.expected,
        }
    }

    fn finding(&self, name: &str, meanwhile: &Meanwhile) -> Finding {
        let ((from, before), (until, after)) = (self.before.last, self.after.first);
        let (minutes, expected) = ((until - from) / 60, self.expected);
        let meanwhile_words = meanwhile.words();
        Finding {
            confidence: Confidence::Moderate,
            grade: Grade::E1,
            subject: Subject { kind: SubjectKind::LogSource, value: name.to_owned() },
            first: Some(rfc3339(from)),
            last: Some(rfc3339(until)),
            count: 2,
            reason: Text::new(
                format!("No record for {minutes} minutes; the same hours of other weeks hold about {expected} (median). The two records below are the last before and the first after.{}", meanwhile_words.en),
                format!("{minutes}分間記録がありません。他の週の同じ時間帯の中央値は約{expected}件です。下の2件は直前と直後の記録です。{}", meanwhile_words.ja),
            ),
            scope: Scope {
                records: BTreeSet::from([before.key(), after.key()]),
                ..Scope::default()
            },
            places: vec![(Some(from), before), (Some(until), after)],
            speaks_to: vec![(Question::Q8, meanwhile.state())],
            ..GapInLog::CARD.finding(Text::new(
                format!("{name} has no records for {minutes} minutes where about {expected} were to be expected"),
                format!("{name} に{minutes}分間の空白(約{expected}件が期待される時間帯)"),
            ))
        }
    }
}
