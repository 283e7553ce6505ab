//! Whom results are for: the vendor's public key and the key for pseudonyms. A checker carries both;
//! where there is none, a file of its own does, which is for the vendor's clients and nobody else.

use super::key::{KeyError, PublicKey, SecretKey};
use super::pseudonym::PseudonymKey;
use crate::base::{hex, json_document, unhex};
use serde::{Deserialize, Serialize};

/// The version of the file's form.
const VERSION: u32 = 1;

/// Whom results are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// To which a result is sealed.
    pub key: PublicKey,
    /// By which its names become pseudonyms.
    pub pseudonyms: PseudonymKey,
}

/// A recipient as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sekisho_recipient: u32,
    key: String,
    pseudonyms: String,
    fingerprint: String,
}

impl Recipient {
    /// The recipient that has a key.
    pub fn of(key: &SecretKey) -> Self {
        Self { key: key.public(), pseudonyms: key.pseudonyms() }
    }

    /// Reads the file of a recipient.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        let file: File =
            serde_json::from_str(text).map_err(|error| KeyError::Form(error.to_string()))?;
        if file.sekisho_recipient != VERSION {
            return Err(KeyError::Version(file.sekisho_recipient));
        }
        let wrong = || KeyError::Form("its keys are not 64 digits of hex".to_owned());
        let key = PublicKey::new(unhex(&file.key).ok_or_else(wrong)?);
        let pseudonyms = PseudonymKey::new(unhex(&file.pseudonyms).ok_or_else(wrong)?);
        if key.fingerprint() != file.fingerprint {
            return Err(KeyError::Changed);
        }
        Ok(Self { key, pseudonyms })
    }

    /// The recipient as a file.
    pub fn write(&self) -> String {
        let file = File {
            sekisho_recipient: VERSION,
            key: hex(self.key.bytes()),
            pseudonyms: hex(self.pseudonyms.bytes()),
            fingerprint: self.key.fingerprint(),
        };
        json_document(serde_json::json!(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_written_and_read_and_is_no_key() {
        let key = SecretKey::from_seed([7; 32]);
        let recipient = Recipient::of(&key);
        let text = recipient.write();
        assert_eq!(Recipient::read(&text).unwrap(), recipient);
        assert!(SecretKey::read(&text).is_err() && Recipient::read(&key.write()).is_err());
        assert!(!text.contains("0707"), "the secret is not in it");
        let other = Recipient::of(&SecretKey::from_seed([8; 32]));
        let changed = text.replace(&key.public().fingerprint(), &other.key.fingerprint());
        assert_eq!(Recipient::read(&changed).unwrap_err(), KeyError::Changed);
    }
}
