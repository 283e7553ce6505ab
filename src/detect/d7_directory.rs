//! D7: lists of people are taken.

use super::days::{self, AccountDay, OWN_DAYS};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Finding, Severity};
use crate::judge::activity::Topic;

/// The detection.
pub struct Directory;

impl Detector for Directory {
    type Partial = ();

    const CARD: Card = Card {
        id: "D7",
        name: Text::fixed("Address list taken", "名簿・アドレス帳の取得"),
        what: Text::fixed(
            "Address books, member lists and the like, told by their names: 5 or more in a day (3 from a network new to the account, or by a vendor's account), and half or more of what it does that day, by an account with 14 earlier days that never touched any; or, from such a network or by such an account, 5 or more and over twice as many as on any earlier day. High only from a network new to the account, or by a vendor's.",
            "名簿・アドレス帳など(名称による判定):14日以上の履歴がありこれまで扱ったことのないアカウントによる1日5件以上(新しいネットワークから、または委託先アカウントの場合は3件以上)かつ当日の操作の半数以上の取得・閲覧、または新しいネットワークからの(あるいは委託先アカウントによる)5件以上かつ過去のどの日の2倍も超える取得・閲覧。新しいネットワークからの場合、または委託先アカウントの場合のみ重大とします。",
        ),
        why: Text::fixed(
            "Lists of people are personal data by themselves, and the addresses for what comes next. At ProjectWEB they held 76,000 of them.",
            "名簿はそれ自体が個人データであり、次の攻撃の宛先にもなります。",
        ),
        innocent: Text::fixed("A mailing by human resources.", "人事部門による一斉連絡。"),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log with account, action, document and client address, over two weeks or more.",
                "アカウント・操作・文書・接続元アドレスを記録した2週間以上の監査ログ。",
            ),
        },
        attack: &["T1087.003"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        match days::all(context, &Self::CARD) {
            Err(verdict) => *verdict,
            Ok(days) => {
                let findings = days.iter().filter_map(|day| judged(day, context));
                Verdict { findings: findings.collect(), ..Verdict::default() }
            }
        }
    }
}

fn judged(day: &AccountDay<'_>, _: &Conclusion<'_>) -> Option<Finding> {
    day.topic(&Directory::CARD, &[Topic::Directories], OWN_DAYS, &|name, count| {
        Text::new(
            format!("{name} took {count} lists of people"),
            format!("{name} が{count}件の名簿・アドレス帳を取得・閲覧"),
        )
    })
}
