//! Texts in which `*` stands for anything. Letters of ASCII count the same in both cases.

use memchr::memchr2;

/// A text in which `*` stands for any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    /// What stands between the stars, in lower case. The first begins the text, the last ends it.
    parts: Vec<Box<str>>,
}

impl Glob {
    /// What must fit a whole text.
    pub fn whole(text: &str) -> Self {
        Self { parts: text.to_ascii_lowercase().split('*').map(Box::from).collect() }
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
        for part in between {
            let Some(at) = find(rest, part.as_bytes()) else { return false };
            rest = &rest[at + part.len()..];
        }
        let tail = rest.len().checked_sub(last.len()).and_then(|at| rest.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(last.as_bytes()))
    }
}

/// Where a part in lower case stands first, in either case.
fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    let Some(first) = part.first() else { return Some(0) };
    let last = text.len().checked_sub(part.len())?;
    let mut from = 0;
    loop {
        let at = from + memchr2(*first, first.to_ascii_uppercase(), text.get(from..=last)?)?;
        if text[at..at + part.len()].eq_ignore_ascii_case(part) {
            return Some(at);
        }
        from = at + 1;
    }
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
