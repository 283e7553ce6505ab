//! Event logs that are built here, and those of a folder when one is named.

use super::*;
use crate::text::json;
use regex::Regex;
use std::sync::LazyLock;

/// Bytes of a chunk under construction, with what writes binary XML.
struct Draft {
    bytes: Vec<u8>,
    last: u64,
}

impl Draft {
    fn new() -> Self {
        Self { bytes: vec![0; CHUNK_HEADER], last: 0 }
    }

    fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    fn u16(&mut self, number: usize) -> &mut Self {
        self.put(&u16::try_from(number).unwrap().to_le_bytes())
    }

    fn u32(&mut self, number: usize) -> &mut Self {
        self.put(&u32::try_from(number).unwrap().to_le_bytes())
    }

    fn name(&mut self, name: &str) -> &mut Self {
        let at = self.bytes.len() + 4;
        self.u32(at).put(&[0; 6]).u16(name.len()).put(&wide(name)).put(&[0; 2])
    }

    /// `<name`, of a template.
    fn open(&mut self, name: &str, has_attributes: bool) -> &mut Self {
        self.put(&[if has_attributes { 0x41 } else { 0x01 }, 0xff, 0xff]).u32(0).name(name);
        if has_attributes { self.u32(0) } else { self }
    }

    /// ` name="text"`.
    fn attribute(&mut self, name: &str, text: &str) -> &mut Self {
        self.put(&[0x06]).name(name).text(text)
    }

    /// ` name=` for a slot that follows.
    fn attribute_of(&mut self, name: &str, slot: u8) -> &mut Self {
        self.put(&[0x06]).name(name).slot(slot)
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.put(&[0x05, 0x01]).u16(text.encode_utf16().count()).put(&wide(text))
    }

    fn slot(&mut self, slot: u8) -> &mut Self {
        self.put(&[0x0e, slot, 0, 0x01])
    }

    /// `>`
    fn start(&mut self) -> &mut Self {
        self.put(&[0x02])
    }

    /// `/>`
    fn empty(&mut self) -> &mut Self {
        self.put(&[0x03])
    }

    /// The end of an element.
    fn close(&mut self) -> &mut Self {
        self.put(&[0x04])
    }

    /// `<Data Name="name">`slot`</Data>`
    fn data(&mut self, name: &str, slot: u8) -> &mut Self {
        self.open("Data", true).attribute("Name", name).start().slot(slot).close()
    }

    /// A mention of a template: here, with its definition, or at an earlier place. Says where.
    fn instance(
        &mut self,
        known: Option<usize>,
        template: impl Fn(&mut Self),
        values: &[(u8, &[u8])],
    ) -> usize {
        self.put(&[0x0f, 1, 1, 0, 0x0c, 1, 0, 0, 0, 0]);
        let place = known.unwrap_or(self.bytes.len() + 4);
        self.u32(place);
        if known.is_none() {
            self.put(&[0; 20]);
            let size_at = self.bytes.len();
            self.u32(0).put(&[0x0f, 1, 1, 0]);
            template(self);
            self.put(&[0]);
            let size = u32::try_from(self.bytes.len() - size_at - 4).unwrap();
            self.bytes[size_at..size_at + 4].copy_from_slice(&size.to_le_bytes());
        }
        self.u32(values.len());
        for (kind, bytes) in values {
            self.u16(bytes.len()).put(&[*kind, 0]);
        }
        for (_, bytes) in values {
            self.put(bytes);
        }
        place
    }

    /// A record around what `inside` writes. Says where it begins.
    fn record<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> (usize, T) {
        let at = self.bytes.len();
        self.last += 1;
        let id = self.last.to_le_bytes();
        self.put(RECORD_MAGIC).u32(0).put(&id).put(&[0; 8]);
        let made = inside(self);
        let size = self.bytes.len() - at + RECORD_TRAILER;
        self.u32(size);
        let end = self.bytes.len();
        self.bytes.copy_within(end - 4.., at + 4);
        (at, made)
    }

    /// The whole chunk, with its header.
    fn chunk(&self) -> Vec<u8> {
        let mut chunk = self.bytes.clone();
        let end = u32::try_from(chunk.len()).unwrap();
        chunk.resize(CHUNK, 0);
        chunk[..8].copy_from_slice(CHUNK_MAGIC);
        chunk[8..16].copy_from_slice(&1_u64.to_le_bytes());
        chunk[24..32].copy_from_slice(&1_u64.to_le_bytes());
        chunk[16..24].copy_from_slice(&self.last.to_le_bytes());
        chunk[32..40].copy_from_slice(&self.last.to_le_bytes());
        chunk[40..44].copy_from_slice(&128_u32.to_le_bytes());
        chunk[48..52].copy_from_slice(&end.to_le_bytes());
        let records = checksum(&[&self.bytes[CHUNK_HEADER..]]);
        chunk[52..56].copy_from_slice(&records.to_le_bytes());
        sealed(chunk)
    }
}

/// A chunk with a header whose checksum fits.
fn sealed(mut chunk: Vec<u8>) -> Vec<u8> {
    let header = checksum(&[&chunk[..120], &chunk[128..CHUNK_HEADER]]);
    chunk[124..128].copy_from_slice(&header.to_le_bytes());
    chunk
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The template of the tests: all forms of an event.
fn event(draft: &mut Draft) {
    draft.open("Event", true).attribute("xmlns", "http://example.jp/event").start();
    draft.open("System", false).start();
    draft.open("Provider", true).attribute("Name", "Example").attribute_of("Guid", 0).empty();
    draft.open("EventID", true).attribute_of("Qualifiers", 1).start().slot(2).close();
    draft.open("TimeCreated", true).attribute_of("SystemTime", 3).empty();
    draft.open("Correlation", true).attribute_of("ActivityID", 4).empty();
    draft.open("Security", true).attribute_of("UserID", 5).empty();
    draft.close();
    draft.open("EventData", false).start();
    draft.data("Image", 6).data("Empty", 4).data("Image", 2).data("Args", 7);
    draft.close().close();
}

const TIME: [u8; 8] = 133_500_000_001_234_567_u64.to_le_bytes();
const SID: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];

/// Three records of one template.
fn three() -> (Draft, Vec<usize>) {
    let mut draft = Draft::new();
    let (image, args) = (wide("C:\\例\\a.exe\0"), wide("one\0\0three\0"));
    let mut places = Vec::new();
    let mut known = None;
    for number in 1..=3_u16 {
        let id = number.to_le_bytes();
        let values: [(u8, &[u8]); 8] = [
            (0x0f, &[0x11; 16]),
            (0x06, if number == 1 { &[0, 0x40] } else { &[0, 0] }),
            (0x06, &id),
            (0x11, &TIME),
            (0x00, &[]),
            (0x13, &SID),
            (0x01, &image),
            (0x81, &args),
        ];
        let (at, place) = draft.record(|draft| draft.instance(known, event, &values));
        known = Some(place);
        places.push(at);
    }
    (draft, places)
}

/// Number with pairs, or with why not, of every record.
type Read = Vec<(u64, Result<Vec<(String, Option<String>)>, String>)>;

fn read(chunk: &[u8]) -> (Read, ChunkState) {
    let arena = Bump::new();
    let mut found = Vec::new();
    let mut end = 0;
    let state = records(chunk, &arena, &mut |record| {
        assert!(record.offset >= end && record.length > 0, "in order and apart");
        end = record.offset + record.length;
        assert!(end <= chunk.len());
        found.push((record.number, record.pairs.map(|pairs| shown(&pairs))));
    });
    (found, state)
}

/// Pairs in the order of their keys.
fn shown(pairs: &Pairs<'_>) -> Vec<(String, Option<String>)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut shown: Vec<_> =
        pairs.iter().map(|pair| (text(pair.key), pair.value.text().map(text))).collect();
    shown.sort_by(|a, b| a.0.cmp(&b.0));
    shown
}

fn from_json(json: &str) -> Vec<(String, Option<String>)> {
    let arena = Bump::new();
    let mut pairs = Pairs::new_in(&arena);
    json::read(json.as_bytes(), &arena, &mut pairs).unwrap();
    shown(&pairs)
}

#[test]
fn an_event_is_read_as_its_json() {
    let (records, state) = read(&three().0.chunk());
    let numbers: Vec<_> = records.iter().map(|(number, _)| *number).collect();
    assert_eq!((numbers, state), (vec![1, 2, 3], ChunkState::Intact));
    let json = r##"{"Event":{"#attributes":{"xmlns":"http://example.jp/event"},
        "System":{
            "Provider":{"#attributes":{"Name":"Example","Guid":"11111111-1111-1111-1111-111111111111"}},
            "EventID":{"#attributes":{"Qualifiers":16384},"#text":1},
            "TimeCreated":{"#attributes":{"SystemTime":"2024-01-17T21:20:00.123456Z"}},
            "Correlation":null,
            "Security":{"#attributes":{"UserID":"S-1-5-18"}}},
        "EventData":{"Image":"C:\\例\\a.exe","Empty":"","Image_1":1,"Args":["one","","three"]}}}"##;
    assert_eq!(records[0].1.as_ref().unwrap(), &from_json(json));
}

/// The same event by the library that evtx_dump is made of, in the forms of its earlier versions.
fn by_library(chunk: &[u8]) -> Vec<Vec<(String, Option<String>)>> {
    let mut data = evtx::EvtxChunkData::new(chunk.to_vec(), false).unwrap();
    let settings = std::sync::Arc::new(evtx::ParserSettings::new());
    let mut chunk = data.parse(settings).unwrap();
    chunk
        .iter()
        .map(|record| normal(from_json(&record.unwrap().into_json().unwrap().data)))
        .collect()
}

static GUID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?$").unwrap()
});
static TIMES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})\d+Z$").unwrap());

/// Identifiers in capitals without braces, times to the microsecond, other texts without white
/// space at their end.
fn normal(mut pairs: Vec<(String, Option<String>)>) -> Vec<(String, Option<String>)> {
    for (_, value) in &mut pairs {
        let Some(text) = value else { continue };
        if let Some(found) = GUID.captures(text) {
            *value = Some(found[1].to_uppercase());
        } else if let Some(found) = TIMES.captures(text) {
            *value = Some(format!("{}Z", &found[1]));
        } else {
            *value = Some(text.trim_end().to_owned());
        }
    }
    pairs
}

#[test]
fn the_library_reads_the_same() {
    let chunk = three().0.chunk();
    let here: Vec<_> = read(&chunk).0.into_iter().map(|(_, pairs)| pairs.unwrap()).collect();
    assert_eq!(here, by_library(&chunk));
}

#[test]
fn each_type_is_a_text() {
    let cases: &[(u8, &[u8], &str)] = &[
        (0x01, &[0x3d, 0xd8, 0, 0xde, 0x20, 0], "\u{1f600}"),
        (0x01, &[0x3d, 0xd8, 0x41, 0, 0, 0, 0x42, 0], "\u{fffd}A"),
        (0x02, b"\x80 caf\xe9\0", "\u{20ac} caf\u{e9}"),
        (0x03, &[0x80], "-128"),
        (0x04, &[255], "255"),
        (0x05, &[0, 0x80], "-32768"),
        (0x07, &[0xff; 4], "-1"),
        (0x09, &i64::MIN.to_le_bytes(), "-9223372036854775808"),
        (0x0a, &u64::MAX.to_le_bytes(), "18446744073709551615"),
        (0x0b, &1.5_f32.to_le_bytes(), "1.5"),
        (0x0c, &3_f64.to_le_bytes(), "3.0"),
        (0x0d, &[1, 0, 0, 0], "true"),
        (0x0d, &[16, 0, 0, 0], "16"),
        (0x0e, &[0xde, 0x0a], "DE0A"),
        (0x10, &[0xf0, 0, 0, 0], "0xf0"),
        (0x11, &0_u64.to_le_bytes(), "1601-01-01T00:00:00.000000Z"),
        (0x11, &125_963_423_999_999_999_u64.to_le_bytes(), "2000-02-29T23:59:59.999999Z"),
        (0x11, &u64::MAX.to_le_bytes(), "0000-00-00T00:00:00.000000Z"),
        (
            0x12,
            &[0xe8, 7, 2, 0, 4, 0, 29, 0, 23, 0, 59, 0, 58, 0, 7, 0],
            "2024-02-29T23:59:58.007000Z",
        ),
        (0x13, &[1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0], "S-1-5-32-544"),
        (0x14, &[0; 4], "0x0"),
        (0x15, &u64::MAX.to_le_bytes(), "0xffffffffffffffff"),
        (0x88, &[1, 0, 0, 0, 2, 0, 0, 0], "1,2"),
        (0x21, &[], ""),
    ];
    let arena = Bump::new();
    for &(kind, bytes, text) in cases {
        let value = value::Value { kind, bytes, offset: 0 };
        assert_eq!(value.text(&arena).unwrap(), text.as_bytes(), "type {kind:#x}");
    }
    for (kind, bytes) in [(0x08, &[1, 2][..]), (0x13, &[1, 9, 0, 0, 0, 0, 0, 5]), (0x7f, &[1])] {
        assert!(value::Value { kind, bytes, offset: 0 }.text(&arena).is_err(), "type {kind:#x}");
    }
}

/// `<Event>` around the value of slot 0, as often as asked.
fn around(times: usize) -> impl Fn(&mut Draft) {
    move |draft| {
        draft.open("Event", false).start();
        for _ in 0..times {
            draft.open("UserData", false).start().slot(0).close();
        }
        draft.close();
    }
}

#[test]
fn a_value_may_be_an_event_of_its_own() {
    let mut draft = Draft::new();
    draft.record(|draft| {
        // The inner mention stands as a value of the outer one, whose size is not known before.
        draft.instance(None, around(1), &[(0x21, &[])]);
        let size_at = draft.bytes.len() - 4;
        let start = draft.bytes.len();
        let inside = |draft: &mut Draft| {
            draft.open("Failure", false).start().open("Id", false).start().slot(0).close().close();
        };
        draft.instance(None, inside, &[(0x04, &[7])]);
        let size = u16::try_from(draft.bytes.len() - start).unwrap();
        draft.bytes[size_at..size_at + 2].copy_from_slice(&size.to_le_bytes());
    });
    let chunk = draft.chunk();
    let expected = from_json(r#"{"Event":{"UserData":{"Failure":{"Id":7}}}}"#);
    assert_eq!(read(&chunk).0, [(1, Ok(expected.clone()))]);
    assert_eq!(by_library(&chunk), [expected]);
}

#[test]
fn what_would_make_too_much_is_not_understood() {
    let mut draft = Draft::new();
    let long = wide(&"a".repeat(20_000));
    draft.record(|draft| draft.instance(None, around(100), &[(0x01, &long)]));
    draft.record(|draft| draft.instance(None, around(1), &[(0x01, &wide("b"))]));
    let (records, _) = read(&draft.chunk());
    assert!(records[0].1.as_ref().unwrap_err().ends_with("at most 1 MiB from a record"));
    let next = from_json(r#"{"Event":{"UserData":"b"}}"#);
    assert_eq!(records[1], (2, Ok(next)));
}

#[test]
fn a_template_that_is_missing_costs_its_records_only() {
    let (mut draft, _) = three();
    draft.record(|draft| draft.instance(Some(60_000), event, &[]));
    draft.record(|draft| draft.instance(None, around(1), &[(0x04, &[1])]));
    let (records, state) = read(&draft.chunk());
    let understood: Vec<_> = records.iter().map(|(_, pairs)| pairs.is_ok()).collect();
    assert_eq!((understood, state), (vec![true, true, true, false, true], ChunkState::Intact));
}

#[test]
fn behind_damage_the_next_whole_record_is_read() {
    let (draft, places) = three();
    let mut chunk = draft.chunk();
    chunk[places[1]] ^= 1;
    let (records, state) = read(&chunk);
    let numbers: Vec<_> = records.iter().map(|(number, pairs)| (*number, pairs.is_ok())).collect();
    assert_eq!(numbers, [(1, true), (0, false), (3, true)]);
    assert_eq!(
        state,
        ChunkState::Damaged("the checksum of the chunk's records does not fit".to_owned())
    );
}

#[test]
fn a_chunk_without_its_header_is_read() {
    let (draft, _) = three();
    let mut chunk = draft.chunk();
    chunk[..CHUNK_HEADER].fill(0x55);
    let (records, state) = read(&chunk);
    assert_eq!(records, read(&draft.chunk()).0);
    assert_eq!(state, ChunkState::Damaged("the chunk has no header".to_owned()));
}

#[test]
fn records_behind_an_old_header_are_read_and_older_ones_are_not() {
    let (mut draft, places) = three();
    let whole = read(&draft.chunk()).0;
    let behind_second = u32::try_from(places[2]).unwrap().to_le_bytes();
    // An earlier use of the chunk left a record, with a number that does not follow.
    draft.last = 90;
    draft.record(|draft| draft.instance(None, around(1), &[(0x04, &[1])]));
    let mut chunk = draft.chunk();
    chunk[48..52].copy_from_slice(&behind_second);
    chunk[120] = 1;
    let (records, state) = read(&sealed(chunk));
    assert_eq!(records, whole);
    assert_eq!(state, ChunkState::Damaged("the chunk was being written".to_owned()));
}

#[test]
fn a_chunk_cut_short_gives_what_is_whole() {
    let (draft, places) = three();
    let chunk = draft.chunk();
    let (records, state) = read(&chunk[..places[2] + 10]);
    assert_eq!(records[..2], read(&chunk).0[..2]);
    assert!(records[2].1.is_err() && records.len() == 3);
    assert!(matches!(state, ChunkState::Damaged(_)));
    assert_eq!(read(&[]).1, ChunkState::Empty);
    assert_eq!(read(&[0; 700]).1, ChunkState::Empty);
    assert_eq!(
        read(&[7; 700]),
        (Vec::new(), ChunkState::Damaged("the chunk has no header".to_owned()))
    );
}

#[test]
fn any_bytes_come_to_an_end() {
    let whole = three().0.chunk();
    let end = three().0.bytes.len();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    for _ in 0..3_000 {
        let mut chunk = whole[..random(CHUNK)].to_vec();
        for _ in 0..random(6) {
            let place = CHUNK_HEADER + random(end - CHUNK_HEADER);
            if let Some(byte) = chunk.get_mut(place) {
                *byte = random(256).to_le_bytes()[0];
            }
        }
        read(&chunk);
    }
}

/// Compares every file below the folder of `SEKISHO_DATA` with its JSON beside it.
#[test]
#[ignore = "needs a folder of EVTX files"]
fn files_are_read_as_their_json() {
    let folder = std::env::var("SEKISHO_DATA").unwrap();
    let (mut same, mut alike, mut events, mut failures) = (0, 0, 0, Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let twin = path.with_extension("json");
        if path.extension().is_none_or(|it| it != "evtx") || !twin.exists() {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let read: Vec<_> = bytes[HEADER..]
            .chunks(CHUNK)
            .flat_map(|chunk| read(chunk).0)
            .map(|(_, pairs)| pairs.unwrap())
            .collect();
        let text = std::fs::read_to_string(twin).unwrap();
        let arena = Bump::new();
        let (mut rest, mut twins) = (text.trim(), Vec::new());
        while !rest.is_empty() {
            let mut pairs = Pairs::new_in(&arena);
            let length = json::read(rest.as_bytes(), &arena, &mut pairs).unwrap();
            twins.push(shown(&pairs));
            rest = rest[length..].trim_start();
        }
        events += read.len();
        let both = || (read.iter().cloned().map(normal), twins.iter().cloned().map(normal));
        if read == twins {
            same += 1;
        } else if both().0.eq(both().1) {
            alike += 1;
        } else {
            failures.push(format!("{}: {}", path.display(), difference(&read, &twins)));
        }
    }
    eprintln!(
        "{same} files the same, {alike} but for the form of identifiers and times, {events} events"
    );
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}

fn difference(a: &[Vec<(String, Option<String>)>], b: &[Vec<(String, Option<String>)>]) -> String {
    let mut text = format!("{} and {} events", a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        for pair in a.iter().filter(|pair| !b.contains(pair)) {
            text += &format!("\n  only here {pair:?}");
        }
        for pair in b.iter().filter(|pair| !a.contains(pair)) {
            text += &format!("\n  only there {pair:?}");
        }
    }
    text
}

/// Compares every chunk below the folder of `SEKISHO_DATA` with the library.
#[test]
#[ignore = "needs a folder of EVTX files"]
fn files_are_read_as_by_the_library() {
    let folder = std::env::var("SEKISHO_DATA").unwrap();
    let (mut events, mut failures) = (0, Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "evtx") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for (place, chunk) in bytes[HEADER..].chunks(CHUNK).enumerate() {
            let (read, state) = read(chunk);
            if state == ChunkState::Empty {
                continue;
            }
            let read: Vec<_> = read.into_iter().map(|(_, pairs)| normal(pairs.unwrap())).collect();
            let library = by_library(chunk);
            events += read.len();
            if read != library {
                let difference = difference(&read, &library);
                failures.push(format!("{} {place} {state:?}: {difference}", path.display()));
            }
        }
    }
    eprintln!("{events} events");
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}
