//! Makes a query of its tokens.

use super::lexer::{Sign, Token, Value, tokens};
use super::test::{Order, Test};
use super::{Name, Node, Query, QueryError};
use crate::base::limits::QUERY_DEPTH;
use crate::base::{Instant, Text};

/// The words of one query at most: they are kept as the bits of a byte.
const WORDS: usize = 8;

pub(super) fn parse(text: &str) -> Result<Query, QueryError> {
    let mut tokens = tokens(text)?;
    tokens.reverse();
    let end = text.chars().count();
    let mut parser = Parser { tokens, words: Vec::new(), end, depth: 0 };
    let root = parser.any(false)?;
    match parser.tokens.last() {
        None => Ok(Query { root, words: parser.words }),
        Some((at, _)) => {
            Err(wrong(*at, "no parenthesis is open here", "対応する開き括弧がありません"))
        }
    }
}

fn wrong(at: usize, en: &'static str, ja: &'static str) -> QueryError {
    QueryError { at, what: Text::fixed(en, ja) }
}

struct Parser {
    /// What is still to be read, the next one last.
    tokens: Vec<(usize, Token)>,
    words: Vec<String>,
    /// Characters of the text.
    end: usize,
    depth: usize,
}

impl Parser {
    /// Whether the next token is a word of the language, which is taken then.
    fn takes(&mut self, word: &str) -> bool {
        let is_it = matches!(
            self.tokens.last(),
            Some((_, Token::Piece { text, is_quoted: false, asked: None }))
                if text.eq_ignore_ascii_case(word)
        );
        if is_it {
            self.tokens.pop();
        }
        is_it
    }

    /// Conditions between `or`. `must`: there has to be one.
    fn any(&mut self, must: bool) -> Result<Node, QueryError> {
        let mut nodes = vec![self.all(must)?];
        while self.takes("or") {
            nodes.push(self.all(true)?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Any(nodes) })
    }

    fn all(&mut self, must: bool) -> Result<Node, QueryError> {
        let mut nodes = Vec::new();
        loop {
            let is_joined = !nodes.is_empty() && self.takes("and");
            match self.tokens.last() {
                None | Some((_, Token::Close)) => {
                    break self.must_go_on(is_joined || (must && nodes.is_empty()))?;
                }
                Some((_, Token::Piece { text, is_quoted: false, asked: None }))
                    if text.eq_ignore_ascii_case("or") =>
                {
                    break self.must_go_on(is_joined || nodes.is_empty())?;
                }
                Some(_) => nodes.push(self.one()?),
            }
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::All(nodes) })
    }

    /// Fails where something has to follow and nothing does.
    fn must_go_on(&self, must: bool) -> Result<(), QueryError> {
        let at = self.tokens.last().map_or(self.end, |(at, _)| *at);
        if must {
            Err(wrong(at, "a condition is missing here", "ここに条件が必要です"))
        } else {
            Ok(())
        }
    }

    fn one(&mut self) -> Result<Node, QueryError> {
        self.depth += 1;
        let one = self.one_within();
        self.depth -= 1;
        one
    }

    fn one_within(&mut self) -> Result<Node, QueryError> {
        let at = self.tokens.last().map_or(self.end, |(at, _)| *at);
        if self.depth > QUERY_DEPTH {
            return Err(wrong(
                at,
                "too many parentheses inside one another",
                "括弧の入れ子が深すぎます",
            ));
        }
        if self.takes("not") {
            self.must_go_on(self.tokens.is_empty())?;
            return Ok(Node::Not(Box::new(self.one()?)));
        }
        let Some((_, token)) = self.tokens.pop() else {
            return Err(wrong(at, "a condition is missing here", "ここに条件が必要です"));
        };
        match token {
            Token::Minus => {
                self.must_go_on(self.tokens.is_empty())?;
                Ok(Node::Not(Box::new(self.one()?)))
            }
            Token::Open => {
                let inside = self.any(true)?;
                match self.tokens.pop() {
                    Some((_, Token::Close)) => Ok(inside),
                    _ => {
                        Err(wrong(at, "the parenthesis is not closed", "括弧が閉じられていません"))
                    }
                }
            }
            Token::Close => Err(wrong(at, "a condition is missing here", "ここに条件が必要です")),
            Token::Piece { text, asked: None, .. } => self.word(at, &text),
            Token::Piece { text, asked: Some((sign, value)), .. } => {
                condition(at, &text, sign, &value)
            }
        }
    }

    fn word(&mut self, at: usize, text: &str) -> Result<Node, QueryError> {
        let text = text.to_ascii_lowercase();
        if text.is_empty() {
            return Err(wrong(at, "there is nothing to look for", "探す文字がありません"));
        }
        let known = self.words.iter().position(|word| *word == text);
        if known.is_none() && self.words.len() == WORDS {
            return Err(wrong(
                at,
                "at most eight words can be looked for at once",
                "一度に探せる語は8個までです",
            ));
        }
        Ok(Node::Word(known.unwrap_or_else(|| {
            self.words.push(text);
            self.words.len() - 1
        })))
    }
}

fn condition(at: usize, name: &str, sign: Sign, value: &Value) -> Result<Node, QueryError> {
    let Value { text, is_quoted } = value;
    let lower = name.to_ascii_lowercase();
    if text.is_empty() {
        return Err(wrong(
            at,
            "a value is missing; * asks whether there is one",
            "値がありません(値があるかどうかは * で指定します)",
        ));
    }
    if lower == "time" {
        return time(at, sign, text);
    }
    let Some(name) = Name::named(&lower) else {
        let what = Text::new(
            format!(
                "there is no field «{name}»; to look for this text, put it into quotation marks"
            ),
            format!("項目「{name}」はありません。文字列として探すには引用符で囲みます"),
        );
        return Err(QueryError { at, what });
    };
    let compared = |order| Test::compared(order, text).map(|test| Node::Value(name, test));
    let number = || wrong(at, "a whole number is expected here", "整数を指定してください");
    Ok(match sign {
        Sign::Is => Node::Value(name, Test::is(text, *is_quoted)),
        Sign::IsNot => Node::Not(Box::new(Node::Value(name, Test::is(text, *is_quoted)))),
        Sign::Holds => Node::Value(name, Test::holds(text, *is_quoted)),
        Sign::HoldsNot => Node::Not(Box::new(Node::Value(name, Test::holds(text, *is_quoted)))),
        Sign::More => compared(Order::More).ok_or_else(number)?,
        Sign::MoreOrSame => compared(Order::MoreOrSame).ok_or_else(number)?,
        Sign::Less => compared(Order::Less).ok_or_else(number)?,
        Sign::LessOrSame => compared(Order::LessOrSame).ok_or_else(number)?,
    })
}

fn time(at: usize, sign: Sign, value: &str) -> Result<Node, QueryError> {
    if value == "*" && matches!(sign, Sign::Is) {
        return Ok(Node::Timed);
    }
    let Some((from, until)) = span(value) else {
        return Err(wrong(
            at,
            "a time is expected, such as 2021-05-06, 2021-05-06T01:02 or 2021-05-06T01:02:03Z (UTC)",
            "時刻を指定してください。例: 2021-05-06、2021-05-06T01:02、2021-05-06T01:02:03Z(UTC)",
        ));
    };
    let (least, most) = (Instant::MIN, Instant::MAX);
    Ok(match sign {
        Sign::Is | Sign::Holds => Node::Time(from, until),
        Sign::IsNot | Sign::HoldsNot => Node::Not(Box::new(Node::Time(from, until))),
        Sign::More => Node::Time(until, most),
        Sign::MoreOrSame => Node::Time(from, most),
        Sign::Less => Node::Time(least, from),
        Sign::LessOrSame => Node::Time(least, until),
    })
}

/// The instants that a time means, by how exact it is: a day, an hour, a minute, a second.
fn span(text: &str) -> Option<(Instant, Instant)> {
    const DAY: usize = "2021-05-06".len();
    const HOUR: usize = "2021-05-06T01".len();
    const MINUTE: usize = "2021-05-06T01:02".len();
    let text = text.replacen(' ', "T", 1);
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some((time.as_second(), time.as_second().saturating_add(1)));
    }
    let (whole, secs) = match text.len() {
        DAY => (text, 86_400),
        HOUR => (format!("{text}:00"), 3_600),
        MINUTE => (text, 60),
        _ => (text, 1),
    };
    let local: jiff::civil::DateTime = whole.parse().ok()?;
    let from = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second();
    Some((from, from.saturating_add(secs)))
}
