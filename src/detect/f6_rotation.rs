//! F6: a file of a rotated series is not there.

use super::{Card, Conclusion, Detector, Needs, StreamView, Verdict};
use crate::base::holidays::is_closed;
use crate::base::{Instant, Location, Text, counted, rfc3339};
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The detection.
pub struct RotationHole;

/// Files that make a series of dates, and of numbers.
const DATED: usize = 5;
const NUMBERED: usize = 3;
/// Percent of the steps from one date to the next that are alike.
const ALIKE_PERCENT: usize = 80;

impl Detector for RotationHole {
    type Partial = ();

    const CARD: Card = Card {
        id: "F6",
        name: Text::fixed("File missing from a rotated series", "ローテーションの欠番"),
        what: Text::fixed(
            "A number or a date that is missing among the names of a log's rotated files (3 numbers, or 5 dates of which 80 % follow one another at the same step), where the records leave a hole of half a usual file's period or more. Days on which offices are closed are not missed.",
            "ローテーションされたファイル名の番号または日付の欠落(番号は3以上、日付は5以上で80%が同じ間隔のもの)のうち、記録にも通常の1ファイルの期間の半分以上の空白があるもの。休業日の欠落は対象外です。",
        ),
        why: Text::fixed(
            "A file that was removed, or not handed in, is a time that nobody can answer for.",
            "削除された、または提出されなかったファイルの期間については、何も判定できません。",
        ),
        innocent: Text::fixed(
            "A file that was not handed in, a day without records, a changed rotation.",
            "提出漏れ、記録のない日、ローテーション設定の変更。",
        ),
        needs: Needs {
            fields: &[],
            words: Text::fixed(
                "The rotated files of a log under their own names.",
                "ローテーションされたログファイル一式(元の名前のまま)。",
            ),
        },
        attack: &["T1070"],
        severity: Severity::Medium,
    };
    const NEEDS_ALL: bool = true;

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let mut series = BTreeMap::<&str, Vec<Member<'_>>>::new();
        for stream in context.streams.iter().filter(|stream| stream.span.is_some()) {
            series.entry(&stream.log_source).or_default().extend(Member::of(stream));
        }
        let holes: Vec<_> = series.values().map(|members| holes(members)).collect();
        if holes.iter().all(Option::is_none) {
            let reason = Text::fixed(
                "No log was given as a series of rotated files with numbers or dates in their names.",
                "番号または日付を名前に含む、ローテーションされたファイルの提供がありません。",
            );
            return super::accounts::unevaluable(reason, &Self::CARD.needs.words);
        }
        let findings = holes.iter().flatten().flatten().filter_map(|hole| hole.finding(context));
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }
}

/// A file of a series.
struct Member<'a> {
    /// Its number, counted backwards, or its day: later files have higher ones.
    place: i64,
    is_dated: bool,
    stream: &'a StreamView,
    span: (Instant, Instant),
}

impl<'a> Member<'a> {
    fn of(stream: &'a StreamView) -> Option<Self> {
        let mark = stream.name.strip_prefix(&stream.log_source)?;
        let digits = mark.trim_start_matches(['-', '.', '_']);
        let end = digits.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '_')));
        let digits = digits.get(..end.unwrap_or(digits.len()))?.replace(['-', '_'], "");
        let (is_dated, place) = match digits.len() {
            0 => (false, 0),
            1..=4 => (false, -digits.parse::<i64>().ok()?),
            8 => (true, day(&digits)?),
            _ => return None,
        };
        Some(Self { place, is_dated, stream, span: stream.span? })
    }
}

/// The day that eight digits name, since 1970-01-01.
fn day(digits: &str) -> Option<i64> {
    let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i16>().ok();
    let (month, day) = (i8::try_from(part(4..6)?).ok()?, i8::try_from(part(6..8)?).ok()?);
    let date = Date::new(part(0..4)?, month, day).ok()?;
    Some(i64::from((date - Date::constant(1970, 1, 1)).get_days()))
}

/// A hole in a series.
struct Hole<'a> {
    before: &'a Member<'a>,
    after: &'a Member<'a>,
    missing: i64,
}

/// The holes of a series; none where there is no series.
fn holes<'a>(members: &'a [Member<'a>]) -> Option<Vec<Hole<'a>>> {
    let dated = members.iter().filter(|member| member.is_dated).count();
    let is_dated = dated >= DATED;
    let mut places = BTreeMap::<i64, &Member<'_>>::new();
    for member in members.iter().filter(|member| member.is_dated == is_dated) {
        places.entry(member.place).or_insert(member);
    }
    if places.len() < if is_dated { DATED } else { NUMBERED } {
        return None;
    }
    let pairs = || places.iter().zip(places.iter().skip(1));
    let mut steps = BTreeMap::<i64, usize>::new();
    for ((one, _), (other, _)) in pairs() {
        *steps.entry(other - one).or_default() += 1;
    }
    let usual = steps.iter().max_by_key(|(step, count)| (**count, -**step))?;
    let step = if is_dated { *usual.0 } else { 1 };
    if is_dated && usual.1 * 100 < (places.len() - 1) * ALIKE_PERCENT {
        return None;
    }
    let mut lengths: Vec<i64> = places.values().map(|one| one.span.1 - one.span.0).collect();
    lengths.sort_unstable();
    let usual_length = lengths[lengths.len() / 2];
    let found = pairs().filter_map(|((one, before), (other, after))| {
        let missing = (other - one) / step - 1;
        let silent = after.span.0 - before.span.1;
        let is_open = |day: i64| !is_closed(day) && !is_closed(day - 1);
        let is_missed = !is_dated || (1..=missing).any(|nth| is_open(one + nth * step));
        let is_hole = missing > 0 && is_missed && silent * 2 >= usual_length && silent > 0;
        is_hole.then_some(Hole { before, after, missing })
    });
    Some(found.collect())
}

impl Hole<'_> {
    fn finding(&self, context: &Conclusion<'_>) -> Option<Finding> {
        let order = &context.baseline.order;
        let last: (Instant, Location) = order.ends(self.before.stream.id)?.1;
        let first: (Instant, Location) = *order.ends(self.after.stream.id)?.0.first()?;
        let (from, until) = (self.before.span.1, self.after.span.0);
        let (before, after) = (&self.before.stream.name, &self.after.stream.name);
        let name = &self.before.stream.log_source;
        let missing = usize::try_from(self.missing).unwrap_or(1);
        let hours = (until - from) / 3_600;
        Some(Finding {
            confidence: Confidence::Moderate,
            grade: Grade::E1,
            subject: Subject { kind: SubjectKind::LogSource, value: name.clone() },
            first: Some(rfc3339(from)),
            last: Some(rfc3339(until)),
            count: 2,
            reason: Text::new(
                format!(
                    "{} missing between {before} and {after}, whose records are {hours} hours apart. Shown are the last record of the one and the first of the other.",
                    counted(missing, "file")
                ),
                format!(
                    "{before} と {after} の間の{missing}ファイルがなく、両者の記録は{hours}時間離れています。前者の最後と後者の最初の記録を示します。"
                ),
            ),
            scope: Scope { records: [last.1.key(), first.1.key()].into(), ..Scope::default() },
            places: vec![super::accounts::place(last), super::accounts::place(first)],
            speaks_to: vec![(Question::Q8, State::Likely)],
            ..RotationHole::CARD.finding(Text::new(
                format!("{} of the series {name} missing", counted(missing, "file")),
                format!("{name} のローテーションファイル{missing}件が欠落"),
            ))
        })
    }
}
