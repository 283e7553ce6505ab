//! D12: a tool takes documents in the name of a person.

use super::accounts::{Named, new_network, unevaluable};
use super::{Card, Conclusion, Detector, Needs, Verdict};
use crate::base::{Fingerprint, Text, visible};
use crate::baseline::activity::{AccountStats, Used};
use crate::baseline::day_of;
use crate::event::Field;
use crate::finding::{Finding, Question, Severity, State};
use crate::judge::agent::tool_name;
use std::collections::BTreeMap;

/// The detection.
pub struct Automation;

/// Accounts that take documents with the same tool, from which on it is usual here.
const USUAL: usize = 3;
/// Records from which on it was no try.
const MANY: u64 = 10;

impl Detector for Automation {
    type Partial = ();

    const CARD: Card = Card {
        id: "D12",
        name: Text::fixed(
            "Tool used on a person's account",
            "個人アカウントでの自動取得ツールの使用",
        ),
        what: Text::fixed(
            "Documents taken or read with a tool such as curl, Python, rclone, wget or PowerShell by an account that did so with a browser only on 10 earlier days or more, 10 records or more, or from a network new to the account. High where both meet. Low where three accounts or more use the same tool.",
            "過去10日以上ブラウザーのみで文書を利用していたアカウントが、curl・Python・rclone・wget・PowerShellなどのツールで文書を取得・閲覧したもののうち、10件以上、または新しいネットワークからのもの。両方に該当する場合は重大、3以上のアカウントが同じツールを使う場合は低とします。",
        ),
        why: Text::fixed(
            "Who wants everything does not click. The tool runs with a stolen password or session.",
            "すべてを持ち出そうとする者は画面を操作せず、窃取したパスワードやセッションでツールを動かします。",
        ),
        innocent: Text::fixed(
            "Developers, a report that somebody made run by itself.",
            "開発者、業務の自動化。",
        ),
        needs: Needs {
            fields: &[Field::UserName, Field::UserAgent],
            words: Text::fixed(
                "Audit logs, or access logs that name the account, with user agent, over more than ten days.",
                "アカウントとユーザーエージェントを含む、10日を超える監査ログまたはアクセスログ。",
            ),
        },
        attack: &["T1119"],
        severity: Severity::Medium,
    };

    fn conclude(&self, (): (), context: &Conclusion<'_>) -> Verdict {
        let accounts = context.baseline.activities.by_name();
        if accounts.iter().all(|(_, stats)| stats.ways.browsed.is_empty()) {
            let reason = Text::fixed(
                "No record in these logs says that an account took or read documents with a browser.",
                "アカウントがブラウザーで文書を取得・閲覧した記録がありません。",
            );
            return unevaluable(reason, &Self::CARD.needs.words);
        }
        let mut users = BTreeMap::<u8, usize>::new();
        for tool in accounts.iter().flat_map(|(_, stats)| stats.ways.tools.keys()) {
            *users.entry(*tool).or_default() += 1;
        }
        let mut findings = Vec::new();
        for (key, stats) in &accounts {
            for (tool, used) in &stats.ways.tools {
                let is_usual = users.get(tool).is_some_and(|count| *count >= USUAL);
                findings.extend(judged((*key, stats), (*tool, used), is_usual, context));
            }
        }
        Verdict { findings, ..Verdict::default() }
    }
}

fn judged(
    (key, stats): (Fingerprint, &AccountStats),
    (tool, used): (u8, &Used),
    is_usual: bool,
    context: &Conclusion<'_>,
) -> Option<Finding> {
    let (first, _) = used.first.first()?;
    let day = day_of(first.0, 0);
    let before = stats.ways.browsed.iter().filter(|browsed| **browsed < day).count();
    if before < context.thresholds.browser_days as usize {
        return None;
    }
    let networks =
        used.first.iter().filter_map(|from| new_network(context, key, *from, day_of(from.0.0, 0)));
    let network = networks.min();
    let is_many = used.records >= MANY;
    let severity = match (network.is_some(), is_many) {
        (false, false) => return None,
        _ if is_usual => Severity::Low,
        (true, true) => Severity::High,
        _ => Severity::Medium,
    };
    let (name, tool, records) = (visible(&stats.name), tool_name(tool), used.records);
    let new = network.map_or(Text::fixed("", ""), |network| {
        Text::new(
            format!("{network} is new to the account. "),
            format!("接続元 {network} は当該アカウントにとって新しいネットワークです。"),
        )
    });
    let named = Named {
        key,
        account: &stats.name,
        marks: used.first.iter().map(|(mark, _)| *mark).collect(),
        severity,
        title: Text::new(
            format!("Documents were taken with {tool} in the name of {name}"),
            format!("{name} の名義で {tool} により文書を取得"),
        ),
        reason: Text::new(
            format!(
                "{records} records of documents with {tool}, after {before} days or more with a browser only. {}The first records are shown.",
                new.en
            ),
            format!(
                "ブラウザーのみの利用が{before}日以上続いた後、{tool} による文書の記録が{records}件。{}最初の記録を示します。",
                new.ja
            ),
        ),
        speaks_to: if severity >= Severity::High {
            &[(Question::Q1, State::Possible), (Question::Q4, State::Possible)]
        } else {
            &[(Question::Q4, State::Possible)]
        },
    };
    Some(named.finding(&Automation::CARD))
}
