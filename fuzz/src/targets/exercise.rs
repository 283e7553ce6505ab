//! Answer sheets and scenario files: what is read is written and read as the same, and names a case
//! whose name means it.

use sekisho::train::Wanted;
use sekisho::train::exercise::Sheet;

pub fn read(input: &[u8]) -> usize {
    let Ok(text) = std::str::from_utf8(input) else { return input.len() };
    if let Ok(sheet) = Sheet::read(text) {
        assert_eq!(Sheet::read(&sheet.write()), Ok(sheet));
    }
    for wanted in [Wanted::read(text), text.parse()].into_iter().flatten() {
        assert_eq!(wanted.to_string().parse(), Ok(wanted));
    }
    2 * input.len()
}
