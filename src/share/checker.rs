//! A checker's content: what it says to the client, the files in it, and the signature over all.
//!
//! As bytes: the mark, the public key, the signature, and the packed body. The signature is over
//! the mark and the packed body, so that no byte of them can be changed; a changed key makes it
//! invalid, and another key that signs anew has another fingerprint, which the page shows.

use super::day::Day;
use super::key::{PublicKey, SecretKey, edition};
use super::pseudonym::PseudonymKey;
use super::recipient::Recipient;
use crate::base::{Bilingual, Text, sorted};
use crate::finding::Question;
use flate2::read::ZlibDecoder;
use miniz_oxide::deflate::compress_to_vec_zlib;
use serde::{Deserialize, Serialize};
use std::io::Read;

/// Begins every checker's content; the digit is the version of its form.
const MARK: &[u8; 16] = b"sekisho-checker1";
/// What a body may unpack to.
const MOST_BYTES: u64 = 256 << 20;
/// How hard a body is packed, of ten.
const PACKED_LEVEL: u8 = 6;
/// A mark takes no more room than this on the client's screen.
const MOST_LOGO_BYTES: usize = 256 << 10;

/// What the client reads of the vendor. Empty where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct About {
    /// What is looked for, in a line.
    pub title: String,
    /// Who asks.
    pub vendor: String,
    /// Where to turn to: a telephone number, an address.
    pub contact: String,
    /// What to do, by language: paragraphs, lists, headings and emphasis as in Markdown.
    pub instructions: Texts,
    /// The last day on which it should be used, 2027-03-31.
    pub expires: String,
    /// The questions that matter.
    pub questions: Vec<Question>,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Texts {
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
}

impl About {
    /// What a client could not use, by field.
    pub fn wrong(&self) -> Vec<Wrong> {
        let is_day = self.expires.is_empty() || self.expires.parse::<Day>().is_ok();
        let needed = [(Field::Title, &self.title), (Field::Vendor, &self.vendor)];
        let missing = needed.into_iter().filter(|(_, text)| text.trim().is_empty());
        let day = (!is_day).then_some(Field::Expires);
        missing.map(|(field, _)| field).chain(day).map(Wrong::of).collect()
    }
}

/// What of a checker's words can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// What is looked for.
    Title,
    /// Who asks.
    Vendor,
    /// The last day.
    Expires,
    /// The vendor's mark.
    Logo,
}

/// Something that a client could not use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// Where.
    pub field: Field,
    /// What is expected.
    pub what: Text,
}

impl Wrong {
    fn of(field: Field) -> Self {
        let what = match field {
            Field::Title => Text::fixed(
                "A title is needed: the client must know what is looked for.",
                "題名が必要です。取引先に、何を調べるかを伝えるためです。",
            ),
            Field::Vendor => Text::fixed(
                "A vendor is needed: the client must know whose checker it is.",
                "事業者名が必要です。取引先に、誰のチェッカーかを伝えるためです。",
            ),
            Field::Expires => Text::fixed(
                "A date is expected, such as 2027-03-31.",
                "日付は 2027-03-31 のように指定してください。",
            ),
            Field::Logo => Text::fixed(
                "A PNG or JPEG of at most 256 KiB is expected.",
                "256 KiB 以下の PNG または JPEG を指定してください。",
            ),
        };
        Self { field, what }
    }
}

/// What a file in a checker is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sigma rules, one or an archive.
    Rules,
    /// A list of indicators, open or private.
    Indicators,
    /// The description of a log format.
    Mapping,
    /// The vendor's mark, a PNG or JPEG.
    Logo,
}

/// A file in a checker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What it is for.
    pub role: Role,
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Part {
    /// The vendor's mark, if a client's page can show it.
    pub fn logo(name: String, bytes: Vec<u8>) -> Result<Self, Wrong> {
        let is_picture =
            bytes.starts_with(b"\x89PNG\r\n\x1a\n") || bytes.starts_with(b"\xff\xd8\xff");
        if !is_picture || bytes.len() > MOST_LOGO_BYTES {
            return Err(Wrong::of(Field::Logo));
        }
        Ok(Self { role: Role::Logo, name, bytes })
    }
}

/// Settings as they stand in a checker: in one order, whoever wrote them.
pub fn settings_text(settings: serde_json::Value) -> String {
    sorted(settings).to_string()
}

/// What a vendor puts into a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checker {
    /// What the client reads.
    pub about: About,
    /// Settings of the check, as JSON.
    pub settings: String,
    /// Digest of the page that it was made for.
    pub page: String,
    /// By which clients make pseudonyms of what a result names.
    pub pseudonyms: PseudonymKey,
    /// The files in it.
    pub parts: Vec<Part>,
}

/// A checker whose signature holds, and who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What is in it.
    pub checker: Checker,
    /// Who signed it.
    pub by: PublicKey,
    /// By which this content is known from every other.
    pub edition: String,
}

impl Opened {
    /// Whom results are for.
    pub const fn recipient(&self) -> Recipient {
        Recipient { key: self.by, pseudonyms: self.checker.pseudonyms }
    }
}

/// Why a checker's content cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckerError {
    /// It is not that of a checker, or of a version to come.
    #[error("this is not the content of a checker that this version reads")]
    Form,
    /// It is not what was signed.
    #[error("this checker was changed after it was signed")]
    Changed,
    /// It was made for another page.
    #[error("this checker's content was signed for another page than the one that it stands in")]
    OtherPage,
    /// It is too large.
    #[error("the files of a checker may have {} MiB in all", MOST_BYTES >> 20)]
    TooLarge,
}

impl Bilingual for CheckerError {
    fn told(&self) -> Text {
        let ja = match self {
            Self::Form => "この版で読み取れるチェッカーの内容ではありません。".to_owned(),
            Self::Changed => "このチェッカーは署名された後に変更されています。".to_owned(),
            Self::OtherPage => {
                "このチェッカーの内容は、別のページ用に署名されたものです。".to_owned()
            }
            Self::TooLarge => {
                let most = MOST_BYTES >> 20;
                format!("チェッカーに入れるファイルは合計{most} MiBまでです。")
            }
        };
        Text::new(self.to_string(), ja)
    }
}

impl Checker {
    /// Signs it. The same content and key give the same bytes.
    pub fn seal(&self, key: &SecretKey) -> Result<Vec<u8>, CheckerError> {
        let body = self.packed().ok_or(CheckerError::TooLarge)?;
        let mut sealed = MARK.to_vec();
        sealed.extend(key.public().bytes());
        sealed.extend(key.sign(&signed(&body)));
        sealed.extend(body);
        Ok(sealed)
    }

    /// Opens one that stands in a page, if what is in it is what was signed, for that page.
    pub fn open(sealed: &[u8], page: &str) -> Result<Opened, CheckerError> {
        let (by, signature, body) = taken_apart(sealed).ok_or(CheckerError::Form)?;
        if !by.has_signed(&signed(body), signature) {
            return Err(CheckerError::Changed);
        }
        let checker = Self::unpacked(body).ok_or(CheckerError::Form)?;
        if checker.page != page {
            return Err(CheckerError::OtherPage);
        }
        Ok(Opened { checker, by, edition: edition(sealed) })
    }

    /// None where it is too large.
    fn packed(&self) -> Option<Vec<u8>> {
        let plain = postcard::to_allocvec(self).ok()?;
        if plain.len() as u64 > MOST_BYTES {
            return None;
        }
        Some(compress_to_vec_zlib(&plain, PACKED_LEVEL))
    }

    fn unpacked(body: &[u8]) -> Option<Self> {
        let mut plain = Vec::new();
        ZlibDecoder::new(body).take(MOST_BYTES + 1).read_to_end(&mut plain).ok()?;
        if plain.len() as u64 > MOST_BYTES {
            return None;
        }
        postcard::from_bytes(&plain).ok()
    }
}

/// What the signature is over.
fn signed(body: &[u8]) -> Vec<u8> {
    [MARK.as_slice(), body].concat()
}

type Signature = [u8; PublicKey::SIGNATURE_BYTES];

fn taken_apart(sealed: &[u8]) -> Option<(PublicKey, &Signature, &[u8])> {
    let rest = sealed.strip_prefix(MARK)?;
    let (key, rest) = rest.split_first_chunk::<{ PublicKey::BYTES }>()?;
    let (signature, body) = rest.split_first_chunk()?;
    Some((PublicKey::new(*key), signature, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checker() -> Checker {
        let part = |role, name: &str| Part { role, name: name.to_owned(), bytes: vec![b'x'; 99] };
        Checker {
            about: About { title: "Sign-ins of May".into(), ..About::default() },
            settings: r#"{"zone":"Asia/Tokyo"}"#.into(),
            page: "ab12".into(),
            pseudonyms: SecretKey::from_seed([1; 32]).pseudonyms(),
            parts: vec![part(Role::Rules, "own.yml"), part(Role::Logo, "logo.png")],
        }
    }

    #[test]
    fn a_checker_is_opened_as_it_was_sealed() {
        let key = SecretKey::from_seed([1; 32]);
        let sealed = checker().seal(&key).unwrap();
        assert_eq!(sealed, checker().seal(&key).unwrap());
        let opened = Checker::open(&sealed, "ab12").unwrap();
        let edition = edition(&sealed);
        assert_eq!(opened, Opened { checker: checker(), by: key.public(), edition });
    }

    #[test]
    fn one_changed_bit_anywhere_is_refused() {
        let sealed = checker().seal(&SecretKey::from_seed([1; 32])).unwrap();
        for at in 0..sealed.len() {
            for bit in [1, 128] {
                let mut changed = sealed.clone();
                changed[at] ^= bit;
                let expected =
                    if at < MARK.len() { CheckerError::Form } else { CheckerError::Changed };
                assert_eq!(Checker::open(&changed, "ab12").unwrap_err(), expected, "byte {at}");
            }
        }
        for length in 0..sealed.len() {
            assert!(Checker::open(&sealed[..length], "ab12").is_err(), "{length} bytes");
        }
        assert_eq!(
            Checker::open(&[&sealed[..], b"x"].concat(), "ab12").unwrap_err(),
            CheckerError::Changed
        );
    }

    #[test]
    fn what_a_client_could_not_use_is_told_by_field() {
        let about = About { vendor: " ".into(), expires: "31.3.2027".into(), ..About::default() };
        let fields: Vec<_> = about.wrong().iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, [Field::Title, Field::Vendor, Field::Expires]);
        let about = About { title: "a".into(), vendor: "b".into(), ..About::default() };
        assert_eq!(about.wrong(), []);
        assert_eq!(Part::logo("a.gif".into(), b"GIF89a".to_vec()).unwrap_err().field, Field::Logo);
        let mark = b"\xff\xd8\xff".to_vec();
        assert_eq!(Part::logo("a.jpg".into(), mark.clone()).unwrap().bytes, mark);
        let large = [mark, vec![0; MOST_LOGO_BYTES]].concat();
        assert!(Part::logo("a.jpg".into(), large).is_err());
    }

    #[test]
    fn settings_have_one_order() {
        let text = |json: &str| settings_text(serde_json::from_str(json).unwrap());
        assert_eq!(text(r#"{"b":{"d":1,"c":2},"a":[]}"#), r#"{"a":[],"b":{"c":2,"d":1}}"#);
    }

    #[test]
    fn content_belongs_to_one_page_and_another_signature_has_another_fingerprint() {
        let sealed = checker().seal(&SecretKey::from_seed([1; 32])).unwrap();
        assert_eq!(Checker::open(&sealed, "cd34").unwrap_err(), CheckerError::OtherPage);
        let again = checker().seal(&SecretKey::from_seed([2; 32])).unwrap();
        let opened = |sealed: &[u8]| Checker::open(sealed, "ab12").unwrap();
        assert_ne!(opened(&sealed).by.fingerprint(), opened(&again).by.fingerprint());
        assert_ne!(opened(&sealed).edition, opened(&again).edition);
    }
}
