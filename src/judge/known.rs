//! Texts that were judged and held no payload. They come again and again, and looking one up costs
//! less than judging it.

use crate::base::Fingerprint;

/// Texts that are remembered. A new one takes the place of another, so memory stays bounded;
/// forgetting costs time and changes nothing.
const PLACES: usize = 1 << 18;

/// Remembers texts without payload by their fingerprints.
#[derive(Debug)]
pub struct Harmless {
    places: Vec<Fingerprint>,
}

impl Default for Harmless {
    fn default() -> Self {
        Self { places: vec![0; PLACES] }
    }
}

impl Harmless {
    /// Whether the text of a fingerprint is remembered.
    #[inline]
    pub fn knows(&self, text: Fingerprint) -> bool {
        self.places.get(place_of(text)) == Some(&text)
    }

    /// Remembers a text.
    #[inline]
    pub fn remember(&mut self, text: Fingerprint) {
        if let Some(place) = self.places.get_mut(place_of(text)) {
            *place = text;
        }
    }
}

#[inline]
const fn place_of(text: Fingerprint) -> usize {
    text as usize & (PLACES - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_until_another_takes_its_place() {
        let mut known = Harmless::default();
        assert!(!known.knows(7));
        known.remember(7);
        assert!(known.knows(7));
        known.remember(7 + PLACES as u64);
        assert!(!known.knows(7) && known.knows(7 + PLACES as u64));
    }
}
