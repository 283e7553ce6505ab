//! What stands in a text that should not be in strange hands: addresses, telephone numbers, My
//! Numbers, credentials, keys, settings of mail and networks, markings.
//!
//! Secrets are never handed on in full. What only looks like one is left out by what it is:
//! placeholders, image names, numbers whose check digit is wrong.

use crate::base::{Arrange, Fingerprint, Seed};
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    /// An e-mail address.
    Email,
    /// A Japanese telephone number.
    Phone,
    /// An individual number (My Number) with a right check digit.
    MyNumber,
    /// A password, or another secret beside its name.
    Credential,
    /// A private key, a token, or a hash of a password.
    Key,
    /// Settings of a mail system or directory.
    MailSetting,
    /// A private address of a network.
    Network,
    /// A marking of secrecy.
    Marking,
    /// One whom a document names as author, or as one who changed it or commented on it.
    Person,
    /// An organisation that a document names as its own.
    Organisation,
}

/// Something that stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: FoundKind,
    /// Stands for the value, so that the same counts once.
    pub value: Fingerprint,
    /// How it is shown; secrets are masked.
    pub shown: String,
    /// The line, from 1; 0 of what a document says of itself.
    pub line: u64,
    /// Of an address, its domain in small letters.
    pub domain: Option<String>,
}

/// A pattern of this file; a test compiles each.
fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

macro_rules! patterns {
    ($($name:ident = $text:literal;)*) => {
        $(static $name: LazyLock<Option<Regex>> = LazyLock::new(|| pattern($text));)*
        #[cfg(test)]
        const PATTERNS: &[&str] = &[$($text),*];
    };
}

patterns! {
    EMAIL = r"[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24})";
    PHONE = r"0\d{1,4}-\d{1,4}-\d{3,4}|0[5789]0\d{8}";
    TWELVE = r"\d{4}[ -]?\d{4}[ -]?\d{4}";
    NAMED = r#"(?i)(password|passwd|pwd|passphrase|secret|api[_-]?key|access[_-]?key|token|パスワード|暗証番号|認証キー)["']?\s*(?:[:=]|は)\s*["']?([^\s"',;、。]{4,128})"#;
    BEGIN_KEY = r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----";
    TOKEN = r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}|(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,}|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[0-9A-Za-z_-]{35}|\$(?:2[aby]|5|6|y)\$[A-Za-z0-9./$=,]{20,}";
    MAIL_HOST = r"(?i)\b(?:smtps?|pop3?s?|imaps?|ldaps?|mx\d*|relay)[a-z0-9-]*(?:\.[a-z0-9-]+)+(?::\d{2,5})?";
    MAIL_WORD = r"(?i)(relayhost|smtp_?(?:server|host|port|user)|bind_?dn|v=spf1|v=dkim1|(?:smtp|pop3?|imap|ldap)\s*(?:server|host|port|サーバー?|ポート|認証)|メール(?:中継|リレー)|中継サーバー?)\S*\s*[:=\t,]?\s*(\S+)";
    PRIVATE = r"\b(?:10\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.\d{1,3}\.\d{1,3}\b(?:/\d{1,2})?";
    MARK = r"(?i)機密性[23]|極秘|社外秘|部外秘|取扱注意|関係者(?:外秘|限り)|TLP:(?:RED|AMBER(?:\+STRICT)?)|\b(?:strictly )?confidential\b";
}

/// Endings of file names that look like domains.
const FILE_ENDS: [&str; 10] =
    ["png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "map", "html"];
/// What stands where a secret is to be filled in.
const PLACEHOLDERS: [&str; 16] = [
    "example",
    "changeme",
    "change_me",
    "password",
    "passwd",
    "placeholder",
    "dummy",
    "sample",
    "xxxx",
    "****",
    "null",
    "none",
    "true",
    "false",
    "your",
    "required",
];
/// Characters of a line that may be a heading or stand in a margin.
const HEADING_CHARS: usize = 40;
/// Numbers in one text from which they are taken for My Numbers without being called so.
const MY_NUMBERS: usize = 3;
/// Private addresses in one text from which it is a plan.
const ADDRESSES: usize = 5;

/// Everything that stands in a text, each value where it stands first.
pub fn look(text: &str) -> Vec<Hit> {
    let text = &half_width(text);
    let mut hits = Vec::new();
    let (mut numbers, mut addresses) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    let columns = secret_columns(text);
    for (at, line) in text.lines().enumerate() {
        let number = at as u64 + 1;
        let before = [&hits, &numbers, &addresses].map(Vec::len);
        emails(line, number, &mut hits);
        phones(line, number, &mut hits);
        my_numbers(line, number, &mut numbers);
        credentials(line, number, &mut hits);
        if number > 1 {
            cells(line, number, &columns, &mut hits);
        }
        each(&TOKEN, line, |found| hits.push(hit(FoundKind::Key, found, masked(found), number)));
        each(&BEGIN_KEY, line, |found| hits.push(key_at(found, number)));
        settings(line, number, &mut hits);
        each(&PRIVATE, line, |found| {
            addresses.push(hit(FoundKind::Network, found, found.to_owned(), number));
        });
        marking(line, number, &mut hits);
        for (hits, from) in [&mut hits, &mut numbers, &mut addresses].into_iter().zip(before) {
            keep_new(hits, from, &mut seen);
        }
    }
    let is_named = text.contains("マイナンバー") || text.contains("個人番号");
    if is_named || numbers.len() >= MY_NUMBERS {
        hits.extend(numbers);
    }
    if addresses.len() >= ADDRESSES {
        hits.extend(addresses);
    }
    hits.arrange_by_key(|hit| hit.line);
    hits
}

/// Full-width letters, digits and signs as the narrow ones.
fn half_width(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{2010}' | '\u{2011}' | '\u{2212}' => '-',
        c => c,
    };
    text.chars().map(narrow).collect()
}

pub(super) fn hit(kind: FoundKind, value: &str, shown: String, line: u64) -> Hit {
    let value = Seed(kind as u64).of(value.to_lowercase().as_bytes());
    Hit { kind, value, shown, line, domain: None }
}

/// Keeps, from a place on, what was not seen before: memory follows from what is different.
fn keep_new(hits: &mut Vec<Hit>, from: usize, seen: &mut BTreeSet<(FoundKind, Fingerprint)>) {
    let mut kept = from;
    for at in from..hits.len() {
        if hits.get(at).is_some_and(|hit| seen.insert((hit.kind, hit.value))) {
            hits.swap(kept, at);
            kept += 1;
        }
    }
    hits.truncate(kept);
}

fn each(pattern: &Option<Regex>, line: &str, mut take: impl FnMut(&str)) {
    if let Some(pattern) = pattern {
        pattern.find_iter(line).for_each(|found| take(found.as_str()));
    }
}

/// The first and the last characters of a secret, never a third of it.
fn masked(secret: &str) -> String {
    let chars: Vec<char> = secret.chars().collect();
    let shown = (chars.len() / 8).min(4);
    let head: String = chars.iter().take(shown).collect();
    format!("{head}{}", "*".repeat(chars.len().saturating_sub(shown).min(12)))
}

fn emails(line: &str, number: u64, hits: &mut Vec<Hit>) {
    let Some(pattern) = &*EMAIL else { return };
    for found in pattern.captures_iter(line) {
        let (Some(whole), Some(domain)) = (found.get(0), found.get(1)) else { continue };
        let domain = domain.as_str().to_lowercase();
        let end = domain.rsplit('.').next().unwrap_or_default();
        if !FILE_ENDS.contains(&end) {
            let hit = hit(FoundKind::Email, whole.as_str(), whole.as_str().to_owned(), number);
            hits.push(Hit { domain: Some(domain), ..hit });
        }
    }
}

/// Whether a match stands by itself, not amid digits.
fn is_alone(line: &str, from: usize, to: usize) -> bool {
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let before = line.get(..from).and_then(|text| text.chars().next_back());
    let behind = line.get(to..).and_then(|text| text.chars().next());
    !is_digit(before) && !is_digit(behind) && before != Some('-') && behind != Some('-')
}

fn phones(line: &str, number: u64, hits: &mut Vec<Hit>) {
    let Some(pattern) = &*PHONE else { return };
    for found in pattern.find_iter(line) {
        let digits: String = found.as_str().chars().filter(char::is_ascii_digit).collect();
        if matches!(digits.len(), 10 | 11) && is_alone(line, found.start(), found.end()) {
            hits.push(hit(FoundKind::Phone, &digits, found.as_str().to_owned(), number));
        }
    }
}

fn my_numbers(line: &str, number: u64, hits: &mut Vec<Hit>) {
    let Some(pattern) = &*TWELVE else { return };
    for found in pattern.find_iter(line) {
        let digits: String = found.as_str().chars().filter(char::is_ascii_digit).collect();
        if is_my_number(&digits) && is_alone(line, found.start(), found.end()) {
            let shown = format!("**********{}", digits.get(10..).unwrap_or_default());
            hits.push(hit(FoundKind::MyNumber, &digits, shown, number));
        }
    }
}

/// Whether the last of twelve digits is the check digit of the others, by the ordinance on My
/// Number (article 5): weights 2 to 7 and again 2 to 6 from the right, modulo 11.
fn is_my_number(digits: &str) -> bool {
    let digits: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let Some((check, others)) = digits.split_last().filter(|_| digits.len() == 12) else {
        return false;
    };
    let weighed = others.iter().rev().enumerate();
    let sum: u32 = weighed
        .map(|(at, digit)| {
            let n = at as u32 + 1;
            digit * if n <= 6 { n + 1 } else { n - 5 }
        })
        .sum();
    let rest = sum % 11;
    let expected = if rest <= 1 { 0 } else { 11 - rest };
    *check == expected && others.iter().any(|digit| *digit != others[0])
}

fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    let first = lower.chars().next();
    first.is_none_or(|c| matches!(c, '<' | '$' | '{' | '%' | '[' | '(' | '*' | '_' | '/'))
        || lower.chars().all(|c| Some(c) == first)
        || PLACEHOLDERS.iter().any(|word| lower.starts_with(word))
}

fn credentials(line: &str, number: u64, hits: &mut Vec<Hit>) {
    let Some(pattern) = &*NAMED else { return };
    for found in pattern.captures_iter(line) {
        let (Some(name), Some(value)) = (found.get(1), found.get(2)) else { continue };
        if !is_placeholder(value.as_str()) {
            let shown = format!("{} = {}", name.as_str(), masked(value.as_str()));
            hits.push(hit(FoundKind::Credential, value.as_str(), shown, number));
        }
    }
}

/// The columns of a table whose heads say that they hold secrets.
fn secret_columns(text: &str) -> Vec<usize> {
    let words = ["password", "passwd", "pwd", "pw", "パスワード", "暗証番号", "初期パスワード"];
    let head = text.lines().next().unwrap_or_default();
    let cells = split(head);
    let is_secret = |cell: &&str| words.contains(&cell.to_lowercase().as_str());
    if cells.len() < 2 {
        return Vec::new();
    }
    let all = cells.iter().enumerate();
    all.filter(|(_, cell)| is_secret(cell)).map(|(at, _)| at).collect()
}

fn split(line: &str) -> Vec<&str> {
    let by = if line.contains('\t') { '\t' } else { ',' };
    line.split(by).map(|cell| cell.trim().trim_matches('"')).collect()
}

fn cells(line: &str, number: u64, columns: &[usize], hits: &mut Vec<Hit>) {
    if columns.is_empty() {
        return;
    }
    let cells = split(line);
    for value in columns.iter().filter_map(|at| cells.get(*at)) {
        if value.chars().count() >= 4 && !is_placeholder(value) {
            hits.push(hit(FoundKind::Credential, value, masked(value), number));
        }
    }
}

/// A key counts by where it begins: its body is on the lines below.
fn key_at(found: &str, number: u64) -> Hit {
    hit(FoundKind::Key, &format!("{found} {number}"), found.to_owned(), number)
}

fn settings(line: &str, number: u64, hits: &mut Vec<Hit>) {
    each(&MAIL_HOST, line, |found| {
        hits.push(hit(FoundKind::MailSetting, found, found.to_owned(), number));
    });
    let Some(pattern) = &*MAIL_WORD else { return };
    for found in pattern.captures_iter(line) {
        let (Some(word), Some(value)) = (found.get(1), found.get(2)) else { continue };
        let shown = format!("{} {}", word.as_str(), value.as_str());
        hits.push(hit(FoundKind::MailSetting, &shown.clone(), shown, number));
    }
}

/// A marking counts where it is a heading or stands in a margin, not where it is written about.
fn marking(line: &str, number: u64, hits: &mut Vec<Hit>) {
    if line.trim().chars().count() <= HEADING_CHARS {
        each(&MARK, line, |found| {
            hits.push(hit(FoundKind::Marking, found, found.to_owned(), number));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(FoundKind, String)> {
        look(text).into_iter().map(|hit| (hit.kind, hit.shown)).collect()
    }

    fn is_nothing(text: &str) -> bool {
        kinds(text).is_empty()
    }

    #[test]
    fn every_pattern_compiles() {
        for text in PATTERNS {
            assert!(pattern(text).is_some(), "{text}");
        }
    }

    #[test]
    fn addresses_are_told_from_what_looks_like_them() {
        let email = |shown: &str| vec![(FoundKind::Email, shown.to_owned())];
        assert_eq!(
            kinds("連絡先:Taro.Sato@city.example.lg.jp(佐藤)"),
            email("Taro.Sato@city.example.lg.jp")
        );
        assert_eq!(kinds("ａｂｃ＠ｅｘａｍｐｌｅ．ｊｐ"), email("abc@example.jp"));
        assert!(is_nothing("logo@2x.png") && is_nothing("user@host") && is_nothing("@example.jp"));
    }

    #[test]
    fn telephone_numbers_stand_by_themselves() {
        let phone = |shown: &str| vec![(FoundKind::Phone, shown.to_owned())];
        assert_eq!(kinds("携帯 090-1234-5678"), phone("090-1234-5678"));
        assert_eq!(kinds("TEL:03-1234-5678"), phone("03-1234-5678"));
        assert_eq!(kinds("08012345678"), phone("08012345678"));
        for no in ["2021-05-06", "0120-1", "1090-1234-5678", "03-1234-56789", "10-20-3000"] {
            assert!(is_nothing(no), "{no}");
        }
    }

    /// Check digits worked out by hand from the ordinance's formula.
    #[test]
    fn my_numbers_have_a_check_digit_and_company() {
        for right in ["123456789018", "100000000005", "987654321093"] {
            assert!(is_my_number(right), "{right}");
        }
        for wrong in ["123456789012", "111111111111", "12345678901", "000000000000"] {
            assert!(!is_my_number(wrong), "{wrong}");
        }
        let one = "個人番号 1234-5678-9018";
        assert_eq!(kinds(one), [(FoundKind::MyNumber, "**********18".to_owned())]);
        assert!(is_nothing("注文番号 123456789018"), "one number of twelve digits says nothing");
        assert!(is_nothing("個人番号 123456789012"));
    }

    #[test]
    fn secrets_are_masked_and_placeholders_left_out() {
        let shown = kinds("SMTPパスワード: Kumo7-hashi!42");
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert!(shown[0].0 == FoundKind::Credential && !shown[0].1.contains("hashi"), "{shown:?}");
        for no in [
            "password: ********",
            "password=<your password>",
            "token: ${TOKEN}",
            "password: changeme",
        ] {
            assert!(is_nothing(no), "{no}");
        }
        let table = "氏名,ID,パスワード\n佐藤,sato,Yama-4821\n加藤,kato,\n";
        let found = kinds(table);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0 == FoundKind::Credential && !found[0].1.contains("4821"), "{found:?}");
        let key = kinds("-----BEGIN OPENSSH PRIVATE KEY-----");
        assert_eq!(key[0].0, FoundKind::Key);
        let cloud = kinds("aws AKIAABCDEFGHIJKLMNOP");
        assert!(cloud[0].0 == FoundKind::Key && !cloud[0].1.contains("EFGH"), "{cloud:?}");
    }

    #[test]
    fn settings_plans_and_markings() {
        let of = |kind, text: &str| kinds(text).iter().filter(|found| found.0 == kind).count();
        assert_eq!(of(FoundKind::MailSetting, "relayhost = [smtp.example.jp]:587"), 2);
        assert_eq!(of(FoundKind::MailSetting, "SMTPサーバー: mail.example.jp"), 1);
        assert_eq!(of(FoundKind::MailSetting, "We use SMTP."), 0);
        let plan: String = (1..8).map(|n| format!("10.1.2.{n} sv{n}\n")).collect();
        assert_eq!(of(FoundKind::Network, &plan), 7);
        assert!(is_nothing("gateway 192.168.0.1"));
        assert_eq!(of(FoundKind::Marking, "【社外秘】"), 1);
        let about = "この規程は、社外秘の文書と取扱注意の文書をどのように扱い、保管し、廃棄するかを定めるものである。";
        assert_eq!(of(FoundKind::Marking, about), 0);
    }
}
