//! What accounts do: from which networks they sign in and on which days, what was refused to
//! them, what they take, in which sessions, and what they change.
//!
//! Every table is bounded, and what bounds it is a matter of keys or of the earliest records
//! alone, so that any cut and any order of merging gives the same.

mod account;
mod change;
mod entered;
mod mail;
mod pair;
mod projects;
mod session;
mod takes;
mod touched;
mod ways;

pub use account::{
    AccountStats, DayOfActs, Distinct, Few, Known, MarkFrom, Part, Requested, RequestedDay,
};
pub use change::{Changed, Changes};
pub use entered::Entered;
pub use mail::Reader;
pub use pair::{DayUse, Pair, TRY_SECS, Tries};
pub use projects::{InProject, ProjectDay};
pub use session::{Party, SessionStats};
pub use takes::Takes;
pub use touched::{Acts, DayTouched, Owner, Touched, Whose, touch_day, touch_key};
pub use ways::{Used, Ways};

use crate::base::limits::{
    ACCOUNTS, CHANGERS, ENTERED, MAIL_READERS, OWNERS, PAIRS, PROJECTS, SESSIONS,
};
use crate::base::{Arrange, Fingerprint, Gather, Instant, Location, Merge, Sampled, Seed};
use crate::baseline::day_of;
use crate::judge::activity::{Activity, Network, What};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Accounts that use a network on most of their days, from which on people work there.
const OFFICE: usize = 3;
/// Days of use from which on an account is used to a place: where passwords are tried, or accounts
/// are taken over for a night, nobody works.
pub const HABIT: usize = 3;

/// A record by its time and place.
pub type Mark = (Instant, Location);

/// What accounts do.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Activities {
    /// By account.
    pub accounts: Sampled<AccountStats, ACCOUNTS>,
    /// By account and network.
    pub pairs: Sampled<Pair, PAIRS>,
    /// By account and day.
    pub entered: Sampled<Entered, ENTERED>,
    /// By session.
    pub sessions: Sampled<SessionStats, SESSIONS>,
    /// By account and project.
    pub projects: Sampled<InProject, PROJECTS>,
    /// By account and kind of change.
    pub changes: Sampled<Changes, CHANGERS>,
    /// Whose mail is read, by account, network and program.
    pub mail: Sampled<Reader, MAIL_READERS>,
    /// To whose data accounts did something, by account and network.
    pub touched: Sampled<Touched, PAIRS>,
    /// Whose data that is.
    pub owners: Sampled<Owner, OWNERS>,
    /// Records that say something of the kind, without requests to web servers.
    pub records: u64,
    /// Sign-ins that succeeded and failed.
    pub sign_ins: (u64, u64),
    /// Sign-ins whose records do not say when they were: no detection can use them.
    pub timeless_sign_ins: u64,
    /// First and last sign-in.
    pub sign_in_span: Option<(Instant, Instant)>,
    /// Documents taken or read.
    pub acts: u64,
    /// Changes.
    pub changed: u64,
}

/// Whether a network is new to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Novelty {
    /// The account was there on two earlier days.
    Known,
    /// It was not, and enough is known of it to say so.
    New,
    /// Too little is known of the account.
    Unknown,
}

impl Activities {
    /// Notes what an account did.
    pub fn note(&mut self, activity: &Activity<'_>, seed: Seed) {
        let mark = (activity.at, activity.location);
        match activity.what {
            What::SignedIn => self.sign_ins.0 += 1,
            What::Refused(_) => self.sign_ins.1 += 1,
            What::Act(_) => self.acts += 1,
            What::Change(_) => self.changed += 1,
        }
        if activity.what.is_sign_in() {
            self.sign_in_span = joined(self.sign_in_span, Some((mark.0, mark.0)));
        }
        let make = || AccountStats::new(activity);
        if let Some(account) = self.accounts.entry(activity.account_key, make) {
            account.note(activity, mark, seed);
        }
        if let Some((key, network)) = activity.pair_key().zip(activity.network) {
            let make = || Pair::new(activity, network);
            if let Some(pair) = self.pairs.entry(key, make) {
                pair.note(activity, mark, seed);
            }
        }
        self.enter(activity, mark);
        if let Some(key) = activity.session_key(seed)
            && let Some(session) = self.sessions.entry(key, SessionStats::default)
        {
            session.note(activity, mark);
        }
        if let (What::Act(_), Some(key), Some(project)) =
            (activity.what, activity.project_key(seed), activity.project())
            && let Some(known) = self.projects.entry(key, || InProject::new(activity, project))
        {
            known.note(activity, mark, seed);
        }
        if let What::Act(_) = activity.what {
            self.touch(activity, seed);
            self.read_mail(activity, mark);
        }
        if let What::Change(change) = activity.what
            && !activity.is_inside_share()
        {
            let key = Seed(activity.account_key).of(&[change as u8]);
            if let Some(changes) = self.changes.entry(key, || Changes::new(activity, change)) {
                changes.note(activity, mark);
            }
        }
    }

    /// Notes in which network an account was.
    fn enter(&mut self, activity: &Activity<'_>, mark: Mark) {
        let Some(network) = activity.network else { return };
        if matches!(activity.what, What::Refused(_)) {
            return;
        }
        let (account, day) = (activity.account_key, day_of(activity.at, 0));
        let key = Seed(account).of(&day.to_le_bytes());
        if let Some(entered) = self.entered.entry(key, || Entered::new(account, day)) {
            entered.add(network, mark, mark);
        }
    }

    /// Notes which program read mail.
    fn read_mail(&mut self, activity: &Activity<'_>, mark: Mark) {
        let Some((program, items)) = activity.mail_read() else { return };
        let key = Seed(touch_key(activity)).of(program);
        if let Some(reader) = self.mail.entry(key, || Reader::new(activity, program)) {
            reader.note(activity, items, mark);
        }
    }

    /// Notes whose data an act is about.
    fn touch(&mut self, activity: &Activity<'_>, seed: Seed) {
        let Some(whose) = Whose::of(activity) else { return };
        let key = whose.key(seed);
        let make = || Touched::new(activity.account_key);
        if let Some(touched) = self.touched.entry(touch_key(activity), make) {
            touched.note(activity, key);
        }
        if let Some(known) = self.owners.entry(key, || whose.owner()) {
            whose.spell(known);
        }
    }

    /// Notes a document that a web server handed to an account in a network on a day.
    pub fn handed(
        &mut self,
        (account, name): (Fingerprint, &[u8]),
        (document, agent): (Fingerprint, Option<&[u8]>),
        place: (i32, Network),
        mark: Mark,
    ) {
        if let Some(stats) = self.accounts.entry(account, || AccountStats::named_only(name)) {
            stats.handed(document, place, mark);
            stats.ways.handed(agent, place.1, mark, place.0);
        }
    }

    /// Whether a network is new to an account on a day: not among those that it signed in from on
    /// two earlier days.
    pub fn novelty(
        &self,
        account: Fingerprint,
        network: Network,
        at: Instant,
        day: i32,
    ) -> Novelty {
        let Some(stats) = self.accounts.get(account) else { return Novelty::Unknown };
        match stats.knows(network, day) {
            Known::Yes => Novelty::Known,
            Known::No if stats.has_history(at) => Novelty::New,
            _ => Novelty::Unknown,
        }
    }

    /// The network of each account that it uses on most days, and on how many; of several the
    /// smallest. Where it was only refused is none.
    pub fn main_networks(&self) -> BTreeMap<Fingerprint, (Network, usize)> {
        let mut most = BTreeMap::<Fingerprint, (usize, Reverse<Network>)>::new();
        for (_, pair) in self.pairs.sorted().into_iter().filter(|(_, pair)| !pair.used.is_empty()) {
            let this = (pair.used.len(), Reverse(pair.network));
            let known = most.entry(pair.account).or_insert(this);
            *known = this.max(*known);
        }
        let most = most.into_iter();
        most.map(|(account, (days, Reverse(network)))| (account, (network, days))).gather()
    }

    /// Networks that several accounts use on most of their days: where people work.
    pub fn offices(&self) -> BTreeSet<Network> {
        let mut accounts = BTreeMap::<Network, usize>::new();
        for (network, _) in self.main_networks().into_values().filter(|(_, days)| *days >= HABIT) {
            *accounts.entry(network).or_default() += 1;
        }
        accounts.retain(|_, count| *count >= OFFICE);
        accounts.into_keys().gather()
    }

    /// All pairs of a network with at least one sign-in or act, in order of network and account.
    pub fn by_network(&self) -> Vec<(Network, Vec<(Fingerprint, &Pair)>)> {
        let mut pairs = self.pairs.sorted();
        pairs.arrange_by(|a, b| (a.1.network, &a.1.name).cmp(&(b.1.network, &b.1.name)));
        let networks = pairs.chunk_by(|a, b| a.1.network == b.1.network);
        networks.map(|pairs| (pairs[0].1.network, pairs.to_vec())).collect()
    }

    /// The accounts, in order of their names.
    pub fn by_name(&self) -> Vec<(Fingerprint, &AccountStats)> {
        let mut accounts = self.accounts.sorted();
        accounts.arrange_by(|a, b| a.1.name.cmp(&b.1.name));
        accounts
    }

    /// Takes the entries of the tables out, so many at a time. Merging them with what is left gives
    /// the same again.
    pub fn pieces(&mut self, most: usize) -> impl Iterator<Item = Self> + use<> {
        let accounts = self.accounts.pieces(most);
        let pairs = self.pairs.pieces(most);
        let entered = self.entered.pieces(most);
        let sessions = self.sessions.pieces(most);
        let projects = self.projects.pieces(most);
        let touched = self.touched.pieces(most);
        accounts
            .map(|accounts| Self { accounts, ..Self::default() })
            .chain(pairs.map(|pairs| Self { pairs, ..Self::default() }))
            .chain(entered.map(|entered| Self { entered, ..Self::default() }))
            .chain(sessions.map(|sessions| Self { sessions, ..Self::default() }))
            .chain(projects.map(|projects| Self { projects, ..Self::default() }))
            .chain(touched.map(|touched| Self { touched, ..Self::default() }))
    }

    /// One in how many of what is kept apart was kept.
    pub fn one_in(&self) -> u64 {
        let tables = [
            self.accounts.one_in(),
            self.pairs.one_in(),
            self.sessions.one_in(),
            self.changes.one_in(),
            self.mail.one_in(),
        ];
        tables.into_iter().max().unwrap_or(1)
    }
}

/// The earliest and the latest of two spans.
pub(super) fn joined(
    a: Option<(Instant, Instant)>,
    b: Option<(Instant, Instant)>,
) -> Option<(Instant, Instant)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

/// Of several spellings the smallest stays.
pub(super) fn keep_smallest(kept: &mut Box<str>, logged: &[u8]) {
    // Nearly all are spelt as the one that is kept, or come behind it.
    let order = logged.cmp(kept.as_bytes());
    if order.is_eq() || (order.is_gt() && logged.is_ascii()) {
        return;
    }
    let spelt = String::from_utf8_lossy(logged);
    if *spelt < **kept {
        *kept = spelt.into();
    }
}

/// Adds one to the earliest few.
pub(crate) fn keep_earliest<T: Ord>(marks: &mut Vec<T>, new: T, most: usize) {
    // Most come behind those that are kept.
    if marks.len() >= most && marks.last().is_some_and(|last| *last <= new) {
        return;
    }
    if let Err(place) = marks.binary_search(&new)
        && place < most
    {
        // There are many such lists, and most hold one or two: room for four would be half empty.
        marks.reserve_exact(usize::from(marks.len() == marks.capacity()));
        marks.insert(place, new);
        marks.truncate(most);
    }
}

impl Merge for Activities {
    fn merge(&mut self, other: Self) {
        self.accounts.merge(other.accounts);
        self.pairs.merge(other.pairs);
        self.entered.merge(other.entered);
        self.sessions.merge(other.sessions);
        self.projects.merge(other.projects);
        self.changes.merge(other.changes);
        self.mail.merge(other.mail);
        self.touched.merge(other.touched);
        self.owners.merge(other.owners);
        self.records += other.records;
        self.sign_ins.0 += other.sign_ins.0;
        self.sign_ins.1 += other.sign_ins.1;
        self.timeless_sign_ins += other.timeless_sign_ins;
        self.sign_in_span = joined(self.sign_in_span, other.sign_in_span);
        self.acts += other.acts;
        self.changed += other.changed;
    }
}
