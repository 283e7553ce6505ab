//! The questions Q1 to Q12, and how a report answers them: never more than the logs say.

use super::judge::Judged;
use super::model::{Answer, Report};
use super::parties::{Affected, PartyKind};
use super::unread;
use crate::base::{Arrange, Gather, Text, counted, grouped};
use crate::finding::{Finding, Question, Severity, State, Subject, SubjectKind};
use std::collections::{BTreeMap, BTreeSet};

/// What findings of rules are called.
pub const SIGMA: &str = "sigma";
/// The pack of the detections.
pub const BUILT_IN: &str = "built-in";

/// Hours before the end of the logs that count as now.
const NOW_SECS: i64 = 72 * 3_600;

/// Answers every question, with the report's judgements taken into account.
pub fn answer(report: &Report) -> Vec<Answer> {
    let plain = Facts { report, judged: BTreeMap::new() };
    let mut answers = plain.answers();
    if report.judgements.is_empty() {
        return answers;
    }
    let judged = report.judgements.iter().map(|of| (&*of.finding, &of.judged)).collect();
    let facts = Facts { report, judged };
    for (answer, judged) in answers.iter_mut().zip(facts.answers()) {
        let without = std::mem::replace(answer, judged);
        facts.account_for(answer, &without);
    }
    answers
}

impl Facts<'_> {
    fn answers(&self) -> Vec<Answer> {
        let facts = self;
        [
            (Question::Q1, facts.access().behind(|state| unread::lead(facts.report, state))),
            (Question::Q2, facts.who()),
            (Question::Q3, facts.entry()),
            (Question::Q4, facts.taken()),
            (Question::Q5, facts.people()),
            (Question::Q6, facts.tenants()),
            (Question::Q7, facts.persistence()),
            (Question::Q8, facts.coverage()),
            (Question::Q9, facts.secrets()),
            (Question::Q10, facts.unanswered(&NOTIFY)),
            (Question::Q11, facts.ongoing()),
            (Question::Q12, facts.ask()),
        ]
        .into_iter()
        .map(|(question, draft)| draft.named(question))
        .collect()
    }

    /// Says which judgements an answer follows, and what it would be without them.
    fn account_for(&self, answer: &mut Answer, without: &Answer) {
        let judged = |id: &String| Some((id.clone(), *self.judged.get(&**id)?));
        let judged: Vec<_> = without.findings.iter().filter_map(judged).collect();
        let of = |is: fn(&Judged) -> bool| judged.iter().filter(|(_, how)| is(how)).count();
        let confirmed = of(|how| *how == Judged::Confirmed);
        let benign = of(|how| matches!(how, Judged::Benign { .. }));
        if confirmed + benign == 0 {
            return;
        }
        let state = super::words::state(without.state);
        answer.summary = Text::new(
            format!(
                "{} This takes judgements of findings into account ({confirmed} confirmed, {benign} benign); without them: {}.",
                answer.summary.en, state.en
            ),
            format!(
                "{}(検知に対する担当者の判断を反映:確認{confirmed}件、無害{benign}件。反映しない場合は「{}」)",
                answer.summary.ja, state.ja
            ),
        );
        answer.because.extend(judged.iter().take(JUDGED).filter_map(|(id, how)| said(id, how)));
    }
}

/// Judgements that an answer names.
const JUDGED: usize = 20;

/// A judgement in words.
fn said(id: &str, judged: &Judged) -> Option<Text> {
    match judged {
        Judged::Open => None,
        Judged::Confirmed => Some(Text::new(
            format!("{id} was confirmed by a person."),
            format!("{id}は担当者により確認されています。"),
        )),
        Judged::Benign { reason } => Some(Text::new(
            format!("{id} was judged benign by a person and carries no answer: {reason}"),
            format!("{id}は担当者により無害と判断され、回答の根拠から外れています:{reason}"),
        )),
    }
}

/// All questions, in their order.
pub const ALL: [Question; 12] = {
    use Question::{Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8, Q9, Q10, Q11, Q12};
    [Q1, Q2, Q3, Q4, Q5, Q6, Q7, Q8, Q9, Q10, Q11, Q12]
};

/// The question in words.
pub const fn words(question: Question) -> Text {
    match question {
        Question::Q1 => {
            Text::fixed("Was there unauthorised access?", "不正アクセスはありましたか?")
        }
        Question::Q2 => Text::fixed(
            "Which accounts and addresses, first and last?",
            "どのアカウント・アドレスが、いつからいつまで?",
        ),
        Question::Q3 => Text::fixed("How did they get in?", "侵入経路は何ですか?"),
        Question::Q4 => Text::fixed(
            "What was viewed, downloaded or exported?",
            "何が閲覧・ダウンロード・出力されましたか?",
        ),
        Question::Q5 => Text::fixed(
            "Whose personal data, and of how many people?",
            "誰の個人データが、何人分ですか?",
        ),
        Question::Q6 => Text::fixed(
            "Which other projects or organisations?",
            "他のどのプロジェクト・組織に及びますか?",
        ),
        Question::Q7 => {
            Text::fixed("Was a way back left behind?", "再侵入の足がかりは残されましたか?")
        }
        Question::Q8 => {
            Text::fixed("Are records missing or altered?", "記録の欠落や改変はありますか?")
        }
        Question::Q9 => {
            Text::fixed("Which secrets must be changed?", "どの秘密情報を変更すべきですか?")
        }
        Question::Q10 => {
            Text::fixed("Who must be told, by when?", "誰に、いつまでに通知すべきですか?")
        }
        Question::Q11 => Text::fixed("Is it still going on?", "現在も続いていますか?"),
        Question::Q12 => {
            Text::fixed("What must be asked of the vendor?", "事業者に何を求めるべきですか?")
        }
    }
}

/// An answer without its question.
struct Draft {
    state: State,
    summary: Text,
    because: Vec<Text>,
    would_change: Vec<Text>,
    findings: Vec<String>,
}

impl Draft {
    fn new(state: State, summary: Text) -> Self {
        Self { state, summary, because: Vec::new(), would_change: Vec::new(), findings: Vec::new() }
    }

    fn named(self, question: Question) -> Answer {
        Answer {
            id: format!("{question:?}"),
            question: words(question),
            state: self.state,
            summary: self.summary,
            because: self.because,
            would_change: self.would_change,
            findings: self.findings,
        }
    }

    fn resting_on(mut self, findings: &[&Finding]) -> Self {
        self.because.extend(findings.iter().take(3).map(|finding| finding.title.clone()));
        self.findings.extend(findings.iter().map(|finding| finding.id.clone()));
        self
    }

    /// The answer behind what is to be said first, if anything is.
    fn behind(mut self, first: impl FnOnce(State) -> Option<Text>) -> Self {
        if let Some(first) = first(self.state) {
            let summary = &self.summary;
            self.summary = Text::new(
                format!("{} {}", first.en, summary.en),
                format!("{}{}", first.ja, summary.ja),
            );
        }
        self
    }

    fn changed_by(mut self, what: Text) -> Self {
        self.would_change.push(what);
        self
    }
}

/// A question that no detection speaks to.
struct Outside {
    summary: Text,
    needs: Text,
}

const PEOPLE: Outside = Outside {
    summary: Text::fixed(
        "Logs name files, not what is in them.",
        "ログにはファイル名のみ記録され、内容は分かりません。",
    ),
    needs: Text::fixed(
        "The files named under Q4, to see whose data they hold.",
        "Q4で示されたファイルそのもの(誰のデータが含まれるかの確認)。",
    ),
};
const TENANTS: Outside = Outside {
    summary: Text::fixed(
        "These logs do not say enough of the projects and organisations of accounts.",
        "提供されたログでは、アカウントのプロジェクト・組織について十分に分かりません。",
    ),
    needs: Text::fixed(
        "The platform's audit log, and the list of accounts with their organisations.",
        "基盤の監査ログと、アカウントの所属一覧。",
    ),
};
const PERSISTENCE: Outside = Outside {
    summary: Text::fixed(
        "These logs record no changes of accounts, rights, keys or rules.",
        "提供されたログには、アカウント・権限・鍵・ルールの変更の記録がありません。",
    ),
    needs: Text::fixed(
        "The platform's audit log and the servers' system logs.",
        "基盤の監査ログとサーバーのシステムログ。",
    ),
};
const NOTIFY: Outside = Outside {
    summary: Text::fixed(
        "This follows from Q5 and from the role of your organisation; logs alone do not tell. This is no legal advice.",
        "Q5と貴組織の立場によって決まり、ログだけでは判定できません(法的助言ではありません)。",
    ),
    needs: Text::fixed(
        "The answer to Q5, and whether you hold the data for yourself or for others.",
        "Q5の回答と、委託元・委託先のいずれであるか。",
    ),
};
const SIGN_IN: Text = Text::fixed(
    "Sign-in logs of two weeks or more before: who uses a valid password shows only against what is usual.",
    "2週間以上さかのぼる認証ログ(正規のパスワードによる侵入は、通常との比較によってのみ現れます)。",
);
const LONGER: Text = Text::fixed(
    "Logs of a longer period, before and after this one.",
    "この期間の前後を含む、より長い期間のログ。",
);
const BODIES: Text = Text::fixed(
    "Request bodies, from a firewall or an application log: most attacks ride in them and do not show in an access log.",
    "要求本文(WAFやアプリケーションのログ)。多くの攻撃は本文に含まれ、アクセスログには現れません。",
);

const KNOWN_FLAW: Text = Text::fixed(
    "Through a known flaw of a product, probably. Access logs alone do not show whether a stolen password or session was used as well.",
    "製品の既知の脆弱性の悪用による可能性が高いと判断されます。窃取されたパスワードやセッションが併用されたかどうかは、アクセスログだけでは分かりません。",
);
const WEB_ATTACK: Text = Text::fixed(
    "An attack on the web application is possible. A stolen password or session cannot be told apart from it with access logs alone.",
    "Webアプリケーションへの攻撃の可能性があります。アクセスログだけでは、窃取されたパスワードやセッションとの区別はできません。",
);
const CREDENTIALS: Text = Text::fixed(
    "With valid credentials or sessions, as far as the sign-ins show. Where these came from (guessing, another leak, malware, an attack on the store of them) the logs do not tell.",
    "サインインの記録からは、正規の資格情報またはセッションの使用と考えられます。その入手経路(推測、他所からの漏えい、マルウェア、保管先への攻撃)はログでは分かりません。",
);
const BY_VENDOR: Text = Text::fixed(
    "By way of an account that works for several organisations, such as a vendor's, probably. What happened at the vendor these logs do not tell: ask there for sign-in and device logs.",
    "複数の組織を担当する委託先などのアカウント経由の可能性が高いと判断されます。委託先で何が起きたかはこのログでは分からないため、委託先の認証ログ・端末のログを求めてください。",
);
const BOTH_WAYS: Text = Text::fixed(
    "There are signs of valid credentials used by others and of attacks on the application; which of the two it was is not settled by them.",
    "他者による正規の資格情報の使用と、アプリケーションへの攻撃の双方の兆候があり、どちらが侵入経路かは確定できません。",
);
const BY_RULES: Text = Text::fixed(
    "Records match rules that describe ways in; they are named below.",
    "侵入手口を記述したルールに一致する記録があります(以下のとおり)。",
);
const NO_WAY_IN: Text = Text::fixed(
    "These logs do not tell attacks on the application, stolen passwords, stolen sessions and the vendor's side apart.",
    "このログでは、アプリケーションへの攻撃・パスワードやセッションの窃取・事業者側の侵害を区別できません。",
);

struct Facts<'r> {
    report: &'r Report,
    /// How findings were judged, by their ids.
    judged: BTreeMap<&'r str, &'r Judged>,
}

impl Facts<'_> {
    /// The findings that speak to a question, and the strongest thing they say.
    fn speaking(&self, question: Question) -> (Vec<&Finding>, Option<State>) {
        let says = |finding: &Finding| {
            let mut of = finding.speaks_to.iter().filter(|(asked, _)| *asked == question);
            of.next().and_then(|(_, state)| self.as_judged(finding, *state))
        };
        let mut speaking: Vec<_> =
            self.report.findings.iter().filter_map(|f| Some((says(f)?, f))).collect();
        // The state first, then the order of the report.
        speaking.arrange_by_key(|(state, _)| *state);
        let strongest = speaking.first().map(|(state, _)| *state);
        (speaking.into_iter().map(|(_, finding)| finding).collect(), strongest)
    }

    /// What a finding says, as it was judged. Confirming settles what the logs leave open by one
    /// state and no more: that an act took place does not show all that may follow from it.
    fn as_judged(&self, finding: &Finding, state: State) -> Option<State> {
        match (self.judged.get(&*finding.id), state) {
            (Some(Judged::Benign { .. }), _) => None,
            (Some(Judged::Confirmed), State::Likely) => Some(State::Confirmed),
            (Some(Judged::Confirmed), State::Possible) => Some(State::Likely),
            (_, state) => Some(state),
        }
    }

    /// Why nothing can be said about access: nothing was read, or nothing of what was read is judged.
    fn nothing_judged(&self) -> Option<Draft> {
        // What speaks of access was found, in whichever log.
        if !self.speaking(Question::Q1).0.is_empty() {
            return None;
        }
        self.nothing_read().or_else(|| {
            let coverage = &self.report.coverage;
            let understood = coverage.records - coverage.unparsed;
            // The detections of group F judge the logs themselves, all others what was done.
            let of_access = |id: &&String| !id.starts_with('F');
            let is_open = |id: &&String| !self.report.not_evaluable.iter().any(|n| n.id == **id);
            let is_judged = coverage.judged_by_rules > 0
                || self.report.tool.detections.iter().filter(of_access).any(|id| is_open(&id));
            (coverage.unjudged == understood || !is_judged).then(|| self.unjudged(understood))
        })
    }

    /// That records were read of which none is judged: none has a time, or they are of other kinds.
    fn unjudged(&self, understood: u64) -> Draft {
        let sources = self.report.sources.len() as u64;
        let read = format!("{} in {}", counted(understood, "record"), counted(sources, "file"));
        let (en, ja, needed) = if self.report.coverage.first.is_none() {
            (
                format!(
                    "None of what was read ({read}) states a time, and detections judge only what has one"
                ),
                "いずれにも時刻がありません。検知は時刻のある記録だけを評価するため",
                Text::fixed(
                    "The same logs with the time of each record, exported whole; where one stands in them already, a mapping that says where.",
                    "各記録の時刻を含む同じログ(本文だけを抜き出さずに出力したもの)。時刻がすでに含まれている場合は、その場所を示すマッピング。",
                ),
            )
        } else {
            (
                format!("No detection judges the log sources of what was read yet ({read})"),
                "これらの種類のログを評価する検知がまだないため",
                Text::fixed(
                    "Access logs of the web servers for the same period.",
                    "同じ期間のWebサーバーのアクセスログ。",
                ),
            )
        };
        let summary = Text::new(
            format!("{en}: whether there was unauthorised access cannot be said from it."),
            format!(
                "{sources}ファイルの{}件の記録を読み取りましたが、{ja}、不正アクセスの有無は判定できません。",
                grouped(understood),
            ),
        );
        Draft::new(State::CannotDetermine, summary).changed_by(needed)
    }

    fn nothing_read(&self) -> Option<Draft> {
        self.report.is_empty().then(|| {
            Draft::new(
                State::CannotDetermine,
                Text::fixed(
                    "No record could be understood, so nothing can be said.",
                    "読み取れた記録がないため、判定できません。",
                ),
            )
            .changed_by(Text::fixed(
                "Logs in a format that is read; see the list of sources for what was wrong with each file.",
                "対応形式のログ(各ファイルの問題はソース一覧を参照)。",
            ))
        })
    }

    /// From when to when, `2021-05-06 01:02:03 – 2021-05-09 … UTC`.
    fn period(&self) -> Text {
        let coverage = &self.report.coverage;
        let (Some(first), Some(last)) = (&coverage.first, &coverage.last) else {
            return Text::fixed("no times", "時刻の記録なし");
        };
        let period = format!("{} – {}", plain_utc(first).trim_end_matches(" UTC"), plain_utc(last));
        Text::new(period.clone(), period)
    }

    /// Percent of records that were understood, with one decimal, never rounded up to 100.
    fn parsed_percent(&self) -> String {
        let (all, bad) = (self.report.coverage.records, self.report.coverage.unparsed);
        let thousandths = (all - bad) * 1_000 / all.max(1);
        match thousandths {
            1_000 => "100".to_owned(),
            _ => format!("{}.{}", thousandths / 10, thousandths % 10),
        }
    }

    fn evaluated(&self) -> usize {
        let is_open = |id: &&String| !self.report.not_evaluable.iter().any(|n| n.id == **id);
        self.report.tool.detections.iter().filter(is_open).count()
    }

    /// Rules that could be evaluated, and all.
    fn rules(&self) -> (u64, u64) {
        let packs = self.report.tool.rule_packs.iter().filter(|pack| pack.name != BUILT_IN);
        let all = packs.map(|pack| u64::from(pack.rules)).sum::<u64>();
        let lacking = self.report.not_evaluable.iter().map(|n| n.rules.len() as u64).sum();
        (all.saturating_sub(lacking), all)
    }

    /// How many detections and rules could be evaluated.
    fn evaluated_words(&self) -> Text {
        let (evaluated, all) = (self.evaluated(), self.report.tool.detections.len());
        let (rules, all_rules) = self.rules();
        let detections = (all > 0).then(|| {
            Text::new(format!("{evaluated} of {all} detections"), format!("検知{evaluated}/{all}"))
        });
        let rules = (all_rules > 0).then(|| {
            Text::new(format!("{rules} of {all_rules} rules"), format!("ルール{rules}/{all_rules}"))
        });
        let both = || detections.iter().chain(&rules);
        let join = |texts: Vec<&str>, with: &str| texts.join(with);
        Text::new(
            join(both().map(|text| &*text.en).collect(), " and "),
            join(both().map(|text| &*text.ja).collect(), "・"),
        )
    }

    /// What the answer speaks of: how much there was, of when, and how much of it was evaluated.
    fn given(&self) -> Text {
        let (files, records) = (self.report.sources.len(), self.report.coverage.records);
        let (period, parsed) = (self.period(), self.parsed_percent());
        let evaluated = self.evaluated_words();
        Text::new(
            format!(
                "In the logs given ({}, {}, {}, {parsed} % understood; {} could be evaluated)",
                counted(files as u64, "file"),
                period.en,
                counted(records, "record"),
                evaluated.en,
            ),
            format!(
                "提供されたログ({files}ファイル、{}、{}件、解析率{parsed}%、評価可能な{})の範囲では",
                period.ja,
                grouped(records),
                evaluated.ja,
            ),
        )
    }

    fn access(&self) -> Draft {
        if let Some(nothing) = self.nothing_judged() {
            return nothing;
        }
        let (findings, state) = self.speaking(Question::Q1);
        let confirms =
            |finding: &&Finding| finding.speaks_to.contains(&(Question::Q1, State::Confirmed));
        let is_logged = findings.iter().any(confirms);
        let (state, en, ja) = match state {
            Some(State::Confirmed) if !is_logged => (
                State::Confirmed,
                "unauthorised access is confirmed, by a person's judgement of what the logs show.",
                "不正アクセスが、ログの内容に対する担当者の判断により確認されています。",
            ),
            Some(State::Confirmed) => (
                State::Confirmed,
                "unauthorised access is recorded.",
                "不正アクセスが記録されています。",
            ),
            Some(State::Likely) => (
                State::Likely,
                "unauthorised access is likely.",
                "不正アクセスの可能性が高いと判断されます。",
            ),
            Some(State::Possible) => (
                State::Possible,
                "unauthorised access is possible: there are signs that have innocent causes too.",
                "不正アクセスの可能性があります(無害な原因もあり得る兆候があります)。",
            ),
            _ => (
                State::NoEvidence,
                "no evidence of unauthorised access was found. This does not show that there was none.",
                "不正アクセスの痕跡は確認されませんでした。これは不正アクセスがなかったことを示すものではありません。",
            ),
        };
        let given = self.given();
        let summary = Text::new(format!("{}, {en}", given.en), format!("{}{ja}", given.ja));
        let mut draft = Draft::new(state, summary).resting_on(&findings);
        if findings.is_empty() {
            draft.because.extend(self.attempts());
            draft.because.extend(self.sprays());
        }
        draft.because.extend(self.judged_by_rules());
        draft.because.extend(self.not_judged());
        draft.changed_by(SIGN_IN).changed_by(BODIES).changed_by(LONGER)
    }

    /// How much was compared with rules only.
    fn judged_by_rules(&self) -> Option<Text> {
        let (records, rules) = (self.report.coverage.judged_by_rules, self.rules().0);
        (records > 0).then(|| {
            Text::new(
                format!(
                    "Rules alone judge {} ({rules} could be evaluated). They find what they were written for: where none matches, little follows.",
                    counted(records, "record")
                ),
                format!(
                    "記録{}件はルールのみで評価しました(評価可能なルール{rules}件)。ルールは想定した事象だけを検出するため、一致がないことから言えることは限られます。",
                    grouped(records)
                ),
            )
        })
    }

    /// How much was read that no detection judges.
    fn not_judged(&self) -> Option<Text> {
        let unjudged = self.report.coverage.unjudged;
        (unjudged > 0).then(|| {
            Text::new(
                format!(
                    "Not part of this answer: {} of log sources that no detection judges yet.",
                    counted(unjudged, "record")
                ),
                format!(
                    "評価する検知がまだない種類の記録{}件は、この判定に含まれていません。",
                    grouped(unjudged)
                ),
            )
        })
    }

    /// Which networks tried many accounts without being seen to get in.
    fn sprays(&self) -> Option<Text> {
        let sprays = self.report.findings.iter().filter(|finding| finding.detector == "A1").count();
        (sprays > 0).then(|| {
            Text::new(
                format!("{} tried passwords on many accounts; none is seen to get in.", counted(sprays, "network")),
                format!("多数のアカウントにパスワードを試行したネットワークが{sprays}件ありますが、サインインの成功は見られません。"),
            )
        })
    }

    /// What was tried without a sign of success.
    fn attempts(&self) -> Option<Text> {
        let attempts = self
            .report
            .findings
            .iter()
            .filter(|finding| finding.detector == "B1" && finding.severity == Severity::Info);
        let count: u64 = attempts.map(|finding| finding.count).sum();
        (count > 0).then(|| {
            Text::new(
                format!(
                    "{} with attack payloads; none shows a sign of success.",
                    counted(count, "request")
                ),
                format!(
                    "攻撃ペイロードを含む要求が{}件ありますが、成功の兆候はありません。",
                    grouped(count)
                ),
            )
        })
    }

    fn who(&self) -> Draft {
        if let Some(nothing) = self.nothing_judged() {
            return nothing;
        }
        let (findings, state) = self.speaking(Question::Q1);
        let Some(state) = state else {
            let summary = Text::fixed(
                "No account or address is connected with a sign of unauthorised access.",
                "不正アクセスの兆候に関係するアカウント・アドレスはありません。",
            );
            return Draft::new(State::NoEvidence, summary).changed_by(SIGN_IN);
        };
        let subjects: BTreeSet<_> = findings
            .iter()
            .map(|finding| &finding.subject)
            .filter(|subject| matches!(subject.kind, SubjectKind::Address | SubjectKind::Account))
            .gather();
        let named: Vec<_> =
            subjects.iter().take(5).map(|s| crate::base::visible(&s.value)).collect();
        let more = subjects.len().saturating_sub(named.len());
        let (names, counts) = (named.join(", "), kinds_counted(&subjects));
        let more = if more > 0 { format!(" +{more}") } else { String::new() };
        let summary = Text::new(
            format!("{}: {names}{more}.", counts.en),
            format!("{}:{names}{more}", counts.ja),
        );
        let mut draft = Draft::new(state, summary).resting_on(&findings);
        let early = |e: &&super::Entity| e.at_log_start && subjects.contains(&e.subject);
        if self.report.entities.iter().any(|entity| early(&entity)) {
            draft.because.push(Text::fixed(
                "Some of them are there within the first day of the logs: they may have come before.",
                "一部はログの開始から1日以内に現れており、それ以前から存在した可能性があります。",
            ));
        }
        draft.changed_by(SIGN_IN).changed_by(LONGER)
    }

    fn entry(&self) -> Draft {
        let (findings, state) = self.speaking(Question::Q3);
        let state = state.unwrap_or(State::CannotDetermine);
        let is_sure = matches!(state, State::Confirmed | State::Likely);
        // Groups A and C judge accounts, G vendors, rules what they describe, all others requests.
        let of =
            |is: fn(&str) -> bool| findings.iter().filter(|finding| is(&finding.detector)).count();
        let of_accounts = of(|detector| detector.starts_with(['A', 'C']));
        let of_vendors = of(|detector| detector.starts_with('G'));
        let of_rules = of(|detector| detector == SIGMA);
        let of_requests = findings.len() - of_accounts - of_vendors - of_rules;
        let summary = match (of_accounts, of_requests, of_rules) {
            (_, 0, _) if of_vendors > 0 => BY_VENDOR,
            (0, 0, 0) => NO_WAY_IN,
            (0, 0, _) => BY_RULES,
            (0, _, _) if is_sure => KNOWN_FLAW,
            (0, _, _) => WEB_ATTACK,
            (_, 0, _) => CREDENTIALS,
            (_, _, _) => BOTH_WAYS,
        };
        let draft = Draft::new(state, summary).resting_on(&findings);
        draft.changed_by(SIGN_IN).changed_by(BODIES)
    }

    fn taken(&self) -> Draft {
        if let Some(nothing) = self.nothing_judged() {
            return nothing;
        }
        let (findings, state) = self.speaking(Question::Q4);
        let is_by_rules = findings.iter().all(|finding| finding.detector == SIGMA);
        let summary = match state {
            Some(_) if is_by_rules => Text::fixed(
                "Records match rules that describe how data is gathered or sent out; they are named below.",
                "データの収集や持ち出しを記述したルールに一致する記録があります(以下のとおり)。",
            ),
            Some(State::Confirmed | State::Likely) if findings.iter().any(is_of_requests) => {
                Text::fixed(
                    "Files were handed out that should not have been.",
                    "渡されるべきでないファイルが渡されています。",
                )
            }
            Some(State::Confirmed | State::Likely) => Text::fixed(
                "Documents were taken in ways that usual work hardly explains; the findings count and list them.",
                "通常の業務では説明しにくい文書の取得があります(件数と一覧は各検知を参照)。",
            ),
            Some(_) => Text::fixed(
                "There are downloads out of the ordinary.",
                "通常と異なるダウンロードがあります。",
            ),
            None => Text::fixed(
                "No download out of the ordinary was found in the logs given. Whoever takes what an account always takes does not show.",
                "提供されたログの範囲では、通常と異なるダウンロードの痕跡はありません。普段どおりの取得に紛れた持ち出しは現れません。",
            ),
        };
        let draft = Draft::new(state.unwrap_or(State::NoEvidence), summary).resting_on(&findings);
        draft.changed_by(Text::fixed(
            "The platform's audit log, which tells viewing, searching, downloading and exporting apart.",
            "閲覧・検索・ダウンロード・出力を区別できる基盤の監査ログ。",
        ))
    }

    fn unanswered(&self, outside: &Outside) -> Draft {
        Draft::new(State::CannotDetermine, outside.summary.clone())
            .changed_by(outside.needs.clone())
    }

    /// Whose data, as far as logs name it.
    fn people(&self) -> Draft {
        let standing = |party: &&Affected| self.report.stands(&party.findings);
        let parties: Vec<_> = self.report.affected.iter().filter(standing).collect();
        let draft = self.unanswered(&PEOPLE);
        if parties.is_empty() {
            return draft;
        }
        let of = |kind| parties.iter().filter(|party| party.kind == kind).count() as u64;
        let domains = of(PartyKind::Domain);
        let (tenants, projects) = (of(PartyKind::Tenant), of(PartyKind::Project));
        let summary = Text::new(
            format!(
                "{} By what the records name, data of {}, {} and {} was reached; the list says by whom and how.",
                draft.summary.en,
                counted(domains, "mail domain"),
                counted(tenants, "organisation"),
                counted(projects, "project"),
            ),
            format!(
                "{}記録に記載された範囲では、メールドメイン{domains}件、組織{tenants}件、プロジェクト{projects}件のデータに触れられています(内訳は一覧を参照)。",
                draft.summary.ja
            ),
        );
        Draft { summary, ..draft }
    }

    /// Whether a detection could be evaluated.
    fn is_evaluated(&self, id: &str) -> bool {
        self.report.tool.detections.iter().any(|known| known == id)
            && !self.report.not_evaluable.iter().any(|not| not.id == id)
    }

    fn tenants(&self) -> Draft {
        let (findings, state) = self.speaking(Question::Q6);
        let summary = match state {
            Some(State::Confirmed | State::Likely) => Text::fixed(
                "Other projects or organisations are probably concerned: the findings name the accounts and what they reached.",
                "他のプロジェクト・組織にも及んでいる可能性が高い状況です(対象のアカウントと範囲は検知結果を参照)。",
            ),
            Some(_) => Text::fixed(
                "Other projects or organisations may be concerned: the findings name the accounts.",
                "他のプロジェクト・組織に及んでいる可能性があります(対象のアカウントは検知結果を参照)。",
            ),
            None if ["A12", "C4", "C5"].iter().any(|id| self.is_evaluated(id)) => Text::fixed(
                "No network or account was seen to go beyond the organisations and projects that it usually works for, as far as these logs state them.",
                "ログに記載された範囲では、通常の組織・プロジェクトを越えたネットワーク・アカウントの痕跡はありません。",
            ),
            None => return self.unanswered(&TENANTS),
        };
        let draft = Draft::new(state.unwrap_or(State::NoEvidence), summary).resting_on(&findings);
        draft.changed_by(TENANTS.needs)
    }

    fn persistence(&self) -> Draft {
        let (findings, state) = self.speaking(Question::Q7);
        let is_by_rules = findings.iter().all(|finding| finding.detector == SIGMA);
        let summary = match state {
            Some(_) if is_by_rules => Text::fixed(
                "Records match rules that describe how a way back is left behind; they are named below.",
                "再侵入の足がかりの設置を記述したルールに一致する記録があります(以下のとおり)。",
            ),
            Some(_) if findings.iter().all(is_of_requests) => Text::fixed(
                "A program that takes commands, such as a web shell, probably answers on the server: cut it off, keep a copy, and look for others.",
                "Webシェルなど、外部から命令を受け付けるプログラムがサーバー上で動作しているおそれがあります。遮断して保全し、ほかにもないか確認してください。",
            ),
            Some(_) if findings.iter().any(is_of_requests) => Text::fixed(
                "Something on the server, such as a web shell, and changes of accounts, rights, keys or rules leave a way back: cut the first off, and undo those changes that nobody vouches for.",
                "サーバー上のWebシェルなどと、アカウント・権限・鍵・ルールの変更の双方が再侵入の足がかりになり得ます。前者を遮断し、担当者の確認が取れない変更は元に戻してください。",
            ),
            Some(_) => Text::fixed(
                "Accounts, rights, keys or rules were changed in ways that leave a way back: undo those that nobody vouches for.",
                "再侵入の足がかりになり得るアカウント・権限・鍵・ルールの変更があります。担当者の確認が取れないものは元に戻してください。",
            ),
            None if ["E1", "E2", "E3"].iter().any(|id| self.is_evaluated(id)) => Text::fixed(
                "No change out of the ordinary of accounts, rights, keys or rules was found in the logs given.",
                "提供されたログの範囲では、アカウント・権限・鍵・ルールの通常と異なる変更の痕跡はありません。",
            ),
            None => return self.unanswered(&PERSISTENCE),
        };
        let draft = Draft::new(state.unwrap_or(State::NoEvidence), summary).resting_on(&findings);
        draft.changed_by(PERSISTENCE.needs)
    }

    fn coverage(&self) -> Draft {
        if let Some(nothing) = self.nothing_read() {
            return nothing;
        }
        let (findings, state) = self.speaking(Question::Q8);
        let (period, parsed) = (self.period(), self.parsed_percent());
        let (state, en, ja) = match state {
            Some(state) => (
                state,
                "there are signs that records are missing or altered.",
                "記録の欠落または改変の兆候があります。",
            ),
            None => (
                State::NoEvidence,
                "no sign of missing or altered records was found.",
                "記録の欠落・改変の痕跡は確認されませんでした。",
            ),
        };
        let summary = Text::new(
            format!(
                "Period of the logs: {}; {parsed} % of the records were understood; {en}",
                period.en
            ),
            format!("ログの期間は{}、解析率{parsed}%。{ja}", period.ja),
        );
        let mut draft = Draft::new(state, summary).resting_on(&findings);
        let repeated = self.report.coverage.repeated;
        if repeated > 0 {
            draft.because.push(Text::new(
                format!(
                    "{} in the files given more than once and counted once; the list of sources says which files share them.",
                    if repeated == 1 { "1 record is".to_owned() } else { format!("{} are", counted(repeated, "record")) },
                ),
                format!(
                    "{}件の記録は重複しており、1回だけ数えています(どのファイルと重複しているかはソース一覧を参照)。",
                    grouped(repeated)
                ),
            ));
        }
        let unread =
            self.report.sources.iter().filter(|source| !source.problems.is_empty()).count();
        if unread > 0 {
            draft.because.push(Text::new(
                format!(
                    "{} could not be checked in full; the list of sources says why.",
                    counted(unread, "file")
                ),
                format!(
                    "{unread}個のファイルは全体を検査できませんでした(理由はソース一覧を参照)。"
                ),
            ));
        }
        draft.changed_by(LONGER)
    }

    fn secrets(&self) -> Draft {
        let (findings, state) = self.speaking(Question::Q9);
        match state {
            Some(state) => Draft::new(
                state,
                Text::fixed(
                    "Every password and key in the files and on the systems named must be taken as known to others: change them.",
                    "該当するファイルやシステムにあるパスワード・鍵はすべて漏えいしたものとして変更してください。",
                ),
            )
            .resting_on(&findings),
            None => Draft::new(
                State::CannotDetermine,
                Text::fixed(
                    "No file that usually holds secrets was seen to be handed out; whether other files held some cannot be told from logs.",
                    "秘密情報を通常含むファイルの取得は見られませんが、他のファイルに含まれるかはログでは判定できません。",
                ),
            ),
        }
        .changed_by(PEOPLE.needs)
    }

    fn ongoing(&self) -> Draft {
        if let Some(nothing) = self.nothing_judged() {
            return nothing;
        }
        let (findings, _) = self.speaking(Question::Q1);
        let instant = |text: &Option<String>| {
            text.as_ref()?.parse::<jiff::Timestamp>().ok().map(|time| time.as_second())
        };
        let end = instant(&self.report.coverage.last).unwrap_or(i64::MAX);
        let recent: Vec<_> = findings
            .into_iter()
            .filter(|finding| instant(&finding.last).is_some_and(|last| end - last <= NOW_SECS))
            .collect();
        let last = self.report.coverage.last.as_deref().map(plain_utc).unwrap_or_default();
        if recent.is_empty() {
            let summary = Text::new(
                format!("No sign within the last 72 hours of the logs, which end {last}."),
                format!("ログの最後の72時間(終端{last})に兆候はありません。"),
            );
            return Draft::new(State::NoEvidence, summary).changed_by(LONGER);
        }
        let summary = Text::new(
            format!("There are signs within the last 72 hours of the logs, which end {last}."),
            format!("ログの最後の72時間(終端{last})に兆候があります。"),
        );
        Draft::new(State::Possible, summary).resting_on(&recent).changed_by(LONGER)
    }

    fn ask(&self) -> Draft {
        let summary = Text::fixed(
            "What these logs do not hold, and what answers the questions above, is listed below: ask for it.",
            "このログに含まれず、上記の質問に答えるために必要なものは次のとおりです。",
        );
        let mut draft = Draft::new(State::CannotDetermine, summary);
        let detections = self.report.not_evaluable.iter().filter(|n| n.id != SIGMA);
        let needs = detections.map(|detection| {
            Text::new(
                format!("For {} ({}): {}", detection.id, detection.name.en, detection.needs.en),
                format!("{}({}):{}", detection.id, detection.name.ja, detection.needs.ja),
            )
        });
        draft.would_change.extend([SIGN_IN, TENANTS.needs, PERSISTENCE.needs, BODIES]);
        draft.would_change.extend(needs);
        draft
    }
}

/// A time of the report as people write it.
fn plain_utc(time: &str) -> String {
    format!("{} UTC", time.trim_end_matches('Z').replace('T', " "))
}

/// Whether a finding is one of what web requests did.
fn is_of_requests(finding: &&Finding) -> bool {
    let detector = finding.detector.as_str();
    (detector.starts_with('B') && detector != "B10") || detector == "E5"
}

/// Of a sign's subjects, how many are accounts and how many are addresses.
fn kinds_counted(subjects: &BTreeSet<&Subject>) -> Text {
    let of = |kind| subjects.iter().filter(|subject| subject.kind == kind).count();
    let kinds = [
        (of(SubjectKind::Account), "account", "アカウント"),
        (of(SubjectKind::Address), "address", "アドレス"),
    ];
    let present = || kinds.iter().filter(|(count, ..)| *count > 0);
    let en: Vec<_> = present().map(|(count, noun, _)| counted(count, noun)).collect();
    let ja: Vec<_> =
        present().map(|(count, _, noun)| format!("{noun}{}件", grouped(count))).collect();
    Text::new(en.join(" and "), ja.join("、"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_answer_uses_a_word_that_says_more_than_logs_can() {
        let source = include_str!("questions.rs");
        let spoken = source.split("#[cfg(test)]").next().unwrap_or(source);
        for banned in ["clean", "safe", "安全", "問題なし", "\u{2713}", "\u{2714}", "\u{2705}"]
        {
            assert!(!spoken.contains(banned), "{banned}");
        }
    }
}
