//! What the detections of documents have in common: a day of an account, compared with its other
//! days and with those of its peers.

use super::accounts::{DAY_SECS, named, new_networks, novelty, place, scope, stated, unevaluable};
use super::{Card, Conclusion, Verdict};
use crate::base::{Arrange, Fingerprint, Text, visible};
use crate::baseline::activity::{AccountStats, DayOfActs, Few, Mark, MarkFrom, Novelty, Part};
use crate::finding::{
    Confidence, Finding, Grade, Question, Scope, Severity, State, Subject, SubjectKind,
};
use crate::judge::activity::{Network, Topic, What, pair_key};

/// Days with activity that make a history of an account.
pub const OWN_DAYS: usize = 14;

/// Documents about something from which on an account that never touched any is conspicuous.
const SEVERAL: u64 = 3;
/// And one in so many of the day's records at least is about such a document: it came for them.
const AIM: u64 = 2;
/// Documents about something from which on a day from a new network is conspicuous, where the
/// account does touch such documents now and then.
const MANY: u64 = 5;
/// And times the most of any earlier day.
const MANY_TIMES: u64 = 2;

/// One day of an account.
pub struct AccountDay<'a> {
    /// Stands for the account.
    pub key: Fingerprint,
    /// The account.
    pub stats: &'a AccountStats,
    /// The day.
    pub day: i32,
    /// What it did.
    pub acts: &'a DayOfActs,
    /// What makes it graver: networks new to the account, or a vendor's account, in words.
    pub graver: Option<Text>,
    /// The networks new to the account.
    pub new: Vec<Network>,
}

/// All days of all accounts, or why there are none.
pub fn all<'a>(context: &Conclusion<'a>, card: &Card) -> Result<Vec<AccountDay<'a>>, Box<Verdict>> {
    let activities = &context.baseline.activities;
    if activities.acts == 0 {
        let reason = Text::fixed(
            "No record in these logs says that an account took, read or searched documents.",
            "アカウントによる文書の取得・閲覧・検索の記録がありません。",
        );
        return Err(Box::new(unevaluable(reason, &card.needs.words)));
    }
    let mut days = Vec::new();
    for (key, stats) in activities.by_name() {
        for (day, acts) in &stats.days {
            let new = new_networks(context, key, *day, acts);
            let graver = graver(context, stats, &new);
            days.push(AccountDay { key, stats, day: *day, acts, graver, new });
        }
    }
    Ok(days)
}

fn graver(context: &Conclusion<'_>, stats: &AccountStats, networks: &[Network]) -> Option<Text> {
    if !networks.is_empty() {
        let from = named(networks);
        return Some(Text::new(
            format!("From {from}, which is new to the account."),
            format!("接続元 {from} は当該アカウントにとって新しいネットワークです。"),
        ));
    }
    let is_vendor = context.declared.is_vendor(&stats.name);
    is_vendor.then(|| Text::fixed("The account is a vendor's.", "委託先のアカウントです。"))
}

impl AccountDay<'_> {
    /// Its earlier days.
    pub fn earlier(&self) -> impl Iterator<Item = &DayOfActs> {
        self.stats.days.range(..self.day).map(|(_, acts)| acts)
    }

    /// Whether the account, whose records of the day name no network, had signed in from one new to
    /// it within the day before.
    pub fn has_arrived(&self, context: &Conclusion<'_>) -> bool {
        let Some(first) = self.acts.any.first().filter(|_| self.acts.networks.is_empty()) else {
            return false;
        };
        let mut arrivals = self.stats.arrivals(first.0 - DAY_SECS, first.0);
        arrivals.any(|(network, day)| novelty(context, self.key, network, day) == Novelty::New)
    }

    /// Its name as it may be shown.
    pub fn name(&self) -> String {
        visible(&self.stats.name)
    }

    /// A finding about documents whose names say that they are about something: several by an
    /// account that never touched any, or many from a network new to it. One from a train or a
    /// hotel is what everybody does.
    pub fn topic(
        &self,
        card: &Card,
        topics: &[Topic],
        own_days: usize,
        title: &dyn Fn(&str, u64) -> Text,
    ) -> Option<Finding> {
        let of = |acts: &'_ DayOfActs| -> (u64, Vec<MarkFrom>) {
            let found: Vec<_> = topics.iter().filter_map(|topic| acts.topics.get(topic)).collect();
            let documents = found.iter().map(|(documents, _)| documents.count()).sum();
            (documents, found.iter().flat_map(|(_, first)| first.iter().copied()).collect())
        };
        let (documents, marks) = of(self.acts);
        // Those from a new network are what it rests on, where there are any.
        let is_new = |network: &Option<Network>| network.is_some_and(|one| self.new.contains(&one));
        let has_new = marks.iter().any(|(_, network)| is_new(network));
        let is_graver = self.graver.is_some() && (has_new || self.new.is_empty());
        let most = self.earlier().map(|acts| of(acts).0).max().unwrap_or(0);
        let is_first = documents >= if is_graver { SEVERAL } else { MANY }
            && most == 0
            && self.earlier().count() >= own_days
            && documents.saturating_mul(AIM) >= self.acts.records;
        let is_many = documents >= MANY && documents > most.saturating_mul(MANY_TIMES);
        if !(is_first || (is_many && is_graver)) {
            return None;
        }
        let kept = marks.into_iter().filter(|(_, network)| !has_new || is_new(network));
        let mut marks: Vec<Mark> = kept.map(|(mark, _)| mark).collect();
        marks.arrange();
        let span = marks.first().zip(marks.last()).map(|(first, last)| (first.0, last.0));
        Some(self.finding(
            card,
            Told {
                title: title(&self.name(), documents),
                reason: Text::new(
                    format!("{documents} different documents by their names; the records of the first are shown."),
                    format!("名称から判定した異なる文書{documents}件(最初の記録を示します)。"),
                ),
                severity: Severity::Medium,
                count: marks.len() as u64,
                span,
                kinds: 0,
                named: &marks,
                is_elsewhere: !has_new,
                shown: marks.clone(),
                beyond: Vec::new(),
            },
        ))
    }

    /// The networks that the day's records of some kinds rest on, and whether they are new to the
    /// account: the new ones where half of the records or more are from them, else the one with
    /// three in four. None where no network stands out.
    pub fn resting_on(&self, kinds: u32) -> Option<(Vec<Network>, bool)> {
        let all = self.whole(kinds);
        let parts =
            || self.acts.networks.iter().map(|(of, part)| (*of, few_of(part, kinds).records));
        let new: u64 =
            parts().filter(|(of, _)| self.new.contains(of)).map(|(_, count)| count).sum();
        if new > 0 && new * 2 >= all {
            return Some((self.new.clone(), true));
        }
        let (main, most) = parts().max_by_key(|(_, count)| *count)?;
        (most * 4 >= all * 3).then(|| (vec![main], false))
    }

    /// Records of some kinds in all networks together.
    const fn whole(&self, kinds: u32) -> u64 {
        match kinds {
            What::EXPORTED => self.acts.exported,
            What::TAKEN => self.acts.taken,
            _ => self.acts.records,
        }
    }

    /// A finding about the day, with records that are of some kinds or named one by one. A network
    /// new to the account makes it graver where these are from there.
    pub fn finding(&self, card: &Card, of: Told<'_>) -> Finding {
        let is_by_kind = of.named.is_empty() && of.kinds != 0;
        let rests_on = is_by_kind.then(|| self.resting_on(of.kinds)).flatten();
        let is_elsewhere = match (&rests_on, is_by_kind) {
            (Some((_, is_new)), _) => !is_new,
            (None, true) => true,
            (None, false) => of.is_elsewhere,
        };
        let is_graver = self.graver.is_some() && (self.new.is_empty() || !is_elsewhere);
        let mut shown = of.shown.clone();
        let (count, groups) = match rests_on {
            Some((networks, _)) => {
                let parts = self.acts.networks.iter().filter(|(of, _)| networks.contains(of));
                let parts: Vec<&Few> = parts.map(|(_, part)| few_of(part, of.kinds)).collect();
                let there: u64 = parts.iter().map(|few| few.records).sum();
                let all = self.whole(of.kinds);
                shown = parts.iter().flat_map(|few| few.first.iter().copied()).collect();
                let groups = networks.iter().map(|network| pair_key(self.key, *network)).collect();
                ((of.count + there).saturating_sub(all), groups)
            }
            None => (of.count, vec![self.key]),
        };
        let (first, last) = of.span.map(stated).unwrap_or_default();
        let graver = self.graver.clone().filter(|_| is_graver).unwrap_or(Text::fixed("", ""));
        Finding {
            severity: if is_graver { Severity::High } else { of.severity },
            confidence: if is_graver { Confidence::Moderate } else { Confidence::Low },
            grade: Grade::E3,
            subject: Subject { kind: SubjectKind::Account, value: self.stats.name.to_string() },
            first,
            last,
            count,
            reason: Text::new(
                format!("{} {}", of.reason.en, graver.en).trim_end().to_owned(),
                format!("{}{}", of.reason.ja, graver.ja),
            ),
            scope: Scope {
                records: of.named.iter().map(|mark| mark.1.key()).collect(),
                day: (of.kinds != 0).then_some(self.day),
                ..scope(groups, of.kinds)
            },
            places: shown.iter().chain(&of.beyond).copied().map(place).collect(),
            speaks_to: of.speaks_to(is_graver),
            ..card.finding(of.title)
        }
    }
}

/// Records of some kinds from a network.
const fn few_of(part: &Part, kinds: u32) -> &Few {
    match kinds {
        What::EXPORTED => &part.exported,
        What::TAKEN => &part.taken,
        _ => &part.all,
    }
}

/// What a finding about a day tells.
pub struct Told<'a> {
    /// One line.
    pub title: Text,
    /// The figures.
    pub reason: Text,
    /// How severe it is by itself.
    pub severity: Severity,
    /// Records that it rests on.
    pub count: u64,
    /// First and last of these.
    pub span: Option<(i64, i64)>,
    /// Kinds of activity of the day that it rests on, as bits.
    pub kinds: u32,
    /// Records that it rests on one by one.
    pub named: &'a [Mark],
    /// Whether these are from networks that are not new to the account.
    pub is_elsewhere: bool,
    /// Records that are shown, where it does not rest on those of some networks.
    pub shown: Vec<Mark>,
    /// Further records that are shown.
    pub beyond: Vec<Mark>,
}

impl Told<'_> {
    /// What was taken is recorded; whether by whom it should not have been is what the graver signs
    /// speak of.
    fn speaks_to(&self, is_graver: bool) -> Vec<(Question, State)> {
        let taken = (Question::Q4, State::Possible);
        if is_graver { vec![taken, (Question::Q1, State::Possible)] } else { vec![taken] }
    }
}

/// The value at a rank in thousandths, by the nearest rank; none of nothing.
pub fn quantile(sorted: &[u64], thousandths: usize) -> Option<u64> {
    let rank = (sorted.len() * thousandths).div_ceil(1_000).saturating_sub(1);
    sorted.get(rank).copied()
}
