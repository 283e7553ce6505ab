//! C7: an account that only ever used the application works in the pages of those who run it.

use super::accounts::{Named, new_network};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::limits::ACTORS;
use crate::base::{Arrange, Fingerprint, Merge, Sampled, Seed, Text, visible};
use crate::baseline::activity::{Distinct, MarkFrom, keep_earliest};
use crate::baseline::day_of;
use crate::event::Field;
use crate::finding::{Finding, Question, Severity, State};
use crate::judge::activity::{Change, Network, account_key};
use serde::{Deserialize, Serialize};

/// The detection.
pub struct AdminPages;

/// Records that are shown.
const SHOWN: usize = 8;
/// Days on which the account took or read documents before.
const BEFORE_DAYS: usize = 10;
/// One in so many accounts that work there make it no place for the few.
const FEW: usize = 5;
/// Accounts that must be known to tell the few from the many.
const ACCOUNTS: usize = 10;

/// Accounts in the pages of those who run the application: at most 131,072.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Users(Sampled<User, ACTORS>);

/// One account there.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct User {
    account: Fingerprint,
    name: Box<str>,
    /// A page, of several the smallest.
    path: Box<str>,
    /// Different pages of its first day there.
    pages: Distinct,
    /// That day, in the zone of the records.
    day: i32,
    records: u64,
    first: Vec<MarkFrom>,
}

impl Detector for AdminPages {
    type Partial = Users;

    const CARD: Card = Card {
        id: "C7",
        name: Text::fixed(
            "Administrators' pages by a plain account",
            "一般アカウントによる管理機能の使用",
        ),
        what: Text::fixed(
            "Three different pages or more of an administrators' area (a folder such as /admin/, without /wp-admin/ parts that every visitor loads) served on one day to an account that never was there before and took or read documents on ten earlier days or more, where fewer than one in five accounts works there and no record grants the account a right within the 30 days before. High from a network new to the account.",
            "管理者用領域(/admin/ などのフォルダー)の3以上の異なるページが、過去10日以上文書を利用しながら一度も管理領域を使用していないアカウントに、1日のうちに応答されたもの。管理領域を使うアカウントが5分の1未満で、直前30日以内に当該アカウントへの権限付与の記録がない場合に限ります。新しいネットワークからの場合は重大とします。",
        ),
        why: Text::fixed(
            "Pages that run the application should not open for everyone who can sign in; who tries them looks for more rights.",
            "管理機能は、サインインできるだけの利用者に開かれるべきものではありません。これを使う者はより高い権限を求めています。",
        ),
        innocent: Text::fixed(
            "A new administrator whose rights were granted where these logs do not show it.",
            "新任の管理者(権限付与がログに現れない場合)。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs that name the account, over more than ten days, with ten accounts or more.",
                "アカウントを記録した、10日を超え10アカウント以上を含むアクセスログ。",
            ),
        },
        attack: &["T1078"],
        severity: Severity::Medium,
    };
    const WANTS: Marks = Marks::ADMIN;
    const NEEDS_ALL: bool = true;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Users) {
        let fields = &seen.event.fields;
        let Some(user) = fields.text(Field::UserName) else { return };
        let network = fields.text(Field::SourceAddress).and_then(Network::of);
        let account = account_key(seen.seed, user);
        let new = User {
            account,
            name: String::from_utf8_lossy(user).into(),
            path: super::answers::shown_path(seen.path_text).into(),
            pages: Distinct::of(Seed(seen.path).of(b"")),
            day: day_of(seen.at, seen.offset_secs),
            records: 1,
            first: vec![((seen.at, seen.event.location), network)],
        };
        match partial.0.entry(account, || new.clone()) {
            Some(known) if known.first != new.first => known.merge(new),
            _ => {}
        }
    }

    fn conclude(&self, partial: Users, context: &Conclusion<'_>) -> Verdict {
        let users = partial.0.sorted();
        let activities = &context.baseline.activities;
        let known = activities.accounts.sorted().len();
        if users.is_empty() || known < ACCOUNTS || users.len() * FEW >= known {
            return Verdict::default();
        }
        let least = u64::from(context.thresholds.admin_pages);
        let found = users.iter().filter_map(|(key, user)| {
            let stats = activities.accounts.get(*key)?;
            let before = stats.requested.range(..user.day).count();
            let before = before.max(stats.days.range(..user.day).count());
            let is_plain = before >= BEFORE_DAYS && user.pages.count() >= least;
            (is_plain && !is_granted(context, user)).then(|| finding(user, before, context))
        });
        let mut findings: Vec<_> = found.collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        Verdict { findings, bounds: super::bounds("C7", partial.0.one_in()), ..Verdict::default() }
    }
}

/// Whether the account was granted a right within the month before.
fn is_granted(context: &Conclusion<'_>, user: &User) -> bool {
    let all = context.baseline.activities.changes.sorted().into_iter();
    let granted = all.filter(|(_, changes)| changes.change == Change::RoleGranted);
    granted.flat_map(|(_, changes)| &changes.first).any(|changed| {
        (user.day - 30..=user.day).contains(&changed.day)
            && changed.target.eq_ignore_ascii_case(&user.name)
    })
}

fn finding(user: &User, before: usize, context: &Conclusion<'_>) -> Finding {
    let is_new =
        user.first.iter().any(|from| new_network(context, user.account, *from, user.day).is_some());
    let (name, path) = (visible(&user.name), visible(&user.path));
    let (pages, records) = (user.pages.count(), user.records);
    let new = if is_new { NEW } else { Text::fixed("", "") };
    let named = Named {
        key: user.account,
        account: &user.name,
        marks: user.first.iter().map(|(mark, _)| *mark).collect(),
        severity: if is_new { Severity::High } else { Severity::Medium },
        title: Text::new(
            format!("{name} was served {pages} administrators' pages for the first time"),
            format!("{name} に初めて管理者用ページ{pages}件が応答されました"),
        ),
        reason: Text::new(
            format!(
                "{records} requests on that day for pages such as {path}, after {before} days without any. {}The first are shown.",
                new.en
            ),
            format!(
                "{path} などへの要求がその日{records}件({before}日間の利用で初めて)。{}最初の記録を示します。",
                new.ja
            ),
        ),
        speaks_to: &[(Question::Q1, State::Possible)],
    };
    named.finding(&AdminPages::CARD)
}

const NEW: Text = Text::fixed(
    "The network is new to the account. ",
    "接続元は当該アカウントにとって新しいネットワークです。",
);

impl Merge for User {
    /// The earlier day stays.
    fn merge(&mut self, other: Self) {
        match self.day.cmp(&other.day) {
            std::cmp::Ordering::Less => {}
            std::cmp::Ordering::Greater => *self = other,
            std::cmp::Ordering::Equal => {
                self.name = self.name.clone().min(other.name);
                self.path = self.path.clone().min(other.path);
                self.pages.merge(&other.pages);
                self.records += other.records;
                for from in other.first {
                    keep_earliest(&mut self.first, from, SHOWN);
                }
            }
        }
    }
}

impl Merge for Users {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}
