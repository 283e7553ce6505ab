//! The values that a record holds for comparison: which fields are looked at, and what is made of
//! each. Texts in free words, such as messages, are not searched.

use super::domain;
use super::value::{self, Kind, VALUE_BYTES};
use crate::event::{Event, Field};
use memchr::{memchr, memmem};
use std::borrow::Cow;

/// What is made of a field's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Addresses or names of machines, with commas between.
    Hosts,
    /// A link with its host.
    Link,
    /// What a request asks for: a link, or a path on a host that another field names.
    Target,
    /// A user agent.
    Agent,
    /// An account, perhaps with its domain, perhaps a mail address.
    Account,
    /// Mail addresses.
    Mails,
}

/// The fields that are looked at.
pub(super) const WAYS: &[(Field, Way)] = &[
    (Field::SourceAddress, Way::Hosts),
    (Field::UserName, Way::Account),
    (Field::Target, Way::Target),
    (Field::Referrer, Way::Link),
    (Field::UserAgent, Way::Agent),
    (Field::Domain, Way::Hosts),
    (Field::ForwardedFor, Way::Hosts),
    (Field::DestinationAddress, Way::Hosts),
    (Field::HostName, Way::Hosts),
    (Field::UserEmail, Way::Mails),
    (Field::TargetUser, Way::Account),
    (Field::DnsQuestion, Way::Hosts),
    (Field::MailFrom, Way::Mails),
    (Field::MailTo, Way::Mails),
];

/// Kinds as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds(u8);

impl Kinds {
    /// The kinds for which it is true.
    pub(super) fn of(is_in: impl Fn(Kind) -> bool) -> Self {
        Self(
            Kind::ALL
                .into_iter()
                .filter(|kind| is_in(*kind))
                .fold(0, |bits, kind| bits | 1 << kind as u8),
        )
    }

    /// Whether a kind is one of them.
    pub(super) const fn has(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }

    const fn meet(self, kinds: &[Kind]) -> bool {
        let mut at = 0;
        while at < kinds.len() {
            if self.has(kinds[at]) {
                return true;
            }
            at += 1;
        }
        false
    }
}

const HOSTS: &[Kind] = &[Kind::Address, Kind::Network, Kind::Domain];

impl Way {
    /// Whether it can give values of one of these kinds.
    pub(super) const fn gives(self, kinds: Kinds) -> bool {
        match self {
            Self::Hosts => kinds.meet(HOSTS),
            Self::Link | Self::Target => kinds.meet(HOSTS) || kinds.has(Kind::Url),
            Self::Agent => kinds.has(Kind::UserAgent),
            Self::Account => kinds.meet(&[Kind::Account, Kind::Email, Kind::Domain]),
            Self::Mails => kinds.meet(&[Kind::Email, Kind::Domain]),
        }
    }

    /// The other field that this one is read with.
    pub(super) const fn with(self, field: Field) -> Option<Field> {
        match (self, field) {
            (Self::Target, _) => Some(Field::Domain),
            (Self::Account, Field::UserName) => Some(Field::UserDomain),
            _ => None,
        }
    }

    /// Whether a text cannot give anything, told without looking closer: a path on a host that the
    /// record does not name, or an account that is no mail address where those alone are wanted.
    #[inline]
    pub(super) fn is_vain(self, text: &[u8], with: Option<&[u8]>, kinds: Kinds) -> bool {
        match self {
            Self::Target => with.is_none() && text.first() == Some(&b'/'),
            Self::Account => !kinds.has(Kind::Account) && memchr(b'@', text).is_none(),
            _ => false,
        }
    }
}

/// Values of one field at most.
const VALUES: usize = 64;

/// Hands on the values of a field's text.
pub(super) fn values(
    way: Way,
    text: &[u8],
    with: Option<&[u8]>,
    kinds: Kinds,
    take: &mut dyn FnMut(Kind, &str),
) {
    if text.len() > VALUE_BYTES {
        return;
    }
    let text = &*String::from_utf8_lossy(text);
    let with: Option<Cow<'_, str>> = with.map(String::from_utf8_lossy);
    let mut parts = Parts { kinds, take };
    match way {
        Way::Hosts => text.split(',').take(VALUES).for_each(|host| parts.host(host.trim())),
        Way::Link => parts.link(text),
        Way::Target => match with {
            _ if !text.starts_with('/') => parts.link(text),
            Some(host) if kinds.has(Kind::Url) => parts.url(&format!("{host}{text}")),
            _ => {}
        },
        Way::Agent => (parts.take)(Kind::UserAgent, text.trim()),
        Way::Account => parts.account(text, with.as_deref()),
        Way::Mails => {
            let mails = text.split([',', ';', ' ']).filter(|mail| mail.contains('@'));
            mails.take(VALUES).for_each(|mail| parts.mail(mail));
        }
    }
}

struct Parts<'t> {
    kinds: Kinds,
    take: &'t mut dyn FnMut(Kind, &str),
}

impl Parts<'_> {
    fn host(&mut self, host: &str) {
        if let Some(address) = value::address(host) {
            (self.take)(Kind::Address, &address);
        } else if self.kinds.has(Kind::Domain)
            && let Some(name) = domain::canonical(host)
        {
            (self.take)(Kind::Domain, &name);
        }
    }

    fn url(&mut self, url: &str) {
        if let Some(url) = value::url(url).filter(|_| self.kinds.has(Kind::Url)) {
            (self.take)(Kind::Url, &url);
        }
    }

    /// A link, or host and port as a proxy is asked to connect to.
    fn link(&mut self, text: &str) {
        if let Some(host) = value::host_of(text) {
            self.host(host);
        }
        if text.contains("://") {
            self.url(text);
        }
    }

    fn account(&mut self, text: &str, domain: Option<&str>) {
        let name = value::account(text);
        if self.kinds.has(Kind::Account) {
            (self.take)(Kind::Account, &name);
            if let Some((_, bare)) = name.rsplit_once('\\') {
                (self.take)(Kind::Account, bare);
            }
            if let Some(domain) = domain {
                (self.take)(Kind::Account, &format!("{}\\{name}", value::account(domain)));
            }
        }
        if name.contains('@') {
            self.mail(&name);
        }
    }

    fn mail(&mut self, text: &str) {
        let Some(mail) = value::email(text) else { return };
        if self.kinds.has(Kind::Email) {
            (self.take)(Kind::Email, &mail);
        }
        if let Some((_, host)) = mail.rsplit_once('@') {
            self.host(host);
        }
    }
}

/// Hands on the hashes of files that a record holds, under whatever name: values that are one, and
/// lists such as `SHA1=…,MD5=…`, as Windows writes.
pub(super) fn hashes<'e>(event: &Event<'e>, take: &mut dyn FnMut(&'e [u8])) {
    for pair in event.fields.pairs() {
        let Some(text) = pair.value.text() else { continue };
        if is_hash(text) {
            take(text);
        } else if text.len() > 32 && text.len() < 512 && memchr(b'=', text).is_some() {
            let parts = text.split(|byte| matches!(byte, b',' | b';' | b' '));
            for part in parts.filter_map(|part| memmem::find(part, b"=").map(|at| &part[at + 1..]))
            {
                if is_hash(part) {
                    take(part);
                }
            }
        }
    }
}

fn is_hash(text: &[u8]) -> bool {
    matches!(text.len(), 32 | 40 | 64) && text.iter().all(u8::is_ascii_hexdigit)
}

/// A name and the names above it that stand for a registered one or more, from itself up.
pub(super) fn upwards(name: &str) -> impl Iterator<Item = &str> {
    let mut next = Some(name);
    std::iter::from_fn(move || {
        let name = next?;
        next = name.split_once('.').map(|(_, above)| above).filter(|above| above.contains('.'));
        Some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(way: Way, text: &str, with: Option<&str>) -> Vec<String> {
        let mut found = Vec::new();
        let kinds = Kinds::of(|_| true);
        let with = with.map(str::as_bytes);
        values(way, text.as_bytes(), with, kinds, &mut |kind, text| {
            found.push(format!("{} {text}", kind.name()));
        });
        found
    }

    #[test]
    fn every_field_gives_what_it_holds() {
        assert_eq!(
            all(Way::Hosts, "203.0.113.5, Evil.Example.jp, -", None),
            ["address 203.0.113.5", "domain evil.example.jp"]
        );
        assert_eq!(
            all(Way::Link, "https://Evil.example.jp/a?b", None),
            ["domain evil.example.jp", "url evil.example.jp/a?b"]
        );
        assert_eq!(all(Way::Target, "/a?b", Some("Evil.example.jp")), ["url evil.example.jp/a?b"]);
        assert_eq!(all(Way::Target, "evil.example.jp:443", None), ["domain evil.example.jp"]);
        assert!(
            Way::Target.is_vain(b"/a", None, Kinds::default())
                && all(Way::Target, "/a", None).is_empty()
        );
        assert_eq!(
            all(Way::Account, "CORP\\Sato", Some("EXAMPLE")),
            ["account corp\\sato", "account sato", "account example\\corp\\sato"]
        );
        assert_eq!(
            all(Way::Account, "Sato@Example.jp", None),
            ["account sato@example.jp", "email sato@example.jp", "domain example.jp"]
        );
        assert_eq!(
            all(Way::Mails, "<a@example.jp>; b@192.0.2.1", None),
            ["email a@example.jp", "domain example.jp"]
        );
        assert_eq!(all(Way::Agent, "evil/1.0 ", None), ["user_agent evil/1.0"]);
    }

    #[test]
    fn names_are_followed_upwards_to_two_labels() {
        assert_eq!(upwards("a.b.c.jp").collect::<Vec<_>>(), ["a.b.c.jp", "b.c.jp", "c.jp"]);
    }
}
