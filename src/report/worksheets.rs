//! Worksheets for reports to authorities, prefilled from the report, with what it cannot know left
//! blank: the nine items of article 8 of the enforcement rules of Japan's Act on the Protection of
//! Personal Information, and article 33 of the GDPR. No legal advice, and marked so.

use super::html::Page;
use super::model::Report;
use super::parties::kind;
use super::words::{state, training};
use crate::base::{Bilingual, Language, Text, counted, grouped};
use crate::finding::State;
use jiff::civil::DateTime;
use jiff::{Span, ToSpan};
use std::str::FromStr;

/// When the incident became known, as people wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knowing {
    at: DateTime,
    /// The offset as written, `+09:00`.
    offset: String,
}

/// A time of knowing that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("time of knowing «{0}» is no time: expected 2021-05-06, or 2021-05-06T10:00:00+09:00")]
pub struct KnowingError(String);

impl Bilingual for KnowingError {
    fn told(&self) -> Text {
        let ja = format!(
            "知った時刻「{}」を時刻として読み取れません。2021-05-06、または2021-05-06T10:00:00+09:00の形で指定してください。",
            self.0
        );
        Text::new(self.to_string(), ja)
    }
}

impl FromStr for Knowing {
    type Err = KnowingError;

    fn from_str(text: &str) -> Result<Self, KnowingError> {
        let text = text.trim();
        let behind = text.get(10..).unwrap_or_default();
        let offset = behind.find(['+', '-', 'Z']).and_then(|at| behind.get(at..)).unwrap_or("");
        let local = text.strip_suffix(offset).unwrap_or(text);
        let at = local.parse().map_err(|_| KnowingError(text.to_owned()))?;
        Ok(Self { at, offset: offset.to_owned() })
    }
}

impl Knowing {
    fn shown(&self, at: DateTime) -> String {
        format!("{} {}", at.strftime("%Y-%m-%d %H:%M"), self.offset).trim_end().to_owned()
    }

    /// A day of the period, of which the day of knowing is the first.
    fn day(&self, number: i64) -> String {
        let day = self.at.date().checked_add((number - 1).days());
        day.map_or_else(|_| String::new(), |day| day.to_string())
    }

    fn after(&self, span: Span) -> String {
        self.at.checked_add(span).map_or_else(|_| String::new(), |at| self.shown(at))
    }
}

/// An item of a worksheet: what is asked, what the report says, and what is to be filled in.
struct Item {
    name: Text,
    filled: Vec<Text>,
    blank: Text,
}

/// The worksheets as one file for a browser.
pub fn worksheets(report: &Report, language: Language, known: Option<Knowing>) -> String {
    let mut page = Page::titled(language, "Worksheets", "報告ワークシート");
    if let Some(case) = report.training() {
        page.markup("<p class=\"training\"><strong>").said(&training(case));
        page.markup("</strong></p>");
    }
    page.markup("<header><h1>").word("Worksheets for reports", "漏えい等報告ワークシート");
    page.markup("</h1><p class=\"problem\"><strong>")
        .said(&ADVICE)
        .markup("</strong></p></header>\n");
    clocks(&mut page, known.as_ref());
    page.markup("<h2>").said(&APPI).markup("</h2><p class=\"small\">").said(&APPI_NOTE);
    page.markup("</p>\n");
    table(&mut page, &appi(report));
    page.markup("<h2>").said(&GDPR).markup("</h2><p class=\"small\">").said(&GDPR_NOTE);
    page.markup("</p>\n");
    table(&mut page, &gdpr(report));
    page.end()
}

const ADVICE: Text = Text::fixed(
    "This is no legal advice. Whether and what you must report, to whom and by when, is for you and your advisers to decide. What logs do not tell is left blank.",
    "本書は法的助言ではありません。報告の要否・内容・宛先・期限は、貴組織と専門家が判断してください。ログから分からない事項は空欄です。",
);
const APPI: Text = Text::fixed(
    "Japan: report to the Personal Information Protection Commission (enforcement rules, article 8)",
    "個人情報保護委員会への報告(個人情報保護法施行規則第8条の9項目)",
);
const APPI_NOTE: Text = Text::fixed(
    "The preliminary report (速報) holds what is known at its time, the final report (確報) all items. A processor may notify its client instead. Public bodies are under other rules.",
    "速報では報告時点で把握している事項を、確報では全項目を報告します。委託先は、委託元への通知をもって報告に代えられる場合があります。行政機関等には別の定めがあります。",
);
const GDPR: Text =
    Text::fixed("GDPR: notification of the authority (article 33)", "GDPR第33条:監督機関への通知");
const GDPR_NOTE: Text = Text::fixed(
    "Information may follow in phases (33(4)); every breach is to be documented (33(5)); a processor notifies its controller without undue delay (33(2)).",
    "情報は段階的に提供できます(第33条4項)。侵害はすべて記録します(同5項)。処理者は管理者へ遅滞なく通知します(同2項)。",
);
const BLANK: &str = "______________________________";

/// The deadlines, filled in where the time of knowing is given.
fn clocks(page: &mut Page, known: Option<&Knowing>) {
    page.markup("<h2>").word("Deadlines", "期限").markup("</h2>\n");
    page.headings(&[("What", "種別"), ("Deadline", "期限"), ("Until", "期日")]);
    let at = |fill: &dyn Fn(&Knowing) -> String| known.map_or_else(|| BLANK.to_owned(), fill);
    let rows = [
        (
            Text::fixed("Time of knowing", "事態を知った日時"),
            Text::fixed("filled in by you", "利用者が記入"),
            at(&|known| known.shown(known.at)),
        ),
        (
            Text::fixed("APPI, preliminary report (速報)", "速報(個人情報保護法)"),
            Text::fixed("at once, about 3 to 5 days", "速やかに(おおむね3〜5日以内)"),
            at(&|known| format!("{} – {}", known.day(3), known.day(5))),
        ),
        (
            Text::fixed("APPI, final report (確報)", "確報(個人情報保護法)"),
            Text::fixed("30 days", "30日以内"),
            at(&|known| known.day(30)),
        ),
        (
            Text::fixed(
                "APPI, final report where it may have been done with a wrongful purpose, such as unauthorised access",
                "確報(不正アクセスなど、不正の目的によるおそれがある場合)",
            ),
            Text::fixed("60 days", "60日以内"),
            at(&|known| known.day(60)),
        ),
        (
            Text::fixed("GDPR, article 33", "GDPR第33条"),
            Text::fixed("72 hours, where feasible", "可能な限り72時間以内"),
            at(&|known| known.after(72.hours())),
        ),
    ];
    for (what, deadline, until) in rows {
        page.markup("<tr><td>").said(&what).markup("</td><td>").said(&deadline);
        page.markup("</td><td>").text(&until).markup("</td></tr>\n");
    }
    page.markup("</tbody></table><p class=\"small\">").said(&Text::fixed(
        "Days are counted with the day of knowing as the first, the stricter reading; check weekends and holidays with the authority.",
        "日数は、知った日を1日目とする厳しい数え方によります。休日の扱いは報告先に確認してください。",
    ));
    page.markup("</p>\n");
}

fn table(page: &mut Page, items: &[Item]) {
    page.headings(&[
        ("Item", "項目"),
        ("From the report", "報告から転記"),
        ("To be filled in", "記入欄"),
    ]);
    for item in items {
        page.markup("<tr><td>").said(&item.name).markup("</td><td>");
        page.list(&item.filled);
        if item.filled.is_empty() {
            page.word("The logs do not tell.", "ログからは分かりません。");
        }
        page.markup("</td><td>").said(&item.blank).markup("<br>").text(BLANK);
        page.markup("</td></tr>\n");
    }
    page.markup("</tbody></table>\n");
}

/// The answer to a question, with its state.
fn answer(report: &Report, id: &str) -> Option<Text> {
    let answer = report.questions.iter().find(|answer| answer.id == id)?;
    let of = state(answer.state);
    Some(Text::new(
        format!("{id}, {}: {}", of.en, answer.summary.en),
        format!("{id}({}):{}", of.ja, answer.summary.ja),
    ))
}

fn answers(report: &Report, ids: &[&str]) -> Vec<Text> {
    ids.iter().filter_map(|id| answer(report, id)).collect()
}

/// Parties that are named in a worksheet.
const NAMED: usize = 30;

/// Whose data was reached.
fn parties(report: &Report) -> Vec<Text> {
    let standing: Vec<_> =
        report.affected.iter().filter(|party| report.stands(&party.findings)).collect();
    let told = standing.iter().take(NAMED).map(|party| {
        let of = kind(party.kind);
        let (viewed, downloaded, exported) = (party.viewed, party.downloaded, party.exported);
        Text::new(
            format!(
                "{} {}: {viewed} viewed, {downloaded} downloaded, {exported} exported",
                of.en, party.name
            ),
            format!(
                "{} {}:閲覧{viewed}件、ダウンロード{downloaded}件、出力{exported}件",
                of.ja, party.name
            ),
        )
    });
    let more = standing.len().saturating_sub(NAMED);
    let rest = (more > 0).then(|| {
        Text::new(
            format!("and {more} more: see the list of parties"),
            format!("ほか{more}件(関係先一覧を参照)"),
        )
    });
    told.chain(rest).collect()
}

/// What is to be changed, in numbers.
fn measures(report: &Report) -> Option<Text> {
    let count = report.secrets.len() as u64;
    (count > 0).then(|| {
        Text::new(
            format!("{} to be changed or revoked: see the list", counted(count, "thing")),
            format!("変更・失効が必要なもの{}件(一覧を参照)", grouped(count)),
        )
    })
}

fn item(
    name: (&'static str, &'static str),
    filled: Vec<Text>,
    blank: (&'static str, &'static str),
) -> Item {
    Item { name: Text::fixed(name.0, name.1), filled, blank: Text::fixed(blank.0, blank.1) }
}

/// The nine items of the report to the commission.
fn appi(report: &Report) -> Vec<Item> {
    let mut items = what_happened(report);
    items.extend(what_was_done(report));
    items
}

/// Items 1 to 5.
fn what_happened(report: &Report) -> Vec<Item> {
    vec![
        item(
            ("1 Outline", "1 概要"),
            answers(report, &["Q1", "Q2", "Q6"]),
            (
                "When and how it became known; when it began; the role of your organisation (client or processor)",
                "発覚の日時と経緯、発生日、委託元・委託先の別",
            ),
        ),
        item(
            ("2 Items of personal data", "2 個人データの項目"),
            answers(report, &["Q4"]),
            (
                "Which items: names, addresses, e-mail addresses, credentials, others",
                "氏名・住所・メールアドレス・ID/パスワードなどの項目",
            ),
        ),
        item(
            ("3 Number of persons", "3 本人の数"),
            [answers(report, &["Q5"]), parties(report)].concat(),
            (
                "How many persons, how many of them customers, staff, others",
                "本人の数(顧客・従業員などの内訳)",
            ),
        ),
        item(
            ("4 Cause", "4 原因"),
            answers(report, &["Q3"]),
            (
                "Cause as far as known; whether at your organisation or at a processor",
                "把握している原因、発生した主体(自組織・委託先)",
            ),
        ),
        item(
            ("5 Secondary damage", "5 二次被害またはそのおそれ"),
            answers(report, &["Q7", "Q9", "Q11"]),
            ("Misuse that is known or to be feared", "把握している悪用、またはそのおそれ"),
        ),
    ]
}

/// Items 6 to 9.
fn what_was_done(report: &Report) -> Vec<Item> {
    let mut others = answers(report, &["Q8", "Q12"]);
    others.extend(unknown(report));
    vec![
        item(
            ("6 Response to the persons concerned", "6 本人への対応の実施状況"),
            Vec::new(),
            ("Notified or not, when, how", "本人への通知の有無・日付・方法"),
        ),
        item(
            ("7 Publication", "7 公表の実施状況"),
            Vec::new(),
            ("Published or not, when, where", "公表の有無・日付・方法"),
        ),
        item(
            ("8 Measures against recurrence", "8 再発防止のための措置"),
            measures(report).into_iter().collect(),
            ("Measures taken and planned, with dates", "実施済み・予定の措置とその時期"),
        ),
        item(
            ("9 Other", "9 その他参考となる事項"),
            others,
            (
                "Reports to the police, to other authorities, to clients",
                "警察・他の機関・委託元への報告状況",
            ),
        ),
    ]
}

/// The questions that the logs leave open.
fn unknown(report: &Report) -> Option<Text> {
    let is_open = |answer: &&super::Answer| answer.state == State::CannotDetermine;
    let ids: Vec<_> = report.questions.iter().filter(is_open).map(|answer| &*answer.id).collect();
    (!ids.is_empty()).then(|| {
        Text::new(
            format!("Not to be told from the logs given: {}", ids.join(", ")),
            format!("提供されたログからは判定できない事項:{}", ids.join("、")),
        )
    })
}

/// What article 33(3) asks for.
fn gdpr(report: &Report) -> Vec<Item> {
    let nature = [answers(report, &["Q1", "Q3", "Q4", "Q5"]), parties(report)].concat();
    vec![
        item(
            (
                "33(3)(a) Nature of the breach; categories and approximate number of persons and of records",
                "33条3項(a) 侵害の性質、データ主体と記録の種類および概数",
            ),
            nature,
            ("Categories and numbers of persons and records", "データ主体・記録の種類と概数"),
        ),
        item(
            ("33(3)(b) Contact point", "33条3項(b) 連絡先"),
            Vec::new(),
            ("Data protection officer or other contact", "DPOまたは他の連絡窓口"),
        ),
        item(
            ("33(3)(c) Likely consequences", "33条3項(c) 想定される影響"),
            answers(report, &["Q7", "Q9", "Q11"]),
            ("Consequences for the persons concerned", "データ主体への影響"),
        ),
        item(
            ("33(3)(d) Measures taken or proposed", "33条3項(d) 講じた、または予定する措置"),
            measures(report).into_iter().collect(),
            ("Measures, also against adverse effects", "措置(悪影響の軽減を含む)"),
        ),
        item(
            (
                "33(1) Reasons for delay, where later than 72 hours",
                "33条1項 72時間を超える場合の理由",
            ),
            Vec::new(),
            ("Reasons", "理由"),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_follow_from_the_time_of_knowing() {
        let known: Knowing = "2021-05-25T10:30:00+09:00".parse().unwrap();
        assert_eq!(known.shown(known.at), "2021-05-25 10:30 +09:00");
        assert_eq!([known.day(3), known.day(5)], ["2021-05-27", "2021-05-29"]);
        assert_eq!([known.day(30), known.day(60)], ["2021-06-23", "2021-07-23"]);
        assert_eq!(known.after(72.hours()), "2021-05-28 10:30 +09:00");
        let day: Knowing = "2021-05-25".parse().unwrap();
        assert_eq!(day.after(72.hours()), "2021-05-28 00:00");
        let utc: Knowing = "2021-05-25T10:30Z".parse().unwrap();
        assert_eq!(utc.shown(utc.at), "2021-05-25 10:30 Z");
        for wrong in ["", "yesterday", "2021-13-01", "2021-05-25T99:00"] {
            assert!(wrong.parse::<Knowing>().is_err(), "{wrong}");
        }
    }
}
