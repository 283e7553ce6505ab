//! A letter to the vendor that asks for the missing logs, as plain text. Who writes to whom is left
//! blank.

use super::model::Report;
use super::requests::{Request, open_questions, requests};
use super::words::training;
use crate::base::{Language, Text, visible};
use std::fmt::{Result, Write};

/// The letter.
pub fn letter(report: &Report, language: Language) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = match language {
        Language::En => english(&mut out, report),
        Language::Ja => japanese(&mut out, report),
    };
    out
}

fn said(text: &Text, language: Language) -> String {
    visible(text.in_language(language))
}

/// What a case to practise on says of itself.
fn mark(out: &mut String, report: &Report, language: Language) -> Result {
    match report.training() {
        Some(case) => writeln!(out, "{}\n", said(&training(case), language)),
        None => Ok(()),
    }
}

fn english(out: &mut String, report: &Report) -> Result {
    let language = Language::En;
    mark(out, report, language)?;
    writeln!(out, "Date: ____________")?;
    writeln!(out, "To: ____________ (vendor, person responsible)")?;
    writeln!(out, "From: ____________ (organisation, name, contact)\n")?;
    writeln!(out, "Subject: Request for logs in connection with possible unauthorised access\n")?;
    writeln!(
        out,
        "We are examining logs of the service that you operate for us for signs of unauthorised access and leakage. The logs that we hold do not answer the questions below. Please provide what is listed, by ____________.\n"
    )?;
    let open = open_questions(report);
    if !open.is_empty() {
        writeln!(out, "Questions that are open:")?;
        open.iter().try_for_each(|text| writeln!(out, "  - {}", said(text, language)))?;
        writeln!(out)?;
    }
    writeln!(out, "What we ask for:\n")?;
    let labels = ["Log", "Period", "Fields", "Why"];
    items(out, report, labels, language)?;
    writeln!(out, "For all of them, please:")?;
    for point in [
        "keep the originals from now on, and suspend rotation and deletion;",
        "give the files as the systems wrote them, not excerpts or screenshots, with the SHA-256 of each;",
        "say which system and host each comes from, the zone of its times, and who collected it when and how;",
        "say how long each log is kept, and, where a log does not exist, since when and why;",
        "tell us at once of unauthorised access that you know of, also with other customers, as far as you may.",
    ] {
        writeln!(out, "  - {point}")?;
    }
    writeln!(
        out,
        "\nThis letter accuses nobody. Please transfer the files by an agreed, encrypted way."
    )
}

fn japanese(out: &mut String, report: &Report) -> Result {
    let language = Language::Ja;
    mark(out, report, language)?;
    writeln!(out, "    年  月  日\n")?;
    writeln!(out, "____________ 御中(事業者名・ご担当者名)\n")?;
    writeln!(out, "____________(組織名・担当者名・連絡先)\n")?;
    writeln!(out, "件名:不正アクセスの疑いに関するログ提供のお願い\n")?;
    writeln!(
        out,
        "当組織では、貴社に運用いただいているサービスのログについて、不正アクセスおよび情報漏えいの有無を調査しています。現在保有しているログでは下記の事項を判定できないため、次のログを    年  月  日までにご提供くださいますようお願いいたします。\n"
    )?;
    let open = open_questions(report);
    if !open.is_empty() {
        writeln!(out, "1. 現時点で判定できない事項")?;
        open.iter().try_for_each(|text| writeln!(out, "  ・{}", said(text, language)))?;
        writeln!(out)?;
    }
    writeln!(out, "{}. ご提供いただきたいログ\n", if open.is_empty() { 1 } else { 2 })?;
    items(out, report, ["対象", "期間", "項目", "理由"], language)?;
    writeln!(out, "{}. 共通のお願い", if open.is_empty() { 2 } else { 3 })?;
    for point in [
        "本書の受領後は原本を保全し、ローテーションおよび削除を停止してください。",
        "抜粋や画面の写しではなく、システムが出力したままのファイルを、各ファイルのSHA-256とともにご提供ください。",
        "各ログの出力元(システム名・ホスト名)、時刻のタイムゾーン、取得者・取得日時・取得方法をお知らせください。",
        "各ログの保存期間と、存在しないログについてはその時期と理由をお知らせください。",
        "貴社で把握している不正アクセスがあれば、他のお客様に関するものを含め、差し支えない範囲で速やかにお知らせください。",
    ] {
        writeln!(out, "  ・{point}")?;
    }
    writeln!(
        out,
        "\n本書は貴社の責任を問うものではありません。ファイルの受け渡しは、別途取り決める暗号化された方法でお願いいたします。"
    )
}

/// The numbered list of what is asked for.
fn items(out: &mut String, report: &Report, labels: [&str; 4], language: Language) -> Result {
    for (at, request) in requests(report).iter().enumerate() {
        let Request { log, period, fields, why } = request;
        let number = at + 1;
        let parts = [log, period, fields, why].map(|text| said(text, language));
        let colon = if language == Language::Ja { ":" } else { ": " };
        for (at, (label, part)) in labels.iter().zip(parts).enumerate() {
            let head = if at == 0 { format!("({number}) ") } else { "    ".to_owned() };
            writeln!(out, "  {head}{label}{colon}{part}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
