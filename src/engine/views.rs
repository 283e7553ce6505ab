//! What detections know of the streams: names without the marks of rotation, and signs of damage.

use super::coverage::{Bad, Coverage, Ledger, Why};
use super::plan::{Plan, Stream};
use crate::base::{Location, Text, counted};
use crate::detect::{Damage, StreamView};
use crate::input::FaultKind;

/// Lines in a row that no format fits before they are a sign of damage.
const DRIFT_LINES: u64 = 20;
/// Signs of damage that are kept for a stream.
const SIGNS: usize = 20;

/// The streams as detections see them.
pub(super) fn stream_views(plan: &Plan, coverage: &Coverage) -> Vec<StreamView> {
    let empty = Ledger::default();
    plan.streams
        .iter()
        .map(|stream| {
            let name = plan.name(stream.id).unwrap_or_default();
            let ledger = coverage.streams.get(&stream.id).unwrap_or(&empty);
            StreamView {
                id: stream.id,
                log_source: log_source(&name),
                name,
                parsed: ledger.understood(),
                requests: ledger.requests,
                span: ledger.span,
                damage: damage(stream, ledger),
            }
        })
        .collect()
}

/// Endings of packed files.
const PACKED: [&str; 8] = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".lzma", ".zip", ".7z"];

/// A file's name without what rotation and compression put behind it.
pub(super) fn log_source(name: &str) -> String {
    let mut rest = name;
    loop {
        let shorter = PACKED
            .iter()
            .find_map(|ending| rest.strip_suffix(ending))
            .or_else(|| without_digits(rest, &['.'], 1, 4))
            .or_else(|| without_digits(rest, &['-', '.', '_'], 8, 10))
            .or_else(|| without_date(rest));
        match shorter {
            Some(shorter) if !shorter.is_empty() && !shorter.ends_with('/') => rest = shorter,
            _ => return rest.to_owned(),
        }
    }
}

fn without_digits<'a>(
    name: &'a str,
    before: &[char],
    least: usize,
    most: usize,
) -> Option<&'a str> {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = name.len() - stem.len();
    (least..=most).contains(&digits).then(|| stem.strip_suffix(before)).flatten()
}

/// Takes off `-2021-05-06` and the like.
fn without_date(name: &str) -> Option<&str> {
    let at = name.len().checked_sub(11)?;
    let tail = name.get(at..)?;
    let fits = tail.char_indices().all(|(index, c)| match index {
        0 => matches!(c, '-' | '.' | '_'),
        5 | 8 => matches!(c, '-' | '_'),
        _ => c.is_ascii_digit(),
    });
    fits.then(|| &name[..at])
}

fn damage(stream: &Stream, ledger: &Ledger) -> Vec<Damage> {
    let mut signs: Vec<Damage> = ledger.faults.iter().filter_map(|f| fault_sign(f.kind)).collect();
    for run in runs(ledger) {
        let is_sign = match run.why {
            Why::Nul | Why::Damaged => true,
            // An unpacked stream that was cut off has been named already.
            Why::CutOff => stream.found.layers.is_empty() || ledger.faults.is_empty(),
            Why::NoMatch => run.lines >= DRIFT_LINES,
            Why::TooLong => false,
        };
        if is_sign && signs.len() < SIGNS {
            signs.push(Damage {
                what: run.said(),
                place: Some(run.location(stream.id)),
                lines: run.lines,
            });
        }
    }
    signs
}

fn fault_sign(kind: FaultKind) -> Option<Damage> {
    let what = match kind {
        FaultKind::Truncated => Text::fixed(
            "The archive or compressed file ends before its end.",
            "書庫または圧縮ファイルが途中で終わっています。",
        ),
        FaultKind::Corrupt => Text::fixed(
            "The archive or compressed file is damaged.",
            "書庫または圧縮ファイルが破損しています。",
        ),
        FaultKind::TrailingBytes => Text::fixed(
            "Bytes that belong to no compressed member follow the last one.",
            "圧縮データの後に無関係なバイトがあります。",
        ),
        FaultKind::Shrank => Text::fixed(
            "The file became shorter while it was read.",
            "読み取り中にファイルが短くなりました。",
        ),
        FaultKind::Altered => Text::fixed(
            "Part of the event log is not as it was written.",
            "イベントログの一部が、書き込まれた時の状態と一致しません。",
        ),
        FaultKind::Unreadable
        | FaultKind::PasswordNeeded
        | FaultKind::PasswordWrong
        | FaultKind::Dictionary
        | FaultKind::Ratio
        | FaultKind::TooMuch
        | FaultKind::Internal
        | FaultKind::Ended => return None,
    };
    Some(Damage { what, place: None, lines: 0 })
}

/// Adjacent lines that were not understood for the same reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) why: Why,
    pub(super) offset: u64,
    pub(super) bytes: u64,
    pub(super) lines: u64,
    first: Bad,
}

impl Run {
    /// The first line of the run.
    pub(super) fn location(&self, stream: u32) -> Location {
        Location {
            stream,
            length: u32::try_from(self.first.bytes - u64::from(self.first.end)).unwrap_or(u32::MAX),
            offset: self.offset,
            line: self.first.line,
            record: self.first.record,
        }
    }

    fn said(&self) -> Text {
        let (lines, offset) = (self.lines, self.offset);
        match self.why {
            Why::Nul => Text::new(
                format!("{} with NUL bytes at byte {offset}.", counted(lines, "line")),
                format!("バイト位置{offset}にNULバイトを含む行が{lines}行。"),
            ),
            Why::CutOff => Text::new(
                format!("The last line, at byte {offset}, is cut off."),
                format!("最終行(バイト位置{offset})が途中で切れています。"),
            ),
            Why::Damaged => Text::new(
                format!("{} damaged at byte {offset}.", counted(lines, "record")),
                format!("バイト位置{offset}から破損したレコードが{lines}件。"),
            ),
            Why::NoMatch | Why::TooLong => Text::new(
                format!("{lines} lines in a row at byte {offset} that no format fits."),
                format!("バイト位置{offset}から{lines}行連続で、どの形式にも一致しません。"),
            ),
        }
    }
}

/// The listed lines of a ledger as runs, in order.
pub(super) fn runs(ledger: &Ledger) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (offset, bad) in &ledger.listed {
        match runs.last_mut() {
            Some(run) if run.why == bad.why && run.offset + run.bytes == *offset => {
                run.bytes += bad.bytes;
                run.lines += 1;
            }
            _ => runs.push(Run {
                why: bad.why,
                offset: *offset,
                bytes: bad.bytes,
                lines: 1,
                first: *bad,
            }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::log_source;

    #[test]
    fn rotated_files_are_one_log_source() {
        for name in [
            "web1/access.log",
            "web1/access.log.1",
            "web1/access.log.12.gz",
            "web1/access.log-20210506.gz",
            "web1/access.log.2021-05-06",
            "web1/access.log-2021-05-06.1.gz",
            "web1/access.log-1620262923",
            "web1/access.log.1.xz",
            "web1/access.log-20210506.zst",
            "web1/access.log.2021-05-06.zip",
            "web1/access.log.3.bz2",
            "web1/access.log.4.lz4",
        ] {
            assert_eq!(log_source(name), "web1/access.log", "{name}");
        }
        assert_eq!(log_source("20210506.gz"), "20210506");
        assert_eq!(log_source("web1/20210506"), "web1/20210506");
    }
}
