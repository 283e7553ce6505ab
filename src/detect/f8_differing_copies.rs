//! F8: two copies of a log that differ.

use super::accounts::{place, stated, unevaluable};
use super::{Card, Conclusion, Detector, Needs, StreamView, Verdict};
use crate::base::{Arrange, Instant, Text};
use crate::baseline::{BIN_SECS, Bin, Mark};
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};

/// The detection.
pub struct DifferingCopies;

/// Times of five minutes that two streams must have alike to be of one log.
const ALIKE: usize = 12;
/// And one in so many at most may differ.
const SHARE: usize = 8;
/// Records that one must lack.
const LACKING: u64 = 3;
/// Pairs of streams of the same period that are compared.
const PAIRS: usize = 1 << 12;

/// A stream with its records by time.
type Side<'a> = (&'a StreamView, Vec<(Instant, Bin)>);

impl Detector for DifferingCopies {
    type Partial = ();

    const CARD: Card = Card {
        id: "F8",
        name: Text::fixed("Copies of a log that differ", "同一ログの写しの相違"),
        what: Text::fixed(
            "Two files hold the same records over an hour or more (in each five minutes as many, with the first and the last at the same second and as long), but in at most one in eight of these times one of them lacks records, three or more in all. High where only one lacks some, and all within a day. Records that state an identity of their own are counted once whatever file they are in, and are not compared so.",
            "2つのファイルが1時間以上にわたり同じ記録を含む(5分ごとの件数、最初と最後の記録の時刻と長さが一致する)一方、その8分の1以下の時間帯で一方に計3件以上の記録が欠けているもの。一方のみに、かつ1日以内に欠けがある場合は重大とします。固有IDを持つ記録は、どのファイルにあっても1件と数えるため、この比較の対象外です。",
        ),
        why: Text::fixed(
            "Who takes lines out of a log seldom reaches every copy: what the other has more of is what was to be hidden.",
            "ログから行を削除しても、すべての写しには手が届かないことが多く、他方に残る行が隠そうとした内容です。",
        ),
        innocent: Text::fixed(
            "Exports with different filters, a copy that was taken while lines were still being written.",
            "異なる条件での出力、書き込み中の複写。",
        ),
        needs: Needs {
            fields: &[],
            words: Text::fixed(
                "Two copies of one log of the same period, such as the server's own and a collector's.",
                "同一ログの同じ期間の写し2つ(サーバー上の原本と収集基盤の写しなど)。",
            ),
        },
        attack: &["T1565.001"],
        severity: Severity::Medium,
    };
    const NEEDS_ALL: bool = true;

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let mut sides: Vec<Side<'_>> = context
            .streams
            .iter()
            .filter(|stream| stream.span.is_some())
            .filter_map(|stream| {
                let calendar = context.baseline.calendars.get(&stream.id)?;
                Some((stream, calendar.sorted()))
            })
            .collect();
        sides.arrange_by_key(|side| (side.0.span, side.0.id));
        let (mut findings, mut compared) = (Vec::new(), 0);
        for (at, one) in sides.iter().enumerate() {
            let ends = one.0.span.map(|span| span.1);
            let beside =
                sides[at + 1..].iter().take_while(|other| other.0.span.map(|span| span.0) <= ends);
            for other in beside.take(PAIRS.saturating_sub(compared)) {
                compared += 1;
                findings.extend(judged(one, other));
            }
        }
        if compared == 0 {
            let reason = Text::fixed(
                "No two files are of the same period.",
                "期間の重なるファイルがありません。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        let bounds = (compared >= PAIRS).then(|| {
            Text::fixed(
                "F8 compared 4,096 pairs of files of the same period; there are more.",
                "F8は期間の重なるファイルの組み合わせのうち4,096組のみを比較しました。",
            )
        });
        Verdict { findings, bounds: bounds.into_iter().collect(), ..Verdict::default() }
    }
}

/// Whether two bins look the same.
fn is_same(one: &Bin, other: &Bin) -> bool {
    let ends = |bin: &Bin| (bin.first.0, bin.first.1.length, bin.last.0, bin.last.1.length);
    one.records == other.records && ends(one) == ends(other)
}

/// The bins of a stream that lie wholly within a span.
fn within(bins: &[(Instant, Bin)], (from, until): (Instant, Instant)) -> &[(Instant, Bin)] {
    let first = bins.partition_point(|(start, _)| *start <= from);
    let end = bins.partition_point(|(start, _)| start + BIN_SECS <= until);
    bins.get(first..end).unwrap_or_default()
}

/// How two streams compare.
#[derive(Default)]
struct Compared {
    alike: usize,
    differing: usize,
    /// Times in which the one has more, and by how many.
    more: Vec<(Bin, u64)>,
    /// Times in which the other has more.
    less: Vec<(Bin, u64)>,
}

impl Compared {
    /// Compares the bins of two streams; none where more differ than may.
    fn of(mut one: &[(Instant, Bin)], mut other: &[(Instant, Bin)]) -> Option<Self> {
        let most = (one.len() + other.len()) / SHARE;
        let mut compared = Self::default();
        while let Some(start) = [one, other].iter().filter_map(|side| Some(side.first()?.0)).min() {
            let take = |side: &mut &[(Instant, Bin)]| {
                let (next, rest) = side.split_first().filter(|(next, _)| next.0 == start)?;
                *side = rest;
                Some(next.1)
            };
            compared.bin(take(&mut one), take(&mut other));
            if compared.differing > most {
                return None;
            }
        }
        Some(compared)
    }

    fn bin(&mut self, one: Option<Bin>, other: Option<Bin>) {
        if let (Some(one), Some(other)) = (one, other)
            && is_same(&one, &other)
        {
            self.alike += 1;
            return;
        }
        self.differing += 1;
        let count = |bin: Option<Bin>| bin.map_or(0, |bin| u64::from(bin.records));
        let (has, lacks) = (count(one), count(other));
        match has > lacks {
            true => self.more.extend(one.map(|bin| (bin, has - lacks))),
            false if has < lacks => self.less.extend(other.map(|bin| (bin, lacks - has))),
            false => {}
        }
    }
}

/// Where two streams differ that are otherwise the same.
fn judged(one: &Side<'_>, other: &Side<'_>) -> Option<Finding> {
    let (ends, other_ends) = (one.0.span?, other.0.span?);
    let both = (ends.0.max(other_ends.0), ends.1.min(other_ends.1));
    let Compared { alike, differing, more, less } =
        Compared::of(within(&one.1, both), within(&other.1, both))?;
    let sum = |of: &[(Bin, u64)]| of.iter().map(|(_, count)| count).sum::<u64>();
    let is_one_log = alike >= ALIKE && differing * SHARE <= alike + differing;
    if !is_one_log || sum(&more).max(sum(&less)) < LACKING {
        return None;
    }
    let (full, short, more, less) = match sum(&more) >= sum(&less) {
        true => (one.0, other.0, more, less),
        false => (other.0, one.0, less, more),
    };
    Some(finding((full, short), &more, &less))
}

fn finding(
    (full, short): (&StreamView, &StreamView),
    more: &[(Bin, u64)],
    less: &[(Bin, u64)],
) -> Finding {
    let mut marks: Vec<Mark> = more.iter().flat_map(|(bin, _)| [bin.first, bin.last]).collect();
    marks.sort_unstable();
    marks.dedup();
    let span = marks.first().zip(marks.last()).map(|(first, last)| (first.0, last.0));
    let is_short = span.is_some_and(|(first, last)| last - first <= super::accounts::DAY_SECS);
    let is_grave = less.is_empty() && is_short;
    let lacking: u64 = more.iter().map(|(_, count)| count).sum();
    let (first, last) = span.map(stated).unwrap_or_default();
    let (full_name, short_name) = (&full.name, &short.name);
    Finding {
        severity: if is_grave { Severity::High } else { Severity::Medium },
        confidence: if is_grave { Confidence::Moderate } else { Confidence::Low },
        grade: Grade::E2,
        subject: Subject { kind: SubjectKind::LogSource, value: short.log_source.clone() },
        first,
        last,
        count: marks.len() as u64,
        reason: Text::new(
            format!(
                "{short_name} lacks at least {lacking} records that {full_name} has; in the rest of the time that both cover they are the same. Shown are the first and the last record of {full_name} in each five minutes that differ."
            ),
            format!(
                "{short_name} には、{full_name} にある記録が少なくとも{lacking}件ありません。両者に共通する期間の残りは一致しています。相違のある5分ごとに、{full_name} の最初と最後の記録を示します。"
            ),
        ),
        scope: Scope {
            records: marks.iter().map(|mark| mark.1.key()).collect(),
            ..Scope::default()
        },
        places: marks.into_iter().map(place).collect(),
        speaks_to: vec![(Question::Q8, if is_grave { State::Likely } else { State::Possible })],
        ..DifferingCopies::CARD.finding(Text::new(
            format!("Copies of one log differ: {lacking} records are missing in one"),
            format!("同一ログの写しが相違しています(一方に{lacking}件の欠け)"),
        ))
    }
}
