//! The logs of a case, each in the form of a product: Apache combined, Keycloak's events, an
//! application's audit in JSON, Postfix, Squid.

use super::calendar::{TOKYO, local};
use super::world::Document;
use crate::base::{Arrange, rfc3339, sorted};
use serde_json::json;

/// A log before its lines are put in order.
#[derive(Debug, Default)]
pub(super) struct Log(Vec<(i64, String)>);

impl Log {
    fn add(&mut self, at: i64, line: String) {
        self.0.push((at, line));
    }

    /// Takes out what is between two times and fits. Returns how many lines it was.
    pub(super) fn remove(&mut self, from: i64, until: i64, fits: &dyn Fn(&str) -> bool) -> u64 {
        let before = self.0.len();
        self.0.retain(|(at, line)| !(from..until).contains(at) || !fits(line));
        (before - self.0.len()) as u64
    }

    /// The lines between two times that hold a text.
    pub(super) fn text(&self, from: i64, until: i64, holds: &str) -> String {
        let inside =
            self.0.iter().filter(|(at, line)| (from..until).contains(at) && line.contains(holds));
        inside.map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// The line that was written last.
    fn last(&self) -> String {
        self.0.last().map(|(_, line)| line.clone()).unwrap_or_default()
    }

    /// The bytes, in order of time; of one time, as they were written.
    pub(super) fn bytes(mut self) -> Vec<u8> {
        self.0.arrange_by_key(|(at, _)| *at);
        let lines = self.0.iter().flat_map(|(_, line)| [line.as_bytes(), b"\n"]);
        lines.flatten().copied().collect()
    }
}

/// All logs.
#[derive(Debug, Default)]
pub(super) struct Logs {
    pub(super) web: Log,
    pub(super) sign_in: Log,
    pub(super) audit: Log,
    pub(super) mail: Log,
    pub(super) proxy: Log,
}

/// Which log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Web,
    SignIn,
    Audit,
    Mail,
    Proxy,
}

impl Kind {
    pub(super) const ALL: [Self; 5] =
        [Self::Web, Self::SignIn, Self::Audit, Self::Mail, Self::Proxy];

    /// The name of its file.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Web => "synthetic-web-access.log",
            Self::SignIn => "synthetic-sign-in.jsonl",
            Self::Audit => "synthetic-audit.jsonl",
            Self::Mail => "synthetic-mail.log",
            Self::Proxy => "synthetic-proxy.log",
        }
    }
}

/// A request to the platform and its answer.
pub(super) struct Request<'a> {
    pub(super) from: &'a str,
    pub(super) account: &'a str,
    pub(super) line: String,
    pub(super) status: u16,
    pub(super) bytes: u64,
    pub(super) agent: &'a str,
}

/// Who does something, from where, in which session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Actor<'a> {
    pub(super) account: &'a str,
    pub(super) organisation: &'a str,
    pub(super) from: &'a str,
    pub(super) session: &'a str,
    pub(super) agent: &'a str,
}

/// `06/May/2021:10:02:03 +0900`
fn clf(at: i64) -> String {
    const MONTHS: &[&str] =
        &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let time = local(at);
    let part = |range| time.get(range).unwrap_or("01");
    let month = part(5..7).parse::<usize>().unwrap_or(1);
    let month = MONTHS.get(month - 1).copied().unwrap_or("Jan");
    format!("{}/{month}/{}:{} +0900", part(8..10), part(0..4), part(11..19))
}

impl Logs {
    /// The log of a kind.
    pub(super) const fn of(&mut self, kind: Kind) -> &mut Log {
        match kind {
            Kind::Web => &mut self.web,
            Kind::SignIn => &mut self.sign_in,
            Kind::Audit => &mut self.audit,
            Kind::Mail => &mut self.mail,
            Kind::Proxy => &mut self.proxy,
        }
    }

    /// The record of a kind that was written last.
    pub(super) fn last(&mut self, kind: Kind) -> String {
        self.of(kind).last()
    }

    /// Ends every log at one time.
    pub(super) fn end_at(&mut self, end: i64) {
        for kind in Kind::ALL {
            self.of(kind).remove(end, i64::MAX, &|_| true);
        }
    }

    pub(super) fn request(&mut self, at: i64, of: &Request<'_>) {
        let Request { from, account, line, status, bytes, agent } = of;
        let time = clf(at);
        let line = format!(
            "{from} - {account} [{time}] \"{line} HTTP/1.1\" {status} {bytes} \"-\" \"{agent}\""
        );
        self.web.add(at, line);
    }

    /// Sets the clock of the web server back by so many seconds, for some time.
    pub(super) fn web_back(&mut self, from: i64, until: i64, secs: i64) {
        for (at, line) in self.web.0.iter_mut().filter(|(at, _)| (from..until).contains(at)) {
            *line = line.replacen(&clf(*at), &clf(*at - secs), 1);
        }
    }

    /// A sign-in; `error` is why it failed.
    pub(super) fn sign_in(&mut self, at: i64, actor: &Actor<'_>, error: Option<&str>) {
        let mut event = json!({
            "time": at * 1_000,
            "type": if error.is_some() { "LOGIN_ERROR" } else { "LOGIN" },
            "realmId": actor.organisation,
            "realmName": actor.organisation,
            "clientId": "portal",
            "userId": actor.account,
            "ipAddress": actor.from,
            "details": { "username": actor.account },
        });
        match error {
            Some(error) => event["error"] = json!(error),
            None => event["sessionId"] = json!(actor.session),
        }
        self.sign_in.add(at, sorted(event).to_string());
    }

    /// What was done to a document.
    pub(super) fn act(&mut self, at: i64, actor: &Actor<'_>, action: &str, of: Document) {
        let event = json!({
            "file_path": of.path(),
            "file_size": of.bytes(),
            "project": format!("P{:04}", of.project),
        });
        self.audited(at, actor, action, event);
    }

    /// What was done to something else.
    pub(super) fn audited(
        &mut self,
        at: i64,
        actor: &Actor<'_>,
        action: &str,
        mut event: serde_json::Value,
    ) {
        event["timestamp"] = json!(format!("{}+09:00", local(at)));
        event["user"] = json!(actor.account);
        event["organization_name"] = json!(actor.organisation);
        event["client_ip"] = json!(actor.from);
        event["session_id"] = json!(actor.session);
        event["action"] = json!(action);
        event["result"] = json!("success");
        self.audit.add(at, sorted(event).to_string());
    }

    /// A mail that tells somebody of something.
    pub(super) fn mail(&mut self, at: i64, to: &str, number: u64) {
        let domain = to.rsplit('@').next().unwrap_or(to);
        let id = 0x4000_0000 + number;
        let line = format!(
            "{}+09:00 mail postfix/smtp[4711]: {id:X}: to=<{to}>, relay=mx.{domain}[192.0.2.25]:25, delay=0.9, delays=0.1/0/0.3/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok)",
            local(at)
        );
        self.mail.add(at, line);
    }

    /// A connection from the operator's office through its proxy.
    pub(super) fn proxied(&mut self, at: i64, from: &str, account: &str, host: &str, bytes: u64) {
        let line = format!(
            "{at}.127    340 {from} TCP_TUNNEL/200 {bytes} CONNECT {host}:443 {account} HIER_DIRECT/192.0.2.80 -"
        );
        self.proxy.add(at, line);
    }
}

/// A time as the truth states it.
pub(super) fn stated(at: i64) -> String {
    rfc3339(at)
}

/// The first second of the day in Tokyo that a time lies in.
pub(super) const fn midnight(at: i64) -> i64 {
    (at + TOKYO).div_euclid(86_400) * 86_400 - TOKYO
}
