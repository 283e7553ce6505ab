//! What documents say of themselves: who wrote, changed and commented on them, and for which
//! organisation. What programs fill in by themselves is left out.

use super::FoundKind;
use super::look::{Hit, hit};
use super::markup;
use std::collections::BTreeSet;

/// Characters of a name that are shown.
const NAME_CHARS: usize = 200;
/// Characters of a moment that are shown.
const MOMENT_CHARS: usize = 25;

/// Authors that programs fill in where nobody is named.
const NOBODY: [&str; 17] = [
    "microsoft office user",
    "microsoft",
    "microsoft corporation",
    "windows user",
    "user",
    "owner",
    "author",
    "admin",
    "administrator",
    "unknown",
    "anonymous",
    "python-docx",
    "openpyxl",
    "apache poi",
    "ユーザー",
    "作成者",
    "所有者",
];

/// Something that a document says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    kind: FoundKind,
    value: String,
    shown: String,
}

impl Property {
    /// `field`: what the document calls it. None where it names nobody.
    pub fn new(kind: FoundKind, field: &str, value: &str, when: Option<String>) -> Option<Self> {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let value: String = value.chars().take(NAME_CHARS).collect();
        // A program's own name for a comment that stands elsewhere with its author.
        if value.is_empty() || value.starts_with("tc={") || NOBODY.contains(&&*value.to_lowercase())
        {
            return None;
        }
        let when = when.filter(|when| !when.is_empty()).map(|when| format!(" ({when})"));
        let shown = format!("{field}: {value}{}", when.unwrap_or_default());
        Some(Self { kind, value, shown })
    }

    /// As something that is found, in no line.
    pub fn hit(self) -> Hit {
        hit(self.kind, &self.value, self.shown, 0)
    }
}

/// A moment as PDF writes it, `D:20210506010203+09'00'`, as `2021-05-06T01:02:03+09:00`; others as
/// they are.
pub fn moment(date: &str) -> String {
    let bare = date.trim().trim_start_matches("D:");
    let count = bare.bytes().take_while(u8::is_ascii_digit).count();
    let part = |from: usize, to: usize| bare.get(from..to).unwrap_or("00");
    if count < 8 {
        return bare.chars().take(MOMENT_CHARS).collect();
    }
    let day = format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8));
    if count < 12 {
        return day;
    }
    let seconds = if count < 14 { "00" } else { part(12, 14) };
    let zone = bare.get(count..).unwrap_or_default().replacen('\'', ":", 1).replace('\'', "");
    let zone: String = zone.chars().take(6).collect();
    format!("{day}T{}:{}:{seconds}{}", part(8, 10), part(10, 12), zone.trim_end_matches(':'))
}

/// What the parts of a document of an office program say: properties, comments and changes.
pub fn of_markup(xml: &str) -> Vec<Property> {
    const SCHEMAS: [&str; 3] =
        ["schemas.openxmlformats.org", "schemas.microsoft.com/office", "opendocument:xmlns"];
    let mut head = xml.len().min(4_096);
    while !xml.is_char_boundary(head) {
        head -= 1;
    }
    if !SCHEMAS.iter().any(|schema| xml.get(..head).is_some_and(|head| head.contains(schema))) {
        return Vec::new();
    }
    let mut said = Vec::new();
    elements(xml, &mut said);
    attributes(xml, &mut said);
    said
}

/// Elements that hold a name, and with which the moment stands.
const ELEMENTS: [(&str, Option<&str>, FoundKind); 7] = [
    ("dc:creator", Some("dcterms:created"), FoundKind::Person),
    ("cp:lastModifiedBy", Some("dcterms:modified"), FoundKind::Person),
    ("meta:initial-creator", Some("meta:creation-date"), FoundKind::Person),
    ("Manager", None, FoundKind::Person),
    ("author", None, FoundKind::Person),
    ("Company", None, FoundKind::Organisation),
    ("dc:publisher", None, FoundKind::Organisation),
];

fn elements(xml: &str, said: &mut Vec<Property>) {
    for (name, moment, kind) in ELEMENTS {
        for value in markup::values(xml, name) {
            let when = moment.and_then(|moment| markup::values(xml, moment).next());
            let field = name.rsplit(':').next().unwrap_or(name);
            said.extend(Property::new(kind, field, &value, when));
        }
    }
}

/// Attributes that hold a name, each with the beginning of the elements that have it.
const ATTRIBUTES: [(&str, &str); 5] = [
    ("w:", "w:author"),
    ("w15:person", "w15:author"),
    ("p:cmAuthor", "name"),
    ("p188:author", "name"),
    ("person", "displayName"),
];

fn attributes(xml: &str, said: &mut Vec<Property>) {
    for (element, name) in ATTRIBUTES {
        let mut seen = BTreeSet::new();
        for tag in markup::tags(xml, element) {
            // One who changed a text did so in many places.
            if let Some(value) = markup::attribute(tag, name)
                && seen.insert(value.clone())
            {
                let when = markup::attribute(tag, "w:date");
                said.extend(Property::new(FoundKind::Person, field(tag), &value, when));
            }
        }
    }
}

/// What an element with an author stands for.
fn field(tag: &str) -> &'static str {
    match tag.split_whitespace().next().unwrap_or_default() {
        "w:ins" => "inserted",
        "w:del" => "deleted",
        "w:comment" => "comment",
        name if name.starts_with("w:") => "changed",
        _ => "comment",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(xml: &str) -> Vec<String> {
        of_markup(xml).into_iter().map(|property| property.shown).collect()
    }

    #[test]
    fn documents_name_authors_and_organisations() {
        let core = "<?xml version=\"1.0\"?><cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\"><dc:creator>佐藤 太郎</dc:creator><cp:lastModifiedBy>Kato &amp; Co</cp:lastModifiedBy><dcterms:created xsi:type=\"dcterms:W3CDTF\">2021-05-06T01:02:03Z</dcterms:created></cp:coreProperties>";
        assert_eq!(
            shown(core),
            ["creator: 佐藤 太郎 (2021-05-06T01:02:03Z)", "lastModifiedBy: Kato & Co"]
        );
        let app = "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\"><Company>架空商事</Company><Manager/></Properties>";
        assert_eq!(shown(app), ["Company: 架空商事"]);
        let word = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:ins w:id=\"1\" w:author=\"Suzuki\" w:date=\"2021-05-06T00:00:00Z\"/><w:del w:author=\"Suzuki\"/><w:comment w:author='Ito'>";
        assert_eq!(shown(word), ["inserted: Suzuki (2021-05-06T00:00:00Z)", "comment: Ito"]);
    }

    #[test]
    fn what_programs_fill_in_and_other_markup_names_nobody() {
        let core = "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\"><dc:creator>python-docx</dc:creator><cp:lastModifiedBy> </cp:lastModifiedBy></cp:coreProperties>";
        assert!(shown(core).is_empty());
        assert!(shown("<catalog><author>Natsume</author></catalog>").is_empty(), "a list of books");
        assert!(shown("<x schemas.openxmlformats.org><author><author><dc:creator>").is_empty());
    }

    #[test]
    fn moments_of_pdf_are_written_as_elsewhere() {
        assert_eq!(moment("D:20210506010203+09'00'"), "2021-05-06T01:02:03+09:00");
        assert_eq!(moment("D:20210506010203Z"), "2021-05-06T01:02:03Z");
        assert_eq!(
            (moment("D:20210506"), moment("D:202105060102")),
            ("2021-05-06".into(), "2021-05-06T01:02:00".into())
        );
        assert_eq!(moment("6 May 2021"), "6 May 2021");
    }
}
