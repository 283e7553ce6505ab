//! What became of each source: its streams, its problems, and the bytes that were not understood.

use super::{
    ByteLedger, Container, Coverage, FORMATS, Fault, FaultKind, Ledger, Plan, PlannedSource,
    Prepared, Problem, ReadAt, SourceReport, Stream, StreamReport, Text, Unparsed, Why,
    read_ranges, rfc3339, runs, visible,
};

/// Bytes of a sample.
const SAMPLE_BYTES: u32 = 200;
/// Runs of bytes that a report lists.
const RUNS_LISTED: usize = 500;

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
            let problems = streams
                .iter()
                .flat_map(|stream| problems(source, stream, ledger_of(stream)))
                .collect();
            SourceReport {
                name: source.name.clone(),
                size: source.size,
                sha256: coverage.digests.get(&source.id).cloned(),
                problems,
                streams: streams
                    .iter()
                    .map(|stream| report(prepared, source, stream, ledger_of(stream)))
                    .collect(),
            }
        })
        .collect()
}

fn report(
    prepared: &Prepared,
    source: &PlannedSource,
    stream: &Stream,
    ledger: &Ledger,
) -> StreamReport {
    let (lines, records) = ledger.totals();
    let read = ledger.bytes.parsed + ledger.bytes.blank + ledger.bytes.unparsed;
    let size = if stream.container == Container::Gzip { read } else { source.size };
    let main = ledger.formats.iter().max_by_key(|(index, records)| (**records, u16::MAX - **index));
    let format = main.and_then(|(index, _)| prepared.meant.reader.id(*index)).map(str::to_owned);
    StreamReport {
        id: stream.id,
        path_inside: stream.path_inside.clone(),
        container: stream.container.name().to_owned(),
        why: why_format(prepared, ledger, format.as_deref()),
        format,
        encoding: "utf-8".to_owned(),
        zone: zone(prepared, ledger),
        size,
        lines,
        records,
        unparsed: ledger.unparsed,
        bytes: ByteLedger { unread: size.saturating_sub(read), ..ledger.bytes },
        first: ledger.span.map(|span| rfc3339(span.0)),
        last: ledger.span.map(|span| rfc3339(span.1)),
    }
}

fn why_format(prepared: &Prepared, ledger: &Ledger, format: Option<&str>) -> Text {
    let parsed = ledger.understood();
    let Some(format) = format else {
        return Text::fixed("No format fits any record.", "どの形式も一致しませんでした。");
    };
    let name = FORMATS.iter().find(|known| known.id == format).map_or(format, |known| known.name);
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

fn zone(prepared: &Prepared, ledger: &Ledger) -> Text {
    let offsets: Vec<String> = ledger.offsets.iter().take(6).map(|secs| offset(*secs)).collect();
    let offsets = offsets.join(", ");
    let assumed = prepared.plan.settings.zone.as_deref().unwrap_or("UTC");
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

fn problems(source: &PlannedSource, stream: &Stream, ledger: &Ledger) -> Vec<Problem> {
    let mut problems: Vec<_> =
        source.fault.iter().chain(first_of_each_kind(ledger)).map(of_fault).collect();
    if let Container::NotRead(known) = stream.container {
        problems.push(not_read(known.name()));
    }
    if source.fault.is_none() && source.size == 0 {
        problems.push(problem(
            "empty",
            None,
            Text::fixed("The file is empty.", "ファイルが空です。"),
            Text::fixed(
                "Export it again, or check that logging was on.",
                "再度出力するか、ログ記録が有効だったか確認してください。",
            ),
        ));
    }
    let is_read = matches!(stream.container, Container::Plain | Container::Gzip);
    if is_read && ledger.understood() == 0 && ledger.unparsed > 0 {
        problems.push(problem(
            "no_format",
            None,
            Text::fixed(
                "No format fits this file: nothing in it could be checked.",
                "どの形式にも一致せず、内容を検査できませんでした。",
            ),
            Text::fixed(
                "If it is an access log, give its LogFormat or log_format line in the settings.",
                "アクセスログであれば、設定でLogFormatまたはlog_formatの行を指定してください。",
            ),
        ));
    }
    problems
}

/// The fault nearest to the start of each kind: how many shards met it says nothing. What failed
/// inside the program is listed place by place.
fn first_of_each_kind(ledger: &Ledger) -> impl Iterator<Item = &Fault> {
    let mut before = None;
    ledger.faults.iter().filter(move |fault| {
        let is_first = before.replace(fault.kind) != Some(fault.kind);
        is_first || fault.kind == FaultKind::Internal
    })
}

fn problem(kind: &str, offset: Option<u64>, what: Text, todo: Text) -> Problem {
    Problem { kind: kind.to_owned(), offset, what, todo }
}

fn not_read(name: &str) -> Problem {
    problem(
        "container_not_read",
        Some(0),
        Text::new(
            format!("This is a {name} file. Plain text and gzip are read."),
            format!("{name}ファイルです。対応しているのはプレーンテキストとgzipです。"),
        ),
        Text::new(
            "Unpack or export it as text and give the logs inside.",
            "展開またはテキストとして出力し、中のログを指定してください。",
        ),
    )
}

const AGAIN: Text = Text::fixed(
    "Copy the file again from where it comes and check it anew; what was read before this place has been checked.",
    "元の場所からコピーし直して再検査してください。この位置より前は検査済みです。",
);

fn of_fault(fault: &Fault) -> Problem {
    let (kind, todo) = match fault.kind {
        FaultKind::Unreadable => ("unreadable", CHECK_ACCESS),
        FaultKind::Shrank => ("shrank", AGAIN),
        FaultKind::TruncatedGzip => ("truncated_gzip", AGAIN),
        FaultKind::CorruptGzip => ("corrupt_gzip", AGAIN),
        FaultKind::TrailingBytes => ("trailing_bytes", AGAIN),
        FaultKind::Internal => ("internal", CHECK_ALONE),
    };
    problem(kind, Some(fault.offset), what(fault), todo)
}

const CHECK_ACCESS: Text = Text::fixed(
    "Check that the file still exists and may be read.",
    "ファイルが存在し、読み取り権限があることを確認してください。",
);

const CHECK_ALONE: Text = Text::fixed(
    "Check the file again by itself; if it happens again, report it with the version shown below.",
    "このファイルだけで再検査し、再発する場合は版番号を添えて報告してください。",
);

/// What was expected and what was found.
fn what(fault: &Fault) -> Text {
    let (at, said) = (fault.offset, visible(&fault.what));
    match fault.kind {
        FaultKind::Unreadable => Text::new(
            format!("It could not be read at byte {at}: {said}"),
            format!("バイト位置{at}で読み取れませんでした:{said}"),
        ),
        FaultKind::Shrank => Text::new(
            format!("It ended at byte {at}: it became shorter while it was read."),
            format!("バイト位置{at}で終わりました。読み取り中に短くなっています。"),
        ),
        FaultKind::TruncatedGzip => Text::new(
            format!("The compressed file ends at byte {at} in the middle of its data."),
            format!("圧縮ファイルがデータの途中、バイト位置{at}で終わっています。"),
        ),
        FaultKind::CorruptGzip => Text::new(
            format!("The compressed file is damaged near byte {at}: {said}"),
            format!("圧縮ファイルがバイト位置{at}付近で破損しています:{said}"),
        ),
        FaultKind::TrailingBytes => Text::new(
            format!("From byte {at} on follow bytes that are no compressed data."),
            format!("バイト位置{at}以降に圧縮データではないバイトがあります。"),
        ),
        FaultKind::Internal => Text::new(
            format!("The part from byte {at} on could not be checked: {said}"),
            format!("バイト位置{at}からの部分を検査できませんでした:{said}"),
        ),
    }
}

/// The runs of bytes that no reader understood.
pub(super) fn unparsed(plan: &Plan, coverage: &Coverage, sources: &[&dyn ReadAt]) -> Vec<Unparsed> {
    let mut all = Vec::new();
    for stream in &plan.streams {
        let Some(ledger) = coverage.streams.get(&stream.id) else { continue };
        let left = RUNS_LISTED.saturating_sub(all.len());
        let runs: Vec<_> = runs(ledger).into_iter().take(left).collect();
        let sample = |offset, bytes: u64| {
            (offset, SAMPLE_BYTES.min(u32::try_from(bytes).unwrap_or(SAMPLE_BYTES)))
        };
        let wanted: Vec<_> = runs.iter().map(|run| sample(run.offset, run.bytes)).collect();
        let size = plan.sources.get(stream.of as usize).map_or(0, |source| source.size);
        let texts = sources
            .get(stream.of as usize)
            .map(|source| read_ranges(stream, size, *source, &wanted))
            .unwrap_or_default();
        all.extend(runs.iter().map(|run| Unparsed {
            stream: stream.id,
            line: coverage.number(&run.location(stream.id)).0,
            lines: run.lines,
            offset: run.offset,
            length: run.bytes,
            kind: kind(run.why).to_owned(),
            reason: reason(run.why),
            sample: texts.get(&sample(run.offset, run.bytes)).map(|bytes| {
                String::from_utf8_lossy(bytes).trim_end_matches(['\r', '\n']).to_owned()
            }),
        }));
    }
    all
}

const fn kind(why: Why) -> &'static str {
    match why {
        Why::NoMatch => "no_match",
        Why::TooLong => "too_long",
        Why::Nul => "nul_bytes",
        Why::CutOff => "cut_off",
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
        Why::CutOff => {
            Text::fixed("It is the last line and is cut off.", "最終行が途中で切れています。")
        }
    }
}
