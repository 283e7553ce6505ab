//! Text of PDF (ISO 32000-1): of pages, forms and comments, and what a file says of itself. What has
//! no text, or none that can be told, is listed by page.

mod cmap;
mod content;
mod file;
mod font;
mod object;

use super::property::{Property, moment};
use super::{FoundKind, mail};
use crate::base::Text;
use content::{Reader, Shown};
use file::File;
use object::{Dictionary, Object};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Bytes of text that any file may have, and the same in times its size.
const TEXT_BYTES: usize = 4 << 20;
const TEXT_TIMES: usize = 4;
/// Nodes inside nodes of the tree of pages that are gone into.
const DEPTH: usize = 32;
/// Pages that are read.
const PAGES: usize = 20_000;
/// Comments and fields of a page that are read.
const NOTES: usize = 5_000;
/// Characters that cannot be told from which on a page is named: what is looked for has no fewer.
const LOST_CHARS: u64 = 4;
/// Ranges of pages that are named.
const RANGES: usize = 20;

/// What was read of a file.
#[derive(Default)]
pub struct Read {
    /// The text: what the file says of itself, then the pages.
    pub text: String,
    /// The line, from 1, with which each page begins.
    pub pages: Vec<u64>,
    /// Who wrote it.
    pub properties: Vec<Property>,
    /// What was not read, and what to do.
    pub left_out: Vec<Text>,
}

/// A page that is to be read.
struct Page {
    number: u32,
    /// The resources of the nodes that it lies in.
    inherited: Rc<Object>,
}

/// Whether bytes are a PDF.
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

/// Reads a file, and gives those that are attached to it, each with its name, to `attached`. Fails
/// where nothing of it can be read.
pub fn read(bytes: &[u8], attached: &mut dyn FnMut(String, Vec<u8>)) -> Result<Read, Text> {
    let file = File::open(bytes);
    if file.trailer(b"Encrypt").is_some() {
        return Err(ENCRYPTED);
    }
    let pages = pages(&file);
    if pages.is_empty() {
        return Err(DAMAGED);
    }
    let mut read = Read::default();
    about(&file, &mut read);
    let mut lines = read.text.matches('\n').count() as u64;
    let limit = TEXT_BYTES + bytes.len().saturating_mul(TEXT_TIMES);
    let mut reader = Reader::new(&file, limit);
    let (mut drawn, mut lost) = (Vec::new(), Vec::new());
    for (page, number) in pages.iter().zip(1..) {
        read.pages.push(lines + 1);
        let shown = one(&file, page, &mut reader, &mut read.properties);
        if shown.lost >= LOST_CHARS {
            lost.push(number);
        } else if shown.is_drawn && shown.text.trim().is_empty() {
            drawn.push(number);
        }
        lines += shown.text.matches('\n').count() as u64;
        read.text.push_str(&shown.text);
    }
    attachments(&file, attached);
    read.left_out = left_out(&drawn, &lost);
    if file.is_damaged() {
        read.left_out.push(PARTLY);
    }
    if file.is_exhausted() || reader.left == 0 || pages.len() >= PAGES {
        read.left_out.push(TOO_MUCH);
    }
    Ok(read)
}

/// The text of a page: what it shows, then its comments and what was filled in. It ends with a line.
fn one(
    file: &File<'_>,
    page: &Page,
    reader: &mut Reader<'_, '_>,
    said: &mut Vec<Property>,
) -> Shown {
    let mut shown = Shown::default();
    let reference = Object::Reference(page.number);
    let object = file.resolve(&reference);
    let nothing = Dictionary::default();
    let page_itself = object.dictionary().unwrap_or(&nothing);
    let resources = match page_itself.get(b"Resources") {
        Some(own) => file.resolve(own),
        None => file.resolve(&page.inherited),
    };
    let contents = page_itself.get(b"Contents").unwrap_or(&Object::Null);
    let parts = match &*file.resolve(contents) {
        Object::Array(parts) => parts.clone(),
        _ => vec![contents.clone()],
    };
    // An operator may stand in one part and its operands in the one before.
    let mut content = Vec::new();
    for part in parts.iter().filter_map(|part| file.stream(part)) {
        content.extend_from_slice(&file.unpacked(&part).unwrap_or_default());
        content.push(b'\n');
    }
    reader.page(&content, resources.dictionary().unwrap_or(&nothing), &mut shown);
    for note in file.value(page_itself, b"Annots").array().iter().take(NOTES) {
        if let Some(note) = file.resolve(note).dictionary() {
            annotation(file, note, reader, said, &mut shown);
        }
    }
    shown.text.push('\n');
    shown
}

/// A comment, a link or a field (12.5).
fn annotation(
    file: &File<'_>,
    note: &Dictionary,
    reader: &mut Reader<'_, '_>,
    said: &mut Vec<Property>,
    shown: &mut Shown,
) {
    let action = file.value(note, b"A");
    let uri = action.dictionary().map(|action| file.value(action, b"URI"));
    let parent = file.value(note, b"Parent");
    let inherited = parent.dictionary().map(|parent| file.value(parent, b"V"));
    let texts = [Some(file.value(note, b"Contents")), Some(file.value(note, b"V")), inherited, uri];
    for text in texts.iter().flatten().filter_map(|object| string(object)) {
        let taken = text.trim_start_matches("mailto:");
        if taken.len() < reader.left {
            reader.left -= taken.len();
            shown.text.push('\n');
            shown.text.push_str(taken);
        }
    }
    if !note.is(b"Subtype", b"Widget")
        && let Some(author) = string(&file.value(note, b"T"))
    {
        let when = string(&file.value(note, b"M")).map(|date| moment(&date));
        said.extend(Property::new(FoundKind::Person, "comment", &author, when));
    }
    let looks = file.value(note, b"AP");
    let look = looks.dictionary().and_then(|looks| looks.get(b"N"));
    if let Some(stream) = look.and_then(|look| file.stream(look))
        && let Some(content) = file.unpacked(&stream)
    {
        let resources = file.value(&stream.head, b"Resources");
        shown.text.push('\n');
        reader.page(&content, resources.dictionary().unwrap_or(&Dictionary::default()), shown);
    }
}

/// What a file says of itself (14.3.3).
fn about(file: &File<'_>, read: &mut Read) {
    let info = file.resolve(file.trailer(b"Info").unwrap_or(&Object::Null));
    let Some(info) = info.dictionary() else { return };
    let value = |name: &str| {
        string(&file.value(info, name.as_bytes())).filter(|text| !text.trim().is_empty())
    };
    for name in ["Title", "Subject", "Keywords"] {
        if let Some(text) = value(name) {
            let line: String = text.split(['\r', '\n']).collect::<Vec<_>>().join(" ");
            read.text.push_str(&format!("{name}: {line}\n"));
        }
    }
    let when = value("CreationDate").map(|date| moment(&date));
    if let Some(author) = value("Author") {
        read.properties.extend(Property::new(FoundKind::Person, "Author", &author, when));
    }
    if let Some(company) = value("Company") {
        read.properties.extend(Property::new(FoundKind::Organisation, "Company", &company, None));
    }
}

/// Text of a string (7.9.2.2): UTF-16 or UTF-8 where it says so, else what it looks like.
fn string(object: &Object) -> Option<String> {
    match object {
        Object::String(bytes) => Some(match bytes.as_slice() {
            [0xfe, 0xff, rest @ ..] => {
                encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned()
            }
            bytes => mail::plain(bytes),
        }),
        _ => None,
    }
}

/// The pages in order; where no tree leads to them, as their objects are numbered.
fn pages(file: &File<'_>) -> Vec<Page> {
    let mut pages = Vec::new();
    let root = file.resolve(file.trailer(b"Root").unwrap_or(&Object::Null));
    if let Some(tree) = root.dictionary().and_then(|root| root.get(b"Pages")) {
        let mut seen = BTreeSet::new();
        node(file, tree, Rc::new(Object::Null), 0, &mut seen, &mut pages);
    }
    if pages.is_empty() {
        let is_page = |number: &u32| {
            let reference = Object::Reference(*number);
            file.resolve(&reference).dictionary().is_some_and(|page| page.is(b"Type", b"Page"))
        };
        let page = |number| Page { number, inherited: Rc::new(Object::Null) };
        pages.extend(file.numbers().filter(is_page).take(PAGES).map(page));
    }
    pages
}

/// Gathers the pages of a node of the tree (7.7.3).
fn node(
    file: &File<'_>,
    object: &Object,
    inherited: Rc<Object>,
    depth: usize,
    seen: &mut BTreeSet<u32>,
    pages: &mut Vec<Page>,
) {
    let Object::Reference(number) = *object else { return };
    if depth > DEPTH || pages.len() >= PAGES || !seen.insert(number) {
        return;
    }
    let node = file.resolve(object);
    let Some(node) = node.dictionary() else { return };
    if node.get(b"Kids").is_none() {
        pages.push(Page { number, inherited });
        return;
    }
    let own = node.get(b"Resources").cloned().map(Rc::new);
    let inherited = own.unwrap_or(inherited);
    for kid in file.value(node, b"Kids").array() {
        self::node(file, kid, Rc::clone(&inherited), depth + 1, seen, pages);
    }
}

/// The files that are attached (7.11.4).
fn attachments(file: &File<'_>, attached: &mut dyn FnMut(String, Vec<u8>)) {
    let mut seen = BTreeSet::new();
    for number in file.numbers() {
        let reference = Object::Reference(number);
        let object = file.resolve(&reference);
        let Some(of) = object.dictionary() else { continue };
        let inside = file.value(of, b"EF");
        let stream =
            inside.dictionary().and_then(|inside| inside.get(b"UF").or_else(|| inside.get(b"F")));
        if let Some(Object::Reference(stream)) = stream
            && seen.insert(*stream)
            && let Some(stream) = file.stream(&Object::Reference(*stream))
            && let Some(bytes) = file.unpacked(&stream)
        {
            let name = string(&file.value(of, b"UF")).or_else(|| string(&file.value(of, b"F")));
            attached(name.unwrap_or_default(), bytes.into_owned());
        }
    }
}

/// What cannot be read of some pages.
fn left_out(drawn: &[u64], lost: &[u64]) -> Vec<Text> {
    let of = |pages: &[u64], en: &str, ja: &str| {
        let named = ranges(pages);
        Text::new(en.replace("{}", &named), ja.replace("{}", &named))
    };
    let mut left_out = Vec::new();
    if !drawn.is_empty() {
        left_out.push(of(drawn, DRAWN.0, DRAWN.1));
    }
    if !lost.is_empty() {
        left_out.push(of(lost, LOST.0, LOST.1));
    }
    left_out
}

/// `1-3, 7`, of numbers in order.
fn ranges(numbers: &[u64]) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => ranges.push((*number, *number)),
        }
    }
    let written = ranges.iter().take(RANGES).map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    let more = if ranges.len() > RANGES { ", …" } else { "" };
    format!("{}{more}", written.collect::<Vec<_>>().join(", "))
}

const DRAWN: (&str, &str) = (
    "Pages without text, only pictures or drawings (scanned?), are not read: {}. Read them by eye, or save them with text recognition.",
    "文字がなく画像や図のみのページ(スキャンした文書など)は読み取れません:{}。目視で確認するか、文字認識(OCR)をかけて保存してから検査してください。",
);
const LOST: (&str, &str) = (
    "Pages some of whose characters cannot be told, because the fonts do not say which they are: {}. Read them by eye.",
    "フォントに文字の対応情報がなく、読み取れない文字のあるページです:{}。目視で確認してください。",
);
const ENCRYPTED: Text = Text::fixed(
    "An encrypted PDF, which some are that open without a password: it is not read. Save it without protection, or print it to a PDF, and inspect that.",
    "暗号化されたPDF(パスワードなしで開けるものも含みます)のため、読み取れません。保護を解除して保存するか、PDFとして印刷したものを検査してください。",
);
const DAMAGED: Text = Text::fixed(
    "A PDF in which no page was found: it is damaged or cut off. Open it, save it anew, and inspect that.",
    "ページの見つからないPDFです。破損しているか、途中で切れています。開いて保存し直したものを検査してください。",
);
const PARTLY: Text = Text::fixed(
    "A part of the PDF is damaged or packed in a way that is not read. Print it to a PDF and inspect that.",
    "PDFの一部が破損しているか、対応していない方式で圧縮されています。PDFとして印刷したものを検査してください。",
);
const TOO_MUCH: Text = Text::fixed(
    "Only a part of the PDF was inspected: it holds too much. Split it and inspect the parts.",
    "PDFの内容が多すぎるため、一部のみを検査しました。分割したものを検査してください。",
);
