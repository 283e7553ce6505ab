//! JSON in one order of keys. `serde_json` keeps them as they were put in or sorts them, by what
//! else is built along with it; what is written hangs on nothing of the kind.

use serde_json::Value;

/// The value with the keys of all its objects sorted.
pub fn sorted(mut value: Value) -> Value {
    value.sort_all_objects();
    value
}

/// One document with a line end.
pub fn json_document(value: Value) -> String {
    format!("{:#}\n", sorted(value))
}

/// A value in a line.
pub fn json_line(value: Value) -> String {
    format!("{}\n", sorted(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_written_in_order_at_every_depth() {
        let value = json!({"b": [{"z": 1, "y": 2}], "a": {"d": null, "c": "text"}});
        let text = r#"{"a":{"c":"text","d":null},"b":[{"y":2,"z":1}]}"#;
        assert_eq!(sorted(value).to_string(), text);
    }
}
