//! Cuts the text of a query into tokens, each with its place.

use super::QueryError;
use crate::base::Text;

/// A piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    /// `-` in front of what is not to hold.
    Minus,
    /// A bare piece, with a sign and a value where it has them.
    Piece {
        text: String,
        is_quoted: bool,
        asked: Option<(Sign, Value)>,
    },
}

/// What stands behind a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) text: String,
    /// In quotation marks a star is a star.
    pub(super) is_quoted: bool,
}

/// Between a name and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Is,
    IsNot,
    Holds,
    HoldsNot,
    More,
    MoreOrSame,
    Less,
    LessOrSame,
}

/// Signs, those first of which others are the beginning.
const SIGNS: [(&str, Sign); 9] = [
    ("!=", Sign::IsNot),
    ("!~", Sign::HoldsNot),
    (">=", Sign::MoreOrSame),
    ("<=", Sign::LessOrSame),
    (">", Sign::More),
    ("<", Sign::Less),
    (":", Sign::Is),
    ("=", Sign::Is),
    ("~", Sign::Holds),
];

/// The tokens of a query, each with the characters in front of it.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, QueryError> {
    let mut lexer = Lexer { text, at: 0, chars: 0 };
    let mut tokens = Vec::new();
    while let Some(next) = lexer.next()? {
        tokens.push(next);
    }
    Ok(tokens)
}

struct Lexer<'t> {
    text: &'t str,
    /// Bytes read.
    at: usize,
    /// Characters read.
    chars: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        self.chars += 1;
        Some(c)
    }

    fn next(&mut self) -> Result<Option<(usize, Token)>, QueryError> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.take();
        }
        let at = self.chars;
        let token = match self.peek() {
            None => return Ok(None),
            Some('(') => self.single(Token::Open),
            Some(')') => self.single(Token::Close),
            Some('-') if self.negates() => self.single(Token::Minus),
            Some(_) => self.piece()?,
        };
        Ok(Some((at, token)))
    }

    fn single(&mut self, token: Token) -> Token {
        self.take();
        token
    }

    /// Whether a `-` stands in front of something, and is not a value by itself.
    fn negates(&self) -> bool {
        self.rest().chars().nth(1).is_some_and(|c| !c.is_whitespace())
    }

    fn piece(&mut self) -> Result<Token, QueryError> {
        let is_name_quoted = self.peek() == Some('"');
        let text = if is_name_quoted { self.quoted()? } else { self.bare(true) };
        let sign = SIGNS.iter().find(|(sign, _)| self.rest().starts_with(sign));
        let Some((length, sign)) = sign.map(|(text, sign)| (text.len(), *sign)) else {
            return Ok(Token::Piece { text, is_quoted: is_name_quoted, asked: None });
        };
        for _ in 0..length {
            self.take();
        }
        let is_quoted = self.peek() == Some('"');
        let text_of_value = if is_quoted { self.quoted()? } else { self.bare(false) };
        let value = Value { text: text_of_value, is_quoted };
        Ok(Token::Piece { text, is_quoted: is_name_quoted, asked: Some((sign, value)) })
    }

    /// What stands up to a space or a parenthesis; of a name, up to a sign as well.
    fn bare(&mut self, is_name: bool) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek() {
            let is_sign = is_name && SIGNS.iter().any(|(sign, _)| self.rest().starts_with(sign));
            if c.is_whitespace() || matches!(c, '(' | ')') || is_sign {
                break;
            }
            text.push(c);
            self.take();
        }
        text
    }

    fn quoted(&mut self) -> Result<String, QueryError> {
        let open = self.chars;
        self.take();
        let mut text = String::new();
        loop {
            match self.take() {
                Some('"') => return Ok(text),
                Some('\\') => text.extend(self.take()),
                Some(c) => text.push(c),
                None => {
                    let what = Text::fixed(
                        "the quotation mark is not closed",
                        "引用符が閉じられていません",
                    );
                    return Err(QueryError { at: open, what });
                }
            }
        }
    }
}
