//! What of a list is not swept, why, and what to do about it. Nothing is left out silently.

use super::noise::Noise;
use crate::base::Text;
use serde::{Deserialize, Serialize};

/// Why something is not swept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// It has the shape of no kind that is swept.
    Shape,
    /// It is said to be of a kind that its value does not fit.
    Unfit(String),
    /// It is of a kind that logs are not swept for.
    Kind(String),
    /// It stands for what many innocent records hold.
    Noisy(Noise),
    /// Its pattern asks for more than equality of one value.
    Pattern(Construct),
    /// A pattern cannot be read at this byte of it.
    Syntax(u32),
    /// It says what was observed, not that it is bad.
    Observed,
    /// Its author withdrew it.
    Withdrawn,
    /// Its author marked it as context, not for detection.
    Context,
    /// Its validity ends before it begins, or is no time.
    Validity(String),
    /// The file, or this part of it, cannot be read.
    Damaged(String),
    /// It is more than can be held.
    TooMany,
    /// It begins with no range of addresses.
    NoRange,
}

/// What a pattern asks for that cannot be swept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Construct {
    /// Several things at once.
    Several,
    /// Things one after another, within a time, or so many times.
    Order,
    /// That something is not so.
    Negation,
    /// A comparison other than equality, membership or a range of addresses.
    Comparison,
}

/// Something that is not swept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The line on which it begins, from 1.
    pub line: u32,
    /// What is written there, shortened.
    pub text: String,
    /// Why.
    pub why: Why,
}

/// Bytes of a refused text that are kept.
const SHOWN: usize = 120;

impl Refused {
    /// With the text shortened.
    pub fn new(line: u32, text: &str, why: Why) -> Self {
        Self { line, text: shortened(text.trim(), SHOWN).to_owned(), why }
    }
}

/// At most so many bytes of a text, in whole characters.
pub(super) fn shortened(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

impl Why {
    /// Short fixed name, for counting.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Unfit(_) => "unfit",
            Self::Kind(_) => "kind",
            Self::Noisy(_) => "noisy",
            Self::Pattern(_) => "pattern",
            Self::Syntax(_) => "syntax",
            Self::Observed => "observed",
            Self::Withdrawn => "withdrawn",
            Self::Context => "context",
            Self::Validity(_) => "validity",
            Self::Damaged(_) => "damaged",
            Self::TooMany => "too_many",
            Self::NoRange => "no_range",
        }
    }

    /// The reason in words.
    pub fn said(&self) -> Text {
        match self {
            Self::Shape => Text::fixed(
                "It has the shape of no address, network, domain, link, hash or mail address.",
                "アドレス・ネットワーク・ドメイン・URL・ハッシュ・メールアドレスのいずれの形でもありません。",
            ),
            Self::Unfit(kind) => Text::new(
                format!("It is given as {kind} and does not have that shape."),
                format!("種類は {kind} とされていますが、その形をしていません。"),
            ),
            Self::Kind(kind) => Text::new(
                format!("Logs are not swept for {kind}."),
                format!("{kind} はログの照合対象ではありません。"),
            ),
            Self::Noisy(noise) => noise.said(),
            Self::Pattern(construct) => construct.said(),
            Self::Syntax(at) => Text::new(
                format!("The pattern cannot be read at byte {at} of it."),
                format!("パターンの{at}バイト目が読み取れません。"),
            ),
            Self::Observed => Text::fixed(
                "It says what was observed, not that it is a sign of attack.",
                "観測されたものの記述であり、攻撃の兆候とは述べられていません。",
            ),
            Self::Withdrawn => Text::fixed("Its author withdrew it.", "作成者が取り下げています。"),
            Self::Context => Text::fixed(
                "Its author marked it as context that is not for detection.",
                "作成者が検知用ではない参考情報としています。",
            ),
            Self::Validity(text) => Text::new(
                format!("Its validity cannot be read: «{text}»."),
                format!("有効期間が読み取れません:«{text}»。"),
            ),
            Self::Damaged(what) => {
                Text::new(format!("It cannot be read: {what}."), format!("読み取れません:{what}。"))
            }
            Self::TooMany => Text::fixed(
                "There are more indicators than can be held.",
                "保持できる指標の上限を超えています。",
            ),
            Self::NoRange => Text::fixed(
                "It begins with no range of addresses.",
                "先頭にアドレスの範囲がありません。",
            ),
        }
    }

    /// What to do about it.
    pub fn todo(&self) -> Text {
        match self {
            Self::Shape => Text::fixed(
                "Correct it; write account: or user-agent: before those, or give a CSV file a column «type».",
                "修正するか、アカウントは account:、ユーザーエージェントは user-agent: を前に付ける(CSVでは type 列を設ける)。",
            ),
            Self::Unfit(_) => {
                Text::fixed("Correct the value or its type.", "値または種類を修正する。")
            }
            Self::Kind(_) => Text::fixed(
                "Look for it with another tool, or write a rule.",
                "他のツールで調べるか、ルールを作成する。",
            ),
            Self::Noisy(_) => Text::fixed(
                "Ask its author for something narrower, such as a link or a hash.",
                "URLやハッシュなど、より限定的な指標を作成者に求める。",
            ),
            Self::Pattern(_) | Self::Syntax(_) => Text::fixed(
                "Give its values one by one, or write a Sigma rule for it.",
                "値を1つずつ指定するか、Sigmaルールとして記述する。",
            ),
            Self::Observed | Self::Context => Text::fixed(
                "Nothing, unless its author meant it as an indicator.",
                "作成者が指標として意図していない限り、対応は不要。",
            ),
            Self::Withdrawn => Text::fixed("Nothing.", "対応は不要。"),
            Self::Validity(_) => Text::fixed(
                "Write times as 2021-05-06T01:02:03Z, the end behind the beginning.",
                "時刻は 2021-05-06T01:02:03Z の形とし、終わりを始まりより後にする。",
            ),
            Self::Damaged(_) => Text::fixed(
                "Export the list again; archives must be unpacked first.",
                "リストを出力し直す(書庫は先に展開する)。",
            ),
            Self::TooMany => Text::fixed(
                "Split the list and check with each part.",
                "リストを分割し、それぞれで検査する。",
            ),
            Self::NoRange => Text::fixed(
                "Begin the row with a network, 192.0.2.0/24, or a first and a last address.",
                "行の先頭にネットワーク(192.0.2.0/24)、または最初と最後のアドレスを記載する。",
            ),
        }
    }
}

impl Construct {
    fn said(self) -> Text {
        match self {
            Self::Several => Text::fixed(
                "It asks for several things at once, which no single record may hold.",
                "複数の条件を同時に求めており、1件の記録では判定できません。",
            ),
            Self::Order => Text::fixed(
                "It asks for things in an order, a time or a number.",
                "順序・期間・回数を条件としています。",
            ),
            Self::Negation => {
                Text::fixed("It asks that something is not so.", "否定を条件としています。")
            }
            Self::Comparison => Text::fixed(
                "It compares otherwise than by equality, membership or range of addresses.",
                "一致・列挙・アドレス範囲以外の比較を用いています。",
            ),
        }
    }
}
