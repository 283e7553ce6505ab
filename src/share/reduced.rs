//! A report with less personal data, for those who need not know who: names become pseudonyms,
//! addresses are cut to their networks, and records are left out. What was done stands in the report.
//!
//! All its texts are gone through but those that only ever hold words of this program, since what is
//! said of findings names people too.

use super::pseudonym::{NameKind, PseudonymKey};
use crate::base::{Arrange, Text};
use crate::finding::SubjectKind;
use crate::report::{PartyKind, Report};
use aho_corasick::AhoCorasick;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ops::Range;

/// What was done, in the words of the report.
const DONE: Text = Text::fixed(
    "Personal data in this report are reduced: accounts, mail addresses, mail domains, organisations and projects are pseudonyms, addresses are cut to their networks (IPv4 /24, IPv6 /48), and the records themselves are left out. Names of files, paths of documents, times and counts are those of the full report.",
    "この報告書では個人データを減らしています。アカウント、メールアドレス、メールドメイン、組織、プロジェクトは仮名とし、アドレスはネットワーク(IPv4は/24、IPv6は/48)までとし、記録の本文は省いています。ファイル名、文書のパス、時刻、件数は元の報告書と同じです。",
);
/// Stands for a record that is left out.
const LEFT_OUT: &str = "…";
/// Digits of a pseudonym that are shown: enough to keep those of one report apart.
const DIGITS: usize = 10;

/// Fields that hold words of this program, times, or names of files.
const KEPT: &[&str] = &[
    "at",
    "attack",
    "build",
    "category",
    "confidence",
    "container",
    "day",
    "detections",
    "detector",
    "encoding",
    "finding",
    "findings",
    "first",
    "format",
    "from",
    "grade",
    "groups",
    "id",
    "judged",
    "kind",
    "last",
    "log_source",
    "name",
    "outcome",
    "path_inside",
    "references",
    "rule",
    "rules",
    "severity",
    "sha256",
    "speaks_to",
    "state",
    "tactic",
    "time",
    "until",
    "version",
];

/// The report with less personal data. None where there are more names than can be looked for.
pub fn reduced(report: &Report, key: &PseudonymKey) -> Option<Report> {
    let names = Names::of(report, key)?;
    let mut report = report.clone();
    for record in report.findings.iter_mut().flat_map(|finding| &mut finding.evidence) {
        record.text = record.text.is_some().then(|| LEFT_OUT.to_owned());
        (record.mark, record.decoded) = (None, None);
    }
    report.unparsed.iter_mut().for_each(|run| run.sample = None);
    for party in &mut report.affected {
        party.name = names.replaced(&party.name);
    }
    let mut value = serde_json::to_value(&report).ok()?;
    names.reduce("", &mut value);
    // As text, since reports are read from text elsewhere: a second reader would be as large.
    let mut reduced: Report = serde_json::from_str(&value.to_string()).ok()?;
    reduced.reduced = Some(DONE);
    Some(reduced)
}

/// The names in a report, and what stands for them.
struct Names<'k> {
    finder: AhoCorasick,
    pseudonyms: Vec<String>,
    key: &'k PseudonymKey,
}

impl<'k> Names<'k> {
    fn of(report: &Report, key: &'k PseudonymKey) -> Option<Self> {
        let mut names = BTreeMap::<&str, NameKind>::new();
        let subjects = report.findings.iter().map(|finding| &finding.subject);
        let subjects = subjects.chain(report.entities.iter().map(|entity| &entity.subject));
        let joined = report.incidents.iter().flat_map(|incident| &incident.joined_by);
        let accounts = subjects.chain(joined).filter(|of| of.kind == SubjectKind::Account);
        names.extend(accounts.map(|subject| (subject.value.as_str(), NameKind::Account)));
        let others = report.findings.iter().flat_map(|finding| &finding.accounts);
        names.extend(others.map(|name| (name.as_str(), NameKind::Account)));
        for party in &report.affected {
            names.entry(&party.name).or_insert(kind_of(party.kind));
            if let Some(name) = &party.within {
                names.entry(name).or_insert(NameKind::Tenant);
            }
        }
        names.retain(|name, _| !name.trim().is_empty());
        let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(names.keys());
        let pseudonyms = names.iter().map(|(name, kind)| shown(key, *kind, name)).collect();
        Some(Self { finder: finder.ok()?, pseudonyms, key })
    }

    /// Reduces what stands in a field, and in all below it.
    fn reduce(&self, field: &str, value: &mut Value) {
        match value {
            Value::String(text) if !KEPT.contains(&field) => *text = self.replaced(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.reduce(field, item)),
            Value::Object(fields) => {
                fields.iter_mut().for_each(|(name, value)| self.reduce(name, value));
            }
            _ => {}
        }
    }

    /// A text with pseudonyms for names and mail addresses, and networks for addresses.
    fn replaced(&self, text: &str) -> String {
        let mut found: Vec<(Range<usize>, String)> = Vec::new();
        for name in self.finder.find_overlapping_iter(text) {
            if is_apart(text, &name.range()) {
                found.push((name.range(), self.pseudonyms[name.pattern().as_usize()].clone()));
            }
        }
        found.extend(words(text).flat_map(|word| self.in_word(text, word)));
        // The longest of those that begin first; what it covers is gone.
        found.arrange_by(|(a, _), (b, _)| (a.start, b.end).cmp(&(b.start, a.end)));
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        for (range, instead) in found.into_iter() {
            if range.start >= at {
                out.push_str(&text[at..range.start]);
                out.push_str(&instead);
                at = range.end;
            }
        }
        out.push_str(&text[at..]);
        out
    }

    /// What stands for a word that is an address, or for the addresses in it: `ip:192.0.2.1`.
    fn in_word(&self, text: &str, word: Range<usize>) -> Vec<(Range<usize>, String)> {
        let of = |part: Range<usize>| part_of(&text[part.clone()], &text[part.end..]);
        match of(word.clone()) {
            Part::Address(instead) => return vec![(word, instead)],
            Part::WideNetwork => return Vec::new(),
            Part::Other => {}
        }
        if let Some(instead) = self.of_mail(&text[word.clone()]) {
            return vec![(word, instead)];
        }
        let mut found = Vec::new();
        for run in runs(text, word, |c| c.is_ascii_hexdigit() || ":.".contains(c)) {
            let parts = match of(run.clone()) {
                Part::Other => runs(text, run, |c| c.is_ascii_digit() || c == '.').collect(),
                _ => vec![run],
            };
            found.extend(parts.into_iter().filter_map(|part| match of(part.clone()) {
                Part::Address(instead) => Some((part, instead)),
                _ => None,
            }));
        }
        found
    }

    /// What stands for a mail address.
    fn of_mail(&self, word: &str) -> Option<String> {
        let (user, domain) = word.rsplit_once('@')?;
        let is_mail = !user.is_empty() && domain.contains('.');
        is_mail.then(|| shown(self.key, NameKind::Account, word))
    }
}

/// What a part of a text is.
enum Part {
    /// An address, and what stands for it.
    Address(String),
    /// A network that names nobody.
    WideNetwork,
    Other,
}

/// What a part of a text is, by itself and by what follows it.
fn part_of(part: &str, behind: &str) -> Part {
    let is_network = |bits: u8| {
        let digits: String =
            behind.strip_prefix('/')?.chars().take_while(char::is_ascii_digit).collect();
        Some(digits.parse::<u8>().ok()? <= bits)
    };
    if let Ok(address) = part.parse::<IpAddr>() {
        let bits = if address.is_ipv4() { 24 } else { 48 };
        return match is_network(bits) {
            Some(true) => Part::WideNetwork,
            _ => Part::Address(cut(address)),
        };
    }
    part.parse::<SocketAddr>().map_or(Part::Other, |socket| Part::Address(cut(socket.ip())))
}

/// The words of a text that may be addresses.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    runs(text, 0..text.len(), |c| c.is_ascii_alphanumeric() || ".:@_+-%".contains(c))
}

/// The runs of some characters in a part of a text, less the signs around them.
fn runs(
    text: &str,
    part: Range<usize>,
    is_part: impl Fn(char) -> bool,
) -> impl Iterator<Item = Range<usize>> {
    let mut at = part.start;
    text[part].split(move |c| !is_part(c)).map(move |run| {
        let inner = run.trim_start_matches(['.', '-']);
        // An IPv6 address may begin and end with two colons; one belongs to the phrase.
        let inner = inner.strip_prefix(':').filter(|rest| !rest.starts_with(':')).unwrap_or(inner);
        let start = at + run.len() - inner.len();
        let inner = inner.trim_end_matches(['.', '-']);
        let one = inner.strip_suffix(':').filter(|before| !before.ends_with(':'));
        let end = start + one.unwrap_or(inner).len();
        at += run.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        start..end
    })
}

/// Whether a name is not a part of a longer word. Japanese has no signs between words.
fn is_apart(text: &str, range: &Range<usize>) -> bool {
    let joins = |a: Option<char>, b: Option<char>| {
        a.is_some_and(|c| c.is_ascii_alphanumeric()) && b.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    let name = &text[range.clone()];
    !joins(text[..range.start].chars().next_back(), name.chars().next())
        && !joins(name.chars().next_back(), text[range.end..].chars().next())
}

fn shown(key: &PseudonymKey, kind: NameKind, name: &str) -> String {
    let pseudonym = key.of(kind, name);
    format!("{}-{}", kind.mark(), pseudonym.text().get(..DIGITS).unwrap_or_default())
}

const fn kind_of(kind: PartyKind) -> NameKind {
    match kind {
        PartyKind::Domain => NameKind::Domain,
        PartyKind::Tenant => NameKind::Tenant,
        PartyKind::Project => NameKind::Project,
    }
}

/// The network of an address.
fn cut(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("{}/24", Ipv4Addr::from_bits(address.to_bits() & !0xff)),
        IpAddr::V6(address) => format!("{}/48", Ipv6Addr::from_bits(address.to_bits() >> 80 << 80)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_replaced_wherever_they_stand() {
        let key = PseudonymKey::new([9; 32]);
        let all = ["sato", "sato@a.example.jp", "a.example.jp", "山田"];
        let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(all).unwrap();
        let pseudonyms = ["<1>", "<2>", "<3>", "<4>"].map(str::to_owned).to_vec();
        let names = Names { finder, pseudonyms, key: &key };
        let other = shown(&key, NameKind::Account, "kato@b.example.jp");
        for (text, expected) in [
            ("Sato signed in; satoru did not", "<1> signed in; satoru did not".to_owned()),
            ("sato@a.example.jp, of a.example.jp.", "<2>, of <3>.".to_owned()),
            ("/home/sato/plan.pdf?by=sato", "/home/<1>/plan.pdf?by=<1>".to_owned()),
            ("山田のサインイン(sato)", "<4>のサインイン(<1>)".to_owned()),
            ("from kato@b.example.jp.", format!("from {other}.")),
            ("203.0.113.77: 3 times", "203.0.113.0/24: 3 times".to_owned()),
            ("203.0.113.77:443 and [2001:db8:1:2::9]:443", {
                "203.0.113.0/24 and [2001:db8:1::/48]:443".to_owned()
            }),
            ("2001:db8:1:2:: and ::ffff:203.0.113.7", "2001:db8:1::/48 and ::/48".to_owned()),
            ("203.0.113.0/24, 2001:db8::/32", "203.0.113.0/24, 2001:db8::/32".to_owned()),
            ("アドレス1件:203.0.113.77", "アドレス1件:203.0.113.0/24".to_owned()),
            ("ip:203.0.113.7, ::1", "ip:203.0.113.0/24, ::/48".to_owned()),
            ("203.0.113.7-203.0.113.9", "203.0.113.0/24-203.0.113.0/24".to_owned()),
            ("10:203.0.113.7.isp", "10:203.0.113.0/24.isp".to_owned()),
            ("host=2001:db8:1::7-b", "host=2001:db8:1::/48-b".to_owned()),
            ("203.0.113.128/25", "203.0.113.0/24/25".to_owned()),
            ("at 01:02:03 on 2021-05-06, v1.2.3", "at 01:02:03 on 2021-05-06, v1.2.3".to_owned()),
        ] {
            assert_eq!(names.replaced(text), expected, "{text}");
        }
    }
}
