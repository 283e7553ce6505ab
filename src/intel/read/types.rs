//! The names that lists give to kinds of indicators.

use crate::intel::refusal::Why;
use crate::intel::value::{self, Kind, Value};

/// What a type's name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// Values of a kind.
    Of(Kind),
    /// Domains with everything below them.
    DomainTree,
}

/// A type's name as names are compared.
pub(super) fn plain(name: &str) -> String {
    name.trim().trim_matches('"').to_ascii_lowercase().replace(['_', ' '], "-")
}

/// What a name means, as MISP, STIX, OTX and people write it.
pub(super) fn named(name: &str) -> Option<Type> {
    Some(Type::Of(match plain(name).as_str() {
        "domain" => return Some(Type::DomainTree),
        "ip" | "ip-src" | "ip-dst" | "ipv4" | "ipv6" | "ipv4-addr" | "ipv6-addr" | "address"
        | "ip-address" | "ipaddress" => Kind::Address,
        "cidr" | "network" | "subnet" | "ip-range" => Kind::Network,
        "hostname" | "host" | "fqdn" | "domain-name" => Kind::Domain,
        "url" | "uri" => Kind::Url,
        "user-agent" | "useragent" | "ua" | "http-user-agent" => Kind::UserAgent,
        "hash" | "md5" | "sha1" | "sha-1" | "sha256" | "sha-256" | "filehash-md5"
        | "filehash-sha1" | "filehash-sha256" => Kind::Hash,
        "email" | "e-mail" | "email-src" | "email-dst" | "email-addr" | "email-address"
        | "email-reply-to" | "mail" => Kind::Email,
        "account" | "user" | "username" | "user-name" | "user-account" | "target-user" => {
            Kind::Account
        }
        _ => return None,
    }))
}

/// Reads a value of a type. A range is an address that is many.
pub(super) fn read(of: Type, text: &str) -> Result<Value, Why> {
    let found = match of {
        Type::DomainTree => {
            value::of_kind(Kind::Domain, text).map(|value| Value { with_subdomains: true, ..value })
        }
        Type::Of(Kind::Address) => {
            value::of_kind(Kind::Address, text).or_else(|| value::of_kind(Kind::Network, text))
        }
        Type::Of(kind) => value::of_kind(kind, text),
    };
    let name = match of {
        Type::DomainTree => Kind::Domain.name(),
        Type::Of(kind) => kind.name(),
    };
    found.ok_or_else(|| Why::Unfit(name.to_owned()))
}

/// Reads the parts of a value whose type is one name, or two with a bar between, as MISP writes:
/// `filename|md5`. Of two, those parts that have a kind; a port narrows an address and is not
/// compared.
pub(super) fn read_all(name: &str, text: &str) -> Result<Vec<Value>, Why> {
    let Some((first, second)) = name.split_once('|') else {
        let of = named(name).ok_or_else(|| Why::Kind(plain(name)))?;
        return read(of, text).map(|value| vec![value]);
    };
    let (one, other) = text.split_once('|').unwrap_or((text, ""));
    let parts = [(first, one), (second, other)];
    let known = parts.into_iter().filter_map(|(name, part)| Some((named(name)?, part)));
    let read = known.map(|(of, part)| read(of, part)).collect::<Result<Vec<_>, _>>()?;
    if read.is_empty() { Err(Why::Kind(plain(name))) } else { Ok(read) }
}
