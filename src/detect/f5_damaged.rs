//! F5: files that are cut off, damaged or altered.

use super::{Card, Conclusion, Detector, Marks, Needs, Seen, StreamView, Verdict};
use crate::base::{Text, rfc3339};
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};

/// The detection.
pub struct Damaged;

impl Detector for Damaged {
    type Partial = ();

    const CARD: Card = Card {
        id: "F5",
        name: Text::fixed("Cut off or altered file", "途中で切れた・改変されたファイル"),
        what: Text::fixed(
            "A last line that is cut off, a compressed file that ends early or fails its checksum, runs of NUL bytes, a run of 20 or more lines that no format fits inside a log that is otherwise understood.",
            "途中で切れた最終行、途中で終わる・チェックサムの合わない圧縮ファイル、NULバイトの連続、他は読めるログの中で20行以上続く読めない行。",
        ),
        why: Text::fixed(
            "What is missing may be what matters, and a file that was edited proves nothing.",
            "欠けた部分こそ重要かもしれず、編集されたファイルは証拠になりません。",
        ),
        innocent: Text::fixed(
            "A file copied while the server wrote to it, a full disk, a transfer that broke off.",
            "書き込み中のコピー、ディスク満杯、転送の中断。",
        ),
        needs: Needs {
            fields: &[],
            words: Text::fixed(
                "Files as the server wrote them.",
                "サーバーが書いたままのファイル。",
            ),
        },
        attack: &["T1565.001"],
        severity: Severity::Medium,
    };
    const WANTS: Marks = Marks::EMPTY;

    fn observe(&self, _: &Seen<'_>, (): &mut ()) {}

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let is_damaged = |stream: &&StreamView| !stream.damage.is_empty() && stream.parsed > 0;
        let findings = context.streams.iter().filter(is_damaged).map(finding).collect();
        Verdict { findings, ..Verdict::default() }
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        finding.scope.records.contains(&seen.event.location.key())
    }
}

fn finding(stream: &StreamView) -> Finding {
    let damage = &stream.damage;
    let join = |pick: fn(&Text) -> &str| {
        damage.iter().take(5).map(|d| pick(&d.what)).collect::<Vec<_>>().join(" ")
    };
    let is_only_last_line = damage.len() == 1 && damage[0].lines == 1;
    let places: Vec<_> = damage.iter().filter_map(|d| d.place).map(|place| (None, place)).collect();
    Finding {
        severity: if is_only_last_line { Severity::Low } else { Severity::Medium },
        confidence: Confidence::High,
        grade: Grade::E1,
        subject: Subject { kind: SubjectKind::LogSource, value: stream.name.clone() },
        first: stream.span.map(|span| rfc3339(span.0)),
        last: stream.span.map(|span| rfc3339(span.1)),
        count: places.len() as u64,
        reason: Text::new(join(|text| &text.en), join(|text| &text.ja)),
        scope: Scope {
            records: places.iter().map(|place: &crate::finding::Place| place.1.key()).collect(),
            ..Scope::default()
        },
        places,
        speaks_to: vec![(Question::Q8, State::Possible)],
        ..Damaged::CARD.finding(Text::new(
            format!("{} is cut off, damaged or altered", stream.name),
            format!("{} は途中で切れている、または破損・改変されています", stream.name),
        ))
    }
}
