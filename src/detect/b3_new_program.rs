//! B3: a program that answers in a folder for files, where there was none before.

use super::answers::{Answers, Group, Tally, key_of};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::{Arrange, Text, counted, rfc3339};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Question, Scope, Severity, State, Subject, SubjectKind,
};
use std::collections::BTreeSet;

/// The detection.
pub struct NewProgram;

/// Seconds of logs before its first answer.
const BEFORE_SECS: i64 = 7 * 86_400;
/// Clients that it was served to, at most.
const CLIENTS: usize = 3;
/// Programs new within a day of one another from which on it is a release.
const RELEASE: usize = 5;
/// The one kind of request that is kept.
const KIND: u16 = 0;

impl Detector for NewProgram {
    type Partial = Answers;

    const CARD: Card = Card {
        id: "B3",
        name: Text::fixed(
            "New program in a folder for files",
            "ファイル用フォルダーの新規プログラム",
        ),
        what: Text::fixed(
            "A program (.php, .jsp, .aspx and others) in a folder for files (uploads, avatars, images, attachments and the like) that answers with 200 or 206 for the first time after a week of logs, to 3 clients or fewer, not with an error page; where fewer than 5 such programs are new within a day. High where it answered 3 requests or more in different sizes.",
            "ファイル用フォルダー(uploads・avatars・images・attachmentsなど)のプログラム(.php・.jsp・.aspxなど)が、ログ開始から1週間以上経過後に初めて200または206で応答し、応答先が3以下のクライアントで、エラーページではないもの(1日以内に新規のものが5未満の場合に限ります)。異なるサイズで3件以上応答した場合は重大とします。",
        ),
        why: Text::fixed(
            "Folders for files are where visitors can write. A program that answers there was uploaded to be called.",
            "ファイル用フォルダーは利用者が書き込める場所です。そこで応答するプログラムは、呼び出すために置かれたものと考えられます。",
        ),
        innocent: Text::fixed(
            "A release, an image that a program makes, a tool that an administrator put there.",
            "リリース作業、画像を生成するプログラム、管理者が置いたツール。",
        ),
        needs: Needs {
            fields: &[Field::SourceAddress, Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs of more than a week with client address, request line, status and bytes.",
                "クライアントのアドレス・要求行・ステータス・バイト数を含む1週間を超えるアクセスログ。",
            ),
        },
        attack: &["T1505.003"],
        severity: Severity::Medium,
    };
    const WANTS: Marks = Marks::MISPLACED;
    const NEEDS_ALL: bool = true;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Answers) {
        partial.note(seen, KIND);
    }

    fn conclude(&self, partial: Answers, context: &Conclusion<'_>) -> Verdict {
        let by_path = partial.by_path();
        let starts = context.streams.iter().filter(|stream| stream.requests > 0);
        let start = starts.filter_map(|stream| stream.span).map(|span| span.0).min();
        let new: Vec<_> =
            by_path.values().filter_map(|groups| New::of(groups, start?, context)).collect();
        let is_release = |one: &&New| {
            let near = |other: &&New| (other.at - one.at).abs() <= 86_400;
            new.iter().filter(near).count() < RELEASE
        };
        let mut findings: Vec<_> = new.iter().filter(is_release).map(New::finding).collect();
        findings.arrange_by(|a, b| (&a.first, &a.title.en).cmp(&(&b.first, &b.title.en)));
        let bounds = super::bounds("B3", partial.one_in());
        Verdict { findings, bounds, ..Verdict::default() }
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        finding.scope.answers.contains(&key_of(seen, KIND))
    }
}

/// A program that is new.
struct New {
    path: Box<str>,
    at: i64,
    sizes: usize,
    tally: Tally,
}

impl New {
    fn of(groups: &[(u64, &Group)], start: i64, context: &Conclusion<'_>) -> Option<Self> {
        let (_, group) = groups.first()?;
        let stats = context.baseline.paths.get(group.path)?;
        let (at, _) = stats.served()?;
        let is_rare = stats.few_clients().is_some_and(|clients| clients.len() <= CLIENTS);
        let mut tally = Tally::default();
        let mut sizes = BTreeSet::new();
        for (key, group) in groups {
            for ((status, size), answer) in &group.answers() {
                let (least, most) = answer.extent?;
                // An empty answer says nothing; nor does the one that everything gets here.
                let site = context.site;
                let is_error = site.is_error_page(least) && site.is_error_page(most);
                if most > 0 && !is_error && !site.is_crowded(*size) {
                    tally.add((*key, *status, *size), group, answer);
                    sizes.extend([least, most]);
                }
            }
        }
        let is_new = at >= start + BEFORE_SECS && is_rare && tally.count > 0;
        is_new.then(|| Self { path: group.path_name.clone(), at, sizes: sizes.len(), tally })
    }

    fn finding(&self) -> Finding {
        let Self { path, tally, .. } = self;
        let is_used = tally.count >= 3 && self.sizes >= 2;
        let (count, clients) = (tally.count, tally.clients.len());
        let (least, most) = tally.extent.unwrap_or_default();
        let state = if is_used { State::Likely } else { State::Possible };
        Finding {
            severity: if is_used { Severity::High } else { Severity::Medium },
            confidence: if is_used { Confidence::Moderate } else { Confidence::Low },
            grade: Grade::E3,
            outcome: Some(Outcome::LikelySucceeded),
            subject: Subject { kind: SubjectKind::Address, value: tally.main_client() },
            first: tally.span.map(|span| rfc3339(span.0)),
            last: tally.span.map(|span| rfc3339(span.1)),
            count,
            reason: Text::new(
                format!(
                    "{path} answered {count} requests of {} with {least} to {most} bytes. Nothing answered there before, and it lies in a folder for files.",
                    counted(clients, "address")
                ),
                format!(
                    "{path} が接続元アドレス{clients}個の要求{count}件に{least}~{most}バイトで応答。それ以前の応答はなく、ファイル用フォルダーにあります。"
                ),
            ),
            scope: Scope { answers: tally.keys.clone(), ..Scope::default() },
            places: tally.evidence(),
            speaks_to: vec![(Question::Q1, state), (Question::Q3, state), (Question::Q7, state)],
            ..NewProgram::CARD.finding(Text::new(
                format!("{path}, a program in a folder for files, answers"),
                format!("ファイル用フォルダーのプログラム {path} が応答"),
            ))
        }
    }
}
