//! A3: many failed sign-ins to one account, and then one that succeeds.

use super::accounts::{BehindTries, missing_sign_ins, missing_successes, novelty, place, stated};
use super::forms::{Client, Forms, Guessed, is_failure};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::{Fingerprint, Text, visible};
use crate::baseline::activity::{DayUse, Novelty, Pair, TRY_SECS};
use crate::event::Field;
use crate::finding::{Confidence, Finding, Grade, Question, Severity, State, Subject, SubjectKind};
use crate::judge::activity::Network;

/// The detection.
pub struct Guessing;

/// Times of five minutes in which failures count together.
const WIDTH: i32 = 3;
/// Seconds from the last failures to the sign-in.
const SOON_SECS: i64 = 1_800;

/// Times as many failures as otherwise are needed where the log does not name the account.
const UNNAMED_TIMES: u32 = 3;

impl Detector for Guessing {
    type Partial = Forms;

    const CARD: Card = Card {
        id: "A3",
        name: Text::fixed("Guessing, then success", "総当たりの後の成功"),
        what: Text::fixed(
            "10 failed sign-ins or more to one account within 15 minutes, and within 30 minutes a sign-in from the same network, which is new to the account. Where no log tells of sign-ins, access logs do: of accounts that they name; and where they name none, 30 failures at one page by one address that was not let in before, at most medium. A page must let in 3 addresses or more and turn others away otherwise (400, 401, 422, 423, or its form again where it redirects who is right), else its answers tell nothing.",
            "15分間に1アカウントへ10件以上のサインイン失敗があり、その後30分以内に、当該アカウントにとって新しい同じネットワークからサインインに成功したもの。認証ログがない場合は、アカウントを記録したアクセスログで判定します。アカウントの記録がない場合は、それまで成功のない1つのアドレスから同一ページへの30件の失敗とその後の成功を検知します(重要度は中まで)。3以上のアドレスが成功し、失敗時の応答(400・401・422・423、または成功時にリダイレクトするページでのフォーム再表示)が異なるページに限ります。",
        ),
        why: Text::fixed(
            "The password was guessed, or found in a list of likely ones.",
            "パスワードが推測された、または候補の一覧から見つけられた可能性があります。",
        ),
        innocent: Text::fixed(
            "A forgotten password while travelling; a program with an old password on a device that is then corrected.",
            "出張先でのパスワード忘れ、古いパスワードを保存したプログラムの修正。",
        ),
        needs: Needs {
            fields: &[Field::SourceAddress],
            words: Text::fixed(
                "Sign-in logs with time, account, client address and result, over a week or more; or access logs with client address, request line and status.",
                "時刻・アカウント・接続元アドレス・成否を記録した1週間以上の認証ログ、またはクライアントのアドレス・要求行・ステータスを含むアクセスログ。",
            ),
        },
        attack: &["T1110.001"],
        severity: Severity::High,
    };

    const WANTS: Marks = Marks::SIGN_IN;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Forms) {
        partial.note(seen);
    }

    fn conclude(&self, partial: Forms, context: &Conclusion<'_>) -> Verdict {
        let words = &Self::CARD.needs.words;
        if context.baseline.activities.sign_ins == (0, 0) && !partial.is_empty() {
            return unnamed(&partial, context);
        }
        if let Some(verdict) =
            missing_sign_ins(context, words).or_else(|| missing_successes(context, words))
        {
            return verdict;
        }
        let networks = context.baseline.activities.by_network();
        let pairs = networks.iter().flat_map(|(_, pairs)| pairs);
        let findings = pairs.filter_map(|(key, pair)| judged(*key, pair, context));
        Verdict { findings: findings.collect(), ..Verdict::default() }
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        finding.scope.records.contains(&seen.event.location.key())
            || is_failure(seen, &finding.scope)
    }
}

/// What access logs tell that name no account.
fn unnamed(forms: &Forms, context: &Conclusion<'_>) -> Verdict {
    let least = context.thresholds.guessing_failures.saturating_mul(UNNAMED_TIMES);
    let own = |client: &Client| {
        let network = Network::of(client.address.as_bytes());
        network.is_some_and(|network| context.declared.owns(network))
    };
    let guessed = forms.guessed(u64::from(least)).into_iter();
    let findings =
        guessed.filter(|(client, _)| !own(client)).map(|(client, of)| at_page(client, &of));
    let reason = Text::fixed(
        "The access logs do not name the accounts that are signed in to: only failures and successes of one address at one page were compared.",
        "アクセスログにサインイン先のアカウントの記録がないため、1つのアドレスから同一ページへの失敗と成功のみを比較しました。",
    );
    Verdict {
        findings: findings.collect(),
        not_evaluable: Some((reason, Guessing::CARD.needs.words.clone())),
        bounds: super::bounds("A3", forms.one_in()),
        ..Verdict::default()
    }
}

fn at_page(client: &Client, of: &Guessed) -> Finding {
    let (first, last) = stated((of.first.0, of.entry.0));
    let (name, page, failed) = (visible(&client.address), visible(&client.page), of.failed);
    Finding {
        severity: Severity::Medium,
        confidence: Confidence::Low,
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Address, value: client.address.to_string() },
        first,
        last,
        count: failed + 1,
        reason: Text::new(
            format!(
                "{failed} passwords turned away at {page} within 15 minutes, then one that was let in. The address was not let in before. The log does not say which account it is."
            ),
            format!(
                "{page} で15分間に{failed}件の認証が拒否された後、成功。このアドレスからの成功は初めてです。対象アカウントはログに記録されていません。"
            ),
        ),
        scope: of.scope(),
        places: vec![place(of.entry), place(of.first)],
        speaks_to: vec![(Question::Q1, State::Possible), (Question::Q3, State::Possible)],
        ..Guessing::CARD.finding(Text::new(
            format!("{name} was let in at {page} after {failed} failures"),
            format!("{name} が {page} で{failed}回の失敗の後に認証成功"),
        ))
    }
}

fn judged(key: Fingerprint, pair: &Pair, context: &Conclusion<'_>) -> Option<Finding> {
    for day in &pair.days {
        let Some(times) = guessed(pair, *day, context.thresholds.guessing_failures) else {
            continue;
        };
        match novelty(context, pair.account, pair.network, *day) {
            Novelty::Known => {}
            novelty => {
                let is_new = novelty == Novelty::New;
                return Some(finding(&BehindTries { key, pair, day: *day, times, is_new }));
            }
        }
    }
    None
}

/// The times of the failures before a sign-in, where there are enough of them.
fn guessed(pair: &Pair, day: DayUse, least: u32) -> Option<(i32, i32)> {
    let last = day.first.0.div_euclid(TRY_SECS) as i32;
    let soonest = (day.first.0 - SOON_SECS).div_euclid(TRY_SECS) as i32;
    let ends = (soonest..=last).rev();
    let mut windows = ends.map(|end| (end - WIDTH + 1, end));
    windows.find(|(from, to)| pair.tries(*from, *to).failed >= least)
}

fn finding(behind: &BehindTries<'_>) -> Finding {
    let (failed, pair) = (behind.tries().failed, behind.pair);
    let (name, network) = (visible(&pair.name), pair.network);
    behind.finding(
        &Guessing::CARD,
        Grade::E3,
        Text::new(
            format!("{name} was signed in to from {} after {failed} failures", pair.address),
            format!("{name} に{failed}回の失敗の後 {} からサインイン", pair.address),
        ),
        Text::new(
            format!("{failed} failed sign-ins within 15 minutes, then one that succeeded, from {network}."),
            format!("{network} から15分間に{failed}件のサインイン失敗の後、成功。"),
        ),
    )
}
