//! What became of each source: its streams, its problems, and the bytes that were not understood.

use super::{
    ByteLedger, Coverage, Fault, FaultKind, Ledger, PlannedSource, Prepared, Problem, ReadAt,
    Reason, Repetition, SourceReport, Stream, StreamReport, Text, Unparsed, Why, rfc3339, runs,
};
use crate::base::hex;
use crate::engine::coverage::SourceLedger;
use crate::engine::exhibit::{Wanted, read_ranges};
use crate::format::FormatIndex;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// Bytes of a sample.
const SAMPLE_BYTES: u32 = 200;
/// Runs of bytes that a report lists.
const RUNS_LISTED: usize = 500;
/// Parts of an archive that were not read and that a report lists.
const LEFT_OUT_LISTED: usize = 200;

/// The sources with their streams.
pub(super) fn reports(prepared: &Prepared, coverage: &Coverage) -> Vec<SourceReport> {
    let empty = Ledger::default();
    prepared
        .plan
        .sources
        .iter()
        .map(|source| {
            let streams: Vec<_> =
                prepared.plan.streams.iter().filter(|stream| stream.of == source.id).collect();
            let ledger_of = |stream: &Stream| coverage.streams.get(&stream.id).unwrap_or(&empty);
            let mut problems = of_source(source, coverage.sources.get(&source.id));
            for stream in &streams {
                problems.extend(of_stream(source, stream, ledger_of(stream)));
            }
            // What scanning and digesting met alike is one problem.
            let mut seen = BTreeSet::new();
            problems.retain(|problem| seen.insert(problem.clone()));
            SourceReport {
                name: source.name.clone(),
                size: source.size,
                sha256: coverage.digests.get(&source.id).cloned().or_else(|| of_nothing(source)),
                problems,
                streams: streams
                    .iter()
                    .map(|stream| report(prepared, source, stream, ledger_of(stream)))
                    .collect(),
            }
        })
        .collect()
}

/// The digest of a file in which there is nothing to read.
fn of_nothing(source: &PlannedSource) -> Option<String> {
    source.is_empty().then(|| hex(&Sha256::digest([])))
}

fn report(
    prepared: &Prepared,
    source: &PlannedSource,
    stream: &Stream,
    ledger: &Ledger,
) -> StreamReport {
    let (lines, records) = ledger.totals();
    let bytes = ledger.bytes;
    let read = bytes.parsed + bytes.blank + bytes.unparsed + bytes.repeated;
    let size = if stream.is_plain() { source.size } else { read + lost(source, stream, ledger) };
    let main = ledger.formats.iter().max_by_key(|(index, records)| (**records, u16::MAX - **index));
    let main = main.map(|(index, _)| *index).or_else(|| told(stream, ledger));
    let format = main.and_then(|index| prepared.meant.reader.id(index)).map(str::to_owned);
    StreamReport {
        id: stream.id,
        path_inside: stream.found.path_inside.clone(),
        container: stream.container(),
        why: why_format(prepared, ledger, format.as_deref()),
        format,
        encoding: stream.found.encoding.name().to_owned(),
        zone: zone(prepared, stream, ledger),
        unzoned: ledger.zones[1],
        size,
        lines,
        records: records.saturating_sub(ledger.repeated()),
        unparsed: ledger.unparsed,
        repeated: ledger.repeated(),
        repeats: repeats(ledger),
        bytes: ByteLedger { unread: size.saturating_sub(read), ..bytes },
        first: ledger.span.map(|span| rfc3339(span.0)),
        last: ledger.span.map(|span| rfc3339(span.1)),
    }
}

/// Bytes of a packed log behind the place where it could not be unpacked, as they are packed: how
/// many they would be nobody knows. The other parts of an archive may well be read behind that.
fn lost(source: &PlannedSource, stream: &Stream, ledger: &Ledger) -> u64 {
    let is_alone = stream.found.path_inside.is_none() && !stream.found.layers.is_empty();
    let faults = ledger.faults.iter().filter(|fault| fault.kind != FaultKind::Altered);
    let reached = faults.map(|fault| fault.offset).min().filter(|_| is_alone);
    reached.map_or(0, |reached| source.size.saturating_sub(reached))
}

/// The format of a stream all of whose records are repeated: what its head told.
fn told(stream: &Stream, ledger: &Ledger) -> Option<FormatIndex> {
    stream.found.sniffed.filter(|_| ledger.repeated() > 0).map(|sniffed| sniffed.format)
}

fn repeats(ledger: &Ledger) -> Vec<Repetition> {
    let repeated = ledger.repeated.iter();
    repeated.map(|(of, records)| Repetition { of: *of, records: *records }).collect()
}

fn why_format(prepared: &Prepared, ledger: &Ledger, format: Option<&str>) -> Text {
    let parsed = ledger.understood();
    if parsed + ledger.unparsed == 0 && ledger.repeated() > 0 {
        return Text::fixed(
            "All its records are in another log and are counted there.",
            "すべての記録が他のログと重複しており、そちらで数えています。",
        );
    }
    let Some(format) = format else {
        return Text::fixed("No format fits any record.", "どの形式も一致しませんでした。");
    };
    let main =
        ledger.formats.keys().find(|index| prepared.meant.reader.id(**index) == Some(format));
    let name = main.and_then(|index| prepared.meant.reader.name(*index)).unwrap_or(format);
    let others: Vec<String> = ledger
        .formats
        .iter()
        .filter_map(|(index, records)| Some((prepared.meant.reader.id(*index)?, records)))
        .filter(|(id, _)| *id != format)
        .map(|(id, records)| format!("{id} ×{records}"))
        .collect();
    let also = if others.is_empty() { String::new() } else { format!(" ({})", others.join(", ")) };
    Text::new(
        format!(
            "{parsed} of {} records were understood, most as {name}{also}.",
            parsed + ledger.unparsed
        ),
        format!("{}件中{parsed}件を解釈。主な形式は{name}{also}。", parsed + ledger.unparsed),
    )
}

/// What the times say of their zone and year.
fn zone(prepared: &Prepared, stream: &Stream, ledger: &Ledger) -> Text {
    let zone = zone_only(prepared, stream, ledger);
    if ledger.yearless == 0 {
        return zone;
    }
    let records = ledger.yearless;
    Text::new(
        format!(
            "{}; {records} state no year: the latest was taken that is not after the file's own time",
            zone.en
        ),
        format!("{}。{records}件は年の記載なし(ファイルの日時以前で最も新しい年とみなす)", zone.ja),
    )
}

fn zone_only(prepared: &Prepared, stream: &Stream, ledger: &Ledger) -> Text {
    let offsets: Vec<String> = ledger.offsets.iter().take(6).map(|secs| offset(*secs)).collect();
    let offsets = offsets.join(", ");
    let settings = &prepared.plan.settings;
    let own = prepared.plan.name(stream.id).and_then(|name| settings.zones.get(&name));
    let assumed = own.or(settings.zone.as_ref()).map_or("UTC", String::as_str);
    match ledger.zones {
        [0, 0, _] => Text::fixed("No record states a time.", "時刻のある記録がありません。"),
        [_, 0, _] => Text::new(
            format!("Stated in every record: {offsets}"),
            format!("全記録に明記:{offsets}"),
        ),
        [0, _, _] => Text::new(
            format!("Not stated; taken as {assumed}"),
            format!("記載なし({assumed}とみなす)"),
        ),
        [stated, taken, _] => Text::new(
            format!("Stated in {stated} records ({offsets}); taken as {assumed} in {taken}"),
            format!("{stated}件に明記({offsets})、{taken}件は{assumed}とみなす"),
        ),
    }
}

fn offset(secs: i32) -> String {
    let sign = if secs < 0 { '-' } else { '+' };
    let minutes = secs.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// What kept a source from being read or unpacked in full.
fn of_source(source: &PlannedSource, ledger: Option<&SourceLedger>) -> Vec<Problem> {
    let mut problems: Vec<_> = source.fault.iter().map(|fault| of_fault(None, fault)).collect();
    for (path, fault) in ledger.iter().flat_map(|ledger| &ledger.faults) {
        problems.push(of_fault(path.clone(), fault));
    }
    for part in ledger.iter().flat_map(|ledger| &ledger.left_out).take(LEFT_OUT_LISTED) {
        let (what, todo) = part.reason.words();
        problems.push(Problem {
            kind: part.reason.id().to_owned(),
            path_inside: part.path_inside.clone(),
            offset: matches!(part.reason, Reason::NotRead(_)).then_some(0),
            what,
            todo,
        });
    }
    if source.is_empty() {
        problems.push(Problem {
            kind: "empty".to_owned(),
            path_inside: None,
            offset: None,
            what: Text::fixed("The file is empty.", "ファイルが空です。"),
            todo: Text::fixed(
                "Export it again, or check that logging was on.",
                "再度出力するか、ログ記録が有効だったか確認してください。",
            ),
        });
    }
    problems
}

/// What kept a stream from being understood in full.
fn of_stream(source: &PlannedSource, stream: &Stream, ledger: &Ledger) -> Vec<Problem> {
    let path = &stream.found.path_inside;
    let is_brotli = path.as_deref().unwrap_or(&source.name).ends_with(".br");
    let mut problems: Vec<_> =
        first_of_each_kind(ledger).map(|fault| of_fault(path.clone(), fault)).collect();
    if ledger.understood() == 0 && ledger.unparsed > 0 {
        problems.push(Problem {
            kind: "no_format".to_owned(),
            path_inside: path.clone(),
            offset: None,
            what: Text::fixed(
                "No format fits this file: nothing in it could be checked.",
                "どの形式にも一致せず、内容を検査できませんでした。",
            ),
            todo: if is_brotli { BROTLI } else { DESCRIBE },
        });
    }
    problems
}

/// Nothing in such a file says that it is one: its name only helps to say what to do.
const BROTLI: Text = Text::fixed(
    "Its name is that of a Brotli file, which is not read: unpack it (brotli -d) and give the log inside.",
    "名前からBrotliファイルと思われますが、対応していません。展開(brotli -d)し、中のログを指定してください。",
);
const DESCRIBE: Text = Text::fixed(
    "If it is a log, describe its format in a mapping file, or give its LogFormat or log_format line in the settings.",
    "ログであれば、マッピングファイルで形式を定義するか、設定でLogFormatまたはlog_formatの行を指定してください。",
);

/// The fault nearest to the start of each kind: how many shards met it says nothing. What failed
/// inside the program is listed place by place.
fn first_of_each_kind(ledger: &Ledger) -> impl Iterator<Item = &Fault> {
    let mut before = None;
    ledger.faults.iter().filter(move |fault| {
        let is_first = before.replace(fault.kind) != Some(fault.kind);
        is_first || fault.kind == FaultKind::Internal
    })
}

fn of_fault(path_inside: Option<String>, fault: &Fault) -> Problem {
    let (what, todo) = fault.words();
    let kind = fault.kind.id().to_owned();
    Problem { kind, path_inside, offset: Some(fault.offset), what, todo }
}

/// The runs of bytes that no reader understood.
pub(super) fn unparsed(
    prepared: &Prepared,
    coverage: &Coverage,
    sources: &[&dyn ReadAt],
) -> Vec<Unparsed> {
    let mut listed = Vec::new();
    let mut wanted = Wanted::new();
    let sample = |offset, bytes: u64| {
        (offset, SAMPLE_BYTES.min(u32::try_from(bytes).unwrap_or(SAMPLE_BYTES)))
    };
    for (stream, ledger) in &coverage.streams {
        let left = RUNS_LISTED.saturating_sub(listed.len());
        for run in runs(ledger).into_iter().take(left) {
            wanted.entry(*stream).or_default().push(sample(run.offset, run.bytes));
            listed.push((*stream, run));
        }
    }
    let texts = read_ranges(prepared, sources, &wanted);
    let shown = |(stream, run): (u32, super::Run)| {
        let text = texts.get(&stream).and_then(|texts| texts.get(&sample(run.offset, run.bytes)));
        Unparsed {
            stream,
            line: coverage.number(&run.location(stream)).0,
            lines: run.lines,
            offset: run.offset,
            length: run.bytes,
            kind: kind(run.why).to_owned(),
            reason: reason(run.why),
            sample: text.map(|bytes| {
                String::from_utf8_lossy(bytes).trim_end_matches(['\r', '\n']).to_owned()
            }),
        }
    };
    listed.into_iter().map(shown).collect()
}

const fn kind(why: Why) -> &'static str {
    match why {
        Why::NoMatch => "no_match",
        Why::TooLong => "too_long",
        Why::Nul => "nul_bytes",
        Why::CutOff => "cut_off",
        Why::Damaged => "damaged",
    }
}

const fn reason(why: Why) -> Text {
    match why {
        Why::NoMatch => Text::fixed("No format fits it.", "どの形式にも一致しません。"),
        Why::TooLong => Text::fixed(
            "It is longer than 1 MiB, which no record is.",
            "1 MiBを超えており、記録として長すぎます。",
        ),
        Why::Nul => Text::fixed(
            "It holds NUL bytes, as in a file that was copied while it was written.",
            "NULバイトを含みます(書き込み中にコピーされたファイルなど)。",
        ),
        Why::Damaged => Text::fixed("The record is damaged.", "レコードが破損しています。"),
        Why::CutOff => {
            Text::fixed("It is the last line and is cut off.", "最終行が途中で切れています。")
        }
    }
}
