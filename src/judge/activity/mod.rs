//! What an event says that somebody did: signed in, took a document, changed who may do what.
//!
//! Logs say it in their own words; `words.toml` says what these mean. An event whose action
//! stands nowhere there is none of these, and nothing is guessed.

mod network;
mod policy;
mod words;

pub use network::Network;
pub use words::Topic;

use super::agent::{Browser, browser};
use crate::base::{Fingerprint, Instant, Location, Seed, Stamp};
use crate::event::{Event, Field, number};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use words::{Word, Words, words};

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum What {
    /// Signed in.
    SignedIn,
    /// Was not let in.
    Refused(Reason),
    /// Did something to a document, a mailbox or a directory.
    Act(Act),
    /// Changed who may do what, or where mail goes.
    Change(Change),
}

/// Why a sign-in failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// There is no such account.
    UnknownUser,
    /// The account is locked or disabled.
    Locked,
    /// The second factor was denied.
    MfaDenied,
    /// The password was wrong, or the log does not say.
    Other,
}

/// What was done to a document, a mailbox or a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "words.toml says what counts as each")]
pub enum Act {
    Viewed,
    Searched,
    Listed,
    Downloaded,
    Exported,
}

/// What was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "words.toml says what counts as each")]
pub enum Change {
    AccountCreated,
    AccountRemoved,
    RoleGranted,
    CredentialAdded,
    ConsentGiven,
    MailRule,
    Shared,
    AuditStopped,
    FactorWeakened,
    RuleRemoved,
    ShareRemoved,
    ProgramPlaced,
    SecretRead,
    AlarmRaised,
    AuditChanged,
}

impl What {
    /// Any sign-in that succeeded.
    pub const SIGNED_IN: u32 = 1;
    /// Any sign-in that failed.
    pub const REFUSED: u32 = 2;
    /// A document taken away: downloaded or exported.
    pub const TAKEN: u32 = 4;
    /// Exported.
    pub const EXPORTED: u32 = 8;
    /// Viewed, searched or listed.
    pub const READ: u32 = 16;
    /// A change.
    pub const CHANGED: u32 = 32;

    /// Whether it is a sign-in, whatever came of it.
    pub const fn is_sign_in(self) -> bool {
        matches!(self, Self::SignedIn | Self::Refused(_))
    }

    /// The kinds that it is of, as bits.
    pub const fn bits(self) -> u32 {
        match self {
            Self::SignedIn => Self::SIGNED_IN,
            Self::Refused(_) => Self::REFUSED,
            Self::Act(Act::Downloaded) => Self::TAKEN,
            Self::Act(Act::Exported) => Self::TAKEN | Self::EXPORTED,
            Self::Act(_) => Self::READ,
            Self::Change(_) => Self::CHANGED,
        }
    }
}

/// How somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Method {
    /// In a way that can ask for a second factor.
    Usual,
    /// By a mail protocol, or with name and password handed over by a program: none is asked for.
    Legacy,
    /// With a code that one device shows and another enters.
    DeviceCode,
}

/// What an event says that somebody did.
#[derive(Clone, Copy, Debug)]
pub struct Activity<'a> {
    /// The event.
    pub event: &'a Event<'a>,
    /// What.
    pub what: What,
    /// When.
    pub at: Instant,
    /// Seconds east of UTC in which it was written.
    pub offset_secs: i32,
    /// Where it stands.
    pub location: Location,
    /// The account as logged.
    pub account: &'a [u8],
    /// Stands for the account, in whichever case it is written.
    pub account_key: Fingerprint,
    /// From where.
    pub network: Option<Network>,
    /// How many events it stands for.
    pub count: u32,
}

/// Keeps accounts, their networks, sessions and projects apart from one another.
const ACCOUNTS: u64 = 0x73_69_67_6e_2d_69_6e;
const SESSIONS: u64 = 0x73_65_73_73_69_6f_6e;
const PROJECTS: u64 = 0x70_72_6f_6a_65_63_74;

/// Bytes of an account that most names have no more of.
const USUAL_NAME: usize = 96;

/// Stands for an account, in whichever case it is written.
pub fn account_key(seed: Seed, account: &[u8]) -> Fingerprint {
    let mut lower = [0; USUAL_NAME];
    let Some(lower) = lower.get_mut(..account.len()) else {
        return seed.within(ACCOUNTS, &account.to_ascii_lowercase());
    };
    lower.copy_from_slice(account);
    lower.make_ascii_lowercase();
    seed.within(ACCOUNTS, lower)
}

/// Stands for an account in a network.
pub fn pair_key(account: Fingerprint, network: Network) -> Fingerprint {
    Seed(account).of(&network.bytes())
}

impl<'a> Activity<'a> {
    /// What an event says, if it says that an account did something and when.
    #[inline]
    pub fn of(event: &'a Event<'a>, seed: Seed) -> Option<Self> {
        let stamp = event.time.stamp()?;
        let (what, account) = said(event)?;
        Some(Self::new(event, stamp, what, account, seed))
    }

    /// What a name and a password sent to a web server came to, where the server names the account:
    /// 400, 401, 422 and 423 turn it away, a page or a redirect lets it in. 403 and 429 tell of
    /// filters, not of passwords.
    pub fn of_request(event: &'a Event<'a>, seed: Seed) -> Option<Self> {
        let stamp = event.time.stamp()?;
        let account = event.fields.text(Field::UserName)?;
        let what = match event.status()? {
            400 | 401 | 422 | 423 => What::Refused(Reason::Other),
            200..=204 | 302 | 303 => What::SignedIn,
            _ => return None,
        };
        if words()?.is_nobody(account) {
            return None;
        }
        Some(Self::new(event, stamp, what, account, seed))
    }

    #[inline]
    fn new(event: &'a Event<'a>, stamp: Stamp, what: What, account: &'a [u8], seed: Seed) -> Self {
        Self {
            event,
            what,
            at: stamp.at,
            offset_secs: stamp.offset_secs,
            location: event.location,
            account,
            account_key: account_key(seed, account),
            network: event.fields.text(Field::SourceAddress).and_then(Network::of),
            count: event.count.max(1),
        }
    }

    /// The client's address as logged.
    pub fn logged_address(&self) -> &'a [u8] {
        self.event.fields.text(Field::SourceAddress).unwrap_or(b"-")
    }

    /// The same, shown as text.
    pub fn address(&self) -> Cow<'a, str> {
        shown(self.logged_address())
    }

    /// The account's name as logged, shown as text.
    pub fn name(&self) -> Cow<'a, str> {
        shown(self.account)
    }

    /// What was done, in the words of the log.
    pub fn action(&self) -> Option<&'a [u8]> {
        self.event.fields.text(Field::Action)
    }

    /// Stands for the account in its network.
    pub fn pair_key(&self) -> Option<Fingerprint> {
        self.network.map(|network| pair_key(self.account_key, network))
    }

    /// The organisation that the account belongs to: as stated, or else the domain of its name.
    pub fn organisation(&self) -> Option<&'a [u8]> {
        self.tenant().or_else(|| self.domain())
    }

    /// The organisation or tenant that the record states.
    pub fn tenant(&self) -> Option<&'a [u8]> {
        let fields = &self.event.fields;
        fields.text(Field::Organization).or_else(|| fields.text(Field::OrganizationId))
    }

    /// The mail domain of the account, where its name has one.
    pub fn domain(&self) -> Option<&'a [u8]> {
        domain_of(self.account)
    }

    /// What it was done to, as the record names it.
    pub fn object(&self) -> Option<&'a [u8]> {
        let fields = &self.event.fields;
        let names = [Field::FilePath, Field::FileName, Field::Target, Field::Service];
        names.into_iter().find_map(|field| fields.text(field))
    }

    /// The project or site that it belongs to.
    pub fn project(&self) -> Option<&'a [u8]> {
        self.event.fields.text(Field::Project)
    }

    /// Stands for the account in the project, where one is named.
    pub fn project_key(&self, seed: Seed) -> Option<Fingerprint> {
        Some(Seed(self.account_key).of(&seed.within(PROJECTS, self.project()?).to_le_bytes()))
    }

    /// Bytes that were handed out, where the record says so.
    pub fn bytes(&self) -> u64 {
        let sizes = [Field::BytesOut, Field::DestinationBytes, Field::FileSize];
        sizes.into_iter().find_map(|field| number(self.event.fields.text(field)?)).unwrap_or(0)
    }

    /// Stands for its session, where one is logged.
    pub fn session_key(&self, seed: Seed) -> Option<Fingerprint> {
        Some(seed.within(SESSIONS, self.event.fields.text(Field::Session)?))
    }

    /// The kind of program and system that the client says that it is, where it is a browser.
    pub fn browser(&self) -> Option<Browser> {
        browser(self.event.fields.text(Field::UserAgent)?)
    }

    /// Whom or what a change concerns; what is shared is a document.
    pub fn target(&self) -> Option<&'a [u8]> {
        self.exact_target().or_else(|| self.event.fields.text(Field::Service))
    }

    /// The same, where the record names more than the service that it happened in.
    pub fn exact_target(&self) -> Option<&'a [u8]> {
        if matches!(self.what, What::Change(Change::Shared | Change::ShareRemoved)) {
            return self.object();
        }
        let names = [Field::TargetUser, Field::GroupName, Field::RuleName];
        names.into_iter().find_map(|field| self.event.fields.text(field))
    }

    /// Whom a document is shared with, where the record names somebody.
    pub fn shared_with(&self) -> Option<&'a [u8]> {
        matches!(self.what, What::Change(Change::Shared))
            .then(|| self.event.fields.text(Field::TargetUser))
            .flatten()
    }

    /// Whether a document is shared with whoever has the link.
    pub fn is_open_share(&self) -> bool {
        let Some(words) = words() else { return false };
        matches!(self.what, What::Change(Change::Shared))
            && (self.action().is_some_and(|action| words.is_open(action))
                || self
                    .event
                    .fields
                    .pairs()
                    .iter()
                    .any(|pair| pair.value.text().is_some_and(|text| words.is_open(text))))
    }

    /// Whether a copy of a disk, a machine or a database is given to another account.
    pub fn shares_whole(&self) -> bool {
        let Some(words) = words() else { return false };
        self.action().is_some_and(|action| words.is_whole(action))
            && self
                .event
                .fields
                .pairs()
                .iter()
                .any(|pair| pair.value.text().is_some_and(|to| words.gives(pair.key, to)))
    }

    /// Whether a document is shared with somebody of the own organisation, or nothing says with whom.
    pub fn is_inside_share(&self) -> bool {
        if !matches!(self.what, What::Change(Change::Shared)) || self.is_open_share() {
            return false;
        }
        if self.shares_whole() {
            return false;
        }
        let Some(with) = self.shared_with() else { return true };
        let lower = with.to_ascii_lowercase();
        let is_guest = memchr::memmem::find(&lower, b"#ext#").is_some();
        let domain = domain_of(&lower);
        !is_guest && (domain.is_none() || domain == domain_of(&self.account.to_ascii_lowercase()))
    }

    /// The program that read mail, as the record names it, and how many items it read; none where
    /// nothing says that mail was read.
    pub fn mail_read(&self) -> Option<(&'a [u8], u64)> {
        let words = words()?;
        if !words.reads_mail(self.action()?) {
            return None;
        }
        let pairs = self.event.fields.pairs();
        let of = |names: &[String]| {
            let named = |name: &String| {
                let is = |key: &[u8]| words::is_last(key, std::slice::from_ref(name));
                pairs.iter().find(|pair| is(pair.key)).and_then(|pair| pair.value.text())
            };
            names.iter().filter_map(named).find(|text| !text.is_empty())
        };
        let items = of(words.mail_items()).and_then(number).unwrap_or(1);
        // `Client=OWA;Mozilla/5.0 …` goes on with the version of a browser.
        let program = of(words.mail_programs())?.split(|byte| *byte == b';').next()?;
        Some((program, items.max(u64::from(self.count))))
    }

    /// Whether the record says that so much mail was read that not all of it was recorded.
    pub fn is_throttled(&self) -> bool {
        let Some(words) = words() else { return false };
        self.event.fields.pairs().iter().any(|pair| {
            let says = pair.value.text().is_some_and(|text| text.eq_ignore_ascii_case(b"true"));
            says && words.throttles(pair.key)
        })
    }

    /// The way of signing in, where the record states one: by a protocol that asks for no second
    /// factor, with a code shown on another device, or otherwise.
    pub fn method(&self) -> Option<Method> {
        let words = words()?;
        let fields = &self.event.fields;
        let by_agent = fields.text(Field::UserAgent).and_then(|agent| words.weak_agent(agent));
        let stated = fields.pairs().iter().filter(|pair| words.states_method(pair.key));
        let stated = stated.filter_map(|pair| Some(words.method(pair.value.text()?)));
        by_agent.or_else(|| stated.max())
    }

    /// Whether the right that was granted rules over others.
    pub fn is_privileged(&self) -> bool {
        let fields = &self.event.fields;
        let names = [Field::GroupName, Field::RuleName];
        let is_named = |field| {
            let text = fields.text(field);
            words().zip(text).is_some_and(|(words, text)| words.is_privileged(text))
        };
        names.into_iter().any(is_named)
            || fields.pairs().iter().any(|pair| {
                let name = pair.key.to_ascii_lowercase();
                name.ends_with(b"role.displayname")
                    && words().zip(pair.value.text()).is_some_and(|(w, t)| w.is_privileged(t))
            })
    }

    /// Whether it grants a right to whoever does it.
    pub fn is_to_self(&self) -> bool {
        let target = self.event.fields.text(Field::TargetUser);
        target.is_some_and(|target| target.eq_ignore_ascii_case(self.account))
    }

    /// Whether the account is one under which web servers and their applications run.
    pub fn is_of_web_server(&self) -> bool {
        let domain = self.event.fields.text(Field::UserDomain).unwrap_or_default();
        words().is_some_and(|words| words.is_of_web_server(domain, self.account))
    }

    /// Where a rule sends mail, as the record names it.
    pub fn forwards_to(&self) -> Option<&'a [u8]> {
        let words = words()?;
        let pairs = self.event.fields.pairs().iter();
        pairs.filter(|pair| words.forwards(pair.key)).find_map(|pair| {
            pair.value
                .text()
                .filter(|text| !text.is_empty() && !text.eq_ignore_ascii_case(b"false"))
        })
    }

    /// Whether a rule hides mail from its owner.
    pub fn hides_mail(&self) -> bool {
        let Some(words) = words() else { return false };
        self.event.fields.pairs().iter().any(|pair| {
            let says = pair
                .value
                .text()
                .is_some_and(|text| !text.is_empty() && !text.eq_ignore_ascii_case(b"false"));
            says && words.hides(pair.key)
        })
    }

    /// What the document is about, by its name.
    pub fn topic(&self) -> Option<Topic> {
        let words = words()?;
        [Field::FilePath, Field::FileName]
            .into_iter()
            .find_map(|field| words.topic(self.event.fields.text(field)?))
    }

    /// Whether it is a search for what leads further.
    pub fn is_sensitive_search(&self) -> bool {
        let fields = &self.event.fields;
        let names = [Field::FilePath, Field::FileName, Field::Message, Field::Reason];
        self.what == What::Act(Act::Searched)
            && names.into_iter().any(|field| {
                words()
                    .zip(fields.text(field))
                    .is_some_and(|(words, text)| words.is_sensitive_search(text))
            })
    }
}

/// What an event says that an account did, whenever that was, and the account.
fn said<'a>(event: &Event<'a>) -> Option<(What, &'a [u8])> {
    let fields = &event.fields;
    // Most records with an action are of firewalls and name nobody.
    let account = fields.text(Field::UserName).or_else(|| fields.text(Field::UserEmail))?;
    let words = words()?;
    let word = words.action(event)?;
    let is_failure = fields.text(Field::Outcome) == Some(b"failure");
    let what = meaning(words, word, event, is_failure)?;
    // What somebody tried in vain changed nothing and took nothing. An alarm is often of that.
    let is_vain = is_failure
        && what != What::Change(Change::AlarmRaised)
        && matches!(what, What::Act(_) | What::Change(_));
    (!is_vain && !words.is_nobody(account)).then_some((what, account))
}

/// Whether an event says that an account signed in or was not let in, whenever that was.
pub fn is_sign_in(event: &Event<'_>) -> bool {
    said(event).is_some_and(|(what, _)| what.is_sign_in())
}

/// Bytes as text. Nearly all of them are that, which is soon told.
fn shown(bytes: &[u8]) -> Cow<'_, str> {
    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The mail domain of an address, where it has one.
fn domain_of(address: &[u8]) -> Option<&[u8]> {
    let at = memchr::memrchr(b'@', address)?;
    address.get(at + 1..).filter(|domain| domain.contains(&b'.'))
}

/// What a word means in its record; none where it says nothing.
fn meaning(words: &Words, word: Word, event: &Event<'_>, is_failure: bool) -> Option<What> {
    let fields = &event.fields;
    let what = match word {
        Word::Means(what) => what,
        Word::SignIn => match fields.text(Field::Outcome)? {
            b"success" => What::SignedIn,
            b"failure" => What::Refused(Reason::Other),
            _ => return None,
        },
        Word::Depends(_) => return None,
    };
    match what {
        What::SignedIn if is_failure => refusal(words, event),
        What::Refused(Reason::MfaDenied) => Some(what),
        What::Refused(_) => refusal(words, event),
        what => Some(what),
    }
}

fn refusal(words: &Words, event: &Event<'_>) -> Option<What> {
    let fields = &event.fields;
    let reason = words.reason(fields.text(Field::Reason), fields.text(Field::Code))?;
    Some(What::Refused(reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Stamp, Time};
    use crate::event::Fields;
    use crate::text::{Pair, Value};

    fn what(others: &[(Field, &[u8])]) -> Option<What> {
        what_with(others, &[])
    }

    fn what_with(others: &[(Field, &[u8])], pairs: &[(&[u8], &[u8])]) -> Option<What> {
        let pairs = pairs.iter().map(|(key, text)| Pair { key, value: Value::Text(text) });
        let pairs: Vec<_> = pairs.collect();
        let mut fields = Fields::default();
        let inline = others.iter().filter(|(field, _)| field.is_inline());
        inline.for_each(|(field, text)| fields.set(*field, text));
        let rest = others.iter().filter(|(field, _)| !field.is_inline());
        let rest: Vec<_> = rest.map(|(field, text)| (*field, Value::Text(text))).collect();
        fields.set_others(&rest);
        fields.set_pairs(&pairs);
        let location = Location { stream: 0, length: 1, offset: 0, line: 0, record: 0 };
        let stamp = Stamp { at: 9, nanos: 0, offset_secs: 0 };
        let event = Event { location, time: Time::Zoned(stamp), count: 1, fields: &fields };
        Activity::of(&event, Seed(1)).map(|activity| activity.what)
    }

    #[test]
    fn the_words_of_logs_say_what_was_done() {
        let login = |outcome, reason| {
            what(&[
                (Field::UserName, b"sato"),
                (Field::Action, b"Login"),
                (Field::Outcome, outcome),
                (Field::Reason, reason),
            ])
        };
        assert_eq!(login(b"success", b""), Some(What::SignedIn));
        assert_eq!(login(b"failure", b"Invalid user"), Some(What::Refused(Reason::UnknownUser)));
        assert_eq!(login(b"failure", b"account locked"), Some(What::Refused(Reason::Locked)));
        assert_eq!(login(b"failure", b"50076"), None, "the second factor was still to come");
        assert_eq!(login(b"unknown", b""), None);
        let taken = what(&[(Field::UserName, b"sato"), (Field::Action, b"FileDownloaded")]);
        assert_eq!(taken, Some(What::Act(Act::Downloaded)));
        assert_eq!(what(&[(Field::Action, b"FileDownloaded")]), None, "by nobody");
        assert_eq!(what(&[(Field::UserName, b"sato"), (Field::Action, b"allow")]), None);
    }

    #[test]
    fn an_action_is_known_by_how_it_begins_and_whatever_blanks_stand_behind_it() {
        let did =
            |action: &'static [u8]| what(&[(Field::UserName, b"sato"), (Field::Action, action)]);
        assert_eq!(did(b"Login succeeded for sato/staff (session:7)"), Some(What::SignedIn));
        let refused = Some(What::Refused(Reason::Other));
        assert_eq!(did(b"Login failed using auth server staff"), refused);
        assert_eq!(did(b"Login succeeded"), None, "of whom");
        assert_eq!(did(b"FileDownloaded. "), Some(What::Act(Act::Downloaded)));
    }

    #[test]
    fn what_an_action_means_can_depend_on_its_parameters() {
        let made = |value: &'static [u8]| {
            let key = &b"requestParameters.projectVisibility"[..];
            let did =
                [(Field::UserName, &b"sato"[..]), (Field::Action, &b"UpdateProjectVisibility"[..])];
            what_with(&did, &[(key, value)])
        };
        assert_eq!(made(b"PUBLIC_READ"), Some(What::Change(Change::Shared)));
        assert_eq!(made(b"PRIVATE"), None);
    }
}
