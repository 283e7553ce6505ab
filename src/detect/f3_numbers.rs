//! F3: numbers of records that are missing in a log that counts its records.

use super::accounts::{place, stated, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Gather, Text, counted, visible};
use crate::baseline::{Block, Mark};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use std::collections::BTreeSet;

/// The detection.
pub struct MissingNumbers;

/// Records of a log that show how it counts.
const RECORDS: usize = 100;
/// One hole in so many records: an export of some kinds of events has far more.
const RARE: usize = 50;
/// Holes that are named.
const NAMED: usize = 5;

impl Detector for MissingNumbers {
    type Partial = ();

    const CARD: Card = Card {
        id: "F3",
        name: Text::fixed("Missing record numbers", "レコード番号の欠番"),
        what: Text::fixed(
            "Numbers that are missing between the lowest and the highest record of a Windows log of one machine in one file, 100 records or more, with at most one hole in 50 records. Logs with more holes are taken for exports of some kinds of events. Not measured on real logs.",
            "1台のWindowsログ(同一ファイル内、100件以上)で、最小から最大の間のレコード番号に欠番があるもの(欠番の箇所が50件に1箇所以下の場合)。欠番の多いログは、イベントの種類を絞った出力とみなします。実ログでの実測はありません。",
        ),
        why: Text::fixed(
            "Windows counts the records of a log by one. A hole is a record that was taken out, or not exported.",
            "Windowsはレコードに連番を付けます。欠番は、削除された、または出力されなかったレコードを意味します。",
        ),
        innocent: Text::fixed(
            "An export that leaves out some kinds of events: ask for the whole file.",
            "一部のイベントを除いた出力(ファイル全体の提出を依頼してください)。",
        ),
        needs: Needs {
            fields: &[Field::RecordNumber],
            words: Text::fixed(
                "Windows event logs as whole files, or exported with the number of each record.",
                "Windowsイベントログのファイル全体、またはレコード番号を含む出力。",
            ),
        },
        attack: &["T1070"],
        severity: Severity::Medium,
    };
    const NEEDS_ALL: bool = true;

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let words = &Self::CARD.needs.words;
        let Some(logs) = context.baseline.numbers.by_log() else {
            let reason = Text::fixed(
                "There are more records with numbers than can be compared.",
                "番号付きのレコードが多く、比較できる上限を超えています。",
            );
            return unevaluable(reason, words);
        };
        let logs: Vec<_> = logs.iter().map(|blocks| Log::of(blocks)).collect();
        let can_tell =
            |log: &&Log<'_>| log.records >= RECORDS && log.holes.len() * RARE <= log.records;
        let findings: Vec<_> = logs
            .iter()
            .filter(can_tell)
            .filter(|log| !log.holes.is_empty())
            .filter_map(|log| log.finding(context))
            .collect();
        let not_evaluable = logs.iter().all(|log| !can_tell(&log)).then(|| {
            let reason = Text::fixed(
                "The logs hold few records, or some kinds of events only.",
                "レコードが少ないか、イベントの種類を絞った出力です。",
            );
            (reason, words.clone())
        });
        Verdict { findings, not_evaluable, ..Verdict::default() }
    }
}

/// A log with its holes.
struct Log<'a> {
    name: &'a str,
    records: usize,
    /// First and last missing number, and the records nearby.
    holes: Vec<((u64, u64), [Mark; 2])>,
}

impl<'a> Log<'a> {
    fn of(blocks: &[&'a Block]) -> Self {
        let mut log = Self {
            name: blocks.first().map_or("-", |block| &block.name),
            records: 0,
            holes: Vec::new(),
        };
        let mut last: Option<(u64, Mark)> = None;
        for block in blocks {
            let [low, high] = block.places();
            for number in block.numbers() {
                log.records += 1;
                if let Some((before, mark)) = last.filter(|(before, _)| before + 1 < number) {
                    let is_inside = before >= block.start;
                    let beside = if is_inside { [low, high] } else { [mark, low] };
                    log.holes.push(((before + 1, number - 1), beside));
                }
                last = Some((number, high));
            }
        }
        log
    }

    fn finding(&self, context: &Conclusion<'_>) -> Option<Finding> {
        let shown: BTreeSet<Mark> =
            self.holes.iter().take(NAMED).flat_map(|(_, beside)| *beside).gather();
        let (first, last) = stated((shown.first()?.0, shown.last()?.0));
        let stream = context
            .streams
            .iter()
            .find(|one| Some(one.id) == shown.first().map(|mark| mark.1.stream));
        let source = stream.map_or("-", |stream| stream.log_source.as_str());
        let missing: u64 = self.holes.iter().map(|((from, to), _)| to - from + 1).sum();
        let named = self.holes.iter().take(NAMED).map(|((from, to), _)| match from == to {
            true => from.to_string(),
            false => format!("{from}–{to}"),
        });
        let named = named.collect::<Vec<_>>().join(", ");
        let (name, holes) = (visible(self.name), self.holes.len());
        let missing_en = counted(usize::try_from(missing).unwrap_or(usize::MAX), "number");
        Some(Finding {
            confidence: Confidence::Moderate,
            grade: Grade::E1,
            subject: Subject { kind: SubjectKind::LogSource, value: source.to_owned() },
            first,
            last,
            count: shown.len() as u64,
            reason: Text::new(
                format!(
                    "{name}: {missing_en} missing in {}: {named}. Shown are records beside the first of them.",
                    counted(holes, "place")
                ),
                format!(
                    "{name}:{holes}箇所で{missing}件の欠番({named})。最初の欠番付近の記録を示します。"
                ),
            ),
            scope: Scope {
                records: shown.iter().map(|mark| mark.1.key()).gather(),
                ..Scope::default()
            },
            places: shown.iter().copied().map(place).collect(),
            speaks_to: vec![(Question::Q8, State::Possible)],
            ..MissingNumbers::CARD.finding(Text::new(
                format!("{missing_en} of records missing in {source}"),
                format!("{source} にレコード番号の欠番{missing}件"),
            ))
        })
    }
}
