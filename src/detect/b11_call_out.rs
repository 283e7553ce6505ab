//! B11: a web server connects to where it never did, right behind a request that may have made it.

use super::accounts::{DAY_SECS, unevaluable};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Thresholds, Verdict};
use crate::base::{
    Arrange, Fingerprint, Instant, Location, Merge, Sampled, Seed, SmallMap, Text, rfc3339,
    visible, within,
};
use crate::event::{Event, Field};
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::Network;
use core::net::{IpAddr, Ipv6Addr};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The detection.
pub struct CallOut;

/// Seconds of requests that are kept together.
const MINUTE_SECS: i64 = 60;
/// Pairs of servers and networks that are kept.
const CONTACTS: usize = 1 << 16;
/// Minutes with requests that are kept, the latest, and requests of each.
const ASKED: usize = 1 << 13;
const ASKED_EACH: usize = 2;
/// Full minutes that are remembered: those of an hour.
const REMEMBERED: i64 = 60;

/// Requests that may make a server connect, and the first connection to each network.
#[derive(Default, Serialize, Deserialize)]
pub struct Calls {
    asked: SmallMap<Asked>,
    contacts: Sampled<Contact, CONTACTS>,
    #[serde(skip)]
    full: Full,
}

/// Of minutes that have as many requests as are kept, the last of these: during an attack most
/// others come behind it and need not be looked at further. Minutes of several hours share a place.
#[derive(Default)]
struct Full(Vec<Option<(i64, Order)>>);

/// What requests of a minute are kept by.
type Order = (bool, Instant, Location);

impl Full {
    const fn place(minute: i64) -> usize {
        minute.rem_euclid(REMEMBERED) as usize
    }

    /// Whether a request comes behind all that are kept.
    fn leaves_out(&self, minute: i64, order: Order) -> bool {
        let last = self.0.get(Self::place(minute)).copied().flatten();
        last.is_some_and(|(known, last)| known == minute && last < order)
    }

    /// Notes the last request that is kept, where there are as many as are.
    fn note(&mut self, minute: i64, last: Option<Order>) {
        self.0.resize(REMEMBERED as usize, None);
        self.0[Self::place(minute)] = last.map(|last| (minute, last));
    }
}

/// The requests of a minute, those that are attacks first, and then by time.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Asked(Vec<Request>);

/// A request that may make a server connect.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Request {
    is_harmless: bool,
    at: Instant,
    location: Location,
    path: Fingerprint,
    target: Box<str>,
    client: Box<str>,
    /// The address of the server, where the record states it.
    server: Option<IpAddr>,
}

/// Connections of one address to one network.
#[derive(Clone, Serialize, Deserialize)]
struct Contact {
    from: IpAddr,
    /// The first, and the address that it went to.
    first: (Instant, Location, IpAddr),
}

impl Merge for Calls {
    fn merge(&mut self, other: Self) {
        self.asked.merge(other.asked);
        self.asked.keep_last(ASKED);
        self.contacts.merge(other.contacts);
    }
}

impl Request {
    const fn order(&self) -> Order {
        (self.is_harmless, self.at, self.location)
    }
}

impl Merge for Asked {
    fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
        self.0.sort_unstable();
        self.0.truncate(ASKED_EACH);
    }
}

impl Merge for Contact {
    fn merge(&mut self, other: Self) {
        self.first = self.first.min(other.first);
    }
}

impl Detector for CallOut {
    type Partial = Calls;

    const CARD: Card = Card {
        id: "B11",
        name: Text::fixed(
            "Server connects out behind a request",
            "要求直後のサーバーからの外部接続",
        ),
        what: Text::fixed(
            "The first connection of a web server to a network on the Internet (/24, /48), of which it had connections for 7 days or more, within 60 seconds of a request with an attack payload, to a page with a known flaw (high), or that sends XML or a serialised object (medium), to the same server. Left out where the server had 7 new destinations or more in the week before, and where requests for the page were followed by a new destination on another day. The server is told by the address that the web log states, or that is declared among the own networks as one address. Not measured on real data.",
            "7日以上の通信履歴があるWebサーバーからインターネット上のネットワーク(/24、/48)への初めての接続のうち、同じサーバーへの攻撃ペイロードを含む要求、既知の脆弱性があるページへの要求(重大)、またはXML・シリアライズ済みオブジェクトを送る要求(中)から60秒以内のもの。直前1週間に新しい接続先が7以上ある場合と、同じページへの要求の直後に別の日にも新しい接続先がある場合は除きます。サーバーは、Webログに記録されたアドレス、または自組織のネットワークとして単独で設定されたアドレスで判別します。実データでは未測定です。",
        ),
        why: Text::fixed(
            "An answer can look ordinary while the server fetches the next stage, or hands files over, by a connection of its own.",
            "応答が正常に見えても、サーバー自身の接続によって次段階の取得やファイルの送出が行われることがあります。",
        ),
        innocent: Text::fixed(
            "A webhook, an update or a feed that was set up that day while a scan was going on.",
            "スキャン中に偶然重なった、その日に設定されたWebhook・更新・フィードの取得。",
        ),
        needs: Needs {
            fields: &[Field::SourceAddress, Field::Target, Field::DestinationAddress],
            words: Text::fixed(
                "Access logs of the web servers that state the server's address (or the address declared), and the log of a firewall or of flows of the same period with source and destination.",
                "サーバーのアドレスを含むWebサーバーのアクセスログ(またはアドレスの設定)と、同じ期間の、送信元・宛先を含むファイアウォールまたは通信フローのログ。",
            ),
        },
        attack: &["T1190"],
        severity: Severity::High,
    };
    const WANTS: Marks = Marks::PAYLOAD.union(Marks::WATCHED).union(Marks::STRUCTURED);

    fn observe(&self, seen: &Seen<'_>, partial: &mut Calls) {
        let text = |field| seen.event.fields.text(field);
        let is_harmless = !seen.marks.meet(Marks::PAYLOAD.union(Marks::WATCHED));
        let minute = seen.at.div_euclid(MINUTE_SECS);
        if partial.full.leaves_out(minute, (is_harmless, seen.at, seen.event.location)) {
            return;
        }
        let request = Request {
            is_harmless,
            at: seen.at,
            location: seen.event.location,
            path: seen.path,
            target: visible(&String::from_utf8_lossy(seen.path_text)).into(),
            client: String::from_utf8_lossy(text(Field::SourceAddress).unwrap_or(b"-")).into(),
            server: text(Field::DestinationAddress).and_then(address),
        };
        let mut last = None;
        partial.asked.change(minute, |asked| {
            asked.merge(Asked(vec![request]));
            last = asked.0.get(ASKED_EACH - 1).map(Request::order);
        });
        partial.asked.keep_last(ASKED);
        partial.full.note(minute, last);
    }

    fn observe_other(&self, event: &Event<'_>, at: Instant, seed: Seed, partial: &mut Calls) {
        let text = |field| event.fields.text(field).and_then(address);
        // Most events name no destination.
        let Some(to) = text(Field::DestinationAddress).filter(|to| !is_private(to)) else { return };
        let Some(from) = text(Field::SourceAddress).filter(is_private) else { return };
        let Some(network) = Network::around(to) else { return };
        if event.fields.text(Field::Outcome) == Some(b"failure") {
            return;
        }
        let key = Seed(seed.of(from.to_string().as_bytes())).of(&network.bytes());
        let new = Contact { from, first: (at, event.location, to) };
        if let Some(known) = partial.contacts.entry(key, || new.clone()) {
            known.merge(new);
        }
    }

    fn conclude(&self, partial: Calls, context: &Conclusion<'_>) -> Verdict {
        let words = &Self::CARD.needs.words;
        let mut servers = BTreeMap::<IpAddr, Vec<&Contact>>::new();
        for (_, contact) in partial.contacts.sorted() {
            servers.entry(contact.from).or_default().push(contact);
        }
        if servers.is_empty() {
            return unevaluable(NO_CONTACTS, words);
        }
        let is_told = |request: &Request| {
            request.server.is_some() || servers.keys().any(|from| context.declared.names(*from))
        };
        let asked = partial.asked.all();
        let mut requests = asked.iter().flat_map(|(_, asked)| &asked.0).peekable();
        if requests.peek().is_some() && !requests.any(is_told) {
            return unevaluable(NO_SERVER, words);
        }
        let mut findings: Vec<_> = servers
            .iter()
            .flat_map(|(from, contacts)| {
                let is_declared = context.declared.names(*from);
                Server { from: *from, contacts, is_declared, limits: context.thresholds }
                    .findings(&asked)
            })
            .collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        let bounds = super::bounds("B11", partial.contacts.one_in());
        Verdict { findings, bounds, ..Verdict::default() }
    }
}

const NO_CONTACTS: Text = Text::fixed(
    "No record shows a connection from a private address to the Internet.",
    "プライベートアドレスからインターネットへの接続の記録がありません。",
);
const NO_SERVER: Text = Text::fixed(
    "The web logs do not state the address of the server, and none is declared.",
    "Webログにサーバーのアドレスがなく、設定もされていません。",
);

/// An address that connects to the Internet.
struct Server<'a> {
    from: IpAddr,
    contacts: &'a [&'a Contact],
    is_declared: bool,
    limits: &'a Thresholds,
}

impl<'a> Server<'a> {
    fn findings(&self, asked: &'a [(i64, Asked)]) -> Vec<Finding> {
        let new = self.new_contacts();
        let behind: Vec<_> = new
            .iter()
            .filter_map(|contact| Some((*contact, self.behind(contact.first.0, asked)?)))
            .collect();
        // What a page makes the server do on several days is its work.
        let mut days = BTreeMap::<Fingerprint, BTreeSet<i64>>::new();
        for (contact, request) in &behind {
            days.entry(request.path).or_default().insert(contact.first.0.div_euclid(DAY_SECS));
        }
        let is_once = |request: &Request| days.get(&request.path).is_some_and(|of| of.len() == 1);
        let told = behind.iter().filter(|(_, request)| is_once(request));
        let days = self.limits.call_out_days;
        told.map(|(contact, request)| finding(contact, request, days)).collect()
    }

    /// Connections to networks that are new to a server that is known, and rarely has any new.
    fn new_contacts(&self) -> Vec<&'a Contact> {
        let began = self.contacts.iter().map(|contact| contact.first.0).min().unwrap_or(0);
        let firsts: Vec<_> = self.contacts.iter().map(|contact| contact.first.0).collect();
        let known = i64::from(self.limits.call_out_days) * DAY_SECS;
        let is_rare = |at: Instant| {
            // On its first day, all are new.
            let from = (at - known).max(began + DAY_SECS);
            let new = firsts.iter().filter(|first| (from..at).contains(*first)).count();
            new < self.limits.call_out_new as usize
        };
        let is_new = |contact: &&&Contact| {
            let at = contact.first.0;
            at >= began + known && is_rare(at)
        };
        self.contacts.iter().filter(is_new).copied().collect()
    }

    /// The request to this server shortly before that says most.
    fn behind(&self, at: Instant, asked: &'a [(i64, Asked)]) -> Option<&'a Request> {
        let from = at - i64::from(self.limits.call_out_secs);
        let minutes = from.div_euclid(MINUTE_SECS)..=at.div_euclid(MINUTE_SECS);
        let asked = within(asked, minutes).iter().flat_map(|(_, asked)| &asked.0);
        let is_its = |request: &&Request| {
            let is_soon = (from..=at).contains(&request.at);
            is_soon && request.server.map_or(self.is_declared, |server| server == self.from)
        };
        asked.filter(is_its).min()
    }
}

fn finding(contact: &Contact, request: &Request, days: u32) -> Finding {
    let (at, location, to) = contact.first;
    let (from, client, target) = (contact.from, visible(&request.client), &request.target);
    let seconds = at - request.at;
    let is_attack = !request.is_harmless;
    let state = if is_attack { State::Likely } else { State::Possible };
    Finding {
        severity: if is_attack { Severity::High } else { Severity::Medium },
        confidence: if is_attack { Confidence::Moderate } else { Confidence::Low },
        grade: Grade::E2,
        outcome: Some(if is_attack { Outcome::LikelySucceeded } else { Outcome::Unknown }),
        subject: Subject { kind: SubjectKind::Address, value: request.client.to_string() },
        first: Some(rfc3339(request.at)),
        last: Some(rfc3339(at)),
        count: 2,
        reason: Text::new(
            format!(
                "The server {from} connected to {to} {seconds} s after the request for {target}. It never connected to that network in {days} days or more before."
            ),
            format!(
                "{target} への要求の{seconds}秒後に、サーバー {from} が {to} に接続しました。それ以前の{days}日以上、このネットワークへの接続はありません。"
            ),
        ),
        scope: Scope {
            records: BTreeSet::from([request.location.key(), location.key()]),
            ..Scope::default()
        },
        places: vec![(Some(request.at), request.location), (Some(at), location)],
        speaks_to: vec![
            (Question::Q1, state),
            (Question::Q3, state),
            (Question::Q4, State::Possible),
        ],
        ..CallOut::CARD.finding(Text::new(
            format!("{from} connected to {to}, new to it, right behind a request by {client}"),
            format!("{client} の要求の直後に、{from} が初めて {to} に接続"),
        ))
    }
}

fn address(text: &[u8]) -> Option<IpAddr> {
    Some(crate::base::address(text)?.to_canonical())
}

/// Whether an address is none of the Internet.
fn is_private(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_multicast()
                || address.is_broadcast()
                || address.is_unspecified()
        }
        IpAddr::V6(address) => {
            address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_multicast()
                || matches!(*address, Ipv6Addr::LOCALHOST | Ipv6Addr::UNSPECIFIED)
        }
    }
}
