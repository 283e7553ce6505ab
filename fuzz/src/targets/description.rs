//! What people write: layouts of access logs, mapping files, settings.

use bumpalo::Bump;
use sekisho::base::clock::Clock;
use sekisho::engine::Settings;
use sekisho::event::Fields;
use sekisho::format::{Definition, Layout, Reader, Situation, State};

/// A layout on the first line, and a record on those behind it.
pub fn layout(input: &[u8]) -> usize {
    let (line, record) = split(input);
    if let Ok(layout) = Layout::from_user(&line) {
        let mut fields = Fields::default();
        layout.read_into(record, &Clock::default(), &mut fields);
    }
    input.len()
}

/// Descriptions, of which one may extend another, and a record; three dashes on a line stand
/// between.
pub fn mapping(input: &[u8]) -> usize {
    let text = String::from_utf8_lossy(input);
    let mut parts: Vec<&str> = text.split("\n---\n").collect();
    let record = parts.pop().unwrap_or_default().as_bytes();
    let read = |part: &&str| Definition::parse(part).ok();
    let Some(definitions) = parts.iter().map(read).collect::<Option<Vec<_>>>() else {
        return input.len();
    };
    let Ok(reader) = Reader::of(&definitions) else { return input.len() };
    let arena = Bump::new();
    let clock = Clock::default().with_reference(Some(1_620_262_800));
    let sniffed = reader.sniff(record, true, &clock);
    let primary = sniffed.map_or(0, |sniffed| sniffed.format);
    let situation = Situation::new(primary, clock);
    reader.begins(&situation, record);
    reader.read(&situation, &State::default(), record, &arena);
    input.len()
}

/// Settings, as a file or the page gives them. They mean the same once written and read again.
pub fn settings(input: &[u8]) -> usize {
    let Ok(settings) = serde_json::from_slice::<Settings>(input) else { return input.len() };
    let written = serde_json::to_string(&settings).expect("settings are written");
    assert_eq!(serde_json::from_str::<Settings>(&written).ok().as_ref(), Some(&settings));
    let _ = settings.meant(&[]);
    input.len()
}

/// The first line as text, and what stands behind it.
fn split(input: &[u8]) -> (String, &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let line = String::from_utf8_lossy(&input[..end]).into_owned();
    (line, input.get(end + 1..).unwrap_or_default())
}
