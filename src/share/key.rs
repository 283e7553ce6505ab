//! A vendor's key: made once, kept as a file, known to clients by its fingerprint. What signs
//! checkers also opens what was sealed to it: an Ed25519 key is an X25519 key in other coordinates.

use super::pseudonym::PseudonymKey;
use super::seal::derived;
use crate::base::{Bilingual, Text, hex, json_document, unhex};
use ed25519_compact::{KeyPair, Seed, Signature, x25519};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// The version of the file's form.
const VERSION: u32 = 1;

/// Why a key file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is no key file.
    #[error("no key of this program: {0}")]
    Form(String),
    /// It is of another version.
    #[error("a key of version {0}; this program reads version {VERSION}")]
    Version(u32),
    /// The fingerprint is that of another key.
    #[error("the key and its fingerprint do not belong together: the file was changed")]
    Changed,
}

impl Bilingual for KeyError {
    fn told(&self) -> Text {
        let ja = match self {
            Self::Form(what) => format!("このプログラムの鍵ではありません:{what}"),
            Self::Version(version) => {
                format!("版{version}の鍵です(このプログラムが読めるのは版{VERSION}です)")
            }
            Self::Changed => {
                "鍵とフィンガープリントが一致しません(ファイルが変更されています)".to_owned()
            }
        };
        Text::new(self.to_string(), ja)
    }
}

/// A key file as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sekisho_key: u32,
    /// What everything follows from, in hex. Who has it can sign as the vendor, and open what was
    /// sealed to it.
    secret: String,
    fingerprint: String,
}

/// What a vendor signs with.
pub struct SecretKey(KeyPair);

impl SecretKey {
    /// Bytes from which a key follows.
    pub const SEED_BYTES: usize = Seed::BYTES;

    /// The key that follows from random bytes.
    pub fn from_seed(seed: [u8; Self::SEED_BYTES]) -> Self {
        Self(KeyPair::from_seed(Seed::new(seed)))
    }

    /// Reads a key file.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        let file: File =
            serde_json::from_str(text).map_err(|error| KeyError::Form(error.to_string()))?;
        if file.sekisho_key != VERSION {
            return Err(KeyError::Version(file.sekisho_key));
        }
        let wrong = || KeyError::Form("its secret is not 64 digits of hex".to_owned());
        let key = Self::from_seed(unhex(&file.secret).ok_or_else(wrong)?);
        if key.public().fingerprint() != file.fingerprint {
            return Err(KeyError::Changed);
        }
        Ok(key)
    }

    /// The key as a file.
    pub fn write(&self) -> String {
        let file = File {
            sekisho_key: VERSION,
            secret: hex(&*self.0.sk.seed()),
            fingerprint: self.public().fingerprint(),
        };
        json_document(serde_json::json!(file))
    }

    /// What others know it by.
    pub fn public(&self) -> PublicKey {
        PublicKey(*self.0.pk)
    }

    /// By which the clients of this vendor make pseudonyms: the same at all of them.
    pub fn pseudonyms(&self) -> PseudonymKey {
        PseudonymKey::new(derived(&*self.0.sk.seed(), &[], b"sekisho pseudonyms"))
    }

    /// The key with which what was sealed to it is opened. None for a key that nobody can have
    /// been sealed to.
    pub(super) fn opening(&self) -> Option<x25519::SecretKey> {
        x25519::SecretKey::from_ed25519(&self.0.sk).ok()
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; Signature::BYTES] {
        // Without noise, so that the same checker has the same bytes.
        *self.0.sk.sign(message, None)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SecretKey of {}", self.public().fingerprint())
    }
}

/// What a signature is checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; Self::BYTES]);

impl PublicKey {
    /// Bytes of a key.
    pub const BYTES: usize = ed25519_compact::PublicKey::BYTES;
    pub(super) const SIGNATURE_BYTES: usize = Signature::BYTES;

    pub(super) const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    pub(super) const fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// What people compare: eight groups of four digits.
    pub fn fingerprint(&self) -> String {
        Fingerprint::of(self).said()
    }

    /// The key to which something is sealed that only this vendor can open. None where it is no
    /// point of the curve.
    pub(super) fn sealing(&self) -> Option<x25519::PublicKey> {
        x25519::PublicKey::from_ed25519(&ed25519_compact::PublicKey::new(self.0)).ok()
    }

    pub(super) fn has_signed(
        &self,
        message: &[u8],
        signature: &[u8; Self::SIGNATURE_BYTES],
    ) -> bool {
        let key = ed25519_compact::PublicKey::new(self.0);
        key.verify(message, &Signature::new(*signature)).is_ok()
    }
}

/// The digest by which a key is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint(pub(super) [u8; Self::BYTES]);

impl Fingerprint {
    /// Enough that nobody makes a second key with the same one, few enough to be read out on the
    /// telephone.
    pub(super) const BYTES: usize = 16;

    pub(super) fn of(key: &PublicKey) -> Self {
        let digest = Sha256::digest(key.0);
        let mut bytes = [0; Self::BYTES];
        bytes.copy_from_slice(&digest[..Self::BYTES]);
        Self(bytes)
    }

    /// Eight groups of four digits.
    pub(super) fn said(&self) -> String {
        self.0.chunks(2).map(hex).collect::<Vec<_>>().join(" ")
    }
}

/// The digest by which the content of a checker is known, as short as a key's fingerprint.
pub fn edition(sealed: &[u8]) -> String {
    Sha256::digest(sealed)[..Fingerprint::BYTES].chunks(2).map(hex).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_and_read() {
        let key = SecretKey::from_seed([7; 32]);
        let read = SecretKey::read(&key.write()).unwrap();
        assert_eq!(read.public(), key.public());
        assert_eq!(key.public().fingerprint().len(), 8 * 4 + 7);
        assert!(!format!("{key:?}").contains("0707"));
    }

    #[test]
    fn a_key_file_that_is_none_says_so() {
        let text = SecretKey::from_seed([7; 32]).write();
        let other = SecretKey::from_seed([8; 32]).public().fingerprint();
        let mine = SecretKey::from_seed([7; 32]).public().fingerprint();
        assert_eq!(SecretKey::read(&text.replace(&mine, &other)).unwrap_err(), KeyError::Changed);
        assert_eq!(
            SecretKey::read(&text.replace("\"sekisho_key\": 1", "\"sekisho_key\": 9")).unwrap_err(),
            KeyError::Version(9)
        );
        for wrong in ["", "{}", &text.replace("0707", "07"), &text.replace("0707", "zz+1")] {
            assert!(matches!(SecretKey::read(wrong), Err(KeyError::Form(_))), "{wrong}");
        }
    }

    /// RFC 8032, section 7.1, test 2.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let seed =
            unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").unwrap();
        let key = SecretKey::from_seed(seed);
        let expected = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                        085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        assert_eq!(hex(&key.sign(&[0x72])), expected);
        assert!(key.public().has_signed(&[0x72], &key.sign(&[0x72])));
        assert!(!key.public().has_signed(&[0x73], &key.sign(&[0x72])));
    }
}
