//! Queries: whatever is typed is understood or told to be wrong at a place inside it, and what is
//! negated twice asks for the same records.

use sekisho::base::Instant;
use sekisho::query::{Name, Query, Record};

/// A record with a value for every name.
struct Same<'q>(&'q Query);

impl Record for Same<'_> {
    fn value(&self, name: Name) -> Option<&[u8]> {
        Some(name.name().as_bytes())
    }

    fn at(&self) -> Option<Instant> {
        Some(1_620_262_923)
    }

    fn holds(&self, word: usize) -> bool {
        self.0.words[word].len().is_multiple_of(2)
    }
}

pub fn read(input: &[u8]) -> usize {
    let Ok(text) = std::str::from_utf8(input) else { return input.len() };
    match Query::parse(text) {
        Err(error) => assert!(error.at <= text.chars().count(), "{error} in {text:?}"),
        Ok(query) => {
            let asks = query.asks_for(&Same(&query));
            // It may be too deep then, or empty.
            if let Ok(twice) = Query::parse(&format!("-(-({text}))")) {
                assert_eq!(twice.asks_for(&Same(&twice)), asks, "{text:?}");
            }
        }
    }
    input.len()
}
