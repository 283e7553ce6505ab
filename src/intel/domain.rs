//! Domain names in the form in which they are compared: lower case, ASCII by Punycode (RFC 3492),
//! without the dot at the end.
//!
//! Of the mapping that IDNA prescribes, case, full-width letters and the other full stops are
//! done; names that differ in more are different here.

/// Bytes of a name and of a label at most (RFC 1035).
const NAME_BYTES: usize = 253;
const LABEL_BYTES: usize = 63;

/// A name of at least two labels in its compared form. None when it is no name.
pub fn canonical(text: &str) -> Option<String> {
    let text = text.trim_end_matches(['.', '。', '．', '｡']);
    if text.is_empty() || text.len() > 4 * NAME_BYTES {
        return None;
    }
    let plain = match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => ascii(text)?,
    };
    is_name(&plain).then_some(plain)
}

fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_BYTES).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= NAME_BYTES
        && name.contains('.')
        && !last.bytes().all(|byte| byte.is_ascii_digit())
        && name.split('.').all(is_label)
}

fn ascii(text: &str) -> Option<String> {
    let mapped: String = text.chars().map(mapped).flat_map(char::to_lowercase).collect();
    let labels = mapped.split('.').map(|label| match label.is_ascii() {
        true => Some(label.to_owned()),
        false => punycode(label).map(|encoded| format!("xn--{encoded}")),
    });
    labels.collect::<Option<Vec<_>>>().map(|labels| labels.join("."))
}

/// Full-width letters and other full stops as their ASCII ones.
fn mapped(c: char) -> char {
    match c {
        '。' | '．' | '｡' => '.',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => c,
    }
}

/// The part of a label behind `xn--`. None when the label is too long for one.
fn punycode(label: &str) -> Option<String> {
    let points: Vec<u32> = label.chars().map(|c| c as u32).collect();
    if points.len() > LABEL_BYTES {
        return None;
    }
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let plain = out.len() as u32;
    if plain > 0 {
        out.push('-');
    }
    let (mut from, mut delta, mut bias, mut handled) = (128u32, 0u32, 72u32, plain);
    while (handled as usize) < points.len() {
        let next = points.iter().copied().filter(|point| *point >= from).min()?;
        delta = delta.checked_add((next - from).checked_mul(handled + 1)?)?;
        from = next;
        for &point in &points {
            if point < from {
                delta = delta.checked_add(1)?;
            }
            if point == from {
                variable_length(&mut out, delta, bias);
                bias = adapted(delta, handled + 1, handled == plain);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        from += 1;
    }
    (out.len() + 4 <= LABEL_BYTES).then_some(out)
}

/// Writes a number as a generalised variable-length integer.
fn variable_length(out: &mut String, mut number: u32, bias: u32) {
    for step in 1u32.. {
        let threshold = (36 * step).saturating_sub(bias).clamp(1, 26);
        if number < threshold {
            break;
        }
        out.push(digit(threshold + (number - threshold) % (36 - threshold)));
        number = (number - threshold) / (36 - threshold);
    }
    out.push(digit(number));
}

const fn digit(value: u32) -> char {
    let value = value as u8;
    (if value < 26 { b'a' + value } else { b'0' + value - 26 }) as char
}

/// How wide the next number is expected to be.
fn adapted(delta: u32, points: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut steps = 0;
    while delta > 455 {
        delta /= 35;
        steps += 36;
    }
    steps + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_as_rfc_3492_shows() {
        for (label, expected) in [
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
            ("ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"),
            ("bücher", "bcher-kva"),
        ] {
            assert_eq!(punycode(label).as_deref(), Some(expected), "{label}");
        }
    }

    #[test]
    fn names_meet_however_they_are_written() {
        let name = canonical("bücher.example.jp").unwrap();
        assert_eq!(name, "xn--bcher-kva.example.jp");
        for other in ["BÜCHER.example.jp.", "ｂücher．example。jp", "XN--bcher-KVA.Example.jp"]
        {
            assert_eq!(canonical(other).as_deref(), Some(name.as_str()), "{other}");
        }
    }

    #[test]
    fn what_is_no_name_is_none() {
        let long = format!("{}.jp", "a".repeat(64));
        let wide = format!("{}.jp", "検".repeat(300));
        for text in ["", ".", "jp", "a..jp", "a b.jp", "a/b.jp", "192.0.2.1", &long, &wide] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }
}
