//! D2: many different documents in a few minutes.

use super::burst::{Actor, Bursts, Window};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::{Fingerprint, Seed, Text, rfc3339, visible};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};

/// The detection.
pub struct Burst;

/// Seconds in which the documents must lie.
const BURST_SECS: i64 = 180;

impl Detector for Burst {
    type Partial = Bursts;

    const CARD: Card = Card {
        id: "D2",
        name: Text::fixed("Burst of downloads", "短時間の大量ダウンロード"),
        what: Text::fixed(
            "25 or more different documents handed out to one account or address within 3 minutes, by a program that is not known to synchronise files.",
            "同期ソフトではないプログラムで、1つのアカウントまたはアドレスに3分間で25以上の異なる文書が渡されたもの。",
        ),
        why: Text::fixed(
            "People open documents one by one; somebody who takes all of them uses a script.",
            "人は文書を1つずつ開きます。まとめて持ち出す者は自動化を使います。",
        ),
        innocent: Text::fixed(
            "A folder downloaded as a whole, previews, an address behind which many people work, a search engine or a backup of the site.",
            "フォルダーの一括取得、プレビュー、多人数が共有するアドレス、検索エンジンやサイトのバックアップ。",
        ),
        needs: Needs {
            fields: &[Field::SourceAddress, Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs with client address or account, request line and status.",
                "クライアントのアドレスまたはアカウント、要求行、ステータスを含むアクセスログ。",
            ),
        },
        attack: &["T1119", "T1213"],
        severity: Severity::Medium,
    };
    const WANTS: Marks = Marks::DOWNLOAD;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Bursts) {
        // A document may be named by the query, so that is part of what makes it different.
        let document = Seed(seen.path).of(seen.query.unwrap_or(b""));
        partial.note(seen.actor(), document, seen.at, seen.event.location);
    }

    fn conclude(&self, partial: Bursts, context: &Conclusion<'_>) -> Verdict {
        let mut verdict = Verdict::default();
        let least = context.thresholds.burst_documents as usize;
        for (key, actor) in partial.actors() {
            let windows = actor.windows(BURST_SECS, least);
            verdict.findings.extend(windows.iter().map(|window| finding(key, actor, window)));
        }
        if partial.one_in() > 1 {
            verdict.bounds.push(super::bound_reached("D2", partial.one_in()));
        }
        verdict
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        seen.marks.meet(Marks::DOWNLOAD)
            && finding.scope.actor == Some(seen.actor().0)
            && finding.scope.span.is_some_and(|(from, until)| (from..=until).contains(&seen.at))
    }
}

fn finding(key: Fingerprint, actor: &Actor, window: &Window) -> Finding {
    let (records, distinct) = (window.records, window.distinct);
    let kind = if actor.is_account { SubjectKind::Account } else { SubjectKind::Address };
    let name = visible(&actor.name);
    Finding {
        severity: Severity::Medium,
        confidence: Confidence::Low,
        grade: Grade::E3,
        subject: Subject { kind, value: actor.name.to_string() },
        first: Some(rfc3339(window.span.0)),
        last: Some(rfc3339(window.span.1)),
        count: records,
        reason: Text::new(
            format!(
                "{records} documents handed out in the minutes named, at least {distinct} different ones within 3 minutes."
            ),
            format!(
                "この時間帯に{records}件の文書が渡され、3分間に少なくとも{distinct}種類が含まれます。"
            ),
        ),
        scope: Scope { actor: Some(key), span: Some(window.span), ..Scope::default() },
        places: window.places.clone(),
        speaks_to: vec![(Question::Q1, State::Possible), (Question::Q4, State::Possible)],
        ..Burst::CARD.finding(Text::new(
            format!("{name} downloaded at least {distinct} documents within 3 minutes"),
            format!("{name} が3分間に少なくとも{distinct}件の文書をダウンロード"),
        ))
    }
}
