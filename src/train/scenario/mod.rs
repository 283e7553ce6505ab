//! Cases to practise on and to measure with: the logs of an information-sharing platform over
//! months, with an intruder in them or none, and the truth about it.
//!
//! All of it follows from the seed, in whole numbers, so that every platform writes the same bytes.
//! People, organisations and domains are invented; domains end in `.example`, addresses are of the
//! ranges for documentation and benchmarks (RFC 5737, RFC 2544, RFC 3849).

mod calendar;
mod campaigns;
mod life;
mod logs;
mod truth;
mod world;

pub use truth::{Entities, Truth, Vector};

use super::Random;
use calendar::DAY;
use logs::{Actor, Logs, Request};
use std::fmt;
use std::str::FromStr;
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
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = |one: &Self| one.to_string().eq_ignore_ascii_case(text);
        Self::ALL
            .into_iter()
            .find(named)
            .ok_or_else(|| "expected quiet, or one of T1 to T6".to_owned())
    }
}

/// Which case. By its name, `T1-7`, it is one of the usual size.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// What happens.
    pub scenario: Scenario,
    /// What everything follows from.
    pub seed: u64,
    /// Days of logs; 30 to 366.
    pub days: u32,
    /// People; 80 to 5,000.
    pub users: u32,
}

impl Wanted {
    /// The usual size.
    pub const fn new(scenario: Scenario, seed: u64) -> Self {
        Self { scenario, seed, days: 90, users: 320 }
    }

    /// What is wrong with it, if anything is.
    pub fn check(&self) -> Result<(), String> {
        let (days, users) = (self.days, self.users);
        if !(30..=366).contains(&days) {
            return Err(format!("{days} days: a case has 30 to 366"));
        }
        if !(80..=5_000).contains(&users) {
            return Err(format!("{users} users: a case has 80 to 5000"));
        }
        Ok(())
    }
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = text.split_once('-').and_then(|(scenario, seed)| {
            let is_number = !seed.is_empty() && seed.bytes().all(|byte| byte.is_ascii_digit());
            Some(Self::new(scenario.parse().ok()?, is_number.then(|| seed.parse().ok())??))
        });
        named.ok_or_else(|| {
            "expected a scenario (quiet, T1 to T6), a hyphen and a number, such as T1-7".to_owned()
        })
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.scenario, self.seed)
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
pub fn generate(wanted: &Wanted) -> Result<Vec<CaseFile>, String> {
    generate_telling(wanted, &mut |_, _| ())
}

/// The same, and tells how far it is.
pub fn generate_telling(wanted: &Wanted, told: Progress<'_>) -> Result<Vec<CaseFile>, String> {
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
    // Logs are collected at one time: what people do after it stands in none of them.
    book.logs.end_at(span.end());
    Ok(files(wanted, book))
}

fn files(wanted: &Wanted, book: Book) -> Vec<CaseFile> {
    let Logs { web, sign_in, audit, mail, proxy } = book.logs;
    let logs = [
        ("logs/synthetic-web-access.log", web),
        ("logs/synthetic-sign-in.jsonl", sign_in),
        ("logs/synthetic-audit.jsonl", audit),
        ("logs/synthetic-mail.log", mail),
        ("logs/synthetic-proxy.log", proxy),
    ];
    let readme = format!(
        "SYNTHETIC LOGS, FOR TRAINING. Nothing in here happened: people, organisations and addresses are invented.\n合成ログ(訓練用)。人物・組織・アドレスはすべて架空のものです。\n\nScenario {}, seed {}, {} days, {} users.\nlogs/ is what is checked; truth.json says what is to be found: read it afterwards.\n",
        wanted.scenario, wanted.seed, wanted.days, wanted.users
    );
    let truth = serde_json::to_vec_pretty(&book.truth).unwrap_or_default();
    let file = |name: &str, bytes| CaseFile { name: name.to_owned(), bytes };
    let mut files: Vec<_> = logs.into_iter().map(|(name, log)| file(name, log.bytes())).collect();
    files.push(file("truth.json", truth));
    files.push(file("README.txt", readme.into_bytes()));
    files
}
