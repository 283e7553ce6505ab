//! What indicators are, and the one form in which each value is compared: defanged forms made
//! plain, names in lower case and ASCII, addresses and links without what does not tell them apart.
//!
//! The same functions read lists and logs, so two ways of writing one value always meet.

use super::domain;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What an indicator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An IPv4 or IPv6 address.
    Address,
    /// A range of addresses, `198.51.100.0/24`.
    Network,
    /// A domain name.
    Domain,
    /// A link, without its scheme where that is http or https.
    Url,
    /// A user agent, letter by letter.
    UserAgent,
    /// MD5, SHA-1 or SHA-256 of a file, in hex.
    Hash,
    /// A mail address.
    Email,
    /// An account name.
    Account,
}

impl Kind {
    /// Every kind, in order.
    pub const ALL: [Self; 8] = [
        Self::Address,
        Self::Network,
        Self::Domain,
        Self::Url,
        Self::UserAgent,
        Self::Hash,
        Self::Email,
        Self::Account,
    ];

    /// Its name in reports and lists.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Network => "network",
            Self::Domain => "domain",
            Self::Url => "url",
            Self::UserAgent => "user_agent",
            Self::Hash => "hash",
            Self::Email => "email",
            Self::Account => "account",
        }
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A value in the form in which it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// A domain with everything below it.
    pub with_subdomains: bool,
    /// The form in which it is compared.
    pub text: String,
}

impl Value {
    fn new(kind: Kind, text: String) -> Self {
        Self { kind, with_subdomains: false, text }
    }
}

/// Bytes of a value at most: the longest links that servers take.
pub const VALUE_BYTES: usize = 8_192;

/// Reads a value of a known kind as lists write it. A domain that begins with `*.` or `.` takes in
/// what is below it.
pub fn of_kind(kind: Kind, text: &str) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() || text.len() > VALUE_BYTES {
        return None;
    }
    if matches!(kind, Kind::UserAgent | Kind::Account) {
        let plain = if kind == Kind::Account { account(text) } else { text.to_owned() };
        return Some(Value::new(kind, plain));
    }
    let plain = refanged(text);
    match kind {
        Kind::Address => address(&plain).map(|text| Value::new(kind, text)),
        Kind::Network => network(&plain),
        Kind::Domain => {
            let bare = plain.strip_prefix("*.").or_else(|| plain.strip_prefix('.'));
            let text = domain::canonical(bare.unwrap_or(&plain))?;
            Some(Value { kind, with_subdomains: bare.is_some(), text })
        }
        Kind::Url => url(&plain).map(|text| Value::new(kind, text)),
        Kind::Hash => hash(&plain).map(|text| Value::new(kind, text)),
        Kind::Email => email(&plain).map(|text| Value::new(kind, text)),
        Kind::UserAgent | Kind::Account => None,
    }
}

/// Tells what a value is from its shape. User agents and accounts have none.
pub fn guess(text: &str) -> Option<Value> {
    let plain = refanged(text.trim());
    let read = |kind| of_kind(kind, &plain);
    if plain.contains("://") {
        return read(Kind::Url);
    }
    let shape = read(Kind::Address).or_else(|| read(Kind::Hash));
    if shape.is_some() {
        return shape;
    }
    if plain.contains('/') {
        let is_name = host_of(&plain).is_some_and(|host| ip(host).is_none());
        return read(Kind::Network).or_else(|| read(Kind::Url).filter(|_| is_name));
    }
    if plain.contains('@') { read(Kind::Email) } else { read(Kind::Domain) }
}

/// A value as it is meant, where a list wrote it so that nobody follows it by accident.
pub fn refanged(text: &str) -> Cow<'_, str> {
    let head = text.as_bytes().get(..3).unwrap_or_default();
    let is_altered = text.bytes().any(|byte| matches!(byte, b'[' | b'(' | b'{' | b'\\'))
        || head.eq_ignore_ascii_case(b"hxx")
        || head.eq_ignore_ascii_case(b"fxp")
        || head.eq_ignore_ascii_case(b"meo");
    // An address in brackets is written as it is meant.
    if !is_altered || is_bracketed_address(text) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match ALTERED.iter().find(|(altered, _)| starts_with(rest, altered)) {
            Some((altered, meant)) => {
                plain.push_str(meant);
                rest = &rest[altered.len()..];
            }
            None => {
                plain.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    for (altered, meant) in [("hxxp", "http"), ("fxp", "ftp"), ("meow", "http")] {
        if starts_with(&plain, altered) {
            plain.replace_range(..altered.len(), meant);
            break;
        }
    }
    Cow::Owned(plain)
}

/// What stands for a sign in altered values.
const ALTERED: &[(&str, &str)] = &[
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("\\.", "."),
    ("[.", "."),
    ("[:]", ":"),
    ("[://]", "://"),
    ("[:", ":"),
    ("[/]", "/"),
    ("[@]", "@"),
    ("(@)", "@"),
    ("[at]", "@"),
    ("(at)", "@"),
    ("{at}", "@"),
];

fn starts_with(text: &str, start: &str) -> bool {
    text.as_bytes()
        .get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
}

/// Whether the text, or the host of the link that it is, is an IPv6 address in brackets.
fn is_bracketed_address(text: &str) -> bool {
    let host = text.split_once("://").map_or(text, |(_, behind)| behind);
    let inside = host.strip_prefix('[').and_then(|host| host.split_once(']'));
    inside.is_some_and(|(inside, _)| inside.parse::<Ipv6Addr>().is_ok())
}

/// An address: IPv4 inside IPv6 as IPv4, without brackets, zone and port.
pub fn address(text: &str) -> Option<String> {
    ip(text).map(|ip| ip.to_string())
}

/// The same as a number.
pub fn ip(text: &str) -> Option<IpAddr> {
    let text = text.split_once('%').map_or(text, |(bare, _)| bare);
    // Most of what is no address is a name, and ends here.
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit() || b".:[]".contains(&byte)) {
        return None;
    }
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let parsed = bare.parse::<IpAddr>().ok();
    parsed
        .or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .map(|ip| ip.to_canonical())
}

/// A range of addresses in CIDR notation, without the bits behind the prefix.
fn network(text: &str) -> Option<Value> {
    let (address, length) = text.split_once('/')?;
    let is_number = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    let length: u8 = length.parse().ok().filter(|_| is_number)?;
    let ip = address.parse::<IpAddr>().ok()?;
    let most = if ip.is_ipv4() { 32 } else { 128 };
    if length > most {
        return None;
    }
    Some(match length == most {
        true => Value::new(Kind::Address, ip.to_canonical().to_string()),
        false => Value::new(Kind::Network, within(ip, length)),
    })
}

/// The range of a length that an address lies in.
pub fn within(ip: IpAddr, length: u8) -> String {
    let masked = match ip {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(ip.to_bits() & mask))
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & mask))
        }
    };
    format!("{masked}/{length}")
}

/// The parts of a link: scheme, host with port, path and query.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    if !scheme.bytes().all(is_scheme) {
        return None;
    }
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    (!host.is_empty()).then_some((scheme, host, path))
}

/// Host and port.
fn host_and_port(text: &str) -> (&str, &str) {
    match text.rsplit_once(':') {
        Some((host, port))
            if port.bytes().all(|byte| byte.is_ascii_digit())
                && (!host.contains(':') || host.ends_with(']')) =>
        {
            (host, port)
        }
        _ => (text, ""),
    }
}

/// The host of a link.
pub fn host_of(url: &str) -> Option<&str> {
    link(url).map(|(_, host, _)| host_and_port(host).0)
}

/// A link: host in its compared form, path and query as written. Scheme http and https, their usual
/// ports, user and fragment do not tell links apart.
pub fn url(text: &str) -> Option<String> {
    let (scheme, host, path) = link(text)?;
    let (host, port) = host_and_port(host);
    let host = match ip(host) {
        Some(IpAddr::V6(ip)) => format!("[{ip}]"),
        Some(IpAddr::V4(ip)) => ip.to_string(),
        None => domain::canonical(host)?,
    };
    let mut plain = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" | "" => String::with_capacity(text.len()),
        other => format!("{other}://"),
    };
    plain.push_str(&host);
    if !matches!(port, "" | "80" | "443") {
        plain.push(':');
        plain.push_str(port);
    }
    if !path.starts_with('/') {
        plain.push('/');
    }
    plain.push_str(path);
    Some(plain)
}

/// An MD5, SHA-1 or SHA-256 in hex, in lower case.
pub fn hash(text: &str) -> Option<String> {
    let fits =
        matches!(text.len(), 32 | 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| text.to_ascii_lowercase())
}

/// A mail address in lower case, out of `Name <address>`.
pub fn email(text: &str) -> Option<String> {
    let bare = text.trim();
    let bare = match bare.rsplit_once('<') {
        Some((_, inside)) => inside.strip_suffix('>')?,
        None => bare.strip_prefix("mailto:").unwrap_or(bare),
    };
    let (local, host) = bare.rsplit_once('@')?;
    let is_plain = !local.is_empty() && !local.contains([' ', ',', ';', '/', ':']);
    let host = domain::canonical(host).filter(|_| is_plain)?;
    Some(format!("{}@{host}", local.to_lowercase()))
}

/// An account name in lower case.
pub fn account(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, kind: Kind, expected: &str) {
        let value = guess(text).map(|value| (value.kind, value.text));
        assert_eq!(value, Some((kind, expected.to_owned())), "{text}");
    }

    #[test]
    fn values_are_told_by_their_shape() {
        check(" 203.0.113.5 ", Kind::Address, "203.0.113.5");
        check("::ffff:203.0.113.5", Kind::Address, "203.0.113.5");
        check("2001:DB8::0:1", Kind::Address, "2001:db8::1");
        check("[2001:db8::1]:443", Kind::Address, "2001:db8::1");
        check("203.0.113.5:8080", Kind::Address, "203.0.113.5");
        check("198.51.100.77/24", Kind::Network, "198.51.100.0/24");
        check("198.51.100.77/32", Kind::Address, "198.51.100.77");
        check("2001:db8:ffff::/33", Kind::Network, "2001:db8:8000::/33");
        check("0.0.0.0/0", Kind::Network, "0.0.0.0/0");
        check("Evil.Example.JP.", Kind::Domain, "evil.example.jp");
        check("evil.example.jp/a?b", Kind::Url, "evil.example.jp/a?b");
        check("HTTPS://u:p@Evil.example.jp:443/A#x", Kind::Url, "evil.example.jp/A");
        check("http://[2001:db8::1]:8080", Kind::Url, "[2001:db8::1]:8080/");
        check("ftp://evil.example.jp/x", Kind::Url, "ftp://evil.example.jp/x");
        check(&"AB".repeat(16), Kind::Hash, &"ab".repeat(16));
        check("Sato <Sato@Example.JP>", Kind::Email, "sato@example.jp");
        for wrong in
            ["", "evil", "198.51.100.0/33", "a b.example.jp", "1.2.3", "@", "x@", "999.1.1.1"]
        {
            assert_eq!(guess(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn altered_values_are_read_as_they_are_meant() {
        check("hxxps://evil[.]example(.)jp/x[1]", Kind::Url, "evil.example.jp/x[1]");
        check("hXXp[://]evil[dot]example[.]jp", Kind::Url, "evil.example.jp/");
        check("203[.]0[.]113[.]5", Kind::Address, "203.0.113.5");
        check("203.0.113[.5", Kind::Address, "203.0.113.5");
        check("evil\\.example\\.jp", Kind::Domain, "evil.example.jp");
        check("sato[at]example[.]jp", Kind::Email, "sato@example.jp");
        check("[2001:db8::1]", Kind::Address, "2001:db8::1");
    }

    #[test]
    fn names_in_other_scripts_meet_their_ascii_form() {
        check("bücher.example.jp", Kind::Domain, "xn--bcher-kva.example.jp");
        assert_eq!(url("http://検査。example.jp/"), url("http://検査.EXAMPLE.jp"));
    }

    #[test]
    fn wildcards_take_in_what_is_below() {
        let value = of_kind(Kind::Domain, "*.evil.example.jp").unwrap();
        assert!(value.with_subdomains && value.text == "evil.example.jp");
        assert!(!of_kind(Kind::Domain, "evil.example.jp").unwrap().with_subdomains);
    }
}
