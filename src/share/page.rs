//! The released page, and a checker put into it: the same page with one inert block more, behind
//! all else.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

const END: &str = "</body></html>";
const BLOCK: &str = "<script type=\"text/plain\" id=\"checker\">";
/// Before the digest that the page shows, as it stands in the frame's attribute.
const DIGEST: &str = "&quot;digest&quot;:&quot;";

/// Why a file cannot be made into a checker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// It is not the page.
    #[error("this is not Sekisho's page: expected sekisho.html as released")]
    NotThePage,
    /// It is a checker already.
    #[error("this page is a checker already: expected sekisho.html as released")]
    IsChecker,
}

/// The page as released.
#[derive(Clone, Copy, Debug)]
pub struct ReleasedPage<'a> {
    before: &'a str,
    digest: &'a str,
}

impl<'a> ReleasedPage<'a> {
    /// Knows the page.
    pub fn new(html: &'a str) -> Result<Self, PageError> {
        let before = html.trim_end().strip_suffix(END).ok_or(PageError::NotThePage)?;
        if before.contains(BLOCK) {
            return Err(PageError::IsChecker);
        }
        let digest = before
            .split_once(DIGEST)
            .and_then(|(_, rest)| rest.split_once("&quot;"))
            .map(|(digest, _)| digest)
            .filter(|digest| digest.len() == 64)
            .ok_or(PageError::NotThePage)?;
        Ok(Self { before, digest })
    }

    /// The digest that the page shows.
    pub const fn digest(&self) -> &'a str {
        self.digest
    }

    /// The page with a checker's sealed content in it.
    pub fn with(&self, sealed: &[u8]) -> String {
        format!("{}{BLOCK}{}</script>{END}\n", self.before, BASE64_STANDARD.encode(sealed))
    }
}

/// The block of a checker in a page, and the digest of the page. None where it is no checker.
pub fn block(html: &str) -> Option<(&str, String)> {
    let (before, rest) = html.trim_end().rsplit_once(BLOCK)?;
    let block = rest.strip_suffix(END)?.strip_suffix("</script>")?;
    let page = format!("{before}{END}");
    Some((block, ReleasedPage::new(&page).ok()?.digest.to_owned()))
}

/// A checker's sealed content as it stands in a page. None where it is none.
pub fn sealed(block: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(block).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> String {
        let digest = "ab".repeat(32);
        format!("<!doctype html><body>{{&quot;digest&quot;:&quot;{digest}&quot;}}</body></html>\n")
    }

    #[test]
    fn a_checker_is_the_page_with_one_block_more() {
        let html = page();
        let page = ReleasedPage::new(&html).unwrap();
        assert_eq!(page.digest(), "ab".repeat(32));
        let made = page.with(b"\0\xff");
        assert_eq!(sealed("AP8=").unwrap(), b"\0\xff");
        assert_eq!(sealed("AP8"), None);
        assert_eq!(made.replace(&format!("{BLOCK}AP8=</script>"), ""), html);
        assert_eq!(ReleasedPage::new(&made).unwrap_err(), PageError::IsChecker);
        assert_eq!(block(&made).unwrap(), ("AP8=", "ab".repeat(32)));
        assert_eq!(block(&html), None);
    }

    #[test]
    fn other_files_are_refused() {
        for html in ["", "<html></html>", "<body></body></html>", &page().replace("abab", "ab")] {
            assert_eq!(ReleasedPage::new(html).unwrap_err(), PageError::NotThePage, "{html}");
        }
    }
}
