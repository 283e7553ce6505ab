//! Mail as files hold it: one message, or many one after another (mbox). Gives the texts of its
//! parts and the files attached (RFC 5322, RFC 2045, RFC 2047).

use crate::base::Arrange;
use crate::input::{decode, detect};
use std::borrow::Cow;

/// Parts inside parts that are opened.
const DEPTH: usize = 8;
/// Heads of a message that name people or say what it is about.
const HEADS: [&str; 8] =
    ["from", "to", "cc", "bcc", "reply-to", "sender", "subject", "organization"];

/// A part of a message.
pub enum Part {
    /// Text.
    Text(String),
    /// A file that is attached: its name and bytes.
    File(String, Vec<u8>),
}

/// Whether bytes are mail: they begin with the line between messages, or with heads of a message.
pub fn is_mail(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(4_096)).unwrap_or_default());
    if head.starts_with("From ") && head.lines().nth(1).is_some_and(is_head) {
        return true;
    }
    let heads: Vec<&str> = head.lines().take_while(|line| !line.is_empty()).collect();
    let named = |name: &str| heads.iter().any(|line| line.to_ascii_lowercase().starts_with(name));
    let is_shaped = heads.iter().all(|line| line.starts_with([' ', '\t']) || is_head(line));
    heads.len() > 1 && is_shaped && (named("from:") || named("received:")) && head.contains("\n")
}

fn is_head(line: &str) -> bool {
    line.split_once(':').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
    })
}

/// The parts of all messages.
pub fn parts(bytes: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    for message in messages(bytes) {
        read(message, 0, &mut parts);
    }
    parts
}

/// The messages of a mailbox; one message where it is none.
fn messages(bytes: &[u8]) -> Vec<&[u8]> {
    if !bytes.starts_with(b"From ") {
        return vec![bytes];
    }
    let mut starts: Vec<usize> =
        memchr::memmem::find_iter(bytes, b"\n\nFrom ").map(|at| at + 2).collect();
    starts.extend(memchr::memmem::find_iter(bytes, b"\r\n\r\nFrom ").map(|at| at + 4));
    starts.push(0);
    starts.arrange();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    let message = |(from, to): (usize, usize)| {
        let text = bytes.get(from..to).unwrap_or_default();
        let behind = memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1);
        text.get(behind..).unwrap_or_default()
    };
    starts.iter().copied().zip(ends).map(message).collect()
}

/// Heads and body of a message or a part.
fn split(bytes: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    // A part may have no heads at all.
    for none in [b"\n".as_slice(), b"\r\n"] {
        if let Some(body) = bytes.strip_prefix(none) {
            return (Vec::new(), body);
        }
    }
    let (end, skip) =
        match (memchr::memmem::find(bytes, b"\n\n"), memchr::memmem::find(bytes, b"\r\n\r\n")) {
            (Some(short), Some(long)) if long < short => (long, 4),
            (Some(short), _) => (short, 2),
            (None, Some(long)) => (long, 4),
            (None, None) => (bytes.len(), 0),
        };
    let text = shown(bytes.get(..end).unwrap_or_default(), None);
    let mut heads: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.starts_with([' ', '\t']), heads.last_mut()) {
            (true, Some(last)) => {
                last.1.push(' ');
                last.1.push_str(line.trim());
            }
            _ => {
                if let Some((name, value)) = line.split_once(':') {
                    heads.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                }
            }
        }
    }
    (heads, bytes.get(end + skip..).unwrap_or_default())
}

fn read(bytes: &[u8], depth: usize, parts: &mut Vec<Part>) {
    let (heads, body) = split(bytes);
    let head =
        |name: &str| heads.iter().find(|(known, _)| known == name).map(|(_, value)| &**value);
    let named = heads.iter().filter(|(name, _)| HEADS.contains(&&**name));
    let named: Vec<String> =
        named.map(|(name, value)| format!("{name}: {}", words(value))).collect();
    if !named.is_empty() {
        parts.push(Part::Text(named.join("\n")));
    }
    let kind = head("content-type").unwrap_or("text/plain");
    let lower = kind.to_ascii_lowercase();
    if let Some(boundary) = parameter(kind, "boundary").filter(|_| depth < DEPTH) {
        return inside(body, &boundary, depth, parts);
    }
    let body = unwrapped(body, head("content-transfer-encoding").unwrap_or(""));
    let disposition = head("content-disposition").unwrap_or("");
    let name = parameter(disposition, "filename").or_else(|| parameter(kind, "name"));
    if lower.starts_with("message/") && depth < DEPTH {
        read(&body, depth + 1, parts);
    } else if lower.starts_with("text/") && name.is_none() {
        let text = shown(&body, parameter(kind, "charset").as_deref());
        let is_markup = lower.starts_with("text/html");
        parts.push(Part::Text(if is_markup { super::markup::text(&text) } else { text }));
    } else {
        let name = name.map_or_else(|| lower.clone(), |name| words(&name));
        parts.push(Part::File(name, body.into_owned()));
    }
}

/// The parts between boundaries.
fn inside(body: &[u8], boundary: &str, depth: usize, parts: &mut Vec<Part>) {
    let mark = format!("--{boundary}");
    let at: Vec<usize> = memchr::memmem::find_iter(body, mark.as_bytes()).collect();
    for (place, from) in at.iter().enumerate() {
        let from = from + mark.len();
        let rest = body.get(from..at.get(place + 1).copied().unwrap_or(body.len()));
        let rest = rest.unwrap_or_default();
        if rest.starts_with(b"--") {
            break;
        }
        let begin = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        read(rest.get(begin..).unwrap_or_default(), depth + 1, parts);
    }
}

/// A parameter of a head, `charset`.
fn parameter(head: &str, name: &str) -> Option<String> {
    head.split(';').skip(1).find_map(|part| {
        let (known, value) = part.split_once('=')?;
        let known = known.trim().to_ascii_lowercase();
        let value = value.trim().trim_matches('"');
        (known == name).then(|| value.to_owned())
    })
}

/// A body without its transfer encoding.
fn unwrapped<'a>(body: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => Cow::Owned(base64(body)),
        "quoted-printable" => Cow::Owned(quoted(body, false)),
        _ => Cow::Borrowed(body),
    }
}

/// Bytes of base64 (RFC 4648); what is no part of it is passed over.
fn base64(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| -> Option<u32> {
        Some(u32::from(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        }))
    };
    let digits: Vec<u32> = text.iter().filter_map(|byte| digit(*byte)).collect();
    let mut out = Vec::with_capacity(digits.len() / 4 * 3 + 3);
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        let bytes = [bits >> 16, bits >> 8, bits].map(|byte| byte as u8);
        out.extend_from_slice(&bytes[..group.len().saturating_sub(1)]);
    }
    out
}

/// Bytes of quoted-printable; in heads a low line stands for a space.
fn quoted(text: &[u8], is_head: bool) -> Vec<u8> {
    let hex = |byte: Option<&u8>| char::from(*byte?).to_digit(16).map(|digit| digit as u8);
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let rest = text.get(at + 1..).unwrap_or_default();
        at += match byte {
            b'=' if rest.starts_with(b"\r\n") => 3,
            b'=' if rest.starts_with(b"\n") => 2,
            b'=' => match (hex(rest.first()), hex(rest.get(1))) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    3
                }
                _ => {
                    out.push(b'=');
                    1
                }
            },
            b'_' if is_head => {
                out.push(b' ');
                1
            }
            byte => {
                out.push(*byte);
                1
            }
        };
    }
    out
}

/// Text of bytes, in the encoding that is stated or, where none is, that they look like.
fn shown(bytes: &[u8], charset: Option<&str>) -> String {
    let stated = charset.and_then(|name| encoding_rs::Encoding::for_label(name.as_bytes()));
    match stated {
        Some(encoding) => encoding.decode(bytes).0.into_owned(),
        None => plain(bytes),
    }
}

/// Text of bytes, in the encoding that they look like.
pub fn plain(bytes: &[u8]) -> String {
    let head = bytes.get(..bytes.len().min(64 << 10)).unwrap_or_default();
    String::from_utf8_lossy(&decode(detect(head).encoding, bytes)).into_owned()
}

/// A head with its encoded words decoded.
fn words(head: &str) -> String {
    let mut out = String::new();
    let mut rest = head;
    while let Some(at) = rest.find("=?") {
        let (before, from) = rest.split_at(at);
        let mut parts = from.get(2..).unwrap_or_default().splitn(4, '?');
        let (charset, by, text, behind) = (parts.next(), parts.next(), parts.next(), parts.next());
        let decoded = match (by, text) {
            (Some("B" | "b"), Some(text)) => Some(base64(text.as_bytes())),
            (Some("Q" | "q"), Some(text)) => Some(quoted(text.as_bytes(), true)),
            _ => None,
        };
        let (Some(bytes), Some(behind)) = (decoded, behind.and_then(|text| text.strip_prefix('=')))
        else {
            out.push_str(before);
            out.push_str("=?");
            rest = from.get(2..).unwrap_or_default();
            continue;
        };
        // White space between two encoded words is no part of them.
        if !before.trim().is_empty() {
            out.push_str(before);
        }
        out.push_str(&shown(&bytes, charset));
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfer_encodings_are_undone() {
        assert_eq!(base64(b"44GC\r\n44GE"), "あい".as_bytes());
        assert_eq!(base64(b"YQ=="), b"a");
        assert_eq!(quoted(b"a=3Db=\r\nc=zz", false), b"a=bc=zz");
        assert_eq!(
            words("=?UTF-8?B?44GC?= =?utf-8?Q?=E3=81=84_x?= <a@example.jp>"),
            "あい x <a@example.jp>"
        );
        assert_eq!(words("50=?% off"), "50=?% off");
    }

    #[test]
    fn a_message_gives_texts_and_files() {
        let mail = b"From: a@example.jp\r\nSubject: =?ISO-2022-JP?B?GyRCJCIbKEI=?=\r\nContent-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n\x1b$B$\"\x1b(B\r\n--x\r\nContent-Type: text/csv; name=\"a.csv\"\r\nContent-Transfer-Encoding: base64\r\n\r\nYSxi\r\n--x--\r\n";
        assert!(is_mail(mail));
        let mut texts = Vec::new();
        let mut files = Vec::new();
        for part in parts(mail) {
            match part {
                Part::Text(text) => texts.push(text.trim().to_owned()),
                Part::File(name, bytes) => files.push((name, bytes)),
            }
        }
        assert_eq!(texts, ["from: a@example.jp\nsubject: あ", "あ"]);
        assert_eq!(files, [("a.csv".to_owned(), b"a,b".to_vec())]);
    }

    #[test]
    fn a_mailbox_is_many_messages_and_a_log_is_none() {
        let mbox = b"From a Thu May  6\nFrom: a@example.jp\n\none\n\nFrom b Thu May  6\nFrom: b@example.jp\n\ntwo\n";
        assert!(is_mail(mbox));
        assert_eq!(parts(mbox).len(), 4);
        assert!(!is_mail(b"Dear all,\nplease find: it.\n"));
        assert!(!is_mail(b"2021-05-06 01:02:03 from: x\n2021-05-06 to: y\n"));
    }
}
