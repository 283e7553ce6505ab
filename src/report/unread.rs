//! Which files could not be read to the end or understood, and what that means for the answer: the
//! first thing that a report says, where there are such files.

use super::model::{Report, SourceReport, StreamReport};
use crate::base::Text;
use crate::finding::State;

/// Kinds of problems that leave nothing of a log unread.
const OF_NOTHING_LOST: [&str; 2] = ["empty", "no_format"];

/// Files by what kept them from being checked in full. No file counts twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Unread {
    /// They end in the middle, or a part of them could not be read.
    cut: usize,
    /// Half of their records or more were not understood.
    strange: usize,
    /// They hold nothing.
    empty: usize,
}

/// What a report says first of an answer that ends in a state; none where every file was read and
/// understood.
pub fn lead(report: &Report, state: State) -> Option<Text> {
    let unread = Unread::of(report);
    let all = report.sources.len();
    let parts = [
        (unread.cut, "could not be read to the end", "は最後まで読めず"),
        (
            unread.strange,
            "could hardly be understood or not at all",
            "は大半またはすべてを解釈できず",
        ),
        (unread.empty, "held nothing", "は空で"),
    ];
    let present = || parts.iter().filter(|(count, ..)| *count > 0);
    present().next()?;
    let en: Vec<_> = present()
        .enumerate()
        .map(|(at, (count, what, _))| match at {
            0 => format!("{count} of {all} {} {what}", if all == 1 { "file" } else { "files" }),
            _ => format!("{count} {what}"),
        })
        .collect();
    let ja: Vec<_> = present().map(|(count, _, what)| format!("{count}ファイル{what}")).collect();
    let meaning = meaning(state);
    Some(Text::new(
        format!("{}: {}", en.join(", "), meaning.en),
        format!("{all}ファイル中{}、{}", ja.join("、"), meaning.ja),
    ))
}

/// What unread records mean for an answer.
const fn meaning(state: State) -> Text {
    match state {
        State::Confirmed | State::Likely | State::Possible => Text::fixed(
            "there may be more than this answer says.",
            "この回答に示す以上の事実がある可能性があります。",
        ),
        State::NoEvidence => Text::fixed(
            "signs in what is missing would not show, and this answer does not speak of it.",
            "欠けている部分に痕跡があっても現れず、この回答には含まれません。",
        ),
        State::CannotDetermine => Text::fixed(
            "what they record is not part of this answer.",
            "その記録はこの回答に含まれていません。",
        ),
    }
}

impl Unread {
    fn of(report: &Report) -> Self {
        let mut unread = Self::default();
        for source in &report.sources {
            if is_cut(report, source) {
                unread.cut += 1;
            } else if source.size == 0 {
                unread.empty += 1;
            } else if source.streams.iter().any(is_strange) {
                unread.strange += 1;
            }
        }
        unread
    }
}

/// Whether a part of a file is missing: it could not be read, or its last record is cut off. What no
/// format fits has no records, so none of them is cut off.
fn is_cut(report: &Report, source: &SourceReport) -> bool {
    let is_loss = |kind: &str| !OF_NOTHING_LOST.contains(&kind);
    let is_of =
        |id: u32| source.streams.iter().any(|known| known.id == id && known.format.is_some());
    source.problems.iter().any(|problem| is_loss(&problem.kind))
        || source.streams.iter().any(|stream| stream.bytes.unread > 0)
        || report.unparsed.iter().any(|run| run.kind == "cut_off" && is_of(run.stream))
}

fn is_strange(stream: &StreamReport) -> bool {
    stream.unparsed > 0 && stream.unparsed.saturating_mul(2) >= stream.records
}
