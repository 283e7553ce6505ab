//! Conditions of rules: `selection and not 1 of filter_*`.
//!
//! `not` binds most tightly, then `and`, then `or`. Words count in lower and upper case.

/// Bytes of a condition at most.
const BYTES: usize = 64 << 10;
/// Levels of parentheses and of `not` at most.
const DEPTH: usize = 48;

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A search holds.
    Search(String),
    /// So many of the searches that fit a pattern hold.
    Of(Quantity, Pattern),
    /// All hold.
    All(Vec<Self>),
    /// At least one holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

/// How many must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// All.
    All,
    /// At least so many.
    AtLeast(u32),
}

/// Which searches are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// All but those whose name begins with `_`.
    Them,
    /// Those whose name fits; `*` stands for any text.
    Fitting(String),
}

impl Pattern {
    /// The pattern as written.
    pub fn text(&self) -> &str {
        match self {
            Self::Them => "them",
            Self::Fitting(pattern) => pattern,
        }
    }

    /// Whether a search is meant.
    pub fn fits(&self, name: &str) -> bool {
        match self {
            Self::Them => !name.starts_with('_'),
            Self::Fitting(pattern) => fits(pattern.as_bytes(), name.as_bytes()),
        }
    }
}

fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut in_name, mut star) = (0, 0, None);
    while in_name < name.len() {
        if pattern.get(at) == Some(&b'*') {
            star = Some((at, in_name));
            at += 1;
        } else if pattern.get(at) == Some(&name[in_name]) {
            (at, in_name) = (at + 1, in_name + 1);
        } else if let Some((of_star, from)) = star {
            (at, in_name) = (of_star + 1, from + 1);
            star = Some((of_star, from + 1));
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

impl Condition {
    /// Reads a condition. The error is the part that could not be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > BYTES {
            return Err(format!("{} bytes", text.len()));
        }
        let mut parser = Parser { words: words(text), at: 0 };
        let condition = parser.any(0)?;
        match parser.words.get(parser.at) {
            None => Ok(condition),
            Some(word) => Err((*word).to_owned()),
        }
    }
}

/// Cuts a condition into names and parentheses.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for part in text.split_whitespace() {
        let mut rest = part;
        while let Some(at) = rest.find(['(', ')']) {
            words.extend([&rest[..at], &rest[at..=at]]);
            rest = &rest[at + 1..];
        }
        words.push(rest);
    }
    words.retain(|word| !word.is_empty());
    words
}

struct Parser<'t> {
    words: Vec<&'t str>,
    at: usize,
}

impl<'t> Parser<'t> {
    fn take(&mut self, word: &str) -> bool {
        let is_it = self.words.get(self.at).is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(is_it);
        is_it
    }

    fn next(&mut self) -> Result<&'t str, String> {
        let word = self.words.get(self.at).ok_or("the end of the condition")?;
        self.at += 1;
        Ok(word)
    }

    fn any(&mut self, depth: usize) -> Result<Condition, String> {
        let mut parts = vec![self.all(depth)?];
        while self.take("or") {
            parts.push(self.all(depth)?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Condition, String> {
        let mut parts = vec![self.one(depth)?];
        while self.take("and") {
            parts.push(self.one(depth)?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn one(&mut self, depth: usize) -> Result<Condition, String> {
        if depth > DEPTH {
            return Err("too many parentheses".to_owned());
        }
        if self.take("not") {
            return Ok(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.take("(") {
            let inner = self.any(depth + 1)?;
            return match self.next()? {
                ")" => Ok(inner),
                other => Err(other.to_owned()),
            };
        }
        let word = self.next()?;
        if self.take("of") {
            return self.of(word);
        }
        let is_reserved =
            ["and", "or", "of", "(", ")", "|"].contains(&word.to_ascii_lowercase().as_str());
        if is_reserved { Err(word.to_owned()) } else { Ok(Condition::Search(word.to_owned())) }
    }

    fn of(&mut self, word: &str) -> Result<Condition, String> {
        let quantity = match word.to_ascii_lowercase().as_str() {
            "all" => Quantity::All,
            "any" => Quantity::AtLeast(1),
            digits => Quantity::AtLeast(digits.parse().map_err(|_| word.to_owned())?),
        };
        let pattern = self.next()?;
        if pattern == "(" || pattern == ")" {
            return Err(pattern.to_owned());
        }
        let is_all = pattern.eq_ignore_ascii_case("them");
        let pattern = if is_all { Pattern::Them } else { Pattern::Fitting(pattern.to_owned()) };
        Ok(Condition::Of(quantity, pattern))
    }
}

fn one_or(mut parts: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => many(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_binds_before_and_and_and_before_or() {
        let parsed = Condition::parse("a or b and NOT (c or d) and 1 of x_*").unwrap();
        let search = |name: &str| Condition::Search(name.to_owned());
        let inner = Condition::Any(vec![search("c"), search("d")]);
        let of = Condition::Of(Quantity::AtLeast(1), Pattern::Fitting("x_*".to_owned()));
        let all = Condition::All(vec![search("b"), Condition::Not(Box::new(inner)), of]);
        assert_eq!(parsed, Condition::Any(vec![search("a"), all]));
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        let deep = "(".repeat(9_000) + "a" + &")".repeat(9_000);
        for text in ["", "a and", "a b", "(a", "a)", "1 of", "x of them", "a | count() > 3", &deep]
        {
            assert!(Condition::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn patterns_fit_names() {
        let fits = |pattern: &str, name: &str| Pattern::Fitting(pattern.to_owned()).fits(name);
        assert!(fits("sel*", "selection") && fits("*_a*b", "x_a_b") && fits("a", "a"));
        assert!(!fits("sel*", "xsel") && !fits("a", "ab") && !fits("*_a*b", "x_a_c"));
        assert!(Pattern::Them.fits("a") && !Pattern::Them.fits("_a"));
    }
}
