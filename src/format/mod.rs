//! Log formats: one entry each in one registry, told apart by content and never by name.
//!
//! A stream has a primary format, told from its head. A record that the primary format does not
//! fit is tried with the others in the registry's order, so that what a record is read as depends
//! on the record and the stream, never on the records around it.

mod access;
mod layout;

pub use layout::{Layout, LayoutError};

use crate::base::{Text, Time};
use crate::event::Fields;
use jiff::tz::TimeZone;

/// A format that is read.
#[derive(Clone, Debug)]
pub struct Format {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What writes it.
    pub what: Text,
    /// Its layout, in the notation of Apache's `LogFormat`.
    pub log_format: &'static str,
    /// Whether more fields may follow the known ones.
    pub more_may_follow: bool,
    /// Lines in this format; each is read by the tests.
    pub examples: &'static [&'static str],
}

/// Every format, the most particular first: the first that fits a record wins.
pub const FORMATS: &[Format] = access::FORMATS;

/// Place of a format in a `Reader`.
pub type FormatIndex = u16;

/// Reads records in every known format and in those that the user described.
#[derive(Debug)]
pub struct Reader {
    layouts: Vec<(String, Layout)>,
    zone: TimeZone,
}

impl Reader {
    /// A reader of the user's layouts, which win, and of all built-in ones.
    /// Times that state no zone are taken to be in `zone`.
    pub fn new(log_formats: &[String], zone: TimeZone) -> Result<Self, LayoutError> {
        let mut layouts = Vec::new();
        for (index, line) in log_formats.iter().enumerate() {
            layouts.push((format!("custom_{}", index + 1), Layout::from_user(line)?));
        }
        for format in FORMATS {
            let layout = Layout::from_apache(format.log_format, format.more_may_follow)?;
            layouts.push((format.id.to_owned(), layout));
        }
        Ok(Self { layouts, zone })
    }

    /// The id of a format.
    pub fn id(&self, index: FormatIndex) -> Option<&str> {
        self.layouts.get(usize::from(index)).map(|(id, _)| id.as_str())
    }

    /// The format that most lines fit, and how many of them; the earlier one where two fit as many.
    pub fn sniff<'a>(&self, lines: impl Iterator<Item = &'a [u8]>) -> Option<Sniffed> {
        let mut fits = vec![0u32; self.layouts.len()];
        let mut seen = 0;
        for line in lines {
            seen += 1;
            if let Some((index, _)) = self.read(0, line)
                && let Some(count) = fits.get_mut(usize::from(index))
            {
                *count += 1;
            }
        }
        let (index, fitting) =
            fits.into_iter().enumerate().rev().max_by_key(|(_, fitting)| *fitting)?;
        let format = FormatIndex::try_from(index).ok()?;
        (fitting > 0).then_some(Sniffed { format, fitting, seen })
    }

    /// Reads a record: with the primary format if that fits, else with the first that does.
    pub fn read<'a>(
        &self,
        primary: FormatIndex,
        line: &'a [u8],
    ) -> Option<(FormatIndex, Read<'a>)> {
        let mut fields = Fields::default();
        let (format, time) = self.read_into(primary, line, &mut fields)?;
        Some((format, (time, fields)))
    }

    /// The same, into fields that are empty. When nothing fits they may hold anything.
    #[inline]
    pub fn read_into<'a>(
        &self,
        primary: FormatIndex,
        line: &'a [u8],
        fields: &mut Fields<'a>,
    ) -> Option<(FormatIndex, Time)> {
        let first = self.layouts.get(usize::from(primary))?;
        if let Some(time) = first.1.read_into(line, &self.zone, fields) {
            return Some((primary, time));
        }
        let (format, (time, others)) = self.read_otherwise(primary, line)?;
        *fields = others;
        Some((format, time))
    }

    #[cold]
    fn read_otherwise<'a>(
        &self,
        primary: FormatIndex,
        line: &'a [u8],
    ) -> Option<(FormatIndex, Read<'a>)> {
        self.layouts
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != usize::from(primary))
            .find_map(|(index, (_, layout))| {
                Some((FormatIndex::try_from(index).ok()?, layout.read(line, &self.zone)?))
            })
    }
}

/// A record's time and fields.
pub type Read<'a> = (Time, Fields<'a>);

/// What the head of a stream says of its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sniffed {
    /// The format that fits best.
    pub format: FormatIndex,
    /// Lines that it fits.
    pub fitting: u32,
    /// Lines looked at.
    pub seen: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Field;
    use std::collections::BTreeSet;

    fn reader() -> Reader {
        Reader::new(&[], TimeZone::UTC).unwrap()
    }

    #[test]
    fn ids_are_unique() {
        let ids: BTreeSet<_> = FORMATS.iter().map(|format| format.id).collect();
        assert_eq!(ids.len(), FORMATS.len());
    }

    #[test]
    fn every_example_is_read_as_its_own_format() {
        let reader = reader();
        for format in FORMATS {
            for example in format.examples {
                let (index, (time, fields)) = reader.read(0, example.as_bytes()).unwrap();
                assert_eq!(reader.id(index), Some(format.id), "{example}");
                assert!(time.stamp().is_some(), "{example}");
                assert!(fields.text(Field::SourceAddress).is_some(), "{example}");
            }
        }
    }

    #[test]
    fn a_user_s_layout_wins_over_the_built_in_ones() {
        let line = br#"- 203.0.113.9 2021-05-06T10:02:03+09:00 "GET /a?b=1 HTTP/1.1" 200 17"#;
        let custom = r#"log_format main '$remote_user $remote_addr $time_iso8601 "$request" $status $body_bytes_sent';"#;
        let reader = Reader::new(&[custom.to_owned()], TimeZone::UTC).unwrap();
        let (index, (time, fields)) = reader.read(0, line).unwrap();
        assert_eq!(reader.id(index), Some("custom_1"));
        assert_eq!(
            time.stamp().map(|s| crate::base::rfc3339(s.at)).unwrap(),
            "2021-05-06T01:02:03Z"
        );
        assert_eq!(fields.text(Field::Target), Some(&b"/a?b=1"[..]));
        assert_eq!(fields.text(Field::SourceAddress), Some(&b"203.0.113.9"[..]));
    }

    #[test]
    fn the_format_of_a_stream_is_the_one_that_most_lines_fit() {
        let reader = reader();
        let common = FORMATS.iter().find(|f| f.id == "apache_common").unwrap().examples[0];
        let combined = FORMATS.iter().find(|f| f.id == "apache_combined").unwrap().examples[0];
        let lines = [common, combined, "nonsense", common];
        let sniffed = reader.sniff(lines.iter().map(|line| line.as_bytes())).unwrap();
        assert_eq!((reader.id(sniffed.format), sniffed.fitting), (Some("apache_common"), 2));
        assert_eq!(reader.sniff([&b"nonsense"[..]].into_iter()), None);
    }
}
