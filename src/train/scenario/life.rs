//! What happens on the platform on any day: people at work, bots, monitors, batch jobs, scanners
//! that find nothing.

use super::calendar::{DAY, is_workday};
use super::logs::{Actor, Request};
use super::world::{DOCUMENTS, Document, OPERATOR, User, World};
use super::{Book, Span};
use serde_json::json;

/// What people search for at work.
const SEARCHES: &[&str] = &["議事録 4月", "設計書 最新", "見積", "週報", "課題 一覧", "体制図"];
const BOT: &str = "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example/about)";
/// What scanners ask for, all of it in vain.
const PROBES: &[&str] = &[
    "/wp-login.php",
    "/.env",
    "/.git/config",
    "/phpmyadmin/",
    "/admin.php",
    "/backup.zip",
    "/human2.aspx",
    "/cgi-bin/test.cgi",
    "/server-status",
    "/actuator/env",
    "/solr/admin/",
    "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
    "/owa/auth/logon.aspx",
    "/api/v1/users",
];

/// Writes the ordinary life of a period. `told` hears of each day that begins.
pub(super) fn live(world: &World, span: Span, book: &mut Book, told: &mut dyn FnMut(u32)) {
    for day in 0..span.days {
        told(day as u32);
        let midnight = span.start + day * DAY;
        let is_open = is_workday(midnight);
        for user in &world.users {
            if book.random.below(100) < if is_open || user.is_on_nights { 65 } else { 2 } {
                day_of(user, midnight, day, book);
            }
        }
        machines(midnight, book);
        batch(midnight, book);
        let probes = 10 + book.random.below(30);
        scan(midnight + book.random.below(80_000) as i64, probes, book);
    }
}

/// One day of a user: one or two sessions.
fn day_of(user: &User, midnight: i64, day: i64, book: &mut Book) {
    let random = &mut book.random;
    let begins = if user.is_on_nights { 20 * 3_600 } else { 8 * 3_600 + 1_800 };
    let mut at = midnight + begins + random.below(3 * 3_600) as i64;
    let from = match random.below(100) {
        percent if percent < user.telework => user.home.clone(),
        // On a journey: a hotel.
        99 => format!("198.19.{}.{}", 240 + random.below(12), 2 + random.below(250)),
        _ => user.office.clone(),
    };
    session(user, &from, at, day, book);
    at += 3 * 3_600 + book.random.below(3 * 3_600) as i64;
    if user.is_mobile && book.random.one_in(4) {
        let carrier = 170 + book.random.below(20);
        let mobile = format!("198.19.{carrier}.{}", 2 + book.random.below(250));
        session(user, &mobile, at, day, book);
    } else if book.random.one_in(3) {
        session(user, &from, at, day, book);
    }
}

/// A sign-in, now and then after a slip of the pen, and what follows.
fn session(user: &User, from: &str, mut at: i64, day: i64, book: &mut Book) {
    let session = book.session();
    let actor = Actor {
        account: &user.account,
        organisation: user.organisation,
        from,
        session: &session,
        agent: user.agent,
    };
    for _ in 0..if book.random.one_in(20) { 1 + book.random.below(3) } else { 0 } {
        book.logs.sign_in(at, &actor, Some("invalid_user_credentials"));
        book.post(at, &actor, "/login", 401);
        at += 8 + book.random.below(30) as i64;
    }
    book.sign_in(at, &actor);
    if user.is_administrator {
        let target = format!("new{day:03}@{}", user.organisation);
        book.logs.audited(at + 40, &actor, "user_created", json!({ "target_user": target }));
    }
    // At the end of a month, or before a hand-over, some take many documents.
    let is_large = day % 30 == 28 && book.random.one_in(40);
    let acts = if is_large { 40 } else { 1 + book.random.mostly_small(9) };
    for _ in 0..acts {
        at += 15 + book.random.below(240) as i64;
        act(&actor, at, &user.projects, book);
    }
}

fn act(actor: &Actor<'_>, at: i64, projects: &[u64], book: &mut Book) {
    let project = book.random.pick(projects).copied().unwrap_or(0);
    let of = Document { project, number: book.random.mostly_small(DOCUMENTS - 5) + 5 };
    match book.random.below(100) {
        0..=69 => book.view(at, actor, of),
        70..=83 => book.download(at, actor, of),
        84..=86 => {
            let sensitive = Document { project, number: book.random.below(5) };
            book.view(at, actor, sensitive);
        }
        87..=93 => {
            let words = book.random.pick(SEARCHES).copied().unwrap_or_default();
            book.logs.audited(at, actor, "search", json!({ "message": words }));
        }
        _ => book.get(at, actor, &format!("/p/{project}/list?page=2"), 200, 9_000),
    }
    if book.random.one_in(12) {
        let number = at as u64 % 1_000_000;
        book.logs.mail(at + 2, actor.account, number);
    }
    if actor.organisation == OPERATOR && actor.from.starts_with("198.18.") {
        let bytes = 3_000 + of.bytes() % 50_000;
        book.logs.proxied(at, "192.0.2.201", actor.account, "share.example", bytes);
    }
}

/// A monitor and two crawlers.
fn machines(midnight: i64, book: &mut Book) {
    let request = |from, line: String, bytes, agent| Request {
        from,
        account: "-",
        line,
        status: 200,
        bytes,
        agent,
    };
    for minutes in (0..1_440).step_by(10) {
        let of = request("198.18.1.20", "GET /healthz".to_owned(), 2, "monitor/3.2");
        book.logs.request(midnight + minutes * 60 + 7, &of);
    }
    for _ in 0..30 {
        let at = midnight + book.random.below(86_400) as i64;
        let page = book.random.below(40);
        let of = request("192.0.2.60", format!("GET /help/{page}"), 4_000 + page * 17, BOT);
        book.logs.request(at, &of);
    }
}

/// The archive job: the same account takes what changed, every night.
fn batch(midnight: i64, book: &mut Book) {
    let session = book.session();
    let actor = Actor {
        account: "batch-archive@hakone.example",
        organisation: OPERATOR,
        from: "198.18.1.30",
        session: &session,
        agent: "archive/2.0",
    };
    let mut at = midnight + 2 * 3_600;
    book.sign_in(at, &actor);
    for project in 0..10 {
        at += 40 + book.random.below(30) as i64;
        let number = 5 + book.random.below(DOCUMENTS - 5);
        book.download(at, &actor, Document { project, number });
    }
}

/// A scanner that finds nothing.
pub(super) fn scan(mut at: i64, probes: u64, book: &mut Book) {
    let from = format!("192.0.2.{}", 100 + book.random.below(100));
    for number in 0..probes {
        at += 1 + book.random.below(4) as i64;
        let probe = book.random.pick(PROBES).copied().unwrap_or("/x");
        let line = match number % 3 {
            0 => format!("GET {probe}"),
            1 => format!("GET {probe}?v={number}"),
            _ => format!("GET /old{number}{probe}"),
        };
        let of = Request {
            from: &from,
            account: "-",
            line,
            status: 404,
            bytes: 1_245,
            agent: "python-requests/2.25.1",
        };
        book.logs.request(at, &of);
    }
}
