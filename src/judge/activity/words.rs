//! What the words of logs mean, compiled from `words.toml`: the one place where they stand.

use super::{Act, Change, Reason, What};
use regex::bytes::RegexSet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Bytes of the longest action that is looked up.
const LONGEST: usize = 80;

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    sign_in: Vec<String>,
    signed_in: Vec<String>,
    refused: Vec<String>,
    reason: Reasons,
    nobody: Nobody,
    act: Acts,
    change: Changes,
    privileged: Privileged,
    mail: Mail,
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
}

/// The words, ready to be looked up.
pub(super) struct Words {
    exact: BTreeMap<String, Word>,
    topics: RegexSet,
    written: Written,
}

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
    WORDS.get_or_init(|| Words::new(toml::from_str(include_str!("words.toml")).ok()?)).as_ref()
}

impl Words {
    fn new(written: Written) -> Option<Self> {
        let each = |(words, word): (&Vec<String>, Word)| {
            words.iter().map(move |text| (text.clone(), word)).collect::<Vec<_>>()
        };
        let exact = actions(&written).into_iter().flat_map(each).collect();
        Some(Self { exact, topics: topics(&written.sensitive)?, written })
    }

    /// What an action means.
    pub(super) fn action(&self, action: &[u8]) -> Option<Word> {
        if action.len() > LONGEST {
            return None;
        }
        let mut lower = [0; LONGEST];
        let lower = lower.get_mut(..action.len()).filter(|_| action.is_ascii());
        let Some(lower) = lower else { return self.known(&folded(action)?) };
        lower.copy_from_slice(action);
        lower.make_ascii_lowercase();
        self.known(std::str::from_utf8(lower).ok()?)
    }

    /// What an action in small letters means.
    fn known(&self, action: &str) -> Option<Word> {
        self.exact.get(action.trim_end_matches('.')).copied()
    }

    /// Why a sign-in failed; none when it did not fail but had not ended.
    pub(super) fn reason(&self, reason: Option<&[u8]>, code: Option<&[u8]>) -> Option<Reason> {
        let reason = reason.and_then(folded).unwrap_or_default();
        let code = code.and_then(folded).unwrap_or_default();
        let is = |words: &[String]| {
            words.iter().any(|word| match word.strip_prefix('#') {
                Some(number) => code == number || reason == number,
                None => reason.contains(word.as_str()),
            })
        };
        let all = &self.written.reason;
        if is(&all.interrupted) {
            return None;
        }
        Some(match () {
            () if is(&all.unknown_user) => Reason::UnknownUser,
            () if is(&all.locked) => Reason::Locked,
            () if is(&all.mfa_denied) => Reason::MfaDenied,
            () => Reason::Other,
        })
    }

    /// Whether an account stands for a machine or for nobody.
    pub(super) fn is_nobody(&self, account: &[u8]) -> bool {
        account.ends_with(b"$")
            || self
                .written
                .nobody
                .accounts
                .iter()
                .any(|name| account.eq_ignore_ascii_case(name.as_bytes()))
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
fn actions(written: &Written) -> [(&Vec<String>, Word); 16] {
    let (acts, changes) = (&written.act, &written.change);
    [
        (&written.sign_in, Word::SignIn),
        (&written.signed_in, Word::Means(What::SignedIn)),
        (&written.refused, Word::Means(What::Refused(Reason::Other))),
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
fn is_last(name: &[u8], words: &[String]) -> bool {
    let last = name.rsplit(|byte| *byte == b'.').next().unwrap_or(name);
    words.iter().any(|word| last.eq_ignore_ascii_case(word.as_bytes()))
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
            assert!(word.len() <= LONGEST, "{word}");
        }
        assert_eq!(Words::new(written).unwrap().exact.len(), all.len(), "a word stands twice");
    }
}
