//! Messages as Outlook saves them (MS-OXMSG): heads, body, recipients and attached files, from the
//! streams of a compound file.

use super::compound::{Compound, Node};
use super::mail::{self, Part};
use super::markup;
use crate::base::Text;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// Messages inside messages that are opened.
const DEPTH: usize = 8;
/// What the name of a property's stream begins with; then come its number and type in hexadecimal.
const PROPERTY: &str = "__substg1.0_";
/// Storages of recipients and of attachments.
const RECIPIENT: &str = "__recip_version1.0_";
const ATTACHMENT: &str = "__attach_version1.0_";
/// The stream that every message has.
const PROPERTIES: &str = "__properties_version1.0";

/// The heads of a message: what they are called, and the properties that stand for them.
const HEADS: [(&str, &[u16]); 6] = [
    ("subject", &[0x0037]),
    ("from", &[0x0042, 0x5d02, 0x0065]),
    ("sender", &[0x0c1a, 0x5d01, 0x0c1f]),
    ("to", &[0x0e04]),
    ("cc", &[0x0e03]),
    ("bcc", &[0x0e02]),
];
/// The same of a recipient: name and addresses.
const RECIPIENT_NAMES: [u16; 3] = [0x3001, 0x39fe, 0x3003];
const HEADERS: u16 = 0x007d;
const BODY: u16 = 0x1000;
const RTF: u16 = 0x1009;
const HTML: u16 = 0x1013;
const DATA: u16 = 0x3701;
/// Names of an attached file: long, short, and as it is shown.
const FILE_NAMES: [u16; 3] = [0x3707, 0x3704, 0x3001];

/// What a compound file is.
pub enum Kind {
    /// A message.
    Message,
    /// A document that is not read, and what it is.
    Document(Text),
}

/// Tells what a compound file is by the streams that lie in it.
pub fn kind(file: &Compound<'_>) -> Kind {
    let top = file.children(0, &mut BTreeSet::new());
    let has = |name: &str| top.iter().any(|node| file.name(*node) == name);
    if has(PROPERTIES) {
        Kind::Message
    } else if has("EncryptedPackage") {
        Kind::Document(ENCRYPTED)
    } else if has("WordDocument") {
        Kind::Document(older("Word", ".doc", "docx"))
    } else if has("Workbook") || has("Book") {
        Kind::Document(older("Excel", ".xls", "xlsx"))
    } else if has("PowerPoint Document") {
        Kind::Document(older("PowerPoint", ".ppt", "pptx"))
    } else {
        Kind::Document(OTHER)
    }
}

/// Gives the parts of a message to `put`, one after another, and what was not read.
pub fn parts(file: &Compound<'_>, put: &mut dyn FnMut(Part)) -> Vec<Text> {
    let seen = BTreeSet::new();
    let mut reader = Reader { file, seen, put, is_short: Cell::new(false), left_out: Vec::new() };
    reader.message(0, 0);
    if reader.is_short.get() {
        reader.left_out.push(SHORT);
    }
    reader.left_out
}

struct Reader<'r, 'a> {
    file: &'r Compound<'a>,
    /// The entries that were read: each is once.
    seen: BTreeSet<Node>,
    put: &'r mut dyn FnMut(Part),
    /// Whether a stream has fewer bytes than it says.
    is_short: Cell<bool>,
    left_out: Vec<Text>,
}

/// The streams of properties in a storage, by number, with their types; and the storages.
struct Storage {
    properties: BTreeMap<u16, (u16, Node)>,
    storages: Vec<Node>,
}

impl Reader<'_, '_> {
    fn storage(&mut self, node: Node) -> Storage {
        let mut storage = Storage { properties: BTreeMap::new(), storages: Vec::new() };
        for child in self.file.children(node, &mut self.seen) {
            let name = self.file.name(child);
            let code = name.strip_prefix(PROPERTY).filter(|code| code.len() == 8);
            let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
            if let Some(code) = code {
                storage.properties.insert((code >> 16) as u16, (code as u16, child));
            } else if self.file.size(child).is_none() {
                storage.storages.push(child);
            }
        }
        storage
    }

    fn stream(&self, node: Node) -> Vec<u8> {
        let bytes = self.file.stream(node);
        let is_short = self.file.size(node).is_some_and(|size| (bytes.len() as u64) < size);
        self.is_short.set(self.is_short.get() || is_short);
        bytes
    }

    /// The text of a property: UTF-16, or in the encoding that it looks like.
    fn text(&self, storage: &Storage, property: u16) -> Option<String> {
        let (kind, node) = storage.properties.get(&property)?;
        let bytes = self.stream(*node);
        let text = match kind {
            0x001f => encoding_rs::UTF_16LE.decode_without_bom_handling(&bytes).0.into_owned(),
            0x001e | 0x0102 => mail::plain(&bytes),
            _ => return None,
        };
        Some(text.trim_end_matches('\0').to_owned()).filter(|text| !text.trim().is_empty())
    }

    fn message(&mut self, node: Node, depth: usize) {
        let storage = self.storage(node);
        let mut heads = self.heads(&storage);
        let (recipients, others): (Vec<Node>, Vec<Node>) =
            storage.storages.iter().partition(|node| self.file.name(**node).starts_with(RECIPIENT));
        for node in recipients {
            let recipient = self.storage(node);
            let names = RECIPIENT_NAMES.iter().filter_map(|name| self.text(&recipient, *name));
            heads.push(format!("recipient: {}", names.collect::<Vec<_>>().join(" ")));
        }
        (self.put)(Part::Text(heads.join("\n")));
        self.body(&storage);
        for node in others {
            if self.file.name(node).starts_with(ATTACHMENT) {
                self.attachment(node, depth);
            }
        }
    }

    fn heads(&self, storage: &Storage) -> Vec<String> {
        let line = |(name, properties): &(&str, &[u16])| {
            let values = properties.iter().filter_map(|property| self.text(storage, *property));
            let value = values.collect::<Vec<_>>().join(" ");
            (!value.is_empty()).then(|| format!("{name}: {}", value.replace(['\r', '\n'], " ")))
        };
        let mut heads: Vec<String> = HEADS.iter().filter_map(line).collect();
        // Of the heads as they were sent, those that name people.
        if let Some(headers) = self.text(storage, HEADERS) {
            let sent = mail::parts(headers.trim_start().as_bytes()).into_iter().next();
            if let Some(Part::Text(sent)) = sent {
                heads.push(sent);
            }
        }
        heads
    }

    fn body(&mut self, storage: &Storage) {
        let plain = self.text(storage, BODY);
        let html = self.text(storage, HTML).map(|html| markup::text(&html));
        let is_packed = storage.properties.contains_key(&RTF);
        match plain.or(html) {
            Some(text) => (self.put)(Part::Text(text)),
            None if is_packed => self.left_out.push(RICH),
            None => (),
        }
    }

    /// A file, or a message that is attached as such.
    fn attachment(&mut self, node: Node, depth: usize) {
        let storage = self.storage(node);
        let name = FILE_NAMES.iter().find_map(|name| self.text(&storage, *name));
        if let Some((0x0102, node)) = storage.properties.get(&DATA) {
            let bytes = self.stream(*node);
            (self.put)(Part::File(name.unwrap_or_default(), bytes));
        } else if let Some((0x000d, node)) = storage.properties.get(&DATA) {
            if depth < DEPTH {
                self.message(*node, depth + 1);
            } else {
                self.left_out.push(DEEP);
            }
        } else {
            self.left_out.push(linked(&name.unwrap_or_default()));
        }
    }
}

fn older(program: &str, ending: &str, newer: &str) -> Text {
    Text::new(
        format!(
            "A document in the older form of {program} ({ending}): it is not read. Open it, save it as {newer}, and inspect that."
        ),
        format!(
            "{program}の旧形式({ending})のため、読み取れません。開いて{newer}形式で保存したものを検査してください。"
        ),
    )
}

fn linked(name: &str) -> Text {
    Text::new(
        format!(
            "An attachment that the message only links to, or that another program keeps in it, is not read. Save it from the message and inspect that: {name}"
        ),
        format!(
            "リンクのみの添付、または他のプログラムの形式で埋め込まれた添付は読み取れません。メッセージから保存したものを検査してください:{name}"
        ),
    )
}

const ENCRYPTED: Text = Text::fixed(
    "An encrypted office document: it is not read. Open it with its password, save it without, and inspect that.",
    "暗号化されたOffice文書のため、読み取れません。パスワードを入力して開き、パスワードなしで保存したものを検査してください。",
);
const OTHER: Text = Text::fixed(
    "A compound file of a kind that is not read, such as Ichitaro's or drawings. Open it with its program, save it as text or PDF, and inspect that.",
    "対応していない複合ファイル(一太郎文書、図面など)のため、読み取れません。作成したプログラムで開き、テキストまたはPDFで保存したものを検査してください。",
);
const RICH: Text = Text::fixed(
    "The body of the message is only there as compressed rich text: it is not read. Read it by eye.",
    "メッセージの本文が圧縮リッチテキストのみのため、読み取れません。目視で確認してください。",
);
const SHORT: Text = Text::fixed(
    "The message is damaged or cut off: a part of it is not read.",
    "メッセージが破損しているか、途中で切れているため、一部を読み取れませんでした。",
);
const DEEP: Text = Text::fixed(
    "A message is attached inside too many others: it is not read.",
    "添付の入れ子が深すぎるため、読み取っていないメッセージがあります。",
);
