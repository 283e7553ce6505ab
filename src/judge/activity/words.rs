//! What the words of logs mean, compiled from `words.toml`: the one place where they stand.

use super::{Act, Change, Method, Reason, What, policy};
use crate::base::{Seed, Table};
use crate::event::{Event, Field};
use aho_corasick::AhoCorasick;
use regex::bytes::RegexSet;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::OnceLock;

/// Bytes of the longest action that is looked up.
const LONGEST: usize = 96;

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    sign_in: Vec<String>,
    signed_in: Vec<String>,
    refused: Vec<String>,
    factor_refused: Vec<String>,
    reason: Reasons,
    nobody: Nobody,
    act: Acts,
    change: Changes,
    privileged: Privileged,
    mail: Mail,
    share: Share,
    method: Methods,
    sensitive: Sensitive,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reasons {
    unknown_user: Vec<String>,
    interrupted: Vec<String>,
    locked: Vec<String>,
    mfa_denied: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nobody {
    accounts: Vec<String>,
    web_servers: Vec<String>,
    web_domains: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acts {
    viewed: Vec<String>,
    searched: Vec<String>,
    listed: Vec<String>,
    downloaded: Vec<String>,
    exported: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changes {
    account_created: Vec<String>,
    account_removed: Vec<String>,
    role_granted: Vec<String>,
    credential_added: Vec<String>,
    consent_given: Vec<String>,
    mail_rule: Vec<String>,
    shared: Vec<String>,
    audit_stopped: Vec<String>,
    factor_weakened: Vec<String>,
    rule_removed: Vec<String>,
    share_removed: Vec<String>,
    program_placed: Vec<String>,
    secret_read: Vec<String>,
    alarm_raised: Vec<String>,
    audit_changed: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Privileged {
    roles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mail {
    forwards: Vec<String>,
    hides: Vec<String>,
    read: Vec<String>,
    programs: Vec<String>,
    items: Vec<String>,
    throttled: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Share {
    open: Vec<String>,
    whole: Vec<String>,
    given: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Methods {
    stated: Vec<String>,
    legacy: Vec<String>,
    device_code: Vec<String>,
    agents: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sensitive {
    mail_settings: Vec<String>,
    systems: Vec<String>,
    searched: Vec<String>,
    directories: Vec<String>,
}

/// What an action means by its word alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// A sign-in whose outcome the record states.
    SignIn,
    /// This, whatever else the record says.
    Means(What),
    /// What the first of the cases with this number says whose parameters the record has.
    Depends(usize),
}

/// What must hold of a record for its action to mean something.
struct Case {
    conditions: Vec<Condition>,
    word: Word,
}

/// What must hold of a record.
enum Condition {
    /// A parameter has a value.
    Has(Parameter),
    /// No parameter has it.
    Lacks(Parameter),
    /// It is done to another account than the one that does it.
    Other,
    /// A policy in it lets in everybody, or an organisation that is not the record's own.
    Outside,
}

/// A parameter by the last part of its name, in small letters, and what its value must be.
struct Parameter {
    name: String,
    value: Wanted,
}

enum Wanted {
    Is(String),
    Ends(String),
    Holds(String),
    /// Anything but nothing.
    Some,
}

impl Case {
    /// `name=value & name=*text* & !name=value & outside`, where `*` stands for any text.
    fn new(written: &str, word: Word) -> Option<Self> {
        let condition = |written: &str| match (written, written.strip_prefix('!')) {
            ("other", _) => Some(Condition::Other),
            ("outside", _) => Some(Condition::Outside),
            (_, Some(written)) => Parameter::new(written).map(Condition::Lacks),
            (written, None) => Parameter::new(written).map(Condition::Has),
        };
        let conditions = written.split(" & ").map(condition).collect::<Option<_>>()?;
        Some(Self { conditions, word })
    }

    fn is_of(&self, event: &Event<'_>) -> bool {
        self.conditions.iter().all(|condition| match condition {
            Condition::Has(parameter) => parameter.is_in(event),
            Condition::Lacks(parameter) => !parameter.is_in(event),
            Condition::Other => is_to_other(event),
            Condition::Outside => policy::is_outside(event),
        })
    }
}

impl Parameter {
    fn new(written: &str) -> Option<Self> {
        let (name, value) = written.split_once('=')?;
        let value = match value.strip_prefix('*') {
            None => Wanted::Is(value.to_owned()),
            Some("") => Wanted::Some,
            Some(end) => match end.strip_suffix('*') {
                None => Wanted::Ends(end.to_owned()),
                Some(text) => Wanted::Holds(text.to_owned()),
            },
        };
        Some(Self { name: name.to_owned(), value })
    }

    fn is_in(&self, event: &Event<'_>) -> bool {
        event.fields.pairs().iter().any(|pair| {
            last(pair.key).eq_ignore_ascii_case(self.name.as_bytes())
                && pair.value.text().and_then(folded).is_some_and(|text| self.value.is(&text))
        })
    }
}

impl Wanted {
    fn is(&self, text: &str) -> bool {
        match self {
            Self::Is(value) => text == value,
            Self::Ends(end) => text.ends_with(end.as_str()),
            Self::Holds(part) => text.contains(part.as_str()),
            Self::Some => !text.is_empty(),
        }
    }
}

/// Whether a record names another account as its target, and nowhere its own.
fn is_to_other(event: &Event<'_>) -> bool {
    let fields = &event.fields;
    let Some(own) = fields.text(Field::UserName) else { return false };
    let target = fields.text(Field::TargetUser);
    let mut named = fields.pairs().iter().filter(|pair| pair.key.starts_with(b"target"));
    target.is_some_and(|target| !target.eq_ignore_ascii_case(own))
        && !named.any(|pair| pair.value.text().is_some_and(|text| text.eq_ignore_ascii_case(own)))
}

/// The words, ready to be looked up.
pub(super) struct Words {
    exact: Table<(Box<[u8]>, Word)>,
    /// How actions begin whose ends differ.
    begun: Vec<(Box<[u8]>, Word)>,
    /// By the number that their action has.
    cases: Vec<Vec<Case>>,
    reasons: Reasoned,
    topics: RegexSet,
    /// Accounts of machines and of nobody, by what they begin with in either case of letters.
    nobody: [Vec<String>; 32],
    written: Written,
}

/// The same for small letters and capitals; some other signs share one.
fn initial(text: &[u8]) -> usize {
    usize::from(text.first().copied().unwrap_or(0) & 0x1f)
}

/// What reasons hold or are, and what each of these says.
struct Reasoned {
    held: AhoCorasick,
    /// By the number of the word.
    says: Vec<Said>,
    are: Vec<(Box<[u8]>, Said)>,
}

/// What a word of a reason says: the first that one says counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Interrupted,
    UnknownUser,
    Locked,
    MfaDenied,
}

impl Reasoned {
    fn new(written: &Reasons) -> Option<Self> {
        let all = [
            (&written.interrupted, Said::Interrupted),
            (&written.unknown_user, Said::UnknownUser),
            (&written.locked, Said::Locked),
            (&written.mfa_denied, Said::MfaDenied),
        ];
        let all = all.into_iter().flat_map(|(words, said)| words.iter().map(move |w| (w, said)));
        let (mut held, mut says, mut are) = (Vec::new(), Vec::new(), Vec::new());
        for (word, said) in all {
            match word.strip_prefix('#') {
                Some(number) => are.push((number.as_bytes().into(), said)),
                None => {
                    held.push(word.as_str());
                    says.push(said);
                }
            }
        }
        Some(Self { held: AhoCorasick::new(held).ok()?, says, are })
    }

    /// What texts in small letters say.
    fn said(&self, reason: &[u8], code: &[u8]) -> Option<Said> {
        let held = self.held.find_overlapping_iter(reason);
        let held = held.filter_map(|found| self.says.get(found.pattern().as_usize()).copied());
        let is = |(number, _): &&(Box<[u8]>, Said)| **number == *code || **number == *reason;
        held.chain(self.are.iter().filter(is).map(|(_, said)| *said)).min()
    }
}

/// Values come from the file; what records choose is compared again.
const SEED: Seed = Seed(0);

/// Kinds of documents and searches that tell what somebody is after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Topic {
    /// Settings of mail systems.
    MailSettings,
    /// Plans and settings of systems and networks.
    Systems,
    /// Lists of people.
    Directories,
}

/// The words of this build.
pub(super) fn words() -> Option<&'static Words> {
    static WORDS: OnceLock<Option<Words>> = OnceLock::new();
    WORDS.get_or_init(|| Words::new(serde_json::from_str(WRITTEN).ok()?)).as_ref()
}

/// `words.toml`, as JSON.
const WRITTEN: &str = include_str!(concat!(env!("OUT_DIR"), "/words.json"));

impl Words {
    fn new(written: Written) -> Option<Self> {
        let each = |(words, word): (&Vec<String>, Word)| {
            words.iter().map(move |text| (text.clone(), word)).collect::<Vec<_>>()
        };
        let (mut exact, mut begun) = (Table::default(), Vec::new());
        let mut cases = Vec::<Vec<Case>>::new();
        for (text, word) in actions(&written).into_iter().flat_map(each) {
            if let Some(start) = text.strip_suffix('*').filter(|start| !start.contains('&')) {
                begun.push((start.as_bytes().into(), word));
                continue;
            }
            let (action, case) = match text.split_once(" & ") {
                None => (text.as_str(), None),
                Some((action, case)) => (action, Some(Case::new(case, word)?)),
            };
            let word = if case.is_some() { Word::Depends(cases.len()) } else { word };
            let key = SEED.of(action.as_bytes());
            let stands = exact.entry(key, || (action.as_bytes().into(), word)).1;
            match (case, stands) {
                (Some(case), Word::Depends(number)) if number < cases.len() => {
                    cases[number].push(case)
                }
                (Some(case), _) => cases.push(vec![case]),
                (None, _) => {}
            }
        }
        let (reasons, topics) = (Reasoned::new(&written.reason)?, topics(&written.sensitive)?);
        let mut nobody = <[Vec<String>; 32]>::default();
        for account in &written.nobody.accounts {
            nobody[initial(account.as_bytes())].push(account.clone());
        }
        Some(Self { exact, begun, cases, reasons, topics, nobody, written })
    }

    /// What the action of an event means.
    pub(super) fn action(&self, event: &Event<'_>) -> Option<Word> {
        let action = event.fields.text(Field::Action)?;
        if action.len() > LONGEST {
            return None;
        }
        let mut lower = [0; LONGEST];
        match small(action, &mut lower).and_then(|action| self.known(&action))? {
            Word::Depends(number) => {
                let cases = self.cases.get(number)?;
                cases.iter().find(|case| case.is_of(event)).map(|case| case.word)
            }
            word => Some(word),
        }
    }

    /// What an action in small letters means: as a whole, or by how it begins.
    fn known(&self, action: &[u8]) -> Option<Word> {
        let is_of_word = |byte: &u8| !matches!(byte, b'.' | b' ');
        let end = action.iter().rposition(is_of_word).map_or(0, |at| at + 1);
        let action = &action[..end];
        match self.exact.get(SEED.of(action)) {
            Some((text, word)) if **text == *action => Some(*word),
            _ => {
                let mut begun = self.begun.iter();
                begun.find(|(start, _)| action.starts_with(start)).map(|(_, word)| *word)
            }
        }
    }

    /// Why a sign-in failed; none when it did not fail but had not ended.
    pub(super) fn reason(&self, reason: Option<&[u8]>, code: Option<&[u8]>) -> Option<Reason> {
        let (mut lower, mut lower_code) = ([0; LONGEST], [0; LONGEST]);
        let reason = reason.and_then(|text| small(text, &mut lower)).unwrap_or_default();
        let code = code.and_then(|text| small(text, &mut lower_code)).unwrap_or_default();
        match self.reasons.said(&reason, &code) {
            Some(Said::Interrupted) => None,
            Some(Said::UnknownUser) => Some(Reason::UnknownUser),
            Some(Said::Locked) => Some(Reason::Locked),
            Some(Said::MfaDenied) => Some(Reason::MfaDenied),
            None => Some(Reason::Other),
        }
    }

    /// Whether an account stands for a machine or for nobody.
    pub(super) fn is_nobody(&self, account: &[u8]) -> bool {
        account.ends_with(b"$")
            || self.nobody[initial(account)].iter().any(|name| is_or_begins(account, name))
    }

    /// Whether an account is one of a web server.
    pub(super) fn is_of_web_server(&self, domain: &[u8], name: &[u8]) -> bool {
        is_one(name, &self.written.nobody.web_servers)
            || is_one(domain, &self.written.nobody.web_domains)
    }

    /// Whether an action shares a copy of a disk, a machine or a database.
    pub(super) fn is_whole(&self, action: &[u8]) -> bool {
        is_one(action, &self.written.share.whole)
    }

    /// Whether a parameter gives such a copy to everybody, or to an account or an organisation.
    pub(super) fn gives(&self, parameter: &[u8], to: &[u8]) -> bool {
        let lower = parameter.to_ascii_lowercase();
        let is_given = |word: &String| memchr::memmem::find(&lower, word.as_bytes()).is_some();
        let is_somebody =
            to == b"all" || to.starts_with(b"arn:") || to.iter().all(u8::is_ascii_digit);
        is_somebody && self.written.share.given.iter().any(is_given)
    }

    /// Whether a role or group rules over others.
    pub(super) fn is_privileged(&self, role: &[u8]) -> bool {
        folded(role).is_some_and(|role| {
            self.written.privileged.roles.iter().any(|word| role.contains(word))
        })
    }

    /// Whether a parameter of a mail system names whom mail goes to.
    pub(super) fn forwards(&self, parameter: &[u8]) -> bool {
        is_last(parameter, &self.written.mail.forwards)
    }

    /// Whether a parameter of a mail system hides mail from its owner.
    pub(super) fn hides(&self, parameter: &[u8]) -> bool {
        is_last(parameter, &self.written.mail.hides)
    }

    /// Whether a word or a value says that whoever has the link may read.
    pub(super) fn is_open(&self, text: &[u8]) -> bool {
        is_one(text, &self.written.share.open)
    }

    /// Whether an action is that mail was read.
    pub(super) fn reads_mail(&self, action: &[u8]) -> bool {
        is_one(action, &self.written.mail.read)
    }

    /// Parameters that name the program that read mail, the best first.
    pub(super) fn mail_programs(&self) -> &[String] {
        &self.written.mail.programs
    }

    /// Parameters that say how many mails a record stands for.
    pub(super) fn mail_items(&self) -> &[String] {
        &self.written.mail.items
    }

    /// Whether a parameter says whether mail was read that is not recorded.
    pub(super) fn throttles(&self, parameter: &[u8]) -> bool {
        is_last(parameter, &self.written.mail.throttled)
    }

    /// Whether a parameter states how somebody signed in.
    pub(super) fn states_method(&self, parameter: &[u8]) -> bool {
        is_last(parameter, &self.written.method.stated)
    }

    /// How somebody signed in.
    pub(super) fn method(&self, value: &[u8]) -> Method {
        let methods = &self.written.method;
        match value {
            _ if is_one(value, &methods.legacy) => Method::Legacy,
            _ if is_one(value, &methods.device_code) => Method::DeviceCode,
            _ => Method::Usual,
        }
    }

    /// How a program signs in that hands over name and password.
    pub(super) fn weak_agent(&self, agent: &[u8]) -> Option<Method> {
        is_one(agent, &self.written.method.agents).then_some(Method::Legacy)
    }

    /// Whether a search is for what leads further.
    pub(super) fn is_sensitive_search(&self, text: &[u8]) -> bool {
        folded(text).is_some_and(|text| {
            self.written.sensitive.searched.iter().any(|word| text.contains(word.as_str()))
        })
    }

    /// What a document is about, by its name.
    pub(super) fn topic(&self, name: &[u8]) -> Option<Topic> {
        let matches = self.topics.matches(folded(name)?.as_bytes());
        matches.iter().next().and_then(|place| TOPICS.get(place).copied())
    }
}

/// Every list of actions, and what an action that stands in it means.
fn actions(written: &Written) -> [(&Vec<String>, Word); 24] {
    let (acts, changes) = (&written.act, &written.change);
    [
        (&written.sign_in, Word::SignIn),
        (&written.signed_in, Word::Means(What::SignedIn)),
        (&written.refused, Word::Means(What::Refused(Reason::Other))),
        (&written.factor_refused, Word::Means(What::Refused(Reason::MfaDenied))),
        (&acts.viewed, Word::Means(What::Act(Act::Viewed))),
        (&acts.searched, Word::Means(What::Act(Act::Searched))),
        (&acts.listed, Word::Means(What::Act(Act::Listed))),
        (&acts.downloaded, Word::Means(What::Act(Act::Downloaded))),
        (&acts.exported, Word::Means(What::Act(Act::Exported))),
        (&changes.account_created, Word::Means(What::Change(Change::AccountCreated))),
        (&changes.account_removed, Word::Means(What::Change(Change::AccountRemoved))),
        (&changes.role_granted, Word::Means(What::Change(Change::RoleGranted))),
        (&changes.credential_added, Word::Means(What::Change(Change::CredentialAdded))),
        (&changes.consent_given, Word::Means(What::Change(Change::ConsentGiven))),
        (&changes.mail_rule, Word::Means(What::Change(Change::MailRule))),
        (&changes.shared, Word::Means(What::Change(Change::Shared))),
        (&changes.audit_stopped, Word::Means(What::Change(Change::AuditStopped))),
        (&changes.factor_weakened, Word::Means(What::Change(Change::FactorWeakened))),
        (&changes.rule_removed, Word::Means(What::Change(Change::RuleRemoved))),
        (&changes.share_removed, Word::Means(What::Change(Change::ShareRemoved))),
        (&changes.program_placed, Word::Means(What::Change(Change::ProgramPlaced))),
        (&changes.secret_read, Word::Means(What::Change(Change::SecretRead))),
        (&changes.alarm_raised, Word::Means(What::Change(Change::AlarmRaised))),
        (&changes.audit_changed, Word::Means(What::Change(Change::AuditChanged))),
    ]
}

/// The topics in the order in which a name that is about several counts.
const TOPICS: [Topic; 3] = [Topic::MailSettings, Topic::Directories, Topic::Systems];

/// A pattern for each topic: many names are asked, each once.
fn topics(sensitive: &Sensitive) -> Option<RegexSet> {
    let one = |topic| {
        let words = match topic {
            Topic::MailSettings => &sensitive.mail_settings,
            Topic::Directories => &sensitive.directories,
            Topic::Systems => &sensitive.systems,
        };
        words.iter().map(|word| regex::escape(word)).collect::<Vec<_>>().join("|")
    };
    RegexSet::new(TOPICS.map(one)).ok()
}

/// Whether the last part of a name with points is one of these.
pub(super) fn is_last(name: &[u8], words: &[String]) -> bool {
    is_one(last(name), words)
}

/// The last part of a name with points.
pub(super) fn last(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b'.').next().unwrap_or(name)
}

/// Whether a text is one of these, in whichever case.
fn is_one(text: &[u8], words: &[String]) -> bool {
    words.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether a text is a word, or begins with it where it ends with `*`.
fn is_or_begins(text: &[u8], word: &str) -> bool {
    match word.strip_suffix('*') {
        None => text.eq_ignore_ascii_case(word.as_bytes()),
        Some(start) => text.starts_with(start.as_bytes()),
    }
}

/// Small letters; none when it is no text. A buffer takes what is short and of ASCII.
fn small<'l>(text: &[u8], lower: &'l mut [u8; LONGEST]) -> Option<Cow<'l, [u8]>> {
    let Some(lower) = lower.get_mut(..text.len()).filter(|_| text.is_ascii()) else {
        return folded(text).map(|text| Cow::Owned(text.into_bytes()));
    };
    lower.copy_from_slice(text);
    lower.make_ascii_lowercase();
    Some(Cow::Borrowed(lower))
}

/// Small letters; none when it is no text.
fn folded(text: &[u8]) -> Option<String> {
    std::str::from_utf8(text).ok().map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_written_as_it_is_looked_up_and_means_one_thing() {
        let written: Written = toml::from_str(include_str!("words.toml")).unwrap();
        let all: Vec<_> =
            actions(&written).into_iter().flat_map(|(words, _)| words.clone()).collect();
        for word in &all {
            assert_eq!(*word, word.to_lowercase().trim_end_matches('.'), "{word}");
            assert!(word.split(" & ").next().is_some_and(|word| word.len() <= LONGEST), "{word}");
        }
        let is_plain = |word: &&String| !word.contains(" & ") && !word.ends_with('*');
        let plain = all.iter().filter(is_plain).count();
        let words = Words::new(written).unwrap();
        let cases: usize = words.cases.iter().map(Vec::len).sum();
        assert_eq!(words.exact.len(), plain + words.cases.len(), "a word stands twice");
        let begun = words.begun.len();
        assert_eq!(plain + cases + begun, all.len(), "a word with and without parameters");
    }
}
