//! STIX patterns (STIX 2.1, part 9): comparisons on the paths of observables, joined by OR and AND.
//! What asks for more than that is told by name.

use super::logic::{Condition, Term};
use super::types::{self, Type};
use crate::intel::refusal::{Construct, Why};
use crate::intel::value::{self, Kind};

/// Levels of brackets at most.
const DEPTH: usize = 32;

/// Reads a pattern that stands on a line.
pub(super) fn read(text: &str, line: u32) -> Result<Condition, Why> {
    let mut reader = Reader { text, at: 0, line };
    let condition = reader.observations(0)?;
    match reader.token()? {
        Token::End => Ok(condition),
        Token::Word("WITHIN" | "REPEATS" | "START" | "FOLLOWEDBY") => {
            Err(Why::Pattern(Construct::Order))
        }
        _ => reader.wrong(),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token<'t> {
    /// A sign: brackets, comma, comparison.
    Sign(&'t str),
    /// A path, a keyword or a number.
    Word(&'t str),
    /// A text in quotes, without its escapes.
    Text(String),
    End,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    line: u32,
}

impl<'t> Reader<'t> {
    fn wrong<T>(&self) -> Result<T, Why> {
        Err(Why::Syntax(u32::try_from(self.at).unwrap_or(u32::MAX)))
    }

    fn rest(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    /// The next token.
    fn token(&mut self) -> Result<Token<'t>, Why> {
        let rest = self.rest();
        let sign = ["[", "]", "(", ")", ",", "!=", "<=", ">=", "=", "<", ">"];
        if let Some(sign) = sign.into_iter().find(|sign| rest.starts_with(sign)) {
            self.at += sign.len();
            return Ok(Token::Sign(sign));
        }
        match rest.bytes().next() {
            None => Ok(Token::End),
            Some(b'\'') => self.quoted().map(Token::Text),
            Some(_) => {
                let length = word(rest);
                if length == 0 {
                    return self.wrong();
                }
                self.at += length;
                Ok(Token::Word(&rest[..length]))
            }
        }
    }

    /// Takes the next token if it is this one.
    fn takes(&mut self, wanted: &Token<'_>) -> Result<bool, Why> {
        let before = self.at;
        let is_it = self.token()? == *wanted;
        if !is_it {
            self.at = before;
        }
        Ok(is_it)
    }

    fn must_take(&mut self, sign: &'static str) -> Result<(), Why> {
        if self.takes(&Token::Sign(sign))? { Ok(()) } else { self.wrong() }
    }

    /// The text in quotes that begins here.
    fn quoted(&mut self) -> Result<String, Why> {
        let mut text = String::new();
        let mut chars = self.text[self.at..].char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\'' => {
                    self.at += at + 1;
                    return Ok(text);
                }
                '\\' => text.extend(chars.next().map(|(_, c)| c)),
                c => text.push(c),
            }
        }
        self.wrong()
    }

    fn observations(&mut self, depth: usize) -> Result<Condition, Why> {
        let mut any = Vec::new();
        loop {
            let mut all = vec![self.observation(depth)?];
            while self.takes(&Token::Word("AND"))? {
                all.push(self.observation(depth)?);
            }
            any.push(joined(all, Condition::All));
            if !self.takes(&Token::Word("OR"))? {
                return Ok(joined(any, Condition::Any));
            }
        }
    }

    fn observation(&mut self, depth: usize) -> Result<Condition, Why> {
        if depth == DEPTH {
            return self.wrong();
        }
        if self.takes(&Token::Sign("("))? {
            let inside = self.observations(depth + 1)?;
            if self.takes(&Token::Word("FOLLOWEDBY"))? {
                return Err(Why::Pattern(Construct::Order));
            }
            self.must_take(")")?;
            return Ok(inside);
        }
        self.must_take("[")?;
        let inside = self.comparisons(depth)?;
        self.must_take("]")?;
        Ok(inside)
    }

    fn comparisons(&mut self, depth: usize) -> Result<Condition, Why> {
        let mut any = Vec::new();
        loop {
            let mut all = vec![self.comparison(depth)?];
            while self.takes(&Token::Word("AND"))? {
                all.push(self.comparison(depth)?);
            }
            any.push(joined(all, Condition::All));
            if !self.takes(&Token::Word("OR"))? {
                return Ok(joined(any, Condition::Any));
            }
        }
    }

    fn comparison(&mut self, depth: usize) -> Result<Condition, Why> {
        if depth == DEPTH {
            return self.wrong();
        }
        if self.takes(&Token::Sign("("))? {
            let inside = self.comparisons(depth + 1)?;
            self.must_take(")")?;
            return Ok(inside);
        }
        self.rest();
        let start = self.at;
        let Token::Word(path) = self.token()? else { return self.wrong() };
        if path == "EXISTS" {
            return Err(Why::Pattern(Construct::Comparison));
        }
        let is_negated = self.takes(&Token::Word("NOT"))?;
        let operator = match self.token()? {
            Token::Sign(sign @ ("=" | "!=" | "<" | "<=" | ">" | ">=")) => sign,
            Token::Word(word @ ("IN" | "LIKE" | "MATCHES" | "ISSUBSET" | "ISSUPERSET")) => word,
            _ => return self.wrong(),
        };
        let values = self.values()?;
        let text = self.text[start..self.at].to_owned();
        let meant = match operator {
            _ if is_negated => Err(Why::Pattern(Construct::Negation)),
            "!=" => Err(Why::Pattern(Construct::Negation)),
            "=" | "IN" | "ISSUBSET" => meant(path, &values),
            _ => Err(Why::Pattern(Construct::Comparison)),
        };
        Ok(Condition::One(Term { text, line: self.line, values: meant }))
    }

    /// One value, or several in brackets.
    fn values(&mut self) -> Result<Vec<String>, Why> {
        if !self.takes(&Token::Sign("("))? {
            return self.value().map(|value| vec![value]);
        }
        let mut values = vec![self.value()?];
        while self.takes(&Token::Sign(","))? {
            values.push(self.value()?);
        }
        self.must_take(")")?;
        Ok(values)
    }

    fn value(&mut self) -> Result<String, Why> {
        match self.token()? {
            Token::Text(text) => Ok(text),
            // A time, or bytes in hex or base64, has a letter before its quotes.
            Token::Word(word) if self.text[self.at..].starts_with('\'') => {
                self.quoted().map(|text| format!("{word}{text}"))
            }
            Token::Word(word) => Ok(word.to_owned()),
            _ => self.wrong(),
        }
    }
}

/// One condition, or several joined.
fn joined(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}

/// Bytes of the path, keyword or number at the start. A path has quotes behind a full stop, and
/// brackets around the place in a list.
fn word(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let behind = &bytes[at..];
        at += match byte {
            b'\'' if at > 0 && bytes[at - 1] == b'.' => match memchr::memchr(b'\'', &behind[1..]) {
                Some(length) => length + 2,
                None => break,
            },
            b'[' => match memchr::memchr(b']', &behind[..behind.len().min(12)]) {
                Some(length) => length + 1,
                None => break,
            },
            b'-' | b'_' | b':' | b'.' | b'+' => 1,
            byte if byte.is_ascii_alphanumeric() => 1,
            _ => break,
        };
    }
    at
}

/// What a comparison for equality with some values means.
fn meant(path: &str, values: &[String]) -> Result<Vec<value::Value>, Why> {
    let path = path.replace('\'', "").to_ascii_lowercase();
    let Some((object, property)) = path.split_once(':') else { return Err(Why::Kind(path)) };
    let hashes = property.strip_prefix("hashes.").filter(|_| matches!(object, "file" | "artifact"));
    let of = match (object, property) {
        _ if property.ends_with("_ref.type") => return Ok(Vec::new()),
        (_, _) if hashes.is_some_and(|name| types::named(name) == Some(Type::Of(Kind::Hash))) => {
            Kind::Hash
        }
        ("ipv4-addr" | "ipv6-addr", "value") => Kind::Address,
        ("domain-name", "value") => Kind::Domain,
        ("url", "value") => Kind::Url,
        ("email-addr", "value") | ("email-message", "from_ref.value" | "sender_ref.value") => {
            Kind::Email
        }
        ("user-account", "user_id" | "account_login" | "display_name") => Kind::Account,
        ("network-traffic", "src_ref.value" | "dst_ref.value") => {
            let guessed = |text: &String| {
                value::guess(text).ok_or_else(|| Why::Unfit(Kind::Address.name().to_owned()))
            };
            return values.iter().map(guessed).collect();
        }
        ("network-traffic", header) if header.ends_with("request_header.user-agent") => {
            Kind::UserAgent
        }
        _ => return Err(Why::Kind(path)),
    };
    values.iter().map(|text| types::read(Type::Of(of), text)).collect()
}
