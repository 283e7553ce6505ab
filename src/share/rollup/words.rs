//! Words that every form of a roll-up uses.

use super::{Moment, Notify, Shown};
use crate::base::{Language, Text, counted, visible};
use crate::report::{ACTS, PartyKind, kind_of_party, pick};
use crate::share::pseudonym::NameKind;
use crate::share::result::{Lack, Sufficiency};
use std::iter;

/// Names that are written out of those that one answer has.
const NAMES: usize = 8;

/// What a name is the name of.
pub const fn kind(kind: NameKind) -> Text {
    match kind {
        NameKind::Network => Text::fixed("network", "ネットワーク"),
        NameKind::Address => Text::fixed("address", "アドレス"),
        NameKind::Account => Text::fixed("account", "アカウント"),
        NameKind::Domain => kind_of_party(PartyKind::Domain),
        NameKind::Tenant => kind_of_party(PartyKind::Tenant),
        NameKind::Project => kind_of_party(PartyKind::Project),
    }
}

/// A name; a pseudonym is said to be one.
pub fn shown(of: &Shown, lang: Language) -> String {
    match of.is_pseudonym {
        true => format!("{}:{}", pick(lang, "pseudonym", "仮名"), visible(&of.name)),
        false => visible(&of.name),
    }
}

/// The first of some names, or only how many there are.
pub fn names(of: &[Shown], counted: Option<u64>, lang: Language) -> String {
    let mut parts: Vec<_> = of.iter().take(NAMES).map(|name| shown(name, lang)).collect();
    if let more @ 1.. = of.len().saturating_sub(NAMES) {
        parts.push(format!("+{more}"));
    }
    match counted {
        _ if !parts.is_empty() => parts.join(", "),
        Some(count) => count.to_string(),
        None => pick(lang, "not told", "記載なし").to_owned(),
    }
}

/// A time, or that it is not told.
pub fn moment(of: Option<&Moment>) -> &str {
    of.map_or("–", Moment::text)
}

/// Whether logs can tell, and what is missing from them.
pub fn logs(sufficiency: Sufficiency, lacks: &[Lack]) -> Text {
    let whether = match sufficiency {
        Sufficiency::Answer => {
            Text::fixed("They answer what was asked.", "求められた質問に回答できます。")
        }
        Sufficiency::InPart => {
            Text::fixed("They answer, with parts missing.", "回答できますが、欠落があります。")
        }
        Sufficiency::CannotTell => Text::fixed("They cannot tell.", "判定できません。"),
    };
    let said: Vec<Text> = iter::once(whether).chain(lacks.iter().map(|lack| lack.said())).collect();
    let en: Vec<&str> = said.iter().map(|text| &*text.en).collect();
    Text::new(en.join(" "), said.iter().map(|text| &*text.ja).collect::<String>())
}

/// What was done with the data of a party.
pub fn acts(of: &Notify, lang: Language) -> String {
    let acts = ACTS.iter().zip(of.acts).filter(|(_, count)| *count > 0);
    let said = acts.map(|((en, ja), count)| format!("{} {count}", pick(lang, en, ja)));
    said.collect::<Vec<_>>().join(", ")
}

/// Who a row of the notification list is about.
pub fn party(of: &Notify, lang: Language) -> String {
    let kind = kind_of_party(of.kind);
    let who = match &of.party {
        Some(name) => shown(name, lang),
        None => match lang {
            Language::En => counted(of.parties, "party").replace("partys", "parties"),
            Language::Ja => format!("{}件", of.parties),
        },
    };
    let within = of.within.as_ref().map(|name| format!(" ({})", shown(name, lang)));
    format!("{} {who}{}", kind.in_language(lang), within.unwrap_or_default())
}
