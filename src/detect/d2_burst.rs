//! D2: many different documents in a few minutes.

use super::burst::{Actor, Bursts, Window};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::{Fingerprint, Seed, Text, rfc3339, visible};
use crate::baseline::activity::Pair;
use crate::baseline::day_of;
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::Network;
use std::collections::{BTreeMap, BTreeSet};

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
            "25 or more different documents handed out to one account or address within 3 minutes, by a program that is not known to synchronise files. Low where the account was that day only in a network that three or more accounts use on most of their days.",
            "同期ソフトではないプログラムで、1つのアカウントまたはアドレスに3分間で25以上の異なる文書が渡されたもの。そのアカウントが当日、3以上のアカウントが主に使うネットワーク(職場)のみにいた場合は軽微とします。",
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
        let desks = Desks::new(context);
        for (key, actor) in partial.actors() {
            let windows = actor.windows(BURST_SECS, least);
            verdict.findings.extend(
                windows.iter().map(|window| finding(key, actor, window, desks.has(actor, window))),
            );
        }
        verdict.bounds = partial.bounds("D2");
        verdict
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        seen.marks.meet(Marks::DOWNLOAD)
            && finding.scope.actor == Some(seen.actor().0)
            && finding.scope.span.is_some_and(|(from, until)| (from..=until).contains(&seen.at))
    }
}

/// Where accounts were on their days, as far as sign-ins and acts say.
struct Desks<'a> {
    offices: BTreeSet<Network>,
    by_name: BTreeMap<String, Vec<&'a Pair>>,
}

impl<'a> Desks<'a> {
    fn new(context: &Conclusion<'a>) -> Self {
        let activities = &context.baseline.activities;
        let mut by_name = BTreeMap::<_, Vec<_>>::new();
        for (_, pair) in activities.pairs.sorted() {
            by_name.entry(pair.name.to_lowercase()).or_default().push(pair);
        }
        Self { offices: activities.offices(), by_name }
    }

    /// Whether an account is known to have been where people work, and nowhere else, on the day.
    fn has(&self, actor: &Actor, window: &Window) -> bool {
        let name = actor.name.to_lowercase();
        let pairs = self.by_name.get(&name).filter(|_| actor.is_account);
        let days = day_of(window.span.0, 0)..=day_of(window.span.1, 0);
        let is_then = |pair: &&&Pair| pair.used.iter().any(|day| days.contains(day));
        let mut there = pairs.into_iter().flatten().filter(is_then).peekable();
        there.peek().is_some() && there.all(|pair| self.offices.contains(&pair.network))
    }
}

fn finding(key: Fingerprint, actor: &Actor, window: &Window, is_at_desk: bool) -> Finding {
    let (records, distinct) = (window.records, window.distinct);
    let kind = if actor.is_account { SubjectKind::Account } else { SubjectKind::Address };
    let name = visible(&actor.name);
    Finding {
        severity: if is_at_desk { Severity::Low } else { Severity::Medium },
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
        // A script at work: how much it took in a day says more.
        speaks_to: match is_at_desk {
            true => Vec::new(),
            false => vec![(Question::Q1, State::Possible), (Question::Q4, State::Possible)],
        },
        ..Burst::CARD.finding(Text::new(
            format!("{name} downloaded at least {distinct} documents within 3 minutes"),
            format!("{name} が3分間に少なくとも{distinct}件の文書をダウンロード"),
        ))
    }
}
