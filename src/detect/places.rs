//! What the detections of places have in common: what the tables given say of networks, in words.

use super::accounts::unevaluable;
use super::{Conclusion, Verdict};
use crate::base::Text;
use crate::base::networks::{About, NetworkKind};
use crate::baseline::activity::HABIT;
use crate::judge::activity::Network;

/// Other accounts in a network from which on it is one that people share: an office, a VPN.
const SHARED: usize = 3;

/// That no table is given.
pub fn missing_table(context: &Conclusion<'_>, words: &Text) -> Option<Verdict> {
    (!context.located.is_given).then(|| {
        let reason = Text::fixed(
            "No table says where networks are.",
            "ネットワークの所在を示す表が指定されていません。",
        );
        unevaluable(reason, words)
    })
}

/// What is said of a network, where it is not one of the own.
pub fn about<'a>(context: &Conclusion<'a>, network: Network) -> Option<&'a About> {
    context.located.of(network.address()).filter(|_| !context.declared.owns(network))
}

/// Networks that several accounts are used to. Those that come to one for a day or two, as an
/// intruder does with what passwords fit, do not hide one another there.
pub fn shared(context: &Conclusion<'_>) -> Vec<Network> {
    let all = context.baseline.activities.by_network().into_iter();
    let entered = all.filter(|(_, pairs)| {
        pairs.iter().filter(|(_, pair)| pair.used.len() >= HABIT).count() > SHARED
    });
    entered.map(|(network, _)| network).collect()
}

/// A network in words: where it is, and whose.
pub fn named(network: Network, about: &About) -> String {
    let country = about.country().unwrap_or("?");
    let owner = about.owner.as_deref().map(crate::base::visible);
    let number = about.asn.map(|asn| format!("AS{asn}"));
    let more = owner.or(number).map(|more| format!(", {more}")).unwrap_or_default();
    format!("{network} ({country}{more})")
}

/// What kind of network it is, in words.
pub const fn kind(kind: NetworkKind) -> Text {
    match kind {
        NetworkKind::Hosting => Text::fixed("servers for hire", "ホスティング事業者"),
        NetworkKind::Relay => Text::fixed("a VPN, proxy or Tor", "VPN・プロキシ・Tor"),
        NetworkKind::Mobile => Text::fixed("a mobile carrier", "携帯電話事業者"),
    }
}
