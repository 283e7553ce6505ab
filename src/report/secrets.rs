//! What to change: accounts, tokens, keys, mail settings and what lies on servers, as far as the
//! findings touch them, each with the reason. It follows from the report alone, so that judging a
//! finding changes it as well.

use super::model::Report;
use crate::base::Text;
use crate::finding::{Finding, Question, State, SubjectKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// The password of an account, its sessions and its second factor.
    Account,
    /// Keys, tokens and consents that an account was given.
    Token,
    /// Rules and settings of a mailbox.
    MailSetting,
    /// What a file that was handed out holds.
    File,
    /// What documents that were taken or read hold.
    Documents,
    /// What lies on a server on which others may have acted.
    Server,
}

/// Something to be changed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Secret {
    /// What.
    pub kind: SecretKind,
    /// Whose or where, as the logs name it.
    pub name: Text,
    /// What to do.
    pub todo: Text,
    /// Why: what the findings say.
    pub because: Vec<Text>,
    /// Ids of the findings.
    pub findings: Vec<String>,
}

/// Reasons of one entry that are named.
const REASONS: usize = 5;

/// What the findings that nobody judged benign touch, in order of kind and name.
pub fn secrets(report: &Report) -> Vec<Secret> {
    let mut all = BTreeMap::<(SecretKind, String), Secret>::new();
    let standing = |finding: &&Finding| report.stands(std::slice::from_ref(&finding.id));
    for finding in report.findings.iter().filter(standing) {
        for (kind, name) in touched(finding) {
            let secret = all.entry((kind, name.en.to_string())).or_insert_with(|| Secret {
                kind,
                name,
                todo: todo(kind),
                because: Vec::new(),
                findings: Vec::new(),
            });
            if secret.because.len() < REASONS {
                secret.because.push(finding.title.clone());
            }
            secret.findings.push(finding.id.clone());
        }
    }
    all.into_values().collect()
}

/// What a finding touches.
fn touched(finding: &Finding) -> Vec<(SecretKind, Text)> {
    let says = |asked: &[Question]| {
        finding.speaks_to.iter().any(|(question, state)| {
            asked.contains(question)
                && matches!(state, State::Confirmed | State::Likely | State::Possible)
        })
    };
    let named = |name: &str| Text::new(name, name);
    let subject = || named(&finding.subject.value);
    let by = |who: &str| {
        Text::new(format!("Taken or read by {who}"), format!("{who} が閲覧・取得した文書"))
    };
    let mut found = Vec::new();
    if says(&[Question::Q1, Question::Q7]) {
        let accounts = finding.accounts.iter();
        found.extend(accounts.map(|name| (SecretKind::Account, named(name))));
        if finding.subject.kind == SubjectKind::Account {
            found.push((SecretKind::Account, subject()));
        }
    }
    match (&*finding.detector, finding.detector.as_bytes().first()) {
        ("E3" | "E4", _) => found.push((SecretKind::Token, subject())),
        ("D10", _) => found.push((SecretKind::MailSetting, subject())),
        (_, Some(b'B')) if says(&[Question::Q9]) => {
            found.push((SecretKind::File, finding.title.clone()));
        }
        (_, Some(b'B')) if says(&[Question::Q7]) => {
            found.push((SecretKind::Server, finding.title.clone()));
        }
        _ if says(&[Question::Q9]) => {
            found.push((SecretKind::Documents, by(&finding.subject.value)))
        }
        _ => {}
    }
    found.dedup();
    found
}

/// What kind of thing is to be changed.
pub const fn kind(kind: SecretKind) -> Text {
    match kind {
        SecretKind::Account => Text::fixed("Account", "アカウント"),
        SecretKind::Token => Text::fixed("Keys and tokens", "鍵・トークン"),
        SecretKind::MailSetting => Text::fixed("Mail settings", "メール設定"),
        SecretKind::File => Text::fixed("File handed out", "取得されたファイル"),
        SecretKind::Documents => Text::fixed("Documents reached", "閲覧・取得された文書"),
        SecretKind::Server => Text::fixed("Server", "サーバー"),
    }
}

/// What to do about it.
const fn todo(kind: SecretKind) -> Text {
    match kind {
        SecretKind::Account => Text::fixed(
            "Change the password, end all sessions, and check the second factors.",
            "パスワードを変更し、すべてのセッションを失効させ、多要素認証の登録を確認してください。",
        ),
        SecretKind::Token => Text::fixed(
            "Revoke the keys, tokens and consents of this account that nobody vouches for, and issue the others anew.",
            "当該アカウントの鍵・トークン・アプリへの同意のうち、担当者の確認が取れないものを失効させ、残りを再発行してください。",
        ),
        SecretKind::MailSetting => Text::fixed(
            "Remove rules and forwarding that nobody vouches for, and change the passwords of the mailbox.",
            "担当者の確認が取れないルールや転送を削除し、メールボックスのパスワードを変更してください。",
        ),
        SecretKind::File => Text::fixed(
            "Look into the file: change every password, key and certificate in it.",
            "ファイルの内容を確認し、記載されたパスワード・鍵・証明書をすべて変更してください。",
        ),
        SecretKind::Documents => Text::fixed(
            "Look into the documents (for example with the inspection of leaked files): change the passwords, keys and mail settings in them.",
            "文書の内容を確認し(漏えいファイルの検査を利用できます)、記載されたパスワード・鍵・メール設定を変更してください。",
        ),
        SecretKind::Server => Text::fixed(
            "Change every key and password that lies on the server or that it uses elsewhere.",
            "サーバー上にある鍵・パスワードと、サーバーが他のシステムで使うものをすべて変更してください。",
        ),
    }
}
