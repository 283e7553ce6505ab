//! Who and what there is: organisations, people with their habits, projects, documents, networks.

use crate::train::Random;

/// Customers of the platform.
const CUSTOMERS: &[&str] = &[
    "kaisei", "midori", "hinode", "aozora", "shiomi", "takane", "wakaba", "namiki", "kisaragi",
    "otowa",
];
/// Who runs the platform.
pub(super) const OPERATOR: &str = "hakone";
/// Integrators, all of them behind one address, and a maintenance vendor.
const INTEGRATORS: &[&str] = &["tsurugi", "mikasa"];
pub(super) const VENDOR: &str = "yashima";

const NAMES: &[&str] = &[
    "sato",
    "suzuki",
    "takahashi",
    "tanaka",
    "ito",
    "watanabe",
    "yamamoto",
    "nakamura",
    "kobayashi",
    "kato",
    "yoshida",
    "yamada",
    "sasaki",
    "matsumoto",
    "inoue",
    "kimura",
];
const AGENTS: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.93 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.4430.212 Safari/537.36 Edg/90.0.818.62",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:88.0) Gecko/20100101 Firefox/88.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.1 Safari/605.1.15",
];
/// What documents are about. The first few are what attackers look for.
const KINDS: &[&str] = &[
    "体制図",
    "ネットワーク構成図",
    "メール設計_SMTP",
    "連絡先名簿",
    "機器一覧",
    "議事録",
    "要件定義書",
    "課題管理表",
    "基本設計書",
    "試験成績書",
    "週報",
    "見積書",
];
/// Projects.
pub(super) const PROJECTS: u64 = 90;
/// Documents of a project.
pub(super) const DOCUMENTS: u64 = 60;

/// One who has an account.
#[derive(Debug)]
pub(super) struct User {
    pub(super) account: String,
    pub(super) organisation: &'static str,
    pub(super) agent: &'static str,
    pub(super) office: String,
    pub(super) home: String,
    /// Percent of the days on which the user works at home.
    pub(super) telework: u64,
    pub(super) is_mobile: bool,
    pub(super) is_on_nights: bool,
    /// Whether the user makes accounts for others.
    pub(super) is_administrator: bool,
    pub(super) projects: Vec<u64>,
}

/// A document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Document {
    pub(super) project: u64,
    pub(super) number: u64,
}

impl Document {
    pub(super) fn path(self) -> String {
        let kind = match self.number {
            number @ 0..=4 => KINDS[number as usize],
            number => KINDS[5 + (self.project + number) as usize % (KINDS.len() - 5)],
        };
        format!("/P{:04}/{kind}_{:02}.xlsx", self.project, self.number)
    }

    /// Its number within the platform.
    pub(super) const fn id(self) -> u64 {
        1_000 + self.project * DOCUMENTS + self.number
    }

    pub(super) const fn bytes(self) -> u64 {
        20_000 + self.id() * 7_919 % 900_000
    }
}

/// The platform.
#[derive(Debug)]
pub(super) struct World {
    pub(super) users: Vec<User>,
}

/// The organisation that a project belongs to. Projects from the 70th on are retired: nobody works
/// on them.
pub(super) fn owner(project: u64) -> &'static str {
    CUSTOMERS[(project % CUSTOMERS.len() as u64) as usize]
}

impl World {
    pub(super) fn new(users: u64, random: &mut Random) -> Self {
        Self { users: (0..users).map(|number| user(number, random)).collect() }
    }

    /// Users of an organisation.
    pub(super) fn of<'a>(&'a self, organisation: &str) -> impl Iterator<Item = &'a User> {
        self.users.iter().filter(move |user| user.organisation == organisation)
    }

    /// A customer, by number.
    pub(super) fn customer(number: u64) -> &'static str {
        CUSTOMERS[(number % CUSTOMERS.len() as u64) as usize]
    }
}

fn user(number: u64, random: &mut Random) -> User {
    // Of forty users two run the platform, four are integrators', one is a vendor's.
    let (organisation, office) = match number % 40 {
        0 | 1 => (OPERATOR, "198.18.1.10".to_owned()),
        slot @ 2..=5 => (INTEGRATORS[(slot % 2) as usize], "198.18.2.10".to_owned()),
        6 => (VENDOR, "198.18.3.10".to_owned()),
        slot => {
            let of = (number / 40 + slot) % CUSTOMERS.len() as u64;
            (CUSTOMERS[of as usize], format!("198.18.{}.{}", 20 + of, 10 + random.below(3)))
        }
    };
    let home = match random.one_in(2) {
        true => format!("2001:db8:{:x}::{:x}", 4_096 + number, 2 + random.below(200)),
        false => format!("198.19.{}.{}", number % 160, 10 + number / 160),
    };
    let projects = projects(organisation, random);
    let name = NAMES[(number % NAMES.len() as u64) as usize];
    User {
        account: format!("{name}{number:03}@{organisation}.example"),
        organisation,
        agent: AGENTS[random.below(AGENTS.len() as u64) as usize],
        office,
        home,
        telework: [0, 20, 40, 60][random.below(4) as usize],
        is_mobile: random.one_in(4),
        is_on_nights: organisation == OPERATOR && random.one_in(2),
        is_administrator: number == 0,
        projects,
    }
}

/// Two or three projects: of the own organisation, or of any customer where one works for all.
fn projects(organisation: &str, random: &mut Random) -> Vec<u64> {
    let own = CUSTOMERS.iter().position(|name| *name == organisation);
    (0..2 + random.below(2))
        .map(|_| {
            // None of those that are retired.
            let tens = random.below(7);
            let of = own.map_or_else(|| random.below(CUSTOMERS.len() as u64), |own| own as u64);
            tens * 10 + of
        })
        .collect()
}
