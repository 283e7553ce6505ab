//! Values that innocent records hold all the time: an indicator that names one says nothing, and
//! is listed as not swept, with the reason.
//!
//! The lists are short and name what is well known. They are no verdict: such an address can be
//! used for evil, but meeting it in a log does not show that.

use super::value::{Kind, Value, ip};
use crate::base::Text;
use core::net::IpAddr;
use serde::{Deserialize, Serialize};

/// Why a value is noisy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Noise {
    /// An address that every network uses for itself.
    Private,
    /// A resolver that anybody may ask.
    Resolver,
    /// A network for content, which serves many sites from one address.
    ContentNetwork,
    /// A range that holds a large part of the Internet.
    Wide,
    /// A service on which anybody may have a name or a page.
    SharedService,
    /// A suffix under which anybody may register.
    Suffix,
    /// What ordinary browsers send.
    Browser,
    /// The hash of an empty file.
    EmptyFile,
    /// An account that every system has.
    BuiltInAccount,
}

impl Noise {
    /// The reason in words.
    pub fn said(self) -> Text {
        match self {
            Self::Private => Text::fixed(
                "Every network uses this address for itself.",
                "どのネットワークでも内部で使われるアドレスです。",
            ),
            Self::Resolver => Text::fixed(
                "It is a public resolver, which anybody asks.",
                "誰もが利用する公開DNSリゾルバーです。",
            ),
            Self::ContentNetwork => Text::fixed(
                "It belongs to a content network, which serves many sites from one address.",
                "多数のサイトが1つのアドレスを共有する配信網(CDN)のものです。",
            ),
            Self::Wide => Text::fixed(
                "The range is so wide that it holds many who have nothing to do with it.",
                "範囲が広すぎ、無関係な多数のアドレスを含みます。",
            ),
            Self::SharedService => Text::fixed(
                "It is a service that very many use.",
                "非常に多くの人が利用するサービスです。",
            ),
            Self::Suffix => Text::fixed(
                "Anybody may register a name under this suffix.",
                "誰でもこの下に名前を登録できます。",
            ),
            Self::Browser => {
                Text::fixed("Ordinary browsers send it.", "一般のブラウザーが送信するものです。")
            }
            Self::EmptyFile => {
                Text::fixed("It is the hash of an empty file.", "空ファイルのハッシュです。")
            }
            Self::BuiltInAccount => Text::fixed(
                "Every system has an account of this name.",
                "どのシステムにもある名前のアカウントです。",
            ),
        }
    }
}

/// Public resolvers.
const RESOLVERS: &[&str] = &[
    "1.0.0.1",
    "1.1.1.1",
    "4.2.2.1",
    "4.2.2.2",
    "8.8.4.4",
    "8.8.8.8",
    "9.9.9.9",
    "149.112.112.112",
    "208.67.220.220",
    "208.67.222.222",
    "2001:4860:4860::8844",
    "2001:4860:4860::8888",
    "2606:4700:4700::1001",
    "2606:4700:4700::1111",
    "2620:fe::fe",
];

/// Networks for content: first address and length of the prefix.
const CONTENT: &[([u8; 4], u32)] = &[
    ([103, 21, 244, 0], 22),
    ([103, 22, 200, 0], 22),
    ([103, 31, 4, 0], 22),
    ([104, 16, 0, 0], 13),
    ([104, 24, 0, 0], 14),
    ([108, 162, 192, 0], 18),
    ([131, 0, 72, 0], 22),
    ([141, 101, 64, 0], 18),
    ([151, 101, 0, 0], 16),
    ([162, 158, 0, 0], 15),
    ([172, 64, 0, 0], 13),
    ([173, 245, 48, 0], 20),
    ([188, 114, 96, 0], 20),
    ([190, 93, 240, 0], 20),
    ([197, 234, 240, 0], 22),
    ([198, 41, 128, 0], 17),
    ([199, 232, 0, 0], 16),
];

/// Prefixes shorter than these hold too many: 16 million addresses, or 65,536 customers.
const LEAST_V4: u8 = 8;
const LEAST_V6: u8 = 32;

/// Services by their domain.
const SERVICES: &[&str] = &[
    "akamaiedge.net",
    "akamaihd.net",
    "amazonaws.com",
    "apple.com",
    "azureedge.net",
    "azurewebsites.net",
    "bing.com",
    "blob.core.windows.net",
    "blogspot.com",
    "box.com",
    "cloudflare.com",
    "cloudfront.net",
    "discord.com",
    "discordapp.com",
    "docomo.ne.jp",
    "dropbox.com",
    "facebook.com",
    "fastly.net",
    "firebaseapp.com",
    "github.com",
    "github.io",
    "githubusercontent.com",
    "gmail.com",
    "google.com",
    "googleapis.com",
    "googleusercontent.com",
    "gstatic.com",
    "icloud.com",
    "line.me",
    "linkedin.com",
    "live.com",
    "microsoft.com",
    "microsoftonline.com",
    "netlify.app",
    "ngrok.io",
    "office.com",
    "office365.com",
    "onedrive.com",
    "outlook.com",
    "pages.dev",
    "pastebin.com",
    "sharepoint.com",
    "slack.com",
    "t.co",
    "t.me",
    "telegram.org",
    "twitter.com",
    "vercel.app",
    "web.app",
    "wikipedia.org",
    "windows.com",
    "windows.net",
    "windowsupdate.com",
    "workers.dev",
    "x.com",
    "yahoo.co.jp",
    "yahoo.com",
    "youtube.com",
];

/// Suffixes of two labels under which names are registered.
const SUFFIXES: &[&str] = &[
    "ac.jp", "ad.jp", "co.jp", "co.kr", "co.nz", "co.uk", "com.au", "com.br", "com.cn", "com.tw",
    "ed.jp", "go.jp", "gov.uk", "gr.jp", "lg.jp", "ne.jp", "or.jp", "org.uk",
];

/// MD5, SHA-1 and SHA-256 of nothing.
const EMPTY: &[&str] = &[
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

/// Accounts that systems come with.
const ACCOUNTS: &[&str] = &[
    "admin",
    "administrator",
    "anonymous",
    "daemon",
    "guest",
    "local service",
    "nobody",
    "root",
    "system",
    "user",
    "www-data",
];

/// Why a value is noisy, if it is.
pub fn noise(value: &Value) -> Option<Noise> {
    let text = value.text.as_str();
    let among = |names: &[&str], noise| names.contains(&text).then_some(noise);
    match value.kind {
        Kind::Address => ip(text).and_then(address),
        Kind::Network => network(text),
        Kind::Domain => among(SERVICES, Noise::SharedService)
            .or_else(|| among(SUFFIXES, Noise::Suffix))
            .or_else(|| is_reverse(text).then_some(Noise::Suffix)),
        Kind::Url => link(text),
        Kind::UserAgent => is_browser(text).then_some(Noise::Browser),
        Kind::Hash => among(EMPTY, Noise::EmptyFile),
        Kind::Account => among(ACCOUNTS, Noise::BuiltInAccount),
        Kind::Email => None,
    }
}

/// A link that is no more than the front page of a service or of an address of one.
fn link(text: &str) -> Option<Noise> {
    let host = text.strip_suffix('/').filter(|host| !host.contains('/'))?;
    match ip(host) {
        Some(ip) => address(ip),
        None => SERVICES.contains(&host).then_some(Noise::SharedService),
    }
}

fn address(ip: IpAddr) -> Option<Noise> {
    let is_own = match ip {
        IpAddr::V4(ip) => {
            let shared = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                || shared
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
        }
    };
    if is_own {
        return Some(Noise::Private);
    }
    if RESOLVERS.contains(&ip.to_string().as_str()) {
        return Some(Noise::Resolver);
    }
    let IpAddr::V4(ip) = ip else { return None };
    let is_within = |(first, length): &([u8; 4], u32)| {
        (ip.to_bits() ^ u32::from_be_bytes(*first)) >> (32 - length) == 0
    };
    CONTENT.iter().any(is_within).then_some(Noise::ContentNetwork)
}

fn network(text: &str) -> Option<Noise> {
    let (first, length) = text.split_once('/')?;
    let (first, length) = (ip(first)?, length.parse::<u8>().ok()?);
    let least = if first.is_ipv4() { LEAST_V4 } else { LEAST_V6 };
    match address(first) {
        // A wide range may begin with such an address by chance.
        Some(noise @ (Noise::Private | Noise::ContentNetwork)) if length > least => Some(noise),
        _ => (length < least).then_some(Noise::Wide),
    }
}

fn is_reverse(name: &str) -> bool {
    name.ends_with(".in-addr.arpa") || name.ends_with(".ip6.arpa")
}

/// Since their versions stand still, the names of ordinary browsers are the same for millions.
fn is_browser(text: &str) -> bool {
    let is_version = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let engine = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/";
    let is_chromium = text.split_once(engine).is_some_and(|(_, behind)| {
        let version = behind.strip_suffix(" Safari/537.36");
        version.is_some_and(|version| version.ends_with(".0.0.0") && is_version(version))
    });
    let is_firefox =
        text.split_once(" Gecko/20100101 Firefox/").is_some_and(|(_, v)| is_version(v));
    let is_bare = matches!(text, "-" | "Mozilla/4.0" | "Mozilla/5.0");
    is_chromium || is_firefox || is_bare
}

#[cfg(test)]
mod tests {
    use super::super::value::{guess, of_kind};
    use super::*;

    fn of(text: &str) -> Option<Noise> {
        noise(&guess(text).unwrap())
    }

    #[test]
    fn what_everybody_meets_is_noisy() {
        for (text, expected) in [
            ("10.1.2.3", Noise::Private),
            ("192.168.0.0/16", Noise::Private),
            ("fe80::1", Noise::Private),
            ("100.64.1.1", Noise::Private),
            ("8.8.8.8", Noise::Resolver),
            ("104.17.3.4", Noise::ContentNetwork),
            ("0.0.0.0/0", Noise::Wide),
            ("64.0.0.0/6", Noise::Wide),
            ("2001:db8::/20", Noise::Wide),
            ("github.com", Noise::SharedService),
            ("https://github.com/", Noise::SharedService),
            ("http://10.0.0.1/", Noise::Private),
            ("co.jp", Noise::Suffix),
            ("D41D8CD98F00B204E9800998ECF8427E", Noise::EmptyFile),
        ] {
            assert_eq!(of(text), Some(expected), "{text}");
        }
        for text in [
            "Mozilla/5.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
        ] {
            assert_eq!(noise(&of_kind(Kind::UserAgent, text).unwrap()), Some(Noise::Browser));
        }
        assert_eq!(noise(&of_kind(Kind::Account, "Root").unwrap()), Some(Noise::BuiltInAccount));
    }

    #[test]
    fn what_is_particular_is_not() {
        for text in [
            "203.0.113.5",
            "198.51.100.0/24",
            "2001:db8::1",
            "evil.example.jp",
            "https://github.com/evil/evil",
            "evil.github.io",
            "http://10.0.0.1/x",
            "00000000000000000000000000000000",
            "root@evil.example.jp",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(noise(&of_kind(Kind::UserAgent, "evil/1.0").unwrap()), None);
    }

    #[test]
    fn the_lists_are_written_as_values_are_compared() {
        for name in SERVICES.iter().chain(SUFFIXES) {
            assert_eq!(guess(name).map(|value| value.text).as_deref(), Some(*name));
        }
        for text in RESOLVERS {
            assert_eq!(ip(text).map(|ip| ip.to_string()).as_deref(), Some(*text));
        }
    }
}
