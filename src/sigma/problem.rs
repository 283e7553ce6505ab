//! What is wrong with rules, in words: what was found, and what to do.
//!
//! Nothing of a rule is left out without one of these.

use crate::base::{Text, visible};
use serde::Serialize;

/// Something wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line in it, from 1, where it is known.
    pub line: Option<u32>,
    /// The rule's id, or its title when it has none.
    pub rule: Option<String>,
    /// What is wrong.
    pub what: What,
}

/// Whether a rule with a problem runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The rule does not run.
    Error,
    /// The rule runs; something about it is not as the specification asks.
    Warning,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The file is not UTF-8.
    NotText,
    /// A document is larger than rules are read.
    TooLarge(u64),
    /// More rules than are read.
    TooMany(u64),
    /// It is no YAML that is read.
    Yaml(String),
    /// The document is no mapping.
    NoMapping,
    /// A part that a rule must have is missing.
    Missing(&'static str),
    /// A part is there that is not known.
    Unknown(String),
    /// A part is not of the form that it must have: its name, and what was expected.
    Form(String, &'static str),
    /// An action of a rule collection that is not known, or stands where it means nothing.
    Action(String),
    /// A modifier that the specification does not have.
    Modifier(String),
    /// Modifiers that do not go together.
    Modifiers(String),
    /// A value that its modifier cannot use.
    Value(String),
    /// A regular expression that cannot be used: the expression, and why.
    Regex(String, String),
    /// The condition cannot be read.
    Condition(String),
    /// The condition names a search that the rule does not have.
    NoSearch(String),
    /// The rule asks for more than the bounds allow.
    TooComplex,
    /// Placeholders without a list.
    Lists(Vec<String>),
    /// Another rule has the same id.
    SameId(String),
    /// A correlation or filter names a rule that is not there.
    NoRule(String),
    /// Correlations that name one another in a circle.
    Circle,
    /// A search that the condition does not use.
    Unused(String),
}

impl Problem {
    /// Whether the rule runs all the same.
    pub const fn kind(&self) -> ProblemKind {
        match self.what {
            What::Unknown(_) | What::SameId(_) | What::Unused(_) => ProblemKind::Warning,
            _ => ProblemKind::Error,
        }
    }

    /// What is wrong, in words.
    pub fn what(&self) -> Text {
        self.what.words()
    }

    /// What to do.
    pub fn hint(&self) -> Text {
        self.what.hint()
    }
}

impl What {
    fn words(&self) -> Text {
        if let Some((text, en, ja)) = self.said_of_a_text() {
            let text = visible(text);
            return Text::new(format!("«{text}» {en}."), format!("「{text}」{ja}。"));
        }
        if let Some((en, ja)) = self.fixed_words() {
            return Text::fixed(en, ja);
        }
        match self {
            Self::TooLarge(bytes) => Text::new(
                format!("The rule has {bytes} bytes, more than rules are read."),
                format!("ルールが{bytes}バイトあり、上限を超えています。"),
            ),
            Self::TooMany(left) => Text::new(
                format!("{left} rules more than are read at once were left out."),
                format!("一度に読み込める数を超えた{left}件のルールを読み込みませんでした。"),
            ),
            Self::Form(part, expected) => {
                let part = visible(part);
                Text::new(
                    format!("«{part}» must be {expected}."),
                    format!("「{part}」の形式が正しくありません(期待:{expected})。"),
                )
            }
            Self::Regex(pattern, why) => {
                let (pattern, why) = (visible(pattern), visible(why));
                Text::new(
                    format!("The regular expression «{pattern}» cannot be used: {why}."),
                    format!("正規表現「{pattern}」は使えません:{why}"),
                )
            }
            Self::Lists(names) => {
                let names = visible(&names.join(", "));
                Text::new(
                    format!("The rule needs lists that are not given: {names}."),
                    format!("必要なリストが指定されていません:{names}"),
                )
            }
            other => Text::new(format!("{other:?}"), format!("{other:?}")),
        }
    }

    /// What is said of a text from the rule.
    fn said_of_a_text(&self) -> Option<(&str, &'static str, &'static str)> {
        Some(match self {
            Self::Yaml(text) => {
                (text, "is why the YAML cannot be read", "のため、YAMLを読み取れません")
            }
            Self::Missing(text) => (text, "is missing", "がありません"),
            Self::Unknown(text) => (text, "is not a part that is known", "は未知の項目です"),
            Self::Action(text) => {
                (text, "cannot be used as an action here", "はここで使えないactionです")
            }
            Self::Modifier(text) => {
                (text, "is no modifier of Sigma", "はSigmaの修飾子ではありません")
            }
            Self::Modifiers(text) => (text, "do not go together", "は組み合わせて使えません"),
            Self::Value(text) => {
                (text, "cannot be used with its modifiers", "はこの修飾子では使えない値です")
            }
            Self::Condition(text) => {
                (text, "cannot be read as a condition", "を条件として読み取れません")
            }
            Self::NoSearch(text) => {
                let ja = "は条件で使われていますが、定義がありません";
                (text, "is used in the condition and not defined", ja)
            }
            Self::SameId(text) => {
                (text, "is the id of another rule too", "は他のルールと重複したidです")
            }
            Self::NoRule(text) => {
                (text, "is no rule that was loaded", "というルールは読み込まれていません")
            }
            Self::Unused(text) => {
                let ja = "は定義されていますが、条件で使われていません";
                (text, "is defined and not used in the condition", ja)
            }
            _ => return None,
        })
    }

    const fn fixed_words(&self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::NotText => {
                ("The file is not UTF-8 text.", "UTF-8のテキストファイルではありません。")
            }
            Self::NoMapping => (
                "The document is no mapping of names to values.",
                "文書が「名前: 値」の形になっていません。",
            ),
            Self::TooComplex => (
                "The rule asks for more tests than are allowed.",
                "ルールの判定の数が上限を超えています。",
            ),
            Self::Circle => (
                "Correlations name one another in a circle.",
                "相関ルールが互いに循環参照しています。",
            ),
            _ => return None,
        })
    }

    fn hint(&self) -> Text {
        let (en, ja) = match self {
            Self::Modifier(_) | Self::Modifiers(_) | Self::Regex(..) | Self::Condition(_) => {
                self.hint_of_notation()
            }
            Self::NotText => ("Save the file as UTF-8.", "UTF-8で保存してください。"),
            Self::TooLarge(_) | Self::TooComplex => {
                ("Divide the rule into several.", "ルールを分割してください。")
            }
            Self::TooMany(_) => ("Load fewer rules at once.", "読み込むルールを減らしてください。"),
            Self::Yaml(_) | Self::NoMapping => {
                ("Correct the text at this line.", "この行の記述を修正してください。")
            }
            Self::Missing(_) => ("Add it.", "追加してください。"),
            Self::Unknown(_) => (
                "Check its spelling. It has no effect.",
                "綴りを確認してください。この項目は効果がありません。",
            ),
            Self::Form(..) | Self::Value(_) => (
                "Write it in the form that the specification asks for.",
                "仕様に沿った形式で記述してください。",
            ),
            Self::Action(_) => (
                "Use global, reset or repeat; repeat stands behind a rule.",
                "global・reset・repeatのいずれかを使ってください。repeatはルールの後に置きます。",
            ),
            Self::NoSearch(_) => (
                "Define it under «detection», or correct the condition.",
                "detectionに定義するか、条件を修正してください。",
            ),
            Self::Lists(_) => {
                ("Add the lists to the settings.", "設定にリストを追加してください。")
            }
            Self::SameId(_) | Self::NoRule(_) | Self::Circle | Self::Unused(_) => {
                self.hint_of_names()
            }
        };
        Text::fixed(en, ja)
    }

    const fn hint_of_notation(&self) -> (&'static str, &'static str) {
        match self {
            Self::Modifier(_) => (
                "Use a modifier of the Sigma specification 2.1.",
                "Sigma仕様2.1の修飾子を使ってください。",
            ),
            Self::Modifiers(_) => ("Use one of them.", "いずれか1つを使ってください。"),
            Self::Regex(..) => (
                "Write it without look-around and back references, and shorter.",
                "先読み・後読みや後方参照を使わず、短く書いてください。",
            ),
            _ => (
                "Use names of searches with and, or, not, «1 of» and «all of».",
                "検索名をand・or・not・「1 of」・「all of」で組み合わせてください。",
            ),
        }
    }

    const fn hint_of_names(&self) -> (&'static str, &'static str) {
        match self {
            Self::SameId(_) => {
                ("Give each rule an id of its own.", "ルールごとに異なるidを付けてください。")
            }
            Self::NoRule(_) => (
                "Load the rule too, or correct the name.",
                "そのルールも読み込むか、名前を修正してください。",
            ),
            Self::Circle => (
                "Let no correlation lead back to itself.",
                "相関ルールが自分自身に戻らないようにしてください。",
            ),
            _ => ("Use it in the condition, or delete it.", "条件で使うか、削除してください。"),
        }
    }
}
