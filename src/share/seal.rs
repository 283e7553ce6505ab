//! A text sealed to a vendor's key, so that only the vendor reads it and no byte of it can be
//! changed: X25519 with a key that is made for this text alone, HKDF-SHA256 (RFC 5869), AES-256-GCM.
//!
//! As bytes: the mark, the fingerprint of the vendor's key, the public key that was made for it, and
//! the text encrypted, with its tag. All that is in front goes into the tag.

use super::key::{Fingerprint, PublicKey, SecretKey};
use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use ed25519_compact::x25519;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Begins everything that is sealed; the digit is the version of its form.
const MARK: &[u8; 16] = b"sekisho-sealed-1";
/// The key serves one text, so a number for each text is not needed.
const NONCE: [u8; 12] = [0; 12];
const POINT: usize = x25519::PublicKey::BYTES;
const HEAD: usize = MARK.len() + Fingerprint::BYTES + POINT;

/// Why something sealed cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It ends too early, or the key it is to be sealed to is none.
    #[error("it is cut off, or made for a key that is none")]
    Form,
    /// It was sealed to another key.
    #[error("it is sealed to the key {0}")]
    OtherKey(String),
    /// It is not what was sealed.
    #[error("it was changed after it was sealed")]
    Changed,
}

/// Whether something is sealed.
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(MARK)
}

/// The fingerprint of the key to which something is sealed. None where it is not sealed.
pub fn sealed_to(bytes: &[u8]) -> Option<String> {
    let rest = bytes.strip_prefix(MARK)?;
    rest.first_chunk().map(|fingerprint| Fingerprint(*fingerprint).said())
}

/// Seals a text. `once` are 32 random bytes that serve nothing else.
pub fn seal(text: &[u8], to: &PublicKey, once: [u8; 32]) -> Result<Vec<u8>, SealError> {
    let theirs = to.sealing().ok_or(SealError::Form)?;
    let own = x25519::SecretKey::new(once);
    let shown = own.recover_public_key().map_err(|_| SealError::Form)?;
    let shared = theirs.dh(&own).map_err(|_| SealError::Form)?;
    let mut sealed = MARK.to_vec();
    sealed.extend(Fingerprint::of(to).0);
    sealed.extend(*shown);
    let mut body = text.to_vec();
    cipher(&shared, &shown, &theirs)
        .encrypt_in_place(&NONCE.into(), &sealed, &mut body)
        .map_err(|_| SealError::Form)?;
    sealed.extend(body);
    Ok(sealed)
}

/// Opens what was sealed to a key.
pub fn unseal(sealed: &[u8], key: &SecretKey) -> Result<Vec<u8>, SealError> {
    let (head, body) = sealed.split_at_checked(HEAD).ok_or(SealError::Form)?;
    let rest = head.strip_prefix(MARK).ok_or(SealError::Form)?;
    let (to, shown) = rest.split_first_chunk().ok_or(SealError::Form)?;
    if Fingerprint(*to) != Fingerprint::of(&key.public()) {
        return Err(SealError::OtherKey(Fingerprint(*to).said()));
    }
    let shown = x25519::PublicKey::from_slice(shown).map_err(|_| SealError::Changed)?;
    let own = key.opening().ok_or(SealError::Form)?;
    let mine = key.public().sealing().ok_or(SealError::Form)?;
    let shared = shown.dh(&own).map_err(|_| SealError::Changed)?;
    let mut text = body.to_vec();
    cipher(&shared, &shown, &mine)
        .decrypt_in_place(&NONCE.into(), head, &mut text)
        .map_err(|_| SealError::Changed)?;
    Ok(text)
}

/// What encrypts one text: its key follows from the secret that both sides share, and from both of
/// their public keys.
fn cipher(
    shared: &x25519::DHOutput,
    shown: &x25519::PublicKey,
    theirs: &x25519::PublicKey,
) -> Aes256Gcm {
    let key = derived(&**shared, &[**shown, **theirs].concat(), MARK);
    Aes256Gcm::new(&key.into())
}

/// A key that follows from a secret: HKDF-SHA256 with one block of output. The salt has 64 bytes at
/// most.
pub(super) fn derived(secret: &[u8], salt: &[u8], what: &[u8]) -> [u8; 32] {
    let extracted = hmac(salt, &[secret]);
    hmac(&extracted, &[what, &[1]])
}

/// HMAC-SHA256 with a key of 64 bytes at most, which are filled up with zeros.
pub(super) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{hex, unhex};

    const TEXT: &[u8] = "{\"client\":\"例示\"}".as_bytes();

    fn key(seed: u8) -> SecretKey {
        SecretKey::from_seed([seed; 32])
    }

    #[test]
    fn what_is_sealed_is_opened_by_its_reader_alone() {
        let sealed = seal(TEXT, &key(1).public(), [5; 32]).unwrap();
        assert!(is_sealed(&sealed));
        assert_eq!(sealed, seal(TEXT, &key(1).public(), [5; 32]).unwrap());
        assert_ne!(sealed, seal(TEXT, &key(1).public(), [6; 32]).unwrap());
        assert_eq!(unseal(&sealed, &key(1)).unwrap(), TEXT);
        assert_eq!(sealed_to(&sealed), Some(key(1).public().fingerprint()));
        let expected = SealError::OtherKey(key(1).public().fingerprint());
        assert_eq!(unseal(&sealed, &key(2)).unwrap_err(), expected);
        assert!(!sealed.windows(8).any(|window| window == &TEXT[..8]));
    }

    #[test]
    fn one_changed_bit_and_every_cut_is_refused() {
        let sealed = seal(TEXT, &key(1).public(), [5; 32]).unwrap();
        for at in 0..sealed.len() {
            for bit in [1, 128] {
                let mut changed = sealed.clone();
                changed[at] ^= bit;
                unseal(&changed, &key(1)).unwrap_err();
            }
        }
        for length in 0..sealed.len() {
            unseal(&sealed[..length], &key(1)).unwrap_err();
        }
        unseal(&[&sealed[..], b"x"].concat(), &key(1)).unwrap_err();
    }

    /// RFC 5869, appendix A.1, of which the first block.
    #[test]
    fn keys_are_derived_as_the_standard_says() {
        let secret = [0x0b; 22];
        let salt: [u8; 13] = unhex("000102030405060708090a0b0c").unwrap();
        let info: [u8; 10] = unhex("f0f1f2f3f4f5f6f7f8f9").unwrap();
        assert_eq!(
            hex(&derived(&secret, &salt, &info)),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        );
    }

    /// Test case 13 of the specification of GCM.
    #[test]
    fn the_cipher_is_that_of_the_standard() {
        let mut nothing = Vec::new();
        Aes256Gcm::new(&[0; 32].into()).encrypt_in_place(&NONCE.into(), &[], &mut nothing).unwrap();
        assert_eq!(hex(&nothing), "530f8afbc74536b9a963b4f1c4cb738b");
    }
}
