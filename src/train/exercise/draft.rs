//! The draft of a first report (速報): the nine items of the rules for the Act on the Protection of
//! Personal Information, each known, still open, or not to be reported. It is marked by what the
//! logs can bear.

use super::marks::FULL;
use crate::base::Text;
use crate::train::{Truth, Vector};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// ① What happened.
    Overview,
    /// ② Which data.
    Data,
    /// ③ How many people's.
    People,
    /// ④ Why.
    Cause,
    /// ⑤ What else may come of it.
    Secondary,
    /// ⑥ What the people concerned are told.
    Notice,
    /// ⑦ Whether it is made public.
    Publication,
    /// ⑧ What is done so that it does not happen again.
    Measures,
    /// ⑨ Anything else.
    Other,
}

/// How an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// It is known.
    Known,
    /// It is being looked into.
    Open,
    /// There is nothing to report.
    Nothing,
}

/// What is written under an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// How it stands; none where it is not filled in.
    #[serde(default)]
    pub stance: Option<Stance>,
    /// In words.
    #[serde(default)]
    pub text: String,
}

/// How an item is marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemMark {
    /// The item.
    pub item: Item,
    /// Of 10,000.
    pub points: i64,
    /// What fits.
    pub right: Vec<Stance>,
    /// Whether its text names what it is about, where it must.
    pub names: bool,
}

/// An item as it is put.
#[derive(Clone, Debug, Serialize)]
pub struct Asking {
    /// Its name in an answer sheet.
    pub id: Item,
    /// In words.
    pub said: Text,
    /// What must stand in its text.
    pub hint: Option<Text>,
}

impl Item {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::Overview,
        Self::Data,
        Self::People,
        Self::Cause,
        Self::Secondary,
        Self::Notice,
        Self::Publication,
        Self::Measures,
        Self::Other,
    ];

    /// In words.
    pub const fn said(self) -> Text {
        match self {
            Self::Overview => Text::fixed("① Overview", "① 概要"),
            Self::Data => Text::fixed(
                "② Data that leaked or may have",
                "② 漏えい等が発生し、又は発生したおそれがある個人データの項目",
            ),
            Self::People => Text::fixed("③ Number of people", "③ 本人の数"),
            Self::Cause => Text::fixed("④ Cause", "④ 原因"),
            Self::Secondary => Text::fixed(
                "⑤ Further harm, or the chance of it",
                "⑤ 二次被害又はそのおそれの有無及びその内容",
            ),
            Self::Notice => {
                Text::fixed("⑥ What the people concerned are told", "⑥ 本人への対応の実施状況")
            }
            Self::Publication => Text::fixed("⑦ Publication", "⑦ 公表の実施状況"),
            Self::Measures => {
                Text::fixed("⑧ Measures against a repetition", "⑧ 再発防止のための措置")
            }
            Self::Other => Text::fixed(
                "⑨ Other matters, such as what the logs lack",
                "⑨ その他参考となる事項(ログの不備など)",
            ),
        }
    }

    const fn hint(self) -> Option<Text> {
        match self {
            Self::Overview => Some(Text::fixed(
                "Name an account or an address.",
                "アカウントまたはアドレスを記載してください。",
            )),
            Self::Data => Some(Text::fixed(
                "Name a project or a document.",
                "プロジェクトまたは文書を記載してください。",
            )),
            _ => None,
        }
    }

    /// What fits the truth, the best first.
    fn right(self, truth: &Truth) -> &'static [Stance] {
        use Stance::{Known, Nothing, Open};
        let happened = truth.vector != Vector::None;
        match self {
            Self::Other if !truth.defects.is_empty() => &[Known],
            Self::Other => &[Nothing, Open],
            _ if !happened => &[Nothing],
            Self::Overview | Self::Data => &[Known],
            // The logs name documents, not what stands in them.
            Self::People => &[Open],
            Self::Cause if truth.vector == Vector::Undetermined => &[Open],
            Self::Cause => &[Known],
            Self::Secondary if truth.questions.get("Q7") != Some(&"no_evidence") => &[Known, Open],
            Self::Secondary => &[Open],
            // What is done is for the trainee to decide, and that something is.
            Self::Notice | Self::Publication | Self::Measures => &[Open, Known],
        }
    }

    /// Whether a text names what the item is about.
    fn names(self, text: &str, truth: &Truth) -> bool {
        let of = &truth.entities;
        let mut wanted = match self {
            Self::Overview => of.accounts.iter().chain(&of.addresses),
            Self::Data => of.projects.iter().chain(&of.documents),
            _ => return true,
        };
        wanted.any(|name| text.contains(name.as_str()))
    }

    fn mark(self, written: &Written, truth: &Truth) -> ItemMark {
        let right = self.right(truth);
        let is_filled = !written.text.trim().is_empty();
        let names = is_filled && self.names(&written.text, truth);
        let points = match written.stance {
            None => 0,
            Some(stance) if right.contains(&stance) => match stance {
                Stance::Known if !is_filled => FULL / 2,
                Stance::Known if !names => FULL * 3 / 4,
                _ => FULL,
            },
            // More than the logs bear.
            Some(Stance::Known) => -FULL / 2,
            Some(_) => 0,
        };
        ItemMark { item: self, points, right: right.to_vec(), names }
    }
}

/// The items as they are put.
pub fn items() -> Vec<Asking> {
    Item::ALL.map(|id| Asking { id, said: id.said(), hint: id.hint() }).into()
}

/// Marks a draft, item by item.
pub(super) fn marks(draft: &BTreeMap<Item, Written>, truth: &Truth) -> Vec<ItemMark> {
    let nothing = Written::default();
    Item::ALL.map(|item| item.mark(draft.get(&item).unwrap_or(&nothing), truth)).into()
}

/// A draft that gets full marks.
pub(super) fn perfect(truth: &Truth) -> BTreeMap<Item, Written> {
    let first = |one: Option<&String>| one.cloned().unwrap_or_default();
    Item::ALL
        .map(|item| {
            let text = match item {
                Item::Overview => first(truth.entities.accounts.first()),
                Item::Data => first(truth.entities.projects.first()),
                Item::Other => {
                    truth.defects.first().map(|text| text.en.to_string()).unwrap_or_default()
                }
                _ => "-".to_owned(),
            };
            (item, Written { stance: item.right(truth).first().copied(), text })
        })
        .into()
}
