//! How a format is described: the shape of the files in `defs`, and of the mapping files that
//! people write for logs of their own. Both are TOML and mean the same.

use crate::base::{Bilingual, Text, Wrong};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A description of a format, as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What writes it.
    pub what: Words,
    /// The format that its records count as, when it is a part of one.
    #[serde(default)]
    pub part_of: String,
    /// Ids of formats in whose streams its records stand: there they are tried for it first.
    #[serde(default)]
    pub within: Vec<String>,
    /// The format whose `fields` and `when` count here too, behind its own.
    #[serde(default)]
    pub extends: String,
    /// What other names a pair may have here: the names that `fields`, `when` and conditions use,
    /// each with those that records use. Of several in one record, the first in the record counts.
    #[serde(default)]
    pub alias: BTreeMap<String, OneOrMany>,
    /// How its records are written.
    pub kind: Kind,
    /// Formats are tried in this order, from 0 to 99: 50 for a built-in format that does not say,
    /// 0 for a mapping file that does not. From 90 on stand those that any log of their kind fits:
    /// another format that fits a record is preferred to them.
    pub rank: Option<u8>,
    /// The log source that Sigma rules name.
    #[serde(default)]
    pub logsource: LogSource,

    /// `layout`: the notation of Apache's `LogFormat` or nginx's `log_format`.
    #[serde(default)]
    pub log_format: String,
    /// `layout`: whether more may follow, behind a space.
    #[serde(default)]
    pub more_may_follow: bool,

    /// `text`: names of the programs whose syslog messages these are; `*` stands for any part.
    #[serde(default)]
    pub programs: Vec<String>,
    /// `text`: whether messages stand without a syslog header too.
    #[serde(default)]
    pub bare: bool,
    /// `text`: the patterns, tried in order.
    #[serde(default)]
    pub pattern: Vec<PatternDefinition>,
    /// `text`: whether lines that fit no pattern belong to the record before.
    #[serde(default)]
    pub multiline: bool,

    /// `columns`: what stands between two: `,`, `;`, `|`, `tab` or `space`.
    #[serde(default)]
    pub separator: String,
    /// `columns`: how the line that names them begins, such as `#Fields:`; `first` for a first
    /// line that holds nothing but their names. Empty when their names are known.
    #[serde(default)]
    pub header: String,
    /// `columns`: their names, for files without a line that names them.
    #[serde(default)]
    pub columns: Vec<String>,
    /// `columns`: names that the line must hold for the format to be this one.
    #[serde(default)]
    pub requires: Vec<String>,

    /// `pairs`: what stands between two, a space when not given; and between name and value.
    #[serde(default)]
    pub pair_separator: String,
    /// `pairs`: what stands between name and value, `=` when not given.
    #[serde(default)]
    pub assign: String,

    /// Conditions of which one must hold for a record to be of this format.
    #[serde(default)]
    pub claims: Vec<String>,
    /// Pairs whose value is itself written in a notation; its pairs join the record's.
    #[serde(default)]
    pub inside: Vec<Inside>,
    /// The pair that holds a record of another format.
    #[serde(default)]
    pub inner: String,
    /// The pair that names the program that wrote the record in `inner`.
    #[serde(default)]
    pub program: String,
    /// Where each field of the event model comes from, `@timestamp` the time.
    #[serde(default)]
    pub fields: BTreeMap<String, OneOrMany>,
    /// The field that what wrote a record gave to no other: two records that agree in it, in their
    /// time and in all other fields are the same event, told twice. Empty when there is none.
    #[serde(default)]
    pub identity: String,
    /// Fields that follow from conditions.
    #[serde(default)]
    pub when: Vec<When>,
    /// The zone of times that state none, where the format's own rules say it: only `UTC`.
    #[serde(default)]
    pub zone: String,
    /// Records in this format, each with what must be understood of it.
    #[serde(default)]
    pub example: Vec<Example>,
}

/// A statement in both languages.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
}

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A line in the notation of `LogFormat` or `log_format`.
    Layout,
    /// A line, or several, that fits a pattern.
    Text,
    /// A syslog header and a message.
    Syslog,
    /// A JSON object.
    Json,
    /// Values in columns.
    Columns,
    /// Names and values.
    Pairs,
    /// ArcSight's Common Event Format.
    Cef,
    /// IBM's Log Event Extended Format.
    Leef,
    /// An XML element.
    Xml,
    /// Windows event log, binary.
    Evtx,
    /// Records of `utmp` and `wtmp`.
    Utmp,
}

/// Sigma's names for a log source; empty where none is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSource {
    /// Product.
    pub product: String,
    /// Category.
    pub category: String,
    /// Service.
    pub service: String,
}

impl LogSource {
    /// `product/category/service`, `-` for what is not meant.
    pub fn name(&self) -> String {
        let named = |part: &str| if part.is_empty() { "-" } else { part }.to_owned();
        [&self.product, &self.category, &self.service].map(|part| named(part)).join("/")
    }
}

/// A pattern of a text, or several that mean the same.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternDefinition {
    /// The pattern.
    #[serde(rename = "match")]
    pub matches: OneOrMany,
    /// Fields that follow from it.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
}

/// One text or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several, the first that holds counts.
    Many(Vec<String>),
}

impl OneOrMany {
    /// All of them.
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// A pair whose value is itself written in a notation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inside {
    /// The pair.
    pub key: String,
    /// Its notation.
    #[serde(rename = "as")]
    pub notation: Notation,
}

/// A notation inside a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notation {
    /// JSON.
    Json,
    /// Names and values, as `logfmt`.
    Pairs,
    /// Names and values between commas: `type=LOGIN, user=sato`.
    Commas,
    /// Labels and values, a line each, in sections: `Account Name:  sato`.
    Labels,
    /// XML.
    Xml,
}

/// Fields that follow from a condition.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The condition.
    #[serde(rename = "if")]
    pub condition: String,
    /// The fields.
    pub set: BTreeMap<String, String>,
}

/// A record with what must be understood of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The record, or a stream of them: the last one counts.
    pub text: String,
    /// Its time in RFC 3339, UTC; empty where it states none.
    #[serde(default)]
    pub time: String,
    /// Its fields, all that are named here.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// A description that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// It is no TOML, or not of the shape.
    #[error("{0}")]
    Shape(Wrong),
    /// Something in it means nothing.
    #[error("format {id}, {place}: {wrong}")]
    Meaning {
        /// The format's id.
        id: String,
        /// Where in the description.
        place: String,
        /// What was found and what was expected.
        wrong: Wrong,
    },
}

impl Bilingual for DefinitionError {
    fn told(&self) -> Text {
        let ja = match self {
            Self::Shape(wrong) => wrong.0.ja.to_string(),
            Self::Meaning { id, place, wrong } => format!("形式{id}の{place}:{}", wrong.0.ja),
        };
        Text::new(self.to_string(), ja)
    }

    fn placed(&self) -> Option<(&str, Text)> {
        match self {
            Self::Shape(_) => None,
            Self::Meaning { place, wrong, .. } => Some((place, wrong.told())),
        }
    }
}

impl Definition {
    /// Whether its records are no text.
    pub const fn is_binary(&self) -> bool {
        matches!(self.kind, Kind::Evtx | Kind::Utmp)
    }

    /// Whether any log of its kind fits it.
    pub const fn is_generic(&self) -> bool {
        matches!(self.rank, Some(super::compiled::GENERIC..))
    }

    /// A key that is given though its kind makes nothing of it: the fields of these kinds follow
    /// from the layout or the header alone.
    pub(super) fn without_effect(&self) -> Option<&'static str> {
        if self.kind != Kind::Text && !self.within.is_empty() {
            return Some("within");
        }
        if !matches!(self.kind, Kind::Layout | Kind::Syslog | Kind::Utmp) {
            return None;
        }
        let given = [
            ("fields", !self.fields.is_empty()),
            ("when", !self.when.is_empty()),
            ("claims", !self.claims.is_empty()),
            ("alias", !self.alias.is_empty()),
            ("inside", !self.inside.is_empty()),
            ("inner", !self.inner.is_empty()),
            ("zone", !self.zone.is_empty()),
        ];
        given.into_iter().find(|(_, is_given)| *is_given).map(|(key, _)| key)
    }

    /// The description with what it takes over from the one that it extends, if any. Each format
    /// that it names must be one of those known.
    pub(super) fn extended(&self, known: &[&Self]) -> Result<Self, DefinitionError> {
        if !self.part_of.is_empty() {
            self.other("part_of", &self.part_of, known)?;
        }
        for id in &self.within {
            self.other("within", id, known)?;
        }
        let mut whole = self.clone();
        if self.extends.is_empty() {
            return Ok(whole);
        }
        let base = self.other("extends", &self.extends, known)?;
        for (field, specs) in &base.fields {
            let mut all = whole.fields.get(field).map_or(Vec::new(), |own| own.all().to_vec());
            all.extend_from_slice(specs.all());
            whole.fields.insert(field.clone(), OneOrMany::Many(all));
        }
        whole.when.extend_from_slice(&base.when);
        if whole.identity.is_empty() {
            whole.identity.clone_from(&base.identity);
        }
        Ok(whole)
    }

    /// The other format that is named in a place.
    fn other<'d>(
        &self,
        place: &str,
        id: &str,
        known: &[&'d Self],
    ) -> Result<&'d Self, DefinitionError> {
        let other = known.iter().find(|other| other.id == id && other.id != self.id);
        other.copied().ok_or_else(|| DefinitionError::Meaning {
            id: self.id.clone(),
            place: place.to_owned(),
            wrong: Wrong::expected(id, "the id of another format", "ほかの形式のid"),
        })
    }

    /// Reads a description.
    pub fn parse(text: &str) -> Result<Self, DefinitionError> {
        toml::from_str(text).map_err(|error| DefinitionError::Shape(Wrong::of_toml(text, &error)))
    }
}
