//! What is wrong with the shape of a file that people write in TOML, in both languages.

use super::Wrong;

impl Wrong {
    /// Why a file is refused. What reads it says so in English; what is usual is said in Japanese
    /// too, and the English stands behind all else.
    pub fn of_toml(text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).filter(|before| !before.is_empty());
        let line = before.map(|before| 1 + before.matches('\n').count());
        let [en, ja] = ["line {}: ", "{}行目: "].map(|place| {
            line.map_or_else(String::new, |line| place.replace("{}", &line.to_string()))
        });
        let message = error.message();
        let usual = usual(message)
            .unwrap_or_else(|| format!("TOMLの書き方に誤りがあります。詳細(英語): {message}"));
        Self::new(format!("{en}{message}"), format!("{ja}{usual}"))
    }
}

/// A message of serde, in Japanese.
fn usual(message: &str) -> Option<String> {
    let named = |start: &str| message.strip_prefix(start)?.strip_prefix('`')?.split_once('`');
    if let Some((name, behind)) = named("unknown field ") {
        return Some(format!("「{name}」という項目はありません。{}", choices(behind)));
    }
    if let Some((name, behind)) = named("unknown variant ") {
        return Some(format!("「{name}」は指定できません。{}", choices(behind)));
    }
    if let Some((name, _)) = named("missing field ") {
        return Some(format!("項目「{name}」がありません。"));
    }
    if message.starts_with("duplicate ") {
        return Some("同じ項目が2回書かれています。".to_owned());
    }
    if message.starts_with("data did not match any variant") {
        return Some("文字列か、文字列の配列で書いてください。".to_owned());
    }
    let (found, expected) = message.strip_prefix("invalid type: ")?.split_once(", expected ")?;
    Some(format!("{}ではなく、{}で書いてください。", kind(found)?, kind(expected)?))
}

/// What may stand there, where the message lists it.
fn choices(behind: &str) -> String {
    let names: Vec<_> = behind.split('`').skip(1).step_by(2).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("指定できるもの: {}", names.join(", ")),
    }
}

/// A kind of value, as serde calls it when it meets or expects one.
fn kind(words: &str) -> Option<&'static str> {
    let kinds = [
        ("string", "文字列"),
        ("a string", "文字列"),
        ("bool", "trueかfalse"),
        ("a bool", "trueかfalse"),
        ("integer", "整数"),
        ("u8", "整数"),
        ("u16", "整数"),
        ("u32", "整数"),
        ("u64", "整数"),
        ("usize", "整数"),
        ("i64", "整数"),
        ("float", "小数"),
        ("sequence", "配列"),
        ("a sequence", "配列"),
        ("map", "表"),
        ("a map", "表"),
        ("struct", "表"),
    ];
    kinds.into_iter().find(|(start, _)| words.starts_with(start)).map(|(_, ja)| ja)
}

#[cfg(test)]
mod tests {
    use crate::base::Wrong;
    use crate::format::Definition;
    use crate::train::Wanted;

    fn of<T: serde::de::DeserializeOwned>(text: &str) -> Wrong {
        Wrong::of_toml(text, &toml::from_str::<T>(text).err().unwrap())
    }

    #[test]
    fn what_is_usual_is_said_in_japanese() {
        let head = "id = \"a\"\nname = \"a\"\n";
        let cases = [
            ("rnk = 7\n", "3行目: 「rnk」という項目はありません。指定できるもの: id, name, what,"),
            ("kind = \"jsn\"\n", "3行目: 「jsn」は指定できません。指定できるもの: layout, text,"),
            ("rank = \"7\"\n", "3行目: 文字列ではなく、整数で書いてください。"),
            ("claims = \"a\"\n", "3行目: 文字列ではなく、配列で書いてください。"),
            ("multiline = \"yes\"\n", "3行目: 文字列ではなく、trueかfalseで書いてください。"),
            ("[fields]\nmessage = 7\n", "4行目: 文字列か、文字列の配列で書いてください。"),
            ("id = \"b\"\n", "3行目: 同じ項目が2回書かれています。"),
            ("kind = \"json\"\n", "項目「what」がありません。"),
            ("kind = json\n", "3行目: TOMLの書き方に誤りがあります。詳細(英語): "),
        ];
        for (text, ja) in cases {
            let wrong = of::<Definition>(&format!("{head}{text}"));
            assert!(wrong.0.ja.starts_with(ja), "{text}: {}", wrong.0.ja);
            assert!(wrong.0.en.is_ascii(), "{text}: {}", wrong.0.en);
        }
        let wrong = of::<Definition>(&format!("{head}multiline = \"yes\"\n"));
        assert_eq!(wrong.0.en, "line 3: invalid type: string \"yes\", expected a boolean");
        assert_eq!(of::<Definition>("").0.en, "missing field `id`");
        let wrong = Wanted::read("campaign = \"T1\"\nseeds = 7\n").unwrap_err();
        assert!(wrong.0.ja.contains("「seeds」という項目はありません"), "{}", wrong.0.ja);
    }
}
