//! E6: a program is put where it runs by itself, by a web server or by one who does not usually.

use super::changes::{self, Around, FIRST, Graded, NEW_NETWORK};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::Text;
use crate::event::Field;
use crate::finding::{Question, Severity, State};
use crate::judge::activity::Change;

/// The detection.
pub struct ProgramPlaced;

impl Detector for ProgramPlaced {
    type Partial = ();

    const CARD: Card = Card {
        id: "E6",
        name: Text::fixed("Task, service or function placed", "タスク・サービス・関数の配置"),
        what: Text::fixed(
            "A scheduled task, a service, a function of a cloud, a machine or container of a cloud with rights of its own, or a command or shell on machines by way of a cloud, placed by an account under which a web server runs, or by one that signed in from a network new to it within the day before; low where it is the first by an account known for two weeks. An account that did so on three earlier days is left out. Files that are written, such as a web.config or a crontab, are not judged.",
            "Webサーバーの実行アカウント、または直前1日以内に新しいネットワークからサインインしたアカウントによる、スケジュールタスク・サービス・クラウド関数、独自の権限を持つクラウドのマシン・コンテナの配置、クラウド経由の端末へのコマンド・シェル。2週間以上の記録があるアカウントによる初めての配置は低とします。過去3日以上で配置しているアカウントは除きます。web.configやcrontabなどのファイルの書き込みは対象外です。",
        ),
        why: Text::fixed(
            "What runs by itself is there again after the door was closed. A web server has no need to place anything.",
            "自動で実行されるものは、侵入口を閉じた後も動き続けます。Webサーバーがそれらを配置する必要はありません。",
        ),
        innocent: Text::fixed(
            "A deployment, an update that installs a task of its own.",
            "デプロイ、更新プログラムによるタスクの登録。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "The servers' security logs (Windows events 4697 and 4698), or the cloud's audit log.",
                "サーバーのセキュリティログ(Windowsイベント4697・4698)、またはクラウドの監査ログ。",
            ),
        },
        attack: &["T1053", "T1543"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let speaks_to = [(Question::Q7, State::Possible)];
        changes::conclude(&Self::CARD, Change::ProgramPlaced, context, &speaks_to, &grade)
    }
}

fn grade(around: &Around<'_>) -> Graded {
    match (around.changed.is_by_web_server, around.is_new_network, around.is_first) {
        _ if around.is_usual => None,
        (true, _, _) => Some((Severity::High, WEB_SERVER)),
        (_, true, _) => Some((Severity::High, NEW_NETWORK)),
        (_, _, true) => Some((Severity::Low, FIRST)),
        _ => None,
    }
}

const WEB_SERVER: Text = Text::fixed(
    "By an account under which a web server runs.",
    "Webサーバーの実行アカウントによる配置です。",
);
