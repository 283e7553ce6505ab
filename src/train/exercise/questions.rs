//! What an exercise asks. The same of every case, so that no question tells what happened.

use crate::base::Text;
use serde::{Deserialize, Serialize};

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// Was there unauthorised access?
    Happened,
    /// Which accounts were used?
    Accounts,
    /// From which addresses?
    Addresses,
    /// When did it begin?
    First,
    /// When was it seen last?
    Last,
    /// How did they come in?
    Entry,
    /// How many records of documents viewed?
    Viewed,
    /// How many of documents taken away?
    Downloaded,
    /// Of which projects?
    Projects,
    /// Which documents?
    Documents,
    /// Was a way back left?
    WayBack,
    /// What is wrong with the logs?
    Logs,
}

/// What an answer to a question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One of some claims.
    Choice,
    /// Names.
    Names,
    /// A time.
    Time,
    /// A number of records.
    Count,
}

/// A claim that can be chosen.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Its name in an answer sheet.
    pub id: &'static str,
    /// In words.
    pub said: Text,
}

/// A question as it is put.
#[derive(Clone, Debug, Serialize)]
pub struct Question {
    /// Its name in an answer sheet.
    pub id: Asked,
    /// The question of a report that it is about.
    pub of: &'static str,
    /// What an answer is.
    pub kind: Kind,
    /// In words.
    pub said: Text,
    /// What there is to choose from.
    pub choices: Vec<Choice>,
    /// What answering with "none" says.
    pub none: Text,
}

const NONE: Text =
    Text::fixed("None: no evidence in the logs given", "なし:提供されたログの範囲では痕跡なし");

impl Asked {
    /// All of them, in order.
    pub const ALL: [Self; 12] = [
        Self::Happened,
        Self::Accounts,
        Self::Addresses,
        Self::First,
        Self::Last,
        Self::Entry,
        Self::Viewed,
        Self::Downloaded,
        Self::Projects,
        Self::Documents,
        Self::WayBack,
        Self::Logs,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Happened => "happened",
            Self::Accounts => "accounts",
            Self::Addresses => "addresses",
            Self::First => "first",
            Self::Last => "last",
            Self::Entry => "entry",
            Self::Viewed => "viewed",
            Self::Downloaded => "downloaded",
            Self::Projects => "projects",
            Self::Documents => "documents",
            Self::WayBack => "way_back",
            Self::Logs => "logs",
        }
    }

    /// The question of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|asked| asked.name() == name)
    }

    /// What an answer to it is.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Happened | Self::Entry | Self::WayBack | Self::Logs => Kind::Choice,
            Self::Accounts | Self::Addresses | Self::Projects | Self::Documents => Kind::Names,
            Self::First | Self::Last => Kind::Time,
            Self::Viewed | Self::Downloaded => Kind::Count,
        }
    }

    /// The question of a report that it is about.
    const fn of(self) -> &'static str {
        match self {
            Self::Happened => "Q1",
            Self::Accounts | Self::Addresses | Self::First => "Q2",
            Self::Entry => "Q3",
            Self::Viewed | Self::Downloaded | Self::Documents => "Q4",
            Self::Projects => "Q6",
            Self::WayBack => "Q7",
            Self::Logs => "Q8",
            Self::Last => "Q11",
        }
    }

    /// In words.
    pub const fn said(self) -> Text {
        match self {
            Self::Happened => {
                Text::fixed("Was there unauthorised access?", "不正アクセスはありましたか。")
            }
            Self::Accounts => Text::fixed(
                "Which accounts did the intruder use? One on each line.",
                "侵入者が使用したアカウントはどれですか。1行に1件入力してください。",
            ),
            Self::Addresses => Text::fixed(
                "From which addresses? One on each line.",
                "接続元のアドレスはどれですか。1行に1件入力してください。",
            ),
            Self::First => Text::fixed("When did it begin?", "いつ始まりましたか。"),
            Self::Last => Text::fixed("When was it seen last?", "最後に確認されたのはいつですか。"),
            Self::Entry => Text::fixed("How did they come in?", "侵入経路は何ですか。"),
            Self::Viewed => Text::fixed(
                "How many times did the intruder view a document?",
                "侵入者が文書を閲覧した回数は何回ですか。",
            ),
            Self::Downloaded => Text::fixed(
                "How many times did the intruder download a document?",
                "侵入者が文書をダウンロードした回数は何回ですか。",
            ),
            Self::Projects => Text::fixed(
                "Documents of which projects were reached? One on each line, such as P0012.",
                "どのプロジェクトの文書が閲覧・取得されましたか。P0012のように1行に1件入力してください。",
            ),
            Self::Documents => Text::fixed(
                "Which documents, by their paths? One on each line.",
                "どの文書ですか。パスを1行に1件入力してください。",
            ),
            Self::WayBack => Text::fixed(
                "Was something left behind by which one can come back: a program, a key, an account?",
                "再侵入の手段(プログラム・鍵・アカウント)は残されましたか。",
            ),
            Self::Logs => Text::fixed("What is wrong with the logs?", "ログに不備はありますか。"),
        }
    }

    /// The claims that there are to choose from.
    pub fn choices(self) -> Vec<Choice> {
        let choices: &[(&'static str, Text)] = match self {
            Self::Happened => &[(
                "evidence",
                Text::fixed("There was: the logs show it", "あった(ログに記録がある)"),
            )],
            Self::Entry => &[
                ("exploit", Text::fixed("By a flaw of a program", "ソフトウェアの脆弱性")),
                ("supply_chain", Text::fixed("By way of a vendor", "委託先・保守事業者を経由")),
                (
                    "insider",
                    Text::fixed(
                        "With an own account, beyond its rights",
                        "正規の利用者による権限外の利用",
                    ),
                ),
                ("guessed", Text::fixed("By guessing passwords", "パスワードの推測")),
                (
                    "stolen",
                    Text::fixed(
                        "With passwords that were taken, and the logs show where",
                        "窃取されたパスワード(窃取元がログで分かる)",
                    ),
                ),
            ],
            Self::WayBack => &[("left", Text::fixed("Something was left behind", "残された"))],
            Self::Logs => &[
                (
                    "missing",
                    Text::fixed(
                        "Records are missing for some time",
                        "一定時間の記録が欠落している",
                    ),
                ),
                (
                    "changed",
                    Text::fixed(
                        "Records were removed or changed",
                        "記録が削除または改変されている",
                    ),
                ),
            ],
            _ => &[],
        };
        choices.iter().map(|(id, said)| Choice { id, said: said.clone() }).collect()
    }

    fn question(self) -> Question {
        let none = match self {
            Self::Entry => Text::fixed("Nobody came in", "侵入はなかった"),
            Self::Logs => Text::fixed("Nothing that shows", "不備は見当たらない"),
            _ => NONE,
        };
        Question {
            id: self,
            of: self.of(),
            kind: self.kind(),
            said: self.said(),
            choices: self.choices(),
            none,
        }
    }
}

/// All questions.
pub fn questions() -> Vec<Question> {
    Asked::ALL.map(Asked::question).into()
}
