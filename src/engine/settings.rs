//! What the user can set: as typed, and as meant.

use crate::base::clock::{Clock, DateOrder};
use crate::base::{Bilingual, Instant, Text, Wrong};
use crate::detect::{Declared, DeclaredContext, DeclaredError, Thresholds};
use crate::format::{Definition, DefinitionError, Reader, ReaderError};
use crate::input::Encoding;
use crate::intel::{ListId, Lists};
use crate::sigma::{Level, Rule, RuleKind};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Settings as typed. Unknown names are refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Zone of times that state none, `Asia/Tokyo`; UTC when not given.
    pub zone: Option<String>,
    /// Log formats in Apache's or nginx's notation, tried before the built-in ones.
    pub log_formats: Vec<String>,
    /// Descriptions of log formats, as the text of mapping files, tried before the built-in ones.
    pub mappings: Vec<String>,
    /// Zones of single files whose times state none, by the file's name, with the path inside an
    /// archive behind it.
    pub zones: BTreeMap<String, String>,
    /// Encodings of single files that are told wrongly, by the file's name.
    pub encodings: BTreeMap<String, Encoding>,
    /// Whether 05/06/2021 is the fifth of June.
    pub day_first: bool,
    /// The latest time that records without a year can have, as `since`; the file's own when not
    /// given.
    pub latest: Option<String>,
    /// Records before this are left out: RFC 3339, or a date or local time in `zone`.
    pub since: Option<String>,
    /// Records from this on are left out.
    pub until: Option<String>,
    /// Thresholds of the detections.
    pub thresholds: Thresholds,
    /// What is known of the organisation and cannot be told from logs.
    pub declared: DeclaredContext,
    /// The indicator lists that are swept for, by name and digest: filled in from the lists given.
    pub indicators: Vec<ListId>,
    /// Which rules and detections speak.
    pub rules: RuleSettings,
    /// The case to practise on that the logs are, `T1-7`; every form of the report then says that
    /// they are synthetic.
    pub training: Option<String>,
    /// The vendor's checker that this was checked with: filled in by the page that is one.
    pub checker: Option<CheckerId>,
}

/// What a vendor's checker says of itself, and the fingerprint of the key that signed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckerId {
    /// What is looked for.
    pub title: String,
    /// Who asks.
    pub vendor: String,
    /// Of the key.
    pub fingerprint: String,
    /// By which its content is known from that of the vendor's other checkers; empty where it is not
    /// told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub edition: String,
}

/// Which rules and detections speak, and the lists that rules ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleSettings {
    /// Whether the program's own detections are left out.
    pub no_builtin: bool,
    /// Rules below this level make no finding.
    pub least_level: Level,
    /// Where there are any, only rules with one of these tags, or one within it, make findings.
    pub tags: BTreeSet<String>,
    /// Where there are any, only rules of these log sources make findings: `product/category/service`
    /// with `-` for any, or one of the three. Correlations are of all.
    pub sources: BTreeSet<String>,
    /// Ids of rules that make no finding.
    pub without: BTreeSet<String>,
    /// Values for the placeholders of rules, by name.
    pub lists: BTreeMap<String, Vec<String>>,
}

impl RuleSettings {
    /// Whether a rule may make findings.
    pub fn lets_speak(&self, rule: &Rule) -> bool {
        let is_tagged = |asked: &String| rule.tags.iter().any(|tag| is_within(tag, asked));
        let is_of = |asked: &String| rule.source.is_named(asked);
        rule.level >= self.least_level
            && !self.without.contains(&rule.id)
            && (self.tags.is_empty() || self.tags.iter().any(is_tagged))
            && (self.sources.is_empty()
                || rule.kind == RuleKind::Correlation
                || self.sources.iter().any(is_of))
    }
}

/// Whether a tag is another one, or a part of it: `attack.t1059.001` is within `attack.t1059`.
fn is_within(tag: &str, asked: &str) -> bool {
    let (tag, asked) = (tag.to_ascii_lowercase(), asked.to_ascii_lowercase());
    tag.strip_prefix(&asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The zone is unknown.
    #[error("zone «{0}» is not known: expected a name such as Asia/Tokyo, Europe/Berlin or UTC")]
    Zone(String),
    /// A log format or mapping cannot be used.
    #[error(transparent)]
    Format(#[from] ReaderError),
    /// A mapping file cannot be read.
    #[error("mapping {0}: {1}")]
    Mapping(usize, DefinitionError),
    /// A time cannot be read.
    #[error(
        "{0} «{1}» is no time: expected 2021-05-06, 2021-05-06T10:00 or 2021-05-06T10:00:00+09:00"
    )]
    Time(&'static str, String),
    /// What is declared of the organisation cannot be used.
    #[error(transparent)]
    Declared(#[from] DeclaredError),
    /// The period is empty.
    #[error("the period is empty: since must be before until")]
    EmptyPeriod,
    /// A threshold is out of range.
    #[error("{0}")]
    Threshold(Wrong),
    /// The settings name other indicator lists than those given.
    #[error("the settings name the indicator lists [{named}], but those given are [{given}]")]
    Indicators {
        /// Names and digests in the settings.
        named: String,
        /// Names and digests of the lists.
        given: String,
    },
}

impl Bilingual for SettingsError {
    fn told(&self) -> Text {
        let ja = match self {
            Self::Format(error) => return error.told(),
            Self::Declared(error) => return error.told(),
            Self::Threshold(wrong) => return wrong.told(),
            Self::Zone(name) => format!(
                "タイムゾーン「{name}」は不明です。Asia/Tokyo、Europe/Berlin、UTCなどの名称を指定してください。"
            ),
            Self::Mapping(number, what) => format!("マッピング{number}:{}", what.told().ja),
            Self::Time(name, text) => format!(
                "{name}「{text}」を時刻として読み取れません。2021-05-06、2021-05-06T10:00、2021-05-06T10:00:00+09:00のいずれかの形で指定してください。"
            ),
            Self::EmptyPeriod => {
                "期間が空です。開始(since)は終了(until)より前にしてください。".to_owned()
            }
            Self::Indicators { named, given } => format!(
                "設定にあるインジケーターリストは[{named}]ですが、渡されたものは[{given}]です。"
            ),
        };
        Text::new(self.to_string(), ja)
    }

    fn placed(&self) -> Option<(&str, Text)> {
        match self {
            Self::Zone(_) => Some(("zone", self.told())),
            Self::Format(error) => error.placed(),
            Self::Mapping(_, error) => error.placed(),
            _ => None,
        }
    }
}

/// Settings as meant.
#[derive(Debug)]
pub struct Meant {
    /// Reads records.
    pub reader: Arc<Reader>,
    /// First instant that counts.
    pub since: Instant,
    /// First instant that does not count any more.
    pub until: Instant,
    /// Tried on what is encrypted.
    pub passwords: Vec<String>,
    /// Encodings that the user gave, by stream.
    pub encodings: BTreeMap<String, Encoding>,
    /// What is declared of the organisation.
    pub declared: Declared,
    clock: Clock,
    clocks: BTreeMap<String, Clock>,
    latest: Option<Instant>,
}

impl Meant {
    /// Completes the times of a stream that was changed last at an instant.
    pub fn clock(&self, stream: &str, modified: Option<Instant>) -> Clock {
        let clock = self.clocks.get(stream).unwrap_or(&self.clock);
        clock.with_reference(self.latest.or(modified))
    }
}

impl Settings {
    /// What they mean. Passwords are no settings: they stand in no report.
    pub fn meant(&self, passwords: &[String]) -> Result<Meant, SettingsError> {
        let zone = zone(self.zone.as_deref().unwrap_or("UTC"))?;
        let order = if self.day_first { DateOrder::DayFirst } else { DateOrder::MonthFirst };
        let since = instant("since", self.since.as_deref(), &zone)?.unwrap_or(Instant::MIN);
        let until = instant("until", self.until.as_deref(), &zone)?.unwrap_or(Instant::MAX);
        if since >= until {
            return Err(SettingsError::EmptyPeriod);
        }
        let latest = instant("latest", self.latest.as_deref(), &zone)?;
        self.thresholds.check().map_err(SettingsError::Threshold)?;
        let own = self
            .zones
            .iter()
            .map(|(name, text)| Ok((name.clone(), Clock::new(self::zone(text)?, None, order))));
        Ok(Meant {
            reader: Reader::shared(&self.log_formats, &self.definitions()?)?,
            since,
            until,
            passwords: passwords.to_vec(),
            encodings: self.encodings.clone(),
            declared: Declared::new(&self.declared)?,
            clocks: own.collect::<Result<_, SettingsError>>()?,
            clock: Clock::new(zone, None, order),
            latest,
        })
    }

    /// The same settings with the lists that are given. Settings of an earlier check name its lists:
    /// they must be the same.
    pub fn with_lists(mut self, lists: &Lists) -> Result<Self, SettingsError> {
        if !self.indicators.is_empty() {
            self.must_name(lists)?;
        }
        self.indicators = lists.ids().to_vec();
        Ok(self)
    }

    /// Fails where other lists are named than those given.
    pub(super) fn must_name(&self, lists: &Lists) -> Result<(), SettingsError> {
        if self.indicators == lists.ids() {
            return Ok(());
        }
        let shown = |ids: &[ListId]| {
            let one = |id: &ListId| format!("{} {}", id.name, id.sha256);
            ids.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        Err(SettingsError::Indicators { named: shown(&self.indicators), given: shown(lists.ids()) })
    }

    fn definitions(&self) -> Result<Vec<Definition>, SettingsError> {
        let mappings = self.mappings.iter().enumerate();
        let read = |(at, text): (usize, &String)| {
            Definition::parse(text).map_err(|error| SettingsError::Mapping(at + 1, error))
        };
        mappings.map(read).collect()
    }
}

fn zone(name: &str) -> Result<TimeZone, SettingsError> {
    TimeZone::get(name).map_err(|_| SettingsError::Zone(name.to_owned()))
}

fn instant(
    name: &'static str,
    text: Option<&str>,
    zone: &TimeZone,
) -> Result<Option<Instant>, SettingsError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Ok(Some(time.as_second()));
    }
    let wrong = || SettingsError::Time(name, text.to_owned());
    let local: jiff::civil::DateTime = text.parse().map_err(|_| wrong())?;
    let zoned = zone.to_ambiguous_zoned(local).compatible().map_err(|_| wrong())?;
    Ok(Some(zoned.timestamp().as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigma::LogSource;

    fn since(text: &str, zone: Option<&str>) -> Result<Instant, SettingsError> {
        let settings = Settings {
            since: Some(text.to_owned()),
            zone: zone.map(str::to_owned),
            ..Settings::default()
        };
        settings.meant(&[]).map(|meant| meant.since)
    }

    #[test]
    fn rules_speak_by_level_tag_and_log_source() {
        let source = LogSource {
            product: Some("windows".to_owned()),
            category: Some("process_creation".to_owned()),
            service: None,
        };
        let tags = vec!["attack.execution".to_owned(), "attack.t1059.001".to_owned()];
        let rule = Rule { level: Level::Medium, tags, source, ..Rule::default() };
        let speaks = |settings: RuleSettings| settings.lets_speak(&rule);
        let tagged =
            |tag: &str| RuleSettings { tags: [tag.to_owned()].into(), ..Default::default() };
        let of =
            |name: &str| RuleSettings { sources: [name.to_owned()].into(), ..Default::default() };
        assert!(speaks(RuleSettings::default()));
        assert!(speaks(RuleSettings { least_level: Level::Medium, ..Default::default() }));
        assert!(!speaks(RuleSettings { least_level: Level::High, ..Default::default() }));
        assert!(speaks(tagged("attack.T1059")) && !speaks(tagged("attack.t105")));
        for name in [
            "windows",
            "process_creation",
            "windows/-/-",
            "windows/process_creation/-",
            "windows/process_creation",
        ] {
            assert!(speaks(of(name)), "{name}");
        }
        for name in ["linux", "windows/-/security", "-/process_creation/-/-", "", "windows/"] {
            assert!(!speaks(of(name)), "{name}");
        }
        let correlation = Rule { kind: RuleKind::Correlation, ..Rule::default() };
        assert!(of("linux").lets_speak(&correlation));
    }

    #[test]
    fn a_period_is_read_in_the_zone_of_the_settings() {
        assert_eq!(since("2021-05-06", None), Ok(1_620_259_200));
        assert_eq!(since("2021-05-06", Some("Asia/Tokyo")), Ok(1_620_259_200 - 9 * 3_600));
        assert_eq!(since("2021-05-06T00:00:00Z", Some("Asia/Tokyo")), Ok(1_620_259_200));
    }

    #[test]
    fn wrong_settings_say_what_was_expected() {
        assert!(since("last week", None).unwrap_err().to_string().contains("2021-05-06"));
        assert!(since("2021-05-06", Some("Tokio")).unwrap_err().to_string().contains("Asia/Tokyo"));
        assert!(serde_json::from_str::<Settings>(r#"{"zoen":"UTC"}"#).is_err());
        let empty = Settings {
            since: Some("2021-05-06".into()),
            until: Some("2021-05-06".into()),
            ..Settings::default()
        };
        assert_eq!(empty.meant(&[]).unwrap_err(), SettingsError::EmptyPeriod);
    }

    /// The example of the README names settings that there are, and every threshold as it is.
    #[test]
    fn the_readme_shows_the_settings_and_their_defaults() {
        let readme = include_str!("../../README.md");
        let behind = readme.split("The thresholds shown are the defaults:").nth(1).unwrap();
        let example = behind.split("```").nth(1).unwrap().trim_start_matches("json");
        let shown: serde_json::Value = serde_json::from_str(example).unwrap();
        serde_json::from_value::<Settings>(shown.clone()).unwrap();
        let thresholds = serde_json::to_value(Thresholds::default()).unwrap();
        assert_eq!(shown["thresholds"], thresholds);
    }
}
