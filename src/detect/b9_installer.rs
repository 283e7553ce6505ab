//! B9: an installer is walked through long after the application was installed.

use super::answers::{Answers, Compared, Tally, key_of};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::{Arrange, Fingerprint, Instant, Text, rfc3339};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Question, Scope, Severity, State, Subject, SubjectKind,
};
use std::collections::{BTreeMap, BTreeSet};

/// The detection.
pub struct Installer;

/// Seconds of logs before it counts.
const BEFORE_SECS: i64 = 86_400;
/// Kinds of requests: those that only look, and those that send something.
const LOOKS: u16 = 0;
const SENDS: u16 = 1;
/// Forms sent that make it a walk through the steps.
const STEPS: u64 = 2;

impl Detector for Installer {
    type Partial = Answers;

    const CARD: Card = Card {
        id: "B9",
        name: Text::fixed("Installer used after installation", "導入後のインストーラーの使用"),
        what: Text::fixed(
            "A client without an account that, a day or more after the logs begin, sends two forms or more to the pages of an installer (/install/, /setup/, setup-config.php and the like) and gets answers of two sizes or more that are not error pages (200 to 303). High where no such page was served before.",
            "ログ開始から1日以上経過後に、アカウントのないクライアントがインストーラーのページ(/install/、/setup/、setup-config.phpなど)にフォームを2回以上送信し、エラーページではない2種類以上のサイズの応答(200~303)を得たもの。それ以前に応答がなかったページであれば重大とします。",
        ),
        why: Text::fixed(
            "An installer makes an administrator for whoever walks through it, and asks nobody for a password.",
            "インストーラーは、実行した者に認証なしで管理者を作成します。",
        ),
        innocent: Text::fixed("An upgrade, a new installation.", "更新作業、新規導入。"),
        needs: Needs {
            fields: &[Field::SourceAddress, Field::Method, Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs of more than a day with client address, method, request line, status and bytes.",
                "クライアントのアドレス・メソッド・要求行・ステータス・バイト数を含む1日を超えるアクセスログ。",
            ),
        },
        attack: &["T1190"],
        severity: Severity::Medium,
    };
    const WANTS: Marks = Marks::INSTALLER;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Answers) {
        if is_strangers(seen) {
            partial.note(seen, kind_of(seen));
        }
    }

    fn conclude(&self, partial: Answers, context: &Conclusion<'_>) -> Verdict {
        let starts = context.streams.iter().filter(|stream| stream.requests > 0);
        let start = starts.filter_map(|stream| stream.span).map(|span| span.0).min();
        let Some(start) = start else { return Verdict::default() };
        let mut clients = BTreeMap::<Fingerprint, Walk>::new();
        for (key, group) in partial.groups() {
            for ((status, size), answer) in &group.answers() {
                let compared = group.compare(*status, *size, context);
                let is_answer = !matches!(compared, Compared::ErrorPage);
                let is_late = answer.span.0 >= start + BEFORE_SECS;
                if !is_answer || !is_late || context.site.is_crowded(*size) {
                    continue;
                }
                let walk = clients.entry(group.client).or_default();
                walk.sent += if group.kind == SENDS { answer.count } else { 0 };
                walk.sizes.extend(answer.extent.map(|(least, _)| least));
                let stats = context.baseline.paths.get(group.path);
                let served = stats.and_then(|stats| stats.served());
                walk.served = walk.served.into_iter().chain(served.map(|(at, _)| at)).min();
                walk.tally.add((key, *status, *size), group, answer);
            }
        }
        let walks =
            clients.into_values().filter(|walk| walk.sent >= STEPS && walk.sizes.len() >= 2);
        let mut findings: Vec<_> = walks.map(|walk| walk.finding()).collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        Verdict { findings, bounds: super::bounds("B9", partial.one_in()), ..Verdict::default() }
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        is_strangers(seen) && finding.scope.answers.contains(&key_of(seen, kind_of(seen)))
    }
}

/// Whether a request for an installer's page names no account and was answered. Who is signed in
/// has pages of the own that are called so.
fn is_strangers(seen: &Seen<'_>) -> bool {
    seen.event.fields.text(Field::UserName).is_none()
        && matches!(seen.status, 200..=206 | 302 | 303)
}

fn kind_of(seen: &Seen<'_>) -> u16 {
    let is_sent = seen.event.fields.text(Field::Method) == Some(b"POST");
    if is_sent { SENDS } else { LOOKS }
}

/// What one client did there.
#[derive(Default)]
struct Walk {
    sent: u64,
    sizes: BTreeSet<u64>,
    /// When one of the pages was served first, to whomever.
    served: Option<Instant>,
    tally: Tally,
}

impl Walk {
    fn finding(&self) -> Finding {
        let Self { sent, tally, .. } = self;
        let path = tally.paths.first().cloned().unwrap_or_default();
        let (client, count, statuses) = (tally.main_client(), tally.count, tally.statuses());
        let began = tally.span.map(|span| span.0);
        let is_new = self.served.is_none_or(|served| Some(served) >= began);
        let state = if is_new { State::Likely } else { State::Possible };
        Finding {
            severity: if is_new { Severity::High } else { Severity::Medium },
            confidence: if is_new { Confidence::Moderate } else { Confidence::Low },
            grade: Grade::E3,
            outcome: Some(if is_new { Outcome::LikelySucceeded } else { Outcome::Unknown }),
            subject: Subject { kind: SubjectKind::Address, value: client.clone() },
            first: tally.span.map(|span| rfc3339(span.0)),
            last: tally.span.map(|span| rfc3339(span.1)),
            count,
            reason: Text::new(
                format!(
                    "{count} requests for pages of an installer such as {path} ({statuses}), {sent} of them forms that were sent."
                ),
                format!(
                    "{path} などインストーラーのページへの要求{count}件({statuses})、うちフォームの送信{sent}件。"
                ),
            ),
            scope: Scope { answers: tally.keys.clone(), ..Scope::default() },
            places: tally.evidence(),
            speaks_to: vec![(Question::Q1, state), (Question::Q3, state)],
            ..Installer::CARD.finding(Text::new(
                format!("{client} walked through an installer at {path}"),
                format!("{client} が {path} のインストーラーを操作"),
            ))
        }
    }
}
