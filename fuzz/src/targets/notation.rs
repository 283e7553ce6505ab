//! Notations: one record into pairs, with bounded depth and output.

use super::{choice, one_of};
use bumpalo::Bump;
use sekisho::text::{DEPTH, PAIRS, Pairs, csv, json, kv, labels, xml};

pub fn json(input: &[u8]) -> usize {
    let arena = Bump::new();
    let mut pairs = Pairs::new_in(&arena);
    let read = json::read(input, &arena, &mut pairs);
    bounded(&pairs);
    match read {
        Ok(length) => assert!(length <= input.len()),
        Err(error) => {
            assert!(error.offset <= input.len());
            // A reader of its own, which knows no bound but a deeper one, finds the same.
            let is_object = input.trim_ascii_start().first() == Some(&b'{');
            let is_shallow =
                input.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() < DEPTH;
            let is_json = serde_json::from_slice::<serde_json::Value>(input).is_ok();
            assert!(!(is_object && is_shallow && is_json), "{error}, and it is JSON");
        }
    }
    input.len()
}

pub fn xml(input: &[u8]) -> usize {
    let arena = Bump::new();
    let mut pairs = Pairs::new_in(&arena);
    match xml::read(input, &arena, &mut pairs) {
        Ok(length) => assert!(length <= input.len()),
        Err(error) => assert!(error.offset <= input.len()),
    }
    bounded(&pairs);
    input.len()
}

pub fn pairs(input: &[u8]) -> usize {
    let (which, text) = choice(input);
    let arena = Bump::new();
    let mut pairs = Pairs::new_in(&arena);
    let own = kv::Options { separator: which, assign: b':', runs_on: which % 2 == 1 };
    let options =
        [kv::Options::LOGFMT, kv::Options::CEF, kv::Options::TABS, kv::Options::COMMAS, own];
    kv::read(text, &arena, &mut pairs, one_of(&options, which));
    bounded(&pairs);
    let mut pairs = Pairs::new_in(&arena);
    labels::read(text, &arena, &mut pairs);
    bounded(&pairs);
    let mut fields = csv::Fields::new_in(&arena);
    let separator = *one_of(b",;\t| ", which);
    csv::read(text, separator, (which < 128).then_some(b'"'), &arena, &mut fields);
    assert!((1..=PAIRS).contains(&fields.len()));
    fields.clear();
    csv::words(text, &mut fields);
    assert!(fields.len() <= PAIRS);
    text.len()
}

fn bounded(pairs: &Pairs<'_>) {
    assert!(pairs.len() <= PAIRS);
}
