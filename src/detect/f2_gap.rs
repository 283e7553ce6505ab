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
/// Hours of a day.
const DAY_HOURS: i64 = 24;
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
    let usual = Usual::of(records_by_hour(bins));
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

/// Records of each hour that has some, by hours since 1970.
fn records_by_hour(bins: &Bins) -> Vec<(i64, u64)> {
    let mut hours = Vec::<(i64, u64)>::new();
    for (start, bin) in bins.iter().filter(|(_, bin)| bin.records > 0) {
        let (hour, records) = (start.div_euclid(3_600), u64::from(bin.records));
        match hours.last_mut() {
            Some((last, known)) if *last == hour => *known += records,
            _ => hours.push((hour, records)),
        }
    }
    hours
}

/// The hours of a day in Japan, by hours since 1970.
fn hours_of(day: i64) -> Range<i64> {
    let first = day * DAY_HOURS - JAPAN_SECS / 3_600;
    first..first + DAY_HOURS
}

/// The day in Japan that an hour since 1970 is of.
const fn day_of(hour: i64) -> i64 {
    (hour + JAPAN_SECS / 3_600).div_euclid(DAY_HOURS)
}

/// The day of the week that a day counts as: on a holiday a Sunday.
fn weekday_of(day: i64) -> i64 {
    match weekday(day) {
        0..=4 if is_closed(day) => 6,
        weekday => weekday,
    }
}

/// The hour of the week in Japan that an hour since 1970 is; on a holiday that of a Sunday.
fn slot_of(hour: i64) -> usize {
    let day = day_of(hour);
    usize::try_from(weekday_of(day) * DAY_HOURS + hour - hours_of(day).start).unwrap_or(0)
}

/// The records of one hour of the week. A log may span two centuries and most of its hours have none:
/// these are only counted.
#[derive(Clone, Debug, Default)]
struct Same {
    empty: usize,
    /// Those of the others, least first.
    records: Vec<u64>,
}

impl Same {
    const fn len(&self) -> usize {
        self.empty + self.records.len()
    }

    /// The records at a place, least first.
    fn at(&self, place: usize) -> u64 {
        let behind = place.checked_sub(self.empty);
        behind.and_then(|place| self.records.get(place)).copied().unwrap_or(0)
    }

    /// How many hours have fewer than so many.
    fn below(&self, records: u64) -> usize {
        let empty = if records > 0 { self.empty } else { 0 };
        empty + self.records.partition_point(|one| *one < records)
    }

    /// The lower median of all but one, which has so many.
    fn median_beside(&self, own: u64) -> u64 {
        let others = self.len().saturating_sub(1);
        let middle = others.saturating_sub(1) / 2;
        // The hour itself stands among them and is passed over.
        let place = middle + usize::from(middle >= self.below(own));
        if others == 0 { 0 } else { self.at(place) }
    }
}

/// What is usual in each hour.
struct Usual {
    /// Records of each hour that has some, by hours since 1970.
    hours: Vec<(i64, u64)>,
    /// Of each hour of the week.
    weekly: Vec<Same>,
    /// Records to be expected on each day of the week, where there are none.
    daily: Vec<u64>,
}

impl Usual {
    fn of(hours: Vec<(i64, u64)>) -> Self {
        let mut weekly = vec![Same::default(); WEEK_HOURS];
        for (hour, records) in &hours {
            weekly[slot_of(*hour)].records.push(*records);
        }
        let span =
            hours.first().zip(hours.last()).map_or(0..0, |(first, last)| first.0..last.0 + 1);
        let mut all = vec![0; WEEK_HOURS];
        for day in day_of(span.start)..=day_of(span.end) {
            let (own, slot) = (hours_of(day), slot_of(hours_of(day).start));
            for hour in own.start.max(span.start)..own.end.min(span.end) {
                all[slot + (hour - own.start) as usize] += 1;
            }
        }
        for (same, all) in weekly.iter_mut().zip(all) {
            same.records.sort_unstable();
            same.empty = all - same.records.len();
        }
        let days = weekly.chunks(DAY_HOURS as usize);
        let daily = days.map(|day| day.iter().map(|same| same.median_beside(0)).sum()).collect();
        Self { hours, weekly, daily }
    }

    /// Records to be expected in a period without any: for each of its bins, the share of the median
    /// of the same hour of the other weeks.
    fn expected(&self, period: Range<Instant>) -> u64 {
        let mut twelfths = 0;
        let mut start = period.start;
        while start < period.end {
            let hour = start.div_euclid(3_600);
            let day = day_of(hour);
            let whole = hours_of(day).start * 3_600..hours_of(day).end * 3_600;
            if start == whole.start && whole.end <= period.end {
                twelfths += self.daily[weekday_of(day) as usize] * HOUR_BINS;
                start = whole.end;
                continue;
            }
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
            let middle = same.at(same.len().saturating_sub(1) / 2);
            if middle >= FEW {
                let square = |one: u64| one.abs_diff(middle).pow(2) * 1_000 / middle;
                squares.push((square(0), same.empty));
                squares.extend(same.records.iter().map(|one| (square(*one), 1)));
            }
        }
        squares.sort_unstable();
        let all: usize = squares.iter().map(|(_, hours)| hours).sum();
        let mut behind = squares.iter().scan(0, |before, (square, hours)| {
            *before += hours;
            Some((*before, *square))
        });
        let middle = behind.find(|(before, _)| *before > all / 2).map_or(0, |(_, square)| square);
        middle.div_ceil(455).max(1)
    }

    /// The lower median of the same hour of all other weeks.
    fn median(&self, hour: i64) -> u64 {
        let span = self.hours.first().zip(self.hours.last());
        if !span.is_some_and(|(first, last)| (first.0..=last.0).contains(&hour)) {
            return 0;
        }
        let own = self.hours.binary_search_by_key(&hour, |known| known.0);
        let own = own.ok().and_then(|place| self.hours.get(place)).map_or(0, |known| known.1);
        self.weekly[slot_of(hour)].median_beside(own)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Random;

    /// The slow twin: every hour of the log, one by one.
    struct EachHour(Vec<(i64, u64)>);

    impl EachHour {
        fn of(some: &[(i64, u64)]) -> Self {
            let (first, last) = (some[0].0, some[some.len() - 1].0);
            let records =
                |hour| some.iter().find(|known| known.0 == hour).map_or(0, |known| known.1);
            Self((first..=last).map(|hour| (hour, records(hour))).collect())
        }

        fn same(&self, slot: usize) -> Vec<u64> {
            let same = self.0.iter().filter(|(hour, _)| slot_of(*hour) == slot);
            let mut records: Vec<_> = same.map(|(_, records)| *records).collect();
            records.sort_unstable();
            records
        }

        fn median(&self, hour: i64) -> u64 {
            let Some((_, own)) = self.0.iter().find(|known| known.0 == hour) else { return 0 };
            let mut others = self.same(slot_of(hour));
            others.remove(others.iter().position(|records| records == own).unwrap());
            others.get(others.len().saturating_sub(1) / 2).copied().unwrap_or(0)
        }

        fn expected(&self, period: Range<Instant>) -> u64 {
            let bins = period.step_by(BIN_SECS as usize);
            bins.map(|start| self.median(start.div_euclid(3_600))).sum::<u64>() / HOUR_BINS
        }

        fn clusters(&self) -> u64 {
            let mut squares = Vec::new();
            for same in (0..WEEK_HOURS).map(|slot| self.same(slot)) {
                let middle = same.get(same.len().saturating_sub(1) / 2).copied().unwrap_or(0);
                let square = |one: &u64| one.abs_diff(middle).pow(2) * 1_000 / middle;
                squares.extend(same.iter().filter(|_| middle >= FEW).map(square));
            }
            squares.sort_unstable();
            squares.get(squares.len() / 2).copied().unwrap_or(0).div_ceil(455).max(1)
        }
    }

    #[test]
    fn what_is_usual_is_as_counted_hour_by_hour() {
        let mut random = Random::new(5);
        for round in 0..6 {
            // From the Golden Week of 2021 on, with weekends, and nights without records.
            let first = 450_000 + random.below(200) as i64;
            let is_open = |hour: &i64| !(10..22).contains(&(hour % 24)) || round % 3 == 0;
            let hours = (first..first + 24 * 40).filter(is_open);
            let some = hours.map(|hour| (hour, random.below(3) * random.below(20)));
            let mut some: Vec<_> = some.filter(|(_, records)| *records > 0).collect();
            // A hole of days, and hours at its edges of which a part is left.
            some.retain(|(hour, _)| !(first + 300..first + 300 + 80 * round).contains(hour));
            let (usual, slow) = (Usual::of(some.clone()), EachHour::of(&some));
            assert_eq!(usual.clusters(), slow.clusters(), "{round}");
            let is_hole = |pair: &&[(i64, u64)]| pair[1].0 - pair[0].0 > 9;
            for pair in some.windows(2).filter(is_hole) {
                let period = pair[0].0 * 3_600 + BIN_SECS * 3..pair[1].0 * 3_600 + BIN_SECS * 5;
                let (fast, slow) = (usual.expected(period.clone()), slow.expected(period));
                assert_eq!(fast, slow, "{round}: {pair:?}");
            }
        }
    }
}
