//! E5: a program is put on the server and called.

use super::accounts::place;
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::limits::PAYLOAD_GROUPS;
use crate::base::{Arrange, Fingerprint, Instant, Merge, Sampled, Seed, Text, visible};
use crate::baseline::activity::{Mark, keep_earliest};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::Network;
use crate::judge::resource::Resource;
use serde::{Deserialize, Serialize};

/// The detection.
pub struct UploadCall;

/// Seconds from the upload to the call.
const SOON_SECS: i64 = 600;
/// Seconds of logs before a program counts as new.
const BEFORE_SECS: i64 = 86_400;
/// Clients that a program is served to, at most.
const CLIENTS: usize = 3;
/// Uploads of one network that are kept, the earliest.
const UPLOADS: usize = 64;
/// Calls that are shown.
const SHOWN: usize = 8;

/// Uploads and calls, by network: at most 65,536 of each.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Traffic {
    uploads: Sampled<Uploads, PAYLOAD_GROUPS>,
    calls: Sampled<Call, PAYLOAD_GROUPS>,
}

/// Uploads of one network: when, where, the path that was put, or 0, and whether by an account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Uploads(Vec<(Mark, Fingerprint, bool)>);

/// Calls of one program by one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Call {
    network: Fingerprint,
    path: Fingerprint,
    names: (Box<str>, Box<str>),
    is_misplaced: bool,
    first: Vec<Mark>,
}

impl Detector for UploadCall {
    type Partial = Traffic;

    const CARD: Card = Card {
        id: "E5",
        name: Text::fixed("Program uploaded and called", "プログラムのアップロードと呼び出し"),
        what: Text::fixed(
            "A program (.php, .jsp, .aspx and others) that a client puts on the server (PUT, 201 or 204) where nothing answered before, and that answers afterwards: high where an account is named. Or a file sent to a page for uploads, and within 10 minutes the first answer ever of a program in a folder for files, to the same network, a day or more after the logs begin. Not where it is served to more than 3 clients, or where the answer is an error page.",
            "それまで応答のなかったURLにクライアントがプログラム(.php・.jsp・.aspxなど)を置き(PUT、201または204)、その後応答したもの(アカウントの記録がある場合は重大)。または、アップロード用ページへのファイル送信から10分以内に、ファイル用フォルダーのプログラムが同じネットワークに初めて応答したもの(ログ開始から1日以上経過後)。応答先が4以上のクライアントである場合と、エラーページの場合を除きます。",
        ),
        why: Text::fixed(
            "Who may upload pictures and gets an own program to run holds the server.",
            "画像のアップロード機能で自作のプログラムを実行できた者は、サーバーを支配します。",
        ),
        innocent: Text::fixed(
            "A developer who puts a page on the server and looks at it; a program that shows what was uploaded, on its first day.",
            "開発者によるページの配置と確認、アップロードしたファイルを表示する新しいプログラム。",
        ),
        needs: Needs {
            fields: &[Field::SourceAddress, Field::Method, Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs with client address, method, request line, status and bytes.",
                "クライアントのアドレス・メソッド・要求行・ステータス・バイト数を含むアクセスログ。",
            ),
        },
        attack: &["T1505.003"],
        severity: Severity::Critical,
    };
    const WANTS: Marks = Marks::UPLOAD.union(Marks::MISPLACED);

    fn observe(&self, seen: &Seen<'_>, partial: &mut Traffic) {
        let fields = &seen.event.fields;
        let address = fields.text(Field::SourceAddress).unwrap_or(b"-");
        let Some(network) = Network::of(address).map(|of| seen.seed.of(&of.bytes())) else {
            return;
        };
        let mark = (seen.at, seen.event.location);
        if seen.marks.meet(Marks::UPLOAD) {
            let is_put =
                fields.text(Field::Method) == Some(b"PUT") && matches!(seen.status, 201 | 204);
            let put = if is_put { seen.path } else { 0 };
            if let Some(uploads) = partial.uploads.entry(network, Uploads::default) {
                keep_earliest(
                    &mut uploads.0,
                    (mark, put, fields.text(Field::UserName).is_some()),
                    UPLOADS,
                );
            }
            // What was put and is a program is looked up in the baseline: when it was served first.
            if !is_put || !seen.judged.resource.contains(Resource::DYNAMIC) {
                return;
            }
        }
        let call = Call {
            network,
            path: seen.path,
            names: (
                String::from_utf8_lossy(address).into(),
                super::answers::shown_path(seen.path_text).into(),
            ),
            is_misplaced: seen.judged.resource.contains(Resource::MISPLACED),
            first: if seen.marks.meet(Marks::UPLOAD) { Vec::new() } else { vec![mark] },
        };
        let key = Seed(network).of(&seen.path.to_le_bytes());
        let make = || Call { first: Vec::new(), ..call.clone() };
        if let Some(known) = partial.calls.entry(key, make) {
            known.merge(call);
        }
    }

    fn conclude(&self, partial: Traffic, context: &Conclusion<'_>) -> Verdict {
        let starts = context.streams.iter().filter(|stream| stream.requests > 0);
        let start = starts.filter_map(|stream| stream.span).map(|span| span.0).min();
        let calls = partial.calls.sorted();
        let found = calls.iter().filter_map(|(_, call)| {
            let uploads = partial.uploads.get(call.network)?;
            judged(call, uploads, start?, context)
        });
        let mut findings: Vec<_> = found.collect();
        findings.arrange_by(|a, b| (&a.first, &a.title.en).cmp(&(&b.first, &b.title.en)));
        let one_in = partial.uploads.one_in().max(partial.calls.one_in());
        Verdict { findings, bounds: super::bounds("E5", one_in), ..Verdict::default() }
    }
}

fn judged(
    call: &Call,
    uploads: &Uploads,
    start: Instant,
    context: &Conclusion<'_>,
) -> Option<Finding> {
    let stats = context.baseline.paths.get(call.path)?;
    let is_rare = stats.few_clients().is_some_and(|clients| clients.len() <= CLIENTS);
    let is_error = stats.only_size().is_some_and(|bytes| context.site.is_error_page(bytes));
    let (at, served) = stats.served()?;
    if !is_rare || is_error {
        return None;
    }
    let before = |mark: Mark| (at - SOON_SECS..=at).contains(&mark.0) && mark.1 != served;
    let is_called = stats.by_class[1] >= 2 || !call.first.is_empty();
    let put = uploads
        .0
        .iter()
        .find(|(mark, path, _)| *path == call.path && *mark == (at, served) && is_called);
    let is_first = call.first.first().is_some_and(|first| first.0 == at);
    let sent = || {
        let sent = uploads.0.iter().rfind(|(mark, _, _)| before(*mark));
        sent.filter(|_| call.is_misplaced && is_first && at >= start + BEFORE_SECS)
    };
    let (upload, _, is_named) = put.or_else(sent)?;
    let mut marks = vec![*upload, (at, served)];
    marks.extend(call.first.iter().filter(|mark| mark.0 >= at));
    marks.arrange();
    marks.dedup();
    let severity = if put.is_some() && *is_named { Severity::High } else { Severity::Critical };
    Some(finding(call, marks, (put.is_some(), severity)))
}

fn finding(call: &Call, marks: Vec<Mark>, (is_put, severity): (bool, Severity)) -> Finding {
    let (address, path) = (visible(&call.names.0), &call.names.1);
    let ends = marks.first().zip(marks.last());
    let (first, last) = ends.map(|(a, b)| super::accounts::stated((a.0, b.0))).unwrap_or_default();
    let (en, ja) = if is_put { PUT } else { SENT };
    let state = State::Likely;
    Finding {
        severity,
        confidence: if is_put { Confidence::High } else { Confidence::Moderate },
        grade: Grade::E3,
        outcome: Some(Outcome::LikelySucceeded),
        subject: Subject { kind: SubjectKind::Address, value: call.names.0.to_string() },
        first,
        last,
        count: marks.len() as u64,
        reason: Text::new(format!("{path}: {en}"), format!("{path}:{ja}")),
        scope: Scope {
            records: marks.iter().map(|mark| mark.1.key()).collect(),
            ..Scope::default()
        },
        places: marks.into_iter().map(place).collect(),
        speaks_to: vec![(Question::Q1, state), (Question::Q3, state), (Question::Q7, state)],
        ..UploadCall::CARD.finding(Text::new(
            format!("{address} uploaded a program and called {path}"),
            format!("{address} がプログラムをアップロードし {path} を呼び出し"),
        ))
    }
}

const PUT: (&str, &str) = (
    "the program was put on the server where nothing answered before, and answered afterwards.",
    "それまで応答のなかったURLにプログラムが置かれ、その後応答しました。",
);
const SENT: (&str, &str) = (
    "a file was sent to a page for uploads, and within ten minutes the program answered the same network for the first time.",
    "アップロード用ページへのファイル送信から10分以内に、同じネットワークに初めて応答しました。",
);

impl Merge for Uploads {
    fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|one| keep_earliest(&mut self.0, one, UPLOADS));
    }
}

impl Merge for Call {
    fn merge(&mut self, other: Self) {
        self.names = self.names.clone().min(other.names);
        other.first.into_iter().for_each(|mark| keep_earliest(&mut self.first, mark, SHOWN));
    }
}

impl Merge for Traffic {
    fn merge(&mut self, other: Self) {
        self.uploads.merge(other.uploads);
        self.calls.merge(other.calls);
    }
}
