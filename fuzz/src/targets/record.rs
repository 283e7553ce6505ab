//! Records: read by every built-in format, as a stream of any primary format would have them; and
//! the binary ones, chunk by chunk.

use super::{READER, choice};
use bumpalo::Bump;
use sekisho::base::Time;
use sekisho::base::clock::Clock;
use sekisho::format::evtx::{self, ChunkState};
use sekisho::format::{FormatIndex, Read, Reader, Situation, State};
use sekisho::text::{PAIRS, Pair};

/// Lines of which the first ones name columns, or are comments, and the rest is a record. The
/// first two bytes choose the primary format.
pub fn any(input: &[u8]) -> usize {
    let (high, rest) = choice(input);
    let (low, text) = choice(rest);
    READER.with(|reader| {
        let primary = FormatIndex::from(high) << 8 | FormatIndex::from(low);
        let situation = Situation::new(primary % 512, clock());
        let mut state = State::default();
        let mut record = text;
        while let Some(end) = record.iter().position(|byte| *byte == b'\n')
            && let line = &record[..end]
            && (reader.header(&state, line).is_some() || reader.is_comment(line))
        {
            reader.direct_line(&mut state, line);
            record = &record[end + 1..];
        }
        reader.begins(&situation, record);
        read(reader, &situation, &state, record);
        reader.sniff(text, true, &situation.clock);
    });
    // It is read twice, and told once.
    3 * text.len()
}

/// What is read of a record is the same each time.
fn read(reader: &Reader, situation: &Situation, state: &State, record: &[u8]) {
    let arena = Bump::new();
    let first = reader.read(situation, state, record, &arena);
    let other = Bump::new();
    let again = reader.read(situation, state, record, &other);
    assert_eq!(first.map(told), again.map(told));
    if let Some(read) = first {
        assert!(reader.id(read.format).is_some());
        assert!(read.fields.pairs().len() <= PAIRS);
    }
}

/// Format, time, events, the fields that are there, and all that the record says.
fn told(read: Read<'_>) -> (FormatIndex, Time, u32, u64, &[Pair<'_>]) {
    let Read { format, time, count, fields } = read;
    (format, time, count, fields.present(), fields.pairs())
}

fn clock() -> Clock {
    Clock::default().with_reference(Some(1_620_262_800))
}

/// A chunk: its records stand in it, in order, and each is read as an event.
pub fn evtx(input: &[u8]) -> usize {
    READER.with(|reader| {
        let head = b"ElfFile\0";
        let Some(sniffed) = reader.sniff(head, true, &Clock::default()) else { return };
        let situation = Situation::new(sniffed.format, clock());
        let (arena, mut end) = (Bump::new(), 0);
        let state = evtx::records(input, &arena, &mut |record| {
            assert!(record.offset >= end && record.length > 0, "{record:?}");
            end = record.offset + record.length;
            assert!(end <= input.len(), "{record:?}");
            if let Ok(pairs) = record.pairs {
                assert!(pairs.len() <= PAIRS);
                reader.read_pairs(&situation, pairs, &arena);
            }
        });
        assert!(state != ChunkState::Empty || end == 0);
    });
    input.len()
}

/// Records of utmp, as a stream of them.
pub fn utmp(input: &[u8]) -> usize {
    /// Bytes of a record.
    const RECORD: usize = 384;
    READER.with(|reader| {
        let blank = [0; RECORD];
        let Some(sniffed) = reader.sniff(&blank, true, &Clock::default()) else { return };
        let situation = Situation::new(sniffed.format, clock());
        for record in input.chunks(RECORD) {
            read(reader, &situation, &State::default(), record);
        }
        reader.sniff(input, true, &situation.clock);
    });
    3 * input.len()
}
