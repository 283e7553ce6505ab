//! A look at the first records of a stream, as given settings understand them: what people need to
//! describe a format of their own. Nothing of it enters a report.

use super::coverage::Ledger;
use super::plan::{StreamId, plan, stream_text, survey};
use super::read::{Memory, Places, Prepared, Visitor, read_job};
use super::{JobKind, Settings, SettingsError};
use crate::base::{Time, ZoneSource, rfc3339_exact};
use crate::detect::Seen;
use crate::event::{Event, Field};
use crate::format::FormatIndex;
use crate::input::{Encoding, ReadAt};
use crate::judge::payload::Judge;
use crate::shard::Cuts;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Records that are shown.
const SHOWN: usize = 30;
/// Bytes of a record that are shown.
const SHOWN_BYTES: usize = 2 << 10;

/// The first records of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Id of the format that most of them fit.
    pub format: Option<String>,
    /// Records that were looked at.
    pub seen: u32,
    /// Of these, understood.
    pub understood: u32,
    /// The first of them, in order.
    pub records: Vec<PreviewRecord>,
    /// The first lines, be they records, headers or parts of records.
    pub lines: Vec<String>,
}

/// A record as stored and as understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PreviewRecord {
    /// Its text.
    pub text: String,
    /// Id of the format that fits it.
    pub format: Option<String>,
    /// Its time, RFC 3339 in UTC.
    pub time: Option<String>,
    /// Whether it states its zone.
    pub is_zone_stated: bool,
    /// Its fields in the event model.
    pub fields: Vec<(String, String)>,
    /// What it says under its own names.
    pub pairs: Vec<(String, String)>,
}

/// Looks at the first 64 KiB of a stream.
pub fn preview(
    stream: &StreamId<'_>,
    source: &dyn ReadAt,
    settings: &Settings,
    passwords: &[String],
) -> Result<Preview, SettingsError> {
    let name = stream.name();
    let encoding = settings.encodings.get(&name).copied();
    let (text, is_whole) = stream_text(stream, source, passwords, encoding);
    let text = if is_whole { text } else { whole_lines(text) };
    let settings = Settings {
        encodings: BTreeMap::from([(name.clone(), Encoding::Utf8)]),
        since: None,
        until: None,
        ..settings.clone()
    };
    let meant = settings.meant(&[])?;
    let survey = survey(&name, text.len() as u64, stream.modified, &text, &meant);
    let plan = plan(&settings, &[], vec![survey], Cuts::Usual);
    let rules = Arc::default();
    Ok(look(&Prepared { plan, meant, judge: Judge::new(), sweeper: None, rules }, &text))
}

/// What is cut off behind the last line end is no record.
fn whole_lines(mut text: Vec<u8>) -> Vec<u8> {
    if let Some(end) = memchr::memrchr(b'\n', &text) {
        text.truncate(end + 1);
    }
    text
}

fn look(prepared: &Prepared, text: &Vec<u8>) -> Preview {
    let mut kept = Kept { prepared, text, seen: 0, records: BTreeMap::new() };
    let jobs = prepared.plan.jobs.iter().filter(|job| job.kind == JobKind::Scan);
    let mut unparsed = 0;
    let mut formats = BTreeMap::<FormatIndex, u64>::new();
    for job in jobs {
        let mut memory = Memory::default();
        let ledgers = read_job(prepared, job, text, &mut memory, &mut kept, &mut |_| ());
        for ledger in ledgers.streams.values() {
            unparsed += u32::try_from(ledger.unparsed).unwrap_or(u32::MAX);
            ledger
                .formats
                .iter()
                .for_each(|(f, records)| *formats.entry(*f).or_default() += records);
            kept.add_unparsed(ledger);
        }
    }
    let most = formats.iter().max_by_key(|(index, records)| (**records, u16::MAX - **index));
    Preview {
        format: most.and_then(|(index, _)| prepared.format_id(*index)).map(str::to_owned),
        seen: kept.seen + unparsed,
        understood: kept.seen,
        records: kept.records.into_values().take(SHOWN).collect(),
        lines: first_lines(text),
    }
}

fn first_lines(text: &[u8]) -> Vec<String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.trim_ascii_end());
    let lines = lines.filter(|line| !line.is_empty()).take(SHOWN);
    lines.map(|line| lossy(&line[..line.len().min(SHOWN_BYTES)])).collect()
}

/// The first records by their places.
struct Kept<'k> {
    prepared: &'k Prepared,
    text: &'k [u8],
    seen: u32,
    records: BTreeMap<u64, PreviewRecord>,
}

impl Kept<'_> {
    fn shown(&self, offset: u64, length: u64) -> String {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.text.len());
        let length = usize::try_from(length).unwrap_or(SHOWN_BYTES).min(SHOWN_BYTES);
        lossy(&self.text[start..self.text.len().min(start + length)])
    }

    fn add_unparsed(&mut self, ledger: &Ledger) {
        for (offset, bad) in ledger.listed.iter().take(SHOWN) {
            let text = self.shown(*offset, bad.bytes - u64::from(bad.end));
            self.records.insert(*offset, PreviewRecord { text, ..PreviewRecord::default() });
        }
    }
}

impl Visitor for Kept<'_> {
    fn event(&mut self, event: &Event<'_>, format: FormatIndex) {
        self.seen += 1;
        if self.records.len() >= SHOWN {
            return;
        }
        let named =
            |field: Field| Some((field.name().to_owned(), lossy(event.fields.text(field)?)));
        let pairs = event
            .fields
            .pairs()
            .iter()
            .map(|pair| (lossy(pair.key), pair.value.text().map(lossy).unwrap_or_default()));
        let record = PreviewRecord {
            text: self.shown(event.location.offset, u64::from(event.location.length)),
            format: self.prepared.format_id(format).map(str::to_owned),
            time: event.time.stamp().map(rfc3339_exact),
            is_zone_stated: event.time.zone() == Some(ZoneSource::Stated)
                && !matches!(event.time, Time::Absent),
            fields: Field::ALL.into_iter().filter_map(named).collect(),
            pairs: pairs.collect(),
        };
        self.records.insert(event.location.offset, record);
    }

    fn seen(&mut self, _: &Seen<'_>, _: Places) {}
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look_at(text: &str, settings: &Settings) -> Preview {
        let stream = StreamId { source: "own.log", size: text.len() as u64, ..StreamId::default() };
        preview(&stream, &text.as_bytes().to_vec(), settings, &[]).unwrap()
    }

    const OWN: &str = "at 2021-05-06T01:02:03Z sato took plan.pdf\nand nothing more\n";

    #[test]
    fn records_are_shown_whether_understood_or_not() {
        let none = look_at(OWN, &Settings::default());
        assert_eq!((none.seen, none.understood, none.format), (2, 0, None));
        assert_eq!(none.records[0].text, "at 2021-05-06T01:02:03Z sato took plan.pdf");
        let mapping = concat!(
            "id = \"own\"\nname = \"Own\"\nwhat = { en = \"\", ja = \"\" }\nkind = \"text\"\n",
            "[[pattern]]\nmatch = 'at <@timestamp> <user.name:word> took <file.path>'\n",
        );
        let own = Settings { mappings: vec![mapping.to_owned()], ..Settings::default() };
        let own = look_at(OWN, &own);
        assert_eq!((own.seen, own.understood, own.format.as_deref()), (2, 1, Some("own")));
        assert_eq!(own.records[0].time.as_deref(), Some("2021-05-06T01:02:03Z"));
        assert!(own.records[0].fields.contains(&("file.path".to_owned(), "plan.pdf".to_owned())));
        assert_eq!(own.records[1].text, "and nothing more");
        assert_eq!(own.lines, OWN.lines().collect::<Vec<_>>());
    }

    #[test]
    fn a_wrong_mapping_says_where() {
        let wrong = Settings { mappings: vec!["id = 3".to_owned()], ..Settings::default() };
        let stream = StreamId { source: "own.log", ..StreamId::default() };
        let error = preview(&stream, &Vec::new(), &wrong, &[]).unwrap_err();
        assert!(error.to_string().starts_with("mapping 1:"), "{error}");
    }
}
