//! Inspections of whole files.

use super::compound::made::made;
use super::*;
use std::io::Write;

fn inspected(files: &[(&str, &[u8])]) -> Inspection {
    let mut inspector = Inspector::new(&["example.co.jp".to_owned()], &[]);
    for (name, bytes) in files {
        inspector.file(name, bytes.len() as u64, &bytes.to_vec());
    }
    inspector.finish()
}

fn count(inspection: &Inspection, kind: FoundKind) -> u64 {
    inspection.found.iter().find(|found| found.kind == kind).map_or(0, |found| found.count)
}

/// A document of an office program with some parts.
fn office(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in
        [("[Content_Types].xml", "<?xml version=\"1.0\"?><Types/>")].iter().chain(parts)
    {
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn documents_of_office_programs_are_read() {
    let word = office(&[(
        "word/document.xml",
        "<?xml version=\"1.0\"?><w:p><w:t>社外秘</w:t></w:p><w:p><w:t>a@example.co.jp b@c.go.jp</w:t></w:p>",
    )]);
    let sheet = office(&[(
        "xl/sharedStrings.xml",
        "<?xml version=\"1.0\"?><si><t>個人番号</t></si><si><t>123456789018</t></si>",
    )]);
    let found = inspected(&[("a.docx", &word), ("b.xlsx", &sheet)]);
    assert_eq!(count(&found, FoundKind::Marking), 1);
    assert_eq!(count(&found, FoundKind::Email), 2);
    assert_eq!(count(&found, FoundKind::MyNumber), 1);
    let classes: Vec<_> = found.domains.iter().map(|domain| domain.class).collect();
    assert_eq!(classes, [DomainClass::Government, DomainClass::Own]);
    assert_eq!(found.not_inspected, []);
    let place = &found.found.iter().find(|of| of.kind == FoundKind::Marking).unwrap().places[0];
    assert_eq!((place.path_inside.as_deref(), place.line), (Some("word/document.xml"), 1));
}

#[test]
fn what_cannot_be_opened_is_listed() {
    let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 40]].concat();
    let old = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 600]].concat();
    let pdf = b"%PDF-1.7\n\x01\x02";
    let cut = &office(&[("word/document.xml", "<?xml?>")])[..60];
    let found = inspected(&[
        ("a.png", &png),
        ("b.msg", &old),
        ("c.pdf", pdf),
        ("d.docx", cut),
        ("e.txt", b"a@b.example\n"),
    ]);
    let names: BTreeSet<_> = found.not_inspected.iter().map(|of| &*of.file).collect();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["a.png", "b.msg", "c.pdf", "d.docx"]);
    assert!(found.documents.iter().any(|of| of.file == "e.txt"));
}

#[test]
fn text_in_any_encoding_counts_once() {
    let (sjis, _, _) =
        encoding_rs::SHIFT_JIS.encode("氏名,メール\n佐藤,SATO@example.jp\n加藤,kato@example.jp\n");
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain("佐藤 sato@example.jp".encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let found = inspected(&[("a.csv", &sjis), ("b.txt", &utf16)]);
    assert_eq!(count(&found, FoundKind::Email), 2);
    assert_eq!(found.documents.len(), 2);
}

#[test]
fn attachments_of_mail_are_opened() {
    let mail = b"From: x@gmail.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nTEL 03-1234-5678\n--b\nContent-Type: application/octet-stream; name=list.csv\nContent-Transfer-Encoding: base64\n\nYUBkb2NvbW8ubmUuanAK\n--b--\n";
    let found = inspected(&[("m.eml", mail)]);
    assert_eq!(count(&found, FoundKind::Phone), 1);
    let classes: Vec<_> = found.domains.iter().map(|domain| domain.class).collect();
    assert_eq!(classes, [DomainClass::Mobile, DomainClass::FreeMail]);
    assert!(found.documents.iter().any(|of| of.path_inside.as_deref() == Some("list.csv")));
}

/// A PDF of objects, numbered from 1, the first of which is the catalogue; what else stands in the
/// trailer.
fn pdf(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    for (object, number) in objects.iter().zip(1..) {
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    file.extend_from_slice(format!("trailer <</Root 1 0 R {trailer}>>\n%%EOF\n").as_bytes());
    file
}

/// A stream as it is usually packed.
fn stream(head: &str, bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    let packed = packed.finish().unwrap();
    let head = format!("<<{head}/Filter/FlateDecode/Length {}>>stream\n", packed.len());
    [head.as_bytes(), &packed, b"\nendstream"].concat()
}

/// A PDF with a page for each content, in a font with the numbers of glyphs as Japanese programs
/// write it: numbers are those of UTF-16, told by a map where `has_map` says so.
fn document(pages: &[&str], has_map: bool, trailer: &str) -> Vec<u8> {
    let kids: String = (0..pages.len()).map(|n| format!("{} 0 R ", 6 + 2 * n)).collect();
    let map = if has_map { "/ToUnicode 4 0 R" } else { "" };
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[{kids}]/Resources<</Font<</F 3 0 R>>/XObject<</P 5 0 R>>>>>>")
            .into_bytes(),
        format!(
            "<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</DW 1000>>]{map}>>"
        )
        .into_bytes(),
        stream("", b"1 beginbfrange <0000> <ffff> <0000> endbfrange"),
        stream("/Subtype/Image", b"a picture"),
    ];
    for (page, number) in pages.iter().zip((6..).step_by(2)) {
        objects.push(format!("<</Type/Page/Contents {} 0 R>>", number + 1).into_bytes());
        objects.push(stream("", page.as_bytes()));
    }
    pdf(&objects, trailer)
}

/// Content that shows a line of text.
fn line(text: &str) -> String {
    let hex: String = text.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
    format!("BT /F 10 Tf 14 TL 50 700 Td <{hex}> Tj ET\n")
}

fn shown(inspection: &Inspection, kind: FoundKind) -> Vec<String> {
    let found = inspection.found.iter().filter(|found| found.kind == kind);
    found.flat_map(|found| found.places.iter().map(|place| place.shown.clone())).collect()
}

fn reasons(inspection: &Inspection) -> Vec<&str> {
    let reasons = inspection.not_inspected.iter().map(|of| &of.reason);
    reasons
        .inspect(|reason| assert!(reason.ja.contains('。'), "{reason:?}"))
        .map(|of| &*of.en)
        .collect()
}

#[test]
fn pages_of_pdf_are_read_and_told() {
    let text = line("連絡先 sato@city.example.lg.jp");
    let info =
        "/Info<</Author<FEFF4F5085E4>/CreationDate(D:20210506010203+09'00')/Title(network)>>";
    let found = inspected(&[("a.pdf", &document(&[&line("はじめに"), &text], true, info))]);
    let place = &found.found.iter().find(|of| of.kind == FoundKind::Email).unwrap().places[0];
    assert_eq!((place.page, place.line, &*place.shown), (Some(2), 1, "sato@city.example.lg.jp"));
    assert_eq!(shown(&found, FoundKind::Person), ["Author: 佐藤 (2021-05-06T01:02:03+09:00)"]);
    assert_eq!(found.not_inspected, []);
    assert_eq!(found.documents.len(), 1);
}

#[test]
fn pdf_in_which_nothing_stands_has_nothing() {
    let info = "/Info<</Author(Microsoft Office User)/Producer(pdf 1.0)>>";
    let found = inspected(&[("a.pdf", &document(&[&line("本日は晴天なり"), ""], true, info))]);
    assert_eq!((found.found.len(), found.not_inspected.len(), found.documents.len()), (0, 0, 1));
}

#[test]
fn objects_of_pdf_may_lie_in_streams() {
    let packed = "2 0 3 40 <</Type/Pages/Kids[3 0 R]>>              <</Type/Page/Contents 5 0 R/Resources<</Font<</F<</Subtype/Type1>>>>>>>>";
    let objects = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"null".to_vec(),
        b"null".to_vec(),
        stream("/Type/ObjStm/N 2/First 9", packed.as_bytes()),
        stream("", b"BT /F 9 Tf (tel 03-1234-5678) Tj ET"),
    ];
    let found = inspected(&[("a.pdf", &pdf(&objects, ""))]);
    assert_eq!(shown(&found, FoundKind::Phone), ["03-1234-5678"]);
    assert_eq!(found.not_inspected, []);
}

#[test]
fn what_of_pdf_cannot_be_read_is_listed() {
    let picture = "q 500 0 0 700 0 0 cm /P Do Q";
    let scanned = document(&[picture, &line("a@b.example"), picture, picture], true, "");
    let found = inspected(&[("a.pdf", &scanned)]);
    assert!(reasons(&found)[0].contains("1, 3-4"), "{:?}", found.not_inspected);
    assert_eq!(count(&found, FoundKind::Email), 1);
    let found = inspected(&[("b.pdf", &document(&[&line("a@b.example")], false, ""))]);
    assert!(reasons(&found)[0].contains("the fonts do not say which they are: 1."), "{found:?}");
    let found = inspected(&[("c.pdf", &document(&[&line("a@b.example")], true, "/Encrypt<<>>"))]);
    assert!(reasons(&found)[0].contains("encrypted") && found.documents.is_empty());
    let mut cut = document(&[&line("a@b.example")], true, "");
    cut.truncate(60);
    assert!(reasons(&inspected(&[("d.pdf", &cut)]))[0].contains("no page"));
    let bomb = stream("", &b"BT /F 9 Tf (aaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj ET ".repeat(400_000));
    let page = b"<</Type/Page/Contents 2 0 R/Resources<</Font<</F<</Subtype/Type1>>>>>>>>".to_vec();
    assert!(reasons(&inspected(&[("e.pdf", &pdf(&[page, bomb], ""))]))[0].contains("too much"));
}

#[test]
fn comments_fields_and_files_of_pdf_are_read() {
    let objects = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]>>".to_vec(),
        b"<</Type/Page/Annots[4 0 R<</Subtype/Link/A<</URI(mailto:link@example.co.jp)>>>>]>>"
            .to_vec(),
        b"<</Subtype/Text/T(Kato)/Contents(ask note@example.co.jp)/M(D:20210506)>>".to_vec(),
        b"<</Type/Filespec/F(list.csv)/EF<</F 6 0 R>>>>".to_vec(),
        stream("/Type/EmbeddedFile", "氏名,パスワード\n佐藤,Yama-4821\n".as_bytes()),
    ];
    let found = inspected(&[("a.pdf", &pdf(&objects, ""))]);
    assert_eq!(count(&found, FoundKind::Email), 2);
    assert_eq!(shown(&found, FoundKind::Person), ["comment: Kato (2021-05-06)"]);
    let secret = &found.found.iter().find(|of| of.kind == FoundKind::Credential).unwrap().places[0];
    assert_eq!(secret.path_inside.as_deref(), Some("list.csv"));
    assert!(!secret.shown.contains("4821"));
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A message as Outlook saves it.
fn message(subject: &str, body: &str, file: &[u8]) -> Vec<u8> {
    let [subject, body, to, inner] =
        [subject, body, "kato@external.example", "入札結果 03-1234-5678"].map(utf16);
    made(&[
        ("__properties_version1.0", &[0; 32]),
        ("__substg1.0_0037001F", &subject),
        ("__substg1.0_1000001F", &body),
        ("__substg1.0_0C1A001E", b"Sato <sato@example.co.jp>"),
        ("__recip_version1.0_#00000000/__substg1.0_39FE001F", &to),
        ("__attach_version1.0_#00000000/__substg1.0_3707001F", &utf16("list.csv")),
        ("__attach_version1.0_#00000000/__substg1.0_37010102", file),
        ("__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_1000001F", &inner),
    ])
}

#[test]
fn messages_of_outlook_are_opened() {
    let large = format!("氏名,パスワード\n佐藤,Yama-4821\n{}", "加藤,\n".repeat(900));
    let mail = message("社外秘", "至急 sato@example.co.jp まで", large.as_bytes());
    let found = inspected(&[("a.msg", &mail)]);
    assert_eq!(count(&found, FoundKind::Email), 2);
    assert_eq!(shown(&found, FoundKind::Marking), ["社外秘"]);
    assert_eq!(shown(&found, FoundKind::Phone), ["03-1234-5678"], "of the message inside");
    let secret = &found.found.iter().find(|of| of.kind == FoundKind::Credential).unwrap().places[0];
    assert_eq!(secret.path_inside.as_deref(), Some("list.csv"));
    assert!(!secret.shown.contains("4821"));
    assert_eq!(found.not_inspected, []);
}

#[test]
fn a_message_in_which_nothing_stands_has_nothing() {
    let mail = made(&[
        ("__properties_version1.0", &[0; 32]),
        ("__substg1.0_0037001F", &utf16("昼食")),
        ("__substg1.0_10130102", "<html><p>十二時に</p>".as_bytes()),
    ]);
    let found = inspected(&[("a.msg", &mail)]);
    assert_eq!((found.found.len(), found.not_inspected.len(), found.documents.len()), (0, 0, 2));
}

#[test]
fn what_of_a_message_cannot_be_read_is_listed() {
    let mail = made(&[
        ("__properties_version1.0", &[0; 32]),
        ("__substg1.0_10090102", b"packed"),
        ("__attach_version1.0_#00000000/__substg1.0_3707001F", &utf16("cloud.xlsx")),
    ]);
    let found = inspected(&[("a.msg", &mail)]);
    assert!(reasons(&found)[0].contains("compressed rich text"), "{found:?}");
    assert!(reasons(&found)[1].contains("cloud.xlsx"));
    let whole = message("a", "b", &[b'a'; 20_000]);
    let found = inspected(&[("b.msg", &whole[..12_000])]);
    assert!(!found.not_inspected.is_empty(), "{found:?}");
}

#[test]
fn older_and_encrypted_documents_are_named() {
    let cases = [
        ("WordDocument", ".doc"),
        ("Workbook", ".xls"),
        ("PowerPoint Document", ".ppt"),
        ("EncryptedPackage", "password"),
        ("Visio", "compound"),
    ];
    for (stream, said) in cases {
        let file = made(&[(stream, "sato@example.co.jp".as_bytes())]);
        let found = inspected(&[("a", &file)]);
        assert!(reasons(&found)[0].contains(said), "{found:?}");
        assert_eq!((found.found.len(), found.documents.len()), (0, 0), "nothing is guessed");
    }
}

#[test]
fn documents_of_office_programs_name_people() {
    let core = "<?xml version=\"1.0\"?><cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\"><dc:creator>佐藤</dc:creator></cp:coreProperties>";
    let app = "<?xml version=\"1.0\"?><Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\"><Company>架空商事</Company></Properties>";
    let word = office(&[("docProps/core.xml", core), ("docProps/app.xml", app)]);
    let found = inspected(&[("a.docx", &word)]);
    assert_eq!(shown(&found, FoundKind::Person), ["creator: 佐藤"]);
    assert_eq!(shown(&found, FoundKind::Organisation), ["Company: 架空商事"]);
    let nobody = office(&[("docProps/core.xml", &core.replace("佐藤", "python-docx"))]);
    assert!(inspected(&[("b.docx", &nobody)]).found.is_empty());
}
