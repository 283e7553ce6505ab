//! An inspection in words, and as a table.

use super::{DomainClass, FoundKind, Inspection};
use crate::base::{Language, Text, visible};
use std::fmt::{Result, Write};

/// Places of one kind that are written out.
const PLACES: usize = 5;
/// Domains that are written out.
const DOMAINS: usize = 30;
/// Records that are written out.
const TAKEN: usize = 50;

/// What was found.
pub const fn kind(kind: FoundKind) -> Text {
    match kind {
        FoundKind::Email => Text::fixed("E-mail addresses", "メールアドレス"),
        FoundKind::Phone => Text::fixed("Telephone numbers", "電話番号"),
        FoundKind::MyNumber => Text::fixed("My Numbers", "個人番号(マイナンバー)"),
        FoundKind::Credential => Text::fixed("Passwords and secrets", "パスワード・秘密情報"),
        FoundKind::Key => Text::fixed("Keys, tokens and hashes", "鍵・トークン・ハッシュ"),
        FoundKind::MailSetting => Text::fixed("Mail settings", "メール設定"),
        FoundKind::Network => Text::fixed("Private network addresses", "内部IPアドレス"),
        FoundKind::Marking => Text::fixed("Markings of secrecy", "機密表示"),
        FoundKind::Person => Text::fixed(
            "Authors and editors in document properties",
            "文書の情報にある作成者・更新者・コメント投稿者",
        ),
        FoundKind::Organisation => {
            Text::fixed("Organisations in document properties", "文書の情報にある組織名")
        }
    }
}

/// Whose a domain is.
pub const fn class(class: DomainClass) -> Text {
    match class {
        DomainClass::Own => Text::fixed("own", "自組織"),
        DomainClass::Government => Text::fixed("public body", "官公庁・自治体"),
        DomainClass::Mobile => Text::fixed("mobile carrier", "携帯電話会社"),
        DomainClass::FreeMail => Text::fixed("free mail", "フリーメール"),
        DomainClass::External => Text::fixed("external", "外部"),
    }
}

/// What an inspection says of itself.
const ABOUT: Text = Text::fixed(
    "Told by patterns and check digits: some of it may be something else, and what is written otherwise is not found. Secrets are masked.",
    "パターンと検査用数字による判定のため、別のものが含まれる場合や、異なる書き方のものを検出できない場合があります。秘密情報は伏せ字にしています。",
);

/// The inspection for a terminal.
pub fn text(inspection: &Inspection, language: Language) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write(&mut out, inspection, language);
    out
}

fn write(out: &mut String, inspection: &Inspection, language: Language) -> Result {
    let say = |text: &Text| text.in_language(language).to_owned();
    let pick = |en: &'static str, ja: &'static str| match language {
        Language::En => en,
        Language::Ja => ja,
    };
    let documents = inspection.documents.len();
    writeln!(out, "{}: {documents}", pick("Texts inspected", "検査した文書"))?;
    writeln!(out, "{}\n", say(&ABOUT))?;
    for found in &inspection.found {
        writeln!(out, "{}: {}", say(&kind(found.kind)), found.count)?;
        for place in found.places.iter().take(PLACES) {
            let inside = place.path_inside.as_deref().map(|path| format!("/{path}"));
            let name = format!("{}{}", place.file, inside.unwrap_or_default());
            let page = place.page.map(|page| format!("#page={page}")).unwrap_or_default();
            let name = visible(&name);
            writeln!(out, "  {name}{page}:{}  {}", place.line, visible(&place.shown))?;
        }
        if let more @ 1.. = (found.count as usize).saturating_sub(found.places.len().min(PLACES)) {
            writeln!(out, "  +{more}")?;
        }
    }
    if inspection.found.is_empty() {
        writeln!(
            out,
            "{}",
            pick("Nothing of these kinds was found.", "該当する記載は見つかりませんでした。")
        )?;
    }
    if !inspection.domains.is_empty() {
        writeln!(out, "\n{}", pick("Addresses by domain", "ドメイン別のアドレス数"))?;
    }
    for domain in inspection.domains.iter().take(DOMAINS) {
        let of = say(&class(domain.class));
        writeln!(out, "  {} {} ({of})", domain.addresses, visible(&domain.domain))?;
    }
    if let more @ 1.. = inspection.domains.len().saturating_sub(DOMAINS) {
        writeln!(out, "  +{more}")?;
    }
    if !inspection.not_inspected.is_empty() {
        writeln!(out, "\n{}", pick("Not inspected", "検査できなかったもの"))?;
    }
    for part in &inspection.not_inspected {
        let inside = part.path_inside.as_deref().map(|path| format!("/{path}"));
        let name = format!("{}{}", part.file, inside.unwrap_or_default());
        writeln!(out, "  {}: {}", visible(&name), say(&part.reason))?;
    }
    write_taken(out, inspection, language)
}

/// Records that name the files, with the first of them.
fn write_taken(out: &mut String, inspection: &Inspection, language: Language) -> Result {
    let taken = &inspection.taken;
    if taken.is_empty() {
        return Ok(());
    }
    let head = match language {
        Language::En => "Records that name these files",
        Language::Ja => "これらのファイルを記載した記録",
    };
    writeln!(out, "\n{head}: {}", taken.len())?;
    for of in taken.iter().take(TAKEN) {
        let parts = [&of.time, &of.account, &of.address].map(|part| part.as_deref().unwrap_or("–"));
        let line = format!(
            "{}  {}  {} {} ({}:{})",
            of.file,
            parts.join("  "),
            of.action,
            of.named,
            of.source,
            of.offset
        );
        writeln!(out, "  {}", visible(&line))?;
    }
    match taken.len().saturating_sub(TAKEN) {
        0 => Ok(()),
        more => writeln!(out, "  +{more}"),
    }
}

/// The domains as CSV: whose addresses stand in the files.
pub fn csv(inspection: &Inspection, language: Language) -> String {
    let head = match language {
        Language::En => "\"Domain\",\"Class\",\"Addresses\"",
        Language::Ja => "\"ドメイン\",\"種別\",\"アドレス数\"",
    };
    let mut out = format!("\u{feff}{head}\r\n");
    for domain in &inspection.domains {
        // A domain has letters, digits, dots and dashes alone, and begins with none of the last.
        let of = class(domain.class);
        let row = (&domain.domain, of.in_language(language), domain.addresses);
        // Writing to a String cannot fail.
        let _ = write!(out, "\"{}\",\"{}\",{}\r\n", row.0, row.1, row.2);
    }
    out
}
