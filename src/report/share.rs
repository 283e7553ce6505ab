//! What the forms for other tools share: identifiers that follow from what they stand for, since a
//! report knows neither clock nor chance, and the words about a finding.

use super::model::{Report, SourceReport};
use super::words::{judgement, training};
use crate::base::{Language, visible};
use crate::finding::Finding;
use sha1::{Digest, Sha1};
use std::fmt::Write;

/// The name space of identifiers that are of this program only.
pub const OWN: [u8; 16] = *b"sekisho:reports\0";

/// A UUID of version 5 (RFC 9562, section 5.5) in a name space.
pub fn uuid(space: [u8; 16], name: &str) -> String {
    let digest = Sha1::new().chain_update(space).chain_update(name).finalize();
    let mut out = String::new();
    for (at, byte) in digest.iter().take(16).enumerate() {
        let byte = match at {
            6 => byte & 0x0f | 0x50,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(out, "{dash}{byte:02x}");
    }
    out
}

/// What identifies a report: the logs and what they were checked with.
pub fn identity(report: &Report) -> String {
    let sources: Vec<_> =
        report.sources.iter().map(|source| (&source.name, source.size, &source.sha256)).collect();
    serde_json::to_string(&(&report.tool, &report.settings, sources)).unwrap_or_default()
}

/// A title that says when a report is about a case to practise on.
pub fn titled(report: &Report, language: Language, title: &str) -> String {
    let mark = report.training().map(|case| training(case).in_language(language).to_owned());
    visible(&mark.map_or_else(|| title.to_owned(), |mark| format!("{mark} {title}")))
}

/// A finding in a few lines: what, why, what else could explain it, and how it was judged.
pub fn about(report: &Report, finding: &Finding, language: Language) -> String {
    let say = |text: &crate::base::Text| visible(text.in_language(language));
    let mut lines = vec![
        format!("{} {}", finding.id, say(&finding.title)),
        say(&finding.reason),
        say(&finding.innocent),
    ];
    lines.extend(report.judgement(&finding.id).map(|of| visible(&judgement(of, language))));
    lines.join("\n")
}

/// The source of a stream.
pub fn source_of(report: &Report, stream: u32) -> Option<&SourceReport> {
    report.sources.iter().find(|source| source.streams.iter().any(|known| known.id == stream))
}

/// A stream by its file and its path inside.
pub fn path_of(report: &Report, stream: u32) -> String {
    let Some(source) = source_of(report, stream) else { return String::new() };
    let inside = source.streams.iter().find(|known| known.id == stream);
    let inside = inside.and_then(|known| known.path_inside.as_ref());
    inside.map_or_else(|| source.name.clone(), |path| format!("{}/{path}", source.name))
}

/// Whether a technique is written as ATT&CK writes them: `T1110` or `T1110.003`.
pub fn is_technique(text: &str) -> bool {
    let is_digits =
        |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    text.strip_prefix('T').is_some_and(|number| match number.split_once('.') {
        Some((number, sub)) => is_digits(number, 4) && is_digits(sub, 3),
        None => is_digits(number, 4),
    })
}

/// What an address of a log is to other tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressKind {
    /// An IPv4 address or network.
    V4,
    /// An IPv6 address or network.
    V6,
    /// Anything else, such as a host's name.
    Name,
}

/// Tells what an address is; a network has the bits of its prefix behind a slash.
pub fn address_kind(text: &str) -> AddressKind {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
    let fits = |bits: u8| prefix.is_none_or(|text| text.parse::<u8>().is_ok_and(|p| p <= bits));
    match address.parse() {
        Ok(core::net::IpAddr::V4(_)) if fits(32) => AddressKind::V4,
        Ok(core::net::IpAddr::V6(_)) if fits(128) => AddressKind::V6,
        _ => AddressKind::Name,
    }
}

#[cfg(test)]
mod tests {
    use super::{AddressKind, address_kind, is_technique, uuid};

    #[test]
    fn identifiers_are_those_of_the_standard() {
        // RFC 9562, appendix A.4.
        let dns = *b"\x6b\xa7\xb8\x10\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8";
        assert_eq!(uuid(dns, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }

    #[test]
    fn techniques_and_addresses_are_told_from_other_text() {
        for yes in ["T1110", "T1110.003"] {
            assert!(is_technique(yes), "{yes}");
        }
        for no in ["", "T", "T111", "T1110.", "T1110.03", "t1110", "TA0001", "T1110.003.1"] {
            assert!(!is_technique(no), "{no}");
        }
        assert_eq!(address_kind("203.0.113.7"), AddressKind::V4);
        assert_eq!(address_kind("203.0.113.0/24"), AddressKind::V4);
        assert_eq!(address_kind("2001:db8::/48"), AddressKind::V6);
        for no in ["203.0.113.0/33", "gate.example", "203.0.113.7/", "1/2/3"] {
            assert_eq!(address_kind(no), AddressKind::Name, "{no}");
        }
    }
}
