//! Patterns of paths and queries: texts with `*` between them, which stands for anything. Matching
//! takes time that is linear in the text for each part of a pattern.

use memchr::memmem;

/// A pattern, in lower case.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    /// The texts between the asterisks. The first begins the text and the last ends it.
    parts: Vec<Box<str>>,
}

impl Glob {
    /// A pattern that must fit a whole text.
    pub(super) fn whole(pattern: &str) -> Self {
        Self { parts: pattern.to_ascii_lowercase().split('*').map(Box::from).collect() }
    }

    /// A pattern that must fit somewhere in a text.
    pub(super) fn inside(pattern: &str) -> Self {
        Self::whole(&format!("*{pattern}*"))
    }

    /// The longest text that whatever it fits must hold.
    pub(super) fn longest(&self) -> &str {
        self.parts.iter().max_by_key(|part| part.len()).map_or("", |part| part)
    }

    /// Whether it fits a text, which is in lower case.
    pub(super) fn fits(&self, text: &[u8]) -> bool {
        let [first, between @ .., last] = self.parts.as_slice() else {
            return self.parts.iter().all(|part| part.as_bytes() == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_bytes()) else { return false };
        for part in between {
            let Some(at) = memmem::find(rest, part.as_bytes()) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last.as_bytes())
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
        assert!(fits("*", "") && fits("/ABC", "/abc"));
        assert!(Glob::inside("a*b").fits(b"xxaxxbxx") && !Glob::inside("a*b").fits(b"ba"));
        assert_eq!(Glob::inside("a*bcd*e").longest(), "bcd");
    }
}
