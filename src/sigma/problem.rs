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
        match self {
            Self::NotText => Text::fixed(
                "The file is not UTF-8 text.",
                "UTF-8のテキストファイルではありません。",
            ),
            Self::TooLarge(bytes) => Text::new(
                format!("The rule has {bytes} bytes, more than rules are read."),
                format!("ルールが{bytes}バイトあり、上限を超えています。"),
            ),
            Self::TooMany(left) => Text::new(
                format!("{left} rules more than are read at once were left out."),
                format!("一度に読み込める数を超えた{left}件のルールを読み込みませんでした。"),
            ),
            Self::Yaml(what) => Text::new(
                format!("The YAML cannot be read: {what}."),
                format!("YAMLを読み取れません:{what}"),
            ),
            Self::NoMapping => Text::fixed(
                "The document is no mapping of names to values.",
                "文書が「名前: 値」の形になっていません。",
            ),
            Self::Missing(part) => {
                Text::new(format!("«{part}» is missing."), format!("「{part}」がありません。"))
            }
            Self::Unknown(part) => named(part, "is not a part that is known", "は未知の項目です"),
            Self::Form(part, expected) => {
                let part = visible(part);
                Text::new(
                    format!("«{part}» must be {expected}."),
                    format!("「{part}」の形式が正しくありません(期待:{expected})。"),
                )
            }
            Self::Action(action) => {
                named(action, "cannot be used as an action here", "はここで使えないactionです")
            }
            Self::Modifier(name) => {
                named(name, "is no modifier of Sigma", "はSigmaの修飾子ではありません")
            }
            Self::Modifiers(names) => {
                named(names, "do not go together", "は組み合わせて使えません")
            }
            Self::Value(value) => {
                named(value, "cannot be used with its modifiers", "はこの修飾子では使えない値です")
            }
            Self::Regex(pattern, why) => {
                let (pattern, why) = (visible(pattern), visible(why));
                Text::new(
                    format!("The regular expression «{pattern}» cannot be used: {why}."),
                    format!("正規表現「{pattern}」は使えません:{why}"),
                )
            }
            Self::Condition(what) => {
                named(what, "cannot be read as a condition", "を条件として読み取れません")
            }
            Self::NoSearch(name) => named(
                name,
                "is used in the condition and not defined",
                "は条件で使われていますが、定義がありません",
            ),
            Self::TooComplex => Text::fixed(
                "The rule asks for more tests than are allowed.",
                "ルールの判定の数が上限を超えています。",
            ),
            Self::Lists(names) => {
                let names = visible(&names.join(", "));
                Text::new(
                    format!("The rule needs lists that are not given: {names}."),
                    format!("必要なリストが指定されていません:{names}"),
                )
            }
            Self::SameId(id) => {
                named(id, "is the id of another rule too", "は他のルールと重複したidです")
            }
            Self::NoRule(name) => {
                named(name, "is no rule that was loaded", "というルールは読み込まれていません")
            }
            Self::Circle => Text::fixed(
                "Correlations name one another in a circle.",
                "相関ルールが互いに循環参照しています。",
            ),
            Self::Unused(name) => named(
                name,
                "is defined and not used in the condition",
                "は定義されていますが、条件で使われていません",
            ),
        }
    }

    const fn hint(&self) -> Text {
        match self {
            Self::NotText => Text::fixed("Save the file as UTF-8.", "UTF-8で保存してください。"),
            Self::TooLarge(_) | Self::TooComplex => {
                Text::fixed("Divide the rule into several.", "ルールを分割してください。")
            }
            Self::TooMany(_) => {
                Text::fixed("Load fewer rules at once.", "読み込むルールを減らしてください。")
            }
            Self::Yaml(_) | Self::NoMapping => {
                Text::fixed("Correct the text at this line.", "この行の記述を修正してください。")
            }
            Self::Missing(_) => Text::fixed("Add it.", "追加してください。"),
            Self::Unknown(_) => Text::fixed(
                "Check its spelling. It has no effect.",
                "綴りを確認してください。この項目は効果がありません。",
            ),
            Self::Form(..) | Self::Value(_) => Text::fixed(
                "Write it in the form that the specification asks for.",
                "仕様に沿った形式で記述してください。",
            ),
            Self::Action(_) => Text::fixed(
                "Use global, reset or repeat; repeat stands behind a rule.",
                "global・reset・repeatのいずれかを使ってください。repeatはルールの後に置きます。",
            ),
            Self::Modifier(_) => Text::fixed(
                "Use a modifier of the Sigma specification 2.1.",
                "Sigma仕様2.1の修飾子を使ってください。",
            ),
            Self::Modifiers(_) => Text::fixed("Use one of them.", "いずれか1つを使ってください。"),
            Self::Regex(..) => Text::fixed(
                "Write it without look-around and back references, and shorter.",
                "先読み・後読みや後方参照を使わず、短く書いてください。",
            ),
            Self::Condition(_) => Text::fixed(
                "Use names of searches with and, or, not, «1 of» and «all of».",
                "検索名をand・or・not・「1 of」・「all of」で組み合わせてください。",
            ),
            Self::NoSearch(_) => Text::fixed(
                "Define it under «detection», or correct the condition.",
                "detectionに定義するか、条件を修正してください。",
            ),
            Self::Lists(_) => {
                Text::fixed("Add the lists to the settings.", "設定にリストを追加してください。")
            }
            Self::SameId(_) => Text::fixed(
                "Give each rule an id of its own.",
                "ルールごとに異なるidを付けてください。",
            ),
            Self::NoRule(_) => Text::fixed(
                "Load the rule too, or correct the name.",
                "そのルールも読み込むか、名前を修正してください。",
            ),
            Self::Circle => Text::fixed(
                "Let no correlation lead back to itself.",
                "相関ルールが自分自身に戻らないようにしてください。",
            ),
            Self::Unused(_) => Text::fixed(
                "Use it in the condition, or delete it.",
                "条件で使うか、削除してください。",
            ),
        }
    }
}

/// What is said of a text from a rule.
fn named(text: &str, en: &str, ja: &str) -> Text {
    let text = visible(text);
    Text::new(format!("«{text}» {en}."), format!("「{text}」{ja}。"))
}
