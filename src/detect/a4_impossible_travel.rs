//! A4: an account in two places between which nobody travels so fast.

use super::accounts::{Named, novelty};
use super::places::{about, missing_table, named, shared};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Arrange, Fingerprint, Text, visible};
use crate::baseline::activity::{DayUse, Mark, Novelty};
use crate::baseline::day_of;
use crate::event::Field;
use crate::finding::{Finding, Question, Severity, State};
use crate::judge::activity::{Network, pair_key};
use std::collections::{BTreeMap, BTreeSet};

/// The detection.
pub struct ImpossibleTravel;

/// Seconds of an hour.
const HOUR_SECS: i64 = 3_600;

/// A record of an account in a network.
type Seen = (Mark, Network);

impl Detector for ImpossibleTravel {
    type Partial = ();

    const CARD: Card = Card {
        id: "A4",
        name: Text::fixed("Impossible travel", "移動不可能な2地点からの利用"),
        what: Text::fixed(
            "One account in two networks that lie 500 km apart or more, so soon that it would have travelled at more than 1,000 km/h, one of them new to the account. The distance is the least that there can be: between countries, between their nearest parts. Left out: networks of hosting, VPNs and mobile carriers, declared ones, and those that four accounts or more use on three days or more. Low where too little is known of the account to call a network new. Of each day and network the first and the last record are compared.",
            "1アカウントが、500km以上離れた2つのネットワークから、時速1,000kmを超える移動が必要な間隔で利用され、一方が当該アカウントにとって新しいもの。距離は最小値(国どうしの場合は最も近い部分の間)で計算します。ホスティング・VPN・携帯電話事業者、申告済み、4アカウント以上が3日以上使用するネットワークは除きます。アカウントの履歴が不足し新しいか判定できない場合は低とします。日・ネットワークごとに最初と最後の記録を比較します。",
        ),
        why: Text::fixed(
            "A person is in one place. The other end belongs to whoever has the password or the session.",
            "1人が同時に2か所にいることはなく、他方はパスワードやセッションを得た第三者のものである可能性があります。",
        ),
        innocent: Text::fixed(
            "A VPN, a proxy or roaming that the table does not know, a wrong entry in the table, an account that a team shares.",
            "表に登録のないVPN・プロキシ・ローミング、表の誤り、チームで共有しているアカウント。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::SourceAddress, Field::Action],
            words: Text::fixed(
                "Sign-in or audit logs with account and client address, and a table of networks with their countries or coordinates (--networks, or given with the logs).",
                "アカウント・接続元アドレスを記録した認証ログまたは監査ログ、およびネットワークと国または座標の対応表(--networksで指定、またはログとともに投入)。",
            ),
        },
        attack: &["T1078"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        if let Some(verdict) = missing_table(context, &Self::CARD.needs.words) {
            return verdict;
        }
        let entered = &context.baseline.activities.entered;
        let mut by_account = BTreeMap::<Fingerprint, Vec<Seen>>::new();
        for (_, day) in entered.sorted() {
            by_account.entry(day.account).or_default().extend(day.marks());
        }
        let shared = shared(context).into_iter().collect();
        let mut findings = Vec::new();
        for (account, mut seen) in by_account {
            seen.sort_unstable();
            let mut told = BTreeSet::new();
            for two in seen.windows(2) {
                let [from, to] = *two else { continue };
                let leap = leap(context, (account, from, to), &shared);
                if let Some(leap) = leap.filter(|leap| told.insert(leap.far)) {
                    findings.extend(finding(context, account, &leap));
                }
            }
        }
        findings.arrange_by(|a, b| (&a.first, &a.subject).cmp(&(&b.first, &b.subject)));
        let bounds = super::bounds("A4", entered.one_in());
        Verdict { findings, bounds, ..Verdict::default() }
    }
}

/// Two records too far apart.
struct Leap {
    from: Seen,
    to: Seen,
    /// The network that is new to the account, or may be.
    far: Network,
    is_new: bool,
    km: u32,
}

fn leap(
    context: &Conclusion<'_>,
    (account, from, to): (Fingerprint, Seen, Seen),
    shared: &BTreeSet<Network>,
) -> Option<Leap> {
    if from.1 == to.1 {
        return None;
    }
    let (one, other) = (about(context, from.1)?, about(context, to.1)?);
    let km = one.least_km(other).filter(|_| one.kind.is_none() && other.kind.is_none())?;
    let limits = context.thresholds;
    let secs = to.0.0 - from.0.0;
    let is_too_fast = i64::from(km) * HOUR_SECS > i64::from(limits.travel_kmh) * secs;
    if km < limits.travel_km || !is_too_fast {
        return None;
    }
    let known = |(mark, network): Seen| {
        let day = DayUse { day: day_of(mark.0, 0), first: mark };
        novelty(context, account, network, day)
    };
    let (known, far) = match (known(from), known(to)) {
        (_, Novelty::New) => (Novelty::New, to.1),
        (Novelty::New, _) => (Novelty::New, from.1),
        (_, Novelty::Unknown) => (Novelty::Unknown, to.1),
        (known, Novelty::Known) => (known, from.1),
    };
    let is_new = known == Novelty::New;
    (known != Novelty::Known && !shared.contains(&far)).then_some(Leap {
        from,
        to,
        far,
        is_new,
        km,
    })
}

fn finding(context: &Conclusion<'_>, account: Fingerprint, leap: &Leap) -> Option<Finding> {
    let stats = context.baseline.activities.accounts.get(account)?;
    let place = |seen: Seen| Some(named(seen.1, about(context, seen.1)?));
    let (from, to) = (place(leap.from)?, place(leap.to)?);
    let minutes = (leap.to.0.0 - leap.from.0.0) / 60;
    let (name, km) = (visible(&stats.name), leap.km);
    let new = super::accounts::novelty_words(leap.is_new);
    let named = Named {
        key: pair_key(account, leap.far),
        account: &stats.name,
        marks: vec![leap.from.0, leap.to.0],
        severity: if leap.is_new { Severity::Medium } else { Severity::Low },
        title: Text::new(
            format!("{name} was in two places too far apart within {minutes} minutes"),
            format!("{name} が{minutes}分以内に離れた2地点から使用されました"),
        ),
        reason: Text::new(
            format!(
                "From {from} and then from {to}: {km} km at least, in {minutes} minutes. {}",
                new.en
            ),
            format!("{from} の{minutes}分後に {to} から使用(距離は{km}km以上)。{}", new.ja),
        ),
        speaks_to: match leap.is_new {
            true => &[(Question::Q1, State::Possible), (Question::Q3, State::Possible)],
            false => &[],
        },
    };
    Some(named.finding(&ImpossibleTravel::CARD))
}
