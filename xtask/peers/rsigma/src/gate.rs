//! Which rules an event of Windows concerns, and what their fields are called in it, by the table
//! that the engine reads too: read here in the plainest way.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use rsigma_parser::LogSource;
use serde::Deserialize;
use serde_json::Value;

const PRODUCT: &str = "windows";

/// Where NXLog writes what the event model has names of its own for.
const MODEL: [(&str, &str); 2] = [("event.provider", "SourceName"), ("host.name", "Hostname")];

/// The table.
#[derive(Deserialize)]
pub struct Sources {
    log: Vec<Log>,
    names: Vec<Names>,
}

#[derive(Deserialize)]
struct Log {
    product: String,
    category: Option<String>,
    service: Option<String>,
    #[serde(default)]
    channels: Vec<String>,
    #[serde(default)]
    events: Vec<String>,
}

#[derive(Deserialize)]
struct Names {
    product: Option<String>,
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    names: BTreeMap<String, Vec<String>>,
}

/// What tells of which kind an event is.
pub struct Kind {
    channel: String,
    provider: String,
    code: String,
}

impl Kind {
    /// Whether one of the lists of `Provider 1 2 3` names it.
    fn is_one_of(&self, events: &[String]) -> bool {
        events.iter().any(|listed| {
            let words: Vec<_> = listed.split(' ').collect();
            let ids = words.iter().rev().take_while(|word| word.parse::<u32>().is_ok()).count();
            let (provider, ids) = words.split_at(words.len() - ids);
            provider.join(" ").eq_ignore_ascii_case(&self.provider) && ids.contains(&self.code.as_str())
        })
    }
}

impl Sources {
    pub fn read(path: &str) -> Result<Self, Box<dyn Error>> {
        Ok(toml::from_str(&fs::read_to_string(path)?)?)
    }

    pub fn kind(&self, event: &Value) -> Kind {
        let text = |name: &str| match &event[name] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        Kind { channel: text("Channel"), provider: text("SourceName"), code: text("EventID") }
    }

    pub fn is_of(&self, kind: &Kind, wanted: &LogSource) -> bool {
        let has = |wanted: &Option<String>, of: fn(&Log) -> &Option<String>| {
            wanted.is_none()
                || self.log.iter().any(|log| {
                    let is_channel = |name: &String| name.eq_ignore_ascii_case(&kind.channel);
                    log.product == PRODUCT
                        && of(log) == wanted
                        && (log.channels.iter().any(is_channel) || kind.is_one_of(&log.events))
                })
        };
        wanted.product.as_deref().is_none_or(|product| product == PRODUCT)
            && has(&wanted.category, |log| &log.category)
            && has(&wanted.service, |log| &log.service)
    }

    /// Adds the names that rules use for what the event calls otherwise.
    pub fn name_fields(&self, kind: &Kind, event: &mut Value) {
        for names in &self.names {
            let is_for_all = names.events.is_empty();
            if names.product.as_deref() != Some(PRODUCT) || !(is_for_all || kind.is_one_of(&names.events)) {
                continue;
            }
            for (name, others) in &names.names {
                let own = |other: &String| {
                    let model = MODEL.iter().find(|(model, _)| model == other);
                    model.map_or(other.clone(), |(_, own)| (*own).to_owned())
                };
                let value = others.iter().find_map(|other| event.get(own(other)).cloned());
                if let (Some(value), Some(members)) = (value, event.as_object_mut()) {
                    members.entry(name).or_insert(value);
                }
            }
        }
    }
}
