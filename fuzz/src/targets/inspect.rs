//! Files that may have leaked, those that are no archives: whatever they hold, every secret that is
//! shown is masked, and what was read or not read is listed.

use sekisho::input::{Container, HEAD_BYTES, Known};
use sekisho::inspect::{FoundKind, Inspector};

pub fn read(input: &[u8]) -> usize {
    match Container::of(&input[..input.len().min(HEAD_BYTES)]) {
        Container::Plain | Container::NotRead(Known::Pdf) => (),
        _ => return 0,
    }
    let mut inspector = Inspector::new(&["example.jp".to_owned()], &[]);
    inspector.file("a", input.len() as u64, &input.to_vec());
    let names = inspector.names();
    let inspection = inspector.finish();
    let is_secret = |kind| matches!(kind, FoundKind::Credential | FoundKind::MyNumber);
    for found in inspection.found.iter().filter(|found| is_secret(found.kind)) {
        assert!(found.places.iter().all(|place| place.shown.contains('*')), "{found:?}");
    }
    let documents = inspection.documents.iter();
    names.len() + documents.map(|document| document.characters as usize).sum::<usize>()
}
