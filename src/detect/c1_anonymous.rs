//! C1: documents handed to nobody in particular, where otherwise only members get them.

use super::answers::wider;
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::limits::{HANDED, KINDS};
use crate::base::{
    Arrange, Fingerprint, Instant, Merge, Sampled, Seed, Text, Weigh, Weighed, visible,
};
use crate::baseline::activity::{Distinct, Mark, keep_earliest};
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::Network;
use serde::{Deserialize, Serialize};

/// The detection.
pub struct Anonymous;

/// Documents of a kind of address handed to members that show that it is for members.
const MEMBERS: u64 = 200;
/// Members that they were handed to.
const PEOPLE: u64 = 5;
/// One in so many may have gone to nobody in particular.
const RARE: u64 = 20;
/// Different documents of one client from which on it shows.
const DOCUMENTS: u64 = 3;
/// And from which on it was no slip.
const MANY: u64 = 30;
/// Records that are shown.
const SHOWN: usize = 8;

/// Who was handed documents at which kind of address.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Handed {
    kinds: Sampled<Kind, KINDS>,
    nobody: Weighed<Nobody, KINDS, HANDED>,
}

/// One kind of address.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Kind {
    /// Records of members.
    members: u64,
    /// Records without an account.
    anonymous: u64,
    people: Distinct,
}

/// A client without an account at one kind of address.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Nobody {
    kind: Fingerprint,
    path: Box<str>,
    address: Box<str>,
    records: u64,
    documents: Distinct,
    /// The smallest and the largest, in bytes. Of answers of a usual size or an error page's, few
    /// are documents.
    sizes: Option<(u64, u64)>,
    first: Vec<Mark>,
    span: (Instant, Instant),
}

impl Detector for Anonymous {
    type Partial = Handed;

    const CARD: Card = Card {
        id: "C1",
        name: Text::fixed("Members' documents without an account", "認証なしでの会員用文書の取得"),
        what: Text::fixed(
            "3 different documents or more, in 2 sizes or more, handed to a client without an account at a kind of address (a path that differs in numbers and names of files only) that hands 95 % of its documents, 200 or more, to 5 accounts or more. High from 30 documents on.",
            "文書の95%(200件以上)がアカウント(5以上)に渡されている種類のアドレス(番号とファイル名だけが異なるパス)で、アカウントのないクライアントに3以上の異なる文書が2種類以上のサイズで渡されたもの。30件以上は重大とします。",
        ),
        why: Text::fixed(
            "What asks for no password hands out to whoever knows the address.",
            "認証が行われない箇所では、アドレスを知る誰にでも文書が渡ります。",
        ),
        innocent: Text::fixed(
            "Links that are shared on purpose, programs that sign in by tokens which the log does not show.",
            "意図的に共有されたリンク、ログに現れないトークンで認証するプログラム。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress, Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs that name the account, with client address, request line, status and bytes.",
                "アカウントを記録し、クライアントのアドレス・要求行・ステータス・バイト数を含むアクセスログ。",
            ),
        },
        attack: &["T1190"],
        severity: Severity::Medium,
    };
    const WANTS: Marks = Marks::DOWNLOAD;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Handed) {
        let kind = kind_of(seen);
        let user = seen.event.fields.text(Field::UserName);
        if let Some(known) = partial.kinds.entry(kind, Kind::default) {
            match user {
                Some(user) => {
                    known.members += 1;
                    known.people.add(seen.seed.of(user));
                }
                None => known.anonymous += 1,
            }
        }
        if user.is_none() {
            let key = Seed(kind).of(&seen.client.to_le_bytes());
            partial.nobody.change(key, || Nobody::new(seen, kind), |nobody| nobody.note(seen));
        }
    }

    fn conclude(&self, partial: Handed, context: &Conclusion<'_>) -> Verdict {
        let is_for_members = |kind: Fingerprint| {
            partial.kinds.get(kind).is_some_and(|kind| {
                kind.members >= MEMBERS
                    && kind.people.count() >= PEOPLE
                    && kind.anonymous * RARE <= kind.members
            })
        };
        let is_own = |one: &Nobody| {
            Network::of(one.address.as_bytes())
                .is_some_and(|network| context.declared.owns(network))
        };
        let found = partial.nobody.sorted().into_iter().filter(|(_, one)| {
            one.documents.count() >= DOCUMENTS
                && one.sizes.is_some_and(|(least, most)| least < most)
                && is_for_members(one.kind)
                && !is_own(one)
        });
        let mut findings: Vec<_> = found.map(|(key, one)| one.finding(key)).collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        let bounds = super::bounds("C1", partial.kinds.one_in().max(partial.nobody.one_in()));
        Verdict { findings, bounds, ..Verdict::default() }
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        seen.marks.meet(Marks::DOWNLOAD)
            && seen.event.fields.text(Field::UserName).is_none()
            && finding.scope.actor == Some(Seed(kind_of(seen)).of(&seen.client.to_le_bytes()))
    }
}

/// The kind of address: its folders, with numbers alike.
fn kind_of(seen: &Seen<'_>) -> Fingerprint {
    let end = memchr::memrchr(b'/', seen.path_text).map_or(0, |at| at + 1);
    let mut kind = Vec::with_capacity(end);
    for byte in &seen.path_text[..end] {
        match byte {
            b'0'..=b'9' if kind.last() == Some(&b'0') => {}
            b'0'..=b'9' => kind.push(b'0'),
            other => kind.push(*other),
        }
    }
    let host = seen.event.fields.text(Field::Domain).unwrap_or(b"");
    Seed(seen.seed.of(host)).of(&kind)
}

impl Nobody {
    fn new(seen: &Seen<'_>, kind: Fingerprint) -> Self {
        let text = |text: &[u8]| String::from_utf8_lossy(text).into();
        Self {
            kind,
            path: text(seen.path_text),
            address: text(seen.event.fields.text(Field::SourceAddress).unwrap_or(b"-")),
            records: 0,
            documents: Distinct::default(),
            sizes: None,
            first: Vec::new(),
            span: (seen.at, seen.at),
        }
    }

    fn note(&mut self, seen: &Seen<'_>) {
        let path = String::from_utf8_lossy(seen.path_text);
        if *path < *self.path {
            self.path = path.into();
        }
        self.records += 1;
        self.documents.add(Seed(seen.path).of(seen.query.unwrap_or(b"")));
        self.sizes = wider(self.sizes, seen.bytes.map(|bytes| (bytes, bytes)));
        keep_earliest(&mut self.first, (seen.at, seen.event.location), SHOWN);
        self.span = (self.span.0.min(seen.at), self.span.1.max(seen.at));
    }

    fn finding(&self, key: Fingerprint) -> Finding {
        let documents = self.documents.count();
        let (address, path, records) = (visible(&self.address), visible(&self.path), self.records);
        let (first, last) = super::accounts::stated(self.span);
        let is_many = documents >= MANY;
        let state = if is_many { State::Likely } else { State::Possible };
        Finding {
            severity: if is_many { Severity::High } else { Severity::Medium },
            confidence: if is_many { Confidence::Moderate } else { Confidence::Low },
            grade: Grade::E3,
            subject: Subject { kind: SubjectKind::Address, value: self.address.to_string() },
            first,
            last,
            count: records,
            reason: Text::new(
                format!(
                    "{documents} different documents in {records} requests without an account, at addresses like {path}, which hand out nearly all else to accounts."
                ),
                format!(
                    "{path} のようなアドレスで、アカウントのない{records}件の要求に{documents}件の異なる文書が渡されました。同種のアドレスの文書はほぼすべてアカウントに渡されています。"
                ),
            ),
            scope: Scope { actor: Some(key), ..Scope::default() },
            places: self.first.iter().copied().map(super::accounts::place).collect(),
            speaks_to: vec![(Question::Q1, state), (Question::Q4, state)],
            ..Anonymous::CARD.finding(Text::new(
                format!("{address} was handed {documents} members' documents without an account"),
                format!("{address} が認証なしで会員用の文書{documents}件を取得"),
            ))
        }
    }
}

impl Merge for Kind {
    fn merge(&mut self, other: Self) {
        self.members += other.members;
        self.anonymous += other.anonymous;
        self.people.merge(&other.people);
    }
}

impl Weigh for Nobody {
    fn weight(&self) -> usize {
        self.documents.kept().len() + self.first.len()
    }
}

impl Merge for Nobody {
    fn merge(&mut self, other: Self) {
        if other.path < self.path {
            self.path = other.path;
        }
        self.records += other.records;
        self.documents.merge(&other.documents);
        self.sizes = wider(self.sizes, other.sizes);
        other.first.into_iter().for_each(|mark| keep_earliest(&mut self.first, mark, SHOWN));
        self.span = (self.span.0.min(other.span.0), self.span.1.max(other.span.1));
    }
}

impl Merge for Handed {
    fn merge(&mut self, other: Self) {
        self.kinds.merge(other.kinds);
        self.nobody.merge(other.nobody);
    }
}
