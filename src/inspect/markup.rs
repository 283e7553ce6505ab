//! Text of markup: XML as office programs write it, and HTML. Paragraphs, rows and cells stand
//! apart; addresses that links lead to are kept.

/// Elements at whose end a line ends.
const LINES: [&str; 12] =
    ["w:p", "a:p", "row", "si", "p", "div", "tr", "li", "br", "br/", "text:p", "w:br/"];
/// Bytes of the longest entity that is read.
const ENTITY_BYTES: usize = 12;
/// Elements at whose end a cell ends.
const CELLS: [&str; 4] = ["c", "td", "th", "w:tc"];

/// The text of markup.
pub fn text(markup: &str) -> String {
    let mut out = String::with_capacity(markup.len() / 4);
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        unescape(before, &mut out);
        let Some(end) = from.find('>') else {
            rest = "";
            break;
        };
        let tag = from.get(1..end).unwrap_or_default();
        element(tag, &mut out);
        rest = from.get(end + 1..).unwrap_or_default();
    }
    unescape(rest, &mut out);
    out
}

/// The texts of elements of a name that have an end; attributes of the first are passed over.
pub fn values<'x>(markup: &'x str, name: &str) -> impl Iterator<Item = String> + use<'x> {
    let (start, end) = (format!("<{name}"), format!("</{name}>"));
    let mut rest = markup;
    std::iter::from_fn(move || {
        loop {
            let from = rest.get(rest.find(&start)? + start.len()..)?;
            rest = from;
            if !from.starts_with(['>', ' ', '\n', '\r', '\t']) {
                continue;
            }
            let inside = from.get(from.find('>')? + 1..)?;
            if from.split('>').next().is_some_and(|tag| tag.ends_with('/')) {
                continue;
            }
            let until = inside.find(&end)?;
            rest = inside.get(until..)?;
            return Some(text(inside.get(..until)?));
        }
    })
}

/// The elements whose names begin so: what stands in their first tags.
pub fn tags<'x>(markup: &'x str, name: &str) -> impl Iterator<Item = &'x str> + use<'x> {
    let start = format!("<{name}");
    let mut rest = markup;
    std::iter::from_fn(move || {
        let from = rest.get(rest.find(&start)? + 1..)?;
        let end = from.find('>')?;
        rest = from.get(end..)?;
        from.get(..end)
    })
}

/// An attribute of a tag.
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    while let Some((before, behind)) = rest.split_once(name) {
        rest = behind;
        let value = behind.strip_prefix("=\"").map(|value| (value, '"'));
        let value = value.or_else(|| behind.strip_prefix("='").map(|value| (value, '\'')));
        if let (true, Some((value, quote))) = (before.ends_with(char::is_whitespace), value) {
            let mut out = String::new();
            unescape(value.split(quote).next()?, &mut out);
            return Some(out);
        }
    }
    None
}

fn element(tag: &str, out: &mut String) {
    let name = tag.trim_start_matches('/').split_whitespace().next().unwrap_or_default();
    let is_end = tag.starts_with('/') || tag.ends_with('/') || name.starts_with("br");
    if is_end && LINES.contains(&name) {
        out.push('\n');
    } else if is_end && CELLS.contains(&name) {
        out.push('\t');
    }
    for start in ["Target=\"", "href=\""] {
        let value = tag.split_once(start).and_then(|(_, behind)| behind.split_once('"'));
        if let Some((value, _)) = value.filter(|(value, _)| value.starts_with("mailto:")) {
            out.push(' ');
            unescape(value.trim_start_matches("mailto:"), out);
            out.push('\n');
        }
    }
}

/// Appends text with its entities undone.
fn unescape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.bytes().take(ENTITY_BYTES).position(|byte| byte == b';');
        let entity = end.and_then(|end| from.get(1..end)).and_then(entity);
        match (entity, end) {
            (Some(c), Some(end)) => {
                out.push(c);
                rest = from.get(end + 1..).unwrap_or_default();
            }
            _ => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn paragraphs_rows_and_cells_stand_apart() {
        let word = "<w:p><w:r><w:t>社外</w:t></w:r><w:r><w:t>秘</w:t></w:r></w:p><w:p>b &amp; &#x3042;</w:p>";
        assert_eq!(text(word), "社外秘\nb & あ\n");
        let sheet = "<row r=\"1\"><c><v>1</v></c><c><v>2</v></c></row>";
        assert_eq!(text(sheet), "1\t2\t\n");
        assert_eq!(text("<Relationship Target=\"mailto:a@example.jp\"/>").trim(), "a@example.jp");
        assert_eq!(text("a & b &x; <unclosed"), "a & b &x; ");
    }
}
