//! What was done in one session, and by whom.

use super::{Mark, keep_earliest};
use crate::base::{Instant, Merge};
use crate::judge::activity::{Activity, Network, What};
use crate::judge::agent::Browser;
use serde::{Deserialize, Serialize};

/// Parties that are kept, the smallest by network and browser.
const PARTIES: usize = 8;

/// One session.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SessionStats {
    /// The account, of several the smallest.
    pub account: Box<str>,
    /// Who used it, in order of network and browser.
    pub parties: Vec<Party>,
    /// Whether a sign-in is recorded.
    pub is_signed_in: bool,
    /// Records, without sign-ins that failed.
    pub records: u64,
    /// Records of documents and changes.
    pub acts: u64,
    /// The first few of these.
    pub acts_first: Vec<Mark>,
    /// First and last of these.
    pub acts_span: Option<(Instant, Instant)>,
}

/// One user of a session: a browser in a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The network.
    pub network: Network,
    /// The browser.
    pub browser: Browser,
    /// The first record.
    pub first: Mark,
    /// The last record.
    pub last: Mark,
}

impl SessionStats {
    /// Notes what was done in it.
    pub fn note(&mut self, activity: &Activity<'_>, mark: Mark) {
        self.named(&activity.name());
        match activity.what {
            What::SignedIn => self.is_signed_in = true,
            // Who was not let in has no session.
            What::Refused(_) => return,
            What::Act(_) | What::Change(_) => {
                self.acts += 1;
                keep_earliest(&mut self.acts_first, mark, 4);
                self.acts_span = super::joined(self.acts_span, Some((mark.0, mark.0)));
            }
        }
        self.records += 1;
        if let Some((network, browser)) = activity.network.zip(activity.browser()) {
            self.party(Party { network, browser, first: mark, last: mark });
        }
    }

    fn named(&mut self, account: &str) {
        if self.account.is_empty() || (!account.is_empty() && account < &*self.account) {
            self.account = account.into();
        }
    }

    fn party(&mut self, new: Party) {
        let key = |party: &Party| (party.network, party.browser);
        match self.parties.binary_search_by_key(&key(&new), key) {
            Ok(place) => {
                let known = &mut self.parties[place];
                known.first = known.first.min(new.first);
                known.last = known.last.max(new.last);
            }
            Err(place) if place < PARTIES => {
                self.parties.insert(place, new);
                self.parties.truncate(PARTIES);
            }
            Err(_) => {}
        }
    }
}

impl Merge for SessionStats {
    fn merge(&mut self, other: Self) {
        self.named(&other.account);
        for party in other.parties {
            self.party(party);
        }
        self.is_signed_in |= other.is_signed_in;
        self.records += other.records;
        self.acts += other.acts;
        for mark in other.acts_first {
            keep_earliest(&mut self.acts_first, mark, 4);
        }
        self.acts_span = super::joined(self.acts_span, other.acts_span);
    }
}
