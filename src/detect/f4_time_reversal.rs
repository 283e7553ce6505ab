//! F4: time that steps back inside a file.

use super::{Card, Conclusion, Detector, Marks, Needs, Seen, StreamView, Verdict};
use crate::base::{Text, counted, rfc3339};
use crate::baseline::Reversal;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};

/// The detection.
pub struct TimeReversal;

/// One step in so many records is disorder, not a clock that was set.
const DISORDER_PER: u64 = 500;
/// A step back to within this of the file's earliest record is another file put behind this one.
const RESTART_SECS: i64 = 3_600;

impl Detector for TimeReversal {
    type Partial = ();

    const CARD: Card = Card {
        id: "F4",
        name: Text::fixed("Time steps back", "時刻の逆行"),
        what: Text::fixed(
            "A record followed by four that are more than 60 seconds older. A lone older record is a long request and does not count; files whose times are in no order at all, and files put behind one another, are only noted.",
            "ある記録の後に60秒を超えて古い記録が4件続くもの。単独の古い記録は長い要求とみなします。順序のないファイルや連結されたファイルは注記にとどめます。",
        ),
        why: Text::fixed(
            "A clock that was set, or lines that were put in or taken out: times near it cannot be trusted.",
            "時計の変更、または行の挿入・削除の可能性があり、付近の時刻は信頼できません。",
        ),
        innocent: Text::fixed(
            "A clock corrected by NTP, a restored virtual machine, several logs merged without sorting.",
            "NTPによる時刻補正、仮想マシンの復元、並べ替えずに結合したログ。",
        ),
        needs: Needs {
            fields: &[], words: Text::fixed("Records with times.", "時刻を含む記録。")
        },
        attack: &["T1070.006"],
        severity: Severity::Medium,
    };
    const WANTS: Marks = Marks::EMPTY;

    fn observe(&self, _: &Seen<'_>, (): &mut ()) {}

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let of_stream = |stream: &StreamView| {
            let (records, steps, kept) = context.baseline.order.of(stream.id);
            (steps > 0).then(|| finding(stream, records, steps, &kept))
        };
        let findings = context.streams.iter().filter_map(of_stream).collect();
        Verdict { findings, ..Verdict::default() }
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        finding.scope.records.contains(&seen.event.location.key())
    }
}

/// What the steps of a file are.
enum Kind {
    Step,
    Joined,
    Disorder,
}

fn kind(stream: &StreamView, records: u64, steps: u64, kept: &[Reversal]) -> Kind {
    let start = stream.span.map_or(i64::MIN, |span| span.0);
    if steps > 8 && steps * DISORDER_PER > records {
        return Kind::Disorder;
    }
    match kept.iter().all(|step| step.after.0 - start <= RESTART_SECS) {
        true => Kind::Joined,
        false => Kind::Step,
    }
}

fn finding(stream: &StreamView, records: u64, steps: u64, kept: &[Reversal]) -> Finding {
    let widest = kept.iter().map(|step| step.before.0 - step.after.0).max().unwrap_or(0);
    let kind = kind(stream, records, steps, kept);
    let name = &stream.name;
    let title = match kind {
        Kind::Step => Text::new(
            format!("Time steps back {} in {name}", counted(steps, "time")),
            format!("{name} で時刻が{steps}回逆行"),
        ),
        Kind::Joined => Text::new(
            format!("{name} looks like several files put behind one another"),
            format!("{name} は複数のファイルを連結したもののようです"),
        ),
        Kind::Disorder => Text::new(
            format!("{name} is not in order of time"),
            format!("{name} は時刻順に並んでいません"),
        ),
    };
    let is_step = matches!(kind, Kind::Step);
    let mut places: Vec<_> = kept
        .iter()
        .flat_map(|step| [step.before, step.after])
        .map(|(at, location)| (Some(at), location))
        .collect();
    // Where one step follows another, the record between them is behind one and before the other.
    places.dedup_by_key(|place: &mut crate::finding::Place| place.1.key());
    Finding {
        severity: if is_step { Severity::Medium } else { Severity::Info },
        confidence: Confidence::Moderate,
        grade: Grade::E1,
        subject: Subject { kind: SubjectKind::LogSource, value: name.clone() },
        first: places.iter().filter_map(|place| place.0).min().map(rfc3339),
        last: places.iter().filter_map(|place| place.0).max().map(rfc3339),
        count: places.len() as u64,
        reason: Text::new(
            format!(
                "{} of more than 60 seconds in {records} records; the widest of those shown is {widest} seconds. Shown are the records before and after the first steps.",
                counted(steps, "step")
            ),
            format!(
                "{records}件中、60秒を超える逆行が{steps}回(表示分の最大{widest}秒)。最初の逆行の前後の記録を示します。"
            ),
        ),
        scope: Scope {
            records: places.iter().map(|place| place.1.key()).collect(),
            ..Scope::default()
        },
        places,
        speaks_to: if is_step { vec![(Question::Q8, State::Possible)] } else { Vec::new() },
        ..TimeReversal::CARD.finding(title)
    }
}
