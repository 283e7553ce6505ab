//! Which rules an event concerns, and what the fields that they ask for are called in it. All of
//! it is said in `sources.toml`.
//!
//! An event is of a rule's log source only where each part that the rule states fits; what an
//! entry says of an event id holds together with the provider alone.

use super::rule::LogSource;
use crate::event::Field;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is said of log sources.
static TABLE: LazyLock<Table> = LazyLock::new(|| serde_json::from_str(SOURCES).unwrap_or_default());

/// `sources.toml`, as JSON.
const SOURCES: &str = include_str!(concat!(env!("OUT_DIR"), "/sources.json"));

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    log: Vec<Log>,
    also: Vec<Also>,
    names: Vec<Names>,
}

/// A category or a service that records of a product have besides their own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Log {
    product: String,
    category: Option<String>,
    service: Option<String>,
    #[serde(default)]
    channels: Vec<String>,
    #[serde(default)]
    events: Vec<Events>,
}

/// Events of a provider: `Provider 1 2 3`.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
struct Events {
    provider: String,
    ids: Vec<String>,
}

impl From<String> for Events {
    fn from(text: String) -> Self {
        let is_id = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
        let words: Vec<_> = text.split(' ').collect();
        let ids = words.iter().rev().take_while(|word| is_id(word)).count();
        let (provider, ids) = words.split_at(words.len() - ids);
        Self { provider: provider.join(" "), ids: ids.iter().map(|id| (*id).to_owned()).collect() }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Also {
    of: LogSource,
    are: Vec<LogSource>,
}

/// What fields are called in records of a log source.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    product: Option<String>,
    category: Option<String>,
    service: Option<String>,
    #[serde(default)]
    events: Vec<Events>,
    #[serde(default)]
    inside: Vec<String>,
    #[serde(default)]
    any_case: bool,
    /// Whether names count without their spaces too.
    #[serde(default)]
    drop_spaces: bool,
    #[serde(default)]
    names: BTreeMap<String, Vec<String>>,
}

/// What tells of which kind an event is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks<'e> {
    /// The log source of its format.
    pub source: &'e LogSource,
    pub channel: &'e [u8],
    pub provider: &'e [u8],
    pub code: &'e [u8],
}

impl Marks<'_> {
    fn is_one_of(&self, events: &[Events]) -> bool {
        events.iter().any(|events| {
            self.provider.eq_ignore_ascii_case(events.provider.as_bytes())
                && events.ids.iter().any(|id| id.as_bytes() == self.code)
        })
    }

    /// The log sources that it is of by itself.
    fn own(&self) -> Vec<&LogSource> {
        let mut own = vec![self.source];
        let mut at = 0;
        while let Some(source) = own.get(at).copied() {
            for also in TABLE.also.iter().filter(|also| source.is_within(&also.of)) {
                let new: Vec<_> = also.are.iter().filter(|new| !own.contains(new)).collect();
                own.extend(new);
            }
            at += 1;
        }
        own
    }

    /// What it is of, by itself and by its provider, channel and number.
    pub fn told(&self) -> Told<'_> {
        let logs = TABLE.log.iter().filter(|log| self.is_in(log)).collect();
        Told { own: self.own(), logs }
    }

    fn is_in(&self, log: &Log) -> bool {
        let is_channel = |name: &String| self.channel.eq_ignore_ascii_case(name.as_bytes());
        log.channels.iter().any(is_channel) || self.is_one_of(&log.events)
    }

    /// What rules' fields are called in it.
    pub fn naming(&self) -> Naming {
        let own = self.own();
        let fits = |names: &&Names| {
            let wanted = LogSource {
                product: names.product.clone(),
                category: names.category.clone(),
                service: names.service.clone(),
            };
            own.iter().any(|own| own.is_within(&wanted))
                && (names.events.is_empty() || self.is_one_of(&names.events))
        };
        Naming(TABLE.names.iter().filter(fits).collect())
    }
}

/// What one kind of event is of.
pub(super) struct Told<'m> {
    own: Vec<&'m LogSource>,
    logs: Vec<&'static Log>,
}

impl Told<'_> {
    /// Whether that is a log source that a rule states.
    pub fn is_of(&self, wanted: &LogSource) -> bool {
        self.own.iter().any(|own| {
            let product = own.product.as_deref();
            let has = |part: &Option<String>,
                       own: &Option<String>,
                       of: fn(&Log) -> &Option<String>| {
                let also = |log: &&Log| Some(log.product.as_str()) == product && of(log) == part;
                part.is_none() || part == own || self.logs.iter().any(also)
            };
            (wanted.product.is_none() || wanted.product == own.product)
                && has(&wanted.category, &own.category, |log| &log.category)
                && has(&wanted.service, &own.service, |log| &log.service)
        })
    }
}

/// What rules' fields are called in one kind of event.
#[derive(Clone, Debug)]
pub(super) struct Naming(Vec<&'static Names>);

impl Naming {
    /// The names under which rules may ask for what a record says under a key.
    pub fn names_of(&self, key: &str) -> Vec<String> {
        let mut names = vec![key.to_owned()];
        for entry in &self.0 {
            let is_inside = entry.inside.iter().any(|outer| {
                key.strip_prefix(outer.as_str()).is_some_and(|rest| rest.starts_with('.'))
            });
            if is_inside && let Some((_, last)) = key.rsplit_once('.') {
                names.push(last.to_owned());
            }
        }
        if self.0.iter().any(|entry| entry.drop_spaces) {
            let spaced = names.iter().filter(|name| name.contains(' '));
            let closed: Vec<_> = spaced.map(|name| name.replace(' ', "")).collect();
            names.extend(closed);
        }
        for entry in &self.0 {
            let is_alias = |other: &String| names.contains(other);
            let more = entry.names.iter().filter(|(_, others)| others.iter().any(is_alias));
            let more: Vec<_> = more.map(|(name, _)| name.clone()).collect();
            names.extend(more);
        }
        names
    }

    /// Whether names count the same in lower and upper case.
    pub fn any_case(&self) -> bool {
        self.0.iter().any(|entry| entry.any_case)
    }

    /// Whether a key is a name that rules use.
    pub fn is(&self, key: &[u8], name: &str) -> bool {
        let names = std::str::from_utf8(key).map(|key| self.names_of(key)).unwrap_or_default();
        let any_case = self.any_case();
        names.iter().any(|known| known == name || (any_case && known.eq_ignore_ascii_case(name)))
    }

    /// The fields of the event model that a field of rules may be read from.
    pub fn fields_of(&self, name: &str) -> Vec<Field> {
        let others = self.0.iter().filter_map(|entry| entry.names.get(name)).flatten();
        let named = others.map(String::as_str).chain([name]).filter_map(Field::named);
        named.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows() -> LogSource {
        LogSource { product: Some("windows".to_owned()), ..LogSource::default() }
    }

    fn is_of(channel: &str, provider: &str, code: &str, category: &str, service: &str) -> bool {
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let wanted = LogSource { category: part(category), service: part(service), ..windows() };
        let (channel, provider, code) = (channel.as_bytes(), provider.as_bytes(), code.as_bytes());
        Marks { source: &windows(), channel, provider, code }.told().is_of(&wanted)
    }

    #[test]
    fn the_table_can_be_read() {
        let table: Table = toml::from_str(include_str!("sources.toml")).unwrap();
        for log in &table.log {
            assert!(log.category.is_some() != log.service.is_some(), "{log:?}");
            assert!(!log.channels.is_empty() || !log.events.is_empty(), "{log:?}");
            assert!(log.events.iter().all(|events| !events.ids.is_empty()), "{log:?}");
        }
    }

    #[test]
    fn an_event_id_counts_with_its_provider_alone() {
        let (sysmon, channel) =
            ("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational");
        assert!(is_of(channel, sysmon, "1", "process_creation", ""));
        assert!(!is_of("Application", "Other", "1", "process_creation", ""));
        assert!(!is_of(channel, sysmon, "4688", "process_creation", ""));
        assert!(is_of(
            "Security",
            "Microsoft-Windows-Security-Auditing",
            "4688",
            "process_creation",
            "security"
        ));
        assert!(is_of("x", "y", "1", "", "") && !is_of("x", "y", "1", "", "security"));
    }

    #[test]
    fn fields_are_found_under_the_names_of_each_carrier() {
        let source = windows();
        let of = |provider: &'static str, code: &'static str| Marks {
            source: &source,
            channel: b"",
            provider: provider.as_bytes(),
            code: code.as_bytes(),
        };
        let audit = of("Microsoft-Windows-Security-Auditing", "4688");
        assert!(
            audit.naming().names_of("Event.EventData.NewProcessName").contains(&"Image".to_owned())
        );
        assert!(audit.naming().names_of("winlog.event_data.Image").contains(&"Image".to_owned()));
        assert!(!of("x", "1").naming().names_of("NewProcessName").contains(&"Image".to_owned()));
        assert_eq!(audit.naming().fields_of("EventID"), [Field::Code]);
    }
}
