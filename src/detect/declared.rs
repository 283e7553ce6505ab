//! What is known of the organisation and cannot be told from logs: its own networks, its mail
//! domains, the accounts of its vendors, the projects that are over.

use crate::base::{Bilingual, Instant, Text};
use crate::judge::activity::Network;
use core::net::IpAddr;
use serde::{Deserialize, Serialize};

/// As typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeclaredContext {
    /// Addresses and networks of the own offices, VPNs, proxies and partners, `192.0.2.0/24`: never
    /// new to an account, and expected to be shared by many.
    pub own_networks: Vec<String>,
    /// The own mail domains besides that of an account, `example.jp`: no rule that sends mail there
    /// sends it out.
    pub own_domains: Vec<String>,
    /// Accounts of vendors.
    pub vendor_accounts: Vec<String>,
    /// When these are to work: `2021-05-06T09:00+09:00/2021-05-06T18:00+09:00`, with the account
    /// behind a further slash where it is not for all.
    pub vendor_windows: Vec<String>,
    /// Projects that are over, as the logs name them: nobody is expected to read in them.
    pub retired_projects: Vec<String>,
}

/// What is declared cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeclaredError {
    /// No network.
    #[error(
        "«{0}» is no network: expected an address, or one with its prefix such as 192.0.2.0/24"
    )]
    Network(String),
    /// No window of time.
    #[error(
        "«{0}» is no window: expected 2021-05-06T09:00+09:00/2021-05-06T18:00+09:00, and /account behind it where it is not for all"
    )]
    Window(String),
}

impl Bilingual for DeclaredError {
    fn told(&self) -> Text {
        let ja = match self {
            Self::Network(text) => format!(
                "「{text}」はネットワークではありません。アドレス、または192.0.2.0/24のようにプレフィックス付きで指定してください。"
            ),
            Self::Window(text) => format!(
                "「{text}」を作業時間帯として読み取れません。2021-05-06T09:00+09:00/2021-05-06T18:00+09:00の形で、特定のアカウントに限る場合は後ろに/アカウントを付けて指定してください。"
            ),
        };
        Text::new(self.to_string(), ja)
    }
}

/// From when to when a vendor works; none of its accounts for all.
#[derive(Clone, Debug)]
struct Window {
    from: Instant,
    until: Instant,
    account: Option<String>,
}

/// Seconds on either side of a window.
const AROUND_SECS: i64 = 1_800;

/// As meant.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    networks: Vec<(IpAddr, u8)>,
    domains: Vec<String>,
    vendors: Vec<String>,
    windows: Vec<Window>,
    retired: Vec<String>,
}

impl Declared {
    /// Reads what is declared.
    pub fn new(context: &DeclaredContext) -> Result<Self, DeclaredError> {
        let lower =
            |texts: &[String]| texts.iter().map(|text| text.trim().to_lowercase()).collect();
        Ok(Self {
            networks: context
                .own_networks
                .iter()
                .map(|text| network(text))
                .collect::<Result<_, _>>()?,
            domains: lower(&context.own_domains),
            vendors: lower(&context.vendor_accounts),
            windows: context
                .vendor_windows
                .iter()
                .map(|text| window(text))
                .collect::<Result<_, _>>()?,
            retired: lower(&context.retired_projects),
        })
    }

    /// Whether a network is, or holds, one of the own: within a /24 or a /48 they are not told
    /// apart.
    pub fn owns(&self, network: Network) -> bool {
        self.networks.iter().any(|(address, prefix)| overlaps(*address, *prefix, network))
    }

    /// Whether an address by itself, and not only a network that holds it, is one of the own.
    pub fn names(&self, address: IpAddr) -> bool {
        let whole = if address.is_ipv4() { 32 } else { 128 };
        self.networks.contains(&(address, whole))
    }

    /// Whether a mail domain is one of the own.
    pub fn is_own_domain(&self, domain: &str) -> bool {
        self.domains.iter().any(|own| domain.eq_ignore_ascii_case(own))
    }

    /// Whether an account is one of a vendor.
    pub fn is_vendor(&self, account: &str) -> bool {
        self.vendors.iter().any(|vendor| account.eq_ignore_ascii_case(vendor))
    }

    /// Whether both vendors' accounts and their windows are declared.
    pub const fn has_vendors_and_windows(&self) -> bool {
        !self.vendors.is_empty() && !self.windows.is_empty()
    }

    /// Whether an instant lies within a window of an account, or near it; none where there is no
    /// window for it.
    pub fn is_in_window(&self, account: &str, at: Instant) -> Option<bool> {
        let is_its = |window: &&Window| {
            window.account.as_deref().is_none_or(|of| account.eq_ignore_ascii_case(of))
        };
        let mut its = self.windows.iter().filter(is_its).peekable();
        its.peek()?;
        let is_near = |window: &Window| {
            (window.from - AROUND_SECS..=window.until + AROUND_SECS).contains(&at)
        };
        Some(its.any(is_near))
    }

    /// Whether both vendors' accounts and networks are declared.
    pub const fn has_vendors_and_networks(&self) -> bool {
        !self.vendors.is_empty() && !self.networks.is_empty()
    }

    /// Whether a project is over.
    pub fn is_retired(&self, project: &str) -> bool {
        let project = project.to_lowercase();
        self.retired.contains(&project)
    }

    /// Whether any project is declared to be over.
    pub const fn has_retired(&self) -> bool {
        !self.retired.is_empty()
    }
}

fn window(text: &str) -> Result<Window, DeclaredError> {
    let wrong = || DeclaredError::Window(text.to_owned());
    let at = |text: &str| Some(text.trim().parse::<jiff::Timestamp>().ok()?.as_second());
    let mut parts = text.splitn(3, '/');
    let mut time = || parts.next().and_then(at).ok_or_else(wrong);
    let (from, until) = (time()?, time()?);
    let account = parts.next().map(|account| account.trim().to_owned());
    if from < until { Ok(Window { from, until, account }) } else { Err(wrong()) }
}

fn network(text: &str) -> Result<(IpAddr, u8), DeclaredError> {
    let wrong = || DeclaredError::Network(text.to_owned());
    let (address, prefix) = match text.trim().split_once('/') {
        Some((address, prefix)) => (address, Some(prefix.parse().map_err(|_| wrong())?)),
        None => (text.trim(), None),
    };
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.unwrap_or(most);
    if prefix > most { Err(wrong()) } else { Ok((address, prefix)) }
}

/// Whether two networks have an address in common.
fn overlaps(address: IpAddr, prefix: u8, network: Network) -> bool {
    let (a, b, size) = match (address, network) {
        (IpAddr::V4(address), Network::V4([a, b, c])) => {
            let own = u128::from(u32::from(address)) << 96;
            (own, u128::from(u32::from_be_bytes([a, b, c, 0])) << 96, prefix.min(24))
        }
        (IpAddr::V6(address), Network::V6([a, b, c])) => {
            let [a, b, c] = [a, b, c].map(u128::from);
            (u128::from(address), a << 112 | b << 96 | c << 80, prefix.min(48))
        }
        _ => return false,
    };
    size == 0 || a >> (128 - size) == b >> (128 - size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(networks: &[&str]) -> Result<Declared, DeclaredError> {
        let own_networks = networks.iter().map(|text| (*text).to_owned()).collect();
        Declared::new(&DeclaredContext { own_networks, ..DeclaredContext::default() })
    }

    #[test]
    fn own_networks_are_told_from_others() {
        let declared = declared(&["192.0.2.9", "203.0.112.0/22", "2001:db8::/32"]).unwrap();
        let owns = |text: &str| declared.owns(Network::of(text.as_bytes()).unwrap());
        assert!(owns("192.0.2.77") && owns("203.0.113.5") && owns("2001:db8:7::1"));
        assert!(!owns("192.0.3.9") && !owns("203.0.116.1") && !owns("2001:db9::1"));
    }

    #[test]
    fn windows_are_for_all_vendors_or_for_one() {
        let window = |text: &str| {
            let vendor_windows = vec![text.to_owned()];
            Declared::new(&DeclaredContext { vendor_windows, ..DeclaredContext::default() })
        };
        let day = "2021-05-06T09:00+09:00/2021-05-06T18:00+09:00";
        let (all, one) = (window(day).unwrap(), window(&format!("{day}/a@v.example")).unwrap());
        let noon = 1_620_259_200 + 12 * 3_600;
        assert_eq!(all.is_in_window("x", noon - 9 * 3_600), Some(true));
        assert_eq!(all.is_in_window("x", noon), Some(false));
        assert_eq!(one.is_in_window("A@v.example", noon), Some(false));
        assert_eq!(one.is_in_window("x", noon), None);
        for text in ["", "2021-05-06/2021-05-07", "2021-05-06T09:00Z/2021-05-06T08:00Z"] {
            assert!(window(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["office", "192.0.2.0/33", "192.0.2.0/x"] {
            assert!(declared(&[text]).is_err(), "{text}");
        }
    }
}
