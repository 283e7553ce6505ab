//! Passwords sent to the sign-in pages of web servers whose logs do not name the account: what each
//! client was answered, and what the answers of a page mean.
//!
//! A page that answers 401 to some lets those in whom it answers otherwise. One that mostly answers
//! with a page or a redirect shows its form again to who is wrong, and redirects who is right. Of
//! any other page nothing can be told.

use crate::base::limits::{ACTORS, MINUTES};
use crate::base::{
    Arrange, Fingerprint, Gather, Instant, Location, LogSize, Merge, Seed, SmallMap, Weigh,
    Weighed, within,
};
use crate::baseline::activity::TRY_SECS;
use crate::event::Field;
use crate::finding::Scope;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::Seen;

/// Times in which a client was answered that are kept, the earliest.
const TIMES: usize = 512;
/// Clients that a page let in from which on its answers are known.
const LET_IN: usize = 3;

/// An answer to a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// 400, 401, 422, 423.
    Refused,
    /// A page.
    Shown,
    /// A redirect.
    Moved,
}

impl Answer {
    const fn of(status: u16) -> Option<Self> {
        match status {
            400 | 401 | 422 | 423 => Some(Self::Refused),
            200..=204 => Some(Self::Shown),
            302 | 303 => Some(Self::Moved),
            _ => None,
        }
    }
}

/// Clients at sign-in pages.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Forms(Weighed<Client, ACTORS, MINUTES>);

/// One client at one page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Client {
    /// Its address as logged.
    pub address: Box<str>,
    /// The page.
    pub page: Box<str>,
    path: Fingerprint,
    times: SmallMap<Time>,
}

/// The answers of five minutes, by kind.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Time([Answers; 3]);

/// Answers of one kind within five minutes.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Answers {
    count: u32,
    first: Option<(Instant, Location)>,
}

/// Failures, and then somebody was let in.
pub struct Guessed {
    /// Stands for the client at the page.
    pub key: Fingerprint,
    /// First and last second of the failures' times.
    pub span: (Instant, Instant),
    /// Failures.
    pub failed: u64,
    /// The first failure.
    pub first: (Instant, Location),
    /// The sign-in.
    pub entry: (Instant, Location),
    /// The answers that are failures.
    pub failures: &'static [Answer],
}

impl Forms {
    /// Notes an answer. Failures of named accounts are noted elsewhere.
    pub fn note(&mut self, seen: &Seen<'_>) {
        let Some((key, answer)) = key_of(seen) else { return };
        let fields = &seen.event.fields;
        if answer != Answer::Moved && fields.text(Field::UserName).is_some() {
            return;
        }
        let text = |text: &[u8]| String::from_utf8_lossy(text).into();
        let make = || Client {
            address: text(fields.text(Field::SourceAddress).unwrap_or(b"-")),
            page: text(seen.path_text),
            path: seen.path,
            times: SmallMap::default(),
        };
        self.0.change(key, make, |client| {
            let first = Some((seen.at, seen.event.location));
            let of = |time: &mut Time| time.0[answer as usize].merge(Answers { count: 1, first });
            client.times.change(seen.at.div_euclid(TRY_SECS), of);
            client.times.keep_first(TIMES);
        });
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.sorted().is_empty()
    }

    /// One in how many clients was kept.
    pub fn one_in(&self) -> u64 {
        self.0.one_in()
    }

    /// Clients that failed so often within 15 minutes, being let in neither before nor meanwhile,
    /// and were let in within half an hour.
    pub fn guessed(&self, least: u64) -> Vec<(&Client, Guessed)> {
        let clients = self.0.sorted();
        let mut by_page = BTreeMap::<Fingerprint, Vec<&Client>>::new();
        for (_, client) in &clients {
            by_page.entry(client.path).or_default().push(client);
        }
        let meanings: BTreeMap<_, _> = by_page
            .into_iter()
            .filter_map(|(path, clients)| Some((path, Meaning::of(&clients)?)))
            .gather();
        let found = clients.into_iter().filter_map(|(key, client)| {
            let meaning = meanings.get(&client.path)?;
            Some((client, client.guessed(key, *meaning, least)?))
        });
        let mut found: Vec<_> = found.collect();
        found.arrange_by_key(|(_, guessed)| (guessed.first, guessed.key));
        found
    }
}

/// What the answers of a page mean.
#[derive(Clone, Copy)]
struct Meaning {
    failures: &'static [Answer],
    entries: &'static [Answer],
}

impl Meaning {
    /// As far as its answers to all clients tell: it must have let in some of them.
    fn of(clients: &[&Client]) -> Option<Self> {
        let mut with = [0; 3];
        for client in clients {
            let times = client.times.all();
            let has = |nth: usize| times.iter().any(|(_, time)| time.0[nth].count > 0);
            with.iter_mut().enumerate().for_each(|(nth, count)| *count += usize::from(has(nth)));
        }
        let with = |answer: Answer| with[answer as usize];
        let (refused, shown, moved) =
            (with(Answer::Refused), with(Answer::Shown), with(Answer::Moved));
        let is_form = refused == 0 || (moved >= LET_IN && shown > refused);
        let (meaning, let_in) = match is_form {
            true => (
                Self { failures: &[Answer::Refused, Answer::Shown], entries: &[Answer::Moved] },
                moved,
            ),
            false => (
                Self { failures: &[Answer::Refused], entries: &[Answer::Shown, Answer::Moved] },
                shown.max(moved),
            ),
        };
        (let_in >= LET_IN && refused + shown > 0).then_some(meaning)
    }
}

impl Client {
    fn guessed(&self, key: Fingerprint, meaning: Meaning, least: u64) -> Option<Guessed> {
        let of = |time: &Time, kinds: &[Answer]| -> (u64, Option<(Instant, Location)>) {
            let each = || kinds.iter().map(|kind| time.0[*kind as usize]);
            (each().map(|one| u64::from(one.count)).sum(), each().filter_map(|one| one.first).min())
        };
        // The first time that it was let in: whoever knew the password before guesses nothing.
        let times = self.times.all();
        let entry = times.iter().find_map(|(_, time)| of(time, meaning.entries).1)?;
        let last = entry.0.div_euclid(TRY_SECS);
        let soonest = last - SOON;
        let window = |end: i64| {
            let inside = within(&times, end - WIDTH + 1..=end).iter();
            let failures = inside.map(|(_, time)| of(time, meaning.failures));
            let failed = failures.clone().map(|(count, _)| count).sum::<u64>();
            let first = failures.filter_map(|(_, first)| first).min();
            first
                .filter(|first| failed >= least && *first < entry)
                .map(|first| (end, failed, first))
        };
        let (end, failed, first) = (soonest..=last).rev().find_map(window)?;
        Some(Guessed {
            key,
            span: ((end - WIDTH + 1) * TRY_SECS, (end + 1) * TRY_SECS - 1),
            failed,
            first,
            entry,
            failures: meaning.failures,
        })
    }
}

/// Times of five minutes in which failures count together.
const WIDTH: i64 = 3;
/// Such times from the last failures to the sign-in.
const SOON: i64 = 6;

impl Guessed {
    /// The records that it rests on.
    pub fn scope(&self) -> Scope {
        let answers: BTreeSet<_> =
            self.failures.iter().map(|answer| (self.key, *answer as u16, LogSize(0))).gather();
        Scope {
            actor: Some(self.key),
            span: Some(self.span),
            answers,
            records: [self.entry.1.key()].into(),
            ..Scope::default()
        }
    }
}

/// Whether a request is one of the failures of a scope.
pub fn is_failure(seen: &Seen<'_>, scope: &Scope) -> bool {
    let is_then = scope.span.is_some_and(|(from, until)| (from..=until).contains(&seen.at));
    let is_named = seen.event.fields.text(Field::UserName).is_some();
    is_then
        && !is_named
        && key_of(seen)
            .is_some_and(|(key, answer)| scope.answers.contains(&(key, answer as u16, LogSize(0))))
}

fn key_of(seen: &Seen<'_>) -> Option<(Fingerprint, Answer)> {
    let answer = Answer::of(seen.status)?;
    Some((Seed(seen.client).of(&seen.path.to_le_bytes()), answer))
}

impl Merge for Answers {
    fn merge(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.first = self.first.into_iter().chain(other.first).min();
    }
}

impl Merge for Time {
    fn merge(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(known, new)| known.merge(new));
    }
}

impl Merge for Client {
    fn merge(&mut self, other: Self) {
        self.times.merge(other.times);
        self.times.keep_first(TIMES);
    }
}

impl Weigh for Client {
    fn weight(&self) -> usize {
        self.times.count()
    }
}

impl Merge for Forms {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}
