//! Words that every form of the report uses.

use super::judge::{Judged, Judgement};
use crate::base::{Language, Text};
use crate::finding::{Confidence, Outcome, Severity, State};

/// How a question ends.
pub const fn state(state: State) -> Text {
    match state {
        State::Confirmed => Text::fixed("Confirmed", "確認"),
        State::Likely => Text::fixed("Likely", "可能性が高い"),
        State::Possible => Text::fixed("Possible", "可能性がある"),
        State::NoEvidence => {
            Text::fixed("No evidence found in the logs given", "提供されたログの範囲では痕跡なし")
        }
        State::CannotDetermine => Text::fixed("Cannot be determined", "判定不能"),
    }
}

/// How bad it would be.
pub const fn severity(severity: Severity) -> Text {
    match severity {
        Severity::Info => Text::fixed("Info", "情報"),
        Severity::Low => Text::fixed("Low", "低"),
        Severity::Medium => Text::fixed("Medium", "中"),
        Severity::High => Text::fixed("High", "高"),
        Severity::Critical => Text::fixed("Critical", "重大"),
    }
}

/// How sure it is.
pub const fn confidence(confidence: Confidence) -> Text {
    match confidence {
        Confidence::Low => Text::fixed("low", "低"),
        Confidence::Moderate => Text::fixed("moderate", "中"),
        Confidence::High => Text::fixed("high", "高"),
    }
}

/// What became of it.
pub const fn outcome(outcome: Outcome) -> Text {
    match outcome {
        Outcome::Blocked => Text::fixed("blocked", "拒否"),
        Outcome::Failed => Text::fixed("failed", "失敗"),
        Outcome::Unknown => Text::fixed("unknown", "不明"),
        Outcome::LikelySucceeded => Text::fixed("likely succeeded", "成功の可能性が高い"),
    }
}

/// The number of a line; `?` where what stands before it was not read, and so not counted.
pub fn line_said(line: u64) -> String {
    if line == 0 { "?".to_owned() } else { line.to_string() }
}

/// One of two words.
pub fn pick(language: Language, en: &'static str, ja: &'static str) -> &'static str {
    match language {
        Language::En => en,
        Language::Ja => ja,
    }
}

/// What is said where the logs are a case to practise on.
pub fn training(case: &str) -> Text {
    Text::new(
        format!("TRAINING: synthetic logs, case {case}. Nothing in here happened."),
        format!("訓練用:合成ログ(ケース{case})。実際に起きた事象ではありません。"),
    )
}

/// What is said where a vendor's checker was used.
pub fn checker(title: &str, vendor: &str, fingerprint: &str) -> Text {
    Text::new(
        format!("Checked with «{title}» of {vendor}, signed with the key {fingerprint}."),
        format!("{vendor}の「{title}」で確認しました(署名鍵のフィンガープリント:{fingerprint})。"),
    )
}

/// How a finding is judged.
pub const fn judged(judged: &Judged) -> Text {
    match judged {
        Judged::Open => Text::fixed("open", "未判断"),
        Judged::Confirmed => Text::fixed("confirmed", "確認"),
        Judged::Benign { .. } => Text::fixed("benign", "無害"),
    }
}

/// A judgement in one line: how, why, and what was noted.
pub fn judgement(judgement: &Judgement, language: Language) -> String {
    let reason = match &judgement.judged {
        Judged::Benign { reason } => reason.as_str(),
        Judged::Open | Judged::Confirmed => "",
    };
    let how = judged(&judgement.judged);
    let parts = [how.in_language(language), reason, judgement.note.as_str()];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" – ")
}
