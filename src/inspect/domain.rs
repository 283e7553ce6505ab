//! What kind of addressees a mail domain has.

use serde::{Deserialize, Serialize};

/// Who has addresses in a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DomainClass {
    /// The organisation itself, as it was said.
    Own,
    /// Japanese public bodies: `.go.jp` and `.lg.jp`.
    Government,
    /// Mail of a mobile carrier: private telephones.
    Mobile,
    /// Mail that anybody can have.
    FreeMail,
    /// Anybody else.
    External,
}

/// Domains of mobile carriers' mail.
const MOBILE: &[&str] = &[
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "i.softbank.jp",
    "vodafone.ne.jp",
    "ymobile.ne.jp",
    "ymobile1.ne.jp",
    "y-mobile.ne.jp",
    "willcom.com",
    "wcm.ne.jp",
    "disney.ne.jp",
    "uqmobile.jp",
    "rakumail.jp",
];
/// Domains of mail that anybody can have.
const FREE: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "yahoo.co.jp",
    "ymail.ne.jp",
    "yahoo.com",
    "outlook.com",
    "outlook.jp",
    "hotmail.com",
    "hotmail.co.jp",
    "live.jp",
    "live.com",
    "msn.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "aol.com",
    "proton.me",
    "protonmail.com",
    "gmx.com",
    "gmx.net",
    "mail.com",
    "excite.co.jp",
    "goo.jp",
    "nifty.com",
];

impl DomainClass {
    /// The class of a domain in small letters.
    pub fn of(domain: &str, own: &[String]) -> Self {
        let is_in = |zone: &str| {
            let rest = domain.strip_suffix(zone);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        if own.iter().any(|zone| is_in(&zone.to_lowercase())) {
            Self::Own
        } else if is_in("go.jp") || is_in("lg.jp") {
            Self::Government
        } else if MOBILE.iter().any(|zone| is_in(zone)) {
            Self::Mobile
        } else if FREE.iter().any(|zone| is_in(zone)) {
            Self::FreeMail
        } else {
            Self::External
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_told_by_its_end() {
        let of = |domain: &str| DomainClass::of(domain, &["example.co.jp".to_owned()]);
        assert_eq!(of("mail.example.co.jp"), DomainClass::Own);
        assert_eq!(of("notexample.co.jp"), DomainClass::External);
        assert_eq!([of("a.go.jp"), of("city.b.lg.jp")], [DomainClass::Government; 2]);
        assert_eq!([of("docomo.ne.jp"), of("t.vodafone.ne.jp")], [DomainClass::Mobile; 2]);
        assert_eq!(of("gmail.com"), DomainClass::FreeMail);
        assert_eq!(of("go.jp.example"), DomainClass::External);
    }
}
