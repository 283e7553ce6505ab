//! Reads YAML 1.2 as rules are written in it: blocks, flow collections, all kinds of scalars,
//! anchors, several documents. Each value knows its line.
//!
//! It is total and bounded: it ends on any text, in time linear in it, with bounded depth and a
//! bounded number of values, aliases counted as often as they are used. What it does not read
//! (tags, complex keys) is an error with its line, never left out.

mod scalar;
#[cfg(test)]
mod tests;

use scalar::is_document_mark;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Levels of nesting at most.
pub const DEPTH: usize = 48;
/// Values of a document at most. The largest public rules have a few thousand.
pub const NODES: usize = 200_000;

/// A value with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node<'a> {
    /// Its line in the file, from 1.
    pub line: u32,
    /// What it is.
    pub kind: Kind<'a>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A text without quotes, which may mean a number, a truth value or nothing.
    Plain(Cow<'a, str>),
    /// A text in quotes or a block, which is nothing but a text.
    Quoted(Cow<'a, str>),
    /// Values one after another.
    Sequence(Vec<Node<'a>>),
    /// Names with values, in the order written. No name stands twice.
    Mapping(Vec<(Node<'a>, Node<'a>)>),
}

/// What a scalar means by the core schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar<'n> {
    /// `null`, `~` or nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer or a decimal fraction, as it is written.
    Number(&'n str),
    /// A text.
    Text(&'n str),
}

impl<'a> Node<'a> {
    /// The scalar that it is.
    pub fn scalar(&self) -> Option<Scalar<'_>> {
        match &self.kind {
            Kind::Plain(text) => Some(scalar::resolve(text)),
            Kind::Quoted(text) => Some(Scalar::Text(text)),
            Kind::Sequence(_) | Kind::Mapping(_) => None,
        }
    }

    /// Its text as written, if it is a scalar that says something.
    pub fn text(&self) -> Option<&str> {
        match self.scalar()? {
            Scalar::Null => None,
            Scalar::Text(text) | Scalar::Number(text) => Some(text),
            Scalar::Bool(_) => match &self.kind {
                Kind::Plain(text) => Some(text),
                _ => None,
            },
        }
    }

    /// Whether it is this text as written, which means nothing else.
    pub fn is(&self, text: &str) -> bool {
        matches!(&self.kind, Kind::Plain(own) | Kind::Quoted(own) if own == text)
    }

    /// Its members, if it is a mapping.
    pub fn members(&self) -> Option<&[(Node<'a>, Node<'a>)]> {
        match &self.kind {
            Kind::Mapping(members) => Some(members),
            _ => None,
        }
    }

    /// The member of a name, if it is a mapping that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members()?.iter().find(|(key, _)| key.is(name)).map(|(_, value)| value)
    }

    /// Its items: those of a sequence, and what is none by itself.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::Sequence(items) => items,
            _ => std::slice::from_ref(self),
        }
    }
}

/// Where a text is no YAML that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Error {
    /// The line, from 1.
    pub line: u32,
    /// What is wrong.
    pub what: &'static str,
}

/// A document of a file.
#[derive(Debug)]
pub struct Document<'a> {
    /// Its first line, from 1.
    pub line: u32,
    /// Its text.
    pub text: &'a str,
}

/// Cuts a file into its documents. Those that hold nothing are left out.
pub fn documents(text: &str) -> Vec<Document<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut found, mut start, mut first, mut at) = (Vec::new(), 0, 1, 0);
    let mut push = |line, text: &str, range: std::ops::Range<usize>| {
        let is_said = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        found.push((line, range.clone(), text[range].lines().any(|line| is_said(&line))));
    };
    for (line, content) in (1..).zip(text.split_inclusive('\n')) {
        if is_document_mark(content) {
            push(first, text, start..at);
            // What stands behind the mark on its line belongs to the document.
            (start, first) = (at + 3, line);
        }
        at += content.len();
    }
    push(first, text, start..text.len());
    let said = found.into_iter().filter(|(_, _, is_said)| *is_said);
    said.map(|(line, range, _)| Document { line, text: &text[range] }).collect()
}

impl<'a> Document<'a> {
    /// Reads the document.
    pub fn read(&self) -> Result<Node<'a>, Error> {
        let mut reader = Reader {
            text: self.text,
            at: 0,
            line: self.line,
            line_start: 0,
            nodes: 0,
            anchors: BTreeMap::new(),
        };
        let Some(column) = reader.next_token()? else { return Ok(reader.null()) };
        let node = reader.block(column, 0)?;
        match reader.next_token()? {
            None => Ok(node),
            Some(_) => Err(reader.error("indentation does not fit what is before it")),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    line_start: usize,
    /// Values made so far.
    nodes: usize,
    anchors: BTreeMap<&'a str, (Node<'a>, usize)>,
}

impl<'a> Reader<'a> {
    const fn error(&self, what: &'static str) -> Error {
        Error { line: self.line, what }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn rest_of_line(&self) -> &'a str {
        let rest = self.rest();
        &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())]
    }

    const fn column(&self) -> usize {
        self.at - self.line_start
    }

    const fn null(&self) -> Node<'a> {
        Node { line: self.line, kind: Kind::Plain(Cow::Borrowed("")) }
    }

    fn node(&mut self, line: u32, kind: Kind<'a>) -> Result<Node<'a>, Error> {
        self.count(1)?;
        Ok(Node { line, kind })
    }

    const fn count(&mut self, more: usize) -> Result<(), Error> {
        self.nodes += more;
        if self.nodes > NODES {
            return Err(self.error("too many values in one document"));
        }
        Ok(())
    }

    /// Goes behind the end of the line.
    fn newline(&mut self) {
        self.at += 1;
        self.line += 1;
        self.line_start = self.at;
    }

    /// Skips spaces, comments and line ends. Gives the column of what follows, none at the end.
    fn next_token(&mut self) -> Result<Option<usize>, Error> {
        loop {
            self.skip_spaces();
            match self.peek() {
                None => return Ok(None),
                Some(b'\n') => self.newline(),
                Some(b'\r') if self.rest().starts_with("\r\n") => self.at += 1,
                Some(b'#') if self.is_apart() => self.at += self.rest_of_line().len(),
                Some(b'\t') => {
                    let is_blank = self.rest_of_line().trim().is_empty();
                    if !is_blank {
                        return Err(self.error("a tab where spaces indent"));
                    }
                    self.at += self.rest_of_line().len();
                }
                Some(_) => return Ok(Some(self.column())),
            }
        }
    }

    fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Whether a space stands before, or the line begins here.
    fn is_apart(&self) -> bool {
        self.column() == 0 || self.text[..self.at].ends_with([' ', '\t'])
    }

    /// Whether the rest of the line says nothing more; goes to its end if so.
    fn at_line_end(&mut self) -> bool {
        self.skip_spaces();
        let rest = self.rest_of_line();
        let is_end = rest.trim().is_empty() || (self.is_apart() && rest.starts_with('#'));
        if is_end {
            self.at += rest.len();
        }
        is_end
    }

    /// A value that begins here, at a column.
    fn block(&mut self, column: usize, depth: usize) -> Result<Node<'a>, Error> {
        if depth > DEPTH {
            return Err(self.error("nested too deeply"));
        }
        match () {
            () if self.at_dash() => self.block_sequence(column, depth),
            () if self.at_key() => self.block_mapping(column, depth),
            () => self.inline(column.checked_sub(1), depth),
        }
    }

    fn at_dash(&self) -> bool {
        let rest = self.rest().as_bytes();
        rest.first() == Some(&b'-') && rest.get(1).is_none_or(|next| next.is_ascii_whitespace())
    }

    fn block_sequence(&mut self, column: usize, depth: usize) -> Result<Node<'a>, Error> {
        let (line, mut items) = (self.line, Vec::new());
        while self.at_dash() {
            self.at += 1;
            items.push(self.value(column, false, depth)?);
            match self.next_token()? {
                Some(next) if next == column => {}
                Some(next) if next > column => {
                    return Err(self.error("indentation does not fit what is before it"));
                }
                _ => break,
            }
        }
        self.node(line, Kind::Sequence(items))
    }

    fn block_mapping(&mut self, column: usize, depth: usize) -> Result<Node<'a>, Error> {
        let (line, mut members, mut names) = (self.line, Vec::new(), BTreeSet::new());
        loop {
            if !self.at_key() {
                return Err(self.error("expected «name: value»"));
            }
            let key = self.key()?;
            if let Kind::Plain(name) | Kind::Quoted(name) = &key.kind
                && !names.insert(name.clone())
            {
                return Err(Error { line: key.line, what: "this name stands twice" });
            }
            let value = self.value(column, true, depth)?;
            members.push((key, value));
            match self.next_token()? {
                Some(next) if next == column && !self.at_dash() => {}
                Some(next) if next >= column => {
                    return Err(self.error("indentation does not fit what is before it"));
                }
                _ => break,
            }
        }
        self.node(line, Kind::Mapping(members))
    }

    /// The name of a member; goes behind its colon.
    fn key(&mut self) -> Result<Node<'a>, Error> {
        let line = self.line;
        let kind = match self.peek() {
            Some(b'"') => Kind::Quoted(self.double_quoted()?),
            Some(b'\'') => Kind::Quoted(self.single_quoted()?),
            Some(b'?') if self.text[self.at + 1..].starts_with(' ') => {
                return Err(self.error("a key of this kind is not read"));
            }
            Some(byte) if scalar::is_sign(byte) => {
                return Err(self.error("a name cannot begin so; it needs quotes"));
            }
            _ => {
                let length = scalar::plain_length(self.rest_of_line(), false);
                let text = self.rest()[..length].trim_end();
                self.at += length;
                Kind::Plain(Cow::Borrowed(text))
            }
        };
        self.skip_spaces();
        self.at += 1;
        self.node(line, kind)
    }

    /// Whether a member of a mapping begins here: a scalar on this line, a colon, then a space.
    fn at_key(&self) -> bool {
        let rest = self.rest_of_line();
        let length = match rest.as_bytes().first() {
            Some(quote @ (b'"' | b'\'')) => scalar::quoted_length(rest, *quote),
            Some(b'[' | b'{') | None => return false,
            Some(_) => Some(scalar::plain_length(rest, false)),
        };
        let behind = length.map(|length| rest[length..].trim_start_matches(' '));
        behind.and_then(|behind| behind.strip_prefix(':')).is_some_and(scalar::is_space_or_end)
    }

    /// What stands behind a dash or a colon, in a collection at a column.
    fn value(&mut self, column: usize, of_mapping: bool, depth: usize) -> Result<Node<'a>, Error> {
        let anchor = self.anchor()?;
        let before = self.nodes;
        let node = if self.at_line_end() {
            self.value_below(column, of_mapping, depth)?
        } else if of_mapping && self.at_dash() {
            return Err(self.error("a list begins on a line of its own"));
        } else if !of_mapping && (self.at_dash() || self.at_key()) {
            let inner = self.column();
            self.block(inner, depth + 1)?
        } else {
            self.inline(Some(column), depth)?
        };
        if let Some(name) = anchor {
            self.anchors.insert(name, (node.clone(), self.nodes - before + 1));
        }
        Ok(node)
    }

    fn value_below(
        &mut self,
        column: usize,
        of_mapping: bool,
        depth: usize,
    ) -> Result<Node<'a>, Error> {
        let empty = self.null();
        match self.next_token()? {
            Some(inner) if inner > column => self.block(inner, depth + 1),
            // The dashes of a member may stand below its name.
            Some(inner) if of_mapping && inner == column && self.at_dash() => {
                self.block(inner, depth + 1)
            }
            _ => Ok(empty),
        }
    }

    /// `&name`, if it stands here.
    fn anchor(&mut self) -> Result<Option<&'a str>, Error> {
        self.skip_spaces();
        match self.peek() {
            Some(b'&') => {
                self.at += 1;
                let name = self.name();
                self.skip_spaces();
                Ok(Some(name))
            }
            Some(b'!') => Err(self.error("tags are not read")),
            _ => Ok(None),
        }
    }

    fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c: char| c.is_whitespace() || ",[]{}".contains(c));
        let name = &rest[..length.unwrap_or(rest.len())];
        self.at += name.len();
        name
    }

    /// A scalar or a flow collection. Further lines of it are indented more than `parent`.
    fn inline(&mut self, parent: Option<usize>, depth: usize) -> Result<Node<'a>, Error> {
        let line = self.line;
        let kind = match self.peek() {
            Some(b'*') => return self.alias(),
            Some(b'|' | b'>') => Kind::Quoted(Cow::Owned(self.block_scalar(parent)?)),
            Some(b'"') => Kind::Quoted(self.double_quoted()?),
            Some(b'\'') => Kind::Quoted(self.single_quoted()?),
            Some(b'[' | b'{') => self.flow(depth)?.kind,
            Some(byte) if scalar::is_sign(byte) => {
                return Err(self.error("a text cannot begin so; it needs quotes"));
            }
            _ => return self.plain(parent),
        };
        if !matches!(self.text.as_bytes().get(self.at.wrapping_sub(1)), Some(b'\n'))
            && !self.at_line_end()
        {
            return Err(self.error("more follows behind a value that has ended"));
        }
        self.node(line, kind)
    }

    fn alias(&mut self) -> Result<Node<'a>, Error> {
        self.at += 1;
        let name = self.name();
        let Some((node, size)) = self.anchors.get(name) else {
            return Err(self.error("an alias of an anchor that is not there"));
        };
        let (node, size) = (node.clone(), *size);
        self.count(size)?;
        Ok(node)
    }

    /// `[…]` or `{…}`, over any number of lines.
    fn flow(&mut self, depth: usize) -> Result<Node<'a>, Error> {
        if depth > DEPTH {
            return Err(self.error("nested too deeply"));
        }
        let line = self.line;
        match self.peek() {
            Some(b'[') => {
                let items = self.flow_items(b']', depth, Self::flow_value)?;
                self.node(line, Kind::Sequence(items))
            }
            Some(b'{') => {
                let members = self.flow_items(b'}', depth, Self::flow_member)?;
                self.node(line, Kind::Mapping(members))
            }
            _ => self.flow_scalar(),
        }
    }

    fn flow_items<T>(
        &mut self,
        end: u8,
        depth: usize,
        read: fn(&mut Self, usize) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            if self.next_token()?.is_none() {
                return Err(self.error("a bracket is not closed"));
            }
            if self.peek() == Some(end) {
                self.at += 1;
                return Ok(items);
            }
            items.push(read(self, depth + 1)?);
            self.next_token()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == end => {}
                _ => return Err(self.error("expected a comma or a closing bracket")),
            }
        }
    }

    fn flow_value(&mut self, depth: usize) -> Result<Node<'a>, Error> {
        self.flow(depth)
    }

    fn flow_member(&mut self, depth: usize) -> Result<(Node<'a>, Node<'a>), Error> {
        let key = self.flow_scalar()?;
        self.next_token()?;
        if self.peek() != Some(b':') {
            let value = self.null();
            return Ok((key, value));
        }
        self.at += 1;
        self.next_token()?;
        let value = match self.peek() {
            Some(b',' | b'}') => self.null(),
            _ => self.flow(depth)?,
        };
        Ok((key, value))
    }

    fn flow_scalar(&mut self) -> Result<Node<'a>, Error> {
        let line = self.line;
        let kind = match self.peek() {
            Some(b'*') => return self.alias(),
            Some(b'"') => Kind::Quoted(self.double_quoted()?),
            Some(b'\'') => Kind::Quoted(self.single_quoted()?),
            Some(byte) if scalar::is_sign(byte) => {
                return Err(self.error("a text cannot begin so; it needs quotes"));
            }
            _ => {
                let length = scalar::plain_length(self.rest_of_line(), true);
                if length == 0 {
                    return Err(self.error("expected a value"));
                }
                let text = self.rest()[..length].trim_end();
                self.at += length;
                Kind::Plain(Cow::Borrowed(text))
            }
        };
        self.node(line, kind)
    }
}
