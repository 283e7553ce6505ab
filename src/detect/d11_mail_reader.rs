//! D11: mail is read by a program that nobody used before, or in bulk.

use super::accounts::{DAY_SECS, Named, new_network, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Instant, Text, counted, visible};
use crate::baseline::activity::Reader;
use crate::baseline::day_of;
use crate::event::Field;
use crate::finding::{Finding, Question, Severity, State};
use crate::judge::activity::Network;
use std::collections::{BTreeMap, BTreeSet};

/// The detection.
pub struct MailReader;

/// Days without a program before it is new.
const NEW_DAYS: i64 = 14;
/// Accounts whose mail one program reads from one network, from which on nobody reads the own.
const MAILBOXES: usize = 3;
/// Times an account's own usual day.
const OWN_TIMES: u64 = 3;

impl Detector for MailReader {
    type Partial = ();

    const CARD: Card = Card {
        id: "D11",
        name: Text::fixed(
            "Mail read by a new program or in bulk",
            "新しいアプリ・大量のメール閲覧",
        ),
        what: Text::fixed(
            "Mail of an account read by a program that read nobody's in the first 14 days of the logs: low, but high where it reads in bulk from a network new to the account. Or, by a program that was there before, in bulk from a network new to the account: high. In bulk is 1,000 mails or more in a day and three times the most of the account's earlier days, or records that say that not all of it was recorded.",
            "ログの最初の14日間に誰のメールも読んでいないアプリによるメールの閲覧。低としますが、新しいネットワークからの大量の閲覧は重大とします。既存のアプリでも、新しいネットワークからの大量の閲覧は重大とします。大量とは、1日1,000通以上かつ本人の過去の最大日の3倍以上、または記録が間引かれた旨の表示があるものです。",
        ),
        why: Text::fixed(
            "Who has a token or a key of the mail system reads mailboxes with a program of their own, without a sign-in of the owners.",
            "トークンや署名鍵を得た者は、本人のサインインなしに独自のアプリでメールを読みます。",
        ),
        innocent: Text::fixed(
            "The roll-out of a new mail program, a migration, an archive.",
            "新しいメールソフトの展開、移行作業、アーカイブ。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::Action],
            words: Text::fixed(
                "Microsoft 365 audit records of MailItemsAccessed, with AppId and client address, over more than two weeks.",
                "AppIdと接続元アドレスを含む、2週間を超えるMicrosoft 365のMailItemsAccessedの監査ログ。",
            ),
        },
        attack: &["T1114.002"],
        severity: Severity::High,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let mail = &context.baseline.activities.mail;
        let readers: Vec<_> = mail.sorted().into_iter().map(|(_, reader)| reader).collect();
        let Some(start) = readers.iter().filter_map(|reader| began(reader)).min() else {
            let reason = Text::fixed(
                "No record in these logs says which program read mail.",
                "どのアプリがメールを読んだかの記録がありません。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        };
        let apps = Apps::of(&readers, start);
        let mut findings: Vec<_> =
            readers.iter().filter_map(|reader| judged(reader, &apps, context)).collect();
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        Verdict { findings, bounds: super::bounds("D11", mail.one_in()), ..Verdict::default() }
    }
}

/// When a program first read mail of an account from a network.
fn began(reader: &Reader) -> Option<Instant> {
    reader.first.first().map(|mark| mark.0)
}

/// What all accounts together tell of the programs.
struct Apps<'a> {
    /// Those that came when the logs were two weeks old.
    new: BTreeSet<&'a str>,
    /// Accounts by program and network.
    mailboxes: BTreeMap<(&'a str, Network), usize>,
    /// Mails by account and day.
    days: BTreeMap<(Fingerprint, i32), u64>,
}

impl<'a> Apps<'a> {
    fn of(readers: &[&'a Reader], start: Instant) -> Self {
        let mut first = BTreeMap::<&str, Instant>::new();
        let (mut mailboxes, mut days) = (BTreeMap::new(), BTreeMap::new());
        for reader in readers {
            let at = began(reader).unwrap_or(Instant::MAX);
            let known = first.entry(&reader.program).or_insert(at);
            *known = at.min(*known);
            if let Some(network) = reader.network {
                *mailboxes.entry((&*reader.program, network)).or_default() += 1;
            }
            for (day, items) in &reader.days {
                *days.entry((reader.account, *day)).or_default() += items;
            }
        }
        let new = first.into_iter().filter(|(_, at)| *at >= start + NEW_DAYS * DAY_SECS);
        Self { new: new.map(|(program, _)| program).collect(), mailboxes, days }
    }

    /// Whether one network reads the mail of several accounts with a program.
    fn is_shared(&self, reader: &Reader) -> bool {
        let count = reader.network.and_then(|of| self.mailboxes.get(&(&*reader.program, of)));
        count.is_some_and(|count| *count >= MAILBOXES)
    }

    /// Mails of the first day in bulk.
    fn bulk(&self, reader: &Reader, least: u64) -> Option<u64> {
        let in_bulk = |(day, items): (&i32, &u64)| {
            let earlier = self.days.range((reader.account, i32::MIN)..(reader.account, *day));
            let most = earlier.map(|(_, items)| *items).max().unwrap_or(0);
            (*items >= least && *items >= most.saturating_mul(OWN_TIMES)).then_some(*items)
        };
        reader.days.iter().find_map(in_bulk)
    }
}

fn judged(reader: &Reader, apps: &Apps<'_>, context: &Conclusion<'_>) -> Option<Finding> {
    let is_new_app = apps.new.contains(&*reader.program);
    let bulk = apps.bulk(reader, context.thresholds.mails_read);
    let is_throttled = !reader.throttled.is_empty();
    let is_shared = apps.is_shared(reader)
        && reader.network.is_some_and(|network| !context.declared.owns(network));
    let first = *reader.first.first()?;
    let from = (first, reader.network);
    let is_strange = new_network(context, reader.account, from, day_of(first.0, 0)).is_some();
    let is_bulk = bulk.is_some() || is_throttled;
    let severity = match (is_new_app, is_bulk, is_strange) {
        (_, true, true) => Severity::High,
        (true, _, _) => Severity::Low,
        (false, _, _) => return None,
    };
    let signs = [
        (is_new_app, NEW_APP),
        (is_strange, NEW_NETWORK),
        (is_shared && is_new_app, SHARED),
        (is_throttled, THROTTLED),
    ];
    let mut why: Vec<Text> =
        signs.into_iter().filter(|(is_there, _)| *is_there).map(|(_, words)| words).collect();
    if let Some(items) = bulk {
        why.push(Text::new(
            format!("{items} mails were read in a day."),
            format!("1日に{items}通が閲覧されました。"),
        ));
    }
    Some(told(reader, severity, &super::parties::joined(&why)))
}

fn told(reader: &Reader, severity: Severity, why: &Text) -> Finding {
    let (name, program) = (visible(&reader.name), visible(&reader.program));
    let records = reader.records;
    let named = Named {
        key: reader.account,
        account: &reader.name,
        marks: reader.first.iter().chain(&reader.throttled).copied().collect(),
        severity,
        title: Text::new(
            format!("Mail of {name} was read by the program {program}"),
            format!("{name} のメールをアプリ {program} が閲覧"),
        ),
        reason: Text::new(
            format!("{} {} in all; the first are shown.", why.en, counted(records, "record")),
            format!("{}記録は全{records}件(最初のものを示します)。", why.ja),
        ),
        speaks_to: if severity >= Severity::High {
            &[(Question::Q1, State::Possible), (Question::Q4, State::Likely)]
        } else {
            &[(Question::Q4, State::Possible)]
        },
    };
    named.finding(&MailReader::CARD)
}

const NEW_APP: Text = Text::fixed(
    "Nobody's mail was read by this program in the first two weeks of the logs.",
    "ログの最初の2週間、このアプリは誰のメールも読んでいません。",
);
const NEW_NETWORK: Text = Text::fixed(
    "The network is new to the account.",
    "接続元は当該アカウントにとって新しいネットワークです。",
);
const SHARED: Text = Text::fixed(
    "One network reads the mail of three accounts or more with it.",
    "1つのネットワークから3以上のアカウントのメールが、このアプリで閲覧されています。",
);
const THROTTLED: Text = Text::fixed(
    "So much was read that not all of it was recorded.",
    "閲覧が多く、記録が間引かれています。",
);
