//! B2: attacks on known flaws of products, and what became of them by the product's own signs.
//!
//! What an attack looks like and how its success shows is data (`packs`): a status that means
//! refusal elsewhere may be the answer of success here, and what a client does next may tell what
//! the answer does not.

use super::answers::{Answer, AnswerKey, Answers, Group, Tally, key_of, log_sources};
use super::outcome::of_status;
use super::packs::{Pack, Request, packs};
use super::{Card, Conclusion, Detector, Marks, Needs, Seen, Verdict};
use crate::base::{Arrange, Fingerprint, LogSize, Merge, Text, counted, rfc3339};
use crate::baseline::is_served;
use crate::event::Field;
use crate::finding::{
    Confidence, Finding, Grade, Outcome, Question, Scope, Severity, State, Subject, SubjectKind,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The detection.
pub struct Product;

/// Clients of a pack that get a finding of their own; where more succeeded, they share one.
const OWN_FINDINGS: usize = 50;

/// Requests that packs describe, by client and path. What counts behind an attack only is kept
/// apart: it may be frequent, and must not push attacks out.
#[derive(Default, Serialize, Deserialize)]
pub struct Requests {
    attacks: Answers,
    follow_ups: Answers,
}

impl Merge for Requests {
    fn merge(&mut self, other: Self) {
        self.attacks.merge(other.attacks);
        self.follow_ups.merge(other.follow_ups);
    }
}

impl Detector for Product {
    type Partial = Requests;

    const CARD: Card = Card {
        id: "B2",
        name: Text::fixed(
            "Attack on a known flaw of a product, with outcome",
            "製品の既知の脆弱性への攻撃とその結果",
        ),
        what: Text::fixed(
            "Requests that are specific to the attack on a known flaw of a product (file transfer, collaboration, groupware, mail, VPN gateways and others; each has a pack of its own). Whether one succeeded is told by the product's own signs: by statuses, which may be 400, 401, 403, 405 or 500, by the size of the answer, and by what the same client did next. Pages for what does not exist are recognised by their size.",
            "製品(ファイル転送、情報共有、グループウェア、メール、VPN装置など。製品ごとにパックを用意)の既知の脆弱性への攻撃に固有の要求。成否は製品固有の兆候、すなわちステータス(400、401、403、405、500が成功を意味する場合もあります)、応答サイズ、同じクライアントのその後の要求から判断します。「存在しない」ページはサイズで見分けます。",
        ),
        why: Text::fixed(
            "Large leaks began with such requests, and a status alone misleads: several products answer a successful attack with an error.",
            "大規模な情報漏えいの多くはこうした要求から始まっています。攻撃が成功してもエラーを返す製品があり、ステータスだけでは判断を誤ります。",
        ),
        innocent: Text::fixed(
            "Authorised scans; scanners that try every product whether it is there or not, whose attempts end as blocked or failed; a check by the operator after patching.",
            "許可された診断。製品の有無を問わず試すスキャナー(結果は拒否または失敗)。修正適用後の運用者による確認。",
        ),
        needs: Needs {
            fields: &[Field::Target, Field::Status],
            words: Text::fixed(
                "Access logs with method, request line and status; sizes, referrers and client addresses sharpen the outcome.",
                "メソッド、要求行、ステータスを含むアクセスログ(サイズ、リファラー、クライアントのアドレスがあれば結果の判断がより確かになります)。",
            ),
        },
        attack: &["T1190"],
        severity: Severity::High,
    };
    const WANTS: Marks = Marks::WATCHED;

    fn observe(&self, seen: &Seen<'_>, partial: &mut Requests) {
        for kind in packs().matching(seen) {
            match packs().request(kind) {
                Some((.., request)) if request.is_follow_up() => {
                    partial.follow_ups.note(seen, kind)
                }
                _ => partial.attacks.note(seen, kind),
            }
        }
    }

    fn conclude(&self, partial: Requests, context: &Conclusion<'_>) -> Verdict {
        let mut attackers = attackers(&partial.attacks, context);
        for (key, group) in partial.follow_ups.groups() {
            if let Some((at, _, request)) = packs().request(group.kind)
                && let Some(attacker) = attackers.get_mut(&(at, group.client))
            {
                attacker.follow(key, group, request, context);
            }
        }
        let mut sorted = BTreeMap::<usize, Sorted>::new();
        for ((at, _), attacker) in attackers {
            sorted.entry(at).or_default().add(attacker);
        }
        let all = packs().iter().enumerate();
        let findings =
            all.filter_map(|(at, pack)| Some(sorted.remove(&at)?.findings(pack, context)));
        let mut verdict = Verdict { findings: findings.flatten().collect(), ..Verdict::default() };
        verdict.bounds =
            super::bounds("B2", partial.attacks.one_in().max(partial.follow_ups.one_in()));
        verdict
    }

    fn rests_on(&self, seen: &Seen<'_>, finding: &Finding) -> bool {
        let mut kinds = packs().matching(seen).into_iter();
        kinds.any(|kind| finding.scope.answers.contains(&key_of(seen, kind)))
    }
}

/// What an answer to an attack tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// It is the answer of success.
    Succeeded,
    /// Success and failure have it in common. What else is known of the client decides; where
    /// nothing is, it counts as this outcome, or as a doubt of its own.
    Open(Option<Outcome>),
    /// It is not the answer of success.
    Not(Outcome),
}

/// What an answer tells by the signs of the product.
fn told(
    request: &Request,
    group: &Group,
    (status, size): (u16, LogSize),
    context: &Conclusion<'_>,
) -> Told {
    let signs = &request.answers;
    let extent = group.extent(status, size);
    let page = extent.filter(|_| is_served(status)).and_then(|of| page(group, size, of, context));
    if page == Some(Page::Common) {
        return Told::Not(Outcome::Failed);
    }
    // What this site answers to so much else says nothing of a product.
    let is_usual = page.is_some() || context.baseline.refusals.paths(status) >= HABIT;
    if signs.doubtful.contains(&status) {
        return Told::Open(is_usual.then_some(Outcome::Unknown));
    }
    if signs.masked.contains(&status) {
        return Told::Open(Some(Outcome::Failed));
    }
    if !signs.succeeded.contains(&status) {
        return Told::Not(other(status));
    }
    match extent {
        Some((_, most)) if most < signs.least_bytes => Told::Not(Outcome::Failed),
        None if signs.least_bytes > 0 => Told::Open(None),
        _ if is_usual => Told::Open(None),
        _ => Told::Succeeded,
    }
}

/// What became of a request whose answer is not one of success.
fn other(status: u16) -> Outcome {
    match of_status(status) {
        Some(outcome) => outcome,
        None if status >= 500 => Outcome::Failed,
        None => Outcome::Unknown,
    }
}

/// Ordinary paths that were turned away with a status before it is this site's habit.
const HABIT: usize = 10;

/// What page a served answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    /// One that this site gives for everything: it has exactly its size.
    Common,
    /// Many addresses were answered with about this size.
    Crowded,
}

fn page(
    group: &Group,
    size: LogSize,
    (least, most): (u64, u64),
    context: &Conclusion<'_>,
) -> Option<Page> {
    let both = |is: &dyn Fn(u64) -> bool| is(least) && is(most);
    // A path that many were served is itself among the pages that are usual here.
    let stats = context.baseline.paths.get(group.path);
    let is_of_few = stats.is_none_or(|stats| stats.few_clients().is_some());
    if both(&|bytes| context.site.is_error_page(bytes))
        || (is_of_few && both(&|bytes| context.site.is_ordinary(bytes)))
    {
        return Some(Page::Common);
    }
    (most > 0 && context.site.is_crowded(size)).then_some(Page::Crowded)
}

/// Answers to one client's attack on one flaw.
#[derive(Default)]
struct Attacker {
    name: Box<str>,
    succeeded: Tally,
    /// By what they count as where the client did not succeed otherwise.
    open: BTreeMap<Option<Outcome>, Tally>,
    others: BTreeMap<Outcome, Tally>,
    /// What the client was served behind the attack that nobody is served without success.
    followed: Tally,
}

/// Every client that attacked a flaw, by the place of its pack.
fn attackers(
    attacks: &Answers,
    context: &Conclusion<'_>,
) -> BTreeMap<(usize, Fingerprint), Attacker> {
    let mut attackers = BTreeMap::<_, Attacker>::new();
    for (key, group) in attacks.groups() {
        let Some((at, _, request)) = packs().request(group.kind) else { continue };
        let attacker = attackers.entry((at, group.client)).or_default();
        attacker.name.clone_from(&group.client_name);
        for (of, answer) in &group.answers() {
            let tally = match told(request, group, *of, context) {
                Told::Succeeded => &mut attacker.succeeded,
                Told::Open(alone) => attacker.open.entry(alone).or_default(),
                Told::Not(outcome) => attacker.others.entry(outcome).or_default(),
            };
            tally.add((key, of.0, of.1), group, answer);
        }
    }
    attackers
}

impl Attacker {
    /// Takes in what the client did behind its attack, where that only works behind a success.
    fn follow(&mut self, key: u64, group: &Group, request: &Request, context: &Conclusion<'_>) {
        let within = request.within_secs.unwrap_or(0);
        let open = self.open.iter().filter(|(alone, _)| **alone != Some(Outcome::Failed));
        let may_have_succeeded = open.map(|(_, tally)| tally).chain([&self.succeeded]);
        let spans: Vec<_> = may_have_succeeded.filter_map(|tally| tally.span).collect();
        let is_behind = |answer: &Answer| {
            spans.iter().any(|span| {
                answer.span.1 >= span.0 && answer.span.0 <= span.1.saturating_add(within)
            })
        };
        for (of, answer) in &group.answers() {
            if is_behind(answer) && told(request, group, *of, context) == Told::Succeeded {
                let key: AnswerKey = (key, of.0, of.1);
                self.followed.add(key, group, answer);
            }
        }
    }
}

/// The attackers of one flaw by how far they came.
#[derive(Default)]
struct Sorted {
    succeeded: Vec<(Box<str>, Tally, bool)>,
    doubtful: Tally,
    others: BTreeMap<Outcome, Tally>,
}

impl Sorted {
    fn add(&mut self, attacker: Attacker) {
        let has_followed = attacker.followed.count > 0;
        if has_followed || attacker.succeeded.count > 0 {
            let mut all = attacker.succeeded;
            attacker.open.values().chain([&attacker.followed]).for_each(|more| all.join(more));
            self.succeeded.push((attacker.name, all, has_followed));
        } else {
            for (alone, tally) in attacker.open {
                let of = alone.map(|outcome| self.others.entry(outcome).or_default());
                of.unwrap_or(&mut self.doubtful).join(&tally);
            }
        }
        for (outcome, tally) in attacker.others {
            self.others.entry(outcome).or_default().join(&tally);
        }
    }

    fn findings(mut self, pack: &Pack, context: &Conclusion<'_>) -> Vec<Finding> {
        self.succeeded.arrange_by(|a, b| a.0.cmp(&b.0));
        if self.succeeded.len() > OWN_FINDINGS {
            let mut all = Tally::default();
            self.succeeded.iter().for_each(|(_, tally, _)| all.join(tally));
            let has_followed = self.succeeded.iter().any(|(.., followed)| *followed);
            self.succeeded = vec![(all.main_client().into(), all, has_followed)];
        }
        let each = |(_, tally, followed): &(Box<str>, Tally, bool)| success(pack, tally, *followed);
        let mut findings: Vec<_> = self.succeeded.iter().map(each).collect();
        if self.doubtful.count > 0 {
            findings.push(doubtful(pack, &self.doubtful));
        }
        let attempts = self.others.iter();
        findings.extend(attempts.map(|(outcome, tally)| attempt(pack, *outcome, tally, context)));
        findings
    }
}

fn success(pack: &Pack, tally: &Tally, has_followed: bool) -> Finding {
    let (en, ja) = match has_followed {
        true => (
            " Behind it the same client was served what only works after a success.",
            "その後、同じクライアントが成功後にのみ得られる応答を得ています。",
        ),
        false => ("", ""),
    };
    let told = Text::new(format!("{}{en}", pack.success.en), format!("{}{ja}", pack.success.ja));
    let others = pack.speaks_to.iter().map(|question| (*question, State::Likely));
    let certain = [(Question::Q1, State::Likely), (Question::Q3, State::Likely)];
    let title = Text::new(
        format!("{}: {} was likely exploited", pack.product, pack.cve()),
        format!("{}:{} の悪用が成功した可能性が高い", pack.product, pack.cve()),
    );
    Finding {
        severity: pack.severity,
        confidence: Confidence::Moderate,
        outcome: Some(Outcome::LikelySucceeded),
        speaks_to: certain.into_iter().chain(others).collect(),
        ..finding(pack, tally, title, &told)
    }
}

fn doubtful(pack: &Pack, tally: &Tally) -> Finding {
    const USUAL: Text = Text::fixed(
        "This site gives many other addresses such an answer too, or no size is logged, so it may be the site's usual answer.",
        "このサイトは他の多くのURLにも同様の応答を返しているか、サイズが記録されていないため、通常の応答の可能性があります。",
    );
    let title = Text::new(
        format!("{}: attack on {} with an answer that does not tell", pack.product, pack.cve()),
        format!("{}:{} への攻撃(応答からは成否不明)", pack.product, pack.cve()),
    );
    Finding {
        severity: Severity::Medium,
        confidence: Confidence::Low,
        outcome: Some(Outcome::Unknown),
        speaks_to: vec![(Question::Q1, State::Possible), (Question::Q3, State::Possible)],
        ..finding(pack, tally, title, pack.doubt.as_ref().unwrap_or(&USUAL))
    }
}

fn attempt(pack: &Pack, outcome: Outcome, tally: &Tally, context: &Conclusion<'_>) -> Finding {
    let (en, ja) = match outcome {
        Outcome::Blocked => ("refused", "拒否"),
        Outcome::Failed => ("failed", "失敗"),
        _ => ("no sign of success", "成功の兆候なし"),
    };
    let title = Text::new(
        format!("{}: attempts at {}: {en}", pack.product, pack.cve()),
        format!("{}:{} への攻撃の試み:{ja}", pack.product, pack.cve()),
    );
    let told = Text::new(
        format!("None of these answers is one of success. {}", pack.success.en),
        format!("いずれも成功時の応答ではありません。{}", pack.success.ja),
    );
    let mut finding = finding(pack, tally, title, &told);
    if tally.clients.len() > 1 {
        let value = log_sources(context.streams);
        finding.subject = Subject { kind: SubjectKind::LogSource, value };
    }
    Finding {
        severity: Severity::Info,
        confidence: Confidence::Moderate,
        outcome: Some(outcome),
        ..finding
    }
}

fn finding(pack: &Pack, tally: &Tally, title: Text, told: &Text) -> Finding {
    let (count, clients, statuses) = (tally.count, tally.clients.len(), tally.statuses());
    let paths: Vec<_> = tally.paths.iter().take(3).map(|path| &**path).collect();
    let more = if tally.paths.len() > paths.len() { " …" } else { "" };
    let paths = format!("{}{more}", paths.join(", "));
    let next = &pack.next;
    Finding {
        category: Some(pack.id.clone()),
        rule: Some(pack.cve().to_owned()),
        grade: Grade::E3,
        subject: Subject { kind: SubjectKind::Address, value: tally.main_client() },
        first: tally.span.map(|span| rfc3339(span.0)),
        last: tally.span.map(|span| rfc3339(span.1)),
        count,
        attack: pack.attack.clone(),
        reason: Text::new(
            format!(
                "{} {} by {}, status {statuses} ({paths}). {} Next: {}",
                pack.what.en,
                counted(count, "request"),
                counted(clients, "address"),
                told.en,
                next.en
            ),
            format!(
                "{}{clients}個のアドレスから{count}件の要求、ステータス{statuses}({paths})。{}次の対応:{}",
                pack.what.ja, told.ja, next.ja
            ),
        ),
        innocent: pack.innocent.clone(),
        scope: Scope { answers: tally.keys.clone(), ..Scope::default() },
        places: tally.evidence(),
        ..Product::CARD.finding(title)
    }
}
