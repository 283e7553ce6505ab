//! B4: commands sent to a program that hardly anybody else asks for, each answered differently.

use super::answers::{Answers, Group, key_of};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict, packs};
use crate::base::{Arrange, Text, counted, rfc3339};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::payload::Payloads;
use crate::judge::resource::Resource;
use std::collections::BTreeSet;

/// The detection.
pub struct WebShell;

/// Commands that must have been answered.
const COMMANDS: u64 = 3;
/// Clients that the program was served to, at most.
const CLIENTS: usize = 3;

impl Detector for WebShell {
    type Partial = Answers;

    const CARD: Card = Card {
        id: "B4",
        name: Text::fixed("Web shell", "Webシェル"),
        what: Text::fixed(
            "3 or more requests with commands of a web shell (cmd=whoami and the like) to one program (.php, .jsp, .aspx and others), answered with 200 or 206 and in different sizes, none of them that of an error page, where the program was served to 3 clients or fewer.",
            "同一のプログラム(.php・.jsp・.aspxなど)に対するWebシェルのコマンド(cmd=whoamiなど)の要求3件以上に200または206で、エラーページと異なる複数のサイズの応答があり、そのプログラムが3以下のクライアントにしか応答していないもの。",
        ),
        why: Text::fixed(
            "A page that answers each command differently carries it out. Who has it has the server.",
            "コマンドごとに異なる応答を返すページは、コマンドを実行しています。サーバーが掌握されていることを意味します。",
        ),
        innocent: Text::fixed(
            "A tool of the administrators that takes commands, a penetration test.",
            "コマンドを受け付ける管理ツール、侵入テスト。",
        ),
        needs: Needs {
            fields: &[Field::SourceAddress, Field::Target, Field::Status, Field::BytesOut],
            words: Text::fixed(
                "Access logs with client address, request line with query, status and bytes.",
                "クライアントのアドレス、クエリを含む要求行、ステータス、バイト数を含むアクセスログ。",
            ),
        },
        attack: &["T1505.003"],
        severity: Severity::High,
    };
    const WANTS: Marks = Marks::PAYLOAD;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Answers) {
        if is_command(seen) {
            partial.note(seen, KIND);
        }
    }

    fn conclude(&self, partial: Answers, context: &Conclusion<'_>) -> Verdict {
        let by_path = partial.by_path();
        let mut findings: Vec<_> =
            by_path.values().filter_map(|groups| judged(groups, context)).collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        let bounds = super::bounds("B4", partial.one_in());
        Verdict { findings, bounds, ..Verdict::default() }
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        is_command(seen) && finding.scope.answers.contains(&key_of(seen, KIND))
    }
}

/// The one kind of request that is kept.
const KIND: u16 = Payloads::WEBSHELL.bits();

/// Whether a request carries a command to a program and was answered. Where a pack knows what the
/// answer means, B2 tells.
fn is_command(seen: &Seen<'_>) -> bool {
    let resource = seen.judged.resource;
    let is_shell = seen.payloads.iter().any(|one| one.bits() == KIND);
    let is_told = || seen.marks.meet(Marks::WATCHED) && packs().know_answer(seen);
    is_shell
        && resource.contains(Resource::DYNAMIC)
        && matches!(seen.status, 200 | 206)
        && !is_told()
}

fn judged(groups: &[(u64, &Group)], context: &Conclusion<'_>) -> Option<Finding> {
    let (_, group) = groups.first()?;
    let stats = context.baseline.paths.get(group.path);
    let is_rare =
        stats.and_then(|stats| stats.few_clients()).is_some_and(|clients| clients.len() <= CLIENTS);
    let mut tally = super::answers::Tally::default();
    let mut sizes = BTreeSet::new();
    for (key, group) in groups {
        for ((status, size), answer) in &group.answers() {
            tally.add((*key, *status, *size), group, answer);
            sizes.extend(answer.extent.into_iter().flat_map(|(least, most)| [least, most]));
        }
    }
    sizes.retain(|bytes| !context.site.is_error_page(*bytes));
    if !is_rare || tally.count < COMMANDS || sizes.len() < 2 {
        return None;
    }
    let (count, path, clients) = (tally.count, &group.path_name, tally.clients.len());
    let (least, most) = tally.extent.unwrap_or_default();
    Some(Finding {
        severity: Severity::High,
        confidence: Confidence::Moderate,
        grade: Grade::E1,
        outcome: Some(Outcome::LikelySucceeded),
        subject: Subject { kind: SubjectKind::Address, value: tally.main_client() },
        first: tally.span.map(|span| rfc3339(span.0)),
        last: tally.span.map(|span| rfc3339(span.1)),
        count,
        reason: Text::new(
            format!(
                "{count} commands to {path} from {} were answered with {least} to {most} bytes; hardly anybody else was served this program.",
                counted(clients, "address")
            ),
            format!(
                "{path} への{count}件のコマンド(接続元アドレス{clients}個)に{least}~{most}バイトの応答。他にこのプログラムの応答を得たクライアントはほとんどありません。"
            ),
        ),
        scope: Scope { answers: tally.keys.clone(), ..Scope::default() },
        places: tally.evidence(),
        speaks_to: vec![
            (Question::Q1, State::Likely),
            (Question::Q3, State::Likely),
            (Question::Q7, State::Likely),
        ],
        ..WebShell::CARD.finding(Text::new(
            format!("{path} carried out commands"),
            format!("{path} がコマンドを実行"),
        ))
    })
}
