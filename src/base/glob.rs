//! Texts in which `*` stands for anything. Letters of ASCII count the same in both cases.

use memchr::{memchr, memchr2};

/// A text in which `*` stands for any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    /// What stands between the stars, in lower case. The first begins the text, the last ends it.
    parts: Vec<Box<str>>,
    /// Where in each part the byte stands that texts have least often.
    rare: Vec<usize>,
}

impl Glob {
    /// What must fit a whole text.
    pub fn whole(text: &str) -> Self {
        let parts: Vec<Box<str>> = text.to_ascii_lowercase().split('*').map(Box::from).collect();
        let rare = parts.iter().map(|part| rarest(part.as_bytes())).collect();
        Self { parts, rare }
    }

    /// What must fit somewhere in a text.
    pub fn inside(text: &str) -> Self {
        Self::whole(&format!("*{text}*"))
    }

    /// What stands between the stars, in lower case.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(AsRef::as_ref)
    }

    /// What every text begins with that it fits, in lower case.
    pub fn beginning(&self) -> &str {
        self.parts.first().map_or("", AsRef::as_ref)
    }

    /// The longest text that whatever it fits must hold.
    pub fn longest(&self) -> &str {
        self.parts().max_by_key(|part| part.len()).unwrap_or_default()
    }

    /// The text, in lower case, where it has no star.
    pub fn exact(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Whether it is a star alone.
    pub fn fits_all(&self) -> bool {
        self.parts.len() == 2 && self.parts.iter().all(|part| part.is_empty())
    }

    /// Whether a text is of this form.
    pub fn fits(&self, text: &[u8]) -> bool {
        let [first, between @ .., last] = self.parts.as_slice() else {
            return self.parts.iter().all(|part| text.eq_ignore_ascii_case(part.as_bytes()));
        };
        let Some((head, mut rest)) = text.split_at_checked(first.len()) else { return false };
        // Most texts differ in the first letter, which saves a call.
        let is_other = |(own, letter): (&u8, &u8)| *own != letter.to_ascii_lowercase();
        if first.as_bytes().first().zip(head.first()).is_some_and(is_other) {
            return false;
        }
        if !head.eq_ignore_ascii_case(first.as_bytes()) {
            return false;
        }
        for (part, rare) in between.iter().zip(self.rare.iter().skip(1)) {
            let Some(at) = find(rest, part.as_bytes(), *rare) else { return false };
            rest = &rest[at + part.len()..];
        }
        let tail = rest.len().checked_sub(last.len()).and_then(|at| rest.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(last.as_bytes()))
    }
}

/// Where a part in lower case stands first, in either case. The byte at `rare` of it is looked for.
fn find(text: &[u8], part: &[u8], rare: usize) -> Option<usize> {
    let Some(byte) = part.get(rare).copied() else { return Some(0) };
    let upper = byte.to_ascii_uppercase();
    // How many more bytes must follow the rare one.
    let behind = part.len() - rare - 1;
    let mut from = rare;
    loop {
        let within = text.get(from..text.len().checked_sub(behind)?)?;
        let next = if byte == upper { memchr(byte, within) } else { memchr2(byte, upper, within) };
        let at = from + next?;
        let start = at - rare;
        if text[start..start + part.len()].eq_ignore_ascii_case(part) {
            return Some(start);
        }
        from = at + 1;
    }
}

/// Where the byte of a text stands that other texts have least often, roughly: signs are rare,
/// spaces are not.
pub fn rarest(text: &[u8]) -> usize {
    let how_common = |at: &usize| match text[*at] {
        b' ' => 5,
        b'a' | b'e' | b'i' | b'n' | b'o' | b'r' | b's' | b't' => 4,
        b'0'..=b'9' | b'a'..=b'z' => 3,
        b'.' | b':' | b'-' | b'/' => 2,
        b'A'..=b'Z' => 1,
        _ => 0,
    };
    (0..text.len()).min_by_key(how_common).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn asterisks_stand_for_anything_and_the_ends_are_fixed() {
        let fits = |pattern: &str, text: &str| Glob::whole(pattern).fits(text.as_bytes());
        assert!(fits("/a.jsp", "/a.jsp") && !fits("/a.jsp", "/x/a.jsp") && !fits("/a", "/a.jsp"));
        assert!(fits("*/a.jsp", "/x/a.jsp") && !fits("*/a.jsp", "/a.jsp/"));
        assert!(fits("/_layouts/1*/p.aspx*", "/_layouts/15/p.aspx/x"));
        assert!(fits("/public/*.jsp", "/public/x.jsp") && !fits("/public/*.jsp", "/public.jsp"));
        assert!(!fits("/ab*bc", "/abc"), "what one part took is not the next one's");
        assert!(fits("*", "") && fits("/ABC", "/abc") && fits("*b*", "aBc") && fits("*BC", "abC"));
        assert!(!fits("*abc*", "ab") && fits("*abc*", "aabC") && !fits("*é*", "É"));
        assert!(Glob::inside("a*b").fits(b"xxaxxbxx") && !Glob::inside("a*b").fits(b"ba"));
        assert_eq!(Glob::inside("a*bcd*e").longest(), "bcd");
    }
}
