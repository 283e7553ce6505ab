//! What has changed between two reports on the same incident: answers, findings, entities, parties,
//! what could not be evaluated, and what the logs cover; new, gone or changed, with the cause where
//! the two reports tell it.

use super::html::Page;
use super::model::{Report, SourceReport};
use super::parties::kind as kind_of_party;
use super::words::{pick, severity, state};
use crate::base::{Arrange, Gather, Language, Text, counted, grouped, visible};
use crate::finding::{Finding, SubjectKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How a part of a report differs from the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It was not in the earlier report.
    New,
    /// It is not in the later report.
    Gone,
    /// It is in both, and differs.
    Changed,
}

/// Why something differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Files that the earlier report did not have.
    MoreLogs,
    /// Files that the later report does not have any more.
    FewerLogs,
    /// The period reaches further.
    WiderWindow,
    /// Another version of the program, or other rules.
    OtherRules,
    /// Other settings or indicators.
    OtherSettings,
    /// Judgements of findings.
    Judgements,
    /// The two reports do not tell.
    Unknown,
}

/// Something that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it is part of: `question`, `finding`, `entity`, `party`, `not_evaluable`, `source`,
    /// `coverage`.
    pub part: String,
    /// How it differs.
    pub kind: Kind,
    /// What it is.
    pub what: Text,
    /// How it was, where it was.
    pub before: Option<Text>,
    /// How it is, where it is.
    pub after: Option<Text>,
    /// Why, as far as the reports tell: any of these may be the cause.
    pub causes: Vec<Cause>,
    /// The finding, by its id in the later report, or in the earlier one where it is gone.
    pub finding: Option<String>,
}

/// All that differs, in order of the parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diff {
    /// What of input and program differs between the two: the causes that there can be.
    pub causes: Vec<Cause>,
    /// What differs.
    pub changes: Vec<Change>,
}

impl Diff {
    /// Whether nothing differs.
    pub const fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// Compares two reports.
pub fn diff(earlier: &Report, later: &Report) -> Diff {
    let pair = Pair::new(earlier, later);
    let mut changes = pair.questions();
    changes.extend(pair.findings());
    changes.extend(pair.entities());
    changes.extend(pair.parties());
    changes.extend(pair.not_evaluable());
    changes.extend(pair.sources());
    changes.extend(pair.coverage());
    Diff { causes: pair.causes, changes }
}

/// Two reports, with what of their input differs.
struct Pair<'r> {
    earlier: &'r Report,
    later: &'r Report,
    causes: Vec<Cause>,
    /// Files of the later report that the earlier one does not have, by their streams.
    new_streams: BTreeSet<u32>,
}

/// What tells a file apart: its content, or its name and size where that is not known.
fn content(source: &SourceReport) -> String {
    source.sha256.clone().unwrap_or_else(|| format!("{} {}", source.name, source.size))
}

fn contents(report: &Report) -> BTreeSet<String> {
    report.sources.iter().map(content).gather()
}

/// A part with a key in each report.
fn keyed<'a, T>(items: &'a [T], key: impl Fn(&'a T) -> String) -> BTreeMap<String, &'a T> {
    items.iter().map(|item| (key(item), item)).gather()
}

fn plain(text: impl Into<String>) -> Text {
    let text = text.into();
    Text::new(text.clone(), text)
}

impl<'r> Pair<'r> {
    fn new(earlier: &'r Report, later: &'r Report) -> Self {
        let (before, after) = (contents(earlier), contents(later));
        let is_new = |source: &&SourceReport| !before.contains(&content(source));
        let new_streams = later.sources.iter().filter(is_new).flat_map(|source| &source.streams);
        let wider = earlier.coverage.first > later.coverage.first && later.coverage.first.is_some()
            || later.coverage.last > earlier.coverage.last;
        let other_rules = (&earlier.tool.version, &earlier.tool.build, &earlier.tool.rule_packs)
            != (&later.tool.version, &later.tool.build, &later.tool.rule_packs);
        let told = [
            (!after.is_subset(&before), Cause::MoreLogs),
            (!before.is_subset(&after), Cause::FewerLogs),
            (wider, Cause::WiderWindow),
            (other_rules, Cause::OtherRules),
            (earlier.settings != later.settings, Cause::OtherSettings),
            (earlier.judgements != later.judgements, Cause::Judgements),
        ];
        Self {
            earlier,
            later,
            causes: told.into_iter().filter(|(is, _)| *is).map(|(_, cause)| cause).collect(),
            new_streams: new_streams.map(|stream| stream.id).collect(),
        }
    }

    /// The causes that there can be, without judgements: these change answers alone.
    fn possible(&self) -> Vec<Cause> {
        let causes: Vec<_> =
            self.causes.iter().copied().filter(|cause| *cause != Cause::Judgements).collect();
        if causes.is_empty() { vec![Cause::Unknown] } else { causes }
    }

    fn has(&self, cause: Cause) -> bool {
        self.causes.contains(&cause)
    }

    fn questions(&self) -> Vec<Change> {
        let before = keyed(&self.earlier.questions, |answer| answer.id.clone());
        let changed = self.later.questions.iter().filter_map(|after| {
            let before = before.get(&after.id)?;
            (before.state != after.state).then(|| Change {
                part: "question".to_owned(),
                kind: Kind::Changed,
                what: Text::new(
                    format!("{} {}", after.id, after.question.en),
                    format!("{} {}", after.id, after.question.ja),
                ),
                before: Some(state(before.state)),
                after: Some(state(after.state)),
                causes: match self.causes.is_empty() {
                    true => vec![Cause::Unknown],
                    false => self.causes.clone(),
                },
                finding: None,
            })
        });
        changed.collect()
    }

    fn findings(&self) -> Vec<Change> {
        let pairs = matched(&self.earlier.findings, &self.later.findings);
        let changed = pairs.into_iter().filter_map(|pair| match pair {
            (None, Some(after)) => {
                Some(finding(Kind::New, (None, Some(after)), self.why_new(after)))
            }
            (Some(before), None) => {
                Some(finding(Kind::Gone, (Some(before), None), self.why_gone(before)))
            }
            (Some(before), Some(after)) if told(before) != told(after) => {
                Some(finding(Kind::Changed, (Some(before), Some(after)), self.why_new(after)))
            }
            _ => None,
        });
        changed.collect()
    }

    /// Why a finding is new, or more than it was.
    fn why_new(&self, finding: &Finding) -> Vec<Cause> {
        let shown = &finding.evidence;
        let is_in_new = shown.iter().any(|record| self.new_streams.contains(&record.stream));
        if is_in_new {
            return vec![Cause::MoreLogs];
        }
        if self.is_outside_earlier(finding) {
            return vec![Cause::WiderWindow];
        }
        let is_asked_since = !self.earlier.tool.detections.contains(&finding.detector)
            && self.later.tool.detections.contains(&finding.detector);
        if is_asked_since && self.has(Cause::OtherRules) {
            return vec![Cause::OtherRules];
        }
        self.possible()
    }

    /// Whether a finding begins before the earlier logs, or ends behind them.
    fn is_outside_earlier(&self, finding: &Finding) -> bool {
        let (first, last) = (&self.earlier.coverage.first, &self.earlier.coverage.last);
        let is_before = finding.first.is_some() && first.is_some() && finding.first < *first;
        let is_behind = finding.last.is_some() && last.is_some() && finding.last > *last;
        is_before || is_behind
    }

    fn why_gone(&self, finding: &Finding) -> Vec<Cause> {
        let is_asked = |report: &Report| report.tool.detections.contains(&finding.detector);
        if is_asked(self.earlier) && !is_asked(self.later) {
            return vec![Cause::OtherSettings];
        }
        self.possible()
    }

    fn entities(&self) -> Vec<Change> {
        let key =
            |entity: &super::Entity| format!("{:?} {}", entity.subject.kind, entity.subject.value);
        let before = keyed(&self.earlier.entities, key);
        let after = keyed(&self.later.entities, key);
        let told = |entity: &super::Entity| {
            let (first, last) = (&entity.first, &entity.last);
            let span = [first, last].map(|at| at.as_deref().unwrap_or("–")).join(" – ");
            let grave = severity(entity.severity);
            Text::new(
                format!("{}, {}, {span}", grave.en, counted(entity.records, "record")),
                format!("{}、{}件、{span}", grave.ja, grouped(entity.records)),
            )
        };
        let name = |entity: &super::Entity| {
            let kind = match entity.subject.kind {
                SubjectKind::Address => ("Address", "アドレス"),
                _ => ("Account", "アカウント"),
            };
            let value = &entity.subject.value;
            Text::new(format!("{} {value}", kind.0), format!("{} {value}", kind.1))
        };
        self.compared("entity", &before, &after, name, told)
    }

    fn parties(&self) -> Vec<Change> {
        let key = |party: &super::Affected| {
            format!("{:?} {:?} {}", party.kind, party.within, party.name).to_lowercase()
        };
        let before = keyed(&self.earlier.affected, key);
        let after = keyed(&self.later.affected, key);
        let told = |party: &super::Affected| {
            let [viewed, searched, listed, downloaded, exported] = party.counts();
            Text::new(
                format!(
                    "{viewed} viewed, {searched} searched, {listed} listed, {downloaded} downloaded, {exported} exported"
                ),
                format!(
                    "閲覧{viewed}、検索{searched}、一覧{listed}、ダウンロード{downloaded}、出力{exported}"
                ),
            )
        };
        let name = |party: &super::Affected| {
            let kind = kind_of_party(party.kind);
            let (name, within) = (&party.name, party.within.as_deref());
            let within = within.map(|within| format!(" ({within})")).unwrap_or_default();
            Text::new(format!("{} {name}{within}", kind.en), format!("{} {name}{within}", kind.ja))
        };
        self.compared("party", &before, &after, name, told)
    }

    fn not_evaluable(&self) -> Vec<Change> {
        let key = |of: &super::NotEvaluable| format!("{} {}", of.id, of.name.en);
        let before = keyed(&self.earlier.not_evaluable, key);
        let after = keyed(&self.later.not_evaluable, key);
        let name = |of: &super::NotEvaluable| {
            Text::new(format!("{} {}", of.id, of.name.en), format!("{} {}", of.id, of.name.ja))
        };
        self.compared("not_evaluable", &before, &after, name, |of| of.reason.clone())
    }

    fn sources(&self) -> Vec<Change> {
        let before = keyed(&self.earlier.sources, content);
        let after = keyed(&self.later.sources, content);
        let told = |source: &SourceReport| {
            let records: u64 = source.streams.iter().map(|stream| stream.records).sum();
            Text::new(counted(records, "record"), format!("{}件", grouped(records)))
        };
        let mut changes =
            self.compared("source", &before, &after, |source| plain(source.name.clone()), told);
        for change in &mut changes {
            change.causes = match change.kind {
                Kind::New => vec![Cause::MoreLogs],
                Kind::Gone => vec![Cause::FewerLogs],
                Kind::Changed => self.possible(),
            };
        }
        changes
    }

    fn coverage(&self) -> Vec<Change> {
        let period = |report: &Report| {
            let ends = [&report.coverage.first, &report.coverage.last];
            plain(ends.map(|at| at.as_deref().unwrap_or("–")).join(" – "))
        };
        let records = |report: &Report| {
            let count = report.coverage.records;
            Text::new(counted(count, "record"), format!("{}件", grouped(count)))
        };
        let gaps = |report: &Report| {
            let gap = |gap: &crate::finding::Gap| {
                format!("{} {} – {}", gap.log_source, gap.from, gap.until)
            };
            plain(report.coverage.gaps.iter().map(gap).collect::<Vec<_>>().join("; "))
        };
        type Told<'t> = &'t dyn Fn(&Report) -> Text;
        let parts: [(Text, Told<'_>); 3] = [
            (Text::fixed("Period of the logs", "ログの期間"), &period),
            (Text::fixed("Records", "記録"), &records),
            (Text::fixed("Gaps", "欠落期間"), &gaps),
        ];
        let changed = parts.into_iter().filter_map(|(what, told)| {
            let (before, after) = (told(self.earlier), told(self.later));
            (before != after).then(|| Change {
                part: "coverage".to_owned(),
                kind: Kind::Changed,
                what,
                before: Some(before),
                after: Some(after),
                causes: self.possible(),
                finding: None,
            })
        });
        changed.collect()
    }

    /// Compares what has the same key in both.
    fn compared<T>(
        &self,
        part: &str,
        before: &BTreeMap<String, &T>,
        after: &BTreeMap<String, &T>,
        name: impl Fn(&T) -> Text,
        told: impl Fn(&T) -> Text,
    ) -> Vec<Change> {
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).gather();
        let changed = keys.into_iter().filter_map(|key| {
            let (was, is) = (before.get(key).copied(), after.get(key).copied());
            let of = is.or(was)?;
            let (was, is) = (was.map(&told), is.map(&told));
            let kind = match (&was, &is) {
                (None, _) => Kind::New,
                (_, None) => Kind::Gone,
                (was, is) if was == is => return None,
                _ => Kind::Changed,
            };
            Some(Change {
                part: part.to_owned(),
                kind,
                what: name(of),
                before: was,
                after: is,
                causes: self.possible(),
                finding: None,
            })
        });
        changed.collect()
    }
}

/// What of a finding is compared.
fn told(finding: &Finding) -> Text {
    let Finding { severity: grave, count, first, last, .. } = finding;
    let grave = severity(*grave);
    let span = [first, last].map(|at| at.as_deref().unwrap_or("–")).join(" – ");
    Text::new(
        format!("{}, {}, {span}", grave.en, counted(*count, "record")),
        format!("{}、{}件、{span}", grave.ja, grouped(*count)),
    )
}

/// A finding in each of two reports, where it is there.
type Both<'f> = (Option<&'f Finding>, Option<&'f Finding>);

/// Findings of the same thing in two reports: same detection, kind, rule and subject; of several
/// such, those that begin at the same time, and then in order of time.
fn matched<'f>(before: &'f [Finding], after: &'f [Finding]) -> Vec<Both<'f>> {
    let key = |finding: &'f Finding| {
        let Finding { detector, category, rule, subject, .. } = finding;
        (detector, category, rule, subject)
    };
    let mut groups = BTreeMap::<_, (Vec<&Finding>, Vec<&Finding>)>::new();
    before.iter().for_each(|finding| groups.entry(key(finding)).or_default().0.push(finding));
    after.iter().for_each(|finding| groups.entry(key(finding)).or_default().1.push(finding));
    let mut pairs = Vec::new();
    for (mut was, mut is) in groups.into_values() {
        was.retain(|old| {
            let same = is.iter().position(|new| {
                new.title == old.title || (new.first.is_some() && new.first == old.first)
            });
            let Some(at) = same else { return true };
            pairs.push((Some(*old), Some(is.remove(at))));
            false
        });
        was.arrange_by_key(|finding| &finding.first);
        is.arrange_by_key(|finding| &finding.first);
        let (mut was, mut is) = (was.into_iter(), is.into_iter());
        loop {
            match (was.next(), is.next()) {
                (None, None) => break,
                pair => pairs.push(pair),
            }
        }
    }
    pairs.arrange_by_key(|(was, is)| is.or(*was).map(|of| std::cmp::Reverse(of.severity)));
    pairs
}

fn finding(kind: Kind, (before, after): Both<'_>, causes: Vec<Cause>) -> Change {
    let of = after.or(before);
    Change {
        part: "finding".to_owned(),
        kind,
        what: of.map_or_else(|| Text::fixed("", ""), |of| of.title.clone()),
        before: before.map(told),
        after: after.map(told),
        causes,
        finding: of.map(|of| of.id.clone()),
    }
}

/// The parts of a report in words, in their order.
const PARTS: [(&str, &str, &str); 7] = [
    ("question", "Answers", "回答"),
    ("finding", "Findings", "検知"),
    ("entity", "Accounts and addresses", "アカウント・アドレス"),
    ("party", "Whose data", "誰のデータか"),
    ("not_evaluable", "Could not be evaluated", "評価できなかった検知"),
    ("source", "Files", "ファイル"),
    ("coverage", "What the logs cover", "ログの範囲"),
];

const fn how(kind: Kind) -> Text {
    match kind {
        Kind::New => Text::fixed("new", "新規"),
        Kind::Gone => Text::fixed("gone", "消失"),
        Kind::Changed => Text::fixed("changed", "変更"),
    }
}

const fn why(cause: Cause) -> Text {
    match cause {
        Cause::MoreLogs => Text::fixed("more logs", "ログの追加"),
        Cause::FewerLogs => Text::fixed("logs that are not given any more", "ログの減少"),
        Cause::WiderWindow => Text::fixed("a wider period", "期間の拡大"),
        Cause::OtherRules => Text::fixed("another version or other rules", "版またはルールの変更"),
        Cause::OtherSettings => Text::fixed("other settings or indicators", "設定または指標の変更"),
        Cause::Judgements => Text::fixed("judgements of findings", "検知に対する判断"),
        Cause::Unknown => Text::fixed("cannot be told", "特定できません"),
    }
}

/// Causes in words.
fn causes(causes: &[Cause], language: Language) -> String {
    let words: Vec<_> =
        causes.iter().map(|cause| why(*cause).in_language(language).to_owned()).collect();
    words.join(pick(language, " or ", "、または"))
}

/// What there is to say first.
fn summary(diff: &Diff) -> Text {
    let of = |kind| diff.changes.iter().filter(|change| change.kind == kind).count();
    let (new, gone, changed) = (of(Kind::New), of(Kind::Gone), of(Kind::Changed));
    if diff.is_empty() {
        return Text::fixed("The two reports say the same.", "2つの報告に差異はありません。");
    }
    Text::new(
        format!("Against the earlier report: {new} new, {gone} gone, {changed} changed."),
        format!("以前の報告との差異:新規{new}件、消失{gone}件、変更{changed}件"),
    )
}

/// The changes for a terminal.
pub fn diff_text(diff: &Diff, language: Language) -> String {
    let mut out = format!("{}\n", summary(diff).in_language(language));
    for (part, en, ja) in PARTS {
        let changes: Vec<_> = diff.changes.iter().filter(|change| change.part == part).collect();
        if changes.is_empty() {
            continue;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(out, "\n{}", pick(language, en, ja));
        for change in changes {
            let _ = writeln!(out, "  {}", line(change, language));
        }
    }
    out
}

fn line(change: &Change, language: Language) -> String {
    let say = |text: &Text| visible(text.in_language(language));
    let states: Vec<_> = change.before.iter().chain(&change.after).map(say).collect();
    let (how, what) = (how(change.kind), say(&change.what));
    let cause = causes(&change.causes, language);
    format!(
        "[{}] {what}: {} ({}: {cause})",
        how.in_language(language),
        states.join(" → "),
        pick(language, "cause", "原因")
    )
}

/// The changes as one file for a browser.
pub fn diff_html(diff: &Diff, language: Language) -> String {
    let mut page = Page::titled(language, "What has changed", "以前の報告との差異");
    page.markup("<header><h1>").word("What has changed", "以前の報告との差異");
    page.markup("</h1><p class=\"lead\">").said(&summary(diff)).markup("</p></header>\n");
    for (part, en, ja) in PARTS {
        let changes: Vec<_> = diff.changes.iter().filter(|change| change.part == part).collect();
        if changes.is_empty() {
            continue;
        }
        page.markup("<h2>").word(en, ja).markup("</h2>\n");
        page.headings(&[
            ("How", "区分"),
            ("What", "内容"),
            ("Before", "以前"),
            ("Now", "今回"),
            ("Cause", "原因"),
        ]);
        for change in changes {
            row(&mut page, change, language);
        }
        page.markup("</tbody></table>\n");
    }
    page.end()
}

fn row(page: &mut Page, change: &Change, language: Language) {
    page.markup("<tr><td>").said(&how(change.kind)).markup("</td><td>").said(&change.what);
    for side in [&change.before, &change.after] {
        page.markup("</td><td>");
        match side {
            Some(text) => page.said(text),
            None => page.markup("–"),
        };
    }
    page.markup("</td><td>").text(&causes(&change.causes, language)).markup("</td></tr>\n");
}
