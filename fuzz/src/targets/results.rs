//! Results: whatever is given is put together or named, in any order, alone or beside others; no
//! form of it fails; and what is sealed opens only as it was sealed.

use sekisho::base::Language;
use sekisho::share::{Expected, Given, RollUp, SecretKey, rollup, seal, unsealed};

pub fn read(input: &[u8]) -> usize {
    let key = SecretKey::from_seed([1; 32]);
    // Two files, cut at the first zero.
    let at = input.iter().position(|byte| *byte == 0).unwrap_or(input.len());
    let (one, two) = input.split_at(at);
    let files = [Given { name: "one", bytes: one }, Given { name: "two", bytes: two }];
    let all = rollup(&files, Some(&key), &Expected::default());
    assert_eq!(all.clients.len() + all.set_aside.len(), 2, "nothing is lost");
    let turned = rollup(&[files[1], files[0]], Some(&key), &Expected::default());
    assert_eq!(all.json(), turned.json());
    for form in [RollUp::text, RollUp::csv, RollUp::parties] {
        assert!(!form(&all, Language::Ja).is_empty());
    }
    let sealed = seal(input, &key.public(), [2; 32]).expect("a right key seals");
    match (unsealed(&sealed, Some(&key)), std::str::from_utf8(input)) {
        (Ok(text), Ok(given)) => assert_eq!(text, given.strip_prefix('\u{feff}').unwrap_or(given)),
        (Err(_), Err(_)) => {}
        (opened, given) => panic!("{opened:?} of {given:?}"),
    }
    4 * input.len()
}
