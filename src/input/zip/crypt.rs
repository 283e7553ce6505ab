//! Encrypted members: the traditional encryption of zip (APPNOTE 6.1) and AES as WinZip does it
//! (AE-1 and AE-2). Both serve to read what a password was given for, and promise no secrecy.

use super::Member;
use crate::input::fault::{Fault, FaultKind};
use crate::input::feed::{Window, WindowReader};
use crate::input::walk::Shared;
use aes::cipher::{Block, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use encoding_rs::SHIFT_JIS;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use std::io::{self, Read};

/// A password as bytes: in UTF-8, and as Japanese Windows writes it.
pub(super) fn spellings(password: &str) -> Vec<Vec<u8>> {
    let mut spellings = vec![password.as_bytes().to_vec()];
    let (japanese, _, has_unknown) = SHIFT_JIS.encode(password);
    if !has_unknown && *japanese != *password.as_bytes() {
        spellings.push(japanese.into_owned());
    }
    spellings
}

/// Decrypts a member; none when the password does not fit.
pub(super) fn decrypt<'a>(
    shared: &'a Shared<'a>,
    part: Window<'a>,
    member: &Member,
    password: &[u8],
) -> Result<Option<Box<dyn Read + 'a>>, Fault> {
    let decrypted = match member.aes {
        Some(aes) => Authenticated::open(shared, part, aes.key_bytes, password)
            .map(|reader| reader.map(|reader| Box::new(reader) as Box<dyn Read>)),
        None => Traditional::open(shared, part, member.check, password)
            .map(|reader| reader.map(|reader| Box::new(reader) as Box<dyn Read>)),
    };
    decrypted.map_err(|error| shared.fault_of(&error))
}

/// The traditional encryption: three keys that every byte changes.
struct Traditional<R> {
    inner: R,
    keys: [u32; 3],
}

impl<'a> Traditional<WindowReader<'a>> {
    fn open(
        shared: &'a Shared<'a>,
        part: Window<'a>,
        check: u8,
        password: &[u8],
    ) -> io::Result<Option<Self>> {
        let inner = WindowReader::new(part, shared.reached);
        let mut reader = Self { inner, keys: [0x1234_5678, 0x2345_6789, 0x3456_7890] };
        password.iter().for_each(|byte| reader.update(*byte));
        let mut header = [0; 12];
        reader.read_exact(&mut header)?;
        Ok((header[11] == check).then_some(reader))
    }
}

impl<R> Traditional<R> {
    fn update(&mut self, byte: u8) {
        let [first, second, third] = &mut self.keys;
        *first = crc(*first, byte);
        *second = second.wrapping_add(*first & 0xff).wrapping_mul(0x0808_8405).wrapping_add(1);
        *third = crc(*third, (*second >> 24) as u8);
    }
}

/// One step of CRC-32, as a running register.
fn crc(register: u32, byte: u8) -> u32 {
    let mut crc = (register ^ u32::from(byte)) & 0xff;
    for _ in 0..8 {
        crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    }
    register >> 8 ^ crc
}

impl<R: Read> Read for Traditional<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        for byte in &mut into[..count] {
            let key = (self.keys[2] | 2) & 0xffff;
            *byte ^= (key.wrapping_mul(key ^ 1) >> 8) as u8;
            self.update(*byte);
        }
        Ok(count)
    }
}

/// A cipher with a key of one of the three lengths.
enum Cipher {
    Short(Box<Aes128>),
    Middle(Box<Aes192>),
    Long(Box<Aes256>),
}

impl Cipher {
    fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(Box::new).map(Self::Short),
            24 => Aes192::new_from_slice(key).ok().map(Box::new).map(Self::Middle),
            _ => Aes256::new_from_slice(key).ok().map(Box::new).map(Self::Long),
        }
    }

    fn encrypt(&self, block: [u8; 16]) -> [u8; 16] {
        let mut block = Block::<Aes128>::from(block);
        match self {
            Self::Short(cipher) => cipher.encrypt_block(&mut block),
            Self::Middle(cipher) => cipher.encrypt_block(&mut block),
            Self::Long(cipher) => cipher.encrypt_block(&mut block),
        }
        block.into()
    }
}

/// Bytes of the code behind the encrypted bytes, by which damage is told.
const CODE_BYTES: u64 = 10;
/// Rounds by which a key is derived from a password.
const ROUNDS: u32 = 1_000;

/// AES in counter mode, with a code over the encrypted bytes.
struct Authenticated<'a> {
    shared: &'a Shared<'a>,
    inner: io::Take<WindowReader<'a>>,
    cipher: Cipher,
    mac: Option<Hmac<Sha1>>,
    counter: u128,
    stream: [u8; 16],
    used: usize,
}

impl<'a> Authenticated<'a> {
    fn open(
        shared: &'a Shared<'a>,
        part: Window<'a>,
        key_bytes: usize,
        password: &[u8],
    ) -> io::Result<Option<Self>> {
        let mut inner = WindowReader::new(part, shared.reached);
        let mut salt = vec![0; key_bytes / 2];
        inner.read_exact(&mut salt)?;
        let mut stated = [0; 2];
        inner.read_exact(&mut stated)?;
        let mut derived = vec![0; key_bytes * 2 + 2];
        pbkdf2::pbkdf2_hmac::<Sha1>(password, &salt, ROUNDS, &mut derived);
        let (key, rest) = derived.split_at(key_bytes);
        let (mac_key, verifier) = rest.split_at(key_bytes);
        let cipher = Cipher::new(key);
        let mac = Hmac::new_from_slice(mac_key).ok();
        let left = part.size.saturating_sub(salt.len() as u64 + 2 + CODE_BYTES);
        Ok(cipher.filter(|_| *verifier == stated).map(|cipher| Self {
            shared,
            inner: inner.take(left),
            cipher,
            mac,
            counter: 0,
            stream: [0; 16],
            used: 16,
        }))
    }

    /// Compares the code in the end.
    fn finish(&mut self) -> io::Result<()> {
        let Some(mac) = self.mac.take() else { return Ok(()) };
        self.inner.set_limit(CODE_BYTES);
        let mut stated = Vec::new();
        self.inner.read_to_end(&mut stated)?;
        if mac.verify_truncated_left(&stated).is_err() {
            let what = "the authentication code is wrong";
            return Err(self.shared.fault(FaultKind::Corrupt, what).into());
        }
        Ok(())
    }
}

impl Read for Authenticated<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        if count == 0 && !into.is_empty() {
            self.finish()?;
            self.inner.set_limit(0);
        }
        if let Some(mac) = &mut self.mac {
            mac.update(&into[..count]);
        }
        for byte in &mut into[..count] {
            if self.used == 16 {
                self.counter += 1;
                self.stream = self.cipher.encrypt(self.counter.to_le_bytes());
                self.used = 0;
            }
            *byte ^= self.stream[self.used];
            self.used += 1;
        }
        Ok(count)
    }
}
