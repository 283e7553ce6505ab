//! D9: documents are opened to outsiders.

use super::changes::{self, Around, Graded};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Question, Severity, State};
use crate::judge::activity::Change;

/// The detection.
pub struct Share;

/// Times the most of an earlier day.
const TIMES: usize = 2;

impl Detector for Share {
    type Partial = ();

    const CARD: Card = Card {
        id: "D9",
        name: Text::fixed("Documents shared with outsiders", "文書の外部・匿名共有"),
        what: Text::fixed(
            "A document shared by a link that asks for no sign-in, a store of a cloud opened to everybody or to another organisation, or a document shared with somebody of another mail domain than the account's and the declared ones: within a day of a sign-in from a network new to the account; 10 or more in a day, and more than twice as many as on any earlier day of an account known for two weeks; or, by an account known for two weeks that never did so, a document that tells of systems, mail or people by its name. High where a new network meets one of the others. An account that shares on three earlier days or more counts only where it shares many. The first 64 shares of an account are kept.",
            "サインイン不要のリンクによる共有、クラウドの保管先の全員または他組織への開放、または自ドメイン・設定済みドメイン以外への共有のうち、(1)新しいネットワークからのサインイン後1日以内のもの、(2)2週間以上の記録があるアカウントによる1日10件以上かつ過去のどの日の2倍も上回るもの、(3)2週間以上の記録があるアカウントによる初めての共有で、文書名がシステム・メール・人名簿に関するもの。(1)が他と重なる場合は重大とします。過去3日以上共有しているアカウントは(2)のみ対象です。アカウントごとに最初の64件を保持します。",
        ),
        why: Text::fixed(
            "What is shared by link is fetched later, from anywhere, without an account, and the logs of the account show nothing of it.",
            "リンクで共有された文書は、後から、どこからでも、アカウントなしで取得でき、アカウントの記録には現れません。",
        ),
        innocent: Text::fixed(
            "Work with partners: declare their domains. The end of a project, when much is handed over.",
            "取引先との共同作業(ドメインを設定に追加してください)、プロジェクト終了時の引き渡し。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The platform's audit log with sharing: account, document, with whom, client address.",
                "共有操作(アカウント・文書・共有先・接続元)を記録した基盤の監査ログ。",
            ),
        },
        attack: &["T1567"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let speaks_to = [(Question::Q4, State::Possible), (Question::Q7, State::Possible)];
        changes::conclude(&Self::CARD, Change::Shared, context, &speaks_to, &|around| {
            grade(around, context)
        })
    }
}

fn grade(around: &Around<'_>, context: &Conclusion<'_>) -> Graded {
    let with = around.changed.forwards_to.as_deref();
    let domain = with.and_then(|with| with.rsplit_once('@')).map(|(_, domain)| domain);
    let is_partner = domain.is_some_and(|domain| context.declared.is_own_domain(domain));
    if is_partner && !around.changed.is_open {
        return None;
    }
    let (today, most) = around.in_day;
    let is_many =
        around.is_known && today >= context.thresholds.shares as usize && today > most * TIMES;
    let is_telling = around.changed.is_telling && around.is_first && !around.is_usual;
    let is_new = around.is_new_network && !around.is_usual;
    match (is_new, is_many, is_telling) {
        (true, true, _) | (true, _, true) => Some((Severity::High, changes::NEW_NETWORK)),
        (true, false, false) => Some((Severity::Medium, changes::NEW_NETWORK)),
        (false, true, _) => Some((Severity::Medium, MANY)),
        (false, false, true) => Some((Severity::Medium, TELLING)),
        (false, false, false) => None,
    }
}

const MANY: Text = Text::fixed(
    "Far more in a day than the account ever shared before.",
    "当該アカウントの過去のどの日も大きく上回る件数です。",
);
const TELLING: Text = Text::fixed(
    "The first share by this account, and of a document that tells of systems, mail or people by its name, or of a copy of a whole disk or database.",
    "当該アカウントによる初めての共有で、文書名がシステム・メール・人名簿に関するもの、またはディスク・データベース全体の写しです。",
);
