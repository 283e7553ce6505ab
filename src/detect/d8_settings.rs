//! D8: settings of mail systems and plans of networks are taken.

use super::changes::{self, Around, way_back};
use super::days::{self, AccountDay, OWN_DAYS};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Finding, Question, Severity, State};
use crate::judge::activity::{Change, Topic};

/// The detection.
pub struct SystemSettings;

/// Secrets of a vault in a day.
const SECRETS: usize = 3;

impl Detector for SystemSettings {
    type Partial = ();

    const CARD: Card = Card {
        id: "D8",
        name: Text::fixed("Mail and system settings taken", "メール・システム設定の取得"),
        what: Text::fixed(
            "Documents on mail systems (SMTP, LDAP), networks, firewalls and lists of devices, told by their names: 5 or more in a day (3 from a network new to the account, or by a vendor's account), and half or more of what it does that day, by an account with 14 earlier days that never touched any; or, from such a network or by such an account, 5 or more and over twice as many as on any earlier day. High only from a network new to the account, or by a vendor's. Or secrets of a vault, 3 reads or more in a day, from such a network (high), or the first by an account known for two weeks.",
            "メール設定(SMTP・LDAP)・ネットワーク構成・機器一覧など(名称による判定):14日以上の履歴がありこれまで扱ったことのないアカウントによる1日5件以上(新しいネットワークから、または委託先アカウントの場合は3件以上)かつ当日の操作の半数以上の取得・閲覧、または新しいネットワークからの(あるいは委託先アカウントによる)5件以上かつ過去のどの日の2倍も超える取得・閲覧。新しいネットワークからの場合、または委託先アカウントの場合のみ重大とします。または、新しいネットワークからの(重大)、あるいは2週間以上の記録があるアカウントによる初めての、1日3回以上のシークレット保管庫の読み出し。",
        ),
        why: Text::fixed(
            "They hold passwords and the way to the next system: what they name must be changed.",
            "パスワードや次のシステムへの経路が含まれ、記載された資格情報は変更が必要です。",
        ),
        innocent: Text::fixed("People who build the system.", "構築担当者の業務。"),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log with account, action, document and client address, over two weeks or more.",
                "アカウント・操作・文書・接続元アドレスを記録した2週間以上の監査ログ。",
            ),
        },
        attack: &["T1213", "T1552"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let secrets = secrets(context);
        match days::all(context, &Self::CARD) {
            Err(_) if !secrets.is_empty() => Verdict { findings: secrets, ..Verdict::default() },
            Err(verdict) => *verdict,
            Ok(days) => {
                let findings = days.iter().filter_map(|day| judged(day, context));
                Verdict { findings: findings.chain(secrets).collect(), ..Verdict::default() }
            }
        }
    }
}

/// Secrets of vaults that accounts read.
fn secrets(context: &Conclusion<'_>) -> Vec<Finding> {
    let speaks_to = [
        (Question::Q1, State::Possible),
        (Question::Q4, State::Possible),
        (Question::Q9, State::Possible),
    ];
    let grade = |around: &Around<'_>| way_back(around).filter(|_| around.in_day.0 >= SECRETS);
    changes::conclude(&SystemSettings::CARD, Change::SecretRead, context, &speaks_to, &grade)
        .findings
}

fn judged(day: &AccountDay<'_>, _: &Conclusion<'_>) -> Option<Finding> {
    let topics = [Topic::MailSettings, Topic::Systems];
    let finding = day.topic(&SystemSettings::CARD, &topics, OWN_DAYS, &|name, count| {
        Text::new(
            format!("{name} took {count} documents on mail, networks or systems"),
            format!("{name} がメール・ネットワーク・システムの設定文書{count}件を取得・閲覧"),
        )
    })?;
    let speaks_to = [finding.speaks_to.clone(), vec![(Question::Q9, State::Possible)]].concat();
    Some(Finding { speaks_to, ..finding })
}
