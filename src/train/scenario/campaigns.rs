//! What intruders do, what only looks like it, and what was done to the logs.

use super::calendar::is_workday;
use super::logs::{Actor, Kind, midnight};
use super::truth::Shows;
use super::world::{DOCUMENTS, Document, OPERATOR, PROJECTS, User, VENDOR, World, owner};
use super::{Book, Extra, Scenario, Span, Wanted, life};
use crate::base::Text;
use serde_json::json;

const SIGNED_IN: Text = Text::fixed("A sign-in", "サインイン");
const FIRST_TAKEN: Text = Text::fixed("The first document taken", "最初のダウンロード");
const FIRST_VIEWED: Text = Text::fixed("The first document viewed", "最初の閲覧");
const LAST_TAKEN: Text = Text::fixed("The last document taken", "最後のダウンロード");

/// A browser that nobody on the platform uses.
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:78.0) Gecko/20100101 Firefox/78.0";
/// An address of a hosting network.
const HOSTING: &str = "203.0.113.77";
/// What intruders search for.
const SENSITIVE: &[&str] = &["パスワード", "ネットワーク 構成図", "名簿", "VPN", "IPアドレス"];

/// Writes what a scenario adds to ordinary life.
pub(super) fn run(scenario: Scenario, world: &World, span: Span, book: &mut Book) {
    match scenario {
        Scenario::Quiet => {}
        Scenario::T1 => normal_login(world, span, book),
        Scenario::T2 => transfer_flaw(world, span, book),
        Scenario::T3 => vendor(world, span, book),
        Scenario::T4 => contractor(world, span, book),
        Scenario::T5 => nothing(world, span, book),
        Scenario::T6 => edited(world, span, book),
    }
}

/// Writes what a case adds to its scenario: at times at which nobody breaks in.
pub(super) fn add(wanted: &Wanted, world: &World, span: Span, book: &mut Book) {
    let is_plain = wanted.scenario != Scenario::T5;
    let is_whole = wanted.scenario != Scenario::T6;
    for (extra, _) in Extra::ALL.iter().filter(|(extra, _)| wanted.with.has(*extra)) {
        match extra {
            Extra::Scanners if is_plain => scanners(span, book),
            Extra::Passwords if is_plain => passwords_expired(world, span, book),
            Extra::Migration if is_plain => migration(span, book),
            Extra::Journey if is_plain => journey(world, span, book),
            Extra::Gap if is_plain => {
                let day = early_day(span, &mut book.random);
                full_disk(span, day, book);
            }
            Extra::Rotated if is_whole => {
                let day = early_day(span, &mut book.random);
                lost_file(span.at(day, 8), book);
            }
            // The scenario has it.
            _ => {}
        }
    }
}

/// A day in the first third of the period, on which offices are open.
fn early_day(span: Span, random: &mut crate::train::Random) -> i64 {
    let day = 2 + random.below((span.days / 3 - 3).max(1) as u64) as i64;
    (day..).find(|day| is_workday(span.at(*day, 0))).unwrap_or(day)
}

/// A day in the last third of the period, on which offices are open.
fn late_day(span: Span, random: &mut crate::train::Random) -> i64 {
    let first = span.days * 2 / 3;
    let day = first + random.below((span.days - first - 8).max(1) as u64) as i64;
    (day..).find(|day| is_workday(span.at(*day, 0))).unwrap_or(day)
}

/// The account of a user in somebody's hands.
fn taken_over<'a>(user: &'a User, from: &'a str, session: &'a str) -> Actor<'a> {
    Actor { account: &user.account, organisation: user.organisation, from, session, agent: AGENT }
}

impl Book {
    fn stolen_view(&mut self, at: i64, actor: &Actor<'_>, of: Document) {
        self.truth.acted(at, actor);
        self.truth.got(of);
        self.truth.viewed += 1;
        self.view(at, actor, of);
    }

    fn stolen_download(&mut self, at: i64, actor: &Actor<'_>, of: Document) {
        self.truth.acted(at, actor);
        self.truth.got(of);
        self.truth.downloaded += 1;
        self.download(at, actor, of);
    }

    /// A document of a project, those with secrets first.
    fn wanted(&mut self, project: u64, taken: u64) -> Document {
        let number = if taken < 5 { taken } else { self.random.below(DOCUMENTS) };
        Document { project, number }
    }
}

/// T1: three accounts of two customers, one network, no failure, from the first day on.
fn normal_login(world: &World, span: Span, book: &mut Book) {
    let (one, other) = (World::customer(book.truth.seed), World::customer(book.truth.seed + 3));
    let users: Vec<_> = world.of(one).take(2).chain(world.of(other).take(1)).collect();
    for night in 0..8 {
        let day = if night == 0 { 0 } else { night * span.days / 9 + 1 };
        for (place, user) in users.iter().enumerate() {
            let session = book.session();
            let actor = taken_over(user, HOSTING, &session);
            let mut at = span.at(day, 2) + place as i64 * 5_400 + book.random.below(900) as i64;
            book.truth.acted(at, &actor);
            book.sign_in(at, &actor);
            book.note(at, &actor, Kind::SignIn, Shows::Entry, SIGNED_IN);
            for word in SENSITIVE.iter().take(3) {
                at += 30 + book.random.below(40) as i64;
                book.logs.audited(at, &actor, "search", json!({ "message": word }));
            }
            for taken in 0..21 {
                at += 20 + book.random.below(60) as i64;
                let project = reached(user, night as u64, taken);
                let of = book.wanted(project, taken);
                match taken % 5 {
                    4 => book.stolen_download(at, &actor, of),
                    _ => book.stolen_view(at, &actor, of),
                }
                match taken {
                    0 => book.note(at, &actor, Kind::Audit, Shows::Viewed, FIRST_VIEWED),
                    4 => book.note(at, &actor, Kind::Audit, Shows::Downloaded, FIRST_TAKEN),
                    _ => {}
                }
            }
        }
    }
}

/// A project of the user's organisation, another each night; some are retired.
fn reached(user: &User, night: u64, taken: u64) -> u64 {
    let own: Vec<u64> =
        (0..PROJECTS).filter(|project| owner(*project) == user.organisation).collect();
    let step = (night + taken / 8) as usize;
    own.get(step % own.len().max(1)).copied().unwrap_or(0)
}

/// T2: a flaw of the file transfer, a page that answers 404 to all but one, forged sessions.
fn transfer_flaw(world: &World, span: Span, book: &mut Book) {
    let day = late_day(span, &mut book.random);
    let mut at = span.at(day, 3) + book.random.below(3_000) as i64;
    let stranger =
        Actor { account: "-", organisation: "-", from: HOSTING, session: "-", agent: AGENT };
    book.truth.acted(at, &stranger);
    let noted = at;
    for path in ["/moveitisapi/moveitisapi.dll?action=m2", "/guestaccess.aspx", "/api/v1/token"] {
        book.post(at, &stranger, path, 200);
        if at == noted {
            let what = Text::fixed(
                "A request to a flaw of the file transfer software",
                "ファイル転送ソフトウェアの脆弱性を突くリクエスト",
            );
            book.note(at, &stranger, Kind::Web, Shows::Entry, what);
        }
        at += 4;
    }
    book.post(at, &stranger, "/api/v1/folders/963611079/files?uploadType=resumable", 200);
    for visit in 0..6 {
        at += 60;
        book.get(at, &stranger, "/human2.aspx", 200, 5_120);
        if visit == 0 {
            let what = Text::fixed(
                "A page that answers this client alone, and 404 to scanners",
                "この接続元にだけ応答するページ(スキャナーには404)",
            );
            book.note(at, &stranger, Kind::Web, Shows::WayBack, what);
        }
    }
    for tenant in 0..3 {
        let organisation = World::customer(book.truth.seed + tenant * 3);
        let Some(user) = world.of(organisation).next() else { continue };
        let session = book.session();
        let actor = taken_over(user, HOSTING, &session);
        for taken in 0..40 {
            at += 3 + book.random.below(4) as i64;
            let of = book.wanted(reached(user, tenant, taken), taken);
            book.stolen_download(at, &actor, of);
            match (taken, tenant) {
                (0, _) => book.note(at, &actor, Kind::Audit, Shows::Downloaded, FIRST_TAKEN),
                (39, 2) => book.note(at, &actor, Kind::Audit, Shows::Downloaded, LAST_TAKEN),
                _ => {}
            }
            let path = format!("/api/v1/files/{}/download", of.id());
            book.get(at + 1, &actor, &path, 200, 10_000_000);
        }
    }
    for _ in 0..12 {
        let at = span.at(book.random.below(span.days as u64) as i64, 1);
        life::scan(at, 1_000, book);
    }
    let decoy = Text::fixed(
        "12,000 requests of scanners, none of which found anything",
        "スキャナーによる12,000件のリクエスト(いずれも成果なし)",
    );
    book.truth.decoys.push(decoy);
}

/// T3: a maintenance vendor's account, from a network that nobody declared, in five tenants.
fn vendor(world: &World, span: Span, book: &mut Book) {
    let Some(user) = world.of(VENDOR).next() else { return };
    let day = late_day(span, &mut book.random);
    let session = book.session();
    let actor = taken_over(user, "198.51.100.23", &session);
    let mut at = span.at(day, 2) + book.random.below(1_800) as i64;
    book.truth.acted(at, &actor);
    book.sign_in(at, &actor);
    book.note(at, &actor, Kind::SignIn, Shows::Entry, SIGNED_IN);
    for tenant in 0..5 {
        for taken in 0..14 {
            at += 10 + book.random.below(30) as i64;
            let of = book.wanted((book.truth.seed + tenant * 2) % 10, taken);
            match taken % 2 {
                0 => book.stolen_download(at, &actor, of),
                _ => book.stolen_view(at, &actor, of),
            }
            match taken {
                0 => book.note(at, &actor, Kind::Audit, Shows::Downloaded, FIRST_TAKEN),
                1 => book.note(at, &actor, Kind::Audit, Shows::Viewed, FIRST_VIEWED),
                _ => {}
            }
        }
    }
    at += 30;
    book.truth.acted(at, &actor);
    book.logs.audited(at, &actor, "api_key_created", json!({ "description": "sync" }));
    let what = Text::fixed("An API key is made", "APIキーの作成");
    book.note(at, &actor, Kind::Audit, Shows::WayBack, what);
}

/// T4: a contractor with an account of his own, who asks for every number.
fn contractor(world: &World, span: Span, book: &mut Book) {
    let Some(user) = world.of("tsurugi").next() else { return };
    let day = late_day(span, &mut book.random);
    let session = book.session();
    let actor = Actor { agent: user.agent, ..taken_over(user, &user.office, &session) };
    let mut at = span.at(day, 13) + book.random.below(1_800) as i64;
    book.truth.acted(at, &actor);
    book.sign_in(at, &actor);
    book.note(at, &actor, Kind::SignIn, Shows::Entry, SIGNED_IN);
    let step = 1 + book.random.below(11);
    let mut taken = 0;
    for id in 0..=800 {
        at += 2 + book.random.below(3) as i64;
        let of = Document { project: id / DOCUMENTS, number: id % DOCUMENTS };
        // One in thirteen is open to whoever asks.
        if (id + step).is_multiple_of(13) {
            book.stolen_download(at, &actor, of);
            if taken == 0 {
                book.note(at, &actor, Kind::Audit, Shows::Downloaded, FIRST_TAKEN);
            }
            taken += 1;
        } else {
            let path = format!("/p/{}/files/{}.xlsx", of.project, of.id());
            book.truth.acted(at, &actor);
            book.get(at, &actor, &path, 403, 512);
            if id <= 1 {
                let what = Text::fixed(
                    "Numbers of documents asked for in a row, most of them refused",
                    "文書番号を順に要求(大半は拒否)",
                );
                book.note(at, &actor, Kind::Web, Shows::Entry, what);
            }
        }
    }
}

/// T5: scanners, a migration, a day on which passwords expired, a director on a journey, a full
/// disk.
fn nothing(world: &World, span: Span, book: &mut Book) {
    scanners(span, book);
    passwords_expired(world, span, book);
    migration(span, book);
    journey(world, span, book);
    let day = late_day(span, &mut book.random);
    full_disk(span, day, book);
}

fn scanners(span: Span, book: &mut Book) {
    for _ in 0..6 {
        let at = span.at(book.random.below(span.days as u64) as i64, 4);
        life::scan(at, 500, book);
    }
    book.truth.decoys.push(Text::fixed("scanners", "スキャナー"));
}

/// No records for six hours of a day.
fn full_disk(span: Span, day: i64, book: &mut Book) {
    let (from, until) = (span.at(day, 10), span.at(day, 16));
    for kind in [Kind::Web, Kind::SignIn, Kind::Audit] {
        book.logs.of(kind).remove(from, until, &|_| true);
    }
    book.truth.defects.push(Text::fixed(
        "no records for six hours, of web, sign-in and audit: the disk was full",
        "Web・サインイン・監査の記録が6時間分ない(ディスク容量の不足)",
    ));
}

/// A rotated file of the web log is missing.
fn lost_file(from: i64, book: &mut Book) {
    book.logs.web.remove(from, from + 14 * 3_600, &|_| true);
    book.truth.defects.push(Text::fixed(
        "a rotated file of the web log is missing: 14 hours of a day",
        "Webログのローテーション済みファイルが1つなく、1日のうち14時間分が欠けている",
    ));
}

/// On one morning a third of an organisation types the old password first.
fn passwords_expired(world: &World, span: Span, book: &mut Book) {
    let day = late_day(span, &mut book.random);
    for user in world.of(World::customer(book.truth.seed)).step_by(3) {
        let session = book.session();
        let actor = Actor { agent: user.agent, ..taken_over(user, &user.office, &session) };
        let at = span.at(day, 9) + book.random.below(3_600) as i64;
        for attempt in 0..2 {
            book.logs.sign_in(at + attempt * 20, &actor, Some("invalid_user_credentials"));
        }
        book.sign_in(at + 90, &actor);
    }
    let decoy = Text::fixed("a day on which passwords expired", "パスワードの有効期限切れの日");
    book.truth.decoys.push(decoy);
}

/// A job that takes all of some projects, at night, from the platform's own network.
fn migration(span: Span, book: &mut Book) {
    let session = book.session();
    let actor = Actor {
        account: "batch-migrate@hakone.example",
        organisation: OPERATOR,
        from: "198.18.1.31",
        session: &session,
        agent: "migrate/1.4",
    };
    let mut at = span.at(late_day(span, &mut book.random), 1);
    book.sign_in(at, &actor);
    let what = Text::fixed("A migration job signs in", "移行ジョブのサインイン");
    book.note_decoy(at, &actor, Kind::SignIn, what);
    for id in 0..600 {
        at += 6;
        book.download(at, &actor, Document { project: id / DOCUMENTS, number: id % DOCUMENTS });
    }
    book.truth.decoys.push(Text::fixed("a migration job", "移行ジョブ"));
}

/// Another hotel every other day.
fn journey(world: &World, span: Span, book: &mut Book) {
    let Some(user) = world.of(World::customer(book.truth.seed + 5)).nth(1) else { return };
    let day = late_day(span, &mut book.random);
    for stop in 0..4 {
        let (session, from) = (book.session(), format!("2001:db8:f{stop:03x}::9"));
        let actor = Actor { agent: user.agent, ..taken_over(user, &from, &session) };
        let at = span.at(day + stop * 2, 22);
        book.sign_in(at, &actor);
        let what = Text::fixed("A director signs in from a hotel", "出張中の役員によるサインイン");
        book.note_decoy(at, &actor, Kind::SignIn, what);
        let project = user.projects.first().copied().unwrap_or(0);
        for number in 0..4 {
            book.view(
                at + 60 + number * 90,
                &actor,
                Document { project, number: 7 + number as u64 },
            );
        }
    }
    book.truth.decoys.push(Text::fixed("a director on a journey", "出張中の役員"));
}

/// T6: a web shell, an account of the operator used behind it, and logs that were edited.
fn edited(world: &World, span: Span, book: &mut Book) {
    let Some(user) = world.of(OPERATOR).next() else { return };
    let day = late_day(span, &mut book.random);
    let mut at = span.at(day, 1) + book.random.below(1_200) as i64;
    let shell =
        Actor { account: "-", organisation: "-", from: HOSTING, session: "-", agent: AGENT };
    at = web_shell(at, &shell, book);
    let session = book.session();
    let actor = taken_over(user, "198.18.1.10", &session);
    at += 600;
    book.truth.acted(at, &actor);
    book.sign_in(at, &actor);
    book.note(at, &actor, Kind::SignIn, Shows::Other, SIGNED_IN);
    for taken in 0..260 {
        at += 8 + book.random.below(6) as i64;
        let of = book.wanted(taken / 30, taken % 30);
        book.stolen_download(at, &actor, of);
        match taken {
            0 => book.note(at, &actor, Kind::Web, Shows::Downloaded, FIRST_TAKEN),
            259 => book.note(at, &actor, Kind::Audit, Shows::Downloaded, LAST_TAKEN),
            _ => {}
        }
        book.logs.proxied(at, "192.0.2.201", actor.account, "share.example", of.bytes());
    }
    send_out(at, &shell, book);
    cover_up(span, day, at, &actor, book);
}

/// Puts a web shell there and tries it. Returns when that is done.
fn web_shell(mut at: i64, shell: &Actor<'_>, book: &mut Book) -> i64 {
    book.truth.acted(at, shell);
    book.post(at, shell, "/p/12/avatar/upload", 200);
    let what =
        Text::fixed("A program is uploaded as a picture", "画像を装ったプログラムのアップロード");
    book.note(at, shell, Kind::Web, Shows::Entry, what);
    for (number, command) in
        ["whoami", "ipconfig%20/all", "cat%20/etc/passwd", "ls%20-la%20/var/share"]
            .iter()
            .enumerate()
    {
        at += 30;
        let path = format!("/avatars/tmp7f.php?cmd={command}");
        book.get(at, shell, &path, 200, 900 + command.len() as u64 * 97);
        if number == 0 {
            let what = Text::fixed("The web shell takes commands", "Webシェルでのコマンド実行");
            book.note(at, shell, Kind::Web, Shows::WayBack, what);
        }
    }
    at
}

/// Takes away by the web shell what was gathered.
fn send_out(from: i64, shell: &Actor<'_>, book: &mut Book) {
    for part in 0..90 {
        let at = from + part * 20;
        book.truth.acted(at, shell);
        book.get(at, shell, &format!("/avatars/tmp7f.php?dwn={part}"), 200, 20_000_000);
        if part == 0 || part == 89 {
            let what = Text::fixed("Data goes out by the web shell", "Webシェル経由での持ち出し");
            book.note(at, shell, Kind::Web, Shows::Other, what);
        }
    }
}

fn cover_up(span: Span, day: i64, end: i64, actor: &Actor<'_>, book: &mut Book) {
    let account = format!("\"{}\"", actor.account);
    let seen = std::cell::Cell::new(0);
    let is_removed = |line: &str| {
        let is_his = line.contains(&account);
        seen.set(seen.get() + u64::from(is_his));
        is_his && seen.get() <= 214
    };
    let removed = book.logs.audit.remove(midnight(end), end + 1, &is_removed);
    book.truth.defects.push(Text::new(
        format!("{removed} records of the audit log were removed"),
        format!("監査ログの記録{removed}件が削除されている"),
    ));
    // What the removed records named stands in no log any more: nobody can find it there.
    let left = book.logs.audit.text(midnight(end), end + 1, &account);
    book.truth.reached = book.truth.entities.clone();
    let named = &mut book.truth.entities;
    named.documents.retain(|document| left.contains(document.as_str()));
    named.projects.retain(|project| left.contains(project.as_str()));
    lost_file(span.at(day - 3, 8), book);
    book.logs.web_back(span.at(day, 14), span.at(day, 15), 420);
    book.truth.defects.push(Text::fixed(
        "the web log steps back by seven minutes for an hour",
        "Webログの時刻が1時間にわたり7分戻っている",
    ));
}
