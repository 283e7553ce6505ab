//! Words for people, in both languages of the product.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt::Display;

/// The same statement in English and Japanese.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Text {
    /// English.
    pub en: Cow<'static, str>,
    /// Japanese.
    pub ja: Cow<'static, str>,
}

impl Text {
    /// A fixed statement.
    pub const fn fixed(en: &'static str, ja: &'static str) -> Self {
        Self { en: Cow::Borrowed(en), ja: Cow::Borrowed(ja) }
    }

    /// A statement with figures filled in.
    pub fn new(en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self { en: Cow::Owned(en.into()), ja: Cow::Owned(ja.into()) }
    }

    /// The statement in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Ja => &self.ja,
        }
    }
}

/// What is wrong with what somebody gave, in both languages. `Display` says the English one.
pub trait Bilingual: std::error::Error {
    /// It, with what was expected.
    fn told(&self) -> Text;

    /// The place in what was given, and what is wrong there, where it is in one place.
    fn placed(&self) -> Option<(&str, Text)> {
        None
    }
}

/// What is wrong with something that somebody wrote: said as it is, where no program needs to tell
/// one fault from another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.en)]
pub struct Wrong(pub Text);

impl Wrong {
    /// Said in both languages.
    pub fn new(en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self(Text::new(en, ja))
    }

    /// Found was this; expected was that.
    pub fn expected(found: &str, en: impl Display, ja: impl Display) -> Self {
        let ja = format!("「{found}」は使えません。{ja}を指定してください。");
        Self::new(format!("«{found}»; expected {en}"), ja)
    }
}

impl Bilingual for Wrong {
    fn told(&self) -> Text {
        self.0.clone()
    }
}

/// A language of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

/// A number with its English noun, which takes an s or es unless the number is one.
pub fn counted(number: impl Display, noun: &str) -> String {
    let number = grouped(number);
    let ending = match noun.ends_with('s') {
        _ if number == "1" => "",
        true => "es",
        false => "s",
    };
    format!("{number} {noun}{ending}")
}

/// A number with a comma between thousands, as both languages write it; what is no whole number
/// stays as it is.
pub fn grouped(number: impl Display) -> String {
    let number = number.to_string();
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return number;
    }
    let digits = number.chars().enumerate();
    digits.fold(String::new(), |mut text, (place, digit)| {
        if place > 0 && (number.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_agree_with_their_nouns() {
        let counts = [0_u64, 1, 999, 1_000, 164_717, 1_000_000].map(|n| counted(n, "record"));
        let expected = [
            "0 records",
            "1 record",
            "999 records",
            "1,000 records",
            "164,717 records",
            "1,000,000 records",
        ];
        assert_eq!(counts, expected);
        assert_eq!([grouped("12.5"), counted("2", "address")], ["12.5", "2 addresses"]);
    }
}
