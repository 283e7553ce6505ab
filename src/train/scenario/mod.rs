//! Cases to practise on and to measure with: the logs of an information-sharing platform over
//! months, with an intruder in them or none, and the truth about it.
//!
//! All of it follows from the seed, in whole numbers, so that every platform writes the same bytes.
//! People, organisations and domains are invented; domains end in `.example`, addresses are of the
//! ranges for documentation and benchmarks (RFC 5737, RFC 2544, RFC 3849).

mod calendar;
mod campaigns;
mod extra;
mod file;
mod life;
mod logs;
mod truth;
mod world;

pub use extra::{Extra, Extras};
pub use truth::{Entities, Shows, Step, Truth, Vector};

use super::Random;
use crate::base::{Arrange, Gather, Text, Wrong};
use calendar::DAY;
use logs::{Actor, Kind, Logs, Request};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use truth::Noted;
use world::{Document, World};

/// What happens beside ordinary life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// Nothing.
    Quiet,
    /// Valid passwords of several customers, used from one network since before the logs begin.
    T1,
    /// A flaw of file transfer software, a web shell behind 404, sessions without a sign-in.
    T2,
    /// The account of a maintenance vendor, from a network that nobody declared.
    T3,
    /// A contractor who steps through the numbers of documents.
    T4,
    /// What looks like an attack, and a hole in the logs: nothing happened.
    T5,
    /// A web shell, and logs that were edited afterwards.
    T6,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Quiet, Self::T1, Self::T2, Self::T3, Self::T4, Self::T5, Self::T6];
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quiet => f.write_str("quiet"),
            named => write!(f, "{named:?}"),
        }
    }
}

impl FromStr for Scenario {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        let named = |one: &Self| one.to_string().eq_ignore_ascii_case(text);
        Self::ALL
            .into_iter()
            .find(named)
            .ok_or_else(|| Wrong::expected(text, "quiet, or one of T1 to T6", "quietまたはT1~T6"))
    }
}

/// Which case. Its name, `T1-7`, is one of the usual size; `T1-7,days=60,users=200,with=scanners.gap`
/// says what is unusual, and `T1-7,hard` adds what makes it hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What happens.
    pub scenario: Scenario,
    /// What everything follows from.
    pub seed: u64,
    /// Days of logs; 30 to 366.
    pub days: u32,
    /// People; 80 to 5,000.
    pub users: u32,
    /// What is added to the scenario.
    pub with: Extras,
}

impl Wanted {
    const DAYS: u32 = 90;
    const USERS: u32 = 320;

    /// The usual size.
    pub const fn new(scenario: Scenario, seed: u64) -> Self {
        Self { scenario, seed, days: Self::DAYS, users: Self::USERS, with: Extras::NONE }
    }

    /// Takes a part of its name: `days=60`, `users=200`, `with=scanners.gap`, `hard`.
    fn set(&mut self, part: &str) -> Result<(), Wrong> {
        let number = |text: &str| {
            text.parse::<u32>().map_err(|_| {
                let ja = "=の後ろに整数";
                Wrong::expected(part, "a whole number behind the sign", ja)
            })
        };
        match part.split_once('=').unwrap_or((part, "")) {
            ("days", days) => self.days = number(days)?,
            ("users", users) => self.users = number(users)?,
            ("with", names) => self.with = names.parse()?,
            ("hard", "") => self.with = Extras::HARD,
            _ => {
                return Err(Wrong::expected(
                    part,
                    "days=, users=, with= or hard, such as T1-7,days=60,hard",
                    "days=、users=、with=、hardのいずれか(例:T1-7,days=60,hard)",
                ));
            }
        }
        Ok(())
    }

    /// What is wrong with it, if anything is.
    pub fn check(&self) -> Result<(), Wrong> {
        let (days, users) = (self.days, self.users);
        if !(30..=366).contains(&days) {
            return Err(Wrong::new(
                format!("{days} days: a case has 30 to 366"),
                format!("{days}日間は指定できません。事例は30~366日間です。"),
            ));
        }
        if !(80..=5_000).contains(&users) {
            return Err(Wrong::new(
                format!("{users} users: a case has 80 to 5000"),
                format!("利用者{users}人は指定できません。事例は80~5000人です。"),
            ));
        }
        Ok(())
    }
}

impl FromStr for Wanted {
    type Err = Wrong;

    fn from_str(text: &str) -> Result<Self, Wrong> {
        let (name, more) =
            text.split_once(',').map_or((text, None), |(name, more)| (name, Some(more)));
        let named = name.split_once('-').and_then(|(scenario, seed)| {
            let is_number = !seed.is_empty() && seed.bytes().all(|byte| byte.is_ascii_digit());
            Some(Self::new(scenario.parse().ok()?, is_number.then(|| seed.parse().ok())??))
        });
        let mut wanted = named.ok_or_else(|| {
            let en = "a scenario (quiet, T1 to T6), a hyphen and a number, such as T1-7";
            Wrong::expected(name, en, "シナリオ(quiet、T1~T6)とハイフンと番号(例:T1-7)")
        })?;
        for part in more.into_iter().flat_map(|more| more.split(',')) {
            wanted.set(part)?;
        }
        wanted.check()?;
        Ok(wanted)
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.scenario, self.seed)?;
        if self.days != Self::DAYS {
            write!(f, ",days={}", self.days)?;
        }
        if self.users != Self::USERS {
            write!(f, ",users={}", self.users)?;
        }
        match self.with {
            Extras::NONE => Ok(()),
            Extras::HARD => f.write_str(",hard"),
            with => write!(f, ",with={with}"),
        }
    }
}

/// Is told how many days of a case are written, and of how many.
pub type Progress<'p> = &'p mut dyn FnMut(u32, u32);

/// A file of a case.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// Its name: `logs/…` is what is checked, `truth.json` what happened.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The period of a case.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: i64,
    days: i64,
}

impl Span {
    /// A time on a day, counted from the first.
    const fn at(self, day: i64, hour: i64) -> i64 {
        self.start + day * DAY + hour * 3_600
    }

    const fn end(self) -> i64 {
        self.start + self.days * DAY
    }
}

/// What is written while a case comes into being.
struct Book {
    random: Random,
    logs: Logs,
    truth: Truth,
    sessions: u64,
}

impl Book {
    /// The name of another session.
    fn session(&mut self) -> String {
        self.sessions += 1;
        format!("{:08x}{:08x}", self.sessions, self.random.next() >> 32)
    }

    fn get(&mut self, at: i64, actor: &Actor<'_>, path: &str, status: u16, bytes: u64) {
        let Actor { from, account, agent, .. } = *actor;
        let line = format!("GET {path}");
        self.logs.request(at, &Request { from, account, line, status, bytes, agent });
    }

    fn post(&mut self, at: i64, actor: &Actor<'_>, path: &str, status: u16) {
        let Actor { from, agent, .. } = *actor;
        let line = format!("POST {path}");
        self.logs.request(at, &Request { from, account: "-", line, status, bytes: 431, agent });
    }

    /// Notes the record of a log that was written last as one that tells of the incident.
    fn note(&mut self, at: i64, actor: &Actor<'_>, kind: Kind, shows: Shows, what: Text) {
        let text = self.logs.last(kind);
        self.truth.step(Noted { at, what, actor, kind, text, shows, is_decoy: false });
    }

    /// Notes it as one that only looks so.
    fn note_decoy(&mut self, at: i64, actor: &Actor<'_>, kind: Kind, what: Text) {
        let text = self.logs.last(kind);
        let shows = Shows::Other;
        self.truth.step(Noted { at, what, actor, kind, text, shows, is_decoy: true });
    }

    fn sign_in(&mut self, at: i64, actor: &Actor<'_>) {
        self.post(at, actor, "/login", 302);
        self.logs.sign_in(at, actor, None);
    }

    fn view(&mut self, at: i64, actor: &Actor<'_>, of: Document) {
        let path = format!("/p/{}/docs/{}/view", of.project, of.id());
        self.get(at, actor, &path, 200, 6_000 + of.bytes() % 3_000);
        self.logs.act(at, actor, "document_viewed", of);
    }

    fn download(&mut self, at: i64, actor: &Actor<'_>, of: Document) {
        let path = format!("/p/{}/files/{}.xlsx", of.project, of.id());
        self.get(at, actor, &path, 200, of.bytes());
        self.logs.act(at, actor, "document_downloaded", of);
    }
}

/// Makes a case: logs, truth, and a file that says what it is.
pub fn generate(wanted: &Wanted) -> Result<Vec<CaseFile>, Wrong> {
    generate_telling(wanted, &mut |_, _| ())
}

/// The same, and tells how far it is.
pub fn generate_telling(wanted: &Wanted, told: Progress<'_>) -> Result<Vec<CaseFile>, Wrong> {
    let (mut files, truth) = case(wanted, told)?;
    let bytes = serde_json::to_vec_pretty(&truth).unwrap_or_default();
    files.insert(files.len() - 1, CaseFile { name: "truth.json".to_owned(), bytes });
    Ok(files)
}

/// The truth about a case, and nothing else of it.
pub fn truth_of(wanted: &Wanted, told: Progress<'_>) -> Result<Truth, Wrong> {
    case(wanted, told).map(|(_, truth)| truth)
}

/// A case without the file that tells the truth, and the truth.
fn case(wanted: &Wanted, told: Progress<'_>) -> Result<(Vec<CaseFile>, Truth), Wrong> {
    wanted.check()?;
    // Apart for each scenario, so that two of one seed differ in all.
    let seed = wanted.seed.wrapping_mul(8).wrapping_add(wanted.scenario as u64);
    let mut random = Random::new(seed);
    let span = Span { start: calendar::start(wanted.seed), days: i64::from(wanted.days) };
    let world = World::new(u64::from(wanted.users), &mut random);
    let truth = Truth::new(wanted, (span.start, span.end()));
    let mut book = Book { random, logs: Logs::default(), truth, sessions: 0 };
    life::live(&world, span, &mut book, &mut |day| told(day, wanted.days));
    campaigns::run(wanted.scenario, &world, span, &mut book);
    campaigns::add(wanted, &world, span, &mut book);
    // Logs are collected at one time: what people do after it stands in none of them.
    book.logs.end_at(span.end());
    Ok(files(wanted, book))
}

fn files(wanted: &Wanted, mut book: Book) -> (Vec<CaseFile>, Truth) {
    let readme = format!(
        "SYNTHETIC LOGS, FOR TRAINING. Nothing in here happened: people, organisations and addresses are invented.\n合成ログ(訓練用)。人物・組織・アドレスはすべて架空のものです。\n\nScenario {}, seed {}, {} days, {} users.\nlogs/ is what is checked; truth.json says what is to be found: read it afterwards.\n",
        wanted.scenario, wanted.seed, wanted.days, wanted.users
    );
    let mut files: Vec<_> = Kind::ALL
        .map(|kind| {
            let bytes = std::mem::take(book.logs.of(kind)).bytes();
            find_steps(&mut book.truth.timeline, kind, &bytes);
            CaseFile { name: format!("logs/{}", kind.name()), bytes }
        })
        .into();
    book.truth.timeline.arrange_by_key(|step| (step.time.clone(), step.log, step.line));
    files.push(CaseFile { name: "README.txt".to_owned(), bytes: readme.into_bytes() });
    (files, book.truth)
}

/// Says in which lines of a log the steps stand.
fn find_steps(timeline: &mut [Step], kind: Kind, log: &[u8]) {
    let texts = timeline.iter().filter(|step| step.log == kind.name());
    let mut lines: BTreeMap<Vec<u8>, u64> =
        texts.map(|step| (step.text.clone().into_bytes(), 0)).gather();
    if lines.is_empty() {
        return;
    }
    for (line, number) in log.split(|byte| *byte == b'\n').zip(1..) {
        // Of the same line twice, the first.
        if let Some(found @ 0) = lines.get_mut(line) {
            *found = number;
        }
    }
    for step in timeline.iter_mut().filter(|step| step.log == kind.name()) {
        step.line = lines.get(step.text.as_bytes()).copied().filter(|number| *number > 0);
    }
}
