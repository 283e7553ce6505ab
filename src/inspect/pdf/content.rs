//! Content streams: the text that they show, in the order in which it is shown. Lines, cells and
//! words stand apart as they do on the page (ISO 32000-1, 8 and 9.4).

use super::file::File;
use super::font::{Font, Glyph};
use super::object::{Dictionary, GREATEST, ONE, Object, POINT_BITS, Parser, Token, is_space};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Forms inside forms that are shown.
const DEPTH: usize = 8;
/// Graphics states that are kept at once.
const STATES: usize = 64;
/// Operands of an operator.
const OPERANDS: usize = 64;
/// Entries of all fonts that are kept at once.
const FONT_ENTRIES: usize = 300_000;
/// Where text goes on at such a distance, in ems, a space stands between, or a tab.
const SPACE: i64 = ONE / 5;
const CELL: i64 = ONE * 3 / 2;

/// The radicals from U+2F00 on, as the characters that look the same: fonts share their glyphs, so
/// that maps name the one for the other.
const RADICALS: &str = "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠";

/// A place or a way on the page.
type Pair = [i64; 2];

fn times(a: i64, b: i64) -> i64 {
    let product = (i128::from(a) * i128::from(b)) >> POINT_BITS;
    product.clamp(i128::from(-GREATEST), i128::from(GREATEST)) as i64
}

/// `[a b c d e f]`, as PDF writes them (8.3.3).
#[derive(Clone, Copy)]
struct Matrix([i64; 6]);

impl Matrix {
    const UNIT: Self = Self([ONE, 0, 0, ONE, 0, 0]);

    fn of(numbers: &[i64]) -> Self {
        Self(std::array::from_fn(|at| numbers.get(at).copied().unwrap_or(0)))
    }

    const fn shift(x: i64, y: i64) -> Self {
        Self([ONE, 0, 0, ONE, x, y])
    }

    /// A way, turned and stretched.
    fn way(&self, [x, y]: Pair) -> Pair {
        let [a, b, c, d, ..] = self.0;
        [times(a, x) + times(c, y), times(b, x) + times(d, y)]
    }

    fn place(&self) -> Pair {
        [self.0[4], self.0[5]]
    }

    /// First this one, then another.
    fn then(&self, other: &Self) -> Self {
        let [a, b, c, d, e, f] = self.0;
        let ([a, b], [c, d]) = (other.way([a, b]), other.way([c, d]));
        let [e, f] = other.way([e, f]);
        let bounded = |n: i64| n.clamp(-GREATEST, GREATEST);
        Self([a, b, c, d, e + other.0[4], f + other.0[5]].map(bounded))
    }
}

/// What is saved and restored.
#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<Rc<Font>>,
    size: i64,
    leading: i64,
    character_space: i64,
    word_space: i64,
    /// Of the usual width.
    stretch: i64,
}

/// Text that was shown, and what else was met.
#[derive(Default)]
pub struct Shown {
    /// The text.
    pub text: String,
    /// Characters that cannot be told.
    pub lost: u64,
    /// Whether something was drawn that is no text.
    pub is_drawn: bool,
    /// Where the last string ended.
    end: Option<Pair>,
}

/// Reads content streams, one page after another.
pub struct Reader<'f, 'a> {
    file: &'f File<'a>,
    /// The fonts by the numbers of their objects.
    fonts: BTreeMap<u32, Rc<Font>>,
    /// Characters of text that are still taken.
    pub left: usize,
}

/// One content stream that is read.
struct Run<'s> {
    resources: &'s Dictionary,
    fonts: Cow<'s, Object>,
    objects: Cow<'s, Object>,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    depth: usize,
}

impl<'f, 'a> Reader<'f, 'a> {
    /// Takes so many bytes of text.
    pub const fn new(file: &'f File<'a>, left: usize) -> Self {
        Self { file, fonts: BTreeMap::new(), left }
    }

    /// Reads the content of a page or of an appearance.
    pub fn page(&mut self, content: &[u8], resources: &Dictionary, shown: &mut Shown) {
        self.run(content, resources, Matrix::UNIT, 0, shown);
    }

    fn run(
        &mut self,
        content: &[u8],
        resources: &Dictionary,
        matrix: Matrix,
        depth: usize,
        shown: &mut Shown,
    ) {
        let state = State {
            matrix,
            font: None,
            size: 0,
            leading: 0,
            character_space: 0,
            word_space: 0,
            stretch: ONE,
        };
        let (text, line) = (Matrix::UNIT, Matrix::UNIT);
        let fonts = self.file.value(resources, b"Font");
        let objects = self.file.value(resources, b"XObject");
        let saved = Vec::new();
        let mut run = Run { resources, fonts, objects, state, saved, text, line, depth };
        let mut parser = Parser::of_content(content);
        let mut operands = Vec::new();
        while let Some(token) = parser.token() {
            match token {
                Token::Object(object) if operands.len() < OPERANDS => operands.push(object),
                Token::Object(_) => (),
                Token::Word(word) => {
                    if word == b"ID" {
                        pass_picture(content, &mut parser);
                        shown.is_drawn = true;
                    }
                    self.operator(&word, &operands, &mut run, shown);
                    operands.clear();
                }
            }
        }
    }

    fn operator(&mut self, word: &[u8], operands: &[Object], run: &mut Run<'_>, shown: &mut Shown) {
        let numbers: Vec<i64> = operands.iter().filter_map(Object::number).collect();
        let number = |at: usize| numbers.get(at).copied().unwrap_or(0);
        match word {
            b"q" if run.saved.len() < STATES => run.saved.push(run.state.clone()),
            b"Q" => run.state = run.saved.pop().unwrap_or_else(|| run.state.clone()),
            b"cm" => run.state.matrix = Matrix::of(&numbers).then(&run.state.matrix),
            b"BT" => (run.text, run.line) = (Matrix::UNIT, Matrix::UNIT),
            b"Tc" => run.state.character_space = number(0),
            b"Tw" => run.state.word_space = number(0),
            b"Tz" => run.state.stretch = number(0) / 100,
            b"TL" => run.state.leading = number(0),
            b"Tf" => {
                run.state.size = number(0);
                run.state.font = operands.first().and_then(|name| self.font(name, &run.fonts));
            }
            b"Tm" => run.begin(Matrix::of(&numbers)),
            b"Td" => run.begin(Matrix::shift(number(0), number(1)).then(&run.line)),
            b"TD" => {
                run.state.leading = -number(1);
                run.begin(Matrix::shift(number(0), number(1)).then(&run.line));
            }
            b"T*" => run.next_line(),
            b"Tj" | b"TJ" => self.show(operands, run, shown),
            b"'" => {
                run.next_line();
                self.show(operands, run, shown);
            }
            b"\"" => {
                (run.state.word_space, run.state.character_space) = (number(0), number(1));
                run.next_line();
                self.show(operands.get(2..).unwrap_or_default(), run, shown);
            }
            b"Do" => self.form(operands, run, shown),
            b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" | b"sh" => {
                shown.is_drawn = true;
            }
            _ => (),
        }
    }

    /// The font of a name; none where there is none.
    fn font(&mut self, name: &Object, fonts: &Object) -> Option<Rc<Font>> {
        let Object::Name(name) = name else { return None };
        let object = fonts.dictionary()?.get(name)?;
        if let Object::Reference(number) = object
            && let Some(font) = self.fonts.get(number)
        {
            return Some(Rc::clone(font));
        }
        let font = Rc::new(Font::read(self.file, self.file.resolve(object).dictionary()?));
        if let Object::Reference(number) = object {
            if self.fonts.values().map(|font| font.entries).sum::<usize>() > FONT_ENTRIES {
                self.fonts.clear();
            }
            self.fonts.insert(*number, Rc::clone(&font));
        }
        // A font that is written where it is used is read for each use.
        self.file.work(16 * font.entries).then_some(font)
    }

    /// Shows strings, with the distances between them.
    fn show(&mut self, operands: &[Object], run: &mut Run<'_>, shown: &mut Shown) {
        match operands.first() {
            Some(Object::String(string)) => self.string(string, run, shown),
            Some(Object::Array(parts)) => {
                for part in parts {
                    match part {
                        Object::String(string) => self.string(string, run, shown),
                        part => {
                            let gap = part.number().unwrap_or(0) / 1_000;
                            run.advance(-times(gap, run.state.size));
                        }
                    }
                }
            }
            _ => (),
        }
    }

    fn string(&mut self, string: &[u8], run: &mut Run<'_>, shown: &mut Shown) {
        let Some(font) = run.state.font.clone() else {
            shown.lost += string.len() as u64;
            return;
        };
        if string.len() > self.left {
            self.left = 0;
            return;
        }
        let whole = run.text.then(&run.state.matrix);
        let em = if font.is_vertical {
            [0, -run.state.size]
        } else {
            [times(run.state.size, run.state.stretch), 0]
        };
        if let Some(end) = shown.end {
            separate(apart(end, whole.place(), whole.way(em)), &mut shown.text);
        }
        let before = shown.text.len();
        let mut along = 0;
        let (state, text) = (&run.state, &mut shown.text);
        let lost = font.show(string, &mut |c| put(c, text), &mut |glyph: Glyph| {
            let word = if glyph.is_space { state.word_space } else { 0 };
            along += times(glyph.width, state.size) + state.character_space + word;
        });
        shown.lost += lost;
        self.left = self.left.saturating_sub(shown.text.len() - before);
        run.advance(along.clamp(-GREATEST, GREATEST));
        shown.end = Some(run.text.then(&run.state.matrix).place());
    }

    /// Shows a form; notes a picture.
    fn form(&mut self, operands: &[Object], run: &Run<'_>, shown: &mut Shown) {
        let Some(Object::Name(name)) = operands.first() else { return };
        let object = run.objects.dictionary().and_then(|objects| objects.get(name));
        let Some(stream) = object.and_then(|object| self.file.stream(object)) else { return };
        if !stream.head.is(b"Subtype", b"Form") {
            shown.is_drawn = true;
        } else if run.depth < DEPTH
            && let Some(content) = self.file.unpacked(&stream)
        {
            let own = self.file.value(&stream.head, b"Resources");
            let numbers = self.file.value(&stream.head, b"Matrix");
            let numbers: Vec<i64> = numbers.array().iter().filter_map(Object::number).collect();
            let matrix = match numbers.len() {
                6 => Matrix::of(&numbers).then(&run.state.matrix),
                _ => run.state.matrix,
            };
            let resources = own.dictionary().unwrap_or(run.resources);
            self.run(&content, resources, matrix, run.depth + 1, shown);
        }
    }
}

impl Run<'_> {
    fn begin(&mut self, line: Matrix) {
        (self.text, self.line) = (line, line);
    }

    fn next_line(&mut self) {
        self.begin(Matrix::shift(0, -self.state.leading).then(&self.line));
    }

    /// Goes on by so much in the direction of the font.
    fn advance(&mut self, along: i64) {
        let is_vertical = self.state.font.as_ref().is_some_and(|font| font.is_vertical);
        let by = match is_vertical {
            true => Matrix::shift(0, -along),
            false => Matrix::shift(times(along, self.state.stretch), 0),
        };
        self.text = by.then(&self.text);
    }
}

/// What stands between where a text ended and where the next begins, `em` being its em along the line.
fn apart(end: Pair, next: Pair, em: Pair) -> Option<char> {
    let [x, y] = [i128::from(next[0] - end[0]), i128::from(next[1] - end[1])];
    let [along, across] = em.map(i128::from);
    let square = along * along + across * across;
    let (forth, aside) = (x * along + y * across, x * across - y * along);
    let is_beyond = |way: i128, ems: i64| way * i128::from(ONE) > square * i128::from(ems);
    if is_beyond(aside.abs(), ONE / 2) {
        Some('\n')
    } else if is_beyond(forth, CELL) || is_beyond(-forth, CELL) {
        Some('\t')
    } else {
        is_beyond(forth, SPACE).then_some(' ')
    }
}

/// Appends what stands between, unless it or more stands there already.
fn separate(apart: Option<char>, text: &mut String) {
    let is_there = match apart {
        Some('\n') => text.ends_with('\n'),
        Some('\t') => text.ends_with(['\n', '\t']),
        _ => text.ends_with(['\n', '\t', ' ']),
    };
    text.extend(apart.filter(|_| !is_there));
}

/// Appends a character, as it is written elsewhere: ligatures as letters, radicals as characters,
/// spaces and hyphens as plain ones.
fn put(c: char, text: &mut String) {
    match c {
        'ﬀ' => text.push_str("ff"),
        'ﬁ' => text.push_str("fi"),
        'ﬂ' => text.push_str("fl"),
        'ﬃ' => text.push_str("ffi"),
        'ﬄ' => text.push_str("ffl"),
        '\u{a0}' => text.push(' '),
        '\u{ad}' => text.push('-'),
        '\u{2f00}'..='\u{2fd5}' => text.extend(RADICALS.chars().nth(c as usize - 0x2f00)),
        c if c.is_control() => text.push(' '),
        c => text.push(c),
    }
}

/// Goes behind a picture in a content stream: to white space, `EI`, and white space.
fn pass_picture(content: &[u8], parser: &mut Parser<'_>) {
    let rest = content.get(parser.at..).unwrap_or_default();
    let is_end = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| rest.get(before));
        before.is_some_and(|byte| is_space(*byte))
            && rest.get(at + 2).is_none_or(|byte| is_space(*byte))
    };
    let end = memchr::memmem::find_iter(rest, b"EI").find(is_end);
    parser.at += end.map_or(rest.len(), |at| at + 2);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text of a content stream with fonts of half an em: `/F` of Latin letters, `/V` vertical.
    fn text(content: &str) -> Shown {
        let widths = "500 ".repeat(96);
        let objects = "1 0 obj<</Font<</F 2 0 R/V<</Subtype/Type0/Encoding/UniJIS-UTF16-V>>>>/XObject<</X 3 0 R/P 4 0 R>>>>endobj 2 0 obj<</Subtype/TrueType/FirstChar 32/Widths[WIDTHS]>>endobj 3 0 obj<</Subtype/Form/Length 30>>stream\nBT /F 10 Tf (form) Tj ET /X Do\nendstream endobj 4 0 obj<</Subtype/Image>>stream\n\nendstream endobj".replace("WIDTHS", &widths);
        let file = File::open(objects.as_bytes());
        let mut shown = Shown::default();
        let resources = file.resolve(&Object::Reference(1));
        Reader::new(&file, 1 << 20).page(
            content.as_bytes(),
            resources.dictionary().unwrap(),
            &mut shown,
        );
        shown
    }

    #[test]
    fn what_stands_apart_on_the_page_stands_apart() {
        let of = |content: &str| text(&format!("BT /F 10 Tf {content} ET")).text;
        assert_eq!(of("(one) Tj 0 -12 Td (two) Tj"), "one\ntwo");
        assert_eq!(of("12 TL (one) Tj (two) ' T* (three) Tj"), "one\ntwo\nthree");
        assert_eq!(of("[(sa) 20 (to) -300 (taro)] TJ"), "sato taro");
        assert_eq!(
            of("1 0 0 1 50 700 Tm (a) Tj 1 0 0 1 55 700 Tm (b) Tj 1 0 0 1 90 700 Tm (c) Tj"),
            "ab\tc"
        );
        assert_eq!(
            of("(a) Tj ET q 2 0 0 2 0 0 cm BT 2.5 0 Td (b) Tj ET Q BT 15 0 Td (c) Tj"),
            "abc"
        );
        let turned =
            "0 1 -1 0 50 50 Tm (up) Tj 0 1 -1 0 50 60 Tm (on) Tj 0 1 -1 0 62 50 Tm (next) Tj";
        assert_eq!(of(turned), "upon\nnext");
        assert_eq!(
            of("/V 10 Tf <30423044> Tj 0 -20 Td <3046> Tj -20 20 Td <3048> Tj"),
            "あいう\nえ"
        );
    }

    #[test]
    fn characters_are_written_as_elsewhere() {
        let mut text = String::new();
        "o\u{fb03}ce\u{a0}個\u{2f08}番号\u{2fd5}\u{2f00}\u{ad}"
            .chars()
            .for_each(|c| put(c, &mut text));
        assert_eq!((&*text, RADICALS.chars().count()), ("office 個人番号龠一-", 214));
    }

    #[test]
    fn forms_are_shown_and_pictures_noted() {
        let form = text("/X Do");
        assert!(form.text.starts_with("form") && form.text.len() < 100, "{}", form.text);
        assert!(!form.is_drawn && form.lost == 0);
        assert!(text("/P Do").is_drawn && text("0 0 10 10 re f").is_drawn);
        let inline = text("BI /W 1 ID \x01(\x02 EI BT /F 9 Tf (text) Tj ET");
        assert_eq!((&*inline.text, inline.is_drawn), ("text", true));
        assert_eq!(text("BT (no font) Tj ET").lost, 7);
    }
}
