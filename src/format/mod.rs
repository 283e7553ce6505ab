//! Log formats: a description each in `defs`, in one registry, told apart by content and never by
//! name.
//!
//! A stream has a primary format, told from its head. A record that the primary format does not
//! fit is tried with the others in order of rank, so that what a record is read as depends on the
//! record and the stream, never on the records around it.

mod cases;
mod cef;
mod columns;
mod compiled;
mod condition;
mod definition;
mod draft;
pub mod evtx;
mod framing;
mod gate;
mod given;
mod grams;
mod heads;
mod keys;
mod known;
mod layout;
mod mapping;
mod pattern;
mod reader;
mod recall;
mod sniff;
mod spec;
mod syslog;
mod utmp;

pub use columns::State;
pub use definition::{Definition, DefinitionError, Example, LogSource, Words};
pub use framing::{Framing, RecordCutter};
pub use layout::{Layout, LayoutError};
pub use reader::{Read, Reader, ReaderError, Situation};

/// Place of a format in a `Reader`.
pub type FormatIndex = u16;

/// The descriptions of the built-in formats with the paths of their files.
#[cfg(not(test))]
const FILES: &[(&str, &str)] = BARE;
/// The same as written, with the examples that the tests read.
#[cfg(test)]
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/formats_as_written.rs"));
/// Without examples and comments, which are half of all.
const BARE: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/formats.rs"));

/// What people are told of the built-in formats: a JSON array, made when the program is built, so
/// that a page can show it before it compiles any.
pub const CARDS: &str = include_str!(concat!(env!("OUT_DIR"), "/format_cards.json"));

/// The descriptions of the built-in formats, by file.
pub fn definitions() -> impl Iterator<Item = (&'static str, Result<Definition, DefinitionError>)> {
    FILES.iter().map(|(path, text)| (*path, Definition::parse(text)))
}

fn built_in() -> Result<Vec<Definition>, DefinitionError> {
    definitions().map(|(_, definition)| definition).collect()
}

/// What the head of a stream says of its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sniffed {
    /// The format that fits best.
    pub format: FormatIndex,
    /// How its records are cut.
    pub framing: Framing,
    /// Whether lines inside say how others are read.
    pub is_headed: bool,
    /// Records that it fits.
    pub fitting: u32,
    /// Records looked at.
    pub seen: u32,
}

impl Sniffed {
    /// Whether a record can be read without those before it, so that a stream can be cut at any
    /// line.
    pub fn can_be_cut(&self) -> bool {
        self.framing == Framing::Lines && !self.is_headed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Clock;
    use crate::base::rfc3339;
    use crate::event::{Field, Value};
    use bumpalo::Bump;
    use std::collections::BTreeSet;

    /// What is wrong with an example, if anything is.
    fn fault(reader: &Reader, format: &Definition, example: &Example) -> Option<String> {
        let clock = Clock::default().with_reference(Some(1_640_000_000));
        let head = example.text.as_bytes();
        let Some(sniffed) = reader.sniff(head, true, &clock) else {
            return Some("no format fits".to_owned());
        };
        let situation = Situation::new(sniffed.format, clock);
        let (mut state, arena) = (State::default(), Bump::new());
        let records = framing::records(
            head,
            true,
            sniffed.framing,
            &|line| reader.begins(&situation, line),
            99,
        );
        let (last, before) = records.split_last()?;
        for record in before {
            reader.direct_line(&mut state, record);
        }
        let Some(read) = reader.read(&situation, &state, last, &arena) else {
            return Some(format!("not understood as {:?}", reader.id(sniffed.format)));
        };
        let whole = if format.part_of.is_empty() { &format.id } else { &format.part_of };
        if reader.id(read.format) != Some(whole) {
            return Some(format!("read as {:?}", reader.id(read.format)));
        }
        let time = read.time.stamp().map(|stamp| rfc3339(stamp.at)).unwrap_or_default();
        if !example.time.is_empty() && time != example.time {
            return Some(format!("time {time:?}, expected {:?}", example.time));
        }
        example.fields.iter().find_map(|(name, expected)| {
            let Some(field) = Field::named(name) else { return Some(format!("no field {name}")) };
            let found = match read.fields.get(field) {
                Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
                other => format!("{other:?}"),
            };
            (found != *expected).then(|| format!("{name} is {found:?}, expected {expected:?}"))
        })
    }

    #[test]
    fn every_example_is_read_as_its_own_format() {
        let reader = Reader::new(&[], &[]).unwrap();
        let mut faults = Vec::new();
        for (path, definition) in definitions() {
            let definition = definition.unwrap_or_else(|error| panic!("{path}: {error}"));
            for example in &definition.example {
                if let Some(what) = fault(&reader, &definition, example) {
                    faults.push(format!("{path}: {what}\n    {}", example.text));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// A stream's format, and another whose records it fits as well.
    const ALIKE: [(&str, &str); 4] = [
        // The first says all that is there.
        ("apache_combined", "nginx_access"),
        ("apache_combined", "traefik"),
        ("apache_vhost_plain", "apache_vhost"),
        // Both write one kind of line.
        ("confluence", "jira"),
    ];

    #[test]
    fn a_record_is_told_as_its_own_in_streams_of_other_formats() {
        let reader = Reader::new(&[], &[]).unwrap();
        let clock = Clock::default().with_reference(Some(1_640_000_000));
        let examples = definitions().flat_map(|(_, definition)| definition.unwrap().example);
        let mut alike = BTreeSet::new();
        for example in examples.filter(|example| !example.text.trim_end().contains('\n')) {
            let text = example.text.trim_end().as_bytes();
            let read = |primary| {
                let (state, arena) = (State::default(), Bump::new());
                let situation = Situation::new(primary, clock.clone());
                reader.id(reader.read(&situation, &state, text, &arena)?.format)
            };
            let own = read(FormatIndex::MAX);
            for primary in 0..reader.count() as FormatIndex {
                let other = read(primary);
                if other != own {
                    assert_eq!(other, reader.id(primary), "{}", example.text);
                    alike.insert(other.zip(own).unwrap());
                }
            }
        }
        assert_eq!(alike, BTreeSet::from(ALIKE));
    }

    #[test]
    fn what_people_are_told_is_what_the_descriptions_say() {
        let cards: Vec<serde_json::Value> = serde_json::from_str(CARDS).unwrap();
        let described = definitions().map(|(_, definition)| definition.unwrap());
        let described: Vec<_> = described.filter(|format| format.part_of.is_empty()).collect();
        assert_eq!(cards.len(), described.len());
        for (card, format) in cards.iter().zip(&described) {
            assert_eq!(card["id"], format.id.as_str());
            assert_eq!(card["what"]["ja"], format.what.ja.as_str());
            assert_eq!(card["is_generic"], format.is_generic());
        }
    }

    #[test]
    fn what_is_built_in_differs_in_its_examples_alone() {
        for ((path, text), (_, bare)) in FILES.iter().zip(BARE) {
            let mut described = Definition::parse(text).unwrap();
            described.example.clear();
            let bare = Definition::parse(bare).unwrap();
            assert_eq!(format!("{bare:?}"), format!("{described:?}"), "{path}");
        }
        assert_eq!(FILES.len(), BARE.len());
    }

    #[test]
    fn every_description_is_complete_and_stands_in_a_file_of_its_own() {
        let mut ids = BTreeSet::new();
        for (path, definition) in definitions() {
            let definition = definition.unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(path.ends_with(&format!("/{}.toml", definition.id)), "{path}");
            assert!(!definition.what.en.is_empty() && !definition.what.ja.is_empty(), "{path}");
            assert!(!definition.example.is_empty() || definition.is_binary(), "{path}: no example");
            assert!(ids.insert(definition.id.clone()), "{path}: its id is taken");
        }
    }
}
