//! Whose data the findings are about, as a list to notify by.

use super::csv::row;
use super::judge::Judged;
use super::model::Report;
use super::words::{judged, pick};
use crate::base::{Language, Text};
use serde::{Deserialize, Serialize};

/// What a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// The mail domain of the accounts that were used.
    Domain,
    /// An organisation or tenant, as the records state it.
    Tenant,
    /// A project or site.
    Project,
}

/// Somebody whose data accounts reached while findings say that others may have been at work with
/// them. The same record counts for its domain, its tenant and its project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Affected {
    /// Unique in the report, `party-1`.
    pub id: String,
    /// What it is.
    pub kind: PartyKind,
    /// Its name, as logged.
    pub name: String,
    /// Of a project, the tenant or else the domain of the accounts.
    pub within: Option<String>,
    /// Whether the domain is declared as the organisation's own.
    pub is_own: bool,
    /// Records of documents viewed.
    pub viewed: u64,
    /// Records of searches.
    pub searched: u64,
    /// Records of lists.
    pub listed: u64,
    /// Records of documents downloaded.
    pub downloaded: u64,
    /// Records of exports.
    pub exported: u64,
    /// First of these records, UTC.
    pub first: Option<String>,
    /// Last of them, UTC.
    pub last: Option<String>,
    /// Ids of the findings that carry it.
    pub findings: Vec<String>,
}

impl Affected {
    /// The counts, in the order in which they are shown.
    pub const fn counts(&self) -> [u64; 5] {
        [self.viewed, self.searched, self.listed, self.downloaded, self.exported]
    }
}

/// What the counts are, in their order.
pub const ACTS: [(&str, &str); 5] = [
    ("Viewed", "閲覧"),
    ("Searched", "検索"),
    ("Listed", "一覧"),
    ("Downloaded", "ダウンロード"),
    ("Exported", "出力"),
];

/// What kind of party it is.
pub const fn kind(kind: PartyKind) -> Text {
    match kind {
        PartyKind::Domain => Text::fixed("mail domain", "メールドメイン"),
        PartyKind::Tenant => Text::fixed("organisation", "組織"),
        PartyKind::Project => Text::fixed("project", "プロジェクト"),
    }
}

/// What the list is and is not.
pub const ABOUT: Text = Text::fixed(
    "Whose data accounts reached on the days that the findings are about: records that name an account, an act and an organisation, domain or project, counted by whole days; where a finding is about some hours of a day, those reached at other hours only are left out. What was only viewed, searched or listed was not necessarily taken away. Downloads that only an access log shows are counted under their findings.",
    "検知の対象となった日に、該当アカウントが誰のデータに触れたかを示します。アカウント・操作・組織(ドメイン、プロジェクト)を記載した記録を日単位で数えています(検知が1日のうちの一部の時間帯を対象とする場合、他の時間帯にのみ触れた相手は含めません)。閲覧・検索・一覧のみのものは、持ち出されたとは限りません。アクセスログにのみ現れるダウンロードは、各検知の件数に含まれます。",
);

impl Report {
    /// Whether something is carried by a finding that nobody judged benign.
    pub fn stands(&self, findings: &[String]) -> bool {
        findings.is_empty()
            || findings.iter().any(|id| {
                let judged = self.judgement(id).map(|of| &of.judged);
                !matches!(judged, Some(Judged::Benign { .. }))
            })
    }
}

/// The list as CSV, one row for each party.
pub fn parties(report: &Report, language: Language) -> String {
    let mut out = String::from("\u{feff}");
    let say = |en, ja| pick(language, en, ja).to_owned();
    let acts = ACTS.map(|(en, ja)| say(en, ja));
    let head = [say("Kind", "種別"), say("Name", "名称"), say("Within", "所属")].into_iter();
    let behind = [
        say("First (UTC)", "最初(UTC)"),
        say("Last (UTC)", "最後(UTC)"),
        say("Findings", "検知"),
        say("Own domain", "自組織"),
        say("Judged", "判断"),
        say("Training case", "訓練用ケース"),
    ];
    row(&mut out, head.chain(acts).chain(behind));
    for party in &report.affected {
        let benign = Judged::Benign { reason: String::new() };
        let judgement = if report.stands(&party.findings) {
            String::new()
        } else {
            judged(&benign).in_language(language).to_owned()
        };
        let own = if party.is_own { say("yes", "はい") } else { String::new() };
        let head = [
            kind(party.kind).in_language(language).to_owned(),
            party.name.clone(),
            party.within.clone().unwrap_or_default(),
        ];
        let behind = [
            party.first.clone().unwrap_or_default(),
            party.last.clone().unwrap_or_default(),
            party.findings.join(" "),
            own,
            judgement,
            report.training().unwrap_or_default().to_owned(),
        ];
        let counts = party.counts().map(|count| count.to_string());
        row(&mut out, head.into_iter().chain(counts).chain(behind));
    }
    out
}
