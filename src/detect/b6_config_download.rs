//! B6: configuration, backup and repository files that were handed out.

use super::answers::{Answers, Compared, Group, Tally, key_of};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::{LogSize, Text, counted, rfc3339};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Question, Scope, Severity, State, Subject, SubjectKind,
};
use std::collections::BTreeMap;

/// The detection.
pub struct ConfigDownload;

/// Archives may be published; a configuration is not.
const ARCHIVES: &[&[u8]] = &[b".zip", b".gz", b".tgz", b".7z", b".rar", b".tar", b".bz2", b".xz"];

impl Detector for ConfigDownload {
    type Partial = Answers;

    const CARD: Card = Card {
        id: "B6",
        name: Text::fixed(
            "Configuration, backup or repository handed out",
            "設定・バックアップ・リポジトリの流出",
        ),
        what: Text::fixed(
            "Addresses such as .env, .git/, *.bak, *.sql, backup archives, web.config or phpinfo that were answered with 200 or 206 and a body whose size is not that of the site's page for what does not exist. Archives that four or more clients fetched count as published.",
            ".env、.git/、*.bak、*.sql、バックアップ書庫、web.config、phpinfoなどへの要求のうち、200または206で本文が返され、サイズが「存在しない」ページと異なるもの。4つ以上のクライアントが取得した書庫は公開物とみなします。",
        ),
        why: Text::fixed(
            "Such files hold passwords and keys. Whoever fetched them can log in without leaving a failure.",
            "これらのファイルにはパスワードや鍵が含まれます。取得した者は失敗の痕跡なしにログインできます。",
        ),
        innocent: Text::fixed(
            "Archives that are meant to be downloaded; a site that answers every address with the same page; the operator's own check.",
            "配布目的の書庫、どのURLにも同じページを返すサイト、運用者自身の確認。",
        ),
        needs: Needs {
            fields: &[Field::Target, Field::Status, Field::BytesOut],
            words: Text::fixed(
                "Access logs with request line, status and size.",
                "要求行、ステータス、サイズを含むアクセスログ。",
            ),
        },
        attack: &["T1552.001", "T1595.003"],
        severity: Severity::High,
    };
    const WANTS: Marks = Marks::SENSITIVE;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Answers) {
        if is_handed_out(seen) {
            partial.note(seen, 0);
        }
    }

    fn conclude(&self, partial: Answers, context: &Conclusion<'_>) -> Verdict {
        let mut tallies = BTreeMap::<(Box<str>, bool), Tally>::new();
        for (key, group) in partial.groups() {
            for ((status, size), answer) in &group.answers() {
                if let Some(is_doubtful) = doubt(group, *status, *size, context) {
                    let of = (group.path_name.clone(), is_doubtful);
                    tallies.entry(of).or_default().add((key, *status, *size), group, answer);
                }
            }
        }
        let findings =
            tallies.iter().map(|((path, is_doubtful), tally)| finding(path, *is_doubtful, tally));
        let mut verdict = Verdict { findings: findings.collect(), ..Verdict::default() };
        verdict.bounds = super::bounds("B6", partial.one_in());
        verdict
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        is_handed_out(seen) && finding.scope.answers.contains(&key_of(seen, 0))
    }
}

fn is_handed_out(seen: &Seen<'_>) -> bool {
    let has_body = seen.event.fields.text(Field::Method) != Some(b"HEAD")
        && seen.bytes.is_some_and(|bytes| bytes > 0);
    has_body && matches!(seen.status, 200 | 206)
}

/// Whether the answer may be the page for what does not exist. None when it is that page, or when
/// the file is published.
fn doubt(group: &Group, status: u16, size: LogSize, context: &Conclusion<'_>) -> Option<bool> {
    if matches!(group.compare(status, size, context), Compared::ErrorPage | Compared::Status(_)) {
        return None;
    }
    let (least, most) = group.extent(status, size)?;
    if context.site.is_ordinary(least) && context.site.is_ordinary(most) {
        return None;
    }
    let stats = context.baseline.paths.get(group.path);
    let is_published =
        is_archive(&group.path_name) && stats.is_some_and(|stats| stats.few_clients().is_none());
    (!is_published).then(|| context.site.is_crowded(size))
}

fn is_archive(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    ARCHIVES.iter().any(|ending| path.as_bytes().ends_with(ending))
}

fn finding(path: &str, is_doubtful: bool, tally: &Tally) -> Finding {
    let (bytes, count) = (tally.extent.map_or(0, |extent| extent.1), tally.count);
    let clients = tally.clients.len();
    let state = if is_doubtful { State::Possible } else { State::Likely };
    let (en, ja) = if is_doubtful {
        (
            "Many addresses that only one client asked for were answered with about this size, so it may be a page for what does not exist.",
            "1つのクライアントだけが要求した多数のURLが同程度のサイズで応答されており、「存在しない」ページの可能性があります。",
        )
    } else {
        (
            "The size is not that of this site's page for what does not exist.",
            "サイズはこのサイトの「存在しない」ページとは異なります。",
        )
    };
    Finding {
        severity: if is_doubtful { Severity::Low } else { Severity::High },
        confidence: if is_doubtful { Confidence::Low } else { Confidence::Moderate },
        grade: if is_doubtful { Grade::E3 } else { Grade::E1 },
        outcome: Some(if is_doubtful { Outcome::Unknown } else { Outcome::LikelySucceeded }),
        subject: Subject { kind: SubjectKind::Address, value: tally.main_client() },
        first: tally.span.map(|span| rfc3339(span.0)),
        last: tally.span.map(|span| rfc3339(span.1)),
        count,
        reason: Text::new(
            format!(
                "{} to {}, up to {bytes} bytes. {en}",
                counted(count, "answer"),
                counted(clients, "address")
            ),
            format!("{clients}個のアドレスに{count}件、最大{bytes}バイトの応答。{ja}"),
        ),
        scope: Scope { answers: tally.keys.clone(), ..Scope::default() },
        places: tally.evidence(),
        speaks_to: vec![
            (Question::Q1, state),
            (Question::Q3, State::Possible),
            (Question::Q4, state),
            (Question::Q9, state),
        ],
        ..ConfigDownload::CARD.finding(Text::new(
            format!("{path} was handed out"),
            format!("{path} が取得されました"),
        ))
    }
}
