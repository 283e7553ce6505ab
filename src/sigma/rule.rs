//! What a rule says of itself.

use serde::{Deserialize, Serialize};

/// Place of a rule in its set.
pub type RuleIndex = u32;

/// What a rule says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its id; its title when it has none.
    pub id: String,
    /// Its name, by which correlations may refer to it.
    pub name: Option<String>,
    /// Its title.
    pub title: String,
    /// How bad what it finds is.
    pub level: Level,
    /// How mature it is.
    pub status: Option<Status>,
    /// Its tags, such as `attack.t1059.001`.
    pub tags: Vec<String>,
    /// What it is for.
    pub description: String,
    /// Where to read on.
    pub references: Vec<String>,
    /// What else causes the same signs.
    pub false_positives: Vec<String>,
    /// Who wrote it.
    pub author: String,
    /// Its licence.
    pub license: String,
    /// When it was written, as stated.
    pub date: String,
    /// When it was last changed, as stated.
    pub modified: String,
    /// Fields that are worth showing of what it finds.
    pub shown: Vec<String>,
    /// Which events it is about.
    pub source: LogSource,
    /// Whether it is about events or about other rules.
    pub kind: RuleKind,
    /// Names of the fields that it asks for, sorted.
    pub fields: Vec<String>,
    /// Whether what it matches is a finding. Not so for what only feeds a correlation.
    pub is_shown: bool,
    /// Its first line in its file.
    pub line: u32,
}

/// Whether a rule is about events or about other rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleKind {
    /// About events.
    #[default]
    Base,
    /// About what other rules match.
    Correlation,
}

/// Which events a rule is about. What is not stated is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogSource {
    /// Kind of event, such as `process_creation`.
    pub category: Option<String>,
    /// What writes the log, such as `windows`.
    pub product: Option<String>,
    /// The log, such as `security`.
    pub service: Option<String>,
}

impl LogSource {
    /// Its three parts as `product/category/service`, `-` for what is not stated.
    pub fn name(&self) -> String {
        let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_owned());
        format!("{}/{}/{}", part(&self.product), part(&self.category), part(&self.service))
    }

    /// Whether a text names it: `product/category/service` with `-` for any, or one of the three.
    pub fn is_named(&self, text: &str) -> bool {
        let parts = [&self.product, &self.category, &self.service];
        let is = |own: &Option<String>, asked: &str| own.as_deref() == Some(asked);
        match text.contains('/') {
            true => {
                let mut asked = text.split('/');
                let mut fits = |own| asked.next().is_none_or(|one| one == "-" || is(own, one));
                parts.into_iter().all(&mut fits) && asked.next().is_none()
            }
            false => parts.into_iter().any(|own| is(own, text)),
        }
    }

    /// Whether whatever is of this source is of the other, wider one too.
    pub fn is_within(&self, other: &Self) -> bool {
        let fits =
            |own: &Option<String>, wanted: &Option<String>| wanted.is_none() || own == wanted;
        fits(&self.category, &other.category)
            && fits(&self.product, &other.product)
            && fits(&self.service, &other.service)
    }
}

macro_rules! words {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[$of:meta])* $word:ident = $text:literal),* $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$of])* $word),* }

        impl $name {
            /// The value of a word of the specification.
            pub fn named(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$word),)*
                    _ => None,
                }
            }

            /// Its word in the specification.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$word => $text),* }
            }
        }
    };
}

words! {
    /// How bad what a rule finds is.
    Level {
        /// Context, nothing to act on. What is not stated counts as this.
        #[default]
        Informational = "informational",
        /// Notable.
        Low = "low",
        /// To be reviewed.
        Medium = "medium",
        /// To be looked at promptly.
        High = "high",
        /// An incident.
        Critical = "critical",
    }
}

words! {
    /// How mature a rule is.
    Status {
        /// For production.
        Stable = "stable",
        /// Nearly so.
        Test = "test",
        /// May raise many false alarms.
        #[default]
        Experimental = "experimental",
        /// Replaced.
        Deprecated = "deprecated",
        /// Needs what cannot be had.
        Unsupported = "unsupported",
    }
}

/// Whether a text is meant as a rule, by the keys at its outermost level: a title, and what is to
/// be looked for.
pub fn is_rule(text: &[u8]) -> bool {
    let has = |key: &[u8]| text.split(|byte| *byte == b'\n').any(|line| line.starts_with(key));
    has(b"title:") && [&b"detection:"[..], b"correlation:", b"filter:"].into_iter().any(has)
}
