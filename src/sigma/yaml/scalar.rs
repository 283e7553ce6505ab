//! Scalars: plain, quoted, and in blocks; and what plain ones mean by the core schema of YAML 1.2.

use super::{Error, Kind, Node, Reader, Scalar};
use std::borrow::Cow;

/// Whether a line ends a document: `---` or `...`, then nothing or a space.
pub(super) fn is_document_mark(line: &str) -> bool {
    let behind = line.strip_prefix("---").or_else(|| line.strip_prefix("..."));
    behind.is_some_and(is_space_or_end)
}

/// Whether a text is empty or begins with white space.
pub(super) fn is_space_or_end(text: &str) -> bool {
    text.is_empty() || text.starts_with([' ', '\n', '\r', '\t'])
}

/// Whether a byte is a sign of YAML, with which no plain text begins.
pub(super) const fn is_sign(byte: u8) -> bool {
    matches!(byte, b'&' | b'*' | b'!' | b'|' | b'>' | b'%' | b'@' | b'`' | b',' | b']' | b'}')
}

/// What a plain text means.
pub(super) fn resolve(text: &str) -> Scalar<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "true" | "True" | "TRUE" => Scalar::Bool(true),
        "false" | "False" | "FALSE" => Scalar::Bool(false),
        _ if is_number(text) => Scalar::Number(text),
        _ => Scalar::Text(text),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, rest) = split_digits(digits);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => split_digits(rest),
        None => ("", rest),
    };
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    // A leading zero makes a text of digits an identifier, such as 0815.
    let is_padded = whole.len() > 1 && whole.starts_with('0');
    has_digits && rest.is_empty() && !is_padded
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// Bytes of a plain scalar on this line: up to `: `, a comment, or what ends it in a flow
/// collection. Spaces at the end are part of it.
pub(super) fn plain_length(line: &str, in_flow: bool) -> usize {
    let bytes = line.as_bytes();
    let is_end = |at: usize| match bytes[at] {
        b':' => match bytes.get(at + 1) {
            None | Some(b' ' | b'\t' | b'\r') => true,
            Some(b',' | b'[' | b']' | b'{' | b'}') => in_flow,
            Some(_) => false,
        },
        b'#' => at == 0 || matches!(bytes[at - 1], b' ' | b'\t'),
        b',' | b'[' | b']' | b'{' | b'}' => in_flow,
        _ => false,
    };
    let end = match in_flow {
        true => (0..bytes.len()).find(|at| is_end(*at)),
        false => memchr::memchr2_iter(b':', b'#', bytes).find(|at| is_end(*at)),
    };
    end.unwrap_or_else(|| line.trim_end_matches('\r').len())
}

/// Bytes of a quoted scalar with its quotes, when it ends on this line.
pub(super) fn quoted_length(line: &str, quote: u8) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\\' if quote == b'"' => at += 1,
            _ if byte == quote && quote == b'\'' && bytes.get(at) == Some(&quote) => at += 1,
            _ if byte == quote => return Some(at),
            _ => {}
        }
    }
    None
}

impl<'a> Reader<'a> {
    /// A text without quotes; lines that are indented more than `parent` continue it.
    pub(super) fn plain(&mut self, parent: Option<usize>) -> Result<Node<'a>, Error> {
        let line = self.line;
        let first = self.plain_line()?;
        let mut text = Cow::Borrowed(first);
        loop {
            let (at, of_line, start) = (self.at, self.line, self.line_start);
            let column = if self.peek() == Some(b'#') { None } else { self.next_token()? };
            let goes_on = column.is_some_and(|column| parent.is_none_or(|parent| column > parent));
            // A comment between two lines ends the text.
            let has_comment = self.text[at..self.at].contains('#');
            if !goes_on || has_comment || self.line == of_line {
                (self.at, self.line, self.line_start) = (at, of_line, start);
                return self.node(line, Kind::Plain(text));
            }
            let breaks = self.line - of_line;
            let more = self.plain_line()?;
            let joined = text.to_mut();
            match breaks {
                1 => joined.push(' '),
                _ => (1..breaks).for_each(|_| joined.push('\n')),
            }
            joined.push_str(more);
        }
    }

    fn plain_line(&mut self) -> Result<&'a str, Error> {
        let length = plain_length(self.rest_of_line(), false);
        let text = self.rest()[..length].trim_end();
        self.at += length;
        match self.peek() {
            Some(b':') => Err(self.error("«: » inside a text; it needs quotes")),
            _ => Ok(text),
        }
    }

    pub(super) fn single_quoted(&mut self) -> Result<Cow<'a, str>, Error> {
        self.at += 1;
        let start = self.at;
        let mut text: Option<String> = None;
        let mut from = start;
        loop {
            self.at += match memchr::memchr2(b'\'', b'\n', self.rest().as_bytes()) {
                Some(plain) => plain,
                None => return Err(self.error("a quote is not closed")),
            };
            match self.peek() {
                Some(b'\'') if self.rest().starts_with("''") => {
                    text.get_or_insert_default().push_str(&self.text[from..=self.at]);
                    self.at += 2;
                    from = self.at;
                }
                Some(b'\n') => {
                    let text = text.get_or_insert_default();
                    text.push_str(&self.text[from..self.at]);
                    self.fold(text);
                    from = self.at;
                }
                _ => break,
            }
        }
        let last = &self.text[from..self.at];
        self.at += 1;
        Ok(match text {
            None => Cow::Borrowed(last),
            Some(text) => Cow::Owned(text + last),
        })
    }

    pub(super) fn double_quoted(&mut self) -> Result<Cow<'a, str>, Error> {
        self.at += 1;
        let mut text: Option<String> = None;
        let mut from = self.at;
        loop {
            match self.peek() {
                None => return Err(self.error("a quote is not closed")),
                Some(b'"') => break,
                Some(b'\\') => {
                    let text = text.get_or_insert_default();
                    text.push_str(&self.text[from..self.at]);
                    self.at += 1;
                    self.escape(text)?;
                    from = self.at;
                }
                Some(b'\n') => {
                    let text = text.get_or_insert_default();
                    text.push_str(&self.text[from..self.at]);
                    self.fold(text);
                    from = self.at;
                }
                Some(_) => self.at += 1,
            }
        }
        let last = &self.text[from..self.at];
        self.at += 1;
        Ok(match text {
            None => Cow::Borrowed(last),
            Some(text) => Cow::Owned(text + last),
        })
    }

    /// Joins the lines of a quoted text: one line end is a space, more are one line end fewer.
    fn fold(&mut self, text: &mut String) {
        text.truncate(text.trim_end_matches([' ', '\t', '\r']).len());
        let mut breaks = 0;
        while let Some(byte @ (b'\n' | b' ' | b'\t' | b'\r')) = self.peek() {
            if byte == b'\n' {
                breaks += 1;
                self.newline();
            } else {
                self.at += 1;
            }
        }
        match breaks {
            1 => text.push(' '),
            _ => (1..breaks).for_each(|_| text.push('\n')),
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), Error> {
        let wrong = self.error("an escape that YAML does not have");
        let Some(escape) = self.rest().chars().next() else { return Err(wrong) };
        self.at += escape.len_utf8();
        let plain = match escape {
            '0' => '\0',
            'a' => '\x07',
            'b' => '\x08',
            't' | '\t' => '\t',
            'n' => '\n',
            'v' => '\x0b',
            'f' => '\x0c',
            'r' => '\r',
            'e' => '\x1b',
            ' ' | '"' | '/' | '\\' => escape,
            'N' => '\u{85}',
            '_' => '\u{a0}',
            'L' => '\u{2028}',
            'P' => '\u{2029}',
            'x' | 'u' | 'U' => {
                let digits = match escape {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let hex = self.rest().get(..digits).ok_or(wrong)?;
                let code = u32::from_str_radix(hex, 16).map_err(|_| wrong)?;
                self.at += digits;
                char::from_u32(code).ok_or(wrong)?
            }
            '\n' => {
                self.at -= 1;
                self.newline();
                while let Some(b' ' | b'\t') = self.peek() {
                    self.at += 1;
                }
                return Ok(());
            }
            _ => return Err(wrong),
        };
        text.push(plain);
        Ok(())
    }

    /// `|` or `>` with the lines below it.
    pub(super) fn block_scalar(&mut self, parent: Option<usize>) -> Result<String, Error> {
        let is_folded = self.peek() == Some(b'>');
        self.at += 1;
        let (mut chomp, mut given) = (None, None);
        while let Some(byte @ (b'+' | b'-' | b'1'..=b'9')) = self.peek() {
            match byte {
                b'+' | b'-' => chomp = Some(byte),
                digit => given = Some(usize::from(digit - b'0')),
            }
            self.at += 1;
        }
        if !self.at_line_end() {
            return Err(self.error("more follows behind the sign of a block"));
        }
        let least = parent.map_or(0, |parent| parent + 1);
        let mut indent = given.map(|given| least + given - 1);
        let mut lines: Vec<&'a str> = Vec::new();
        while self.peek() == Some(b'\n') {
            let (at, line, start) = (self.at, self.line, self.line_start);
            self.newline();
            let text = self.rest_of_line().trim_end_matches('\r');
            let spaces = text.len() - text.trim_start_matches(' ').len();
            let is_blank = spaces == text.len();
            if !is_blank && indent.is_none() && spaces >= least {
                indent = Some(spaces);
            }
            if !is_blank && spaces < indent.unwrap_or(least) {
                (self.at, self.line, self.line_start) = (at, line, start);
                break;
            }
            self.at += self.rest_of_line().len();
            lines.push(text.get(indent.unwrap_or(usize::MAX)..).unwrap_or(""));
        }
        Ok(assemble(&lines, is_folded, chomp))
    }
}

/// Puts the lines of a block together.
fn assemble(lines: &[&str], is_folded: bool, chomp: Option<u8>) -> String {
    let said = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    let mut text = String::new();
    let is_more = |line: &str| line.starts_with([' ', '\t']);
    let mut pending = 0usize;
    for (at, line) in lines[..said].iter().enumerate() {
        if line.is_empty() {
            pending += 1;
            continue;
        }
        if at > 0 {
            let before = lines[..at].iter().rev().find(|line| !line.is_empty());
            let folds =
                is_folded && before.is_some_and(|before| !is_more(before)) && !is_more(line);
            match (folds, pending, before) {
                (true, 0, _) => text.push(' '),
                (true, _, _) | (_, _, None) => (0..pending).for_each(|_| text.push('\n')),
                (false, _, _) => (0..=pending).for_each(|_| text.push('\n')),
            }
        }
        pending = 0;
        text.push_str(line);
    }
    match chomp {
        Some(b'-') => {}
        Some(_) => (said.max(1)..=lines.len()).for_each(|_| text.push('\n')),
        None if said > 0 => text.push('\n'),
        None => {}
    }
    text
}
